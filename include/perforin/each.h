/* each.h: several studies one after the other, keeping what was run already. Part of
 * perforin.h. */
#ifndef PERFORIN_EACH_H
#define PERFORIN_EACH_H
#include "perforin/run.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One study that has ended. Texts are borrowed for the time of the call. */
typedef struct pf_each_step {
    size_t index, n;      /**< of the studies, from 0; how many */
    const char *study;    /**< path */
    pf_status status;     /**< as of pf_run */
    int kept;             /**< a complete run of the same inputs was there */
    double seconds;       /**< of the whole call, tables and report included */
    const char *sentence; /**< why it did not end well; "" otherwise */
    const pf_run_result *result;
} pf_each_step;

typedef struct pf_each_options {
    size_t size;         /**< set by INIT */
    const char *runs;    /**< folder of the run folders; NULL: "runs" */
    uint64_t replicates; /**< 0: as in each study */
    int exact;           /**< a run with more replicates is made anew instead of kept */
    int threads;         /**< 0: as many as this machine has cores */
    const volatile int *cancel;
    void (*step)(void *payload, const pf_each_step *step);
    pf_on_start start;
    pf_on_progress progress;
    pf_on_log log;
    void *payload; /**< handed to the four callbacks */
} pf_each_options;
#define PF_EACH_OPTIONS_INIT                                                                   \
    {                                                                                          \
        .size = sizeof(pf_each_options)                                                        \
    }

/** Run `n` studies, each into `runs`/NAME. A complete run of the same inputs, version and seed
 * is kept when it has as many replicates (without `exact`: or more); a stopped one is resumed;
 * any other run of that name is replaced. A study that fails does not stop the others: the
 * worst status comes back, with the sentence of the first study that had it. STOPPED on request
 * ends at once. */
PF_API pf_status pf_run_each(
    const char *const *study, size_t n, const pf_each_options *options, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
