/* status.h: what stands in a run folder, without reading its study: the manifest as data, and
 * the patients that whole chunks hold. Only reads. Depends on: folder, chunk_file. Threads: no
 * shared state. */
#ifndef PF_STORE_STATUS_H
#define PF_STORE_STATUS_H
#include "base/json.h"
#include "store/folder.h"

/* manifest.json; texts live in the arena it was parsed with. */
typedef struct pf_manifest {
    int complete;
    const char *version, *study;
    const char *study_file; /* below inputs/ */
    uint64_t seed, replicates;
    const char *changed; /* parameters that the run changes: "a=1 b*=2", or "none" */
    uint64_t patients;   /* of one replicate */
    uint64_t each;       /* patients of one chunk */
    uint64_t study_hash, layout_hash; /* what its chunks carry */
    size_t n_input;
    const char **input; /* below inputs/ */
    uint64_t *input_hash;
    const pf_jvalue *results; /* name: hash, as text */
} pf_manifest;

/** Errors: CORRUPT (no manifest, or numbers that cannot be), NO_MEMORY */
PF_NODISCARD pf_err pf_manifest_parse(
    pf_ctx *ctx, pf_arena *a, const char *text, size_t size, pf_manifest *out);
/** The hash of a result file as the manifest names it; 0 when there is none. */
uint64_t pf_manifest_result(const pf_manifest *m, const char *name);

typedef struct pf_run_status {
    pf_manifest manifest;
    int busy;                             /* a program holds the lock */
    uint64_t chunks, whole, damaged;      /* of the run; there and good; there and not */
    uint64_t patients, total, replicates; /* in whole chunks; of the run; whole ones */
    int inputs_whole;                     /* the copies are what the manifest says */
} pf_run_status;

/** The manifest, the lock and what follows from them alone: `manifest`, `busy`, `chunks`,
 * `total`. Errors: as pf_run_status_read */
PF_NODISCARD pf_err pf_run_status_manifest(
    pf_ctx *ctx, pf_arena *a, const char *path, pf_run_status *out);
/** Are the copies below inputs/ what the manifest says? Into `s->inputs_whole`. Errors:
 * NO_MEMORY */
PF_NODISCARD pf_err pf_run_status_inputs(
    pf_ctx *ctx, pf_arena *a, const char *path, pf_run_status *s);
/** Look at the folder `path`, which holds a manifest. Errors: CORRUPT, IO, NO_MEMORY */
PF_NODISCARD pf_err pf_run_status_read(
    pf_ctx *ctx, pf_arena *a, const char *path, pf_run_status *out);

#endif
