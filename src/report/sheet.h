/* sheet.h: columns of a table that goes into the page, and how they are written there.
 *
 * A column is read as numbers or as texts (a list of known names, else by its first field that
 * is not empty). In the document it is what viewer/src/data.ts calls a Column, the smallest of
 *     const                    one value in every row
 *     u1, u2, u4               whole numbers from 0 to 254, 65534, 2^32 - 2
 *     f8                       columns of days (PFS, OS, TTR, DOR, ... and DAY), and numbers
 *                              above 3.4e38
 *     f4                       all other numbers
 *     text                     codes of levels in the order in which they appear
 * little-endian as base64; missing is NaN, or the largest value of unsigned integers and codes.
 * Depends on: base. Threads: a sheet belongs to one thread. */
#ifndef PF_REPORT_SHEET_H
#define PF_REPORT_SHEET_H
#include "base/base64.h"
#include "base/csv.h"

typedef enum { PF_SHEET_UNDECIDED, PF_SHEET_NUMBERS, PF_SHEET_TEXTS } pf_sheet_kind;

typedef struct pf_sheet_column {
    const char *name;
    pf_sheet_kind kind;
    int exact; /* days: f8 rather than f4 */
    double *x; /* [capacity of the sheet] numbers, or codes of texts; NaN: missing */
    size_t n_level, level_room;
    const char **level; /* texts of codes 0, 1, ... */
    size_t last;        /* code found last */
} pf_sheet_column;

typedef struct pf_sheet {
    pf_arena arena; /* names and levels */
    size_t n, capacity, n_column;
    pf_sheet_column *column;
} pf_sheet;

/** `n_column` columns of those names (copied) without rows. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_sheet_init(
    pf_ctx *ctx, pf_sheet *f, const char *const *name, size_t n_column);
void pf_sheet_clear(pf_sheet *f); /**< a zeroed one is fine */
/** Room for one more row, at f->n; its cells are missing. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_sheet_grow(pf_ctx *ctx, pf_sheet *f);
/** Cell of the row at f->n from field `from` of the reader's row. Errors: CORRUPT (text in a
 * column of numbers, more than 65,535 different texts), NO_MEMORY */
PF_NODISCARD pf_err pf_sheet_take(
    pf_ctx *ctx, pf_sheet *f, size_t column, pf_csv *csv, size_t from);
/** Bytes that the first `n` rows take as base64. */
size_t pf_sheet_size(const pf_sheet *f, size_t n);
/** {"n": ..., "column": {...}} of the first `n` rows. */
void pf_sheet_json(pf_buf *b, const char *key, const pf_sheet *f, size_t n);

/** A Column of n numbers alone, infinity allowed; `key` may be NULL. */
void pf_column_json(pf_buf *b, const char *key, const double *x, size_t n, int exact);

#endif
