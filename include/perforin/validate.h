/* validate.h: published outcomes against what the studies give, with one set of parameters.
 * Part of perforin.h. */
#ifndef PERFORIN_VALIDATE_H
#define PERFORIN_VALIDATE_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_validate_options {
    size_t size;          /**< set by INIT */
    const char *root;     /**< folder that holds evidence/; NULL: here, or the nearest above */
    const char *runs;     /**< folder of the run folders; NULL: "runs/validate" */
    const char *only;     /**< one case of evidence/outcomes.csv; NULL: all */
    const char *markdown; /**< also write the tables to this file, as Markdown; NULL: not */
    int json;
} pf_validate_options;
#define PF_VALIDATE_OPTIONS_INIT                                                               \
    {                                                                                          \
        .size = sizeof(pf_validate_options)                                                    \
    }

/** The paths of the studies with expectations that name a case, sorted, one a line. An unknown
 * case is REFUSED. */
PF_API pf_status pf_validate_studies(
    const pf_validate_options *options, char **paths, pf_error *error);
/** The tables: FIT, CHECK, PREDICT and VERIFY apart, each figure with what was published, what
 * was simulated with its interval, and pass or miss; counts; cases without a study. Read from
 * the runs that are complete; runs nothing. */
PF_API pf_status pf_validate(const pf_validate_options *options, char **text, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
