/* systems.h: the therapies, mechanisms, products and claims of evidence/systems.csv: what
 * answers each, and what the last run said. Part of perforin.h. */
#ifndef PERFORIN_SYSTEMS_H
#define PERFORIN_SYSTEMS_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Which rows, and how to tell of them. All filters must hold; NULL and 0: any. */
typedef struct pf_systems_options {
    size_t size;         /**< set by INIT */
    const char *root;    /**< folder that holds evidence/; NULL: here, or the nearest above */
    const char *runs;    /**< folder of run folders; NULL: "runs" */
    const char *id;      /**< everything about this row */
    const char *kind;    /**< one of study, ablation, product, specification, population, claim,
                            out-of-scope */
    const char *article; /**< e.g. "A2" */
    const char *text;    /**< rows that mention this, in any column, in any letter case */
    int missing;         /**< only rows whose files are not all there */
    int json;
    int width; /**< columns of the table: below 110 a row takes two lines; 0: as it needs */
} pf_systems_options;
#define PF_SYSTEMS_OPTIONS_INIT                                                                \
    {                                                                                          \
        .size = sizeof(pf_systems_options)                                                     \
    }

/** The rows as a table, as JSON, or one row in full. Reads studies for the systems they name
 * and `runs` for the last results; writes nothing. An unknown id, kind or article is REFUSED,
 * with the nearest name. */
PF_API pf_status pf_systems(const pf_systems_options *options, char **text, pf_error *error);
/** The paths of the studies that answer the chosen rows, each once, sorted, one a line. */
PF_API pf_status pf_systems_studies(
    const pf_systems_options *options, char **paths, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
