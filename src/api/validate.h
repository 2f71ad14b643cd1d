/* validate.h: published outcomes beside the figures of the studies that name them. Internal to
 * api. Depends on: systems.h. */
#ifndef PF_API_VALIDATE_H
#define PF_API_VALIDATE_H
#include "api/systems.h"

typedef enum {
    PF_GROUP_FIT,
    PF_GROUP_CHECK,
    PF_GROUP_PREDICT,
    PF_GROUP_VERIFY,
    PF_GROUPS
} pf_group;
extern const char *const PF_GROUP_TEXT[PF_GROUPS];

/* A row of evidence/outcomes.csv. */
typedef struct pf_outcome {
    const char *id, *title, *role, *observed;
    size_t n_study; /* that name it, whether they were run or not */
} pf_outcome;

/* One expectation that names a case, as a run judged it. Texts are borrowed. */
typedef struct pf_case_figure {
    size_t outcome; /* index */
    pf_group group;
    const char *study;              /* path */
    const char *what;               /* "ORR, pembrolizumab + NK" */
    const char *published;          /* "36.5 % (24 to 50)" */
    const char *simulated;          /* "24.3 % [11, 45]" */
    const char *verdict, *sentence; /* "pass", "miss", "cannot say" */
    int role_differs;               /* outcomes.csv gives the case no such role */
} pf_case_figure;

typedef struct pf_validation {
    pf_catalogue catalogue;
    size_t n_outcome;
    pf_outcome *outcome;
    size_t n_figure, figure_capacity;
    pf_case_figure *figure; /* by group, then by outcome, then as in the studies */
    size_t n_waiting;
    const pf_system_file **waiting; /* studies with cases and no complete run */
    uint64_t least;                 /* replicates of the smallest run; 0: none */
} pf_validation;

/* What the figures of one group come to. A case passes when all its figures do. */
typedef struct pf_group_count {
    size_t figures, passed, cases, cases_passed;
} pf_group_count;
pf_group_count pf_validation_count(const pf_validation *v, pf_group group);

void pf_validation_text(const pf_validation *v, pf_buf *out);
void pf_validation_markdown(const pf_validation *v, pf_buf *out);
void pf_validation_json(const pf_validation *v, pf_buf *out);

#endif
