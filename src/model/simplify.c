#include "model/graph.h"

#include <math.h>

static unsigned kind(const pf_graph *g, pf_node x)
{
    return g->v[x].kind;
}

static int number(const pf_graph *g, pf_node x)
{
    return kind(g, x) == PF_LEAF_NUMBER;
}

static int fixed(const pf_graph *g, pf_node x) /* decided by parameters */
{
    return g->v[x].level < PF_LEVEL_DYNAMIC;
}

static pf_node raw(pf_graph *g, pf_op op, pf_node a, pf_node b, pf_node c)
{
    unsigned n = pf_op_arity(op);
    pf_vertex v = {.kind = (uint8_t)op, .in = {a, n > 1 ? b : 0, n > 2 ? c : 0}};
    return pf_graph_intern(g, &v);
}

static pf_node add(pf_graph *g, pf_node a, pf_node b);
static pf_node mul(pf_graph *g, pf_node a, pf_node b);

/* Does `a` stand after `b` in a commutative operation? What varies first, numbers last. */
static int after(const pf_graph *g, pf_node a, pf_node b)
{
    if (g->v[a].level != g->v[b].level) return g->v[a].level < g->v[b].level;
    return a > b;
}

static pf_node negative(pf_graph *g, pf_node a)
{
    if (number(g, a)) return pf_graph_number(g, -g->v[a].value);
    if (kind(g, a) == PF_OP_NEG) return g->v[a].in[0];
    if (kind(g, a) == PF_OP_SUB) return raw(g, PF_OP_SUB, g->v[a].in[1], g->v[a].in[0], 0);
    return raw(g, PF_OP_NEG, a, 0, 0);
}

static pf_node subtract(pf_graph *g, pf_node a, pf_node b)
{
    if (a == b) return PF_NODE_ZERO;
    if (pf_graph_is_number(g, b, 0)) return a;
    if (pf_graph_is_number(g, a, 0)) return negative(g, b);
    if (number(g, b)) return add(g, a, pf_graph_number(g, -g->v[b].value));
    if (kind(g, b) == PF_OP_NEG) return add(g, a, g->v[b].in[0]);
    if (kind(g, a) == PF_OP_NEG) return negative(g, add(g, g->v[a].in[0], b));
    return raw(g, PF_OP_SUB, a, b, 0);
}

static pf_node add(pf_graph *g, pf_node a, pf_node b)
{
    if (after(g, a, b)) {
        pf_node swap = a;
        a = b;
        b = swap;
    }
    if (pf_graph_is_number(g, b, 0)) return a;
    if (a == b) return mul(g, pf_graph_number(g, 2), a);
    if (kind(g, b) == PF_OP_NEG) return subtract(g, a, g->v[b].in[0]);
    if (kind(g, a) == PF_OP_NEG) return subtract(g, b, g->v[a].in[0]);
    /* (x + p) + q is x + (p + q) when only parameters decide p and q */
    if (fixed(g, b) && !fixed(g, a) && kind(g, a) == PF_OP_ADD && fixed(g, g->v[a].in[1])) {
        pf_node x = g->v[a].in[0], p = g->v[a].in[1];
        return add(g, x, pf_graph_op(g, PF_OP_ADD, p, b, 0));
    }
    return raw(g, PF_OP_ADD, a, b, 0);
}

static pf_node mul(pf_graph *g, pf_node a, pf_node b)
{
    if (after(g, b, a)) { /* here the fixed factor comes first */
        pf_node swap = a;
        a = b;
        b = swap;
    }
    if (pf_graph_is_number(g, a, 0)) return PF_NODE_ZERO;
    if (pf_graph_is_number(g, a, 1)) return b;
    if (pf_graph_is_number(g, a, -1)) return negative(g, b);
    if (kind(g, b) == PF_OP_NEG)
        return negative(g, pf_graph_op(g, PF_OP_MUL, a, g->v[b].in[0], 0));
    if (kind(g, a) == PF_OP_NEG)
        return negative(g, pf_graph_op(g, PF_OP_MUL, g->v[a].in[0], b, 0));
    if (fixed(g, a) && !fixed(g, b) && kind(g, b) == PF_OP_MUL && fixed(g, g->v[b].in[0])) {
        pf_node p = g->v[b].in[0], x = g->v[b].in[1];
        return mul(g, pf_graph_op(g, PF_OP_MUL, a, p, 0), x);
    }
    return raw(g, PF_OP_MUL, a, b, 0);
}

static pf_node reciprocal(pf_graph *g, pf_node a)
{
    if (kind(g, a) == PF_OP_RCP) return g->v[a].in[0];
    if (kind(g, a) == PF_OP_NEG)
        return negative(g, pf_graph_op(g, PF_OP_RCP, g->v[a].in[0], 0, 0));
    return raw(g, PF_OP_RCP, a, 0, 0);
}

static pf_node divide(pf_graph *g, pf_node a, pf_node b)
{
    if (pf_graph_is_number(g, b, 1)) return a;
    if (pf_graph_is_number(g, a, 0) && !pf_graph_is_number(g, b, 0)) return PF_NODE_ZERO;
    if (fixed(g, a) && fixed(g, b) && !pf_graph_is_number(g, a, 1))
        return raw(g, PF_OP_DIV, a, b, 0); /* once per patient: keep the exact form */
    return pf_graph_op(g, PF_OP_MUL, a, pf_graph_op(g, PF_OP_RCP, b, 0, 0), 0);
}

/* x^n by squaring; n >= 1 */
static pf_node whole_power(pf_graph *g, pf_node x, unsigned n)
{
    pf_node result = PF_NODE_ONE;
    for (pf_node square = x; n; n >>= 1) {
        if (n & 1) result = pf_graph_op(g, PF_OP_MUL, result, square, 0);
        if (n > 1) square = pf_graph_op(g, PF_OP_MUL, square, square, 0);
    }
    return result;
}

/* Never below zero, by its form alone. */
static int not_negative(const pf_graph *g, pf_node x)
{
    const pf_vertex *v = &g->v[x];
    switch (v->kind) {
    case PF_LEAF_NUMBER:
        return v->value >= 0;
    case PF_OP_ABS:
    case PF_OP_SQRT:
    case PF_OP_EXP:
        return 1;
    case PF_OP_MUL:
        return v->in[0] == v->in[1];
    case PF_OP_MAX:
        return (number(g, v->in[0]) && g->v[v->in[0]].value >= 0) ||
               (number(g, v->in[1]) && g->v[v->in[1]].value >= 0);
    default:
        return 0;
    }
}

static pf_node root(pf_graph *g, pf_node x)
{
    return pf_graph_op(g, PF_OP_SQRT, x, 0, 0);
}

static pf_node power(pf_graph *g, pf_node x, pf_node y)
{
    if (pf_graph_is_number(g, x, 1)) return PF_NODE_ONE;
    if (pf_graph_is_number(g, x, exp(1))) return pf_graph_op(g, PF_OP_EXP, y, 0, 0);
    if (!number(g, y)) return raw(g, PF_OP_POW, x, y, 0);
    double p = g->v[y].value, size = fabs(p);
    pf_node result;
    if (p == 0) return PF_NODE_ONE;
    if (size <= 8 && size == floor(size))
        result = whole_power(g, x, (unsigned)size);
    else if (size == 0.5)
        result = root(g, x);
    else if (size == 0.25)
        result = root(g, root(g, x));
    else if (size == 1.5)
        result = pf_graph_op(g, PF_OP_MUL, x, root(g, x), 0);
    else if (size == 1.0 / 3 && not_negative(g, x))
        result = pf_graph_op(g, PF_OP_CBRT, x, 0, 0);
    else
        return raw(g, PF_OP_POW, x, y, 0);
    return p < 0 ? pf_graph_op(g, PF_OP_RCP, result, 0, 0) : result;
}

static pf_node choose(pf_graph *g, pf_node c, pf_node a, pf_node b)
{
    if (a == b) return a;
    if (number(g, c)) return g->v[c].value != 0 ? a : b;
    if (kind(g, c) == PF_OP_NOT) return choose(g, g->v[c].in[0], b, a);
    return raw(g, PF_OP_SELECT, c, a, b);
}

static pf_node logical(pf_graph *g, pf_op op, pf_node a, pf_node b)
{
    if (after(g, a, b)) {
        pf_node swap = a;
        a = b;
        b = swap;
    }
    if (number(g, b) && (g->v[b].value != 0) == (op == PF_OP_OR))
        return op == PF_OP_OR ? PF_NODE_ONE : PF_NODE_ZERO;
    return raw(g, op, a, b, 0);
}

static pf_node symmetric(pf_graph *g, pf_op op, pf_node a, pf_node b)
{
    if (a == b && (op == PF_OP_MIN || op == PF_OP_MAX)) return a;
    return after(g, a, b) ? raw(g, op, b, a, 0) : raw(g, op, a, b, 0);
}

/* Numbers in, number out; 0 when the result is no finite number, which is then left to run
 * time. */
static int fold(pf_graph *g, pf_op op, const pf_node *in, pf_node *out)
{
    double x[3] = {0, 0, 0};
    for (unsigned i = 0; i < pf_op_arity(op); i++) {
        if (!number(g, in[i])) return 0;
        x[i] = g->v[in[i]].value;
    }
    double value = pf_op_value(op, x[0], x[1], x[2]);
    if (!isfinite(value)) return 0;
    *out = pf_graph_number(g, value);
    return 1;
}

pf_node pf_graph_op(pf_graph *g, pf_op op, pf_node a, pf_node b, pf_node c)
{
    pf_node in[3] = {a, b, c}, folded;
    if (g->failed) return PF_NODE_ZERO;
    if (fold(g, op, in, &folded)) return folded;
    switch (op) {
    case PF_OP_MOV:
        return a;
    case PF_OP_NEG:
        return negative(g, a);
    case PF_OP_ADD:
        return add(g, a, b);
    case PF_OP_SUB:
        return subtract(g, a, b);
    case PF_OP_MUL:
        return mul(g, a, b);
    case PF_OP_DIV:
        return divide(g, a, b);
    case PF_OP_RCP:
        return reciprocal(g, a);
    case PF_OP_POW:
        return power(g, a, b);
    case PF_OP_SELECT:
        return choose(g, a, b, c);
    case PF_OP_AND:
    case PF_OP_OR:
        return logical(g, op, a, b);
    case PF_OP_MIN:
    case PF_OP_MAX:
    case PF_OP_EQ:
    case PF_OP_NE:
        return symmetric(g, op, a, b);
    default:
        return raw(g, op, a, b, c);
    }
}
