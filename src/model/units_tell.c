/* Sentences about units that clash. */
#include "model/units_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MOST_PLACES = 2000 };

static int same_place(pf_place a, pf_place b)
{
    return a.line == b.line && a.column == b.column &&
           (a.file == b.file || (a.file && b.file && strcmp(a.file, b.file) == 0));
}

/* A submodel that is used five times has its mistake once. 0: told already. */
static int new_place(pf_checker *c, pf_place at)
{
    for (size_t i = 0; i < c->n_place && at.line > 0; i++)
        if (same_place(c->place[i], at)) return 0;
    if (c->n_place == MOST_PLACES) return 1;
    pf_err err =
        pf_reserve(c->ctx, &c->place, &c->place_capacity, c->n_place, sizeof *c->place);
    if (err) c->failed = err;
    if (!err) c->place[c->n_place++] = at;
    return !err;
}

void pf_units_tell(pf_checker *c, pf_place at, const char *mend, const char *fmt, ...)
{
    pf_clashes *o = c->out;
    char text[1024];
    va_list args;
    if (c->failed || c->quiet || !new_place(c, at)) return;
    o->n++;
    if (o->kept == PF_CLASHES_MOST) return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const char *what = c->what ? c->what : "", *name = c->what && c->name ? c->name : "";
    pf_clash x = {.file = at.file, .line = at.line, .column = at.column};
    x.sentence = pf_arena_printf(c->ctx, &o->arena, "%s%s%s%s%s%s", what, *name ? " '" : "",
        name, *name ? "'" : "", *what ? ": " : "", text);
    x.mend = pf_arena_strdup(c->ctx, &o->arena, mend);
    if (x.file) x.file = pf_arena_strdup(c->ctx, &o->arena, x.file);
    if (!x.sentence || !x.mend || (at.file && !x.file)) c->failed = PF_ERR_NO_MEMORY;
    if (!c->failed) o->clash[o->kept++] = x;
}

void pf_units_tell_unknown(pf_checker *c, pf_place at)
{
    const char *near = pf_unit_nearest(c->unknown);
    if (c->quiet || pf_names_find(&c->told, c->unknown) != PF_NO_NAME) return;
    pf_err err = pf_names_add(c->ctx, &c->told, c->unknown);
    if (err) c->failed = err;
    pf_units_tell(c, at, "define it: unit NAME = ...", "'%s' is no unit%s%s%s", c->unknown,
        near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static void is_in(const pf_checker *c, const pf_size *s, pf_buf *b)
{
    if (!s->n && s->factor == 1) {
        pf_buf_text(b, " is a pure number");
        return;
    }
    pf_buf_text(b, " is in ");
    pf_size_text(c, s, b);
}

/* "; here 'k' is in day by line 12": what was inferred, and from where. */
static void inferred(pf_checker *c, pf_buf *b)
{
    size_t n = c->n_touched;
    int told = 0;
    for (size_t i = 0; i < n && told < 2; i++) {
        uint32_t v = c->touched[i];
        pf_size s = pf_size_of_atom(v);
        if (!pf_units_resolve(c, &s)) continue;
        pf_buf_printf(b, told++ ? ", '%s'" : "; here '%s'",
            v == c->n_var - 1 ? "time" : c->flat->var[v].name);
        is_in(c, &s, b);
        if (c->of[v].at.line > 0) pf_buf_printf(b, " by line %d", c->of[v].at.line);
    }
    c->n_touched = n;
}

static void in_unit(pf_checker *c, const pf_value *v, pf_buf *b)
{
    pf_size s = v->size;
    size_t n = c->n_touched;
    if (!pf_units_resolve(c, &s)) s = v->size;
    c->n_touched = n;
    is_in(c, &s, b);
}

static const char MEND[] = "mend the formula, or the unit of one of them";
static const char SCALE[] =
    "give both one unit, or multiply by a number with a unit (1000 uL_per_mL)";

static void legend(pf_checker *c, const pf_value *a, const pf_value *b, pf_buf *text)
{
    const pf_value *both[] = {a, b};
    size_t n = c->n_touched;
    int told = 0;
    for (size_t i = 0; i < 2; i++) {
        pf_size s = both[i]->size;
        if (!pf_units_resolve(c, &s)) s = both[i]->size;
        pf_size_legend(c, &s, &told, text);
    }
    c->n_touched = n;
}

static void factor_between(double factor, pf_buf *b)
{
    if (factor > 0)
        pf_buf_printf(b, ", a factor of %.6g apart", factor < 1 ? 1 / factor : factor);
}

static void in_function(const pf_checker *c, const pf_value *a, pf_buf *b)
{
    if (a->in && c->call)
        pf_buf_printf(b, " (in a call of %s in line %d)", c->call->name, c->call->at.line);
}

int pf_units_agree(pf_checker *c, const pf_value *a, const pf_value *b, pf_place at,
    uint32_t prefer, const char *want)
{
    double factor;
    pf_buf text;
    if (c->failed || a->kind != PF_VALUE_SIZED || b->kind != PF_VALUE_SIZED) return 1;
    pf_verdict verdict = pf_units_equate(c, &a->size, &b->size, prefer, at, &factor);
    if (verdict != PF_CLASH) return verdict == PF_AGREE;
    pf_buf_init(&text, c->ctx);
    pf_units_formula(a->item, a->n_item, a->in, &text);
    in_unit(c, a, &text);
    pf_buf_text(&text, ", but ");
    if (want)
        pf_buf_text(&text, want);
    else
        pf_units_formula(b->item, b->n_item, b->in, &text);
    in_unit(c, b, &text);
    legend(c, a, b, &text);
    factor_between(factor, &text);
    in_function(c, a, &text);
    inferred(c, &text);
    if (pf_buf_ok(&text))
        c->failed = PF_ERR_NO_MEMORY;
    else
        pf_units_tell(c, at, factor > 0 ? SCALE : MEND, "%s", text.bytes);
    pf_buf_clear(&text);
    return 0;
}

void pf_units_pure(pf_checker *c, const pf_value *a, pf_place at, const char *what)
{
    double factor;
    pf_buf text;
    pf_size one = {.factor = 1};
    if (c->failed || a->kind != PF_VALUE_SIZED) return;
    if (pf_units_equate(c, &a->size, &one, PF_NO_NAME, at, &factor) != PF_CLASH) return;
    pf_buf_init(&text, c->ctx);
    pf_buf_printf(&text, "%s, ", what);
    pf_units_formula(a->item, a->n_item, a->in, &text);
    pf_buf_text(&text, ",");
    in_unit(c, a, &text);
    legend(c, a, a, &text);
    in_function(c, a, &text);
    inferred(c, &text);
    if (pf_buf_ok(&text))
        c->failed = PF_ERR_NO_MEMORY;
    else
        pf_units_tell(c, at,
            factor > 0 ? SCALE : "it must be a pure number; divide by a reference in that unit",
            "%s", text.bytes);
    pf_buf_clear(&text);
}
