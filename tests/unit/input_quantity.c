/* Quantities and units. */
#include "ct.h"

#include <string.h>

#include "input/quantity.h"

static pf_units *units;

static int start(void **state)
{
    (void)state;
    return pf_units_new(NULL, &units) != PF_OK;
}

static int stop(void **state)
{
    (void)state;
    pf_units_free(units);
    return 0;
}

static void assert_reads(const char *text, double low, double high, const char *unit)
{
    pf_quantity q;
    const char *wrong, *mend;
    if (!pf_quantity_read(text, &q, &wrong, &mend)) fail_msg("'%s': %s", text, wrong);
    assert_close(q.low, low, 0, 0);
    assert_close(q.high, high, 0, 0);
    assert_string_equal(q.unit, unit);
}

static void assert_refused(const char *text, const char *says)
{
    pf_quantity q;
    const char *wrong = "", *mend;
    if (pf_quantity_read(text, &q, &wrong, &mend)) fail_msg("'%s' was read", text);
    assert_contains(wrong, says);
}

static void quantities_are_numbers_ranges_and_units(void **state)
{
    (void)state;
    assert_reads("2e6 cell/kg", 2e6, 2e6, "cell/kg");
    assert_reads("-0.5", -0.5, -0.5, "1");
    assert_reads(".5%", .5, .5, "%");
    assert_reads("1..3", 1, 3, "1");
    assert_reads("1e9..1e10 cell", 1e9, 1e10, "cell");
    assert_reads(" 1 day .. 2 day ", 1, 2, "day");
    assert_reads("0.02 1/month", 0.02, 0.02, "1/month");
    assert_reads("3e eV", 3, 3, "e eV");
}

static void what_is_no_finite_decimal_number_is_refused(void **state)
{
    (void)state;
    assert_refused("", "a number was expected");
    assert_refused("many", "a number was expected");
    assert_refused("nan day", "only finite numbers");
    assert_refused("-Infinity", "only finite numbers");
    assert_refused("0x10 mg", "hexadecimal");
    assert_refused("1e999 mg", "too large");
    assert_refused("1,000 mg", "comma");
    assert_refused("18,5 %", "comma");
    assert_refused("1 000 mg", "two numbers");
    assert_refused("3..1 day", "backwards");
    assert_refused("1 day..3 week", "the same unit");
    assert_refused("1..", "a number was expected");
    assert_refused("5 m;g", "not a unit");
}

static void assert_converts(const char *from, const char *to, double x, double want)
{
    double got;
    if (!pf_unit_convert(units, x, from, to, &got)) fail_msg("%s does not fit %s", from, to);
    assert_close(got, want, 1e-14, 0);
}

static void months_and_years_are_ours(void **state)
{
    (void)state;
    assert_converts("month", "day", 1, 30.4375);
    assert_converts("months", "year", 12, 1);
    assert_converts("year", "day", 4, 1461);
    assert_converts("yr", "day", 1, 365.25);
    assert_converts("week", "day", 3, 21);
}

static void units_of_the_trade_convert(void **state)
{
    (void)state;
    assert_converts("cell/uL", "cell/mL", 1, 1000);
    assert_converts("\xc2\xb5L", "mL", 5, 0.005);
    assert_converts("Mcell", "cell", 1, 1e6);
    assert_converts("cells/kg", "cell/g", 1e6, 1000);
    assert_converts("mg/m2", "mg/m^2", 375, 375);
    assert_converts("mg/m\xc2\xb2", "mg/m2", 375, 375);
    assert_converts("lesions", "1", 3, 3);
    assert_converts("copies/ug", "copies/mg", 1, 1000);
    assert_converts("copy", "copies", 1, 1);
    assert_converts("nM", "mol/L", 1, 1e-9);
    assert_converts("mL/day/mL", "1/day", 10, 10);
    assert_converts("ug/kg", "mg/kg", 500, 0.5);
    assert_converts("degC", "K", 37, 310.15);
    double x;
    assert_true(pf_unit_convert(units, 18.5, "%", "1", &x));
    assert_true(x == 0.185);
}

static int fits(const char *a, const char *b)
{
    double x;
    return pf_unit_convert(units, 1, a, b, &x);
}

static void different_dimensions_never_convert(void **state)
{
    (void)state;
    assert_false(fits("mg", "cell"));
    assert_false(fits("cell/uL", "copies/uL"));
    assert_false(fits("IU", "1"));
    assert_false(fits("%", "mg/kg"));
    assert_false(fits("cell/kg", "cell/m2"));
    assert_true(fits("mg/kg", "ug/g"));
    assert_false(fits("day", "1/day")); /* a time is no rate */
    assert_false(fits("1/hour", "min"));
    assert_false(fits("Hz", "s"));
}

static void what_is_no_unit_is_known_as_such(void **state)
{
    (void)state;
    const char *const NOT[] = {"weeek", "", " ", "day since 2000-01-01", "lg(re mW)", "K @ 3",
        "((((((((", "m^^2", "/", "1/", "\xff\xfe"};
    for (size_t i = 0; i < PF_COUNT(NOT); i++)
        if (pf_unit_known(units, NOT[i])) fail_msg("'%s' is taken for a unit", NOT[i]);
    assert_string_equal(pf_unit_nearest("weeek"), "week");
    assert_string_equal(pf_unit_nearest("cell/kq"), "cell/kg");
    assert_null(pf_unit_nearest("q"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_are_numbers_ranges_and_units),
        cmocka_unit_test(what_is_no_finite_decimal_number_is_refused),
        cmocka_unit_test(months_and_years_are_ours),
        cmocka_unit_test(units_of_the_trade_convert),
        cmocka_unit_test(different_dimensions_never_convert),
        cmocka_unit_test(what_is_no_unit_is_known_as_such),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
