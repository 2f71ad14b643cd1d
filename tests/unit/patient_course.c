/* Records played on models: against superposed exponentials (tests/oracles/pk_records.py),
 * closed forms, and plain repetition. */
#include "course_case.h"

#include <unistd.h>

static const char *const COMPARTMENTS[] = {"gut", "cen", "per", "deep"};
static const char *const X[] = {"x"};
static const char DECAY[] = "model decay\n  x' = -k*x; x = 0; k = 0.1; end\n";

static char *read_file(const char *path)
{
    pf_ctx ctx;
    char *text;
    size_t size;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &text, &size));
    return text;
}

static void compare(const char *name, int lanes)
{
    char path[200], column[20];
    stage g;
    snprintf(path, sizeof path, PF_TEST_DATA "/pk/%s.csv", name);
    char *model = read_file(PF_TEST_DATA "/pk/compartments.ant");
    const script s = {
        .model = model, .file = path, .name = COMPARTMENTS, .n_name = 4, .lanes = lanes};
    play(&g, &s);
    for (size_t i = 0; i < 4; i++) {
        size_t c;
        double expected;
        snprintf(column, sizeof column, "E_%s", COMPARTMENTS[i]);
        assert_ok(&g.ctx, pf_table_find(&g.ctx, g.table.table, column, &c));
        for (size_t row = 0; row < g.table.n_row; row++) {
            assert_ok(&g.ctx,
                pf_table_number(&g.ctx, g.table.table, g.table.row[row].row, c, &expected));
            if (fabs(seen(&g, row, i) - expected) > 2e-9 * fabs(expected) + 1e-11)
                print_error("%s, line %zu\n", name, g.table.row[row].row + 2);
            assert_close(seen(&g, row, i), expected, 2e-9, 1e-11);
        }
    }
    stage_close(&g);
    pf_free(model);
}

static void doses_are_those_of_superposed_exponentials(void **state)
{
    static const char *const name[] = {"bolus", "infusion", "overlap", "oral", "two", "three",
        "by_model", "reset", "same_time"};
    (void)state;
    for (size_t i = 0; i < PF_COUNT(name); i++) compare(name[i], 1);
}

static void steady_states_are_those_of_geometric_series(void **state)
{
    static const char *const name[] = {"ss_bolus", "ss_infusion", "ss_overlap", "ss_exact",
        "ss_oral", "ss_long_lag", "ss_lagged_infusion", "ss_constant", "ss_twice",
        "ss_twice_infused", "ss_by_model", "ss_slow"};
    (void)state;
    for (size_t i = 0; i < PF_COUNT(name); i++) compare(name[i], 1);
}

static void a_slow_terminal_phase_needs_few_intervals(void **state)
{
    /* Its half-life is 1,000 intervals; repetition would need 30,000 of them. */
    static const char slow[] = "model slow\n  x' = -k*x; x = 0; k = 0.00069314718; end\n";
    stage g;
    (void)state;
    const script s = {.model = slow,
        .records = "TIME,EVID,AMT,II,SS\n0,1,1,1,1\n1,0,.,.,.\n",
        .name = X,
        .n_name = 1};
    play(&g, &s);
    assert_close(seen(&g, 0, 0), -1.0 / expm1(-0.00069314718), 1e-8, 0);
    assert_true(g.steps < 300);
    stage_close(&g);
}

static void a_saturable_steady_state_is_where_repetition_leads(void **state)
{
    static const char model[] =
        "model mm\n  x' = -vmax*x/(km + x); x = 0; vmax = 5; km = 2; end\n";
    stage g, h;
    (void)state;
    const script s = {.model = model,
        .records = "TIME,EVID,AMT,II,SS\n0,1,40,10,1\n10,0,.,.,.\n",
        .name = X,
        .n_name = 1};
    const script repeated = {.model = model,
        .records = "TIME,EVID,AMT,II,ADDL\n0,1,40,10,500\n5000,0,.,.,.\n",
        .name = X,
        .n_name = 1};
    play(&g, &s);
    play(&h, &repeated);
    assert_close(seen(&g, 0, 0), seen(&h, 1, 0), 1e-7, 0);
    assert_close(seen(&g, 1, 0), seen(&h, 1, 0) - 40.0, 1e-6, 0);
    stage_close(&g);
    stage_close(&h);
}

static void expect_problem(const script *s, const char *words)
{
    stage g;
    pf_err err = stage_open(&g, s);
    assert_ok(&g.ctx, err);
    err = stage_play(&g);
    assert_ok(&g.ctx, err);
    assert_contains(g.problem, words);
    stage_close(&g);
}

static void where_there_is_no_steady_state_that_is_said(void **state)
{
    static const char ss[] = "TIME,EVID,AMT,II,SS\n0,1,40,10,1\n10,0,.,.,.\n";
    (void)state;
    /* Doses outrun a saturated elimination; growth has a fixed point that repels. */
    expect_problem(&(script){.model = "model a\n  x' = -5*x/(2 + x); x = 0; end\n",
                       .records = "TIME,EVID,AMT,II,SS\n0,1,60,10,1\n",
                       .name = X,
                       .n_name = 1},
        "no steady state of model a");
    expect_problem(&(script){.model = "model a\n  x' = 0.05*x; x = 0; end\n",
                       .records = ss,
                       .name = X,
                       .n_name = 1},
        "no steady state of model a");
    expect_problem(&(script){.model = "model a\n  x' = 1; x = 0; end\n",
                       .records = "TIME,EVID\n1,0\n",
                       .name = X,
                       .n_name = 1,
                       .steady = 1},
        "there is no steady state: state x of model a");
}

static void models_whose_state_is_more_than_numbers_are_refused(void **state)
{
    stage g;
    (void)state;
    const script s = {.model = "model a\n  x' = 1 - x*time; x = 0; end\n",
        .records = "TIME,EVID\n1,0\n",
        .name = X,
        .n_name = 1,
        .steady = 1};
    pf_err err = stage_open(&g, &s);
    assert_ok(&g.ctx, err);
    assert_int_equal(stage_play(&g), PF_ERR_CONFIG);
    assert_contains(g.ctx.message, "depends on time");
    stage_close(&g);
}

static void the_steady_state_keeps_what_is_conserved(void **state)
{
    static const char *const names[] = {"a", "b", "c"};
    static const char model[] =
        "model m\n  a' = -2*a*b + 0.5*c; b' = -2*a*b + 0.5*c; c' = 2*a*b - 0.5*c;\n"
        "  a = 3; b = 1; c = 0.25; end\n";
    stage g;
    (void)state;
    const script s = {.model = model,
        .records = "TIME,EVID\n0,0\n50,0\n",
        .name = names,
        .n_name = 3,
        .steady = 1};
    play(&g, &s);
    /* c = 4 a b with a + c = 3.25, b + c = 1.25 */
    double p = 3.25 + 1.25 + 0.25, c = 0.5 * (p - sqrt(p * p - 4 * 3.25 * 1.25));
    for (size_t row = 0; row < 2; row++) {
        assert_close(seen(&g, row, 2), c, 1e-9, 0);
        assert_close(seen(&g, row, 0) + seen(&g, row, 2), 3.25, 1e-11, 0);
    }
    stage_close(&g);
}

static void the_steady_state_with_slow_and_fast_parts_is_found(void **state)
{
    static const char model[] =
        "model m\n  x' = 1e-5*(7 - x); y' = 1e4*(x - y); x = 0; y = 0; end\n";
    static const char *const names[] = {"x", "y"};
    stage g;
    (void)state;
    const script s = {.model = model,
        .records = "TIME,EVID\n0,0\n1,3\n2,0\n",
        .name = names,
        .n_name = 2,
        .steady = 1};
    play(&g, &s);
    for (size_t row = 0; row < 3; row++) {
        assert_close(seen(&g, row, 0), 7.0, 1e-8, 0);
        assert_close(seen(&g, row, 1), 7.0, 1e-8, 0);
    }
    stage_close(&g);
}

static void covariates_hold_after_or_before_their_record(void **state)
{
    stage g;
    (void)state;
    script s = {.model = DECAY,
        .records = "TIME,EVID,AMT,k\n0,1,1,0.1\n1,0,.,0.3\n3,0,.,0.2\n4,2,.,.\n",
        .name = X,
        .n_name = 1};
    play(&g, &s);
    assert_close(seen(&g, 1, 0), exp(-0.1), 1e-8, 0);
    assert_close(seen(&g, 2, 0), exp(-0.1 - 0.6), 1e-8, 0);
    assert_close(seen(&g, 3, 0), exp(-0.1 - 0.6 - 0.2), 1e-8, 0);
    stage_close(&g);
    s.nocb = 1;
    play(&g, &s);
    assert_close(seen(&g, 1, 0), exp(-0.3), 1e-8, 0);
    assert_close(seen(&g, 2, 0), exp(-0.3 - 0.4), 1e-8, 0);
    assert_close(seen(&g, 3, 0), exp(-0.3 - 0.4 - 0.2), 1e-8, 0);
    stage_close(&g);
}

static void a_covariate_takes_the_place_of_a_formula(void **state)
{
    stage g;
    (void)state;
    const script s = {.model = "model a\n  x' = -k*x; x = 0; b = 2; k = b/4; F_x = k*2; end\n",
        .records = "TIME,EVID,AMT,k\n0,1,1,0.25\n2,0,.,.\n",
        .name = X,
        .n_name = 1};
    play(&g, &s);
    assert_close(seen(&g, 0, 0), 0.5, 0, 0);
    assert_close(seen(&g, 1, 0), 0.5 * exp(-0.5), 1e-8, 0);
    stage_close(&g);
}

static void doses_into_concentrations_are_divided_by_the_size(void **state)
{
    static const char model[] = "model c\n  compartment V = 4; species S in V; S = 1; k = 0;\n"
                                "  R: S -> ; k*S*V; end\n";
    static const char *const names[] = {"S", "{S}"};
    stage g;
    (void)state;
    const script s = {.model = model,
        .records =
            "TIME,EVID,AMT,CMT,RATE\n0,1,8,S,0\n1,1,8,S,4\n2,0,.,.,.\n3,0,.,.,.\n4,0,.,.,.\n",
        .name = names,
        .n_name = 2};
    play(&g, &s);
    const double expected[] = {3, 3, 4, 5, 5};
    for (size_t i = 0; i < 5; i++) {
        assert_close(seen(&g, i, 0), expected[i], 1e-12, 0);
        assert_close(seen(&g, i, 1), 4.0 * expected[i], 1e-12, 0);
    }
    stage_close(&g);
}

static void doses_into_species_of_a_growing_compartment_are_amounts(void **state)
{
    static const char model[] =
        "model c\n  compartment V; V' = 1; V = 2; species S in V; S = 1;\n"
        "  R: S -> ; 0*S; end\n";
    static const char *const names[] = {"S"};
    stage g;
    (void)state;
    const script s = {.model = model,
        .records = "TIME,EVID,AMT,CMT\n0,0,.,.\n2,1,6,S\n6,0,.,.\n",
        .name = names,
        .n_name = 1};
    play(&g, &s);
    const double expected[] = {1, 2, 1};
    for (size_t i = 0; i < 3; i++) assert_close(seen(&g, i, 0), expected[i], 1e-9, 0);
    stage_close(&g);
}

static void events_come_after_the_doses_that_trigger_them(void **state)
{
    static const char model[] = "model e\n  x' = -x; x = 0; n = 0; m = 2;\n"
                                "  at (x > 5): n = n + 1, m = 3;\nend\n";
    static const char *const names[] = {"x", "n", "m"};
    stage g;
    (void)state;
    const script s = {.model = model,
        .records = "TIME,EVID,AMT\n1,0,.\n1,1,10\n1,0,.\n4,0,.\n4,1,8\n5,0,.\n6,3,.\n6,0,.\n",
        .name = names,
        .n_name = 3};
    play(&g, &s);
    const double n[] = {0, 1, 1, 1, 2, 2, 0, 0}, m[] = {2, 3, 3, 3, 3, 3, 2, 2};
    for (size_t i = 0; i < 8; i++) {
        assert_close(seen(&g, i, 1), n[i], 0, 0);
        assert_close(seen(&g, i, 2), m[i], 0, 0);
    }
    assert_close(seen(&g, 2, 0), 10.0, 0, 0);
    assert_close(seen(&g, 3, 0), 10.0 * exp(-3.0), 1e-7, 0);
    stage_close(&g);
}

static void a_failure_on_the_way_to_the_steady_state_says_so(void **state)
{
    (void)state;
    expect_problem(&(script){.model = "model a\n  x' = x^2; x = 1; end\n",
                       .records = "TIME,EVID,AMT,II,SS\n0,1,1,10,1\n10,0,.,.,.\n",
                       .name = X,
                       .n_name = 1},
        "on the way to the steady state, ");
}

static void a_reset_goes_back_to_the_start_and_time_with_it(void **state)
{
    stage g;
    (void)state;
    const script s = {.model = "model a\n  x' = 1; x = 5; end\n",
        .records =
            "TIME,EVID,AMT,RATE\n0,0,.,.\n1,1,8,2\n3,0,.,.\n0.5,3,.,.\n2,0,.,.\n2,4,3,.\n"
            "3,0,.,.\n",
        .name = X,
        .n_name = 1};
    play(&g, &s);
    const double expected[] = {5, 6, 12, 5, 6.5, 8, 9};
    for (size_t i = 0; i < 7; i++) assert_close(seen(&g, i, 0), expected[i], 1e-12, 0);
    stage_close(&g);
}

static void additional_doses_can_be_seen(void **state)
{
    stage g;
    (void)state;
    const script s = {.model = DECAY,
        .records = "TIME,EVID,AMT,ADDL,II\n0,1,1,3,1\n2,0,.,.,.\n2.5,0,.,.,.\n",
        .name = X,
        .n_name = 1,
        .end = 10,
        .expand = 1};
    play(&g, &s);
    assert_int_equal(g.n_extra, 3);
    double q = exp(-0.1);
    assert_close(g.extra[0][0], 1.0, 0, 0);
    assert_close(g.extra[0][1], 1.0 + q, 1e-8, 0);
    assert_close(g.extra[2][1], 1.0 + q + q * q + q * q * q, 1e-8, 0);
    assert_close(seen(&g, 1, 0), 1.0 + q + q * q, 1e-8, 0);
    stage_close(&g);
}

static void parameters_of_doses_that_make_no_sense_are_told(void **state)
{
    static const char records[] = "TIME,EVID,AMT,RATE\n0,1,1,-2\n2,0,.,.\n";
    (void)state;
    expect_problem(&(script){.model = "model a\n  x' = -x; x = 0; D_x := time - 1; end\n",
                       .records = records,
                       .name = X,
                       .n_name = 1},
        "'D_x' is -1; expected a number above 0");
    expect_problem(&(script){.model = "model a\n  x' = -x; x = 0; D1 = 1; F_x = -0.5; end\n",
                       .records = records,
                       .name = X,
                       .n_name = 1},
        "'F_x' is -0.5; expected a number of at least 0");
}

static void every_width_gives_the_same_bits(void **state)
{
    static const char records[] =
        "ID,TIME,EVID,AMT,CMT,RATE,ADDL,II,SS,k\n"
        "1,0,1,100,gut,.,2,12,1,0.1\n1,13,0,.,.,.,.,.,.,0.2\n1,50,0,.,.,.,.,.,.,0.2\n"
        "2,0,1,100,cen,30,2,12,.,0.3\n2,13,3,.,.,.,.,.,.,0.2\n2,50,0,.,.,.,.,.,.,0.2\n"
        "3,0,1,0,cen,3,.,.,1,0.3\n3,13,1,5,gut,.,4,6,.,0.2\n3,50,0,.,.,.,.,.,.,0.1\n"
        "4,5,1,100,gut,.,2,12,1,0.1\n4,13,1,50,cen,40,.,24,2,0.2\n4,50,0,.,.,.,.,.,.,0.2\n"
        "5,1,0,.,.,.,.,.,.,0.3\n6,1,0,.,.,.,.,.,.,0.3\n6,2,1,9,cen,1,1,3,.,0.3\n6,9,0,.,.,.,.,."
        ",.,.\n";
    char *model = read_file(PF_TEST_DATA "/pk/compartments.ant");
    stage one, more;
    (void)state;
    script s = {
        .model = model, .records = records, .name = COMPARTMENTS, .n_name = 4, .rtol = 1e-6};
    s.lanes = 1;
    play(&one, &s);
    for (s.lanes = 4; s.lanes <= pf_lanes_widest(); s.lanes += 4) {
        play(&more, &s);
        assert_memory_equal(one.seen, more.seen, one.table.n_row * 4 * sizeof(double));
        stage_close(&more);
    }
    stage_close(&one);
    pf_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doses_are_those_of_superposed_exponentials),
        cmocka_unit_test(steady_states_are_those_of_geometric_series),
        cmocka_unit_test(a_slow_terminal_phase_needs_few_intervals),
        cmocka_unit_test(a_saturable_steady_state_is_where_repetition_leads),
        cmocka_unit_test(where_there_is_no_steady_state_that_is_said),
        cmocka_unit_test(models_whose_state_is_more_than_numbers_are_refused),
        cmocka_unit_test(the_steady_state_keeps_what_is_conserved),
        cmocka_unit_test(the_steady_state_with_slow_and_fast_parts_is_found),
        cmocka_unit_test(covariates_hold_after_or_before_their_record),
        cmocka_unit_test(a_covariate_takes_the_place_of_a_formula),
        cmocka_unit_test(doses_into_concentrations_are_divided_by_the_size),
        cmocka_unit_test(doses_into_species_of_a_growing_compartment_are_amounts),
        cmocka_unit_test(events_come_after_the_doses_that_trigger_them),
        cmocka_unit_test(a_failure_on_the_way_to_the_steady_state_says_so),
        cmocka_unit_test(a_reset_goes_back_to_the_start_and_time_with_it),
        cmocka_unit_test(additional_doses_can_be_seen),
        cmocka_unit_test(parameters_of_doses_that_make_no_sense_are_told),
        cmocka_unit_test(every_width_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
