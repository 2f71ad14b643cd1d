#include "cli/cli.h"
#include "cli/progress.h"
#include "cli/tissue_movie.h"
#include "cli/tissue_study.h"

#include <inttypes.h>
#include <string.h>

typedef struct {
    int quiet, force, no_report, resume, json, has_seed, has_threads, has_line, has_replicates;
    const char *out, *max_time, *variant, *killer;
    long long threads, seed, line, replicates;
    cli_movie movie;
    cli_progress progress;
} settings;

static const opt OPTIONS[] = {
    {"out", 'o', OPT_TEXT, "FOLDER",
        "where the results go (default runs/<tissue>); summarise: FILE.csv, .json or .yaml; "
        "movie: FILE.png, .mp4 or .gif (by ffmpeg), or a folder of pictures",
        offsetof(settings, out), 0},
    {"force", 'f', OPT_FLAG, NULL, "replace an earlier run in the same folder",
        offsetof(settings, force), 0},
    {"no-report", 0, OPT_FLAG, NULL, "do not write the page report.html at the end",
        offsetof(settings, no_report), 0},
    {"resume", 0, OPT_FLAG, NULL, "continue a stopped run, or a complete one to a later end",
        offsetof(settings, resume), 0},
    {"threads", 'j', OPT_INTEGER, "N",
        "threads (default: all cores); results do not depend on it",
        offsetof(settings, threads), offsetof(settings, has_threads)},
    {"max-time", 0, OPT_TEXT, "TIME", "the end, instead of the file's duration, e.g. '60 min'",
        offsetof(settings, max_time), 0},
    {"variant", 'v', OPT_TEXT, "NAME",
        "one of the file's variants, instead of the file as it stands",
        offsetof(settings, variant), 0},
    {"seed", 's', OPT_INTEGER, "N", "instead of the file's seed", offsetof(settings, seed),
        offsetof(settings, has_seed)},
    {"replicates", 'n', OPT_INTEGER, "N", "study: seeds of each variant, instead of the file's",
        offsetof(settings, replicates), offsetof(settings, has_replicates)},
    {"line", 0, OPT_INTEGER, "N", "explain: only the rule on this line of the table",
        offsetof(settings, line), offsetof(settings, has_line)},
    {"killer", 0, OPT_TEXT, "TYPE", "summarise: type of the killers (default: the only one)",
        offsetof(settings, killer), 0},
    {"size", 0, OPT_TEXT, "WxH", "movie: pixels of a picture (default 960x720)",
        offsetof(settings, movie.picture_size), 0},
    {"fps", 0, OPT_NUMBER, "N", "movie: pictures in a second (default 12)",
        offsetof(settings, movie.fps), offsetof(settings, movie.has_fps)},
    {"between", 0, OPT_INTEGER, "N",
        "movie: pictures between two frames of the film (default 0); cells move on straight "
        "lines there",
        offsetof(settings, movie.between), offsetof(settings, movie.has_between)},
    {"colour", 0, OPT_TEXT, "NAME",
        "movie: by type, or by an attribute of cells, e.g. 'granules left'",
        offsetof(settings, movie.colour), 0},
    {"cut", 0, OPT_TEXT, "AXIS", "movie: cut open across x, y or z",
        offsetof(settings, movie.cut), 0},
    {"field", 0, OPT_TEXT, "NAME", "movie: a substance, in the plane of the cut",
        offsetof(settings, movie.field), 0},
    {"turn", 0, OPT_FLAG, NULL, "movie: go around the lesion", offsetof(settings, movie.turn),
        0},
    {"json", 0, OPT_FLAG, NULL, "explain, summarise: JSON instead of text",
        offsetof(settings, json), 0},
    {"quiet", 'q', OPT_FLAG, NULL, "no progress and no notes", offsetof(settings, quiet), 0},
};

static void on_start(void *payload, const pf_tissue_info *info)
{
    const settings *s = payload;
    char cells[40], voxels[40];
    if (s->quiet) return;
    cli_paint p = cli_colours(stderr);
    cli_thousands(info->cells, cells, sizeof cells);
    cli_thousands(info->voxels, voxels, sizeof voxels);
    fprintf(stderr,
        "%s%s%s   %s cells   %s voxels, %" PRIu64 " substance%s   %g min   seed %" PRIu64
        "   %d thread%s\n",
        p.bold, info->tissue, p.off, cells, voxels, info->substances,
        info->substances == 1 ? "" : "s", info->minutes, info->seed, info->threads,
        info->threads == 1 ? "" : "s");
    if (info->from > 0) fprintf(stderr, "resume    at %.12g min\n", info->from);
}

static void on_progress(void *payload, const pf_tissue_progress *now)
{
    settings *s = payload;
    char text[240], cells[40], left[40] = "-", kills[60] = "";
    if (now->doing) {
        cli_progress_doing(&s->progress, now->doing);
        return;
    }
    double share = now->minute / now->minutes, fresh = now->minute - now->from;
    cli_thousands(now->cells, cells, sizeof cells);
    if (now->seconds > 0.2 && fresh > 0)
        cli_time_left((now->minutes - now->minute) * now->seconds / fresh, left, sizeof left);
    if (now->kills)
        snprintf(kills, sizeof kills, "   %" PRIu64 " kill%s", now->kills,
            now->kills == 1 ? "" : "s");
    snprintf(text, sizeof text,
        "minute    %2.0f %%   %.1f of %g   %s cells%s   %.2g s/min   %s",
        (double)(int)(100 * share), now->minute, now->minutes, cells, kills,
        fresh > 0 ? now->seconds / fresh : 0.0, left);
    cli_progress_text(&s->progress, share, now->seconds, text);
}

static void on_log(void *payload, pf_level level, const char *event, const char *text)
{
    settings *s = payload;
    if (level > (s->quiet ? PF_LEVEL_WARN : PF_LEVEL_INFO)) return;
    cli_progress_clear(&s->progress);
    fprintf(stderr, "%s: %s: %s\n", level == PF_LEVEL_WARN ? "warning" : "note", event, text);
}

static int ended(pf_status status, const pf_tissue_result *r, const settings *s)
{
    char cells[40], kills[40];
    if (s->quiet && !status) return PF_DONE;
    cli_thousands(r->cells, cells, sizeof cells);
    cli_thousands(r->kills, kills, sizeof kills);
    if (!r->already)
        fprintf(stderr, "%s   %.12g of %.12g min in %.1f s   %s cells   %s kills\n",
            status ? "stopped" : "done   ", r->minute, r->minutes, r->seconds, cells, kills);
    if (!status && r->folder) fprintf(stderr, "results   %s\n", r->folder);
    if (!status && r->report) fprintf(stderr, "report    %s\n", r->report);
    if (status && r->resume) fprintf(stderr, "resume    %s\n", r->resume);
    return (int)status;
}

/* What went wrong may be mended (a disk made empty) without losing what was done. */
static int failed(pf_status status, const pf_tissue_result *r, const pf_error *error)
{
    int code = cli_fail(status, error);
    if (status == PF_FAILED && r->resume)
        fprintf(stderr, "the last checkpoint is kept: %s\n", r->resume);
    return code;
}

static int explain(const verb *v, const settings *s, const char *const *word, int n)
{
    pf_error error;
    char *text;
    if (n > 4) return cli_usage(v, "'%s' is one word too many", word[4]);
    if (s->has_line && s->line < 1) return cli_usage(v, "--line needs a number from 1 up");
    pf_tissue_explain_options o = PF_TISSUE_EXPLAIN_OPTIONS_INIT;
    o.tissue = word[1];
    o.line = s->has_line ? (uint64_t)s->line : 0;
    o.type = n > 2 ? word[2] : NULL;
    o.behaviour = n > 3 ? word[3] : NULL;
    o.json = s->json;
    pf_status status = pf_tissue_explain(&o, &text, &error);
    int code = (int)status;
    if (status && text)
        fputs(text, stderr);
    else
        code = status ? cli_fail(status, &error) : cli_print(text);
    pf_text_free(text);
    return code;
}

static int summarise(const settings *s, const char *const *word, int n)
{
    pf_error error;
    char *text;
    pf_tissue_summarise_options o = PF_TISSUE_SUMMARISE_OPTIONS_INIT;
    o.folder = word + 1;
    o.n_folder = (size_t)n - 1;
    o.killer = s->killer;
    o.out = s->out;
    o.json = s->json;
    pf_status status = pf_tissue_summarise(&o, &text, &error);
    int code = status ? cli_fail(status, &error) : cli_print(text);
    pf_text_free(text);
    return code;
}

static int study(const verb *v, const settings *s, const char *const *word, int n)
{
    if (n > 2)
        return cli_usage(v, "tissue study takes one file; '%s' is one too many", word[2]);
    if (s->variant || s->has_seed)
        return cli_usage(v, "tissue study runs all variants, with seeds from the file's up");
    if (s->has_replicates && (s->replicates < 1 || s->replicates > 1000))
        return cli_usage(v, "--replicates needs a number between 1 and 1000");
    pf_tissue_study_options o = PF_TISSUE_STUDY_OPTIONS_INIT;
    o.tissue = word[1];
    o.out = s->out;
    o.max_time = s->max_time;
    o.replicates = (uint64_t)s->replicates;
    o.threads = (int)s->threads;
    o.no_report = s->no_report;
    o.resume = s->resume;
    o.force = s->force;
    return cli_tissue_study(&o, s->quiet);
}

static int movie(const verb *v, const settings *s, const char *const *word, int n)
{
    if (n > 2) return cli_usage(v, "tissue movie takes one run; '%s' is one too many", word[2]);
    pf_tissue_movie_options o = PF_TISSUE_MOVIE_OPTIONS_INIT;
    o.folder = word[1];
    o.out = s->out;
    o.threads = (int)s->threads;
    return cli_tissue_movie(v, &s->movie, &o, s->quiet);
}

/* What is wrong with a command line of `tissue run`; CLI_GO_ON: nothing. */
static int check_run(const verb *v, const settings *s, const char *const *word, int n)
{
    if (n > 2) return cli_usage(v, "tissue run takes one file; '%s' is one too many", word[2]);
    if (n < 2 && !(s->resume && s->out))
        return cli_usage(v, "tissue run needs a FILE, or --resume and --out FOLDER");
    if (s->has_replicates) return cli_usage(v, "--replicates belongs to tissue study");
    if (s->has_seed && s->seed < 0) return cli_usage(v, "--seed must not be negative");
    return CLI_GO_ON;
}

enum { RUN, STUDY, MOVIE, EXPLAIN, SUMMARISE, ACTIONS };

/* Which of them is meant; ACTIONS: none. */
static int action_of(const char *word)
{
    static const char *const NAME[] = {"run", "study", "movie", "explain", "summarise"};
    int k = 0;
    while (k < ACTIONS && strcmp(word, NAME[k]) != 0) k++;
    return k;
}

/* Options that would be overheard by an action; those that have sentences of their own are told
 * elsewhere. */
static int check_stray(const verb *v, const settings *s, int action, const char *word)
{
    enum { SIMULATES = 1 << RUN | 1 << STUDY };
    const struct {
        const char *name;
        int given, of;
    } option[] = {{"--force", s->force, SIMULATES}, {"--resume", s->resume, SIMULATES},
        {"--no-report", s->no_report, SIMULATES}, {"--max-time", !!s->max_time, SIMULATES},
        {"--variant", !!s->variant, SIMULATES}, {"--seed", s->has_seed, SIMULATES},
        {"--replicates", s->has_replicates, SIMULATES},
        {"--threads", s->has_threads, SIMULATES | 1 << MOVIE},
        {"--out", !!s->out, SIMULATES | 1 << MOVIE | 1 << SUMMARISE}};
    for (size_t i = 0; i < sizeof option / sizeof *option; i++)
        if (option[i].given && !(option[i].of & 1 << action))
            return cli_usage(v, "%s does not belong to tissue %s", option[i].name, word);
    if (s->out && !*s->out) return cli_usage(v, "--out needs a name");
    return CLI_GO_ON;
}

static int simulate(settings *s, const char *tissue)
{
    pf_tissue_result result;
    pf_error error;
    int code;
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = tissue;
    o.out = s->out;
    o.max_time = s->max_time;
    o.variant = s->variant;
    o.threads = (int)s->threads;
    o.force = s->force;
    o.no_report = s->no_report;
    o.resume = s->resume;
    o.has_seed = s->has_seed;
    o.seed = (uint64_t)s->seed;
    o.cancel = cli_catch_signals();
    o.start = on_start;
    o.progress = on_progress;
    o.log = on_log;
    o.payload = s;
    cli_progress_init(&s->progress, s->quiet);
    pf_status status = pf_tissue_run(&o, &result, &error);
    cli_progress_clear(&s->progress);
    if (result.text) fputs(result.text, stderr);
    if (status == PF_DONE || status == PF_STOPPED)
        code = ended(status, &result, s);
    else if (result.wrong)
        code = (int)status; /* the text has said it */
    else
        code = failed(status, &result, &error);
    pf_tissue_result_clear(&result);
    return code;
}

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *word[CLI_POSITIONAL_MAX] = {NULL};
    int n, code = cli_parse(v, argc, argv, &s, word, &n);
    if (code != CLI_GO_ON) return code;
    int action = action_of(word[0]);
    if (action == ACTIONS)
        return cli_usage(v,
            "there is no 'tissue %s'; say tissue run, study, movie, explain or summarise",
            word[0]);
    if (n < 2 && action != RUN)
        return cli_usage(v, "tissue %s needs %s", word[0],
            action == MOVIE || action == SUMMARISE ? "the folder of a run" : "a FILE");
    code = check_stray(v, &s, action, word[0]);
    if (code != CLI_GO_ON) return code;
    if (action == EXPLAIN) return explain(v, &s, word, n);
    if (action == SUMMARISE) return summarise(&s, word, n);
    if (s.json || s.has_line || s.killer)
        return cli_usage(v, "--json, --line and --killer do not belong to tissue %s", word[0]);
    if (s.has_threads && (s.threads < 1 || s.threads > 256))
        return cli_usage(v, "--threads needs a number between 1 and 256");
    if (s.resume && s.force) return cli_usage(v, "--resume and --force exclude each other");
    if (action == MOVIE) return movie(v, &s, word, n);
    if (cli_movie_asked(&s.movie))
        return cli_usage(v, "--size, --fps, --between, --colour, --cut, --field and --turn "
                            "belong to tissue movie");
    if (action == STUDY) return study(v, &s, word, n);
    code = check_run(v, &s, word, n);
    return code == CLI_GO_ON ? simulate(&s, word[1]) : code;
}

const verb cli_tissue = {.name = "tissue",
    .summary = "simulate a lesion of single cells",
    .usage =
        "run FILE | run --resume --out FOLDER | study FILE | movie RUN | explain FILE [TYPE "
        "[BEHAVIOUR]] | summarise RUN...",
    .examples =
        "  perforin tissue run tissue/nk-infiltration.yaml\n"
        "  perforin tissue run tissue/nk-infiltration.yaml --max-time '60 min' -j 2 "
        "--out runs/first-hour\n"
        "  perforin tissue run tissue/nk-infiltration.yaml --resume    after Ctrl-C, a "
        "crash, a full disk\n"
        "  perforin tissue run tissue/nk-infiltration.yaml --variant thawed\n"
        "  perforin tissue study tissue/nk-infiltration.yaml -j 2\n"
        "  perforin tissue movie runs/nk-infiltration --cut y --field oxygen --between 2 "
        "--fps 24\n"
        "  perforin tissue movie runs/nk-infiltration --turn --colour 'granules left' "
        "--out nk.mp4\n"
        "  perforin tissue explain tissue/hypoxia.yaml tumour 'cycle entry'\n"
        "  perforin tissue summarise runs/seed1 runs/seed2 --out rates.yaml\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = CLI_POSITIONAL_MAX,
    .run = run};
