#include "model/build.h"

#include <stdio.h>

void pf_model_free(pf_model *m)
{
    if (!m) return;
    pf_names_clear(&m->names);
    pf_free(m->root);
    pf_free(m->past);
    pf_free(m->draw);
    pf_graph_clear(&m->g);
    pf_arena_clear(&m->arena);
    pf_arena_clear(&m->texts);
    pf_free(m);
}

size_t pf_model_import_count(const pf_model *m)
{
    return m->n_import;
}

const char *pf_model_import(const pf_model *m, size_t i, uint64_t *hash)
{
    *hash = m->import[i].hash;
    return m->import[i].path;
}

const char *pf_model_name(const pf_model *m)
{
    return m->name;
}

size_t pf_model_count(const pf_model *m, pf_symbol_kind kind)
{
    return m->count[kind];
}

const pf_symbol *pf_model_symbol(const pf_model *m, pf_symbol_kind kind, size_t index)
{
    return &m->symbol[m->by_kind[kind][index]];
}

const pf_symbol *pf_model_find(const pf_model *m, const char *name)
{
    uint32_t v = pf_names_find(&m->names, name);
    return v == PF_NO_NAME ? NULL : &m->symbol[m->symbol_of[v]];
}

const char *pf_model_nearest(const pf_model *m, const char *name)
{
    return pf_names_nearest(&m->names, name);
}

const pf_symbol *pf_model_size(const pf_model *m, const pf_symbol *state)
{
    uint32_t s = m->by_kind[PF_SYMBOL_STATE][state->index];
    if (m->species[s] != PF_CONCENTRATION || m->size[s] == PF_NO_NODE) return NULL;
    for (uint32_t c = 0; c < m->n_symbol; c++)
        if (m->node[c] == m->size[s] && m->symbol[c].kind != PF_SYMBOL_STATE)
            return &m->symbol[c];
    return NULL;
}

const pf_symbol *pf_model_holder(const pf_model *m, const char *name)
{
    char held[200];
    const pf_symbol *s = pf_model_find(m, name);
    if (s && s->kind == PF_SYMBOL_STATE) return s;
    int n = snprintf(held, sizeof held, "{%s}", name);
    s = n > 0 && (size_t)n < sizeof held ? pf_model_find(m, held) : NULL;
    return s && s->kind == PF_SYMBOL_STATE ? s : NULL;
}

size_t pf_model_event_count(const pf_model *m)
{
    return m->n_event;
}

const char *pf_model_event_name(const pf_model *m, size_t i)
{
    return m->event[i].name;
}

size_t pf_model_role_count(const pf_model *m)
{
    return m->n_role;
}

const pf_role *pf_model_role(const pf_model *m, size_t i)
{
    return &m->role[i];
}

const char *pf_model_reaction(const pf_model *m, size_t i)
{
    return m->channel[i].name;
}
