/* progress.h: one line on a terminal, at most ten times a second; elsewhere one line a minute
 * and at each tenth. All on stderr. */
#ifndef PF_CLI_PROGRESS_H
#define PF_CLI_PROGRESS_H
#include "cli/cli.h"

typedef struct cli_progress {
    int quiet, terminal, shown; /* shown: a line stands on the terminal and must be cleared */
    double last;                /* seconds, when a line was last written */
    int tenth;                  /* last tenth that was told */
    int told;                   /* what follows the patients was told */
} cli_progress;

void cli_progress_init(cli_progress *p, int quiet);
void cli_progress_show(cli_progress *p, const pf_progress *now);
/** The same of any line of text; `share` of the whole that is done, after so many seconds. */
void cli_progress_text(cli_progress *p, double share, double seconds, const char *text);
/** What is done now instead, on a terminal. */
void cli_progress_doing(cli_progress *p, const char *text);
/** "12 min left" in `out`; "-" when nobody knows. */
void cli_time_left(double seconds, char *out, size_t size);
/** Clear the terminal's line so that something else can be written. */
void cli_progress_clear(cli_progress *p);
/** "11,336" in `out`. */
void cli_thousands(uint64_t n, char *out, size_t size);

#endif
