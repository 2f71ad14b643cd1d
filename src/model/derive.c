/* Symbolic derivatives, forward from one leaf: a loop over the nodes in order. */
#include "model/graph.h"

typedef struct work {
    pf_graph *g;
    pf_node x;        /* the node being derived */
    pf_vertex v;      /* a copy of it: the graph grows meanwhile */
    const pf_node *d; /* derivatives of the nodes before it */
} work;

static pf_node op2(work *w, pf_op op, pf_node a, pf_node b)
{
    return pf_graph_op(w->g, op, a, b, 0);
}

static pf_node op1(work *w, pf_op op, pf_node a)
{
    return pf_graph_op(w->g, op, a, 0, 0);
}

static pf_node times(work *w, pf_node a, pf_node b)
{
    return op2(w, PF_OP_MUL, a, b);
}

static pf_node num(work *w, double x)
{
    return pf_graph_number(w->g, x);
}

/* slope where x > 0, else 0: the roots are steep at 0, and an infinite Jacobian helps nobody */
static pf_node where_positive(work *w, pf_node x, pf_node slope)
{
    return pf_graph_op(
        w->g, PF_OP_SELECT, op2(w, PF_OP_LT, PF_NODE_ZERO, x), slope, PF_NODE_ZERO);
}

/* q = u / y: q' = (u' - q y') / y. `r` is RCP(y). */
static pf_node quotient(work *w, pf_node u, pf_node r)
{
    pf_node y = w->g->v[r].in[0], du = w->d[u], dy = w->d[y];
    if (du == dy) return times(w, times(w, r, op2(w, PF_OP_SUB, PF_NODE_ONE, w->x)), dy);
    return times(w, r, op2(w, PF_OP_SUB, du, times(w, w->x, dy)));
}

static pf_node product(work *w, pf_node a, pf_node b)
{
    if (a == b) return times(w, times(w, num(w, 2), a), w->d[a]);
    if (w->g->v[b].kind == PF_OP_RCP && w->d[b]) return quotient(w, a, b);
    if (w->g->v[a].kind == PF_OP_RCP && w->d[a]) return quotient(w, b, a);
    return op2(w, PF_OP_ADD, times(w, w->d[a], b), times(w, a, w->d[b]));
}

/* p = a^b: p' = b a^(b-1) a' + ln(a) p b', both kept finite at a = 0. */
static pf_node power(work *w, pf_node a, pf_node b)
{
    pf_node sum = PF_NODE_ZERO, p = w->x;
    if (w->d[a]) {
        pf_node away = op2(w, PF_OP_LT, num(w, 1e-300), op1(w, PF_OP_ABS, a));
        pf_node at_zero = op2(w, PF_OP_EQ, b, PF_NODE_ONE); /* 0^(b-1) is 1 or 0 */
        pf_node over =
            pf_graph_op(w->g, PF_OP_SELECT, away, times(w, p, op1(w, PF_OP_RCP, a)), at_zero);
        sum = times(w, times(w, b, over), w->d[a]);
    }
    if (w->d[b]) {
        pf_node ln = where_positive(w, a, op1(w, PF_OP_LOG, a));
        sum = op2(w, PF_OP_ADD, sum, times(w, times(w, p, ln), w->d[b]));
    }
    return sum;
}

static pf_node arc_root(work *w, pf_node a)
{
    pf_node inside = op2(w, PF_OP_SUB, PF_NODE_ONE, times(w, a, a));
    return op1(w, PF_OP_RCP, op1(w, PF_OP_SQRT, inside));
}

/* The factor f'(a) of the functions of one argument. */
static pf_node slope(work *w, pf_op op, pf_node a)
{
    pf_node x = w->x, one = PF_NODE_ONE;
    switch (op) {
    case PF_OP_NEG:
        return num(w, -1);
    case PF_OP_MOV:
        return one;
    case PF_OP_RCP:
        return op1(w, PF_OP_NEG, times(w, x, x));
    case PF_OP_SQRT:
        return where_positive(w, a, times(w, num(w, 0.5), op1(w, PF_OP_RCP, x)));
    case PF_OP_CBRT:
        return pf_graph_op(w->g, PF_OP_SELECT, op2(w, PF_OP_NE, a, PF_NODE_ZERO),
            op1(w, PF_OP_RCP, times(w, num(w, 3), times(w, x, x))), PF_NODE_ZERO);
    case PF_OP_EXP:
        return x;
    case PF_OP_EXPM1:
        return op2(w, PF_OP_ADD, x, one);
    case PF_OP_LOG:
        return op1(w, PF_OP_RCP, a);
    case PF_OP_LOG1P:
        return op1(w, PF_OP_RCP, op2(w, PF_OP_ADD, a, one));
    case PF_OP_LOG10:
        return times(w, num(w, 0.43429448190325182765), op1(w, PF_OP_RCP, a));
    case PF_OP_TANH:
        return op2(w, PF_OP_SUB, one, times(w, x, x));
    case PF_OP_SINH:
        return op1(w, PF_OP_COSH, a);
    case PF_OP_COSH:
        return op1(w, PF_OP_SINH, a);
    case PF_OP_SIN:
        return op1(w, PF_OP_COS, a);
    case PF_OP_COS:
        return op1(w, PF_OP_NEG, op1(w, PF_OP_SIN, a));
    case PF_OP_TAN:
        return op2(w, PF_OP_ADD, one, times(w, x, x));
    case PF_OP_ASIN:
        return arc_root(w, a);
    case PF_OP_ACOS:
        return op1(w, PF_OP_NEG, arc_root(w, a));
    case PF_OP_ATAN:
        return op1(w, PF_OP_RCP, op2(w, PF_OP_ADD, one, times(w, a, a)));
    case PF_OP_ABS:
        return pf_graph_op(
            w->g, PF_OP_SELECT, op2(w, PF_OP_LT, a, PF_NODE_ZERO), num(w, -1), one);
    default:
        return PF_NODE_ZERO; /* FLOOR, CEIL and truth values are flat */
    }
}

static pf_node one_node(work *w)
{
    pf_node a = w->v.in[0], b = w->v.in[1], c = w->v.in[2];
    const pf_node *d = w->d;
    switch (w->v.kind) {
    case PF_OP_ADD:
        return op2(w, PF_OP_ADD, d[a], d[b]);
    case PF_OP_SUB:
        return op2(w, PF_OP_SUB, d[a], d[b]);
    case PF_OP_MUL:
        return product(w, a, b);
    case PF_OP_POW:
        return power(w, a, b);
    case PF_OP_MIN:
        return pf_graph_op(w->g, PF_OP_SELECT, op2(w, PF_OP_LE, a, b), d[a], d[b]);
    case PF_OP_MAX:
        return pf_graph_op(w->g, PF_OP_SELECT, op2(w, PF_OP_LE, b, a), d[a], d[b]);
    case PF_OP_SELECT:
        return pf_graph_op(w->g, PF_OP_SELECT, a, d[b], d[c]);
    case PF_OP_LT:
    case PF_OP_LE:
    case PF_OP_EQ:
    case PF_OP_NE:
    case PF_OP_AND:
    case PF_OP_OR:
        return PF_NODE_ZERO;
    default:
        return d[a] ? times(w, slope(w, (pf_op)w->v.kind, a), d[a]) : PF_NODE_ZERO;
    }
}

pf_err pf_graph_derive(
    pf_graph *g, const pf_node *roots, size_t n, unsigned leaf, uint32_t index, pf_node *out)
{
    size_t count = 1;
    for (size_t i = 0; i < n; i++)
        if (roots[i] >= count) count = (size_t)roots[i] + 1;
    pf_node *d = pf_calloc(g->ctx, count, sizeof *d); /* PF_NODE_ZERO is 0 */
    uint8_t *reach = pf_calloc(g->ctx, count, 1);
    if (!d || !reach) g->failed = PF_ERR_NO_MEMORY;
    if (!g->failed) pf_graph_reach(g, roots, n, reach);
    for (size_t i = 0; i < count && !g->failed; i++) {
        if (!reach[i] || g->v[i].level < PF_LEVEL_DYNAMIC) continue;
        work w = {.g = g, .x = (pf_node)i, .v = g->v[i], .d = d};
        if (w.v.kind == leaf && (leaf != PF_LEAF_STATE || w.v.in[0] == index)) {
            d[i] = PF_NODE_ONE;
            continue;
        }
        int any = 0;
        for (unsigned k = 0; k < pf_graph_arity(g, (pf_node)i); k++) any |= d[w.v.in[k]] != 0;
        if (any) d[i] = one_node(&w);
    }
    for (size_t i = 0; i < n && !g->failed; i++) out[i] = d[roots[i]];
    pf_free(d);
    pf_free(reach);
    return g->failed;
}
