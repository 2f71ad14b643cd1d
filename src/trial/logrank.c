/* The log-rank test of survival.h. */
#include "trial/order.h"
#include "trial/special.h"
#include "trial/survival.h"

#include <math.h>
#include <string.h>

enum { MOST_GROUPS = 1000 };

void pf_logrank_clear(pf_logrank *r)
{
    pf_free(r->group);
    pf_free(r->n);
    pf_free(r->observed);
    pf_free(r->expected);
    pf_free(r->variance);
    *r = (pf_logrank){0};
}

/* One event time: `dead` of `total` at risk, spread over the groups as `risk`. */
static void add_time(pf_logrank *r, const double *risk, double dead, double total)
{
    size_t k = r->groups;
    for (size_t g = 0; g < k; g++) r->expected[g] += dead * risk[g] / total;
    if (total <= 1 || dead >= total) return;
    double c = dead * (total - dead) / (total * (total - 1));
    for (size_t g = 0; g < k; g++) {
        if (risk[g] == 0) continue;
        r->variance[g * k + g] += c * risk[g];
        for (size_t h = 0; h < k; h++) r->variance[g * k + h] -= c * risk[g] * risk[h] / total;
    }
}

/* The patients order[0..n) of one stratum, latest first. */
static void add_stratum(pf_logrank *r, size_t n, const size_t *order, const double *time,
    const unsigned char *event, const int *group, double *risk)
{
    memset(risk, 0, r->groups * sizeof *risk);
    for (size_t i = n; i > 0;) {
        size_t j = i;
        double dead = 0, t = time[order[i - 1]];
        for (; j > 0 && time[order[j - 1]] == t; j--) {
            size_t who = order[j - 1], g = (size_t)group[who];
            risk[g]++;
            r->observed[g] += event[who];
            dead += event[who];
        }
        if (dead > 0) add_time(r, risk, dead, (double)(n - j));
        i = j;
    }
}

/* Groups that nothing was expected of are left out, and the first of the others: the sum is 0.
 */
static pf_err finish(pf_ctx *ctx, pf_logrank *r)
{
    size_t k = r->groups, m = 0;
    size_t *used = pf_calloc(ctx, k, sizeof *used);
    double *v = pf_calloc(ctx, k * k + 2 * k, sizeof *v);
    if (!used || !v) {
        pf_free(used);
        pf_free(v);
        return PF_ERR_NO_MEMORY;
    }
    double *miss = v + k * k, *solved = miss + k;
    for (size_t g = 0; g < k; g++)
        if (r->expected[g] > 0) used[m++] = g;
    r->df = m ? m - 1 : 0;
    r->chi_square = r->p = NAN;
    if (r->df) {
        for (size_t i = 1; i < m; i++) {
            miss[i - 1] = solved[i - 1] = r->observed[used[i]] - r->expected[used[i]];
            for (size_t j = 1; j < m; j++)
                v[(i - 1) * r->df + j - 1] = r->variance[used[i] * k + used[j]];
        }
        if (pf_cholesky(r->df, v, 1e-13)) {
            pf_cholesky_solve(r->df, v, solved);
            r->chi_square = 0;
            for (size_t i = 0; i < r->df; i++) r->chi_square += miss[i] * solved[i];
            r->p = pf_chi_square_tail(r->chi_square, (double)r->df);
        }
    }
    pf_free(used);
    pf_free(v);
    return PF_OK;
}

static pf_err room(pf_ctx *ctx, size_t n, const int *class, pf_logrank *r)
{
    size_t k = r->groups;
    if (k < 2)
        return pf_fail(
            ctx, PF_ERR_RANGE, "there is only one group: a comparison needs at least two");
    if (k > MOST_GROUPS)
        return pf_fail(
            ctx, PF_ERR_RANGE, "there are %zu groups; at most %d are compared", k, MOST_GROUPS);
    r->n = pf_calloc(ctx, k, sizeof *r->n);
    r->observed = pf_calloc(ctx, k, sizeof(double));
    r->expected = pf_calloc(ctx, k, sizeof(double));
    r->variance = pf_calloc(ctx, k * k, sizeof(double));
    if (!r->n || !r->observed || !r->expected || !r->variance) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) r->n[class[i]]++;
    return PF_OK;
}

pf_err pf_logrank_test(pf_ctx *ctx, size_t n, const double *time, const unsigned char *event,
    const int *group, const int *strata, pf_logrank *out)
{
    *out = (pf_logrank){0};
    PF_TRY(pf_survival_check(ctx, n, time, event));
    double *aligned = NULL, *risk = NULL;
    int *class = NULL, *stratum = NULL, *names = NULL;
    size_t *order = NULL;
    pf_err err = pf_classes(ctx, n, group, &class, &out->group, &out->groups);
    if (!err) err = room(ctx, n, class, out);
    if (!err) err = pf_classes(ctx, n, strata, &stratum, &names, &out->strata);
    if (!err) err = pf_times_align(ctx, n, time, &aligned);
    if (!err) err = pf_order(ctx, n, stratum, aligned, &order);
    if (!err && !(risk = pf_calloc(ctx, out->groups, sizeof *risk))) err = PF_ERR_NO_MEMORY;
    for (size_t i = 0; !err && i < n;) {
        size_t j = i;
        while (j < n && stratum[order[j]] == stratum[order[i]]) j++;
        add_stratum(out, j - i, order + i, aligned, event, class, risk);
        i = j;
    }
    if (!err) err = finish(ctx, out);
    pf_free(risk);
    pf_free(order);
    pf_free(aligned);
    pf_free(stratum);
    pf_free(names);
    pf_free(class);
    return err;
}
