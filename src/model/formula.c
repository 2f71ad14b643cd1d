#include "model/formula.h"

#include "model/parser.h"

#include <math.h>
#include <string.h>

enum { DEEPEST = 128 };

struct pf_formula {
    pf_arena arena;
    pf_expr expr;
};

static pf_err read_formula(
    pf_ctx *ctx, const char *text, const char *const *names, size_t n, pf_formula *f)
{
    pf_parser p = {
        .ctx = ctx, .arena = &f->arena, .arg = names, .n_arg = n, .closed = 1, .formula = 1};
    pf_lexer_init(&p.lexer, ctx, text, strlen(text), NULL);
    pf_err err = pf_parser_next(&p);
    if (!err) err = pf_parser_expr(&p, &f->expr);
    if (!err && p.t.kind != PF_TOKEN_END)
        err = pf_parser_expected(&p, "an operator or the end of the formula");
    if (!err && f->expr.depth > DEEPEST)
        err = pf_fail_at(
            ctx, NULL, f->expr.at, "this formula is nested over %d deep; shorten it", DEEPEST);
    pf_parser_clear(&p);
    return err;
}

pf_err pf_formula_parse(
    pf_ctx *ctx, const char *text, const char *const *names, size_t n, pf_formula **out)
{
    *out = NULL;
    pf_formula *f = pf_calloc(ctx, 1, sizeof *f);
    if (!f) return PF_ERR_NO_MEMORY;
    pf_arena_init(&f->arena);
    pf_err err = read_formula(ctx, text, names, n, f);
    if (err) {
        pf_formula_free(f);
        return err;
    }
    *out = f;
    return PF_OK;
}

double pf_formula_value(const pf_formula *f, const double *x)
{
    double stack[DEEPEST];
    size_t n = 0;
    for (size_t i = 0; i < f->expr.n; i++) {
        const pf_item *item = &f->expr.item[i];
        switch (item->kind) {
        case PF_ITEM_NUMBER:
            stack[n++] = item->number;
            break;
        case PF_ITEM_ARG:
            stack[n++] = x[item->index];
            break;
        case PF_ITEM_WORD:
            n -= pf_word_arity(item->index);
            stack[n] = pf_word_value(item->index, &stack[n]);
            n++;
            break;
        default:
            return NAN; /* names, time and calls are no part of formulas */
        }
    }
    return stack[0];
}

void pf_formula_free(pf_formula *f)
{
    if (!f) return;
    pf_arena_clear(&f->arena);
    pf_free(f);
}
