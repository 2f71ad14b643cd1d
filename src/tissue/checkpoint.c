#include "tissue/checkpoint_parts.h"

#include "base/file.h"
#include "tissue/rules.h"

#include <stddef.h>
#include <string.h>

uint64_t pf_checkpoint_magic(void)
{
    uint64_t x = 0;
    for (int i = 0; i < 8; i++) x |= (uint64_t)(uint8_t) "PFTISSUE"[i] << 8 * i;
    return x;
}

/* ---- the list ---- */

typedef struct {
    size_t offset, size, count;
} member;

#define MEMBER(type, name, element, count)                                                     \
    {                                                                                          \
        offsetof(type, name), sizeof(element), count                                           \
    }

static const member CELL[] = {MEMBER(pf_cell, mother, uint64_t, 1),
    MEMBER(pf_cell, held, uint64_t, 1), MEMBER(pf_cell, fluid, double, 1),
    MEMBER(pf_cell, nucleus, double, 1), MEMBER(pf_cell, cytoplasm, double, 1),
    MEMBER(pf_cell, target, uint32_t, 1), MEMBER(pf_cell, clock, float, 1),
    MEMBER(pf_cell, turn, float, 1), MEMBER(pf_cell, granules, float, 1),
    MEMBER(pf_cell, exhaustion, float, 1), MEMBER(pf_cell, antigen, float, PF_MOLECULES_MAX),
    MEMBER(pf_cell, receptor, float, PF_MOLECULES_MAX), MEMBER(pf_cell, divisions, uint16_t, 1),
    MEMBER(pf_cell, kills, uint16_t, 1), MEMBER(pf_cell, phase, uint8_t, 1),
    MEMBER(pf_cell, state, uint8_t, 1), MEMBER(pf_cell, moves, uint8_t, 1),
    MEMBER(pf_cell, class, uint8_t, 1), MEMBER(pf_cell, fresh, uint8_t, 1),
    MEMBER(pf_cell, lost, uint8_t, 1)};
static const member EVENT[] = {MEMBER(pf_contact_event, minute, double, 1),
    MEMBER(pf_contact_event, killer, uint64_t, 1),
    MEMBER(pf_contact_event, target, uint64_t, 1), MEMBER(pf_contact_event, at, double, 3),
    MEMBER(pf_contact_event, kind, uint32_t, 1)};
static const member LIFE[] = {MEMBER(pf_life_event, minute, double, 1),
    MEMBER(pf_life_event, id, uint64_t, 1), MEMBER(pf_life_event, other, uint64_t, 1),
    MEMBER(pf_life_event, at, double, 3), MEMBER(pf_life_event, kind, uint32_t, 1),
    MEMBER(pf_life_event, type, uint8_t, 1)};

_Static_assert(sizeof(pf_contact_kind) == 4 && sizeof(pf_life_kind) == 4, "as listed above");
_Static_assert(sizeof(pf_cell) == 104, "pf_cell has changed: list its new members above");

/* A list of records, one column for each element of each member. */
static void records(
    const member *list, size_t n_list, pf_column column, pf_column_fn fn, void *payload)
{
    char *first = column.first;
    for (size_t k = 0; k < n_list; k++)
        for (size_t i = 0; i < list[k].count; i++) {
            column.first = first ? first + list[k].offset + i * list[k].size : NULL;
            column.size = list[k].size;
            fn(payload, &column);
        }
}

void pf_checkpoint_columns(const pf_tissue *t, pf_column_fn fn, void *payload)
{
    const pf_cells *c = &t->cells;
    const pf_mesh *m = &t->setup->mesh;
    for (size_t k = 0; k < t->setup->n_type; k++)
        fn(payload, &(pf_column){(void *)(uintptr_t)t->tally[k], PF_TALLIES, 8, 8});
    for (int d = 0; d < 3; d++) {
        fn(payload, &(pf_column){c->at[d], c->n, 8, 8});
        fn(payload, &(pf_column){c->was[d], c->n, 8, 8});
    }
    fn(payload, &(pf_column){c->radius, c->n, 8, 8});
    fn(payload, &(pf_column){c->id, c->n, 8, 8});
    fn(payload, &(pf_column){c->slot, c->n, 4, 4});
    fn(payload, &(pf_column){c->type, c->n, 1, 1});
    for (int d = 0; d < 3; d++) fn(payload, &(pf_column){t->push[d], t->rows, 4, 4});
    records(CELL, PF_COUNT(CELL), (pf_column){t->row, t->rows, 0, sizeof *t->row}, fn, payload);
    for (size_t k = 0; k < pf_checkpoint_ruled(t->setup); k++)
        fn(payload, &(pf_column){t->ruled[k], t->rows, 4, 4});
    fn(payload, &(pf_column){t->spare, t->n_spare, 4, 4});
    for (size_t s = 0; s < t->setup->n_substance; s++)
        for (size_t row = 0; row < m->n[1] * m->n[2]; row++)
            fn(payload,
                &(pf_column){pf_field_values(t->field, s) + row * pf_field_stride(t->field),
                    m->n[0], 8, 8});
    records(EVENT, PF_COUNT(EVENT), (pf_column){t->event, t->n_event, 0, sizeof *t->event}, fn,
        payload);
    records(
        LIFE, PF_COUNT(LIFE), (pf_column){t->life, t->n_life, 0, sizeof *t->life}, fn, payload);
}

static uint64_t width(const member *list, size_t n)
{
    uint64_t bytes = 0;
    for (size_t k = 0; k < n; k++) bytes += list[k].size * list[k].count;
    return bytes;
}

size_t pf_checkpoint_ruled(const pf_setup *s)
{
    return s->rules && s->rules->n ? s->rules->n_column : 0;
}

uint64_t pf_checkpoint_bytes(const pf_setup *s, const uint64_t head[PF_HEAD_N])
{
    const uint64_t part[][2] = {{s->n_type, 8 * PF_TALLIES},
        {head[PF_HEAD_CELLS], 8 * 8 + 4 + 1},
        {head[PF_HEAD_ROWS], (3 + pf_checkpoint_ruled(s)) * 4 + width(CELL, PF_COUNT(CELL))},
        {head[PF_HEAD_SPARE], 4},
        {s->n_substance * s->mesh.n[0] * s->mesh.n[1] * s->mesh.n[2], 8},
        {head[PF_HEAD_EVENTS], width(EVENT, PF_COUNT(EVENT))},
        {head[PF_HEAD_LIVES], width(LIFE, PF_COUNT(LIFE))}};
    uint64_t bytes = 0;
    for (size_t k = 0; k < PF_COUNT(part); k++) {
        if (part[k][0] > (uint64_t)1 << 48) return 0;
        bytes += part[k][0] * part[k][1];
    }
    return bytes;
}

/* ---- writing ---- */

typedef struct {
    pf_sink *sink;
    uint64_t hash;
    size_t used;
    uint8_t block[1 << 14];
} writer;

static void flush(writer *w)
{
    w->hash = pf_hash(w->hash, w->block, w->used);
    pf_sink_put(w->sink, w->block, w->used);
    w->used = 0;
}

static uint64_t load(const char *from, size_t size)
{
    uint8_t a;
    uint16_t b;
    uint32_t c;
    uint64_t d;
    switch (size) {
    case 1:
        memcpy(&a, from, sizeof a);
        return a;
    case 2:
        memcpy(&b, from, sizeof b);
        return b;
    case 4:
        memcpy(&c, from, sizeof c);
        return c;
    default:
        memcpy(&d, from, sizeof d);
        return d;
    }
}

static void put(void *payload, const pf_column *column)
{
    writer *w = payload;
    const char *from = column->first;
    for (size_t i = 0; i < column->n; i++, from += column->stride) {
        uint64_t x = load(from, column->size);
        if (w->used + 8 > sizeof w->block) flush(w);
        for (size_t b = 0; b < column->size; b++) w->block[w->used++] = (uint8_t)(x >> 8 * b);
    }
}

static void fill_head(const pf_tissue *t, uint64_t head[PF_HEAD_N])
{
    const uint64_t known[] = {[PF_HEAD_MAGIC] = pf_checkpoint_magic(),
        [PF_HEAD_FORMAT] = PF_CHECKPOINT_FORMAT,
        [PF_HEAD_SETUP] = pf_setup_hash(t->setup),
        [PF_HEAD_CELLS] = t->cells.n,
        [PF_HEAD_ROWS] = t->rows,
        [PF_HEAD_SPARE] = t->n_spare,
        [PF_HEAD_EVENTS] = t->n_event,
        [PF_HEAD_LIVES] = t->n_life,
        [PF_HEAD_STEP] = t->step,
        [PF_HEAD_NEXT_ID] = t->next_id,
        [PF_HEAD_BIRTHS] = t->births,
        [PF_HEAD_KILLS] = t->kills};
    memcpy(head, known, sizeof known);
    memcpy(&head[PF_HEAD_LARGEST], &t->law.largest, sizeof t->law.largest);
    memcpy(&head[PF_HEAD_DEATHS], t->deaths, sizeof t->deaths);
    memcpy(&head[PF_HEAD_MARKS], t->mark, sizeof t->mark);
}

pf_err pf_checkpoint_write(pf_ctx *ctx, const char *path, const pf_tissue *t)
{
    uint64_t head[PF_HEAD_N];
    writer *w = pf_calloc(ctx, 1, sizeof *w);
    if (!w) return PF_ERR_NO_MEMORY;
    pf_err err = pf_sink_open(ctx, path, &w->sink);
    if (!err) {
        fill_head(t, head);
        put(w, &(pf_column){head, PF_HEAD_N, 8, 8});
        pf_checkpoint_columns(t, put, w);
        flush(w);
        uint64_t hash = w->hash;
        put(w, &(pf_column){&hash, 1, 8, 8});
        flush(w);
        err = pf_sink_commit(ctx, w->sink);
    }
    pf_free(w);
    return err;
}
