#include "trial/result.h"

#include "solve/engine.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
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

/* ---- columns ---- */

int pf_patient_column_is_text(const pf_layout *l, size_t column)
{
    return column == PF_P_ARM || column == PF_P_BEST || column == PF_P_PROGRESSION ||
           (column >= l->daily_at && column - l->daily_at < l->n_daily) ||
           (l->n_lot && column == l->n_column[PF_TABLE_PATIENTS] - PF_LOT_COLUMNS);
}

typedef struct {
    pf_ctx *ctx;
    pf_layout *l;
    const char **name;
    size_t n;
    int failed;
} namer;

/* A column whose name a formula can read: letters, digits and _ before what ends it. */
static void add_ended(namer *to, const char *before, const char *name, const char *end)
{
    char *text = pf_arena_printf(to->ctx, &to->l->arena, "%s%s%s", before, name, end);
    size_t n = strlen(before) + strlen(name);
    for (size_t i = 0; text && i < n; i++)
        if (!strchr("._", text[i]) && !isalnum((unsigned char)text[i])) text[i] = '_';
    to->failed |= !text;
    to->name[to->n++] = text;
}

static void add_column(namer *to, const char *before, const char *name, double day)
{
    char end[32] = "";
    if (!isnan(day)) snprintf(end, sizeof end, "_D%g", day);
    add_ended(to, before, name, end);
}

static size_t begin_part(const namer *to, size_t n)
{
    return n ? to->n : 0;
}

static void name_parts(namer *to, const pf_study *s, int has_kinetics)
{
    pf_layout *l = to->l;
    const pf_assess *a = &s->assess;
    l->marker_at = begin_part(to, a->n_marker * a->n_kinetics);
    for (size_t m = 0; m < a->n_marker; m++)
        for (size_t i = 0; i < a->n_kinetics; i++)
            add_column(to, "MARKER_", a->marker[m], a->kinetics[i]);
    l->persistence_at = begin_part(to, has_kinetics && a->lloq > 0);
    if (l->persistence_at) add_column(to, "PERSISTENCE", "", NAN);
    l->grade_at = begin_part(to, a->n_grade);
    for (size_t i = 0; i < a->n_grade; i++) add_column(to, "GRADE_", a->grade[i], NAN);
    l->event_at = begin_part(to, a->n_event);
    for (size_t i = 0; i < a->n_event; i++) add_column(to, "EVENT_", a->event[i], NAN);
    l->attribute_at = begin_part(to, s->n_attribute);
    for (size_t i = 0; i < s->n_attribute; i++)
        add_column(to, "ATTRIBUTE_", s->attribute[i], NAN);
    l->n_daily = s->n_product ? a->n_grade * PF_DAILY_COLUMNS : 0;
    l->daily_at = begin_part(to, l->n_daily);
    for (size_t i = 0; i < l->n_daily; i++)
        add_ended(to, "GRADE_", a->grade[i / PF_DAILY_COLUMNS],
            i % PF_DAILY_COLUMNS ? "_D15_28" : "_D1_14");
}

/* What lots of all products tell about themselves, each name once. */
static pf_err list_qualities(pf_ctx *ctx, const pf_study *s, pf_layout *l)
{
    size_t most = 0;
    for (size_t p = 0; p < s->n_product; p++) most += s->product[p].n_lot_name;
    const char **name = pf_arena_alloc(ctx, &l->arena, most + 1, sizeof *name);
    if (!name) return PF_ERR_NO_MEMORY;
    l->quality = name;
    for (size_t p = 0; p < s->n_product; p++)
        for (size_t i = 0; i < s->product[p].n_lot_name; i++) {
            const char *each = s->product[p].lot_name[i];
            size_t k = 0;
            while (k < l->n_quality && strcmp(name[k], each) != 0) k++;
            if (k == l->n_quality) name[l->n_quality++] = each;
        }
    return PF_OK;
}

pf_err pf_layout_patients(pf_ctx *ctx, const pf_study *s, int has_kinetics, pf_layout *l)
{
    static const char *const fixed[PF_P_FIXED] = {"REPLICATE", "PATIENT", "ARM", "STRATUM",
        "FAILED", "DOSES", "BASELINE_SLD", "BOR", "PCHG_BEST", "PFS", "PFS_EVENT", "PD_REASON",
        "OS", "OS_EVENT", "TTR", "DOR", "DOR_EVENT", "CMAX", "TMAX", "AUC28", "INFUSIONS"};
    const pf_assess *a = &s->assess;
    l->n_covariate = s->population.n_variable;
    l->n_sample = has_kinetics ? a->n_kinetics : 0;
    for (size_t i = 0; i < s->n_product; i++)
        if (s->product[i].lot) l->n_lot = PF_LOT_COLUMNS;
    PF_TRY(list_qualities(ctx, s, l));
    size_t most = PF_P_FIXED + l->n_lot + l->n_quality + l->n_covariate + l->n_sample +
                  a->n_marker * a->n_kinetics + 1 + (1 + PF_DAILY_COLUMNS) * a->n_grade +
                  a->n_event + s->n_attribute;
    namer to = {.ctx = ctx, .l = l};
    to.name = pf_arena_alloc(ctx, &l->arena, most, sizeof *to.name);
    if (!to.name) return PF_ERR_NO_MEMORY;
    memcpy(to.name, fixed, sizeof fixed);
    if (a->criteria == PF_CRITERIA_RECURRENCE) {
        to.name[PF_P_PFS] = "RFS";
        to.name[PF_P_PFS_EVENT] = "RFS_EVENT";
    }
    to.n = PF_P_FIXED;
    for (size_t i = 0; i < l->n_covariate; i++)
        to.name[to.n++] = s->population.variable[i].name;
    for (size_t i = 0; i < l->n_sample; i++) add_column(&to, "KINETICS", "", a->kinetics[i]);
    name_parts(&to, s, has_kinetics);
    l->quality_at = begin_part(&to, l->n_quality);
    for (size_t i = 0; i < l->n_quality; i++)
        add_column(&to, "LOT_", l->quality[i] + strlen("lot_"), NAN);
    if (l->n_lot) {
        to.name[to.n++] = "LOT_DISPOSITION";
        to.name[to.n++] = "LOT_DELAY";
    }
    l->column[PF_TABLE_PATIENTS] = to.name;
    l->n_column[PF_TABLE_PATIENTS] = to.n;
    return to.failed ? PF_ERR_NO_MEMORY : PF_OK;
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
