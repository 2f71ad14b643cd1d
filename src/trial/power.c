#include "trial/power.h"

#include "trial/proportion.h"

#include <math.h>
#include <string.h>

/* Limits of the standard normal and of chi-square with one degree of freedom at 5 %. */
static const double Z = 1.959963984540054, CHI_SQUARE = 3.841458820694124;

const double PF_POWER_LARGER[] = {1, 1.25, 1.5, 2, 2.5, 3, 4};
const size_t PF_POWER_LARGER_COUNT = PF_COUNT(PF_POWER_LARGER);

size_t pf_power_patients(size_t size, int k)
{
    return k + 1 >= PF_POWER_SIZES ? size : (size * (size_t)(k + 1) + 2) / PF_POWER_SIZES;
}

/* What one replicate says of the effect: it counts when its variance exists. */
static void add_effect(pf_power *p, double effect, double variance, double null_variance)
{
    if (!isfinite(effect) || !isfinite(variance)) return;
    p->n++;
    p->effect += effect;
    p->effect2 += effect * effect;
    p->variance += variance;
    p->null_variance += null_variance;
}

/* in[1] of the arm, in[0] of the other: the first `k` patients that count. */
static pf_err logranks(
    pf_ctx *ctx, size_t most[PF_POWER_SIZES][2], pf_two_arms *curve, pf_power *p)
{
    size_t all = most[PF_POWER_SIZES - 1][0] + most[PF_POWER_SIZES - 1][1];
    unsigned char *room = pf_calloc(ctx, all ? all : 1, 1);
    if (!room) return PF_ERR_NO_MEMORY;
    const unsigned char *const in[2] = {room, room + most[PF_POWER_SIZES - 1][0]};
    unsigned char *const fill[2] = {room, room + most[PF_POWER_SIZES - 1][0]};
    for (int k = 0; k < PF_POWER_SIZES; k++) {
        pf_versus v;
        for (int side = 0; side < 2; side++) memset(fill[side], 1, most[k][side]);
        pf_two_arms_compare(curve, in, k + 1 == PF_POWER_SIZES, &v);
        int told = v.variance > 0;
        uint64_t found = told && v.difference * v.difference > CHI_SQUARE * v.variance;
        p->significant[k] += found;
        if (v.difference < 0) p->better[k] += found;
        if (told && k + 1 == PF_POWER_SIZES)
            add_effect(p, log(v.hazard_ratio), v.log_variance, 1 / v.variance);
    }
    pf_free(room);
    return PF_OK;
}

static int64_t responders(const pf_arm_result *a, size_t most)
{
    int64_t n = 0;
    for (size_t i = 0; i < most; i++) {
        double best = a->row[i][PF_P_BEST];
        n += best == PF_RESPONSE_CR || best == PF_RESPONSE_PR;
    }
    return n;
}

static pf_err fishers(pf_ctx *ctx, size_t most[PF_POWER_SIZES][2],
    const pf_arm_result *const side[2], pf_power *p)
{
    for (int k = 0; k < PF_POWER_SIZES; k++) {
        double chance;
        int64_t x[2], n[2];
        for (int i = 0; i < 2; i++) {
            n[i] = (int64_t)most[k][i];
            x[i] = responders(side[i], most[k][i]);
        }
        if (!n[0] || !n[1]) continue;
        const int64_t table[4] = {x[1], n[1] - x[1], x[0], n[0] - x[0]};
        PF_TRY(pf_fisher_p(ctx, table, &chance));
        double n1 = (double)n[1], n0 = (double)n[0], p1 = (double)x[1] / n1,
               p0 = (double)x[0] / n0;
        p->significant[k] += chance < 0.05;
        p->better[k] += chance < 0.05 && p1 > p0;
        if (k + 1 < PF_POWER_SIZES) continue;
        double both = (double)(x[1] + x[0]) / (n1 + n0);
        add_effect(p, p1 - p0, p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0,
            both * (1 - both) * (1 / n1 + 1 / n0));
    }
    return PF_OK;
}

pf_err pf_power_add(pf_ctx *ctx, const pf_study *s, const pf_arm_result *arm,
    const pf_arm_result *against, pf_two_arms *curve, pf_power *p)
{
    const pf_arm_result *const side[2] = {against, arm};
    const size_t size[2] = {s->arm[p->against].size, s->arm[p->arm].size};
    size_t most[PF_POWER_SIZES][2];
    /* Of those who count, so that a failed patient makes room for the next one. */
    for (int k = 0; k < PF_POWER_SIZES; k++)
        for (int i = 0; i < 2; i++) {
            most[k][i] = pf_power_patients(size[i], k);
            if (most[k][i] > side[i]->n) most[k][i] = side[i]->n;
        }
    p->replicates++;
    if (curve) return logranks(ctx, most, curve, p);
    if (size[0] && size[1]) p->correction = 0.5 * (1 / (double)size[0] + 1 / (double)size[1]);
    return fishers(ctx, most, side, p);
}

static double above(double x)
{
    return 0.5 * erfc(x / sqrt(2.0));
}

double pf_power_assurance(const pf_power *p, double m, int better)
{
    if (p->n < PF_POWER_REPLICATES) return NAN;
    double mu = p->effect / p->n, v = p->variance / p->n;
    double between = (p->effect2 - p->n * mu * mu) / (p->n - 1);
    double sd = sqrt(fmax(0, between - v) + v / m);
    double limit = Z * sqrt(p->null_variance / p->n / m) + p->correction / m;
    if (p->kind != PF_ENDPOINT_ORR) mu = -mu; /* so that more is better */
    if (!(sd > 0)) return mu > limit || (!better && mu < -limit);
    return above((limit - mu) / sd) + (better ? 0 : above((limit + mu) / sd));
}
