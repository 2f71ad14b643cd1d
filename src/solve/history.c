/* history.c: the past of every lane. */
#include "solve/history.h"

#include "solve/depend.h"

#include <math.h>
#include <string.h>

enum {
    SMOOTH = 6, /* a jump that has been smoothed so often is not landed on */
    TRIES = 10, /* of a step that reads itself */
    KEPT = 512, /* parts that are kept in any case */
    WARY = 100, /* steps after which one may again be longer than a delay */
};

/* Steps up to so many delays long are rather shortened than repeated. */
static const double SHORTEN = 3.0;
/* Tries of a step agree when they differ by this share of the tolerance. */
static const double AGREE = 0.02;
/* A difference that counts as rounding where values pass through 0. */
static const double TINY_VALUE = 1e-14;
/* A past twice as old as the longest delay is forgotten. */
static const double FORGET = 2.0;

static pf_err plan(pf_ctx *ctx, pf_engine *e, struct pf_pasts *q)
{
    const pf_program *p = e->program;
    pf_code code = p->code[PF_CODE_PAST];
    size_t w = (size_t)e->width;
    unsigned char *mark = pf_arena_alloc(ctx, &e->memory, p->n_slots, 1);
    q->moving = pf_arena_alloc(ctx, &e->memory, p->n_past, 1);
    q->constant = pf_arena_alloc(ctx, &e->memory, p->n_past, 1);
    q->timed = pf_arena_alloc(ctx, &e->memory, p->n_past, 1);
    q->started = pf_arena_alloc(ctx, &e->memory, (p->n_started + 1) * w, sizeof(double));
    q->time = pf_arena_alloc(ctx, &e->memory, w, sizeof(double));
    q->state = pf_arena_alloc(ctx, &e->memory, (p->n_state + 1) * w, sizeof(double));
    q->before = pf_arena_alloc(ctx, &e->memory, (p->n_state + 1) * w, sizeof(double));
    if (!mark || !q->moving || !q->constant || !q->timed || !q->started || !q->time ||
        !q->state || !q->before)
        return PF_ERR_NO_MEMORY;
    pf_depend(p, p->code[PF_CODE_INIT], mark);
    for (uint32_t i = 0; i < p->n_state; i++) q->restarts |= mark[p->state0 + i] & PF_ON_TIME;
    for (size_t i = 0; i < p->n_started; i++)
        q->restarts |= mark[p->param0 + p->started[i]] & PF_ON_TIME;
    pf_depend(p, code, mark);
    for (size_t k = 0; k < p->n_past; k++) {
        unsigned char value = mark[p->past[k].value], delay = mark[p->past[k].delay];
        q->moving[k] = q->restarts || (value & PF_ON_TIME);
        q->timed_value |= value & PF_ON_TIME;
        q->constant[k] = delay == 0;
        q->timed[k] = (delay & PF_ON_TIME) != 0;
        q->nested |= ((value | delay) & PF_ON_PAST) != 0;
    }
    q->row = PF_PART_HEAD + PF_PART_NODES * p->n_past;
    return PF_OK;
}

static void recall(pf_batch *b)
{
    pf_history_recall(b->owner);
}

pf_err pf_history_new(pf_ctx *ctx, pf_engine *e)
{
    const pf_program *p = e->program;
    if (!p->n_past) return PF_OK;
    struct pf_pasts *q = pf_arena_alloc(ctx, &e->memory, 1, sizeof *q);
    if (!q) return PF_ERR_NO_MEMORY;
    for (int l = 0; l < e->width; l++) {
        pf_history *h = &e->cases[l].history;
        h->opening = pf_arena_alloc(ctx, &e->memory, p->n_past, sizeof(double));
        h->delay = pf_arena_alloc(ctx, &e->memory, p->n_past, sizeof(double));
        h->state = pf_arena_alloc(ctx, &e->memory, p->n_state + 1u, sizeof(double));
        if (!h->opening || !h->state || !h->delay) return PF_ERR_NO_MEMORY;
    }
    e->pasts = q;
    e->b.recall = recall;
    e->b.owner = e;
    return plan(ctx, e, q);
}

void pf_history_free(pf_engine *e)
{
    for (int l = 0; l < 8; l++) pf_free(e->cases[l].history.part);
}

void pf_history_reset(pf_engine *e, int lane)
{
    pf_history *h = &e->cases[lane].history;
    h->n = h->n_break = 0;
    h->trial = h->beyond = h->bad = h->shorten = 0;
    h->most = h->start = 0.0;
}

void pf_history_try(pf_engine *e)
{
    for (int l = 0; l < e->width; l++) {
        pf_history *h = &e->cases[l].history;
        h->trial = h->beyond = h->bad = 0;
    }
}

void pf_history_open(pf_engine *e, const unsigned char mask[8])
{
    const pf_program *p = e->program;
    if (!p->n_past) return;
    for (size_t k = 0; k < p->n_past; k++) {
        pf_batch_run(&e->b, PF_CODE_PAST);
        for (int l = 0; l < e->width; l++) {
            if (!mask[l]) continue;
            double x = *pf_at(e, e->b.slot, p->past[k].value, l);
            e->cases[l].history.opening[k] = x;
            *pf_at(e, e->b.slot, p->past[k].in, l) = x;
            *pf_at(e, e->b.slot, p->past[k].in_rate, l) = 0.0;
        }
    }
    for (int l = 0; l < e->width; l++) {
        if (!mask[l]) continue;
        e->cases[l].history.start = e->cases[l].t;
        for (uint32_t s = 0; s < p->n_state; s++)
            e->cases[l].history.state[s] = *pf_at(e, e->b.y, s, l);
    }
}

/* Newton's coefficients in place of values at equal distances. */
static void to_coefficients(double *c)
{
    for (int i = 1; i < PF_PART_NODES; i++)
        for (int j = PF_PART_NODES - 1; j >= i; j--) c[j] = (c[j] - c[j - 1]) / i;
}

static pf_err new_part(pf_engine *e, int lane, double until)
{
    pf_case *c = &e->cases[lane];
    pf_history *h = &c->history;
    size_t size = e->pasts->row * sizeof(double);
    PF_TRY(pf_reserve(c->ctx, &h->part, &h->capacity, h->n, size));
    double *part = pf_part_of(e, h, h->n);
    part[PF_PART_BEGIN] = c->t;
    part[PF_PART_LENGTH] = until - c->t;
    part[PF_PART_END] = until;
    return PF_OK;
}

/* The values of `past` at the share x of the steps to `until`, into the slots. */
static void evaluate(pf_engine *e, const double until[8], double x)
{
    const pf_program *p = e->program;
    pf_batch *b = &e->b;
    for (int l = 0; l < e->width; l++) {
        double length = isnan(until[l]) ? 0.0 : until[l] - e->cases[l].t;
        b->theta[l] = fmin(1.0, x * length / b->h[l]);
        *pf_at(e, b->slot, p->time, l) = e->cases[l].t + x * length;
    }
    pf_engine_interpolate(e);
    memcpy(
        pf_at(e, b->slot, p->state0, 0), b->at, p->n_state * (size_t)e->width * sizeof(double));
    if (e->pasts->nested) pf_history_recall(e);
    pf_batch_run(b, PF_CODE_PAST);
}

/* The steps from each lane's time to `until` (NAN: none) as trial parts. */
static void record(pf_engine *e, const double until[8])
{
    const pf_program *p = e->program;
    unsigned char open[8] = {0};
    for (int l = 0; l < e->width; l++) {
        if (isnan(until[l])) continue;
        pf_err err = new_part(e, l, until[l]);
        if (err) e->cases[l].failed = err;
        open[l] = !err;
    }
    e->kernels->dense(&e->b);
    for (size_t j = 0; j < PF_PART_NODES; j++) {
        evaluate(e, until, (double)j / (PF_PART_NODES - 1));
        for (int l = 0; l < e->width; l++) {
            const pf_history *h = &e->cases[l].history;
            for (size_t k = 0; open[l] && k < p->n_past; k++)
                pf_part_of(e, h, h->n)[PF_PART_HEAD + PF_PART_NODES * k + j] =
                    *pf_at(e, e->b.slot, p->past[k].value, l);
        }
    }
    for (int l = 0; l < e->width; l++) {
        pf_history *h = &e->cases[l].history;
        for (size_t k = 0; open[l] && k < p->n_past; k++)
            to_coefficients(pf_part_of(e, h, h->n) + PF_PART_HEAD + PF_PART_NODES * k);
        if (open[l]) h->trial = 1;
    }
}

/* Error control sees the states only: where a value follows time itself, its polynomial must
 * meet it between the first two points too, or the step is refused. */
static void check_values(pf_engine *e, double until[8])
{
    if (!e->pasts->timed_value) return;
    evaluate(e, until, 0.5 / (PF_PART_NODES - 1));
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        for (size_t k = 0; k < e->program->n_past && !isnan(until[l]); k++) {
            double x = *pf_at(e, e->b.slot, e->program->past[k].value, l), y[2];
            double s = *pf_at(e, e->b.slot, e->program->time, l);
            const double *part = pf_part_of(e, &c->history, c->history.n);
            const double *value = part + PF_PART_HEAD + PF_PART_NODES * k;
            pf_part_read(part, k, s, y);
            double size = fabs(x) + fabs(value[0]) + fabs(value[1]);
            if (!(fabs(x - y[0]) > e->b.rtol * size + TINY_VALUE)) continue;
            until[l] = NAN;
            c->h = 0.5 * e->b.h[l];
            c->rejected = 1;
        }
    }
}

/* Largest difference between this try and the one before, in units of the tolerance. */
static double difference(const pf_engine *e, int lane)
{
    double most = 0.0;
    for (uint32_t s = 0; s < e->program->n_state; s++) {
        double y = *pf_at(e, e->b.y1, s, lane), z = *pf_at(e, e->pasts->before, s, lane);
        double q = fabs(y - z) / (e->b.atol[s] + e->b.rtol * fabs(y));
        if (!(q <= most)) most = q;
        if (isnan(q)) return INFINITY;
    }
    return most;
}

void pf_history_settle(pf_engine *e)
{
    pf_batch *b = &e->b;
    double again[8];
    int open[8];
    size_t size = e->program->n_state * (size_t)e->width * sizeof(double);
    if (!e->program->n_past) return;
    for (int l = 0; l < e->width; l++)
        open[l] = e->cases[l].active && e->cases[l].history.beyond;
    for (int try = 0; try < TRIES; try++) {
        int any = 0;
        for (int l = 0; l < e->width; l++) {
            pf_case *c = &e->cases[l];
            again[l] = NAN;
            open[l] &= isfinite(b->error[l]) && !(try && difference(e, l) <= AGREE);
            if (!open[l]) continue;
            again[l] = c->t + b->h[l];
            any = 1;
        }
        if (!any) return;
        memcpy(e->pasts->before, b->y1, size);
        record(e, again);
        e->kernels->stages(b); /* the same bits for lanes that are done */
    }
    for (int l = 0; l < e->width; l++) {
        if (!open[l] || difference(e, l) <= AGREE) continue;
        b->error[l] = INFINITY;
        e->cases[l].history.shorten = WARY;
    }
}

double pf_history_limit(const pf_engine *e, int lane, double h)
{
    const pf_history *p = &e->cases[lane].history;
    double least = INFINITY;
    if (!e->program->n_past) return INFINITY;
    for (size_t k = 0; k < e->program->n_past; k++)
        if (p->delay[k] > 0.0) least = fmin(least, p->delay[k]);
    return p->shorten || h <= SHORTEN * least ? least : INFINITY;
}

void pf_history_record(pf_engine *e, double until[8])
{
    int any = 0;
    for (int l = 0; l < e->width; l++) any |= !isnan(until[l]);
    if (!any || !e->program->n_past) return;
    record(e, until);
    check_values(e, until);
}

/* Forget what no delay reaches. */
static void forget(const pf_engine *e, pf_history *h, double now)
{
    size_t old = 0;
    if (h->n < KEPT) return;
    while (old < h->n && pf_part_of(e, h, old)[PF_PART_END] < now - FORGET * h->most) old++;
    if (old < h->n / 2) return;
    memmove(h->part, pf_part_of(e, h, old), (h->n - old) * e->pasts->row * sizeof(double));
    h->n -= old;
}

static void add_break(pf_history *h, pf_break new)
{
    size_t i = h->n_break;
    double near = 1e-15 * fabs(new.t);
    for (size_t j = 0; j < h->n_break; j++)
        if (fabs(h->breaks[j].t - new.t) <= near) {
            if (new.order < h->breaks[j].order) h->breaks[j].order = new.order;
            return;
        }
    if (i == PF_BREAKS && h->breaks[--i].t <= new.t) return; /* the latest is left out */
    h->n_break = i + 1;
    for (; i > 0 && h->breaks[i - 1].t > new.t; i--) h->breaks[i] = h->breaks[i - 1];
    h->breaks[i] = new;
}

/* A jump in a derivative of `order` at time t comes back one order smoother. */
static void echo(const pf_engine *e, pf_history *h, double t, int order)
{
    if (order + 1 >= SMOOTH) return;
    for (size_t k = 0; k < e->program->n_past; k++)
        if (e->pasts->constant[k] && h->delay[k] > 0.0)
            add_break(h, (pf_break){t + h->delay[k], order + 1});
}

void pf_history_committed(pf_engine *e, int lane)
{
    pf_case *c = &e->cases[lane];
    pf_history *h = &c->history;
    if (!e->program->n_past) return;
    if (h->shorten) h->shorten--;
    if (h->trial) pf_part_of(e, h, h->n++)[PF_PART_END] = c->t;
    h->trial = h->beyond = 0;
    for (size_t k = 0; k < e->program->n_past; k++) h->most = fmax(h->most, h->delay[k]);
    while (h->n_break && h->breaks[0].t <= c->t) {
        pf_break b = h->breaks[0];
        memmove(h->breaks, h->breaks + 1, --h->n_break * sizeof *h->breaks);
        echo(e, h, b.t, b.order);
    }
    forget(e, h, c->t);
}

void pf_history_jump(pf_engine *e, int lane)
{
    if (!e->program->n_past) return;
    echo(e, &e->cases[lane].history, e->cases[lane].t, 0);
}
