/* records_parts.h: what the files that read records share. Internal to patient. */
#ifndef PF_PATIENT_RECORDS_PARTS_H
#define PF_PATIENT_RECORDS_PARTS_H
#include "patient/records.h"

/* The columns that mean something by their own name. */
typedef enum {
    PF_COLUMN_ID,
    PF_COLUMN_TIME,
    PF_COLUMN_EVID,
    PF_COLUMN_MDV,
    PF_COLUMN_AMT,
    PF_COLUMN_RATE,
    PF_COLUMN_DUR,
    PF_COLUMN_ADDL,
    PF_COLUMN_II,
    PF_COLUMN_SS,
    PF_COLUMN_CMT,
    PF_COLUMNS
} pf_record_column;

typedef struct pf_record_reader {
    pf_ctx *ctx;
    pf_record_table *t;
    double start;
    size_t at[PF_COLUMNS]; /* column; SIZE_MAX: absent */
} pf_record_reader;

/** One row of the NONMEM form, checked. Errors: CONFIG */
PF_NODISCARD pf_err pf_record_read_row(pf_record_reader *r, size_t row, pf_record_row *out);
/** What a field says as a number; NaN when it is missing ("." too) or has no column. */
PF_NODISCARD pf_err pf_record_number(
    pf_record_reader *r, size_t row, size_t column, double *out);
/** The text of a field; NULL when missing. */
const char *pf_record_text(const pf_record_table *t, size_t row, size_t column);
/** Record a problem of one field of a row; without that column, of the row. Returns CONFIG. */
pf_err pf_record_fail(pf_record_reader *r, size_t row, size_t column, const char *fmt, ...)
    PF_PRINTF(4, 5);
/** Note what a dose into `state` needs of the model. `must` 1: the model has to have it. */
PF_NODISCARD pf_err pf_record_asks(
    pf_record_reader *r, size_t row, uint32_t state, pf_record_ask what, int must);

#endif
