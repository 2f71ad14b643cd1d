#include "patient/population.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ATTEMPTS = 1000, VARIABLE_BITS = 20 };
/* The patient to whom what a replicate shares belongs: no trial has so many. */
static const uint64_t NOBODY = UINT32_MAX;

static int is_drawn(pf_distribution kind)
{
    return kind != PF_DIST_CONSTANT && kind != PF_DIST_FORMULA;
}

static pf_err fail_at(pf_ctx *ctx, pf_err code, const pf_place *at, const char *sentence)
{
    pf_fail(ctx, code, "%s", sentence);
    if (at->file) pf_fail_in(ctx, "%s:%d:%d", at->file, at->line, at->column);
    return code;
}

/* ---- distributions ---- */

static double logit(double p)
{
    if (p <= 0) return -INFINITY;
    return p >= 1 ? INFINITY : log(p) - log1p(-p);
}

/* The scale on which a distribution is normal. */
static double to_normal(const pf_variable *v, double x)
{
    if (v->kind == PF_DIST_LOGNORMAL) return x > 0 ? log(x) : -INFINITY;
    return v->kind == PF_DIST_LOGITNORMAL ? logit(x) : x;
}

static double from_normal(const pf_variable *v, double y)
{
    if (v->kind == PF_DIST_LOGNORMAL) return exp(y);
    if (v->kind == PF_DIST_LOGITNORMAL)
        return y < 0 ? exp(y) / (1 + exp(y)) : 1 / (1 + exp(-y));
    return y;
}

/* The standard normal cut to [a, b], at the probability that `z` has in the uncut one. Each
 * tail is reckoned from its own end, so that nothing cancels. */
static double normal_between(double z, double a, double b)
{
    if (isinf(a) && isinf(b)) return z;
    if (a > 0) return -normal_between(-z, -b, -a);
    double width = pf_normal_cdf(b) - pf_normal_cdf(a);
    double lower = pf_normal_cdf(a) + pf_normal_cdf(z) * width;
    double upper = pf_normal_cdf(-b) + pf_normal_cdf(-z) * width;
    double x = lower < upper ? pf_normal_quantile(lower) : -pf_normal_quantile(upper);
    return fmin(fmax(x, a), b);
}

static double discrete(const pf_variable *v, double u)
{
    double sum = 0, total = 0;
    for (size_t i = 0; i < v->n_values; i++) total += v->weight[i];
    for (size_t i = 0; i + 1 < v->n_values; i++) {
        sum += v->weight[i];
        if (u * total < sum) return v->value[i];
    }
    return v->value[v->n_values - 1];
}

/* F^-1(Phi(z)). */
static double quantile(const pf_variable *v, double z)
{
    if (v->kind == PF_DIST_DISCRETE) return discrete(v, pf_normal_cdf(z));
    if (v->kind == PF_DIST_UNIFORM) return v->low + pf_normal_cdf(z) * (v->high - v->low);
    if (v->kind == PF_DIST_LOGUNIFORM) {
        double x = v->low * exp(pf_normal_cdf(z) * log(v->high / v->low));
        return fmin(fmax(x, v->low), v->high);
    }
    if (v->spread <= 0) return v->centre;
    double centre = to_normal(v, v->centre);
    double a = (to_normal(v, v->low) - centre) / v->spread;
    double b = (to_normal(v, v->high) - centre) / v->spread;
    double x = from_normal(v, centre + v->spread * normal_between(z, a, b));
    return fmin(fmax(x, v->low), v->high);
}

/* ---- checks ---- */

static pf_err check_normal(pf_ctx *ctx, const pf_variable *v)
{
    if (!isfinite(v->centre) || !isfinite(v->spread) || v->spread < 0)
        return pf_fail(ctx, PF_ERR_RANGE,
            "variable '%s': the centre must be a number and the spread a number of at least 0",
            v->name);
    if (v->kind == PF_DIST_LOGNORMAL && v->centre <= 0)
        return pf_fail(ctx, PF_ERR_RANGE,
            "variable '%s': the median of a lognormal must be above 0, got %g", v->name,
            v->centre);
    if (v->kind == PF_DIST_LOGITNORMAL && (v->centre <= 0 || v->centre >= 1))
        return pf_fail(ctx, PF_ERR_RANGE,
            "variable '%s': the median of a logitnormal must be between 0 and 1, got %g",
            v->name, v->centre);
    if (!(v->low < v->high))
        return pf_fail(ctx, PF_ERR_RANGE, "variable '%s': the range %g to %g is empty", v->name,
            v->low, v->high);
    double held = v->centre >= v->low && v->centre <= v->high;
    if (v->spread > 0) {
        double centre = to_normal(v, v->centre);
        double a = (to_normal(v, v->low) - centre) / v->spread;
        double b = (to_normal(v, v->high) - centre) / v->spread;
        held =
            a > 0 ? pf_normal_cdf(-a) - pf_normal_cdf(-b) : pf_normal_cdf(b) - pf_normal_cdf(a);
    }
    if (held > 1e-12) return PF_OK;
    return pf_fail(ctx, PF_ERR_RANGE,
        "variable '%s': the range %g to %g holds next to nothing of the distribution (centre "
        "%g, "
        "spread %g); are the units right?",
        v->name, v->low, v->high, v->centre, v->spread);
}

static pf_err check_discrete(pf_ctx *ctx, const pf_variable *v)
{
    double total = 0;
    for (size_t i = 0; i < v->n_values; i++) {
        if (!isfinite(v->value[i]) || !(v->weight[i] >= 0) || isinf(v->weight[i]))
            return pf_fail(ctx, PF_ERR_RANGE,
                "variable '%s': value %zu needs a number and a probability of at least 0",
                v->name, i + 1);
        total += v->weight[i];
    }
    if (v->n_values && fabs(total - 1) <= 1e-6) return PF_OK;
    return pf_fail(ctx, PF_ERR_RANGE, "variable '%s': the probabilities add to %g, not to 1",
        v->name, total);
}

static pf_err check_variable(pf_ctx *ctx, const pf_population *p, size_t i)
{
    const pf_variable *v = &p->variable[i];
    for (size_t j = 0; j < i; j++)
        if (!strcmp(p->variable[j].name, v->name))
            return pf_fail(ctx, PF_ERR_RANGE, "variable '%s' is defined twice", v->name);
    switch (v->kind) {
    case PF_DIST_CONSTANT:
        if (isfinite(v->centre)) return PF_OK;
        return pf_fail(ctx, PF_ERR_RANGE, "variable '%s': the value is not a number", v->name);
    case PF_DIST_UNIFORM:
    case PF_DIST_LOGUNIFORM:
        if (isfinite(v->low) && isfinite(v->high) && v->low <= v->high &&
            (v->kind == PF_DIST_UNIFORM || v->low > 0))
            return PF_OK;
        return pf_fail(ctx, PF_ERR_RANGE,
            "variable '%s': a uniform range needs two numbers in order%s, got %g to %g",
            v->name, v->kind == PF_DIST_LOGUNIFORM ? ", above 0" : "", v->low, v->high);
    case PF_DIST_DISCRETE:
        return check_discrete(ctx, v);
    case PF_DIST_FORMULA:
        if (v->text) return PF_OK;
        return pf_fail(ctx, PF_ERR_RANGE, "variable '%s' has no formula", v->name);
    default:
        return check_normal(ctx, v);
    }
}

/* ---- correlations ---- */

static pf_err fill_correlations(pf_ctx *ctx, const pf_population *p, double *r)
{
    size_t n = p->n_variable;
    for (size_t i = 0; i < n; i++) r[i * n + i] = 1;
    for (size_t k = 0; k < p->n_correlation; k++) {
        const pf_correlation *c = &p->correlation[k];
        char text[400];
        if (c->i >= n || c->j >= n || c->i == c->j)
            return fail_at(ctx, PF_ERR_RANGE, &c->place, "a correlation needs two variables");
        const pf_variable *a = &p->variable[c->i], *b = &p->variable[c->j];
        const char *wrong = NULL;
        if (!is_drawn(a->kind) || !is_drawn(b->kind))
            wrong = "needs variables that are drawn, not constants or formulas";
        else if (a->shared != b->shared)
            wrong = "needs two variables per patient, or two per replicate";
        else if (!(fabs(c->value) < 1))
            wrong = "must be between -1 and 1";
        else if (r[c->i * n + c->j] != 0)
            wrong = "is given twice";
        if (wrong) {
            snprintf(text, sizeof text, "the correlation of '%.100s' and '%.100s' %s", a->name,
                b->name, wrong);
            return fail_at(ctx, PF_ERR_RANGE, &c->place, text);
        }
        r[c->i * n + c->j] = r[c->j * n + c->i] = c->value;
    }
    return PF_OK;
}

/* Row `row` broke the factorisation: name the strongest of its correlations so far. */
static pf_err fail_not_definite(pf_ctx *ctx, const pf_population *p, size_t row)
{
    const pf_correlation *worst = NULL;
    for (size_t k = 0; k < p->n_correlation; k++) {
        const pf_correlation *c = &p->correlation[k];
        if ((c->i > c->j ? c->i : c->j) != row) continue;
        if (!worst || fabs(c->value) > fabs(worst->value)) worst = c;
    }
    if (!worst) return pf_fail(ctx, PF_ERR_BUG, "a correlation matrix broke without a cause");
    char text[400];
    snprintf(text, sizeof text,
        "the correlations contradict each other (not positive definite) at '%.100s' and "
        "'%.100s' "
        "(%g): bring this one nearer to 0, or give the ones that link them",
        p->variable[worst->i].name, p->variable[worst->j].name, worst->value);
    return fail_at(ctx, PF_ERR_RANGE, &worst->place, text);
}

static pf_err factor(pf_ctx *ctx, pf_population *p)
{
    size_t n = p->n_variable;
    if (!p->n_correlation) return PF_OK;
    double *l = pf_calloc(ctx, n * n, sizeof *l);
    if (!l) return PF_ERR_NO_MEMORY;
    p->factor = l;
    PF_TRY(fill_correlations(ctx, p, l));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double sum = l[i * n + j];
            for (size_t k = 0; k < j; k++) sum -= l[i * n + k] * l[j * n + k];
            if (i != j) {
                l[i * n + j] = sum / l[j * n + j];
                l[j * n + i] = 0;
                continue;
            }
            if (sum <= 1e-10) return fail_not_definite(ctx, p, i);
            l[i * n + i] = sqrt(sum);
        }
    return PF_OK;
}

/* ---- formulas ---- */

typedef struct {
    const char *name[PF_NAMES_MAX];
    size_t n_extra;
} scope;

/* `extra`, hidden where one of the first `n` variables has the same name, then those variables.
 */
static size_t scope_fill(scope *s, const pf_population *p, const char *const *extra, size_t n)
{
    for (size_t i = 0; i < s->n_extra; i++) {
        s->name[i] = extra[i];
        for (size_t j = 0; j < n; j++)
            if (!strcmp(extra[i], p->variable[j].name)) s->name[i] = "";
    }
    for (size_t j = 0; j < n; j++) s->name[s->n_extra + j] = p->variable[j].name;
    return s->n_extra + n;
}

static pf_err parse(pf_ctx *ctx, const char *what, const char *text, const pf_place *at,
    const scope *s, size_t n, pf_formula **out)
{
    if (!pf_formula_parse(ctx, text, s->name, n, out)) return PF_OK;
    pf_err err = pf_fail_in(ctx, "%s", what);
    if (at->file) pf_fail_in(ctx, "%s:%d:%d", at->file, at->line, at->column);
    return err;
}

static pf_err parse_all(pf_ctx *ctx, pf_population *p, const char *const *extra, scope *s)
{
    char what[160];
    for (size_t i = 0; i < p->n_variable; i++) {
        pf_variable *v = &p->variable[i];
        if (v->kind != PF_DIST_FORMULA) continue;
        snprintf(what, sizeof what, "variable '%.100s'", v->name);
        size_t n = scope_fill(s, p, extra, i);
        PF_TRY(parse(ctx, what, v->text, &v->place, s, n, &v->formula));
    }
    size_t n = scope_fill(s, p, extra, p->n_variable);
    for (size_t i = 0; i < p->n_condition; i++) {
        pf_condition *c = &p->condition[i];
        PF_TRY(parse(ctx, "condition", c->text, &c->place, s, n, &c->formula));
    }
    for (size_t i = 0; i < p->n_setting; i++) {
        pf_setting *t = &p->setting[i];
        snprintf(what, sizeof what, "setting of '%.100s'", t->parameter);
        PF_TRY(parse(ctx, what, t->text, &t->place, s, n, &t->formula));
    }
    return PF_OK;
}

pf_err pf_population_prepare(
    pf_ctx *ctx, pf_population *p, const char *const *extra, size_t n_extra)
{
    pf_population_release(p);
    if (n_extra + p->n_variable > PF_NAMES_MAX)
        return pf_fail(ctx, PF_ERR_RANGE, "population '%s': %zu variables are more than %d",
            p->name ? p->name : "", n_extra + p->n_variable, PF_NAMES_MAX);
    p->n_extra = n_extra;
    scope *s = pf_calloc(ctx, 1, sizeof *s);
    if (!s) return PF_ERR_NO_MEMORY;
    s->n_extra = n_extra;
    pf_err err = PF_OK;
    for (size_t i = 0; i < p->n_variable && !err; i++) {
        err = check_variable(ctx, p, i);
        const pf_place *at = &p->variable[i].place;
        if (err && at->file) pf_fail_in(ctx, "%s:%d:%d", at->file, at->line, at->column);
    }
    if (!err) err = parse_all(ctx, p, extra, s);
    if (!err) err = factor(ctx, p);
    if (err) pf_population_release(p);
    pf_free(s);
    return err;
}

void pf_population_release(pf_population *p)
{
    for (size_t i = 0; i < p->n_variable; i++) {
        pf_formula_free(p->variable[i].formula);
        p->variable[i].formula = NULL;
    }
    for (size_t i = 0; i < p->n_condition; i++) {
        pf_formula_free(p->condition[i].formula);
        p->condition[i].formula = NULL;
    }
    for (size_t i = 0; i < p->n_setting; i++) {
        pf_formula_free(p->setting[i].formula);
        p->setting[i].formula = NULL;
    }
    pf_free(p->factor);
    p->factor = NULL;
}

/* ---- drawing ---- */

/* Formulas read one array: the extras, then the variables. */
static double value(
    const pf_population *p, const pf_formula *f, const double *x, const double *extra, size_t n)
{
    if (!p->n_extra) return pf_formula_value(f, x);
    double all[PF_NAMES_MAX];
    memcpy(all, extra, p->n_extra * sizeof *all);
    if (n) memcpy(all + p->n_extra, x, n * sizeof *all);
    return pf_formula_value(f, all);
}

/* One attempt: each variable's normal has its own block of the counter, so that neither a
 * redraw nor a variable appended at the end moves any other number. */
static pf_err draw_once(pf_ctx *ctx, const pf_population *p, const pf_identity *who,
    uint32_t attempt, const double *extra, double *x)
{
    double z[PF_NAMES_MAX];
    size_t n = p->n_variable;
    for (size_t i = 0; i < n; i++) {
        const pf_variable *v = &p->variable[i];
        z[i] = 0;
        if (v->kind == PF_DIST_CONSTANT) x[i] = v->centre;
        if (v->kind == PF_DIST_FORMULA) {
            x[i] = value(p, v->formula, x, extra, i);
            if (!isfinite(x[i]))
                return pf_fail(ctx, PF_ERR_NONFINITE, "variable '%s' = %s is not a number",
                    v->name, v->text);
        }
        if (!is_drawn(v->kind)) continue;
        pf_random r;
        uint64_t patient = v->shared ? NOBODY : who->patient;
        pf_random_init(&r, who->seed, who->purpose, who->replicate, patient, who->stream);
        r.counter[0] = (v->shared ? 0 : attempt) << VARIABLE_BITS | (uint32_t)i;
        z[i] = fmin(fmax(pf_random_normal(&r), -8.5), 8.5);
        double y = z[i];
        if (p->factor) {
            y = 0;
            for (size_t j = 0; j <= i; j++) y += p->factor[i * n + j] * z[j];
        }
        x[i] = quantile(v, y);
    }
    return PF_OK;
}

static pf_err meets_conditions(
    pf_ctx *ctx, const pf_population *p, const double *extra, const double *x, int *out)
{
    *out = 1;
    for (size_t i = 0; i < p->n_condition && *out; i++) {
        double met = value(p, p->condition[i].formula, x, extra, p->n_variable);
        if (isnan(met))
            return pf_fail(
                ctx, PF_ERR_NONFINITE, "condition '%s' has no value", p->condition[i].text);
        *out = met != 0;
    }
    return PF_OK;
}

pf_err pf_population_draw(
    pf_ctx *ctx, const pf_population *p, const pf_identity *who, const double *extra, double *x)
{
    for (uint32_t attempt = 0; attempt < ATTEMPTS; attempt++) {
        int met = 1;
        PF_TRY(draw_once(ctx, p, who, attempt, extra, x));
        PF_TRY(meets_conditions(ctx, p, extra, x, &met));
        if (met) return PF_OK;
    }
    return pf_fail(ctx, PF_ERR_RANGE,
        "population '%s': %d draws of one person all failed a condition (first: '%s'); the "
        "conditions and the distributions hardly overlap",
        p->name ? p->name : "", ATTEMPTS, p->condition[0].text);
}

double pf_population_setting(
    const pf_population *p, size_t i, const double *x, const double *extra)
{
    return value(p, p->setting[i].formula, x, extra, p->n_variable);
}
