/* Reactions as jump processes: propensities and changes (build_channels.c, compile.c). */
#include "model_tool.h"

static const pf_compile_options JUMPS = {.stochastic = 1};

static double rate(tool *t, size_t channel)
{
    tool_run(t, t->p->code[PF_CODE_FIRE]);
    return t->slot[t->p->channel[channel].rate];
}

static void a_reaction_is_a_channel_and_leaves_the_equations(void **unused)
{
    (void)unused;
    tool t;
    tool_open(&t,
        "model m()\n k = 3; d = 0.5; A = 4; B = 1; z = 0\n"
        "make: A -> 2 B; k*A*(A - 1)\n A + B -> B; d*A*B\n z' = 2\nend",
        &JUMPS);
    assert_int_equal(t.p->n_channel, 2);
    assert_close(rate(&t, 0), 36, 0, 0);
    assert_close(rate(&t, 1), 2, 0, 0);
    assert_close(tool_rate(&t, "A"), 0, 0, 0);
    assert_close(tool_rate(&t, "z"), 2, 0, 0);
    assert_string_equal(pf_model_reaction(t.m, 0), "make");
    assert_int_equal(pf_model_reaction_count(t.m), 2);
    tool_close(&t);
}

static void what_is_taken_and_given_back_is_no_change(void **unused)
{
    (void)unused;
    tool t;
    tool_open(&t, "model m()\n A = 4; B = 1\n A -> 2 A; A\n A + B -> B; A*B\n B -> B; B\nend",
        &JUMPS);
    const pf_program *p = t.p;
    assert_int_equal(p->n_change, 2);
    assert_int_equal(p->channel[0].n_change, 1);
    assert_int_equal(p->channel[1].n_change, 1);
    assert_int_equal(p->channel[2].n_change, 0);
    assert_close(t.slot[p->change[p->channel[0].change0].by], 1, 0, 0);
    assert_close(t.slot[p->change[p->channel[1].change0].by], -1, 0, 0);
    tool_close(&t);
}

static void a_concentration_moves_by_one_over_the_size(void **unused)
{
    (void)unused;
    tool t;
    tool_open(&t,
        "model m()\n compartment V = 4; species S in V = 10; k = 2\n S -> ; k*S*V\nend",
        &JUMPS);
    const pf_program *p = t.p;
    assert_close(rate(&t, 0), 80, 0, 0);
    assert_close(t.slot[p->change[0].by], -0.25, 0, 0);
    assert_int_equal(p->n_discrete, 1);
    assert_close(t.slot[p->discrete[0].size], 4, 0, 0);
    assert_true(isinf(p->discrete[0].threshold));
    tool_close(&t);
}

static void without_the_option_nothing_jumps(void **unused)
{
    (void)unused;
    tool t;
    tool_open(&t, "model m()\n A = 4\n A -> ; 3*A\nend", NULL);
    assert_int_equal(t.p->n_channel, 0);
    assert_int_equal(t.p->code[PF_CODE_FIRE].n, 0);
    assert_close(tool_rate(&t, "A"), -12, 0, 0);
    tool_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reaction_is_a_channel_and_leaves_the_equations),
        cmocka_unit_test(what_is_taken_and_given_back_is_no_change),
        cmocka_unit_test(a_concentration_moves_by_one_over_the_size),
        cmocka_unit_test(without_the_option_nothing_jumps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
