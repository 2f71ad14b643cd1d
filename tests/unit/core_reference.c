/* The core model against an independent solution: libAntimony, libSBML and SciPy's Radau at
 * 1e-10 (tests/oracles/core_scipy.py), 60 days of one patient with conditioning, CAR-T cells
 * and antibody. */
#include "ct.h"
#include "input/table.h"
#include "model/model.h"
#include "solve/engine.h"

#include <string.h>

#define DATA PF_TEST_DATA "/model/"
enum { DAYS = 61, STATES = 128 };
static const double ATOL = 1e-6;

typedef struct {
    pf_ctx ctx;
    pf_model *model;
    pf_program *program;
    pf_table *values, *records, *reference;
    size_t n;
    double seen[DAYS][STATES];
    int begun, failed;
} world;

static double number(world *w, const pf_table *t, size_t row, const char *column)
{
    size_t c;
    double x;
    assert_ok(&w->ctx, pf_table_find(&w->ctx, t, column, &c));
    assert_ok(&w->ctx, pf_table_number(&w->ctx, t, row, c, &x));
    return x;
}

static const pf_symbol *named(world *w, const pf_table *t, size_t row)
{
    size_t c;
    assert_ok(&w->ctx, pf_table_find(&w->ctx, t, "name", &c));
    const pf_symbol *s = pf_model_find(w->model, pf_table_text(t, row, c));
    assert_non_null(s);
    return s;
}

static int begin(void *payload, pf_case *c)
{
    world *w = payload;
    if (w->begun++) return 0;
    pf_case_span(c, 0, DAYS - 1);
    for (uint32_t i = 0; i < w->program->n_param; i++)
        pf_case_set(c, i, pf_model_symbol(w->model, PF_SYMBOL_PARAMETER, i)->value);
    for (size_t i = 0; i < pf_table_rows(w->values); i++)
        pf_case_set(
            c, (uint32_t)named(w, w->values, i)->index, number(w, w->values, i, "value"));
    for (size_t i = 0; i < pf_table_rows(w->records); i++)
        pf_case_stop(c, (pf_stop){number(w, w->records, i, "time"), PF_STOP_ADD,
                            (uint32_t)named(w, w->records, i)->index,
                            number(w, w->records, i, "value"), 1});
    for (uint32_t d = 0; d < DAYS; d++) pf_case_look(c, d, d);
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    world *w = payload;
    (void)c;
    (void)t;
    memcpy(w->seen[tag], out, w->n * sizeof *out);
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    (void)c;
    ((world *)payload)->failed += how->status != PF_CASE_DONE;
}

static void solve(world *w, double rtol)
{
    const char *names[STATES];
    double atol[STATES];
    w->n = pf_model_count(w->model, PF_SYMBOL_STATE);
    for (size_t i = 0; i < w->n; i++) {
        names[i] = pf_model_symbol(w->model, PF_SYMBOL_STATE, i)->name;
        atol[i] = ATOL;
    }
    pf_compile_options c = {.outputs = names, .n_outputs = w->n};
    assert_ok(&w->ctx, pf_model_compile(&w->ctx, w->model, &c, &w->program));
    pf_engine_options o = {.rtol = rtol, .atol = atol, .deterministic = 1};
    pf_source s = {.payload = w, .begin = begin, .look = look, .end = end};
    pf_engine *e;
    assert_ok(&w->ctx, pf_engine_new(&w->ctx, w->program, &o, &e));
    assert_ok(&w->ctx, pf_engine_run(&w->ctx, e, &s));
    assert_int_equal(w->failed, 0);
    pf_engine_free(e);
}

/* Largest error of one state over the days, relative to its value, or to a millionth of its
 * largest, or to what the absolute tolerance lets show. */
static double state_error(world *w, size_t state)
{
    char flat[128];
    double most = 0, top = 0;
    snprintf(flat, sizeof flat, "%s", pf_model_symbol(w->model, PF_SYMBOL_STATE, state)->name);
    for (char *p = flat; *p; p++) *p = *p == '.' ? '_' : *p;
    for (size_t d = 0; d < DAYS; d++) top = fmax(top, fabs(number(w, w->reference, d, flat)));
    for (size_t d = 0; d < DAYS && top > 0; d++) {
        double want = number(w, w->reference, d, flat);
        most = fmax(most,
            fabs(w->seen[d][state] - want) / fmax(fabs(want), fmax(1e-6 * top, 100 * ATOL)));
    }
    return most;
}

static double worst(double rtol)
{
    static world w;
    double most = 0;
    memset(&w, 0, sizeof w);
    pf_ctx_init(&w.ctx);
    assert_ok(&w.ctx, pf_model_read(&w.ctx, PF_SOURCE_DIR "/models/core.ant", &w.model));
    assert_ok(&w.ctx, pf_table_read(&w.ctx, DATA "core_case.csv", &w.values));
    assert_ok(&w.ctx, pf_table_read(&w.ctx, DATA "core_records.csv", &w.records));
    assert_ok(&w.ctx, pf_table_read(&w.ctx, DATA "core_reference.csv", &w.reference));
    solve(&w, rtol);
    for (size_t i = 0; i < w.n; i++) {
        double e = state_error(&w, i);
        if (e > 1e-2)
            print_message(
                "%s is off by %.2g\n", pf_model_symbol(w.model, PF_SYMBOL_STATE, i)->name, e);
        if (e > most) most = e;
    }
    pf_table_free(w.values);
    pf_table_free(w.records);
    pf_table_free(w.reference);
    pf_program_free(w.program);
    pf_model_free(w.model);
    return most;
}

static void the_core_model_agrees_with_an_independent_solution(void **state)
{
    (void)state;
    double tight = worst(1e-9), usual = worst(1e-4);
    print_message(
        "largest relative error: %.3g at rtol 1e-9, %.3g at rtol 1e-4\n", tight, usual);
    assert_true(tight < 1e-5);
    assert_true(usual < 2e-2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_core_model_agrees_with_an_independent_solution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
