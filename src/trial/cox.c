#include "trial/cox.h"

#include "trial/order.h"
#include "trial/special.h"

#include <math.h>
#include <string.h>

enum { MOST_COVARIATES = 1000, MOST_ITERATIONS = 60, MOST_HALVINGS = 30 };

/* Patients sorted by stratum and time; covariates standardised; only the columns that are not
 * aliased. */
typedef struct {
    size_t n, p;
    int breslow;
    const pf_cox_data *data;
    size_t *order, *column;
    int *class;
    double *time, *x, *mean, *scale, *range;
    double *risk;       /* log risk of each patient, then its exponential */
    double *sum, *dead; /* 1 + p + p^2 weighted sums over the risk set, the dead */
    double *beta, *trial, *step, *score, *info, *factor;
    double loglik;
} work;

void pf_cox_clear(pf_cox *cox)
{
    pf_free(cox->coef);
    pf_free(cox->variance);
    pf_free(cox->state);
    *cox = (pf_cox){0};
}

const char *pf_cox_status_text(pf_cox_status status)
{
    switch (status) {
    case PF_COX_CONVERGED:
        return "converged";
    case PF_COX_INFINITE:
        return "the likelihood has no finite maximum: a coefficient is infinite";
    case PF_COX_NOT_CONVERGED:
        return "the iterations ran out before the fit converged";
    case PF_COX_NO_EVENTS:
        return "there are no events";
    }
    return "unknown";
}

static void work_clear(work *w)
{
    void *owned[] = {
        w->order, w->column, w->class, w->time, w->x, w->mean, w->risk, w->sum, w->beta};
    for (size_t i = 0; i < PF_COUNT(owned); i++) pf_free(owned[i]);
}

/* sums: [0] weight, [1..p] weight x, then the lower triangle of weight x x' in full rows */
static void add(double *sums, size_t p, double weight, const double *x)
{
    double *first = sums + 1, *second = first + p;
    sums[0] += weight;
    for (size_t j = 0; j < p; j++) {
        double wx = weight * x[j];
        first[j] += wx;
        for (size_t k = 0; k <= j; k++) second[j * p + k] += wx * x[k];
    }
}

/* One of the tied deaths, with the fraction f of the dead taken out of the risk set (Efron). */
static void add_death(work *w, double f, double shift)
{
    size_t p = w->p;
    const double *s = w->sum, *d = w->dead;
    double total = s[0] - f * d[0];
    w->loglik -= log(total) + shift;
    for (size_t j = 0; j < p; j++) {
        double mean = (s[1 + j] - f * d[1 + j]) / total;
        w->score[j] -= mean;
        for (size_t k = 0; k <= j; k++) {
            size_t at = 1 + p + j * p + k;
            double other = (s[1 + k] - f * d[1 + k]) / total;
            w->info[j * p + k] += (s[at] - f * d[at]) / total - mean * other;
        }
    }
}

/* Weights are relative to exp(shift), which follows the largest risk of the risk set, so that
 * nothing overflows and no risk set vanishes beside patients who have left. The shift cancels.
 */
static double follow(work *w, double shift, double risk)
{
    if (risk <= shift + 30) return shift;
    double scale = exp(shift - risk); /* 0 for the first patient */
    for (size_t k = 0; k < 1 + w->p + w->p * w->p; k++) {
        w->sum[k] *= scale;
        w->dead[k] *= scale;
    }
    return risk;
}

/* Patients [from, to) of the sorted order are one stratum; walk it from the latest time. */
static void add_stratum(work *w, size_t from, size_t to)
{
    size_t p = w->p, size = 1 + p + p * p;
    double shift = -INFINITY;
    memset(w->sum, 0, size * sizeof(double));
    for (size_t i = to; i > from;) {
        size_t first = i, deaths = 0;
        memset(w->dead, 0, size * sizeof(double));
        for (; first > from && w->time[first - 1] == w->time[i - 1]; first--) {
            size_t at = first - 1;
            const double *x = w->x + at * p;
            shift = follow(w, shift, w->risk[at]);
            double weight = exp(w->risk[at] - shift);
            add(w->sum, p, weight, x);
            if (!w->data->event[w->order[at]]) continue;
            deaths++;
            if (!w->breslow) add(w->dead, p, weight, x);
            w->loglik += w->risk[at];
            for (size_t j = 0; j < p; j++) w->score[j] += x[j];
        }
        for (size_t d = 0; d < deaths; d++)
            add_death(w, w->breslow ? 0 : (double)d / (double)deaths, shift);
        i = first;
    }
}

/* Log-likelihood, score and information at w->trial. */
static void evaluate(work *w)
{
    size_t p = w->p;
    w->loglik = 0;
    memset(w->score, 0, p * sizeof(double));
    memset(w->info, 0, p * p * sizeof(double));
    for (size_t i = 0; i < w->n; i++) {
        double risk = 0;
        for (size_t j = 0; j < p; j++) risk += w->x[i * p + j] * w->trial[j];
        w->risk[i] = risk;
    }
    for (size_t i = 0; i < w->n;) {
        size_t to = i;
        while (to < w->n && w->class[w->order[to]] == w->class[w->order[i]]) to++;
        add_stratum(w, i, to);
        i = to;
    }
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k < j; k++) w->info[k * p + j] = w->info[j * p + k];
}

/* The Newton step and its decrement, score' info^-1 score. NaN when the information has no
 * inverse: the step is left as it was. */
static double newton(work *w)
{
    size_t p = w->p;
    memcpy(w->factor, w->info, p * p * sizeof(double));
    if (!pf_cholesky(p, w->factor, 1e-13)) return NAN;
    memcpy(w->step, w->score, p * sizeof(double));
    pf_cholesky_solve(p, w->factor, w->step);
    double decrement = 0;
    for (size_t j = 0; j < p; j++) decrement += w->step[j] * w->score[j];
    return decrement;
}

/* How far the step moves the linear predictor of two patients apart, at most, through covariate
 * j. */
static double reach(const work *w, size_t j)
{
    return fabs(w->step[j]) * w->range[j];
}

static double farthest(const work *w)
{
    double most = 0;
    for (size_t j = 0; j < w->p; j++) most = fmax(most, reach(w, j));
    return most;
}

/* Move along the step; halve it while the likelihood falls. 0 when nothing helps. */
static int advance(work *w)
{
    double before = w->loglik, slack = 1e-13 * (1 + fabs(before));
    for (int half = 0; half <= MOST_HALVINGS; half++) {
        for (size_t j = 0; j < w->p; j++) w->trial[j] = w->beta[j] + w->step[j];
        evaluate(w);
        if (isfinite(w->loglik) && w->loglik >= before - slack) {
            memcpy(w->beta, w->trial, w->p * sizeof(double));
            return 1;
        }
        for (size_t j = 0; j < w->p; j++) w->step[j] /= 2;
    }
    memcpy(w->trial, w->beta, w->p * sizeof(double));
    evaluate(w);
    return 0;
}

/* Near a finite maximum the decrement falls quadratically and the steps vanish. Without one it
 * falls by a constant factor while the steps stay as long as they are: that is how the two are
 * told apart. */
static pf_cox_status iterate(work *w, unsigned most, unsigned *count)
{
    double decrement = newton(w), before;
    int slow = 0;
    for (*count = 0; *count < most;) {
        if (isnan(decrement)) return PF_COX_NOT_CONVERGED;
        if (decrement < 1e-20 && !slow) return PF_COX_CONVERGED;
        if (slow >= 3 && decrement < 1e-11) return PF_COX_INFINITE;
        double loglik = w->loglik;
        if (!advance(w)) return decrement < 1e-14 ? PF_COX_CONVERGED : PF_COX_NOT_CONVERGED;
        ++*count;
        before = decrement;
        decrement = newton(w);
        if (isnan(decrement)) { /* flat: keep going the same way and see what it still brings */
            decrement = 2 * fabs(w->loglik - loglik);
            slow++;
            continue;
        }
        int stalls = decrement > 0.01 * before;
        if (decrement < 1e-14 && stalls && farthest(w) < 1e-3) return PF_COX_CONVERGED;
        slow = before < 1e-4 && stalls && farthest(w) > 0.05 ? slow + 1 : 0;
    }
    return slow ? PF_COX_INFINITE : PF_COX_NOT_CONVERGED;
}

static pf_err check(pf_ctx *ctx, const pf_cox_data *d)
{
    PF_TRY(pf_survival_check(ctx, d->n, d->time, d->event));
    if (!d->covariates)
        return pf_fail(ctx, PF_ERR_RANGE, "a Cox model needs at least one covariate");
    if (d->covariates > MOST_COVARIATES)
        return pf_fail(ctx, PF_ERR_RANGE, "%zu covariates are given; at most %d are fitted",
            d->covariates, MOST_COVARIATES);
    for (size_t i = 0; i < d->n * d->covariates; i++)
        if (!isfinite(d->x[i]))
            return pf_fail(ctx, PF_ERR_NONFINITE,
                "row %zu: covariate %zu is not a finite number", i / d->covariates + 1,
                i % d->covariates + 1);
    return PF_OK;
}

static pf_err work_init(pf_ctx *ctx, work *w, const pf_cox_data *d, pf_cox *out)
{
    size_t n = d->n, p = d->covariates, size = 1 + p + p * p;
    int *labels = NULL;
    double *aligned = NULL;
    pf_err err = pf_classes(ctx, n, d->strata, &w->class, &labels, &out->strata);
    if (!err) err = pf_times_align(ctx, n, d->time, &aligned);
    if (!err) err = pf_order(ctx, n, w->class, aligned, &w->order);
    w->time = pf_calloc(ctx, n, sizeof(double));
    w->x = pf_calloc(ctx, n, p * sizeof(double));
    w->mean = pf_calloc(ctx, p, 3 * sizeof(double));
    w->risk = pf_calloc(ctx, n, sizeof(double));
    w->sum = pf_calloc(ctx, size, 2 * sizeof(double));
    w->beta = pf_calloc(ctx, 4 * p + 2 * p * p, sizeof(double));
    w->column = pf_calloc(ctx, p, sizeof(size_t));
    if (!w->time || !w->x || !w->mean || !w->risk || !w->sum || !w->beta || !w->column)
        err = PF_ERR_NO_MEMORY;
    for (size_t i = 0; !err && i < n; i++) w->time[i] = aligned[w->order[i]];
    pf_free(aligned);
    pf_free(labels);
    if (err) return err;
    w->n = n;
    w->data = d;
    w->scale = w->mean + p;
    w->range = w->scale + p;
    w->dead = w->sum + size;
    w->trial = w->beta + p;
    w->step = w->trial + p;
    w->score = w->step + p;
    w->info = w->score + p;
    w->factor = w->info + p * p;
    return PF_OK;
}

/* Mean 0 and standard deviation 1: the fit does not depend on units, and sums lose fewer
 * digits. */
static void standardise(work *w)
{
    size_t n = w->n, p = w->data->covariates;
    for (size_t j = 0; j < p; j++) {
        const double *x = w->data->x + j;
        double mean = 0, square = 0, low = x[0], high = x[0];
        for (size_t i = 0; i < n; i++) {
            mean += x[i * p] / (double)n;
            low = fmin(low, x[i * p]);
            high = fmax(high, x[i * p]);
        }
        for (size_t i = 0; i < n; i++)
            square += (x[i * p] - mean) * (x[i * p] - mean) / (double)n;
        w->mean[j] = mean;
        w->scale[j] = high > low && square > 0 ? sqrt(square) : 0;
        w->range[j] = w->scale[j] > 0 ? (high - low) / w->scale[j] : 0;
    }
}

/* Copy the columns in w->column[0..count), sorted and standardised. */
static void take_columns(work *w, size_t count)
{
    size_t from = w->data->covariates;
    w->p = count;
    for (size_t i = 0; i < w->n; i++)
        for (size_t j = 0; j < count; j++) {
            size_t c = w->column[j];
            double s = w->scale[c];
            w->x[i * count + j] =
                s > 0 ? (w->data->x[w->order[i] * from + c] - w->mean[c]) / s : 0;
        }
    for (size_t j = 0; j < count;
         j++) { /* columns ascend: nothing is overwritten before it moves */
        w->mean[j] = w->mean[w->column[j]];
        w->scale[j] = w->scale[w->column[j]];
        w->range[j] = w->range[w->column[j]];
    }
}

/* A column whose information is explained by those before it has no coefficient of its own. The
 * factor is built row by row and skips such columns. */
static void drop_aliased(work *w, unsigned char *state)
{
    size_t p = w->p, kept = 0;
    double *l = w->factor, largest = 0;
    for (size_t j = 0; j < p; j++) largest = fmax(largest, w->info[j * p + j]);
    for (size_t j = 0; j < p; j++) {
        double pivot = w->info[j * p + j];
        for (size_t k = 0; k < kept; k++) {
            double v = w->info[j * p + w->column[k]];
            for (size_t m = 0; m < k; m++) v -= l[j * p + m] * l[w->column[k] * p + m];
            l[j * p + k] = v / l[w->column[k] * p + k];
            pivot -= l[j * p + k] * l[j * p + k];
        }
        if (pivot > 1e-10 * w->info[j * p + j] && pivot > 1e-12 * largest) {
            l[j * p + kept] = sqrt(pivot);
            w->column[kept++] = j;
        } else {
            state[j] = PF_COEF_ALIASED;
        }
    }
    w->p = kept;
}

static pf_err out_room(pf_ctx *ctx, const pf_cox_data *d, pf_cox *out)
{
    size_t p = d->covariates;
    out->n = d->n;
    out->covariates = p;
    for (size_t i = 0; i < d->n; i++) out->events += d->event[i];
    out->coef = pf_calloc(ctx, p, 7 * sizeof(double));
    out->variance = pf_calloc(ctx, p * p, sizeof(double));
    out->state = pf_calloc(ctx, p, 1);
    if (!out->coef || !out->variance || !out->state) return PF_ERR_NO_MEMORY;
    for (size_t j = 0; j < 7 * p; j++) out->coef[j] = NAN;
    for (size_t j = 0; j < p * p; j++) out->variance[j] = NAN;
    out->se = out->coef + p;
    out->z = out->se + p;
    out->p = out->z + p;
    out->hazard_ratio = out->p + p;
    out->lower = out->hazard_ratio + p;
    out->upper = out->lower + p;
    out->ratio_test = out->wald_test = out->score_test = (pf_cox_test){NAN, NAN, 0};
    out->loglik = out->loglik_null = out->concordance = NAN;
    return PF_OK;
}

static pf_cox_test test(double chi_square, size_t df)
{
    return (pf_cox_test){chi_square, pf_chi_square_tail(chi_square, (double)df), df};
}

/* The Wald statistic, or NaN. */
static double wald(const work *w)
{
    double sum = 0;
    for (size_t j = 0; j < w->p; j++)
        for (size_t k = 0; k < w->p; k++)
            sum += w->beta[j] * w->info[j * w->p + k] * w->beta[k];
    return sum;
}

/* Coefficients and their variances in the units of the data. */
static void report(work *w, pf_cox *out)
{
    size_t p = w->p, all = out->covariates;
    double z = pf_conf_z(out->conf);
    int inverse = !isnan(newton(w));
    for (size_t j = 0; j < p; j++) {
        size_t c = w->column[j];
        if (out->status == PF_COX_INFINITE && reach(w, j) > 1e-3) {
            out->state[c] = PF_COEF_INFINITE;
            out->coef[c] = w->beta[j] > 0 ? INFINITY : -INFINITY;
            out->hazard_ratio[c] = w->beta[j] > 0 ? INFINITY : 0;
            continue;
        }
        out->coef[c] = w->beta[j] / w->scale[j];
        out->hazard_ratio[c] = exp(out->coef[c]);
    }
    for (size_t j = 0; inverse && j < p; j++) {
        size_t c = w->column[j];
        memset(w->trial, 0, p * sizeof(double));
        w->trial[j] = 1;
        pf_cholesky_solve(p, w->factor, w->trial);
        for (size_t k = 0; k < p; k++) {
            size_t d = w->column[k];
            if (out->state[c] == PF_COEF_FINITE && out->state[d] == PF_COEF_FINITE)
                out->variance[c * all + d] = w->trial[k] / (w->scale[j] * w->scale[k]);
        }
        if (out->state[c] != PF_COEF_FINITE) continue;
        out->se[c] = sqrt(out->variance[c * all + c]);
        out->z[c] = out->coef[c] / out->se[c];
        out->p[c] = pf_normal_two_sided(out->z[c]);
        out->lower[c] = exp(out->coef[c] - z * out->se[c]);
        out->upper[c] = exp(out->coef[c] + z * out->se[c]);
    }
}

static void fit(work *w, unsigned most, pf_cox *out)
{
    size_t all = out->covariates;
    standardise(w);
    for (size_t j = 0; j < all; j++) w->column[j] = j;
    take_columns(w, all);
    evaluate(w);
    drop_aliased(w, out->state);
    if (w->p < all) {
        take_columns(w, w->p);
        evaluate(w);
    }
    out->loglik_null = w->loglik;
    double decrement = w->p ? newton(w) : NAN;
    out->score_test = test(decrement, w->p);
    out->status = w->p ? iterate(w, most, &out->iterations) : PF_COX_CONVERGED;
    out->loglik = w->loglik;
    out->ratio_test = test(2 * (out->loglik - out->loglik_null), w->p);
    out->wald_test = test(out->status == PF_COX_INFINITE ? NAN : wald(w), w->p);
    report(w, out);
}

pf_err pf_cox_fit(
    pf_ctx *ctx, const pf_cox_data *data, const pf_cox_options *options, pf_cox *out)
{
    *out = (pf_cox){0};
    const pf_cox_options standard = {0};
    if (!options) options = &standard;
    out->conf = options->conf;
    PF_TRY(pf_conf_check(ctx, &out->conf));
    PF_TRY(check(ctx, data));
    PF_TRY(out_room(ctx, data, out));
    work w = {.breslow = options->breslow};
    pf_err err = work_init(ctx, &w, data, out);
    double *score = NULL;
    if (!err && !out->events) {
        out->status = PF_COX_NO_EVENTS;
    } else if (!err) {
        fit(&w, options->most_iterations ? options->most_iterations : MOST_ITERATIONS, out);
        score = pf_calloc(ctx, data->n, sizeof *score);
        if (!score) err = PF_ERR_NO_MEMORY;
        for (size_t i = 0; !err && i < data->n; i++) {
            double sum = 0;
            for (size_t j = 0; j < w.p; j++) sum += w.x[i * w.p + j] * w.beta[j];
            score[w.order[i]] = sum;
        }
        if (!err && out->status != PF_COX_INFINITE)
            err = pf_concordance(ctx, data, score, &out->concordance);
    }
    pf_free(score);
    work_clear(&w);
    return err;
}
