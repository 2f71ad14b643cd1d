/* systems.h: evidence/systems.csv with the studies that answer it and their last results.
 * Internal to api.
 *
 * A row is answered by the files in its column `study`; a study or a tissue file that names the
 * row in its `systems:` answers it too. The last result of a study is what stands in
 * `runs`/NAME, of a tissue file what stands in `runs`/NAME-study. Depends
 * on: table, yaml, status. Threads: read-only once read. */
#ifndef PF_API_SYSTEMS_H
#define PF_API_SYSTEMS_H
#include "base/json.h"
#include "input/table.h"

enum { PF_SYSTEM_TEXTS = 12, PF_SYSTEM_FILES = 24 };

typedef enum { PF_LAST_NONE, PF_LAST_STOPPED, PF_LAST_DAMAGED, PF_LAST_COMPLETE } pf_last_state;

/* What the run folder of a study says. */
typedef struct pf_last {
    pf_last_state state;
    const char *folder;
    uint64_t replicates;
    int pass, miss, cannot_say; /* of the roles fit, check, predict */
    int claims, claims_hold;    /* those inside the central 95 % of replicates hold */
    const pf_jvalue *summary;   /* NULL unless complete */
} pf_last;

typedef struct pf_system_file {
    const char *path; /* below the root */
    int there;
    const char *study;  /* name of a study; NULL: no study, or none that can be read */
    const char *tissue; /* name of a tissue file, likewise */
    size_t n_system;    /* of both */
    const char *const *system;
    size_t n_case; /* of a study: `case:` of its expectations, each once */
    const char *const *cases;
    pf_last last;
} pf_system_file;

typedef struct pf_system {
    /* id, article, category, what, cells, engineering, dose_schedule, indication,
     * outcome_as_given, mechanisms, trace_status, trace_note; "" where empty */
    const char *text[PF_SYSTEM_TEXTS];
    const char *kind, *command, *reason;
    size_t n_file;
    const pf_system_file *file[PF_SYSTEM_FILES];
    int missing; /* some file is not there, or there is none and it is not out of scope */
} pf_system;
enum {
    PF_SYSTEM_ID,
    PF_SYSTEM_ARTICLE,
    PF_SYSTEM_OUTCOME = 8,
    PF_SYSTEM_MECHANISMS,
    PF_SYSTEM_TRACE,
    PF_SYSTEM_NOTE
};

typedef struct pf_catalogue {
    pf_arena arena;
    const char *root, *runs;
    size_t n_system;
    pf_system *system;
    size_t n_file, file_capacity;
    pf_system_file **file;
} pf_catalogue;

extern const char *const PF_SYSTEM_COLUMNS[PF_SYSTEM_TEXTS];

/** `root` NULL: the nearest folder from here upwards that holds evidence/systems.csv; `runs`
 * NULL: "runs". pf_catalogue_clear in any case. Errors: CONFIG, IO, NO_MEMORY */
PF_NODISCARD pf_err pf_catalogue_read(
    pf_ctx *ctx, const char *root, const char *runs, pf_catalogue *out);
void pf_catalogue_clear(pf_catalogue *c);
/** All studies below studies/, into the catalogue's files: also those that no row names. */
PF_NODISCARD pf_err pf_catalogue_studies(pf_ctx *ctx, pf_catalogue *c);
/** "folder/name", or `name` when the folder is "."; NULL when there is no memory. */
const char *pf_catalogue_path(pf_ctx *ctx, pf_catalogue *c, const char *name);
/** Where path[n] (sorted by this call) are found, a line for each. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_catalogue_list(
    pf_ctx *ctx, pf_catalogue *c, const char **path, size_t n, pf_buf *out);
/** Look into the run folder of a study that is named `study`. */
PF_NODISCARD pf_err pf_last_read(
    pf_ctx *ctx, pf_arena *a, const char *runs, const char *study, pf_last *out);

/** Look into the folder of the study of a tissue file that is named `tissue`; `summary` is then
 * its answers.json. */
PF_NODISCARD pf_err pf_last_tissue(
    pf_ctx *ctx, pf_arena *a, const char *runs, const char *tissue, pf_last *out);
/** What its figure shows, in one line: base and variants. Nothing unless complete. */
void pf_last_answer(const pf_last *l, pf_buf *out);

/** "not run", "2 replicates: 3 pass, 1 miss; the claim misses", "missing", ... */
void pf_system_result(const pf_system *s, char *text, size_t size);
void pf_system_table(const pf_system *const *list, size_t n, int width, pf_buf *out);
void pf_system_full(const pf_system *s, pf_buf *out);
void pf_system_json(const pf_system *const *list, size_t n, pf_buf *out);

#endif
