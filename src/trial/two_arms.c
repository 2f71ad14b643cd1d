#include "trial/two_arms.h"

#include "trial/order.h"

#include <math.h>

enum { NEWTON_MOST = 60 };

void pf_two_arms_clear(pf_two_arms *t)
{
    pf_free(t->time);
    pf_free(t->event);
    pf_free(t->arm);
    pf_free(t->place);
    pf_free(t->table);
    *t = (pf_two_arms){0};
}

/* The arms one behind the other, as they came. */
static void gather(const pf_arm_result *const side[2], int curve, pf_two_arms *t)
{
    int overall = curve == PF_CURVE_OS;
    for (int k = 1; k >= 0; k--)
        for (size_t i = 0; i < side[k]->n; i++) {
            const double *row = side[k]->row[i];
            double day = row[overall ? PF_P_OS : PF_P_PFS];
            if (!(day >= 0)) continue;
            t->time[t->n] = day;
            t->event[t->n] = row[overall ? PF_P_OS_EVENT : PF_P_PFS_EVENT] > 0;
            t->arm[t->n] = (unsigned char)k;
            t->place[t->n++] = i;
        }
}

static pf_err room(pf_ctx *ctx, size_t n, pf_two_arms *t)
{
    t->time = pf_calloc(ctx, n, sizeof *t->time);
    t->event = pf_calloc(ctx, n, sizeof *t->event);
    t->arm = pf_calloc(ctx, n, sizeof *t->arm);
    t->place = pf_calloc(ctx, n, sizeof *t->place);
    t->table = pf_calloc(ctx, n, sizeof *t->table);
    return t->time && t->event && t->arm && t->place && t->table ? PF_OK : PF_ERR_NO_MEMORY;
}

pf_err pf_two_arms_sort(pf_ctx *ctx, const pf_arm_result *arm, const pf_arm_result *other,
    int curve, pf_two_arms *out)
{
    const pf_arm_result *const side[2] = {other, arm};
    double *aligned = NULL;
    size_t *order = NULL;
    *out = (pf_two_arms){0};
    pf_two_arms raw = {0};
    pf_err err = room(ctx, arm->n + other->n, &raw);
    if (!err) err = room(ctx, arm->n + other->n, out);
    if (!err) gather(side, curve, &raw);
    if (!err && raw.n) err = pf_times_align(ctx, raw.n, raw.time, &aligned);
    if (!err && raw.n) err = pf_order(ctx, raw.n, NULL, aligned, &order);
    for (size_t i = 0; !err && i < raw.n; i++) {
        out->time[i] = aligned[order[i]];
        out->event[i] = raw.event[order[i]];
        out->arm[i] = raw.arm[order[i]];
        out->place[i] = raw.place[order[i]];
    }
    out->n = err ? 0 : raw.n;
    pf_free(order);
    pf_free(aligned);
    pf_two_arms_clear(&raw);
    return err;
}

/* The event times, latest first; how many there are. */
static size_t tabulate(pf_two_arms *t, const unsigned char *const in[2], pf_versus *out)
{
    size_t rows = 0;
    double risk[2] = {0, 0};
    for (size_t i = t->n; i > 0;) {
        double now = t->time[i - 1], dead[2] = {0, 0};
        for (; i > 0 && t->time[i - 1] == now; i--) {
            int k = t->arm[i - 1];
            if (in && !in[k][t->place[i - 1]]) continue;
            risk[k]++;
            dead[k] += t->event[i - 1];
        }
        if (dead[0] + dead[1] > 0)
            t->table[rows++] = (pf_event_time){dead[0] + dead[1], dead[1], risk[1], risk[0]};
    }
    out->n = (size_t)(risk[0] + risk[1]);
    for (size_t i = 0; i < rows; i++) out->events += (size_t)t->table[i].events;
    return rows;
}

/* Slope and curvature of the log partial likelihood at the log hazard ratio `b`. */
static void slope(const pf_event_time *table, size_t rows, double b, double out[2])
{
    double h = exp(b);
    out[0] = out[1] = 0;
    for (size_t i = 0; i < rows; i++) {
        const pf_event_time *e = &table[i];
        out[0] += e->of_arm;
        for (double k = 0; k < e->events; k++) {
            double part = k / e->events; /* Efron: this part of the dead is gone already */
            double mine = h * (e->at_risk - part * e->of_arm);
            double p = mine / (mine + e->at_risk_other - part * (e->events - e->of_arm));
            out[0] -= p;
            out[1] += p * (1 - p);
        }
    }
}

/* The maximum is finite when each side has an event while the other is at risk. */
static void hazard(const pf_event_time *table, size_t rows, pf_versus *out)
{
    double up = 0, down = 0, b = 0, d[2];
    for (size_t i = 0; i < rows; i++) {
        if (table[i].at_risk_other > 0) up += table[i].of_arm;
        if (table[i].at_risk > 0) down += table[i].events - table[i].of_arm;
    }
    if (!(up > 0 && down > 0)) return;
    for (int i = 0; i < NEWTON_MOST; i++) {
        slope(table, rows, b, d);
        double step = fmax(-2, fmin(2, d[0] / d[1]));
        b += step;
        if (fabs(step) > 1e-10 * (1 + fabs(b))) continue;
        out->hazard_ratio = exp(b);
        out->log_variance = 1 / d[1]; /* at a step so small that it is the same */
        return;
    }
}

void pf_two_arms_compare(
    pf_two_arms *t, const unsigned char *const in[2], int with_hazard, pf_versus *out)
{
    *out = (pf_versus){.hazard_ratio = NAN, .log_variance = NAN};
    size_t rows = tabulate(t, in, out);
    for (size_t i = 0; i < rows; i++) {
        const pf_event_time *e = &t->table[i];
        double all = e->at_risk + e->at_risk_other;
        out->difference += e->of_arm - e->events * e->at_risk / all;
        if (all > 1)
            out->variance += e->events * (all - e->events) / (all * (all - 1)) * e->at_risk *
                             e->at_risk_other / all;
    }
    if (with_hazard) hazard(t->table, rows, out);
}
