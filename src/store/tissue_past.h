/* tissue_past.h: what killers did in a run of a tissue, read from its folder: the manifest,
 * tissue.yaml, lives.csv, events.csv, counts.csv and, where killers tire, cells.csv.
 *
 * Depends on: tissue_folder, past. Threads: no shared state. */
#ifndef PF_STORE_TISSUE_PAST_H
#define PF_STORE_TISSUE_PAST_H
#include "base/base.h"
#include "tissue/past.h"

typedef struct pf_tissue_memory {
    const char *folder, *tissue, *version, *state; /* of the manifest; in the arena */
    const char *variant;                           /* NULL: none */
    const char *seed_text;
    double minutes; /* simulated */
    pf_setup *setup;
    pf_past past;
    /* living killers that have killed: how much of their rate is gone, 1 - 1 / (1 + e) */
    size_t n_tired, tired_capacity;
    double (*tired)[2]; /* [n_tired] kills, share lost */
} pf_tissue_memory;

/** Read the run in `folder`, number `run` of those that are read, of the killers of type
 * `killer`; NULL: the only type that kills. Texts go to the arena. Errors: CONFIG (no run of a
 * tissue, no such killers), CORRUPT, IO, NO_MEMORY. pf_tissue_memory_clear in each case. */
PF_NODISCARD pf_err pf_tissue_memory_read(pf_ctx *ctx, pf_arena *a, const char *folder,
    const char *killer, size_t run, pf_tissue_memory *out);
void pf_tissue_memory_clear(pf_tissue_memory *m);

#endif
