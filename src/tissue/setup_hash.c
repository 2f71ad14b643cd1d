#include "base/file.h"
#include "tissue/checkpoint.h"
#include "tissue/outcome.h"
#include "tissue/rules.h"

#include <stdio.h>
#include <string.h>

/* A new member would go unnoticed: it belongs into the functions below, or (titles) beside
 * them. */
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(pf_phase) == 32, "pf_phase has changed: hash its new members here");
_Static_assert(sizeof(pf_killer) == 784, "pf_killer has changed: hash its new members here");
_Static_assert(sizeof(pf_cell_type) == 2776, "pf_cell_type: hash its new members here");
_Static_assert(sizeof(pf_placement) == 192, "pf_placement: hash its new members here");
_Static_assert(sizeof(pf_substance) == 104, "pf_substance: hash its new members here");
#endif

#define MIX(x) h = pf_hash(h, &(x), sizeof(x))

static uint64_t text(uint64_t h, const char *s)
{
    return s ? pf_hash(h, s, strlen(s) + 1) : pf_hash(h, "", 1);
}

static uint64_t number(uint64_t h, uint64_t n)
{
    return pf_hash(h, &n, sizeof n);
}

static uint64_t killer(uint64_t h, const pf_killer *k)
{
    const double rate[] = {k->bind, k->hold, k->attempts, k->granules, k->refill, k->cost,
        k->slow, k->exhaustion, k->recovery, k->pull, k->idle, k->single, k->power,
        k->threshold};
    MIX(rate);
    MIX(k->attacks);
    MIX(k->half);
    MIX(k->stop);
    MIX(k->slow_half);
    MIX(k->drug);
    return h;
}

static uint64_t cell_type(uint64_t h, const pf_cell_type *t, const pf_setup *s)
{
    const double rate[] = {t->volume, t->nucleus, t->fluid, t->fluid_rate, t->cytoplasm_rate,
        t->nucleus_rate, t->reach, t->adhesion, t->repulsion, t->apoptosis, t->necrosis,
        t->apoptosis_lasts, t->necrosis_lasts, t->shrink_rate, t->swell_rate, t->lysis_rate,
        t->dead_secretion, t->dead_uptake, t->speed, t->persistence, t->bias, t->motile};
    h = text(h, t->name);
    MIX(rate);
    h = pf_hash(h, t->affinity, s->n_type * sizeof *t->affinity);
    h = number(number(h, !!t->starts_first), t->n_phase);
    for (size_t i = 0; i < t->n_phase; i++) {
        const pf_phase *p = &t->phase[i];
        h = text(h, p->name);
        MIX(p->rate);
        h = number(h, (uint64_t)(!!p->fixed + 2 * !!p->divides + 4 * !!p->doubles));
    }
    for (size_t i = 0; i < s->n_substance; i++) {
        MIX(t->exchange[i].secretion);
        MIX(t->exchange[i].target);
        MIX(t->exchange[i].uptake);
        MIX(t->taxis[i]);
    }
    MIX(t->antigen);
    MIX(t->antigen_sd);
    MIX(t->receptor);
    MIX(t->receptor_sd);
    MIX(t->antigen_loss);
    MIX(t->receptor_loss);
    return killer(h, &t->killer);
}

static uint64_t placement(uint64_t h, const pf_placement *p)
{
    h = number(number(h, (uint64_t)p->kind), p->type);
    MIX(p->centre);
    MIX(p->inner);
    MIX(p->outer);
    MIX(p->low);
    MIX(p->high);
    const double more[] = {p->at, p->every, p->until, p->rate, p->has_motile ? p->motile : -1};
    h = number(number(h, !!p->packed), p->count);
    h = number(number(h, (uint64_t)p->faces), p->n_vessel);
    MIX(more);
    h = number(h, p->n_point);
    return p->n_point ? pf_hash(h, p->point, p->n_point * sizeof *p->point) : h;
}

/* Rules stand in one order, whatever that of their file. */
static uint64_t rules(uint64_t h, const pf_rules *r)
{
    h = number(h, r ? r->n : 0);
    for (size_t i = 0; r && i < r->n; i++) {
        const pf_rule *x = &r->rule[i];
        const double value[] = {x->saturation, x->half, x->power};
        h = number(number(h, x->type), (uint64_t)x->signal << 32 | (uint64_t)x->behaviour);
        h = number(h, (uint64_t)(!!x->decreases + 2 * !!x->dead));
        MIX(value);
    }
    return h;
}

static uint64_t substance(uint64_t h, const pf_substance *x)
{
    const double rate[] = {x->diffusion, x->decay, x->initial};
    h = text(h, x->name);
    MIX(rate);
    for (int f = 0; f < PF_FACES; f++) {
        h = number(h, !!x->held[f]);
        MIX(x->at[f]);
    }
    return h;
}

static uint64_t domain(uint64_t h, const pf_setup *s)
{
    for (int d = 0; d < 3; d++) h = number(h, s->mesh.n[d]);
    MIX(s->mesh.h);
    MIX(s->mesh.origin);
    MIX(s->wall);
    return h;
}

void pf_setup_parts(const pf_setup *s, pf_setup_part_fn fn, void *payload)
{
    char what[PF_SETUP_PART_SIZE];
    const double step[] = {s->field_step, s->mechanics_step, s->phenotype_step};
    uint64_t h = 0;
    fn(payload, "domain", domain(0, s));
    MIX(step);
    fn(payload, "steps", h);
    for (size_t i = 0; i < s->n_substance; i++) {
        snprintf(what, sizeof what, "substance %.100s", s->substance[i].name);
        fn(payload, what, substance(0, &s->substance[i]));
    }
    for (size_t i = 0; i < s->n_type; i++) {
        snprintf(what, sizeof what, "cell %.100s", s->type[i].name);
        fn(payload, what, cell_type(0, &s->type[i], s));
    }
    for (size_t i = 0; i < s->n_placement; i++) {
        snprintf(what, sizeof what, "place %zu", i + 1);
        fn(payload, what, placement(0, &s->placement[i]));
    }
    fn(payload, "rules", rules(0, s->rules));
    fn(payload, "seed", number(0, s->seed));
}

static uint64_t outcome(uint64_t h, const pf_outcome *o)
{
    h = number(text(h, o->name), (uint64_t)o->kind);
    MIX(o->cells);
    MIX(o->of);
    h = number(number(number(h, o->substance), o->antigen), o->at_least);
    MIX(o->below);
    MIX(o->quantile);
    return h;
}

void pf_setup_output_parts(const pf_setup *s, pf_setup_part_fn fn, void *payload)
{
    uint64_t h = number(number(0, s->shots), s->n_shot_at), o = number(0, s->n_outcome);
    MIX(s->snapshots);
    if (s->n_shot_at) h = pf_hash(h, s->shot_at, s->n_shot_at * sizeof *s->shot_at);
    for (size_t i = 0; i < s->n_outcome; i++) o = outcome(o, &s->outcome[i]);
    fn(payload, "output every", pf_hash(0, &s->every, sizeof s->every));
    fn(payload, "output snapshots", h);
    fn(payload, "output film", pf_hash(number(0, s->film_cells), &s->film, sizeof s->film));
    fn(payload, "outcomes", o);
}

static void fold(void *payload, const char *what, uint64_t part)
{
    uint64_t *h = payload;
    *h = number(text(*h, what), part);
}

uint64_t pf_setup_hash(const pf_setup *s)
{
    uint64_t h = number(number(0, s->n_substance), s->n_type);
    pf_setup_parts(s, fold, &h);
    return h;
}
