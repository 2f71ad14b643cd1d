/* population_read.h: variables, settings, correlations and conditions from YAML.
 *
 * A population file, a product file and the `unknowns:` of a study hold the same kinds of
 * entries. Numbers keep the unit in which an entry's centre is written, and `unit` says which;
 * but `weight` arrives in kg, `bsa` in m2, and what the model declares a unit for, in that
 * unit. Formulas read these numbers. Depends on: input, model, population. */
#ifndef PF_PATIENT_POPULATION_READ_H
#define PF_PATIENT_POPULATION_READ_H
#include "input/field.h"
#include "model/model.h"
#include "patient/population.h"

extern const pf_fields PF_POPULATION_FIELDS, PF_PRODUCT_FIELDS, PF_VARIABLE_FIELDS;

/** Read a population file (`product` 0) or a product file (1). `model` may be NULL: then
 * nothing is compared with it. Strings and arrays go to r->arena. Problems go to r->diag. */
void pf_population_read(
    pf_reader *r, const pf_yaml *root, int product, const pf_model *model, pf_population *out);
/** Compare the keys of a file with those it may have, and nothing else: for a base, whose
 * entries are read where they are used. */
void pf_population_keys(pf_reader *r, const pf_yaml *root, int product);
/** One file from two: `top` stands on `base` (its `base:` names it), and both are maps.
 *
 * Entries of `top` replace those of `base` in place: variables and attributes by `name`,
 * settings by `parameter`, correlations by their pair; the others are appended, conditions
 * always. `remove:` takes out variables, settings and conditions (by their text) of the base,
 * and with a variable its correlations. A variable of `top` that is a parameter takes the
 * place of the base's setting of it. Every node keeps its place, so messages point at the file
 * that says it. The result borrows from both and lives in `trees`; NULL without memory.
 * Problems (what is to be removed is not there) go to r->diag. */
const pf_yaml *pf_population_over(
    pf_reader *r, pf_arena *trees, const pf_yaml *base, const pf_yaml *top);
/** Read a list of variables alone, the `unknowns:` of a study. */
void pf_variables_read(
    pf_reader *r, const pf_yaml *list, const pf_model *model, pf_population *out);

/* What to compare a population with, once everything has been read. */
typedef struct pf_population_scope {
    const char *const *extra; /* names its formulas may read besides its own */
    size_t n_extra;
    const pf_model *model;   /* NULL: unknown */
    const char *const *used; /* names that others read: formulas of products, strata */
    size_t n_used;
    int parameters_only; /* every variable must be a parameter of the model (unknowns) */
} pf_population_scope;

/** Formulas parse, settings name parameters, every variable is of use, the whole can be drawn
 * (it is prepared afterwards). `root` is the file, or the list of unknowns. */
void pf_population_check(
    pf_reader *r, const pf_yaml *root, const pf_population_scope *scope, pf_population *p);
/** Does a formula of the population read that name? */
int pf_population_mentions(const pf_population *p, const char *name);
/** Does this formula (NULL: none) read that name? */
int pf_formula_mentions(const char *text, const char *name);
/** The place of what pf_formula_parse complains of: "column 7: ..." in `*message`, which is
 * moved behind it. */
pf_place pf_formula_place(const pf_yaml *node, const char **message);
/** Index of a variable; n_variable when there is none. */
size_t pf_population_find(const pf_population *p, const char *name);
/** Add what another layer said: its "file:line:column: " becomes the place, else `place` is it.
 */
void pf_reader_told(pf_reader *r, const pf_place *place, const char *message);

#endif
