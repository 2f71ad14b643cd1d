/* The unit of time of a model that does not say it. */
#include "model/build.h"
#include "model/units_parts.h"

#include <math.h>

enum { CANDIDATES = 8 };

typedef struct candidates {
    size_t n, votes[CANDIDATES];
    pf_size size[CANDIDATES];
    pf_place at[CANDIDATES];
} candidates;

pf_value pf_units_amount(const pf_checker *c, uint32_t v)
{
    pf_value a = pf_units_var(c, v);
    const pf_var *var = &c->flat->var[v];
    if (!pf_build_is_concentration(var)) return a;
    pf_value size = pf_units_var(c, pf_flat_root(c->flat, var->compartment));
    if (!pf_size_times(&a.size, &size.size, 1)) a.kind = PF_VALUE_ANY;
    return a;
}

/* Does it measure time alone? */
static int is_time(const pf_unit_split *u)
{
    double most = 0;
    for (int k = 0; k < PF_UNIT_BASES; k++)
        if (k != PF_BASE_SECOND) most = fmax(most, fabs(u->power[k]));
    return most < 1e-6 && fabs(u->power[PF_BASE_SECOND] - 1) < 1e-6;
}

static void vote(const pf_checker *c, const pf_size *s, pf_place at, candidates *all)
{
    pf_unit_split mine, theirs;
    if (!pf_size_split(c, s, &mine) || !is_time(&mine)) return;
    for (size_t i = 0; i < all->n; i++) {
        if (!pf_size_split(c, &all->size[i], &theirs)) continue;
        if (fabs(mine.factor / theirs.factor - 1) > 1e-6) continue;
        all->votes[i]++;
        return;
    }
    if (all->n == CANDIDATES) return;
    all->size[all->n] = *s;
    all->at[all->n] = at;
    all->votes[all->n++] = 1;
}

/* `rate` is what changes `is`, whose units are known: time is is/rate. */
static pf_err ask(pf_checker *c, const pf_def *rate, pf_value is, candidates *all)
{
    pf_value x;
    if (!rate->expr || is.kind != PF_VALUE_SIZED) return PF_OK;
    PF_TRY(pf_units_expr(c, rate, &x));
    if (x.kind == PF_VALUE_SIZED && pf_size_times(&is.size, &x.size, -1))
        vote(c, &is.size, rate->expr->at, all);
    return PF_OK;
}

static pf_err ask_all(pf_checker *c, candidates *all)
{
    const pf_flat *f = c->flat;
    for (uint32_t v = 0; v < f->names.n; v++)
        if (pf_flat_root(f, v) == v) PF_TRY(ask(c, &f->var[v].rate, pf_units_var(c, v), all));
    for (size_t i = 0; i < f->n_reaction; i++) {
        const pf_reaction *r = &f->reaction[i];
        if (!r->n_side || f->side[r->side0].by != PF_NO_NAME) continue;
        uint32_t v = pf_flat_root(f, f->side[r->side0].var);
        if (f->var[v].conversion == PF_NO_NAME)
            PF_TRY(ask(c, &r->rate, pf_units_amount(c, v), all));
    }
    return PF_OK;
}

pf_err pf_units_time(pf_checker *c)
{
    candidates all = {0};
    double factor;
    pf_size t = pf_size_of_atom(c->n_var - 1);
    if (c->of[c->n_var - 1].declared) return PF_OK;
    c->quiet = 1;
    pf_err err = ask_all(c, &all);
    c->quiet = 0;
    if (err || !all.n) return err;
    size_t best = 0;
    for (size_t i = 1; i < all.n; i++)
        if (all.votes[i] > all.votes[best]) best = i;
    pf_units_equate(c, &t, &all.size[best], c->n_var - 1, all.at[best], &factor);
    return c->failed;
}
