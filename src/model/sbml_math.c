/* MathML, as libSBML's trees, to postfix items. Meaning: SBML L3V2 section 3.4. */
#include "model/sbml_parts.h"

#include "base/decimal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Trees are shallower than 1,000 but for chains of one operator (sbml_scan.c). */
enum { DEEPEST = 2000, MOST_ITEMS = 1000000 };

typedef struct writer {
    pf_sbml *s;
    const pf_sbml_scope *scope;
    pf_place at;
    pf_item *item;
    size_t n, capacity;
    size_t stack, depth; /* values on the stack, now and at most */
    unsigned nested;
} writer;

typedef enum { PLAIN, FOLD, CHAIN } shape;

typedef struct translation {
    ASTNodeType_t type;
    uint32_t word;
    shape shape;
    unsigned char before, after; /* PLAIN: 1 / x is what the function gets; what it gives */
    signed char empty;           /* FOLD: value without operands; -1: a mistake */
} translation;

static const translation TRANSLATION[] = {
    {AST_FUNCTION_ABS, PF_OP_ABS, PLAIN, 0, 0, 0},
    {AST_FUNCTION_EXP, PF_OP_EXP, PLAIN, 0, 0, 0},
    {AST_FUNCTION_LN, PF_OP_LOG, PLAIN, 0, 0, 0},
    {AST_FUNCTION_FLOOR, PF_OP_FLOOR, PLAIN, 0, 0, 0},
    {AST_FUNCTION_CEILING, PF_OP_CEIL, PLAIN, 0, 0, 0},
    {AST_FUNCTION_FACTORIAL, PF_WORD_FACTORIAL, PLAIN, 0, 0, 0},
    {AST_FUNCTION_SIN, PF_OP_SIN, PLAIN, 0, 0, 0},
    {AST_FUNCTION_COS, PF_OP_COS, PLAIN, 0, 0, 0},
    {AST_FUNCTION_TAN, PF_OP_TAN, PLAIN, 0, 0, 0},
    {AST_FUNCTION_SEC, PF_OP_COS, PLAIN, 0, 1, 0},
    {AST_FUNCTION_CSC, PF_OP_SIN, PLAIN, 0, 1, 0},
    {AST_FUNCTION_COT, PF_OP_TAN, PLAIN, 0, 1, 0},
    {AST_FUNCTION_SINH, PF_OP_SINH, PLAIN, 0, 0, 0},
    {AST_FUNCTION_COSH, PF_OP_COSH, PLAIN, 0, 0, 0},
    {AST_FUNCTION_TANH, PF_OP_TANH, PLAIN, 0, 0, 0},
    {AST_FUNCTION_SECH, PF_OP_COSH, PLAIN, 0, 1, 0},
    {AST_FUNCTION_CSCH, PF_OP_SINH, PLAIN, 0, 1, 0},
    {AST_FUNCTION_COTH, PF_OP_TANH, PLAIN, 0, 1, 0},
    {AST_FUNCTION_ARCSIN, PF_OP_ASIN, PLAIN, 0, 0, 0},
    {AST_FUNCTION_ARCCOS, PF_OP_ACOS, PLAIN, 0, 0, 0},
    {AST_FUNCTION_ARCTAN, PF_OP_ATAN, PLAIN, 0, 0, 0},
    {AST_FUNCTION_ARCSEC, PF_OP_ACOS, PLAIN, 1, 0, 0},
    {AST_FUNCTION_ARCCSC, PF_OP_ASIN, PLAIN, 1, 0, 0},
    {AST_FUNCTION_ARCCOT, PF_OP_ATAN, PLAIN, 1, 0, 0},
    {AST_FUNCTION_ARCSINH, PF_WORD_ASINH, PLAIN, 0, 0, 0},
    {AST_FUNCTION_ARCCOSH, PF_WORD_ACOSH, PLAIN, 0, 0, 0},
    {AST_FUNCTION_ARCTANH, PF_WORD_ATANH, PLAIN, 0, 0, 0},
    {AST_FUNCTION_ARCSECH, PF_WORD_ACOSH, PLAIN, 1, 0, 0},
    {AST_FUNCTION_ARCCSCH, PF_WORD_ASINH, PLAIN, 1, 0, 0},
    {AST_FUNCTION_ARCCOTH, PF_WORD_ATANH, PLAIN, 1, 0, 0},
    {AST_DIVIDE, PF_OP_DIV, PLAIN, 0, 0, 0},
    {AST_POWER, PF_OP_POW, PLAIN, 0, 0, 0},
    {AST_FUNCTION_POWER, PF_OP_POW, PLAIN, 0, 0, 0},
    {AST_FUNCTION_QUOTIENT, PF_WORD_QUOTIENT, PLAIN, 0, 0, 0},
    {AST_FUNCTION_REM, PF_WORD_REM, PLAIN, 0, 0, 0},
    {AST_LOGICAL_NOT, PF_OP_NOT, PLAIN, 0, 0, 0},
    {AST_LOGICAL_IMPLIES, PF_WORD_IMPLIES, PLAIN, 0, 0, 0},
    {AST_FUNCTION_DELAY, PF_WORD_DELAY, PLAIN, 0, 0, 0},
    {AST_PLUS, PF_OP_ADD, FOLD, 0, 0, 0},
    {AST_TIMES, PF_OP_MUL, FOLD, 0, 0, 1},
    {AST_LOGICAL_AND, PF_OP_AND, FOLD, 0, 0, 1},
    {AST_LOGICAL_OR, PF_OP_OR, FOLD, 0, 0, 0},
    {AST_LOGICAL_XOR, PF_WORD_XOR, FOLD, 0, 0, 0},
    {AST_FUNCTION_MIN, PF_OP_MIN, FOLD, 0, 0, -1},
    {AST_FUNCTION_MAX, PF_OP_MAX, FOLD, 0, 0, -1},
    {AST_RELATIONAL_EQ, PF_OP_EQ, CHAIN, 0, 0, 0},
    {AST_RELATIONAL_NEQ, PF_OP_NE, CHAIN, 0, 0, 0},
    {AST_RELATIONAL_LT, PF_OP_LT, CHAIN, 0, 0, 0},
    {AST_RELATIONAL_LEQ, PF_OP_LE, CHAIN, 0, 0, 0},
    {AST_RELATIONAL_GT, PF_WORD_GT, CHAIN, 0, 0, 0},
    {AST_RELATIONAL_GEQ, PF_WORD_GE, CHAIN, 0, 0, 0},
};

static pf_err push(writer *w, pf_item item)
{
    pf_sbml *s = w->s;
    if (w->n >= MOST_ITEMS)
        return pf_fail_at(s->ctx, s->file, w->at,
            "this formula has over %d parts; give some of them names of their own", MOST_ITEMS);
    PF_TRY(pf_reserve(s->ctx, &w->item, &w->capacity, w->n, sizeof *w->item));
    size_t takes = pf_item_arity(&item);
    w->stack = w->stack - takes + 1;
    if (w->stack > w->depth) w->depth = w->stack;
    item.at = w->at;
    w->item[w->n++] = item;
    return PF_OK;
}

static pf_err word(writer *w, uint32_t index)
{
    return push(w, (pf_item){.kind = PF_ITEM_WORD, .index = index});
}

static pf_err number(writer *w, double x)
{
    return push(w, (pf_item){.kind = PF_ITEM_NUMBER, .number = x});
}

static pf_err node(writer *w, const ASTNode_t *a);

static unsigned count(const ASTNode_t *a)
{
    return ASTNode_getNumChildren(a);
}

static pf_err child(writer *w, const ASTNode_t *a, unsigned i)
{
    return node(w, ASTNode_getChild(a, i));
}

static pf_err operands(writer *w, const char *what, unsigned found, const char *expected)
{
    return pf_fail_at(w->s->ctx, w->s->file, w->at,
        "%s has %u operands in a formula here; give it %s", what, found, expected);
}

static pf_err plain(writer *w, const ASTNode_t *a, const translation *t)
{
    unsigned n = count(a), arity = pf_word_arity(t->word);
    if (n != arity)
        return operands(
            w, "a function of MathML", n, arity == 1 ? "one operand" : "two operands");
    for (unsigned i = 0; i < n; i++) PF_TRY(child(w, a, i));
    if (t->before) PF_TRY(word(w, PF_OP_RCP));
    PF_TRY(word(w, t->word));
    return t->after ? word(w, PF_OP_RCP) : PF_OK;
}

static int logical(ASTNodeType_t type)
{
    return type == AST_LOGICAL_AND || type == AST_LOGICAL_OR || type == AST_LOGICAL_XOR;
}

/* Any number of operands, from left to right. libSBML turns them into a tree of pairs, whose
 * left branch may be long: it is walked in a loop, down and up again. */
static pf_err fold(writer *w, const ASTNode_t *a, const translation *t)
{
    const ASTNode_t **chain = NULL;
    size_t n_chain = 0, capacity = 0;
    pf_err err = PF_OK;
    unsigned n = count(a);
    if (n == 0 && t->empty < 0) return operands(w, "min or max", n, "at least one");
    if (n == 0) return number(w, t->empty);
    for (; a && !err; a = count(a) ? ASTNode_getChild(a, 0) : NULL) {
        if (n_chain && (ASTNode_getType(a) != t->type || count(a) < 2)) break;
        err = pf_reserve(w->s->ctx, (void *)&chain, &capacity, n_chain, sizeof *chain);
        if (!err) chain[n_chain++] = a;
    }
    for (size_t k = n_chain; k-- > 0 && !err;) {
        if (k + 1 == n_chain) err = child(w, chain[k], 0);
        for (unsigned i = 1; i < count(chain[k]) && !err; i++) {
            err = child(w, chain[k], i);
            if (!err) err = word(w, t->word);
        }
    }
    pf_free((void *)chain);
    PF_TRY(err);
    if (n > 1 || !logical(t->type)) return PF_OK;
    PF_TRY(word(w, PF_OP_NOT)); /* a number becomes true or false */
    return word(w, PF_OP_NOT);
}

/* a < b < c: each neighbouring pair must hold. */
static pf_err chain(writer *w, const ASTNode_t *a, const translation *t)
{
    unsigned n = count(a);
    if (n < 2) return number(w, 1);
    for (unsigned i = 0; i + 1 < n; i++) {
        PF_TRY(child(w, a, i));
        PF_TRY(child(w, a, i + 1));
        PF_TRY(word(w, t->word));
        if (i) PF_TRY(word(w, PF_OP_AND));
    }
    return PF_OK;
}

static pf_err minus(writer *w, const ASTNode_t *a)
{
    unsigned n = count(a);
    if (n != 1 && n != 2) return operands(w, "minus", n, "one or two");
    PF_TRY(child(w, a, 0));
    if (n == 1) return word(w, PF_OP_NEG);
    PF_TRY(child(w, a, 1));
    return word(w, PF_OP_SUB);
}

static int is_number(const ASTNode_t *a, double x)
{
    return ASTNode_isNumber(a) && ASTNode_getValue(a) == x;
}

/* log and root: the base or degree comes first, and may be missing. */
static pf_err with_qualifier(
    writer *w, const ASTNode_t *a, double usual, pf_op op, uint32_t any)
{
    unsigned n = count(a);
    if (n != 1 && n != 2) return operands(w, "log or root", n, "one or two");
    if (n == 1 || is_number(ASTNode_getChild(a, 0), usual)) {
        PF_TRY(child(w, a, n - 1));
        return word(w, op);
    }
    PF_TRY(child(w, a, 0));
    PF_TRY(child(w, a, 1));
    return word(w, any);
}

/* value, condition, ..., and maybe a last value */
static pf_err piecewise(writer *w, const ASTNode_t *a)
{
    unsigned n = count(a);
    for (unsigned i = 0; i < n; i++) PF_TRY(child(w, a, i));
    if (n % 2 == 0) PF_TRY(number(w, NAN)); /* no `otherwise`: no value */
    for (unsigned i = 0; i < n / 2; i++) PF_TRY(word(w, PF_WORD_PIECE));
    return PF_OK;
}

static const char *local_name(const writer *w, const char *name)
{
    const pf_sbml_scope *o = w->scope;
    pf_sbml *s = w->s;
    if (!o || !o->law) return NULL;
    int is = s->level > 2 ? KineticLaw_getLocalParameterById(o->law, name) != NULL
                          : KineticLaw_getParameterById(o->law, name) != NULL;
    return is ? pf_arena_printf(s->ctx, &s->ast->arena, "%s.%s", o->reaction, name) : NULL;
}

static pf_err name(writer *w, const char *text)
{
    pf_sbml *s = w->s;
    const FunctionDefinition_t *f = w->scope ? w->scope->function : NULL;
    if (!text || !*text)
        return pf_fail_at(
            s->ctx, s->file, w->at, "a name is missing in a formula here; write one");
    for (unsigned i = 0; f && i < FunctionDefinition_getNumArguments(f); i++) {
        const char *arg = ASTNode_getName(FunctionDefinition_getArgument(f, i));
        if (arg && strcmp(arg, text) == 0)
            return push(w, (pf_item){.kind = PF_ITEM_ARG, .index = i});
    }
    if (f)
        return pf_fail_at(s->ctx, s->file, w->at,
            "function '%s' reads '%s', which is none of its arguments; add it to them",
            FunctionDefinition_getId(f), text);
    const char *known = local_name(w, text);
    if (!known) known = pf_arena_strdup(s->ctx, &s->ast->arena, text);
    if (!known) return PF_ERR_NO_MEMORY;
    return push(w, (pf_item){.kind = PF_ITEM_NAME, .name = known});
}

static pf_err call(writer *w, const ASTNode_t *a)
{
    pf_sbml *s = w->s;
    const char *f = pf_sbml_text(s, ASTNode_getName(a));
    unsigned n = count(a);
    if (!f)
        return pf_fail_at(s->ctx, s->file, w->at,
            "a function without a name is called in a formula here; write one");
    for (unsigned i = 0; i < n; i++) PF_TRY(child(w, a, i));
    return push(w, (pf_item){.kind = PF_ITEM_CALL, .index = n, .name = f});
}

static pf_err rate_of(writer *w, const ASTNode_t *a)
{
    unsigned n = count(a);
    if (n != 1) return operands(w, "rateOf", n, "one name");
    PF_TRY(child(w, a, 0));
    pf_item_kind kind = w->item[w->n - 1].kind;
    if (kind != PF_ITEM_NAME && kind != PF_ITEM_ARG)
        return pf_fail_at(w->s->ctx, w->s->file, w->at,
            "rateOf takes the name of a variable, no formula; name the formula by a rule");
    return word(w, PF_WORD_RATE);
}

static pf_err unknown(writer *w, const ASTNode_t *a)
{
    const char *text = ASTNode_getName(a);
    return pf_fail_at(w->s->ctx, w->s->file, w->at,
        "a formula here has the MathML construct '%s' (number %d of libSBML), which is not "
        "read; write it with others",
        text ? text : "?", (int)ASTNode_getType(a));
}

/* A number, exact to the digit when it has a power of ten, with its unit. */
static pf_err constant(writer *w, const ASTNode_t *a)
{
    pf_item item = {.kind = PF_ITEM_NUMBER, .number = ASTNode_getValue(a)};
    double mantissa = ASTNode_getMantissa(a);
    if (ASTNode_getType(a) == AST_REAL_E && isfinite(mantissa)) {
        char text[PF_DECIMAL_ROOM + 32];
        size_t n = pf_decimal(mantissa, text);
        snprintf(text + n, sizeof text - n, "e%ld", ASTNode_getExponent(a));
        if (!memchr(text, 'e', n)) item.number = strtod(text, NULL);
    }
    if (ASTNode_isSetUnits(a)) {
        char *unit = ASTNode_getUnits(a);
        item.name = pf_sbml_text(w->s, unit);
        free(unit);
    }
    return push(w, item);
}

static pf_err other(writer *w, const ASTNode_t *a)
{
    switch ((int)ASTNode_getType(a)) {
    case AST_INTEGER:
    case AST_REAL:
    case AST_REAL_E:
    case AST_RATIONAL:
        return constant(w, a);
    case AST_NAME:
        return name(w, ASTNode_getName(a));
    case AST_NAME_AVOGADRO:
        return number(w, 6.02214179e23);
    case AST_NAME_TIME:
        return push(w, (pf_item){.kind = PF_ITEM_TIME});
    case AST_CONSTANT_E:
        return number(w, 2.71828182845904523536);
    case AST_CONSTANT_PI:
        return number(w, 3.14159265358979323846);
    case AST_CONSTANT_TRUE:
        return number(w, 1);
    case AST_CONSTANT_FALSE:
        return number(w, 0);
    case AST_MINUS:
        return minus(w, a);
    case AST_FUNCTION_LOG:
        return with_qualifier(w, a, 10, PF_OP_LOG10, PF_WORD_LOGB);
    case AST_FUNCTION_ROOT:
        return with_qualifier(w, a, 2, PF_OP_SQRT, PF_WORD_ROOT);
    case AST_FUNCTION_PIECEWISE:
        return piecewise(w, a);
    case AST_FUNCTION:
        return call(w, a);
    case AST_FUNCTION_RATE_OF:
        return rate_of(w, a);
    default:
        return unknown(w, a);
    }
}

static pf_err node(writer *w, const ASTNode_t *a)
{
    pf_sbml *s = w->s;
    pf_err err;
    if (!a) return operands(w, "a function", 0, "what it needs");
    if (++w->nested > DEEPEST)
        return pf_fail_at(s->ctx, s->file, w->at,
            "this formula is nested over %d deep; give its parts names of their own", DEEPEST);
    const translation *t = NULL;
    ASTNodeType_t type = ASTNode_getType(a);
    for (size_t i = 0; i < PF_COUNT(TRANSLATION) && !t; i++)
        if (TRANSLATION[i].type == type) t = &TRANSLATION[i];
    if (!t)
        err = other(w, a);
    else if (t->shape == PLAIN)
        err = plain(w, a, t);
    else
        err = t->shape == FOLD ? fold(w, a, t) : chain(w, a, t);
    w->nested--;
    return err;
}

static pf_err finish(writer *w, pf_def *out)
{
    pf_sbml *s = w->s;
    pf_item *item = pf_arena_alloc(s->ctx, &s->ast->arena, w->n, sizeof *item);
    pf_expr *e = pf_arena_alloc(s->ctx, &s->ast->arena, 1, sizeof *e);
    if (!item || !e) return PF_ERR_NO_MEMORY;
    memcpy(item, w->item, w->n * sizeof *item);
    *e = (pf_expr){.item = item, .n = w->n, .depth = w->depth, .at = w->at};
    *out = (pf_def){.expr = e, .prefix = "", .at = w->at};
    return PF_OK;
}

pf_err pf_sbml_math(
    pf_sbml *s, const ASTNode_t *math, const pf_sbml_scope *scope, pf_place at, pf_def *out)
{
    writer w = {.s = s, .scope = scope, .at = at};
    pf_err err = node(&w, math);
    if (!err) err = finish(&w, out);
    pf_free(w.item);
    return err;
}

pf_err pf_sbml_number(pf_sbml *s, double x, pf_place at, pf_def *out)
{
    writer w = {.s = s, .at = at};
    pf_err err = number(&w, x);
    if (!err) err = finish(&w, out);
    pf_free(w.item);
    return err;
}

pf_err pf_sbml_product(pf_sbml *s, double x, const char *variable, pf_place at, pf_def *out)
{
    writer w = {.s = s, .at = at};
    pf_err err = number(&w, x);
    if (!err) err = name(&w, variable);
    if (!err) err = word(&w, PF_OP_MUL);
    if (!err) err = finish(&w, out);
    pf_free(w.item);
    return err;
}
