/* Parameters that a whole run changes, and studies simulated in memory. */
#include "trial_world.h"

#include "trial/override.h"
#include "trial/given.h"
#include "trial/summary_parts.h"
#include "unit/trial_try.h"

#define ONE_ARM(rest)                                                                          \
    STUDY("20", "      - {product: cells.yaml, dose: 1000 cell}\n",                            \
        "assess:\n  imaging: {every: 10 day, error: 0 %}\n  kinetics: [1, 20] day\n" rest)

/* A world whose study has changes; binding is left to the test. */
static void change(world *w, const char *model, const char *study, const char *const *text)
{
    read_world(w, model, study);
    for (; *text; text++) assert_ok(&w->ctx, pf_study_override(&w->ctx, w->study, *text));
}

static void bind(world *w)
{
    assert_ok(&w->ctx, pf_trial_new(&w->ctx, w->study, &w->trial));
    pf_chunk_init(&w->chunk, pf_trial_layout(w->trial));
}

static void a_changed_parameter_is_that_of_everyone(void **state)
{
    (void)state;
    world w;
    static const char *const dead[] = {"h=0.5", "h*=200", NULL};
    open_world(&w, MODEL("0"), ONE_ARM(""));
    simulate(&w, 4, 0, 40);
    for (size_t i = 0; i < 40; i++)
        assert_close(cell(&w, PF_TABLE_PATIENTS, i, PF_P_OS_EVENT), 0, 0, 0);
    close_world(&w);
    change(&w, MODEL("0"), ONE_ARM(""), dead); /* 100 a day */
    bind(&w);
    simulate(&w, 4, 0, 40);
    for (size_t i = 0; i < 40; i++)
        assert_close(cell(&w, PF_TABLE_PATIENTS, i, PF_P_OS_EVENT), 1, 0, 0);
    close_world(&w);
}

static void a_factor_multiplies_what_unknowns_and_products_set(void **state)
{
    (void)state;
    world w;
    tried plain, changed;
    static const pf_override twice = {.name = "z0", .is_factor = 1, .value = 2};
    read_world(&w, MODEL("0"), ONE_ARM(""));
    try_out(&w.ctx, w.study, NULL, 0, 0, &plain);
    try_out(&w.ctx, w.study, &twice, 1, 0, &changed);
    assert_int_equal(w.study->n_override, 0);
    pf_buf given[2];
    for (int i = 0; i < 2; i++) {
        pf_buf_init(&given[i], &w.ctx);
        assert_ok(
            &w.ctx, pf_trial_given(&w.ctx, i ? changed.trial : plain.trial, 0, &given[i]));
    }
    assert_non_null(strstr(given[0].bytes, ",3000,Z,")); /* three doublings a cell */
    assert_non_null(strstr(given[1].bytes, ",6000,Z,"));
    for (int i = 0; i < 2; i++) pf_buf_clear(&given[i]);
    tried_clear(&plain);
    tried_clear(&changed);
    close_world(&w);
}

static void refused(const char *change_text, pf_err code, const char *part)
{
    world w;
    read_world(&w,
        "model m\n  d' = -a*d; d = 50; a := 2*b; b = 1; c = 3*b;\n"
        "  //! role target-lesion d [mm]\n  //! role dose.product d [cell]\nend\n",
        ONE_ARM(""));
    pf_err err = pf_study_override(&w.ctx, w.study, change_text);
    if (!err) err = pf_trial_new(&w.ctx, w.study, &w.trial);
    assert_int_equal(err, code);
    if (part && !strstr(w.ctx.message, part))
        fail_msg("%s says: %s", change_text, w.ctx.message);
    close_world(&w);
}

static void what_cannot_be_changed_is_told(void **state)
{
    (void)state;
    refused("b", PF_ERR_CONFIG, "write NAME=VALUE");
    refused("=3", PF_ERR_CONFIG, "write NAME=VALUE");
    refused("*=3", PF_ERR_CONFIG, "write NAME=VALUE");
    refused("b=three", PF_ERR_CONFIG, "write NAME=VALUE");
    refused("b=nan", PF_ERR_CONFIG, "write NAME=VALUE");
    refused("a=1", PF_ERR_CONFIG, "the model computes it at every time");
    refused("bb=1", PF_ERR_CONFIG, "has no such name; did you mean 'b'?");
    refused("c*=2", PF_ERR_CONFIG, "give it a value with c=VALUE");
    refused("d*=2", PF_ERR_CONFIG, "it is a state");
    refused("c=2", PF_OK, NULL);
    refused("d=2", PF_OK, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_changed_parameter_is_that_of_everyone),
        cmocka_unit_test(a_factor_multiplies_what_unknowns_and_products_set),
        cmocka_unit_test(what_cannot_be_changed_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
