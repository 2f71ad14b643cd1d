/* Rules: what a table says, and what it must not say. */
#include "tissue_rules_case.h"

#include "base/json.h"
#include "tissue/explain.h"

static double value(const rules_case *w, size_t k, const double *signal, int dead)
{
    const pf_answer *p = &w->rules->response[k];
    return pf_answer_value(w->rules, p, signal, dead, 0.001);
}

static void one_rule_is_a_hill_curve_between_base_and_saturation(void **state)
{
    (void)state;
    rules_case w;
    double s[PF_SENSE_COUNT] = {0};
    rules_case_make(&w);
    assert_ok(&w.ctx,
        rules_case_read(&w, "tumour,oxygen,increases,cycle entry,0.003 1/min,20 mmHg,4,no\n"));
    for (double x = 0; x < 100; x += 7) {
        s[PF_SENSE_LEVEL] = x;
        double u = pow(x, 4) / (pow(20, 4) + pow(x, 4));
        assert_close(value(&w, 0, s, 0), 0.001 + 0.002 * u, 1e-13, 0);
        assert_close(value(&w, 0, s, 1), 0.001, 1e-15, 0);
    }
    s[PF_SENSE_LEVEL] = 1e308;
    assert_close(value(&w, 0, s, 0), 0.003, 1e-15, 0);
    rules_case_clear(&w);
}

static void rules_add_up_and_what_decreases_has_the_last_word(void **state)
{
    (void)state;
    rules_case w;
    double s[PF_SENSE_COUNT] = {0};
    rules_case_make(&w);
    assert_ok(&w.ctx, rules_case_read(&w, "tumour,pressure,decreases,cycle entry,0,1,3,no\n"
                                          "tumour,oxygen,increases,cycle entry,0.003,20,2,no\n"
                                          "tumour,CCL19,increases,cycle entry,0.003,5,1,yes\n"
                                          "tumour,time,decreases,cycle entry,0,1 hour,2,no\n"));
    assert_int_equal(w.rules->n_response, 1);
    s[PF_SENSE_LEVEL] = 30;
    s[PF_SENSE_LEVEL + 1] = 2;
    s[PF_SENSE_PRESSURE] = 0.5;
    s[PF_SENSE_TIME] = 90;
    double x = 2.25 + 0.4, y = 0.125 + 2.25, u = x / (1 + x), d = y / (1 + y);
    assert_close(value(&w, 0, s, 0), (1 - d) * ((1 - u) * 0.001 + u * 0.003), 1e-13, 0);
    u = 0.4 / 1.4; /* the dead hear one of the four */
    assert_close(value(&w, 0, s, 1), (1 - u) * 0.001 + u * 0.003, 1e-13, 0);
    rules_case_clear(&w);
}

static void the_order_of_rows_changes_no_bit(void **state)
{
    (void)state;
    static const char *const ROW[] = {"tumour,oxygen,increases,cycle entry,0.003,20,2.3,no\n",
        "tumour,CCL19,increases,cycle entry,0.003,5,1.7,no\n",
        "tumour,volume,increases,cycle entry,0.003,3000,0.9,no\n",
        "tumour,oxygen,decreases,necrosis,0,5,8,no\n",
        "tumour,held,increases,cycle entry,0.003,3,1.1,no\n",
        "NK,CCL19,increases,migration speed,10,1,1.3,no\n"};
    rules_case w;
    double s[PF_SENSE_COUNT], first[3] = {0};
    rules_case_make(&w);
    w.type[1].necrosis = 0.01;
    for (int i = 0; i < PF_SENSE_COUNT; i++) s[i] = 0.37 * (i + 1);
    for (size_t turn = 0; turn < 24; turn++) {
        char rows[1024] = "";
        for (size_t i = 0, left = 63, k = turn; i < 6; i++, k = k * 5 + 7) {
            size_t pick = k % 6;
            while (!(left & (size_t)1 << pick)) pick = (pick + 1) % 6;
            left &= ~((size_t)1 << pick);
            strcat(rows, ROW[pick]);
        }
        assert_ok(&w.ctx, rules_case_read(&w, rows));
        assert_int_equal(w.rules->n_response, 3);
        for (size_t k = 0; k < 3; k++) {
            double x = value(&w, k, s, 0);
            if (!turn) first[k] = x;
            assert_memory_equal(&x, &first[k], sizeof x);
        }
    }
    rules_case_clear(&w);
}

static void every_unit_that_fits_is_converted(void **state)
{
    (void)state;
    rules_case w;
    rules_case_make(&w);
    assert_ok(
        &w.ctx, rules_case_read(&w, "NK,oxygen,increases,migration speed,1 mm/hour,1 kPa,2,0\n"
                                    "tumour,CCL19 gradient,increases,antigen CD19,5e3 copies,"
                                    "1 ug/L/mm,1,1\n"));
    const pf_rule *r = w.rules->rule;
    assert_close(r[0].saturation, 1000.0 / 60, 1e-12, 0);
    assert_close(r[0].half, 7.5006156, 1e-7, 0);
    assert_close(r[1].half, 1e-3, 1e-12, 0);
    assert_true(!r[0].dead && r[1].dead);
    rules_case_clear(&w);
}

static void refuse(rules_case *w, const char *rows, const char *first, const char *then)
{
    pf_buf out;
    pf_buf_init(&out, NULL);
    assert_int_equal(rules_case_read(w, rows), PF_ERR_CONFIG);
    assert_null(w->rules);
    pf_diag_text(&w->diag, &out);
    assert_contains(out.bytes, first);
    assert_contains(out.bytes, then);
    pf_buf_clear(&out);
}

static void names_that_do_not_exist_are_refused_with_those_that_do(void **state)
{
    (void)state;
    rules_case w;
    rules_case_make(&w);
    refuse(&w, "tumor,oxigen,increases,cycle entri,1,1,1,no\n",
        "rules.csv:2:1: error: there is no cell type 'tumor'; did you mean 'tumour'?",
        "rules.csv:2:7: error: there is no signal 'oxigen'; did you mean 'oxygen'?");
    refuse(&w, "tumour,oxygen,increases,cycle entri,1,1,1,no\n", "rules.csv:2:25",
        "did you mean 'cycle entry'?");
    refuse(&w, "tumour,oxygen,raises,adhesion,1,1,1,maybe\n", "'increases' or 'decreases'",
        "'adhesion' cannot be changed by rules");
    refuse(&w, "tumour,oxygen,increases,cycle entry,1,1,1,maybe\n", "'no' or 'yes'", "'maybe'");
    w.substance[1].name = "pressure";
    refuse(&w, "tumour,pressure,decreases,cycle entry,0,1,1,no\n", "the name of two signals",
        "another name");
    rules_case_clear(&w);
}

static void rules_that_contradict_each_other_are_refused_with_both_lines(void **state)
{
    (void)state;
    rules_case w;
    rules_case_make(&w);
    refuse(&w,
        "tumour,oxygen,increases,cycle entry,0.003,20,2,no\n"
        "tumour,oxygen,increases,exit from cycle phase 0,0.003,10,2,no\n",
        "rules.csv:3:1", "this rule stands on line 2 already");
    refuse(&w,
        "tumour,oxygen,increases,cycle entry,0.003,20,2,no\n"
        "tumour,CCL19,increases,cycle entry,0.004,20,2,no\n",
        "rules.csv:3:1", "the saturation value is 0.004 here and 0.003 on line 2");
    refuse(&w, "tumour,oxygen,increases,cycle entry,0.0003,20,2,no\n",
        "cannot lead from 0.001 to 0.0003", "'decreases'");
    rules_case_clear(&w);
}

static void numbers_that_mean_nothing_are_refused(void **state)
{
    (void)state;
    rules_case w;
    rules_case_make(&w);
    refuse(&w, "tumour,oxygen,increases,cycle entry,nan,0,inf,no\n", "'saturation value'",
        "'half-max'");
    refuse(&w, "tumour,oxygen,increases,cycle entry,3 um,-4,0,no\n", "cannot be in 'um'",
        "'Hill power' is 0");
    refuse(&w, "NK,oxygen,increases,migration bias,1.5,1..3,,no\n", "'saturation value' is 1.5",
        "'half-max' is a range");
    refuse(&w, "NK,oxygen,increases,migration bias,1,1,,no\n", "'Hill power' is missing",
        "rules.csv:2:40");
    refuse(&w, "NK,oxygen,increases,cycle entry,1,1,1,no\n", "it has no cycle", "'NK'");
    refuse(&w, "tumour,oxygen,increases,bind,1,1,1,no\n", "it attacks nobody", "'tumour'");
    assert_int_equal(rules_case_read(&w, "tumour,oxygen\n"), PF_ERR_CONFIG);
    assert_contains(w.ctx.message, "rules.csv:2");
    pf_ctx_reset(&w.ctx);
    static const char HEAD[] = "cell type,signal,colour\n";
    assert_int_equal(pf_rules_parse(&w.ctx, &w.diag, w.units, &w.setup,
                         &(pf_rules_text){"head.csv", HEAD, sizeof HEAD - 1}, &w.rules),
        PF_ERR_CONFIG);
    assert_contains(w.ctx.message, "head.csv:1:1: the column 'direction' is missing");
    rules_case_clear(&w);
}

static const pf_jvalue *twentieth(const pf_jvalue *list)
{
    const pf_jvalue *v = list->first;
    for (int k = 0; k < 20; k++) v = v->next;
    return v;
}

static void each_rule_is_told_in_a_sentence_with_its_curve(void **state)
{
    (void)state;
    rules_case w;
    pf_buf out;
    pf_arena arena;
    const pf_jvalue *json;
    rules_case_make(&w);
    pf_buf_init(&out, NULL);
    assert_ok(
        &w.ctx, rules_case_read(&w, "tumour,pressure,decreases,cycle entry,0,1,3,yes\n"
                                    "tumour,oxygen,increases,cycle entry,0.003,20,2,no\n"
                                    "NK,CCL19,increases,migration speed,10,5 ng/mL,1,no\n"));
    assert_ok(&w.ctx, pf_rules_explain(&w.ctx, w.rules, &(pf_explain){.line = 3}, &out));
    assert_contains(out.bytes, "cycle entry of tumour: 0.001 1/min without any signal, at most "
                               "0.003 by 1 rule, at least 0 by 1 rule\n");
    assert_contains(out.bytes, "line 3: oxygen increases cycle entry of tumour from 0.001 "
                               "towards 0.003 1/min; half at 20 mmHg, Hill power 2\n");
    assert_null(strstr(out.bytes, "pressure"));
    pf_buf_empty(&out);
    pf_explain one = {.type = "tumour", .behaviour = "cycle entry", .json = 1};
    assert_ok(&w.ctx, pf_rules_explain(&w.ctx, w.rules, &one, &out));
    pf_arena_init(&arena);
    assert_ok(&w.ctx, pf_jvalue_parse(&w.ctx, &arena, out.bytes, out.size, &json));
    const pf_jvalue *rules = pf_jvalue_get(json, "rules"), *rule = rules->first->next;
    assert_int_equal(rules->n, 2);
    assert_close(pf_jvalue_number(twentieth(pf_jvalue_get(rule, "x"))), 1, 1e-12, 0);
    assert_close(pf_jvalue_number(twentieth(pf_jvalue_get(rule, "y"))), 0.0005, 1e-12, 0);
    pf_arena_clear(&arena);
    pf_buf_empty(&out);
    one = (pf_explain){.behaviour = "cycle entri"};
    assert_int_equal(pf_rules_explain(&w.ctx, w.rules, &one, &out), PF_ERR_CONFIG);
    assert_contains(w.ctx.message, "did you mean 'cycle entry'?");
    pf_buf_clear(&out);
    rules_case_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rule_is_a_hill_curve_between_base_and_saturation),
        cmocka_unit_test(rules_add_up_and_what_decreases_has_the_last_word),
        cmocka_unit_test(the_order_of_rows_changes_no_bit),
        cmocka_unit_test(every_unit_that_fits_is_converted),
        cmocka_unit_test(names_that_do_not_exist_are_refused_with_those_that_do),
        cmocka_unit_test(rules_that_contradict_each_other_are_refused_with_both_lines),
        cmocka_unit_test(each_rule_is_told_in_a_sentence_with_its_curve),
        cmocka_unit_test(numbers_that_mean_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
