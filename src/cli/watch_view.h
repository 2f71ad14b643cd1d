/* watch_view.h: what a watch saw, as text for a terminal or a line for a log. */
#ifndef PF_CLI_WATCH_VIEW_H
#define PF_CLI_WATCH_VIEW_H
#include "cli/cli.h"

/** The whole view, each line at most `width` columns, at most `rows` lines (0: no limit).
 * Colours only from `paint`. The caller frees; NULL when there is no memory. */
char *cli_watch_frame(
    const pf_watch_view *v, size_t width, size_t rows, const cli_paint *paint);
/** Which run it is, a line. The caller frees. */
char *cli_watch_title(const pf_watch_view *v);
/** One line without a line feed: progress and the figures of each arm. The caller frees. */
char *cli_watch_line(const pf_watch_view *v);
/** Lines that `text` takes on a terminal of `width` columns, where longer ones wrap. */
size_t cli_watch_height(const char *text, size_t width);

#endif
