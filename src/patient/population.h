/* population.h: virtual people: variables with distributions, correlations, conditions.
 *
 * A variable is drawn or computed; one whose name is a model parameter sets it. Correlations
 * act through a Gaussian copula: z ~ N(0, R), u = Phi(z), x = F^-1(u), truncation included in
 * F. A person who fails a condition is drawn again (another attempt number, same identity), at
 * most 1,000 times; what is shared by a replicate stays. Every draw is keyed by (seed, purpose,
 * replicate, patient): no order of calls matters. Depends on: input, model (formulas). Threads:
 * read-only once prepared, so it may be shared. */
#ifndef PF_PATIENT_POPULATION_H
#define PF_PATIENT_POPULATION_H
#include "base/base.h"
#include "input/place.h"
#include "model/formula.h"

/* Variables and extras that one population's formulas can name. */
enum { PF_NAMES_MAX = 512 };

typedef enum {
    PF_DIST_CONSTANT,    /* centre */
    PF_DIST_NORMAL,      /* mean centre, standard deviation spread, cut to [low, high] */
    PF_DIST_LOGNORMAL,   /* median centre > 0, log-scale sd spread, cut to [low, high] */
    PF_DIST_LOGITNORMAL, /* median centre in (0, 1), logit-scale sd spread, cut to [low, high]
                          */
    PF_DIST_UNIFORM,     /* low to high */
    PF_DIST_LOGUNIFORM,  /* low to high, both > 0 */
    PF_DIST_DISCRETE,    /* value[i] with probability weight[i] (they add to 1) */
    PF_DIST_FORMULA,     /* computed from earlier variables */
} pf_distribution;

typedef struct pf_variable {
    const char *name;
    pf_distribution kind;
    double centre, spread;
    double low,
        high; /* -INFINITY, INFINITY when open; not read for CONSTANT, DISCRETE, FORMULA */
    size_t n_values;
    const double *value, *weight;
    const char *text;    /* formula as written, else NULL */
    pf_formula *formula; /* owned by the population; NULL unless kind is FORMULA */
    const char *unit;    /* as written; "1" when none */
    const char *source;
    int shared;   /* one draw for all patients of a replicate */
    int baseline; /* known of a patient before treatment: subgroups are made by it */
    int unknown;  /* the source says that nobody has published it: shown in every report */
    pf_place place;
} pf_variable;

/* A model parameter computed from the variables. */
typedef struct pf_setting {
    const char *parameter;
    const char *text;
    pf_formula *formula; /* over the variables; owned */
    const char *source;
    pf_place place;
} pf_setting;

typedef struct pf_correlation {
    size_t i, j;  /* indices of variables that are drawn, i != j */
    double value; /* of the underlying normals, in (-1, 1) */
    pf_place place;
} pf_correlation;

typedef struct pf_condition {
    const char *text;
    pf_formula *formula; /* owned */
    pf_place place;
} pf_condition;

/* Plain data, filled by the reader (population_read.h) or by hand in tests; strings and arrays
 * live in the arena of whoever made it. Call pf_population_prepare before drawing. */
typedef struct pf_population {
    const char *name, *title, *path;
    size_t n_variable, n_setting, n_correlation, n_condition;
    pf_variable *variable;
    pf_setting *setting;
    pf_correlation *correlation;
    pf_condition *condition;
    double *factor; /* Cholesky factor of R over all variables, row-major [n_variable^2]; NULL
                       while unprepared or when there are no correlations */
    size_t n_extra; /* set by prepare */
} pf_population;

/** Check distributions, parse formulas, factor the correlation matrix. Names readable in
 * formulas are the earlier variables and `extra[n_extra]` (for products: the patient's
 * variables; a variable hides an extra of the same name). May be called again. Errors: RANGE
 * (with the place; a correlation matrix that is not positive definite names the pair), MODEL */
PF_NODISCARD pf_err pf_population_prepare(
    pf_ctx *ctx, pf_population *p, const char *const *extra, size_t n_extra);
/** Free formulas and factor; the arena's content stays. NULL members are fine. */
void pf_population_release(pf_population *p);

/* Whose draw it is. */
typedef struct pf_identity {
    uint64_t seed;
    pf_draw_purpose purpose;
    uint64_t replicate, patient;
    uint32_t
        stream; /* tells apart several populations of one person: 0 covariates, 1.. products */
} pf_identity;

/** Draw `x[n_variable]`; `extra[n_extra]` as in prepare. Errors: RANGE when no attempt meets
 * the conditions, NONFINITE when a formula gives no number (naming it). */
PF_NODISCARD pf_err pf_population_draw(pf_ctx *ctx, const pf_population *p,
    const pf_identity *who, const double *extra, double *x);
/** Value of setting `i` for the variables `x` and `extra`. */
double pf_population_setting(
    const pf_population *p, size_t i, const double *x, const double *extra);

#endif
