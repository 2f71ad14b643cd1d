/* compare.h: runs side by side. Part of perforin.h. */
#ifndef PERFORIN_COMPARE_H
#define PERFORIN_COMPARE_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_compare_options {
    size_t size;               /**< set by INIT */
    const char *const *folder; /**< [n] complete run folders, 2 to 8; the others are compared
                                  with the first */
    size_t n;
    const char *const *label; /**< [n_label] names for the runs; NULL: the folders as given */
    size_t n_label;           /**< 0 or n */
    const char *out;          /**< page (HTML) to write; NULL: none */
    const char
        *page_template; /**< file of another template of the page; NULL: the built-in one */
    int all;            /**< text: also the figures that nothing distinguishes */
    int json;
} pf_compare_options;
#define PF_COMPARE_OPTIONS_INIT                                                                \
    {                                                                                          \
        .size = sizeof(pf_compare_options)                                                     \
    }

/** What differs between runs: settings, inputs, the study's values and parameters; endpoints
 * side by side, by arms of the same name, with the difference to the first run and whether it
 * is beyond Monte Carlo error; published figures with the verdict of each run. `*text` is a
 * table or JSON (docs/reference/compare.md). Reads the folders and writes nothing but `out`,
 * which holds the runs without their single patients (docs/reference/page.md). REFUSED: fewer
 * than two or more than eight runs, one of them twice, not a run, not complete; FAILED: a
 * damaged run. */
PF_API pf_status pf_compare_runs(
    const pf_compare_options *options, char **text, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
