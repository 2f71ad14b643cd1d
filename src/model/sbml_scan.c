/* A first look at the text of an SBML file: its characters, and how deep its elements are
 * nested. */
#include "model/sbml_parts.h"
#include "model/sbml_read.h"

#include <string.h>
#include <strings.h>

/* libSBML makes a + b + c ... a tree as deep as it has operands, and walks trees by recursion.
 */
enum { DEEPEST = 1000, LARGEST_FORMULA = 20000, LONGEST_FORMULA = 5000 };

typedef struct scanner {
    pf_ctx *ctx;
    const char *file, *begin, *p, *end, *line_start;
    int line;
    unsigned depth;
    int in_formula;
    unsigned parts; /* elements of the formula so far */
} scanner;

static pf_place here(const scanner *s)
{
    return (pf_place){s->line, (int)(s->p - s->line_start) + 1, NULL};
}

static void advance(scanner *s)
{
    if (*s->p++ != '\n') return;
    s->line++;
    s->line_start = s->p;
}

static int starts(const scanner *s, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(s->end - s->p) >= n && memcmp(s->p, word, n) == 0;
}

/* Go behind `word`; to the end when there is none: libxml2 says what is missing. */
static void skip_to(scanner *s, const char *word)
{
    while (s->p < s->end && !starts(s, word)) advance(s);
    for (size_t i = 0; i < strlen(word) && s->p < s->end; i++) advance(s);
}

static int is_formula(const scanner *s) /* s->p stands on the quote of formula="..." */
{
    return s->p - s->begin > 8 && memcmp(s->p - 8, "formula=", 8) == 0;
}

static pf_err attribute_value(scanner *s)
{
    char quote = *s->p;
    int formula = is_formula(s);
    const char *from = s->p;
    pf_place at = here(s);
    advance(s);
    while (s->p < s->end && *s->p != quote) advance(s);
    if (formula && s->p - from > LONGEST_FORMULA)
        return pf_fail_at(s->ctx, s->file, at,
            "this formula has over %d characters; give its parts names of their own",
            LONGEST_FORMULA);
    if (s->p < s->end) advance(s);
    return PF_OK;
}

/* Is the element at hand called so, with or without a prefix? */
static int named(const scanner *s, const char *name)
{
    const char *p = s->p + (starts(s, "</") ? 2 : 1), *from = p;
    while (p < s->end && !strchr(" \t\r\n/>", *p)) {
        if (*p == ':') from = p + 1;
        p++;
    }
    return (size_t)(p - from) == strlen(name) && memcmp(from, name, strlen(name)) == 0;
}

static pf_err formula(scanner *s, pf_place at, int closing)
{
    if (named(s, "math")) {
        s->in_formula = !closing;
        s->parts = 0;
    } else if (s->in_formula && !closing && ++s->parts > LARGEST_FORMULA) {
        return pf_fail_at(s->ctx, s->file, at,
            "this formula has over %d elements; give its parts names of their own",
            LARGEST_FORMULA);
    }
    return PF_OK;
}

static pf_err element(scanner *s)
{
    pf_place at = here(s);
    int closing = starts(s, "</");
    PF_TRY(formula(s, at, closing));
    char last = 0;
    while (s->p < s->end && *s->p != '>') {
        last = *s->p;
        if (last == '"' || last == '\'')
            PF_TRY(attribute_value(s));
        else
            advance(s);
    }
    if (closing) {
        if (s->depth) s->depth--;
    } else if (last != '/' && ++s->depth > DEEPEST) {
        return pf_fail_at(s->ctx, s->file, at,
            "elements are nested over %d deep here; give parts of the formula names of their "
            "own",
            DEEPEST);
    }
    return PF_OK;
}

/* <?xml version="1.0" encoding="..."?> must not say what the bytes are not. */
static pf_err encoding(scanner *s, const char *end)
{
    static const char *const known[] = {"UTF-8", "UTF8", "US-ASCII", "ASCII", "ISO-8859-1"};
    static const char word[] = "encoding";
    pf_place at = here(s);
    const char *p = s->p;
    while (p + sizeof word < end && memcmp(p, word, sizeof word - 1) != 0) p++;
    if (p + sizeof word >= end) return PF_OK;
    for (p += sizeof word - 1; p < end && strchr(" \t\r\n=\"'", *p); p++) continue;
    for (size_t i = 0; i < PF_COUNT(known); i++) {
        size_t n = strlen(known[i]);
        if ((size_t)(end - p) > n && strncasecmp(p, known[i], n) == 0 && strchr("\"'", p[n]))
            return PF_OK;
    }
    return pf_fail_at(s->ctx, s->file, at,
        "this declaration does not name UTF-8; save the file in UTF-8 and write "
        "encoding=\"UTF-8\"");
}

static pf_err instruction(scanner *s)
{
    scanner ahead = *s;
    skip_to(&ahead, "?>");
    if (starts(s, "<?xml ") || starts(s, "<?xml\t") || starts(s, "<?xml\n") ||
        starts(s, "<?xml\r"))
        PF_TRY(encoding(s, ahead.p));
    *s = ahead;
    return PF_OK;
}

static pf_err markup(scanner *s)
{
    if (starts(s, "<!--"))
        skip_to(s, "-->");
    else if (starts(s, "<![CDATA["))
        skip_to(s, "]]>");
    else if (starts(s, "<?"))
        return instruction(s);
    else if (starts(s, "<!"))
        return pf_fail_at(s->ctx, s->file, here(s),
            "document types and entities are not read; remove this declaration");
    else
        return element(s);
    return PF_OK;
}

/* libxml2 would complain of other bytes on stderr. */
static pf_err characters(scanner *s)
{
    while (s->p < s->end) {
        size_t n = pf_utf8_length(s->p, (size_t)(s->end - s->p));
        if (n == 0 || *s->p == '\0')
            return pf_fail_at(s->ctx, s->file, here(s),
                "the byte 0x%02x here is no text in UTF-8; save the file in UTF-8",
                (unsigned)(unsigned char)*s->p);
        for (size_t i = 0; i < n; i++) advance(s);
    }
    return PF_OK;
}

pf_err pf_sbml_scan(pf_ctx *ctx, const char *file, const char *text, size_t size)
{
    scanner start = {.ctx = ctx,
        .file = file,
        .begin = text,
        .p = text,
        .end = text + size,
        .line_start = text,
        .line = 1};
    scanner s = start;
    PF_TRY(characters(&s));
    for (s = start; s.p < s.end;) {
        if (*s.p == '<')
            PF_TRY(markup(&s));
        else
            advance(&s);
    }
    return PF_OK;
}

int pf_sbml_looks_like(const char *text, size_t size)
{
    size_t i = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (i < size && strchr(" \t\r\n", text[i]) && text[i]) i++;
    return i < size && text[i] == '<';
}
