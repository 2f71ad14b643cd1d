#include "patient/population_read.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Covariates that describe a person in every table, whether or not anything is computed of
 * them. */
static const char *const DESCRIPTIVE[] = {"age", "sex", "weight", "height", "bsa", "ecog"};

/* The names that formulas of one population see. */
typedef struct names {
    const char *name[PF_NAMES_MAX]; /* extras, then variables as written, mistakes included */
    size_t n_extra, n;
} names;

typedef struct checker {
    pf_reader *r;
    const pf_population_scope *scope;
    const pf_yaml *list; /* the variables as written */
    names *names;
} checker;

void pf_reader_told(pf_reader *r, const pf_place *place, const char *message)
{
    /* file:line:column: sentence */
    for (const char *p = strchr(message, ':'); p; p = strchr(p + 1, ':')) {
        char *end;
        if (!isdigit((unsigned char)p[1])) continue;
        long line = strtol(p + 1, &end, 10);
        if (*end != ':' || !isdigit((unsigned char)end[1])) continue;
        long column = strtol(end + 1, &end, 10);
        if (strncmp(end, ": ", 2) != 0 || line > 1000000000 || column > 1000000000) continue;
        char *file = pf_arena_strndup(r->ctx, &r->diag->arena, message, (size_t)(p - message));
        if (!file) break;
        pf_place at = {file, (int)line, (int)column, 0};
        pf_diag_error(r->diag, &at, "%s", end + 2);
        return;
    }
    pf_diag_error(r->diag, place, "%s", message);
}

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

int pf_formula_mentions(const char *text, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = text ? strstr(text, name) : NULL; p; p = strstr(p + 1, name))
        if ((p == text || !is_word(p[-1])) && !is_word(p[n])) return 1;
    return 0;
}

int pf_population_mentions(const pf_population *p, const char *name)
{
    for (size_t i = 0; i < p->n_variable; i++)
        if (pf_formula_mentions(p->variable[i].text, name)) return 1;
    for (size_t i = 0; i < p->n_setting; i++)
        if (pf_formula_mentions(p->setting[i].text, name)) return 1;
    for (size_t i = 0; i < p->n_condition; i++)
        if (pf_formula_mentions(p->condition[i].text, name)) return 1;
    return 0;
}

static void add_name(names *all, const char *name)
{
    for (size_t i = 0; i < all->n_extra; i++) /* a variable hides an extra of its name */
        if (strcmp(all->name[i], name) == 0) all->name[i] = "";
    if (all->n < PF_NAMES_MAX) all->name[all->n++] = name;
}

pf_place pf_formula_place(const pf_yaml *node, const char **message)
{
    char *end;
    if (strncmp(*message, "column ", 7) != 0) return node->place;
    long column = strtol(*message + 7, &end, 10);
    if (strncmp(end, ": ", 2) != 0) return node->place;
    *message = end + 2;
    if (column < 1 || node->quoted) return node->place;
    pf_place at = pf_yaml_part(node, (size_t)column - 1, 1);
    at.end_column = node->place.end_column;
    return at;
}

static void check_formula(checker *c, const pf_yaml *node, size_t n)
{
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    pf_formula *formula = NULL;
    if (!node || node->kind != PF_YAML_SCALAR || !*node->text) return; /* told already */
    if (pf_formula_parse(&quiet, node->text, c->names->name, n, &formula)) {
        const char *message = quiet.message;
        pf_place at = pf_formula_place(node, &message);
        pf_diag_error(c->r->diag, &at, "%s", message);
        return;
    }
    pf_formula_free(formula);
}

/* A name that should be a parameter or an initial state of the model. */
static void check_parameter(checker *c, const pf_yaml *node)
{
    const pf_model *model = c->scope->model;
    if (!model || !node || node->kind != PF_YAML_SCALAR) return;
    const pf_symbol *symbol = pf_model_find(model, node->text);
    if (symbol && symbol->kind != PF_SYMBOL_ASSIGNED) return;
    if (symbol) {
        pf_diag_error(c->r->diag, &node->place, "the model computes '%s' itself", node->text);
        pf_diag_mend(c->r->diag, "set what it is computed from");
        return;
    }
    const char *near = pf_model_nearest(model, node->text);
    if (near)
        pf_diag_error(c->r->diag, &node->place,
            "the model has no parameter '%s'; did you mean '%s'?", node->text, near);
    else
        pf_diag_error(c->r->diag, &node->place, "the model has no parameter '%s'", node->text);
}

static int among(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0) return 1;
    return 0;
}

/* Is the i-th variable of any use? */
static void check_use(checker *c, const pf_population *p, const pf_variable *v)
{
    const pf_population_scope *s = c->scope;
    const pf_symbol *symbol = s->model ? pf_model_find(s->model, v->name) : NULL;
    const pf_yaml *node = NULL;
    for (size_t i = 0; i < c->list->n; i++)
        if (c->list->item[i]->place.line == v->place.line &&
            c->list->item[i]->place.column == v->place.column &&
            strcmp(c->list->item[i]->place.file, v->place.file) == 0)
            node = pf_yaml_get(c->list->item[i], "name");
    if (!node || !s->model) return;
    if (symbol && symbol->kind != PF_SYMBOL_ASSIGNED) return; /* it sets that one */
    if (s->parameters_only) {                                 /* drawn before any patient is */
        check_parameter(c, node);
        return;
    }
    if (among(v->name, DESCRIPTIVE, PF_COUNT(DESCRIPTIVE)) ||
        among(v->name, s->used, s->n_used))
        return;
    if (pf_population_mentions(p, v->name)) return;
    const char *near = pf_model_nearest(s->model, v->name);
    pf_diag_warning(c->r->diag, &node->place,
        "'%s' is no parameter of the model, and no formula reads it", v->name);
    if (near) pf_diag_mend(c->r->diag, "did you mean '%s'?", near);
}

static const pf_yaml *list_of(const pf_yaml *root, const char *key)
{
    const pf_yaml *list = pf_yaml_get(root, key);
    return list && list->kind == PF_YAML_LIST ? list : NULL;
}

static void check_lists(checker *c, const pf_yaml *root)
{
    const pf_yaml *set = list_of(root, "set"), *require = list_of(root, "require");
    for (size_t i = 0; set && i < set->n; i++) {
        check_parameter(c, pf_yaml_get(set->item[i], "parameter"));
        check_formula(c, pf_yaml_get(set->item[i], "formula"), c->names->n);
    }
    for (size_t i = 0; require && i < require->n; i++)
        check_formula(c, require->item[i], c->names->n);
}

static void check_variables(checker *c)
{
    for (size_t i = 0; i < c->list->n; i++) {
        const pf_yaml *name = pf_yaml_get(c->list->item[i], "name");
        check_formula(c, pf_yaml_get(c->list->item[i], "formula"), c->names->n);
        if (name && name->kind == PF_YAML_SCALAR && *name->text) add_name(c->names, name->text);
    }
}

static void prepare(
    pf_reader *r, const pf_yaml *root, const pf_population_scope *s, pf_population *p)
{
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    size_t n_extra = s->n_extra;
    pf_err err = pf_population_prepare(&quiet, p, s->extra, n_extra);
    if (err == PF_ERR_NO_MEMORY)
        r->failed = err;
    else if (err)
        pf_reader_told(r, &root->place, quiet.message);
}

void pf_population_check(
    pf_reader *r, const pf_yaml *root, const pf_population_scope *scope, pf_population *p)
{
    static const pf_yaml NONE = {.kind = PF_YAML_LIST};
    size_t before = r->diag->told;
    const pf_yaml *list = root->kind == PF_YAML_LIST ? root : list_of(root, "variables");
    if (!list) list = list_of(root, "attributes");
    if (scope->n_extra + (list ? list->n : 0) > PF_NAMES_MAX) {
        pf_diag_error(r->diag, &root->place, "more than %d variables", PF_NAMES_MAX);
        return;
    }
    names *all = pf_calloc(r->ctx, 1, sizeof *all);
    if (!all) {
        r->failed = PF_ERR_NO_MEMORY;
        return;
    }
    all->n_extra = all->n = scope->n_extra;
    for (size_t i = 0; i < all->n_extra; i++) all->name[i] = scope->extra[i];
    checker c = {r, scope, list ? list : &NONE, all};
    check_variables(&c);
    check_lists(&c, root);
    for (size_t i = 0; i < p->n_variable; i++) check_use(&c, p, &p->variable[i]);
    pf_free(all);
    if (r->diag->told == before && !r->failed) prepare(r, root, scope, p);
}
