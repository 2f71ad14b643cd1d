/* Populations and products that stand on other files. */
#include "patient/population_read.h"
#include "trial/loader.h"

#include <string.h>

enum { DEEPEST = 5 };

/* The files that led here, the first one first. */
typedef struct chain {
    const char *path[DEEPEST + 1];
    size_t n;
    int product;
} chain;

static const pf_yaml *read_over(
    pf_loader *l, const char *name, const pf_place *place, chain *c);

/* The path of the base, once it is clear that it may be one. */
static int may_stand_on(pf_loader *l, const pf_yaml *base, const chain *c)
{
    const char *path = pf_loader_find(l, base->place.file, base->text);
    if (l->r.failed) return 0;
    for (size_t i = 0; path && i < c->n; i++) {
        if (strcmp(path, c->path[i]) != 0) continue;
        pf_diag_error(l->r.diag, &base->place, "'%s' stands on itself", base->text);
        pf_diag_mend(l->r.diag, "leave out one 'base:' of the circle");
        return 0;
    }
    if (c->n <= DEEPEST) return 1;
    pf_diag_error(l->r.diag, &base->place, "a base of a base, more than %d deep", DEEPEST);
    pf_diag_mend(l->r.diag, "let this file stand on one nearer to the bottom");
    return 0;
}

static const pf_yaml *stand(pf_loader *l, const pf_yaml *top, chain *c)
{
    const pf_yaml *name = pf_yaml_get(top, "base"), *out = pf_yaml_get(top, "remove");
    if (!name && out) {
        pf_diag_error(l->r.diag, &out->place, "'remove' without a 'base' to remove from");
        pf_diag_mend(l->r.diag, "name the file this one starts from: base: PATH");
    }
    if (!name || name->kind != PF_YAML_SCALAR || !*name->text) return top; /* told elsewhere */
    if (!may_stand_on(l, name, c)) return top;
    const pf_yaml *base = read_over(l, name->text, &name->place, c);
    if (!base || l->r.failed) return NULL;
    size_t before = l->r.diag->told;
    pf_population_keys(&l->r, base, c->product);
    if (l->r.diag->told > before) return NULL;
    return pf_population_over(&l->r, &l->trees, base, top);
}

static const pf_yaml *read_over(pf_loader *l, const char *name, const pf_place *place, chain *c)
{
    const pf_yaml *top = pf_loader_yaml(l, name, place);
    if (!top || l->r.failed) return NULL;
    c->path[c->n++] = top->place.file;
    return stand(l, top, c);
}

const pf_yaml *pf_loader_over(pf_loader *l, const pf_yaml *top, int product)
{
    chain c = {.path = {top->place.file}, .n = 1, .product = product};
    return stand(l, top, &c);
}

const pf_yaml *pf_loader_population(
    pf_loader *l, const char *name, const pf_place *place, int product)
{
    chain c = {.product = product};
    return read_over(l, name, place, &c);
}
