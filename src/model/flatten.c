#include "model/flatten_parts.h"

#include <math.h>
#include <string.h>

enum { DEEPEST = 30, MOST_STEPS = 400000 };

typedef pf_scope scope;

static pf_err no_memory(void)
{
    return PF_ERR_NO_MEMORY;
}

/* Put `def` into `slot`; what an outer model says wins, twice at one level is a mistake. */
static pf_err define(pf_flat *f, const char *name, const char *what, pf_def *slot, pf_def def)
{
    if (slot->expr && slot->level == def.level)
        return pf_fail_at(f->ctx, f->ast->file, def.at,
            "'%s' has %s already, in line %d; remove one of them", name, what, slot->at.line);
    if (!slot->expr || def.level < slot->level) *slot = def;
    return PF_OK;
}

static pf_reaction *reaction_of(pf_flat *f, uint32_t v)
{
    for (size_t i = 0; i < f->n_reaction; i++)
        if (f->reaction[i].var == v) return &f->reaction[i];
    return NULL;
}

/* What an outer model gives a reaction's name is its rate. */
static pf_err new_rate(pf_flat *f, pf_var *var, pf_def def)
{
    pf_reaction *r = reaction_of(f, (uint32_t)(var - f->var));
    if (r) r->rate = def;
    return define(f, var->name, "a rate", &var->rule, def);
}

static pf_err equation(const scope *s, const pf_st *st)
{
    uint32_t v;
    PF_TRY(pf_scope_variable(s, st->name, st->at, &v));
    pf_def def = pf_scope_def(s, &st->expr, st->at);
    pf_var *var = &s->f->var[v];
    if (st->unit) PF_TRY(pf_scope_unit_name(s, st->unit, &var->unit));
    switch (st->kind) {
    case PF_ST_VALUE:
        if (var->says & PF_SAYS_REACTION && def.level < var->rule.level)
            return new_rate(s->f, var, def);
        return define(s->f, var->name, "a value", &var->value, def);
    case PF_ST_RULE:
        return define(s->f, var->name, "a rule", &var->rule, def);
    default:
        return define(s->f, var->name, "a rate", &var->rate, def);
    }
}

static pf_err add_side(const scope *s, const pf_part *p)
{
    pf_flat *f = s->f;
    uint32_t v, by = PF_NO_NAME;
    PF_TRY(pf_scope_variable(s, p->name, p->at, &v));
    f->var[v].says |= PF_SAYS_SPECIES | (p->boundary ? PF_SAYS_BOUNDARY : 0u);
    f->var[v].in_reaction = 1;
    if (p->by) {
        PF_TRY(pf_scope_variable(s, p->by, p->at, &by));
        f->var[by].says |= PF_SAYS_SIDE;
    }
    PF_TRY(pf_reserve(f->ctx, &f->side, &f->side_capacity, f->n_side, sizeof *f->side));
    f->side[f->n_side++] = (pf_side){v, p->number < 0 ? -1 : 1, fabs(p->number), by};
    return PF_OK;
}

static pf_err reaction(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    uint32_t v = PF_NO_NAME;
    pf_reaction *old = NULL;
    pf_def def = pf_scope_def(s, &st->expr, st->at);
    if (st->name) { /* its name stands for its rate */
        PF_TRY(pf_scope_variable(s, st->name, st->at, &v));
        old = reaction_of(f, v); /* of a submodel: this one replaces it */
        PF_TRY(define(f, f->var[v].name, "a rule", &f->var[v].rule, def));
        f->var[v].says |= PF_SAYS_REACTION;
    }
    if (!old) {
        PF_TRY(pf_reserve(
            f->ctx, &f->reaction, &f->reaction_capacity, f->n_reaction, sizeof *f->reaction));
        old = &f->reaction[f->n_reaction++];
    }
    *old = (pf_reaction){.var = v,
        .rate = def,
        .side0 = f->n_side,
        .n_side = st->n_part,
        .reversible = st->reversible,
        .at = st->at};
    for (size_t i = 0; i < st->n_part; i++) PF_TRY(add_side(s, &st->part[i]));
    return PF_OK;
}

static pf_err algebraic(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    PF_TRY(pf_reserve(
        f->ctx, &f->algebraic, &f->algebraic_capacity, f->n_algebraic, sizeof *f->algebraic));
    f->algebraic[f->n_algebraic++] = pf_scope_def(s, &st->expr, st->at);
    return PF_OK;
}

/* The root of `v`, with its path made shorter. */
static uint32_t shortened(pf_flat *f, uint32_t v)
{
    for (; f->var[v].merged != v; v = f->var[v].merged)
        f->var[v].merged = f->var[f->var[v].merged].merged;
    return v;
}

/* `lost` becomes another name of `kept`. */
static void unite(pf_flat *f, uint32_t kept, uint32_t lost)
{
    kept = shortened(f, kept);
    lost = shortened(f, lost);
    if (kept == lost) return;
    if (f->var[lost].level < f->var[kept].level) {
        uint32_t swap = kept;
        kept = lost;
        lost = swap;
    }
    f->var[lost].merged = kept;
}

static pf_err arguments(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    const char *prefix = pf_arena_printf(f->ctx, f->arena, "%s%s.", s->prefix, st->name);
    const pf_module *m = NULL;
    for (size_t i = 0; i < s->f->ast->n_module; i++)
        if (strcmp(f->ast->module[i].name, st->other) == 0) m = &f->ast->module[i];
    if (!prefix || !m) return no_memory();
    for (size_t i = 0; i < st->n_part; i++) {
        const pf_part *p = &st->part[i];
        uint32_t v, mine = pf_flat_find(f, prefix, m->arg[i].name, p->at);
        if (mine == PF_NO_NAME) return PF_ERR_MODEL;
        if (p->name) {
            PF_TRY(pf_scope_variable(s, p->name, p->at, &v));
            unite(f, v, mine);
            continue;
        }
        pf_item *item = pf_arena_alloc(f->ctx, f->arena, 1, sizeof *item);
        pf_expr *e = pf_arena_alloc(f->ctx, f->arena, 1, sizeof *e);
        if (!item || !e) return no_memory();
        *item = (pf_item){.kind = PF_ITEM_NUMBER, .number = p->number, .at = p->at};
        *e = (pf_expr){.item = item, .n = 1, .depth = 1, .at = p->at};
        mine = pf_flat_root(f, mine);
        PF_TRY(define(
            f, f->var[mine].name, "a value", &f->var[mine].value, pf_scope_def(s, e, p->at)));
    }
    return PF_OK;
}

static pf_err module(const scope *s);

static pf_err instance(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    const pf_module *m = NULL;
    const char *known[64];
    size_t n = 0;
    for (size_t i = 0; i < f->ast->n_module; i++) {
        if (i > 0 && n < PF_COUNT(known)) known[n++] = f->ast->module[i].name;
        if (i > 0 && strcmp(f->ast->module[i].name, st->other) == 0) m = &f->ast->module[i];
    }
    if (!m) {
        ptrdiff_t k = pf_text_nearest(st->other, known, n);
        return pf_fail_at(f->ctx, f->ast->file, st->at, "there is no model '%s'%s%s%s",
            st->other, k < 0 ? "; define it first" : "; did you mean '", k < 0 ? "" : known[k],
            k < 0 ? "" : "'?");
    }
    if (pf_name_dotted(st->name))
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "a submodel's name has no dot; write %s: %s()", "A", st->other);
    if (st->n_part > m->n_arg)
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "model '%s' takes %zu arguments, not %zu; remove the rest", m->name, m->n_arg,
            st->n_part);
    int depth = 0;
    for (const scope *o = s; o; o = o->outer, depth++)
        if (o->module == m)
            return pf_fail_at(f->ctx, f->ast->file, st->at,
                "model '%s' contains itself; break the circle", m->name);
    if (depth >= DEEPEST)
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "submodels are nested over %d deep; flatten some of them", DEEPEST);
    const char *full = pf_scope_joined(f, s->prefix, st->name);
    if (!full) return no_memory();
    if (pf_names_find(&f->instances, full) != PF_NO_NAME)
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "there is a submodel '%s' already; choose another name", st->name);
    PF_TRY(pf_names_add(f->ctx, &f->instances, full));
    scope inner = {
        f, m, pf_arena_printf(f->ctx, f->arena, "%s.", full), s->level + 1, s, s->kept};
    return inner.prefix ? module(&inner) : no_memory();
}

static pf_err declare(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    uint32_t v, c;
    PF_TRY(pf_scope_variable(s, st->name, st->at, &v));
    f->var[v].says |= st->says;
    if (!st->other) return PF_OK;
    PF_TRY(pf_scope_variable(s, st->other, st->at, &c));
    f->var[c].says |= PF_SAYS_COMPARTMENT;
    f->var[v].compartment = c;
    return PF_OK;
}

static pf_err mark(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    uint32_t v = pf_flat_find(f, s->prefix, st->name, st->at);
    if (v == PF_NO_NAME) return PF_ERR_MODEL;
    PF_TRY(pf_reserve(f->ctx, &f->mark, &f->mark_capacity, f->n_mark, sizeof *f->mark));
    f->mark[f->n_mark++] = (pf_mark){st, v};
    return PF_OK;
}

static pf_err same_as(const scope *s, const pf_st *st)
{
    uint32_t a, b;
    PF_TRY(pf_scope_variable(s, st->name, st->at, &a));
    PF_TRY(pf_scope_variable(s, st->other, st->at, &b));
    unite(s->f, b, a);
    return PF_OK;
}

static pf_err has_unit(const scope *s, const pf_st *st)
{
    uint32_t v;
    PF_TRY(pf_scope_variable(s, st->name, st->at, &v));
    return pf_scope_unit(s, &st->expr, &s->f->var[v].unit);
}

/* First what stands here and the submodels, in order; then what reaches into submodels. */
static int waits(const pf_st *st)
{
    switch (st->kind) {
    case PF_ST_IS:
    case PF_ST_TITLE:
    case PF_ST_INTERACTION:
    case PF_ST_DELETE:
    case PF_ST_SMALL:
    case PF_ST_DISCRETE:
    case PF_ST_ROLE:
        return 1;
    case PF_ST_INSTANCE:
    case PF_ST_UNIT:
    case PF_ST_ALGEBRAIC:
        return 0;
    default:
        break;
    }
    for (size_t i = 0; st->event && i < st->event->n_set; i++)
        if (pf_name_dotted(st->event->set[i].name)) return 1;
    for (size_t i = 0; i < st->n_part; i++)
        if (pf_name_dotted(st->part[i].name) || pf_name_dotted(st->part[i].by)) return 1;
    return pf_name_dotted(st->name) || pf_name_dotted(st->other);
}

static pf_err statement(const scope *s, const pf_st *st)
{
    switch (st->kind) {
    case PF_ST_DECLARE:
    case PF_ST_IN:
        return declare(s, st);
    case PF_ST_REACTION:
        return reaction(s, st);
    case PF_ST_INTERACTION:
        return pf_scope_interaction(s, st);
    case PF_ST_ALGEBRAIC:
        return algebraic(s, st);
    case PF_ST_INSTANCE:
        return instance(s, st);
    case PF_ST_IS:
        return same_as(s, st);
    case PF_ST_TITLE:
        return pf_scope_title(s, st);
    case PF_ST_HAS:
        return has_unit(s, st);
    case PF_ST_UNIT:
        return pf_scope_unit_def(s, st);
    case PF_ST_DELETE:
        return pf_scope_delete(s, st);
    case PF_ST_EVENT:
        return pf_scope_event(s, st);
    case PF_ST_SMALL:
    case PF_ST_DISCRETE:
    case PF_ST_ROLE:
        return mark(s, st);
    default:
        return equation(s, st);
    }
}

static pf_err too_long(const scope *s, const pf_st *st)
{
    if (++s->f->steps <= MOST_STEPS) return PF_OK;
    return pf_fail_at(s->f->ctx, s->f->ast->file, st->at,
        "the submodels add up to over %d statements; make the model smaller", MOST_STEPS);
}

static pf_err module(const scope *s)
{
    uint32_t v;
    const pf_module *m = s->module;
    for (size_t i = 0; i < m->n_arg; i++)
        PF_TRY(pf_scope_own(s, m->arg[i].name, m->arg[i].at, &v));
    for (size_t i = 0; i < m->n_st; i++) {
        const pf_st *st = &m->st[i];
        PF_TRY(too_long(s, st));
        /* names handed to a submodel belong here: they come before the submodel's own */
        for (size_t k = 0; st->kind == PF_ST_INSTANCE && k < st->n_part; k++)
            if (st->part[k].name && !pf_name_dotted(st->part[k].name))
                PF_TRY(pf_scope_own(s, st->part[k].name, st->part[k].at, &v));
        if (!waits(st)) PF_TRY(statement(s, st));
    }
    for (size_t i = 0; i < m->n_st; i++)
        if (m->st[i].kind == PF_ST_INSTANCE) PF_TRY(arguments(s, &m->st[i]));
    for (size_t i = 0; i < m->n_st; i++)
        if (waits(&m->st[i])) PF_TRY(statement(s, &m->st[i]));
    return PF_OK;
}

/* Two submodels may both bring a value for what is now one name. */
static pf_err merge_value(pf_flat *f, pf_var *to, const pf_var *from)
{
    const pf_def *a = &to->value, *b = &from->value;
    int both = a->expr && b->expr && a->level == b->level;
    if (both && pf_expr_is_number(a->expr) && pf_expr_is_number(b->expr) &&
        a->expr->n == b->expr->n && a->expr->item[0].number == b->expr->item[0].number)
        return PF_OK;
    if (both && (to->rule.expr || from->rule.expr)) return PF_OK;
    if (both)
        return pf_fail_at(f->ctx, f->ast->file, b->at,
            "'%s' and '%s' are one name but get different values (lines %d and %d); give '%s' "
            "a "
            "value of its own",
            to->name, from->name, a->at.line, b->at.line, to->name);
    if (!a->expr || (b->expr && b->level < a->level)) to->value = *b;
    return PF_OK;
}

static pf_err merge(pf_flat *f)
{
    for (uint32_t i = 0; i < f->names.n; i++) {
        uint32_t r = pf_flat_root(f, i);
        f->var[i].merged = r;
        if (r == i) continue;
        pf_var *to = &f->var[r];
        const pf_var *from = &f->var[i];
        PF_TRY(merge_value(f, to, from));
        if (from->rule.expr) PF_TRY(define(f, to->name, "a rule", &to->rule, from->rule));
        if (from->rate.expr) PF_TRY(define(f, to->name, "a rate", &to->rate, from->rate));
        to->says |= from->says;
        to->in_reaction |= from->in_reaction;
        if (!to->unit) to->unit = from->unit;
        if (!to->title) to->title = from->title;
        if (to->compartment == PF_NO_NAME) to->compartment = from->compartment;
    }
    return PF_OK;
}

/* Statements outside any model; else the starred model, else the last: of the file itself, and
 * where it has none of what it imports. */
static const pf_module *main_of(const pf_ast *ast)
{
    const pf_module *best = &ast->module[0];
    if (best->n_st || ast->n_module == 1) return best;
    int most = -1;
    for (size_t i = 1; i < ast->n_module; i++) {
        const pf_module *m = &ast->module[i];
        int worth = 2 * !m->imported + m->starred;
        if (worth < most) continue;
        most = worth;
        best = m;
    }
    return best;
}

pf_err pf_flatten(pf_ctx *ctx, const pf_ast *ast, pf_arena *arena, pf_flat *f)
{
    pf_interactions kept = {0};
    memset(f, 0, sizeof *f);
    f->ctx = ctx;
    f->ast = ast;
    f->arena = arena;
    const pf_module *main = main_of(ast);
    f->name = main->name;
    f->title = main->title;
    f->at = main->at;
    scope top = {f, main, "", 0, NULL, &kept};
    pf_err err = module(&top);
    if (!err) err = merge(f);
    if (!err) err = pf_flat_finish(f, &kept);
    pf_free(kept.v);
    return err;
}
