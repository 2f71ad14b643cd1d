#include "base/csv.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 18, ROW_MOST = 1 << 24 };

struct pf_csv {
    pf_ctx *ctx;
    pf_arena names;
    const char *path;
    int fd;      /* -1: all of it is in memory already */
    char *bytes; /* [capacity] */
    size_t capacity, at, end;
    size_t line, next_line; /* of the row, and of the one behind it; the header is 1 */
    size_t n, room;
    const char **name; /* [n] */
    char **field;      /* [room] into bytes */
};

pf_err pf_csv_fail(pf_csv *c, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return pf_fail(c->ctx, PF_ERR_CORRUPT, "'%s' line %zu: %s; the file is damaged", c->path,
        c->line, text);
}

/* More bytes behind those that are there; 0 at the end of the file. */
static pf_err fill(pf_csv *c, int *any)
{
    *any = 0;
    if (c->fd < 0) return PF_OK;
    if (c->at) {
        memmove(c->bytes, c->bytes + c->at, c->end - c->at);
        c->end -= c->at;
        c->at = 0;
    }
    if (c->capacity - c->end < BLOCK / 2) {
        if (c->end > ROW_MOST) return pf_csv_fail(c, "a row of more than 16 MiB");
        char *more = pf_regrow(c->ctx, c->bytes, 2 * c->capacity, 1);
        if (!more) return PF_ERR_NO_MEMORY;
        c->bytes = more;
        c->capacity *= 2;
    }
    ssize_t got;
    do {
        got = read(c->fd, c->bytes + c->end, c->capacity - c->end);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return pf_fail(c->ctx, PF_ERR_IO, "cannot read '%s': %s", c->path, strerror(errno));
    c->end += (size_t)got;
    *any = got > 0;
    return PF_OK;
}

/* Where the row at `at` ends: the place of its newline, which no quotes enclose. SIZE_MAX: not
 * within the bytes that are there. */
static size_t row_end(pf_csv *c, size_t *lines)
{
    int quoted = 0;
    size_t from = c->at;
    *lines = 0;
    while (from < c->end) {
        char *stop = memchr(c->bytes + from, '\n', c->end - from);
        if (!stop) return SIZE_MAX;
        ++*lines;
        for (char *q = c->bytes + from; (q = memchr(q, '"', (size_t)(stop - q))); q++)
            quoted = !quoted;
        if (!quoted) return (size_t)(stop - c->bytes);
        from = (size_t)(stop - c->bytes) + 1;
    }
    return SIZE_MAX;
}

static pf_err add_field(pf_csv *c, size_t i, char *at)
{
    if (i == c->room) {
        char **more = pf_regrow(c->ctx, c->field, 2 * c->room + 64, sizeof *more);
        if (!more) return PF_ERR_NO_MEMORY;
        c->field = more;
        c->room = 2 * c->room + 64;
    }
    c->field[i] = at;
    return PF_OK;
}

/* Undo the quotes of the field at *p, which stays where it is; *p ends behind it. */
static int unquote(char **p, const char *end)
{
    char *to = *p, *from = *p + 1;
    int closed = 0;
    for (; from < end && !closed; from++) {
        closed = *from == '"' && (from + 1 == end || from[1] != '"');
        if (closed) continue;
        if (*from == '"') from++;
        *to++ = *from;
    }
    closed = closed && (from == end || *from == ',');
    *p = from;
    *to = '\0'; /* at least one quote was dropped before */
    return closed;
}

static pf_err split(pf_csv *c, char *p, char *end, size_t *count)
{
    size_t n = 0;
    if (memchr(p, '\0', (size_t)(end - p))) return pf_csv_fail(c, "a NUL in the text");
    for (;;) {
        PF_TRY(add_field(c, n++, p));
        if (p < end && *p == '"') {
            if (!unquote(&p, end)) return pf_csv_fail(c, "quotes that do not fit");
        } else {
            char *comma = memchr(p, ',', (size_t)(end - p)), *stop = comma ? comma : end;
            if (memchr(p, '"', (size_t)(stop - p)))
                return pf_csv_fail(c, "quotes that do not fit");
            p = stop;
        }
        if (p == end) break;
        *p++ = '\0';
    }
    *end = '\0';
    *count = n;
    return PF_OK;
}

static pf_err read_row(pf_csv *c, int *more, size_t *count)
{
    size_t lines, stop;
    c->line = c->next_line;
    *more = 0;
    while ((stop = row_end(c, &lines)) == SIZE_MAX) {
        int any;
        PF_TRY(fill(c, &any));
        if (any) continue;
        return c->at == c->end ? PF_OK : pf_csv_fail(c, "the last row is cut off");
    }
    char *from = c->bytes + c->at;
    c->at = stop + 1;
    c->next_line += lines;
    *more = 1;
    return split(c, from, c->bytes + stop, count);
}

static pf_err read_header(pf_csv *c)
{
    int more;
    PF_TRY(read_row(c, &more, &c->n));
    if (!more) return pf_csv_fail(c, "there is no header");
    c->name = pf_arena_alloc(c->ctx, &c->names, c->n, sizeof *c->name);
    if (!c->name) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < c->n; i++) {
        for (size_t k = 0; k < i; k++)
            if (!strcmp(c->name[k], c->field[i]))
                return pf_csv_fail(c, "two columns '%.100s'", c->field[i]);
        c->name[i] = pf_arena_strdup(c->ctx, &c->names, c->field[i]);
        if (!c->name[i]) return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

static pf_err start(pf_ctx *ctx, const char *path, size_t capacity, pf_csv **out)
{
    *out = NULL;
    pf_csv *c = pf_calloc(ctx, 1, sizeof *c);
    if (!c) return PF_ERR_NO_MEMORY;
    *c = (pf_csv){.ctx = ctx, .fd = -1, .capacity = capacity, .next_line = 1};
    pf_arena_init(&c->names);
    c->path = pf_arena_strdup(ctx, &c->names, path);
    c->bytes = pf_regrow(ctx, NULL, capacity, 1);
    if (c->path && c->bytes) {
        *out = c;
        return PF_OK;
    }
    pf_csv_close(c);
    return PF_ERR_NO_MEMORY;
}

static pf_err finish(pf_csv *c, pf_err err, pf_csv **out)
{
    if (!err) err = read_header(c);
    if (err) pf_csv_close(c);
    *out = err ? NULL : c;
    return err;
}

pf_err pf_csv_open(pf_ctx *ctx, const char *path, pf_csv **out)
{
    pf_csv *c;
    PF_TRY(start(ctx, path, BLOCK, &c));
    pf_err err = PF_OK;
    c->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (c->fd < 0) err = pf_fail(ctx, PF_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    return finish(c, err, out);
}

pf_err pf_csv_of(pf_ctx *ctx, const char *name, const char *bytes, size_t n, pf_csv **out)
{
    pf_csv *c;
    PF_TRY(start(ctx, name, n + 1, &c));
    if (n) memcpy(c->bytes, bytes, n);
    c->end = n;
    return finish(c, PF_OK, out);
}

void pf_csv_close(pf_csv *c)
{
    if (!c) return;
    if (c->fd >= 0) close(c->fd);
    pf_free(c->field);
    pf_free(c->bytes);
    pf_arena_clear(&c->names);
    pf_free(c);
}

size_t pf_csv_columns(const pf_csv *c)
{
    return c->n;
}

const char *pf_csv_name(const pf_csv *c, size_t column)
{
    return c->name[column];
}

size_t pf_csv_find(const pf_csv *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++)
        if (!strcmp(c->name[i], name)) return i;
    return SIZE_MAX;
}

pf_err pf_csv_next(pf_csv *c, int *more)
{
    size_t count = 0;
    PF_TRY(read_row(c, more, &count));
    if (!*more || count == c->n) return PF_OK;
    return pf_csv_fail(c, "%zu fields where the header names %zu columns", count, c->n);
}

const char *pf_csv_field(const pf_csv *c, size_t column)
{
    return c->field[column];
}

pf_err pf_csv_value(pf_csv *c, size_t column, double *out)
{
    const char *text = c->field[column];
    *out = NAN;
    if (!*text) return PF_OK;
    if (!strcmp(text, "inf") || !strcmp(text, "-inf")) {
        *out = *text == '-' ? -INFINITY : INFINITY;
        return PF_OK;
    }
    if (pf_text_number(text, out)) return PF_OK;
    return pf_csv_fail(
        c, "column %s: a number was expected, not '%.60s'", c->name[column], text);
}
