#include "tissue/infer.h"

#include <math.h>

#define Z95 1.959963984540054

pf_estimate pf_estimate_of(double value, double se)
{
    return (pf_estimate){value, se, value * exp(-Z95 * se), value * exp(Z95 * se)};
}

/* n events in so many days, variance times `dispersion`. */
static pf_estimate rate_of(double n, double days, double dispersion)
{
    const pf_estimate none = {NAN, NAN, NAN, NAN};
    if (!(days > 0)) return none;
    if (!(n > 0)) return (pf_estimate){0, NAN, 0, -log(0.05) / days};
    return pf_estimate_of(n / days, sqrt(dispersion / n));
}

/* ---- killing ---- */

double pf_infer_contact(const pf_span *s, double density)
{
    double killers = s->days > 0 ? s->present / s->days : 0;
    double all = density * s->volume + s->targets + killers;
    return all > 0 ? s->targets / all : 0;
}

/* Held time that h lets expect. */
static double expected(const pf_span *s, size_t n, double density)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += pf_infer_contact(&s[i], density) * s[i].present;
    return sum;
}

/* The h of this held time, by bisection of its logarithm; NaN: none is small or large enough.
 */
static double solve_density(const pf_span *s, size_t n, double held)
{
    double low = 0, high = log(1e15);
    if (!(expected(s, n, 1) > held) || !(expected(s, n, exp(high)) < held)) return NAN;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (expected(s, n, exp(middle)) > held)
            low = middle;
        else
            high = middle;
    }
    return exp((low + high) / 2);
}

/* Pearson's statistic over its degrees of freedom, by runs; at least 1. */
static double dispersion_of(
    const double *seen, const double *mean, const double *variance, size_t n)
{
    double sum = 0, terms = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(variance[i] > 0)) continue;
        sum += (seen[i] - mean[i]) * (seen[i] - mean[i]) / variance[i];
        terms++;
    }
    return terms > 1 ? fmax(1, sum / (terms - 1)) : 1;
}

enum { RUNS_MAX = 1024 };

static double killing_dispersion(const pf_span *s, size_t n, size_t n_run, double rate)
{
    double seen[RUNS_MAX] = {0}, mean[RUNS_MAX] = {0};
    if (n_run > RUNS_MAX) return 1;
    for (size_t i = 0; i < n; i++) {
        seen[s[i].run] += s[i].kills[0];
        mean[s[i].run] += rate * s[i].able[0];
    }
    return dispersion_of(seen, mean, mean, n_run);
}

/* Runs against what h lets expect of each; what killers of a run differ in is chance. */
static double contact_dispersion(
    const pf_span *s, size_t n, const pf_stay *k, size_t n_stay, size_t n_run, double density)
{
    double seen[RUNS_MAX] = {0}, mean[RUNS_MAX] = {0}, days[RUNS_MAX] = {0};
    double variance[RUNS_MAX] = {0};
    if (n_run > RUNS_MAX) return 1;
    for (size_t i = 0; i < n; i++) {
        mean[s[i].run] += pf_infer_contact(&s[i], density) * s[i].present;
        days[s[i].run] += s[i].present;
    }
    for (size_t i = 0; i < n_stay; i++) seen[k[i].run] += k[i].held;
    for (size_t i = 0; i < n_stay; i++) {
        size_t r = k[i].run;
        variance[r] += pow(k[i].held - seen[r] / days[r] * k[i].days, 2);
    }
    return dispersion_of(seen, mean, variance, n_run);
}

static void infer_contact(
    const pf_span *s, size_t n, const pf_stay *k, size_t n_stay, size_t n_run, pf_killing *out)
{
    double held = 0, days = 0, square = 0, looking = 0;
    for (size_t i = 0; i < n_stay; i++) {
        held += k[i].held;
        days += k[i].days;
    }
    if (!(days > 0)) return;
    double b = out->contact = held / days;
    for (size_t i = 0; i < n_stay; i++) square += pow(k[i].held - b * k[i].days, 2);
    double h = solve_density(s, n, held);
    if (!(b > 0) || !(b < 1) || n_stay < 2) return;
    out->dispersion_contact = isnan(h) ? 1 : contact_dispersion(s, n, k, n_stay, n_run, h);
    double se = sqrt(square * (double)n_stay / (double)(n_stay - 1) * out->dispersion_contact);
    out->contact_se = se / days / (b * (1 - b));
    if (isnan(h)) return;
    /* d log h / d logit b = (h V + E) / (h V), as T (1 - b) / b = h V + E; over the spans */
    for (size_t i = 0; i < n; i++) {
        double killers = s[i].days > 0 ? s[i].present / s[i].days : 0;
        looking += s[i].present * h * s[i].volume / (h * s[i].volume + killers + 1e-300);
    }
    out->density = pf_estimate_of(h, out->contact_se * days / fmax(looking, 1e-300));
}

void pf_infer_killing(const pf_span *span, size_t n, const pf_stay *stay, size_t n_stay,
    size_t n_run, pf_killing *out)
{
    *out = (pf_killing){.dispersion = 1,
        .dispersion_contact = 1,
        .contact = NAN,
        .contact_se = NAN,
        .density = {NAN, NAN, NAN, NAN}};
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 2; k++) {
            out->kills[k] += span[i].kills[k];
            out->days[k] += span[i].able[k];
        }
    double rate = out->days[0] > 0 ? out->kills[0] / out->days[0] : 0;
    out->dispersion = killing_dispersion(span, n, n_run, rate);
    for (int k = 0; k < 2; k++)
        out->rate[k] = rate_of(out->kills[k], out->days[k], out->dispersion);
    infer_contact(span, n, stay, n_stay, n_run, out);
}

/* ---- granules ---- */

static double plateau(double log_fresh, double log_spent, double slow)
{
    double fresh = exp(log_fresh), spent = exp(log_spent);
    double loaded = (spent / fresh - slow) / (1 - slow);
    return loaded > 0 && loaded < 1 ? fresh * loaded / (1 - loaded) : (double)NAN;
}

pf_estimate pf_infer_plateau(const pf_killing *k, double slow)
{
    const double step = 1e-4;
    const pf_estimate none = {NAN, NAN, NAN, NAN}, *a = &k->rate[0], *b = &k->rate[1];
    if (!(a->value > 0) || !(b->value > 0) || !(slow < 1)) return none;
    double x = log(a->value), y = log(b->value);
    double by_a = log(plateau(x + step, y, slow) / plateau(x - step, y, slow)) / (2 * step);
    double by_b = log(plateau(x, y + step, slow) / plateau(x, y - step, slow)) / (2 * step);
    double se = sqrt(by_a * by_a * a->se * a->se + by_b * by_b * b->se * b->se);
    if (!(se < 1)) return none;
    return pf_estimate_of(k->contact * plateau(x, y, slow), se);
}

/* ---- entry ---- */

/* Of those who have not entered after `days`: the share that can. */
static double waiting(double share, double rate, double days)
{
    double left = share * exp(-rate * days);
    return left / (1 - share + left);
}

static double entry_likelihood(const pf_arrival *a, size_t n, double logit, double log_rate)
{
    double share = 1 / (1 + exp(-logit)), rate = exp(log_rate), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i].entered ? log(share * rate) - rate * a[i].days
                            : log(1 - share + share * exp(-rate * a[i].days));
    return sum;
}

static void em(const pf_arrival *a, size_t n, double *share, double *rate)
{
    for (int k = 0; k < 5000; k++) {
        double can = 0, days = 0, entered = 0;
        for (size_t i = 0; i < n; i++) {
            double w = a[i].entered ? 1 : waiting(*share, *rate, a[i].days);
            can += w;
            days += w * a[i].days;
            entered += a[i].entered;
        }
        double m = can / (double)n, b = entered / days;
        double moved = fabs(m - *share) + fabs(b - *rate) / b;
        *share = m;
        *rate = b;
        if (moved < 1e-10) return;
    }
}

/* The same of shares: Pearson's statistic of who entered in each run. */
static double entry_dispersion(const pf_arrival *a, size_t n, size_t n_run, const pf_entry *e)
{
    double seen[RUNS_MAX] = {0}, all[RUNS_MAX] = {0}, sum = 0, runs = 0;
    double p = (double)e->entered / (double)e->n;
    if (n_run > RUNS_MAX || p >= 1 || p <= 0) return 1;
    for (size_t i = 0; i < n; i++) {
        seen[a[i].run] += a[i].entered;
        all[a[i].run]++;
    }
    for (size_t r = 0; r < n_run; r++) {
        if (!(all[r] > 0)) continue;
        sum += pow(seen[r] - p * all[r], 2) / (all[r] * p * (1 - p));
        runs++;
    }
    return runs > 1 ? fmax(1, sum / (runs - 1)) : 1;
}

/* Errors from the observed information, by differences. 0: it is not positive definite. */
static int entry_errors(const pf_arrival *a, size_t n, double logit, double log_rate,
    double *of_share, double *of_rate)
{
    const double s = 1e-3;
    double here = entry_likelihood(a, n, logit, log_rate);
    double xx = (entry_likelihood(a, n, logit + s, log_rate) - 2 * here +
                    entry_likelihood(a, n, logit - s, log_rate)) /
                (-s * s);
    double yy = (entry_likelihood(a, n, logit, log_rate + s) - 2 * here +
                    entry_likelihood(a, n, logit, log_rate - s)) /
                (-s * s);
    double xy = (entry_likelihood(a, n, logit + s, log_rate + s) -
                    entry_likelihood(a, n, logit + s, log_rate - s) -
                    entry_likelihood(a, n, logit - s, log_rate + s) +
                    entry_likelihood(a, n, logit - s, log_rate - s)) /
                (-4 * s * s);
    double det = xx * yy - xy * xy;
    *of_share = yy / det;
    *of_rate = xx / det;
    return det > 0 && xx > 0;
}

static void entry_limits(pf_entry *e)
{
    double x = log(e->share / (1 - e->share));
    e->low = 1 / (1 + exp(-(x - Z95 * e->se_logit)));
    e->high = 1 / (1 + exp(-(x + Z95 * e->se_logit)));
}

void pf_infer_entry(const pf_arrival *a, size_t n, size_t n_run, pf_entry *out)
{
    double days = 0, in = 0, waited = 0, share = 0.5;
    *out = (pf_entry){.n = n, .dispersion = 1, .share = NAN, .se_logit = NAN, .low = NAN};
    out->high = NAN;
    for (size_t i = 0; i < n; i++) {
        out->entered += (size_t)a[i].entered;
        days += a[i].days;
        if (a[i].entered)
            in += a[i].days;
        else
            waited += a[i].days;
    }
    double entered = (double)out->entered, rest = (double)n - entered;
    out->dispersion = entry_dispersion(a, n, n_run, out);
    if (!out->entered) {
        out->rate = rate_of(0, days, 1);
        return;
    }
    double rate = entered / fmax(in, 1e-9), of_share = 0, of_rate = 0;
    em(a, n, &share, &rate);
    /* all who had time came in: Jeffreys' share */
    if (rest == 0 || share > 1 - 0.5 / (double)n) {
        out->rate = rate_of(entered, days, out->dispersion);
        out->share = (entered + 0.5) / ((double)n + 1);
        out->se_logit = sqrt(out->dispersion * (1 / (entered + 0.5) + 1 / (rest + 0.5)));
        out->told = rest == 0 || rate * waited / rest >= 2;
        entry_limits(out);
        return;
    }
    int sure = entry_errors(a, n, log(share / (1 - share)), log(rate), &of_share, &of_rate);
    out->share = share;
    out->se_logit = sure ? sqrt(out->dispersion * of_share) : INFINITY;
    out->rate = pf_estimate_of(rate, sure ? sqrt(out->dispersion * of_rate) : INFINITY);
    out->told = out->se_logit < 1 && rate * waited / rest >= 2;
    entry_limits(out);
}
