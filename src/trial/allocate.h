/* allocate.h: who gets which arm.
 *
 * Fixed: the arms' exact sizes in random order (Fisher-Yates). Block: permuted blocks within
 * strata; each block holds the arms in the ratio of their sizes, and the next block of a
 * stratum starts when the last one is full. Paired: arm after arm, so that patient i of an arm
 * of n is the same person as patient i + n. One call allocates a replicate, O(n), keyed by
 * (seed, replicate) alone. Depends on: study. Threads: pure functions. */
#ifndef PF_TRIAL_ALLOCATE_H
#define PF_TRIAL_ALLOCATE_H
#include "trial/study.h"

/** Strata of `n` patients from the values of the stratifying variables, row-major
 * `value[n][n_variable]`: equal rows share a stratum, numbered by ascending values. */
PF_NODISCARD pf_err pf_allocate_strata(
    pf_ctx *ctx, const double *value, size_t n, size_t n_variable, uint32_t *stratum);

/** Arm of each of the study's patients in one replicate, and its place in order of entry within
 * that arm; both arrays have pf_study_size elements. `stratum` may be NULL (one stratum),
 * `order` may be NULL. Errors: RANGE (a block that cannot hold the ratio), NO_MEMORY */
PF_NODISCARD pf_err pf_allocate(pf_ctx *ctx, const pf_study *study, uint64_t replicate,
    const uint32_t *stratum, uint32_t *arm, uint64_t *order);

#endif
