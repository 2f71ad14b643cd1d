/* pf_simulate: patients through one model, in batches, on several threads, written in order. */
#include "api/simulate.h"
#include "model/lanes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BATCH = 256, LANES_MOST = 8 }; /* BATCH: patients of one thread between two writes */

/* One lane: the patient in it. */
typedef struct {
    pf_course *course;
    size_t patient;
    int busy;
} seat;

/* One thread's part of a batch. */
typedef struct {
    const pf_sim *s;
    pf_ctx ctx;
    pf_engine *engine;
    pf_course_plan plan;
    seat seat[LANES_MOST];
    pthread_t thread;
    int running;
    size_t next, end;  /* patients */
    size_t first;      /* of the thread's rows */
    double *out;       /* [end - first][n_look][n_name] */
    pf_sim_rows *rows; /* [end - first], where records are written */
    size_t failed;
    pf_err err;
} worker;

typedef struct {
    pf_sim sim;
    int n_worker;
    worker *worker;
    pf_buf text, records;
    pf_sink *sink, *records_sink;
    size_t failed;
    char failure[600]; /* the first */
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
    if (w->next == w->end || w->err) return 0;
    seat *at = w->seat;
    while (at->busy) at++; /* there are as many as lanes */
    at->busy = 1;
    at->patient = w->next++;
    pf_case_identity(c, s->o->seed, 0, at->patient);
    pf_case_set_user(c, at);
    set_values(w, c, at->patient);
    pf_course_begin(at->course, c, pf_sim_person(s, at->patient));
    return 1;
}

static double *row_of(const worker *w, size_t patient, size_t step)
{
    const pf_sim *s = w->s;
    return w->out + ((patient - w->first) * s->n_look + step) * s->n_name;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    worker *w = payload;
    seat *at = pf_case_user(c);
    if (pf_course_look(at->course, c, t, tag, out)) return;
    memcpy(row_of(w, at->patient, tag), out, w->s->n_name * sizeof *out);
}

static void stopped(void *payload, pf_case *c, const pf_stop *stop)
{
    (void)payload;
    pf_course_stopped(((seat *)pf_case_user(c))->course, c, stop);
}

static void record(void *payload, pf_case *c, const pf_course_row *row)
{
    worker *w = payload;
    size_t patient = ((seat *)pf_case_user(c))->patient;
    pf_sim_rows_add(&w->ctx, w->s, &w->rows[patient - w->first], row);
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    worker *w = payload;
    const pf_sim *s = w->s;
    seat *at = pf_case_user(c);
    const char *problem = pf_course_problem(at->course);
    char scratch[24], what[200];
    at->busy = 0;
    if ((how->status == PF_CASE_DONE && !problem) || w->failed++) return;
    const char *id = pf_sim_id(s, at->patient, scratch);
    if (problem)
        pf_fail(&w->ctx, PF_ERR_SOLVER, "patient %s, %s", id, problem);
    else
        pf_fail(&w->ctx, PF_ERR_SOLVER, "patient %s, %stime %g, %s of model %s: %s", id,
            pf_course_stage(at->course), how->t, pf_sim_culprit(s, how, what),
            pf_model_name(s->model), pf_case_status_text(how->status));
}

static void *thread_main(void *payload)
{
    worker *w = payload;
    pf_source source = {
        .payload = w, .begin = begin, .look = look, .stopped = stopped, .end = end};
    pf_err err = pf_engine_run(&w->ctx, w->engine, &source);
    if (err && !w->err) w->err = err;
    return NULL;
}

/* Simulate patients first .. first + n - 1 and wait for all. */
static pf_err run_batch(pf_ctx *ctx, job *j, size_t first, size_t n)
{
    size_t values = j->sim.n_look * j->sim.n_name;
    size_t each = (n + (size_t)j->n_worker - 1) / (size_t)j->n_worker;
    for (int i = 0; i < j->n_worker; i++) {
        worker *w = &j->worker[i];
        size_t from = (size_t)i * each < n ? (size_t)i * each : n;
        size_t to = from + each < n ? from + each : n;
        w->first = w->next = first + from;
        w->end = first + to;
        for (size_t k = 0; k < (to - from) * values; k++) w->out[k] = NAN;
        for (size_t k = 0; w->rows && k < to - from; k++) w->rows[k].n = 0;
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
            snprintf(j->failure, sizeof j->failure, "%.590s", w->ctx.message);
        j->failed += w->failed;
        w->failed = 0;
        pf_ctx_reset(&w->ctx);
    }
    return err;
}

static void flush(pf_sink *sink, pf_buf *text)
{
    if (!sink) return;
    pf_sink_put(sink, text->bytes, text->size);
    pf_buf_empty(text);
}

static pf_err write_rows(pf_ctx *ctx, job *j, const worker *w)
{
    const pf_sim *s = &j->sim;
    char scratch[24];
    for (size_t p = w->first; p < w->end; p++) {
        for (size_t k = 0; k < s->n_look; k++) {
            const double *x = row_of(w, p, k);
            if (s->named) pf_csv_text(&j->text, pf_sim_id(s, p, scratch));
            pf_csv_number(&j->text, s->look[k]);
            for (size_t i = 0; i < s->n_name; i++) pf_csv_number(&j->text, x[i]);
            pf_csv_end(&j->text);
        }
        if (!w->rows) continue;
        pf_sim_rows *rows = &w->rows[p - w->first];
        if (rows->failed)
            return pf_fail(ctx, rows->failed, "not enough memory for the records");
        pf_sim_write_rows(s, p, rows, &j->records);
    }
    flush(j->sink, &j->text);
    flush(j->records_sink, &j->records);
    return PF_OK;
}

/* Lanes that stay empty cost time too. */
static int fitting_lanes(size_t patients)
{
    int widest = pf_lanes_widest();
    if (patients == 1) return 1;
    return patients <= 4 && widest > 4 ? 4 : widest;
}

static pf_err make_seats(pf_ctx *ctx, worker *w, int lanes)
{
    const pf_sim *s = w->s;
    w->plan = (pf_course_plan){.records = s->has_records ? &s->records : NULL,
        .program = s->program,
        .model = s->model,
        .ask0 = s->n_name,
        .nocb = s->o->nocb,
        .steady = s->o->steady,
        .t0 = s->o->start,
        .t1 = s->end,
        .rtol = s->rtol,
        .atol = s->atol,
        .n_look = s->n_look,
        .look = s->look,
        .payload = w,
        .row = s->o->records_out ? record : NULL,
        .expand = s->o->expand};
    PF_TRY(pf_course_check(ctx, &w->plan, s->o->deterministic));
    for (int l = 0; l < lanes; l++) PF_TRY(pf_course_new(ctx, &w->plan, &w->seat[l].course));
    return PF_OK;
}

static pf_err make_worker(pf_ctx *ctx, const pf_sim *s, int lanes, worker *w)
{
    pf_engine_options eo = {.lanes = lanes,
        .rtol = s->rtol,
        .atol = s->atol,
        .n_input = s->records.n_input,
        .input = s->records.input,
        .deterministic = s->o->deterministic,
        .native = s->native};
    size_t room = s->n_patient < BATCH ? s->n_patient : BATCH;
    w->s = s;
    pf_ctx_init(&w->ctx);
    w->ctx.asked = s->o->cancel;
    w->out = pf_calloc(ctx, room, s->n_look * s->n_name * sizeof *w->out);
    if (!w->out) return PF_ERR_NO_MEMORY;
    if (s->o->records_out) {
        w->rows = pf_calloc(ctx, room, sizeof *w->rows);
        if (!w->rows) return PF_ERR_NO_MEMORY;
    }
    PF_TRY(pf_engine_new(ctx, s->program, &eo, &w->engine));
    return make_seats(ctx, w, lanes);
}

static void clear_worker(worker *w)
{
    pf_engine_free(w->engine);
    for (int l = 0; l < LANES_MOST; l++) pf_course_free(w->seat[l].course);
    for (size_t i = 0; w->rows && i < BATCH && i < w->s->n_patient; i++)
        pf_sim_rows_clear(&w->rows[i]);
    pf_free(w->rows);
    pf_free(w->out);
}

/* Somebody asked for native code: why is there none? */
static void tell_native(const pf_sim *s)
{
    if (s->o->native > 0 && s->o->log && pf_native_how(s->native) == PF_NATIVE_NONE)
        s->o->log(s->o->payload, PF_LEVEL_WARN, "native", pf_back_end_note(s->native));
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
    int lanes = o->lanes ? o->lanes : fitting_lanes(j->sim.n_patient);
    PF_TRY(pf_back_end(
        ctx, j->sim.program, lanes, o->native, (double)j->sim.n_patient, &j->sim.native));
    tell_native(&j->sim);
    j->worker = pf_calloc(ctx, (size_t)n, sizeof *j->worker);
    if (!j->worker) return PF_ERR_NO_MEMORY;
    while (j->n_worker < n) /* counted first: a half-made one is freed with the others */
        PF_TRY(make_worker(ctx, &j->sim, lanes, &j->worker[j->n_worker++]));
    return PF_OK;
}

static void write_header(job *j)
{
    const pf_sim *s = &j->sim;
    if (s->o->records_out) pf_sim_write_header(s, &j->records);
    if (!s->n_look) return;
    if (s->named) pf_csv_text(&j->text, "patient");
    pf_csv_text(&j->text, "time");
    for (size_t i = 0; i < s->n_name; i++) pf_csv_text(&j->text, s->name[i]);
    pf_csv_end(&j->text);
}

/* Both files appear when both are whole. */
static pf_err commit(pf_ctx *ctx, job *j)
{
    const pf_sim *s = &j->sim;
    pf_sink *sink = j->sink, *records = j->records_sink;
    PF_TRY(pf_buf_ok(&j->text));
    PF_TRY(pf_buf_ok(&j->records));
    j->sink = j->records_sink = NULL;
    pf_err err = records ? pf_sink_commit(ctx, records) : PF_OK;
    if (err)
        pf_sink_abandon(sink);
    else if (sink)
        err = pf_sink_commit(ctx, sink);
    if (err || (!sink && s->n_look)) return err;
    pf_buf_printf(&j->text, "%zu patient%s", s->n_patient, s->n_patient == 1 ? "" : "s");
    if (sink) pf_buf_printf(&j->text, ", %zu times: %s", s->n_look, s->o->out);
    if (records)
        pf_buf_printf(&j->text, ", %zu records: %s", s->records.n_row, s->o->records_out);
    pf_buf_text(&j->text, "\n");
    return pf_buf_ok(&j->text);
}

static pf_err run_all(pf_ctx *ctx, job *j)
{
    const pf_sim *s = &j->sim;
    if (s->o->out && s->n_look) PF_TRY(pf_sink_open(ctx, s->o->out, &j->sink));
    if (s->o->records_out) PF_TRY(pf_sink_open(ctx, s->o->records_out, &j->records_sink));
    write_header(j);
    size_t batch = (size_t)BATCH * (size_t)j->n_worker;
    for (size_t p = 0; p < s->n_patient; p += batch) {
        size_t n = s->n_patient - p < batch ? s->n_patient - p : batch;
        PF_TRY(run_batch(ctx, j, p, n));
        for (int i = 0; i < j->n_worker; i++) PF_TRY(write_rows(ctx, j, &j->worker[i]));
    }
    return commit(ctx, j);
}

static pf_err run_plain(pf_ctx *ctx, job *j)
{
    PF_TRY(make_workers(ctx, j));
    return run_all(ctx, j);
}

static pf_err run_stochastic(pf_ctx *ctx, job *j)
{
    const char *out = j->sim.o->out;
    if (out) PF_TRY(pf_sink_open(ctx, out, &j->sink));
    const pf_simulate_options *o = j->sim.o;
    int offered = !o->lanes || pf_lanes_available(o->lanes);
    if (offered) /* else pf_sim_runs says so */
        PF_TRY(pf_back_end(
            ctx, j->sim.program, o->lanes, o->native, (double)o->runs, &j->sim.native));
    if (offered) tell_native(&j->sim);
    PF_TRY(pf_sim_runs(ctx, &j->sim, &j->text));
    if (!j->sink) return PF_OK;
    pf_sink_put(j->sink, j->text.bytes, j->text.size);
    pf_buf_empty(&j->text);
    pf_sink *sink = j->sink;
    j->sink = NULL;
    PF_TRY(pf_sink_commit(ctx, sink));
    size_t runs = j->sim.o->runs > 1 ? j->sim.o->runs : 1;
    pf_buf_printf(&j->text, "%zu runs, %zu times: %s\n", runs, j->sim.n_look, out);
    return pf_buf_ok(&j->text);
}

pf_status pf_simulate(const pf_simulate_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    job j = {0};
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&j.text, &ctx);
    pf_buf_init(&j.records, &ctx);
    ctx.asked = options->cancel;
    pf_err err = pf_sim_read(&ctx, options, &j.sim);
    if (!err) err = pf_sim_repeats(options) ? run_stochastic(&ctx, &j) : run_plain(&ctx, &j);
    if (!err) err = pf_call_text(&ctx, &j.text, text);
    if (!err && j.failed && j.sim.n_patient == 1)
        err = pf_fail(&ctx, PF_ERR_SOLVER, "%s", j.failure);
    else if (!err && j.failed)
        err = pf_fail(&ctx, PF_ERR_SOLVER, "%zu of %zu patients failed; the first: %s",
            j.failed, j.sim.n_patient, j.failure);
    pf_sink_abandon(j.sink);
    pf_sink_abandon(j.records_sink);
    for (int i = 0; i < j.n_worker; i++) clear_worker(&j.worker[i]);
    pf_free(j.worker);
    pf_buf_clear(&j.text);
    pf_buf_clear(&j.records);
    pf_sim_clear(&j.sim);
    return pf_call_end(&ctx, err, error);
}
