/* rateOf, delay, and algebraic rules in the program. */
#include "unit/model_tool.h"

static double *past_value(tool *t, size_t k)
{
    return &t->slot[t->p->past[k].in];
}

static double *past_rate(tool *t, size_t k)
{
    return &t->slot[t->p->past[k].in_rate];
}

static void a_rate_is_asked_of_states_and_of_what_follows_them(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "x = 2; y = 3; k = 4; x' = -k*x; y' = rateOf(x) + rateOf(w) + rateOf(k); w := "
        "x^2*time\n"
        "z = 1; z' = rateOf(y); u = 0; r := rateOf(x); u' = rateOf(r); p = rateOf(x); p2 = 2*p",
        NULL);
    t.slot[t.p->time] = 0.5;
    double dx = -8, dw = 2 * 2 * 0.5 * dx + 4;
    assert_close(tool_rate(&t, "y"), dx + dw, 1e-15, 0);
    assert_close(tool_rate(&t, "z"), dx + dw, 1e-15, 0);
    assert_close(tool_rate(&t, "u"), 16 * 2, 1e-15, 0);
    assert_close(*tool_param(&t, "p"), -8, 1e-15, 0); /* of the start */
    assert_close(*tool_param(&t, "p2"), -16, 1e-15, 0);
    check_jacobian(&t, 1e-6, 1e-6);
    tool_close(&t);
    refused("x = 1; y = 1; x' = rateOf(y); y' = rateOf(x)", "depends on itself");
    refused("x = 1; x' = 1 - rateOf(x)", "depends on itself");
}

static void a_rate_of_a_concentration_minds_the_size(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "compartment V; V = 2; V' = 0.5; species S in V; S = 3; S -> ; k*S; k = 4\n"
        "x = 0; x' = rateOf(S); at rateOf(S) < -1: k = 0",
        NULL);
    double c = 3, amount_rate = -12;
    assert_close(tool_rate(&t, "x"), amount_rate / 2 - c * 0.5 / 2, 1e-15, 0);
    tool_run(&t, t.p->code[PF_CODE_TRIG]);
    assert_close(t.slot[t.p->event[0].trigger], 1, 0, 0);
    assert_int_equal(t.p->n_root, 1);
    assert_close(t.slot[t.p->root0], amount_rate / 2 - c * 0.25 + 1, 1e-15, 0);
    tool_close(&t);
}

static void a_value_some_time_ago_is_kept_by_the_engine(void **state)
{
    (void)state;
    tool t;
    const char *out[] = {"w"};
    pf_compile_options o = {.outputs = out, .n_outputs = 1};
    tool_open(&t,
        "function ago(a, b) delay(a, b) + 1 end\n"
        "x = 2; y = 5; tau = 3; k = 7\n"
        "x' = -x*delay(x, tau) + delay(x, tau)^2 + delay(k, 3) + delay(x, 0)\n"
        "w := ago(x*y, 2*tau); y' = delay(w, 1)",
        &o);
    pf_program *p = t.p;
    assert_int_equal(p->n_past, 3);
    assert_false(p->autonomous);
    tool_run(&t, p->code[PF_CODE_PAST]);
    assert_close(t.slot[p->past[1].value], 2, 0, 0); /* x, once, though it is read twice */
    assert_close(t.slot[p->past[1].delay], 3, 0, 0);
    assert_close(t.slot[p->past[0].value], 10, 0, 0); /* of w, first since y' reads w */
    assert_close(t.slot[p->past[0].delay], 6, 0, 0);
    *past_value(&t, 0) = 20;
    *past_value(&t, 1) = 1.5;
    *past_value(&t, 2) = 4;
    *past_rate(&t, 0) = 0.3;
    *past_rate(&t, 1) = 0.7;
    *past_rate(&t, 2) = 0.9;
    tool_run(&t, p->code[PF_CODE_PAST]);
    assert_close(t.slot[p->past[2].value], 21, 0, 0); /* w, by its own past */
    assert_close(tool_rate(&t, "x"), -3 + 2.25 + 7 + 2, 1e-15, 0);
    assert_close(tool_rate(&t, "y"), 4, 0, 0);
    tool_run(&t, p->code[PF_CODE_JAC]);
    size_t x = pf_model_find(t.m, "x")->index, y = pf_model_find(t.m, "y")->index;
    assert_close(t.slot[p->dfdt0 + x], (-2 + 2 * 1.5) * 0.7, 1e-15, 0);
    assert_close(t.slot[p->dfdt0 + y], 0.9, 1e-15, 0);
    assert_close(t.slot[p->jac0], 1 - 1.5, 1e-15, 0);
    tool_run(&t, p->code[PF_CODE_OUT]);
    assert_close(t.slot[p->out0], 21, 0, 0);
    assert_true(p->out_reads[x] && p->out_reads[y]);
    tool_close(&t);
    refused("x = 1; x' = delay(x, -1)", "this delay is -1");
}

static void before_the_start_all_is_as_at_the_start(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "x = 2; x' = -delay(x, 1); a = delay(x, 3) + delay(w, 1); w := delay(x, 2)*3; y = w\n"
        "y' = a",
        NULL);
    assert_close(*tool_param(&t, "a"), 2 + 6, 0, 0);
    assert_close(*tool_state(&t, "y"), 6, 0, 0);
    tool_close(&t);
}

/* SBML: before the start states rest, but formulas of time and initial assignments go on. */
static void what_reads_time_goes_on_before_the_start(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "x = 2; x' = 0.5; p = sin(time) + q; q = 3*x; w := x*time; v := rateOf(x) + 1\n"
        "a' = delay(p, 1); a = 0; b' = delay(w, 1); b = 0; c' = delay(v, 1); c = 0\n"
        "d' = delay(cos(time), x); d = 0; e' = delay(x, 1); e = 0; k = 1; l := k*time\n"
        "f' = delay(l, 1); f = 0; at time > 3: k = 2",
        NULL);
    const pf_program *p = t.p;
    assert_int_equal(p->n_past, 5); /* that of time alone needs none */
    for (size_t i = 0; i < p->n_past; i++) *past_value(&t, i) = 100;
    *tool_state(&t, "x") = 7; /* some time later */
    *tool_param(&t, "k") = 2;
    t.slot[p->time] = 0.75;
    assert_close(tool_rate(&t, "a"), sin(-0.25) + 6, 1e-15, 0);
    assert_close(tool_rate(&t, "b"), 2 * -0.25, 1e-15, 0);
    assert_close(tool_rate(&t, "c"), 1, 1e-15, 0);
    assert_close(tool_rate(&t, "d"), cos(0.75 - 7), 1e-15, 0);
    assert_close(tool_rate(&t, "e"), 100, 0, 0); /* what the engine gives */
    assert_close(tool_rate(&t, "f"), -0.25, 1e-15, 0);
    t.slot[p->time] = 1;
    assert_close(tool_rate(&t, "a"), 100, 0, 0);
    assert_close(tool_rate(&t, "f"), 100, 0, 0);
    tool_close(&t);
}

static double out0(tool *t)
{
    tool_run(t, t->p->code[PF_CODE_OUT]);
    return t->slot[t->p->out0];
}

static void an_algebraic_rule_determines_what_nothing_else_does(void **state)
{
    (void)state;
    tool t;
    const char *out[] = {"T"};
    pf_compile_options o = {.outputs = out, .n_outputs = 1};
    tool_open(&t,
        "A = 3; B = 2; A -> B; k*A*T; k = 0.5; 0 = k*T - A - 2*B + w; w := time; var T; T "
        "= 9\n"
        "const k; c = T; x = T + 1; x' = T; at T > 20: A = 0",
        &o);
    assert_int_equal(pf_model_find(t.m, "T")->kind, PF_SYMBOL_ASSIGNED);
    assert_close(out0(&t), 14, 1e-15, 0);
    assert_close(*tool_param(&t, "c"), 14, 1e-15, 0);
    assert_close(*tool_state(&t, "x"), 15, 1e-15, 0);
    assert_close(tool_rate(&t, "B"), 0.5 * 3 * 14, 1e-15, 0);
    t.slot[t.p->time] = 1;
    assert_close(out0(&t), 12, 1e-15, 0);
    check_jacobian(&t, 1e-6, 1e-6);
    tool_close(&t);
}

static void coupled_rules_are_solved_together(void **state)
{
    (void)state;
    tool t;
    const char *out[] = {"p", "q", "r", "s"};
    pf_compile_options o = {.outputs = out, .n_outputs = 4};
    tool_open(&t,
        "x = 5; x' = p + q; var p, q, r, s\n"
        "0 = p + q - x; 0 = p - 3*q + r; 0 = r*s - 6; 0 = p + q + r - 7",
        &o);
    tool_run(&t, t.p->code[PF_CODE_OUT]);
    const double *y = &t.slot[t.p->out0];
    assert_close(y[0] + y[1], 5, 1e-14, 0);
    assert_close(y[0] - 3 * y[1] + y[2], 0, 0, 1e-14);
    assert_close(y[2] * y[3], 6, 1e-14, 0);
    assert_close(y[0] + y[1] + y[2], 7, 1e-14, 0);
    assert_close(tool_rate(&t, "x"), 5, 1e-14, 0);
    tool_close(&t);
}

static void a_size_may_be_determined_by_a_rule(void **state)
{
    (void)state;
    tool t;
    const char *out[] = {"S"};
    pf_compile_options o = {.outputs = out, .n_outputs = 1};
    tool_open(&t,
        "var compartment V; species S in V; S = 3; S -> ; k*S; k = 2; x = 4; x' = 1; const k\n"
        "0 = 2*V - x",
        &o);
    assert_close(*tool_state(&t, "{S}"), 6, 1e-15, 0);
    *tool_state(&t, "x") = 8;
    assert_close(out0(&t), 1.5, 1e-15, 0);
    tool_close(&t);
}

static void rules_that_cannot_be_solved_are_named(void **state)
{
    (void)state;
    refused("x = 1; x' = y; var y; 0 = y^2 - x",
        "m.ant:1:23: this algebraic rule determines 'y', but not as a line in it");
    refused("x = 1; x' = y; var y; 0 = piecewise(y, y < 1, y + 5) - x",
        "determines 'y', but not as a line");
    refused("x = 1; x' = 1; const c; c = 2; 0 = x - c", "leaves nothing to determine");
    refused("x = 1; x' = 1; var c, d; 0 = x - c - d; 0 = 2*x - 2*c - 2*d",
        "says nothing that the other rules do not say");
    refused("x = 1; x' = 1; var c; 0 = x - c; at x > 2: c = 3",
        "an event sets 'c', which an algebraic rule determines");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_asked_of_states_and_of_what_follows_them),
        cmocka_unit_test(a_rate_of_a_concentration_minds_the_size),
        cmocka_unit_test(a_value_some_time_ago_is_kept_by_the_engine),
        cmocka_unit_test(before_the_start_all_is_as_at_the_start),
        cmocka_unit_test(what_reads_time_goes_on_before_the_start),
        cmocka_unit_test(an_algebraic_rule_determines_what_nothing_else_does),
        cmocka_unit_test(coupled_rules_are_solved_together),
        cmocka_unit_test(a_size_may_be_determined_by_a_rule),
        cmocka_unit_test(rules_that_cannot_be_solved_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
