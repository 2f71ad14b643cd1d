/* A population or product file: its keys, and all lists but the variables. */
#include "patient/population_read.h"

#include <string.h>

#define TEXT(type, key, member, must, text)                                                    \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_TEXT, .required = must,                                  \
        .at = PF_AT(type, member, const char *), .doc = text                                   \
    }

typedef struct setting {
    const char *parameter, *formula, *source, *note;
} setting;
static const pf_field SETTING[] = {
    TEXT(setting, "parameter", parameter, 1, "a parameter or initial state of the model"),
    TEXT(setting, "formula", formula, 1, "over the variables"),
    TEXT(setting, "source", source, 1, "where it comes from"),
    TEXT(setting, "note", note, 0, "anything worth saying"),
};
static const pf_fields SETTING_FIELDS = {
    "set", "A model parameter computed from variables.", SETTING, PF_COUNT(SETTING)};

typedef struct correlation {
    const char *const *between;
    size_t n_between;
    double value;
    const char *source, *note;
} correlation;
static const pf_field CORRELATION[] = {
    {.name = "between",
        .kind = PF_FIELD_TEXTS,
        .required = 1,
        .at = PF_AT(correlation, between, const char *const *),
        .count_at = PF_AT(correlation, n_between, size_t),
        .doc = "two variables that are drawn"},
    {.name = "value",
        .kind = PF_FIELD_NUMBER,
        .required = 1,
        .at = PF_AT(correlation, value, double),
        .unit = "1",
        .low = -0.999,
        .high = 0.999,
        .doc = "correlation of the underlying normals"},
    TEXT(correlation, "source", source, 1, "where it comes from"),
    TEXT(correlation, "note", note, 0, "anything worth saying"),
};
static const pf_fields CORRELATION_FIELDS = {"correlation",
    "Two variables that go together (Gaussian copula).", CORRELATION, PF_COUNT(CORRELATION)};

/* The file as written. */
typedef struct file {
    const char *name, *title, *note, *base, *lot;
    uint64_t per_lot;
    const char *const *remove;
    size_t n_remove;
    const pf_yaml *variables, *set, *correlations, *require;
} file;
#define FILE_NODE(key, member, text, table)                                                    \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE, .at = PF_AT(file, member, const pf_yaml *),        \
        .doc = text, .inside = table                                                           \
    }
#define FILE_COMMON                                                                            \
    TEXT(file, "title", title, 0, "one line for people"),                                      \
        FILE_NODE(                                                                             \
            "set", set, "list: model parameters computed from variables", &SETTING_FIELDS),    \
        FILE_NODE("correlations", correlations, "list: which variables go together",           \
            &CORRELATION_FIELDS),                                                              \
        FILE_NODE("require", require,                                                          \
            "list of formulas that must hold; else the person is drawn again", NULL),          \
        TEXT(file, "base", base, 0,                                                            \
            "path of a file to start from: entries of the same name, parameter or pair "       \
            "replace its entries in place, new ones come behind"),                             \
        {.name = "remove",                                                                     \
            .kind = PF_FIELD_TEXTS,                                                            \
            .at = PF_AT(file, remove, const char *const *),                                    \
            .count_at = PF_AT(file, n_remove, size_t),                                         \
            .doc = "names of variables, parameters or conditions of the base to leave out"},   \
        TEXT(file, "note", note, 0, "anything worth saying")
static const pf_field POPULATION[] = {
    TEXT(file, "population", name, 1, "its name"),
    FILE_NODE(
        "variables", variables, "list: what differs between patients", &PF_VARIABLE_FIELDS),
    FILE_COMMON,
};
static const pf_field PRODUCT[] = {
    TEXT(file, "product", name, 1, "its name"),
    FILE_NODE("attributes", variables,
        "list: what differs between lots; formulas may read the patient's variables; one "
        "called `dose_share`, 0 to 1, multiplies every dose: 0 is a lot that failed",
        &PF_VARIABLE_FIELDS),
    TEXT(file, "lot", lot, 0,
        "path of a lot file (docs/reference/lots.md): each patient draws a lot, and formulas "
        "read what it is like as `lot_<attribute>`"),
    {.name = "doses_per_lot",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(file, per_lot, uint64_t),
        .low = 1,
        .high = 1e6,
        .otherwise = "1",
        .doc = "patients of an arm who share a lot, in the order in which they enter; 1 of "
               "autologous products"},
    FILE_COMMON,
};
const pf_fields PF_POPULATION_FIELDS = {
    "population", "A population file: who is treated.", POPULATION, PF_COUNT(POPULATION)};
const pf_fields PF_PRODUCT_FIELDS = {
    "product", "A product file: what is infused.", PRODUCT, PF_COUNT(PRODUCT)};

static void read_settings(pf_reader *r, const pf_yaml *list, pf_population *out)
{
    if (!pf_field_is_list(r, "set", list, "a list of settings")) return;
    out->setting =
        pf_arena_alloc(r->ctx, r->arena, list->n ? list->n : 1, sizeof *out->setting);
    if (!out->setting) {
        r->failed = PF_ERR_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        setting s = {0};
        if (!pf_fields_read(r, list->item[i], &SETTING_FIELDS, &s)) continue;
        out->setting[out->n_setting++] = (pf_setting){.parameter = s.parameter,
            .text = s.formula,
            .source = s.source,
            .place = list->item[i]->place};
    }
}

static int is_listed(const pf_yaml *list, const char *name)
{
    for (size_t i = 0; list && i < list->n; i++) {
        const pf_yaml *node = pf_yaml_get(list->item[i], "name");
        if (node && node->kind == PF_YAML_SCALAR && !strcmp(node->text, name)) return 1;
    }
    return 0;
}

/* Where correlations are read. */
typedef struct linker {
    pf_reader *r;
    const pf_yaml *variables; /* as written: those with a mistake are missing in `p` */
    pf_population *p;
} linker;

/* The index of a drawn variable, or a problem and n_variable. */
static size_t drawn(const linker *l, const pf_yaml *map, size_t which, const char *name)
{
    pf_reader *r = l->r;
    const pf_population *p = l->p;
    size_t i = pf_population_find(p, name);
    const pf_yaml *node = pf_yaml_get(map, "between");
    if (node->kind == PF_YAML_LIST) node = node->item[which];
    if (i < p->n_variable && p->variable[i].kind != PF_DIST_CONSTANT &&
        p->variable[i].kind != PF_DIST_FORMULA)
        return i;
    if (i < p->n_variable) {
        pf_diag_error(
            r->diag, &node->place, "'%s' is not drawn, so it cannot be correlated", name);
        return p->n_variable;
    }
    if (is_listed(l->variables, name)) return p->n_variable;
    const char *names[PF_NAMES_MAX];
    size_t n = p->n_variable < PF_NAMES_MAX ? p->n_variable : PF_NAMES_MAX;
    for (size_t k = 0; k < n; k++) names[k] = p->variable[k].name;
    pf_diag_error(r->diag, &node->place, "there is no variable '%s'%s", name,
        pf_diag_near(r->diag, name, names, n));
    return p->n_variable;
}

static void read_correlation(const linker *l, const pf_yaml *map)
{
    pf_reader *r = l->r;
    pf_population *out = l->p;
    correlation c = {0};
    if (!pf_fields_read(r, map, &CORRELATION_FIELDS, &c)) return;
    if (c.n_between != 2) {
        pf_diag_error(r->diag, &pf_yaml_get(map, "between")->place,
            "a correlation is between two variables, not %zu", c.n_between);
        return;
    }
    size_t i = drawn(l, map, 0, c.between[0]), j = drawn(l, map, 1, c.between[1]);
    if (i == out->n_variable || j == out->n_variable) return;
    const char *wrong = i == j ? "a variable cannot be correlated with itself" : NULL;
    for (size_t k = 0; k < out->n_correlation && !wrong; k++) {
        const pf_correlation *o = &out->correlation[k];
        if ((o->i == i && o->j == j) || (o->i == j && o->j == i))
            wrong = "this correlation is given twice";
    }
    if (wrong)
        pf_diag_error(r->diag, &map->place, "%s", wrong);
    else
        out->correlation[out->n_correlation++] =
            (pf_correlation){.i = i, .j = j, .value = c.value, .place = map->place};
}

static void read_correlations(
    pf_reader *r, const pf_yaml *list, const pf_yaml *variables, pf_population *out)
{
    const linker l = {r, variables, out};
    if (!pf_field_is_list(r, "correlations", list, "a list of correlations")) return;
    out->correlation =
        pf_arena_alloc(r->ctx, r->arena, list->n ? list->n : 1, sizeof *out->correlation);
    if (!out->correlation) r->failed = PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < list->n && !r->failed; i++) read_correlation(&l, list->item[i]);
}

static void read_conditions(pf_reader *r, const pf_yaml *list, pf_population *out)
{
    if (!pf_field_is_list(r, "require", list, "a list of formulas")) return;
    out->condition =
        pf_arena_alloc(r->ctx, r->arena, list->n ? list->n : 1, sizeof *out->condition);
    if (!out->condition) r->failed = PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < list->n && !r->failed; i++) {
        pf_condition *c = &out->condition[out->n_condition];
        const pf_field f = {
            .name = "require", .kind = PF_FIELD_TEXT, .at = offsetof(pf_condition, text)};
        *c = (pf_condition){.place = list->item[i]->place};
        out->n_condition += (size_t)pf_field_read(r, &f, list->item[i], c);
    }
}

void pf_population_keys(pf_reader *r, const pf_yaml *root, int product)
{
    file f = {0};
    pf_fields_read(r, root, product ? &PF_PRODUCT_FIELDS : &PF_POPULATION_FIELDS, &f);
}

void pf_population_read(
    pf_reader *r, const pf_yaml *root, int product, const pf_model *model, pf_population *out)
{
    file f = {0};
    pf_fields_read(r, root, product ? &PF_PRODUCT_FIELDS : &PF_POPULATION_FIELDS, &f);
    out->name = f.name ? f.name : "";
    out->title = f.title ? f.title : out->name;
    out->path = root->place.file;
    pf_variables_read(r, f.variables, model, out);
    read_settings(r, f.set, out);
    read_correlations(r, f.correlations, f.variables, out);
    read_conditions(r, f.require, out);
}
