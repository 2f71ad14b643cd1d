/* The tables of pf_validate: for a terminal, as Markdown, as JSON. */
#include "api/validate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CASE = 7, WHAT = 36, PUBLISHED = 27, SIMULATED = 25, ENOUGH = 200 };

static const char *const MEANING[PF_GROUPS] = {
    "may shape parameters, so a pass is no evidence",
    "never used to fit, but known when the model was made",
    "never used: the test",
    "the code against another solution",
};

/* Bytes of `text` that fill at most `width` columns; `*n` is how many they fill. */
static size_t fit(const char *text, size_t width, size_t *n)
{
    size_t i = 0;
    for (*n = 0; text[i]; i++)
        if (((unsigned char)text[i] & 0xC0) != 0x80 && (*n)++ == width) {
            --*n;
            break;
        }
    return i;
}

/* Cut with "~" where it is too long; one space at least behind it. */
static void cell(pf_buf *out, const char *text, size_t width)
{
    size_t n, bytes = fit(text, width - 1, &n);
    if (text[bytes]) bytes = fit(text, width - 2, &n);
    pf_buf_put(out, text, bytes);
    if (text[bytes]) {
        pf_buf_text(out, "~");
        n++;
    }
    while (n++ < width) pf_buf_text(out, " ");
}

static void count_line(const pf_group_count *n, char *text, size_t size)
{
    snprintf(text, size, "%zu of %zu case%s pass, %zu of %zu figure%s", n->cases_passed,
        n->cases, n->cases == 1 ? "" : "s", n->passed, n->figures, n->figures == 1 ? "" : "s");
}

/* CHECK and PREDICT taken together: what the model is judged by. */
static void judged(const pf_validation *v, pf_buf *out)
{
    pf_group_count a = pf_validation_count(v, PF_GROUP_CHECK),
                   b = pf_validation_count(v, PF_GROUP_PREDICT);
    size_t cases = a.cases + b.cases, passed = a.cases_passed + b.cases_passed;
    if (!cases) return;
    pf_buf_printf(out, "CHECK and PREDICT together: %zu of %zu cases pass, %.0f %%\n", passed,
        cases, 100.0 * (double)passed / (double)cases);
}

static int differs(const pf_validation *v)
{
    for (size_t i = 0; i < v->n_figure; i++)
        if (v->figure[i].role_differs) return 1;
    return 0;
}

/* ---- text ---- */

static void group_text(const pf_validation *v, pf_group group, pf_buf *out)
{
    char count[120];
    pf_group_count n = pf_validation_count(v, group);
    if (!n.figures) return;
    count_line(&n, count, sizeof count);
    pf_buf_printf(out, "%s: %s\n", PF_GROUP_TEXT[group], MEANING[group]);
    cell(out, "case", CASE);
    cell(out, "figure", WHAT);
    cell(out, "published", PUBLISHED);
    pf_buf_text(out, "simulated\n");
    for (size_t i = 0; i < v->n_figure; i++) {
        const pf_case_figure *f = &v->figure[i];
        if (f->group != group) continue;
        cell(out, v->outcome[f->outcome].id, CASE);
        cell(out, f->what, WHAT);
        cell(out, f->published, PUBLISHED);
        cell(out, f->simulated, SIMULATED);
        pf_buf_printf(out, "%s%s\n", !strcmp(f->verdict, "miss") ? "MISS" : f->verdict,
            f->role_differs ? " *" : "");
    }
    pf_buf_printf(out, "%s\n\n", count);
}

void pf_validation_text(const pf_validation *v, pf_buf *out)
{
    for (int g = 0; g < PF_GROUPS; g++) group_text(v, (pf_group)g, out);
    if (differs(v))
        pf_buf_text(
            out, "* the study gives the case another role than evidence/outcomes.csv\n");
    judged(v, out);
    for (size_t i = 0; i < v->n_waiting; i++)
        pf_buf_printf(out, "not run  %s\n", v->waiting[i]->path);
    for (size_t i = 0; i < v->n_outcome; i++)
        if (!v->outcome[i].n_study)
            pf_buf_printf(out, "open     %s %s (%s): no study compares with it\n",
                v->outcome[i].id, v->outcome[i].title, v->outcome[i].role);
    if (v->least && v->least < ENOUGH)
        pf_buf_printf(out, "provisional: %" PRIu64 " replicates; verdicts stand from %d on\n",
            v->least, ENOUGH);
    if (v->n_figure)
        pf_buf_text(out,
            "simulated: mean (kinetics and markers: median) [central 95 % of replicates]\n");
}

/* ---- Markdown ---- */

static void cell_md(pf_buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|') pf_buf_text(out, "\\");
        pf_buf_put(out, text, 1);
    }
}

static void group_md(const pf_validation *v, pf_group group, pf_buf *out)
{
    char count[120];
    pf_group_count n = pf_validation_count(v, group);
    if (!n.figures) return;
    count_line(&n, count, sizeof count);
    pf_buf_printf(out, "## %s: %s\n\n%s.\n\n", PF_GROUP_TEXT[group], MEANING[group], count);
    pf_buf_text(out, "| case | figure | published | simulated | |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < v->n_figure; i++) {
        const pf_case_figure *f = &v->figure[i];
        if (f->group != group) continue;
        const char *mark = !strcmp(f->verdict, "miss") ? "**" : "";
        pf_buf_printf(out, "| %s | ", v->outcome[f->outcome].id);
        cell_md(out, f->what);
        pf_buf_text(out, " | ");
        cell_md(out, f->published);
        pf_buf_text(out, " | ");
        cell_md(out, f->simulated);
        pf_buf_printf(out, " | %s%s%s |\n", mark, f->verdict, mark);
    }
    pf_buf_text(out, "\n");
}

void pf_validation_markdown(const pf_validation *v, pf_buf *out)
{
    for (int g = 0; g < PF_GROUPS; g++) group_md(v, (pf_group)g, out);
    judged(v, out);
    pf_buf_text(out, "\nSimulated: mean (kinetics and markers: median) [central 95 % of ");
    pf_buf_printf(out, "%" PRIu64 " replicates]; published: value (interval).\n", v->least);
    int first = 1;
    for (size_t i = 0; i < v->n_outcome; i++) {
        if (v->outcome[i].n_study) continue;
        pf_buf_text(out, first ? "\nOpen, with no study that compares with them:\n\n" : "");
        first = 0;
        pf_buf_printf(out, "- %s ", v->outcome[i].id);
        cell_md(out, v->outcome[i].title);
        pf_buf_printf(out, " (%s)\n", v->outcome[i].role);
    }
}

/* ---- JSON ---- */

static void group_json(const pf_validation *v, pf_group group, pf_buf *out)
{
    pf_group_count n = pf_validation_count(v, group);
    pf_json_open(out, PF_GROUP_TEXT[group], '{');
    pf_json_integer(out, "cases", (long long)n.cases);
    pf_json_integer(out, "cases_pass", (long long)n.cases_passed);
    pf_json_integer(out, "figures_pass", (long long)n.passed);
    pf_json_open(out, "figures", '[');
    for (size_t i = 0; i < v->n_figure; i++) {
        const pf_case_figure *f = &v->figure[i];
        if (f->group != group) continue;
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "case", v->outcome[f->outcome].id);
        pf_json_text(out, "study", f->study);
        pf_json_text(out, "figure", f->what);
        pf_json_text(out, "published", f->published);
        pf_json_text(out, "simulated", f->simulated);
        pf_json_text(out, "verdict", f->verdict);
        pf_json_bool(out, "role_differs", f->role_differs);
        pf_json_text(out, "sentence", f->sentence);
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    pf_json_close(out, '}');
}

void pf_validation_json(const pf_validation *v, pf_buf *out)
{
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "format", "perforin-validation-1");
    pf_json_integer(out, "replicates", (long long)v->least);
    for (int g = 0; g < PF_GROUPS; g++) group_json(v, (pf_group)g, out);
    pf_json_open(out, "not_run", '[');
    for (size_t i = 0; i < v->n_waiting; i++) pf_json_text(out, NULL, v->waiting[i]->path);
    pf_json_close(out, ']');
    pf_json_open(out, "open", '[');
    for (size_t i = 0; i < v->n_outcome; i++)
        if (!v->outcome[i].n_study) pf_json_text(out, NULL, v->outcome[i].id);
    pf_json_close(out, ']');
    pf_json_close(out, '}');
}
