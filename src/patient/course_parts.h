/* course_parts.h: the inside of a course, shared by its files. Internal to patient. */
#ifndef PF_PATIENT_COURSE_PARTS_H
#define PF_PATIENT_COURSE_PARTS_H
#include "patient/course.h"
#include "solve/fixpoint.h"

enum {
    PF_TAG_MARK = 0x7ffffff0, /* a stop that hands control to the course */
    PF_TAG_DO = 0x7ffffff1,   /* a stop that it only wants done */
};
#define PF_TAG_NOW 0xffffffffu    /* a look that the course asked for here and now */
#define PF_TAG_RECORD 0x80000000u /* plus the number of a row: an observation */

/* What an earlier record announced, in order of (t, kind, number). */
typedef enum { PF_LATER_END, PF_LATER_DOSE } pf_later_kind;
typedef struct pf_later {
    double t;
    pf_later_kind kind;
    uint64_t number;
    double rate;    /* END: of the infusion that ends */
    uint32_t input; /* END */
    size_t row;     /* DOSE: number of the record in the table's rows */
    uint64_t nth;
    double lag;
} pf_later;

typedef enum {
    PF_PHASE_NEXT,    /* choose what is next */
    PF_PHASE_GIVE,    /* the dose's parameters are known */
    PF_PHASE_STEADY,  /* looking for a steady state */
    PF_PHASE_PREDICT, /* it is done; somebody wants to see */
    PF_PHASE_DONE,
} pf_phase;

/* A dose as it goes in, with the model's parameters applied. */
typedef struct pf_given {
    uint32_t state;
    double amount, rate, duration; /* rate 0: at once */
    double lag;
} pf_given;

/* A search for a steady state. */
typedef struct pf_steady_search {
    int constant;       /* no doses: until nothing changes */
    double t, interval; /* its clock runs in [t - interval, t] */
    pf_given dose;
    double lag, part, base; /* within an interval: when the dose comes, how long its last
                               piece lasts, what flows all the time */
    int quiet, rounds;
    uint64_t steps;           /* of the case when it began */
    int sum;                  /* SS 2: added to what was there */
    double *y, *last, *saved; /* [n_state] */
    double *saved_rate;       /* [n_input] */
    pf_fixpoint *fixpoint;    /* made when first needed */
} pf_steady_search;

struct pf_course {
    pf_ctx *ctx;
    const pf_course_plan *plan;
    const pf_record_person *person;
    unsigned char *plain; /* [n_row] of the table: a row that only looks */
    pf_phase phase;
    int started;     /* the start of the case was seen */
    int initial;     /* the steady state at the start is still to be found */
    int implied;     /* the dose at hand was announced by an earlier record */
    size_t cursor;   /* next row of the person, in the table's rows */
    size_t shown;    /* first row that is not over */
    size_t at;       /* row whose dose is at hand */
    uint64_t nth;    /* which of its additional doses */
    double lag;      /* of the announcement at hand */
    uint64_t number; /* of announcements */
    pf_later *later; /* heap */
    size_t n_later, later_capacity;
    double *ask;         /* [n_ask] */
    double *start;       /* [n_state] */
    double *start_param; /* [n_started] */
    double *rate;        /* [n_input] what flows now */
    pf_steady_search steady;
    char problem[400];
};

static inline const pf_record_row *pf_course_row_of(const pf_course *k, size_t i)
{
    return &k->plan->records->row[i];
}

/** Stop the case and say why. */
void pf_course_fail(pf_course *k, pf_case *c, const char *fmt, ...) PF_PRINTF(3, 4);
/** Hand control back to the course at time t, after the stops already there. */
void pf_course_mark(pf_case *c, double t);
/** Change what flows into an input at time t by `by`. */
void pf_course_flow(pf_course *k, pf_case *c, double t, uint32_t input, double by);
/** Announce something. */
void pf_course_later(pf_course *k, pf_case *c, pf_later later);
/** Give a dose now. */
void pf_course_give(pf_course *k, pf_case *c, const pf_given *g);
/** In `stopped`: begin to look for the steady state of a dose or, AMT 0, of an infusion. */
void pf_steady_begin(pf_course *k, pf_case *c, const pf_given *g, const pf_record_row *r);
/** In `stopped`, at the end of each round: 1 when the state was found and set. */
int pf_steady_next(pf_course *k, pf_case *c);

#endif
