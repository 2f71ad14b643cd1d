/* resolved.yaml as a list of keys and values, so that two studies can be compared by what they
 * say instead of by lines. */
#include "api/compare.h"
#include "input/yaml.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    pf_comparison *c;
    pf_run_read *r;
} job;

static pf_err add(job *j, const char *key, const char *value, int is_item)
{
    pf_run_read *r = j->r;
    PF_TRY(pf_reserve(j->c->ctx, &r->key, &r->key_capacity, r->n_key, sizeof *r->key));
    r->key[r->n_key++] = (pf_run_key){.key = key, .value = value, .is_item = is_item};
    return PF_OK;
}

/* Part of an item's own key, or no part of what it does. */
static int is_apart(const char *key)
{
    static const char *const apart[] = {"name", "sets", "source", "endpoint", "arm"};
    for (size_t i = 0; i < PF_COUNT(apart); i++)
        if (!strcmp(key, apart[i])) return 1;
    return 0;
}

/* A value on one line; of an item without its name and its source. */
static void flat(pf_buf *b, const pf_yaml *v, int item)
{
    const char *before = "";
    if (v->kind == PF_YAML_SCALAR) {
        for (const char *t = v->text; *t; t++) pf_buf_put(b, *t == '\n' ? " " : t, 1);
        return;
    }
    if (v->kind == PF_YAML_LIST) pf_buf_text(b, "[");
    for (size_t i = 0; i < v->n; i++) {
        const char *key = v->kind == PF_YAML_MAP ? v->key[i]->text : NULL;
        if (item && key && is_apart(key)) continue;
        pf_buf_text(b, before);
        if (key) pf_buf_printf(b, "%s: ", key);
        flat(b, v->item[i], 0);
        before = ", ";
    }
    if (v->kind == PF_YAML_LIST) pf_buf_text(b, "]");
    if (v->unit) pf_buf_printf(b, " %s", v->unit);
}

static pf_err flat_text(job *j, const pf_yaml *v, int item, const char **out)
{
    pf_buf b;
    pf_buf_init(&b, j->c->ctx);
    flat(&b, v, item);
    pf_err err = pf_buf_ok(&b);
    if (!err) *out = pf_arena_strdup(j->c->ctx, &j->c->arena, b.bytes ? b.bytes : "");
    if (!err && !*out) err = PF_ERR_NO_MEMORY;
    pf_buf_clear(&b);
    return err;
}

/* A list of members with names of their own, not one of plain values. */
static int has_items(const pf_yaml *v)
{
    for (size_t i = 0; i < v->n; i++)
        if (v->item[i]->kind == PF_YAML_MAP && v->item[i]->n > 1) return 1;
    return 0;
}

/* What a member of a list goes by; NULL: by its place alone. */
static const char *own_name(const pf_yaml *v, const char **arm)
{
    static const char *const by[] = {
        "name", "sets", "endpoint", "drug", "product", "parameter", "case"};
    const pf_yaml *of = pf_yaml_get(v, "arm");
    *arm = of && of->kind == PF_YAML_SCALAR ? of->text : NULL;
    for (size_t i = 0; i < PF_COUNT(by); i++) {
        const pf_yaml *name = pf_yaml_get(v, by[i]);
        if (name && name->kind == PF_YAML_SCALAR) return name->text;
    }
    return NULL;
}

static int is_taken(const pf_run_read *r, size_t from, const char *key)
{
    for (size_t i = from; i < r->n_key; i++)
        if (r->key[i].is_item && !strcmp(r->key[i].key, key)) return 1;
    return 0;
}

/* "parent.name", or "parent.name 2" of the second one of that name. */
static pf_err item_key(
    job *j, const char *parent, const pf_yaml *v, size_t place, size_t from, const char **out)
{
    const char *arm, *name = own_name(v, &arm), *of = arm ? " of " : "";
    const pf_yaml *pair = pf_yaml_get(v, "correlation");
    if (!name && pair) PF_TRY(flat_text(j, pair, 0, &name));
    for (size_t again = name ? 1 : place + 1;; again++) {
        char count[24] = "";
        if (again > 1 || !name) snprintf(count, sizeof count, "%s%zu", name ? " " : "", again);
        *out = pf_arena_printf(j->c->ctx, &j->c->arena, "%s.%s%s%s%s", parent, name ? name : "",
            of, arm ? arm : "", count);
        if (!*out) return PF_ERR_NO_MEMORY;
        if (!is_taken(j->r, from, *out)) return PF_OK;
    }
}

static pf_err walk(job *j, const char *path, const pf_yaml *v);

static pf_err walk_items(job *j, const char *path, const pf_yaml *v)
{
    const char *all =
        pf_arena_printf(j->c->ctx, &j->c->arena, "%zu entr%s", v->n, v->n == 1 ? "y" : "ies");
    if (!all) return PF_ERR_NO_MEMORY;
    PF_TRY(add(j, path, all, 1));
    size_t from = j->r->n_key;
    for (size_t i = 0; i < v->n; i++) {
        const char *key, *value;
        PF_TRY(item_key(j, path, v->item[i], i, from, &key));
        PF_TRY(flat_text(j, v->item[i], 1, &value));
        PF_TRY(add(j, key, value, 1));
        PF_TRY(walk(j, key, v->item[i]));
    }
    return PF_OK;
}

static pf_err walk(job *j, const char *path, const pf_yaml *v)
{
    const char *value;
    if (v->kind == PF_YAML_LIST && has_items(v)) return walk_items(j, path, v);
    if (v->kind != PF_YAML_MAP || !v->n) {
        PF_TRY(flat_text(j, v, 0, &value));
        if (!*value) return PF_OK; /* nothing said is nothing there */
        return add(j, path, value, 0);
    }
    for (size_t i = 0; i < v->n; i++) {
        const char *name = v->key[i]->text;
        char *key =
            pf_arena_printf(j->c->ctx, &j->c->arena, "%s%s%s", path, *path ? "." : "", name);
        if (!key) return PF_ERR_NO_MEMORY;
        PF_TRY(walk(j, key, v->item[i]));
    }
    return PF_OK;
}

pf_err pf_compare_keys(pf_comparison *c, pf_run_read *r, const char *yaml, size_t size)
{
    job j = {.c = c, .r = r};
    const pf_yaml *root = NULL;
    pf_diag diag;
    pf_arena a;
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    pf_arena_init(&a);
    pf_diag_init(&diag, &quiet);
    pf_err err = pf_yaml_parse(&diag, &a, "resolved.yaml", yaml, size, &root);
    int good = !err && root && !diag.errors && root->kind == PF_YAML_MAP;
    if (good) err = walk(&j, "", root);
    pf_diag_clear(&diag);
    pf_arena_clear(&a);
    return err;
}
