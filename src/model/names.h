/* names.h: names and their numbers, 0, 1, 2 in the order of adding. The texts are borrowed.
 * Depends on: base. */
#ifndef PF_MODEL_NAMES_H
#define PF_MODEL_NAMES_H
#include "base/base.h"

#define PF_NO_NAME UINT32_MAX

typedef struct pf_names {
    const char **text;
    size_t n, capacity;
    uint32_t *table; /* number + 1 */
    size_t table_size;
} pf_names;

/** The number of `text`, or PF_NO_NAME. */
uint32_t pf_names_find(const pf_names *names, const char *text);
/** Add a text that is not there yet. */
PF_NODISCARD pf_err pf_names_add(pf_ctx *ctx, pf_names *names, const char *text);
void pf_names_clear(pf_names *names);
/** The nearest of the names, or NULL. */
const char *pf_names_nearest(const pf_names *names, const char *text);

#endif
