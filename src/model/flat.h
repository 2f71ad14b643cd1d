/* flat.h: a model as one flat list of variables, reactions and events: what every reader makes
 * (flatten.h from Antimony, sbml_read.h from SBML), what build.h turns into a graph, what the
 * writers write and units.h checks.
 *
 * Meaning follows SBML L3V2 core. A species stands for its concentration in formulas, values,
 * rules and rates, unless it has no compartment or says PF_SAYS_AMOUNT (hasOnlySubstanceUnits):
 * then for its amount. Reactions change amounts: d(amount of s)/dt = sum over parts of sign *
 * factor * value(by) * conversion(s) * rate. When a compartment changes its size, amounts stay.
 * Depends on: ast, names. */
#ifndef PF_MODEL_FLAT_H
#define PF_MODEL_FLAT_H
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
    unsigned says;        /* PF_SAYS_... */
    int in_reaction;      /* a reactant or product of some reaction */
    uint32_t compartment; /* PF_NO_NAME: none */
    uint32_t conversion;  /* of a species: variable with its conversion factor; PF_NO_NAME: 1 */
    const char *unit;
    const char *title; /* name for people (SBML `name`); NULL */
    pf_def value;      /* at the start: number or initial assignment. With PF_SAYS_STARTS_AMOUNT
                          an amount, whatever the name stands for */
    pf_def rule, rate; /* follows this formula; changes at this rate */
} pf_var;

/* A reactant (sign -1) or product (+1). Its stoichiometry is factor * value(by). */
typedef struct pf_side {
    uint32_t var;
    int sign;
    double factor;
    uint32_t by; /* PF_NO_NAME: 1 */
} pf_side;

typedef struct pf_reaction {
    uint32_t var; /* the name that stands for the rate (its `rule`); PF_NO_NAME: no name */
    pf_def rate;  /* amount / time */
    size_t side0, n_side, n_modifier; /* in `side` of the model; modifiers come after the sides,
                                         with sign 0 */
    int reversible;
    pf_place at;
} pf_reaction;

typedef struct pf_set { /* an assignment of an event */
    uint32_t var;
    pf_def value;
} pf_set;

/* Semantics of the flags as in SBML L3V2 4.11; see pf_event in program.h. */
typedef struct pf_happening {
    const char *name;  /* NULL: none */
    const char *title; /* name for people; NULL */
    pf_def trigger, delay, priority;
    int initial, persistent, from_trigger;
    size_t set0, n_set; /* in `set` of the model */
    pf_place at;
} pf_happening;

typedef struct pf_mark { /* a directive */
    const pf_st *st;
    uint32_t var;
} pf_mark;

/* A unit definition, `text` in a form that UDUNITS-2 reads ("1e-3 mol/l"). */
typedef struct pf_unit_def {
    const char *name, *text;
    pf_place at;
} pf_unit_def;

typedef struct pf_flat {
    pf_ctx *ctx;
    const pf_ast *ast; /* file name and functions */
    pf_arena *arena;
    const char *name;  /* of the model */
    const char *title; /* name for people; NULL */
    pf_place at;
    pf_names names, instances;
    pf_var *var; /* [names.n] */
    size_t var_capacity;
    pf_reaction *reaction;
    size_t n_reaction, reaction_capacity;
    pf_side *side;
    size_t n_side, side_capacity;
    pf_happening *event;
    size_t n_event, event_capacity;
    pf_set *set;
    size_t n_set, set_capacity;
    pf_def *algebraic; /* 0 = formula */
    size_t n_algebraic, algebraic_capacity;
    pf_unit_def *unit;
    size_t n_unit, unit_capacity;
    const char *time_unit, *substance_unit, *volume_unit, *extent_unit; /* NULL: not said */
    pf_mark *mark;
    size_t n_mark, mark_capacity;
    int lenient; /* SBML: a value may be missing while nothing reads it, and beside a rule it
                    does not count */
    size_t steps;
} pf_flat;

void pf_flat_clear(pf_flat *flat);
/** The variable that `v` became. */
uint32_t pf_flat_root(const pf_flat *flat, uint32_t v);
/** Look up `name` under `prefix`; PF_NO_NAME and ctx told when there is none. */
uint32_t pf_flat_find(pf_flat *flat, const char *prefix, const char *name, pf_place at);
/** A new variable, or PF_ERR_NO_MEMORY; `name` is kept, not copied. The name must be new. */
PF_NODISCARD pf_err pf_flat_add(pf_flat *flat, const char *name, pf_place at, uint32_t *out);

#endif
