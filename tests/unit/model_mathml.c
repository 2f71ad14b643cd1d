/* MathML to postfix items: every construct, odd numbers of operands, shadowed names, limits. */
#include "sbml_text.h"

#include <stdlib.h>

static char text[260000];

static const char *with_rule(const char *math)
{
    int n = snprintf(text, sizeof text, "%s%s%s",
        SBML_L3 "<model><listOfParameters><parameter id='x' value='3' constant='true'/>"
                "<parameter id='p' constant='false'/></listOfParameters><listOfRules>"
                "<assignmentRule variable='p'>" MATH,
        math, END_MATH "</assignmentRule></listOfRules>" END);
    assert_in_range(n, 1, sizeof text - 1);
    return text;
}

static void says(const char *math, const char *postfix)
{
    sbml_case c;
    sbml_open(&c, with_rule(math));
    assert_string_equal(sbml_postfix(sbml_var(&c, "p")->rule.expr), postfix);
    sbml_close(&c);
}

static void of_x(const char *element, const char *postfix)
{
    char math[200];
    snprintf(math, sizeof math, "<apply><%s/><ci>x</ci></apply>", element);
    says(math, postfix);
}

static void numbers_and_symbols(void **state)
{
    (void)state;
    says("<cn>2.5</cn>", "2.5");
    says("<cn type='integer'>-7</cn>", "-7");
    says("<cn type='e-notation'>2<sep/>-3</cn>", "0.002");
    says("<cn type='rational'>1<sep/>4</cn>", "0.25");
    says("<ci> x </ci>", "x");
    says("<pi/>", "3.141592654");
    says("<exponentiale/>", "2.718281828");
    says("<infinity/>", "inf");
    says("<apply><minus/><infinity/></apply>", "inf NEG");
    says("<notanumber/>", "nan");
    says("<true/>", "1");
    says("<false/>", "0");
    says("<csymbol encoding='text' definitionURL='http://www.sbml.org/sbml/symbols/time'>t"
         "</csymbol>",
        "TIME");
    says("<csymbol encoding='text' definitionURL='http://www.sbml.org/sbml/symbols/avogadro'>a"
         "</csymbol>",
        "6.02214179e+23");
    says("<apply><csymbol encoding='text' "
         "definitionURL='http://www.sbml.org/sbml/symbols/delay'>d</csymbol>"
         "<ci>x</ci><cn>2</cn></apply>",
        "x 2 DELAY");
    says("<apply><csymbol encoding='text' "
         "definitionURL='http://www.sbml.org/sbml/symbols/rateOf'>r</csymbol>"
         "<ci>x</ci></apply>",
        "x RATE");
}

static void functions_of_one_operand(void **state)
{
    (void)state;
    of_x("sin", "x SIN");
    of_x("sec", "x COS RCP");
    of_x("csch", "x SINH RCP");
    of_x("coth", "x TANH RCP");
    of_x("arccot", "x RCP ATAN");
    of_x("arcsec", "x RCP ACOS");
    of_x("arcsinh", "x ASINH");
    of_x("arccoth", "x RCP ATANH");
    of_x("arcsech", "x RCP ACOSH");
    of_x("factorial", "x FACTORIAL");
    of_x("ceiling", "x CEIL");
    of_x("not", "x NOT");
    of_x("ln", "x LOG");
    of_x("log", "x LOG10");
    of_x("root", "x SQRT");
    of_x("minus", "x NEG");
    of_x("abs", "x ABS");
}

static void qualifiers_come_first(void **state)
{
    (void)state;
    says("<apply><log/><logbase><cn>2</cn></logbase><ci>x</ci></apply>", "2 x LOGB");
    says("<apply><log/><logbase><cn>10</cn></logbase><ci>x</ci></apply>", "x LOG10");
    says("<apply><root/><degree><cn>3</cn></degree><ci>x</ci></apply>", "3 x ROOT");
    says("<apply><root/><degree><cn>2</cn></degree><ci>x</ci></apply>", "x SQRT");
}

static void any_number_of_operands(void **state)
{
    (void)state;
    says("<apply><plus/></apply>", "0");
    says("<apply><times/></apply>", "1");
    says("<apply><and/></apply>", "1");
    says("<apply><or/></apply>", "0");
    says("<apply><xor/></apply>", "0");
    says("<apply><plus/><ci>x</ci></apply>", "x");
    says("<apply><and/><ci>x</ci></apply>", "x NOT NOT");
    says("<apply><times/><ci>x</ci><cn>2</cn><cn>3</cn></apply>", "x 2 MUL 3 MUL");
    says("<apply><xor/><true/><ci>x</ci><false/></apply>", "1 x XOR 0 XOR");
    says("<apply><min/><ci>x</ci></apply>", "x");
    says("<apply><max/><ci>x</ci><cn>2</cn><cn>3</cn></apply>", "x 2 MAX 3 MAX");
    says("<apply><quotient/><ci>x</ci><cn>2</cn></apply>", "x 2 QUOTIENT");
    says("<apply><rem/><ci>x</ci><cn>2</cn></apply>", "x 2 REM");
    says("<apply><implies/><ci>x</ci><true/></apply>", "x 1 IMPLIES");
}

static void relations_are_chains(void **state)
{
    (void)state;
    says("<apply><lt/><cn>1</cn><ci>x</ci></apply>", "1 x LT");
    says("<apply><lt/><cn>1</cn><ci>x</ci><cn>4</cn></apply>", "1 x LT x 4 LT AND");
    says("<apply><geq/><ci>x</ci><cn>1</cn></apply>", "x 1 GE");
    says("<apply><eq/><ci>x</ci></apply>", "1");
}

static void pieces_without_otherwise_have_no_value(void **state)
{
    (void)state;
    says("<piecewise><piece><cn>1</cn><ci>x</ci></piece><otherwise><cn>2</cn></otherwise>"
         "</piecewise>",
        "1 x 2 PIECE");
    says("<piecewise><piece><cn>1</cn><ci>x</ci></piece></piecewise>", "1 x nan PIECE");
    says("<piecewise><otherwise><cn>2</cn></otherwise></piecewise>", "2");
}

static void odd_formulas_are_refused(void **state)
{
    (void)state;
    sbml_refused(with_rule("<apply><min/></apply>"), "at least one");
    sbml_refused(with_rule("<apply><ci>f</ci><cn>1</cn></apply><"), "m.xml:1:");
    sbml_refused(with_rule("<apply><csymbol encoding='text' "
                           "definitionURL='http://www.sbml.org/sbml/symbols/rateOf'>r</csymbol>"
                           "<cn>1</cn></apply>"),
        "rateOf");
}

static char *deep(int n)
{
    size_t size = (size_t)n * 30 + 1000;
    char *s = malloc(size), *p;
    assert_non_null(s);
    p = s + snprintf(s, size, SBML_L3 "<model><listOfRules><assignmentRule>" MATH);
    for (int i = 0; i < n; i++) p += sprintf(p, "<apply><sin/>");
    p += sprintf(p, "<ci>x</ci>");
    for (int i = 0; i < n; i++) p += sprintf(p, "</apply>");
    sprintf(p, END_MATH "</assignmentRule></listOfRules>" END);
    return s;
}

static const char *sum_of(int n)
{
    static char math[250000];
    char *p = math + sprintf(math, "<apply><plus/>");
    for (int i = 0; i < n; i++) p += sprintf(p, "<ci>x</ci>");
    sprintf(p, "</apply>");
    return math;
}

static void depth_and_size_are_bounded(void **state)
{
    (void)state;
    char *much = deep(200000);
    sbml_refused(much, "nested over 1000 deep");
    free(much);
    sbml_case c;
    sbml_open(&c, with_rule(sum_of(15000)));
    assert_int_equal(sbml_var(&c, "p")->rule.expr->n, 29999);
    assert_int_equal(sbml_var(&c, "p")->rule.expr->depth, 2);
    sbml_close(&c);
    sbml_refused(with_rule(sum_of(20000)), "over 20000 elements");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_symbols),
        cmocka_unit_test(functions_of_one_operand),
        cmocka_unit_test(qualifiers_come_first),
        cmocka_unit_test(any_number_of_operands),
        cmocka_unit_test(relations_are_chains),
        cmocka_unit_test(pieces_without_otherwise_have_no_value),
        cmocka_unit_test(odd_formulas_are_refused),
        cmocka_unit_test(depth_and_size_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
