#include "solve/hybrid.h"

#include "solve/leap.h"

#include <math.h>
#include <string.h>

/* A state returns to the equations at this multiple of its threshold. */
static const double RETURN_FACTOR = 2.0;
/* Leap when a leap has more firings than this; the share by which propensities may change. */
static const double LEAP_FIRINGS = 10.0, EPSILON = 0.03;
/* An exact step aims this far beyond the expected firing, so that it is found inside. */
static const double BEYOND = 1.5;
/* Hazard that is left at least, so that a step has a length. */
static const double LEAST = 1e-9;
/* A count this near a whole number, as a share of it, is one. */
static const double NEARLY = 1e-9;

pf_err pf_hybrid_new(pf_ctx *ctx, pf_engine *e)
{
    const pf_program *p = e->program;
    if (p->hazard == PF_ABSENT) return PF_OK;
    size_t n = p->n_channel * (size_t)e->width;
    e->propensity = pf_arena_alloc(ctx, &e->memory, n, sizeof(double));
    if (!e->propensity) return PF_ERR_NO_MEMORY;
    for (int l = 0; l < e->width; l++) {
        pf_hybrid *h = &e->cases[l].hybrid;
        h->discrete = pf_arena_alloc(ctx, &e->memory, p->n_discrete, 1);
        h->critical = pf_arena_alloc(ctx, &e->memory, p->n_channel, 1);
        h->round = pf_arena_alloc(ctx, &e->memory, p->n_discrete, sizeof(pf_random));
        if (!h->discrete || !h->critical || !h->round) return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

void pf_hybrid_begin(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    pf_hybrid *h = &c->hybrid;
    if (p->hazard == PF_ABSENT) return;
    memset(h->discrete, 0, p->n_discrete);
    pf_random_init(&h->draw, c->seed, PF_DRAW_JUMP, c->replicate, c->patient, 1);
    for (size_t i = 0; i < p->n_discrete; i++)
        pf_random_init(&h->round[i], c->seed, PF_DRAW_JUMP, c->replicate, c->patient,
            2 + p->discrete[i].state);
    h->due = pf_random_exponential(&h->draw);
    h->cross = NAN;
    h->any = 0;
}

/* ---- which states are discrete
 * ---------------------------------------------------------------
 */

static void make_whole(double *x, double size, pf_random *r)
{
    double count = *x * size, n = nearbyint(count);
    if (!(count > 0.0))
        n = 0.0;
    else if (fabs(count - n) > NEARLY * fmax(1.0, n))
        n = floor(count + pf_random_uniform(r));
    *x = n / size;
}

/* Channels that change a discrete state jump. */
static void switch_channels(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    const pf_hybrid *h = &e->cases[lane].hybrid;
    for (size_t k = 0; k < p->n_channel; k++) {
        const pf_channel *c = &p->channel[k];
        double keep = 1.0;
        for (uint32_t i = c->change0; i < c->change0 + c->n_change; i++)
            for (size_t d = 0; d < p->n_discrete; d++)
                if (h->discrete[d] && p->discrete[d].state == p->change[i].state) keep = 0.0;
        *pf_at(e, e->b.slot, c->keep, lane) = keep;
    }
}

void pf_hybrid_started(pf_engine *e)
{
    if (e->program->hazard == PF_ABSENT) return;
    for (int l = 0; l < e->width; l++) switch_channels(e, l);
}

void pf_hybrid_sort(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    pf_hybrid *h = &c->hybrid;
    int changed = 0;
    if (p->hazard == PF_ABSENT || e->deterministic) return;
    h->any = 0;
    for (size_t i = 0; i < p->n_discrete; i++) {
        const pf_discrete *d = &p->discrete[i];
        double *x = pf_at(e, e->b.y, d->state, lane),
               size = *pf_at(e, e->b.slot, d->size, lane);
        double most = d->threshold * (h->discrete[i] ? RETURN_FACTOR : 1.0);
        int now = *x * size < most;
        changed |= now != h->discrete[i];
        h->discrete[i] = (unsigned char)now;
        if (now) make_whole(x, size, &h->round[i]); /* also after a dose into it */
        h->any |= now;
    }
    if (!changed) return;
    switch_channels(e, lane);
}

/* ---- how far to step
 * -------------------------------------------------------------------------
 */

static int any_discrete(const pf_engine *e)
{
    for (int l = 0; l < e->width; l++)
        if (e->cases[l].active && e->cases[l].hybrid.any) return 1;
    return 0;
}

static void plan(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    pf_hybrid *h = &c->hybrid;
    pf_leap leap;
    pf_leap_plan(e, lane, EPSILON, h->critical, &leap);
    if (leap.bad != PF_ABSENT) {
        pf_case_end how = {.status = PF_CASE_BAD_RATE, .channel = leap.bad};
        how.state = how.event = PF_ABSENT;
        how.value = *pf_at(e, e->b.slot, p->channel[leap.bad].rate, lane);
        pf_engine_end(e, lane, how);
        return;
    }
    h->hazard = *pf_at(e, e->b.y, p->hazard, lane);
    double left = fmax(h->due - h->hazard, LEAST);
    h->leaps = leap.longest < INFINITY && leap.total * leap.longest > LEAP_FIRINGS;
    if (h->leaps) {
        h->longest = fmin(leap.longest, leap.critical > 0.0 ? left / leap.critical : INFINITY);
        h->longest = fmin(h->longest, pf_case_next_look(c) - c->t); /* looks see whole leaps */
    } else {
        h->longest = leap.total > 0.0 ? BEYOND * left / leap.total : INFINITY;
    }
}

void pf_hybrid_plan(pf_engine *e)
{
    const pf_program *p = e->program;
    if (p->hazard == PF_ABSENT) return;
    for (int l = 0; l < e->width; l++) {
        e->cases[l].hybrid.longest = INFINITY;
        e->cases[l].hybrid.leaps = 0;
    }
    if (!any_discrete(e)) return;
    pf_engine_at_points(e);
    pf_batch_run(&e->b, PF_CODE_FIRE);
    for (int l = 0; l < e->width; l++)
        if (e->cases[l].active && e->cases[l].hybrid.any) plan(e, l);
    for (size_t k = 0; k < p->n_channel; k++)
        for (int l = 0; l < e->width; l++)
            *pf_at(e, e->propensity, k, l) = *pf_at(e, e->b.slot, p->channel[k].rate, l);
}

double pf_hybrid_limit(const pf_engine *e, int lane)
{
    return e->program->hazard == PF_ABSENT ? INFINITY : e->cases[lane].hybrid.longest;
}

/* ---- the next firing
 * -------------------------------------------------------------------------
 */

/* Where the hazard, which rises, reaches what is due: to neighbouring doubles. */
static double crossing(pf_engine *e, int lane)
{
    double low = 0.0, high = 1.0, due = e->cases[lane].hybrid.due;
    for (int i = 0; i < 54; i++) {
        double middle = 0.5 * (low + high);
        if (pf_interpolant(e, lane, e->program->hazard, middle) < due)
            low = middle;
        else
            high = middle;
    }
    return high;
}

void pf_hybrid_within(pf_engine *e, double until[8])
{
    int dense = 0;
    if (e->program->hazard == PF_ABSENT) return;
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        pf_hybrid *h = &c->hybrid;
        h->cross = NAN;
        if (isnan(until[l]) || !h->any || h->leaps || c->finished) continue;
        if (*pf_at(e, e->b.y1, e->program->hazard, l) < h->due) continue;
        if (!dense++) e->kernels->dense(&e->b);
        h->theta = crossing(e, l);
        double t = c->t + e->b.h[l] * h->theta;
        if (t > until[l]) continue;
        until[l] = h->cross = t > c->t ? t : nextafter(c->t, INFINITY);
    }
}

void pf_hybrid_cut(pf_engine *e, const double until[8])
{
    int any = 0;
    if (e->program->hazard == PF_ABSENT) return;
    for (int l = 0; l < e->width; l++) {
        const pf_hybrid *h = &e->cases[l].hybrid;
        int cut = until[l] == h->cross && h->theta < 1.0;
        e->b.theta[l] = cut ? h->theta : 0.0;
        any |= cut;
    }
    if (!any) return;
    pf_engine_interpolate(e);
    for (int l = 0; l < e->width; l++) {
        if (!(until[l] == e->cases[l].hybrid.cross) || e->cases[l].hybrid.theta == 1.0)
            continue;
        for (uint32_t s = 0; s < e->program->n_state; s++)
            *pf_at(e, e->b.y1, s, l) = *pf_at(e, e->b.at, s, l);
    }
}

/* ---- firing
 * ----------------------------------------------------------------------------------
 */

static void next_due(pf_engine *e, int lane)
{
    pf_hybrid *h = &e->cases[lane].hybrid;
    *pf_at(e, e->b.slot, e->program->state0 + e->program->hazard, lane) = 0.0;
    h->due = pf_random_exponential(&h->draw);
}

/* States in the slots that do not count in whole numbers may not fall below 0 by a jump. */
static void fire(pf_engine *e, int lane, uint32_t channel, double n)
{
    const pf_program *p = e->program;
    const pf_hybrid *h = &e->cases[lane].hybrid;
    if (channel == PF_ABSENT || !(n > 0.0) || !pf_leap_fire(e, lane, channel, n)) return;
    int below = 0;
    for (size_t d = 0; d < p->n_discrete; d++)
        below |= h->discrete[d] &&
                 *pf_at(e, e->b.slot, p->state0 + p->discrete[d].state, lane) < 0.0;
    const pf_channel *c = &p->channel[channel];
    for (uint32_t i = c->change0; i < c->change0 + c->n_change; i++) {
        double *x = pf_at(e, e->b.slot, p->state0 + p->change[i].state, lane);
        if (*x < 0.0) *x = 0.0;
    }
    if (!below) return;
    pf_case_end how = {.status = PF_CASE_BELOW_ZERO, .channel = channel};
    how.state = how.event = PF_ABSENT;
    pf_engine_end(e, lane, how);
}

static void leap(pf_engine *e, int lane, double dt)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    pf_hybrid *h = &c->hybrid;
    double critical = 0.0;
    for (uint32_t k = 0; k < p->n_channel && c->active; k++) {
        if (!pf_leap_jumps(e, k, lane)) continue;
        double end = *pf_at(e, e->b.slot, p->channel[k].rate, lane);
        double mean = 0.5 * (fmax(*pf_at(e, e->propensity, k, lane), 0.0) + fmax(end, 0.0));
        if (h->critical[k])
            critical += mean * dt;
        else
            fire(e, lane, k,
                fmin(pf_random_poisson(&h->draw, mean * dt), pf_leap_lasts(e, lane, k)));
    }
    double *hazard = pf_at(e, e->b.slot, p->state0 + p->hazard, lane);
    *hazard = h->hazard + critical;
    if (*hazard < h->due * (1.0 - 1e-12) || !c->active) return;
    uint32_t k = pf_leap_choose(e, lane, h->critical, pf_random_uniform(&h->draw));
    if (k != PF_ABSENT && pf_leap_lasts(e, lane, k) >= 1.0) fire(e, lane, k, 1.0);
    next_due(e, lane);
}

static int fires(const pf_engine *e, int lane, const double until[8])
{
    const pf_hybrid *h = &e->cases[lane].hybrid;
    return !isnan(until[lane]) && h->any && (h->leaps || until[lane] == h->cross);
}

void pf_hybrid_fire(pf_engine *e, const double until[8])
{
    const pf_program *p = e->program;
    int any = 0;
    if (p->hazard == PF_ABSENT) return;
    for (int l = 0; l < e->width; l++) any |= fires(e, l, until);
    if (!any) return;
    pf_engine_at_points(e);
    for (int l = 0; l < e->width; l++)
        if (!isnan(until[l])) *pf_at(e, e->b.slot, p->time, l) = until[l];
    pf_batch_run(&e->b, PF_CODE_FIRE);
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        pf_hybrid *h = &c->hybrid;
        if (!fires(e, l, until)) continue;
        if (h->leaps) {
            leap(e, l, until[l] - c->t);
        } else {
            fire(e, l, pf_leap_choose(e, l, NULL, pf_random_uniform(&h->draw)), 1.0);
            next_due(e, l);
        }
        for (uint32_t s = 0; s < p->n_state; s++)
            *pf_at(e, e->b.y, s, l) = *pf_at(e, e->b.slot, p->state0 + s, l);
    }
}
