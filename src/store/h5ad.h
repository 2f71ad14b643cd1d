/* h5ad.h: the cells of a lesion at one moment as an AnnData file.
 *
 * What AnnData, scanpy and squidpy read (format 0.1.0 of anndata; HDF5):
 *   X              [cells][var] molecules per cell, then each substance's level at the cell
 *   var            their names, `kind` (antigen, receptor, substance) and `unit`
 *   obs            type, state, phase, class (categories); radius, volume, clock, granules,
 *                  exhaustion, divisions, kills, moves, mother, target; the index is the id
 *   obsm/spatial   [cells][3] centres, um
 *   uns            `perforin`: simulated, tissue, minute, step, seed; `units` of obs and obsm;
 *                  `spatial`: squidpy's convention, with the diameter of a mean cell
 * The same lesion gives the same bytes. Depends on: h5, tissue. */
#ifndef PF_STORE_H5AD_H
#define PF_STORE_H5AD_H
#include "base/base.h"
#include "tissue/tissue.h"

/** Atomically. Errors: IO, NO_MEMORY, RANGE (more cells than a file holds) */
PF_NODISCARD pf_err pf_h5ad_write(pf_ctx *ctx, const pf_tissue *t, const char *path);

#endif
