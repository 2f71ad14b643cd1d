/* Units of whole models: what agrees, what clashes and where, and what is worked out. */
#include "ct.h"
#include "model/reading.h"
#include "model/units.h"

#include <string.h>

static pf_units *database;

static int open_database(void **state)
{
    (void)state;
    return pf_units_new(NULL, &database) != PF_OK;
}

static int close_database(void **state)
{
    (void)state;
    pf_units_free(database);
    return 0;
}

static void look(const char *text, pf_clashes *out)
{
    pf_ctx ctx;
    pf_reading r;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_reading_parse(&ctx, text, strlen(text), "m.ant", &r));
    assert_ok(&ctx, pf_units_check(&ctx, &r.flat, database, out));
    pf_reading_close(&r);
}

static void clean(const char *text)
{
    pf_clashes c;
    look(text, &c);
    if (c.n) fail_msg("in '%s': %s", text, c.clash[0].sentence);
    pf_clashes_clear(&c);
}

/* One clash, there, of which the sentence says `part`. */
static void clash(const char *text, int line, int column, const char *part)
{
    pf_clashes c;
    look(text, &c);
    if (c.n != 1) fail_msg("'%s' has %zu clashes", text, c.n);
    assert_contains(c.clash[0].sentence, part);
    assert_int_equal(c.clash[0].line, line);
    assert_int_equal(c.clash[0].column, column);
    assert_true(strlen(c.clash[0].mend) > 0);
    pf_clashes_clear(&c);
}

#define UNITS "unit per_day = 1/day; unit per_hour = 1/hour; unit time_unit = day;\n"

static void terms_of_a_sum_have_one_unit(void **state)
{
    (void)state;
    clash("a = 1 mL; b = 2 mg; c := a + b", 1, 28, "'a' is in mL, but 'b' is in mg");
    clash("a = 1 mL; b = 2 mg; c := 2*max(a, b)", 1, 35, "'a' is in mL, but 'b' is in mg");
    clash("a = 1 mL; b = 2 mg; c := piecewise(a, b > 3, b)", 1, 46, "'a' is in mL");
    clash("a = 1 mL; b = 2 mg; c := piecewise(1, a > b, 2)", 1, 41, "'a' is in mL");
    clean("a = 1 mL; b = 2 mL; c := a - b + 3; d := max(0, a)/b + 1");
}

static void the_same_measure_in_another_size_is_a_clash_too(void **state)
{
    (void)state;
    clash("a = 1 day; b = 2 hour; c := a + b", 1, 31, "a factor of 24 apart");
    clash("a = 1 g; b = 2 mg; c := a - b", 1, 27, "a factor of 1000 apart");
    clean("unit h = 3600 second; a = 1 h; b = 2 hour; c := a + b");
    clean("unit l_per_ml = litre/mL; a = 2 litre; b = 3 mL; c := a/1e-3 l_per_ml + b");
}

static void numbers_agree_in_sums_and_are_pure_in_products(void **state)
{
    (void)state;
    clean("a = 1 mL; b := a + 1; c := 2*a + b; d := a > 5; e := 1 - a/b");
    clean("a = 1 day; k := ln(2)/a; x := k*a + exp(2)");
}

static void arguments_of_exp_and_exponents_are_pure_numbers(void **state)
{
    (void)state;
    clash("a = 1 mL; c := exp(a)", 1, 16, "the argument of exp, 'a', is in mL");
    clash("a = 1 mL; c := 3 + ln(2*a)", 1, 20, "the argument of ln, '2*a', is in mL");
    clash("a = 1 mL; c := 2^a", 1, 17, "the exponent, 'a', is in mL");
    clean("a = 1 mL; b = 2 mL; c := exp(-a/b)*sin(a/b) + log10(a/(a + b))");
}

static void powers_multiply_exponents(void **state)
{
    (void)state;
    clean("a = 8 mL; r = 1 mm; unit mm_per_cm = mm/cm; r2 := r + 10 mm_per_cm*a^(1/3)");
    clean("a = 8 mm; b := sqrt(a^2) + cbrt(a*a*a) + root(4, a^4) + a");
    clean("n = 2.5; x = 1 cell; K = 3 cell; h := x^n/(K^n + x^n); y := h + exp(h)");
    clash("n = 2; x = 1 mm; K = 3 mm; h := x^n + K", 1, 37, "'x^n' is in mm^2, but 'K'");
}

static void rates_are_per_time(void **state)
{
    (void)state;
    clean(UNITS "x = 1 cell; k = 2 per_day; x' = -k*x");
    clash(UNITS "x = 1 cell; k = 2 per_hour; x' = -k*x", 2, 34, "a factor of 24 apart");
    clash(UNITS "x = 1 cell; k = 2 cell; x' = -k*x", 2, 30, "but 'x' per time is in cell/day");
    clean(UNITS "x = 1 cell; k = 2 per_day; x' = -k*x; y := rateOf(x)/x + k");
    clean(UNITS "x = 1 cell; d = 2 day; y := delay(x, d) + x; x' = 0");
    clash(UNITS "x = 1 cell; d = 2 cell; y := delay(x, d) + x; x' = 0", 2, 30, "a time");
}

static void reactions_change_amounts(void **state)
{
    (void)state;
    const char *good =
        UNITS "compartment V; V = 1 litre; species S in V; unit c = mole/litre;\n"
              "S = 1 c; k = 1 per_day; J: S -> ; k*S*V";
    const char *bad = UNITS "compartment V; V = 1 litre; species S in V; unit c = mole/litre;\n"
                            "S = 1 c; k = 1 per_day; J: S -> ; k*S";
    clean(good);
    clash(bad, 3, 35, "but the amount of 'S' per time is in mole/day");
}

static void events_give_what_fits_when_it_is_time(void **state)
{
    (void)state;
    clean(UNITS "x = 1 cell; d = 2 day; x' = 0; at d after x > 3 cell, priority = 2: x = 2*x");
    clash(UNITS "x = 1 cell; y = 1 mg; x' = 0; at x > 3: x = y", 2, 45, "but 'x' is in cell");
    clash(UNITS "x = 1 cell; y = 1 mg; x' = 0; at x > y: x = 2", 2, 36, "'y' is in mg");
    clash(UNITS "x = 1 cell; x' = 0; at x after x > 3: x = 2", 2, 24, "but time is in day");
}

static void functions_are_read_for_each_call(void **state)
{
    (void)state;
    clean("function mean(a, b) (a + b)/2 end\n"
          "x = 1 mL; y = 2 mL; u = 1 mg; v = 2 mg; p := mean(x, y) + x; q := mean(u, v) + u");
    clash("function mean(a, b) (a + b)/2 end\n"
          "x = 1 mL; u = 1 mg; p := mean(x, u)",
        1, 24, "'a' is in mL, but 'b' is in mg (in a call of mean in line 2)");
}

static void what_is_not_declared_is_worked_out(void **state)
{
    (void)state;
    /* forward through assignments, backward through sums and rates */
    clash("a = 1 mL; b := 2*a; c := b; d = 1 mg; e := c + d", 1, 46,
        "here 'c' is in mL by line 1");
    clash("a = 1 mL; k = 3; b := a + k; d = 1 mg; e := k + d", 1, 47, "'k' is in mL");
    clash(UNITS "x = 1 cell; k = 2; x' = -k*x; y = 1 cell; z := k + y", 2, 25,
        "here 'k' is in cell by line 2");
    clean("k = 3; x = 1; y := k*x; z := y + k; x' = k"); /* nothing is said, nothing clashes */
    clean(UNITS "K = 1; n = 2; C = 1 cell; m := 1/(1 + (C/K)^n) + exp(-C/K)");
}

static void time_is_worked_out_from_rates(void **state)
{
    (void)state;
    const char *text = "unit per_day = 1/day; x = 1 cell; k = 2 per_day; x' = -k*x;\n"
                       "d = 3 hour; y := piecewise(x, time > d, 2*x)";
    clash(text, 2, 36, "'time' is in day by line 1");
    /* by most of them */
    clash("unit per_day = 1/day; x = 1 cell; k = 2 per_day; y = 1 cell; z = 1 cell\n"
          "unit per_hour = 1/hour; q = 3 per_hour; x' = -q*x; y' = k*y; z' = k*z",
        2, 46, "but 'x' per time is in cell/day");
}

static void a_cause_is_told_once(void **state)
{
    (void)state;
    /* k is inferred from its first use; the nine others are not told again */
    clash("a = 1 mL; k = 3; b := a + k; d = 1 mg; e := k + d; f := k - d; g := max(k, d)\n"
          "h := d + k; i := 2*d + 2*k; j := k > d",
        1, 47, "'k' is in mL");
    clash("model part(x)\n  d = 1 mg; y := x + d;\nend\n"
          "model *all()\n  a = 1 mL; A: part(a); B: part(a); C: part(a);\nend",
        2, 20, "'x' is in mL");
    clash("function f(a) a + 3 mg end\nx = 1 mL; y := f(x); z := f(x) + x", 1, 17, "'a'");
}

static void twenty_are_told_and_all_are_counted(void **state)
{
    (void)state;
    pf_clashes c;
    pf_buf b;
    pf_buf_init(&b, NULL);
    pf_buf_text(&b, "a = 1 mL; d = 1 mg\n");
    for (int i = 0; i < 30; i++) pf_buf_printf(&b, "x%d := a + d\n", i);
    look(b.bytes, &c);
    assert_int_equal(c.n, 30);
    assert_int_equal(c.kept, PF_CLASHES_MOST);
    assert_int_equal(c.clash[0].line, 2);
    assert_int_equal(c.clash[19].line, 21);
    pf_clashes_clear(&c);
    pf_buf_clear(&b);
}

static void names_that_are_no_units_are_told(void **state)
{
    (void)state;
    clash("a = 1; a has frobs; b = 1; b has frobs", 1, 1, "'frobs' is no unit");
    clean("a = 1; a has substance; b = 2; b has volume; c := a/b + a"); /* left open */
    clean("unit frob = 3 mole; a = 1 frob; unit mole3 = 3 mole; b = 1 mole3; c := a + b");
    clean("unit a = b; unit b = a; x = 1 mL; y = 2; y has item");
    clean("a = 1 cell; b = 2; b has item; c := a + b"); /* SBML has no other word for cells */
    clash("a = 1 cell; b = 2 copies; c := a + b", 1, 34, "'a' is in cell");
}

static void roles_and_merged_names_say_units(void **state)
{
    (void)state;
    clash(
        "x = 1 mL; x' = 1\n//! role size x [mm]", 2, 1, "'x' is in mL, but its role is in mm");
    clash("x = 1; x' = 1; y = 2 mL; z := x + y\n//! role size x [mm]", 1, 33, "'x' is in mm");
    clash("model part(x)\n  x has mg;\nend\n"
          "model *all()\n  a = 1 mL; A: part(a);\nend",
        1, 12, "'A.x' is in mg, but it is the same as 'a', which is in mL");
}

static void sbml_says_units_its_own_way(void **state)
{
    (void)state;
    const char *text =
        "<?xml version='1.0'?><sbml xmlns='http://www.sbml.org/sbml/level3/version1/core' "
        "level='3' version='1'><model timeUnits='day'><listOfUnitDefinitions>"
        "<unitDefinition id='day'><listOfUnits><unit kind='second' exponent='1' scale='0' "
        "multiplier='86400'/></listOfUnits></unitDefinition><unitDefinition id='per_h'>"
        "<listOfUnits><unit kind='second' exponent='-1' scale='0' multiplier='3600'/>"
        "</listOfUnits></unitDefinition></listOfUnitDefinitions><listOfParameters>"
        "<parameter id='x' value='1' units='mole' constant='false'/>"
        "<parameter id='k' value='1' units='per_h' constant='true'/></listOfParameters>"
        "<listOfRules><rateRule variable='x'><math "
        "xmlns='http://www.w3.org/1998/Math/MathML'><apply><times/><ci>k</ci><ci>x</ci>"
        "</apply></math></rateRule></listOfRules></model></sbml>";
    pf_clashes c;
    look(text, &c);
    assert_int_equal(c.n, 1);
    assert_contains(c.clash[0].sentence,
        "but 'x' per time is in mole/day, where per_h is 0.000277778/second, "
        "a factor of 24 apart");
    pf_clashes_clear(&c);
}

static void symbols_say_what_their_units_mean(void **state)
{
    (void)state;
    static const char *const is[][2] = {{"k", "1/day"}, {"c", "1e+09 cell"}, {"p", "0.01"},
        {"r", "0.5*litre^2/cell"}, {"n", "1"}, {"v", "mL"}, {"q", "a"}};
    pf_ctx ctx;
    pf_model *m;
    pf_ctx_init(&ctx);
    assert_ok(&ctx,
        pf_model_parse(&ctx,
            "unit per_day = 1/day; unit Gcell = 1e9 item; unit percent = 0.01; unit a = b\n"
            "unit b = a; unit L2 = litre^2; k = 1 per_day; c = 1 Gcell; p = 1 percent; v = 1 "
            "mL\n"
            "r = 1; r has L2/(2*item); n = 1 dimensionless; q = 1 a; x = 1; x' = k*c*p*r*n*v*q",
            "m", &m));
    for (size_t i = 0; i < PF_COUNT(is); i++)
        assert_string_equal(pf_model_find(m, is[i][0])->unit_means, is[i][1]);
    assert_null(pf_model_find(m, "x")->unit_means);
    assert_string_equal(pf_model_find(m, "k")->unit, "per_day");
    pf_model_free(m);
}

static void models_without_units_are_not_looked_at(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_reading r;
    const char *none = "x = 1; x' = -k*x; k = 2\n//! role size x [mm]",
               *some = "x = 1; x' = -k*x; k = 2 mL";
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_reading_parse(&ctx, none, strlen(none), "m", &r));
    assert_false(pf_units_said(&r.flat));
    pf_reading_close(&r);
    assert_ok(&ctx, pf_reading_parse(&ctx, some, strlen(some), "m", &r));
    assert_true(pf_units_said(&r.flat));
    pf_reading_close(&r);
}

static void the_models_of_the_project_are_clean(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"core", "published/de-pillis-2005",
        "published/de-pillis-2009", "published/hardiansyah-2019", "published/kimmel-2021",
        "published/leon-triana-2020", "published/leon-triana-2021", "published/minucci-2024",
        "published/mueller-schoell-2021", "published/sahoo-2020", "published/singh-2020",
        "published/stein-2019"};
    for (size_t i = 0; i < PF_COUNT(NAMES); i++) {
        char path[300];
        pf_ctx ctx;
        pf_clashes c;
        pf_model *m;
        pf_ctx_init(&ctx);
        snprintf(path, sizeof path, PF_SOURCE_DIR "/models/%s.ant", NAMES[i]);
        assert_ok(&ctx, pf_units_check_file(&ctx, path, &c, &m));
        if (c.n) fail_msg("%s:%d: %s", path, c.clash[0].line, c.clash[0].sentence);
        pf_clashes_clear(&c);
        pf_model_free(m);
    }
}

/* libSBML's own check of units (tests/oracles/units_libsbml.py). */
static void what_libsbml_finds_is_found(void **state)
{
    (void)state;
    /* A number as a condition; a model without units; an algebraic rule: volume minus amount.
     */
    static const char *const OTHERWISE[] = {"/01282/", "/01417/", "/01793/"};
    char line[200];
    size_t n = 0;
    FILE *table = fopen(PF_SOURCE_DIR "/tests/data/units_libsbml.csv", "r");
    assert_non_null(table);
    while (fgets(line, sizeof line, table)) {
        char path[400], *comma = strchr(line, ',');
        pf_ctx ctx;
        pf_clashes c;
        if (!comma || !strncmp(line, "model,", 6)) continue;
        int clashes = comma[1] == '1';
        *comma = '\0';
        for (size_t i = 0; i < PF_COUNT(OTHERWISE); i++)
            clashes ^= strstr(line, OTHERWISE[i]) != NULL;
        snprintf(path, sizeof path, PF_SOURCE_DIR "/../shared/sbml/%s", line);
        if (!pf_path_exists(path)) continue;
        pf_ctx_init(&ctx);
        assert_ok(&ctx, pf_units_check_file(&ctx, path, &c, NULL));
        if (clashes != (c.n > 0)) fail_msg("%s has %zu clashes", line, c.n);
        pf_clashes_clear(&c);
        n++;
    }
    fclose(table);
    if (n) return;
    print_message("skipped: ../shared/sbml is not there\n");
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(terms_of_a_sum_have_one_unit),
        cmocka_unit_test(the_same_measure_in_another_size_is_a_clash_too),
        cmocka_unit_test(numbers_agree_in_sums_and_are_pure_in_products),
        cmocka_unit_test(arguments_of_exp_and_exponents_are_pure_numbers),
        cmocka_unit_test(powers_multiply_exponents), cmocka_unit_test(rates_are_per_time),
        cmocka_unit_test(reactions_change_amounts),
        cmocka_unit_test(events_give_what_fits_when_it_is_time),
        cmocka_unit_test(functions_are_read_for_each_call),
        cmocka_unit_test(what_is_not_declared_is_worked_out),
        cmocka_unit_test(time_is_worked_out_from_rates), cmocka_unit_test(a_cause_is_told_once),
        cmocka_unit_test(twenty_are_told_and_all_are_counted),
        cmocka_unit_test(names_that_are_no_units_are_told),
        cmocka_unit_test(roles_and_merged_names_say_units),
        cmocka_unit_test(sbml_says_units_its_own_way),
        cmocka_unit_test(symbols_say_what_their_units_mean),
        cmocka_unit_test(what_libsbml_finds_is_found),
        cmocka_unit_test(models_without_units_are_not_looked_at),
        cmocka_unit_test(the_models_of_the_project_are_clean)};
    return cmocka_run_group_tests(tests, open_database, close_database);
}
