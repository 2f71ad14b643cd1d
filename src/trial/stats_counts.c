/* The binom and fisher verbs of stats_table.h. */
#include "trial/proportion.h"
#include "trial/stats_frame.h"

#include <stdio.h>

/* Named counts, however they came. */
typedef struct {
    size_t n, capacity;
    struct named {
        const char *label;
        char number[24]; /* the label where the data have none */
        int64_t x, n;
    } * list;
} counts;

static pf_err add(pf_ctx *ctx, counts *c, const char *label, int64_t x, int64_t n)
{
    PF_TRY(pf_reserve(ctx, &c->list, &c->capacity, c->n, sizeof *c->list));
    c->list[c->n] = (struct named){label, "", x, n};
    snprintf(c->list[c->n].number, sizeof c->list[c->n].number, "%zu", c->n + 1);
    c->n++;
    return PF_OK;
}

static const char *name_of(const struct named *n)
{
    return n->label ? n->label : n->number;
}

static pf_err from_groups(pf_ctx *ctx, const pf_frame *f, counts *c)
{
    size_t groups = f->group ? f->groups.levels : 1;
    for (size_t g = 0; g < groups; g++)
        PF_TRY(add(ctx, c, f->group ? f->groups.level[g] : "all", 0, 0));
    for (size_t i = 0; i < f->n; i++) {
        struct named *to = &c->list[f->group ? f->group[i] : 0];
        to->x += f->event[i];
        to->n++;
    }
    return PF_OK;
}

static pf_err whole(pf_ctx *ctx, const pf_table *t, size_t row, size_t column, int64_t *out)
{
    const char *text = pf_table_text(t, row, column);
    if (text && pf_text_integer(text, out) && *out >= 0) return PF_OK;
    return pf_table_fail(
        ctx, t, row, column, "'%.60s' is not a whole number of at least 0", text ? text : "");
}

/* Each row one proportion. */
static pf_err from_columns(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, counts *c)
{
    const pf_table *t = f->table;
    size_t x, n, label = 0;
    PF_TRY(pf_table_find(ctx, t, q->x, &x));
    PF_TRY(pf_table_find(ctx, t, q->n, &n));
    if (q->group) PF_TRY(pf_table_find(ctx, t, q->group, &label));
    for (size_t i = 0; i < f->n; i++) {
        int64_t count, of;
        PF_TRY(whole(ctx, t, f->row[i], x, &count));
        PF_TRY(whole(ctx, t, f->row[i], n, &of));
        if (of < 1 || count > of)
            return pf_table_fail(ctx, t, f->row[i], x, "%lld of %lld is no proportion",
                (long long)count, (long long)of);
        PF_TRY(add(ctx, c, q->group ? pf_table_text(t, f->row[i], label) : NULL, count, of));
    }
    return PF_OK;
}

static pf_err gather(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, counts *c)
{
    if (f && q->x) return from_columns(ctx, q, f, c);
    if (f) return from_groups(ctx, f, c);
    for (size_t i = 0; i + 1 < q->n_counts; i += 2)
        PF_TRY(add(ctx, c, NULL, q->counts[i], q->counts[i + 1]));
    return PF_OK;
}

static void proportion_json(pf_buf *out, const char *label, const pf_proportion *p)
{
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "group", label);
    pf_json_integer(out, "x", p->x);
    pf_json_integer(out, "n", p->n);
    pf_json_number(out, "value", p->value);
    pf_json_number(out, "lower", p->lower);
    pf_json_number(out, "upper", p->upper);
    pf_json_number(out, "wilson_lower", p->wilson_lower);
    pf_json_number(out, "wilson_upper", p->wilson_upper);
    pf_json_close(out, '}');
}

static pf_err write_proportions(
    pf_ctx *ctx, const pf_stats_request *q, const counts *c, pf_buf *out)
{
    const char *head[] = {
        "group", "x", "n", "proportion", "lower", "upper", "Wilson lower", "Wilson upper"};
    pf_grid g;
    pf_grid_init(&g, out, PF_COUNT(head));
    if (q->json) pf_json_open(out, "proportions", '[');
    for (size_t i = 0; i < PF_COUNT(head); i++) pf_grid_text(&g, head[i]);
    pf_err err = PF_OK;
    for (size_t i = 0; !err && i < c->n; i++) {
        pf_proportion p;
        const char *label = name_of(&c->list[i]);
        err = pf_proportion_interval(ctx, c->list[i].x, c->list[i].n, q->conf, &p);
        if (err) break;
        if (q->json) {
            proportion_json(out, label, &p);
            continue;
        }
        pf_grid_text(&g, label);
        pf_grid_count(&g, (size_t)p.x);
        pf_grid_count(&g, (size_t)p.n);
        const double value[] = {p.value, p.lower, p.upper, p.wilson_lower, p.wilson_upper};
        for (size_t k = 0; k < PF_COUNT(value); k++) pf_grid_number(&g, value[k], "-");
    }
    if (q->json) {
        pf_json_close(out, ']');
        g.count = 0; /* nothing to print, but the grid frees itself */
    } else {
        pf_buf_printf(out, "Proportions, %g %% limits (Clopper-Pearson)\n\n",
            100 * (q->conf > 0 ? q->conf : 0.95));
    }
    pf_grid_end(&g);
    return err;
}

pf_err pf_stats_binom(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out)
{
    counts c = {0};
    pf_err err = gather(ctx, q, f, &c);
    if (!err) err = write_proportions(ctx, q, &c, out);
    pf_free(c.list);
    return err;
}

static void fisher_write(int json, const pf_fisher *r, pf_buf *out)
{
    if (!json) {
        pf_buf_printf(out, "\nFisher's exact test: p %.4g (two-sided)\n", r->p);
        pf_buf_printf(out,
            "odds ratio of the first against the second %.4g (%.4g to %.4g), conditional "
            "estimate\n",
            r->odds_ratio, r->lower, r->upper);
        return;
    }
    pf_json_number(out, "p", r->p);
    pf_json_number(out, "p_less", r->p_less);
    pf_json_number(out, "p_greater", r->p_greater);
    pf_json_open(out, "odds_ratio", '{');
    pf_json_number(out, "value", r->odds_ratio);
    pf_json_number(out, "lower", r->lower);
    pf_json_number(out, "upper", r->upper);
    pf_json_close(out, '}');
    pf_json_number(out, "conf", r->conf);
}

pf_err pf_stats_fisher(pf_ctx *ctx, const pf_stats_request *q, const pf_frame *f, pf_buf *out)
{
    counts c = {0};
    pf_fisher r;
    pf_err err = gather(ctx, q, f, &c);
    if (!err && c.n != 2)
        err =
            pf_fail(ctx, PF_ERR_CONFIG, "Fisher's test compares two groups; here are %zu", c.n);
    if (!err) err = write_proportions(ctx, q, &c, out);
    if (!err) {
        const int64_t table[4] = {
            c.list[0].x, c.list[0].n - c.list[0].x, c.list[1].x, c.list[1].n - c.list[1].x};
        err = pf_fisher_test(ctx, table, q->conf, &r);
    }
    if (!err) fisher_write(q->json, &r, out);
    pf_free(c.list);
    return err;
}
