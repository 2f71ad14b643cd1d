/* program.h: a compiled model: straight-line code over a register file of lane vectors.
 *
 * A register ("slot") holds one double per lane. The file is laid out in ranges that never
 * overlap: constants, parameters, time, states, right-hand side, Jacobian, LU entries, and
 * temporaries. The same code runs for 1, 4 or 8 lanes and gives the same bits in each
 * (lanes.h).
 *
 * Order of use in one step at (t, y): rhs, then jac (which may read temporaries that rhs left),
 * then factor, then solve once for each stage. `rhs` alone may run at other points in between;
 * `jac` therefore always follows a `rhs` at its own point. All codes read time, states and
 * parameters from their slots. Depends on: base. Threads: read-only
 * once made, so it may be shared. */
#ifndef PF_MODEL_PROGRAM_H
#define PF_MODEL_PROGRAM_H
#include "base/base.h"
#include "base/law.h"

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

/* The codes of a program, each straight-line. What one leaves in temporaries belongs to itself,
 * but for jac, which reads what rhs left at the same point. */
enum {
    PF_CODE_PREP,   /* derived parameters and everything that only parameters decide */
    PF_CODE_INIT,   /* every state that is no input, and the `started` parameters; after prep */
    PF_CODE_RHS,    /* f from time, states, parameters */
    PF_CODE_JAC,    /* Jacobian (and dfdt unless autonomous); after rhs at the same point */
    PF_CODE_FACTOR, /* LU of (shift I - J), no pivoting, order fixed by the model */
    PF_CODE_SOLVE,  /* b := (shift I - J)^-1 b, after factor */
    PF_CODE_OUT,    /* observables */
    PF_CODE_POPS,   /* rates of the small populations */
    PF_CODE_TRIG,   /* triggers and roots of events */
    PF_CODE_ACT,    /* delays, priorities and assigned values of events */
    PF_CODE_PAST,   /* values whose history is kept, and how far back each is read */
    PF_CODE_DRAW,   /* parameters and ranges of random draws */
    PF_CODE_FIRE,   /* propensities and changes of the stochastic channels */
    PF_CODES
};
#define PF_ABSENT UINT32_MAX

/* A population that may become small: below `threshold` it leaves the ODE and becomes an exact
 * linear birth-death process with immigration. Its rates stand in slots after `pops` has run:
 * birth, death and arrival of the first, of the second, ... one after another. */
typedef struct pf_population_rates {
    uint32_t state;        /* index of the state */
    double threshold;      /* count below which it is discrete */
    uint32_t birth, death; /* slots: per-capita rates, >= 0   [1/time] */
    uint32_t arrival; /* slot: arrivals that do not depend on the population [count/time] */
} pf_population_rates;

/* One assignment of an event: value times scale is written to the state or parameter `index`.
 * The scale is that of the time of execution, before anything is written, also where the value
 * is that of the trigger (a concentration whose state is the amount; a compartment that the
 * same event changes still has its old size, as SBML case 01780 wants it). */
typedef struct pf_assign {
    int is_state;
    uint32_t index;
    uint32_t value; /* slot after `act` */
    uint32_t scale; /* slot after `act`; PF_ABSENT: 1 */
} pf_assign;

/* An event as SBML defines it (L3V2 section 4.11): it triggers when `trigger` goes from 0 to 1,
 * executes `delay` later, among those due at one time by falling priority. */
typedef struct pf_event {
    uint32_t trigger;           /* slot after `trig`: 0 or 1 */
    uint32_t delay, priority;   /* slots after `act`; PF_ABSENT: none */
    uint8_t initial;            /* value of the trigger before the start: 0 or 1 */
    uint8_t persistent;         /* 0: forgotten when the trigger falls before it executes */
    uint8_t from_trigger;       /* assigned values are those of the time of triggering */
    uint32_t assign0, n_assign; /* in `assign` */
} pf_event;

/* x(t - delay): the engine keeps the history of `value`, and fills `in` and `in_rate` (the
 * value then and its derivative by t, in which the states that the delay may read stand still)
 * before any code that reads them runs. Before the start the states are those of the start, and
 * time goes on. In order: a delay or value may read earlier entries' `in`. */
typedef struct pf_past {
    uint32_t value, delay; /* slots after `past`; delay >= 0 [time] */
    uint32_t in, in_rate;  /* slots the engine fills */
} pf_past;

/* A random draw in the values at the start or of events: before `init` or `act` runs, the
 * engine runs `draw` and fills `in` with a number from `law` (law.h), with parameters and range
 * in the four slots from `from` on. In order: one that is `nested` reads earlier ones. */
typedef struct pf_draw {
    pf_law law;
    uint32_t from, in;
    uint8_t nested;
} pf_draw;

/* One reaction as a jump process: with propensity `rate` it adds `by` to each changed state.
 * Channels stand in the order of the model's reactions, their rates in slots one after another:
 * all reactions in a stochastic program, in a hybrid one those that change a discrete state.
 * In a hybrid program the channel's share of the ODE is multiplied by the slot `keep` (1: in
 * the ODE, 0: it jumps). `init` sets it to 1 in every lane; whoever changes it puts it back
 * after init has run for the sake of another lane. */
typedef struct pf_channel {
    uint32_t rate; /* slot after `fire` [1/time]; a negative rate is a mistake of the model */
    uint32_t keep; /* slot; PF_ABSENT: not in a hybrid model, always as compiled */
    uint32_t change0, n_change; /* in `change` */
    uint32_t reaction;          /* of the model */
} pf_channel;

typedef struct pf_change {
    uint32_t state, by; /* index; slot after `fire` (constants included) */
} pf_change;

/* A state that jumps: always (threshold = INFINITY) or while it is below `threshold`; all
 * channels that change it are then taken out of the ODE. Its count is state * size. */
typedef struct pf_discrete {
    uint32_t state;
    uint32_t size;    /* slot after `fire` (constants included) */
    double threshold; /* count */
} pf_discrete;

typedef struct pf_program {
    size_t n_slots;
    const double *constant; /* n_constant values for slots constant0, constant0 + 1, ... */
    uint32_t constant0, n_constant;
    uint32_t param0, n_param; /* one slot for each model parameter, in the model's order */
    uint32_t time;            /* one slot */
    uint32_t state0, n_state;
    uint32_t f0;          /* n_state slots: dy/dt; of what rests prep writes it, zero */
    uint32_t dfdt0;       /* n_state slots: partial df/dt; meaningful only when !autonomous */
    int autonomous;       /* the right-hand side does not read time, nor the past */
    uint32_t jac0, n_jac; /* structural non-zeros of df/dy, row by row, columns ascending */
    const uint32_t *jac_row, *jac_col; /* [n_jac] state indices */
    uint32_t shift;                    /* one slot, set by the caller: 1 / (gamma h) */
    uint32_t b0; /* n_state slots: right side in, solution out, in the states' own order; what
                    rests is left alone */
    uint32_t lu0, n_lu;   /* scratch of factor and solve, which read jac too: what elimination
                             leaves   alone is not copied */
    uint32_t out0, n_out; /* requested observables, in the order asked for */
    const uint8_t *out_reads; /* [n_state] 1 when some observable depends on the state */
    const uint8_t *rest; /* [n_state] 1: keeps its value for ever, and nothing depends on it */
    size_t n_moving;
    const uint32_t *moving; /* states that do not rest, in order: those that steps are about */
    /* Parameters whose value `init` computes at the start (from states, time or each other),
     * not prep; and those that events change. Neither is read by prep. */
    size_t n_started;
    const uint32_t *started;
    size_t n_population;
    const pf_population_rates *population;
    size_t n_event, n_assign;
    const pf_event *event;
    const pf_assign *assign;
    uint32_t root0, n_root; /* slots after `trig`: a trigger can only change where one of these
                               changes its sign or becomes or leaves 0 */
    size_t n_past;
    const pf_past *past;
    size_t n_draw;
    const pf_draw *draw;
    size_t n_channel, n_change, n_discrete;
    const pf_channel *channel;
    const pf_change *change;
    const pf_discrete *discrete;
    uint32_t hazard; /* state, 0 at the start: H' = sum of (1 - keep) rate over the channels;
                        PF_ABSENT: not a hybrid program */
    uint32_t
        private0; /* slots from here on are temporaries, which nobody but the codes reads */
    pf_code code[PF_CODES];
} pf_program;

unsigned pf_op_arity(pf_op op);

#endif
