/* derive.h: derivatives of a graph, for compile.c.
 *
 * The graph is a chain of small steps; each step has a partial derivative by each operand. The
 * Jacobian is what is left when all steps between states and roots are eliminated: step v goes,
 * and for each reader w and operand u the product of w_v and v_u is added to w_u (Griewank and
 * Reese 1991, vertex elimination). The order decides the work, not the result (plan.h).
 * A branch that is not taken never spoils the branch that is: what could be infinite there is
 * eliminated before the step that chooses, and is chosen, not multiplied by 0.
 * Depends on: graph, plan. */
#ifndef PF_MODEL_DERIVE_H
#define PF_MODEL_DERIVE_H
#include "model/graph.h"

/* Partial derivatives of one node by those operands of it that vary. */
typedef struct pf_local {
    unsigned n;
    pf_node in[3], partial[3];
} pf_local;

void pf_graph_local(pf_graph *g, pf_node x, pf_local *out);
/** The node is 1 or 0. */
int pf_truth(const pf_graph *g, pf_node x);

/** Derivatives of roots[n] by the states and by time: out[i * (n_state + 1) + j], time last,
 * with what the past adds: the derivative by a value in the past times its rate then. */
PF_NODISCARD pf_err pf_graph_jacobian(
    pf_graph *g, const pf_node *roots, size_t n, size_t n_state, pf_node *out);

#endif
