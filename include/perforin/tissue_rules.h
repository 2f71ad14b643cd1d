/* tissue_rules.h: what the rules of a tissue say. Part of perforin.h. */
#ifndef PERFORIN_TISSUE_RULES_H
#define PERFORIN_TISSUE_RULES_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_tissue_explain_options {
    size_t size;           /**< set by INIT */
    const char *tissue;    /**< path of a tissue file that names a table of rules */
    uint64_t line;         /**< only the rule on this line of the table; 0: all */
    const char *type;      /**< only rules of this type of cell; NULL: all */
    const char *behaviour; /**< only rules of this behaviour; NULL: all */
    int json;              /**< one JSON document instead of text */
} pf_tissue_explain_options;
#define PF_TISSUE_EXPLAIN_OPTIONS_INIT                                                         \
    {                                                                                          \
        .size = sizeof(pf_tissue_explain_options)                                              \
    }

/** Each rule as a sentence and the curve of its answer, drawn in text or as points
 * (docs/reference/tissue-rules.md). `*text` is owned (pf_text_free); of a refused file it holds
 * all problems. Returns DONE, FAILED or REFUSED. */
PF_API pf_status pf_tissue_explain(
    const pf_tissue_explain_options *options, char **text, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
