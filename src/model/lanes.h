/* lanes.h: runs straight-line code on 1, 4 or 8 patients at once.
 *
 * The register file is n_slots vectors of `width` doubles, aligned to 64 bytes: slot s of lane l stands
 * at slots[s * width + l]. Widths give the same bits lane by lane.
 * Depends on: program. Threads: everything here is read-only. */
#ifndef PF_MODEL_LANES_H
#define PF_MODEL_LANES_H
#include "model/program.h"

/** Run `code` over the register file. Cannot fail. */
typedef void (*pf_run_fn)(pf_code code, double *slots);

/** Is this width built in and able to run on this processor? Widths: 1, 4, 8. */
int pf_lanes_available(int width);
/** The widest available width. */
int pf_lanes_widest(void);
/** The interpreter for a width that is available; NULL otherwise. */
pf_run_fn pf_lanes_run(int width);
/** Which instruction set a width uses here: "AVX-512", "AVX2", "FMA", "portable". */
const char *pf_lanes_name(int width);
/** 1 when the processor multiplies and adds in one rounding by itself. */
int pf_lanes_has_fma(void);

#endif
