#include "trial/result.h"

#include "solve/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *pf_event_text(int kind)
{
    static const char *const text[] = {
        "", "dose", "new lesion", "progression", "death", "dropout", "end", "rescue dose"};
    return kind > 0 && kind < (int)PF_COUNT(text) ? text[kind] : "";
}

const char *pf_failure_text(int reason)
{
    if (reason == PF_FAILURE_VALUES) return "the patient's values cannot be used";
    return pf_case_status_text(reason);
}

void pf_chunk_init(pf_chunk *c, const pf_layout *layout)
{
    *c = (pf_chunk){0};
    for (int t = 0; t < PF_TABLE_COUNT; t++) c->table[t].n_column = layout->n_column[t];
}

void pf_chunk_empty(pf_chunk *c)
{
    c->first = c->count = 0;
    for (int t = 0; t < PF_TABLE_COUNT; t++) c->table[t].n = 0;
}

void pf_chunk_clear(pf_chunk *c)
{
    for (int t = 0; t < PF_TABLE_COUNT; t++) pf_free(c->table[t].x);
    *c = (pf_chunk){0};
}

double *pf_chunk_row(pf_ctx *ctx, pf_chunk *c, pf_table_kind kind)
{
    pf_rows *t = &c->table[kind];
    if (pf_reserve(ctx, &t->x, &t->capacity, t->n, t->n_column * sizeof *t->x)) return NULL;
    double *row = t->x + t->n++ * t->n_column;
    for (size_t i = 0; i < t->n_column; i++) row[i] = NAN;
    return row;
}

/* ---- order ---- */

typedef struct {
    double replicate, patient;
    size_t row;
} sort_key;

static int by_patient(const void *a, const void *b)
{
    const sort_key *p = a, *q = b;
    if (p->replicate != q->replicate) return p->replicate < q->replicate ? -1 : 1;
    if (p->patient != q->patient) return p->patient < q->patient ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

/* Every table begins with the replicate and the patient. */
static pf_err sort_rows(pf_ctx *ctx, pf_rows *t)
{
    int sorted = 1;
    sort_key *key = pf_calloc(ctx, t->n, sizeof *key);
    double *x = NULL;
    pf_err err = PF_ERR_NO_MEMORY;
    if (!key) goto out;
    for (size_t i = 0; i < t->n; i++) {
        const double *row = t->x + i * t->n_column;
        key[i] = (sort_key){row[0], row[1], i};
        if (i && by_patient(&key[i - 1], &key[i]) > 0) sorted = 0;
    }
    err = PF_OK;
    if (sorted) goto out;
    x = pf_calloc(ctx, t->capacity, t->n_column * sizeof *x);
    if (!x) {
        err = PF_ERR_NO_MEMORY;
        goto out;
    }
    qsort(key, t->n, sizeof *key, by_patient);
    for (size_t i = 0; i < t->n; i++)
        memcpy(x + i * t->n_column, t->x + key[i].row * t->n_column, t->n_column * sizeof *x);
    pf_free(t->x);
    t->x = x;
out:
    pf_free(key);
    return err;
}

pf_err pf_chunk_sort(pf_ctx *ctx, pf_chunk *c)
{
    for (int t = 0; t < PF_TABLE_COUNT; t++) PF_TRY(sort_rows(ctx, &c->table[t]));
    return PF_OK;
}
