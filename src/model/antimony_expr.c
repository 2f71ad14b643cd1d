/* Formulas as Antimony text: brackets only where the grammar wants them, or libAntimony would
 * read something else. A stack of things to do keeps deep formulas off the call stack. */
#include "model/antimony_write.h"

#include <math.h>
#include <string.h>

/* How tightly each kind of formula holds together; the same as in expr.c. */
enum { LOGIC = 1, COMPARE, SUM, PRODUCT, UNARY, POWER, ATOM };

typedef struct todo {
    const char
        *text; /* to write; NULL: the subtree `node`, in brackets if looser than `need` */
    uint32_t node;
    int need;
} todo;

typedef struct job {
    pf_writing *w;
    pf_buf *out;
    const char *prefix;
    const char *const *arg; /* of the function whose body this is */
    pf_tree tree;
    todo *todo;
    size_t n, capacity;
} job;

typedef struct infix {
    uint32_t word;
    const char *text;
    int level;
} infix;

static const infix INFIX[] = {{PF_OP_ADD, " + ", SUM}, {PF_OP_SUB, " - ", SUM},
    {PF_OP_MUL, "*", PRODUCT}, {PF_OP_DIV, "/", PRODUCT}, {PF_OP_POW, "^", POWER},
    {PF_OP_LT, " < ", COMPARE}, {PF_OP_LE, " <= ", COMPARE}, {PF_OP_EQ, " == ", COMPARE},
    {PF_OP_NE, " != ", COMPARE}, {PF_WORD_GT, " > ", COMPARE}, {PF_WORD_GE, " >= ", COMPARE},
    {PF_OP_AND, " && ", LOGIC}, {PF_OP_OR, " || ", LOGIC}};

static const struct {
    uint32_t word;
    const char *text;
} CALL[] = {{PF_OP_SQRT, "sqrt("}, {PF_OP_CBRT, "root(3, "}, {PF_OP_EXP, "exp("},
    {PF_OP_LOG, "ln("}, {PF_OP_LOG10, "log10("}, {PF_OP_TANH, "tanh("}, {PF_OP_SINH, "sinh("},
    {PF_OP_COSH, "cosh("}, {PF_OP_SIN, "sin("}, {PF_OP_COS, "cos("}, {PF_OP_TAN, "tan("},
    {PF_OP_ASIN, "asin("}, {PF_OP_ACOS, "acos("}, {PF_OP_ATAN, "atan("}, {PF_OP_ABS, "abs("},
    {PF_OP_FLOOR, "floor("}, {PF_OP_CEIL, "ceil("}, {PF_OP_MIN, "min("}, {PF_OP_MAX, "max("},
    {PF_WORD_XOR, "xor("}, {PF_WORD_LOGB, "log("}, {PF_WORD_ROOT, "root("},
    {PF_WORD_DELAY, "delay("}, {PF_WORD_RATE, "rateOf("}, {PF_WORD_REM, "rem("},
    {PF_WORD_QUOTIENT, "quotient("}, {PF_WORD_IMPLIES, "implies("},
    {PF_WORD_FACTORIAL, "factorial("}, {PF_WORD_ASINH, "arcsinh("}, {PF_WORD_ACOSH, "acosh("},
    {PF_WORD_ATANH, "atanh("}};

static const infix *infix_of(uint32_t word)
{
    for (size_t i = 0; i < PF_COUNT(INFIX); i++)
        if (INFIX[i].word == word) return &INFIX[i];
    return NULL;
}

static pf_err later(job *j, const char *text, uint32_t node, int need)
{
    PF_TRY(pf_reserve(j->w->ctx, &j->todo, &j->capacity, j->n, sizeof *j->todo));
    j->todo[j->n++] = (todo){text, node, need};
    return PF_OK;
}

static int level_of(const pf_item *item)
{
    if (item->kind == PF_ITEM_NUMBER) return item->number < 0 ? UNARY : ATOM;
    if (item->kind != PF_ITEM_WORD) return ATOM;
    if (item->index == PF_OP_NEG || item->index == PF_OP_NOT) return UNARY;
    if (item->index == PF_OP_RCP) return PRODUCT;
    const infix *x = infix_of(item->index);
    return x ? x->level : ATOM;
}

/* Would its text start with a minus? `a - -b` and `--b` are strands of DNA to libAntimony. */
static int starts_with_minus(const job *j, uint32_t node)
{
    uint32_t child[3];
    const pf_item *item = &j->tree.e->item[node];
    while (item->kind == PF_ITEM_WORD && infix_of(item->index)) {
        pf_tree_children(&j->tree, node, child);
        node = child[0];
        item = &j->tree.e->item[node];
    }
    if (item->kind == PF_ITEM_NUMBER) return item->number < 0;
    return item->kind == PF_ITEM_WORD && item->index == PF_OP_NEG;
}

/* a op b. Comparisons do not chain here; && and || side by side get brackets. */
static pf_err put_infix(job *j, const infix *x, const uint32_t *child)
{
    const pf_item *left = &j->tree.e->item[child[0]];
    int need_left = x->level,
        need_right = x->level == PRODUCT || x->level == SUM ? UNARY + 1 : x->level + 1;
    if (x->level == SUM) need_right = starts_with_minus(j, child[1]) ? ATOM : PRODUCT;
    if (x->level == COMPARE) need_left = SUM;
    if (x->level == POWER) {
        need_left = ATOM;
        need_right = UNARY;
    }
    if (x->level == LOGIC && left->kind == PF_ITEM_WORD && left->index != x->word)
        need_left = COMPARE;
    PF_TRY(later(j, NULL, child[1], need_right));
    PF_TRY(later(j, x->text, 0, 0));
    return later(j, NULL, child[0], need_left);
}

/* name(child, child, ...) */
static pf_err put_call(job *j, const char *open, const uint32_t *child, size_t n)
{
    PF_TRY(later(j, ")", 0, 0));
    for (size_t i = n; i-- > 0;) {
        PF_TRY(later(j, NULL, child[i], LOGIC));
        if (i) PF_TRY(later(j, ", ", 0, 0));
    }
    return later(j, open, 0, 0);
}

static int is_nan(const job *j, uint32_t node)
{
    const pf_item *item = &j->tree.e->item[node];
    return item->kind == PF_ITEM_NUMBER && isnan(item->number);
}

/* piecewise(value, condition, ...): the rest goes on where it is a piecewise itself */
static pf_err put_pieces(job *j, uint32_t node)
{
    uint32_t child[3];
    pf_buf_text(j->out, "piecewise(");
    size_t first = j->n;
    for (;;) {
        pf_tree_children(&j->tree, node, child);
        PF_TRY(later(j, NULL, child[0], LOGIC));
        PF_TRY(later(j, ", ", 0, 0));
        PF_TRY(later(j, NULL, child[1], LOGIC));
        const pf_item *rest = &j->tree.e->item[child[2]];
        if (rest->kind != PF_ITEM_WORD || rest->index != PF_WORD_PIECE) break;
        PF_TRY(later(j, ", ", 0, 0));
        node = child[2];
    }
    if (!is_nan(j, child[2])) {
        PF_TRY(later(j, ", ", 0, 0));
        PF_TRY(later(j, NULL, child[2], LOGIC));
    }
    PF_TRY(later(j, ")", 0, 0));
    for (size_t a = first, b = j->n - 1; a < b; a++, b--) { /* they come off last first */
        todo x = j->todo[a];
        j->todo[a] = j->todo[b];
        j->todo[b] = x;
    }
    return PF_OK;
}

static pf_err put_word(job *j, uint32_t node, const pf_item *item)
{
    uint32_t child[3];
    if (item->index == PF_WORD_PIECE) return put_pieces(j, node);
    unsigned n = pf_item_arity(item);
    pf_tree_children(&j->tree, node, child);
    const infix *x = infix_of(item->index);
    if (x) return put_infix(j, x, child);
    if (item->index == PF_OP_NEG || item->index == PF_OP_NOT) {
        PF_TRY(later(j, NULL, child[0], POWER));
        return later(j, item->index == PF_OP_NEG ? "-" : "!", 0, 0);
    }
    if (item->index == PF_OP_RCP) {
        PF_TRY(later(j, NULL, child[0], POWER));
        return later(j, "1/", 0, 0);
    }
    for (size_t i = 0; i < PF_COUNT(CALL); i++)
        if (CALL[i].word == item->index) return put_call(j, CALL[i].text, child, n);
    return pf_writing_fail(j->w, item->at, "this formula", "it has no Antimony form");
}

static pf_err put_function(job *j, uint32_t node, const pf_item *item)
{
    const char *name;
    PF_TRY(pf_writing_call(j->w, item, &name));
    const char *open = pf_arena_printf(j->w->ctx, j->w->arena, "%s(", name);
    uint32_t *child = pf_calloc(j->w->ctx, item->index, sizeof *child);
    pf_err err = open && child ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) {
        pf_tree_children(&j->tree, node, child);
        err = put_call(j, open, child, item->index);
    }
    pf_free(child);
    return err;
}

void pf_antimony_number(pf_buf *out, double x)
{
    if (isnan(x))
        pf_buf_text(out, "nan");
    else if (isinf(x))
        pf_buf_text(out, x < 0 ? "-inf" : "inf");
    else
        pf_buf_number(out, x);
}

static pf_err put_item(job *j, uint32_t node)
{
    const pf_item *item = &j->tree.e->item[node];
    const char *name = NULL;
    switch (item->kind) {
    case PF_ITEM_NUMBER:
        pf_antimony_number(j->out, item->number);
        if (!item->name) return PF_OK;
        PF_TRY(pf_antimony_unit(j->w, item->name, item->at, &name));
        pf_buf_printf(j->out, " %s", name);
        return PF_OK;
    case PF_ITEM_TIME:
        pf_buf_text(j->out, "time");
        return PF_OK;
    case PF_ITEM_ARG:
        pf_buf_text(j->out, j->arg[item->index]);
        return PF_OK;
    case PF_ITEM_NAME:
        PF_TRY(pf_writing_name(j->w, item, j->prefix, &name));
        pf_buf_text(j->out, name);
        return PF_OK;
    case PF_ITEM_CALL:
        return put_function(j, node, item);
    default:
        return put_word(j, node, item);
    }
}

static pf_err run(job *j)
{
    PF_TRY(later(j, NULL, (uint32_t)j->tree.e->n - 1, LOGIC));
    while (j->n) {
        todo t = j->todo[--j->n];
        if (t.text) {
            pf_buf_text(j->out, t.text);
            continue;
        }
        if (level_of(&j->tree.e->item[t.node]) < t.need) {
            pf_buf_text(j->out, "(");
            PF_TRY(later(j, ")", 0, 0));
        }
        PF_TRY(put_item(j, t.node));
    }
    return pf_buf_ok(j->out);
}

pf_err pf_antimony_expr(
    pf_writing *w, const pf_expr *e, const char *prefix, const char *const *arg, pf_buf *out)
{
    job j = {.w = w, .out = out, .prefix = prefix, .arg = arg};
    pf_err err = pf_tree_make(w->ctx, e, &j.tree);
    if (!err) err = run(&j);
    pf_tree_free(&j.tree);
    pf_free(j.todo);
    return err;
}
