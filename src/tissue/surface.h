/* surface.h: where a tumour ends, and how far below that its cells and visitors are.
 *
 * Seen from the centroid of the tumour's cells (bodies included), directions are parted into up
 * to 96 patches (the faces of a cube, each in squares), so many that each has 16 cells on
 * average. In a patch the tumour ends at the 97.5 % quantile (type 7 of Hyndman and Fan 1996)
 * of distance + radius of its cells: a few cells that lie apart do not move it. Where a patch
 * has no cell the surface is the centroid. The depth of a place is the surface of its patch
 * less its distance: negative outside. Depends on: tissue. Threads: no shared state. */
#ifndef PF_TISSUE_SURFACE_H
#define PF_TISSUE_SURFACE_H
#include "tissue/tissue.h"

enum { PF_PATCHES_MAX = 96 };

typedef struct pf_surface {
    size_t cells; /* of the tumour; 0: there is none, and no surface */
    int across;   /* squares along the edge of a face; 0: one patch */
    double centre[3];
    double at[PF_PATCHES_MAX]; /* um from the centre */
} pf_surface;

/** The surface of the cells of these types (`of`[type] is not 0). Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_surface_find(
    pf_ctx *ctx, const pf_tissue *t, const uint8_t *of, pf_surface *out);
/** um below the surface; NaN without one. */
double pf_surface_depth(const pf_surface *s, const double at[3]);
/** The quantile `p` (type 7) of x[n], which is sorted by this call; NaN for n = 0. */
double pf_quantile_of(double *x, size_t n, double p);

#endif
