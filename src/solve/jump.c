/* Runs of jump processes in lanes: what may jump, bounds, arrivals, failures (jump.h). */
#include "solve/jump.h"

#include "solve/events.h"

#include <math.h>
#include <string.h>

extern const pf_jump_kernels pf_jump_kernels_1;
#ifdef PF_X86
extern const pf_jump_kernels pf_jump_kernels_1f, pf_jump_kernels_4, pf_jump_kernels_8;
#endif

enum { ROUNDS = 4096 }; /* of the inner loop between looks at a request to stop */
/* Stream of the draws that make counts whole. */
static const uint32_t ROUNDING = 0xffffffff;
/* A count this near a whole number, as a share of it, is one. */
static const double NEARLY = 1e-9;

const pf_jump_kernels *pf_jump_kernels_of(int width)
{
#ifdef PF_X86
    if (width == 8) return &pf_jump_kernels_8;
    if (width == 4) return &pf_jump_kernels_4;
    if (pf_lanes_has_fma()) return &pf_jump_kernels_1f;
#endif
    (void)width;
    return &pf_jump_kernels_1;
}

double pf_jump_add(double x, double by)
{
    double y = x + by, n = nearbyint(y / by);
    return fabs(y - n * by) <= NEARLY * fabs(by) ? n * by : y;
}

/* ---- what may jump ---- */

static double constant_at(const pf_program *p, uint32_t slot)
{
    int is = slot >= p->constant0 && slot - p->constant0 < p->n_constant;
    return is ? p->constant[slot - p->constant0] : NAN;
}

/* 1 when the state's rate is not simply 0. */
static int drifts(const pf_program *p, uint32_t state)
{
    pf_code code = p->code[PF_CODE_RHS];
    for (size_t i = code.n; i-- > 0;) {
        const pf_instr *x = &code.instr[i];
        if (x->dst != p->f0 + state) continue;
        return x->op != PF_OP_MOV || constant_at(p, x->a) != 0.0;
    }
    return 0;
}

/* 1 when the code reads the time or a state that drifts. */
static int reads_motion(const pf_program *p, unsigned code)
{
    for (size_t i = 0; i < p->code[code].n; i++) {
        const pf_instr *x = &p->code[code].instr[i];
        const uint32_t in[3] = {x->a, x->b, x->c};
        for (unsigned k = 0; k < pf_op_arity((pf_op)x->op); k++) {
            if (in[k] == p->time) return 1;
            if (in[k] < p->state0 || in[k] - p->state0 >= p->n_state) continue;
            if (drifts(p, in[k] - p->state0)) return 1;
        }
    }
    return 0;
}

pf_err pf_jump_check(pf_ctx *ctx, const pf_program *p)
{
    if (p->n_past)
        return pf_fail(ctx, PF_ERR_MODEL, "a model with delay() cannot be simulated by jumps");
    if (reads_motion(p, PF_CODE_FIRE) || reads_motion(p, PF_CODE_RHS))
        return pf_fail(ctx, PF_ERR_MODEL,
            "a propensity or a rate reads the time or a quantity that changes continuously; "
            "write //! discrete X for the species that count and simulate without "
            "--stochastic");
    return PF_OK;
}

/* ---- making ---- */

/* A change by a whole number that is the same for all keeps whole counts whole. */
static void find_whole(const pf_program *p, uint8_t *whole)
{
    for (size_t k = 0; k < p->n_change; k++) {
        double by = constant_at(p, p->change[k].by);
        whole[k] = by == floor(by);
    }
}

pf_err pf_jump_new(pf_ctx *ctx, pf_engine *e, int leaps, double epsilon)
{
    const pf_program *p = e->program;
    PF_TRY(pf_jump_check(ctx, p));
    pf_jump *j = pf_calloc64(ctx, 1, sizeof *j);
    if (!j) return PF_ERR_NO_MEMORY;
    e->jump = j;
    j->n_channel = (uint32_t)p->n_channel;
    j->rate0 = p->n_channel ? p->channel[0].rate : 0;
    uint8_t *whole = pf_arena_alloc(ctx, &e->memory, p->n_change + 1, 1);
    uint32_t *drift = pf_arena_alloc(ctx, &e->memory, p->n_state + 1u, sizeof *drift);
    if (!whole || !drift) return PF_ERR_NO_MEMORY;
    find_whole(p, whole);
    for (uint32_t s = 0; s < p->n_state; s++)
        if (drifts(p, s)) drift[j->n_drift++] = s;
    j->whole = whole;
    j->drift = drift;
    if (leaps) PF_TRY(pf_tau_new(ctx, e, epsilon));
    j->timed = p->n_event && reads_motion(p, PF_CODE_TRIG);
    return PF_OK;
}

void pf_jump_free(pf_jump *j)
{
    pf_free(j);
}

void pf_jump_begin(pf_engine *e, int lane)
{
    pf_jump_lanes *v = &e->jump->lanes;
    const pf_case *c = &e->cases[lane];
    pf_random r;
    pf_random_init(&r, c->seed, PF_DRAW_JUMP, c->replicate, c->patient, 0);
    for (int i = 0; i < 2; i++) {
        v->key[i][lane] = r.key[i];
        v->whom[i][lane] = r.counter[2 + i];
    }
    v->drawn[lane] = v->fired[lane] = v->below[lane] = 0;
    pf_random_init(
        &e->jump->round[lane], c->seed, PF_DRAW_JUMP, c->replicate, c->patient, ROUNDING);
    pf_tau_begin(e, lane);
}

/* ---- advancing ---- */

/* Counts at the start, after a dose or an event: whole without bias. */
static void make_whole(pf_engine *e, int lane)
{
    const pf_program *p = e->program;
    for (size_t i = 0; i < p->n_discrete; i++) {
        double *x = pf_at(e, e->b.slot, p->state0 + p->discrete[i].state, lane);
        double size = *pf_at(e, e->b.slot, p->discrete[i].size, lane);
        double count = *x * size, n = nearbyint(count);
        if (count == n) continue;
        if (fabs(count - n) > NEARLY * fmax(1.0, fabs(n)))
            n = floor(count + pf_random_uniform(&e->jump->round[lane]));
        *x = n / size;
    }
}

/* What changed from outside takes its pending firing along. */
static void refresh(pf_engine *e)
{
    int any = 0;
    for (int l = 0; l < e->width; l++) any |= e->cases[l].active && e->cases[l].fresh;
    if (!any) return;
    pf_batch_run(&e->b, PF_CODE_FIRE); /* sizes */
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (!c->active || !c->fresh) continue;
        make_whole(e, l);
        e->jump->lanes.was_fresh[l] = 1;
        e->jump->lanes.pending[l] = 0;
        c->fresh = 0;
    }
}

static void copy_states(const pf_engine *e, double *to, const double *from)
{
    memcpy(to, from, e->program->n_state * (size_t)e->width * sizeof(double));
}

/* States that follow a rate: y1 at `until`, their rates standing in the slots of f. */
static void move(pf_engine *e, const double until[8])
{
    const pf_program *p = e->program;
    const pf_jump *j = e->jump;
    for (size_t i = 0; i < j->n_drift; i++)
        for (int l = 0; l < e->width; l++) {
            if (isnan(until[l])) continue;
            double f = *pf_at(e, e->b.slot, p->f0 + j->drift[i], l);
            *pf_at(e, e->b.y1, j->drift[i], l) += f * (until[l] - j->lanes.t[l]);
        }
}

static void load(pf_engine *e)
{
    const pf_program *p = e->program;
    pf_jump_lanes *v = &e->jump->lanes;
    size_t w = (size_t)e->width;
    copy_states(e, e->b.slot + p->state0 * w, e->b.y);
    for (int l = 0; l < e->width; l++) {
        const pf_case *c = &e->cases[l];
        v->active[l] = c->active ? 1 : 0;
        v->was_fresh[l] = 0;
        v->t[l] = c->active ? c->t : 0.0;
        v->bound[l] = c->active ? fmin(pf_case_bound(c), pf_case_next_look(c)) : 0.0;
        e->b.slot[p->time * w + (size_t)l] = v->t[l];
    }
    refresh(e);
}

/* The channel that made the total no rate: the first that is none. */
static uint32_t bad_channel(pf_engine *e, int lane, double *value)
{
    const pf_program *p = e->program;
    for (uint32_t i = 0; i < p->n_channel; i++) {
        *value = *pf_at(e, e->b.slot, p->channel[i].rate, lane);
        if (!(*value >= 0.0) || *value > 0x1p1000) return i;
    }
    return PF_ABSENT;
}

static void store(pf_engine *e, int bad)
{
    pf_jump_lanes *v = &e->jump->lanes;
    copy_states(e, e->b.y, e->b.slot + e->program->state0 * (size_t)e->width);
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (!c->active) continue;
        c->t = v->t[l];
        c->steps = v->fired[l];
        if (bad && !(v->total[l] <= 0x1p1000 && v->least[l] >= 0.0)) {
            pf_case_end how = {.status = PF_CASE_BAD_RATE};
            how.channel = bad_channel(e, l, &how.value);
            pf_engine_end(e, l, how);
        } else if (v->below[l]) {
            pf_engine_end(
                e, l, (pf_case_end){.status = PF_CASE_BELOW_ZERO, .channel = v->chosen[l]});
        } else if (c->steps >= e->max_steps) {
            pf_engine_end(e, l, (pf_case_end){.status = PF_CASE_TOO_MANY_STEPS});
        }
    }
}

/* One hop of each lane: to its next firing or its bound, or to where a trigger rises first.
 * Between y and y1 states move in straight lines: the stages, of which dense output is made,
 * are all 0. */
static int hop(pf_engine *e, double until[8])
{
    const pf_program *p = e->program;
    pf_jump *j = e->jump;
    pf_jump_lanes *v = &j->lanes;
    if (j->n_drift) pf_batch_run(&e->b, PF_CODE_RHS);
    if (pf_jump_kernels_of(e->width)->propose(&e->b, j)) return 1;
    copy_states(e, e->b.y, e->b.slot + p->state0 * (size_t)e->width);
    copy_states(e, e->b.y1, e->b.y);
    for (int l = 0; l < e->width; l++) {
        double leap = j->tau && v->active[l] ? pf_tau_longest(e, l) : 0.0;
        if (leap > 0.0) { /* the draw is of no use */
            v->next[l] = INFINITY;
            v->pending[l] = 0;
        }
        until[l] =
            leap > 0.0 ? fmin(v->t[l] + leap, v->bound[l]) : fmin(v->next[l], v->bound[l]);
        if (!v->active[l]) until[l] = NAN;
        e->b.t[l] = v->t[l];
        e->b.h[l] = v->active[l] ? until[l] - v->t[l] : 1.0;
    }
    move(e, until);
    if (!j->timed) return 0;
    pf_events_within(e, until);
    copy_states(e, e->b.y1, e->b.y);
    move(e, until);
    return 0;
}

/* Take the lanes to the ends of their hops, and fire where that is the next firing. */
static int arrive(pf_engine *e, const double until[8])
{
    pf_jump_lanes *v = &e->jump->lanes;
    copy_states(e, e->b.slot + e->program->state0 * (size_t)e->width, e->b.y1);
    for (int l = 0; l < e->width; l++) {
        if (!v->active[l]) continue;
        v->go[l] = v->next[l] <= until[l];
        if (e->jump->tau && pf_tau_longest(e, l) > 0.0)
            pf_tau_fire(e, l, until[l] - v->t[l]);
        else if (e->jump->tau)
            pf_tau_fired(e, l, v->go[l]);
        v->t[l] = until[l];
    }
    return pf_jump_kernels_of(e->width)->fire(&e->b, e->jump);
}

/* With events or states that move, what happens between two firings must be seen. */
static void advance_slowly(pf_engine *e)
{
    double until[8];
    int bad = hop(e, until);
    if (!bad) bad = arrive(e, until);
    store(e, bad);
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (!c->active) continue;
        if (!bad) pf_events_committed(e, l);
        c->at_point = c->at_point || pf_case_bound(c) <= c->t || pf_case_next_look(c) <= c->t;
    }
    pf_events_notice(e);
}

/* Nothing but firings, until a lane arrives at its bound. */
static void advance_quickly(pf_engine *e, long rounds)
{
    const pf_jump_lanes *v = &e->jump->lanes;
    uint64_t before[8];
    memcpy(before, v->fired, sizeof before);
    store(e, pf_jump_kernels_of(e->width)->run(&e->b, e->jump, rounds));
    for (int l = 0; l < e->width; l++) {
        pf_case *c = &e->cases[l];
        if (!c->active || !v->pending[l] || v->next[l] <= v->bound[l]) continue;
        c->t = v->bound[l];
        c->at_point = 1;
    }
    for (int l = 0; e->jump->tau && l < e->width; l++)
        pf_tau_fired(e, l, v->fired[l] - before[l]);
}

void pf_jump_advance(pf_engine *e)
{
    load(e);
    uint64_t rounds = e->jump->tau ? pf_tau_plan(e) : ROUNDS;
    if (e->jump->n_drift || e->program->n_event || !rounds) {
        advance_slowly(e);
        return;
    }
    advance_quickly(e, (long)rounds);
}
