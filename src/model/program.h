/* program.h: a compiled model: straight-line code over a register file of lane vectors.
 *
 * A register ("slot") holds one double per lane. The file is laid out in ranges that never
 * overlap: constants, parameters, time, states, right-hand side, Jacobian, LU entries, and
 * temporaries. The same code runs for 1, 4 or 8 lanes and gives the same bits in each
 * (lanes.h).
 *
 * Order of use in one step at (t, y): rhs, then jac (which may read temporaries that rhs left),
 * then factor, then solve once for each stage. `rhs` alone may run at other points in between;
 * `jac` therefore always follows a `rhs` at its own point. Depends on: base. Threads: read-only
 * once made, so it may be shared. */
#ifndef PF_MODEL_PROGRAM_H
#define PF_MODEL_PROGRAM_H
#include "base/base.h"

/* name, number of operands. Truth is 1.0, falsehood 0.0; any non-zero operand is true. */
#define PF_OP_LIST(X)                                                                          \
    X(MOV, 1)                                                                                  \
    X(NEG, 1)                                                                                  \
    X(ADD, 2)                                                                                  \
    X(SUB, 2)                                                                                  \
    X(MUL, 2)                                                                                  \
    X(DIV, 2)                                                                                  \
    X(FMA, 3)  /* a b + c, rounded once */                                                     \
    X(FMS, 3)  /* a b - c */                                                                   \
    X(FNMA, 3) /* c - a b */                                                                   \
    X(RCP, 1)  /* 1 / a */                                                                     \
    X(SQRT, 1)                                                                                 \
    X(CBRT, 1)                                                                                 \
    X(EXP, 1)                                                                                  \
    X(EXPM1, 1)                                                                                \
    X(LOG, 1)                                                                                  \
    X(LOG1P, 1)                                                                                \
    X(LOG10, 1)                                                                                \
    X(POW, 2)                                                                                  \
    X(TANH, 1)                                                                                 \
    X(SINH, 1)                                                                                 \
    X(COSH, 1)                                                                                 \
    X(SIN, 1)                                                                                  \
    X(COS, 1)                                                                                  \
    X(TAN, 1)                                                                                  \
    X(ASIN, 1)                                                                                 \
    X(ACOS, 1)                                                                                 \
    X(ATAN, 1)                                                                                 \
    X(ABS, 1)                                                                                  \
    X(FLOOR, 1)                                                                                \
    X(CEIL, 1)                                                                                 \
    X(MIN, 2)                                                                                  \
    X(MAX, 2)                                                                                  \
    X(LT, 2)                                                                                   \
    X(LE, 2)                                                                                   \
    X(EQ, 2)                                                                                   \
    X(NE, 2)                                                                                   \
    X(AND, 2)                                                                                  \
    X(OR, 2)                                                                                   \
    X(NOT, 1)                                                                                  \
    X(SELECT, 3) /* a ? b : c */

typedef enum {
#define PF_OP_ENUM(name, arity) PF_OP_##name,
    PF_OP_LIST(PF_OP_ENUM)
#undef PF_OP_ENUM
        PF_OP_COUNT
} pf_op;

/* One instruction: slot[dst] = op(slot[a], slot[b], slot[c]). Unused operands are 0. */
typedef struct pf_instr {
    uint32_t op, dst, a, b, c;
} pf_instr;

typedef struct pf_code {
    const pf_instr *instr;
    size_t n;
} pf_code;

/* A population that may become small: below `threshold` it leaves the ODE and becomes an exact
 * linear birth-death process with immigration. Its per-capita rates stand in slots after `pops`
 * has run. */
typedef struct pf_population_rates {
    uint32_t state;        /* index of the state */
    double threshold;      /* count below which it is discrete */
    uint32_t birth, death; /* slots: per-capita rates, >= 0   [1/time] */
    uint32_t arrival; /* slot: arrivals that do not depend on the population [count/time] */
} pf_population_rates;

typedef struct pf_program {
    size_t n_slots;
    const double *constant; /* n_constant values for slots constant0, constant0 + 1, ... */
    uint32_t constant0, n_constant;
    uint32_t param0, n_param; /* one slot for each model parameter, in the model's order */
    uint32_t time;            /* one slot */
    uint32_t state0, n_state;
    uint32_t f0;          /* n_state slots: dy/dt */
    uint32_t dfdt0;       /* n_state slots: partial df/dt; meaningful only when !autonomous */
    int autonomous;       /* the right-hand side does not read time */
    uint32_t jac0, n_jac; /* structural non-zeros of df/dy, row by row, columns ascending */
    const uint32_t *jac_row, *jac_col; /* [n_jac] state indices */
    uint32_t shift;                    /* one slot, set by the caller: 1 / (gamma h) */
    uint32_t b0; /* n_state slots: right side in, solution out, in the states' own order */
    uint32_t lu0, n_lu;   /* scratch of factor and solve, which read jac too: what elimination
                             leaves   alone is not copied */
    uint32_t out0, n_out; /* requested observables, in the order asked for */
    const uint8_t *out_reads; /* [n_state] 1 when some observable depends on the state */
    size_t n_population;
    const pf_population_rates *population;
    pf_code prep;   /* derived parameters and everything that only parameters decide */
    pf_code init;   /* every state that is no input, from parameters; run after prep */
    pf_code rhs;    /* f from time, states, parameters */
    pf_code jac;    /* Jacobian (and dfdt unless autonomous); after rhs at the same point */
    pf_code factor; /* LU of (shift I - J), no pivoting, order fixed by the model */
    pf_code solve;  /* b := (shift I - J)^-1 b, after factor */
    pf_code
        out; /* observables from time, states, parameters; independent of rhs's temporaries */
    pf_code pops; /* rates of the small populations; independent of rhs's temporaries */
} pf_program;

unsigned pf_op_arity(pf_op op);

#endif
