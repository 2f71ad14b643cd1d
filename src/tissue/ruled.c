#include "tissue/ruled.h"

#include "tissue/words.h"

#include <math.h>
#include <string.h>

pf_err pf_ruled_new(pf_ctx *ctx, pf_tissue *t)
{
    const pf_rules *r = t->setup->rules;
    if (!r || !r->n) return PF_OK;
    t->ruled = pf_calloc(ctx, r->n_column, sizeof *t->ruled);
    t->own = pf_calloc(ctx, t->setup->n_type * t->setup->n_substance, sizeof *t->own);
    return t->ruled && t->own ? PF_OK : PF_ERR_NO_MEMORY;
}

void pf_ruled_free(pf_tissue *t)
{
    for (size_t k = 0; t->ruled && k < t->setup->rules->n_column; k++) pf_free(t->ruled[k]);
    pf_free(t->ruled);
    pf_free(t->own);
    pf_free(t->holders);
}

pf_err pf_ruled_rows(pf_ctx *ctx, pf_tissue *t, size_t rows)
{
    const pf_rules *r = t->setup->rules;
    for (size_t k = 0; t->ruled && k < r->n_column; k++) {
        float *more = pf_regrow(ctx, t->ruled[k], rows, sizeof *more);
        if (!more) return PF_ERR_NO_MEMORY;
        t->ruled[k] = more;
    }
    if (!t->ruled || !r->held) return PF_OK;
    uint16_t *more = pf_regrow(ctx, t->holders, rows, sizeof *more);
    if (!more) return PF_ERR_NO_MEMORY;
    t->holders = more;
    return PF_OK;
}

/* Before any rule: of a molecule the cell's own number. */
static double base_of(const pf_cell_type *type, const pf_cell *row, int b)
{
    if (b >= PF_DO_ANTIGEN && b < PF_DO_RECEPTOR)
        return (double)row->antigen[b - PF_DO_ANTIGEN];
    if (b >= PF_DO_RECEPTOR && b < PF_DO_APOPTOSIS)
        return (double)row->receptor[b - PF_DO_RECEPTOR];
    return pf_behaviour_base(type, b);
}

/* What dying makes of a behaviour. */
static double dying(const pf_cell_type *type, int b)
{
    if (b >= PF_DO_SECRETION && b < PF_DO_TARGET) return type->dead_secretion;
    return b >= PF_DO_UPTAKE && b < PF_DO_ANTIGEN ? type->dead_uptake : 1;
}

void pf_ruled_die(pf_tissue *t, size_t type, uint32_t slot)
{
    const pf_rules *r = t->setup->rules;
    for (int b = PF_DO_SECRETION; t->ruled && b < PF_DO_ANTIGEN; b++) {
        int column = r->column[type * PF_DO_COUNT + (size_t)b];
        if (column >= 0) t->ruled[column][slot] *= (float)dying(&t->setup->type[type], b);
    }
}

/* Rules will be asked about this cell before the others are. */
static void mark(pf_tissue *t, uint32_t slot)
{
    if (!t->ruled) return;
    t->row[slot].fresh = 1;
    t->n_fresh++;
}

void pf_ruled_born(pf_tissue *t, size_t type, uint32_t slot)
{
    const pf_rules *r = t->setup->rules;
    for (size_t k = 0; t->ruled && k < r->n_column; k++)
        t->ruled[k][slot] =
            (float)base_of(&t->setup->type[type], &t->row[slot], r->behaviour[k]);
    mark(t, slot);
}

void pf_ruled_divide(pf_tissue *t, uint32_t mother, uint32_t daughter)
{
    for (size_t k = 0; t->ruled && k < t->setup->rules->n_column; k++)
        t->ruled[k][daughter] = t->ruled[k][mother];
    mark(t, mother);
    mark(t, daughter);
}

/* Is this behaviour a molecule that the cell has lost? */
static int is_lost(const pf_cell *row, int behaviour)
{
    return behaviour >= PF_DO_ANTIGEN && behaviour < PF_DO_APOPTOSIS &&
           (row->lost >> (behaviour - PF_DO_ANTIGEN) & 1);
}

void pf_ruled_lose(pf_tissue *t, size_t type, uint32_t slot)
{
    const pf_rules *r = t->setup->rules;
    for (int b = PF_DO_ANTIGEN; t->ruled && b < PF_DO_APOPTOSIS; b++) {
        int column = r->column[type * PF_DO_COUNT + (size_t)b];
        if (column >= 0 && is_lost(&t->row[slot], b)) t->ruled[column][slot] = 0;
    }
}

/* ---- senses ---- */

/* What the neighbours of the cell at `i` tell. */
static void feel(const pf_tissue *t, size_t i, double *signal)
{
    const pf_cells *c = &t->cells;
    pf_runs r = pf_cells_around(c, c->cube[i]);
    double own = c->radius[i], reach = own * t->law.reach[c->type[i]], pressure = 0;
    for (size_t n = 0; n < r.n; n++)
        for (size_t j = r.from[n]; j < r.to[n]; j++) {
            double x = c->at[0][j] - c->at[0][i], y = c->at[1][j] - c->at[1][i],
                   z = c->at[2][j] - c->at[2][i], squared = x * x + y * y + z * z;
            double touch = own + c->radius[j],
                   within = reach + c->radius[j] * t->law.reach[c->type[j]];
            if (j == i || squared >= within * within) continue;
            int alive = t->row[c->slot[j]].state == PF_CELL_ALIVE;
            signal[alive ? PF_SENSE_LIVE : PF_SENSE_DEAD]++;
            if (alive) signal[PF_SENSE_CONTACT + c->type[j]]++;
            if (squared >= touch * touch) continue;
            double overlap = 1 - sqrt(squared) / touch;
            pressure += overlap * overlap;
        }
    signal[PF_SENSE_PRESSURE] = pressure / PF_PRESSURE_ONE;
}

static void taste(pf_tissue *t, size_t i, const uint8_t *hears, double *signal)
{
    uint32_t voxel = pf_tissue_voxel(t, i);
    for (size_t s = 0; s < t->setup->n_substance; s++) {
        double g[3];
        if (hears[PF_SENSE_LEVEL + s])
            signal[PF_SENSE_LEVEL + s] = pf_field_values(t->field, s)[voxel];
        if (!hears[PF_SENSE_GRADIENT + s]) continue;
        pf_tissue_gradient(t, s, voxel, g);
        signal[PF_SENSE_GRADIENT + s] = sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2]);
    }
}

/* The number of a molecule that the cell has now. */
static double molecule(const pf_tissue *t, size_t type, uint32_t slot, int behaviour)
{
    return pf_ruled(
        t, type, behaviour, slot, base_of(&t->setup->type[type], &t->row[slot], behaviour));
}

static void sense(pf_tissue *t, size_t i, double *signal)
{
    const pf_rules *r = t->setup->rules;
    size_t type = t->cells.type[i];
    uint32_t slot = t->cells.slot[i];
    const pf_cell *row = &t->row[slot];
    const uint8_t *hears = r->hears + type * PF_SENSE_COUNT;
    memset(signal, 0, PF_SENSE_COUNT * sizeof *signal);
    taste(t, i, hears, signal);
    if (r->walks[type]) feel(t, i, signal);
    for (int k = 0; k < PF_MOLECULES_MAX; k++) {
        signal[PF_SENSE_ANTIGEN + k] = molecule(t, type, slot, PF_DO_ANTIGEN + k);
        signal[PF_SENSE_RECEPTOR + k] = molecule(t, type, slot, PF_DO_RECEPTOR + k);
    }
    signal[PF_SENSE_VOLUME] = row->fluid + row->nucleus + row->cytoplasm;
    signal[PF_SENSE_TIME] = pf_tissue_minute(t);
    signal[PF_SENSE_KILLS] = row->kills;
    signal[PF_SENSE_GRANULES] = (double)row->granules;
    signal[PF_SENSE_EXHAUSTION] = (double)row->exhaustion;
    signal[PF_SENSE_BOUND] = row->state == PF_CELL_ALIVE && row->target != UINT32_MAX;
    if (r->held) signal[PF_SENSE_HELD] = t->holders[slot];
}

typedef struct {
    pf_tissue *t;
    int fresh; /* only who has just come */
} asking;

static void answer(void *payload, int who, int of)
{
    const asking *a = payload;
    pf_tissue *t = a->t;
    const pf_rules *r = t->setup->rules;
    double signal[PF_SENSE_COUNT];
    size_t first, last;
    pf_share(t->cells.n, who, of, &first, &last);
    for (size_t i = first; i < last; i++) {
        size_t type = t->cells.type[i];
        uint32_t slot = t->cells.slot[i];
        pf_cell *row = &t->row[slot];
        if (a->fresh && !row->fresh) continue;
        row->fresh = 0;
        if (r->first[type] == r->first[type + 1]) continue;
        sense(t, i, signal);
        for (size_t k = r->first[type]; k < r->first[type + 1]; k++) {
            const pf_answer *p = &r->response[k];
            double base = base_of(&t->setup->type[type], row, p->behaviour);
            int dead = row->state != PF_CELL_ALIVE;
            if (dead) base *= dying(&t->setup->type[type], p->behaviour);
            t->ruled[p->column][slot] = is_lost(row, p->behaviour)
                                            ? 0
                                            : (float)pf_answer_value(r, p, signal, dead, base);
        }
    }
}

/* Who is held by how many. A cell dies before it leaves its slot, and is let go in the step of
 * the mechanics after that: slots of targets mean who they meant. */
static void count_holders(pf_tissue *t)
{
    memset(t->holders, 0, t->rows * sizeof *t->holders);
    for (size_t i = 0; i < t->cells.n; i++) {
        const pf_cell *row = &t->row[t->cells.slot[i]];
        if (row->state == PF_CELL_ALIVE && row->target != UINT32_MAX &&
            t->holders[row->target] < UINT16_MAX)
            t->holders[row->target]++;
    }
}

static void ask(pf_tissue *t, int fresh)
{
    asking a = {t, fresh};
    if (t->setup->rules->held) count_holders(t);
    pf_crew_run(t->crew, answer, &a);
    t->n_fresh = 0;
}

void pf_ruled_answer(pf_tissue *t)
{
    if (!t->ruled) return;
    if (t->setup->rules->neighbours) pf_cells_sort(&t->cells, t->crew);
    ask(t, 0);
}

void pf_ruled_fresh(pf_tissue *t)
{
    if (t->ruled && t->n_fresh) ask(t, 1);
}

/* ---- answers ---- */

static const float *column_of(const pf_tissue *t, size_t type, int behaviour)
{
    int column = t->setup->rules->column[type * PF_DO_COUNT + (size_t)behaviour];
    return column < 0 ? NULL : t->ruled[column];
}

const pf_uptake_own *pf_ruled_exchange(pf_tissue *t)
{
    const pf_setup *s = t->setup;
    if (!t->ruled) return NULL;
    for (size_t type = 0; type < s->n_type; type++)
        for (size_t k = 0; k < s->n_substance; k++)
            t->own[type * s->n_substance + k] =
                (pf_uptake_own){column_of(t, type, PF_DO_SECRETION + (int)k),
                    column_of(t, type, PF_DO_TARGET + (int)k),
                    column_of(t, type, PF_DO_UPTAKE + (int)k)};
    return t->own;
}

const pf_killer *pf_ruled_killer(
    const pf_tissue *t, size_t type, uint32_t slot, pf_killer *scratch)
{
    const pf_killer *k = &t->setup->type[type].killer;
    int any = 0;
    for (int b = PF_DO_BIND; t->ruled && b <= PF_DO_REFILL; b++)
        any |= t->setup->rules->column[type * PF_DO_COUNT + (size_t)b] >= 0;
    if (!any) return k;
    *scratch = *k;
    scratch->bind = pf_ruled(t, type, PF_DO_BIND, slot, k->bind);
    scratch->attempts = pf_ruled(t, type, PF_DO_ATTEMPTS, slot, k->attempts);
    scratch->hold = pf_ruled(t, type, PF_DO_HOLD, slot, k->hold);
    scratch->slow = pf_ruled(t, type, PF_DO_SLOW, slot, k->slow);
    scratch->refill = pf_ruled(t, type, PF_DO_REFILL, slot, k->refill);
    return scratch;
}

int pf_ruled_kills(const pf_tissue *t, size_t type)
{
    if (t->setup->type[type].killer.bind > 0) return 1;
    return t->ruled && t->setup->rules->column[type * PF_DO_COUNT + PF_DO_BIND] >= 0;
}

/* Some molecule of the type is what rules make it. */
static int has_molecules(const pf_tissue *t, size_t type)
{
    for (int b = PF_DO_ANTIGEN; t->ruled && b < PF_DO_APOPTOSIS; b++)
        if (t->setup->rules->column[type * PF_DO_COUNT + (size_t)b] >= 0) return 1;
    return 0;
}

/* The row with the molecules that the cell has now. */
static const pf_cell *present(const pf_tissue *t, size_t i, pf_cell *scratch)
{
    size_t type = t->cells.type[i];
    uint32_t slot = t->cells.slot[i];
    if (!has_molecules(t, type)) return &t->row[slot];
    *scratch = t->row[slot];
    for (int k = 0; k < PF_MOLECULES_MAX; k++) {
        scratch->antigen[k] = (float)molecule(t, type, slot, PF_DO_ANTIGEN + k);
        scratch->receptor[k] = (float)molecule(t, type, slot, PF_DO_RECEPTOR + k);
    }
    return scratch;
}

/* Drugs at the target, of those that the killer's pairs know. */
static void levels(const pf_tissue *t, const pf_killer *k, size_t at, double *level)
{
    if (!(k->drug[0].half > 0)) return;
    uint32_t voxel = pf_tissue_voxel(t, at);
    for (int i = 0; i < PF_DRUG_PAIRS_MAX && k->drug[i].half > 0; i++)
        level[k->drug[i].substance] = pf_field_values(t->field, k->drug[i].substance)[voxel];
}

double pf_ruled_recognition(
    const pf_tissue *t, const pf_killer *k, size_t killer_at, size_t target_at)
{
    pf_cell a, b;
    double level[PF_SUBSTANCES_MAX];
    levels(t, k, target_at, level);
    return pf_recognition(
        &(pf_meeting){k, present(t, killer_at, &a), present(t, target_at, &b), level});
}

double pf_ruled_slow_share(
    const pf_tissue *t, const pf_killer *k, size_t killer_at, size_t target_at)
{
    pf_cell a, b;
    double level[PF_SUBSTANCES_MAX];
    levels(t, k, target_at, level);
    return pf_slow_share(
        &(pf_meeting){k, present(t, killer_at, &a), present(t, target_at, &b), level});
}
