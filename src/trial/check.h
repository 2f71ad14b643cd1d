/* check.h: what `perforin check` says about a study. Depends on: study_read. */
#ifndef PF_TRIAL_CHECK_H
#define PF_TRIAL_CHECK_H
#include "base/base.h"

/** Read a study and write its problems to `out`, as text or as JSON; when there are none, what
 * the study is. `*errors` counts those that would stop a run. Errors: NO_MEMORY, IO (no unit
 * database) */
PF_NODISCARD pf_err pf_check_study(
    pf_ctx *ctx, const char *path, int json, pf_buf *out, size_t *errors);

#endif
