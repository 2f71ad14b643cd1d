/* assess_read.h: the `assess:` of a study from YAML. Depends on: input, model, assess. */
#ifndef PF_PATIENT_ASSESS_READ_H
#define PF_PATIENT_ASSESS_READ_H
#include "input/field.h"
#include "model/model.h"
#include "patient/assess.h"

extern const pf_fields PF_ASSESS_FIELDS;

/** Read the map. The model says which markers there are and whether it has a kinetics
 * observable; NULL: unknown. Kinetics days are put in order. Problems go to r->diag. */
void pf_assess_read(pf_reader *r, const pf_yaml *map, const pf_model *model, pf_assess *out);
/** The role of that name; NULL when the model has none. */
const pf_role *pf_role_find(const pf_model *model, const char *role);

#endif
