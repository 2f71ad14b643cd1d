/* back_end.h: bytecode or native code? Internal to api.
 *
 * Both give the same bits; native code is faster and must be compiled once. The rule of `auto`:
 * from PF_NATIVE_FEW patients on, code that is in the cache is used; from PF_NATIVE_MANY on,
 * code that is not is compiled in the background, while the bytecode starts. With fewer the
 * compiler would take longer than it saves (docs/dev/decisions/0008-native-code.md). */
#ifndef PF_API_BACK_END_H
#define PF_API_BACK_END_H
#include "model/native.h"

enum { PF_NATIVE_FEW = 16, PF_NATIVE_MANY = 2000 };

/** Native code for `patients` patients of one program. `wish` as in pf_run_options. `*out`
 * NULL: bytecode. Errors: RANGE, NO_MEMORY, CANCELLED */
PF_NODISCARD pf_err pf_back_end(pf_ctx *ctx, const pf_program *program, int lanes, int wish,
    double patients, pf_native **out);
/** What runs now, for a log. */
const char *pf_back_end_note(const pf_native *n);

#endif
