/* phenotype.c: one slow step of all cells. They live in parallel, each for itself; who divides
 * or is gone is written down by position, and then done one after the other in that order. */
#include "tissue/direction.h"
#include "tissue/ruled.h"

#include <math.h>
#include <string.h>

/* What is told of a cell that comes into a state. */
static const pf_life_kind LIFE_OF[] = {[PF_CELL_APOPTOTIC] = PF_LIFE_APOPTOSIS,
    [PF_CELL_SWELLING] = PF_LIFE_NECROSIS,
    [PF_CELL_LYSED] = PF_LIFE_LYSIS,
    [PF_CELL_GONE] = PF_LIFE_GONE};

/* What has become of the cell at a position: the state that it came into, 0 (alive) where it
 * did not, or that it divides. */
enum { FATE_DIVIDES = 0x80 };

typedef struct {
    pf_tissue *t;
    uint64_t deaths[PF_CREW_MAX][PF_CELL_GONE + 1];
    double largest[PF_CREW_MAX];
} task;

/* Molecules that the cell loses for good, in a phenotype step or as a newborn. */
static void lose(pf_tissue *t, size_t i, pf_loss_when when)
{
    const pf_setup *s = t->setup;
    const pf_cell_type *type = &s->type[t->cells.type[i]];
    uint32_t slot = t->cells.slot[i];
    const pf_loss_chance by = {when, s->phenotype_step, s->seed, t->cells.id[i], t->step};
    if (pf_type_loses(type, when) && pf_cell_lose(&t->row[slot], type, &by))
        pf_ruled_lose(t, t->cells.type[i], slot);
}

static void live(void *payload, int who, int of)
{
    task *k = payload;
    pf_tissue *t = k->t;
    const pf_setup *s = t->setup;
    pf_cells *c = &t->cells;
    size_t first, last;
    pf_share(c->n, who, of, &first, &last);
    for (size_t i = first; i < last; i++) {
        pf_cell *row = &t->row[c->slot[i]];
        size_t kind = c->type[i];
        const pf_cell_type *type = &s->type[kind];
        double leave = type->n_phase ? type->phase[row->phase].rate : 0;
        pf_life_rates rates = {
            .leave = pf_ruled(t, kind, PF_DO_EXIT + row->phase, c->slot[i], leave),
            .apoptosis = pf_ruled(t, kind, PF_DO_APOPTOSIS, c->slot[i], type->apoptosis),
            .necrosis = pf_ruled(t, kind, PF_DO_NECROSIS, c->slot[i], type->necrosis)};
        int before = row->state;
        double draw[3];
        pf_cell_draws(s->seed, c->id[i], t->step, PF_STREAM_LIFE, draw, 3);
        int divides = pf_cell_live(row, type, &rates, s->phenotype_step, draw);
        int other = row->state != before;
        if (row->state == PF_CELL_ALIVE) lose(t, i, PF_LOSS_TIME);
        t->fate[i] = (uint8_t)((divides ? FATE_DIVIDES : 0) | (other ? row->state : 0));
        if (other) k->deaths[who][row->state]++;
        if (row->state != PF_CELL_ALIVE && before == PF_CELL_ALIVE)
            pf_tissue_body(t, kind, c->slot[i]);
        c->radius[i] = pf_cell_radius(row);
        k->largest[who] = fmax(k->largest[who], c->radius[i]);
    }
}

/* The cell at `i` becomes two, side by side along an axis of chance, touching where it was. */
static pf_err divide(pf_ctx *ctx, pf_tissue *t, size_t i)
{
    pf_cells *c = &t->cells;
    uint32_t slot;
    double u[2];
    PF_TRY(pf_cells_more(ctx, c));
    PF_TRY(pf_tissue_row(ctx, t, &slot));
    pf_cell *mother = &t->row[c->slot[i]];
    size_t j = c->n++;
    c->id[j] = pf_cell_daughter(c->id[i], mother->divisions);
    pf_cell_divide(mother, &t->row[slot], c->id[i]);
    pf_ruled_divide(t, c->slot[i], slot);
    pf_cell_draws(t->setup->seed, c->id[i], t->step, PF_STREAM_AXIS, u, 2);
    double axis[3], half = pf_cell_radius(mother) / 2;
    pf_direction(u, axis);
    for (int d = 0; d < 3; d++) {
        double at = c->at[d][i];
        c->at[d][j] = fmin(fmax(at + half * axis[d], t->law.low[d]), t->law.high[d]);
        c->at[d][i] = fmin(fmax(at - half * axis[d], t->law.low[d]), t->law.high[d]);
        c->was[d][j] = c->was[d][i];
        t->push[d][slot] = t->push[d][c->slot[i]];
    }
    c->radius[i] = c->radius[j] = 2 * half;
    c->slot[j] = slot;
    c->type[j] = c->type[i];
    lose(t, j, PF_LOSS_DIVISION);
    t->births++;
    return pf_tissue_tell(ctx, t, j, PF_LIFE_BORN, c->id[i]);
}

/* Who is gone leaves room; the others keep their order. */
static pf_err leave(pf_ctx *ctx, pf_tissue *t, size_t n)
{
    pf_cells *c = &t->cells;
    size_t to = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (i < n && t->fate[i] == PF_CELL_GONE) {
            PF_TRY(
                pf_reserve(ctx, &t->spare, &t->spare_capacity, t->n_spare, sizeof *t->spare));
            t->spare[t->n_spare++] = c->slot[i];
            t->n_dead--;
            continue;
        }
        if (to < i) {
            for (int d = 0; d < 3; d++) {
                c->at[d][to] = c->at[d][i];
                c->was[d][to] = c->was[d][i];
            }
            c->radius[to] = c->radius[i];
            c->id[to] = c->id[i];
            c->slot[to] = c->slot[i];
            c->type[to] = c->type[i];
        }
        to++;
    }
    c->n = to;
    return PF_OK;
}

pf_err pf_tissue_phenotype(pf_ctx *ctx, pf_tissue *t)
{
    task k = {.t = t};
    size_t n = t->cells.n, gone = 0;
    if (n > t->fate_capacity) {
        pf_free(t->fate);
        t->fate_capacity = 0;
        t->fate = pf_calloc(ctx, n + n / 16, sizeof *t->fate);
        if (!t->fate) return PF_ERR_NO_MEMORY;
        t->fate_capacity = n + n / 16;
    }
    /* Memory that is short is missed before anybody lives, not in the middle of divisions. */
    PF_TRY(pf_tissue_room(ctx, t, n / 32 + 64));
    pf_ruled_answer(t);
    pf_tissue_lap(t, PF_PART_RULES);
    pf_crew_run(t->crew, live, &k);
    t->law.largest = 1;
    for (int w = 0; w < pf_crew_size(t->crew); w++) {
        t->n_dead += k.deaths[w][PF_CELL_APOPTOTIC] + k.deaths[w][PF_CELL_SWELLING];
        for (int d = 0; d <= PF_CELL_GONE; d++) t->deaths[d] += k.deaths[w][d];
        t->law.largest = fmax(t->law.largest, k.largest[w]);
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t fate = t->fate[i];
        if (fate == FATE_DIVIDES)
            PF_TRY(divide(ctx, t, i));
        else if (fate)
            PF_TRY(pf_tissue_tell(ctx, t, i, LIFE_OF[fate], 0));
        gone += fate == PF_CELL_GONE;
    }
    if (gone) PF_TRY(leave(ctx, t, n));
    return pf_cells_box(ctx, &t->cells, t->law.low, t->law.high, pf_mechanics_edge(&t->law));
}
