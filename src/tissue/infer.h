/* infer.h: rates of killing and entry from what was seen of killers, with their uncertainty.
 *
 * Killing has the form of the core model's lesion (models/core/lesion.ant, s_p and m_p): a
 * killer inside kills at the rate K s,  s = T / (h V + T + E)   per day, T targets and E
 * killers in the volume V, h the search density. That is a predator who handles a prey for 1 /
 * K on average and looks for the next (Holling 1959, Can Entomol 91:385-398), so that s is the
 * share of its time in which it holds a target, and K its kills over that time. Kills are
 * Poisson in the killer-days of holding. h solves
 *     sum of held time = sum of s times the time inside,
 * and its error comes from how killers differ in the share of their time that they hold (ratio
 * of sums, killers as clusters). Killers in and after their first load of granules are kept
 * apart. Time that a killer spends outside after it has entered once counts as looking.
 *
 * Entry: of killers outside a share m can come in, and each of them does at the rate b, so that
 * the chance of having entered after t days is m (1 - exp(-b t)): the mixture cure model
 * (Berkson and Gage 1952, J Am Stat Assoc 47:501-515), by EM (Dempster et al. 1977, J R Stat
 * Soc B 39:1-38), errors from the observed information.
 *
 * Runs differ by more than chance within them: all variances are multiplied by Pearson's
 * dispersion of what runs came to against what the fit expects of each, at least 1. Depends on:
 * past. Threads: pure functions. */
#ifndef PF_TISSUE_INFER_H
#define PF_TISSUE_INFER_H
#include "tissue/past.h"

/* A rate or another positive number, its error on the scale of the logarithm; low and high are
 * the ends of the 95 % interval. Without an event value is 0, se NaN, and high the value at
 * which that has a chance of 5 %. */
typedef struct pf_estimate {
    double value, se, low, high;
} pf_estimate;

typedef struct pf_killing {
    pf_estimate rate[2]; /* K, 1/day: with granules; after the first load (NaN: not seen) */
    double kills[2];     /* seen */
    double days[2];      /* killer-days of holding, of those who can kill */
    double contact;      /* share of the time inside in which killers hold a target */
    double contact_se;   /* of its logit */
    pf_estimate density; /* h, cell/mL; NaN: killers find targets at once, or never */
    double dispersion;   /* of the kills with granules */
    double dispersion_contact;
} pf_killing;

/* The time of one killer inside. */
typedef struct pf_stay {
    size_t run;
    double days, held;
} pf_stay;

/** Of all spans, in the order of runs, and all killers that have entered. */
void pf_infer_killing(const pf_span *span, size_t n, const pf_stay *stay, size_t n_stay,
    size_t n_run, pf_killing *out);
/** s of a span. */
double pf_infer_contact(const pf_span *span, double density);

/* A killer that was placed outside. */
typedef struct pf_arrival {
    size_t run;
    double days; /* until it entered, or as long as it was followed */
    int entered;
} pf_arrival;

typedef struct pf_entry {
    size_t n, entered;
    double share, se_logit, low, high; /* m; se on the scale of log(m / (1 - m)) */
    pf_estimate rate;                  /* b, 1/day */
    int told;                          /* runs were long enough to tell m from b */
    double dispersion;
} pf_entry;

/** n > 0. */
void pf_infer_entry(const pf_arrival *arrival, size_t n, size_t n_run, pf_entry *out);

/* The plateau of killers who live on what granules return, as the core has it: they kill at
 * K (l + (1 - l) f) while they hold,  l = 1 / (1 + K s / P),  P = plateau in kills per killer
 * and day, f = slow killing relative to granules. Value NaN: not told. */
pf_estimate pf_infer_plateau(const pf_killing *k, double slow);

/** log-scale estimate from a value and its error. */
pf_estimate pf_estimate_of(double value, double se);

#endif
