#include "api/resume.h"

#include "base/json.h"
#include "store/tissue_folder.h"
#include "trial/study_read.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A file has been named: perhaps one of a run. */
static pf_err name_folder(pf_ctx *ctx, pf_arena *a, const char *file)
{
    pf_folder_state state = PF_FOLDER_NEW;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    char *guess = pf_path_folder(ctx, a, file);
    int near = guess && !pf_folder_look(&quiet, guess, &state) &&
               (state == PF_FOLDER_COMPLETE || state == PF_FOLDER_RUNNING);
    return pf_fail(ctx, PF_ERR_CONFIG, "'%s' is a file; name the folder of a run%s%s%s", file,
        near ? ": did you mean '" : "", near ? guess : "", near ? "'?" : "");
}

/* The first run of the file as it stands in the folder of a tissue's study, by name; NULL: it
 * is no such folder. Each study begins with it. */
static const char *run_of_study(pf_ctx *ctx, pf_arena *a, const char *folder)
{
    const char *first = NULL;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        char *path = strncmp(e->d_name, "base-", 5) != 0
                         ? NULL
                         : pf_path_join(ctx, a, folder, e->d_name);
        if (path && (!first || strcmp(path, first) < 0) && pf_tissue_manifest(ctx, a, path))
            first = path;
    }
    if (d) closedir(d);
    return first;
}

static pf_err is_study(pf_ctx *ctx, const char *folder, const char *run)
{
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' holds no run, but the study of a tissue: name one of its runs, as '%s'; "
        "'perforin tissue study FILE --resume' makes its page and answers again",
        folder, run);
}

pf_err pf_call_no_tissue(pf_ctx *ctx, pf_arena *a, const char *folder)
{
    char *bytes, *path = pf_path_join(ctx, a, folder, "manifest.json");
    size_t size;
    const pf_jvalue *root;
    if (!path) return PF_ERR_NO_MEMORY;
    const char *run = run_of_study(ctx, a, folder);
    if (run) return is_study(ctx, folder, run);
    if (pf_path_exists(path)) {
        PF_TRY(pf_file_read(ctx, path, 1 << 24, &bytes, &size));
        pf_err err = pf_jvalue_parse(ctx, a, bytes, size, &root);
        pf_free(bytes);
        if (err == PF_ERR_NO_MEMORY) return err;
        if (err) {
            pf_fail_in(ctx, "%s", path);
            return pf_call_damaged(ctx);
        }
    }
    return pf_fail(ctx, PF_ERR_CONFIG, "there is no run of a tissue in '%s'", folder);
}

pf_err pf_call_find_run(pf_ctx *ctx, pf_arena *a, const char *named)
{
    pf_folder_state state;
    const char *folder = named ? named : "";
    if (!pf_path_exists(folder)) {
        char *guess = pf_path_join(ctx, a, "runs", folder);
        int near = guess && *folder && pf_path_exists(guess);
        return pf_fail(ctx, PF_ERR_CONFIG, "there is no folder '%s'%s%s%s", folder,
            near ? "; did you mean '" : "", near ? guess : "", near ? "'?" : "");
    }
    if (pf_path_same(folder, folder)) return name_folder(ctx, a, folder);
    pf_err err = pf_folder_look(ctx, folder, &state);
    if (err == PF_ERR_CORRUPT) { /* reading on tells more */
        pf_ctx_reset(ctx);
        return PF_OK;
    }
    if (err) return err;
    if (pf_tissue_manifest(ctx, a, folder))
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds the run of a tissue, which has no patients; perforin show %s tells of "
            "it",
            folder, folder);
    if (state == PF_FOLDER_COMPLETE || state == PF_FOLDER_RUNNING) return PF_OK;
    const char *run = run_of_study(ctx, a, folder);
    if (run) return is_study(ctx, folder, run);
    return pf_fail(ctx, PF_ERR_CONFIG, "'%s' holds no run", folder);
}

pf_err pf_call_damaged(pf_ctx *ctx)
{
    char copy[PF_WHY_SIZE];
    snprintf(copy, sizeof copy, "%.590s", ctx->message);
    pf_ctx_reset(ctx); /* the first failure is told inside this one */
    return pf_fail(ctx, PF_ERR_CORRUPT, "%s; %s", copy, PF_DAMAGED_MEND);
}

/* "a=1 b*=2" as options; "none" is none. */
static void put_changes(pf_buf *b, const char *changed)
{
    while (strchr(changed, '=')) {
        size_t n = strcspn(changed, " ");
        pf_buf_text(b, " --set '");
        pf_buf_put(b, changed, n);
        pf_buf_text(b, "'");
        changed += n + (changed[n] == ' ');
    }
}

/* The seed and replicates that the study does not say itself. */
static pf_err find_command(pf_ctx *ctx, pf_arena *a, const char *folder, const pf_manifest *m,
    char why[PF_WHY_SIZE], const char **command)
{
    pf_study *study = NULL;
    pf_buf problems, b;
    char *path =
        pf_arena_printf(ctx, a, "%s/inputs/%s", folder, m->study_file ? m->study_file : "");
    if (!path) return PF_ERR_NO_MEMORY;
    pf_buf_init(&problems, NULL);
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    pf_err err = pf_call_load(&quiet, path, 0, &study, &problems);
    pf_buf_clear(&problems);
    if (err == PF_ERR_NO_MEMORY) return err;
    if (err) {
        snprintf(
            why, PF_WHY_SIZE, "its copy of the study cannot be read: %.500s", quiet.message);
        return PF_OK;
    }
    pf_buf_init(&b, ctx);
    pf_buf_text(&b, "perforin run ");
    pf_buf_word(&b, path);
    pf_buf_text(&b, " --resume --out ");
    pf_buf_word(&b, folder);
    if (m->seed != study->seed) pf_buf_printf(&b, " --seed %" PRIu64, m->seed);
    if (m->replicates != study->replicates)
        pf_buf_printf(&b, " --replicates %" PRIu64, m->replicates);
    put_changes(&b, m->changed);
    err = pf_buf_ok(&b);
    if (!err && !(*command = pf_arena_strdup(ctx, a, b.bytes))) err = PF_ERR_NO_MEMORY;
    pf_buf_clear(&b);
    pf_study_free(study);
    return err;
}

pf_err pf_call_resume(pf_ctx *ctx, pf_arena *a, const char *folder, const pf_run_status *run,
    char why[PF_WHY_SIZE], const char **command)
{
    const pf_manifest *m = &run->manifest;
    *command = NULL;
    why[0] = '\0';
    if (strcmp(m->version, pf_version())) {
        snprintf(why, PF_WHY_SIZE,
            "it was begun by version %.40s, this is %.40s: only that version resumes it",
            m->version, pf_version());
        return PF_OK;
    }
    if (run->inputs_whole) return find_command(ctx, a, folder, m, why, command);
    snprintf(why, PF_WHY_SIZE,
        "its copies of the inputs are damaged: resume it with the original study file");
    return PF_OK;
}
