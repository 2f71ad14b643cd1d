/* pf_convert: a model read, flattened and written in another language. */
#include "api/call.h"
#include "model/convert.h"

pf_status pf_convert(
    const char *model, const char *to, const char *out, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    if (text) *text = NULL;
    pf_err err = model && *model
                     ? pf_model_convert(&ctx, model, to, out && *out ? out : NULL, &b)
                     : pf_fail(&ctx, PF_ERR_CONFIG, "no model was named; name a file");
    if (!err && !(out && *out) && text) err = pf_call_text(&ctx, &b, text);
    pf_buf_clear(&b);
    return pf_call_end(&ctx, err, error);
}
