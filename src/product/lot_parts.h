/* lot_parts.h: what the files that read lot files share; internal to product. */
#ifndef PF_PRODUCT_LOT_PARTS_H
#define PF_PRODUCT_LOT_PARTS_H
#include "product/lot_read.h"

/* A lot file as written. */
typedef struct pf_lot_file {
    const char *name, *title, *note, *feeder_cells, *cryoprotectant, *currency, *specification,
        *dose_source;
    int donor, feeder, individualised, frozen, irradiated, counts;
    const char *const *cytokine, *const *from_patient;
    size_t n_cytokine, n_from_patient;
    double most;
    const pf_yaml *editing, *dose, *variables, *cost;
} pf_lot_file;

extern const pf_fields PF_EDIT_FIELDS, PF_COST_FIELDS;

/** `editing:` and `cost:`; they name variables, which must have been read. */
void pf_lot_edits_read(pf_reader *r, const pf_yaml *list, pf_lot_plan *out);
void pf_lot_costs_read(pf_reader *r, const pf_yaml *list, pf_lot_plan *out);

#endif
