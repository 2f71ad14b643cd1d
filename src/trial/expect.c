#include "trial/expect.h"

#include "trial/proportion.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double AGREE = 0.95;

const char *pf_verdict_text(pf_verdict_kind kind)
{
    static const char *const text[] = {"cannot say", "pass", "miss"};
    return text[kind];
}

const char *pf_role_text(pf_expect_role role)
{
    static const char *const text[] = {"fit", "check", "predict", "claim"};
    return text[role];
}

/* ---- the published interval ---- */

static pf_err find_interval(pf_ctx *ctx, const pf_expect *e, pf_verdict *v)
{
    pf_measure m = pf_measure_of(e);
    v->low = e->low;
    v->high = e->high;
    if (!isnan(e->low) && !isnan(e->high)) return PF_OK;
    v->low = v->high = NAN;
    if (!pf_measure_is_share(&m) || !e->n || isnan(e->value)) return PF_OK;
    if (!(e->value >= 0 && e->value <= 1))
        return pf_fail(ctx, PF_ERR_RANGE, "expected %s of %g: a share lies between 0 and 1",
            e->text ? e->text : PF_ENDPOINT_KIND[m.kind].key, e->value);
    pf_proportion p;
    int64_t x = (int64_t)llround(e->value * (double)e->n);
    PF_TRY(pf_proportion_interval(ctx, x, (int64_t)e->n, 0.95, &p));
    v->low = p.lower;
    v->high = p.upper;
    v->exact = 1;
    return PF_OK;
}

/* Judged by the published interval alone: what is measured in blood and of the product, and how
 * two arms compare in it when an interval of that is known. */
static int by_interval(const pf_expect *e)
{
    return PF_ENDPOINT_KIND[e->endpoint].interval &&
           (e->compare == PF_COMPARE_NONE || !isnan(e->low));
}

/* What stands for the simulation against the published interval: the mean, or the median for
 * kinetics and where some replicates did not reach the endpoint (a ratio over such a one is 0),
 * so that no mean exists. */
static double simulated(const pf_expect *e, const pf_verdict *v, const char **word)
{
    int ratio = e->compare == PF_COMPARE_RATIO;
    int median = by_interval(e) || v->spread.reached < v->spread.defined ||
                 (ratio && v->spread.q025 <= 0);
    *word = median ? "median" : "mean";
    return median ? v->spread.median : v->spread.mean;
}

/* ---- the sentence ---- */

static void say(pf_verdict *v, const char *text)
{
    size_t at = strlen(v->sentence);
    snprintf(v->sentence + at, sizeof v->sentence - at, "%s", text);
}

static void say_centre(const pf_expect *e, pf_verdict *v)
{
    char text[200], value[64];
    pf_measure m = pf_measure_of(e);
    pf_measure_print(value, sizeof value, &m, e->value);
    snprintf(text, sizeof text, "the published %s is %s the central 95 %% of %zu replicates",
        value, v->in_centre ? "inside" : "outside", v->spread.defined);
    say(v, text);
}

static void say_interval(const pf_expect *e, pf_verdict *v)
{
    char text[260], value[64], low[64], high[64];
    const char *word;
    pf_measure m = pf_measure_of(e);
    pf_measure_print(value, sizeof value, &m, simulated(e, v, &word));
    pf_measure_print(low, sizeof low, &m, v->low);
    pf_measure_print(high, sizeof high, &m, v->high);
    snprintf(text, sizeof text, "the simulated %s of %s lies %s the %s interval %s to %s", word,
        value, v->in_interval ? "inside" : "outside", v->exact ? "exact binomial" : "published",
        low, high);
    say(v, text);
}

static void say_rest(const pf_expect *e, size_t arm_size, pf_verdict *v)
{
    char text[200];
    if (v->spread.defined < v->spread.n) {
        snprintf(text, sizeof text, "; %zu of %zu replicates had no value and were left out",
            v->spread.n - v->spread.defined, v->spread.n);
        say(v, text);
    }
    if (v->spread.reached < v->spread.defined) {
        snprintf(text, sizeof text, "; %zu replicates did not reach it",
            v->spread.defined - v->spread.reached);
        say(v, text);
    }
    if (e->n && e->n != arm_size && !e->among.text) {
        snprintf(text, sizeof text, "; published for %zu patients, simulated with %zu", e->n,
            arm_size);
        say(v, text);
    }
    if (v->provisional && v->kind != PF_VERDICT_CANNOT_SAY) {
        snprintf(text, sizeof text, "; provisional: %zu replicates < %d", v->spread.n,
            PF_EXPECT_REPLICATES);
        say(v, text);
    }
}

/* ---- the verdict ---- */

static void judge_kinetics(const pf_expect *e, pf_verdict *v)
{
    if (isnan(v->low)) {
        say(v, "no published interval to compare the simulated median with");
        return;
    }
    v->kind = v->in_interval ? PF_VERDICT_PASS : PF_VERDICT_MISS;
    say_interval(e, v);
}

static void judge_outcome(const pf_expect *e, pf_verdict *v)
{
    int known = !isnan(v->low), good = v->in_centre && (!known || v->in_interval);
    v->kind = good ? PF_VERDICT_PASS : PF_VERDICT_MISS;
    say_centre(e, v);
    say(v, known && v->in_centre != v->in_interval ? ", but " : known ? ", and " : "; ");
    if (known)
        say_interval(e, v);
    else
        say(v, "no published interval is known, so this is the only criterion");
}

/* 95 % of the replicates agree with a published direction. */
static void judge_direction(
    const pf_expect *e, const double *value, size_t n, double from, pf_verdict *v)
{
    char text[200];
    size_t agree = 0;
    for (size_t i = 0; i < n; i++)
        agree += e->direction > 0 ? value[i] > from : value[i] < from; /* NaN: neither */
    double share = (double)agree / (double)v->spread.defined;
    v->agree = share;
    v->in_centre = share >= AGREE;
    v->kind = v->in_centre ? PF_VERDICT_PASS : PF_VERDICT_MISS;
    snprintf(text, sizeof text,
        "published as going %s: %.0f %% of %zu replicates are %s %g (95 %% are needed)",
        e->direction > 0 ? "up" : "down", 100 * share, v->spread.defined,
        e->direction > 0 ? "above" : "below", from);
    say(v, text);
}

pf_err pf_expect_judge(pf_ctx *ctx, const pf_expect *e, size_t arm_size, const double *value,
    size_t n, pf_verdict *out)
{
    const char *word;
    *out = (pf_verdict){.kind = PF_VERDICT_CANNOT_SAY, .percentile = NAN, .agree = NAN};
    PF_TRY(find_interval(ctx, e, out));
    PF_TRY(pf_spread_fit(ctx, value, n, &out->spread));
    out->provisional = n < PF_EXPECT_REPLICATES;
    /* Without change a ratio is 1 and a difference 0. */
    double from = e->compare == PF_COMPARE_DIFFERENCE ? 0 : 1;
    double published = e->direction ? from : e->value;
    if (out->spread.defined > 1) out->percentile = pf_percentile_of(value, n, published);
    out->in_centre = out->spread.q025 <= e->value && e->value <= out->spread.q975;
    double s = simulated(e, out, &word);
    out->in_interval = out->low <= s && s <= out->high;
    if (!isfinite(published))
        say(out, "no number was published");
    else if (!out->spread.defined)
        say(out, "no replicate gave this figure a value");
    else if (out->spread.defined < 2)
        say(out, "one replicate cannot say");
    else if (e->direction)
        judge_direction(e, value, n, from, out);
    else if (by_interval(e))
        judge_kinetics(e, out);
    else
        judge_outcome(e, out);
    say_rest(e, arm_size, out);
    return PF_OK;
}
