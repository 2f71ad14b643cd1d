#include "patient/regimen_read.h"

#include "patient/assess_read.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct entry {
    const char *drug, *product, *note;
    const pf_yaml *dose, *max_dose, *until, *when;
    pf_regimen_item item;
} entry;

#define TIME(key, member, least, most, text)                                                   \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NUMBER, .at = PF_AT(entry, member, double),              \
        .unit = "day", .low = least, .high = most, .doc = text                                 \
    }
#define NODE(key, member, must, text)                                                          \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE, .required = must,                                  \
        .at = PF_AT(entry, member, const pf_yaml *), .doc = text                               \
    }

static const pf_field DELAY[] = {
    {.name = "chance",
        .kind = PF_FIELD_NUMBER,
        .required = 1,
        .at = PF_AT(entry, item.delay_chance, double),
        .unit = "1",
        .low = 0,
        .high = 1,
        .doc = "probability that a dose comes late"},
    {.name = "by",
        .kind = PF_FIELD_NUMBER,
        .required = 1,
        .at = PF_AT(entry, item.delay_days, double),
        .unit = "day",
        .low = DBL_MIN,
        .high = 3650,
        .doc = "how late; later doses move with it"},
};
static const pf_fields DELAY_FIELDS = {
    "delay", "Doses that come late.", DELAY, PF_COUNT(DELAY)};

static const pf_field ITEM[] = {
    {.name = "drug",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(entry, drug, const char *),
        .doc = "a drug of the model (its `dose.<drug>` role)"},
    {.name = "product",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(entry, product, const char *),
        .doc = "instead of a drug: path of a product file"},
    {.name = "site",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(entry, item.site, const char *),
        .doc =
            "where it is given, when the model has such a place (its `dose.<drug>.<site>` or "
            "`dose.product.<site>` role)"},
    NODE("dose", dose, 1,
        "amount, per kg or per m2 of the patient or absolute; a list gives levels in turn, a "
        "range `1e9..1e10 cell` is an unknown, drawn once per replicate"),
    TIME("every", item.every, DBL_MIN, 3650, "repeat at this interval"),
    {.name = "on",
        .kind = PF_FIELD_NUMBERS,
        .at = PF_AT(entry, item.on, const double *),
        .count_at = PF_AT(entry, item.n_on, size_t),
        .unit = "day",
        .low = -3650,
        .high = 36500,
        .otherwise = "0 day",
        .doc = "days of doses, counted from `start` or the cycle's beginning"},
    TIME("start", item.start, -3650, 36500,
        "where the schedule begins; day 0 is the start of treatment"),
    TIME("cycle", item.cycle, DBL_MIN, 3650, "length of a cycle"),
    {.name = "cycles",
        .kind = PF_FIELD_SPAN,
        .at = PF_AT(entry, item.cycles_low, int),
        .count_at = PF_AT(entry, item.cycles_high, int),
        .low = 1,
        .high = 1000,
        .otherwise = "1",
        .doc = "how many; `1..3`: each patient's own number"},
    TIME("infusion", item.infusion, 0, 365, "duration; at once by default"),
    NODE("when", when, 0,
        "a rescue instead of a schedule, such as `CRS 2`: the drug is given whenever the model "
        "says that this grade is reached (its `grade.<name>`, `rescue.<drug>` and "
        "`rescue-at.<drug>` roles)"),
    NODE("until", until, 0, "`progression`, or a time after which nothing is given"),
    NODE("max_dose", max_dose, 0, "cap on what one dose gives"),
    {.name = "delay",
        .kind = PF_FIELD_MAP,
        .inside = &DELAY_FIELDS,
        .doc = "doses that come late"},
    {.name = "note",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(entry, note, const char *),
        .doc = "anything worth saying"},
};
const pf_fields PF_REGIMEN_FIELDS = {
    "regimen", "One drug or product of an arm.", ITEM, PF_COUNT(ITEM)};

void pf_product_list_clear(pf_product_list *l)
{
    pf_free(l->path);
    pf_free(l->place);
    *l = (pf_product_list){0};
}

static size_t product_index(
    pf_reader *r, pf_product_list *l, const char *path, const pf_place *place)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->path[i], path) == 0) return i;
    size_t same = l->capacity;
    if (!r->failed)
        r->failed = pf_reserve(r->ctx, &l->path, &l->capacity, l->n, sizeof *l->path);
    if (!r->failed) r->failed = pf_reserve(r->ctx, &l->place, &same, l->n, sizeof *l->place);
    if (r->failed) return 0;
    l->path[l->n] = path;
    l->place[l->n] = *place;
    return l->n++;
}

/* ---- what the model has ---- */

enum { MOST_NAMES = 64 };

/* Names of the model's roles that begin with `prefix`, the rest of them; without dots where
 * `plain`. */
static size_t names_of(const pf_model *model, const char *prefix, int plain, const char **names)
{
    size_t n = 0, length = strlen(prefix);
    for (size_t i = 0; i < pf_model_role_count(model) && n < MOST_NAMES; i++) {
        const char *role = pf_model_role(model, i)->role, *name = role + length;
        if (strncmp(role, prefix, length) != 0 || (plain && strchr(name, '.'))) continue;
        if (plain && strcmp(name, "product") == 0) continue; /* that is no drug */
        if (strncmp(name, "scaled.", 7) != 0) names[n++] = name;
    }
    return n;
}

static void it_has(pf_reader *r, const char *const *names, size_t n)
{
    pf_buf b;
    pf_buf_init(&b, r->ctx);
    for (size_t i = 0; i < n; i++) pf_buf_printf(&b, "%s%s", i ? ", " : "", names[i]);
    if (n) pf_diag_mend(r->diag, "it has %s", b.bytes ? b.bytes : "");
    pf_buf_clear(&b);
}

/* The unit in which the model takes a drug, a rescue, or something at a site; NULL and a
 * problem when it takes none of that name, NULL alone when the model has mistakes of its own.
 * `what` is "dose.", "rescue." or "dose.<drug>.". */
static const char *unit_of(pf_reader *r, const pf_model *model, const char *what,
    const char *name, const pf_place *place)
{
    char role_name[200];
    const char *names[MOST_NAMES];
    if (!model) return NULL;
    snprintf(role_name, sizeof role_name, "%s%s", what, name);
    const pf_role *role = pf_role_find(model, role_name);
    if (role) return role->unit ? role->unit : "mg";
    int drug = strcmp(what, "dose.") == 0, rescue = strcmp(what, "rescue.") == 0;
    size_t n = names_of(model, what, drug, names);
    pf_diag_error(r->diag, place,
        drug     ? "the model has no drug '%s'%s"
        : rescue ? "the model has no rescue with '%s'%s"
                 : "the model gives nothing of the kind at '%s'%s",
        name, pf_diag_near(r->diag, name, names, n));
    it_has(r, names, n);
    return NULL;
}

/* ---- the dose ---- */

typedef struct dosing {
    pf_reader *r;
    entry *e;
    char units[3 * PF_UNIT_LENGTH + 16]; /* "mg|mg/kg|mg/m2" */
    char base[PF_UNIT_LENGTH];
} dosing;

static void suggest(const dosing *d)
{
    if (d->e->product)
        pf_diag_mend(d->r->diag, "for a drug write 'drug:' instead of 'product:'");
    else
        pf_diag_mend(
            d->r->diag, "for cells write 'product:' and a product file instead of 'drug:'");
}

/* No cells at all are a control; a range of unknown doses has a logarithm. */
static int is_positive(const dosing *d, const pf_yaml *node, double x, int ranged)
{
    if (x > 0.0 || (x == 0.0 && d->e->product && !ranged)) return 1;
    pf_diag_error(d->r->diag, &node->place, "a dose must be above 0");
    return 0;
}

static int one_dose(const dosing *d, const pf_yaml *node)
{
    pf_quantity q;
    int which = 0;
    const char *wrong, *mend;
    if (!pf_field_quantity(d->r, "dose", d->units, node, &q, &which)) {
        int written =
            node->kind == PF_YAML_SCALAR && pf_quantity_read(node->text, &q, &wrong, &mend);
        if (written && q.has_unit && pf_unit_known(d->r->units, q.unit)) suggest(d);
        return 0;
    }
    if (!is_positive(d, node, q.low, q.high > q.low)) return 0;
    double *dose = pf_arena_alloc(d->r->ctx, d->r->arena, 1, sizeof *dose);
    if (!dose) {
        d->r->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    dose[0] = q.low;
    pf_regimen_item *it = &d->e->item;
    it->dose = dose;
    it->n_dose = 1;
    it->dose_high = q.high;
    it->per = (pf_dose_per)which;
    return 1;
}

/* The first member decides what the levels are per. */
static int dose_levels(const dosing *d, const pf_yaml *list)
{
    pf_yaml first = list->n ? *list->item[0] : (pf_yaml){.text = ""};
    if (list->n && list->unit && first.kind == PF_YAML_SCALAR) {
        first.text =
            pf_arena_printf(d->r->ctx, &d->r->diag->arena, "%s %s", first.text, list->unit);
        first.place = list->unit_place;
        first.quoted = 1;
    }
    if (!first.text && first.kind == PF_YAML_SCALAR) {
        d->r->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    if (!list->n) {
        pf_diag_error(d->r->diag, &list->place, "'dose' is an empty list");
        return 0;
    }
    if (!one_dose(d, &first)) return 0;
    static const char *const PER[] = {"", "/kg", "/m2"};
    char unit[PF_UNIT_LENGTH + 8];
    snprintf(unit, sizeof unit, "%s%s", d->base, PER[d->e->item.per]);
    const pf_field f = {.name = "dose",
        .kind = PF_FIELD_NUMBERS,
        .at = offsetof(pf_regimen_item, dose),
        .count_at = offsetof(pf_regimen_item, n_dose),
        .unit = unit};
    if (!pf_field_read(d->r, &f, list, &d->e->item)) return 0;
    for (size_t i = 0; i < d->e->item.n_dose; i++)
        if (!is_positive(d, list->item[i], d->e->item.dose[i], 0)) return 0;
    d->e->item.dose_high = d->e->item.dose[0];
    return 1;
}

static void read_dose(pf_reader *r, entry *e, const char *base)
{
    dosing d = {.r = r, .e = e};
    snprintf(d.base, sizeof d.base, "%s", base);
    snprintf(d.units, sizeof d.units, "%s|%s/kg|%s/m2", d.base, d.base, d.base);
    if (e->dose && e->dose->kind == PF_YAML_LIST)
        dose_levels(&d, e->dose);
    else if (e->dose)
        one_dose(&d, e->dose);
    e->item.max_dose = INFINITY;
    if (!e->max_dose) return;
    const pf_field f = {.name = "max_dose",
        .kind = PF_FIELD_NUMBER,
        .at = offsetof(pf_regimen_item, max_dose),
        .unit = d.base,
        .low = DBL_MIN,
        .high = INFINITY};
    pf_field_read(r, &f, e->max_dose, &e->item);
}

/* ---- the schedule ---- */

static void read_until(pf_reader *r, entry *e)
{
    e->item.stop = INFINITY;
    if (!e->until) return;
    if (e->until->kind == PF_YAML_SCALAR && strcmp(e->until->text, "progression") == 0) {
        e->item.until_progression = 1;
        return;
    }
    pf_quantity q;
    const char *wrong, *mend;
    int number =
        e->until->kind != PF_YAML_SCALAR || pf_quantity_read(e->until->text, &q, &wrong, &mend);
    if (!number) {
        pf_diag_error(r->diag, &e->until->place, "'until' cannot be '%s'", e->until->text);
        pf_diag_expected(r->diag, "progression, or a time such as 52 week");
        return;
    }
    const pf_field f = {.name = "until",
        .kind = PF_FIELD_NUMBER,
        .at = offsetof(pf_regimen_item, stop),
        .unit = "day"};
    pf_field_read(r, &f, e->until, &e->item);
}

static const pf_place *place_of(const pf_yaml *map, const char *key)
{
    const pf_yaml *node = pf_yaml_get(map, key);
    return node ? &node->place : &map->place;
}

static void check_schedule(pf_reader *r, const entry *e, const pf_yaml *map)
{
    const pf_regimen_item *it = &e->item;
    const pf_yaml *cycles = pf_yaml_get(map, "cycles");
    if (cycles && it->cycle <= 0.0 && !pf_yaml_get(map, "cycle")) {
        pf_diag_error(r->diag, &cycles->place, "'cycles' without the length of a cycle");
        pf_diag_mend(r->diag, "add cycle: 28 day, or whatever it is");
    }
    if (!cycles && it->cycle > 0.0) {
        pf_diag_warning(
            r->diag, place_of(map, "cycle"), "a 'cycle' without 'cycles' happens once");
        pf_diag_mend(r->diag, "add cycles: 1..3, or however many");
    }
    for (size_t i = 0; i < it->n_on && it->cycle > 0.0; i++)
        if (it->on[i] > it->cycle) {
            pf_diag_warning(r->diag, place_of(map, "on"),
                "day %g lies behind the end of a cycle of %g days", it->on[i], it->cycle);
            break;
        }
    if (it->every > 0.0 && it->infusion > it->every)
        pf_diag_error(r->diag, place_of(map, "infusion"),
            "an infusion lasts longer than the time between two");
}

/* `CRS 2`: the name of a grade, and from where on. */
static void read_when(pf_reader *r, const pf_yaml *map, const pf_model *model, entry *e)
{
    static const char *const others[] = {
        "site", "every", "on", "start", "cycle", "cycles", "infusion", "until", "delay"};
    const pf_yaml *node = e->when;
    char name[64];
    int length = 0, grade = 0;
    if (node->kind != PF_YAML_SCALAR ||
        sscanf(node->text, "%63[^ ] %d%n", name, &grade, &length) != 2 || node->text[length] ||
        grade < 1 || grade > 5) {
        pf_diag_error(r->diag, &node->place, "'when' cannot be '%s'",
            node->kind == PF_YAML_SCALAR ? node->text : pf_yaml_kind_text(node));
        pf_diag_expected(r->diag, "a grade from 1 to 5, such as CRS 2");
        return;
    }
    e->item.grade = grade;
    e->item.when = pf_arena_strdup(r->ctx, r->arena, name);
    if (!e->item.when) r->failed = PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < PF_COUNT(others); i++) {
        const pf_yaml *other = pf_yaml_get(map, others[i]);
        if (!other) continue;
        pf_diag_error(r->diag, &other->place, "'%s' does not go with 'when'", others[i]);
        pf_diag_mend(r->diag, "a rescue has no schedule: the model says when it is given");
    }
    char role[80];
    const char *names[MOST_NAMES];
    snprintf(role, sizeof role, "grade.%s", name);
    if (!model || pf_role_find(model, role)) return;
    size_t n = names_of(model, "grade.", 0, names);
    pf_diag_error(r->diag, &node->place, "the model has no grade '%s'%s", name,
        pf_diag_near(r->diag, name, names, n));
    it_has(r, names, n);
}

/* The unit of the dose; NULL when that is not known. */
static const char *find_unit(
    pf_reader *r, const pf_yaml *map, const pf_model *model, const entry *e)
{
    const pf_yaml *drug = pf_yaml_get(map, "drug"), *site = pf_yaml_get(map, "site");
    char prefix[160];
    const char *what = e->when ? "rescue." : "dose.";
    snprintf(prefix, sizeof prefix, "dose.%s.", e->drug ? e->drug : "product");
    const char *unit = e->drug ? NULL : "cell";
    if (e->item.site && !e->when) {
        const char *at = unit_of(r, model, prefix, e->item.site, &site->place);
        if (e->drug) unit = at;
    } else if (e->drug) {
        unit = unit_of(r, model, what, e->drug, &drug->place);
    }
    return unit;
}

static void read_item(pf_reader *r, const pf_yaml *map, const pf_model *model,
    pf_product_list *products, pf_regimen_item *out)
{
    entry e = {0};
    pf_fields_read(r, map, &PF_REGIMEN_FIELDS, &e);
    e.item.place = map->place;
    if (map->kind != PF_YAML_MAP) return;
    const char *base = NULL;
    const pf_yaml *drug = pf_yaml_get(map, "drug"), *product = pf_yaml_get(map, "product");
    if (drug && product) {
        pf_diag_error(r->diag, &map->place, "'drug' and 'product' in one entry");
        pf_diag_mend(r->diag, "make two entries of it");
    } else if (!drug && !product) {
        pf_diag_error(r->diag, &map->place, "this entry says neither 'drug' nor 'product'");
    } else if (e.drug) {
        e.item.drug = e.drug;
        base = find_unit(r, map, model, &e);
    } else if (e.product) {
        e.item.product = product_index(r, products, e.product, &product->place);
        base = find_unit(r, map, model, &e);
    }
    if (e.when) read_when(r, map, model, &e);
    if (e.when && product) {
        pf_diag_error(r->diag, &e.when->place, "a product cannot be a rescue");
        pf_diag_mend(r->diag, "'when' belongs to a drug");
    }
    if (base) {
        read_dose(r, &e, base);
        e.item.unit = pf_arena_strdup(r->ctx, r->arena, base);
        if (!e.item.unit) r->failed = PF_ERR_NO_MEMORY;
    }
    read_until(r, &e);
    check_schedule(r, &e, map);
    *out = e.item;
}

void pf_regimen_read(pf_reader *r, const pf_yaml *list, const pf_model *model,
    pf_product_list *products, size_t *n, const pf_regimen_item **out)
{
    *n = 0;
    if (!pf_field_is_list(r, "regimen", list, "a list of drugs and products")) return;
    pf_regimen_item *item =
        pf_arena_alloc(r->ctx, r->arena, list->n ? list->n : 1, sizeof *item);
    if (!item) {
        r->failed = PF_ERR_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < list->n; i++) read_item(r, list->item[i], model, products, &item[i]);
    *n = list->n;
    *out = item;
}
