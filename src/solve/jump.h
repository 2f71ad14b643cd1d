/* jump.h: reactions as a jump process, several runs side by side in lanes. Internal to solve.
 *
 * Exact (Gillespie 1976, direct method): with propensities a_j and total a, the next reaction
 * comes after E/a, E exponential with mean 1, and is number j with probability a_j/a. Between
 * jumps the propensities stand still: they may depend on counts and parameters, not on time.
 * States that follow a rate may move between jumps, when their rates stand still too.
 *
 * Draw number k of a run is one Philox block of the identity (seed, replicate, run): one half
 * decides when, the other which. A pending draw stays valid until something changes the run
 * from outside, so that what is looked at, and when, does not change what happens.
 *
 * Tau-leaping (Cao, Gillespie, Petzold 2006, doi 10.1063/1.2159468) takes many firings in one
 * leap over which no propensity changes by more than a share `epsilon` (jump_tau.c).
 * Depends on: batch, case. */
#ifndef PF_SOLVE_JUMP_H
#define PF_SOLVE_JUMP_H
#include "solve/batch.h"

struct pf_engine;

/* One vector of lanes each. */
typedef struct pf_jump_lanes {
    double t[8], bound[8];     /* now, and how far a run may go without being asked */
    double next[8], pick[8];   /* time of the next firing; which, as a share of the total */
    double total[8], least[8]; /* propensities: their sum, the smallest */
    uint64_t pending[8];       /* 1: next and pick hold */
    uint64_t was_fresh[8];     /* 1: something from outside changed the run */
    uint64_t go[8];            /* 1: this lane fires */
    uint64_t active[8];        /* 1: a run is in this lane */
    uint64_t drawn[8];         /* blocks used */
    uint64_t fired[8];         /* firings */
    uint64_t below[8];         /* 1: the last one took more than there was */
    uint64_t key[2][8], whom[2][8]; /* identity: key, (patient, replicate) */
    uint32_t chosen[8];             /* channel that fired last */
} pf_jump_lanes;

typedef struct pf_jump {
    pf_jump_lanes lanes; /* first: aligned with the block */
    uint32_t rate0, n_channel;
    const uint8_t *whole; /* [n_change] 1: whole numbers, added without rounding */
    size_t n_drift;
    const uint32_t *drift; /* states that follow a rate */
    int timed;             /* a trigger reads the time or a state that follows a rate */
    pf_random round[8];    /* draws that make counts whole */
    struct pf_tau *tau;    /* of jump_tau.c; NULL: exact */
} pf_jump;

typedef struct pf_jump_kernels {
    /** Propensities at the counts that stand in the slots, and draws for lanes without a
     * pending one. Returns 1 when an active lane has a propensity that is no rate. */
    int (*propose)(pf_batch *b, pf_jump *j);
    /** One reaction in every lane with `go`. Returns 1 when a count fell below 0. */
    int (*fire)(pf_batch *b, pf_jump *j);
    /** Both, until a lane's next firing lies behind its bound, a propensity is no rate
     * or a count falls below 0 (returns 1), or `most` rounds. */
    int (*run)(pf_batch *b, pf_jump *j, long most);
} pf_jump_kernels;

const pf_jump_kernels *pf_jump_kernels_of(int width);
/** What firing adds: x + by, put on the nearest multiple of `by` when it is one but for
 * rounding, so that 0 is reached. */
double pf_jump_add(double x, double by);

/** Check that the program can jump exactly: neither propensities nor rates read the time or a
 * state that moves by itself. Errors: MODEL */
PF_NODISCARD pf_err pf_jump_check(pf_ctx *ctx, const pf_program *p);
/** `leaps`: with leaps of `epsilon` (0: 0.03). Errors: MODEL, RANGE, NO_MEMORY */
PF_NODISCARD pf_err pf_jump_new(pf_ctx *ctx, struct pf_engine *e, int leaps, double epsilon);
void pf_jump_free(pf_jump *j); /**< NULL is allowed */
/** A case entered the lane. */
void pf_jump_begin(struct pf_engine *e, int lane);
/** Errors: RANGE, NO_MEMORY */
PF_NODISCARD pf_err pf_tau_new(pf_ctx *ctx, struct pf_engine *e, double epsilon);
void pf_tau_begin(struct pf_engine *e, int lane);
/** Decide which lanes leap. Returns how many exact firings all lanes may make before the next
 * plan; 0: some lane leaps. */
uint64_t pf_tau_plan(struct pf_engine *e);
/** The lane's leap; 0: it goes on exactly. */
double pf_tau_longest(const struct pf_engine *e, int lane);
/** The lane made n exact firings. */
void pf_tau_fired(struct pf_engine *e, int lane, uint64_t n);
/** The firings of a leap of length dt, by the propensities in the slots. */
void pf_tau_fire(struct pf_engine *e, int lane, double dt);
/** Take every lane to its next point. */
void pf_jump_advance(struct pf_engine *e);

#endif
