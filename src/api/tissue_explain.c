/* pf_tissue_explain: the rules of a tissue file in sentences and curves. */
#include "api/call.h"
#include "tissue/explain.h"
#include "tissue/setup_read.h"

static pf_err explain(
    pf_ctx *ctx, const pf_tissue_explain_options *o, const pf_setup *s, pf_buf *out)
{
    const pf_explain what = {
        .line = o->line, .type = o->type, .behaviour = o->behaviour, .json = o->json};
    if (s->rules) return pf_rules_explain(ctx, s->rules, &what, out);
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' names no table of rules; a line 'rules: FILE.csv' does", o->tissue);
}

pf_status pf_tissue_explain(
    const pf_tissue_explain_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_diag d;
    pf_buf out;
    pf_setup *s = NULL;
    *text = NULL;
    pf_ctx_init(&ctx);
    if (options->size != sizeof *options || !options->tissue)
        return pf_call_end(&ctx,
            pf_fail(&ctx, PF_ERR_CONFIG,
                options->size != sizeof *options ? "the options were made for another version"
                                                 : "no tissue file was named"),
            error);
    pf_diag_init(&d, &ctx);
    pf_buf_init(&out, NULL);
    pf_err err =
        pf_path_exists(options->tissue)
            ? pf_setup_read(&ctx, &d, options->tissue, &s)
            : pf_fail(&ctx, PF_ERR_CONFIG, "there is no tissue file '%s'", options->tissue);
    if (err && d.n) pf_diag_text(&d, &out);
    if (!err) err = explain(&ctx, options, s, &out);
    if (out.size) {
        pf_err kept = pf_call_text(&ctx, &out, text);
        if (!err) err = kept;
    }
    pf_buf_clear(&out);
    pf_diag_clear(&d);
    pf_setup_free(s);
    return pf_call_end(&ctx, err, error);
}
