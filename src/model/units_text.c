/* Parts of formulas as people write them, for sentences. */
#include "model/units_parts.h"

#include <string.h>

enum { LONGEST = 50, MOST_ITEMS = 60, WORD_ROOM = 16 };

const char *pf_units_word(uint32_t word)
{
    static const struct {
        uint32_t word;
        const char *name;
    } NAMES[] = {{PF_OP_EXP, "exp"}, {PF_OP_EXPM1, "expm1"}, {PF_OP_LOG, "ln"},
        {PF_OP_LOG1P, "log1p"}, {PF_OP_LOG10, "log10"}, {PF_OP_SQRT, "sqrt"},
        {PF_OP_CBRT, "cbrt"}, {PF_OP_TANH, "tanh"}, {PF_OP_SINH, "sinh"}, {PF_OP_COSH, "cosh"},
        {PF_OP_SIN, "sin"}, {PF_OP_COS, "cos"}, {PF_OP_TAN, "tan"}, {PF_OP_ASIN, "asin"},
        {PF_OP_ACOS, "acos"}, {PF_OP_ATAN, "atan"}, {PF_OP_ABS, "abs"}, {PF_OP_FLOOR, "floor"},
        {PF_OP_CEIL, "ceil"}, {PF_OP_MIN, "min"}, {PF_OP_MAX, "max"}, {PF_OP_NOT, "!"},
        {PF_WORD_LOGB, "log"}, {PF_WORD_ROOT, "root"}, {PF_WORD_PIECE, "piecewise"},
        {PF_WORD_DELAY, "delay"}, {PF_WORD_RATE, "rateOf"}, {PF_WORD_REM, "rem"},
        {PF_WORD_QUOTIENT, "quotient"}, {PF_WORD_FACTORIAL, "factorial"},
        {PF_WORD_ASINH, "asinh"}, {PF_WORD_ACOSH, "acosh"}, {PF_WORD_ATANH, "atanh"},
        {PF_WORD_IMPLIES, "implies"}, {PF_WORD_XOR, "xor"}, {PF_OP_RCP, "1/"}};
    for (size_t i = 0; i < PF_COUNT(NAMES); i++)
        if (NAMES[i].word == word) return NAMES[i].name;
    return "select";
}

/* The sign between two operands, and how strongly it binds; NULL: written as a function. */
static const char *infix(uint32_t word, int *binds)
{
    static const struct {
        uint32_t word;
        const char *sign;
        int binds;
    } SIGNS[] = {{PF_OP_OR, " || ", 1}, {PF_OP_AND, " && ", 1}, {PF_OP_LT, " < ", 2},
        {PF_OP_LE, " <= ", 2}, {PF_WORD_GT, " > ", 2}, {PF_WORD_GE, " >= ", 2},
        {PF_OP_EQ, " == ", 2}, {PF_OP_NE, " != ", 2}, {PF_OP_ADD, " + ", 3},
        {PF_OP_SUB, " - ", 3}, {PF_OP_MUL, "*", 4}, {PF_OP_DIV, "/", 4}, {PF_OP_POW, "^", 6}};
    for (size_t i = 0; i < PF_COUNT(SIGNS); i++) {
        if (SIGNS[i].word != word) continue;
        *binds = SIGNS[i].binds;
        return SIGNS[i].sign;
    }
    return NULL;
}

/* Where the operand that ends before `end` starts. */
static size_t start_of(const pf_item *item, size_t end)
{
    size_t wanted = 1, i = end;
    while (wanted && i > 0) wanted = wanted - 1 + pf_item_arity(&item[--i]);
    return i;
}

static void leaf(const pf_item *item, const pf_function *in, pf_buf *out)
{
    if (item->kind == PF_ITEM_TIME) pf_buf_text(out, "time");
    if (item->kind == PF_ITEM_NAME) pf_buf_text(out, item->name);
    if (item->kind == PF_ITEM_ARG)
        pf_buf_text(out, in && item->index < in->n_arg ? in->arg[item->index] : "?");
    if (item->kind != PF_ITEM_NUMBER) return;
    pf_buf_printf(out, "%.6g", item->number);
    if (item->name) pf_buf_printf(out, " %s", item->name);
}

static void part(const pf_item *item, size_t n, const pf_function *in, int outer, pf_buf *out);

static void function(
    const pf_item *item, size_t n, const char *name, const pf_function *in, pf_buf *out)
{
    size_t k = pf_item_arity(&item[n - 1]), from[MOST_ITEMS + 1];
    from[k] = n - 1;
    for (size_t i = k; i-- > 0;) from[i] = start_of(item, from[i + 1]);
    pf_buf_printf(out, "%s(", name);
    for (size_t i = 0; i < k; i++) {
        if (i) pf_buf_text(out, ", ");
        part(item + from[i], from[i + 1] - from[i], in, 0, out);
    }
    pf_buf_text(out, ")");
}

/* item[0 .. n) is one formula; brackets when it binds less than what is around it. */
static void part(const pf_item *item, size_t n, const pf_function *in, int outer, pf_buf *out)
{
    if (!n || out->size > 4 * LONGEST) return;
    const pf_item *last = &item[n - 1];
    int binds = 0;
    if (last->kind == PF_ITEM_CALL) {
        function(item, n, last->name, in, out);
    } else if (last->kind != PF_ITEM_WORD) {
        leaf(last, in, out);
    } else if (last->index == PF_OP_NEG) {
        pf_buf_text(out, outer > 5 ? "(-" : "-");
        part(item, n - 1, in, 5, out);
        if (outer > 5) pf_buf_text(out, ")");
    } else if (infix(last->index, &binds)) {
        size_t middle = start_of(item, n - 1);
        if (binds < outer) pf_buf_text(out, "(");
        part(item, middle, in, binds, out);
        pf_buf_text(out, infix(last->index, &binds));
        part(item + middle, n - 1 - middle, in, binds + 1, out);
        if (binds < outer) pf_buf_text(out, ")");
    } else {
        function(item, n, pf_units_word(last->index), in, out);
    }
}

void pf_units_formula(const pf_item *item, size_t n, const pf_function *in, pf_buf *out)
{
    pf_buf whole;
    if (n > MOST_ITEMS || !n) {
        pf_buf_text(out, "the formula");
        return;
    }
    pf_buf_init(&whole, out->ctx);
    part(item, n, in, 0, &whole);
    size_t size = whole.size;
    int cut = size > LONGEST;
    if (cut) /* not in the middle of a character */
        for (size = LONGEST - 3; size && ((unsigned char)whole.bytes[size] & 0xc0) == 0x80;)
            size--;
    pf_buf_text(out, "'");
    if (size) pf_buf_put(out, whole.bytes, size);
    pf_buf_text(out, cut ? "...'" : "'");
    pf_buf_clear(&whole);
}
