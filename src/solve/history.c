/* history.c: the past of every lane. */
#include "solve/history.h"

#include "solve/depend.h"

#include <math.h>
#include <string.h>

enum {
    NODES = 6,
    HEAD = 3, /* of a part: begin, length, end */
    BEGIN = 0,
    LENGTH = 1,
    END = 2,
    SMOOTH = 6, /* a jump that has been smoothed so often is not landed on */
    TRIES = 10, /* of a step that reads itself */
    KEPT = 512, /* parts that are kept in any case */
    WARY = 100, /* steps after which one may again be longer than a delay */
};

/* Steps up to so many delays long are rather shortened than repeated. */
static const double SHORTEN = 3.0;
/* Tries of a step agree when they differ by this share of the tolerance. */
static const double AGREE = 0.02;
/* A past twice as old as the longest delay is forgotten. */
static const double FORGET = 2.0;

struct pf_pasts {
    size_t row;                       /* doubles of a part */
    int nested;                       /* delays or values read other past values */
    unsigned char *moving, *constant; /* [n_past] value reads time; delay reads nothing */
    double *time, *state;             /* [width], [n_state][width] scratch */
    double *before;                   /* [n_state][width] ends of the try before */
};

static pf_err plan(pf_ctx *ctx, pf_engine *e, struct pf_pasts *q)
{
    const pf_program *p = e->program;
    pf_code code = p->code[PF_CODE_PAST];
    size_t w = (size_t)e->width;
    unsigned char *mark = pf_arena_alloc(ctx, &e->memory, p->n_slots, 1);
    q->moving = pf_arena_alloc(ctx, &e->memory, p->n_past, 1);
    q->constant = pf_arena_alloc(ctx, &e->memory, p->n_past, 1);
    q->time = pf_arena_alloc(ctx, &e->memory, w, sizeof(double));
    q->state = pf_arena_alloc(ctx, &e->memory, (p->n_state + 1) * w, sizeof(double));
    q->before = pf_arena_alloc(ctx, &e->memory, (p->n_state + 1) * w, sizeof(double));
    if (!mark || !q->moving || !q->constant || !q->time || !q->state || !q->before)
        return PF_ERR_NO_MEMORY;
    pf_depend(p, code, mark);
    for (size_t k = 0; k < p->n_past; k++) {
        unsigned char value = mark[p->past[k].value], delay = mark[p->past[k].delay];
        q->moving[k] = (value & PF_ON_TIME) != 0;
        q->constant[k] = delay == 0;
        q->nested |= ((value | delay) & PF_ON_PAST) != 0;
    }
    q->row = HEAD + NODES * p->n_past;
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

static double *part_of(const pf_engine *e, const pf_history *h, size_t i)
{
    return h->part + i * e->pasts->row;
}

void pf_history_open(pf_engine *e, const unsigned char mask[8])
{
    const pf_program *p = e->program;
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

/* Value and rate of one past value in a part at time s: Newton's form through values at equal
 * distances. */
static void read_part(const double *part, size_t k, double s, double out[2])
{
    const double *c = part + HEAD + NODES * k;
    double x = (s - part[BEGIN]) / part[LENGTH] * (NODES - 1), v = c[NODES - 1], d = 0.0;
    for (int i = NODES - 2; i >= 0; i--) {
        d = v + (x - i) * d;
        v = c[i] + (x - i) * v;
    }
    out[0] = v;
    out[1] = d * (NODES - 1) / part[LENGTH];
}

/* The part that holds s > start, as its end if `left`, as its begin if not, when it is within
 * rounding of the border of two. */
static const double *find_part(
    const pf_engine *e, const pf_history *h, double s, double fuzz, int left)
{
    size_t low = 0, high = h->n + (size_t)h->trial;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (part_of(e, h, middle)[BEGIN] <= (left ? s - fuzz : s + fuzz))
            low = middle;
        else
            high = middle;
    }
    return part_of(e, h, low);
}

/* Past value k of a lane at time s, now being `now`. 0: it is before the start. */
static int look_up(pf_engine *e, int lane, size_t k, const double now_s[2], double out[2])
{
    const pf_program *p = e->program;
    pf_case *c = &e->cases[lane];
    pf_history *h = &c->history;
    double now = now_s[0], s = now_s[1], fuzz = 1e-15 * (fabs(now) + fabs(s));
    int left = now > c->t;
    size_t n = h->n + (size_t)h->trial;
    if (s < h->start - fuzz || (left && s <= h->start + fuzz)) return 0;
    if (s == now) {
        out[1] = 0.0;
        if (n) read_part(part_of(e, h, n - 1), k, part_of(e, h, n - 1)[END], out);
        out[0] = *pf_at(e, e->b.slot, p->past[k].value, lane);
        return 1;
    }
    if (s > c->t + fuzz) h->beyond = 1;
    if (!n) {
        out[0] = h->opening[k];
        out[1] = 0.0;
        return 1;
    }
    const double *part = find_part(e, h, s, fuzz, left);
    if (s < part[BEGIN] - fuzz) { /* forgotten */
        h->bad = 1;
        out[0] = out[1] = NAN;
        return 1;
    }
    read_part(part, k, fmin(s, part[END]), out);
    if (s > part[END]) out[0] += (s - part[END]) * out[1];
    return 1;
}

/* Values that move before the start: the time of then and the states of the start for the lanes
 * in `mask`, into `out`. The slots are as before afterwards, those of `past` excepted. */
static void run_before(
    pf_engine *e, size_t k, const unsigned char mask[8], const double s[8], double out[8])
{
    const pf_program *p = e->program;
    struct pf_pasts *q = e->pasts;
    size_t w = (size_t)e->width;
    double *time = pf_at(e, e->b.slot, p->time, 0), *state = pf_at(e, e->b.slot, p->state0, 0);
    memcpy(q->time, time, w * sizeof(double));
    memcpy(q->state, state, p->n_state * w * sizeof(double));
    for (int l = 0; l < e->width; l++) {
        if (!mask[l]) continue;
        time[l] = s[l];
        for (uint32_t i = 0; i < p->n_state; i++)
            state[i * w + (size_t)l] = e->cases[l].history.state[i];
    }
    pf_batch_run(&e->b, PF_CODE_PAST);
    for (int l = 0; l < e->width; l++)
        if (mask[l]) out[l] = *pf_at(e, e->b.slot, p->past[k].value, l);
    memcpy(time, q->time, w * sizeof(double));
    memcpy(state, q->state, p->n_state * w * sizeof(double));
}

/* Past value k of lanes that ask for a time before the start. */
static void recall_before(
    pf_engine *e, size_t k, const unsigned char mask[8], const double s[8])
{
    const pf_program *p = e->program;
    double value[8], later[8], then[8];
    for (int l = 0; l < e->width; l++) {
        value[l] = later[l] =
            e->cases[l].history.opening ? e->cases[l].history.opening[k] : 0.0;
        /* A difference is exact where the value is proportional to time. */
        then[l] = s[l] + 1e-6 * fmax(fabs(s[l]), 1e-6);
    }
    if (e->pasts->moving[k]) {
        run_before(e, k, mask, s, value);
        run_before(e, k, mask, then, later);
        pf_batch_run(&e->b, PF_CODE_PAST); /* delays of the next ones */
    }
    for (int l = 0; l < e->width; l++) {
        if (!mask[l]) continue;
        *pf_at(e, e->b.slot, p->past[k].in, l) = value[l];
        *pf_at(e, e->b.slot, p->past[k].in_rate, l) = (later[l] - value[l]) / (then[l] - s[l]);
    }
}

/* Past value k of all lanes; `past` has run for it. */
static void recall_one(pf_engine *e, size_t k)
{
    const pf_program *p = e->program;
    unsigned char before[8] = {0};
    double s[8];
    int any = 0;
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        double now = *pf_at(e, e->b.slot, p->time, l), out[2] = {0, 0};
        double delay = *pf_at(e, e->b.slot, p->past[k].delay, l);
        s[l] = now - delay;
        if (!c->active) continue;
        c->history.delay[k] = delay;
        if (!(delay >= 0.0)) {
            c->history.bad = 1;
            out[0] = out[1] = NAN;
        } else if (!look_up(e, l, k, (double[2]){now, s[l]}, out)) {
            before[l] = 1;
            any = 1;
        }
        *pf_at(e, e->b.slot, p->past[k].in, l) = out[0];
        *pf_at(e, e->b.slot, p->past[k].in_rate, l) = out[1];
    }
    if (any) recall_before(e, k, before, s);
}

void pf_history_recall(pf_engine *e)
{
    if (!e->program->n_past) return;
    pf_batch_run(&e->b, PF_CODE_PAST);
    for (size_t k = 0; k < e->program->n_past; k++) {
        if (k && e->pasts->nested) pf_batch_run(&e->b, PF_CODE_PAST);
        recall_one(e, k);
    }
}

/* Newton's coefficients in place of values at equal distances. */
static void to_coefficients(double *c)
{
    for (int i = 1; i < NODES; i++)
        for (int j = NODES - 1; j >= i; j--) c[j] = (c[j] - c[j - 1]) / i;
}

static pf_err new_part(pf_engine *e, int lane, double until)
{
    pf_case *c = &e->cases[lane];
    pf_history *h = &c->history;
    size_t size = e->pasts->row * sizeof(double);
    PF_TRY(pf_reserve(c->ctx, &h->part, &h->capacity, h->n, size));
    double *part = part_of(e, h, h->n);
    part[BEGIN] = c->t;
    part[LENGTH] = until - c->t;
    part[END] = until;
    return PF_OK;
}

/* The steps from each lane's time to `until` (NAN: none) as trial parts. */
static void record(pf_engine *e, const double until[8])
{
    const pf_program *p = e->program;
    pf_batch *b = &e->b;
    size_t w = (size_t)e->width;
    unsigned char open[8] = {0};
    for (int l = 0; l < e->width; l++) {
        if (isnan(until[l])) continue;
        pf_err err = new_part(e, l, until[l]);
        if (err) e->cases[l].failed = err;
        open[l] = !err;
    }
    e->kernels->dense(b);
    for (int j = 0; j < NODES; j++) {
        double x = (double)j / (NODES - 1);
        for (int l = 0; l < e->width; l++) {
            double length = open[l] ? until[l] - e->cases[l].t : 0.0;
            b->theta[l] = fmin(1.0, x * length / b->h[l]);
            *pf_at(e, b->slot, p->time, l) = e->cases[l].t + x * length;
        }
        pf_engine_interpolate(e);
        memcpy(pf_at(e, b->slot, p->state0, 0), b->at, p->n_state * w * sizeof(double));
        if (e->pasts->nested) pf_history_recall(e);
        pf_batch_run(b, PF_CODE_PAST);
        for (int l = 0; l < e->width; l++)
            for (size_t k = 0; open[l] && k < p->n_past; k++)
                part_of(e, &e->cases[l].history,
                    e->cases[l].history.n)[HEAD + NODES * k + (size_t)j] =
                    *pf_at(e, b->slot, p->past[k].value, l);
    }
    for (int l = 0; l < e->width; l++) {
        pf_history *h = &e->cases[l].history;
        for (size_t k = 0; open[l] && k < p->n_past; k++)
            to_coefficients(part_of(e, h, h->n) + HEAD + NODES * k);
        if (open[l]) h->trial = 1;
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

void pf_history_record(pf_engine *e, const double until[8])
{
    int any = 0;
    for (int l = 0; l < e->width; l++) any |= !isnan(until[l]);
    if (any && e->program->n_past) record(e, until);
}

/* Forget what no delay reaches. */
static void forget(const pf_engine *e, pf_history *h, double now)
{
    size_t old = 0;
    if (h->n < KEPT) return;
    while (old < h->n && part_of(e, h, old)[END] < now - FORGET * h->most) old++;
    if (old < h->n / 2) return;
    memmove(h->part, part_of(e, h, old), (h->n - old) * e->pasts->row * sizeof(double));
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
    if (h->trial) part_of(e, h, h->n++)[END] = c->t;
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
