/* jump_lanes.c: the inner loop of exact jumps, compiled once for each width. */
#include "model/width.h"
#include "model/hyperbolic.h"
#include "solve/jump.h"

extern const pf_jump_kernels PF_LANE_NAME(pf_jump_kernels);

/* A vector of whole numbers, and the product of their lower halves. */
#if PF_W == 1
typedef uint64_t words;
static inline words product(words a, words b)
{
    return a * b;
}
#else
typedef uint64_t words __attribute__((vector_size(PF_W * 8)));
static inline words product(words a, words b)
{
#if PF_W == 8
    return (words)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#else
    return (words)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#endif
}
#endif

static inline words load(const uint64_t x[8])
{
    words y;
    __builtin_memcpy(&y, x, sizeof y);
    return y;
}

/* Ten rounds of Philox4x32 (base/random.h) in each lane, its words kept in the lower halves. */
static inline void draw(const pf_jump_lanes *j, uint64_t high[PF_W], uint64_t low[PF_W])
{
    const words zero = {0}, word = zero + 0xffffffffu;
    const words m0 = zero + 0xD2511F53u, m1 = zero + 0xCD9E8D57u;
    words k0 = load(j->key[0]), k1 = load(j->key[1]), drawn = load(j->drawn);
    words c0 = drawn & word, c1 = drawn >> 32, c2 = load(j->whom[0]), c3 = load(j->whom[1]);
    for (int round = 0; round < 10; round++) {
        words p0 = product(m0, c0), p1 = product(m1, c2);
        c0 = p1 >> 32 ^ c1 ^ k0;
        c2 = p0 >> 32 ^ c3 ^ k1;
        c1 = p1 & word;
        c3 = p0 & word;
        k0 = (k0 + 0x9E3779B9u) & word;
        k1 = (k1 + 0xBB67AE85u) & word;
    }
    words first = c0 << 32 | c1, second = c2 << 32 | c3;
    __builtin_memcpy(high, &first, sizeof first);
    __builtin_memcpy(low, &second, sizeof second);
}

/* 52 bits in (0, 1), as pf_random_uniform makes them. */
static inline double uniform(uint64_t bits)
{
    return (pf_from_bits(bits >> 12 | 0x3ff0000000000000ull) - 1.0) + 0x1p-53;
}

static inline void sum_rates(
    const pf_batch *b, const pf_jump *j, double total[PF_W], double least[PF_W])
{
    const double *rate = b->slot + (size_t)j->rate0 * PF_W;
    for (int l = 0; l < PF_W; l++) total[l] = least[l] = 0.0;
    for (uint32_t i = 0; i < j->n_channel; i++, rate += PF_W)
        for (int l = 0; l < PF_W; l++) {
            total[l] += rate[l];
            least[l] = rate[l] < least[l] ? rate[l] : least[l];
        }
}

static int propose(pf_batch *b, pf_jump *j)
{
    pf_jump_lanes *v = &j->lanes;
    double total[PF_W], least[PF_W];
    uint64_t high[PF_W], low[PF_W];
    int bad = 0;
    pf_batch_run(b, PF_CODE_FIRE);
    sum_rates(b, j, total, least);
    draw(v, high, low);
    for (int l = 0; l < PF_W; l++) {
        double wait = -pf_real_log(uniform(high[l])) / total[l];
        double next = v->t[l] + wait, pick = uniform(low[l]);
        v->next[l] = v->pending[l] ? v->next[l] : next;
        v->pick[l] = v->pending[l] ? v->pick[l] : pick;
    }
    for (int l = 0; l < PF_W; l++) {
        v->drawn[l] += 1 - v->pending[l];
        v->pending[l] = 1;
        v->total[l] = total[l];
        v->least[l] = least[l];
        bad |= v->active[l] && !(total[l] <= 0x1p1000 && least[l] >= 0.0);
    }
    return bad;
}

/* Which channel each lane's pick means: the first at which the running sum is beyond it. */
static inline void choose(const pf_batch *b, const pf_jump *j, uint32_t chosen[PF_W])
{
    const double *rate = b->slot + (size_t)j->rate0 * PF_W;
    double sum[PF_W], target[PF_W], passed[PF_W];
    for (int l = 0; l < PF_W; l++) {
        sum[l] = passed[l] = 0.0;
        target[l] = j->lanes.pick[l] * j->lanes.total[l];
    }
    for (uint32_t i = 0; i < j->n_channel; i++, rate += PF_W)
        for (int l = 0; l < PF_W; l++) {
            sum[l] += rate[l];
            passed[l] += sum[l] <= target[l] ? 1.0 : 0.0;
        }
    for (int l = 0; l < PF_W; l++) chosen[l] = (uint32_t)passed[l];
}

/* Rounding may put the pick behind the last sum: then the last channel that can fire. */
static uint32_t last_channel(const pf_batch *b, const pf_jump *j, int lane)
{
    uint32_t i = j->n_channel;
    while (i-- > 1)
        if (b->slot[((size_t)j->rate0 + i) * PF_W + (size_t)lane] > 0.0) break;
    return i;
}

static int fire(pf_batch *b, pf_jump *j)
{
    const pf_program *p = b->program;
    pf_jump_lanes *v = &j->lanes;
    uint32_t chosen[PF_W];
    uint64_t below = 0;
    choose(b, j, chosen);
    for (int l = 0; l < PF_W; l++) {
        if (!v->go[l]) continue;
        uint32_t i = chosen[l] < j->n_channel ? chosen[l] : last_channel(b, j, l);
        const pf_channel *c = &p->channel[i];
        for (uint32_t k = c->change0; k < c->change0 + c->n_change; k++) {
            double *x = b->slot + ((size_t)p->state0 + p->change[k].state) * PF_W + l;
            double by = b->slot[(size_t)p->change[k].by * PF_W + (size_t)l];
            *x = j->whole[k] ? *x + by : pf_jump_add(*x, by);
            if (*x < 0.0) v->below[l] = below = 1;
        }
        v->chosen[l] = i;
        v->t[l] = v->next[l];
        v->pending[l] = 0;
        v->fired[l]++;
    }
    return (int)below;
}

static int run(pf_batch *b, pf_jump *j, long most)
{
    pf_jump_lanes *v = &j->lanes;
    for (long round = 0; round < most; round++) {
        if (propose(b, j)) return 1;
        uint64_t arrived = 0;
        for (int l = 0; l < PF_W; l++) {
            uint64_t before = v->next[l] <= v->bound[l];
            v->go[l] = before & v->active[l];
            arrived |= v->active[l] & (before ^ 1u);
        }
        if (fire(b, j)) return 1;
        if (arrived) return 0;
    }
    return 0;
}

const pf_jump_kernels PF_LANE_NAME(pf_jump_kernels) = {propose, fire, run};
