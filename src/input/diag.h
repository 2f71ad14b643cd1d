/* diag.h: everything that is wrong with somebody's files, collected, and shown all at once.
 *
 *     trial.yaml:14:13: error: a dose of cells cannot be in mg
 *        14 |       dose: 200 mg
 *           |             ^^^^^^ for a drug write 'drug:' instead of 'product:'
 *     1 error, 0 warnings; nothing was run
 *
 * A problem has a sentence, what was expected, and the mend. Adding never fails in the caller's
 * hands: without memory the list remembers that, and pf_diag_ok tells.
 * Depends on: base, place. Threads: belongs to one thread. */
#ifndef PF_INPUT_DIAG_H
#define PF_INPUT_DIAG_H
#include "base/base.h"
#include "input/place.h"

typedef enum { PF_SEVERITY_ERROR, PF_SEVERITY_WARNING } pf_severity;

typedef struct pf_problem {
    pf_severity severity;
    pf_place place;       /**< line 0: the file as a whole */
    const char *sentence; /**< what is wrong; never NULL */
    const char *expected; /**< what would have been right; NULL when the sentence says it */
    const char *mend;     /**< what to do; NULL when obvious */
    size_t order;         /* of arrival: decides between problems at one place */
} pf_problem;

struct pf_diag_file;

typedef struct pf_diag {
    pf_ctx *ctx;
    pf_arena arena;
    size_t n, capacity;
    pf_problem *problem;
    size_t n_file, file_capacity;
    struct pf_diag_file *file;
    size_t errors, warnings; /**< counted even when too many to keep */
    size_t told;      /**< errors, repeated ones included: has something gone wrong since? */
    pf_problem *open; /* the one that pf_diag_expected and pf_diag_mend complete */
    pf_err failed;
} pf_diag;

void pf_diag_init(pf_diag *d, pf_ctx *ctx);
void pf_diag_clear(pf_diag *d);
/** PF_OK, or why the list is not complete. */
PF_NODISCARD pf_err pf_diag_ok(const pf_diag *d);

/** Keep the text of a file, so that its lines can be shown. Files are shown in this order. */
void pf_diag_file(pf_diag *d, const char *name, const char *text, size_t size);

/** Add a problem. The same sentence at the same place is kept once. */
void pf_diag_error(pf_diag *d, const pf_place *place, const char *fmt, ...) PF_PRINTF(3, 4);
void pf_diag_warning(pf_diag *d, const pf_place *place, const char *fmt, ...) PF_PRINTF(3, 4);
/** Complete the problem that was added last. */
void pf_diag_expected(pf_diag *d, const char *fmt, ...) PF_PRINTF(2, 3);
void pf_diag_mend(pf_diag *d, const char *fmt, ...) PF_PRINTF(2, 3);
/** "; did you mean 'x'?" for the candidate nearest to `name`, or "". Lives as long as the list.
 */
const char *pf_diag_near(pf_diag *d, const char *name, const char *const *candidates, size_t n);

/** Put the first error, in the order of the files, into the context, with its place and how
 * many there are. `file` is named when there is none. Returns CONFIG. */
pf_err pf_diag_fail(pf_ctx *ctx, pf_diag *d, const char *file);

/** Order by file and place; rendering does it too. */
void pf_diag_sort(pf_diag *d);
void pf_diag_text(pf_diag *d, pf_buf *out);
/** {"errors": n, "warnings": n, "problems": [{severity, file, line, column, ...}]}, as one
 * member `key` of an open object, or on its own for NULL. */
void pf_diag_json(pf_diag *d, const char *key, pf_buf *out);

#endif
