/* lot.h: how a lot of cells comes about: a plan read from a file, and the lots made by it.
 *
 * Stages, in this order; N counts living cells of the wanted kind, O all others:
 *     collected   N = collected                      O = N (1 - seed_purity) / seed_purity
 *     isolated    N = N recovery                     O = O others_kept
 *     edited      N = N survival of each edit made before the culture
 *     expanded    dN/dt = r N (1 - N/plateau) for culture_days, at most doublings_max
 * doublings; r = ln(fold)/culture_days, or ln 2/doubling_time; times response^response_growth
 *                 O = O others_fold
 *     finished    N = N survival of each edit made after the culture
 *     harvested   N = N harvest_recovery
 *     thawed      N = N thaw_recovery thaw_viability exp(-storage_loss storage_years)
 *     given       N = N exp(-thaw_death hours)
 * Logistic growth has the closed form N(t) = K / (1 + (K/N0 - 1) exp(-r t)).
 * A lot that is not frozen skips `thawed`, and nothing dies late. Late death and lost motility
 * after thaw: Mark 2020 (parameters.csv cryo.motile, cryo.kill3d) and cells.csv cryo.nk24.
 * Potency is kills per motile cell relative to fresh, young cells:
 *     potency_start response 2^(-doublings/potency_halving) [thaw_potency], memory likewise;
 * killing in tissue is motile x potency; lysis in a well is 1 - exp(-assay_hits potency), where
 * cells need not walk. The donor's response to a mix of cytokines is exp(response_sd z), one z
 * for each of `cocktails`; an individualised plan takes the mix with the best measured
 * response.
 *
 * Every draw is keyed by (seed, replicate, number, stream): lot i of seed s is the same
 * whatever else is made. Depends on: patient (variables). Threads: a plan is read-only once
 * read. */
#ifndef PF_PRODUCT_LOT_H
#define PF_PRODUCT_LOT_H
#include "patient/population.h"
#include "product/quantities.h"

enum { PF_EDITS_MAX = 8, PF_TESTS_MAX = 24, PF_COSTS_MAX = 24, PF_COCKTAILS_MAX = 32 };

typedef enum {
    PF_DONOR_AUTOLOGOUS,
    PF_DONOR_ALLOGENEIC,
    PF_DONOR_CORD,
    PF_DONOR_PLACENTAL,
    PF_DONOR_IPSC,
    PF_DONOR_LINE
} pf_donor;
typedef enum { PF_DOSE_TOTAL, PF_DOSE_VIABLE, PF_DOSE_CAR } pf_dose_counts;
typedef enum {
    PF_EDIT_VIRUS,
    PF_EDIT_MRNA,
    PF_EDIT_TRANSPOSON,
    PF_EDIT_CRISPR,
    PF_EDIT_LOADING
} pf_edit_method;
typedef enum {
    PF_EDIT_CAR,
    PF_EDIT_CAR2,
    PF_EDIT_TCR,
    PF_EDIT_KNOCKOUT,
    PF_EDIT_CD16,
    PF_EDIT_ARMOUR,
    PF_EDIT_ENGAGER,
    PF_EDIT_SAFETY
} pf_edit_what;

/* A change made to the cells. It reads the variables NAME_efficiency (share of living cells
 * that carry it), NAME_survival (share that lives through it) and NAME_copies (mean copies in a
 * cell that carries it; else by Poisson from the efficiency). */
typedef struct pf_edit {
    const char *name;
    pf_edit_what what;
    pf_edit_method method;
    int late;                            /* after the culture */
    size_t efficiency, survival, copies; /* variables; PF_NO_VARIABLE: none */
    pf_place place;
} pf_edit;

/* One limit of a specification. */
typedef struct pf_lot_test {
    pf_attribute measures;
    double least, most;                 /* -INFINITY, INFINITY: none; in the attribute's unit */
    double sd, cv;                      /* assay error: absolute, or of the logarithm */
    double result_day;                  /* days after harvest when the result is there */
    int wait;                           /* nothing is given before */
    int exception;                      /* a physician may accept the lot all the same */
    const char *method, *source, *unit; /* unit as written, in which it is shown */
    double scale;                       /* one of that unit in the attribute's unit */
    int unknown;
    pf_place place;
} pf_lot_test;

typedef struct pf_specification {
    const char *name, *title, *version, *path, *source;
    size_t n;
    pf_lot_test test[PF_TESTS_MAX];
} pf_specification;

typedef enum { PF_PER_LOT, PF_PER_DAY, PF_PER_TEST, PF_PER_DOSE } pf_cost_per;
typedef struct pf_cost {
    const char *item;
    pf_cost_per per;
    size_t variable;
} pf_cost;

#define PF_NO_VARIABLE SIZE_MAX

typedef struct pf_lot_plan {
    const char *name, *title, *path;
    pf_donor donor;
    int feeder, individualised, frozen, irradiated;
    const char *feeder_cells, *cryoprotectant, *currency;
    const char *const *cytokine;
    size_t n_cytokine;
    double dose; /* cells, or cells per kg */
    int per_kg;
    double most; /* cells; INFINITY: no cap */
    pf_dose_counts counts;
    const char *dose_source;
    size_t
        n_from_patient; /* variables that an autologous lot takes from the patient of a study */
    const char *const *from_patient;
    size_t n_edit;
    pf_edit edit[PF_EDITS_MAX];
    size_t n_cost;
    pf_cost cost[PF_COSTS_MAX];
    size_t variable[PF_QUANTITIES]; /* which variable gives a quantity; PF_NO_VARIABLE: none */
    double scale[PF_QUANTITIES];    /* from the variable's unit into the quantity's */
    pf_population variables;
    const char *specification_name; /* as the file says; NULL: none */
    pf_specification specification;
} pf_lot_plan;

typedef enum {
    PF_STAGE_COLLECTED,
    PF_STAGE_ISOLATED,
    PF_STAGE_EDITED,
    PF_STAGE_EXPANDED,
    PF_STAGE_FINISHED,
    PF_STAGE_HARVESTED,
    PF_STAGE_THAWED,
    PF_STAGE_GIVEN,
    PF_STAGES
} pf_lot_stage;
const char *pf_stage_text(pf_lot_stage s);

typedef enum {
    PF_LOT_RELEASED,
    PF_LOT_EXCEPTION, /* released although a test failed */
    PF_LOT_REJECTED,
    PF_LOT_FAILED,      /* there is no lot */
    PF_LOT_QUARANTINED, /* a result that must be waited for is not there yet */
    PF_DISPOSITIONS
} pf_disposition;
const char *pf_disposition_text(pf_disposition d);

/* Which lot. */
typedef struct pf_lot_identity {
    uint64_t seed, replicate, number;
    uint32_t stream; /* tells apart products of one study, and a lot made again */
} pf_lot_identity;

typedef struct pf_lot {
    double quantity[PF_QUANTITIES];
    double stage[PF_STAGES];       /* living cells of the wanted kind */
    double x[PF_ATTRIBUTES];       /* NaN: the plan does not say */
    double share[PF_EDITS_MAX];    /* of living cells that carry an edit */
    double measured[PF_TESTS_MAX]; /* with the error of the assay; NaN: not measured */
    uint32_t
        missed; /* bit i: test i is out of its limits (whether or not its result is there) */
    uint32_t pending;           /* bit i: its result comes after the lot is used */
    pf_disposition disposition; /* when the lot would be used */
    pf_disposition last;        /* when all results are there: never quarantined */
    int too_few;                /* failed because one dose could not be filled */
    double delay;               /* days from the order to the lot */
    double wait; /* days until results that must be waited for are there, from its use on */
    double cost_lot, cost_dose, cost_unknown; /* the last: share of cost_dose that nobody has
                                                 published; NaN without doses or costs */
} pf_lot;

/** Make one lot. `x[variables.n_variable]` is room for its variables, `extra` the patient's as
 * prepared. Errors: RANGE, NONFINITE (a variable leaves its range, named with its place) */
PF_NODISCARD pf_err pf_lot_make(pf_ctx *ctx, const pf_lot_plan *plan,
    const pf_lot_identity *who, const double *extra, double *x, pf_lot *out);
/** Tests, disposition and wait of a lot whose attributes are known. Used by pf_lot_make. */
void pf_lot_release(const pf_lot_plan *plan, const pf_lot_identity *who, pf_lot *lot);
/** Frees what the plan's variables own; the rest lives in the arena it was read into. */
void pf_lot_plan_release(pf_lot_plan *plan);

#endif
