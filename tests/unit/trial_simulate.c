/* Patients from a study file to rows: doses, looks, deaths, widths and ranges. */
#include "trial_world.h"

static void an_infusion_that_progression_cancels_has_no_end_either(void **state)
{
    (void)state;
    world w;
    open_world(&w, MODEL("0"),
        STUDY("1",
            "      - {drug: drug, dose: 100 mg, every: 10 day, infusion: 1 day, until: "
            "progression}\n",
            "assess: {imaging: {every: 15 day, error: 0}, markers: [drug], kinetics: [12, 30, "
            "40, 60, 100] day}\n"));
    simulate(&w, 1, 0, 1);
    assert_int_equal(w.chunk.table[PF_TABLE_KINETICS].n, 5);
    double seen[5];
    for (size_t i = 0; i < 5; i++) seen[i] = cell(&w, PF_TABLE_KINETICS, i, PF_K_FIXED + 1);
    /* Progression on day 15: the doses of days 0 and 10 were given, no more. */
    double day[] = {12, 30, 40, 60, 100};
    for (size_t i = 0; i < 5; i++) {
        double want = 0, t = day[i] - 1.0 / 1440;
        for (int k = 0; k < 2; k++)
            want += 1000 * (exp(-0.1 * (t - 10 * k - 1)) - exp(-0.1 * (t - 10 * k)));
        assert_close(seen[i], want, 1e-3, 1e-5);
    }
    assert_close(cell(&w, PF_TABLE_PATIENTS, 0, PF_P_TREATED), 2, 0, 0);
    close_world(&w);
}

static void blood_of_day_0_is_drawn_before_the_dose(void **state)
{
    (void)state;
    world w;
    for (int early = 0; early < 2; early++) {
        open_world(&w, MODEL("0"),
            early ? STUDY("1",
                        "      - {product: cells.yaml, dose: 100 cell}\n"
                        "      - {drug: drug, dose: 1 mg, on: [-3] day}\n",
                        "assess: {imaging: {every: 15 day}, kinetics: [0, 1] day}\n")
                  : STUDY("1", "      - {product: cells.yaml, dose: 100 cell}\n",
                        "assess: {imaging: {every: 15 day}, kinetics: [0, 1] day}\n"));
        simulate(&w, 1, 0, 1);
        assert_close(cell(&w, PF_TABLE_KINETICS, 0, PF_K_FIXED), 0, 0, 0);
        assert_close(cell(&w, PF_TABLE_KINETICS, 1, PF_K_FIXED),
            100 * exp(-0.5 * (1 - 1.0 / 1440)), 1e-3, 0);
        assert_close(cell(&w, PF_TABLE_PATIENTS, 0, PF_P_TMAX), 0.5, 0, 1e-3);
        close_world(&w);
    }
}

#define ONCE(day)                                                                              \
    STUDY("1", "      - {product: cells.yaml, dose: 100 cell, on: [" #day "] day}\n",          \
        "assess: {imaging: {every: 15 day}}\n")

static void cells_that_come_after_the_profile_have_no_peak_in_it(void **state)
{
    (void)state;
    static const char *const study[] = {ONCE(27), ONCE(28), ONCE(40)};
    world w;
    for (size_t i = 0; i < PF_COUNT(study); i++) {
        open_world(&w, MODEL("0"), study[i]);
        simulate(&w, 1, 0, 1);
        double cmax = cell(&w, PF_TABLE_PATIENTS, 0, PF_P_CMAX);
        double tmax = cell(&w, PF_TABLE_PATIENTS, 0, PF_P_TMAX);
        assert_true(i == 0 ? cmax > 50 && tmax > 27 : isnan(cmax) && isnan(tmax));
        assert_close(cell(&w, PF_TABLE_PATIENTS, 0, PF_P_INFUSED), 1, 0, 0);
        close_world(&w);
    }
}

/* Cells and doublings are lost alike here, so their ratio shows how they came in. */
static void what_a_dose_adds_elsewhere_comes_in_as_the_cells_do(void **state)
{
    (void)state;
    world w;
    open_world(&w, MODEL("0"),
        STUDY("1", "      - {product: cells.yaml, dose: 100 cell, infusion: 4 day}\n",
            "assess: {imaging: {every: 15 day}, markers: [doublings], kinetics: [1, 3, 9] "
            "day}\n"));
    simulate(&w, 1, 0, 1);
    double day[] = {1, 3, 9};
    for (size_t i = 0; i < 3; i++) {
        double t = day[i] - 1.0 / 1440, over = fmax(0, t - 4);
        double want = 50 * (exp(-0.5 * over) - exp(-0.5 * t));
        double cells = cell(&w, PF_TABLE_KINETICS, i, PF_K_FIXED);
        assert_close(cells, want, 1e-3, 0);
        assert_close(cell(&w, PF_TABLE_KINETICS, i, PF_K_FIXED + 1) / cells, 3, 1e-3, 0);
    }
    close_world(&w);
}

static void who_dies_before_day_0_dies_on_day_0(void **state)
{
    (void)state;
    world w;
    open_world(&w, MODEL("3"),
        STUDY("40",
            "      - {product: cells.yaml, dose: 100 cell}\n"
            "      - {drug: drug, dose: 1 mg, on: [-5] day}\n",
            "assess: {imaging: {every: 15 day}}\n"));
    simulate(&w, 0, 0, 40);
    for (size_t i = 0; i < 40; i++) {
        assert_true(cell(&w, PF_TABLE_PATIENTS, i, PF_P_OS) >= 0);
        assert_true(cell(&w, PF_TABLE_PATIENTS, i, PF_P_PFS) >= 0);
        assert_close(cell(&w, PF_TABLE_PATIENTS, i, PF_P_OS_EVENT), 1, 0, 0);
    }
    close_world(&w);
}

#define TWO_ARMS                                                                               \
    "study: s\nmodel: m.ant\npopulation: people.yaml\n"                                        \
    "arms:\n  - {name: none, size: 8}\n"                                                       \
    "  - {name: cells, size: 8, regimen: [{product: two.yaml, dose: 1 cell}]}\n"               \
    "horizon: 120 day\nreplicates: 2\n"                                                        \
    "assess: {imaging: {every: 15 day}, markers: [both], kinetics: [1] day}\n"
#define TWO_MODEL(z0)                                                                          \
    "model m\n"                                                                                \
    "  d' = 0.02*d; d = 50; B' = -0.5*B; B = 0; S' = 0*S; S = 5; twice' = 0; twice = 2*S;\n"   \
    "  r = 4; z0 = " z0 "; both := twice + z0;\n"                                              \
    "  //! role target-lesion d [mm]\n"                                                        \
    "  //! role dose.product B [cell]\n"                                                       \
    "  //! role marker.both both\nend\n"

static void a_product_leaves_the_arms_without_it_as_the_model_has_them(void **state)
{
    (void)state;
    world w;
    open_world(&w, TWO_MODEL("8"), TWO_ARMS);
    simulate(&w, 0, 0, 32);
    for (size_t i = 0; i < 32; i++) {
        double want = cell(&w, PF_TABLE_PATIENTS, i, PF_P_ARM) > 0 ? 140 + 3 : 10 + 8;
        assert_close(cell(&w, PF_TABLE_PATIENTS, i, PF_P_FAILED), 0, 0, 0);
        assert_close(cell(&w, PF_TABLE_KINETICS, i, PF_K_FIXED), want, 0, 1e-9);
    }
    close_world(&w);
}

static void a_product_does_not_set_what_the_model_computes_for_another_arm(void **state)
{
    (void)state;
    world w;
    read_world(&w, TWO_MODEL("2*r"), TWO_ARMS);
    assert_int_equal(pf_trial_new(&w.ctx, w.study, &w.trial), PF_ERR_CONFIG);
    assert_contains(w.ctx.message, "arm 'none' would be without a value");
    close_world(&w);
}

#define IN_COMPARTMENT(size)                                                                   \
    "model m\n  compartment V = " size "; species B in V; B = 0; B -> ; 0.5*B*V;\n"            \
    "  d' = 0.02*d; d = 50; S' = 0; S = 5; z0 = 1; both := B + S*z0;\n"                        \
    "  //! role target-lesion d [mm]\n  //! role dose.product B [cell]\n"                      \
    "  //! role marker.both both\nend\n"

static void doses_do_not_go_into_concentrations(void **state)
{
    (void)state;
    world w;
    read_world(&w, IN_COMPARTMENT("3"), TWO_ARMS);
    assert_int_equal(pf_trial_new(&w.ctx, w.study, &w.trial), PF_ERR_MODEL);
    assert_contains(w.ctx.message, "'B' is a concentration, and a dose is an amount");
    close_world(&w);
    open_world(&w, IN_COMPARTMENT("1"), TWO_ARMS);
    close_world(&w);
}

static void widths_and_ranges_give_the_same_rows(void **state)
{
    (void)state;
    world whole, part;
    static const char study[] = STUDY("11",
        "      - {product: cells.yaml, dose: [1e6, 3e6, 1e7] cell/kg, max_dose: 4e8 cell, on: "
        "[1, 2.5] day, infusion: 1 hour}\n"
        "      - {drug: drug, dose: 2 mg/kg, every: 8 day, start: -2 day, infusion: 2 day, "
        "until: progression, delay: {chance: 0.3, by: 1 day}}\n",
        "dropout: 0.005 1/day\n"
        "assess: {imaging: {every: 15 day, window: 3 day}, markers: [drug, doublings], "
        "kinetics: [0, 1, 7, 28] day}\n");
    open_world(&whole, MODEL("0.01"), study);
    open_world(&part, MODEL("0.01"), study);
    simulate(&whole, 0, 0, 22);
    size_t at[PF_TABLE_COUNT] = {0};
    static const uint64_t range[][2] = {{0, 1}, {1, 6}, {7, 9}, {16, 6}};
    for (size_t i = 0; i < PF_COUNT(range); i++) {
        simulate(&part, 1, range[i][0], range[i][1]);
        for (int t = 0; t < PF_TABLE_COUNT; t++) {
            const pf_rows *a = &whole.chunk.table[t], *b = &part.chunk.table[t];
            assert_true(at[t] + b->n <= a->n);
            if (b->n)
                assert_memory_equal(
                    a->x + at[t] * a->n_column, b->x, b->n * b->n_column * sizeof(double));
            at[t] += b->n;
        }
    }
    for (int t = 0; t < PF_TABLE_COUNT; t++) assert_int_equal(at[t], whole.chunk.table[t].n);
    close_world(&part);
    close_world(&whole);
}

static void a_patient_without_usable_values_fails_alone(void **state)
{
    (void)state;
    static const char study[] =
        STUDY("40", "      - {product: heavy.yaml, dose: 1e6 cell, on: [0] day}\n",
            "assess: {imaging: {every: 6 week}}\n");
    world w;
    open_world(&w, MODEL("0.001"), study);
    simulate(&w, 0, 0, 40);
    const pf_rows *people = &w.chunk.table[PF_TABLE_PATIENTS];
    size_t failed = 0;
    assert_int_equal(people->n, 40);
    for (size_t i = 0; i < people->n; i++) {
        double weight = cell(&w, PF_TABLE_PATIENTS, i, PF_P_FIXED);
        int is_failed = cell(&w, PF_TABLE_PATIENTS, i, PF_P_FAILED) == 1.0;
        assert_int_equal(is_failed, weight < 70);
        assert_int_equal(isnan(cell(&w, PF_TABLE_PATIENTS, i, PF_P_OS)), is_failed);
        failed += (size_t)is_failed;
    }
    assert_in_range(failed, 10, 30);
    assert_int_equal(w.chunk.table[PF_TABLE_FAILURES].n, failed);
    assert_string_equal(pf_failure_text((int)cell(&w, PF_TABLE_FAILURES, 0, PF_F_REASON)),
        "the patient's values cannot be used");
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_infusion_that_progression_cancels_has_no_end_either),
        cmocka_unit_test(what_a_dose_adds_elsewhere_comes_in_as_the_cells_do),
        cmocka_unit_test(blood_of_day_0_is_drawn_before_the_dose),
        cmocka_unit_test(cells_that_come_after_the_profile_have_no_peak_in_it),
        cmocka_unit_test(who_dies_before_day_0_dies_on_day_0),
        cmocka_unit_test(a_product_leaves_the_arms_without_it_as_the_model_has_them),
        cmocka_unit_test(a_product_does_not_set_what_the_model_computes_for_another_arm),
        cmocka_unit_test(a_patient_without_usable_values_fails_alone),
        cmocka_unit_test(doses_do_not_go_into_concentrations),
        cmocka_unit_test(widths_and_ranges_give_the_same_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
