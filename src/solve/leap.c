#include "solve/leap.h"

#include "solve/jump.h"

#include <math.h>

enum { CRITICAL = 10 }; /* firings */
/* Firings, over the whole case, that a negative propensity may stand for: rounding. */
static const double NOISE = 1e-3;

static double rate_of(const pf_engine *e, size_t k, int lane)
{
    return *pf_at(e, e->b.slot, e->program->channel[k].rate, lane);
}

double pf_leap_lasts(const pf_engine *e, int lane, size_t k)
{
    const pf_program *p = e->program;
    const pf_channel *c = &p->channel[k];
    double most = INFINITY;
    for (uint32_t i = c->change0; i < c->change0 + c->n_change; i++) {
        double by = *pf_at(e, e->b.slot, p->change[i].by, lane);
        double x = *pf_at(e, e->b.slot, p->state0 + p->change[i].state, lane);
        if (by < 0.0) most = fmin(most, floor(x / -by * (1.0 + 1e-12)));
    }
    return most > 0.0 ? most : 0.0;
}

/* The longest leap as far as state `s` goes: over all channels that change it. */
static double longest_of(const pf_engine *e, int lane, uint32_t s, double epsilon)
{
    const pf_program *p = e->program;
    double mean = 0.0, variance = 0.0, unit = 0.0;
    for (size_t k = 0; k < p->n_channel; k++) {
        const pf_channel *c = &p->channel[k];
        double rate = rate_of(e, k, lane);
        if (!(rate > 0.0) || !pf_leap_jumps(e, k, lane)) continue;
        for (uint32_t i = c->change0; i < c->change0 + c->n_change; i++) {
            if (p->change[i].state != s) continue;
            double by = *pf_at(e, e->b.slot, p->change[i].by, lane);
            mean += by * rate;
            variance += by * by * rate;
            unit = unit == 0.0 || fabs(by) < unit ? fabs(by) : unit;
        }
    }
    if (variance == 0.0) return INFINITY;
    double x = fabs(*pf_at(e, e->b.slot, p->state0 + s, lane));
    double b = fmax(epsilon * x / (x < 3.0 * unit ? 3.0 : 2.0), unit);
    return fmin(b / fabs(mean), b * b / variance);
}

void pf_leap_plan(
    const pf_engine *e, int lane, double epsilon, unsigned char *critical, pf_leap *out)
{
    const pf_program *p = e->program;
    const pf_case *c = &e->cases[lane];
    *out = (pf_leap){0.0, 0.0, INFINITY, PF_ABSENT};
    for (uint32_t k = 0; k < p->n_channel; k++) {
        double rate = rate_of(e, k, lane);
        critical[k] = 0;
        if (!pf_leap_jumps(e, k, lane)) continue;
        if (!(rate * (c->end - c->start) >= -NOISE) || !(rate < 0x1p1000)) {
            out->bad = k;
            return;
        }
        if (!(rate > 0.0)) continue;
        critical[k] = pf_leap_lasts(e, lane, k) < CRITICAL;
        out->total += rate;
        if (critical[k]) out->critical += rate;
    }
    if (out->total == 0.0) return;
    /* Only states that some channel changes limit the leap; each is looked at once. */
    for (size_t i = 0; i < p->n_change; i++) {
        uint32_t s = p->change[i].state;
        size_t before = 0;
        while (p->change[before].state != s) before++;
        if (before == i) out->longest = fmin(out->longest, longest_of(e, lane, s, epsilon));
    }
}

uint32_t pf_leap_choose(
    const pf_engine *e, int lane, const unsigned char *critical, double pick)
{
    const pf_program *p = e->program;
    double total = 0.0, sum = 0.0;
    uint32_t last = PF_ABSENT;
    for (int round = 0; round < 2; round++)
        for (uint32_t k = 0; k < p->n_channel; k++) {
            double rate = rate_of(e, k, lane);
            if (!(rate > 0.0) || !pf_leap_jumps(e, k, lane) || (critical && !critical[k]))
                continue;
            if (!round) {
                total += rate;
                continue;
            }
            last = k;
            sum += rate;
            if (sum > pick * total) return k;
        }
    return last;
}

int pf_leap_fire(pf_engine *e, int lane, size_t k, double n)
{
    const pf_program *p = e->program;
    const pf_channel *c = &p->channel[k];
    int below = 0;
    for (uint32_t i = c->change0; i < c->change0 + c->n_change; i++) {
        double by = *pf_at(e, e->b.slot, p->change[i].by, lane);
        double *x = pf_at(e, e->b.slot, p->state0 + p->change[i].state, lane);
        *x = by == floor(by) ? *x + n * by : pf_jump_add(*x + (n - 1.0) * by, by);
        below |= *x < 0.0;
    }
    return below;
}
