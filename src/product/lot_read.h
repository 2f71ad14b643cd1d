/* lot_read.h: lot plans and specifications from YAML.
 *
 * A lot file says how cells are made; all its numbers are entries of `variables:`, each with a
 * source, and the names in quantities.h mean something to the pipeline. Formulas read variables
 * in the unit in which they are written. Every problem goes to r->diag with its place.
 * Depends on: input, patient (variables), lot. */
#ifndef PF_PRODUCT_LOT_READ_H
#define PF_PRODUCT_LOT_READ_H
#include "input/field.h"
#include "product/lot.h"

extern const pf_fields PF_LOT_FIELDS, PF_SPECIFICATION_FIELDS;

/* Where other files come from: a study notes them among its sources, `perforin lot` does not.
 */
typedef struct pf_lot_opener {
    void *payload;
    /* The YAML map of the file `name` that stands at `place`; NULL after telling r->diag. */
    const pf_yaml *(*yaml)(void *payload, const char *name, const pf_place *place);
} pf_lot_opener;

/** Read a plan from `root`. `extra` are names its formulas may read besides its own; those in
 * `from_patient:` that are among them replace the file's variables. `spec` replaces the file's
 * specification unless NULL. */
void pf_lot_plan_read(pf_reader *r, const pf_yaml *root, const pf_lot_opener *open,
    const char *spec, pf_lot_plan *out);
/** Tie the plan to a patient's variables and prepare it for making lots. */
void pf_lot_plan_check(pf_reader *r, const pf_yaml *root, const char *const *extra,
    size_t n_extra, pf_lot_plan *p);
/** Read a specification. */
void pf_specification_read(pf_reader *r, const pf_yaml *root, pf_specification *out);
/** Markdown: the keys of both files, the quantities and the attributes. */
void pf_lot_reference(pf_buf *out);

#endif
