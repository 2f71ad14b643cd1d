#include "trial/forest.h"

#include "trial/spread.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void pf_forest_clear(pf_forest *f)
{
    pf_free(f->value);
    pf_free(f->counts);
    *f = (pf_forest){0};
}

/* ---- subgroups ---- */

/* The different values, ascending; how many of them fit, and one more when there are more. */
static size_t distinct(const double *sorted, size_t n, double value[PF_FOREST_LEVELS])
{
    size_t k = 0;
    for (size_t i = 0; i < n && k <= PF_FOREST_LEVELS; i++) {
        if (i && sorted[i] == sorted[i - 1]) continue;
        if (k < PF_FOREST_LEVELS) value[k] = sorted[i];
        k++;
    }
    return k;
}

/* Three digits of the median, where that leaves somebody on both sides; behind a median that is
 * also the smallest value, the next one. */
static double cut_of(const double *sorted, size_t n)
{
    double median = pf_quantile_sorted(sorted, n, 0.5), cut;
    char text[40];
    snprintf(text, sizeof text, "%.3g", median);
    if (sscanf(text, "%lf", &cut) == 1 && sorted[0] < cut && cut <= sorted[n - 1]) return cut;
    if (sorted[0] < median) return median;
    size_t i = 0;
    while (i + 1 < n && sorted[i] <= median) i++;
    return sorted[i];
}

/* The values of both arms in a column; how many are not missing, sorted. */
static size_t column_of(const pf_forest_pair *p, size_t column, double *x)
{
    size_t n = 0;
    const pf_arm_result *const side[2] = {p->arm, p->against};
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < side[k]->n; i++) x[n++] = side[k]->row[i][column];
    return pf_sort_numbers(x, n);
}

/* `v` NULL: the measured sum of diameters. */
static void add_split(
    const pf_forest_pair *p, size_t column, const pf_variable *v, double *scratch, pf_forest *f)
{
    pf_split s = {
        .column = column, .name = v ? v->name : "BASELINE_SLD", .unit = v ? v->unit : "mm"};
    if (f->n_split == PF_FOREST_SPLITS) return;
    size_t n = column_of(p, column, scratch);
    s.n_level = distinct(scratch, n, s.value);
    if (v && v->kind == PF_DIST_DISCRETE && v->n_values <= PF_FOREST_LEVELS) {
        s.n_level = v->n_values; /* a rare level may miss in the first replicate */
        memcpy(s.value, v->value, v->n_values * sizeof *v->value);
        pf_sort_numbers(s.value, s.n_level);
    }
    if (s.n_level < 2) return;
    if (s.n_level > PF_FOREST_LEVELS) {
        s.halves = 1;
        s.n_level = 2;
        s.value[0] = cut_of(scratch, n);
    }
    f->split[f->n_split++] = s;
    f->n_group += s.n_level;
}

static int stratifies(const pf_study *s, size_t variable)
{
    for (size_t i = 0; i < s->allocation.n_strata; i++)
        if (s->allocation.strata[i] == variable) return 1;
    return 0;
}

static pf_err choose(pf_ctx *ctx, const pf_forest_pair *p, pf_forest *f)
{
    const pf_population *people = &p->study->population;
    double *scratch = pf_calloc(ctx, p->arm->n + p->against->n + 1, sizeof *scratch);
    if (!scratch) return PF_ERR_NO_MEMORY;
    f->n_group = 1;
    for (size_t i = 0; i < people->n_variable && i < p->layout->n_covariate; i++) {
        const pf_variable *v = &people->variable[i];
        if (v->shared || !(v->baseline || stratifies(p->study, i))) continue;
        add_split(p, PF_P_FIXED + i, v, scratch, f);
    }
    if (p->responses) add_split(p, PF_P_BASELINE, NULL, scratch, f);
    pf_free(scratch);
    f->counts = pf_calloc(ctx, f->n_group, PF_FOREST_MEASURES * 2 * sizeof *f->counts);
    return f->counts ? PF_OK : PF_ERR_NO_MEMORY;
}

const pf_split *pf_forest_group(const pf_forest *f, size_t group, size_t *level)
{
    size_t at = 1;
    *level = 0;
    for (size_t i = 0; group && i < f->n_split; i++) {
        *level = group - at;
        if (*level < f->split[i].n_level) return &f->split[i];
        at += f->split[i].n_level;
    }
    return NULL;
}

static int belongs(const pf_split *s, size_t level, const double *row)
{
    double x = row[s->column];
    if (!s->halves) return x == s->value[level];
    return level ? x >= s->value[0] : x < s->value[0];
}

void pf_forest_label(const pf_forest *f, size_t group, char *text, size_t size)
{
    size_t level;
    const pf_split *s = pf_forest_group(f, group, &level);
    text[0] = '\0';
    if (!s) return;
    const char *sign = s->halves ? level ? ">=" : "<" : "=";
    int has_unit = s->unit && *s->unit && strcmp(s->unit, "1") != 0;
    snprintf(text, size, "%.60s %s %.6g%s%.30s", s->name, sign, s->value[s->halves ? 0 : level],
        has_unit ? " " : "", has_unit ? s->unit : "");
}

/* ---- one replicate ---- */

static void response_of(const pf_arm_result *a, const unsigned char *in, double out[2])
{
    out[0] = out[1] = 0;
    for (size_t i = 0; i < a->n; i++) {
        double best = a->row[i][PF_P_BEST];
        if (!in[i]) continue;
        out[0]++;
        out[1] += best == PF_RESPONSE_CR || best == PF_RESPONSE_PR;
    }
}

/* in[1] of the arm, in[0] of the other. */
static void measure(const pf_forest_pair *p, const unsigned char *const in[2],
    double value[PF_FOREST_MEASURES], double *counts)
{
    for (int c = 0; c < 2; c++) {
        pf_versus v;
        value[c] = NAN;
        if (!p->curve[c]) continue;
        pf_two_arms_compare(p->curve[c], in, 1, &v);
        value[c] = v.hazard_ratio;
        counts[2 * c] += (double)v.n;
        counts[2 * c + 1] += (double)v.events;
    }
    double one[2], other[2];
    value[PF_FOREST_ORR] = NAN;
    if (!p->responses) return;
    response_of(p->arm, in[1], one);
    response_of(p->against, in[0], other);
    counts[2 * PF_FOREST_ORR] += one[0] + other[0];
    if (one[0] > 0 && other[0] > 0)
        value[PF_FOREST_ORR] = one[1] / one[0] - other[1] / other[0];
}

static void select_group(
    const pf_forest *f, size_t group, const pf_arm_result *a, unsigned char *in)
{
    size_t level;
    const pf_split *s = pf_forest_group(f, group, &level);
    for (size_t i = 0; i < a->n; i++) in[i] = !s || belongs(s, level, a->row[i]);
}

pf_err pf_forest_add(pf_ctx *ctx, const pf_forest_pair *p, pf_forest *f)
{
    if (!f->n_group) PF_TRY(choose(ctx, p, f));
    size_t each = f->n_group * PF_FOREST_MEASURES;
    PF_TRY(pf_reserve(ctx, &f->value, &f->capacity, f->n_replicate, each * sizeof *f->value));
    unsigned char *room = pf_calloc(ctx, p->arm->n + p->against->n + 1, 1);
    if (!room) return PF_ERR_NO_MEMORY;
    unsigned char *const fill[2] = {room, room + p->against->n};
    const unsigned char *const in[2] = {fill[0], fill[1]};
    double *value = f->value + f->n_replicate * each;
    for (size_t g = 0; g < f->n_group; g++) {
        select_group(f, g, p->against, fill[0]);
        select_group(f, g, p->arm, fill[1]);
        measure(p, in, value + g * PF_FOREST_MEASURES, f->counts + g * PF_FOREST_MEASURES * 2);
    }
    f->n_replicate++;
    pf_free(room);
    return PF_OK;
}
