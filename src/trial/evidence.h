/* evidence.h: the table of a model's parameters: value, range, unit, source, kind.
 *
 * It is looked for in a folder evidence/ beside the model file, beside its folder, or beside
 * that folder's: MODEL_parameters.csv (evidence/core_parameters.csv for models/core.ant), else
 * small_models.csv, where ids are MODEL.NAME. Without a table everything works and says nothing
 * of ranges. Columns: id, name, value, low, high, unit, source, note, kind; a parameter `x` of
 * a submodel `m` has the id `m.x`, for all its instances. Depends on: table. Threads: read-only
 * once read. */
#ifndef PF_TRIAL_EVIDENCE_H
#define PF_TRIAL_EVIDENCE_H
#include "base/base.h"

typedef struct pf_evidence_row {
    const char *id, *name, *unit, *source, *kind; /* "" where empty */
    double value, low, high;                      /* NaN where empty */
    int unknown; /* nobody has published it: the source begins with "unknown" */
} pf_evidence_row;

typedef struct pf_evidence {
    pf_arena arena;
    const char *model; /* stem of the model's file */
    size_t n;
    pf_evidence_row *row;
} pf_evidence;

/** The path of the table for a model file, in the arena; NULL when there is none, or no memory
 * (the context is told). */
const char *pf_evidence_find(pf_ctx *ctx, pf_arena *a, const char *model_path);
/** `path` NULL: an empty table. pf_evidence_clear in any case. Errors: IO, CONFIG (no such
 * columns, no number), NO_MEMORY */
PF_NODISCARD pf_err pf_evidence_read(
    pf_ctx *ctx, const char *path, const char *model_path, pf_evidence *out);
void pf_evidence_clear(pf_evidence *e);
/** The row of a parameter of the flat model, e.g. of "L1.delta"; NULL when it has none. */
const pf_evidence_row *pf_evidence_of(const pf_evidence *e, const char *parameter);

#endif
