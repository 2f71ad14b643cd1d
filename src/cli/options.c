#include "cli/cli.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

cli_paint cli_colours(FILE *to)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");
    int plain = !isatty(fileno(to)) || (none && *none) || (term && !strcmp(term, "dumb"));
    if (plain) return (cli_paint){"", "", "", "", ""};
    return (cli_paint){"\033[1m", "\033[31m", "\033[33m", "\033[2m", "\033[0m"};
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters added, dropped, changed or swapped with the next. */
static size_t distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    size_t n = strlen(a), m = strlen(b), d[LONGEST + 1][LONGEST + 1];
    if (n > LONGEST || m > LONGEST) return LONGEST;
    for (size_t i = 0; i <= n; i++) d[i][0] = i;
    for (size_t j = 0; j <= m; j++) d[0][j] = j;
    for (size_t i = 1; i <= n; i++)
        for (size_t j = 1; j <= m; j++) {
            d[i][j] = least(
                least(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

const char *cli_nearest(const char *name, const char *const *names, size_t n)
{
    const char *best = NULL;
    size_t limit = strlen(name) / 3 + 2;
    for (size_t i = 0; i < n; i++) {
        size_t d = distance(name, names[i]);
        if (d >= limit) continue;
        limit = d;
        best = names[i];
    }
    return best;
}

int cli_fail(pf_status status, const pf_error *error)
{
    cli_paint p = cli_colours(stderr);
    const char *text = error->message[0] ? error->message : pf_error_text(error->code);
    fprintf(stderr, "%sperforin:%s %s\n", p.red, p.off, text);
    return (int)status;
}

/* The first signal asks to stop, the second ends the program at once. */
static volatile int stop_asked;

static void on_signal(int number)
{
    if (stop_asked) _exit(128 + number);
    stop_asked = 1;
}

const volatile int *cli_catch_signals(void)
{
    struct sigaction act;
    memset(&act, 0, sizeof act);
    act.sa_handler = on_signal;
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file-size limit is then an error with a sentence */
    signal(SIGPIPE, SIG_IGN); /* who reads along may leave; files are written all the same */
    return &stop_asked;
}

int cli_native(const char *text)
{
    if (!text || !strcmp(text, "auto")) return 0;
    if (!strcmp(text, "on")) return 1;
    return strcmp(text, "off") ? 2 : -1;
}

int cli_usage(const verb *v, const char *fmt, ...)
{
    cli_paint p = cli_colours(stderr);
    va_list args;
    va_start(args, fmt);
    fprintf(stderr, "%sperforin %s:%s ", p.red, v->name, p.off);
    vfprintf(stderr, fmt, args);
    fprintf(stderr, " (perforin %s --help)\n", v->name);
    va_end(args);
    return PF_REFUSED;
}

int cli_print(const char *text)
{
    if (fputs(text, stdout) >= 0 && !fflush(stdout)) return PF_DONE;
    if (errno == EPIPE) return PF_DONE; /* the reader has seen enough */
    fprintf(stderr, "perforin: cannot write the result: %s\n", strerror(errno));
    return PF_FAILED;
}

static void print_option(FILE *to, const opt *o)
{
    char left[80];
    char letter[8] = "    ";
    if (o->letter) snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->argument ? " " : "",
        o->argument ? o->argument : "");
    fprintf(to, "  %-28s %s\n", left, o->help);
}

void cli_help(const verb *v, FILE *to)
{
    static const opt help = {.name = "help", .letter = 'h', .help = "this text"};
    fprintf(to, "%s\n\n%s\nusage  perforin %s %s%s\n", v->summary, v->examples, v->name,
        v->usage, v->n_options ? " [options]" : "");
    fputs("\noptions\n", to);
    for (size_t i = 0; i < v->n_options; i++) print_option(to, &v->options[i]);
    print_option(to, &help);
}

static const opt *find(const verb *v, const char *name, size_t length, char letter)
{
    for (size_t i = 0; i < v->n_options; i++) {
        const opt *o = &v->options[i];
        if (letter ? o->letter == letter
                   : strlen(o->name) == length && !strncmp(o->name, name, length))
            return o;
    }
    return NULL;
}

static int unknown(const verb *v, const char *argument)
{
    const char *names[64];
    size_t n = 0;
    char bare[64];
    for (; n < v->n_options && n < 63; n++) names[n] = v->options[n].name;
    names[n++] = "help";
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(argument + 2, "="), argument + 2);
    const char *near = argument[1] == '-' ? cli_nearest(bare, names, n) : NULL;
    if (near) return cli_usage(v, "unknown option '%s'; did you mean '--%s'?", argument, near);
    return cli_usage(v, "unknown option '%s'", argument);
}

static int set_list(opt_list *list, const char *text)
{
    const char **grown = realloc(list->item, (list->n + 1) * sizeof *grown);
    if (!grown) {
        fputs("perforin: not enough memory\n", stderr);
        return PF_FAILED;
    }
    list->item = grown;
    list->item[list->n++] = text;
    return CLI_GO_ON;
}

/* "a,b": one item for each name. The pieces live in a copy that the list owns. */
static int set_names(const verb *v, const char *option, opt_list *list, const char *text)
{
    char **grown = realloc(list->owned, (list->n_owned + 1) * sizeof *grown);
    char *copy = strdup(text), *rest = copy;
    if (grown) list->owned = grown;
    if (!grown || !copy) {
        free(copy);
        fputs("perforin: not enough memory\n", stderr);
        return PF_FAILED;
    }
    list->owned[list->n_owned++] = copy;
    while (rest) {
        const char *name = strsep(&rest, ",");
        if (!*name)
            return cli_usage(
                v, "--%s needs names with commas between them, not '%s'", option, text);
        int code = set_list(list, name);
        if (code != CLI_GO_ON) return code;
    }
    return CLI_GO_ON;
}

void cli_list_free(opt_list *list)
{
    for (size_t i = 0; i < list->n_owned; i++) free(list->owned[i]);
    free(list->owned);
    free(list->item);
    *list = (opt_list){0};
}

static int set_value(const verb *v, const opt *o, const char *text, char *values)
{
    void *at = values + o->offset;
    char *stop = NULL;
    errno = 0;
    switch (o->kind) {
    case OPT_FLAG:
        *(int *)at = 1;
        break;
    case OPT_TEXT:
        *(const char **)at = text;
        break;
    case OPT_INTEGER:
        *(long long *)at = strtoll(text, &stop, 10);
        if (!*text || *stop || errno)
            return cli_usage(v, "--%s needs a whole number, not '%s'", o->name, text);
        break;
    case OPT_NUMBER:
        *(double *)at = strtod(text, &stop);
        if (!*text || *stop || !isfinite(*(double *)at))
            return cli_usage(v, "--%s needs a number, not '%s'", o->name, text);
        break;
    case OPT_LIST:
    case OPT_NAMES: {
        int code = o->kind == OPT_NAMES ? set_names(v, o->name, at, text) : set_list(at, text);
        if (code != CLI_GO_ON) return code;
        break;
    }
    }
    if (o->given) *(int *)(void *)(values + o->given) = 1;
    return CLI_GO_ON;
}

/* One option at argv[*i]; moves *i over its value. */
static int take_option(const verb *v, int argc, char **argv, int *i, void *values)
{
    const char *argument = argv[*i], *text = NULL;
    int is_long = argument[1] == '-';
    size_t length = is_long ? strcspn(argument + 2, "=") : 1;
    const opt *o = is_long ? find(v, argument + 2, length, 0) : find(v, NULL, 0, argument[1]);
    if (!o) return unknown(v, argument);
    if (is_long && argument[2 + length] == '=')
        text = argument + 3 + length;
    else if (!is_long && argument[2])
        text = argument + 2;
    if (o->kind == OPT_FLAG && text)
        return is_long ? cli_usage(v, "--%s takes no value", o->name) : unknown(v, argument);
    if (o->kind != OPT_FLAG && !text) {
        if (*i + 1 >= argc) return cli_usage(v, "--%s needs %s", o->name, o->argument);
        text = argv[++*i];
    }
    return set_value(v, o, text, values);
}

int cli_parse(
    const verb *v, int argc, char **argv, void *values, const char **positional, int *n)
{
    int only_names = 0;
    *n = 0;
    for (int i = 1; i < argc; i++) {
        const char *a = argv[i];
        if (!only_names && (!strcmp(a, "--help") || !strcmp(a, "-h"))) {
            cli_help(v, stdout);
            return PF_DONE;
        }
        if (!only_names && !strcmp(a, "--")) {
            only_names = 1;
        } else if (!only_names && a[0] == '-' && a[1]) {
            int code = take_option(v, argc, argv, &i, values);
            if (code != CLI_GO_ON) return code;
        } else if (*n == v->positional_max || *n == CLI_POSITIONAL_MAX) {
            return cli_usage(v, "one argument too many: '%s'", a);
        } else {
            positional[(*n)++] = a;
        }
    }
    if (*n < v->positional_min) return cli_usage(v, "missing: %s", v->usage);
    return CLI_GO_ON;
}
