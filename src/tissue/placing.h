/* placing.h: where the cells of a placement begin. Depends on: setup, life. Threads: no shared
 * state. */
#ifndef PF_TISSUE_PLACING_H
#define PF_TISSUE_PLACING_H
#include "tissue/setup.h"

/** Told each place, um. */
typedef pf_err (*pf_point_fn)(pf_ctx *ctx, void *payload, const double at[3]);
/** All places of setup->placement[which] when they come for the first time, in the order in
 * which cells are made; none of a rate. Errors: what `fn` returns */
PF_NODISCARD pf_err pf_placement_each(
    pf_ctx *ctx, const pf_setup *setup, size_t which, pf_point_fn fn, void *payload);
/** How many come at once; of a packed ball about how many; 0 of a rate. */
double pf_placement_count(const pf_setup *setup, const pf_placement *p);
/** How many come until that minute; of a rate the mean. */
double pf_placement_total(const pf_setup *setup, const pf_placement *p, double minute);

#endif
