/* reading.h: a model file, read and flattened, before it becomes a graph: what building,
 * writing and unit checking start from. Depends on: flatten, flat. */
#ifndef PF_MODEL_READING_H
#define PF_MODEL_READING_H
#include "model/flat.h"
#include "model/model.h"

typedef struct pf_reading {
    pf_ast ast; /* of SBML: the function definitions, and the arena of all texts */
    pf_flat flat;
} pf_reading;

/** Read Antimony or SBML, told apart by the first character ('<': SBML). On failure `r` still
 * wants pf_reading_close. Errors: IO, MODEL, NO_MEMORY */
PF_NODISCARD pf_err pf_reading_open(pf_ctx *ctx, const char *path, pf_reading *r);
/** The same from text; `name` is what messages call it. */
PF_NODISCARD pf_err pf_reading_parse(
    pf_ctx *ctx, const char *text, size_t size, const char *name, pf_reading *r);
/** Make a model of it, and close it whatever happens. Errors: MODEL, NO_MEMORY */
PF_NODISCARD pf_err pf_reading_build(pf_ctx *ctx, pf_reading *r, pf_model **out);
void pf_reading_close(pf_reading *r);

#endif
