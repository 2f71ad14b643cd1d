/* The Jacobian by elimination of all steps between states and roots (derive.h). */
#include "model/derive.h"
#include "model/plan.h"

#include <string.h>

typedef struct edge {
    uint32_t from;
    pf_node partial;
} edge;

typedef struct step {
    edge *in;
    size_t n_in, in_capacity;
    uint32_t *out;
    size_t n_out, out_capacity;
    pf_node node;
    uint8_t kind; /* PF_STEP_... */
} step;

typedef struct elimination {
    pf_graph *g;
    step *s; /* operands before readers, then one step for each root */
    size_t n_inner, n;
} elimination;

static edge *find(step *w, uint32_t u)
{
    for (size_t i = 0; i < w->n_in; i++)
        if (w->in[i].from == u) return &w->in[i];
    return NULL;
}

/* ---- arithmetic of partials ----------------------------------------------------------------
 */

/* x is "yes where c, else no". */
typedef struct guard {
    pf_node c, yes, no;
} guard;

static int guard_of(const pf_graph *g, pf_node x, guard *out)
{
    const pf_vertex *v = &g->v[x];
    if (v->level < PF_LEVEL_STEPPED) return 0;
    if (pf_truth(g, x))
        *out = (guard){x, PF_NODE_ONE, PF_NODE_ZERO};
    else if (v->kind == PF_OP_SELECT)
        *out = (guard){v->in[0], v->in[1], v->in[2]};
    else
        return 0;
    return 1;
}

static pf_node times(pf_graph *g, pf_node a, pf_node b)
{
    return pf_graph_op(g, PF_OP_MUL, a, b, 0);
}

/* Partial `x` times a slope that may be infinite where x is 0. */
static pf_node times_wild(pf_graph *g, pf_node x, pf_node slope)
{
    guard k;
    if (!guard_of(g, x, &k)) return times(g, x, slope);
    return pf_graph_op(g, PF_OP_SELECT, k.c, times(g, k.yes, slope), times(g, k.no, slope));
}

/* Sums of choices by the same condition stay one choice. */
static pf_node plus(pf_graph *g, pf_node a, pf_node b)
{
    guard x, y;
    if (guard_of(g, a, &x) && guard_of(g, b, &y) && x.c == y.c)
        return pf_graph_op(g, PF_OP_SELECT, x.c, pf_graph_op(g, PF_OP_ADD, x.yes, y.yes, 0),
            pf_graph_op(g, PF_OP_ADD, x.no, y.no, 0));
    return pf_graph_op(g, PF_OP_ADD, a, b, 0);
}

/* ---- what may be infinite -------------------------------------------------------------------
 */

enum { ANY, NOT_NEGATIVE, POSITIVE };

static int lesser(int a, int b)
{
    return a < b ? a : b;
}

/* The sign that the form of a node alone guarantees; sign[] of the nodes before it is known. */
static uint8_t sign_of(const pf_graph *g, pf_node x, const uint8_t *sign)
{
    const pf_vertex *v = &g->v[x];
    int a = ANY, b = ANY;
    if (v->kind < PF_OP_COUNT) {
        a = sign[v->in[0]];
        b = sign[v->in[1]];
    }
    switch (v->kind) {
    case PF_LEAF_NUMBER:
        return v->value > 0 ? POSITIVE : v->value == 0 ? NOT_NEGATIVE : ANY;
    case PF_OP_ADD:
        return (uint8_t)(a && b ? (a > b ? a : b) : ANY);
    case PF_OP_MUL:
        if (v->in[0] == v->in[1]) return a ? (uint8_t)a : NOT_NEGATIVE;
        return (uint8_t)lesser(a, b);
    case PF_OP_MIN:
        return (uint8_t)lesser(a, b);
    case PF_OP_MAX:
        return (uint8_t)(a > b ? a : b);
    case PF_OP_RCP:
    case PF_OP_CBRT:
    case PF_OP_MOV:
        return (uint8_t)a;
    case PF_OP_ABS:
    case PF_OP_SQRT:
    case PF_OP_EXP:
        return NOT_NEGATIVE;
    default:
        return ANY;
    }
}

static int wild_alone(const pf_graph *g, pf_node x, const uint8_t *sign)
{
    const pf_vertex *v = &g->v[x];
    switch (v->kind) {
    case PF_OP_ADD:
    case PF_OP_SUB:
    case PF_OP_MUL:
    case PF_OP_NEG:
    case PF_OP_MOV:
    case PF_OP_ABS:
    case PF_OP_MIN:
    case PF_OP_MAX:
    case PF_OP_SELECT:
    case PF_OP_FLOOR:
    case PF_OP_CEIL:
    case PF_OP_SIN:
    case PF_OP_COS:
    case PF_OP_TANH:
    case PF_OP_ATAN:
        return 0;
    case PF_OP_RCP:
        return sign[v->in[0]] != POSITIVE;
    case PF_OP_SQRT:
        return sign[v->in[0]] == ANY;
    default:
        return v->kind < PF_OP_COUNT && !pf_truth(g, x);
    }
}

/* ---- the net of steps -----------------------------------------------------------------------
 */

static void drop(step *w, uint32_t u)
{
    edge *e = find(w, u);
    if (e) memmove(e, e + 1, (size_t)(w->in + w->n_in-- - e - 1) * sizeof *e);
}

static void drop_reader(step *u, uint32_t w)
{
    size_t i = 0;
    while (i < u->n_out && u->out[i] != w) i++;
    if (i == u->n_out) return;
    memmove(u->out + i, u->out + i + 1, (--u->n_out - i) * sizeof *u->out);
}

/* w_u += partial */
static void add_edge(elimination *e, uint32_t w, uint32_t u, pf_node partial)
{
    pf_graph *g = e->g;
    step *reader = &e->s[w], *operand = &e->s[u];
    edge *old = find(reader, u);
    if (g->failed || partial == PF_NODE_ZERO) return;
    if (old) {
        old->partial = plus(g, old->partial, partial);
        if (old->partial != PF_NODE_ZERO) return;
        drop(reader, u);
        drop_reader(operand, w);
        return;
    }
    g->failed =
        pf_reserve(g->ctx, &reader->in, &reader->in_capacity, reader->n_in, sizeof *reader->in);
    if (!g->failed)
        g->failed = pf_reserve(g->ctx, &operand->out, &operand->out_capacity, operand->n_out,
            sizeof *operand->out);
    if (g->failed) return;
    reader->in[reader->n_in++] = (edge){u, partial};
    operand->out[operand->n_out++] = w;
}

static void eliminate(elimination *e, uint32_t v)
{
    step *s = &e->s[v];
    for (size_t i = 0; i < s->n_out && !e->g->failed; i++) {
        step *w = &e->s[s->out[i]];
        pf_node c = find(w, v)->partial;
        drop(w, v);
        for (size_t k = 0; k < s->n_in; k++) {
            pf_node p = s->in[k].partial;
            pf_node x = s->kind & PF_STEP_WILD ? times_wild(e->g, c, p) : times(e->g, c, p);
            add_edge(e, s->out[i], s->in[k].from, x);
        }
    }
    for (size_t k = 0; k < s->n_in; k++) drop_reader(&e->s[s->in[k].from], v);
    s->n_in = s->n_out = 0;
}

/* ---- order ----------------------------------------------------------------------------------
 */

static uint8_t edge_kind(const pf_graph *g, pf_node partial)
{
    if (pf_graph_is_number(g, partial, 1) || pf_graph_is_number(g, partial, -1))
        return PF_EDGE_FREE;
    return g->v[partial].level < PF_LEVEL_DYNAMIC ? PF_EDGE_FIXED : PF_EDGE_VARIES;
}

static pf_err plan(const elimination *e, uint32_t *order, size_t *n_order)
{
    size_t n = e->n;
    pf_net net = {n, pf_calloc(e->g->ctx, n * n, 1), pf_calloc(e->g->ctx, n, 1)};
    pf_err err = PF_ERR_NO_MEMORY;
    if (net.edge && net.step) {
        for (size_t i = 0; i < n; i++) {
            const step *s = &e->s[i];
            net.step[i] = s->kind;
            for (size_t k = 0; k < s->n_in; k++)
                net.edge[i * n + s->in[k].from] = edge_kind(e->g, s->in[k].partial);
        }
        err = pf_plan(e->g->ctx, &net, order, n_order);
    }
    pf_free(net.edge);
    pf_free(net.step);
    return err;
}

/* A net too large to plan goes operands first. */
static void eliminate_all(elimination *e)
{
    pf_graph *g = e->g;
    uint32_t *order = pf_calloc(g->ctx, e->n, sizeof *order);
    size_t n = 0;
    if (!order)
        g->failed = PF_ERR_NO_MEMORY;
    else if (e->n <= PF_MOST_PLANNED)
        g->failed = plan(e, order, &n);
    else
        for (uint32_t v = 0; v < e->n_inner; v++)
            if (e->s[v].kind & PF_STEP_INNER) order[n++] = v;
    for (size_t i = 0; i < n && !g->failed; i++) eliminate(e, order[i]);
    pf_free(order);
}

static int begins(unsigned kind)
{
    return kind >= PF_OP_COUNT;
}

/* The derivative of a root by leaf `x` joins the root's row: states have columns, all else goes
 * with time. */
static void add_column(pf_graph *g, pf_node x, pf_node partial, size_t n_state, pf_node *row)
{
    pf_vertex leaf = g->v[x]; /* a copy: the array may move */
    pf_node rate = PF_NODE_ONE;
    if (leaf.kind == PF_LEAF_STATE) {
        row[leaf.in[0]] = partial;
        return;
    }
    if (leaf.kind == PF_LEAF_PAST)
        rate = pf_graph_leaf(g, PF_LEAF_PAST_RATE, leaf.in[0]);
    else if (leaf.kind != PF_LEAF_TIME)
        return; /* a rate in the past: its own is not known */
    row[n_state] = pf_graph_op(g, PF_OP_ADD, row[n_state], times(g, partial, rate), 0);
}

/* One step for each node that varies and is read; at[node] is its number + 1. */
static void number_steps(elimination *e, size_t count, const uint8_t *reach, uint32_t *at)
{
    for (pf_node x = 0; x < count; x++) {
        const pf_vertex *v = &e->g->v[x];
        if (!reach[x] || v->level < PF_LEVEL_DYNAMIC || pf_truth(e->g, x)) continue;
        step *s = &e->s[e->n_inner++];
        s->node = x;
        if (!begins(v->kind)) s->kind = PF_STEP_INNER;
        if (v->kind == PF_OP_MIN || v->kind == PF_OP_MAX || v->kind == PF_OP_SELECT)
            s->kind |= PF_STEP_CHOOSES;
        at[x] = (uint32_t)e->n_inner;
    }
}

static void link_steps(elimination *e, const uint32_t *at, const uint8_t *sign)
{
    for (uint32_t i = 0; i < e->n_inner && !e->g->failed; i++) {
        pf_local d;
        step *s = &e->s[i];
        if (wild_alone(e->g, s->node, sign)) s->kind |= PF_STEP_WILD;
        pf_graph_local(e->g, s->node, &d);
        for (unsigned k = 0; k < d.n; k++) add_edge(e, i, at[d.in[k]] - 1, d.partial[k]);
        for (unsigned k = 0; k < pf_graph_arity(e->g, s->node); k++) {
            uint32_t u = at[e->g->v[s->node].in[k]];
            if (u) s->kind |= e->s[u - 1].kind & PF_STEP_WILD;
        }
    }
}

static void run(elimination *e, const pf_node *roots, size_t n, uint32_t *at)
{
    pf_graph *g = e->g;
    size_t count = g->n;
    uint8_t *reach = pf_calloc(g->ctx, count, 1), *sign = pf_calloc(g->ctx, count, 1);
    if (reach && sign) {
        pf_graph_reach(g, roots, n, reach);
        for (pf_node x = 0; x < count; x++) sign[x] = sign_of(g, x, sign);
        number_steps(e, count, reach, at);
        link_steps(e, at, sign);
        e->n = e->n_inner + n;
        for (size_t i = 0; i < n; i++)
            if (at[roots[i]])
                add_edge(e, (uint32_t)(e->n_inner + i), at[roots[i]] - 1, PF_NODE_ONE);
        if (!g->failed) eliminate_all(e);
    } else {
        g->failed = PF_ERR_NO_MEMORY;
    }
    pf_free(reach);
    pf_free(sign);
}

pf_err pf_graph_jacobian(
    pf_graph *g, const pf_node *roots, size_t n, size_t n_state, pf_node *out)
{
    elimination e = {.g = g};
    size_t most = g->n + n;
    uint32_t *at = pf_calloc(g->ctx, g->n, sizeof *at);
    e.s = pf_calloc(g->ctx, most, sizeof *e.s);
    if (!at || !e.s) g->failed = PF_ERR_NO_MEMORY;
    if (!g->failed) run(&e, roots, n, at);
    memset(out, 0, n * (n_state + 1) * sizeof *out); /* PF_NODE_ZERO */
    for (size_t i = 0; i < n && !g->failed; i++) {
        const step *s = &e.s[e.n_inner + i];
        for (size_t k = 0; k < s->n_in; k++)
            add_column(
                g, e.s[s->in[k].from].node, s->in[k].partial, n_state, out + i * (n_state + 1));
    }
    for (size_t i = 0; e.s && i < most; i++) {
        pf_free(e.s[i].in);
        pf_free(e.s[i].out);
    }
    pf_free(e.s);
    pf_free(at);
    return g->failed;
}
