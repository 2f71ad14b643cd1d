/* link.c: orders instructions into runs of one operation and turns slots into byte offsets.
 *
 * List scheduling: an instruction is ready when everything it must follow has been emitted: the
 * writer of each operand, and the earlier readers and writer of its own slot, which may be used
 * again. Of the operations with ready instructions, the one with the most is emitted until none
 * of it is ready. */
#include "model/lanes.h"

#include <string.h>

enum { NONE = UINT32_MAX };

typedef struct edge {
    uint32_t to, next;
} edge;

typedef struct linker {
    pf_ctx *ctx;
    pf_code code;
    pf_arena scratch;
    uint32_t *last_write; /* [n_slots] instruction, or NONE */
    uint32_t *first_read; /* [n_slots] edge list of readers since the last write */
    edge *edges;
    uint32_t *first_edge; /* [n] what must follow an instruction */
    uint32_t *waits;      /* [n] how many it must follow */
    size_t n_edge;
    edge *readers;
    size_t n_reader;
    uint32_t *next_ready; /* [n] queue links */
    uint32_t head[PF_OP_COUNT], tail[PF_OP_COUNT], ready[PF_OP_COUNT];
} linker;

static void follow(linker *l, uint32_t before, uint32_t after)
{
    if (before == NONE || before == after) return;
    l->edges[l->n_edge] = (edge){after, l->first_edge[before]};
    l->first_edge[before] = (uint32_t)l->n_edge++;
    l->waits[after]++;
}

static void read_slot(linker *l, uint32_t i, uint32_t slot)
{
    follow(l, l->last_write[slot], i);
    l->readers[l->n_reader] = (edge){i, l->first_read[slot]};
    l->first_read[slot] = (uint32_t)l->n_reader++;
}

static void write_slot(linker *l, uint32_t i, uint32_t slot)
{
    follow(l, l->last_write[slot], i);
    for (uint32_t r = l->first_read[slot]; r != NONE; r = l->readers[r].next)
        follow(l, l->readers[r].to, i);
    l->first_read[slot] = NONE;
    l->last_write[slot] = i;
}

static uint32_t *filled(linker *l, size_t n)
{
    uint32_t *x = pf_arena_alloc(l->ctx, &l->scratch, n + 1, sizeof *x);
    if (x) memset(x, 0xff, (n + 1) * sizeof *x);
    return x;
}

static pf_err depend(linker *l, size_t n_slots)
{
    size_t n = l->code.n;
    l->last_write = filled(l, n_slots);
    l->first_read = filled(l, n_slots);
    l->first_edge = filled(l, n);
    l->next_ready = filled(l, n);
    l->waits = pf_arena_alloc(l->ctx, &l->scratch, n + 1, sizeof *l->waits);
    /* Up to three reads each; a read causes one edge by its writer and one by the next writer
     * of the slot, and a write one by the writer before it. */
    l->readers = pf_arena_alloc(l->ctx, &l->scratch, 3 * n + 1, sizeof *l->readers);
    l->edges = pf_arena_alloc(l->ctx, &l->scratch, 7 * n + 1, sizeof *l->edges);
    if (!l->last_write || !l->first_read || !l->first_edge || !l->next_ready || !l->waits ||
        !l->readers || !l->edges)
        return PF_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        const pf_instr *x = &l->code.instr[i];
        unsigned arity = pf_op_arity((pf_op)x->op);
        read_slot(l, i, x->a);
        if (arity > 1) read_slot(l, i, x->b);
        if (arity > 2) read_slot(l, i, x->c);
        write_slot(l, i, x->dst);
    }
    return PF_OK;
}

static void make_ready(linker *l, uint32_t i)
{
    uint32_t op = l->code.instr[i].op;
    if (l->ready[op]++ == 0)
        l->head[op] = i;
    else
        l->next_ready[l->tail[op]] = i;
    l->tail[op] = i;
}

static uint32_t take(linker *l, uint32_t op)
{
    uint32_t i = l->head[op];
    l->head[op] = l->next_ready[i];
    l->ready[op]--;
    for (uint32_t e = l->first_edge[i]; e != NONE; e = l->edges[e].next)
        if (--l->waits[l->edges[e].to] == 0) make_ready(l, l->edges[e].to);
    return i;
}

static size_t put(uint32_t *word, const pf_instr *x, uint32_t scale)
{
    unsigned arity = pf_op_arity((pf_op)x->op);
    word[0] = x->dst * scale;
    word[1] = x->a * scale;
    if (arity > 1) word[2] = x->b * scale;
    if (arity > 2) word[3] = x->c * scale;
    return arity + 1;
}

static size_t schedule(linker *l, uint32_t scale, uint32_t *word)
{
    size_t n = 0;
    for (uint32_t i = 0; i < l->code.n; i++)
        if (!l->waits[i]) make_ready(l, i);
    for (;;) {
        uint32_t best = 0;
        for (uint32_t op = 1; op < PF_OP_COUNT; op++)
            if (l->ready[op] > l->ready[best]) best = op;
        if (!l->ready[best]) return n;
        size_t header = n;
        n += 2;
        word[header] = best;
        word[header + 1] = 0;
        while (l->ready[best]) {
            n += put(word + n, &l->code.instr[take(l, best)], scale);
            word[header + 1]++;
        }
    }
}

pf_err pf_lanes_link(
    pf_ctx *ctx, pf_arena *arena, int width, pf_code code, size_t n_slots, pf_linked *out)
{
    *out = (pf_linked){0};
    uint32_t scale = (uint32_t)width * (uint32_t)sizeof(double);
    if (n_slots > UINT32_MAX / scale || code.n > UINT32_MAX / 8)
        return pf_fail(
            ctx, PF_ERR_RANGE, "the model needs %zu registers, which is too many", n_slots);
    linker l = {.ctx = ctx, .code = code};
    pf_arena_init(&l.scratch);
    uint32_t *word = pf_arena_alloc(ctx, arena, 6 * code.n + 2, sizeof *word);
    pf_err err = word ? depend(&l, n_slots) : PF_ERR_NO_MEMORY;
    if (!err) *out = (pf_linked){word, schedule(&l, scale, word)};
    pf_arena_clear(&l.scratch);
    return err;
}
