/* small.h: populations of few cells as exact linear birth-death processes with immigration.
 *
 * With per-capita rates b, d and arrivals v constant over a step dt, E = exp((b-d) dt),
 *     alpha = d (E-1)/(b E - d),  beta = b (E-1)/(b E - d)       (alpha = beta = b dt/(1+b dt)
 * when b = d), each cell has no descendants with probability alpha, else a geometric number on
 * 1, 2, ... with ratio beta (Kendall 1948, Ann Math Stat 19:1); descendants of arrivals are
 * negative binomial with shape v/b and the same ratio, Poisson with mean v (1 - e^(-d dt))/d
 * when b = 0. So extinction is an event, and nothing grows back from a fraction of a cell.
 * Depends on: base. */
#ifndef PF_SOLVE_SMALL_H
#define PF_SOLVE_SMALL_H
#include "base/base.h"

typedef struct pf_rates {
    double birth, death; /* per capita [1/time]; negative values count as 0 */
    double arrival;      /* [count/time] */
} pf_rates;

/** The number after dt of a population of n (whole) now. */
double pf_small_sample(pf_random *r, double n, pf_rates rates, double dt);
/** A longest step over which taking the rates as constant is reasonable for a population of n:
 * about one event per cell, arrivals below the threshold, the offspring of one arrival too.
 * INFINITY when nothing can happen. */
double pf_small_step(double n, pf_rates rates, double threshold);

#endif
