/* study_read.h: a study and every file it names, read and compared with each other.
 *
 * Every problem of all files goes to one list. Files are looked for in the folder of the study,
 * in its parents up to the first that has them, and in the current directory. Depends on:
 * patient, study. */
#ifndef PF_TRIAL_STUDY_READ_H
#define PF_TRIAL_STUDY_READ_H
#include "input/diag.h"
#include "trial/study.h"

/** Read `path`. Problems, warnings included, are added to `diag`. On success the caller owns
 * `*out` (pf_study_free), with populations prepared; on failure it is NULL. Errors: CONFIG (see
 * `diag`; ctx holds the first one), IO (no unit database), NO_MEMORY */
PF_NODISCARD pf_err pf_study_read(pf_ctx *ctx, pf_diag *diag, const char *path, pf_study **out);
void pf_study_free(pf_study *s); /**< NULL is allowed */
/** The keys of study, population and product files, as Markdown. */
void pf_study_reference(pf_buf *out);

#endif
