#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 64 };

typedef struct {
    pf_ctx *ctx;
    pf_arena *arena;
    const char *start, *at, *end;
    int depth;
} reader;

static pf_err parse_value(reader *r, pf_jvalue *v);

static pf_err bad(reader *r, const char *expected)
{
    int line = 1;
    for (const char *p = r->start; p < r->at; p++) line += *p == '\n';
    return pf_fail(r->ctx, PF_ERR_CORRUPT, "JSON line %d: expected %s", line, expected);
}

static void skip(reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at) r->at++;
}

static int take(reader *r, char c)
{
    skip(r);
    if (r->at >= r->end || *r->at != c) return 0;
    r->at++;
    return 1;
}

static pf_err take_word(reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n)) return bad(r, word);
    r->at += n;
    return PF_OK;
}

/* The letter after a backslash; -1 when there is no such escape. */
static int escape(reader *r)
{
    char c = *r->at++;
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case '"':
    case '\\':
    case '/':
        return c;
    case 'u': {
        char hex[5] = {0}, *stop;
        if (r->end - r->at < 4) return -1;
        memcpy(hex, r->at, 4);
        unsigned long code = strtoul(hex, &stop, 16);
        if (*stop || code > 0x7f || !code) return -1;
        r->at += 4;
        return (int)code;
    }
    default:
        return -1;
    }
}

static pf_err parse_text(reader *r, const char **out)
{
    if (!take(r, '"')) return bad(r, "a text in quotes");
    const char *close = r->at;
    while (close < r->end && *close != '"') close += *close == '\\' ? 2 : 1;
    if (close >= r->end) return bad(r, "a closing quote");
    char *copy = pf_arena_alloc(r->ctx, r->arena, (size_t)(close - r->at) + 1, 1);
    if (!copy) return PF_ERR_NO_MEMORY;
    size_t n = 0;
    while (r->at < close) {
        int c = *r->at++;
        if (c == '\\' && (c = escape(r)) < 0) return bad(r, "a known escape");
        copy[n++] = (char)c;
    }
    r->at = close + 1;
    *out = copy;
    return PF_OK;
}

static pf_err parse_number(reader *r, pf_jvalue *v)
{
    const char *from = r->at;
    while (r->at < r->end && *r->at && strchr("+-.0123456789eE", *r->at)) r->at++;
    char *copy = pf_arena_strndup(r->ctx, r->arena, from, (size_t)(r->at - from));
    if (!copy) return PF_ERR_NO_MEMORY;
    char *stop;
    v->kind = PF_JVALUE_NUMBER;
    v->number = strtod(copy, &stop);
    v->text = copy;
    return *stop || stop == copy ? bad(r, "a value") : PF_OK;
}

static pf_err parse_members(reader *r, pf_jvalue *v, char close)
{
    if (take(r, close)) return PF_OK;
    pf_jvalue **link = &v->first;
    do {
        pf_jvalue *child = pf_arena_alloc(r->ctx, r->arena, 1, sizeof *child);
        if (!child) return PF_ERR_NO_MEMORY;
        if (close == '}') {
            PF_TRY(parse_text(r, &child->key));
            if (!take(r, ':')) return bad(r, "':'");
        }
        PF_TRY(parse_value(r, child));
        *link = child;
        link = &child->next;
        v->n++;
    } while (take(r, ','));
    return take(r, close) ? PF_OK : bad(r, close == '}' ? "',' or '}'" : "',' or ']'");
}

static pf_err parse_value(reader *r, pf_jvalue *v)
{
    skip(r);
    if (r->at >= r->end) return bad(r, "a value");
    if (*r->at == '{' || *r->at == '[') {
        int object = *r->at++ == '{';
        if (++r->depth > DEEPEST) return bad(r, "less nesting");
        v->kind = object ? PF_JVALUE_OBJECT : PF_JVALUE_LIST;
        PF_TRY(parse_members(r, v, object ? '}' : ']'));
        r->depth--;
        return PF_OK;
    }
    switch (*r->at) {
    case '"':
        v->kind = PF_JVALUE_TEXT;
        return parse_text(r, &v->text);
    case 'n':
        v->kind = PF_JVALUE_NULL;
        return take_word(r, "null");
    case 't':
        v->kind = PF_JVALUE_BOOL;
        v->number = 1.0;
        return take_word(r, "true");
    case 'f':
        v->kind = PF_JVALUE_BOOL;
        return take_word(r, "false");
    default:
        return parse_number(r, v);
    }
}

pf_err pf_jvalue_parse(
    pf_ctx *ctx, pf_arena *a, const char *text, size_t size, const pf_jvalue **out)
{
    *out = NULL;
    reader r = {.ctx = ctx, .arena = a, .start = text, .at = text, .end = text + size};
    pf_jvalue *v = pf_arena_alloc(ctx, a, 1, sizeof *v);
    if (!v) return PF_ERR_NO_MEMORY;
    PF_TRY(parse_value(&r, v));
    skip(&r);
    if (r.at != r.end) return bad(&r, "the end");
    *out = v;
    return PF_OK;
}

const pf_jvalue *pf_jvalue_get(const pf_jvalue *v, const char *key)
{
    if (!v || v->kind != PF_JVALUE_OBJECT) return NULL;
    for (const pf_jvalue *c = v->first; c; c = c->next)
        if (strcmp(c->key, key) == 0) return c;
    return NULL;
}

double pf_jvalue_number(const pf_jvalue *v)
{
    return v && (v->kind == PF_JVALUE_NUMBER || v->kind == PF_JVALUE_BOOL) ? v->number : NAN;
}

const char *pf_jvalue_text(const pf_jvalue *v, const char *otherwise)
{
    return v && v->kind == PF_JVALUE_TEXT ? v->text : otherwise;
}
