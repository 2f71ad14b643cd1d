/* The summary of many lots for people: yields, dispositions, Pareto, attributes, run chart. */
#include "product/lots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHART_COLUMNS = 60, CHART_ROWS = 8 };

/* Room for one column of numbers, sorted. */
typedef struct {
    const pf_lots *lots;
    double *x;
    pf_buf *out;
} writer;

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void spread(writer *w, const char *name, const char *unit, size_t n)
{
    if (!n) return;
    pf_buf_printf(w->out, "  %-22s %10.3g  %10.3g %10.3g  %s\n", name,
        pf_lots_quantile(w->x, n, 0.5), pf_lots_quantile(w->x, n, 0.05),
        pf_lots_quantile(w->x, n, 0.95), strcmp(unit, "1") ? unit : "");
}

static void head(writer *w)
{
    const pf_lot_plan *p = w->lots->plan;
    pf_buf_printf(w->out, "%s: %zu lots, seed %llu; SIMULATED\n%s\n", p->name, w->lots->n,
        (unsigned long long)w->lots->seed, p->title);
    pf_buf_printf(w->out, "donor %s; %s; %s; a dose is %.3g %s, counting %s\n",
        pf_donor_text(p->donor), p->feeder ? "feeder cells" : "no feeder cells",
        p->frozen ? "frozen and thawed" : "fresh", p->dose, p->per_kg ? "cells/kg" : "cells",
        pf_counts_text(p->counts));
    if (p->specification.n)
        pf_buf_printf(w->out, "specification %s, version %s (%s)\n", p->specification.name,
            p->specification.version, p->specification.path);
    else
        pf_buf_text(w->out, "no specification: every lot that fills a dose is released\n");
}

static void yields(writer *w)
{
    const pf_lots *l = w->lots;
    pf_buf_text(w->out,
        "\nliving cells of the wanted kind, by stage      median        5 %       "
        "95 %\n");
    for (int s = 0; s < PF_STAGES; s++) {
        for (size_t i = 0; i < l->n; i++) w->x[i] = l->lot[i].stage[s];
        qsort(w->x, l->n, sizeof *w->x, ascending);
        pf_buf_printf(w->out, "  %-34s %12.3g %10.3g %10.3g\n", pf_stage_text((pf_lot_stage)s),
            pf_lots_quantile(w->x, l->n, 0.5), pf_lots_quantile(w->x, l->n, 0.05),
            pf_lots_quantile(w->x, l->n, 0.95));
    }
}

static void dispositions(writer *w)
{
    const pf_lots *l = w->lots;
    size_t now[PF_DISPOSITIONS] = {0}, last[PF_DISPOSITIONS] = {0};
    for (size_t i = 0; i < l->n; i++) {
        now[l->lot[i].disposition]++;
        last[l->lot[i].last]++;
    }
    pf_buf_text(
        w->out, "\ndisposition                at its use            after all results\n");
    for (int d = 0; d < PF_DISPOSITIONS; d++)
        pf_buf_printf(w->out, "  %-22s %7zu %6.1f %%     %7zu %6.1f %%\n",
            pf_disposition_text((pf_disposition)d), now[d],
            100.0 * (double)now[d] / (double)l->n, last[d],
            100.0 * (double)last[d] / (double)l->n);
}

/* ---- why lots are lost ---- */

typedef struct {
    size_t count, test; /* test n and n + 1: the process failed; less than one dose */
    int below;
} reason;

static int by_count(const void *a, const void *b)
{
    const reason *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return (x->test > y->test) - (x->test < y->test);
}

static size_t count_reasons(const pf_lots *l, reason *why)
{
    const pf_specification *s = &l->plan->specification;
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        for (int below = 0; below < 2; below++) {
            reason r = {0, i, below};
            for (size_t k = 0; k < l->n; k++) {
                const pf_lot *lot = &l->lot[k];
                int low = !(lot->measured[i] >= s->test[i].least);
                if (lot->disposition != PF_LOT_FAILED && (lot->missed >> i & 1))
                    r.count += low == below;
            }
            if (r.count) why[n++] = r;
        }
    for (size_t few = 0; few < 2; few++) {
        reason r = {0, s->n + few, 0};
        for (size_t k = 0; k < l->n; k++)
            r.count += l->lot[k].disposition == PF_LOT_FAILED && l->lot[k].too_few == (int)few;
        if (r.count) why[n++] = r;
    }
    qsort(why, n, sizeof *why, by_count);
    return n;
}

static void pareto(writer *w, const reason *why, size_t n)
{
    const pf_specification *s = &w->lots->plan->specification;
    double total = 0, sum = 0;
    for (size_t i = 0; i < n; i++) total += (double)why[i].count;
    if (!n) return;
    pf_buf_text(w->out, "\nwhat lots miss               lots   share   cumulative   (a lot can "
                        "miss several)\n");
    for (size_t i = 0; i < n; i++) {
        size_t before = w->out->size;
        sum += (double)why[i].count;
        pf_buf_text(w->out, "  ");
        if (why[i].test < s->n)
            pf_lot_limit_text(&s->test[why[i].test], why[i].below, w->out);
        else
            pf_buf_text(
                w->out, why[i].test == s->n ? "the process failed" : "less than one dose");
        int room = 28 - (int)(w->out->size - before);
        pf_buf_printf(w->out, "%*s %5zu %5.1f %%   %5.1f %%  ", room > 0 ? room : 0, "",
            why[i].count, 100 * (double)why[i].count / total, 100 * sum / total);
        for (int bar = 0; bar < (int)(30 * (double)why[i].count / total + 0.5); bar++)
            pf_buf_text(w->out, "#");
        pf_buf_text(w->out, "\n");
    }
}

/* ---- run chart ---- */

static int row_of(double x, double low, double high)
{
    double at = (high - x) / (high - low) * (CHART_ROWS - 1);
    return (int)fmin(fmax(floor(at + 0.5), 0), CHART_ROWS - 1);
}

static void chart_range(const pf_lots *l, size_t test, size_t n, double *low, double *high)
{
    const pf_lot_test *t = &l->plan->specification.test[test];
    *low = *high = isfinite(t->least) ? t->least : t->most;
    if (isfinite(t->most)) *high = fmax(*high, t->most);
    for (size_t i = 0; i < n; i++) {
        double x = l->lot[i].measured[test];
        if (l->lot[i].disposition == PF_LOT_FAILED || !isfinite(x)) continue;
        *low = fmin(*low, x);
        *high = fmax(*high, x);
    }
    if (!(*high > *low)) *high = *low + 1;
}

/* Measured values of the first lots in order; limits are drawn as lines. */
static void chart(writer *w, size_t test)
{
    const pf_lots *l = w->lots;
    const pf_lot_test *t = &l->plan->specification.test[test];
    size_t n = l->n < CHART_COLUMNS ? l->n : CHART_COLUMNS;
    char grid[CHART_ROWS][CHART_COLUMNS + 1];
    double low, high;
    chart_range(l, test, n, &low, &high);
    memset(grid, ' ', sizeof grid);
    for (int r = 0; r < CHART_ROWS; r++) {
        int limit = (isfinite(t->least) && row_of(t->least, low, high) == r) ||
                    (isfinite(t->most) && row_of(t->most, low, high) == r);
        if (limit) memset(grid[r], '-', n);
        grid[r][n] = '\0';
    }
    for (size_t i = 0; i < n; i++) {
        double x = l->lot[i].measured[test];
        if (l->lot[i].disposition == PF_LOT_FAILED || !isfinite(x)) continue;
        grid[row_of(x, low, high)][i] = l->lot[i].missed >> test & 1 ? 'x' : 'o';
    }
    pf_buf_printf(w->out,
        "\nrun chart of %s as measured, lots 1 to %zu (o within, x outside, --- limit)\n",
        pf_attribute_of(t->measures)->name, n);
    for (int r = 0; r < CHART_ROWS; r++) {
        double level = high - (high - low) * r / (CHART_ROWS - 1);
        pf_buf_printf(w->out, "  %9.3g |%s\n", level / t->scale, grid[r]);
    }
    if (strcmp(t->unit, "1")) pf_buf_printf(w->out, "  %9s\n", t->unit);
}

/* The two tests that cost most lots, or the first that has an ordinary limit. */
static void charts(writer *w, const reason *why, size_t n)
{
    const pf_specification *s = &w->lots->plan->specification;
    size_t drawn = 0;
    for (size_t i = 0; i < n && drawn < 2; i++) {
        if (why[i].test >= s->n) continue;
        if (s->test[why[i].test].measures == PF_ATTRIBUTE_STERILE) continue;
        chart(w, why[i].test);
        drawn++;
    }
    for (size_t i = 0; i < s->n && !drawn; i++) {
        if (s->test[i].measures == PF_ATTRIBUTE_STERILE) continue;
        chart(w, i);
        drawn++;
    }
}

/* ---- attributes, cost, what is unknown ---- */

static void attributes(writer *w)
{
    const pf_lots *l = w->lots;
    pf_buf_text(w->out,
        "\nattribute                  median         5 %       95 %  (true, not "
        "measured)\n");
    for (int a = 0; a < PF_ATTRIBUTES; a++) {
        size_t n = pf_lots_column(l, (pf_attribute)a, w->x);
        const pf_attribute_info *info = pf_attribute_of((pf_attribute)a);
        if (n && (w->x[0] != 1 || w->x[n - 1] != 1 || a <= PF_ATTRIBUTE_MOTILE))
            spread(w, info->name, info->unit, n);
    }
    for (size_t e = 0; e < l->plan->n_edit; e++) {
        size_t n = 0;
        for (size_t i = 0; i < l->n; i++) w->x[n++] = l->lot[i].share[e];
        qsort(w->x, n, sizeof *w->x, ascending);
        spread(w, l->plan->edit[e].name, "1", n);
    }
    for (size_t i = 0; i < l->n; i++) w->x[i] = l->lot[i].delay;
    qsort(w->x, l->n, sizeof *w->x, ascending);
    spread(w, "delay", "day", l->n);
}

static void cost(writer *w)
{
    const pf_lots *l = w->lots;
    size_t n = 0;
    double unknown = 0;
    for (size_t i = 0; i < l->n; i++) {
        if (!isfinite(l->lot[i].cost_dose)) continue;
        w->x[n++] = l->lot[i].cost_dose;
        if (isfinite(l->lot[i].cost_unknown)) unknown += l->lot[i].cost_unknown;
    }
    if (!n) return;
    qsort(w->x, n, sizeof *w->x, ascending);
    spread(w, "cost of a dose", l->plan->currency, n);
    pf_buf_printf(w->out, "  %.0f %% of that cost is a prior: nobody has published it\n",
        100 * unknown / (double)n);
}

static void unknowns(writer *w)
{
    const pf_lot_plan *p = w->lots->plan;
    size_t n = 0;
    for (size_t i = 0; i < p->variables.n_variable; i++) {
        const pf_variable *v = &p->variables.variable[i];
        if (!v->unknown) continue;
        pf_buf_printf(w->out, "%s%s", n++ ? ", " : "\nunknown (priors): ", v->name);
    }
    for (size_t i = 0; i < p->specification.n; i++) {
        const pf_lot_test *t = &p->specification.test[i];
        if (!t->unknown) continue;
        pf_buf_printf(w->out, "%sthe limit or error of %s",
            n++ ? ", " : "\nunknown (priors): ", pf_attribute_of(t->measures)->name);
    }
    if (n) pf_buf_text(w->out, "\n");
}

pf_err pf_lots_text(pf_ctx *ctx, const pf_lots *lots, pf_buf *out)
{
    reason why[2 * PF_TESTS_MAX + 2];
    writer w = {lots, pf_calloc(ctx, lots->n + 1, sizeof(double)), out};
    if (!w.x) return PF_ERR_NO_MEMORY;
    size_t n = count_reasons(lots, why);
    head(&w);
    yields(&w);
    dispositions(&w);
    pareto(&w, why, n);
    attributes(&w);
    cost(&w);
    charts(&w, why, n);
    unknowns(&w);
    pf_free(w.x);
    return pf_buf_ok(out);
}
