/* text.h: names that were nearly right, strict numbers, UTF-8. Depends on: err. */
#ifndef PF_BASE_TEXT_H
#define PF_BASE_TEXT_H
#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/** How many letters must be added, dropped, changed or swapped with the next to make `b` of
 * `a`; letter case costs nothing. Texts over 63 characters count as far apart. */
size_t pf_text_distance(const char *a, const char *b);
/** The index of the candidate nearest to `name`, or -1 when none is near enough to suggest. */
ptrdiff_t pf_text_nearest(const char *name, const char *const *candidates, size_t n);
/** Read the whole text as one finite number in the C locale. 1 on success. */
int pf_text_number(const char *text, double *out);
/** Read the whole text as one integer. 1 on success. */
int pf_text_integer(const char *text, int64_t *out);
/** Are the two texts the same? NULL equals only NULL. */
int pf_text_equal(const char *a, const char *b);
/** Columns that the first `size` bytes take on a terminal: one for each character of UTF-8, two
 * for those of East Asian scripts. */
size_t pf_text_columns(const char *text, size_t size);
/** The length in bytes of the UTF-8 character (RFC 3629) at `text`, of which `left` > 0 bytes
 * remain; 0 when there is none. */
size_t pf_utf8_length(const char *text, size_t left);

#endif
