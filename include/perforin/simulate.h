/* simulate.h: one model without a study, and models in other languages. Part of perforin.h. */
#ifndef PERFORIN_SIMULATE_H
#define PERFORIN_SIMULATE_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_simulate_options {
    size_t size;       /**< set by INIT */
    const char *model; /**< Antimony or SBML file */
    double start;      /**< time of the initial state, in the model's unit */
    double duration;   /**< 0: to the last record, 1 without records */
    size_t steps;      /**< output at start + i duration / steps, i = 0 .. steps; 0: only
                          records_out is written */
    const char *const *variables;                     /**< names to write; NULL: all states */
    const char *const *amount, *const *concentration; /**< those (or more) wanted as such */
    const char *const *set;                           /**< "name=value" */
    size_t n_variables, n_amount, n_concentration, n_set;
    const char *records;     /**< CSV of records (docs/reference/records.md); NULL: none */
    const char *records_out; /**< CSV: the records with what is predicted; NULL: not written */
    int expand;              /**< write additional doses as rows of their own */
    int nocb;                /**< covariates of a record hold before it, not after it */
    int steady;              /**< start from the steady state without doses */
    const char *patients;    /**< CSV: ID, parameters; NULL: one, or each ID of records */
    double rtol;             /**< 0: 1e-6 */
    double atol; /**< 0: 1e-9, or that share of the largest initial state or dose below 1 */
    int deterministic; /**< nothing is random: populations never leave the equations */
    int strict;        /**< refuse a model whose units clash, instead of telling `log` */
    int threads;       /**< 0: one */
    int lanes;         /**< 0: the widest that the patients fill */
    int native;        /**< as in pf_run_options */
    uint64_t seed;     /**< for small populations and stochastic runs */
    int stochastic;    /**< 1: reactions happen one by one, at random */
    int leap;          /**< 1: many at a time where propensities change little (tau-leaping) */
    size_t runs;       /**< of a stochastic simulation; below 2: one, written as it is */
    const char *runs_out;       /**< CSV: every one of these runs; NULL: not written */
    const char *out;            /**< CSV file; NULL: the text is returned */
    pf_on_log log;              /**< told what is worth knowing about the input; may be NULL */
    void *payload;              /**< handed to it */
    const volatile int *cancel; /**< as in pf_run_options; no file is left then */
} pf_simulate_options;
#define PF_SIMULATE_OPTIONS_INIT                                                               \
    {                                                                                          \
        .size = sizeof(pf_simulate_options), .steps = 100                                      \
    }

/** Integrate a model. `*text` is the CSV (time first, before it the patient where there are
 * several), or a sentence when `out` took it or only records are written. Patients that fail
 * leave empty fields and are told in `error`. Two stochastic runs and more give mean and
 * standard deviation of each variable, X-mean and X-sd. */
PF_API pf_status pf_simulate(const pf_simulate_options *options, char **text, pf_error *error);

/* ---- records: what a study gives its patients ---- */

typedef struct pf_records_options {
    size_t size;        /**< set by INIT */
    const char *study;  /**< path of the study file */
    uint64_t replicate; /**< 0, 1, ... */
    int has_seed;       /**< use `seed` instead of the study's */
    uint64_t seed;
    const char *out; /**< CSV file; NULL: the text is returned */
} pf_records_options;
#define PF_RECORDS_OPTIONS_INIT                                                                \
    {                                                                                          \
        .size = sizeof(pf_records_options)                                                     \
    }

/** The planned doses of all patients of one replicate, with the parameters that the study sets
 * for each, as a CSV that pf_simulate reads as records (docs/reference/records.md). Of a
 * refused study `*text` holds its problems. */
PF_API pf_status pf_study_records(
    const pf_records_options *options, char **text, pf_error *error);

/** Write a model as `to`, "sbml" (L3V2 core) or "antimony"; NULL: by the ending of `out`,
 * without `out` the language that it is not in. The text goes to the file `out`, else to
 * `*text`. */
PF_API pf_status pf_convert(
    const char *model, const char *to, const char *out, char **text, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
