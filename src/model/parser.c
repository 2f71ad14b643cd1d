/* Tokens for the readers of statements and formulas, and the sentence for what is wrong. */
#include "model/parser.h"

#include <stdio.h>
#include <string.h>

pf_err pf_fail_at(pf_ctx *ctx, const char *file, pf_place at, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (at.file) file = at.file;
    if (!file) return pf_fail(ctx, PF_ERR_MODEL, "column %d: %s", at.column, text);
    if (at.line < 1) return pf_fail(ctx, PF_ERR_MODEL, "%s: %s", file, text);
    return pf_fail(ctx, PF_ERR_MODEL, "%s:%d:%d: %s", file, at.line, at.column, text);
}

pf_err pf_parser_next(pf_parser *p)
{
    return pf_lexer_next(&p->lexer, &p->t);
}

static int is(const pf_token *t, const char *word)
{
    return t->kind == PF_TOKEN_NAME && strlen(word) == t->size &&
           memcmp(t->text, word, t->size) == 0;
}

int pf_parser_at(const pf_parser *p, const char *word)
{
    return is(&p->t, word);
}

pf_err pf_parser_expected(pf_parser *p, const char *what)
{
    int size = p->t.size > 40 ? 40 : (int)p->t.size;
    if (p->t.kind == PF_TOKEN_END)
        return pf_fail_at(
            p->ctx, p->file, p->t.at, "expected %s, but the text ends here", what);
    if (p->t.kind == PF_TOKEN_NEWLINE)
        return pf_fail_at(p->ctx, p->file, p->t.at,
            "expected %s, but the line ends here; a statement stands on one line", what);
    return pf_fail_at(
        p->ctx, p->file, p->t.at, "expected %s, but found '%.*s'", what, size, p->t.text);
}

const char *pf_parser_text(pf_parser *p)
{
    return pf_arena_strndup(p->ctx, p->arena, p->t.text, p->t.size);
}

void pf_parser_clear(pf_parser *p)
{
    pf_free(p->item);
    p->item = NULL;
}
