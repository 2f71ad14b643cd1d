/* tissue_study.h: `perforin tissue study`. Internal to cli. */
#ifndef PF_CLI_TISSUE_STUDY_H
#define PF_CLI_TISSUE_STUDY_H
#include "cli/cli.h"

/** Run a study and print its answers; callbacks, cancel and payload are set here. Returns the
 * exit code. */
int cli_tissue_study(const pf_tissue_study_options *options, int quiet);

#endif
