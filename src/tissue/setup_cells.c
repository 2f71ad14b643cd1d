/* Types of cells: volumes, mechanics, cycle, death, exchange, motility. Numbers of the
 * reference cell: Ghaffarizadeh et al. 2018 (PLoS Comput Biol 14:e1005991), as in the standard
 * models of the program published with it (an MCF-7 cell; cycles fitted to MCF-10A). */
#include "tissue/setup_parts.h"

/* ---- cycle ---- */

enum { KEYS_OF_PHASES = 9 };
static const char *const PHASE_KEY[KEYS_OF_PHASES] = {
    "live", "negative", "positive", "premitotic", "postmitotic", "G0G1", "S", "G2M", NULL};

typedef struct {
    int model, start;
    const pf_yaml *phase[KEYS_OF_PHASES];
    const char *source, *note;
} cycle_file;

/* Published cycles: phases by PHASE_KEY, minutes, and what happens. */
enum { CYCLE_NONE, CYCLES = 5 };
static const struct {
    size_t n;
    struct {
        int key;
        double minutes;
        int fixed, divides, doubles;
    } phase[3];
} CYCLE[CYCLES] = {
    {0, {{0}}},
    {1, {{0, 60 / 0.0432, 0, 1, 0}}}, /* half at birth: it grows back to its volume at rest */
    {2, {{1, 4.59 * 60, 0, 0, 0}, {2, 15.5 * 60, 1, 1, 1}}},
    {3, {{1, 3.62 * 60, 0, 0, 0}, {3, 13 * 60, 1, 1, 1}, {4, 2.5 * 60, 1, 0, 0}}},
    {3, {{5, 1 / 0.00324, 0, 0, 0}, {6, 1 / 0.00208, 0, 0, 1}, {7, 1 / 0.00333, 0, 1, 1}}},
};

#define PHASE_ROW(i, key, text)                                                                \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NODE,                                                    \
        .at = PF_AT(cycle_file, phase[i], const pf_yaml *), .doc = text                        \
    }
static const pf_field CYCLE_ROW[] = {
    {.name = "model",
        .kind = PF_FIELD_CHOICE,
        .required = 1,
        .at = PF_AT_SIZE(cycle_file, model, int),
        .unit = "none|live|ki67|ki67-advanced|flow-cytometry",
        .doc = "phases: `live` one; `ki67` negative, positive; `ki67-advanced` negative, "
               "premitotic, postmitotic; `flow-cytometry` G0G1, S, G2M; `none`: it never "
               "divides"},
    {.name = "start",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT_SIZE(cycle_file, start, int),
        .unit = "random|first",
        .otherwise = "random",
        .doc = "of cells that are placed: `random` anywhere in the cycle, with the volume that "
               "belongs to it, as in a population that has long grown at these rates; `first` "
               "at rest at the beginning of the first phase, all together"},
    PHASE_ROW(0, "live", "of `live`: mean time between divisions; 23.1 hour (0.0432 1/hour)"),
    PHASE_ROW(1, "negative", "of `ki67`: 4.59 hour on average; of `ki67-advanced` 3.62 hour"),
    PHASE_ROW(2, "positive", "of `ki67`: 15.5 hour exactly; the cell grows, then divides"),
    PHASE_ROW(
        3, "premitotic", "of `ki67-advanced`: 13 hour exactly; the cell grows, then divides"),
    PHASE_ROW(4, "postmitotic", "of `ki67-advanced`: 2.5 hour exactly"),
    PHASE_ROW(5, "G0G1", "of `flow-cytometry`: 5.14 hour on average (0.00324 1/min)"),
    PHASE_ROW(6, "S", "of `flow-cytometry`: 8.01 hour on average (0.00208 1/min); it grows"),
    PHASE_ROW(
        7, "G2M", "of `flow-cytometry`: 5.01 hour on average (0.00333 1/min), then it divides"),
    PF_ROW_SOURCE(cycle_file),
};
static const pf_fields CYCLE_FIELDS = {"cycle",
    "How a cell divides. Each phase has a key, whose value is the time in it, or the rate of "
    "leaving it (`0.04 1/hour`).",
    CYCLE_ROW, PF_COUNT(CYCLE_ROW)};

/* A time, or the rate of leaving, as a rate in 1/min. */
static int leaving(pf_setup_loader *l, const char *key, const pf_yaml *node, double *rate)
{
    pf_quantity q;
    int which = 0;
    if (!pf_field_quantity(&l->r, key, "min|1/min", node, &q, &which)) return 0;
    if (q.is_range || !(q.low > 0)) {
        pf_diag_error(l->r.diag, &node->place, "'%s' is %s", key, q.is_range ? "a range" : "0");
        pf_diag_expected(l->r.diag, "one time or rate above 0");
        return 0;
    }
    *rate = which ? q.low : 1 / q.low;
    return 1;
}

static void read_cycle(pf_setup_loader *l, const pf_yaml *map, pf_cell_type *t)
{
    cycle_file c = {0};
    if (!pf_fields_read(&l->r, map, &CYCLE_FIELDS, &c)) return;
    t->n_phase = CYCLE[c.model].n;
    t->starts_first = c.start;
    for (size_t k = 0; k < t->n_phase; k++) {
        int key = CYCLE[c.model].phase[k].key;
        t->phase[k] = (pf_phase){.name = PHASE_KEY[key],
            .rate = 1 / CYCLE[c.model].phase[k].minutes,
            .fixed = CYCLE[c.model].phase[k].fixed,
            .divides = CYCLE[c.model].phase[k].divides,
            .doubles = CYCLE[c.model].phase[k].doubles};
        if (c.phase[key]) leaving(l, PHASE_KEY[key], c.phase[key], &t->phase[k].rate);
    }
    for (int key = 0; PHASE_KEY[key]; key++) {
        int known = !c.phase[key];
        for (size_t k = 0; k < t->n_phase; k++) known |= CYCLE[c.model].phase[k].key == key;
        if (known) continue;
        pf_diag_error(
            l->r.diag, &c.phase[key]->place, "this cycle has no phase '%s'", PHASE_KEY[key]);
        pf_diag_mend(l->r.diag, "leave it out, or choose the model that has it");
    }
}

/* ---- exchange ---- */

typedef struct {
    const char *substance, *source, *note;
    double secretion, uptake;
    const pf_yaml *target;
} exchange_file;
static const pf_field EXCHANGE[] = {
    PF_ROW_TEXT(exchange_file, "substance", substance, 1, "which"),
    PF_ROW_NUMBER(exchange_file, "uptake", uptake, "1/min", 0, 1e6, "0 1/min",
        "of what is in the voxel, times the cell's share of the voxel's volume"),
    PF_ROW_NUMBER(exchange_file, "secretion", secretion, "1/min", 0, 1e6, "0 1/min",
        "towards `target`, likewise"),
    PF_ROW_NODE(exchange_file, "target", target, 0,
        "concentration up to which the cell secretes, in the substance's unit", NULL),
    PF_ROW_SOURCE(exchange_file),
};
static const pf_fields EXCHANGE_FIELDS = {
    "exchange", "What a cell does to a substance.", EXCHANGE, PF_COUNT(EXCHANGE)};

static void read_exchange(pf_setup_loader *l, const pf_yaml *map, pf_cell_type *t)
{
    exchange_file e = {0};
    if (!pf_fields_read(&l->r, map, &EXCHANGE_FIELDS, &e)) return;
    size_t k = pf_setup_find(
        l, "substance", pf_yaml_get(map, "substance"), l->substance_name, l->n_substance);
    if (k == l->n_substance) return;
    pf_uptake *u = &t->exchange[k];
    if (u->secretion > 0 || u->uptake > 0)
        pf_diag_error(l->r.diag, &map->place, "'%s' is exchanged twice", e.substance);
    *u = (pf_uptake){.secretion = e.secretion, .uptake = e.uptake};
    const pf_field f = {.name = "target",
        .kind = PF_FIELD_NUMBER,
        .unit = l->setup->substance_unit[k],
        .low = 0,
        .high = INFINITY};
    if (e.target) pf_field_read(&l->r, &f, e.target, &u->target);
    if ((e.secretion > 0) == (e.target != NULL)) return;
    pf_diag_error(l->r.diag, &map->place, "'%s' has a %s, but no %s", e.substance,
        e.target ? "target" : "secretion", e.target ? "secretion" : "target");
    pf_diag_expected(l->r.diag, "both, or neither");
}

/* ---- the table ---- */

static const pf_field DEATH[] = {
    PF_ROW_NUMBER(pf_cell_file, "apoptosis", type.apoptosis, "1/min", 0, 1e3, "0 1/min",
        "rate of dying by itself"),
    PF_ROW_NUMBER(pf_cell_file, "apoptosis_lasts", type.apoptosis_lasts, "min", DBL_MIN, 1e9,
        "8.6 hour", "until the body is gone"),
    PF_ROW_NUMBER(pf_cell_file, "shrink_rate", type.shrink_rate, "1/min", 0, 1e3, "1 1/hour",
        "of an apoptotic cell's volumes towards 0"),
    PF_ROW_NUMBER(pf_cell_file, "necrosis", type.necrosis, "1/min", 0, 1e3, "0 1/min",
        "rate of necrosis"),
    PF_ROW_NUMBER(pf_cell_file, "swell_rate", type.swell_rate, "1/min", 0, 1e3, "0.67 1/hour",
        "of a necrotic cell's fluid, until it bursts at twice its type's volume"),
    PF_ROW_NUMBER(pf_cell_file, "lysis_rate", type.lysis_rate, "1/min", 0, 1e3, "0.05 1/hour",
        "of its volumes towards 0"),
    PF_ROW_NUMBER(pf_cell_file, "necrosis_lasts", type.necrosis_lasts, "min", DBL_MIN, 1e9,
        "60 day", "from bursting until the body is gone"),
    PF_ROW_NUMBER(pf_cell_file, "secretion", type.dead_secretion, "1", 0, 1, "0",
        "factor on what a dying cell and its body secrete"),
    PF_ROW_NUMBER(pf_cell_file, "uptake", type.dead_uptake, "1", 0, 1, "0.1",
        "factor on what they take up"),
    PF_ROW_SOURCE(pf_cell_file),
};
static const pf_fields DEATH_FIELDS = {
    "death", "How a cell dies, and how long its body stays.", DEATH, PF_COUNT(DEATH)};

static const pf_field MOTILITY[] = {
    PF_ROW_NEEDED(pf_cell_file, "speed", type.speed, "um/min", 0, 1e3, "while it crawls"),
    PF_ROW_NUMBER(pf_cell_file, "persistence", type.persistence, "min", DBL_MIN, 1e6, "1 min",
        "mean time until it chooses a new direction"),
    PF_ROW_NUMBER(pf_cell_file, "bias", type.bias, "1", 0, 1, "0",
        "share of the gradients in a new direction; the rest is chance"),
    PF_ROW_NODE(pf_cell_file, "taxis", taxis, 0,
        "map: substance and weight; above 0 up its gradient, below 0 down", NULL),
    PF_ROW_NUMBER(pf_cell_file, "share", type.motile, "1", 0, 1, "1",
        "of the cells of this type that crawl at all"),
    PF_ROW_SOURCE(pf_cell_file),
};
static const pf_fields MOTILITY_FIELDS = {
    "motility", "How a cell crawls by itself.", MOTILITY, PF_COUNT(MOTILITY)};

static const pf_field CELL[] = {
    PF_ROW_TEXT(pf_cell_file, "name", name, 1, "its name"),
    {.name = "volume",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_cell_file, type.volume, double),
        .unit = "um3",
        .low = 1,
        .high = 1e7,
        .doc = "of a cell at rest; 2494 um3 without it and `radius`"},
    {.name = "radius",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_cell_file, radius, double),
        .unit = "um",
        .low = 0.7,
        .high = 130,
        .doc = "instead of `volume`"},
    {.name = "nucleus",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(pf_cell_file, type.nucleus, double),
        .unit = "um3",
        .low = 0,
        .high = 1e7,
        .doc = "volume of the nucleus; 540/2494 of the cell without it"},
    PF_ROW_NUMBER(pf_cell_file, "fluid", type.fluid, "1", 0, 0.99, "0.75",
        "share of cytoplasm and nucleus that is fluid"),
    PF_ROW_NUMBER(pf_cell_file, "fluid_rate", type.fluid_rate, "1/min", 0, 1e3, "3 1/hour",
        "of the fluid towards its target"),
    PF_ROW_NUMBER(pf_cell_file, "cytoplasm_rate", type.cytoplasm_rate, "1/min", 0, 1e3,
        "0.27 1/hour", "of the solid cytoplasm"),
    PF_ROW_NUMBER(pf_cell_file, "nucleus_rate", type.nucleus_rate, "1/min", 0, 1e3,
        "0.33 1/hour", "of the solid nucleus"),
    PF_ROW_NUMBER(pf_cell_file, "reach", type.reach, "1", 1, 3, "1.25",
        "how far it adheres and touches, in radii"),
    PF_ROW_NUMBER(pf_cell_file, "adhesion", type.adhesion, "um/min", 0, 1e3, "0.4 um/min",
        "strength; a pair takes the geometric mean of both"),
    PF_ROW_NUMBER(pf_cell_file, "repulsion", type.repulsion, "um/min", 0, 1e4, "10 um/min",
        "strength, likewise"),
    PF_ROW_NODE(pf_cell_file, "affinity", affinity, 0,
        "map: type of cell and factor on adhesion to it; 1 for those not named", NULL),
    PF_ROW_NODE(
        pf_cell_file, "cycle", cycle, 0, "how it divides; never without it", &CYCLE_FIELDS),
    PF_ROW_MAP("death", 0, &DEATH_FIELDS, "how it dies"),
    PF_ROW_NODE(pf_cell_file, "exchange", exchange, 0, "list: what it secretes and takes up",
        &EXCHANGE_FIELDS),
    PF_ROW_MAP("motility", 0, &MOTILITY_FIELDS, "how it crawls; not at all without it"),
    PF_ROW_NODE(pf_cell_file, "antigens", antigens, 0,
        "list: molecules by which others see it; at most 4 kinds in all", &PF_MOLECULE_FIELDS),
    PF_ROW_NODE(pf_cell_file, "receptors", receptors, 0,
        "list: molecules by which it sees others; at most 4 kinds in all", &PF_MOLECULE_FIELDS),
    PF_ROW_NODE(pf_cell_file, "killer", killer, 0, "how it kills; not at all without it",
        &PF_KILLER_FIELDS),
    PF_ROW_SOURCE(pf_cell_file),
};
const pf_fields PF_CELL_FIELDS = {"cell",
    "A type of cell. Volumes, rates and mechanics without a value are those of the reference "
    "cell of Ghaffarizadeh et al. 2018 (PLoS Comput Biol 14:e1005991), an MCF-7 cell.",
    CELL, PF_COUNT(CELL)};

/* ---- one type ---- */

#define REFERENCE_VOLUME 2494.0
#define REFERENCE_NUCLEUS 540.0

static void read_volumes(pf_setup_loader *l, const pf_cell_file *c, pf_cell_type *t)
{
    const pf_yaml *nucleus = pf_yaml_get(c->map, "nucleus");
    if (pf_yaml_get(c->map, "volume") && pf_yaml_get(c->map, "radius")) {
        pf_diag_error(l->r.diag, &pf_yaml_get(c->map, "radius")->place,
            "both 'volume' and 'radius' are given");
        pf_diag_mend(l->r.diag, "keep one of them");
    }
    if (c->radius > 0) t->volume = 4 * M_PI / 3 * c->radius * c->radius * c->radius;
    if (!(t->volume > 0)) t->volume = REFERENCE_VOLUME;
    if (!nucleus) t->nucleus = t->volume * (REFERENCE_NUCLEUS / REFERENCE_VOLUME);
    if (t->nucleus <= t->volume) return;
    pf_diag_error(l->r.diag, nucleus ? &nucleus->place : &c->map->place,
        "a nucleus of %g um3 in a cell of %g um3", t->nucleus, t->volume);
}

/* A map of names and factors. */
typedef struct {
    const char *what, *const *name;
    size_t n;
    double low;
    double *out; /* [n] */
} weights;

static void read_weights(pf_setup_loader *l, const char *key, const pf_yaml *map, weights w)
{
    if (map->kind != PF_YAML_MAP) {
        pf_diag_error(l->r.diag, &map->place, "'%s' is %s", key, pf_yaml_kind_text(map));
        pf_diag_expected(l->r.diag, "a map of names and numbers, as {%s: 1}",
            w.n && *w.name[0] ? w.name[0] : "name");
        return;
    }
    for (size_t i = 0; i < map->n; i++) {
        const pf_field f = {.name = map->key[i]->text,
            .kind = PF_FIELD_NUMBER,
            .unit = "1",
            .low = w.low,
            .high = 1e6};
        size_t k = pf_setup_find(l, w.what, map->key[i], w.name, w.n);
        if (k < w.n) pf_field_read(&l->r, &f, map->item[i], &w.out[k]);
    }
}

static void read_one(pf_setup_loader *l, size_t i)
{
    pf_cell_file *c = &l->cell[i];
    pf_cell_type *t = &c->type;
    pf_fields_read(&l->r, c->map, &PF_CELL_FIELDS, c);
    t->name = c->name ? c->name : "";
    if (c->map->kind != PF_YAML_MAP) return;
    read_volumes(l, c, t);
    for (size_t k = 0; k < l->n_cell; k++) t->affinity[k] = 1;
    const weights affinity = {"type of cell", l->cell_name, l->n_cell, 0, t->affinity},
                  taxis = {"substance", l->substance_name, l->n_substance, -1e6, t->taxis};
    if (c->affinity) read_weights(l, "affinity", c->affinity, affinity);
    if (c->taxis) read_weights(l, "taxis", c->taxis, taxis);
    if (c->cycle) read_cycle(l, c->cycle, t);
    if (!pf_field_is_list(&l->r, "exchange", c->exchange, "a list of substances")) return;
    for (size_t k = 0; k < c->exchange->n; k++) read_exchange(l, c->exchange->item[k], t);
}

void pf_setup_cells(pf_setup_loader *l, const pf_yaml *list)
{
    if (!pf_field_is_list(&l->r, "cells", list, "a list of types of cells")) return;
    if (list->n < 1 || list->n > PF_CELL_TYPES_MAX) {
        pf_diag_error(l->r.diag, &list->place, "%zu types of cells", list->n);
        pf_diag_expected(l->r.diag, "1 to %d", PF_CELL_TYPES_MAX);
        return;
    }
    l->cell_name = pf_setup_names(l, "type of cell", list);
    l->cell = pf_setup_alloc(l, list->n, sizeof *l->cell);
    l->setup->type = pf_setup_alloc(l, list->n, sizeof *l->setup->type);
    if (!l->cell_name || !l->cell || !l->setup->type) return;
    l->n_cell = l->setup->n_type = list->n;
    for (size_t i = 0; i < list->n; i++) {
        l->cell[i].map = list->item[i];
        read_one(l, i);
    }
    pf_setup_molecules(l);
    pf_setup_killers(l);
    for (size_t i = 0; i < list->n; i++) l->setup->type[i] = l->cell[i].type;
}
