#include "input/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LIMIT_BYTES = 1 << 28, LIMIT_COLUMNS = 4096, LISTED = 30 };

typedef struct {
    const char *text; /* NULL: missing */
    uint32_t line, column;
} cell;

struct pf_table {
    char *name, *bytes; /* `bytes`: the file; fields are unquoted and ended in place */
    size_t rows, columns, count, capacity;
    cell *cells; /* the header, then the rows */
};

typedef struct {
    pf_ctx *ctx;
    pf_table *table;
    char *at, *end, *line_start;
    size_t line;
} reader;

void pf_table_free(pf_table *t)
{
    if (!t) return;
    pf_free(t->name);
    pf_free(t->bytes);
    pf_free(t->cells);
    pf_free(t);
}

static pf_err fail_at(const reader *r, const char *at, const char *sentence)
{
    return pf_fail(r->ctx, PF_ERR_CONFIG, "%s:%zu:%zu: %s", r->table->name, r->line,
        (size_t)(at - r->line_start) + 1, sentence);
}

/* Before anything is cut: the text must be UTF-8 without NUL bytes. */
static pf_err check_bytes(reader *r)
{
    for (char *p = r->at; p < r->end;) {
        size_t n = pf_utf8_length(p, (size_t)(r->end - p));
        if (*p == '\0') return fail_at(r, p, "a NUL byte: this is not a text file");
        if (!n) return fail_at(r, p, "a byte that is not UTF-8; save the file as UTF-8");
        p += n;
        if (p[-1] != '\n') continue;
        r->line++;
        r->line_start = p;
    }
    r->line = 1;
    r->line_start = r->at;
    return PF_OK;
}

static void new_line(reader *r)
{
    r->line++;
    r->line_start = r->at;
}

/* Step over what ends a field and cut the text there. `*more` is 1 when another field of the
 * row follows. */
static pf_err end_field(reader *r, char *cut, int *more)
{
    *more = 0;
    if (r->at < r->end && *r->at == ',') {
        *more = 1;
        r->at++;
    } else if (r->at < r->end) {
        if (*r->at == '\r') r->at++;
        if (r->at >= r->end || *r->at != '\n')
            return fail_at(r, r->at - 1, "a carriage return without a line feed");
        r->at++;
        new_line(r);
    }
    *cut = '\0';
    return PF_OK;
}

static pf_err quoted(reader *r, int *more)
{
    const reader start = *r;
    char *out = ++r->at;
    for (;;) {
        if (r->at >= r->end) return fail_at(&start, start.at, "this quote is never closed");
        char c = *r->at++;
        if (c == '"') {
            if (r->at >= r->end || *r->at != '"') break;
            r->at++;
        }
        *out++ = c;
        if (c == '\n') new_line(r);
    }
    if (r->at < r->end && !strchr(",\r\n", *r->at))
        return fail_at(
            r, r->at, "text behind a closing quote; a quote inside a field is written twice");
    return end_field(r, out, more);
}

static pf_err plain(reader *r, int *more)
{
    while (r->at < r->end && !strchr(",\r\n\"", *r->at)) r->at++;
    if (r->at < r->end && *r->at == '"')
        return fail_at(r, r->at, "a quote inside a field that does not start with one");
    return end_field(r, r->at, more);
}

static pf_err next_field(reader *r, int *more)
{
    pf_table *t = r->table;
    PF_TRY(pf_reserve(r->ctx, &t->cells, &t->capacity, t->count, sizeof *t->cells));
    cell *c = &t->cells[t->count++];
    c->line = (uint32_t)r->line;
    c->column = (uint32_t)(r->at - r->line_start) + 1;
    int in_quotes = r->at < r->end && *r->at == '"';
    c->text = r->at + in_quotes;
    PF_TRY(in_quotes ? quoted(r, more) : plain(r, more));
    if (!*c->text || strcmp(c->text, "NA") == 0) c->text = NULL;
    return PF_OK;
}

/* Step over lines with nothing but blanks. */
static void skip_blank(reader *r)
{
    for (;;) {
        char *p = r->at;
        while (p < r->end && (*p == ' ' || *p == '\t')) p++;
        if (p < r->end && *p == '\r') p++;
        if (p < r->end && *p != '\n') return;
        r->at = p;
        if (p >= r->end) return;
        r->at++;
        new_line(r);
    }
}

static pf_err header(reader *r)
{
    pf_table *t = r->table;
    const reader start = *r;
    for (int more = 1; more;) {
        if (t->count == LIMIT_COLUMNS) return fail_at(r, r->at, "more than 4096 columns");
        const reader before = *r;
        PF_TRY(next_field(r, &more));
        const char *name = t->cells[t->count - 1].text;
        if (!name) return fail_at(&before, before.at, "a column without a name");
        for (size_t i = 0; i + 1 < t->count; i++)
            if (strcmp(name, t->cells[i].text) == 0)
                return fail_at(
                    &before, before.at, "this column name stands here for the second time");
    }
    t->columns = t->count;
    if (!t->columns) return fail_at(&start, start.at, "there is no header row");
    return PF_OK;
}

static pf_err row(reader *r)
{
    pf_table *t = r->table;
    size_t line = r->line, first = t->count;
    for (int more = 1; more;) PF_TRY(next_field(r, &more));
    size_t got = t->count - first;
    if (got != t->columns)
        return pf_fail(r->ctx, PF_ERR_CONFIG,
            "%s:%zu:1: this row has %zu field%s, the header has %zu", t->name, line, got,
            got == 1 ? "" : "s", t->columns);
    t->rows++;
    return PF_OK;
}

static pf_err parse(pf_ctx *ctx, pf_table *t, size_t size)
{
    reader r = {.ctx = ctx, .table = t, .at = t->bytes, .end = t->bytes + size, .line = 1};
    if (size >= 3 && memcmp(r.at, "\xef\xbb\xbf", 3) == 0) r.at += 3;
    r.line_start = r.at;
    PF_TRY(check_bytes(&r));
    skip_blank(&r);
    if (r.at >= r.end)
        return pf_fail(
            ctx, PF_ERR_CONFIG, "%s: the file is empty; a header row is expected", t->name);
    PF_TRY(header(&r));
    for (skip_blank(&r); r.at < r.end; skip_blank(&r)) PF_TRY(row(&r));
    return PF_OK;
}

/* Takes `bytes`, which end in a NUL that `size` does not count. */
static pf_err make(pf_ctx *ctx, char *bytes, size_t size, const char *name, pf_table **out)
{
    size_t length = strlen(name);
    pf_table *t = pf_calloc(ctx, 1, sizeof *t);
    char *copy = pf_calloc(ctx, length + 1, 1);
    if (!t || !copy) {
        pf_free(t);
        pf_free(copy);
        pf_free(bytes);
        return PF_ERR_NO_MEMORY;
    }
    memcpy(copy, name, length);
    t->name = copy;
    t->bytes = bytes;
    pf_err err = parse(ctx, t, size);
    if (err)
        pf_table_free(t);
    else
        *out = t;
    return err;
}

pf_err pf_table_read(pf_ctx *ctx, const char *path, pf_table **out)
{
    char *bytes;
    size_t size;
    *out = NULL;
    PF_TRY(pf_file_read_named(ctx, path, LIMIT_BYTES, &bytes, &size));
    return make(ctx, bytes, size, path, out);
}

pf_err pf_table_parse(
    pf_ctx *ctx, const char *text, size_t size, const char *name, pf_table **out)
{
    *out = NULL;
    if (size > LIMIT_BYTES)
        return pf_fail(
            ctx, PF_ERR_RANGE, "%s: %zu bytes; at most %d are read", name, size, LIMIT_BYTES);
    char *bytes = pf_calloc(ctx, size + 1, 1);
    if (!bytes) return PF_ERR_NO_MEMORY;
    if (size) memcpy(bytes, text, size);
    return make(ctx, bytes, size, name, out);
}

const char *pf_table_name(const pf_table *t)
{
    return t->name;
}

size_t pf_table_rows(const pf_table *t)
{
    return t->rows;
}

size_t pf_table_columns(const pf_table *t)
{
    return t->columns;
}

const char *pf_table_column(const pf_table *t, size_t column)
{
    return t->cells[column].text;
}

pf_err pf_table_find(pf_ctx *ctx, const pf_table *t, const char *name, size_t *out)
{
    ptrdiff_t near = -1;
    size_t best = strlen(name) / 3 + 2;
    for (size_t i = 0; i < t->columns; i++) {
        if (strcmp(t->cells[i].text, name) == 0) {
            *out = i;
            return PF_OK;
        }
        size_t d = pf_text_distance(name, t->cells[i].text);
        if (d >= best) continue;
        best = d;
        near = (ptrdiff_t)i;
    }
    if (near >= 0)
        return pf_fail(ctx, PF_ERR_CONFIG, "%s has no column '%s'; did you mean '%s'?", t->name,
            name, t->cells[near].text);
    char list[600] = "";
    size_t used = 0;
    for (size_t i = 0; i < t->columns && i < LISTED && used < sizeof list - 1; i++) {
        int n =
            snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", t->cells[i].text);
        used += n > 0 ? (size_t)n : 0;
    }
    return pf_fail(ctx, PF_ERR_CONFIG, "%s has no column '%s'; it has: %s%s", t->name, name,
        list, used >= sizeof list - 1 || t->columns > LISTED ? " ..." : "");
}

static const cell *cell_at(const pf_table *t, size_t row, size_t column)
{
    return &t->cells[(row + 1) * t->columns + column];
}

const char *pf_table_text(const pf_table *t, size_t row, size_t column)
{
    return cell_at(t, row, column)->text;
}

size_t pf_table_line(const pf_table *t, size_t row, size_t column)
{
    return cell_at(t, row, column)->line;
}

void pf_table_place(const pf_table *t, size_t row, size_t column, pf_place *out)
{
    const cell *c = cell_at(t, row, column);
    *out = (pf_place){.file = t->name, .line = (int)c->line, .column = (int)c->column};
    out->end_column = out->column + (c->text && *c->text ? (int)strlen(c->text) : 1);
}

pf_err pf_table_fail(
    pf_ctx *ctx, const pf_table *t, size_t row, size_t column, const char *fmt, ...)
{
    char sentence[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(sentence, sizeof sentence, fmt, args);
    va_end(args);
    const cell *c = cell_at(t, row, column);
    return pf_fail(ctx, PF_ERR_CONFIG, "%s:%u:%u: %s", t->name, c->line, c->column, sentence);
}

pf_err pf_table_number(pf_ctx *ctx, const pf_table *t, size_t row, size_t column, double *out)
{
    const char *text = pf_table_text(t, row, column);
    *out = NAN;
    if (!text || pf_text_number(text, out)) return PF_OK;
    *out = NAN;
    return pf_table_fail(ctx, t, row, column,
        "'%.60s' in column '%s' is not a number; leave the field empty or write NA when it is "
        "missing",
        text, pf_table_column(t, column));
}

int pf_table_is_numeric(const pf_table *t, size_t column)
{
    size_t numbers = 0;
    double x;
    for (size_t i = 0; i < t->rows; i++) {
        const char *text = pf_table_text(t, i, column);
        if (text && !pf_text_number(text, &x)) return 0;
        numbers += text != NULL;
    }
    return numbers > 0;
}
