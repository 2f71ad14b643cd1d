#include "store/lookout.h"

#include "store/chunk_file.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void pf_lookout_init(pf_lookout *l, const char *path)
{
    *l = (pf_lookout){.path = path};
    pf_arena_init(&l->arena);
}

void pf_lookout_clear(pf_lookout *l)
{
    pf_free(l->seen);
    pf_arena_clear(&l->arena);
    *l = (pf_lookout){0};
}

void pf_lookout_forget(pf_lookout *l)
{
    if (l->seen) memset(l->seen, 0, l->chunks);
    l->whole = l->damaged = l->patients = l->replicates = l->fresh = 0;
    l->last = 0;
    l->generation++;
}

static double changed_at(const char *path)
{
    struct stat st;
    if (stat(path, &st)) return 0;
    return (double)st.st_mtim.tv_sec + 1e-9 * (double)st.st_mtim.tv_nsec;
}

/* ---- manifest ---- */

static pf_err take_run(pf_ctx *ctx, pf_lookout *l, uint64_t hash)
{
    const pf_manifest *m = &l->manifest;
    uint64_t total = m->replicates * m->patients, chunks = (total + m->each - 1) / m->each;
    if (l->seen && hash == m->study_hash && chunks == l->chunks) return PF_OK;
    pf_free(l->seen);
    l->chunks = 0;
    l->seen = pf_calloc(ctx, chunks, 1);
    if (!l->seen) return PF_ERR_NO_MEMORY;
    l->total = total;
    l->chunks = chunks;
    pf_lookout_forget(l);
    return PF_OK;
}

pf_err pf_lookout_manifest(pf_ctx *ctx, pf_lookout *l)
{
    pf_run_status s;
    uint64_t before = l->manifest.study_hash;
    pf_arena_clear(&l->arena);
    l->manifest = (pf_manifest){0};
    PF_TRY(pf_run_status_manifest(ctx, &l->arena, l->path, &s));
    l->manifest = s.manifest;
    l->busy = s.busy;
    /* Each part of a run writes this file when it begins. */
    char *resolved = pf_path_join(ctx, &l->arena, l->path, "resolved.yaml");
    if (!resolved) return PF_ERR_NO_MEMORY;
    double began = changed_at(resolved);
    if (began != l->began) {
        l->fresh = 0;
        l->last = 0;
    }
    l->began = began;
    return take_run(ctx, l, before);
}

/* ---- chunks ---- */

typedef struct {
    pf_lookout *l;
    const pf_layout *layout;
    pf_chunk chunk;
    pf_new_chunk_fn fn;
    void *payload;
    uint64_t found; /* of the seen ones */
} look;

static uint64_t size_of(const pf_lookout *l, uint64_t id)
{
    uint64_t left = l->total - id * l->manifest.each;
    return left < l->manifest.each ? left : l->manifest.each;
}

/* Read or check one file; 1 when it is whole. */
static int read_one(look *k, const char *path, uint64_t id)
{
    const pf_manifest *m = &k->l->manifest;
    uint64_t first, count;
    if (k->layout) {
        if (pf_chunk_read(NULL, path, m->study_hash, m->layout_hash, &k->chunk)) return 0;
        first = k->chunk.first;
        count = k->chunk.count;
        if (k->chunk.table[PF_TABLE_PATIENTS].n != count) return 0;
    } else if (pf_chunk_look(NULL, path, m->study_hash, m->layout_hash, &first, &count)) {
        return 0;
    }
    return first == id * m->each && count == size_of(k->l, id);
}

static pf_err new_chunk(pf_ctx *ctx, look *k, const char *path, uint64_t id)
{
    pf_lookout *l = k->l;
    double when = changed_at(path);
    if (!read_one(k, path, id)) {
        if (pf_path_exists(path)) l->damaged++; /* it may just have gone */
        return PF_OK;
    }
    if (k->layout && k->fn) PF_TRY(k->fn(ctx, k->payload, &k->chunk));
    l->seen[id] = 1;
    l->whole++;
    l->patients += size_of(l, id);
    if (when < l->began) return PF_OK;
    l->fresh += size_of(l, id);
    if (when > l->last) l->last = when;
    return PF_OK;
}

/* The number in "000123.bin"; UINT64_MAX when it is no chunk of the run. */
static uint64_t chunk_id(const pf_lookout *l, const char *name)
{
    char same[32];
    uint64_t id = strtoull(name, NULL, 10);
    snprintf(same, sizeof same, "%06" PRIu64 ".bin", id);
    return strcmp(same, name) || id >= l->chunks ? UINT64_MAX : id;
}

/* Replicates that lie in whole chunks entirely. */
static uint64_t whole_replicates(const pf_lookout *l)
{
    uint64_t n = 0, size = l->manifest.patients, each = l->manifest.each, last = 0, run = 0;
    /* `run`: chunks without a gap that end with chunk `id`. */
    for (uint64_t id = 0; id < l->chunks; id++) {
        run = l->seen[id] ? run + 1 : 0;
        if (!run) continue;
        uint64_t from = (id + 1 - run) * each, to = id * each + size_of(l, id);
        uint64_t first = (from + size - 1) / size;
        if (first < last) first = last;
        if (to / size <= first) continue;
        n += to / size - first;
        last = to / size;
    }
    return n;
}

static pf_err look_round(pf_ctx *ctx, look *k, const char *folder)
{
    pf_lookout *l = k->l;
    char path[4400];
    DIR *d = opendir(folder);
    l->damaged = k->found = 0;
    if (!d) return PF_OK; /* before the first chunk, or after the last */
    pf_err err = PF_OK;
    for (struct dirent *e; !err && (e = readdir(d));) {
        uint64_t id = chunk_id(l, e->d_name);
        if (id == UINT64_MAX) continue;
        snprintf(path, sizeof path, "%.4090s/%s", folder, e->d_name);
        if (l->seen[id])
            k->found++;
        else
            err = new_chunk(ctx, k, path, id);
    }
    closedir(d);
    return err;
}

pf_err pf_lookout_chunks(
    pf_ctx *ctx, pf_lookout *l, const pf_layout *layout, pf_new_chunk_fn fn, void *payload)
{
    look k = {.l = l, .layout = layout, .fn = fn, .payload = payload};
    uint64_t before = l->whole;
    char *folder = pf_path_join(ctx, &l->arena, l->path, "chunks");
    if (!folder) return PF_ERR_NO_MEMORY;
    if (layout) pf_chunk_init(&k.chunk, layout);
    pf_err err = look_round(ctx, &k, folder);
    /* Chunks go when the run is complete, which the manifest says first. */
    if (!err && k.found < before) err = pf_lookout_manifest(ctx, l);
    if (!err && k.found < before && !l->manifest.complete) pf_lookout_forget(l);
    if (layout) pf_chunk_clear(&k.chunk);
    l->replicates = whole_replicates(l);
    return err;
}
