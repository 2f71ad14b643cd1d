/* Results of a tissue's run: how they grow, are marked, and appear. */
#include "base/csv.h"
#include "store/tissue_folder_parts.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- growing ---- */

pf_err pf_tissue_folder_result(
    pf_ctx *ctx, pf_tissue_folder *f, const char *name, size_t *which)
{
    if (f->n == PF_TISSUE_RESULTS_MAX)
        return pf_fail(ctx, PF_ERR_RANGE, "more than %d results", PF_TISSUE_RESULTS_MAX);
    pf_tissue_output *o = &f->output[f->n];
    *o = (pf_tissue_output){.name = name};
    const char *path = pf_path_join(ctx, &f->arena, f->partial, name);
    if (!path) return PF_ERR_NO_MEMORY;
    const pf_mark mark = {f->mark[2 * f->n], f->mark[2 * f->n + 1]};
    PF_TRY(pf_growing_open(ctx, path, mark, &o->file));
    *which = f->n++;
    return PF_OK;
}

void pf_tissue_folder_put(pf_tissue_folder *f, size_t which, const void *bytes, size_t n)
{
    pf_growing_put(f->output[which].file, bytes, n);
}

pf_err pf_tissue_folder_flush(pf_ctx *ctx, pf_tissue_folder *f, size_t which)
{
    return pf_growing_flush(ctx, f->output[which].file);
}

pf_err pf_tissue_folder_mark(pf_ctx *ctx, pf_tissue_folder *f, uint64_t *mark)
{
    pf_mark end;
    memset(mark, 0, PF_TISSUE_MARKS * sizeof *mark);
    for (size_t i = 0; i < f->n; i++) {
        PF_TRY(pf_growing_sync(ctx, f->output[i].file, &end));
        mark[2 * i] = end.length;
        mark[2 * i + 1] = end.hash;
    }
    pf_tissue_sync(f->partial);
    return PF_OK;
}

/* ---- snapshots ---- */

const char *pf_tissue_folder_snapshots_path(const pf_tissue_folder *f)
{
    return f->snapshots;
}

/* Is it the name of a snapshot of one step, "cells_0000000240.vtp"? */
static int is_shot(const char *name, uint64_t *step)
{
    const char *line = strrchr(name, '_');
    char *stop;
    if (!line || line[1] < '0' || line[1] > '9') return 0;
    *step = strtoull(line + 1, &stop, 10);
    return *stop == '.' && strcmp(strrchr(name, '.'), ".part") != 0;
}

static int by_name(const void *a, const void *b)
{
    const char *x, *y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return strcmp(x, y);
}

/* Names of snapshots that stand in the folder, of `step` or (UINT64_MAX) of all, in order. */
static pf_err names_of(
    pf_ctx *ctx, pf_tissue_folder *f, pf_arena *a, uint64_t step, const char ***out, size_t *n)
{
    size_t capacity = 0;
    uint64_t its;
    DIR *d = opendir(f->snapshots);
    pf_err err = PF_OK;
    *out = NULL;
    *n = 0;
    for (struct dirent *e; d && !err && (e = readdir(d));) {
        if (!is_shot(e->d_name, &its) || (step != UINT64_MAX && its != step)) continue;
        err = pf_reserve(ctx, out, &capacity, *n, sizeof **out);
        if (!err && !((*out)[*n] = pf_arena_strdup(ctx, a, e->d_name))) err = PF_ERR_NO_MEMORY;
        if (!err) ++*n;
    }
    if (d) closedir(d);
    if (*n) qsort(*out, *n, sizeof **out, by_name);
    return err;
}

static pf_err list_file(
    pf_ctx *ctx, pf_tissue_folder *f, const char *name, uint64_t step, double minute)
{
    uint64_t length, hash;
    const char *path = pf_path_join(ctx, &f->arena, f->snapshots, name);
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_tissue_hash_file(ctx, path, &length, &hash));
    pf_buf b;
    pf_buf_init(&b, ctx);
    pf_csv_number(&b, minute);
    pf_buf_printf(&b, ",%" PRIu64 ",%s,%" PRIu64 ",%016" PRIx64, step, name, length, hash);
    pf_csv_end(&b);
    pf_err err = pf_buf_ok(&b);
    if (!err) pf_tissue_folder_put(f, f->list, b.bytes, b.size);
    pf_buf_clear(&b);
    return err ? err : pf_tissue_folder_flush(ctx, f, f->list);
}

pf_err pf_tissue_folder_snapped(pf_ctx *ctx, pf_tissue_folder *f, uint64_t step, double minute)
{
    const char **name;
    size_t n;
    pf_arena a;
    pf_arena_init(&a);
    pf_err err = names_of(ctx, f, &a, step, &name, &n);
    for (size_t i = 0; !err && i < n; i++) err = list_file(ctx, f, name[i], step, minute);
    pf_free(name);
    pf_arena_clear(&a);
    return err;
}

/* What the list says: a name a row, and their steps. */
typedef struct {
    pf_arena arena;
    const char **name;
    uint64_t *step; /* each once */
    size_t n_name, n_step, name_capacity, step_capacity;
} shots;

static pf_err add_row(pf_ctx *ctx, pf_csv *csv, shots *s)
{
    uint64_t step = strtoull(pf_csv_field(csv, 1), NULL, 10);
    PF_TRY(pf_reserve(ctx, &s->name, &s->name_capacity, s->n_name, sizeof *s->name));
    s->name[s->n_name] = pf_arena_strdup(ctx, &s->arena, pf_csv_field(csv, 2));
    if (!s->name[s->n_name]) return PF_ERR_NO_MEMORY;
    s->n_name++;
    if (s->n_step && s->step[s->n_step - 1] == step) return PF_OK;
    PF_TRY(pf_reserve(ctx, &s->step, &s->step_capacity, s->n_step, sizeof *s->step));
    s->step[s->n_step++] = step;
    return PF_OK;
}

static pf_err read_list(pf_ctx *ctx, const char *path, shots *s)
{
    pf_csv *csv;
    PF_TRY(pf_csv_open(ctx, path, &csv));
    int more = pf_csv_columns(csv) == 5;
    pf_err err = more ? PF_OK : pf_csv_fail(csv, "this is no list of snapshots");
    while (!err && more) {
        err = pf_csv_next(csv, &more);
        if (!err && more) err = add_row(ctx, csv, s);
    }
    pf_csv_close(csv);
    return err;
}

/* Snapshots that the list does not name are those of a future that is made again. */
static pf_err prune(pf_ctx *ctx, pf_tissue_folder *f, const shots *s)
{
    const char **name;
    size_t n;
    pf_arena a;
    pf_arena_init(&a);
    pf_err err = names_of(ctx, f, &a, UINT64_MAX, &name, &n);
    if (s->n_name) qsort(s->name, s->n_name, sizeof *s->name, by_name);
    for (size_t i = 0; !err && i < n; i++) {
        if (s->n_name && bsearch(&name[i], s->name, s->n_name, sizeof *s->name, by_name))
            continue;
        const char *path = pf_path_join(ctx, &a, f->snapshots, name[i]);
        if (path) unlink(path);
    }
    pf_free(name);
    pf_arena_clear(&a);
    return err;
}

pf_err pf_tissue_folder_snapshots(pf_ctx *ctx, pf_tissue_folder *f, uint64_t **step, size_t *n)
{
    static const char HEAD[] = "time_min,step,file,bytes,hash\n";
    shots s = {.name = NULL};
    pf_err err = PF_OK;
    *step = NULL;
    *n = 0;
    PF_TRY(pf_tissue_folder_result(ctx, f, "snapshots.csv", &f->list));
    PF_TRY(pf_dir_make(ctx, f->snapshots));
    pf_arena_init(&s.arena);
    if (pf_growing_mark(f->output[f->list].file).length) {
        const char *path = pf_path_join(ctx, &s.arena, f->partial, "snapshots.csv");
        err = path ? read_list(ctx, path, &s) : PF_ERR_NO_MEMORY;
    } else {
        pf_tissue_folder_put(f, f->list, HEAD, sizeof HEAD - 1);
    }
    if (!err) err = prune(ctx, f, &s);
    pf_free(s.name);
    pf_arena_clear(&s.arena);
    if (err) {
        pf_free(s.step);
        return err;
    }
    *step = s.step;
    *n = s.n_step;
    return PF_OK;
}

/* ---- the end ---- */

pf_err pf_tissue_folder_stop(pf_ctx *ctx, pf_tissue_folder *f, double minutes)
{
    f->minutes = minutes;
    f->state = "stopped";
    return pf_tissue_manifest_write(ctx, f);
}

pf_err pf_tissue_folder_end(pf_ctx *ctx, pf_tissue_folder *f, double minutes)
{
    for (size_t i = 0; i < f->n; i++)
        PF_TRY(pf_growing_sync(ctx, f->output[i].file, &f->output[i].mark));
    for (size_t i = 0; i < f->n; i++) {
        pf_tissue_output *o = &f->output[i];
        const char *from = pf_path_join(ctx, &f->arena, f->partial, o->name),
                   *to = pf_tissue_file(ctx, f, o->name);
        if (!from || !to) return PF_ERR_NO_MEMORY;
        pf_growing_close(o->file);
        o->file = NULL;
        if (rename(from, to))
            return pf_fail(ctx, PF_ERR_IO, "cannot put '%s' in place: %s", to, strerror(errno));
    }
    pf_tissue_sync(f->partial);
    f->minutes = minutes;
    f->state = "complete";
    PF_TRY(pf_tissue_manifest_write(ctx, f)); /* brings the names that moved to the disk, too */
    rmdir(f->partial);
    return PF_OK;
}
