#include "store/folder.h"

#include "base/json.h"
#include "store/machine.h"
#include "trial/override.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The settings that decide the results, as texts: one list serves writing, hashing and
 * comparing. */
typedef struct {
    const char *name, *text;
    char room[40];
} setting;
enum { N_SETTINGS = 10, CHANGED = 9 };

static void settings_of(const pf_folder *f, setting out[N_SETTINGS])
{
    const pf_study *s = f->study;
    static const char *const name[N_SETTINGS] = {"seed", "replicates", "patients", "keep",
        "rtol", "atol", "horizon", "chunk", "layout", "changed"};
    for (int i = 0; i < N_SETTINGS; i++) {
        out[i].name = name[i];
        out[i].text = out[i].room;
    }
    out[CHANGED].text = f->changed;
    snprintf(out[0].room, sizeof out->room, "%" PRIu64, s->seed);
    snprintf(out[1].room, sizeof out->room, "%zu", s->replicates);
    snprintf(out[2].room, sizeof out->room, "%zu", pf_study_size(s));
    snprintf(out[3].room, sizeof out->room, "%zu", s->keep);
    snprintf(out[4].room, sizeof out->room, "%.17g", s->rtol);
    snprintf(out[5].room, sizeof out->room, "%.17g", s->atol);
    snprintf(out[6].room, sizeof out->room, "%.17g", s->horizon);
    snprintf(out[7].room, sizeof out->room, "%" PRIu64, f->each);
    snprintf(out[8].room, sizeof out->room, "%016" PRIx64, f->layout_hash);
}

uint64_t pf_manifest_hash(const pf_folder *f)
{
    setting list[N_SETTINGS];
    settings_of(f, list);
    uint64_t h = pf_hash(0, f->options.version, strlen(f->options.version) + 1);
    for (int i = 0; i < N_SETTINGS; i++) h = pf_hash(h, list[i].text, strlen(list[i].text) + 1);
    for (size_t i = 0; i < f->study->n_source; i++)
        h = pf_hash(h, &f->study->source_hash[i], sizeof(uint64_t));
    return h;
}

static void write_inputs(pf_buf *b, const pf_folder *f)
{
    for (size_t i = 0; i < f->study->n_source; i++)
        if (pf_text_equal(f->study->source_path[i], f->study->path))
            pf_json_text(b, "study_file", f->input[i]);
    pf_json_open(b, "inputs", '[');
    for (size_t i = 0; i < f->study->n_source; i++) {
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "file", f->input[i]);
        pf_json_hash(b, "hash", f->study->source_hash[i]);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

pf_err pf_manifest_changes(pf_ctx *ctx, pf_folder *f)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    pf_overrides_text(f->study, &b);
    pf_err err = pf_buf_ok(&b);
    if (!err) f->changed = pf_arena_strdup(ctx, &f->arena, b.bytes);
    pf_buf_clear(&b);
    return err ? err : f->changed ? PF_OK : PF_ERR_NO_MEMORY;
}

pf_err pf_manifest_write(pf_ctx *ctx, pf_folder *f)
{
    setting list[N_SETTINGS];
    pf_buf b;
    const char *path = pf_folder_file(ctx, f, "manifest.json");
    if (!path) return PF_ERR_NO_MEMORY;
    settings_of(f, list);
    pf_buf_init(&b, ctx);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "format", "perforin-run-1");
    pf_json_text(&b, "simulated", "Every patient in this folder is simulated.");
    pf_json_text(&b, "state", f->complete ? "complete" : "running");
    pf_json_text(&b, "version", f->options.version);
    pf_json_text(&b, "study", f->study->name);
    pf_json_open(&b, "settings", '{');
    for (int i = 0; i < N_SETTINGS; i++) pf_json_text(&b, list[i].name, list[i].text);
    pf_json_close(&b, '}');
    write_inputs(&b, f);
    pf_json_open(&b, "results", '{');
    for (size_t i = 0; i < f->n_result; i++)
        pf_json_hash(&b, f->result[i].name, f->result[i].hash);
    pf_json_close(&b, '}');
    pf_machine_json(&b, f->options.threads, f->options.lanes, f->started);
    pf_json_close(&b, '}');
    pf_err err = pf_buf_ok(&b);
    if (!err) err = pf_file_write(ctx, path, b.bytes, b.size);
    pf_buf_clear(&b);
    return err;
}

static pf_err changed(pf_ctx *ctx, const pf_folder *f, const char *what)
{
    return pf_fail(ctx, PF_ERR_CONFIG,
        "cannot resume '%s': %s; run with --force to start again, or with --out to keep both",
        f->path, what);
}

static pf_err match_settings(pf_ctx *ctx, const pf_folder *f, const pf_jvalue *root)
{
    char what[400];
    const char *version = pf_jvalue_text(pf_jvalue_get(root, "version"), "?");
    if (strcmp(version, f->options.version)) {
        snprintf(what, sizeof what, "it was begun by version %.40s, this is %.40s", version,
            f->options.version);
        return changed(ctx, f, what);
    }
    setting list[N_SETTINGS];
    settings_of(f, list);
    const pf_jvalue *old = pf_jvalue_get(root, "settings");
    for (int i = 0; i < N_SETTINGS; i++) {
        const char *text = pf_jvalue_text(pf_jvalue_get(old, list[i].name), "?");
        /* The layout follows from the inputs, so a changed input is the better sentence. */
        if (!strcmp(text, list[i].text) || !strcmp(list[i].name, "layout")) continue;
        if (i == CHANGED)
            snprintf(what, sizeof what,
                "its changed parameters were '%.120s' and are now '%.120s'", text,
                list[i].text);
        else
            snprintf(what, sizeof what, "%s was %.60s and is now %s", list[i].name, text,
                list[i].text);
        return changed(ctx, f, what);
    }
    return PF_OK;
}

static pf_err match_inputs(pf_ctx *ctx, const pf_folder *f, const pf_jvalue *root)
{
    char what[600] = "", hash[20];
    int n = 0;
    const pf_jvalue *list = pf_jvalue_get(root, "inputs"), *old = list ? list->first : NULL;
    for (size_t i = 0; i < f->study->n_source; i++, old = old ? old->next : NULL) {
        snprintf(hash, sizeof hash, "%016" PRIx64, f->study->source_hash[i]);
        const char *was = pf_jvalue_text(pf_jvalue_get(old, "hash"), "?");
        if (!strcmp(was, hash) || n > 3) continue;
        size_t len = strlen(what);
        snprintf(what + len, sizeof what - len, "%s%.120s", n++ ? ", " : "", f->input[i]);
    }
    if (!n && old) {
        snprintf(what, sizeof what, "the list of files");
        n = 1;
    }
    if (!n) return PF_OK;
    size_t len = strlen(what);
    snprintf(what + len, sizeof what - len, " changed since it was begun");
    return changed(ctx, f, what);
}

static pf_err match(pf_ctx *ctx, pf_folder *f, const pf_jvalue *root, int *complete)
{
    PF_TRY(match_inputs(ctx, f, root));
    PF_TRY(match_settings(ctx, f, root));
    *complete = pf_text_equal(pf_jvalue_text(pf_jvalue_get(root, "state"), ""), "complete");
    return PF_OK;
}

pf_err pf_manifest_match(pf_ctx *ctx, pf_folder *f, int *complete)
{
    char *bytes = NULL;
    size_t size;
    const pf_jvalue *root;
    pf_arena a;
    pf_arena_init(&a);
    *complete = 0;
    const char *path = pf_folder_file(ctx, f, "manifest.json");
    pf_err err = path ? pf_file_read(ctx, path, 1 << 24, &bytes, &size) : PF_ERR_NO_MEMORY;
    if (!err) err = pf_jvalue_parse(ctx, &a, bytes, size, &root);
    if (!err) err = match(ctx, f, root, complete);
    pf_free(bytes);
    pf_arena_clear(&a);
    return err;
}
