/* unit_text.h: units as products of named units: `3e-3 mole/litre^2`. What a model says about
 * units is kept as text in this one form, which UDUNITS-2 reads too; nothing is known here
 * about the names. Depends on: ast. */
#ifndef PF_MODEL_UNIT_TEXT_H
#define PF_MODEL_UNIT_TEXT_H
#include "model/ast.h"

enum { PF_UNIT_FACTORS = 16 };

typedef struct pf_unit_factor {
    const char *name;
    double exponent;
} pf_unit_factor;

/* multiplier times the factors, each name once, exponents not 0 */
typedef struct pf_unit_product {
    double multiplier;
    size_t n;
    pf_unit_factor factor[PF_UNIT_FACTORS];
} pf_unit_product;

/** What a formula of numbers, names, products, ratios and powers says. Names are borrowed.
 * Errors: MODEL (anything else; `file` is for the sentence) */
PF_NODISCARD pf_err pf_unit_of_expr(
    pf_ctx *ctx, const char *file, const pf_expr *e, pf_unit_product *out);
/** The text, in the arena; "dimensionless" for 1. NULL when there is no memory. */
const char *pf_unit_text(pf_ctx *ctx, pf_arena *arena, const pf_unit_product *u);
/** Read a text. Errors: MODEL, NO_MEMORY */
PF_NODISCARD pf_err pf_unit_text_read(
    pf_ctx *ctx, pf_arena *arena, const char *text, pf_unit_product *out);

#endif
