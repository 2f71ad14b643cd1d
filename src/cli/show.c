#include "cli/cli.h"

typedef struct {
    int json;
} settings;

static const opt OPTIONS[] = {
    {"json", 0, OPT_FLAG, NULL, "print summary.json; of an unfinished run its state",
        offsetof(settings, json), 0},
};

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *folder[CLI_POSITIONAL_MAX];
    char *text = NULL;
    pf_error error;
    int n, code = cli_parse(v, argc, argv, &s, folder, &n);
    if (code != CLI_GO_ON) return code;
    pf_status status = pf_show(folder[0], s.json, &text, &error);
    code = text ? cli_print(text) : PF_DONE;
    if (status && (status != PF_STOPPED || !text)) cli_fail(status, &error);
    if (status) code = (int)status;
    pf_text_free(text);
    return code;
}

const verb cli_show = {.name = "show",
    .summary = "the summary of a run; of an unfinished one how far it is",
    .usage = "FOLDER",
    .examples = "  perforin show runs/nsclc-pembro-nk\n"
                "  perforin show runs/nsclc-pembro-nk --json | jq .arms\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
