/* Formulas as MathML. A stack of things to do keeps deep formulas off the call stack, and sums
 * and products become one element with many operands, for XML readers limit the depth. */
#include "model/sbml_write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 200 };

typedef struct todo {
    const char *text; /* to write; NULL: the subtree `node` */
    uint32_t node;
    int close; /* an element ends here */
} todo;

typedef struct job {
    pf_sbml_writing *s;
    const char *prefix;
    const char *const *arg;
    pf_tree tree;
    todo *todo;
    size_t n, capacity;
    int depth;
} job;

static const struct {
    uint32_t word;
    const char *name;
} PLAIN[] = {{PF_OP_ADD, "plus"}, {PF_OP_SUB, "minus"}, {PF_OP_MUL, "times"},
    {PF_OP_DIV, "divide"}, {PF_OP_POW, "power"}, {PF_OP_NEG, "minus"}, {PF_OP_EXP, "exp"},
    {PF_OP_LOG, "ln"}, {PF_OP_TANH, "tanh"}, {PF_OP_SINH, "sinh"}, {PF_OP_COSH, "cosh"},
    {PF_OP_SIN, "sin"}, {PF_OP_COS, "cos"}, {PF_OP_TAN, "tan"}, {PF_OP_ASIN, "arcsin"},
    {PF_OP_ACOS, "arccos"}, {PF_OP_ATAN, "arctan"}, {PF_OP_ABS, "abs"}, {PF_OP_FLOOR, "floor"},
    {PF_OP_CEIL, "ceiling"}, {PF_OP_MIN, "min"}, {PF_OP_MAX, "max"}, {PF_OP_LT, "lt"},
    {PF_OP_LE, "leq"}, {PF_OP_EQ, "eq"}, {PF_OP_NE, "neq"}, {PF_OP_AND, "and"},
    {PF_OP_OR, "or"}, {PF_OP_NOT, "not"}, {PF_WORD_GT, "gt"}, {PF_WORD_GE, "geq"},
    {PF_WORD_XOR, "xor"}, {PF_WORD_REM, "rem"}, {PF_WORD_QUOTIENT, "quotient"},
    {PF_WORD_IMPLIES, "implies"}, {PF_WORD_FACTORIAL, "factorial"}, {PF_WORD_ASINH, "arcsinh"},
    {PF_WORD_ACOSH, "arccosh"}, {PF_WORD_ATANH, "arctanh"}};

/* What stands before the operands of the rest; `middle` goes between two of them. */
static const struct {
    uint32_t word;
    const char *open, *middle;
} SPECIAL[] = {{PF_OP_SQRT, "<apply><root/>", ""},
    {PF_OP_CBRT, "<apply><root/><degree><cn type=\"integer\">3</cn></degree>", ""},
    {PF_OP_RCP, "<apply><divide/><cn type=\"integer\">1</cn>", ""},
    {PF_OP_LOG10, "<apply><log/><logbase><cn type=\"integer\">10</cn></logbase>", ""},
    {PF_WORD_LOGB, "<apply><log/><logbase>", "</logbase>"},
    {PF_WORD_ROOT, "<apply><root/><degree>", "</degree>"},
    {PF_WORD_DELAY,
        "<apply><csymbol encoding=\"text\" definitionURL=\"http://www.sbml.org/sbml/symbols/"
        "delay\">delay</csymbol>",
        ""},
    {PF_WORD_RATE,
        "<apply><csymbol encoding=\"text\" definitionURL=\"http://www.sbml.org/sbml/symbols/"
        "rateOf\">rateOf</csymbol>",
        ""}};

static pf_err later(job *j, const char *text, uint32_t node, int close)
{
    PF_TRY(pf_reserve(j->s->w.ctx, &j->todo, &j->capacity, j->n, sizeof *j->todo));
    j->todo[j->n++] = (todo){text, node, close};
    return PF_OK;
}

static const pf_item *item_at(const job *j, uint32_t node)
{
    return &j->tree.e->item[node];
}

static int is_word(const job *j, uint32_t node, uint32_t word)
{
    const pf_item *item = item_at(j, node);
    return item->kind == PF_ITEM_WORD && item->index == word;
}

static pf_err open_apply(job *j, const char *text, const char *end)
{
    if (++j->depth > DEEPEST)
        return pf_fail_at(j->s->w.ctx, j->s->w.f->ast->file, j->tree.e->at,
            "this formula is over %d deep, which XML readers refuse; give its parts names of "
            "their own",
            DEEPEST);
    pf_buf_text(j->s->out, text);
    return later(j, end, 0, 1);
}

/* a + b + c: one element; a - b + c: a sum with minus signs. They are pushed last first, which
 * is the order in which the left spine is walked down. */
static pf_err spine(job *j, uint32_t node)
{
    uint32_t child[3], up = PF_OP_MUL, down = PF_OP_MUL;
    int mixed = 0, n = 0;
    if (!is_word(j, node, PF_OP_MUL)) {
        up = PF_OP_ADD;
        down = PF_OP_SUB;
    }
    for (uint32_t at = node; is_word(j, at, up) || is_word(j, at, down); at = child[0], n++) {
        mixed |= up != down && is_word(j, at, down);
        pf_tree_children(&j->tree, at, child);
    }
    const char *open = up == PF_OP_MUL ? "<apply><times/>" : "<apply><plus/>";
    PF_TRY(open_apply(j, mixed && n == 1 ? "<apply><minus/>" : open, "</apply>"));
    uint32_t at = node;
    for (; is_word(j, at, up) || is_word(j, at, down); at = child[0]) {
        int minus = mixed && n > 1 && is_word(j, at, down);
        pf_tree_children(&j->tree, at, child);
        if (minus) PF_TRY(later(j, "</apply>", 0, 0));
        PF_TRY(later(j, NULL, child[1], 0));
        if (minus) PF_TRY(later(j, "<apply><minus/>", 0, 0));
    }
    return later(j, NULL, at, 0);
}

static pf_err pieces(job *j, uint32_t node)
{
    uint32_t child[3];
    PF_TRY(open_apply(j, "<piecewise>", "</piecewise>"));
    size_t first = j->n;
    for (;;) {
        pf_tree_children(&j->tree, node, child);
        PF_TRY(later(j, "<piece>", 0, 0));
        PF_TRY(later(j, NULL, child[0], 0));
        PF_TRY(later(j, NULL, child[1], 0));
        PF_TRY(later(j, "</piece>", 0, 0));
        node = child[2];
        if (!is_word(j, node, PF_WORD_PIECE)) break;
    }
    const pf_item *rest = item_at(j, node);
    if (rest->kind != PF_ITEM_NUMBER || !isnan(rest->number)) {
        PF_TRY(later(j, "<otherwise>", 0, 0));
        PF_TRY(later(j, NULL, node, 0));
        PF_TRY(later(j, "</otherwise>", 0, 0));
    }
    for (size_t a = first, b = j->n - 1; a < b; a++, b--) { /* they come off last first */
        todo x = j->todo[a];
        j->todo[a] = j->todo[b];
        j->todo[b] = x;
    }
    return PF_OK;
}

static pf_err operands(job *j, const uint32_t *child, size_t n, const char *middle)
{
    for (size_t i = n; i-- > 0;) {
        PF_TRY(later(j, NULL, child[i], 0));
        if (i == 1 && *middle) PF_TRY(later(j, middle, 0, 0));
    }
    return PF_OK;
}

static pf_err word(job *j, uint32_t node, const pf_item *item)
{
    uint32_t child[3];
    uint32_t w = item->index;
    if (w == PF_WORD_PIECE) return pieces(j, node);
    if (w == PF_OP_ADD || w == PF_OP_SUB || w == PF_OP_MUL) return spine(j, node);
    unsigned n = pf_item_arity(item);
    pf_tree_children(&j->tree, node, child);
    for (size_t i = 0; i < PF_COUNT(SPECIAL); i++) {
        if (SPECIAL[i].word != w) continue;
        PF_TRY(open_apply(j, SPECIAL[i].open, "</apply>"));
        return operands(j, child, n, SPECIAL[i].middle);
    }
    for (size_t i = 0; i < PF_COUNT(PLAIN); i++) {
        if (PLAIN[i].word != w) continue;
        char open[40];
        snprintf(open, sizeof open, "<apply><%s/>", PLAIN[i].name);
        PF_TRY(open_apply(j, open, "</apply>"));
        return operands(j, child, n, "");
    }
    return pf_writing_fail(&j->s->w, item->at, "this formula", "it has no form in SBML");
}

static pf_err call(job *j, uint32_t node, const pf_item *item)
{
    const char *name;
    PF_TRY(pf_writing_call(&j->s->w, item, &name));
    PF_TRY(open_apply(j, "<apply><ci>", "</apply>"));
    pf_buf_printf(j->s->out, "%s</ci>", name);
    uint32_t *child = pf_calloc(j->s->w.ctx, item->index, sizeof *child);
    if (!child) return PF_ERR_NO_MEMORY;
    pf_tree_children(&j->tree, node, child);
    pf_err err = operands(j, child, item->index, "");
    pf_free(child);
    return err;
}

/* Digits without an exponent where that is not too long: readers multiply a mantissa by a
 * power of ten, which may round. */
static void plain_digits(pf_buf *out, const char *text, const char *e, int power)
{
    char digit[64];
    int n = 0, point = -1;
    if (*text == '-') pf_buf_text(out, "-");
    for (const char *p = text; p < e && n < 60; p++) {
        if (*p == '.') point = n;
        if (*p >= '0' && *p <= '9') digit[n++] = *p;
    }
    point = (point < 0 ? n : point) + power;
    if (point <= 0) pf_buf_text(out, "0.");
    for (int i = point; i < 0; i++) pf_buf_text(out, "0");
    for (int i = 0; i < n; i++) {
        if (i == point && i > 0) pf_buf_text(out, ".");
        pf_buf_put(out, &digit[i], 1);
    }
    for (int i = n; i < point; i++) pf_buf_text(out, "0");
}

static pf_err put_real(job *j, double x)
{
    pf_buf *out = j->s->out, text;
    pf_buf_init(&text, j->s->w.ctx);
    pf_buf_number(&text, x);
    pf_err err = pf_buf_ok(&text);
    const char *e = err ? NULL : strpbrk(text.bytes, "eE");
    long power = e ? strtol(e + 1, NULL, 10) : 0;
    if (!err && !e) pf_buf_printf(out, ">%s</cn>", text.bytes);
    if (e && (power < -40 || power > 40)) {
        pf_buf_printf(out, " type=\"e-notation\">%.*s<sep/>%ld</cn>", (int)(e - text.bytes),
            text.bytes, power);
    } else if (e) {
        pf_buf_text(out, ">");
        plain_digits(out, text.bytes, e, (int)power);
        pf_buf_text(out, "</cn>");
    }
    pf_buf_clear(&text);
    return err;
}

static pf_err number(job *j, const pf_item *item)
{
    pf_buf *out = j->s->out;
    double x = item->number;
    const char *unit = NULL;
    if (isnan(x))
        pf_buf_text(out, "<notanumber/>");
    else if (isinf(x))
        pf_buf_text(out, x > 0 ? "<infinity/>" : "<apply><minus/><infinity/></apply>");
    if (!isfinite(x)) return PF_OK;
    pf_buf_text(out, "<cn");
    if (item->name) {
        PF_TRY(pf_sbml_unit_id(j->s, item->name, item->at, &unit));
        if (unit) pf_buf_printf(out, " sbml:units=\"%s\"", unit);
    }
    if (x == floor(x) && fabs(x) < 1e9) {
        pf_buf_printf(out, " type=\"integer\">%.0f</cn>", x);
        return PF_OK;
    }
    return put_real(j, x);
}

static pf_err item(job *j, uint32_t node)
{
    const pf_item *x = item_at(j, node);
    const char *name;
    switch (x->kind) {
    case PF_ITEM_NUMBER:
        return number(j, x);
    case PF_ITEM_TIME:
        if (j->arg)
            return pf_writing_fail(&j->s->w, x->at, "time",
                "functions of SBML do not read it; give it to the function as an argument");
        pf_buf_text(j->s->out, "<csymbol encoding=\"text\" definitionURL=\"http://www.sbml."
                               "org/sbml/symbols/time\">time</csymbol>");
        return PF_OK;
    case PF_ITEM_ARG:
        pf_buf_printf(j->s->out, "<ci>%s</ci>", j->arg[x->index]);
        return PF_OK;
    case PF_ITEM_NAME:
        PF_TRY(pf_writing_name(&j->s->w, x, j->prefix, &name));
        pf_buf_printf(j->s->out, "<ci>%s</ci>", name);
        return PF_OK;
    case PF_ITEM_CALL:
        return call(j, node, x);
    default:
        return word(j, node, x);
    }
}

static pf_err run(job *j)
{
    PF_TRY(later(j, NULL, (uint32_t)j->tree.e->n - 1, 0));
    while (j->n) {
        todo t = j->todo[--j->n];
        if (t.text) {
            pf_buf_text(j->s->out, t.text);
            j->depth -= t.close;
        } else {
            PF_TRY(item(j, t.node));
        }
    }
    return PF_OK;
}

pf_err pf_sbml_write_math(pf_sbml_writing *s, const pf_expr *e, const char *prefix,
    const char *const *arg, size_t n_arg)
{
    job j = {.s = s, .prefix = prefix, .arg = arg};
    PF_TRY(pf_tree_make(s->w.ctx, e, &j.tree));
    int units = 0;
    for (size_t i = 0; i < e->n; i++)
        units |= e->item[i].kind == PF_ITEM_NUMBER && e->item[i].name;
    pf_sbml_line(s, "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"");
    if (units)
        pf_buf_text(s->out, " xmlns:sbml=\"http://www.sbml.org/sbml/level3/version2/core\"");
    pf_buf_text(s->out, ">");
    if (arg) pf_buf_text(s->out, "<lambda>");
    for (size_t i = 0; i < n_arg; i++)
        pf_buf_printf(s->out, "<bvar><ci>%s</ci></bvar>", arg[i]);
    pf_err err = run(&j);
    pf_buf_text(s->out, arg ? "</lambda></math>" : "</math>");
    pf_tree_free(&j.tree);
    pf_free(j.todo);
    return err;
}
