#include "tissue/cycle.h"

#include "model/hyperbolic.h"

#include <math.h>

enum { BEFORE = 2 /* generations whose growth the volume remembers */ };

/* L of cycle.h. */
static double passed(const pf_phase *p, double r)
{
    return p->fixed ? pf_real_exp(-r / p->rate) : p->rate / (p->rate + r);
}

static double all_passed(const pf_cell_type *t, double r)
{
    double x = 2;
    for (size_t k = 0; k < t->n_phase; k++) x *= passed(&t->phase[k], r);
    return x;
}

void pf_cycle_law_of(const pf_cell_type *t, pf_cycle_law *out)
{
    size_t divides = 0;
    double low = 0, high = 0, flux = 1;
    *out = (pf_cycle_law){.growth = 0};
    for (size_t k = 0; k < t->n_phase; k++) {
        if (!(t->phase[k].rate > 0)) return;
        divides += !!t->phase[k].divides;
        if (t->phase[k].divides) out->first = (k + 1) % t->n_phase;
        high += t->phase[k].rate;
    }
    if (divides != 1 || t->starts_first) return;
    /* No cycle is faster than its slowest phase: r is below the sum of all rates. */
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        *(all_passed(t, middle) > 1 ? &low : &high) = middle;
    }
    out->growth = low;
    for (size_t i = 0; i < t->n_phase; i++) {
        size_t k = (out->first + i) % t->n_phase;
        double l = passed(&t->phase[k], low);
        out->share[k] = flux * (1 - l); /* they add to 1 - 1/2 */
        out->share[k] *= 2;
        flux *= l;
    }
}

/* How long a phase that is over has lasted, min. */
static double lasted(const pf_phase *p, double r, double u)
{
    return p->fixed ? 1 / p->rate : -pf_real_log(u) / (p->rate + r);
}

/* How long one that is not has lasted until now. */
static double age(const pf_phase *p, double r, double u)
{
    if (!p->fixed) return -pf_real_log(u) / (p->rate + r);
    return fmin(-pf_real_log1p(u * pf_real_expm1(-r / p->rate)) / r, 1 / p->rate);
}

/* What a part that relaxes at rate `slow` adds to fluid that does at `fast`, for 1 at first. */
static double lag(double fast, double slow, double minutes)
{
    if (!(fast > 0)) return 0;
    if (fabs(fast - slow) < 1e-6 * fast) slow = fast * (1 - 1e-6);
    return fast * (pf_real_exp(-slow * minutes) - pf_real_exp(-fast * minutes)) / (fast - slow);
}

/* The volumes after so long in a phase. */
static void relax(pf_cell *c, const pf_cell_type *t, const pf_phase *p, double minutes)
{
    double solid = 1 - t->fluid, times = p->doubles ? 2 : 1;
    double nucleus = times * t->nucleus * solid,
           cytoplasm = times * (t->volume - t->nucleus) * solid;
    double fast = t->fluid_rate * solid, ratio = t->fluid / solid,
           rest = ratio * (nucleus + cytoplasm);
    c->fluid = rest + (c->fluid - rest) * pf_real_exp(-fast * minutes) +
               ratio * ((c->nucleus - nucleus) * lag(fast, t->nucleus_rate, minutes) +
                           (c->cytoplasm - cytoplasm) * lag(fast, t->cytoplasm_rate, minutes));
    c->nucleus = nucleus + (c->nucleus - nucleus) * pf_real_exp(-t->nucleus_rate * minutes);
    c->cytoplasm =
        cytoplasm + (c->cytoplasm - cytoplasm) * pf_real_exp(-t->cytoplasm_rate * minutes);
}

void pf_cell_settle(
    pf_cell *c, const pf_cell_type *t, const pf_cycle_law *law, uint64_t seed, uint64_t id)
{
    double u[(BEFORE + 1) * PF_PHASES_MAX + 1], *next = u, pick;
    size_t n = t->n_phase, k = law->first;
    if (!(law->growth > 0)) return;
    pf_cell_draws(seed, id, 0, PF_STREAM_CYCLE, u, PF_COUNT(u));
    pick = *next++;
    for (int g = 0; g < BEFORE; g++) {
        for (size_t i = 0; i < n; i++, k = (k + 1) % n)
            relax(c, t, &t->phase[k], lasted(&t->phase[k], law->growth, *next++));
        c->fluid /= 2;
        c->nucleus /= 2;
        c->cytoplasm /= 2;
    }
    for (size_t i = 0; i + 1 < n && pick >= law->share[k]; i++, k = (k + 1) % n) {
        pick -= law->share[k];
        relax(c, t, &t->phase[k], lasted(&t->phase[k], law->growth, *next++));
    }
    double minutes = age(&t->phase[k], law->growth, *next);
    relax(c, t, &t->phase[k], minutes);
    c->phase = (uint8_t)k;
    c->clock = (float)minutes;
}
