/* tissue_folder.h: the run folder of a tissue.
 *
 *   tissue.yaml: what was asked, as it was read; rules.csv, its table of rules, if it has one
 *   inputs/: copies of all files that it names; with them the folder alone can go on
 *   manifest.json: state, version, settings, hashes of what was asked and of results; apart
 *     from them the machine
 *   partial/: results of a run that is not complete, as far as they came
 *   results (counts.csv, events.csv, lives.csv, cells.csv, ...), once all of them are whole
 *   snapshots/ (snapshot.h): where the file asks for them; each whole or not there.
 *     snapshots.csv names them and their hashes
 *   checkpoint.bin (checkpoint.h): the lesion from which the run goes on
 *   log.jsonl: what happened when
 *
 * How a run is kept. The manifest comes first and says "running". Results grow in partial/.
 * A checkpoint is made of both: growing results are brought to the disk, then the lesion with
 * their marks takes the place of the checkpoint before, in one rename. At the end results move
 * up from partial/, and the manifest changes last, to "complete". Whatever stops the program in
 * between, resuming takes results back to partial/, cuts them to the marks of the checkpoint,
 * takes younger snapshots away and goes on: the same bytes in the end. A complete run that is
 * to last longer goes on likewise.
 *
 * Two programs cannot write one folder: `.lock` is held with flock. Depends on: folder (what
 * stands there), growing, tissue. Threads: belongs to one thread. */
#ifndef PF_STORE_TISSUE_FOLDER_H
#define PF_STORE_TISSUE_FOLDER_H
#include "base/base.h"
#include "base/json.h"
#include "tissue/field_error.h"

#define PF_TISSUE_FORMAT "perforin-tissue-run-1" /* of the manifest */
#define PF_TISSUE_SNAPSHOTS "snapshots"
#define PF_TISSUE_PARTIAL "partial"
#define PF_TISSUE_CHECKPOINT "checkpoint.bin"
/* Made of a run that has ended; callers write them. */
#define PF_TISSUE_PAGE "report.html"
#define PF_TISSUE_MOVIE "movie.png"

typedef struct pf_tissue_folder pf_tissue_folder;

/** The manifest in the folder `path`, in the arena; NULL when there is none of a tissue. */
const pf_jvalue *pf_tissue_manifest(pf_ctx *ctx, pf_arena *a, const char *path);
/** Where the run's tables and film stand: `path` of a complete run, its `partial/` of any
 * other. In the arena; NULL without memory, and ctx says so. */
const char *pf_tissue_results(
    pf_ctx *ctx, pf_arena *a, const char *path, const pf_jvalue *manifest);
/** 1 when a program holds the lock of the folder. */
int pf_tissue_is_written(const char *path);

typedef struct pf_tissue_folder_options {
    const char *path;
    const char *version;               /* of the program: another version does not resume */
    int force;                         /* throw away what is there */
    int resume;                        /* go on with what is there */
    int threads;                       /* for the record of the machine */
    double minutes;                    /* that the run is to last */
    const pf_field_error *field_error; /* what the probe found; NULL: none. Borrowed */
} pf_tissue_folder_options;

/** Make the folder if need be and take its lock; nothing else changes. `setup` is borrowed.
 * Errors: CONFIG (a run is there already, files of others; to be resumed: a run of another
 * version or of another file, and what differs), IO */
PF_NODISCARD pf_err pf_tissue_folder_open(pf_ctx *ctx, const pf_tissue_folder_options *options,
    const pf_setup *setup, pf_tissue_folder **out);
/** NULL is allowed. What is on the disk stays; a folder that was made and not begun goes. */
void pf_tissue_folder_close(pf_tissue_folder *f);
const char *pf_tissue_folder_path(const pf_tissue_folder *f);

/** Where the checkpoint goes. */
const char *pf_tissue_folder_checkpoint(const pf_tissue_folder *f);
/** 1 when there is one and the run goes on from it. */
int pf_tissue_folder_resumes(const pf_tissue_folder *f);
/** 1 when the run that is to be resumed is complete; `*minutes`: it lasted so long. */
int pf_tissue_folder_is_complete(const pf_tissue_folder *f, double *minutes);

/** From here on the folder changes. `mark` [PF_TISSUE_MARKS of tissue.h] of the checkpoint;
 * NULL: from the beginning, and what is there goes. Errors: IO */
PF_NODISCARD pf_err pf_tissue_folder_begin(
    pf_ctx *ctx, pf_tissue_folder *f, const uint64_t *mark);
enum { PF_TISSUE_RESULTS_MAX = 16 };
/** A result that grows; `*which` names it from now on. A run and its continuation must name the
 * same ones in the same order; what is named after the last checkpoint is written anew. `name`
 * is borrowed. Errors: IO, CORRUPT (it is not what the mark says), NO_MEMORY, RANGE */
PF_NODISCARD pf_err pf_tissue_folder_result(
    pf_ctx *ctx, pf_tissue_folder *f, const char *name, size_t *which);
/** Append; errors come back from the next call of those below. */
void pf_tissue_folder_put(pf_tissue_folder *f, size_t which, const void *bytes, size_t n);
/** Hand a result to the system, where others can read it. Errors: IO */
PF_NODISCARD pf_err pf_tissue_folder_flush(pf_ctx *ctx, pf_tissue_folder *f, size_t which);
/** Bring all results to the disk; mark [PF_TISSUE_MARKS] is then their ends. Errors: IO */
PF_NODISCARD pf_err pf_tissue_folder_mark(pf_ctx *ctx, pf_tissue_folder *f, uint64_t *mark);

/** Begin the list of snapshots, a result, and their folder. Of a run that goes on the steps of
 * those that count, *step [*n], which the caller frees (pf_free); the files of others go.
 * Errors: IO, CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_folder_snapshots(
    pf_ctx *ctx, pf_tissue_folder *f, uint64_t **step, size_t *n);
/** Where they go. */
const char *pf_tissue_folder_snapshots_path(const pf_tissue_folder *f);
/** All files of this step stand there: into the list with them. Errors: IO, NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_folder_snapped(
    pf_ctx *ctx, pf_tissue_folder *f, uint64_t step, double minute);

/** The run ends before its time, at a checkpoint. Errors: IO */
PF_NODISCARD pf_err pf_tissue_folder_stop(pf_ctx *ctx, pf_tissue_folder *f, double minutes);
/** All results appear, and the manifest says "complete". Errors: IO */
PF_NODISCARD pf_err pf_tissue_folder_end(pf_ctx *ctx, pf_tissue_folder *f, double minutes);
/** Append a line to log.jsonl. Never fails the run. */
void pf_tissue_folder_log(
    pf_tissue_folder *f, pf_log_level level, const char *event, const char *text);

#endif
