/* The arithmetic that every width shares: accuracy against long double, and equal bits. */
#include "ct.h"
#include "model/hyperbolic.h"
#include "model/lanes.h"

#include <string.h>

static double ulps(double got, long double want)
{
    if (isnan(got) && isnan(want)) return 0;
    if ((long double)got == want) return 0;
    double w = (double)want;
    if (isinf(w) || isinf(got)) return w == got ? 0 : 1e9;
    double unit = nextafter(fabs(w), INFINITY) - fabs(w);
    return (double)(fabsl((long double)got - want) / unit);
}

static double worst(double (*f)(double), long double (*exact)(long double), double from,
    double to, int logarithmic)
{
    pf_random r;
    pf_random_init(&r, 7, PF_DRAW_TEST, 0, 0, 0);
    double most = 0;
    for (int i = 0; i < 200000; i++) {
        double u = pf_random_uniform(&r);
        double x = logarithmic ? from * pow(to / from, u) : from + (to - from) * u;
        double e = ulps(f(x), exact(x));
        if (e > most) most = e;
    }
    return most;
}

static double f_exp(double x)
{
    return pf_real_exp(x);
}
static double f_expm1(double x)
{
    return pf_real_expm1(x);
}
static double f_log(double x)
{
    return pf_real_log(x);
}
static double f_log1p(double x)
{
    return pf_real_log1p(x);
}
static double f_log10(double x)
{
    return pf_real_log10(x);
}
static double f_tanh(double x)
{
    return pf_real_tanh(x);
}
static double f_sinh(double x)
{
    return pf_real_sinh(x);
}
static double f_cosh(double x)
{
    return pf_real_cosh(x);
}
static double f_cbrt(double x)
{
    return pf_real_cbrt(x);
}

static void elementary_functions_are_accurate_to_a_few_ulps(void **state)
{
    (void)state;
    struct {
        const char *name;
        double (*f)(double);
        long double (*exact)(long double);
        double from, to;
        int logarithmic;
        double bound;
    } row[] = {{"exp", f_exp, expl, -700, 700, 0, 1.0}, {"exp", f_exp, expl, -1, 1, 0, 1.0},
        {"expm1", f_expm1, expm1l, -2, 2, 0, 2.5}, {"expm1", f_expm1, expm1l, 1e-12, 1, 1, 2.5},
        {"log", f_log, logl, 1e-300, 1e300, 1, 1.0}, {"log", f_log, logl, 0.5, 2, 0, 1.0},
        {"log1p", f_log1p, log1pl, -0.9, 3, 0, 2.5},
        {"log1p", f_log1p, log1pl, 1e-14, 1, 1, 2.5},
        {"log10", f_log10, log10l, 1e-300, 1e300, 1, 1.5}, {"tanh", f_tanh, tanhl, -5, 5, 0, 4},
        {"tanh", f_tanh, tanhl, 1e-9, 1, 1, 4}, {"sinh", f_sinh, sinhl, -30, 30, 0, 4},
        {"cosh", f_cosh, coshl, -30, 30, 0, 4}, {"cbrt", f_cbrt, cbrtl, 1e-300, 1e300, 1, 1.0}};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        double most = worst(row[i].f, row[i].exact, row[i].from, row[i].to, row[i].logarithmic);
        if (most > row[i].bound) print_error("%s: %.3f ulp\n", row[i].name, most);
        assert_true(most <= row[i].bound);
    }
}

static void powers_are_accurate(void **state)
{
    (void)state;
    pf_random r;
    pf_random_init(&r, 8, PF_DRAW_TEST, 0, 0, 0);
    double most = 0, small = 0;
    for (int i = 0; i < 300000; i++) {
        double x = exp(20 * pf_random_normal(&r)), y = 3 * pf_random_normal(&r);
        long double want = powl(x, y);
        if (want < 1e-300L || want > 1e300L) continue;
        double e = ulps(pf_real_pow(x, y), want);
        if (e > most) most = e;
        x = exp(pf_random_normal(&r));
        e = ulps(pf_real_pow(x, y), powl(x, y));
        if (e > small) small = e;
    }
    if (most > 4 || small > 1.5) print_error("pow: %.3f ulp, near 1 %.3f ulp\n", most, small);
    assert_true(most <= 4 && small <= 1.5);
}

static void special_values_are_those_of_the_standard(void **state)
{
    (void)state;
    const double x[] = {0, 1, -1, 2, -2, 0.5, 3, -3, INFINITY, -INFINITY, NAN, 1e300, 1e-310};
    for (size_t i = 0; i < PF_COUNT(x); i++) {
        assert_close(pf_real_exp(x[i]), exp(x[i]), 1e-15, 0);
        assert_close(pf_real_log(x[i]), log(x[i]), 1e-15, 0);
        assert_close(pf_real_expm1(x[i]), expm1(x[i]), 1e-15, 0);
        assert_close(pf_real_log1p(x[i]), log1p(x[i]), 1e-15, 0);
        assert_close(pf_real_tanh(x[i]), tanh(x[i]), 1e-15, 0);
        assert_close(pf_real_sinh(x[i]), sinh(x[i]), 1e-15, 0);
        assert_close(pf_real_cosh(x[i]), cosh(x[i]), 1e-15, 0);
        assert_close(pf_real_cbrt(x[i]), cbrt(x[i]), 1e-15, 0);
        for (size_t j = 0; j < PF_COUNT(x); j++)
            assert_close(pf_real_pow(x[i], x[j]), pow(x[i], x[j]), 1e-14, 0);
    }
}

/* Every operation on awkward numbers, once for each width. */
static void run_all(int width, pf_run_fn run, double *result)
{
    enum { LANES = 8 };
    static const double a[LANES] = {0.1, -2.5, 1e-8, 40, 0.9999999, -0.3, 1e200, 7};
    static const double b[LANES] = {3, 0.5, -1e-9, 2, -0.7, 4, 1e-3, -2};
    static const double c[LANES] = {1, 0, 5e-9, -80, 0.2, 0, 1e190, 0.1};
    _Alignas(64) double slots[4 * LANES];
    pf_arena arena;
    pf_arena_init(&arena);
    for (int op = 0; op < PF_OP_COUNT; op++) {
        pf_instr i = {(uint32_t)op, 3, 0, 1, 2};
        pf_linked code;
        assert_ok(NULL, pf_lanes_link(NULL, &arena, width, (pf_code){&i, 1}, 4, &code));
        for (int first = 0; first < LANES; first += width) {
            for (int l = 0; l < width; l++) {
                slots[0 * width + l] = a[first + l];
                slots[1 * width + l] = b[first + l];
                slots[2 * width + l] = c[first + l];
            }
            run(code, slots);
            memcpy(
                result + op * LANES + first, slots + 3 * width, (size_t)width * sizeof(double));
        }
    }
    pf_arena_clear(&arena);
}

static void all_widths_give_the_same_bits(void **state)
{
    (void)state;
    double one[PF_OP_COUNT * 8], wide[PF_OP_COUNT * 8];
    run_all(1, pf_lanes_run(1), one);
    for (int width = 4; width <= 8; width += 4) {
        if (!pf_lanes_available(width)) continue;
        run_all(width, pf_lanes_run(width), wide);
        for (size_t i = 0; i < PF_COUNT(one); i++)
            if (!(isnan(one[i]) && isnan(wide[i]))) assert_memory_equal(one + i, wide + i, 8);
    }
}

/* The interpreter for processors without fused multiply-add; in x86 builds nobody else calls it
 * here. */
void pf_run_1(pf_linked code, double *slots);

static void a_processor_without_fma_gives_the_same_bits(void **state)
{
    (void)state;
    double one[PF_OP_COUNT * 8], portable[PF_OP_COUNT * 8];
    run_all(1, pf_lanes_run(1), one);
    run_all(1, pf_run_1, portable);
    for (size_t i = 0; i < PF_COUNT(one); i++)
        if (!(isnan(one[i]) && isnan(portable[i])))
            assert_memory_equal(one + i, portable + i, 8);
}

/* Random code that uses few slots again and again, run in order and linked. */
static void linking_reorders_without_changing_a_bit(void **state)
{
    (void)state;
    enum { SLOTS = 12, CODE = 300 };
    static const uint32_t ops[] = {
        PF_OP_ADD, PF_OP_MUL, PF_OP_FMA, PF_OP_NEG, PF_OP_SUB, PF_OP_MAX};
    pf_arena arena;
    pf_arena_init(&arena);
    for (uint32_t seed = 0; seed < 200; seed++) {
        pf_random r;
        pf_random_init(&r, seed, PF_DRAW_TEST, 0, 0, 0);
        pf_instr code[CODE];
        double want[SLOTS], got[SLOTS];
        for (int i = 0; i < SLOTS; i++) want[i] = got[i] = pf_random_normal(&r);
        for (int i = 0; i < CODE; i++) {
            code[i] = (pf_instr){ops[pf_random_below(&r, 6)], pf_random_below(&r, SLOTS),
                pf_random_below(&r, SLOTS), pf_random_below(&r, SLOTS),
                pf_random_below(&r, SLOTS)};
            pf_linked one;
            assert_ok(
                NULL, pf_lanes_link(NULL, &arena, 1, (pf_code){code + i, 1}, SLOTS, &one));
            pf_lanes_run(1)(one, want);
        }
        pf_linked all;
        assert_ok(NULL, pf_lanes_link(NULL, &arena, 1, (pf_code){code, CODE}, SLOTS, &all));
        pf_lanes_run(1)(all, got);
        for (int i = 0; i < SLOTS; i++)
            if (!(isnan(want[i]) && isnan(got[i]))) assert_memory_equal(want + i, got + i, 8);
        pf_arena_clear(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elementary_functions_are_accurate_to_a_few_ulps),
        cmocka_unit_test(powers_are_accurate),
        cmocka_unit_test(special_values_are_those_of_the_standard),
        cmocka_unit_test(all_widths_give_the_same_bits),
        cmocka_unit_test(a_processor_without_fma_gives_the_same_bits),
        cmocka_unit_test(linking_reorders_without_changing_a_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
