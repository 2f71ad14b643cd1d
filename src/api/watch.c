/* pf_watch: a run folder, its study, and what its patients say so far. */
#include "api/resume.h"
#include "perforin/watch.h"
#include "store/chunk_file.h"
#include "store/lookout.h"
#include "store/patients_csv.h"
#include "trial/simulate.h"
#include "trial/so_far.h"
#include "trial/study_read.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct pf_watch {
    pf_ctx ctx;
    pf_arena kept;  /* lives as long as the watch */
    pf_arena arena; /* lives until the next look */
    const char *folder;
    int may_come;
    pf_lookout run;
    unsigned generation; /* of the run that the following belongs to */
    pf_study *study;     /* NULL: not read yet, or it cannot be */
    pf_trial *trial;
    pf_so_far *so_far;
    int from_table; /* so_far holds all patients, from patients.csv */
    char why[PF_WHY_SIZE];
    pf_watch_arm *arm;
    const char *resume;
    pf_watch_state state;
    uint64_t whole; /* chunks at the last look */
    int looked;
};

/* ---- the study behind the folder ---- */

static void forget_study(pf_watch *w)
{
    pf_so_far_free(w->so_far);
    pf_trial_free(w->trial);
    pf_study_free(w->study);
    pf_free(w->arm);
    w->so_far = NULL;
    w->trial = NULL;
    w->study = NULL;
    w->arm = NULL;
    w->from_table = 0;
    w->why[0] = '\0';
}

static pf_err compile(pf_ctx *ctx, pf_watch *w, const char *path)
{
    pf_buf problems;
    pf_buf_init(&problems, NULL);
    pf_err err = pf_call_load(ctx, path, 0, &w->study, &problems);
    pf_buf_clear(&problems);
    if (!err) err = pf_trial_new(ctx, w->study, &w->trial);
    if (!err && pf_layout_hash(pf_trial_layout(w->trial)) != w->run.manifest.layout_hash)
        err = pf_fail(ctx, PF_ERR_VERSION,
            "its tables have other columns than version %s makes", pf_version());
    if (!err) err = pf_so_far_new(ctx, w->study, pf_trial_layout(w->trial), &w->so_far);
    if (!err) w->arm = pf_calloc(ctx, w->study->n_arm, sizeof *w->arm);
    return !err && !w->arm ? PF_ERR_NO_MEMORY : err;
}

/* Without a study there is progress and no figures. A run that has just begun may still be
 * copying its inputs, so `why` is no last word before its first chunk. */
static pf_err read_study(pf_watch *w)
{
    const pf_manifest *m = &w->run.manifest;
    pf_run_status s = {.manifest = *m};
    if (w->so_far || (w->why[0] && w->whole)) return PF_OK;
    PF_TRY(pf_run_status_inputs(&w->ctx, &w->arena, w->folder, &s));
    if (!s.inputs_whole) {
        snprintf(w->why, sizeof w->why, "its copies of the inputs are not whole");
        return PF_OK;
    }
    char *path = pf_arena_printf(&w->ctx, &w->arena, "%s/inputs/%s", w->folder, m->study_file);
    if (!path) return PF_ERR_NO_MEMORY;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    pf_err err = compile(&quiet, w, path);
    if (!err) {
        w->why[0] = '\0';
        pf_lookout_forget(&w->run); /* chunks that were only counted */
        w->generation = w->run.generation;
        return PF_OK;
    }
    forget_study(w);
    snprintf(
        w->why, sizeof w->why, "its copy of the study cannot be read: %.500s", quiet.message);
    return err == PF_ERR_NO_MEMORY ? err : PF_OK;
}

/* ---- patients ---- */

static pf_err add_rows(pf_ctx *ctx, void *payload, const pf_rows *patients)
{
    pf_watch *w = payload;
    return pf_so_far_add(ctx, w->so_far, patients);
}

static pf_err add_chunk(pf_ctx *ctx, void *payload, const pf_chunk *chunk)
{
    return add_rows(ctx, payload, &chunk->table[PF_TABLE_PATIENTS]);
}

static pf_err start_anew(pf_watch *w)
{
    pf_so_far_free(w->so_far);
    w->so_far = NULL;
    w->from_table = 0;
    w->generation = w->run.generation;
    return pf_so_far_new(&w->ctx, w->study, pf_trial_layout(w->trial), &w->so_far);
}

static pf_err read_chunks(pf_watch *w)
{
    for (int round = 0; round < 2; round++) { /* again when the run was begun anew meanwhile */
        const pf_layout *layout = w->so_far ? pf_trial_layout(w->trial) : NULL;
        PF_TRY(pf_lookout_chunks(&w->ctx, &w->run, layout, add_chunk, w));
        if (w->generation == w->run.generation || !w->so_far) break;
        PF_TRY(start_anew(w));
    }
    return PF_OK;
}

/* A complete run has no chunks; its table has the same rows. */
static pf_err read_table(pf_watch *w)
{
    uint64_t hash = pf_manifest_result(&w->run.manifest, "patients.csv");
    char *bytes = NULL, *path = pf_path_join(&w->ctx, &w->arena, w->folder, "patients.csv");
    size_t size;
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(start_anew(w));
    pf_err err = pf_file_read(&w->ctx, path, 0, &bytes, &size);
    if (!err && pf_hash(0, bytes, size) != hash)
        err = pf_fail(&w->ctx, PF_ERR_CORRUPT,
            "the run is complete, but '%s' is not what it wrote", path);
    const pf_patients_csv to = {w->study, pf_trial_layout(w->trial), add_rows, w};
    if (!err) err = pf_patients_csv_parse(&w->ctx, path, bytes, size, &to);
    pf_free(bytes);
    w->from_table = !err;
    return err;
}

/* A table that cannot be read costs the figures; one that is damaged is told. */
static pf_err final_rows(pf_watch *w)
{
    char why[PF_WHY_SIZE];
    pf_err err = read_table(w);
    if (!err || err == PF_ERR_CORRUPT || err == PF_ERR_NO_MEMORY) return err;
    snprintf(why, sizeof why, "%.590s", w->ctx.message);
    forget_study(w);
    memcpy(w->why, why, sizeof why);
    pf_ctx_reset(&w->ctx);
    return PF_OK;
}

/* ---- the view ---- */

static pf_watch_state state_of(const pf_watch *w)
{
    const pf_lookout *r = &w->run;
    if (r->manifest.complete) return PF_WATCH_COMPLETE;
    if (!r->busy) return PF_WATCH_STOPPED;
    return r->whole == r->chunks ? PF_WATCH_FINISHING : PF_WATCH_RUNNING;
}

static void fill_clock(const pf_watch *w, pf_watch_view *v)
{
    const pf_lookout *r = &w->run;
    struct timespec t;
    v->seconds = v->rate = v->left = NAN;
    if (!r->busy || r->began <= 0) return;
    clock_gettime(CLOCK_REALTIME, &t);
    double now = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
    v->seconds = fmax(0, now - r->began);
    if (!r->fresh || r->last - r->began < 1e-3) return;
    v->rate = (double)r->fresh / (r->last - r->began);
    double from = (double)(r->total - r->patients) / v->rate;
    v->left = fmax(0, from - fmax(0, now - r->last));
}

static pf_watch_median median_of(const pf_so_far_arm *a, pf_so_far_curve c)
{
    const pf_estimate *e = &a->curve[c].median;
    return (pf_watch_median){e->value, e->lower, e->upper, a->events[c]};
}

static pf_err fill_arms(pf_watch *w, pf_watch_view *v)
{
    const pf_study *s = w->study;
    PF_TRY(pf_so_far_medians(&w->ctx, w->so_far));
    v->title = s->title;
    v->n_arm = s->n_arm;
    v->arm = w->arm;
    v->has_response = w->so_far->has_response;
    int recurrence = s->assess.criteria == PF_CRITERIA_RECURRENCE;
    if (w->so_far->has_curve[PF_SO_FAR_PFS]) v->progression_free = recurrence ? "RFS" : "PFS";
    if (w->so_far->has_curve[PF_SO_FAR_OS]) v->overall = "OS";
    if (w->so_far->layout->grade_at) {
        v->n_grade = s->assess.n_grade;
        v->grade = s->assess.grade;
    }
    for (size_t i = 0; i < s->n_arm; i++) {
        const pf_so_far_arm *a = &w->so_far->arm[i];
        const uint64_t *best = a->response;
        double orr[3];
        PF_TRY(pf_so_far_response(&w->ctx, w->so_far, i, orr));
        w->arm[i] = (pf_watch_arm){s->arm[i].name, s->arm[i].size, a->patients, a->failed,
            a->treated, best[PF_RESPONSE_CR], best[PF_RESPONSE_PR], best[PF_RESPONSE_SD],
            best[PF_RESPONSE_PD], best[PF_RESPONSE_NE], orr[0], orr[1], orr[2],
            median_of(a, PF_SO_FAR_PFS), median_of(a, PF_SO_FAR_OS), a->grade};
        v->failed += a->failed;
    }
    return PF_OK;
}

static pf_err fill_end(pf_watch *w, pf_watch_view *v)
{
    if (v->state == PF_WATCH_COMPLETE) {
        v->report = pf_path_join(&w->ctx, &w->arena, w->folder, "report.html");
        return v->report ? PF_OK : PF_ERR_NO_MEMORY;
    }
    if (v->state != PF_WATCH_STOPPED) return PF_OK;
    char why[PF_WHY_SIZE];
    pf_run_status s = {.manifest = w->run.manifest};
    PF_TRY(pf_run_status_inputs(&w->ctx, &w->arena, w->folder, &s));
    PF_TRY(pf_call_resume(&w->ctx, &w->arena, w->folder, &s, why, &v->resume));
    if (v->resume || !why[0]) return PF_OK;
    v->why = pf_arena_strdup(&w->ctx, &w->arena, why);
    return v->why ? PF_OK : PF_ERR_NO_MEMORY;
}

static pf_err fill(pf_watch *w, pf_watch_view *v)
{
    const pf_lookout *r = &w->run;
    const pf_manifest *m = &r->manifest;
    v->state = state_of(w);
    v->changed = !w->looked || v->state != w->state || r->whole != w->whole;
    v->folder = w->folder;
    v->study = m->study;
    v->seed = m->seed;
    v->replicates = m->replicates;
    v->patients = m->patients;
    v->total = r->total;
    v->chunks = r->chunks;
    v->chunks_damaged = r->damaged;
    int all = v->state == PF_WATCH_COMPLETE;
    v->done = all ? r->total : r->patients;
    v->chunks_done = all ? r->chunks : r->whole;
    v->replicates_done = all ? m->replicates : r->replicates;
    v->why = w->why[0] ? w->why : NULL;
    w->state = v->state;
    w->whole = r->whole;
    w->looked = 1;
    fill_clock(w, v);
    if (w->so_far) PF_TRY(fill_arms(w, v));
    return fill_end(w, v);
}

/* ---- looking ---- */

/* Nothing there, or nothing but what a run makes first? */
static int is_absent(pf_watch *w)
{
    pf_folder_state state;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    return w->may_come && !pf_folder_look(&quiet, w->folder, &state) && state == PF_FOLDER_NEW;
}

static pf_err look(pf_watch *w, pf_watch_view *v)
{
    if (is_absent(w)) {
        *v = (pf_watch_view){
            .state = PF_WATCH_ABSENT, .changed = !w->looked, .folder = w->folder};
        w->looked = 1;
        return PF_OK;
    }
    PF_TRY(pf_call_find_run(&w->ctx, &w->arena, w->folder));
    w->may_come = 0;
    PF_TRY(pf_lookout_manifest(&w->ctx, &w->run));
    if (w->generation != w->run.generation) {
        forget_study(w);
        w->generation = w->run.generation;
    }
    PF_TRY(read_study(w));
    if (!w->from_table) PF_TRY(read_chunks(w));
    int all = w->run.whole == w->run.chunks || w->from_table;
    if (w->run.manifest.complete && !all && w->so_far) PF_TRY(final_rows(w));
    return fill(w, v);
}

pf_status pf_watch_look(pf_watch *watch, pf_watch_view *view, pf_error *error)
{
    *view = (pf_watch_view){.seconds = NAN, .rate = NAN, .left = NAN};
    pf_ctx_reset(&watch->ctx);
    pf_arena_clear(&watch->arena);
    pf_err err = look(watch, view);
    if (err == PF_ERR_CORRUPT) err = pf_call_damaged(&watch->ctx);
    return pf_call_end(&watch->ctx, err, error);
}

pf_status pf_watch_open(const char *folder, int may_come, pf_watch **out, pf_error *error)
{
    pf_ctx ctx;
    *out = NULL;
    pf_ctx_init(&ctx);
    pf_watch *w = pf_calloc(&ctx, 1, sizeof *w);
    if (!w) return pf_call_end(&ctx, PF_ERR_NO_MEMORY, error);
    pf_ctx_init(&w->ctx);
    pf_arena_init(&w->kept);
    pf_arena_init(&w->arena);
    w->may_come = may_come;
    w->folder = pf_arena_strdup(&w->ctx, &w->kept, folder ? folder : "");
    pf_err err = w->folder ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) pf_lookout_init(&w->run, w->folder);
    if (!err && !is_absent(w)) err = pf_call_find_run(&w->ctx, &w->arena, w->folder);
    pf_status status = pf_call_end(&w->ctx, err, error);
    if (err)
        pf_watch_close(w);
    else
        *out = w;
    return status;
}

void pf_watch_close(pf_watch *watch)
{
    if (!watch) return;
    forget_study(watch);
    pf_lookout_clear(&watch->run);
    pf_arena_clear(&watch->arena);
    pf_arena_clear(&watch->kept);
    pf_free(watch);
}
