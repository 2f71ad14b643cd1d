#include "cli/cli.h"

typedef struct {
    int json, strict;
} settings;

static const opt OPTIONS[] = {
    {"strict", 0, OPT_FLAG, NULL, "units that clash are errors", offsetof(settings, strict), 0},
    {"json", 0, OPT_FLAG, NULL, "print the problems as JSON", offsetof(settings, json), 0},
};

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *path[CLI_POSITIONAL_MAX];
    int n, code = cli_parse(v, argc, argv, &s, path, &n), worst = PF_DONE;
    if (code != CLI_GO_ON) return code;
    unsigned how = (s.json ? PF_CHECK_JSON : 0u) | (s.strict ? PF_CHECK_STRICT : 0u);
    for (int i = 0; i < n; i++) {
        char *text = NULL;
        pf_error error;
        pf_status status = pf_check(path[i], how, &text, &error);
        /* Problems are what was asked for, so they are the result. */
        code = text ? cli_print(text) : PF_DONE;
        pf_text_free(text);
        if (status && (!text || status == PF_FAILED)) cli_fail(status, &error);
        if ((int)status > worst) worst = (int)status;
        if (code) return code;
    }
    return worst;
}

const verb cli_check = {.name = "check",
    .summary =
        "all that is wrong with a study, a model, a population or a tissue, before it runs",
    .usage = "STUDY|MODEL|POPULATION|TISSUE...",
    .examples = "  perforin check my-trial.yaml\n"
                "  perforin check studies/*.yaml --json\n"
                "  perforin check my-model.ant --strict\n"
                "  perforin check evidence/populations/*.yaml\n"
                "  perforin check tissue/nk-infiltration.yaml\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = CLI_POSITIONAL_MAX,
    .run = run};
