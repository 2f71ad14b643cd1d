/* Stochastic runs of one model: in blocks, on several threads; their sums in the runs' own
 * order, so that neither threads nor lanes show in the result. */
#include "api/simulate.h"
#include "model/lanes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Runs of one thread between two sums: as many, as long as their values are. */
enum { BLOCK_MOST = 256, BLOCK_LEAST = 8, VALUES = 1 << 22 };

/* One thread's part of a round. */
typedef struct {
    const pf_sim *s;
    pf_ctx ctx;
    pf_engine *engine;
    pthread_t thread;
    int running;
    size_t first, next, end; /* runs */
    size_t *number;          /* case user data, [block] */
    double *out;             /* [end - first][n_look][n_name] */
    size_t failed;           /* the first run that failed, SIZE_MAX: none */
    pf_err err;
} part;

/* Running mean and sum of squared deviations (Welford 1962), for each value of a run. */
typedef struct {
    const pf_sim *s;
    size_t n_part, n_value, block;
    part *part;
    double *mean, *square;
    double n;
    pf_buf rows;
    pf_sink *sink; /* of the single runs; NULL: they are not written */
} runs;

static int begin(void *payload, pf_case *c)
{
    part *w = payload;
    const pf_sim *s = w->s;
    if (w->next == w->end || w->failed != SIZE_MAX) return 0;
    size_t *number = &w->number[w->next - w->first];
    *number = w->next++;
    pf_case_span(c, s->o->start, s->end);
    pf_case_identity(c, s->o->seed, *number >> 32, (uint32_t)*number);
    pf_case_set_user(c, number);
    for (uint32_t i = 0; i < s->program->n_param; i++)
        if (!isnan(s->defaults[i])) pf_case_set(c, i, s->defaults[i]);
    for (size_t i = 0; i < s->n_set; i++) {
        pf_sim_target to = s->set[i].target;
        if (to.is_state)
            pf_case_initial(c, to.index, s->set[i].value);
        else
            pf_case_set(c, to.index, s->set[i].value);
    }
    for (size_t i = 0; i < s->n_look; i++) pf_case_look(c, s->look[i], (uint32_t)i);
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    part *w = payload;
    size_t run = *(size_t *)pf_case_user(c) - w->first;
    double *to = w->out + (run * w->s->n_look + tag) * w->s->n_name;
    (void)t;
    for (size_t i = 0; i < w->s->n_name; i++) to[i] = out[i];
}

const char *pf_sim_culprit(const pf_sim *s, const pf_case_end *how, char text[200])
{
    const pf_model *m = s->model;
    int jumps = how->status == PF_CASE_BAD_RATE || how->status == PF_CASE_BELOW_ZERO;
    const char *what = "state", *name = "(none)";
    uint32_t number = 0;
    if (jumps) {
        what = "reaction";
        number = s->program->channel[how->channel].reaction;
        name = pf_model_reaction(m, number);
    } else if (how->event < pf_model_event_count(m)) {
        what = "event";
        name = pf_model_event_name(m, number = how->event);
    } else if (how->state < pf_model_count(m, PF_SYMBOL_STATE)) {
        name = pf_model_symbol(m, PF_SYMBOL_STATE, how->state)->name;
    }
    if (name)
        snprintf(text, 200, "%s %s", what, name);
    else
        snprintf(text, 200, "%s number %u", what, number + 1);
    if (how->status == PF_CASE_BAD_RATE)
        snprintf(text + strlen(text), 200 - strlen(text), " (%g per unit of time)", how->value);
    return text;
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    part *w = payload;
    size_t run = *(size_t *)pf_case_user(c);
    char what[200];
    if (how->status == PF_CASE_DONE || run >= w->failed) return;
    w->failed = run;
    const char *mend = how->status == PF_CASE_BAD_RATE ? "; split a reversible reaction in two"
                       : how->status == PF_CASE_BELOW_ZERO
                           ? "; its rate must be 0 where there is nothing to take"
                           : "";
    pf_ctx_reset(&w->ctx); /* of a later run */
    pf_fail(&w->ctx, PF_ERR_SOLVER, "run %zu, time %g, %s of model %s: %s%s", run + 1, how->t,
        pf_sim_culprit(w->s, how, what), pf_model_name(w->s->model),
        pf_case_status_text(how->status), mend);
}

static void *thread_main(void *payload)
{
    part *w = payload;
    pf_source source = {.payload = w, .begin = begin, .look = look, .end = end};
    w->err = pf_engine_run(&w->ctx, w->engine, &source);
    return NULL;
}

static void add_run(runs *r, const double *x)
{
    r->n += 1.0;
    for (size_t i = 0; i < r->n_value; i++) {
        double before = x[i] - r->mean[i];
        r->mean[i] += before / r->n;
        r->square[i] += before * (x[i] - r->mean[i]);
    }
}

/* The single run that was just added. */
static void write_run(runs *r, const double *x)
{
    const pf_sim *s = r->s;
    for (size_t k = 0; r->sink && k < s->n_look; k++) {
        pf_csv_number(&r->rows, r->n);
        pf_csv_number(&r->rows, s->look[k]);
        for (size_t i = 0; i < s->n_name; i++) pf_csv_number(&r->rows, x[k * s->n_name + i]);
        pf_csv_end(&r->rows);
    }
    if (!r->sink) return;
    pf_sink_put(r->sink, r->rows.bytes, r->rows.size);
    pf_buf_empty(&r->rows);
}

/* Runs first .. first + n - 1. */
static pf_err round_of(pf_ctx *ctx, runs *r, size_t first, size_t n)
{
    for (size_t i = 0; i < r->n_part; i++) {
        part *w = &r->part[i];
        size_t from = i * r->block < n ? i * r->block : n,
               to = from + r->block < n ? from + r->block : n;
        w->first = w->next = first + from;
        w->end = first + to;
        w->failed = SIZE_MAX;
        w->running = i > 0 && !pthread_create(&w->thread, NULL, thread_main, w);
        if (i > 0 && !w->running) thread_main(w);
    }
    thread_main(&r->part[0]);
    pf_err err = PF_OK;
    for (size_t i = 0; i < r->n_part; i++) {
        part *w = &r->part[i];
        if (w->running) pthread_join(w->thread, NULL);
        if (err) continue;
        if (w->err || w->failed != SIZE_MAX)
            err = pf_fail(ctx, w->err ? w->err : PF_ERR_SOLVER, "%s", w->ctx.message);
        for (size_t k = 0; k < w->end - w->first && !err; k++) {
            add_run(r, w->out + k * r->n_value);
            write_run(r, w->out + k * r->n_value);
        }
    }
    return err;
}

static pf_err make_part(pf_ctx *ctx, runs *r, part *w)
{
    const pf_simulate_options *o = r->s->o;
    pf_engine_options eo = {.lanes = o->lanes,
        .rtol = r->s->rtol,
        .atol = r->s->atol,
        .native = r->s->native,
        .deterministic = o->deterministic,
        .jumps = !o->stochastic ? PF_JUMPS_NONE
                 : o->leap      ? PF_JUMPS_LEAP
                                : PF_JUMPS_EXACT};
    w->s = r->s;
    pf_ctx_init(&w->ctx);
    w->ctx.asked = o->cancel;
    w->out = pf_calloc(ctx, r->block * r->n_value, sizeof *w->out);
    w->number = pf_calloc(ctx, r->block, sizeof *w->number);
    if (!w->out || !w->number) return PF_ERR_NO_MEMORY;
    return pf_engine_new(ctx, r->s->program, &eo, &w->engine);
}

static pf_err check(pf_ctx *ctx, const pf_sim *s)
{
    const pf_simulate_options *o = s->o;
    if (o->lanes && !pf_lanes_available(o->lanes))
        return pf_fail(ctx, PF_ERR_RANGE, "lanes: %d is not offered here", o->lanes);
    if (o->threads < 0 || o->threads > 4096)
        return pf_fail(ctx, PF_ERR_RANGE, "threads: %d is not between 1 and 4096", o->threads);
    if (s->patients)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "runs are of one patient; leave '%s' out and set its values", o->patients);
    if (s->has_records || o->steady)
        return pf_fail(ctx, PF_ERR_CONFIG,
            "runs take no records and no steady state; write events for doses");
    return PF_OK;
}

static void write_table(const runs *r, pf_buf *text)
{
    const pf_sim *s = r->s;
    char column[300];
    int one = r->n < 2.0;
    pf_csv_text(text, "time");
    for (size_t i = 0; i < s->n_name; i++) {
        snprintf(column, sizeof column, one ? "%s" : "%s-mean", s->name[i]);
        pf_csv_text(text, column);
        snprintf(column, sizeof column, "%s-sd", s->name[i]);
        if (!one) pf_csv_text(text, column);
    }
    pf_csv_end(text);
    for (size_t k = 0; k < s->n_look; k++) {
        pf_csv_number(text, s->look[k]);
        for (size_t i = 0; i < s->n_name; i++) {
            size_t at = k * s->n_name + i;
            pf_csv_number(text, r->mean[at]);
            if (!one) pf_csv_number(text, sqrt(r->square[at] / (r->n - 1.0)));
        }
        pf_csv_end(text);
    }
}

static pf_err open_runs(pf_ctx *ctx, runs *r)
{
    const pf_sim *s = r->s;
    if (!s->o->runs_out) return PF_OK;
    PF_TRY(pf_sink_open(ctx, s->o->runs_out, &r->sink));
    pf_csv_text(&r->rows, "run");
    pf_csv_text(&r->rows, "time");
    for (size_t i = 0; i < s->n_name; i++) pf_csv_text(&r->rows, s->name[i]);
    pf_csv_end(&r->rows);
    return pf_buf_ok(&r->rows);
}

static pf_err close_runs(pf_ctx *ctx, runs *r)
{
    pf_sink *sink = r->sink;
    r->sink = NULL;
    PF_TRY(pf_buf_ok(&r->rows));
    return sink ? pf_sink_commit(ctx, sink) : PF_OK;
}

static void clear(runs *r)
{
    for (size_t i = 0; i < r->n_part; i++) {
        pf_engine_free(r->part[i].engine);
        pf_free(r->part[i].out);
        pf_free(r->part[i].number);
    }
    pf_sink_abandon(r->sink);
    pf_buf_clear(&r->rows);
    pf_free(r->part);
    pf_free(r->mean);
    pf_free(r->square);
}

pf_err pf_sim_runs(pf_ctx *ctx, const pf_sim *s, pf_buf *text)
{
    PF_TRY(check(ctx, s));
    runs r = {.s = s, .n_value = s->n_look * s->n_name};
    r.block = VALUES / r.n_value;
    r.block = r.block > BLOCK_MOST ? BLOCK_MOST : r.block < BLOCK_LEAST ? BLOCK_LEAST : r.block;
    size_t all = s->o->runs > 1 ? s->o->runs : 1,
           threads = s->o->threads ? (size_t)s->o->threads : 1;
    size_t n_part =
        threads < (all + r.block - 1) / r.block ? threads : (all + r.block - 1) / r.block;
    r.mean = pf_calloc(ctx, r.n_value, sizeof *r.mean);
    r.square = pf_calloc(ctx, r.n_value, sizeof *r.square);
    r.part = pf_calloc(ctx, n_part, sizeof *r.part);
    pf_err err = r.mean && r.square && r.part ? PF_OK : PF_ERR_NO_MEMORY;
    pf_buf_init(&r.rows, ctx);
    if (!err) err = open_runs(ctx, &r);
    while (!err && r.n_part < n_part) err = make_part(ctx, &r, &r.part[r.n_part++]);
    for (size_t i = 0; i < all && !err; i += n_part * r.block)
        err = round_of(ctx, &r, i, all - i < n_part * r.block ? all - i : n_part * r.block);
    if (!err) err = close_runs(ctx, &r);
    if (!err) write_table(&r, text);
    clear(&r);
    return err ? err : pf_buf_ok(text);
}
