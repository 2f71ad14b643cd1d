/* study_tissue.h: `tissue:` of a study: one site of some patients is a lesion of single cells.
 *
 * Plain data, read-only once read. Days. Depends on: tissue. */
#ifndef PF_TRIAL_STUDY_TISSUE_H
#define PF_TRIAL_STUDY_TISSUE_H
#include "tissue/setup.h"

/* A level of the model of the patient that the tissue takes over: the faces that hold the
 * substance hold factor x level. */
typedef struct pf_tissue_level {
    const char *name; /* of the model */
    size_t substance;
    double factor; /* concentration in the substance's unit per unit of the level */
} pf_tissue_level;

enum { PF_TISSUE_LEVELS_MAX = 8 };

typedef struct pf_study_tissue {
    pf_setup *setup;        /* owned by the study */
    const char *site;       /* role tissue.<site> of the model */
    size_t killers, tumour; /* types: product cells, clone p */
    size_t escaped;         /* type: clone m; SIZE_MAX: none */
    size_t arrivals;        /* placement of the killers: where they come */
    size_t n_arm;
    const char *const *arm;      /* names; none: all */
    size_t patients, replicates; /* the first so many of each arm */
    double from, lasts, every;   /* day */
    double weight;               /* 0: the patient is not changed, 1: the tissue decides */
    size_t n_level;
    pf_tissue_level level[PF_TISSUE_LEVELS_MAX];
} pf_study_tissue;

#endif
