/* Formulas: precedence climbing, written out as postfix items. */
#include "model/parser.h"

#include <math.h>
#include <string.h>

enum { NESTED = 200, ANY = 255, MOST_ITEMS = 1000000, BEFORE = 1, AFTER };

/* Binding strength, as libAntimony (libSBML's L3 parser) reads it: || and && alike, then
 * comparisons, + -, * / %, unary signs, ^ (to the right). */
enum { BIND_OR = 1, BIND_COMPARE, BIND_SUM, BIND_PRODUCT, BIND_UNARY, BIND_POWER };

typedef struct builtin {
    const char *name;
    uint32_t word;
    unsigned char least, most;
    unsigned char rcp; /* an RCP goes BEFORE or AFTER it: arcsec, sec; 0: nowhere */
} builtin;

static const builtin BUILTIN[] = {{"exp", PF_OP_EXP, 1, 1, 0}, {"expm1", PF_OP_EXPM1, 1, 1, 0},
    {"ln", PF_OP_LOG, 1, 1, 0}, {"log", PF_OP_LOG, 1, 1, 0}, {"log10", PF_OP_LOG10, 1, 1, 0},
    {"log1p", PF_OP_LOG1P, 1, 1, 0}, {"sqrt", PF_OP_SQRT, 1, 1, 0}, {"sqr", PF_OP_POW, 1, 1, 0},
    {"cbrt", PF_OP_CBRT, 1, 1, 0}, {"root", PF_WORD_ROOT, 2, 2, 0}, {"pow", PF_OP_POW, 2, 2, 0},
    {"power", PF_OP_POW, 2, 2, 0}, {"abs", PF_OP_ABS, 1, 1, 0}, {"floor", PF_OP_FLOOR, 1, 1, 0},
    {"ceil", PF_OP_CEIL, 1, 1, 0}, {"ceiling", PF_OP_CEIL, 1, 1, 0},
    {"min", PF_OP_MIN, 1, ANY, 0}, {"max", PF_OP_MAX, 1, ANY, 0}, {"sin", PF_OP_SIN, 1, 1, 0},
    {"cos", PF_OP_COS, 1, 1, 0}, {"tan", PF_OP_TAN, 1, 1, 0}, {"asin", PF_OP_ASIN, 1, 1, 0},
    {"acos", PF_OP_ACOS, 1, 1, 0}, {"atan", PF_OP_ATAN, 1, 1, 0},
    {"arcsin", PF_OP_ASIN, 1, 1, 0}, {"arccos", PF_OP_ACOS, 1, 1, 0},
    {"arctan", PF_OP_ATAN, 1, 1, 0}, {"sinh", PF_OP_SINH, 1, 1, 0},
    {"cosh", PF_OP_COSH, 1, 1, 0}, {"tanh", PF_OP_TANH, 1, 1, 0},
    {"sec", PF_OP_COS, 1, 1, AFTER}, {"csc", PF_OP_SIN, 1, 1, AFTER},
    {"cot", PF_OP_TAN, 1, 1, AFTER}, {"sech", PF_OP_COSH, 1, 1, AFTER},
    {"csch", PF_OP_SINH, 1, 1, AFTER}, {"coth", PF_OP_TANH, 1, 1, AFTER},
    {"asec", PF_OP_ACOS, 1, 1, BEFORE}, {"acsc", PF_OP_ASIN, 1, 1, BEFORE},
    {"acot", PF_OP_ATAN, 1, 1, BEFORE}, {"arcsec", PF_OP_ACOS, 1, 1, BEFORE},
    {"arccsc", PF_OP_ASIN, 1, 1, BEFORE}, {"arccot", PF_OP_ATAN, 1, 1, BEFORE},
    {"asech", PF_WORD_ACOSH, 1, 1, BEFORE}, {"acsch", PF_WORD_ASINH, 1, 1, BEFORE},
    {"acoth", PF_WORD_ATANH, 1, 1, BEFORE}, {"arcsech", PF_WORD_ACOSH, 1, 1, BEFORE},
    {"arccsch", PF_WORD_ASINH, 1, 1, BEFORE}, {"arccoth", PF_WORD_ATANH, 1, 1, BEFORE},
    {"asinh", PF_WORD_ASINH, 1, 1, 0}, {"acosh", PF_WORD_ACOSH, 1, 1, 0},
    {"atanh", PF_WORD_ATANH, 1, 1, 0}, {"arcsinh", PF_WORD_ASINH, 1, 1, 0},
    {"arccosh", PF_WORD_ACOSH, 1, 1, 0}, {"arctanh", PF_WORD_ATANH, 1, 1, 0},
    {"rem", PF_WORD_REM, 2, 2, 0}, {"quotient", PF_WORD_QUOTIENT, 2, 2, 0},
    {"factorial", PF_WORD_FACTORIAL, 1, 1, 0}, {"implies", PF_WORD_IMPLIES, 2, 2, 0},
    {"plus", PF_OP_ADD, 1, ANY, 0}, {"times", PF_OP_MUL, 1, ANY, 0},
    {"minus", PF_OP_SUB, 1, 2, 0}, {"divide", PF_OP_DIV, 2, 2, 0},
    {"and", PF_OP_AND, 1, ANY, 0}, {"or", PF_OP_OR, 1, ANY, 0}, {"xor", PF_WORD_XOR, 1, ANY, 0},
    {"not", PF_OP_NOT, 1, 1, 0}, {"eq", PF_OP_EQ, 2, 2, 0}, {"equals", PF_OP_EQ, 2, 2, 0},
    {"neq", PF_OP_NE, 2, 2, 0}, {"lt", PF_OP_LT, 2, 2, 0}, {"leq", PF_OP_LE, 2, 2, 0},
    {"gt", PF_WORD_GT, 2, 2, 0}, {"geq", PF_WORD_GE, 2, 2, 0},
    {"piecewise", PF_WORD_PIECE, 2, ANY, 0}, {"delay", PF_WORD_DELAY, 2, 2, 0},
    {"rateOf", PF_WORD_RATE, 1, 1, 0}};

static const struct {
    const char *name;
    double value;
} CONSTANT[] = {{"pi", 3.14159265358979323846}, {"exponentiale", 2.71828182845904523536},
    {"avogadro", 6.02214179e23}, {"true", 1}, {"True", 1}, {"TRUE", 1}, {"false", 0},
    {"False", 0}, {"FALSE", 0}};

unsigned pf_word_arity(uint32_t word)
{
    if (word < PF_OP_COUNT) return pf_op_arity((pf_op)word);
    switch (word) {
    case PF_WORD_RATE:
    case PF_WORD_FACTORIAL:
    case PF_WORD_ASINH:
    case PF_WORD_ACOSH:
    case PF_WORD_ATANH:
        return 1;
    case PF_WORD_PIECE:
        return 3;
    default:
        return 2;
    }
}

unsigned pf_item_arity(const pf_item *item)
{
    if (item->kind == PF_ITEM_WORD) return pf_word_arity(item->index);
    return item->kind == PF_ITEM_CALL ? item->index : 0;
}

double pf_word_value(uint32_t word, const double *x)
{
    switch (word) {
    case PF_WORD_GT:
        return x[0] > x[1];
    case PF_WORD_GE:
        return x[0] >= x[1];
    case PF_WORD_XOR:
        return (x[0] != 0) != (x[1] != 0);
    case PF_WORD_LOGB:
        return log(x[1]) / log(x[0]);
    case PF_WORD_ROOT:
        return x[0] == 2 ? sqrt(x[1]) : pow(x[1], 1 / x[0]);
    case PF_WORD_PIECE:
        return x[1] != 0 ? x[0] : x[2];
    case PF_WORD_REM:
        return fmod(x[0], x[1]);
    case PF_WORD_QUOTIENT:
        return trunc(x[0] / x[1]);
    case PF_WORD_IMPLIES:
        return x[0] == 0 || x[1] != 0;
    case PF_WORD_FACTORIAL:
        return x[0] >= 0 && x[0] == floor(x[0]) ? round(tgamma(x[0] + 1)) : NAN;
    case PF_WORD_ASINH:
        return asinh(x[0]);
    case PF_WORD_ACOSH:
        return acosh(x[0]);
    case PF_WORD_ATANH:
        return atanh(x[0]);
    case PF_WORD_DELAY:
    case PF_WORD_RATE:
        return NAN; /* a plain number has no past */
    default: {
        unsigned n = pf_op_arity((pf_op)word);
        return pf_op_value((pf_op)word, x[0], n > 1 ? x[1] : 0, n > 2 ? x[2] : 0);
    }
    }
}

int pf_expr_is_number(const pf_expr *e)
{
    if (!e->n || e->item[0].kind != PF_ITEM_NUMBER) return 0;
    return e->n == 1 ||
           (e->n == 2 && e->item[1].kind == PF_ITEM_WORD && e->item[1].index == PF_OP_NEG);
}

static pf_err push(pf_parser *p, pf_item item)
{
    if (p->n_item >= MOST_ITEMS)
        return pf_fail_at(p->ctx, p->file, item.at,
            "this formula has over %d terms; give its parts names of their own", MOST_ITEMS);
    PF_TRY(pf_reserve(p->ctx, &p->item, &p->item_capacity, p->n_item, sizeof *p->item));
    size_t takes = pf_item_arity(&item);
    p->stack = p->stack - takes + 1;
    if (p->stack > p->depth) p->depth = p->stack;
    p->item[p->n_item++] = item;
    return PF_OK;
}

static pf_err push_word(pf_parser *p, uint32_t word, pf_place at)
{
    return push(p, (pf_item){.kind = PF_ITEM_WORD, .index = word, .at = at});
}

static pf_err push_number(pf_parser *p, double x, pf_place at)
{
    return push(p, (pf_item){.kind = PF_ITEM_NUMBER, .number = x, .at = at});
}

static pf_err expr(pf_parser *p, int least);

/* f(a, b, ...): arguments onto the stack; n of them */
static pf_err arguments(pf_parser *p, const builtin *f, size_t *n)
{
    *n = 0;
    PF_TRY(pf_parser_next(p)); /* ( */
    if (p->t.kind == ')') return pf_parser_next(p);
    for (;;) {
        PF_TRY(expr(p, BIND_OR));
        ++*n;
        /* min, max, and, or take any number: fold as they come */
        if (f && f->most == ANY && f->word != PF_WORD_PIECE && *n > 1)
            PF_TRY(push_word(p, f->word, p->t.at));
        if (p->t.kind == ')') return pf_parser_next(p);
        if (p->t.kind != ',') return pf_parser_expected(p, "',' or ')'");
        PF_TRY(pf_parser_next(p));
    }
}

static pf_err wrong_count(pf_parser *p, const builtin *f, pf_place at, size_t n)
{
    if (f->word == PF_WORD_PIECE)
        return pf_fail_at(p->ctx, p->file, at,
            "piecewise has %zu arguments; write value, condition, ..., and a last value for "
            "'otherwise'",
            n);
    if (f->most == ANY)
        return pf_fail_at(p->ctx, p->file, at, "%s has no argument; give it one", f->name);
    if (f->word == PF_WORD_ROOT || f->least != f->most)
        return pf_fail_at(p->ctx, p->file, at,
            "%s takes 1 or 2 arguments, not %zu; write %s(x) or %s", f->name, n, f->name,
            f->word == PF_WORD_ROOT ? "root(degree, x)" : "minus(x, y)");
    return pf_fail_at(p->ctx, p->file, at, "%s takes %u argument%s, not %zu; write %s(%s)",
        f->name, (unsigned)f->most, f->most == 1 ? "" : "s", n, f->name,
        f->most == 1 ? "x" : "x, y");
}

/* Without a last value it is undefined where no condition holds. */
static pf_err pieces(pf_parser *p, size_t n, pf_place at)
{
    if (n % 2 == 0) PF_TRY(push_number(p, NAN, at));
    for (size_t i = 0; i < n / 2; i++) PF_TRY(push_word(p, PF_WORD_PIECE, at));
    return PF_OK;
}

static pf_err past_or_rate(pf_parser *p, const builtin *f, pf_place at)
{
    const pf_item *last = &p->item[p->n_item - 1];
    if (p->formula)
        return pf_fail_at(p->ctx, p->file, at,
            "%s has no meaning in a single formula; use it in a model", f->name);
    if (f->word == PF_WORD_RATE && last->kind != PF_ITEM_NAME && last->kind != PF_ITEM_ARG)
        return pf_fail_at(p->ctx, p->file, at,
            "rateOf takes the name of a variable, not a formula; give it a name of its own");
    return push_word(p, f->word, at);
}

static int same_name(const builtin *f, const char *name)
{
    return strcmp(f->name, name) == 0;
}

static pf_err call_builtin(pf_parser *p, const builtin *f, pf_place at)
{
    size_t n;
    PF_TRY(arguments(p, f, &n));
    if (n == 2 && same_name(f, "log")) return push_word(p, PF_WORD_LOGB, at);
    if (n == 1 && same_name(f, "root")) return push_word(p, PF_OP_SQRT, at);
    if (n == 1 && same_name(f, "minus")) return push_word(p, PF_OP_NEG, at);
    if (n < f->least || n > f->most) return wrong_count(p, f, at, n);
    if (f->word == PF_WORD_PIECE) return pieces(p, n, at);
    if (f->word == PF_WORD_DELAY || f->word == PF_WORD_RATE) return past_or_rate(p, f, at);
    if (f->most == ANY) return PF_OK;
    if (same_name(f, "sqr")) PF_TRY(push_number(p, 2, at));
    if (f->rcp == BEFORE) PF_TRY(push_word(p, PF_OP_RCP, at));
    PF_TRY(push_word(p, f->word, at));
    return f->rcp == AFTER ? push_word(p, PF_OP_RCP, at) : PF_OK;
}

static const builtin *find_builtin(const char *name)
{
    for (size_t i = 0; i < PF_COUNT(BUILTIN); i++)
        if (strcmp(name, BUILTIN[i].name) == 0) return &BUILTIN[i];
    return NULL;
}

static pf_err call(pf_parser *p, const char *name, pf_place at)
{
    const builtin *f = find_builtin(name);
    int own = f && (f->word == PF_OP_EXPM1 || f->word == PF_OP_LOG1P || f->word == PF_OP_CBRT);
    if (f && (!own || p->formula)) return call_builtin(p, f, at);
    if (p->formula) {
        const char *known[PF_COUNT(BUILTIN)];
        for (size_t i = 0; i < PF_COUNT(BUILTIN); i++) known[i] = BUILTIN[i].name;
        ptrdiff_t k = pf_text_nearest(name, known, PF_COUNT(BUILTIN));
        return pf_fail_at(p->ctx, p->file, at, "there is no function '%s'%s%s%s", name,
            k < 0 ? "" : "; did you mean '", k < 0 ? "" : known[k], k < 0 ? "" : "'?");
    }
    size_t n;
    PF_TRY(arguments(p, NULL, &n));
    return push(
        p, (pf_item){.kind = PF_ITEM_CALL, .index = (uint32_t)n, .name = name, .at = at});
}

/* Words for numbers that are not finite, in libAntimony's spellings; 0 for any other name. */
static double not_finite(const char *name)
{
    static const char *const inf[] = {"inf", "INF", "infinity"};
    static const char *const nan[] = {"nan", "NaN", "NAN", "notanumber"};
    for (size_t i = 0; i < PF_COUNT(inf); i++)
        if (strcmp(name, inf[i]) == 0) return INFINITY;
    for (size_t i = 0; i < PF_COUNT(nan); i++)
        if (strcmp(name, nan[i]) == 0) return NAN;
    return 0;
}

static pf_err name_item(pf_parser *p)
{
    pf_place at = p->t.at;
    const char *name = pf_parser_text(p);
    if (!name) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_parser_next(p));
    if (p->t.kind == '(') return call(p, name, at);
    for (size_t i = 0; i < p->n_arg; i++)
        if (strcmp(name, p->arg[i]) == 0)
            return push(p, (pf_item){.kind = PF_ITEM_ARG, .index = (uint32_t)i, .at = at});
    for (size_t i = 0; i < PF_COUNT(CONSTANT); i++)
        if (strcmp(name, CONSTANT[i].name) == 0) return push_number(p, CONSTANT[i].value, at);
    double x = not_finite(name);
    if (x != 0 && p->formula)
        return pf_fail_at(p->ctx, p->file, at,
            "'%s' is not a finite number; write a large number instead", name);
    if (x != 0) return push_number(p, x, at);
    if (strcmp(name, "time") == 0 && !p->formula)
        return push(p, (pf_item){.kind = PF_ITEM_TIME, .at = at});
    if (p->closed) {
        ptrdiff_t k = pf_text_nearest(name, p->arg, p->n_arg);
        return pf_fail_at(p->ctx, p->file, at, "'%s' is not known here%s%s%s", name,
            k < 0 ? "; use only the names of the arguments" : "; did you mean '",
            k < 0 ? "" : p->arg[k], k < 0 ? "" : "'?");
    }
    return push(p, (pf_item){.kind = PF_ITEM_NAME, .name = name, .at = at});
}

/* 3 or 3 mL: a name right after a number is its unit */
static pf_err number(pf_parser *p)
{
    static const char *const follows[] = {"end", "after", "in", "is", "has"};
    pf_item item = {.kind = PF_ITEM_NUMBER, .number = p->t.number, .at = p->t.at};
    PF_TRY(pf_parser_next(p));
    int unit = p->t.kind == PF_TOKEN_NAME && !p->formula;
    for (size_t i = 0; i < PF_COUNT(follows); i++) unit = unit && !pf_parser_at(p, follows[i]);
    if (!unit) return push(p, item);
    item.name = pf_parser_text(p);
    if (!item.name) return PF_ERR_NO_MEMORY;
    PF_TRY(push(p, item));
    return pf_parser_next(p);
}

static pf_err primary(pf_parser *p)
{
    pf_token t = p->t;
    if (t.kind == PF_TOKEN_NAME) return name_item(p);
    if (t.kind == PF_TOKEN_NUMBER) return number(p);
    if (t.kind != '(') return pf_parser_expected(p, "a number, a name or '('");
    PF_TRY(pf_parser_next(p));
    PF_TRY(expr(p, BIND_OR));
    if (p->t.kind != ')') return pf_parser_expected(p, "')'");
    return pf_parser_next(p);
}

static pf_err unary(pf_parser *p)
{
    pf_token t = p->t;
    if (t.kind != '-' && t.kind != '!' && t.kind != '+') return primary(p);
    PF_TRY(pf_parser_next(p));
    PF_TRY(expr(p, BIND_UNARY));
    if (t.kind == '+') return PF_OK;
    return push_word(p, t.kind == '-' ? PF_OP_NEG : PF_OP_NOT, t.at);
}

static int binary(int token, uint32_t *word)
{
    switch (token) {
    case PF_TOKEN_OR:
        return *word = PF_OP_OR, BIND_OR;
    case PF_TOKEN_AND:
        return *word = PF_OP_AND, BIND_OR;
    case PF_TOKEN_EQ:
        return *word = PF_OP_EQ, BIND_COMPARE;
    case PF_TOKEN_NE:
        return *word = PF_OP_NE, BIND_COMPARE;
    case PF_TOKEN_LE:
        return *word = PF_OP_LE, BIND_COMPARE;
    case PF_TOKEN_GE:
        return *word = PF_WORD_GE, BIND_COMPARE;
    case '<':
        return *word = PF_OP_LT, BIND_COMPARE;
    case '>':
        return *word = PF_WORD_GT, BIND_COMPARE;
    case '+':
        return *word = PF_OP_ADD, BIND_SUM;
    case '-':
        return *word = PF_OP_SUB, BIND_SUM;
    case '*':
        return *word = PF_OP_MUL, BIND_PRODUCT;
    case '/':
        return *word = PF_OP_DIV, BIND_PRODUCT;
    case '%':
        return *word = PF_WORD_REM, BIND_PRODUCT;
    case '^':
        return *word = PF_OP_POW, BIND_POWER;
    default:
        return 0;
    }
}

/* Say the items [from, to) again. */
static pf_err again(pf_parser *p, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) PF_TRY(push(p, p->item[i]));
    return PF_OK;
}

static pf_err expr(pf_parser *p, int least)
{
    if (++p->nested > NESTED)
        return pf_fail_at(p->ctx, p->file, p->t.at,
            "this formula is nested over %d deep; give its parts names of their own", NESTED);
    size_t from = p->n_item, to = 0; /* the last operand of a comparison */
    PF_TRY(unary(p));
    for (;;) {
        uint32_t word = 0;
        pf_place at = p->t.at;
        int bind = binary(p->t.kind, &word);
        if (!bind || bind < least) break;
        /* a < b < c is a < b && b < c */
        int chain = bind == BIND_COMPARE && to > 0;
        if (chain) PF_TRY(again(p, from, to));
        PF_TRY(pf_parser_next(p));
        from = p->n_item;
        PF_TRY(expr(p, bind == BIND_POWER ? BIND_UNARY : bind + 1));
        to = bind == BIND_COMPARE ? p->n_item : 0;
        PF_TRY(push_word(p, word, at));
        if (chain) PF_TRY(push_word(p, PF_OP_AND, at));
    }
    p->nested--;
    return PF_OK;
}

pf_err pf_parser_expr(pf_parser *p, pf_expr *out)
{
    p->n_item = p->stack = p->depth = 0;
    p->nested = 0;
    pf_place at = p->t.at;
    PF_TRY(expr(p, BIND_OR));
    pf_item *copy = pf_arena_alloc(p->ctx, p->arena, p->n_item, sizeof *copy);
    if (!copy) return PF_ERR_NO_MEMORY;
    memcpy(copy, p->item, p->n_item * sizeof *copy);
    *out = (pf_expr){.item = copy, .n = p->n_item, .depth = p->depth, .at = at};
    return PF_OK;
}
