/* exchange.h: what single cells secrete and take up becomes what voxels exchange (field.h).
 *
 * A cell acts on the voxel that holds its centre. Cells are sorted by voxel, and the terms of a
 * voxel are added in the order of the cells' store (cube, then id): sums depend neither on
 * threads nor on what happened before. Depends on: cells, field. Threads: one caller; the crew
 * works inside. */
#ifndef PF_TISSUE_EXCHANGE_H
#define PF_TISSUE_EXCHANGE_H
#include "tissue/cells.h"
#include "tissue/field.h"

/* What a cell of some type does to one substance. */
typedef struct pf_uptake {
    double secretion; /* 1/min, >= 0: towards `target` */
    double target;    /* concentration that the cell secretes up to */
    double uptake;    /* 1/min, >= 0 */
} pf_uptake;

/* The same of single cells, by slot; NULL: as their type. */
typedef struct pf_uptake_own {
    const float *secretion, *target, *uptake;
} pf_uptake_own;

typedef struct pf_uptakes {
    const pf_uptake *of;      /* [type][substance] */
    const pf_uptake_own *own; /* [type][substance]; NULL: all as their types */
    const uint8_t *dead;      /* by slot; 1: exchanges as `of_dead`; NULL: nobody does */
    const pf_uptake *of_dead; /* [type][substance] */
} pf_uptakes;

typedef struct pf_exchanger pf_exchanger;

/** For this mesh and number of substances. Errors: NO_MEMORY, RANGE. Free with
 * pf_exchanger_free. */
PF_NODISCARD pf_err pf_exchanger_new(
    pf_ctx *ctx, const pf_mesh *mesh, size_t n_substance, pf_exchanger **out);
void pf_exchanger_free(pf_exchanger *e); /**< NULL is allowed */
pf_bytes pf_exchanger_size(const pf_exchanger *e);
/** Tell the field what the cells do from now on. The cells are sorted; their scratch `now` is
 * used. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_exchanger_apply(pf_ctx *ctx, pf_exchanger *e, const pf_cells *c,
    const pf_uptakes *rate, pf_crew *crew, pf_field *f);

#endif
