#include "store/tissue_folder.h"

#include "store/folder.h"
#include "store/tissue_folder_parts.h"
#include "tissue/rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

/* What a new start takes away: what was asked and kept, and results, wherever they stand. */
static const char *const KEPT[] = {"tissue.yaml", "rules.csv", "log.jsonl",
    PF_TISSUE_CHECKPOINT, PF_TISSUE_PAGE, PF_TISSUE_MOVIE};
static const char *const RESULTS[] = {"counts.csv", "outcomes.csv", "events.csv", "lives.csv",
    "cells.csv", "snapshots.csv", "film.bin"};

const char *pf_tissue_file(pf_ctx *ctx, pf_tissue_folder *f, const char *name)
{
    return pf_path_join(ctx, &f->arena, f->path, name);
}

void pf_tissue_sync(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return; /* some file systems refuse; there is nothing else to do */
    fsync(fd);
    close(fd);
}

/* ---- taking away ---- */

/* Files below `folder` that end in one of these. */
static void wipe_endings(
    pf_ctx *ctx, pf_tissue_folder *f, const char *folder, const char *const *ending, size_t n)
{
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));) {
        const char *dot = strrchr(e->d_name, '.');
        for (size_t k = 0; dot && k < n; k++) {
            const char *path =
                strcmp(dot, ending[k]) ? NULL : pf_path_join(ctx, &f->arena, folder, e->d_name);
            if (path) unlink(path);
        }
    }
    if (d) closedir(d);
}

/* Temporary files that a killed run left. Only with the lock held. */
static void wipe_parts(pf_ctx *ctx, pf_tissue_folder *f)
{
    static const char *const PART[] = {".part"};
    wipe_endings(ctx, f, f->path, PART, 1);
    wipe_endings(ctx, f, f->partial, PART, 1);
    wipe_endings(ctx, f, f->snapshots, PART, 1);
    wipe_endings(ctx, f, f->inputs, PART, 1);
}

static void wipe(pf_ctx *ctx, pf_tissue_folder *f)
{
    static const char *const SHOTS[] = {".vtp", ".vti", ".pvd", ".h5ad", ".part"};
    const char *path;
    for (size_t i = 0; i < PF_COUNT(KEPT); i++)
        if ((path = pf_tissue_file(ctx, f, KEPT[i]))) unlink(path);
    for (size_t i = 0; i < PF_COUNT(RESULTS); i++) {
        if ((path = pf_tissue_file(ctx, f, RESULTS[i]))) unlink(path);
        if ((path = pf_path_join(ctx, &f->arena, f->partial, RESULTS[i]))) unlink(path);
    }
    wipe_endings(ctx, f, f->snapshots, SHOTS, PF_COUNT(SHOTS));
    rmdir(f->snapshots);
    rmdir(f->partial);
    pf_tissue_inputs_wipe(ctx, f);
}

/* ---- opening ---- */

static pf_err busy_error(pf_ctx *ctx, const char *path)
{
    return pf_fail(ctx, PF_ERR_IO,
        "another run is writing to '%s'; wait for it, or choose another folder with --out",
        path);
}

int pf_tissue_is_written(const char *path)
{
    char lock[4096];
    if (snprintf(lock, sizeof lock, "%s/.lock", path) >= (int)sizeof lock) return 0;
    int file = open(lock, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    int busy = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(file);
    return busy;
}

/* May this run use the folder? What stands there, into `f`. */
static pf_err decide(pf_ctx *ctx, pf_tissue_folder *f)
{
    pf_folder_state state;
    pf_err err = pf_folder_look(ctx, f->path, &state);
    if (err == PF_ERR_CORRUPT && f->options.force) {
        pf_ctx_reset(ctx);
        return PF_OK;
    }
    if (err) return err;
    if (state == PF_FOLDER_FOREIGN)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds other files and no run; choose another folder with --out", f->path);
    if (state == PF_FOLDER_NEW) return PF_OK;
    const pf_jvalue *manifest = pf_tissue_manifest(ctx, &f->arena, f->path);
    if (!manifest)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds the run of a study; choose another folder with --out", f->path);
    f->complete = state == PF_FOLDER_COMPLETE;
    if (f->options.force) return PF_OK;
    if (f->options.resume) {
        f->minutes = pf_jvalue_number(pf_jvalue_get(manifest, "minutes_done"));
        f->resumes = pf_path_exists(f->checkpoint);
        return pf_tissue_manifest_match(ctx, f, manifest);
    }
    if (f->complete)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds a complete run; --force replaces it, --out writes elsewhere", f->path);
    if (f->lock < 0 && pf_tissue_is_written(f->path)) return busy_error(ctx, f->path);
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' holds a stopped run; --resume continues it, --force starts again, --out writes "
        "elsewhere",
        f->path);
}

static pf_err take_lock(pf_ctx *ctx, pf_tissue_folder *f)
{
    const char *path = pf_tissue_file(ctx, f, ".lock");
    if (!path) return PF_ERR_NO_MEMORY;
    f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (f->lock < 0)
        return pf_fail(ctx, PF_ERR_IO, "cannot write into '%s': %s", f->path, strerror(errno));
    if (!flock(f->lock, LOCK_EX | LOCK_NB)) return PF_OK;
    if (errno == EWOULDBLOCK) {
        close(f->lock);
        f->lock = -1;
        return busy_error(ctx, f->path);
    }
    pf_log(ctx, PF_LOG_WARN, "lock", "this file system has no locks (%s)", strerror(errno));
    return PF_OK;
}

static pf_err name_places(pf_ctx *ctx, pf_tissue_folder *f)
{
    f->path = pf_arena_strdup(ctx, &f->arena, f->options.path);
    if (!f->path) return PF_ERR_NO_MEMORY;
    f->partial = pf_tissue_file(ctx, f, PF_TISSUE_PARTIAL);
    f->snapshots = pf_tissue_file(ctx, f, PF_TISSUE_SNAPSHOTS);
    f->inputs = pf_tissue_file(ctx, f, "inputs");
    f->checkpoint = pf_tissue_file(ctx, f, PF_TISSUE_CHECKPOINT);
    int all = f->partial && f->snapshots && f->inputs && f->checkpoint;
    return all ? PF_OK : PF_ERR_NO_MEMORY;
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
    pf_err err = name_places(ctx, f);
    if (!err) err = decide(ctx, f);
    if (!err) {
        int there = pf_path_exists(f->path);
        err = pf_dir_make(ctx, f->path);
        f->made = !there && pf_path_exists(f->path);
        if (!err) err = take_lock(ctx, f);
        if (!err) err = decide(ctx, f); /* it may have changed before the lock */
        if (!err && f->complete && f->options.resume) { /* it was killed after its last word */
            wipe_parts(ctx, f);
            rmdir(f->partial);
        }
    }
    if (err)
        pf_tissue_folder_close(f);
    else
        *out = f;
    return err;
}

/* Undo what was not begun: only a folder that this call has made. */
static void undo(pf_tissue_folder *f)
{
    static const char *const MORE[] = {"manifest.json", ".lock"};
    if (f->begun || !f->made) return;
    wipe(NULL, f);
    for (size_t i = 0; i < PF_COUNT(MORE); i++) {
        const char *path = pf_tissue_file(NULL, f, MORE[i]);
        if (path) unlink(path);
    }
    rmdir(f->path);
}

void pf_tissue_folder_close(pf_tissue_folder *f)
{
    if (!f) return;
    for (size_t i = 0; i < f->n; i++) {
        pf_ctx quiet; /* what came is of use to people, if not to the next run */
        pf_ctx_init(&quiet);
        if (f->output[i].file && pf_growing_flush(&quiet, f->output[i].file))
            pf_ctx_reset(&quiet);
        pf_growing_close(f->output[i].file);
    }
    undo(f);
    if (f->log >= 0) close(f->log);
    if (f->lock >= 0) close(f->lock);
    pf_arena_clear(&f->arena);
    pf_free(f);
}

const char *pf_tissue_folder_path(const pf_tissue_folder *f)
{
    return f->path;
}

const char *pf_tissue_folder_checkpoint(const pf_tissue_folder *f)
{
    return f->checkpoint;
}

int pf_tissue_folder_resumes(const pf_tissue_folder *f)
{
    return f->resumes;
}

int pf_tissue_folder_is_complete(const pf_tissue_folder *f, double *minutes)
{
    *minutes = f->minutes;
    return f->complete && f->options.resume;
}

/* ---- beginning ---- */

/* What was asked, as it was read. */
static pf_err write_asked(pf_ctx *ctx, pf_tissue_folder *f)
{
    const pf_setup *s = f->setup;
    const pf_rules *r = s->rules;
    const char *path = pf_tissue_file(ctx, f, "tissue.yaml"),
               *rules = pf_tissue_file(ctx, f, "rules.csv");
    if (!path || !rules) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_file_write(ctx, path, s->text, s->text_size));
    PF_TRY(pf_tissue_inputs_copy(ctx, f));
    return r ? pf_file_write(ctx, rules, r->text, r->text_size) : PF_OK;
}

/* Results that moved up already go back: the run is not complete any more, or was killed while
 * they moved. */
static pf_err move_back(pf_ctx *ctx, pf_tissue_folder *f)
{
    const char *page = pf_tissue_file(ctx, f, PF_TISSUE_PAGE), /* of a run that had ended */
        *movie = pf_tissue_file(ctx, f, PF_TISSUE_MOVIE);
    if (!page || !movie) return PF_ERR_NO_MEMORY;
    unlink(page);
    unlink(movie);
    for (size_t i = 0; i < PF_COUNT(RESULTS); i++) {
        const char *from = pf_tissue_file(ctx, f, RESULTS[i]),
                   *to = pf_path_join(ctx, &f->arena, f->partial, RESULTS[i]);
        if (!from || !to) return PF_ERR_NO_MEMORY;
        if (pf_path_exists(from) && rename(from, to))
            return pf_fail(ctx, PF_ERR_IO, "cannot move '%s': %s", from, strerror(errno));
    }
    return PF_OK;
}

static pf_err fill(pf_ctx *ctx, pf_tissue_folder *f, int fresh)
{
    const char *log = pf_tissue_file(ctx, f, "log.jsonl");
    if (!log) return PF_ERR_NO_MEMORY;
    wipe_parts(ctx, f);
    if (fresh) {
        f->text_hash = pf_hash(0, f->setup->text, f->setup->text_size);
        if (f->setup->rules)
            f->rules_hash = pf_hash(0, f->setup->rules->text, f->setup->rules->text_size);
    }
    PF_TRY(pf_tissue_inputs_hash(ctx, f, fresh));
    /* First of all, or a start that is cut off here would go on from another run's end. */
    if (fresh) unlink(f->checkpoint);
    /* It says "running" before an older run's results go. */
    PF_TRY(pf_tissue_manifest_write(ctx, f));
    if (fresh) {
        wipe(ctx, f);
        PF_TRY(write_asked(ctx, f));
    }
    PF_TRY(pf_dir_make(ctx, f->partial));
    if (!fresh) PF_TRY(move_back(ctx, f));
    f->log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    return PF_OK;
}

pf_err pf_tissue_folder_begin(pf_ctx *ctx, pf_tissue_folder *f, const uint64_t *mark)
{
    if (mark) memcpy(f->mark, mark, sizeof f->mark);
    PF_TRY(fill(ctx, f, !mark));
    f->begun = 1;
    return PF_OK;
}

void pf_tissue_folder_log(
    pf_tissue_folder *f, pf_log_level level, const char *event, const char *text)
{
    pf_log_append(f->log, level, event, text);
}
