/* tissue_summarise.h: from runs of a tissue to parameters of the model of a patient. Part of
 * perforin.h. */
#ifndef PERFORIN_TISSUE_SUMMARISE_H
#define PERFORIN_TISSUE_SUMMARISE_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_tissue_summarise_options {
    size_t size;               /**< set by INIT */
    const char *const *folder; /**< [n_folder] run folders of tissues with the same killers */
    size_t n_folder;
    const char *killer; /**< type of killers; NULL: the only one */
    const char *out;    /**< also written here: FILE.csv, .json or .yaml; NULL: nowhere */
    int json;           /**< `*text` is JSON */
} pf_tissue_summarise_options;
#define PF_TISSUE_SUMMARISE_OPTIONS_INIT                                                       \
    {                                                                                          \
        .size = sizeof(pf_tissue_summarise_options)                                            \
    }

/** Rates of killing, entry and refilling with their uncertainty, in the core model's terms, and
 * the lines `unknowns:` that a study takes over (docs/reference/tissue-coupling.md). `*text` is
 * owned (pf_text_free). Returns DONE, REFUSED (no such run, killers that differ) or FAILED. */
PF_API pf_status pf_tissue_summarise(
    const pf_tissue_summarise_options *options, char **text, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
