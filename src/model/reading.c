#include "model/reading.h"

#include "model/build.h"
#include "model/flatten.h"
#include "model/sbml_read.h"

#include <string.h>

enum { LARGEST_FILE = 64 << 20 };

pf_err pf_reading_parse(
    pf_ctx *ctx, const char *text, size_t size, const char *name, pf_reading *r)
{
    memset(r, 0, sizeof *r);
    if (size > 1 && (!memcmp(text, "\xFF\xFE", 2) || !memcmp(text, "\xFE\xFF", 2)))
        return pf_fail(ctx, PF_ERR_MODEL, "%s: this is UTF-16; save the file as UTF-8", name);
    if (pf_sbml_looks_like(text, size)) return pf_sbml_read(ctx, text, size, name, r);
    if (size > 2 && !memcmp(text, "\xEF\xBB\xBF", 3)) { /* the mark of some editors */
        text += 3;
        size -= 3;
    }
    PF_TRY(pf_ast_read(ctx, text, size, name, NULL, &r->ast));
    return pf_flatten(ctx, &r->ast, &r->ast.arena, &r->flat);
}

pf_err pf_reading_open(pf_ctx *ctx, const char *path, pf_reading *r)
{
    char *text = NULL;
    size_t size = 0;
    memset(r, 0, sizeof *r);
    PF_TRY(pf_file_read_named(ctx, path, LARGEST_FILE, &text, &size));
    pf_err err = pf_reading_parse(ctx, text, size, path, r);
    pf_free(text);
    return err;
}

void pf_reading_close(pf_reading *r)
{
    pf_flat_clear(&r->flat);
    pf_ast_clear(&r->ast);
}

pf_err pf_reading_build(pf_ctx *ctx, pf_reading *r, pf_model **out)
{
    *out = NULL;
    pf_err err = pf_model_build(ctx, &r->flat, &r->ast.arena, out);
    pf_reading_close(r);
    return err;
}

static pf_err finish(pf_ctx *ctx, pf_err err, pf_reading *r, pf_model **out)
{
    if (!err) return pf_reading_build(ctx, r, out);
    pf_reading_close(r);
    return err;
}

pf_err pf_model_parse(pf_ctx *ctx, const char *text, const char *name, pf_model **out)
{
    pf_reading r;
    pf_ctx none;
    *out = NULL;
    if (!ctx) {
        pf_ctx_init(&none);
        ctx = &none;
    }
    return finish(ctx, pf_reading_parse(ctx, text, strlen(text), name, &r), &r, out);
}

pf_err pf_model_read(pf_ctx *ctx, const char *path, pf_model **out)
{
    pf_reading r;
    *out = NULL;
    return finish(ctx, pf_reading_open(ctx, path, &r), &r, out);
}
