/* Formulas about other times: x some time ago, and how fast x changes.
 *
 * A rate is a leaf of the graph until all rates of states are known; then it becomes the total
 * derivative sum_j dx/dy_j f_j + dx/dt, for concentrations in a compartment that changes its
 * size by the quotient rule of itself. Before the start all is as at the start, so there what
 * was some time ago is what is now. */
#include "model/build.h"
#include "model/derive.h"

#include <string.h>

enum { DEEPEST = 60, MOST_PAST = 10000 };

/* ---- leaves ---------------------------------------------------------------------------------
 */

/* A formula of time alone needs no history: it is the same formula of time - delay. */
static pf_err of_time(pf_builder *b, pf_node x, pf_node delay, pf_node *out)
{
    pf_graph *g = &b->m->g;
    size_t n = g->n;
    uint8_t *reach = pf_calloc(b->ctx, n, 1);
    pf_node *with = pf_calloc(b->ctx, n, sizeof *with);
    pf_err err = reach && with ? PF_OK : PF_ERR_NO_MEMORY;
    int alone = 1;
    *out = PF_NO_NODE;
    if (reach) pf_graph_reach(g, &x, 1, reach);
    for (size_t i = 0; i < n && !err; i++) {
        const pf_vertex *v = &g->v[i];
        with[i] = PF_NO_NODE;
        if (reach[i] && v->kind >= PF_OP_COUNT && v->level >= PF_LEVEL_STEPPED &&
            v->kind != PF_LEAF_TIME)
            alone = 0;
    }
    if (!err && alone) {
        pf_node time = pf_graph_leaf(g, PF_LEAF_TIME, 0);
        with[time] = pf_graph_op(g, PF_OP_SUB, time, delay, 0);
        *out = x;
        err = pf_graph_replace(g, with, n, out);
    }
    pf_free(reach);
    pf_free(with);
    return err;
}

static pf_err past(pf_builder *b, pf_node x, pf_node delay, pf_place at, pf_node *out)
{
    pf_model *m = b->m;
    const pf_vertex *d = &m->g.v[delay];
    size_t k = 0;
    *out = x;
    if (d->kind == PF_LEAF_NUMBER && !(d->value >= 0))
        return pf_fail_at(b->ctx, b->flat->ast->file, at,
            "this delay is %g, but nobody knows what will be; a delay is 0 or more", d->value);
    if (pf_graph_is_number(&m->g, delay, 0) || m->g.v[x].level < PF_LEVEL_STEPPED) return PF_OK;
    PF_TRY(of_time(b, x, delay, out));
    if (*out != PF_NO_NODE) return PF_OK;
    while (k < m->n_past && (m->past[k].value != x || m->past[k].delay != delay)) k++;
    if (k == m->n_past) {
        if (k >= MOST_PAST)
            return pf_fail_at(b->ctx, b->flat->ast->file, at,
                "the model has over %d delays; make it smaller", MOST_PAST);
        PF_TRY(pf_reserve(b->ctx, &m->past, &m->past_capacity, k, sizeof *m->past));
        m->past[m->n_past++] = (pf_model_past){x, delay};
    }
    *out = pf_graph_leaf(&m->g, PF_LEAF_PAST, (uint32_t)k);
    return m->g.failed;
}

static pf_err rate(pf_builder *b, pf_node x, pf_place at, pf_node *out)
{
    pf_graph *g = &b->m->g;
    *out = PF_NODE_ZERO;
    if (g->v[x].level < PF_LEVEL_DYNAMIC) return PF_OK;
    *out = pf_graph_leaf(g, PF_LEAF_RATE, x);
    b->rate_at = at;
    b->has_rates = 1;
    return g->failed;
}

pf_err pf_build_time_word(
    pf_builder *b, uint32_t word, const pf_node *x, pf_place at, pf_node *out)
{
    return word == PF_WORD_RATE ? rate(b, x[0], at, out) : past(b, x[0], x[1], at, out);
}

/* ---- rates become formulas ------------------------------------------------------------------
 */

typedef struct resolver {
    pf_builder *b;
    pf_node *with; /* [n] what a rate is; PF_NO_NODE: not known, or no rate */
    uint8_t *open; /* [n] being found out */
    size_t n;
    unsigned deep;
} resolver;

static pf_err resolve(resolver *r, pf_node *x);

/* Every rate that x reads becomes known. */
static pf_err resolve_inside(resolver *r, pf_node x);

/* sum_j dx/dy_j f_j + dx/dt, for x without rates. */
static pf_err total(resolver *r, pf_node x, pf_node *out)
{
    pf_model *m = r->b->m;
    size_t n = m->count[PF_SYMBOL_STATE];
    pf_node *row = pf_calloc(r->b->ctx, n + 1, sizeof *row);
    if (!row) return PF_ERR_NO_MEMORY;
    pf_err err = pf_graph_jacobian(&m->g, &x, 1, n, row);
    pf_node sum = row[n];
    for (size_t j = 0; j < n && !err; j++) {
        pf_node f = m->rate[m->by_kind[PF_SYMBOL_STATE][j]];
        if (row[j] == PF_NODE_ZERO) continue;
        err = resolve(r, &f);
        sum =
            pf_graph_op(&m->g, PF_OP_ADD, sum, pf_graph_op(&m->g, PF_OP_MUL, row[j], f, 0), 0);
    }
    pf_free(row);
    *out = sum;
    return err ? err : m->g.failed;
}

static pf_err find_rate(resolver *r, pf_node leaf)
{
    pf_builder *b = r->b;
    pf_node x = b->m->g.v[leaf].in[0];
    if (r->with[leaf] != PF_NO_NODE) return PF_OK;
    if (r->open[leaf] || r->deep >= DEEPEST)
        return pf_fail_at(b->ctx, b->flat->ast->file, b->rate_at,
            "a rate that rateOf asks for depends on itself; write what it stands for");
    r->open[leaf] = 1;
    r->deep++;
    PF_TRY(resolve(r, &x));
    PF_TRY(total(r, x, &r->with[leaf]));
    r->deep--;
    return PF_OK;
}

static pf_err resolve_inside(resolver *r, pf_node x)
{
    const pf_graph *g = &r->b->m->g;
    size_t n = (size_t)x + 1 < r->n ? (size_t)x + 1 : r->n;
    uint8_t *reach = pf_calloc(r->b->ctx, g->n, 1);
    pf_err err = reach ? PF_OK : PF_ERR_NO_MEMORY;
    if (reach) pf_graph_reach(g, &x, 1, reach);
    for (size_t i = 0; i < n && !err; i++)
        if (reach[i] && g->v[i].kind == PF_LEAF_RATE) err = find_rate(r, (pf_node)i);
    pf_free(reach);
    return err;
}

/* x with formulas in place of rates. */
static pf_err resolve(resolver *r, pf_node *x)
{
    PF_TRY(resolve_inside(r, *x));
    return pf_graph_replace(&r->b->m->g, r->with, r->n, x);
}

static pf_err resolve_node(pf_node *x, void *payload)
{
    resolver *r = payload;
    return *x < r->n ? resolve(r, x) : PF_OK;
}

static pf_err rates(pf_builder *b)
{
    pf_model *m = b->m;
    resolver r = {.b = b, .n = m->g.n};
    pf_err err = PF_ERR_NO_MEMORY;
    if (!b->has_rates) return PF_OK;
    r.with = pf_calloc(b->ctx, r.n, sizeof *r.with);
    r.open = pf_calloc(b->ctx, r.n, 1);
    if (r.with && r.open) {
        for (size_t i = 0; i < r.n; i++) r.with[i] = PF_NO_NODE;
        err = pf_model_each_node(m, resolve_node, &r);
    }
    pf_free(r.with);
    pf_free(r.open);
    return err;
}

/* ---- the past at the start ------------------------------------------------------------------
 */

/* A history reads earlier ones only, so that they can be followed in order. */
static pf_err check_past(pf_builder *b, size_t k, uint8_t *reach)
{
    const pf_model *m = b->m;
    pf_node root[2] = {m->past[k].value, m->past[k].delay};
    memset(reach, 0, m->g.n);
    pf_graph_reach(&m->g, root, 2, reach);
    for (size_t i = 0; i < m->g.n; i++) {
        const pf_vertex *v = &m->g.v[i];
        if (reach[i] && (v->kind == PF_LEAF_PAST || v->kind == PF_LEAF_PAST_RATE) &&
            v->in[0] >= k)
            return pf_fail_at(b->ctx, b->flat->ast->file, b->flat->at,
                "the delays of this model read each other in a circle; break it");
    }
    return PF_OK;
}

static pf_err past_at_start(pf_builder *b)
{
    pf_model *m = b->m;
    size_t n = m->g.n, made = 0;
    pf_err err = PF_ERR_NO_MEMORY;
    if (!m->n_past) return PF_OK;
    pf_node *with = pf_calloc(b->ctx, n, sizeof *with);
    uint8_t *reach = pf_calloc(b->ctx, n, 1);
    if (with && reach) err = PF_OK;
    for (size_t i = 0; with && i < n; i++) {
        with[i] = m->g.v[i].kind == PF_LEAF_PAST_RATE ? PF_NODE_ZERO : PF_NO_NODE;
    }
    for (size_t k = 0; k < m->n_past && !err; k++) err = check_past(b, k, reach);
    for (size_t i = 0; i < n && !err; i++) { /* leaves stand in the order of their numbers */
        if (m->g.v[i].kind != PF_LEAF_PAST) continue;
        pf_node x = m->past[m->g.v[i].in[0]].value;
        err = pf_graph_replace(&m->g, with, n, &x);
        with[i] = x;
        made++;
    }
    if (!err && made < m->n_past) err = PF_ERR_BUG;
    for (size_t s = 0; s < m->n_symbol && !err; s++)
        if (b->start[s] && m->init[s] != PF_NO_NODE)
            err = pf_graph_replace(&m->g, with, n, &m->init[s]);
    pf_free(with);
    pf_free(reach);
    return err;
}

pf_err pf_build_times(pf_builder *b)
{
    const pf_model *m = b->m;
    pf_node *asked = pf_calloc(b->ctx, m->n_past, sizeof *asked);
    if (!asked) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < m->n_past; k++) asked[k] = m->past[k].value;
    pf_err err = rates(b);
    if (!err) err = past_at_start(b);
    if (!err) err = pf_build_init_order(b);
    if (!err) err = pf_build_before(b, asked);
    pf_free(asked);
    return err;
}
