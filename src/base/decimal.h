/* decimal.h: a double as the shortest of its 6, 15, 16 or 17 significant digits that reads back
 * as the same double, as "%.{6,15,16,17}g" prints it. Depends on: nothing. Threads: any. */
#ifndef PF_BASE_DECIMAL_H
#define PF_BASE_DECIMAL_H
#include <stddef.h>

enum { PF_DECIMAL_ROOM = 40 };

/** Write finite `x` with its end mark into text[PF_DECIMAL_ROOM]; returns the length. Zero is
 * "0", also when it is negative. */
size_t pf_decimal(double x, char *text);
/** The same by the C library alone; for tests. */
size_t pf_decimal_slow(double x, char *text);

#endif
