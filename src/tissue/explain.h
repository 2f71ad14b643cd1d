/* explain.h: rules in sentences, with the curve of each answer.
 *
 * A curve is what the behaviour becomes under one signal, all others at 0, the cell alive (or
 * dead, for a rule that only they would hear: there is none). Of a molecule it starts from the
 * median of the type. Depends on: words. Threads: none. */
#ifndef PF_TISSUE_EXPLAIN_H
#define PF_TISSUE_EXPLAIN_H
#include "tissue/words.h"

/* Which rules; all members 0: all. */
typedef struct pf_explain {
    size_t line;                  /* of the table; 0: any */
    const char *type, *behaviour; /* names; NULL: any */
    int json;                     /* 1: one JSON document instead of text */
} pf_explain;

enum { PF_EXPLAIN_POINTS = 61 };

/** "oxygen increases cycle entry of tumour from 0.001 towards 0.003 1/min; ..." */
void pf_rule_sentence(const pf_rules *r, const pf_words *w, const pf_rule *rule, pf_buf *out);
/** The answer to one rule's signal from 0 to three times its half-max: [PF_EXPLAIN_POINTS]. */
void pf_rule_curve(const pf_rules *r, const pf_rule *rule, double *x, double *y);
/** Sentences and curves. Errors: CONFIG (no such rule, type or behaviour: with those that are
 * near), NO_MEMORY */
PF_NODISCARD pf_err pf_rules_explain(
    pf_ctx *ctx, const pf_rules *r, const pf_explain *what, pf_buf *out);

#endif
