/* Markers, grades and counted events, from summary.json. */
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

static double nth(const pf_jvalue *list, size_t i)
{
    const pf_jvalue *v = list ? list->first : NULL;
    while (v && i--) v = v->next;
    return pf_jvalue_number(v);
}

static void heads(pf_buf *b, const char *first, const pf_jvalue *arms)
{
    pf_buf_printf(b, "<table><thead><tr><th>%s</th>", first);
    for (const pf_jvalue *v = arms ? arms->first : NULL; v; v = v->next) {
        pf_buf_text(b, "<th>");
        pf_html_text(b, text(v, "arm"));
        pf_buf_text(b, "</th>");
    }
    pf_buf_text(b, "</tr></thead><tbody>\n");
}

/* ---- markers ---- */

static void level(pf_buf *b, const pf_jvalue *arm, size_t day)
{
    double middle = nth(pf_jvalue_get(arm, "q50"), day);
    pf_buf_text(b, "<td>");
    pf_html_number(b, middle, 3);
    if (isfinite(middle)) {
        pf_buf_text(b, " <span class=\"ci\">[");
        pf_html_number(b, nth(pf_jvalue_get(arm, "q05"), day), 3);
        pf_buf_text(b, ", ");
        pf_html_number(b, nth(pf_jvalue_get(arm, "q95"), day), 3);
        pf_buf_text(b, "]</span>");
    }
    pf_buf_text(b, "</td>");
}

static void marker(pf_buf *b, const pf_jvalue *m)
{
    const pf_jvalue *arms = pf_jvalue_get(m, "arms"), *days = pf_jvalue_get(m, "day");
    const char *unit = text(m, "unit");
    pf_buf_text(b, "<h3>");
    pf_html_text(b, text(m, "marker"));
    if (strcmp(unit, "1") != 0) {
        pf_buf_text(b, ", ");
        pf_html_unit(b, unit);
    }
    pf_buf_text(b, "</h3>\n");
    heads(b, "day", arms);
    for (size_t i = 0; days && i < days->n; i++) {
        pf_buf_text(b, "<tr><td>");
        pf_html_plain(b, nth(days, i));
        pf_buf_text(b, "</td>");
        for (const pf_jvalue *v = arms ? arms->first : NULL; v; v = v->next) level(b, v, i);
        pf_buf_text(b, "</tr>\n");
    }
    pf_buf_text(b, "</tbody></table>\n");
}

/* ---- grades and events ---- */

/* One row: patients of all replicates, with the exact interval. `part` NULL: the arm itself. */
static void count_row(
    pf_buf *b, const pf_jvalue *v, const char *name, const char *behind, const char *part)
{
    const pf_jvalue *arms = pf_jvalue_get(v, "arms");
    pf_buf_text(b, "<tr><td>");
    pf_html_text(b, name);
    pf_buf_printf(b, "%s</td>", behind);
    for (const pf_jvalue *a = arms ? arms->first : NULL; a; a = a->next) {
        const pf_jvalue *c = part ? pf_jvalue_get(a, part) : a;
        double n = number(c, "patients");
        pf_buf_text(b, "<td>");
        if (n > 0) {
            pf_buf_printf(b, "%.0f of %.0f, ", number(c, "with"), n);
            pf_html_value(b, number(c, "share"), "share");
            pf_buf_text(b, " <span class=\"ci\">[");
            pf_html_value(b, number(c, "low"), "share");
            pf_buf_text(b, ", ");
            pf_html_value(b, number(c, "high"), "share");
            pf_buf_text(b, "]</span>");
        } else {
            pf_buf_text(b, "–");
        }
        pf_buf_text(b, "</td>");
    }
    pf_buf_text(b, "</tr>\n");
}

/* Has a patient of any arm the grade (`part` "any") or event (NULL)? */
static int is_seen(const pf_jvalue *v, const char *part)
{
    const pf_jvalue *arms = pf_jvalue_get(v, "arms");
    for (const pf_jvalue *a = arms ? arms->first : NULL; a; a = a->next)
        if (number(part ? pf_jvalue_get(a, part) : a, "with") > 0) return 1;
    return 0;
}

static int any_seen(const pf_jvalue *list, const char *part)
{
    const pf_jvalue *v = list ? list->first : NULL;
    while (v && !is_seen(v, part)) v = v->next;
    return v != NULL;
}

/* Names those that nobody has, instead of rows of zeros; `n` have been named before. */
static size_t unseen(
    pf_buf *b, const pf_jvalue *list, const char *key, const char *part, size_t n)
{
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        if (is_seen(v, part)) continue;
        pf_buf_text(b, n++ ? ", " : "<p>No patient of any arm has: ");
        pf_html_text(b, text(v, key));
    }
    return n;
}

static void seen_rows(pf_buf *b, const pf_jvalue *grades, const pf_jvalue *events)
{
    for (const pf_jvalue *v = grades ? grades->first : NULL; v; v = v->next) {
        if (!is_seen(v, "any")) continue;
        count_row(b, v, text(v, "grade"), ", any grade", "any");
        count_row(b, v, text(v, "grade"), ", grade 3 or more", "severe");
    }
    for (const pf_jvalue *v = events ? events->first : NULL; v; v = v->next)
        if (is_seen(v, NULL)) count_row(b, v, text(v, "event"), "", NULL);
}

static void counts(pf_buf *b, const pf_jvalue *grades, const pf_jvalue *events)
{
    const pf_jvalue *some = grades && grades->first ? grades->first : events->first;
    pf_buf_text(b, "<h2>Harms</h2>\n");
    if (any_seen(grades, "any") || any_seen(events, NULL)) {
        heads(b, "patients of all replicates", pf_jvalue_get(some, "arms"));
        seen_rows(b, grades, events);
        pf_buf_text(b, "</tbody></table>\n");
    }
    if (unseen(b, events, "event", NULL, unseen(b, grades, "grade", "any", 0)))
        pf_buf_text(b, ".</p>\n");
    pf_buf_text(b,
        "<p class=\"note\">In brackets the exact 95 % interval of so "
        "many simulated patients (Clopper and Pearson). A single trial that sees none "
        "among n patients excludes no more than shares above about 3/n.</p>\n");
}

void pf_html_harms(pf_buf *b, const pf_jvalue *summary)
{
    const pf_jvalue *markers = pf_jvalue_get(summary, "markers");
    const pf_jvalue *grades = pf_jvalue_get(summary, "grades");
    const pf_jvalue *events = pf_jvalue_get(summary, "events");
    if (markers && markers->first) {
        pf_buf_text(b, "<h2>Markers</h2>\n");
        for (const pf_jvalue *m = markers->first; m; m = m->next) marker(b, m);
        pf_buf_text(b,
            "<p class=\"note\">Median of the patients of all replicates; in brackets "
            "the middle 90 %.</p>\n");
    }
    if ((grades && grades->first) || (events && events->first)) counts(b, grades, events);
}
