/* The table of records with what the model predicts for each. */
#include "api/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void pf_sim_rows_add(pf_ctx *ctx, const pf_sim *s, pf_sim_rows *rows, const pf_course_row *x)
{
    if (rows->failed) return;
    rows->failed = pf_reserve(ctx, &rows->seen, &rows->capacity, rows->n, sizeof *rows->seen);
    if (!rows->failed && rows->value_capacity < rows->capacity) {
        size_t width = s->n_name ? s->n_name : 1;
        double *value = pf_regrow(ctx, rows->value, rows->capacity * width, sizeof *value);
        if (value) {
            rows->value = value;
            rows->value_capacity = rows->capacity;
        } else {
            rows->failed = PF_ERR_NO_MEMORY;
        }
    }
    if (rows->failed) return;
    rows->seen[rows->n] = (pf_sim_seen){.row = (size_t)(x->record - s->records.row),
        .after = x->after,
        .nth = x->nth,
        .order = rows->n};
    memcpy(rows->value + rows->n * s->n_name, x->out, s->n_name * sizeof *x->out);
    rows->n++;
}

void pf_sim_rows_clear(pf_sim_rows *rows)
{
    pf_free(rows->seen);
    pf_free(rows->value);
    *rows = (pf_sim_rows){0};
}

/* A column of the table that a variable is written into; SIZE_MAX: it gets one of its own. */
static size_t place_of(const pf_sim *s, const char *name)
{
    const pf_record_table *t = &s->records;
    for (size_t i = 0; i < t->n_unused; i++)
        if (pf_text_equal(pf_table_column(t->table, t->unused[i]), name)) return t->unused[i];
    return SIZE_MAX;
}

/* Patients of their own table, records for all of them: the rows need to say whose they are. */
static int adds_id(const pf_sim *s)
{
    return s->patients && !(s->records.n_person && s->records.person[0].id);
}

void pf_sim_write_header(const pf_sim *s, pf_buf *to)
{
    const pf_table *t = s->records.table;
    if (adds_id(s)) pf_csv_text(to, "ID");
    for (size_t i = 0; i < pf_table_columns(t); i++) pf_csv_text(to, pf_table_column(t, i));
    for (size_t i = 0; i < s->n_name; i++)
        if (place_of(s, s->name[i]) == SIZE_MAX) pf_csv_text(to, s->name[i]);
    pf_csv_end(to);
}

/* Additional doses stand for themselves, so what announced them is taken out. */
static int expanded(
    const pf_sim *s, const pf_record_row *r, uint64_t nth, const char *column, double *out)
{
    int upper = column[0] >= 'A' && column[0] <= 'Z';
    if (!s->o->expand || !r->more) return 0;
    *out = 0.0;
    if (!strcmp(column, upper ? "ADDL" : "addl")) return 1;
    if (!strcmp(column, upper ? "SS" : "ss")) return nth > 0;
    if (!strcmp(column, upper ? "II" : "ii")) return nth > 0 || !r->ss;
    *out = 1.0;
    if (!strcmp(column, upper ? "EVID" : "evid")) return nth > 0;
    *out = r->t + (double)nth * r->interval;
    return nth > 0 && !strcmp(column, upper ? "TIME" : "time");
}

/* An additional dose stands between two rows: what holds there is of the one before it, or
 * (nocb) of the one after it. 1 when the column is a covariate. */
static int covariate_there(
    const pf_sim *s, const pf_record_person *p, const pf_sim_seen *seen, size_t c, double *out)
{
    const pf_record_table *t = &s->records;
    size_t j = 0, row = seen->after;
    while (j < t->n_covariate && t->column[j] != c) j++;
    if (j == t->n_covariate) return 0;
    if (row > p->first && (!s->o->nocb || row == p->first + p->n)) row--;
    *out = t->covariate_value[row * t->n_covariate + j];
    return 1;
}

static void write_row(const pf_sim *s, size_t patient, const pf_record_row *r,
    const pf_sim_seen *seen, const pf_sim_rows *rows, pf_buf *to)
{
    const pf_table *t = s->records.table;
    const pf_record_person *p = pf_sim_person(s, patient);
    const double *value = seen ? rows->value + seen->order * s->n_name : NULL;
    char scratch[24];
    double x;
    if (adds_id(s)) pf_csv_text(to, pf_sim_id(s, patient, scratch));
    for (size_t c = 0; c < pf_table_columns(t); c++) {
        size_t i = 0;
        while (i < s->n_name && place_of(s, s->name[i]) != c) i++;
        const char *text = pf_table_text(t, r->row, c);
        if (i < s->n_name)
            pf_csv_number(to, value ? value[i] : NAN);
        else if (seen && seen->nth && covariate_there(s, p, seen, c, &x))
            pf_csv_number(to, x);
        else if (expanded(s, r, seen ? seen->nth : 0, pf_table_column(t, c), &x))
            pf_csv_number(to, x);
        else
            pf_csv_text(to, text ? text : "");
    }
    for (size_t i = 0; i < s->n_name; i++)
        if (place_of(s, s->name[i]) == SIZE_MAX) pf_csv_number(to, value ? value[i] : NAN);
    pf_csv_end(to);
}

static int by_place(const void *a, const void *b)
{
    const pf_sim_seen *x = a, *y = b;
    size_t p = x->nth ? x->after : x->row, q = y->nth ? y->after : y->row;
    if (p != q) return p < q ? -1 : 1;
    if (!x->nth != !y->nth) return x->nth ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void pf_sim_write_rows(const pf_sim *s, size_t patient, pf_sim_rows *rows, pf_buf *to)
{
    const pf_record_person *p = pf_sim_person(s, patient);
    size_t k = 0;
    if (!p) return;
    if (rows->n) qsort(rows->seen, rows->n, sizeof *rows->seen, by_place);
    for (size_t i = p->first; i < p->first + p->n; i++) {
        for (; k < rows->n && rows->seen[k].nth && rows->seen[k].after <= i; k++)
            write_row(s, patient, &s->records.row[rows->seen[k].row], &rows->seen[k], rows, to);
        const pf_sim_seen *own =
            k < rows->n && rows->seen[k].row == i ? &rows->seen[k++] : NULL;
        write_row(s, patient, &s->records.row[i], own, rows, to);
    }
    for (; k < rows->n; k++)
        write_row(s, patient, &s->records.row[rows->seen[k].row], &rows->seen[k], rows, to);
}
