#include "cli/tissue_study.h"

#include "cli/progress.h"

#include <inttypes.h>

typedef struct {
    int quiet;
    cli_progress progress;
} state;

static void on_progress(void *payload, const pf_tissue_study_progress *now)
{
    state *s = payload;
    char text[240], cells[40], left[40] = "-";
    double share = ((double)(now->run - 1) + now->minute / now->minutes) / (double)now->runs;
    cli_thousands(now->cells, cells, sizeof cells);
    if (now->seconds > 0.2) cli_time_left(now->left, left, sizeof left);
    snprintf(text, sizeof text,
        "run       %" PRIu64 " of %" PRIu64 "   %s, seed %" PRIu64
        "   %.1f of %g min   %s cells   %s",
        now->run, now->runs, now->variant, now->seed, now->minute, now->minutes, cells, left);
    cli_progress_text(&s->progress, share, now->seconds, text);
}

static void on_log(void *payload, pf_level level, const char *event, const char *text)
{
    state *s = payload;
    if (level > (s->quiet ? PF_LEVEL_WARN : PF_LEVEL_INFO)) return;
    cli_progress_clear(&s->progress);
    fprintf(stderr, "%s: %s: %s\n", level == PF_LEVEL_WARN ? "warning" : "note", event, text);
}

static void ended(const pf_tissue_study_result *r)
{
    fprintf(stderr, "done      %" PRIu64 " runs", r->done);
    if (r->kept) fprintf(stderr, ", %" PRIu64 " of them kept", r->kept);
    fprintf(stderr, "   %.1f s\nresults   %s\n", r->seconds, r->folder ? r->folder : "");
    if (r->report) fprintf(stderr, "report    %s\n", r->report);
}

int cli_tissue_study(const pf_tissue_study_options *options, int quiet)
{
    pf_tissue_study_options o = *options;
    pf_tissue_study_result result;
    pf_error error;
    state s = {.quiet = quiet};
    o.cancel = cli_catch_signals();
    o.progress = on_progress;
    o.log = on_log;
    o.payload = &s;
    cli_progress_init(&s.progress, quiet);
    pf_status status = pf_tissue_study(&o, &result, &error);
    int code = (int)status;
    cli_progress_clear(&s.progress);
    if (status == PF_DONE) {
        if (!quiet) ended(&result);
        code = result.text ? cli_print(result.text) : 0;
    } else if (status == PF_REFUSED && result.text)
        fputs(result.text, stderr);
    else
        code = cli_fail(status, &error);
    pf_tissue_study_result_clear(&result);
    return code;
}
