/* Reading Antimony: what is understood, and the sentence for each mistake. */
#include "unit/model_tool.h"

#include <stdlib.h>

static void one_rate(const char *text, const char *state, double want)
{
    tool t;
    tool_open(&t, text, NULL);
    assert_close(tool_rate(&t, state), want, 1e-14, 0);
    tool_close(&t);
}

/* z' = formula, with x = 3, y = 2 */
static void value(const char *formula, double want)
{
    char text[512];
    snprintf(text, sizeof text, "x = 3; y = 2; p' = 0; p = 7; z = 0; z' = %s", formula);
    one_rate(text, "z", want);
    snprintf(text, sizeof text, "x' = 0; y' = 0; x = 3; y = 2; p' = 0; p = 7; z = 0; z' = %s",
        formula);
    one_rate(text, "z", want);
}

static void formulas_mean_what_libantimony_says(void **state)
{
    (void)state;
    value("log(100)", 4.605170185988092); /* natural */
    value("ln(100)", 4.605170185988092);
    value("log10(100)", 2);
    value("log(2, 8)", 3);
    value("root(3, 27)", 3);
    value("2^-2", 0.25);
    value("-2^2", -4);
    value("-x^2", -9);
    value("2^3^2", 512);
    value("x^-y^2", 0.012345679012345678);
    value("1/2/2", 0.25);
    value("2-1-1", 0);
    value("4/2*2", 4);
    value("2*-3", -6);
    value("- -3", 3);
    value("+x", 3);
    value("!x == 0", 1);
    value("1 < 2 < 3", 1);
    value("3 > y > 1", 1); /* a chain: 3 > y && y > 1 */
    value("3 > y > 2", 0);
    value("x == 3 > y != 2", 0);
    value("x == 3 && y != 3 || 0", 1);
    value("1 || 1 && 0", 0); /* || and && bind alike */
    value("x && (y || 0)", 1);
    value("7 % x + -7 % x + 7 % -x", 1);
    value("x*y % 4", 2);
    value("rem(7, x) + 10*quotient(-7, x)", -19);
    value("factorial(x) + factorial(y) + factorial(0)", 9);
    value("factorial(x + y)", 120);
    value("implies(x, 0) + implies(0, x) + implies(x, y)", 2);
    value("plus(x, y, 1) + times(x, y, 2) + minus(x) + minus(x, y) + divide(x, y)", 17.5);
    value("sqr(x) + root(16)", 13);
    value("asinh(x) + acosh(y) + atanh(1/x)", 3.481977946436856);
    value("asinh(-1e-9)", -1e-9);
    value("arcsinh(-x)", -1.8184464592320668);
    value("sech(x) + csch(x) + coth(x)", 1.2041193204019451);
    value("acot(x) + acsc(x) + asec(x)", 1.892546881191539);
    value("acoth(x) + acsch(x) + asech(1/x)", 2.436770914556317);
    value("xor(x, y, 1)", 1);
    value("min(inf, x) + piecewise(x, y > 1)", 6);
    value("x + 2 mL*3 per_h", 9);
    value("1/2 mL", 0.5);
    value("x >= 3", 1);
    value("x > 3", 0);
    value("xor(x, 0) + not(x) + and(x, y, 1) + or(0, 0) + gt(x, y) + leq(x, y)", 3);
    value("min(5, x, 4) + max(x, y) + min(y)", 8);
    value("piecewise(1, x < 2, 3)", 3);
    value("piecewise(1, x < 2, 5, y < 3, 3)", 5);
    value("sqrt(x + 1) + abs(-y) + floor(2.5) + ceil(2.5) + ceiling(-0.5)", 9);
    value("pow(x, y) + power(y, x)", 17);
    value("sec(1)", 1.8508157176809255);
    value("arctan(1) + atan(1)", 1.5707963267948966);
    value("exp(1) - exponentiale", 0);
    value("2*pi", 6.283185307179586);
    value("1.e3 + .5 + 1E-1 + 2e+1", 1020.6);
    value("true + false", 1);
    value("cbrt(27) + expm1(0) + log1p(0)", 3);
}

static void symbols_have_kinds_values_units_and_lines(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_model *m;
    pf_ctx_init(&ctx);
    assert_ok(&ctx,
        pf_model_parse(&ctx,
            "// a model\nmodel two(k) # comment\n  /* long\n comment */ k = 2 mL; d = k*3\n"
            "  unit mL = 1e-3 litre;\n  x has cell\n  x' = -k*x + a; x = d; a := time*k; x is "
            "\"X\";\n"
            "  q = 2*3 end",
            "m.ant", &m));
    assert_string_equal(pf_model_name(m), "two");
    assert_int_equal(pf_model_count(m, PF_SYMBOL_PARAMETER), 3);
    assert_int_equal(pf_model_count(m, PF_SYMBOL_STATE), 1);
    assert_int_equal(pf_model_count(m, PF_SYMBOL_ASSIGNED), 1);
    const pf_symbol *k = pf_model_find(m, "k"), *d = pf_model_find(m, "d"),
                    *x = pf_model_find(m, "x");
    assert_string_equal(k->unit, "mL");
    assert_close(k->value, 2, 0, 0);
    assert_int_equal(k->line, 4);
    assert_true(isnan(d->value));
    assert_string_equal(x->unit, "cell");
    assert_close(pf_model_find(m, "q")->value, 6, 0, 0);
    assert_null(pf_model_find(m, "nothing"));
    assert_string_equal(pf_model_nearest(m, "D"), "d");
    assert_ptr_equal(pf_model_symbol(m, PF_SYMBOL_STATE, 0), x);
    pf_model_free(m);
}

static void reactions_add_up_with_their_stoichiometry(void **state)
{
    (void)state;
    const char *text =
        "model m()\n species A, $S, B; J0: 2 A + $S -> B; k*A^2*S\n"
        "B => ; d*B; -> A; 3\n A = 5; B = 1; S = 2; k = 0.5; d = 4; v' = J0; v = 0\nend";
    one_rate(text, "A", -2 * 25 + 3);
    one_rate(text, "B", 25 - 4);
    one_rate(text, "v", 25);
}

static void species_in_a_compartment_are_concentrations(void **state)
{
    (void)state;
    const char *text = "compartment V = 4; species S in V, P; S = 3; P = 0; S -> P; k*S; k = 2";
    one_rate(text, "S", -1.5);
    one_rate(text, "P", 6);
}

static const char SUB[] =
    "model sub(a, b)\n  a' = -b*a + c; c := 2*b; a = 1; b = 3; z = 4; y := z;\n"
    "  //! role thing y [mm]\nend\n";

static void submodels_are_flattened(void **state)
{
    (void)state;
    char text[1024];
    tool t;
    snprintf(text, sizeof text,
        "%smodel *main()\n A: sub(x, k); B: sub(); B.b = 10; x = 5; k = 7; B.z = w; w = 9;\n"
        "s := A.c + B.c + A.y + B.y\n r' = s; r = 0\nend\nmodel other()\n u' = 1; u = 0\nend",
        SUB);
    tool_open(&t, text, NULL);
    assert_string_equal(pf_model_name(t.m), "main");
    assert_close(tool_rate(&t, "x"), -35 + 14, 0, 0);
    assert_close(tool_rate(&t, "A.a"), -35 + 14, 0, 0); /* the same */
    assert_close(tool_rate(&t, "B.a"), -10 + 20, 0, 0);
    assert_close(tool_rate(&t, "r"), 14 + 20 + 4 + 9, 0, 0);
    assert_string_equal(pf_model_find(t.m, "A.b")->name, "k");
    assert_int_equal(pf_model_role_count(t.m), 2);
    assert_string_equal(pf_model_role(t.m, 1)->name, "B.y");
    assert_string_equal(pf_model_role(t.m, 1)->role, "thing");
    assert_string_equal(pf_model_role(t.m, 1)->unit, "mm");
    tool_close(&t);
}

static void names_become_one_by_is(void **state)
{
    (void)state;
    char text[1024];
    snprintf(text, sizeof text,
        "%smodel top()\n A: sub(); B: sub(); A.a is B.a; B.a is shared; A.b is q; B.b is q; q "
        "= 2\n"
        " r' = shared + A.b; r = 0 end",
        SUB);
    /* two rates for one name */
    refused(text, "'shared' has a rate already");
    one_rate("model s()\n k = 2; x' = k; x = 0\nend\nmodel top()\n A: s(); B: s(); A.k is q; "
             "B.k is q\n"
             "end",
        "B.x", 2);
    refused("model s()\n k = 2; x' = k; x = 0\nend\nmodel u()\n k = 3; x' = k; x = 0\nend\n"
            "model top()\n A: s(); B: u(); A.k is q; B.k is q\nend",
        "get different values (lines 2 and 5)");
    one_rate("model s()\n k = 2; x' = k; x = 0\nend\nmodel u()\n k = 3; x' = k; x = 0\nend\n"
             "model top()\n A: s(); B: u(); A.k is q; B.k is q; q = 5\nend",
        "B.x", 5);
}

static void arguments_may_be_numbers_rules_and_deeper_models(void **state)
{
    (void)state;
    one_rate("model s(k)\n x' = k; x = 0; k = 1\nend\nmodel t()\n S: s(4)\nend", "S.x", 4);
    one_rate("model s(k)\n x' = k; x = 0; k = 1\nend\nmodel t()\n S: s(p); p := 2*S.x + 6\nend",
        "S.x", 6);
    one_rate("model s(k)\n x' = k; x = 0; k = 1\nend\nmodel m()\n S: s(); S.k = 2\nend\n"
             "model t()\n A: m(); A.S.k = 3\nend",
        "A.S.x", 3);
}

static void functions_are_inlined(void **state)
{
    (void)state;
    one_rate("function mm(x, K)\n x/(K + x)\nend\nfunction two(x) 2*mm(x, 1) end\n"
             "x = 3; x' = two(x) + mm(1, 1)",
        "x", 2);
    one_rate("function cbrt(x) x^(1/3) end\n x = 8; x' = cbrt(x)", "x", 2);
    one_rate("function cbrt(x) x^3 end\n x = 2; x' = cbrt(x)", "x", 8); /* its body decides */
    refused(
        "function f(x) g(x) end\nfunction g(x) f(x) end\nx = 1; x' = f(x)", "call each other");
    refused(
        "function f(x) x*k end\nk = 1; x = 1; x' = f(x)", "m.ant:1:17: 'k' is not known here");
    refused(
        "function f(x, y) x end\nx = 1; x' = f(x)", "m.ant:2:13: f takes 2 arguments, not 1");
}

static void mistakes_get_a_place_and_a_mend(void **state)
{
    (void)state;
    refused("x = 1; x' = -kil*x; kill = 2",
        "m.ant:1:14: 'kil' is not defined; did you mean 'kill'?");
    refused("x = 1;\n x' = x; a := b; b := 2*c; c := a", "a -> b -> c -> a");
    refused("x = 1; x' = x; a := a + 1", "'a' depends on itself: a -> a");
    refused("a = b; b = a; x = 1; x' = x", "a -> b -> a");
    refused("x = y; y = x; x' = x; y' = y", "depends on itself");
    refused("x = 1; x' = exp(x, 2)", "m.ant:1:13: exp takes 1 argument, not 2");
    refused("x = 1; x' = exq(x)", "there is no function 'exq'");
    refused("x = 1; x' = piecewise()", "otherwise");
    refused("x = 1; x' = minus(1, 2, 3)", "minus takes 1 or 2 arguments, not 3");
    refused("x = 1; x' = rateOf(x + 1)", "m.ant:1:13: rateOf takes the name of a variable");
    refused("x = 1\nx = 2; x' = 1", "m.ant:2:1: 'x' has a value already, in line 1");
    refused("x' = 1; x' = 2; x = 0", "has a rate already");
    refused("x = 1; x' = 1; A.k = 3", "m.ant:1:16: there is no submodel 'A' here");
    refused("model s()\n x' = 1; x = 0\nend\nmodel t()\n lung: s(); lang.x = 3\nend",
        "did you mean 'lung'");
    refused("model s()\n x' = 1; x = 0\nend\nmodel t()\n A: s(); A.y = 3\nend",
        "'A.y' is not defined");
    refused("model t()\n A: sub()\nend", "there is no model 'sub'");
    refused("model t()\n A: t()\nend", "contains itself");
    refused("species k; x = 1; x' = x", "m.ant:1:9: 'k' has no value");
    refused("x' = 1", "m.ant:1:1: state 'x' has no initial value; add 'x = ...'");
    refused("A -> B; A; A = 1", "state 'B' has no initial value");
    refused("k = 1/0; x = 1; x' = 1", "'k' is not a finite number");
    refused("k = 1e999; x = 1; x' = 1", "not a finite number");
    refused("x = inf; x' = 1", "not a finite number");
    refused("x := 1; x = 2; y' = 1; y = 0", "both a value and a rule");
    refused("x := 1; x' = 2; y' = 1; y = 0", "both a rule");
    refused("", "is empty");
    refused("x' = 1 + ; x = 0", "m.ant:1:10: expected a number, a name or '('");
    refused("x' = (1 +\n 2); x = 0", "the line ends here; a statement stands on one line");
    refused("x' = 1; x = 0; A -> B", "no rate");
    refused("x = nan; x' = 1", "not a finite number");
    refused("x = 1; x' = k; k = inf", "not a finite number");
    refused("model m()\n x' = 1; x = 0", "model 'm' has no end");
    refused("x' = 1; x = 0; time = 3", "'time' has a meaning of its own");
    refused("x' = 1; x = 0 /* open", "no end");
    refused("x' = 1; x = \x01", "byte 1");
    refused("x' = 1; x = 0 ~", "'~' has no meaning here");
    refused("//! smal x below 3\nx' = 1; x = 0",
        "m.ant:1:5: expected 'small', 'discrete' or 'role'");
    refused("//! small x below -3\nx' = 1; x = 0", "m.ant:1:19: expected a number above 0");
    refused("//! role r y\nx' = 1; x = 0", "'y' is not defined");
    refused("const x = 1; x' = 2", "both 'const' and a rule");
}

static void deep_and_long_input_is_refused_or_read(void **state)
{
    (void)state;
    size_t n = 200000;
    pf_buf b;
    pf_buf_init(&b, NULL);
    pf_buf_text(&b, "x = 0; x' = ");
    for (size_t i = 0; i < n; i++) pf_buf_text(&b, "(");
    refused(b.bytes, "nested over");
    pf_buf_empty(&b);
    pf_buf_text(&b, "x = 0; x' = ");
    for (size_t i = 0; i < n; i++) pf_buf_text(&b, "-");
    refused(b.bytes, "nested over");
    pf_buf_empty(&b);
    pf_buf_text(&b, "x = 0; x' = x");
    for (size_t i = 0; i < n; i++) pf_buf_text(&b, "+sin(x)"); /* long, not deep */
    one_rate(b.bytes, "x", 0);
    pf_buf_empty(&b);
    pf_buf_text(&b, "function f0(x) x + x end\n");
    for (int i = 1; i < 40; i++)
        pf_buf_printf(&b, "function f%d(x) f%d(x) + f%d(x + %d) end\n", i, i - 1, i - 1, i);
    pf_buf_text(&b, "x = 0; x' = f39(x)");
    refused(b.bytes, "the model smaller");
    pf_buf_clear(&b);
}

static void a_file_with_a_nul_byte_is_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_model *m;
    char path[] = "/tmp/pf_model_nul_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *file = fdopen(fd, "wb");
    fwrite("x = 1;\0x' = 1", 1, 13, file);
    fclose(file);
    pf_ctx_init(&ctx);
    assert_int_equal(pf_model_read(&ctx, path, &m), PF_ERR_MODEL);
    assert_contains(ctx.message, ":1:7: byte 0");
    remove(path);
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_model_read(&ctx, "/nowhere/at.all", &m), PF_ERR_CONFIG);
    pf_ctx_reset(&ctx);
    assert_ok(&ctx, pf_model_parse(&ctx, "\xEF\xBB\xBFx = 1; x' = 1", "marked", &m));
    pf_model_free(m);
    assert_int_equal(pf_model_parse(&ctx, "\xFF\xFEx", "wide", &m), PF_ERR_MODEL);
    assert_contains(ctx.message, "save the file as UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_mean_what_libantimony_says),
        cmocka_unit_test(symbols_have_kinds_values_units_and_lines),
        cmocka_unit_test(reactions_add_up_with_their_stoichiometry),
        cmocka_unit_test(species_in_a_compartment_are_concentrations),
        cmocka_unit_test(submodels_are_flattened),
        cmocka_unit_test(names_become_one_by_is),
        cmocka_unit_test(arguments_may_be_numbers_rules_and_deeper_models),
        cmocka_unit_test(functions_are_inlined),
        cmocka_unit_test(mistakes_get_a_place_and_a_mend),
        cmocka_unit_test(deep_and_long_input_is_refused_or_read),
        cmocka_unit_test(a_file_with_a_nul_byte_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
