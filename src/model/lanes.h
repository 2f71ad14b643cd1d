/* lanes.h: runs straight-line code on 1, 4 or 8 patients at once.
 *
 * The register file is n_slots vectors of `width` doubles, aligned to 64 bytes: slot s of lane
 * l stands at slots[s * width + l]. Code is linked for a width first: instructions are
 * reordered, as far as they do not depend on each other, into runs of one operation, so that
 * the interpreter branches once for each run and not for each instruction, and slots become
 * byte offsets. Neither changes a bit of any result; widths give the same bits lane by lane.
 * Depends on: program. Threads: everything here is read-only once linked. */
#ifndef PF_MODEL_LANES_H
#define PF_MODEL_LANES_H
#include "model/program.h"

/* Linked code: runs of [operation, count, then dst and operands of each instruction as byte
 * offsets]. */
typedef struct pf_linked {
    const uint32_t *word;
    size_t n; /* words */
} pf_linked;

/** Link `code` for a width into memory of the arena. Errors: NO_MEMORY, RANGE (a register file
 * over 4 GiB) */
PF_NODISCARD pf_err pf_lanes_link(
    pf_ctx *ctx, pf_arena *arena, int width, pf_code code, size_t n_slots, pf_linked *out);

/** Run linked code over the register file. Cannot fail. */
typedef void (*pf_run_fn)(pf_linked code, double *slots);

/* One operation on one vector of lanes: d = op(a), or op(a, b). The three are aligned like
 * slots; d may be one of the others. */
typedef void (*pf_lane_fn)(double *d, const double *a, const double *b);

/** Is this width built in and able to run on this processor? Widths: 1, 4, 8. */
int pf_lanes_available(int width);
/** The widest available width. */
int pf_lanes_widest(void);
/** The interpreter for a width that is available; NULL otherwise. */
pf_run_fn pf_lanes_run(int width);
/** [PF_OP_COUNT] the interpreter's functions by operation, for a width that is available; NULL
 * where an operation is plain arithmetic or a comparison. */
const pf_lane_fn *pf_lanes_functions(int width);
/** Which instruction set a width uses here: "AVX-512", "AVX2", "FMA", "portable". */
const char *pf_lanes_name(int width);
/** 1 when the processor multiplies and adds in one rounding by itself. */
int pf_lanes_has_fma(void);

#endif
