/* tables.h: rows as CSV.
 *
 * One header row; the first column is STUDYID = "SIMULATED-<study>", so that no row travels
 * without its mark; the others carry the layout's names. Arms, responses, reasons and kinds are
 * written as text, missing values as empty fields, numbers in the shortest form that reads back
 * to the same bits. Depends on: trial/result. */
#ifndef PF_STORE_TABLES_H
#define PF_STORE_TABLES_H
#include "base/base.h"
#include "trial/result.h"

/** "patients.csv" and so on. */
const char *pf_table_file(pf_table_kind kind);
void pf_table_header(pf_buf *b, const pf_layout *layout, pf_table_kind kind);
void pf_table_row(pf_buf *b, const pf_study *study, const pf_layout *layout, pf_table_kind kind,
    const double *row);
/** The number behind a field of `patients` as it was written; NaN for an empty one. 0 when it
 * stands for none. */
int pf_table_value(const pf_study *study, const pf_layout *layout, pf_table_kind kind,
    size_t column, const char *text, double *out);

/** Told all patients of one replicate, in order. `rows` is borrowed. */
typedef pf_err (*pf_replicate_fn)(pf_ctx *ctx, void *payload, const pf_rows *patients);

#endif
