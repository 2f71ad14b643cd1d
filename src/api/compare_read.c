/* One run folder, read for a comparison. */
#include "api/compare.h"
#include "api/resume.h"
#include "input/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- measures of summary.json ---- */

static double number(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

static const char *text(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_text(pf_jvalue_get(v, key), "");
}

/* What stands for all replicates, by the rule of the page. */
static void take_centre(const pf_jvalue *v, pf_run_measure *m)
{
    double power = number(v, "share_below_0.05"), reached = number(v, "replicates_reached");
    int own = pf_jvalue_get(v, "low") != NULL;
    m->mean = number(v, "mean");
    m->sd = number(v, "sd");
    m->n = reached;
    m->defined = number(v, "replicates_defined");
    m->low = number(v, own ? "low" : "q025");
    m->high = number(v, own ? "high" : "q975");
    m->median = !strcmp(text(v, "centre"), "median") || isnan(m->mean) || reached < m->defined;
    m->value = m->median ? number(v, "median") : m->mean;
    if (isnan(power)) return;
    m->power = 1;
    m->median = 0;
    m->unit = "share";
    m->low = m->high = NAN;
    m->value = m->mean = power;
    m->sd = reached > 1 ? sqrt(power * (1 - power) * reached / (reached - 1)) : NAN;
}

static void take(const pf_jvalue *v, const char *arm, const char *against, const char *path,
    pf_run_measure *m)
{
    m->arm = arm;
    m->against = against;
    m->endpoint = text(v, "endpoint");
    m->label = text(v, "label");
    m->unit = text(v, "unit");
    m->at = number(v, "at_day");
    m->path = path;
    take_centre(v, m);
}

static size_t members(const pf_jvalue *list, const char *key)
{
    size_t n = 0;
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next) {
        const pf_jvalue *inner = pf_jvalue_get(v, key);
        n += inner ? inner->n : 0;
    }
    return n;
}

static pf_err take_list(
    pf_comparison *c, pf_run_read *r, const char *name, const char *inner, const char *arm)
{
    const pf_jvalue *list = pf_jvalue_get(r->summary, name);
    size_t i = 0;
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next, i++) {
        const pf_jvalue *all = pf_jvalue_get(v, inner);
        size_t k = 0;
        for (const pf_jvalue *m = all ? all->first : NULL; m; m = m->next, k++) {
            char *path = pf_arena_printf(c->ctx, &c->arena, "%s.%zu.%s.%zu", name, i, inner, k);
            if (!path) return PF_ERR_NO_MEMORY;
            take(m, text(v, arm), text(v, "against"), path, &r->measure[r->n_measure++]);
        }
    }
    return PF_OK;
}

pf_err pf_compare_measures(pf_comparison *c, pf_run_read *r)
{
    const pf_jvalue *arms = pf_jvalue_get(r->summary, "arms"),
                    *comparisons = pf_jvalue_get(r->summary, "comparisons");
    size_t n = members(arms, "endpoints") + members(comparisons, "measures");
    if (!n)
        return pf_fail(
            c->ctx, PF_ERR_CORRUPT, "summary.json in '%s' has no endpoints", r->folder);
    r->measure = pf_arena_alloc(c->ctx, &c->arena, n, sizeof *r->measure);
    if (!r->measure) return PF_ERR_NO_MEMORY;
    PF_TRY(take_list(c, r, "arms", "endpoints", "name"));
    return take_list(c, r, "comparisons", "measures", "arm");
}

/* ---- values of replicates.csv ---- */

enum { REPLICATE, ARM, AGAINST, ENDPOINT, AT_DAY, LABEL, VALUE, COLUMNS };
static const char *const COLUMN[COLUMNS] = {
    "REPLICATE", "ARM", "AGAINST", "ENDPOINT", "AT_DAY", "LABEL", "VALUE"};

typedef struct {
    pf_ctx *ctx;
    const pf_table *table;
    size_t column[COLUMNS], rows, each; /* each: rows of one replicate */
} sheet;

static const char *field(const sheet *s, size_t row, int column)
{
    const char *t = pf_table_text(s->table, row, s->column[column]);
    return t ? t : "";
}

/* The measure of a row; NULL when the summary has none like it. */
static pf_run_measure *measure_of(const sheet *s, pf_run_read *r, size_t row, double at)
{
    for (size_t i = 0; i < r->n_measure; i++) {
        pf_run_measure *m = &r->measure[i];
        if (strcmp(m->endpoint, field(s, row, ENDPOINT)) || strcmp(m->arm, field(s, row, ARM)))
            continue;
        if (strcmp(m->against, field(s, row, AGAINST)) ||
            strcmp(m->label, field(s, row, LABEL)))
            continue;
        if (isnan(m->at) ? isnan(at) : m->at == at) return m;
    }
    return NULL;
}

/* Medians that are not reached are infinite; an empty field is no number. */
static pf_err value_at(const sheet *s, size_t row, double *out)
{
    const char *t = field(s, row, VALUE);
    if (!strcmp(t, "inf") || !strcmp(t, "-inf")) {
        *out = *t == '-' ? -INFINITY : INFINITY;
        return PF_OK;
    }
    return pf_table_number(s->ctx, s->table, row, s->column[VALUE], out);
}

/* Row `i` of every replicate is about the same measure. */
static pf_err take_column(const sheet *s, pf_run_measure *m, size_t i)
{
    for (uint64_t k = 0; k * s->each < s->rows; k++) {
        size_t row = (size_t)k * s->each + i;
        double replicate, x;
        PF_TRY(pf_table_number(s->ctx, s->table, row, s->column[REPLICATE], &replicate));
        int same = replicate == (double)k;
        for (int c = ARM; c <= LABEL; c++)
            same = same && !strcmp(field(s, row, c), field(s, i, c));
        if (!same)
            return pf_table_fail(s->ctx, s->table, row, s->column[REPLICATE],
                "replicate %llu is not told in the order of the first", (unsigned long long)k);
        PF_TRY(value_at(s, row, &x));
        m->by_replicate[k] = m->power && !isnan(x) ? x < 0.05 : x;
    }
    return PF_OK;
}

static pf_err take_values(pf_comparison *c, const sheet *s, pf_run_read *r)
{
    for (size_t i = 0; i < s->each; i++) {
        double at;
        PF_TRY(pf_table_number(c->ctx, s->table, i, s->column[AT_DAY], &at));
        pf_run_measure *m = measure_of(s, r, i, at);
        if (!m || m->by_replicate) continue;
        m->by_replicate =
            pf_arena_alloc(c->ctx, &c->arena, r->replicates, sizeof *m->by_replicate);
        if (!m->by_replicate) return PF_ERR_NO_MEMORY;
        PF_TRY(take_column(s, m, i));
    }
    return PF_OK;
}

static pf_err read_sheet(pf_comparison *c, sheet *s, pf_run_read *r)
{
    for (int k = 0; k < COLUMNS; k++)
        PF_TRY(pf_table_find(c->ctx, s->table, COLUMN[k], &s->column[k]));
    s->rows = pf_table_rows(s->table);
    if (!r->replicates || !s->rows || s->rows % r->replicates)
        return pf_fail(c->ctx, PF_ERR_CORRUPT,
            "replicates.csv in '%s' has %zu rows, which is not the same number for each of "
            "%llu replicates",
            r->folder, s->rows, (unsigned long long)r->replicates);
    s->each = s->rows / (size_t)r->replicates;
    PF_TRY(take_values(c, s, r));
    r->by_replicate = 1;
    return PF_OK;
}

pf_err pf_compare_values(pf_comparison *c, pf_run_read *r, const char *csv, size_t size)
{
    pf_table *table = NULL;
    sheet s = {.ctx = c->ctx};
    PF_TRY(pf_table_parse(c->ctx, csv, size, "replicates.csv", &table));
    s.table = table;
    pf_err err = read_sheet(c, &s, r);
    pf_table_free(table);
    return err == PF_ERR_CONFIG ? PF_ERR_CORRUPT : err; /* a result of ours, not an input */
}

/* ---- the folder ---- */

/* A file that the manifest answers for. `*out` NULL: the run has none. */
static pf_err read_result(
    pf_comparison *c, pf_run_read *r, const char *name, char **out, size_t *size)
{
    uint64_t hash = pf_manifest_result(&r->manifest, name);
    char *path = pf_path_join(c->ctx, &c->arena, r->folder, name);
    *out = NULL;
    if (!path) return PF_ERR_NO_MEMORY;
    if (!hash) return PF_OK;
    if (!pf_path_exists(path))
        return pf_fail(c->ctx, PF_ERR_CORRUPT, "'%s', which its run wrote, is not there", path);
    PF_TRY(pf_file_read(c->ctx, path, 0, out, size));
    if (pf_hash(0, *out, *size) == hash) return PF_OK;
    pf_free(*out);
    *out = NULL;
    return pf_fail(c->ctx, PF_ERR_CORRUPT, "'%s' is not what its run wrote", path);
}

static pf_err read_summary(pf_comparison *c, pf_run_read *r)
{
    char *bytes;
    size_t size = 0;
    PF_TRY(read_result(c, r, "summary.json", &bytes, &size));
    if (!bytes)
        return pf_fail(
            c->ctx, PF_ERR_CORRUPT, "the run in '%s' has no summary.json", r->folder);
    pf_err err = pf_jvalue_parse(c->ctx, &c->arena, bytes, size, &r->summary);
    r->results_hash = pf_hash(0, bytes, size);
    pf_free(bytes);
    if (err) pf_fail_in(c->ctx, "summary.json in '%s'", r->folder);
    double n = pf_jvalue_number(pf_jvalue_get(r->summary, "replicates"));
    if (!err && !(n >= 1 && n == (double)r->manifest.replicates))
        return pf_fail(c->ctx, PF_ERR_CORRUPT,
            "summary.json in '%s' does not have the replicates of its run", r->folder);
    r->replicates = r->manifest.replicates;
    return err ? err : pf_compare_measures(c, r);
}

static pf_err read_replicates(pf_comparison *c, pf_run_read *r)
{
    char *bytes;
    size_t size = 0;
    PF_TRY(read_result(c, r, "replicates.csv", &bytes, &size));
    if (!bytes) return PF_OK; /* of a version before there was one */
    pf_err err = pf_compare_values(c, r, bytes, size);
    pf_free(bytes);
    if (err && err != PF_ERR_NO_MEMORY) pf_fail_in(c->ctx, "in '%s'", r->folder);
    return err;
}

static pf_err read_manifest(pf_comparison *c, pf_run_read *r)
{
    char *bytes, *path = pf_path_join(c->ctx, &c->arena, r->folder, "manifest.json");
    size_t size;
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_file_read(c->ctx, path, 0, &bytes, &size));
    pf_err err = pf_manifest_parse(c->ctx, &c->arena, bytes, size, &r->manifest);
    pf_free(bytes);
    if (err) pf_fail_in(c->ctx, "manifest.json in '%s'", r->folder);
    return err;
}

static pf_err read_resolved(pf_comparison *c, pf_run_read *r)
{
    char *bytes, *path = pf_path_join(c->ctx, &c->arena, r->folder, "resolved.yaml");
    size_t size;
    if (!path) return PF_ERR_NO_MEMORY;
    if (!pf_path_exists(path)) return PF_OK;
    PF_TRY(pf_file_read(c->ctx, path, 0, &bytes, &size));
    pf_err err = pf_compare_keys(c, r, bytes, size);
    pf_free(bytes);
    return err;
}

static pf_err read_run(pf_comparison *c, const char *folder, pf_run_read *out)
{
    out->folder = folder;
    PF_TRY(pf_call_need_complete(c->ctx, &c->arena, folder));
    PF_TRY(read_manifest(c, out));
    PF_TRY(read_summary(c, out));
    PF_TRY(read_replicates(c, out));
    return read_resolved(c, out);
}

pf_err pf_compare_read(pf_comparison *c, const char *folder, pf_run_read *out)
{
    pf_err err = read_run(c, folder, out);
    return err == PF_ERR_CORRUPT ? pf_call_damaged(c->ctx) : err;
}
