/* Published figures of a study: `expect:` and `claim:`. */
#include "patient/assess_read.h"
#include "patient/population_read.h"
#include "trial/endpoint_kind.h"
#include "trial/loader.h"
#include "trial/result.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct entry {
    const char *endpoint, *arm, *against, *among, *against_among, *case_id, *source, *note;
    const pf_yaml *value, *low, *high, *direction;
    const char *const *lever;
    size_t n_lever;
    uint64_t n;
    int role, up_or_down;
} entry;

#define TEXT(key, member, must, text)                                                          \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_TEXT, .required = must,                                  \
        .at = PF_AT(entry, member, const char *), .doc = text                                  \
    }
#define NODE(key, member, must, text)                                                          \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE, .required = must,                                  \
        .at = PF_AT(entry, member, const pf_yaml *), .doc = text                               \
    }
#define COMMON                                                                                 \
    TEXT("endpoint", endpoint, 1,                                                              \
        "what was measured: `ORR`, `DCR at 6 week`, `PFS`, `OS at 5 year`, `OS HR`, "          \
        "`kinetics day 7`, "                                                                   \
        "`marker CEA fold day 28`, `CRS >= 3`, `event GVHD at 1 year` and others "             \
        "(endpoints.md); "                                                                     \
        "` ratio` or ` difference` behind it compares two arms"),                              \
        TEXT("arm", arm, 1, "name of an arm"),                                                 \
        TEXT("against", against, 0,                                                            \
            "of a comparison: the other arm; the first by default, with `against_among` the "  \
            "same arm"),                                                                       \
        TEXT("among", among, 0,                                                                \
            "formula over the numbers of patients.csv (`age > 65`, `DOSES > 6`, "              \
            "`GRADE_CRS >= 2`): only patients for whom it holds"),                             \
        TEXT("against_among", against_among, 0,                                                \
            "the same for the other side of a comparison; `among` by default"),                \
        NODE("value", value, 0, "the published figure"),                                       \
        NODE("direction", direction, 0,                                                        \
            "`up` or `down` instead of a value: all that was published of a comparison or of " \
            "a marker's fold; passes when 95 % of replicates agree"),                          \
        TEXT("case", case_id, 0, "its row in evidence/outcomes.csv (`case_id`)"),              \
        NODE("low", low, 0, "lower end of its interval"), NODE("high", high, 0, "upper end"),  \
        {.name = "n",                                                                          \
            .kind = PF_FIELD_COUNT,                                                            \
            .at = PF_AT(entry, n, uint64_t),                                                   \
            .low = 1,                                                                          \
            .high = 1e9,                                                                       \
            .doc = "patients behind it"},                                                      \
        TEXT("source", source, 1, "where it was published"),                                   \
        TEXT("note", note, 0, "anything worth saying")

static const pf_field EXPECT[] = {
    COMMON,
    {.name = "role",
        .kind = PF_FIELD_CHOICE,
        .required = 1,
        .at = PF_AT(entry, role, int),
        .unit = "fit|check|predict",
        .doc = "may it shape parameters (`fit`), or is it only compared (`check`, `predict`)?"},
};
static const pf_field CLAIM[] = {
    COMMON,
    {.name = "levers",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(entry, lever, const char *const *),
        .count_at = PF_AT(entry, n_lever, size_t),
        .doc = "parameters of the model that might have to move for it to hold, `*.delta` for "
               "all instances of a submodel; the usual ones by default"},
};
const pf_fields PF_EXPECT_FIELDS = {"expect",
    "A published figure. Under `claim:` the same without `role`: figures without a traceable "
    "source.",
    EXPECT, PF_COUNT(EXPECT)};
static const pf_fields CLAIM_FIELDS = {"claim", "", CLAIM, PF_COUNT(CLAIM)};

static int find_arm(pf_loader *l, const pf_yaml *node, size_t *out)
{
    const pf_study *s = l->study;
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; i < s->n_arm; i++) {
        if (s->arm[i].name && strcmp(s->arm[i].name, node->text) == 0) {
            *out = i;
            return 1;
        }
        if (s->arm[i].name && n < PF_COUNT(names)) names[n++] = s->arm[i].name;
    }
    if (n < s->n_arm || n == 0) return 0; /* the arms have mistakes of their own */
    pf_diag_error(l->r.diag, &node->place, "there is no arm '%s'%s", node->text,
        pf_diag_near(l->r.diag, node->text, names, n));
    return 0;
}

/* The unit and range of the value. */
static pf_field value_field(const pf_expect *e)
{
    pf_measure m = pf_measure_of(e);
    pf_form form = pf_measure_form(&m);
    pf_field f = {.kind = PF_FIELD_NUMBER, .unit = "1", .low = 0, .high = INFINITY};
    int below_zero = e->compare == PF_COMPARE_DIFFERENCE || m.kind == PF_ENDPOINT_ATTRIBUTE ||
                     m.kind == PF_ENDPOINT_COVARIATE;
    if (form == PF_FORM_SHARE) f.high = 1;
    if (form == PF_FORM_RATIO) f.low = DBL_MIN;
    if (form == PF_FORM_TIME || form == PF_FORM_DAYS) f.unit = "day";
    if (form == PF_FORM_LEVEL && e->unit) f.unit = e->unit;
    if (below_zero && form != PF_FORM_RATIO) f.low = form == PF_FORM_SHARE ? -1 : -INFINITY;
    return f;
}

/* A fold, a ratio or a hazard ratio goes up above 1, a difference above 0. */
static int has_direction(const pf_expect *e)
{
    pf_measure m = pf_measure_of(e);
    return e->compare != PF_COMPARE_NONE || pf_measure_form(&m) == PF_FORM_RATIO;
}

static void read_direction(pf_loader *l, const pf_yaml *map, const entry *raw, pf_expect *e)
{
    const pf_field f = {.name = "direction", .kind = PF_FIELD_CHOICE, .unit = "up|down"};
    int which;
    if (raw->value) {
        pf_diag_error(
            l->r.diag, &raw->direction->place, "'direction' stands instead of 'value'");
        return;
    }
    if (!pf_field_read(&l->r, &f, raw->direction, &which)) return;
    e->direction = which ? -1 : 1;
    if (has_direction(e)) return;
    pf_diag_error(l->r.diag, &map->place, "'%s' has no direction", e->text);
    pf_diag_mend(l->r.diag, "compare it: '%s difference' or '%s ratio'", e->text, e->text);
}

static void read_values(pf_loader *l, const pf_yaml *map, const entry *raw, pf_expect *e)
{
    pf_field f = value_field(e);
    const struct {
        const char *name;
        const pf_yaml *node;
        size_t at;
    } PARTS[] = {{"value", raw->value, offsetof(pf_expect, value)},
        {"low", raw->low, offsetof(pf_expect, low)},
        {"high", raw->high, offsetof(pf_expect, high)}};
    int levels = PF_ENDPOINT_KIND[e->endpoint].form == PF_FORM_LEVEL;
    if (levels && !l->model) return; /* its unit is not known */
    int good = 1;
    for (size_t i = 0; i < PF_COUNT(PARTS); i++) {
        f.name = PARTS[i].name;
        f.at = PARTS[i].at;
        if (PARTS[i].node) good &= pf_field_read(&l->r, &f, PARTS[i].node, e);
    }
    if (good && (e->low > e->value || e->high < e->value || e->low > e->high))
        pf_diag_error(l->r.diag, &map->place, "the value does not lie within 'low' to 'high'");
}

static void read_against(pf_loader *l, const pf_yaml *map, const entry *raw, pf_expect *e)
{
    const pf_yaml *against = pf_yaml_get(map, "against");
    const pf_yaml *other = pf_yaml_get(map, "against_among");
    pf_measure m = pf_measure_of(e);
    int compared = pf_measure_is_comparison(&m);
    if (against && !compared)
        pf_diag_error(l->r.diag, &against->place, "'against' belongs to a comparison");
    else if (raw->against)
        find_arm(l, against, &e->against);
    if (other && !compared)
        pf_diag_error(l->r.diag, &other->place, "'against_among' belongs to a comparison");
    if (!compared) return;
    if (!raw->against && e->arm < l->study->n_arm)
        e->against = raw->against_among ? e->arm : pf_arm_reference(l->study, e->arm);
    if (!raw->against_among) e->against_among.text = e->among.text;
    int same = e->arm == e->against && pf_text_equal(e->among.text, e->against_among.text);
    if (raw->arm && same && l->study->n_arm)
        pf_diag_error(l->r.diag, &map->place, "a comparison needs two different arms");
}

static int is_lever(const pf_model *m, const char *name)
{
    const pf_symbol *y = pf_model_find(m, name);
    if (y) return y->kind == PF_SYMBOL_PARAMETER && isfinite(y->value);
    for (size_t i = 0; !strncmp(name, "*.", 2) && i < pf_model_count(m, PF_SYMBOL_PARAMETER);
         i++) {
        const char *own = pf_model_symbol(m, PF_SYMBOL_PARAMETER, i)->name;
        const char *dot = strrchr(own, '.');
        if (dot && !strcmp(dot + 1, name + 2)) return 1;
    }
    return 0;
}

static void read_levers(pf_loader *l, const pf_yaml *map, const entry *raw, pf_expect *e)
{
    const pf_yaml *node = pf_yaml_get(map, "levers");
    e->lever = raw->lever;
    e->n_lever = raw->n_lever;
    for (size_t i = 0; node && l->model && i < raw->n_lever; i++) {
        if (is_lever(l->model, raw->lever[i])) continue;
        const pf_yaml *at = node->kind == PF_YAML_LIST ? node->item[i] : node;
        const char *near = pf_model_nearest(l->model, raw->lever[i]);
        if (near && !strcmp(near, raw->lever[i])) near = NULL; /* it is there, but moves */
        pf_diag_error(l->r.diag, &at->place, "'%s' is no parameter of the model%s%s%s",
            raw->lever[i], near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        pf_diag_expected(l->r.diag, "a parameter with a number, or '*.name' for all instances");
    }
}

static void read_entry(pf_loader *l, const pf_yaml *map, int claim, pf_expect *e)
{
    entry raw = {0};
    *e = (pf_expect){.low = NAN, .high = NAN, .value = NAN, .place = map->place};
    pf_fields_read(&l->r, map, claim ? &CLAIM_FIELDS : &PF_EXPECT_FIELDS, &raw);
    e->role = claim ? PF_EXPECT_CLAIM : (pf_expect_role)raw.role;
    e->n = raw.n;
    e->source = raw.source;
    e->text = raw.endpoint;
    e->case_id = raw.case_id;
    e->among.text = raw.among;
    e->against_among.text = raw.against_among;
    if (claim) read_levers(l, map, &raw, e);
    if (raw.arm) find_arm(l, pf_yaml_get(map, "arm"), &e->arm);
    if (map->kind == PF_YAML_MAP && !pf_yaml_get(map, "value") && !raw.direction) {
        pf_diag_error(
            l->r.diag, &map->place, "this %s has no 'value'", claim ? "claim" : "expect");
        pf_diag_mend(l->r.diag, "add value: the published figure; or direction: up");
    }
    if (!raw.endpoint || !pf_loader_endpoint(l, pf_yaml_get(map, "endpoint"), e)) return;
    if (raw.direction) read_direction(l, map, &raw, e);
    read_values(l, map, &raw, e);
    read_against(l, map, &raw, e);
}

static void read_list(pf_loader *l, const char *key, const pf_yaml *list, int claim)
{
    if (!pf_field_is_list(&l->r, key, list, "a list of published figures")) return;
    for (size_t i = 0; i < list->n; i++)
        read_entry(l, list->item[i], claim, &l->study->expect[l->study->n_expect++]);
}

/* ---- subgroups ---- */

static void parse_subgroup(
    pf_loader *l, const pf_yaml *node, const pf_layout *layout, pf_subgroup *g)
{
    const char *names[PF_NAMES_MAX];
    size_t n = layout->n_column[PF_TABLE_PATIENTS];
    if (!g->text || !node) return;
    if (n > PF_NAMES_MAX) n = PF_NAMES_MAX;
    for (size_t i = 0; i < n; i++)
        names[i] =
            pf_patient_column_is_text(layout, i) ? "" : layout->column[PF_TABLE_PATIENTS][i];
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    if (!pf_formula_parse(&quiet, g->text, names, n, &g->formula)) return;
    const char *message = quiet.message;
    pf_place at = pf_formula_place(node, &message);
    pf_diag_error(l->r.diag, &at, "%s", message);
    pf_diag_mend(l->r.diag, "names are the columns of patients.csv that hold numbers");
}

/* When all endpoints are known, so that the table has its columns. A subgroup without a formula
 * of its own on the other side shares the text and needs its own copy. */
static void parse_subgroups(pf_loader *l, const pf_yaml *list, size_t first)
{
    pf_layout layout = {0};
    pf_arena_init(&layout.arena);
    int kinetics = l->model && pf_role_find(l->model, "kinetics");
    if (pf_layout_patients(l->r.ctx, l->study, kinetics, &layout))
        l->r.failed = PF_ERR_NO_MEMORY;
    for (size_t i = 0; list && list->kind == PF_YAML_LIST && i < list->n && !l->r.failed; i++) {
        pf_expect *e = &l->study->expect[first + i];
        const pf_yaml *among = pf_yaml_get(list->item[i], "among");
        const pf_yaml *other = pf_yaml_get(list->item[i], "against_among");
        parse_subgroup(l, among, &layout, &e->among);
        parse_subgroup(l, other ? other : among, &layout, &e->against_among);
    }
    pf_arena_clear(&layout.arena);
}

static size_t entries(const pf_yaml *list)
{
    return list && list->kind == PF_YAML_LIST ? list->n : 0;
}

void pf_loader_expect(pf_loader *l)
{
    const pf_yaml *expect = l->file.expect, *claim = l->file.claim;
    size_t n = entries(expect) + entries(claim);
    l->study->expect = pf_arena_alloc(l->r.ctx, l->r.arena, n + 1, sizeof(pf_expect));
    l->study->attribute = pf_arena_alloc(l->r.ctx, l->r.arena, n + 1, sizeof(const char *));
    if (!l->study->expect || !l->study->attribute) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    read_list(l, "expect", expect, 0);
    read_list(l, "claim", claim, 1);
    if (!l->model || !l->population) return; /* the columns are not known */
    parse_subgroups(l, expect, 0);
    parse_subgroups(l, claim, entries(expect));
}
