/* mechanics.h: cells push, stick and move.
 *
 * Overdamped: a cell's velocity is the sum over neighbours j within reach, along the line to j
 * (d: distance of centres, r: radii),
 *   + adhesion[i][j] (1 - d / (A_i + A_j))^2   where d < A_i + A_j,  A = reach * r,
 *   - repulsion[i][j] (1 - d / (r_i + r_j))^2  where d < r_i + r_j,
 * the potentials of Macklin et al. 2012 (J Theor Biol 301:122) as PhysiCell uses them
 * (Ghaffarizadeh et al. 2018, PLoS Comput Biol 14:e1005991), plus what a cell does by itself
 * (`drive`). Positions follow by Adams-Bashforth: x <- x + h (3/2 v - 1/2 v_before). Walls push
 * back as a cell's mirror image would.
 *
 * Forces are computed from both sides, each cell for itself, from positions that nobody changes
 * meanwhile, neighbours in the order of the grid in eight partial sums: the same bits on any
 * number of threads and any vector width. Depends on: cells. Threads: as cells. */
#ifndef PF_TISSUE_MECHANICS_H
#define PF_TISSUE_MECHANICS_H
#include "tissue/cells.h"

typedef struct pf_mechanics {
    size_t n_type;
    double reach[PF_CELL_TYPES_MAX];                         /* of the radius; >= 1 */
    double adhesion[PF_CELL_TYPES_MAX * PF_CELL_TYPES_MAX];  /* [i * n_type + j] um/min */
    double repulsion[PF_CELL_TYPES_MAX * PF_CELL_TYPES_MAX]; /* the same */
    double low[3], high[3];                                  /* walls, um */
    double wall;    /* strength of their push, um/min; 0: none, cells are held inside */
    int lanes;      /* vector width (model/lanes.h); 0: the widest */
    double largest; /* radius that no cell exceeds, um: the grid is made for it */
} pf_mechanics;

/* Two cells, by their places in the store, that pull each other with velocity pull * distance.
 */
typedef struct pf_spring {
    uint32_t a, b;
    double pull; /* 1/min */
} pf_spring;

/** The least edge of the grid's cubes for these numbers. */
double pf_mechanics_edge(const pf_mechanics *m);
/** One step of h minutes. `drive` [3][slots] um/min, or NULL: velocity that each cell adds by
 * itself, by slot. Cells are sorted before; afterwards positions are new and the order is that
 * of the old ones. */
void pf_mechanics_step(const pf_mechanics *m, pf_cells *c, pf_crew *crew, float *const drive[3],
    const pf_spring *spring, size_t n_spring, double h);

#endif
