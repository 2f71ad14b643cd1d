/* watch.h: a running trial, looked at again and again. Part of perforin.h.
 *
 * A watch only reads. Each look reads the chunks that are new since the last one, so looking
 * often costs little. Figures pool the patients of all whole chunks, in whatever order they
 * came; when all are there the counts are those of summary.json. Patients whose integration
 * failed are left out. Threads: a watch belongs to one thread; the run is in any other
 * program. */
#ifndef PERFORIN_WATCH_H
#define PERFORIN_WATCH_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_watch pf_watch;

typedef enum pf_watch_state {
    PF_WATCH_ABSENT,    /**< there is no run yet */
    PF_WATCH_RUNNING,   /**< patients are being simulated */
    PF_WATCH_FINISHING, /**< all are: claims are answered, results written */
    PF_WATCH_STOPPED,   /**< nobody writes, and it is not complete */
    PF_WATCH_COMPLETE
} pf_watch_state;

/* A Kaplan-Meier median, days. `value` INFINITY: not reached; NaN: nobody yet, or not measured.
 * The 95 % limits (log-log) are NaN where there are none, `high` INFINITY when not reached. */
typedef struct pf_watch_median {
    double value, low, high;
    uint64_t events; /**< progressions or deaths; deaths */
} pf_watch_median;

typedef struct pf_watch_arm {
    const char *name;
    uint64_t size;             /**< patients of one replicate */
    uint64_t patients, failed; /**< so far, failed ones included; of them failed */
    uint64_t treated;          /**< one dose or more */
    uint64_t cr, pr, sd, pd, ne;
    double orr, orr_low, orr_high; /**< shares, exact 95 % limits; NaN: none */
    pf_watch_median pfs, os;
    const uint64_t (*grade)[7]; /**< [n_grade] patients by worst grade 0 to 5; [6]: nobody
                                   looked */
} pf_watch_arm;

/* What one look saw. Everything is borrowed from the watch until its next look. */
typedef struct pf_watch_view {
    pf_watch_state state;
    int changed;                         /**< something counted is not as at the last look */
    const char *folder, *study, *title;  /**< title: NULL without figures */
    uint64_t seed, replicates, patients; /**< of the run; patients of one replicate */
    uint64_t done, total, failed;        /**< patients: in whole chunks, of the run */
    uint64_t replicates_done;            /**< whole ones */
    uint64_t chunks_done, chunks, chunks_damaged;
    double seconds; /**< since this part of the run began; NaN: unknown */
    double rate;    /**< patients a second since then, from the times of the chunks; NaN */
    double left;    /**< seconds until all are simulated, at that rate; NaN */
    size_t n_arm;
    const pf_watch_arm *arm; /**< 0 and NULL: no figures, and `why` says why */
    size_t n_grade;
    const char *const *grade;     /**< names, e.g. "CRS" */
    const char *progression_free; /**< "PFS", or "RFS" of criteria recurrence; NULL: the study
                                     has none */
    const char *overall;          /**< "OS"; NULL: the study has none */
    int has_response;             /**< the study has best responses */
    const char *why;              /**< no figures, or no command to resume: the reason; NULL */
    const char *resume;           /**< STOPPED: the command that goes on; NULL */
    const char *report;           /**< COMPLETE: path of the page; NULL */
} pf_watch_view;

/** Watch `folder`. With `may_come` a folder that is not there yet, or holds nothing, is ABSENT
 * until a run begins in it; without, that is REFUSED. pf_watch_close `*out`. */
PF_API pf_status pf_watch_open(
    const char *folder, int may_come, pf_watch **out, pf_error *error);
/** Look. DONE whatever the state of the run; FAILED when it is damaged; REFUSED when the folder
 * has gone. */
PF_API pf_status pf_watch_look(pf_watch *watch, pf_watch_view *view, pf_error *error);
/** A view as one line of JSON, without a line feed (`perforin-watch-1`). */
PF_API pf_status pf_watch_json(const pf_watch_view *view, char **text, pf_error *error);
PF_API void pf_watch_close(pf_watch *watch); /**< NULL is allowed; the run goes on */

#ifdef __cplusplus
}
#endif
#endif
