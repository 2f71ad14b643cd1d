/* A comparison on a terminal: what differs, figures in pairs of runs, published figures. */
#include "api/compare.h"
#include "base/text.h"
#include "trial/endpoint_kind.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 26, CELL = 27, KEY = 54, LINES = 40, TEXT = 240, VALUE = 60, PUBLISHED = 14 };

/* ---- small pieces ---- */

static char letter(size_t run)
{
    return (char)('A' + run);
}

/* Two blanks behind a text that is too long. */
static void cell(pf_buf *out, const char *text, size_t width)
{
    size_t n = pf_text_columns(text, strlen(text));
    pf_buf_text(out, text);
    if (n + 2 > width) width = n + 2;
    while (n++ < width) pf_buf_text(out, " ");
}

static void end_line(pf_buf *out)
{
    while (out->size && out->bytes[out->size - 1] == ' ') out->bytes[--out->size] = '\0';
    pf_buf_text(out, "\n");
}

/* At most VALUE columns of a value that may be a whole formula. */
static void short_text(pf_buf *out, const char *text)
{
    if (pf_text_columns(text, strlen(text)) <= VALUE) {
        pf_buf_text(out, text);
        return;
    }
    size_t n = VALUE - 3;
    while (n && ((unsigned char)text[n] & 0xC0) == 0x80) n--;
    pf_buf_put(out, text, n);
    pf_buf_text(out, "...");
}

/* ---- numbers ---- */

typedef struct {
    double factor;
    int decimals;     /* -1: three significant digits */
    const char *unit; /* "" without */
} scale;

/* Shares in %, days over two months in months: as everywhere else. */
static scale scale_of(double like, const char *unit)
{
    if (!strcmp(unit, "share")) return (scale){100, 1, "%"};
    if (!strcmp(unit, "day") && fabs(like) >= 60)
        return (scale){1 / PF_MONTH_DAYS, 1, "months"};
    if (!strcmp(unit, "day")) return (scale){1, -1, "days"};
    return (scale){1, -1, strcmp(unit, "1") ? unit : ""};
}

static void bare(double x, const scale *s, char *text, size_t size)
{
    if (!isfinite(x))
        snprintf(text, size, "nr"); /* not reached */
    else if (s->decimals >= 0)
        snprintf(text, size, "%.*f", s->decimals, x * s->factor);
    else
        snprintf(text, size, "%.3g", x * s->factor);
}

static void figure_text(const pf_run_measure *m, char *text, size_t size)
{
    char x[40], low[40], high[40];
    scale s = scale_of(m->value, m->unit);
    if (isnan(m->value)) {
        snprintf(text, size, "%s", m->defined > 0 ? "not reached" : "none");
        return;
    }
    bare(m->value, &s, x, sizeof x);
    bare(m->low, &s, low, sizeof low);
    bare(m->high, &s, high, sizeof high);
    if (isnan(m->low) && isnan(m->high))
        snprintf(text, size, "%s %s", x, s.unit);
    else
        snprintf(text, size, "%s %s%s[%s, %s]", x, s.unit, *s.unit ? " " : "", low, high);
}

/* Decimals that leave two digits of the error. */
static int decimals(double error)
{
    if (!(error > 0) || !isfinite(error)) return 1;
    double d = ceil(1 - log10(error));
    return d < 0 ? 0 : d > 6 ? 6 : (int)d;
}

static void gap_text(const pf_compare_row *row, size_t i, char *text, size_t size)
{
    const pf_gap *g = &row->gap[i];
    const pf_run_measure *a = row->in[0], *b = row->in[i];
    scale s = scale_of(fmax(fabs(a->value), fabs(b->value)), a->unit);
    const char *unit = !strcmp(s.unit, "%") ? "points" : s.unit;
    const char *mark = pf_compare_beyond(row, i) == 1 ? " *" : "";
    char low[40], high[40], value[40];
    if (isnan(g->value) || (isnan(a->value) && isnan(b->value))) {
        snprintf(text, size, "-");
    } else if (g->value == 0 && (isnan(g->low) || g->low == g->high)) {
        snprintf(text, size, "none");
    } else if (isinf(g->value)) {
        snprintf(text, size, "%s is not reached%s",
            g->value > 0 ? "the later one" : "the first", mark);
    } else {
        double error = isfinite(g->low) && isfinite(g->high) ? (g->high - g->low) / 4 : g->se;
        if (!(error > 0)) error = fabs(g->value) / 10;
        s.decimals = decimals(error * s.factor);
        bare(g->low, &s, low, sizeof low);
        bare(g->high, &s, high, sizeof high);
        int known = !isnan(g->low) || !isnan(g->high);
        bare(g->value, &s, value, sizeof value);
        int zero = !strpbrk(value, "123456789");
        const char *bare_value = zero && *value == '-' ? value + 1 : value;
        snprintf(text, size, "%s%s%s%s%s%s%s%s%s%s", g->value > 0 && !zero ? "+" : "",
            bare_value, *unit ? " " : "", unit, known ? " [" : "", known ? low : "",
            known ? ", " : "", known ? high : "", known ? "]" : "", mark);
    }
}

/* ---- names ---- */

void pf_compare_name(const pf_run_measure *m, char *text, size_t size)
{
    const char *tail = strchr(m->endpoint, '_');
    int base = tail ? (int)(tail - m->endpoint) : (int)strlen(m->endpoint);
    if (*m->label)
        snprintf(text, size, "%s", m->label);
    else if (tail && !strcmp(tail, "_at"))
        snprintf(text, size, "%.*s %g months", base, m->endpoint, round(m->at / PF_MONTH_DAYS));
    else if (tail && !strcmp(tail, "_hazard_ratio"))
        snprintf(text, size, "%.*s hazard ratio", base, m->endpoint);
    else if (tail && !strcmp(tail, "_ratio"))
        snprintf(text, size, "%.*s ratio of medians", base, m->endpoint);
    else if (tail && !strcmp(tail, "_logrank_p"))
        snprintf(text, size, "%.*s log-rank p < 0.05", base, m->endpoint);
    else if (tail && !strcmp(tail, "_difference"))
        snprintf(text, size, "%.*s difference", base, m->endpoint);
    else if (!isnan(m->at))
        snprintf(text, size, "%s day %g", m->endpoint, m->at);
    else
        snprintf(text, size, "%s", m->endpoint);
}

/* Shown always; the others where they differ. */
static int is_headline(const pf_run_measure *m)
{
    static const char *const name[] = {"ORR", "CR", "DCR", "PFS", "OS", "RFS", "DoR", "PFS_at",
        "OS_at", "ORR_difference", "PFS_hazard_ratio", "OS_hazard_ratio"};
    if (*m->label) return 0;
    for (size_t i = 0; i < PF_COUNT(name); i++)
        if (!strcmp(m->endpoint, name[i])) return 1;
    return 0;
}

/* ---- what differs ---- */

static void run_lines(const pf_comparison *c, pf_buf *out)
{
    pf_buf_text(out, "SIMULATED: no patient in these runs exists\n");
    for (size_t i = 0; i < c->n; i++) {
        const pf_manifest *m = &c->run[i].manifest;
        pf_buf_printf(out, "%c  ", letter(i));
        cell(out, c->run[i].label, NAME);
        pf_buf_printf(out,
            "%s, %" PRIu64 " replicate%s of %" PRIu64 " patients, seed %" PRIu64
            ", version %s\n",
            m->study, m->replicates, m->replicates == 1 ? "" : "s", m->patients, m->seed,
            m->version);
    }
}

static void change_line(const char *what, const pf_run_change *x, int files, pf_buf *out)
{
    char head[TEXT];
    snprintf(head, sizeof head, "%s%s", what, x->key);
    pf_buf_text(out, "  ");
    cell(out, head, KEY);
    if (files)
        pf_buf_text(out, !x->was ? "only here" : !x->is ? "not here" : "another content");
    else {
        short_text(out, x->was ? x->was : "(not there)");
        pf_buf_text(out, " -> ");
        short_text(out, x->is ? x->is : "(not there)");
    }
    pf_buf_text(out, "\n");
}

static void change_lines(const pf_comparison *c, size_t i, pf_buf *out)
{
    static const char *const what[PF_CHANGE_LISTS] = {"", "input ", "", "parameter "};
    size_t all = 0;
    for (int l = 0; l < PF_CHANGE_LISTS; l++) all += c->change[i][l].n;
    if (!all) {
        pf_buf_printf(out, "\n%c repeats %c: the same inputs, settings and version%s\n",
            letter(i), letter(0),
            c->run[0].results_hash == c->run[i].results_hash ? ", and the same results" : "");
        return;
    }
    pf_buf_printf(out, "\nwhat differs, %c from %c\n", letter(i), letter(0));
    for (int l = 0; l < PF_CHANGE_LISTS; l++) {
        const pf_run_changes *list = &c->change[i][l];
        for (size_t k = 0; k < list->n && k < LINES; k++)
            change_line(what[l], &list->item[k], l == PF_CHANGE_INPUTS, out);
        if (list->n > LINES)
            pf_buf_printf(out, "  and %zu more (--json has all)\n", list->n - LINES);
    }
    if (!c->run[0].n_key || !c->run[i].n_key)
        pf_buf_text(out, "  the studies cannot be compared value by value: a resolved.yaml is "
                         "missing or cannot be read\n");
}

static void lonely_arms(const pf_comparison *c, size_t i, pf_buf *out)
{
    for (size_t a = 0; a < c->n_arm; a++) {
        int in[2] = {0, 0};
        for (size_t k = 0; k < c->n_row; k++) {
            const pf_compare_row *row = &c->row[k];
            in[0] |= row->in[0] && !strcmp(row->in[0]->arm, c->arm[a]);
            in[1] |= row->in[i] && !strcmp(row->in[i]->arm, c->arm[a]);
        }
        if (in[0] != in[1])
            pf_buf_printf(out, "arm '%s' is in %c alone\n", c->arm[a], letter(in[0] ? 0 : i));
    }
}

/* ---- figures ---- */

static void head_line(size_t i, pf_buf *out)
{
    char text[40];
    pf_buf_text(out, "\n");
    cell(out, "", NAME);
    snprintf(text, sizeof text, "%c", letter(0));
    cell(out, text, CELL);
    snprintf(text, sizeof text, "%c", letter(i));
    cell(out, text, CELL);
    pf_buf_printf(out, "%c less %c [95 %%]\n", letter(i), letter(0));
}

static void figure_line(const pf_compare_row *row, size_t i, pf_buf *out)
{
    char text[TEXT];
    pf_compare_name(row->in[0], text, sizeof text);
    cell(out, text, NAME);
    figure_text(row->in[0], text, sizeof text);
    cell(out, text, CELL);
    figure_text(row->in[i], text, sizeof text);
    cell(out, text, CELL);
    gap_text(row, i, text, sizeof text);
    cell(out, text, 0);
    end_line(out);
}

/* Whether there was one to show. */
static int figure_lines(const pf_comparison *c, size_t i, int all, pf_buf *out)
{
    const char *arm = "", *against = "";
    size_t hidden = 0, shown = 0;
    for (size_t k = 0; k < c->n_row; k++) {
        const pf_compare_row *row = &c->row[k];
        const pf_run_measure *m = row->in[0];
        if (!row->told[i]) continue;
        if (!all && !is_headline(m) && pf_compare_beyond(row, i) != 1) {
            hidden++;
            continue;
        }
        if (!shown++) head_line(i, out);
        if (strcmp(arm, m->arm) || strcmp(against, m->against))
            pf_buf_printf(out, "%s%s%s\n", m->arm, *m->against ? " against " : "", m->against);
        arm = m->arm;
        against = m->against;
        figure_line(row, i, out);
    }
    if (!shown)
        pf_buf_printf(out, "\n%c and %c share no %sfigure\n", letter(i), letter(0),
            hidden ? "main " : "");
    if (hidden)
        pf_buf_printf(out, "%zu more figures that do not differ: --all shows them\n", hidden);
    return shown > 0;
}

static void how_lines(const pf_comparison *c, size_t i, pf_buf *out)
{
    int values = c->run[0].by_replicate && c->run[i].by_replicate;
    int seed = c->run[0].manifest.seed == c->run[i].manifest.seed;
    if (c->paired[i])
        pf_buf_printf(out, "paired: the same seed%s; differences within replicates\n",
            c->same_people[i] ? " and the same virtual patients" : "");
    else
        pf_buf_printf(out, "not paired: %s\n",
            values && seed ? "the same seed, but other numbers of replicates; compared as if "
                             "they were independent"
            : values
                ? "other seeds, so that replicates are independent"
                : "a run has no replicates.csv; means by their standard deviations, medians "
                  "cannot be judged");
    if (c->judged[i])
        pf_buf_printf(out,
            "* beyond Monte Carlo error (p < 0.05 after Holm over %zu figures): %zu\n",
            c->judged[i], c->beyond[i]);
    else
        pf_buf_text(out, "too few replicates to tell a difference from chance\n");
}

/* ---- published figures ---- */

static void published_value(const pf_jvalue *v, const char *key, char *text, size_t size)
{
    double x = pf_jvalue_number(pf_jvalue_get(v, key));
    scale s = scale_of(x, pf_jvalue_text(pf_jvalue_get(v, "unit"), "1"));
    char number[40];
    if (isnan(x)) {
        snprintf(text, size, "%s", pf_jvalue_text(pf_jvalue_get(v, "direction"), "-"));
        return;
    }
    bare(x, &s, number, sizeof number);
    snprintf(text, size, "%s%s%s", number, *s.unit ? " " : "", s.unit);
}

static void published_cell(const pf_jvalue *v, char *text, size_t size)
{
    char x[60];
    double mean = pf_jvalue_number(pf_jvalue_get(v, "simulated_mean"));
    text[0] = '\0';
    if (!v) return;
    published_value(v, isnan(mean) ? "simulated_median" : "simulated_mean", x, sizeof x);
    snprintf(text, size, "%s, %s", x, pf_jvalue_text(pf_jvalue_get(v, "verdict"), ""));
}

static void published_lines(const pf_comparison *c, const char *role, int *any, pf_buf *out)
{
    char text[TEXT], x[60];
    const pf_jvalue *list = pf_jvalue_get(
        pf_jvalue_get(pf_jvalue_get(c->run[0].summary, "expectations"), role), "figures");
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        if (!(*any)++) {
            pf_buf_text(out, "\npublished figures, and what each run makes of them\n");
            cell(out, "", KEY + PUBLISHED);
            for (size_t i = 0; i < c->n; i++) {
                snprintf(x, sizeof x, "%c", letter(i));
                cell(out, x, CELL - 6);
            }
            end_line(out);
        }
        snprintf(text, sizeof text, "%-7s %s, %s", role,
            pf_jvalue_text(pf_jvalue_get(v, "written"), ""),
            pf_jvalue_text(pf_jvalue_get(v, "arm"), ""));
        cell(out, text, KEY);
        published_value(v, "published", x, sizeof x);
        cell(out, x, PUBLISHED);
        for (size_t i = 0; i < c->n; i++) {
            published_cell(pf_compare_figure(&c->run[i], role, v), text, sizeof text);
            cell(out, text, CELL - 6);
        }
        end_line(out);
    }
}

void pf_compare_text(const pf_comparison *c, int all, pf_buf *out)
{
    static const char *const role[] = {"fit", "check", "predict", "claim"};
    int any = 0;
    run_lines(c, out);
    for (size_t i = 1; i < c->n; i++) {
        change_lines(c, i, out);
        lonely_arms(c, i, out);
        if (figure_lines(c, i, all, out)) how_lines(c, i, out);
    }
    for (size_t k = 0; k < PF_COUNT(role); k++) published_lines(c, role[k], &any, out);
}
