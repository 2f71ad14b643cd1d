#include "cli/cli.h"

typedef struct {
    int json;
} settings;

static const opt OPTIONS[] = {
    {"json", 0, OPT_FLAG, NULL, "print the problems as JSON", offsetof(settings, json), 0},
};

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *study[CLI_POSITIONAL_MAX];
    int n, code = cli_parse(v, argc, argv, &s, study, &n), worst = PF_DONE;
    if (code != CLI_GO_ON) return code;
    for (int i = 0; i < n; i++) {
        char *text = NULL;
        pf_error error;
        pf_status status = pf_check(study[i], s.json, &text, &error);
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
    .summary = "all that is wrong with a study, before it runs",
    .usage = "STUDY...",
    .examples = "  perforin check my-trial.yaml\n"
                "  perforin check studies/*.yaml --json\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = CLI_POSITIONAL_MAX,
    .run = run};
