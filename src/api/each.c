/* pf_run_each: studies one after the other. */
#include "api/call.h"
#include "store/status.h"
#include "trial/study_read.h"

#include <string.h>

typedef struct {
    const pf_each_options *o;
    pf_run_options run;
    pf_arena arena;
} job;

/* The folder that pf_run would take below `runs`. */
static const char *folder_of(pf_ctx *ctx, job *j, const char *study)
{
    pf_buf problems;
    pf_study *s = NULL;
    pf_buf_init(&problems, NULL);
    pf_err err = pf_call_load(ctx, study, 0, &s, &problems);
    pf_buf_clear(&problems);
    if (err) return NULL; /* pf_run will say why */
    char *path =
        pf_arena_printf(ctx, &j->arena, "%s/%s", j->o->runs ? j->o->runs : "runs", s->name);
    for (char *p = path ? path + strlen(path) - strlen(s->name) : NULL; p && *p; p++)
        if (*p == '/' || *p == ' ' || (unsigned char)*p < 32) *p = '-';
    pf_study_free(s);
    return path;
}

/* Replicates of the complete run in a folder; 0 when there is none. */
static uint64_t complete_replicates(pf_arena *a, const char *folder)
{
    pf_ctx quiet;
    pf_run_status s;
    pf_folder_state state;
    pf_ctx_init(&quiet);
    if (pf_folder_look(&quiet, folder, &state) || state != PF_FOLDER_COMPLETE) return 0;
    if (pf_run_status_read(&quiet, a, folder, &s)) return 0;
    return s.manifest.complete ? s.manifest.replicates : 0;
}

/* Keep or resume what is there; replace it when it is a run of something else. */
static pf_status run_one(job *j, uint64_t there, pf_run_result *result, pf_error *error)
{
    pf_run_options o = j->run;
    o.resume = 1;
    if (!j->o->exact && j->o->replicates && there > j->o->replicates) {
        o.replicates = there;
        o.start = NULL; /* nothing begins when it is kept */
        pf_status kept = pf_run(&o, result, error);
        if (kept != PF_REFUSED) return kept;
        pf_run_result_clear(result);
        o = j->run;
        o.resume = 1;
    }
    pf_status status = pf_run(&o, result, error);
    if (status != PF_REFUSED || result->text) return status;
    pf_run_result_clear(result);
    o.resume = 0;
    o.force = 1;
    return pf_run(&o, result, error);
}

static pf_status step(job *j, const char *study, pf_each_step *s, pf_error *error)
{
    pf_ctx ctx;
    pf_run_result result = {0};
    double begin = pf_call_clock();
    pf_ctx_init(&ctx);
    const char *folder = folder_of(&ctx, j, study);
    uint64_t there = folder ? complete_replicates(&j->arena, folder) : 0;
    j->run.study = study;
    j->run.out = folder;
    j->run.replicates = j->o->replicates;
    s->study = study;
    s->status = run_one(j, there, &result, error);
    s->kept = s->status == PF_DONE && there && result.seconds == 0.0;
    s->seconds = pf_call_clock() - begin;
    s->sentence = s->status ? error->message : "";
    s->result = &result;
    if (j->o->step) j->o->step(j->o->payload, s);
    pf_run_result_clear(&result);
    return s->status;
}

pf_status pf_run_each(
    const char *const *study, size_t n, const pf_each_options *options, pf_error *error)
{
    job j = {.o = options};
    pf_status worst = PF_DONE;
    pf_error first = {0}, own;
    if (options->size != sizeof *options) {
        pf_ctx ctx;
        pf_ctx_init(&ctx);
        pf_err err = pf_fail(&ctx, PF_ERR_CONFIG, "the options were made for another version");
        return pf_call_end(&ctx, err, error);
    }
    const pf_run_options empty = PF_RUN_OPTIONS_INIT;
    j.run = empty;
    j.run.threads = options->threads;
    j.run.cancel = options->cancel;
    j.run.start = options->start;
    j.run.progress = options->progress;
    j.run.log = options->log;
    j.run.payload = options->payload;
    pf_arena_init(&j.arena);
    for (size_t i = 0; i < n; i++) {
        pf_each_step s = {.index = i, .n = n};
        own = (pf_error){0};
        if (options->cancel && __atomic_load_n(options->cancel, __ATOMIC_RELAXED)) {
            worst = PF_STOPPED;
            first = (pf_error){.code = PF_ERR_CANCELLED, .message = "stopped on request"};
            break;
        }
        pf_status status = step(&j, study[i], &s, &own);
        if (status && (!worst || status == PF_STOPPED)) {
            worst = status;
            first = own;
        }
        if (status == PF_STOPPED) break;
    }
    pf_arena_clear(&j.arena);
    if (error) *error = first;
    return worst;
}
