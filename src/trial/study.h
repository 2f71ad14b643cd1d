/* study.h: a study as written: who is treated, with what, what is measured, what was published.
 *
 * Plain data in one arena, filled by pf_study_read (study_read.h), which reports every problem
 * of all files at once. Times are days. Depends on: patient. Threads: read-only once read. */
#ifndef PF_TRIAL_STUDY_H
#define PF_TRIAL_STUDY_H
#include "patient/assess.h"
#include "patient/population.h"
#include "patient/regimen.h"
#include "product/lot.h"

/* An attribute of this name multiplies every dose of the product, 0 to 1: the share of cells
 * that live, 0 for a lot that failed. Who gets nothing of a product is like one who was never
 * meant to. */
#define PF_DOSE_SHARE "dose_share"

/* What is infused. Its attributes are variables named like model parameters; formulas may read
 * the patient's variables. */
typedef struct pf_product {
    const char *name, *title, *path;
    pf_population attributes;
    pf_lot_plan *lot;        /* how its cells are made; NULL: every dose is as planned */
    size_t patients_per_lot; /* 1 of an autologous product */
    size_t n_lot_name;
    const char *const *lot_name; /* what formulas may read of the lot, behind the patient */
} pf_product;

typedef struct pf_arm {
    const char *name;
    size_t size;
    size_t n_item;
    const pf_regimen_item *item;
    size_t like; /* 1 + index of the arm whose size and regimen it took; 0: none */
    size_t n_without;
    const char *const *without; /* [n_without] mechanisms that are switched off: roles
                                   `switch.<mechanism>`, parameters that become 0 */
    pf_place place;
} pf_arm;

typedef enum { PF_ALLOCATE_FIXED, PF_ALLOCATE_BLOCK, PF_ALLOCATE_PAIRED } pf_allocation_method;
typedef struct pf_allocation {
    /* fixed: exact arm sizes in random order; block: permuted blocks; paired: the n-th patients
     * of all arms are one person, with the same draws of every kind */
    pf_allocation_method method;
    size_t block; /* patients in a block; a multiple of the ratio's sum */
    size_t n_strata;
    const size_t *strata; /* indices of population variables; each distinct value is a level */
} pf_allocation;

typedef enum {
    PF_EXPECT_FIT,
    PF_EXPECT_CHECK,
    PF_EXPECT_PREDICT,
    PF_EXPECT_CLAIM
} pf_expect_role;

/* What a published figure is about (endpoint_kind.h says how each is written and measured). */
typedef enum {
    PF_ENDPOINT_ORR,
    PF_ENDPOINT_DCR,
    PF_ENDPOINT_CR, /* shares */
    PF_ENDPOINT_PFS,
    PF_ENDPOINT_OS,
    PF_ENDPOINT_DOR, /* medians, days */
    PF_ENDPOINT_PFS_AT,
    PF_ENDPOINT_OS_AT,    /* shares at a time */
    PF_ENDPOINT_KINETICS, /* median of the kinetics observable at a day */
    PF_ENDPOINT_CMAX,
    PF_ENDPOINT_TMAX, /* medians */
    PF_ENDPOINT_DCR_AT,
    PF_ENDPOINT_NEW_LESION_AT, /* shares at a time */
    PF_ENDPOINT_PFS_HR,
    PF_ENDPOINT_OS_HR, /* `arm` over `against` */
    PF_ENDPOINT_KINETICS_HALF_LIFE,
    PF_ENDPOINT_KINETICS_DOUBLING, /* days, medians */
    PF_ENDPOINT_MARKER,            /* medians of a marker, and relative to its baseline */
    PF_ENDPOINT_MARKER_MAX,
    PF_ENDPOINT_MARKER_MIN,
    PF_ENDPOINT_MARKER_FOLD,
    PF_ENDPOINT_MARKER_FOLD_MAX,
    PF_ENDPOINT_MARKER_FOLD_MIN,
    PF_ENDPOINT_MARKER_HALF_LIFE,
    PF_ENDPOINT_MARKER_DOUBLING,
    PF_ENDPOINT_MARKER_ABOVE,
    PF_ENDPOINT_MARKER_BELOW,      /* shares */
    PF_ENDPOINT_PERSISTENCE,       /* days, median */
    PF_ENDPOINT_PERSISTENCE_ABOVE, /* share */
    PF_ENDPOINT_ATTRIBUTE,
    PF_ENDPOINT_COVARIATE, /* medians */
    PF_ENDPOINT_GRADE,     /* share with at least that grade */
    PF_ENDPOINT_EVENT,
    PF_ENDPOINT_EVENT_AT, /* shares */
    PF_ENDPOINT_NEW_LESION_PEAK,
    PF_ENDPOINT_PFS_PEAK, /* day of the largest hazard */
    PF_ENDPOINT_COUNT
} pf_endpoint;

/* What is made of the endpoint of `arm` and that of `against`. */
typedef enum { PF_COMPARE_NONE, PF_COMPARE_RATIO, PF_COMPARE_DIFFERENCE } pf_compare;

/* Patients for whom a formula over the numbers of patients.csv is not 0. */
typedef struct pf_subgroup {
    const char *text;
    pf_formula *formula; /* over all columns of the table in order; owned by the study */
} pf_subgroup;

typedef struct pf_expect {
    pf_endpoint endpoint;
    pf_compare compare;
    double at, to;    /* days, for the endpoints that need them; a span is [at, to] */
    double level;     /* of ABOVE and BELOW, in the marker's unit; a grade */
    size_t index;     /* of the marker, grade, event, attribute or covariate */
    const char *unit; /* of the endpoint itself, not of a ratio; NULL: as its kind says */
    size_t arm;       /* index */
    size_t against;   /* index, for comparisons */
    pf_subgroup among, against_among; /* text NULL: everyone */
    double value;  /* share (0.185, not 18.5), days, or the observable's unit; NaN: only a
                      direction was published */
    int direction; /* 1 up, -1 down: of a comparison without a published value; 0 */
    double low,
        high; /* published interval; NaN: exact binomial from n for shares, else unknown */
    size_t n; /* patients behind it; 0 unknown */
    pf_expect_role role;
    const char *source;
    const char *text;         /* endpoint as written */
    size_t n_lever;           /* of a claim: parameters to look at; 0: the usual ones */
    const char *const *lever; /* names of the model, or "*.name" for all instances */
    const char *case_id;      /* in evidence/outcomes.csv; NULL */
    pf_place place;
} pf_expect;

/* A parameter that a run changes for everyone (override.h). */
typedef struct pf_override {
    const char *name; /* parameter or state of the model */
    int is_factor;    /* `value` multiplies what it would have been */
    double value;
} pf_override;

typedef struct pf_study {
    pf_arena arena;
    const char *path, *name, *title, *question;
    size_t n_system;
    const char *const *system;
    const char *model_path;
    const char *evidence_path; /* table of the model's parameters (evidence.h); NULL: none */
    pf_population population;
    size_t n_product;
    pf_product *product;
    pf_population unknowns; /* drawn once per replicate; names are parameters of the model */
    size_t n_arm;
    pf_arm *arm;
    pf_allocation allocation;
    pf_assess assess;
    double horizon; /* day */
    double dropout; /* hazard, 1/day */
    size_t replicates;
    uint64_t seed;
    size_t keep;       /* replicates kept in full detail */
    double rtol, atol; /* of the integration; atol in cells */
    size_t n_expect;
    pf_expect *expect;  /* claims included, by their role */
    size_t n_attribute; /* of products, that an expectation asks for: kept of each patient */
    const char **attribute;
    size_t n_override;
    const pf_override *override;    /* [n_override] not of the file: of this run */
    struct pf_study_tissue *tissue; /* study_tissue.h; NULL: no site is one */
    size_t n_source;                /* files read: study, model, population, products */
    const char **source_path;
    const uint64_t *source_hash; /* pf_hash of each file's bytes */
} pf_study;

/** Frees everything the study owns. A zeroed study is fine. */
void pf_study_clear(pf_study *s);
/** Patients in one replicate: the arms' sizes added up. */
size_t pf_study_size(const pf_study *s);
/** The arm that arm `a` is compared with: the one it is like, else the first. */
size_t pf_arm_reference(const pf_study *s, size_t a);

#endif
