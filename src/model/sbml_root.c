/* The root element of an SBML file. libSBML trusts that its namespace, level and version belong
 * together (it throws otherwise, which C cannot catch), so they are compared here first. */
#include "model/sbml_parts.h"

#include <string.h>

typedef struct span {
    const char *text;
    size_t n;
} span;

typedef struct reader {
    pf_ctx *ctx;
    const char *file, *p, *end;
    pf_place at;
} reader;

typedef struct root {
    span level, version;
    span space; /* the namespace of SBML's core */
    int spaces; /* how many of them */
} root;

static const struct {
    char level, version;
    const char *space;
} KNOWN[] = {
    {'1', '1', "http://www.sbml.org/sbml/level1"},
    {'1', '2', "http://www.sbml.org/sbml/level1"},
    {'2', '1', "http://www.sbml.org/sbml/level2"},
    {'2', '2', "http://www.sbml.org/sbml/level2/version2"},
    {'2', '3', "http://www.sbml.org/sbml/level2/version3"},
    {'2', '4', "http://www.sbml.org/sbml/level2/version4"},
    {'2', '5', "http://www.sbml.org/sbml/level2/version5"},
    {'3', '1', "http://www.sbml.org/sbml/level3/version1/core"},
    {'3', '2', "http://www.sbml.org/sbml/level3/version2/core"},
};

static int is(span s, const char *word)
{
    return s.n == strlen(word) && memcmp(s.text, word, s.n) == 0;
}

static int is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_spaces(reader *r)
{
    while (r->p < r->end && is_space(*r->p)) r->p++;
}

/* To the root element, over declarations, comments and instructions. */
static void find(reader *r, const char *text)
{
    const char *line = text;
    int number = 1;
    for (; r->p < r->end; r->p++) {
        if (*r->p == '\n') {
            number++;
            line = r->p + 1;
        }
        if (*r->p != '<') continue;
        const char *close = r->p + 1 < r->end && r->p[1] == '?' ? "?>" : NULL;
        if (r->end - r->p > 3 && memcmp(r->p, "<!--", 4) == 0) close = "-->";
        if (!close) break;
        size_t n = strlen(close);
        for (; r->p + n < r->end && memcmp(r->p, close, n) != 0; r->p++) {
            if (*r->p != '\n') continue;
            number++;
            line = r->p + 1;
        }
    }
    r->at = (pf_place){number, (int)(r->p - line) + 1, NULL};
}

static span word(reader *r, const char *stops)
{
    span s = {r->p, 0};
    while (r->p < r->end && !is_space(*r->p) && !strchr(stops, *r->p)) r->p++;
    s.n = (size_t)(r->p - s.text);
    return s;
}

/* 1 when there is one more attribute. */
static int attribute(reader *r, span *name, span *value)
{
    skip_spaces(r);
    *name = word(r, "=>/<");
    skip_spaces(r);
    if (!name->n || r->p >= r->end || *r->p != '=') return 0;
    r->p++;
    skip_spaces(r);
    if (r->p >= r->end || (*r->p != '"' && *r->p != '\'')) return 0;
    char quote = *r->p++;
    *value = (span){r->p, 0};
    while (r->p < r->end && *r->p != quote) r->p++;
    value->n = (size_t)(r->p - value->text);
    return r->p++ < r->end;
}

static void keep(root *x, span name, span value)
{
    if (is(name, "level")) x->level = value;
    if (is(name, "version")) x->version = value;
    if (name.n < 5 || memcmp(name.text, "xmlns", 5) != 0) return;
    int core = memchr(value.text, '&', value.n) != NULL; /* disguised: none of the known */
    for (size_t i = 0; i < PF_COUNT(KNOWN) && !core; i++) core = is(value, KNOWN[i].space);
    if (!core) return;
    x->space = value;
    x->spaces++;
}

static int known(const root *x)
{
    if (x->level.n != 1 || x->version.n != 1 || x->spaces != 1) return 0;
    for (size_t i = 0; i < PF_COUNT(KNOWN); i++)
        if (*x->level.text == KNOWN[i].level && *x->version.text == KNOWN[i].version &&
            is(x->space, KNOWN[i].space))
            return 1;
    return 0;
}

pf_err pf_sbml_root(pf_ctx *ctx, const char *file, const char *text, size_t size)
{
    reader r = {ctx, file, text, text + size, {1, 1, NULL}};
    root x = {0};
    span name, value;
    find(&r, text);
    if (r.p < r.end) r.p++;
    name = word(&r, ">/<");
    const char *colon = name.n ? memchr(name.text, ':', name.n) : NULL;
    if (colon) name = (span){colon + 1, name.n - (size_t)(colon + 1 - name.text)};
    if (!is(name, "sbml"))
        return pf_fail_at(ctx, file, r.at,
            "this is no SBML: its first element is <%.*s>, where <sbml> is expected",
            (int)(name.n < 40 ? name.n : 40), name.text);
    while (attribute(&r, &name, &value)) keep(&x, name, value);
    if (known(&x)) return PF_OK;
    return pf_fail_at(ctx, file, r.at,
        "level, version and namespace of this <sbml> do not belong together; write for example "
        "xmlns=\"%s\" level=\"3\" version=\"2\"",
        KNOWN[PF_COUNT(KNOWN) - 1].space);
}
