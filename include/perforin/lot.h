/* lot.h: lots of cells: made, certified, compared, and real ones judged. Part of perforin.h. */
#ifndef PERFORIN_LOT_H
#define PERFORIN_LOT_H
#include "perforin/common.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct pf_lot_options {
    size_t size;     /**< set by INIT */
    const char *lot; /**< lot file, or with `judge` also a specification file */
    const char
        *specification; /**< instead of the one that the lot file names; NULL: that one */
    uint64_t n;         /**< lots, at most 100000 */
    uint64_t seed;
    const char *out;      /**< CSV of all lots, or of the judgement; NULL: not written */
    uint64_t certificate; /**< lot 1 .. n whose certificate is wanted; 0: the summary */
    const char *judge;    /**< CSV of real lots; nothing is simulated then */
    const char *compare;  /**< a second lot file: medians side by side */
    int json;
    const volatile int *cancel; /**< as in pf_run_options */
} pf_lot_options;
#define PF_LOT_OPTIONS_INIT                                                                    \
    {                                                                                          \
        .size = sizeof(pf_lot_options), .n = 1000, .seed = 1                                   \
    }

/** Make lots and say what they are like, certify one, compare two plans, or judge real lots.
 * `*text` is the answer, NULL when there is none; `*problems` everything that is wrong with the
 * files, with carets, warnings included; both are freed with pf_text_free. Lot i of a seed is
 * the same whatever n is. Returns DONE, REFUSED, FAILED or STOPPED. */
PF_API pf_status pf_make_lots(
    const pf_lot_options *options, char **text, char **problems, pf_error *error);

#ifdef __cplusplus
}
#endif
#endif
