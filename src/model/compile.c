/* A model into a program. */
#include "model/derive.h"
#include "model/emit.h"

#include <math.h>
#include <string.h>

typedef struct box { /* pf_program_free gets the first member */
    pf_program program;
    pf_arena arena;
} box;

typedef struct compiler {
    pf_ctx *ctx;
    const pf_model *m;
    const pf_compile_options *options;
    pf_graph g;
    pf_emit e;
    uint8_t *input; /* [n_symbol] its value comes from outside */
    pf_node *out;   /* [n_outputs] */
    pf_node *f;     /* [n] dy/dt */
    pf_node *dfdt;  /* [n] */
    pf_node *entry; /* Jacobian entries, row by row */
    uint32_t *row, *col;
    size_t n, n_entry, entry_capacity, row_capacity, col_capacity;
    uint32_t *jac_at; /* [n * n] */
    int autonomous;
    size_t n_channel, n_change, n_jumper; /* of jumps that are compiled */
    uint32_t *fire;                       /* places: [n_change] by, [n_jumper] size */
    box *b;
} compiler;

static pf_err find(compiler *c, const char *what, const char *name, uint32_t *out)
{
    const pf_model *m = c->m;
    uint32_t v = pf_names_find(&m->names, name);
    if (v != PF_NO_NAME) {
        *out = m->symbol_of[v];
        return PF_OK;
    }
    const char *near = pf_model_nearest(m, name);
    return pf_fail(c->ctx, PF_ERR_MODEL, "%s '%s' is no name of model '%s'%s%s%s", what, name,
        m->name, near ? "; did you mean '" : "; use one of its names", near ? near : "",
        near ? "'?" : "");
}

static pf_err read_options(compiler *c)
{
    const pf_compile_options *o = c->options;
    uint32_t s;
    c->input = pf_calloc(c->ctx, c->m->n_symbol, 1);
    c->out = pf_calloc(c->ctx, o->n_outputs, sizeof *c->out);
    if (!c->input || !c->out) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < o->n_outputs; i++) {
        PF_TRY(find(c, "output", o->outputs[i], &s));
        c->out[i] = c->m->node[s];
    }
    for (size_t i = 0; i < o->n_inputs; i++) {
        PF_TRY(find(c, "input", o->inputs[i], &s));
        if (c->m->symbol[s].kind == PF_SYMBOL_ASSIGNED)
            return pf_fail(c->ctx, PF_ERR_MODEL,
                "input '%s' follows a rule ':=' in model '%s'; only parameters and states can "
                "be set",
                o->inputs[i], c->m->name);
        c->input[s] = 1;
    }
    return PF_OK;
}

static pf_err add_entry(compiler *c, uint32_t row, uint32_t col, pf_node x)
{
    PF_TRY(pf_reserve(c->ctx, &c->entry, &c->entry_capacity, c->n_entry, sizeof *c->entry));
    PF_TRY(pf_reserve(c->ctx, &c->row, &c->row_capacity, c->n_entry, sizeof *c->row));
    PF_TRY(pf_reserve(c->ctx, &c->col, &c->col_capacity, c->n_entry, sizeof *c->col));
    c->entry[c->n_entry] = x;
    c->row[c->n_entry] = row;
    c->col[c->n_entry] = col;
    c->jac_at[row * c->n + col] = (uint32_t)c->n_entry++;
    return PF_OK;
}

static pf_err derive(compiler *c)
{
    size_t n = c->n;
    pf_node *whole = pf_calloc(c->ctx, n * (n + 1), sizeof *whole);
    if (!whole) return PF_ERR_NO_MEMORY;
    pf_err err = pf_graph_jacobian(&c->g, c->f, n, n, whole);
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t j = 0; j < n && !err; j++)
            if (whole[i * (n + 1) + j] != PF_NODE_ZERO)
                err = add_entry(c, i, j, whole[i * (n + 1) + j]);
        c->dfdt[i] = whole[i * (n + 1) + n];
    }
    pf_free(whole);
    return err;
}

static pf_err equations(compiler *c)
{
    const pf_model *m = c->m;
    size_t n = c->n = m->count[PF_SYMBOL_STATE];
    c->f = pf_calloc(c->ctx, n, sizeof *c->f);
    c->dfdt = pf_calloc(c->ctx, n, sizeof *c->dfdt);
    c->jac_at = pf_calloc(c->ctx, n * n, sizeof *c->jac_at);
    uint8_t *reach = pf_calloc(c->ctx, c->g.n, 1);
    if (!c->f || !c->dfdt || !c->jac_at || !reach) {
        pf_free(reach);
        return PF_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n * n; i++) c->jac_at[i] = PF_NO_PLACE;
    for (size_t i = 0; i < n; i++) c->f[i] = m->rate[m->by_kind[PF_SYMBOL_STATE][i]];
    for (size_t i = 0; i < c->n_jumper; i++) c->f[m->jumper[i].state] = PF_NODE_ZERO;
    pf_graph_reach(&c->g, c->f, n, reach);
    c->autonomous = 1;
    for (size_t i = 0; i < c->g.n; i++)
        if (reach[i] && c->g.v[i].kind == PF_LEAF_TIME) c->autonomous = 0;
    pf_free(reach);
    return derive(c);
}

/* Derived parameters first, each at its own slot, then the initial states, which read them. */
static void start_code(compiler *c)
{
    const pf_model *m = c->m;
    pf_emit *e = &c->e;
    pf_emit_group(e, NULL, 0, 0);
    for (size_t i = 0; i < m->n_order && !e->failed; i++) {
        uint32_t s = m->order[i];
        if (c->input[s]) continue;
        pf_emit_param(e, m->init[s], pf_place_of(PF_IN_PARAM, m->symbol[s].index));
    }
    for (size_t i = 0; i < m->n_symbol && !e->failed; i++) {
        const pf_symbol *s = &m->symbol[i];
        if (s->kind != PF_SYMBOL_STATE || c->input[i] || m->init[i] != PF_NO_NODE) continue;
        uint32_t at = pf_place_of(PF_IN_STATE, s->index);
        uint32_t value = pf_emit_constant(e, s->value);
        pf_emit_instr(e, PF_CODE_INIT, (pf_instr){PF_OP_MOV, at, value, 0, 0});
    }
    for (size_t i = 0; i < m->n_init_order && !e->failed; i++) {
        uint32_t s = m->init_order[i];
        if (c->input[s]) continue;
        (void)pf_emit_node(e, PF_CODE_INIT, PF_IN_SCRATCH, m->init[s],
            pf_place_of(PF_IN_STATE, m->symbol[s].index));
    }
    if (!e->failed) e->failed = pf_emit_pack(e, PF_CODE_INIT, PF_CODES, PF_IN_SCRATCH);
}

/* Values that jac reads from rhs may not stand in f slots, which the caller may change in
 * between. */
static void equations_code(compiler *c, const uint8_t *in_jac)
{
    pf_emit *e = &c->e;
    for (size_t i = 0; i < c->n && !e->failed; i++) {
        uint32_t to = pf_place_of(PF_IN_F, i);
        if (in_jac[c->f[i]])
            (void)pf_emit_node(e, PF_CODE_RHS, PF_IN_TEMP, c->f[i], PF_NO_PLACE);
        (void)pf_emit_node(e, PF_CODE_RHS, PF_IN_TEMP, c->f[i], to);
    }
    for (size_t i = 0; i < c->n_entry && !e->failed; i++)
        (void)pf_emit_node(e, PF_CODE_JAC, PF_IN_TEMP, c->entry[i], pf_place_of(PF_IN_JAC, i));
    for (size_t i = 0; i < c->n && !c->autonomous && !e->failed; i++)
        (void)pf_emit_node(e, PF_CODE_JAC, PF_IN_TEMP, c->dfdt[i], pf_place_of(PF_IN_DFDT, i));
    if (!e->failed) e->failed = pf_emit_pack(e, PF_CODE_RHS, PF_CODE_JAC, PF_IN_TEMP);
}

static void main_code(compiler *c)
{
    size_t n = c->n, k = c->n_entry, total = n + k + (c->autonomous ? 0 : n);
    pf_node *roots = pf_calloc(c->ctx, total, sizeof *roots);
    uint8_t *in_jac = pf_calloc(c->ctx, c->g.n, 1);
    if (roots && in_jac) {
        memcpy(roots, c->f, n * sizeof *roots);
        if (k) memcpy(roots + n, c->entry, k * sizeof *roots);
        if (!c->autonomous) memcpy(roots + n + k, c->dfdt, n * sizeof *roots);
        pf_graph_reach(&c->g, roots + n, total - n, in_jac);
        pf_emit_group(&c->e, roots, total, n);
        equations_code(c, in_jac);
    } else {
        c->e.failed = PF_ERR_NO_MEMORY;
    }
    pf_free(roots);
    pf_free(in_jac);
}

static void output_code(compiler *c)
{
    pf_emit *e = &c->e;
    size_t n = c->options->n_outputs, kept = e->n[PF_IN_SCRATCH];
    e->n[PF_IN_SCRATCH] = 0;
    pf_emit_group(e, c->out, n, n);
    for (size_t i = 0; i < n && !e->failed; i++)
        (void)pf_emit_node(e, PF_CODE_OUT, PF_IN_SCRATCH, c->out[i], pf_place_of(PF_IN_OUT, i));
    if (!e->failed) e->failed = pf_emit_pack(e, PF_CODE_OUT, PF_CODES, PF_IN_SCRATCH);
    if (e->n[PF_IN_SCRATCH] < kept) e->n[PF_IN_SCRATCH] = kept;
}

static pf_err population_code(compiler *c)
{
    pf_emit *e = &c->e;
    size_t n = c->m->n_pop, kept = e->n[PF_IN_SCRATCH];
    pf_node *roots = pf_calloc(c->ctx, 3 * n, sizeof *roots);
    if (!roots) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        roots[3 * i] = c->m->pop[i].birth;
        roots[3 * i + 1] = c->m->pop[i].death;
        roots[3 * i + 2] = c->m->pop[i].arrival;
    }
    e->n[PF_IN_SCRATCH] = 0;
    pf_emit_group(e, roots, 3 * n, 3 * n);
    for (size_t i = 0; i < 3 * n && !e->failed; i++)
        (void)pf_emit_node(
            e, PF_CODE_POPS, PF_IN_SCRATCH, roots[i], pf_place_of(PF_IN_POPS, i));
    if (!e->failed) e->failed = pf_emit_pack(e, PF_CODE_POPS, PF_CODES, PF_IN_SCRATCH);
    if (e->n[PF_IN_SCRATCH] < kept) e->n[PF_IN_SCRATCH] = kept;
    pf_free(roots);
    return e->failed;
}

/* A value that parameters decide is read where it stands; others get a slot of their own. */
static uint32_t fire_value(compiler *c, pf_node x)
{
    pf_emit *e = &c->e;
    uint32_t to = PF_NO_PLACE;
    if (c->g.v[x].level == PF_LEVEL_DYNAMIC) to = pf_place_of(PF_IN_FIRE, e->n[PF_IN_FIRE]++);
    return pf_emit_node(e, PF_CODE_FIRE, PF_IN_SCRATCH, x, to);
}

static pf_err fire_code(compiler *c)
{
    const pf_model *m = c->m;
    pf_emit *e = &c->e;
    size_t n = c->n_channel, n_by = c->n_change, all = n + n_by + c->n_jumper;
    size_t kept = e->n[PF_IN_SCRATCH];
    if (!all) return PF_OK;
    pf_node *roots = pf_calloc(c->ctx, all, sizeof *roots);
    c->fire = pf_calloc(c->ctx, all, sizeof *c->fire);
    if (roots && c->fire) {
        for (size_t i = 0; i < n; i++) roots[i] = m->channel[i].rate;
        for (size_t i = 0; i < n_by; i++) roots[n + i] = m->change[i].by;
        for (size_t i = 0; i < c->n_jumper; i++) roots[n + n_by + i] = m->jumper[i].size;
        e->n[PF_IN_SCRATCH] = 0;
        e->n[PF_IN_FIRE] = n;
        pf_emit_group(e, roots, all, all);
        for (size_t i = 0; i < n && !e->failed; i++)
            (void)pf_emit_node(
                e, PF_CODE_FIRE, PF_IN_SCRATCH, roots[i], pf_place_of(PF_IN_FIRE, i));
        for (size_t i = n; i < all && !e->failed; i++) c->fire[i - n] = fire_value(c, roots[i]);
        if (!e->failed) e->failed = pf_emit_pack(e, PF_CODE_FIRE, PF_CODES, PF_IN_SCRATCH);
        if (e->n[PF_IN_SCRATCH] < kept) e->n[PF_IN_SCRATCH] = kept;
    } else {
        e->failed = PF_ERR_NO_MEMORY;
    }
    pf_free(roots);
    return e->failed;
}

static pf_err make_code(compiler *c)
{
    PF_TRY(pf_emit_init(&c->e, c->ctx, &c->g));
    size_t *n = c->e.n;
    n[PF_IN_PARAM] = c->m->count[PF_SYMBOL_PARAMETER];
    n[PF_IN_TIME] = n[PF_IN_SHIFT] = 1;
    n[PF_IN_STATE] = n[PF_IN_F] = n[PF_IN_B] = n[PF_IN_DFDT] = c->n;
    n[PF_IN_JAC] = c->n_entry;
    n[PF_IN_OUT] = c->options->n_outputs;
    n[PF_IN_POPS] = 3 * c->m->n_pop;
    start_code(c);
    if (!c->e.failed) main_code(c);
    if (!c->e.failed) output_code(c);
    if (c->e.failed) return c->e.failed;
    PF_TRY(population_code(c));
    PF_TRY(fire_code(c));
    return pf_emit_lu(&c->e, c->n, c->jac_at);
}

static void *kept(compiler *c, const void *from, size_t n, size_t size)
{
    void *copy = pf_arena_alloc(c->ctx, &c->b->arena, n ? n : 1, size);
    if (copy && n) memcpy(copy, from, n * size);
    return copy;
}

/* Ranges one after another; places become slots. */
static pf_err place_code(compiler *c, unsigned code, const uint32_t *base, pf_code *out)
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

static pf_err place_codes(compiler *c, const uint32_t *base)
{
    for (unsigned k = 0; k < PF_CODES; k++)
        PF_TRY(place_code(c, k, base, &c->b->program.code[k]));
    return PF_OK;
}

static uint32_t slot_of(const uint32_t *base, uint32_t place)
{
    return base[pf_place_range(place)] + pf_place_index(place);
}

static pf_err channel_tables(compiler *c, const uint32_t *base)
{
    const pf_model *m = c->m;
    pf_arena *a = &c->b->arena;
    size_t n = c->n_channel, n_change = c->n_change, n_jumper = c->n_jumper;
    pf_channel *channel = pf_arena_alloc(c->ctx, a, n + 1, sizeof *channel);
    pf_change *change = pf_arena_alloc(c->ctx, a, n_change + 1, sizeof *change);
    pf_discrete *discrete = pf_arena_alloc(c->ctx, a, n_jumper + 1, sizeof *discrete);
    if (!channel || !change || !discrete) return PF_ERR_NO_MEMORY;
    uint32_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const pf_jump_channel *from = &m->channel[i];
        channel[i] = (pf_channel){base[PF_IN_FIRE] + (uint32_t)i, PF_ABSENT, at, 0};
        for (size_t k = from->change0; k < from->change0 + from->n_change; k++) {
            if (m->change[k].by == PF_NODE_ZERO) continue;
            change[at++] = (pf_change){m->change[k].state, slot_of(base, c->fire[k])};
            channel[i].n_change++;
        }
    }
    for (size_t i = 0; i < n_jumper; i++)
        discrete[i] =
            (pf_discrete){m->jumper[i].state, slot_of(base, c->fire[n_change + i]), INFINITY};
    pf_program *p = &c->b->program;
    p->channel = channel;
    p->change = change;
    p->discrete = discrete;
    p->n_channel = n;
    p->n_change = at;
    p->n_discrete = n_jumper;
    return PF_OK;
}

static pf_err tables(compiler *c, const uint32_t *base)
{
    pf_program *p = &c->b->program;
    size_t n_pop = c->m->n_pop;
    pf_population_rates *pop =
        pf_arena_alloc(c->ctx, &c->b->arena, n_pop ? n_pop : 1, sizeof *pop);
    uint8_t *reads = pf_arena_alloc(c->ctx, &c->b->arena, c->n, 1);
    uint8_t *reach = pf_calloc(c->ctx, c->g.n, 1);
    p->constant = kept(c, c->e.constant, c->e.n_constant, sizeof *p->constant);
    p->jac_row = kept(c, c->row, c->n_entry, sizeof *c->row);
    p->jac_col = kept(c, c->col, c->n_entry, sizeof *c->col);
    p->population = pop;
    p->out_reads = reads;
    if (!pop || !reads || !reach || !p->constant || !p->jac_row || !p->jac_col) {
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
    for (size_t i = 0; i < c->g.n; i++)
        if (reach[i] && c->g.v[i].kind == PF_LEAF_STATE) reads[c->g.v[i].in[0]] = 1;
    pf_free(reach);
    return PF_OK;
}

static pf_err assemble(compiler *c)
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
        .hazard = PF_ABSENT};
    PF_TRY(tables(c, base));
    PF_TRY(channel_tables(c, base));
    return place_codes(c, base);
}

pf_err pf_model_compile(
    pf_ctx *ctx, const pf_model *m, const pf_compile_options *options, pf_program **out)
{
    static const pf_compile_options none;
    compiler c = {.ctx = ctx, .m = m, .options = options ? options : &none};
    *out = NULL;
    if (c.options->stochastic) {
        c.n_channel = m->n_channel;
        c.n_change = m->n_change;
        c.n_jumper = m->n_jumper;
    }
    pf_err err = pf_graph_copy(&c.g, ctx, &m->g);
    if (!err) err = read_options(&c);
    if (!err) err = equations(&c);
    if (!err) err = make_code(&c);
    if (!err) err = assemble(&c);
    pf_graph_clear(&c.g);
    pf_emit_clear(&c.e);
    pf_free(c.input);
    pf_free(c.out);
    pf_free(c.f);
    pf_free(c.dfdt);
    pf_free(c.entry);
    pf_free(c.row);
    pf_free(c.col);
    pf_free(c.jac_at);
    pf_free(c.fire);
    if (err)
        pf_program_free(c.b ? &c.b->program : NULL);
    else
        *out = &c.b->program;
    return err;
}

void pf_program_free(pf_program *p)
{
    if (!p) return;
    box *b = (box *)p;
    pf_arena_clear(&b->arena);
    pf_free(b);
}
