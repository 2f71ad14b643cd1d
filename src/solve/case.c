#include "solve/case.h"

#include <math.h>

const char *pf_case_status_text(int status)
{
    static const char *const text[] = {"done", "the step became too small",
        "too many steps were needed", "events trigger each other without end",
        "a rate, an event or a delay is not a finite number",
        "a propensity is negative or not a number", "a reaction took more than there was"};
    return status >= 0 && status <= PF_CASE_BELOW_ZERO ? text[status] : "";
}

void pf_case_span(pf_case *c, double t0, double t1)
{
    c->t = t0;
    c->end = t1;
}

void pf_case_initial(pf_case *c, uint32_t state, double value)
{
    c->initial[state] = value;
}

void pf_case_identity(pf_case *c, uint64_t seed, uint64_t replicate, uint64_t patient)
{
    c->seed = seed;
    c->replicate = replicate;
    c->patient = patient;
}

void pf_case_set_user(pf_case *c, void *user)
{
    c->user = user;
}

void *pf_case_user(const pf_case *c)
{
    return c->user;
}

double pf_case_time(const pf_case *c)
{
    return c->t;
}

void pf_case_set(pf_case *c, uint32_t parameter, double value)
{
    c->param[parameter] = value;
    c->dirty = 1;
    c->changed = 1;
}

double pf_case_get(const pf_case *c, uint32_t parameter)
{
    return c->param[parameter];
}

void pf_case_stop(pf_case *c, pf_stop stop)
{
    c->changed = 1;
    pf_err err = pf_reserve(c->ctx, &c->stop, &c->stop_capacity, c->n_stop, sizeof *c->stop);
    if (err) {
        c->failed = err;
        return;
    }
    /* Behind every stop of the same time, so that equal times keep the order of adding. */
    size_t i = c->n_stop++;
    for (; i > c->next_stop && c->stop[i - 1].t > stop.t; i--) c->stop[i] = c->stop[i - 1];
    c->stop[i] = stop;
}

void pf_case_cancel(pf_case *c, uint32_t tag)
{
    size_t kept = c->next_stop;
    for (size_t i = c->next_stop; i < c->n_stop; i++)
        if (c->stop[i].tag != tag) c->stop[kept++] = c->stop[i];
    if (kept != c->n_stop) c->changed = 1;
    c->n_stop = kept;
}

void pf_case_look(pf_case *c, double t, uint32_t tag)
{
    pf_err err = pf_reserve(c->ctx, &c->look, &c->look_capacity, c->n_look, sizeof *c->look);
    if (err) {
        c->failed = err;
        return;
    }
    size_t i = c->n_look++;
    for (; i > c->next_look && c->look[i - 1].t > t; i--) c->look[i] = c->look[i - 1];
    c->look[i] = (pf_look){t, tag};
}

void pf_case_look_first(pf_case *c, uint32_t tag)
{
    pf_err err = pf_reserve(c->ctx, &c->look, &c->look_capacity, c->n_look, sizeof *c->look);
    if (err) {
        c->failed = err;
        return;
    }
    if (c->next_look) {
        c->look[--c->next_look] = (pf_look){c->t, tag}; /* where a served one stood */
        return;
    }
    for (size_t i = c->n_look++; i > 0; i--) c->look[i] = c->look[i - 1];
    c->look[0] = (pf_look){c->t, tag};
}

uint64_t pf_case_steps(const pf_case *c)
{
    return c->steps;
}

void pf_case_watch(pf_case *c, size_t watch, double threshold)
{
    c->threshold[watch] = threshold;
}

void pf_case_finish(pf_case *c)
{
    c->finished = 1;
}

double pf_case_state(const pf_case *c, uint32_t state)
{
    return c->y[(size_t)state * c->stride];
}

void pf_case_set_state(pf_case *c, uint32_t state, double value)
{
    c->y[(size_t)state * c->stride] = value;
    c->changed = 1;
}

void pf_case_rewind(pf_case *c, double t)
{
    c->t = t;
    c->changed = c->turned = 1;
    c->agenda.n_pending = 0;
    c->agenda.next = INFINITY;
    c->agenda.executed_at = NAN;
    c->history.n = c->history.n_break = 0;
}

double pf_case_bound(const pf_case *c)
{
    double bound = pf_lesser(c->agenda.next, c->end);
    if (c->next_stop < c->n_stop) bound = pf_lesser(c->stop[c->next_stop].t, bound);
    if (c->history.n_break) bound = pf_lesser(c->history.breaks[0].t, bound);
    return bound;
}

double pf_case_next_look(const pf_case *c)
{
    return c->next_look < c->n_look ? c->look[c->next_look].t : INFINITY;
}
