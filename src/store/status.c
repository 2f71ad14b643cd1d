#include "store/status.h"

#include "store/chunk_file.h"
#include "store/tissue_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { MANIFEST_MOST = 1 << 24 }; /* bytes */

/* ---- manifest ---- */

static int read_whole(const char *text, int base, uint64_t *out)
{
    char *stop;
    const char *digits = base == 16 ? "0123456789abcdef" : "0123456789";
    if (!*text || strspn(text, digits) != strlen(text)) return 0;
    errno = 0;
    *out = strtoull(text, &stop, base);
    return !errno;
}

static pf_err whole(
    pf_ctx *ctx, const pf_jvalue *settings, const char *name, uint64_t most, uint64_t *out)
{
    const char *text = pf_jvalue_text(pf_jvalue_get(settings, name), "");
    if (read_whole(text, 10, out) && *out <= most) return PF_OK;
    return pf_fail(ctx, PF_ERR_CORRUPT, "the manifest's %s is '%.40s'", name, text);
}

static pf_err take_inputs(pf_ctx *ctx, pf_arena *a, const pf_jvalue *list, pf_manifest *m)
{
    size_t n = list && list->kind == PF_JVALUE_LIST ? list->n : 0;
    m->input = pf_arena_alloc(ctx, a, n + 1, sizeof *m->input);
    m->input_hash = pf_arena_alloc(ctx, a, n + 1, sizeof *m->input_hash);
    if (!m->input || !m->input_hash) return PF_ERR_NO_MEMORY;
    for (const pf_jvalue *v = n ? list->first : NULL; v; v = v->next, m->n_input++) {
        m->input[m->n_input] = pf_jvalue_text(pf_jvalue_get(v, "file"), NULL);
        const char *hash = pf_jvalue_text(pf_jvalue_get(v, "hash"), "");
        if (!m->input[m->n_input] || !read_whole(hash, 16, &m->input_hash[m->n_input]))
            return pf_fail(ctx, PF_ERR_CORRUPT, "the manifest's list of inputs is not whole");
    }
    if (n && m->study_file) return PF_OK;
    return pf_fail(ctx, PF_ERR_CORRUPT, "the manifest names no study");
}

/* As pf_manifest_hash of the run that wrote it: version, settings in their order, inputs. */
static uint64_t chunk_hash(const pf_manifest *m, const pf_jvalue *settings)
{
    uint64_t h = pf_hash(0, m->version, strlen(m->version) + 1);
    for (const pf_jvalue *v = settings->first; v; v = v->next) {
        const char *text = pf_jvalue_text(v, "");
        h = pf_hash(h, text, strlen(text) + 1);
    }
    for (size_t i = 0; i < m->n_input; i++)
        h = pf_hash(h, &m->input_hash[i], sizeof m->input_hash[i]);
    return h;
}

pf_err pf_manifest_parse(
    pf_ctx *ctx, pf_arena *a, const char *text, size_t size, pf_manifest *out)
{
    const pf_jvalue *root;
    *out = (pf_manifest){0};
    PF_TRY(pf_jvalue_parse(ctx, a, text, size, &root));
    const char *format = pf_jvalue_text(pf_jvalue_get(root, "format"), "");
    if (!strcmp(format, PF_TISSUE_FORMAT))
        return pf_fail(
            ctx, PF_ERR_CONFIG, "this is the run of a tissue, which has no patients");
    if (strcmp(format, "perforin-run-1"))
        return pf_fail(ctx, PF_ERR_CORRUPT, "this is no manifest of a run");
    const char *state = pf_jvalue_text(pf_jvalue_get(root, "state"), "");
    out->complete = !strcmp(state, "complete");
    if (!out->complete && strcmp(state, "running"))
        return pf_fail(ctx, PF_ERR_CORRUPT, "the manifest's state is '%.40s'", state);
    out->version = pf_jvalue_text(pf_jvalue_get(root, "version"), "");
    out->study = pf_jvalue_text(pf_jvalue_get(root, "study"), "");
    out->study_file = pf_jvalue_text(pf_jvalue_get(root, "study_file"), NULL);
    out->results = pf_jvalue_get(root, "results");
    const pf_jvalue *settings = pf_jvalue_get(root, "settings");
    PF_TRY(whole(ctx, settings, "seed", UINT64_MAX, &out->seed));
    PF_TRY(whole(ctx, settings, "replicates", 1u << 30, &out->replicates));
    out->changed = pf_jvalue_text(pf_jvalue_get(settings, "changed"), "none");
    PF_TRY(whole(ctx, settings, "patients", 1u << 30, &out->patients));
    PF_TRY(whole(ctx, settings, "chunk", 1u << 30, &out->each));
    if (!out->each || !out->patients || !out->replicates)
        return pf_fail(ctx, PF_ERR_CORRUPT, "the manifest counts no patients");
    const char *layout = pf_jvalue_text(pf_jvalue_get(settings, "layout"), "");
    if (!read_whole(layout, 16, &out->layout_hash))
        return pf_fail(ctx, PF_ERR_CORRUPT, "the manifest's layout is '%.40s'", layout);
    PF_TRY(take_inputs(ctx, a, pf_jvalue_get(root, "inputs"), out));
    out->study_hash = chunk_hash(out, settings);
    return PF_OK;
}

uint64_t pf_manifest_result(const pf_manifest *m, const char *name)
{
    uint64_t hash = 0;
    const char *text = pf_jvalue_text(pf_jvalue_get(m->results, name), "");
    return read_whole(text, 16, &hash) ? hash : 0;
}

/* ---- chunks ---- */

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Is chunk `id` there, whole, and of this run? */
static int is_whole(const char *path, const pf_run_status *s, uint64_t id)
{
    uint64_t first, count, each = s->manifest.each;
    if (pf_chunk_look(
            NULL, path, s->manifest.study_hash, s->manifest.layout_hash, &first, &count))
        return 0;
    return first == id * each && count == least(each, s->total - first);
}

/* The numbers of the whole chunks, ascending. */
static pf_err list_chunks(
    pf_ctx *ctx, pf_arena *a, const char *folder, pf_run_status *s, uint64_t **list)
{
    size_t capacity = 0;
    DIR *d = opendir(folder);
    *list = NULL;
    if (!d) return PF_OK; /* a run that stopped before its first chunk, or after its last */
    pf_err err = PF_OK;
    for (struct dirent *e; !err && (e = readdir(d));) {
        char name[32];
        uint64_t id = strtoull(e->d_name, NULL, 10);
        snprintf(name, sizeof name, "%06" PRIu64 ".bin", id);
        if (strcmp(name, e->d_name) || id >= s->chunks) continue;
        char *path = pf_path_join(ctx, a, folder, name);
        err =
            path ? pf_reserve(ctx, list, &capacity, s->whole, sizeof **list) : PF_ERR_NO_MEMORY;
        if (err) break;
        if (is_whole(path, s, id))
            (*list)[s->whole++] = id;
        else
            s->damaged++;
    }
    closedir(d);
    if (!err && s->whole) qsort(*list, s->whole, sizeof **list, ascending);
    return err;
}

/* Patients in whole chunks, and replicates that lie in them entirely. */
static void count(pf_run_status *s, const uint64_t *list)
{
    uint64_t each = s->manifest.each, size = s->manifest.patients;
    for (uint64_t i = 0, end; i < s->whole; i = end) {
        for (end = i + 1; end < s->whole && list[end] == list[end - 1] + 1;) end++;
        uint64_t from = list[i] * each, to = least((list[end - 1] + 1) * each, s->total);
        s->patients += to - from;
        uint64_t first = (from + size - 1) / size, last = to / size;
        if (last > first) s->replicates += last - first;
    }
}

/* ---- the rest of the folder ---- */

pf_err pf_run_status_inputs(pf_ctx *ctx, pf_arena *a, const char *path, pf_run_status *s)
{
    s->inputs_whole = 1;
    for (size_t i = 0; i < s->manifest.n_input; i++) {
        char *bytes = NULL,
             *file = pf_arena_printf(ctx, a, "%s/inputs/%s", path, s->manifest.input[i]);
        size_t size = 0;
        if (!file) return PF_ERR_NO_MEMORY;
        if (pf_file_read(NULL, file, 0, &bytes, &size) ||
            pf_hash(0, bytes, size) != s->manifest.input_hash[i])
            s->inputs_whole = 0;
        pf_free(bytes);
    }
    return PF_OK;
}

static int is_locked(const char *lock)
{
    int file = open(lock, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    int busy = flock(file, LOCK_SH | LOCK_NB) != 0;
    close(file);
    return busy;
}

/* The lock before the manifest: who holds none and has not said "complete" will not. */
pf_err pf_run_status_manifest(pf_ctx *ctx, pf_arena *a, const char *path, pf_run_status *out)
{
    char *bytes = NULL;
    size_t size;
    *out = (pf_run_status){0};
    char *manifest = pf_path_join(ctx, a, path, "manifest.json");
    char *lock = pf_path_join(ctx, a, path, ".lock");
    if (!manifest || !lock) return PF_ERR_NO_MEMORY;
    out->busy = is_locked(lock);
    PF_TRY(pf_file_read(ctx, manifest, MANIFEST_MOST, &bytes, &size));
    pf_err err = pf_manifest_parse(ctx, a, bytes, size, &out->manifest);
    pf_free(bytes);
    if (err) {
        pf_fail_in(ctx, "%s", manifest);
        return err;
    }
    const pf_manifest *m = &out->manifest;
    out->total = m->replicates * m->patients;
    out->chunks = (out->total + m->each - 1) / m->each;
    return PF_OK;
}

pf_err pf_run_status_read(pf_ctx *ctx, pf_arena *a, const char *path, pf_run_status *out)
{
    uint64_t *list = NULL;
    char *chunks = pf_path_join(ctx, a, path, "chunks");
    if (!chunks) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_run_status_manifest(ctx, a, path, out));
    pf_err err = list_chunks(ctx, a, chunks, out, &list);
    if (!err) count(out, list);
    pf_free(list);
    return err ? err : pf_run_status_inputs(ctx, a, path, out);
}
