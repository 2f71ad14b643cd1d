/* `editing:` and `cost:` of a lot file. */
#include "patient/population_read.h"
#include "product/lot_parts.h"

#include <stdio.h>
#include <string.h>

typedef struct edit_entry {
    const char *name, *note;
    int what, method, when;
} edit_entry;
static const pf_field EDIT[] = {
    {.name = "name",
        .kind = PF_FIELD_TEXT,
        .required = 1,
        .at = PF_AT(edit_entry, name, const char *),
        .doc = "NAME: the variables `NAME_efficiency` (share of living cells that carry it), "
               "`NAME_survival` (share that lives through it, 1 by default) and `NAME_copies` "
               "(copies in a cell that carries it; else Poisson) belong to it; formulas of "
               "products read `lot_edit_NAME`"},
    {.name = "what",
        .kind = PF_FIELD_CHOICE,
        .required = 1,
        .at = PF_AT_SIZE(edit_entry, what, int),
        .unit = "CAR|second CAR|TCR|knock-out|CD16|armour|engager|safety switch",
        .doc = "what the cells gain or lose"},
    {.name = "method",
        .kind = PF_FIELD_CHOICE,
        .required = 1,
        .at = PF_AT_SIZE(edit_entry, method, int),
        .unit = "virus|mRNA|transposon|CRISPR|loading",
        .doc = "how; virus and transposon leave copies in the genome"},
    {.name = "when",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT_SIZE(edit_entry, when, int),
        .unit = "default|before|after",
        .otherwise = "default",
        .doc =
            "before or after the culture; mRNA and loading after it by default, others before"},
    {.name = "note",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(edit_entry, note, const char *),
        .doc = "anything worth saying"},
};
const pf_fields PF_EDIT_FIELDS = {"edit", "One entry of `editing:`.", EDIT, PF_COUNT(EDIT)};

typedef struct cost_entry {
    const char *item, *variable, *note;
    int per;
} cost_entry;
static const pf_field COST[] = {
    {.name = "item",
        .kind = PF_FIELD_TEXT,
        .required = 1,
        .at = PF_AT(cost_entry, item, const char *),
        .doc = "what is paid for"},
    {.name = "variable",
        .kind = PF_FIELD_TEXT,
        .required = 1,
        .at = PF_AT(cost_entry, variable, const char *),
        .doc = "the variable that says how much, in the file's currency"},
    {.name = "per",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT_SIZE(cost_entry, per, int),
        .unit = "lot|day|test|dose",
        .otherwise = "lot",
        .doc = "for each lot, day of culture, test of the specification, or dose"},
    {.name = "note",
        .kind = PF_FIELD_TEXT,
        .at = PF_AT(cost_entry, note, const char *),
        .doc = "anything worth saying"},
};
const pf_fields PF_COST_FIELDS = {"cost", "One entry of `cost:`.", COST, PF_COUNT(COST)};

/* "; did you mean 'x'?" among the plan's variables. */
static const char *near_variable(pf_reader *r, const pf_lot_plan *p, const char *name)
{
    const char *names[PF_NAMES_MAX];
    size_t n = 0;
    for (; n < p->variables.n_variable && n < PF_NAMES_MAX; n++)
        names[n] = p->variables.variable[n].name;
    return pf_diag_near(r->diag, name, names, n);
}

/* The variable NAME_suffix; it must be there unless `optional`, and be a plain number. */
static size_t number_of(
    pf_reader *r, const pf_lot_plan *p, const pf_edit *e, const char *suffix, int optional)
{
    char name[160];
    double one;
    snprintf(name, sizeof name, "%.100s_%s", e->name, suffix);
    size_t i = pf_population_find(&p->variables, name);
    if (i == p->variables.n_variable) {
        if (optional) return PF_NO_VARIABLE;
        pf_diag_error(r->diag, &e->place, "the edit '%s' needs a variable '%s'%s", e->name,
            name, near_variable(r, p, name));
        return PF_NO_VARIABLE;
    }
    const pf_variable *v = &p->variables.variable[i];
    if (!pf_unit_convert(r->units, 1, v->unit, "1", &one) || one != 1) {
        pf_diag_error(r->diag, &v->place, "'%s' is in %s", v->name, v->unit);
        pf_diag_expected(r->diag, "a plain number, 0.3 rather than 30 %%");
    }
    return i;
}

static int is_plain(const char *text)
{
    size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
    return *text && !text[n] && n < 60;
}

static void read_edit(pf_reader *r, const pf_yaml *map, pf_lot_plan *out)
{
    edit_entry raw = {0};
    if (!pf_fields_read(r, map, &PF_EDIT_FIELDS, &raw)) return;
    pf_edit e = {.name = raw.name,
        .what = (pf_edit_what)raw.what,
        .method = (pf_edit_method)raw.method,
        .place = map->place};
    int late = e.method == PF_EDIT_MRNA || e.method == PF_EDIT_LOADING;
    e.late = raw.when ? raw.when == 2 : late;
    if (!is_plain(e.name)) {
        pf_diag_error(r->diag, &pf_yaml_get(map, "name")->place, "'%s' is not a name", e.name);
        pf_diag_expected(r->diag, "letters, digits and _");
        return;
    }
    for (size_t i = 0; i < out->n_edit; i++)
        if (!strcmp(out->edit[i].name, e.name)) {
            pf_diag_error(r->diag, &map->place, "two edits are called '%s'", e.name);
            return;
        }
    e.efficiency = number_of(r, out, &e, "efficiency", 0);
    e.survival = number_of(r, out, &e, "survival", 1);
    e.copies = number_of(r, out, &e, "copies", 1);
    if (e.efficiency != PF_NO_VARIABLE) out->edit[out->n_edit++] = e;
}

void pf_lot_edits_read(pf_reader *r, const pf_yaml *list, pf_lot_plan *out)
{
    if (!pf_field_is_list(r, "editing", list, "a list of edits")) return;
    if (list->n > PF_EDITS_MAX) {
        pf_diag_error(r->diag, &list->place, "more than %d edits", PF_EDITS_MAX);
        return;
    }
    for (size_t i = 0; i < list->n; i++) read_edit(r, list->item[i], out);
}

void pf_lot_costs_read(pf_reader *r, const pf_yaml *list, pf_lot_plan *out)
{
    if (!pf_field_is_list(r, "cost", list, "a list of costs")) return;
    if (list->n > PF_COSTS_MAX) {
        pf_diag_error(r->diag, &list->place, "more than %d costs", PF_COSTS_MAX);
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        cost_entry raw = {0};
        if (!pf_fields_read(r, list->item[i], &PF_COST_FIELDS, &raw)) continue;
        size_t k = pf_population_find(&out->variables, raw.variable),
               n = out->variables.n_variable;
        if (k == n) {
            pf_diag_error(r->diag, &pf_yaml_get(list->item[i], "variable")->place,
                "there is no variable '%s'%s", raw.variable,
                near_variable(r, out, raw.variable));
            continue;
        }
        out->cost[out->n_cost++] = (pf_cost){raw.item, (pf_cost_per)raw.per, k};
    }
}
