/* rodas_lanes.c: one Rodas5P step for all lanes of a batch, compiled once for each width. */
#include "model/width.h"
#include "solve/batch.h"

extern const pf_kernels PF_LANE_NAME(pf_kernels);

#define ROWS(p) ((pf_vec *)(void *)(p))

static void put_state(pf_batch *b, const pf_vec *y, pf_vec t)
{
    const pf_program *p = b->program;
    pf_vec *slot = ROWS(b->slot);
    for (uint32_t s = 0; s < p->n_state; s++) slot[p->state0 + s] = y[s];
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
    for (uint32_t s = 0; s < p->n_state; s++) f0[s] = slot[p->f0 + s];
    for (size_t i = 0; i < b->n_switched; i++)
        slot[p->jac0 + b->switched[i]] *= keep[b->switched_by[i]];
    if (p->autonomous) return;
    for (uint32_t s = 0; s < p->n_state; s++) ft[s] = slot[p->dfdt0 + s];
    for (size_t i = 0; i < p->n_population; i++) ft[p->population[i].state] *= keep[i];
}

static pf_vec magnitude(pf_vec a, pf_vec b)
{
    double x[PF_W], y[PF_W];
    __builtin_memcpy(x, &a, sizeof x);
    __builtin_memcpy(y, &b, sizeof y);
    for (int l = 0; l < PF_W; l++) {
        double m = __builtin_fabs(y[l]);
        x[l] = m > x[l] ? m : x[l];
    }
    __builtin_memcpy(&a, x, sizeof a);
    return a;
}

/* Factor (shift I - J) and see how much its entries grew without pivoting. */
static void factor(pf_batch *b)
{
    const pf_program *p = b->program;
    pf_vec *slot = ROWS(b->slot), shift = 1.0 / (*ROWS(b->h) * PF_GAMMA);
    slot[p->shift] = shift;
    pf_vec before = magnitude(pf_splat(0.0), shift), after = pf_splat(0.0);
    for (uint32_t i = 0; i < p->n_jac; i++) before = magnitude(before, slot[p->jac0 + i]);
    pf_batch_run(b, PF_CODE_FACTOR);
    for (uint32_t i = 0; i < p->n_lu; i++) after = magnitude(after, slot[p->lu0 + i]);
    *ROWS(b->growth) = after / before;
}

/* Combine the stages so far: u := y + sum a k (stages 1 to 6), sum := sum c k. */
static void combine(pf_batch *b, int stage)
{
    size_t n = b->program->n_state;
    const pf_vec *y = ROWS(b->y), *k = ROWS(b->k);
    pf_vec *u = ROWS(b->y1), *sum = ROWS(b->sum);
    for (size_t s = 0; s < n; s++) {
        pf_vec c = k[s] * PF_C[stage][0];
        for (int j = 1; j < stage; j++)
            c = pf_vfma(pf_splat(PF_C[stage][j]), k[(size_t)j * n + s], c);
        sum[s] = c;
        if (stage >= 6) {
            u[s] = u[s] + k[(size_t)(stage - 1) * n + s];
            continue;
        }
        pf_vec a = y[s];
        for (int j = 0; j < stage; j++)
            a = pf_vfma(pf_splat(PF_A[stage][j]), k[(size_t)j * n + s], a);
        u[s] = a;
    }
}

/* Right side of one stage into the solve slots; `f` holds f at the stage's point. */
static void right_side(pf_batch *b, int stage, const pf_vec *f, pf_vec h)
{
    const pf_program *p = b->program;
    pf_vec *right = ROWS(b->slot) + p->b0;
    const pf_vec *sum = ROWS(b->sum), *ft = ROWS(b->ft);
    pf_vec inverse = 1.0 / h;
    for (uint32_t s = 0; s < p->n_state; s++)
        right[s] = stage ? pf_vfma(sum[s], inverse, f[s]) : f[s];
    if (p->autonomous || PF_D[stage] == 0.0) return;
    pf_vec d = h * PF_D[stage];
    for (uint32_t s = 0; s < p->n_state; s++) right[s] = pf_vfma(d, ft[s], right[s]);
}

static void stage_solve(pf_batch *b, int stage)
{
    const pf_program *p = b->program;
    pf_vec *slot = ROWS(b->slot), *k = ROWS(b->k) + (size_t)stage * p->n_state;
    if (b->repair) { /* keep the right side, which solve overwrites */
        pf_vec *sum = ROWS(b->sum);
        for (uint32_t s = 0; s < p->n_state; s++) sum[s] = slot[p->b0 + s];
    }
    pf_batch_run(b, PF_CODE_SOLVE);
    if (b->repair) b->repair(b);
    for (uint32_t s = 0; s < p->n_state; s++) k[s] = slot[p->b0 + s];
}

static void finish(pf_batch *b)
{
    const pf_program *p = b->program;
    size_t n = p->n_state;
    const double *y = b->y;
    pf_vec *y1 = ROWS(b->y1);
    const pf_vec *last = ROWS(b->k) + 7 * n;
    double total[PF_W] = {0};
    for (size_t s = 0; s < n; s++) {
        y1[s] = y1[s] + last[s];
        const double *end = (const double *)(const void *)(y1 + s);
        const double *e = (const double *)(const void *)(last + s);
        for (int l = 0; l < PF_W; l++) {
            double a = __builtin_fabs(y[s * PF_W + (size_t)l]), c = __builtin_fabs(end[l]);
            double q = e[l] / __builtin_fma(b->rtol, a > c ? a : c, b->atol[s]);
            total[l] = __builtin_fma(q, q, total[l]);
        }
    }
    for (int l = 0; l < PF_W; l++) b->error[l] = __builtin_sqrt(total[l] / (double)n);
}

static void stages(pf_batch *b)
{
    const pf_program *p = b->program;
    pf_vec *slot = ROWS(b->slot);
    pf_vec t = *ROWS(b->t), h = *ROWS(b->h);
    right_side(b, 0, ROWS(b->f0), h);
    stage_solve(b, 0);
    for (int stage = 1; stage < PF_STAGES; stage++) {
        combine(b, stage);
        put_state(b, ROWS(b->y1), pf_vfma(h, pf_splat(PF_TIME[stage]), t));
        pf_batch_run(b, PF_CODE_RHS);
        adjust(b, slot + p->f0);
        right_side(b, stage, slot + p->f0, h);
        stage_solve(b, stage);
    }
    finish(b);
}

static void stir(pf_batch *b)
{
    const pf_program *p = b->program;
    size_t n = p->n_state;
    const pf_vec *slot = ROWS(b->slot), *f = ROWS(b->f0), *ft = ROWS(b->ft), *y = ROWS(b->y);
    pf_vec *slope = ROWS(b->at), first = pf_splat(0.0), second = pf_splat(0.0);
    for (size_t s = 0; s < n; s++) slope[s] = p->autonomous ? pf_splat(0.0) : ft[s];
    for (uint32_t i = 0; i < p->n_jac; i++)
        slope[p->jac_row[i]] =
            pf_vfma(slot[p->jac0 + i], f[p->jac_col[i]], slope[p->jac_row[i]]);
    for (size_t s = 0; s < n; s++) {
        pf_vec size = magnitude(pf_splat(0.0), y[s]);
        pf_vec weight = 1.0 / pf_vfma(pf_splat(b->rtol), size, pf_splat(b->atol[s]));
        pf_vec rise = f[s] * weight, bend = slope[s] * weight;
        first = pf_vfma(rise, rise, first);
        second = pf_vfma(bend, bend, second);
    }
    const double *a = (const double *)(const void *)&first;
    const double *c = (const double *)(const void *)&second;
    for (int l = 0; l < PF_W; l++) {
        b->rise[l] = __builtin_sqrt(a[l] / (double)n);
        b->bend[l] = __builtin_sqrt(c[l] / (double)n);
    }
}

static void accept(pf_batch *b)
{
    size_t n = b->program->n_state;
    for (size_t s = 0; s < n; s++) {
        double *y = b->y + s * PF_W;
        const double *y1 = b->y1 + s * PF_W;
        for (int l = 0; l < PF_W; l++) y[l] = b->accept[l] != 0.0 ? y1[l] : y[l];
    }
}

static void dense(pf_batch *b)
{
    size_t n = b->program->n_state;
    const pf_vec *k = ROWS(b->k);
    pf_vec *q = ROWS(b->dense);
    for (size_t m = 0; m < PF_DENSE; m++)
        for (size_t s = 0; s < n; s++) {
            pf_vec x = k[s] * PF_H[m][0];
            for (size_t j = 1; j < PF_STAGES; j++)
                x = pf_vfma(pf_splat(PF_H[m][j]), k[j * n + s], x);
            q[m * n + s] = x;
        }
}

static void interpolate(pf_batch *b)
{
    size_t n = b->program->n_state;
    const pf_vec *y = ROWS(b->y), *y1 = ROWS(b->y1), *q = ROWS(b->dense);
    pf_vec *at = ROWS(b->at), x = *ROWS(b->theta), rest = 1.0 - x;
    for (size_t s = 0; s < n; s++) {
        pf_vec inner = pf_vfma(x, pf_vfma(x, q[2 * n + s], q[n + s]), q[s]);
        /* So that what stands still stands still to the last bit. */
        at[s] = pf_vfma(x, pf_vfma(rest, inner, y1[s] - y[s]), y[s]);
    }
}

const pf_kernels PF_LANE_NAME(pf_kernels) = {
    evaluate, factor, stages, stir, accept, dense, interpolate};
