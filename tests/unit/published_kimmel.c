/* Kimmel 2021 with its stochastic part: several hundred patients whose tumour becomes a
 * birth-death process below 100 cells. The paper (sections 3d and 3f, Figure 4): most cures
 * between days 20 and 80, rarely up to day 140; progressions (120 % of the initial tumour)
 * between days 200 and 500. */
#include "base/random.h"
#include "input/table.h"
#include "published_case.h"

#include <stdlib.h>

enum { PATIENTS = 400, HORIZON = 700 };

typedef struct {
    run_result r;
    double r_B, spread; /* of the parameters, relative standard deviation */
    uint64_t patient;
    size_t cured, progressed, open;
    double cure[PATIENTS], progress[PATIENTS]; /* days */
} cohort;

/* The parameters that the paper varies: all but the initial conditions. */
static const char *const varied[] = {
    "K_N", "K_C", "r_N", "rho_C", "a", "b", "r_B", "gamma_B", "k_B"};

static int begin(void *payload, pf_case *c)
{
    cohort *k = payload;
    pf_random random;
    if (k->patient == PATIENTS) return 0;
    pf_case_span(c, 0, HORIZON);
    pf_case_identity(c, 2021, 0, k->patient);
    run_defaults(&k->r, c);
    pf_case_set(c, run_index(&k->r, "r_B", PF_SYMBOL_PARAMETER), k->r_B);
    pf_random_init(&random, 2021, PF_DRAW_TEST, 0, k->patient, 0);
    for (size_t i = 0; i < PF_COUNT(varied); i++) {
        uint32_t p = run_index(&k->r, varied[i], PF_SYMBOL_PARAMETER);
        pf_case_set(c, p, pf_case_get(c, p) * (1 + k->spread * pf_random_normal(&random)));
    }
    for (uint32_t day = 1; day <= HORIZON; day++) pf_case_look(c, day, day);
    k->patient++;
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    cohort *k = payload;
    (void)tag;
    if (out[0] == 0)
        k->cure[k->cured++] = t;
    else if (out[0] > 1.2 * 9.486e10)
        k->progress[k->progressed++] = t;
    else
        return;
    pf_case_finish(c);
}

static void run_cohort(cohort *k, double r_B, double spread, int lanes)
{
    static const run_plan plan = {.model = "kimmel-2021", .want = 1, .out = {"B"}};
    double atol[] = {1, 1, 1e-3};
    memset(k, 0, sizeof *k);
    run_open(&k->r, &plan);
    k->r_B = r_B;
    k->spread = spread;
    pf_engine_options o = {.lanes = lanes, .rtol = 1e-6, .atol = atol};
    pf_source s = {.payload = k, .begin = begin, .look = look, .end = run_end};
    pf_engine *e;
    assert_ok(&k->r.ctx, pf_engine_new(&k->r.ctx, k->r.program, &o, &e));
    assert_ok(&k->r.ctx, pf_engine_run(&k->r.ctx, e, &s));
    assert_int_equal(k->r.failed, 0);
    pf_engine_free(e);
    run_close(&k->r);
}

static int upwards(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The share of `day` (sorted here) from `from` to `to`; its quantiles are printed. */
static double share(const char *what, double *day, size_t n, double from, double to)
{
    size_t in = 0;
    if (!n) return 0;
    qsort(day, n, sizeof *day, upwards);
    for (size_t i = 0; i < n; i++) in += day[i] >= from && day[i] <= to;
    print_message("%s: %zu; days %g to %g, median %g; %.1f %% in %g to %g\n", what, n, day[0],
        day[n - 1], day[n / 2], 100 * (double)in / (double)n, from, to);
    return (double)in / (double)n;
}

static void cures_come_early_and_progressions_late(void **state)
{
    static cohort k;
    (void)state;
    run_cohort(&k, 0.105, 0.05, 0);
    assert_true(k.cured > PATIENTS / 10 && k.progressed > PATIENTS / 10);
    assert_true(share("cures", k.cure, k.cured, 20, 80) > 0.8);
    assert_true(share("cures", k.cure, k.cured, 20, 140) > 0.98);
    assert_true(share("progressions", k.progress, k.progressed, 200, 500) > 0.9);
}

/* Cures by each day, all patients alike, within four standard errors of the exact probability
 * (Kendall's birth-death formula; tests/oracles/published_scipy.py). */
static void cures_of_the_typical_patient_follow_the_exact_probability(void **state)
{
    static cohort k;
    pf_ctx ctx;
    pf_table *exact;
    (void)state;
    run_cohort(&k, 0.105, 0, 0);
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_table_read(&ctx, PF_TEST_DATA "/published/kimmel_cure.csv", &exact));
    for (size_t i = 0; i < pf_table_rows(exact); i++) {
        double day, p, n = PATIENTS;
        size_t cured = 0;
        assert_ok(&ctx, pf_table_number(&ctx, exact, i, 0, &day));
        assert_ok(&ctx, pf_table_number(&ctx, exact, i, 1, &p));
        for (size_t j = 0; j < k.cured; j++) cured += k.cure[j] <= day;
        assert_close((double)cured, n * p, 0, 4 * sqrt(n * p * (1 - p)) + 1);
        if (i + 1 == pf_table_rows(exact))
            print_message("cured by day %g: %zu of %g, expected %.1f\n", day, cured, n, n * p);
    }
    pf_table_free(exact);
}

static void a_fast_tumour_is_not_cured(void **state)
{
    static cohort k;
    (void)state;
    run_cohort(&k, 0.265, 0.01, 0);
    assert_int_equal(k.cured, 0);
    assert_int_equal(k.progressed, PATIENTS);
}

static void the_cohort_has_the_same_days_with_any_number_of_lanes(void **state)
{
    static cohort one, eight;
    (void)state;
    run_cohort(&one, 0.105, 0.05, 1);
    run_cohort(&eight, 0.105, 0.05, 8);
    assert_int_equal(one.cured, eight.cured);
    assert_int_equal(one.progressed, eight.progressed);
    qsort(one.cure, one.cured, sizeof *one.cure, upwards);
    qsort(eight.cure, eight.cured, sizeof *eight.cure, upwards);
    assert_memory_equal(one.cure, eight.cure, one.cured * sizeof *one.cure);
}

/* Section 3d: medians and quartiles of 19 to 23 patients, cells/uL; 5e8 cells are 1 cell/uL. */
static void car_t_cells_lie_inside_the_printed_quartiles(void **state)
{
    static const double day[] = {7, 14, 28, 90}, low[] = {16.5, 3.8, 0.6, 0.01},
                        high[] = {57.5, 31.1, 6.1, 0.4}, middle[] = {27.5, 9.1, 2.1, 0.1};
    run_plan p = {.model = "kimmel-2021", .end = 90, .steps = 90, .want = 1, .out = {"C"}};
    run_result r;
    (void)state;
    run(&r, &p, 1e-8, 1e-6);
    for (size_t i = 0; i < PF_COUNT(day); i++) {
        double c = run_at(&r, (size_t)day[i], 0) / 5e8;
        print_message("day %g: %.3g cells/uL (%g)\n", day[i], c, middle[i]);
        assert_true(c > low[i] && c < high[i]);
    }
    run_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cures_come_early_and_progressions_late),
        cmocka_unit_test(cures_of_the_typical_patient_follow_the_exact_probability),
        cmocka_unit_test(car_t_cells_lie_inside_the_printed_quartiles),
        cmocka_unit_test(a_fast_tumour_is_not_cured),
        cmocka_unit_test(the_cohort_has_the_same_days_with_any_number_of_lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
