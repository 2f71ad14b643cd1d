#include "store/tissue_folder.h"

#include "base/json.h"
#include "store/folder.h"
#include "store/machine.h"
#include "tissue/rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* What a new start takes away. */
static const char *const OURS[] = {"counts.csv", "outcomes.csv", "events.csv", "lives.csv",
    "cells.csv", "tissue.yaml", "rules.csv", "log.jsonl"};

typedef struct {
    const char *name;
    pf_sink *sink; /* NULL once it stands in the folder */
    uint64_t hash;
} result;

struct pf_tissue_folder {
    pf_arena arena;
    pf_tissue_folder_options options;
    const pf_setup *setup;
    const char *path, *state;
    int lock, log; /* file descriptors; -1: none */
    int made;      /* this call made the folder */
    double started, minutes;
    size_t n;
    result result[PF_TISSUE_RESULTS_MAX];
};

static const char *file_of(pf_ctx *ctx, pf_tissue_folder *f, const char *name)
{
    return pf_path_join(ctx, &f->arena, f->path, name);
}

/* ---- the manifest ---- */

static pf_err write_manifest(pf_ctx *ctx, pf_tissue_folder *f)
{
    const pf_setup *s = f->setup;
    char seed[24];
    pf_buf b;
    const char *path = file_of(ctx, f, "manifest.json");
    if (!path) return PF_ERR_NO_MEMORY;
    snprintf(seed, sizeof seed, "%" PRIu64, s->seed);
    pf_buf_init(&b, ctx);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "format", PF_TISSUE_FORMAT);
    pf_json_text(&b, "simulated", "Every cell in this folder is simulated.");
    pf_json_text(&b, "state", f->state);
    pf_json_text(&b, "version", f->options.version);
    pf_json_text(&b, "tissue", s->name);
    pf_json_open(&b, "settings", '{');
    pf_json_text(&b, "seed", seed);
    pf_json_number(&b, "minutes", f->options.minutes);
    if (s->chosen) pf_json_text(&b, "variant", s->chosen);
    pf_json_close(&b, '}');
    pf_json_number(&b, "minutes_done", f->minutes);
    pf_json_hash(&b, "tissue_yaml", pf_hash(0, s->text, s->text_size));
    if (s->rules)
        pf_json_hash(&b, "rules_csv", pf_hash(0, s->rules->text, s->rules->text_size));
    pf_json_open(&b, "results", '{');
    for (size_t i = 0; i < f->n; i++)
        if (!f->result[i].sink) pf_json_hash(&b, f->result[i].name, f->result[i].hash);
    pf_json_close(&b, '}');
    pf_machine_json(&b, f->options.threads, 0, f->started);
    pf_json_close(&b, '}');
    pf_err err = pf_buf_ok(&b);
    if (!err) err = pf_file_write(ctx, path, b.bytes, b.size);
    pf_buf_clear(&b);
    return err;
}

/* ---- opening ---- */

const pf_jvalue *pf_tissue_manifest(pf_ctx *ctx, pf_arena *a, const char *path)
{
    char *bytes = NULL;
    size_t size;
    const pf_jvalue *root = NULL;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    char *manifest = pf_path_join(ctx, a, path, "manifest.json");
    if (!manifest || pf_file_read(&quiet, manifest, 1 << 24, &bytes, &size)) return NULL;
    int is = !pf_jvalue_parse(&quiet, a, bytes, size, &root) &&
             !strcmp(pf_jvalue_text(pf_jvalue_get(root, "format"), ""), PF_TISSUE_FORMAT);
    pf_free(bytes);
    return is ? root : NULL;
}

/* May this run use the folder? */
static pf_err decide(pf_ctx *ctx, pf_tissue_folder *f)
{
    pf_folder_state state;
    PF_TRY(pf_folder_look(ctx, f->path, &state));
    if (state == PF_FOLDER_FOREIGN)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds other files and no run; choose another folder with --out", f->path);
    if (state == PF_FOLDER_NEW) return PF_OK;
    if (!pf_tissue_manifest(ctx, &f->arena, f->path))
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds the run of a study; choose another folder with --out", f->path);
    if (f->options.force) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' holds a %s run; --force replaces it, --out writes elsewhere", f->path,
        state == PF_FOLDER_COMPLETE ? "complete" : "stopped");
}

static pf_err take_lock(pf_ctx *ctx, pf_tissue_folder *f)
{
    const char *path = file_of(ctx, f, ".lock");
    if (!path) return PF_ERR_NO_MEMORY;
    f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (f->lock < 0)
        return pf_fail(ctx, PF_ERR_IO, "cannot write into '%s': %s", f->path, strerror(errno));
    if (!flock(f->lock, LOCK_EX | LOCK_NB)) return PF_OK;
    if (errno == EWOULDBLOCK)
        return pf_fail(ctx, PF_ERR_IO,
            "another run is writing to '%s'; wait for it, or choose another folder with --out",
            f->path);
    pf_log(ctx, PF_LOG_WARN, "lock", "this file system has no locks (%s)", strerror(errno));
    return PF_OK;
}

/* Temporary files that a killed run left. Only with the lock held. */
static void remove_parts(pf_ctx *ctx, pf_tissue_folder *f)
{
    DIR *d = opendir(f->path);
    for (struct dirent *e; d && (e = readdir(d));) {
        size_t n = strlen(e->d_name);
        const char *path =
            n > 5 && !strcmp(e->d_name + n - 5, ".part") ? file_of(ctx, f, e->d_name) : NULL;
        if (path) unlink(path);
    }
    if (d) closedir(d);
}

/* Only what a run writes there. */
static void wipe_snapshots(pf_ctx *ctx, pf_tissue_folder *f)
{
    static const char *const ENDING[] = {".vtp", ".vti", ".pvd", ".part"};
    const char *folder = file_of(ctx, f, PF_TISSUE_SNAPSHOTS);
    DIR *d = folder ? opendir(folder) : NULL;
    for (struct dirent *e; d && (e = readdir(d));) {
        const char *dot = strrchr(e->d_name, '.');
        for (size_t k = 0; dot && k < PF_COUNT(ENDING); k++) {
            const char *path =
                strcmp(dot, ENDING[k]) ? NULL : pf_path_join(ctx, &f->arena, folder, e->d_name);
            if (path) unlink(path);
        }
    }
    if (d) closedir(d);
    if (folder) rmdir(folder);
}

static void wipe(pf_ctx *ctx, pf_tissue_folder *f)
{
    for (size_t i = 0; i < PF_COUNT(OURS); i++) {
        const char *path = file_of(ctx, f, OURS[i]);
        if (path) unlink(path);
    }
    wipe_snapshots(ctx, f);
}

/* The table of rules, as it was read. */
static pf_err write_rules(pf_ctx *ctx, pf_tissue_folder *f)
{
    const pf_rules *r = f->setup->rules;
    const char *path = r ? file_of(ctx, f, "rules.csv") : NULL;
    if (!r) return PF_OK;
    return path ? pf_file_write(ctx, path, r->text, r->text_size) : PF_ERR_NO_MEMORY;
}

static pf_err fill(pf_ctx *ctx, pf_tissue_folder *f)
{
    remove_parts(ctx, f);
    PF_TRY(write_manifest(ctx, f)); /* it says "running" before an older run's results go */
    wipe(ctx, f);
    const char *path = file_of(ctx, f, "tissue.yaml"), *log = file_of(ctx, f, "log.jsonl");
    if (!path || !log) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_file_write(ctx, path, f->setup->text, f->setup->text_size));
    PF_TRY(write_rules(ctx, f));
    f->log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    return PF_OK;
}

/* Undo an opening that failed: only a folder that this call has made. */
static void undo(pf_ctx *ctx, pf_tissue_folder *f)
{
    static const char *const MORE[] = {"manifest.json", ".lock"};
    if (!f->made) return;
    wipe(ctx, f);
    for (size_t i = 0; i < PF_COUNT(MORE); i++) {
        const char *path = file_of(ctx, f, MORE[i]);
        if (path) unlink(path);
    }
    rmdir(f->path);
}

pf_err pf_tissue_folder_open(pf_ctx *ctx, const pf_tissue_folder_options *options,
    const pf_setup *setup, pf_tissue_folder **out)
{
    *out = NULL;
    pf_tissue_folder *f = pf_calloc(ctx, 1, sizeof *f);
    if (!f) return PF_ERR_NO_MEMORY;
    pf_arena_init(&f->arena);
    f->options = *options;
    f->setup = setup;
    f->state = "running";
    f->lock = f->log = -1;
    f->started = (double)time(NULL);
    f->path = pf_arena_strdup(ctx, &f->arena, options->path);
    pf_err err = f->path ? decide(ctx, f) : PF_ERR_NO_MEMORY;
    if (!err) {
        int there = pf_path_exists(f->path);
        err = pf_dir_make(ctx, f->path);
        f->made = !there && pf_path_exists(f->path);
        if (!err) err = take_lock(ctx, f);
        if (!err) err = decide(ctx, f); /* it may have changed before the lock */
        if (!err) err = fill(ctx, f);
        if (err) undo(ctx, f);
    }
    if (err)
        pf_tissue_folder_close(f);
    else
        *out = f;
    return err;
}

void pf_tissue_folder_close(pf_tissue_folder *f)
{
    if (!f) return;
    for (size_t i = 0; i < f->n; i++) pf_sink_abandon(f->result[i].sink);
    if (f->log >= 0) close(f->log);
    if (f->lock >= 0) close(f->lock);
    pf_arena_clear(&f->arena);
    pf_free(f);
}

const char *pf_tissue_folder_path(const pf_tissue_folder *f)
{
    return f->path;
}

/* ---- results ---- */

pf_err pf_tissue_folder_begin(pf_ctx *ctx, pf_tissue_folder *f, const char *name, size_t *which)
{
    if (f->n == PF_TISSUE_RESULTS_MAX)
        return pf_fail(ctx, PF_ERR_RANGE, "more than %d results", PF_TISSUE_RESULTS_MAX);
    result *r = &f->result[f->n];
    *r = (result){.name = name};
    const char *path = file_of(ctx, f, name);
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_sink_open(ctx, path, &r->sink));
    *which = f->n++;
    return PF_OK;
}

void pf_tissue_folder_put(pf_tissue_folder *f, size_t which, const void *bytes, size_t n)
{
    result *r = &f->result[which];
    pf_sink_put(r->sink, bytes, n);
    r->hash = pf_hash(r->hash, bytes, n);
}

pf_err pf_tissue_folder_end(pf_ctx *ctx, pf_tissue_folder *f, double minutes, int complete)
{
    for (size_t i = 0; i < f->n; i++) {
        pf_sink *sink = f->result[i].sink;
        f->result[i].sink = NULL; /* gone, whether that works or not */
        PF_TRY(pf_sink_commit(ctx, sink));
    }
    f->minutes = minutes;
    f->state = complete ? "complete" : "stopped";
    return write_manifest(ctx, f);
}

void pf_tissue_folder_log(
    pf_tissue_folder *f, pf_log_level level, const char *event, const char *text)
{
    pf_log_append(f->log, level, event, text);
}
