/* course_case.h: plays a table of records on a model, all persons at once, and keeps what was
 * seen at each row. Shared by the tests of records. */
#ifndef PF_TESTS_COURSE_CASE_H
#define PF_TESTS_COURSE_CASE_H
#include "ct.h"
#include "model/lanes.h"
#include "patient/course.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES_MOST = 8 };

typedef struct {
    const char *model, *records, *file; /* texts; file: a path instead of `records` */
    const char *const *name;
    size_t n_name;
    double start, end, rtol, atol; /* 0: 0, the last record, 1e-9, 1e-12 */
    int nocb, steady, expand, lanes, deterministic;
} script;

typedef struct {
    pf_ctx ctx;
    script s;
    pf_model *model;
    pf_record_table table;
    pf_program *program;
    pf_engine *engine;
    pf_course_plan plan;
    pf_course *course[8];
    const pf_course *of[8];
    double *seen;                      /* [n_row][n_name] */
    double extra[200][1 + NAMES_MOST]; /* time and values of additional doses */
    size_t n_extra, next;
    uint64_t steps;
    char problem[500]; /* the last */
} stage;

static inline int stage_begin(void *payload, pf_case *c)
{
    stage *g = payload;
    size_t k = 0;
    if (g->next == (g->table.n_person ? g->table.n_person : 1)) return 0;
    while (g->of[k]) k++;
    g->of[k] = g->course[k];
    pf_case_set_user(c, &g->of[k]);
    for (uint32_t i = 0; i < g->program->n_param; i++)
        pf_case_set(c, i, pf_model_symbol(g->model, PF_SYMBOL_PARAMETER, i)->value);
    pf_course_begin(g->course[k], c, g->table.n_person ? &g->table.person[g->next] : NULL);
    g->next++;
    return 1;
}

static inline pf_course *stage_course(stage *g, const pf_case *c)
{
    return g->course[(const pf_course **)pf_case_user(c) - g->of];
}

static inline void stage_look(
    void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    assert_true(pf_course_look(stage_course(payload, c), c, t, tag, out));
}

static inline void stage_stopped(void *payload, pf_case *c, const pf_stop *stop)
{
    pf_course_stopped(stage_course(payload, c), c, stop);
}

static inline void stage_row(void *payload, pf_case *c, const pf_course_row *x)
{
    stage *g = payload;
    size_t n = g->s.n_name, row = (size_t)(x->record - g->table.row);
    (void)c;
    if (!x->nth) {
        memcpy(g->seen + row * n, x->out, n * sizeof(double));
    } else if (g->n_extra < PF_COUNT(g->extra)) {
        g->extra[g->n_extra][0] = x->t;
        memcpy(g->extra[g->n_extra++] + 1, x->out, n * sizeof(double));
    }
}

static inline void stage_end(void *payload, pf_case *c, const pf_case_end *how)
{
    stage *g = payload;
    pf_course *k = stage_course(g, c);
    const char *problem = pf_course_problem(k);
    g->steps += how->steps;
    if (problem)
        snprintf(g->problem, sizeof g->problem, "%s", problem);
    else if (how->status != PF_CASE_DONE)
        snprintf(g->problem, sizeof g->problem, "%s%s", pf_course_stage(k),
            pf_case_status_text(how->status));
    *(const pf_course **)pf_case_user(c) = NULL;
}

static inline pf_err stage_open(stage *g, const script *s)
{
    memset(g, 0, sizeof *g);
    pf_ctx_init(&g->ctx);
    g->s = *s;
    if (!(g->s.rtol > 0)) g->s.rtol = 1e-9;
    if (!(g->s.atol > 0)) g->s.atol = 1e-12;
    assert_ok(&g->ctx, pf_model_parse(&g->ctx, s->model, "test.ant", &g->model));
    if (s->file) return pf_record_table_read(&g->ctx, s->file, g->model, s->start, &g->table);
    return pf_record_table_parse(
        &g->ctx, s->records, strlen(s->records), "doses.csv", g->model, s->start, &g->table);
}

static inline pf_err stage_play(stage *g)
{
    const script *s = &g->s;
    const char *output[64];
    const char *input[16];
    double atol[64];
    size_t n_input = 0;
    for (size_t i = 0; i < s->n_name; i++) output[i] = s->name[i];
    for (size_t i = 0; i < g->table.n_ask; i++) output[s->n_name + i] = g->table.ask[i];
    for (size_t i = 0; i < g->table.n_covariate; i++) {
        const pf_symbol *y =
            pf_model_symbol(g->model, PF_SYMBOL_PARAMETER, g->table.covariate[i]);
        if (isnan(y->value)) input[n_input++] = y->name;
    }
    pf_compile_options co = {.outputs = output,
        .n_outputs = s->n_name + g->table.n_ask,
        .inputs = input,
        .n_inputs = n_input};
    assert_ok(&g->ctx, pf_model_compile(&g->ctx, g->model, &co, &g->program));
    for (size_t i = 0; i < PF_COUNT(atol); i++) atol[i] = s->atol;
    double last = pf_record_table_last(&g->table);
    g->plan = (pf_course_plan){.records = &g->table,
        .program = g->program,
        .model = g->model,
        .ask0 = s->n_name,
        .nocb = s->nocb,
        .steady = s->steady,
        .t0 = s->start,
        .t1 = s->end > 0 ? s->end : last,
        .rtol = s->rtol,
        .atol = atol,
        .payload = g,
        .row = stage_row,
        .expand = s->expand};
    PF_TRY(pf_course_check(&g->ctx, &g->plan, s->deterministic));
    pf_engine_options eo = {.lanes = s->lanes ? s->lanes : 1,
        .rtol = s->rtol,
        .atol = atol,
        .n_input = g->table.n_input,
        .input = g->table.input,
        .deterministic = s->deterministic};
    assert_ok(&g->ctx, pf_engine_new(&g->ctx, g->program, &eo, &g->engine));
    for (int l = 0; l < eo.lanes; l++)
        assert_ok(&g->ctx, pf_course_new(&g->ctx, &g->plan, &g->course[l]));
    g->seen = pf_calloc(&g->ctx, g->table.n_row * s->n_name + 1, sizeof *g->seen);
    assert_non_null(g->seen);
    for (size_t i = 0; i < g->table.n_row * s->n_name; i++) g->seen[i] = NAN;
    pf_source source = {.payload = g,
        .begin = stage_begin,
        .look = stage_look,
        .stopped = stage_stopped,
        .end = stage_end};
    return pf_engine_run(&g->ctx, g->engine, &source);
}

/* Read and play; both must work, and no person may fail. */
static inline void play(stage *g, const script *s)
{
    pf_err err = stage_open(g, s);
    assert_ok(&g->ctx, err);
    err = stage_play(g);
    assert_ok(&g->ctx, err);
    assert_string_equal(g->problem, "");
}

static inline double seen(const stage *g, size_t row, size_t name)
{
    return g->seen[row * g->s.n_name + name];
}

static inline void stage_close(stage *g)
{
    for (int l = 0; l < 8; l++) pf_course_free(g->course[l]);
    pf_engine_free(g->engine);
    pf_program_free(g->program);
    pf_record_table_clear(&g->table);
    pf_model_free(g->model);
    pf_free(g->seen);
}
#endif
