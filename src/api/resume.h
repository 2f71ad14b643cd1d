/* resume.h: a run folder as the user names it, and the command that goes on with a stopped run.
 * Internal to api. */
#ifndef PF_API_RESUME_H
#define PF_API_RESUME_H
#include "api/call.h"
#include "store/status.h"

enum { PF_WHY_SIZE = 600 };
/* What to do about a run that is damaged. */
#define PF_DAMAGED_MEND                                                                        \
    "put the file back, or run the study again: with --force into this folder, or with --out " \
    "into another"

/** Is there a run in `folder`? Errors: CONFIG (no folder, with a guess; a file; a folder
 * without a run), IO, NO_MEMORY. A damaged manifest is no error here. */
PF_NODISCARD pf_err pf_call_find_run(pf_ctx *ctx, pf_arena *a, const char *folder);
/** No run of a tissue can be had from `folder`; says why: it is absent, its manifest is
 * damaged, or it holds the study of a tissue, whose runs are named. Returns CONFIG, CORRUPT or
 * NO_MEMORY. */
PF_NODISCARD pf_err pf_call_no_tissue(pf_ctx *ctx, pf_arena *a, const char *folder);
/** A failure that says what is damaged (in `ctx`) gets what to do about it. Returns CORRUPT. */
PF_NODISCARD pf_err pf_call_damaged(pf_ctx *ctx);
/** `*command` in the arena, from the folder's own copy of the study, so that it works wherever
 * the original is; or NULL, and `why` says what stands against it. `run->manifest` and
 * `run->inputs_whole` are read. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_call_resume(pf_ctx *ctx, pf_arena *a, const char *folder,
    const pf_run_status *run, char why[PF_WHY_SIZE], const char **command);

#endif
