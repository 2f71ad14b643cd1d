#include "model/specialise.h"

#include <math.h>
#include <string.h>

typedef struct work {
    pf_graph *g;
    const pf_model *m;
    const uint8_t *input;
    double *param; /* [n_param] NaN: may change */
    uint8_t *rest; /* [n_state] */
    uint8_t *live; /* [n_event] 1: may happen */
    pf_node *node; /* [n] what each node of the model became */
    size_t n;
} work;

static pf_node leaf(const work *w, const pf_vertex *v, pf_node x)
{
    if (v->kind == PF_LEAF_PARAM && !isnan(w->param[v->in[0]]))
        return pf_graph_number(w->g, w->param[v->in[0]]);
    if (v->kind == PF_LEAF_STATE && w->rest[v->in[0]]) return PF_NODE_ZERO;
    return x;
}

static pf_node became(const work *w, pf_node x)
{
    return x == PF_NO_NODE ? PF_NO_NODE : w->node[x];
}

/* All nodes of the model once more, with what is known. */
static pf_err rebuild(const work *w)
{
    for (pf_node x = 0; x < w->n && !w->g->failed; x++) {
        pf_vertex v = w->g->v[x]; /* a copy: the array may move */
        if (pf_graph_arity(w->g, x))
            w->node[x] = pf_graph_op(
                w->g, (pf_op)v.kind, w->node[v.in[0]], w->node[v.in[1]], w->node[v.in[2]]);
        else
            w->node[x] = leaf(w, &v, x);
    }
    return w->g->failed;
}

/* Derived parameters whose formula became a number. */
static int more_numbers(const work *w)
{
    int more = 0;
    for (size_t i = 0; i < w->m->n_order; i++) {
        uint32_t symbol = w->m->order[i];
        const pf_vertex *v = &w->g->v[w->node[w->m->init[symbol]]];
        double *value = &w->param[w->m->symbol[symbol].index];
        if (w->input[symbol] || v->kind != PF_LEAF_NUMBER || !isnan(*value)) continue;
        *value = v->value;
        more = 1;
    }
    return more;
}

/* Resting states that would move, or that do not start at zero. */
static int movers(const work *w)
{
    int some = 0;
    for (size_t i = 0; i < w->m->count[PF_SYMBOL_STATE]; i++) {
        uint32_t symbol = w->m->by_kind[PF_SYMBOL_STATE][i];
        pf_node start = w->m->init[symbol];
        int stays = w->node[w->m->rate[symbol]] == PF_NODE_ZERO &&
                    (start == PF_NO_NODE || w->node[start] == PF_NODE_ZERO);
        if (!w->rest[i] || stays) continue;
        w->rest[i] = 0;
        some = 1;
    }
    return some;
}

/* Parameters that are known, states that may rest. */
static void begin(const work *w, const pf_compile_options *o)
{
    const pf_model *m = w->m;
    for (size_t s = 0; s < m->n_symbol; s++) {
        const pf_symbol *y = &m->symbol[s];
        if (y->kind == PF_SYMBOL_PARAMETER)
            w->param[y->index] =
                m->init[s] == PF_NO_NODE || w->input[s] ? o->fixed[y->index] : NAN;
        if (y->kind == PF_SYMBOL_STATE)
            w->rest[y->index] = (m->init[s] != PF_NO_NODE || y->value == 0.0) && !w->input[s] &&
                                !(o->touched && o->touched[y->index]);
    }
}

/* What the events that may happen set is not known beforehand. */
static void unsettle(const work *w)
{
    const pf_model *m = w->m;
    for (size_t i = 0; i < m->n_event; i++)
        for (size_t k = 0; w->live[i] && k < m->event[i].n_set; k++) {
            const pf_model_set *set = &m->set[m->event[i].set0 + k];
            if (set->is_state)
                w->rest[set->index] = 0;
            else
                w->param[set->index] = NAN;
        }
}

/* Events that may happen after all: their trigger is no number, or rises at the start. */
static int happenings(const work *w)
{
    int more = 0;
    for (size_t i = 0; i < w->m->n_event; i++) {
        const pf_model_event *e = &w->m->event[i];
        const pf_vertex *v = &w->g->v[w->node[e->trigger]];
        int never = v->kind == PF_LEAF_NUMBER && (v->value == 0.0 || e->initial);
        if (w->live[i] || never) continue;
        w->live[i] = 1;
        more = 1;
    }
    return more;
}

/* Is this root of a trigger that is still there? Roots are nodes of the triggers they are of.
 */
static int is_watched(const work *w, pf_node root, uint8_t *reach)
{
    int dead = 0;
    if (w->g->v[w->node[root]].kind == PF_LEAF_NUMBER) return 0;
    for (size_t i = 0; i < w->m->n_event; i++) {
        memset(reach, 0, w->g->n);
        pf_graph_reach(w->g, &w->m->event[i].trigger, 1, reach);
        if (reach[root] && w->live[i]) return 1;
        dead |= reach[root];
    }
    return !dead;
}

/* The events that may happen, what they set, and the roots of their triggers. */
static pf_err view_events(const work *w, pf_ctx *ctx, pf_arena *arena, pf_model *v)
{
    const pf_model *m = w->m;
    v->event = pf_arena_alloc(ctx, arena, m->n_event + 1, sizeof *v->event);
    v->set = pf_arena_alloc(ctx, arena, m->n_set + 1, sizeof *v->set);
    v->root = pf_arena_alloc(ctx, arena, m->n_root + 1, sizeof *v->root);
    uint8_t *reach = pf_arena_alloc(ctx, arena, w->g->n + 1, 1);
    if (!v->event || !v->set || !v->root || !reach) return PF_ERR_NO_MEMORY;
    v->n_event = v->n_set = v->n_root = 0;
    for (size_t i = 0; i < m->n_root; i++)
        if (is_watched(w, m->root[i], reach)) v->root[v->n_root++] = w->node[m->root[i]];
    for (size_t i = 0; i < m->n_event; i++) {
        if (!w->live[i]) continue;
        pf_model_event *e = &v->event[v->n_event++];
        *e = m->event[i];
        e->trigger = w->node[e->trigger];
        e->delay = became(w, e->delay);
        e->priority = became(w, e->priority);
        e->set0 = v->n_set;
        for (size_t k = 0; k < e->n_set; k++) {
            const pf_model_set *set = &m->set[m->event[i].set0 + k];
            v->set[v->n_set++] = (pf_model_set){
                set->is_state, set->index, became(w, set->value), became(w, set->scale)};
        }
    }
    return PF_OK;
}

/* The model's own tables with the nodes replaced. */
static pf_err view(const work *w, pf_ctx *ctx, pf_arena *arena, pf_special *out)
{
    const pf_model *m = w->m;
    pf_model *v = &out->model;
    *v = *m;
    v->node = pf_arena_alloc(ctx, arena, m->n_symbol, sizeof *v->node);
    v->init = pf_arena_alloc(ctx, arena, m->n_symbol, sizeof *v->init);
    v->rate = pf_arena_alloc(ctx, arena, m->n_symbol, sizeof *v->rate);
    v->size = pf_arena_alloc(ctx, arena, m->n_symbol, sizeof *v->size);
    v->pop = pf_arena_alloc(ctx, arena, m->n_pop + 1, sizeof *v->pop);
    if (!v->node || !v->init || !v->rate || !v->size || !v->pop) return PF_ERR_NO_MEMORY;
    for (size_t s = 0; s < m->n_symbol; s++) {
        v->node[s] = became(w, m->node[s]);
        v->init[s] = became(w, m->init[s]);
        v->rate[s] = became(w, m->rate[s]);
        v->size[s] = became(w, m->size[s]);
    }
    v->n_pop = 0;
    for (size_t i = 0; i < m->n_pop; i++) {
        const pf_pop *p = &m->pop[i];
        if (w->rest[p->state]) continue;
        v->pop[v->n_pop++] = (pf_pop){
            p->state, p->threshold, w->node[p->birth], w->node[p->death], w->node[p->arrival]};
    }
    return view_events(w, ctx, arena, v);
}

pf_err pf_specialise(pf_graph *g, const pf_model *m, const uint8_t *input,
    const pf_compile_options *options, pf_arena *arena, pf_special *out)
{
    pf_ctx *ctx = g->ctx;
    work w = {.g = g, .m = m, .input = input, .n = g->n};
    w.param = pf_arena_alloc(ctx, arena, m->count[PF_SYMBOL_PARAMETER] + 1, sizeof *w.param);
    w.rest = pf_arena_alloc(ctx, arena, m->count[PF_SYMBOL_STATE] + 1, 1);
    w.node = pf_arena_alloc(ctx, arena, w.n, sizeof *w.node);
    w.live = pf_arena_alloc(ctx, arena, m->n_event + 1, 1);
    if (!w.param || !w.rest || !w.node || !w.live) return PF_ERR_NO_MEMORY;
    do { /* no event happens, until it turns out that it may; then all over again */
        begin(&w, options);
        unsettle(&w);
        do PF_TRY(rebuild(&w));
        while (more_numbers(&w));
        while (movers(&w)) PF_TRY(rebuild(&w));
    } while (happenings(&w));
    out->rest = w.rest;
    return view(&w, ctx, arena, out);
}
