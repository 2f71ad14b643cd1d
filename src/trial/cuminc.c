#include "trial/cuminc.h"

#include "trial/order.h"

#include <math.h>

void pf_cuminc_clear(pf_cuminc *c)
{
    pf_free(c->time); /* one block */
    *c = (pf_cuminc){0};
}

static pf_err check(pf_ctx *ctx, size_t n, const double *time, const unsigned char *cause,
    size_t causes, unsigned char *any)
{
    for (size_t i = 0; i < n; i++) {
        if (cause[i] > causes)
            return pf_fail(
                ctx, PF_ERR_RANGE, "row %zu: cause %d of %zu", i + 1, cause[i], causes);
        any[i] = cause[i] > 0;
    }
    return pf_survival_check(ctx, n, time, any);
}

static void fill(
    pf_cuminc *c, const size_t *order, const double *time, const unsigned char *cause)
{
    double s = 1, *now = c->incidence;
    for (size_t i = 0; i < c->n;) {
        size_t j = i, all = 0, row = c->rows++;
        double risk = (double)(c->n - i);
        now = c->incidence + row * c->causes;
        for (size_t k = 0; k < c->causes; k++) now[k] = row ? now[k - c->causes] : 0;
        for (; j < c->n && time[order[j]] == time[order[i]]; j++) {
            if (!cause[order[j]]) continue;
            now[cause[order[j]] - 1] += s / risk;
            all++;
        }
        s *= (risk - (double)all) / risk;
        c->time[row] = time[order[i]];
        c->survival[row] = s;
        i = j;
    }
}

pf_err pf_cuminc_fit(pf_ctx *ctx, size_t n, const double *time, const unsigned char *cause,
    size_t causes, pf_cuminc *out)
{
    *out = (pf_cuminc){.n = n, .causes = causes};
    double *aligned = NULL;
    size_t *order = NULL;
    unsigned char *any = pf_calloc(ctx, n, 1);
    pf_err err = any ? check(ctx, n, time, cause, causes, any) : PF_ERR_NO_MEMORY;
    if (!err) err = pf_times_align(ctx, n, time, &aligned);
    if (!err) err = pf_order(ctx, n, NULL, aligned, &order);
    if (!err) {
        out->time = pf_calloc(ctx, n, (causes + 2) * sizeof(double));
        if (!out->time) err = PF_ERR_NO_MEMORY;
    }
    if (!err) {
        out->survival = out->time + n;
        out->incidence = out->survival + n;
        fill(out, order, aligned, cause);
    }
    pf_free(order);
    pf_free(aligned);
    pf_free(any);
    return err;
}

double pf_cuminc_at(const pf_cuminc *c, size_t cause, double t)
{
    size_t low = 0, high = c->rows; /* rows at or before t */
    if (!c->rows || cause < 1 || cause > c->causes) return NAN;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->time[middle] <= t)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low) return 0;
    if (t > c->time[c->rows - 1] && c->survival[c->rows - 1] > 0) return NAN;
    return c->incidence[(low - 1) * c->causes + cause - 1];
}
