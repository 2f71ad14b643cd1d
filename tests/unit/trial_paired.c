/* Arms that are like one another, without a mechanism, or hold the same people. */
#include "trial_world.h"

/* As the shared model, with a mechanism: cells slow the lesion, unless it is switched off. A
 * few cells die and divide one by one, by chance. */
#define SWITCHED                                                                               \
    "model m\n"                                                                                \
    "  d' = (g - kill*B/(B + 1e3))*d; d = 50; g = 0.02; kill = 0.03;\n"                        \
    "  B' = 0.1*B - 0.3*B; B = 0; Z' = 0; Z = 0; hazard' = 0.01; hazard = 0;\n"                \
    "  z0 = 9; blood := B;\n"                                                                  \
    "  //! small B below 100\n"                                                                \
    "  //! role target-lesion d [mm]\n"                                                        \
    "  //! role switch.killing kill\n"                                                         \
    "  //! role dose.product B [cell]\n"                                                       \
    "  //! role kinetics blood [cell/mL]\n"                                                    \
    "  //! role death-hazard hazard\nend\n"

#define ARMS(second, rest)                                                                     \
    "study: s\nmodel: m.ant\npopulation: people.yaml\n"                                        \
    "arms:\n  - name: control\n    size: 40\n    regimen:\n"                                   \
    "      - {product: cells.yaml, dose: 1e4 cell/kg, on: [5, 9] day, cycle: 14 day, "         \
    "cycles: 1..3}\n" second "assess:\n  imaging: {every: 14 day, window: 3 day, error: 8 "    \
    "%}\n  kinetics: [1, 20] day\nhorizon: 120 day\ndropout: 0.004 1/day\nreplicates: 2\n"     \
    "seed: 3\n" rest

static double patient(const world *w, size_t row, size_t column)
{
    return cell(w, PF_TABLE_PATIENTS, row, column);
}

static void same_number(double a, double b, const char *what, size_t i)
{
    if (memcmp(&a, &b, sizeof a) != 0)
        fail_msg("%s of person %zu: %.17g and %.17g", what, i, a, b);
}

static void paired_arms_that_get_the_same_are_the_same(void **state)
{
    (void)state;
    world w;
    open_world(&w, SWITCHED,
        ARMS("  - {name: again, like: control}\n", "allocation: {method: paired}\n"));
    assert_int_equal(w.study->arm[1].size, 40);
    assert_int_equal(pf_arm_reference(w.study, 1), 0);
    simulate(&w, 4, 0, 160);
    const pf_layout *l = pf_trial_layout(w.trial);
    for (size_t r = 0; r < 2; r++)
        for (size_t i = 0; i < 40; i++) {
            size_t a = 80 * r + i, b = a + 40;
            assert_close(patient(&w, a, PF_P_ARM), 0, 0, 0);
            assert_close(patient(&w, b, PF_P_ARM), 1, 0, 0);
            assert_close(patient(&w, b, PF_P_PATIENT), 40 + (double)i, 0, 0);
            for (size_t c = PF_P_ARM + 1; c < l->n_column[PF_TABLE_PATIENTS]; c++)
                same_number(
                    patient(&w, a, c), patient(&w, b, c), l->column[PF_TABLE_PATIENTS][c], i);
        }
    close_world(&w);
}

static void people_of_one_arm_still_differ(void **state)
{
    (void)state;
    world w;
    open_world(&w, SWITCHED,
        ARMS("  - {name: again, like: control}\n", "allocation: {method: paired}\n"));
    simulate(&w, 1, 0, 160);
    size_t same = 0;
    for (size_t i = 1; i < 40; i++)
        same += patient(&w, i, PF_P_FIXED) == patient(&w, i - 1, PF_P_FIXED);
    assert_int_equal(same, 0);
    /* nor is the second replicate the first */
    assert_true(patient(&w, 0, PF_P_FIXED) != patient(&w, 80, PF_P_FIXED));
    close_world(&w);
}

static void an_arm_without_a_mechanism_has_the_same_people_and_another_course(void **state)
{
    (void)state;
    world w;
    open_world(&w, SWITCHED,
        ARMS("  - {name: ablated, like: control, without: killing}\n",
            "allocation: {method: paired}\n"));
    simulate(&w, 4, 0, 160);
    size_t earlier = 0, later = 0;
    for (size_t i = 0; i < 40; i++) {
        size_t b = i + 40;
        same_number(patient(&w, i, PF_P_FIXED), patient(&w, b, PF_P_FIXED), "weight", i);
        assert_close(patient(&w, b, PF_P_CMAX), patient(&w, i, PF_P_CMAX), 1e-3, 0);
        assert_close(patient(&w, b, PF_P_OS), patient(&w, i, PF_P_OS), 1e-3, 0);
        earlier += patient(&w, b, PF_P_PFS) < patient(&w, i, PF_P_PFS);
        later += patient(&w, b, PF_P_PFS) > patient(&w, i, PF_P_PFS);
    }
    assert_true(earlier > 20);
    assert_true(later < 3); /* a lesion that shrank first grows from a smaller nadir */
    close_world(&w);
}

/* The second arm begins with something else, so that the cells stand behind it. */
static void what_both_arms_give_is_given_alike_wherever_it_stands(void **state)
{
    (void)state;
    world w;
    open_world(&w, MODEL("0"),
        "study: s\nmodel: m.ant\npopulation: people.yaml\n"
        "arms:\n  - name: control\n    size: 40\n    regimen:\n"
        "      - {product: cells.yaml, dose: 1e4..1e6 cell, cycle: 14 day, cycles: 1..5}\n"
        "  - name: other\n    like: control\n    regimen:\n"
        "      - {drug: drug, dose: 1 mg}\n      - {drug: drug, dose: 2 mg, on: [3] day}\n"
        "      - {product: cells.yaml, dose: 1e4..1e6 cell, cycle: 14 day, cycles: 1..5}\n"
        "allocation: {method: paired}\nassess:\n  imaging: {every: 14 day}\n"
        "  kinetics: [1, 20] day\nhorizon: 120 day\nreplicates: 2\nseed: 3\n");
    assert_int_equal(w.study->arm[1].item[0].stream, 2);
    assert_int_equal(w.study->arm[1].item[1].stream, 3);
    assert_int_equal(w.study->arm[1].item[2].stream, 1);
    simulate(&w, 4, 0, 160);
    for (size_t r = 0; r < 2; r++)
        for (size_t i = 80 * r; i < 80 * r + 40; i++) {
            double given = patient(&w, i, PF_P_TREATED);
            assert_close(patient(&w, i + 40, PF_P_TREATED), given + 2, 0, 0);
            assert_close(patient(&w, i + 40, PF_P_CMAX), patient(&w, i, PF_P_CMAX), 1e-2, 0);
        }
    close_world(&w);
}

/* What is drawn of a product is drawn alike of its edited form, and at the same unknown dose.
 */
static void two_products_differ_by_what_their_files_say_alone(void **state)
{
    (void)state;
    world w;
    open_world(&w, MODEL("0"),
        "study: s\nmodel: m.ant\npopulation: people.yaml\n"
        "arms:\n  - name: plain\n    size: 40\n    regimen:\n"
        "      - {product: drawn.yaml, dose: 1e4..1e6 cell}\n"
        "  - name: edited\n    like: plain\n    regimen:\n"
        "      - {product: edited.yaml, dose: 1e4..1e6 cell}\n"
        "allocation: {method: paired}\nassess:\n  imaging: {every: 14 day}\n"
        "  kinetics: [1, 20] day\nhorizon: 120 day\nreplicates: 2\nseed: 3\n");
    assert_int_equal(w.study->n_product, 2);
    simulate(&w, 4, 0, 160);
    for (size_t r = 0; r < 2; r++)
        for (size_t i = 80 * r; i < 80 * r + 40; i++) {
            assert_true(patient(&w, i, PF_P_CMAX) > 0);
            assert_close(patient(&w, i + 40, PF_P_CMAX), patient(&w, i, PF_P_CMAX), 1e-2, 0);
        }
    close_world(&w);
}

static void an_arm_may_bring_its_own_size_and_regimen(void **state)
{
    (void)state;
    world w;
    open_world(&w, SWITCHED,
        ARMS("  - name: more\n    like: control\n    size: 7\n    regimen:\n"
             "      - {product: cells.yaml, dose: 5 cell}\n"
             "  - {name: last, like: more}\n",
            ""));
    assert_int_equal(w.study->arm[1].size, 7);
    assert_int_equal(w.study->arm[1].n_item, 1);
    assert_close(w.study->arm[1].item[0].dose[0], 5, 0, 0);
    assert_int_equal(w.study->arm[2].size, 7);
    assert_true(w.study->arm[2].item == w.study->arm[1].item);
    assert_int_equal(pf_arm_reference(w.study, 2), 1);
    close_world(&w);
}

static void a_switch_that_is_no_number_is_refused(void **state)
{
    (void)state;
    world w;
    read_world(&w,
        "model m\n  d' = -a*d; d = 50; a := 2*b; b = 1;\n  //! role target-lesion d [mm]\n"
        "  //! role dose.product d [cell]\n  //! role switch.killing a\nend\n",
        ARMS("  - {name: ablated, like: control, without: killing}\n", ""));
    assert_int_equal(pf_trial_new(&w.ctx, w.study, &w.trial), PF_ERR_MODEL);
    assert_non_null(strstr(w.ctx.message, "switch.killing needs a parameter"));
    close_world(&w);
}

/* ---- no effective cells ---- */

#define NOTHING(treatment)                                                                     \
    "study: s\nmodel: m.ant\npopulation: people.yaml\n"                                        \
    "arms:\n  - name: control\n    size: 30\n    regimen:\n"                                   \
    "      - {drug: drug, dose: 9 mg, every: 9 day, infusion: 1 hour, until: progression}\n"   \
    "  - name: treated\n    size: 30\n    regimen:\n"                                          \
    "      - {drug: drug, dose: 9 mg, every: 9 day, infusion: 1 hour, until: progression}\n"   \
    "      - {product: failing.yaml, " treatment "}\n"                                         \
    "allocation: {method: paired}\n"                                                           \
    "assess:\n  imaging: {every: 14 day, window: 3 day, error: 8 %}\n  kinetics: [1, 20] "     \
    "day\n"                                                                                    \
    "horizon: 120 day\ndropout: 0.004 1/day\nreplicates: 2\nseed: 3\n"

/* Every column of the two of a pair, but for the number of the patient and the arm. */
static int is_same_pair(const world *w, size_t a)
{
    size_t n = pf_trial_layout(w->trial)->n_column[PF_TABLE_PATIENTS];
    for (size_t c = PF_P_ARM + 1; c < n; c++) {
        double x = patient(w, a, c), y = patient(w, a + 30, c);
        if (memcmp(&x, &y, sizeof x) != 0) return 0;
    }
    return 1;
}

static void nothing_given_is_the_control(const char *study, size_t programs, int all)
{
    world w;
    size_t given = 0;
    open_world(&w, MODEL("0.01 + 0.01*drug/(1 + B)"), study);
    assert_int_equal(pf_trial_program_count(w.trial), programs);
    for (int lanes = 1; lanes <= 4; lanes += 3) {
        simulate(&w, lanes, 0, 120);
        for (size_t r = 0; r < 2; r++)
            for (size_t i = 0; i < 30; i++) {
                size_t a = 60 * r + i;
                int none = all || patient(&w, a, PF_P_FIXED) <= 70;
                size_t treated = patient(&w, a + 30, PF_P_CMAX) > 0;
                given += treated;
                if (none && (treated || !is_same_pair(&w, a)))
                    fail_msg("person %zu of replicate %zu differs from the control", i, r);
            }
    }
    assert_true(all ? given == 0 : given > 20);
    close_world(&w);
}

static void no_cells_are_the_control_to_the_last_bit(void **state)
{
    (void)state;
    nothing_given_is_the_control(NOTHING("dose: 0 cell"), 2, 1);
    nothing_given_is_the_control(NOTHING("dose: 1e6 cell, on: [5000] day"), 2, 1);
    nothing_given_is_the_control(
        NOTHING("dose: 1e6 cell, on: [100] day, delay: {chance: 100 %, by: 30 day}"), 2, 1);
}

static void a_lot_that_failed_leaves_the_control_and_others_get_their_share(void **state)
{
    (void)state;
    nothing_given_is_the_control(NOTHING("dose: 1e6 cell, on: [1, 3] day"), 2, 0);
}

static void a_share_of_a_dose_is_given(void **state)
{
    (void)state;
    world w;
    open_world(&w, MODEL("0"), NOTHING("dose: 1e6 cell, on: [1, 3] day"));
    simulate(&w, 4, 0, 120);
    size_t n = 0;
    for (size_t i = 0; i < w.chunk.table[PF_TABLE_EVENTS].n; i++) {
        if (cell(&w, PF_TABLE_EVENTS, i, PF_E_KIND) != PF_EVENT_DOSE ||
            cell(&w, PF_TABLE_EVENTS, i, PF_E_VALUE) < 10)
            continue;
        assert_close(cell(&w, PF_TABLE_EVENTS, i, PF_E_VALUE), 5e5, 0, 0);
        n++;
    }
    assert_true(n > 20);
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paired_arms_that_get_the_same_are_the_same),
        cmocka_unit_test(people_of_one_arm_still_differ),
        cmocka_unit_test(an_arm_without_a_mechanism_has_the_same_people_and_another_course),
        cmocka_unit_test(what_both_arms_give_is_given_alike_wherever_it_stands),
        cmocka_unit_test(two_products_differ_by_what_their_files_say_alone),
        cmocka_unit_test(an_arm_may_bring_its_own_size_and_regimen),
        cmocka_unit_test(no_cells_are_the_control_to_the_last_bit),
        cmocka_unit_test(a_lot_that_failed_leaves_the_control_and_others_get_their_share),
        cmocka_unit_test(a_share_of_a_dose_is_given),
        cmocka_unit_test(a_switch_that_is_no_number_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
