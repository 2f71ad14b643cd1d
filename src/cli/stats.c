#include "cli/cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *time, *event, *censor, *group, *x, *n, *limits, *ties;
    opt_list strata, covariates, yes, at, quantile;
    double tau, conf;
    int missing_is_no, curve, json;
} settings;

static const opt OPTIONS[] = {
    {"time", 't', OPT_TEXT, "COLUMN", "times, in any one unit", offsetof(settings, time), 0},
    {"event", 'e', OPT_TEXT, "COLUMN", "1 = event, 0 = none (or see --yes)",
        offsetof(settings, event), 0},
    {"censor", 'c', OPT_TEXT, "COLUMN", "1 = censored, instead of --event",
        offsetof(settings, censor), 0},
    {"yes", 0, OPT_LIST, "A,B", "values of --event that count as an event, e.g. CR,PR",
        offsetof(settings, yes), 0},
    {"missing-no", 0, OPT_FLAG, NULL, "a missing event counts as none; the row is kept",
        offsetof(settings, missing_is_no), 0},
    {"group", 'g', OPT_TEXT, "COLUMN", "the arms", offsetof(settings, group), 0},
    {"strata", 0, OPT_LIST, "A,B", "columns whose combinations are strata (logrank, cox)",
        offsetof(settings, strata), 0},
    {"covariates", 'x', OPT_LIST, "A,B",
        "columns of a Cox model; NAME=VALUE sets the reference", offsetof(settings, covariates),
        0},
    {"ties", 0, OPT_TEXT, "RULE", "cox: efron (default) or breslow", offsetof(settings, ties),
        0},
    {"tau", 0, OPT_NUMBER, "T", "rmst: up to here (default: as far as all arms reach)",
        offsetof(settings, tau), 0},
    {"at", 0, OPT_LIST, "T,T", "km: survival at these times", offsetof(settings, at), 0},
    {"quantile", 0, OPT_LIST, "P,P", "km: time by which this part had the event (default 0.5)",
        offsetof(settings, quantile), 0},
    {"limits", 0, OPT_TEXT, "SCALE", "km: log-log (default), log or plain",
        offsetof(settings, limits), 0},
    {"curve", 0, OPT_FLAG, NULL, "km: every step of the curves", offsetof(settings, curve), 0},
    {"x", 0, OPT_TEXT, "COLUMN", "binom, fisher: counts, with --n", offsetof(settings, x), 0},
    {"n", 0, OPT_TEXT, "COLUMN", "binom, fisher: out of how many", offsetof(settings, n), 0},
    {"conf", 0, OPT_NUMBER, "P", "level of the limits (default 0.95)", offsetof(settings, conf),
        0},
    {"json", 0, OPT_FLAG, NULL, "JSON instead of a table", offsetof(settings, json), 0},
};

/* Commas split here, unlike in the other verbs: the pieces of a list, in memory of their own.
 */
typedef struct {
    char **item;
    size_t n;
} pieces;

static void pieces_free(pieces *p)
{
    for (size_t i = 0; i < p->n; i++) free(p->item[i]);
    free(p->item);
}

static int split(const opt_list *list, pieces *out)
{
    for (size_t i = 0; i < list->n; i++) {
        for (const char *p = list->item[i];; p++) {
            size_t length = strcspn(p, ",");
            char **grown = realloc(out->item, (out->n + 1) * sizeof *grown);
            if (!grown) return 0;
            out->item = grown;
            if (!(grown[out->n] = strndup(p, length))) return 0;
            out->n++;
            p += length;
            if (!*p) break;
        }
    }
    return 1;
}

static int numbers(const verb *v, const char *option, const pieces *p, double **out)
{
    *out = calloc(p->n + 1, sizeof **out);
    if (!*out) return PF_FAILED;
    for (size_t i = 0; i < p->n; i++) {
        char *end;
        (*out)[i] = strtod(p->item[i], &end);
        if (!*p->item[i] || *end || !isfinite((*out)[i]))
            return cli_usage(v, "--%s needs numbers, not '%s'", option, p->item[i]);
    }
    return CLI_GO_ON;
}

/* The positional arguments after the method: a file, or counts. */
static int take_rest(
    const verb *v, pf_stats_options *o, const char **rest, int n, int64_t *counts)
{
    int countable = !strcmp(o->method, "binom") || !strcmp(o->method, "fisher");
    for (int i = 0; countable && n > 1 && i < n; i++) {
        char *end;
        counts[i] = strtoll(rest[i], &end, 10);
        if (!*rest[i] || *end) return cli_usage(v, "'%s' is not a whole number", rest[i]);
        o->counts = counts;
        o->n_counts = (size_t)n;
    }
    if (o->n_counts) return CLI_GO_ON;
    if (n < 1)
        return cli_usage(v, "%s needs a data file%s", o->method, countable ? " or counts" : "");
    if (n > 1) return cli_usage(v, "one data file at a time: '%s' is too many", rest[1]);
    o->path = rest[0];
    return CLI_GO_ON;
}

static int check(const verb *v, const settings *s, pf_stats_options *o)
{
    static const char *const METHODS[] = {"km", "logrank", "cox", "rmst", "binom", "fisher"};
    enum { N_METHODS = sizeof METHODS / sizeof *METHODS };
    int known = 0;
    for (size_t i = 0; i < N_METHODS; i++) known |= !strcmp(o->method, METHODS[i]);
    if (!known) {
        const char *near = cli_nearest(o->method, METHODS, N_METHODS);
        return near
                   ? cli_usage(v, "unknown statistic '%s'; did you mean '%s'?", o->method, near)
                   : cli_usage(v,
                         "unknown statistic '%s'; there are km, logrank, cox, rmst, binom, "
                         "fisher",
                         o->method);
    }
    o->breslow = s->ties && !strcmp(s->ties, "breslow");
    if (s->ties && !o->breslow && strcmp(s->ties, "efron"))
        return cli_usage(v, "--ties is efron or breslow, not '%s'", s->ties);
    if (s->limits && strcmp(s->limits, "log-log") && strcmp(s->limits, "log") &&
        strcmp(s->limits, "plain"))
        return cli_usage(v, "--limits is log-log, log or plain, not '%s'", s->limits);
    return CLI_GO_ON;
}

static int call(const pf_stats_options *o)
{
    char *text = NULL;
    pf_error error;
    pf_status status = pf_stats(o, &text, &error);
    if (status) return cli_fail(status, &error);
    int code = cli_print(text);
    pf_text_free(text);
    return code;
}

static int go(const verb *v, const settings *s, const char **positional, int n)
{
    pf_stats_options o = PF_STATS_OPTIONS_INIT;
    pieces list[5] = {{0}};
    const opt_list *given[5] = {&s->strata, &s->covariates, &s->yes, &s->at, &s->quantile};
    double *times = NULL, *quantiles = NULL;
    int64_t counts[CLI_POSITIONAL_MAX];
    o.method = positional[0];
    int code = check(v, s, &o);
    if (code == CLI_GO_ON) code = take_rest(v, &o, positional + 1, n - 1, counts);
    for (int i = 0; i < 5 && code == CLI_GO_ON; i++)
        if (!split(given[i], &list[i])) code = PF_FAILED;
    if (code == CLI_GO_ON) code = numbers(v, "at", &list[3], &times);
    if (code == CLI_GO_ON) code = numbers(v, "quantile", &list[4], &quantiles);
    if (code == CLI_GO_ON) {
        o.time = s->time;
        o.event = s->event;
        o.censor = s->censor;
        o.group = s->group;
        o.strata = (const char *const *)list[0].item;
        o.n_strata = list[0].n;
        o.covariates = (const char *const *)list[1].item;
        o.n_covariates = list[1].n;
        o.yes = (const char *const *)list[2].item;
        o.n_yes = list[2].n;
        o.missing_is_no = s->missing_is_no;
        o.x = s->x;
        o.n = s->n;
        o.times = times;
        o.n_times = list[3].n;
        o.quantiles = quantiles;
        o.n_quantiles = list[4].n;
        o.tau = s->tau;
        o.conf = s->conf;
        o.limits = s->limits;
        o.curve = s->curve;
        o.json = s->json;
        code = call(&o);
    }
    for (int i = 0; i < 5; i++) pieces_free(&list[i]);
    free(times);
    free(quantiles);
    return code;
}

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *positional[CLI_POSITIONAL_MAX];
    int n, code = cli_parse(v, argc, argv, &s, positional, &n);
    if (code == CLI_GO_ON) code = go(v, &s, positional, n);
    opt_list *lists[] = {&s.strata, &s.covariates, &s.yes, &s.at, &s.quantile};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) cli_list_free(lists[i]);
    return code;
}

const verb cli_stats = {.name = "stats",
    .summary = "one statistic of a data file: km, logrank, cox, rmst, binom, fisher",
    .usage = "STATISTIC DATA.csv | binom X N | fisher X1 N1 X2 N2",
    .examples =
        "  perforin stats km oak.csv --time os_month --censor os_censored --group arm --at "
        "6,12,18\n"
        "  perforin stats logrank oak.csv -t os_month -c os_censored -g arm --strata "
        "histology\n"
        "  perforin stats cox oak.csv -t os_month -c os_censored -x "
        "arm=docetaxel,age_year,sex\n"
        "  perforin stats rmst oak.csv -t os_month -c os_censored -g arm --tau 18\n"
        "  perforin stats binom oak.csv --event best_response --yes CR,PR --missing-no -g arm\n"
        "  perforin stats binom 20 55\n"
        "  perforin stats fisher 20 55 10 54 --json\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = 5,
    .run = run};
