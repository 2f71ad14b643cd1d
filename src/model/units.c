/* Which formulas of a model must be in which unit. */
#include "model/build.h"
#include "model/units_parts.h"

#include <stdio.h>
#include <string.h>

int pf_units_said(const pf_flat *f)
{
    int said = f->n_unit > 0 || f->time_unit || f->substance_unit || f->volume_unit;
    for (size_t i = 0; i < f->names.n && !said; i++) said = f->var[i].unit != NULL;
    return said;
}

void pf_clashes_clear(pf_clashes *c)
{
    pf_arena_clear(&c->arena);
    memset(c, 0, sizeof *c);
}

/* ---- what is declared ---- */

static void declare(pf_checker *c, uint32_t v, const pf_size *s, pf_place at)
{
    pf_size *copy = pf_arena_alloc(c->ctx, &c->arena, 1, sizeof *copy);
    if (!copy) {
        c->failed = PF_ERR_NO_MEMORY;
        return;
    }
    *copy = *s;
    c->of[v] = (pf_unit_of){.declared = 1, .size = copy, .at = at};
}

static int read_unit(pf_checker *c, const char *text, pf_place at, pf_size *out)
{
    int status = pf_size_read(c, text, "", out);
    if (status >= 0) return status;
    pf_units_tell_unknown(c, at);
    return 0;
}

static void subject(pf_checker *c, const char *what, const char *name)
{
    c->what = what;
    c->name = name;
}

/* Of one variable by several names. */
static void merged(pf_checker *c, uint32_t v, const pf_size *s)
{
    double factor;
    const pf_flat *f = c->flat;
    uint32_t root = pf_flat_root(f, v);
    pf_buf a, b;
    if (!c->of[root].declared) {
        declare(c, root, s, f->var[v].at);
        return;
    }
    if (pf_units_equate(c, s, c->of[root].size, PF_NO_NAME, f->var[v].at, &factor) != PF_CLASH)
        return;
    pf_buf_init(&a, c->ctx);
    pf_buf_init(&b, c->ctx);
    pf_size_text(c, s, &a);
    pf_size_text(c, c->of[root].size, &b);
    if (!pf_buf_ok(&a) && !pf_buf_ok(&b))
        pf_units_tell(c, f->var[v].at, "give both one unit",
            "'%s' is in %s, but it is the same as '%s', which is in %s", f->var[v].name,
            a.bytes, f->var[root].name, b.bytes);
    pf_buf_clear(&a);
    pf_buf_clear(&b);
}

/* Roles come after what the variable itself says. Of a concentration a role (a dose) may speak
 * of the amount. */
static void roles(pf_checker *c)
{
    const pf_flat *f = c->flat;
    for (size_t i = 0; i < f->n_mark && !c->failed; i++) {
        const pf_mark *m = &f->mark[i];
        pf_size s;
        uint32_t v = pf_flat_root(f, m->var);
        if (!m->st->unit || pf_build_is_concentration(&f->var[v])) continue;
        subject(c, "the role of", f->var[v].name);
        if (!read_unit(c, m->st->unit, m->st->at, &s)) continue;
        if (!c->of[v].declared) {
            declare(c, v, &s, m->st->at);
            continue;
        }
        pf_item name = {.kind = PF_ITEM_NAME, .name = f->var[v].name};
        pf_value a = pf_units_var(c, v), b = {.kind = PF_VALUE_SIZED, .size = s};
        a.item = &name;
        a.n_item = 1;
        pf_units_agree(c, &a, &b, m->st->at, PF_NO_NAME, "its role");
    }
}

static void declarations(pf_checker *c)
{
    const pf_flat *f = c->flat;
    pf_size s;
    subject(c, NULL, NULL);
    if (f->time_unit && read_unit(c, f->time_unit, f->at, &s) && s.n &&
        s.term[0].atom >= c->n_var)
        declare(c, c->n_var - 1, &s, f->at);
    for (int of_roots = 1; of_roots >= 0; of_roots--)
        for (uint32_t v = 0; v < f->names.n && !c->failed; v++) {
            const pf_var *var = &f->var[v];
            if (!var->unit || (var->merged == v) != of_roots) continue;
            if (read_unit(c, var->unit, var->at, &s) == 1) merged(c, v, &s);
        }
    roles(c);
}

/* ---- formulas ---- */

static void over_time(const pf_checker *c, pf_value *v)
{
    pf_value t = pf_units_var(c, c->n_var - 1);
    if (!pf_size_times(&v->size, &t.size, -1)) v->kind = PF_VALUE_ANY;
}

static pf_err must_be(
    pf_checker *c, const pf_def *d, const pf_value *is, uint32_t prefer, const char *per)
{
    pf_value x;
    char want[200];
    if (!d->expr) return PF_OK;
    snprintf(want, sizeof want, "'%.150s'%s", c->name, per);
    PF_TRY(pf_units_expr(c, d, &x));
    pf_units_agree(c, &x, is, d->expr->at, prefer, want);
    return c->failed;
}

static pf_err variable(pf_checker *c, uint32_t v)
{
    const pf_var *var = &c->flat->var[v];
    pf_value is = pf_units_var(c, v);
    pf_value start = var->says & PF_SAYS_STARTS_AMOUNT ? pf_units_amount(c, v) : is;
    int counts = !c->flat->lenient || !var->rule.expr;
    if (var->value.expr && counts && !pf_expr_is_number(var->value.expr)) {
        subject(c, "the value of", var->name);
        PF_TRY(must_be(c, &var->value, &start, v, ""));
    }
    subject(c, "the formula of", var->name);
    return must_be(c, &var->rule, &is, v, "");
}

static pf_err rate(pf_checker *c, uint32_t v)
{
    const pf_var *var = &c->flat->var[v];
    pf_value is = pf_units_var(c, v);
    over_time(c, &is);
    subject(c, "the rate of", var->name);
    return must_be(c, &var->rate, &is, PF_NO_NAME, " per time");
}

/* Each side wants the rate in amount per time, over the unit of its factors. */
static pf_err reaction(pf_checker *c, const pf_reaction *r)
{
    const pf_flat *f = c->flat;
    pf_value x;
    if (!r->rate.expr) return PF_OK;
    subject(c, r->var == PF_NO_NAME ? "a reaction" : "the reaction",
        r->var == PF_NO_NAME ? NULL : f->var[r->var].name);
    PF_TRY(pf_units_expr(c, &r->rate, &x));
    for (size_t i = r->side0; i < r->side0 + r->n_side && !c->failed; i++) {
        const pf_side *s = &f->side[i];
        uint32_t v = pf_flat_root(f, s->var), factor[2] = {s->by, f->var[v].conversion};
        char want[300];
        pf_value is = pf_units_amount(c, v);
        if (!pf_build_changes(&f->var[v])) continue;
        over_time(c, &is);
        for (size_t k = 0; k < 2 && is.kind == PF_VALUE_SIZED; k++) {
            if (factor[k] == PF_NO_NAME) continue;
            pf_value by = pf_units_var(c, pf_flat_root(f, factor[k]));
            if (!pf_size_times(&is.size, &by.size, -1)) is.kind = PF_VALUE_ANY;
        }
        snprintf(want, sizeof want, "the amount of '%.200s' per time", f->var[v].name);
        pf_units_agree(c, &x, &is, r->rate.expr->at, PF_NO_NAME, want);
    }
    return c->failed;
}

static pf_err event(pf_checker *c, const pf_happening *e)
{
    const pf_flat *f = c->flat;
    pf_value x, t = pf_units_var(c, c->n_var - 1);
    subject(c, e->name ? "the event" : "an event", e->name);
    if (e->trigger.expr) PF_TRY(pf_units_expr(c, &e->trigger, &x));
    if (e->delay.expr) {
        PF_TRY(pf_units_expr(c, &e->delay, &x));
        pf_units_agree(c, &x, &t, e->delay.expr->at, PF_NO_NAME, "time");
    }
    if (e->priority.expr) {
        PF_TRY(pf_units_expr(c, &e->priority, &x));
        pf_units_pure(c, &x, e->priority.expr->at, "the priority");
    }
    for (size_t i = e->set0; i < e->set0 + e->n_set && !c->failed; i++) {
        uint32_t v = pf_flat_root(f, f->set[i].var);
        pf_value is = pf_units_var(c, v);
        subject(c, "an event sets", f->var[v].name);
        PF_TRY(must_be(c, &f->set[i].value, &is, v, ""));
    }
    return c->failed;
}

/* Assignments first: what they tell goes forward, from what is declared to what is made of it.
 */
static pf_err formulas(pf_checker *c)
{
    const pf_flat *f = c->flat;
    pf_value x;
    PF_TRY(pf_units_time(c));
    for (uint32_t v = 0; v < f->names.n; v++)
        if (pf_flat_root(f, v) == v) PF_TRY(variable(c, v));
    for (uint32_t v = 0; v < f->names.n; v++)
        if (pf_flat_root(f, v) == v && f->var[v].rate.expr) PF_TRY(rate(c, v));
    for (size_t i = 0; i < f->n_reaction; i++) PF_TRY(reaction(c, &f->reaction[i]));
    for (size_t i = 0; i < f->n_event; i++) PF_TRY(event(c, &f->event[i]));
    subject(c, "an algebraic rule", NULL);
    for (size_t i = 0; i < f->n_algebraic; i++)
        if (f->algebraic[i].expr) PF_TRY(pf_units_expr(c, &f->algebraic[i], &x));
    return c->failed;
}

/* ---- all of it ---- */

static pf_err prepare(pf_checker *c)
{
    const pf_flat *f = c->flat;
    c->n_var = (uint32_t)f->names.n + 1;
    c->of = pf_arena_alloc(c->ctx, &c->arena, c->n_var, sizeof *c->of);
    c->definition =
        pf_arena_alloc(c->ctx, &c->arena, f->n_unit ? f->n_unit : 1, sizeof *c->definition);
    if (!c->of || !c->definition) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < f->n_unit; i++) {
        c->definition[i].status = 2;
        if (pf_names_find(&c->defined, f->unit[i].name) == PF_NO_NAME)
            PF_TRY(pf_names_add(c->ctx, &c->defined, f->unit[i].name));
        else
            c->definition[i].status = 0; /* not reached */
    }
    return PF_OK;
}

static int before(const pf_clash *a, const pf_clash *b)
{
    if (!a->file != !b->file) return !a->file;
    int order = a->file ? strcmp(a->file, b->file) : 0;
    if (order) return order < 0;
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static void sort(pf_clashes *o)
{
    for (size_t i = 1; i < o->kept; i++) {
        pf_clash x = o->clash[i];
        size_t k = i;
        for (; k > 0 && before(&x, &o->clash[k - 1]); k--) o->clash[k] = o->clash[k - 1];
        o->clash[k] = x;
    }
}

pf_err pf_units_check(pf_ctx *ctx, const pf_flat *flat, pf_units *units, pf_clashes *out)
{
    pf_checker c = {.ctx = ctx, .flat = flat, .units = units, .out = out};
    memset(out, 0, sizeof *out);
    pf_arena_init(&out->arena);
    pf_arena_init(&c.arena);
    pf_err err = prepare(&c);
    if (!err) declarations(&c);
    if (!err) err = c.failed;
    if (!err) err = formulas(&c);
    sort(out);
    pf_names_clear(&c.defined);
    pf_names_clear(&c.atoms);
    pf_names_clear(&c.told);
    pf_free(c.atom);
    pf_free(c.legend);
    pf_free(c.stack);
    pf_free(c.place);
    pf_arena_clear(&c.arena);
    return err;
}

pf_err pf_units_check_file(pf_ctx *ctx, const char *path, pf_clashes *out, pf_model **model)
{
    pf_reading r;
    pf_units *units = NULL;
    memset(out, 0, sizeof *out);
    pf_err err = pf_reading_open(ctx, path, &r);
    if (!err && pf_units_said(&r.flat)) {
        err = pf_units_new(ctx, &units);
        if (!err) err = pf_units_check(ctx, &r.flat, units, out);
    }
    pf_units_free(units);
    if (!err && model) return pf_reading_build(ctx, &r, model);
    pf_reading_close(&r);
    return err;
}
