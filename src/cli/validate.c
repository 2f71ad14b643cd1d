#include "cli/each.h"

typedef struct {
    const char *only, *out, *markdown, *root;
    int json, table, quiet, has_replicates, has_threads;
    long long replicates, threads;
} settings;

static const opt OPTIONS[] = {
    {"only", 0, OPT_TEXT, "CASE", "one case of evidence/outcomes.csv, e.g. V06.1",
        offsetof(settings, only), 0},
    {"replicates", 'r', OPT_INTEGER, "N", "virtual trials of each study (default 200)",
        offsetof(settings, replicates), offsetof(settings, has_replicates)},
    {"out", 'o', OPT_TEXT, "FOLDER",
        "where the run folders go, and are looked for (default runs/validate)",
        offsetof(settings, out), 0},
    {"markdown", 0, OPT_TEXT, "FILE", "also write the tables as Markdown",
        offsetof(settings, markdown), 0},
    {"table", 0, OPT_FLAG, NULL, "run nothing: the tables of what is there",
        offsetof(settings, table), 0},
    {"threads", 'j', OPT_INTEGER, "N", "threads (default: all cores)",
        offsetof(settings, threads), offsetof(settings, has_threads)},
    {"root", 0, OPT_TEXT, "FOLDER", "that holds evidence/ (default: here or above)",
        offsetof(settings, root), 0},
    {"json", 0, OPT_FLAG, NULL, "JSON instead of tables", offsetof(settings, json), 0},
    {"quiet", 'q', OPT_FLAG, NULL, "no progress", offsetof(settings, quiet), 0},
};

static int run_studies(const settings *s, const pf_validate_options *o)
{
    char *paths = NULL;
    pf_error error;
    pf_each_options each = PF_EACH_OPTIONS_INIT;
    cli_each show = {.quiet = s->quiet};
    pf_status status = pf_validate_studies(o, &paths, &error);
    if (status) return cli_fail(status, &error);
    each.runs = s->out ? s->out : "runs/validate";
    each.replicates = s->has_replicates ? (uint64_t)s->replicates : 200;
    each.exact = 1;
    each.threads = (int)s->threads;
    int code = cli_run_each(paths, &each, &show);
    pf_text_free(paths);
    return code;
}

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *none[CLI_POSITIONAL_MAX];
    char *text = NULL;
    pf_error error;
    int n, ran = PF_DONE, code = cli_parse(v, argc, argv, &s, none, &n);
    if (code != CLI_GO_ON) return code;
    if (s.has_replicates && (s.replicates < 1 || s.replicates > 10000000))
        return cli_usage(v, "--replicates needs a number between 1 and 10,000,000");
    if (s.has_threads && (s.threads < 1 || s.threads > 4096))
        return cli_usage(v, "--threads needs a number between 1 and 4096");
    pf_validate_options o = PF_VALIDATE_OPTIONS_INIT;
    o.root = s.root;
    o.runs = s.out;
    o.only = s.only;
    o.json = s.json;
    if (!s.table) ran = run_studies(&s, &o);
    if (ran == PF_STOPPED) return ran; /* what is whole is kept; the same command goes on */
    o.markdown = s.markdown;
    pf_status status = pf_validate(&o, &text, &error);
    if (status) return cli_fail(status, &error);
    code = cli_print(text);
    pf_text_free(text);
    return ran ? ran : code;
}

const verb cli_validate = {.name = "validate",
    .summary = "published outcomes against the studies, with one set of parameters",
    .usage = "",
    .examples = "  perforin validate                     all cases of evidence/outcomes.csv\n"
                "  perforin validate --only V06.1 -r 20  one of them, quickly\n"
                "  perforin validate --table --markdown tables.md\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 0,
    .positional_max = 0,
    .run = run};
