/* page_column.h: columns of the page's document, decoded as the viewer decodes them. */
#ifndef PF_TESTS_PAGE_COLUMN_H
#define PF_TESTS_PAGE_COLUMN_H
#include "page_case.h"

/* A column of the document, decoded; texts of its levels where it has them. */
typedef struct {
    const char *shape;
    size_t n;
    double *x;
    const char **text;
} page_column;

static inline unsigned char *page_case_bytes(page_case *c, const char *text, size_t *size)
{
    static const char digit[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char *out = pf_arena_alloc(&c->ctx, &c->arena, strlen(text) + 1, 1);
    unsigned bits = 0;
    int have = 0;
    *size = 0;
    for (; *text && *text != '='; text++) {
        const char *at = strchr(digit, *text);
        assert_non_null(at);
        bits = bits << 6 | (unsigned)(at - digit);
        have += 6;
        if (have < 8) continue;
        have -= 8;
        out[(*size)++] = (unsigned char)(bits >> have);
    }
    return out;
}

/* Element i, little-endian; missing is NaN. */
static inline double page_case_element(
    const unsigned char *p, size_t i, char kind, size_t width)
{
    uint64_t v = 0;
    for (size_t k = 0; k < width; k++) v |= (uint64_t)p[i * width + k] << 8 * k;
    uint64_t most = width == 8 ? UINT64_MAX : ((uint64_t)1 << 8 * width) - 1;
    if (kind == 'u') return v == most ? NAN : (double)v;
    double x;
    float y;
    uint32_t half = (uint32_t)v;
    memcpy(&x, &v, sizeof x);
    memcpy(&y, &half, sizeof y);
    return width == 4 ? (double)y : x;
}

static inline void page_case_decode(
    page_case *c, const pf_jvalue *column, size_t n, page_column *out)
{
    size_t size, levels = 0;
    char kind = out->shape[0];
    const pf_jvalue *list = pf_jvalue_get(column, "levels");
    const unsigned char *p =
        page_case_bytes(c, pf_jvalue_text(pf_jvalue_get(column, "d"), ""), &size);
    size_t width = (size_t)(out->shape[1] - '0');
    if (list) {
        kind = 'u';
        width = list->n > 255 ? 2 : 1;
    }
    assert_int_equal(size, n * width);
    const char *level[300];
    for (const pf_jvalue *v = list ? list->first : NULL; v && levels < 300; v = v->next)
        level[levels++] = v->text;
    for (size_t i = 0; i < n; i++) {
        out->x[i] = page_case_element(p, i, kind, width);
        if (list && !isnan(out->x[i])) out->text[i] = level[(size_t)out->x[i]];
    }
}

static inline page_column page_case_any(page_case *c, const pf_jvalue *column, size_t n)
{
    page_column out = {.n = n};
    assert_non_null(column);
    out.shape = pf_jvalue_text(pf_jvalue_get(column, "t"), "");
    out.x = pf_arena_alloc(&c->ctx, &c->arena, n + 1, sizeof *out.x);
    out.text = pf_arena_alloc(&c->ctx, &c->arena, n + 1, sizeof *out.text);
    const pf_jvalue *v = pf_jvalue_get(column, "v");
    for (size_t i = 0; v && i < n; i++) {
        out.x[i] = pf_jvalue_number(v);
        out.text[i] = pf_jvalue_text(v, NULL);
    }
    if (!v) page_case_decode(c, column, n, &out);
    return out;
}

static inline const pf_jvalue *page_case_columns(const pf_jvalue *parent, const char *table)
{
    return pf_jvalue_get(pf_jvalue_get(parent, table), "column");
}

static inline page_column page_case_column(
    page_case *c, const pf_jvalue *table, const char *name)
{
    const pf_jvalue *column = pf_jvalue_get(pf_jvalue_get(table, "column"), name);
    return page_case_any(c, column, (size_t)pf_jvalue_number(pf_jvalue_get(table, "n")));
}

static inline page_column page_case_values(page_case *c, const pf_jvalue *measure, size_t n)
{
    return page_case_any(c, pf_jvalue_get(measure, "value"), n);
}

#endif
