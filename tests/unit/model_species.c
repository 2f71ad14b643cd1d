/* What is integrated for a species: concentration or amount, by what its name stands for and by
 * what its compartment does. The right sides are written by hand from SBML's rule that
 * reactions and changes of size leave amounts as they are. */
#include "unit/model_flat.h"

static double out(tool *t, size_t i)
{
    tool_run(t, t->p->code[PF_CODE_OUT]);
    return t->slot[t->p->out0 + i];
}

static const char *const forms[] = {"S", "[S]", "{S}"};
static const pf_compile_options all_forms = {.outputs = forms, .n_outputs = 3};

static void forms_are(tool *t, double name, double concentration, double amount)
{
    assert_close(out(t, 0), name, 1e-15, 0);
    assert_close(out(t, 1), concentration, 1e-15, 0);
    assert_close(out(t, 2), amount, 1e-15, 0);
}

static void stands_for_amount(pf_flat *f)
{
    flat_var(f, "S")->says |= PF_SAYS_AMOUNT;
}

static void starts_as_amount(pf_flat *f)
{
    flat_var(f, "S")->says |= PF_SAYS_STARTS_AMOUNT;
}

static void a_compartment_that_stays_divides_the_flow(void **state)
{
    (void)state;
    const char *text = "compartment V = 4; species S in V; S = 3; S -> ; k*S; k = 2";
    tool t;
    tool_open(&t, text, &all_forms);
    assert_close(tool_rate(&t, "S"), -6.0 / 4, 1e-15, 0);
    forms_are(&t, 3, 3, 12);
    tool_close(&t);
    flat_open(&t, text, stands_for_amount, &all_forms);
    assert_close(tool_rate(&t, "S"), -6, 1e-15, 0);
    forms_are(&t, 3, 0.75, 3);
    tool_close(&t);
    flat_open(&t, text, starts_as_amount, &all_forms); /* 3 in all */
    assert_close(*tool_state(&t, "S"), 0.75, 1e-15, 0);
    forms_are(&t, 0.75, 0.75, 3);
    tool_close(&t);
}

static void when_the_size_changes_the_amount_is_the_state(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "compartment V; V = 4; V' = 0.5; species S in V, P in V; S = 3; P = 1\n"
        "S -> P; k*S*V; k = 2",
        &all_forms);
    assert_close(*tool_state(&t, "{S}"), 12, 1e-15, 0);
    assert_close(tool_rate(&t, "{S}"), -2.0 * 12, 1e-15, 0);
    assert_close(tool_rate(&t, "{P}"), 2.0 * 12, 1e-15, 0);
    assert_true(pf_model_find(t.m, "{S}")->hidden);
    assert_int_equal(pf_model_find(t.m, "S")->kind, PF_SYMBOL_ASSIGNED);
    forms_are(&t, 3, 3, 12);
    *tool_state(&t, "V") = 6; /* what was there is thinner now */
    forms_are(&t, 2, 2, 12);
    check_jacobian(&t, 1e-6, 1e-6);
    tool_close(&t);
}

static void a_size_may_follow_a_rule_or_be_set_by_events(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "compartment V; V := 2 + time; species S in V; S = 3; S -> ; k*S; k = 2; x = 1",
        &all_forms);
    assert_close(*tool_state(&t, "{S}"), 6, 1e-15, 0);
    t.slot[t.p->time] = 1;
    forms_are(&t, 2, 2, 6);
    assert_close(tool_rate(&t, "{S}"), -4, 1e-15, 0);
    tool_close(&t);

    tool_open(&t,
        "compartment V; V = 2; species S in V; S = 3; S -> ; k*S; k = 2\n"
        "at time > 1: V = 5, S = 7",
        &all_forms);
    forms_are(&t, 3, 3, 6);
    *tool_param(&t, "V") = 3; /* the event, first part */
    forms_are(&t, 2, 2, 6);
    tool_run(&t, t.p->code[PF_CODE_ACT]);
    const pf_assign *set = &t.p->assign[1];
    assert_true(set->is_state && set->index == pf_model_find(t.m, "{S}")->index);
    assert_close(t.slot[set->value] * t.slot[set->scale], 7 * 3, 1e-15, 0);
    tool_close(&t);
}

static void a_species_that_nothing_changes_keeps_its_amount(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "compartment V; V = 2; V' = 1; species S in V; S = 3; x = 0; x' = S\n"
        "at time > 1: S = 5",
        &all_forms);
    assert_int_equal(t.p->n_state, 2);
    assert_close(*tool_param(&t, "{S}"), 6, 1e-15, 0);
    *tool_state(&t, "V") = 4;
    assert_close(tool_rate(&t, "x"), 1.5, 1e-15, 0);
    assert_int_equal(t.p->n_started, 1);
    assert_false(t.p->assign[0].is_state);
    tool_run(&t, t.p->code[PF_CODE_ACT]);
    assert_close(t.slot[t.p->assign[0].scale], 4, 0, 0);
    tool_close(&t);
}

static void a_rate_of_a_concentration_stays_one(void **state)
{
    (void)state;
    tool t;
    tool_open(&t, "compartment V; V = 2; V' = 1; species S in V; S = 3; S' = -S", &all_forms);
    assert_close(tool_rate(&t, "S"), -3, 1e-15, 0);
    forms_are(&t, 3, 3, 6);
    tool_close(&t);
    /* events may let V jump: then the amount is held, and (S V)' = S' V + S V' */
    tool_open(&t,
        "compartment V; V = 2; V' = 1; species S in V; S = 3; S' = -S; at time > 1: V = 4",
        &all_forms);
    assert_close(tool_rate(&t, "{S}"), -3 * 2 + 3 * 1, 1e-15, 0);
    tool_close(&t);
    tool_open(&t, "compartment V; V = 2; species S in V; S = 3; S' = -S; at time > 1: V = 4",
        &all_forms);
    assert_close(tool_rate(&t, "{S}"), -3 * 2, 1e-15, 0);
    tool_close(&t);
}

static void edit_sides(pf_flat *f)
{
    uint32_t v;
    for (size_t i = 0; i < f->n_side; i++) {
        if (f->side[i].var == pf_names_find(&f->names, "S"))
            f->side[i].by = pf_names_find(&f->names, "n");
    }
    v = pf_names_find(&f->names, "c");
    flat_var(f, "P")->conversion = v;
    flat_var(f, "S")->says |= PF_SAYS_STARTS_AMOUNT;
}

static void stoichiometry_and_conversion_may_be_names(void **state)
{
    (void)state;
    tool t;
    flat_open(&t,
        "compartment V = 4; species S in V, P in V; S = 8; P = 1; 2 S -> 3 P; k*S; k = 2\n"
        "n := 1 + x; x = 0; x' = 1; c = 10",
        edit_sides, &all_forms);
    assert_close(*tool_state(&t, "S"), 2, 1e-15, 0);
    *tool_state(&t, "x") = 0.5;
    assert_close(tool_rate(&t, "S"), -2 * 1.5 * 4 / 4.0, 1e-15, 0);
    assert_close(tool_rate(&t, "P"), 3 * 10 * 4 / 4.0, 1e-15, 0);
    check_jacobian(&t, 1e-6, 1e-6);
    tool_close(&t);
}

static void starts_follow_the_size_at_the_start(void **state)
{
    (void)state;
    tool t;
    flat_open(&t,
        "compartment V; V = 2*x; V' = 1; x = 3; x' = 0; species S in V, Q in V; S = 12\n"
        "Q = S + 1; S -> Q; 0",
        starts_as_amount, &all_forms);
    assert_close(*tool_state(&t, "{S}"), 12, 1e-15, 0);
    assert_close(out(&t, 0), 2, 1e-15, 0);
    assert_close(*tool_state(&t, "{Q}"), 3 * 6, 1e-15, 0);
    tool_close(&t);
    refused(
        "compartment V; V = S; V' = 1; species S in V; S = 3; S -> ; S", "depends on itself");
    refused(
        "compartment V; V := 2*S; species S in V; S = 3; x' = 1; x = 0", "depends on itself");
}

static void a_model_may_have_no_state(void **state)
{
    (void)state;
    tool t;
    tool_open(&t, "k = 1; w := 2*k + time; at time > 2: k = 5", NULL);
    assert_int_equal(t.p->n_state, 1);
    tool_run(&t, t.p->code[PF_CODE_RHS]);
    assert_close(t.slot[t.p->state0], 0, 0, 0);
    assert_close(t.slot[t.p->f0], 0, 0, 0);
    assert_true(pf_model_symbol(t.m, PF_SYMBOL_STATE, 0)->hidden);
    tool_close(&t);
}

static void be_lenient(pf_flat *f)
{
    f->lenient = 1;
}

static void without_a_value_nobody_may_read_it(void **state)
{
    (void)state;
    tool t;
    flat_open(&t, "x = 1; x' = k; var j, l; k = 2; at x > 2: l = 3; at x > l: x = 0",
        be_lenient, NULL);
    assert_true(isnan(*tool_param(&t, "j")));
    tool_close(&t);
    refused("x = 1; x' = k; var j; k = 2", "'j' has no value");
    flat_refused("x = 1; x' = j; var j", be_lenient,
        "'j' has no value, but is read; give it one, or a rule");
    flat_refused("x = 1; x' = 1; var j; at x > 3: x = j", be_lenient, "'j' has no value");
    flat_refused("x = j; x' = 1; var j", be_lenient, "'j' has no value");
    flat_refused("S -> ; S; species S", be_lenient, "'S' has no initial value");
    flat_open(&t, "x := 2*y; x = 5; y = 1; y' = x", be_lenient, NULL);
    assert_close(tool_rate(&t, "y"), 2, 0, 0);
    tool_close(&t);
}

static void only_species_have_concentration_and_amount(void **state)
{
    (void)state;
    tool t;
    pf_program *none;
    const char *bad[] = {"[k]"};
    pf_compile_options o = {.outputs = bad, .n_outputs = 1};
    tool_open(&t, "species S; S = 2; S -> ; k; k = 1", &all_forms);
    forms_are(&t, 2, 2, 2); /* of no compartment: a size of 1 */
    assert_int_equal(pf_model_compile(&t.ctx, t.m, &o, &none), PF_ERR_MODEL);
    assert_contains(t.ctx.message, "output '[k]' wants a species, but 'k' is none");
    bad[0] = "{T}";
    pf_ctx_init(&t.ctx);
    assert_int_equal(pf_model_compile(&t.ctx, t.m, &o, &none), PF_ERR_MODEL);
    assert_contains(t.ctx.message, "output 'T' is no name of model");
    tool_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_compartment_that_stays_divides_the_flow),
        cmocka_unit_test(when_the_size_changes_the_amount_is_the_state),
        cmocka_unit_test(a_size_may_follow_a_rule_or_be_set_by_events),
        cmocka_unit_test(a_species_that_nothing_changes_keeps_its_amount),
        cmocka_unit_test(a_rate_of_a_concentration_stays_one),
        cmocka_unit_test(stoichiometry_and_conversion_may_be_names),
        cmocka_unit_test(starts_follow_the_size_at_the_start),
        cmocka_unit_test(a_model_may_have_no_state),
        cmocka_unit_test(without_a_value_nobody_may_read_it),
        cmocka_unit_test(only_species_have_concentration_and_amount),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
