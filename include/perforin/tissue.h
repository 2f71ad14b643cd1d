/* tissue.h: a lesion of single cells, simulated into a run folder. Part of perforin.h. */
#ifndef PERFORIN_TISSUE_H
#define PERFORIN_TISSUE_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is about to run. */
typedef struct pf_tissue_info {
    const char *tissue;          /**< its name */
    const char *folder;          /**< where the results go */
    uint64_t cells;              /**< at the beginning */
    uint64_t voxels, substances; /**< of the fields */
    double minutes;              /**< simulated time of the whole run */
    double from;                 /**< where this call goes on; 0: at the beginning */
    uint64_t seed;
    int threads;
} pf_tissue_info;

typedef struct pf_tissue_progress {
    double minute, minutes; /**< simulated so far, and of the whole run */
    double from;            /**< where this call went on */
    uint64_t cells, kills;  /**< bodies included; so far */
    double seconds;         /**< since the simulation began */
    const char *doing;      /**< what is written just now, in a word or two; NULL: steps */
} pf_tissue_progress;

typedef void (*pf_on_tissue_start)(void *payload, const pf_tissue_info *info);
typedef void (*pf_on_tissue_progress)(void *payload, const pf_tissue_progress *progress);

typedef struct pf_tissue_options {
    size_t size;          /**< set by INIT */
    const char *tissue;   /**< path of the tissue file; NULL with `resume`: the copy in `out` */
    const char *variant;  /**< of the file's `variants:`; NULL: the file as it stands */
    const char *out;      /**< run folder; NULL: runs/<name of the tissue> */
    const char *max_time; /**< with its unit, "60 min": ends there; NULL: at `duration`,
                               of a run that goes on where it was to end */
    int threads;          /**< 0: as many as this machine has cores */
    int force;            /**< throw an earlier run in the same folder away */
    int resume;           /**< go on with the run in the folder, to its end or `max_time` */
    int has_seed;         /**< use `seed` instead of the file's, or the run's */
    uint64_t seed;
    int no_report;              /**< do not write the page of a complete run */
    const volatile int *cancel; /**< borrowed; non-zero asks to stop; NULL: never */
    pf_on_tissue_start start;
    pf_on_tissue_progress progress; /**< about ten times a second */
    pf_on_log log;
    void *payload; /**< handed to the three callbacks */
} pf_tissue_options;
#define PF_TISSUE_OPTIONS_INIT                                                                 \
    {                                                                                          \
        .size = sizeof(pf_tissue_options)                                                      \
    }

typedef struct pf_tissue_result {
    double minute, minutes;        /**< reached, and of the whole run */
    uint64_t cells, kills, births; /**< at the end, bodies included; since the beginning */
    double seconds;
    int already;  /**< the run was complete before; nothing above was filled in */
    int wrong;    /**< `text` tells what is wrong with the file */
    char *folder; /**< owned; pf_tissue_result_clear frees all */
    char *text;   /**< owned; all problems of a refused file, or warnings; NULL: none */
    char *resume; /**< owned; the command that goes on from a checkpoint; NULL: none */
    char *report; /**< owned; path of the page of a complete run; NULL: none was written */
} pf_tissue_result;

/** Simulate a tissue into a run folder (docs/reference/tissue.md), the same bytes for any
 * number of threads and however often it stopped in between. A refused file leaves no folder.
 * With `resume` the file must say what it said when the run began, but for titles, comments and
 * how long it lasts; a folder without a run is begun. Returns DONE, FAILED, REFUSED or STOPPED;
 * of the last, and of most failures, a checkpoint was kept, and `resume` of the result says how
 * to go on. `*result` is filled in each case and needs pf_tissue_result_clear. */
PF_API pf_status pf_tissue_run(
    const pf_tissue_options *options, pf_tissue_result *result, pf_error *error);
PF_API void pf_tissue_result_clear(pf_tissue_result *result);

#ifdef __cplusplus
}
#endif
#endif
