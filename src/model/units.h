/* units.h: do the units of a whole model agree?
 *
 * Every formula is read with units instead of numbers. What a name is in comes from `has`,
 * `k = 3 mL`, SBML or a role; of names that say nothing it is worked out: the unit of each is
 * an unknown, every sum, comparison, assignment and rate an equation between products of
 * powers, and these are linear in the exponents (A. Kennedy, "Relational parametricity and
 * units of measure", 1997), so that elimination finds what can be known. What stays unknown
 * agrees with all.
 *
 * Rules. Terms of sums, of comparisons, of min and max, and branches of piecewise have one
 * unit; arguments of exp, ln, sin and their kin, and exponents, are pure numbers; a power with
 * a constant exponent (a number, or a parameter's own value) multiplies the exponents; a rate
 * is in the variable's unit per time; a reaction is in the amount of what it changes per time;
 * a delay is a time, a priority a number. A bare number agrees with anything in a sum and is a
 * pure number in a product. Units that measure the same but differ in size (hour, day) do not
 * agree. Functions are read anew for each call.
 *
 * Each place is told once, and what was inferred from a formula that clashes elsewhere is not
 * held against later ones. Depends on: reading, input/quantity. Threads: one for each object.
 */
#ifndef PF_MODEL_UNITS_H
#define PF_MODEL_UNITS_H
#include "input/quantity.h"
#include "model/model.h"

struct pf_flat;

enum { PF_CLASHES_MOST = 20 };

typedef struct pf_clash {
    const char *file; /* NULL: the one that was asked for */
    int line, column; /* from 1; 0: not known */
    const char *sentence, *mend;
} pf_clash;

typedef struct pf_clashes {
    pf_arena arena;
    size_t n; /* all of them */
    size_t kept;
    pf_clash clash[PF_CLASHES_MOST]; /* [kept], in the order of the file */
} pf_clashes;

/** 1 when the model says some unit, other than in roles; if not, nothing is looked at. */
int pf_units_said(const struct pf_flat *flat);
/** Find the clashes. `out` is filled here and wants pf_clashes_clear, also after failures. The
 * model need not be one that builds. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_units_check(
    pf_ctx *ctx, const struct pf_flat *flat, pf_units *units, pf_clashes *out);
/** Read a model file as pf_model_read does, check its units and build it. `model` NULL: it is
 * only read and checked. Errors: those of pf_model_read; IO also when there is no database of
 * units */
PF_NODISCARD pf_err pf_units_check_file(
    pf_ctx *ctx, const char *path, pf_clashes *out, pf_model **model);
void pf_clashes_clear(pf_clashes *c);

#endif
