/* The published models against the numbers that their papers print or draw, and against what
 * their equations imply exactly. Sources: the headers of models/published. */
#include "input/table.h"
#include "published_case.h"

#include <stdlib.h>

/* Solve at the tolerance of all figures; the caller closes. */
static void solve(run_result *r, const run_plan *p)
{
    run(r, p, 1e-8, 1e-14);
}

static void tisagenlecleucel_has_the_printed_peak_and_half_lives(void **state)
{
    run_plan p = {.model = "stein-2019", .end = 930, .steps = 9300, .want = 1, .out = {"C"}};
    run_result r;
    double when;
    (void)state;
    solve(&r, &p); /* ten looks a day */
    assert_close(run_peak(&r, 0, &when), 24000, 1e-6, 0);
    assert_close(when, 9.3, 0, 1e-9);
    assert_close(log(2) / log(run_at(&r, 60, 0) / run_at(&r, 50, 0)), 0.78, 0.01, 0);
    assert_close(log(2) / log(run_at(&r, 110, 0) / run_at(&r, 120, 0)), 4.3, 0.02, 0);
    assert_close(100 * log(2) / log(run_at(&r, 8000, 0) / run_at(&r, 9000, 0)), 220, 0.02, 0);
    run_close(&r);
}

/* ---- Mueller-Schoell 2021 ---- */

enum { CLASSES = 2, MOST = 32 };

static int upwards(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, size_t n)
{
    qsort(x, n, sizeof *x, upwards);
    return n % 2 ? x[n / 2] : 0.5 * (x[n / 2 - 1] + x[n / 2]);
}

/* Typical parameters, the patient's own covariates: peak and its time, by class. */
static void expansion_in_two_classes_is_as_tabulated(void **state)
{
    static const char *const own[] = {"V0", "ASCT", "ratio", "low"};
    double top[CLASSES][MOST], when[CLASSES][MOST];
    size_t n[CLASSES] = {0, 0};
    pf_ctx ctx;
    pf_table *t;
    (void)state;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_table_read(&ctx, PF_TEST_DATA "/published/mueller_patients.csv", &t));
    for (size_t i = 0; i < pf_table_rows(t); i++) {
        run_plan p = {.model = "mueller-schoell-2021",
            .end = 28,
            .steps = 280,
            .want = 1,
            .out = {"total"},
            .n_set = PF_COUNT(own)};
        run_result r;
        for (size_t k = 0; k < PF_COUNT(own); k++) {
            p.set[k].name = own[k];
            assert_ok(&ctx, pf_table_number(&ctx, t, i, k + 1, &p.set[k].value));
        }
        size_t class = p.set[3].value > 0;
        solve(&r, &p);
        top[class][n[class]] = run_peak(&r, 0, &when[class][n[class]]);
        n[class]++;
        run_close(&r);
    }
    pf_table_free(t);
    assert_int_equal(n[0], 15);
    assert_int_equal(n[1], 4);
    double c0 = median(top[0], n[0]), t0 = median(when[0], n[0]);
    double c1 = median(top[1], n[1]), t1 = median(when[1], n[1]);
    print_message(
        "Cmax %.3g (13.8) at %.3g (12); %.3g (5.23) at %.3g (23.5)\n", c0, t0, c1, t1);
    assert_close(c0, 13.8, 0.10, 0); /* Table S2, with each patient's own random effects */
    assert_close(t0, 12, 0.05, 0);
    assert_close(c1, 5.231, 0.25, 0);
    assert_close(t1, 23.5, 0.10, 0);
}

/* ---- Hardiansyah and Ng 2019 ---- */

static const char *const drawn[] = {"upn1.total", "upn1.M", "upn1.IL6", "upn1.IL10",
    "upn1.IFNG", "upn3.total", "upn3.M", "upn3.IL6", "upn3.IL10", "upn3.IFNG", "upn1.B"};

static run_plan kalos(double dose, double burden)
{
    run_plan p = {.model = "hardiansyah-2019",
        .end = 350,
        .steps = 3500,
        .want = PF_COUNT(drawn),
        .n_dose = 6,
        .n_set = 2};
    static const double share[] = {0.1, 0.3, 0.6};
    for (size_t i = 0; i < PF_COUNT(drawn); i++) p.out[i] = drawn[i];
    for (size_t i = 0; i < 3; i++) {
        p.dose[i] = (change){(double)i, "upn1.E", share[i] * 1.1 * dose};
        p.dose[3 + i] = (change){(double)i, "upn3.E", share[i] * 0.014 * dose};
    }
    p.set[0] = (change){0, "upn1.B0", 4.14 * burden};
    p.set[1] = (change){0, "upn3.B0", 0.93 * burden};
    return p;
}

static void cytokines_are_as_drawn_with_the_corrected_units(void **state)
{
    static const double figure[] = {
        2.3, 7.0e-3, 2800, 550, 700, 0.12, 7.5e-3, 50, 150, 110}; /* 1b, log axis */
    run_plan p = kalos(1, 1);
    run_result r;
    (void)state;
    solve(&r, &p);
    for (size_t i = 0; i < PF_COUNT(figure); i++) {
        double top = run_peak(&r, i, NULL);
        print_message("%s %.3g (%.3g)\n", drawn[i], top, figure[i]);
        assert_true(fabs(log(top / figure[i])) < log(1.8));
    }
    assert_close(run_at(&r, 500, 10), 0.30, 0, 0.1); /* Figure S1, linear axis */
    assert_close(run_at(&r, 3500, 10), 0.45, 0, 0.1);
    run_close(&r);
}

static void burden_moves_cytokines_and_dose_hardly(void **state)
{
    run_plan p = kalos(1, 1), dose = kalos(2, 1), burden = kalos(1, 2);
    run_result a, b, c;
    (void)state;
    solve(&a, &p);
    solve(&b, &dose);
    solve(&c, &burden);
    for (size_t i = 2; i < 10; i += i == 4 ? 3 : 1) { /* the six cytokines */
        assert_close(run_peak(&b, i, NULL), run_peak(&a, i, NULL), 0.1, 0);
        assert_true(run_peak(&c, i, NULL) > 1.5 * run_peak(&a, i, NULL));
    }
    run_close(&a);
    run_close(&b);
    run_close(&c);
}

/* ---- Leon-Triana 2020, 2021 ---- */

/* Without growth and loss of targets, C + k S - ln S/(alpha tau) stays what it was, where S = L
 * + B and k = rho_C/alpha; the peak is at S = 1/(rho_C tau). */
static void the_peak_of_car_t_cells_follows_from_the_first_integral(void **state)
{
    double alpha = 4.5e-11, tau = 14, k = 0.25, S0 = 7.5e10, S = 1 / (k * alpha * tau);
    double top = 1e7 + k * (S0 - S) - log(S0 / S) / (alpha * tau), when;
    run_plan p = {.model = "leon-triana-2020",
        .end = 40,
        .steps = 40000,
        .want = 1,
        .out = {"C"},
        .n_set = 2,
        .set = {{0, "rho_L", 0}, {0, "tau_B", 1e30}}};
    run_result r;
    (void)state;
    solve(&r, &p);
    assert_close(run_peak(&r, 0, &when), top, 1e-6, 0);
    print_message("peak without growth: %.4g on day %.3g\n", top, when);
    run_close(&r);
    p.n_set = 0;
    solve(&r, &p);
    double grown = run_peak(&r, 0, &when);
    print_message("peak with growth: %.4g on day %.3g\n", grown, when);
    assert_true(grown > top && when > 7 && when < 21);
    run_close(&r);
}

static void a_second_target_outside_the_tumour_brings_more_cells_into_it(void **state)
{
    run_plan p = {.model = "leon-triana-2021",
        .end = 240,
        .steps = 2400,
        .want = 3,
        .out = {"single.C", "dual.C", "dual.T"},
        .n_set = 1,
        .set = {{0, "single.alpha_1", 0.02}},
        .n_dose = 2,
        .dose = {{0, "single.C", -2e8}, {0, "single.T", 3.35e10 - 6.7e9}}};
    run_result r;
    (void)state;
    solve(&r, &p); /* the same 2e8 cells, the same tumour */
    double one = run_peak(&r, 0, NULL), two = run_peak(&r, 1, NULL);
    print_message("peak in the tumour: %.3g with one target, %.3g with two\n", one, two);
    assert_true(two > 1.2 * one);
    run_close(&r);
}

/* ---- Sahoo 2020, Brummer 2022 ---- */

static void the_killing_assay_ends_where_it_was_measured(void **state)
{
    run_plan p = {
        .model = "sahoo-2020", .end = 137.906667, .steps = 100, .want = 2, .out = {"X", "Y"}};
    run_result r;
    (void)state;
    solve(&r, &p);
    assert_close(run_at(&r, 100, 0), 0.49495, 0.01, 0);
    assert_close(run_at(&r, 100, 1), 0.4155, 0.01, 0);
    run_close(&r);
    p.end = 5000;
    solve(&r, &p);
    assert_close(run_at(&r, 100, 0), 0.496593994, 1e-6, 0); /* fit_parameters.csv */
    run_close(&r);
}

static void dexamethasone_changes_where_the_assay_ends(void **state)
{
    run_plan p = {.model = "sahoo-2020",
        .end = 137.906667,
        .steps = 100,
        .want = 2,
        .out = {"X", "Y"},
        .n_set = 7,
        .set = {{0, "rho", 0.043874243}, {0, "K_inv", 0.14876013}, {0, "kappa_1", 0.106180956},
            {0, "kappa_2", 0.033464508}, {0, "c_0", -0.169023873}, {0, "c_3", -0.151027402},
            {0, "X0", 0.54805}}};
    run_result r;
    (void)state;
    solve(&r, &p); /* 1e-8 ug/mL */
    assert_close(run_at(&r, 100, 0), 0.36525, 0.01, 0);
    assert_close(run_at(&r, 100, 1), 0.2826, 0.01, 0);
    run_close(&r);
}

/* ---- de Pillis 2005, 2009 ---- */

static void nk_kill_is_negligible_at_human_counts(void **state)
{
    run_plan p = {.model = "de-pillis-2009",
        .end = 1000,
        .steps = 100,
        .want = 5,
        .out = {"T", "N", "L", "C", "I"}};
    run_result r;
    double c = 2.9077e-13, a = 0.431, b = 1.02e-9;
    (void)state;
    solve(&r, &p);
    double N = run_at(&r, 100, 1);
    print_message("c N/a %.3g; N %.4g (2.5e8), L %.4g (526800), I %.4g (1073)\n", c * N / a, N,
        run_at(&r, 100, 2), run_at(&r, 100, 4));
    assert_true(c * N / a < 2e-4);
    assert_close(run_at(&r, 100, 0), (1 - c * N / a) / b, 1e-7, 0);
    assert_close(N, 2.5e8, 0.005, 0);
    assert_close(run_at(&r, 100, 2), 526800, 0.005, 0);
    assert_close(run_at(&r, 100, 3), 2.25e9, 1e-9, 0);
    assert_close(run_at(&r, 100, 4), 1073, 0.10, 0); /* 1168: does not come back better */
    run_close(&r);
}

static void a_mouse_rejects_tumour_that_bears_the_ligand(void **state)
{
    run_plan p = {
        .model = "de-pillis-2005", .end = 50, .steps = 50, .want = 2, .out = {"T", "N"}};
    run_result r;
    (void)state;
    solve(&r, &p);
    assert_close(run_at(&r, 50, 0), 1 / 1.023466211e-4, 0.01, 0); /* grows to capacity */
    run_close(&r);
    p.n_set = 1;
    p.set[0] = (change){0, "c", 0.3495};
    p.end = 500;
    solve(&r, &p);
    assert_true(run_at(&r, 5, 0) < 1e-9);
    assert_close(run_at(&r, 50, 1), 0.13 / 0.0412, 1e-6, 0); /* e/f */
    run_close(&r);
}

/* ---- Singh 2020, Minucci 2024 ---- */

static void cells_in_a_mouse_are_conserved_and_go_to_lung_spleen_liver_kidney(void **state)
{
    static const double volume[] = {0.944, 0.0295, 0.0384, 0.0154, 0.0254, 0.0289, 0.0788,
        0.0107, 0.0873, 0.55209, 4.11183, 0.0166, 0.1815, 0.164, 0.385, 0.113, 0.113 * 0.02, 1};
    run_plan p = {.model = "singh-2020",
        .end = 240,
        .steps = 240,
        .want = PF_COUNT(volume),
        .out = {"Blood", "C_Lung", "E_Lung", "C_Spleen", "E_Spleen", "C_Kidney", "E_Kidney",
            "C_Brain", "E_Brain", "C_Other", "E_Other", "C_GI", "E_GI", "C_Liver", "E_Liver",
            "LN", "C_Tumour", "A_tumour"},
        .n_set = 4,
        .set = {{0, "Kdep_Liver", 0}, {0, "K_exp", 0}, {0, "K_kill", 0}, {0, "k_g", 0}}};
    run_result r;
    (void)state;
    solve(&r, &p);
    for (size_t i = 0; i <= p.steps; i += 24) {
        double sum = 0;
        for (size_t k = 0; k < p.want; k++) sum += volume[k] * run_at(&r, i, k);
        assert_close(sum, 9440, 1e-8, 0);
    }
    assert_true(run_at(&r, 1, 2) > run_at(&r, 1, 4)); /* one hour: concentrations */
    assert_true(run_at(&r, 1, 4) > run_at(&r, 1, 14));
    assert_true(run_at(&r, 1, 14) > run_at(&r, 1, 6));
    run_close(&r);
}

static void without_cells_b_cells_double_and_lymphocytes_return(void **state)
{
    run_plan p = {.model = "minucci-2024",
        .end = 32,
        .steps = 32,
        .want = 2,
        .out = {"B", "H"},
        .n_set = 1,
        .set = {{0, "dose", 0}}};
    run_result r;
    (void)state;
    solve(&r, &p);
    assert_close(run_at(&r, 16, 0), 2e7, 1e-6, 0);
    assert_close(run_at(&r, 30, 1), 2.5e9 * (1 - 0.9 * exp(-1)), 1e-6, 0);
    run_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tisagenlecleucel_has_the_printed_peak_and_half_lives),
        cmocka_unit_test(expansion_in_two_classes_is_as_tabulated),
        cmocka_unit_test(cytokines_are_as_drawn_with_the_corrected_units),
        cmocka_unit_test(burden_moves_cytokines_and_dose_hardly),
        cmocka_unit_test(the_peak_of_car_t_cells_follows_from_the_first_integral),
        cmocka_unit_test(a_second_target_outside_the_tumour_brings_more_cells_into_it),
        cmocka_unit_test(the_killing_assay_ends_where_it_was_measured),
        cmocka_unit_test(dexamethasone_changes_where_the_assay_ends),
        cmocka_unit_test(nk_kill_is_negligible_at_human_counts),
        cmocka_unit_test(a_mouse_rejects_tumour_that_bears_the_ligand),
        cmocka_unit_test(cells_in_a_mouse_are_conserved_and_go_to_lung_spleen_liver_kidney),
        cmocka_unit_test(without_cells_b_cells_double_and_lymphocytes_return),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
