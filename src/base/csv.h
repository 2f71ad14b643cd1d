/* csv.h: our own tables read back row by row, whatever their size.
 *
 * The dialect is what pf_csv_text and pf_csv_number of buf.h write: one header row, commas,
 * fields in double quotes where they need them (a quote within is doubled, a line may break
 * within), every row ended by a newline, UTF-8. Memory holds one block and one row of at most
 * 16 MiB. Whatever else stands in the file is damage, told with the file and the line.
 * Depends on: buf. Threads: a reader belongs to one thread. */
#ifndef PF_BASE_CSV_H
#define PF_BASE_CSV_H
#include "base/buf.h"

typedef struct pf_csv pf_csv;

/** Open the file and read its header. Errors: IO, CORRUPT (no header, two columns of one
 * name), NO_MEMORY */
PF_NODISCARD pf_err pf_csv_open(pf_ctx *ctx, const char *path, pf_csv **out);
/** The same of `n` bytes in memory, which are copied; `name` is for messages. */
PF_NODISCARD pf_err pf_csv_of(
    pf_ctx *ctx, const char *name, const char *bytes, size_t n, pf_csv **out);
void pf_csv_close(pf_csv *c); /**< NULL is allowed */

size_t pf_csv_columns(const pf_csv *c);
const char *pf_csv_name(const pf_csv *c, size_t column);
/** The column of that name; SIZE_MAX when there is none. */
size_t pf_csv_find(const pf_csv *c, const char *name);

/** Read the next row; `*more` is 0 at the end. Errors: IO, CORRUPT (another number of fields,
 * quotes that do not fit, a NUL, a last row that is cut off), NO_MEMORY */
PF_NODISCARD pf_err pf_csv_next(pf_csv *c, int *more);
/** A field of the row, ended by a NUL; good until the next row. */
const char *pf_csv_field(const pf_csv *c, size_t column);
/** The field as a number: NaN when it is empty, infinite for `inf` and `-inf`. CORRUPT for all
 * else. */
PF_NODISCARD pf_err pf_csv_value(pf_csv *c, size_t column, double *out);
/** Fail with CORRUPT and "'path' line N: " before the sentence. */
pf_err pf_csv_fail(pf_csv *c, const char *fmt, ...) PF_PRINTF(2, 3);

#endif
