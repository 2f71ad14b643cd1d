/* perforin: the command. One file for each verb; everything is done by the library. */
#include "cli/cli.h"

#include <string.h>

static const verb *const VERBS[] = {&cli_run, &cli_check, &cli_simulate, &cli_records,
    &cli_stats, &cli_lot, &cli_tissue, &cli_model, &cli_show, &cli_watch, &cli_report,
    &cli_compare, &cli_systems, &cli_validate, &cli_doctor};
enum { N_VERBS = sizeof VERBS / sizeof *VERBS };

static const verb *find_verb(const char *name)
{
    for (size_t i = 0; i < N_VERBS; i++)
        if (!strcmp(VERBS[i]->name, name)) return VERBS[i];
    return NULL;
}

static void overview(FILE *to)
{
    fprintf(to,
        "Perforin %s: an in-silico laboratory for adoptive cell therapy.\n"
        "Every patient it shows is simulated. It gives no advice for any person.\n\n"
        "  perforin check my-trial.yaml      what is wrong with a study, before it runs\n"
        "  perforin run my-trial.yaml        simulate it: tables, summary, report\n"
        "  perforin show runs/my-trial       the summary again\n\nverbs\n",
        pf_version());
    for (size_t i = 0; i < N_VERBS; i++)
        fprintf(to, "  %-10s %s\n", VERBS[i]->name, VERBS[i]->summary);
    fputs("  help VERB  the options of a verb, as does perforin VERB --help\n"
          "  --version\n\n"
          "exit codes  0 done, 1 failed, 2 usage or input, 3 stopped and resumable\n",
        to);
}

static int unknown(const char *name)
{
    const char *names[N_VERBS + 4] = {"help", "version", "--help", "--version"};
    for (size_t i = 0; i < N_VERBS; i++) names[i + 4] = VERBS[i]->name;
    const char *near = cli_nearest(name, names, N_VERBS + 4);
    cli_paint p = cli_colours(stderr);
    if (near)
        fprintf(stderr, "%sperforin:%s unknown verb '%s'; did you mean '%s'?\n", p.red, p.off,
            name, near);
    else
        fprintf(
            stderr, "%sperforin:%s unknown verb '%s' (perforin help)\n", p.red, p.off, name);
    return PF_REFUSED;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (!*name) {
        overview(stderr);
        return PF_REFUSED;
    }
    if (!strcmp(name, "--version") || !strcmp(name, "version")) {
        printf("perforin %s\n", pf_version());
        return PF_DONE;
    }
    if (!strcmp(name, "help") || !strcmp(name, "--help") || !strcmp(name, "-h")) {
        if (argc > 2 && !strcmp(argv[2], "--markdown")) {
            cli_markdown(VERBS, N_VERBS, stdout);
            return PF_DONE;
        }
        const verb *v = argc > 2 ? find_verb(argv[2]) : NULL;
        if (argc > 2 && !v) return unknown(argv[2]);
        if (v)
            cli_help(v, stdout);
        else
            overview(stdout);
        return PF_DONE;
    }
    const verb *v = find_verb(name);
    return v ? v->run(v, argc - 1, argv + 1) : unknown(name);
}
