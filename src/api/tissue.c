/* pf_tissue_run: a tissue file into a run folder, or on from where one stopped. */
#include "api/resume.h"
#include "api/tissue_job.h"
#include "api/tissue_page.h"
#include "tissue/checkpoint.h"
#include "tissue/setup_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef pf_tissue_job job;

static void on_log(void *payload, pf_log_level level, const char *event, const char *text)
{
    job *j = payload;
    if (j->folder) pf_tissue_folder_log(j->folder, level, event, text);
    if (j->o->log) j->o->log(j->o->payload, (pf_level)level, event, text);
}

/* A study of patients has been named instead. */
static int is_study(const char *path)
{
    char *text;
    size_t size;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    if (pf_is_tissue(path) || pf_file_read(&quiet, path, 1 << 20, &text, &size)) return 0;
    int is = !strncmp(text, "study:", 6) || strstr(text, "\nstudy:") != NULL;
    pf_free(text);
    return is;
}

static pf_err check_options(job *j)
{
    const pf_tissue_options *o = j->o;
    int kept = !o->tissue && o->resume && o->out; /* the run's own copy */
    if (!o->tissue && !kept) return pf_fail(&j->ctx, PF_ERR_CONFIG, "no tissue file was named");
    if (o->force && o->resume)
        return pf_fail(
            &j->ctx, PF_ERR_CONFIG, "to resume and to begin again exclude each other");
    if (o->threads < 0 || o->threads > PF_CREW_MAX)
        return pf_fail(&j->ctx, PF_ERR_RANGE, "threads: %d is not between 1 and %d", o->threads,
            PF_CREW_MAX);
    j->threads = o->threads ? o->threads : pf_call_cores();
    if (j->threads > PF_CREW_MAX) j->threads = PF_CREW_MAX;
    if (kept && !pf_tissue_manifest(&j->ctx, &j->arena, o->out))
        return pf_call_no_tissue(&j->ctx, &j->arena, o->out);
    if (!kept && !pf_path_exists(o->tissue))
        return pf_fail(&j->ctx, PF_ERR_CONFIG, "there is no tissue file '%s'", o->tissue);
    if (!kept && is_study(o->tissue))
        return pf_fail(&j->ctx, PF_ERR_CONFIG,
            "'%s' is a study of patients, no tissue: 'perforin run' simulates it", o->tissue);
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
    if (good && (!(x > 0) || x > 1e9))
        return pf_fail(&j->ctx, PF_ERR_CONFIG,
            "the time limit '%s' is %g min; expected more than 0 and at most 1e+09 min",
            j->o->max_time, x);
    if (!good)
        return pf_fail(&j->ctx, PF_ERR_CONFIG,
            "the time limit '%s' is no time with its unit; write e.g. '60 min' or '2 hour'",
            j->o->max_time);
    j->setup->max_time = x;
    return PF_OK;
}

static pf_err read_file(job *j, const char *variant)
{
    pf_diag d;
    pf_buf text;
    pf_diag_init(&d, &j->ctx);
    pf_buf_init(&text, NULL);
    pf_setup_free(j->setup);
    pf_err err = j->o->tissue
                     ? pf_setup_read_variant(&j->ctx, &d, j->o->tissue, variant, &j->setup)
                     : pf_setup_read_kept(&j->ctx, &d, j->o->out, variant, &j->setup);
    if (d.n) pf_diag_text(&d, &text);
    pf_free(j->result->text);
    j->result->text = NULL;
    if (text.size && pf_call_text(NULL, &text, &j->result->text)) j->result->text = NULL;
    j->result->wrong = err && j->result->text;
    pf_buf_clear(&text);
    pf_diag_clear(&d);
    return err;
}

/* Member `name` of the settings of the run in a folder, which is to go on; NULL: none. */
static const pf_jvalue *setting(job *j, const char *out, const char *name)
{
    if (!j->o->resume || !out || !*out) return NULL;
    return pf_jvalue_get(
        pf_jvalue_get(pf_tissue_manifest(&j->ctx, &j->arena, out), "settings"), name);
}

/* A run that goes on keeps its variant, its seed and its end where nobody asks for others. */
static pf_err read_all(job *j, const char **out)
{
    const char *chosen = j->o->variant;
    *out = j->o->out;
    if (!chosen) chosen = pf_jvalue_text(setting(j, *out, "variant"), NULL);
    PF_TRY(read_file(j, chosen));
    if (*out && **out) return PF_OK;
    *out = pf_arena_printf(&j->ctx, &j->arena, "runs/%s", j->setup->name);
    if (!*out) return PF_ERR_NO_MEMORY;
    const char *variant = pf_jvalue_text(setting(j, *out, "variant"), NULL);
    return variant && !j->o->variant ? read_file(j, variant) : PF_OK;
}

static pf_err load(job *j, const char **out)
{
    PF_TRY(check_options(j));
    PF_TRY(read_all(j, out));
    double minutes = pf_jvalue_number(setting(j, *out, "minutes"));
    const char *seed = pf_jvalue_text(setting(j, *out, "seed"), NULL);
    if (minutes > 0) j->setup->max_time = minutes;
    if (seed) j->setup->seed = strtoull(seed, NULL, 10);
    if (j->o->has_seed) j->setup->seed = j->o->seed;
    PF_TRY(limit(j));
    double h = j->setup->mechanics_step;
    j->steps = (uint64_t)fmax(1, ceil(j->setup->max_time / h - 1e-9));
    j->every = (uint64_t)llround(j->setup->every / h);
    j->shots_every = (uint64_t)llround(j->setup->snapshots / h);
    j->film_every = (uint64_t)llround(j->setup->film / h);
    return pf_tissue_field_error(&j->ctx, j->setup, j->threads, &j->field_error);
}

/* The folder, and the lesion as it begins or as the checkpoint has it. A lesion that cannot
 * begin leaves no folder. */
static pf_err open_folder(job *j, const char *out)
{
    double done;
    const pf_tissue_folder_options fo = {.path = out,
        .version = pf_version(),
        .force = j->o->force,
        .resume = j->o->resume,
        .threads = j->threads,
        .field_error = j->field_error.minutes > 0 ? &j->field_error : NULL,
        .minutes = (double)j->steps * j->setup->mechanics_step};
    PF_TRY(pf_tissue_folder_open(&j->ctx, &fo, j->setup, &j->folder));
    j->fresh = !pf_tissue_folder_resumes(j->folder);
    if (!pf_tissue_folder_is_complete(j->folder, &done) || !j->fresh) return PF_OK;
    if ((uint64_t)llround(done / j->setup->mechanics_step) == j->steps) return PF_OK;
    return pf_fail(&j->ctx, PF_ERR_CONFIG,
        "the run in '%s' is complete at %.12g min and has no '%s' to go on from; begin again "
        "with --force",
        out, done, PF_TISSUE_CHECKPOINT);
}

/* 1: the run has come to its end already. */
static int is_done(const job *j)
{
    double done;
    return pf_tissue_folder_is_complete(j->folder, &done) &&
           (uint64_t)llround(done / j->setup->mechanics_step) == j->steps;
}

static pf_err begin(job *j)
{
    if (j->fresh) {
        PF_TRY(pf_tissue_new(&j->ctx, j->setup, j->threads, &j->t));
    } else {
        PF_TRY(pf_checkpoint_read(
            &j->ctx, pf_tissue_folder_checkpoint(j->folder), j->setup, j->threads, &j->t));
        if (j->t->step > j->steps)
            return pf_fail(&j->ctx, PF_ERR_CONFIG,
                "the run in '%s' has come to %.12g min already, and is to end at %.12g; begin "
                "again with --force",
                pf_tissue_folder_path(j->folder), pf_tissue_minute(j->t),
                (double)j->steps * j->setup->mechanics_step);
    }
    j->first = j->t->step;
    PF_TRY(pf_tissue_folder_begin(&j->ctx, j->folder, j->fresh ? NULL : j->t->mark));
    return pf_tissue_job_open(j);
}

/* A large step of the fields is told of, and warned of where it costs much. */
static void tell_field_error(job *j)
{
    const pf_field_error *e = &j->field_error;
    if (!(e->minutes > 0)) return;
    int much = e->of[e->worst] > PF_FIELD_ERROR_WARN;
    pf_field_error_sentence(j->setup, e, &j->buf);
    if (much) pf_buf_printf(&j->buf, "; a smaller `steps: field` is nearer");
    if (!pf_buf_ok(&j->buf))
        pf_log(&j->ctx, much ? PF_LOG_WARN : PF_LOG_INFO, "field-step", "%.*s",
            (int)j->buf.size, j->buf.bytes);
    pf_buf_empty(&j->buf);
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
        .from = pf_tissue_minute(j->t),
        .seed = j->setup->seed,
        .threads = j->threads};
    pf_log(&j->ctx, PF_LOG_DEBUG, j->fresh ? "begin" : "resume",
        "tissue = %s, version = %s, seed = %llu, threads = %d, minute = %.12g, cells = %zu",
        info.tissue, pf_version(), (unsigned long long)info.seed, info.threads, info.from,
        j->t->cells.n);
    if (j->o->start) j->o->start(j->o->payload, &info);
    tell_field_error(j);
}

static void fill_result(job *j)
{
    pf_tissue_result *r = j->result;
    r->minute = pf_tissue_minute(j->t);
    r->minutes = (double)j->steps * j->setup->mechanics_step;
    r->cells = j->t->cells.n;
    r->kills = j->t->kills;
    r->births = j->t->births;
    r->seconds = pf_call_clock() - j->began;
    pf_log(&j->ctx, PF_LOG_DEBUG, "end", "minutes = %.12g, cells = %zu, seconds = %.3f",
        r->minute, j->t->cells.n, r->seconds);
}

/* The page of a complete run, from its folder as perforin report makes it. */
static pf_err report(job *j)
{
    if (j->o->no_report) return PF_OK;
    const char *folder = pf_tissue_folder_path(j->folder);
    const char *path = pf_path_join(&j->ctx, &j->arena, folder, PF_TISSUE_PAGE);
    if (!path) return PF_ERR_NO_MEMORY;
    /* A run that was complete before may have been killed ahead of its page. */
    if (j->result->already && pf_path_exists(path)) return PF_OK;
    PF_TRY(pf_call_tissue_report(&j->ctx, folder, NULL, path));
    j->result->report = pf_call_copy(path);
    return PF_OK;
}

/* A complete run that is to last longer: its results have to be what it wrote, before they stop
 * being those of a complete run. */
static pf_err check_whole(job *j)
{
    double minutes;
    const char *folder = pf_tissue_folder_path(j->folder);
    if (!pf_tissue_folder_is_complete(j->folder, &minutes)) return PF_OK;
    const pf_jvalue *manifest = pf_tissue_manifest(&j->ctx, &j->arena, folder),
                    *results = pf_jvalue_get(manifest, "results");
    for (const pf_jvalue *r = results ? results->first : NULL; r; r = r->next)
        PF_TRY(pf_call_tissue_file_is(&j->ctx, &j->arena, folder, manifest, r->key));
    return PF_OK;
}

static pf_err work(job *j)
{
    int complete;
    if (is_done(j)) {
        pf_log(&j->ctx, PF_LOG_INFO, "resume",
            "the run is complete already; nothing was left to do: a later end is asked for "
            "with "
            "--max-time");
        j->result->already = 1;
        return report(j);
    }
    PF_TRY(check_whole(j));
    PF_TRY(begin(j));
    announce(j);
    j->began = j->last = pf_call_clock();
    PF_TRY(pf_tissue_job_steps(j, &complete));
    fill_result(j);
    const pf_tissue_result *r = j->result;
    if (complete) {
        PF_TRY(pf_tissue_folder_end(&j->ctx, j->folder, r->minute));
        return report(j);
    }
    PF_TRY(pf_tissue_folder_stop(&j->ctx, j->folder, r->minute));
    return pf_fail(
        &j->ctx, PF_ERR_CANCELLED, "stopped at %.12g of %.12g min", r->minute, r->minutes);
}

/* What a caller may say about the folder: where it is, and how to go on. */
static void tell_folder(job *j, pf_err err)
{
    pf_buf b;
    const char *path = pf_tissue_folder_path(j->folder);
    j->result->folder = pf_call_copy(path);
    if (!err) return;
    pf_log(&j->ctx, PF_LOG_DEBUG, "stop", "%s", j->ctx.message);
    if (!(j->began > 0) || !pf_path_exists(pf_tissue_folder_checkpoint(j->folder))) return;
    pf_buf_init(&b, NULL);
    pf_call_resume_tissue(path, &b);
    if (pf_call_text(NULL, &b, &j->result->resume)) j->result->resume = NULL;
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
    const char *out;
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
    pf_err err = load(&j, &out);
    if (!err) err = open_folder(&j, out);
    if (!err) err = work(&j);
    if (j.folder) tell_folder(&j, err);
    pf_status status = pf_call_end(&j.ctx, err, error);
    clear(&j);
    return status;
}

void pf_tissue_result_clear(pf_tissue_result *result)
{
    pf_free(result->folder);
    pf_free(result->text);
    pf_free(result->report);
    pf_free(result->resume);
    *result = (pf_tissue_result){0};
}
