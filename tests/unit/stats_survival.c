/* Kaplan-Meier, log-rank and RMST against R, and at the edges. */
#include "stats_fixture.h"

#include "trial/survival.h"

static void check_row(const expectation *e, const pf_km *km)
{
    size_t row = (size_t)e->v[0];
    assert_true(row < km->rows);
    assert_as_r(km->time[row], e->v[1]);
    assert_as_r((double)km->at_risk[row], e->v[2]);
    assert_as_r((double)km->died[row], e->v[3]);
    assert_as_r((double)km->censored[row], e->v[4]);
    assert_as_r(km->survival[row], e->v[5]);
    assert_as_r(km->se[row], e->v[6]);
    assert_as_r(km->lower[row], e->v[7]);
    assert_as_r(km->upper[row], e->v[8]);
}

static void check_estimate(pf_estimate got, double value, double lower, double upper)
{
    assert_as_r(got.value, value);
    assert_as_r(got.lower, lower);
    assert_as_r(got.upper, upper);
}

/* km: the curve with log-log, log and plain limits */
static void check_curve(pf_ctx *ctx, const expectation *e, const pf_km *km)
{
    const double *v = e->v;
    if (is(e, "km")) check_row(e, &km[PF_LIMITS_LOG_LOG]);
    if (is(e, "limits")) {
        size_t row = (size_t)v[0];
        assert_as_r(km[PF_LIMITS_LOG].lower[row], v[1]);
        assert_as_r(km[PF_LIMITS_LOG].upper[row], v[2]);
        assert_as_r(km[PF_LIMITS_PLAIN].lower[row], v[3]);
        assert_as_r(km[PF_LIMITS_PLAIN].upper[row], v[4]);
    }
    if (is(e, "quantile")) {
        check_estimate(pf_km_quantile(&km[PF_LIMITS_LOG_LOG], v[0]), v[1], v[2], v[3]);
        check_estimate(pf_km_quantile(&km[PF_LIMITS_LOG], v[0]), v[1], v[4], v[5]);
        check_estimate(pf_km_quantile(&km[PF_LIMITS_PLAIN], v[0]), v[1], v[6], v[7]);
    }
    if (is(e, "at")) {
        pf_estimate s = pf_km_at(km, v[0]);
        check_estimate(s, v[1], v[3], v[4]);
        assert_as_r(s.se, v[2]);
        assert_as_r((double)pf_km_at_risk(km, v[0]), v[5]);
    }
    if (is(e, "rmst")) {
        pf_estimate m;
        assert_ok(ctx, pf_rmst(ctx, km, v[0], &m));
        assert_as_r(m.value, v[1]);
        assert_as_r(m.se, v[2]);
    }
}

static void every_curve_is_the_one_of_r(void **state)
{
    (void)state;
    for (size_t s = 0; s < PF_COUNT(SETS); s++) {
        dataset d = dataset_load(SETS[s]);
        size_t n, checked = 0;
        expectation *e = expected_load(SETS[s], &n);
        for (int arm = 'A'; arm <= 'Z'; arm++) {
            pf_km km[3] = {{0}};
            int there = 0;
            for (size_t i = 0; i < d.n; i++) there |= d.arm[i] == arm;
            for (int scale = 0; there && scale < 3; scale++) {
                pf_km_options o = {0.95, (pf_limits)scale, d.arm, arm};
                assert_ok(&d.ctx, pf_km_fit(&d.ctx, d.n, d.time, d.event, &o, &km[scale]));
            }
            for (size_t i = 0; i < n; i++) {
                if (e[i].label[0] != arm || e[i].label[1] || strstr(e[i].what, "logrank"))
                    continue;
                check_curve(&d.ctx, &e[i], km);
                checked++;
            }
            for (int scale = 0; scale < 3; scale++) pf_km_clear(&km[scale]);
        }
        assert_true(checked > 2);
        free(e);
        dataset_free(&d);
    }
    print_message("largest relative deviation from R: %.2g\n", worst);
}

static void check_logrank(const expectation *e, size_t n, const char *what, const pf_logrank *r)
{
    char group[64];
    snprintf(group, sizeof group, "%s_group", what);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (is(&e[i], what)) {
            assert_as_r(r->chi_square, e[i].v[0]);
            assert_as_r(r->p, e[i].v[1]);
            if (!isnan(e[i].v[2])) assert_as_r((double)r->df, e[i].v[2]);
        }
        if (!is(&e[i], group)) continue;
        assert_true(at < r->groups);
        assert_int_equal(r->group[at], e[i].label[0]);
        assert_as_r((double)r->n[at], e[i].v[0]);
        assert_as_r(r->observed[at], e[i].v[1]);
        assert_as_r(r->expected[at], e[i].v[2]);
        at++;
    }
}

static void every_logrank_test_is_the_one_of_r(void **state)
{
    (void)state;
    for (size_t s = 0; s < PF_COUNT(SETS); s++) {
        dataset d = dataset_load(SETS[s]);
        size_t n;
        expectation *e = expected_load(SETS[s], &n);
        for (int strata = 0; strata < 2 && d.n > 1; strata++) {
            pf_logrank r;
            assert_ok(&d.ctx, pf_logrank_test(&d.ctx, d.n, d.time, d.event, d.arm,
                                  strata ? d.stratum : NULL, &r));
            check_logrank(e, n, strata ? "logrank_strata" : "logrank", &r);
            pf_logrank_clear(&r);
        }
        free(e);
        dataset_free(&d);
    }
}

static void without_events_the_median_is_missing_and_the_test_cannot_tell(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double time[] = {1, 2, 3, 4};
    const unsigned char event[] = {0, 0, 0, 0};
    const int group[] = {1, 1, 2, 2};
    pf_km km;
    assert_ok(&ctx, pf_km_fit(&ctx, 4, time, event, NULL, &km));
    assert_true(isnan(pf_km_quantile(&km, 0.5).value));
    assert_close(pf_km_at(&km, 2.5).value, 1, 0, 0);
    pf_km_clear(&km);
    pf_logrank r;
    assert_ok(&ctx, pf_logrank_test(&ctx, 4, time, event, group, NULL, &r));
    assert_true(isnan(r.p));
    assert_int_equal(r.df, 0);
    pf_logrank_clear(&r);
}

static void mistakes_name_the_row(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_km km;
    pf_logrank r;
    const unsigned char event[] = {1, 0, 2};
    const double nan_time[] = {1, NAN, 3}, negative[] = {1, 2, -3}, good[] = {1, 2, 3};
    const int one[] = {7, 7, 7};
    assert_int_equal(pf_km_fit(&ctx, 3, nan_time, event, NULL, &km), PF_ERR_NONFINITE);
    assert_contains(ctx.message, "row 2");
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_km_fit(&ctx, 3, negative, event, NULL, &km), PF_ERR_RANGE);
    assert_contains(ctx.message, "row 3: time -3 is below 0");
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_km_fit(&ctx, 3, good, event, NULL, &km), PF_ERR_RANGE);
    assert_contains(ctx.message, "row 3: event is 2");
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_km_fit(&ctx, 0, good, event, NULL, &km), PF_ERR_RANGE);
    assert_contains(ctx.message, "no patients");
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_logrank_test(&ctx, 2, good, event, one, NULL, &r), PF_ERR_RANGE);
    assert_contains(ctx.message, "only one group");
    pf_logrank_clear(&r);
}

static void a_mean_behind_the_data_is_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double time[] = {1, 2, 3};
    const unsigned char event[] = {1, 1, 0};
    pf_km km;
    pf_estimate m;
    assert_ok(&ctx, pf_km_fit(&ctx, 3, time, event, NULL, &km));
    assert_int_equal(pf_rmst(&ctx, &km, 3.5, &m), PF_ERR_RANGE);
    assert_contains(ctx.message, "behind the last time 3");
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_rmst(&ctx, &km, 0, &m), PF_ERR_RANGE);
    pf_km_clear(&km);
    /* A curve that has reached 0 is known for ever. */
    pf_ctx_reset(&ctx);
    assert_ok(&ctx, pf_km_fit(&ctx, 2, time, event, NULL, &km));
    assert_ok(&ctx, pf_rmst(&ctx, &km, 9, &m));
    assert_close(m.value, 1.5, 1e-15, 0);
    assert_close(pf_km_at(&km, 9).value, 0, 0, 0);
    pf_km_clear(&km);
}

static void two_means_are_compared_as_by_hand(void **state)
{
    (void)state;
    pf_estimate a = {10, 0.6, 0, 0}, b = {8, 0.8, 0, 0};
    pf_rmst_contrast c;
    pf_rmst_compare(&a, &b, 0.95, &c);
    assert_close(c.difference.value, 2, 1e-15, 0);
    assert_close(c.difference.se, 1, 1e-15, 0);
    assert_close(c.difference.lower, 2 - 1.959963984540054, 0, 1e-14);
    assert_close(c.p_difference, 0.045500263896358417, 1e-12, 0);
    assert_close(c.ratio.value, 1.25, 1e-15, 0);
    assert_close(c.ratio.se, sqrt(0.0036 + 0.01), 1e-14, 0);
}

static void order_of_rows_does_not_matter(void **state)
{
    (void)state;
    dataset d = dataset_load("large");
    pf_logrank r, s;
    assert_ok(&d.ctx, pf_logrank_test(&d.ctx, d.n, d.time, d.event, d.arm, d.stratum, &r));
    for (size_t i = 0; i < d.n / 2; i++) {
        size_t j = d.n - 1 - i;
        double t = d.time[i];
        unsigned char e = d.event[i];
        int a = d.arm[i], b = d.stratum[i];
        d.time[i] = d.time[j], d.event[i] = d.event[j], d.arm[i] = d.arm[j],
        d.stratum[i] = d.stratum[j];
        d.time[j] = t, d.event[j] = e, d.arm[j] = a, d.stratum[j] = b;
    }
    assert_ok(&d.ctx, pf_logrank_test(&d.ctx, d.n, d.time, d.event, d.arm, d.stratum, &s));
    assert_true(r.chi_square == s.chi_square);
    pf_logrank_clear(&r);
    pf_logrank_clear(&s);
    dataset_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_curve_is_the_one_of_r),
        cmocka_unit_test(every_logrank_test_is_the_one_of_r),
        cmocka_unit_test(without_events_the_median_is_missing_and_the_test_cannot_tell),
        cmocka_unit_test(mistakes_name_the_row),
        cmocka_unit_test(a_mean_behind_the_data_is_refused),
        cmocka_unit_test(two_means_are_compared_as_by_hand),
        cmocka_unit_test(order_of_rows_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
