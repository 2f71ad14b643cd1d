/* Reactions of SBML: rates, local parameters, stoichiometries. */
#include "model/sbml_parts.h"

#include <math.h>
#include <string.h>

static pf_err local(pf_sbml *s, const char *reaction, const Parameter_t *p, pf_place at)
{
    uint32_t v;
    const char *id = Parameter_getId(p);
    const char *name =
        id ? pf_arena_printf(s->ctx, &s->ast->arena, "%s.%s", reaction, id) : NULL;
    PF_TRY(pf_sbml_add(s, name, at, &v));
    pf_var *var = &s->flat->var[v];
    var->says = PF_SAYS_LOCAL | PF_SAYS_CONST;
    var->title = pf_sbml_text(s, Parameter_getName(p));
    var->unit = pf_sbml_text(s, Parameter_getUnits(p));
    if (!Parameter_isSetValue(p)) return PF_OK;
    return pf_sbml_number(s, Parameter_getValue(p), at, &var->value);
}

/* In libSBML a local parameter is a kind of parameter. */
static pf_err locals(pf_sbml *s, const char *reaction, KineticLaw_t *law)
{
    unsigned n =
        s->level > 2 ? KineticLaw_getNumLocalParameters(law) : KineticLaw_getNumParameters(law);
    for (unsigned i = 0; i < n; i++) {
        const Parameter_t *p = s->level > 2
                                   ? (const Parameter_t *)KineticLaw_getLocalParameter(law, i)
                                   : KineticLaw_getParameter(law, i);
        PF_TRY(local(s, reaction, p, pf_sbml_place(s, p)));
    }
    return PF_OK;
}

/* The variable that stands for a stoichiometry; PF_NO_NAME when it is a plain number. */
static pf_err stoichiometry(
    pf_sbml *s, SpeciesReference_t *r, const char *reaction, double factor, uint32_t *out)
{
    pf_place at = pf_sbml_place(s, r);
    const char *id = SpeciesReference_isSetId(r) ? SpeciesReference_getId(r) : NULL;
    const StoichiometryMath_t *formula = SpeciesReference_getStoichiometryMath(r);
    const ASTNode_t *math = formula ? StoichiometryMath_getMath(formula) : NULL;
    *out = PF_NO_NAME;
    if (!id && !math) return PF_OK;
    if (!id)
        id = pf_arena_printf(s->ctx, &s->ast->arena, "%s.%s.stoichiometry%zu", reaction,
            SpeciesReference_getSpecies(r), s->flat->n_side);
    PF_TRY(pf_sbml_add(s, id, at, out));
    pf_var *var = &s->flat->var[*out];
    int fixed = s->level < 3 ? !math : SpeciesReference_getConstant(r);
    var->says = PF_SAYS_SIDE | (fixed ? PF_SAYS_CONST : PF_SAYS_VAR);
    var->title = pf_sbml_text(s, SpeciesReference_getName(r));
    if (math) return pf_sbml_math(s, math, NULL, at, &var->rule);
    if (isnan(factor)) return PF_OK; /* not said */
    return pf_sbml_number(s, factor, at, &var->value);
}

static pf_err participant(pf_sbml *s, const SpeciesReference_t *r, const char *who, uint32_t *v)
{
    pf_place at = pf_sbml_place(s, r);
    PF_TRY(pf_sbml_find(s, SpeciesReference_getSpecies(r), at, who, v));
    if (s->flat->var[*v].says & PF_SAYS_SPECIES) return PF_OK;
    return pf_fail_at(
        s->ctx, s->file, at, "%s names '%s', which is no species", who, s->flat->var[*v].name);
}

static pf_err side(pf_sbml *s, SpeciesReference_t *r, const char *reaction, int sign)
{
    pf_flat *f = s->flat;
    uint32_t v, by;
    pf_place at = pf_sbml_place(s, r);
    PF_TRY(participant(s, r, "a participant of this reaction", &v));
    double factor = SpeciesReference_getStoichiometry(r) / SpeciesReference_getDenominator(r);
    if (s->level > 2 && !SpeciesReference_isSetStoichiometry(r)) factor = NAN;
    PF_TRY(stoichiometry(s, r, reaction, factor, &by));
    if (by == PF_NO_NAME && isnan(factor))
        return pf_fail_at(s->ctx, s->file, at,
            "'%s' has no stoichiometry in reaction '%s'; write stoichiometry=\"1\"",
            f->var[v].name, reaction);
    f->var[v].in_reaction = 1;
    PF_TRY(pf_reserve(s->ctx, &f->side, &f->side_capacity, f->n_side, sizeof *f->side));
    f->side[f->n_side++] = (pf_side){v, sign, by == PF_NO_NAME ? factor : 1, by};
    return PF_OK;
}

static pf_err sides(pf_sbml *s, Reaction_t *r, const char *id, pf_reaction *out)
{
    pf_flat *f = s->flat;
    out->side0 = f->n_side;
    for (unsigned i = 0; i < Reaction_getNumReactants(r); i++)
        PF_TRY(side(s, Reaction_getReactant(r, i), id, -1));
    for (unsigned i = 0; i < Reaction_getNumProducts(r); i++)
        PF_TRY(side(s, Reaction_getProduct(r, i), id, 1));
    out->n_side = f->n_side - out->side0;
    for (unsigned i = 0; i < Reaction_getNumModifiers(r); i++) {
        uint32_t v;
        const SpeciesReference_t *m = Reaction_getModifier(r, i);
        PF_TRY(participant(s, m, "a modifier of this reaction", &v));
        PF_TRY(pf_reserve(s->ctx, &f->side, &f->side_capacity, f->n_side, sizeof *f->side));
        f->side[f->n_side++] = (pf_side){v, 0, 0, PF_NO_NAME};
    }
    out->n_modifier = f->n_side - out->side0 - out->n_side;
    return PF_OK;
}

/* Units of a kinetic law's own (level 1, level 2 version 1) would rescale the rate. */
static pf_err usual_units(pf_sbml *s, const KineticLaw_t *law, const char *id)
{
    const char *substance =
        KineticLaw_isSetSubstanceUnits(law) ? KineticLaw_getSubstanceUnits(law) : NULL;
    const char *time = KineticLaw_isSetTimeUnits(law) ? KineticLaw_getTimeUnits(law) : NULL;
    int same = (!substance || strcmp(substance, "substance") == 0 ||
                   pf_text_equal(substance, s->flat->substance_unit)) &&
               (!time || strcmp(time, "time") == 0 || pf_text_equal(time, s->flat->time_unit));
    if (same) return PF_OK;
    return pf_fail_at(s->ctx, s->file, pf_sbml_place(s, law),
        "the kinetic law of reaction '%s' has units of its own, which are not converted; write "
        "it in the model's units",
        id);
}

static pf_err no_rate(pf_sbml *s, const char *id, pf_place at)
{
    if (SBase_getPlugin((SBase_t *)s->model, "fbc"))
        return pf_fail_at(s->ctx, s->file, at,
            "reaction '%s' has no rate: this model is for flux balance analysis (package fbc), "
            "which finds fluxes, not time courses; give every reaction a kinetic law",
            id);
    return pf_fail_at(s->ctx, s->file, at,
        "reaction '%s' has no rate; give it a kinetic law with a formula", id);
}

static pf_err reaction(pf_sbml *s, Reaction_t *r)
{
    pf_flat *f = s->flat;
    pf_place at = pf_sbml_place(s, r);
    KineticLaw_t *law = Reaction_getKineticLaw(r);
    const ASTNode_t *math = law ? KineticLaw_getMath(law) : NULL;
    uint32_t v;
    PF_TRY(pf_sbml_add(s, Reaction_getId(r), at, &v));
    const char *id = f->var[v].name;
    if (Reaction_getFast(r))
        return pf_fail_at(s->ctx, s->file, at,
            "reaction '%s' is fast (always in equilibrium), which is not read; give it a large "
            "rate, or an algebraic rule",
            id);
    if (!math) return no_rate(s, id, at);
    PF_TRY(usual_units(s, law, id));
    f->var[v].says = PF_SAYS_REACTION;
    f->var[v].title = pf_sbml_text(s, Reaction_getName(r));
    pf_reaction out = {.var = v, .reversible = Reaction_getReversible(r), .at = at};
    pf_sbml_scope scope = {.law = law, .reaction = id};
    PF_TRY(locals(s, id, law));
    PF_TRY(pf_sbml_math(s, math, &scope, pf_sbml_place(s, law), &out.rate));
    f->var[v].rule = out.rate;
    PF_TRY(sides(s, r, id, &out));
    PF_TRY(pf_reserve(
        s->ctx, &f->reaction, &f->reaction_capacity, f->n_reaction, sizeof *f->reaction));
    f->reaction[f->n_reaction++] = out;
    return PF_OK;
}

pf_err pf_sbml_reactions(pf_sbml *s)
{
    for (unsigned i = 0; i < Model_getNumReactions(s->model); i++)
        PF_TRY(reaction(s, Model_getReaction(s->model, i)));
    return PF_OK;
}
