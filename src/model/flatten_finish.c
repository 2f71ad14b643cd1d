/* The end of flattening: modifiers of reactions, and names without those that were deleted. */
#include "model/flatten_parts.h"

#include <string.h>

/* [n_reaction + 1] where the modifiers of each reaction start among `kept`, sorted by it */
static pf_err sort(pf_flat *f, const pf_interactions *kept, size_t *start, uint32_t *var)
{
    uint32_t *of = pf_calloc(f->ctx, f->names.n, sizeof *of);
    if (!of) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < f->n_reaction; k++)
        if (f->reaction[k].var != PF_NO_NAME)
            of[pf_flat_root(f, f->reaction[k].var)] = (uint32_t)k + 1;
    pf_err err = PF_OK;
    for (size_t i = 0; i < kept->n && !err; i++) {
        uint32_t k = of[pf_flat_root(f, kept->v[i].reaction)];
        if (k)
            start[k]++;
        else
            err = pf_fail_at(f->ctx, f->ast->file, kept->v[i].at,
                "'%s' is no reaction; name one after the arrow",
                f->var[kept->v[i].reaction].name);
    }
    for (size_t k = 0; k < f->n_reaction; k++) start[k + 1] += start[k];
    for (size_t i = kept->n; i-- > 0 && !err;) {
        uint32_t k = of[pf_flat_root(f, kept->v[i].reaction)];
        var[--start[k]] = kept->v[i].var;
    }
    for (size_t k = 0; k < f->n_reaction && !err; k++) start[k] = start[k + 1];
    if (!err) start[f->n_reaction] = kept->n;
    pf_free(of);
    return err;
}

/* All sides once more, each reaction's modifiers after its own. */
static pf_err lay_out(pf_flat *f, const size_t *start, const uint32_t *var, size_t n_var)
{
    size_t n = 0, room = n_var;
    for (size_t k = 0; k < f->n_reaction; k++) room += f->reaction[k].n_side;
    pf_side *side = pf_calloc(f->ctx, room, sizeof *side);
    if (!side) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < f->n_reaction; k++) {
        pf_reaction *r = &f->reaction[k];
        if (r->n_side) memcpy(&side[n], &f->side[r->side0], r->n_side * sizeof *side);
        r->side0 = n;
        n += r->n_side;
        r->n_modifier = start[k + 1] - start[k];
        for (size_t i = start[k]; i < start[k + 1]; i++)
            side[n++] = (pf_side){var[i], 0, 0, PF_NO_NAME};
    }
    pf_free(f->side);
    f->side = side;
    f->n_side = n;
    f->side_capacity = room ? room : 1;
    return PF_OK;
}

static pf_err modifiers(pf_flat *f, const pf_interactions *kept)
{
    if (!kept->n) return PF_OK;
    size_t *start = pf_calloc(f->ctx, f->n_reaction + 1, sizeof *start);
    uint32_t *var = pf_calloc(f->ctx, kept->n, sizeof *var);
    pf_err err = start && var ? sort(f, kept, start, var) : PF_ERR_NO_MEMORY;
    if (!err) err = lay_out(f, start, var, kept->n);
    pf_free(start);
    pf_free(var);
    return err;
}

static pf_err use(pf_flat *f, const uint32_t *now, uint32_t *v, pf_place at, const char *who)
{
    if (*v == PF_NO_NAME) return PF_OK;
    if (now[*v] == PF_NO_NAME)
        return pf_fail_at(f->ctx, f->ast->file, at,
            "'%s' is deleted, but %s still uses it; delete that too", f->var[*v].name, who);
    *v = now[*v];
    return PF_OK;
}

static pf_err uses(pf_flat *f, const uint32_t *now)
{
    for (size_t k = 0; k < f->n_reaction; k++) {
        pf_reaction *r = &f->reaction[k];
        PF_TRY(use(f, now, &r->var, r->at, "a reaction"));
        for (size_t i = r->side0; i < r->side0 + r->n_side + r->n_modifier; i++) {
            PF_TRY(use(f, now, &f->side[i].var, r->at, "a reaction"));
            PF_TRY(use(f, now, &f->side[i].by, r->at, "a reaction"));
        }
    }
    for (size_t k = 0; k < f->n_event; k++)
        for (size_t i = 0; i < f->event[k].n_set; i++)
            PF_TRY(use(f, now, &f->set[f->event[k].set0 + i].var, f->event[k].at, "an event"));
    for (size_t i = 0; i < f->n_mark; i++)
        PF_TRY(use(f, now, &f->mark[i].var, f->mark[i].st->at, "a directive"));
    return PF_OK;
}

/* New numbers for the names that stay; the rest of the flat model follows. */
static pf_err renumber(pf_flat *f, uint32_t *now)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->names.n; i++)
        now[i] = f->var[pf_flat_root(f, i)].says & PF_SAYS_DELETED ? PF_NO_NAME : n++;
    PF_TRY(uses(f, now));
    pf_names names = {0};
    pf_err err = PF_OK;
    for (uint32_t i = 0; i < f->names.n && !err; i++) {
        if (now[i] == PF_NO_NAME) continue;
        pf_var *v = &f->var[i];
        err = use(f, now, &v->compartment, v->at, v->name);
        if (!err) err = use(f, now, &v->conversion, v->at, v->name);
        v->merged = now[v->merged];
        if (!err) err = pf_names_add(f->ctx, &names, v->name);
    }
    for (uint32_t i = 0; i < f->names.n && !err; i++)
        if (now[i] != PF_NO_NAME) f->var[now[i]] = f->var[i];
    if (err) {
        pf_names_clear(&names);
        return err;
    }
    pf_names_clear(&f->names);
    f->names = names;
    return PF_OK;
}

/* An event's name may be no other name's. */
static pf_err event_names(pf_flat *f)
{
    for (size_t i = 0; i < f->n_event; i++) {
        const pf_happening *e = &f->event[i];
        if (e->name && pf_names_find(&f->names, e->name) != PF_NO_NAME)
            return pf_fail_at(f->ctx, f->ast->file, e->at,
                "'%s' is the name of an event and of something else; rename one", e->name);
    }
    return PF_OK;
}

pf_err pf_flat_finish(pf_flat *f, const pf_interactions *kept)
{
    int deleted = 0;
    PF_TRY(modifiers(f, kept));
    for (uint32_t i = 0; i < f->names.n; i++)
        deleted |= (f->var[i].says & PF_SAYS_DELETED) != 0;
    if (deleted) {
        uint32_t *now = pf_calloc(f->ctx, f->names.n, sizeof *now);
        pf_err err = now ? renumber(f, now) : PF_ERR_NO_MEMORY;
        pf_free(now);
        PF_TRY(err);
    }
    return event_names(f);
}
