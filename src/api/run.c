/* pf_run: load, compile, open the folder, simulate what is missing, write the results. */
#include "api/call.h"
#include "api/units.h"
#include "api/back_end.h"
#include "model/lanes.h"
#include "store/work.h"
#include "trial/override.h"
#include "trial/simulate.h"
#include "trial/study_read.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

typedef struct {
    const pf_run_options *o;
    pf_run_result *result;
    pf_ctx ctx;
    pf_relay relay;
    pf_arena arena;
    pf_study *study;
    pf_trial *trial;
    pf_native **native; /* [n_native] of the trial's programs; NULL: bytecode */
    size_t n_native;
    pf_folder *folder;
    pf_work *work;
    int threads, lanes;
    int n_worker;
    pf_worker **worker;
} job;

static pf_err check_options(job *j)
{
    const pf_run_options *o = j->o;
    if (o->size != sizeof *o)
        return pf_fail(&j->ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (!o->study) return pf_fail(&j->ctx, PF_ERR_CONFIG, "no study was named");
    if (o->resume && o->force)
        return pf_fail(&j->ctx, PF_ERR_CONFIG, "resume and force exclude each other");
    if (o->threads < 0 || o->threads > 4096)
        return pf_fail(
            &j->ctx, PF_ERR_RANGE, "threads: %d is not between 1 and 4096", o->threads);
    if (o->lanes && !pf_lanes_available(o->lanes))
        return pf_fail(&j->ctx, PF_ERR_RANGE,
            "lanes: %d is not one of 1, 4, 8 that this machine "
            "offers (its widest is %d)",
            o->lanes, pf_lanes_widest());
    if (!(o->max_seconds >= 0))
        return pf_fail(&j->ctx, PF_ERR_RANGE, "the time limit must not be negative");
    j->threads = o->threads ? o->threads : pf_call_cores();
    j->lanes = o->lanes ? o->lanes : pf_lanes_widest();
    return PF_OK;
}

static pf_err load(job *j)
{
    pf_buf problems;
    PF_TRY(check_options(j));
    pf_buf_init(&problems, NULL);
    pf_err err = pf_call_load(&j->ctx, j->o->study, 0, &j->study, &problems);
    if (err && problems.size && !pf_call_text(NULL, &problems, &j->result->text)) return err;
    if (!err && problems.size) pf_log(&j->ctx, PF_LOG_WARN, "study", "%s", problems.bytes);
    pf_buf_clear(&problems);
    if (err) return err;
    const pf_unit_ask ask = {.model = j->study->model_path, .strict = j->o->strict};
    PF_TRY(pf_call_units_log(&j->ctx, &ask, NULL, j->o->log, j->o->payload));
    if (j->o->has_seed) j->study->seed = j->o->seed;
    if (j->o->replicates) j->study->replicates = (size_t)j->o->replicates;
    for (size_t i = 0; i < j->o->n_set; i++)
        PF_TRY(pf_study_override(&j->ctx, j->study, j->o->set[i]));
    return pf_trial_new(&j->ctx, j->study, &j->trial);
}

/* The folder's path: what was asked, or runs/<name>. */
static const char *folder_path(job *j)
{
    if (j->o->out && *j->o->out) return j->o->out;
    char *path = pf_arena_printf(&j->ctx, &j->arena, "runs/%s", j->study->name);
    for (char *p = path ? path + 5 : NULL; p && *p; p++)
        if (*p == '/' || *p == ' ' || (unsigned char)*p < 32) *p = '-';
    return path;
}

static pf_err open_folder(job *j)
{
    const char *path = folder_path(j);
    if (!path) return PF_ERR_NO_MEMORY;
    pf_folder_options fo = {.path = path,
        .version = pf_version(),
        .resume = j->o->resume,
        .force = j->o->force,
        .threads = j->threads,
        .lanes = j->lanes};
    PF_TRY(pf_folder_open(&j->ctx, &fo, j->study, pf_trial_layout(j->trial), &j->folder));
    j->relay.folder = j->folder;
    return PF_OK;
}

/* Native code for each program of the trial. */
static pf_err make_native(job *j)
{
    size_t n = pf_trial_program_count(j->trial);
    double patients = (double)j->study->replicates * (double)pf_study_size(j->study);
    j->native = pf_calloc(&j->ctx, n, sizeof(pf_native *));
    if (!j->native) return PF_ERR_NO_MEMORY;
    for (; j->n_native < n; j->n_native++) {
        pf_native **native = &j->native[j->n_native];
        PF_TRY(pf_back_end(&j->ctx, pf_trial_program(j->trial, j->n_native), j->lanes,
            j->o->native, patients / (double)n, native));
        pf_trial_set_native(j->trial, j->n_native, *native);
    }
    return PF_OK;
}

static void log_native(job *j)
{
    for (size_t i = 0; i < j->n_native; i++)
        pf_log(&j->ctx, PF_LOG_DEBUG, "code", "program = %zu, %s", i,
            pf_back_end_note(j->native[i]));
}

static pf_err make_workers(job *j)
{
    uint64_t patients = (uint64_t)j->study->replicates * pf_study_size(j->study);
    uint64_t each = pf_chunk_patients(patients), chunks = (patients + each - 1) / each;
    int n = (uint64_t)j->threads < chunks ? j->threads : (int)chunks;
    j->worker = pf_calloc(&j->ctx, (size_t)n, sizeof(pf_worker *));
    if (!j->worker) return PF_ERR_NO_MEMORY;
    for (; j->n_worker < n; j->n_worker++)
        PF_TRY(pf_worker_new(&j->ctx, j->trial, j->lanes, &j->worker[j->n_worker]));
    return PF_OK;
}

static pf_err simulate(
    pf_ctx *ctx, void *worker, uint64_t first, uint64_t count, pf_tally *tally, pf_chunk *out)
{
    return pf_worker_simulate(ctx, worker, first, count, tally, out);
}

static void progress(void *payload, const pf_work_state *s)
{
    const pf_run_options *o = payload;
    pf_progress p = {.done = s->done,
        .total = s->total,
        .failed = s->failed,
        .fresh = s->done - s->kept,
        .seconds = s->seconds};
    o->progress(o->payload, &p);
}

static void announce(job *j)
{
    const pf_work_state *s = pf_work_look(j->work);
    pf_run_info info = {.study = j->study->name,
        .folder = pf_folder_path(j->folder),
        .replicates = j->study->replicates,
        .patients = pf_study_size(j->study),
        .seed = j->study->seed,
        .kept = s->kept,
        .threads = j->threads,
        .lanes = j->lanes};
    pf_log(&j->ctx, PF_LOG_DEBUG, "begin",
        "study = %s, version = %s, seed = %" PRIu64
        ", threads = %d, lanes = %d, kept = %" PRIu64,
        info.study, pf_version(), info.seed, info.threads, info.lanes, info.kept);
    if (j->o->start) j->o->start(j->o->payload, &info);
}

/* ---- results ---- */

enum { LOOK_MS = 100 };

/* Asks to stop for the caller and the clock while claims are answered, and says so. */
typedef struct {
    job *j;
    pf_progress shown;
    double began, most; /* seconds; most: INFINITY without a limit */
    atomic_int stop;
    pthread_mutex_t mutex;
    pthread_cond_t ended;
    pthread_t thread;
    int over;
} watcher;

static void look(watcher *w)
{
    const pf_run_options *o = w->j->o;
    w->shown.doing_seconds = pf_call_clock() - w->began;
    if (o->progress) { /* lines of the log and of progress come one at a time */
        pthread_mutex_lock(&w->j->relay.mutex);
        o->progress(o->payload, &w->shown);
        pthread_mutex_unlock(&w->j->relay.mutex);
    }
    if (pf_call_clock() - w->began >= w->most ||
        (o->cancel && __atomic_load_n(o->cancel, __ATOMIC_RELAXED)))
        atomic_store(&w->stop, 1);
}

static void *watch(void *argument)
{
    watcher *w = argument;
    struct timespec t;
    pthread_mutex_lock(&w->mutex);
    while (!w->over) {
        clock_gettime(CLOCK_REALTIME, &t);
        t.tv_nsec += LOOK_MS * 1000000L;
        t.tv_sec += t.tv_nsec / 1000000000L;
        t.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&w->ended, &w->mutex, &t);
        if (!w->over) look(w);
    }
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

static int has_claims(const pf_study *s)
{
    size_t i = 0;
    while (i < s->n_expect && s->expect[i].role != PF_EXPECT_CLAIM) i++;
    return i < s->n_expect;
}

/* Answers to claims are simulations too: they stop when they are asked to, and what is left of
 * the time limit holds for them. A resumed run answers them again. */
static pf_err write_results(job *j)
{
    if (!has_claims(j->study)) return pf_results_write(&j->ctx, j->folder);
    const pf_work_state *s = pf_work_look(j->work);
    watcher w = {.j = j, .began = pf_call_clock()};
    w.shown = (pf_progress){.done = s->done,
        .total = s->total,
        .failed = s->failed,
        .fresh = s->done - s->kept,
        .seconds = s->seconds,
        .doing = "answering claims"};
    w.most = j->o->max_seconds > 0 ? j->o->max_seconds - s->seconds : INFINITY;
    pthread_mutex_init(&w.mutex, NULL);
    pthread_cond_init(&w.ended, NULL);
    look(&w);
    j->ctx.cancel = &w.stop;
    int started = !pthread_create(&w.thread, NULL, watch, &w);
    pf_err err = pf_results_write(&j->ctx, j->folder);
    pthread_mutex_lock(&w.mutex);
    w.over = 1;
    pthread_cond_signal(&w.ended);
    pthread_mutex_unlock(&w.mutex);
    if (started) pthread_join(w.thread, NULL);
    j->ctx.cancel = NULL;
    pthread_cond_destroy(&w.ended);
    pthread_mutex_destroy(&w.mutex);
    return err;
}

static pf_err work(job *j)
{
    PF_TRY(pf_work_new(&j->ctx, j->folder, &j->work));
    announce(j);
    pf_chunk_source source = {
        .threads = j->n_worker, .worker = (void **)j->worker, .simulate = simulate};
    pf_work_options wo = {.max_seconds = j->o->max_seconds,
        .cancel = j->o->cancel,
        .progress = j->o->progress ? progress : NULL,
        .payload = (void *)(uintptr_t)j->o};
    pf_err err = pf_work_run(&j->ctx, j->work, &source, &wo);
    const pf_work_state *s = pf_work_look(j->work);
    log_native(j);
    pf_log(&j->ctx, PF_LOG_DEBUG, "end",
        "done = %" PRIu64 ", failed = %" PRIu64 ", seconds = %.3f", s->done, s->failed,
        s->seconds);
    return err ? err : write_results(j);
}

static pf_err copy_text(job *j, const char *name, char **out)
{
    pf_buf b;
    pf_buf_init(&b, &j->ctx);
    const char *path = pf_folder_file(&j->ctx, j->folder, name);
    if (path) pf_buf_text(&b, path);
    return path ? pf_call_text(&j->ctx, &b, out) : PF_ERR_NO_MEMORY;
}

static pf_err fill_result(job *j, int complete)
{
    pf_run_result *r = j->result;
    uint64_t patients = (uint64_t)j->study->replicates * pf_study_size(j->study);
    r->replicates = j->study->replicates;
    r->total = patients;
    if (j->work) {
        const pf_work_state *s = pf_work_look(j->work);
        r->done = s->done;
        r->failed = s->failed;
        r->seconds = s->seconds;
        r->replicates_done = s->replicates_done;
    }
    PF_TRY(copy_text(j, "", &r->folder));
    if (r->folder[0]) r->folder[strlen(r->folder) - 1] = '\0'; /* the joint's slash */
    if (!complete) return PF_OK;
    size_t size;
    r->done = patients;
    r->replicates_done = j->study->replicates;
    PF_TRY(copy_text(j, "report.html", &r->report));
    const char *path = pf_folder_file(&j->ctx, j->folder, "summary.txt");
    return path ? pf_file_read(&j->ctx, path, 0, &r->text, &size) : PF_ERR_NO_MEMORY;
}

static void clear(job *j)
{
    pf_work_free(j->work);
    for (int i = 0; i < j->n_worker; i++) pf_worker_free(j->worker[i]);
    pf_free(j->worker);
    for (size_t i = 0; i < j->n_native; i++) pf_native_free(j->native[i]);
    pf_free(j->native);
    pf_folder_close(j->folder);
    pf_trial_free(j->trial);
    pf_study_free(j->study);
    pf_arena_clear(&j->arena);
    pf_relay_clear(&j->relay);
}

pf_status pf_run(const pf_run_options *options, pf_run_result *result, pf_error *error)
{
    job j = {.o = options, .result = result};
    *result = (pf_run_result){0};
    pf_relay_init(&j.relay, &j.ctx, options->log, options->payload);
    pf_arena_init(&j.arena);
    pf_err err = load(&j);
    if (!err) err = make_native(&j);
    if (!err) err = make_workers(&j);
    if (!err) err = open_folder(&j);
    if (!err && pf_folder_is_complete(j.folder))
        pf_log(&j.ctx, PF_LOG_INFO, "resume",
            "the run is complete already; nothing was left to do");
    else if (!err)
        err = work(&j);
    if (j.folder) {
        pf_ctx first = j.ctx; /* filling in must not hide the first sentence */
        pf_ctx_reset(&j.ctx);
        pf_err late = fill_result(&j, !err);
        if (err)
            j.ctx = first;
        else
            err = late;
    }
    if (err && j.folder) pf_log(&j.ctx, PF_LOG_DEBUG, "stop", "%s", j.ctx.message);
    pf_status status = pf_call_end(&j.ctx, err, error);
    clear(&j);
    return status;
}

void pf_run_result_clear(pf_run_result *result)
{
    pf_free(result->folder);
    pf_free(result->report);
    pf_free(result->text);
    *result = (pf_run_result){0};
}

static pf_err plan(job *j, pf_buf *b)
{
    static const char *const state[] = {"does not exist yet", "holds a stopped run",
        "holds a complete run", "holds other files"};
    pf_folder_state found;
    const char *path = folder_path(j);
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_folder_look(&j->ctx, path, &found));
    size_t size = pf_study_size(j->study);
    pf_buf_printf(b, "study     %s\n", j->study->name);
    for (size_t i = 0; i < j->study->n_arm; i++)
        pf_buf_printf(
            b, "arm       %s, %zu patients\n", j->study->arm[i].name, j->study->arm[i].size);
    pf_buf_printf(b, "run       %zu replicates x %zu patients = %zu, seed %" PRIu64 "\n",
        j->study->replicates, size, j->study->replicates * size, j->study->seed);
    if (j->study->n_override) {
        pf_buf_text(b, "changed   ");
        pf_overrides_text(j->study, b);
        pf_buf_text(b, "\n");
    }
    pf_buf_printf(b, "machine   %d threads, %d lanes\n", j->threads, j->lanes);
    pf_buf_printf(b, "folder    %s, which %s\n", path, state[found]);
    pf_buf_text(b, "nothing was run\n");
    return pf_buf_ok(b);
}

pf_status pf_run_plan(const pf_run_options *options, char **text, pf_error *error)
{
    pf_run_result result = {0};
    job j = {.o = options, .result = &result};
    pf_buf b;
    *text = NULL;
    pf_relay_init(&j.relay, &j.ctx, options->log, options->payload);
    pf_arena_init(&j.arena);
    pf_buf_init(&b, &j.ctx);
    pf_err err = load(&j);
    if (!err) err = plan(&j, &b);
    if (!err) err = pf_call_text(&j.ctx, &b, text);
    if (err && result.text) {
        *text = result.text; /* the problems */
        result.text = NULL;
    }
    pf_status status = pf_call_end(&j.ctx, err, error);
    pf_buf_clear(&b);
    pf_run_result_clear(&result);
    clear(&j);
    return status;
}
