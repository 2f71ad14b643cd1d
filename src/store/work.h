/* work.h: the chunks that a folder lacks, simulated on several threads.
 *
 * Where patients come from is a callback, so that this file knows nothing of simulation. Chunks
 * are handed out one by one; one thread writes at a time. The caller's thread waits, tells
 * the progress and watches the limits. The first error stops all threads, and its sentence
 * survives. Depends on: folder. */
#ifndef PF_STORE_WORK_H
#define PF_STORE_WORK_H
#include "store/folder.h"
#include "trial/simulate.h"

typedef struct pf_chunk_source {
    int threads;   /* one for each worker */
    void **worker; /* [threads] each belongs to one thread */
    /** Fill `out` with the rows of patients first .. first + count - 1, sorted; count each into
     * `tally` when it is done, and return CANCELLED soon after the context asks for it. */
    pf_err (*simulate)(pf_ctx *ctx, void *worker, uint64_t first, uint64_t count,
        pf_tally *tally, pf_chunk *out);
} pf_chunk_source;

typedef struct pf_work_state {
    uint64_t total, done, failed; /* patients; `done` includes kept ones */
    uint64_t kept;                /* found in the folder */
    uint64_t replicates_done;     /* whole ones; known when the work has ended */
    double seconds;
} pf_work_state;

typedef struct pf_work_options {
    double max_seconds;                                          /* 0: no limit */
    const volatile int *cancel;                                  /* NULL: never */
    void (*progress)(void *payload, const pf_work_state *state); /* about ten times a second */
    void *payload;
} pf_work_options;

typedef struct pf_work pf_work;
/** Look which chunks are there. The caller owns `*out`. */
PF_NODISCARD pf_err pf_work_new(pf_ctx *ctx, pf_folder *f, pf_work **out);
void pf_work_free(pf_work *w); /**< NULL is allowed */
const pf_work_state *pf_work_look(const pf_work *w);
/** Simulate the missing chunks. Errors: CANCELLED (on request or at the limit; all whole chunks
 * stay), and whatever a thread met first */
PF_NODISCARD pf_err pf_work_run(
    pf_ctx *ctx, pf_work *w, const pf_chunk_source *source, const pf_work_options *options);

#endif
