#include "cli/cli.h"

#include <stddef.h>

typedef struct {
    const char *out, *template;
    long long detail;
    int has_detail;
} values;

#define AT(member) offsetof(values, member)

static const opt OPTIONS[] = {
    {"out", 'o', OPT_TEXT, "FILE", "the page (default: report.html in the run's folder)",
        AT(out), 0},
    {"detail", 0, OPT_INTEGER, "N",
        "replicates shown patient by patient (default: as many of those kept as fit)",
        AT(detail), AT(has_detail)},
    {"template", 0, OPT_TEXT, "FILE", "another template, for developers of the page",
        AT(template), 0},
};

static int run(const verb *v, int argc, char **argv)
{
    const char *folder[CLI_POSITIONAL_MAX];
    char *path = NULL;
    pf_error error;
    values set = {0};
    int n, code = cli_parse(v, argc, argv, &set, folder, &n);
    if (code != CLI_GO_ON) return code;
    if (set.has_detail && set.detail < 1)
        return cli_usage(v, "--detail: at least 1 replicate, got %lld", set.detail);
    pf_report_options o = PF_REPORT_OPTIONS_INIT;
    o.folder = folder[0];
    o.out = set.out;
    o.page_template = set.template;
    o.detail = (uint64_t)set.detail;
    o.cancel = cli_catch_signals(); /* a file is written whole or not begun */
    pf_status status = pf_report(&o, &path, &error);
    if (status) return cli_fail(status, &error);
    code = printf("%s\n", path) < 0 || fflush(stdout) ? PF_FAILED : PF_DONE;
    pf_text_free(path);
    return code;
}

const verb cli_report = {.name = "report",
    .summary = "write the page of a run, of a trial or of a tissue",
    .usage = "FOLDER",
    .examples = "  perforin report runs/nsclc-pembro-nk\n"
                "  perforin report runs/nsclc-pembro-nk --detail 10 --out page.html\n"
                "  perforin report runs/nk-infiltration\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof OPTIONS[0],
    .positional_min = 1,
    .positional_max = 1,
    .run = run};
