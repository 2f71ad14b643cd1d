/* rodas_lanes.c: one Rodas5P step for all lanes of a batch, compiled once for each width. */
#include "model/elementary.h"
#include "model/width.h"
#include "solve/batch.h"

extern const pf_kernels PF_LANE_NAME(pf_kernels);

#define ROWS(p) ((pf_vec *)(void *)(p))

/* States that rest (program.h) stand where the start put them; a step is about the others. */
static void put_state(pf_batch *b, const pf_vec *y, pf_vec t)
{
    const pf_program *p = b->program;
    pf_vec *slot = ROWS(b->slot);
    for (size_t i = 0; i < p->n_moving; i++) {
        const size_t s = p->moving[i];
        slot[p->state0 + s] = y[s];
    }
    slot[p->time] = t;
    if (b->recall) b->recall(b);
}

/* Infusions in, discrete populations out. */
static void adjust(pf_batch *b, pf_vec *f)
{
    const pf_program *p = b->program;
    const pf_vec *rate = ROWS(b->rate), *keep = ROWS(b->keep);
    for (size_t i = 0; i < b->n_input; i++) f[b->input[i]] += rate[i];
    for (size_t i = 0; i < p->n_population; i++) f[p->population[i].state] *= keep[i];
}

static void evaluate(pf_batch *b)
{
    const pf_program *p = b->program;
    pf_vec *slot = ROWS(b->slot), *f0 = ROWS(b->f0), *ft = ROWS(b->ft);
    const pf_vec *keep = ROWS(b->keep);
    put_state(b, ROWS(b->y), *ROWS(b->t));
    pf_batch_run(b, PF_CODE_RHS);
    pf_batch_run(b, PF_CODE_JAC);
    adjust(b, slot + p->f0);
    for (size_t i = 0; i < p->n_moving; i++) f0[p->moving[i]] = slot[p->f0 + p->moving[i]];
    for (size_t i = 0; i < b->n_switched; i++)
        slot[p->jac0 + b->switched[i]] *= keep[b->switched_by[i]];
    if (p->autonomous) return;
    for (size_t i = 0; i < p->n_moving; i++) ft[p->moving[i]] = slot[p->dfdt0 + p->moving[i]];
    for (size_t i = 0; i < p->n_population; i++) ft[p->population[i].state] *= keep[i];
}

static pf_vec magnitude(pf_vec a, pf_vec b)
{
    return pf_vlarger(pf_vabs(b), a);
}

/* The largest magnitude of n rows and `least`, lane by lane. Four maxima at a time, since each
 * would wait for the one before; which one a row goes to does not matter to the largest. */
static pf_vec largest(const pf_vec *row, size_t n, pf_vec least)
{
    pf_vec a = least, b = least, c = least, d = least;
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        a = magnitude(a, row[i]);
        b = magnitude(b, row[i + 1]);
        c = magnitude(c, row[i + 2]);
        d = magnitude(d, row[i + 3]);
    }
    for (; i < n; i++) a = magnitude(a, row[i]);
    return magnitude(magnitude(a, b), magnitude(c, d));
}

/* Factor (shift I - J) and see how much its entries grew without pivoting. */
static void factor(pf_batch *b)
{
    const pf_program *p = b->program;
    pf_vec *slot = ROWS(b->slot), shift = 1.0 / (*ROWS(b->h) * PF_GAMMA);
    slot[p->shift] = shift;
    pf_vec least = magnitude(pf_splat(0.0), shift);
    pf_vec before = largest(slot + p->jac0, p->n_jac, least);
    pf_batch_run(b, PF_CODE_FACTOR);
    *ROWS(b->growth) = largest(slot + p->lu0, p->n_lu, pf_splat(0.0)) / before;
}

/* The stage is a constant wherever these are used, so that its loops over earlier stages unroll
 * and its coefficients stay in registers. */
#define STAGE static inline __attribute__((always_inline))

/* Where the stage evaluates f, into the state slots: y + sum a k, from the seventh on the place
 * before plus its k. The k that was solved for last moves from the solve slots to its row. */
STAGE void move_to(pf_batch *b, const int stage, pf_vec t)
{
    const pf_program *p = b->program;
    const size_t n = p->n_state;
    const uint32_t *moving = p->moving;
    pf_vec *slot = ROWS(b->slot), *restrict u = slot + p->state0;
    const pf_vec *restrict solved = slot + p->b0, *restrict y = ROWS(b->y);
    pf_vec *restrict k = ROWS(b->k);
    slot[p->time] = t;
    for (size_t i = 0; i < p->n_moving; i++) {
        const size_t s = moving[i];
        pf_vec last = solved[s], a = stage >= 6 ? u[s] : y[s];
        k[(size_t)(stage - 1) * n + s] = last;
        for (int j = 0; stage < 6 && j < stage - 1; j++)
            a = pf_vfma(pf_splat(PF_A[stage][j]), k[(size_t)j * n + s], a);
        u[s] = stage >= 6 ? a + last : pf_vfma(pf_splat(PF_A[stage][stage - 1]), last, a);
    }
}

/* The stage's right side into the solve slots: f + (sum c k) / h + h d ft. */
STAGE void right_side(pf_batch *b, const int stage, const pf_vec *f, pf_vec h)
{
    const pf_program *p = b->program;
    const size_t n = p->n_state;
    pf_vec *restrict right = ROWS(b->slot) + p->b0;
    const pf_vec *restrict k = ROWS(b->k), *ft = ROWS(b->ft);
    const pf_vec inverse = 1.0 / h, d = h * PF_D[stage];
    const int timed = !p->autonomous && PF_D[stage] != 0.0;
    for (size_t i = 0; i < p->n_moving; i++) {
        const size_t s = p->moving[i];
        pf_vec x = f[s];
        if (stage) {
            pf_vec c = k[s] * PF_C[stage][0];
            for (int j = 1; j < stage; j++)
                c = pf_vfma(pf_splat(PF_C[stage][j]), k[(size_t)j * n + s], c);
            x = pf_vfma(c, inverse, x);
        }
        right[s] = timed ? pf_vfma(d, ft[s], x) : x;
    }
}

static void solve(pf_batch *b)
{
    const pf_program *p = b->program;
    if (b->repair) { /* keep the right side, which solve overwrites */
        const pf_vec *right = ROWS(b->slot) + p->b0;
        pf_vec *sum = ROWS(b->sum);
        for (uint32_t s = 0; s < p->n_state; s++) sum[s] = right[s];
    }
    pf_batch_run(b, PF_CODE_SOLVE);
    if (b->repair) b->repair(b);
}

STAGE void one_stage(pf_batch *b, const int stage, pf_vec t, pf_vec h)
{
    pf_vec *f = ROWS(b->slot) + b->program->f0;
    const pf_vec now = pf_vfma(h, pf_splat(PF_TIME[stage]), t);
    move_to(b, stage, -pf_vlarger(-now, -*ROWS(b->latest)));
    if (b->recall) b->recall(b);
    pf_batch_run(b, PF_CODE_RHS);
    adjust(b, f);
    right_side(b, stage, f, h);
    solve(b);
}

/* 1 / w to 1e-7, for weights of errors: a guess from the exponent and Newton's iteration, which
 * are no division and so five times as fast. For w from 1e-307 to 1e307; no number for none. */
static inline pf_vec about_inverse(pf_vec w)
{
    double in[PF_W];
    uint64_t bits[PF_W];
    pf_vec r;
    __builtin_memcpy(in, &w, sizeof in);
    __builtin_memcpy(bits, in, sizeof bits);
    for (int l = 0; l < PF_W; l++) bits[l] = 0x7fde623822fc16e6u - bits[l];
    __builtin_memcpy(&r, bits, sizeof r);
    for (int i = 0; i < 3; i++) r = pf_vfma(r, pf_vfma(-w, r, pf_splat(1.0)), r);
    return r;
}

/* y1 and the error, whose fifth root the step control works with. */
static void finish(pf_batch *b)
{
    const pf_program *p = b->program;
    const size_t n = p->n_state;
    const pf_vec *slot = ROWS(b->slot), *u = slot + p->state0, *last = slot + p->b0;
    const pf_vec *y = ROWS(b->y), rtol = pf_splat(b->rtol);
    pf_vec *y1 = ROWS(b->y1), *k = ROWS(b->k) + (PF_STAGES - 1) * n, sum = pf_splat(0.0);
    for (size_t i = 0; i < p->n_moving; i++) {
        const size_t s = p->moving[i];
        pf_vec end = u[s] + last[s];
        pf_vec size = pf_vlarger(pf_vabs(y[s]), pf_vabs(end));
        pf_vec q = last[s] * about_inverse(pf_vfma(rtol, size, pf_splat(b->atol[s])));
        y1[s] = end;
        k[s] = last[s];
        sum = pf_vfma(q, q, sum);
    }
    double total[PF_W];
    __builtin_memcpy(total, &sum, sizeof total);
    for (int l = 0; l < PF_W; l++) {
        double error = __builtin_sqrt(total[l] / (p->n_moving ? (double)p->n_moving : 1.0));
        b->error[l] = error;
        b->root[l] = pf_real_exp(0.2 * pf_real_log(error));
    }
}

static void stages(pf_batch *b)
{
    const pf_vec t = *ROWS(b->t), h = *ROWS(b->h);
    right_side(b, 0, ROWS(b->f0), h);
    solve(b);
    one_stage(b, 1, t, h);
    one_stage(b, 2, t, h);
    one_stage(b, 3, t, h);
    one_stage(b, 4, t, h);
    one_stage(b, 5, t, h);
    one_stage(b, 6, t, h);
    one_stage(b, 7, t, h);
    finish(b);
}

static void stir(pf_batch *b)
{
    const pf_program *p = b->program;
    const pf_vec *slot = ROWS(b->slot), *f = ROWS(b->f0), *ft = ROWS(b->ft), *y = ROWS(b->y);
    pf_vec *slope = ROWS(b->at), first = pf_splat(0.0), second = pf_splat(0.0);
    for (size_t i = 0; i < p->n_moving; i++)
        slope[p->moving[i]] = p->autonomous ? pf_splat(0.0) : ft[p->moving[i]];
    for (uint32_t i = 0; i < p->n_jac; i++)
        slope[p->jac_row[i]] =
            pf_vfma(slot[p->jac0 + i], f[p->jac_col[i]], slope[p->jac_row[i]]);
    for (size_t i = 0; i < p->n_moving; i++) {
        const size_t s = p->moving[i];
        pf_vec size = magnitude(pf_splat(0.0), y[s]);
        pf_vec weight = about_inverse(pf_vfma(pf_splat(b->rtol), size, pf_splat(b->atol[s])));
        pf_vec rise = f[s] * weight, bend = slope[s] * weight;
        first = pf_vfma(rise, rise, first);
        second = pf_vfma(bend, bend, second);
    }
    const double *a = (const double *)(const void *)&first;
    const double *c = (const double *)(const void *)&second;
    for (int l = 0; l < PF_W; l++) {
        b->rise[l] = __builtin_sqrt(a[l] / (double)p->n_moving);
        b->bend[l] = __builtin_sqrt(c[l] / (double)p->n_moving);
    }
}

static void accept(pf_batch *b)
{
    const pf_program *p = b->program;
    const pf_vec move = *ROWS(b->accept), *y1 = ROWS(b->y1);
    pf_vec *y = ROWS(b->y);
    for (size_t i = 0; i < p->n_moving; i++) {
        const size_t s = p->moving[i];
        y[s] = pf_vpick(move, y1[s], y[s]);
    }
}

static inline void dense_of(const pf_batch *b, size_t s)
{
    const size_t n = b->program->n_state;
    const pf_vec *restrict k = ROWS(b->k) + s;
    pf_vec *restrict q = ROWS(b->dense) + s, x[PF_DENSE];
    for (size_t m = 0; m < PF_DENSE; m++) x[m] = k[0] * PF_H[m][0];
    for (size_t j = 1; j < PF_STAGES; j++)
        for (size_t m = 0; m < PF_DENSE; m++)
            x[m] = pf_vfma(pf_splat(PF_H[m][j]), k[j * n], x[m]);
    for (size_t m = 0; m < PF_DENSE; m++) q[m * n] = x[m];
}

static void dense(pf_batch *b)
{
    const pf_program *p = b->program;
    for (size_t i = 0; i < p->n_moving; i++) dense_of(b, p->moving[i]);
}

static void dense_seen(pf_batch *b)
{
    const size_t n = b->n_seen;
    for (size_t i = 0; i < n; i++) dense_of(b, b->seen[i]);
}

/* y(t + theta h) of state s, with rest = 1 - theta. In this form what stands still stands still
 * to the last bit; pf_interpolant has the same bits, and events rely on it. */
static inline pf_vec interpolant(const pf_batch *b, size_t s, pf_vec x, pf_vec rest)
{
    size_t n = b->program->n_state;
    const pf_vec *q = ROWS(b->dense) + s;
    pf_vec inner = pf_vfma(x, pf_vfma(x, q[2 * n], q[n]), q[0]);
    pf_vec y = ROWS(b->y)[s];
    return pf_vfma(x, pf_vfma(rest, inner, ROWS(b->y1)[s] - y), y);
}

static void interpolate(pf_batch *b)
{
    const pf_program *p = b->program;
    const pf_vec *y = ROWS(b->y);
    pf_vec *at = ROWS(b->at), x = *ROWS(b->theta), rest = 1.0 - x;
    for (uint32_t s = 0; s < p->n_state; s++) at[s] = y[s];
    for (size_t i = 0; i < p->n_moving; i++)
        at[p->moving[i]] = interpolant(b, p->moving[i], x, rest);
}

static void see(pf_batch *b)
{
    const size_t n = b->n_seen;
    pf_vec *to = ROWS(b->slot) + b->program->state0, x = *ROWS(b->theta), rest = 1.0 - x;
    for (size_t i = 0; i < n; i++) to[b->seen[i]] = interpolant(b, b->seen[i], x, rest);
}

const pf_kernels PF_LANE_NAME(pf_kernels) = {
    evaluate, factor, stages, stir, accept, dense, dense_seen, interpolate, see};
