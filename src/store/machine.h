/* machine.h: where and when a run was made, for its manifest. Nothing of it decides a result.
 * Depends on: buf. Threads: no shared state. */
#ifndef PF_STORE_MACHINE_H
#define PF_STORE_MACHINE_H
#include "base/buf.h"

/** Member `machine` of an open object: system, cores, threads, lanes (0: not said), times in
 * UTC; `started` in seconds since 1970. */
void pf_machine_json(pf_buf *b, int threads, int lanes, double started);

#endif
