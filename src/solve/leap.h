/* leap.h: how many firings fit into one leap, and the firings of a leap. Internal to solve.
 *
 * Over a leap no propensity may change by more than a share `epsilon` (Cao, Gillespie, Petzold
 * 2006, doi 10.1063/1.2159468): with mean mu_i and variance s_i of the change of count i per
 * time, and g_i the highest order in which it enters a propensity,
 *     leap <= min_i { b_i/|mu_i|, b_i^2/s_i },   b_i = max(epsilon x_i/g_i, 1).
 * g_i = 2 here, and 3 below 3 counts, for propensities are any formulas. A channel that could
 * be exhausted by fewer than 10 firings is critical: it fires at most once in a leap, at its
 * end. The others fire Poisson numbers of times, at most as often as what they take lasts (as
 * in binomial leaps: Tian and Burrage 2004, doi 10.1063/1.1810475), so no count falls below 0.
 *
 * Counts and propensities are those in the slots, `fire` having run. Depends on: lanes_state.
 */
#ifndef PF_SOLVE_LEAP_H
#define PF_SOLVE_LEAP_H
#include "solve/lanes_state.h"

typedef struct pf_leap {
    double total;    /* of the propensities of channels that jump */
    double critical; /* of those of them that are critical */
    double longest;  /* leap; INFINITY when nothing changes */
    uint32_t bad;    /* channel whose propensity is no rate; PF_ABSENT: none */
} pf_leap;

/** Does channel `k` jump in this lane? */
static inline int pf_leap_jumps(const pf_engine *e, size_t k, int lane)
{
    uint32_t keep = e->program->channel[k].keep;
    return keep == PF_ABSENT || *pf_at(e, e->b.slot, keep, lane) == 0.0;
}

/** Sums and the longest leap of a lane; critical[n_channel] becomes 1 for critical channels. */
void pf_leap_plan(
    const pf_engine *e, int lane, double epsilon, unsigned char *critical, pf_leap *out);
/** The jumping channel at the share `pick` of the sum of propensities; only critical ones where
 * `critical` is not NULL. */
uint32_t pf_leap_choose(
    const pf_engine *e, int lane, const unsigned char *critical, double pick);
/** Channel `k` fires n times: the states in the slots change. Returns 1 when a count fell below
 * 0. */
int pf_leap_fire(pf_engine *e, int lane, size_t k, double n);
/** How often channel `k` can fire before something it takes is used up; INFINITY. */
double pf_leap_lasts(const pf_engine *e, int lane, size_t k);

#endif
