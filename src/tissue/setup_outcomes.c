/* `outcomes:` and `figure:` of a tissue file. */
#include "tissue/outcome.h"
#include "tissue/setup_parts.h"

#include <stdlib.h>

typedef struct {
    const char *name, *title, *kind, *substance, *antigen, *source, *note;
    const char *const *cells, *const *of;
    size_t n_cells, n_of;
    double below, quantile;
    uint64_t at_least;
} entry;

#define TEXTS_ROW(key, member, n_member, text)                                                 \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_TEXTS, .at = PF_AT(entry, member, const char *const *),  \
        .count_at = PF_AT(entry, n_member, size_t), .doc = text                                \
    }
static const pf_field OUTCOME[] = {
    PF_ROW_TEXT(entry, "name", name, 1, "its name; a column of outcomes.csv is called so"),
    PF_ROW_TEXT(entry, "title", title, 0, "one line for people"),
    PF_ROW_TEXT(entry, "kind", kind, 1, "what is asked: see the table of kinds below"),
    TEXTS_ROW("cells", cells, n_cells, "types of cells that are asked for"),
    TEXTS_ROW("of", of, n_of, "types of cells that make up the tumour"),
    PF_ROW_TEXT(entry, "substance", substance, 0, "a substance"),
    PF_ROW_TEXT(entry, "antigen", antigen, 0, "an antigen"),
    PF_ROW_NUMBER(entry, "below", below, "copies|1", DBL_MIN, 1e12, NULL,
        "molecules below which a cell counts as negative"),
    {.name = "at_least",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(entry, at_least, uint64_t),
        .low = 1,
        .high = 1e6,
        .doc = "kills"},
    PF_ROW_NUMBER(entry, "quantile", quantile, "1", 0, 1, "50 %", "of the depths"),
    PF_ROW_SOURCE(entry),
};
const pf_fields PF_OUTCOME_FIELDS = {"outcome",
    "Something that is asked of the lesion, at each `output: every`.", OUTCOME,
    PF_COUNT(OUTCOME)};

typedef struct {
    const char *outcome, *sentence;
} figure;
static const pf_field FIGURE[] = {
    PF_ROW_TEXT(figure, "outcome", outcome, 1, "the outcome that it draws"),
    PF_ROW_TEXT(figure, "sentence", sentence, 1, "what the figure is to show"),
};
const pf_fields PF_FIGURE_FIELDS = {
    "figure", "The figure that answers the question.", FIGURE, PF_COUNT(FIGURE)};

static size_t find_kind(pf_setup_loader *l, const pf_yaml *node)
{
    const char *names[PF_OUTCOMES];
    for (size_t i = 0; i < PF_OUTCOMES; i++) names[i] = PF_OUTCOME_LAW[i].name;
    return pf_setup_find(l, "kind of outcome", node, names, PF_OUTCOMES);
}

/* Every key that the kind needs, and no other. */
static int keys_fit(pf_setup_loader *l, const pf_yaml *map, const pf_outcome_law *law)
{
    size_t before = l->r.diag->told;
    for (size_t k = 0; k < PF_OUTCOME_KEYS; k++) {
        const pf_yaml *node = pf_yaml_get(map, PF_OUTCOME_KEY[k].key);
        int asks = law->asks & PF_OUTCOME_KEY[k].asks;
        if (!node && asks && PF_OUTCOME_KEY[k].asks != PF_ASKS_QUANTILE)
            pf_diag_error(l->r.diag, &map->place, "the kind '%s' needs '%s'", law->name,
                PF_OUTCOME_KEY[k].key);
        if (!node || asks) continue;
        pf_diag_error(l->r.diag, &node->place, "'%s' does not belong to the kind '%s'",
            PF_OUTCOME_KEY[k].key, law->name);
    }
    return l->r.diag->told == before;
}

static void types(pf_setup_loader *l, const pf_yaml *map, const char *key, uint8_t *out)
{
    const pf_yaml *node = pf_yaml_get(map, key);
    size_t n = !node ? 0 : node->kind == PF_YAML_LIST ? node->n : 1;
    for (size_t i = 0; i < n; i++) {
        const pf_yaml *item = node->kind == PF_YAML_LIST ? node->item[i] : node;
        size_t k = pf_setup_find(l, "type of cell", item, l->cell_name, l->n_cell);
        if (k < l->n_cell && k < PF_CELL_TYPES_MAX) out[k] = 1;
    }
}

/* Only killers bind, kill and have granules. */
static void check_killers(pf_setup_loader *l, const pf_yaml *map, const pf_outcome *o)
{
    if (o->kind < PF_OUTCOME_KILLS || o->kind > PF_OUTCOME_EXHAUSTION) return;
    for (size_t k = 0; k < l->n_cell && k < PF_CELL_TYPES_MAX; k++)
        if (o->cells[k] && l->cell && !l->cell[k].killer)
            pf_diag_error(l->r.diag, &pf_yaml_get(map, "cells")->place, "'%s' is no killer",
                l->cell_name[k]);
}

static void read_one(pf_setup_loader *l, const pf_yaml *map, pf_outcome *o)
{
    entry e = {0};
    pf_setup *s = l->setup;
    if (!pf_fields_read(&l->r, map, &PF_OUTCOME_FIELDS, &e)) return;
    size_t kind = find_kind(l, pf_yaml_get(map, "kind"));
    if (kind == PF_OUTCOMES || !keys_fit(l, map, &PF_OUTCOME_LAW[kind])) return;
    *o = (pf_outcome){.name = e.name,
        .title = e.title ? e.title : e.name,
        .unit = PF_OUTCOME_LAW[kind].unit,
        .kind = (pf_outcome_kind)kind,
        .below = e.below,
        .quantile = e.quantile,
        .at_least = e.at_least};
    types(l, map, "cells", o->cells);
    types(l, map, "of", o->of);
    check_killers(l, map, o);
    const pf_yaml *node = pf_yaml_get(map, "substance");
    if (node) {
        o->substance = pf_setup_find(l, "substance", node, l->substance_name, l->n_substance);
        if (o->substance < s->n_substance && !o->unit)
            o->unit = s->substance_unit[o->substance];
    }
    node = pf_yaml_get(map, "antigen");
    if (node) o->antigen = pf_setup_find(l, "antigen", node, l->antigen, l->n_antigen);
    if (!strcmp(o->name, "time_min"))
        pf_diag_error(l->r.diag, &map->place, "'time_min' is a column that is always there");
}

void pf_setup_outcomes(pf_setup_loader *l, const pf_yaml *list, const pf_yaml *map)
{
    pf_setup *s = l->setup;
    figure f = {NULL};
    if (list && !pf_field_is_list(&l->r, "outcomes", list, "a list of outcomes")) return;
    size_t n = list ? list->n : 0;
    const char **names = n ? pf_setup_names(l, "outcome", list) : NULL;
    s->outcome = pf_setup_alloc(l, n, sizeof *s->outcome);
    if (!s->outcome || (n && !names)) return;
    s->n_outcome = s->figure = n;
    for (size_t i = 0; i < n; i++) read_one(l, list->item[i], &s->outcome[i]);
    if (!map || !pf_fields_read(&l->r, map, &PF_FIGURE_FIELDS, &f)) return;
    s->figure = pf_setup_find(l, "outcome", pf_yaml_get(map, "outcome"), names, n);
    s->figure_text = f.sentence;
}
