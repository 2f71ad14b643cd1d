#include "cli/tissue_movie.h"

#include "cli/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void on_progress(void *payload, const pf_tissue_movie_progress *now)
{
    char text[120], left[40] = "-";
    double share = (double)now->done / (double)now->pictures;
    if (now->seconds > 0.2)
        cli_time_left(now->seconds / share * (1 - share), left, sizeof left);
    snprintf(text, sizeof text, "pictures  %2.0f %%   %" PRIu64 " of %" PRIu64 "   %s",
        100 * share, now->done, now->pictures, left);
    cli_progress_text(payload, share, now->seconds, text);
}

int cli_movie_asked(const cli_movie *m)
{
    return m->picture_size || m->colour || m->cut || m->field || m->turn || m->has_fps ||
           m->has_between;
}

/* "960x720" */
static int read_size(const char *text, uint64_t *width, uint64_t *height)
{
    char *end;
    unsigned long w = strtoul(text, &end, 10);
    if (end == text || *end != 'x' || w > 100000) return 0;
    text = end + 1;
    unsigned long h = strtoul(text, &end, 10);
    *width = w;
    *height = h;
    return end > text && !*end && h <= 100000;
}

int cli_tissue_movie(
    const verb *v, const cli_movie *m, const pf_tissue_movie_options *options, int quiet)
{
    pf_tissue_movie_options o = *options;
    cli_progress progress;
    char *path;
    pf_error error;
    if (m->picture_size && !read_size(m->picture_size, &o.width, &o.height))
        return cli_usage(v, "--size needs two numbers, as 960x720");
    if (m->has_between && m->between < 0) return cli_usage(v, "--between must not be negative");
    o.colour = m->colour;
    o.cut = m->cut;
    o.field = m->field;
    o.turn = m->turn;
    if (m->has_fps) o.fps = m->fps;
    if (m->has_between) o.between = (uint64_t)m->between;
    o.cancel = cli_catch_signals();
    o.progress = on_progress;
    o.payload = &progress;
    cli_progress_init(&progress, quiet);
    pf_status status = pf_tissue_movie(&o, &path, &error);
    cli_progress_clear(&progress);
    if (status) return cli_fail(status, &error);
    int bad = printf("%s\n", path) < 0 || fflush(stdout);
    pf_text_free(path);
    return bad ? PF_FAILED : PF_DONE;
}
