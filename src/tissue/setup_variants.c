/* `variants:` of a tissue file: the same file with some values changed.
 *
 * A path names a value by the keys that lead to it, members of a list by what they are called
 * or by their number. The tree is copied along the path only; what is put in keeps the place
 * where it is written, so that whatever is wrong with it is told there. */
#include "tissue/checkpoint.h"
#include "tissue/setup_parts.h"

#include <stdlib.h>

enum { CANDIDATES = 64, DEEP = 16 };

typedef struct {
    pf_reader *r;
    const pf_yaml *key;   /* the path */
    const pf_yaml *value; /* NULL: taken away */
    const pf_yaml *was;   /* NULL: nothing was there */
} edit;

/* Of what members of lists are called. */
static const char *const CALLED[] = {"name", "substance", "receptor", "antigen", "cells"};

static void *obtain(pf_reader *r, size_t n, size_t size)
{
    void *p = pf_arena_alloc(r->ctx, r->arena, n, size);
    if (!p) r->failed = PF_ERR_NO_MEMORY;
    return p;
}

static int is_called(const pf_yaml *item, const char *name, size_t n)
{
    for (size_t k = 0; k < PF_COUNT(CALLED); k++) {
        const pf_yaml *node = pf_yaml_get(item, CALLED[k]);
        if (node && node->kind == PF_YAML_SCALAR && strlen(node->text) == n &&
            !memcmp(node->text, name, n))
            return 1;
    }
    return 0;
}

static void told(edit *e, size_t from, size_t n, const char *what, const char *near)
{
    pf_place at = pf_yaml_part(e->key, from, n);
    pf_diag_error(
        e->r->diag, &at, "there is no '%.*s' %s%s", (int)n, e->key->text + from, what, near);
}

/* The member of a list; its length when there is none, which is told. */
static size_t member(edit *e, const pf_yaml *list, size_t from, size_t n)
{
    const char *name = e->key->text + from, *names[CANDIDATES];
    size_t found = list->n, k = 0;
    char *end;
    for (size_t i = 0; i < list->n; i++) {
        if (!is_called(list->item[i], name, n)) continue;
        if (found < list->n) {
            pf_place at = pf_yaml_part(e->key, from, n);
            pf_diag_error(e->r->diag, &at, "several are called '%.*s'", (int)n, name);
            pf_diag_expected(e->r->diag, "its number, from 1 to %zu", list->n);
            return list->n;
        }
        found = i;
    }
    unsigned long number = n < 9 ? strtoul(name, &end, 10) : 0;
    if (found == list->n && number >= 1 && number <= list->n && end == name + n)
        return number - 1;
    if (found < list->n) return found;
    for (size_t i = 0; i < list->n; i++)
        for (size_t c = 0; c < PF_COUNT(CALLED) && k < CANDIDATES; c++) {
            const pf_yaml *node = pf_yaml_get(list->item[i], CALLED[c]);
            if (node && node->kind == PF_YAML_SCALAR) names[k++] = node->text;
        }
    char *word = pf_arena_strndup(e->r->ctx, &e->r->diag->arena, name, n);
    if (!word) e->r->failed = PF_ERR_NO_MEMORY;
    told(e, from, n, "in this list", word ? pf_diag_near(e->r->diag, word, names, k) : "");
    if (list->n)
        pf_diag_expected(e->r->diag, "its name, or its number, from 1 to %zu", list->n);
    return list->n;
}

/* The key of a map; its length when there is none. */
static size_t key_of(const pf_yaml *map, const char *name, size_t n)
{
    size_t i = 0;
    while (i < map->n && (strlen(map->key[i]->text) != n || memcmp(map->key[i]->text, name, n)))
        i++;
    return i;
}

static int is_there(edit *e, const pf_yaml *map, size_t i, size_t from, size_t n)
{
    const char *names[CANDIDATES];
    size_t k = 0;
    if (i < map->n || e->value) return 1; /* a new key is put in: who reads it knows its name */
    for (; k < map->n && k < CANDIDATES; k++) names[k] = map->key[k]->text;
    char *word = pf_arena_strndup(e->r->ctx, &e->r->diag->arena, e->key->text + from, n);
    if (!word) e->r->failed = PF_ERR_NO_MEMORY;
    told(e, from, n, "to take away", word ? pf_diag_near(e->r->diag, word, names, k) : "");
    return 0;
}

/* `node` with its i-th value replaced by `child`, put in as new, or without it (NULL). */
static const pf_yaml *with(
    edit *e, const pf_yaml *node, size_t i, const pf_yaml *child, size_t from, size_t n)
{
    pf_yaml *c = obtain(e->r, 1, sizeof *c);
    pf_yaml **item = obtain(e->r, node->n + 1, sizeof *item),
            **key = obtain(e->r, node->n + 1, sizeof *key),
            *name = obtain(e->r, 1, sizeof *name);
    if (!c || !item || !key || !name) return NULL;
    *c = *node;
    *name = (pf_yaml){.kind = PF_YAML_SCALAR,
        .place = pf_yaml_part(e->key, from, n),
        .text = pf_arena_strndup(e->r->ctx, e->r->arena, e->key->text + from, n)};
    if (!name->text) e->r->failed = PF_ERR_NO_MEMORY;
    c->n = 0;
    for (size_t k = 0; k < node->n + (i == node->n); k++) {
        if (k == i && !child) continue;
        const pf_yaml *value = k == i ? child : node->item[k];
        item[c->n] = (pf_yaml *)(uintptr_t)value;
        key[c->n] = k == node->n ? name : node->kind == PF_YAML_MAP ? node->key[k] : NULL;
        c->n++;
    }
    c->item = item;
    c->key = node->kind == PF_YAML_MAP ? key : NULL;
    return name->text ? c : NULL;
}

/* What stands inside of `node` (NULL: nothing yet), changed at the path from byte `from` on.
 * NULL: told. */
static const pf_yaml *changed(edit *e, const pf_yaml *node, size_t from, int deep)
{
    const char *text = e->key->text;
    size_t n = strcspn(text + from, "."), i;
    int last = !text[from + n];
    pf_yaml empty = {.kind = PF_YAML_MAP, .place = pf_yaml_part(e->key, 0, from + n)};
    if (!node) node = &empty;
    if (!n || deep == DEEP || node->kind == PF_YAML_SCALAR) {
        pf_diag_error(e->r->diag, &e->key->place,
            !n ? "'%s' is no path: a name is missing in it"
               : "'%s' leads nowhere: there are no names inside of that",
            text);
        pf_diag_expected(e->r->diag, "names with dots between, as cells.NK.motility.share");
        return NULL;
    }
    i = node->kind == PF_YAML_LIST ? member(e, node, from, n) : key_of(node, text + from, n);
    if (node->kind == PF_YAML_LIST ? i == node->n : !is_there(e, node, i, from, n)) return NULL;
    const pf_yaml *found = i < node->n ? node->item[i] : NULL, *child = e->value;
    if (last)
        e->was = found;
    else
        child = changed(e, found, from + n + 1, deep + 1);
    return child || last ? with(e, node, i, child, from, n) : NULL;
}

/* ---- as text, in one line ---- */

static void render(const pf_yaml *node, pf_buf *out)
{
    if (node->kind == PF_YAML_SCALAR) {
        pf_buf_text(out, node->text);
        return;
    }
    int map = node->kind == PF_YAML_MAP;
    pf_buf_text(out, map ? "{" : "[");
    for (size_t i = 0; i < node->n; i++) {
        if (i) pf_buf_text(out, ", ");
        if (map) pf_buf_printf(out, "%s: ", node->key[i]->text);
        render(node->item[i], out);
    }
    pf_buf_text(out, map ? "}" : "]");
    if (node->unit) pf_buf_printf(out, " %s", node->unit);
}

static const char *in_a_line(pf_reader *r, const pf_yaml *node)
{
    pf_buf b;
    if (!node) return NULL;
    pf_buf_init(&b, r->ctx);
    render(node, &b);
    char *text = pf_arena_strdup(r->ctx, r->arena, b.bytes ? b.bytes : "");
    pf_buf_clear(&b);
    if (!text) r->failed = PF_ERR_NO_MEMORY;
    return text;
}

/* ---- the list ---- */

typedef struct {
    const char *name, *title, *source, *note;
    const pf_yaml *set;
    const char *const *remove;
    size_t n_remove;
} entry;
static const pf_field VARIANT[] = {
    PF_ROW_TEXT(entry, "name", name, 1, "its name; its runs' folders are called so"),
    PF_ROW_TEXT(entry, "title", title, 0, "one line for people"),
    PF_ROW_NODE(entry, "set", set, 0,
        "map: path and value, as `cells.NK.motility.share: 8.3 %`. A path is the keys that "
        "lead "
        "to a value, with dots between; members of lists are called by their `name`, "
        "`substance`, `receptor`, `antigen` or `cells`, or by their number from 1 up. What was "
        "not there is put in",
        NULL),
    {.name = "remove",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(entry, remove, const char *const *),
        .count_at = PF_AT(entry, n_remove, size_t),
        .doc = "paths of what is taken away"},
    PF_ROW_SOURCE(entry),
};
const pf_fields PF_VARIANT_FIELDS = {"variant",
    "The same lesion with some values changed: what an ablation compares the file with.",
    VARIANT, PF_COUNT(VARIANT)};

static int may_change(pf_reader *r, const pf_yaml *key)
{
    static const char *const FIXED[] = {"tissue", "title", "question", "systems", "seed",
        "replicates", "output", "outcomes", "variants", "figure", "source", "note"};
    for (size_t k = 0; k < PF_COUNT(FIXED); k++) {
        size_t n = strlen(FIXED[k]);
        if (strncmp(key->text, FIXED[k], n) || (key->text[n] && key->text[n] != '.')) continue;
        pf_diag_error(r->diag, &key->place,
            "a variant changes what is simulated, not '%s', which all runs share", FIXED[k]);
        return 0;
    }
    return 1;
}

static const pf_yaml *apply_one(
    pf_reader *r, const pf_yaml *tree, const pf_yaml *key, const pf_yaml *value, pf_variant *v)
{
    edit e = {.r = r, .key = key, .value = value};
    if (key->kind != PF_YAML_SCALAR || !may_change(r, key)) return NULL;
    tree = changed(&e, tree, 0, 0);
    if (tree)
        v->change[v->n_change++] =
            (pf_variant_change){key->text, in_a_line(r, e.was), in_a_line(r, value)};
    return tree;
}

/* The tree with the changes of an entry; NULL: told. */
static const pf_yaml *apply(
    pf_reader *r, const pf_yaml *tree, const pf_yaml *map, pf_variant *v)
{
    entry e = {NULL};
    if (!pf_fields_read(r, map, &PF_VARIANT_FIELDS, &e)) return NULL;
    const pf_yaml *remove = pf_yaml_get(map, "remove");
    if (e.set && e.set->kind != PF_YAML_MAP) {
        pf_diag_error(r->diag, &e.set->place, "'set' is %s", pf_yaml_kind_text(e.set));
        pf_diag_expected(r->diag, "a map of paths and values");
        return NULL;
    }
    size_t n_set = e.set ? e.set->n : 0;
    v->name = e.name;
    v->title = e.title ? e.title : e.name;
    v->change = obtain(r, n_set + e.n_remove + 1, sizeof *v->change);
    if (!v->change) return NULL;
    if (!strcmp(e.name, "base"))
        pf_diag_error(r->diag, &map->place, "'base' is the file without a variant");
    if (n_set + e.n_remove == 0)
        pf_diag_error(r->diag, &map->place, "the variant '%s' changes nothing", e.name);
    for (size_t i = 0; i < n_set && tree; i++)
        tree = apply_one(r, tree, e.set->key[i], e.set->item[i], v);
    for (size_t i = 0; i < e.n_remove && tree; i++)
        tree = apply_one(
            r, tree, remove->kind == PF_YAML_LIST ? remove->item[i] : remove, NULL, v);
    return tree;
}

const pf_yaml *pf_setup_variants(
    pf_setup_loader *l, const pf_yaml *root, const char *wanted, const pf_yaml **tree)
{
    pf_setup *s = l->setup;
    const pf_yaml *list = pf_yaml_get(root, "variants"), *chosen = NULL;
    if (!list || !pf_field_is_list(&l->r, "variants", list, "a list of variants")) return NULL;
    if (list->n > PF_VARIANTS_MAX) {
        pf_diag_error(l->r.diag, &list->place, "%zu variants", list->n);
        pf_diag_expected(l->r.diag, "at most %d", PF_VARIANTS_MAX);
        return NULL;
    }
    if (!pf_setup_names(l, "variant", list)) return NULL;
    s->variant = pf_setup_alloc(l, list->n, sizeof *s->variant);
    if (!s->variant) return NULL;
    s->n_variant = list->n;
    for (size_t i = 0; i < list->n; i++) {
        pf_variant *v = &s->variant[i];
        tree[i] = apply(&l->r, root, list->item[i], v);
        if (!v->name) v->name = v->title = "";
        if (wanted && !strcmp(v->name, wanted)) chosen = tree[i];
    }
    return chosen;
}

void pf_setup_same(pf_setup_loader *l, const pf_yaml *root, size_t i, const pf_setup *variant)
{
    const pf_setup *s = l->setup;
    if (pf_setup_hash(s) != pf_setup_hash(variant) || s->max_time != variant->max_time) return;
    const pf_yaml *list = pf_yaml_get(root, "variants");
    pf_diag_warning(l->r.diag, &list->item[i]->place,
        "the variant '%s' simulates the same as the file without it", s->variant[i].name);
}
