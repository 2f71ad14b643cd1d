#include "base/buf.h"

#include "base/decimal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void pf_buf_init(pf_buf *b, pf_ctx *ctx)
{
    memset(b, 0, sizeof *b);
    b->ctx = ctx;
}

void pf_buf_clear(pf_buf *b)
{
    pf_free(b->bytes);
    pf_buf_init(b, b->ctx);
}

void pf_buf_empty(pf_buf *b)
{
    b->size = 0;
    b->depth = 0;
    b->json_filled = 0;
    if (b->bytes) b->bytes[0] = '\0';
}

pf_err pf_buf_ok(const pf_buf *b)
{
    return b->failed;
}

static int room(pf_buf *b, size_t n)
{
    if (b->failed) return 0;
    if (n > SIZE_MAX / 4 || b->size > SIZE_MAX / 4) {
        b->failed = pf_fail(b->ctx, PF_ERR_NO_MEMORY, "a text of %zu bytes is too long", n);
        return 0;
    }
    if (b->size + n + 1 <= b->capacity) return 1;
    size_t want = b->capacity ? b->capacity : 256;
    while (want < b->size + n + 1) want *= 2;
    char *grown = pf_regrow(b->ctx, b->bytes, want, 1);
    if (!grown) {
        b->failed = PF_ERR_NO_MEMORY;
        return 0;
    }
    b->bytes = grown;
    b->capacity = want;
    return 1;
}

void pf_buf_put(pf_buf *b, const void *bytes, size_t n)
{
    if (!room(b, n)) return;
    if (n) memcpy(b->bytes + b->size, bytes, n);
    b->size += n;
    b->bytes[b->size] = '\0';
}

void pf_buf_text(pf_buf *b, const char *text)
{
    pf_buf_put(b, text, strlen(text));
}

void pf_buf_printf(pf_buf *b, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (n >= 0 && room(b, (size_t)n)) {
        vsnprintf(b->bytes + b->size, (size_t)n + 1, fmt, again);
        b->size += (size_t)n;
    }
    va_end(again);
}

void pf_buf_number(pf_buf *b, double x)
{
    char text[PF_DECIMAL_ROOM]; /* no "-0": the sign of a zero carries no meaning in our tables
                                 */
    pf_buf_put(b, text, pf_decimal(x, text));
}

static void json_quote(pf_buf *b, const char *text)
{
    pf_buf_put(b, "\"", 1);
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            pf_buf_printf(b, "\\%c", *p);
        else if (*p == '\n')
            pf_buf_text(b, "\\n");
        else if (*p < 0x20)
            pf_buf_printf(b, "\\u%04x", *p);
        else
            pf_buf_put(b, p, 1);
    }
    pf_buf_put(b, "\"", 1);
}

static void json_lead(pf_buf *b, const char *key)
{
    uint64_t bit = (uint64_t)1 << (b->depth & 63);
    if (b->json_filled & bit) pf_buf_put(b, ",", 1);
    b->json_filled |= bit;
    if (b->depth) {
        pf_buf_put(b, "\n", 1);
        for (unsigned d = 0; d < b->depth; d++) pf_buf_put(b, " ", 1);
    }
    if (!key) return;
    json_quote(b, key);
    pf_buf_text(b, ": ");
}

void pf_json_open(pf_buf *b, const char *key, char bracket)
{
    json_lead(b, key);
    pf_buf_put(b, &bracket, 1);
    b->depth++;
    b->json_filled &= ~((uint64_t)1 << (b->depth & 63));
}

void pf_json_close(pf_buf *b, char bracket)
{
    b->depth--;
    pf_buf_put(b, &bracket, 1);
    if (b->depth == 0) pf_buf_put(b, "\n", 1);
}

void pf_json_text(pf_buf *b, const char *key, const char *text)
{
    json_lead(b, key);
    if (text)
        json_quote(b, text);
    else
        pf_buf_text(b, "null");
}

void pf_json_number(pf_buf *b, const char *key, double x)
{
    json_lead(b, key);
    if (isfinite(x))
        pf_buf_number(b, x);
    else
        pf_buf_text(b, "null");
}

void pf_json_integer(pf_buf *b, const char *key, long long n)
{
    json_lead(b, key);
    pf_buf_printf(b, "%lld", n);
}

void pf_json_bool(pf_buf *b, const char *key, int yes)
{
    json_lead(b, key);
    pf_buf_text(b, yes ? "true" : "false");
}

void pf_json_hash(pf_buf *b, const char *key, uint64_t hash)
{
    char text[20];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    pf_json_text(b, key, text);
}

void pf_json_null(pf_buf *b, const char *key)
{
    json_lead(b, key);
    pf_buf_text(b, "null");
}

void pf_json_raw(pf_buf *b, const char *key, const char *json)
{
    json_lead(b, key);
    pf_buf_text(b, json);
}

void pf_buf_word(pf_buf *b, const char *text)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/._-+,:=@%";
    if (*text && !text[strspn(text, plain)]) {
        pf_buf_text(b, text);
        return;
    }
    pf_buf_text(b, "'");
    for (; *text; text++) pf_buf_put(b, *text == '\'' ? "'\\''" : text, *text == '\'' ? 4 : 1);
    pf_buf_text(b, "'");
}

static void csv_lead(pf_buf *b)
{
    if (b->size && b->bytes[b->size - 1] != '\n') pf_buf_put(b, ",", 1);
}

/* An empty first field would leave nothing for the next lead to see; quotes keep it visible. */
static void csv_blank(pf_buf *b)
{
    if (!b->size || b->bytes[b->size - 1] == '\n') pf_buf_text(b, "\"\"");
}

void pf_csv_text(pf_buf *b, const char *text)
{
    csv_lead(b);
    if (!text || !*text) {
        csv_blank(b);
        return;
    }
    if (!strpbrk(text, ",\"\n\r")) {
        pf_buf_text(b, text);
        return;
    }
    pf_buf_put(b, "\"", 1);
    for (; *text; text++) pf_buf_put(b, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    pf_buf_put(b, "\"", 1);
}

void pf_csv_number(pf_buf *b, double x)
{
    csv_lead(b);
    if (isfinite(x))
        pf_buf_number(b, x);
    else
        csv_blank(b);
}

void pf_csv_end(pf_buf *b)
{
    pf_buf_put(b, "\n", 1);
}
