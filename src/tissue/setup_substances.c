/* Substances: what diffuses, and what the borders hold. */
#include "tissue/setup_parts.h"

typedef struct {
    const char *name, *unit, *source, *note;
    double diffusion, decay;
    const pf_yaml *initial, *border;
} entry;

static const char *const FACE[PF_FACES] = {
    "x_low", "x_high", "y_low", "y_high", "z_low", "z_high"};

typedef struct {
    const pf_yaml *face[PF_FACES];
} borders;
#define FACE_ROW(i, key)                                                                       \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE, .at = PF_AT(borders, face[i], const pf_yaml *),    \
        .doc = "concentration that this face holds, or `none`"                                 \
    }
static const pf_field BORDER[] = {FACE_ROW(0, "x_low"), FACE_ROW(1, "x_high"),
    FACE_ROW(2, "y_low"), FACE_ROW(3, "y_high"), FACE_ROW(4, "z_low"), FACE_ROW(5, "z_high")};
static const pf_fields BORDER_FIELDS = {"border",
    "What the faces of the domain hold. One concentration stands for all six; a face without "
    "one lets nothing through. Where two faces meet, the later one of this list counts.",
    BORDER, PF_COUNT(BORDER)};

static const pf_field SUBSTANCE[] = {
    PF_ROW_TEXT(entry, "name", name, 1, "its name"),
    {.name = "unit",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(entry, unit, const char *),
        .otherwise = "1",
        .doc = "of its concentration, e.g. `mmHg`, `pg/mL`; `1` for a share of some reference"},
    PF_ROW_NEEDED(entry, "diffusion", diffusion, "um2/min", 0, 1e7, "diffusion coefficient"),
    PF_ROW_NUMBER(entry, "decay", decay, "1/min", 0, 1e3, "0 1/min", "loss everywhere"),
    PF_ROW_NODE(entry, "initial", initial, 0,
        "concentration everywhere at the beginning, in the substance's unit; 0 without it",
        NULL),
    PF_ROW_NODE(entry, "border", border, 0,
        "a concentration for all faces, `none`, or a map of faces; without it the borders let "
        "nothing through",
        &BORDER_FIELDS),
    PF_ROW_SOURCE(entry),
};
const pf_fields PF_SUBSTANCE_FIELDS = {"substance",
    "Something that diffuses, is lost, secreted and taken up.", SUBSTANCE, PF_COUNT(SUBSTANCE)};

/* A concentration that is not negative. */
static int concentration(
    pf_setup_loader *l, const char *name, const char *unit, const pf_yaml *node, double *out)
{
    const pf_field f = {
        .name = name, .kind = PF_FIELD_NUMBER, .unit = unit, .low = 0, .high = INFINITY};
    return pf_field_read(&l->r, &f, node, out);
}

static int is_none(const pf_yaml *node)
{
    return node->kind == PF_YAML_SCALAR && !strcmp(node->text, "none");
}

static void read_border(pf_setup_loader *l, const entry *e, pf_substance *s)
{
    borders b = {{NULL}};
    if (!e->border || is_none(e->border)) return;
    if (e->border->kind != PF_YAML_MAP) {
        double at = 0;
        if (!concentration(l, "border", e->unit, e->border, &at)) return;
        for (int k = 0; k < PF_FACES; k++) s->held[k] = 1, s->at[k] = at;
        return;
    }
    if (!pf_fields_read(&l->r, e->border, &BORDER_FIELDS, &b)) return;
    for (int k = 0; k < PF_FACES; k++)
        if (b.face[k] && !is_none(b.face[k]))
            s->held[k] = concentration(l, FACE[k], e->unit, b.face[k], &s->at[k]);
}

static void read_one(pf_setup_loader *l, const pf_yaml *map, size_t i)
{
    pf_setup *setup = l->setup;
    entry e = {0};
    if (!pf_fields_read(&l->r, map, &PF_SUBSTANCE_FIELDS, &e)) return;
    pf_substance *s = &setup->substance[i];
    *s = (pf_substance){.name = e.name, .diffusion = e.diffusion, .decay = e.decay};
    if (!pf_unit_known(l->r.units, e.unit)) {
        const pf_yaml *node = pf_yaml_get(map, "unit");
        const char *near = pf_unit_nearest(e.unit);
        pf_diag_error(l->r.diag, &node->place, "unknown unit '%s'%s%s%s", e.unit,
            near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
        return;
    }
    setup->substance_unit[i] = e.unit;
    if (e.initial) concentration(l, "initial", e.unit, e.initial, &s->initial);
    read_border(l, &e, s);
}

void pf_setup_substances(pf_setup_loader *l, const pf_yaml *list)
{
    pf_setup *s = l->setup;
    if (!pf_field_is_list(&l->r, "substances", list, "a list of substances")) return;
    if (list->n < 1 || list->n > PF_SUBSTANCES_MAX) {
        pf_diag_error(l->r.diag, &list->place, "%zu substances", list->n);
        pf_diag_expected(l->r.diag, "1 to %d", PF_SUBSTANCES_MAX);
        return;
    }
    l->substance_name = pf_setup_names(l, "substance", list);
    s->substance = pf_setup_alloc(l, list->n, sizeof *s->substance);
    s->substance_unit = pf_setup_alloc(l, list->n, sizeof *s->substance_unit);
    if (!l->substance_name || !s->substance || !s->substance_unit) return;
    l->n_substance = s->n_substance = list->n;
    for (size_t i = 0; i < list->n; i++) {
        s->substance_unit[i] = "1";
        read_one(l, list->item[i], i);
    }
}
