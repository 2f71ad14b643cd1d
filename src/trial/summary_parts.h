/* summary_parts.h: the inside of pf_summary, for summary.c, summary_json.c and summary_text.c
 * only.
 *
 * Kept of each replicate: one number for each measure and each unknown. Kept of all patients:
 * counts, sums, binned curves, and at most PF_KEEP_SAMPLES values for each arm and sampled day
 * (the first that came, so the same on any machine). Depends on: endpoints, pooled, spread,
 * expect. */
#ifndef PF_TRIAL_SUMMARY_PARTS_H
#define PF_TRIAL_SUMMARY_PARTS_H
#include "trial/endpoints.h"
#include "trial/expect.h"
#include "trial/pooled.h"
#include "trial/spread.h"
#include "trial/summary.h"

enum { PF_KEEP_SAMPLES = 20000, PF_WATERFALL_BARS = 400 };

typedef struct pf_samples {
    double *x;
    size_t n, capacity;
} pf_samples;

typedef struct pf_moments {
    double n, sum, square;
} pf_moments;

typedef struct pf_arm_tally {
    uint64_t patients, failed, treated; /* patients: failed ones included */
    double doses;
    uint64_t response[6], progression[5], lot[PF_SERVED_WAYS];
    pf_pooled curve[PF_CURVE_COUNT];
    pf_moments *covariate;            /* [n_covariate] */
    pf_samples *kinetics;             /* [n_sample] */
    pf_samples *marker;               /* [n_marker][n_kinetics] */
    uint64_t grade[PF_GRADES_MAX][7]; /* patients by worst grade; [6]: nobody looked */
    uint64_t daily[PF_GRADES_MAX][PF_DAILY_DAYS][6]; /* patients by grade on each day */
    uint64_t event[PF_COUNTED_MAX];                  /* patients who had it */
} pf_arm_tally;

/* A bar of the first replicate's waterfall. */
typedef struct pf_bar {
    double change;
    size_t arm;
    int best, new_lesion; /* new_lesion: the patient progressed by one */
} pf_bar;

/* A dose that is given as a range: an unknown like those of study->unknowns. */
typedef struct pf_dose_range {
    size_t arm, item;
} pf_dose_range;

typedef struct pf_versus_all pf_versus_all; /* summary_versus.c */

struct pf_summary {
    const pf_study *study;
    const pf_layout *layout;
    size_t n_measure, measure_capacity;
    pf_measure *measure;    /* by comparison, arm, against, kind, at */
    size_t *expect_measure; /* [n_expect] index of each expectation's measure */
    size_t n_replicate, value_capacity;
    double *value;     /* [n_replicate][n_measure] */
    pf_moments *inner; /* [n_measure] variance within a replicate */
    double (*own)[2];  /* [n_measure] the limits of the first replicate by itself */
    size_t n_range, range_capacity;
    pf_dose_range *range;
    size_t n_unknown; /* variables of study->unknowns, then dose ranges */
    size_t n_unknown_rows, unknown_capacity;
    double *unknown; /* [n_unknown_rows][n_unknown] */
    pf_arm_tally *arm;
    size_t n_bar, bar_capacity;
    pf_bar *bar;
    pf_versus_all *versus;
    const struct pf_claims *claims; /* borrowed; NULL: none */
    const struct pf_used_parameters *parameters;
};

/** The values of measure `m` over replicates, copied to `out[n_replicate]`. */
void pf_summary_column(const pf_summary *s, size_t m, double *out);
/** The interval of a lone replicate by its patients; NaN when there are several replicates, or
 * the measure has none. */
void pf_summary_own(const pf_summary *s, size_t m, double out[2]);
/** Index of a measure; n_measure when it is not there. */
size_t pf_summary_find(const pf_summary *s, const pf_measure *m);
/** The verdict on expectation `i`. */
PF_NODISCARD pf_err pf_summary_judge(
    pf_ctx *ctx, const pf_summary *s, size_t i, pf_verdict *out);
uint64_t pf_summary_failed(const pf_summary *s, uint64_t *patients);

/** Which figure it is: `endpoint`, `at_day`, `label`, `centre`, `unit` of an open object. */
void pf_summary_name_json(const pf_summary *s, const pf_measure *m, pf_buf *out);

/** Is its key not enough to tell it apart: does it have a `label`? */
int pf_summary_has_label(const pf_measure *m);
/** Its `unit`. */
void pf_summary_unit_text(const pf_measure *m, char *text, size_t size);

/* Curves, waterfall and kinetics of summary.json (summary_figures.c). */
PF_NODISCARD pf_err pf_summary_figures_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out);

/* Markers, grades and counted events of summary.json (summary_harms.c). */
PF_NODISCARD pf_err pf_summary_harms_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out);
/** What one patient adds to them. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_summary_add_harms(
    pf_ctx *ctx, const pf_summary *s, pf_arm_tally *t, const double *row);

/* Pairs of arms at other sizes and in subgroups (summary_versus.c): `power` and `forest`.
 * `value` is scratch [n_replicate]. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_summary_versus_new(pf_ctx *ctx, pf_summary *s);
void pf_summary_versus_free(pf_summary *s);
PF_NODISCARD pf_err pf_summary_versus_add(pf_ctx *ctx, pf_summary *s, const pf_replicate *r);
PF_NODISCARD pf_err pf_summary_versus_json(
    pf_ctx *ctx, const pf_summary *s, double *value, pf_buf *out);

/* Unknowns (summary_unknowns.c): find the dose ranges; the row of the replicate that comes
 * next; its doses; the list in summary.json. */
PF_NODISCARD pf_err pf_summary_find_ranges(pf_ctx *ctx, pf_summary *s);
PF_NODISCARD pf_err pf_summary_unknown_row(pf_ctx *ctx, pf_summary *s, double **out);
PF_NODISCARD pf_err pf_summary_add_doses(pf_ctx *ctx, pf_summary *s, uint64_t replicate);
PF_NODISCARD pf_err pf_summary_unknowns_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out);

#endif
