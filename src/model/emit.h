/* emit.h: from graph to instructions.
 *
 * While code is made, an operand is a place: a range (constants, parameters, ...) and a number
 * in it. Temporaries get one number each; at the end every code's temporaries are packed into
 * few slots by liveness, ranges are laid out one after another, and places become slots.
 * Depends on: build. */
#ifndef PF_MODEL_EMIT_H
#define PF_MODEL_EMIT_H
#include "model/build.h"

enum {
    PF_IN_CONSTANT,
    PF_IN_PARAM,
    PF_IN_TIME,
    PF_IN_STATE,
    PF_IN_F,
    PF_IN_DFDT,
    PF_IN_JAC,
    PF_IN_SHIFT,
    PF_IN_B,
    PF_IN_LU,
    PF_IN_OUT,
    PF_IN_POPS,
    PF_IN_TRIG, /* roots, then triggers */
    PF_IN_ACT,
    PF_IN_PAST, /* value and delay of each */
    PF_IN_THEN, /* what the engine fills: value and rate of each */
    PF_IN_FIRE,
    PF_IN_LAW,  /* parameters and range of each draw */
    PF_IN_DRAW, /* the draws */
    PF_IN_KEEP,
    PF_IN_FIXED,   /* what parameters decide: written by prep, never again */
    PF_IN_TEMP,    /* of rhs and jac; from here on nobody but the codes reads a slot */
    PF_IN_SCRATCH, /* of all other codes */
    PF_RANGES
};
#define PF_NO_PLACE UINT32_MAX
enum { PF_RANGE_SHIFT = 27, PF_MOST_INSTR = 1 << 21 };

static inline uint32_t pf_place_of(uint32_t range, size_t index)
{
    return range << PF_RANGE_SHIFT | (uint32_t)index;
}

static inline uint32_t pf_place_range(uint32_t place)
{
    return place >> PF_RANGE_SHIFT;
}

static inline uint32_t pf_place_index(uint32_t place)
{
    return place & ((1u << PF_RANGE_SHIFT) - 1);
}

/* Instructions in the making. */
typedef struct pf_asm {
    pf_instr *instr;
    size_t n, capacity;
} pf_asm;

typedef struct pf_emit {
    pf_ctx *ctx;
    pf_graph *g;
    pf_err failed;
    pf_asm code[PF_CODES];
    double *constant;
    size_t n_constant, constant_capacity;
    uint32_t *fixed; /* [g->n] place of a node that parameters decide, or PF_NO_PLACE */
    uint32_t *place; /* [g->n] place of a node in the group at hand */
    uint8_t *fused;  /* [g->n] 1, 2: the instruction does the work of that operand too */
    pf_node *todo;   /* stack of the walk */
    size_t n_todo, todo_capacity;
    size_t n[PF_RANGES]; /* slots of each range */
} pf_emit;

/** After the graph is complete. On failure it still wants pf_emit_clear. */
PF_NODISCARD pf_err pf_emit_init(pf_emit *e, pf_ctx *ctx, pf_graph *g);
void pf_emit_clear(pf_emit *e);
/** Append one instruction of places. Failures stick in e->failed. */
void pf_emit_instr(pf_emit *e, unsigned code, pf_instr instr);
/** The place of a number. */
uint32_t pf_emit_constant(pf_emit *e, double x);
/** Start a group of codes that share what they compute, and see what becomes one instruction.
 * The first n_first roots are of the code that comes first and runs most often. */
void pf_emit_group(pf_emit *e, const pf_node *roots, size_t n, size_t n_first);
/** Compute `root` in `code`, temporaries in `range`. With `to` a place, the value ends there;
 * else anywhere. Returns where it is. */
uint32_t pf_emit_node(pf_emit *e, unsigned code, uint32_t range, pf_node root, uint32_t to);
/** Compute what parameters decide in prep and remember it at `to`. */
void pf_emit_param(pf_emit *e, pf_node root, uint32_t to);
/** Pack the temporaries of one range over `first` and then `second` (PF_CODES: none). What
 * `second` reads of `first` keeps its slot to itself. */
PF_NODISCARD pf_err pf_emit_pack(pf_emit *e, unsigned first, unsigned second, uint32_t range);

/** Elimination order of a sparse matrix with a full diagonal, by few products and little
 * fill-in, ties by index. filled[n * n] holds the pattern (1: there) and gets the fill-in.
 * Errors: MODEL when too large */
PF_NODISCARD pf_err pf_order_pivots(pf_ctx *ctx, size_t n, uint8_t *filled, uint32_t *order);
/** Code for factor and solve; jac_at[n * n] is the number of each Jacobian entry, or
 * PF_NO_PLACE. rest[n], or NULL: 1 for states without entries, which the code leaves out. */
PF_NODISCARD pf_err pf_emit_lu(
    pf_emit *e, size_t n, const uint32_t *jac_at, const uint8_t *rest);

#endif
