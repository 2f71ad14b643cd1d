/* What the verbs of stats_table.h write with: text tables, and which rows were used. */
#include "trial/stats_frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LISTED = 20 };

void pf_grid_init(pf_grid *g, pf_buf *out, size_t columns)
{
    *g = (pf_grid){.out = out, .columns = columns};
    pf_buf_init(&g->text, out->ctx);
}

void pf_grid_text(pf_grid *g, const char *text)
{
    if (!g->failed)
        g->failed =
            pf_reserve(g->out->ctx, &g->start, &g->capacity, g->count, sizeof *g->start);
    if (g->failed) return;
    g->start[g->count++] = g->text.size;
    pf_buf_put(&g->text, text, strlen(text) + 1);
}

void pf_grid_number(pf_grid *g, double x, const char *missing)
{
    char text[40];
    snprintf(text, sizeof text, "%.4g", x == 0 ? 0 : x);
    pf_grid_text(g, isnan(x) ? missing : text);
}

void pf_grid_count(pf_grid *g, size_t n)
{
    char text[40];
    snprintf(text, sizeof text, "%zu", n);
    pf_grid_text(g, text);
}

/* Characters, not bytes, so that columns line up. */
static size_t width(const char *text)
{
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static size_t column_width(const pf_grid *g, size_t column)
{
    size_t most = 0;
    for (size_t i = column; i < g->count; i += g->columns) {
        size_t w = width(g->text.bytes + g->start[i]);
        if (w > most) most = w;
    }
    return most;
}

void pf_grid_end(pf_grid *g)
{
    if (!g->failed) g->failed = pf_buf_ok(&g->text);
    if (g->failed && !g->out->failed) g->out->failed = g->failed;
    size_t *most = g->failed ? NULL : pf_calloc(g->out->ctx, g->columns, sizeof *most);
    if (!most && !g->out->failed) g->out->failed = PF_ERR_NO_MEMORY;
    for (size_t c = 0; most && c < g->columns; c++) most[c] = column_width(g, c);
    for (size_t i = 0; most && i < g->count; i++) {
        size_t c = i % g->columns;
        const char *text = g->text.bytes + g->start[i];
        int pad = (int)(most[c] - width(text));
        if (c == 0)
            pf_buf_printf(g->out, "%s%*s", text, g->columns > 1 ? pad : 0, "");
        else
            pf_buf_printf(g->out, "  %*s%s", pad, "", text);
        if (c + 1 == g->columns) pf_buf_text(g->out, "\n");
    }
    pf_free(most);
    pf_free(g->start);
    pf_buf_clear(&g->text);
}

void pf_json_estimate(pf_buf *b, const char *key, pf_estimate e)
{
    pf_json_open(b, key, '{');
    pf_json_number(b, "value", e.value);
    if (!isnan(e.se)) pf_json_number(b, "se", e.se);
    pf_json_number(b, "lower", e.lower);
    pf_json_number(b, "upper", e.upper);
    pf_json_close(b, '}');
}

void pf_frame_write(const pf_frame *f, int json, pf_buf *out)
{
    if (json) {
        pf_json_text(out, "file", pf_table_name(f->table));
        pf_json_integer(out, "rows_used", (long long)f->n);
        pf_json_open(out, "rows_left_out", '[');
        for (size_t i = 0; i < f->dropped; i++) {
            pf_json_open(out, NULL, '{');
            pf_json_integer(out, "line", (long long)f->dropped_line[i]);
            pf_json_text(out, "missing", f->dropped_column[i]);
            pf_json_close(out, '}');
        }
        pf_json_close(out, ']');
        return;
    }
    if (!f->dropped) return;
    pf_buf_printf(out, "%zu of %zu rows are left out because something is missing:", f->dropped,
        f->dropped + f->n);
    for (size_t i = 0; i < f->dropped && i < LISTED; i++)
        pf_buf_printf(
            out, "%s line %zu (%s)", i ? "," : "", f->dropped_line[i], f->dropped_column[i]);
    pf_buf_text(out, f->dropped > LISTED ? ", ...\n\n" : "\n\n");
}
