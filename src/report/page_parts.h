/* page_parts.h: the parts of the page's document; shared by the files of this layer.
 * Depends on: page, sheet. */
#ifndef PF_REPORT_PAGE_PARTS_H
#define PF_REPORT_PAGE_PARTS_H
#include "report/sheet.h"
#include "report/page.h"

/* What goes into a template. */
typedef struct pf_page_texts {
    const char *title, *text; /* plain; of readers without scripts */
    const pf_buf *json;       /* the document, as pf_page_compact writes it */
} pf_page_texts;
/** Put them where the markers of the template (`size` bytes) stand. Errors: CONFIG (a marker is
 * not there exactly once), NO_MEMORY */
PF_NODISCARD pf_err pf_page_fill(
    pf_ctx *ctx, const pf_page_texts *t, const char *template, size_t size, pf_buf *out);
/** JSON without blanks between values (within texts nothing is lost), `<` as \u003c. */
void pf_page_compact(const char *json, pf_buf *out);

/** `study`: what the study asks (Study of data.ts). */
void pf_page_study(pf_buf *b, const pf_page_run *run);
/** Name below inputs/ of a file of the study; its last part when it is none of the inputs. */
const char *pf_page_input(const pf_page_run *run, const char *path);

/** `values`: replicates.csv, the first 1,000 replicates of each measure; an empty list when the
 * run was made before there was such a table. Errors: as pf_page_add */
PF_NODISCARD pf_err pf_page_values(pf_ctx *ctx, pf_buf *b, const pf_page_run *run);

/* Patients one by one. */
enum { PF_DETAIL_PATIENTS, PF_DETAIL_VISITS, PF_DETAIL_SAMPLES, PF_DETAIL_EVENTS, PF_DETAILS };

typedef struct pf_detail {
    size_t replicates;   /* 0: the run has kept none */
    size_t size;         /* patients of one replicate here */
    size_t size_planned; /* of the study */
    pf_sheet sheet[PF_DETAILS];
    size_t n[PF_DETAILS]; /* rows of each sheet that belong to the replicates */
} pf_detail;

/** Read the first replicates of the run's tables: as many as `run` asks for, else those that
 * take at most `budget` bytes, at least one. Errors: as pf_page_add */
PF_NODISCARD pf_err pf_detail_read(
    pf_ctx *ctx, const pf_page_run *run, size_t budget, pf_detail *out);
void pf_detail_clear(pf_detail *d); /**< a zeroed one is fine */

/** Mean and standard deviation of a variable's own distribution, cut as it is drawn, before
 * correlations and conditions; NaN where there is no closed form (formulas, logitnormal). */
void pf_page_moments(const pf_variable *v, double *mean, double *sd);

#endif
