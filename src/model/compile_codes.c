/* The codes that stand alone: each computes a list of nodes into one range of slots. */
#include "model/compile.h"

typedef struct list {
    pf_compiler *c;
    pf_node *node; /* [n] PF_NO_NODE: its slot stays unused */
    size_t n, capacity;
    pf_err failed;
} list;

static void add(list *l, pf_node x)
{
    if (!l->failed)
        l->failed = pf_reserve(l->c->ctx, &l->node, &l->capacity, l->n, sizeof *l->node);
    if (!l->failed) l->node[l->n++] = x;
}

/* What the codes leave in their temporaries is their own, so they share the slots. */
static void emit_list(list *l, unsigned code, uint32_t range, pf_node *present)
{
    pf_emit *e = &l->c->e;
    size_t kept = e->n[PF_IN_SCRATCH], n = 0;
    for (size_t i = 0; i < l->n; i++)
        if (l->node[i] != PF_NO_NODE) present[n++] = l->node[i];
    e->n[range] = l->n;
    e->n[PF_IN_SCRATCH] = 0;
    pf_emit_group(e, present, n, n);
    for (size_t i = 0; i < l->n && !e->failed; i++)
        if (l->node[i] != PF_NO_NODE)
            (void)pf_emit_node(e, code, PF_IN_SCRATCH, l->node[i], pf_place_of(range, i));
    if (!e->failed) e->failed = pf_emit_pack(e, code, PF_CODES, PF_IN_SCRATCH);
    if (e->n[PF_IN_SCRATCH] < kept) e->n[PF_IN_SCRATCH] = kept;
}

/* Turns the list into code and empties it. */
static pf_err finish(list *l, unsigned code, uint32_t range)
{
    pf_node *present = pf_calloc(l->c->ctx, l->n ? l->n : 1, sizeof *present);
    if (!present && !l->failed) l->failed = PF_ERR_NO_MEMORY;
    if (!l->failed) {
        emit_list(l, code, range, present);
        l->failed = l->c->e.failed;
    }
    pf_free(present);
    l->n = 0;
    return l->failed;
}

static pf_err outputs(list *l)
{
    for (size_t i = 0; i < l->c->options->n_outputs; i++) add(l, l->c->out[i]);
    return finish(l, PF_CODE_OUT, PF_IN_OUT);
}

static pf_err populations(list *l)
{
    const pf_model *m = l->c->m;
    for (size_t i = 0; i < m->n_pop; i++) {
        add(l, m->pop[i].birth);
        add(l, m->pop[i].death);
        add(l, m->pop[i].arrival);
    }
    return finish(l, PF_CODE_POPS, PF_IN_POPS);
}

static pf_err events(list *l)
{
    const pf_model *m = l->c->m;
    for (size_t i = 0; i < m->n_root; i++) add(l, m->root[i]);
    for (size_t i = 0; i < m->n_event; i++) add(l, m->event[i].trigger);
    PF_TRY(finish(l, PF_CODE_TRIG, PF_IN_TRIG));
    for (size_t i = 0; i < m->n_event; i++) {
        add(l, m->event[i].delay);
        add(l, m->event[i].priority);
    }
    for (size_t i = 0; i < m->n_set; i++) {
        add(l, m->set[i].value);
        add(l, m->set[i].scale);
    }
    return finish(l, PF_CODE_ACT, PF_IN_ACT);
}

static pf_err pasts(list *l)
{
    const pf_model *m = l->c->m;
    for (size_t i = 0; i < m->n_past; i++) {
        add(l, m->past[i].value);
        add(l, m->past[i].delay);
    }
    l->c->e.n[PF_IN_THEN] = 2 * m->n_past;
    return finish(l, PF_CODE_PAST, PF_IN_PAST);
}

static pf_err draws(list *l)
{
    const pf_model *m = l->c->m;
    for (size_t i = 0; i < m->n_draw; i++)
        for (size_t k = 0; k < 4; k++) add(l, m->draw[i].in[k]);
    l->c->e.n[PF_IN_DRAW] = m->n_draw;
    return finish(l, PF_CODE_DRAW, PF_IN_LAW);
}

/* A value that nothing changes is read where it stands; others get a slot of their own. */
static uint32_t fire_value(pf_compiler *c, pf_node x)
{
    pf_emit *e = &c->e;
    uint32_t to = PF_NO_PLACE;
    if (c->g.v[x].level >= PF_LEVEL_STEPPED) to = pf_place_of(PF_IN_FIRE, e->n[PF_IN_FIRE]++);
    return pf_emit_node(e, PF_CODE_FIRE, PF_IN_SCRATCH, x, to);
}

static void emit_jumps(pf_compiler *c, const list *l)
{
    pf_emit *e = &c->e;
    size_t n = c->n_channel, kept = e->n[PF_IN_SCRATCH];
    e->n[PF_IN_SCRATCH] = 0;
    e->n[PF_IN_FIRE] = n;
    pf_emit_group(e, l->node, l->n, l->n);
    for (size_t i = 0; i < n && !e->failed; i++)
        (void)pf_emit_node(
            e, PF_CODE_FIRE, PF_IN_SCRATCH, l->node[i], pf_place_of(PF_IN_FIRE, i));
    for (size_t i = n; i < l->n && !e->failed; i++) c->fire[i - n] = fire_value(c, l->node[i]);
    if (!e->failed) e->failed = pf_emit_pack(e, PF_CODE_FIRE, PF_CODES, PF_IN_SCRATCH);
    if (e->n[PF_IN_SCRATCH] < kept) e->n[PF_IN_SCRATCH] = kept;
}

static pf_err jumps(list *l)
{
    pf_compiler *c = l->c;
    const pf_model *m = c->m;
    for (size_t i = 0; i < c->n_channel; i++) add(l, m->channel[c->channel[i]].rate);
    for (size_t i = 0; i < c->n_channel; i++) {
        const pf_jump_channel *from = &m->channel[c->channel[i]];
        for (size_t k = 0; k < from->n_change; k++) add(l, m->change[from->change0 + k].by);
    }
    for (size_t i = 0; i < c->n_jumper; i++) add(l, m->jumper[c->jumper[i].jumper].size);
    c->e.n[PF_IN_KEEP] = c->options->stochastic ? 0 : c->n_channel;
    if (l->failed || !l->n) return l->failed;
    c->fire = pf_calloc(c->ctx, l->n, sizeof *c->fire);
    if (!c->fire) return PF_ERR_NO_MEMORY;
    emit_jumps(c, l);
    l->n = 0;
    return c->e.failed;
}

pf_err pf_compile_side_codes(pf_compiler *c)
{
    list l = {.c = c};
    pf_err err = outputs(&l);
    if (!err) err = populations(&l);
    if (!err) err = events(&l);
    if (!err) err = pasts(&l);
    if (!err) err = draws(&l);
    if (!err) err = jumps(&l);
    pf_free(l.node);
    return err;
}
