#include "trial/couple.h"

#include "model/elementary.h"
#include "model/hyperbolic.h"
#include "tissue/contact.h"
#include "tissue/placing.h"

#include <math.h>
#include <string.h>

#define DAY 1440.0 /* min */

struct pf_couple {
    const pf_study_tissue *how;
    pf_setup setup; /* the study's, with numbers of this patient */
    pf_cell_type type[PF_CELL_TYPES_MAX];
    pf_placement *placement; /* [n_placement] without the killers' */
    pf_placement where;      /* where killers come */
    pf_tissue *t;
    size_t n_new, new_capacity, placed, skip, total; /* total: who have come so far */
    double (*place)[3]; /* [n_new] of those who come until the next exchange */
    /* since the last exchange */
    double target_days[2], killer_days;
};

/* ---- making one ---- */

pf_err pf_couple_new(pf_ctx *ctx, const pf_study_tissue *how, uint64_t seed, pf_couple **out)
{
    const pf_setup *s = how->setup;
    size_t n = 0;
    *out = NULL;
    pf_couple *c = pf_calloc(ctx, 1, sizeof *c);
    if (!c) return PF_ERR_NO_MEMORY;
    c->how = how;
    c->setup = *s;
    c->placement = pf_calloc(ctx, s->n_placement, sizeof *c->placement);
    if (!c->placement) {
        pf_couple_free(c);
        return PF_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < s->n_placement; i++)
        if (s->placement[i].type != how->killers) c->placement[n++] = s->placement[i];
    memcpy(c->type, s->type, s->n_type * sizeof *c->type);
    c->setup.placement = c->placement;
    c->setup.n_placement = n;
    c->setup.type = c->type;
    c->setup.seed = seed;
    c->where = s->placement[how->arrivals];
    pf_err err = pf_tissue_new(ctx, &c->setup, 1, &c->t);
    if (err)
        pf_couple_free(c);
    else
        *out = c;
    return err;
}

void pf_couple_free(pf_couple *c)
{
    if (!c) return;
    pf_tissue_free(c->t);
    pf_free(c->placement);
    pf_free(c->place);
    pf_free(c);
}

/* ---- who comes and goes ---- */

static size_t targets_alive(const pf_couple *c)
{
    size_t n = pf_tissue_alive(c->t, c->how->tumour);
    return c->how->escaped == SIZE_MAX ? n : n + pf_tissue_alive(c->t, c->how->escaped);
}

static pf_err note_place(pf_ctx *ctx, void *payload, const double at[3])
{
    pf_couple *c = payload;
    if (c->skip) {
        c->skip--;
        return PF_OK;
    }
    PF_TRY(pf_reserve(ctx, &c->place, &c->new_capacity, c->n_new, sizeof *c->place));
    memcpy(c->place[c->n_new++], at, sizeof *c->place);
    return PF_OK;
}

/* Where `n` new ones will come: the next places of those by chance that the file describes (the
 * same vessels at every exchange); those of a list in turn. */
static pf_err plan_arrivals(pf_ctx *ctx, pf_couple *c, size_t n)
{
    pf_setup s = c->setup;
    pf_placement p = c->where;
    int list = p.kind == PF_PLACE_LIST;
    p.count = c->total + n;
    p.rate = p.every = 0;
    p.packed = 0;
    s.placement = &p;
    s.n_placement = 1;
    c->n_new = c->placed = 0;
    c->skip = list ? 0 : c->total;
    if (!n) return PF_OK;
    PF_TRY(pf_placement_each(ctx, &s, 0, note_place, c));
    for (size_t k = 0; list && k < n; k++) {
        double at[3];
        memcpy(at, p.point[(c->total + k) % p.n_point], sizeof at);
        if (k < c->n_new)
            memcpy(c->place[k], at, sizeof at);
        else
            PF_TRY(note_place(ctx, c, at));
    }
    c->n_new = n;
    c->total += n;
    return PF_OK;
}

static pf_err arrive(pf_ctx *ctx, pf_couple *c, const double at[3])
{
    pf_tissue *t = c->t;
    double largest = t->law.largest;
    PF_TRY(pf_tissue_add(ctx, t, c->how->killers, at));
    size_t i = t->cells.n - 1;
    if (c->where.has_motile)
        pf_cell_moves(
            &t->row[t->cells.slot[i]], c->where.motile, c->setup.seed, t->cells.id[i]);
    if (t->law.largest <= largest) return PF_OK;
    return pf_cells_box(ctx, &t->cells, t->law.low, t->law.high, pf_mechanics_edge(&t->law));
}

/* Remove up to `n` living killers, those who hold nothing first, in the order of the store. */
static void dismiss(pf_couple *c, size_t n)
{
    pf_tissue *t = c->t;
    for (int bound = 0; bound < 2; bound++)
        for (size_t i = 0; n && i < t->cells.n; i++) {
            const pf_cell *cell = &t->row[t->cells.slot[i]];
            if (t->cells.type[i] != c->how->killers || cell->state != PF_CELL_ALIVE ||
                (cell->target != UINT32_MAX) != bound)
                continue;
            pf_tissue_remove(t, i);
            n--;
        }
}

/* Each free killer goes back with this chance. */
static size_t go_back(pf_couple *c, double chance)
{
    pf_tissue *t = c->t;
    size_t n = 0;
    for (size_t i = 0; i < t->cells.n; i++) {
        const pf_cell *cell = &t->row[t->cells.slot[i]];
        double u;
        if (t->cells.type[i] != c->how->killers || cell->state != PF_CELL_ALIVE ||
            cell->target != UINT32_MAX)
            continue;
        pf_cell_draws(c->setup.seed, t->cells.id[i], t->step, PF_STREAM_BACK, &u, 1);
        if (u >= chance) continue;
        pf_tissue_remove(t, i);
        n++;
    }
    return n;
}

/* ---- levels ---- */

/* Faces hold them from now on; at first the whole domain has them. */
static pf_err take_levels(pf_ctx *ctx, pf_couple *c, const pf_couple_seen *seen)
{
    for (size_t i = 0; i < c->how->n_level; i++) {
        const pf_tissue_level *l = &c->how->level[i];
        double x = l->factor * seen->level[i];
        if (!isfinite(x))
            return pf_fail(ctx, PF_ERR_NONFINITE, "'%s' is no finite number", l->name);
        pf_field_hold(c->t->field, l->substance, fmax(0, x), !c->t->step);
    }
    return PF_OK;
}

/* ---- an exchange ---- */

/* Death of killers that the patient causes. */
static void take_loss(pf_couple *c, double loss)
{
    const pf_cell_type *base = &c->how->setup->type[c->how->killers];
    c->type[c->how->killers].apoptosis = base->apoptosis + fmax(0, loss) / DAY;
}

static void count(pf_couple *c, double days)
{
    const pf_study_tissue *h = c->how;
    size_t killers = 0, p = 0, m = 0;
    const pf_tissue *t = c->t;
    for (size_t i = 0; i < t->cells.n; i++) {
        if (t->row[t->cells.slot[i]].state != PF_CELL_ALIVE) continue;
        killers += t->cells.type[i] == h->killers;
        p += t->cells.type[i] == h->tumour;
        m += t->cells.type[i] == h->escaped;
    }
    c->killer_days += days * (double)killers;
    c->target_days[0] += days * (double)p;
    c->target_days[1] += days * (double)m;
}

static uint64_t deaths_of(const pf_couple *c)
{
    const uint64_t *tally = c->t->tally[c->how->killers];
    return tally[PF_TALLY_APOPTOSES] + tally[PF_TALLY_NECROSES];
}

static pf_err advance(pf_ctx *ctx, pf_couple *c)
{
    pf_tissue *t = c->t;
    double minutes = c->how->every * DAY, step = c->setup.mechanics_step;
    uint64_t n = (uint64_t)llround(minutes / step), each = n / 96 + 1;
    for (uint64_t k = 0; k < n; k++) {
        while (c->placed < c->n_new && c->placed * n <= k * c->n_new)
            PF_TRY(arrive(ctx, c, c->place[c->placed++]));
        PF_TRY(pf_tissue_step(ctx, t));
        t->n_event = t->n_life = 0;
        if ((k + 1) % each == 0 || k + 1 == n)
            count(c, (double)((k + 1) % each ? (k + 1) % each : each) * step / DAY);
        if (k % 256 == 0 && pf_ctx_cancelled(ctx))
            return pf_fail(ctx, PF_ERR_CANCELLED, "stopped on request");
    }
    return PF_OK;
}

static void tell(
    pf_couple *c, const uint64_t before[3], double targets, double chance, pf_couple_told *told)
{
    const pf_study_tissue *h = c->how;
    for (int k = 0; k < 2; k++) {
        size_t type = k ? h->escaped : h->tumour;
        if (type == SIZE_MAX) continue;
        double kills = (double)(c->t->tally[type][PF_TALLY_KILLED] - before[k]);
        told->kills += (size_t)kills;
        if (c->target_days[k] > 0) told->kill[k] = kills / c->target_days[k];
    }
    told->targets = targets_alive(c);
    if (!told->targets && told->kills) /* half a cell is left */
        for (int k = 0; k < 2; k++)
            told->kill[k] = fmax(told->kill[k], pf_real_log(2 * targets) / h->every);
    told->dead = (size_t)(deaths_of(c) - before[2]);
    told->gone = go_back(c, chance);
    told->killers = pf_tissue_alive(c->t, h->killers);
    if (!(c->killer_days > 0)) return;
    told->loss = (double)told->dead / c->killer_days;
    told->back = (double)told->gone / c->killer_days;
}

pf_err pf_couple_step(
    pf_ctx *ctx, pf_couple *c, const pf_couple_seen *seen, pf_couple_told *told)
{
    const pf_study_tissue *h = c->how;
    size_t targets = targets_alive(c), now = pf_tissue_alive(c->t, h->killers);
    *told = (pf_couple_told){.over = 1};
    if (!targets || !(seen->tumour > 0)) return PF_OK;
    if (!isfinite(seen->killers + seen->tumour + seen->loss + seen->free_out))
        return pf_fail(ctx, PF_ERR_NONFINITE, "a number for the tissue is not finite");
    told->over = 0;
    told->factor = seen->tumour / (double)targets;
    double want = fmax(0, seen->killers / told->factor);
    if (want > 1e7)
        return pf_fail(ctx, PF_ERR_RANGE,
            "%g killers would come to a nodule of %zu cells: the site has that many for each "
            "of its tumour cells",
            want, targets);
    size_t all = (size_t)floor(want + 1e-9);
    if (all < now) dismiss(c, now - all);
    told->came = all > now ? all - now : 0;
    PF_TRY(plan_arrivals(ctx, c, told->came));
    PF_TRY(take_levels(ctx, c, seen));
    take_loss(c, seen->loss);
    const uint64_t before[3] = {c->t->tally[h->tumour][PF_TALLY_KILLED],
        h->escaped == SIZE_MAX ? 0 : c->t->tally[h->escaped][PF_TALLY_KILLED], deaths_of(c)};
    c->killer_days = c->target_days[0] = c->target_days[1] = 0;
    PF_TRY(advance(ctx, c));
    tell(c, before, (double)targets, -pf_real_expm1(-fmax(0, seen->free_out) * h->every), told);
    return PF_OK;
}
