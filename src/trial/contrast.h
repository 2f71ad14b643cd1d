/* contrast.h: an arm less the arm it is to be compared with, replicate by replicate.
 *
 * In paired arms the two hold the same people, so that a difference is the doing of what
 * differs between the arms, and chance among patients falls out of it: this is how an ablation
 * is shown, its direction and its size. In other arms the same people are missing, and the
 * differences are wider. Difference of a measure in replicate r: its value in the arm less that
 * in the other; INFINITY or -INFINITY when one of two medians is not reached, undefined when
 * neither is. Depends on: summary, spread. Threads: pure functions. */
#ifndef PF_TRIAL_CONTRAST_H
#define PF_TRIAL_CONTRAST_H
#include "trial/summary_parts.h"

/* Arm against its reference (pf_arm_reference). */
typedef struct pf_contrast {
    size_t arm, against;
    int same_people;
} pf_contrast;

typedef struct pf_difference {
    pf_measure measure;        /* of the arm */
    double value, other;       /* of the two arms: means over replicates, medians where some
                                  replicates do not reach it */
    pf_spread spread;          /* of the differences */
    double higher, lower, all; /* replicates in which it is, by more than rounding;
                                  `all`: in which it is defined */
} pf_difference;

/** The `nth` contrast of the study: arms that are paired with others, or without a mechanism. 0
 * when there are no more. */
int pf_contrast_nth(const pf_study *s, size_t nth, pf_contrast *out);
/** Is measure `i` of the summary one that contrasts show: ORR, CR, medians of PFS and OS,
 * shares at a time, peak and area of the kinetics, grades, events, persistence and what else
 * both arms were asked for? */
int pf_contrast_shows(const pf_summary *s, const pf_contrast *c, size_t i);
PF_NODISCARD pf_err pf_contrast_fit(
    pf_ctx *ctx, const pf_summary *s, const pf_contrast *c, size_t i, pf_difference *out);
/** Which of the two arms reach the median, in the centre of the replicates: "both", "arm",
 * "against" or "neither"; in the last case a difference says nothing, whatever a few replicates
 * give. */
const char *pf_contrast_reached(const pf_difference *d);
/** "higher", "lower" or "no different", by what most replicates say; *share of them that do. */
const char *pf_contrast_direction(const pf_difference *d, double *share);

/** `contrasts` of summary.json; nothing when there are none. */
PF_NODISCARD pf_err pf_contrast_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out);
/** Lines under the table on a terminal. */
PF_NODISCARD pf_err pf_contrast_text(pf_ctx *ctx, const pf_summary *s, pf_buf *out);

#endif
