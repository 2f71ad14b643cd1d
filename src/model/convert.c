#include "model/convert.h"

#include "model/antimony_write.h"
#include "model/reading.h"
#include "model/sbml_write.h"

#include <string.h>

enum { BY_ENDING = -1, ANTIMONY, SBML };

static int ends(const char *text, const char *with)
{
    size_t n = strlen(text), k = strlen(with);
    return n >= k && strcmp(text + n - k, with) == 0;
}

static int by_ending(const char *path)
{
    if (ends(path, ".xml") || ends(path, ".sbml")) return SBML;
    return ends(path, ".ant") || ends(path, ".txt") ? ANTIMONY : BY_ENDING;
}

static pf_err language(
    pf_ctx *ctx, const char *to, const char *out, const pf_reading *r, int *kind)
{
    *kind = to && strcmp(to, "sbml") == 0       ? SBML
            : to && strcmp(to, "antimony") == 0 ? ANTIMONY
                                                : BY_ENDING;
    if (to && *kind == BY_ENDING)
        return pf_fail(
            ctx, PF_ERR_CONFIG, "there is no language '%s'; say sbml or antimony", to);
    if (!to && out) *kind = by_ending(out);
    if (!to && !out) *kind = r->ast.n_module ? SBML : ANTIMONY; /* only Antimony has modules */
    if (*kind != BY_ENDING) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' does not say its language; end it in .xml or .ant, or say sbml or antimony", out);
}

pf_err pf_model_convert(
    pf_ctx *ctx, const char *model, const char *to, const char *out, pf_buf *b)
{
    int kind;
    pf_reading r;
    if (pf_path_same(model, out))
        return pf_fail(
            ctx, PF_ERR_CONFIG, "'%s' is the model that is read; write to another file", out);
    pf_err err = pf_reading_open(ctx, model, &r);
    if (!err) err = language(ctx, to, out, &r, &kind);
    if (!err)
        err =
            kind == SBML ? pf_sbml_write(ctx, &r.flat, b) : pf_antimony_write(ctx, &r.flat, b);
    pf_reading_close(&r);
    if (!err && out) err = pf_file_write(ctx, out, b->bytes, b->size);
    return err;
}
