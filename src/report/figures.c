#include "report/figures.h"

#include "trial/survival.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double MONTH = 30.4375; /* days */

static void place_ticks(pf_figures *f)
{
    static const double step[] = {1, 2, 3, 6, 12, 24, 60, 120, 240};
    double months = f->study->horizon / MONTH;
    size_t s = 0;
    while (s + 1 < PF_COUNT(step) && months / step[s] > PF_PLOT_TICKS - 4) s++;
    for (f->n_tick = 0; f->n_tick < PF_PLOT_TICKS; f->n_tick++) {
        double month = step[s] * (double)f->n_tick;
        if (month > months + 1e-9) break;
        f->tick[f->n_tick] = month * MONTH;
    }
}

pf_err pf_figures_new(
    pf_ctx *ctx, const pf_study *study, const pf_layout *layout, pf_figures **out)
{
    *out = NULL;
    pf_figures *f = pf_calloc(ctx, 1, sizeof *f);
    if (!f) return PF_ERR_NO_MEMORY;
    f->study = study;
    f->layout = layout;
    for (int i = 0; i < PF_PLOT_GRID; i++) f->day[i] = study->horizon * i / (PF_PLOT_GRID - 1);
    place_ticks(f);
    f->arm = pf_calloc(ctx, study->n_arm, sizeof *f->arm);
    int ok = f->arm != NULL;
    for (size_t a = 0; a < study->n_arm && ok; a++) {
        pf_arm_figures *arm = &f->arm[a];
        arm->band_n = pf_calloc(ctx, layout->n_sample, sizeof *arm->band_n);
        ok = arm->band_n != NULL;
        for (int q = 0; q < 3 && ok; q++) {
            arm->band[q] = pf_calloc(ctx, layout->n_sample, sizeof(double));
            ok = arm->band[q] != NULL;
        }
    }
    if (!ok) {
        pf_figures_free(f);
        return PF_ERR_NO_MEMORY;
    }
    *out = f;
    return PF_OK;
}

void pf_figures_free(pf_figures *f)
{
    if (!f) return;
    for (size_t a = 0; f->arm && a < f->study->n_arm; a++) {
        pf_arm_figures *arm = &f->arm[a];
        for (int c = 0; c < PF_PLOT_COUNT; c++) pf_free(arm->curve[c].kept);
        for (int q = 0; q < 3; q++) pf_free(arm->band[q]);
        pf_free(arm->band_n);
        pf_free(arm->bar);
    }
    pf_free(f->arm);
    pf_free(f);
}

/* ---- curves ---- */

/* The step function of a fitted curve on the grid; NaN after the last time of follow-up. */
static void on_grid(const pf_figures *f, const pf_km *km, pf_plot *c, float *kept)
{
    size_t row = 0;
    double s = 1, low = 1, high = 1;
    for (int i = 0; i < PF_PLOT_GRID; i++) {
        while (row < km->rows && km->time[row] <= f->day[i] * (1 + 1e-12)) {
            s = km->survival[row];
            if (km->died[row]) low = km->lower[row], high = km->upper[row];
            row++;
        }
        int past = row == km->rows && s > 0 && km->rows &&
                   f->day[i] > km->time[km->rows - 1] * (1 + 1e-9);
        if (kept) kept[i] = past ? NAN : (float)s;
        if (past) continue;
        c->survival[i] += s;
        c->defined[i]++;
        c->low[i] = low;
        c->high[i] = high;
    }
}

static void count_ticks(const pf_figures *f, const pf_km *km, pf_plot *c)
{
    size_t row = 0, died = 0, censored = 0;
    for (size_t i = 0; i < f->n_tick; i++) {
        while (row < km->rows && km->time[row] < f->tick[i]) {
            died += km->died[row];
            censored += km->censored[row++];
        }
        c->at_risk[i] += (double)(km->n - died - censored);
        c->censored[i] += (double)censored;
        c->events[i] += (double)died;
    }
}

static pf_err add_curve(pf_ctx *ctx, const pf_figures *f, pf_plot *c, const double *time,
    const unsigned char *event, size_t n)
{
    pf_km km;
    float *kept = NULL;
    if (!n) return PF_OK;
    if (f->replicates < PF_PLOTS_MAX) {
        size_t more = (c->n_kept + 1) * PF_PLOT_GRID;
        float *grown = pf_regrow(ctx, c->kept, more, sizeof *grown);
        if (!grown) return PF_ERR_NO_MEMORY;
        c->kept = grown;
        kept = grown + c->n_kept++ * PF_PLOT_GRID;
    }
    pf_err err = pf_km_fit(ctx, n, time, event, NULL, &km);
    if (!err) {
        on_grid(f, &km, c, kept);
        count_ticks(f, &km, c);
    }
    pf_km_clear(&km);
    return err;
}

static pf_err add_curves(pf_ctx *ctx, pf_figures *f, size_t a, const pf_rows *rows,
    double *time, unsigned char *event)
{
    static const int column[PF_PLOT_COUNT][2] = {
        {PF_P_PFS, PF_P_PFS_EVENT}, {PF_P_OS, PF_P_OS_EVENT}};
    for (int c = 0; c < PF_PLOT_COUNT; c++) {
        size_t n = 0;
        for (size_t i = 0; i < rows->n; i++) {
            const double *x = rows->x + i * rows->n_column;
            if (x[PF_P_ARM] != (double)a || !isfinite(x[column[c][0]])) continue;
            time[n] = x[column[c][0]];
            event[n++] = x[column[c][1]] == 1.0;
        }
        PF_TRY(add_curve(ctx, f, &f->arm[a].curve[c], time, event, n));
    }
    return PF_OK;
}

/* ---- waterfall ---- */

static int worst_first(const void *a, const void *b)
{
    const pf_plot_bar *p = a, *q = b;
    if (p->change != q->change) return p->change > q->change ? -1 : 1;
    return p->best - q->best;
}

static pf_err add_bars(pf_ctx *ctx, pf_arm_figures *arm, size_t a, const pf_rows *rows)
{
    for (size_t i = 0; i < rows->n; i++) {
        const double *x = rows->x + i * rows->n_column;
        if (x[PF_P_ARM] != (double)a) continue;
        if (!isfinite(x[PF_P_CHANGE])) {
            arm->bar_missing++;
            continue;
        }
        PF_TRY(pf_reserve(ctx, &arm->bar, &arm->bar_capacity, arm->n_bar, sizeof *arm->bar));
        int best = isfinite(x[PF_P_BEST]) ? (int)x[PF_P_BEST] : PF_RESPONSE_NE;
        arm->bar[arm->n_bar++] = (pf_plot_bar){.change = x[PF_P_CHANGE], .best = best};
    }
    if (arm->n_bar) qsort(arm->bar, arm->n_bar, sizeof *arm->bar, worst_first);
    if (arm->n_bar <= PF_PLOT_BARS) return PF_OK;
    for (size_t k = 0; k < PF_PLOT_BARS; k++)
        arm->bar[k] = arm->bar[(2 * k + 1) * arm->n_bar / (2 * PF_PLOT_BARS)];
    arm->n_bar = PF_PLOT_BARS;
    return PF_OK;
}

/* ---- kinetics ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, size_t n, double p)
{
    double at = p * (double)(n - 1);
    size_t i = (size_t)at;
    if (i + 1 >= n) return sorted[n - 1];
    return sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]);
}

static void add_bands(const pf_figures *f, size_t a, const pf_rows *rows, double *scratch)
{
    static const double level[3] = {0.05, 0.5, 0.95};
    pf_arm_figures *arm = &f->arm[a];
    size_t first = PF_P_FIXED + f->layout->n_covariate;
    for (size_t s = 0; s < f->layout->n_sample; s++) {
        size_t n = 0;
        for (size_t i = 0; i < rows->n; i++) {
            const double *x = rows->x + i * rows->n_column;
            if (x[PF_P_ARM] == (double)a && isfinite(x[first + s])) scratch[n++] = x[first + s];
        }
        if (!n) continue;
        qsort(scratch, n, sizeof *scratch, ascending);
        for (int q = 0; q < 3; q++) arm->band[q][s] += quantile(scratch, n, level[q]);
        arm->band_n[s]++;
    }
}

/* Only patients whose integration succeeded; the rows are shared, so a copy is made. */
static pf_err valid_rows(pf_ctx *ctx, const pf_rows *all, pf_rows *out)
{
    size_t n = all->n_column;
    *out = (pf_rows){.n_column = n};
    out->x = pf_calloc(ctx, all->n, n * sizeof(double));
    if (!out->x) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < all->n; i++)
        if (all->x[i * n + PF_P_FAILED] != 1.0)
            memcpy(out->x + out->n++ * n, all->x + i * n, n * sizeof(double));
    return PF_OK;
}

pf_err pf_figures_add(pf_ctx *ctx, pf_figures *f, const pf_rows *patients)
{
    pf_rows rows = {0};
    double *scratch = pf_calloc(ctx, patients->n, sizeof *scratch);
    unsigned char *event = pf_calloc(ctx, patients->n, 1);
    pf_err err = scratch && event ? valid_rows(ctx, patients, &rows) : PF_ERR_NO_MEMORY;
    for (size_t a = 0; a < f->study->n_arm && !err; a++) {
        err = add_curves(ctx, f, a, &rows, scratch, event);
        if (!err && !f->replicates) err = add_bars(ctx, &f->arm[a], a, &rows);
        if (!err) add_bands(f, a, &rows, scratch);
    }
    f->replicates += !err;
    pf_free(rows.x);
    pf_free(event);
    pf_free(scratch);
    return err;
}

/* ---- end ---- */

static void end_curve(const pf_figures *f, pf_plot *c, double *scratch)
{
    for (int i = 0; i < PF_PLOT_GRID; i++) {
        /* A mean over a few long-lived replicates would jump. */
        int enough = 2 * c->defined[i] >= f->replicates && c->defined[i];
        c->survival[i] = enough ? c->survival[i] / (double)c->defined[i] : NAN;
        if (!enough) c->low[i] = c->high[i] = NAN;
        if (f->replicates < 2 || !enough) continue;
        size_t n = 0;
        for (size_t r = 0; r < c->n_kept; r++) {
            double s = (double)c->kept[r * PF_PLOT_GRID + (size_t)i];
            if (isfinite(s)) scratch[n++] = s;
        }
        if (!n) continue;
        qsort(scratch, n, sizeof *scratch, ascending);
        c->low[i] = quantile(scratch, n, 0.025);
        c->high[i] = quantile(scratch, n, 0.975);
    }
    for (size_t i = 0; i < f->n_tick; i++) {
        c->at_risk[i] /= (double)f->replicates;
        c->censored[i] /= (double)f->replicates;
        c->events[i] /= (double)f->replicates;
    }
}

pf_err pf_figures_end(pf_ctx *ctx, pf_figures *f)
{
    double *scratch = pf_calloc(ctx, PF_PLOTS_MAX, sizeof *scratch);
    if (!scratch) return PF_ERR_NO_MEMORY;
    for (size_t a = 0; a < f->study->n_arm && f->replicates; a++) {
        pf_arm_figures *arm = &f->arm[a];
        for (int c = 0; c < PF_PLOT_COUNT; c++) end_curve(f, &arm->curve[c], scratch);
        for (size_t s = 0; s < f->layout->n_sample; s++)
            for (int q = 0; q < 3; q++)
                arm->band[q][s] =
                    arm->band_n[s] ? arm->band[q][s] / (double)arm->band_n[s] : NAN;
    }
    pf_free(scratch);
    return PF_OK;
}
