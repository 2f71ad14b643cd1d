/* checkpoint.h: a lesion at rest between two steps, as a file, and back.
 *
 * A run that goes on from a checkpoint gives the same bytes as one that never stopped, on any
 * number of threads: all that later steps depend on is kept with every bit, cells in the order
 * of the store, rows by slot. What a step makes for itself (the grid, exchanges, springs) is
 * not.
 *
 * Layout, little-endian, every number at its own width: magic "PFTISSUE", format, hash of the
 * setup, sizes, counters, marks; then columns: tallies, cells, rows, free slots, fields (rows
 * of nx, without padding), events that nobody has read yet; at the end the checksum (pf_hash)
 * of everything before. Depends on: tissue, contact, file. Threads: no shared state. */
#ifndef PF_TISSUE_CHECKPOINT_H
#define PF_TISSUE_CHECKPOINT_H
#include "tissue/contact.h"

enum { PF_CHECKPOINT_FORMAT = 5 };

/** All of a setup that steps depend on, as one number: the mesh, substances, types, placements,
 * step lengths, walls, seed. Titles, paths, how long it runs and what it writes are free to
 * change. */
uint64_t pf_setup_hash(const pf_setup *s);
/** The same part by part, so that it can be said what differs: "domain", "cell tumour",
 * "place 2" and so on, each with a number of its own. A type of cell also counts how many
 * types and substances there are. */
typedef void (*pf_setup_part_fn)(void *payload, const char *what, uint64_t hash);
enum { PF_SETUP_PART_SIZE = 120 };
void pf_setup_parts(const pf_setup *s, pf_setup_part_fn fn, void *payload);
/** Likewise what decides which rows and files a run writes, and no step. */
void pf_setup_output_parts(const pf_setup *s, pf_setup_part_fn fn, void *payload);
/** Write atomically; t->mark goes with it. Errors: IO */
PF_NODISCARD pf_err pf_checkpoint_write(pf_ctx *ctx, const char *path, const pf_tissue *t);
/** The step of the lesion in that file, from its beginning alone. Errors: IO, CORRUPT, VERSION
 */
PF_NODISCARD pf_err pf_checkpoint_look(pf_ctx *ctx, const char *path, uint64_t *step);
/** The lesion of that file. `setup` is borrowed. Errors: IO, CORRUPT, VERSION (written for
 * another setup or by another version), RANGE, NO_MEMORY. Free with pf_tissue_free. */
PF_NODISCARD pf_err pf_checkpoint_read(
    pf_ctx *ctx, const char *path, const pf_setup *setup, int threads, pf_tissue **out);
/** The same of bytes in memory; `path` is for messages. */
PF_NODISCARD pf_err pf_checkpoint_parse(pf_ctx *ctx, const char *path, const char *bytes,
    size_t size, const pf_setup *setup, int threads, pf_tissue **out);

#endif
