/* A flat model as SBML: the document, its quantities and equations. */
#include "model/sbml_write.h"

#include <math.h>
#include <string.h>

void pf_sbml_line(pf_sbml_writing *s, const char *text)
{
    pf_buf_text(s->out, "\n");
    for (unsigned i = 0; i < s->depth; i++) pf_buf_text(s->out, "  ");
    pf_buf_text(s->out, text);
}

void pf_sbml_open(pf_sbml_writing *s, const char *element)
{
    pf_sbml_line(s, "<");
    pf_buf_printf(s->out, "%s>", element);
    s->depth++;
}

void pf_sbml_close(pf_sbml_writing *s, const char *element)
{
    s->depth--;
    pf_sbml_line(s, "</");
    pf_buf_printf(s->out, "%s>", element);
}

void pf_sbml_number_text(pf_buf *out, double x)
{
    if (isnan(x))
        pf_buf_text(out, "NaN");
    else if (isinf(x))
        pf_buf_text(out, x > 0 ? "INF" : "-INF");
    else
        pf_buf_number(out, x);
}

/* Bytes of the UTF-8 character at `p`; 0 when it is none, or none that XML may hold. */
static size_t character(const unsigned char *p)
{
    size_t n = p[0] < 0x80                   ? 1
               : p[0] >= 0xc2 && p[0] < 0xe0 ? 2
               : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
               : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                             : 0;
    unsigned code = n == 1 ? p[0] : n ? p[0] & (0xffu >> (n + 1)) : 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
        code = code << 6 | (p[i] & 0x3f);
    }
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (!n || code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return 0;
    if (code == 0xfffe || code == 0xffff) return 0;
    return code >= 0x20 || code == '\t' || code == '\n' || code == '\r' ? n : 0;
}

pf_err pf_sbml_attribute(pf_sbml_writing *s, const char *name, const char *text, pf_place at)
{
    pf_buf *b = s->out;
    pf_buf_printf(b, " %s=\"", name);
    for (const char *p = text; *p;) {
        size_t n = character((const unsigned char *)p);
        if (!n)
            return pf_writing_fail(
                &s->w, at, name, "this text is not UTF-8 that XML can hold; mend it");
        if (n == 1 && strchr("<>&\"\n\r\t", *p))
            pf_buf_printf(b, "&#%d;", *p);
        else
            pf_buf_put(b, p, n);
        p += n;
    }
    pf_buf_text(b, "\"");
    return PF_OK;
}

static const pf_var *var(const pf_sbml_writing *s, uint32_t i)
{
    return &s->w.f->var[i];
}

static double number_of(const pf_expr *e)
{
    return e->n == 2 ? -e->item[0].number : e->item[0].number;
}

/* id and name; the dotted name where there is no other */
static pf_err names(pf_sbml_writing *s, uint32_t i, const char *element)
{
    const pf_var *v = var(s, i);
    pf_sbml_line(s, "<");
    pf_buf_printf(s->out, "%s id=\"%s\"", element, s->w.id[i]);
    if (v->title) return pf_sbml_attribute(s, "name", v->title, v->at);
    return strcmp(v->name, s->w.id[i]) ? pf_sbml_attribute(s, "name", v->name, v->at) : PF_OK;
}

static pf_err unit_attribute(
    pf_sbml_writing *s, const char *name, const char *text, pf_place at)
{
    const char *id;
    PF_TRY(pf_sbml_unit_id(s, text, at, &id));
    if (id) pf_buf_printf(s->out, " %s=\"%s\"", name, id);
    return PF_OK;
}

static void number_attribute(pf_sbml_writing *s, const char *name, double x)
{
    pf_buf_printf(s->out, " %s=\"", name);
    pf_sbml_number_text(s->out, x);
    pf_buf_text(s->out, "\"");
}

static int plain_value(const pf_var *v)
{
    return v->value.expr && !v->rule.expr && pf_expr_is_number(v->value.expr);
}

static const char *truth(int yes)
{
    return yes ? "true" : "false";
}

static pf_err compartment(pf_sbml_writing *s, uint32_t i)
{
    const pf_var *v = var(s, i);
    PF_TRY(names(s, i, "compartment"));
    pf_buf_text(s->out, " spatialDimensions=\"3\"");
    if (plain_value(v)) number_attribute(s, "size", number_of(v->value.expr));
    if (!v->value.expr && !v->rule.expr) pf_buf_text(s->out, " size=\"1\"");
    PF_TRY(unit_attribute(s, "units", v->unit, v->at));
    pf_buf_printf(s->out, " constant=\"%s\"/>", truth(!s->w.varies[i]));
    return PF_OK;
}

static pf_err species(pf_sbml_writing *s, uint32_t i)
{
    const pf_var *v = var(s, i);
    int amount = (v->says & PF_SAYS_AMOUNT) != 0, placed = v->compartment != PF_NO_NAME;
    int boundary = (v->says & (PF_SAYS_BOUNDARY | PF_SAYS_CONST)) != 0;
    if ((v->rule.expr || v->rate.expr) && v->in_reaction && !boundary)
        return pf_writing_fail(&s->w, v->at, v->name,
            "a rule and reactions change it at once; write $ before it in the reactions");
    PF_TRY(names(s, i, "species"));
    pf_buf_printf(s->out, " compartment=\"%s\"", placed ? s->w.id[v->compartment] : s->place);
    if (plain_value(v))
        number_attribute(s,
            amount || v->says & PF_SAYS_STARTS_AMOUNT ? "initialAmount"
                                                      : "initialConcentration",
            number_of(v->value.expr));
    PF_TRY(unit_attribute(s, "substanceUnits", pf_sbml_unit_of(s, v), v->at));
    pf_buf_printf(s->out,
        " hasOnlySubstanceUnits=\"%s\" boundaryCondition=\"%s\" constant=\"%s\"", truth(amount),
        truth(boundary), truth(v->says & PF_SAYS_CONST && !s->w.varies[i]));
    if (v->conversion != PF_NO_NAME)
        pf_buf_printf(s->out, " conversionFactor=\"%s\"", s->w.id[v->conversion]);
    pf_buf_text(s->out, "/>");
    return PF_OK;
}

static pf_err parameter(pf_sbml_writing *s, uint32_t i)
{
    const pf_var *v = var(s, i);
    PF_TRY(names(s, i, "parameter"));
    if (plain_value(v)) number_attribute(s, "value", number_of(v->value.expr));
    PF_TRY(unit_attribute(s, "units", v->unit, v->at));
    pf_buf_printf(
        s->out, " constant=\"%s\"/>", truth(!s->w.varies[i] && !(v->says & PF_SAYS_VAR)));
    return PF_OK;
}

enum { COMPARTMENTS, SPECIES, PARAMETERS };

static int list_of(const pf_sbml_writing *s, uint32_t i)
{
    const pf_var *v = var(s, i);
    if (pf_flat_root(s->w.f, i) != i || v->says & PF_SAYS_REACTION) return -1;
    if (v->says & PF_SAYS_SPECIES) return SPECIES;
    if (v->says & PF_SAYS_COMPARTMENT) return COMPARTMENTS;
    return pf_writing_is_side(&s->w, i) ? -1 : PARAMETERS;
}

static pf_err quantities(pf_sbml_writing *s)
{
    static const char *const list[] = {
        "listOfCompartments", "listOfSpecies", "listOfParameters"};
    for (int k = COMPARTMENTS; k <= PARAMETERS; k++) {
        int n = 0;
        if (k == COMPARTMENTS && s->place) {
            pf_sbml_open(s, list[k]);
            pf_sbml_line(s, "<compartment sboTerm=\"SBO:0000410\" id=\"");
            pf_buf_printf(s->out, "%s\" spatialDimensions=\"3\" size=\"1\" constant=\"true\"/>",
                s->place);
            n++;
        }
        for (uint32_t i = 0; i < s->w.f->names.n; i++) {
            if (list_of(s, i) != k) continue;
            if (!n++) pf_sbml_open(s, list[k]);
            if (k == COMPARTMENTS) PF_TRY(compartment(s, i));
            if (k == SPECIES) PF_TRY(species(s, i));
            if (k == PARAMETERS) PF_TRY(parameter(s, i));
        }
        if (n) pf_sbml_close(s, list[k]);
    }
    return PF_OK;
}

/* The amount that a concentration starts with, divided by the size. */
static pf_err divided(pf_sbml_writing *s, const pf_var *v, pf_expr *out)
{
    const pf_expr *e = v->value.expr;
    pf_item *item = pf_arena_alloc(s->w.ctx, s->w.arena, e->n + 2, sizeof *item);
    if (!item) return PF_ERR_NO_MEMORY;
    memcpy(item, e->item, e->n * sizeof *item);
    item[e->n] = (pf_item){
        .kind = PF_ITEM_NAME, .name = s->w.f->var[v->compartment].name, .at = v->value.at};
    item[e->n + 1] = (pf_item){.kind = PF_ITEM_WORD, .index = PF_OP_DIV, .at = v->value.at};
    *out = (pf_expr){.item = item, .n = e->n + 2, .depth = e->depth + 1, .at = e->at};
    return PF_OK;
}

static pf_err initial(pf_sbml_writing *s, uint32_t i)
{
    const pf_var *v = var(s, i);
    pf_expr e = *v->value.expr;
    int amount = v->says & PF_SAYS_SPECIES && v->says & PF_SAYS_STARTS_AMOUNT &&
                 !(v->says & PF_SAYS_AMOUNT) && v->compartment != PF_NO_NAME;
    if (amount && *v->value.prefix)
        return pf_writing_fail(&s->w, v->at, v->name, "its value at the start is an amount");
    if (amount) PF_TRY(divided(s, v, &e));
    pf_sbml_line(s, "<initialAssignment symbol=\"");
    pf_buf_printf(s->out, "%s\">", s->w.id[i]);
    s->depth++;
    PF_TRY(pf_sbml_write_math(s, &e, v->value.prefix, NULL, 0));
    s->depth--;
    pf_sbml_line(s, "</initialAssignment>");
    return PF_OK;
}

static pf_err initials(pf_sbml_writing *s)
{
    int n = 0;
    for (uint32_t i = 0; i < s->w.f->names.n; i++) {
        const pf_var *v = var(s, i);
        if (pf_flat_root(s->w.f, i) != i || v->says & PF_SAYS_REACTION) continue;
        if (!v->value.expr || v->rule.expr || pf_expr_is_number(v->value.expr)) continue;
        if (!n++) pf_sbml_open(s, "listOfInitialAssignments");
        PF_TRY(initial(s, i));
    }
    if (n) pf_sbml_close(s, "listOfInitialAssignments");
    return PF_OK;
}

static pf_err rule(pf_sbml_writing *s, const char *element, const char *id, const pf_def *def)
{
    pf_sbml_line(s, "<");
    pf_buf_text(s->out, element);
    if (id) pf_buf_printf(s->out, " variable=\"%s\"", id);
    pf_buf_text(s->out, ">");
    s->depth++;
    PF_TRY(pf_sbml_write_math(s, def->expr, def->prefix, NULL, 0));
    s->depth--;
    pf_sbml_line(s, "</");
    pf_buf_printf(s->out, "%s>", element);
    return PF_OK;
}

static pf_err rules(pf_sbml_writing *s)
{
    const pf_flat *f = s->w.f;
    size_t start = s->out->size;
    pf_sbml_open(s, "listOfRules");
    size_t empty = s->out->size;
    for (uint32_t i = 0; i < f->names.n; i++) {
        const pf_var *v = &f->var[i];
        if (pf_flat_root(f, i) != i || v->says & PF_SAYS_REACTION) continue;
        if (v->rule.expr) PF_TRY(rule(s, "assignmentRule", s->w.id[i], &v->rule));
        if (v->rate.expr) PF_TRY(rule(s, "rateRule", s->w.id[i], &v->rate));
    }
    for (size_t i = 0; i < f->n_algebraic; i++)
        PF_TRY(rule(s, "algebraicRule", NULL, &f->algebraic[i]));
    if (s->rules.size) pf_buf_put(s->out, s->rules.bytes, s->rules.size);
    if (s->out->size > empty) {
        pf_sbml_close(s, "listOfRules");
        return PF_OK;
    }
    s->depth--;
    if (!s->out->failed) s->out->bytes[s->out->size = start] = '\0';
    return PF_OK;
}

static pf_err functions(pf_sbml_writing *s)
{
    const pf_ast *ast = s->w.f->ast;
    int own = 0;
    for (size_t k = 0; k < PF_COUNT(s->w.needs); k++) own |= s->w.needs[k];
    if (!own && !ast->n_function) return PF_OK;
    pf_sbml_open(s, "listOfFunctionDefinitions");
    for (size_t k = 0; k < PF_COUNT(s->w.needs); k++) {
        if (!s->w.needs[k]) continue;
        pf_sbml_line(s, "<functionDefinition id=\"");
        pf_buf_printf(s->out,
            "%s\"><math xmlns=\"http://www.w3.org/1998/Math/MathML\"><lambda>"
            "<bvar><ci>x</ci></bvar>%s</lambda></math></functionDefinition>",
            PF_WRITING_OWN[k].name, PF_WRITING_OWN[k].mathml);
    }
    for (size_t k = 0; k < ast->n_function; k++) {
        const pf_function *f = &ast->function[k];
        const char *const *arg;
        PF_TRY(pf_writing_arguments(&s->w, f, &arg));
        pf_sbml_line(s, "<functionDefinition id=\"");
        pf_buf_printf(s->out, "%s\">", s->w.function_id[k]);
        s->depth++;
        PF_TRY(pf_sbml_write_math(s, &f->body, "", arg, f->n_arg));
        s->depth--;
        pf_sbml_line(s, "</functionDefinition>");
    }
    pf_sbml_close(s, "listOfFunctionDefinitions");
    return PF_OK;
}

static pf_err directive(pf_sbml_writing *s, const pf_mark *mark)
{
    const pf_st *st = mark->st;
    pf_place at = st->at;
    const char *what = st->kind == PF_ST_ROLE    ? "role"
                       : st->kind == PF_ST_SMALL ? "small"
                                                 : "discrete";
    pf_sbml_line(s, "<perforin:");
    pf_buf_printf(s->out, "%s id=\"%s\"", what, s->w.id[mark->var]);
    if (st->kind == PF_ST_SMALL) number_attribute(s, "below", st->number);
    if (st->kind == PF_ST_ROLE) PF_TRY(pf_sbml_attribute(s, "role", st->other, at));
    if (st->kind == PF_ST_ROLE && st->unit) PF_TRY(pf_sbml_attribute(s, "unit", st->unit, at));
    pf_buf_text(s->out, "/>");
    return PF_OK;
}

static pf_err directives(pf_sbml_writing *s)
{
    const pf_flat *f = s->w.f;
    if (!f->n_mark) return PF_OK;
    pf_sbml_open(s, "annotation");
    pf_sbml_line(s, "<perforin:directives xmlns:perforin=\"" PF_SBML_DIRECTIVES "\">");
    s->depth++;
    for (size_t i = 0; i < f->n_mark; i++) PF_TRY(directive(s, &f->mark[i]));
    s->depth--;
    pf_sbml_line(s, "</perforin:directives>");
    pf_sbml_close(s, "annotation");
    return PF_OK;
}

static pf_err model(pf_sbml_writing *s)
{
    const pf_flat *f = s->w.f;
    const char *id = pf_writing_fresh(&s->w, f->name);
    if (!id) return PF_ERR_NO_MEMORY;
    pf_sbml_line(s, "<model id=\"");
    pf_buf_printf(s->out, "%s\"", id);
    if (f->title) PF_TRY(pf_sbml_attribute(s, "name", f->title, f->at));
    PF_TRY(unit_attribute(s, "substanceUnits", f->substance_unit, f->at));
    PF_TRY(unit_attribute(s, "timeUnits", f->time_unit, f->at));
    PF_TRY(unit_attribute(s, "volumeUnits", f->volume_unit, f->at));
    PF_TRY(unit_attribute(s, "extentUnits", f->extent_unit, f->at));
    pf_buf_text(s->out, ">");
    s->depth++;
    PF_TRY(directives(s));
    PF_TRY(functions(s));
    PF_TRY(pf_sbml_write_units(s));
    PF_TRY(quantities(s));
    return initials(s);
}

/* Reactions come after rules in the file, but make some; so they are written aside first. */
static pf_err rules_and_reactions(pf_sbml_writing *s)
{
    pf_buf aside, *out = s->out;
    pf_buf_init(&aside, s->w.ctx);
    s->out = &aside;
    pf_err err = pf_sbml_write_reactions(s);
    s->out = out;
    if (!err) err = rules(s);
    if (!err) err = pf_buf_ok(&aside);
    if (!err && aside.size) pf_buf_put(s->out, aside.bytes, aside.size);
    pf_buf_clear(&aside);
    return err;
}

static pf_err document(pf_sbml_writing *s)
{
    for (uint32_t i = 0; i < s->w.f->names.n && !s->place; i++)
        if (list_of(s, i) == SPECIES && var(s, i)->compartment == PF_NO_NAME)
            if (!(s->place = pf_writing_fresh(&s->w, "default_compartment")))
                return PF_ERR_NO_MEMORY;
    PF_TRY(pf_sbml_ask_units(s));
    pf_buf_text(s->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sbml "
                        "xmlns=\"http://www.sbml.org/sbml/level3/version2/core\" level=\"3\" "
                        "version=\"2\">");
    s->depth = 1;
    PF_TRY(model(s));
    PF_TRY(rules_and_reactions(s));
    PF_TRY(pf_sbml_write_events(s));
    s->depth--;
    pf_sbml_line(s, "</model>\n</sbml>\n");
    return pf_buf_ok(s->out);
}

pf_err pf_sbml_write(pf_ctx *ctx, pf_flat *f, pf_buf *out)
{
    pf_sbml_writing s = {.out = out};
    pf_err err = pf_writing_open(ctx, f, PF_WRITES_SBML, &s.w);
    pf_buf_init(&s.rules, ctx);
    if (!err) err = document(&s);
    pf_buf_clear(&s.rules);
    pf_free(s.unit);
    pf_writing_close(&s.w);
    return err;
}
