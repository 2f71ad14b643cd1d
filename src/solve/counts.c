/* counts.c: populations that are few: which are discrete, how they limit a step, how they
 * change. */
#include "solve/lanes_state.h"
#include "solve/small.h"

#include <math.h>

/* A population returns to the ODE at this multiple of its threshold. */
static const double RETURN_FACTOR = 2.0;
/* A population that is fed stays so until arrivals have fallen to this share of what made it
 * so. */
static const double STARVED = 0.5;

/* Fewer arrivals than this are none: in all patients of the largest study not one is missed. */
static const double SELDOM = 1e-12;

/* A count as a whole number: up with the probability of the fraction, so that the mean stays.
 */
static void make_whole(double *n, pf_random *r)
{
    if (*n <= 0.0)
        *n = 0.0;
    else if (*n != floor(*n))
        *n = floor(*n + pf_random_uniform(r));
}

/* Population k of the lane is discrete (1) or in the ODE (0) from now on. */
static void make_small(pf_engine *e, int lane, size_t k, int small)
{
    e->cases[lane].small[k] = (unsigned char)small;
    *pf_at(e, e->b.keep, k, lane) = small ? 0.0 : 1.0;
}

/* Which populations are discrete now. A discrete one that grew returns to the ODE. */
void pf_engine_sort_counts(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    if (e->deterministic) return;
    for (size_t k = 0; k < p->n_population; k++) {
        double *n = pf_at(e, e->b.y, p->population[k].state, lane);
        double threshold = p->population[k].threshold;
        int small = c->small[k] ? *n < RETURN_FACTOR * threshold : !c->fed[k] && *n < threshold;
        if (small) make_whole(n, &c->random[k]); /* also after a dose into it */
        make_small(e, lane, k, small);
    }
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* The rates that stand in the lane's slots; what is infused arrives. */
static pf_rates rates_of(const pf_engine *e, int lane, size_t k)
{
    const pf_population_rates *q = &e->program->population[k];
    double arrival = *pf_at(e, e->b.slot, q->arrival, lane);
    if (e->infused[k] != PF_ABSENT) arrival += *pf_at(e, e->b.rate, e->infused[k], lane);
    return (pf_rates){
        *pf_at(e, e->b.slot, q->birth, lane), *pf_at(e, e->b.slot, q->death, lane), arrival};
}

/* Is it fed: do so many arrive during one life, or before one division, that its own births and
 * deaths hardly matter? Then it stays in the ODE although it is below its threshold. */
static int fed(const pf_case *c, const pf_population_rates *q, pf_rates rates, int before)
{
    if (!(rates.arrival > 0.0)) return 0;
    double most = q->threshold * (before ? STARVED : 1.0);
    double own = larger(rates.birth, 0.0) + larger(rates.death, 0.0);
    return rates.arrival >= most * own && rates.arrival * (c->end - c->t) >= most;
}

static int few(const pf_engine *e, int lane, size_t k)
{
    const pf_case *c = &e->cases[lane];
    const pf_population_rates *q = &e->program->population[k];
    return c->small[k] || (c->fed[k] && *pf_at(e, e->b.y, q->state, lane) < q->threshold);
}

/* 1 when some discrete population of the lane became fed or a fed one starved. The rates of
 * discrete ones at the start of the step limit it. */
static int feed(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    int changed = 0;
    c->counts_limit = INFINITY;
    for (size_t k = 0; k < p->n_population; k++) {
        if (!few(e, lane, k)) continue;
        pf_rates rates = rates_of(e, lane, k);
        double n = *pf_at(e, e->b.y, p->population[k].state, lane);
        if (n == 0.0 && !c->fed[k] && !(rates.arrival * (c->end - c->t) > SELDOM)) continue;
        int now = fed(c, &p->population[k], rates, c->fed[k]);
        if (now != c->fed[k]) {
            c->fed[k] = (unsigned char)now;
            make_small(e, lane, k, !now);
            changed = 1;
        }
        if (!c->small[k]) continue;
        double longest = pf_small_step(n, rates, p->population[k].threshold);
        if (longest < c->counts_limit) c->counts_limit = longest;
    }
    if (changed) pf_engine_sort_counts(e, lane);
    return changed;
}

int pf_engine_feed_counts(pf_engine *e)
{
    int any = 0, changed = 0;
    for (int l = 0; l < e->width; l++) {
        e->cases[l].counts_limit = INFINITY;
        for (size_t k = 0; !any && e->cases[l].active && k < e->program->n_population; k++)
            any = few(e, l, k);
    }
    if (!any || e->deterministic) return 0;
    pf_batch_run(&e->b, PF_CODE_POPS);
    for (int l = 0; l < e->width; l++)
        if (e->cases[l].active) changed |= feed(e, l);
    return changed;
}

/* Is there a discrete population of the lane, whose step to `until` was accepted, to which
 * something may happen? Other lanes must not matter, or results would depend on their number.
 */
static int lively(const pf_engine *e, int lane, double until)
{
    const pf_program *p = e->program;
    const pf_case *c = &e->cases[lane];
    if (e->deterministic || isnan(until)) return 0;
    for (size_t k = 0; k < p->n_population; k++) {
        if (!c->small[k]) continue;
        if (*pf_at(e, e->b.y, p->population[k].state, lane) > 0.0) return 1;
        if (rates_of(e, lane, k).arrival * (until - c->t) > SELDOM) return 1;
    }
    return 0;
}

/* Birth, death and arrival of all populations, where `pops` put them last, into e->pace; with
 * `again` the mean of that and what stands there. Their slots follow each other (program.h). */
static void gather_rates(pf_engine *e, int again)
{
    const pf_program *p = e->program;
    size_t w = (size_t)e->width, n = 3 * p->n_population * w;
    double *now = e->b.slot + p->population[0].birth * w;
    for (size_t k = 0; k < p->n_population; k++)
        for (size_t l = 0; l < w && e->infused[k] != PF_ABSENT; l++)
            now[(3 * k + 2) * w + l] += e->b.rate[e->infused[k] * w + l];
    if (!again)
        for (size_t i = 0; i < n; i++) e->pace[i] = now[i] > 0.0 ? now[i] : 0.0;
    else
        for (size_t i = 0; i < n; i++)
            e->pace[i] = 0.5 * (e->pace[i] + (now[i] > 0.0 ? now[i] : 0.0));
}

void pf_engine_mean_rates(pf_engine *e, const double until[8])
{
    const pf_program *p = e->program;
    int any = 0;
    for (int l = 0; l < e->width; l++)
        any |= e->lively[l] = (unsigned char)lively(e, l, until[l]);
    if (!any) return;
    gather_rates(e, 0);
    pf_engine_at_points(e);
    for (int l = 0; l < e->width; l++)
        if (!isnan(until[l])) *pf_at(e, e->b.slot, p->time, l) = until[l];
    pf_batch_run(&e->b, PF_CODE_POPS);
    gather_rates(e, 1);
}

/* Draw one discrete population after dt. */
static void sample(pf_engine *e, int lane, size_t k, double *n, double dt)
{
    const double *pace = pf_at(e, e->pace, 3 * k, lane);
    size_t w = (size_t)e->width;
    pf_rates rates = {pace[0], pace[w], pace[2 * w]};
    if (!e->lively[lane] || (*n == 0.0 && !(rates.arrival * dt > SELDOM))) return;
    *n = pf_small_sample(&e->cases[lane].random[k], *n, rates, dt);
    if (*n >= RETURN_FACTOR * e->program->population[k].threshold) make_small(e, lane, k, 0);
}

void pf_engine_commit_counts(pf_engine *e, int lane, double dt)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    for (size_t k = 0; k < p->n_population; k++) {
        double *n = pf_at(e, e->b.y, p->population[k].state, lane);
        if (c->small[k]) {
            sample(e, lane, k, n, dt);
            continue;
        }
        if (*n >= p->population[k].threshold) continue;
        if (*n < 0.0) *n = 0.0; /* an ODE may overshoot; a population may not */
        if (c->fed[k] || e->deterministic) continue;
        make_whole(n, &c->random[k]);
        make_small(e, lane, k, 1);
    }
}
