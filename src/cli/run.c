#include "cli/cli.h"
#include "cli/progress.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    int quiet, json, resume, force, dry_run, has_seed, has_threads, has_lanes, has_replicates,
        strict;
    const char *out, *native;
    long long threads, lanes, seed, replicates;
    double max_hours;
    opt_list set;
    cli_progress progress;
} settings;

static const opt OPTIONS[] = {
    {"out", 'o', OPT_TEXT, "FOLDER", "where the results go (default runs/<study>)",
        offsetof(settings, out), 0},
    {"resume", 0, OPT_FLAG, NULL, "continue a stopped run", offsetof(settings, resume), 0},
    {"force", 'f', OPT_FLAG, NULL, "replace an earlier run in the same folder",
        offsetof(settings, force), 0},
    {"threads", 'j', OPT_INTEGER, "N",
        "threads (default: all cores); results do not depend on it",
        offsetof(settings, threads), offsetof(settings, has_threads)},
    {"lanes", 0, OPT_INTEGER, "N", "patients per vector: 1, 4 or 8 (default: the widest)",
        offsetof(settings, lanes), offsetof(settings, has_lanes)},
    {"native", 0, OPT_TEXT, "WHEN",
        "code by the system's compiler: on, off, auto (default: where it pays); same results",
        offsetof(settings, native), 0},
    {"seed", 's', OPT_INTEGER, "N", "instead of the study's seed", offsetof(settings, seed),
        offsetof(settings, has_seed)},
    {"replicates", 'r', OPT_INTEGER, "N", "instead of the study's number of replicates",
        offsetof(settings, replicates), offsetof(settings, has_replicates)},
    {"set", 0, OPT_LIST, "NAME=VALUE",
        "change a parameter of the model for everyone, or multiply it: 'NAME*=FACTOR'; may be "
        "repeated",
        offsetof(settings, set), 0},
    {"max-hours", 0, OPT_NUMBER, "H", "stop, resumable, after this long",
        offsetof(settings, max_hours), 0},
    {"dry-run", 'n', OPT_FLAG, NULL, "say what would be done, and do nothing",
        offsetof(settings, dry_run), 0},
    {"strict", 0, OPT_FLAG, NULL, "refuse a model whose units clash",
        offsetof(settings, strict), 0},
    {"json", 0, OPT_FLAG, NULL, "print the summary as JSON", offsetof(settings, json), 0},
    {"quiet", 'q', OPT_FLAG, NULL, "no progress and no notes", offsetof(settings, quiet), 0},
};

static void on_start(void *payload, const pf_run_info *info)
{
    const settings *s = payload;
    char kept[40];
    if (s->quiet) return;
    cli_paint p = cli_colours(stderr);
    fprintf(stderr,
        "%s%s%s   %" PRIu64 " replicate%s x %" PRIu64 " patients   seed %" PRIu64
        "   %d thread%s, %d lane%s\n",
        p.bold, info->study, p.off, info->replicates, info->replicates == 1 ? "" : "s",
        info->patients, info->seed, info->threads, info->threads == 1 ? "" : "s", info->lanes,
        info->lanes == 1 ? "" : "s");
    if (!info->kept) return;
    cli_thousands(info->kept, kept, sizeof kept);
    fprintf(stderr, "resume    %s patients are there already\n", kept);
}

static void on_progress(void *payload, const pf_progress *now)
{
    settings *s = payload;
    cli_progress_show(&s->progress, now);
}

static void on_log(void *payload, pf_level level, const char *event, const char *text)
{
    static const char *const name[] = {"error", "warning", "note", "debug"};
    settings *s = payload;
    if (level > (s->quiet ? PF_LEVEL_WARN : PF_LEVEL_INFO)) return;
    cli_paint p = cli_colours(stderr);
    cli_progress_clear(&s->progress);
    fprintf(stderr, "%s%s%s: %s: %s\n", level == PF_LEVEL_WARN ? p.yellow : "", name[level],
        level == PF_LEVEL_WARN ? p.off : "", event, text);
}

static int check(const verb *v, const settings *s)
{
    if (s->has_threads && (s->threads < 1 || s->threads > 4096))
        return cli_usage(v, "--threads needs a number between 1 and 4096");
    if (s->has_lanes && s->lanes != 1 && s->lanes != 4 && s->lanes != 8)
        return cli_usage(v, "--lanes needs 1, 4 or 8");
    if (cli_native(s->native) > 1) return cli_usage(v, "--native needs on, off or auto");
    if (s->has_seed && s->seed < 0) return cli_usage(v, "--seed must not be negative");
    if (s->has_replicates && (s->replicates < 1 || s->replicates > 10000000))
        return cli_usage(v, "--replicates needs a number between 1 and 10,000,000");
    if (s->max_hours < 0) return cli_usage(v, "--max-hours must not be negative");
    if (s->resume && s->force) return cli_usage(v, "--resume and --force exclude each other");
    return CLI_GO_ON;
}

static int dry_run(const pf_run_options *o)
{
    char *text = NULL;
    pf_error error;
    pf_status status = pf_run_plan(o, &text, &error);
    if (status && text) fputs(text, stderr);
    int code = status ? cli_fail(status, &error) : cli_print(text);
    pf_text_free(text);
    return code;
}

/* The command that goes on. */
static void say_resume(const char *study, const settings *s)
{
    fprintf(stderr, "perforin run %s --resume", study);
    if (s->out) fprintf(stderr, " --out %s", s->out);
    if (s->has_seed) fprintf(stderr, " --seed %lld", s->seed);
    if (s->replicates) fprintf(stderr, " --replicates %lld", s->replicates);
    for (size_t i = 0; i < s->set.n; i++) fprintf(stderr, " --set '%s'", s->set.item[i]);
    fputc('\n', stderr);
}

static void stopped(const pf_run_result *r, const char *study, const settings *s)
{
    char done[32], total[32];
    cli_thousands(r->done, done, sizeof done);
    cli_thousands(r->total, total, sizeof total);
    if (r->done == r->total)
        fprintf(stderr,
            "stopped before all claims were answered; all %s patients are simulated and are "
            "kept: ",
            total);
    else
        fprintf(stderr,
            "stopped after %" PRIu64 " of %" PRIu64
            " replicates (%s of %s patients), which are kept: ",
            r->replicates_done, r->replicates, done, total);
    say_resume(study, s);
}

/* What went wrong may be mended (a disk made empty) without losing what was done. */
static int failed(pf_status status, const pf_run_result *r, const pf_error *error,
    const char *study, const settings *s)
{
    char done[32];
    if (r->text) fputs(r->text, stderr);
    int code = cli_fail(status, error);
    if (status != PF_FAILED || !r->done) return code;
    cli_thousands(r->done, done, sizeof done);
    fprintf(stderr, "%s patients are simulated and are kept: ", done);
    say_resume(study, s);
    return code;
}

static int finished(const pf_run_result *r, const settings *s)
{
    char *json = NULL;
    pf_error error;
    if (s->json) {
        pf_status status = pf_show(r->folder, 1, &json, &error);
        int code = status ? cli_fail(status, &error) : cli_print(json);
        pf_text_free(json);
        if (code) return code;
    } else if (cli_print(r->text)) {
        return PF_FAILED;
    }
    if (r->failed && r->failed == r->total) {
        fprintf(stderr,
            "perforin: every patient failed, so nothing was measured: %s/failures.csv says "
            "where and why\n",
            r->folder);
        return PF_FAILED;
    }
    if (s->quiet) return PF_DONE;
    if (r->failed)
        fprintf(stderr,
            "%" PRIu64 " of %" PRIu64 " patients failed and do not count: %s/failures.csv\n",
            r->failed, r->total, r->folder);
    fprintf(stderr, "report    %s\nnext      perforin show %s\n", r->report, r->folder);
    return PF_DONE;
}

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *study[CLI_POSITIONAL_MAX];
    int n;
    int code = cli_parse(v, argc, argv, &s, study, &n);
    if (code == CLI_GO_ON) code = check(v, &s);
    if (code != CLI_GO_ON) return code;
    pf_run_options o = PF_RUN_OPTIONS_INIT;
    o.study = study[0];
    o.out = s.out;
    o.threads = (int)s.threads;
    o.lanes = (int)s.lanes;
    o.native = cli_native(s.native);
    o.resume = s.resume;
    o.force = s.force;
    o.has_seed = s.has_seed;
    o.seed = (uint64_t)s.seed;
    o.replicates = (uint64_t)s.replicates;
    o.set = s.set.item;
    o.n_set = s.set.n;
    o.max_seconds = s.max_hours * 3600.0;
    o.cancel = cli_catch_signals();
    o.strict = s.strict;
    o.start = on_start;
    o.progress = on_progress;
    o.log = on_log;
    o.payload = &s;
    cli_progress_init(&s.progress, s.quiet);
    if (s.dry_run) {
        code = dry_run(&o);
        cli_list_free(&s.set);
        return code;
    }
    pf_run_result result;
    pf_error error;
    pf_status status = pf_run(&o, &result, &error);
    cli_progress_clear(&s.progress);
    if (status == PF_DONE) {
        code = finished(&result, &s);
    } else if (status == PF_STOPPED) {
        stopped(&result, study[0], &s);
        code = PF_STOPPED;
    } else {
        code = failed(status, &result, &error, study[0], &s);
    }
    pf_run_result_clear(&result);
    cli_list_free(&s.set);
    return code;
}

const verb cli_run = {.name = "run",
    .summary = "simulate a study: tables, summary, report",
    .usage = "STUDY",
    .examples =
        "  perforin run studies/nsclc-pembro-nk.yaml\n"
        "  perforin run my-trial.yaml --out runs/second --seed 2\n"
        "  perforin run my-trial.yaml --resume          after Ctrl-C, a crash, a time limit\n"
        "  perforin run my-trial.yaml --replicates 20   a quick look\n"
        "  perforin run my-trial.yaml --set 'kappa*=0.5' --out runs/half\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
