/* record.h: what a tissue run writes down: rows of tables, as CSV.
 *
 * A row depends on the tissue alone: cells in the order of the store, sums over voxels in the
 * order of the field. Columns: docs/reference/tissue.md. Depends on: tissue, contact. Threads:
 * no shared state. */
#ifndef PF_TISSUE_RECORD_H
#define PF_TISSUE_RECORD_H
#include "base/buf.h"
#include "tissue/contact.h"

/** Words of the tables; never NULL. */
const char *pf_state_name(pf_cell_state state);
const char *pf_class_name(pf_killer_class class);

void pf_counts_head(const pf_setup *s, pf_buf *out);
/** How many cells of which type in which state, what has happened, and the fields, now. */
void pf_counts_row(const pf_tissue *t, pf_buf *out);
void pf_events_head(pf_buf *out);
/** What killers did since the last call; t->event is empty afterwards. */
void pf_events_rows(pf_tissue *t, pf_buf *out);
void pf_lives_head(pf_buf *out);
/** What became of cells since the last call; t->life is empty afterwards. */
void pf_lives_rows(pf_tissue *t, pf_buf *out);
void pf_cells_head(const pf_setup *s, pf_buf *out);
/** Cells first .. last - 1 of the store. */
void pf_cells_rows(const pf_tissue *t, size_t first, size_t last, pf_buf *out);

#endif
