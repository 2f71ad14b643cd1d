/* formula.h: one expression over named variables, evaluated one value at a time.
 *
 * The same grammar and functions as the right-hand side of an Antimony rule. For derived
 * covariates
 * (`sqrt(height * weight / 3600)`), conditions, table columns. Depends on: base. */
#ifndef PF_MODEL_FORMULA_H
#define PF_MODEL_FORMULA_H
#include "base/base.h"

typedef struct pf_formula pf_formula;

/** Parse `text` over `names[n]`. On failure ctx holds "column c: what is wrong", with the
 * nearest name for an unknown one. The caller owns `*out`. Errors: MODEL, NO_MEMORY */
PF_NODISCARD pf_err pf_formula_parse(
    pf_ctx *ctx, const char *text, const char *const *names, size_t n, pf_formula **out);
/** The value for `x[n]`; NaN where it is undefined. Cannot fail; does not allocate. */
double pf_formula_value(const pf_formula *f, const double *x);
void pf_formula_free(pf_formula *f); /**< NULL is allowed */

#endif
