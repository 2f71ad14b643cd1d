#include "cli/each.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

typedef struct {
    const char *kind, *article, *root, *runs;
    int missing, json, run, quiet, has_replicates, has_threads;
    long long replicates, threads;
} settings;

static const opt OPTIONS[] = {
    {"kind", 'k', OPT_TEXT, "KIND",
        "only study, ablation, product, specification, population, claim or out-of-scope",
        offsetof(settings, kind), 0},
    {"article", 'a', OPT_TEXT, "ID", "only rows of this article, e.g. A2",
        offsetof(settings, article), 0},
    {"missing", 0, OPT_FLAG, NULL, "only rows whose files are not all there",
        offsetof(settings, missing), 0},
    {"run", 0, OPT_FLAG, NULL, "run the studies of these rows first", offsetof(settings, run),
        0},
    {"replicates", 'r', OPT_INTEGER, "N",
        "of --run, instead of each study's; more that are there are kept",
        offsetof(settings, replicates), offsetof(settings, has_replicates)},
    {"threads", 'j', OPT_INTEGER, "N", "of --run (default: all cores)",
        offsetof(settings, threads), offsetof(settings, has_threads)},
    {"runs", 0, OPT_TEXT, "FOLDER", "where the run folders are (default runs)",
        offsetof(settings, runs), 0},
    {"root", 0, OPT_TEXT, "FOLDER", "that holds evidence/ (default: here or above)",
        offsetof(settings, root), 0},
    {"json", 0, OPT_FLAG, NULL, "JSON instead of a table", offsetof(settings, json), 0},
    {"quiet", 'q', OPT_FLAG, NULL, "of --run: no progress", offsetof(settings, quiet), 0},
};

static int check(const verb *v, const settings *s)
{
    if (s->has_replicates && (s->replicates < 1 || s->replicates > 10000000))
        return cli_usage(v, "--replicates needs a number between 1 and 10,000,000");
    if (s->has_threads && (s->threads < 1 || s->threads > 4096))
        return cli_usage(v, "--threads needs a number between 1 and 4096");
    if (!s->run && (s->has_replicates || s->has_threads))
        return cli_usage(v, "--replicates and --threads belong to --run");
    return CLI_GO_ON;
}

/* Columns of the terminal; 0, one line a row, where the output goes elsewhere. */
static int columns(void)
{
    struct winsize w;
    if (!isatty(fileno(stdout))) return 0;
    return ioctl(fileno(stdout), TIOCGWINSZ, &w) || !w.ws_col ? 80 : w.ws_col;
}

static int run_studies(const settings *s, const pf_systems_options *o)
{
    char *paths = NULL;
    pf_error error;
    pf_each_options each = PF_EACH_OPTIONS_INIT;
    cli_each show = {.quiet = s->quiet};
    pf_status status = pf_systems_studies(o, &paths, &error);
    if (status) return cli_fail(status, &error);
    each.runs = s->runs;
    each.replicates = (uint64_t)s->replicates;
    each.threads = (int)s->threads;
    int code = cli_run_each(paths, &each, &show);
    pf_text_free(paths);
    return code;
}

/* A word that is the id of a row means that row; any other word filters. */
static pf_status tell(pf_systems_options *o, const char *word, char **text, pf_error *error)
{
    if (!word) return pf_systems(o, text, error);
    o->id = word;
    pf_status status = pf_systems(o, text, error);
    if (status != PF_REFUSED || strncmp(error->message, "there is no system", 18) != 0)
        return status;
    pf_error first = *error;
    o->id = NULL;
    o->text = word;
    status = pf_systems(o, text, error);
    if (status || !*text || strncmp(*text, "id ", 3) != 0 ||
        strstr(*text, "\n0 systems") == NULL)
        return status;
    pf_text_free(*text);
    *text = NULL;
    *error = first;
    return PF_REFUSED;
}

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *word[CLI_POSITIONAL_MAX];
    char *text = NULL;
    pf_error error;
    int n, code = cli_parse(v, argc, argv, &s, word, &n);
    if (code == CLI_GO_ON) code = check(v, &s);
    if (code != CLI_GO_ON) return code;
    pf_systems_options o = PF_SYSTEMS_OPTIONS_INIT;
    o.root = s.root;
    o.runs = s.runs;
    o.kind = s.kind;
    o.article = s.article;
    o.missing = s.missing;
    o.json = s.json;
    o.width = columns();
    pf_status status = tell(&o, n ? word[0] : NULL, &text, &error);
    if (status) return cli_fail(status, &error);
    int ran = PF_DONE;
    if (s.run) {
        pf_text_free(text);
        text = NULL;
        ran = run_studies(&s, &o);
        if (ran == PF_STOPPED) return ran; /* the same command goes on, and then lists */
        status = pf_systems(&o, &text, &error);
        if (status) return cli_fail(status, &error);
    }
    code = cli_print(text);
    pf_text_free(text);
    return ran ? ran : code;
}

const verb cli_systems = {.name = "systems",
    .summary =
        "every therapy, mechanism and claim: what answers it, and what the last run said",
    .usage = "[ID or WORD]",
    .examples = "  perforin systems                      all rows of evidence/systems.csv\n"
                "  perforin systems gpc3-il15            everything about one\n"
                "  perforin systems --kind claim         those without a traceable source\n"
                "  perforin systems --run --replicates 2 run all studies, then list them\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 0,
    .positional_max = 1,
    .run = run};
