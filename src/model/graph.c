#include "model/graph.h"

#include <string.h>

static uint64_t hash_of(const pf_vertex *v)
{
    uint64_t bits;
    memcpy(&bits, &v->value, sizeof bits);
    uint64_t h = v->kind * 0x9e3779b97f4a7c15u;
    for (int i = 0; i < 3; i++) h = (h ^ v->in[i]) * 0xff51afd7ed558ccdu + (h >> 31);
    h = (h ^ bits) * 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 29);
}

static int same(const pf_vertex *a, const pf_vertex *b)
{
    return a->kind == b->kind && memcmp(a->in, b->in, sizeof a->in) == 0 &&
           memcmp(&a->value, &b->value, sizeof a->value) == 0;
}

static pf_err grow_table(pf_graph *g)
{
    size_t size = g->table_size ? g->table_size * 2 : 256;
    pf_node *table = pf_calloc(g->ctx, size, sizeof *table);
    if (!table) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < g->n; i++) {
        size_t at = hash_of(&g->v[i]) & (size - 1);
        while (table[at]) at = (at + 1) & (size - 1);
        table[at] = (pf_node)i + 1;
    }
    pf_free(g->table);
    g->table = table;
    g->table_size = size;
    return PF_OK;
}

pf_err pf_graph_init(pf_graph *g, pf_ctx *ctx)
{
    memset(g, 0, sizeof *g);
    g->ctx = ctx;
    (void)pf_graph_number(g, 0); /* PF_NODE_ZERO */
    (void)pf_graph_number(g, 1); /* PF_NODE_ONE */
    return g->failed;
}

pf_err pf_graph_copy(pf_graph *g, pf_ctx *ctx, const pf_graph *from)
{
    memset(g, 0, sizeof *g);
    g->ctx = ctx;
    g->v = pf_calloc(ctx, from->n, sizeof *g->v);
    if (!g->v) return PF_ERR_NO_MEMORY;
    memcpy(g->v, from->v, from->n * sizeof *g->v);
    g->n = g->capacity = from->n;
    for (g->table_size = 128; g->table_size < g->n; g->table_size *= 2) continue;
    return grow_table(g); /* which doubles */
}

void pf_graph_clear(pf_graph *g)
{
    pf_free(g->v);
    pf_free(g->table);
    memset(g, 0, sizeof *g);
}

static unsigned level_of(const pf_graph *g, const pf_vertex *v)
{
    if (v->kind == PF_LEAF_NUMBER) return PF_LEVEL_NUMBER;
    if (v->kind == PF_LEAF_PARAM) return v->in[1] ? PF_LEVEL_STEPPED : PF_LEVEL_PARAM;
    if (v->kind == PF_LEAF_KEEP || v->kind == PF_LEAF_DRAW) return PF_LEVEL_STEPPED;
    if (v->kind >= PF_OP_COUNT) return PF_LEVEL_DYNAMIC;
    unsigned level = PF_LEVEL_NUMBER;
    for (unsigned i = 0; i < pf_op_arity((pf_op)v->kind); i++)
        if (g->v[v->in[i]].level > level) level = g->v[v->in[i]].level;
    return level;
}

pf_node pf_graph_intern(pf_graph *g, const pf_vertex *v)
{
    if (g->failed) return PF_NODE_ZERO;
    if (2 * (g->n + 1) > g->table_size && (g->failed = grow_table(g))) return PF_NODE_ZERO;
    size_t at = hash_of(v) & (g->table_size - 1);
    while (g->table[at]) {
        if (same(&g->v[g->table[at] - 1], v)) return g->table[at] - 1;
        at = (at + 1) & (g->table_size - 1);
    }
    if (g->n >= PF_NODE_LIMIT) {
        g->failed = pf_fail(g->ctx, PF_ERR_MODEL,
            "the model is too large: over %d terms in its equations and their derivatives",
            (int)PF_NODE_LIMIT);
        return PF_NODE_ZERO;
    }
    g->failed = pf_reserve(g->ctx, &g->v, &g->capacity, g->n, sizeof *g->v);
    if (g->failed) return PF_NODE_ZERO;
    g->v[g->n] = *v;
    g->v[g->n].level = (uint8_t)level_of(g, v);
    g->table[at] = (pf_node)g->n + 1;
    return (pf_node)g->n++;
}

pf_node pf_graph_number(pf_graph *g, double x)
{
    pf_vertex v = {.kind = PF_LEAF_NUMBER, .value = x == 0 ? 0.0 : x}; /* no minus zero */
    return pf_graph_intern(g, &v);
}

pf_node pf_graph_leaf(pf_graph *g, unsigned kind, uint32_t index)
{
    pf_vertex v = {.kind = (uint8_t)kind, .in = {index, 0, 0}};
    return pf_graph_intern(g, &v);
}

pf_node pf_graph_stepped(pf_graph *g, uint32_t index)
{
    pf_vertex v = {.kind = PF_LEAF_PARAM, .in = {index, 1, 0}};
    return pf_graph_intern(g, &v);
}

unsigned pf_graph_arity(const pf_graph *g, pf_node x)
{
    if (g->v[x].kind == PF_LEAF_RATE) return 1;
    return g->v[x].kind < PF_OP_COUNT ? pf_op_arity((pf_op)g->v[x].kind) : 0;
}

int pf_graph_is_number(const pf_graph *g, pf_node x, double value)
{
    return g->v[x].kind == PF_LEAF_NUMBER && g->v[x].value == value;
}

void pf_graph_reach(const pf_graph *g, const pf_node *roots, size_t n, uint8_t *reach)
{
    size_t top = 0;
    for (size_t i = 0; i < n; i++) {
        reach[roots[i]] = 1;
        if (roots[i] >= top) top = (size_t)roots[i] + 1;
    }
    for (size_t i = top; i-- > 0;) {
        if (!reach[i]) continue;
        for (unsigned k = 0; k < pf_graph_arity(g, (pf_node)i); k++) reach[g->v[i].in[k]] = 1;
    }
}

static pf_node rebuilt(pf_graph *g, pf_node x, const pf_node *became)
{
    pf_vertex v = g->v[x]; /* a copy: the array may move */
    unsigned n = pf_graph_arity(g, x);
    if (!n) return x;
    if (v.kind != PF_LEAF_RATE)
        return pf_graph_op(g, (pf_op)v.kind, became[v.in[0]], became[v.in[1]], became[v.in[2]]);
    pf_node of = became[v.in[0]];
    if (g->v[of].level < PF_LEVEL_DYNAMIC) return PF_NODE_ZERO;
    return pf_graph_leaf(g, PF_LEAF_RATE, of);
}

pf_err pf_graph_replace(pf_graph *g, const pf_node *with, size_t n, pf_node *root)
{
    size_t top = (size_t)*root + 1, changes = 0;
    pf_node *became = pf_calloc(g->ctx, top, sizeof *became);
    uint8_t *reach = pf_calloc(g->ctx, g->n, 1);
    if (became && reach) {
        pf_graph_reach(g, root, 1, reach);
        for (pf_node i = 0; i < top; i++) {
            became[i] = i;
            if (!reach[i]) continue;
            int given = i < n && with[i] != UINT32_MAX;
            changes += given ? 1 : 0;
            if (given)
                became[i] = with[i];
            else if (changes) /* nothing before it changed otherwise */
                became[i] = rebuilt(g, i, became);
        }
        *root = became[*root];
    } else {
        g->failed = PF_ERR_NO_MEMORY;
    }
    pf_free(became);
    pf_free(reach);
    return g->failed;
}

pf_err pf_graph_substitute(
    pf_graph *g, pf_node root, uint32_t state, double value, pf_node *out)
{
    pf_node *became = pf_calloc(g->ctx, (size_t)root + 1, sizeof *became);
    uint8_t *reach = pf_calloc(g->ctx, g->n, 1);
    if (became && reach) {
        pf_graph_reach(g, &root, 1, reach);
        for (pf_node i = 0; i <= root; i++) {
            pf_vertex v = g->v[i]; /* a copy: the array may move */
            became[i] = i;
            if (!reach[i]) continue;
            if (v.kind == PF_LEAF_STATE && v.in[0] == state)
                became[i] = pf_graph_number(g, value);
            else if (pf_graph_arity(g, i))
                became[i] = pf_graph_op(
                    g, (pf_op)v.kind, became[v.in[0]], became[v.in[1]], became[v.in[2]]);
        }
        *out = became[root];
    } else {
        g->failed = PF_ERR_NO_MEMORY;
    }
    pf_free(became);
    pf_free(reach);
    return g->failed;
}
