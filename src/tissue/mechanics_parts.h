/* mechanics_parts.h: what mechanics.c and the kernel of mechanics_lanes.c share. */
#ifndef PF_TISSUE_MECHANICS_PARTS_H
#define PF_TISSUE_MECHANICS_PARTS_H
#include "tissue/mechanics.h"

/* Velocities of cells [first, last) from their neighbours, into c->now. */
typedef void (*pf_forces_fn)(const pf_mechanics *m, pf_cells *c, size_t first, size_t last);

#endif
