/* Unit definitions of SBML: the model's own, and those that a text such as `1/day` asks for. */
#include "model/sbml_write.h"

#include "model/unit_text.h"

#include <string.h>

enum { DEEPEST = 20 };

static const char *const KIND[] = {"ampere", "becquerel", "candela", "coulomb", "dimensionless",
    "farad", "gram", "gray", "henry", "hertz", "item", "joule", "katal", "kelvin", "kilogram",
    "litre", "lumen", "lux", "metre", "mole", "newton", "ohm", "pascal", "radian", "second",
    "siemens", "sievert", "steradian", "tesla", "volt", "watt", "weber"};

/* Names that models use, in the kinds of SBML. */
static const struct {
    const char *name, *kind;
    double multiplier;
} KNOWN[] = {{"s", "second", 1}, {"sec", "second", 1}, {"min", "second", 60},
    {"minute", "second", 60}, {"h", "second", 3600}, {"hr", "second", 3600},
    {"hour", "second", 3600}, {"d", "second", 86400}, {"day", "second", 86400},
    {"week", "second", 604800}, {"L", "litre", 1}, {"l", "litre", 1}, {"liter", "litre", 1},
    {"dL", "litre", 0.1}, {"mL", "litre", 1e-3}, {"ml", "litre", 1e-3}, {"uL", "litre", 1e-6},
    {"ul", "litre", 1e-6}, {"m", "metre", 1}, {"meter", "metre", 1}, {"cm", "metre", 1e-2},
    {"mm", "metre", 1e-3}, {"um", "metre", 1e-6}, {"nm", "metre", 1e-9}, {"kg", "kilogram", 1},
    {"g", "gram", 1}, {"mg", "gram", 1e-3}, {"ug", "gram", 1e-6}, {"ng", "gram", 1e-9},
    {"pg", "gram", 1e-12}, {"mol", "mole", 1}, {"mmol", "mole", 1e-3}, {"umol", "mole", 1e-6},
    {"nmol", "mole", 1e-9}, {"pmol", "mole", 1e-12}, {"cell", "item", 1}, {"cells", "item", 1},
    {"count", "item", 1}, {"molecule", "item", 1}, {"copies", "item", 1},
    /* the units that level 2 has without saying so */
    {"substance", "mole", 1}, {"volume", "litre", 1}, {"length", "metre", 1},
    {"time", "second", 1}};

static int is_kind(const char *name)
{
    for (size_t i = 0; i < PF_COUNT(KIND); i++)
        if (strcmp(name, KIND[i]) == 0) return 1;
    return 0;
}

static const char *own_unit(const pf_sbml_writing *s, const char *name)
{
    for (size_t i = 0; i < s->w.f->n_unit; i++)
        if (strcmp(s->w.f->unit[i].name, name) == 0) return s->w.unit_id[i];
    return NULL;
}

pf_err pf_sbml_unit_id(pf_sbml_writing *s, const char *text, pf_place at, const char **out)
{
    (void)at;
    *out = NULL;
    if (!text || !*text) return PF_OK;
    if ((*out = own_unit(s, text))) return PF_OK;
    if (strcmp(text, "1") == 0) text = "dimensionless";
    if (strcmp(text, "count") == 0) text = "item";
    *out = text;
    if (is_kind(text)) return PF_OK;
    for (size_t i = 0; i < s->n_unit; i++)
        if (strcmp(s->unit[i].text, text) == 0) {
            *out = s->unit[i].id;
            return PF_OK;
        }
    pf_buf name; /* 1/day: per_day */
    pf_buf_init(&name, s->w.ctx);
    if (strncmp(text, "1/", 2) == 0) pf_buf_text(&name, "per_"), text += 2;
    for (const char *p = text; *p; p++) pf_buf_printf(&name, *p == '/' ? "_per_" : "%c", *p);
    text = *out;
    *out = pf_buf_ok(&name) ? NULL : pf_writing_fresh(&s->w, name.bytes);
    pf_buf_clear(&name);
    if (!*out) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_reserve(s->w.ctx, &s->unit, &s->unit_capacity, s->n_unit, sizeof *s->unit));
    s->unit[s->n_unit++] = (pf_sbml_unit){text, *out};
    return PF_OK;
}

/* One factor in kinds of SBML; 0 when its name says nothing here. */
static int known(const char *name, const char **kind, double *multiplier)
{
    *kind = name;
    *multiplier = 1;
    if (is_kind(name)) return 1;
    for (size_t i = 0; i < PF_COUNT(KNOWN); i++) {
        if (strcmp(name, KNOWN[i].name) != 0) continue;
        *kind = KNOWN[i].kind;
        *multiplier = KNOWN[i].multiplier;
        return 1;
    }
    return 0;
}

static void one(pf_sbml_writing *s, const char *kind, double exponent, double multiplier)
{
    pf_sbml_line(s, "<unit kind=\"");
    pf_buf_printf(s->out, "%s\" exponent=\"", kind);
    pf_sbml_number_text(s->out, exponent);
    pf_buf_text(s->out, "\" scale=\"0\" multiplier=\"");
    pf_sbml_number_text(s->out, multiplier);
    pf_buf_text(s->out, "\"/>");
}

/* The parts of `text` to the power `exponent`, those of other definitions in their place; with
 * `write` 0 only `*good`: is every part known? */
static pf_err parts(
    pf_sbml_writing *s, const char *text, double exponent, int write, unsigned depth, int *good)
{
    pf_unit_product u;
    const char *kind;
    double multiplier;
    const pf_flat *f = s->w.f;
    if (depth > DEEPEST)
        return pf_writing_fail(&s->w, f->at, text, "this unit is defined by itself");
    PF_TRY(pf_unit_text_read(s->w.ctx, s->w.arena, text, &u));
    if (write && u.multiplier != 1) one(s, "dimensionless", exponent, u.multiplier);
    for (size_t i = 0; i < u.n; i++) {
        const char *name = u.factor[i].name;
        double power = exponent * u.factor[i].exponent;
        size_t k = 0;
        while (k < f->n_unit && strcmp(f->unit[k].name, name) != 0) k++;
        if (k < f->n_unit)
            PF_TRY(parts(s, f->unit[k].text, power, write, depth + 1, good));
        else if (!known(name, &kind, &multiplier))
            *good = 0;
        else if (write)
            one(s, kind, power, multiplier);
    }
    return PF_OK;
}

/* Where a name in it is not known, the definition is empty but for its own name. */
static pf_err definition(
    pf_sbml_writing *s, const char *id, const char *name, const char *text, pf_place at)
{
    int good = 1;
    PF_TRY(parts(s, text, 1, 0, 0, &good));
    pf_sbml_line(s, "<unitDefinition");
    PF_TRY(pf_sbml_attribute(s, "id", id, at));
    if (name && strcmp(id, name) != 0)
        PF_TRY(pf_sbml_attribute(s, "name", name, at));
    else if (!good)
        PF_TRY(pf_sbml_attribute(s, "name", text, at));
    if (!good) {
        pf_buf_text(s->out, "/>");
        return PF_OK;
    }
    pf_buf_text(s->out, ">");
    s->depth++;
    pf_sbml_open(s, "listOfUnits");
    size_t before = s->out->size;
    PF_TRY(parts(s, text, 1, 1, 0, &good));
    if (s->out->size == before) one(s, "dimensionless", 1, 1);
    pf_sbml_close(s, "listOfUnits");
    s->depth--;
    pf_sbml_line(s, "</unitDefinition>");
    return PF_OK;
}

/* A species' own unit is what its name is measured in; SBML asks for that of the amount. */
const char *pf_sbml_unit_of(const pf_sbml_writing *s, const pf_var *v)
{
    if (!v->unit || !(v->says & PF_SAYS_SPECIES)) return v->unit;
    if (v->says & PF_SAYS_AMOUNT || v->compartment == PF_NO_NAME) return v->unit;
    const char *size = s->w.f->var[v->compartment].unit;
    size_t n = strlen(v->unit), k = size ? strlen(size) : 0;
    if (size && n > k + 1 && v->unit[n - k - 1] == '/' && strcmp(v->unit + n - k, size) == 0)
        return pf_arena_strndup(s->w.ctx, s->w.arena, v->unit, n - k - 1);
    pf_log(s->w.ctx, PF_LOG_WARN, "unit_not_written",
        "species = %s, unit = %s, why = the compartment has no unit that it ends in", v->name,
        v->unit);
    return NULL;
}

static pf_err ask_expr(pf_sbml_writing *s, const pf_expr *e)
{
    const char *id;
    for (size_t i = 0; e && i < e->n; i++)
        if (e->item[i].kind == PF_ITEM_NUMBER && e->item[i].name)
            PF_TRY(pf_sbml_unit_id(s, e->item[i].name, e->item[i].at, &id));
    return PF_OK;
}

/* Definitions come before what uses them, so every text is looked at first. */
static pf_err ask_all(pf_sbml_writing *s)
{
    const pf_flat *f = s->w.f;
    const char *id;
    for (size_t i = 0; i < f->ast->n_function; i++)
        PF_TRY(ask_expr(s, &f->ast->function[i].body));
    for (uint32_t i = 0; i < f->names.n; i++) {
        const pf_var *v = &f->var[i];
        if (pf_flat_root(f, i) != i) continue;
        PF_TRY(pf_sbml_unit_id(s, pf_sbml_unit_of(s, v), v->at, &id));
        PF_TRY(ask_expr(s, v->value.expr));
        PF_TRY(ask_expr(s, v->rule.expr));
        PF_TRY(ask_expr(s, v->rate.expr));
    }
    for (size_t i = 0; i < f->n_reaction; i++) PF_TRY(ask_expr(s, f->reaction[i].rate.expr));
    for (size_t i = 0; i < f->n_algebraic; i++) PF_TRY(ask_expr(s, f->algebraic[i].expr));
    for (size_t i = 0; i < f->n_set; i++) PF_TRY(ask_expr(s, f->set[i].value.expr));
    for (size_t i = 0; i < f->n_event; i++) {
        PF_TRY(ask_expr(s, f->event[i].trigger.expr));
        PF_TRY(ask_expr(s, f->event[i].delay.expr));
        PF_TRY(ask_expr(s, f->event[i].priority.expr));
    }
    const char *const of_model[] = {
        f->time_unit, f->substance_unit, f->volume_unit, f->extent_unit};
    for (size_t i = 0; i < PF_COUNT(of_model); i++)
        PF_TRY(pf_sbml_unit_id(s, of_model[i], f->at, &id));
    return PF_OK;
}

pf_err pf_sbml_write_units(pf_sbml_writing *s)
{
    const pf_flat *f = s->w.f;
    if (!f->n_unit && !s->n_unit) return PF_OK;
    pf_sbml_open(s, "listOfUnitDefinitions");
    for (size_t i = 0; i < f->n_unit; i++)
        PF_TRY(definition(s, s->w.unit_id[i], f->unit[i].name, f->unit[i].text, f->unit[i].at));
    for (size_t i = 0; i < s->n_unit; i++)
        PF_TRY(definition(s, s->unit[i].id, s->unit[i].text, s->unit[i].text, f->at));
    pf_sbml_close(s, "listOfUnitDefinitions");
    return PF_OK;
}

pf_err pf_sbml_ask_units(pf_sbml_writing *s)
{
    return ask_all(s);
}
