/* placing.h: where the cells of a placement begin. Depends on: setup, life. Threads: no shared
 * state. */
#ifndef PF_TISSUE_PLACING_H
#define PF_TISSUE_PLACING_H
#include "tissue/setup.h"

/** Told each place, um. */
typedef pf_err (*pf_point_fn)(pf_ctx *ctx, void *payload, const double at[3]);
/** All places of setup->placement[which], in the order in which cells are made. Errors: what
 * `fn` returns */
PF_NODISCARD pf_err pf_placement_each(
    pf_ctx *ctx, const pf_setup *setup, size_t which, pf_point_fn fn, void *payload);
/** How many there are; of a packed ball about how many. */
double pf_placement_count(const pf_setup *setup, const pf_placement *p);

#endif
