/* specialise.h: what a graph becomes when some parameters never change and some states rest at
 * zero.
 *
 * A study uses a part of a model: drugs that nobody gets, features that are switched off.
 * Values that are the same for every patient become numbers; a state that starts at zero, that
 * nobody adds to, and whose rate is zero as long as all such states are, stays zero for ever.
 * The greatest set of such states is found by taking them all and dropping those that move,
 * until none does. Depends on: build.
 */
#ifndef PF_MODEL_SPECIALISE_H
#define PF_MODEL_SPECIALISE_H
#include "model/build.h"

typedef struct pf_special {
    double *
        param; /* [n_param] values that never change; NaN: may change. Derived ones are added */
    uint8_t
        *rest; /* [n_state] in: starts at zero and is never set or added to; out: stays zero */
    pf_node *node; /* [nodes of the model's graph] what each became in `g` */
} pf_special;

/** `g` is a copy of the model's graph and grows. `s->node` must have room for its nodes.
 * Errors: NO_MEMORY, MODEL */
PF_NODISCARD pf_err pf_specialise(pf_graph *g, const pf_model *m, pf_special *s);

#endif
