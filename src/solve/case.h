/* case.h: one patient in a lane: what is to come, and where its integration stands. Internal to
 * solve. Depends on: engine.h. */
#ifndef PF_SOLVE_CASE_H
#define PF_SOLVE_CASE_H
#include "solve/engine.h"

typedef struct pf_look {
    double t;
    uint32_t tag;
} pf_look;

/* An event that has triggered and waits to be executed. */
typedef struct pf_pending {
    double t;
    uint32_t event;
} pf_pending;

/* What a case keeps of the model's events; all zero in a program without them. */
typedef struct pf_agenda {
    unsigned char *trigger; /* [n_event] the triggers when they were last compared */
    unsigned char *rose;    /* [n_event] scratch */
    double *fell; /* [n_event] in this step: when the trigger fell; INFINITY: it did not */
    double *now;  /* [wide] values that the event being executed assigns */
    pf_pending *pending; /* in the order of triggering */
    size_t n_pending, pending_capacity;
    double *value; /* [n_pending][wide] assigned values of the time of triggering */
    size_t value_capacity, wide; /* wide: assignments of one event at most */
    double next;                 /* time of the first pending one; INFINITY */
    double rise;                 /* in this step: when a trigger rose first; NAN: none did */
    int stale;                   /* triggers must be compared with the state at t */
    int opening;                 /* at the start, before anything happened */
    uint64_t executed;           /* events at `executed_at` */
    double executed_at;
    pf_random ties;
} pf_agenda;

/* A time at which a jump of the past comes back; `order` derivatives there are smooth. */
typedef struct pf_break {
    double t;
    int order;
} pf_break;

enum { PF_BREAKS = 64 };

/* The past of a case; all zero in a program without delays. */
typedef struct pf_history {
    double
        *part; /* [n] accepted steps: begin, length, end, then six coefficients of each value */
    size_t n, capacity;
    double start;
    double *opening;            /* [n_past] values at the start */
    double *state;              /* [n_state] at the start */
    double *delay;              /* [n_past] when last asked */
    double most;                /* longest so far */
    int trial;                  /* part[n] is of the step being tried */
    int beyond;                 /* the step read what is not known yet */
    int shorten;                /* steps still to come that are not longer than a delay */
    int bad;                    /* a delay is negative or no number, or its past is forgotten */
    pf_break breaks[PF_BREAKS]; /* by time */
    size_t n_break;
} pf_history;

/* The jumps of a case of a hybrid model (hybrid.h); all zero in others. */
typedef struct pf_hybrid {
    unsigned char *discrete; /* [n_discrete] 1: jumps now */
    unsigned char *critical; /* [n_channel] in a leap: fires at most once */
    pf_random *round;        /* [n_discrete] */
    pf_random draw;
    double due;     /* hazard at the next firing */
    double hazard;  /* at the start of the step */
    double longest; /* step */
    double cross;   /* time of a firing in the accepted step; NAN: none */
    double theta;   /* where that is in the step */
    int any, leaps; /* something is discrete; this step is a leap */
} pf_hybrid;

struct pf_case {
    pf_ctx *ctx;
    pf_err failed; /* an allocation in a callback; pf_engine_run reports it */
    int active, finished;
    int starting; /* initial states are not computed yet */
    int at_point; /* stops or looks are due at t */
    int changed;  /* a callback changed what comes: the step must be cut */
    int dirty;    /* a parameter changed */
    int fresh;    /* the next step starts anew */
    int turned;   /* the clock was turned back: what is remembered begins anew */
    int rejected; /* the last attempt failed */
    void *user;
    double t, end, h;
    double start; /* where it started */
    double edge;  /* the step ends at a jump of the right-hand side at this time; NAN */
    double h_last, root_last; /* of the last accepted step: its length (0: none), and the fifth
                                 root of its error */
    double planned;           /* step before it was cut to land on a stop; 0: it was not */
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
    uint32_t *blame;      /* [n_state] how often a state limited one of the last steps */
    unsigned char *small; /* [n_population] 1: discrete */
    unsigned char *fed;   /* [n_population] 1: in the ODE though few, since many arrive */
    double counts_limit;  /* the longest step that discrete populations allow */
    pf_random *random;    /* [n_population] */
    pf_random *draw;      /* [n_draw] that the model makes itself */
    pf_agenda agenda;
    pf_history history;
    pf_hybrid hybrid;
};

/* The lesser of two; the second when the first is no number. fmin would be a call. */
static inline double pf_lesser(double a, double b)
{
    return a < b ? a : b;
}

/** Time of the next stop, delayed event, return of a jump or the end, whichever is first. */
double pf_case_bound(const pf_case *c);
/** Time of the next look; INFINITY when there is none. */
double pf_case_next_look(const pf_case *c);

#endif
