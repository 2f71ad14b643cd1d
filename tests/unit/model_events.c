/* Events in the program: triggers, roots, delays, priorities, assignments; and parameters that
 * are known only at the start. */
#include "unit/model_tool.h"

static double after(tool *t, int code, uint32_t slot)
{
    tool_run(t, t->p->code[code]);
    return t->slot[slot];
}

static double trigger(tool *t, size_t event)
{
    return after(t, PF_CODE_TRIG, t->p->event[event].trigger);
}

static double value(tool *t, size_t event, size_t set)
{
    const pf_program *p = t->p;
    assert_in_range(set, 0, p->event[event].n_assign - 1);
    return after(t, PF_CODE_ACT, p->assign[p->event[event].assign0 + set].value);
}

static void an_event_becomes_tables_and_codes(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "x = 1; y = 4; k = 2; x' = k*x; y' = -y\n"
        "E: at 3*y after x >= 2, priority = x + k, t0 = false, fromTrigger = false: y = x*k, "
        "k = k + 1\n"
        "at y < 0.5, persistent = false: x = 7",
        NULL);
    const pf_program *p = t.p;
    assert_int_equal(p->n_event, 2);
    assert_int_equal(p->n_assign, 3);
    assert_int_equal(pf_model_event_count(t.m), 2);
    assert_string_equal(pf_model_event_name(t.m, 0), "E");
    assert_null(pf_model_event_name(t.m, 1));
    assert_true(!p->event[0].initial && p->event[0].persistent && !p->event[0].from_trigger);
    assert_true(p->event[1].initial && !p->event[1].persistent && p->event[1].from_trigger);
    assert_close(trigger(&t, 0), 0, 0, 0);
    *tool_state(&t, "x") = 2;
    assert_close(trigger(&t, 0), 1, 0, 0);
    assert_close(after(&t, PF_CODE_ACT, p->event[0].delay), 12, 0, 0);
    assert_close(after(&t, PF_CODE_ACT, p->event[0].priority), 4, 0, 0);
    assert_close(value(&t, 0, 0), 4, 0, 0);
    assert_close(value(&t, 0, 1), 3, 0, 0);
    assert_close(value(&t, 1, 0), 7, 0, 0);
    assert_true(p->assign[0].is_state && !p->assign[1].is_state && p->assign[2].is_state);
    assert_int_equal(p->assign[0].index, pf_model_find(t.m, "y")->index);
    assert_int_equal(p->assign[1].index, pf_model_find(t.m, "k")->index);
    assert_int_equal(p->assign[0].scale, PF_ABSENT);
    assert_int_equal(p->event[1].delay, PF_ABSENT);
    assert_int_equal(p->event[1].priority, PF_ABSENT);
    tool_close(&t);
}

/* Every comparison that varies is watched; its root is exactly 0 where it turns. */
static void roots_are_the_differences_that_triggers_compare(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "x = 1; x' = 1; k = 3; w := piecewise(1, x > 5, 0)\n"
        "at (x > 2 && !(time >= 1)) || x < k: x = 0\n"
        "at w > 0.5: x = 0\n"
        "at x: x = 0\n"
        "at piecewise(x - 8, time < 4, x == 9) && k > 2: x = 0\n"
        "at k > 2: x = 0\n",
        NULL);
    const pf_program *p = t.p;
    /* x - 2, time - 1, x - k, x - 5; x itself; time - 4, x - 9, and the number that `and` reads
     * as a truth value */
    assert_int_equal(p->n_root, 8);
    static const double x_at[] = {2, 3, 5, 9, 0}, time_at[] = {1, 4};
    for (size_t i = 0; i < PF_COUNT(x_at); i++) {
        unsigned zero = 0;
        *tool_state(&t, "x") = x_at[i];
        tool_run(&t, p->code[PF_CODE_TRIG]);
        for (size_t k = 0; k < p->n_root; k++) zero += t.slot[p->root0 + k] == 0;
        assert_in_range(zero, 1, 2);
    }
    for (size_t i = 0; i < PF_COUNT(time_at); i++) {
        unsigned zero = 0;
        *tool_state(&t, "x") = 0.1;
        t.slot[p->time] = time_at[i];
        tool_run(&t, p->code[PF_CODE_TRIG]);
        for (size_t k = 0; k < p->n_root; k++) zero += t.slot[p->root0 + k] == 0;
        assert_in_range(zero, 1, 2);
    }
    t.slot[p->time] = 0;
    *tool_state(&t, "x") = 2.5;
    assert_close(trigger(&t, 0), 1, 0, 0);
    assert_close(trigger(&t, 1), 0, 0, 0);
    assert_close(trigger(&t, 2), 1, 0, 0);
    assert_close(trigger(&t, 3), 1, 0, 0);
    assert_close(trigger(&t, 4), 1, 0, 0);
    *tool_state(&t, "x") = 6;
    *tool_param(&t, "k") = 1; /* nobody reads it before the start: prep must run again */
    tool_start(&t);
    *tool_state(&t, "x") = 6;
    assert_close(trigger(&t, 1), 1, 0, 0);
    assert_close(trigger(&t, 4), 0, 0, 0);
    tool_close(&t);
}

static void a_trigger_and_its_root_agree_to_the_last_bit(void **state)
{
    (void)state;
    tool t;
    tool_open(&t, "x = 1; y = 1; z = 1; x' = 1; y' = 1; z' = 1\nat x*y > z: x = 0", NULL);
    unsigned near = 0;
    for (int i = 1; i < 200; i++) {
        double x = 1 + i / 301.0, y = 1 + i / 407.0, z = x * y;
        for (int k = -1; k <= 1; k++) {
            *tool_state(&t, "x") = x;
            *tool_state(&t, "y") = y;
            *tool_state(&t, "z") = k ? nextafter(z, 4.0 * k) : z;
            double on = trigger(&t, 0), root = t.slot[t.p->root0];
            assert_true(on == (root < 0)); /* z - x y */
            near += fabs(root) < 1e-15;
        }
    }
    assert_true(near > 300);
    tool_close(&t);
}

/* What events change is no constant of prep, anywhere. */
static void a_parameter_that_an_event_sets_is_read_anew(void **state)
{
    (void)state;
    tool t;
    const char *out[] = {"w", "k"};
    pf_compile_options o = {.outputs = out, .n_outputs = 2};
    tool_open(&t,
        "x = 1; k = 2; c = 5; d = k*c; e = 3*c; x' = exp(k)*c*x + d + e; w := k*c\n"
        "at time > 1: k = c",
        &o);
    const pf_program *p = t.p;
    assert_int_equal(p->n_started, 2); /* k, and d, which reads it */
    assert_close(*tool_param(&t, "d"), 10, 0, 0);
    assert_close(*tool_param(&t, "e"), 15, 0, 0);
    assert_close(tool_rate(&t, "x"), 5 * exp(2) + 25, 1e-15, 0);
    *tool_param(&t, "k") = 3;                                    /* the event */
    assert_close(tool_rate(&t, "x"), 5 * exp(3) + 25, 1e-15, 0); /* d is of the start */
    check_jacobian(&t, 1e-6, 0);
    tool_run(&t, p->code[PF_CODE_OUT]);
    assert_close(t.slot[p->out0], 15, 0, 0);
    assert_close(t.slot[p->out0 + 1], 3, 0, 0);
    for (size_t i = 0; i < p->code[PF_CODE_PREP].n; i++)
        assert_true(p->code[PF_CODE_PREP].instr[i].a != p->param0 + p->started[0]);
    tool_close(&t);
}

static void an_event_may_set_a_parameter_with_a_formula(void **state)
{
    (void)state;
    tool t;
    tool_open(&t, "x = 1; a = 3; k = exp(a); l = exp(a); x' = k + l; at x > 2: k = 0", NULL);
    assert_close(*tool_param(&t, "k"), exp(3), 1e-15, 0);
    *tool_param(&t, "k") = 0;
    assert_close(tool_rate(&t, "x"), exp(3), 1e-15, 0); /* l is still what it was */
    tool_close(&t);
}

static void values_at_the_start_may_read_states_time_and_each_other(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "a = b + 1; b = 2*x + time; c = y*d; d = 3; x = d + 1; y = a; w := x + b; e = w\n"
        "x' = -a*x + c + e; y' = 1",
        NULL);
    assert_close(*tool_param(&t, "b"), 8, 0, 0);
    assert_close(*tool_param(&t, "a"), 9, 0, 0);
    assert_close(*tool_state(&t, "y"), 9, 0, 0);
    assert_close(*tool_param(&t, "c"), 27, 0, 0);
    assert_close(*tool_param(&t, "e"), 12, 0, 0);
    assert_int_equal(t.p->n_started, 4);
    assert_close(tool_rate(&t, "x"), -36 + 27 + 12, 1e-15, 0);
    *tool_state(&t, "x") = 100; /* later: what the start gave stays */
    assert_close(tool_rate(&t, "x"), -900 + 27 + 12, 1e-15, 0);
    check_jacobian(&t, 1e-6, 1e-6);
    assert_true(isnan(pf_model_find(t.m, "a")->value));
    tool_close(&t);
    refused("k = 2*x; x = k; x' = 1", "depends on itself");
    refused("k = 2*w; w := k + x; x = 1; x' = 1", "depends on itself");
    refused("a = b + x; b = a; x = 1; x' = 1", "depends on itself");
}

static void what_events_may_not_set_is_named(void **state)
{
    (void)state;
    refused("x = 1; x' = 1; w := 2*x\nat x > 2: w = 1",
        "m.ant:2:11: an event sets 'w', which follows a rule that always applies");
    refused("A = 1; R: A -> ; A\nat A < 0.5: R = 1", "which is the rate of a reaction");
    refused("const k; k = 1; x = 1; x' = 1\nat x > 2: k = 1", "which is constant");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_becomes_tables_and_codes),
        cmocka_unit_test(roots_are_the_differences_that_triggers_compare),
        cmocka_unit_test(a_trigger_and_its_root_agree_to_the_last_bit),
        cmocka_unit_test(a_parameter_that_an_event_sets_is_read_anew),
        cmocka_unit_test(an_event_may_set_a_parameter_with_a_formula),
        cmocka_unit_test(values_at_the_start_may_read_states_time_and_each_other),
        cmocka_unit_test(what_events_may_not_set_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
