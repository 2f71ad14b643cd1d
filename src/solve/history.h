/* history.h: the past of a case, for models with delays. Internal to solve.
 *
 * Each accepted step keeps every past value as a polynomial of degree 5 through six points of
 * the dense output, which is of degree 4. Before the start states are what they
 * would be if the start were then: as at the start, but where their start values read time; and
 * time goes on. At jumps a step reads what is on its own
 * side.
 *
 * A step that is longer than a delay reads itself: it is repeated with the dense output of the
 * try before until nothing changes, or refused. A step a little longer is shortened to the
 * delay. After the start and after every jump, the times at which a constant delay brings it
 * back (once, twice, ... while the order of the method sees it) are landed on.
 * Depends on: lanes_state. */
#ifndef PF_SOLVE_HISTORY_H
#define PF_SOLVE_HISTORY_H
#include "solve/lanes_state.h"

/* One accepted step in pf_history.part: begin, length, end, then of each value Newton's
 * coefficients through six points at equal distances of [begin, begin + length]. */
enum {
    PF_PART_BEGIN,
    PF_PART_LENGTH,
    PF_PART_END, /* earlier than begin + length where the step was cut */
    PF_PART_HEAD,
    PF_PART_NODES = 6
};

/* What is known of a program's delays. */
struct pf_pasts {
    size_t row;                      /* doubles of a part */
    int nested;                      /* delays or values read other past values */
    int timed_value;                 /* some value reads time itself */
    int restarts;                    /* values at the start read time */
    unsigned char *moving;           /* [n_past] the value moves before the start */
    unsigned char *constant, *timed; /* [n_past] the delay reads nothing; time */
    double *time, *state, *started;  /* [width], [n_state][width], [n_started][width] scratch */
    double *before;                  /* [n_state][width] ends of the try before */
};

static inline double *pf_part_of(const pf_engine *e, const pf_history *h, size_t i)
{
    return h->part + i * e->pasts->row;
}

/** Value and rate of past value k at time s of a part. (recall.c) */
void pf_part_read(const double *part, size_t k, double s, double out[2]);
/** Memory and tables; nothing for a program without delays. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_history_new(pf_ctx *ctx, pf_engine *e);
void pf_history_free(pf_engine *e);
/** A lane takes a new case. */
void pf_history_reset(pf_engine *e, int lane);
/** The states of the lanes that start (mask) are known: their past begins. */
void pf_history_open(pf_engine *e, const unsigned char mask[8]);
/** A new step is tried from here. */
void pf_history_try(pf_engine *e);
/** (recall.c) Fill the past values for time, states and parameters in the slots. */
void pf_history_recall(pf_engine *e);
/** The longest step from here that reads only the known past; INFINITY when the step should
 * rather be repeated. `h`: the step that is wanted. */
double pf_history_limit(const pf_engine *e, int lane, double h);
/** After the stages: repeat them for steps that read themselves; `error` of those that do not
 * settle becomes large. */
void pf_history_settle(pf_engine *e);
/** Keep the accepted steps, from each lane's time to `until` (NAN: none, or refused here since
 * a value follows time too fast for the polynomial). */
void pf_history_record(pf_engine *e, double until[8]);
/** The lane has moved to its time, maybe less far than recorded. */
void pf_history_committed(pf_engine *e, int lane);
/** Something jumped at the lane's time. */
void pf_history_jump(pf_engine *e, int lane);

#endif
