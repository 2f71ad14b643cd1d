/* Values at the start, and what changes states: their own rates and reactions. */
#include "model/build.h"

#include <math.h>

/* ---- values at the start --------------------------------------------------------------------
 */

pf_node pf_build_converted(pf_builder *b, uint32_t s, pf_node x)
{
    const pf_source_of *from = &b->source[s];
    if (from->conversion == PF_AS_IT_IS) return x;
    return pf_graph_op(&b->m->g, from->conversion == PF_TIMES_SIZE ? PF_OP_MUL : PF_OP_DIV, x,
        b->m->node[from->compartment], 0);
}

pf_err pf_build_initial(pf_builder *b)
{
    pf_model *m = b->m;
    for (uint32_t s = 0; s < m->n_symbol; s++) {
        const pf_def *def = b->start[s];
        pf_node x;
        if (!def || m->symbol[s].kind != PF_SYMBOL_STATE) continue;
        PF_TRY(pf_build_drawn(b, def->expr, def->prefix, &x));
        x = pf_build_converted(b, s, x);
        if (m->g.v[x].kind == PF_LEAF_NUMBER && isfinite(m->g.v[x].value)) {
            m->symbol[s].value = m->g.v[x].value;
            b->start[s] = NULL;
        } else if (m->g.v[x].level == PF_LEVEL_NUMBER) {
            return pf_fail_at(b->ctx, b->flat->ast->file, def->at,
                "the initial value of '%s' is not a finite number; mend its formula",
                m->symbol[s].name);
        } else {
            m->init[s] = x;
        }
    }
    return m->g.failed;
}

/* ---- reactions ------------------------------------------------------------------------------
 */

/* How many are made of the amount of `v` when the reaction happens once. */
static pf_node stoichiometry(pf_builder *b, const pf_side *side, const pf_var *v)
{
    pf_model *m = b->m;
    pf_node n = pf_graph_number(&m->g, side->sign * side->factor);
    if (side->by != PF_NO_NAME)
        n = pf_graph_op(&m->g, PF_OP_MUL, n, m->node[b->symbol[side->by]], 0);
    if (v->conversion != PF_NO_NAME)
        n = pf_graph_op(&m->g, PF_OP_MUL, n, m->node[b->symbol[v->conversion]], 0);
    return n;
}

static void change(pf_builder *b, const pf_side *side, pf_node rate)
{
    pf_graph *g = &b->m->g;
    const pf_var *v = &b->flat->var[pf_flat_root(b->flat, side->var)];
    uint32_t s = b->symbol[side->var];
    pf_node size = PF_NODE_ONE, n = stoichiometry(b, side, v);
    if (b->source[s].amount != PF_NO_NAME)
        s = b->source[s].amount;
    else if (pf_build_is_concentration(v))
        size = b->m->node[b->source[s].compartment];
    pf_build_change(b, s, n, size);
    pf_node x = pf_graph_op(g, PF_OP_DIV, rate, size, 0);
    x = pf_graph_op(g, PF_OP_MUL, n, x, 0);
    b->m->rate[s] = pf_graph_op(g, PF_OP_ADD, b->m->rate[s], x, 0);
}

static pf_err flow(pf_builder *b, const pf_reaction *r)
{
    pf_node rate;
    PF_TRY(pf_build_expr(b, r->rate.expr, r->rate.prefix, &rate));
    PF_TRY(pf_build_channel(b, r, rate));
    for (size_t i = 0; i < r->n_side; i++) {
        const pf_side *side = &b->flat->side[r->side0 + i];
        if (pf_build_changes(&b->flat->var[pf_flat_root(b->flat, side->var)]))
            change(b, side, rate);
    }
    return b->m->g.failed;
}

/* ---- rates of their own ---------------------------------------------------------------------
 */

/* The amount of a concentration c that changes at rate x: (c V)' = x V + c V'. */
static void rate_of_amount(pf_builder *b, uint32_t s, pf_node x)
{
    pf_model *m = b->m;
    pf_graph *g = &m->g;
    uint32_t c = b->source[s].compartment;
    x = pf_graph_op(g, PF_OP_MUL, x, m->node[c], 0);
    if (m->symbol[c].kind == PF_SYMBOL_STATE)
        x = pf_graph_op(
            g, PF_OP_ADD, x, pf_graph_op(g, PF_OP_MUL, m->node[s], m->rate[c], 0), 0);
    m->rate[b->source[s].amount] = x;
}

static pf_err own_rate(pf_builder *b, const pf_var *v, uint32_t s, int amounts)
{
    pf_node x;
    int amount = b->source[s].amount != PF_NO_NAME;
    if (!v->rate.expr || amount != amounts) return PF_OK;
    PF_TRY(pf_build_expr(b, v->rate.expr, v->rate.prefix, &x));
    if (amount)
        rate_of_amount(b, s, x);
    else
        b->m->rate[s] = x;
    return PF_OK;
}

pf_err pf_build_rates(pf_builder *b)
{
    pf_model *m = b->m;
    pf_flat *f = b->flat;
    for (size_t i = 0; i < m->count[PF_SYMBOL_STATE]; i++)
        m->rate[m->by_kind[PF_SYMBOL_STATE][i]] = PF_NODE_ZERO;
    for (int amounts = 0; amounts < 2; amounts++) /* which read the rates of sizes */
        for (uint32_t i = 0; i < f->names.n; i++)
            if (f->var[i].merged == i) PF_TRY(own_rate(b, &f->var[i], b->symbol[i], amounts));
    for (size_t k = 0; k < f->n_reaction; k++) PF_TRY(flow(b, &f->reaction[k]));
    return m->g.failed;
}
