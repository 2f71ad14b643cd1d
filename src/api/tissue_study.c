/* pf_tissue_study: a tissue file and its variants, seed by seed, and their answers. */
#include "api/call.h"
#include "api/tissue_answers.h"
#include "api/tissue_page.h"
#include "tissue/setup_read.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const pf_tissue_study_options *o;
    pf_tissue_study_result *result;
    pf_ctx ctx;
    pf_answers a;
    pf_setup *setup; /* of the base */
    const char *out;
    size_t now, run, kept; /* the run that goes on; how many runs of this call are over, kept */
    double began, reached; /* seconds; minutes simulated by runs of this call that are over */
    double from;           /* minute at which the run that goes on began */
    pf_status status;      /* of the run that ended everything */
    int quiet;             /* warnings were told with the first run */
} job;

static size_t runs(const job *j)
{
    return j->a.n_variant * j->a.n_seed;
}

/* ---- the file ---- */

static pf_err check_options(job *j)
{
    const pf_tissue_study_options *o = j->o;
    if (!o->tissue) return pf_fail(&j->ctx, PF_ERR_CONFIG, "no tissue file was named");
    if (!pf_path_exists(o->tissue))
        return pf_fail(&j->ctx, PF_ERR_CONFIG, "there is no tissue file '%s'", o->tissue);
    if (o->resume && o->force)
        return pf_fail(&j->ctx, PF_ERR_CONFIG,
            "resume keeps what is there, force throws it away; ask for one of the two");
    return PF_OK;
}

static pf_err read_file(job *j)
{
    pf_diag d;
    pf_buf text;
    pf_diag_init(&d, &j->ctx);
    pf_buf_init(&text, NULL);
    pf_err err = pf_setup_read(&j->ctx, &d, j->o->tissue, &j->setup);
    if (err && d.n) pf_diag_text(&d, &text);
    if (text.size && pf_call_text(NULL, &text, &j->result->text)) j->result->text = NULL;
    pf_buf_clear(&text);
    pf_diag_clear(&d);
    return err;
}

static pf_err plan(job *j)
{
    pf_answers *a = &j->a;
    PF_TRY(check_options(j));
    PF_TRY(read_file(j));
    const pf_setup *s = j->setup;
    if (!s->n_outcome)
        return pf_fail(&j->ctx, PF_ERR_CONFIG,
            "'%s' asks for nothing; give it 'outcomes:' (docs/reference/tissue.md)",
            j->o->tissue);
    a->setup = s;
    a->version = pf_version();
    a->n_variant = 1 + s->n_variant;
    a->n_seed = j->o->replicates ? j->o->replicates : s->replicates;
    a->first_seed = s->seed;
    if (a->n_seed > 1000)
        return pf_fail(&j->ctx, PF_ERR_RANGE, "%zu replicates; at most 1000", a->n_seed);
    j->out = j->o->out && *j->o->out
                 ? pf_arena_strdup(&j->ctx, &a->arena, j->o->out)
                 : pf_arena_printf(&j->ctx, &a->arena, "runs/%s-study", s->name);
    a->run = pf_arena_alloc(&j->ctx, &a->arena, runs(j), sizeof *a->run);
    if (!j->out || !a->run) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < runs(j); i++) {
        const char *name = pf_arena_printf(&j->ctx, &a->arena, "%s-%" PRIu64,
            pf_answers_variant(a, i / a->n_seed), a->first_seed + i % a->n_seed);
        if (name) a->run[i].folder = pf_path_join(&j->ctx, &a->arena, j->out, name);
        if (!a->run[i].folder) return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

/* ---- the folder ---- */

static const char *const ANSWERS[] = {"answers.csv", "answers.json", PF_TISSUE_PAGE};

static pf_err open_folder(job *j)
{
    int any = 0, ours = 0;
    DIR *d = opendir(j->out);
    for (struct dirent *e; d && (e = readdir(d));) any |= *e->d_name != '.';
    if (d) closedir(d);
    for (size_t i = 0; i < runs(j); i++) ours |= pf_path_exists(j->a.run[i].folder);
    if (any && !ours)
        return pf_fail(&j->ctx, PF_ERR_CONFIG,
            "'%s' holds other files and no run of this study; choose another folder with --out",
            j->out);
    if (ours && !j->o->resume && !j->o->force)
        return pf_fail(&j->ctx, PF_ERR_CONFIG,
            "'%s' holds runs of this study; --resume goes on, --force replaces them, --out "
            "writes elsewhere",
            j->out);
    PF_TRY(pf_dir_make(&j->ctx, j->out));
    for (size_t i = 0; i < PF_COUNT(ANSWERS); i++) {
        const char *path = pf_path_join(&j->ctx, &j->a.arena, j->out, ANSWERS[i]);
        if (!path) return PF_ERR_NO_MEMORY;
        remove(path); /* they would not be those of the runs that are to come */
    }
    return PF_OK;
}

/* ---- runs ---- */

static void on_progress(void *payload, const pf_tissue_progress *now)
{
    job *j = payload;
    double seconds = pf_call_clock() - j->began, done = j->reached + now->minute - now->from,
           left = now->minutes - now->minute + (double)(runs(j) - j->now - 1) * now->minutes;
    j->from = now->from;
    if (!j->o->progress) return;
    const pf_tissue_study_progress p = {.tissue = j->a.setup->name,
        .variant = pf_answers_variant(&j->a, j->now / j->a.n_seed),
        .seed = j->a.first_seed + j->now % j->a.n_seed,
        .run = j->now + 1,
        .runs = runs(j),
        .kept = j->kept,
        .minute = now->minute,
        .minutes = now->minutes,
        .cells = now->cells,
        .seconds = seconds,
        .left = done > 0 ? left * seconds / done : NAN};
    j->o->progress(j->o->payload, &p);
}

static void on_log(void *payload, pf_level level, const char *event, const char *text)
{
    job *j = payload;
    if (j->o->log && !j->quiet && level <= PF_LEVEL_WARN)
        j->o->log(j->o->payload, level, event, text);
}

static pf_err run_one(job *j, size_t i)
{
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    pf_tissue_result r;
    pf_error error;
    size_t v = i / j->a.n_seed;
    j->now = i;
    j->from = 0;
    o.tissue = j->o->tissue;
    o.variant = v ? pf_answers_variant(&j->a, v) : NULL;
    o.out = j->a.run[i].folder;
    o.max_time = j->o->max_time;
    o.threads = j->o->threads;
    o.force = j->o->force;
    o.resume = j->o->resume;
    o.has_seed = 1;
    o.seed = j->a.first_seed + i % j->a.n_seed;
    o.cancel = j->o->cancel;
    o.progress = on_progress;
    o.log = on_log;
    o.payload = j;
    o.no_report = 1; /* the study has one page of all */
    j->status = pf_tissue_run(&o, &r, &error);
    j->quiet = 1;
    if (r.already)
        j->kept++;
    else
        j->reached += r.minute - j->from;
    pf_tissue_result_clear(&r);
    if (!j->status) return PF_OK;
    const char *what = pf_answers_variant(&j->a, v);
    if (j->status != PF_STOPPED)
        return pf_fail(&j->ctx, j->status == PF_REFUSED ? PF_ERR_CONFIG : PF_ERR_IO,
            "%s, seed %" PRIu64 ": %s", what, o.seed, error.message);
    return pf_fail(&j->ctx, PF_ERR_CANCELLED,
        "%zu of %zu runs are complete; go on with: perforin tissue study %s --out %s --resume",
        (size_t)j->result->done, runs(j), j->o->tissue, j->out);
}

static pf_err write(job *j, const char *name, pf_buf *b)
{
    const char *path = pf_path_join(&j->ctx, &j->a.arena, j->out, name);
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_buf_ok(b));
    return pf_file_write(&j->ctx, path, b->bytes, b->size);
}

/* One page: the first seed of the base and of each variant, and what all runs answer. */
static pf_err write_page(job *j, const char *json, const char *text)
{
    pf_answers *a = &j->a;
    pf_tissue_page *page = NULL;
    const char *path = pf_path_join(&j->ctx, &a->arena, j->out, PF_TISSUE_PAGE);
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_tissue_page_new(&j->ctx, a->version, a->n_variant, 0, &page));
    pf_err err = PF_OK;
    for (size_t v = 0; v < a->n_variant && !err; v++)
        err = pf_call_tissue_page_add(
            &j->ctx, page, a->run[v * a->n_seed].folder, pf_answers_variant(a, v));
    if (!err) err = pf_tissue_page_study(&j->ctx, page, json, text);
    if (!err) err = pf_call_tissue_page_write(&j->ctx, page, a->setup->title, NULL, path);
    pf_tissue_page_free(page);
    if (!err) j->result->report = pf_call_copy(path);
    return err;
}

static pf_err answer(job *j)
{
    pf_buf csv, json, text;
    PF_TRY(pf_answers_read(&j->ctx, &j->a));
    pf_buf_init(&csv, &j->ctx);
    pf_buf_init(&json, &j->ctx);
    pf_buf_init(&text, &j->ctx);
    pf_answers_csv(&j->a, &csv);
    pf_err err = write(j, ANSWERS[0], &csv);
    if (!err) err = pf_answers_json(&j->ctx, &j->a, &json);
    if (!err) err = pf_answers_text(&j->ctx, &j->a, &text);
    if (!err && !j->o->no_report) err = write_page(j, json.bytes, text.bytes);
    if (!err) err = write(j, ANSWERS[1], &json); /* last: it says that all is there */
    if (!err) err = pf_call_text(&j->ctx, &text, &j->result->text);
    pf_buf_clear(&csv);
    pf_buf_clear(&json);
    pf_buf_clear(&text);
    return err;
}

static pf_err work(job *j)
{
    PF_TRY(open_folder(j));
    j->result->runs = runs(j);
    j->began = pf_call_clock();
    for (size_t i = 0; i < runs(j); i++) {
        PF_TRY(run_one(j, i));
        j->result->done++;
        j->result->kept = j->kept;
    }
    return answer(j);
}

pf_status pf_tissue_study(
    const pf_tissue_study_options *options, pf_tissue_study_result *result, pf_error *error)
{
    job j = {.o = options, .result = result};
    *result = (pf_tissue_study_result){0};
    pf_ctx_init(&j.ctx);
    if (options->size != sizeof *options)
        return pf_call_end(&j.ctx,
            pf_fail(&j.ctx, PF_ERR_CONFIG, "the options were made for another version"), error);
    pf_arena_init(&j.a.arena);
    pf_err err = plan(&j);
    if (!err) err = work(&j);
    if (j.began > 0) result->seconds = pf_call_clock() - j.began;
    if (j.out && j.began > 0) result->folder = pf_call_copy(j.out);
    pf_status status = pf_call_end(&j.ctx, err, error);
    if (err && j.status) status = j.status;
    pf_setup_free(j.setup);
    pf_arena_clear(&j.a.arena);
    return status;
}

void pf_tissue_study_result_clear(pf_tissue_study_result *result)
{
    pf_free(result->folder);
    pf_free(result->report);
    pf_free(result->text);
    *result = (pf_tissue_study_result){0};
}
