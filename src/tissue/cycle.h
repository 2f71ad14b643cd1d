/* cycle.h: cells that begin anywhere in their cycle, as in a population that has long grown.
 *
 * Phases stand in a ring, one of which ends in division; a phase lasts exponentially with rate
 * k, or exactly T. A growing population has exp(-r a) S(a) cells of age a for each that is
 * born, S the share that is still there. So with
 *
 *   2 L_1 L_2 ... L_n = 1,   L = k / (k + r), or exp(-r T), of each phase,
 *
 * there are L_1 ... L_(i-1) (1 - L_i) / r cells in phase i. Their ages in it have the density
 * r exp(-r a) / (1 - L_i) up to T, or (k + r) exp(-(k + r) a); phases that are over lasted T,
 * or exponentially with rate k + r. The expected number grows as exp(r t) from the beginning on
 * (Lotka's stable distribution; for phases: Steel 1977, Growth kinetics of tumours). Death at
 * one rate for all changes nothing in it.
 *
 * Volumes follow the equations of life.h, exactly, through the lives of mother and grandmother,
 * and through the cell's own until now. Depends on: life. Threads: pure. */
#ifndef PF_TISSUE_CYCLE_H
#define PF_TISSUE_CYCLE_H
#include "tissue/life.h"

typedef struct pf_cycle_law {
    double growth;               /* r, 1/min; 0: cells begin in the first phase */
    size_t first;                /* the phase after division */
    double share[PF_PHASES_MAX]; /* of all cells, by phase */
} pf_cycle_law;

/** The law of a type by its own rates. Growth is 0 for a type that begins in its first phase,
 * does not divide in exactly one phase, or never leaves one. */
void pf_cycle_law_of(const pf_cell_type *type, pf_cycle_law *out);
/** Phase, clock and volumes of a cell at rest become those of one of that law. */
void pf_cell_settle(pf_cell *cell, const pf_cell_type *type, const pf_cycle_law *law,
    uint64_t seed, uint64_t id);

#endif
