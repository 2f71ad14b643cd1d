/* compare.h: several run folders side by side: what was read of them, what differs between them
 * and how far apart their figures are. Internal to api.
 *
 * The first run is the one that the others are compared with. Everything is taken from the
 * folders (manifest.json, resolved.yaml, summary.json, replicates.csv) and lives in the arena
 * of the comparison. Depends on: trial/differ, store/status. Threads: one comparison belongs to
 * one thread. */
#ifndef PF_API_COMPARE_H
#define PF_API_COMPARE_H
#include "api/call.h"
#include "base/json.h"
#include "store/status.h"
#include "trial/differ.h"

enum { PF_COMPARE_MOST = 8 }; /* runs: as many as a page has colours */

/* One figure of one run: an endpoint of an arm, or of an arm against another. */
typedef struct pf_run_measure {
    const char *arm, *against; /* against: "" of one arm alone */
    const char *endpoint, *label, *unit;
    double at;        /* day; NaN without */
    const char *path; /* in summary.json, e.g. "arms.0.endpoints.3" */
    int power;        /* what is compared is the share of replicates with p < 0.05 */
    int median;       /* the median over replicates stands for them, not the mean */
    double value;     /* that median, mean or share; NaN: none */
    double low, high; /* central 95 % of replicates, of one replicate by its patients; or NaN */
    double defined;   /* replicates in which it exists */
    double mean, sd, n;   /* over the replicates in which it is finite */
    double *by_replicate; /* [replicates]; NULL: the run has no replicates.csv */
} pf_run_measure;

/* One value of resolved.yaml, in the file's order: "arms.NK.regimen.IL-2.dose", "1e6 IU". An
 * item is a member of a list as a whole, "arms.NK", and stands before its own values. */
typedef struct pf_run_key {
    const char *key, *value;
    int is_item;
} pf_run_key;

typedef struct pf_run_read {
    const char *folder, *label;
    pf_manifest manifest;
    const pf_jvalue *summary;
    uint64_t replicates, results_hash; /* of summary.json */
    int by_replicate;                  /* replicates.csv was there */
    pf_run_measure *measure;
    size_t n_measure;
    pf_run_key *key; /* none when resolved.yaml is missing or cannot be read */
    size_t n_key, key_capacity;
} pf_run_read;

/* Something that was `was` in the first run and is `is` in another; NULL: not there at all. */
typedef struct pf_run_change {
    const char *key, *was, *is;
} pf_run_change;

typedef struct pf_run_changes {
    pf_run_change *item;
    size_t n, capacity;
} pf_run_changes;

enum {
    PF_CHANGE_SETTINGS,
    PF_CHANGE_INPUTS,
    PF_CHANGE_STUDY,
    PF_CHANGE_PARAMETERS,
    PF_CHANGE_LISTS
};

/* A measure that two runs or more have; its gaps to the first run that has it. */
typedef struct pf_compare_row {
    const pf_run_measure *in[PF_COMPARE_MOST]; /* NULL: this run does not have it */
    pf_gap gap[PF_COMPARE_MOST];               /* to the first run; of those after it */
    double p_holm[PF_COMPARE_MOST];
    int told[PF_COMPARE_MOST]; /* there is a gap: both have the measure, in the same unit */
} pf_compare_row;

typedef struct pf_comparison {
    pf_ctx *ctx;
    pf_arena arena;
    pf_run_read run[PF_COMPARE_MOST];
    size_t n;
    pf_run_changes change[PF_COMPARE_MOST][PF_CHANGE_LISTS];
    int paired[PF_COMPARE_MOST];      /* with the first run: the same seed, as many replicates,
                                         values of each */
    int same_people[PF_COMPARE_MOST]; /* and the same virtual patients */
    size_t judged[PF_COMPARE_MOST], beyond[PF_COMPARE_MOST]; /* gaps with a p value; marked */
    pf_compare_row *row;
    size_t n_row, row_capacity;
    const char **arm; /* names, in the order in which they appear */
    size_t n_arm, arm_capacity;
} pf_comparison;

/** Read one complete run. Errors: CONFIG (no run, not complete), CORRUPT (a result is not what
 * the manifest says), IO, NO_MEMORY */
PF_NODISCARD pf_err pf_compare_read(pf_comparison *c, const char *folder, pf_run_read *out);
/** Fill in measures from summary.json, and values from the text of replicates.csv (NULL:
 * none). Errors: CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_compare_measures(pf_comparison *c, pf_run_read *r);
PF_NODISCARD pf_err pf_compare_values(
    pf_comparison *c, pf_run_read *r, const char *csv, size_t size);
/** Flatten resolved.yaml. Errors: CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_compare_keys(
    pf_comparison *c, pf_run_read *r, const char *yaml, size_t size);

/** What differs between run 0 and run `i`. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_compare_changes(pf_comparison *c, size_t i);
/** Rows, gaps and what is beyond chance. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_compare_rows(pf_comparison *c);
/** Is this gap more than chance, at 5 % in all rows together? -1: nobody can say. */
int pf_compare_beyond(const pf_compare_row *row, size_t i);

/** What a figure is called, e.g. "PFS 6 months", "ORR". */
void pf_compare_name(const pf_run_measure *m, char *text, size_t size);
/** The figure of role `role`, `nth` in run `r`, that is the same as `figure`; NULL: none. */
const pf_jvalue *pf_compare_figure(
    const pf_run_read *r, const char *role, const pf_jvalue *figure);

/** For a terminal; `all`: also rows that nothing distinguishes. */
void pf_compare_text(const pf_comparison *c, int all, pf_buf *out);
/** `perforin-compare-1` (docs/reference/compare.md). */
void pf_compare_json(const pf_comparison *c, pf_buf *out);
/** Free what a comparison holds; a zeroed one with an empty arena is fine. */
void pf_compare_clear(pf_comparison *c);
/** How gaps were judged, in a sentence or two. */
const char *pf_compare_method(void);

#endif
