/* tissue_folder.h: the run folder of a tissue.
 *
 *   tissue.yaml: what was asked, as it was read; rules.csv, its table of rules, if it has one
 *   manifest.json: state, version, settings, hashes of results; apart from them the machine
 *   results (counts.csv, events.csv, lives.csv, cells.csv), each whole or not there
 *   snapshots/ (snapshot.h): where the file asks for them
 *   log.jsonl: what happened when
 *
 * The manifest comes first and says "running", last "complete" or "stopped". Two programs
 * cannot write one folder: `.lock` is held with flock. Depends on: folder (what stands there),
 * tissue. Threads: belongs to one thread. */
#ifndef PF_STORE_TISSUE_FOLDER_H
#define PF_STORE_TISSUE_FOLDER_H
#include "base/base.h"
#include "base/json.h"
#include "tissue/setup.h"

#define PF_TISSUE_FORMAT "perforin-tissue-run-1" /* of the manifest */

typedef struct pf_tissue_folder pf_tissue_folder;

/** The manifest in the folder `path`, in the arena; NULL when there is none of a tissue. */
const pf_jvalue *pf_tissue_manifest(pf_ctx *ctx, pf_arena *a, const char *path);

typedef struct pf_tissue_folder_options {
    const char *path;
    const char *version; /* of the program */
    int force;           /* throw away what is there */
    int threads;         /* for the record of the machine */
    double minutes;      /* that the run is to last */
} pf_tissue_folder_options;

/** Make the folder and take its lock. On failure nothing new is left behind. `setup` is
 * borrowed. Errors: CONFIG (a run is there already, files of others), IO */
PF_NODISCARD pf_err pf_tissue_folder_open(pf_ctx *ctx, const pf_tissue_folder_options *options,
    const pf_setup *setup, pf_tissue_folder **out);
/** NULL is allowed. Results that were not ended are thrown away. */
void pf_tissue_folder_close(pf_tissue_folder *f);
const char *pf_tissue_folder_path(const pf_tissue_folder *f);

enum { PF_TISSUE_RESULTS_MAX = 16 };
#define PF_TISSUE_SNAPSHOTS "snapshots"
/** Begin a result in pieces; `*which` names it from now on. Errors: IO, NO_MEMORY, RANGE */
PF_NODISCARD pf_err pf_tissue_folder_begin(
    pf_ctx *ctx, pf_tissue_folder *f, const char *name, size_t *which);
/** Append; errors come back from pf_tissue_folder_end. */
void pf_tissue_folder_put(pf_tissue_folder *f, size_t which, const void *bytes, size_t n);
/** All results appear, and the manifest says how far the run came. Errors: IO */
PF_NODISCARD pf_err pf_tissue_folder_end(
    pf_ctx *ctx, pf_tissue_folder *f, double minutes, int complete);
/** Append a line to log.jsonl. Never fails the run. */
void pf_tissue_folder_log(
    pf_tissue_folder *f, pf_log_level level, const char *event, const char *text);

#endif
