/* Reactions as jumps: all of them in a stochastic program; in a hybrid one those that change a
 * discrete state, whose share of the equations is multiplied by `keep`.
 *
 * With channels c of propensity a_c that add n_ic to state i, a hybrid right-hand side is
 * f_i = sum_c n_ic keep_c a_c, keep_c = 1 for the channels that never jump, and the hazard of
 * the next jump grows by sum_c (1 - keep_c) a_c. */
#include "model/compile.h"

#include <math.h>

/* ---- which channels ------------------------------------------------------------------------
 */

/* Does one firing of the channel change a discrete state? */
static int jumps(const pf_model *m, const pf_jump_channel *c)
{
    for (size_t k = c->change0; k < c->change0 + c->n_change; k++)
        for (size_t i = 0; i < m->n_discrete; i++)
            if (m->change[k].state == m->jumper[m->discrete[i].jumper].state &&
                m->change[k].by != PF_NODE_ZERO)
                return 1;
    return 0;
}

static void choose(pf_compiler *c)
{
    const pf_model *m = c->m;
    int all = c->options->stochastic;
    for (uint32_t i = 0; i < m->n_channel; i++) {
        const pf_jump_channel *from = &m->channel[i];
        if (!all && !jumps(m, from)) continue;
        c->channel[c->n_channel++] = i;
        c->n_change += from->n_change;
    }
    c->n_jumper = all ? m->n_jumper : m->n_discrete;
    for (size_t i = 0; i < c->n_jumper; i++)
        c->jumper[i] = all ? (pf_model_discrete){i, INFINITY} : m->discrete[i];
}

/* ---- the equations of a hybrid model --------------------------------------------------------
 */

static pf_node times(pf_graph *g, pf_node a, pf_node b)
{
    return pf_graph_op(g, PF_OP_MUL, a, b, 0);
}

/* The rate of each channel times its `keep`; for those that never jump the rate alone. */
static void kept_rates(pf_compiler *c, pf_node *rate)
{
    const pf_model *m = c->m;
    for (size_t i = 0; i < m->n_channel; i++) rate[i] = m->channel[i].rate;
    for (size_t k = 0; k < c->n_channel; k++) {
        pf_node *x = &rate[c->channel[k]];
        *x = times(&c->g, pf_graph_leaf(&c->g, PF_LEAF_KEEP, (uint32_t)k), *x);
    }
}

static pf_node hazard(pf_compiler *c)
{
    pf_graph *g = &c->g;
    pf_node sum = PF_NODE_ZERO;
    for (uint32_t k = 0; k < c->n_channel; k++) {
        pf_node out =
            pf_graph_op(g, PF_OP_SUB, PF_NODE_ONE, pf_graph_leaf(g, PF_LEAF_KEEP, k), 0);
        pf_node rate = c->m->channel[c->channel[k]].rate;
        sum = pf_graph_op(g, PF_OP_ADD, sum, times(g, out, rate), 0);
    }
    return sum;
}

/* States that a jumping channel changes are written anew. */
static void hybrid(pf_compiler *c, const pf_node *rate, uint8_t *anew)
{
    const pf_model *m = c->m;
    pf_graph *g = &c->g;
    for (size_t k = 0; k < c->n_channel; k++) {
        const pf_jump_channel *from = &m->channel[c->channel[k]];
        for (size_t i = 0; i < from->n_change; i++)
            anew[m->change[from->change0 + i].state] = 1;
    }
    for (size_t i = 0; i < c->n; i++)
        if (anew[i]) c->f[i] = PF_NODE_ZERO;
    for (size_t k = 0; k < m->n_channel; k++) {
        const pf_jump_channel *from = &m->channel[k];
        for (size_t i = 0; i < from->n_change; i++) {
            const pf_jump_change *change = &m->change[from->change0 + i];
            pf_node *f = &c->f[change->state];
            if (anew[change->state])
                *f = pf_graph_op(g, PF_OP_ADD, *f, times(g, change->by, rate[k]), 0);
        }
    }
    c->f[m->hazard] = hazard(c);
}

pf_err pf_compile_jumps(pf_compiler *c)
{
    const pf_model *m = c->m;
    pf_err err = PF_OK;
    if (!c->options->stochastic && !m->n_discrete) return PF_OK;
    c->channel = pf_calloc(c->ctx, m->n_channel, sizeof *c->channel);
    c->jumper = pf_calloc(c->ctx, m->n_jumper, sizeof *c->jumper);
    if (!c->channel || !c->jumper) return PF_ERR_NO_MEMORY;
    choose(c);
    if (c->options->stochastic) {
        for (size_t i = 0; i < c->n_jumper; i++) c->f[m->jumper[i].state] = PF_NODE_ZERO;
        return PF_OK;
    }
    pf_node *rate = pf_calloc(c->ctx, m->n_channel, sizeof *rate);
    uint8_t *anew = pf_calloc(c->ctx, c->n, 1);
    if (rate && anew) {
        kept_rates(c, rate);
        hybrid(c, rate, anew);
        err = c->g.failed;
    } else {
        err = PF_ERR_NO_MEMORY;
    }
    pf_free(rate);
    pf_free(anew);
    return err;
}
