/* within.c: what is seen at a point or inside an accepted step: looks and crossings, in time
 * order.
 *
 * All lanes are served together: each round takes the next event of every lane that has one,
 * interpolates all lanes at their own times, and computes the observables once. */
#include "solve/history.h"

#include <math.h>
#include <string.h>

/* The events of one round. */
typedef struct {
    double t[8];     /* NAN: this lane has none */
    int crossing[8]; /* watch number, or -1 for a look */
} round_events;

/* Observables of the states in their slots, each lane at its own time. */
static void observe(pf_engine *e, const round_events *r)
{
    const pf_program *p = e->program;
    pf_batch *b = &e->b;
    size_t w = (size_t)e->width;
    for (size_t l = 0; l < w; l++)
        b->slot[p->time * w + l] = isnan(r->t[l]) ? e->cases[l].t : r->t[l];
    pf_history_recall(e);
    pf_batch_run(b, PF_CODE_OUT);
}

static void tell(pf_engine *e, int lane, const round_events *r)
{
    const pf_program *p = e->program;
    const pf_source *s = e->source;
    pf_case *c = &e->cases[lane];
    if (r->crossing[lane] >= 0) {
        c->threshold[r->crossing[lane]] = INFINITY;
        if (s->cross) s->cross(s->payload, c, (size_t)r->crossing[lane], r->t[lane]);
        return;
    }
    uint32_t tag = c->look[c->next_look++].tag;
    double out[64], *values = out;
    if (p->n_out > PF_COUNT(out)) values = pf_calloc(e->ctx, p->n_out, sizeof(double));
    if (!values) {
        c->failed = PF_ERR_NO_MEMORY;
        return;
    }
    for (uint32_t i = 0; i < p->n_out; i++) values[i] = *pf_at(e, e->b.slot, p->out0 + i, lane);
    if (s->look) s->look(s->payload, c, r->t[lane], tag, values);
    if (values != out) pf_free(values);
}

void pf_engine_look_here(pf_engine *e)
{
    for (;;) {
        round_events r;
        int any = 0;
        for (int l = 0; l < e->width; l++) {
            pf_case *c = &e->cases[l];
            int due = c->active && c->at_point && !c->finished && pf_case_next_look(c) <= c->t;
            int later = due && pf_case_stop_due(c);
            r.t[l] = due && !later ? c->t : NAN;
            r.crossing[l] = -1;
            any |= due && !later;
        }
        if (!any) return;
        memcpy(pf_at(e, e->b.slot, e->program->state0, 0), e->b.y,
            e->program->n_state * (size_t)e->width * sizeof(double));
        observe(e, &r);
        for (int l = 0; l < e->width; l++)
            if (!isnan(r.t[l])) tell(e, l, &r);
    }
}

/* Where in the step a watched state reaches its threshold. The state rises, so halving finds
 * it. */
static double crossing_theta(pf_engine *e, int lane, size_t watch)
{
    double low = 0.0, high = 1.0, threshold = e->cases[lane].threshold[watch];
    for (int i = 0; i < 54; i++) {
        double middle = 0.5 * (low + high);
        if (pf_interpolant(e, lane, e->watch[watch], middle) < threshold)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static int crosses(pf_engine *e, int lane, size_t watch)
{
    double threshold = e->cases[lane].threshold[watch];
    return *pf_at(e, e->b.y1, e->watch[watch], lane) >= threshold;
}

/* The earliest event of a lane in its step that ends at `until`; looks at `until` itself wait
 * for the stops there. */
static void next_event(pf_engine *e, int lane, double until, round_events *r)
{
    pf_case *c = &e->cases[lane];
    r->t[lane] = NAN;
    r->crossing[lane] = -1;
    if (isnan(until) || c->finished) return;
    double look = pf_case_next_look(c), h = e->b.h[lane];
    if (look < until) r->t[lane] = look;
    for (size_t w = 0; w < e->n_watch; w++) {
        if (!crosses(e, lane, w)) continue;
        double t = c->t + h * crossing_theta(e, lane, w);
        if (t > until || t >= r->t[lane]) continue;
        r->t[lane] = t;
        r->crossing[lane] = (int)w;
    }
}

static int anything_within(pf_engine *e, const double until[8])
{
    for (int l = 0; l < e->width; l++) {
        if (isnan(until[l])) continue;
        if (pf_case_next_look(&e->cases[l]) < until[l]) return 1;
        for (size_t w = 0; w < e->n_watch; w++)
            if (crosses(e, l, w)) return 1;
    }
    return 0;
}

/* A count stands still until it is sampled; interpolated, it would be off by a last bit, and no
 * longer whole. */
static void hold_counts(pf_engine *e, double *rows)
{
    const pf_program *p = e->program;
    for (int l = 0; l < e->width && p->n_population; l++)
        for (size_t k = 0; e->cases[l].active && k < p->n_population; k++) {
            uint32_t s = p->population[k].state;
            if (e->cases[l].small[k]) *pf_at(e, rows, s, l) = *pf_at(e, e->b.y, s, l);
        }
}

/* All lanes at their own theta. */
void pf_engine_interpolate(pf_engine *e)
{
    e->kernels->interpolate(&e->b);
    hold_counts(e, e->b.at);
}

/* A callback changed the case: its step ends at the event, with the interpolated state. */
static void cut(pf_engine *e, int lane, double t, double until[8])
{
    for (uint32_t s = 0; s < e->program->n_state; s++)
        *pf_at(e, e->b.y1, s, lane) = *pf_at(e, e->b.at, s, lane);
    until[lane] = t;
}

/* Tell the sources of one round; lanes whose case a callback changed end their step here. */
static void serve(pf_engine *e, const round_events *r, double until[8], int open[8])
{
    int interpolated = 0;
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (isnan(r->t[l])) continue;
        double t = c->t;
        c->t = r->t[l]; /* what pf_case_time tells the callback */
        tell(e, l, r);
        c->t = t;
        if (!c->changed && !c->finished) continue;
        if (!interpolated++) {
            e->kernels->dense(&e->b);
            pf_engine_interpolate(e);
        }
        cut(e, l, r->t[l], until);
        open[l] = 0;
    }
}

void pf_engine_look_within(pf_engine *e, double until[8])
{
    if (!anything_within(e, until)) return;
    e->kernels->dense_seen(&e->b);
    int open[8];
    round_events r;
    for (int l = 0; l < e->width; l++) {
        open[l] = !isnan(until[l]);
        r.t[l] = 0.0; /* to be asked in the first round */
    }
    for (;;) {
        int any = 0;
        for (int l = 0; l < e->width; l++) {
            if (isnan(r.t[l])) continue; /* had none in the round before */
            next_event(e, l, open[l] ? until[l] : NAN, &r);
            double theta = (r.t[l] - e->cases[l].t) / e->b.h[l];
            e->b.theta[l] = isnan(r.t[l]) ? 0.0 : theta;
            any |= !isnan(r.t[l]);
        }
        if (!any) return;
        e->kernels->see(&e->b);
        hold_counts(e, pf_at(e, e->b.slot, e->program->state0, 0));
        observe(e, &r);
        serve(e, &r, until, open);
    }
}
