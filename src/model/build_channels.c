/* Reactions as jump processes: of each its propensity, and what one firing does to the states.
 *
 * A reaction counts extent, so one firing adds sign * stoichiometry to the amount of each
 * participant; a state that is a concentration moves by that over the size of its compartment.
 * What a reaction takes and gives back is no change: X -> 2 X adds one. */
#include "model/build.h"

#include <math.h>

pf_err pf_build_channel(pf_builder *b, const pf_reaction *r, pf_node rate)
{
    pf_model *m = b->m;
    if (!m->channel) {
        const pf_flat *f = b->flat;
        m->channel = pf_arena_alloc(b->ctx, &m->arena, f->n_reaction + 1, sizeof *m->channel);
        m->change = pf_arena_alloc(b->ctx, &m->arena, f->n_side + 1, sizeof *m->change);
        m->jumper =
            pf_arena_alloc(b->ctx, &m->arena, m->count[PF_SYMBOL_STATE] + 1, sizeof *m->jumper);
        if (!m->channel || !m->change || !m->jumper) return PF_ERR_NO_MEMORY;
    }
    m->channel[m->n_channel++] = (pf_jump_channel){
        .name = r->var == PF_NO_NAME ? NULL : b->flat->names.text[r->var],
        .line = r->at.line,
        .rate = rate,
        .change0 = m->n_change,
    };
    return PF_OK;
}

static void note_jumper(pf_model *m, uint32_t state, pf_node size)
{
    for (size_t i = 0; i < m->n_jumper; i++)
        if (m->jumper[i].state == state) return;
    m->jumper[m->n_jumper++] = (pf_jumper){state, size};
}

void pf_build_change(pf_builder *b, uint32_t symbol, pf_node amount, pf_node size)
{
    pf_model *m = b->m;
    pf_jump_channel *c = &m->channel[m->n_channel - 1];
    uint32_t state = (uint32_t)m->symbol[symbol].index;
    pf_node by = pf_graph_op(&m->g, PF_OP_DIV, amount, size, 0);
    note_jumper(m, state, size);
    for (size_t i = c->change0; i < c->change0 + c->n_change; i++)
        if (m->change[i].state == state) {
            m->change[i].by = pf_graph_op(&m->g, PF_OP_ADD, m->change[i].by, by, 0);
            return;
        }
    m->change[m->n_change++] = (pf_jump_change){state, by};
    c->n_change++;
}

/* ---- which states jump in a hybrid model ----------------------------------------------------
 */

int pf_build_jumps(const pf_flat *f, const pf_mark *mark)
{
    if (mark->st->kind == PF_ST_DISCRETE) return 1;
    return mark->st->kind == PF_ST_SMALL &&
           pf_build_changes(&f->var[pf_flat_root(f, mark->var)]);
}

static pf_err discrete(pf_builder *b, const pf_mark *mark)
{
    pf_model *m = b->m;
    uint32_t v = pf_flat_root(b->flat, mark->var), s = b->symbol[v];
    const char *name = m->symbol[s].name;
    size_t k = 0;
    if (!pf_build_changes(&b->flat->var[v]))
        return pf_fail_at(b->ctx, b->flat->ast->file, mark->st->at,
            "no reaction changes '%s', so it cannot jump; write its change as reactions, or "
            "remove the line",
            name);
    if (b->source[s].amount != PF_NO_NAME) s = b->source[s].amount;
    while (k < m->n_jumper && m->jumper[k].state != m->symbol[s].index) k++;
    for (size_t i = 0; i < m->n_discrete; i++)
        if (m->discrete[i].jumper == k)
            return pf_fail_at(b->ctx, b->flat->ast->file, mark->st->at,
                "'%s' has been declared small or discrete before; remove one of the lines",
                name);
    double threshold = mark->st->kind == PF_ST_SMALL ? mark->st->number : INFINITY;
    m->discrete[m->n_discrete++] = (pf_model_discrete){k, threshold};
    return PF_OK;
}

pf_err pf_build_discrete(pf_builder *b)
{
    pf_model *m = b->m;
    const pf_flat *f = b->flat;
    m->discrete = pf_arena_alloc(b->ctx, &m->arena, f->n_mark, sizeof *m->discrete);
    if (!m->discrete) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n_mark; i++)
        if (pf_build_jumps(f, &f->mark[i])) PF_TRY(discrete(b, &f->mark[i]));
    return PF_OK;
}
