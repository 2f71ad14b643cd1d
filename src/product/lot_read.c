#include "product/lot_read.h"

#include "patient/population_read.h"
#include "product/lot_parts.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define TEXT(type, key, member, must, text)                                                    \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_TEXT, .required = must,                                  \
        .at = PF_AT(type, member, const char *), .doc = text                                   \
    }
#define YES(key, member, text)                                                                 \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_YES, .at = PF_AT_SIZE(pf_lot_file, member, int),         \
        .otherwise = "no", .doc = text                                                         \
    }
#define NODE(key, member, must, text, table)                                                   \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE, .required = must,                                  \
        .at = PF_AT(pf_lot_file, member, const pf_yaml *), .doc = text, .inside = table        \
    }
#define MAP(key, must, table, text)                                                            \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_MAP, .required = must, .inside = table, .doc = text      \
    }

static const pf_field DONOR[] = {
    {.name = "source",
        .kind = PF_FIELD_CHOICE,
        .required = 1,
        .at = PF_AT_SIZE(pf_lot_file, donor, int),
        .unit = "autologous|allogeneic|cord|placental|ipsc|line",
        .doc =
            "whose cells: the patient's own, another donor's, cord blood, placenta, a bank of "
            "induced stem cells, a cell line"},
};
static const pf_fields DONOR_FIELDS = {
    "donor", "Whose cells they are.", DONOR, PF_COUNT(DONOR)};

static const pf_field EXPANSION[] = {
    YES("feeder", feeder, "are feeder cells in the culture?"),
    TEXT(pf_lot_file, "feeder_cells", feeder_cells, 0, "which"),
    {.name = "cytokines",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(pf_lot_file, cytokine, const char *const *),
        .count_at = PF_AT(pf_lot_file, n_cytokine, size_t),
        .doc = "which; what they do stands in `fold` or `doubling_time`"},
    YES("individualised", individualised,
        "is the mix chosen for each donor, the best of `cocktails` in a pre-test?"),
};
static const pf_fields EXPANSION_FIELDS = {
    "expansion", "How cells are multiplied.", EXPANSION, PF_COUNT(EXPANSION)};

static const pf_field FREEZING[] = {
    YES("frozen", frozen, "are the cells frozen and thawed?"),
    TEXT(pf_lot_file, "cryoprotectant", cryoprotectant, 0, "which"),
};
static const pf_fields FREEZING_FIELDS = {
    "freezing", "Freezing and thawing.", FREEZING, PF_COUNT(FREEZING)};

static const pf_field DOSE[] = {
    NODE("amount", dose, 1, "cells, or cells per kg", NULL),
    {.name = "counts",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT_SIZE(pf_lot_file, counts, int),
        .unit = "total|viable|car",
        .otherwise = "viable",
        .doc = "which cells a dose counts: all, the living, or the living that carry the CAR"},
    {.name = "most",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_lot_file, most, double),
        .unit = "cell",
        .low = 1,
        .high = 1e15,
        .otherwise = "1e15 cell",
        .doc = "cap on one dose"},
    TEXT(pf_lot_file, "source", dose_source, 1, "whose protocol it is"),
};
static const pf_fields DOSE_FIELDS = {"dose", "What one bag holds.", DOSE, PF_COUNT(DOSE)};

static const pf_field LOT[] = {
    TEXT(pf_lot_file, "lot", name, 1, "its name"),
    TEXT(pf_lot_file, "title", title, 0, "one line for people"),
    MAP("donor", 1, &DONOR_FIELDS, "whose cells they are"),
    MAP("expansion", 0, &EXPANSION_FIELDS, "how cells are multiplied"),
    NODE("editing", editing, 0, "list: changes made to the cells", &PF_EDIT_FIELDS),
    YES("irradiated", irradiated, "are the cells irradiated, so that they never divide again?"),
    MAP("freezing", 0, &FREEZING_FIELDS, "freezing and thawing; fresh without it"),
    MAP("dose", 1, &DOSE_FIELDS, "what one bag holds"),
    TEXT(pf_lot_file, "specification", specification, 0, "path of a specification file"),
    {.name = "from_patient",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(pf_lot_file, from_patient, const char *const *),
        .count_at = PF_AT(pf_lot_file, n_from_patient, size_t),
        .doc =
            "variables that a study replaces by the patient's of the same name; of autologous "
            "lots, where the patient is the donor, and of `weight`"},
    NODE("variables", variables, 1, "list: all numbers; the names below mean something",
        &PF_VARIABLE_FIELDS),
    TEXT(pf_lot_file, "currency", currency, 0, "of all costs"),
    NODE("cost", cost, 0, "list: what a lot costs", &PF_COST_FIELDS),
    TEXT(pf_lot_file, "note", note, 0, "anything worth saying"),
};
const pf_fields PF_LOT_FIELDS = {
    "lot", "A lot file: how the cells are made.", LOT, PF_COUNT(LOT)};

/* ---- the dose ---- */

static void read_dose(pf_reader *r, const pf_lot_file *f, pf_lot_plan *out)
{
    pf_quantity q;
    int which = 0;
    out->dose = 1;
    if (!f->dose || !pf_field_quantity(r, "amount", "cell/kg|cell", f->dose, &q, &which))
        return;
    out->dose = q.low;
    out->per_kg = which == 0;
    if (q.is_range)
        pf_diag_error(r->diag, &f->dose->place, "a bag holds one amount, not a range");
    else if (!(q.low > 0) || q.low > 1e15)
        pf_diag_error(r->diag, &f->dose->place, "a dose of %g cells", q.low);
}

/* ---- quantities ---- */

/* Can the distribution leave what the pipeline takes? A formula is looked at when it is drawn.
 */
static const char *leaves(const pf_variable *v, const pf_quantity_info *q, double scale)
{
    double low = v->low * scale, high = v->high * scale;
    switch (v->kind) {
    case PF_DIST_FORMULA:
        return NULL;
    case PF_DIST_CONSTANT:
        low = high = v->centre * scale;
        break;
    case PF_DIST_DISCRETE:
        low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < v->n_values; i++) {
            low = fmin(low, v->value[i] * scale);
            high = fmax(high, v->value[i] * scale);
        }
        break;
    case PF_DIST_LOGITNORMAL:
        low = fmax(low, 0), high = fmin(high, scale);
        break;
    case PF_DIST_LOGNORMAL: /* draws stay within 8.5 standard deviations */
        low = fmax(low, v->centre * scale * exp(-8.5 * v->spread));
        high = fmin(high, v->centre * scale * exp(8.5 * v->spread));
        break;
    case PF_DIST_NORMAL:
        low = fmax(low, (v->centre - 8.5 * v->spread) * scale);
        high = fmin(high, (v->centre + 8.5 * v->spread) * scale);
        break;
    default:
        break;
    }
    if (low < q->low) return "below";
    return high > q->high ? "above" : NULL;
}

static void bind_quantity(pf_reader *r, pf_lot_plan *p, size_t i)
{
    const pf_variable *v = &p->variables.variable[i];
    size_t k = pf_quantity_find(v->name);
    if (k == PF_QUANTITIES) return;
    const pf_quantity_info *q = pf_quantity_of((pf_lot_quantity)k);
    if (!pf_unit_convert(r->units, 1, v->unit, q->unit, &p->scale[k])) {
        pf_diag_error(r->diag, &v->place, "'%s' is in %s", v->name,
            strcmp(v->unit, "1") ? v->unit : "no unit");
        pf_diag_expected(r->diag, "%s", strcmp(q->unit, "1") ? q->unit : "a plain number or %");
        if (v->kind == PF_DIST_FORMULA && strcmp(q->unit, "1"))
            pf_diag_mend(r->diag, "say what the formula gives: 'unit: %s'", q->unit);
        return;
    }
    p->variable[k] = i;
    const char *where = leaves(v, q, p->scale[k]);
    if (!where) return;
    int is_below = where[0] == 'b';
    pf_diag_error(r->diag, &v->place, "'%s' %s %s %g", v->name,
        v->kind == PF_DIST_CONSTANT ? "is" : "can fall", where, is_below ? q->low : q->high);
    pf_diag_expected(r->diag, "%g to %g%s%s", q->low, q->high, strcmp(q->unit, "1") ? " " : "",
        strcmp(q->unit, "1") ? q->unit : "");
    if (v->kind != PF_DIST_CONSTANT && v->kind != PF_DIST_DISCRETE)
        pf_diag_mend(r->diag, "cut the distribution with '%s: %g'", is_below ? "low" : "high",
            (is_below ? q->low : q->high) / p->scale[k]);
}

static void bind_quantities(pf_reader *r, const pf_yaml *root, pf_lot_plan *p)
{
    for (size_t i = 0; i < PF_QUANTITIES; i++) {
        p->variable[i] = PF_NO_VARIABLE;
        p->scale[i] = 1;
    }
    for (size_t i = 0; i < p->variables.n_variable; i++) bind_quantity(r, p, i);
    const pf_yaml *list = pf_yaml_get(root, "variables");
    if (!list || pf_population_find(&p->variables, "collected") < p->variables.n_variable)
        return;
    pf_diag_error(r->diag, &list->place, "no variable 'collected'");
    pf_diag_expected(
        r->diag, "how many living cells of the wanted kind the process starts with");
    pf_diag_mend(
        r->diag, "- {name: collected, formula: volume*per_mL, unit: cell, source: ...}");
}

/* Cells that multiply do so in a culture that lasts. */
static void check_days(pf_reader *r, const pf_lot_plan *p)
{
    size_t i = p->variable[PF_QUANTITY_CULTURE_DAYS];
    if (i == PF_NO_VARIABLE) return;
    const pf_variable *v = &p->variables.variable[i];
    int grows = p->variable[PF_QUANTITY_FOLD] != PF_NO_VARIABLE ||
                p->variable[PF_QUANTITY_DOUBLING_TIME] != PF_NO_VARIABLE;
    if (!grows || v->kind != PF_DIST_CONSTANT || v->centre != 0.0) return;
    pf_diag_error(r->diag, &v->place, "a culture of 0 days, in which cells multiply");
    pf_diag_mend(r->diag, "say how many days, or leave out 'fold' and 'doubling_time'");
}

/* A stage that is named holds something: else a key was forgotten, or the stage is too much. */
static void check_stages(pf_reader *r, const pf_yaml *root)
{
    static const char *const STAGE[] = {"expansion", "freezing", "editing", "cost"};
    for (size_t i = 0; i < PF_COUNT(STAGE); i++) {
        const pf_yaml *stage = pf_yaml_get(root, STAGE[i]);
        if (!stage || stage->n || (stage->kind != PF_YAML_MAP && stage->kind != PF_YAML_LIST))
            continue;
        pf_diag_error(r->diag, &stage->place, "'%s' is empty", STAGE[i]);
        pf_diag_mend(r->diag, "fill it, or leave it out");
    }
}

/* A test on something that the plan leaves open could never be passed. */
static void check_tests(pf_reader *r, const pf_lot_plan *p)
{
    static const struct {
        pf_attribute a;
        pf_lot_quantity q;
    } NEEDS[] = {{PF_ATTRIBUTE_T_CELLS, PF_QUANTITY_T_SHARE},
        {PF_ATTRIBUTE_LYSIS, PF_QUANTITY_ASSAY_HITS},
        {PF_ATTRIBUTE_ENDOTOXIN, PF_QUANTITY_ENDOTOXIN},
        {PF_ATTRIBUTE_STERILE, PF_QUANTITY_CONTAMINATION},
        {PF_ATTRIBUTE_AGE, PF_QUANTITY_DONOR_AGE}};
    const pf_specification *s = &p->specification;
    int has_car = 0;
    for (size_t i = 0; i < p->n_edit; i++) has_car |= p->edit[i].what == PF_EDIT_CAR;
    for (size_t i = 0; i < s->n; i++) {
        pf_attribute a = s->test[i].measures;
        const char *missing = NULL;
        for (size_t k = 0; k < PF_COUNT(NEEDS); k++)
            if (NEEDS[k].a == a && p->variable[NEEDS[k].q] == PF_NO_VARIABLE)
                missing = pf_quantity_of(NEEDS[k].q)->name;
        if ((a == PF_ATTRIBUTE_CAR || a == PF_ATTRIBUTE_CAR_COPIES) && !has_car)
            missing = "editing: CAR";
        if (!missing) continue;
        const pf_place whole = {.file = p->path, .line = 1, .column = 1};
        pf_diag_error(r->diag, &whole, "the specification '%s' tests '%s', which needs '%s'",
            s->name, pf_attribute_of(a)->name, missing);
        pf_diag_mend(r->diag, "add it to this lot, or name another specification");
    }
}

/* ---- the whole ---- */

static void read_specification(pf_reader *r, const pf_yaml *root, const pf_lot_opener *open,
    const char *spec, pf_lot_plan *p)
{
    const pf_yaml *node = pf_yaml_get(root, "specification");
    const char *name = spec ? spec : p->specification_name;
    if (!name) return;
    const pf_place whole = {.file = p->path};
    const pf_yaml *tree =
        open->yaml(open->payload, name, !spec && node ? &node->place : &whole);
    if (tree) pf_specification_read(r, tree, &p->specification);
}

static void take_file(const pf_lot_file *f, const pf_yaml *root, pf_lot_plan *out)
{
    *out = (pf_lot_plan){.name = f->name ? f->name : "",
        .path = root->place.file,
        .donor = (pf_donor)f->donor,
        .feeder = f->feeder,
        .individualised = f->individualised,
        .frozen = f->frozen,
        .irradiated = f->irradiated,
        .feeder_cells = f->feeder_cells,
        .cryoprotectant = f->cryoprotectant,
        .currency = f->currency ? f->currency : "",
        .cytokine = f->cytokine,
        .n_cytokine = f->n_cytokine,
        .most = f->most,
        .counts = (pf_dose_counts)f->counts,
        .dose_source = f->dose_source,
        .n_from_patient = f->n_from_patient,
        .from_patient = f->from_patient,
        .specification_name = f->specification};
    out->title = f->title ? f->title : out->name;
    out->variables.name = out->name;
    out->variables.title = out->title;
    out->variables.path = out->path;
}

void pf_lot_plan_read(pf_reader *r, const pf_yaml *root, const pf_lot_opener *open,
    const char *spec, pf_lot_plan *out)
{
    pf_lot_file f = {0};
    pf_fields_read(r, root, &PF_LOT_FIELDS, &f);
    take_file(&f, root, out);
    pf_variables_read(r, f.variables, NULL, &out->variables);
    check_stages(r, root);
    bind_quantities(r, root, out);
    check_days(r, out);
    read_dose(r, &f, out);
    pf_lot_edits_read(r, f.editing, out);
    pf_lot_costs_read(r, f.cost, out);
    if (out->counts == PF_DOSE_CAR) {
        int has_car = 0;
        for (size_t i = 0; i < out->n_edit; i++) has_car |= out->edit[i].what == PF_EDIT_CAR;
        if (!has_car)
            pf_diag_error(r->diag, &pf_yaml_get(root, "dose")->place,
                "a dose counts cells with a CAR, but no edit gives one");
    }
    read_specification(r, root, open, spec, out);
    check_tests(r, out);
}

/* ---- tied to patients ---- */

static int has(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i], name)) return 1;
    return 0;
}

/* Every variable is of some use: a slip of the pen in a name would otherwise go unseen. */
static void check_use(pf_reader *r, const pf_lot_plan *p)
{
    const char *names[PF_QUANTITIES];
    for (size_t i = 0; i < PF_QUANTITIES; i++)
        names[i] = pf_quantity_of((pf_lot_quantity)i)->name;
    for (size_t i = 0; i < p->variables.n_variable; i++) {
        const pf_variable *v = &p->variables.variable[i];
        int used = has(names, PF_QUANTITIES, v->name) ||
                   pf_population_mentions(&p->variables, v->name);
        for (size_t k = 0; k < p->n_edit; k++)
            used |= p->edit[k].efficiency == i || p->edit[k].survival == i ||
                    p->edit[k].copies == i;
        for (size_t k = 0; k < p->n_cost; k++) used |= p->cost[k].variable == i;
        if (used) continue;
        pf_diag_warning(r->diag, &v->place, "nothing reads '%s'%s", v->name,
            pf_diag_near(r->diag, v->name, names, PF_QUANTITIES));
    }
}

void pf_lot_plan_check(
    pf_reader *r, const pf_yaml *root, const char *const *extra, size_t n_extra, pf_lot_plan *p)
{
    for (size_t i = 0; i < p->n_from_patient; i++) {
        const char *name = p->from_patient[i];
        size_t k = pf_population_find(&p->variables, name);
        if (k == p->variables.n_variable) {
            if (r->diag->errors) continue; /* it may be there, with a mistake */
            pf_diag_error(r->diag, &pf_yaml_get(root, "from_patient")->place,
                "there is no variable '%s'", name);
            pf_diag_mend(r->diag, "give it a distribution, for lots without a patient");
            continue;
        }
        if (!has(extra, n_extra, name)) continue;
        pf_variable *v = &p->variables.variable[k];
        v->kind = PF_DIST_FORMULA; /* of the patient's variable, which it hides from here on */
        v->text = name;
    }
    check_use(r, p);
    const pf_population_scope scope = {.extra = extra, .n_extra = n_extra};
    const pf_yaml *list = pf_yaml_get(root, "variables");
    if (list && list->kind == PF_YAML_LIST && !r->failed)
        pf_population_check(r, list, &scope, &p->variables);
}
