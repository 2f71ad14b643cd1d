/* `tissue:` of a study, and the tissue file it names. */
#include "trial/study_tissue.h"

#include "tissue/setup_read.h"
#include "trial/loader.h"

#include <float.h>
#include <math.h>
#include <string.h>

typedef struct raw_tissue {
    const char *file, *variant, *site, *killers, *tumour, *escaped, *note;
    const char *const *arms;
    size_t n_arms;
    uint64_t patients, replicates;
    double from, lasts, every, coupling;
    const pf_yaml *levels;
} raw_tissue;

typedef struct raw_level {
    const char *level, *substance, *note;
    double factor;
} raw_level;

#define TEXT(type, key, must, text)                                                            \
    {                                                                                          \
        .name = #key, .kind = PF_FIELD_TEXT, .required = must,                                 \
        .at = PF_AT(type, key, const char *), .doc = text                                      \
    }
#define COUNT(key, text)                                                                       \
    {                                                                                          \
        .name = #key, .kind = PF_FIELD_COUNT, .at = PF_AT(raw_tissue, key, uint64_t),          \
        .low = 1, .high = 1e6, .otherwise = "1", .doc = text                                   \
    }
#define NUMBER(type, key, units, from_, to_, usual, text)                                      \
    {                                                                                          \
        .name = #key, .kind = PF_FIELD_NUMBER, .at = PF_AT(type, key, double), .unit = units,  \
        .low = from_, .high = to_, .otherwise = usual, .doc = text                             \
    }

static const pf_field LEVEL[] = {
    TEXT(raw_level, level, 1,
        "name of the model whose value counts, e.g. `pembro.conc` or `IL15`"),
    TEXT(raw_level, substance, 1,
        "of the tissue; the faces of the domain that hold it hold factor x level. What a drug "
        "does there the tissue file says"),
    NUMBER(raw_level, factor, "1", 0, 1e12, "1",
        "concentration in the substance's unit per unit of the level"),
    TEXT(raw_level, note, 0, "anything worth saying"),
};
static const pf_fields LEVEL_FIELDS = {
    "level", "A level of the patient that the tissue takes over.", LEVEL, PF_COUNT(LEVEL)};

static const pf_field TISSUE[] = {
    TEXT(raw_tissue, file, 1,
        "path of a tissue file; its entries of `place:` for the killers say where they come, "
        "the patient how many and when"),
    TEXT(raw_tissue, variant, 0, "one of its variants"),
    TEXT(raw_tissue, site, 1, "the lesion (its `tissue.<site>` role), e.g. `site1`, `marrow`"),
    TEXT(raw_tissue, killers, 1, "type of cell that product cells become"),
    TEXT(raw_tissue, tumour, 1, "type of cell that the first clone is"),
    TEXT(raw_tissue, escaped, 0,
        "type of cell that the second clone is; without it no killer "
        "of the tissue kills that clone"),
    {.name = "arms",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(raw_tissue, arms, const char *const *),
        .count_at = PF_AT(raw_tissue, n_arms, size_t),
        .doc = "names of arms; all without it"},
    COUNT(patients, "the first so many patients of each arm: each costs a tissue run"),
    COUNT(replicates, "in the first so many replicates"),
    NUMBER(raw_tissue, from, "day", 0, 36500, "0 day", "when the tissue begins"),
    {.name = "lasts",
        .kind = PF_FIELD_NUMBER,
        .required = 1,
        .at = PF_AT(raw_tissue, lasts, double),
        .unit = "day",
        .low = DBL_MIN,
        .high = 3650,
        .doc = "how long it stands for the site; then the model's own equations go on"},
    NUMBER(raw_tissue, every, "day", 1e-3, 100, "1 day", "between exchanges"),
    NUMBER(raw_tissue, coupling, "1", 0, 1, "1",
        "share of the tissue in what happens at the site; 0: it listens, and changes nothing"),
    {.name = "levels",
        .kind = PF_FIELD_NODE,
        .at = PF_AT(raw_tissue, levels, const pf_yaml *),
        .inside = &LEVEL_FIELDS,
        .doc = "list: drugs and cytokines that it takes over at each exchange"},
    TEXT(raw_tissue, note, 0, "anything worth saying"),
};
const pf_fields PF_STUDY_TISSUE_FIELDS = {"tissue",
    "One site of some patients as a lesion of single cells "
    "(docs/reference/tissue-coupling.md).",
    TISSUE, PF_COUNT(TISSUE)};

static const pf_place *place_of(const pf_yaml *map, const char *key)
{
    const pf_yaml *node = pf_yaml_get(map, key);
    return node ? &node->place : &map->place;
}

/* A name among names; SIZE_MAX, with a problem, when it is none. */
static size_t among(pf_loader *l, const pf_place *at, const char *what, const char *name,
    const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(names[i], name)) return i;
    pf_diag_error(l->r.diag, at, "there is no %s '%s'%s", what, name,
        pf_diag_near(l->r.diag, name, names, n));
    return SIZE_MAX;
}

static size_t type_named(pf_loader *l, const pf_yaml *map, const char *key, const char *name)
{
    const pf_setup *s = l->study->tissue->setup;
    const char *names[PF_CELL_TYPES_MAX];
    for (size_t i = 0; i < s->n_type; i++) names[i] = s->type[i].name;
    return name ? among(l, place_of(map, key), "type of cell", name, names, s->n_type)
                : SIZE_MAX;
}

/* ---- the tissue file ---- */

/* Tables that the file names are inputs of the study, too. */
static void note_inputs(pf_loader *l, const pf_setup *s)
{
    for (const pf_setup_input *in = s->input; in && !l->r.failed; in = in->next) {
        char *bytes;
        size_t size;
        const char *path = pf_arena_strdup(l->r.ctx, l->r.arena, in->path);
        if (!path || pf_file_read(l->r.ctx, path, 0, &bytes, &size)) {
            l->r.failed = path ? PF_ERR_IO : PF_ERR_NO_MEMORY;
            return;
        }
        if (!pf_loader_note(l, path, pf_hash(0, bytes, size))) l->r.failed = PF_ERR_NO_MEMORY;
        pf_free(bytes);
    }
}

static pf_setup *read_file(pf_loader *l, const pf_yaml *map, const raw_tissue *raw)
{
    const char *path, *text;
    size_t size;
    pf_setup *s = NULL;
    size_t before = l->r.diag->told;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    if (!pf_loader_text(l, raw->file, place_of(map, "file"), &path, &text, &size)) return NULL;
    pf_err err = pf_setup_read_variant(&quiet, l->r.diag, path, raw->variant, &s);
    if (err == PF_ERR_NO_MEMORY) l->r.failed = err;
    if (err && err != PF_ERR_NO_MEMORY && l->r.diag->told == before)
        pf_diag_error(l->r.diag, place_of(map, "file"), "%s", quiet.message);
    if (s) note_inputs(l, s);
    return s;
}

/* ---- what the study says of it ---- */

static void read_level(pf_loader *l, const pf_yaml *map, pf_tissue_level *out)
{
    raw_level raw = {0};
    const pf_setup *s = l->study->tissue->setup;
    const char *names[PF_SUBSTANCES_MAX];
    if (!pf_fields_read(&l->r, map, &LEVEL_FIELDS, &raw)) return;
    out->name = raw.level;
    out->factor = raw.factor;
    if (l->model && !pf_model_find(l->model, raw.level)) {
        const char *near = pf_model_nearest(l->model, raw.level);
        pf_diag_error(l->r.diag, place_of(map, "level"), "the model has no '%s'%s%s%s",
            raw.level, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
    }
    for (size_t i = 0; i < s->n_substance; i++) names[i] = s->substance[i].name;
    out->substance =
        among(l, place_of(map, "substance"), "substance", raw.substance, names, s->n_substance);
    if (out->substance == SIZE_MAX) return;
    int held = 0;
    for (int f = 0; f < PF_FACES; f++) held |= s->substance[out->substance].held[f];
    if (!held)
        pf_diag_error(l->r.diag, place_of(map, "substance"),
            "no face of the domain holds '%s', so that nothing brings it; give it a 'border'",
            raw.substance);
}

static void check_arms(pf_loader *l, const pf_yaml *map, const raw_tissue *raw)
{
    const pf_study *s = l->study;
    const char *names[64];
    size_t n = 0;
    const pf_yaml *list = pf_yaml_get(map, "arms");
    for (size_t i = 0; i < s->n_arm && n < PF_COUNT(names); i++)
        if (s->arm[i].name) names[n++] = s->arm[i].name;
    for (size_t i = 0; i < raw->n_arms; i++)
        among(l, list->kind == PF_YAML_LIST ? &list->item[i]->place : &list->place, "arm",
            raw->arms[i], names, n);
}

static void check_site(pf_loader *l, const pf_yaml *map, const char *site)
{
    static const char prefix[] = "tissue.";
    const char *names[64];
    size_t n = 0;
    for (size_t i = 0; l->model && i < pf_model_role_count(l->model) && n < 64; i++) {
        const char *role = pf_model_role(l->model, i)->role;
        if (!strncmp(role, prefix, sizeof prefix - 1)) names[n++] = role + sizeof prefix - 1;
    }
    if (l->model) among(l, place_of(map, "site"), "site that can be a tissue", site, names, n);
}

static void check_killers(pf_loader *l, const pf_yaml *map, pf_study_tissue *t)
{
    const pf_setup *s = t->setup;
    t->arrivals = SIZE_MAX;
    if (t->killers == SIZE_MAX || t->tumour == SIZE_MAX) return;
    for (size_t i = s->n_placement; i-- > 0;)
        if (s->placement[i].type == t->killers) t->arrivals = i;
    const pf_place *at = place_of(map, "killers");
    if (!(s->type[t->killers].killer.bind > 0))
        pf_diag_error(
            l->r.diag, at, "'%s' has no 'killer' in the tissue file", s->type[t->killers].name);
    else if (!s->type[t->killers].killer.attacks[t->tumour])
        pf_diag_error(l->r.diag, at, "'%s' does not attack '%s'", s->type[t->killers].name,
            s->type[t->tumour].name);
    else if (t->arrivals == SIZE_MAX)
        pf_diag_error(l->r.diag, at,
            "the tissue file says nowhere in 'place:' where '%s' come; their number there does "
            "not count",
            s->type[t->killers].name);
}

static void check_times(pf_loader *l, const pf_yaml *map, const pf_study_tissue *t)
{
    double step = t->setup->phenotype_step / 1440;
    double n = t->every / step, whole = round(n);
    if (whole < 1 || fabs(n - whole) > 1e-6 * n)
        pf_diag_error(l->r.diag, place_of(map, "every"),
            "exchanges every %g day are no whole number of the tissue's phenotype steps of %g "
            "min",
            t->every, t->setup->phenotype_step);
    if (t->from >= l->study->horizon)
        pf_diag_error(l->r.diag, place_of(map, "from"),
            "the tissue begins on day %g, after the study has ended", t->from);
}

static void read_levels(pf_loader *l, const pf_yaml *list, pf_study_tissue *t)
{
    if (!pf_field_is_list(&l->r, "levels", list, "a list of levels") || !list) return;
    if (list->n > PF_TISSUE_LEVELS_MAX) {
        pf_diag_error(
            l->r.diag, &list->place, "%zu levels; at most %d", list->n, PF_TISSUE_LEVELS_MAX);
        return;
    }
    for (size_t i = 0; i < list->n; i++) read_level(l, list->item[i], &t->level[i]);
    t->n_level = list->n;
}

void pf_loader_tissue(pf_loader *l)
{
    const pf_yaml *map = l->file.tissue;
    raw_tissue raw = {0};
    if (!map || !pf_fields_read(&l->r, map, &PF_STUDY_TISSUE_FIELDS, &raw)) return;
    pf_study_tissue *t = pf_arena_alloc(l->r.ctx, l->r.arena, 1, sizeof *t);
    if (!t) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    t->setup = read_file(l, map, &raw);
    if (!t->setup) return;
    l->study->tissue = t; /* who frees the setup */
    t->site = raw.site;
    t->killers = type_named(l, map, "killers", raw.killers);
    t->tumour = type_named(l, map, "tumour", raw.tumour);
    t->escaped = type_named(l, map, "escaped", raw.escaped);
    t->arm = raw.arms;
    t->n_arm = raw.n_arms;
    t->patients = raw.patients;
    t->replicates = raw.replicates;
    t->from = raw.from;
    t->lasts = raw.lasts;
    t->every = raw.every;
    t->weight = raw.coupling;
    check_arms(l, map, &raw);
    check_site(l, map, raw.site);
    check_killers(l, map, t);
    check_times(l, map, t);
    read_levels(l, raw.levels, t);
}
