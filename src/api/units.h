/* units.h: what calls of the library do about units of a model that clash: tell them as
 * warnings, or refuse. Internal to api. Depends on: model/units. */
#ifndef PF_API_UNITS_H
#define PF_API_UNITS_H
#include "api/call.h"
#include "model/model.h"

typedef struct pf_unit_ask {
    const char *model;
    int strict; /* clashes are errors */
    int json;   /* tell them as JSON; with an empty list when there are none */
} pf_unit_ask;

/** Read a model and check its units. `model` NULL: it is not built. Clashes go to `text`,
 * with their lines of the file. Errors: those of pf_model_read, UNIT (strict) */
PF_NODISCARD pf_err pf_call_units(
    pf_ctx *ctx, const pf_unit_ask *ask, pf_model **model, pf_buf *text);
/** The same; the first clashes are warnings for `log`, which may be NULL. */
PF_NODISCARD pf_err pf_call_units_log(
    pf_ctx *ctx, const pf_unit_ask *ask, pf_model **model, pf_on_log log, void *payload);
/** Is this path a model's, by its ending? */
int pf_call_is_model(const char *path);
/** pf_check of a model. */
PF_NODISCARD pf_err pf_call_check_model(pf_ctx *ctx, const pf_unit_ask *ask, pf_buf *text);

#endif
