/* specialise.h: what a model becomes when some parameters never change and some states rest at
 * zero.
 *
 * A study uses a part of a model: drugs that nobody gets, features that are switched off.
 * Values that are the same for every patient become numbers; a state that starts at zero, that
 * nobody adds to, and whose rate is zero as long as all such states are, stays zero for ever.
 * The greatest set of such states is found by taking them all and dropping those that move,
 * until none does. Events whose trigger is false for ever, with all that is known, are left
 * out: they are found in the same way, by assuming that none happens and adding those that may.
 * Depends on: build. */
#ifndef PF_MODEL_SPECIALISE_H
#define PF_MODEL_SPECIALISE_H
#include "model/build.h"

typedef struct pf_special {
    pf_model model; /* a view of the model: own tables of nodes, all else borrowed */
    uint8_t *rest;  /* [n_state] 1: stays zero */
} pf_special;

/** `g` is a copy of the model's graph and grows; the view's nodes are nodes of `g`.
 * `input`[n_symbol] says whose value comes from outside; `options` as in pf_compile_options.
 * Tables live in `arena`. Errors: NO_MEMORY, MODEL */
PF_NODISCARD pf_err pf_specialise(pf_graph *g, const pf_model *m, const uint8_t *input,
    const pf_compile_options *options, pf_arena *arena, pf_special *out);

/** Leave out of `s` what no output (out[n_out]: nodes of `g`), event, population or
 * watched[n_state] state depends on. After pf_specialise with the same arena. Errors: NO_MEMORY
 */
PF_NODISCARD pf_err pf_specialise_unread(pf_graph *g, const uint8_t *watched,
    const pf_node *out, size_t n_out, pf_arena *arena, pf_special *s);

#endif
