/* call.h: what every call of perforin.h shares: context in, status and sentence out. Internal
 * to api. */
#ifndef PF_API_CALL_H
#define PF_API_CALL_H
#include "base/base.h"
#include "perforin/perforin.h"
#include "report/page.h"
#include "store/folder.h"
#include "store/tissue_folder.h"

#include <pthread.h>

/* Log lines go to the caller and, once there is one, to the run folder; one at a time. */
typedef struct pf_relay {
    pthread_mutex_t mutex;
    pf_on_log log;
    void *payload;
    pf_folder *folder;
} pf_relay;

void pf_relay_init(pf_relay *r, pf_ctx *ctx, pf_on_log log, void *payload);
void pf_relay_clear(pf_relay *r);

/** Turn an internal result into a status, and copy the sentence. */
pf_status pf_call_end(const pf_ctx *ctx, pf_err err, pf_error *error);
/** Hand the buffer's text to the caller, who frees it; clears the buffer. NULL `text` drops it.
 */
pf_err pf_call_text(pf_ctx *ctx, pf_buf *b, char **text);
/** Seconds since some moment of the past, on a clock that nobody sets. */
double pf_call_clock(void);
/** Cores that this process may use, at least 1. */
int pf_call_cores(void);
/** A copy that the caller owns; NULL: no memory. */
char *pf_call_copy(const char *text);

/** Read a study with all it names. `problems` gets what there is to say, with carets (or as
 * JSON); the context one sentence. pf_study_free `*study`. Errors: CONFIG (also when the file
 * is not there), NO_MEMORY, IO */
PF_NODISCARD pf_err pf_call_load(
    pf_ctx *ctx, const char *path, int json, pf_study **study, pf_buf *problems);

/** What is known of the run of a tissue, from its manifest and its counts. Errors: CANCELLED
 * (it is not complete, with a text), CORRUPT, IO, NO_MEMORY */
PF_NODISCARD pf_err pf_call_show_tissue(
    pf_ctx *ctx, const char *folder, const pf_jvalue *manifest, int json, pf_buf *b);

/** The command that goes on with the tissue run in `folder`. */
void pf_call_resume_tissue(const char *folder, pf_buf *b);

/** Write the tables, summary and report of a folder whose chunks are whole, and mark it
 * complete. */
PF_NODISCARD pf_err pf_results_write(pf_ctx *ctx, pf_folder *f);

/** Is there a complete run in `folder`? Errors: CONFIG (no: what there is, and how to go on),
 * IO, CORRUPT, NO_MEMORY */
PF_NODISCARD pf_err pf_call_need_complete(pf_ctx *ctx, pf_arena *a, const char *folder);
/** Add the complete run in `folder` to a page; `label` NULL: the study's name; `detail` as in
 * pf_page_run. Every file that the page is made of has to be what the run wrote. Errors: CONFIG
 * (no complete run there), CORRUPT, IO, NO_MEMORY */
PF_NODISCARD pf_err pf_call_page_add(
    pf_ctx *ctx, pf_page *page, const char *folder, const char *label, size_t detail);
/** Is the file of a run what its manifest says, which has its hash? Errors: CORRUPT (no, or it
 * is not there), IO, CANCELLED */
PF_NODISCARD pf_err pf_call_file_is(pf_ctx *ctx, const char *path, uint64_t expected);
/** May a page go to the file that the user named? Not over anything but a page. Errors: CONFIG,
 * NO_MEMORY */
PF_NODISCARD pf_err pf_call_page_target(pf_ctx *ctx, pf_arena *a, const char *path);
/** Fill the template (file `template`; NULL: the built-in one) and write the page to `path`,
 * atomically. `title` NULL: that of the first run. Errors: as pf_page_write, IO */
PF_NODISCARD pf_err pf_call_page_write(
    pf_ctx *ctx, pf_page *page, const char *title, const char *template, const char *path);

#endif
