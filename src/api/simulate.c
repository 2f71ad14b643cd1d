/* pf_simulate: patients through one model, in batches, on several threads, written in order. */
#include "api/simulate.h"
#include "model/lanes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 256 }; /* patients of one thread between two writes */

/* One thread's part of a batch. */
typedef struct {
    const pf_sim *s;
    pf_ctx ctx;
    pf_engine *engine;
    pthread_t thread;
    int running;
    size_t next, end; /* patients */
    size_t first;     /* of the thread's rows */
    double *out;      /* [end - first][steps + 1][n_name] */
    size_t *number;   /* scratch: case user data, [BATCH] */
    size_t failed;
    pf_err err;
} worker;

typedef struct {
    pf_sim sim;
    int n_worker;
    worker *worker;
    pf_buf text;
    pf_sink *sink;
    size_t failed;
    char failure[300]; /* the first */
} job;

static void apply(pf_case *c, pf_sim_target to, double value)
{
    if (to.is_state)
        pf_case_initial(c, to.index, value);
    else
        pf_case_set(c, to.index, value);
}

static void set_values(worker *w, pf_case *c, size_t patient)
{
    const pf_sim *s = w->s;
    for (uint32_t i = 0; i < s->program->n_param; i++)
        if (!isnan(s->defaults[i])) pf_case_set(c, i, s->defaults[i]);
    for (size_t i = 0; i < s->n_set; i++) apply(c, s->set[i].target, s->set[i].value);
    for (size_t i = 0; s->patients && i < pf_table_columns(s->patients); i++) {
        double x;
        if (i == s->id_column) continue;
        pf_err err = pf_table_number(&w->ctx, s->patients, patient, i, &x);
        if (err && !w->err) w->err = err;
        if (!err && !isnan(x)) apply(c, s->column[i], x);
    }
}

static int begin(void *payload, pf_case *c)
{
    worker *w = payload;
    const pf_sim *s = w->s;
    char scratch[24];
    if (w->next == w->end || w->err) return 0;
    size_t patient = w->next++;
    const char *id = pf_sim_id(s, patient, scratch);
    double t0 = s->o->start, t1 = s->o->start + s->o->duration;
    w->number[patient - w->first] = patient;
    pf_case_span(c, t0, t1);
    pf_case_identity(c, s->o->seed, 0, patient);
    pf_case_set_user(c, &w->number[patient - w->first]);
    set_values(w, c, patient);
    for (size_t i = 0; i < s->n_stop; i++)
        if ((!s->stop[i].id || pf_text_equal(s->stop[i].id, id)) && s->stop[i].stop.t <= t1)
            pf_case_stop(c, s->stop[i].stop);
    for (size_t i = 0; i <= s->o->steps; i++)
        pf_case_look(c, t0 + s->o->duration * (double)i / (double)s->o->steps, (uint32_t)i);
    return 1;
}

static double *row_of(const worker *w, size_t patient, size_t step)
{
    const pf_sim *s = w->s;
    return w->out + ((patient - w->first) * (s->o->steps + 1) + step) * s->n_name;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    worker *w = payload;
    (void)t;
    memcpy(row_of(w, *(size_t *)pf_case_user(c), tag), out, w->s->n_name * sizeof *out);
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    worker *w = payload;
    if (how->status == PF_CASE_DONE) return;
    char scratch[24];
    if (!w->failed++)
        pf_fail(&w->ctx, PF_ERR_SOLVER, "patient %s, time %g, state %s: %s",
            pf_sim_id(w->s, *(size_t *)pf_case_user(c), scratch), how->t,
            pf_model_symbol(w->s->model, PF_SYMBOL_STATE, how->state)->name,
            pf_case_status_text(how->status));
}

static void *thread_main(void *payload)
{
    worker *w = payload;
    pf_source source = {.payload = w, .begin = begin, .look = look, .end = end};
    pf_err err = pf_engine_run(&w->ctx, w->engine, &source);
    if (err && !w->err) w->err = err;
    return NULL;
}

/* Simulate patients first .. first + n - 1 and wait for all. */
static pf_err run_batch(pf_ctx *ctx, job *j, size_t first, size_t n)
{
    size_t values = (j->sim.o->steps + 1) * j->sim.n_name;
    size_t each = (n + (size_t)j->n_worker - 1) / (size_t)j->n_worker;
    for (int i = 0; i < j->n_worker; i++) {
        worker *w = &j->worker[i];
        size_t from = (size_t)i * each < n ? (size_t)i * each : n;
        size_t to = from + each < n ? from + each : n;
        w->first = w->next = first + from;
        w->end = first + to;
        for (size_t k = 0; k < (to - from) * values; k++) w->out[k] = NAN;
        w->running = i > 0 && !pthread_create(&w->thread, NULL, thread_main, w);
        if (i > 0 && !w->running) thread_main(w);
    }
    thread_main(&j->worker[0]);
    pf_err err = PF_OK;
    for (int i = 0; i < j->n_worker; i++) {
        worker *w = &j->worker[i];
        if (w->running) pthread_join(w->thread, NULL);
        if (w->err && !err) err = pf_fail(ctx, w->err, "%s", w->ctx.message);
        if (w->failed && !j->failed)
            snprintf(j->failure, sizeof j->failure, "%.290s", w->ctx.message);
        j->failed += w->failed;
        w->failed = 0;
        pf_ctx_reset(&w->ctx);
    }
    return err;
}

static void write_rows(job *j, const worker *w)
{
    const pf_sim *s = &j->sim;
    char scratch[24];
    for (size_t p = w->first; p < w->end; p++)
        for (size_t k = 0; k <= s->o->steps; k++) {
            const double *x = row_of(w, p, k);
            if (s->patients) pf_csv_text(&j->text, pf_sim_id(s, p, scratch));
            pf_csv_number(
                &j->text, s->o->start + s->o->duration * (double)k / (double)s->o->steps);
            for (size_t i = 0; i < s->n_name; i++) pf_csv_number(&j->text, x[i]);
            pf_csv_end(&j->text);
        }
    if (!j->sink) return;
    pf_sink_put(j->sink, j->text.bytes, j->text.size);
    pf_buf_empty(&j->text);
}

static pf_err make_workers(pf_ctx *ctx, job *j)
{
    const pf_simulate_options *o = j->sim.o;
    if (o->lanes && !pf_lanes_available(o->lanes))
        return pf_fail(ctx, PF_ERR_RANGE, "lanes: %d is not offered here", o->lanes);
    if (o->threads < 0 || o->threads > 4096)
        return pf_fail(ctx, PF_ERR_RANGE, "threads: %d is not between 1 and 4096", o->threads);
    int n = o->threads ? o->threads : 1;
    if ((size_t)n > j->sim.n_patient) n = (int)j->sim.n_patient;
    pf_engine_options eo = {.lanes = o->lanes,
        .rtol = o->rtol > 0 ? o->rtol : 1e-6,
        .atol = j->sim.atol,
        .n_input = j->sim.n_input,
        .input = j->sim.input};
    j->worker = pf_calloc(ctx, (size_t)n, sizeof *j->worker);
    if (!j->worker) return PF_ERR_NO_MEMORY;
    size_t values = (o->steps + 1) * j->sim.n_name;
    for (; j->n_worker < n; j->n_worker++) {
        worker *w = &j->worker[j->n_worker];
        w->s = &j->sim;
        pf_ctx_init(&w->ctx);
        size_t room = j->sim.n_patient < BATCH ? j->sim.n_patient : BATCH;
        w->out = pf_calloc(ctx, room, values * sizeof *w->out);
        w->number = pf_calloc(ctx, room, sizeof *w->number);
        pf_err err = w->out && w->number ? pf_engine_new(ctx, j->sim.program, &eo, &w->engine)
                                         : PF_ERR_NO_MEMORY;
        if (err) {
            j->n_worker++; /* half made; freed with the others */
            return err;
        }
    }
    return PF_OK;
}

static pf_err run_all(pf_ctx *ctx, job *j)
{
    const pf_sim *s = &j->sim;
    if (s->o->out) PF_TRY(pf_sink_open(ctx, s->o->out, &j->sink));
    if (j->sim.patients) pf_csv_text(&j->text, "patient");
    pf_csv_text(&j->text, "time");
    for (size_t i = 0; i < s->n_name; i++) pf_csv_text(&j->text, s->name[i]);
    pf_csv_end(&j->text);
    size_t batch = (size_t)BATCH * (size_t)j->n_worker;
    for (size_t p = 0; p < s->n_patient; p += batch) {
        size_t n = s->n_patient - p < batch ? s->n_patient - p : batch;
        PF_TRY(run_batch(ctx, j, p, n));
        for (int i = 0; i < j->n_worker; i++) write_rows(j, &j->worker[i]);
    }
    PF_TRY(pf_buf_ok(&j->text));
    if (!j->sink) return PF_OK;
    pf_sink *sink = j->sink;
    j->sink = NULL;
    PF_TRY(pf_sink_commit(ctx, sink));
    pf_buf_empty(&j->text);
    pf_buf_printf(
        &j->text, "%zu patients, %zu times: %s\n", s->n_patient, s->o->steps + 1, s->o->out);
    return pf_buf_ok(&j->text);
}

pf_status pf_simulate(const pf_simulate_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    job j = {0};
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&j.text, &ctx);
    pf_err err = pf_sim_read(&ctx, options, &j.sim);
    if (!err) err = make_workers(&ctx, &j);
    if (!err) err = run_all(&ctx, &j);
    if (!err) err = pf_call_text(&ctx, &j.text, text);
    if (!err && j.failed)
        err = pf_fail(&ctx, PF_ERR_SOLVER, "%zu of %zu patients failed; the first: %s",
            j.failed, j.sim.n_patient, j.failure);
    pf_sink_abandon(j.sink);
    for (int i = 0; i < j.n_worker; i++) {
        pf_engine_free(j.worker[i].engine);
        pf_free(j.worker[i].out);
        pf_free(j.worker[i].number);
    }
    pf_free(j.worker);
    pf_buf_clear(&j.text);
    pf_sim_clear(&j.sim);
    return pf_call_end(&ctx, err, error);
}
