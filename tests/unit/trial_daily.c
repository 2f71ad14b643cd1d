/* Grades by day: packed, written, counted. */
#include "trial_world.h"

#include "trial/daily.h"

#include <math.h>

static void what_is_packed_comes_out(void **state)
{
    (void)state;
    pf_random r;
    pf_random_init(&r, 1, PF_DRAW_TEST, 0, 0, 0);
    for (int i = 0; i < 2000; i++) {
        double x[2] = {NAN, NAN};
        int grade[PF_DAILY_DAYS + 1], until = (int)pf_random_below(&r, 29);
        for (int day = 1; day <= PF_DAILY_DAYS; day++) {
            grade[day] = day > until ? -1 : (int)pf_random_below(&r, i % 2 ? 6 : 1);
            if (day <= until) pf_daily_set(x, day, grade[day]);
        }
        for (int day = 1; day <= PF_DAILY_DAYS; day++) {
            double g = pf_daily_get(x, day);
            assert_true(grade[day] < 0 ? isnan(g) : g == grade[day]);
        }
        for (int k = 0; k < 2; k++) {
            char text[PF_DAILY_TEXT];
            double back;
            pf_daily_text(x[k], text);
            assert_true(pf_daily_read(text, &back));
            assert_true(back == x[k] || (isnan(back) && isnan(x[k])));
        }
    }
}

static void the_text_is_short_and_no_number(void **state)
{
    (void)state;
    char text[PF_DAILY_TEXT];
    double x[2] = {NAN, NAN}, back;
    pf_daily_text(x[0], text);
    assert_string_equal(text, "");
    for (int day = 1; day <= 14; day++) pf_daily_set(x, day, 0);
    pf_daily_text(x[0], text);
    assert_string_equal(text, "0 0");
    double y[2] = {NAN, NAN};
    pf_daily_set(y, 1, 1), pf_daily_set(y, 2, 5), pf_daily_set(y, 2, 3), pf_daily_set(y, 29, 1);
    pf_daily_text(y[0], text);
    assert_string_equal(text, "1 5 .");
    static const char *const wrong[] = {
        "6", "0 0 ", " 0", "0  0", "00", "a", ". .", "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"};
    for (size_t i = 0; i < PF_COUNT(wrong); i++) assert_false(pf_daily_read(wrong[i], &back));
}

/* The grade is the number of days since the cells came, halved: 0 on day 1, 1 on days 2 and 3.
 */
#define FEVER                                                                                  \
    "model m\n"                                                                                \
    "  d' = 0.001*d; d = 50; B' = 0; B = 0; C' = piecewise(1, B > 0, 0); C = 0;\n"             \
    "  grade := C/2 + 1e-6; blood := B; z0 = 0;\n"                                             \
    "  //! role target-lesion d [mm]\n"                                                        \
    "  //! role dose.product B [cell]\n"                                                       \
    "  //! role grade.CRS grade\n"                                                             \
    "  //! role kinetics blood [cell/mL]\nend\n"
#define FEVERISH                                                                               \
    "study: s\nmodel: m.ant\npopulation: people.yaml\n"                                        \
    "arms:\n  - {name: none, size: 3}\n  - name: cells\n    size: 4\n    regimen:\n"           \
    "      - {product: cells.yaml, dose: 100 cell, on: [4 day, 9 day]}\n"                      \
    "assess:\n  imaging: {every: 14 day}\n  kinetics: [1, 10, 20] day\n"                       \
    "horizon: 24 day\nreplicates: 1\nseed: 3\n"

static void grades_count_from_the_first_dose(void **state)
{
    (void)state;
    world w;
    open_world(&w, FEVER, FEVERISH);
    simulate(&w, 4, 0, 7);
    const pf_layout *l = pf_trial_layout(w.trial);
    assert_int_equal(l->n_daily, 2);
    assert_string_equal(l->column[PF_TABLE_PATIENTS][l->daily_at], "GRADE_CRS_D1_14");
    assert_string_equal(l->column[PF_TABLE_KINETICS][PF_K_FIXED + 1], "GRADE_CRS");
    assert_true(pf_patient_column_is_text(l, l->daily_at + 1));
    for (size_t i = 0; i < 7; i++) {
        const double *row =
            w.chunk.table[PF_TABLE_PATIENTS].x + i * l->n_column[PF_TABLE_PATIENTS];
        for (int day = 1; day <= PF_DAILY_DAYS; day++) {
            double g = pf_daily_get(row + l->daily_at, day);
            /* Day 4 + 20 is the end of the study. */
            if (row[PF_P_ARM] > 0 && day <= 20)
                assert_close(g, fmin(5, day / 2), 0, 0);
            else
                assert_true(isnan(g));
        }
    }
    for (size_t i = 0; i < w.chunk.table[PF_TABLE_KINETICS].n; i++) {
        double day = cell(&w, PF_TABLE_KINETICS, i, PF_K_DAY);
        double g = cell(&w, PF_TABLE_KINETICS, i, PF_K_FIXED + 1);
        if (cell(&w, PF_TABLE_KINETICS, i, PF_K_ARM) > 0) /* A minute before its hour. */
            assert_close(g, day < 4 ? 0 : fmin(5, floor((day - 4 - 1.0 / 1440) / 2)), 0, 0);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_out),
        cmocka_unit_test(the_text_is_short_and_no_number),
        cmocka_unit_test(grades_count_from_the_first_dose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
