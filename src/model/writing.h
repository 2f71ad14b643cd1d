/* writing.h: what the writers of models share: identifiers, what varies, formulas in the order
 * of reading. Depends on: flat. Threads: one. */
#ifndef PF_MODEL_WRITING_H
#define PF_MODEL_WRITING_H
#include "model/flat.h"

typedef enum { PF_WRITES_SBML, PF_WRITES_ANTIMONY } pf_writes;

/* Identifiers have letters, digits and underscores: `lung.T` becomes `lung_T`, `lung_T_2` when
 * that is taken. In Antimony words of the language become `word_`. */
typedef struct pf_writing {
    pf_ctx *ctx;
    pf_flat *f;
    pf_arena *arena; /* the flat model's */
    pf_writes to;
    pf_names used;            /* all identifiers */
    const char **id;          /* [names.n]; a name that became another has the other's */
    const char **event_id;    /* [n_event]; NULL: has no name */
    const char **unit_id;     /* [n_unit] */
    const char **function_id; /* [n_function of the ast] */
    uint8_t *varies; /* [names.n] of roots: a rule, rate, reaction, event or algebraic rule
                        changes it */
    uint32_t *n_by;  /* [names.n] of roots: stoichiometries that it stands for */
    int needs[3];    /* PF_WRITING_OWN: called, but not defined in the file */
} pf_writing;

/* Functions that Perforin knows and other tools do not. */
typedef struct pf_own_function {
    const char *name, *antimony, *mathml;
} pf_own_function;
extern const pf_own_function PF_WRITING_OWN[3];

/** On failure `w` still wants pf_writing_close. Errors: MODEL (what no format can say),
 * NO_MEMORY */
PF_NODISCARD pf_err pf_writing_open(pf_ctx *ctx, pf_flat *f, pf_writes to, pf_writing *w);
void pf_writing_close(pf_writing *w);
/** An identifier that is not in use, like `wanted`; NULL when there is no memory. */
const char *pf_writing_fresh(pf_writing *w, const char *wanted);
/** The identifier of what `item` names. */
PF_NODISCARD pf_err pf_writing_name(
    pf_writing *w, const pf_item *item, const char *prefix, const char **out);
/** The identifier of the function that `item` calls. */
PF_NODISCARD pf_err pf_writing_call(pf_writing *w, const pf_item *item, const char **out);
/** Names for the arguments of a function, in the arena. */
PF_NODISCARD pf_err pf_writing_arguments(
    pf_writing *w, const pf_function *f, const char *const **out);
/** Refuse with a place: "name: sentence". */
pf_err pf_writing_fail(const pf_writing *w, pf_place at, const char *what, const char *why);
/** Is the variable written as a side's own identifier (SBML: the id of a speciesReference)? */
int pf_writing_is_side(const pf_writing *w, uint32_t v);

/* A formula as a tree: the operands of item i are the subtrees that end right before it. */
typedef struct pf_tree {
    const pf_expr *e;
    uint32_t *start; /* [n] first item of the subtree that ends at i */
} pf_tree;
PF_NODISCARD pf_err pf_tree_make(pf_ctx *ctx, const pf_expr *e, pf_tree *out);
void pf_tree_free(pf_tree *t);
/** The operands of `i`, first to last, into `child` (room for pf_item_arity). */
void pf_tree_children(const pf_tree *t, uint32_t i, uint32_t *child);

#endif
