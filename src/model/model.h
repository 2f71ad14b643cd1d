/* model.h: a model as people wrote it: names, values, roles; and its compilation to a program.
 *
 * Read from Antimony (docs/reference/antimony.md lists the subset). Submodels are flattened
 * with a dot: `lung.phi`. Lines that start with `//!` are directives; other Antimony tools read
 * past them:
 *     //! small Tp below 100                    Tp leaves the ODE below 100 cells (program.h)
 *     //! discrete Tp                           the reactions of Tp are jumps, always
 *     //! role target-lesion diameter [mm]      what the outside may do with a name
 * Names in directives of a submodel are flattened like all others.
 * Depends on: base, program. Threads: read-only once made, so it may be shared. */
#ifndef PF_MODEL_MODEL_H
#define PF_MODEL_MODEL_H
#include "model/program.h"

typedef struct pf_model pf_model;

typedef enum {
    PF_SYMBOL_PARAMETER, /**< a constant of one patient; may be set from outside */
    PF_SYMBOL_STATE,     /**< a species with reactions or a variable with a rate rule */
    PF_SYMBOL_ASSIGNED,  /**< `:=` a function of time, states and parameters */
} pf_symbol_kind;

/* One name of the model. Borrowed from the model. */
typedef struct pf_symbol {
    const char *name;
    pf_symbol_kind kind;
    size_t index; /**< among parameters, states, or assigned names */
    double value; /**< default of a parameter or initial state; NaN when an expression decides,
                     in prep or (pf_program.started) in init */
    const char *unit; /**< as declared with `has` ("1": dimensionless); NULL when undeclared */
    const char *unit_means; /**< the same without names that the model defines; NULL */
    int line;               /**< where it was first given a value or rule */
    int hidden; /**< 1: no name of the model: `{S}`, the amount that is held for a species S
                   whose compartment changes its size, or what makes a program complete */
} pf_symbol;

/* One `//! role` directive. */
typedef struct pf_role {
    const char *role; /**< e.g. "target-lesion", "dose.pembrolizumab" */
    const char *name; /**< flattened name it applies to; always exists in the model */
    const char *unit; /**< text in square brackets, NULL when absent */
    int line;
} pf_role;

/** Read an Antimony or SBML file (SBML: the first thing in it is `<`; sbml_read.h); the last
 * model of an Antimony file is the main one. On failure `*out` is NULL and ctx holds
 * "file:line:column: what is wrong; what to do". Errors: IO, MODEL, NO_MEMORY */
PF_NODISCARD pf_err pf_model_read(pf_ctx *ctx, const char *path, pf_model **out);
/** The same from text; `name` is what messages call it. */
PF_NODISCARD pf_err pf_model_parse(
    pf_ctx *ctx, const char *text, const char *name, pf_model **out);
void pf_model_free(pf_model *m); /**< NULL is allowed */

const char *pf_model_name(const pf_model *m);
/** Files that the model's file imports, directly or not, with pf_hash of their bytes. */
size_t pf_model_import_count(const pf_model *m);
const char *pf_model_import(const pf_model *m, size_t i, uint64_t *hash);
size_t pf_model_count(const pf_model *m, pf_symbol_kind kind);
/** The symbol of that kind and index; index below pf_model_count. */
const pf_symbol *pf_model_symbol(const pf_model *m, pf_symbol_kind kind, size_t index);
/** NULL when the model has no such name. */
const pf_symbol *pf_model_find(const pf_model *m, const char *name);
/** The compartment whose size divides an amount that is added to a state, because the state is
 * the concentration of a species; NULL: the state takes amounts as they are. */
const pf_symbol *pf_model_size(const pf_model *m, const pf_symbol *state);
/** The state that holds what `name` stands for: itself, or the amount `{name}` of a species
 * whose compartment changes its size. NULL when there is none. */
const pf_symbol *pf_model_holder(const pf_model *m, const char *name);
/** The nearest name of the model for a suggestion; NULL when none is near. */
const char *pf_model_nearest(const pf_model *m, const char *name);
/** Events, in the order of pf_program.event. */
size_t pf_model_event_count(const pf_model *m);
/** Of event i; NULL when it has none. */
const char *pf_model_event_name(const pf_model *m, size_t i);
size_t pf_model_role_count(const pf_model *m);
const pf_role *pf_model_role(const pf_model *m, size_t i);
/** The name of a reaction; NULL when it has none. Reactions are the channels of a stochastic
 * program, in this order. */
const char *pf_model_reaction(const pf_model *m, size_t i);

typedef struct pf_compile_options {
    const char *const *outputs; /**< observables wanted: any names of the model; of a species S
                                   also `[S]`, its concentration, and `{S}`, its amount */
    size_t n_outputs;
    const char *const *inputs; /**< derived parameters (k = a*b) and states whose value comes
                                  from outside: their own value is dropped, so that prep and
                                  init leave them alone */
    size_t n_inputs;
    /** [n_param] values that are the same in every case that this program will run, NaN: not
     * so. They become numbers, and what they switch off is left out. NULL: any value may
     * change. A case must still be given them. */
    const double *fixed;
    /** [n_state] With `fixed`: 1 for states that are set, dosed or infused from outside. The
     * others that start at zero and never leave it are left out (program.h: rest). */
    const uint8_t *touched;
    /** [n_state] With `fixed`: 1 for states that somebody reads besides the outputs. What no
     * output, event, population or such state depends on is left out too. NULL: all are read.
     */
    const uint8_t *watched;
    int stochastic; /**< 1: all reactions are jumps, none is in the right-hand side */
} pf_compile_options;

/** Compile. The caller owns `*out`. Errors: MODEL (an unknown output or input, with the nearest
 * name), NO_MEMORY */
PF_NODISCARD pf_err pf_model_compile(
    pf_ctx *ctx, const pf_model *m, const pf_compile_options *options, pf_program **out);
void pf_program_free(pf_program *p); /**< NULL is allowed */

#endif
