/* Answers to claims, as text and as JSON. */
#include "trial/claims.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NAME = 12, LINE = 400 };

const char *pf_lever_verdict_text(pf_lever_verdict v)
{
    static const char *const TEXT[] = {
        "inside", "above", "below", "no range", "cannot", "no effect"};
    return TEXT[v];
}

static void print(const pf_claims *c, const pf_expect *e, double x, char *text, size_t size)
{
    pf_measure m = pf_measure_of(e);
    if (e->direction && isnan(x)) { /* the claim itself */
        snprintf(text, size, "%s", e->direction > 0 ? "up" : "down");
        return;
    }
    if (!m.unit) m.unit = c->kinetics_unit;
    pf_measure_print(text, size, &m, x);
}

/* "x 12", "x 1/16", "x 1000" */
static void factor_text(double factor, char *text, size_t size)
{
    double x = factor >= 1 ? factor : 1 / factor;
    snprintf(text, size, x >= 99.5 ? "x %s%.0f" : "x %s%.2g", factor >= 1 ? "" : "1/", x);
}

static const char *ordinal(int n)
{
    if (n % 100 / 10 == 1) return "th";
    return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

static void where(const pf_claims *c, const pf_claim_answer *a, char *text, size_t size)
{
    char low[64], high[64];
    const pf_verdict *v = &a->verdict;
    if (isfinite(v->agree)) {
        snprintf(text, size, "so in %.0f %% of %zu replicates (95 %% are needed): %s",
            100 * v->agree, v->spread.defined,
            v->kind == PF_VERDICT_PASS ? "it holds" : "it does not hold");
        return;
    }
    print(c, a->claim, v->spread.q025, low, sizeof low);
    print(c, a->claim, v->spread.q975, high, sizeof high);
    if (v->spread.defined > 1) {
        int p = (int)lround(v->percentile);
        snprintf(text, size,
            "at the %d%s percentile of %zu replicates (central 95 %%: %s to %s)", p, ordinal(p),
            v->spread.defined, low, high);
    } else {
        snprintf(text, size, "%zu replicate%s with a value cannot place it", v->spread.defined,
            v->spread.defined == 1 ? "" : "s");
    }
}

/* What the lever would have to be: without its name. */
static void need(const pf_claims *c, const pf_claim_answer *a, const pf_lever_answer *l,
    char *text, size_t size)
{
    char factor[40], low[64], high[64];
    const pf_lever_found *f = &l->found;
    const char *unit = !strcmp(l->unit, "1") ? "" : l->unit, *gap = *unit ? " " : "";
    factor_text(f->factor, factor, sizeof factor);
    print(c, a->claim, f->least, low, sizeof low);
    print(c, a->claim, f->most, high, sizeof high);
    int n = snprintf(
        text, size, "%.3g -> %.3g%s%s (%s): ", l->typical, l->value, gap, unit, factor);
    char *rest = text + n;
    size_t left = n > 0 && (size_t)n < size ? size - (size_t)n : 0;
    switch (l->verdict) {
    case PF_LEVER_INSIDE:
        snprintf(rest, left, "inside its evidence (%.3g to %.3g)", l->low, l->high);
        break;
    case PF_LEVER_ABOVE:
        snprintf(rest, left, "beyond it: %.2g x its upper end, %.3g", l->beyond, l->high);
        break;
    case PF_LEVER_BELOW:
        snprintf(rest, left, "beyond it: 1/%.2g of its lower end, %.3g", l->beyond, l->low);
        break;
    case PF_LEVER_NO_RANGE:
        snprintf(rest, left, "no range is known");
        break;
    case PF_LEVER_NOTHING:
        snprintf(text, size, "%.3g%s%s changes nothing", l->typical, gap, unit);
        break;
    case PF_LEVER_CANNOT: {
        char at_low[40], at_high[40];
        factor_text(f->least_at, at_low, sizeof at_low);
        factor_text(f->most_at, at_high, sizeof at_high);
        snprintf(text, size, "%.3g%s%s cannot reach it: %s at %s, %s at %s", l->typical, gap,
            unit, low, at_low, high, at_high);
        break;
    }
    }
}

/* The answer in one sentence. */
static void conclusion(const pf_claims *c, const pf_claim_answer *a, char *text, size_t size)
{
    char claim[64], place[300], needed[LINE];
    print(c, a->claim, a->claim->value, claim, sizeof claim);
    where(c, a, place, sizeof place);
    int n =
        snprintf(text, size, "The claimed %s of %s stands %s", a->claim->text, claim, place);
    char *rest = text + n;
    size_t left = n > 0 && (size_t)n < size ? size - (size_t)n : 0;
    if (a->verdict.spread.defined < 2)
        n = snprintf(text, size, "The claimed %s of %s: %s", a->claim->text, claim, place);
    if (a->state == PF_CLAIM_DIRECTION) {
        snprintf(text, size, "%s is claimed to go %s: %s.", a->claim->text, claim, place);
    } else if (a->state == PF_CLAIM_CENTRAL) {
        snprintf(rest, left, ", in their central half: nothing has to move.");
    } else if (a->state == PF_CLAIM_NO_VALUE) {
        snprintf(rest, left, "; a small trial gives it no value, so nothing was looked for.");
    } else if (!a->nearest) {
        snprintf(rest, left,
            ". No single parameter makes it hold within x 1/1000 to x 1000 (%zu looked at).",
            a->n_lever);
    } else {
        need(c, a, a->nearest, needed, sizeof needed);
        snprintf(rest, left, ". %s: %s %s.",
            a->nearest->verdict == PF_LEVER_INSIDE
                ? "It holds with a value that the evidence allows"
                : "It holds only beyond the evidence; the least of it",
            a->nearest->name, needed);
    }
}

/* ---- text ---- */

static void one(const pf_claims *c, const pf_claim_answer *a, pf_buf *out)
{
    char text[2 * LINE], value[64];
    print(c, a->claim, a->claim->value, value, sizeof value);
    where(c, a, text, sizeof text);
    pf_buf_printf(out, "claim     %s, %s claimed\n          %s\n", a->claim->text, value, text);
    if (a->state == PF_CLAIM_CENTRAL) pf_buf_text(out, "          nothing has to move\n");
    if (a->state != PF_CLAIM_ANSWERED) return;
    print(c, a->claim, a->now, value, sizeof value);
    pf_buf_printf(out, "          %s in a small trial; for the claim, each alone:\n", value);
    for (size_t i = 0; i < a->n_lever; i++) {
        const pf_lever_answer *l = &a->lever[i];
        need(c, a, l, text, sizeof text);
        pf_buf_printf(out, "          %-*s %s\n", NAME, l->name, text);
    }
}

void pf_claims_text(const pf_claims *c, pf_buf *out)
{
    for (size_t i = 0; i < c->n; i++) one(c, &c->answer[i], out);
}

/* ---- JSON ---- */

static void lever_json(
    const pf_claims *c, const pf_claim_answer *a, const pf_lever_answer *l, pf_buf *out)
{
    char text[LINE];
    need(c, a, l, text, sizeof text);
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "parameter", l->name);
    pf_json_text(out, "unit", l->unit);
    pf_json_number(out, "typical", l->typical);
    pf_json_number(out, "low", l->low);
    pf_json_number(out, "high", l->high);
    pf_json_text(out, "verdict", pf_lever_verdict_text(l->verdict));
    pf_json_number(out, "factor", l->found.factor);
    pf_json_number(out, "short_of", l->found.short_of);
    pf_json_number(out, "value", l->value);
    pf_json_number(out, "beyond", l->beyond);
    pf_json_number(out, "lowest_factor", l->found.least_at);
    pf_json_number(out, "figure_at_lowest", l->found.least);
    pf_json_number(out, "highest_factor", l->found.most_at);
    pf_json_number(out, "figure_at_highest", l->found.most);
    pf_json_integer(out, "evaluations", l->found.evaluations);
    pf_json_text(out, "sentence", text);
    pf_json_close(out, '}');
}

void pf_claims_json(const pf_claims *c, pf_buf *out)
{
    static const char *const STATE[] = {"central", "answered", "no value", "direction"};
    pf_json_open(out, "claims", '[');
    for (size_t i = 0; i < c->n; i++) {
        const pf_claim_answer *a = &c->answer[i];
        char text[4 * LINE];
        conclusion(c, a, text, sizeof text);
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "endpoint", a->claim->text);
        pf_json_number(out, "claimed", a->claim->value);
        if (a->claim->direction)
            pf_json_text(out, "direction", a->claim->direction > 0 ? "up" : "down");
        pf_json_text(out, "source", a->claim->source);
        pf_json_number(out, "percentile", a->verdict.percentile);
        pf_json_text(out, "state", STATE[a->state]);
        pf_json_number(out, "small_trial", a->now);
        pf_json_integer(out, "small_trial_patients", PF_CLAIM_PATIENTS);
        pf_json_text(out, "nearest", a->nearest ? a->nearest->name : NULL);
        pf_json_text(out, "sentence", text);
        pf_json_open(out, "levers", '[');
        for (size_t k = 0; k < a->n_lever; k++) lever_json(c, a, &a->lever[k], out);
        pf_json_close(out, ']');
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
}
