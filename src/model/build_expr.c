/* Postfix formulas into the graph. */
#include "model/build.h"

#include <math.h>
#include <string.h>

enum { MOST_CALLS = 50, MOST_WORK = 5000000 };

static pf_node trunc_ratio(pf_graph *g, pf_node a, pf_node b)
{
    pf_node ratio = pf_graph_op(g, PF_OP_DIV, a, b, 0);
    return pf_graph_op(g, PF_OP_SELECT, pf_graph_op(g, PF_OP_LT, ratio, PF_NODE_ZERO, 0),
        pf_graph_op(g, PF_OP_CEIL, ratio, 0, 0), pf_graph_op(g, PF_OP_FLOOR, ratio, 0, 0));
}

/* n! as the product of k where k <= n, for there is no such instruction; 171! is no double. */
static pf_node factorial(pf_graph *g, pf_node n)
{
    pf_node product = PF_NODE_ONE;
    for (int k = 2; k <= 171; k++) {
        pf_node factor = pf_graph_number(g, k);
        pf_node counts = pf_graph_op(g, PF_OP_LE, factor, n, 0);
        factor = pf_graph_op(g, PF_OP_SELECT, counts, factor, PF_NODE_ONE);
        product = pf_graph_op(g, PF_OP_MUL, product, factor, 0);
    }
    pf_node whole = pf_graph_op(g, PF_OP_EQ, n, pf_graph_op(g, PF_OP_FLOOR, n, 0, 0), 0);
    pf_node fits =
        pf_graph_op(g, PF_OP_AND, whole, pf_graph_op(g, PF_OP_LE, PF_NODE_ZERO, n, 0), 0);
    return pf_graph_op(g, PF_OP_SELECT, fits, product, pf_graph_number(g, NAN));
}

/* arsinh x = sign(x) log1p(|x| + x^2/(1 + sqrt(1 + x^2))), exact near 0 */
static pf_node arsinh(pf_graph *g, pf_node x)
{
    pf_node size = pf_graph_op(g, PF_OP_ABS, x, 0, 0);
    pf_node square = pf_graph_op(g, PF_OP_MUL, x, x, 0);
    pf_node root =
        pf_graph_op(g, PF_OP_SQRT, pf_graph_op(g, PF_OP_ADD, PF_NODE_ONE, square, 0), 0, 0);
    pf_node rest =
        pf_graph_op(g, PF_OP_DIV, square, pf_graph_op(g, PF_OP_ADD, PF_NODE_ONE, root, 0), 0);
    pf_node y = pf_graph_op(g, PF_OP_LOG1P, pf_graph_op(g, PF_OP_ADD, size, rest, 0), 0, 0);
    return pf_graph_op(g, PF_OP_SELECT, pf_graph_op(g, PF_OP_LT, x, PF_NODE_ZERO, 0),
        pf_graph_op(g, PF_OP_NEG, y, 0, 0), y);
}

/* arcosh x = log1p(x - 1 + sqrt((x - 1)(x + 1))) */
static pf_node arcosh(pf_graph *g, pf_node x)
{
    pf_node less = pf_graph_op(g, PF_OP_SUB, x, PF_NODE_ONE, 0);
    pf_node more = pf_graph_op(g, PF_OP_ADD, x, PF_NODE_ONE, 0);
    pf_node root = pf_graph_op(g, PF_OP_SQRT, pf_graph_op(g, PF_OP_MUL, less, more, 0), 0, 0);
    return pf_graph_op(g, PF_OP_LOG1P, pf_graph_op(g, PF_OP_ADD, less, root, 0), 0, 0);
}

/* artanh x = log1p(2x/(1 - x))/2 */
static pf_node artanh(pf_graph *g, pf_node x)
{
    pf_node ratio = pf_graph_op(g, PF_OP_DIV, pf_graph_op(g, PF_OP_ADD, x, x, 0),
        pf_graph_op(g, PF_OP_SUB, PF_NODE_ONE, x, 0), 0);
    return pf_graph_op(
        g, PF_OP_MUL, pf_graph_number(g, 0.5), pf_graph_op(g, PF_OP_LOG1P, ratio, 0, 0), 0);
}

pf_node pf_build_word(pf_graph *g, uint32_t word, const pf_node *x)
{
    pf_node a = x[0], b = pf_word_arity(word) > 1 ? x[1] : 0;
    switch (word) {
    case PF_WORD_REM:
        return pf_graph_op(
            g, PF_OP_SUB, a, pf_graph_op(g, PF_OP_MUL, b, trunc_ratio(g, a, b), 0), 0);
    case PF_WORD_QUOTIENT:
        return trunc_ratio(g, a, b);
    case PF_WORD_IMPLIES:
        return pf_graph_op(g, PF_OP_OR, pf_graph_op(g, PF_OP_NOT, a, 0, 0), b, 0);
    case PF_WORD_FACTORIAL:
        return factorial(g, a);
    case PF_WORD_ASINH:
        return arsinh(g, a);
    case PF_WORD_ACOSH:
        return arcosh(g, a);
    case PF_WORD_ATANH:
        return artanh(g, a);
    case PF_WORD_GT:
        return pf_graph_op(g, PF_OP_LT, b, a, 0);
    case PF_WORD_GE:
        return pf_graph_op(g, PF_OP_LE, b, a, 0);
    case PF_WORD_XOR:
        return pf_graph_op(g, PF_OP_NE, pf_graph_op(g, PF_OP_NOT, a, 0, 0),
            pf_graph_op(g, PF_OP_NOT, b, 0, 0), 0);
    case PF_WORD_LOGB:
        return pf_graph_op(g, PF_OP_DIV, pf_graph_op(g, PF_OP_LOG, b, 0, 0),
            pf_graph_op(g, PF_OP_LOG, a, 0, 0), 0);
    case PF_WORD_ROOT:
        return pf_graph_op(g, PF_OP_POW, b, pf_graph_op(g, PF_OP_DIV, PF_NODE_ONE, a, 0), 0);
    case PF_WORD_PIECE:
        return pf_graph_op(g, PF_OP_SELECT, b, a, x[2]);
    default:
        return pf_graph_op(g, (pf_op)word, a, b, pf_word_arity(word) > 2 ? x[2] : 0);
    }
}

static pf_err push(pf_builder *b, pf_node x)
{
    PF_TRY(pf_reserve(b->ctx, &b->stack, &b->stack_capacity, b->n_stack, sizeof *b->stack));
    b->stack[b->n_stack++] = x;
    return PF_OK;
}

pf_err pf_build_name(pf_builder *b, const pf_item *item, const char *prefix, uint32_t *out)
{
    uint32_t v = pf_flat_find(b->flat, prefix, item->name, item->at);
    if (v == PF_NO_NAME) return b->ctx && b->ctx->code ? b->ctx->code : PF_ERR_MODEL;
    *out = b->symbol[v];
    return PF_OK;
}

static pf_err items(pf_builder *b, const pf_expr *e, const char *prefix, size_t args);

static pf_err too_deep(pf_builder *b, const pf_function *f)
{
    if (b->calls < MOST_CALLS) return PF_OK;
    return pf_fail_at(b->ctx, b->flat->ast->file, f->at,
        "functions call each other over %d deep; does '%s' call itself?", MOST_CALLS, f->name);
}

/* Is the body of a function that bears the name of an operation that operation? Tried at
 * numbers. */
static int is_op(pf_builder *b, const pf_function *f, pf_op op)
{
    static const double at[] = {0.3, 2, 0.0625};
    for (size_t i = 0; i < PF_COUNT(at); i++) {
        size_t args = b->n_stack;
        if (too_deep(b, f) || push(b, pf_graph_number(&b->m->g, at[i]))) return 0;
        b->calls++;
        if (items(b, &f->body, "", args)) return 0;
        b->calls--;
        pf_node y = b->stack[--b->n_stack];
        b->n_stack = args;
        const pf_vertex *v = &b->m->g.v[y];
        double want = pf_op_value(op, at[i], 0, 0);
        if (v->kind != PF_LEAF_NUMBER || fabs(v->value - want) > 1e-9 * fabs(want)) return 0;
    }
    return 1;
}

pf_err pf_build_call(pf_builder *b, const pf_item *item, const pf_function **f, pf_op *op)
{
    static const struct {
        const char *name;
        pf_op op;
    } own[] = {{"expm1", PF_OP_EXPM1}, {"log1p", PF_OP_LOG1P}, {"cbrt", PF_OP_CBRT}};
    const pf_ast *ast = b->flat->ast;
    *f = pf_ast_function(ast, item->name);
    size_t n_arg = *f ? (*f)->n_arg : 1;
    const pf_function *written = *f;
    for (size_t i = 0; i < PF_COUNT(own); i++) {
        if (strcmp(item->name, own[i].name) != 0 || n_arg != 1 || item->index != 1) continue;
        *op = own[i].op;
        if (!written) return PF_OK;
        *f = is_op(b, written, own[i].op) ? NULL : written;
        return b->ctx ? b->ctx->code : PF_OK;
    }
    if (!written) {
        const char *known[64];
        size_t n = 0;
        for (size_t i = 0; i < ast->n_function && n < PF_COUNT(known); i++)
            known[n++] = ast->function[i].name;
        ptrdiff_t k = pf_text_nearest(item->name, known, n);
        return pf_fail_at(b->ctx, ast->file, item->at, "there is no function '%s'%s%s%s",
            item->name, k < 0 ? "; define it" : "; did you mean '", k < 0 ? "" : known[k],
            k < 0 ? "" : "'?");
    }
    if (n_arg != item->index)
        return pf_fail_at(b->ctx, ast->file, item->at,
            "%s takes %zu argument%s, not %u; see line %d", item->name, n_arg,
            n_arg == 1 ? "" : "s", (unsigned)item->index, written->at.line);
    return PF_OK;
}

static pf_err draw(pf_builder *b, const pf_item *item, pf_law law)
{
    pf_node x[4] = {0}, y;
    size_t n = item->index;
    for (size_t i = 0; i < n && i < PF_COUNT(x); i++) x[i] = b->stack[b->n_stack - n + i];
    PF_TRY(pf_build_draw(b, item, law, x, &y));
    b->n_stack -= n;
    return push(b, y);
}

static pf_err call(pf_builder *b, const pf_item *item)
{
    const pf_function *f;
    pf_op op = PF_OP_MOV;
    pf_law law = pf_ast_function(b->flat->ast, item->name) ? PF_LAWS : pf_build_law(item->name);
    if (law != PF_LAWS) return draw(b, item, law);
    PF_TRY(pf_build_call(b, item, &f, &op));
    if (!f) {
        b->stack[b->n_stack - 1] = pf_graph_op(&b->m->g, op, b->stack[b->n_stack - 1], 0, 0);
        return PF_OK;
    }
    PF_TRY(too_deep(b, f));
    size_t args = b->n_stack - f->n_arg;
    b->calls++;
    PF_TRY(items(b, &f->body, "", args));
    b->calls--;
    pf_node y = b->stack[b->n_stack - 1];
    b->n_stack = args;
    return push(b, y);
}

static pf_err name(pf_builder *b, const pf_item *item, const char *prefix)
{
    uint32_t s;
    PF_TRY(pf_build_name(b, item, prefix, &s));
    return push(b, b->m->node[s]);
}

static pf_err word(pf_builder *b, const pf_item *item)
{
    pf_node y;
    b->n_stack -= pf_word_arity(item->index);
    const pf_node *x = &b->stack[b->n_stack];
    if (item->index == PF_WORD_DELAY || item->index == PF_WORD_RATE)
        PF_TRY(pf_build_time_word(b, item->index, x, item->at, &y));
    else
        y = pf_build_word(&b->m->g, item->index, x);
    return push(b, y);
}

/* Leaves one value on the stack. `args`: where the arguments of the function start. */
static pf_err items(pf_builder *b, const pf_expr *e, const char *prefix, size_t args)
{
    pf_graph *g = &b->m->g;
    for (size_t i = 0; i < e->n; i++) {
        const pf_item *item = &e->item[i];
        if (++b->work > MOST_WORK)
            return pf_fail_at(b->ctx, b->flat->ast->file, item->at,
                "the formulas add up to over %d terms; make the model smaller", MOST_WORK);
        switch (item->kind) {
        case PF_ITEM_NUMBER:
            PF_TRY(push(b, pf_graph_number(g, item->number)));
            break;
        case PF_ITEM_TIME:
            PF_TRY(push(b, pf_graph_leaf(g, PF_LEAF_TIME, 0)));
            break;
        case PF_ITEM_ARG:
            PF_TRY(push(b, b->stack[args + item->index]));
            break;
        case PF_ITEM_NAME:
            PF_TRY(name(b, item, prefix));
            break;
        case PF_ITEM_CALL:
            PF_TRY(call(b, item));
            break;
        case PF_ITEM_WORD:
            PF_TRY(word(b, item));
            break;
        }
        if (g->failed) return g->failed;
    }
    return PF_OK;
}

pf_err pf_build_expr(pf_builder *b, const pf_expr *e, const char *prefix, pf_node *out)
{
    b->n_stack = 0;
    b->calls = 0;
    PF_TRY(items(b, e, prefix, 0));
    *out = b->stack[0];
    return PF_OK;
}
