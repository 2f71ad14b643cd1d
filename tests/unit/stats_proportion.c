/* Special functions, proportions and Fisher's test against R. */
#include "stats_fixture.h"

#include "trial/proportion.h"
#include "trial/special.h"

static void closed_forms_are_met(void **state)
{
    (void)state;
    double lower, upper;
    pf_beta_tails(3, 1, 0.2, &lower, &upper);
    assert_close(lower, 0.008, 1e-14, 0);
    pf_beta_tails(0.5, 0.5, 0.25, &lower, &upper);
    assert_close(lower, 1.0 / 3, 1e-14, 0);
    pf_gamma_tails(1, 40, &lower, &upper);
    assert_close(upper, exp(-40), 1e-14, 0);
    pf_gamma_tails(4, 3, &lower, &upper);
    assert_close(upper, exp(-3) * (1 + 3 + 4.5 + 4.5), 1e-14, 0);
    assert_close(pf_chi_square_tail(3.841458820694124, 1), 0.05, 1e-13, 0);
    assert_close(pf_beta_quantile(0.025, 1, 1e6, 0), -expm1(log1p(-0.025) / 1e6), 1e-13, 0);
    assert_close(pf_stirling_remainder(1), 1 - 0.5 * log(2 * M_PI), 1e-14, 0);
    assert_close(pf_stirling_remainder(16), pf_stirling_remainder(nextafter(16, 0)), 1e-10, 0);
    assert_close(exp(pf_hypergeometric_log(2, 4, 3, 3)), 18.0 / 35, 1e-14, 0);
    assert_true(isnan(pf_chi_square_tail(1, 0)));
}

static void special_functions_agree_with_r(void **state)
{
    (void)state;
    size_t n, count = 0;
    expectation *e = expected_load("special", &n);
    double beta = 0, quantile = 0, chi = 0;
    for (size_t i = 0; i < n; i++) {
        const double *v = e[i].v;
        double lower, upper;
        if (is(&e[i], "beta")) {
            pf_beta_tails(v[0], v[1], v[2], &lower, &upper);
            assert_close(lower, v[3], 1e-12, 0);
            assert_close(upper, v[4], 1e-12, 0);
            beta = fmax(beta, fmax(fabs(lower / v[3] - 1), fabs(upper / v[4] - 1)));
        } else if (is(&e[i], "beta_quantile")) {
            double x = pf_beta_quantile(v[0], v[1], v[2], 0);
            assert_close(x, v[3], 1e-11, 0);
            quantile = fmax(quantile, fabs(x / v[3] - 1));
        } else if (is(&e[i], "chi_square")) {
            double p = pf_chi_square_tail(v[0], v[1]);
            assert_close(p, v[2], 1e-11, 0);
            chi = fmax(chi, fabs(p / v[2] - 1));
        }
        count++;
    }
    print_message(
        "%zu values; largest deviation from R: beta %.2g, its quantile %.2g, chi-square %.2g\n",
        count, beta, quantile, chi);
    free(e);
}

static void the_quantile_inverts_the_distribution(void **state)
{
    (void)state;
    const double a[] = {0.5, 1, 3, 40, 1e4, 1e7};
    for (size_t i = 0; i < PF_COUNT(a); i++)
        for (size_t j = 0; j < PF_COUNT(a); j++)
            for (double p = 1e-9; p < 0.5; p *= 9) {
                double lower, upper, x = pf_beta_quantile(p, a[i], a[j], 0);
                pf_beta_tails(a[i], a[j], x, &lower, &upper);
                if (x < 0.5) assert_close(lower, p, 1e-9, 0);
            }
}

static void proportions_and_fisher_agree_with_r(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    size_t n;
    expectation *e = expected_load("proportion", &n);
    worst = 0;
    for (size_t i = 0; i < n; i++) {
        const double *v = e[i].v;
        if (is(&e[i], "binom")) {
            pf_proportion p;
            assert_ok(
                &ctx, pf_proportion_interval(&ctx, (int64_t)v[0], (int64_t)v[1], v[2], &p));
            assert_as_r(p.lower, v[3]);
            assert_as_r(p.upper, v[4]);
            assert_as_r(p.wilson_lower, v[5]);
            assert_as_r(p.wilson_upper, v[6]);
        } else {
            const int64_t t[4] = {(int64_t)v[0], (int64_t)v[1], (int64_t)v[2], (int64_t)v[3]};
            pf_fisher f;
            assert_ok(&ctx, pf_fisher_test(&ctx, t, v[8], &f));
            assert_as_r(f.p, v[4]);
            assert_as_r(f.odds_ratio, v[5]);
            assert_as_r(f.lower, v[6]);
            assert_as_r(f.upper, v[7]);
        }
    }
    print_message("%zu rows, largest relative deviation from R: %.2g\n", n, worst);
    free(e);
}

static void large_tables_are_quick_and_sensible(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_fisher f;
    const int64_t even[4] = {1000000000, 1000000000, 1000000000, 1000000000};
    assert_ok(&ctx, pf_fisher_test(&ctx, even, 0.95, &f));
    assert_close(f.p, 1, 0, 0);
    assert_close(f.odds_ratio, 1, 1e-9, 0);
    assert_close(log(f.upper), 1.959963984540054 * sqrt(4e-9), 1e-4, 0);
    const int64_t apart[4] = {900, 100, 100, 900};
    assert_ok(&ctx, pf_fisher_test(&ctx, apart, 0.95, &f));
    assert_true(f.p > 0 && f.p < 1e-250);
    assert_close(f.p_less + f.p_greater, 1, 1e-9, 0);
    const int64_t nothing[4] = {0, 10, 0, 5};
    assert_ok(&ctx, pf_fisher_test(&ctx, nothing, 0.95, &f));
    assert_close(f.p, 1, 0, 0);
    assert_true(isnan(f.odds_ratio));
    pf_proportion p;
    assert_ok(&ctx, pf_proportion_interval(&ctx, 500000000000, 1000000000000, 0.95, &p));
    assert_close(p.upper - p.lower, 2 * 1.959963984540054 * 0.5e-6, 1e-4, 0);
}

static void impossible_counts_are_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_proportion p;
    pf_fisher f;
    assert_int_equal(pf_proportion_interval(&ctx, 6, 5, 0.95, &p), PF_ERR_RANGE);
    assert_contains(ctx.message, "6 of 5 is no proportion");
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_proportion_interval(&ctx, 0, 0, 0.95, &p), PF_ERR_RANGE);
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_proportion_interval(&ctx, 1, 5, 1.5, &p), PF_ERR_RANGE);
    pf_ctx_reset(&ctx);
    const int64_t table[4] = {1, -1, 2, 3};
    assert_int_equal(pf_fisher_test(&ctx, table, 0.95, &f), PF_ERR_RANGE);
    assert_contains(ctx.message, "count -1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms_are_met),
        cmocka_unit_test(special_functions_agree_with_r),
        cmocka_unit_test(the_quantile_inverts_the_distribution),
        cmocka_unit_test(proportions_and_fisher_agree_with_r),
        cmocka_unit_test(large_tables_are_quick_and_sensible),
        cmocka_unit_test(impossible_counts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
