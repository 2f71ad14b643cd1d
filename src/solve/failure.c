/* failure.c: when a case is given up, and which state is named. */
#include "solve/lanes_state.h"

#include <math.h>

/* The states that limit so many of the last steps allowed are counted. */
enum { TAIL = 500 };

/* The state whose error is largest; with a right-hand side that is no number, the first such
 * state, since the solution of the step spreads it over all. */
static uint32_t worst_state(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    uint32_t worst = 0;
    double most = -1.0;
    for (uint32_t s = 0; s < p->n_state; s++)
        if (!isfinite(*pf_at(e, e->b.f0, s, lane))) return s;
    for (uint32_t s = 0; s < p->n_state; s++) {
        double k = *pf_at(e, e->b.k, 7u * p->n_state + s, lane);
        double q = fabs(k) / (e->b.atol[s] + e->b.rtol * fabs(*pf_at(e, e->b.y, s, lane)));
        if (isfinite(k) && q <= most) continue;
        worst = s;
        if (!isfinite(k)) break;
        most = q;
    }
    return worst;
}

static uint32_t most_blamed(const pf_engine *e, int lane)
{
    const pf_case *c = &e->cases[lane];
    uint32_t most = 0;
    for (uint32_t s = 1; s < e->program->n_state; s++)
        if (c->blame[s] > c->blame[most]) most = s;
    return most;
}

/* The rates at the lane's own point are no numbers: no step helps. */
static int is_lost(pf_engine *e, int lane)
{
    const pf_case *c = &e->cases[lane];
    if (!c->rejected || isfinite(e->b.error[lane]) || !e->program->n_state) return 0;
    return !isfinite(*pf_at(e, e->b.f0, worst_state(e, lane), lane));
}

void pf_engine_give_up(pf_engine *e, int lane)
{
    pf_case *c = &e->cases[lane];
    pf_case_end how = {.status = PF_CASE_DONE, .event = PF_ABSENT};
    if (c->rejected && c->t + c->h * 0.1 == c->t) how.status = PF_CASE_STEP_TOO_SMALL;
    int bad = how.status != PF_CASE_DONE && c->history.bad; /* a delay */
    if (bad || is_lost(e, lane)) how.status = PF_CASE_NOT_FINITE;
    if (c->steps + TAIL > e->max_steps) c->blame[worst_state(e, lane)]++;
    if (how.status != PF_CASE_DONE) {
        how.state = bad ? PF_ABSENT : worst_state(e, lane);
        pf_engine_end(e, lane, how);
    } else if (c->steps >= e->max_steps) {
        /* One step may be anybody's: the state that limited most of the last ones. */
        how.status = PF_CASE_TOO_MANY_STEPS;
        how.state = most_blamed(e, lane);
        pf_engine_end(e, lane, how);
    }
}
