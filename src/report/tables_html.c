/* Tables made from summary.json: arms, comparisons, published against simulated, unknowns. */
#include "report/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double number(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

static const char *text(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_text(pf_jvalue_get(v, key), "");
}

/* The number and, apart from it, the unit that suits its size. */
static const char *scaled(double x, const char *unit, double *out)
{
    static const double MONTH = 30.4375;
    *out = x;
    if (!strcmp(unit, "share")) {
        *out = 100 * x;
        return "%";
    }
    if (!strcmp(unit, "day")) {
        if (!(fabs(x) >= 60)) return "days";
        *out = x / MONTH;
        return "months";
    }
    return strcmp(unit, "1") ? unit : "";
}

static void bare(pf_buf *b, double x, const char *unit)
{
    if (isfinite(x) && (!strcmp(unit, "%") || !strcmp(unit, "months")))
        pf_html_fixed(b, x, 1);
    else
        pf_html_number(b, x, 3);
}

void pf_html_value(pf_buf *b, double x, const char *unit)
{
    double y;
    const char *shown = scaled(x, unit, &y);
    bare(b, y, shown);
    if (!isfinite(x) || !*shown) return;
    pf_buf_text(b, " ");
    pf_html_unit(b, shown);
}

/* "31.2 % [20.1, 44.0]": all three in the unit of the first. */
static void interval(pf_buf *b, double x, double low, double high, const char *unit)
{
    double y, factor;
    pf_html_value(b, x, unit);
    if (!isfinite(low) && !isfinite(high)) return;
    const char *shown = scaled(isfinite(x) ? x : high, unit, &y);
    factor = isfinite(x) && x != 0 ? y / x : scaled(1e6, unit, &y) == shown ? y / 1e6 : 1;
    if (!strcmp(shown, "%")) factor = 100;
    pf_buf_text(b, " <span class=\"ci\">[");
    bare(b, low * factor, shown);
    pf_buf_text(b, ", ");
    bare(b, high * factor, shown);
    pf_buf_text(b, "]</span>");
}

/* "PFS at 6 months" */
static void endpoint(pf_buf *b, const pf_jvalue *v)
{
    static const char *const plain[][2] = {{"PFS_at", "PFS"}, {"OS_at", "OS"},
        {"kinetics", "kinetics"}, {"ORR_difference", "difference in ORR"},
        {"PFS_hazard_ratio", "PFS hazard ratio"}, {"OS_hazard_ratio", "OS hazard ratio"}};
    const char *name = text(v, "endpoint");
    double at = number(v, "at_day");
    if (*text(v, "label")) {
        pf_html_text(b, text(v, "label"));
        return;
    }
    for (size_t i = 0; i < PF_COUNT(plain); i++)
        if (!strcmp(name, plain[i][0])) name = plain[i][1];
    size_t n = strlen(name); /* RFS_at */
    if (isfinite(at) && n > 3 && !strcmp(name + n - 3, "_at")) n -= 3;
    for (size_t i = 0; i < n; i++) pf_buf_put(b, name[i] == '_' ? " " : name + i, 1);
    if (!isfinite(at)) return;
    int blood = !strcmp(text(v, "endpoint"), "kinetics"); /* is drawn on days */
    int months = at >= 60 && !blood;
    pf_buf_text(b, " at ");
    pf_html_plain(b, months ? round(at / 30.4375 * 100) / 100 : at);
    pf_buf_text(b, months ? " months" : at == 1 ? " day" : " days");
}

static const pf_jvalue *find_measure(const pf_jvalue *list, const pf_jvalue *like)
{
    double at = number(like, "at_day");
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        double other = number(v, "at_day");
        int same = at == other || (isnan(at) && isnan(other));
        if (same && !strcmp(text(v, "endpoint"), text(like, "endpoint")) &&
            !strcmp(text(v, "label"), text(like, "label")))
            return v;
    }
    return NULL;
}

/* What stands for all replicates, as on the terminal: the mean; of kinetics, and where some
 * replicates do not reach a median, the median. */
static double centre(const pf_jvalue *v, const char *mean, const char *median)
{
    double reached = number(v, "replicates_reached"), defined = number(v, "replicates_defined");
    double x = number(v, mean);
    if (!strcmp(text(v, "centre"), "median")) return number(v, median);
    return !isfinite(x) || reached < defined ? number(v, median) : x;
}

/* The quantiles over replicates; of a lone replicate what its patients allow. `of` is "" or
 * "simulated_". */
static void simulated(pf_buf *b, const pf_jvalue *v, const char *of)
{
    char key[6][40];
    static const char *const name[6] = {"mean", "median", "q025", "q975", "low", "high"};
    for (int i = 0; i < 6; i++) snprintf(key[i], sizeof key[i], "%s%s", of, name[i]);
    int lone = pf_jvalue_get(v, key[4]) != NULL;
    interval(b, centre(v, key[0], key[1]), number(v, key[lone ? 4 : 2]),
        number(v, key[lone ? 5 : 3]), text(v, "unit"));
}

static void arm_heads(pf_buf *b, const pf_jvalue *arms, const char *first)
{
    size_t i = 0;
    pf_buf_printf(b, "<table><thead><tr><th>%s</th>", first);
    for (const pf_jvalue *v = arms->first; v; v = v->next, i++) {
        pf_buf_printf(
            b, "<th><span class=\"key\" style=\"background:%s\"></span>", pf_arm_colour(i));
        pf_html_text(b, text(v, "name"));
        pf_buf_text(b, "</th>");
    }
    pf_buf_text(b, "</tr></thead><tbody>\n");
}

static void count_row(pf_buf *b, const pf_jvalue *arms, const char *title, const char *key)
{
    pf_buf_printf(b, "<tr><td>%s</td>", title);
    for (const pf_jvalue *v = arms->first; v; v = v->next) {
        pf_buf_text(b, "<td>");
        double x = number(v, key);
        if (isfinite(x) && x == floor(x))
            pf_buf_printf(b, "%.0f", x);
        else
            pf_html_number(b, x, 3);
        pf_buf_text(b, "</td>");
    }
    pf_buf_text(b, "</tr>\n");
}

/* How many patients got a lot in that way; nothing in studies without lots. */
static void lot_row(pf_buf *b, const pf_jvalue *arms, const char *label, const char *key)
{
    double any = 0;
    for (const pf_jvalue *v = arms->first; v; v = v->next)
        any = fmax(any, number(pf_jvalue_get(v, "lots"), key));
    if (!(any > 0)) return;
    pf_buf_printf(b, "<tr><td>%s</td>", label);
    for (const pf_jvalue *v = arms->first; v; v = v->next) {
        double x = number(pf_jvalue_get(v, "lots"), key);
        if (isfinite(x))
            pf_buf_printf(b, "<td>%.0f</td>", x);
        else
            pf_buf_text(b, "<td></td>");
    }
    pf_buf_text(b, "</tr>\n");
}

/* A grade or event that nobody of any arm has: the part on harms names it, a row of zeros says
 * nothing. */
static int is_unseen(const pf_jvalue *arms, const pf_jvalue *row)
{
    const char *name = text(row, "endpoint");
    if (strcmp(name, "grade") != 0 && strcmp(name, "event") != 0) return 0;
    for (const pf_jvalue *v = arms->first; v; v = v->next)
        if (number(find_measure(pf_jvalue_get(v, "endpoints"), row), "mean") > 0) return 0;
    return 1;
}

void pf_html_arms(pf_buf *b, const pf_jvalue *summary)
{
    const pf_jvalue *arms = pf_jvalue_get(summary, "arms");
    if (!arms || !arms->first) return;
    arm_heads(b, arms, "endpoint");
    count_row(b, arms, "patients of one replicate", "size");
    count_row(b, arms, "patients simulated", "patients");
    count_row(b, arms, "of them with at least one dose", "treated");
    count_row(b, arms, "doses, mean", "doses_mean");
    lot_row(b, arms, "lot released with exception", "released with exception");
    lot_row(b, arms, "lot made again", "made again");
    lot_row(b, arms, "no product: two lots failed", "no product");
    const pf_jvalue *first = pf_jvalue_get(arms->first, "endpoints");
    for (const pf_jvalue *row = first ? first->first : NULL; row; row = row->next) {
        if (is_unseen(arms, row)) continue;
        pf_buf_text(b, "<tr><td>");
        endpoint(b, row);
        pf_buf_text(b, "</td>");
        for (const pf_jvalue *v = arms->first; v; v = v->next) {
            const pf_jvalue *m = find_measure(pf_jvalue_get(v, "endpoints"), row);
            pf_buf_text(b, "<td>");
            simulated(b, m, "");
            pf_buf_text(b, "</td>");
        }
        pf_buf_text(b, "</tr>\n");
    }
    if (number(summary, "replicates") == 1.0) {
        pf_buf_text(b,
            "</tbody></table>\n<p class=\"note\">One replicate. In brackets what its "
            "patients allow, 95 %: exact binomial of shares, Kaplan–Meier of "
            "medians and of shares at a time. – : not reached, or nobody could have "
            "one.</p>\n");
        return;
    }
    pf_buf_text(b,
        "</tbody></table>\n<p class=\"note\">Mean over replicates of the share or "
        "the median of a replicate; of kinetics, and where some replicates do not reach a "
        "median, the "
        "median over replicates. In brackets the 2.5 and 97.5 % quantiles: what trials of this "
        "size would show, given all that is unknown. – : not reached, or nobody could have "
        "one.</p>\n");
}

void pf_html_comparisons(pf_buf *b, const pf_jvalue *summary)
{
    static const char *const share[] = {
        "share_below_0.05", "share_below_1", "share_above_1", "share_above_0"};
    static const char *const words[] = {
        "p &lt; 0.05 in", "below 1 in", "above 1 in", "above 0 in"};
    const pf_jvalue *list = pf_jvalue_get(summary, "comparisons");
    if (!list || !list->first) return;
    pf_buf_text(b, "<h3>Comparisons</h3>\n<table><thead><tr><th>arm</th><th>against</th>"
                   "<th>measure</th><th>");
    pf_buf_text(
        b, number(summary, "replicates") == 1.0 ? "one replicate" : "mean over replicates");
    pf_buf_text(b, "</th><th>replicates</th></tr></thead><tbody>\n");
    for (const pf_jvalue *c = list->first; c; c = c->next) {
        const pf_jvalue *m = pf_jvalue_get(c, "measures");
        for (m = m ? m->first : NULL; m; m = m->next) {
            pf_buf_text(b, "<tr><td>");
            pf_html_text(b, text(c, "arm"));
            pf_buf_text(b, "</td><td>");
            pf_html_text(b, text(c, "against"));
            pf_buf_text(b, "</td><td>");
            endpoint(b, m);
            pf_buf_text(b, "</td><td>");
            simulated(b, m, "");
            pf_buf_text(b, "</td><td>");
            int several = number(m, "replicates_defined") > 1;
            for (size_t i = 0; i < PF_COUNT(share) && several; i++) {
                double x = number(m, share[i]);
                if (isfinite(x)) pf_buf_printf(b, "%s %.0f %%", words[i], 100 * x);
            }
            pf_buf_text(b, "</td></tr>\n");
        }
    }
    pf_buf_text(b, "</tbody></table>\n");
}

static void published_row(pf_buf *b, const pf_jvalue *v)
{
    const char *unit = text(v, "unit"), *verdict = text(v, "verdict");
    double n = number(v, "published_n"), percentile = number(v, "percentile");
    pf_buf_text(b, "<tr><td>");
    endpoint(b, v);
    pf_buf_text(b, "</td><td>");
    pf_html_text(b, text(v, "arm"));
    if (*text(v, "against")) {
        pf_buf_text(b, " / ");
        pf_html_text(b, text(v, "against"));
    }
    pf_buf_text(b, "</td><td>");
    if (*text(v, "direction"))
        pf_html_text(b, text(v, "direction"));
    else
        interval(b, number(v, "published"), number(v, "published_low"),
            number(v, "published_high"), unit);
    if (isfinite(n)) pf_buf_printf(b, " <span class=\"ci\">n %.0f</span>", n);
    pf_buf_text(b, "</td><td>");
    simulated(b, v, "simulated_");
    pf_buf_text(b, "</td><td>");
    double agree = number(v, "share_agreeing"); /* NaN where no direction was published */
    if (isfinite(agree))
        pf_buf_printf(b, "so in %.0f %%", 100 * agree);
    else if (isfinite(percentile))
        pf_buf_printf(b, "%.0f", percentile);
    else
        pf_buf_text(b, "–");
    pf_buf_printf(b, "</td><td class=\"%s\">",
        !strcmp(verdict, "pass")   ? "pass"
        : !strcmp(verdict, "miss") ? "miss"
                                   : "");
    if (!isfinite(percentile) && number(v, "replicates_defined") > 0)
        pf_buf_text(b, "one replicate ");
    pf_html_text(b, verdict);
    if (pf_jvalue_number(pf_jvalue_get(v, "provisional")) == 1.0 &&
        strcmp(verdict, "cannot say"))
        pf_buf_text(b, " (provisional)");
    pf_buf_text(b, "</td><td>");
    if (*text(v, "case")) {
        pf_html_text(b, text(v, "case"));
        pf_buf_text(b, ": ");
    }
    pf_html_text(b, text(v, "source"));
    pf_buf_text(b, "</td></tr>\n");
}

void pf_html_published(pf_buf *b, const pf_jvalue *summary)
{
    static const char *const role[] = {"fit", "check", "predict", "claim"};
    static const char *const meaning[] = {
        "Fit: these figures were allowed to shape parameters; agreement says nothing new",
        "Check: not used for fitting, but known when the model was built",
        "Predict: not used in any way; this is the test",
        "Claim: stated somewhere without a traceable source; never used"};
    const pf_jvalue *all = pf_jvalue_get(summary, "expectations");
    int any = 0;
    for (size_t i = 0; i < PF_COUNT(role); i++) {
        const pf_jvalue *list = pf_jvalue_get(pf_jvalue_get(all, role[i]), "figures");
        if (!list || !list->first) continue;
        any = 1;
        pf_buf_printf(b, "<h3>%s</h3>\n", meaning[i]);
        pf_buf_text(b,
            "<table><thead><tr><th>endpoint</th><th>arm</th><th>published</th>"
            "<th>simulated</th><th>percentile</th><th>verdict</th><th>source</th></tr>"
            "</thead><tbody>\n");
        for (const pf_jvalue *v = list->first; v; v = v->next) published_row(b, v);
        pf_buf_text(b, "</tbody></table>\n<ul class=\"note\">");
        for (const pf_jvalue *v = list->first; v; v = v->next) {
            if (!*text(v, "sentence")) continue;
            pf_buf_text(b, "<li>");
            pf_html_text(b, text(v, "sentence"));
            pf_buf_text(b, "</li>\n");
        }
        pf_buf_text(b, "</ul>\n");
    }
    if (!any) pf_buf_text(b, "<p>The study names no published figures.</p>\n");
}

static void prior(pf_buf *b, const pf_jvalue *v)
{
    double centre = number(v, "centre"), spread = number(v, "spread");
    double low = number(v, "low"), high = number(v, "high");
    const char *kind = text(v, "distribution");
    int ranged = strstr(kind, "uniform") != NULL;
    pf_html_text(b, kind);
    if (!ranged && isfinite(centre)) {
        pf_buf_text(b, ", centre ");
        pf_html_number(b, centre, 3);
        if (isfinite(spread) && spread > 0) {
            pf_buf_text(b, ", sd ");
            pf_html_number(b, spread, 3);
        }
    }
    if (!isfinite(low) && !isfinite(high)) return;
    pf_buf_text(b, ", ");
    pf_html_plain(b, low);
    pf_buf_text(b, " to ");
    pf_html_plain(b, high);
}

void pf_html_unknowns(pf_buf *b, const pf_jvalue *summary)
{
    static const char *const key[] = {"rank_correlation_ORR_last_arm",
        "rank_correlation_ORR_difference", "rank_correlation_PFS_last_arm"};
    const pf_jvalue *list = pf_jvalue_get(summary, "unknowns");
    if (!list || !list->first) {
        pf_buf_text(b, "<p>The study draws no unknown parameters.</p>\n");
        return;
    }
    pf_buf_text(b, "<table><thead><tr><th>parameter</th><th>prior</th><th>unit</th>"
                   "<th>ORR, last arm</th><th>ORR, difference</th><th>PFS, last arm</th>"
                   "<th>source</th></tr></thead><tbody>\n");
    for (const pf_jvalue *v = list->first; v; v = v->next) {
        pf_buf_text(b, "<tr><td><code>");
        pf_html_text(b, text(v, "name"));
        pf_buf_text(b, "</code></td><td>");
        prior(b, v);
        pf_buf_text(b, "</td><td>");
        pf_html_unit(b, text(v, "unit"));
        for (size_t i = 0; i < PF_COUNT(key); i++) {
            pf_buf_text(b, "</td><td>");
            pf_html_number(b, number(v, key[i]), 2);
        }
        pf_buf_text(b, "</td><td>");
        if (pf_jvalue_number(pf_jvalue_get(v, "unpublished")) == 1.0)
            pf_buf_text(b, "<b>nobody has published it</b>: ");
        pf_html_text(b, pf_after_unknown(text(v, "source")));
        pf_buf_text(b, "</td></tr>\n");
    }
    pf_buf_text(b,
        "</tbody></table>\n<p class=\"note\">Each replicate draws these anew. The three "
        "columns are rank correlations over replicates: far from 0 means that knowing "
        "this parameter better would narrow the result.</p>\n");
}

void pf_html_failures(pf_buf *b, const pf_jvalue *summary)
{
    double failed = number(summary, "failed");
    const char *note = failed > 0 ? text(summary, "failed_note") : "No patient failed";
    pf_buf_text(b, "<p>");
    pf_html_text(b, note);
    pf_buf_printf(
        b, ".%s</p>\n", failed > 0 ? " Who, when and why: <code>failures.csv</code>." : "");
}
