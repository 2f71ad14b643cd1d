/* Units, functions, compartments, species and parameters of SBML. */
#include "model/sbml_parts.h"

#include <math.h>
#include <string.h>

/* A kind of unit in the words of UDUNITS-2. */
static const char *kind_text(UnitKind_t kind)
{
    switch (kind) {
    case UNIT_KIND_DIMENSIONLESS:
    case UNIT_KIND_AVOGADRO:
        return "1";
    case UNIT_KIND_ITEM:
        return "count";
    default:
        return UnitKind_toString(kind);
    }
}

/* A definition without parts defines nothing; its name may say what was meant. */
static pf_err empty_unit(pf_sbml *s, UnitDefinition_t *u)
{
    pf_flat *f = s->flat;
    const char *id = pf_sbml_text(s, UnitDefinition_getId(u));
    const char *name = pf_sbml_text(s, UnitDefinition_getName(u));
    if (!id || !name || strcmp(id, name) == 0) return PF_OK;
    PF_TRY(pf_reserve(s->ctx, &f->unit, &f->unit_capacity, f->n_unit, sizeof *f->unit));
    f->unit[f->n_unit++] = (pf_unit_def){id, name, pf_sbml_place(s, u)};
    return PF_OK;
}

static pf_err unit(pf_sbml *s, UnitDefinition_t *u)
{
    pf_flat *f = s->flat;
    pf_buf text;
    double factor = 1;
    if (!UnitDefinition_getNumUnits(u)) return empty_unit(s, u);
    pf_buf_init(&text, s->ctx);
    for (unsigned i = 0; i < UnitDefinition_getNumUnits(u); i++) {
        const Unit_t *part = UnitDefinition_getUnit(u, i);
        double exponent = Unit_getExponentAsDouble(part), m = Unit_getMultiplier(part);
        UnitKind_t kind = Unit_getKind(part);
        if (isnan(exponent)) exponent = 1;
        if (isnan(m)) m = 1;
        if (kind == UNIT_KIND_AVOGADRO) m *= 6.02214179e23;
        factor *= pow(m * pow(10, Unit_getScale(part)), exponent);
        pf_buf_text(&text, " ");
        pf_buf_text(&text, kind_text(kind));
        if (exponent == 1) continue;
        pf_buf_text(&text, "^");
        pf_buf_number(&text, exponent);
    }
    pf_buf whole;
    pf_buf_init(&whole, s->ctx);
    pf_buf_number(&whole, factor);
    pf_buf_text(&whole, text.bytes ? text.bytes : "");
    pf_err err = pf_buf_ok(&text) ? pf_buf_ok(&text) : pf_buf_ok(&whole);
    if (!err) err = pf_reserve(s->ctx, &f->unit, &f->unit_capacity, f->n_unit, sizeof *f->unit);
    if (!err)
        f->unit[f->n_unit++] = (pf_unit_def){pf_sbml_text(s, UnitDefinition_getId(u)),
            pf_sbml_text(s, whole.bytes), pf_sbml_place(s, u)};
    pf_buf_clear(&text);
    pf_buf_clear(&whole);
    return err;
}

/* Level 2 has units that need not be said; a definition of that id replaces them. */
static const char *usual(pf_sbml *s, const char *id, const char *otherwise)
{
    return Model_getUnitDefinitionById(s->model, id) ? id : otherwise;
}

pf_err pf_sbml_units(pf_sbml *s)
{
    pf_flat *f = s->flat;
    for (unsigned i = 0; i < Model_getNumUnitDefinitions(s->model); i++)
        PF_TRY(unit(s, Model_getUnitDefinition(s->model, i)));
    if (s->level < 3) {
        f->time_unit = usual(s, "time", "second");
        f->extent_unit = f->substance_unit = usual(s, "substance", "mole");
        f->volume_unit = usual(s, "volume", "litre");
        return PF_OK;
    }
    f->time_unit = pf_sbml_text(s, Model_getTimeUnits(s->model));
    f->substance_unit = pf_sbml_text(s, Model_getSubstanceUnits(s->model));
    f->volume_unit = pf_sbml_text(s, Model_getVolumeUnits(s->model));
    f->extent_unit = pf_sbml_text(s, Model_getExtentUnits(s->model));
    return PF_OK;
}

static pf_err function(pf_sbml *s, const FunctionDefinition_t *d)
{
    pf_ast *ast = s->ast;
    pf_place at = pf_sbml_place(s, d);
    const ASTNode_t *body = FunctionDefinition_getBody(d);
    pf_sbml_scope scope = {.function = d};
    pf_def def;
    const char *id = pf_sbml_text(s, FunctionDefinition_getId(d));
    if (!body) return PF_OK; /* calling it is the mistake */
    if (!id) return pf_fail_at(s->ctx, s->file, at, "this function has no id; give it one");
    const pf_function *same = pf_ast_function(ast, id);
    if (same)
        return pf_fail_at(s->ctx, s->file, at,
            "there is another function '%s' already, in line %d; choose another id", id,
            same->at.line);
    PF_TRY(pf_sbml_math(s, body, &scope, at, &def));
    size_t n = FunctionDefinition_getNumArguments(d);
    const char **arg = pf_arena_alloc(s->ctx, &ast->arena, n, sizeof *arg);
    if (!arg) return PF_ERR_NO_MEMORY;
    for (unsigned i = 0; i < n; i++) {
        arg[i] = pf_sbml_text(s, ASTNode_getName(FunctionDefinition_getArgument(d, i)));
        if (!arg[i]) arg[i] = "";
    }
    PF_TRY(pf_reserve(s->ctx, &ast->function, &ast->function_capacity, ast->n_function,
        sizeof *ast->function));
    ast->function[ast->n_function++] =
        (pf_function){.name = id, .n_arg = n, .arg = arg, .body = *def.expr, .at = at};
    return PF_OK;
}

pf_err pf_sbml_functions(pf_sbml *s)
{
    for (unsigned i = 0; i < Model_getNumFunctionDefinitions(s->model); i++)
        PF_TRY(function(s, Model_getFunctionDefinition(s->model, i)));
    return PF_OK;
}

static pf_err compartment(pf_sbml *s, Compartment_t *c)
{
    uint32_t v;
    pf_place at = pf_sbml_place(s, c);
    PF_TRY(pf_sbml_add(s, Compartment_getId(c), at, &v));
    pf_var *var = &s->flat->var[v];
    var->says =
        PF_SAYS_COMPARTMENT | (Compartment_getConstant(c) ? PF_SAYS_CONST : PF_SAYS_VAR);
    var->title = pf_sbml_text(s, Compartment_getName(c));
    var->unit = pf_sbml_text(s, Compartment_getUnits(c));
    if (!var->unit) var->unit = s->flat->volume_unit;
    /* Level 1 says that it is 1 then, and the others' test cases count on it. */
    double size = Compartment_isSetSize(c) ? Compartment_getSize(c) : 1.0;
    return pf_sbml_number(s, size, at, &var->value);
}

static pf_err parameter(pf_sbml *s, const Parameter_t *p)
{
    uint32_t v;
    pf_place at = pf_sbml_place(s, p);
    PF_TRY(pf_sbml_add(s, Parameter_getId(p), at, &v));
    pf_var *var = &s->flat->var[v];
    var->says = Parameter_getConstant(p) ? PF_SAYS_CONST : PF_SAYS_VAR;
    var->title = pf_sbml_text(s, Parameter_getName(p));
    var->unit = pf_sbml_text(s, Parameter_getUnits(p));
    if (!Parameter_isSetValue(p)) return PF_OK; /* a mistake when something reads it */
    return pf_sbml_number(s, Parameter_getValue(p), at, &var->value);
}

/* Compartments were added first, so a variable's number is the compartment's. */
static pf_err find_compartment(pf_sbml *s, const Species_t *p, uint32_t *v, int *is_point)
{
    pf_place at = pf_sbml_place(s, p);
    PF_TRY(
        pf_sbml_find(s, Species_getCompartment(p), at, "the compartment of this species", v));
    if (*v >= Model_getNumCompartments(s->model))
        return pf_fail_at(s->ctx, s->file, at,
            "the compartment of this species names '%s', which is none", s->flat->var[*v].name);
    *is_point =
        Compartment_getSpatialDimensionsAsDouble(Model_getCompartment(s->model, *v)) == 0;
    return PF_OK;
}

static const char *species_unit(pf_sbml *s, const Species_t *p, const pf_var *var)
{
    const char *substance = pf_sbml_text(s, Species_getSubstanceUnits(p));
    const char *size = NULL;
    if (!substance) substance = s->flat->substance_unit;
    if (var->compartment != PF_NO_NAME) size = s->flat->var[var->compartment].unit;
    if (!substance || var->says & PF_SAYS_AMOUNT) return substance;
    return size ? pf_arena_printf(s->ctx, &s->ast->arena, "%s/%s", substance, size) : NULL;
}

static pf_err species_value(pf_sbml *s, const Species_t *p, uint32_t v)
{
    pf_var *var = &s->flat->var[v];
    pf_place at = var->at;
    if (Species_isSetInitialAmount(p)) {
        var->says |= PF_SAYS_STARTS_AMOUNT;
        return pf_sbml_number(s, Species_getInitialAmount(p), at, &var->value);
    }
    if (!Species_isSetInitialConcentration(p)) return PF_OK;
    double x = Species_getInitialConcentration(p);
    if (var->says & PF_SAYS_AMOUNT && var->compartment != PF_NO_NAME)
        return pf_sbml_product(
            s, x, s->flat->var[var->compartment].name, at, &var->value); /* to an amount */
    return pf_sbml_number(s, x, at, &var->value);
}

/* In level 2 versions 1 and 2 a species could count its concentration per another unit. */
static pf_err usual_size_unit(pf_sbml *s, const Species_t *p, pf_place at)
{
    const char *unit = Species_isSetSpatialSizeUnits(p) ? Species_getSpatialSizeUnits(p) : NULL;
    if (!unit || !*unit || strcmp(unit, "volume") == 0) return PF_OK;
    const Compartment_t *c = Model_getCompartmentById(s->model, Species_getCompartment(p));
    if (c && pf_text_equal(unit, Compartment_getUnits(c))) return PF_OK;
    return pf_fail_at(s->ctx, s->file, at,
        "species '%s' has spatialSizeUnits '%s' of its own, which are not converted; remove "
        "them",
        Species_getId(p), unit);
}

static pf_err species(pf_sbml *s, const Species_t *p)
{
    uint32_t v, place;
    int is_point = 0;
    pf_place at = pf_sbml_place(s, p);
    PF_TRY(find_compartment(s, p, &place, &is_point));
    PF_TRY(pf_sbml_add(s, Species_getId(p), at, &v));
    PF_TRY(usual_size_unit(s, p, at));
    pf_var *var = &s->flat->var[v];
    var->says = PF_SAYS_SPECIES | (Species_getConstant(p) ? PF_SAYS_CONST : PF_SAYS_VAR);
    if (Species_getBoundaryCondition(p)) var->says |= PF_SAYS_BOUNDARY;
    if (Species_getHasOnlySubstanceUnits(p)) var->says |= PF_SAYS_AMOUNT;
    if (is_point)
        var->says |= PF_SAYS_AMOUNT; /* nothing can be dissolved in a point */
    else
        var->compartment = place;
    var->title = pf_sbml_text(s, Species_getName(p));
    var->unit = species_unit(s, p, var);
    return species_value(s, p, v);
}

/* Parameters that turn the extent of reactions into the species' own unit. */
static pf_err conversion(pf_sbml *s, const Species_t *p)
{
    uint32_t v, factor;
    const char *id = Species_isSetConversionFactor(p) ? Species_getConversionFactor(p)
                                                      : Model_getConversionFactor(s->model);
    if (!id || !*id) return PF_OK;
    pf_place at = pf_sbml_place(s, p);
    PF_TRY(pf_sbml_find(s, Species_getId(p), at, "this species", &v));
    PF_TRY(pf_sbml_find(s, id, at, "the conversion factor of this species", &factor));
    s->flat->var[v].conversion = factor;
    return PF_OK;
}

pf_err pf_sbml_quantities(pf_sbml *s)
{
    Model_t *m = s->model;
    for (unsigned i = 0; i < Model_getNumCompartments(m); i++)
        PF_TRY(compartment(s, Model_getCompartment(m, i)));
    for (unsigned i = 0; i < Model_getNumSpecies(m); i++)
        PF_TRY(species(s, Model_getSpecies(m, i)));
    for (unsigned i = 0; i < Model_getNumParameters(m); i++)
        PF_TRY(parameter(s, Model_getParameter(m, i)));
    if (s->level < 3) return PF_OK;
    for (unsigned i = 0; i < Model_getNumSpecies(m); i++)
        PF_TRY(conversion(s, Model_getSpecies(m, i)));
    return PF_OK;
}
