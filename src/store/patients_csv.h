/* patients_csv.h: patients.csv back into rows of doubles, the same bits that the chunks held.
 *
 * The rows are told in blocks of whole lines. Depends on: input/table, tables.
 * Threads: no shared state. */
#ifndef PF_STORE_PATIENTS_CSV_H
#define PF_STORE_PATIENTS_CSV_H
#include "store/tables.h"

/* Whose rows they are, and who is told. All borrowed. */
typedef struct pf_patients_csv {
    const pf_study *study;
    const pf_layout *layout;
    pf_replicate_fn fn;
    void *payload;
} pf_patients_csv;

/** Tell `to->fn` all rows of the bytes of a file, block by block, in their order; `path` is for
 * messages. Errors: CORRUPT (other columns than the layout's, a text that stands for nothing),
 * with file and line; NO_MEMORY; what `fn` returns */
PF_NODISCARD pf_err pf_patients_csv_parse(
    pf_ctx *ctx, const char *path, const char *bytes, size_t size, const pf_patients_csv *to);

#endif
