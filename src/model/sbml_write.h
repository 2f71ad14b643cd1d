/* sbml_write.h: a flat model as SBML level 3 version 2 core.
 *
 * The text is written directly, for numbers keep all their digits that way; that it is valid is
 * tested with libSBML's own consistency check. Submodels are flattened: `lung.T` has the id
 * `lung_T` and the name `lung.T`. Species without a compartment stand in one of size 1.
 * Directives go into an annotation of the model, in the namespace PF_SBML_DIRECTIVES.
 * Everything that the flat model holds is written or refused by name. Depends on: writing.
 * Threads: one. */
#ifndef PF_MODEL_SBML_WRITE_H
#define PF_MODEL_SBML_WRITE_H
#include "model/writing.h"

#define PF_SBML_DIRECTIVES "urn:perforin:directives"

/** Append the document to `out`. Errors: MODEL (the sentence says what cannot be written),
 * NO_MEMORY */
PF_NODISCARD pf_err pf_sbml_write(pf_ctx *ctx, pf_flat *f, pf_buf *out);

/* For the parts of the writer. */

typedef struct pf_sbml_unit { /* a unit that a text asks for */
    const char *text, *id;
} pf_sbml_unit;

typedef struct pf_sbml_writing {
    pf_writing w;
    pf_buf *out;
    unsigned depth;     /* of elements */
    const char *place;  /* compartment of species that have none; NULL: not needed */
    pf_sbml_unit *unit; /* texts seen so far, besides the model's own definitions */
    size_t n_unit, unit_capacity;
    pf_buf rules; /* assignments of stoichiometries, found on the way */
} pf_sbml_writing;

/** `<math>` with a formula. `arg`: names of a function's arguments, written as lambda; or NULL.
 */
PF_NODISCARD pf_err pf_sbml_write_math(pf_sbml_writing *s, const pf_expr *e, const char *prefix,
    const char *const *arg, size_t n_arg);
/** The unit id for a unit's text. `*out` NULL: none was asked for. */
PF_NODISCARD pf_err pf_sbml_unit_id(
    pf_sbml_writing *s, const char *text, pf_place at, const char **out);
/** The unit that an element of `v` has; of a concentration that of its amount. NULL: none. */
const char *pf_sbml_unit_of(const pf_sbml_writing *s, const pf_var *v);
/** Ask for the units of everything that is to be written. */
PF_NODISCARD pf_err pf_sbml_ask_units(pf_sbml_writing *s);
/** listOfUnitDefinitions: the own ones and those asked for. */
PF_NODISCARD pf_err pf_sbml_write_units(pf_sbml_writing *s);
PF_NODISCARD pf_err pf_sbml_write_reactions(pf_sbml_writing *s);
PF_NODISCARD pf_err pf_sbml_write_events(pf_sbml_writing *s);

/** ` name="text"`, escaped. */
PF_NODISCARD pf_err pf_sbml_attribute(
    pf_sbml_writing *s, const char *name, const char *text, pf_place at);
void pf_sbml_number_text(pf_buf *out, double x); /**< as attributes have it: INF, NaN */
/** A new line, indented for `depth`. */
void pf_sbml_line(pf_sbml_writing *s, const char *text);
void pf_sbml_open(pf_sbml_writing *s, const char *element);  /**< a line <element> */
void pf_sbml_close(pf_sbml_writing *s, const char *element); /**< a line </element> */

#endif
