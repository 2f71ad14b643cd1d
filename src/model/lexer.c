#include "model/lexer.h"

#include <string.h>

void pf_lexer_init(pf_lexer *l, pf_ctx *ctx, const char *text, size_t size, const char *file)
{
    *l = (pf_lexer){
        .ctx = ctx, .file = file, .p = text, .end = text + size, .line_start = text, .line = 1};
}

static pf_place here(const pf_lexer *l)
{
    ptrdiff_t column = l->p - l->line_start + 1;
    return (pf_place){l->line, column > 1000000 ? 1000000 : (int)column, l->file};
}

static int letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int digit(char c)
{
    return c >= '0' && c <= '9';
}

static char peek(const pf_lexer *l, size_t ahead)
{
    return (size_t)(l->end - l->p) > ahead ? l->p[ahead] : '\0';
}

static void skip_line(pf_lexer *l)
{
    while (l->p < l->end && *l->p != '\n') l->p++;
}

static pf_err skip_comment(pf_lexer *l)
{
    pf_place at = here(l);
    for (l->p += 2; l->p < l->end; l->p++) {
        if (*l->p == '*' && peek(l, 1) == '/') {
            l->p += 2;
            return PF_OK;
        }
        if (*l->p == '\n') {
            l->line++;
            l->line_start = l->p + 1;
        }
    }
    return pf_fail_at(l->ctx, l->file, at, "this comment has no end; close it with */");
}

/* a backslash at the end of a line: the statement goes on */
static int continues(pf_lexer *l)
{
    size_t ahead = 1;
    while (peek(l, ahead) == ' ' || peek(l, ahead) == '\t' || peek(l, ahead) == '\r') ahead++;
    if (peek(l, ahead) != '\n') return 0;
    l->p += ahead + 1;
    l->line++;
    l->line_start = l->p;
    return 1;
}

static pf_err skip_space(pf_lexer *l)
{
    while (l->p < l->end) {
        char c = *l->p;
        if (c == ' ' || c == '\t' || c == '\r')
            l->p++;
        else if (c == '#' || (c == '/' && peek(l, 1) == '/' && peek(l, 2) != '!'))
            skip_line(l);
        else if (c == '/' && peek(l, 1) == '*')
            PF_TRY(skip_comment(l));
        else if (c == '\\' && continues(l))
            continue;
        else
            break;
    }
    return PF_OK;
}

static void name(pf_lexer *l, pf_token *t)
{
    t->kind = PF_TOKEN_NAME;
    do {
        l->p++;
    } while (
        letter(peek(l, 0)) || digit(peek(l, 0)) || (peek(l, 0) == '.' && letter(peek(l, 1))));
}

static void digits(pf_lexer *l)
{
    while (digit(peek(l, 0))) l->p++;
}

static pf_err number(pf_lexer *l, pf_token *t)
{
    char text[64];
    t->kind = PF_TOKEN_NUMBER;
    digits(l);
    if (peek(l, 0) == '.') {
        l->p++;
        digits(l);
    }
    if (peek(l, 0) == 'e' || peek(l, 0) == 'E') {
        size_t sign = peek(l, 1) == '+' || peek(l, 1) == '-' ? 1 : 0;
        if (digit(peek(l, 1 + sign))) {
            l->p += 1 + sign;
            digits(l);
        }
    }
    size_t size = (size_t)(l->p - t->text);
    if (size >= sizeof text)
        return pf_fail_at(l->ctx, l->file, t->at,
            "this number has over %zu characters; shorten it", sizeof text - 1);
    memcpy(text, t->text, size);
    text[size] = '\0';
    if (!pf_text_number(text, &t->number))
        return pf_fail_at(
            l->ctx, l->file, t->at, "'%s' is not a finite number; write one below 1e308", text);
    return PF_OK;
}

static pf_err string(pf_lexer *l, pf_token *t)
{
    t->kind = PF_TOKEN_STRING;
    for (l->p++; l->p < l->end && *l->p != '\n'; l->p++) {
        if (*l->p != '"') continue;
        l->p++;
        return PF_OK;
    }
    return pf_fail_at(l->ctx, l->file, t->at, "this text has no closing quote; add one");
}

/* ```a text over
 * several lines``` */
static pf_err long_string(pf_lexer *l, pf_token *t)
{
    t->kind = PF_TOKEN_STRING;
    for (l->p += 3; l->p < l->end; l->p++) {
        if (*l->p == '`' && peek(l, 1) == '`' && peek(l, 2) == '`') {
            l->p += 3;
            return PF_OK;
        }
        if (*l->p == '\n') {
            l->line++;
            l->line_start = l->p + 1;
        }
    }
    return pf_fail_at(l->ctx, l->file, t->at, "this text has no end; close it with ```");
}

static pf_err symbol(pf_lexer *l, pf_token *t)
{
    static const struct {
        char text[3];
        int kind;
    } two[] = {{"->", PF_TOKEN_ARROW}, {"=>", PF_TOKEN_ARROW_ONE}, {":=", PF_TOKEN_ASSIGN},
        {"==", PF_TOKEN_EQ}, {"!=", PF_TOKEN_NE}, {"<=", PF_TOKEN_LE}, {">=", PF_TOKEN_GE},
        {"&&", PF_TOKEN_AND}, {"||", PF_TOKEN_OR}, {"-|", PF_TOKEN_INHIBITS}};
    char c = *l->p, d = peek(l, 1);
    if (c == '<' && d == '=' && peek(l, 2) == '=' && peek(l, 3) == '>') {
        t->kind = PF_TOKEN_ARROW;
        l->p += 4;
        return PF_OK;
    }
    for (size_t i = 0; i < PF_COUNT(two); i++) {
        if (c != two[i].text[0] || d != two[i].text[1]) continue;
        t->kind = two[i].kind;
        l->p += 2;
        return PF_OK;
    }
    if (!c || !strchr("+-*/^()<>!=,;:'$[]{}%@.", c)) {
        if (c > ' ' && c < 127)
            return pf_fail_at(l->ctx, l->file, t->at, "'%c' has no meaning here; remove it", c);
        return pf_fail_at(l->ctx, l->file, t->at,
            "byte %u is no part of Antimony; use plain text", (unsigned)(unsigned char)c);
    }
    t->kind = c;
    l->p++;
    return PF_OK;
}

static void directive(pf_lexer *l, pf_token *t)
{
    t->kind = PF_TOKEN_DIRECTIVE;
    l->p += 3;
    t->text = l->p;
    skip_line(l);
}

pf_err pf_lexer_next(pf_lexer *l, pf_token *out)
{
    pf_err err = skip_space(l);
    *out = (pf_token){.kind = PF_TOKEN_END, .at = here(l), .text = l->p};
    if (err || l->p >= l->end) return err;
    char c = *l->p;
    if (c == '\n') {
        out->kind = PF_TOKEN_NEWLINE;
        l->p++;
        l->line++;
        l->line_start = l->p;
    } else if (letter(c)) {
        name(l, out);
    } else if (digit(c) || (c == '.' && digit(peek(l, 1)))) {
        err = number(l, out);
    } else if (c == '"') {
        err = string(l, out);
    } else if (c == '`' && peek(l, 1) == '`' && peek(l, 2) == '`') {
        err = long_string(l, out);
    } else if (c == '/' && peek(l, 1) == '/') {
        directive(l, out);
    } else {
        err = symbol(l, out);
    }
    out->size = (size_t)(l->p - out->text);
    return err;
}
