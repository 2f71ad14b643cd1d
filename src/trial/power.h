/* power.h: how often a trial of this size, a smaller or a larger one finds a difference.
 *
 * Smaller: the first patients of each arm of every replicate, tested as the trial would be
 * (log-rank, Fisher's exact test, two-sided 5 %). Patients enter an arm in random order and the
 * product's lots are used in that order, so they are a smaller trial.
 *
 * Larger, by a normal approximation. Replicate r has the effect e_r with the variance v_r that
 * its patients explain: Cox's log hazard ratio with one over its information, or the difference
 * of shares with p (1 - p) / n of both. Their means are mu and v; what is unknown differs
 * between replicates by tau2 = max(0, var(e) - v) and stays unknown however many patients come.
 * At m times the size the estimate is N(mu, tau2 + v / m), so the share that finds a
 * difference, the assurance (O'Hagan, Stevens and Campbell 2005, Pharm Stat 4:187), is P(|N(mu,
 * tau2 + v / m)| > 1.96 sqrt(w / m) + c / m) with the variance w under no difference (of the
 * log hazard ratio 1 / V of the log-rank test, proportional to one over the events: Schoenfeld
 * 1981, Biometrika 68:316; of shares the pooled one) and, of Fisher's test, the continuity
 * correction c = (1 / n1 + 1 / n0) / 2 (Casagrande, Pike and Smith 1978, Biometrics 34:483).
 * Either direction counts as a difference; of
 * those that favour the arm (a lower hazard, more responses) the one tail of N alone counts.
 *
 * Depends on: two_arms, proportion. Threads: belongs to one thread. */
#ifndef PF_TRIAL_POWER_H
#define PF_TRIAL_POWER_H
#include "trial/two_arms.h"

enum { PF_POWER_SIZES = 4, PF_POWER_REPLICATES = 20 };
extern const double PF_POWER_LARGER[];
extern const size_t PF_POWER_LARGER_COUNT; /* multiples of the size; the first is 1 */

/* Two arms under one test. */
typedef struct pf_power {
    size_t arm, against;
    int kind; /* PF_MEASURE_PFS_LOGRANK, PF_MEASURE_OS_LOGRANK; PF_ENDPOINT_ORR: Fisher's */
    uint64_t significant[PF_POWER_SIZES]; /* replicates, at 25, 50, 75 and 100 % */
    uint64_t better[PF_POWER_SIZES];      /* those of them that favour the arm */
    uint64_t replicates;
    double n, effect, effect2, variance, null_variance; /* sums over replicates with effects */
    double correction;                                  /* c */
} pf_power;

/** Patients of an arm of `size` at size `k`; the last is all. */
size_t pf_power_patients(size_t size, int k);
/** Add one replicate. `curve`: the two arms sorted by the time of the test; NULL of Fisher's.
 * Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_power_add(pf_ctx *ctx, const pf_study *s, const pf_arm_result *arm,
    const pf_arm_result *against, pf_two_arms *curve, pf_power *p);
/** The assurance at `m` times the size; NaN below PF_POWER_REPLICATES replicates with an
 * effect. `better`: of differences that favour the arm only. */
double pf_power_assurance(const pf_power *p, double m, int better);

#endif
