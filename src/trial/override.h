/* override.h: parameters of the model that a whole run changes, for every patient of every arm.
 *
 * NAME=VALUE sets a parameter (or the initial value of a state), NAME*=FACTOR multiplies what
 * it would have been; in the model's unit. They come after everything else: the model, the
 * population, the product, unknowns, and switches that are off. Formulas of files still read
 * the variables they name, which do not change. Depends on: study. Threads: before the study is
 * shared. */
#ifndef PF_TRIAL_OVERRIDE_H
#define PF_TRIAL_OVERRIDE_H
#include "trial/study.h"

/** Add one change, written as `NAME=VALUE` or `NAME*=FACTOR`, to those of the study; they are
 * applied in order. The name is looked up by pf_trial_new. Errors: CONFIG (not of this form;
 * the value is no finite number), NO_MEMORY */
PF_NODISCARD pf_err pf_study_override(pf_ctx *ctx, pf_study *s, const char *text);
/** As it is written on the command line: "kappa=3", "kappa*=0.5". */
void pf_override_text(const pf_override *o, pf_buf *out);

/** All changes of the study, with a space between; "none" when there are none. */
void pf_overrides_text(const pf_study *s, pf_buf *out);

#endif
