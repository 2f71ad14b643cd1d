/* table.h: data from CSV (RFC 4180): a header row, then rows of the same length.
 *
 * Fields may be quoted, "" is a quote inside quotes, lines end in LF or CRLF, a byte order mark
 * and blank lines are skipped. An empty field and NA are missing. Text is UTF-8. Every problem
 * is told with file:line:column (both from 1, columns in bytes). A row that is shorter or
 * longer than the header is refused, and so are empty or doubled column names, NUL bytes, a
 * quote inside an unquoted field, text behind a closing quote, and a quote that is never
 * closed. Limits: 256 MiB, 4096 columns. Depends on: base. Threads: a table is read-only once
 * made. */
#ifndef PF_INPUT_TABLE_H
#define PF_INPUT_TABLE_H
#include "base/base.h"
#include "input/place.h"

typedef struct pf_table pf_table;

/** Errors: IO, RANGE (too large), CONFIG (see above), NO_MEMORY. `*out` is NULL after a
 * failure. */
PF_NODISCARD pf_err pf_table_read(pf_ctx *ctx, const char *path, pf_table **out);
/** The same from memory; `name` stands in messages. */
PF_NODISCARD pf_err pf_table_parse(
    pf_ctx *ctx, const char *text, size_t size, const char *name, pf_table **out);
void pf_table_free(pf_table *t); /**< NULL is allowed */

const char *pf_table_name(const pf_table *t);
size_t pf_table_rows(const pf_table *t); /**< without the header */
size_t pf_table_columns(const pf_table *t);
const char *pf_table_column(const pf_table *t, size_t column);

/** The index of a column by its exact name. Errors: CONFIG, with the nearest name or the list
 * of names. */
PF_NODISCARD pf_err pf_table_find(
    pf_ctx *ctx, const pf_table *t, const char *name, size_t *out);
/** The text of a field; NULL when it is missing. Borrowed. */
const char *pf_table_text(const pf_table *t, size_t row, size_t column);
/** The line of the file on which a field stands. */
size_t pf_table_line(const pf_table *t, size_t row, size_t column);
/** The same with its column in the file; the table's name is borrowed. Row SIZE_MAX: the
 * column's name in the header. */
void pf_table_place(const pf_table *t, size_t row, size_t column, pf_place *out);
/** A field as a number; NaN when it is missing. Errors: CONFIG when it is anything else than a
 * finite number, "NaN" and "inf" included. */
PF_NODISCARD pf_err pf_table_number(
    pf_ctx *ctx, const pf_table *t, size_t row, size_t column, double *out);
/** 1 when every field of the column that is there is a number, and at least one is. */
int pf_table_is_numeric(const pf_table *t, size_t column);
/** Record a problem with one field: "file:line:column: sentence". Returns CONFIG. */
pf_err pf_table_fail(pf_ctx *ctx, const pf_table *t, size_t row, size_t column, const char *fmt,
    ...) PF_PRINTF(5, 6);

#endif
