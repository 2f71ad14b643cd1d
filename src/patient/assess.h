/* assess.h: what is seen of a patient: imaging visits, RECIST 1.1, progression, response,
 * survival.
 *
 * The caller simulates; this state machine is told, in time order, what happened: a visit with
 * true lesion diameters, a new lesion, death. It answers whether the patient has progressed
 * (treatment may have to stop). Times are days from the start of treatment.
 *
 * RECIST 1.1 (Eisenhauer 2009, Eur J Cancer 45:228): CR all target lesions gone, PR at least
 * -30 % against baseline, PD at least +20 % and +5 mm against the smallest earlier sum (0 after
 * CR) or a new lesion, else SD. Confirmation needs a second visit at least 28 days later with
 * no lesser response between; an unconfirmed response counts as SD. SD as best response needs
 * `sd_minimum` days. What follows a progression changes no endpoint. Measured = true *
 * exp(error * z), z per lesion and visit; 0 when the true diameter is below `vanish_mm`.
 * Depends on: population (identities). Threads: one pf_follow belongs to one thread. */
#ifndef PF_PATIENT_ASSESS_H
#define PF_PATIENT_ASSESS_H
#include "patient/population.h"

enum { PF_LESIONS_MAX = 8, PF_GRADES_MAX = 8, PF_COUNTED_MAX = 8 };

typedef enum { PF_CRITERIA_RECIST, PF_CRITERIA_LUGANO, PF_CRITERIA_RECURRENCE } pf_criteria;

/* What a death without progression is to progression-free survival. CENSORED makes it the time
 * to progression: the patient is censored at the last visit. */
typedef enum { PF_DEATHS_EVENT, PF_DEATHS_CENSORED } pf_deaths;
/* The day that a progression is dated: of the visit that shows it, or halfway between that and
 * the visit before (day 0 before the first). */
typedef enum { PF_DATED_VISIT, PF_DATED_MIDPOINT } pf_dated;

typedef struct pf_assess {
    double every;      /* days between imaging visits; 0: nobody is imaged */
    double first;      /* day of the first visit after baseline; default: every */
    double window;     /* a visit happens evenly within +- window days of its plan */
    double error;      /* log-scale sd of one measurement of one lesion */
    double vanish_mm;  /* a lesion truly below this is too small to see */
    double sd_minimum; /* days from start for stable disease to count */
    int confirm;       /* responses need confirmation */
    pf_criteria
        criteria; /* LUGANO: response by the sum of products is approximated by diameters: -29 %
                     sum of diameters equals -50 % of products; progression +22.5 % likewise.
                     RECURRENCE: nothing needs to be measurable at baseline; the event is the
                     first visit that shows a lesion of `detect_mm` or a new one */
    pf_deaths deaths;
    pf_dated progression_day;
    double detect_mm; /* RECURRENCE: a lesion measured as large as this is a recurrence */
    size_t n_kinetics;
    const double *kinetics; /* days at which kinetics and markers are sampled, ascending */
    size_t n_marker;
    const char *const *marker; /* names of `marker.<name>` roles */
    double lloq;               /* the kinetics observable is detected from here on; 0: unset */
    size_t n_grade, n_event;   /* of the model: */
    const char *const *grade;  /* names of its `grade.<name>` roles, at most PF_GRADES_MAX */
    const char *const *event;  /* of its `event-hazard.<name>` roles, at most PF_COUNTED_MAX */
} pf_assess;

typedef enum {
    PF_RESPONSE_CR = 1,
    PF_RESPONSE_PR,
    PF_RESPONSE_SD,
    PF_RESPONSE_PD,
    PF_RESPONSE_NE
} pf_response;                              /* "CR", "PR", "SD", "PD", "NE": ADRS values */
const char *pf_response_text(int response); /**< "" for other numbers */

typedef enum {
    PF_PD_NONE,
    PF_PD_TARGET,
    PF_PD_NEW_LESION,
    PF_PD_BOTH,
    PF_PD_DEATH
} pf_progression;
const char *pf_progression_text(int reason);

typedef struct pf_visit {
    double day;    /* when it happened */
    double sld;    /* measured sum of diameters, mm */
    double change; /* % against baseline */
    double nadir;  /* smallest sum so far, mm, this visit included */
    int response;  /* pf_response at this visit */
    int new_lesion;
} pf_visit;

/* One patient under observation. */
typedef struct pf_follow {
    const pf_assess *how;
    pf_identity who; /* purpose PF_DRAW_IMAGING */
    size_t n_lesion;
    double baseline, nadir; /* measured sums, mm */
    double last_visit;      /* day of the last visit; 0 at baseline */
    double clear_visit;     /* day of the last visit without progression; 0 at baseline */
    double best_change;     /* smallest % change; NaN before the first visit */
    int visits;
    int best; /* best overall response, unconfirmed */
    int best_confirmed;
    double response_day;    /* first CR or PR (the confirmed one when confirm is set); NaN */
    double candidate_day;   /* first visit of the present run of CR or PR; NaN outside one */
    double complete_day;    /* the same for a run of CR */
    double progression_day; /* of the visit; NaN while none */
    int progression;        /* pf_progression */
    double new_lesion_day;  /* when it appeared, seen at the next visit; NaN */
} pf_follow;

/** The day of visit `k` = 1, 2, ... of this person, window included. Ascending in k. */
double pf_visit_day(const pf_assess *how, const pf_identity *who, int k);
/** Baseline: true diameters [mm] of the target lesions. */
void pf_follow_start(pf_follow *f, const pf_assess *how, const pf_identity *who,
    const double *diameter_mm, size_t n_lesion);
/** A lesion appears that was not there; it is seen at the next visit. */
void pf_follow_new_lesion(pf_follow *f, double day);
/** Visit `k` at `day` with true diameters; fills `*out`. Returns 1 when this visit shows
 * progression for the first time. */
int pf_follow_visit(pf_follow *f, int k, double day, const double *diameter_mm, pf_visit *out);

/* Endpoints of one patient; days; NaN where there is none. */
typedef struct pf_endpoints {
    int best;           /* pf_response; confirmed when the study asks for it */
    double best_change; /* % */
    double pfs, os, ttr, dor;
    int pfs_event, os_event, dor_event;
    int progression; /* pf_progression */
} pf_endpoints;

/** Close the books. `death` is the day of death (INFINITY: alive; before day 0 it counts as day
 * 0), `leave` the day of dropout (INFINITY: none), `horizon` the administrative end.
 * Progression-free survival counts progression and, unless `deaths` says otherwise, death;
 * without either it is censored at the last visit (day 0 without visits); survival is censored
 * at min(leave, horizon). docs/reference/endpoints.md has the rules from the tables alone. */
void pf_follow_end(
    const pf_follow *f, double death, double leave, double horizon, pf_endpoints *out);

#endif
