/* pf_report: the page of a complete run, made again. */
#include "api/call.h"
#include "base/json.h"
#include "trial/study_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pf_err read_file(
    pf_ctx *ctx, pf_arena *a, const char *folder, const char *name, pf_buf *out)
{
    char *bytes;
    size_t size;
    char *path = pf_path_join(ctx, a, folder, name);
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_file_read(ctx, path, 0, &bytes, &size));
    pf_buf_put(out, bytes, size);
    pf_free(bytes);
    return pf_buf_ok(out);
}

/* Only a complete run has a page. */
static pf_err need_complete(pf_ctx *ctx, const char *folder)
{
    pf_folder_state state;
    if (!folder || !pf_path_exists(folder))
        return pf_fail(ctx, PF_ERR_CONFIG, "there is no folder '%s'", folder ? folder : "");
    PF_TRY(pf_folder_look(ctx, folder, &state));
    if (state == PF_FOLDER_COMPLETE) return PF_OK;
    if (state == PF_FOLDER_RUNNING)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "the run in '%s' is not complete; perforin show %s says how to go on", folder,
            folder);
    return pf_fail(ctx, PF_ERR_CONFIG, "'%s' holds no run", folder);
}

typedef struct {
    pf_ctx ctx;
    pf_arena arena;
    pf_buf manifest, summary, page;
    pf_study *study;
    const char **input;
} job;

/* The study file's copy below inputs/, by the order of the sources: the study comes first. */
static pf_err load(job *j, const char *folder)
{
    const pf_jvalue *root;
    pf_buf problems;
    pf_ctx *ctx = &j->ctx;
    PF_TRY(read_file(ctx, &j->arena, folder, "manifest.json", &j->manifest));
    PF_TRY(read_file(ctx, &j->arena, folder, "summary.json", &j->summary));
    PF_TRY(pf_jvalue_parse(ctx, &j->arena, j->manifest.bytes, j->manifest.size, &root));
    const char *file = pf_jvalue_text(pf_jvalue_get(root, "study_file"), NULL);
    if (!file) return pf_fail(ctx, PF_ERR_CORRUPT, "the manifest names no study");
    char *path = pf_arena_printf(ctx, &j->arena, "%s/inputs/%s", folder, file);
    if (!path) return PF_ERR_NO_MEMORY;
    pf_buf_init(&problems, NULL);
    pf_err err = pf_call_load(ctx, path, 0, &j->study, &problems);
    pf_buf_clear(&problems);
    if (err) return err;
    const pf_jvalue *settings = pf_jvalue_get(root, "settings"),
                    *inputs = pf_jvalue_get(root, "inputs");
    j->study->seed = strtoull(pf_jvalue_text(pf_jvalue_get(settings, "seed"), "0"), NULL, 10);
    j->study->replicates =
        strtoull(pf_jvalue_text(pf_jvalue_get(settings, "replicates"), "0"), NULL, 10);
    if (!inputs || inputs->n != j->study->n_source)
        return pf_fail(ctx, PF_ERR_CORRUPT, "the copies in '%s/inputs' are not whole", folder);
    j->input = pf_arena_alloc(ctx, &j->arena, inputs->n, sizeof *j->input);
    if (!j->input) return PF_ERR_NO_MEMORY;
    size_t i = 0;
    for (const pf_jvalue *v = inputs->first; v; v = v->next)
        j->input[i++] = pf_jvalue_text(pf_jvalue_get(v, "file"), "");
    return PF_OK;
}

static pf_err write_page(job *j, const char *folder, char **path)
{
    PF_TRY(pf_results_page(&j->ctx, j->study, j->input, &j->summary, &j->page));
    char *to = pf_path_join(&j->ctx, &j->arena, folder, "report.html");
    if (!to) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_file_write(&j->ctx, to, j->page.bytes, j->page.size));
    pf_buf_empty(&j->page);
    pf_buf_text(&j->page, to);
    return pf_call_text(&j->ctx, &j->page, path);
}

pf_status pf_report(const char *folder, char **path, pf_error *error)
{
    job j = {0};
    *path = NULL;
    pf_ctx_init(&j.ctx);
    pf_arena_init(&j.arena);
    pf_buf_init(&j.manifest, &j.ctx);
    pf_buf_init(&j.summary, &j.ctx);
    pf_buf_init(&j.page, &j.ctx);
    pf_err err = need_complete(&j.ctx, folder);
    if (!err) err = load(&j, folder);
    if (!err) err = write_page(&j, folder, path);
    pf_status status = pf_call_end(&j.ctx, err, error);
    pf_buf_clear(&j.page);
    pf_buf_clear(&j.summary);
    pf_buf_clear(&j.manifest);
    pf_study_free(j.study);
    pf_arena_clear(&j.arena);
    return status;
}
