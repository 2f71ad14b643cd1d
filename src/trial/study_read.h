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

/* What there is in a population or product file and the files it stands on. */
typedef struct pf_people {
    int product;
    size_t n_variable, n_setting, n_file;
} pf_people;

/** Is this a population or product file and no study, by its keys? */
int pf_is_people(const char *path);
/** Read a population or product file alone. Everything is compared that needs no model and, in
 * a product, no patient; 1,000 people are drawn. Problems go to `diag`. Errors: as
 * pf_study_read */
PF_NODISCARD pf_err pf_people_check(
    pf_ctx *ctx, pf_diag *diag, const char *path, pf_people *out);
/** The keys of study, population and product files, as Markdown. */
void pf_study_reference(pf_buf *out);

#endif
