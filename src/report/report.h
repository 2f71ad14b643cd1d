/* report.h: one page that shows a run: self-contained HTML, no scripts, SVG figures.
 *
 * Made from the study, summary.json and the names and hashes of the inputs; nothing of the
 * machine goes in, so the same run gives the same bytes. Depends on: trial/study, base/json.
 * Threads: no shared state. */
#ifndef PF_REPORT_REPORT_H
#define PF_REPORT_REPORT_H
#include "base/json.h"
#include "report/svg.h"
#include "trial/study.h"

typedef struct pf_page {
    const pf_study *study;
    const pf_jvalue *summary; /* summary.json */
    const char *const *input; /* [study->n_source] names below inputs/ */
    const char *version;
} pf_page;

/** Errors: CORRUPT (a summary without arms), NO_MEMORY */
PF_NODISCARD pf_err pf_report_write(pf_ctx *ctx, const pf_page *page, pf_buf *out);

/* ---- sections, in tables_html.c, sources_html.c and claims_html.c ---- */
void pf_html_study(pf_buf *b, const pf_study *s);
/** Parameters that the run changed for everyone; nothing when there are none. */
void pf_html_changes(pf_buf *b, const pf_jvalue *summary);
void pf_html_arms(pf_buf *b, const pf_jvalue *summary);
void pf_html_comparisons(pf_buf *b, const pf_jvalue *summary);
/** Arms less the arms they are compared with; ablations first. */
void pf_html_contrasts(pf_buf *b, const pf_jvalue *summary);
void pf_html_published(pf_buf *b, const pf_jvalue *summary);
void pf_html_claims(pf_buf *b, const pf_jvalue *summary);
void pf_html_parameters(pf_buf *b, const pf_jvalue *summary);
void pf_html_unknowns(pf_buf *b, const pf_jvalue *summary);
void pf_html_sources(pf_buf *b, const pf_study *s);
void pf_html_failures(pf_buf *b, const pf_jvalue *summary);
void pf_html_reproduce(pf_buf *b, const pf_page *page);
/** A value in its unit: shares in %, days over two months in months. */
void pf_html_value(pf_buf *b, double x, const char *unit);
/** Markers, grades and counted events (harms_html.c); nothing where there are none. */
void pf_html_harms(pf_buf *b, const pf_jvalue *summary);

#endif
