/* case.h: one patient in a lane: what is to come, and where its integration stands. Internal to
 * solve. Depends on: engine.h. */
#ifndef PF_SOLVE_CASE_H
#define PF_SOLVE_CASE_H
#include "solve/engine.h"

typedef struct pf_look {
    double t;
    uint32_t tag;
} pf_look;

struct pf_case {
    pf_ctx *ctx;
    pf_err failed; /* an allocation in a callback; pf_engine_run reports it */
    int active, finished;
    int starting; /* initial states are not computed yet */
    int at_point; /* stops or looks are due at t */
    int changed;  /* a callback changed what comes: the step must be cut */
    int dirty;    /* a parameter changed */
    int fresh;    /* the next step starts anew */
    int rejected; /* the last attempt failed */
    void *user;
    double t, end, h;
    double h_last, error_last; /* of the last accepted step; h_last = 0: none */
    double planned;            /* step before it was cut to land on a stop; 0: it was not */
    uint64_t steps;
    uint64_t seed, replicate, patient;
    pf_stop *stop;
    size_t n_stop, next_stop, stop_capacity;
    pf_look *look;
    size_t n_look, next_look, look_capacity;
    double *y; /* state s stands at y[s * stride] */
    size_t stride;
    double *param;        /* [n_param] */
    double *initial;      /* [n_state] NaN: the model's own */
    double *threshold;    /* [n_watch] */
    unsigned char *small; /* [n_population] 1: discrete */
    unsigned char *fed;   /* [n_population] 1: in the ODE though few, since many arrive */
    pf_random *random;    /* [n_population] */
};

/** Time of the next stop or the end, whichever is first. */
double pf_case_bound(const pf_case *c);
/** Time of the next look; INFINITY when there is none. */
double pf_case_next_look(const pf_case *c);

#endif
