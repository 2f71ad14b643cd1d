/* folder.h: the run folder: everything a run keeps, and how a stopped run goes on.
 *
 *   study.yaml, inputs/, resolved.yaml: what was asked
 *   manifest.json: state, version, settings, hashes; apart from them machine and times
 *   chunks/NNNNNN.bin: consecutive patients (pf_chunk_patients); gone when the run is complete
 *   patients.csv ... failures.csv: made from the chunks, in order
 *   summary.json, summary.txt, report.html, log.jsonl
 *
 * The manifest comes first and says "running"; each chunk appears whole or not at all; the
 * tables appear whole; last the manifest says "complete" and the chunks go. Whatever stops the
 * program in between,
 * --resume takes the whole chunks, makes the rest, and ends in the same bytes.
 * Two programs cannot write one folder: `.lock` is held with flock.
 * Depends on: chunk_file, tables. Threads: pf_folder_put may be called from any thread, one
 * call at a time; pf_folder_log from any thread at any time; the rest belongs to the opener. */
#ifndef PF_STORE_FOLDER_H
#define PF_STORE_FOLDER_H
#include "store/tables.h"

/** Patients of one chunk in a run of `total` patients: about a sixteenth of it, a power of
 * two between 16 and 512. By the number of patients alone, so that threads never decide it. */
uint64_t pf_chunk_patients(uint64_t total);

typedef struct pf_folder pf_folder;

typedef struct pf_folder_options {
    const char *path;
    const char *version; /* of the program: another version does not resume */
    int resume;          /* go on with what is there */
    int force;           /* throw away what is there */
    int threads, lanes;  /* for the record of the machine */
} pf_folder_options;

typedef enum {
    PF_FOLDER_NEW,
    PF_FOLDER_RUNNING,
    PF_FOLDER_COMPLETE,
    PF_FOLDER_FOREIGN
} pf_folder_state;

/** What stands at `path`: nothing of ours yet, a stopped run, a complete run, or other people's
 * files. Errors: CORRUPT (a damaged manifest), IO */
PF_NODISCARD pf_err pf_folder_look(pf_ctx *ctx, const char *path, pf_folder_state *out);

/** Make or reopen the folder and take its lock. On failure nothing new is left behind. `study`
 * and `layout` are borrowed. Errors: CONFIG (a run is there already, files of others, an input
 * changed since: the sentence says which and what to do), IO (not writable, disk full, locked)
 */
PF_NODISCARD pf_err pf_folder_open(pf_ctx *ctx, const pf_folder_options *options,
    const pf_study *study, const pf_layout *layout, pf_folder **out);
void pf_folder_close(pf_folder *f); /**< NULL is allowed; what is on disk stays */

int pf_folder_is_complete(const pf_folder *f);
const char *pf_folder_path(const pf_folder *f);
/** "folder/name", borrowed from the folder; NULL when there is no memory. */
const char *pf_folder_file(pf_ctx *ctx, pf_folder *f, const char *name);
/** First patient and number of patients of chunk `id`. */
void pf_folder_range(const pf_folder *f, uint64_t id, uint64_t *first, uint64_t *count);
/** Look for chunk `id` and read it into `c`. 1 when it is there and whole; a damaged one is
 * removed with a warning. */
int pf_folder_get(pf_ctx *ctx, pf_folder *f, uint64_t id, pf_chunk *c);
PF_NODISCARD pf_err pf_folder_put(pf_ctx *ctx, pf_folder *f, uint64_t id, const pf_chunk *c);

/** Stream all chunks into the CSV files; `fn` is told the patients of each replicate. Memory
 * holds one chunk and one replicate. Errors: IO, CORRUPT (a chunk is missing), and what `fn`
 * returns */
PF_NODISCARD pf_err pf_folder_tables(
    pf_ctx *ctx, pf_folder *f, pf_replicate_fn fn, void *payload);
/** Write one more result, e.g. summary.json, atomically; the manifest will carry its hash. */
PF_NODISCARD pf_err pf_folder_write(
    pf_ctx *ctx, pf_folder *f, const char *name, const pf_buf *content);
/** The same of a table made piece by piece, never whole in memory: `fn` appends piece
 * 0 .. n - 1 to the buffer that it is given. */
typedef void (*pf_piece_fn)(void *payload, uint64_t piece, pf_buf *out);
PF_NODISCARD pf_err pf_folder_write_pieces(
    pf_ctx *ctx, pf_folder *f, const char *name, uint64_t n, pf_piece_fn fn, void *payload);
/** Mark the run complete and remove the chunks. */
PF_NODISCARD pf_err pf_folder_complete(pf_ctx *ctx, pf_folder *f);

/** Append a line to log.jsonl: time, level, event, text. Never fails the run. */
void pf_folder_log(pf_folder *f, pf_log_level level, const char *event, const char *text);
/** The same to a file that is open for appending; -1: nowhere. */
void pf_log_append(int file, pf_log_level level, const char *event, const char *text);

/* ---- shared by the files of this layer ---- */

enum { PF_RESULTS_MAX = 16 };

typedef struct pf_result_file {
    const char *name;
    uint64_t hash;
} pf_result_file;

struct pf_folder {
    pf_arena arena;
    pf_folder_options options;
    const pf_study *study;
    const pf_layout *layout;
    const char *path;
    const char *changed; /* parameters that the run changes, as text; "none" */
    const char **input;  /* [study->n_source] name of each source inside inputs/ */
    uint64_t study_hash, layout_hash;
    uint64_t chunks, patients; /* of the whole run */
    uint64_t each;             /* patients of one chunk; fewer in the last */
    int lock, log;             /* file descriptors; -1: none */
    int made;                  /* this call made the folder */
    int complete;
    double started; /* seconds since 1970, of this call */
    size_t n_result;
    pf_result_file result[PF_RESULTS_MAX];
};

/** Names for the sources below inputs/: their paths from the deepest folder they share. */
PF_NODISCARD pf_err pf_inputs_name(pf_ctx *ctx, pf_folder *f);
/** Copy study.yaml and all sources. Errors: IO, CONFIG (a file changed while it was being read)
 */
PF_NODISCARD pf_err pf_inputs_copy(pf_ctx *ctx, pf_folder *f);
/** Fill in f->changed, which the manifest and its hash need. */
PF_NODISCARD pf_err pf_manifest_changes(pf_ctx *ctx, pf_folder *f);
/** Write manifest.json for the current state. */
PF_NODISCARD pf_err pf_manifest_write(pf_ctx *ctx, pf_folder *f);
/** Compare manifest.json with this study: CONFIG and a sentence naming what changed, or OK with
 * `*complete`. */
PF_NODISCARD pf_err pf_manifest_match(pf_ctx *ctx, pf_folder *f, int *complete);
/** The number that chunks carry: version, settings and inputs. */
uint64_t pf_manifest_hash(const pf_folder *f);
/** resolved.yaml: the study with every default spelt out. */
PF_NODISCARD pf_err pf_resolved_write(pf_ctx *ctx, const pf_study *study, pf_buf *out);

#endif
