#include "solve/edges.h"

#include "solve/depend.h"

#include <math.h>
#include <string.h>

enum { PARTS = 16 }; /* of a step that are looked at */
#define NONE UINT32_MAX

/* What may change: a value itself, or whether a < b (b = NONE: a < 0). */
typedef struct {
    uint32_t a, b;
    int is_value;
} edge;

struct pf_edges {
    pf_linked code;
    double *file;           /* [n_slot][width]: time, what comes from the batch, then results */
    uint32_t n_from, *from; /* slots of the batch; slot 1 + i is a copy of from[i] */
    edge *edge;
    size_t n;
    double *here; /* [n][width] at the start of the step */
};

/* The cut while it is made. */
typedef struct {
    const pf_program *p;
    pf_code code;
    uint32_t *def;         /* [3 n] instruction that made each operand; NONE: it stood there */
    unsigned char *mark;   /* [n] what a result depends on */
    unsigned char *needed; /* [n] */
    uint32_t *last;        /* [n_slots] scratch; then the new number of a slot from outside */
    uint32_t *number;      /* [n] new slot of a result */
    pf_instr *cut;
    uint32_t n_slot;
} cutting;

static uint32_t operand(const pf_instr *x, unsigned i)
{
    return i == 0 ? x->a : i == 1 ? x->b : x->c;
}

/* Where the operands of all instructions come from, and what results depend on. */
static void trace(cutting *c)
{
    const pf_program *p = c->p;
    for (size_t s = 0; s < p->n_slots; s++) c->last[s] = NONE;
    for (size_t i = 0; i < c->code.n; i++) {
        const pf_instr *x = &c->code.instr[i];
        for (unsigned k = 0; k < pf_op_arity((pf_op)x->op); k++) {
            uint32_t slot = operand(x, k), def = c->last[slot];
            c->def[3 * i + k] = def;
            if (def != NONE)
                c->mark[i] |= c->mark[def];
            else if (slot == p->time)
                c->mark[i] |= PF_ON_TIME;
            else if (slot - p->state0 < p->n_state)
                c->mark[i] |= PF_ON_STATE;
            for (size_t q = 0; def == NONE && q < p->n_past; q++)
                if (slot == p->past[q].in || slot == p->past[q].in_rate)
                    c->mark[i] |= PF_ON_PAST;
        }
        c->last[x->dst] = (uint32_t)i;
    }
}

static int is_edge(const cutting *c, size_t i)
{
    if (c->mark[i] != PF_ON_TIME) return 0;
    switch (c->code.instr[i].op) {
    case PF_OP_LT:
    case PF_OP_LE:
    case PF_OP_FLOOR:
    case PF_OP_CEIL:
    case PF_OP_MIN:
    case PF_OP_MAX:
    case PF_OP_ABS:
        return 1;
    default:
        return 0;
    }
}

/* Mark what the edges need; how many edges there are. */
static size_t choose(cutting *c)
{
    size_t n = 0;
    for (size_t i = c->code.n; i-- > 0;) {
        if (is_edge(c, i)) {
            c->needed[i] = 1;
            n++;
        }
        for (unsigned k = 0; c->needed[i] && k < pf_op_arity((pf_op)c->code.instr[i].op); k++)
            if (c->def[3 * i + k] != NONE) c->needed[c->def[3 * i + k]] = 1;
    }
    return n;
}

/* The new slot of an operand; what comes from outside is copied to a slot of its own. */
static uint32_t place(cutting *c, struct pf_edges *q, size_t i, unsigned k)
{
    uint32_t slot = operand(&c->code.instr[i], k), def = c->def[3 * i + k];
    if (def != NONE) return c->number[def];
    if (slot == c->p->time) return 0;
    for (uint32_t j = 0; j < q->n_from; j++)
        if (q->from[j] == slot) return 1 + j;
    q->from[q->n_from++] = slot;
    return q->n_from;
}

/* The code of the edges: first all that comes from outside gets its slots, then the results. */
static size_t cut(cutting *c, struct pf_edges *q)
{
    size_t n = 0, m = 0;
    for (size_t i = 0; i < c->code.n; i++)
        for (unsigned k = 0; c->needed[i] && k < pf_op_arity((pf_op)c->code.instr[i].op); k++)
            if (c->def[3 * i + k] == NONE) (void)place(c, q, i, k);
    c->n_slot = 1 + q->n_from;
    for (size_t i = 0; i < c->code.n; i++) {
        if (!c->needed[i]) continue;
        const pf_instr *x = &c->code.instr[i];
        unsigned arity = pf_op_arity((pf_op)x->op);
        pf_instr y = {x->op, c->n_slot, place(c, q, i, 0), 0, 0};
        if (arity > 1) y.b = place(c, q, i, 1);
        if (arity > 2) y.c = place(c, q, i, 2);
        c->number[i] = c->n_slot++;
        c->cut[m++] = y;
        if (!is_edge(c, i)) continue;
        int pair = x->op == PF_OP_MIN || x->op == PF_OP_MAX;
        q->edge[n++] = pair                 ? (edge){y.a, y.b, 0}
                       : x->op == PF_OP_ABS ? (edge){y.a, NONE, 0}
                                            : (edge){y.dst, NONE, 1};
    }
    q->n = n;
    return m;
}

static pf_err make(pf_ctx *ctx, pf_engine *e, cutting *c)
{
    size_t n = c->code.n, w = (size_t)e->width, edges;
    c->def = pf_calloc(ctx, 3 * n + 1, sizeof *c->def);
    c->mark = pf_calloc(ctx, n + 1, 1);
    c->needed = pf_calloc(ctx, n + 1, 1);
    c->last = pf_calloc(ctx, c->p->n_slots, sizeof *c->last);
    c->number = pf_calloc(ctx, n + 1, sizeof *c->number);
    c->cut = pf_calloc(ctx, n + 1, sizeof *c->cut);
    if (!c->def || !c->mark || !c->needed || !c->last || !c->number || !c->cut)
        return PF_ERR_NO_MEMORY;
    trace(c);
    edges = choose(c);
    if (!edges) return PF_OK;
    struct pf_edges *q = pf_arena_alloc(ctx, &e->memory, 1, sizeof *q);
    if (!q) return PF_ERR_NO_MEMORY;
    q->edge = pf_arena_alloc(ctx, &e->memory, edges, sizeof *q->edge);
    q->from = pf_arena_alloc(ctx, &e->memory, c->p->n_slots, sizeof *q->from);
    q->here = pf_arena_alloc(ctx, &e->memory, edges * w, sizeof(double));
    if (!q->edge || !q->from || !q->here) return PF_ERR_NO_MEMORY;
    e->edges = q;
    pf_code code = {c->cut, cut(c, q)};
    q->file = pf_calloc64(ctx, (size_t)c->n_slot * w + 8, sizeof(double));
    if (!q->file) return PF_ERR_NO_MEMORY;
    return pf_lanes_link(ctx, &e->memory, e->width, code, c->n_slot, &q->code);
}

pf_err pf_edges_new(pf_ctx *ctx, pf_engine *e)
{
    cutting c = {.p = e->program, .code = e->program->code[PF_CODE_RHS]};
    for (int l = 0; l < e->width; l++) e->cases[l].edge = NAN;
    if (e->program->autonomous) return PF_OK;
    pf_err err = make(ctx, e, &c);
    pf_free(c.def);
    pf_free(c.mark);
    pf_free(c.needed);
    pf_free(c.last);
    pf_free(c.number);
    pf_free(c.cut);
    return err;
}

void pf_edges_free(pf_engine *e)
{
    if (e->edges) pf_free(e->edges->file);
}

static double value(const pf_engine *e, const edge *x, int lane)
{
    double *file = e->edges->file, a = *pf_at(e, file, x->a, lane);
    if (x->is_value) return a;
    return a < (x->b == NONE ? 0.0 : *pf_at(e, file, x->b, lane));
}

static void run(pf_engine *e, const double t[8])
{
    for (int l = 0; l < e->width; l++) e->edges->file[l] = t[l];
    e->b.interpreter(e->edges->code, e->edges->file);
}

static int has_changed(const pf_engine *e, int lane)
{
    const struct pf_edges *q = e->edges;
    for (size_t i = 0; i < q->n; i++)
        if (value(e, &q->edge[i], lane) != *pf_at(e, q->here, i, lane)) return 1;
    return 0;
}

/* Narrow the changes between low and high of the lanes in `open` down to neighbours. */
static void narrow(pf_engine *e, int open[8], double low[8], double high[8])
{
    double t[8];
    for (int any = 1; any;) {
        any = 0;
        for (int l = 0; l < e->width; l++) {
            t[l] = low[l] + 0.5 * (high[l] - low[l]);
            open[l] &= t[l] > low[l] && t[l] < high[l];
            any |= open[l];
        }
        run(e, t);
        for (int l = 0; l < e->width; l++)
            if (open[l]) *(has_changed(e, l) ? &high[l] : &low[l]) = t[l];
    }
}

void pf_edges_limit(pf_engine *e)
{
    struct pf_edges *q = e->edges;
    double t[8], low[8], high[8];
    int found[8] = {0}, open[8], any = 0;
    if (!q) return;
    size_t w = (size_t)e->width;
    for (uint32_t i = 0; i < q->n_from; i++)
        memcpy(q->file + (1 + i) * w, pf_at(e, e->b.slot, q->from[i], 0), w * sizeof(double));
    for (int l = 0; l < e->width; l++) low[l] = high[l] = t[l] = e->b.t[l];
    run(e, t);
    for (size_t i = 0; i < q->n; i++)
        for (int l = 0; l < e->width; l++) *pf_at(e, q->here, i, l) = value(e, &q->edge[i], l);
    for (int part = 1; part <= PARTS; part++) {
        for (int l = 0; l < e->width; l++) t[l] = e->b.t[l] + e->b.h[l] * part / PARTS;
        run(e, t);
        for (int l = 0; l < e->width; l++) {
            if (found[l] || !e->cases[l].active) continue;
            found[l] = has_changed(e, l);
            *(found[l] ? &high[l] : &low[l]) = t[l];
            any |= found[l];
        }
    }
    memcpy(open, found, sizeof open);
    if (any) narrow(e, open, low, high);
    for (int l = 0; l < e->width; l++) {
        /* Nearer than rounding: the step begins at it. */
        int at = found[l] && low[l] > e->b.t[l] + 4e-16 * fabs(e->b.t[l]);
        e->cases[l].edge = at ? high[l] : NAN;
        e->b.latest[l] = at ? low[l] : INFINITY;
        if (at) e->b.h[l] = high[l] - e->b.t[l];
    }
}
