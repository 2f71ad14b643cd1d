#include "cli/cli.h"

typedef struct {
    long long replicate, seed;
    int has_seed;
    const char *out;
} settings;

static const opt OPTIONS[] = {
    {"replicate", 'r', OPT_INTEGER, "N", "which of the study's replicates (default 0)",
        offsetof(settings, replicate), 0},
    {"seed", 's', OPT_INTEGER, "N", "instead of the study's", offsetof(settings, seed),
        offsetof(settings, has_seed)},
    {"out", 'o', OPT_TEXT, "CSV", "write to a file instead of stdout", offsetof(settings, out),
        0},
};

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *study[CLI_POSITIONAL_MAX];
    char *text = NULL;
    pf_error error;
    int n, code = cli_parse(v, argc, argv, &s, study, &n);
    if (code != CLI_GO_ON) return code;
    if (s.replicate < 0) return cli_usage(v, "--replicate must not be negative");
    if (s.seed < 0) return cli_usage(v, "--seed must not be negative");
    pf_records_options o = PF_RECORDS_OPTIONS_INIT;
    o.study = study[0];
    o.replicate = (uint64_t)s.replicate;
    o.has_seed = s.has_seed;
    o.seed = (uint64_t)s.seed;
    o.out = s.out;
    pf_status status = pf_study_records(&o, &text, &error);
    code = PF_DONE;
    if (text && (status || o.out))
        fputs(text, stderr);
    else if (text)
        code = cli_print(text);
    if (status) code = cli_fail(status, &error);
    pf_text_free(text);
    return code;
}

const verb cli_records = {.name = "records",
    .summary = "the doses a study plans for its patients, as a table of records",
    .usage = "STUDY",
    .examples = "  perforin records studies/nsclc-pembro-nk.yaml -o doses.csv\n"
                "  perforin simulate models/core.ant --start -10 --records doses.csv\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
