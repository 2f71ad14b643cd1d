/* What a program leaves out when values never change (model/specialise.h). */
#include "model_tool.h"

static const char MODEL[] = "on = 0; k = 0.5; j = k*2; d = 0.1\n"
                            "drug = 0; depot = 0; x = 1; y = 0; z = 0\n"
                            "depot' = -k*depot; drug' = on*depot - d*drug\n"
                            "x' = -j*x*(1 + drug); y' = drug*x; z' = x\n"
                            "effect := drug*x + y + z";

static void open_with(tool *t, const double *fixed, const uint8_t *touched)
{
    static const char *const outputs[] = {"effect"};
    pf_compile_options o = {
        .outputs = outputs, .n_outputs = 1, .fixed = fixed, .touched = touched};
    tool_open(t, MODEL, &o);
}

/* Order of parameters: on, k, j, d. Order of states: drug, depot, x, y, z. */
static void states_that_never_leave_zero_are_left_out(void **state)
{
    (void)state;
    tool t;
    const double fixed[] = {0, 0.5, NAN, 0.1};
    open_with(&t, fixed, NULL);
    const uint8_t *rest = t.p->rest;
    assert_true(rest[0] && rest[1] && !rest[2] && rest[3] && !rest[4]);
    assert_close(tool_rate(&t, "x"), -1.0, 1e-15, 0);
    assert_close(tool_rate(&t, "drug"), 0, 0, 0);
    assert_int_equal(t.p->n_jac, 2); /* of x' and z' by x */
    tool_close(&t);
}

static void a_dose_keeps_what_it_reaches(void **state)
{
    (void)state;
    tool t;
    const double off[] = {0, 0.5, NAN, 0.1}, on[] = {1, 0.5, NAN, 0.1};
    const uint8_t touched[] = {0, 1, 0, 0, 0};
    open_with(&t, off, touched); /* switched off: the dose reaches the depot alone */
    assert_true(t.p->rest[0] && !t.p->rest[1] && t.p->rest[3]);
    tool_close(&t);
    open_with(&t, on, touched);
    for (int i = 0; i < 5; i++) assert_false(t.p->rest[i]);
    check_jacobian(&t, 1e-6, 1e-8);
    tool_close(&t);
}

static void what_may_change_stays(void **state)
{
    (void)state;
    tool t;
    const double fixed[] = {NAN, NAN, NAN, NAN};
    const uint8_t touched[] = {0, 1, 0, 0, 0};
    open_with(&t, fixed, touched);
    for (int i = 0; i < 5; i++) assert_false(t.p->rest[i]);
    *tool_param(&t, "k") = 2;
    tool_run(&t, t.p->code[PF_CODE_PREP]);
    assert_close(tool_rate(&t, "x"), -4.0, 1e-15, 0);
    tool_close(&t);
}

static void the_special_program_agrees_with_the_general_one(void **state)
{
    (void)state;
    tool general, special;
    const double fixed[] = {1, 0.5, NAN, NAN};
    const uint8_t touched[] = {1, 1, 1, 1, 1};
    open_with(&general, NULL, NULL);
    open_with(&special, fixed, touched);
    *tool_param(&general, "on") = 1;
    tool_run(&general, general.p->code[PF_CODE_PREP]);
    for (int i = 0; i < 5; i++) {
        general.slot[general.p->state0 + (uint32_t)i] = 0.3 + i;
        special.slot[special.p->state0 + (uint32_t)i] = 0.3 + i;
    }
    static const char *const names[] = {"drug", "depot", "x", "y", "z"};
    for (int i = 0; i < 5; i++)
        assert_close(tool_rate(&special, names[i]), tool_rate(&general, names[i]), 1e-14, 0);
    assert_true(special.p->code[PF_CODE_RHS].n <= general.p->code[PF_CODE_RHS].n);
    check_solve(&special, 3.0);
    tool_close(&general);
    tool_close(&special);
}

/* A drug that an event gives when x falls, unless there is none; a second one by the clock. */
static const char EVENTS[] =
    "dose = 0; level = 0.5; seen = 0; other = 0; k = 1\n"
    "x = 1; x' = -k*x*(1 + drug); drug = 0; drug' = -drug\n"
    "late = 0; late' = -late\n"
    "give: at (dose > 0) && (x < level): drug = drug + dose, seen = 1\n"
    "again: at (other > 0) && (time > 3): late = late + seen*other\n"
    "never: at (1 > 0): x = 100\n"
    "y := x + seen + late";

static void open_events(tool *t, const double *fixed)
{
    static const char *const outputs[] = {"y"};
    pf_compile_options o = {.outputs = outputs, .n_outputs = 1, .fixed = fixed};
    tool_open(t, EVENTS, &o);
}

/* Order of parameters: dose, level, seen, other, k. Order of states: x, drug, late. */
static void events_that_cannot_happen_are_left_out(void **state)
{
    (void)state;
    tool t;
    const double off[] = {0, 0.5, 0, 0, 1}, on[] = {2, 0.5, 0, 0, 1},
                 any[] = {2, 0.5, 0, NAN, 1};
    open_events(&t, off);
    assert_int_equal(t.p->n_event, 0);
    assert_int_equal(t.p->n_root, 0);
    assert_int_equal(t.p->code[PF_CODE_TRIG].n, 0);
    assert_true(!t.p->rest[0] && t.p->rest[1] && t.p->rest[2]);
    tool_close(&t);
    open_events(&t, on);
    assert_int_equal(t.p->n_event, 1);
    assert_int_equal(t.p->n_root, 1);
    assert_int_equal(t.p->event[0].n_assign, 2);
    assert_true(!t.p->rest[0] && !t.p->rest[1] && t.p->rest[2]);
    tool_close(&t);
    open_events(&t, any);
    assert_int_equal(t.p->n_event, 2);
    assert_int_equal(t.p->n_assign, 3);
    assert_false(t.p->rest[2]);
    tool_close(&t);
}

/* `seen` is 0 when nothing may set it, and read when something may. */
static void what_an_event_sets_is_not_taken_for_known(void **state)
{
    (void)state;
    tool t;
    const double off[] = {0, 0.5, 0, 0, 1}, on[] = {2, 0.5, 0, 0, 1};
    for (int i = 0; i < 2; i++) {
        open_events(&t, i ? on : off);
        *tool_param(&t, "seen") = 7;
        tool_run(&t, t.p->code[PF_CODE_PREP]);
        tool_run(&t, t.p->code[PF_CODE_OUT]);
        assert_close(t.slot[t.p->out0], i ? 8 : 1, 1e-15, 0);
        tool_close(&t);
    }
}

/* Order of states: x, y, z, w. */
static void states_that_nobody_reads_are_left_out(void **state)
{
    (void)state;
    static const char model[] = "k = 1; x = 1; y = 2; z = 3; w = 4\n"
                                "x' = -k*x*y; y' = -y; z' = x - z; w' = z\n"
                                "shown := 2*x";
    static const char *const outputs[] = {"shown"};
    const double fixed[] = {NAN};
    const uint8_t none[] = {0, 0, 0, 0}, third[] = {0, 0, 1, 0};
    pf_compile_options o = {
        .outputs = outputs, .n_outputs = 1, .fixed = fixed, .watched = none};
    tool t;
    tool_open(&t, model, &o);
    assert_true(!t.p->rest[0] && !t.p->rest[1] && t.p->rest[2] && t.p->rest[3]);
    assert_int_equal(t.p->n_moving, 2);
    assert_close(tool_rate(&t, "x"), -2, 0, 0);
    assert_close(tool_rate(&t, "w"), 0, 0, 0);
    tool_close(&t);
    o.watched = third;
    tool_open(&t, model, &o);
    assert_true(!t.p->rest[2] && t.p->rest[3]);
    tool_close(&t);
}

/* A lesion that is not there: its start is a formula that comes out as nothing. */
static void states_that_start_at_a_formula_of_zero_rest_too(void **state)
{
    (void)state;
    static const char model[] = "size = 5; share = 0.5; g = 0.1; t = (1 - share)*size\n"
                                "t' = g*t; seen := t";
    static const char *const outputs[] = {"seen"};
    const double none[] = {0, 0.5, NAN}, some[] = {5, 0.5, NAN};
    pf_compile_options o = {.outputs = outputs, .n_outputs = 1, .fixed = none};
    tool t;
    tool_open(&t, model, &o);
    assert_true(t.p->rest[0]);
    tool_close(&t);
    o.fixed = some;
    tool_open(&t, model, &o);
    assert_false(t.p->rest[0]);
    tool_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_that_never_leave_zero_are_left_out),
        cmocka_unit_test(a_dose_keeps_what_it_reaches),
        cmocka_unit_test(what_may_change_stays),
        cmocka_unit_test(events_that_cannot_happen_are_left_out),
        cmocka_unit_test(what_an_event_sets_is_not_taken_for_known),
        cmocka_unit_test(states_that_nobody_reads_are_left_out),
        cmocka_unit_test(states_that_start_at_a_formula_of_zero_rest_too),
        cmocka_unit_test(the_special_program_agrees_with_the_general_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
