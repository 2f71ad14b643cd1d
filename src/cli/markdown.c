/* docs/reference/cli.md, from the tables that also drive parsing and --help. */
#include "cli/cli.h"

#include <string.h>

/* Table cells: a bar would end them, angle brackets would be HTML. */
static void cell(FILE *to, const char *text)
{
    for (; *text; text++) fprintf(to, strchr("|<>", *text) ? "\\%c" : "%c", *text);
}

static void option(FILE *to, const opt *o)
{
    fputs("| ", to);
    if (o->letter) fprintf(to, "`-%c`, ", o->letter);
    fprintf(
        to, "`--%s%s%s` | ", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
    cell(to, o->help);
    fputs(" |\n", to);
}

static void one_verb(FILE *to, const verb *v)
{
    fprintf(to, "\n## perforin %s\n\n%c%s.\n\n```\n%s```\n\n", v->name,
        v->summary[0] >= 'a' && v->summary[0] <= 'z' ? v->summary[0] - 'a' + 'A'
                                                     : v->summary[0],
        v->summary + 1, v->examples);
    fprintf(to, "Usage: `perforin %s%s%s%s`\n\n| option | does |\n|---|---|\n", v->name,
        *v->usage ? " " : "", v->usage, v->n_options ? " [options]" : "");
    for (size_t i = 0; i < v->n_options; i++) option(to, &v->options[i]);
    fputs("| `-h`, `--help` | this text |\n", to);
}

void cli_markdown(const verb *const *verbs, size_t n, FILE *to)
{
    fputs(
        "# The command line\n\n"
        "Written by `perforin help --markdown`; a test keeps it current. "
        "`perforin VERB --help` says the same.\n\n"
        "Results go to stdout, messages and progress to stderr. Options may stand before or "
        "after the other arguments;\n`--name=value` is the same as `--name value`, and `--` "
        "ends the options. Colours appear on a terminal only, and not\nwith `NO_COLOR` or "
        "`TERM=dumb`. Nothing is read from other settings or files of the user.\n\n"
        "| exit code | means |\n|---|---|\n"
        "| 0 | all was done |\n"
        "| 1 | something broke: disk, memory, integration, a damaged run |\n"
        "| 2 | the usage or the input has a mistake; nothing was run |\n"
        "| 3 | stopped on request or at the time limit; a run is resumable; from `show`: it is "
        "not complete |\n\n"
        "A second Ctrl-C ends the program at once, with 128 and the signal's number; "
        "`--resume` works then too.\n\n"
        "| verb | does |\n|---|---|\n",
        to);
    for (size_t i = 0; i < n; i++) {
        fprintf(to, "| [`%s`](#perforin-%s) | ", verbs[i]->name, verbs[i]->name);
        cell(to, verbs[i]->summary);
        fputs(" |\n", to);
    }
    fputs("| `help VERB` | the options of a verb |\n| `--version` | the version |\n", to);
    for (size_t i = 0; i < n; i++) one_verb(to, verbs[i]);
}
