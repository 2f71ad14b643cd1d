/* snapshot.h: a lesion at one moment, as files that other programs open.
 *
 *   cells_NNNNNNNNNN.vtp   points: one for each cell, with what it is (VTK PolyData)
 *   fields_NNNNNNNNNN.vti  voxels: one array for each substance (VTK ImageData)
 *   cells.pvd, fields.pvd  which file is of which minute
 *   cells_NNNNNNNNNN.h5ad  the cells for AnnData (h5ad.h)
 *
 * N is the step of the mechanics. VTK's XML formats, version 1.0, numbers appended raw in the
 * machine's byte order, which the file tells; lengths in um, times in min. Text that names
 * types stands in the field data `types`; `simulated` there says that nobody was observed. The
 * same lesion gives the same bytes. Depends on: tissue, file, h5ad. Threads: no shared state.
 */
#ifndef PF_STORE_SNAPSHOT_H
#define PF_STORE_SNAPSHOT_H
#include "base/base.h"
#include "tissue/tissue.h"

/* Kinds are PF_SHOT_VTP, PF_SHOT_VTI and PF_SHOT_H5AD of setup.h, together. */

/** Write the files of these kinds, each atomically, into a folder that is there. Errors: IO,
 * NO_MEMORY */
PF_NODISCARD pf_err pf_snapshot_write(
    pf_ctx *ctx, const pf_tissue *t, const char *folder, unsigned kinds);

/* Moments for the .pvd files. */
typedef struct pf_moments {
    const uint64_t *step; /* [n] ascending */
    size_t n;
    double minutes; /* of one step */
} pf_moments;
/** Write cells.pvd and fields.pvd, as `kinds` says. Errors: IO, NO_MEMORY */
PF_NODISCARD pf_err pf_snapshot_index(
    pf_ctx *ctx, const pf_moments *m, const char *folder, unsigned kinds);

#endif
