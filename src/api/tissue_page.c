/* Pages of tissues: from run folders alone, whose files have to be what the runs wrote. */
#include "api/tissue_page.h"

#include "api/resume.h"

#include <stdlib.h>
#include <string.h>

/* A running lesion's files grow meanwhile. */
static pf_err check_state(pf_ctx *ctx, const char *folder, const pf_jvalue *manifest)
{
    const char *state = pf_jvalue_text(pf_jvalue_get(manifest, "state"), "");
    if (!strcmp(state, "complete") || !strcmp(state, "stopped")) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "the run in '%s' has not ended, or was killed; perforin show %s says how far it is",
        folder, folder);
}

static pf_err has_none(pf_ctx *ctx, const char *folder, const char *name)
{
    return pf_fail(ctx, PF_ERR_CONFIG,
        "the run in '%s' has no %s; it is of a version that made none: simulate it again",
        folder, name);
}

pf_err pf_call_tissue_check(pf_ctx *ctx, pf_arena *a, const char *folder,
    const pf_jvalue *manifest, const char **results)
{
    static const char *const FILES[] = {"film.bin", "counts.csv"};
    PF_TRY(check_state(ctx, folder, manifest));
    *results = pf_tissue_results(ctx, a, folder, manifest);
    if (!*results) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < PF_COUNT(FILES); k++) {
        const pf_jvalue *hashes = pf_jvalue_get(manifest, "results");
        const char *hash = pf_jvalue_text(pf_jvalue_get(hashes, FILES[k]), NULL);
        char *path = pf_path_join(ctx, a, *results, FILES[k]);
        if (!path) return PF_ERR_NO_MEMORY;
        /* Of a run that stopped the manifest has no hashes; the film has its own. */
        if (hash)
            PF_TRY(pf_call_file_is(ctx, path, strtoull(hash, NULL, 16)));
        else if (*results == folder || !pf_path_exists(path))
            return has_none(ctx, folder, FILES[k]);
    }
    return PF_OK;
}

pf_err pf_call_tissue_file_is(
    pf_ctx *ctx, pf_arena *a, const char *folder, const pf_jvalue *manifest, const char *name)
{
    const pf_jvalue *results = pf_jvalue_get(manifest, "results");
    const char *hash = pf_jvalue_text(pf_jvalue_get(results, name), NULL);
    char *path = pf_path_join(ctx, a, folder, name);
    if (!path) return PF_ERR_NO_MEMORY;
    if (!hash) return PF_OK;
    pf_err err = pf_call_file_is(ctx, path, strtoull(hash, NULL, 16));
    return err == PF_ERR_CORRUPT ? pf_call_damaged(ctx) : err;
}

pf_err pf_call_tissue_page_add(
    pf_ctx *ctx, pf_tissue_page *page, const char *folder, const char *label)
{
    pf_arena a;
    pf_arena_init(&a);
    const pf_jvalue *manifest = pf_tissue_manifest(ctx, &a, folder);
    const char *results = NULL;
    pf_err err = manifest
                     ? pf_call_tissue_check(ctx, &a, folder, manifest, &results)
                     : pf_fail(ctx, PF_ERR_CONFIG, "'%s' holds no run of a tissue", folder);
    const pf_tissue_page_run run = {folder, manifest, label, results};
    if (!err) err = pf_tissue_page_add(ctx, page, &run);
    pf_arena_clear(&a);
    return err;
}

pf_err pf_call_tissue_page_write(pf_ctx *ctx, pf_tissue_page *page, const char *title,
    const char *template, const char *path)
{
    char *bytes = NULL;
    size_t size = 0;
    pf_buf html;
    pf_buf_init(&html, ctx);
    pf_err err = template ? pf_file_read_named(ctx, template, 0, &bytes, &size) : PF_OK;
    if (!err) err = pf_tissue_page_write(ctx, page, title, bytes, size, &html);
    if (err && template) pf_fail_in(ctx, "'%s'", template);
    if (!err && pf_ctx_cancelled(ctx))
        err = pf_fail(ctx, PF_ERR_CANCELLED, "stopped on request; no page was written");
    if (!err) err = pf_file_write(ctx, path, html.bytes, html.size);
    pf_buf_clear(&html);
    pf_free(bytes);
    return err;
}

pf_err pf_call_tissue_report(
    pf_ctx *ctx, const char *folder, const char *template, const char *path)
{
    pf_tissue_page *page = NULL;
    PF_TRY(pf_tissue_page_new(ctx, pf_version(), 1, 0, &page));
    pf_err err = pf_call_tissue_page_add(ctx, page, folder, NULL);
    if (!err) err = pf_call_tissue_page_write(ctx, page, NULL, template, path);
    pf_tissue_page_free(page);
    return err;
}
