/* regimen_read.h: the `regimen:` of an arm from YAML. Depends on: input, model, regimen. */
#ifndef PF_PATIENT_REGIMEN_READ_H
#define PF_PATIENT_REGIMEN_READ_H
#include "input/field.h"
#include "model/model.h"
#include "patient/regimen.h"

extern const pf_fields PF_REGIMEN_FIELDS;

/* The product files that regimens name, each once. */
typedef struct pf_product_list {
    size_t n, capacity;
    const char **path; /* as written; in the reader's arena */
    pf_place *place;   /* where it was named first */
} pf_product_list;

/** Read a list of items. The model decides which drugs there are and in which unit they are
 * dosed; NULL: doses of drugs are not looked at. New products are appended to `products`, which
 * the caller frees with pf_product_list_clear. Problems go to r->diag. */
void pf_regimen_read(pf_reader *r, const pf_yaml *list, const pf_model *model,
    pf_product_list *products, size_t *n, const pf_regimen_item **out);
void pf_product_list_clear(pf_product_list *l);

#endif
