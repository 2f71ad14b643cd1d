/* lanes_state.h: the inside of an engine, shared by its files. Internal to solve.
 * Depends on: batch, case. */
#ifndef PF_SOLVE_LANES_STATE_H
#define PF_SOLVE_LANES_STATE_H
#include "solve/batch.h"
#include "solve/case.h"

struct pf_engine {
    pf_ctx *ctx;
    const pf_program *program;
    const pf_kernels *kernels;
    const pf_native *native; /* may become ready while the engine runs; NULL: none */
    const pf_source *source;
    pf_batch b;
    int width, deterministic;
    double max_step;
    uint64_t max_steps;
    size_t n_watch;
    uint32_t *watch;
    pf_case cases[8];
    struct pf_jump *jump; /* NULL: integrates */
    pf_arena memory;      /* tables of the batch */
    double *storage;      /* the batch's vectors */
    double *propensity;   /* [n_channel] lanes: of a hybrid model, at the start of the step */
    unsigned char lively[8]; /* something may happen to a discrete population (counts.c) */
    uint32_t *infused;       /* [n_population] the input that is infused into it; PF_ABSENT */
    double *pace;            /* [3 n_population] lanes: rates of the step at hand (counts.c) */
    uint64_t max_events;
    struct pf_edges *edges;   /* of edges.c; NULL when there are none */
    struct pf_pasts *pasts;   /* of history.c; NULL in a program without delays */
    struct pf_search *search; /* of crossing.c; NULL in a program without events */
};

/* Element [row] of lane `lane` of an array of lane vectors. */
static inline double *pf_at(const pf_engine *e, double *rows, size_t row, int lane)
{
    return rows + row * (size_t)e->width + (size_t)lane;
}

/* Truth of a value that a program computed; no number is not true. */
static inline unsigned char pf_true(double x)
{
    return x == x && x != 0.0;
}

/* The dense output of one state at x in [0, 1] of the lane's step; the bits of the kernel. */
static inline double pf_interpolant(pf_engine *e, int lane, uint32_t state, double x)
{
    pf_batch *b = &e->b;
    size_t n = e->program->n_state;
    double y = *pf_at(e, b->y, state, lane), y1 = *pf_at(e, b->y1, state, lane);
    double q0 = *pf_at(e, b->dense, state, lane), q1 = *pf_at(e, b->dense, n + state, lane);
    double q2 = *pf_at(e, b->dense, 2 * n + state, lane);
    double inner = __builtin_fma(x, __builtin_fma(x, q2, q1), q0);
    return x < 1.0 ? __builtin_fma(x, __builtin_fma(1.0 - x, inner, y1 - y), y) : y1;
}

/* Stops are due at the case's own time. */
static inline int pf_case_stop_due(const pf_case *c)
{
    return c->next_stop < c->n_stop && c->stop[c->next_stop].t <= c->t;
}

/** Take cases from the source into free lanes, compute their initial states, apply stops and
 * looks that are due. On return every active lane is ready to step. Returns the number of
 * active lanes. (advance.c) */
int pf_engine_settle(pf_engine *e);
/** Choose steps, attempt them, accept or refuse, commit. (advance.c) */
void pf_engine_advance(pf_engine *e);
/** Serve looks at the lanes' own points (within.c). */
void pf_engine_look_here(pf_engine *e);
/** Serve looks and crossings inside the accepted steps; `until[lane]` is where the step ends,
 * and is lowered to where a callback cut it (the state there is then in y1). NAN: no accepted
 * step. (within.c) */
void pf_engine_look_within(pf_engine *e, double until[8]);
/** Decide which populations of a lane are discrete, after its state changed. (counts.c) */
void pf_engine_sort_counts(pf_engine *e, int lane);
/** At the start of a step: rates of the populations that are few, and the longest step that
 * they allow (counts_limit of the case); those that are fed from outside go back to the ODE. 1
 * when that changed something: the step must be evaluated again. (counts.c) */
int pf_engine_feed_counts(pf_engine *e);
/** Birth, death and arrival of discrete populations in the accepted steps: the mean of both
 * ends, since kill and growth change within a step; the state at until[lane] stands in y.
 * Leaves the slots of time and states there. (counts.c) */
void pf_engine_mean_rates(pf_engine *e, const double until[8]);
/** Draw the discrete populations after dt, with those rates, and decide which are discrete now.
 * (counts.c) */
void pf_engine_commit_counts(pf_engine *e, int lane, double dt);
/** New random draws of the model for the lanes in `mask`, from the states and parameters in
 * their slots. 1 when some differ from those before. (draw.c) */
int pf_engine_draw(pf_engine *e, const unsigned char mask[8]);
/** The draws of lanes that start, and `init` after them. Each has a stream of its own, so that
 * one that reads values made of others is made again from the same numbers when these are
 * known, until all agree. (draw.c) */
void pf_engine_draw_start(pf_engine *e, void (*init)(pf_engine *e));
/** Parameters of changed lanes into their slots, then everything that only parameters decide.
 * (advance.c) */
void pf_engine_prepare(pf_engine *e);
/** Time and states of all lanes, each at its own point, into their slots. (advance.c) */
void pf_engine_at_points(pf_engine *e);
/** All lanes at their own theta into `at`. (within.c) */
void pf_engine_interpolate(pf_engine *e);
/** End a case that cannot go on: steps below rounding or too many, rates that are no numbers.
 * (failure.c) */
void pf_engine_give_up(pf_engine *e, int lane);
/** End a case and free its lane. (advance.c) */
void pf_engine_end(pf_engine *e, int lane, pf_case_end how);

#endif
