/* Doubles as text: the quick way prints what the C library prints (base/decimal.h). */
#include "base/base.h"
#include "base/decimal.h"
#include "ct.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void same(double x)
{
    char quick[PF_DECIMAL_ROOM], slow[PF_DECIMAL_ROOM];
    size_t n = pf_decimal(x, quick);
    pf_decimal_slow(x, slow);
    if (strcmp(quick, slow) != 0) print_message("%a\n", x);
    assert_string_equal(quick, slow);
    assert_int_equal(n, strlen(quick));
    assert_true(strtod(quick, NULL) == x);
}

static void numbers_of_every_size_print_as_the_c_library_prints_them(void **state)
{
    (void)state;
    pf_random r;
    pf_random_init(&r, 1, PF_DRAW_POPULATION, 0, 0, 0);
    for (int i = 0; i < 200000; i++) {
        double u = pf_random_uniform(&r) - 0.5, v = pf_random_uniform(&r);
        same(u);
        same(u * pow(10.0, floor(80.0 * v) - 40.0));
        same(floor(1e6 * u));
        same(floor(1e6 * u) / 1000.0);
        same(floor(1e15 * u) / 1e9);
        same(floor(1e16 * u) / 1e3);
        same(ldexp(1.0, (int)(200.0 * v) - 100));
        same(nextafter(ldexp(1.0, (int)(200.0 * v) - 100), 0.0));
    }
}

static void ends_of_the_range_print(void **state)
{
    (void)state;
    static const double x[] = {0.0, 1.0, -1.0, 10.0, 9.5, 0.1, 0.3, 1e-4, 9.9999e-5, 1e15, 1e16,
        1e17, 123456.5, 999999.5, 99999.95, 0.99999999999999989, 1e-10, 1e25,
        9.999999999999999e22, 1e23, 4.9e-324, 2.2250738585072014e-308, 1.7976931348623157e308,
        5e-324, 0.5, 2.5, 1e6, 1e5};
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        same(x[i]);
        same(-x[i]);
        if (x[i] < 1e308) same(nextafter(x[i], INFINITY));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_of_every_size_print_as_the_c_library_prints_them),
        cmocka_unit_test(ends_of_the_range_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
