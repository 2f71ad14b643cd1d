#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA_BLOCK = 64 * 1024, ALIGN = 16 };

struct pf_arena_block {
    struct pf_arena_block *previous;
    size_t used, size;
    _Alignas(ALIGN) unsigned char bytes[];
};

static int product_overflows(size_t n, size_t size, size_t *out)
{
    return __builtin_mul_overflow(n, size, out);
}

static void *told(pf_ctx *ctx, void *p, size_t n, size_t size)
{
    if (!p) pf_fail(ctx, PF_ERR_NO_MEMORY, "no memory for %zu elements of %zu bytes", n, size);
    return p;
}

void *pf_calloc(pf_ctx *ctx, size_t n, size_t size)
{
    size_t bytes;
    void *p = product_overflows(n, size, &bytes) ? NULL : calloc(1, bytes ? bytes : 1);
    return told(ctx, p, n, size);
}

void *pf_calloc64(pf_ctx *ctx, size_t n, size_t size)
{
    size_t bytes;
    void *p = NULL;
    if (!product_overflows(n, size, &bytes) && bytes < SIZE_MAX - 64) {
        bytes = (bytes + 63) / 64 * 64;
        p = aligned_alloc(64, bytes ? bytes : 64);
        if (p) memset(p, 0, bytes);
    }
    return told(ctx, p, n, size);
}

void *pf_regrow(pf_ctx *ctx, void *p, size_t n, size_t size)
{
    size_t bytes;
    void *q = product_overflows(n, size, &bytes) ? NULL : realloc(p, bytes ? bytes : 1);
    return told(ctx, q, n, size);
}

void pf_free(void *p)
{
    free(p);
}

pf_err pf_reserve(pf_ctx *ctx, void *array, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity) return PF_OK;
    void *old;
    memcpy(&old, array, sizeof old);
    size_t n = *capacity ? *capacity * 2 : 8;
    while (n <= count) n *= 2;
    void *grown = pf_regrow(ctx, old, n, size);
    if (!grown) return PF_ERR_NO_MEMORY;
    memcpy(array, &grown, sizeof grown);
    *capacity = n;
    return PF_OK;
}

void pf_arena_init(pf_arena *a)
{
    a->last = NULL;
    a->total = 0;
}

void pf_arena_clear(pf_arena *a)
{
    while (a->last) {
        struct pf_arena_block *previous = a->last->previous;
        free(a->last);
        a->last = previous;
    }
    a->total = 0;
}

void *pf_arena_alloc(pf_ctx *ctx, pf_arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (product_overflows(n, size, &bytes) || bytes > SIZE_MAX / 2)
        return told(ctx, NULL, n, size);
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (!a->last || a->last->size - a->last->used < bytes) {
        size_t room = bytes > ARENA_BLOCK ? bytes : ARENA_BLOCK;
        struct pf_arena_block *b = malloc(sizeof *b + room);
        if (!b) return told(ctx, NULL, n, size);
        b->previous = a->last;
        b->used = 0;
        b->size = room;
        a->last = b;
    }
    void *p = a->last->bytes + a->last->used;
    a->last->used += bytes;
    a->total += bytes;
    memset(p, 0, bytes);
    return p;
}

char *pf_arena_strndup(pf_ctx *ctx, pf_arena *a, const char *text, size_t n)
{
    char *copy = pf_arena_alloc(ctx, a, n + 1, 1);
    if (copy) memcpy(copy, text, n);
    return copy;
}

char *pf_arena_strdup(pf_ctx *ctx, pf_arena *a, const char *text)
{
    return pf_arena_strndup(ctx, a, text, strlen(text));
}

char *pf_arena_printf(pf_ctx *ctx, pf_arena *a, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    char *text = n < 0 ? NULL : pf_arena_alloc(ctx, a, (size_t)n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    return text;
}
