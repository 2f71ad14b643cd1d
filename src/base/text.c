#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 64 };

static int same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t pf_text_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n >= LONGEST || m >= LONGEST) return LONGEST;
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++) last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = same(a[i - 1], b[j - 1]) ? 0 : 1;
            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
            int swapped =
                i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]);
            if (swapped) row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[m];
}

ptrdiff_t pf_text_nearest(const char *name, const char *const *candidates, size_t n)
{
    ptrdiff_t best = -1;
    size_t distance = strlen(name) / 3 + 2; /* further than this is another word */
    for (size_t i = 0; i < n; i++) {
        size_t d = pf_text_distance(name, candidates[i]);
        if (d >= distance) continue;
        distance = d;
        best = (ptrdiff_t)i;
    }
    return best;
}

int pf_text_number(const char *text, double *out)
{
    if (!text || !*text || isspace((unsigned char)*text)) return 0;
    /* strtod also takes hexadecimal, "inf" and "nan": none of them belongs in a study. */
    if (strspn(text, "0123456789+-.eE") != strlen(text)) return 0;
    char *end;
    *out = strtod(text, &end);
    return *end == '\0' && isfinite(*out);
}

int pf_text_integer(const char *text, int64_t *out)
{
    if (!text || !*text || isspace((unsigned char)*text)) return 0;
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (*end != '\0' || errno) return 0;
    *out = n;
    return 1;
}

int pf_text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

size_t pf_text_columns(const char *text, size_t size)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        n += (c & 0xC0) != 0x80;
        n += c >= 0xE3 && c <= 0xE9;
    }
    return n;
}

size_t pf_utf8_length(const char *text, size_t left)
{
    const unsigned char *p = (const unsigned char *)text;
    if (p[0] < 0x80) return 1;
    size_t n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4 || n > left) return 0;
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80) return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f)) return 0;
    if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f)) return 0;
    return n;
}
