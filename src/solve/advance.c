/* advance.c: how lanes take cases, land on stops, choose, accept and commit steps. */
#include "solve/edges.h"
#include "solve/events.h"
#include "solve/history.h"
#include "solve/hybrid.h"
#include "solve/jump.h"
#include "solve/pivot.h"

#include <math.h>
#include <string.h>

/* Growth of the LU entries from which a lane is solved again with pivoting. */
static const double GROWTH_LIMIT = 1e8;
/* An infusion rate below this share of the one that just ended is rounding. */
static const double RATE_LEFT = 1e-12;
/* A case with events takes at least so many steps. */
static const double LEAST_STEPS = 64.0;

static void reset(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    c->active = c->starting = c->at_point = c->fresh = c->dirty = 1;
    c->finished = c->changed = c->turned = c->rejected = 0;
    c->user = NULL;
    c->t = c->end = 0.0;
    c->h = c->h_last = c->planned = 0.0;
    c->root_last = 1.0;
    c->steps = 0;
    c->seed = c->replicate = c->patient = 0;
    c->n_stop = c->next_stop = c->n_look = c->next_look = 0;
    for (uint32_t s = 0; s < p->n_state; s++) c->initial[s] = NAN;
    for (size_t w = 0; w < e->n_watch; w++) c->threshold[w] = INFINITY;
    for (size_t i = 0; i < e->b.n_input; i++) *pf_at(e, e->b.rate, i, lane) = 0.0;
    pf_events_reset(e, lane);
    pf_history_reset(e, lane);
    memset(c->blame, 0, p->n_state * sizeof *c->blame);
    memset(c->small, 0, p->n_population);
    memset(c->fed, 0, p->n_population);
    for (size_t k = 0; k < p->n_population; k++) *pf_at(e, e->b.keep, k, lane) = 1.0;
}

/* An idle lane rests on zeros, so that it computes nothing slow. */
static void park(pf_engine *e, int lane)
{
    e->cases[lane].active = 0;
    for (uint32_t s = 0; s < e->program->n_state; s++) *pf_at(e, e->b.y, s, lane) = 0.0;
    e->b.t[lane] = 0.0;
    e->b.h[lane] = 1.0;
}

void pf_engine_end(pf_engine *e, int lane, pf_case_end how)
{
    pf_case *c = &e->cases[lane];
    how.t = c->t;
    how.steps = c->steps;
    if (e->source->end) e->source->end(e->source->payload, c, &how);
    c->active = 0;
}

/* Fill free lanes; 1 when some lane took a case. */
static int refill(pf_engine *e)
{
    int taken = 0;
    for (int l = 0; l < e->width; l++) {
        if (e->cases[l].active) continue;
        reset(e, l);
        if (!e->source->begin(e->source->payload, &e->cases[l])) {
            park(e, l);
            continue;
        }
        pf_case *c = &e->cases[l];
        for (size_t k = 0; k < e->program->n_population; k++)
            pf_random_init(&c->random[k], c->seed, PF_DRAW_SMALL, c->replicate, c->patient,
                e->program->population[k].state);
        if (e->jump) pf_jump_begin(e, l);
        pf_hybrid_begin(e, l);
        taken = 1;
    }
    return taken;
}

void pf_engine_prepare(pf_engine *e)
{
    const pf_program *p = e->program;
    int any = 0;
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (!c->active || !c->dirty) continue;
        for (uint32_t i = 0; i < p->n_param; i++)
            *pf_at(e, e->b.slot, p->param0 + i, l) = c->param[i];
        c->dirty = 0;
        any = 1;
    }
    if (any) pf_batch_run(&e->b, PF_CODE_PREP);
}

void pf_engine_at_points(pf_engine *e)
{
    const pf_program *p = e->program;
    for (int l = 0; l < e->width; l++) *pf_at(e, e->b.slot, p->time, l) = e->cases[l].t;
    memcpy(pf_at(e, e->b.slot, p->state0, 0), e->b.y,
        p->n_state * (size_t)e->width * sizeof(double));
    pf_history_recall(e);
}

/* What `init` computed for the parameters of lanes that start; the others have theirs back. */
static void keep_started(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    for (size_t i = 0; i < p->n_started; i++) {
        double *slot = pf_at(e, e->b.slot, p->param0 + p->started[i], lane);
        if (c->active && c->starting)
            c->param[p->started[i]] = *slot;
        else
            *slot = c->param[p->started[i]];
    }
}

/* The start values of lanes that start; the model's own may read those that are given. */
static void run_init(pf_engine *e)
{
    const pf_program *p = e->program;
    for (int l = 0; l < e->width; l++) {
        const pf_case *c = &e->cases[l];
        if (!c->active || !c->starting) continue;
        *pf_at(e, e->b.slot, p->time, l) = c->t;
        for (uint32_t s = 0; s < p->n_state; s++)
            *pf_at(e, e->b.slot, p->state0 + s, l) = c->initial[s];
    }
    pf_batch_run(&e->b, PF_CODE_INIT);
}

static void initial_states(pf_engine *e)
{
    const pf_program *p = e->program;
    run_init(e);
    if (p->n_draw) pf_engine_draw_start(e, run_init);
    for (int l = 0; l < e->width; l++) {
        const pf_case *c = &e->cases[l];
        keep_started(e, l);
        if (!c->active || !c->starting) continue;
        for (uint32_t s = 0; s < p->n_state; s++)
            *pf_at(e, e->b.y, s, l) = *pf_at(e, e->b.y1, s, l) =
                isnan(c->initial[s]) ? *pf_at(e, e->b.slot, p->state0 + s, l) : c->initial[s];
    }
}

static void initialise(pf_engine *e)
{
    unsigned char mask[8];
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        mask[l] = c->active && c->starting;
        if (mask[l]) c->start = c->t;
    }
    initial_states(e);
    for (int round = 0; e->program->n_past && round < 2; round++) {
        /* Start values may read the past, which is made of start values. */
        pf_engine_at_points(e);
        pf_history_open(e, mask);
        pf_engine_at_points(e);
        if (!round) initial_states(e);
    }
    for (int l = 0; l < e->width; l++)
        if (mask[l]) e->cases[l].starting = 0;
    pf_hybrid_started(e);
    pf_events_open(e);
}

/* Lanes whose clock was turned back remember nothing of before. */
static void begin_anew(pf_engine *e)
{
    unsigned char mask[8];
    int any = 0;
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        mask[l] = c->active && c->turned;
        any |= mask[l];
        if (!mask[l]) continue;
        c->turned = 0;
        c->start = c->t;
    }
    if (!any) return;
    pf_engine_at_points(e);
    pf_history_open(e, mask);
    pf_events_forget(e, mask);
}

static void apply(pf_engine *e, int lane, const pf_stop *stop)
{
    switch (stop->kind) {
    case PF_STOP_ADD:
        *pf_at(e, e->b.y, stop->target, lane) += stop->value;
        break;
    case PF_STOP_SET:
        *pf_at(e, e->b.y, stop->target, lane) = stop->value;
        break;
    case PF_STOP_PARAM:
        pf_case_set(&e->cases[lane], stop->target, stop->value);
        break;
    case PF_STOP_RATE: {
        double *rate = pf_at(e, e->b.rate, stop->target, lane);
        *rate += stop->value;
        /* What the sums of overlapping infusions leave behind would flow for ever. */
        if (fabs(*rate) < RATE_LEFT * fabs(stop->value)) *rate = 0.0;
        break;
    }
    }
}

/* Apply the stops that are due. */
static void land(pf_engine *e, int lane)
{
    pf_case *c = &e->cases[lane];
    while (pf_case_stop_due(c)) {
        pf_stop stop = c->stop[c->next_stop++];
        apply(e, lane, &stop);
        c->fresh = c->agenda.stale = 1;
        if (e->source->stopped) e->source->stopped(e->source->payload, c, &stop);
        if (c->turned) break;
    }
    pf_engine_sort_counts(e, lane);
    pf_hybrid_sort(e, lane);
}

/* One round: stops, looks, ends at the lanes' own points. 1 when some lane is not ready to step
 * yet. */
static int settle_points(pf_engine *e)
{
    int waiting;
    pf_engine_prepare(e);
    for (int l = 0; l < e->width; l++)
        if (e->cases[l].active && e->cases[l].at_point && !e->cases[l].finished) land(e, l);
    pf_engine_prepare(e);
    begin_anew(e);
    waiting = pf_events_execute(e);
    pf_engine_look_here(e);
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (!c->active) continue;
        int due = pf_case_stop_due(c) || c->turned;
        if (c->changed) {
            c->fresh = 1;
            due |= c->agenda.stale = e->program->n_event > 0; /* triggers may see it */
        }
        c->changed = 0;
        if (c->finished || (c->t >= c->end && !due)) {
            pf_engine_end(e, l, (pf_case_end){.status = PF_CASE_DONE, .event = PF_ABSENT});
            waiting = 1;
        } else if (due) {
            waiting = 1;
        } else {
            c->at_point = 0;
        }
    }
    pf_engine_prepare(e);
    return waiting;
}

int pf_engine_settle(pf_engine *e)
{
    for (;;) {
        int busy = 0, points = 0;
        if (refill(e)) {
            pf_engine_prepare(e);
            initialise(e);
        }
        for (int l = 0; l < e->width; l++) {
            busy += e->cases[l].active;
            points += e->cases[l].active && e->cases[l].at_point;
        }
        if (!points || !settle_points(e)) return busy;
    }
}

/* The step after a start or a jump. |f| and |f'| in the weighted norm say how fast what was
 * stirred up decays, |f'|/|f|, and how large it is, a = |f|^2/|f'|, in units of the tolerance.
 * A step h leaves an error of about a (h |f'|/|f|)^6/STIRRED, which is set to 1. STIRRED was
 * found by trying: from 1e3 to 1e5 nothing changes much. (Hairer's rule, which compares |f|
 * with |f'|, depends on the unit of time, and was refused two times in three after infusions of
 * cells.) */
static const double STIRRED = 5e3;

static double first_step(double rise, double bend)
{
    if (!(bend > 0.0)) return 1.0;
    double h = rise / bend * pow(STIRRED * bend / (rise * rise), 1.0 / 6.0);
    return isfinite(h) && h > 0.0 ? h : 1e-6;
}

static double within(double low, double x, double high)
{
    return x < low ? low : x > high ? high : x;
}

static void choose_step(pf_engine *e, int lane)
{
    pf_case *c = &e->cases[lane];
    if (c->fresh) {
        c->h = fmax(first_step(e->b.rise[lane], e->b.bend[lane]), 1e-14 * fabs(c->t));
        c->h_last = 0.0;
        c->planned = 0.0;
        c->rejected = 0;
        pf_history_jump(e, lane);
    }
    double h = pf_lesser(pf_lesser(c->h, e->max_step), c->counts_limit);
    h = pf_lesser(pf_history_limit(e, lane, h), h);
    h = pf_lesser(pf_hybrid_limit(e, lane), h);
    /* Roots are sampled in each step: a still state may not step over what time decides. */
    if (e->program->n_event) h = fmin(h, (c->end - c->start) / LEAST_STEPS);
    double left = pf_case_bound(c) - c->t;
    c->planned = h;
    if (h >= left * (1.0 - 1e-12))
        h = left;
    else if (h > 0.5 * left && h < left)
        h = 0.5 * left; /* no sliver before the stop */
    e->b.h[lane] = h;
}

static void attempt(pf_engine *e)
{
    pf_batch *b = &e->b;
    int trouble = 0;
    e->kernels->factor(b);
    for (int l = 0; l < e->width; l++) {
        b->trouble[l] = e->cases[l].active && !(b->growth[l] < GROWTH_LIMIT) ? 1.0 : 0.0;
        trouble |= b->trouble[l] != 0.0;
    }
    b->repair = trouble ? pf_pivot_repair : NULL;
    if (trouble) pf_pivot_factor(b);
    e->kernels->stages(b);
    pf_history_settle(e);
}

/* An error counts as 1e-2 at least when it says where errors are heading: its fifth root. */
static const double LEAST_ROOT = 0.39810717055349726;

/* Gustafsson's predictive controller (Hairer and Wanner, Solving ODEs II, IV.8); 1 when
 * accepted. */
static int judge(pf_engine *e, int lane)
{
    pf_case *c = &e->cases[lane];
    double error = e->b.error[lane], root = e->b.root[lane], h = e->b.h[lane];
    c->steps++;
    if (!(error <= 1.0)) {
        double shrink = isfinite(error) ? within(1.0 / 6.0, root / 0.9, 5.0) : 10.0;
        double least = c->fresh ? 3.0 : 1.05;
        c->h = h / (shrink > least ? shrink : least);
        c->rejected = 1;
        c->fresh = 0;
        return 0;
    }
    double q = root / 0.9;
    if (c->h_last > 0.0) {
        double ahead = c->h_last / h * (root * root / c->root_last) / 0.9;
        q = ahead > q ? ahead : q;
    }
    double next = h / within(1.0 / 6.0, q, 5.0);
    if (c->rejected && next > h) next = h;
    c->h = h < c->planned && next < c->planned ? c->planned : next;
    c->h_last = h;
    c->root_last = root > LEAST_ROOT ? root : LEAST_ROOT;
    c->rejected = 0;
    c->fresh = 0;
    return 1;
}

/* Arrive at `until`; y holds the state there. */
static void commit(pf_engine *e, int lane, double until)
{
    pf_case *c = &e->cases[lane];
    double dt = until - c->t;
    c->t = until;
    e->b.t[lane] = until;
    if (e->program->n_population) {
        pf_engine_commit_counts(e, lane, dt);
    }
    pf_hybrid_sort(e, lane);
    if (c->changed || until == c->edge) c->fresh = 1;
    c->changed = 0;
    pf_events_committed(e, lane);
    pf_history_committed(e, lane);
    c->at_point = c->finished || pf_case_bound(c) <= c->t || pf_case_next_look(c) <= c->t;
}

static int any_fresh(const pf_engine *e)
{
    int any = 0;
    for (int l = 0; l < e->width; l++) any |= e->cases[l].active && e->cases[l].fresh;
    return any;
}

void pf_engine_advance(pf_engine *e)
{
    double until[8];
    for (int l = 0; l < e->width; l++) e->b.t[l] = e->cases[l].active ? e->cases[l].t : 0.0;
    pf_history_try(e);
    e->kernels->evaluate(&e->b);
    if (pf_engine_feed_counts(e)) e->kernels->evaluate(&e->b);
    pf_hybrid_plan(e);
    if (any_fresh(e)) e->kernels->stir(&e->b);
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (c->active && c->history.bad)
            pf_engine_end(e, l,
                (pf_case_end){
                    .status = PF_CASE_NOT_FINITE, .state = PF_ABSENT, .event = PF_ABSENT});
        if (c->active) choose_step(e, l);
    }
    pf_edges_limit(e);
    attempt(e);
    for (int l = 0; l < e->width; l++) {
        until[l] = NAN;
        pf_case *c = &e->cases[l];
        if (!c->active) continue;
        if (!judge(e, l)) continue;
        double bound = pf_case_bound(c);
        until[l] = c->t + e->b.h[l];
        if (until[l] > bound - 1e-12 * fabs(bound) - 1e-300) until[l] = bound;
        if (!isnan(c->edge)) until[l] = c->edge;
        if (until[l] > c->t) continue;
        until[l] = NAN; /* a step below the rounding of time leads nowhere */
        c->rejected = 1;
        c->h = 0.0;
    }
    pf_history_record(e, until);
    pf_events_within(e, until);
    pf_hybrid_within(e, until);
    pf_engine_look_within(e, until);
    pf_events_cut(e, until);
    pf_hybrid_cut(e, until);
    for (int l = 0; l < e->width; l++) e->b.accept[l] = isnan(until[l]) ? 0.0 : 1.0;
    e->kernels->accept(&e->b);
    pf_engine_mean_rates(e, until);
    pf_hybrid_fire(e, until);
    for (int l = 0; l < e->width; l++)
        if (!isnan(until[l])) commit(e, l, until[l]);
    for (int l = 0; l < e->width; l++)
        if (e->cases[l].active) pf_engine_give_up(e, l);
    pf_engine_prepare(e);
    pf_events_notice(e);
}
