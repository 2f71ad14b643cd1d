/* cli.h: what the verbs of the command line share. Internal to cli, which sees perforin.h only.
 *
 * stdout carries results and nothing else; all messages go to stderr. One option table for each
 * verb drives parsing, --help and suggestions. */
#ifndef PF_CLI_CLI_H
#define PF_CLI_CLI_H
#include "perforin/perforin.h"

#include <stdio.h>

typedef enum { OPT_FLAG, OPT_TEXT, OPT_INTEGER, OPT_NUMBER, OPT_LIST, OPT_NAMES } opt_kind;

/* Values of an OPT_LIST or OPT_NAMES: each use of the option adds one; OPT_NAMES also splits at
 * commas, and then owns the pieces. */
typedef struct opt_list {
    const char **item;
    size_t n;
    char **owned; /* [n_owned] texts that were split */
    size_t n_owned;
} opt_list;

typedef struct opt {
    const char *name; /* without the dashes */
    char letter;      /* 0: none */
    opt_kind kind;
    const char *argument; /* what --help calls the value; NULL for flags */
    const char *help;
    size_t offset; /* of the int, const char *, long long, double or opt_list in the verb's
                      struct */
    size_t given;  /* of an int that becomes 1 when the option was given; 0: none */
} opt;

typedef struct verb {
    const char *name, *summary;
    const char *usage;    /* positional arguments, e.g. "STUDY" */
    const char *examples; /* lines, shown first */
    const opt *options;
    size_t n_options;
    int positional_min, positional_max;
    int (*run)(const struct verb *self, int argc, char **argv);
} verb;

enum { CLI_POSITIONAL_MAX = 256, CLI_GO_ON = -1 };

/** Parse argv[1..] into `values`; positional arguments go to `positional` (room for
 * CLI_POSITIONAL_MAX), their number to `*n`. Returns CLI_GO_ON, or the exit code when there is
 * nothing left to do (help was shown, or the usage was wrong and said so). */
int cli_parse(
    const verb *v, int argc, char **argv, void *values, const char **positional, int *n);
void cli_list_free(opt_list *list);
void cli_help(const verb *v, FILE *to);
/** All verbs as docs/reference/cli.md. */
void cli_markdown(const verb *const *verbs, size_t n, FILE *to);
/** Print "perforin: sentence" to stderr, the sentence last; returns the status as exit code. */
int cli_fail(pf_status status, const pf_error *error);
/** Print a usage error with a hint to --help; returns 2. */
int cli_usage(const verb *v, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** From here on Ctrl-C asks to stop: the int becomes 1; a second one ends the program. */
const volatile int *cli_catch_signals(void);
/** The value of --native for the options: 1, -1, 0; 2 when it is none. NULL: 0. */
int cli_native(const char *text);
/** The name nearest to `name`, or NULL. */
const char *cli_nearest(const char *name, const char *const *names, size_t n);
/** Write a result to stdout; FAILED with a sentence when that does not work (a full disk). */
int cli_print(const char *text);

/* Colours: empty texts where they do not belong (no terminal, NO_COLOR, TERM=dumb). */
typedef struct cli_paint {
    const char *bold, *red, *yellow, *dim, *off;
} cli_paint;
cli_paint cli_colours(FILE *to);

extern const verb cli_run, cli_check, cli_simulate, cli_records, cli_stats, cli_model, cli_show,
    cli_watch, cli_report, cli_compare, cli_doctor, cli_systems, cli_validate, cli_lot,
    cli_tissue;

#endif
