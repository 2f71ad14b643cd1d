#include "model/specialise.h"

#include <math.h>

static pf_node leaf(pf_graph *g, const pf_vertex *v, pf_node x, const pf_special *s)
{
    if (v->kind == PF_LEAF_PARAM && !isnan(s->param[v->in[0]]))
        return pf_graph_number(g, s->param[v->in[0]]);
    if (v->kind == PF_LEAF_STATE && s->rest[v->in[0]]) return PF_NODE_ZERO;
    return x;
}

/* All nodes of the model once more, with what is known. */
static pf_err rebuild(pf_graph *g, size_t n, pf_special *s)
{
    for (pf_node x = 0; x < n && !g->failed; x++) {
        pf_vertex v = g->v[x]; /* a copy: the array may move */
        if (pf_graph_arity(g, x))
            s->node[x] = pf_graph_op(
                g, (pf_op)v.kind, s->node[v.in[0]], s->node[v.in[1]], s->node[v.in[2]]);
        else
            s->node[x] = leaf(g, &v, x, s);
    }
    return g->failed;
}

/* Derived parameters whose formula became a number. */
static int more_numbers(const pf_graph *g, const pf_model *m, pf_special *s)
{
    int more = 0;
    for (size_t i = 0; i < m->n_order; i++) {
        uint32_t symbol = m->order[i];
        const pf_vertex *v = &g->v[s->node[m->init[symbol]]];
        double *value = &s->param[m->symbol[symbol].index];
        if (v->kind != PF_LEAF_NUMBER || !isnan(*value)) continue;
        *value = v->value;
        more = 1;
    }
    return more;
}

/* Resting states that would move. */
static int movers(const pf_model *m, pf_special *s)
{
    int some = 0;
    for (size_t i = 0; i < m->count[PF_SYMBOL_STATE]; i++) {
        uint32_t symbol = m->by_kind[PF_SYMBOL_STATE][i];
        if (!s->rest[i] || s->node[m->rate[symbol]] == PF_NODE_ZERO) continue;
        s->rest[i] = 0;
        some = 1;
    }
    return some;
}

pf_err pf_specialise(pf_graph *g, const pf_model *m, pf_special *s)
{
    size_t n = g->n;
    do PF_TRY(rebuild(g, n, s));
    while (more_numbers(g, m, s));
    while (movers(m, s)) PF_TRY(rebuild(g, n, s));
    return PF_OK;
}
