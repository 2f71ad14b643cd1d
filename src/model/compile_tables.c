/* From places to slots, and the tables of a program. */
#include "model/compile.h"

#include <string.h>

static void *kept(pf_compiler *c, const void *from, size_t n, size_t size)
{
    void *copy = pf_arena_alloc(c->ctx, &c->b->arena, n, size);
    if (copy && n) memcpy(copy, from, n * size);
    return copy;
}

/* Ranges one after another; places become slots. */
static pf_err place_code(pf_compiler *c, unsigned code, const uint32_t *base, pf_code *out)
{
    const pf_asm *a = &c->e.code[code];
    pf_instr *copy = kept(c, a->instr, a->n, sizeof *copy);
    if (!copy) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < a->n; i++) {
        pf_instr *p = &copy[i];
        unsigned n = pf_op_arity((pf_op)p->op);
        p->dst = base[pf_place_range(p->dst)] + pf_place_index(p->dst);
        p->a = base[pf_place_range(p->a)] + pf_place_index(p->a);
        p->b = n > 1 ? base[pf_place_range(p->b)] + pf_place_index(p->b) : 0;
        p->c = n > 2 ? base[pf_place_range(p->c)] + pf_place_index(p->c) : 0;
    }
    *out = (pf_code){copy, a->n};
    return PF_OK;
}

static pf_err place_codes(pf_compiler *c, const uint32_t *base)
{
    for (unsigned k = 0; k < PF_CODES; k++)
        PF_TRY(place_code(c, k, base, &c->b->program.code[k]));
    return PF_OK;
}

static uint32_t slot_of(const uint32_t *base, uint32_t place)
{
    return base[pf_place_range(place)] + pf_place_index(place);
}

static pf_err channel_tables(pf_compiler *c, const uint32_t *base)
{
    const pf_model *m = c->m;
    pf_arena *a = &c->b->arena;
    size_t n = c->n_channel, n_change = c->n_change, n_jumper = c->n_jumper;
    pf_channel *channel = pf_arena_alloc(c->ctx, a, n + 1, sizeof *channel);
    pf_change *change = pf_arena_alloc(c->ctx, a, n_change + 1, sizeof *change);
    pf_discrete *discrete = pf_arena_alloc(c->ctx, a, n_jumper + 1, sizeof *discrete);
    if (!channel || !change || !discrete) return PF_ERR_NO_MEMORY;
    uint32_t at = 0, place = 0;
    int hybrid = !c->options->stochastic;
    for (uint32_t i = 0; i < n; i++) {
        const pf_jump_channel *from = &m->channel[c->channel[i]];
        channel[i] = (pf_channel){base[PF_IN_FIRE] + i,
            hybrid ? base[PF_IN_KEEP] + i : PF_ABSENT, at, 0, c->channel[i]};
        for (size_t k = from->change0; k < from->change0 + from->n_change; k++, place++) {
            if (m->change[k].by == PF_NODE_ZERO) continue;
            change[at++] = (pf_change){m->change[k].state, slot_of(base, c->fire[place])};
            channel[i].n_change++;
        }
    }
    for (size_t i = 0; i < n_jumper; i++)
        discrete[i] = (pf_discrete){m->jumper[c->jumper[i].jumper].state,
            slot_of(base, c->fire[n_change + i]), c->jumper[i].threshold};
    pf_program *p = &c->b->program;
    p->channel = channel;
    p->change = change;
    p->discrete = discrete;
    p->n_channel = n;
    p->n_change = at;
    p->n_discrete = n_jumper;
    if (n && hybrid) p->hazard = m->hazard;
    return PF_OK;
}

/* Where the list of side code `range` has its entry i. */
static uint32_t listed(const uint32_t *base, uint32_t range, size_t i, pf_node x)
{
    return x == PF_NO_NODE ? PF_ABSENT : base[range] + (uint32_t)i;
}

static pf_err event_tables(pf_compiler *c, const uint32_t *base)
{
    const pf_model *m = c->m;
    pf_program *p = &c->b->program;
    pf_event *event = pf_arena_alloc(c->ctx, &c->b->arena, m->n_event, sizeof *event);
    pf_assign *assign = pf_arena_alloc(c->ctx, &c->b->arena, m->n_set, sizeof *assign);
    if (!event || !assign) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < m->n_event; i++) {
        const pf_model_event *from = &m->event[i];
        event[i] = (pf_event){.trigger = base[PF_IN_TRIG] + (uint32_t)(m->n_root + i),
            .delay = listed(base, PF_IN_ACT, 2 * i, from->delay),
            .priority = listed(base, PF_IN_ACT, 2 * i + 1, from->priority),
            .initial = from->initial != 0,
            .persistent = from->persistent != 0,
            .from_trigger = from->from_trigger != 0,
            .assign0 = (uint32_t)from->set0,
            .n_assign = (uint32_t)from->n_set};
    }
    for (size_t i = 0; i < m->n_set; i++) {
        const pf_model_set *from = &m->set[i];
        size_t at = 2 * (m->n_event + i);
        assign[i] =
            (pf_assign){from->is_state, from->index, listed(base, PF_IN_ACT, at, from->value),
                listed(base, PF_IN_ACT, at + 1, from->scale)};
    }
    p->event = event;
    p->assign = assign;
    p->n_event = m->n_event;
    p->n_assign = m->n_set;
    p->root0 = base[PF_IN_TRIG];
    p->n_root = (uint32_t)m->n_root;
    return PF_OK;
}

static pf_err past_table(pf_compiler *c, const uint32_t *base)
{
    size_t n = c->m->n_past;
    pf_past *past = pf_arena_alloc(c->ctx, &c->b->arena, n, sizeof *past);
    if (!past) return PF_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t from = base[PF_IN_PAST] + 2 * i, to = base[PF_IN_THEN] + 2 * i;
        past[i] = (pf_past){from, from + 1, to, to + 1};
    }
    c->b->program.past = past;
    c->b->program.n_past = n;
    return PF_OK;
}

/* Does the draw read another? */
static int reads_draw(const pf_compiler *c, const pf_model_draw *d, uint8_t *reach)
{
    memset(reach, 0, c->g.n);
    pf_graph_reach(&c->g, d->in, 4, reach);
    for (size_t i = 0; i < c->g.n; i++)
        if (reach[i] && c->g.v[i].kind == PF_LEAF_DRAW) return 1;
    return 0;
}

static pf_err draw_table(pf_compiler *c, const uint32_t *base)
{
    size_t n = c->m->n_draw;
    if (!n) return PF_OK;
    pf_draw *draw = pf_arena_alloc(c->ctx, &c->b->arena, n, sizeof *draw);
    uint8_t *reach = pf_calloc(c->ctx, c->g.n, 1);
    for (uint32_t i = 0; draw && reach && i < n; i++)
        draw[i] = (pf_draw){c->m->draw[i].law, base[PF_IN_LAW] + 4 * i, base[PF_IN_DRAW] + i,
            (uint8_t)reads_draw(c, &c->m->draw[i], reach)};
    c->b->program.draw = draw;
    c->b->program.n_draw = n;
    pf_err err = draw && reach ? PF_OK : PF_ERR_NO_MEMORY;
    pf_free(reach);
    return err;
}

static pf_err started_table(pf_compiler *c)
{
    const pf_model *m = c->m;
    pf_program *p = &c->b->program;
    uint32_t *started =
        pf_arena_alloc(c->ctx, &c->b->arena, m->count[PF_SYMBOL_PARAMETER], sizeof *started);
    if (!started) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < m->n_symbol; i++)
        if (m->symbol[i].kind == PF_SYMBOL_PARAMETER && m->stepped[i])
            started[p->n_started++] = (uint32_t)m->symbol[i].index;
    p->started = started;
    return PF_OK;
}

static pf_err tables(pf_compiler *c, const uint32_t *base)
{
    pf_program *p = &c->b->program;
    size_t n_pop = c->m->n_pop;
    pf_population_rates *pop = pf_arena_alloc(c->ctx, &c->b->arena, n_pop, sizeof *pop);
    uint8_t *reads = pf_arena_alloc(c->ctx, &c->b->arena, c->n, 1);
    size_t n_reach = c->g.n;
    uint8_t *reach = pf_calloc(c->ctx, n_reach, 1);
    p->constant = kept(c, c->e.constant, c->e.n_constant, sizeof *p->constant);
    p->jac_row = kept(c, c->row, c->n_entry, sizeof *c->row);
    p->jac_col = kept(c, c->col, c->n_entry, sizeof *c->col);
    p->population = pop;
    uint8_t *rest = pf_arena_alloc(c->ctx, &c->b->arena, c->n, 1);
    uint32_t *moving = pf_arena_alloc(c->ctx, &c->b->arena, c->n + 1, sizeof *moving);
    if (rest && c->special.rest) memcpy(rest, c->special.rest, c->n);
    for (uint32_t i = 0; rest && moving && i < c->n; i++)
        if (!rest[i]) moving[p->n_moving++] = i;
    p->rest = rest;
    p->moving = moving;
    p->out_reads = reads;
    if (!pop || !reads || !reach || !rest || !moving || !p->constant || !p->jac_row ||
        !p->jac_col) {
        pf_free(reach);
        return PF_ERR_NO_MEMORY;
    }
    for (uint32_t i = 0; i < n_pop; i++) {
        uint32_t at = base[PF_IN_POPS] + 3 * i;
        const pf_pop *from = &c->m->pop[i];
        pop[i] = (pf_population_rates){from->state, from->threshold, at, at + 1, at + 2};
    }
    p->n_population = n_pop;
    pf_graph_reach(&c->g, c->out, c->options->n_outputs, reach);
    for (size_t k = c->m->n_past; k-- > 0;) { /* what is read of the past reads states too */
        pf_node leaf = pf_graph_leaf(&c->g, PF_LEAF_PAST, (uint32_t)k);
        if (leaf < n_reach && reach[leaf])
            pf_graph_reach(&c->g, &c->m->past[k].value, 1, reach);
    }
    for (size_t i = 0; i < n_reach; i++)
        if (reach[i] && c->g.v[i].kind == PF_LEAF_STATE) reads[c->g.v[i].in[0]] = 1;
    pf_free(reach);
    return PF_OK;
}

pf_err pf_compile_assemble(pf_compiler *c)
{
    uint32_t base[PF_RANGES];
    size_t next = 0;
    for (int r = 0; r < PF_RANGES; r++) {
        base[r] = (uint32_t)next;
        next += c->e.n[r];
    }
    c->b = pf_calloc(c->ctx, 1, sizeof *c->b);
    if (!c->b) return PF_ERR_NO_MEMORY;
    pf_arena_init(&c->b->arena);
    const size_t *n = c->e.n;
    c->b->program = (pf_program){.n_slots = next,
        .constant0 = base[PF_IN_CONSTANT],
        .n_constant = (uint32_t)c->e.n_constant,
        .param0 = base[PF_IN_PARAM],
        .n_param = (uint32_t)n[PF_IN_PARAM],
        .time = base[PF_IN_TIME],
        .state0 = base[PF_IN_STATE],
        .n_state = (uint32_t)c->n,
        .f0 = base[PF_IN_F],
        .dfdt0 = base[PF_IN_DFDT],
        .autonomous = c->autonomous,
        .jac0 = base[PF_IN_JAC],
        .n_jac = (uint32_t)c->n_entry,
        .shift = base[PF_IN_SHIFT],
        .b0 = base[PF_IN_B],
        .lu0 = base[PF_IN_LU],
        .n_lu = (uint32_t)n[PF_IN_LU],
        .out0 = base[PF_IN_OUT],
        .n_out = (uint32_t)n[PF_IN_OUT],
        .hazard = PF_ABSENT,
        .private0 = base[PF_IN_TEMP]};
    PF_TRY(tables(c, base));
    PF_TRY(event_tables(c, base));
    PF_TRY(past_table(c, base));
    PF_TRY(draw_table(c, base));
    PF_TRY(started_table(c));
    PF_TRY(channel_tables(c, base));
    return place_codes(c, base);
}

void pf_program_free(pf_program *p)
{
    if (!p) return;
    pf_program_box *b = (pf_program_box *)p;
    pf_arena_clear(&b->arena);
    pf_free(b);
}
