/* From rows to endpoints, to the spread over replicates, to verdicts. */
#include "trial_fixture.h"

static double measured(const pf_replicate *r, int kind, size_t arm, double at)
{
    double value, variance;
    const pf_measure m = {.kind = kind, .at = at, .arm = arm};
    assert_ok(NULL, pf_replicate_measure(NULL, r, &m, &value, &variance));
    return value;
}

static double compared(const pf_replicate *r, int kind, pf_compare how, size_t arm)
{
    double value, variance;
    const pf_measure m = {.kind = kind, .arm = arm, .compare = how};
    assert_ok(NULL, pf_replicate_measure(NULL, r, &m, &value, &variance));
    return value;
}

static void the_endpoints_of_a_tiny_trial_are_those_done_by_hand(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    pf_chunk c;
    pf_chunk_init(&c, &l);
    for (size_t i = 0; i < PF_COUNT(first); i++) put(&c, 0, &first[i]);
    pf_replicate r;
    assert_ok(&ctx, pf_replicate_fit(&ctx, &s, &l, &c.table[PF_TABLE_PATIENTS], &r));
    const struct {
        int kind;
        double at, control, nk;
    } row[] = {
        {PF_ENDPOINT_ORR, 0, 0.5, 1.0 / 3}, /* the failed patient is not counted */
        {PF_ENDPOINT_DCR, 0, 0.75, 2.0 / 3},
        {PF_ENDPOINT_CR, 0, 0.25, 0},
        {PF_ENDPOINT_PFS, 0, 30, 55}, /* S is 0.5 from 20 to 40, and from 50 to 60 */
        {PF_ENDPOINT_OS, 0, INFINITY, 90},
        {PF_ENDPOINT_DOR, 0, 35, 45},
        {PF_ENDPOINT_PFS_AT, 20, 0.5, 1},
        {PF_ENDPOINT_OS_AT, 85, 1, 2.0 / 3},
        {PF_ENDPOINT_KINETICS, 7, 5, 6},
        {PF_ENDPOINT_KINETICS, 8, NAN, NAN}, /* not sampled */
        {PF_ENDPOINT_CMAX, 0, 25, 30},
        {PF_ENDPOINT_TMAX, 0, 9, 9},
        {PF_MEASURE_TTR, 0, 5, 5},
    };
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        assert_close(measured(&r, row[i].kind, 0, row[i].at), row[i].control, 1e-12, 0);
        assert_close(measured(&r, row[i].kind, 1, row[i].at), row[i].nk, 1e-12, 0);
    }
    assert_close(compared(&r, PF_ENDPOINT_ORR, PF_COMPARE_DIFFERENCE, 1), -1.0 / 6, 1e-12, 0);
    assert_close(compared(&r, PF_ENDPOINT_PFS, PF_COMPARE_RATIO, 1), 55.0 / 30, 1e-12, 0);
    assert_close(
        compared(&r, PF_ENDPOINT_OS, PF_COMPARE_RATIO, 1), 0, 0, 0); /* 90 over not reached */
    assert_true(isnan(compared(&r, PF_ENDPOINT_OS, PF_COMPARE_RATIO, 0)));
    assert_true(measured(&r, PF_MEASURE_PFS_LOGRANK, 1, 0) < 1);
    assert_true(isnan(measured(&r, PF_ENDPOINT_OS_HR, 1, 0))); /* no death in the control */
    pf_replicate_clear(&r);
    pf_chunk_clear(&c);
}

static void equal_arms_have_a_hazard_ratio_of_1(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    pf_chunk c;
    pf_chunk_init(&c, &l);
    for (int a = 0; a < 2; a++)
        for (size_t i = 0; i < 4; i++) {
            patient p = first[i];
            p.arm = a;
            put(&c, 0, &p);
        }
    pf_replicate r;
    assert_ok(&ctx, pf_replicate_fit(&ctx, &s, &l, &c.table[PF_TABLE_PATIENTS], &r));
    assert_close(measured(&r, PF_ENDPOINT_PFS_HR, 1, 0), 1, 1e-9, 0);
    assert_close(measured(&r, PF_MEASURE_PFS_LOGRANK, 1, 0), 1, 1e-9, 0);
    pf_replicate_clear(&r);
    pf_chunk_clear(&c);
}

/* ---- spread ---- */

static void quantiles_and_ranks_agree_with_r(void **state)
{
    (void)state;
    pf_spread v;
    const double x[] = {8, NAN, 1, 4, 2}, far[] = {1, INFINITY, INFINITY, 3};
    assert_ok(NULL, pf_spread_fit(NULL, x, 5, &v));
    assert_int_equal(v.defined, 4);
    assert_close(v.q025, 1.075, 1e-12, 0);
    assert_close(v.median, 3, 1e-12, 0);
    assert_close(v.q975, 7.7, 1e-12, 0);
    assert_close(v.sd, 3.095695936834452, 1e-12, 0);
    assert_close(pf_percentile_of(x, 5, 4), 62.5, 1e-12, 0);
    assert_ok(NULL, pf_spread_fit(NULL, far, 4, &v));
    assert_int_equal(v.reached, 2);
    assert_close(v.mean, 2, 1e-12, 0);
    assert_true(isinf(v.q975) && isinf(v.median) && v.q025 > 1);
    const double a[] = {1, 2, 3, 4, 5}, b[] = {2, 2, 7, 6, 9}, flat[] = {1, 1, 1, 1, 1};
    double rho;
    assert_ok(NULL, pf_rank_correlation(NULL, a, b, 5, &rho));
    assert_close(rho, 0.8720815992723809, 1e-12, 0);
    assert_ok(NULL, pf_rank_correlation(NULL, a, flat, 5, &rho));
    assert_true(isnan(rho));
}

/* ---- verdicts ---- */

typedef struct {
    const char *what;
    pf_endpoint endpoint;
    double value, low, high;
    size_t n, replicates;
    double from, to; /* simulated values, evenly spread */
    pf_verdict_kind kind;
    const char *part;
} verdict_case;

static void verdicts_follow_the_two_criteria(void **state)
{
    (void)state;
    static const verdict_case row[] = {
        {"in both", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 400, 0.2, 0.4, PF_VERDICT_PASS,
            "inside the central 95 % of 400 replicates, and"},
        {"in the spread, mean off", PF_ENDPOINT_ORR, 0.3, 0.28, 0.32, 50, 400, 0.0, 0.35,
            PF_VERDICT_MISS, "but the simulated mean of 17.5 % lies outside"},
        {"mean right, spread narrow", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 400, 0.31, 0.33,
            PF_VERDICT_MISS, "outside the central 95 %"},
        {"exact interval", PF_ENDPOINT_CR, 0.2, NAN, NAN, 50, 400, 0.1, 0.3, PF_VERDICT_PASS,
            "exact binomial interval 10.0 % to 33.7 %"},
        {"median without interval", PF_ENDPOINT_PFS, 100, NAN, NAN, 0, 400, 50, 300,
            PF_VERDICT_PASS, "only criterion"},
        {"kinetics in", PF_ENDPOINT_CMAX, 50, 10, 100, 0, 400, 20, 90, PF_VERDICT_PASS,
            "simulated median of 55"},
        {"kinetics out", PF_ENDPOINT_TMAX, 9, 8, 12, 0, 400, 1, 3, PF_VERDICT_MISS,
            "lies outside"},
        {"kinetics without interval", PF_ENDPOINT_CMAX, 50, NAN, NAN, 0, 400, 20, 90,
            PF_VERDICT_CANNOT_SAY, "no published interval"},
        {"few replicates", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 40, 0.2, 0.4, PF_VERDICT_PASS,
            "provisional: 40 replicates < 200"},
        {"one replicate", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 1, 0.3, 0.3,
            PF_VERDICT_CANNOT_SAY, "one replicate cannot say"},
        {"no replicate", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 0, 0, 0, PF_VERDICT_CANNOT_SAY,
            "no replicate"},
        {"other size", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 52, 400, 0.2, 0.4, PF_VERDICT_PASS,
            "published for 52 patients, simulated with 50"},
    };
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        const verdict_case *c = &row[i];
        pf_ctx ctx;
        pf_ctx_init(&ctx);
        double value[400];
        for (size_t k = 0; k < c->replicates; k++)
            value[k] = c->from + (c->to - c->from) * (double)k / 399;
        if (c->replicates == 40) /* the same spread with fewer values */
            for (size_t k = 0; k < 40; k++)
                value[k] = c->from + (c->to - c->from) * (double)k / 39;
        const pf_expect e = {.endpoint = c->endpoint,
            .value = c->value,
            .low = c->low,
            .high = c->high,
            .n = c->n};
        pf_verdict v;
        assert_ok(&ctx, pf_expect_judge(&ctx, &e, 50, value, c->replicates, &v));
        if (v.kind != c->kind) print_error("%s: %s\n", c->what, v.sentence);
        assert_int_equal(v.kind, c->kind);
        assert_contains(v.sentence, c->part);
    }
}

static void a_median_that_half_the_replicates_do_not_reach_is_no_pass(void **state)
{
    (void)state;
    double value[200];
    for (int i = 0; i < 200; i++) value[i] = i < 90 ? 100.0 + i : (double)INFINITY;
    const pf_expect e = {.endpoint = PF_ENDPOINT_OS, .value = 150, .low = 100, .high = 200};
    pf_verdict v;
    assert_ok(NULL, pf_expect_judge(NULL, &e, 0, value, 200, &v));
    assert_int_equal(v.kind, PF_VERDICT_MISS);
    assert_true(v.in_centre && !v.in_interval);
    assert_contains(v.sentence, "110 replicates did not reach it");
}

static void ratios_over_a_median_that_was_not_reached_are_judged_by_their_median(void **state)
{
    (void)state;
    double value[200];
    for (int i = 0; i < 200; i++) value[i] = i < 20 ? 0 : 1.2 + 0.001 * i;
    const pf_expect e = {.endpoint = PF_ENDPOINT_PFS,
        .compare = PF_COMPARE_RATIO,
        .value = 1.3,
        .low = 1.2,
        .high = 1.4};
    pf_verdict v;
    assert_ok(NULL, pf_expect_judge(NULL, &e, 0, value, 200, &v));
    assert_int_equal(v.kind, PF_VERDICT_PASS);
    assert_contains(v.sentence, "the simulated median of 1.3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_endpoints_of_a_tiny_trial_are_those_done_by_hand),
        cmocka_unit_test(equal_arms_have_a_hazard_ratio_of_1),
        cmocka_unit_test(quantiles_and_ranks_agree_with_r),
        cmocka_unit_test(verdicts_follow_the_two_criteria),
        cmocka_unit_test(a_median_that_half_the_replicates_do_not_reach_is_no_pass),
        cmocka_unit_test(ratios_over_a_median_that_was_not_reached_are_judged_by_their_median),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
