#include "model/emit.h"

#include <string.h>

pf_err pf_emit_init(pf_emit *e, pf_ctx *ctx, pf_graph *g)
{
    memset(e, 0, sizeof *e);
    e->ctx = ctx;
    e->g = g;
    e->fixed = pf_calloc(ctx, g->n, sizeof *e->fixed);
    e->place = pf_calloc(ctx, g->n, sizeof *e->place);
    e->absorbed = pf_calloc(ctx, g->n, 1);
    e->uses = pf_calloc(ctx, g->n, sizeof *e->uses);
    if (!e->fixed || !e->place || !e->absorbed || !e->uses) return e->failed = PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < g->n; i++) e->fixed[i] = PF_NO_PLACE;
    return PF_OK;
}

void pf_emit_clear(pf_emit *e)
{
    for (int c = 0; c < PF_CODES; c++) pf_free(e->code[c].instr);
    pf_free(e->constant);
    pf_free(e->fixed);
    pf_free(e->place);
    pf_free(e->absorbed);
    pf_free(e->uses);
    pf_free(e->todo);
}

void pf_emit_instr(pf_emit *e, unsigned code, pf_instr instr)
{
    pf_asm *a = &e->code[code];
    if (!e->failed && a->n >= PF_MOST_INSTR)
        e->failed = pf_fail(e->ctx, PF_ERR_MODEL,
            "the model is too large: over %d operations in one of its parts",
            (int)PF_MOST_INSTR);
    if (!e->failed) e->failed = pf_reserve(e->ctx, &a->instr, &a->capacity, a->n, sizeof instr);
    if (!e->failed) a->instr[a->n++] = instr;
}

uint32_t pf_emit_constant(pf_emit *e, double x)
{
    size_t i = 0;
    while (i < e->n_constant && memcmp(&e->constant[i], &x, sizeof x) != 0) i++;
    if (i == e->n_constant && !e->failed) {
        e->failed =
            pf_reserve(e->ctx, &e->constant, &e->constant_capacity, e->n_constant, sizeof x);
        if (!e->failed) e->constant[e->n_constant++] = x;
        e->n[PF_IN_CONSTANT] = e->n_constant;
    }
    return pf_place_of(PF_IN_CONSTANT, i);
}

static int is_op(const pf_emit *e, pf_node x)
{
    return e->g->v[x].kind < PF_OP_COUNT;
}

static int dynamic(const pf_emit *e, pf_node x)
{
    return e->g->v[x].level == PF_LEVEL_DYNAMIC;
}

/* Where a leaf stands. */
static uint32_t leaf(pf_emit *e, pf_node x)
{
    const pf_vertex *v = &e->g->v[x];
    switch (v->kind) {
    case PF_LEAF_NUMBER:
        return pf_emit_constant(e, v->value);
    case PF_LEAF_PARAM:
        return pf_place_of(PF_IN_PARAM, v->in[0]);
    case PF_LEAF_TIME:
        return pf_place_of(PF_IN_TIME, 0);
    default:
        return pf_place_of(PF_IN_STATE, v->in[0]);
    }
}

static uint32_t known(pf_emit *e, pf_node x)
{
    if (!is_op(e, x)) return leaf(e, x);
    return dynamic(e, x) ? e->place[x] : e->fixed[x];
}

/* An operation as it will be emitted: what it absorbed is replaced by its operands. */
typedef struct shape {
    pf_op op;
    unsigned n;
    pf_node in[3];
} shape;

static int takes(const pf_emit *e, pf_node x)
{
    return e->absorbed[x];
}

static shape shape_of(const pf_emit *e, pf_node x)
{
    const pf_vertex *v = &e->g->v[x];
    pf_node a = v->in[0], b = v->in[1];
    shape s = {(pf_op)v->kind, pf_op_arity((pf_op)v->kind), {a, b, v->in[2]}};
    if (!dynamic(e, x)) return s;
    const pf_node *pa = e->g->v[a].in, *pb = e->g->v[b].in;
    if (v->kind == PF_OP_MUL && takes(e, b)) return (shape){PF_OP_DIV, 2, {a, pb[0], 0}};
    if (v->kind == PF_OP_MUL && takes(e, a)) return (shape){PF_OP_DIV, 2, {b, pa[0], 0}};
    if (v->kind == PF_OP_NEG && takes(e, a))
        return (shape){PF_OP_FNMA, 3, {pa[0], pa[1], PF_NODE_ZERO}};
    if (v->kind == PF_OP_ADD && takes(e, b)) return (shape){PF_OP_FMA, 3, {pb[0], pb[1], a}};
    if (v->kind == PF_OP_ADD && takes(e, a)) return (shape){PF_OP_FMA, 3, {pa[0], pa[1], b}};
    if (v->kind == PF_OP_SUB && takes(e, b)) return (shape){PF_OP_FNMA, 3, {pb[0], pb[1], a}};
    if (v->kind == PF_OP_SUB && takes(e, a)) return (shape){PF_OP_FMS, 3, {pa[0], pa[1], b}};
    return s;
}

static int absorbable(const pf_emit *e, pf_node x, pf_op op)
{
    return e->g->v[x].kind == op && dynamic(e, x) && e->uses[x] == 1 && !e->absorbed[x];
}

static void absorb(pf_emit *e, pf_node x)
{
    const pf_vertex *v = &e->g->v[x];
    if (v->kind == PF_OP_MUL) { /* a division, when the reciprocal serves nobody else */
        for (int k = 1; k >= 0; k--) {
            if (!absorbable(e, v->in[k], PF_OP_RCP)) continue;
            e->absorbed[v->in[k]] = 1;
            return;
        }
    }
    if (v->kind != PF_OP_ADD && v->kind != PF_OP_SUB && v->kind != PF_OP_NEG) return;
    for (int k = v->kind == PF_OP_NEG ? 0 : 1; k >= 0; k--) {
        pf_node m = v->in[k];
        if (!absorbable(e, m, PF_OP_MUL)) continue;
        const pf_node *in = e->g->v[m].in;
        if (takes(e, in[0]) || takes(e, in[1])) continue; /* it is a division */
        e->absorbed[m] = 1;
        return;
    }
}

void pf_emit_group(pf_emit *e, const pf_node *roots, size_t n)
{
    pf_graph *g = e->g;
    if (e->failed) return;
    uint8_t *reach = pf_calloc(e->ctx, g->n, 1);
    if (!reach) {
        e->failed = PF_ERR_NO_MEMORY;
        return;
    }
    memset(e->uses, 0, g->n * sizeof *e->uses);
    memset(e->absorbed, 0, g->n);
    for (size_t i = 0; i < g->n; i++) e->place[i] = PF_NO_PLACE;
    pf_graph_reach(g, roots, n, reach);
    for (size_t i = 0; i < n; i++) e->uses[roots[i]]++;
    for (pf_node i = 0; i < g->n; i++)
        for (unsigned k = 0; reach[i] && k < pf_graph_arity(g, i); k++)
            e->uses[g->v[i].in[k]]++;
    for (pf_node i = 0; i < g->n; i++)
        if (reach[i] && is_op(e, i) && dynamic(e, i)) absorb(e, i);
    pf_free(reach);
}

static void todo(pf_emit *e, pf_node x)
{
    if (e->failed) return;
    e->failed = pf_reserve(e->ctx, &e->todo, &e->todo_capacity, e->n_todo, sizeof *e->todo);
    if (!e->failed) e->todo[e->n_todo++] = x;
}

static void put(pf_emit *e, unsigned code, const shape *s, uint32_t to)
{
    uint32_t in[3] = {0, 0, 0};
    for (unsigned i = 0; i < s->n; i++) in[i] = known(e, s->in[i]);
    pf_emit_instr(e, code, (pf_instr){s->op, to, in[0], in[1], in[2]});
}

/* A node whose operands are all known. */
static void finish(pf_emit *e, unsigned code, uint32_t range, pf_node x, uint32_t to)
{
    shape s = shape_of(e, x);
    if (!dynamic(e, x)) {
        if (to == PF_NO_PLACE) to = pf_place_of(PF_IN_FIXED, e->n[PF_IN_FIXED]++);
        put(e, PF_CODE_PREP, &s, to);
        e->fixed[x] = to;
        return;
    }
    if (to == PF_NO_PLACE) to = pf_place_of(range, e->n[range]++);
    put(e, code, &s, to);
    e->place[x] = to;
}

/* What parameters decide may not land where a dynamic value is wanted: it stays, and is copied.
 */
static uint32_t target(const pf_emit *e, pf_node x, pf_node root, uint32_t to)
{
    if (x != root || to == PF_NO_PLACE) return PF_NO_PLACE;
    return dynamic(e, x) || pf_place_range(to) == PF_IN_PARAM ? to : PF_NO_PLACE;
}

uint32_t pf_emit_node(pf_emit *e, unsigned code, uint32_t range, pf_node root, uint32_t to)
{
    e->n_todo = 0;
    if (known(e, root) == PF_NO_PLACE) todo(e, root);
    while (e->n_todo && !e->failed) {
        pf_node x = e->todo[e->n_todo - 1];
        size_t before = e->n_todo;
        if (known(e, x) == PF_NO_PLACE) {
            shape s = shape_of(e, x);
            for (unsigned i = s.n; i-- > 0;)
                if (known(e, s.in[i]) == PF_NO_PLACE) todo(e, s.in[i]);
            if (e->n_todo > before) continue;
            finish(e, code, range, x, target(e, x, root, to));
        }
        e->n_todo = before - 1;
    }
    if (e->failed) return 0;
    uint32_t at = known(e, root);
    if (to == PF_NO_PLACE || at == to) return at;
    pf_emit_instr(e, code, (pf_instr){PF_OP_MOV, to, at, 0, 0});
    return to;
}

void pf_emit_param(pf_emit *e, pf_node root, uint32_t to)
{
    (void)pf_emit_node(e, PF_CODE_PREP, PF_IN_FIXED, root, to);
}
