#include "store/chunk_file.h"

#include "base/file.h"

#include <stddef.h>
#include <string.h>

static const char MAGIC[8] = "PFCHUNK";

typedef struct {
    char magic[8];
    uint64_t format;
    uint64_t study_hash, layout_hash;
    uint64_t first, count;
    uint64_t rows[PF_TABLE_COUNT], columns[PF_TABLE_COUNT];
    uint64_t payload_hash;
    uint64_t header_hash; /* of everything above */
} header;

uint64_t pf_layout_hash(const pf_layout *layout)
{
    uint64_t h = 0;
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        uint64_t n = layout->n_column[k];
        h = pf_hash(h, &n, sizeof n);
        for (size_t i = 0; i < n; i++) {
            const char *name = layout->column[k][i];
            h = pf_hash(h, name, strlen(name) + 1);
        }
    }
    return h;
}

static size_t bytes_of(const pf_rows *t)
{
    return t->n * t->n_column * sizeof(double);
}

pf_err pf_chunk_write(
    pf_ctx *ctx, const char *path, const pf_chunk *c, uint64_t study_hash, uint64_t layout_hash)
{
    header h;
    memset(&h, 0, sizeof h);
    memcpy(h.magic, MAGIC, sizeof h.magic);
    h.format = PF_CHUNK_FORMAT;
    h.study_hash = study_hash;
    h.layout_hash = layout_hash;
    h.first = c->first;
    h.count = c->count;
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        h.rows[k] = c->table[k].n;
        h.columns[k] = c->table[k].n_column;
        h.payload_hash = pf_hash(h.payload_hash, c->table[k].x, bytes_of(&c->table[k]));
    }
    h.header_hash = pf_hash(0, &h, offsetof(header, header_hash));
    pf_sink *s;
    PF_TRY(pf_sink_open(ctx, path, &s));
    pf_sink_put(s, &h, sizeof h);
    for (int k = 0; k < PF_TABLE_COUNT; k++)
        if (c->table[k].n) pf_sink_put(s, c->table[k].x, bytes_of(&c->table[k]));
    return pf_sink_commit(ctx, s);
}

/* All that can be said without knowing the columns. */
static pf_err check(pf_ctx *ctx, const char *path, const char *bytes, size_t size,
    const uint64_t hash[2], header *h)
{
    if (size < sizeof *h)
        return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' is damaged: it is too short", path);
    memcpy(h, bytes, sizeof *h);
    if (memcmp(h->magic, MAGIC, sizeof MAGIC) ||
        h->header_hash != pf_hash(0, h, offsetof(header, header_hash)))
        return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' is damaged: its header is not whole", path);
    if (h->format != PF_CHUNK_FORMAT)
        return pf_fail(ctx, PF_ERR_VERSION, "'%s' has format %llu, this version reads %d", path,
            (unsigned long long)h->format, (int)PF_CHUNK_FORMAT);
    size_t want = sizeof *h;
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        if (h->rows[k] && (!h->columns[k] || h->columns[k] > size / sizeof(double) ||
                              h->rows[k] > size / sizeof(double) / h->columns[k]))
            return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' is damaged: it is too short", path);
        want += (size_t)h->rows[k] * (size_t)h->columns[k] * sizeof(double);
    }
    if (want != size)
        return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' is damaged: it has %zu bytes instead of %zu",
            path, size, want);
    if (h->study_hash != hash[0] || h->layout_hash != hash[1])
        return pf_fail(ctx, PF_ERR_VERSION, "'%s' belongs to another study", path);
    if (h->payload_hash != pf_hash(0, bytes + sizeof *h, size - sizeof *h))
        return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' is damaged: its checksum is wrong", path);
    return PF_OK;
}

static pf_err take_rows(pf_ctx *ctx, const header *h, const char *from, pf_chunk *c)
{
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        pf_rows *t = &c->table[k];
        size_t n = (size_t)h->rows[k];
        if (n > t->capacity) {
            double *x = pf_regrow(ctx, t->x, n, t->n_column * sizeof(double));
            if (!x) return PF_ERR_NO_MEMORY;
            t->x = x;
            t->capacity = n;
        }
        t->n = n;
        if (n) memcpy(t->x, from, bytes_of(t));
        from += bytes_of(t);
    }
    c->first = h->first;
    c->count = h->count;
    return PF_OK;
}

pf_err pf_chunk_parse(pf_ctx *ctx, const char *path, const char *bytes, size_t size,
    const uint64_t hash[2], pf_chunk *c)
{
    header h;
    pf_chunk_empty(c);
    PF_TRY(check(ctx, path, bytes, size, hash, &h));
    for (int k = 0; k < PF_TABLE_COUNT; k++)
        if (h.columns[k] != c->table[k].n_column)
            return pf_fail(ctx, PF_ERR_VERSION, "'%s' has other columns than this study", path);
    pf_err err = take_rows(ctx, &h, bytes + sizeof h, c);
    if (err) pf_chunk_empty(c);
    return err;
}

pf_err pf_chunk_read(
    pf_ctx *ctx, const char *path, uint64_t study_hash, uint64_t layout_hash, pf_chunk *c)
{
    char *bytes;
    size_t size;
    const uint64_t hash[2] = {study_hash, layout_hash};
    pf_chunk_empty(c);
    PF_TRY(pf_file_read(ctx, path, 0, &bytes, &size));
    pf_err err = pf_chunk_parse(ctx, path, bytes, size, hash, c);
    pf_free(bytes);
    return err;
}

pf_err pf_chunk_look(pf_ctx *ctx, const char *path, uint64_t study_hash, uint64_t layout_hash,
    uint64_t *first, uint64_t *count)
{
    char *bytes;
    size_t size;
    header h = {0};
    const uint64_t hash[2] = {study_hash, layout_hash};
    PF_TRY(pf_file_read(ctx, path, 0, &bytes, &size));
    pf_err err = check(ctx, path, bytes, size, hash, &h);
    *first = h.first;
    *count = h.count;
    pf_free(bytes);
    return err;
}
