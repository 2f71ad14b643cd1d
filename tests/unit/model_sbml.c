/* SBML to a flat model: quantities, reactions, rules, events, submodels; and what is refused.
 */
#include "sbml_text.h"
#include "unit/model_tool.h"

#define CELL                                                                                   \
    "<listOfCompartments><compartment id='c' size='2' constant='true'/>"                       \
    "<compartment id='dot' spatialDimensions='0' constant='true'/></listOfCompartments>"
#define AS "hasOnlySubstanceUnits='false' boundaryCondition='false' constant='false'"
#define ONE MATH "<cn>1</cn>" END_MATH

static void species_stand_for_amounts_or_concentrations(void **state)
{
    (void)state;
    sbml_case c;
    sbml_open(&c, SBML_L3
        "<model id='m'>" CELL "<listOfSpecies>"
        "<species id='a' name='A cell' compartment='c' initialAmount='6' " AS "/>"
        "<species id='b' compartment='c' initialConcentration='6' " AS "/>"
        "<species id='d' compartment='c' initialConcentration='6' hasOnlySubstanceUnits='true'"
        " boundaryCondition='true' constant='false'/>"
        "<species id='e' compartment='dot' initialAmount='5' " AS "/>"
        "</listOfSpecies>" END);
    assert_string_equal(c.r.flat.name, "m");
    const pf_var *a = sbml_var(&c, "a"), *d = sbml_var(&c, "d"), *e = sbml_var(&c, "e");
    assert_string_equal(a->title, "A cell");
    assert_true(a->says & PF_SAYS_STARTS_AMOUNT);
    assert_false(a->says & PF_SAYS_AMOUNT);
    assert_string_equal(c.r.flat.var[a->compartment].name, "c");
    assert_false(sbml_var(&c, "b")->says & (PF_SAYS_STARTS_AMOUNT | PF_SAYS_BOUNDARY));
    assert_string_equal(sbml_postfix(d->value.expr), "6 c MUL");
    assert_int_equal(d->says & (PF_SAYS_AMOUNT | PF_SAYS_BOUNDARY | PF_SAYS_CONST),
        PF_SAYS_AMOUNT | PF_SAYS_BOUNDARY);
    assert_true(e->says & PF_SAYS_AMOUNT);
    assert_int_equal(e->compartment, PF_NO_NAME);
    sbml_close(&c);
}

static const char REACTION[] = SBML_L3
    "<model conversionFactor='f'>" CELL "<listOfSpecies>"
    "<species id='a' compartment='c' initialAmount='6' " AS "/>"
    "<species id='b' compartment='c' initialAmount='6' conversionFactor='k' " AS "/>"
    "</listOfSpecies><listOfParameters><parameter id='f' value='3' constant='true'/>"
    "<parameter id='k' value='4' constant='true'/></listOfParameters><listOfReactions>"
    "<reaction id='J' reversible='false'><listOfReactants>"
    "<speciesReference species='a' stoichiometry='2' constant='true'/></listOfReactants>"
    "<listOfProducts><speciesReference id='n' species='b' constant='false'/>"
    "<speciesReference id='q' species='b' stoichiometry='5' constant='true'/></listOfProducts>"
    "<listOfModifiers><modifierSpeciesReference species='b'/></listOfModifiers>"
    "<kineticLaw>" MATH "<apply><times/><ci>k</ci><ci>f</ci><ci>a</ci></apply>" END_MATH
    "<listOfLocalParameters><localParameter id='k' value='7'/></listOfLocalParameters>"
    "</kineticLaw></reaction></listOfReactions>"
    "<listOfInitialAssignments><initialAssignment symbol='n'>" ONE
    "</initialAssignment></listOfInitialAssignments>" END;

static void reactions_have_local_names_and_stoichiometries(void **state)
{
    (void)state;
    sbml_case c;
    sbml_open(&c, REACTION);
    const pf_flat *f = &c.r.flat;
    assert_int_equal(f->n_reaction, 1);
    const pf_reaction *r = &f->reaction[0];
    assert_string_equal(sbml_postfix(r->rate.expr), "J.k f MUL a MUL");
    assert_true(sbml_var(&c, "J.k")->says & PF_SAYS_LOCAL);
    assert_string_equal(sbml_postfix(sbml_var(&c, "J.k")->value.expr), "7");
    assert_string_equal(f->var[r->var].name, "J");
    assert_int_equal(r->n_side, 3);
    assert_int_equal(r->n_modifier, 1);
    const pf_side *s = &f->side[r->side0];
    assert_int_equal(s[0].sign, -1);
    assert_close(s[0].factor, 2, 0, 0);
    assert_int_equal(s[0].by, PF_NO_NAME);
    assert_string_equal(f->var[s[1].by].name, "n");
    assert_close(s[1].factor, 1, 0, 0);
    assert_int_equal(s[2].by, PF_NO_NAME); /* nothing changes it */
    assert_close(s[2].factor, 5, 0, 0);
    assert_int_equal(s[3].sign, 0);
    assert_string_equal(f->var[sbml_var(&c, "a")->conversion].name, "f");
    assert_string_equal(f->var[sbml_var(&c, "b")->conversion].name, "k");
    sbml_close(&c);
}

static void stoichiometry_math_of_level_2_is_a_rule(void **state)
{
    (void)state;
    sbml_case c;
    sbml_open(&c, SBML_L2
        "<model><listOfCompartments><compartment id='c' size='1'/></listOfCompartments>"
        "<listOfSpecies><species id='a' compartment='c' initialAmount='1'/></listOfSpecies>"
        "<listOfReactions><reaction id='J'><listOfProducts><speciesReference species='a'>"
        "<stoichiometryMath>" ONE "</stoichiometryMath></speciesReference></listOfProducts>"
        "<kineticLaw>" ONE "</kineticLaw></reaction></listOfReactions>" END);
    const pf_side *s = &c.r.flat.side[0];
    assert_int_not_equal(s->by, PF_NO_NAME);
    assert_string_equal(sbml_postfix(c.r.flat.var[s->by].rule.expr), "1");
    assert_true(c.r.flat.reaction[0].reversible);
    assert_string_equal(c.r.flat.time_unit, "second");
    sbml_close(&c);
}

static void events_keep_their_flags(void **state)
{
    (void)state;
    sbml_case c;
    sbml_open(&c, SBML_L3
        "<model><listOfParameters><parameter id='x' value='1' constant='false'/>"
        "</listOfParameters><listOfEvents><event id='E' useValuesFromTriggerTime='false'>"
        "<trigger initialValue='false' persistent='true'>" ONE "</trigger><delay>" ONE
        "</delay><priority>" ONE "</priority><listOfEventAssignments>"
        "<eventAssignment variable='x'>" ONE "</eventAssignment></listOfEventAssignments>"
        "</event><event id='empty' useValuesFromTriggerTime='true'><trigger"
        " initialValue='false' persistent='true'>" ONE "</trigger></event></listOfEvents>" END);
    assert_int_equal(c.r.flat.n_event, 1);
    const pf_happening *e = &c.r.flat.event[0];
    assert_string_equal(e->name, "E");
    assert_true(e->persistent && !e->initial && !e->from_trigger);
    assert_non_null(e->delay.expr);
    assert_non_null(e->priority.expr);
    assert_int_equal(e->n_set, 1);
    sbml_close(&c);
    sbml_open(&c, SBML_L2
        "<model><listOfParameters><parameter id='x' value='1' constant='false'/>"
        "</listOfParameters><listOfEvents><event><trigger>" ONE "</trigger>"
        "<listOfEventAssignments><eventAssignment variable='x'>" ONE "</eventAssignment>"
        "</listOfEventAssignments></event></listOfEvents>" END);
    e = &c.r.flat.event[0];
    assert_true(e->persistent && e->initial && e->from_trigger);
    assert_null(e->name);
    sbml_close(&c);
}

static void rules_functions_and_units(void **state)
{
    (void)state;
    sbml_case c;
    sbml_open(&c, SBML_L3
        "<model timeUnits='hour'><listOfFunctionDefinitions><functionDefinition id='f'>" MATH
        "<lambda><bvar><ci>u</ci></bvar><bvar><ci>x</ci></bvar><apply><minus/><ci>x</ci>"
        "<ci>u</ci></apply></lambda>" END_MATH "</functionDefinition>"
        "</listOfFunctionDefinitions><listOfUnitDefinitions><unitDefinition id='hour'>"
        "<listOfUnits><unit kind='second' exponent='1' scale='0' multiplier='3600'/>"
        "</listOfUnits></unitDefinition></listOfUnitDefinitions><listOfParameters>"
        "<parameter id='x' value='9' units='hour' constant='false'/>"
        "<parameter id='y' value='1' constant='false'/></listOfParameters><listOfRules>"
        "<assignmentRule variable='x'>" MATH
        "<apply><ci>f</ci><ci>y</ci><cn>2</cn></apply>" END_MATH
        "</assignmentRule><algebraicRule>" ONE "</algebraicRule>"
        "<rateRule variable='y'>" ONE "</rateRule></listOfRules>" END);
    const pf_var *x = sbml_var(&c, "x");
    assert_string_equal(sbml_postfix(x->rule.expr), "y 2 f/2");
    assert_null(x->value.expr);
    assert_string_equal(x->unit, "hour");
    assert_non_null(sbml_var(&c, "y")->rate.expr);
    assert_int_equal(c.r.flat.n_algebraic, 1);
    assert_string_equal(c.r.flat.unit[0].text, "3600 second");
    assert_string_equal(c.r.flat.time_unit, "hour");
    const pf_function *f = pf_ast_function(&c.r.ast, "f");
    assert_non_null(f);
    assert_int_equal(f->n_arg, 2);
    assert_string_equal(sbml_postfix(&f->body), "#1 #0 SUB");
    sbml_close(&c);
}

static void submodels_are_flattened(void **state)
{
    (void)state;
    sbml_case c;
    sbml_open(&c,
        "<sbml xmlns='http://www.sbml.org/sbml/level3/version2/core' level='3' version='2' "
        "xmlns:comp='http://www.sbml.org/sbml/level3/version1/comp/version1' "
        "comp:required='true'><model id='top'><comp:listOfSubmodels>"
        "<comp:submodel comp:id='A' comp:modelRef='inner'/></comp:listOfSubmodels></model>"
        "<comp:listOfModelDefinitions><comp:modelDefinition id='inner'><listOfParameters>"
        "<parameter id='p' value='5' constant='true'/></listOfParameters>"
        "</comp:modelDefinition></comp:listOfModelDefinitions></sbml>");
    assert_string_equal(sbml_postfix(sbml_var(&c, "A__p")->value.expr), "5");
    sbml_close(&c);
}

static void external_models_lie_beside_the_file_that_names_them(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_reading r;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_reading_open(&ctx, PF_TEST_DATA "/sbml/outer.xml", &r));
    assert_int_not_equal(pf_names_find(&r.flat.names, "A__B__p"), PF_NO_NAME);
    pf_reading_close(&r);
    assert_int_equal(pf_reading_open(&ctx, PF_TEST_DATA "/sbml/circle.xml", &r), PF_ERR_MODEL);
    assert_contains(ctx.message, "does this model contain itself?");
    pf_reading_close(&r);
}

/* 40 models, each of which has the next one twice: a million millions of the last. */
static void submodels_that_multiply_are_refused(void **state)
{
    (void)state;
    static char text[20000];
    char *p =
        text +
        sprintf(text, "%s",
            "<sbml "
            "xmlns='http://www.sbml.org/sbml/level3/version2/core' level='3' version='2' "
            "xmlns:comp='http://www.sbml.org/sbml/level3/version1/comp/version1' "
            "comp:required='true'><model id='m'><comp:listOfSubmodels><comp:submodel "
            "comp:id='A' "
            "comp:modelRef='m0'/></comp:listOfSubmodels></model><comp:listOfModelDefinitions>");
    for (int i = 0; i < 40; i++)
        p += sprintf(p,
            "<comp:modelDefinition id='m%d'><comp:listOfSubmodels>"
            "<comp:submodel comp:id='A' comp:modelRef='m%d'/>"
            "<comp:submodel comp:id='B' comp:modelRef='m%d'/>"
            "</comp:listOfSubmodels></comp:modelDefinition>",
            i, i + 1, i + 1);
    sprintf(p, "<comp:modelDefinition id='m40'/></comp:listOfModelDefinitions></sbml>");
    sbml_refused(text, "add up to over 30000 elements");
}

static void compartments_without_a_size_have_the_size_1(void **state)
{
    (void)state;
    sbml_case c;
    sbml_open(&c, "<sbml xmlns='http://www.sbml.org/sbml/level1' level='1' version='2'><model>"
                  "<listOfCompartments><compartment name='c'/></listOfCompartments>"
                  "<listOfSpecies><species name='a' compartment='c' initialAmount='1'/>"
                  "</listOfSpecies><listOfReactions><reaction name='J'><listOfReactants>"
                  "<speciesReference species='a' stoichiometry='3' denominator='2'/>"
                  "</listOfReactants><kineticLaw formula='a + a*2'/></reaction>"
                  "</listOfReactions>" END);
    assert_string_equal(sbml_postfix(sbml_var(&c, "c")->value.expr), "1");
    assert_string_equal(sbml_postfix(c.r.flat.reaction[0].rate.expr), "a a 2 MUL ADD");
    const pf_side *side = &c.r.flat.side[0];
    assert_int_not_equal(side->by, PF_NO_NAME);
    assert_string_equal(sbml_postfix(c.r.flat.var[side->by].rule.expr), "1.5");
    sbml_close(&c);
    sbml_open(&c, SBML_L3 "<model><listOfCompartments><compartment id='c' constant='true'/>"
                          "</listOfCompartments>" END);
    assert_string_equal(sbml_postfix(sbml_var(&c, "c")->value.expr), "1");
    sbml_close(&c);
    sbml_refused(SBML_L3 "<model><listOfParameters><parameter id='c' constant='true'/>"
                         "<parameter id='x' value='1' constant='false'/></listOfParameters>"
                         "<listOfRules><rateRule variable='x'>" MATH "<ci>c</ci>" END_MATH
                         "</rateRule></listOfRules>" END,
        "'c' has no value, but is read");
}

static void values_may_be_infinite_or_no_number(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        SBML_L3 "<model><listOfParameters><parameter id='a' constant='true'/>"
                "<parameter id='b' constant='true'/></listOfParameters>"
                "<listOfInitialAssignments><initialAssignment symbol='a'>" MATH
                "<notanumber/>" END_MATH
                "</initialAssignment><initialAssignment symbol='b'>" MATH
                "<apply><minus/><infinity/></apply>" END_MATH "</initialAssignment>"
                "</listOfInitialAssignments>" END,
        NULL);
    assert_true(isnan(*tool_param(&t, "a")));
    assert_true(*tool_param(&t, "b") == -INFINITY);
    tool_close(&t);
    tool_open(&t,
        SBML_L3 "<model><listOfParameters><parameter id='unread' constant='true'/>"
                "</listOfParameters>" END,
        NULL);
    assert_true(isnan(*tool_param(&t, "unread")));
    tool_close(&t);
}

static void what_is_refused_says_so(void **state)
{
    (void)state;
    sbml_refused("<html><body/></html>", "m.xml");
    sbml_refused("<", "m.xml:1:");
    sbml_refused("<sbml", "m.xml:1:");
    sbml_refused(
        "<?xml version='1.0'?>\n<!--\n<sbml>-->\n <sbml xmlns='http://www.sbml.org/sbml/"
        "level3/version2/core' level='2' version='4'><model/></sbml>",
        "m.xml:4:2: level, version and namespace");
    sbml_refused("<!DOCTYPE sbml [<!ENTITY a 'b'>]><sbml/>", "document types");
    sbml_refused("<?xml version='1.0'?>\n<sbml>\xff</sbml>", "m.xml:2:7: the byte 0xff");
    sbml_refused("<?xml version='1.0' encoding='UTF-16'?>\n<sbml/>", "does not name UTF-8");
    sbml_refused(SBML_L3 "</sbml>", "no model");
    sbml_refused(SBML_L3 "<model><listOfSpecies><species id='a' compartment='ghost' " AS "/>"
                         "</listOfSpecies>" END,
        "'ghost', which is not defined");
    sbml_refused(SBML_L3 "<model>" CELL "<listOfParameters><parameter id='c' value='1' "
                         "constant='true'/></listOfParameters>" END,
        "another 'c'");
    sbml_refused(SBML_L2
        "<model><listOfParameters><parameter id='x' value='1'/></listOfParameters>"
        "<listOfEvents><event><trigger>" ONE "</trigger><listOfEventAssignments>"
        "<eventAssignment variable='x'>" ONE "</eventAssignment></listOfEventAssignments>"
        "</event></listOfEvents>" END,
        "'x', which is constant");
    sbml_refused(SBML_L2
        "<model><listOfParameters><parameter id='x' value='1'/></listOfParameters>"
        "<listOfReactions><reaction id='J'><listOfProducts><speciesReference "
        "species='x'/></listOfProducts><kineticLaw>" ONE
        "</kineticLaw></reaction></listOfReactions>" END,
        "'x', which is no species");
    sbml_refused(SBML_L3 "<model><listOfReactions><reaction id='J' reversible='false'/>"
                         "</listOfReactions>" END,
        "m.xml:1:");
    sbml_refused("<sbml xmlns='http://www.sbml.org/sbml/level3/version1/core' level='3' "
                 "version='1'><model><listOfReactions><reaction id='J' reversible='false' "
                 "fast='true'/></listOfReactions>" END,
        "reaction 'J' is fast");
    sbml_refused(
        "<sbml xmlns='http://www.sbml.org/sbml/level3/version1/core' level='3' "
        "version='1' xmlns:odd='http://www.sbml.org/sbml/level3/version1/odd/version1' "
        "odd:required='true'>"
        "<model/></sbml>",
        "package 'odd'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(species_stand_for_amounts_or_concentrations),
        cmocka_unit_test(reactions_have_local_names_and_stoichiometries),
        cmocka_unit_test(stoichiometry_math_of_level_2_is_a_rule),
        cmocka_unit_test(events_keep_their_flags),
        cmocka_unit_test(rules_functions_and_units),
        cmocka_unit_test(submodels_are_flattened),
        cmocka_unit_test(external_models_lie_beside_the_file_that_names_them),
        cmocka_unit_test(submodels_that_multiply_are_refused),
        cmocka_unit_test(compartments_without_a_size_have_the_size_1),
        cmocka_unit_test(values_may_be_infinite_or_no_number),
        cmocka_unit_test(what_is_refused_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
