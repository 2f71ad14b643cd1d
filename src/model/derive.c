/* Symbolic derivatives of one node by its operands. */
#include "model/derive.h"

typedef struct work {
    pf_graph *g;
    pf_node x; /* the node being derived */
    pf_local *out;
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

int pf_truth(const pf_graph *g, pf_node x)
{
    unsigned k = g->v[x].kind;
    return k == PF_OP_LT || k == PF_OP_LE || k == PF_OP_EQ || k == PF_OP_NE || k == PF_OP_AND ||
           k == PF_OP_OR || k == PF_OP_NOT;
}

static void edge(work *w, pf_node to, pf_node partial)
{
    if (partial == PF_NODE_ZERO || w->g->v[to].level < PF_LEVEL_DYNAMIC || pf_truth(w->g, to))
        return; /* truth values are flat */
    w->out->in[w->out->n] = to;
    w->out->partial[w->out->n++] = partial;
}

/* q = u / y, r = RCP(y): q_u = r, q_y = -q r. Reading y past r saves squares of r. */
static void product(work *w, pf_node a, pf_node b)
{
    const pf_vertex *v = w->g->v;
    if (v[a].kind == PF_OP_RCP && v[b].kind != PF_OP_RCP) {
        pf_node swap = a;
        a = b;
        b = swap;
    }
    if (a == b) {
        edge(w, a, times(w, num(w, 2), a));
        return;
    }
    edge(w, a, b);
    if (v[b].kind == PF_OP_RCP && v[b].level == PF_LEVEL_DYNAMIC) {
        pf_node y = v[b].in[0];
        edge(w, y, op1(w, PF_OP_NEG, times(w, w->x, b)));
    } else {
        edge(w, b, a);
    }
}

/* p = a^b: p_a = b a^(b-1), p_b = ln(a) p, both kept finite at a = 0. */
static void power(work *w, pf_node a, pf_node b)
{
    pf_node p = w->x;
    if (w->g->v[a].level == PF_LEVEL_DYNAMIC) {
        pf_node away = op2(w, PF_OP_LT, num(w, 1e-300), op1(w, PF_OP_ABS, a));
        pf_node at_zero = op2(w, PF_OP_EQ, b, PF_NODE_ONE); /* 0^(b-1) is 1 or 0 */
        pf_node over =
            pf_graph_op(w->g, PF_OP_SELECT, away, times(w, p, op1(w, PF_OP_RCP, a)), at_zero);
        edge(w, a, times(w, b, over));
    }
    if (w->g->v[b].level == PF_LEVEL_DYNAMIC)
        edge(w, b, times(w, p, where_positive(w, a, op1(w, PF_OP_LOG, a))));
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

/* `a` where the condition holds, else `b`. A truth value is its own partial. */
static void choice(work *w, pf_node c, pf_node a, pf_node b)
{
    pf_node yes =
        pf_truth(w->g, c) ? c : pf_graph_op(w->g, PF_OP_SELECT, c, PF_NODE_ONE, PF_NODE_ZERO);
    edge(w, a, yes);
    if (w->g->v[b].level == PF_LEVEL_DYNAMIC)
        edge(w, b, pf_graph_op(w->g, PF_OP_SELECT, c, PF_NODE_ZERO, PF_NODE_ONE));
}

void pf_graph_local(pf_graph *g, pf_node x, pf_local *out)
{
    work w = {g, x, out};
    pf_node a = g->v[x].in[0], b = g->v[x].in[1], c = g->v[x].in[2];
    unsigned kind = g->v[x].kind;
    out->n = 0;
    if (kind >= PF_OP_COUNT || pf_truth(g, x)) return;
    switch (kind) {
    case PF_OP_ADD:
    case PF_OP_SUB:
        edge(&w, a, PF_NODE_ONE);
        edge(&w, b, kind == PF_OP_ADD ? PF_NODE_ONE : num(&w, -1));
        break;
    case PF_OP_MUL:
        product(&w, a, b);
        break;
    case PF_OP_POW:
        power(&w, a, b);
        break;
    case PF_OP_MIN:
        choice(&w, op2(&w, PF_OP_LE, a, b), a, b);
        break;
    case PF_OP_MAX:
        choice(&w, op2(&w, PF_OP_LE, b, a), a, b);
        break;
    case PF_OP_SELECT:
        choice(&w, a, b, c);
        break;
    default:
        if (g->v[a].level == PF_LEVEL_DYNAMIC) edge(&w, a, slope(&w, (pf_op)kind, a));
    }
}
