/* parameters.h: the parameters of the model that a study uses, with what is known of them: for
 * the report. Depends on: usage, evidence. Threads: read-only once made. */
#ifndef PF_TRIAL_PARAMETERS_H
#define PF_TRIAL_PARAMETERS_H
#include "trial/evidence.h"
#include "trial/study.h"

typedef struct pf_used_parameter {
    const char *name, *text;          /* as in the model; what it is */
    double value, low, high;          /* the model's value; NaN where the model computes it */
    const char *unit, *kind, *source; /* "" where the table of evidence has no row */
    int set;     /* the study, its population or a product sets it: listed with them */
    int unknown; /* nobody has published it */
} pf_used_parameter;

typedef struct pf_used_parameters {
    pf_arena arena;
    size_t n;
    pf_used_parameter *parameter; /* in the model's order */
} pf_used_parameters;

/** pf_used_parameters_clear in any case. Errors: as pf_study_usage */
PF_NODISCARD pf_err pf_study_parameters(
    pf_ctx *ctx, const pf_study *study, const pf_evidence *evidence, pf_used_parameters *out);
void pf_used_parameters_clear(pf_used_parameters *p);
/** "parameters": [...] as a member of an open JSON object. */
void pf_used_parameters_json(const pf_used_parameters *p, pf_buf *out);

#endif
