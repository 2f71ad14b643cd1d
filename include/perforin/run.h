/* run.h: a study into a run folder, and what can be said of it before and after. Part of
 * perforin.h. */
#ifndef PERFORIN_RUN_H
#define PERFORIN_RUN_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PF_CHECK_JSON = 1, PF_CHECK_STRICT = 2 }; /* strict: units that clash are errors */
/** Read a study and everything it names, a model (.ant, .xml, .sbml) with its units, a tissue,
 * or a population or product alone.
 * `*text` lists all problems, each with file, line, column and the mend (as JSON: `how`), or
 * says that there are none. Returns DONE, REFUSED or FAILED. */
PF_API pf_status pf_check(const char *path, unsigned how, char **text, pf_error *error);

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
    const char *doing;    /**< NULL while patients are simulated; then what follows, e.g.
                             "answering claims" */
    double doing_seconds; /**< since that began */
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
    uint64_t replicates;    /**< 0: as in the study */
    const char *const *set; /**< [n_set] parameters that this run changes for everyone:
                               "NAME=VALUE" or "NAME*=FACTOR", in the model's unit; borrowed */
    size_t n_set;
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

/** The summary of a complete run folder, as a table or as JSON: DONE. Of an unfinished run what
 * is there (study, state, patients in whole chunks) and the command that goes on: STOPPED, with
 * a text. Of a damaged one the sentence of the error, and with `json` also a text: FAILED. A
 * folder without a run is REFUSED. Of the run of a tissue what it counted at first and at last.
 */
PF_API pf_status pf_show(const char *folder, int json, char **text, pf_error *error);
typedef struct pf_report_options {
    size_t size;                /**< set by INIT */
    const char *folder;         /**< of a complete run */
    const char *out;            /**< file to write; NULL: report.html in the folder */
    const char *page_template;  /**< file of another template; NULL: the built-in one */
    uint64_t detail;            /**< replicates shown patient by patient; 0: as many as fit */
    const volatile int *cancel; /**< set to non-zero (by a handler, too) to stop; NULL: never */
} pf_report_options;
#define PF_REPORT_OPTIONS_INIT                                                                 \
    {                                                                                          \
        .size = sizeof(pf_report_options)                                                      \
    }
/** Write the page of a complete run folder; `*path` says where (pf_text_free). REFUSED: no
 * complete run, more detail than it has kept, a template without its markers. STOPPED: as
 * asked, and no page was written. */
PF_API pf_status pf_report(const pf_report_options *options, char **path, pf_error *error);
/** What this machine offers: vector width, threads, compiler, disk, linked parts. FAILED when
 * something needed is missing. */
PF_API pf_status pf_doctor(int json, char **text, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
