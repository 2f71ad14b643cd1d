#include "model/writing.h"

#include <ctype.h>
#include <string.h>

const pf_own_function PF_WRITING_OWN[3] = {
    {"cbrt", "root(3, x)",
        "<apply><root/><degree><cn type=\"integer\">3</cn></degree><ci>x</ci></apply>"},
    {"expm1", "exp(x) - 1",
        "<apply><minus/><apply><exp/><ci>x</ci></apply><cn type=\"integer\">1</cn></apply>"},
    {"log1p", "ln(1 + x)",
        "<apply><ln/><apply><plus/><cn type=\"integer\">1</cn><ci>x</ci></apply></apply>"}};

/* Words that Antimony keeps for itself; libAntimony's functions are among them. */
static const char *const WORDS[] = {"model", "module", "end", "species", "formula", "reaction",
    "DNA", "gene", "operator", "compartment", "has", "in", "is", "var", "const",
    "substanceOnly", "ext", "import", "event", "at", "after", "function", "unit", "delete",
    "constraint", "assert", "maximize", "minimize", "time", "pi", "exponentiale", "avogadro",
    "true", "false", "inf", "infinity", "INF", "nan", "NaN", "NAN", "notanumber", "abs", "acos",
    "acosh", "acot", "acoth", "acsc", "acsch", "and", "arccos", "arccosh", "arccot", "arccoth",
    "arccsc", "arccsch", "arcsec", "arcsech", "arcsin", "arcsinh", "arctan", "arctanh", "asec",
    "asech", "asin", "asinh", "atan", "atanh", "ceil", "ceiling", "cos", "cosh", "cot", "coth",
    "csc", "csch", "delay", "divide", "eq", "exp", "factorial", "floor", "geq", "gt", "implies",
    "leq", "ln", "log", "log10", "lt", "max", "min", "minus", "neq", "not", "or", "piecewise",
    "plus", "pow", "power", "quotient", "rateOf", "rem", "root", "sec", "sech", "sin", "sinh",
    "sqr", "sqrt", "tan", "tanh", "times", "xor", "o", "sbo", "SBO", "True", "TRUE", "False",
    "FALSE", "equals", "normal", "truncatedNormal", "uniform", "exponential",
    "truncatedExponential", "gamma", "truncatedGamma", "poisson", "truncatedPoisson",
    "bernoulli", "binomial", "cauchy", "chisquare", "laplace", "lognormal", "rayleigh"};

pf_err pf_writing_fail(const pf_writing *w, pf_place at, const char *what, const char *why)
{
    return pf_fail_at(w->ctx, w->f->ast->file, at, "%s: %s", what, why);
}

static int is_word(const char *name)
{
    for (size_t i = 0; i < PF_COUNT(WORDS); i++)
        if (strcmp(name, WORDS[i]) == 0) return 1;
    return 0;
}

const char *pf_writing_fresh(pf_writing *w, const char *wanted)
{
    char *id = pf_arena_printf(
        w->ctx, w->arena, "%s%s", isdigit((unsigned char)*wanted) ? "_" : "", wanted);
    if (!id) return NULL;
    for (char *p = id; *p; p++)
        if (!isalnum((unsigned char)*p) || (unsigned char)*p > 126) *p = '_';
    if (!*id) id = pf_arena_strdup(w->ctx, w->arena, "_");
    if (id && w->to == PF_WRITES_ANTIMONY && is_word(id))
        id = pf_arena_printf(w->ctx, w->arena, "%s_", id);
    const char *stem = id;
    for (unsigned n = 2; id && pf_names_find(&w->used, id) != PF_NO_NAME; n++)
        id = pf_arena_printf(w->ctx, w->arena, "%s_%u", stem, n);
    return id && !pf_names_add(w->ctx, &w->used, id) ? id : NULL;
}

static int plain(const char *name)
{
    if (isdigit((unsigned char)*name)) return 0;
    for (; *name; name++)
        if (!(isalnum((unsigned char)*name) && (unsigned char)*name < 127) && *name != '_')
            return 0;
    return 1;
}

/* First those that may stay as they are, then those that must change. */
static pf_err name_variables(pf_writing *w)
{
    pf_flat *f = w->f;
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < f->names.n; i++) {
            if (pf_flat_root(f, i) != i || plain(f->var[i].name) == pass) continue;
            w->id[i] = pf_writing_fresh(w, f->var[i].name);
            if (!w->id[i]) return PF_ERR_NO_MEMORY;
        }
    for (uint32_t i = 0; i < f->names.n; i++) w->id[i] = w->id[pf_flat_root(f, i)];
    return PF_OK;
}

static pf_err name_rest(pf_writing *w)
{
    pf_flat *f = w->f;
    for (size_t i = 0; i < f->n_event; i++) {
        if (!f->event[i].name) continue;
        w->event_id[i] = pf_writing_fresh(w, f->event[i].name);
        if (!w->event_id[i]) return PF_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < f->n_unit; i++) {
        w->unit_id[i] = pf_writing_fresh(w, f->unit[i].name);
        if (!w->unit_id[i]) return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

static pf_err name_functions(pf_writing *w)
{
    for (size_t i = 0; i < w->f->ast->n_function; i++) {
        w->function_id[i] = pf_writing_fresh(w, w->f->ast->function[i].name);
        if (!w->function_id[i]) return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

static void calls_of(pf_writing *w, const pf_expr *e)
{
    for (size_t i = 0; e && i < e->n; i++)
        for (size_t k = 0; e->item[i].kind == PF_ITEM_CALL && k < PF_COUNT(w->needs); k++)
            if (strcmp(e->item[i].name, PF_WRITING_OWN[k].name) == 0 && e->item[i].index == 1 &&
                !pf_ast_function(w->f->ast, PF_WRITING_OWN[k].name))
                w->needs[k] = 1;
}

static void find_calls(pf_writing *w)
{
    const pf_flat *f = w->f;
    for (size_t i = 0; i < f->ast->n_function; i++) calls_of(w, &f->ast->function[i].body);
    for (uint32_t i = 0; i < f->names.n; i++) {
        calls_of(w, f->var[i].value.expr);
        calls_of(w, f->var[i].rule.expr);
        calls_of(w, f->var[i].rate.expr);
    }
    for (size_t i = 0; i < f->n_reaction; i++) calls_of(w, f->reaction[i].rate.expr);
    for (size_t i = 0; i < f->n_algebraic; i++) calls_of(w, f->algebraic[i].expr);
    for (size_t i = 0; i < f->n_set; i++) calls_of(w, f->set[i].value.expr);
    for (size_t i = 0; i < f->n_event; i++) {
        calls_of(w, f->event[i].trigger.expr);
        calls_of(w, f->event[i].delay.expr);
        calls_of(w, f->event[i].priority.expr);
    }
}

static void vary(pf_writing *w)
{
    pf_flat *f = w->f;
    for (uint32_t i = 0; i < f->names.n; i++) {
        const pf_var *v = &f->var[i];
        if (pf_flat_root(f, i) != i) continue;
        w->varies[i] = v->rule.expr || v->rate.expr ||
                       (v->in_reaction && !(v->says & (PF_SAYS_BOUNDARY | PF_SAYS_CONST)));
    }
    for (size_t i = 0; i < f->n_event; i++)
        for (size_t k = 0; k < f->event[i].n_set; k++)
            w->varies[pf_flat_root(f, f->set[f->event[i].set0 + k].var)] = 1;
    for (size_t i = 0; i < f->n_reaction; i++)
        for (size_t k = 0; k < f->reaction[i].n_side; k++) {
            const pf_side *s = &f->side[f->reaction[i].side0 + k];
            if (s->by != PF_NO_NAME) w->n_by[pf_flat_root(f, s->by)] += s->factor == 1 ? 1 : 2;
        }
}

/* An algebraic rule may change any name that it reads, unless that was said to be constant. */
static pf_err vary_by_algebra(pf_writing *w)
{
    pf_flat *f = w->f;
    for (size_t i = 0; i < f->n_algebraic; i++)
        for (size_t k = 0; k < f->algebraic[i].expr->n; k++) {
            const pf_item *item = &f->algebraic[i].expr->item[k];
            if (item->kind != PF_ITEM_NAME) continue;
            uint32_t v = pf_flat_find(f, f->algebraic[i].prefix, item->name, item->at);
            if (v == PF_NO_NAME) return PF_ERR_MODEL;
            if (!(f->var[v].says & (PF_SAYS_CONST | PF_SAYS_REACTION))) w->varies[v] = 1;
        }
    return PF_OK;
}

pf_err pf_writing_open(pf_ctx *ctx, pf_flat *f, pf_writes to, pf_writing *w)
{
    memset(w, 0, sizeof *w);
    w->ctx = ctx;
    w->f = f;
    w->arena = f->arena;
    w->to = to;
    size_t n = f->names.n;
    w->id = pf_arena_alloc(ctx, f->arena, n, sizeof *w->id);
    w->event_id = pf_arena_alloc(ctx, f->arena, f->n_event, sizeof *w->event_id);
    w->unit_id = pf_arena_alloc(ctx, f->arena, f->n_unit, sizeof *w->unit_id);
    w->function_id = pf_arena_alloc(ctx, f->arena, f->ast->n_function, sizeof *w->function_id);
    w->varies = pf_arena_alloc(ctx, f->arena, n, sizeof *w->varies);
    w->n_by = pf_arena_alloc(ctx, f->arena, n, sizeof *w->n_by);
    if (!w->id || !w->event_id || !w->unit_id || !w->function_id || !w->varies || !w->n_by)
        return PF_ERR_NO_MEMORY;
    find_calls(w);
    for (size_t k = 0; k < PF_COUNT(w->needs); k++)
        if (w->needs[k] && !pf_writing_fresh(w, PF_WRITING_OWN[k].name))
            return PF_ERR_NO_MEMORY;
    PF_TRY(name_functions(w));
    PF_TRY(name_variables(w));
    PF_TRY(name_rest(w));
    vary(w);
    return vary_by_algebra(w);
}

void pf_writing_close(pf_writing *w)
{
    pf_names_clear(&w->used);
}

pf_err pf_writing_name(pf_writing *w, const pf_item *item, const char *prefix, const char **out)
{
    uint32_t v = pf_flat_find(w->f, prefix, item->name, item->at);
    if (v == PF_NO_NAME) return w->ctx && w->ctx->code ? w->ctx->code : PF_ERR_MODEL;
    *out = w->id[v];
    return PF_OK;
}

pf_err pf_writing_call(pf_writing *w, const pf_item *item, const char **out)
{
    const pf_ast *ast = w->f->ast;
    for (size_t i = 0; i < ast->n_function; i++) {
        if (strcmp(ast->function[i].name, item->name) != 0) continue;
        if (ast->function[i].n_arg != item->index)
            return pf_writing_fail(
                w, item->at, item->name, "this function has another number of arguments");
        *out = w->function_id[i];
        return PF_OK;
    }
    for (size_t k = 0; k < PF_COUNT(w->needs); k++)
        if (w->needs[k] && strcmp(item->name, PF_WRITING_OWN[k].name) == 0 &&
            item->index == 1) {
            *out = PF_WRITING_OWN[k].name;
            return PF_OK;
        }
    return pf_writing_fail(w, item->at, item->name, "there is no such function; define it");
}

pf_err pf_writing_arguments(pf_writing *w, const pf_function *f, const char *const **out)
{
    const char **arg = pf_arena_alloc(w->ctx, w->arena, f->n_arg, sizeof *arg);
    if (!arg) return PF_ERR_NO_MEMORY;
    int good = f->arg != NULL;
    for (size_t i = 0; good && i < f->n_arg; i++)
        good = plain(f->arg[i]) && (w->to == PF_WRITES_SBML || !is_word(f->arg[i]));
    for (size_t i = 0; i < f->n_arg; i++) {
        arg[i] = good ? f->arg[i] : pf_arena_printf(w->ctx, w->arena, "x%zu", i + 1);
        if (!arg[i]) return PF_ERR_NO_MEMORY;
    }
    *out = arg;
    return PF_OK;
}

int pf_writing_is_side(const pf_writing *w, uint32_t v)
{
    const pf_var *var = &w->f->var[v];
    unsigned other = PF_SAYS_SPECIES | PF_SAYS_COMPARTMENT | PF_SAYS_REACTION;
    return w->n_by[v] == 1 && !(var->says & other) && !var->unit;
}

void pf_tree_children(const pf_tree *t, uint32_t i, uint32_t *child)
{
    uint32_t at = i;
    for (unsigned k = pf_item_arity(&t->e->item[i]); k-- > 0;) {
        child[k] = at - 1;
        at = t->start[child[k]];
    }
}

pf_err pf_tree_make(pf_ctx *ctx, const pf_expr *e, pf_tree *t)
{
    t->e = e;
    t->start = pf_calloc(ctx, e->n, sizeof *t->start);
    if (!t->start) return PF_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < e->n; i++) {
        uint32_t at = i;
        for (unsigned k = pf_item_arity(&e->item[i]); k-- > 0;) at = t->start[at - 1];
        t->start[i] = at;
    }
    return PF_OK;
}

void pf_tree_free(pf_tree *t)
{
    pf_free(t->start);
    t->start = NULL;
}
