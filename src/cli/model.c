#include "cli/cli.h"

#include <string.h>

typedef struct {
    const char *out, *to;
} settings;

static const opt OPTIONS[] = {
    {"out", 'o', OPT_TEXT, "FILE", "where the model goes (default: printed)",
        offsetof(settings, out), 0},
    {"to", 0, OPT_TEXT, "LANGUAGE",
        "sbml or antimony (default: by the ending of FILE, .xml or .ant; without one the "
        "language that IN is not in)",
        offsetof(settings, to), 0},
};

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *word[CLI_POSITIONAL_MAX];
    char *text = NULL;
    pf_error error;
    int n, code = cli_parse(v, argc, argv, &s, word, &n);
    if (code != CLI_GO_ON) return code;
    if (strcmp(word[0], "convert") != 0)
        return cli_usage(v, "there is no 'model %s'; say model convert", word[0]);
    pf_status status = pf_convert(word[1], s.to, s.out, &text, &error);
    if (status) return cli_fail(status, &error);
    code = text ? cli_print(text) : PF_DONE;
    pf_text_free(text);
    return code;
}

const verb cli_model = {.name = "model",
    .summary = "a model in another language: Antimony or SBML",
    .usage = "convert IN",
    .examples = "  perforin model convert models/core.ant -o core.xml\n"
                "  perforin model convert BIOMD0000000012.xml --to antimony\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 2,
    .positional_max = 2,
    .run = run};
