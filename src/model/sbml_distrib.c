/* The package distrib: its functions are symbols of MathML that libSBML may have been built
 * without. They become names of functions, "distrib:normal", before it sees the text. */
#include "model/sbml_parts.h"

#include <string.h>

enum { PREFIX_MOST = 64 };
static const char SYMBOL[] = "/symbols/distrib/";

typedef struct piece {
    const char *at;
    size_t n;
} piece;

static int starts(piece p, size_t i, const char *word)
{
    size_t n = strlen(word);
    return p.n - i >= n && memcmp(p.at + i, word, n) == 0;
}

static size_t find(piece p, size_t from, const char *word)
{
    while (from < p.n && !starts(p, from, word)) from++;
    return from;
}

static int is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The name of the law that the start tag [from, to) means; length 0: it means none. */
static piece law_of(piece text, size_t from, size_t to)
{
    piece tag = {text.at + from, to - from};
    size_t at = find(tag, 0, SYMBOL), n = 0;
    if (at == tag.n) return (piece){"", 0};
    at += strlen(SYMBOL);
    while (at + n < tag.n && is_name(tag.at[at + n])) n++;
    return (piece){tag.at + at, n};
}

/* Lines stay where they are. */
static void keep_lines(pf_buf *out, piece text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (text.at[i] == '\n') pf_buf_text(out, "\n");
}

int pf_sbml_has_distrib(const char *text, size_t size)
{
    piece all = {text, size};
    return find(all, 0, SYMBOL) < size;
}

pf_err pf_sbml_distrib(const char *text, size_t size, pf_buf *out)
{
    piece all = {text, size};
    size_t done = 0;
    for (size_t i = find(all, 0, "csymbol"); i < size; i = find(all, i + 1, "csymbol")) {
        size_t open = i;
        while (open > done && i - open < PREFIX_MOST && text[open] != '<') open--;
        if (i == 0 || text[open] != '<' || memchr(text + open, '/', i - open)) continue;
        size_t close = find(all, i, ">");
        piece law = law_of(all, i, close);
        if (!law.n) continue;
        size_t end = find(all, close, "</"), behind = find(all, end, ">");
        if (behind == size) break;                      /* libxml2 says what is missing */
        piece prefix = {text + open + 1, i - open - 1}; /* of MathML's names: "m:" or nothing */
        pf_buf_put(out, text + done, open - done);
        pf_buf_printf(out, "<%.*sci>distrib:%.*s</%.*sci>", (int)prefix.n, prefix.at,
            (int)law.n, law.at, (int)prefix.n, prefix.at);
        keep_lines(out, all, open, behind);
        done = behind + 1;
        i = done - 1;
    }
    pf_buf_put(out, text + done, size - done);
    return pf_buf_ok(out);
}
