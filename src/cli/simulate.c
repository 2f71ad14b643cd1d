#include "cli/cli.h"

#include <string.h>

typedef struct {
    double start, duration, rtol, atol;
    int has_duration, has_rtol, has_atol, has_threads, has_lanes, has_runs, expand, steady,
        deterministic, stochastic, strict;
    long long steps, threads, lanes, seed, runs;
    opt_list variables, amount, concentration, set;
    const char *records, *records_out, *covariates, *patients, *out, *method, *runs_out,
        *native;
} settings;

static const opt OPTIONS[] = {
    {"duration", 'd', OPT_NUMBER, "T",
        "how long, in the model's unit of time (default: to the last record, or 1)",
        offsetof(settings, duration), offsetof(settings, has_duration)},
    {"steps", 'n', OPT_INTEGER, "N",
        "output at N + 1 evenly spaced times (default 100; 0: only --records-out)",
        offsetof(settings, steps), 0},
    {"start", 0, OPT_NUMBER, "T", "time of the initial state (default 0)",
        offsetof(settings, start), 0},
    {"variables", 'v', OPT_NAMES, "A,B", "names to write (default: all states)",
        offsetof(settings, variables), 0},
    {"amount", 0, OPT_NAMES, "A,B", "write these species as amounts",
        offsetof(settings, amount), 0},
    {"concentration", 0, OPT_NAMES, "A,B", "write these species as concentrations",
        offsetof(settings, concentration), 0},
    {"set", 0, OPT_LIST, "NAME=VALUE", "change a parameter or initial state; may be repeated",
        offsetof(settings, set), 0},
    {"steady", 0, OPT_FLAG, NULL, "start from the steady state without doses",
        offsetof(settings, steady), 0},
    {"records", 0, OPT_TEXT, "CSV", "doses and observations: TIME, EVID, AMT, CMT, RATE, ...",
        offsetof(settings, records), 0},
    {"records-out", 0, OPT_TEXT, "CSV", "write the records with what the model predicts",
        offsetof(settings, records_out), 0},
    {"expand", 0, OPT_FLAG, NULL, "write additional doses as records of their own",
        offsetof(settings, expand), 0},
    {"covariates", 0, OPT_TEXT, "HOW",
        "of a record hold after it (locf, the default) or before it (nocb)",
        offsetof(settings, covariates), 0},
    {"patients", 0, OPT_TEXT, "CSV", "one row for each patient: ID and parameters",
        offsetof(settings, patients), 0},
    {"rtol", 0, OPT_NUMBER, "X", "relative tolerance (default 1e-6)", offsetof(settings, rtol),
        offsetof(settings, has_rtol)},
    {"atol", 0, OPT_NUMBER, "X",
        "absolute tolerance (default 1e-9, less when the model is small)",
        offsetof(settings, atol), offsetof(settings, has_atol)},
    {"deterministic", 0, OPT_FLAG, NULL, "nothing is random: populations stay in the equations",
        offsetof(settings, deterministic), 0},
    {"seed", 's', OPT_INTEGER, "N", "for all that is random (default 0)",
        offsetof(settings, seed), 0},
    {"stochastic", 0, OPT_FLAG, NULL, "reactions happen one by one, at random",
        offsetof(settings, stochastic), 0},
    {"runs", 0, OPT_INTEGER, "N",
        "mean and deviation of N runs of a model in which something is random",
        offsetof(settings, runs), offsetof(settings, has_runs)},
    {"runs-out", 0, OPT_TEXT, "CSV", "write every one of the runs",
        offsetof(settings, runs_out), 0},
    {"method", 0, OPT_TEXT, "NAME", "stochastic: exact (default), or tau for many at a time",
        offsetof(settings, method), 0},
    {"threads", 'j', OPT_INTEGER, "N", "threads (default 1)", offsetof(settings, threads),
        offsetof(settings, has_threads)},
    {"lanes", 0, OPT_INTEGER, "N", "patients per vector: 1, 4 or 8 (default: the widest)",
        offsetof(settings, lanes), offsetof(settings, has_lanes)},
    {"native", 0, OPT_TEXT, "WHEN",
        "code by the system's compiler: on, off, auto (default: where it pays); same results",
        offsetof(settings, native), 0},
    {"strict", 0, OPT_FLAG, NULL, "refuse a model whose units clash",
        offsetof(settings, strict), 0},
    {"out", 'o', OPT_TEXT, "CSV", "write to a file instead of stdout", offsetof(settings, out),
        0},
};

static void on_log(void *payload, pf_level level, const char *event, const char *text)
{
    (void)payload, (void)level;
    fprintf(stderr, "perforin: %s: %s\n", event, text);
}

static int check(const verb *v, const settings *s)
{
    if (s->has_duration && !(s->duration > 0))
        return cli_usage(v, "--duration must be positive");
    if (s->steps < 0 || s->steps > 100000000)
        return cli_usage(v, "--steps needs a number from 0 to 100000000");
    if ((s->has_rtol && !(s->rtol > 0)) || (s->has_atol && !(s->atol > 0)))
        return cli_usage(v, "--rtol and --atol must be positive");
    if (!s->steps && !s->records_out)
        return cli_usage(v, "--steps 0 leaves nothing to write without --records-out");
    if (s->expand && !s->records_out) return cli_usage(v, "--expand needs --records-out");
    if (s->records_out && !s->records) return cli_usage(v, "--records-out needs --records");
    if (s->covariates && strcmp(s->covariates, "locf") && strcmp(s->covariates, "nocb"))
        return cli_usage(v, "--covariates is locf or nocb, not '%s'", s->covariates);
    if (s->seed < 0) return cli_usage(v, "--seed must not be negative");
    if (s->has_threads && (s->threads < 1 || s->threads > 4096))
        return cli_usage(v, "--threads needs a number between 1 and 4096");
    if (s->has_lanes && s->lanes != 1 && s->lanes != 4 && s->lanes != 8)
        return cli_usage(v, "--lanes needs 1, 4 or 8");
    if (cli_native(s->native) > 1) return cli_usage(v, "--native needs on, off or auto");
    if (s->method && strcmp(s->method, "tau") && strcmp(s->method, "exact"))
        return cli_usage(v, "--method needs exact or tau");
    if (s->stochastic && s->deterministic)
        return cli_usage(v, "--stochastic and --deterministic contradict each other");
    if (!s->stochastic && s->method) return cli_usage(v, "--method belongs to --stochastic");
    if (s->has_runs && (s->runs < 1 || s->runs > 1000000000))
        return cli_usage(v, "--runs needs a number from 1 to 1000000000");
    return CLI_GO_ON;
}

static int go(const verb *v, const settings *s, const char *model)
{
    int refused = check(v, s);
    if (refused != CLI_GO_ON) return refused;
    pf_simulate_options o = PF_SIMULATE_OPTIONS_INIT;
    o.stochastic = s->stochastic;
    o.leap = s->method && !strcmp(s->method, "tau");
    o.runs = (size_t)s->runs;
    o.runs_out = s->runs_out;
    o.model = model;
    o.start = s->start;
    o.duration = s->duration;
    o.steps = (size_t)s->steps;
    o.variables = s->variables.item;
    o.n_variables = s->variables.n;
    o.amount = s->amount.item;
    o.n_amount = s->amount.n;
    o.concentration = s->concentration.item;
    o.n_concentration = s->concentration.n;
    o.set = s->set.item;
    o.n_set = s->set.n;
    o.records = s->records;
    o.records_out = s->records_out;
    o.expand = s->expand;
    o.nocb = s->covariates && !strcmp(s->covariates, "nocb");
    o.steady = s->steady;
    o.deterministic = s->deterministic;
    o.strict = s->strict;
    o.log = on_log;
    o.patients = s->patients;
    o.rtol = s->rtol;
    o.atol = s->atol;
    o.threads = (int)s->threads;
    o.lanes = (int)s->lanes;
    o.native = cli_native(s->native);
    o.seed = (uint64_t)s->seed;
    o.out = s->out;
    o.cancel = cli_catch_signals();
    char *text = NULL;
    pf_error error;
    pf_status status = pf_simulate(&o, &text, &error);
    int code = PF_DONE; /* patients that failed leave gaps; the others are written */
    if (text && (o.out || !o.steps))
        fputs(text, stderr);
    else if (text)
        code = cli_print(text);
    if (status == PF_STOPPED)
        fputs("stopped; nothing was written\n", stderr);
    else if (status)
        code = cli_fail(status, &error);
    pf_text_free(text);
    return status == PF_STOPPED ? PF_STOPPED : code;
}

static int run(const verb *v, int argc, char **argv)
{
    settings s = {.steps = 100};
    const char *model[CLI_POSITIONAL_MAX];
    int n, code = cli_parse(v, argc, argv, &s, model, &n);
    if (code == CLI_GO_ON) code = go(v, &s, model[0]);
    cli_list_free(&s.variables);
    cli_list_free(&s.amount);
    cli_list_free(&s.concentration);
    cli_list_free(&s.set);
    return code;
}

const verb cli_simulate = {.name = "simulate",
    .summary = "integrate one model, without a study",
    .usage = "MODEL",
    .examples = "  perforin simulate models/core.ant --duration 60 --steps 60\n"
                "  perforin simulate pk.ant -d 28 --records doses.csv --patients people.csv -o "
                "out.csv\n"
                "  perforin simulate pk.ant -n 0 --records study.csv --records-out "
                "predicted.csv\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
