/* recall.c: past values, before the code that reads them runs. */
#include "solve/history.h"

#include <math.h>
#include <string.h>

/* Value and rate of one past value in a part at time s: Newton's form through values at equal
 * distances. */
void pf_part_read(const double *part, size_t k, double s, double out[2])
{
    const double *c = part + PF_PART_HEAD + PF_PART_NODES * k;
    double x = (s - part[PF_PART_BEGIN]) / part[PF_PART_LENGTH] * (PF_PART_NODES - 1),
           v = c[PF_PART_NODES - 1], d = 0.0;
    for (int i = PF_PART_NODES - 2; i >= 0; i--) {
        d = v + (x - i) * d;
        v = c[i] + (x - i) * v;
    }
    out[0] = v;
    out[1] = d * (PF_PART_NODES - 1) / part[PF_PART_LENGTH];
}

/* The part that holds s > start, as its end if `left`, as its begin if not, when it is within
 * rounding of the border of two. */
static const double *find_part(
    const pf_engine *e, const pf_history *h, double s, double fuzz, int left)
{
    size_t low = 0, high = h->n + (size_t)h->trial;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (pf_part_of(e, h, middle)[PF_PART_BEGIN] <= (left ? s - fuzz : s + fuzz))
            low = middle;
        else
            high = middle;
    }
    return pf_part_of(e, h, low);
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
        if (n)
            pf_part_read(pf_part_of(e, h, n - 1), k, pf_part_of(e, h, n - 1)[PF_PART_END], out);
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
    if (s < part[PF_PART_BEGIN] - fuzz) { /* forgotten */
        h->bad = 1;
        out[0] = out[1] = NAN;
        return 1;
    }
    pf_part_read(part, k, fmin(s, part[PF_PART_END]), out);
    if (s > part[PF_PART_END]) out[0] += (s - part[PF_PART_END]) * out[1];
    return 1;
}

/* States and started parameters as they would have been at the start, had it been at the time
 * in the slot. */
static void start_then(pf_engine *e, const unsigned char mask[8])
{
    const pf_program *p = e->program;
    size_t w = (size_t)e->width;
    double *state = pf_at(e, e->b.slot, p->state0, 0);
    for (int l = 0; l < e->width; l++)
        for (uint32_t i = 0; mask[l] && i < p->n_state; i++)
            state[i * w + (size_t)l] =
                e->pasts->restarts ? e->cases[l].initial[i] : e->cases[l].history.state[i];
    if (!e->pasts->restarts) return;
    pf_batch_run(&e->b, PF_CODE_INIT);
    for (int l = 0; l < e->width; l++)
        for (uint32_t i = 0; mask[l] && i < p->n_state; i++)
            if (!isnan(e->cases[l].initial[i]))
                state[i * w + (size_t)l] = e->cases[l].initial[i];
}

/* Values that move before the start, of the lanes in `mask` at times s, into `out`. The slots
 * are as before afterwards, those of `past` excepted. */
static void run_before(
    pf_engine *e, size_t k, const unsigned char mask[8], const double s[8], double out[8])
{
    const pf_program *p = e->program;
    struct pf_pasts *q = e->pasts;
    size_t w = (size_t)e->width;
    double *time = pf_at(e, e->b.slot, p->time, 0), *state = pf_at(e, e->b.slot, p->state0, 0);
    memcpy(q->time, time, w * sizeof(double));
    memcpy(q->state, state, p->n_state * w * sizeof(double));
    for (size_t i = 0; q->restarts && i < p->n_started; i++)
        memcpy(q->started + i * w, pf_at(e, e->b.slot, p->param0 + p->started[i], 0),
            w * sizeof(double));
    for (int l = 0; l < e->width; l++)
        if (mask[l]) time[l] = s[l];
    start_then(e, mask);
    pf_batch_run(&e->b, PF_CODE_PAST);
    for (int l = 0; l < e->width; l++)
        if (mask[l]) out[l] = *pf_at(e, e->b.slot, p->past[k].value, l);
    memcpy(time, q->time, w * sizeof(double));
    memcpy(state, q->state, p->n_state * w * sizeof(double));
    for (size_t i = 0; q->restarts && i < p->n_started; i++)
        memcpy(pf_at(e, e->b.slot, p->param0 + p->started[i], 0), q->started + i * w,
            w * sizeof(double));
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

/* Time goes by more slowly, or backwards, for a value whose delay grows with time: its rate
 * then times 1 - d(delay)/dt. */
static void slow_down(pf_engine *e, size_t k)
{
    const pf_program *p = e->program;
    double *time = pf_at(e, e->b.slot, p->time, 0), now[8], step[8];
    for (int l = 0; l < e->width; l++) {
        const pf_history *h = &e->cases[l].history;
        now[l] = time[l];
        step[l] = 1e-6 * fmax(fabs(now[l]) + h->delay[k], 1e-6);
        time[l] = now[l] + step[l];
        step[l] = time[l] - now[l];
    }
    pf_batch_run(&e->b, PF_CODE_PAST);
    for (int l = 0; l < e->width; l++) {
        double later = *pf_at(e, e->b.slot, p->past[k].delay, l);
        double growth = (later - e->cases[l].history.delay[k]) / step[l];
        *pf_at(e, e->b.slot, p->past[k].in_rate, l) *= 1.0 - growth;
        time[l] = now[l];
    }
    pf_batch_run(&e->b, PF_CODE_PAST); /* delays of the next ones */
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
    if (e->pasts->timed[k]) slow_down(e, k);
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
