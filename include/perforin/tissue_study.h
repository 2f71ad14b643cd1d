/* tissue_study.h: a question to a lesion: its file and all its variants, seed by seed, and what
 * they answer. Part of perforin.h. */
#ifndef PERFORIN_TISSUE_STUDY_H
#define PERFORIN_TISSUE_STUDY_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where the study is. */
typedef struct pf_tissue_study_progress {
    const char *tissue, *variant; /**< name of the file; of the variant, "base" for none */
    uint64_t seed;
    uint64_t run, runs, kept; /**< this run, from 1; all runs; those that were there already */
    double minute, minutes;   /**< simulated of this run, and of all of it */
    uint64_t cells;           /**< of this run, bodies included */
    double seconds;           /**< since the first run of this call began */
    double left;              /**< seconds for all that is left; NaN: nobody knows yet */
} pf_tissue_study_progress;

typedef void (*pf_on_tissue_study)(void *payload, const pf_tissue_study_progress *progress);

typedef struct pf_tissue_study_options {
    size_t size;          /**< set by INIT */
    const char *tissue;   /**< path of the tissue file */
    const char *out;      /**< folder of the study; NULL: runs/<name of the tissue>-study */
    const char *max_time; /**< of each run, with its unit; NULL: at `duration` */
    uint64_t replicates;  /**< seeds of each variant; 0: as in the file */
    int threads;          /**< of each run; 0: as many as this machine has cores */
    int resume;           /**< keep complete runs of the same file, do the others */
    int no_report;        /**< do not write the page */
    int force;            /**< throw the runs of an earlier study in the same folder away */
    const volatile int *cancel;  /**< borrowed; non-zero asks to stop; NULL: never */
    pf_on_tissue_study progress; /**< about ten times a second */
    pf_on_log log;
    void *payload; /**< handed to both callbacks */
} pf_tissue_study_options;
#define PF_TISSUE_STUDY_OPTIONS_INIT                                                           \
    {                                                                                          \
        .size = sizeof(pf_tissue_study_options)                                                \
    }

typedef struct pf_tissue_study_result {
    uint64_t runs, done, kept; /**< planned; complete now; of these, there before */
    double seconds;
    char *folder; /**< owned; pf_tissue_study_result_clear frees all */
    char *report; /**< owned; path of the page; NULL: none was written */
    char *text; /**< owned; the answers of a complete study, or all problems of a refused file;
                   NULL: none */
} pf_tissue_study_result;

/** Run a tissue file and each of its variants with `replicates` seeds, from the file's `seed`
 * up, one run after the other, into FOLDER/VARIANT-SEED (run folders as pf_tissue_run writes
 * them; the file without a variant is "base"). Then FOLDER/answers.csv holds the outcomes at
 * the end of every run, answers.json means over seeds with Student's 95 % interval, differences
 * to the base paired by seed, and how each outcome went, and
 * report.html shows it with the first seed of each variant. Returns DONE, FAILED, REFUSED or
 * STOPPED; a stopped study goes on with `resume`. `*result` is filled in each case and needs
 * pf_tissue_study_result_clear. */
PF_API pf_status pf_tissue_study(
    const pf_tissue_study_options *options, pf_tissue_study_result *result, pf_error *error);
PF_API void pf_tissue_study_result_clear(pf_tissue_study_result *result);

#ifdef __cplusplus
}
#endif
#endif
