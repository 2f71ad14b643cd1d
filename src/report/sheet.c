#include "report/sheet.h"

#include "base/text.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { LEVELS_MOST = 65535 };

/* ---- reading ---- */

static int is_one_of(const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(name, list[i])) return 1;
    return 0;
}

/* What the tables write as text, even where a text looks like a number: an arm may be "1". */
static int holds_text(const char *name)
{
    static const char *const list[] = {"ARM", "AGAINST", "BOR", "PD_REASON", "RESPONSE",
        "EVENT", "REASON", "STATE", "LOT_DISPOSITION", "ENDPOINT", "LABEL", "UNIT"};
    return is_one_of(name, list, PF_COUNT(list));
}

static int holds_days(const char *name)
{
    static const char *const list[] = {"PFS", "RFS", "OS", "TTR", "DOR", "DAY"};
    return is_one_of(name, list, PF_COUNT(list)) || !strncmp(name, "EVENT_", 6);
}

pf_err pf_sheet_init(pf_ctx *ctx, pf_sheet *f, const char *const *name, size_t n_column)
{
    *f = (pf_sheet){.n_column = n_column};
    pf_arena_init(&f->arena);
    f->column = pf_arena_alloc(ctx, &f->arena, n_column, sizeof *f->column);
    if (!f->column) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n_column; i++) {
        pf_sheet_column *c = &f->column[i];
        c->name = pf_arena_strdup(ctx, &f->arena, name[i]);
        if (!c->name) return PF_ERR_NO_MEMORY;
        c->exact = holds_days(name[i]);
        c->kind = holds_text(name[i]) ? PF_SHEET_TEXTS : PF_SHEET_UNDECIDED;
    }
    return PF_OK;
}

void pf_sheet_clear(pf_sheet *f)
{
    for (size_t i = 0; i < f->n_column && f->column; i++) {
        pf_free(f->column[i].x);
        pf_free(f->column[i].level);
    }
    pf_arena_clear(&f->arena);
    *f = (pf_sheet){0};
}

pf_err pf_sheet_grow(pf_ctx *ctx, pf_sheet *f)
{
    if (f->n == f->capacity) {
        size_t more = 2 * f->capacity + 256;
        for (size_t i = 0; i < f->n_column; i++) {
            double *x = pf_regrow(ctx, f->column[i].x, more, sizeof *x);
            if (!x) return PF_ERR_NO_MEMORY;
            f->column[i].x = x;
        }
        f->capacity = more;
    }
    for (size_t i = 0; i < f->n_column; i++) f->column[i].x[f->n] = NAN;
    return PF_OK;
}

static pf_err code_of(
    pf_ctx *ctx, pf_sheet *f, pf_sheet_column *c, pf_csv *csv, const char *text, double *out)
{
    if (!c->n_level || strcmp(c->level[c->last], text) != 0) {
        size_t i = 0;
        while (i < c->n_level && strcmp(c->level[i], text) != 0) i++;
        if (i == LEVELS_MOST)
            return pf_csv_fail(csv, "column %s: more than %zu different texts", c->name, i);
        if (i == c->n_level) {
            PF_TRY(pf_reserve(ctx, &c->level, &c->level_room, i, sizeof *c->level));
            c->level[i] = pf_arena_strdup(ctx, &f->arena, text);
            if (!c->level[i]) return PF_ERR_NO_MEMORY;
            c->n_level++;
        }
        c->last = i;
    }
    *out = (double)c->last;
    return PF_OK;
}

pf_err pf_sheet_take(pf_ctx *ctx, pf_sheet *f, size_t column, pf_csv *csv, size_t from)
{
    pf_sheet_column *c = &f->column[column];
    const char *text = pf_csv_field(csv, from);
    double *x = &c->x[f->n];
    if (!*text) return PF_OK; /* missing already */
    if (c->kind == PF_SHEET_UNDECIDED) {
        double probe;
        int number = pf_text_number(text, &probe) || !strcmp(text, "inf");
        c->kind = number ? PF_SHEET_NUMBERS : PF_SHEET_TEXTS;
    }
    if (c->kind == PF_SHEET_NUMBERS) return pf_csv_value(csv, from, x);
    return code_of(ctx, f, c, csv, text, x);
}

/* ---- writing ---- */

typedef enum { AS_CONST, AS_U1, AS_U2, AS_U4, AS_F4, AS_F8 } shape;

static const size_t WIDTH[] = {0, 1, 2, 4, 4, 8};

/* Is it beyond what single precision holds? What is too small for it becomes 0. */
static int needs_double(double x)
{
    return isfinite(x) && fabs(x) > (double)FLT_MAX;
}

static shape shape_of(const double *x, size_t n, int exact)
{
    double most = 0;
    int whole = 1, constant = 1;
    for (size_t i = 0; i < n; i++) {
        if (isnan(x[i])) {
            constant = constant && isnan(x[0]);
            continue;
        }
        constant = constant && x[i] == x[0] && isfinite(x[i]);
        whole = whole && x[i] >= 0 && x[i] <= 4294967294.0 && x[i] == floor(x[i]);
        exact = exact || needs_double(x[i]);
        most = fmax(most, x[i]);
    }
    if (constant) return AS_CONST;
    if (whole) return most <= 254 ? AS_U1 : most <= 65534 ? AS_U2 : AS_U4;
    return exact ? AS_F8 : AS_F4;
}

/* Codes count from 0 in the order of the rows, so that the first rows use the first levels. */
static size_t levels_of(const pf_sheet_column *c, size_t n)
{
    double most = -1;
    for (size_t i = 0; i < n; i++) most = fmax(most, c->x[i]);
    return (size_t)(most + 1);
}

static shape shape_of_texts(const pf_sheet_column *c, size_t n)
{
    shape s = shape_of(c->x, n, 0);
    if (s == AS_CONST) return s;
    return levels_of(c, n) > 255 ? AS_U2 : AS_U1;
}

static void put_whole(unsigned char *out, double x, size_t width)
{
    uint32_t v = isnan(x) ? UINT32_MAX : (uint32_t)x;
    for (size_t k = 0; k < width; k++) out[k] = (unsigned char)(v >> 8 * k & 255);
}

static void put_float(unsigned char *out, double x, size_t width)
{
    uint64_t bits = 0;
    if (width == 4) {
        float y = isnan(x) ? (float)NAN : (float)x;
        uint32_t half;
        memcpy(&half, &y, sizeof half);
        bits = isnan(x) ? 0x7fc00000u : half; /* one NaN, whatever the machine's */
    } else {
        memcpy(&bits, &x, sizeof bits);
        if (isnan(x)) bits = UINT64_C(0x7ff8000000000000);
    }
    for (size_t k = 0; k < width; k++) out[k] = (unsigned char)(bits >> 8 * k & 255);
}

static void put_values(pf_buf *b, const double *x, size_t n, shape s)
{
    enum { PART = 768 }; /* a multiple of 3 and of every width */
    unsigned char part[PART];
    size_t width = WIDTH[s], used = 0;
    pf_json_raw(b, "d", "\"");
    for (size_t i = 0; i < n; i++) {
        if (s == AS_F4 || s == AS_F8)
            put_float(part + used, x[i], width);
        else
            put_whole(part + used, x[i], width);
        used += width;
        if (used < PART) continue;
        pf_base64_put(b, part, used);
        used = 0;
    }
    pf_base64_put(b, part, used);
    pf_buf_text(b, "\"");
}

static const char *const NAME[] = {"const", "u1", "u2", "u4", "f4", "f8"};

void pf_column_json(pf_buf *b, const char *key, const double *x, size_t n, int exact)
{
    shape s = shape_of(x, n, exact);
    pf_json_open(b, key, '{');
    pf_json_text(b, "t", NAME[s]);
    if (s == AS_CONST)
        pf_json_number(b, "v", n ? x[0] : NAN);
    else
        put_values(b, x, n, s);
    pf_json_close(b, '}');
}

static void texts_json(pf_buf *b, const pf_sheet_column *c, size_t n)
{
    shape s = shape_of_texts(c, n);
    pf_json_open(b, c->name, '{');
    pf_json_text(b, "t", s == AS_CONST ? "const" : "text");
    if (s == AS_CONST) {
        pf_json_text(b, "v", n && !isnan(c->x[0]) ? c->level[(size_t)c->x[0]] : NULL);
    } else {
        put_values(b, c->x, n, s);
        pf_json_open(b, "levels", '[');
        size_t levels = levels_of(c, n);
        for (size_t i = 0; i < levels; i++) pf_json_text(b, NULL, c->level[i]);
        pf_json_close(b, ']');
    }
    pf_json_close(b, '}');
}

size_t pf_sheet_size(const pf_sheet *f, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < f->n_column; i++) {
        const pf_sheet_column *c = &f->column[i];
        shape s =
            c->kind == PF_SHEET_TEXTS ? shape_of_texts(c, n) : shape_of(c->x, n, c->exact);
        sum += pf_base64_size(WIDTH[s] * n);
    }
    return sum;
}

void pf_sheet_json(pf_buf *b, const char *key, const pf_sheet *f, size_t n)
{
    pf_json_open(b, key, '{');
    pf_json_integer(b, "n", (long long)n);
    pf_json_open(b, "column", '{');
    for (size_t i = 0; i < f->n_column; i++) {
        const pf_sheet_column *c = &f->column[i];
        if (c->kind == PF_SHEET_TEXTS)
            texts_json(b, c, n);
        else
            pf_column_json(b, c->name, c->x, n, c->exact);
    }
    pf_json_close(b, '}');
    pf_json_close(b, '}');
}
