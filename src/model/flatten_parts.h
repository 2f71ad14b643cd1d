/* flatten_parts.h: what the parts of flattening share; for flatten*.c and scope.c only.
 * Depends on: flatten. */
#ifndef PF_MODEL_FLATTEN_PARTS_H
#define PF_MODEL_FLATTEN_PARTS_H
#include "model/flatten.h"

enum { PF_SAYS_DELETED = 1 << 30 }; /* with the `says` of a variable, until the end */

/* `var` takes part in the reaction that `reaction` stands for, without being changed. */
typedef struct pf_interaction {
    uint32_t var, reaction;
    pf_place at;
} pf_interaction;

typedef struct pf_interactions {
    pf_interaction *v;
    size_t n, capacity;
} pf_interactions;

/* One instance of a model while its statements are carried out. */
typedef struct pf_scope {
    pf_flat *f;
    const pf_module *module;
    const char *prefix; /* "" or "lung." */
    int level;
    const struct pf_scope *outer;
    pf_interactions *kept;
} pf_scope;

int pf_name_dotted(const char *name); /**< NULL is not */
/** The full name; NULL when there is no memory. */
const char *pf_scope_joined(pf_flat *f, const char *prefix, const char *name);
/** The variable `name` of this scope, made when it is new. */
PF_NODISCARD pf_err pf_scope_own(
    const pf_scope *s, const char *name, pf_place at, uint32_t *out);
/** The same; a dotted name must belong to a submodel of this scope. */
PF_NODISCARD pf_err pf_scope_variable(
    const pf_scope *s, const char *name, pf_place at, uint32_t *out);
pf_def pf_scope_def(const pf_scope *s, const pf_expr *e, pf_place at);
/** The text of a unit, the scope's own units with its prefix. */
PF_NODISCARD pf_err pf_scope_unit(const pf_scope *s, const pf_expr *e, const char **out);
PF_NODISCARD pf_err pf_scope_unit_name(const pf_scope *s, const char *name, const char **out);
PF_NODISCARD pf_err pf_scope_unit_def(const pf_scope *s, const pf_st *st);
PF_NODISCARD pf_err pf_scope_event(const pf_scope *s, const pf_st *st);
PF_NODISCARD pf_err pf_scope_title(const pf_scope *s, const pf_st *st);
PF_NODISCARD pf_err pf_scope_delete(const pf_scope *s, const pf_st *st);
PF_NODISCARD pf_err pf_scope_interaction(const pf_scope *s, const pf_st *st);
/** Give reactions their modifiers and take out what was deleted. */
PF_NODISCARD pf_err pf_flat_finish(pf_flat *f, const pf_interactions *kept);

#endif
