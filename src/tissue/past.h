/* past.h: what killers did in a run, put together from its events.
 *
 * A killer is followed from when it is placed until it dies, divides or the run ends (of one
 * that divides the granules of mother and daughter are not known from events alone). It has
 * entered once it touched a target for the first time, or from the beginning when it was placed
 * among the targets: within the smallest ball around the centre of those placed first that
 * holds them all, and reach. The volume of the lesion is that ball, or the domain where that is
 * smaller. Whether a killer is one that never kills follows from its id (life.h). Depends on:
 * contact. Threads: plain data of one owner. */
#ifndef PF_TISSUE_PAST_H
#define PF_TISSUE_PAST_H
#include "tissue/contact.h"

typedef struct pf_past_killer {
    uint64_t id;
    double placed, entered, spent, gone; /* min; entered, spent: INFINITY when never */
    double at[3];                        /* where it was placed, um */
    double since;                        /* when it bound its target; INFINITY: it is free */
    double held;                         /* min with a target, so far */
    unsigned kills;
    int idle;   /* it never kills */
    int inside; /* placed among targets */
} pf_past_killer;

/* What happened between two rows of counts. Killers count once they have entered. */
typedef struct pf_span {
    size_t run;
    double days, volume; /* day; mL */
    double targets;      /* alive, mean of both ends */
    double present;      /* killer-days of all */
    double held;         /* of them while a target was held */
    double able[2];      /* held killer-days of those who can kill: in and after their */
    double kills[2];     /* first load of granules; their kills */
} pf_span;

typedef struct pf_past {
    pf_ctx *ctx;
    const pf_setup *setup;
    uint64_t seed;
    size_t type;   /* of the killers */
    double load;   /* kills of full granules; INFINITY: they cost nothing */
    double volume; /* of the lesion, mL; known after pf_past_placed */
    double minutes;
    size_t n, capacity;
    pf_past_killer *killer; /* [n] by id after pf_past_placed */
    size_t n_target, target_capacity;
    double (*target)[3]; /* places of the first targets, until pf_past_placed */
    double first;        /* minute of the first targets */
    size_t n_kill, kill_capacity;
    struct pf_past_kill *kill; /* [n_kill] in time */
    size_t n_hold, hold_capacity;
    struct pf_past_hold *hold; /* [n_hold] in the order of their ends */
    size_t n_edge, edge_capacity, alive_capacity;
    double *edge, *alive; /* [n_edge] minutes, and targets then */
    size_t n_span;
    pf_span *span;  /* [n_span], one between each two edges */
    size_t divided; /* killers that were followed until they divided */
} pf_past;

/** Begin. `setup` is borrowed; `type` kills. Free with pf_past_clear. */
void pf_past_init(pf_past *p, pf_ctx *ctx, const pf_setup *setup, size_t type, uint64_t seed);
void pf_past_clear(pf_past *p);
/** All lives in their order; then pf_past_placed; then all contacts and counts, each in order;
 * then pf_past_end. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_past_life(pf_past *p, const pf_life_event *e);
/** CONFIG: no killer or no target was placed */
PF_NODISCARD pf_err pf_past_placed(pf_past *p, double minutes);
/** Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_past_contact(pf_past *p, const pf_contact_event *e);
/** Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_past_count(pf_past *p, double minute, double targets);
/** Spans are made, of run number `run`. Errors: NO_MEMORY, CONFIG (less than two counts) */
PF_NODISCARD pf_err pf_past_end(pf_past *p, size_t run);

/** Mean recognition of targets by killers of the type who can kill: of `n` pairs with the
 * molecules that cells of the setup are born with. */
double pf_past_recognition(const pf_past *p, size_t n);

#endif
