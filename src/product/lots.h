/* lots.h: many lots of one plan, and what is said of them: summary, tables, certificates.
 *
 * Figures are medians with the 5th and 95th percentile (R's type 7). Everything made here is
 * marked SIMULATED. Depends on: lot, lot_read. Threads: read-only once made. */
#ifndef PF_PRODUCT_LOTS_H
#define PF_PRODUCT_LOTS_H
#include "product/lot_read.h"

enum { PF_LOTS_MAX = 100000 };

typedef struct pf_lots {
    const pf_lot_plan *plan; /* borrowed */
    uint64_t seed;
    size_t n;
    pf_lot *lot; /* owned */
} pf_lots;

/** Make lots 1 .. n of a plan; identities are replicate 0, number 0 .. n - 1, stream 0. Errors:
 * RANGE, NONFINITE (with the lot), NO_MEMORY */
PF_NODISCARD pf_err pf_lots_make(
    pf_ctx *ctx, const pf_lot_plan *plan, uint64_t seed, size_t n, pf_lots *out);
void pf_lots_clear(pf_lots *lots); /**< a zeroed one is fine */

/** p-quantile of n finite numbers in ascending order; NaN for none. */
double pf_lots_quantile(const double *sorted, size_t n, double p);
/** Those of attribute `a` that are numbers, ascending, into x[lots->n]; how many. Lots that
 * failed have none. */
size_t pf_lots_column(const pf_lots *lots, pf_attribute a, double *x);

/** The summary as text or, in an object of its own, as JSON. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_lots_text(pf_ctx *ctx, const pf_lots *lots, pf_buf *out);
PF_NODISCARD pf_err pf_lots_json(pf_ctx *ctx, const pf_lots *lots, pf_buf *out);
/** One row for each lot; units stand in the names of the columns: "viability [1]". */
void pf_lots_csv(const pf_lots *lots, pf_buf *out);
/** Medians of two plans side by side, the second over the first. */
PF_NODISCARD pf_err pf_lots_compare(
    pf_ctx *ctx, const pf_lots *a, const pf_lots *b, int json, pf_buf *out);
/** All that is known of lot `i` (from 0), and all that is not. */
void pf_lot_certificate(const pf_lots *lots, size_t i, pf_buf *out);

/** "viability below 70 %"; `below` 0: above. Shared by summary, certificate and judge. */
void pf_lot_limit_text(const pf_lot_test *t, int below, pf_buf *out);
/** A number in the unit of the test. */
void pf_lot_value_text(const pf_lot_test *t, double x, pf_buf *out);
const char *pf_donor_text(pf_donor d);
const char *pf_counts_text(pf_dose_counts c);

/* A plan with all it names, read from files; for callers outside a study. */
typedef struct pf_lot_book {
    pf_arena arena;
    pf_units *units;
    pf_lot_plan plan;
} pf_lot_book;

/** Read the lot file at `path`, or a specification alone, with which lots can be judged but
 * none made (plan.name is NULL then); `spec` (NULL: the file's own) is a path as the user wrote
 * it. Problems go to `diag`, which keeps the texts. Errors: CONFIG, IO, NO_MEMORY */
PF_NODISCARD pf_err pf_lot_book_read(
    pf_ctx *ctx, pf_diag *diag, const char *path, const char *spec, pf_lot_book *out);
void pf_lot_book_clear(pf_lot_book *b); /**< a zeroed one is fine */

#endif
