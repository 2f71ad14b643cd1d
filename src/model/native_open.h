/* native_open.h: finding, compiling and loading the units of native code. Internal to model;
 * native.c decides when. Depends on: native. */
#ifndef PF_MODEL_NATIVE_OPEN_H
#define PF_MODEL_NATIVE_OPEN_H
#include "model/native.h"
#include "model/native_source.h"

/* What is made: the loaded code. */
typedef struct pf_native_image {
    int width;
    pf_native_state how; /* COMPILING: not found, and can be compiled */
    char note[512];
    pf_arena memory;
    void *library[PF_NATIVE_UNITS];
    pf_native_code code[PF_CODES];
} pf_native_image;

typedef struct pf_opener pf_opener;

/** Look in the cache. The caller owns `*out`; `image` wants its width and memory set. Errors:
 * NO_MEMORY */
PF_NODISCARD pf_err pf_opener_new(pf_ctx *ctx, const pf_program *program,
    const pf_native_options *options, pf_native_image *image, pf_opener **out);
/** Compile and load what is missing; image->how and note say what became of it. May run in
 * another thread than pf_opener_new, with a context of its own. Errors: NO_MEMORY, CANCELLED */
PF_NODISCARD pf_err pf_opener_compile(pf_ctx *ctx, pf_opener *o);
void pf_opener_free(pf_opener *o); /**< NULL is allowed */

#endif
