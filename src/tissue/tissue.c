#include "tissue/tissue.h"

#include "model/elementary.h"
#include "tissue/ruled.h"

#include <math.h>
#include <string.h>

/* Events that have been read keep their memory up to so many. */
enum { LIFE_KEPT = 1 << 12 };

static void set_law(pf_tissue *t)
{
    const pf_setup *s = t->setup;
    pf_mechanics *m = &t->law;
    m->n_type = s->n_type;
    m->wall = s->wall;
    for (int d = 0; d < 3; d++) {
        m->low[d] = s->mesh.origin[d];
        m->high[d] = s->mesh.origin[d] + s->mesh.h * (double)s->mesh.n[d];
    }
    for (size_t i = 0; i < s->n_type; i++) {
        const pf_cell_type *a = &s->type[i];
        m->reach[i] = a->reach;
        for (size_t j = 0; j < s->n_type; j++) {
            const pf_cell_type *b = &s->type[j];
            size_t pair = i * s->n_type + j;
            m->adhesion[pair] =
                sqrt(a->adhesion * b->adhesion * a->affinity[j] * b->affinity[i]);
            m->repulsion[pair] = sqrt(a->repulsion * b->repulsion);
        }
        m->largest = fmax(m->largest, pf_real_cbrt(a->volume * 0.75 / M_PI));
    }
}

static pf_err set_exchange(pf_ctx *ctx, pf_tissue *t)
{
    const pf_setup *s = t->setup;
    size_t n = s->n_type * s->n_substance;
    t->exchange = pf_calloc(ctx, 2 * n, sizeof *t->exchange);
    if (!t->exchange) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_type; i++)
        for (size_t k = 0; k < s->n_substance; k++) {
            pf_uptake *u = &t->exchange[i * s->n_substance + k];
            u[0] = u[n] = s->type[i].exchange[k];
            u[n].secretion *= s->type[i].dead_secretion;
            u[n].uptake *= s->type[i].dead_uptake;
        }
    return PF_OK;
}

static pf_err build(pf_ctx *ctx, pf_tissue *t, int threads)
{
    const pf_setup *s = t->setup;
    PF_TRY(pf_crew_new(ctx, threads, &t->crew));
    PF_TRY(pf_field_new(ctx, &s->mesh, s->substance, s->n_substance, 0, &t->field));
    PF_TRY(pf_field_step_set(ctx, t->field, s->field_step));
    PF_TRY(pf_exchanger_new(ctx, &s->mesh, s->n_substance, &t->exchanger));
    PF_TRY(set_exchange(ctx, t));
    t->cycle = pf_calloc(ctx, s->n_type, sizeof *t->cycle);
    if (!t->cycle) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_type; i++) pf_cycle_law_of(&s->type[i], &t->cycle[i]);
    set_law(t);
    PF_TRY(pf_ruled_new(ctx, t));
    t->next_id = 1;
    PF_TRY(pf_tissue_place(ctx, t, -1, 0));
    return pf_cells_box(ctx, &t->cells, t->law.low, t->law.high, pf_mechanics_edge(&t->law));
}

pf_err pf_tissue_new(pf_ctx *ctx, const pf_setup *setup, int threads, pf_tissue **out)
{
    pf_tissue *t = pf_calloc(ctx, 1, sizeof *t);
    *out = NULL;
    if (!t) return PF_ERR_NO_MEMORY;
    t->setup = setup;
    pf_cells_init(&t->cells);
    pf_err err = build(ctx, t, threads);
    if (err)
        pf_tissue_free(t);
    else
        *out = t;
    return err;
}

void pf_tissue_free(pf_tissue *t)
{
    if (!t) return;
    pf_crew_free(t->crew);
    pf_field_free(t->field);
    pf_exchanger_free(t->exchanger);
    pf_cells_clear(&t->cells);
    for (int d = 0; d < 3; d++) pf_free(t->push[d]);
    pf_free(t->exchange);
    pf_free(t->dead);
    pf_free(t->cycle);
    pf_free(t->row);
    pf_free(t->spare);
    pf_free(t->deed);
    pf_free(t->spring);
    pf_free(t->event);
    pf_free(t->life);
    pf_free(t->fate);
    pf_ruled_free(t);
    pf_free(t);
}

double pf_tissue_minute(const pf_tissue *t)
{
    return (double)t->step * t->setup->mechanics_step;
}

pf_err pf_tissue_tell(pf_ctx *ctx, pf_tissue *t, size_t i, pf_life_kind kind, uint64_t other)
{
    static const pf_tally OF[] = {[PF_LIFE_PLACED] = PF_TALLY_PLACED,
        [PF_LIFE_BORN] = PF_TALLY_BORN,
        [PF_LIFE_APOPTOSIS] = PF_TALLY_APOPTOSES,
        [PF_LIFE_NECROSIS] = PF_TALLY_NECROSES};
    if (kind <= PF_LIFE_NECROSIS) t->tally[t->cells.type[i]][OF[kind]]++;
    if (kind == PF_LIFE_APOPTOSIS && other) t->tally[t->cells.type[i]][PF_TALLY_KILLED]++;
    PF_TRY(pf_reserve(ctx, &t->life, &t->life_capacity, t->n_life, sizeof *t->life));
    pf_life_event *e = &t->life[t->n_life++];
    *e = (pf_life_event){.minute = pf_tissue_minute(t),
        .id = t->cells.id[i],
        .other = other,
        .kind = kind,
        .type = t->cells.type[i]};
    for (int d = 0; d < 3; d++) e->at[d] = t->cells.at[d][i];
    return PF_OK;
}

static pf_err wider(pf_ctx *ctx, void *array, size_t n, size_t size)
{
    void *p;
    memcpy(&p, array, sizeof p);
    p = pf_regrow(ctx, p, n, size);
    if (!p) return PF_ERR_NO_MEMORY;
    memcpy(array, &p, sizeof p);
    return PF_OK;
}

static pf_err widen_rows(pf_ctx *ctx, pf_tissue *t, size_t least)
{
    size_t n = t->row_capacity + t->row_capacity / 16 + 1024;
    if (n < least) n = least;
    PF_TRY(wider(ctx, &t->row, n, sizeof *t->row));
    for (int d = 0; d < 3; d++) PF_TRY(wider(ctx, &t->push[d], n, sizeof *t->push[d]));
    PF_TRY(wider(ctx, &t->dead, n, sizeof *t->dead));
    PF_TRY(pf_ruled_rows(ctx, t, n));
    t->row_capacity = n;
    return PF_OK;
}

pf_err pf_tissue_row(pf_ctx *ctx, pf_tissue *t, uint32_t *slot)
{
    if (t->n_spare) {
        *slot = t->spare[--t->n_spare];
        t->dead[*slot] = 0;
        return PF_OK;
    }
    if (t->rows == t->row_capacity) PF_TRY(widen_rows(ctx, t, 0));
    *slot = (uint32_t)t->rows++;
    t->dead[*slot] = 0;
    return PF_OK;
}

void pf_tissue_body(pf_tissue *t, size_t type, uint32_t slot)
{
    t->dead[slot] = 1;
    for (int d = 0; d < 3; d++) t->push[d][slot] = 0;
    pf_ruled_die(t, type, slot);
}

pf_err pf_tissue_room(pf_ctx *ctx, pf_tissue *t, size_t more)
{
    pf_cells *c = &t->cells;
    if (more > UINT32_MAX) more = UINT32_MAX; /* too many for the store, which will say so */
    if (c->n + more > c->capacity) {
        size_t n = c->capacity + c->capacity / 16 + 1024;
        PF_TRY(pf_cells_reserve(ctx, c, n < c->n + more ? c->n + more : n));
    }
    if (t->rows + more > t->row_capacity + t->n_spare)
        PF_TRY(widen_rows(ctx, t, t->rows + more - t->n_spare));
    if (t->n_life + more > t->life_capacity) {
        PF_TRY(wider(ctx, &t->life, t->n_life + more, sizeof *t->life));
        t->life_capacity = t->n_life + more;
    }
    return PF_OK;
}

pf_err pf_tissue_add(pf_ctx *ctx, pf_tissue *t, size_t type, const double at[3])
{
    pf_cells *c = &t->cells;
    uint32_t slot;
    PF_TRY(pf_cells_more(ctx, c));
    PF_TRY(pf_tissue_row(ctx, t, &slot));
    size_t i = c->n++;
    pf_cell_born(&t->row[slot], &t->setup->type[type], t->setup->seed, t->next_id);
    pf_cell_settle(
        &t->row[slot], &t->setup->type[type], &t->cycle[type], t->setup->seed, t->next_id);
    pf_ruled_born(t, type, slot);
    for (int d = 0; d < 3; d++) {
        c->at[d][i] = at[d];
        c->was[d][i] = 0;
        t->push[d][slot] = 0;
    }
    c->radius[i] = pf_cell_radius(&t->row[slot]);
    t->law.largest = fmax(t->law.largest, c->radius[i]);
    c->id[i] = t->next_id++;
    c->slot[i] = slot;
    c->type[i] = (uint8_t)type;
    return pf_tissue_tell(ctx, t, i, PF_LIFE_PLACED, 0);
}

pf_uptakes pf_tissue_uptakes(pf_tissue *t)
{
    return (pf_uptakes){.of = t->exchange,
        .own = pf_ruled_exchange(t),
        .dead = t->n_dead ? t->dead : NULL,
        .of_dead = t->exchange + t->setup->n_type * t->setup->n_substance};
}

void pf_tissue_remove(pf_tissue *t, size_t i)
{
    uint32_t slot = t->cells.slot[i];
    t->row[slot].state = PF_CELL_GONE;
    t->row[slot].target = UINT32_MAX;
    pf_tissue_body(t, t->cells.type[i], slot);
    t->n_dead++; /* until its place is free */
}

pf_err pf_tissue_step(pf_ctx *ctx, pf_tissue *t)
{
    const pf_setup *s = t->setup;
    double minute = pf_tissue_minute(t);
    uint64_t each = (uint64_t)llround(s->phenotype_step / s->mechanics_step);
    if (!t->n_life && t->life_capacity > LIFE_KEPT) { /* e.g. after all were placed */
        pf_free(t->life);
        t->life = NULL;
        t->life_capacity = 0;
    }
    if (t->step && t->step % each == 0) PF_TRY(pf_tissue_phenotype(ctx, t));
    double largest = t->law.largest;
    /* The end of one step is the beginning of the next, to the last bit. */
    double before = t->step ? (double)(t->step - 1) * s->mechanics_step : 0;
    if (t->step) PF_TRY(pf_tissue_place(ctx, t, before, minute));
    if (t->law.largest >
        largest) /* who came is larger than all: the grid's cubes must be, too */
        PF_TRY(
            pf_cells_box(ctx, &t->cells, t->law.low, t->law.high, pf_mechanics_edge(&t->law)));
    pf_tissue_lap(t, PF_PART_PHENOTYPE);
    pf_cells_sort(&t->cells, t->crew);
    pf_tissue_lap(t, PF_PART_SORT);
    pf_ruled_fresh(t);
    pf_tissue_turn(t);
    pf_tissue_lap(t, PF_PART_MOTION);
    pf_uptakes rates = pf_tissue_uptakes(t);
    PF_TRY(pf_exchanger_apply(ctx, t->exchanger, &t->cells, &rates, t->crew, t->field));
    pf_tissue_lap(t, PF_PART_EXCHANGE);
    PF_TRY(pf_field_advance(
        ctx, t->field, t->crew, (size_t)llround(s->mechanics_step / s->field_step)));
    pf_tissue_lap(t, PF_PART_FIELDS);
    PF_TRY(pf_tissue_contacts(ctx, t));
    pf_tissue_lap(t, PF_PART_CONTACTS);
    pf_mechanics_step(
        &t->law, &t->cells, t->crew, t->push, t->spring, t->n_spring, s->mechanics_step);
    pf_tissue_lap(t, PF_PART_MECHANICS);
    t->step++;
    return PF_OK;
}

pf_bytes pf_tissue_size(const pf_tissue *t)
{
    size_t columns = t->ruled ? t->setup->rules->n_column : 0;
    size_t row = sizeof *t->row + 3 * sizeof *t->push[0] + sizeof *t->dead +
                 columns * sizeof **t->ruled + (t->holders ? sizeof *t->holders : 0);
    pf_bytes of[] = {
        pf_field_size(t->field), pf_exchanger_size(t->exchanger), pf_cells_size(&t->cells)};
    pf_bytes sum = {.cells = t->row_capacity * row + t->spare_capacity * sizeof *t->spare +
                             t->deed_capacity * sizeof *t->deed +
                             t->fate_capacity * sizeof *t->fate +
                             t->spring_capacity * sizeof *t->spring +
                             t->event_capacity * sizeof(pf_contact_event) +
                             t->life_capacity * sizeof *t->life};
    for (size_t i = 0; i < 3; i++) {
        sum.cells += of[i].cells;
        sum.domain += of[i].domain;
    }
    return sum;
}

size_t pf_tissue_alive(const pf_tissue *t, size_t type)
{
    size_t n = 0;
    for (size_t i = 0; i < t->cells.n; i++)
        n += t->row[t->cells.slot[i]].state == PF_CELL_ALIVE &&
             (type == t->setup->n_type || t->cells.type[i] == type);
    return n;
}
