/* graph.h: expressions as one graph in which equal things are the same node.
 *
 * Nodes are numbered so that operands come before what reads them: every pass is a loop, never
 * a recursion. Building a node simplifies it: constants are folded, x/y is x * RCP(y) (so that
 * divisions by one thing share the reciprocal), minus signs move outwards, factors that only
 * parameters decide gather. Failures stick: after one, node 0 comes back and `failed` says why.
 * Depends on: ops. */
#ifndef PF_MODEL_GRAPH_H
#define PF_MODEL_GRAPH_H
#include "model/ops.h"

typedef uint32_t pf_node;

/* Kinds of node: an operation of PF_OP_LIST, or one of these leaves. */
enum {
    PF_LEAF_NUMBER = PF_OP_COUNT,
    PF_LEAF_PARAM, /* in[1]: it is `stepped` */
    PF_LEAF_TIME,
    PF_LEAF_STATE,
    PF_LEAF_PAST,      /* a value some time ago (pf_past in program.h) */
    PF_LEAF_PAST_RATE, /* its time derivative then */
    PF_LEAF_RATE, /* in[0]: a node whose total time derivative is wanted, until it is known */
    PF_LEAF_DRAW, /* a random draw, made when it is read (pf_draw in program.h) */
    PF_LEAF_KEEP, /* of a channel (pf_channel in program.h) */
};

/* What decides a node's value: numbers; parameters before the start; the start and events, so
 * that it is constant in between; time and states. */
enum { PF_LEVEL_NUMBER, PF_LEVEL_PARAM, PF_LEVEL_STEPPED, PF_LEVEL_DYNAMIC };

enum { PF_NODE_ZERO = 0, PF_NODE_ONE = 1, PF_NODE_LIMIT = 1 << 20 };

typedef struct pf_vertex {
    uint8_t kind, level;
    pf_node in[3]; /* operands; of a leaf: its index in in[0] */
    double value;  /* of a number */
} pf_vertex;

typedef struct pf_graph {
    pf_ctx *ctx;
    pf_err failed;
    pf_vertex *v;
    size_t n, capacity;
    pf_node *table; /* open addressing; node + 1, 0 = empty */
    size_t table_size;
} pf_graph;

PF_NODISCARD pf_err pf_graph_init(pf_graph *g, pf_ctx *ctx);
PF_NODISCARD pf_err pf_graph_copy(pf_graph *g, pf_ctx *ctx, const pf_graph *from);
void pf_graph_clear(pf_graph *g);

pf_node pf_graph_number(pf_graph *g, double x);
pf_node pf_graph_leaf(pf_graph *g, unsigned kind, uint32_t index);
/** The leaf of a parameter that is set at the start or by events, so that prep may not read it.
 */
pf_node pf_graph_stepped(pf_graph *g, uint32_t index);
/** op(a, b, c), simplified. Operands that `op` does not have are ignored. */
pf_node pf_graph_op(pf_graph *g, pf_op op, pf_node a, pf_node b, pf_node c);
/** The node itself, without simplification; for graph.c and simplify.c. */
pf_node pf_graph_intern(pf_graph *g, const pf_vertex *v);

/** How many operands a node has; 0 for leaves but 1 for PF_LEAF_RATE. */
unsigned pf_graph_arity(const pf_graph *g, pf_node x);
int pf_graph_is_number(const pf_graph *g, pf_node x, double value);
/** Mark in reach[g->n] every node that the roots read, themselves included. */
void pf_graph_reach(const pf_graph *g, const pf_node *roots, size_t n, uint8_t *reach);
/** *root with with[x] in place of nodes x < n for which it is not UINT32_MAX. */
PF_NODISCARD pf_err pf_graph_replace(pf_graph *g, const pf_node *with, size_t n, pf_node *root);
/** The graph with state `state` replaced by the number `value`: what becomes of `root`. */
PF_NODISCARD pf_err pf_graph_substitute(
    pf_graph *g, pf_node root, uint32_t state, double value, pf_node *out);

#endif
