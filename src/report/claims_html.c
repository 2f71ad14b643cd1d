/* Parts of the page about what lies behind the figures: what claims would need, and the
 * parameters of the model that were used. */
#include "report/report.h"

#include <math.h>
#include <string.h>

static const char *text(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_text(pf_jvalue_get(v, key), "");
}

static double number(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

static void cell_text(pf_buf *b, const char *value)
{
    pf_buf_text(b, "<td>");
    pf_html_text(b, value);
    pf_buf_text(b, "</td>");
}

static void lever(pf_buf *b, const pf_jvalue *v)
{
    const char *verdict = text(v, "verdict");
    pf_buf_text(b, "<tr><td><code>");
    pf_html_text(b, text(v, "parameter"));
    pf_buf_text(b, "</code></td>");
    cell_text(b, text(v, "sentence"));
    pf_buf_printf(b, "<td class=\"%s\">",
        !strcmp(verdict, "inside")  ? "pass"
        : !strcmp(verdict, "above") ? "miss"
        : !strcmp(verdict, "below") ? "miss"
                                    : "");
    pf_html_text(b, verdict);
    pf_buf_text(b, "</td></tr>\n");
}

void pf_html_claims(pf_buf *b, const pf_jvalue *summary)
{
    const pf_jvalue *list = pf_jvalue_get(summary, "claims");
    if (!list || !list->first) return;
    pf_buf_text(b, "<h2>What the claims would need</h2>\n");
    for (const pf_jvalue *v = list->first; v; v = v->next) {
        const pf_jvalue *levers = pf_jvalue_get(v, "levers");
        pf_buf_text(b, "<h3>");
        pf_html_text(b, text(v, "endpoint"));
        pf_buf_text(b, "</h3>\n<p>");
        pf_html_text(b, text(v, "sentence"));
        pf_buf_text(b, "</p>\n");
        if (!levers || !levers->first) continue;
        pf_buf_text(b, "<table class=\"small\"><thead><tr><th>parameter</th><th>for the claim "
                       "to hold</th><th>its evidence</th></tr></thead><tbody>\n");
        for (const pf_jvalue *l = levers->first; l; l = l->next) lever(b, l);
        pf_buf_text(b, "</tbody></table>\n");
    }
    pf_buf_text(b,
        "<p class=\"note\">Each parameter is multiplied for every patient, alone, by up to "
        "1000 "
        "either way, in a trial of 60 patients who are the same in every step. Its evidence is "
        "the range in the table of parameters, a copy of which is in <code>inputs/</code>. "
        "Two parameters together may need less.</p>\n");
}

static void range(pf_buf *b, const pf_jvalue *v)
{
    double low = number(v, "low"), high = number(v, "high");
    pf_buf_text(b, "<td>");
    if (isfinite(low) && isfinite(high)) {
        pf_html_plain(b, low);
        pf_buf_text(b, " to ");
        pf_html_plain(b, high);
    }
    pf_buf_text(b, "</td>");
}

static void parameter(pf_buf *b, const pf_jvalue *v)
{
    const char *source = text(v, "source");
    pf_buf_text(b, "<tr><td><code>");
    pf_html_text(b, text(v, "name"));
    pf_buf_text(b, "</code> ");
    pf_html_text(b, text(v, "is"));
    pf_buf_text(b, "</td><td>");
    if (number(v, "set") == 1.0)
        pf_buf_text(b, "set above");
    else
        pf_html_plain(b, number(v, "value"));
    pf_buf_text(b, "</td>");
    range(b, v);
    pf_buf_text(b, "<td>");
    pf_html_unit(b, text(v, "unit"));
    pf_buf_text(b, "</td>");
    cell_text(b, text(v, "kind"));
    pf_buf_text(b, "<td>");
    if (number(v, "unknown") == 1.0) pf_buf_text(b, "<b>unknown</b>: ");
    pf_html_text(b, number(v, "unknown") == 1.0 ? pf_after_unknown(source) : source);
    pf_buf_text(b, "</td></tr>\n");
}

void pf_html_parameters(pf_buf *b, const pf_jvalue *summary)
{
    const pf_jvalue *list = pf_jvalue_get(summary, "parameters");
    size_t n = 0, unknown = 0;
    if (!list || !list->first) return;
    for (const pf_jvalue *v = list->first; v; v = v->next) {
        n++;
        unknown += number(v, "unknown") == 1.0;
    }
    pf_buf_printf(b,
        "<h3>Parameters of the model</h3>\n<p>This study uses %zu of them; nobody has "
        "published "
        "%zu.</p>\n<table class=\"small\"><thead><tr><th>parameter</th><th>value</th>"
        "<th>range</th><th>unit</th><th>kind</th><th>source</th></tr></thead><tbody>\n",
        n, unknown);
    for (const pf_jvalue *v = list->first; v; v = v->next) parameter(b, v);
    pf_buf_text(b, "</tbody></table>\n");
}
