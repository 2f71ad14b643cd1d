#include "tissue/checkpoint_parts.h"

#include "base/file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *path;
    const uint8_t *at;
} reader;

static uint64_t word(const uint8_t *from, size_t size)
{
    uint64_t x = 0;
    for (size_t b = 0; b < size; b++) x |= (uint64_t)from[b] << 8 * b;
    return x;
}

static void take(void *payload, const pf_column *column)
{
    reader *r = payload;
    char *to = column->first;
    for (size_t i = 0; i < column->n; i++, to += column->stride, r->at += column->size) {
        uint64_t x = word(r->at, column->size);
        uint32_t four = (uint32_t)x;
        uint16_t two = (uint16_t)x;
        uint8_t one = (uint8_t)x;
        switch (column->size) {
        case 1:
            memcpy(to, &one, sizeof one);
            break;
        case 2:
            memcpy(to, &two, sizeof two);
            break;
        case 4:
            memcpy(to, &four, sizeof four);
            break;
        default:
            memcpy(to, &x, sizeof x);
        }
    }
}

/* All that can be said before a lesion is made. */
static pf_err check_head(pf_ctx *ctx, const char *path, const uint8_t *bytes, size_t size,
    const pf_setup *setup, uint64_t head[PF_HEAD_N])
{
    size_t least = (PF_HEAD_N + 1) * 8;
    if (size < 8 || word(bytes, 8) != pf_checkpoint_magic())
        return pf_fail(
            ctx, PF_ERR_CORRUPT, "'%s' is no checkpoint of a tissue, or damaged", path);
    if (size < least || word(bytes + size - 8, 8) != pf_hash(0, bytes, size - 8))
        return pf_fail(ctx, PF_ERR_CORRUPT,
            "'%s' is damaged: its checksum is wrong; go on from another checkpoint, or begin "
            "again",
            path);
    for (size_t k = 0; k < PF_HEAD_N; k++) head[k] = word(bytes + 8 * k, 8);
    if (head[PF_HEAD_FORMAT] != PF_CHECKPOINT_FORMAT)
        return pf_fail(ctx, PF_ERR_VERSION,
            "'%s' has format %llu, this version reads %d; begin the run again", path,
            (unsigned long long)head[PF_HEAD_FORMAT], (int)PF_CHECKPOINT_FORMAT);
    if (head[PF_HEAD_SETUP] != pf_setup_hash(setup))
        return pf_fail(ctx, PF_ERR_VERSION,
            "'%s' belongs to another tissue; go on with the file that it was begun with", path);
    uint64_t bytes_of = pf_checkpoint_bytes(setup, head);
    if (!bytes_of || bytes_of != size - least || head[PF_HEAD_ROWS] >= UINT32_MAX ||
        head[PF_HEAD_CELLS] + head[PF_HEAD_SPARE] != head[PF_HEAD_ROWS])
        return pf_fail(ctx, PF_ERR_CORRUPT,
            "'%s' is damaged: %zu bytes do not fit what it says of its cells", path, size);
    return PF_OK;
}

pf_err pf_checkpoint_look(pf_ctx *ctx, const char *path, uint64_t *step)
{
    uint8_t bytes[8 * PF_HEAD_N];
    FILE *file = fopen(path, "rb");
    size_t n = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    if (!file) return pf_fail(ctx, PF_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    fclose(file);
    if (n < sizeof bytes || word(bytes, 8) != pf_checkpoint_magic())
        return pf_fail(
            ctx, PF_ERR_CORRUPT, "'%s' is no checkpoint of a tissue, or damaged", path);
    if (word(bytes + 8 * PF_HEAD_FORMAT, 8) != PF_CHECKPOINT_FORMAT)
        return pf_fail(ctx, PF_ERR_VERSION, "'%s' was written by another version", path);
    *step = word(bytes + 8 * PF_HEAD_STEP, 8);
    return PF_OK;
}

/* Room for what comes. */
static pf_err widen(pf_ctx *ctx, pf_tissue *t, const uint64_t head[PF_HEAD_N])
{
    uint32_t slot;
    t->cells.n = t->rows = t->n_spare = t->n_life = t->n_event = 0;
    PF_TRY(pf_cells_reserve(ctx, &t->cells, (size_t)head[PF_HEAD_CELLS]));
    while (t->rows < head[PF_HEAD_ROWS]) PF_TRY(pf_tissue_row(ctx, t, &slot));
    for (; t->n_spare < head[PF_HEAD_SPARE]; t->n_spare++)
        PF_TRY(pf_reserve(ctx, &t->spare, &t->spare_capacity, t->n_spare, sizeof *t->spare));
    for (; t->n_event < head[PF_HEAD_EVENTS]; t->n_event++)
        PF_TRY(pf_reserve(ctx, &t->event, &t->event_capacity, t->n_event, sizeof *t->event));
    for (; t->n_life < head[PF_HEAD_LIVES]; t->n_life++)
        PF_TRY(pf_reserve(ctx, &t->life, &t->life_capacity, t->n_life, sizeof *t->life));
    t->cells.n = (size_t)head[PF_HEAD_CELLS];
    t->n_dead = t->n_fresh = 0;
    memset(t->row, 0, t->rows * sizeof *t->row);
    if (t->n_event) memset(t->event, 0, t->n_event * sizeof *t->event);
    if (t->n_life) memset(t->life, 0, t->n_life * sizeof *t->life);
    return PF_OK;
}

static int all_finite(const pf_cell *c)
{
    double sum = c->fluid + c->nucleus + c->cytoplasm + (double)c->clock + (double)c->turn +
                 (double)c->granules + (double)c->exhaustion;
    for (int k = 0; k < PF_MOLECULES_MAX; k++) {
        sum += (double)c->antigen[k] + (double)c->receptor[k];
        if ((c->lost >> k & 1) && c->antigen[k] != 0) return 0;
        if ((c->lost >> (PF_MOLECULES_MAX + k) & 1) && c->receptor[k] != 0) return 0;
    }
    return isfinite(sum) && c->fluid >= 0 && c->nucleus >= 0 && c->cytoplasm >= 0;
}

static int row_is_good(const pf_tissue *t, const pf_cell *c)
{
    return all_finite(c) && (c->target == UINT32_MAX || c->target < t->rows) &&
           c->state <= PF_CELL_GONE && c->moves <= 1 && c->fresh <= 1 &&
           c->class <= PF_KILLER_IDLE;
}

/* Every slot has one owner: a cell, or the list of those that are free. `taken` [rows]. */
static int cell_is_good(const pf_tissue *t, size_t i, uint8_t *taken)
{
    const pf_cells *c = &t->cells;
    uint32_t slot = c->slot[i];
    if (slot >= t->rows || taken[slot]++ || c->type[i] >= t->setup->n_type) return 0;
    const pf_cell *row = &t->row[slot];
    size_t phases = t->setup->type[c->type[i]].n_phase;
    double sum = c->radius[i];
    for (int d = 0; d < 3; d++) sum += c->at[d][i] + c->was[d][i] + (double)t->push[d][slot];
    for (size_t k = 0; k < pf_checkpoint_ruled(t->setup); k++) sum += (double)t->ruled[k][slot];
    return isfinite(sum) && c->radius[i] >= 0 && row_is_good(t, row) &&
           row->state != PF_CELL_GONE && (row->phase < phases || !row->phase);
}

static int spare_is_good(const pf_tissue *t, size_t i, uint8_t *taken)
{
    uint32_t slot = t->spare[i];
    return slot < t->rows && !taken[slot]++ && t->row[slot].state == PF_CELL_GONE;
}

static int events_are_good(const pf_tissue *t)
{
    int good = 1;
    for (size_t i = 0; i < t->n_event; i++)
        good &= isfinite(t->event[i].minute) && (int)t->event[i].kind >= 0 &&
                t->event[i].kind <= PF_CONTACT_LET_GO;
    for (size_t i = 0; i < t->n_life; i++)
        good &= isfinite(t->life[i].minute) && (int)t->life[i].kind >= 0 &&
                t->life[i].kind <= PF_LIFE_GONE && t->life[i].type < t->setup->n_type;
    return good;
}

static int fields_are_good(const pf_tissue *t)
{
    const pf_mesh *m = &t->setup->mesh;
    int good = 1;
    for (size_t s = 0; s < t->setup->n_substance; s++)
        for (size_t row = 0; row < m->n[1] * m->n[2]; row++) {
            const double *x = pf_field_values(t->field, s) + row * pf_field_stride(t->field);
            for (size_t i = 0; i < m->n[0]; i++) good &= isfinite(x[i]) && x[i] >= 0;
        }
    return good;
}

/* A whole file may still hold what no step would have left behind. */
static pf_err check(pf_ctx *ctx, const char *path, const pf_tissue *t, uint8_t *taken)
{
    for (size_t i = 0; i < t->cells.n; i++)
        if (!cell_is_good(t, i, taken))
            return pf_fail(ctx, PF_ERR_CORRUPT,
                "'%s' is damaged: its cell %zu cannot be one of this tissue", path, i + 1);
    for (size_t i = 0; i < t->n_spare; i++)
        if (!spare_is_good(t, i, taken))
            return pf_fail(ctx, PF_ERR_CORRUPT,
                "'%s' is damaged: its list of free places is not one", path);
    if (!events_are_good(t))
        return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' is damaged: unknown events", path);
    if (!fields_are_good(t))
        return pf_fail(ctx, PF_ERR_CORRUPT,
            "'%s' is damaged: a concentration is negative or not a number", path);
    return PF_OK;
}

static pf_err fill(pf_ctx *ctx, reader *r, const uint64_t head[PF_HEAD_N], pf_tissue *t)
{
    double fresh = t->law.largest;
    PF_TRY(widen(ctx, t, head));
    pf_checkpoint_columns(t, take, r);
    t->step = head[PF_HEAD_STEP];
    t->next_id = head[PF_HEAD_NEXT_ID];
    t->births = head[PF_HEAD_BIRTHS];
    t->kills = head[PF_HEAD_KILLS];
    memcpy(&t->law.largest, &head[PF_HEAD_LARGEST], sizeof t->law.largest);
    memcpy(t->deaths, &head[PF_HEAD_DEATHS], sizeof t->deaths);
    memcpy(t->mark, &head[PF_HEAD_MARKS], sizeof t->mark);
    if (!(t->law.largest >= fmin(1, fresh)) || !isfinite(pf_mechanics_edge(&t->law)))
        return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' is damaged: cells of no size", r->path);
    uint8_t *taken = pf_calloc(ctx, t->rows, 1);
    if (!taken) return PF_ERR_NO_MEMORY;
    pf_err err = check(ctx, r->path, t, taken);
    pf_free(taken);
    if (err) return err;
    for (size_t i = 0; i < t->cells.n; i++) {
        uint32_t slot = t->cells.slot[i];
        t->dead[slot] = t->row[slot].state != PF_CELL_ALIVE;
        t->n_dead += t->dead[slot];
        t->n_fresh += t->row[slot].fresh;
    }
    return pf_cells_box(ctx, &t->cells, t->law.low, t->law.high, pf_mechanics_edge(&t->law));
}

pf_err pf_checkpoint_parse(pf_ctx *ctx, const char *path, const char *bytes, size_t size,
    const pf_setup *setup, int threads, pf_tissue **out)
{
    const uint8_t *from = (const uint8_t *)bytes;
    uint64_t head[PF_HEAD_N];
    pf_tissue *t = NULL;
    *out = NULL;
    PF_TRY(check_head(ctx, path, from, size, setup, head));
    PF_TRY(pf_tissue_new(ctx, setup, threads, &t));
    reader r = {path, from + 8 * PF_HEAD_N};
    pf_err err = fill(ctx, &r, head, t);
    if (err)
        pf_tissue_free(t);
    else
        *out = t;
    return err;
}

pf_err pf_checkpoint_read(
    pf_ctx *ctx, const char *path, const pf_setup *setup, int threads, pf_tissue **out)
{
    char *bytes;
    size_t size;
    *out = NULL;
    PF_TRY(pf_file_read(ctx, path, SIZE_MAX / 2, &bytes, &size));
    pf_err err = pf_checkpoint_parse(ctx, path, bytes, size, setup, threads, out);
    pf_free(bytes);
    return err;
}
