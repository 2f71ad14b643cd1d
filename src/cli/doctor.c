#include "cli/cli.h"

typedef struct {
    int json;
} settings;

static const opt OPTIONS[] = {
    {"json", 0, OPT_FLAG, NULL, "print as JSON", offsetof(settings, json), 0},
};

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *none[CLI_POSITIONAL_MAX];
    char *text = NULL;
    pf_error error;
    int n, code = cli_parse(v, argc, argv, &s, none, &n);
    if (code != CLI_GO_ON) return code;
    pf_status status = pf_doctor(s.json, &text, &error);
    code = text ? cli_print(text) : PF_DONE;
    pf_text_free(text);
    return status ? cli_fail(status, &error) : code;
}

const verb cli_doctor = {.name = "doctor",
    .summary = "what this machine offers, and what is missing",
    .usage = "",
    .examples = "  perforin doctor\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .run = run};
