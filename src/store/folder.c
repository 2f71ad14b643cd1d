#include "store/folder.h"

#include "base/json.h"
#include "store/chunk_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Everything that a run puts into its folder and that a new start takes away again. */
static const char *const OURS[] = {"patients.csv", "assessments.csv", "kinetics.csv",
    "events.csv", "failures.csv", "replicates.csv", "summary.json", "summary.txt",
    "report.html", "resolved.yaml", "study.yaml", "log.jsonl", "chunks", "inputs"};

/* Small enough that every thread has work and little is lost by a stop; large enough that lanes
 * rarely idle at a chunk's end. */
uint64_t pf_chunk_patients(uint64_t total)
{
    uint64_t each = 16;
    while (each < 4096 && each * 2 <= total / 16) each *= 2;
    return each;
}

void pf_folder_range(const pf_folder *f, uint64_t id, uint64_t *first, uint64_t *count)
{
    *first = id * f->each;
    uint64_t left = f->patients - *first;
    *count = left < f->each ? left : f->each;
}

static int ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int remove_part(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)where;
    if (kind == FTW_F && ends_with(path, ".part")) unlink(path);
    return 0;
}

/* Temporary files that a killed run left. Only with the lock held. */
static void remove_parts(const char *folder)
{
    nftw(folder, remove_part, 16, FTW_PHYS);
}

static int holds_others(const char *path)
{
    int found = 0;
    DIR *d = opendir(path);
    if (!d) return errno == ENOTDIR;
    for (struct dirent *e; (e = readdir(d)) && !found;) {
        int known = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
                    !strcmp(e->d_name, ".lock") || ends_with(e->d_name, ".part");
        found = !known;
    }
    closedir(d);
    return found;
}

pf_err pf_folder_look(pf_ctx *ctx, const char *path, pf_folder_state *out)
{
    *out = PF_FOLDER_NEW;
    if (!pf_path_exists(path)) return PF_OK;
    pf_arena a;
    pf_arena_init(&a);
    pf_err err = PF_OK;
    char *bytes = NULL;
    size_t size;
    const pf_jvalue *root;
    char *manifest = pf_path_join(ctx, &a, path, "manifest.json");
    if (!manifest) {
        err = PF_ERR_NO_MEMORY;
    } else if (!pf_path_exists(manifest)) {
        if (holds_others(path)) *out = PF_FOLDER_FOREIGN;
    } else {
        err = pf_file_read(ctx, manifest, 1 << 24, &bytes, &size);
        if (!err) err = pf_jvalue_parse(ctx, &a, bytes, size, &root);
        if (err) pf_fail_in(ctx, "%s", manifest);
        if (!err) {
            const char *state = pf_jvalue_text(pf_jvalue_get(root, "state"), "");
            *out = strcmp(state, "complete") ? PF_FOLDER_RUNNING : PF_FOLDER_COMPLETE;
        }
    }
    pf_free(bytes);
    pf_arena_clear(&a);
    return err;
}

/* Does another program write here now? Without the folder's lock file: no. */
static int is_written(const char *folder)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/.lock", folder) >= (int)sizeof path) return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    int busy = flock(file, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(file);
    return busy;
}

static pf_err busy_error(pf_ctx *ctx, const char *path)
{
    return pf_fail(ctx, PF_ERR_IO,
        "another run is writing to '%s'; wait for it, or choose another folder with --out",
        path);
}

/* May this run use the folder? */
static pf_err decide(pf_ctx *ctx, const pf_folder_options *o, pf_folder_state *state)
{
    pf_err err = pf_folder_look(ctx, o->path, state);
    if (err == PF_ERR_CORRUPT && o->force) {
        pf_ctx_reset(ctx);
        *state = PF_FOLDER_RUNNING;
        return PF_OK;
    }
    if (err) return err;
    if (*state == PF_FOLDER_FOREIGN)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds other files and no run; choose another folder with --out", o->path);
    if (o->resume || o->force || *state == PF_FOLDER_NEW) return PF_OK;
    if (*state == PF_FOLDER_COMPLETE)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' holds a complete run; --force replaces it, --out writes elsewhere", o->path);
    if (is_written(o->path)) return busy_error(ctx, o->path);
    return pf_fail(ctx, PF_ERR_CONFIG,
        "'%s' holds a stopped run; --resume continues it, --force starts again, --out writes "
        "elsewhere",
        o->path);
}

static pf_err take_lock(pf_ctx *ctx, pf_folder *f)
{
    const char *path = pf_folder_file(ctx, f, ".lock");
    if (!path) return PF_ERR_NO_MEMORY;
    f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (f->lock < 0)
        return pf_fail(ctx, PF_ERR_IO, "cannot write into '%s': %s", f->path, strerror(errno));
    if (!flock(f->lock, LOCK_EX | LOCK_NB)) return PF_OK;
    if (errno == EWOULDBLOCK) return busy_error(ctx, f->path);
    pf_log(ctx, PF_LOG_WARN, "lock", "this file system has no locks (%s)", strerror(errno));
    return PF_OK;
}

static void wipe(pf_ctx *ctx, pf_folder *f)
{
    for (size_t i = 0; i < PF_COUNT(OURS); i++) {
        const char *path = pf_folder_file(ctx, f, OURS[i]);
        if (path) remove_tree(path);
    }
}

/* Undo an opening that failed; only what this call has made. */
static void undo(pf_ctx *ctx, pf_folder *f, pf_folder_state state)
{
    if (f->made) {
        remove_tree(f->path);
    } else if (state == PF_FOLDER_NEW && f->lock >= 0) {
        static const char *const more[] = {"manifest.json", ".lock"};
        wipe(ctx, f);
        for (size_t i = 0; i < PF_COUNT(more); i++) {
            const char *path = pf_folder_file(ctx, f, more[i]);
            if (path) unlink(path);
        }
    }
}

static pf_err write_resolved(pf_ctx *ctx, pf_folder *f)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    const char *path = pf_folder_file(ctx, f, "resolved.yaml");
    pf_err err = path ? pf_resolved_write(ctx, f->study, &b) : PF_ERR_NO_MEMORY;
    if (!err) err = pf_file_write(ctx, path, b.bytes, b.size);
    pf_buf_clear(&b);
    return err;
}

static pf_err fill(pf_ctx *ctx, pf_folder *f, pf_folder_state state)
{
    const char *chunks = pf_folder_file(ctx, f, "chunks");
    if (!chunks) return PF_ERR_NO_MEMORY;
    remove_parts(f->path);
    int fresh = state == PF_FOLDER_NEW || f->options.force;
    if (!fresh) PF_TRY(pf_manifest_match(ctx, f, &f->complete));
    if (fresh) {
        /* The manifest turns to "running" before an older run's results go. */
        PF_TRY(pf_manifest_write(ctx, f));
        wipe(ctx, f);
    }
    if (f->complete) {
        remove_tree(chunks);
        return PF_OK;
    }
    PF_TRY(pf_inputs_copy(ctx, f));
    PF_TRY(write_resolved(ctx, f));
    PF_TRY(pf_dir_make(ctx, chunks));
    const char *log = pf_folder_file(ctx, f, "log.jsonl");
    f->log = log ? open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    return PF_OK;
}

pf_err pf_folder_open(pf_ctx *ctx, const pf_folder_options *options, const pf_study *study,
    const pf_layout *layout, pf_folder **out)
{
    pf_folder_state state;
    *out = NULL;
    PF_TRY(decide(ctx, options, &state));
    pf_folder *f = pf_calloc(ctx, 1, sizeof *f);
    if (!f) return PF_ERR_NO_MEMORY;
    pf_arena_init(&f->arena);
    f->options = *options;
    f->study = study;
    f->layout = layout;
    f->lock = f->log = -1;
    f->started = (double)time(NULL);
    f->patients = (uint64_t)study->replicates * pf_study_size(study);
    f->each = pf_chunk_patients(f->patients);
    f->chunks = (f->patients + f->each - 1) / f->each;
    f->layout_hash = pf_layout_hash(layout);
    f->path = pf_arena_strdup(ctx, &f->arena, options->path);
    pf_err err = f->path ? pf_manifest_changes(ctx, f) : PF_ERR_NO_MEMORY;
    if (!err) f->study_hash = pf_manifest_hash(f);
    if (!err) err = pf_inputs_name(ctx, f);
    if (!err) {
        int there = pf_path_exists(f->path);
        err = pf_dir_make(ctx, f->path);
        f->made = !there && pf_path_exists(f->path);
    }
    if (!err) err = take_lock(ctx, f);
    if (!err) err = decide(ctx, options, &state); /* it may have changed before the lock */
    if (!err) err = fill(ctx, f, state);
    if (err) {
        undo(ctx, f, state);
        pf_folder_close(f);
        return err;
    }
    *out = f;
    return PF_OK;
}

void pf_folder_close(pf_folder *f)
{
    if (!f) return;
    if (f->log >= 0) close(f->log);
    if (f->lock >= 0) close(f->lock);
    pf_arena_clear(&f->arena);
    pf_free(f);
}

int pf_folder_is_complete(const pf_folder *f)
{
    return f->complete;
}

const char *pf_folder_path(const pf_folder *f)
{
    return f->path;
}

const char *pf_folder_file(pf_ctx *ctx, pf_folder *f, const char *name)
{
    return pf_path_join(ctx, &f->arena, f->path, name);
}

void pf_folder_log(pf_folder *f, pf_log_level level, const char *event, const char *text)
{
    pf_log_append(f->log, level, event, text);
}

void pf_log_append(int file, pf_log_level level, const char *event, const char *text)
{
    static const char *const name[] = {"error", "warn", "info", "debug"};
    if (file < 0) return;
    struct timespec now;
    struct tm tm;
    char stamp[40];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &tm);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &tm);
    pf_buf b;
    pf_buf_init(&b, NULL);
    pf_buf_printf(&b, "{\"time\": \"%s.%03ldZ\", \"level\": \"%s\"", stamp,
        now.tv_nsec / 1000000, name[level]);
    /* Depth 0 and a filled flag make the writer put commas and no line breaks. */
    b.json_filled = 1;
    pf_json_text(&b, "event", event);
    pf_json_text(&b, "text", text);
    pf_buf_text(&b, "}\n");
    ssize_t written = pf_buf_ok(&b) ? 0 : write(file, b.bytes, b.size);
    (void)written; /* a log that cannot be written stops nothing */
    pf_buf_clear(&b);
}
