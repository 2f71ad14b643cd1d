/* special.h: the distribution functions behind intervals and p values.
 *
 * Incomplete beta I_x(a, b) by its continued fraction (DLMF 8.17.22, modified Lentz),
 * incomplete gamma P(a, x), Q(a, x) by series and continued fraction (DLMF 8.7.1, 8.9.2). The
 * leading factors are written with the Stirling remainder and the deviance term (Loader 2000,
 * "Fast and accurate computation of binomial probabilities"), so that large parameters lose no
 * digits to the cancellation of log-gammas. Relative accuracy about 1e-13. Depends on: nothing.
 * Threads: pure functions. */
#ifndef PF_TRIAL_SPECIAL_H
#define PF_TRIAL_SPECIAL_H

/** log Gamma(z + 1) minus Stirling's approximation of it; z > 0. */
double pf_stirling_remainder(double z);
/** x log(x / m) + m - x, accurate when x is near m; x >= 0, m > 0. */
double pf_deviance(double x, double m);

/** log of the binomial probability of x out of n, q = 1 - p given apart; real 0 <= x <= n. */
double pf_binomial_log(double x, double n, double p, double q);
/** log of the probability that k draws without replacement from m white and n black balls
 * contain x white ones; whole numbers within the support. */
double pf_hypergeometric_log(double x, double m, double n, double k);

/** I_x(a, b) in `*lower` and its complement in `*upper`, both with full relative accuracy.
 * a, b > 0, 0 <= x <= 1; NaN otherwise. */
void pf_beta_tails(double a, double b, double x, double *lower, double *upper);
/** The x with I_x(a, b) = p, or with 1 - I_x(a, b) = p when `upper` is not 0. 0 <= p <= 1. */
double pf_beta_quantile(double p, double a, double b, int upper);

/** P(a, x) in `*lower` and Q(a, x) in `*upper`; a > 0, x >= 0; NaN otherwise. */
void pf_gamma_tails(double a, double x, double *lower, double *upper);
/** The probability that a chi-square variable with `df` degrees of freedom is above x. */
double pf_chi_square_tail(double x, double df);
/** The two-sided p value of a standard normal z. */
double pf_normal_two_sided(double z);

#endif
