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

static const char HYBRID[] =
    "compartment V = 2; species A in V, B in V, C in V, D; A = 10; B = 3; C = 1; D = 4\n"
    "R1: A -> 2 B; k*A; R2: C -> A; 3*C; R3: B -> C; B; R4: D -> ; D; k = 0.5\n"
    "w' = 1; w = 0\n//! small A below 12\n//! discrete D";

/* A and D jump: so do R1, R2 (A) and R4 (D), while R3 stays. */
static void in_a_hybrid_model_some_channels_are_kept_or_not(void **unused)
{
    (void)unused;
    tool t, plain;
    tool_open(&t, HYBRID, NULL);
    const pf_program *p = t.p;
    const uint32_t A = (uint32_t)pf_model_find(t.m, "A")->index,
                   D = (uint32_t)pf_model_find(t.m, "D")->index;
    assert_int_equal(p->n_channel, 3);
    assert_int_equal(p->n_discrete, 2);
    assert_int_equal(p->discrete[0].state, A);
    assert_close(p->discrete[0].threshold, 12, 0, 0);
    assert_int_equal(p->discrete[1].state, D);
    assert_true(isinf(p->discrete[1].threshold));
    tool_run(&t, p->code[PF_CODE_FIRE]);
    assert_close(t.slot[p->discrete[0].size], 2, 0, 0);
    assert_close(t.slot[p->discrete[1].size], 1, 0, 0);
    assert_close(t.slot[p->channel[0].rate], 5, 0, 0);
    assert_close(t.slot[p->channel[1].rate], 3, 0, 0);
    assert_close(t.slot[p->channel[2].rate], 4, 0, 0);
    assert_int_equal(p->channel[0].n_change, 2);
    assert_close(t.slot[p->change[p->channel[0].change0].by], -0.5, 0, 0);
    assert_close(t.slot[p->change[p->channel[0].change0 + 1].by], 1, 0, 0);
    assert_close(t.slot[p->state0 + p->hazard], 0, 0, 0);
    static const double keeps[][3] = {{1, 1, 1}, {0, 1, 1}, {1, 0, 0}, {0, 0, 0}};
    for (size_t i = 0; i < PF_COUNT(keeps); i++) {
        const double *keep = keeps[i];
        for (int k = 0; k < 3; k++) t.slot[p->channel[k].keep] = keep[k];
        assert_close(tool_rate(&t, "A"), (-5 * keep[0] + 3 * keep[1]) / 2, 1e-15, 0);
        assert_close(tool_rate(&t, "B"), (10 * keep[0] - 3) / 2, 1e-15, 0);
        assert_close(tool_rate(&t, "C"), (-3 * keep[1] + 3) / 2, 1e-15, 0);
        assert_close(tool_rate(&t, "D"), -4 * keep[2], 1e-15, 0);
        assert_close(t.slot[p->f0 + p->hazard],
            5 * (1 - keep[0]) + 3 * (1 - keep[1]) + 4 * (1 - keep[2]), 1e-15, 0);
        check_jacobian(&t, 1e-6, 1e-6);
    }
    tool_start(&t); /* init keeps all in the equations: the model as if nothing were small */
    tool_open(&plain,
        "compartment V = 2; species A in V, B in V; A = 10; B = 3; k = 0.5\n"
        "C = 1; R1: A -> 2 B; k*A; R2: -> A; 3*C; R3: B -> ; B",
        NULL);
    assert_close(tool_rate(&t, "A"), tool_rate(&plain, "A"), 0, 0);
    assert_close(tool_rate(&t, "B"), tool_rate(&plain, "B"), 0, 0);
    tool_close(&plain);
    tool_close(&t);
}

static void all_jump_in_a_stochastic_program_of_a_hybrid_model(void **unused)
{
    (void)unused;
    tool t;
    tool_open(&t, HYBRID, &(pf_compile_options){.stochastic = 1});
    assert_int_equal(t.p->n_channel, 4);
    assert_int_equal(t.p->n_discrete, 4);
    assert_int_equal(t.p->hazard, PF_ABSENT);
    assert_int_equal(t.p->channel[0].keep, PF_ABSENT);
    assert_true(isinf(t.p->discrete[0].threshold));
    tool_close(&t);
}

static void only_what_reactions_change_can_jump(void **unused)
{
    (void)unused;
    refused("x = 1; x' = 1\n//! discrete x", "no reaction changes 'x', so it cannot jump");
    refused("A = 1; A -> ; A\n//! discrete A\n//! small A below 3", "before; remove one");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reaction_is_a_channel_and_leaves_the_equations),
        cmocka_unit_test(what_is_taken_and_given_back_is_no_change),
        cmocka_unit_test(a_concentration_moves_by_one_over_the_size),
        cmocka_unit_test(without_the_option_nothing_jumps),
        cmocka_unit_test(in_a_hybrid_model_some_channels_are_kept_or_not),
        cmocka_unit_test(all_jump_in_a_stochastic_program_of_a_hybrid_model),
        cmocka_unit_test(only_what_reactions_change_can_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
