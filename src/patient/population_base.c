/* A population or product file that stands on another. */
#include "patient/population_read.h"

#include <string.h>

/* The lists of a file, and the key by which their entries are known. */
static const struct {
    const char *list, *key;
} LISTS[] = {{"variables", "name"}, {"attributes", "name"}, {"set", "parameter"},
    {"correlations", "between"}, {"require", NULL}};
enum { SET = 2, CORRELATIONS = 3, REQUIRE = 4, N_LISTS = 5 };

typedef struct merger {
    pf_reader *r;
    pf_arena *trees;
    const pf_yaml *base, *top;
} merger;

static const pf_yaml *list_of(const pf_yaml *map, const char *key)
{
    const pf_yaml *list = pf_yaml_get(map, key);
    return list && list->kind == PF_YAML_LIST ? list : NULL;
}

static const char *scalar(const pf_yaml *node)
{
    return node && node->kind == PF_YAML_SCALAR ? node->text : NULL;
}

/* What an entry is called; a condition is its own name. NULL for a pair or a mistake. */
static const char *name_of(const pf_yaml *entry, size_t which)
{
    return scalar(which == REQUIRE ? entry : pf_yaml_get(entry, LISTS[which].key));
}

/* Is `name` said by a list of words, or by the word alone? */
static int says(const pf_yaml *list, const char *name)
{
    if (!list || !name) return 0;
    if (list->kind == PF_YAML_SCALAR) return !strcmp(list->text, name);
    for (size_t i = 0; list->kind == PF_YAML_LIST && i < list->n; i++)
        if (scalar(list->item[i]) && !strcmp(list->item[i]->text, name)) return 1;
    return 0;
}

static int same_pair(const pf_yaml *a, const pf_yaml *b)
{
    const pf_yaml *x = list_of(a, "between"), *y = list_of(b, "between");
    return x && y && x->n == 2 && y->n == 2 && says(y, scalar(x->item[0])) &&
           says(y, scalar(x->item[1])) && says(x, scalar(y->item[0])) &&
           says(x, scalar(y->item[1]));
}

static int same_entry(const pf_yaml *a, const pf_yaml *b, size_t which)
{
    if (which == CORRELATIONS) return same_pair(a, b);
    const char *x = name_of(a, which), *y = name_of(b, which);
    return x && y && !strcmp(x, y);
}

/* Does a list of the file have an entry of that name? */
static int has(const pf_yaml *file, size_t which, const char *name)
{
    const pf_yaml *list = list_of(file, LISTS[which].list);
    for (size_t i = 0; list && name && i < list->n; i++) {
        const char *other = name_of(list->item[i], which);
        if (other && !strcmp(other, name)) return 1;
    }
    return 0;
}

static int has_variable(const pf_yaml *file, const char *name)
{
    return has(file, 0, name) || has(file, 1, name);
}

/* Is an entry of the base left out? */
static int is_out(const merger *m, const pf_yaml *entry, size_t which)
{
    const pf_yaml *out = pf_yaml_get(m->top, "remove");
    if (which != CORRELATIONS) {
        const char *name = name_of(entry, which);
        return says(out, name) || (which == SET && has_variable(m->top, name));
    }
    const pf_yaml *pair = list_of(entry, "between");
    for (size_t i = 0; pair && i < pair->n; i++) {
        const char *name = scalar(pair->item[i]);
        if (says(out, name)) return 1;
    }
    return 0;
}

/* The first entry of `list` that is the same as `entry`; list->n when there is none. */
static size_t find(const pf_yaml *list, const pf_yaml *entry, size_t which)
{
    size_t i = which == REQUIRE ? list->n : 0; /* conditions are never replaced */
    while (i < list->n && !same_entry(list->item[i], entry, which)) i++;
    return i;
}

/* The value of a key. */
static pf_yaml *value_of(const pf_yaml *map, const char *key)
{
    for (size_t i = 0; i < map->n; i++)
        if (!strcmp(map->key[i]->text, key)) return map->item[i];
    return NULL;
}

/* A list of the two, or NULL without memory. `over` may be NULL. */
static pf_yaml *join(merger *m, size_t which, const pf_yaml *under, const pf_yaml *over)
{
    static const pf_yaml NONE = {.kind = PF_YAML_LIST};
    pf_yaml *list = pf_arena_alloc(m->r->ctx, m->trees, 1, sizeof *list);
    size_t most = under->n + (over ? over->n : 0);
    pf_yaml **item = pf_arena_alloc(m->r->ctx, m->trees, most + 1, sizeof *item);
    if (!list || !item) {
        m->r->failed = PF_ERR_NO_MEMORY;
        return NULL;
    }
    *list = over ? *over : *under;
    if (!over) over = &NONE;
    list->n = 0;
    list->item = item;
    for (size_t i = 0; i < under->n; i++) {
        if (is_out(m, under->item[i], which)) continue;
        size_t k = find(over, under->item[i], which);
        item[list->n++] = k < over->n ? over->item[k] : under->item[i];
    }
    for (size_t i = 0; i < over->n; i++) {
        size_t k = find(under, over->item[i], which);
        int taken = k < under->n && !is_out(m, under->item[k], which) &&
                    find(over, over->item[i], which) == i;
        if (!taken) item[list->n++] = over->item[i];
    }
    return list;
}

/* The list as the two files give it. What is no list is told where it is read. */
static pf_yaml *merge_list(merger *m, size_t which)
{
    pf_yaml *over = value_of(m->top, LISTS[which].list);
    const pf_yaml *under = list_of(m->base, LISTS[which].list);
    if (over && (over->kind != PF_YAML_LIST || !under)) return over;
    if (!under) return value_of(m->base, LISTS[which].list);
    return join(m, which, under, over);
}

/* Whatever is to be removed is there. */
static void check_removed(merger *m)
{
    const pf_yaml *out = pf_yaml_get(m->top, "remove");
    const char *names[512];
    size_t n = 0;
    for (size_t which = 0; which < N_LISTS; which++) {
        const pf_yaml *list = list_of(m->base, LISTS[which].list);
        for (size_t i = 0; list && i < list->n && n < PF_COUNT(names); i++)
            if (name_of(list->item[i], which)) names[n++] = name_of(list->item[i], which);
    }
    size_t n_out = !out ? 0 : out->kind == PF_YAML_LIST ? out->n : 1;
    for (size_t i = 0; i < n_out; i++) {
        const pf_yaml *node = out->kind == PF_YAML_LIST ? out->item[i] : out;
        int known = !scalar(node); /* told where it is read */
        for (size_t which = 0; which < N_LISTS && !known; which++)
            known = has(m->base, which, node->text);
        if (known) continue;
        pf_diag_error(m->r->diag, &node->place, "the base has no '%s' to remove%s", node->text,
            pf_diag_near(m->r->diag, node->text, names, n));
        pf_diag_mend(m->r->diag, "name a variable, a parameter or a condition of the base");
    }
}

static size_t list_index(const char *key)
{
    size_t which = 0;
    while (which < N_LISTS && strcmp(LISTS[which].list, key) != 0) which++;
    return which;
}

const pf_yaml *pf_population_over(
    pf_reader *r, pf_arena *trees, const pf_yaml *base, const pf_yaml *top)
{
    merger m = {r, trees, base, top};
    pf_yaml *map = pf_arena_alloc(r->ctx, trees, 1, sizeof *map);
    pf_yaml **item = pf_arena_alloc(r->ctx, trees, base->n + top->n + 1, sizeof *item);
    pf_yaml **key = pf_arena_alloc(r->ctx, trees, base->n + top->n + 1, sizeof *key);
    if (!map || !item || !key) {
        r->failed = PF_ERR_NO_MEMORY;
        return NULL;
    }
    *map = *top;
    map->n = 0;
    map->item = item;
    map->key = key;
    for (size_t i = 0; i < top->n; i++) {
        size_t which = list_index(top->key[i]->text);
        key[map->n] = top->key[i];
        item[map->n++] = which < N_LISTS ? merge_list(&m, which) : top->item[i];
    }
    for (size_t i = 0; i < base->n; i++) {
        size_t which = list_index(base->key[i]->text);
        int lot =
            !strcmp(base->key[i]->text, "lot") || !strcmp(base->key[i]->text, "doses_per_lot");
        if ((which == N_LISTS && !lot) || pf_yaml_get(top, base->key[i]->text)) continue;
        key[map->n] = base->key[i];
        item[map->n++] = lot ? base->item[i] : merge_list(&m, which);
    }
    check_removed(&m);
    return r->failed ? NULL : map;
}
