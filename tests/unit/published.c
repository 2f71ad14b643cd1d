/* The published models against independent solutions (tests/oracles/published_scipy.py: SciPy
 * at 1e-12, the equations written again; Stein 2019: its closed form), state by state. */
#include "input/table.h"
#include "published_case.h"

#define DATA PF_TEST_DATA "/published/"

static size_t column(pf_ctx *ctx, const pf_table *t, const char *name)
{
    size_t c;
    assert_ok(ctx, pf_table_find(ctx, t, name, &c));
    return c;
}

static double number(pf_ctx *ctx, const pf_table *t, size_t row, const char *name)
{
    double x;
    assert_ok(ctx, pf_table_number(ctx, t, row, column(ctx, t, name), &x));
    return x;
}

/* The plan of one case, from the rows of cases.csv that carry its name. */
static int read_plan(pf_ctx *ctx, const pf_table *t, const char *name, run_plan *p)
{
    memset(p, 0, sizeof *p);
    for (size_t i = 0; i < pf_table_rows(t); i++) {
        if (strcmp(pf_table_text(t, i, column(ctx, t, "case")), name) != 0) continue;
        const char *what = pf_table_text(t, i, column(ctx, t, "what"));
        p->model = pf_table_text(t, i, column(ctx, t, "model"));
        change x = {number(ctx, t, i, "time"), pf_table_text(t, i, column(ctx, t, "name")),
            number(ctx, t, i, "value")};
        assert_true(p->n_set < RUN_CHANGES && p->n_dose < RUN_CHANGES);
        if (strcmp(what, "set") == 0) p->set[p->n_set++] = x;
        if (strcmp(what, "dose") == 0) p->dose[p->n_dose++] = x;
        if (strcmp(what, "look") == 0) {
            p->end = x.t;
            p->steps = (size_t)x.value;
        }
    }
    return p->steps > 0;
}

/* Largest error of one state, relative to its value, or to 1e-9 of its largest. */
static double state_error(run_result *r, const pf_table *want, size_t state)
{
    const char *name = pf_model_symbol(r->model, PF_SYMBOL_STATE, state)->name;
    double most = 0, top = 0;
    for (size_t i = 0; i <= r->plan->steps; i++)
        top = fmax(top, fabs(number(&r->ctx, want, i, name)));
    for (size_t i = 0; i <= r->plan->steps && top > 0; i++) {
        double x = number(&r->ctx, want, i, name);
        most = fmax(most, fabs(run_at(r, i, state) - x) / fmax(fabs(x), 1e-9 * top));
    }
    return most;
}

/* 1 when every state agrees to 1e-6. */
static int agrees(const char *name)
{
    pf_ctx ctx;
    pf_table *cases, *want;
    run_plan plan;
    run_result r;
    char path[512];
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_table_read(&ctx, DATA "cases.csv", &cases));
    assert_true(read_plan(&ctx, cases, name, &plan));
    snprintf(path, sizeof path, DATA "%s.csv", name);
    assert_ok(&ctx, pf_table_read(&ctx, path, &want));
    assert_int_equal(pf_table_rows(want), plan.steps + 1);
    run(&r, &plan, 1e-8, 1e-16);
    assert_int_equal(pf_table_columns(want), r.n + 1);
    double most = 0;
    for (size_t i = 0; i < r.n; i++) {
        double e = state_error(&r, want, i);
        if (e >= 1e-6)
            print_error("%s: %s is off by %.3g\n", name,
                pf_model_symbol(r.model, PF_SYMBOL_STATE, i)->name, e);
        most = fmax(most, e);
    }
    print_message("%s: largest relative error %.2g\n", name, most);
    run_close(&r);
    pf_table_free(want);
    pf_table_free(cases);
    return most < 1e-6;
}

static void each_case_agrees_with_an_independent_solution(void **state)
{
    static const char *const name[] = {"stein", "kimmel-slow", "kimmel-fast",
        "mueller-reference", "mueller-low", "minucci-f0104", "minucci-f0110", "hardiansyah",
        "singh", "leon-triana-2020", "leon-triana-2021", "sahoo", "sahoo-dexamethasone",
        "de-pillis-2005", "de-pillis-2005-ligand", "de-pillis-2009",
        "de-pillis-2009-patient-9"};
    size_t good = 0;
    (void)state;
    for (size_t i = 0; i < PF_COUNT(name); i++) good += (size_t)agrees(name[i]);
    assert_int_equal(good, PF_COUNT(name));
}

/* Row V22.1 of evidence/outcomes.csv: what the paper draws of both patients, against the
 * library nlmixr2lib, whose equations and values (Hardiansyah_2019_CART_upn1_qsp, _upn3_qsp)
 * are those of the table hardiansyah.csv. Points under 1e-6 of a curve's largest are not drawn.
 */
static double curve_error(const run_result *r, const pf_table *want, const char *name)
{
    pf_ctx ctx;
    double top = 0, most = 0;
    size_t state = run_index(r, name, PF_SYMBOL_STATE);
    pf_ctx_init(&ctx);
    for (size_t i = 0; i <= r->plan->steps; i++) top = fmax(top, number(&ctx, want, i, name));
    for (size_t i = 0; i <= r->plan->steps; i++) {
        double x = number(&ctx, want, i, name);
        if (x > 1e-6 * top) most = fmax(most, fabs(run_at(r, i, state) / x - 1));
    }
    return most;
}

static void both_patients_are_as_in_the_library(void **state)
{
    static const char *const curves[] = {"upn1.E", "upn1.M", "upn1.IL6", "upn1.IL10",
        "upn1.IFNG", "upn3.E", "upn3.M", "upn3.IL6", "upn3.IL10", "upn3.IFNG"};
    pf_ctx ctx;
    pf_table *cases, *want;
    run_plan plan;
    run_result r;
    double most = 0;
    (void)state;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_table_read(&ctx, DATA "cases.csv", &cases));
    assert_true(read_plan(&ctx, cases, "hardiansyah", &plan));
    assert_ok(&ctx, pf_table_read(&ctx, DATA "hardiansyah.csv", &want));
    run(&r, &plan, 1e-8, 1e-16);
    for (size_t i = 0; i < PF_COUNT(curves); i++)
        most = fmax(most, curve_error(&r, want, curves[i]));
    print_message("V22.1 UPN1 and UPN3: largest relative difference %.2g (below 0.01)\n", most);
    assert_true(most < 0.01);
    run_close(&r);
    pf_table_free(want);
    pf_table_free(cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_agrees_with_an_independent_solution),
        cmocka_unit_test(both_patients_are_as_in_the_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
