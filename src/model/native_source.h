/* native_source.h: a program's codes as C text. Internal to model.
 *
 * Codes are cut into pieces of at most PF_NATIVE_CUT instructions, because compilers take more
 * than proportional time for long functions, and the pieces are dealt out to a few units, which
 * are compiled side by side. A unit's text includes nothing and needs no library. It defines
 * `void pf_piece_J(v *s, const pf_fn *t)` for J = 0, 1, ... in the order of its pieces; s is
 * the register file, t the functions of lanes.h by operation, v a vector of `width` doubles. A
 * value that nobody else reads stays a local variable, so that it can live in a register.
 * Depends on: program. */
#ifndef PF_MODEL_NATIVE_SOURCE_H
#define PF_MODEL_NATIVE_SOURCE_H
#include "model/program.h"

enum { PF_NATIVE_CUT = 256, PF_NATIVE_UNITS = 8, PF_NATIVE_UNIT = 1000 };

typedef struct pf_native_piece {
    uint32_t code; /* PF_CODE_... */
    uint32_t unit;
    pf_code part; /* of program->code[code]; borrowed */
} pf_native_piece;

typedef struct pf_native_plan {
    pf_native_piece *piece; /* code after code, in order */
    size_t n;
    uint32_t n_unit;
    unsigned char digest[PF_SHA256_BYTES]; /* of all codes */
} pf_native_plan;

/** Cut and deal out; the plan's memory belongs to the arena. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_native_plan_of(
    pf_ctx *ctx, pf_arena *arena, const pf_program *p, pf_native_plan *out);
/** Append the text of one unit. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_native_source(pf_ctx *ctx, const pf_program *p,
    const pf_native_plan *plan, uint32_t unit, int width, pf_buf *out);

#endif
