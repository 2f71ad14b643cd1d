/* A flat model as Antimony text. */
#include "model/antimony_write.h"

#include "model/unit_text.h"

#include <math.h>
#include <string.h>

static pf_err formula(pf_writing *w, const pf_def *def, pf_buf *out)
{
    return pf_antimony_expr(w, def->expr, def->prefix, NULL, out);
}

pf_err pf_antimony_unit(pf_writing *w, const char *text, pf_place at, const char **out)
{
    pf_unit_product u;
    const pf_flat *f = w->f;
    for (size_t k = 0; k < f->n_unit; k++)
        if (strcmp(f->unit[k].name, text) == 0) {
            *out = w->unit_id[k];
            return PF_OK;
        }
    PF_TRY(pf_unit_text_read(w->ctx, w->arena, text, &u));
    for (size_t i = 0; i < u.n; i++) {
        const char **name = &u.factor[i].name;
        if (strcmp(*name, "count") == 0) *name = "item";
        for (size_t k = 0; k < f->n_unit; k++)
            if (strcmp(f->unit[k].name, *name) == 0) *name = w->unit_id[k];
        for (const char *p = *name; *p; p++)
            if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", *p))
                return pf_writing_fail(w, at, *name, "this unit has no Antimony name");
    }
    *out = pf_unit_text(w->ctx, w->arena, &u);
    return *out ? PF_OK : PF_ERR_NO_MEMORY;
}

/* Text for people: "...", or ```...``` where it holds quotes or lines. */
static pf_err quoted(pf_writing *w, pf_place at, const char *text, pf_buf *out)
{
    if (strstr(text, "```") || strchr(text, '`') == text)
        return pf_writing_fail(w, at, text, "a name for people with ``` cannot be written");
    const char *quote = strpbrk(text, "\"\n\r") ? "```" : "\"";
    pf_buf_printf(out, "%s%s%s", quote, text, quote);
    return PF_OK;
}

static pf_err titled(pf_writing *w, pf_place at, const char *id, const char *title, pf_buf *out)
{
    if (!title) return PF_OK;
    pf_buf_printf(out, "  %s is ", id);
    PF_TRY(quoted(w, at, title, out));
    pf_buf_text(out, ";\n");
    return PF_OK;
}

static pf_err function(pf_writing *w, size_t k, pf_buf *out)
{
    const char *const *arg;
    const pf_function *fn = &w->f->ast->function[k];
    PF_TRY(pf_writing_arguments(w, fn, &arg));
    pf_buf_printf(out, "function %s(", w->function_id[k]);
    for (size_t i = 0; i < fn->n_arg; i++) pf_buf_printf(out, "%s%s", i ? ", " : "", arg[i]);
    pf_buf_text(out, ")\n  ");
    PF_TRY(pf_antimony_expr(w, &fn->body, "", arg, out));
    pf_buf_text(out, ";\nend\n\n");
    return PF_OK;
}

static pf_err functions(pf_writing *w, pf_buf *out)
{
    for (size_t k = 0; k < PF_COUNT(w->needs); k++)
        if (w->needs[k])
            pf_buf_printf(out, "function %s(x)\n  %s;\nend\n\n", PF_WRITING_OWN[k].name,
                PF_WRITING_OWN[k].antimony);
    for (size_t k = 0; k < w->f->ast->n_function; k++) PF_TRY(function(w, k, out));
    return PF_OK;
}

/* unit time_unit = second, where that is not the unit's own definition */
static pf_err model_unit(pf_writing *w, const char *role, const char *unit, pf_buf *out)
{
    const char *text;
    if (!unit) return PF_OK;
    PF_TRY(pf_antimony_unit(w, unit, w->f->at, &text));
    if (strcmp(text, role) == 0) return PF_OK;
    if (pf_names_find(&w->used, role) != PF_NO_NAME)
        return pf_writing_fail(
            w, w->f->at, role, "Antimony gives this name to a unit of the model; rename it");
    pf_buf_printf(out, "  unit %s = %s;\n", role, text);
    return PF_OK;
}

static pf_err units(pf_writing *w, pf_buf *out)
{
    const pf_flat *f = w->f;
    for (size_t k = 0; k < f->n_unit; k++) {
        pf_unit_product u;
        PF_TRY(pf_unit_text_read(w->ctx, w->arena, f->unit[k].text, &u));
        const char *text = pf_unit_text(w->ctx, w->arena, &u);
        if (!text) return PF_ERR_NO_MEMORY;
        PF_TRY(pf_antimony_unit(w, text, f->unit[k].at, &text));
        pf_buf_printf(out, "  unit %s = %s;\n", w->unit_id[k], text);
    }
    PF_TRY(model_unit(w, "time_unit", f->time_unit, out));
    PF_TRY(model_unit(w, "substance", f->substance_unit, out));
    PF_TRY(model_unit(w, "volume", f->volume_unit, out));
    return model_unit(w, "extent", f->extent_unit, out);
}

static void declarations(pf_writing *w, pf_buf *out)
{
    const pf_flat *f = w->f;
    for (int species = 0; species < 2; species++)
        for (uint32_t i = 0; i < f->names.n; i++) {
            const pf_var *v = &f->var[i];
            unsigned kind = v->says & (PF_SAYS_SPECIES | PF_SAYS_COMPARTMENT);
            if (pf_flat_root(f, i) != i) continue;
            if (!kind && species && v->compartment != PF_NO_NAME)
                pf_buf_printf(out, "  %s in %s;\n", w->id[i], w->id[v->compartment]);
            if (!kind && species && v->says & PF_SAYS_VAR && !w->varies[i])
                pf_buf_printf(out, "  var %s;\n", w->id[i]);
            if (!kind || (kind == PF_SAYS_COMPARTMENT) == species) continue;
            pf_buf_text(out, "  ");
            if (species && v->says & PF_SAYS_AMOUNT) pf_buf_text(out, "substanceOnly ");
            pf_buf_text(out, species ? "species " : "compartment ");
            if (species && v->says & (PF_SAYS_BOUNDARY | PF_SAYS_CONST)) pf_buf_text(out, "$");
            pf_buf_text(out, w->id[i]);
            if (species && v->compartment != PF_NO_NAME)
                pf_buf_printf(out, " in %s", w->id[v->compartment]);
            pf_buf_text(out, ";\n");
        }
}

/* `n := 2*m*factor`, before the reaction that it is a stoichiometry of */
static pf_err stoichiometry(pf_writing *w, const pf_side *s, const char **id, pf_buf *out)
{
    const pf_flat *f = w->f;
    uint32_t by = s->by == PF_NO_NAME ? PF_NO_NAME : pf_flat_root(f, s->by);
    uint32_t conversion = f->var[pf_flat_root(f, s->var)].conversion;
    int varies = (by != PF_NO_NAME && w->varies[by]) ||
                 (conversion != PF_NO_NAME && w->varies[pf_flat_root(f, conversion)]);
    *id = pf_writing_fresh(w, "stoichiometry");
    if (!*id) return PF_ERR_NO_MEMORY;
    pf_buf_printf(out, "  %s %s ", *id, varies ? ":=" : "=");
    pf_antimony_number(out, s->factor);
    if (by != PF_NO_NAME) pf_buf_printf(out, "*%s", w->id[by]);
    if (conversion != PF_NO_NAME) pf_buf_printf(out, "*%s", w->id[conversion]);
    pf_buf_text(out, ";\n");
    return PF_OK;
}

static pf_err side(pf_writing *w, const pf_side *s, pf_buf *before, pf_buf *out)
{
    const pf_flat *f = w->f;
    const pf_var *v = &f->var[pf_flat_root(f, s->var)];
    const char *id = NULL;
    int simple = s->factor == 1 || s->by == PF_NO_NAME;
    if (v->conversion != PF_NO_NAME || !simple || !(s->factor >= 0) || isinf(s->factor))
        PF_TRY(stoichiometry(w, s, &id, before));
    else if (s->by != PF_NO_NAME)
        id = w->id[s->by];
    if (id)
        pf_buf_printf(out, "%s ", id);
    else if (s->factor != 1) {
        pf_buf_number(out, s->factor);
        pf_buf_text(out, " ");
    }
    pf_buf_text(out, w->id[s->var]);
    return PF_OK;
}

static int reads(const pf_writing *w, const pf_def *def, uint32_t v)
{
    for (size_t i = 0; i < def->expr->n; i++) {
        const pf_item *item = &def->expr->item[i];
        if (item->kind == PF_ITEM_NAME &&
            pf_flat_find(w->f, def->prefix, item->name, item->at) == v)
            return 1;
    }
    return 0;
}

/* Modifiers that the rate reads need not be said. */
static void modifiers(const pf_writing *w, const pf_reaction *r, const char *id, pf_buf *out)
{
    const pf_flat *f = w->f;
    for (size_t i = 0; i < r->n_modifier; i++) {
        uint32_t v = pf_flat_root(f, f->side[r->side0 + r->n_side + i].var);
        if (!reads(w, &r->rate, v)) pf_buf_printf(out, "  %s -( %s;\n", w->id[v], id);
    }
}

static pf_err sides(pf_writing *w, const pf_reaction *r, int sign, pf_buf *before, pf_buf *out)
{
    const pf_flat *f = w->f;
    int n = 0;
    for (size_t i = r->side0; i < r->side0 + r->n_side; i++) {
        if (f->side[i].sign != sign) continue;
        if (n++) pf_buf_text(out, " + ");
        PF_TRY(side(w, &f->side[i], before, out));
    }
    return PF_OK;
}

static pf_err reaction(pf_writing *w, const pf_reaction *r, pf_buf *line, pf_buf *out)
{
    const char *id = r->var == PF_NO_NAME ? NULL : w->id[r->var];
    if (!id && r->n_modifier && !(id = pf_writing_fresh(w, "J"))) return PF_ERR_NO_MEMORY;
    pf_buf_empty(line);
    pf_buf_text(line, "  ");
    if (id) pf_buf_printf(line, "%s: ", id);
    PF_TRY(sides(w, r, -1, out, line));
    pf_buf_text(line, r->reversible ? " -> " : " => ");
    PF_TRY(sides(w, r, 1, out, line));
    pf_buf_text(line, "; ");
    PF_TRY(formula(w, &r->rate, line));
    PF_TRY(pf_buf_ok(line));
    pf_buf_printf(out, "%s;\n", line->bytes);
    if (r->n_modifier) modifiers(w, r, id, out);
    return PF_OK;
}

static pf_err reactions(pf_writing *w, pf_buf *out)
{
    pf_buf line;
    pf_err err = PF_OK;
    pf_buf_init(&line, w->ctx);
    for (size_t i = 0; i < w->f->n_reaction && !err; i++)
        err = reaction(w, &w->f->reaction[i], &line, out);
    pf_buf_clear(&line);
    return err;
}

/* A value at the start: of a concentration that is given as an amount, divided by the size. */
static pf_err value(pf_writing *w, uint32_t i, pf_buf *out)
{
    const pf_var *v = &w->f->var[i];
    int amount = v->says & PF_SAYS_STARTS_AMOUNT && !(v->says & PF_SAYS_AMOUNT) &&
                 v->compartment != PF_NO_NAME;
    pf_buf_printf(out, amount ? "  %s = (" : "  %s = ", w->id[i]);
    PF_TRY(formula(w, &v->value, out));
    if (amount) pf_buf_printf(out, ")/%s", w->id[v->compartment]);
    pf_buf_text(out, ";\n");
    return PF_OK;
}

static pf_err variable(pf_writing *w, uint32_t i, pf_buf *out)
{
    const pf_var *v = &w->f->var[i];
    const char *unit;
    if (!(v->says & PF_SAYS_REACTION)) {
        if (v->value.expr && !v->rule.expr) PF_TRY(value(w, i, out));
        if (v->rule.expr) {
            pf_buf_printf(out, "  %s := ", w->id[i]);
            PF_TRY(formula(w, &v->rule, out));
            pf_buf_text(out, ";\n");
        }
        if (v->rate.expr) {
            pf_buf_printf(out, "  %s' = ", w->id[i]);
            PF_TRY(formula(w, &v->rate, out));
            pf_buf_text(out, ";\n");
        }
    }
    unsigned kind = PF_SAYS_SPECIES | PF_SAYS_COMPARTMENT | PF_SAYS_REACTION;
    if (!v->value.expr && !v->rule.expr && !(v->says & kind)) /* a name, and no more */
        pf_buf_printf(out, "  %s = ;\n", w->id[i]);
    if (v->unit) {
        PF_TRY(pf_antimony_unit(w, v->unit, v->at, &unit));
        pf_buf_printf(out, "  %s has %s;\n", w->id[i], unit);
    }
    return titled(w, v->at, w->id[i], v->title, out);
}

static pf_err event(pf_writing *w, size_t k, pf_buf *out)
{
    const pf_flat *f = w->f;
    const pf_happening *e = &f->event[k];
    pf_buf_text(out, "  ");
    if (w->event_id[k]) pf_buf_printf(out, "%s: ", w->event_id[k]);
    pf_buf_text(out, "at ");
    if (e->delay.expr) {
        PF_TRY(formula(w, &e->delay, out));
        pf_buf_text(out, " after ");
    }
    pf_buf_text(out, "(");
    PF_TRY(formula(w, &e->trigger, out));
    pf_buf_text(out, ")");
    if (e->priority.expr) {
        pf_buf_text(out, ", priority = ");
        PF_TRY(formula(w, &e->priority, out));
    }
    if (!e->initial) pf_buf_text(out, ", t0 = false");
    if (!e->persistent) pf_buf_text(out, ", persistent = false");
    if (!e->from_trigger) pf_buf_text(out, ", fromTrigger = false");
    pf_buf_text(out, ":");
    for (size_t i = 0; i < e->n_set; i++) {
        const pf_set *s = &f->set[e->set0 + i];
        pf_buf_printf(out, "%s %s = ", i ? "," : "", w->id[s->var]);
        PF_TRY(formula(w, &s->value, out));
    }
    pf_buf_text(out, e->n_set ? ";\n" : " ;\n");
    return e->title && w->event_id[k] ? titled(w, e->at, w->event_id[k], e->title, out) : PF_OK;
}

static pf_err directives(pf_writing *w, pf_buf *out)
{
    const pf_flat *f = w->f;
    for (size_t i = 0; i < f->n_mark; i++) {
        const pf_st *st = f->mark[i].st;
        const char *id = w->id[f->mark[i].var];
        if (st->kind == PF_ST_ROLE) {
            pf_buf_printf(out, "  //! role %s %s", st->other, id);
            if (st->unit) pf_buf_printf(out, " [%s]", st->unit);
        } else if (st->kind == PF_ST_SMALL) {
            pf_buf_printf(out, "  //! small %s below ", id);
            pf_buf_number(out, st->number);
        } else {
            pf_buf_printf(out, "  //! discrete %s", id);
        }
        pf_buf_text(out, "\n");
    }
    return PF_OK;
}

static pf_err body(pf_writing *w, pf_buf *out)
{
    const pf_flat *f = w->f;
    PF_TRY(units(w, out));
    declarations(w, out);
    PF_TRY(reactions(w, out));
    for (uint32_t i = 0; i < f->names.n; i++)
        if (pf_flat_root(f, i) == i) PF_TRY(variable(w, i, out));
    for (size_t i = 0; i < f->n_algebraic; i++) {
        pf_buf_text(out, "  0 = ");
        PF_TRY(formula(w, &f->algebraic[i], out));
        pf_buf_text(out, ";\n");
    }
    for (size_t k = 0; k < f->n_event; k++) PF_TRY(event(w, k, out));
    return directives(w, out);
}

static pf_err whole(pf_writing *w, pf_buf *out)
{
    /* libAntimony keeps __main for statements outside of models */
    const char *name = strcmp(w->f->name, "__main") ? w->f->name : "main";
    name = pf_writing_fresh(w, name);
    if (!name) return PF_ERR_NO_MEMORY;
    pf_buf_text(out, "// written by Perforin\n\n");
    PF_TRY(functions(w, out));
    pf_buf_printf(out, "model *%s()\n", name);
    PF_TRY(body(w, out));
    pf_buf_text(out, "end\n");
    if (!w->f->title) return pf_buf_ok(out);
    pf_buf_printf(out, "\n%s is ", name);
    PF_TRY(quoted(w, w->f->at, w->f->title, out));
    pf_buf_text(out, "\n");
    return pf_buf_ok(out);
}

pf_err pf_antimony_write(pf_ctx *ctx, pf_flat *f, pf_buf *out)
{
    pf_writing w;
    pf_err err = pf_writing_open(ctx, f, PF_WRITES_ANTIMONY, &w);
    if (!err) err = whole(&w, out);
    pf_writing_close(&w);
    return err;
}
