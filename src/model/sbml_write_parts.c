/* Reactions and events of SBML. */
#include "model/sbml_write.h"

#include <math.h>
#include <string.h>

/* Stoichiometry that is no plain number gets an id and an assignment rule: factor * by. A name
 * that stands for this one alone is the id itself. */
static pf_err side_id(pf_sbml_writing *s, const pf_side *side, const char **id, int *own)
{
    pf_flat *f = s->w.f;
    *id = NULL;
    *own = 0;
    if (side->by == PF_NO_NAME) return PF_OK;
    uint32_t by = pf_flat_root(f, side->by);
    *own = side->factor == 1 && pf_writing_is_side(&s->w, by);
    *id = *own ? s->w.id[by] : pf_writing_fresh(&s->w, "stoichiometry");
    if (!*id) return PF_ERR_NO_MEMORY;
    if (*own) return PF_OK;
    pf_buf *b = &s->rules;
    pf_buf_printf(b,
        "\n      <assignmentRule variable=\"%s\">\n        <math "
        "xmlns=\"http://www.w3.org/1998/Math/MathML\"><apply><times/><cn>",
        *id);
    pf_buf_number(b, side->factor);
    pf_buf_printf(b, "</cn><ci>%s</ci></apply></math>\n      </assignmentRule>", s->w.id[by]);
    return pf_buf_ok(b);
}

static pf_err one_side(pf_sbml_writing *s, const pf_side *side)
{
    pf_flat *f = s->w.f;
    const char *id;
    int own;
    PF_TRY(side_id(s, side, &id, &own));
    uint32_t by = side->by == PF_NO_NAME ? PF_NO_NAME : pf_flat_root(f, side->by);
    pf_sbml_line(s, "<speciesReference");
    if (id) pf_buf_printf(s->out, " id=\"%s\"", id);
    if (own && f->var[by].title)
        PF_TRY(pf_sbml_attribute(s, "name", f->var[by].title, f->var[by].at));
    pf_buf_printf(s->out, " species=\"%s\"", s->w.id[side->var]);
    const pf_def *value = own ? &f->var[by].value : NULL;
    if (!id || (value && value->expr && pf_expr_is_number(value->expr))) {
        double x =
            id ? value->expr->item[0].number * (value->expr->n == 2 ? -1 : 1) : side->factor;
        pf_buf_text(s->out, " stoichiometry=\"");
        pf_sbml_number_text(s->out, x);
        pf_buf_text(s->out, "\"");
    }
    pf_buf_printf(
        s->out, " constant=\"%s\"/>", !id || (own && !s->w.varies[by]) ? "true" : "false");
    return PF_OK;
}

static pf_err sides(pf_sbml_writing *s, const pf_reaction *r, int sign, const char *list)
{
    int n = 0;
    for (size_t i = r->side0; i < r->side0 + r->n_side; i++) {
        if (s->w.f->side[i].sign != sign) continue;
        if (!n++) pf_sbml_open(s, list);
        PF_TRY(one_side(s, &s->w.f->side[i]));
    }
    if (n) pf_sbml_close(s, list);
    return PF_OK;
}

/* SBML wants every species that the rate reads among sides or modifiers. */
static pf_err mark_modifiers(pf_sbml_writing *s, const pf_reaction *r, uint8_t *is)
{
    pf_flat *f = s->w.f;
    for (size_t i = 0; i < r->n_modifier; i++)
        is[pf_flat_root(f, f->side[r->side0 + r->n_side + i].var)] = 1;
    for (size_t i = 0; i < r->rate.expr->n; i++) {
        const pf_item *item = &r->rate.expr->item[i];
        if (item->kind != PF_ITEM_NAME) continue;
        uint32_t v = pf_flat_find(f, r->rate.prefix, item->name, item->at);
        if (v == PF_NO_NAME) return PF_ERR_MODEL;
        if (f->var[v].says & PF_SAYS_SPECIES) is[v] = 1;
    }
    for (size_t i = r->side0; i < r->side0 + r->n_side; i++)
        is[pf_flat_root(f, f->side[i].var)] = 0;
    return PF_OK;
}

static pf_err modifiers(pf_sbml_writing *s, const pf_reaction *r)
{
    uint8_t *is = pf_calloc(s->w.ctx, s->w.f->names.n, 1);
    if (!is) return PF_ERR_NO_MEMORY;
    pf_err err = mark_modifiers(s, r, is);
    int n = 0;
    for (uint32_t i = 0; i < s->w.f->names.n && !err; i++) {
        if (!is[i]) continue;
        if (!n++) pf_sbml_open(s, "listOfModifiers");
        pf_sbml_line(s, "<modifierSpeciesReference species=\"");
        pf_buf_printf(s->out, "%s\"/>", s->w.id[i]);
    }
    if (n) pf_sbml_close(s, "listOfModifiers");
    pf_free(is);
    return err;
}

static pf_err reaction(pf_sbml_writing *s, size_t k)
{
    pf_flat *f = s->w.f;
    const pf_reaction *r = &f->reaction[k];
    const char *id = r->var == PF_NO_NAME ? pf_writing_fresh(&s->w, "J") : s->w.id[r->var];
    if (!id) return PF_ERR_NO_MEMORY;
    pf_sbml_line(s, "<reaction");
    pf_buf_printf(s->out, " id=\"%s\"", id);
    if (r->var != PF_NO_NAME) {
        const pf_var *v = &f->var[pf_flat_root(f, r->var)];
        const char *title = v->title ? v->title : strcmp(v->name, id) != 0 ? v->name : NULL;
        if (title) PF_TRY(pf_sbml_attribute(s, "name", title, v->at));
    }
    pf_buf_printf(s->out, " reversible=\"%s\">", r->reversible ? "true" : "false");
    s->depth++;
    PF_TRY(sides(s, r, -1, "listOfReactants"));
    PF_TRY(sides(s, r, 1, "listOfProducts"));
    PF_TRY(modifiers(s, r));
    pf_sbml_open(s, "kineticLaw");
    PF_TRY(pf_sbml_write_math(s, r->rate.expr, r->rate.prefix, NULL, 0));
    pf_sbml_close(s, "kineticLaw");
    s->depth--;
    pf_sbml_line(s, "</reaction>");
    return PF_OK;
}

pf_err pf_sbml_write_reactions(pf_sbml_writing *s)
{
    if (!s->w.f->n_reaction) return PF_OK;
    pf_sbml_open(s, "listOfReactions");
    for (size_t k = 0; k < s->w.f->n_reaction; k++) PF_TRY(reaction(s, k));
    pf_sbml_close(s, "listOfReactions");
    return PF_OK;
}

static pf_err in_element(pf_sbml_writing *s, const char *element, const pf_def *def)
{
    if (!def->expr) return PF_OK;
    pf_sbml_open(s, element);
    PF_TRY(pf_sbml_write_math(s, def->expr, def->prefix, NULL, 0));
    pf_sbml_close(s, element);
    return PF_OK;
}

static pf_err assignments(pf_sbml_writing *s, const pf_happening *e)
{
    if (!e->n_set) return PF_OK;
    pf_sbml_open(s, "listOfEventAssignments");
    for (size_t i = 0; i < e->n_set; i++) {
        const pf_set *set = &s->w.f->set[e->set0 + i];
        pf_sbml_line(s, "<eventAssignment variable=\"");
        pf_buf_printf(s->out, "%s\">", s->w.id[set->var]);
        s->depth++;
        PF_TRY(pf_sbml_write_math(s, set->value.expr, set->value.prefix, NULL, 0));
        s->depth--;
        pf_sbml_line(s, "</eventAssignment>");
    }
    pf_sbml_close(s, "listOfEventAssignments");
    return PF_OK;
}

static pf_err event(pf_sbml_writing *s, size_t k)
{
    const pf_happening *e = &s->w.f->event[k];
    const char *id = s->w.event_id[k], *title = e->title;
    if (id && !title && strcmp(e->name, id) != 0) title = e->name;
    pf_sbml_line(s, "<event");
    if (id) pf_buf_printf(s->out, " id=\"%s\"", id);
    if (title) PF_TRY(pf_sbml_attribute(s, "name", title, e->at));
    pf_buf_printf(
        s->out, " useValuesFromTriggerTime=\"%s\">", e->from_trigger ? "true" : "false");
    s->depth++;
    pf_sbml_line(s, "<trigger initialValue=\"");
    pf_buf_printf(s->out, "%s\" persistent=\"%s\">", e->initial ? "true" : "false",
        e->persistent ? "true" : "false");
    s->depth++;
    PF_TRY(pf_sbml_write_math(s, e->trigger.expr, e->trigger.prefix, NULL, 0));
    s->depth--;
    pf_sbml_line(s, "</trigger>");
    PF_TRY(in_element(s, "delay", &e->delay));
    PF_TRY(in_element(s, "priority", &e->priority));
    PF_TRY(assignments(s, e));
    s->depth--;
    pf_sbml_line(s, "</event>");
    return PF_OK;
}

pf_err pf_sbml_write_events(pf_sbml_writing *s)
{
    if (!s->w.f->n_event) return PF_OK;
    pf_sbml_open(s, "listOfEvents");
    for (size_t k = 0; k < s->w.f->n_event; k++) PF_TRY(event(s, k));
    pf_sbml_close(s, "listOfEvents");
    return PF_OK;
}
