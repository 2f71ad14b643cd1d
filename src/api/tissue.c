/* pf_tissue_run: a tissue file into a run folder. */
#include "api/call.h"
#include "store/snapshot.h"
#include "store/tissue_folder.h"
#include "tissue/outcome.h"
#include "tissue/record.h"
#include "tissue/setup_read.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

typedef struct {
    const pf_tissue_options *o;
    pf_tissue_result *result;
    pf_ctx ctx;
    pf_arena arena;
    pf_setup *setup;
    pf_tissue *t;
    pf_tissue_folder *folder;
    int threads;
    uint64_t steps, every, counted; /* of the mechanics: of the run, between rows, last row */
    size_t counts, events, lives, cells, outcomes; /* results of the folder */
    uint64_t shots_every;                          /* steps between snapshots; 0: none */
    uint64_t *shot;                                /* [n_shot] steps of those that were taken */
    size_t n_shot, shot_capacity;
    const char *shots;  /* their folder */
    double began, last; /* seconds */
    pf_buf buf;
} job;

static double clock_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void on_log(void *payload, pf_log_level level, const char *event, const char *text)
{
    job *j = payload;
    if (j->folder) pf_tissue_folder_log(j->folder, level, event, text);
    if (j->o->log) j->o->log(j->o->payload, (pf_level)level, event, text);
}

static int cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return 1;
    return CPU_COUNT(&set);
}

static pf_err check_options(job *j)
{
    const pf_tissue_options *o = j->o;
    if (!o->tissue) return pf_fail(&j->ctx, PF_ERR_CONFIG, "no tissue file was named");
    if (o->threads < 0 || o->threads > PF_CREW_MAX)
        return pf_fail(&j->ctx, PF_ERR_RANGE, "threads: %d is not between 1 and %d", o->threads,
            PF_CREW_MAX);
    j->threads = o->threads ? o->threads : cores();
    if (j->threads > PF_CREW_MAX) j->threads = PF_CREW_MAX;
    if (!pf_path_exists(o->tissue))
        return pf_fail(&j->ctx, PF_ERR_CONFIG, "there is no tissue file '%s'", o->tissue);
    return PF_OK;
}

/* The end that was asked for instead of the file's, min. */
static pf_err limit(job *j)
{
    pf_units *units;
    pf_quantity q;
    const char *wrong, *mend;
    if (!j->o->max_time) return PF_OK;
    PF_TRY(pf_units_new(&j->ctx, &units));
    double x = NAN;
    int good = pf_quantity_read(j->o->max_time, &q, &wrong, &mend) && !q.is_range &&
               q.has_unit && pf_unit_convert(units, q.low, q.unit, "min", &x);
    pf_units_free(units);
    if (!good || !(x > 0))
        return pf_fail(&j->ctx, PF_ERR_CONFIG,
            "the time limit '%s' is no time with its unit; write e.g. '60 min' or '2 hour'",
            j->o->max_time);
    if (x < j->setup->max_time) j->setup->max_time = x;
    return PF_OK;
}

static pf_err load(job *j)
{
    pf_diag d;
    pf_buf text;
    PF_TRY(check_options(j));
    pf_diag_init(&d, &j->ctx);
    pf_buf_init(&text, NULL);
    pf_err err = pf_setup_read_variant(&j->ctx, &d, j->o->tissue, j->o->variant, &j->setup);
    if (d.n) pf_diag_text(&d, &text);
    if (text.size && pf_call_text(NULL, &text, &j->result->text)) j->result->text = NULL;
    pf_buf_clear(&text);
    pf_diag_clear(&d);
    if (!err) err = limit(j);
    if (err) return err;
    if (j->o->has_seed) j->setup->seed = j->o->seed;
    double h = j->setup->mechanics_step;
    j->steps = (uint64_t)fmax(1, ceil(j->setup->max_time / h - 1e-9));
    j->every = (uint64_t)llround(j->setup->every / h);
    j->shots_every = (uint64_t)llround(j->setup->snapshots / h);
    return pf_tissue_new(&j->ctx, j->setup, j->threads, &j->t);
}

static pf_err open_folder(job *j)
{
    const char *out = j->o->out;
    if (!out || !*out) out = pf_arena_printf(&j->ctx, &j->arena, "runs/%s", j->setup->name);
    if (!out) return PF_ERR_NO_MEMORY;
    const pf_tissue_folder_options fo = {.path = out,
        .version = pf_version(),
        .force = j->o->force,
        .threads = j->threads,
        .minutes = (double)j->steps * j->setup->mechanics_step};
    PF_TRY(pf_tissue_folder_open(&j->ctx, &fo, j->setup, &j->folder));
    PF_TRY(pf_tissue_folder_begin(&j->ctx, j->folder, "counts.csv", &j->counts));
    PF_TRY(pf_tissue_folder_begin(&j->ctx, j->folder, "events.csv", &j->events));
    PF_TRY(pf_tissue_folder_begin(&j->ctx, j->folder, "lives.csv", &j->lives));
    if (j->setup->n_outcome)
        PF_TRY(pf_tissue_folder_begin(&j->ctx, j->folder, "outcomes.csv", &j->outcomes));
    return pf_tissue_folder_begin(&j->ctx, j->folder, "cells.csv", &j->cells);
}

static pf_err flush(job *j, size_t which)
{
    pf_err err = pf_buf_ok(&j->buf);
    if (!err && j->buf.size) pf_tissue_folder_put(j->folder, which, j->buf.bytes, j->buf.size);
    pf_buf_empty(&j->buf);
    return err;
}

static void announce(job *j)
{
    const size_t *n = j->setup->mesh.n;
    const pf_tissue_info info = {.tissue = j->setup->name,
        .folder = pf_tissue_folder_path(j->folder),
        .cells = j->t->cells.n,
        .voxels = (uint64_t)n[0] * n[1] * n[2],
        .substances = j->setup->n_substance,
        .minutes = (double)j->steps * j->setup->mechanics_step,
        .seed = j->setup->seed,
        .threads = j->threads};
    pf_log(&j->ctx, PF_LOG_DEBUG, "begin",
        "tissue = %s, version = %s, seed = %llu, threads = %d, cells = %zu", info.tissue,
        pf_version(), (unsigned long long)info.seed, info.threads, j->t->cells.n);
    if (j->o->start) j->o->start(j->o->payload, &info);
}

enum { LOOK_MS = 100 };

static void look(job *j)
{
    double now = clock_s();
    if (!j->o->progress || (now - j->last) * 1000 < LOOK_MS) return;
    j->last = now;
    const pf_tissue_progress p = {.minute = pf_tissue_minute(j->t),
        .minutes = (double)j->steps * j->setup->mechanics_step,
        .cells = j->t->cells.n,
        .kills = j->t->kills,
        .seconds = now - j->began};
    j->o->progress(j->o->payload, &p);
}

static pf_err write_events(job *j)
{
    if (j->t->n_event) {
        pf_events_rows(j->t, &j->buf);
        PF_TRY(flush(j, j->events));
    }
    if (!j->t->n_life) return PF_OK;
    pf_lives_rows(j->t, &j->buf);
    return flush(j, j->lives);
}

static pf_err write_counts(job *j)
{
    pf_counts_row(j->t, &j->buf);
    j->counted = j->t->step;
    PF_TRY(flush(j, j->counts));
    if (!j->setup->n_outcome) return PF_OK;
    if (!j->t->step) pf_outcomes_head(j->setup, &j->buf);
    PF_TRY(pf_outcomes_row(&j->ctx, j->t, &j->buf));
    return flush(j, j->outcomes);
}

enum { ROWS = 4096 };

static pf_err write_cells(job *j)
{
    size_t n = j->t->cells.n;
    pf_cells_head(j->setup, &j->buf);
    PF_TRY(flush(j, j->cells));
    for (size_t i = 0; i < n; i += ROWS) {
        pf_cells_rows(j->t, i, i + ROWS < n ? i + ROWS : n, &j->buf);
        PF_TRY(flush(j, j->cells));
    }
    return PF_OK;
}

/* Is a snapshot due? `border`: at the beginning and the end of a run that makes them regularly.
 */
static int is_due(const job *j, int border)
{
    const pf_setup *s = j->setup;
    if (j->shots_every && (border || j->t->step % j->shots_every == 0)) return 1;
    for (size_t i = 0; i < s->n_shot_at; i++)
        if ((uint64_t)llround(s->shot_at[i] / s->mechanics_step) == j->t->step) return 1;
    return 0;
}

/* A snapshot of what is now, and the indexes that name it. */
static pf_err shoot(job *j)
{
    const char *to = pf_tissue_folder_path(j->folder);
    if (j->n_shot && j->shot[j->n_shot - 1] == j->t->step) return PF_OK;
    if (!j->n_shot) {
        j->shots = pf_path_join(&j->ctx, &j->arena, to, PF_TISSUE_SNAPSHOTS);
        if (!j->shots) return PF_ERR_NO_MEMORY;
        PF_TRY(pf_dir_make(&j->ctx, j->shots));
    }
    PF_TRY(pf_snapshot_write(&j->ctx, j->t, j->shots, j->setup->shots));
    PF_TRY(pf_reserve(&j->ctx, &j->shot, &j->shot_capacity, j->n_shot, sizeof *j->shot));
    j->shot[j->n_shot++] = j->t->step;
    const pf_moments m = {j->shot, j->n_shot, j->setup->mechanics_step};
    return pf_snapshot_index(&j->ctx, &m, j->shots, j->setup->shots);
}

static pf_err steps(job *j)
{
    pf_tissue *t = j->t;
    if (is_due(j, 1)) PF_TRY(shoot(j));
    pf_counts_head(j->setup, &j->buf);
    PF_TRY(write_counts(j));
    pf_events_head(&j->buf);
    PF_TRY(flush(j, j->events));
    pf_lives_head(&j->buf);
    PF_TRY(flush(j, j->lives));
    PF_TRY(write_events(j));
    while (t->step < j->steps && !pf_ctx_cancelled(&j->ctx)) {
        PF_TRY(pf_tissue_step(&j->ctx, t));
        PF_TRY(write_events(j));
        if (t->step % j->every == 0) PF_TRY(write_counts(j));
        if (is_due(j, 0)) PF_TRY(shoot(j));
        look(j);
    }
    if (j->counted != t->step) PF_TRY(write_counts(j));
    if (is_due(j, 1)) PF_TRY(shoot(j));
    return write_cells(j);
}

static pf_err work(job *j)
{
    announce(j);
    j->began = j->last = clock_s();
    PF_TRY(steps(j));
    pf_tissue_result *r = j->result;
    int complete = j->t->step == j->steps;
    r->minute = pf_tissue_minute(j->t);
    r->minutes = (double)j->steps * j->setup->mechanics_step;
    r->cells = j->t->cells.n;
    r->kills = j->t->kills;
    r->births = j->t->births;
    r->seconds = clock_s() - j->began;
    pf_log(&j->ctx, PF_LOG_DEBUG, "end", "minutes = %.12g, cells = %zu, seconds = %.3f",
        r->minute, j->t->cells.n, r->seconds);
    PF_TRY(pf_tissue_folder_end(&j->ctx, j->folder, r->minute, complete));
    if (complete) return PF_OK;
    return pf_fail(
        &j->ctx, PF_ERR_CANCELLED, "stopped at %.12g of %.12g min", r->minute, r->minutes);
}

static void clear(job *j)
{
    pf_tissue_folder_close(j->folder);
    pf_tissue_free(j->t);
    pf_setup_free(j->setup);
    pf_free(j->shot);
    pf_arena_clear(&j->arena);
    pf_buf_clear(&j->buf);
}

pf_status pf_tissue_run(
    const pf_tissue_options *options, pf_tissue_result *result, pf_error *error)
{
    job j = {.o = options, .result = result};
    *result = (pf_tissue_result){0};
    pf_ctx_init(&j.ctx);
    if (options->size != sizeof *options)
        return pf_call_end(&j.ctx,
            pf_fail(&j.ctx, PF_ERR_CONFIG, "the options were made for another version"), error);
    j.ctx.log = on_log;
    j.ctx.log_payload = &j;
    j.ctx.log_level = PF_LOG_DEBUG;
    j.ctx.asked = options->cancel;
    pf_arena_init(&j.arena);
    pf_buf_init(&j.buf, &j.ctx);
    pf_err err = load(&j);
    if (!err) err = open_folder(&j);
    if (!err) err = work(&j);
    if (j.folder) {
        pf_buf path;
        pf_buf_init(&path, NULL);
        pf_buf_text(&path, pf_tissue_folder_path(j.folder));
        if (pf_call_text(NULL, &path, &result->folder)) result->folder = NULL;
        if (err) pf_log(&j.ctx, PF_LOG_DEBUG, "stop", "%s", j.ctx.message);
    }
    pf_status status = pf_call_end(&j.ctx, err, error);
    clear(&j);
    return status;
}

void pf_tissue_result_clear(pf_tissue_result *result)
{
    pf_free(result->folder);
    pf_free(result->text);
    *result = (pf_tissue_result){0};
}
