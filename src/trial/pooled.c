#include "trial/pooled.h"

#include "trial/endpoints.h"
#include "trial/spread.h"

#include <math.h>

void pf_pooled_init(pf_pooled *p, double horizon)
{
    *p = (pf_pooled){.horizon = horizon};
}

void pf_pooled_clear(pf_pooled *p)
{
    pf_free(p->band);
    p->band = NULL;
    p->n_band = p->band_capacity = 0;
}

/* Bin k holds the times in (k - 1, k] bin widths. */
static size_t bin_of(const pf_pooled *p, double t)
{
    double k = ceil(t / p->horizon * PF_POOLED_BINS - 1e-9);
    if (!(k > 0)) return 0;
    return k < PF_POOLED_BINS ? (size_t)k : PF_POOLED_BINS;
}

static double day_of(const pf_pooled *p, size_t k, size_t steps)
{
    return p->horizon * (double)k / (double)steps;
}

/* A curve that stands at `s` is not drawn on from fewer than one patient in fifty, unless it is
 * nearly at 0 anyhow: at a study's end those who are still free of progression leave with their
 * last visit, and the few who die before the horizon would pull it down. */
static int too_few(size_t at_risk, size_t n, double s)
{
    return at_risk * 50 < n && s > 0.04;
}

static pf_err add_band(pf_ctx *ctx, pf_pooled *p, const pf_km *km)
{
    if (p->n_band >= PF_BAND_REPLICATES) return PF_OK;
    size_t row = PF_BAND_POINTS * sizeof *p->band;
    PF_TRY(pf_reserve(ctx, &p->band, &p->band_capacity, p->n_band, row));
    double *s = p->band + p->n_band++ * PF_BAND_POINTS, now = 1;
    size_t at = 0;
    for (size_t k = 0; k < PF_BAND_POINTS; k++) {
        double day = day_of(p, k, PF_BAND_POINTS - 1) + 1e-9;
        for (; at < km->rows && km->time[at] <= day && !isnan(now); at++)
            now = too_few(km->at_risk[at], km->n, now) ? NAN : km->survival[at];
        s[k] = now;
    }
    return PF_OK;
}

pf_err pf_pooled_add(pf_ctx *ctx, pf_pooled *p, const double *time, const unsigned char *event,
    size_t n, const pf_km *km)
{
    p->n += n;
    p->replicates++;
    for (size_t i = 0; i < n; i++) {
        size_t k = bin_of(p, time[i]);
        if (event[i])
            p->event[k]++;
        else
            p->censored[k]++;
    }
    return km && n ? add_band(ctx, p, km) : PF_OK;
}

size_t pf_pooled_ticks(double horizon, double day[PF_TICKS_MAX])
{
    static const int months[] = {1, 2, 3, 6, 12, 24, 36, 60, 120, 240};
    size_t n = 0;
    double step = horizon;
    for (size_t i = 0; i < PF_COUNT(months) && n == 0; i++) {
        double days = months[i] * PF_MONTH_DAYS;
        if (horizon / days >= PF_TICKS_MAX - 1 + 1e-9) continue;
        step = days;
        break;
    }
    while (n < PF_TICKS_MAX && (double)n * step <= horizon + 1e-9) {
        day[n] = (double)n * step;
        n++;
    }
    return n;
}

static double rounded(double x)
{
    return round(x * 1e5) / 1e5;
}

static void curve_json(const pf_pooled *p, pf_buf *out)
{
    double s = 1;
    uint64_t at_risk = p->n;
    pf_json_open(out, "day", '[');
    for (size_t k = 0; k <= PF_POOLED_BINS; k++)
        pf_json_number(out, NULL, rounded(day_of(p, k, PF_POOLED_BINS)));
    pf_json_close(out, ']');
    pf_json_open(out, "survival", '[');
    for (size_t k = 0; k <= PF_POOLED_BINS; k++) {
        if (!at_risk || too_few(at_risk, p->n, s)) { /* the curve ends, unless all have died */
            pf_json_number(out, NULL, s > 0 ? NAN : 0);
            continue;
        }
        s *= 1 - (double)p->event[k] / (double)at_risk;
        pf_json_number(out, NULL, rounded(s));
        at_risk -= p->event[k] + p->censored[k];
    }
    pf_json_close(out, ']');
}

static pf_err band_json(pf_ctx *ctx, const pf_pooled *p, pf_buf *out)
{
    static const struct {
        const char *name;
        double quantile;
    } edge[] = {{"low", 0.025}, {"high", 0.975}};
    double *s = pf_calloc(ctx, p->n_band, sizeof *s);
    if (!s) return PF_ERR_NO_MEMORY;
    pf_json_open(out, "band", '{');
    pf_json_open(out, "day", '[');
    for (size_t k = 0; k < PF_BAND_POINTS; k++)
        pf_json_number(out, NULL, rounded(day_of(p, k, PF_BAND_POINTS - 1)));
    pf_json_close(out, ']');
    for (size_t e = 0; e < PF_COUNT(edge); e++) {
        pf_json_open(out, edge[e].name, '[');
        for (size_t k = 0; k < PF_BAND_POINTS; k++) {
            for (size_t i = 0; i < p->n_band; i++) s[i] = p->band[i * PF_BAND_POINTS + k];
            size_t n = pf_sort_numbers(s, p->n_band);
            /* Where half of the curves have ended, the others no longer stand for all. */
            int told = 2 * n >= p->n_band;
            pf_json_number(
                out, NULL, told ? rounded(pf_quantile_sorted(s, n, edge[e].quantile)) : NAN);
        }
        pf_json_close(out, ']');
    }
    pf_json_integer(out, "replicates", (long long)p->n_band);
    pf_json_close(out, '}');
    pf_free(s);
    return PF_OK;
}

static void ticks_json(const pf_pooled *p, pf_buf *out)
{
    double day[PF_TICKS_MAX], per = p->replicates ? (double)p->replicates : 1;
    size_t n = pf_pooled_ticks(p->horizon, day), k = 0;
    uint64_t events = 0, censored = 0;
    pf_json_open(out, "ticks", '[');
    for (size_t i = 0; i < n; i++) {
        /* At risk: everyone not gone before the day; gone: up to and with the day. */
        size_t end = bin_of(p, day[i]);
        for (; k < end; k++) events += p->event[k], censored += p->censored[k];
        pf_json_open(out, NULL, '{');
        pf_json_number(out, "day", day[i]);
        pf_json_number(out, "at_risk", rounded((double)(p->n - events - censored) / per));
        pf_json_number(out, "events", rounded((double)(events + p->event[k]) / per));
        pf_json_number(out, "censored", rounded((double)(censored + p->censored[k]) / per));
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
}

pf_err pf_pooled_json(pf_ctx *ctx, const pf_pooled *p, pf_buf *out)
{
    uint64_t events = 0;
    for (size_t k = 0; k <= PF_POOLED_BINS; k++) events += p->event[k];
    pf_json_integer(out, "patients", (long long)p->n);
    pf_json_integer(out, "events", (long long)events);
    curve_json(p, out);
    PF_TRY(band_json(ctx, p, out));
    ticks_json(p, out);
    return PF_OK;
}
