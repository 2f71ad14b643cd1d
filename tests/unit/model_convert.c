/* Models out: what is written is valid, comes back, and means the same. */
#include "unit/model_tool.h"

#include "model/antimony_write.h"
#include "model/reading.h"
#include "model/sbml_write.h"

#include <sbml/SBMLTypes.h>
#include <stdlib.h>
#include <string.h>

static char *written(const char *text, pf_writes to)
{
    pf_ctx ctx;
    pf_reading r;
    pf_buf b;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_reading_parse(&ctx, text, strlen(text), "m", &r));
    if (to == PF_WRITES_SBML)
        assert_ok(&ctx, pf_sbml_write(&ctx, &r.flat, &b));
    else
        assert_ok(&ctx, pf_antimony_write(&ctx, &r.flat, &b));
    pf_reading_close(&r);
    char *copy = strdup(b.bytes);
    pf_buf_clear(&b);
    return copy;
}

static void is_valid(const char *sbml)
{
    SBMLDocument_t *d = readSBMLFromString(sbml);
    SBMLDocument_setConsistencyChecks(d, LIBSBML_CAT_UNITS_CONSISTENCY, 0);
    SBMLDocument_setConsistencyChecks(d, LIBSBML_CAT_MODELING_PRACTICE, 0);
    SBMLDocument_checkConsistency(d);
    if (SBMLDocument_getNumErrors(d)) {
        const XMLError_t *e = (const XMLError_t *)SBMLDocument_getError(d, 0);
        print_error("%s\n%s\n", XMLError_getMessage(e), sbml);
        fail();
    }
    SBMLDocument_free(d);
}

/* The rates of all states of `a` at the start, in `b` too; both are closed. */
static void compare_rates(tool *a, tool *b)
{
    size_t n = pf_model_count(a->m, PF_SYMBOL_STATE);
    assert_int_equal(pf_model_count(b->m, PF_SYMBOL_STATE), n);
    for (size_t i = 0; i < n; i++) {
        char id[200];
        snprintf(id, sizeof id, "%s", pf_model_symbol(a->m, PF_SYMBOL_STATE, i)->name);
        double want = tool_rate(a, id);
        for (char *p = id; *p; p++)
            if (*p == '.') *p = '_';
        assert_non_null(pf_model_find(b->m, id));
        assert_close(tool_rate(b, id), want, 1e-14, 0);
    }
    tool_close(a);
    tool_close(b);
}

static void same_rates(const char *text, const char *other)
{
    tool a, b;
    tool_open(&a, text, NULL);
    tool_open(&b, other, NULL);
    compare_rates(&a, &b);
}

/* Antimony -> SBML -> Antimony -> SBML, and Antimony -> Antimony. */
static void goes_round(const char *text)
{
    char *sbml = written(text, PF_WRITES_SBML), *ant = written(text, PF_WRITES_ANTIMONY);
    char *back = written(sbml, PF_WRITES_ANTIMONY), *again = written(back, PF_WRITES_SBML);
    char *same = written(ant, PF_WRITES_ANTIMONY), *still = written(same, PF_WRITES_ANTIMONY);
    is_valid(sbml);
    is_valid(again);
    assert_string_equal(still, same);
    same_rates(text, sbml);
    same_rates(text, ant);
    same_rates(text, back);
    same_rates(text, again);
    free(sbml);
    free(ant);
    free(back);
    free(again);
    free(same);
    free(still);
}

static void models_go_round(void **state)
{
    (void)state;
    goes_round("x = 1; x' = -0.30000000000000004*x + 1e-300 + 1e22/7");
    goes_round("model a(q)\n S = 3; k = 2; S -> 2 P; k*S*q; P = 0; x = 1; x' = S - x\nend\n"
               "A: a(z); z := 2*time + 3; A_y = 5; A_y' = 7; B: a(3)");
    goes_round("compartment C = 2; species S in C, $B in C; substanceOnly species T in C;"
               "S = 3/C; B = 4; T = 5; J: n S + 2 B => 3 T; k*S*T; n := 1 + k; k = 0.1;"
               "K: T -> ; J/3; M -| J; species M; M = 1");
    goes_round("function f(x, y) x/(y + x) end\nfunction g(time_, in1) f(time_, in1)^2 end\n"
               "x = 2; x' = f(x, 3) + g(x, 1) + cbrt(x) + log1p(x) + expm1(x)");
    goes_round("compartment C = 2; species S in C; S = 3; S -> ; S; C' = 0.1*C");
    goes_round("end_ = 1; end_' = -end_; model_ = 2; time1 = 3; J: -> end2; 0; end2 = 1");
}

static void formulas_keep_their_meaning(void **state)
{
    (void)state;
    static const char *const f[] = {"2 - 3 - 4 + 5 - 6", "2 - (3 - 4)", "2/3/4*5", "2/(3*4)",
        "-x^2", "(-x)^2", "2^-x", "2^3^2", "(2^3)^2", "-(-x)", "x - -y", "x - (-y)*2", "x*-y",
        "-x*y", "!(x > 1) + !y", "x < 3 && y > 1 || x == 4", "x || (y && 0)", "x < y < 3",
        "(x < y) < 3", "piecewise(1, x > 3, 2, y > 1, 4)",
        "piecewise(1, x > 5, piecewise(2, y > 5, 3))", "x % 3 + rem(-x, 3) + quotient(x, 2)",
        "log(2, x) + log10(x) + ln(x) + root(3, x) + sqrt(x) + root(x)",
        "xor(x, y) + implies(x, 0) + factorial(3) + min(x, y, 1) + max(x, y)",
        "asinh(x) + acosh(x) + atanh(0.5) + sec(x) + asec(x) + abs(-x) + ceil(1.5) + floor(x)",
        "sin(x) + cos(x) + tan(x) + asin(0.5) + acos(0.5) + atan(x) + sinh(x) + tanh(x)",
        "min(inf, x) + min(-inf, 0)*0 + 3 mL/y", "pi + exponentiale + avogadro + true",
        "x - y*2 + 3 - x/y - 1", "1/(1 + x^2/(1 + y)) - (x + y)*(x - y)/(x*y)"};
    for (size_t i = 0; i < PF_COUNT(f); i++) {
        char text[300];
        snprintf(text, sizeof text, "x = 4; x' = 0; y = 2.5; z = 0; z' = %s", f[i]);
        if (strstr(f[i], "-inf")) snprintf(text, sizeof text, "x = 4; x' = min(inf, x)");
        goes_round(text);
    }
}

static void what_is_written_is_all_there_is(void **state)
{
    (void)state;
    const char *text = "unit per_day = 1/(86400 second); unit time_unit = 86400 second\n"
                       "x = 1; x' = k; k = 2 per_day; m = 3; m has mg/mL; m is \"a \\ <m>\"\n"
                       "E: at 2 after (x > 3), priority = x, t0 = false, persistent = false,\n"
                       "fromTrigger = false: x = 1, m = 4; E is \"stop\"\n"
                       "at x > 5: ; 0 = x - y; //! role some-role x [1/day]\n"
                       "y = 1\n//! small x below 10\n//! discrete y\n";
    char *ant = written(text, PF_WRITES_ANTIMONY), *sbml = written(text, PF_WRITES_SBML);
    is_valid(sbml);
    static const char *const lines[] = {"unit time_unit = 86400 second;", "k has per_day;",
        "m has mg/mL;", "m is \"a \\ <m>\";",
        "E: at 2 after (x > 3), priority = x, t0 = false, persistent = false, fromTrigger = "
        "false: x = 1, m = 4;",
        "E is \"stop\";", "at (x > 5): ;", "0 = x - y;", "//! role some-role x [1/day]",
        "//! small x below 10", "//! discrete y"};
    for (size_t i = 0; i < PF_COUNT(lines); i++) assert_contains(ant, lines[i]);
    char *back = written(sbml, PF_WRITES_ANTIMONY);
    for (size_t i = 0; i < PF_COUNT(lines); i++)
        if (i != 2 && i != 6)
            assert_contains(back, lines[i]); /* units get a name, and an
event that sets nothing is none */
    assert_contains(sbml, "<unitDefinition id=\"mg_per_mL\" name=\"mg/mL\">");
    assert_contains(sbml, "<perforin:role id=\"x\" role=\"some-role\" unit=\"1/day\"/>");
    free(ant);
    free(sbml);
    free(back);
}

static void the_core_model_goes_round(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_reading r;
    pf_buf b;
    tool own, back;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_reading_open(&ctx, PF_SOURCE_DIR "/models/core.ant", &r));
    assert_ok(&ctx, pf_sbml_write(&ctx, &r.flat, &b));
    pf_reading_close(&r);
    /* libSBML's check for cycles takes a minute on this many rules; is_valid has the parts. */
    tool_open_file(&own, PF_SOURCE_DIR "/models/core.ant", NULL);
    tool_open(&back, b.bytes, NULL);
    compare_rates(&own, &back);
    pf_buf_clear(&b);
}

static void names_stay_apart(void **state)
{
    (void)state;
    char *ant = written("model a()\n x = 1; in_ = 2\nend\nA: a(); A_x = 5; time_ = 3; B = A.x",
        PF_WRITES_ANTIMONY);
    assert_contains(ant, "A_x_2 = 1;");
    assert_contains(ant, "A_x = 5;");
    assert_contains(ant, "B = A_x_2;");
    free(ant);
}

static void long_formulas_do_not_overflow_the_stack(void **state)
{
    (void)state;
    pf_buf b;
    pf_buf_init(&b, NULL);
    pf_buf_text(&b, "x = 1; x' = x");
    for (int i = 0; i < 3000; i++) pf_buf_text(&b, i % 3 ? " - x/3" : " + 2*x");
    goes_round(b.bytes);
    pf_buf_clear(&b);
}

static void refuses(const char *text, pf_writes to, const char *why)
{
    pf_ctx ctx;
    pf_reading r;
    pf_buf b;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_reading_parse(&ctx, text, strlen(text), "m", &r));
    assert_int_equal(to == PF_WRITES_SBML ? pf_sbml_write(&ctx, &r.flat, &b)
                                          : pf_antimony_write(&ctx, &r.flat, &b),
        PF_ERR_MODEL);
    assert_contains(ctx.message, why);
    pf_reading_close(&r);
    pf_buf_clear(&b);
}

static void what_cannot_be_written_is_refused(void **state)
{
    (void)state;
    refuses("function f(x) x + time end\nx = 1; x' = f(x)", PF_WRITES_SBML,
        "functions of SBML do not read it");
    refuses("x = 1; x' = f(x)", PF_WRITES_SBML, "no such function");
    refuses("x = 1; x' = y", PF_WRITES_ANTIMONY, "'y' is not defined");
    refuses("x = 1; x is \"a\x02\"", PF_WRITES_SBML, "not UTF-8 that XML can hold");
    refuses("x = 1; x is \"\xff\"", PF_WRITES_SBML, "not UTF-8");
    refuses("unit u = v; unit v = u; x = 1 u", PF_WRITES_SBML, "defined by itself");
    refuses("A = 1; A := 2; A -> ; 1", PF_WRITES_SBML, "a rule and reactions change it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_go_round),
        cmocka_unit_test(formulas_keep_their_meaning),
        cmocka_unit_test(what_is_written_is_all_there_is),
        cmocka_unit_test(the_core_model_goes_round),
        cmocka_unit_test(names_stay_apart),
        cmocka_unit_test(long_formulas_do_not_overflow_the_stack),
        cmocka_unit_test(what_cannot_be_written_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
