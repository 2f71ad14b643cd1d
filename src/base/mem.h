/* mem.h: the one door to memory: overflow-checked, zeroed, with arenas for things that die
 * together.
 *
 * Ownership in four sentences. Who calls _new calls _free. Arguments are copied unless the name
 * says _take. Returned const pointers are borrowed and live as long as their parent. Arrays
 * come with their length and are never freed by the callee. Depends on: ctx. Threads: an arena
 * belongs to one thread. */
#ifndef PF_BASE_MEM_H
#define PF_BASE_MEM_H
#include "base/ctx.h"

/** `n` zeroed elements of `size` bytes, aligned for any plain type; NULL (and ctx told) when
 * there is no memory or n * size overflows. n = 0 gives a valid pointer. Free with pf_free. */
PF_NODISCARD void *pf_calloc(pf_ctx *ctx, size_t n, size_t size);
/** The same, aligned to 64 bytes, for vectors of lanes. Free with pf_free. */
PF_NODISCARD void *pf_calloc64(pf_ctx *ctx, size_t n, size_t size);
/** Grow `p` to `n` elements; new bytes are NOT zeroed. On failure NULL, and `p` is still good.
 */
PF_NODISCARD void *pf_regrow(pf_ctx *ctx, void *p, size_t n, size_t size);
void pf_free(void *p); /**< NULL is allowed */

/** Make room for one more element in a growable array: doubles `*capacity` when `count` reaches
 * it. `*array` is the array's own pointer. */
PF_NODISCARD pf_err pf_reserve(
    pf_ctx *ctx, void *array, size_t *capacity, size_t count, size_t size);

/* An arena: allocations that are freed together. Addresses stay put while it lives. */
typedef struct pf_arena {
    struct pf_arena_block *last;
    size_t total; /* bytes handed out */
} pf_arena;

void pf_arena_init(pf_arena *a);
void pf_arena_clear(pf_arena *a); /**< frees everything; the arena can be used again */
/** Zeroed bytes that live until pf_arena_clear; NULL (and ctx told) when there is no memory. */
PF_NODISCARD void *pf_arena_alloc(pf_ctx *ctx, pf_arena *a, size_t n, size_t size);
/** Copies of text in the arena. */
PF_NODISCARD char *pf_arena_strdup(pf_ctx *ctx, pf_arena *a, const char *text);
PF_NODISCARD char *pf_arena_strndup(pf_ctx *ctx, pf_arena *a, const char *text, size_t n);
PF_NODISCARD char *pf_arena_printf(pf_ctx *ctx, pf_arena *a, const char *fmt, ...)
    PF_PRINTF(3, 4);

#endif
