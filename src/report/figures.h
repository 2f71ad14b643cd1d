/* figures.h: the numbers behind the page's figures, gathered replicate by replicate.
 *
 * Curves: Kaplan-Meier of each replicate on a fixed grid of days; over replicates their mean and the 2.5 and
 * 97.5 % quantiles (of the first 1000), with one replicate its own log-log limits. Numbers at risk, censored
 * and with event: means over replicates. Waterfall: the first replicate. Kinetics: the 5, 50 and 95 %
 * quantiles of the patients of a replicate, averaged over replicates.
 * Depends on: trial/result, trial/survival. Threads: belongs to one thread. */
#ifndef PF_REPORT_FIGURES_H
#define PF_REPORT_FIGURES_H
#include "base/base.h"
#include "trial/result.h"

enum { PF_PLOT_GRID = 121, PF_PLOT_TICKS = 16, PF_PLOTS_MAX = 1000, PF_PLOT_BARS = 400 };
enum { PF_PLOT_PFS, PF_PLOT_OS, PF_PLOT_COUNT };

typedef struct pf_plot {
    double survival[PF_PLOT_GRID], low[PF_PLOT_GRID], high[PF_PLOT_GRID]; /* NaN where nobody was followed */
    double at_risk[PF_PLOT_TICKS], censored[PF_PLOT_TICKS], events[PF_PLOT_TICKS];
    size_t defined[PF_PLOT_GRID]; /* replicates that reach this day */
    size_t n_kept;
    float *kept; /* [n_kept][PF_PLOT_GRID] */
} pf_plot;

typedef struct pf_plot_bar {
    double change; /* best % change */
    int best;      /* pf_response */
} pf_plot_bar;

typedef struct pf_arm_figures {
    pf_plot curve[PF_PLOT_COUNT];
    size_t n_bar, bar_capacity, bar_missing; /* missing: no visit in time */
    pf_plot_bar *bar;             /* of the first replicate, worst first */
    double *band[3];         /* [n_sample] sums, then means, of the 5, 50, 95 % quantiles */
    size_t *band_n;          /* [n_sample] replicates with a number */
} pf_arm_figures;

typedef struct pf_figures {
    const pf_study *study;
    const pf_layout *layout;
    size_t replicates;
    double day[PF_PLOT_GRID];
    size_t n_tick;
    double tick[PF_PLOT_TICKS]; /* days; whole months */
    pf_arm_figures *arm;       /* [study->n_arm] */
} pf_figures;

PF_NODISCARD pf_err pf_figures_new(
    pf_ctx *ctx, const pf_study *study, const pf_layout *layout, pf_figures **out);
void pf_figures_free(pf_figures *f); /**< NULL is allowed */
/** All patients of the next replicate. Patients that failed do not count. */
PF_NODISCARD pf_err pf_figures_add(pf_ctx *ctx, pf_figures *f, const pf_rows *patients);
/** Turn sums into means and quantiles; call once, at the end. */
PF_NODISCARD pf_err pf_figures_end(pf_ctx *ctx, pf_figures *f);

#endif
