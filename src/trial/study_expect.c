/* Published figures of a study: `expect:` and `claim:`. */
#include "patient/assess_read.h"
#include "trial/loader.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct entry {
    const char *endpoint, *arm, *against, *source, *note;
    const pf_yaml *value, *low, *high;
    const char *const *lever;
    size_t n_lever;
    uint64_t n;
    int role;
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
        "`ORR`, `DCR`, `CR` (shares); `PFS`, `OS`, `DOR` (medians); `PFS at 12 month`, "       \
        "`OS at 5 year` (shares); `kinetics day 7`, `Cmax`, `Tmax` (medians); `PFS ratio`, "   \
        "`OS ratio` (of medians)"),                                                            \
        TEXT("arm", arm, 1, "name of an arm"),                                                 \
        TEXT("against", against, 0,                                                            \
            "of a ratio: the arm below the line; the first by default"),                       \
        NODE("value", value, 1, "the published figure"),                                       \
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

typedef enum { SHARE, TIME, AMOUNT, RATIO } measure;

static const struct {
    const char *text;
    measure is;
} ENDPOINTS[PF_ENDPOINT_COUNT] = {
    [PF_ENDPOINT_ORR] = {"ORR", SHARE},
    [PF_ENDPOINT_DCR] = {"DCR", SHARE},
    [PF_ENDPOINT_CR] = {"CR", SHARE},
    [PF_ENDPOINT_PFS] = {"PFS", TIME},
    [PF_ENDPOINT_OS] = {"OS", TIME},
    [PF_ENDPOINT_DOR] = {"DOR", TIME},
    [PF_ENDPOINT_PFS_AT] = {"PFS at ", SHARE},
    [PF_ENDPOINT_OS_AT] = {"OS at ", SHARE},
    [PF_ENDPOINT_KINETICS] = {"kinetics day ", AMOUNT},
    [PF_ENDPOINT_CMAX] = {"Cmax", AMOUNT},
    [PF_ENDPOINT_TMAX] = {"Tmax", TIME},
    [PF_ENDPOINT_PFS_RATIO] = {"PFS ratio", RATIO},
    [PF_ENDPOINT_OS_RATIO] = {"OS ratio", RATIO},
};

static void unknown_endpoint(pf_loader *l, const pf_yaml *node)
{
    const char *names[PF_ENDPOINT_COUNT];
    for (size_t i = 0; i < PF_ENDPOINT_COUNT; i++) names[i] = ENDPOINTS[i].text;
    names[PF_ENDPOINT_PFS_AT] = "PFS at 12 month";
    names[PF_ENDPOINT_OS_AT] = "OS at 12 month";
    names[PF_ENDPOINT_KINETICS] = "kinetics day 7";
    const char *near = pf_diag_near(l->r.diag, node->text, names, PF_ENDPOINT_COUNT);
    pf_diag_error(l->r.diag, &node->place, "there is no endpoint '%s'%s", node->text, near);
    if (!*near)
        pf_diag_expected(l->r.diag,
            "ORR, DCR, CR, PFS, OS, DOR, 'PFS at 12 month', 'OS at 5 year', "
            "'kinetics day 7', Cmax, Tmax, 'PFS ratio' or 'OS ratio'");
}

/* The time behind "PFS at " or "kinetics day ". */
static int read_at(pf_loader *l, const pf_yaml *node, pf_expect *e)
{
    const char *rest = node->text + strlen(ENDPOINTS[e->endpoint].text);
    pf_yaml at = *node;
    at.text = rest;
    at.place = pf_yaml_part(node, (size_t)(rest - node->text), strlen(rest));
    double number;
    if (e->endpoint == PF_ENDPOINT_KINETICS && pf_text_number(rest, &number)) {
        e->at = number;
        return 1;
    }
    const pf_field f = {.name = "time",
        .kind = PF_FIELD_NUMBER,
        .at = offsetof(pf_expect, at),
        .unit = "day",
        .low = 0,
        .high = 36525};
    return pf_field_read(&l->r, &f, &at, e);
}

static int read_endpoint(pf_loader *l, const pf_yaml *node, pf_expect *e)
{
    for (size_t i = 0; i < PF_ENDPOINT_COUNT; i++) {
        const char *text = ENDPOINTS[i].text;
        size_t n = strlen(text);
        int timed = text[n - 1] == ' ';
        if (strncmp(node->text, text, n) != 0 || (!timed && node->text[n])) continue;
        e->endpoint = (pf_endpoint)i;
        return !timed || read_at(l, node, e);
    }
    unknown_endpoint(l, node);
    return 0;
}

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
static pf_field value_field(const pf_loader *l, measure is)
{
    pf_field f = {.kind = PF_FIELD_NUMBER, .unit = "1", .low = DBL_MIN, .high = INFINITY};
    if (is == SHARE) {
        f.low = 0;
        f.high = 1;
    }
    if (is == TIME) f.unit = "day";
    const pf_role *role = is == AMOUNT && l->model ? pf_role_find(l->model, "kinetics") : NULL;
    if (is == AMOUNT) f.low = 0;
    if (role && role->unit) f.unit = role->unit;
    return f;
}

static void read_values(pf_loader *l, const pf_yaml *map, const entry *raw, pf_expect *e)
{
    pf_field f = value_field(l, ENDPOINTS[e->endpoint].is);
    const struct {
        const char *name;
        const pf_yaml *node;
        size_t at;
    } PARTS[] = {{"value", raw->value, offsetof(pf_expect, value)},
        {"low", raw->low, offsetof(pf_expect, low)},
        {"high", raw->high, offsetof(pf_expect, high)}};
    if (ENDPOINTS[e->endpoint].is == AMOUNT && !l->model) return; /* its unit is not known */
    int good = 1;
    for (size_t i = 0; i < PF_COUNT(PARTS); i++) {
        f.name = PARTS[i].name;
        f.at = PARTS[i].at;
        if (PARTS[i].node) good &= pf_field_read(&l->r, &f, PARTS[i].node, e);
    }
    if (good && (e->low > e->value || e->high < e->value || e->low > e->high)) {
        pf_diag_error(l->r.diag, &map->place, "the value does not lie within 'low' to 'high'");
    }
}

static void check_times(pf_loader *l, const pf_yaml *node, const pf_expect *e)
{
    const pf_assess *a = &l->study->assess;
    int sampled = ENDPOINTS[e->endpoint].is == AMOUNT || e->endpoint == PF_ENDPOINT_TMAX;
    if (sampled && l->model && !pf_role_find(l->model, "kinetics"))
        pf_diag_error(
            l->r.diag, &node->place, "the model has no 'kinetics' role to compare with");
    if (e->at > l->study->horizon && l->study->horizon > 0.0) {
        pf_diag_error(l->r.diag, &node->place, "'%s' lies behind the horizon of %g days",
            node->text, l->study->horizon);
        return;
    }
    if (e->endpoint != PF_ENDPOINT_KINETICS) return;
    for (size_t i = 0; i < a->n_kinetics; i++)
        if (a->kinetics[i] == e->at) return;
    pf_diag_error(l->r.diag, &node->place, "day %g is not among the days of 'kinetics'", e->at);
    pf_diag_mend(l->r.diag, "add it to assess: kinetics:");
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
    if (claim) read_levers(l, map, &raw, e);
    if (raw.arm) find_arm(l, pf_yaml_get(map, "arm"), &e->arm);
    const pf_yaml *endpoint = pf_yaml_get(map, "endpoint"),
                  *against = pf_yaml_get(map, "against");
    if (!raw.endpoint || !read_endpoint(l, endpoint, e)) return;
    read_values(l, map, &raw, e);
    check_times(l, endpoint, e);
    int ratio = ENDPOINTS[e->endpoint].is == RATIO;
    if (against && !ratio)
        pf_diag_error(l->r.diag, &against->place, "'against' belongs to a ratio");
    else if (raw.against)
        find_arm(l, against, &e->against);
    if (ratio && raw.arm && e->arm == e->against && l->study->n_arm)
        pf_diag_error(l->r.diag, &map->place, "a ratio needs two different arms");
}

static void read_list(pf_loader *l, const char *key, const pf_yaml *list, int claim)
{
    if (!pf_field_is_list(&l->r, key, list, "a list of published figures")) return;
    for (size_t i = 0; i < list->n; i++)
        read_entry(l, list->item[i], claim, &l->study->expect[l->study->n_expect++]);
}

void pf_loader_expect(pf_loader *l)
{
    const pf_yaml *expect = l->file.expect, *claim = l->file.claim;
    size_t n = (expect ? expect->n : 0) + (claim ? claim->n : 0);
    l->study->expect = pf_arena_alloc(l->r.ctx, l->r.arena, n ? n : 1, sizeof(pf_expect));
    if (!l->study->expect) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    read_list(l, "expect", expect, 0);
    read_list(l, "claim", claim, 1);
}
