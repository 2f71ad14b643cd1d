#include "model/emit.h"

#include <string.h>

pf_err pf_emit_init(pf_emit *e, pf_ctx *ctx, pf_graph *g)
{
    memset(e, 0, sizeof *e);
    e->ctx = ctx;
    e->g = g;
    e->fixed = pf_calloc(ctx, g->n, sizeof *e->fixed);
    e->place = pf_calloc(ctx, g->n, sizeof *e->place);
    e->fused = pf_calloc(ctx, g->n, 1);
    if (!e->fixed || !e->place || !e->fused) return e->failed = PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < g->n; i++) e->fixed[i] = PF_NO_PLACE;
    return PF_OK;
}

void pf_emit_clear(pf_emit *e)
{
    for (int c = 0; c < PF_CODES; c++) pf_free(e->code[c].instr);
    pf_free(e->constant);
    pf_free(e->fixed);
    pf_free(e->place);
    pf_free(e->fused);
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
    return e->g->v[x].level >= PF_LEVEL_STEPPED;
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
    case PF_LEAF_PAST:
        return pf_place_of(PF_IN_THEN, 2 * (size_t)v->in[0]);
    case PF_LEAF_PAST_RATE:
        return pf_place_of(PF_IN_THEN, 2 * (size_t)v->in[0] + 1);
    case PF_LEAF_DRAW:
        return pf_place_of(PF_IN_DRAW, v->in[0]);
    case PF_LEAF_KEEP:
        return pf_place_of(PF_IN_KEEP, v->in[0]);
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

static shape shape_of(const pf_emit *e, pf_node x)
{
    const pf_vertex *v = &e->g->v[x];
    pf_node a = v->in[0], b = v->in[1];
    shape s = {(pf_op)v->kind, pf_op_arity((pf_op)v->kind), {a, b, v->in[2]}};
    if (!e->fused[x]) return s;
    int second = e->fused[x] == 2;
    pf_node other = second ? a : b;
    const pf_node *in = e->g->v[second ? b : a].in;
    if (v->kind == PF_OP_MUL) return (shape){PF_OP_DIV, 2, {other, in[0], 0}};
    if (v->kind == PF_OP_NEG) return (shape){PF_OP_FNMA, 3, {in[0], in[1], PF_NODE_ZERO}};
    pf_op op = v->kind == PF_OP_ADD ? PF_OP_FMA : second ? PF_OP_FNMA : PF_OP_FMS;
    return (shape){op, 3, {in[0], in[1], other}};
}

/* Who reads whom in the group at hand. */
typedef struct readers {
    uint8_t *reach, *first; /* read by any root; by a root of the first code */
    uint8_t *root;          /* 1: of the second code only, 2: of the first */
    uint32_t *start;        /* [g->n + 1] into `reader` */
    pf_node *reader;
} readers;

static int sums(const pf_emit *e, pf_node x)
{
    unsigned kind = e->g->v[x].kind;
    return kind == PF_OP_ADD || kind == PF_OP_SUB || kind == PF_OP_NEG;
}

/* Can every reader (`first`: of the first code) take product m into its own instruction? */
static int all_take(const pf_emit *e, const readers *r, pf_node m, int first, uint32_t *count)
{
    uint32_t n = 0;
    if (r->root[m] > first) return 0;
    for (uint32_t k = r->start[m]; k < r->start[m + 1]; k++) {
        pf_node x = r->reader[k];
        if (first && !r->first[x]) continue;
        if (!sums(e, x) || e->fused[x]) return 0;
        n++;
    }
    *count = n;
    return n > 0;
}

static void take(pf_emit *e, const readers *r, pf_node m, int first)
{
    for (uint32_t k = r->start[m]; k < r->start[m + 1]; k++) {
        pf_node x = r->reader[k];
        if (first && !r->first[x]) continue;
        e->fused[x] = e->g->v[x].in[0] == m ? 1 : 2;
    }
}

/* A division, when the reciprocal serves nobody else. */
static void fuse_division(pf_emit *e, const readers *r, pf_node x)
{
    for (unsigned k = 2; k > 0 && !e->fused[x]; k--) {
        pf_node d = e->g->v[x].in[k - 1];
        if (e->g->v[d].kind == PF_OP_RCP && dynamic(e, d) && !r->root[d] &&
            r->start[d + 1] - r->start[d] == 1)
            e->fused[x] = (uint8_t)k;
    }
}

/* A product that only sums read costs nothing inside them, even in several; those with few
 * readers go first. The first code runs often: there a product is fused even when the second
 * code then computes it again. */
static void fuse(pf_emit *e, const readers *r)
{
    enum { MOST_READERS = 6 };
    const pf_graph *g = e->g;
    for (pf_node i = 0; i < g->n; i++)
        if (r->reach[i] && g->v[i].kind == PF_OP_MUL && dynamic(e, i)) fuse_division(e, r, i);
    for (int first = 1; first >= 0; first--)
        for (uint32_t most = 1; most <= MOST_READERS; most++)
            for (pf_node m = 0; m < g->n; m++) {
                uint32_t n;
                if (!r->reach[m] || g->v[m].kind != PF_OP_MUL || e->fused[m] || !dynamic(e, m))
                    continue;
                if (first > r->first[m] || !all_take(e, r, m, first, &n) || n != most) continue;
                take(e, r, m, first);
            }
}

static void list_readers(const pf_graph *g, readers *r)
{
    for (pf_node i = 0; i < g->n; i++)
        for (unsigned k = 0; r->reach[i] && k < pf_graph_arity(g, i); k++)
            r->start[g->v[i].in[k]]++;
    for (size_t i = 0; i < g->n; i++) r->start[i + 1] += r->start[i]; /* ends */
    for (pf_node i = (pf_node)g->n; i-- > 0;)
        for (unsigned k = 0; r->reach[i] && k < pf_graph_arity(g, i); k++)
            r->reader[--r->start[g->v[i].in[k]]] = i;
}

void pf_emit_group(pf_emit *e, const pf_node *roots, size_t n, size_t n_first)
{
    pf_graph *g = e->g;
    readers r = {.reach = pf_calloc(e->ctx, 3 * g->n, 1)};
    r.start = pf_calloc(e->ctx, g->n + 2, sizeof *r.start);
    r.reader = pf_calloc(e->ctx, 3 * g->n, sizeof *r.reader);
    if (!r.reach || !r.start || !r.reader) e->failed = PF_ERR_NO_MEMORY;
    if (!e->failed) {
        memset(e->fused, 0, g->n);
        for (size_t i = 0; i < g->n; i++) e->place[i] = PF_NO_PLACE;
        r.first = r.reach + g->n;
        r.root = r.first + g->n;
        pf_graph_reach(g, roots, n, r.reach);
        pf_graph_reach(g, roots, n_first, r.first);
        for (size_t i = n; i-- > 0;) r.root[roots[i]] = i < n_first ? 2 : 1;
        list_readers(g, &r);
        fuse(e, &r);
    }
    pf_free(r.reach);
    pf_free(r.start);
    pf_free(r.reader);
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
