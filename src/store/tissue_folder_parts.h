/* tissue_folder_parts.h: what the files that keep a tissue's run folder share. */
#ifndef PF_STORE_TISSUE_FOLDER_PARTS_H
#define PF_STORE_TISSUE_FOLDER_PARTS_H
#include "store/growing.h"
#include "store/tissue_folder.h"
#include "tissue/tissue.h"

_Static_assert(2 * PF_TISSUE_RESULTS_MAX <= PF_TISSUE_MARKS, "a result has two marks");

typedef struct pf_tissue_output {
    const char *name;
    pf_growing *file; /* NULL once it stands in the folder */
    pf_mark mark;     /* its end, once it stands there */
} pf_tissue_output;

struct pf_tissue_folder {
    pf_arena arena;
    pf_tissue_folder_options options;
    const pf_setup *setup;
    const char *path, *partial, *snapshots, *inputs, *checkpoint, *state;
    uint64_t *input_hash;           /* of setup->input, in their order */
    uint64_t text_hash, rules_hash; /* of what was asked, as it stands in the folder */
    int lock, log;                  /* file descriptors; -1: none */
    int made, begun;                /* this call made the folder; has changed it */
    int resumes, complete;          /* a checkpoint is there; the run was complete */
    double started, minutes;
    uint64_t mark[PF_TISSUE_MARKS]; /* of the checkpoint from which the run goes on */
    size_t list;                    /* the result that lists snapshots */
    size_t n;
    pf_tissue_output output[PF_TISSUE_RESULTS_MAX];
};

/** "folder/name" in the folder's arena; NULL when there is no memory. */
const char *pf_tissue_file(pf_ctx *ctx, pf_tissue_folder *f, const char *name);
/** Write manifest.json for the present state. Errors: IO */
PF_NODISCARD pf_err pf_tissue_manifest_write(pf_ctx *ctx, pf_tissue_folder *f);
/** Is this manifest one of this run? Into `f` what must stay as it was. Errors: CONFIG with
 * what differs */
PF_NODISCARD pf_err pf_tissue_manifest_match(
    pf_ctx *ctx, pf_tissue_folder *f, const pf_jvalue *manifest);
/** Length and hash of a file. Errors: IO, NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_hash_file(
    pf_ctx *ctx, const char *path, uint64_t *length, uint64_t *hash);
/** Into f->input_hash, of the files themselves (`fresh`) or of their copies. Errors: IO,
 * NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_inputs_hash(pf_ctx *ctx, pf_tissue_folder *f, int fresh);
/** Copy them to inputs/. Errors: IO, CONFIG (one changed meanwhile), NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_inputs_copy(pf_ctx *ctx, pf_tissue_folder *f);
/** Member `inputs` of the manifest. */
void pf_tissue_inputs_json(pf_buf *b, const pf_tissue_folder *f);
void pf_tissue_inputs_wipe(pf_ctx *ctx, pf_tissue_folder *f);
/** Bring a folder's entries to the disk. */
void pf_tissue_sync(const char *folder);

#endif
