/* compile.h: what the parts of the compiler share: the model's graph with its derivatives, the
 * code in the making, and where each result goes. Depends on: build, emit,
 * specialise. */
#ifndef PF_MODEL_COMPILE_H
#define PF_MODEL_COMPILE_H
#include "model/emit.h"
#include "model/specialise.h"

typedef struct pf_program_box { /* pf_program_free gets the first member */
    pf_program program;
    pf_arena arena;
} pf_program_box;

typedef struct pf_compiler {
    pf_ctx *ctx;
    const pf_model *m;
    const pf_compile_options *options;
    pf_graph g;
    pf_emit e;
    uint8_t *input; /* [n_symbol] its value comes from outside */
    pf_node *out;   /* [n_outputs] */
    pf_node *f;     /* [n] dy/dt */
    pf_node *dfdt;  /* [n] */
    pf_node *entry; /* Jacobian entries, row by row */
    uint32_t *row, *col;
    size_t n, n_entry, entry_capacity, row_capacity, col_capacity;
    uint32_t *jac_at; /* [n * n] */
    int autonomous;
    uint32_t *channel;         /* [n_channel] those of the model that jump */
    pf_model_discrete *jumper; /* [n_jumper] states that jump, and when */
    size_t n_channel, n_change, n_jumper;
    uint32_t *fire; /* places: [n_change] by, [n_jumper] size */
    pf_arena scratch;
    pf_special special; /* what `m` points to when values are fixed */
    pf_program_box *b;
} pf_compiler;

/** Which channels jump, and what that does to c->f. */
PF_NODISCARD pf_err pf_compile_jumps(pf_compiler *c);
/** The codes beside init, rhs, jac, factor and solve: outputs, populations, events. */
PF_NODISCARD pf_err pf_compile_side_codes(pf_compiler *c);
/** Lay out the slots, copy code and tables: c->b. */
PF_NODISCARD pf_err pf_compile_assemble(pf_compiler *c);

#endif
