/* flatten.h: a main model and its submodels as one list of variables with dotted names.
 *
 * Two names become one by an argument of a submodel or by `A.x is y`; the outer one stays. What
 * an outer model says about a name replaces what the submodel said. Depends on: ast, flat. */
#ifndef PF_MODEL_FLATTEN_H
#define PF_MODEL_FLATTEN_H
#include "model/flat.h"

/** On failure `flat` still wants pf_flat_clear. Texts are kept in `arena`. */
PF_NODISCARD pf_err pf_flatten(pf_ctx *ctx, const pf_ast *ast, pf_arena *arena, pf_flat *flat);

#endif
