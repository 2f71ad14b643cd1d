/* act18_data.h: the act18 benchmark (tests/data/act18/README.md) ready to run; for its test and
 * its bench. Callers check errors through `ok`, which ends the program with the sentence. */
#ifndef PF_TESTS_ACT18_DATA_H
#define PF_TESTS_ACT18_DATA_H
#include "input/table.h"
#include "model/lanes.h"
#include "model/model.h"
#include "solve/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACT_OUT = 4, ACT_DAYS = 373, ACT_STATES = 64 };
static const char *const ACT_NAMES[ACT_OUT] = {"cart", "tumour", "il6", "bcells"};

typedef struct {
    pf_ctx ctx;
    pf_model *model;
    pf_program *program;
    const pf_native *native; /* set by the caller; NULL: bytecode */
    pf_table *patients, *dosing;
    pf_stop stop[64];
    size_t n_stop, n_patient;
    double atol[ACT_STATES];
    double *value; /* [n_patient][columns of patients] */
    double *seen;  /* [n_patient][ACT_DAYS][ACT_OUT] when kept */
    uint64_t steps;
    size_t next, last; /* of the run under way */
    int failed;
} act18;

static inline void ok(act18 *a, pf_err err)
{
    if (!err) return;
    fprintf(stderr, "%s: %s\n", pf_err_name(err), a->ctx.message);
    exit(1);
}

static inline double act_number(act18 *a, const pf_table *t, size_t row, const char *column)
{
    size_t c;
    double x;
    ok(a, pf_table_find(&a->ctx, t, column, &c));
    ok(a, pf_table_number(&a->ctx, t, row, c, &x));
    return x;
}

/* The observables are sums of states: they are added to the model's text as assignments. */
static inline void act_compile(act18 *a, const char *path)
{
    static const char extra[] =
        "  cart := CD + CE + CM; tumour := Bp + Bn; il6 := IL6; bcells := BN;\nend\n";
    char *text;
    size_t n;
    ok(a, pf_file_read(&a->ctx, path, 0, &text, &n));
    char *end = strstr(text, "\nend");
    char *whole = malloc(n + sizeof extra + 8);
    if (!end || !whole) exit(1);
    sprintf(whole, "%.*s\n%s", (int)(end - text), text, extra);
    ok(a, pf_model_parse(&a->ctx, whole, path, &a->model));
    static const char *const inputs[] = {"Bp", "Bn"};
    pf_compile_options o = {
        .outputs = ACT_NAMES, .n_outputs = ACT_OUT, .inputs = inputs, .n_inputs = 2};
    ok(a, pf_model_compile(&a->ctx, a->model, &o, &a->program));
    free(whole);
    pf_free(text);
}

static inline void act_open(act18 *a, const char *folder)
{
    char path[512];
    memset(a, 0, sizeof *a);
    pf_ctx_init(&a->ctx);
    snprintf(path, sizeof path, "%s/act18.ant", folder);
    act_compile(a, path);
    snprintf(path, sizeof path, "%s/act18_patients.csv", folder);
    ok(a, pf_table_read(&a->ctx, path, &a->patients));
    snprintf(path, sizeof path, "%s/act18_dosing.csv", folder);
    ok(a, pf_table_read(&a->ctx, path, &a->dosing));
    a->n_patient = pf_table_rows(a->patients);
    size_t columns = pf_table_columns(a->patients);
    a->value = malloc(a->n_patient * columns * sizeof(double));
    for (size_t i = 0; i < a->n_patient * columns; i++)
        ok(a, pf_table_number(&a->ctx, a->patients, i / columns, i % columns, a->value + i));
    for (size_t i = 0; i < pf_table_rows(a->dosing); i++) {
        const pf_symbol *s = pf_model_find(a->model, pf_table_text(a->dosing, i, 1));
        if (!s) exit(1);
        pf_stop_kind kind = s->kind == PF_SYMBOL_PARAMETER ? PF_STOP_PARAM : PF_STOP_ADD;
        a->stop[a->n_stop++] = (pf_stop){act_number(a, a->dosing, i, "time_day"), kind,
            (uint32_t)s->index, act_number(a, a->dosing, i, "value"), 1};
    }
    for (size_t i = 0; i < ACT_STATES; i++) a->atol[i] = 1e-9;
}

static inline int act_begin(void *payload, pf_case *c)
{
    act18 *a = payload;
    if (a->next == a->last) return 0;
    size_t i = a->next++ % a->n_patient, columns = pf_table_columns(a->patients);
    for (uint32_t p = 0; p < a->program->n_param; p++)
        pf_case_set(c, p, pf_model_symbol(a->model, PF_SYMBOL_PARAMETER, p)->value);
    for (size_t k = 1; k < columns; k++) {
        const pf_symbol *s = pf_model_find(a->model, pf_table_column(a->patients, k));
        if (!s) exit(1);
        double x = a->value[i * columns + k];
        if (s->kind == PF_SYMBOL_STATE)
            pf_case_initial(c, (uint32_t)s->index, x);
        else
            pf_case_set(c, (uint32_t)s->index, x);
    }
    pf_case_span(c, 0, ACT_DAYS - 1);
    for (size_t k = 0; k < a->n_stop; k++) pf_case_stop(c, a->stop[k]);
    for (uint32_t d = 0; d < ACT_DAYS; d++) pf_case_look(c, d, d);
    pf_case_set_user(c, a->seen ? a->seen + i * ACT_DAYS * ACT_OUT : NULL);
    return 1;
}

static inline void act_look(
    void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    (void)payload;
    (void)t;
    double *seen = pf_case_user(c);
    if (seen) memcpy(seen + tag * ACT_OUT, out, ACT_OUT * sizeof(double));
}

static inline void act_end(void *payload, pf_case *c, const pf_case_end *how)
{
    act18 *a = payload;
    (void)c;
    a->steps += how->steps;
    a->failed += how->status != PF_CASE_DONE;
}

/* Run patients first .. last - 1 (numbers beyond the table start over). */
static inline void act_run(act18 *a, int lanes, double rtol, size_t first, size_t last)
{
    pf_engine_options o = {.lanes = lanes, .rtol = rtol, .atol = a->atol, .native = a->native};
    pf_source s = {.payload = a, .begin = act_begin, .look = act_look, .end = act_end};
    pf_engine *e;
    ok(a, pf_engine_new(&a->ctx, a->program, &o, &e));
    a->next = first;
    a->last = last;
    ok(a, pf_engine_run(&a->ctx, e, &s));
    pf_engine_free(e);
}

static inline void act_close(act18 *a)
{
    pf_program_free(a->program);
    pf_model_free(a->model);
    pf_table_free(a->patients);
    pf_table_free(a->dosing);
    free(a->value);
    free(a->seen);
}

/* Largest relative error of one patient against the `n` rows of the reference from `row` on;
 * values under 1e-6 of the observable's unit count as that, three orders above the absolute
 * tolerance. */
static inline double act_error(act18 *a, const pf_table *reference, size_t row, size_t n)
{
    double most = 0;
    size_t patient = (size_t)act_number(a, reference, row, "patient");
    for (size_t i = row; i < row + n; i++) {
        size_t day = (size_t)act_number(a, reference, i, "time_day");
        for (size_t k = 0; k < ACT_OUT; k++) {
            double want = act_number(a, reference, i, ACT_NAMES[k]);
            double got = a->seen[(patient * ACT_DAYS + day) * ACT_OUT + k];
            most = fmax(most, fabs(got - want) / fmax(fabs(want), 1e-6));
        }
    }
    return most;
}

static inline int act_by_value(const void *x, const void *y)
{
    double a = *(const double *)x, b = *(const double *)y;
    return a < b ? -1 : a > b;
}

/* Median over the patients of the reference of the largest relative error, at this tolerance.
 */
static inline double act_median_error(act18 *a, const char *folder, int lanes, double rtol)
{
    char path[512];
    pf_table *reference;
    double error[256];
    snprintf(path, sizeof path, "%s/act18_reference.csv", folder);
    ok(a, pf_table_read(&a->ctx, path, &reference));
    size_t n = 20, rows = pf_table_rows(reference) / n;
    a->seen = realloc(a->seen, a->n_patient * ACT_DAYS * ACT_OUT * sizeof(double));
    act_run(a, lanes, rtol, 0, n);
    for (size_t i = 0; i < n; i++) error[i] = act_error(a, reference, i * rows, rows);
    qsort(error, n, sizeof(double), act_by_value);
    pf_table_free(reference);
    return 0.5 * (error[(n - 1) / 2] + error[n / 2]);
}
#endif
