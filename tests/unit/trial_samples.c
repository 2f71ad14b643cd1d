/* Markers, harms and recurrence of simulated patients against closed forms; competing events
 * against R's survival. */
#include "trial_world.h"

#include "trial/cuminc.h"
#include "trial/endpoints.h"
#include "unit/trial_try.h"

#include <math.h>

/* A marker that doubles from 2 in two days and falls with a half-life of five, a grade that
 * follows the cells, an event with a constant hazard, one without any. */
static const char BLOOD[] =
    "model m\n"
    "  rise' = 0.34657359027997264*rise; rise = 2; fall' = -0.13862943611198906*fall; fall = "
    "8;\n"
    "  B' = -0.5*B; B = 0; grade := B/100; risk' = 0.01; risk = 0; none' = 0*none; none = 0;\n"
    "  a := rise; c := fall; blood := B;\n"
    "  //! role dose.product B [cell]\n"
    "  //! role kinetics blood [cell]\n"
    "  //! role marker.up a [ng/mL]\n"
    "  //! role marker.down c\n"
    "  //! role grade.CRS grade\n"
    "  //! role event-hazard.second-malignancy risk\n"
    "  //! role event-hazard.never none\nend\n";

#define EXPECT(endpoint)                                                                       \
    "  - {endpoint: " endpoint ", arm: a, value: 1, role: check, source: s}\n"
static const char SAMPLED[] =
    "study: s\nmodel: m.ant\npopulation: people.yaml\n"
    "arms:\n  - {name: a, size: 400, regimen: [{product: cells.yaml, dose: 600 cell}]}\n"
    "assess: {markers: [up, down], kinetics: [0 hour, 0.5 hour, 2 day, 4 day, 6 day],\n"
    "         lloq: 200 cell}\n"
    "horizon: 50 day\nreplicates: 1\nseed: 3\n";

static double measured(const world *w, const pf_measure *m)
{
    pf_replicate r;
    double value, variance;
    pf_ctx ctx = w->ctx;
    assert_ok(&ctx, pf_replicate_fit(&ctx, w->study, pf_trial_layout(w->trial),
                        &w->chunk.table[PF_TABLE_PATIENTS], &r));
    assert_ok(&ctx, pf_replicate_measure(&ctx, &r, m, &value, &variance));
    pf_replicate_clear(&r);
    return value;
}

static void markers_and_harms_are_those_of_closed_forms(void **state)
{
    (void)state;
    world w;
    open_world(&w, BLOOD, SAMPLED);
    simulate(&w, 8, 0, 400);
    assert_int_equal(w.study->assess.n_grade, 1);
    const struct {
        pf_measure m;
        double value;
    } row[] = {
        {{.kind = PF_ENDPOINT_MARKER, .at = 2}, 4},
        {{.kind = PF_ENDPOINT_MARKER_MAX}, 16},
        {{.kind = PF_ENDPOINT_MARKER_FOLD, .at = 4}, 4},
        {{.kind = PF_ENDPOINT_MARKER_FOLD_MAX}, 8},
        {{.kind = PF_ENDPOINT_MARKER_DOUBLING, .at = 0, .to = 6}, 2},
        {{.kind = PF_ENDPOINT_MARKER_HALF_LIFE, .at = 0, .to = 6}, INFINITY},
        {{.kind = PF_ENDPOINT_MARKER_HALF_LIFE, .index = 1, .at = 0, .to = 6}, 5},
        {{.kind = PF_ENDPOINT_MARKER_ABOVE, .level = 3.9, .at = 2}, 1},
        {{.kind = PF_ENDPOINT_MARKER_BELOW, .level = 3.9, .at = 2}, 0},
        {{.kind = PF_ENDPOINT_KINETICS, .at = 0.5 / 24},
            600 * exp(-0.5 * (0.5 / 24 - 1.0 / 1440))},
        {{.kind = PF_ENDPOINT_KINETICS_HALF_LIFE, .at = 2, .to = 6}, 2 * log(2)},
        {{.kind = PF_ENDPOINT_PERSISTENCE}, 2}, /* 600 exp(-1) = 221, exp(-2): 81 */
        {{.kind = PF_ENDPOINT_PERSISTENCE_ABOVE, .at = 2}, 0},
        {{.kind = PF_ENDPOINT_GRADE, .level = 5}, 1}, /* half an hour after the dose */
        {{.kind = PF_ENDPOINT_EVENT, .index = 1}, 0},
        {{.kind = PF_ENDPOINT_ORR}, NAN},
    };
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        double x = measured(&w, &row[i].m);
        if (isinf(row[i].value))
            assert_true(isinf(x));
        else if (!isnan(row[i].value))
            assert_close(x, row[i].value, 2e-3, 0);
    }
    double share = measured(&w, &(pf_measure){.kind = PF_ENDPOINT_EVENT_AT, .at = 30});
    double p = 1 - exp(-0.3);
    assert_close(share, p, 0, 4 * sqrt(p * (1 - p) / 400));
    close_world(&w);
}

static void harms_that_nobody_had_share_one_line(void **state)
{
    (void)state;
    world w;
    tried made;
    pf_buf b;
    open_world(&w, BLOOD, SAMPLED);
    try_out(&w.ctx, w.study, NULL, 0, 0, &made);
    pf_buf_init(&b, &w.ctx);
    assert_ok(&w.ctx, pf_summary_text(&w.ctx, made.summary, &b));
    assert_non_null(strstr(b.bytes, "\nin none of 400 patients: never\n"));
    assert_non_null(strstr(b.bytes, "event second-malignancy"));
    assert_null(strstr(b.bytes, "event never"));
    pf_buf_clear(&b);
    tried_clear(&made);
    close_world(&w);
}

static void competing_events_agree_with_survfit(void **state)
{
    (void)state;
    /* survfit(Surv(time, factor(cause, 0:2)) ~ 1), survival 3.5-3 */
    const double time[] = {1, 2, 2, 3, 4, 4, 5, 6, 7, 8};
    const unsigned char cause[] = {1, 2, 0, 1, 1, 2, 0, 2, 1, 0};
    const double at[] = {1, 2, 3, 4, 6, 7};
    const double one[] = {0.10000000000000001, 0.10000000000000001, 0.21428571428571427,
        0.32857142857142857, 0.32857142857142857, 0.48095238095238102};
    const double two[] = {0, 0.099999999999999992, 0.099999999999999992, 0.21428571428571427,
        0.3666666666666667, 0.3666666666666667};
    pf_cuminc c;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_cuminc_fit(&ctx, PF_COUNT(time), time, cause, 2, &c));
    for (size_t i = 0; i < PF_COUNT(at); i++) {
        assert_close(pf_cuminc_at(&c, 1, at[i]), one[i], 0, 1e-12);
        assert_close(pf_cuminc_at(&c, 2, at[i]), two[i], 0, 1e-12);
    }
    assert_close(pf_cuminc_at(&c, 1, 0.5), 0, 0, 0);
    assert_true(isnan(pf_cuminc_at(&c, 1, 9)));
    pf_cuminc_clear(&c);
    assert_int_equal(
        pf_cuminc_fit(&ctx, 1, time, (const unsigned char[]){3}, 2, &c), PF_ERR_RANGE);
    pf_cuminc_clear(&c);
}

/* Events of a bell around day 300 among events that are evenly spread. */
static void the_peak_of_a_hazard_is_found(void **state)
{
    (void)state;
    enum { N = 1000 };
    double time[N], day;
    unsigned char event[N];
    for (int i = 0; i < N; i++) {
        event[i] = i < 300;
        time[i] = i < 200   ? 300 + 40 * (2 * (i + 0.5) / 200 - 1)
                  : i < 300 ? 6.0 * (i - 199)
                            : 700;
    }
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_hazard_peak(&ctx, N, time, event, 0, 600, &day));
    assert_close(day, 300, 0, 5);
    memset(event, 0, sizeof event);
    assert_ok(&ctx, pf_hazard_peak(&ctx, N, time, event, 0, 600, &day));
    assert_true(isnan(day));
    assert_int_equal(pf_hazard_peak(&ctx, N, time, event, 6, 6, &day), PF_ERR_RANGE);
}

/* A site that is no target lesion grows from 1 mm and measures 10 mm after ln(10)/0.02 = 115.1
 * days: the visit on day 120 is the first to show it. */
static const char SITE[] = "model m\n"
                           "  d' = 0.02*d; d = 1; hazard' = 0.001; hazard = 0;\n"
                           "  //! role other-site d [mm]\n"
                           "  //! role death-hazard hazard\nend\n";
static const char ADJUVANT[] =
    "study: s\nmodel: m.ant\npopulation: people.yaml\n"
    "arms:\n  - {name: a, size: 50}\n"
    "assess: {criteria: recurrence, detect: 10 mm, imaging: {every: 30 day, error: 0}}\n"
    "horizon: 200 day\nreplicates: 1\nseed: 3\n"
    "expect:\n" EXPECT("RFS at 100 day")
        EXPECT("RFS HR, among: weight > 70, against_among: weight <= 70");

static void a_recurrence_is_the_first_visit_that_shows_one(void **state)
{
    (void)state;
    world w;
    open_world(&w, SITE, ADJUVANT);
    simulate(&w, 4, 0, 50);
    const pf_layout *l = pf_trial_layout(w.trial);
    assert_string_equal(l->column[PF_TABLE_PATIENTS][PF_P_PFS], "RFS");
    assert_int_equal(w.study->expect[1].against, 0);
    for (size_t i = 0; i < 50; i++) {
        double rfs = cell(&w, PF_TABLE_PATIENTS, i, PF_P_PFS);
        double why = cell(&w, PF_TABLE_PATIENTS, i, PF_P_PROGRESSION);
        assert_true(why == PF_PD_DEATH ? rfs < 120 : rfs == 120 && why == PF_PD_TARGET);
    }
    pf_measure heavy = pf_measure_of(&w.study->expect[1]);
    heavy.kind = PF_ENDPOINT_COVARIATE;
    double m = measured(&w, &heavy);
    assert_true(m > 70 && m < 90);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markers_and_harms_are_those_of_closed_forms),
        cmocka_unit_test(harms_that_nobody_had_share_one_line),
        cmocka_unit_test(competing_events_agree_with_survfit),
        cmocka_unit_test(the_peak_of_a_hazard_is_found),
        cmocka_unit_test(a_recurrence_is_the_first_visit_that_shows_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
