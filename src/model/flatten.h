/* flatten.h: a main model and its submodels as one list of variables with dotted names.
 *
 * Two names become one by an argument of a submodel or by `A.x is y`; the outer one stays. What
 * an outer model says about a name replaces what the submodel said. Depends on: ast, names. */
#ifndef PF_MODEL_FLATTEN_H
#define PF_MODEL_FLATTEN_H
#include "model/ast.h"
#include "model/names.h"

/* A formula, and the prefix its names are looked up with. */
typedef struct pf_def {
    const pf_expr *expr; /* NULL: absent */
    const char *prefix;
    int level; /* 0: written in the main model */
    pf_place at;
} pf_def;

typedef struct pf_var {
    const char *name;
    uint32_t merged; /* itself, or the variable it became one with */
    int level;
    pf_place at;
    unsigned says;
    int in_reaction;
    uint32_t compartment; /* PF_NO_NAME: none */
    const char *unit;
    pf_def value, rule, rate;
} pf_var;

typedef struct pf_flux {
    uint32_t var;
    double stoichiometry;
    pf_def rate;
} pf_flux;

typedef struct pf_mark { /* a directive */
    const pf_st *st;
    uint32_t var;
} pf_mark;

typedef struct pf_flat {
    pf_ctx *ctx;
    const pf_ast *ast;
    pf_arena *arena;
    const pf_module *main;
    pf_names names, instances;
    pf_var *var; /* [names.n] */
    size_t var_capacity;
    pf_flux *flux;
    size_t n_flux, flux_capacity;
    pf_mark *mark;
    size_t n_mark, mark_capacity;
    size_t steps;
} pf_flat;

/** On failure `flat` still wants pf_flat_clear. Texts are kept in `arena`. */
PF_NODISCARD pf_err pf_flatten(pf_ctx *ctx, const pf_ast *ast, pf_arena *arena, pf_flat *flat);
void pf_flat_clear(pf_flat *flat);
/** The variable that `v` became. */
uint32_t pf_flat_root(const pf_flat *flat, uint32_t v);
/** Look up `name` under `prefix`; PF_NO_NAME and ctx told when there is none. */
uint32_t pf_flat_find(pf_flat *flat, const char *prefix, const char *name, pf_place at);

#endif
