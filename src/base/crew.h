/* crew.h: a fixed team of threads that works through many short phases together.
 *
 * Meant for loops whose phases last microseconds to milliseconds: members spin for a moment at
 * a meeting and then sleep, so that a crew larger than the machine still gets on. Work is
 * divided by position (pf_share), never by who comes first, so results do not depend on timing;
 * that they do not depend on the number of members is the caller's duty. Depends on: mem.
 * Threads: one caller at a time. */
#ifndef PF_BASE_CREW_H
#define PF_BASE_CREW_H
#include "base/mem.h"

enum { PF_CREW_MAX = 256 };

typedef struct pf_crew pf_crew;

/** What a member does: `who` = 0 .. of - 1. The caller of pf_crew_run is member 0. */
typedef void (*pf_crew_fn)(void *payload, int who, int of);

/** A crew of `threads` members, 1 to PF_CREW_MAX, the caller included. Errors: RANGE, NO_MEMORY
 * (threads that cannot be started, too). Free with pf_crew_free. */
PF_NODISCARD pf_err pf_crew_new(pf_ctx *ctx, int threads, pf_crew **out);
void pf_crew_free(pf_crew *crew); /**< NULL is allowed */
int pf_crew_size(const pf_crew *crew);
/** All members call `fn`; returns when the last one has ended. */
void pf_crew_run(pf_crew *crew, pf_crew_fn fn, void *payload);
/** From inside `fn`, by all members: nobody goes on before all are here. What was written
 * before is seen by all behind it. */
void pf_crew_meet(pf_crew *crew);

/** The part of 0 .. n - 1 that belongs to member `who`: [*first, *last). */
static inline void pf_share(size_t n, int who, int of, size_t *first, size_t *last)
{
    size_t each = n / (size_t)of, more = n % (size_t)of, w = (size_t)who;
    *first = w * each + (w < more ? w : more);
    *last = *first + each + (w < more);
}

#endif
