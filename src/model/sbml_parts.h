/* sbml_parts.h: what the parts of the SBML reader share. Only sbml_*.c include it.
 * Depends on: flat, libSBML. */
#ifndef PF_MODEL_SBML_PARTS_H
#define PF_MODEL_SBML_PARTS_H
#include "model/flat.h"

#include <sbml/SBMLTypes.h>

typedef struct pf_sbml {
    pf_ctx *ctx;
    const char *file;
    pf_ast *ast; /* its functions and arena are filled */
    pf_flat *flat;
    SBMLDocument_t *doc;
    Model_t *model;
    unsigned level, version;
    int line_shift; /* lines of the file minus lines that libSBML counts */
} pf_sbml;

/* What names of one formula mean before the model's own names are asked. */
typedef struct pf_sbml_scope {
    const FunctionDefinition_t *function; /* its arguments; NULL: none */
    KineticLaw_t *law;                    /* its local parameters; NULL: none */
    const char *reaction;                 /* of the law */
} pf_sbml_scope;

/** Refuse what would make libxml2 or libSBML recurse without bound: deep nesting, endless
 * formulas of level 1, document types with entities; and NUL bytes. Errors: MODEL */
PF_NODISCARD pf_err pf_sbml_scan(pf_ctx *ctx, const char *file, const char *text, size_t size);
/** Refuse a root element whose level, version and namespace are not those of one SBML. */
PF_NODISCARD pf_err pf_sbml_root(pf_ctx *ctx, const char *file, const char *text, size_t size);
/** The first error of the document's log, as a sentence. PF_OK when there is none. */
PF_NODISCARD pf_err pf_sbml_log(pf_sbml *s);
/** Replace the document's model by its flattened form when it uses `comp`. */
PF_NODISCARD pf_err pf_sbml_flatten(pf_sbml *s);

/** A formula. `scope` NULL: only the model's names. `out->expr` lives in the arena. */
PF_NODISCARD pf_err pf_sbml_math(
    pf_sbml *s, const ASTNode_t *math, const pf_sbml_scope *scope, pf_place at, pf_def *out);
/** A formula that is the number `x`, which may be infinite or none. */
PF_NODISCARD pf_err pf_sbml_number(pf_sbml *s, double x, pf_place at, pf_def *out);
/** A formula that is `x` times the variable `name`. */
PF_NODISCARD pf_err pf_sbml_product(
    pf_sbml *s, double x, const char *name, pf_place at, pf_def *out);

PF_NODISCARD pf_err pf_sbml_units(pf_sbml *s);
PF_NODISCARD pf_err pf_sbml_functions(pf_sbml *s);
/** Compartments, species, parameters. */
PF_NODISCARD pf_err pf_sbml_quantities(pf_sbml *s);
PF_NODISCARD pf_err pf_sbml_reactions(pf_sbml *s);
/** Initial assignments and rules. */
PF_NODISCARD pf_err pf_sbml_equations(pf_sbml *s);
PF_NODISCARD pf_err pf_sbml_events(pf_sbml *s);
/** What sbml_write.h keeps in the model's annotation. */
PF_NODISCARD pf_err pf_sbml_directives(pf_sbml *s);

/** Where an element stands. `element`: any object of libSBML that is an SBase. */
pf_place pf_sbml_place(const pf_sbml *s, const void *element);
/** Read a text that was scanned, and set `line_shift`. NULL when there is no memory. */
SBMLDocument_t *pf_sbml_document(pf_sbml *s, const char *text, size_t size);
/** Does the text name functions of the package distrib? */
int pf_sbml_has_distrib(const char *text, size_t size);
/** The text with them written as calls of "distrib:normal" and so on (build_draw.c). */
PF_NODISCARD pf_err pf_sbml_distrib(const char *text, size_t size, pf_buf *out);
/** A copy of `text` in the arena; NULL for NULL or "" (and when there is no memory). */
const char *pf_sbml_text(pf_sbml *s, const char *text);
/** A new variable; a second one of the same name is refused. */
PF_NODISCARD pf_err pf_sbml_add(pf_sbml *s, const char *id, pf_place at, uint32_t *out);
/** The variable `id`, or a failure that says who asks: "the species of reaction 'J'". */
PF_NODISCARD pf_err pf_sbml_find(
    pf_sbml *s, const char *id, pf_place at, const char *who, uint32_t *out);

#endif
