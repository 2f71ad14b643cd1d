#include "patient/population_read.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* A variable as written. */
typedef struct entry {
    const char *name, *formula, *unit, *source, *note;
    int kind; /* pf_distribution; -1: not given */
    int per;  /* 0 patient, 1 replicate */
    int baseline;
    const pf_yaml *centre, *spread, *sd_log, *sd_logit, *median, *low, *high, *value, *values;
    const double *weight;
    size_t n_weight;
} entry;

#define NODE(key, member, text)                                                                \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE, .at = PF_AT(entry, member, const pf_yaml *),       \
        .doc = text                                                                            \
    }
#define TEXT(type, key, member, must, text)                                                    \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_TEXT, .required = must,                                  \
        .at = PF_AT(type, member, const char *), .doc = text                                   \
    }

static const pf_field VARIABLE[] = {
    TEXT(entry, "name", name, 1,
        "what formulas call it; a model parameter's name sets that parameter"),
    {.name = "distribution",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT(entry, kind, int),
        .unit = "constant|normal|lognormal|logitnormal|uniform|loguniform|discrete|formula",
        .doc = "how it varies; may be left out beside `formula` or `value`"},
    NODE("mean", centre, "of a normal; the unit written here is the unit of the variable"),
    NODE("sd", spread, "of a normal, in the same kind of unit"),
    NODE("median", median, "of a lognormal or logitnormal"),
    NODE("sd_log", sd_log, "of a lognormal: standard deviation of the logarithm"),
    NODE("sd_logit", sd_logit, "of a logitnormal: standard deviation of the logit"),
    NODE("low", low, "lower end of a uniform or loguniform; cuts the others"),
    NODE("high", high, "upper end"),
    NODE("value", value, "of a constant"),
    NODE("values", values, "of a discrete variable"),
    {.name = "weights",
        .kind = PF_FIELD_NUMBERS,
        .at = PF_AT(entry, weight, const double *),
        .count_at = PF_AT(entry, n_weight, size_t),
        .unit = "1",
        .low = 0,
        .high = 1,
        .doc = "probabilities of the values; they add to 1; equal ones by default"},
    TEXT(entry, "formula", formula, 0, "computed from the variables before it"),
    TEXT(entry, "unit", unit, 0, "of a formula's result"),
    {.name = "per",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT(entry, per, int),
        .unit = "patient|replicate",
        .doc = "who has a draw of their own: each patient (by default), or all patients of a "
               "replicate one together, as for a share that nobody knows"},
    {.name = "baseline",
        .kind = PF_FIELD_YES,
        .at = PF_AT(entry, baseline, int),
        .otherwise = "no",
        .doc = "of a population: is it known of a patient before treatment? Subgroups are made "
               "by it"},
    TEXT(entry, "source", source, 1,
        "where the numbers come from; `unknown` when nobody has published them"),
    TEXT(entry, "note", note, 0, "anything worth saying"),
};
const pf_fields PF_VARIABLE_FIELDS = {"variable",
    "One entry of `variables:`, `attributes:` or `unknowns:`.", VARIABLE, PF_COUNT(VARIABLE)};

/* Which keys a distribution needs and knows, besides the common ones. */
static const struct {
    const char *needs[3], *knows[3];
} KEYS[] = {
    [PF_DIST_CONSTANT] = {{"value"}, {NULL}},
    [PF_DIST_NORMAL] = {{"mean", "sd"}, {"low", "high"}},
    [PF_DIST_LOGNORMAL] = {{"median", "sd_log"}, {"low", "high"}},
    [PF_DIST_LOGITNORMAL] = {{"median", "sd_logit"}, {"low", "high"}},
    [PF_DIST_UNIFORM] = {{"low", "high"}, {NULL}},
    [PF_DIST_LOGUNIFORM] = {{"low", "high"}, {NULL}},
    [PF_DIST_DISCRETE] = {{"values"}, {"weights"}},
    [PF_DIST_FORMULA] = {{"formula"}, {"unit"}},
};
static const char *const KIND[] = {"constant", "normal", "lognormal", "logitnormal", "uniform",
    "loguniform", "discrete", "formula"};

size_t pf_population_find(const pf_population *p, const char *name)
{
    size_t i = 0;
    while (i < p->n_variable && strcmp(p->variable[i].name, name) != 0) i++;
    return i;
}

/* ---- one variable ---- */

static int among(const char *const list[3], const char *key)
{
    for (size_t i = 0; i < 3 && list[i]; i++)
        if (strcmp(list[i], key) == 0) return 1;
    return 0;
}

static int is_common(const char *key)
{
    return !strcmp(key, "name") || !strcmp(key, "distribution") || !strcmp(key, "source") ||
           !strcmp(key, "note") || !strcmp(key, "per") || !strcmp(key, "baseline");
}

/* The keys that are there must be those of the distribution. */
static int keys_fit(pf_reader *r, const pf_yaml *map, int kind)
{
    int good = 1;
    for (size_t i = 0; i < 3 && KEYS[kind].needs[i]; i++) {
        if (pf_yaml_get(map, KEYS[kind].needs[i])) continue;
        pf_diag_error(
            r->diag, &map->place, "a %s variable has no '%s'", KIND[kind], KEYS[kind].needs[i]);
        good = 0;
    }
    for (size_t i = 0; i < map->n; i++) {
        const char *key = map->key[i]->text;
        if (is_common(key) || among(KEYS[kind].needs, key) || among(KEYS[kind].knows, key))
            continue;
        int known = 0;
        for (size_t k = 0; k < PF_COUNT(VARIABLE); k++) known |= !strcmp(VARIABLE[k].name, key);
        if (!known) continue; /* told already */
        pf_diag_error(r->diag, &map->key[i]->place, "'%s' does not belong to a %s variable",
            key, KIND[kind]);
        const char *const *n = KEYS[kind].needs, *const *k = KEYS[kind].knows;
        pf_diag_expected(r->diag, "%s%s%s%s%s%s%s", n[0], n[1] ? ", " : "", n[1] ? n[1] : "",
            k[0] ? ", " : "", k[0] ? k[0] : "", k[1] ? ", " : "", k[1] ? k[1] : "");
        good = 0;
    }
    return good;
}

static int is_name(const char *text)
{
    if (!isalpha((unsigned char)*text) && *text != '_') return 0;
    for (; *text; text++)
        if (!isalnum((unsigned char)*text) && *text != '_' && *text != '.') return 0;
    return 1;
}

/* What one variable is made from. */
typedef struct maker {
    pf_reader *r;
    const pf_yaml *map;
    pf_variable *v;
} maker;

static int quantity(maker *m, const char *key, const char *unit, double *out)
{
    const pf_yaml *node = pf_yaml_get(m->map, key);
    const pf_field f = {.name = key, .kind = PF_FIELD_NUMBER, .unit = unit};
    return pf_field_read(m->r, &f, node, out);
}

/* Remember the unit in which `key` is written; it becomes the variable's. */
static int unit_of(maker *m, const char *key, const pf_yaml *node)
{
    pf_quantity q;
    const char *unit = node->unit;
    if (node->kind == PF_YAML_LIST && node->n && !unit) node = node->item[0];
    if (!unit && !pf_field_quantity(m->r, key, NULL, node, &q, NULL)) return 0;
    if (unit && !pf_unit_known(m->r->units, unit)) {
        pf_diag_error(m->r->diag, &node->unit_place, "unknown unit '%s'", unit);
        return 0;
    }
    char *copy = pf_arena_strdup(m->r->ctx, m->r->arena, unit ? unit : q.unit);
    if (!copy) {
        m->r->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    m->v->unit = copy;
    return 1;
}

static int bad_value(maker *m, const char *key, const char *wrong)
{
    const pf_yaml *node = pf_yaml_get(m->map, key);
    pf_diag_error(m->r->diag, node ? &node->place : &m->map->place, "%s", wrong);
    return 0;
}

/* Centre, spread and limits of the three that are normal on some scale. */
static int read_normal(maker *m)
{
    pf_variable *v = m->v;
    static const char *const CENTRE[] = {"mean", "median", "median"};
    static const char *const SPREAD[] = {"sd", "sd_log", "sd_logit"};
    int i = (int)v->kind - PF_DIST_NORMAL;
    const char *unit = "1";
    if (v->kind != PF_DIST_LOGITNORMAL) {
        if (!unit_of(m, CENTRE[i], pf_yaml_get(m->map, CENTRE[i]))) return 0;
        unit = v->unit;
    }
    int good = quantity(m, CENTRE[i], unit, &v->centre);
    good &= quantity(m, SPREAD[i], i == 0 ? unit : "1", &v->spread);
    if (pf_yaml_get(m->map, "low")) good &= quantity(m, "low", unit, &v->low);
    if (pf_yaml_get(m->map, "high")) good &= quantity(m, "high", unit, &v->high);
    if (!good) return 0;
    if (v->spread < 0)
        return bad_value(m, SPREAD[i], "a standard deviation cannot be negative");
    if (!(v->low < v->high)) return bad_value(m, "low", "'low' is not below 'high'");
    if (v->kind == PF_DIST_LOGNORMAL && v->centre <= 0)
        return bad_value(m, "median", "the median of a lognormal must be above 0");
    if (v->kind == PF_DIST_LOGITNORMAL && (v->centre <= 0 || v->centre >= 1))
        return bad_value(m, "median", "the median of a logitnormal must lie between 0 and 1");
    if (v->centre < v->low || v->centre > v->high)
        return bad_value(m, CENTRE[i], "the centre lies outside 'low' to 'high'");
    return 1;
}

static int read_uniform(maker *m)
{
    pf_variable *v = m->v;
    if (!unit_of(m, "low", pf_yaml_get(m->map, "low"))) return 0;
    if (!quantity(m, "low", v->unit, &v->low) || !quantity(m, "high", v->unit, &v->high))
        return 0;
    if (!(v->low < v->high)) return bad_value(m, "low", "'low' is not below 'high'");
    if (v->kind == PF_DIST_LOGUNIFORM && v->low <= 0)
        return bad_value(m, "low", "'low' of a loguniform must be above 0");
    return 1;
}

static int read_discrete(maker *m, const entry *e)
{
    pf_variable *v = m->v;
    const pf_yaml *node = pf_yaml_get(m->map, "values");
    if (!unit_of(m, "values", node)) return 0;
    const pf_field f = {.name = "values",
        .kind = PF_FIELD_NUMBERS,
        .at = offsetof(pf_variable, value),
        .count_at = offsetof(pf_variable, n_values),
        .unit = v->unit};
    if (!pf_field_read(m->r, &f, node, v)) return 0;
    v->weight = e->weight;
    if (!e->weight) {
        if (pf_yaml_get(m->map, "weights")) return 0; /* told already */
        double *equal = pf_arena_alloc(m->r->ctx, m->r->arena, v->n_values, sizeof *equal);
        if (!equal) {
            m->r->failed = PF_ERR_NO_MEMORY;
            return 0;
        }
        for (size_t i = 0; i < v->n_values; i++) equal[i] = 1.0 / (double)v->n_values;
        v->weight = equal;
        return 1;
    }
    if (e->n_weight != v->n_values)
        return bad_value(m, "weights", "there must be one weight for each value");
    double sum = 0.0;
    for (size_t i = 0; i < e->n_weight; i++) sum += e->weight[i];
    if (fabs(sum - 1.0) > 1e-6) {
        bad_value(m, "weights", "the weights do not add to 1");
        pf_diag_mend(m->r->diag, "they add to %g", sum);
        return 0;
    }
    return 1;
}

static int read_formula(maker *m, const entry *e)
{
    m->v->text = e->formula;
    m->v->unit = e->unit ? e->unit : "1";
    if (!m->v->text) return 0;
    const pf_yaml *node = pf_yaml_get(m->map, "unit");
    if (!node || pf_unit_known(m->r->units, m->v->unit)) return 1;
    const char *near = pf_unit_nearest(m->v->unit);
    pf_diag_error(m->r->diag, &node->place, "unknown unit '%s'", m->v->unit);
    if (near) pf_diag_mend(m->r->diag, "did you mean '%s'?", near);
    return 0;
}

static int read_kind(maker *m, const entry *e)
{
    pf_variable *v = m->v;
    switch (v->kind) {
    case PF_DIST_NORMAL:
    case PF_DIST_LOGNORMAL:
    case PF_DIST_LOGITNORMAL:
        return read_normal(m);
    case PF_DIST_UNIFORM:
    case PF_DIST_LOGUNIFORM:
        return read_uniform(m);
    case PF_DIST_DISCRETE:
        return read_discrete(m, e);
    case PF_DIST_FORMULA:
        return read_formula(m, e);
    case PF_DIST_CONSTANT:
        if (!unit_of(m, "value", e->value)) return 0;
        return quantity(m, "value", v->unit, &v->centre);
    }
    return 0;
}

/* ---- into the unit that others need ---- */

static int rescale(pf_reader *r, pf_variable *v, const char *to)
{
    double *const x[] = {&v->centre, &v->low, &v->high};
    if (strcmp(v->unit, to) == 0) return 1;
    for (size_t i = 0; i < PF_COUNT(x); i++)
        if (isfinite(*x[i]) && !pf_unit_convert(r->units, *x[i], v->unit, to, x[i])) return 0;
    if (v->kind == PF_DIST_NORMAL &&
        !pf_unit_convert(r->units, v->spread, v->unit, to, &v->spread))
        return 0;
    double *value =
        pf_arena_alloc(r->ctx, r->arena, v->n_values ? v->n_values : 1, sizeof *value);
    char *unit = pf_arena_strdup(r->ctx, r->arena, to);
    if (!value || !unit) {
        r->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    for (size_t i = 0; i < v->n_values; i++)
        if (!pf_unit_convert(r->units, v->value[i], v->unit, to, &value[i])) return 0;
    v->value = value;
    v->unit = unit;
    return 1;
}

static void settle_unit(pf_reader *r, const pf_yaml *map, const pf_model *model, pf_variable *v)
{
    const char *to = !strcmp(v->name, "weight") ? "kg" : !strcmp(v->name, "bsa") ? "m2" : NULL;
    const pf_symbol *symbol = model ? pf_model_find(model, v->name) : NULL;
    if (symbol && symbol->unit) /* a name of the model's own says nothing here */
        to = pf_unit_equal(r->units, symbol->unit, symbol->unit_means) ? symbol->unit
                                                                       : symbol->unit_means;
    if (!to || strcmp(v->unit, to) == 0) return;
    double one = 1.0;
    int known = pf_unit_known(r->units, to),
        fits = pf_unit_convert(r->units, 1.0, v->unit, to, &one);
    if (known && fits && v->kind != PF_DIST_FORMULA && rescale(r, v, to)) return;
    if (known && fits && one == 1.0) return;
    const pf_yaml *at = pf_yaml_get(map, "unit");
    pf_diag_error(r->diag, at ? &at->place : &map->place, "'%s' is in %s", v->name,
        strcmp(v->unit, "1") ? v->unit : "no unit");
    pf_diag_expected(r->diag, "%s", to);
    if (fits) pf_diag_mend(r->diag, "let the formula give %s, and write 'unit: %s'", to, to);
}

static int read_variable(
    pf_reader *r, const pf_yaml *map, const pf_model *model, pf_variable *v)
{
    entry e = {.kind = -1};
    int good = pf_fields_read(r, map, &PF_VARIABLE_FIELDS, &e);
    if (map->kind != PF_YAML_MAP) return 0;
    int kind = e.kind;
    if (kind < 0 && !pf_yaml_get(map, "distribution"))
        kind = e.formula ? PF_DIST_FORMULA : e.value ? PF_DIST_CONSTANT : -1;
    if (kind < 0) {
        if (pf_yaml_get(map, "distribution")) return 0;
        pf_diag_error(r->diag, &map->place, "this variable has no 'distribution'");
        pf_diag_expected(r->diag, "a distribution, or a 'formula'");
        return 0;
    }
    *v = (pf_variable){.name = e.name,
        .kind = (pf_distribution)kind,
        .low = -INFINITY,
        .high = INFINITY,
        .unit = "1",
        .source = e.source,
        .place = map->place};
    v->shared = e.per;
    v->baseline = e.baseline;
    if (e.per && e.baseline) {
        pf_diag_error(r->diag, &pf_yaml_get(map, "baseline")->place,
            "'baseline: yes' belongs to what differs between patients; this variable is drawn "
            "per replicate");
        good = 0;
    }
    if (e.per && (kind == PF_DIST_CONSTANT || kind == PF_DIST_FORMULA)) {
        pf_diag_error(r->diag, &pf_yaml_get(map, "per")->place,
            "'per: replicate' belongs to a variable that is drawn; this one is a %s",
            KIND[kind]);
        good = 0;
    }
    v->unknown = e.source && strncasecmp(e.source, "unknown", 7) == 0;
    if (e.name && !is_name(e.name)) {
        pf_diag_error(r->diag, &pf_yaml_get(map, "name")->place, "'%s' is not a name", e.name);
        pf_diag_expected(
            r->diag, "letters, digits and _, and dots between the names of submodels");
        good = 0;
    }
    if (!keys_fit(r, map, kind)) return 0;
    maker m = {r, map, v};
    if (!read_kind(&m, &e) || !good) return 0;
    size_t before = r->diag->told;
    settle_unit(r, map, model, v);
    return r->diag->told == before;
}

void pf_variables_read(
    pf_reader *r, const pf_yaml *list, const pf_model *model, pf_population *out)
{
    if (!pf_field_is_list(r, "variables", list, "a list of variables")) return;
    out->variable =
        pf_arena_alloc(r->ctx, r->arena, list->n ? list->n : 1, sizeof *out->variable);
    if (!out->variable) {
        r->failed = PF_ERR_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        pf_variable v;
        if (!read_variable(r, list->item[i], model, &v)) continue;
        size_t same = pf_population_find(out, v.name);
        if (same < out->n_variable) {
            pf_diag_error(r->diag, &pf_yaml_get(list->item[i], "name")->place,
                "the variable '%s' is given twice", v.name);
            pf_diag_mend(r->diag, "first given in line %d", out->variable[same].place.line);
            continue;
        }
        out->variable[out->n_variable++] = v;
    }
}
