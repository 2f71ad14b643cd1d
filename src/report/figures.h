/* figures.h: the numbers behind the page's figures, as summary.json holds them
 * (docs/reference/run-folder.md).
 *
 * Arrays live in the caller's arena; numbers that summary.json leaves out are NaN. Days.
 * Depends on: base/json. Threads: plain data. */
#ifndef PF_REPORT_FIGURES_H
#define PF_REPORT_FIGURES_H
#include "base/base.h"
#include "base/json.h"

typedef struct pf_series {
    size_t n;
    double *x;
} pf_series;

/* Survival of one arm. */
typedef struct pf_plot {
    pf_series day, survival;
    pf_series band_day, low, high;             /* over the curves of single replicates */
    pf_series tick, at_risk, censored, events; /* means over replicates */
} pf_plot;

typedef struct pf_waterfall {
    size_t patients;      /* shown are at most change.n of them */
    pf_series change;     /* %, largest first */
    const char **best;    /* [change.n] "CR", ... */
    pf_series new_lesion; /* 0 or 1 */
} pf_waterfall;

enum { PF_PLOT_PFS, PF_PLOT_OS, PF_PLOT_COUNT };

typedef struct pf_figures {
    size_t n_arm, replicates;
    double horizon;
    int recurrence;                     /* PFS is the time to recurrence */
    const char **arm;                   /* names */
    pf_plot (*survival)[PF_PLOT_COUNT]; /* [n_arm] */
    pf_waterfall *waterfall;            /* [n_arm] */
    const char *kinetics_unit;
    pf_series kinetics_day;
    pf_series (*kinetics)[3]; /* [n_arm] 5, 50, 95 % */
} pf_figures;

/** Errors: NO_MEMORY, CORRUPT (no arms) */
PF_NODISCARD pf_err pf_figures_read(
    pf_ctx *ctx, pf_arena *a, const pf_jvalue *summary, pf_figures *out);

#endif
