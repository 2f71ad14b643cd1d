#include "model/flat.h"

#include <string.h>

uint32_t pf_flat_root(const pf_flat *f, uint32_t v)
{
    while (f->var[v].merged != v) v = f->var[v].merged;
    return v;
}

static uint32_t unknown(pf_flat *f, const char *full, const char *name, pf_place at)
{
    const char *near = pf_names_nearest(&f->names, full);
    if (near)
        pf_fail_at(
            f->ctx, f->ast->file, at, "'%s' is not defined; did you mean '%s'?", name, near);
    else
        pf_fail_at(
            f->ctx, f->ast->file, at, "'%s' is not defined; give it a value or a rule", name);
    return PF_NO_NAME;
}

uint32_t pf_flat_find(pf_flat *f, const char *prefix, const char *name, pf_place at)
{
    char room[256];
    size_t a = strlen(prefix), b = strlen(name);
    const char *full = room;
    if (a + b < sizeof room) {
        memcpy(room, prefix, a);
        memcpy(room + a, name, b + 1);
    } else if (!(full = pf_arena_printf(f->ctx, f->arena, "%s%s", prefix, name))) {
        return PF_NO_NAME;
    }
    uint32_t v = pf_names_find(&f->names, full);
    return v == PF_NO_NAME ? unknown(f, full, name, at) : pf_flat_root(f, v);
}

pf_err pf_flat_add(pf_flat *f, const char *name, pf_place at, uint32_t *out)
{
    size_t n = f->names.n;
    PF_TRY(pf_reserve(f->ctx, &f->var, &f->var_capacity, n, sizeof *f->var));
    PF_TRY(pf_names_add(f->ctx, &f->names, name));
    f->var[n] = (pf_var){.name = name,
        .merged = (uint32_t)n,
        .at = at,
        .compartment = PF_NO_NAME,
        .conversion = PF_NO_NAME};
    *out = (uint32_t)n;
    return PF_OK;
}

void pf_flat_clear(pf_flat *f)
{
    pf_names_clear(&f->names);
    pf_names_clear(&f->instances);
    pf_free(f->var);
    pf_free(f->reaction);
    pf_free(f->side);
    pf_free(f->event);
    pf_free(f->set);
    pf_free(f->algebraic);
    pf_free(f->unit);
    pf_free(f->mark);
    memset(f, 0, sizeof *f);
}
