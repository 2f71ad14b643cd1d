#include "input/diag.h"

#include <stdio.h>
#include <string.h>

enum { MOST_PROBLEMS = 500, WIDEST_LINE = 100, WIDEST_CARET = 50 };

struct pf_diag_file {
    const char *name;
    const char *text; /* NULL when only the name is known */
    size_t size;
};

void pf_diag_init(pf_diag *d, pf_ctx *ctx)
{
    *d = (pf_diag){.ctx = ctx};
    pf_arena_init(&d->arena);
}

void pf_diag_clear(pf_diag *d)
{
    pf_free(d->problem);
    pf_free(d->file);
    pf_arena_clear(&d->arena);
    pf_diag_init(d, d->ctx);
}

pf_err pf_diag_ok(const pf_diag *d)
{
    return d->failed;
}

static struct pf_diag_file *find_file(pf_diag *d, const char *name)
{
    for (size_t i = 0; i < d->n_file; i++)
        if (strcmp(d->file[i].name, name) == 0) return &d->file[i];
    if (!d->failed)
        d->failed = pf_reserve(d->ctx, &d->file, &d->file_capacity, d->n_file, sizeof *d->file);
    const char *copy = d->failed ? NULL : pf_arena_strdup(d->ctx, &d->arena, name);
    if (!copy) {
        d->failed = PF_ERR_NO_MEMORY;
        return NULL;
    }
    d->file[d->n_file] = (struct pf_diag_file){.name = copy};
    return &d->file[d->n_file++];
}

void pf_diag_file(pf_diag *d, const char *name, const char *text, size_t size)
{
    struct pf_diag_file *f = find_file(d, name);
    if (!f || f->text) return;
    f->text = pf_arena_strndup(d->ctx, &d->arena, text, size);
    f->size = size;
    if (!f->text) d->failed = PF_ERR_NO_MEMORY;
}

/* pf_arena_printf with a va_list. */
static const char *format(pf_diag *d, const char *fmt, va_list args)
{
    char text[2048];
    vsnprintf(text, sizeof text, fmt, args);
    const char *copy = pf_arena_strdup(d->ctx, &d->arena, text);
    if (!copy) d->failed = PF_ERR_NO_MEMORY;
    return copy ? copy : "";
}

static int same_place(const pf_place *a, const pf_place *b)
{
    return a->line == b->line && a->column == b->column && strcmp(a->file, b->file) == 0;
}

static int known(const pf_diag *d, const pf_place *place, const char *sentence)
{
    for (size_t i = 0; i < d->n; i++)
        if (same_place(&d->problem[i].place, place) &&
            strcmp(d->problem[i].sentence, sentence) == 0)
            return 1;
    return 0;
}

static void add(
    pf_diag *d, pf_severity severity, const pf_place *place, const char *fmt, va_list args)
{
    d->open = NULL;
    d->told += severity == PF_SEVERITY_ERROR;
    pf_place at = place ? *place : (pf_place){0};
    struct pf_diag_file *f = find_file(d, at.file ? at.file : "");
    const char *sentence = format(d, fmt, args);
    if (!f || d->failed) return;
    at.file = f->name;
    if (known(d, &at, sentence)) return;
    if (severity == PF_SEVERITY_ERROR)
        d->errors++;
    else
        d->warnings++;
    if (d->n >= MOST_PROBLEMS) return;
    d->failed = pf_reserve(d->ctx, &d->problem, &d->capacity, d->n, sizeof *d->problem);
    if (d->failed) return;
    d->open = &d->problem[d->n];
    *d->open =
        (pf_problem){.severity = severity, .place = at, .sentence = sentence, .order = d->n};
    d->n++;
}

void pf_diag_error(pf_diag *d, const pf_place *place, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(d, PF_SEVERITY_ERROR, place, fmt, args);
    va_end(args);
}

void pf_diag_warning(pf_diag *d, const pf_place *place, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add(d, PF_SEVERITY_WARNING, place, fmt, args);
    va_end(args);
}

void pf_diag_expected(pf_diag *d, const char *fmt, ...)
{
    if (!d->open) return;
    va_list args;
    va_start(args, fmt);
    d->open->expected = format(d, fmt, args);
    va_end(args);
}

void pf_diag_mend(pf_diag *d, const char *fmt, ...)
{
    if (!d->open) return;
    va_list args;
    va_start(args, fmt);
    d->open->mend = format(d, fmt, args);
    va_end(args);
}

const char *pf_diag_near(pf_diag *d, const char *name, const char *const *candidates, size_t n)
{
    ptrdiff_t i = pf_text_nearest(name, candidates, n);
    /* Of a name of one or two letters everything is near. */
    if (i < 0 || pf_text_distance(name, candidates[i]) >= strlen(name)) return "";
    const char *text =
        pf_arena_printf(d->ctx, &d->arena, "; did you mean '%s'?", candidates[i]);
    return text ? text : "";
}

static size_t file_rank(const pf_diag *d, const char *name)
{
    size_t i = 0;
    while (i < d->n_file && d->file[i].name != name) i++;
    return i;
}

static int before(const pf_diag *d, const pf_problem *a, const pf_problem *b)
{
    size_t x = file_rank(d, a->place.file), y = file_rank(d, b->place.file);
    if (x != y) return x < y;
    if (a->place.line != b->place.line) return a->place.line < b->place.line;
    if (a->place.column != b->place.column) return a->place.column < b->place.column;
    return a->order < b->order;
}

void pf_diag_sort(pf_diag *d)
{
    d->open = NULL;
    for (size_t i = 1; i < d->n; i++) { /* at most MOST_PROBLEMS, mostly in order already */
        pf_problem p = d->problem[i];
        size_t j = i;
        for (; j > 0 && before(d, &p, &d->problem[j - 1]); j--)
            d->problem[j] = d->problem[j - 1];
        d->problem[j] = p;
    }
}

/* The breaks that YAML 1.1 counts: LF, CR, CR LF, NEL, LS, PS. Returns their length, 0 for
 * none. */
static size_t line_break(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    if (u[0] == '\r') return u[1] == '\n' ? 2 : 1;
    if (u[0] == '\n') return 1;
    if (u[0] == 0xc2 && u[1] == 0x85) return 2;
    if (u[0] == 0xe2 && u[1] == 0x80 && (u[2] == 0xa8 || u[2] == 0xa9)) return 3;
    return 0;
}

/* The text of a line, without its end; NULL when the file or the line is unknown. */
static const char *line_of(const pf_diag *d, const pf_place *place, size_t *length)
{
    size_t rank = file_rank(d, place->file);
    if (rank == d->n_file || !d->file[rank].text || place->line < 1) return NULL;
    const char *p = d->file[rank].text, *end = p + d->file[rank].size;
    if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0) p += 3;
    for (int line = 1; line < place->line; line++) {
        while (p < end && !line_break(p)) p++;
        if (p >= end) return NULL;
        p += line_break(p);
    }
    const char *stop = p;
    while (stop < end && !line_break(stop)) stop++;
    *length = (size_t)(stop - p);
    return p;
}

static int continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Put the characters [from, to) of a line, counted from 0; control characters become blanks and
 * bytes that are not UTF-8 question marks. */
static void put_part(pf_buf *out, const char *text, size_t length, size_t from, size_t to)
{
    size_t at = 0;
    for (size_t i = 0; i < length; i++) {
        if (i && !continues(text[i])) at++;
        if (at < from || at >= to) continue;
        size_t n = pf_utf8_length(text + i, length - i);
        char c = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? ' ' : n ? text[i] : '?';
        pf_buf_put(out, n > 1 ? text + i : &c, n > 1 ? n : 1);
        i += n > 1 ? n - 1 : 0;
    }
}

static size_t characters(const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) n += !continues(text[i]);
    return n;
}

static void put_line(const pf_diag *d, const pf_problem *p, pf_buf *out)
{
    size_t length;
    const char *text = line_of(d, &p->place, &length);
    if (!text || p->place.column < 1) {
        if (p->mend) pf_buf_printf(out, "      = %s\n", p->mend);
        return;
    }
    size_t n = characters(text, length), column = (size_t)p->place.column - 1;
    if (column > n) column = n;
    size_t end =
        p->place.end_column > p->place.column ? (size_t)p->place.end_column - 1 : column + 1;
    if (end > n && end > column + 1) end = n > column ? n : column + 1;
    /* A long line is shown around the place. */
    size_t from = n > WIDEST_LINE && column > WIDEST_LINE / 2 ? column - WIDEST_LINE / 2 : 0;
    size_t to = n > from + WIDEST_LINE ? from + WIDEST_LINE : n;
    if (end > to) end = to > column ? to : column + 1;
    if (end > column + WIDEST_CARET) end = column + WIDEST_CARET;
    pf_buf_printf(out, "%5d | %s", p->place.line, from ? "..." : "");
    put_part(out, text, length, from, to);
    pf_buf_printf(out, "%s\n      | %s", to < n ? "..." : "", from ? "   " : "");
    for (size_t i = from; i < column; i++) pf_buf_text(out, " ");
    for (size_t i = column; i < end; i++) pf_buf_text(out, "^");
    if (p->mend) pf_buf_printf(out, " %s", p->mend);
    pf_buf_text(out, "\n");
}

static void put_place(const pf_place *place, pf_buf *out)
{
    if (*place->file) pf_buf_printf(out, "%s:", place->file);
    if (place->line) pf_buf_printf(out, "%d:", place->line);
    if (place->line && place->column) pf_buf_printf(out, "%d:", place->column);
    if (*place->file) pf_buf_text(out, " ");
}

void pf_diag_text(pf_diag *d, pf_buf *out)
{
    pf_diag_sort(d);
    for (size_t i = 0; i < d->n; i++) {
        const pf_problem *p = &d->problem[i];
        put_place(&p->place, out);
        pf_buf_printf(out, "%s: ", p->severity == PF_SEVERITY_ERROR ? "error" : "warning");
        pf_buf_text(
            out, p->sentence); /* not printf: its buffer is shorter than some sentences */
        if (p->expected) pf_buf_printf(out, "; expected %s", p->expected);
        pf_buf_text(out, "\n");
        put_line(d, p, out);
    }
    size_t hidden = d->errors + d->warnings - d->n;
    if (hidden) pf_buf_printf(out, "... and %zu more\n", hidden);
    pf_buf_printf(out, "%zu error%s, %zu warning%s%s\n", d->errors, d->errors == 1 ? "" : "s",
        d->warnings, d->warnings == 1 ? "" : "s", d->errors ? "; nothing was run" : "");
}

static void json_problem(const pf_diag *d, const pf_problem *p, pf_buf *out)
{
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "severity", p->severity == PF_SEVERITY_ERROR ? "error" : "warning");
    pf_json_text(out, "file", p->place.file);
    pf_json_integer(out, "line", p->place.line);
    pf_json_integer(out, "column", p->place.column);
    pf_json_integer(out, "end_column", p->place.end_column);
    pf_json_text(out, "sentence", p->sentence);
    pf_json_text(out, "expected", p->expected);
    pf_json_text(out, "mend", p->mend);
    size_t length;
    const char *text = line_of(d, &p->place, &length);
    pf_buf line;
    pf_buf_init(&line, d->ctx);
    if (text) put_part(&line, text, length, 0, length);
    pf_json_text(out, "source", text ? (line.bytes ? line.bytes : "") : NULL);
    pf_buf_clear(&line);
    pf_json_close(out, '}');
}

void pf_diag_json(pf_diag *d, const char *key, pf_buf *out)
{
    pf_diag_sort(d);
    pf_json_open(out, key, '{');
    pf_json_integer(out, "errors", (long long)d->errors);
    pf_json_integer(out, "warnings", (long long)d->warnings);
    pf_json_open(out, "problems", '[');
    for (size_t i = 0; i < d->n; i++) json_problem(d, &d->problem[i], out);
    pf_json_close(out, ']');
    pf_json_close(out, '}');
}

pf_err pf_diag_fail(pf_ctx *ctx, pf_diag *d, const char *file)
{
    pf_diag_sort(d);
    for (size_t i = 0; i < d->n; i++) {
        const pf_problem *p = &d->problem[i];
        if (p->severity != PF_SEVERITY_ERROR) continue;
        pf_fail(ctx, PF_ERR_CONFIG, "%s%s%s", p->sentence, p->expected ? "; expected " : "",
            p->expected ? p->expected : "");
        if (p->place.line)
            pf_fail_in(ctx, "%s:%d:%d", p->place.file, p->place.line, p->place.column);
        else
            pf_fail_in(ctx, "%s", p->place.file);
        if (d->errors > 1) pf_fail_in(ctx, "%zu mistakes, the first", d->errors);
        return PF_ERR_CONFIG;
    }
    return pf_fail(ctx, PF_ERR_CONFIG, "%s has mistakes", file);
}
