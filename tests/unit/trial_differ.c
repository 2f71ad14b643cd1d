/* pf_differ against R 4: t.test, t.test(paired = TRUE), binom.test, p.adjust("holm"); standard
 * errors of medians from their definition in R. */
#include "ct.h"
#include "trial/differ.h"

static const double A[] = {0.20, 0.24, 0.18, 0.30, 0.22, 0.26, 0.19, 0.25},
                    B[] = {0.26, 0.25, 0.27, 0.33, 0.21, 0.31, 0.28, 0.30};

static pf_gap differ(pf_differ_how how, const double *a, size_t na, const double *b, size_t nb)
{
    pf_ctx ctx;
    pf_gap d;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_differ(&ctx, how, a, na, b, nb, &d));
    return d;
}

static void independent_means_are_welchs(void **state)
{
    (void)state;
    pf_gap d = differ(PF_DIFFER_MEANS, A, 8, B, 8);
    assert_close(d.value, 0.04625, 1e-12, 0);
    assert_close(d.se, 0.01954276446302168, 1e-12, 0);
    assert_close(d.low, 0.00431778080706577, 1e-10, 0);
    assert_close(d.high, 0.08818221919293420, 1e-10, 0);
    assert_close(d.p, 0.03297491582643032, 1e-10, 0);
    pf_gap same;
    pf_differ_means((double[]){0.23, 0.27625}, (double[]){NAN, 0.03}, (double[]){1, 8}, &same);
    assert_close(same.value, 0.04625, 1e-12, 0);
    assert_true(isnan(same.p)); /* one replicate has no error that can be known */
}

static void paired_means_are_students(void **state)
{
    (void)state;
    pf_gap d = differ(PF_DIFFER_MEANS_PAIRED, A, 8, B, 8);
    assert_int_equal(d.n, 8);
    assert_close(d.value, 0.04625, 1e-12, 0);
    assert_close(d.se, 0.01252675707663970, 1e-12, 0);
    assert_close(d.low, 0.01662892642276623, 1e-10, 0);
    assert_close(d.high, 0.07587107357723379, 1e-10, 0);
    assert_close(d.p, 0.00773517599423392, 1e-10, 0);
}

static void paired_medians_take_medians_that_are_not_reached(void **state)
{
    (void)state;
    pf_gap d = differ(PF_DIFFER_MEDIANS_PAIRED, A, 8, B, 8);
    assert_close(d.value, 0.05, 1e-12, 0);
    assert_close(d.p, 0.0703125, 1e-12, 0); /* binom.test(1, 8) */
    assert_close(d.low, -0.01, 1e-12, 0);   /* P(X < 1) = 0.4 %: the outermost ones */
    assert_close(d.high, 0.09, 1e-12, 0);
    double a[] = {90, INFINITY, 80, 70, NAN, 60},
           b[] = {INFINITY, INFINITY, 85, 75, 3, INFINITY};
    d = differ(PF_DIFFER_MEDIANS_PAIRED, a, 6, b, 6);
    assert_int_equal(d.n, 5); /* one does not exist; both not reached: no difference */
    assert_close(d.value, 5, 0, 0);
    assert_close(d.p, 0.125, 1e-12, 0); /* binom.test(0, 4) */
    assert_true(isnan(d.low));          /* five pairs carry no interval of 95 % */
}

static void medians_have_errors_of_their_own(void **state)
{
    (void)state;
    double a[20], b[20];
    for (int i = 0; i < 20; i++) {
        a[i] = 100 + i;
        b[i] = 105 + 2 * i;
    }
    pf_gap d = differ(PF_DIFFER_MEDIANS, a, 20, b, 20);
    assert_close(d.value, 14.5, 0, 0);
    assert_close(d.se, 4.77452984143961423, 1e-12, 0);
    assert_close(d.low, 5.14209346766662279, 1e-10, 0);
    assert_close(d.high, 23.85790653233337721, 1e-10, 0);
    assert_close(d.p, 0.00238986489139228, 1e-9, 0);
    for (int i = 8; i < 20; i++) b[i] = INFINITY;
    d = differ(PF_DIFFER_MEDIANS, a, 20, b, 20);
    assert_true(isinf(d.value) && isnan(d.p));
}

static void the_same_is_the_same_and_never_beyond_chance_for_lack_of_spread(void **state)
{
    (void)state;
    pf_gap d = differ(PF_DIFFER_MEANS_PAIRED, A, 8, A, 8);
    assert_true(d.value == 0 && d.p == 1);
    double zero[3] = {0}, tenth[3] = {0.1, 0.1, 0.1};
    d = differ(PF_DIFFER_MEANS_PAIRED, zero, 3, tenth, 3);
    assert_close(d.p, 0.25, 1e-12, 0); /* 2 of 2^3 signs */
    d = differ(PF_DIFFER_MEANS, zero, 3, tenth, 3);
    assert_close(d.p, 0.1, 1e-12, 0); /* 2 of (6 choose 3) */
    d = differ(PF_DIFFER_MEANS_PAIRED, zero, 1, tenth, 1);
    assert_true(d.value == 0.1 && isnan(d.p) && isnan(d.low));
    d = differ(PF_DIFFER_MEANS_PAIRED, zero, 0, tenth, 0);
    assert_true(isnan(d.value) && isnan(d.p));
}

static void many_p_values_are_judged_together(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    double p[] = {0.01, 0.04, NAN, 0.03, 0.005}, r[] = {0.03, 0.06, NAN, 0.06, 0.02};
    assert_ok(&ctx, pf_holm(&ctx, p, 5));
    for (int i = 0; i < 5; i++) assert_close(p[i], r[i], 1e-12, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(independent_means_are_welchs),
        cmocka_unit_test(paired_means_are_students),
        cmocka_unit_test(paired_medians_take_medians_that_are_not_reached),
        cmocka_unit_test(medians_have_errors_of_their_own),
        cmocka_unit_test(the_same_is_the_same_and_never_beyond_chance_for_lack_of_spread),
        cmocka_unit_test(many_p_values_are_judged_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
