/* judge.h: real lots from a table against a specification: accept, reject, why.
 *
 * One row for each lot. The column `lot` names it; a column named like an attribute holds what
 * was measured, with its unit behind the name, `viability [%]`, or in a second row that begins
 * with `unit`. Results that come later say `pending`; sterility says `no growth` or `growth`.
 * Columns `product`, `donor`, `date`, `coi_id`, `din` and `note` are kept as text. A table with
 * any mistake is refused as a whole: each one is told with line, column, what was expected and
 * the mend, and no lot is judged. Depends on: lots, input/table. Threads: no shared state. */
#ifndef PF_PRODUCT_JUDGE_H
#define PF_PRODUCT_JUDGE_H
#include "product/lots.h"

typedef enum {
    PF_LOT_VERDICT_ACCEPT,
    PF_LOT_VERDICT_EXCEPTION,
    PF_LOT_VERDICT_PENDING,
    PF_LOT_VERDICT_REJECT
} pf_lot_verdict;
const char *pf_lot_verdict_text(pf_lot_verdict v);

typedef struct pf_judged {
    const char *lot;
    double value[PF_TESTS_MAX]; /* in the attribute's unit; NaN: pending */
    uint32_t missed, pending;   /* bit i: test i */
    pf_lot_verdict verdict;
} pf_judged;

typedef struct pf_judgement {
    pf_arena arena;
    const pf_specification *specification; /* borrowed */
    size_t n;
    pf_judged *lot;
} pf_judgement;

/* A table as it came. */
typedef struct pf_real_lots {
    const char *name; /* what messages call it */
    const char *text;
    size_t size;
} pf_real_lots;

/** Judge a table. Problems go to `diag`, which keeps the text. Errors: CONFIG (the table has
 * mistakes), NO_MEMORY */
PF_NODISCARD pf_err pf_judge(pf_ctx *ctx, pf_diag *diag, pf_units *units,
    const pf_specification *s, const pf_real_lots *real, pf_judgement *out);
void pf_judgement_clear(pf_judgement *j); /**< a zeroed one is fine */

void pf_judgement_text(const pf_judgement *j, pf_buf *out);
void pf_judgement_json(const pf_judgement *j, pf_buf *out);
void pf_judgement_csv(const pf_judgement *j, pf_buf *out);

#endif
