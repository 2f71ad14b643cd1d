#include "model/flatten.h"

#include <math.h>
#include <string.h>

enum { DEEPEST = 30, MOST_VARS = 100000, MOST_STEPS = 400000 };

typedef struct scope {
    pf_flat *f;
    const pf_module *module;
    const char *prefix; /* "" or "lung." */
    int level;
    const struct scope *outer;
} scope;

static pf_err no_memory(void)
{
    return PF_ERR_NO_MEMORY;
}

static const char *joined(pf_flat *f, const char *prefix, const char *name)
{
    return *prefix ? pf_arena_printf(f->ctx, f->arena, "%s%s", prefix, name) : name;
}

/* The variable `name` of this scope, made when it is new. */
static pf_err own(const scope *s, const char *name, pf_place at, uint32_t *out)
{
    pf_flat *f = s->f;
    const char *full = joined(f, s->prefix, name);
    if (!full) return no_memory();
    *out = pf_names_find(&f->names, full);
    if (*out != PF_NO_NAME) return PF_OK;
    size_t n = f->names.n;
    if (n >= MOST_VARS)
        return pf_fail_at(f->ctx, f->ast->file, at,
            "the model has over %d names; make it smaller", MOST_VARS);
    PF_TRY(pf_flat_add(f, full, at, out));
    f->var[*out].level = s->level;
    return PF_OK;
}

/* A dotted name: it must belong to a submodel of this scope. */
static pf_err inside(const scope *s, const char *name, pf_place at, uint32_t *out)
{
    pf_flat *f = s->f;
    const char *dot = strchr(name, '.');
    const char *first = pf_arena_strndup(f->ctx, f->arena, name, (size_t)(dot - name));
    const char *full = first ? joined(f, s->prefix, first) : NULL;
    if (!full) return no_memory();
    if (pf_names_find(&f->instances, full) == PF_NO_NAME) {
        const char *near = pf_names_nearest(&f->instances, full);
        return pf_fail_at(f->ctx, f->ast->file, at, "there is no submodel '%s' here%s%s%s",
            first, near ? "; did you mean '" : "; write a line such as A: name()",
            near ? near : "", near ? "'?" : "");
    }
    *out = pf_flat_find(f, s->prefix, name, at);
    return *out == PF_NO_NAME ? (f->ctx->code ? f->ctx->code : PF_ERR_MODEL) : PF_OK;
}

static int dotted(const char *name)
{
    return name && strchr(name, '.') != NULL;
}

static pf_err variable(const scope *s, const char *name, pf_place at, uint32_t *out)
{
    return dotted(name) ? inside(s, name, at, out) : own(s, name, at, out);
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

static pf_def def_of(const scope *s, const pf_expr *e, pf_place at)
{
    return (pf_def){.expr = e, .prefix = s->prefix, .level = s->level, .at = at};
}

static pf_err equation(const scope *s, const pf_st *st)
{
    uint32_t v;
    PF_TRY(variable(s, st->name, st->at, &v));
    pf_def def = def_of(s, &st->expr, st->at);
    pf_var *var = &s->f->var[v];
    if (st->unit) var->unit = st->unit;
    switch (st->kind) {
    case PF_ST_VALUE:
        return define(s->f, var->name, "a value", &var->value, def);
    case PF_ST_RULE:
        return define(s->f, var->name, "a rule", &var->rule, def);
    default:
        return define(s->f, var->name, "a rate", &var->rate, def);
    }
}

static pf_err reaction(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    uint32_t v = PF_NO_NAME;
    pf_def def = def_of(s, &st->expr, st->at);
    if (st->name) { /* its name stands for its rate */
        PF_TRY(variable(s, st->name, st->at, &v));
        PF_TRY(define(f, f->var[v].name, "a rule", &f->var[v].rule, def));
        f->var[v].says |= PF_SAYS_REACTION;
    }
    PF_TRY(pf_reserve(
        f->ctx, &f->reaction, &f->reaction_capacity, f->n_reaction, sizeof *f->reaction));
    f->reaction[f->n_reaction++] = (pf_reaction){.var = st->name ? v : PF_NO_NAME,
        .rate = def,
        .side0 = f->n_side,
        .n_side = st->n_part,
        .at = st->at};
    for (size_t i = 0; i < st->n_part; i++) {
        const pf_part *p = &st->part[i];
        PF_TRY(variable(s, p->name, p->at, &v));
        f->var[v].says |= PF_SAYS_SPECIES | (p->boundary ? PF_SAYS_BOUNDARY : 0u);
        f->var[v].in_reaction = 1;
        PF_TRY(pf_reserve(f->ctx, &f->side, &f->side_capacity, f->n_side, sizeof *f->side));
        f->side[f->n_side++] =
            (pf_side){v, p->number < 0 ? -1 : 1, fabs(p->number), PF_NO_NAME};
    }
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
            PF_TRY(variable(s, p->name, p->at, &v));
            unite(f, v, mine);
            continue;
        }
        pf_item *item = pf_arena_alloc(f->ctx, f->arena, 1, sizeof *item);
        pf_expr *e = pf_arena_alloc(f->ctx, f->arena, 1, sizeof *e);
        if (!item || !e) return no_memory();
        *item = (pf_item){.kind = PF_ITEM_NUMBER, .number = p->number, .at = p->at};
        *e = (pf_expr){.item = item, .n = 1, .depth = 1, .at = p->at};
        mine = pf_flat_root(f, mine);
        PF_TRY(
            define(f, f->var[mine].name, "a value", &f->var[mine].value, def_of(s, e, p->at)));
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
    if (dotted(st->name))
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
    const char *full = joined(f, s->prefix, st->name);
    if (!full) return no_memory();
    if (pf_names_find(&f->instances, full) != PF_NO_NAME)
        return pf_fail_at(f->ctx, f->ast->file, st->at,
            "there is a submodel '%s' already; choose another name", st->name);
    PF_TRY(pf_names_add(f->ctx, &f->instances, full));
    scope inner = {f, m, pf_arena_printf(f->ctx, f->arena, "%s.", full), s->level + 1, s};
    return inner.prefix ? module(&inner) : no_memory();
}

static pf_err declare(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    uint32_t v, c;
    PF_TRY(variable(s, st->name, st->at, &v));
    f->var[v].says |= st->says;
    if (!st->other) return PF_OK;
    PF_TRY(variable(s, st->other, st->at, &c));
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
    PF_TRY(variable(s, st->name, st->at, &a));
    PF_TRY(variable(s, st->other, st->at, &b));
    unite(s->f, b, a);
    return PF_OK;
}

static pf_err has_unit(const scope *s, const pf_st *st)
{
    uint32_t v;
    PF_TRY(variable(s, st->name, st->at, &v));
    s->f->var[v].unit = st->other;
    return PF_OK;
}

static pf_err event_name(const scope *s, const pf_st *st, const char **out)
{
    pf_flat *f = s->f;
    *out = NULL;
    if (!st->name) return PF_OK;
    if (!(*out = joined(f, s->prefix, st->name))) return no_memory();
    for (size_t i = 0; i < f->n_event; i++)
        if (f->event[i].name && strcmp(f->event[i].name, *out) == 0)
            return pf_fail_at(f->ctx, f->ast->file, st->at,
                "there is an event '%s' already, in line %d; choose another name", *out,
                f->event[i].at.line);
    return PF_OK;
}

static pf_err event_sets(const scope *s, const pf_st_event *e)
{
    pf_flat *f = s->f;
    size_t first = f->n_set;
    for (size_t i = 0; i < e->n_set; i++) {
        uint32_t v;
        const pf_st_set *set = &e->set[i];
        PF_TRY(variable(s, set->name, set->at, &v));
        for (size_t k = first; k < f->n_set; k++)
            if (f->set[k].var == v)
                return pf_fail_at(f->ctx, f->ast->file, set->at,
                    "this event sets '%s' twice; keep one of them", set->name);
        PF_TRY(pf_reserve(f->ctx, &f->set, &f->set_capacity, f->n_set, sizeof *f->set));
        f->set[f->n_set++] = (pf_set){v, def_of(s, &set->expr, set->at)};
    }
    return PF_OK;
}

static pf_err event(const scope *s, const pf_st *st)
{
    pf_flat *f = s->f;
    const pf_st_event *e = st->event;
    pf_happening h = {.trigger = def_of(s, &st->expr, st->at),
        .initial = e->initial,
        .persistent = e->persistent,
        .from_trigger = e->from_trigger,
        .set0 = f->n_set,
        .n_set = e->n_set,
        .at = st->at};
    if (e->delay.n) h.delay = def_of(s, &e->delay, e->delay.at);
    if (e->priority.n) h.priority = def_of(s, &e->priority, e->priority.at);
    PF_TRY(event_name(s, st, &h.name));
    PF_TRY(event_sets(s, e));
    PF_TRY(pf_reserve(f->ctx, &f->event, &f->event_capacity, f->n_event, sizeof *f->event));
    f->event[f->n_event++] = h;
    return PF_OK;
}

/* First what stands here and the submodels, in order; then what reaches into submodels. */
static int waits(const pf_st *st)
{
    if (st->kind == PF_ST_IS || st->kind == PF_ST_SMALL || st->kind == PF_ST_ROLE) return 1;
    if (st->kind == PF_ST_INSTANCE) return 0;
    if (st->kind == PF_ST_HAS) return dotted(st->name);
    for (size_t i = 0; st->event && i < st->event->n_set; i++)
        if (dotted(st->event->set[i].name)) return 1;
    for (size_t i = 0; i < st->n_part; i++)
        if (dotted(st->part[i].name)) return 1;
    return dotted(st->name) || (st->kind != PF_ST_ROLE && dotted(st->other));
}

static pf_err statement(const scope *s, const pf_st *st)
{
    switch (st->kind) {
    case PF_ST_DECLARE:
    case PF_ST_IN:
        return declare(s, st);
    case PF_ST_REACTION:
        return reaction(s, st);
    case PF_ST_INSTANCE:
        return instance(s, st);
    case PF_ST_IS:
        return same_as(s, st);
    case PF_ST_HAS:
        return has_unit(s, st);
    case PF_ST_EVENT:
        return event(s, st);
    case PF_ST_SMALL:
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
    for (size_t i = 0; i < m->n_arg; i++) PF_TRY(own(s, m->arg[i].name, m->arg[i].at, &v));
    for (size_t i = 0; i < m->n_st; i++) {
        const pf_st *st = &m->st[i];
        PF_TRY(too_long(s, st));
        /* names handed to a submodel belong here: they come before the submodel's own */
        for (size_t k = 0; st->kind == PF_ST_INSTANCE && k < st->n_part; k++)
            if (st->part[k].name && !dotted(st->part[k].name))
                PF_TRY(own(s, st->part[k].name, st->part[k].at, &v));
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
        if (to->compartment == PF_NO_NAME) to->compartment = from->compartment;
    }
    return PF_OK;
}

static const pf_module *main_of(const pf_ast *ast)
{
    const pf_module *m = &ast->module[0]; /* statements outside any model */
    if (m->n_st || ast->n_module == 1) return m;
    m = &ast->module[ast->n_module - 1];
    for (size_t i = 1; i < ast->n_module; i++)
        if (ast->module[i].starred) m = &ast->module[i];
    return m;
}

pf_err pf_flatten(pf_ctx *ctx, const pf_ast *ast, pf_arena *arena, pf_flat *f)
{
    memset(f, 0, sizeof *f);
    f->ctx = ctx;
    f->ast = ast;
    f->arena = arena;
    const pf_module *main = main_of(ast);
    f->name = main->name;
    f->at = main->at;
    scope top = {f, main, "", 0, NULL};
    PF_TRY(module(&top));
    return merge(f);
}
