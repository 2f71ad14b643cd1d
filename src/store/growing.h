/* growing.h: a table that grows while a run lasts, and that a stop cuts back to a mark.
 *
 * A mark is how long the file was and the hash of so much of it. What follows a mark may be
 * there in part or not at all after a crash; what precedes it was on the disk when the mark was
 * handed out. Going on from a mark reads that part again, so that damage is noticed, and cuts
 * the rest off. Depends on: file. Threads: a file belongs to one thread. */
#ifndef PF_STORE_GROWING_H
#define PF_STORE_GROWING_H
#include "base/base.h"

/* All zero: an empty file. */
typedef struct pf_mark {
    uint64_t length; /* bytes */
    uint64_t hash;   /* pf_hash of them; 0 of none */
} pf_mark;

typedef struct pf_growing pf_growing;

/** Go on at a mark; the empty one makes the file. Errors: IO, CORRUPT (the file is shorter, or
 * another one), NO_MEMORY. Free with pf_growing_close. */
PF_NODISCARD pf_err pf_growing_open(
    pf_ctx *ctx, const char *path, pf_mark mark, pf_growing **out);
/** Append; errors stick and come back from the next two. */
void pf_growing_put(pf_growing *g, const void *bytes, size_t n);
/** Hand what was appended to the system, where others can read it. Errors: IO */
PF_NODISCARD pf_err pf_growing_flush(pf_ctx *ctx, pf_growing *g);
/** Wait until all of it is on the disk; `*mark` is then its end. Errors: IO */
PF_NODISCARD pf_err pf_growing_sync(pf_ctx *ctx, pf_growing *g, pf_mark *mark);
/** The end of what was appended so far, on the disk or not. */
pf_mark pf_growing_mark(const pf_growing *g);
/** Close; the file stays. What was not flushed is lost. NULL is allowed. */
void pf_growing_close(pf_growing *g);

#endif
