#include "cli/cli.h"

typedef struct {
    long long n, seed, certificate;
    int has_certificate, json;
    const char *out, *judge, *spec, *compare;
} settings;

static const opt OPTIONS[] = {
    {"lots", 'n', OPT_INTEGER, "N", "how many (default 1000)", offsetof(settings, n), 0},
    {"seed", 's', OPT_INTEGER, "N", "of all random numbers (default 1)",
        offsetof(settings, seed), 0},
    {"out", 'o', OPT_TEXT, "CSV",
        "also write every lot (with --judge: every verdict) to a file", offsetof(settings, out),
        0},
    {"certificate", 'c', OPT_INTEGER, "I", "the certificate of lot I instead of the summary",
        offsetof(settings, certificate), offsetof(settings, has_certificate)},
    {"judge", 'j', OPT_TEXT, "CSV",
        "judge real lots by the specification; nothing is simulated", offsetof(settings, judge),
        0},
    {"spec", 0, OPT_TEXT, "FILE", "a specification instead of the one that the lot file names",
        offsetof(settings, spec), 0},
    {"compare", 0, OPT_TEXT, "FILE",
        "medians beside those of a second lot file, and their ratio",
        offsetof(settings, compare), 0},
    {"json", 0, OPT_FLAG, NULL, "for programs", offsetof(settings, json), 0},
};

static int run(const verb *v, int argc, char **argv)
{
    settings s = {.n = 1000, .seed = 1};
    const char *file[CLI_POSITIONAL_MAX];
    char *text = NULL, *problems = NULL;
    pf_error error;
    int n, code = cli_parse(v, argc, argv, &s, file, &n);
    if (code != CLI_GO_ON) return code;
    if (s.n < 1 || s.n > 100000) return cli_usage(v, "--lots must be 1 to 100000");
    if (s.seed < 0) return cli_usage(v, "--seed must not be negative");
    if (s.has_certificate && (s.certificate < 1 || s.certificate > s.n))
        return cli_usage(v, "--certificate must be a lot from 1 to %lld", s.n);
    pf_lot_options o = PF_LOT_OPTIONS_INIT;
    o.lot = file[0];
    o.specification = s.spec;
    o.n = (uint64_t)s.n;
    o.seed = (uint64_t)s.seed;
    o.out = s.out;
    o.certificate = (uint64_t)s.certificate;
    o.judge = s.judge;
    o.compare = s.compare;
    o.json = s.json;
    o.cancel = cli_catch_signals();
    pf_status status = pf_make_lots(&o, &text, &problems, &error);
    if (problems) fputs(problems, stderr);
    code = status ? cli_fail(status, &error) : text ? cli_print(text) : PF_DONE;
    if (!status && s.out) fprintf(stderr, "%s\n", s.out);
    pf_text_free(problems);
    pf_text_free(text);
    return code;
}

const verb cli_lot = {.name = "lot",
    .summary = "make lots of cells, certify one, or judge real ones",
    .usage = "FILE",
    .examples = "  perforin lot products/lots/pbnk-feeder-thawed.yaml\n"
                "  perforin lot products/lots/pbnk-feeder-thawed.yaml --certificate 7\n"
                "  perforin lot products/lots/pbnk-feeder-fresh.yaml --compare "
                "products/lots/pbnk-feeder-thawed.yaml\n"
                "  perforin lot products/lots/pbnk-feeder-thawed.yaml --judge my-lots.csv\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
