#include "task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void task_ok(task *t, pf_err err)
{
    if (!err) return;
    fprintf(stderr, "%s: %s: %s\n", t->name, pf_err_name(err), t->ctx.message);
    exit(1);
}

/* A number in (-1, 1) that only i and j decide. */
static double spread_of(size_t i, size_t j)
{
    double x = sin(12.9898 * (double)(i + 1) + 78.233 * (double)(j + 1)) * 43758.5453;
    return 2.0 * (x - floor(x)) - 1.0;
}

void task_open(task *t, const char *name, const char *text, size_t n_patient, double spread)
{
    memset(t, 0, sizeof *t);
    pf_ctx_init(&t->ctx);
    t->name = name;
    t->rtol = 1e-6;
    t->atol = 1e-9;
    t->days = 372;
    t->n_patient = n_patient;
    static const char *const outputs[] = {"seen"};
    pf_compile_options o = {.outputs = outputs, .n_outputs = 1};
    task_ok(t, pf_model_parse(&t->ctx, text, name, &t->model));
    task_ok(t, pf_model_compile(&t->ctx, t->model, &o, &t->program));
    size_t np = t->program->n_param, ns = t->program->n_state;
    t->param = calloc(n_patient * np + 1, sizeof(double));
    t->initial = calloc(n_patient * ns + 1, sizeof(double));
    if (!t->param || !t->initial) exit(1);
    for (size_t i = 0; i < n_patient * np; i++)
        t->param[i] = pf_model_symbol(t->model, PF_SYMBOL_PARAMETER, i % np)->value *
                      (1.0 + spread * spread_of(i / np, i % np));
    for (size_t i = 0; i < n_patient * ns; i++) t->initial[i] = NAN;
}

void task_close(task *t)
{
    pf_program_free(t->program);
    pf_model_free(t->model);
    free(t->param);
    free(t->initial);
    free(t->seen);
}

static int begin(void *payload, pf_case *c)
{
    task *t = payload;
    if (t->next == t->last) return 0;
    size_t i = t->next++ % t->n_patient, np = t->program->n_param, ns = t->program->n_state;
    for (uint32_t p = 0; p < np; p++) pf_case_set(c, p, t->param[i * np + p]);
    for (uint32_t s = 0; s < ns; s++)
        if (!isnan(t->initial[i * ns + s])) pf_case_initial(c, s, t->initial[i * ns + s]);
    pf_case_span(c, 0, (double)t->days);
    for (size_t k = 0; k < t->n_stop; k++) pf_case_stop(c, t->stop[k]);
    for (uint32_t d = 0; d <= t->days; d++) pf_case_look(c, d, d);
    size_t n_out = t->program->n_out;
    pf_case_set_user(c, t->seen ? t->seen + i * (t->days + 1) * n_out : NULL);
    return 1;
}

static void look(void *payload, pf_case *c, double day, uint32_t tag, const double *out)
{
    task *t = payload;
    size_t n = t->program->n_out;
    double *seen = pf_case_user(c);
    (void)day;
    if (seen) memcpy(seen + tag * n, out, n * sizeof *out);
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    task *t = payload;
    (void)c;
    t->steps += how->steps;
    if (how->status == PF_CASE_DONE) return;
    fprintf(stderr, "%s: day %g: %s\n", t->name, how->t, pf_case_status_text((int)how->status));
    exit(1);
}

void task_run(task *t, int lanes, size_t first, size_t last)
{
    double *atol = malloc(t->program->n_state * sizeof *atol);
    if (!atol) exit(1);
    for (size_t s = 0; s < t->program->n_state; s++) atol[s] = t->atol;
    pf_engine_options o = {.lanes = lanes, .rtol = t->rtol, .atol = atol, .native = t->native};
    pf_source s = {.payload = t, .begin = begin, .look = look, .end = end};
    pf_engine *e;
    task_ok(t, pf_engine_new(&t->ctx, t->program, &o, &e));
    t->next = first;
    t->last = last;
    task_ok(t, pf_engine_run(&t->ctx, e, &s));
    pf_engine_free(e);
    free(atol);
}
