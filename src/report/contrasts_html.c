/* Tables of contrasts: what changes when a mechanism is switched off, or the treatment is
 * another.
 */
#include "report/report.h"

#include <math.h>
#include <string.h>

static double number(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

static const char *text(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_text(pf_jvalue_get(v, key), "");
}

static int is_ablation(const pf_jvalue *contrast)
{
    const pf_jvalue *list = pf_jvalue_get(contrast, "without");
    return list && list->first;
}

static void endpoint(pf_buf *b, const pf_jvalue *d)
{
    const char *name = text(d, "endpoint");
    size_t n = strcspn(name, "_");
    double at = number(d, "at_day");
    if (*text(d, "label")) {
        pf_html_text(b, text(d, "label"));
        return;
    }
    pf_buf_put(b, name, n);
    if (!isfinite(at)) return;
    pf_buf_text(b, " at ");
    pf_html_plain(b, round(at / 30.4375 * 100) / 100);
    pf_buf_text(b, " months");
}

/* A difference: points of a percentage, months, or in its own unit, with its sign. */
static void signed_number(pf_buf *b, double x, const char *unit)
{
    int share = !strcmp(unit, "share"), time = !strcmp(unit, "day");
    double y = share ? 100 * x : x / 30.4375;
    if (!isfinite(x)) {
        pf_buf_text(b, "–");
        return;
    }
    if (!share && !time) {
        if (x > 0) pf_buf_text(b, "+");
        pf_html_number(b, x, 2);
        return;
    }
    if (y >= 0.005) pf_buf_text(b, "+");
    pf_html_fixed(b, fabs(y) < 0.005 ? 0 : y, fabs(y) < 0.1 ? 2 : 1);
}

/* No median, no difference: what few replicates give would mislead. */
static int is_out_of_reach(const pf_jvalue *d)
{
    return !strcmp(text(d, "reached_by"), "neither");
}

static void difference(pf_buf *b, const pf_jvalue *d)
{
    if (is_out_of_reach(d)) {
        pf_buf_text(b, "the median is not reached in either arm");
        return;
    }
    const char *unit = text(d, "unit");
    const char *shown = !strcmp(unit, "share") ? "points"
                        : !strcmp(unit, "day") ? "months"
                                               : unit;
    int reached = number(d, "replicates_reached") >= number(d, "replicates_defined");
    double low = number(d, "q025"), high = number(d, "q975");
    signed_number(b, reached ? number(d, "mean") : number(d, "median"), unit);
    pf_buf_text(b, " ");
    if (strcmp(unit, "1") != 0) pf_html_unit(b, shown);
    if (!isfinite(low) && !isfinite(high)) return;
    pf_buf_text(b, " <span class=\"ci\">[");
    signed_number(b, low, unit);
    pf_buf_text(b, ", ");
    signed_number(b, high, unit);
    pf_buf_text(b, "]</span>");
}

static void direction(pf_buf *b, const pf_jvalue *d)
{
    double share = number(d, "share_same_direction");
    if (is_out_of_reach(d)) {
        pf_buf_text(b, "–");
        return;
    }
    pf_html_text(b, text(d, "direction"));
    if (number(d, "replicates_defined") > 1 && isfinite(share))
        pf_buf_printf(b, " in %.0f %%", 100 * share);
}

/* A harm that nobody of either arm has. */
static int is_unseen(const pf_jvalue *d)
{
    const char *name = text(d, "endpoint");
    if (strcmp(name, "grade") != 0 && strcmp(name, "event") != 0) return 0;
    return number(d, "against_value") == 0 && number(d, "arm_value") == 0;
}

static void row(pf_buf *b, const pf_jvalue *c, const pf_jvalue *d, int ablation)
{
    pf_buf_text(b, "<tr><td>");
    if (ablation) {
        const pf_jvalue *list = pf_jvalue_get(c, "without");
        for (const pf_jvalue *v = list->first; v; v = v->next) {
            if (v != list->first) pf_buf_text(b, ", ");
            pf_html_text(b, pf_jvalue_text(v, ""));
        }
        pf_buf_text(b, "</td><td>");
    }
    pf_html_text(b, text(c, "arm"));
    pf_buf_text(b, "</td><td>");
    pf_html_text(b, text(c, "against"));
    pf_buf_text(b, "</td><td>");
    endpoint(b, d);
    pf_buf_text(b, "</td><td>");
    pf_html_value(b, number(d, "against_value"), text(d, "unit"));
    pf_buf_text(b, "</td><td>");
    pf_html_value(b, number(d, "arm_value"), text(d, "unit"));
    pf_buf_text(b, "</td><td>");
    difference(b, d);
    pf_buf_text(b, "</td><td>");
    direction(b, d);
    pf_buf_text(b, "</td></tr>\n");
}

static void table(pf_buf *b, const pf_jvalue *list, int ablations)
{
    int any = 0, paired = 1;
    for (const pf_jvalue *c = list->first; c; c = c->next) {
        if (is_ablation(c) != ablations) continue;
        any = 1;
        paired &= pf_jvalue_number(pf_jvalue_get(c, "same_people")) == 1.0;
    }
    if (!any) return;
    pf_buf_printf(b,
        "<h3>%s</h3>\n<table><thead><tr>%s<th>arm</th><th>against</th><th>endpoint</th>"
        "<th>there</th><th>here</th><th>difference</th><th>replicates</th></tr></"
        "thead><tbody>\n",
        ablations ? "Ablations" : "The same people, treated otherwise",
        ablations ? "<th>without</th>" : "");
    for (const pf_jvalue *c = list->first; c; c = c->next) {
        const pf_jvalue *d = pf_jvalue_get(c, "differences");
        if (is_ablation(c) != ablations) continue;
        for (d = d ? d->first : NULL; d; d = d->next)
            if ((number(d, "replicates_defined") > 0 || is_out_of_reach(d)) && !is_unseen(d))
                row(b, c, d, ablations);
    }
    pf_buf_text(b, "</tbody></table>\n<p class=\"note\">The arm less the one it is compared "
                   "with, replicate by replicate: the mean, in brackets the 2.5 and 97.5 % "
                   "quantiles, and in how many replicates it has this direction. ");
    pf_buf_text(b, paired
                       ? "Both arms hold the same virtual people with the same chance events, "
                         "so nothing but what is named differs."
                       : "The arms hold different people, whose chance is in the differences.");
    pf_buf_text(b, "</p>\n");
}

void pf_html_contrasts(pf_buf *b, const pf_jvalue *summary)
{
    const pf_jvalue *list = pf_jvalue_get(summary, "contrasts");
    if (!list || !list->first) return;
    table(b, list, 1);
    table(b, list, 0);
}
