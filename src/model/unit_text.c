#include "model/unit_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEEPEST = 32 };

typedef struct stack {
    pf_ctx *ctx;
    const char *file;
    pf_unit_product v[DEEPEST];
    size_t n;
} stack;

static pf_err push(stack *s, pf_place at, pf_unit_product u)
{
    if (s->n == DEEPEST)
        return pf_fail_at(s->ctx, s->file, at, "this unit is nested too deeply; shorten it");
    s->v[s->n++] = u;
    return PF_OK;
}

static pf_err add_factor(stack *s, pf_place at, pf_unit_product *u, pf_unit_factor f)
{
    for (size_t i = 0; i < u->n; i++) {
        if (strcmp(u->factor[i].name, f.name) != 0) continue;
        u->factor[i].exponent += f.exponent;
        if (u->factor[i].exponent == 0) {
            memmove(&u->factor[i], &u->factor[i + 1], (u->n - i - 1) * sizeof *u->factor);
            u->n--;
        }
        return PF_OK;
    }
    if (u->n == PF_UNIT_FACTORS)
        return pf_fail_at(
            s->ctx, s->file, at, "a unit has up to %d factors; shorten it", PF_UNIT_FACTORS);
    u->factor[u->n++] = f;
    return PF_OK;
}

/* a b^sign, into a */
static pf_err times(stack *s, pf_place at, double sign)
{
    pf_unit_product *a = &s->v[s->n - 2], *b = &s->v[s->n - 1];
    a->multiplier *= sign > 0 ? b->multiplier : 1 / b->multiplier;
    for (size_t i = 0; i < b->n; i++)
        PF_TRY(add_factor(
            s, at, a, (pf_unit_factor){b->factor[i].name, sign * b->factor[i].exponent}));
    s->n--;
    return PF_OK;
}

static pf_err power(stack *s, pf_place at)
{
    pf_unit_product *a = &s->v[s->n - 2], *b = &s->v[s->n - 1];
    double p = b->multiplier;
    if (b->n || p == 0)
        return pf_fail_at(s->ctx, s->file, at, "a unit's power is a number but 0");
    a->multiplier = pow(a->multiplier, p);
    for (size_t i = 0; i < a->n; i++) a->factor[i].exponent *= p;
    s->n--;
    return PF_OK;
}

static pf_err word(stack *s, const pf_item *item)
{
    switch (item->index) {
    case PF_OP_MUL:
        return times(s, item->at, 1);
    case PF_OP_DIV:
        return times(s, item->at, -1);
    case PF_OP_POW:
        return power(s, item->at);
    case PF_OP_NEG: /* of a power */
        s->v[s->n - 1].multiplier = -s->v[s->n - 1].multiplier;
        return PF_OK;
    default:
        return pf_fail_at(s->ctx, s->file, item->at,
            "a unit is made of names, numbers, *, / and ^; write e.g. 1e-3 mole/litre");
    }
}

static pf_err item_of(stack *s, const pf_item *item)
{
    pf_unit_product u = {.multiplier = 1};
    switch (item->kind) {
    case PF_ITEM_NUMBER:
        u.multiplier = item->number;
        if (item->name) PF_TRY(add_factor(s, item->at, &u, (pf_unit_factor){item->name, 1}));
        return push(s, item->at, u);
    case PF_ITEM_NAME:
        PF_TRY(add_factor(s, item->at, &u, (pf_unit_factor){item->name, 1}));
        return push(s, item->at, u);
    case PF_ITEM_WORD:
        return word(s, item);
    default:
        return pf_fail_at(s->ctx, s->file, item->at,
            "a unit is made of names, numbers, *, / and ^; write e.g. 1e-3 mole/litre");
    }
}

pf_err pf_unit_of_expr(pf_ctx *ctx, const char *file, const pf_expr *e, pf_unit_product *out)
{
    stack s = {.ctx = ctx, .file = file};
    for (size_t i = 0; i < e->n; i++) PF_TRY(item_of(&s, &e->item[i]));
    *out = s.v[0];
    if (out->multiplier > 0 && isfinite(out->multiplier)) {
        for (size_t i = 0; i < out->n; i++)
            if (strcmp(out->factor[i].name, "dimensionless") == 0)
                out->factor[i--] = out->factor[--out->n];
        return PF_OK;
    }
    return pf_fail_at(ctx, file, e->at, "a unit is a positive multiple; mend its number");
}

static void one(pf_buf *b, const char *sign, const char *name, double exponent)
{
    pf_buf_printf(b, "%s%s", sign, name);
    if (exponent != 1) pf_buf_printf(b, "^%.17g", exponent);
}

const char *pf_unit_text(pf_ctx *ctx, pf_arena *arena, const pf_unit_product *u)
{
    pf_buf b;
    pf_buf_init(&b, ctx);
    int first = 1;
    if (u->multiplier != 1) pf_buf_number(&b, u->multiplier);
    for (size_t i = 0; i < u->n; i++) {
        if (u->factor[i].exponent < 0) continue;
        one(&b,
            !first                       ? "*"
            : u->multiplier == 1         ? ""
            : u->factor[i].exponent == 1 ? " "
                                         : "*", /* Antimony reads `3 mole^2` as (3 mole)^2 */
            u->factor[i].name, u->factor[i].exponent);
        first = 0;
    }
    if (first && u->multiplier == 1) pf_buf_text(&b, u->n ? "1" : "dimensionless");
    for (size_t i = 0; i < u->n; i++)
        if (u->factor[i].exponent < 0) one(&b, "/", u->factor[i].name, -u->factor[i].exponent);
    char *text = b.failed ? NULL : pf_arena_strdup(ctx, arena, b.bytes);
    pf_buf_clear(&b);
    return text;
}

/* `^2` at `*p`; 1 where there is none. */
static double text_power(const char **p)
{
    char *end;
    if (**p != '^') return 1;
    double power = strtod(*p + 1, &end);
    if (end == *p + 1) return NAN;
    *p = end;
    return power;
}

/* A number or a name at `*p`, with its power. */
static pf_err text_factor(stack *s, pf_arena *arena, const char **p, double sign)
{
    pf_unit_product *u = &s->v[0];
    pf_place at = {.line = 1, .column = 1};
    char *end;
    if ((**p >= '0' && **p <= '9') || **p == '.') {
        double x = strtod(*p, &end);
        if (!(x > 0 && isfinite(x)))
            return pf_fail_at(s->ctx, s->file, at, "a unit is a positive multiple");
        *p = end;
        double power = text_power(p);
        u->multiplier *= pow(x, sign * power);
        return PF_OK;
    }
    size_t size = strcspn(*p, " */^()");
    const char *name = pf_arena_strndup(s->ctx, arena, *p, size);
    if (!name) return PF_ERR_NO_MEMORY;
    *p += size;
    double exponent = text_power(p);
    if (exponent == 0) return PF_OK;
    if (!size || !isfinite(exponent) || strchr("()", **p ? **p : ' '))
        return pf_fail_at(s->ctx, s->file, at,
            "a unit is made of names, numbers, *, / and ^; write e.g. 1e-3 mole/litre");
    return add_factor(s, at, u, (pf_unit_factor){name, sign * exponent});
}

pf_err pf_unit_text_read(pf_ctx *ctx, pf_arena *arena, const char *text, pf_unit_product *out)
{
    stack s = {.ctx = ctx, .file = text, .n = 1};
    s.v[0].multiplier = 1;
    for (const char *p = text; *p;) {
        double sign = 1;
        while (*p == ' ') p++;
        if (*p == '*' || *p == '/') {
            sign = *p == '/' ? -1 : 1;
            for (p++; *p == ' ';) p++;
        }
        if (!*p && sign > 0) break;
        PF_TRY(text_factor(&s, arena, &p, sign));
    }
    *out = s.v[0];
    for (size_t i = 0; i < out->n; i++)
        if (strcmp(out->factor[i].name, "dimensionless") == 0)
            out->factor[i--] = out->factor[--out->n];
    return PF_OK;
}
