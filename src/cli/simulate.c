#include "cli/cli.h"

typedef struct {
    double start, duration, rtol, atol;
    long long steps, threads, lanes, seed;
    opt_list variables, set;
    const char *records, *patients, *out;
} settings;

static const opt OPTIONS[] = {
    {"duration", 'd', OPT_NUMBER, "T", "how long, in the model's unit of time (default 1)",
        offsetof(settings, duration), 0},
    {"steps", 'n', OPT_INTEGER, "N", "output at N + 1 evenly spaced times (default 100)",
        offsetof(settings, steps), 0},
    {"start", 0, OPT_NUMBER, "T", "time of the initial state (default 0)",
        offsetof(settings, start), 0},
    {"variables", 'v', OPT_NAMES, "A,B", "names to write (default: all states)",
        offsetof(settings, variables), 0},
    {"set", 0, OPT_LIST, "NAME=VALUE", "change a parameter or initial state; may be repeated",
        offsetof(settings, set), 0},
    {"records", 0, OPT_TEXT, "CSV", "doses: TIME, EVID, AMT, CMT, RATE, ADDL, II and maybe ID",
        offsetof(settings, records), 0},
    {"patients", 0, OPT_TEXT, "CSV", "one row for each patient: ID and parameters",
        offsetof(settings, patients), 0},
    {"rtol", 0, OPT_NUMBER, "X", "relative tolerance (default 1e-6)", offsetof(settings, rtol),
        0},
    {"atol", 0, OPT_NUMBER, "X", "absolute tolerance (default 1e-9)", offsetof(settings, atol),
        0},
    {"seed", 's', OPT_INTEGER, "N", "for populations that become small",
        offsetof(settings, seed), 0},
    {"threads", 'j', OPT_INTEGER, "N", "threads (default 1)", offsetof(settings, threads), 0},
    {"lanes", 0, OPT_INTEGER, "N", "patients per vector: 1, 4 or 8 (default: the widest)",
        offsetof(settings, lanes), 0},
    {"out", 'o', OPT_TEXT, "CSV", "write to a file instead of stdout", offsetof(settings, out),
        0},
};

static int go(const verb *v, const settings *s, const char *model)
{
    if (!(s->duration > 0)) return cli_usage(v, "--duration must be positive");
    if (s->steps < 1 || s->steps > 100000000)
        return cli_usage(v, "--steps needs a number >= 1");
    if (s->seed < 0) return cli_usage(v, "--seed must not be negative");
    if (s->threads < 0 || s->threads > 4096)
        return cli_usage(v, "--threads needs a number between 1 and 4096");
    if (s->lanes && s->lanes != 1 && s->lanes != 4 && s->lanes != 8)
        return cli_usage(v, "--lanes needs 1, 4 or 8");
    pf_simulate_options o = PF_SIMULATE_OPTIONS_INIT;
    o.model = model;
    o.start = s->start;
    o.duration = s->duration;
    o.steps = (size_t)s->steps;
    o.variables = s->variables.item;
    o.n_variables = s->variables.n;
    o.set = s->set.item;
    o.n_set = s->set.n;
    o.records = s->records;
    o.patients = s->patients;
    o.rtol = s->rtol;
    o.atol = s->atol;
    o.threads = (int)s->threads;
    o.lanes = (int)s->lanes;
    o.seed = (uint64_t)s->seed;
    o.out = s->out;
    char *text = NULL;
    pf_error error;
    pf_status status = pf_simulate(&o, &text, &error);
    int code = PF_DONE; /* patients that failed leave gaps; the others are written */
    if (text && o.out)
        fputs(text, stderr);
    else if (text)
        code = cli_print(text);
    if (status) code = cli_fail(status, &error);
    pf_text_free(text);
    return code;
}

static int run(const verb *v, int argc, char **argv)
{
    settings s = {.duration = 1.0, .steps = 100};
    const char *model[CLI_POSITIONAL_MAX];
    int n, code = cli_parse(v, argc, argv, &s, model, &n);
    if (code == CLI_GO_ON) code = go(v, &s, model[0]);
    cli_list_free(&s.variables);
    cli_list_free(&s.set);
    return code;
}

const verb cli_simulate = {.name = "simulate",
    .summary = "integrate one model, without a study",
    .usage = "MODEL",
    .examples = "  perforin simulate models/core.ant --duration 60 --steps 60\n"
                "  perforin simulate pk.ant -d 28 --records doses.csv --patients people.csv -o "
                "out.csv\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
