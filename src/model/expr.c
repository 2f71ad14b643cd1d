/* Formulas: precedence climbing, written out as postfix items. */
#include "model/parser.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NESTED = 200, ANY = 255 };

/* Binding strength, as libantimony reads it: || && comparisons + * unary ^ (to the right). */
enum { BIND_OR = 1, BIND_AND, BIND_COMPARE, BIND_SUM, BIND_PRODUCT, BIND_UNARY, BIND_POWER };

typedef struct builtin {
    const char *name;
    uint32_t word;
    unsigned char least, most;
    unsigned char after; /* an RCP follows: sec, csc, cot */
} builtin;

static const builtin BUILTIN[] = {{"exp", PF_OP_EXP, 1, 1, 0}, {"expm1", PF_OP_EXPM1, 1, 1, 0},
    {"ln", PF_OP_LOG, 1, 1, 0}, {"log", PF_OP_LOG, 1, 1, 0}, {"log10", PF_OP_LOG10, 1, 1, 0},
    {"log1p", PF_OP_LOG1P, 1, 1, 0}, {"sqrt", PF_OP_SQRT, 1, 1, 0},
    {"cbrt", PF_OP_CBRT, 1, 1, 0}, {"root", PF_WORD_ROOT, 2, 2, 0}, {"pow", PF_OP_POW, 2, 2, 0},
    {"power", PF_OP_POW, 2, 2, 0}, {"abs", PF_OP_ABS, 1, 1, 0}, {"floor", PF_OP_FLOOR, 1, 1, 0},
    {"ceil", PF_OP_CEIL, 1, 1, 0}, {"ceiling", PF_OP_CEIL, 1, 1, 0},
    {"min", PF_OP_MIN, 1, ANY, 0}, {"max", PF_OP_MAX, 1, ANY, 0}, {"sin", PF_OP_SIN, 1, 1, 0},
    {"cos", PF_OP_COS, 1, 1, 0}, {"tan", PF_OP_TAN, 1, 1, 0}, {"asin", PF_OP_ASIN, 1, 1, 0},
    {"acos", PF_OP_ACOS, 1, 1, 0}, {"atan", PF_OP_ATAN, 1, 1, 0},
    {"arcsin", PF_OP_ASIN, 1, 1, 0}, {"arccos", PF_OP_ACOS, 1, 1, 0},
    {"arctan", PF_OP_ATAN, 1, 1, 0}, {"sinh", PF_OP_SINH, 1, 1, 0},
    {"cosh", PF_OP_COSH, 1, 1, 0}, {"tanh", PF_OP_TANH, 1, 1, 0}, {"sec", PF_OP_COS, 1, 1, 1},
    {"csc", PF_OP_SIN, 1, 1, 1}, {"cot", PF_OP_TAN, 1, 1, 1}, {"and", PF_OP_AND, 1, ANY, 0},
    {"or", PF_OP_OR, 1, ANY, 0}, {"xor", PF_WORD_XOR, 2, 2, 0}, {"not", PF_OP_NOT, 1, 1, 0},
    {"eq", PF_OP_EQ, 2, 2, 0}, {"neq", PF_OP_NE, 2, 2, 0}, {"lt", PF_OP_LT, 2, 2, 0},
    {"leq", PF_OP_LE, 2, 2, 0}, {"gt", PF_WORD_GT, 2, 2, 0}, {"geq", PF_WORD_GE, 2, 2, 0},
    {"piecewise", PF_WORD_PIECE, 3, ANY, 0}};

static const struct {
    const char *name;
    double value;
} CONSTANT[] = {{"pi", 3.14159265358979323846}, {"exponentiale", 2.71828182845904523536},
    {"avogadro", 6.02214179e23}, {"true", 1}, {"false", 0}};

unsigned pf_word_arity(uint32_t word)
{
    if (word < PF_OP_COUNT) return pf_op_arity((pf_op)word);
    if (word == PF_WORD_RATE) return 1;
    return word == PF_WORD_PIECE ? 3 : 2;
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
    PF_TRY(pf_reserve(p->ctx, &p->item, &p->item_capacity, p->n_item, sizeof *p->item));
    size_t takes = item.kind == PF_ITEM_WORD   ? pf_word_arity(item.index)
                   : item.kind == PF_ITEM_CALL ? item.index
                                               : 0;
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
    return pf_fail_at(p->ctx, p->file, at, "%s takes %u argument%s, not %zu; write %s(%s)",
        f->name, (unsigned)f->most, f->most == 1 ? "" : "s", n, f->name,
        f->most == 1 ? "x" : "x, y");
}

static pf_err call_builtin(pf_parser *p, const builtin *f, pf_place at)
{
    size_t n;
    PF_TRY(arguments(p, f, &n));
    if (f->word == PF_OP_LOG && strcmp(f->name, "log") == 0 && n == 2)
        return push_word(p, PF_WORD_LOGB, at);
    int odd_pieces = f->word == PF_WORD_PIECE && n % 2 == 0;
    if (n < f->least || n > f->most || odd_pieces) return wrong_count(p, f, at, n);
    if (f->word == PF_WORD_PIECE) {
        for (size_t i = 0; i < n / 2; i++) PF_TRY(push_word(p, f->word, at));
        return PF_OK;
    }
    if (f->most == ANY) return PF_OK;
    PF_TRY(push_word(p, f->word, at));
    return f->after ? push_word(p, PF_OP_RCP, at) : PF_OK;
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
    if (strcmp(name, "inf") == 0 || strcmp(name, "infinity") == 0 || strcmp(name, "nan") == 0)
        return pf_fail_at(p->ctx, p->file, at,
            "'%s' is not a finite number; write a large number instead", name);
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

static pf_err primary(pf_parser *p)
{
    pf_token t = p->t;
    if (t.kind == PF_TOKEN_NAME) return name_item(p);
    if (t.kind == PF_TOKEN_NUMBER) {
        PF_TRY(pf_parser_next(p));
        return push_number(p, t.number, t.at);
    }
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
        return *word = PF_OP_AND, BIND_AND;
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
    case '^':
        return *word = PF_OP_POW, BIND_POWER;
    default:
        return 0;
    }
}

static pf_err expr(pf_parser *p, int least)
{
    if (++p->nested > NESTED)
        return pf_fail_at(p->ctx, p->file, p->t.at,
            "this formula is nested over %d deep; give its parts names of their own", NESTED);
    PF_TRY(unary(p));
    for (;;) {
        uint32_t word = 0;
        pf_place at = p->t.at;
        int bind = binary(p->t.kind, &word);
        if (!bind || bind < least) break;
        PF_TRY(pf_parser_next(p));
        PF_TRY(expr(p, bind == BIND_POWER ? BIND_UNARY : bind + 1));
        PF_TRY(push_word(p, word, at));
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
    if (p->t.kind == '%')
        return pf_fail_at(p->ctx, p->file, p->t.at,
            "the operator %% is not in the subset; write a - b*floor(a/b)");
    pf_item *copy = pf_arena_alloc(p->ctx, p->arena, p->n_item, sizeof *copy);
    if (!copy) return PF_ERR_NO_MEMORY;
    memcpy(copy, p->item, p->n_item * sizeof *copy);
    *out = (pf_expr){.item = copy, .n = p->n_item, .depth = p->depth, .at = at};
    return PF_OK;
}
