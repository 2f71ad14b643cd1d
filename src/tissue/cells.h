/* cells.h: single cells as arrays, sorted by where they are.
 *
 * What the mechanics of every step reads stands here, in the order of the grid (pf_cells_sort):
 * neighbours in space are neighbours in memory. What changes slowly (volumes, cycle, receptors)
 * stands elsewhere, under the cell's `slot`, which it keeps for life. The grid's cells are
 * cubes with an edge of at least the farthest reach of two cells, so that all who can touch a
 * cell are in its own cube and the 26 around it. Within a cube cells stand by id: the order
 * depends on nothing that happened before, on no thread, and every sum over neighbours runs in
 * it. Depends on: crew. Threads: one caller; the crew works inside. */
#ifndef PF_TISSUE_CELLS_H
#define PF_TISSUE_CELLS_H
#include "base/crew.h"
#include "tissue/bytes.h"

enum { PF_CELL_TYPES_MAX = 32 };

typedef struct pf_cells {
    size_t n, capacity;
    double *at[3];  /* [n] position, um */
    double *was[3]; /* velocity of the step before, um/min */
    double *now[3]; /* velocity of this step; nobody's from one step to the next: scratch */
    double *radius; /* um */
    uint64_t *id;   /* unique for ever */
    uint32_t *slot; /* row of the slow tables */
    uint8_t *type;
    /* the grid */
    double low[3], edge; /* lowest corner and edge of a cube, um */
    size_t cubes[3];
    uint32_t *start; /* [cubes + 1] cells of cube c: start[c] .. start[c + 1] */
    size_t start_capacity;
    uint32_t *cube; /* [n] of each cell, as of the last sort */
} pf_cells;

/** An empty store. Free with pf_cells_clear. */
void pf_cells_init(pf_cells *c);
void pf_cells_clear(pf_cells *c);
/** Room for n cells; nothing is set in the new ones. On errors the cells stand as they did.
 * Errors: NO_MEMORY, RANGE (2^32 cells or more) */
PF_NODISCARD pf_err pf_cells_reserve(pf_ctx *ctx, pf_cells *c, size_t n);
/** Room for one more, and some. A store of millions never needs half as much again. */
PF_NODISCARD pf_err pf_cells_more(pf_ctx *ctx, pf_cells *c);
/** The box that holds all cells from now on [um], and the least edge of a cube. Cells outside
 * count as in the nearest cube. Errors: RANGE, NO_MEMORY */
PF_NODISCARD pf_err pf_cells_box(
    pf_ctx *ctx, pf_cells *c, const double low[3], const double high[3], double edge);
/** Sort by cube and id. To be called whenever cells have moved, come or gone. */
void pf_cells_sort(pf_cells *c, pf_crew *crew);
/** The cube of a position. */
size_t pf_cells_cube(const pf_cells *c, const double at[3]);

pf_bytes pf_cells_size(const pf_cells *c);

/* Who may touch the cells of a cube: at most nine runs of the store, in order. */
typedef struct pf_runs {
    size_t n, from[9], to[9];
    size_t cells; /* of all runs */
} pf_runs;
/** Cells of a cube and the 26 around it. Valid until the next sort. */
pf_runs pf_cells_around(const pf_cells *c, size_t cube);

#endif
