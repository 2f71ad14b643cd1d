/* convert.h: a model file in another language. Depends on: base. Threads: one. */
#ifndef PF_MODEL_CONVERT_H
#define PF_MODEL_CONVERT_H
#include "base/base.h"

/** Read `model` and append it to `b` as `to`: "sbml" or "antimony"; NULL: what the ending of
 * `out` says, without `out` the language that `model` is not in. With `out` the text is also
 * written to that file. Errors: CONFIG (no such language), IO, MODEL (what cannot be read or
 * written, by name), NO_MEMORY */
PF_NODISCARD pf_err pf_model_convert(
    pf_ctx *ctx, const char *model, const char *to, const char *out, pf_buf *b);

#endif
