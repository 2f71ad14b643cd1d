#include "patient/assess_read.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the table fills: the lower limit waits for the unit of the model's kinetics. */
typedef struct reading {
    pf_assess assess; /* first: the fields above have its offsets */
    const pf_yaml *lloq;
    int criteria;     /* beside imaging; -1: not there */
    double detect_mm; /* NaN: not there */
} reading;

static const char CRITERIA[] = "RECIST 1.1|Lugano|recurrence";

static const pf_field IMAGING[] = {
    {.name = "every",
        .kind = PF_FIELD_NUMBER,
        .required = 1,
        .at = PF_AT(pf_assess, every, double),
        .unit = "day",
        .low = 1,
        .high = 3650,
        .doc = "interval of the visits"},
    {.name = "first",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_assess, first, double),
        .unit = "day",
        .low = 1,
        .high = 3650,
        .doc = "the first visit after baseline; `every` by default"},
    {.name = "window",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_assess, window, double),
        .unit = "day",
        .low = 0,
        .high = 365,
        .otherwise = "0 day",
        .doc = "a visit happens evenly within this many days before or after its plan"},
    {.name = "error",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_assess, error, double),
        .unit = "1",
        .low = 0,
        .high = 1,
        .otherwise = "8 %",
        .doc = "of one measurement of one lesion (standard deviation of its logarithm)"},
    {.name = "vanish",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_assess, vanish_mm, double),
        .unit = "mm",
        .low = 0,
        .high = 100,
        .otherwise = "5 mm",
        .doc = "a lesion below this is too small to see"},
    {.name = "stable",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_assess, sd_minimum, double),
        .unit = "day",
        .low = 0,
        .high = 3650,
        .otherwise = "6 week",
        .doc = "how long a disease must be stable to count as stable"},
    {.name = "confirm",
        .kind = PF_FIELD_YES,
        .at = PF_AT(pf_assess, confirm, int),
        .otherwise = "no",
        .doc = "does a response need a second visit, 28 days later?"},
    {.name = "criteria",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT_SIZE(pf_assess, criteria, int),
        .unit = CRITERIA,
        .otherwise = "RECIST 1.1",
        .doc = "what counts as a response; `recurrence`: nothing is there to respond, and the "
               "event is the first visit that shows a lesion"},
    {.name = "detect",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_assess, detect_mm, double),
        .unit = "mm",
        .low = DBL_MIN,
        .high = 100,
        .otherwise = "10 mm",
        .doc = "under `criteria: recurrence`: a lesion measured as large as this is a "
               "recurrence"},
};
static const pf_fields IMAGING_FIELDS = {
    "imaging", "Visits with imaging.", IMAGING, PF_COUNT(IMAGING)};

static const pf_field ASSESS[] = {
    {.name = "imaging",
        .kind = PF_FIELD_MAP,
        .inside = &IMAGING_FIELDS,
        .doc = "visits with imaging; without it nobody is imaged"},
    {.name = "criteria",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT(reading, criteria, int),
        .unit = CRITERIA,
        .doc = "the same as `criteria` of imaging"},
    {.name = "detect",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(reading, detect_mm, double),
        .unit = "mm",
        .low = DBL_MIN,
        .high = 100,
        .doc = "the same as `detect` of imaging"},
    {.name = "deaths",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT_SIZE(pf_assess, deaths, int),
        .unit = "event|censored",
        .otherwise = "event",
        .doc = "what a death without progression is to progression-free survival; `censored`, "
               "at the last visit, makes it the time to progression"},
    {.name = "progression_day",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT_SIZE(pf_assess, progression_day, int),
        .unit = "visit|midpoint",
        .otherwise = "visit",
        .doc = "the day that a progression is dated: of the visit that shows it, or halfway "
               "between that and the visit before"},
    {.name = "markers",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(pf_assess, marker, const char *const *),
        .count_at = PF_AT(pf_assess, n_marker, size_t),
        .doc = "markers of the model (`marker.<name>` roles), sampled with the kinetics"},
    {.name = "kinetics",
        .kind = PF_FIELD_NUMBERS,
        .at = PF_AT(pf_assess, kinetics, const double *),
        .count_at = PF_AT(pf_assess, n_kinetics, size_t),
        .unit = "day",
        .low = -3650,
        .high = 36500,
        .doc = "when blood is taken for the product's kinetics and the markers; before a dose "
               "of that time"},
    {.name = "lloq",
        .kind = PF_FIELD_NODE,
        .at = PF_AT(reading, lloq, const pf_yaml *),
        .doc = "in the unit of the model's kinetics: cells are detected from this level on; "
               "`persistence` is the last day with that much"},
};
const pf_fields PF_ASSESS_FIELDS = {
    "assess", "What is measured, and when.", ASSESS, PF_COUNT(ASSESS)};

const pf_role *pf_role_find(const pf_model *model, const char *role)
{
    size_t n = pf_model_role_count(model);
    for (size_t i = 0; i < n; i++)
        if (strcmp(pf_model_role(model, i)->role, role) == 0) return pf_model_role(model, i);
    return NULL;
}

static void check_markers(
    pf_reader *r, const pf_yaml *node, const pf_model *model, const pf_assess *a)
{
    const char *names[64];
    size_t n = 0, roles = pf_model_role_count(model);
    for (size_t i = 0; i < roles && n < PF_COUNT(names); i++)
        if (strncmp(pf_model_role(model, i)->role, "marker.", 7) == 0)
            names[n++] = pf_model_role(model, i)->role + 7;
    for (size_t i = 0; i < a->n_marker; i++) {
        size_t k = 0;
        while (k < n && strcmp(names[k], a->marker[i]) != 0) k++;
        if (k < n) continue;
        const pf_yaml *item = node->kind == PF_YAML_LIST ? node->item[i] : node;
        pf_diag_error(r->diag, &item->place, "the model has no marker '%s'%s", a->marker[i],
            pf_diag_near(r->diag, a->marker[i], names, n));
        pf_buf b;
        pf_buf_init(&b, r->ctx);
        for (k = 0; k < n; k++) pf_buf_printf(&b, "%s%s", k ? ", " : "", names[k]);
        if (n) pf_diag_mend(r->diag, "it has %s", b.bytes ? b.bytes : "");
        pf_buf_clear(&b);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void order_kinetics(pf_reader *r, const pf_yaml *node, pf_assess *a)
{
    double *day = pf_arena_alloc(r->ctx, r->arena, a->n_kinetics, sizeof *day);
    if (!day) {
        r->failed = PF_ERR_NO_MEMORY;
        return;
    }
    memcpy(day, a->kinetics, a->n_kinetics * sizeof *day);
    qsort(day, a->n_kinetics, sizeof *day, ascending);
    for (size_t i = 1; i < a->n_kinetics; i++)
        if (day[i] == day[i - 1]) {
            pf_diag_error(r->diag, &node->place, "day %g is given twice", day[i]);
            break;
        }
    a->kinetics = day;
}

/* The names of the model's roles `<prefix><name>`. */
static const char *const *role_names(
    pf_reader *r, const pf_model *model, const char *prefix, size_t most, size_t *n)
{
    const char **name = pf_arena_alloc(r->ctx, r->arena, most, sizeof *name);
    size_t length = strlen(prefix);
    *n = 0;
    if (!name) r->failed = PF_ERR_NO_MEMORY;
    for (size_t i = 0; name && i < pf_model_role_count(model); i++) {
        const pf_role *role = pf_model_role(model, i);
        if (strncmp(role->role, prefix, length) != 0 || *n == most) continue;
        name[*n] = pf_arena_strdup(r->ctx, r->arena, role->role + length);
        if (!name[*n]) r->failed = PF_ERR_NO_MEMORY;
        if (name[*n]) ++*n;
    }
    return name;
}

static void read_lloq(pf_reader *r, const pf_yaml *node, const pf_model *model, pf_assess *a)
{
    const pf_role *role = pf_role_find(model, "kinetics");
    if (!role) {
        pf_diag_error(
            r->diag, &node->place, "the model has no 'kinetics' role, so nothing is detected");
        return;
    }
    const pf_field f = {.name = "lloq",
        .kind = PF_FIELD_NUMBER,
        .at = offsetof(pf_assess, lloq),
        .unit = role->unit ? role->unit : "1",
        .low = DBL_MIN,
        .high = INFINITY};
    pf_field_read(r, &f, node, a);
    if (a->n_kinetics) return;
    pf_diag_error(r->diag, &node->place, "'lloq' without days on which blood is taken");
    pf_diag_mend(r->diag, "add kinetics: [7, 14, 28] day");
}

/* Without imaging nothing that belongs to it may stand there. */
static void check_imaging(pf_reader *r, const pf_yaml *map, pf_assess *a)
{
    const pf_yaml *imaging = pf_yaml_get(map, "imaging"),
                  *window = pf_yaml_get(imaging, "window");
    const pf_yaml *detect = pf_yaml_get(map, "detect");
    if (!detect) detect = pf_yaml_get(imaging, "detect");
    double shortest = fmin(a->every, a->first);
    if (window && 2.0 * a->window >= shortest && shortest > 0.0) {
        pf_diag_error(r->diag, &window->place, "windows of neighbouring visits overlap");
        pf_diag_expected(r->diag, "less than half the time between visits");
    }
    static const char *const needs[] = {"criteria", "deaths", "progression_day"};
    for (size_t i = 0; i < PF_COUNT(needs) && !imaging; i++) {
        const pf_yaml *said = pf_yaml_get(map, needs[i]);
        if (!said) continue;
        pf_diag_error(r->diag, &said->place, "'%s' without imaging", needs[i]);
        pf_diag_mend(r->diag, "add imaging: {every: 3 month}");
    }
    if (detect && a->criteria != PF_CRITERIA_RECURRENCE)
        pf_diag_error(r->diag, &detect->place, "'detect' belongs to criteria: recurrence");
}

void pf_assess_read(pf_reader *r, const pf_yaml *map, const pf_model *model, pf_assess *out)
{
    reading raw = {.assess = {.first = NAN}, .criteria = -1, .detect_mm = NAN};
    pf_fields_read(r, map, &PF_ASSESS_FIELDS, &raw);
    *out = raw.assess;
    if (raw.criteria >= 0) out->criteria = (pf_criteria)raw.criteria;
    if (!isnan(raw.detect_mm)) out->detect_mm = raw.detect_mm;
    if (isnan(out->first)) out->first = out->every;
    const pf_yaml *kinetics = pf_yaml_get(map, "kinetics"),
                  *markers = pf_yaml_get(map, "markers");
    check_imaging(r, map, out);
    if (out->n_kinetics) order_kinetics(r, kinetics, out);
    if (out->n_marker && !out->n_kinetics) {
        pf_diag_warning(r->diag, &markers->place,
            "markers are sampled with the kinetics, which have no days");
        pf_diag_mend(r->diag, "add kinetics: [7, 14, 28] day");
    }
    if (!model) return;
    if (out->n_marker) check_markers(r, markers, model, out);
    if (raw.lloq) read_lloq(r, raw.lloq, model, out);
    out->grade = role_names(r, model, "grade.", PF_GRADES_MAX, &out->n_grade);
    out->event = role_names(r, model, "event-hazard.", PF_COUNTED_MAX, &out->n_event);
    if (out->n_kinetics && !out->n_marker && !pf_role_find(model, "kinetics")) {
        pf_diag_warning(r->diag, &kinetics->place,
            "the model has no 'kinetics' role, so there is nothing to sample");
    }
}
