/* field_error.h: what a large step of the fields costs, tried out before a run.
 *
 * The split scheme of field.h is stable for any step and of first order in it: a large step
 * lets, for example, another amount of oxygen into a ball of cells, because what comes in and
 * what is taken up are done one after the other. The probe lets the first cells of a lesion
 * stand where they begin, lets fields run for the first minutes once with the step of the setup
 * and once with a small one, and compares them where cells are. Depends on: tissue. Threads: as
 * pf_tissue_new. */
#ifndef PF_TISSUE_FIELD_ERROR_H
#define PF_TISSUE_FIELD_ERROR_H
#include "base/base.h"
#include "tissue/setup.h"

/* The step with which larger ones are compared, min (the usual one, Ghaffarizadeh et al. 2018,
 * PLoS Comput Biol 14:e1005991), and the difference from which a run is warned. */
#define PF_FIELD_STEP_SMALL 0.01
#define PF_FIELD_ERROR_WARN 0.05

typedef struct pf_field_error {
    double minutes;     /* that both ran; 0: the step is small, nothing was tried */
    double step, small; /* min */
    size_t n;           /* substances */
    /* of each: the largest difference in a voxel with cells (in all voxels, when no cell is
     * there at the beginning), as a share of what is there with the small step, or of a
     * hundredth of the largest such value where there is less; -1: it was never there */
    double of[PF_SUBSTANCES_MAX];
    size_t worst; /* the substance with the largest; 0 with none */
} pf_field_error;

/** Compare the setup's field step, if it is larger than PF_FIELD_STEP_SMALL, with that one (or
 * with a thousandth of the probe, where that is longer), over 10 steps, at least a minute.
 * Costs up to 1,000 small steps of the fields. The same bits for any number of threads. Errors:
 * NO_MEMORY, RANGE */
PF_NODISCARD pf_err pf_tissue_field_error(
    pf_ctx *ctx, const pf_setup *setup, int threads, pf_field_error *out);
/** "oxygen near cells differs by up to 7.1 % from steps of 0.01 min, after 1 min": the worst.
 * Empty when nothing was tried. */
void pf_field_error_sentence(const pf_setup *setup, const pf_field_error *e, pf_buf *out);

#endif
