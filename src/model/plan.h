/* plan.h: in which order to eliminate the steps between states and roots (derive.h).
 *
 * Only what is multiplied and added matters here, not its value: a net of steps, and for each
 * reader w and operand u the kind of the partial w_u. Eliminating v costs one operation for
 * each reader and operand, unless the product is free. The next step is the one with the least
 * of its own cost and of what it adds to the cost of its neighbours, ties by number; then
 * single steps are moved wherever that makes the whole cheaper. Finding the best order is hard
 * (NP). Depends on: base. */
#ifndef PF_MODEL_PLAN_H
#define PF_MODEL_PLAN_H
#include "base/base.h"

/* Kinds of partial. */
enum {
    PF_NO_EDGE,
    PF_EDGE_FREE /* 1 or -1 */,
    PF_EDGE_FIXED /* by parameters */,
    PF_EDGE_VARIES
};

enum {
    PF_STEP_INNER = 1,   /* to be eliminated */
    PF_STEP_WILD = 2,    /* a slope at or below it may be infinite */
    PF_STEP_CHOOSES = 4, /* not before all wild inner steps that it reads */
};

enum { PF_MOST_PLANNED = 4096 }; /* steps of the largest net that is planned */

typedef struct pf_net {
    size_t n;
    uint8_t *edge; /* [n * n] row: reader, column: operand */
    uint8_t *step; /* [n] */
} pf_net;

/** The order of all inner steps; returns their number in *n_order. `net->edge` is used up. */
PF_NODISCARD pf_err pf_plan(pf_ctx *ctx, pf_net *net, uint32_t *order, size_t *n_order);

#endif
