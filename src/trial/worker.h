/* worker.h: one patient under simulation, and the worker that carries several. Internal to
 * trial.
 *
 * person.c decides what will happen to a patient: values, doses, looks, thresholds of fate.
 * simulate.c is told what does happen, and writes it down. Depends on: bind. */
#ifndef PF_TRIAL_WORKER_H
#define PF_TRIAL_WORKER_H
#include "trial/bind.h"

/* Last day of the profile from which Cmax, Tmax and AUC are read. */
#define PF_PROFILE_END 28.0
/* Blood is drawn before a dose of the same day is given: a minute earlier, in days. */
#define PF_BEFORE_DOSE (1.0 / 1440.0)

/* What a look is for; the rest of the tag is its number. */
enum {
    LOOK_BASELINE,
    LOOK_VISIT,
    LOOK_SAMPLE,
    LOOK_PROFILE,
    LOOK_GRADE,
    LOOK_TISSUE,
    LOOK_KINDS
};
/* Tags of stops: doses of item i carry i + 1, their companions the same plus this. */
#define PF_COMPANION (1u << 20)

/* One patient who is being simulated. */
typedef struct person {
    int busy;
    uint64_t replicate, patient;
    uint64_t self; /* whose random numbers these are: the patient's own, or in paired arms those
                      of the person, its place within the arm */
    uint32_t arm, stratum;
    pf_identity imaging;
    pf_follow follow;
    double leave;            /* day of dropout; INFINITY */
    double death;            /* day; INFINITY */
    double stop_at;          /* last day simulated */
    double doses, infusions; /* given so far; of them with a product */
    double cmax, tmax, auc, last_day, last_level;
    int product;      /* gets a product */
    int profiled;     /* cells had been given at a look of the profile */
    int lot_how;      /* pf_served_how; -1: the product has no lots */
    double lot_shift; /* days by which the lot comes late */
    double *quality;  /* [layout.n_quality] of the lot that is given; NaN: none, or it does not
                         tell */
    int progressed;
    double *covariate;           /* [n_variable] */
    double *sample;              /* [n_sample] */
    double *marker;              /* [n_marker][n_kinetics] */
    double *attribute;           /* [study.n_attribute] */
    double grade[PF_GRADES_MAX]; /* worst so far; NaN: nobody looked */
    double daily[PF_GRADES_MAX]
                [PF_DAILY_COLUMNS]; /* by day after the first dose of a product */
    double event[PF_COUNTED_MAX];   /* day; NaN: none */
    struct pf_couple *couple;       /* the tissue that stands for a site; NULL: none */
} person;

struct pf_worker {
    const pf_trial *t;
    pf_engine **engine; /* [n_program] */
    uint32_t program;   /* whose patients are simulated now */
    pf_arena memory;
    pf_ctx *ctx;
    pf_err failed;
    person people[8];
    person guest; /* scratch: somebody who is only asked what will be given */
    pf_chunk *out;
    pf_tally *tally;     /* borrowed; NULL: nobody counts */
    uint64_t next, last; /* patients still to begin */
    uint64_t replicate;  /* whose allocation and unknowns stand below; UINT64_MAX: none */
    uint32_t *arm, *stratum;
    uint64_t *order;
    double *strata_value;
    double *unknown;
    double **dose;     /* [n_arm][n_item] */
    double *attribute; /* scratch: attributes of a product, or variables of a lot */
    double *extra;     /* what formulas of the product read: the patient, then the lot */
    pf_records records;
};

/* ---- lots.c: a patient of an autologous product has a lot of its own; of any other,
 * `doses_per_lot` patients of an arm share one, in the order in which they enter. A late lot
 * moves the cells and what is given for their sake (conditioning, cytokines); without a product
 * neither is given. ---- */

/** The lot of this person: w->extra, who->lot_how, who->lot_shift, and the share of a dose that
 * lives. Errors: RANGE, NONFINITE */
PF_NODISCARD pf_err pf_trial_serve(pf_worker *w, person *who, size_t product, double *share);
/** Move or drop what hangs on the cells in w->records. */
void pf_trial_shift(pf_worker *w, const person *who);

/* ---- coupled.c: patients of whom a site is a tissue (couple.h). Each exchange is a look,
 * which sets the rates until the next one. ---- */

/** Does this patient have a tissue, if it gets what its arm gets? */
int pf_person_has_tissue(const pf_worker *w, uint64_t replicate, uint64_t patient);
/** Make the tissue of a person who has one, and plan its exchanges. Errors: NO_MEMORY, RANGE */
PF_NODISCARD pf_err pf_plan_tissue(pf_worker *w, pf_case *c, person *who);
/** An exchange; `number` counts them. w->failed is set when it cannot be done. */
void pf_person_exchange(
    pf_worker *w, pf_case *c, person *who, double day, int number, const double *seen);
void pf_person_end_tissue(person *who); /**< frees it; none is fine */

/** Which program patient `number` of the run needs. Errors: as w->failed below. */
PF_NODISCARD pf_err pf_person_program(pf_worker *w, uint64_t number, uint32_t *out);
/** Set up patient `number` of the run: everything that is known before it begins. Errors:
 * w->failed is set when the whole replicate cannot be set up; otherwise RANGE or NONFINITE
 * concern this patient alone. */
PF_NODISCARD pf_err pf_plan_person(pf_worker *w, pf_case *c, person *who, uint64_t number);

#endif
