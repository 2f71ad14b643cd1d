#include "cli/cli.h"

typedef struct {
    opt_list label;
    const char *out, *template;
    int all, json;
} settings;

static const opt OPTIONS[] = {
    {"label", 'l', OPT_LIST, "TEXT",
        "what a run is called; once for each, in their order (default: its folder)",
        offsetof(settings, label), 0},
    {"all", 'a', OPT_FLAG, NULL, "also the figures that do not differ", offsetof(settings, all),
        0},
    {"out", 'o', OPT_TEXT, "FILE", "also write the comparison as a page (default: no page)",
        offsetof(settings, out), 0},
    {"template", 0, OPT_TEXT, "FILE", "another template, for developers of the page",
        offsetof(settings, template), 0},
    {"json", 0, OPT_FLAG, NULL, "print the comparison as JSON", offsetof(settings, json), 0},
};

static int run(const verb *v, int argc, char **argv)
{
    settings s = {0};
    const char *folder[CLI_POSITIONAL_MAX];
    char *text = NULL;
    pf_error error;
    int n, code = cli_parse(v, argc, argv, &s, folder, &n);
    if (code == CLI_GO_ON) {
        pf_compare_options o = PF_COMPARE_OPTIONS_INIT;
        o.folder = folder;
        o.n = (size_t)n;
        o.label = s.label.item;
        o.n_label = s.label.n;
        o.out = s.out;
        o.page_template = s.template;
        o.all = s.all;
        o.json = s.json;
        pf_status status = pf_compare_runs(&o, &text, &error);
        code = status ? cli_fail(status, &error) : cli_print(text);
        pf_text_free(text);
    }
    cli_list_free(&s.label);
    return code;
}

const verb cli_compare = {.name = "compare",
    .summary = "runs side by side: what differs, and by how much",
    .usage = "FOLDER FOLDER ...",
    .examples =
        "  perforin compare runs/low-dose runs/high-dose\n"
        "  perforin compare runs/a runs/b --label before --label after -o compare.html\n",
    .options = OPTIONS,
    .n_options = sizeof OPTIONS / sizeof *OPTIONS,
    .positional_min = 1,
    .positional_max = CLI_POSITIONAL_MAX,
    .run = run};
