/* Reactions as jump processes: of each its propensity, and what one firing does to the states.
 *
 * A reaction counts extent, so one firing adds sign * stoichiometry to the amount of each
 * participant; a state that is a concentration moves by that over the size of its compartment.
 * What a reaction takes and gives back is no change: X -> 2 X adds one. */
#include "model/build.h"

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
