/* outcome.h: what a tissue file asks of its lesion, as numbers of one moment.
 *
 * One table tells the kinds, what each needs, its unit and its meaning; it reads the file,
 * names mistakes and fills docs/reference/tissue.md. A value depends on the lesion alone: cells
 * in the order of the store, the same bits on any number of threads. NaN: there is nobody to
 * ask. Depends on: tissue, surface. Threads: no shared state. */
#ifndef PF_TISSUE_OUTCOME_H
#define PF_TISSUE_OUTCOME_H
#include "base/buf.h"
#include "tissue/tissue.h"

typedef enum pf_outcome_kind {
    PF_OUTCOME_ALIVE,
    PF_OUTCOME_REMAINING,
    PF_OUTCOME_DEAD,
    PF_OUTCOME_BIRTHS,
    PF_OUTCOME_KILLED,
    PF_OUTCOME_KILLS,
    PF_OUTCOME_KILLS_EACH,
    PF_OUTCOME_SERIAL,
    PF_OUTCOME_BOUND,
    PF_OUTCOME_GRANULES,
    PF_OUTCOME_EXHAUSTION,
    PF_OUTCOME_INSIDE,
    PF_OUTCOME_INSIDE_SHARE,
    PF_OUTCOME_DEPTH,
    PF_OUTCOME_RIM,
    PF_OUTCOME_NECROTIC,
    PF_OUTCOME_ANTIGEN,
    PF_OUTCOME_NEGATIVE,
    PF_OUTCOME_SENSED,
    PF_OUTCOME_MEAN,
    PF_OUTCOME_CORE,
    PF_OUTCOMES
} pf_outcome_kind;

/* What a kind asks for, besides name, title and kind. */
enum {
    PF_ASKS_CELLS = 1,
    PF_ASKS_OF = 2,
    PF_ASKS_SUBSTANCE = 4,
    PF_ASKS_ANTIGEN = 8,
    PF_ASKS_BELOW = 16,
    PF_ASKS_AT_LEAST = 32,
    PF_ASKS_QUANTILE = 64 /* may say it */
};

typedef struct pf_outcome_law {
    const char *name, *unit; /* NULL: the substance's */
    int asks;
    const char *doc;
} pf_outcome_law;
extern const pf_outcome_law PF_OUTCOME_LAW[PF_OUTCOMES];
typedef struct pf_outcome_key {
    int asks;
    const char *key; /* in a tissue file */
} pf_outcome_key;
enum { PF_OUTCOME_KEYS = 7 };
extern const pf_outcome_key PF_OUTCOME_KEY[PF_OUTCOME_KEYS];

/* pf_outcome of setup.h */
struct pf_outcome {
    const char *name, *title, *unit;
    pf_outcome_kind kind;
    uint8_t cells[PF_CELL_TYPES_MAX], of[PF_CELL_TYPES_MAX]; /* 1: that type */
    size_t substance, antigen;
    double below;      /* copies */
    double quantile;   /* 0 to 1 */
    uint64_t at_least; /* kills */
};

/** The value of an outcome now. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_outcome_value(
    pf_ctx *ctx, const pf_tissue *t, const pf_outcome *o, double *out);
/** The rows of outcomes.csv: `time_min`, then a column for each outcome of the setup. */
void pf_outcomes_head(const pf_setup *s, pf_buf *out);
PF_NODISCARD pf_err pf_outcomes_row(pf_ctx *ctx, const pf_tissue *t, pf_buf *out);
/** The table of kinds for docs/reference/tissue.md. */
void pf_outcomes_reference(pf_buf *out);

#endif
