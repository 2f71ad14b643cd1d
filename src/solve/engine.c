#include "solve/engine.h"

#include "solve/edges.h"
#include "solve/events.h"
#include "solve/history.h"
#include "solve/hybrid.h"
#include "solve/jump.h"
#include "solve/pivot.h"

#include <math.h>
#include <string.h>

/* The hazard of the next jump is a share of a waiting time. */
static const double HAZARD_ERROR = 1e-4;

static pf_err check(pf_ctx *ctx, const pf_program *p, const pf_engine_options *o)
{
    if (!(o->rtol > 0.0) || !(o->rtol < 1.0))
        return pf_fail(
            ctx, PF_ERR_RANGE, "the relative tolerance %g must lie between 0 and 1", o->rtol);
    for (uint32_t s = 0; s < p->n_state; s++)
        if (!(o->atol[s] > 0.0) || !isfinite(o->atol[s]))
            return pf_fail(ctx, PF_ERR_RANGE,
                "the absolute tolerance of state %u is %g; it must be a number above 0", s,
                o->atol[s]);
    int width = o->lanes ? o->lanes : pf_lanes_widest();
    if (!pf_lanes_available(width))
        return pf_fail(ctx, PF_ERR_RANGE,
            "%d lanes are not available here; use 1, 4 or 8 up to %d", width,
            pf_lanes_widest());
    return PF_OK;
}

static void *copy(pf_ctx *ctx, pf_arena *a, const void *from, size_t n, size_t size)
{
    void *to = pf_arena_alloc(ctx, a, n ? n : 1, size);
    if (to && n) memcpy(to, from, n * size);
    return to;
}

/* Which Jacobian entries stand in rows of populations. */
static pf_err list_switched(pf_ctx *ctx, pf_engine *e)
{
    const pf_program *p = e->program;
    uint32_t *entry = pf_arena_alloc(ctx, &e->memory, p->n_jac + 1u, sizeof *entry);
    uint32_t *by = pf_arena_alloc(ctx, &e->memory, p->n_jac + 1u, sizeof *by);
    if (!entry || !by) return PF_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < p->n_jac; i++)
        for (size_t k = 0; k < p->n_population; k++)
            if (p->population[k].state == p->jac_row[i]) {
                entry[e->b.n_switched] = i;
                by[e->b.n_switched++] = (uint32_t)k;
            }
    e->b.switched = entry;
    e->b.switched_by = by;
    return PF_OK;
}

/* The states that looks and crossings need: all, when histories are read too. */
static pf_err list_seen(pf_ctx *ctx, pf_engine *e)
{
    const pf_program *p = e->program;
    uint32_t *seen = pf_arena_alloc(ctx, &e->memory, p->n_state + 1u, sizeof *seen);
    if (!seen) return PF_ERR_NO_MEMORY;
    for (uint32_t s = 0; s < p->n_state; s++) {
        int needed = p->out_reads[s] || p->n_past;
        for (size_t w = 0; w < e->n_watch; w++) needed |= e->watch[w] == s;
        if (needed) seen[e->b.n_seen++] = s;
    }
    e->b.seen = seen;
    return PF_OK;
}

/* All lane vectors in one block. */
static pf_err lay_out(pf_ctx *ctx, pf_engine *e)
{
    pf_batch *b = &e->b;
    size_t n = e->program->n_state, w = (size_t)e->width;
    struct {
        double **rows;
        size_t n;
    } part[] = {{&b->slot, e->program->n_slots}, {&b->t, 1}, {&b->h, 1}, {&b->latest, 1},
        {&b->y, n}, {&b->y1, n}, {&b->k, PF_STAGES * n}, {&b->sum, n}, {&b->f0, n}, {&b->ft, n},
        {&b->error, 1}, {&b->root, 1}, {&b->growth, 1}, {&b->dense, PF_DENSE * n},
        {&b->theta, 1}, {&b->accept, 1}, {&b->rise, 1}, {&b->bend, 1}, {&b->at, n},
        {&b->rate, b->n_input}, {&b->keep, e->program->n_population}, {&b->trouble, 1}};
    size_t total = 0;
    for (size_t i = 0; i < PF_COUNT(part); i++) total += part[i].n;
    e->storage = pf_calloc64(ctx, total * w + 8, sizeof(double));
    if (!e->storage) return PF_ERR_NO_MEMORY;
    double *next = e->storage;
    for (size_t i = 0; i < PF_COUNT(part); i++) {
        *part[i].rows = next;
        next += part[i].n * w;
    }
    for (uint32_t c = 0; c < e->program->n_constant; c++)
        for (size_t l = 0; l < w; l++)
            b->slot[(e->program->constant0 + c) * w + l] = e->program->constant[c];
    for (size_t l = 0; l < w; l++) b->h[l] = 1.0;
    for (size_t l = 0; l < w; l++) b->latest[l] = INFINITY;
    for (size_t k = 0; k < e->program->n_population * w; k++) b->keep[k] = 1.0;
    return PF_OK;
}

static pf_err make_cases(pf_ctx *ctx, pf_engine *e)
{
    const pf_program *p = e->program;
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        c->ctx = ctx;
        c->param = pf_arena_alloc(ctx, &e->memory, p->n_param + 1u, sizeof(double));
        c->initial = pf_arena_alloc(ctx, &e->memory, p->n_state + 1u, sizeof(double));
        c->threshold = pf_arena_alloc(ctx, &e->memory, e->n_watch + 1, sizeof(double));
        c->blame = pf_arena_alloc(ctx, &e->memory, p->n_state + 1u, sizeof *c->blame);
        c->small = pf_arena_alloc(ctx, &e->memory, p->n_population + 1, 1);
        c->fed = pf_arena_alloc(ctx, &e->memory, p->n_population + 1, 1);
        c->draw = pf_arena_alloc(ctx, &e->memory, p->n_draw + 1, sizeof(pf_random));
        c->random = pf_arena_alloc(ctx, &e->memory, p->n_population + 1, sizeof(pf_random));
        c->y = e->b.y + l;
        c->stride = (size_t)e->width;
        if (!c->blame || !c->param || !c->initial || !c->threshold || !c->small || !c->fed ||
            !c->random || !c->draw)
            return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

static pf_err link_code(pf_ctx *ctx, pf_engine *e)
{
    const pf_program *p = e->program;
    for (unsigned k = 0; k < PF_CODES; k++)
        PF_TRY(
            pf_lanes_link(ctx, &e->memory, e->width, p->code[k], p->n_slots, &e->b.linked[k]));
    return PF_OK;
}

/* Go over to native code once it is there; the bits stay the same. */
static void adopt_native(pf_engine *e)
{
    if (e->b.native || !pf_native_fits(e->native, e->program, e->width)) return;
    e->b.native = pf_native_codes(e->native);
    e->b.table = pf_native_table(e->native);
}

static pf_err fill(pf_ctx *ctx, pf_engine *e, const pf_engine_options *o)
{
    const pf_program *p = e->program;
    e->width = o->lanes ? o->lanes : pf_lanes_widest();
    e->kernels = pf_kernels_of(e->width);
    e->deterministic = o->deterministic;
    e->max_step = o->max_step > 0.0 ? o->max_step : INFINITY;
    e->max_steps = o->max_steps ? o->max_steps : 1000000;
    e->max_events = o->max_events ? o->max_events : 10000;
    e->n_watch = o->n_watch;
    e->watch = copy(ctx, &e->memory, o->watch, o->n_watch, sizeof *o->watch);
    e->b.program = p;
    e->b.width = e->width;
    e->b.interpreter = pf_lanes_run(e->width);
    e->native = o->native;
    adopt_native(e);
    e->b.rtol = o->rtol;
    double *atol = copy(ctx, &e->memory, o->atol, p->n_state, sizeof *o->atol);
    if (atol && p->hazard != PF_ABSENT) atol[p->hazard] = HAZARD_ERROR;
    e->b.atol = atol;
    e->b.n_input = o->n_input;
    e->b.input = copy(ctx, &e->memory, o->input, o->n_input, sizeof *o->input);
    e->infused = pf_arena_alloc(ctx, &e->memory, p->n_population + 1, sizeof *e->infused);
    e->pace = pf_arena_alloc(
        ctx, &e->memory, (3 * p->n_population + 1) * (size_t)e->width, sizeof(double));
    if (!e->watch || !e->b.atol || !e->b.input || !e->infused || !e->pace)
        return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < p->n_population; k++) {
        e->infused[k] = PF_ABSENT;
        for (uint32_t i = 0; i < o->n_input; i++)
            if (o->input[i] == p->population[k].state) e->infused[k] = i;
    }

    if (!e->b.native) PF_TRY(link_code(ctx, e));
    PF_TRY(list_switched(ctx, e));
    PF_TRY(list_seen(ctx, e));
    PF_TRY(lay_out(ctx, e));
    PF_TRY(make_cases(ctx, e));
    PF_TRY(pf_events_new(ctx, e));
    PF_TRY(pf_history_new(ctx, e));
    PF_TRY(pf_hybrid_new(ctx, e));
    PF_TRY(pf_edges_new(ctx, e));
    if (o->jumps) {
        if (!o->max_steps) e->max_steps = 10000000000u;
        return pf_jump_new(ctx, e, o->jumps == PF_JUMPS_LEAP, o->leap);
    }
    return pf_pivot_new(ctx, &e->b, &e->b.pivot);
}

pf_err pf_engine_new(
    pf_ctx *ctx, const pf_program *program, const pf_engine_options *options, pf_engine **out)
{
    *out = NULL;
    PF_TRY(check(ctx, program, options));
    pf_engine *e = pf_calloc(ctx, 1, sizeof *e);
    if (!e) return PF_ERR_NO_MEMORY;
    e->program = program;
    pf_arena_init(&e->memory);
    pf_err err = fill(ctx, e, options);
    if (err) {
        pf_engine_free(e);
        return err;
    }
    *out = e;
    return PF_OK;
}

void pf_engine_free(pf_engine *e)
{
    if (!e) return;
    for (int l = 0; l < 8; l++) {
        pf_free(e->cases[l].stop);
        pf_free(e->cases[l].look);
    }
    pf_events_free(e);
    pf_history_free(e);
    pf_edges_free(e);
    pf_pivot_free(e->b.pivot);
    pf_jump_free(e->jump);
    pf_free(e->storage);
    pf_arena_clear(&e->memory);
    pf_free(e);
}

pf_err pf_engine_run(pf_ctx *ctx, pf_engine *e, const pf_source *source)
{
    e->ctx = ctx;
    e->source = source;
    for (int l = 0; l < e->width; l++) {
        e->cases[l].active = 0;
        e->cases[l].failed = PF_OK;
        e->cases[l].ctx = ctx;
    }
    for (;;) {
        int busy = pf_engine_settle(e);
        for (int l = 0; l < e->width; l++)
            if (e->cases[l].failed) return e->cases[l].failed;
        if (!busy) return PF_OK;
        adopt_native(e); /* between steps: within one, jac reads what rhs left */
        if (pf_ctx_cancelled(ctx)) return pf_fail(ctx, PF_ERR_CANCELLED, "stopped on request");
        if (e->jump)
            pf_jump_advance(e);
        else
            pf_engine_advance(e);
    }
}
