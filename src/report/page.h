/* page.h: report.html: one document (`perforin-page-1`, docs/reference/page.md and the types in
 * viewer/src/data.ts) put into a template that is built from viewer/ and is part of the
 * library.
 *
 * A run is written from its folder alone: summary.json, summary.txt and the tables are read
 * there; the study comes from the copies in inputs/, or is the one that was run. Nothing of the
 * machine goes in, so the same run gives the same bytes. Several runs in one document are a
 * comparison. Depends on: trial/study, base. Threads: a page belongs to one thread. */
#ifndef PF_REPORT_PAGE_H
#define PF_REPORT_PAGE_H
#include "base/base.h"
#include "trial/study.h"

/* A replicate of more patients than this is shown in part. */
enum { PF_PAGE_PATIENTS_MOST = 20000 };
/* Bytes of a page with the built-in template, and what patients one by one may take of it as
 * base64, while `detail` does not say else and one replicate alone is not larger. */
enum { PF_PAGE_MOST = 1980000, PF_PAGE_DETAIL_MOST = 1100000 };

#define PF_PAGE_NO_DETAIL SIZE_MAX

typedef struct pf_page_run {
    const char *folder;       /* holds summary.json, summary.txt and the tables */
    const pf_study *study;    /* seed and replicates are those of the run */
    const char *const *input; /* [study->n_source] names below inputs/ */
    const char *label;        /* NULL: the study's name */
    const char *version;      /* of the Perforin that simulated it */
    size_t detail;            /* replicates patient by patient; 0: what fits into the budget;
                                 PF_PAGE_NO_DETAIL: none */
} pf_page_run;

typedef struct pf_page pf_page;

/** An empty page of this version of Perforin. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_page_new(pf_ctx *ctx, const char *version, pf_page **out);
void pf_page_free(pf_page *p); /**< NULL is allowed */

/** Add one run; nothing of `run` is kept. Errors: IO and CORRUPT (a file of the folder, with
 * its line), CONFIG (more replicates of detail than the run has kept), NO_MEMORY */
PF_NODISCARD pf_err pf_page_add(pf_ctx *ctx, pf_page *p, const pf_page_run *run);

/** What the runs added so far have been found to differ in: `json`, one object
 * (`perforin-compare-1`), and `text`, which readers without scripts get instead of the runs'
 * summaries. Both are copied. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_page_compare(
    pf_ctx *ctx, pf_page *p, const char *json, const char *text);

/** The document of the runs added so far, as JSON without needless blanks, with `<` written as
 * \u003c. Ends the page: nothing can be added any more. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_page_document(pf_ctx *ctx, pf_page *p, pf_buf *out);

/** The filled template. `title` NULL: that of the first run; `template` NULL: the built-in
 * template. Errors: CONFIG (a marker is not there exactly once), NO_MEMORY */
PF_NODISCARD pf_err pf_page_write(
    pf_ctx *ctx, pf_page *p, const char *title, const char *template, size_t size, pf_buf *out);

/** The built-in template, `*size` bytes; never NULL. */
const char *pf_page_template(size_t *size);

#endif
