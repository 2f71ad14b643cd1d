/* The chunks of a folder: kept one by one, then streamed into the tables. */
#include "store/folder.h"

#include "store/chunk_file.h"

#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FLUSH_AT = 1 << 18 }; /* bytes of CSV text gathered before they go to the sink */

static void chunk_path(const pf_folder *f, uint64_t id, char *out, size_t size)
{
    snprintf(out, size, "%s/chunks/%06" PRIu64 ".bin", f->path, id);
}

static pf_err read_chunk(pf_ctx *ctx, pf_folder *f, uint64_t id, pf_chunk *c)
{
    char path[4200];
    uint64_t first, count;
    chunk_path(f, id, path, sizeof path);
    PF_TRY(pf_chunk_read(ctx, path, f->study_hash, f->layout_hash, c));
    pf_folder_range(f, id, &first, &count);
    if (c->first == first && c->count == count && c->table[PF_TABLE_PATIENTS].n == count)
        return PF_OK;
    return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' holds other patients than its name says", path);
}

int pf_folder_get(pf_ctx *ctx, pf_folder *f, uint64_t id, pf_chunk *c)
{
    char path[4200];
    chunk_path(f, id, path, sizeof path);
    if (!pf_path_exists(path)) return 0;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    if (!read_chunk(&quiet, f, id, c)) return 1;
    pf_log(ctx, PF_LOG_WARN, "chunk", "%s; its patients are simulated again", quiet.message);
    unlink(path);
    return 0;
}

pf_err pf_folder_put(pf_ctx *ctx, pf_folder *f, uint64_t id, const pf_chunk *c)
{
    char path[4200];
    chunk_path(f, id, path, sizeof path);
    return pf_chunk_write(ctx, path, c, f->study_hash, f->layout_hash);
}

/* ---- tables ---- */

typedef struct {
    pf_folder *f;
    pf_sink *sink[PF_TABLE_COUNT];
    uint64_t hash[PF_TABLE_COUNT];
    pf_buf text;
    pf_rows replicate; /* patients of the replicate being gathered */
    pf_replicate_fn fn;
    void *payload;
} writer;

static pf_err flush(writer *w, pf_table_kind kind)
{
    PF_TRY(pf_buf_ok(&w->text));
    if (!w->text.size) return PF_OK;
    w->hash[kind] = pf_hash(w->hash[kind], w->text.bytes, w->text.size);
    pf_sink_put(w->sink[kind], w->text.bytes, w->text.size);
    pf_buf_empty(&w->text);
    return PF_OK;
}

static pf_err open_all(pf_ctx *ctx, writer *w)
{
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        const char *path = pf_folder_file(ctx, w->f, pf_table_file((pf_table_kind)k));
        if (!path) return PF_ERR_NO_MEMORY;
        PF_TRY(pf_sink_open(ctx, path, &w->sink[k]));
        pf_table_header(&w->text, w->f->layout, (pf_table_kind)k);
        PF_TRY(flush(w, (pf_table_kind)k));
    }
    return PF_OK;
}

static pf_err put_table(writer *w, const pf_chunk *c, pf_table_kind kind)
{
    const pf_rows *t = &c->table[kind];
    const pf_study *study = w->f->study;
    /* Detail is for the first replicates; endpoints and failures for all. */
    int all = kind == PF_TABLE_PATIENTS || kind == PF_TABLE_FAILURES;
    for (size_t i = 0; i < t->n; i++) {
        const double *row = t->x + i * t->n_column;
        if (!all && row[0] >= (double)study->keep) continue; /* column 0: replicate */
        pf_table_row(&w->text, study, w->f->layout, kind, row);
        if (w->text.size > FLUSH_AT) PF_TRY(flush(w, kind));
    }
    return flush(w, kind);
}

static pf_err gather(pf_ctx *ctx, writer *w, const pf_rows *t)
{
    size_t size = pf_study_size(w->f->study), n = t->n_column;
    pf_rows *r = &w->replicate;
    for (size_t i = 0; i < t->n; i++) {
        memcpy(r->x + r->n++ * n, t->x + i * n, n * sizeof(double));
        if (r->n < size) continue;
        PF_TRY(w->fn(ctx, w->payload, r));
        r->n = 0;
    }
    return PF_OK;
}

static pf_err stream(pf_ctx *ctx, writer *w, pf_chunk *c)
{
    for (uint64_t id = 0; id < w->f->chunks; id++) {
        PF_TRY(read_chunk(ctx, w->f, id, c));
        for (int k = 0; k < PF_TABLE_COUNT; k++) PF_TRY(put_table(w, c, (pf_table_kind)k));
        PF_TRY(gather(ctx, w, &c->table[PF_TABLE_PATIENTS]));
    }
    return PF_OK;
}

static pf_err remember(pf_ctx *ctx, pf_folder *f, const char *name, uint64_t hash)
{
    if (f->n_result == PF_RESULTS_MAX) return pf_fail(ctx, PF_ERR_BUG, "too many results");
    f->result[f->n_result++] = (pf_result_file){.name = name, .hash = hash};
    return PF_OK;
}

static pf_err commit_all(pf_ctx *ctx, writer *w)
{
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        pf_sink *s = w->sink[k];
        w->sink[k] = NULL;
        PF_TRY(pf_sink_commit(ctx, s));
        PF_TRY(remember(ctx, w->f, pf_table_file((pf_table_kind)k), w->hash[k]));
    }
    return PF_OK;
}

pf_err pf_folder_tables(pf_ctx *ctx, pf_folder *f, pf_replicate_fn fn, void *payload)
{
    writer w = {.f = f, .fn = fn, .payload = payload};
    pf_chunk c;
    pf_buf_init(&w.text, ctx);
    pf_chunk_init(&c, f->layout);
    w.replicate.n_column = f->layout->n_column[PF_TABLE_PATIENTS];
    w.replicate.capacity = pf_study_size(f->study);
    w.replicate.x = pf_calloc(ctx, w.replicate.capacity, w.replicate.n_column * sizeof(double));
    pf_err err = w.replicate.x ? open_all(ctx, &w) : PF_ERR_NO_MEMORY;
    if (!err) err = stream(ctx, &w, &c);
    if (!err) err = commit_all(ctx, &w);
    for (int k = 0; k < PF_TABLE_COUNT; k++) pf_sink_abandon(w.sink[k]);
    pf_free(w.replicate.x);
    pf_chunk_clear(&c);
    pf_buf_clear(&w.text);
    return err;
}

pf_err pf_folder_write(pf_ctx *ctx, pf_folder *f, const char *name, const pf_buf *content)
{
    const char *path = pf_folder_file(ctx, f, name);
    const char *kept = pf_arena_strdup(ctx, &f->arena, name);
    if (!path || !kept) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_buf_ok(content));
    PF_TRY(pf_file_write(ctx, path, content->bytes, content->size));
    return remember(ctx, f, kept, pf_hash(0, content->bytes, content->size));
}

pf_err pf_folder_write_pieces(
    pf_ctx *ctx, pf_folder *f, const char *name, uint64_t n, pf_piece_fn fn, void *payload)
{
    const char *path = pf_folder_file(ctx, f, name);
    const char *kept = pf_arena_strdup(ctx, &f->arena, name);
    if (!path || !kept) return PF_ERR_NO_MEMORY;
    uint64_t hash = 0;
    pf_sink *sink;
    pf_buf text;
    PF_TRY(pf_sink_open(ctx, path, &sink));
    pf_buf_init(&text, ctx);
    pf_err err = PF_OK;
    for (uint64_t i = 0; i < n && !err; i++) {
        fn(payload, i, &text);
        err = pf_buf_ok(&text);
        if (err || (text.size < FLUSH_AT && i + 1 < n)) continue;
        hash = pf_hash(hash, text.bytes, text.size);
        pf_sink_put(sink, text.bytes, text.size);
        pf_buf_empty(&text);
    }
    if (err)
        pf_sink_abandon(sink);
    else
        err = pf_sink_commit(ctx, sink);
    pf_buf_clear(&text);
    return err ? err : remember(ctx, f, kept, hash);
}

pf_err pf_folder_complete(pf_ctx *ctx, pf_folder *f)
{
    f->complete = 1;
    pf_err err = pf_manifest_write(ctx, f);
    if (err) {
        f->complete = 0;
        return err;
    }
    char path[4200];
    for (uint64_t id = 0; id < f->chunks; id++) {
        chunk_path(f, id, path, sizeof path);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/chunks", f->path);
    rmdir(path);
    return PF_OK;
}
