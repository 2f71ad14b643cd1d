/* The steps of a tissue run, and what is written meanwhile. */
#include "api/tissue_job.h"
#include "store/snapshot.h"
#include "tissue/checkpoint.h"
#include "tissue/film.h"
#include "tissue/outcome.h"
#include "tissue/record.h"

#include <math.h>

typedef pf_tissue_job job;

static pf_err put(job *j, size_t which)
{
    pf_err err = pf_buf_ok(&j->buf);
    if (!err && j->buf.size) pf_tissue_folder_put(j->folder, which, j->buf.bytes, j->buf.size);
    pf_buf_empty(&j->buf);
    return err;
}

enum { LOOK_MS = 100 };

/* `doing`: what is written now, which may take its time; NULL: steps. */
static void look(job *j, double now, const char *doing)
{
    if (!j->o->progress || (!doing && (now - j->last) * 1000 < LOOK_MS)) return;
    j->last = now;
    const pf_tissue_progress p = {.minute = pf_tissue_minute(j->t),
        .minutes = (double)j->steps * j->setup->mechanics_step,
        .from = (double)j->first * j->setup->mechanics_step,
        .cells = j->t->cells.n,
        .kills = j->t->kills,
        .seconds = now - j->began,
        .doing = doing};
    j->o->progress(j->o->payload, &p);
}

/* ---- what is written ---- */

static pf_err write_events(job *j)
{
    if (j->t->n_event) {
        pf_events_rows(j->t, &j->buf);
        PF_TRY(put(j, j->events));
    }
    if (!j->t->n_life) return PF_OK;
    pf_lives_rows(j->t, &j->buf);
    return put(j, j->lives);
}

/* Seldom, and what others read first: not kept back. */
static pf_err write_counts(job *j)
{
    pf_counts_row(j->t, &j->buf);
    j->counted = j->t->step;
    PF_TRY(put(j, j->counts));
    PF_TRY(pf_tissue_folder_flush(&j->ctx, j->folder, j->counts));
    if (!j->setup->n_outcome) return PF_OK;
    PF_TRY(pf_outcomes_row(&j->ctx, j->t, &j->buf));
    PF_TRY(put(j, j->outcomes));
    return pf_tissue_folder_flush(&j->ctx, j->folder, j->outcomes);
}

enum { ROWS = 4096 };

static pf_err write_cells(job *j)
{
    size_t n = j->t->cells.n;
    PF_TRY(pf_tissue_folder_result(&j->ctx, j->folder, "cells.csv", &j->cells));
    pf_cells_head(j->setup, &j->buf);
    PF_TRY(put(j, j->cells));
    for (size_t i = 0; i < n; i += ROWS) {
        pf_cells_rows(j->t, i, i + ROWS < n ? i + ROWS : n, &j->buf);
        PF_TRY(put(j, j->cells));
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

static pf_err index_shots(job *j)
{
    const pf_moments m = {j->shot, j->n_shot, j->setup->mechanics_step};
    const char *to = pf_tissue_folder_snapshots_path(j->folder);
    return pf_snapshot_index(&j->ctx, &m, to, j->setup->shots);
}

/* A snapshot of what is now, and the indexes that name it. */
static pf_err shoot(job *j)
{
    const char *to = pf_tissue_folder_snapshots_path(j->folder);
    if (j->n_shot && j->shot[j->n_shot - 1] == j->t->step) return PF_OK;
    PF_TRY(pf_snapshot_write(&j->ctx, j->t, to, j->setup->shots));
    PF_TRY(pf_reserve(&j->ctx, &j->shot, &j->shot_capacity, j->n_shot, sizeof *j->shot));
    j->shot[j->n_shot++] = j->t->step;
    PF_TRY(pf_tissue_folder_snapped(&j->ctx, j->folder, j->t->step, pf_tissue_minute(j->t)));
    return index_shots(j);
}

/* One frame with one put: all that a killed run leaves is cut where a frame ends. */
static pf_err film(job *j)
{
    PF_TRY(pf_film_frame(&j->ctx, j->t, j->setup->film_cells, &j->buf));
    return put(j, j->film);
}

/* ---- checkpoints ---- */

/* How long until the next one, s: what was asked for, else a minute, or longer where a
 * checkpoint would take more than a fiftieth of the time. */
static double pause_after(const job *j, double cost)
{
    double asked = j->setup->checkpoint;
    if (isnan(asked)) return fmax(60, 50 * cost);
    return asked > 0 ? asked : INFINITY;
}

/* All that was written so far is on the disk, then the lesion itself. */
static pf_err keep(job *j)
{
    double begin = pf_call_clock();
    look(j, begin, "a checkpoint is written");
    PF_TRY(pf_tissue_folder_mark(&j->ctx, j->folder, j->t->mark));
    PF_TRY(pf_checkpoint_write(&j->ctx, pf_tissue_folder_checkpoint(j->folder), j->t));
    double end = pf_call_clock();
    j->next = end + pause_after(j, end - begin);
    pf_log(&j->ctx, PF_LOG_DEBUG, "checkpoint", "minute = %.12g, seconds = %.3f",
        pf_tissue_minute(j->t), end - begin);
    return PF_OK;
}

/* ---- the run ---- */

pf_err pf_tissue_job_open(job *j)
{
    pf_ctx *ctx = &j->ctx;
    PF_TRY(pf_tissue_folder_result(ctx, j->folder, "counts.csv", &j->counts));
    PF_TRY(pf_tissue_folder_result(ctx, j->folder, "events.csv", &j->events));
    PF_TRY(pf_tissue_folder_result(ctx, j->folder, "lives.csv", &j->lives));
    PF_TRY(pf_tissue_folder_result(ctx, j->folder, "film.bin", &j->film));
    if (j->setup->n_outcome)
        PF_TRY(pf_tissue_folder_result(ctx, j->folder, "outcomes.csv", &j->outcomes));
    if (!j->shots_every && !j->setup->n_shot_at) return PF_OK;
    PF_TRY(pf_tissue_folder_snapshots(ctx, j->folder, &j->shot, &j->n_shot));
    j->shot_capacity = j->n_shot;
    return j->n_shot ? index_shots(j) : PF_OK;
}

static pf_err first_rows(job *j)
{
    if (is_due(j, 1)) PF_TRY(shoot(j));
    if (j->setup->n_outcome) pf_outcomes_head(j->setup, &j->buf);
    if (j->buf.size) PF_TRY(put(j, j->outcomes));
    pf_counts_head(j->setup, &j->buf);
    PF_TRY(put(j, j->counts));
    PF_TRY(write_counts(j));
    pf_events_head(&j->buf);
    PF_TRY(put(j, j->events));
    pf_lives_head(&j->buf);
    PF_TRY(put(j, j->lives));
    pf_film_head(j->setup, &j->buf);
    PF_TRY(put(j, j->film));
    if (j->film_every) PF_TRY(film(j));
    return write_events(j);
}

/* What only the end has. The checkpoint comes first: a run that is to last longer goes on from
 * it without these. */
static pf_err last_rows(job *j)
{
    if (j->setup->checkpoint != 0) PF_TRY(keep(j));
    if (j->counted != j->t->step) PF_TRY(write_counts(j));
    if (is_due(j, 1)) PF_TRY(shoot(j));
    if (j->film_every && j->t->step % j->film_every) PF_TRY(film(j));
    look(j, pf_call_clock(), "the results are written");
    return write_cells(j);
}

pf_err pf_tissue_job_steps(job *j, int *complete)
{
    pf_tissue *t = j->t;
    *complete = 0;
    j->next = j->began + pause_after(j, 0);
    if (j->fresh) PF_TRY(first_rows(j));
    j->counted = t->step - t->step % j->every;
    while (t->step < j->steps && !pf_ctx_cancelled(&j->ctx)) {
        PF_TRY(pf_tissue_step(&j->ctx, t));
        PF_TRY(write_events(j));
        if (t->step % j->every == 0) PF_TRY(write_counts(j));
        if (is_due(j, 0)) PF_TRY(shoot(j));
        if (j->film_every && t->step % j->film_every == 0) PF_TRY(film(j));
        double now = pf_call_clock();
        if (now >= j->next && t->step < j->steps) PF_TRY(keep(j));
        look(j, now, NULL);
    }
    if (t->step < j->steps) return keep(j);
    *complete = 1;
    return last_rows(j);
}
