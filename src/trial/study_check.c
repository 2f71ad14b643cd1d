/* What only shows when all files of a study are known. */
#include "input/table.h"
#include "patient/assess_read.h"
#include "patient/population_read.h"
#include "trial/loader.h"

#include <string.h>

enum { MOST_PATIENTS = 10000000 };
static const double MOST_SIMULATED = 1e9;

/* The names of variables as written, mistakes included, so that one mistake is told once. */
static size_t written_names(const pf_yaml *root, const char *key, const char **out, size_t room)
{
    const pf_yaml *list = pf_yaml_get(root, key);
    size_t n = 0;
    for (size_t i = 0; list && list->kind == PF_YAML_LIST && i < list->n && n < room; i++) {
        const pf_yaml *name = pf_yaml_get(list->item[i], "name");
        if (name && name->kind == PF_YAML_SCALAR && *name->text) out[n++] = name->text;
    }
    return n;
}

/* Names of the population that others read. */
static size_t used_names(pf_loader *l, const char **out, size_t room)
{
    const pf_population *p = &l->study->population;
    size_t n = 0;
    for (size_t i = 0; i < p->n_variable && n < room; i++) {
        const char *name = p->variable[i].name;
        int used = 0;
        for (size_t k = 0; k < l->study->n_product && !used; k++)
            used = pf_population_mentions(&l->study->product[k].attributes, name) ||
                   pf_loader_lot_takes(l, k, name);
        for (size_t k = 0; k < l->file.n_strata && !used; k++)
            used = strcmp(l->file.strata[k], name) == 0;
        for (size_t k = 0; k < l->study->n_expect && !used; k++) {
            const pf_expect *e = &l->study->expect[k];
            used = (e->endpoint == PF_ENDPOINT_COVARIATE && e->index == i) ||
                   pf_formula_mentions(e->among.text, name) ||
                   pf_formula_mentions(e->against_among.text, name);
        }
        if (used) out[n++] = name;
    }
    return n;
}

/* What doses are multiplied by, and attributes that an expectation asks for. */
static size_t used_attributes(const pf_study *s, const char **out, size_t room)
{
    size_t n = 0;
    out[n++] = PF_DOSE_SHARE;
    for (size_t i = 0; i < s->n_attribute && n < room; i++) out[n++] = s->attribute[i];
    return n;
}

static void check_populations(pf_loader *l)
{
    const char *people[PF_NAMES_MAX], *used[PF_NAMES_MAX];
    size_t n = written_names(l->population, "variables", people, PF_NAMES_MAX);
    pf_loader_lots_check(l, people, n);
    for (size_t i = 0; i < l->study->n_product; i++) {
        const char *names[PF_NAMES_MAX];
        if (!l->product[i]) continue;
        size_t n_used = used_attributes(l->study, used, PF_NAMES_MAX);
        const pf_population_scope scope = {.extra = names,
            .n_extra = pf_loader_lot_names(l, i, people, n, names),
            .model = l->model,
            .used = used,
            .n_used = n_used};
        if (l->population)
            pf_population_check(&l->r, l->product[i], &scope, &l->study->product[i].attributes);
    }
    if (l->population) {
        size_t n_used = used_names(l, used, PF_NAMES_MAX);
        const pf_population_scope scope = {.model = l->model, .used = used, .n_used = n_used};
        pf_population_check(&l->r, l->population, &scope, &l->study->population);
    }
    if (l->unknowns && l->unknowns->kind == PF_YAML_LIST) {
        const pf_population_scope scope = {.model = l->model, .parameters_only = 1};
        pf_population_check(&l->r, l->unknowns, &scope, &l->study->unknowns);
    }
}

/* The regimen is that of an earlier arm, whose mistakes have been told. */
static int is_told(const pf_study *s, const pf_arm *arm)
{
    return arm->like && arm->item == s->arm[arm->like - 1].item;
}

/* Doses per kg and per m2 need to know how heavy and how large a patient is. */
static void check_doses(pf_loader *l)
{
    static const struct {
        const char *per, *variable, *unit;
    } NEEDS[] = {[PF_PER_KG] = {"kg", "weight", "kg"}, [PF_PER_M2] = {"m2", "bsa", "m2"}};
    const char *names[PF_NAMES_MAX];
    size_t n = written_names(l->population, "variables", names, PF_NAMES_MAX);
    for (size_t a = 0; a < l->study->n_arm && l->population; a++) {
        const pf_arm *arm = &l->study->arm[a];
        for (size_t i = 0; i < arm->n_item && !is_told(l->study, arm); i++) {
            const pf_regimen_item *it = &arm->item[i];
            if (it->per == PF_PER_PATIENT) continue;
            size_t k = 0;
            while (k < n && strcmp(names[k], NEEDS[it->per].variable) != 0) k++;
            if (k < n) continue;
            pf_diag_error(l->r.diag, &it->place,
                "a dose per %s, but the population has no '%s'", NEEDS[it->per].per,
                NEEDS[it->per].variable);
            pf_diag_mend(l->r.diag, "give it a variable '%s' in %s", NEEDS[it->per].variable,
                NEEDS[it->per].unit);
        }
    }
}

static void check_product_role(pf_loader *l)
{
    if (!l->model || !l->products.n || pf_role_find(l->model, "dose.product")) return;
    pf_diag_error(l->r.diag, &l->products.place[0], "the model has no place for cells");
    pf_diag_mend(l->r.diag, "give it the line: //! role dose.product NAME [cell]");
}

/* The attributes of a product are the model's parameters, of which a patient has one set. */
static void check_one_product(pf_loader *l)
{
    for (size_t a = 0; a < l->study->n_arm; a++) {
        const pf_arm *arm = &l->study->arm[a];
        size_t first = arm->n_item;
        for (size_t i = 0; i < arm->n_item && !is_told(l->study, arm); i++) {
            const pf_regimen_item *it = &arm->item[i];
            if (it->drug || !it->dose) continue;
            if (first == arm->n_item) first = i;
            if (it->product == arm->item[first].product) continue;
            pf_diag_error(l->r.diag, &it->place,
                "a second product in arm '%s', where patients have the attributes of one",
                arm->name);
            pf_diag_mend(l->r.diag, "give each product an arm of its own");
            break;
        }
    }
}

/* The model knows one amount and one grade of each rescue. */
static void check_rescues(pf_loader *l)
{
    for (size_t a = 0; a < l->study->n_arm; a++) {
        const pf_arm *arm = &l->study->arm[a];
        for (size_t i = 0; i < arm->n_item && !is_told(l->study, arm); i++)
            for (size_t k = 0; k < i && arm->item[i].when && arm->item[i].drug; k++) {
                if (!arm->item[k].when || !arm->item[k].drug ||
                    strcmp(arm->item[k].drug, arm->item[i].drug) != 0)
                    continue;
                pf_diag_error(l->r.diag, &arm->item[i].place,
                    "a second rescue with '%s' in arm '%s'", arm->item[i].drug,
                    arm->name ? arm->name : "");
                pf_diag_mend(l->r.diag, "a drug has one dose and one grade; leave one of them");
                break;
            }
    }
}

static size_t divisor(size_t a, size_t b)
{
    return b ? divisor(b, a % b) : a;
}

static void check_block(pf_loader *l, const pf_yaml *allocation)
{
    const pf_yaml *node = pf_yaml_get(allocation, "block");
    size_t common = 0, total = pf_study_size(l->study);
    if (l->study->allocation.method != PF_ALLOCATE_BLOCK) {
        if (node) pf_diag_error(l->r.diag, &node->place, "'block' belongs to method: block");
        return;
    }
    if (!node) {
        pf_diag_error(l->r.diag, &allocation->place, "method: block has no 'block'");
        pf_diag_mend(l->r.diag, "say how many patients are in a block");
        return;
    }
    for (size_t i = 0; i < l->study->n_arm; i++)
        common = divisor(common, l->study->arm[i].size);
    size_t least = common ? total / common : 0;
    if (!least || !l->file.block || l->file.block % least == 0) return;
    pf_diag_error(l->r.diag, &node->place,
        "a block of %zu cannot hold the ratio of the arms' sizes", (size_t)l->file.block);
    pf_diag_expected(l->r.diag, "a multiple of %zu", least);
}

static void check_strata(pf_loader *l, const pf_yaml *allocation)
{
    const pf_yaml *list = pf_yaml_get(allocation, "strata");
    const pf_population *p = &l->study->population;
    size_t n = l->file.n_strata;
    size_t *index = pf_arena_alloc(l->r.ctx, l->r.arena, n ? n : 1, sizeof *index);
    if (!index) {
        l->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    const char *names[PF_NAMES_MAX];
    size_t n_names = written_names(l->population, "variables", names, PF_NAMES_MAX);
    for (size_t i = 0; i < n && l->population; i++) {
        const pf_yaml *node = list->kind == PF_YAML_LIST ? list->item[i] : list;
        index[i] = pf_population_find(p, l->file.strata[i]);
        size_t k = 0;
        while (k < n_names && strcmp(names[k], l->file.strata[i]) != 0) k++;
        if (k == n_names) {
            pf_diag_error(l->r.diag, &node->place, "the population has no variable '%s'%s",
                l->file.strata[i], pf_diag_near(l->r.diag, l->file.strata[i], names, n_names));
        } else if (index[i] < p->n_variable && p->variable[index[i]].kind != PF_DIST_DISCRETE &&
                   p->variable[index[i]].kind != PF_DIST_FORMULA) {
            pf_diag_error(
                l->r.diag, &node->place, "'%s' has no separate levels", l->file.strata[i]);
            pf_diag_mend(
                l->r.diag, "stratify by a discrete variable, or by a formula like age > 65");
        }
    }
    l->study->allocation.strata = index;
    l->study->allocation.n_strata = n;
}

/* Pairs need a partner in every arm. */
static void check_paired(pf_loader *l, const pf_yaml *allocation)
{
    const pf_study *s = l->study;
    const pf_yaml *strata = pf_yaml_get(allocation, "strata");
    if (s->allocation.method != PF_ALLOCATE_PAIRED) return;
    if (strata) {
        pf_diag_error(l->r.diag, &strata->place, "'strata' do not go with method: paired");
        pf_diag_mend(l->r.diag, "leave them out: every arm holds the same people already");
    }
    for (size_t a = 1; a < s->n_arm; a++) {
        if (s->arm[a].size == s->arm[0].size || !s->arm[a].size || !s->arm[0].size) continue;
        pf_diag_error(l->r.diag, &s->arm[a].place,
            "paired arms hold the same people, but '%s' has %zu and '%s' has %zu",
            s->arm[a].name ? s->arm[a].name : "", s->arm[a].size,
            s->arm[0].name ? s->arm[0].name : "", s->arm[0].size);
        pf_diag_mend(l->r.diag, "give both the same size");
    }
}

static void check_size(pf_loader *l)
{
    size_t n = pf_study_size(l->study);
    pf_place arms = pf_loader_place(l, "arms"), replicates = pf_loader_place(l, "replicates");
    if (n > MOST_PATIENTS) {
        pf_diag_error(l->r.diag, &arms, "%zu patients in one replicate are too many", n);
        pf_diag_expected(l->r.diag, "at most %d", MOST_PATIENTS);
    } else if ((double)n * (double)l->study->replicates > MOST_SIMULATED) {
        pf_diag_error(l->r.diag, &replicates, "%zu patients in %zu replicates are too many", n,
            l->study->replicates);
        pf_diag_expected(l->r.diag, "at most %g patients in all", MOST_SIMULATED);
    }
}

static void check_horizon(pf_loader *l)
{
    const pf_study *s = l->study;
    if (!(s->horizon > 0.0)) return;
    const pf_yaml *kinetics = pf_yaml_get(l->file.assess, "kinetics");
    const pf_yaml *imaging = pf_yaml_get(l->file.assess, "imaging");
    if (s->assess.first > s->horizon && imaging) {
        pf_diag_error(l->r.diag, &imaging->place,
            "the first image would be taken on day %g, behind the horizon of %g days, so that "
            "nobody responds and only the dead progress",
            s->assess.first, s->horizon);
        pf_diag_mend(l->r.diag, "image earlier, look for longer, or leave imaging: out");
    }
    if (s->assess.n_kinetics && s->assess.kinetics[s->assess.n_kinetics - 1] > s->horizon &&
        kinetics)
        pf_diag_warning(l->r.diag, &kinetics->place,
            "day %g lies behind the horizon of %g days",
            s->assess.kinetics[s->assess.n_kinetics - 1], s->horizon);
}

/* ---- ids in tables of evidence ---- */

typedef struct ids {
    const char *file, *column, *what; /* "evidence/systems.csv", "id", "system" */
    pf_table *table;
    size_t at; /* column */
} ids;

/* 1: the table was found and read; 0, with a problem when it cannot be read, at `place`. */
static int open_ids(pf_loader *l, const pf_place *place, ids *d)
{
    pf_ctx quiet;
    const char *path = pf_loader_find(l, NULL, d->file);
    if (!path) return 0;
    pf_ctx_init(&quiet);
    if (!pf_table_read(&quiet, path, &d->table) &&
        !pf_table_find(&quiet, d->table, d->column, &d->at))
        return 1;
    pf_reader_told(&l->r, place, quiet.message);
    return 0;
}

static void check_id(pf_loader *l, const ids *d, const pf_yaml *node)
{
    const char *near = NULL;
    size_t distance = strlen(node->text) / 3 + 2;
    for (size_t i = 0; i < pf_table_rows(d->table); i++) {
        const char *id = pf_table_text(d->table, i, d->at);
        if (!id) continue;
        if (strcmp(id, node->text) == 0) return;
        size_t apart = pf_text_distance(id, node->text);
        if (apart >= distance) continue;
        distance = apart;
        near = id;
    }
    if (near)
        pf_diag_error(l->r.diag, &node->place, "%s has no %s '%s'; did you mean '%s'?", d->file,
            d->what, node->text, near);
    else
        pf_diag_error(
            l->r.diag, &node->place, "%s has no %s '%s'", d->file, d->what, node->text);
}

static const char SYSTEMS[] = "evidence/systems.csv", CASES[] = "evidence/outcomes.csv";

static void check_systems(pf_loader *l)
{
    const pf_yaml *list = pf_yaml_get(l->root, "systems");
    ids d = {.file = SYSTEMS, .column = "id", .what = "system"};
    if (!list || !l->file.n_system || !pf_loader_find(l, NULL, d.file)) return;
    if (!open_ids(l, &list->place, &d)) {
        pf_table_free(d.table);
        return;
    }
    if (list->kind == PF_YAML_LIST)
        for (size_t i = 0; i < list->n; i++) check_id(l, &d, list->item[i]);
    else
        check_id(l, &d, list);
    pf_table_free(d.table);
}

/* The `nth` `case:` among expectations and claims; NULL when there are no more. */
static const pf_yaml *case_nth(const pf_loader *l, size_t nth)
{
    const pf_yaml *lists[] = {l->file.expect, l->file.claim};
    for (size_t k = 0; k < PF_COUNT(lists); k++) {
        if (!lists[k] || lists[k]->kind != PF_YAML_LIST) continue;
        for (size_t i = 0; i < lists[k]->n; i++) {
            const pf_yaml *node = pf_yaml_get(lists[k]->item[i], "case");
            if (node && node->kind == PF_YAML_SCALAR && nth-- == 0) return node;
        }
    }
    return NULL;
}

static void check_cases(pf_loader *l)
{
    ids d = {.file = CASES, .column = "case_id", .what = "case"};
    const pf_yaml *node = case_nth(l, 0);
    if (node && open_ids(l, &node->place, &d))
        for (size_t i = 0; (node = case_nth(l, i)); i++) check_id(l, &d, node);
    pf_table_free(d.table);
}

/* A study may stand outside its project: said once, and all is read but the ids. */
static void check_tables(pf_loader *l)
{
    const pf_yaml *list = l->file.n_system ? pf_yaml_get(l->root, "systems") : NULL;
    const pf_yaml *node = case_nth(l, 0);
    int systems = list && !pf_loader_find(l, NULL, SYSTEMS);
    int cases = node && !pf_loader_find(l, NULL, CASES);
    if (!systems && !cases) return;
    const pf_place *place = systems ? &list->place : &node->place;
    if (systems && cases)
        pf_diag_warning(l->r.diag, place,
            "%s and %s were not found, so the systems and cases were not looked up", SYSTEMS,
            CASES);
    else
        pf_diag_warning(l->r.diag, place, "%s was not found, so the %s were not looked up",
            systems ? SYSTEMS : CASES, systems ? "systems" : "cases");
}

void pf_loader_check(pf_loader *l)
{
    const pf_yaml *allocation = pf_yaml_get(l->root, "allocation");
    check_populations(l);
    check_doses(l);
    check_product_role(l);
    check_one_product(l);
    check_rescues(l);
    if (allocation && allocation->kind == PF_YAML_MAP) {
        check_block(l, allocation);
        check_paired(l, allocation);
        if (l->file.n_strata) check_strata(l, allocation);
    }
    check_size(l);
    check_horizon(l);
    check_tables(l);
    check_systems(l);
    check_cases(l);
}
