/* Equations between units, and what they tell of the unknown ones. */
#include "model/units_parts.h"

#include <math.h>

/* Of factors: conversions are written with few digits. Of exponents. */
static const double SAME = 1e-6, NOTHING = 1e-6;

/* A variable's unit is made of those that became known later, or never: so the one that became
 * known first is replaced first, and none comes back. */
int pf_units_resolve(pf_checker *c, pf_size *s)
{
    for (;;) {
        size_t best = s->n;
        for (size_t i = 0; i < s->n && s->term[i].atom < c->n_var; i++)
            if (c->of[s->term[i].atom].bound &&
                (best == s->n ||
                    c->of[s->term[i].atom].bound < c->of[s->term[best].atom].bound))
                best = i;
        if (best == s->n) return 1;
        uint32_t v = s->term[best].atom;
        double power = s->term[best].power;
        pf_size own = pf_size_of_atom(v);
        if (c->n_touched < PF_TOUCHED_MOST) c->touched[c->n_touched++] = v;
        if (!pf_size_times(s, &own, -power) || !pf_size_times(s, c->of[v].size, power))
            return 0;
    }
}

/* The variable whose unit the equation d = 1 tells; PF_NO_NAME: none is left. */
static size_t choose(const pf_checker *c, const pf_size *d, uint32_t prefer)
{
    size_t best = d->n;
    for (size_t i = 0; i < d->n && d->term[i].atom < c->n_var; i++) {
        if (d->term[i].atom == prefer) return i;
        if (best == d->n || (fabs(d->term[i].power) == 1 && fabs(d->term[best].power) != 1))
            best = i;
    }
    return best;
}

static void learn(pf_checker *c, const pf_size *d, size_t i, pf_place at)
{
    uint32_t v = d->term[i].atom;
    double power = d->term[i].power;
    pf_size rest = *d, own = pf_size_of_atom(v), is = {.factor = 1};
    if (!pf_size_times(&rest, &own, -power) || !pf_size_times(&is, &rest, -1 / power)) return;
    pf_size *kept = pf_arena_alloc(c->ctx, &c->arena, 1, sizeof *kept);
    if (!kept) {
        c->failed = PF_ERR_NO_MEMORY;
        return;
    }
    *kept = is;
    c->of[v] = (pf_unit_of){.bound = ++c->n_bound, .size = kept, .at = at};
}

/* What was inferred and never confirmed since may be the mistake: it is told once. */
static pf_verdict judge(pf_checker *c)
{
    for (size_t i = 0; i < c->n_touched; i++)
        if (c->of[c->touched[i]].doubtful) return PF_DOUBT;
    for (size_t i = 0; i < c->n_touched; i++)
        if (!c->of[c->touched[i]].confirmed) c->of[c->touched[i]].doubtful = 1;
    return PF_CLASH;
}

/* An item is a cell, a copy or an international unit: SBML has no other word for them. */
static void count_items(pf_unit_split *u)
{
    static const int COUNTED[] = {PF_BASE_CELL, PF_BASE_COPIES, PF_BASE_IU};
    double all = u->power[PF_BASE_ITEM];
    for (size_t i = 0; i < PF_COUNT(COUNTED); i++) all += u->power[COUNTED[i]];
    if (u->power[PF_BASE_ITEM] == 0 || fabs(all) > NOTHING) return;
    u->power[PF_BASE_ITEM] = 0;
    for (size_t i = 0; i < PF_COUNT(COUNTED); i++) u->power[COUNTED[i]] = 0;
}

pf_verdict pf_units_equate(pf_checker *c, const pf_size *a, const pf_size *b, uint32_t prefer,
    pf_place at, double *factor)
{
    pf_size d = *a;
    pf_unit_split is;
    *factor = 0;
    if (c->quiet) return PF_AGREE;
    c->n_touched = 0;
    if (!pf_size_times(&d, b, -1) || !pf_units_resolve(c, &d)) return PF_AGREE;
    size_t i = choose(c, &d, prefer);
    if (i < d.n) {
        learn(c, &d, i, at);
        return PF_AGREE;
    }
    if (!pf_size_split(c, &d, &is)) return PF_AGREE;
    count_items(&is);
    int same = 1;
    for (int k = 0; k < PF_UNIT_BASES; k++) same &= fabs(is.power[k]) < NOTHING;
    if (same) *factor = is.factor;
    if (!same || fabs(is.factor - 1) > SAME) return judge(c);
    for (size_t k = 0; k < c->n_touched; k++) c->of[c->touched[k]].confirmed = 1;
    return PF_AGREE;
}
