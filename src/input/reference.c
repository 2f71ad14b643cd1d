#include "input/field.h"

#include <float.h>
#include <math.h>

enum { MOST_TABLES = 64 };

static void put_kind(const pf_field *f, pf_buf *out)
{
    static const char *const KIND[] = {"text", "list of texts", "quantity",
        "list of quantities", "whole number or range `1..3`", "whole number", "one of",
        "`yes` or `no`", "map", "map"};
    pf_buf_text(out, KIND[f->kind]);
    if (f->kind == PF_FIELD_NODE && !f->inside) pf_buf_text(out, ", see below");
    if ((f->kind == PF_FIELD_MAP || f->kind == PF_FIELD_NODE) && f->inside)
        pf_buf_printf(out, ": [%s](#%s)", f->inside->title, f->inside->title);
    if (!f->unit) return;
    pf_buf_text(out, f->kind == PF_FIELD_CHOICE ? " `" : " in `");
    for (const char *p = f->unit; *p; p++) {
        if (*p == '|')
            pf_buf_text(out, "`, `");
        else
            pf_buf_put(out, p, 1);
    }
    pf_buf_text(out, "`");
}

static void put_range(const pf_field *f, pf_buf *out)
{
    if (f->low == f->high) return;
    if (f->low == DBL_MIN)
        pf_buf_text(out, "above 0");
    else if (isfinite(f->low))
        pf_buf_printf(out, "from %.10g", f->low);
    if (isfinite(f->high)) pf_buf_printf(out, " to %.10g", f->high);
}

static void put_table(const pf_fields *t, pf_buf *out)
{
    pf_buf_printf(out, "\n## %s\n\n%s\n\n", t->title, t->doc);
    pf_buf_text(out, "| key | value | range | default | meaning |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < t->n; i++) {
        const pf_field *f = &t->field[i];
        pf_buf_printf(out, "| `%s` | ", f->name);
        put_kind(f, out);
        pf_buf_text(out, " | ");
        put_range(f, out);
        if (f->required)
            pf_buf_text(out, " | required");
        else if (f->otherwise)
            pf_buf_printf(out, " | `%s`", f->otherwise);
        else
            pf_buf_text(out, " | ");
        pf_buf_printf(out, " | %s |\n", f->doc);
    }
}

void pf_field_reference(const pf_fields *const *tables, size_t n, pf_buf *out)
{
    /* Breadth first: a table, later those inside it, each once. */
    const pf_fields *seen[MOST_TABLES];
    size_t n_seen = 0;
    for (size_t i = 0; i < n && n_seen < MOST_TABLES; i++) seen[n_seen++] = tables[i];
    for (size_t k = 0; k < n_seen; k++) {
        put_table(seen[k], out);
        for (size_t i = 0; i < seen[k]->n; i++) {
            const pf_fields *inside = seen[k]->field[i].inside;
            size_t at = 0;
            while (at < n_seen && seen[at] != inside) at++;
            if (inside && at == n_seen && n_seen < MOST_TABLES) seen[n_seen++] = inside;
        }
    }
}
