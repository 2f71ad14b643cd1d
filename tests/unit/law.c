/* Draws from named laws against their distribution functions (Kolmogorov and Smirnov's
 * distance) and probabilities. */
#include "ct.h"

#include "base/law.h"

#include <stdlib.h>
#include <string.h>

enum { N = 20000 };

static double erlang(double x) /* gamma of shape 2 */
{
    return x > 0 ? 1 - exp(-x) * (1 + x) : 0;
}

static double cdf(pf_law law, double a, double b, double x)
{
    switch (law) {
    case PF_LAW_NORMAL:
        return pf_normal_cdf((x - a) / b);
    case PF_LAW_LOGNORMAL:
        return x > 0 ? pf_normal_cdf((log(x) - a) / b) : 0;
    case PF_LAW_UNIFORM:
        return fmin(1, fmax(0, (x - a) / (b - a)));
    case PF_LAW_EXPONENTIAL:
        return x > 0 ? -expm1(-a * x) : 0;
    case PF_LAW_GAMMA:
        return erlang(x / b); /* a = 2 */
    case PF_LAW_CHISQUARE:
        return erlang(x / 2); /* a = 4 */
    case PF_LAW_CAUCHY:
        return 0.5 + atan((x - a) / b) / M_PI;
    case PF_LAW_LAPLACE:
        return x < a ? 0.5 * exp((x - a) / b) : 1 - 0.5 * exp((a - x) / b);
    case PF_LAW_RAYLEIGH:
        return x > 0 ? -expm1(-x * x / (2 * a * a)) : 0;
    default:
        return NAN;
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void check(pf_law law, double a, double b, double low, double high)
{
    static double x[N];
    double p[2] = {a, b}, most = 0, from = cdf(law, a, b, low), to = cdf(law, a, b, high);
    pf_random r;
    pf_random_init(&r, 3, PF_DRAW_TEST, (uint64_t)law, 0, 0);
    for (int i = 0; i < N; i++) {
        x[i] = pf_law_draw(&r, law, p, low, high);
        assert_true(x[i] >= low && x[i] <= high);
    }
    qsort(x, N, sizeof *x, ascending);
    for (int i = 0; i < N; i++) {
        double f = (cdf(law, a, b, x[i]) - from) / (to - from);
        most = fmax(most, fmax(f - (double)i / N, (double)(i + 1) / N - f));
    }
    if (most * sqrt(N) > 1.95) print_error("%s: %g\n", pf_law_name(law), most * sqrt(N));
    assert_true(most * sqrt(N) < 1.95); /* the 0.999 quantile */
}

static void every_continuous_law_follows_its_distribution_function(void **unused)
{
    (void)unused;
    check(PF_LAW_NORMAL, 1, 2, -INFINITY, INFINITY);
    check(PF_LAW_LOGNORMAL, 0.5, 1, -INFINITY, INFINITY);
    check(PF_LAW_UNIFORM, -1, 3, -INFINITY, INFINITY);
    check(PF_LAW_EXPONENTIAL, 2, 0, -INFINITY, INFINITY);
    check(PF_LAW_GAMMA, 2, 3, -INFINITY, INFINITY);
    check(PF_LAW_CHISQUARE, 4, 0, -INFINITY, INFINITY);
    check(PF_LAW_CAUCHY, 1, 2, -INFINITY, INFINITY);
    check(PF_LAW_LAPLACE, 1, 2, -INFINITY, INFINITY);
    check(PF_LAW_RAYLEIGH, 2, 0, -INFINITY, INFINITY);
}

static void cut_laws_are_the_rest_of_them(void **unused)
{
    (void)unused;
    check(PF_LAW_NORMAL, 0, 1, -0.5, 2);
    check(PF_LAW_NORMAL, 0, 1, -INFINITY, -3);
    check(PF_LAW_LOGNORMAL, 0, 1, 0.5, 4);
    check(PF_LAW_UNIFORM, 0, 2, 0.5, 9);
    check(PF_LAW_EXPONENTIAL, 2, 0, 0.25, 1);
    check(PF_LAW_GAMMA, 2, 1, 1, 3);
    check(PF_LAW_CAUCHY, 1, 2, 1.1, 10);
    check(PF_LAW_LAPLACE, 1, 2, 0, 4);
    check(PF_LAW_LAPLACE, 0, 1, 1, 2);
    check(PF_LAW_RAYLEIGH, 2, 0, 1, INFINITY);
}

/* Far out, where 1 - F is below the rounding of 1. */
static void a_tail_of_the_normal_law_is_not_lost(void **unused)
{
    (void)unused;
    double p[2] = {0, 1}, sum = 0;
    pf_random r;
    pf_random_init(&r, 4, PF_DRAW_TEST, 0, 0, 0);
    for (int i = 0; i < N; i++) sum += pf_law_draw(&r, PF_LAW_NORMAL, p, 9, INFINITY);
    /* mean of the tail: density over probability */
    double mean = exp(-40.5) / sqrt(2 * M_PI) / pf_normal_cdf(-9);
    assert_close(sum / N, mean, 0, 4 * 0.11 / sqrt(N));
}

static void check_counts(pf_law law, double a, double b, int low, int high, const double *p)
{
    double hits[20] = {0}, in[2] = {a, b}, total = 0, chi = 0;
    pf_random r;
    pf_random_init(&r, 5, PF_DRAW_TEST, (uint64_t)law, 0, 0);
    for (int k = low; k <= high; k++) total += p[k];
    for (int i = 0; i < N; i++) {
        double x = pf_law_draw(&r, law, in, low, high);
        assert_true(x == floor(x) && x >= low && x <= high);
        hits[(int)x]++;
    }
    for (int k = low; k <= high; k++)
        chi += pow(hits[k] - N * p[k] / total, 2) / (N * p[k] / total);
    assert_true(chi < (high - low) + 4.5 * sqrt(2.0 * (high - low)));
}

static void counts_have_their_probabilities(void **unused)
{
    (void)unused;
    double poisson[20], binomial[20], bernoulli[2] = {0.77, 0.23};
    poisson[0] = exp(-1.5);
    binomial[0] = pow(0.7, 12);
    for (int k = 1; k < 12; k++) {
        poisson[k] = poisson[k - 1] * 1.5 / k;
        binomial[k] = binomial[k - 1] * (12 - k + 1) / k * 0.3 / 0.7;
    }
    check_counts(PF_LAW_POISSON, 1.5, 0, 0, 7, poisson);
    check_counts(PF_LAW_POISSON, 1.5, 0, 2, 6, poisson);
    check_counts(PF_LAW_BINOMIAL, 12, 0.3, 0, 9, binomial);
    check_counts(PF_LAW_BINOMIAL, 12, 0.3, 5, 8, binomial);
    check_counts(PF_LAW_BERNOULLI, 0.23, 0, 0, 1, bernoulli);
}

static void what_is_no_parameter_gives_no_number(void **unused)
{
    (void)unused;
    static const struct {
        pf_law law;
        double a, b, low, high;
    } bad[] = {{PF_LAW_NORMAL, 0, -1, -INFINITY, INFINITY}, {PF_LAW_NORMAL, NAN, 1, 0, 1},
        {PF_LAW_NORMAL, 0, 1, 2, 1}, {PF_LAW_UNIFORM, 0, 1, 2, 3},
        {PF_LAW_UNIFORM, 1, 0, -9, 9}, {PF_LAW_EXPONENTIAL, 0, 0, 0, 9},
        {PF_LAW_GAMMA, -1, 1, 0, 9}, {PF_LAW_POISSON, 1, 0, 500, 600},
        {PF_LAW_BINOMIAL, 2.5, 0.5, 0, 9}, {PF_LAW_BERNOULLI, 1.5, 0, 0, 1},
        {PF_LAW_RAYLEIGH, 1, 0, -3, -2}, {PF_LAW_LOGNORMAL, 0, 1, -3, -2}};
    pf_random r;
    pf_random_init(&r, 1, PF_DRAW_TEST, 0, 0, 0);
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        double p[2] = {bad[i].a, bad[i].b};
        assert_true(isnan(pf_law_draw(&r, bad[i].law, p, bad[i].low, bad[i].high)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_continuous_law_follows_its_distribution_function),
        cmocka_unit_test(cut_laws_are_the_rest_of_them),
        cmocka_unit_test(a_tail_of_the_normal_law_is_not_lost),
        cmocka_unit_test(counts_have_their_probabilities),
        cmocka_unit_test(what_is_no_parameter_gives_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
