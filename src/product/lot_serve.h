/* lot_serve.h: the lot that a patient of a study gets.
 *
 * A lot that fails or is rejected is made again, once. A lot that must be waited for, or is
 * made again, comes later than planned; when the second one is no better there is no product.
 * Who asks again gets the same answer: draws are keyed by the identity alone. Depends on: lot.
 */
#ifndef PF_PRODUCT_LOT_SERVE_H
#define PF_PRODUCT_LOT_SERVE_H
#include "product/lot.h"

typedef enum {
    PF_SERVED_RELEASED,
    PF_SERVED_EXCEPTION, /* with a test outside its limits that a physician accepts */
    PF_SERVED_REMADE,    /* the second one */
    PF_SERVED_NONE,
    PF_SERVED_WAYS
} pf_served_how;
const char *pf_served_text(pf_served_how how);

typedef struct pf_served {
    pf_served_how how;
    double shift; /* days by which all that hangs on the cells comes later than planned */
    double share; /* of a planned dose that lives and lives on: 0 without a product */
} pf_served;

/** What formulas may read of a plan's lots: lot_<attribute> for those that the plan says
 * something about, and lot_edit_NAME. `*names` live in the arena. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_lot_names(
    pf_ctx *ctx, pf_arena *a, const pf_lot_plan *plan, const char *const **names, size_t *n);
/** Does the plan say anything about this attribute? */
int pf_lot_gives(const pf_lot_plan *plan, pf_attribute a);

/** Make the lot of `who`, whose stream is the product's index in the study. `room` holds the
 * plan's variables, `values` [n of pf_lot_names] receives what formulas read. Errors: RANGE,
 * NONFINITE */
PF_NODISCARD pf_err pf_lot_serve(pf_ctx *ctx, const pf_lot_plan *plan,
    const pf_lot_identity *who, const double *extra, double *room, double *values,
    pf_served *out);

#endif
