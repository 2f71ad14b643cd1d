/* sbml_read.h: SBML into a flat model, by libSBML.
 *
 * Levels 1 to 3 (level 1 is converted by libSBML), core and the package `comp`, which is
 * flattened. docs/reference/sbml.md lists what is read and what is refused. Ids stay as they
 * are; a local parameter k of reaction J becomes `J.k`, an element x of submodel A `A__x`.
 * Formulas become postfix items as expr.c makes them. Numbers and booleans are both doubles.
 * Depends on: reading, libSBML. Threads: one document belongs to one thread. */
#ifndef PF_MODEL_SBML_READ_H
#define PF_MODEL_SBML_READ_H
#include "model/reading.h"

/** Read `text`, `size` bytes before a NUL, into `r`, which was zeroed. `file` is what messages
 * call it, and where external model definitions are looked for. On failure `r` still wants
 * pf_reading_close, and ctx holds "file:line:column: what is wrong; the mend".
 * Errors: MODEL, IO (an external model), NO_MEMORY */
PF_NODISCARD pf_err pf_sbml_read(
    pf_ctx *ctx, const char *text, size_t size, const char *file, pf_reading *r);
/** 1 when the first character that is no space is '<' (after a byte order mark, if any). */
int pf_sbml_looks_like(const char *text, size_t size);

#endif
