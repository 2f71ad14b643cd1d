/* stats_frame.h: the columns of a request as plain arrays, for the other stats_*.c only.
 * Depends on: input/table. */
#ifndef PF_TRIAL_STATS_FRAME_H
#define PF_TRIAL_STATS_FRAME_H
#include "input/table.h"
#include "trial/stats_table.h"

/* A column of categories: a code for each row, levels in order. `code` is -1 where missing. */
typedef struct pf_factor {
    int *code;
    const char **level; /* borrowed from the table */
    size_t levels;
} pf_factor;

typedef struct pf_term {                    /* one column of the design matrix */
    const char *column, *level, *reference; /* level, reference: NULL for a number */
} pf_term;

typedef struct pf_frame {
    pf_arena names;
    pf_table *table;
    size_t n, *row; /* rows in use */
    double *time;
    unsigned char *event;
    int *group, *strata; /* NULL: one */
    pf_factor groups;
    size_t n_strata;
    double *x; /* n x terms */
    pf_term *term;
    size_t terms;
    size_t dropped; /* rows left out because something is missing */
    size_t *dropped_line;
    const char **dropped_column;
} pf_frame;

/** Read the file and pick what the request names. The caller clears, also after a failure. */
PF_NODISCARD pf_err pf_frame_load(pf_ctx *ctx, const pf_stats_request *request, pf_frame *f);
void pf_frame_clear(pf_frame *f);
/** "patients used, left out" as JSON members or as lines. */
void pf_frame_write(const pf_frame *f, int json, pf_buf *out);

/* A table of text: the first column to the left, the others to the right. Errors stick in
 * `out`. */
typedef struct pf_grid {
    pf_buf *out, text;
    size_t columns, count, capacity;
    size_t *start; /* of each cell in text */
    pf_err failed;
} pf_grid;

void pf_grid_init(pf_grid *g, pf_buf *out, size_t columns);
void pf_grid_text(pf_grid *g, const char *text);
void pf_grid_number(pf_grid *g, double x,
    const char *missing); /**< four significant digits; `missing` for NaN */
void pf_grid_count(pf_grid *g, size_t n);
void pf_grid_end(pf_grid *g); /**< write and free */
/** JSON: {"value", "lower", "upper"} and "se" when it is not NaN. */
void pf_json_estimate(pf_buf *b, const char *key, pf_estimate e);

pf_err pf_stats_km(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out);
pf_err pf_stats_logrank(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out);
pf_err pf_stats_rmst(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out);
pf_err pf_stats_cox(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out);
/** `f` is NULL when the request brings its counts along. */
pf_err pf_stats_binom(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out);
pf_err pf_stats_fisher(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out);

#endif
