/* antimony_write.h: a flat model as Antimony text that libAntimony and Perforin read back.
 *
 * Submodels are flattened: `lung.T` is written `lung_T`. Everything that the flat model holds
 * is written or refused by name. Equations: those of flat.h; a conversion factor becomes part
 * of the stoichiometry. Depends on: writing. Threads: one. */
#ifndef PF_MODEL_ANTIMONY_WRITE_H
#define PF_MODEL_ANTIMONY_WRITE_H
#include "model/writing.h"

/** Append the text to `out`. Errors: MODEL (the sentence says what cannot be written),
 * NO_MEMORY */
PF_NODISCARD pf_err pf_antimony_write(pf_ctx *ctx, pf_flat *f, pf_buf *out);

/* For the parts of the writer. */

/** A formula. `arg`: names of the arguments of the function whose body it is; or NULL. */
PF_NODISCARD pf_err pf_antimony_expr(
    pf_writing *w, const pf_expr *e, const char *prefix, const char *const *arg, pf_buf *out);
void pf_antimony_number(pf_buf *out, double x);
/** The text of a unit, with the identifiers of the model's own. */
PF_NODISCARD pf_err pf_antimony_unit(
    pf_writing *w, const char *text, pf_place at, const char **out);

#endif
