/* The whole summary of a small trial, and its edges. */
#include "summary_case.h"

/* ---- the whole summary ---- */

static void two_replicates_give_means_and_both_variances(void **state)
{
    (void)state;
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    add(sum, &l, 1, second, PF_COUNT(second));
    const pf_jvalue *all = json_of(sum, &a), *orr = endpoint(all, 0, "ORR");
    assert_close(number(all, "patients"), 16, 0, 0);
    assert_close(number(all, "failed"), 1, 0, 0);
    assert_contains(pf_jvalue_text(pf_jvalue_get(all, "failed_note"), ""), "1 of 16");
    assert_close(number(orr, "mean"), 0.75, 1e-12, 0);
    assert_close(number(orr, "q025"), 0.5125, 1e-12, 0);
    assert_close(number(orr, "variance_total"), 0.125, 1e-12, 0);
    assert_close(number(orr, "variance_inner"), (0.25 / 4 + 0) / 2, 1e-12, 0);
    assert_close(number(orr, "variance_outer"), 0.125 - 0.03125, 1e-12, 0);
    const pf_jvalue *os = endpoint(all, 0, "OS");
    assert_close(number(os, "replicates_reached"), 0, 0, 0);
    assert_true(isnan(number(os, "mean")));
    const pf_jvalue *nk = nth(pf_jvalue_get(all, "arms"), 1);
    assert_close(number(nk, "failed"), 1, 0, 0);
    assert_close(number(pf_jvalue_get(nk, "responses"), "NE"), 2, 0, 0);
    assert_close(number(nth(pf_jvalue_get(nk, "covariates"), 0), "mean"), 61, 1e-12, 0);
    const pf_jvalue *bars = nth(pf_jvalue_get(all, "waterfall"), 0);
    assert_close(pf_jvalue_number(nth(pf_jvalue_get(bars, "change"), 0)), -20, 0, 0);
    assert_close(pf_jvalue_number(nth(pf_jvalue_get(bars, "change"), 3)), -80, 0, 0);
    pf_summary_free(sum);
    pf_arena_clear(&a);
}

/* Visits every 42 days: the last before day 400 is on day 378, so a share at 12 months (day
 * 365) is known; with visits every 60 days the last is on day 360, and it is not. */
static void a_share_that_no_visit_shows_is_left_out(void **state)
{
    (void)state;
    for (int every = 42; every <= 60; every += 18) {
        pf_arm arm[2];
        pf_study s = study(arm, 2, 4);
        pf_layout l = layout();
        pf_summary *sum = NULL;
        pf_arena a;
        pf_arena_init(&a);
        s.assess.every = s.assess.first = every;
        assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
        add(sum, &l, 0, first, PF_COUNT(first));
        const pf_jvalue *all = json_of(sum, &a);
        int shown = 0;
        const pf_jvalue *e = pf_jvalue_get(nth(pf_jvalue_get(all, "arms"), 0), "endpoints");
        for (e = e->first; e; e = e->next)
            shown += !strcmp(pf_jvalue_text(pf_jvalue_get(e, "endpoint"), ""), "PFS_at");
        assert_int_equal(shown, every == 42 ? 2 : 1); /* at 6 months in any case */
        pf_summary_free(sum);
        pf_arena_clear(&a);
    }
}

static void a_pooled_curve_is_the_kaplan_meier_of_all_patients(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    double time[300];
    unsigned char event[300];
    for (int i = 0; i < 300; i++) {
        time[i] = 2 * ((i * 37) % 150); /* on the edges of bins 2 days wide */
        event[i] = i % 3 > 0;
    }
    pf_km km;
    pf_pooled p;
    pf_arena a;
    pf_buf b;
    const pf_jvalue *v = NULL;
    pf_pooled_init(&p, 1200);
    pf_arena_init(&a);
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_pooled_add(&ctx, &p, time, event, 100, NULL));
    assert_ok(&ctx, pf_pooled_add(&ctx, &p, time + 100, event + 100, 200, NULL));
    assert_ok(&ctx, pf_km_fit(&ctx, 300, time, event, NULL, &km));
    pf_json_open(&b, NULL, '{');
    assert_ok(&ctx, pf_pooled_json(&ctx, &p, &b));
    pf_json_close(&b, '}');
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, b.bytes, b.size, &v));
    for (size_t k = 0; k < 150; k++) {
        double day = 2.0 * (double)k, drawn;
        drawn = pf_jvalue_number(nth(pf_jvalue_get(v, "survival"), k));
        if (isnan(drawn)) /* not drawn on from fewer than one in fifty */
            assert_true(pf_km_at_risk(&km, day) * 50 < 300);
        else
            assert_close(drawn, pf_km_at(&km, day).value, 0, 1e-5);
    }
    const pf_jvalue *tick = nth(pf_jvalue_get(v, "ticks"), 1);
    assert_close(
        number(tick, "at_risk"), (double)pf_km_at_risk(&km, number(tick, "day")) / 2, 0, 1e-9);
    pf_km_clear(&km);
    pf_pooled_clear(&p);
    pf_buf_clear(&b);
    pf_arena_clear(&a);
}

static void ticks_are_whole_months_and_few(void **state)
{
    (void)state;
    double day[PF_TICKS_MAX];
    const double months[] = {0.5, 2, 7, 12, 30, 60, 240};
    for (size_t i = 0; i < PF_COUNT(months); i++) {
        size_t n = pf_pooled_ticks(months[i] * PF_MONTH_DAYS, day);
        assert_in_range(n, 1, PF_TICKS_MAX);
        assert_true(day[n - 1] <= months[i] * PF_MONTH_DAYS + 1e-6);
    }
    assert_int_equal(pf_pooled_ticks(30 * PF_MONTH_DAYS, day), 6);
    assert_close(day[1], 6 * PF_MONTH_DAYS, 1e-12, 0);
}

static void roles_are_listed_apart(void **state)
{
    (void)state;
    pf_expect e[] = {{.endpoint = PF_ENDPOINT_ORR,
                         .value = 0.5,
                         .low = NAN,
                         .high = NAN,
                         .n = 4,
                         .role = PF_EXPECT_FIT,
                         .source = "a"},
        {.endpoint = PF_ENDPOINT_ORR,
            .arm = 1,
            .value = 0.3,
            .low = NAN,
            .high = NAN,
            .n = 4,
            .role = PF_EXPECT_PREDICT},
        {.endpoint = PF_ENDPOINT_ORR,
            .arm = 1,
            .value = 0.9,
            .low = NAN,
            .high = NAN,
            .role = PF_EXPECT_CLAIM},
        {.endpoint = PF_ENDPOINT_OS,
            .compare = PF_COMPARE_RATIO,
            .arm = 0,
            .against = 1,
            .value = 1.5,
            .low = NAN,
            .high = NAN,
            .role = PF_EXPECT_CHECK},
        {.endpoint = PF_ENDPOINT_PFS_AT,
            .at = 33,
            .arm = 1,
            .value = 0.6,
            .low = 0,
            .high = 1,
            .role = PF_EXPECT_CHECK}};
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    s.n_expect = PF_COUNT(e), s.expect = e;
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    add(sum, &l, 1, second, PF_COUNT(second));
    const pf_jvalue *by_role = pf_jvalue_get(json_of(sum, &a), "expectations");
    const char *const role[] = {"fit", "check", "predict", "claim"};
    const size_t n[] = {1, 2, 1, 1};
    for (size_t i = 0; i < 4; i++) {
        const pf_jvalue *r = pf_jvalue_get(by_role, role[i]);
        assert_int_equal(pf_jvalue_get(r, "figures")->n, n[i]);
        assert_close(number(r, "pass") + number(r, "miss") + number(r, "cannot_say"),
            (double)n[i], 0, 0);
    }
    pf_summary_free(sum);
    pf_arena_clear(&a);
}

static size_t longest_line(const char *text)
{
    size_t most = 0, n = 0;
    for (; *text; text++) {
        n = *text == '\n' ? 0 : n + (((unsigned char)*text & 0xC0) != 0x80);
        if (n > most) most = n;
    }
    return most;
}

static void the_table_fits_a_terminal_and_shows_the_verdicts(void **state)
{
    (void)state;
    pf_expect e[] = {{.endpoint = PF_ENDPOINT_ORR,
                         .value = 0.5,
                         .low = NAN,
                         .high = NAN,
                         .n = 54,
                         .role = PF_EXPECT_FIT},
        {.endpoint = PF_ENDPOINT_ORR,
            .arm = 1,
            .value = 0.365,
            .low = NAN,
            .high = NAN,
            .n = 55,
            .role = PF_EXPECT_PREDICT},
        {.endpoint = PF_ENDPOINT_PFS,
            .compare = PF_COMPARE_RATIO,
            .arm = 1,
            .value = 1.5,
            .low = NAN,
            .high = NAN,
            .role = PF_EXPECT_CHECK}};
    pf_arm arm[3];
    pf_study s = study(arm, 3, 4);
    arm[1].name = "pembrolizumab with a very long name of many words and \xC3\xA4 letters";
    pf_layout l = layout();
    s.n_expect = PF_COUNT(e), s.expect = e;
    pf_summary *sum = NULL;
    pf_buf b;
    pf_buf_init(&b, NULL);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    add(sum, &l, 1, second, PF_COUNT(second));
    assert_ok(NULL, pf_summary_text(NULL, sum, &b));
    assert_contains(b.bytes, "36.5 % (n 55, predict)");
    assert_contains(b.bytes, "percentile: ");
    assert_contains(b.bytes, "1 patient failed (failures.csv), 15 counted");
    assert_contains(b.bytes, "provisional: 2 replicates < 200");
    pf_buf_clear(&b);
    pf_summary_free(sum);
    s.n_arm = 2; /* without the third arm's notes every line fits */
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    assert_ok(NULL, pf_summary_text(NULL, sum, &b));
    assert_true(longest_line(b.bytes) <= 100);
    pf_summary_free(sum);
    pf_buf_clear(&b);
}

/* Neither a percentile nor quantiles: the interval is that of the patients themselves. */
static void one_replicate_has_its_own_interval_and_no_percentile(void **state)
{
    (void)state;
    pf_expect e = {.endpoint = PF_ENDPOINT_ORR,
        .value = 0.5,
        .low = NAN,
        .high = NAN,
        .n = 4,
        .role = PF_EXPECT_FIT};
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    s.n_expect = 1, s.expect = &e;
    pf_summary *sum = NULL;
    pf_arena a;
    pf_buf b;
    pf_arena_init(&a);
    pf_buf_init(&b, NULL);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    const pf_jvalue *all = json_of(sum, &a), *orr = endpoint(all, 0, "ORR");
    assert_true(isnan(number(orr, "q025")) && isnan(number(orr, "q975")));
    assert_close(number(orr, "low"), 0.06758599, 1e-6, 0); /* binom.test(2, 4) of R */
    assert_close(number(orr, "high"), 0.93241401, 1e-6, 0);
    assert_true(isnan(number(endpoint(all, 0, "PFS"), "high"))); /* not reached */
    const pf_jvalue *fit = pf_jvalue_get(pf_jvalue_get(all, "expectations"), "fit");
    const pf_jvalue *figure = nth(pf_jvalue_get(fit, "figures"), 0);
    assert_int_equal(pf_jvalue_get(figure, "percentile")->kind, PF_JVALUE_NULL);
    assert_string_equal(
        pf_jvalue_text(pf_jvalue_get(figure, "sentence"), ""), "one replicate cannot say");
    assert_ok(NULL, pf_summary_text(NULL, sum, &b));
    assert_contains(b.bytes, "50.0 % [6.8, 93.2]");
    assert_contains(b.bytes, "one replicate cannot say");
    assert_null(strstr(b.bytes, "percentile"));
    assert_null(strstr(b.bytes, "provisional"));
    pf_buf_clear(&b);
    add(sum, &l, 1, second, PF_COUNT(second)); /* with a second one it is as ever */
    assert_ok(NULL, pf_summary_text(NULL, sum, &b));
    assert_contains(b.bytes, "percentile: ");
    pf_summary_free(sum);
    pf_arena_clear(&a);
    pf_buf_clear(&b);
}

/* ---- the edges ---- */

static void nobody_one_patient_and_all_failed_are_no_trouble(void **state)
{
    (void)state;
    const patient one = {0, PF_RESPONSE_SD, 10, 0, 10, 0}, lost = {0, 0, 0, 0, 0, 0};
    const struct {
        const patient *p;
        size_t n, replicates;
    } row[] = {{NULL, 0, 0}, {NULL, 0, 1}, {&one, 1, 1}, {&lost, 1, 3}};
    pf_expect e = {.endpoint = PF_ENDPOINT_OS, .value = 5, .low = 1, .high = 9};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_arm arm[2];
        pf_study s = study(arm, 2, 1);
        pf_layout l = layout();
        pf_summary *sum = NULL;
        pf_arena a;
        pf_buf b;
        s.n_expect = 1, s.expect = &e;
        pf_arena_init(&a);
        pf_buf_init(&b, NULL);
        assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
        for (size_t k = 0; k < row[i].replicates; k++) add(sum, &l, (int)k, row[i].p, row[i].n);
        const pf_jvalue *all = json_of(sum, &a);
        assert_close(number(all, "replicates"), (double)row[i].replicates, 0, 0);
        assert_int_equal(
            pf_jvalue_get(pf_jvalue_get(pf_jvalue_get(all, "expectations"), "fit"), "figures")
                ->n,
            1);
        assert_ok(NULL, pf_summary_text(NULL, sum, &b));
        pf_buf_clear(&b);
        pf_arena_clear(&a);
        pf_summary_free(sum);
    }
}

static void the_unknown_that_drives_the_result_comes_first(void **state)
{
    (void)state;
    pf_variable v[] = {{.name = "idle", .kind = PF_DIST_UNIFORM, .high = 1},
        {.name = "driver", .kind = PF_DIST_LOGUNIFORM, .low = 1, .high = 9, .unknown = 1}};
    pf_arm arm[1];
    pf_study s = study(arm, 1, 10);
    const double low = 1e8;
    const pf_regimen_item nk = {.drug = "x", .n_dose = 1, .dose = &low, .dose_high = 1e10};
    s.unknowns = (pf_population){.n_variable = 2, .variable = v};
    arm[0].n_item = 1, arm[0].item = &nk;
    pf_layout l = layout();
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    for (int k = 0; k < 10; k++) {
        patient p[10];
        for (int i = 0; i < 10; i++)
            p[i] = (patient){0, i < k ? PF_RESPONSE_PR : PF_RESPONSE_SD, 10, 1, 20, 1};
        const double x[] = {k * 7 % 10, k};
        if (k != 4) assert_ok(NULL, pf_summary_unknowns(NULL, sum, x)); /* one is not told */
        add(sum, &l, k, p, 10);
    }
    const pf_jvalue *list = pf_jvalue_get(json_of(sum, &a), "unknowns"), *u = nth(list, 0);
    assert_int_equal(list->n, 3); /* the dose, given as a range, is one of them */
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(u, "name"), ""), "driver");
    assert_close(number(u, "rank_correlation_ORR_last_arm"), 1, 1e-12, 0);
    pf_summary_free(sum);
    pf_arena_clear(&a);
}

static void a_hundred_thousand_patients_fit(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arm[2];
    pf_study s = study(arm, 2, MANY / 2);
    pf_layout l = layout();
    pf_chunk c;
    pf_chunk_init(&c, &l);
    pf_random r;
    pf_random_init(&r, 1, PF_DRAW_TEST, 0, 0, 0);
    for (int i = 0; i < MANY; i++) {
        double t = 100 * (1 + i % 2) * pf_random_exponential(&r);
        const patient p = {
            i % 2, i % 5 + 1, fmin(t, 400), t < 400, fmin(2 * t, 400), 2 * t < 400};
        put(&c, 0, &p);
    }
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(&ctx, pf_summary_new(&ctx, &s, &l, &sum));
    assert_ok(&ctx, pf_summary_add(&ctx, sum, &c.table[PF_TABLE_PATIENTS]));
    const pf_jvalue *all = json_of(sum, &a);
    assert_close(number(endpoint(all, 0, "PFS"), "mean"), 100 * log(2), 0.03, 0);
    const pf_jvalue *hr =
        nth(pf_jvalue_get(nth(pf_jvalue_get(all, "comparisons"), 0), "measures"), 3);
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(hr, "endpoint"), ""), "PFS_hazard_ratio");
    assert_close(number(hr, "mean"), 0.5, 0.03, 0);
    pf_summary_free(sum);
    pf_chunk_clear(&c);
    pf_arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_replicates_give_means_and_both_variances),
        cmocka_unit_test(a_share_that_no_visit_shows_is_left_out),
        cmocka_unit_test(a_pooled_curve_is_the_kaplan_meier_of_all_patients),
        cmocka_unit_test(ticks_are_whole_months_and_few),
        cmocka_unit_test(roles_are_listed_apart),
        cmocka_unit_test(the_table_fits_a_terminal_and_shows_the_verdicts),
        cmocka_unit_test(one_replicate_has_its_own_interval_and_no_percentile),
        cmocka_unit_test(nobody_one_patient_and_all_failed_are_no_trouble),
        cmocka_unit_test(the_unknown_that_drives_the_result_comes_first),
        cmocka_unit_test(a_hundred_thousand_patients_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
