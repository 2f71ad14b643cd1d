#include "store/tables.h"

#include "solve/engine.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How a column's number is written. */
typedef enum { AS_NUMBER, AS_ARM, AS_RESPONSE, AS_PROGRESSION, AS_EVENT, AS_STATE, AS_REASON } style;

const char *pf_table_file(pf_table_kind kind)
{
    static const char *const name[PF_TABLE_COUNT] = {[PF_TABLE_PATIENTS] = "patients.csv",
        [PF_TABLE_ASSESSMENTS] = "assessments.csv",
        [PF_TABLE_KINETICS] = "kinetics.csv",
        [PF_TABLE_EVENTS] = "events.csv",
        [PF_TABLE_FAILURES] = "failures.csv"};
    return name[kind];
}

static style style_of(pf_table_kind kind, size_t column)
{
    switch (kind) {
    case PF_TABLE_PATIENTS:
        if (column == PF_P_ARM) return AS_ARM;
        if (column == PF_P_BEST) return AS_RESPONSE;
        return column == PF_P_PROGRESSION ? AS_PROGRESSION : AS_NUMBER;
    case PF_TABLE_ASSESSMENTS:
        if (column == PF_A_ARM) return AS_ARM;
        return column == PF_A_RESPONSE ? AS_RESPONSE : AS_NUMBER;
    case PF_TABLE_KINETICS: return column == PF_K_ARM ? AS_ARM : AS_NUMBER;
    case PF_TABLE_EVENTS:
        if (column == PF_E_ARM) return AS_ARM;
        return column == PF_E_KIND ? AS_EVENT : AS_NUMBER;
    case PF_TABLE_FAILURES:
        if (column == PF_F_ARM) return AS_ARM;
        if (column == PF_F_REASON) return AS_REASON;
        return column == PF_F_STATE ? AS_STATE : AS_NUMBER;
    default: return AS_NUMBER;
    }
}

static const char *text_of(
    const pf_study *study, const pf_layout *layout, style s, double value)
{
    if (isnan(value)) return "";
    switch (s) {
    case AS_ARM: return value < (double)study->n_arm ? study->arm[(size_t)value].name : "";
    case AS_RESPONSE: return pf_response_text((int)value);
    case AS_PROGRESSION: return pf_progression_text((int)value);
    case AS_EVENT: return pf_event_text((int)value);
    case AS_REASON: return pf_case_status_text((int)value);
    case AS_STATE:
        return value >= 0 && value < (double)layout->n_state ? layout->state[(size_t)value] : "";
    default: return "";
    }
}

void pf_table_header(pf_buf *b, const pf_layout *layout, pf_table_kind kind)
{
    pf_csv_text(b, "STUDYID");
    for (size_t i = 0; i < layout->n_column[kind]; i++) pf_csv_text(b, layout->column[kind][i]);
    pf_csv_end(b);
}

void pf_table_row(pf_buf *b, const pf_study *study, const pf_layout *layout,
    pf_table_kind kind, const double *row)
{
    char id[200];
    snprintf(id, sizeof id, "SIMULATED-%s", study->name);
    pf_csv_text(b, id);
    for (size_t i = 0; i < layout->n_column[kind]; i++) {
        style s = style_of(kind, i);
        if (s == AS_NUMBER)
            pf_csv_number(b, row[i]);
        else
            pf_csv_text(b, text_of(study, layout, s, row[i]));
    }
    pf_csv_end(b);
}

/* ---- back ---- */

typedef struct {
    pf_ctx *ctx;
    const char *path;
    const pf_study *study;
    const pf_layout *layout;
    char *at;
    size_t line;
} reader;

static pf_err bad(reader *r, const char *what, const char *text)
{
    return pf_fail(r->ctx, PF_ERR_CORRUPT, "%s:%zu: %s '%.60s'", r->path, r->line, what, text);
}

/* Cut one field off at r->at; `*last` when the row ends with it. Quotes are undone in place. */
static char *next_field(reader *r, int *last)
{
    char *from = r->at, *to = r->at, *p = r->at;
    if (*p == '"') {
        for (p++; *p && !(p[0] == '"' && p[1] != '"'); p++) {
            if (*p == '"') p++;
            *to++ = *p;
        }
        if (*p) p++;
    } else {
        while (*p && *p != ',' && *p != '\n') *to++ = *p++;
    }
    *last = *p != ',';
    if (*p) p++;
    *to = '\0';
    r->at = p;
    return from;
}

static pf_err read_value(reader *r, size_t column, const char *text, double *out)
{
    *out = NAN;
    if (!*text) return PF_OK;
    style s = style_of(PF_TABLE_PATIENTS, column);
    if (s == AS_NUMBER)
        return pf_text_number(text, out) ? PF_OK : bad(r, "not a number:", text);
    size_t n = s == AS_ARM ? r->study->n_arm : 16;
    for (size_t i = 0; i < n; i++) {
        if (!pf_text_equal(text_of(r->study, r->layout, s, (double)i), text)) continue;
        *out = (double)i;
        return PF_OK;
    }
    return bad(r, "an unknown name", text);
}

static pf_err read_row(reader *r, double *row)
{
    size_t n = r->layout->n_column[PF_TABLE_PATIENTS];
    int last = 0;
    r->line++;
    next_field(r, &last);
    for (size_t i = 0; i < n; i++) {
        if (last) return bad(r, "a column is missing:", r->layout->column[PF_TABLE_PATIENTS][i]);
        PF_TRY(read_value(r, i, next_field(r, &last), &row[i]));
    }
    return last ? PF_OK : bad(r, "too many columns:", r->at);
}

static pf_err check_head(reader *r)
{
    pf_buf want;
    pf_buf_init(&want, r->ctx);
    pf_table_header(&want, r->layout, PF_TABLE_PATIENTS);
    pf_err err = pf_buf_ok(&want);
    if (!err && strncmp(r->at, want.bytes, want.size))
        err = bad(r, "these columns are not the study's:", r->at);
    r->at += err ? 0 : want.size;
    pf_buf_clear(&want);
    return err;
}

static pf_err add_row(reader *r, pf_rows *rows, double **row)
{
    if (rows->n == rows->capacity) {
        size_t more = rows->capacity ? 2 * rows->capacity : 256;
        double *x = pf_regrow(r->ctx, rows->x, more, rows->n_column * sizeof(double));
        if (!x) return PF_ERR_NO_MEMORY;
        rows->x = x;
        rows->capacity = more;
    }
    *row = rows->x + rows->n++ * rows->n_column;
    return PF_OK;
}

static pf_err read_body(reader *r, pf_rows *rows, pf_replicate_fn fn, void *payload)
{
    size_t size = pf_study_size(r->study);
    r->line = 1;
    PF_TRY(check_head(r));
    while (*r->at) {
        double *row;
        PF_TRY(add_row(r, rows, &row));
        PF_TRY(read_row(r, row));
        if (rows->n < size) continue;
        PF_TRY(fn(r->ctx, payload, rows));
        rows->n = 0;
    }
    return rows->n ? bad(r, "the last replicate is not whole", "") : PF_OK;
}

pf_err pf_patients_read(pf_ctx *ctx, const char *path, const pf_study *study,
    const pf_layout *layout, pf_replicate_fn fn, void *payload)
{
    char *bytes;
    size_t size;
    PF_TRY(pf_file_read(ctx, path, (size_t)8 << 30, &bytes, &size));
    reader r = {.ctx = ctx, .path = path, .study = study, .layout = layout, .at = bytes};
    pf_rows rows = {.n_column = layout->n_column[PF_TABLE_PATIENTS]};
    pf_err err = read_body(&r, &rows, fn, payload);
    pf_free(rows.x);
    pf_free(bytes);
    return err;
}
