/* Explicit tau-leaping of jump processes: when a lane leaps, how far, and what fires then
 * (jump.h, leap.h). */
#include "solve/jump.h"

#include "solve/leap.h"

#include <math.h>

/* A leap of no more than so many firings is not worth it: so many exact ones follow instead. */
enum { FEW = 10, EXACT = 100 };
static const double EPSILON = 0.03;
/* Stream of the draws of leaps. */
static const uint32_t LEAPS = 0xfffffffe;

struct pf_tau {
    double epsilon;
    double longest[8];       /* leap; 0: this lane goes on exactly */
    uint64_t exact[8];       /* firings until the next plan */
    double due[8], spent[8]; /* hazard of the critical channels: at the next of them; so far */
    double critical_rate[8];
    pf_random draw[8];
    unsigned char *critical[8]; /* [n_channel] */
};

pf_err pf_tau_new(pf_ctx *ctx, pf_engine *e, double epsilon)
{
    struct pf_tau *t = pf_arena_alloc(ctx, &e->memory, 1, sizeof *t);
    e->jump->tau = t;
    if (!t) return PF_ERR_NO_MEMORY;
    if (!(epsilon >= 0.0) || epsilon > 0.5)
        return pf_fail(ctx, PF_ERR_RANGE,
            "a leap may change propensities by a share between 0 and 0.5, not %g", epsilon);
    t->epsilon = epsilon > 0.0 ? epsilon : EPSILON;
    for (int l = 0; l < e->width; l++) {
        t->critical[l] = pf_arena_alloc(ctx, &e->memory, e->program->n_channel + 1, 1);
        if (!t->critical[l]) return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

void pf_tau_begin(pf_engine *e, int lane)
{
    struct pf_tau *t = e->jump->tau;
    const pf_case *c = &e->cases[lane];
    if (!t) return;
    pf_random_init(&t->draw[lane], c->seed, PF_DRAW_JUMP, c->replicate, c->patient, LEAPS);
    t->due[lane] = pf_random_exponential(&t->draw[lane]);
    t->spent[lane] = t->longest[lane] = 0.0;
    t->exact[lane] = 0;
}

static void plan(pf_engine *e, int lane)
{
    struct pf_tau *t = e->jump->tau;
    pf_leap leap;
    pf_leap_plan(e, lane, t->epsilon, t->critical[lane], &leap);
    t->longest[lane] = 0.0;
    t->exact[lane] = EXACT;
    /* What is no rate ends the case when it is about to fire. */
    if (leap.bad != PF_ABSENT || !(leap.longest * leap.total > FEW) ||
        !(leap.longest < INFINITY))
        return;
    double left = fmax(t->due[lane] - t->spent[lane], 0.0);
    t->critical_rate[lane] = leap.critical;
    t->longest[lane] = leap.longest;
    if (leap.critical > 0.0) t->longest[lane] = fmin(t->longest[lane], left / leap.critical);
    t->exact[lane] = 0;
}

uint64_t pf_tau_plan(pf_engine *e)
{
    struct pf_tau *t = e->jump->tau;
    const pf_jump_lanes *v = &e->jump->lanes;
    uint64_t exact = EXACT;
    int ready = 0;
    for (int l = 0; l < e->width; l++) {
        if (!v->active[l]) continue;
        if (!v->pending[l] && v->was_fresh[l]) t->exact[l] = 0;
        if (t->exact[l]) continue;
        if (!ready++) pf_batch_run(&e->b, PF_CODE_FIRE);
        plan(e, l);
    }
    for (int l = 0; l < e->width; l++)
        if (v->active[l] && t->exact[l] < exact) exact = t->exact[l];
    return exact;
}

double pf_tau_longest(const pf_engine *e, int lane)
{
    return e->jump->tau->longest[lane];
}

void pf_tau_fired(pf_engine *e, int lane, uint64_t n)
{
    struct pf_tau *t = e->jump->tau;
    t->exact[lane] -= n < t->exact[lane] ? n : t->exact[lane];
}

void pf_tau_fire(pf_engine *e, int lane, double dt)
{
    const pf_program *p = e->program;
    struct pf_tau *t = e->jump->tau;
    pf_jump_lanes *v = &e->jump->lanes;
    for (uint32_t k = 0; k < p->n_channel; k++) {
        double rate = *pf_at(e, e->b.slot, p->channel[k].rate, lane);
        if (t->critical[lane][k] || !(rate > 0.0)) continue;
        double n = pf_random_poisson(&t->draw[lane], rate * dt);
        n = fmin(n, pf_leap_lasts(e, lane, k));
        if (n > 0.0) (void)pf_leap_fire(e, lane, k, n);
        v->fired[lane] += (uint64_t)n;
    }
    t->spent[lane] += t->critical_rate[lane] * dt;
    if (t->spent[lane] < t->due[lane] * (1.0 - 1e-12)) return;
    double pick = pf_random_uniform(&t->draw[lane]);
    uint32_t k = pf_leap_choose(e, lane, t->critical[lane], pick);
    if (k != PF_ABSENT && pf_leap_lasts(e, lane, k) >= 1.0) {
        (void)pf_leap_fire(e, lane, k, 1.0);
        v->fired[lane]++;
    }
    t->due[lane] = pf_random_exponential(&t->draw[lane]);
    t->spent[lane] = 0.0;
}
