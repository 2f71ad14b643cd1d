/* perforin.h: Perforin as a library. The only installed header; the command line uses nothing
 * else.
 *
 * Every call that can fail returns a pf_status, whose numbers are also the exit codes of the
 * command, and fills a pf_error when one is given. Nothing here prints, exits, installs signal
 * handlers or keeps global state. Text results come in a buffer that the caller frees with
 * pf_text_free. Options structs are filled by their INIT macro first, then by assigning
 * members. Times are days unless a name says otherwise. Threads: calls may run at the same time
 * as long as they work in different run folders; callbacks come from the thread that made the
 * call. */
#ifndef PERFORIN_PERFORIN_H
#define PERFORIN_PERFORIN_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define PF_API __attribute__((visibility("default")))
#else
#define PF_API
#endif

/** The version of the library, e.g. "0.1.0"; never NULL. */
PF_API const char *pf_version(void);

typedef enum pf_status {
    PF_DONE = 0,    /**< all was done */
    PF_FAILED = 1,  /**< something broke: disk, memory, integration */
    PF_REFUSED = 2, /**< the input or the options have a mistake */
    PF_STOPPED = 3  /**< stopped on request or at the time limit; a run can be resumed */
} pf_status;

/* What went wrong, in the words for the user. Plain data in the caller's storage. */
typedef struct pf_error {
    int code; /**< 0: nothing; else a code of pf_error_name */
    char message[2048];
} pf_error;

/** The name of an error code, e.g. "RANGE", and its default sentence; never NULL. */
PF_API const char *pf_error_name(int code);
PF_API const char *pf_error_text(int code);

/** Free a text that a call of this header returned; NULL is allowed. */
PF_API void pf_text_free(char *text);

typedef enum pf_level { PF_LEVEL_ERROR, PF_LEVEL_WARN, PF_LEVEL_INFO, PF_LEVEL_DEBUG } pf_level;

/* Both texts are borrowed for the time of the call. */
typedef void (*pf_on_log)(void *payload, pf_level level, const char *event, const char *text);

enum { PF_CHECK_JSON = 1, PF_CHECK_STRICT = 2 }; /* strict: units that clash are errors */
/** Read a study and everything it names, or a model (.ant, .xml, .sbml), with its units.
 * `*text` lists all problems, each with file, line, column and the mend (as JSON: `how`), or
 * says that there are none. Returns DONE, REFUSED or FAILED. */
PF_API pf_status pf_check(const char *path, unsigned how, char **text, pf_error *error);

/* ---- run ---- */

/* What is about to run. */
typedef struct pf_run_info {
    const char *study;             /**< its name */
    const char *folder;            /**< where the results go */
    uint64_t replicates, patients; /**< patients of one replicate */
    uint64_t seed;
    uint64_t kept; /**< patients taken over from the stopped run */
    int threads, lanes;
} pf_run_info;

typedef struct pf_progress {
    uint64_t done, total, failed; /**< patients; `done` includes kept ones */
    uint64_t fresh;               /**< patients simulated by this call */
    double seconds;               /**< since the simulation began */
} pf_progress;

typedef void (*pf_on_start)(void *payload, const pf_run_info *info);
typedef void (*pf_on_progress)(void *payload, const pf_progress *progress);

typedef struct pf_run_options {
    size_t size;       /**< set by INIT; tells versions of this struct apart */
    const char *study; /**< path of the study file */
    const char *out;   /**< run folder; NULL: runs/<name of the study> */
    int threads;       /**< 0: as many as this machine has cores */
    int lanes;         /**< patients per vector: 1, 4, 8; 0: the widest of this machine */
    int native; /**< code by the system's compiler: 1 yes, -1 no, 0 where it pays; same bits */
    int strict; /**< refuse a model whose units clash, instead of a warning */
    int resume; /**< continue a stopped run */
    int force;  /**< throw an earlier run in the same folder away */
    int has_seed; /**< use `seed` instead of the study's */
    uint64_t seed;
    uint64_t replicates;        /**< 0: as in the study */
    double max_seconds;         /**< stop, resumable, after this long; 0: no limit */
    const volatile int *cancel; /**< borrowed; non-zero asks to stop; NULL: never */
    pf_on_start start;
    pf_on_progress progress; /**< about ten times a second */
    pf_on_log log;
    void *payload; /**< handed to the three callbacks */
} pf_run_options;
#define PF_RUN_OPTIONS_INIT                                                                    \
    {                                                                                          \
        .size = sizeof(pf_run_options)                                                         \
    }

typedef struct pf_run_result {
    uint64_t done, total, failed; /**< patients */
    uint64_t replicates_done, replicates;
    double seconds;
    char *folder; /**< owned; pf_run_result_clear frees all */
    char *report; /**< owned; path of the page, NULL unless the run is complete */
    char *text;   /**< owned; the summary table of a complete run, or all problems of a refused
                     study */
} pf_run_result;

/** Simulate a study into a run folder. A refused study leaves no folder. Returns DONE, FAILED,
 * REFUSED or STOPPED; `*result` is filled in each case and needs pf_run_result_clear. */
PF_API pf_status pf_run(const pf_run_options *options, pf_run_result *result, pf_error *error);
PF_API void pf_run_result_clear(pf_run_result *result);
/** What pf_run would do, in words: patients, folder, chunks already there. Writes nothing. */
PF_API pf_status pf_run_plan(const pf_run_options *options, char **text, pf_error *error);

/* ---- simulate: one model, without a study ---- */

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

/* ---- stats: one statistic of a data file ---- */

typedef struct pf_stats_options {
    size_t size;                /**< set by INIT */
    const char *method;         /**< "km", "logrank", "cox", "rmst", "binom", "fisher" */
    const char *path;           /**< CSV; NULL for binom and fisher with `counts` */
    const char *time;           /**< column of times, not negative, in any one unit */
    const char *event, *censor; /**< exactly one: column with 1 = event, or 1 = censored */
    const char *group;          /**< column of the arms; NULL: one group */
    const char *const *strata;  /**< columns; every combination is a stratum */
    size_t n_strata;
    const char *const
        *covariates; /**< cox: columns; "name=value" is categorical with that reference */
    size_t n_covariates;
    const char *const *yes; /**< values of `event` that count as 1; none: it must be 0 or 1 */
    size_t n_yes;
    int missing_is_no;     /**< a missing event counts as 0 instead of leaving the row out */
    const char *x, *n;     /**< binom: columns of counts, each row one proportion */
    const int64_t *counts; /**< binom: x, n; fisher: x1, n1, x2, n2 */
    size_t n_counts;
    const double *times; /**< km: survival at these times */
    size_t n_times;
    const double *quantiles; /**< km: fractions with the event; none: 0.5 */
    size_t n_quantiles;
    double tau;         /**< rmst: 0 is the largest that all groups reach */
    double conf;        /**< 0 means 0.95 */
    const char *limits; /**< km: "log-log" (NULL), "log", "plain" */
    int breslow;        /**< cox: ties after Breslow instead of Efron */
    int curve;          /**< km: all rows of the curves as well */
    int json;
} pf_stats_options;
#define PF_STATS_OPTIONS_INIT                                                                  \
    {                                                                                          \
        .size = sizeof(pf_stats_options)                                                       \
    }

/** Compute; `*text` is a plain table or JSON. */
PF_API pf_status pf_stats(const pf_stats_options *options, char **text, pf_error *error);

/** Write a model as `to`, "sbml" (L3V2 core) or "antimony"; NULL: by the ending of `out`,
 * without `out` the language that it is not in. The text goes to the file `out`, else to
 * `*text`. */
PF_API pf_status pf_convert(
    const char *model, const char *to, const char *out, char **text, pf_error *error);

/** The summary of a complete run folder, as a table or as JSON: DONE. Of an unfinished run what
 * is there (study, state, patients in whole chunks) and the command that goes on: STOPPED, with
 * a text. Of a damaged one the sentence of the error, and with `json` also a text: FAILED. A
 * folder without a run is REFUSED. */
PF_API pf_status pf_show(const char *folder, int json, char **text, pf_error *error);
/** Write report.html of a complete run folder again; `*path` says where. */
PF_API pf_status pf_report(const char *folder, char **path, pf_error *error);
/** What this machine offers: vector width, threads, compiler, disk, linked parts. FAILED when
 * something needed is missing. */
PF_API pf_status pf_doctor(int json, char **text, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
