/* Formulas read with units instead of numbers. */
#include "model/build.h"
#include "model/units_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_CALLS = 50, MOST_WORK = 5000000, MOST_OPERANDS = 3 };

uint32_t pf_units_find(const pf_checker *c, const char *prefix, const char *name)
{
    char room[256];
    size_t a = strlen(prefix), b = strlen(name);
    const char *full = name;
    if (a) {
        if (a + b >= sizeof room) return PF_NO_NAME;
        memcpy(room, prefix, a);
        memcpy(room + a, name, b + 1);
        full = room;
    }
    uint32_t v = pf_names_find(&c->flat->names, full);
    return v == PF_NO_NAME ? v : pf_flat_root(c->flat, v);
}

pf_value pf_units_var(const pf_checker *c, uint32_t v)
{
    pf_value x = {.kind = PF_VALUE_SIZED, .number = NAN};
    const pf_unit_of *of = &c->of[v];
    x.size = of->declared ? *of->size : pf_size_of_atom(v);
    return x;
}

/* A parameter's own number, for exponents: what changes in time has none. */
static double constant(const pf_checker *c, uint32_t v)
{
    const pf_var *var = &c->flat->var[v];
    const pf_expr *e = var->value.expr;
    if (var->rule.expr || var->rate.expr || var->in_reaction || !e || !pf_expr_is_number(e))
        return NAN;
    return e->n == 1 ? e->item[0].number : -e->item[0].number;
}

static pf_value anything(void)
{
    return (pf_value){.kind = PF_VALUE_ANY, .number = NAN};
}

static pf_value pure(void)
{
    return (pf_value){.kind = PF_VALUE_SIZED, .size = {.factor = 1}, .number = NAN};
}

static void put(pf_checker *c, pf_value v, const pf_item *item, size_t n, const pf_function *in)
{
    pf_err err =
        pf_reserve(c->ctx, &c->stack, &c->stack_capacity, c->n_stack, sizeof *c->stack);
    if (err) {
        c->failed = err;
        return;
    }
    v.item = item;
    v.n_item = n;
    v.in = in;
    c->stack[c->n_stack++] = v;
}

static pf_value a_number(pf_checker *c, const pf_item *item, const char *prefix)
{
    pf_value v = {.kind = PF_VALUE_BARE, .number = item->number};
    if (!item->name) return v;
    int status = pf_size_read(c, item->name, prefix, &v.size);
    v.kind = status == 1 ? PF_VALUE_SIZED : PF_VALUE_ANY;
    if (status < 0) pf_units_tell_unknown(c, item->at);
    return v;
}

static pf_value a_name(pf_checker *c, const pf_item *item, const char *prefix)
{
    uint32_t v = pf_units_find(c, prefix, item->name);
    if (v == PF_NO_NAME) return anything();
    pf_value x = pf_units_var(c, v);
    x.number = constant(c, v);
    return x;
}

/* ---- operators ---- */

static pf_value product(const pf_value *a, const pf_value *b, double power)
{
    pf_value r = {.kind = PF_VALUE_SIZED, .number = NAN};
    if (a->kind == PF_VALUE_ANY || b->kind == PF_VALUE_ANY) return anything();
    if (a->kind == PF_VALUE_BARE && b->kind == PF_VALUE_BARE) r.kind = PF_VALUE_BARE;
    r.size = (pf_size){.factor = 1};
    if (a->kind == PF_VALUE_SIZED) r.size = a->size;
    if (b->kind == PF_VALUE_SIZED && !pf_size_times(&r.size, &b->size, power))
        return anything();
    r.number = power > 0 ? a->number * b->number : a->number / b->number;
    return r;
}

/* Without a number for the exponent only a pure number has a unit that is known. */
static pf_value power(pf_checker *c, const pf_value *a, const pf_value *b, pf_place at)
{
    pf_value r = *a;
    pf_units_pure(c, b, at, "the exponent");
    r.number = pow(a->number, b->number);
    if (a->kind == PF_VALUE_ANY) return anything();
    if (a->kind == PF_VALUE_BARE) return b->kind == PF_VALUE_BARE ? r : pure();
    if (!a->size.n && a->size.factor == 1) return pure();
    if (isnan(b->number)) {
        c->n_touched = 0;
        int known = pf_units_resolve(c, &r.size);
        return known && !r.size.n && r.size.factor == 1 ? pure() : anything();
    }
    pf_size base = a->size;
    r.size = (pf_size){.factor = 1};
    return pf_size_times(&r.size, &base, b->number) ? r : anything();
}

static pf_value root(pf_checker *c, const pf_value *a, double degree, pf_place at)
{
    pf_value b = {.kind = PF_VALUE_BARE, .number = 1 / degree};
    return power(c, a, &b, at);
}

/* `a` and `b` agree; what is known of either. After a clash nothing is. */
static pf_value agreed(pf_checker *c, const pf_value *a, const pf_value *b, pf_place at)
{
    if (!pf_units_agree(c, a, b, at, PF_NO_NAME, NULL)) return anything();
    pf_value r = a->kind == PF_VALUE_SIZED ? *a : b->kind == PF_VALUE_SIZED ? *b : *a;
    if (a->kind == PF_VALUE_BARE && b->kind == PF_VALUE_ANY) r = *b;
    r.number = NAN;
    return r;
}

static pf_value pure_function(pf_checker *c, uint32_t word, const pf_value *x, pf_place at)
{
    char what[60];
    pf_value r = x->kind == PF_VALUE_BARE ? *x : pure();
    snprintf(what, sizeof what, "the argument of %s", pf_units_word(word));
    pf_units_pure(c, x, at, what);
    r.number = word == PF_OP_NOT ? NAN : pf_word_value(word, &x->number);
    return r;
}

static pf_value time_word(pf_checker *c, uint32_t word, const pf_value *x, pf_place at)
{
    pf_value t = pf_units_var(c, c->n_var - 1);
    pf_value r = *x;
    if (word == PF_WORD_DELAY && x[1].kind == PF_VALUE_SIZED)
        pf_units_agree(c, &x[1], &t, at, PF_NO_NAME, "a time");
    r.number = NAN;
    return word == PF_WORD_DELAY ? r : product(x, &t, -1);
}

static pf_value sum(pf_checker *c, uint32_t word, const pf_value *x, pf_place at)
{
    pf_value r = agreed(c, &x[0], &x[1], at);
    double v[2] = {x[0].number, x[1].number};
    if (x[0].kind == PF_VALUE_BARE && x[1].kind == PF_VALUE_BARE)
        r.number = pf_word_value(word, v);
    return r;
}

static pf_value of_two(pf_checker *c, uint32_t word, const pf_value *x, pf_place at)
{
    switch (word) {
    case PF_OP_ADD:
    case PF_OP_SUB:
        return sum(c, word, x, at);
    case PF_OP_MIN:
    case PF_OP_MAX:
    case PF_WORD_REM: /* has no sign between its operands to point at */
        return sum(c, word, x, x[1].item->at);
    case PF_OP_MUL:
        return product(&x[0], &x[1], 1);
    case PF_OP_DIV:
    case PF_WORD_QUOTIENT:
        return product(&x[0], &x[1], -1);
    case PF_OP_POW:
        return power(c, &x[0], &x[1], at);
    case PF_WORD_ROOT:
        return root(c, &x[1], x[0].number, at);
    case PF_WORD_LOGB:
        pf_units_pure(c, &x[0], at, "the base of log");
        pf_units_pure(c, &x[1], at, "the argument of log");
        return pure();
    case PF_WORD_DELAY:
        return time_word(c, word, x, at);
    case PF_OP_LT:
    case PF_OP_LE:
    case PF_OP_EQ:
    case PF_OP_NE:
    case PF_WORD_GT:
    case PF_WORD_GE:
        agreed(c, &x[0], &x[1], at);
        return pure();
    default: /* and, or, ... */
        return pure();
    }
}

static pf_value operation(pf_checker *c, uint32_t word, const pf_value *x, pf_place at)
{
    pf_value r = *x;
    switch (word) {
    case PF_OP_NEG:
        r.number = -x->number;
        return r;
    case PF_OP_MOV:
    case PF_OP_ABS:
    case PF_OP_FLOOR:
    case PF_OP_CEIL:
        r.number = pf_word_value(word, &x->number);
        return r;
    case PF_OP_SQRT:
        return root(c, x, 2, at);
    case PF_OP_CBRT:
        return root(c, x, 3, at);
    case PF_OP_RCP: {
        pf_value one = {.kind = PF_VALUE_BARE, .number = 1};
        return product(&one, x, -1);
    }
    case PF_OP_NOT:
        return pure();
    case PF_OP_SELECT:
        return agreed(c, &x[1], &x[2], x[2].item->at);
    case PF_WORD_PIECE:
        return agreed(c, &x[0], &x[2], x[2].item->at);
    case PF_WORD_RATE:
        return time_word(c, word, x, at);
    default:
        return pf_word_arity(word) == 1   ? pure_function(c, word, x, at)
               : pf_word_arity(word) == 2 ? of_two(c, word, x, at)
                                          : anything();
    }
}

/* ---- formulas ---- */

static void items(
    pf_checker *c, const pf_expr *e, const char *prefix, size_t args, const pf_function *in);

/* A random draw: in the unit of its mean or scale; a count agrees with anything. */
static pf_value drawn(pf_checker *c, pf_law law, const pf_value *x, size_t n)
{
    const pf_value one = {.kind = PF_VALUE_BARE, .number = 1};
    pf_value r = {.kind = PF_VALUE_BARE, .number = NAN};
    switch (law) {
    case PF_LAW_NORMAL:
    case PF_LAW_UNIFORM:
    case PF_LAW_LAPLACE:
    case PF_LAW_CAUCHY:
    case PF_LAW_RAYLEIGH:
        r = n ? x[0] : anything();
        for (size_t i = 1; i < n && r.kind != PF_VALUE_ANY; i++)
            r = agreed(c, &r, &x[i], x[i].item->at);
        r.number = NAN;
        return r;
    case PF_LAW_EXPONENTIAL:
        r = n ? product(&one, &x[0], -1) : anything();
        r.number = NAN;
        return r;
    case PF_LAW_GAMMA:
    case PF_LAW_LOGNORMAL:
        return anything();
    default:
        return r;
    }
}

static pf_value called(pf_checker *c, const pf_item *item)
{
    const pf_function *f = pf_ast_function(c->flat->ast, item->name);
    static const struct {
        const char *name;
        uint32_t word;
    } OWN[] = {{"expm1", PF_OP_EXPM1}, {"log1p", PF_OP_LOG1P}, {"cbrt", PF_OP_CBRT}};
    size_t args = c->n_stack - item->index;
    for (size_t i = 0; i < PF_COUNT(OWN) && item->index == 1; i++)
        if (strcmp(item->name, OWN[i].name) == 0)
            return operation(c, OWN[i].word, &c->stack[args], item->at);
    pf_law law = f ? PF_LAWS : pf_build_law(item->name);
    if (law != PF_LAWS) return drawn(c, law, &c->stack[args], item->index);
    if (!f || f->n_arg != item->index || c->calls >= MOST_CALLS) return anything();
    const pf_item *outer = c->call;
    if (!outer) c->call = item;
    c->calls++;
    items(c, &f->body, "", args, f);
    c->calls--;
    c->call = outer;
    return c->failed || c->n_stack == args + item->index ? anything()
                                                         : c->stack[c->n_stack - 1];
}

/* What an operator or a call takes from the stack becomes one value, written where they were.
 */
static void taken(pf_checker *c, const pf_item *item, const pf_function *in)
{
    pf_value r;
    size_t n = pf_item_arity(item);
    if (n > c->n_stack) {
        put(c, anything(), item, 1, in);
        return;
    }
    size_t args = c->n_stack - n;
    const pf_item *first = n ? c->stack[args].item : item;
    if (item->kind == PF_ITEM_CALL) {
        r = called(c, item);
    } else {
        pf_value x[MOST_OPERANDS];
        memcpy(x, &c->stack[args], n * sizeof *x);
        r = operation(c, item->index, x, item->at);
    }
    c->n_stack = args;
    put(c, r, first, (size_t)(item - first) + 1, in);
}

static void items(
    pf_checker *c, const pf_expr *e, const char *prefix, size_t args, const pf_function *in)
{
    for (size_t i = 0; i < e->n && !c->failed; i++) {
        const pf_item *item = &e->item[i];
        if (++c->work > MOST_WORK) {
            put(c, anything(), item, 1, in);
            return;
        }
        switch (item->kind) {
        case PF_ITEM_NUMBER:
            put(c, a_number(c, item, prefix), item, 1, in);
            break;
        case PF_ITEM_NAME:
            put(c, a_name(c, item, prefix), item, 1, in);
            break;
        case PF_ITEM_TIME:
            put(c, pf_units_var(c, c->n_var - 1), item, 1, in);
            break;
        case PF_ITEM_ARG:
            put(c, c->stack[args + item->index], item, 1, in);
            break;
        case PF_ITEM_WORD:
        case PF_ITEM_CALL:
            taken(c, item, in);
            break;
        }
    }
}

pf_err pf_units_expr(pf_checker *c, const pf_def *d, pf_value *out)
{
    c->n_stack = 0;
    c->calls = 0;
    c->call = NULL;
    *out = anything();
    items(c, d->expr, d->prefix ? d->prefix : "", 0, NULL);
    if (!c->failed && c->n_stack == 1) *out = c->stack[0];
    out->item = d->expr->item;
    out->n_item = d->expr->n;
    out->in = NULL;
    return c->failed;
}
