/* events.c: what triggers, waits and is executed at the points of the lanes. */
#include "solve/events.h"
#include "solve/hybrid.h"

#include <math.h>
#include <string.h>

/* Events nearer to each other than this share of the time count as one time in the search for
 * storms: a ball that comes to rest bounces for ever. */
static const double SAME_TIME = 1e-13;

pf_err pf_events_new(pf_ctx *ctx, pf_engine *e)
{
    const pf_program *p = e->program;
    size_t wide = 1;
    for (size_t i = 0; i < p->n_event; i++)
        if (p->event[i].n_assign > wide) wide = p->event[i].n_assign;
    for (int l = 0; l < e->width; l++) {
        pf_agenda *a = &e->cases[l].agenda;
        a->next = INFINITY;
        a->wide = wide;
        if (!p->n_event) continue;
        a->trigger = pf_arena_alloc(ctx, &e->memory, p->n_event, 1);
        a->rose = pf_arena_alloc(ctx, &e->memory, p->n_event, 1);
        a->fell = pf_arena_alloc(ctx, &e->memory, p->n_event, sizeof(double));
        a->now = pf_arena_alloc(ctx, &e->memory, wide, sizeof(double));
        if (!a->trigger || !a->rose || !a->fell || !a->now) return PF_ERR_NO_MEMORY;
    }
    return p->n_event ? pf_search_new(ctx, e) : PF_OK;
}

void pf_events_free(pf_engine *e)
{
    for (int l = 0; l < 8; l++) {
        pf_free(e->cases[l].agenda.pending);
        pf_free(e->cases[l].agenda.value);
    }
}

void pf_events_reset(pf_engine *e, int lane)
{
    pf_agenda *a = &e->cases[lane].agenda;
    a->n_pending = 0;
    a->next = INFINITY;
    a->rise = a->executed_at = NAN;
    a->executed = 0;
    a->stale = a->opening = e->program->n_event > 0;
    for (size_t i = 0; i < e->program->n_event; i++) a->fell[i] = INFINITY;
}

static void find_next(pf_agenda *a)
{
    a->next = INFINITY;
    for (size_t i = 0; i < a->n_pending; i++) a->next = fmin(a->next, a->pending[i].t);
}

static void remove_pending(pf_agenda *a, size_t i)
{
    size_t after = a->n_pending - i - 1, row = a->wide;
    memmove(a->pending + i, a->pending + i + 1, after * sizeof *a->pending);
    memmove(a->value + i * row, a->value + (i + 1) * row, after * row * sizeof *a->value);
    a->n_pending--;
}

void pf_agenda_drop(pf_agenda *a, uint32_t event)
{
    for (size_t i = a->n_pending; i-- > 0;)
        if (a->pending[i].event == event) remove_pending(a, i);
    find_next(a);
}

static pf_err add_pending(pf_case *c, pf_pending new, double **value)
{
    pf_agenda *a = &c->agenda;
    PF_TRY(pf_reserve(
        c->ctx, &a->pending, &a->pending_capacity, a->n_pending, sizeof *a->pending));
    size_t row = a->wide * sizeof *a->value;
    PF_TRY(pf_reserve(c->ctx, &a->value, &a->value_capacity, a->n_pending, row));
    *value = a->value + a->n_pending * a->wide;
    a->pending[a->n_pending++] = new;
    a->next = fmin(a->next, new.t);
    return PF_OK;
}

static void fail(pf_engine *e, int lane, pf_case_status status, size_t event)
{
    pf_engine_end(
        e, lane, (pf_case_end){.status = status, .state = PF_ABSENT, .event = (uint32_t)event});
}

/* An event has triggered at the lane's point; `act` has run there. */
static void trigger(pf_engine *e, int lane, uint32_t event)
{
    pf_case *c = &e->cases[lane];
    const pf_event *v = &e->program->event[event];
    double delay = v->delay == PF_ABSENT ? 0.0 : *pf_at(e, e->b.slot, v->delay, lane);
    if (!(delay >= 0.0)) {
        fail(e, lane, PF_CASE_NOT_FINITE, event);
        return;
    }
    if (c->t + delay == INFINITY) return; /* never */
    double *value;
    pf_err err = add_pending(c, (pf_pending){c->t + delay, event}, &value);
    if (err) {
        c->failed = err;
        return;
    }
    for (uint32_t i = 0; v->from_trigger && i < v->n_assign; i++)
        value[i] = *pf_at(e, e->b.slot, e->program->assign[v->assign0 + i].value, lane);
}

/* Triggers in their slots against those of before; 1 when some rose. */
static int compare(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    pf_agenda *a = &e->cases[lane].agenda;
    int any = 0;
    for (uint32_t i = 0; i < p->n_event; i++) {
        int is = pf_true(*pf_at(e, e->b.slot, p->event[i].trigger, lane));
        int was = a->trigger[i];
        a->rose[i] = is && !was;
        any |= a->rose[i];
        a->trigger[i] = (unsigned char)is;
        if (was && !is && !p->event[i].persistent) pf_agenda_drop(a, i);
    }
    a->stale = 0;
    return any;
}

/* Compare the triggers of the lanes in `mask` with their states. */
static void notice(pf_engine *e, const unsigned char mask[8])
{
    unsigned char rose[8] = {0};
    int any = 0;
    pf_engine_at_points(e);
    pf_batch_run(&e->b, PF_CODE_TRIG);
    for (int l = 0; l < e->width; l++)
        if (mask[l]) any |= rose[l] = (unsigned char)compare(e, l);
    if (!any) return;
    (void)pf_engine_draw(e, rose);
    pf_batch_run(&e->b, PF_CODE_ACT);
    for (int l = 0; l < e->width; l++)
        for (uint32_t i = 0; rose[l] && i < e->program->n_event; i++)
            if (e->cases[l].agenda.rose[i] && e->cases[l].active) trigger(e, l, i);
}

void pf_events_open(pf_engine *e)
{
    const pf_program *p = e->program;
    if (!p->n_event) return;
    pf_engine_at_points(e);
    pf_batch_run(&e->b, PF_CODE_TRIG);
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (!c->active || !c->agenda.opening) continue;
        c->agenda.opening = 0;
        pf_random_init(&c->agenda.ties, c->seed, PF_DRAW_EVENT, c->replicate, c->patient, 0);
        /* What rises here is seen after the stops of the start; what falls, before them. */
        for (size_t i = 0; i < p->n_event; i++)
            c->agenda.trigger[i] =
                p->event[i].initial && pf_true(*pf_at(e, e->b.slot, p->event[i].trigger, l));
    }
}

void pf_events_forget(pf_engine *e, const unsigned char mask[8])
{
    const pf_program *p = e->program;
    if (!p->n_event) return;
    pf_engine_at_points(e);
    pf_batch_run(&e->b, PF_CODE_TRIG);
    for (int l = 0; l < e->width; l++)
        for (size_t i = 0; mask[l] && i < p->n_event; i++)
            e->cases[l].agenda.trigger[i] =
                pf_true(*pf_at(e, e->b.slot, p->event[i].trigger, l));
}

void pf_events_notice(pf_engine *e)
{
    unsigned char mask[8] = {0};
    int any = 0;
    if (!e->program->n_event) return;
    for (int l = 0; l < e->width; l++) {
        const pf_case *c = &e->cases[l];
        mask[l] = c->active && !c->finished && c->agenda.stale && !pf_case_stop_due(c);
        any |= mask[l];
    }
    if (!any) return;
    notice(e, mask);
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (mask[l] && c->active && c->agenda.next <= c->t) c->at_point = 1;
    }
}

static double priority(pf_engine *e, int lane, uint32_t event)
{
    uint32_t slot = e->program->event[event].priority;
    return slot == PF_ABSENT ? -INFINITY : *pf_at(e, e->b.slot, slot, lane);
}

/* The pending event that is executed next, `act` having run; n_pending when a priority is no
 * number. */
static size_t choose(pf_engine *e, int lane)
{
    pf_case *c = &e->cases[lane];
    const pf_agenda *a = &c->agenda;
    double best = -INFINITY;
    uint32_t ties = 0;
    for (size_t i = 0; i < a->n_pending; i++) {
        if (a->pending[i].t > c->t) continue;
        double q = priority(e, lane, a->pending[i].event);
        if (isnan(q)) {
            fail(e, lane, PF_CASE_NOT_FINITE, a->pending[i].event);
            return a->n_pending;
        }
        ties = q > best ? 1 : ties + (q == best);
        best = fmax(best, q);
    }
    uint32_t lot = ties > 1 && !e->deterministic ? pf_random_below(&c->agenda.ties, ties) : 0;
    for (size_t i = 0; i < a->n_pending; i++) {
        if (a->pending[i].t > c->t || priority(e, lane, a->pending[i].event) != best) continue;
        if (!lot--) return i;
    }
    return a->n_pending;
}

/* Write one value; 0 when a state would become no number. */
static int assign(pf_engine *e, int lane, const pf_assign *to, double x)
{
    if (to->is_state) {
        *pf_at(e, e->b.y, to->index, lane) = x;
        return isfinite(x);
    }
    e->cases[lane].param[to->index] = x;
    *pf_at(e, e->b.slot, e->program->param0 + to->index, lane) = x;
    return 1;
}

/* Take the chosen event off the agenda and write its values, all as they were before any of
 * them is written. Returns the event. */
static uint32_t execute(pf_engine *e, int lane, size_t chosen)
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    pf_agenda *a = &c->agenda;
    uint32_t event = a->pending[chosen].event;
    const pf_event *v = &p->event[event];
    const pf_assign *to = p->assign + v->assign0;
    for (uint32_t i = 0; i < v->n_assign; i++) {
        a->now[i] = v->from_trigger ? a->value[chosen * a->wide + i]
                                    : *pf_at(e, e->b.slot, to[i].value, lane);
        if (to[i].scale != PF_ABSENT) a->now[i] *= *pf_at(e, e->b.slot, to[i].scale, lane);
    }
    remove_pending(a, chosen);
    find_next(a);
    if (!(fabs(c->t - a->executed_at) <= SAME_TIME * fabs(c->t))) a->executed = 0;
    a->executed_at = c->t;
    if (++a->executed > e->max_events) {
        fail(e, lane, PF_CASE_TOO_MANY_EVENTS, event);
        return event;
    }
    for (uint32_t i = 0; i < v->n_assign && c->active; i++)
        if (!assign(e, lane, &to[i], a->now[i])) fail(e, lane, PF_CASE_NOT_FINITE, event);
    return event;
}

/* One event of every lane that has one due; 0 when there was none. */
static int execute_round(pf_engine *e, unsigned char mask[8])
{
    uint32_t event[8];
    int any = 0;
    for (int l = 0; l < e->width; l++) {
        const pf_case *c = &e->cases[l];
        mask[l] = c->active && c->at_point && !c->finished && !pf_case_stop_due(c) &&
                  c->agenda.next <= c->t;
        event[l] = PF_ABSENT;
        any |= mask[l];
    }
    if (!any) return 0;
    pf_engine_at_points(e);
    (void)pf_engine_draw(e, mask);
    pf_batch_run(&e->b, PF_CODE_ACT);
    for (int l = 0; l < e->width; l++) {
        if (!mask[l]) continue;
        size_t chosen = choose(e, l);
        if (e->cases[l].active) event[l] = execute(e, l, chosen);
    }
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (!mask[l] || !c->active) continue;
        c->fresh = c->agenda.stale = 1;
        pf_engine_sort_counts(e, l);
        pf_hybrid_sort(e, l);
        if (e->source->event) e->source->event(e->source->payload, c, event[l], c->t);
    }
    pf_engine_prepare(e);
    return 1;
}

int pf_events_execute(pf_engine *e)
{
    unsigned char mask[8];
    int before = 0, after = 0;
    if (!e->program->n_event) return 0;
    for (int l = 0; l < e->width; l++) before += e->cases[l].active;
    do pf_events_notice(e);
    while (execute_round(e, mask));
    for (int l = 0; l < e->width; l++) after += e->cases[l].active;
    return before - after;
}

void pf_events_committed(pf_engine *e, int lane)
{
    pf_case *c = &e->cases[lane];
    pf_agenda *a = &c->agenda;
    for (uint32_t i = 0; i < e->program->n_event; i++) {
        if (a->fell[i] <= c->t) {
            a->trigger[i] = 0;
            if (!e->program->event[i].persistent) pf_agenda_drop(a, i);
        }
        a->fell[i] = INFINITY;
    }
    a->rise = NAN;
    a->stale = 1;
}
