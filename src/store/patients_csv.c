#include "store/patients_csv.h"

#include "input/table.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 1 << 20 }; /* bytes of one block, about */

typedef struct {
    const char *path;
    const pf_patients_csv *to;
    pf_buf text; /* the header, then the lines of one block */
    size_t line; /* of the file, on which the block begins */
    pf_rows rows;
} reader;

/* The end of the line that begins at `from`, its line feed included; quotes may hold others. */
static size_t line_end(const char *bytes, size_t size, size_t from)
{
    int quoted = 0;
    for (size_t i = from; i < size; i++) {
        if (bytes[i] == '"') quoted = !quoted;
        if (bytes[i] == '\n' && !quoted) return i + 1;
    }
    return size;
}

static pf_err check_columns(pf_ctx *ctx, const reader *r, const pf_table *t)
{
    const pf_layout *l = r->to->layout;
    size_t n = l->n_column[PF_TABLE_PATIENTS];
    if (pf_table_columns(t) != n + 1)
        return pf_fail(ctx, PF_ERR_CORRUPT, "'%s' has %zu columns instead of %zu", r->path,
            pf_table_columns(t), n + 1);
    for (size_t i = 0; i < n; i++)
        if (strcmp(pf_table_column(t, i + 1), l->column[PF_TABLE_PATIENTS][i]))
            return pf_fail(ctx, PF_ERR_CORRUPT,
                "'%s' has the column '%.80s' instead of '%.80s'", r->path,
                pf_table_column(t, i + 1), l->column[PF_TABLE_PATIENTS][i]);
    return PF_OK;
}

static pf_err take_rows(pf_ctx *ctx, reader *r, const pf_table *t)
{
    pf_rows *rows = &r->rows;
    rows->n = 0;
    for (size_t i = 0; i < pf_table_rows(t); i++) {
        PF_TRY(pf_reserve(
            ctx, &rows->x, &rows->capacity, rows->n, rows->n_column * sizeof *rows->x));
        double *x = rows->x + rows->n++ * rows->n_column;
        for (size_t k = 0; k < rows->n_column; k++) {
            const char *text = pf_table_text(t, i, k + 1);
            if (pf_table_value(r->to->study, r->to->layout, PF_TABLE_PATIENTS, k, text, &x[k]))
                continue;
            /* The header stands before every block. */
            return pf_fail(ctx, PF_ERR_CORRUPT, "%s:%zu: '%.60s' is no %s", r->path,
                r->line + pf_table_line(t, i, k + 1) - 2, text,
                r->to->layout->column[PF_TABLE_PATIENTS][k]);
        }
    }
    return r->to->fn(ctx, r->to->payload, rows);
}

static pf_err take_block(pf_ctx *ctx, reader *r)
{
    char name[4200];
    pf_table *t = NULL;
    snprintf(name, sizeof name, "%.4100s, from line %zu on", r->path, r->line);
    PF_TRY(pf_buf_ok(&r->text));
    pf_err err = pf_table_parse(ctx, r->text.bytes, r->text.size, name, &t);
    if (err == PF_ERR_CONFIG) { /* nobody wrote this by hand */
        if (ctx) ctx->code = PF_ERR_CORRUPT;
        err = PF_ERR_CORRUPT;
    }
    if (!err) err = check_columns(ctx, r, t);
    if (!err) err = take_rows(ctx, r, t);
    pf_table_free(t);
    return err;
}

static size_t count_lines(const char *bytes, size_t n)
{
    size_t lines = 0;
    for (size_t i = 0; i < n; i++) lines += bytes[i] == '\n';
    return lines;
}

pf_err pf_patients_csv_parse(
    pf_ctx *ctx, const char *path, const char *bytes, size_t size, const pf_patients_csv *to)
{
    reader r = {.path = path, .to = to, .line = 2};
    r.rows.n_column = to->layout->n_column[PF_TABLE_PATIENTS];
    pf_buf_init(&r.text, ctx);
    size_t header = line_end(bytes, size, 0), at = header;
    pf_err err = PF_OK;
    do {
        size_t from = at;
        while (at < size && at - from < BLOCK) at = line_end(bytes, size, at);
        pf_buf_empty(&r.text);
        pf_buf_put(&r.text, bytes, header);
        pf_buf_put(&r.text, bytes + from, at - from);
        err = take_block(ctx, &r);
        r.line += count_lines(bytes + from, at - from);
    } while (!err && at < size);
    pf_free(r.rows.x);
    pf_buf_clear(&r.text);
    return err;
}
