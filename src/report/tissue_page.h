/* tissue_page.h: the page of a tissue: one document (`perforin-tissue-page-1`, the types in
 * viewer/src/tissue/data.ts) put into a template that is built from viewer/ and is part of the
 * library.
 *
 * A run is written from its folder alone (one that stopped from its partial/ too): manifest,
 * tissue.yaml, rules.csv, counts.csv and film.bin. Nothing of the machine goes in, so the same
 * run gives the same bytes. Several runs are those of a study. All films share what
 * PF_TISSUE_PAGE_MOST leaves: of a film that is larger, frames are left out evenly, but for
 * PF_TISSUE_FRAMES_LEAST of them, and then cells, by their keys (tissue/film.h), the same ones
 * in all frames; each frame says how many cells there were and how many are shown, each run how
 * many frames its film has (`filmed`). Depends on: film, base. Threads: a page belongs to one
 * thread. */
#ifndef PF_REPORT_TISSUE_PAGE_H
#define PF_REPORT_TISSUE_PAGE_H
#include "base/base.h"
#include "base/json.h"

enum { PF_TISSUE_PAGE_MOST = 8000000, PF_TISSUE_FRAMES_LEAST = 13, PF_TISSUE_ROWS_MOST = 600 };

typedef struct pf_tissue_page_run {
    const char *folder;
    const pf_jvalue *manifest; /* of the folder */
    const char *label;         /* NULL: its name */
    const char *results;       /* where its film and counts stand; NULL: in the folder */
} pf_tissue_page_run;

typedef struct pf_tissue_page pf_tissue_page;

/** An empty page for `runs` runs, at most `most` bytes of films and template together (0:
 * PF_TISSUE_PAGE_MOST). Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_page_new(
    pf_ctx *ctx, const char *version, size_t runs, size_t most, pf_tissue_page **out);
void pf_tissue_page_free(pf_tissue_page *p); /**< NULL is allowed */
/** Add one run; nothing of `run` is kept. Errors: IO and CORRUPT (a file of the folder),
 * NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_page_add(
    pf_ctx *ctx, pf_tissue_page *p, const pf_tissue_page_run *run);
/** What a study says of the runs: `json`, one object (Study of data.ts), and `text`, which
 * readers without scripts get behind the runs' own; NULL: none. Both are copied. Errors:
 * NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_page_study(
    pf_ctx *ctx, pf_tissue_page *p, const char *json, const char *text);
/** The document, as pf_page_document. Ends the page. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_page_document(pf_ctx *ctx, pf_tissue_page *p, pf_buf *out);
/** The filled template, as pf_page_write. Errors: CONFIG, NO_MEMORY */
PF_NODISCARD pf_err pf_tissue_page_write(pf_ctx *ctx, pf_tissue_page *p, const char *title,
    const char *template, size_t size, pf_buf *out);

/** The built-in template, `*size` bytes; never NULL. */
const char *pf_tissue_page_template(size_t *size);

#endif
