#include "product/lot_read.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define TEXT(type, key, member, must, text)                                                    \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_TEXT, .required = must,                                  \
        .at = PF_AT(type, member, const char *), .doc = text                                   \
    }

typedef struct entry {
    const char *measures, *method, *source, *note;
    const pf_yaml *least, *most, *sd;
    double cv, result_day;
    int wait, exception;
} entry;

static const pf_field TEST[] = {
    TEXT(entry, "measures", measures, 1, "an attribute of lots (see below)"),
    {.name = "at_least",
        .kind = PF_FIELD_NODE,
        .at = PF_AT(entry, least, const pf_yaml *),
        .doc = "lower limit, with its unit"},
    {.name = "at_most",
        .kind = PF_FIELD_NODE,
        .at = PF_AT(entry, most, const pf_yaml *),
        .doc = "upper limit, with its unit"},
    {.name = "sd",
        .kind = PF_FIELD_NODE,
        .at = PF_AT(entry, sd, const pf_yaml *),
        .doc = "error of the assay: standard deviation, in the attribute's unit"},
    {.name = "cv",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(entry, cv, double),
        .unit = "1",
        .low = 0,
        .high = 3,
        .otherwise = "0",
        .doc = "or: standard deviation of the logarithm"},
    {.name = "result_after",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(entry, result_day, double),
        .unit = "day",
        .low = 0,
        .high = 365,
        .otherwise = "0 day",
        .doc = "when the result is there, after harvest"},
    {.name = "wait",
        .kind = PF_FIELD_YES,
        .at = PF_AT_SIZE(entry, wait, int),
        .otherwise = "no",
        .doc = "is nothing given before this result? Until then the lot is quarantined"},
    {.name = "exception",
        .kind = PF_FIELD_YES,
        .at = PF_AT_SIZE(entry, exception, int),
        .otherwise = "no",
        .doc = "may a lot outside this limit be released with exception?"},
    TEXT(entry, "method", method, 1, "how it is measured"),
    TEXT(entry, "source", source, 1,
        "where limit and error come from; `unknown` when nobody says"),
    TEXT(entry, "note", note, 0, "anything worth saying"),
};
static const pf_fields TEST_FIELDS = {
    "test", "One limit of a specification.", TEST, PF_COUNT(TEST)};

typedef struct file {
    const char *name, *title, *version, *source, *note;
    const pf_yaml *tests;
} file;
static const pf_field SPECIFICATION[] = {
    TEXT(file, "specification", name, 1, "its name"),
    TEXT(file, "version", version, 1, "which one; say a new one whenever a limit changes"),
    TEXT(file, "title", title, 0, "one line for people"),
    TEXT(file, "source", source, 1, "whose specification it is"),
    {.name = "tests",
        .kind = PF_FIELD_NODE,
        .required = 1,
        .at = PF_AT(file, tests, const pf_yaml *),
        .inside = &TEST_FIELDS,
        .doc = "list: what is measured, and the limits"},
    TEXT(file, "note", note, 0, "anything worth saying"),
};
const pf_fields PF_SPECIFICATION_FIELDS = {"specification",
    "A specification file: what a lot must be to be released.", SPECIFICATION,
    PF_COUNT(SPECIFICATION)};

/* Can a lot be there at all? A limit that no lot or every lot keeps is a slip of the pen. */
static int is_possible(
    pf_reader *r, const char *key, const pf_yaml *node, pf_attribute a, double x)
{
    static const pf_attribute SHARE[] = {PF_ATTRIBUTE_VIABILITY, PF_ATTRIBUTE_VIABILITY_GIVEN,
        PF_ATTRIBUTE_PURITY, PF_ATTRIBUTE_MOTILE, PF_ATTRIBUTE_LYSIS, PF_ATTRIBUTE_CAR,
        PF_ATTRIBUTE_MEMORY, PF_ATTRIBUTE_LASTING, PF_ATTRIBUTE_STERILE};
    int share = 0, can_shrink = a == PF_ATTRIBUTE_DOUBLINGS;
    for (size_t i = 0; i < PF_COUNT(SHARE); i++) share |= SHARE[i] == a;
    if ((x >= 0 || can_shrink) && !(share && x > 1)) return 1;
    pf_diag_error(r->diag, &node->place, "'%s': %s is never %s", key, pf_attribute_of(a)->name,
        x < 0 ? "negative" : "above 1");
    pf_diag_expected(r->diag, "%s", share ? "0 to 1, or 0 % to 100 %" : "0 or more");
    return 0;
}

/* A limit in the attribute's unit. Remembers the unit in which it is written. */
static int limit(
    pf_reader *r, const char *key, const pf_yaml *node, pf_lot_test *t, double *out)
{
    const pf_attribute_info *a = pf_attribute_of(t->measures);
    const pf_field f = {.name = key, .kind = PF_FIELD_NUMBER, .unit = a->unit};
    pf_quantity q;
    if (!node) return 1;
    if (!pf_field_read(r, &f, node, out)) return 0;
    if (!pf_field_quantity(r, key, NULL, node, &q, NULL)) return 0;
    char *unit = pf_arena_strdup(r->ctx, r->arena, q.unit);
    if (!unit) {
        r->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    t->unit = unit;
    if (!pf_unit_convert(r->units, 1, q.unit, a->unit, &t->scale)) return 0;
    return !strcmp(key, "sd") || is_possible(r, key, node, t->measures, *out);
}

static int measured(pf_reader *r, const pf_yaml *map, const char *name, pf_attribute *out)
{
    *out = pf_attribute_find(name);
    if (*out != PF_ATTRIBUTES) return 1;
    const char *names[PF_ATTRIBUTES];
    for (size_t i = 0; i < PF_ATTRIBUTES; i++)
        names[i] = pf_attribute_of((pf_attribute)i)->name;
    pf_diag_error(r->diag, &pf_yaml_get(map, "measures")->place,
        "lots have no attribute '%s'%s", name,
        pf_diag_near(r->diag, name, names, PF_ATTRIBUTES));
    pf_diag_mend(r->diag, "docs/reference/lots.md lists them");
    return 0;
}

static int read_test(pf_reader *r, const pf_yaml *map, pf_lot_test *t)
{
    entry e = {0};
    *t = (pf_lot_test){.least = -INFINITY, .most = INFINITY, .scale = 1, .place = map->place};
    int good = pf_fields_read(r, map, &TEST_FIELDS, &e);
    if (!e.measures || !measured(r, map, e.measures, &t->measures)) return 0;
    t->unit = pf_attribute_of(t->measures)->unit;
    good &= limit(r, "sd", e.sd, t, &t->sd);
    good &= limit(r, "at_least", e.least, t, &t->least);
    good &= limit(r, "at_most", e.most, t, &t->most);
    t->cv = e.cv;
    t->result_day = e.result_day;
    t->wait = e.wait;
    t->exception = e.exception;
    t->method = e.method;
    t->source = e.source;
    t->unknown = e.source && !strncasecmp(e.source, "unknown", 7);
    if (!good) return 0;
    const char *wrong = !e.least && !e.most      ? "this test has no limit"
                        : !(t->least <= t->most) ? "'at_least' is above 'at_most'"
                        : t->sd > 0 && t->cv > 0 ? "'sd' and 'cv' say the same twice"
                        : t->sd < 0              ? "a standard deviation cannot be negative"
                                                 : NULL;
    if (!wrong) return 1;
    pf_diag_error(r->diag, &map->place, "%s", wrong);
    if (!e.least && !e.most) pf_diag_expected(r->diag, "'at_least', 'at_most', or both");
    return 0;
}

void pf_specification_read(pf_reader *r, const pf_yaml *root, pf_specification *out)
{
    file f = {0};
    *out = (pf_specification){0};
    pf_fields_read(r, root, &PF_SPECIFICATION_FIELDS, &f);
    out->name = f.name ? f.name : "";
    out->title = f.title ? f.title : out->name;
    out->version = f.version ? f.version : "";
    out->source = f.source ? f.source : "";
    out->path = root->place.file;
    if (!pf_field_is_list(r, "tests", f.tests, "a list of tests")) return;
    if (!f.tests->n || f.tests->n > PF_TESTS_MAX) {
        pf_diag_error(r->diag, &f.tests->place, "%zu tests", f.tests->n);
        pf_diag_expected(r->diag, "1 to %d", PF_TESTS_MAX);
        return;
    }
    for (size_t i = 0; i < f.tests->n; i++) {
        pf_lot_test t;
        if (!read_test(r, f.tests->item[i], &t)) continue;
        for (size_t k = 0; k < out->n; k++)
            if (out->test[k].measures == t.measures) {
                pf_diag_error(r->diag, &t.place, "'%s' is tested twice",
                    pf_attribute_of(t.measures)->name);
                pf_diag_mend(r->diag, "give one test both limits");
            }
        out->test[out->n++] = t;
    }
}
