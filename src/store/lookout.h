/* lookout.h: a run folder that is looked at again and again: each look reads the manifest and
 * the chunks that are new since the last one. Only reads.
 *
 * A chunk is counted when it is whole and of this run; one that is not is looked at again the
 * next time. When the folder has become that of another run, or chunks have gone though the run
 * is not complete (it was begun anew), everything is forgotten and read again. Depends on:
 * status, chunk_file. Threads: belongs to one thread. */
#ifndef PF_STORE_LOOKOUT_H
#define PF_STORE_LOOKOUT_H
#include "store/status.h"

typedef struct pf_lookout {
    pf_arena arena;   /* of the manifest */
    const char *path; /* borrowed */
    pf_manifest manifest;
    int busy;                             /* a program holds the lock */
    uint64_t chunks, whole, damaged;      /* of the run; there and good; there and not */
    uint64_t patients, total, replicates; /* in whole chunks; of the run; whole ones */
    uint64_t fresh;                       /* patients of chunks written since `began` */
    double began, last;                   /* when this part of the run began, when its last
                                             chunk came; seconds since 1970, 0: unknown */
    unsigned char *seen;                  /* [chunks] */
    unsigned generation;                  /* another one: all was forgotten */
} pf_lookout;

/** Told each new chunk; `chunk` is borrowed. */
typedef pf_err (*pf_new_chunk_fn)(pf_ctx *ctx, void *payload, const pf_chunk *chunk);

void pf_lookout_init(pf_lookout *l, const char *path);
void pf_lookout_clear(pf_lookout *l);
/** Forget all chunks: the next look tells them again. */
void pf_lookout_forget(pf_lookout *l);
/** Read the manifest. Is the run stopped? Neither `busy` nor `manifest.complete`. Errors:
 * CORRUPT, IO, NO_MEMORY */
PF_NODISCARD pf_err pf_lookout_manifest(pf_ctx *ctx, pf_lookout *l);
/** Then the new chunks, each told to `fn`; without a `layout` they are only counted. Errors:
 * NO_MEMORY, and what `fn` returns */
PF_NODISCARD pf_err pf_lookout_chunks(
    pf_ctx *ctx, pf_lookout *l, const pf_layout *layout, pf_new_chunk_fn fn, void *payload);

#endif
