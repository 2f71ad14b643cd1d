/* usage.h: which parameters of the model a study uses, and what patients have of them.
 *
 * A program reads a parameter when some code of it does. What a study never changes is folded
 * into its programs as numbers, so usage is asked of programs in which every parameter is free
 * that is not 0 or 1 for everyone: those are the switches that take parts of the model out.
 * Depends on: simulate, bind. Threads: as pf_trial. */
#ifndef PF_TRIAL_USAGE_H
#define PF_TRIAL_USAGE_H
#include "trial/simulate.h"

/** Does the program read model parameter `index`? */
int pf_program_reads(const pf_program *p, size_t index);
/** `used`[parameters of the model, in its order]: 1 for those that some arm of the study uses,
 * with the study's own overrides. `*n` is their number; the array is freed with pf_free, NULL
 * after a failure. Compiles the study once more. Errors: as pf_trial_new */
PF_NODISCARD pf_err pf_study_usage(
    pf_ctx *ctx, const pf_study *study, uint8_t **used, size_t *n);
/** The median over the patients of one arm, in the study's first replicates, of `n` model
 * parameters, overrides included; NaN where some patient leaves it to a formula of the model.
 * Nothing is integrated. Errors: as pf_trial_given */
PF_NODISCARD pf_err pf_trial_typical(pf_ctx *ctx, const pf_trial *t, size_t arm,
    const uint32_t *parameter, size_t n, double *median);

#endif
