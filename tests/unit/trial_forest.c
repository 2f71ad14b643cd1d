/* Subgroups by what is known before treatment, and how summary.json tells them. */
#include "summary_case.h"
#include "trial/forest.h"

#include <stdlib.h>

enum { WIDE = PF_P_FIXED + 4, EACH = 40 };
static const char *wide_name[WIDE];
static const double stage_value[] = {3, 2}, stage_weight[] = {0.5, 0.5};

/* Known: age, stage (2 or 3). Not known: luck. One draw a replicate: season. */
static pf_variable variable[4] = {
    {.name = "age", .kind = PF_DIST_NORMAL, .unit = "year", .baseline = 1},
    {.name = "luck", .kind = PF_DIST_NORMAL, .unit = "1"},
    {.name = "stage",
        .kind = PF_DIST_DISCRETE,
        .n_values = 2,
        .value = stage_value,
        .weight = stage_weight,
        .unit = "1",
        .baseline = 1},
    {.name = "season", .kind = PF_DIST_NORMAL, .unit = "1", .shared = 1, .baseline = 1},
};

static pf_study wide_study(pf_arm *arm)
{
    pf_study s = study(arm, 2, EACH);
    s.assess.n_kinetics = 0;
    s.population.n_variable = 4;
    s.population.variable = variable;
    return s;
}

static pf_layout wide_layout(void)
{
    pf_layout l = {.n_covariate = 4};
    for (int i = 0; i < WIDE; i++)
        wide_name[i] = i < PF_P_FIXED ? "x" : variable[i - PF_P_FIXED].name;
    l.n_column[PF_TABLE_PATIENTS] = WIDE;
    l.column[PF_TABLE_PATIENTS] = wide_name;
    return l;
}

/* Arm 1 helps stage 2 alone: twice the time, and all respond. Ages are 40 to 79. */
static void replicate(pf_summary *sum, const pf_layout *l, int number)
{
    pf_chunk c;
    pf_random r;
    pf_chunk_init(&c, l);
    pf_random_init(&r, 9, PF_DRAW_TEST, (uint64_t)number, 0, 0);
    for (int i = 0; i < 2 * EACH; i++) {
        double *row = pf_chunk_row(NULL, &c, PF_TABLE_PATIENTS);
        int arm = i % 2, stage = 2 + (i / 2) % 2, helped = arm && stage == 2;
        double day = 50 * pf_random_exponential(&r) * (helped ? 4 : 1);
        row[PF_P_REPLICATE] = number;
        row[PF_P_PATIENT] = i;
        row[PF_P_ARM] = arm;
        row[PF_P_FAILED] = 0;
        row[PF_P_BASELINE] = 60;
        row[PF_P_BEST] = helped ? PF_RESPONSE_CR : PF_RESPONSE_SD;
        row[PF_P_PFS] = row[PF_P_OS] = fmin(day, 400);
        row[PF_P_PFS_EVENT] = row[PF_P_OS_EVENT] = day < 400;
        row[PF_P_FIXED] = 40 + i / 2;
        row[PF_P_FIXED + 1] = i;
        row[PF_P_FIXED + 2] = stage;
        row[PF_P_FIXED + 3] = i % 3;
    }
    assert_ok(NULL, pf_summary_add(NULL, sum, &c.table[PF_TABLE_PATIENTS]));
    pf_chunk_clear(&c);
}

static const pf_jvalue *row_of(const pf_jvalue *all, const char *level, const char *measure)
{
    for (const pf_jvalue *e = pf_jvalue_get(all, "forest")->first; e; e = e->next)
        if (!strcmp(pf_jvalue_text(pf_jvalue_get(e, "level"), "?"), level) &&
            !strcmp(pf_jvalue_text(pf_jvalue_get(e, "measure"), "?"), measure))
            return e;
    fail_msg("no row '%s' of %s", level, measure);
    return NULL;
}

static void check_rows(const pf_jvalue *all)
{
    /* Everyone, age in halves, stage in two: three measures each; luck and season are none. */
    assert_int_equal(pf_jvalue_get(all, "forest")->n, 5 * 3);
    const pf_jvalue *e = row_of(all, "", "PFS_hazard_ratio");
    assert_close(number(e, "patients"), 80, 0, 0);
    const pf_jvalue *hr =
        nth(pf_jvalue_get(nth(pf_jvalue_get(all, "comparisons"), 0), "measures"), 3);
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(hr, "endpoint"), ""), "PFS_hazard_ratio");
    assert_close(number(e, "median"), number(hr, "median"), 1e-8, 0);
    assert_close(number(e, "q025"), number(hr, "q025"), 1e-8, 0);
    assert_close(number(e, "q975"), number(hr, "q975"), 1e-8, 0);
    assert_close(
        number(row_of(all, "age < 59.5 year", "ORR_difference"), "median"), 0.5, 1e-12, 0);
    assert_close(
        number(row_of(all, "age >= 59.5 year", "OS_hazard_ratio"), "patients"), 40, 0, 0);
    assert_close(number(row_of(all, "stage = 2", "ORR_difference"), "median"), 1, 1e-12, 0);
    assert_close(number(row_of(all, "stage = 3", "ORR_difference"), "q975"), 0, 0, 1e-12);
    assert_close(log(number(row_of(all, "stage = 2", "PFS_hazard_ratio"), "median")), log(0.25),
        0, 0.15);
    assert_close(
        log(number(row_of(all, "stage = 3", "PFS_hazard_ratio"), "median")), 0, 0, 0.12);
    assert_true(isnan(number(row_of(all, "", "ORR_difference"), "events")));
}

static void a_forest_shows_who_is_helped(void **state)
{
    (void)state;
    pf_arm arm[2];
    pf_study s = wide_study(arm);
    pf_layout l = wide_layout();
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    for (int i = 0; i < 60; i++) replicate(sum, &l, i);
    const pf_jvalue *all = json_of(sum, &a), *power = nth(pf_jvalue_get(all, "power"), 0);
    check_rows(all);
    assert_int_equal(pf_jvalue_get(all, "power")->n, 3);
    const pf_jvalue *last = nth(pf_jvalue_get(power, "sizes"), 3);
    assert_close(number(last, "patients"), 80, 0, 0);
    const pf_jvalue *p =
        nth(pf_jvalue_get(nth(pf_jvalue_get(all, "comparisons"), 0), "measures"), 5);
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(p, "endpoint"), ""), "PFS_logrank_p");
    assert_close(number(last, "share"), number(p, "share_below_0.05"), 1e-12, 0);
    assert_int_equal(pf_jvalue_get(power, "larger")->n, 7);
    pf_summary_free(sum);
    pf_arena_clear(&a);
}

/* Few replicates say nothing of larger trials; arms of the same people are no trial. */
static void power_knows_what_it_cannot_say(void **state)
{
    (void)state;
    for (int paired = 0; paired < 2; paired++) {
        pf_arm arm[2];
        pf_study s = wide_study(arm);
        pf_layout l = wide_layout();
        pf_summary *sum = NULL;
        pf_arena a;
        pf_arena_init(&a);
        if (paired) s.allocation.method = PF_ALLOCATE_PAIRED;
        assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
        for (int i = 0; i < 19; i++) replicate(sum, &l, i);
        const pf_jvalue *power = pf_jvalue_get(json_of(sum, &a), "power");
        assert_int_equal(power->n, paired ? 0 : 3);
        if (!paired) assert_true(pf_jvalue_get(nth(power, 0), "larger")->first == NULL);
        pf_summary_free(sum);
        pf_arena_clear(&a);
    }
}

/* Six in ten are 0: the halves are 0 and above. */
static void a_cut_leaves_somebody_on_both_sides(void **state)
{
    (void)state;
    double x[10][WIDE] = {{0}};
    const double *row[10];
    pf_arm arm[2];
    pf_study s = wide_study(arm);
    pf_layout l = wide_layout();
    pf_forest f = {0};
    char text[100];
    for (int i = 0; i < 10; i++) {
        x[i][PF_P_FIXED] = i < 6 ? 0 : i + 0.123456;
        x[i][PF_P_FIXED + 2] = 2; /* nobody has stage 3 here: it is a level all the same */
        row[i] = x[i];
    }
    const pf_arm_result one = {.n = 5, .row = row}, other = {.n = 5, .row = row + 5};
    const pf_forest_pair p = {.study = &s, .layout = &l, .arm = &one, .against = &other};
    assert_ok(NULL, pf_forest_add(NULL, &p, &f));
    assert_int_equal(f.n_group, 5);
    pf_forest_label(&f, 1, text, sizeof text);
    assert_string_equal(text, "age < 6.12346 year");
    pf_forest_label(&f, 4, text, sizeof text);
    assert_string_equal(text, "stage = 3");
    assert_true(isnan(f.value[4 * PF_FOREST_MEASURES]));
    pf_forest_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_forest_shows_who_is_helped),
        cmocka_unit_test(power_knows_what_it_cannot_say),
        cmocka_unit_test(a_cut_leaves_somebody_on_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
