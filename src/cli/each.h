/* each.h: how the verbs that run many studies show them. Internal to cli. */
#ifndef PF_CLI_EACH_H
#define PF_CLI_EACH_H
#include "cli/cli.h"
#include "cli/progress.h"

typedef struct cli_each {
    int quiet;
    size_t kept, done, failed;
    cli_progress progress;
} cli_each;

/** Run the studies whose paths stand in `paths`, one a line; fills callbacks and payload of
 * `options` itself. Progress and one line for each study go to stderr. Returns the exit code.
 */
int cli_run_each(const char *paths, pf_each_options *options, cli_each *show);
/** Split `paths` into lines, in place; `*out` is to be freed. */
size_t cli_lines(char *paths, const char ***out);

#endif
