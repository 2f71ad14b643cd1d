/* batch.h: the patients that are integrated side by side, as the step kernels see them.
 *
 * Every array is [rows][width] doubles, aligned to 64 bytes: one vector of lanes each. The
 * kernels know nothing of patients, doses or time points: engine.c decides, they compute.
 * Depends on: model. Threads: a batch belongs to one thread. */
#ifndef PF_SOLVE_BATCH_H
#define PF_SOLVE_BATCH_H
#include "model/native.h"
#include "solve/tableau.h"

typedef struct pf_batch {
    const pf_program *program;
    int width;
    pf_linked linked[PF_CODES]; /* the program's code, linked for the width */
    pf_run_fn interpreter;
    const pf_native_code *native; /* [PF_CODES] in place of linked code; NULL: none */
    const pf_lane_fn *table;      /* what native code calls */
    double *slot;                 /* register file [n_slots] */
    double *t, *h;                /* [1] */
    double *latest;               /* [1] no stage sees a later time; INFINITY */
    double *y;                    /* [n_state] at t */
    double *y1;                   /* [n_state] at t + h, after stages */
    double *k;          /* [8 n_state]: stage j of state s stands at row j * n_state + s */
    double *sum;        /* [n_state] scratch */
    double *f0;         /* [n_state] f at (t, y), discrete rows zeroed, infusions included */
    double *ft;         /* [n_state] df/dt at (t, y); unused when autonomous */
    double *error;      /* [1] weighted root mean square of the error estimate, after stages */
    double *root;       /* [1] error^(1/5) */
    double *growth;     /* [1] largest LU entry over largest matrix entry, after factor */
    double *dense;      /* [3 n_state], after dense */
    double *accept;     /* [1] 1: `accept` moves y to y1 */
    double *rise;       /* [1] weighted root mean square of f, after stir */
    double *bend;       /* [1] of f' = J f + df/dt */
    double *theta;      /* [1] where to interpolate, 0 to 1 */
    double *at;         /* [n_state] interpolated state */
    double *rate;       /* [n_input] infusion rates */
    double *keep;       /* [n_population] 1: in the ODE; 0: discrete, its row is switched off */
    const double *atol; /* [n_state], the same for all lanes */
    double rtol;
    size_t n_input;
    const uint32_t *input; /* [n_input] states that can be infused into */
    size_t n_seen;         /* states that observables read or watches watch */
    const uint32_t *seen;
    size_t n_switched; /* Jacobian entries that stand in rows of populations */
    const uint32_t *switched, *switched_by; /* entry, population */
    /* Called after each solve when some lane needs pivoting, with the right sides in `sum`;
     * else NULL. */
    void (*repair)(struct pf_batch *b);
    /* Fills the past values after time and states were put into the slots; NULL without delays.
     */
    void (*recall)(struct pf_batch *b);
    void *owner;     /* the engine, for recall */
    double *trouble; /* [1] non-zero: this lane's solutions are replaced by repair */
    void *pivot;     /* of pivot.c */
} pf_batch;

/* Run one of the program's codes (PF_CODE_...) over the register file. */
static inline void pf_batch_run(pf_batch *b, unsigned code)
{
    if (!b->native) {
        b->interpreter(b->linked[code], b->slot);
        return;
    }
    const pf_native_code *c = &b->native[code];
    for (size_t i = 0; i < c->n; i++) c->piece[i](b->slot, b->table);
}

typedef struct pf_kernels {
    void (*evaluate)(pf_batch *b);    /* f0, Jacobian and ft at (t, y) */
    void (*factor)(pf_batch *b);      /* LU for step h, growth; after evaluate */
    void (*stages)(pf_batch *b);      /* y1, k, error of step h; after factor */
    void (*stir)(pf_batch *b);        /* rise and bend at (t, y); after evaluate; uses `at` */
    void (*accept)(pf_batch *b);      /* y := y1 in the lanes that accept says */
    void (*dense)(pf_batch *b);       /* interpolation coefficients of the attempted step */
    void (*dense_seen)(pf_batch *b);  /* of the states that are seen only */
    void (*interpolate)(pf_batch *b); /* at := y(t + theta h) */
    void (*see)(pf_batch *b); /* the same for the states that are seen, into their slots */
} pf_kernels;

/** The kernels of an available width. */
const pf_kernels *pf_kernels_of(int width);

#endif
