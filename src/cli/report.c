#include "cli/cli.h"

static int run(const verb *v, int argc, char **argv)
{
    const char *folder[CLI_POSITIONAL_MAX];
    char *path = NULL;
    pf_error error;
    int n, code = cli_parse(v, argc, argv, NULL, folder, &n);
    if (code != CLI_GO_ON) return code;
    pf_status status = pf_report(folder[0], &path, &error);
    if (status) return cli_fail(status, &error);
    code = printf("%s\n", path) < 0 || fflush(stdout) ? PF_FAILED : PF_DONE;
    pf_text_free(path);
    return code;
}

const verb cli_report = {.name = "report",
    .summary = "write the report of a complete run again",
    .usage = "FOLDER",
    .examples = "  perforin report runs/nsclc-pembro-nk\n",
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
