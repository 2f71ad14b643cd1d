/* All nodes that a model keeps, for what must look at or change every one of them. */
#include "model/build.h"

#include <string.h>

static pf_err some(pf_node *x, size_t n, pf_node_visit *visit, void *payload)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] != PF_NO_NODE) PF_TRY(visit(&x[i], payload));
    return PF_OK;
}

pf_err pf_model_each_node(pf_model *m, pf_node_visit *visit, void *payload)
{
    PF_TRY(some(m->node, m->n_symbol, visit, payload));
    PF_TRY(some(m->init, m->n_symbol, visit, payload));
    PF_TRY(some(m->rate, m->n_symbol, visit, payload));
    PF_TRY(some(m->size, m->n_symbol, visit, payload));
    PF_TRY(some(m->root, m->n_root, visit, payload));
    for (size_t i = 0; i < m->n_event; i++) {
        pf_model_event *e = &m->event[i];
        PF_TRY(some(&e->trigger, 1, visit, payload));
        PF_TRY(some(&e->delay, 1, visit, payload));
        PF_TRY(some(&e->priority, 1, visit, payload));
    }
    for (size_t i = 0; i < m->n_set; i++) {
        PF_TRY(some(&m->set[i].value, 1, visit, payload));
        PF_TRY(some(&m->set[i].scale, 1, visit, payload));
    }
    for (size_t i = 0; i < m->n_past; i++) {
        PF_TRY(some(&m->past[i].value, 1, visit, payload));
        PF_TRY(some(&m->past[i].delay, 1, visit, payload));
    }
    for (size_t i = 0; i < m->n_draw; i++) PF_TRY(some(m->draw[i].in, 4, visit, payload));
    for (size_t i = 0; i < m->n_channel; i++)
        PF_TRY(some(&m->channel[i].rate, 1, visit, payload));
    for (size_t i = 0; i < m->n_change; i++) PF_TRY(some(&m->change[i].by, 1, visit, payload));
    for (size_t i = 0; i < m->n_jumper; i++)
        PF_TRY(some(&m->jumper[i].size, 1, visit, payload));
    for (size_t i = 0; i < m->n_pop; i++) {
        PF_TRY(some(&m->pop[i].birth, 1, visit, payload));
        PF_TRY(some(&m->pop[i].death, 1, visit, payload));
        PF_TRY(some(&m->pop[i].arrival, 1, visit, payload));
    }
    return PF_OK;
}

typedef struct replacement {
    pf_graph *g;
    const pf_node *with;
    size_t n;
} replacement;

static pf_err replace_node(pf_node *x, void *payload)
{
    replacement *r = payload;
    return pf_graph_replace(r->g, r->with, r->n, x);
}

pf_err pf_model_replace(pf_model *m, const pf_node *with, size_t n)
{
    replacement r = {&m->g, with, n};
    return pf_model_each_node(m, replace_node, &r);
}

/* ---- values that are missing ----------------------------------------------------------------
 */

static int is_leaf(const pf_model *m, pf_node x)
{
    return m->g.v[x].kind == PF_LEAF_PARAM;
}

typedef struct reading_of {
    const pf_model *m;
    uint8_t *reach;
} reading_of;

/* A parameter's own leaf among `node` is no reading of it. */
static pf_err mark(pf_node *x, void *payload)
{
    reading_of *r = payload;
    int own = x >= r->m->node && x < r->m->node + r->m->n_symbol && is_leaf(r->m, *x);
    if (!own) r->reach[*x] = 1;
    return PF_OK;
}

pf_err pf_build_missing(pf_builder *b)
{
    pf_model *m = b->m;
    reading_of r = {m, NULL};
    uint32_t s = 0;
    while (s < m->n_symbol && !b->missing[s]) s++;
    if (s == m->n_symbol) return PF_OK;
    r.reach = pf_calloc(b->ctx, m->g.n, 1);
    if (!r.reach) return PF_ERR_NO_MEMORY;
    pf_err err = pf_model_each_node(m, mark, &r);
    for (pf_node i = (pf_node)m->g.n; i-- > 0;)
        for (unsigned k = 0; r.reach[i] && k < pf_graph_arity(&m->g, i); k++)
            r.reach[m->g.v[i].in[k]] = 1;
    while (s < m->n_symbol && !(b->missing[s] && r.reach[m->node[s]])) s++;
    pf_free(r.reach);
    if (err || s == m->n_symbol) return err;
    uint32_t v = 0;
    while (b->symbol[v] != s && b->source[b->symbol[v]].amount != s) v++;
    return pf_build_no_value(b, &b->flat->var[pf_flat_root(b->flat, v)], 0);
}
