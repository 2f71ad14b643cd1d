#include "trial/stats_frame.h"

#include "trial/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *text;
    double number;
    size_t row;
} value;

static int compare_values(const void *a, const void *b)
{
    const value *x = a, *y = b;
    if (x->number != y->number) return x->number < y->number ? -1 : 1;
    int order = strcmp(x->text, y->text);
    return order ? order : (x->row < y->row ? -1 : x->row > y->row);
}

static void factor_clear(pf_factor *f)
{
    pf_free(f->code);
    pf_free(f->level);
    *f = (pf_factor){0};
}

/* Levels of a whole column: numbers in their order, anything else by the alphabet. "1" and
 * "1.0" are one level. */
static pf_err factor(pf_ctx *ctx, const pf_table *t, size_t column, pf_factor *out)
{
    size_t rows = pf_table_rows(t), n = 0;
    int numeric = pf_table_is_numeric(t, column);
    value *v = pf_calloc(ctx, rows, sizeof *v);
    out->code = pf_calloc(ctx, rows, sizeof *out->code);
    out->level = pf_calloc(ctx, rows, sizeof *out->level);
    if (!v || !out->code || !out->level) {
        pf_free(v);
        return PF_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < rows; i++) {
        const char *text = pf_table_text(t, i, column);
        out->code[i] = -1;
        if (!text) continue;
        v[n] = (value){text, 0, i};
        if (numeric && !pf_text_number(text, &v[n].number)) v[n].number = 0;
        n++;
    }
    qsort(v, n, sizeof *v, compare_values);
    for (size_t i = 0; i < n; i++) {
        int same =
            i && (numeric ? v[i].number == v[i - 1].number : !strcmp(v[i].text, v[i - 1].text));
        if (!same) out->level[out->levels++] = v[i].text;
        out->code[v[i].row] = (int)out->levels - 1;
    }
    pf_free(v);
    return PF_OK;
}

void pf_frame_clear(pf_frame *f)
{
    void *owned[] = {f->row, f->time, f->event, f->group, f->strata, f->x, f->term,
        f->dropped_line, f->dropped_column};
    for (size_t i = 0; i < PF_COUNT(owned); i++) pf_free(owned[i]);
    factor_clear(&f->groups);
    pf_table_free(f->table);
    pf_arena_clear(&f->names);
    *f = (pf_frame){0};
}

/* Leave out the rows in use whose entry of `missing` is not 0. */
static void drop(pf_frame *f, const unsigned char *missing, const char *name, size_t column)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->n; i++) {
        size_t row = f->row[i];
        if (!missing[row]) {
            f->row[kept++] = row;
            continue;
        }
        f->dropped_line[f->dropped] = pf_table_line(f->table, row, column);
        f->dropped_column[f->dropped++] = name;
    }
    f->n = kept;
}

static pf_err drop_missing(pf_ctx *ctx, pf_frame *f, const char *name, size_t *column)
{
    PF_TRY(pf_table_find(ctx, f->table, name, column));
    size_t rows = pf_table_rows(f->table);
    unsigned char *missing = pf_calloc(ctx, rows, 1);
    if (!missing) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < rows; i++) missing[i] = !pf_table_text(f->table, i, *column);
    drop(f, missing, name, *column);
    pf_free(missing);
    return PF_OK;
}

static pf_err load_time(pf_ctx *ctx, pf_frame *f, size_t column)
{
    f->time = pf_calloc(ctx, f->n, sizeof(double));
    if (!f->time) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n; i++) {
        PF_TRY(pf_table_number(ctx, f->table, f->row[i], column, &f->time[i]));
        if (f->time[i] < 0)
            return pf_table_fail(
                ctx, f->table, f->row[i], column, "time %g is below 0", f->time[i]);
    }
    return PF_OK;
}

/* 1, 0 or, for a mistake, -1 */
static int read_event(const pf_stats_request *q, const char *text, unsigned char *seen)
{
    if (!text) return 0;
    for (size_t k = 0; k < q->n_yes; k++)
        if (strcmp(text, q->yes[k]) == 0) {
            seen[k] = 1;
            return 1;
        }
    if (q->n_yes) return 0;
    double x;
    if (!pf_text_number(text, &x) || (x != 0 && x != 1)) return -1;
    return q->censor ? x == 0 : x == 1;
}

static pf_err load_event(pf_ctx *ctx, const pf_stats_request *q, pf_frame *f, size_t column)
{
    const char *name = q->censor ? q->censor : q->event;
    f->event = pf_calloc(ctx, f->n, 1);
    unsigned char *seen = pf_calloc(ctx, q->n_yes, 1);
    pf_err err = f->event && seen ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t i = 0; !err && i < f->n; i++) {
        const char *text = pf_table_text(f->table, f->row[i], column);
        int event = read_event(q, text, seen);
        if (event < 0)
            err = pf_table_fail(ctx, f->table, f->row[i], column,
                "'%.60s' in column '%s' is not 0 or 1; --yes names the values that count as an "
                "event",
                text, name);
        else
            f->event[i] = (unsigned char)event;
    }
    for (size_t k = 0; !err && k < q->n_yes; k++)
        if (!seen[k])
            err = pf_fail(ctx, PF_ERR_CONFIG, "%s: no row has '%s' in column '%s'",
                pf_table_name(f->table), q->yes[k], name);
    pf_free(seen);
    return err;
}

static pf_err pick(pf_ctx *ctx, const pf_frame *f, const pf_factor *from, int **out)
{
    *out = pf_calloc(ctx, f->n, sizeof **out);
    if (!*out) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n; i++) (*out)[i] = from->code[f->row[i]];
    return PF_OK;
}

/* Levels that no row in use has any more are forgotten. */
static pf_err load_group(pf_ctx *ctx, pf_frame *f, size_t column)
{
    PF_TRY(factor(ctx, f->table, column, &f->groups));
    int *codes = NULL, *classes = NULL, *labels = NULL;
    size_t count = 0;
    pf_err err = pick(ctx, f, &f->groups, &codes);
    if (!err) err = pf_classes(ctx, f->n, codes, &classes, &labels, &count);
    for (size_t k = 0; !err && k < count; k++) f->groups.level[k] = f->groups.level[labels[k]];
    if (!err) {
        f->groups.levels = count;
        f->group = classes;
        classes = NULL;
    }
    pf_free(codes);
    pf_free(classes);
    pf_free(labels);
    return err;
}

/* Combine the columns one after the other, so that codes stay small. */
static pf_err load_strata(
    pf_ctx *ctx, const pf_stats_request *q, pf_frame *f, const size_t *column)
{
    f->n_strata = 1;
    if (!q->n_strata) return PF_OK;
    f->strata = pf_calloc(ctx, f->n, sizeof *f->strata);
    pf_err err = f->strata ? PF_OK : PF_ERR_NO_MEMORY;
    for (size_t s = 0; !err && s < q->n_strata; s++) {
        pf_factor one = {0};
        int *classes = NULL, *labels = NULL;
        err = factor(ctx, f->table, column[s], &one);
        if (!err && f->n_strata * one.levels > INT32_MAX)
            err = pf_fail(ctx, PF_ERR_RANGE, "there are too many strata");
        for (size_t i = 0; !err && i < f->n; i++)
            f->strata[i] = f->strata[i] * (int)one.levels + one.code[f->row[i]];
        if (!err) err = pf_classes(ctx, f->n, f->strata, &classes, &labels, &f->n_strata);
        for (size_t i = 0; !err && i < f->n; i++) f->strata[i] = classes[i];
        pf_free(classes);
        pf_free(labels);
        factor_clear(&one);
    }
    return err;
}

/* A covariate's column, and its reference level when it was written as name=level. */
static pf_err split_covariate(
    pf_ctx *ctx, pf_frame *f, const char *text, const char **name, const char **reference)
{
    *name = text;
    *reference = NULL;
    const char *equals = strrchr(text, '=');
    for (size_t i = 0; i < pf_table_columns(f->table); i++)
        if (strcmp(pf_table_column(f->table, i), text) == 0) return PF_OK;
    if (!equals) return PF_OK;
    *name = pf_arena_strndup(ctx, &f->names, text, (size_t)(equals - text));
    *reference = equals + 1;
    return *name ? PF_OK : PF_ERR_NO_MEMORY;
}

/* Room for `more` further columns of the design matrix, which is kept by columns while it
 * grows. */
static pf_err grow(pf_ctx *ctx, pf_frame *f, size_t more)
{
    double *x = pf_regrow(ctx, f->x, (f->terms + more) * f->n + 1, sizeof *x);
    if (!x) return PF_ERR_NO_MEMORY;
    f->x = x;
    pf_term *term = pf_regrow(ctx, f->term, f->terms + more, sizeof *term);
    if (!term) return PF_ERR_NO_MEMORY;
    f->term = term;
    return PF_OK;
}

static pf_err add_number(pf_ctx *ctx, pf_frame *f, const char *name, size_t column)
{
    PF_TRY(grow(ctx, f, 1));
    for (size_t i = 0; i < f->n; i++)
        PF_TRY(pf_table_number(ctx, f->table, f->row[i], column, &f->x[f->terms * f->n + i]));
    f->term[f->terms++] = (pf_term){name, NULL, NULL};
    return PF_OK;
}

static pf_err add_levels(
    pf_ctx *ctx, pf_frame *f, const char *name, const char *reference, const pf_factor *levels)
{
    size_t first = levels->levels; /* the reference */
    unsigned char *used = pf_calloc(ctx, levels->levels, 1);
    if (!used) return PF_ERR_NO_MEMORY;
    size_t count = 0;
    for (size_t i = 0; i < f->n; i++) used[levels->code[f->row[i]]] = 1;
    for (size_t k = levels->levels; k-- > 0;) {
        count += used[k];
        if (used[k] && (!reference || strcmp(reference, levels->level[k]) == 0)) first = k;
    }
    pf_err err = PF_OK;
    if (first == levels->levels)
        err = pf_fail(ctx, PF_ERR_CONFIG, "%s: no row has '%s' in column '%s'",
            pf_table_name(f->table), reference ? reference : "", name);
    else if (count < 2)
        err = pf_fail(ctx, PF_ERR_CONFIG,
            "%s: column '%s' has one value only and cannot explain anything",
            pf_table_name(f->table), name);
    if (!err) err = grow(ctx, f, count - 1);
    for (size_t k = 0; !err && k < levels->levels; k++) {
        if (!used[k] || k == first) continue;
        for (size_t i = 0; i < f->n; i++)
            f->x[f->terms * f->n + i] = levels->code[f->row[i]] == (int)k;
        f->term[f->terms++] = (pf_term){name, levels->level[k], levels->level[first]};
    }
    pf_free(used);
    return err;
}

static pf_err load_covariates(pf_ctx *ctx, const pf_stats_request *q, pf_frame *f)
{
    for (size_t c = 0; c < q->n_covariates; c++) {
        const char *name, *reference;
        size_t column;
        PF_TRY(split_covariate(ctx, f, q->covariates[c], &name, &reference));
        PF_TRY(pf_table_find(ctx, f->table, name, &column));
        if (!reference && pf_table_is_numeric(f->table, column)) {
            PF_TRY(add_number(ctx, f, name, column));
            continue;
        }
        pf_factor levels = {0};
        pf_err err = factor(ctx, f->table, column, &levels);
        if (!err) err = add_levels(ctx, f, name, reference, &levels);
        factor_clear(&levels);
        if (err) return err;
    }
    double *rows = pf_calloc(ctx, f->n * f->terms, sizeof *rows); /* by rows at last */
    if (!rows) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n; i++)
        for (size_t j = 0; j < f->terms; j++) rows[i * f->terms + j] = f->x[j * f->n + i];
    pf_free(f->x);
    f->x = rows;
    return PF_OK;
}

/* Find every column and leave out the rows with something missing, before anything is read. */
static pf_err find_all(
    pf_ctx *ctx, const pf_stats_request *q, pf_frame *f, size_t column[3], size_t *strata)
{
    const char *event = q->censor ? q->censor : q->event;
    if (q->time) PF_TRY(drop_missing(ctx, f, q->time, &column[0]));
    if (event && q->missing_is_no)
        PF_TRY(pf_table_find(ctx, f->table, event, &column[1]));
    else if (event)
        PF_TRY(drop_missing(ctx, f, event, &column[1]));
    if (q->group) PF_TRY(drop_missing(ctx, f, q->group, &column[2]));
    for (size_t s = 0; s < q->n_strata; s++)
        PF_TRY(drop_missing(ctx, f, q->strata[s], &strata[s]));
    for (size_t c = 0; c < q->n_covariates; c++) {
        const char *name, *reference;
        size_t unused;
        PF_TRY(split_covariate(ctx, f, q->covariates[c], &name, &reference));
        PF_TRY(drop_missing(ctx, f, name, &unused));
    }
    if (f->n) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "%s: no row is left: %zu rows, all with something missing", pf_table_name(f->table),
        f->dropped);
}

pf_err pf_frame_load(pf_ctx *ctx, const pf_stats_request *q, pf_frame *f)
{
    *f = (pf_frame){0};
    pf_arena_init(&f->names);
    PF_TRY(pf_table_read(ctx, q->path, &f->table));
    size_t rows = pf_table_rows(f->table), column[3] = {0};
    f->n = rows;
    f->row = pf_calloc(ctx, rows, sizeof *f->row);
    f->dropped_line = pf_calloc(ctx, rows, sizeof *f->dropped_line);
    f->dropped_column = pf_calloc(ctx, rows, sizeof *f->dropped_column);
    size_t *strata = pf_arena_alloc(ctx, &f->names, q->n_strata + 1, sizeof *strata);
    if (!f->row || !f->dropped_line || !f->dropped_column || !strata) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < rows; i++) f->row[i] = i;
    PF_TRY(find_all(ctx, q, f, column, strata));
    if (q->time) PF_TRY(load_time(ctx, f, column[0]));
    if (q->censor || q->event) PF_TRY(load_event(ctx, q, f, column[1]));
    if (q->group) PF_TRY(load_group(ctx, f, column[2]));
    PF_TRY(load_strata(ctx, q, f, strata));
    return q->n_covariates ? load_covariates(ctx, q, f) : PF_OK;
}
