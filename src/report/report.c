#include "report/report.h"

#include <string.h>

static const char STYLE[] =
    "body{font:16px/1.5 system-ui,'Segoe UI',Roboto,'Helvetica "
    "Neue',Arial,sans-serif;color:#1a1a1a;"
    "background:#fff;margin:0;color-scheme:light}main{max-width:960px;margin:0 auto;padding:0 "
    "24px 48px}\n"
    ".mark{background:#1a1a1a;color:#fff;padding:8px 24px;text-align:center;font-weight:600;"
    "letter-spacing:.04em}\n"
    "h1{font-size:28px;line-height:1.25;margin:28px 0 4px}h2{font-size:21px;margin:40px 0 10px;"
    "padding-top:10px;border-top:1px solid #ccc}h3{font-size:16px;margin:22px 0 6px}\n"
    ".question{font-size:18px;color:#333;margin:4px 0 18px}\n"
    "table{border-collapse:collapse;width:100%;margin:8px 0;font-size:14.5px}"
    "th,td{text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid "
    "#e3e3e3}"
    "thead th{border-bottom:1.5px solid #555}td{font-variant-numeric:tabular-nums}"
    ".facts th{width:110px;font-weight:600}.small{font-size:13px}\n"
    ".ci{color:#555;white-space:nowrap}.note{color:#555;font-size:14px}"
    ".pass{font-weight:600;color:#005a8c}.pass:before{content:'\\2713\\00a0'}"
    ".miss{font-weight:600;color:#a84400}.miss:before{content:'\\2717\\00a0'}\n"
    ".key{display:inline-block;width:11px;height:11px;margin-right:6px;"
    "-webkit-print-color-adjust:exact;print-color-adjust:exact}"
    "code,pre{font:13px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}"
    "pre{background:#f4f4f4;padding:10px 14px;overflow-x:auto}\n"
    "figure{margin:14px 0 "
    "22px;overflow-x:auto}figcaption{color:#555;font-size:14px;margin-top:4px}"
    "svg{width:100%;height:auto;display:block}svg text{font:13px system-ui,Arial,sans-serif;"
    "fill:#1a1a1a}svg .n{font-size:11.5px;fill:#333}svg .b{font-weight:600;font-size:12.5px}"
    "svg .a{fill:#333}.g{stroke:#e3e3e3}.x{stroke:#555}.ref{stroke:#333;stroke-dasharray:5 4}"
    ".curve{fill:none;stroke-width:2.2}.band{opacity:.16;stroke:none}\n"
    "@media(max-width:760px){table{display:block;overflow-x:auto}}\n"
    "@media print{body{font-size:12px}main{max-width:none;padding:0}.mark{border:2px solid "
    "#000;"
    "color:#000;background:#fff}figure,table,tr{break-inside:avoid}h2{break-after:avoid}}\n";

static void head(pf_buf *b, const pf_study *s)
{
    const char *title = s->title ? s->title : s->name;
    pf_buf_text(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                   "<meta name=\"generator\" content=\"Perforin\">\n<title>SIMULATED: ");
    pf_html_text(b, title);
    pf_buf_text(b, "</title>\n<style>\n");
    pf_buf_text(b, STYLE);
    pf_buf_text(b,
        "</style>\n</head>\n<body>\n<div class=\"mark\">SIMULATED: no patient on this page "
        "exists</div>\n<main>\n<h1>");
    pf_html_text(b, title);
    pf_buf_text(b, "</h1>\n");
    if (!s->question) return;
    pf_buf_text(b, "<p class=\"question\">");
    pf_html_text(b, s->question);
    pf_buf_text(b, "</p>\n");
}

static void survival(pf_buf *b, const pf_study *s, const pf_figures *f)
{
    const char *title[] = {"Progression-free survival", "Overall survival"};
    if (s->assess.criteria == PF_CRITERIA_RECURRENCE) title[0] = "Recurrence-free survival";
    for (int c = 0; c < PF_PLOT_COUNT; c++) {
        if (!f->survival[0][c].day.n) continue;
        pf_buf_printf(b, "<h2>%s</h2>\n<figure>\n", title[c]);
        pf_survival_svg(b, f, c);
        if (f->replicates < 2)
            pf_buf_text(b, "<figcaption>Kaplan–Meier of the simulated patients of one "
                           "replicate.</figcaption>\n</figure>\n");
        else
            pf_buf_printf(b,
                "<figcaption>Kaplan–Meier over all simulated patients. Shaded: the middle "
                "95 %% of the curves of single replicates, each a trial of this size "
                "(%zu replicates). Numbers below: mean of one replicate.</figcaption>\n"
                "</figure>\n",
                f->replicates);
    }
}

static void waterfall(pf_buf *b, const pf_figures *f)
{
    size_t any = 0;
    for (size_t a = 0; a < f->n_arm; a++) any += f->waterfall[a].change.n;
    if (!any) return; /* nobody had a lesion to follow */
    pf_buf_text(b, "<h2>Best change of the tumour</h2>\n");
    for (size_t a = 0; a < f->n_arm; a++) {
        if (!f->waterfall[a].change.n) continue;
        pf_buf_text(b, "<h3>");
        pf_html_text(b, f->arm[a]);
        pf_buf_text(b, "</h3>\n<figure>\n");
        pf_waterfall_svg(b, f, a);
        pf_buf_printf(b,
            "<figcaption>%zu patients of one replicate with a visit after baseline%s. A star: "
            "a new lesion. "
            "Waterfalls overstate benefit: the response rate with its interval stands "
            "in the table of endpoints.</figcaption>\n</figure>\n",
            f->waterfall[a].patients,
            f->waterfall[a].change.n < f->waterfall[a].patients ? ", thinned evenly" : "");
    }
}

static void kinetics(pf_buf *b, const pf_figures *f)
{
    if (!f->kinetics_day.n) return;
    pf_buf_text(b, "<h2>Cell kinetics</h2>\n<figure>\n");
    pf_kinetics_svg(b, f);
    pf_buf_text(b,
        "<figcaption>Line: median patient; shaded: the middle 90 % of patients. Levels "
        "below the axis are drawn on it.</figcaption>\n</figure>\n");
}

static const char LIMITS[] =
    "<ul>\n<li>This is a model's answer, not an observation. It is as good as the parameters "
    "and their "
    "sources above.</li>\n"
    "<li>Parameters that nobody has published are drawn from wide priors; the intervals "
    "contain that "
    "uncertainty as far as it was written down, and not the uncertainty of the model's "
    "form.</li>\n"
    "<li>Only figures under “predict” test the model. Figures under “fit” shaped it.</li>\n"
    "<li>Patients whose integration failed are left out of every figure and counted "
    "above.</li>\n"
    "<li>Nothing here says that a treatment is adequate, safe, or right for a "
    "person.</li>\n</ul>\n";

pf_err pf_report_write(pf_ctx *ctx, const pf_page *page, pf_buf *b)
{
    pf_figures f;
    pf_arena a;
    pf_arena_init(&a);
    pf_err err = pf_figures_read(ctx, &a, page->summary, &f);
    if (!err) {
        head(b, page->study);
        pf_buf_text(b, "<h2>The study</h2>\n");
        pf_html_changes(b, page->summary);
        pf_html_study(b, page->study);
        pf_buf_text(b, "<h2>Endpoints</h2>\n");
        pf_html_arms(b, page->summary);
        pf_html_comparisons(b, page->summary);
        pf_html_contrasts(b, page->summary);
        pf_buf_text(b, "<h2>Published against simulated</h2>\n");
        pf_html_published(b, page->summary);
        pf_html_claims(b, page->summary);
        survival(b, page->study, &f);
        waterfall(b, &f);
        kinetics(b, &f);
        pf_html_harms(b, page->summary);
        pf_buf_text(b, "<h2>What is unknown</h2>\n");
        pf_html_unknowns(b, page->summary);
        pf_buf_text(b, "<h2>Failures</h2>\n");
        pf_html_failures(b, page->summary);
        pf_buf_text(b, "<h2>Limitations</h2>\n");
        pf_buf_text(b, LIMITS);
        pf_buf_text(b, "<h2>The same again</h2>\n");
        pf_html_reproduce(b, page);
        pf_buf_text(b, "<h2>Where the numbers are from</h2>\n");
        pf_html_sources(b, page->study);
        pf_html_parameters(b, page->summary);
        pf_buf_text(b, "</main>\n</body>\n</html>\n");
        err = pf_buf_ok(b);
    }
    pf_arena_clear(&a);
    return err;
}
