/* The rows of evidence/systems.csv for readers: a table, one row in full, JSON. */
#include "api/systems.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    ID = 28,
    ARTICLE = 3,
    KIND = 14,
    RESULT = 36,
    LABEL = 14,
    PAGE = 80,
    NARROW = 80,
    WIDE = 110
};

/* ---- small pieces ---- */

static void cell(pf_buf *out, const char *text, size_t width)
{
    size_t n = pf_text_columns(text, strlen(text));
    pf_buf_text(out, text);
    do pf_buf_text(out, " ");
    while (++n < width);
}

/* Words from column `indent` on, broken before column PAGE. */
static void words(pf_buf *out, int indent, const char *text)
{
    size_t at = (size_t)indent;
    for (int first = 1; *text; first = 0) {
        size_t bytes = strcspn(text, " \n"), n = pf_text_columns(text, bytes);
        if (!first && at + 1 + n > PAGE) {
            pf_buf_printf(out, "\n%*s", indent, "");
            at = (size_t)indent;
            first = 1;
        }
        if (!first) pf_buf_text(out, " ");
        pf_buf_put(out, text, bytes);
        at += n + !first;
        text += bytes;
        text += strspn(text, " \n");
    }
    pf_buf_text(out, "\n");
}

/* The same behind a label. */
static void paragraph(pf_buf *out, const char *label, const char *text)
{
    cell(out, label, LABEL);
    words(out, LABEL, text);
}

/* ---- results ---- */

static void add(char *text, size_t size, const char *part)
{
    size_t at = strlen(text);
    snprintf(text + at, size - at, "%s", part);
}

static void result_of(const pf_last *l, char *text, size_t size)
{
    static const char *const STATE[] = {"not run", "stopped", "damaged run", ""};
    char part[60];
    snprintf(text, size, "%s", STATE[l->state]);
    if (l->state != PF_LAST_COMPLETE) return;
    snprintf(text, size, "%" PRIu64 " rep%s", l->replicates, l->replicates == 1 ? "" : "s");
    if (l->pass + l->miss) {
        snprintf(part, sizeof part, ", %d/%d pass", l->pass, l->pass + l->miss);
        add(text, size, part);
    }
    if (l->cannot_say) {
        snprintf(part, sizeof part, ", %d open", l->cannot_say);
        add(text, size, part);
    }
    if (!l->claims) return;
    snprintf(part, sizeof part, ", %d/%d claims", l->claims_hold, l->claims);
    add(text, size, part);
}

/* The study that was run; the first one when none was. */
static const pf_system_file *told_by(const pf_system *s)
{
    const pf_system_file *best = NULL;
    for (size_t i = 0; i < s->n_file; i++) {
        const pf_system_file *f = s->file[i];
        if (f->study && (!best || (f->last.state == PF_LAST_COMPLETE &&
                                      best->last.state != PF_LAST_COMPLETE)))
            best = f;
    }
    return best;
}

void pf_system_result(const pf_system *s, char *text, size_t size)
{
    const pf_system_file *f = told_by(s);
    if (!strcmp(s->kind, "out-of-scope"))
        snprintf(text, size, "out of scope");
    else if (s->missing)
        snprintf(text, size, "missing");
    else if (f)
        result_of(&f->last, text, size);
    else
        snprintf(text, size, "run by its command");
}

/* ---- the table ---- */

/* A command stays whole, to be copied; a reason is broken where the table is narrow. */
static void row(pf_buf *out, const char *const cells[5], int wide, int is_command)
{
    cell(out, cells[0], ID);
    cell(out, cells[1], ARTICLE);
    cell(out, cells[2], KIND);
    if (wide)
        cell(out, cells[3], RESULT);
    else /* a long result stands below, like the command */
        pf_buf_printf(out, "%s%s\n",
            ID + ARTICLE + KIND + pf_text_columns(cells[3], strlen(cells[3])) > NARROW ? "\n  "
                                                                                       : "",
            cells[3]);
    if (wide || (*cells[4] && is_command))
        pf_buf_printf(out, "%s%s\n", wide ? "" : "  ", cells[4]);
    else if (*cells[4]) {
        pf_buf_text(out, "  ");
        words(out, 2, cells[4]);
    }
}

void pf_system_table(const pf_system *const *list, size_t n, int width, pf_buf *out)
{
    static const char *const HEAD[5] = {"id", "in", "kind", "last result", "command"};
    int wide = width == 0 || width >= WIDE;
    size_t missing = 0, outside = 0;
    row(out, HEAD, wide, 1);
    for (size_t i = 0; i < n; i++) {
        const pf_system *s = list[i];
        char result[160];
        pf_system_result(s, result, sizeof result);
        int is_outside = !strcmp(s->kind, "out-of-scope");
        const char *cells[5] = {s->text[PF_SYSTEM_ID], s->text[PF_SYSTEM_ARTICLE], s->kind,
            result, is_outside ? s->reason : s->command};
        row(out, cells, wide, !is_outside);
        missing += s->missing != 0;
        outside += is_outside != 0;
    }
    pf_buf_printf(out, "%zu system%s", n, n == 1 ? "" : "s");
    if (missing) pf_buf_printf(out, ", %zu missing", missing);
    if (outside) pf_buf_printf(out, ", %zu out of scope", outside);
    pf_buf_text(out,
        "\nreps: replicates; pass: published figures within their bands; open: too few\n"
        "replicates to say; claims: figures without a source that hold\n");
}

/* ---- one row ---- */

static void number(const pf_jvalue *v, const char *key, int share, char *text, size_t size)
{
    const pf_jvalue *member = pf_jvalue_get(v, key);
    double x = pf_jvalue_number(member);
    if (isnan(x))
        snprintf(text, size, "-");
    else
        snprintf(text, size, share ? "%.1f %%" : "%.3g", share ? 100 * x : x);
}

static void figure(pf_buf *out, const char *role, const pf_jvalue *v)
{
    char published[40], mean[40], low[40], high[40], text[600];
    const char *unit = pf_jvalue_text(pf_jvalue_get(v, "unit"), "");
    int share = !strcmp(unit, "share");
    number(v, "published", share, published, sizeof published);
    number(v, "simulated_mean", share, mean, sizeof mean);
    number(v, "simulated_q025", share, low, sizeof low);
    number(v, "simulated_q975", share, high, sizeof high);
    snprintf(text, sizeof text, "%s, %s: %s published, %s [%s, %s] simulated%s%s; %s",
        pf_jvalue_text(pf_jvalue_get(v, "endpoint"), ""),
        pf_jvalue_text(pf_jvalue_get(v, "arm"), ""), published, mean, low, high,
        share || !*unit ? "" : " ", share ? "" : unit,
        pf_jvalue_text(pf_jvalue_get(v, "verdict"), ""));
    paragraph(out, role, text);
    paragraph(out, "", pf_jvalue_text(pf_jvalue_get(v, "sentence"), ""));
}

static void figures(pf_buf *out, const pf_last *l)
{
    const pf_jvalue *roles = pf_jvalue_get(l->summary, "expectations");
    for (const pf_jvalue *role = roles ? roles->first : NULL; role; role = role->next) {
        const pf_jvalue *list = pf_jvalue_get(role, "figures");
        for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next)
            figure(out, role->key ? role->key : "", v);
    }
    const pf_jvalue *claims = pf_jvalue_get(l->summary, "claims");
    for (const pf_jvalue *v = claims ? claims->first : NULL; v; v = v->next)
        paragraph(out, "answer", pf_jvalue_text(pf_jvalue_get(v, "sentence"), ""));
}

static void answer(pf_buf *out, const pf_last *l)
{
    pf_buf line;
    pf_buf_init(&line, out->ctx);
    pf_last_answer(l, &line);
    if (line.size) paragraph(out, "figure", line.bytes);
    pf_buf_clear(&line);
}

void pf_system_full(const pf_system *s, pf_buf *out)
{
    static const char *const LABELS[PF_SYSTEM_TEXTS] = {"id", "article", "category", "what",
        "cells", "engineering", "dose", "indication", "as given", "mechanisms", "source",
        "note on it"};
    for (size_t i = 0; i < PF_SYSTEM_TEXTS; i++)
        if (*s->text[i]) paragraph(out, LABELS[i], s->text[i]);
    paragraph(out, "kind", s->kind);
    if (*s->command) paragraph(out, "command", s->command);
    if (*s->reason) paragraph(out, "reason", s->reason);
    for (size_t i = 0; i < s->n_file; i++) {
        const pf_system_file *f = s->file[i];
        char text[400], result[160];
        result_of(&f->last, result, sizeof result);
        snprintf(text, sizeof text, "%.200s: %s%s%s", f->path,
            !f->there               ? "missing"
            : f->study || f->tissue ? result
                                    : "there",
            f->last.summary ? ", " : "", f->last.summary ? f->last.folder : "");
        paragraph(out, i ? "" : "answered by", text);
        figures(out, &f->last);
        if (f->tissue) answer(out, &f->last);
    }
}

/* ---- JSON ---- */

static const char *state_text(pf_last_state state)
{
    static const char *const TEXT[] = {"not run", "stopped", "damaged", "complete"};
    return TEXT[state];
}

static void file_json(const pf_system_file *f, pf_buf *out)
{
    const pf_last *l = &f->last;
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "file", f->path);
    pf_json_bool(out, "there", f->there);
    if (f->study || f->tissue) {
        pf_json_text(out, f->study ? "study" : "tissue", f->study ? f->study : f->tissue);
        pf_json_text(out, "state", state_text(l->state));
        pf_json_text(out, "folder", l->folder);
    }
    if (l->summary) pf_json_integer(out, "replicates", (long long)l->replicates);
    if (l->summary && f->study) {
        pf_json_integer(out, "pass", l->pass);
        pf_json_integer(out, "miss", l->miss);
        pf_json_integer(out, "cannot_say", l->cannot_say);
        pf_json_integer(out, "claims", l->claims);
        pf_json_integer(out, "claims_hold", l->claims_hold);
    }
    pf_json_close(out, '}');
}

void pf_system_json(const pf_system *const *list, size_t n, pf_buf *out)
{
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "format", "perforin-systems-1");
    pf_json_open(out, "systems", '[');
    for (size_t i = 0; i < n; i++) {
        const pf_system *s = list[i];
        char result[160];
        pf_json_open(out, NULL, '{');
        for (size_t k = 0; k < PF_SYSTEM_TEXTS; k++)
            pf_json_text(out, PF_SYSTEM_COLUMNS[k], s->text[k]);
        pf_json_text(out, "kind", s->kind);
        pf_json_text(out, "command", *s->command ? s->command : NULL);
        pf_json_text(out, "reason", *s->reason ? s->reason : NULL);
        pf_json_bool(out, "missing", s->missing);
        pf_system_result(s, result, sizeof result);
        pf_json_text(out, "result", result);
        pf_json_open(out, "files", '[');
        for (size_t k = 0; k < s->n_file; k++) file_json(s->file[k], out);
        pf_json_close(out, ']');
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    pf_json_close(out, '}');
}
