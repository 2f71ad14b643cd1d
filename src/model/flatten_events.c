/* Events, names for people, interactions and deletions of one instance of a model. */
#include "model/flatten_parts.h"

#include <string.h>

static pf_happening *event_named(pf_flat *f, const char *full)
{
    for (size_t i = 0; i < f->n_event; i++)
        if (f->event[i].name && strcmp(f->event[i].name, full) == 0) return &f->event[i];
    return NULL;
}

/* Room for an event: that of a submodel when it has the same name, for it is replaced. */
static pf_err room(const pf_scope *s, const pf_st *st, const char **name, pf_happening **out)
{
    pf_flat *f = s->f;
    *out = NULL;
    *name = NULL;
    if (st->name && !(*name = pf_scope_joined(f, s->prefix, st->name))) return PF_ERR_NO_MEMORY;
    if (*name) *out = event_named(f, *name);
    if (*out && (*out)->trigger.level <= s->level)
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "there is an event '%s' already, in line %d; choose another name", *name,
            (*out)->at.line);
    if (*out) return PF_OK;
    if (pf_name_dotted(st->name))
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "there is no event '%s' to replace; leave the dot out of a new one's name", *name);
    PF_TRY(pf_reserve(f->ctx, &f->event, &f->event_capacity, f->n_event, sizeof *f->event));
    *out = &f->event[f->n_event++];
    memset(*out, 0, sizeof **out);
    return PF_OK;
}

static pf_err event_sets(const pf_scope *s, const pf_st_event *e)
{
    pf_flat *f = s->f;
    size_t first = f->n_set;
    for (size_t i = 0; i < e->n_set; i++) {
        uint32_t v;
        const pf_st_set *set = &e->set[i];
        PF_TRY(pf_scope_variable(s, set->name, set->at, &v));
        for (size_t k = first; k < f->n_set; k++)
            if (f->set[k].var == v)
                return pf_fail_at(f->ctx, f->ast->file, set->at,
                    "this event sets '%s' twice; keep one of them", set->name);
        PF_TRY(pf_reserve(f->ctx, &f->set, &f->set_capacity, f->n_set, sizeof *f->set));
        f->set[f->n_set++] = (pf_set){v, pf_scope_def(s, &set->expr, set->at)};
    }
    return PF_OK;
}

pf_err pf_scope_event(const pf_scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    const pf_st_event *e = st->event;
    const char *name;
    pf_happening *to;
    PF_TRY(room(s, st, &name, &to));
    *to = (pf_happening){.name = name,
        .title = to->title,
        .trigger = pf_scope_def(s, &st->expr, st->at),
        .initial = e->initial,
        .persistent = e->persistent,
        .from_trigger = e->from_trigger,
        .set0 = f->n_set,
        .n_set = e->n_set,
        .at = st->at};
    if (e->delay.n) to->delay = pf_scope_def(s, &e->delay, e->delay.at);
    if (e->priority.n) to->priority = pf_scope_def(s, &e->priority, e->priority.at);
    return event_sets(s, e);
}

pf_err pf_scope_title(const pf_scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    uint32_t v;
    const char *full = pf_scope_joined(f, s->prefix, st->name);
    if (!full) return PF_ERR_NO_MEMORY;
    pf_happening *e = event_named(f, full);
    if (e) {
        e->title = st->other;
        return PF_OK;
    }
    PF_TRY(pf_scope_variable(s, st->name, st->at, &v));
    f->var[v].title = st->other;
    return PF_OK;
}

pf_err pf_scope_delete(const pf_scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    uint32_t v;
    const char *full = pf_scope_joined(f, s->prefix, st->name);
    if (!full) return PF_ERR_NO_MEMORY;
    if (!pf_name_dotted(st->name))
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "delete is for what a submodel brings; remove '%s' itself", st->name);
    pf_happening *e = event_named(f, full);
    if (e) {
        f->n_event--;
        memmove(e, e + 1, (size_t)(f->event + f->n_event - e) * sizeof *e);
        return PF_OK;
    }
    PF_TRY(pf_scope_variable(s, st->name, st->at, &v));
    for (size_t i = 0; i < f->n_reaction; i++) {
        if (f->reaction[i].var != v) continue;
        f->n_reaction--;
        memmove(
            &f->reaction[i], &f->reaction[i + 1], (f->n_reaction - i) * sizeof *f->reaction);
        break;
    }
    if (f->var[v].merged != v || f->var[v].level <= s->level)
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "'%s' is one with a name of the outer model; it cannot be deleted", st->name);
    f->var[v].says |= PF_SAYS_DELETED;
    return PF_OK;
}

/* S1 + S2 -| J: every left name with every right one */
pf_err pf_scope_interaction(const pf_scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    pf_interactions *k = s->kept;
    for (size_t i = 0; i < st->n_part; i++)
        for (size_t j = 0; j < st->n_part; j++) {
            pf_interaction x = {.at = st->at};
            if (st->part[i].number > 0 || st->part[j].number < 0) continue;
            PF_TRY(pf_scope_variable(s, st->part[i].name, st->part[i].at, &x.var));
            PF_TRY(pf_scope_variable(s, st->part[j].name, st->part[j].at, &x.reaction));
            f->var[x.var].says |= PF_SAYS_SPECIES;
            if (++f->steps > 400000)
                return pf_fail_at(f->ctx, f->ast->file, st->at,
                    "there are too many interactions; make the model smaller");
            PF_TRY(pf_reserve(f->ctx, &k->v, &k->capacity, k->n, sizeof *k->v));
            k->v[k->n++] = x;
        }
    return PF_OK;
}
