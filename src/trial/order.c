#include "trial/order.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

pf_err pf_survival_check(pf_ctx *ctx, size_t n, const double *time, const unsigned char *event)
{
    if (!n)
        return pf_fail(ctx, PF_ERR_RANGE, "there are no patients: at least one row is needed");
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(time[i]))
            return pf_fail(
                ctx, PF_ERR_NONFINITE, "row %zu: the time is not a finite number", i + 1);
        if (time[i] < 0)
            return pf_fail(ctx, PF_ERR_RANGE, "row %zu: time %g is below 0", i + 1, time[i]);
        if (event[i] > 1)
            return pf_fail(
                ctx, PF_ERR_RANGE, "row %zu: event is %d; it must be 0 or 1", i + 1, event[i]);
    }
    return PF_OK;
}

pf_err pf_conf_check(pf_ctx *ctx, double *conf)
{
    if (*conf == 0) *conf = 0.95;
    if (*conf > 0 && *conf < 1) return PF_OK;
    return pf_fail(ctx, PF_ERR_RANGE, "confidence level %g is not between 0 and 1", *conf);
}

double pf_conf_z(double conf)
{
    return pf_normal_quantile(1 - (1 - conf) / 2);
}

typedef struct {
    double time;
    size_t index;
    int label;
} item;

static int compare_items(const void *a, const void *b)
{
    const item *x = a, *y = b;
    if (x->label != y->label) return x->label < y->label ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

pf_err pf_order(pf_ctx *ctx, size_t n, const int *label, const double *time, size_t **out)
{
    item *items = pf_calloc(ctx, n, sizeof *items);
    *out = pf_calloc(ctx, n, sizeof **out);
    if (!items || !*out) {
        pf_free(items);
        return PF_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) items[i] = (item){time[i], i, label ? label[i] : 0};
    qsort(items, n, sizeof *items, compare_items);
    for (size_t i = 0; i < n; i++) (*out)[i] = items[i].index;
    pf_free(items);
    return PF_OK;
}

pf_err pf_times_align(pf_ctx *ctx, size_t n, const double *time, double **out)
{
    size_t *order = NULL;
    *out = pf_calloc(ctx, n, sizeof **out);
    if (!*out) return PF_ERR_NO_MEMORY;
    pf_err err = pf_order(ctx, n, NULL, time, &order);
    if (!err) {
        double sum = 0, different = 0;
        for (size_t i = 0; i < n; i++)
            if (i == 0 || time[order[i]] != time[order[i - 1]]) {
                sum += time[order[i]];
                different++;
            }
        /* A step counts as none when it is small as it stands or relative to the mean. */
        double mean = sum / different, near = sqrt(DBL_EPSILON), current = 0, last = 0;
        for (size_t i = 0; i < n; i++) {
            double t = time[order[i]], step = t - last;
            if (i == 0 || (step > near && step / mean > near)) current = t;
            last = t;
            (*out)[order[i]] = current;
        }
    }
    pf_free(order);
    return err;
}

static int compare_ints(const void *a, const void *b)
{
    int x = *(const int *)a, y = *(const int *)b;
    return x < y ? -1 : x > y;
}

pf_err pf_classes(
    pf_ctx *ctx, size_t n, const int *label, int **classes, int **labels, size_t *count)
{
    *classes = pf_calloc(ctx, n, sizeof **classes);
    *labels = pf_calloc(ctx, n, sizeof **labels);
    *count = n ? 1 : 0;
    if (!*classes || !*labels) return PF_ERR_NO_MEMORY;
    if (!n || !label) return PF_OK;
    for (size_t i = 0; i < n; i++) (*labels)[i] = label[i];
    qsort(*labels, n, sizeof **labels, compare_ints);
    for (size_t i = 1; i < n; i++)
        if ((*labels)[i] != (*labels)[*count - 1]) (*labels)[(*count)++] = (*labels)[i];
    for (size_t i = 0; i < n; i++) {
        const int *at = bsearch(&label[i], *labels, *count, sizeof **labels, compare_ints);
        (*classes)[i] = at ? (int)(at - *labels) : 0;
    }
    return PF_OK;
}

int pf_cholesky(size_t m, double *a, double tolerance)
{
    for (size_t j = 0; j < m; j++) {
        double diagonal = a[j * m + j], pivot = diagonal;
        for (size_t k = 0; k < j; k++) pivot -= a[j * m + k] * a[j * m + k];
        if (!(pivot > tolerance * diagonal) || !(pivot > 0)) return 0;
        a[j * m + j] = sqrt(pivot);
        for (size_t i = j + 1; i < m; i++) {
            double v = a[i * m + j];
            for (size_t k = 0; k < j; k++) v -= a[i * m + k] * a[j * m + k];
            a[i * m + j] = v / a[j * m + j];
        }
    }
    return 1;
}

void pf_cholesky_solve(size_t m, const double *l, double *b)
{
    for (size_t i = 0; i < m; i++) {
        for (size_t k = 0; k < i; k++) b[i] -= l[i * m + k] * b[k];
        b[i] /= l[i * m + i];
    }
    for (size_t i = m; i-- > 0;) {
        for (size_t k = i + 1; k < m; k++) b[i] -= l[k * m + i] * b[k];
        b[i] /= l[i * m + i];
    }
}
