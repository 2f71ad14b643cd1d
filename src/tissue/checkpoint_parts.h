/* checkpoint_parts.h: what the two sides of a checkpoint share: the one list of all that is in
 * it, in order. The writer and the reader walk through it with their own way to treat a column.
 */
#ifndef PF_TISSUE_CHECKPOINT_PARTS_H
#define PF_TISSUE_CHECKPOINT_PARTS_H
#include "tissue/checkpoint.h"

/* The fixed beginning, numbers of 8 bytes. */
enum {
    PF_HEAD_MAGIC,
    PF_HEAD_FORMAT,
    PF_HEAD_SETUP,
    PF_HEAD_CELLS,
    PF_HEAD_ROWS,
    PF_HEAD_SPARE,
    PF_HEAD_EVENTS,
    PF_HEAD_LIVES,
    PF_HEAD_STEP,
    PF_HEAD_NEXT_ID,
    PF_HEAD_BIRTHS,
    PF_HEAD_KILLS,
    PF_HEAD_LARGEST, /* bits of the double */
    PF_HEAD_DEATHS,
    PF_HEAD_MARKS = PF_HEAD_DEATHS + PF_CELL_GONE + 1,
    PF_HEAD_N = PF_HEAD_MARKS + PF_TISSUE_MARKS
};

/** The magic as a number. */
uint64_t pf_checkpoint_magic(void);

/* `n` elements of `size` bytes (1, 2, 4 or 8), `stride` bytes apart. */
typedef struct pf_column {
    void *first;
    size_t n, size, stride;
} pf_column;
typedef void (*pf_column_fn)(void *payload, const pf_column *column);

/** All columns of the lesion in the file's order, by the sizes that stand in `t`. */
void pf_checkpoint_columns(const pf_tissue *t, pf_column_fn fn, void *payload);
/** Columns of what rules made of each cell (ruled.h). */
size_t pf_checkpoint_ruled(const pf_setup *s);
/** The bytes of all columns for these sizes; 0: more than an address holds. */
uint64_t pf_checkpoint_bytes(const pf_setup *s, const uint64_t head[PF_HEAD_N]);

#endif
