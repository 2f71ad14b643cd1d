/* Values of every replicate: replicates.csv, a column for each measure. */
#include "report/page_parts.h"

#include <string.h>

enum { REPLICATES_MOST = 1000 };

/* Columns that name a measure, as the table has them and as the document has them. */
enum { KEY_ARM, KEY_AGAINST, KEY_ENDPOINT, KEY_AT, KEY_LABEL, KEY_UNIT, KEYS };
static const char *const COLUMN[KEYS] = {
    "ARM", "AGAINST", "ENDPOINT", "AT_DAY", "LABEL", "UNIT"};

typedef struct {
    const char *key[KEYS];
    double at_day;
    double *x; /* [replicates] */
} measure;

typedef struct {
    pf_ctx *ctx;
    pf_arena arena;
    pf_csv *csv;
    size_t column[KEYS], replicate, value;
    size_t replicates; /* wanted */
    size_t n, room;
    measure *measure; /* in the order of the rows of each replicate */
} reader;

static pf_err find_columns(reader *t)
{
    size_t *const other[] = {&t->replicate, &t->value};
    static const char *const name[] = {"REPLICATE", "VALUE"};
    for (size_t i = 0; i < KEYS + PF_COUNT(other); i++) {
        const char *wanted = i < KEYS ? COLUMN[i] : name[i - KEYS];
        size_t at = pf_csv_find(t->csv, wanted);
        if (at == SIZE_MAX) return pf_csv_fail(t->csv, "there is no column %s", wanted);
        *(i < KEYS ? &t->column[i] : other[i - KEYS]) = at;
    }
    return PF_OK;
}

static pf_err add_measure(reader *t)
{
    PF_TRY(pf_reserve(t->ctx, &t->measure, &t->room, t->n, sizeof *t->measure));
    measure *m = &t->measure[t->n];
    *m = (measure){0};
    for (size_t i = 0; i < KEYS; i++) {
        m->key[i] = pf_arena_strdup(t->ctx, &t->arena, pf_csv_field(t->csv, t->column[i]));
        if (!m->key[i]) return PF_ERR_NO_MEMORY;
    }
    PF_TRY(pf_csv_value(t->csv, t->column[KEY_AT], &m->at_day));
    m->x = pf_arena_alloc(t->ctx, &t->arena, t->replicates, sizeof *m->x);
    if (!m->x) return PF_ERR_NO_MEMORY;
    t->n++;
    return PF_OK;
}

static int is_same(const reader *t, const measure *m)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(m->key[i], pf_csv_field(t->csv, t->column[i])) != 0) return 0;
    return 1;
}

/* Each replicate has the measures of the first one, in the same order. */
static pf_err read_rows(reader *t)
{
    size_t r = 0, i = 0;
    for (;; i++) {
        int more;
        double at;
        PF_TRY(pf_csv_next(t->csv, &more));
        if (!more) break;
        PF_TRY(pf_csv_value(t->csv, t->replicate, &at));
        if (i && i == t->n && at == (double)(r + 1)) {
            i = 0;
            if (++r == t->replicates) return PF_OK;
        }
        if (at != (double)r) return pf_csv_fail(t->csv, "the replicates are out of order");
        if (!r) PF_TRY(add_measure(t));
        if (i >= t->n || !is_same(t, &t->measure[i]))
            return pf_csv_fail(t->csv, "another measure than in the first replicate");
        PF_TRY(pf_csv_value(t->csv, t->value, &t->measure[i].x[r]));
    }
    if (i == t->n && r + 1 == t->replicates) return PF_OK;
    return pf_csv_fail(t->csv, "replicates are missing");
}

static const char *or_null(const char *text)
{
    return *text ? text : NULL;
}

static void write_measures(pf_buf *b, const reader *t)
{
    pf_json_open(b, "values", '[');
    for (size_t i = 0; i < t->n; i++) {
        const measure *m = &t->measure[i];
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "arm", m->key[KEY_ARM]);
        pf_json_text(b, "against", or_null(m->key[KEY_AGAINST]));
        pf_json_text(b, "endpoint", m->key[KEY_ENDPOINT]);
        pf_json_number(b, "at_day", m->at_day);
        pf_json_text(b, "label", or_null(m->key[KEY_LABEL]));
        pf_json_text(b, "unit", m->key[KEY_UNIT]);
        pf_column_json(b, "value", m->x, t->replicates, !strcmp(m->key[KEY_UNIT], "day"));
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

pf_err pf_page_values(pf_ctx *ctx, pf_buf *b, const pf_page_run *run)
{
    size_t n = run->study->replicates;
    reader t = {.ctx = ctx, .replicates = n < REPLICATES_MOST ? n : REPLICATES_MOST};
    pf_arena_init(&t.arena);
    const char *path = pf_path_join(ctx, &t.arena, run->folder, "replicates.csv");
    pf_err err = path ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err && pf_path_exists(path)) {
        err = pf_csv_open(ctx, path, &t.csv);
        if (!err) err = find_columns(&t);
        if (!err) err = read_rows(&t);
    }
    if (!err) write_measures(b, &t);
    pf_csv_close(t.csv);
    pf_free(t.measure);
    pf_arena_clear(&t.arena);
    return err;
}
