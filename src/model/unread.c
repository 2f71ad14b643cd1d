/* States that nobody reads: left out of a specialised model. */
#include "model/specialise.h"

#include <string.h>

typedef struct work {
    pf_graph *g;
    const pf_model *m;
    uint8_t *read;  /* [n_state] */
    uint8_t *reach; /* [g->n] */
} work;

static void from(const work *w, pf_node x)
{
    if (x != PF_NO_NODE) pf_graph_reach(w->g, &x, 1, w->reach);
}

static void from_events(const work *w)
{
    const pf_model *m = w->m;
    for (size_t i = 0; i < m->n_event; i++) {
        const pf_model_event *e = &m->event[i];
        from(w, e->trigger);
        from(w, e->delay);
        from(w, e->priority);
        for (size_t k = 0; k < e->n_set; k++) {
            const pf_model_set *set = &m->set[e->set0 + k];
            if (set->is_state) w->read[set->index] = 1;
            from(w, set->value);
            from(w, set->scale);
        }
    }
}

/* What the states that are read depend on. */
static void from_states(const work *w)
{
    const pf_model *m = w->m;
    for (size_t i = 0; i < m->count[PF_SYMBOL_STATE]; i++)
        if (w->read[i]) from(w, m->rate[m->by_kind[PF_SYMBOL_STATE][i]]);
    for (size_t i = 0; i < m->n_pop; i++) {
        if (!w->read[m->pop[i].state]) continue;
        from(w, m->pop[i].birth);
        from(w, m->pop[i].death);
        from(w, m->pop[i].arrival);
    }
}

static int note(const work *w)
{
    int more = 0;
    for (size_t i = 0; i < w->g->n; i++) {
        if (!w->reach[i] || w->g->v[i].kind != PF_LEAF_STATE) continue;
        more |= !w->read[w->g->v[i].in[0]];
        w->read[w->g->v[i].in[0]] = 1;
    }
    return more;
}

static void drop(const work *w, pf_special *s)
{
    pf_model *m = &s->model;
    size_t kept = 0;
    for (size_t i = 0; i < m->count[PF_SYMBOL_STATE]; i++) {
        if (w->read[i]) continue;
        s->rest[i] = 1;
        m->rate[m->by_kind[PF_SYMBOL_STATE][i]] = PF_NODE_ZERO;
    }
    for (size_t i = 0; i < m->n_pop; i++)
        if (w->read[m->pop[i].state]) m->pop[kept++] = m->pop[i];
    m->n_pop = kept;
}

pf_err pf_specialise_unread(pf_graph *g, const uint8_t *watched, const pf_node *out,
    size_t n_out, pf_arena *arena, pf_special *s)
{
    size_t n = s->model.count[PF_SYMBOL_STATE];
    work w = {.g = g, .m = &s->model};
    w.read = pf_arena_alloc(g->ctx, arena, n + 1, 1);
    w.reach = pf_arena_alloc(g->ctx, arena, g->n + 1, 1);
    if (!w.read || !w.reach) return PF_ERR_NO_MEMORY;
    memcpy(w.read, watched, n);
    pf_graph_reach(g, out, n_out, w.reach);
    from_events(&w);
    do from_states(&w);
    while (note(&w));
    drop(&w, s);
    return PF_OK;
}
