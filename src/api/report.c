/* pf_report: the page of a complete run, made again; and what several runs on one page share.
 */
#include "api/resume.h"
#include "api/tissue_page.h"
#include "store/status.h"
#include "trial/study_read.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

pf_err pf_call_need_complete(pf_ctx *ctx, pf_arena *a, const char *folder)
{
    pf_folder_state state;
    PF_TRY(pf_call_find_run(ctx, a, folder));
    PF_TRY(pf_folder_look(ctx, folder, &state));
    if (state == PF_FOLDER_COMPLETE) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "the run in '%s' is not complete; perforin show %s says how to go on", folder, folder);
}

static pf_err stopped(pf_ctx *ctx)
{
    return pf_fail(ctx, PF_ERR_CANCELLED, "stopped on request; no page was written");
}

/* ---- files as the run left them ---- */

static int hash_stream(const pf_ctx *ctx, FILE *f, uint64_t *hash)
{
    char part[1 << 16];
    size_t n;
    *hash = pf_hash(0, "", 0);
    while (!pf_ctx_cancelled(ctx) && (n = fread(part, 1, sizeof part, f)) > 0)
        *hash = pf_hash(*hash, part, n);
    return !ferror(f);
}

pf_err pf_call_file_is(pf_ctx *ctx, const char *path, uint64_t expected)
{
    uint64_t hash;
    if (!pf_path_exists(path))
        return pf_fail(ctx, PF_ERR_CORRUPT, "'%s', which the run wrote, is not there", path);
    FILE *f = fopen(path, "rbe");
    int good = f && hash_stream(ctx, f, &hash);
    int reason = errno;
    if (f) fclose(f);
    if (pf_ctx_cancelled(ctx)) return stopped(ctx);
    if (!good) return pf_fail(ctx, PF_ERR_IO, "cannot read '%s': %s", path, strerror(reason));
    if (hash == expected) return PF_OK;
    return pf_fail(
        ctx, PF_ERR_CORRUPT, "'%s' is not what the run wrote: it was changed later", path);
}

static pf_err check_inputs(pf_ctx *ctx, pf_arena *a, const char *folder, const pf_manifest *m)
{
    for (size_t i = 0; i < m->n_input; i++) {
        char *path = pf_arena_printf(ctx, a, "%s/inputs/%s", folder, m->input[i]);
        if (!path) return PF_ERR_NO_MEMORY;
        PF_TRY(pf_call_file_is(ctx, path, m->input_hash[i]));
    }
    return PF_OK;
}

/* Those that a page is made of; tables of single patients only where it shows these. */
static pf_err check_results(
    pf_ctx *ctx, pf_arena *a, const char *folder, const pf_manifest *m, int has_detail)
{
    static const char *const name[] = {"summary.json", "summary.txt", "replicates.csv",
        "failures.csv", "patients.csv", "assessments.csv", "kinetics.csv", "events.csv"};
    enum { ALWAYS = 4 };
    for (size_t i = 0; i < (has_detail ? PF_COUNT(name) : ALWAYS); i++) {
        uint64_t hash = pf_manifest_result(m, name[i]);
        char *path = pf_path_join(ctx, a, folder, name[i]);
        if (!path) return PF_ERR_NO_MEMORY;
        if (hash) PF_TRY(pf_call_file_is(ctx, path, hash));
    }
    return PF_OK;
}

/* The study as it was run, from its copy below inputs/, and the names of the inputs. */
static pf_err load(pf_ctx *ctx, pf_arena *a, const char *folder, pf_manifest *m, pf_study **out)
{
    char *bytes, *path = pf_path_join(ctx, a, folder, "manifest.json");
    size_t size;
    pf_buf problems;
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_file_read(ctx, path, 0, &bytes, &size));
    pf_err err = pf_manifest_parse(ctx, a, bytes, size, m);
    pf_free(bytes);
    if (err) pf_fail_in(ctx, "%s", path);
    if (!err) err = check_inputs(ctx, a, folder, m);
    if (err) return err;
    path = pf_arena_printf(ctx, a, "%s/inputs/%s", folder, m->study_file);
    if (!path) return PF_ERR_NO_MEMORY;
    pf_buf_init(&problems, NULL);
    err = pf_call_load(ctx, path, 0, out, &problems);
    pf_buf_clear(&problems);
    if (err) return err;
    (*out)->seed = m->seed;
    (*out)->replicates = m->replicates;
    if (m->n_input != (*out)->n_source)
        return pf_fail(ctx, PF_ERR_CORRUPT, "the copies in '%s/inputs' are not whole", folder);
    for (size_t i = 0; i < m->n_input; i++)
        if (m->input_hash[i] != (*out)->source_hash[i])
            return pf_fail(ctx, PF_ERR_CORRUPT,
                "'%s/inputs/%s' is not what was run: it was changed later", folder,
                m->input[i]);
    return PF_OK;
}

pf_err pf_call_page_add(
    pf_ctx *ctx, pf_page *page, const char *folder, const char *label, size_t detail)
{
    pf_study *study = NULL;
    pf_manifest m;
    pf_arena a;
    pf_arena_init(&a);
    pf_err err = pf_call_need_complete(ctx, &a, folder);
    if (!err) err = load(ctx, &a, folder, &m, &study);
    if (!err) err = check_results(ctx, &a, folder, &m, detail != PF_PAGE_NO_DETAIL);
    const pf_page_run run = {.folder = folder,
        .study = study,
        .input = m.input,
        .label = label,
        .version = m.version,
        .detail = detail};
    if (!err) err = pf_page_add(ctx, page, &run);
    pf_study_free(study);
    pf_arena_clear(&a);
    return err == PF_ERR_CORRUPT ? pf_call_damaged(ctx) : err;
}

pf_err pf_call_page_target(pf_ctx *ctx, pf_arena *a, const char *path)
{
    static const char begin[] = "<!DOCTYPE html>";
    char found[sizeof begin - 1];
    if (!*path) return pf_fail(ctx, PF_ERR_CONFIG, "the name of the page's file is empty");
    char *folder = pf_path_folder(ctx, a, path);
    if (!folder) return PF_ERR_NO_MEMORY;
    if (!pf_path_exists(folder))
        return pf_fail(ctx, PF_ERR_CONFIG,
            "there is no folder '%s' for the page '%s'; make it first", folder, path);
    FILE *f = pf_path_same(path, path) ? fopen(path, "rbe") : NULL; /* a file that is there */
    size_t n = f ? fread(found, 1, sizeof found, f) : 0;
    if (f) fclose(f);
    if (!n || (n == sizeof found && !strncasecmp(found, begin, n))) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' is there and is no page; name another file, or remove it first", path);
}

pf_err pf_call_page_write(
    pf_ctx *ctx, pf_page *page, const char *title, const char *template, const char *path)
{
    char *bytes = NULL;
    size_t size = 0;
    pf_buf html;
    pf_buf_init(&html, ctx);
    pf_err err = template ? pf_file_read_named(ctx, template, 0, &bytes, &size) : PF_OK;
    if (!err) err = pf_page_write(ctx, page, title, bytes, size, &html);
    if (err && template) pf_fail_in(ctx, "'%s'", template);
    if (!err && pf_ctx_cancelled(ctx)) err = stopped(ctx);
    if (!err) err = pf_file_write(ctx, path, html.bytes, html.size);
    pf_buf_clear(&html);
    pf_free(bytes);
    return err;
}

static pf_err write_tissue(pf_ctx *ctx, const pf_report_options *o, const char *to)
{
    if (o->detail)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds the run of a tissue, which has no patients to be shown", o->folder);
    pf_err err = pf_call_tissue_report(ctx, o->folder, o->page_template, to);
    return err == PF_ERR_CORRUPT ? pf_call_damaged(ctx) : err;
}

static pf_err write_report(
    pf_ctx *ctx, pf_arena *a, const pf_report_options *o, pf_page *page, char **path)
{
    pf_buf name;
    const char *to = o->out ? o->out : pf_path_join(ctx, a, o->folder, "report.html");
    if (!to) return PF_ERR_NO_MEMORY;
    if (o->out) PF_TRY(pf_call_page_target(ctx, a, o->out));
    if (pf_tissue_manifest(ctx, a, o->folder ? o->folder : "")) {
        PF_TRY(write_tissue(ctx, o, to));
    } else {
        PF_TRY(pf_call_page_add(ctx, page, o->folder, NULL, o->detail));
        PF_TRY(pf_call_page_write(ctx, page, NULL, o->page_template, to));
    }
    pf_buf_init(&name, ctx);
    pf_buf_text(&name, to);
    return pf_call_text(ctx, &name, path);
}

pf_status pf_report(const pf_report_options *options, char **path, pf_error *error)
{
    pf_ctx ctx;
    pf_arena a;
    pf_page *page = NULL;
    *path = NULL;
    pf_ctx_init(&ctx);
    ctx.asked = options->size == sizeof *options ? options->cancel : NULL;
    pf_arena_init(&a);
    pf_err err =
        options->size == sizeof *options
            ? pf_page_new(&ctx, pf_version(), &page)
            : pf_fail(&ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (!err) err = write_report(&ctx, &a, options, page, path);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_page_free(page);
    pf_arena_clear(&a);
    return status;
}
