/* forest.h: an arm against its reference arm in subgroups by what is known of a patient before
 * treatment, replicate by replicate: hazard ratios of PFS and OS (Cox), difference of ORR.
 *
 * Subgroups are by the variables of the population that say `baseline: yes`, by the variables
 * that stratify, and by the measured sum of diameters; at most PF_FOREST_SPLITS of them, in
 * that order. Two to four values are levels; more are cut in halves at the median of the
 * patients of the first replicate (three digits of it). What varies between replicates only,
 * or not at all, is no subgroup. Depends on: two_arms, spread. Threads: belongs to one thread.
 */
#ifndef PF_TRIAL_FOREST_H
#define PF_TRIAL_FOREST_H
#include "trial/two_arms.h"

enum { PF_FOREST_SPLITS = 12, PF_FOREST_LEVELS = 4 };
typedef enum {
    PF_FOREST_PFS,
    PF_FOREST_OS,
    PF_FOREST_ORR,
    PF_FOREST_MEASURES
} pf_forest_measure;

/* How one covariate splits the patients. */
typedef struct pf_split {
    size_t column; /* of patients */
    const char *name, *unit;
    size_t n_level;
    int halves; /* below value[0], at least value[0]; else one of the values */
    double value[PF_FOREST_LEVELS];
} pf_split;

typedef struct pf_forest {
    size_t n_split;
    pf_split split[PF_FOREST_SPLITS];
    size_t n_group; /* 0 before the first replicate; everyone, then the levels of each split */
    size_t n_replicate, capacity;
    double *value;  /* [n_replicate][n_group][PF_FOREST_MEASURES] */
    double *counts; /* [n_group][PF_FOREST_MEASURES][2] patients and events, summed over
                       replicates */
} pf_forest;

/** The two arms of one replicate; `curve` by pf_forest_measure, sorted by the time; NULL: not
 * measured. */
typedef struct pf_forest_pair {
    const pf_study *study;
    const pf_layout *layout;
    const pf_arm_result *arm, *against;
    pf_two_arms *curve[2];
    int responses; /* is there an ORR? */
} pf_forest_pair;

/** Add the next replicate; the first one decides the subgroups. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_forest_add(pf_ctx *ctx, const pf_forest_pair *pair, pf_forest *f);
void pf_forest_clear(pf_forest *f);
/** The subgroup `group`: NULL for everyone; its level is `*level`. */
const pf_split *pf_forest_group(const pf_forest *f, size_t group, size_t *level);
/** "age < 61.2 year", "sex = 1"; "" for everyone. */
void pf_forest_label(const pf_forest *f, size_t group, char *text, size_t size);

#endif
