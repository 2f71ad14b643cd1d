#include "cli/each.h"

#include <stdlib.h>
#include <string.h>

static void on_progress(void *payload, const pf_progress *now)
{
    cli_each *e = payload;
    cli_progress_show(&e->progress, now);
}

static void on_step(void *payload, const pf_each_step *s)
{
    static const char *const WORD[] = {"done", "failed", "refused", "stopped"};
    cli_each *e = payload;
    cli_paint p = cli_colours(stderr);
    cli_progress_clear(&e->progress);
    cli_progress_init(&e->progress, e->quiet || !e->progress.terminal);
    e->kept += s->kept != 0;
    e->done += !s->status && !s->kept;
    e->failed += s->status != PF_DONE;
    if (e->quiet && !s->status) return;
    fprintf(stderr, "%3zu of %zu  %-44s %5.1f s  %s%s%s\n", s->index + 1, s->n, s->study,
        s->seconds, s->status ? p.red : "", s->kept ? "kept" : WORD[s->status],
        s->status ? p.off : "");
    if (s->status == PF_STOPPED) return;
    if (s->status && s->result->text) fputs(s->result->text, stderr);
    if (s->status) fprintf(stderr, "%*s%s\n", 12, "", s->sentence);
}

size_t cli_lines(char *paths, const char ***out)
{
    size_t n = 0, room = 1;
    for (const char *p = paths; *p; p++) room += *p == '\n';
    *out = calloc(room, sizeof **out);
    if (!*out) return 0;
    for (char *line = paths, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        (*out)[n++] = line;
    }
    return n;
}

int cli_run_each(const char *paths, pf_each_options *options, cli_each *show)
{
    pf_error error;
    const char **study = NULL;
    char *copy = strdup(paths);
    size_t n = copy ? cli_lines(copy, &study) : 0;
    if (!copy || !study) {
        fputs("perforin: not enough memory\n", stderr);
        free(copy);
        return PF_FAILED;
    }
    cli_progress_init(&show->progress, show->quiet);
    if (!show->progress.terminal) cli_progress_init(&show->progress, 1);
    options->cancel = cli_catch_signals();
    options->step = on_step;
    options->progress = on_progress;
    options->payload = show;
    pf_status status = pf_run_each(study, n, options, &error);
    if (!show->quiet)
        fprintf(stderr, "%zu stud%s: %zu run, %zu kept, %zu not finished\n", n,
            n == 1 ? "y" : "ies", show->done, show->kept, n - show->done - show->kept);
    if (status == PF_STOPPED)
        fputs("stopped on request; what is done is kept: the same command goes on\n", stderr);
    free(study);
    free(copy);
    return (int)status;
}
