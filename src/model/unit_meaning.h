/* unit_meaning.h: units of a model in names that others know: where a model defines `unit
 * per_day = 1/day`, what is in per_day is in 1/day. Items are cells. Depends on: flat,
 * unit_text. */
#ifndef PF_MODEL_UNIT_MEANING_H
#define PF_MODEL_UNIT_MEANING_H
#include "model/flat.h"

typedef struct pf_meanings pf_meanings;

/** The definitions of a model, which must outlive it. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_meanings_new(pf_ctx *ctx, const pf_flat *flat, pf_meanings **out);
void pf_meanings_free(pf_meanings *m); /**< NULL is allowed */
/** What `text`, a unit of a variable, means, in `arena`; `text` itself where that cannot be
 * said (units that define each other, or are too long), NULL for NULL. */
PF_NODISCARD pf_err pf_meaning_of(
    pf_meanings *m, pf_arena *arena, const char *text, const char **out);

#endif
