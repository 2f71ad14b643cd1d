/* The elementary functions that all widths share, against MPFR: within 2 units in the last
 * place of the exact value for random and awkward arguments over the whole range, the right
 * infinities, zeros and signs. */
#include "ct.h"
#include "model/hyperbolic.h"

#include <mpfr.h>
#include <string.h>

enum { BITS = 220, DRAWS = 20000 };

typedef struct {
    const char *name;
    double (*f)(double, double);
    int (*exact)(mpfr_t, const mpfr_t, const mpfr_t);
    double most; /* ulp */
} function;

#define ONE(name)                                                                              \
    static double f_##name(double x, double y)                                                 \
    {                                                                                          \
        (void)y;                                                                               \
        return pf_real_##name(x);                                                              \
    }                                                                                          \
    static int m_##name(mpfr_t r, const mpfr_t x, const mpfr_t y)                              \
    {                                                                                          \
        (void)y;                                                                               \
        return mpfr_##name(r, x, MPFR_RNDN);                                                   \
    }
ONE(exp)
ONE(expm1)
ONE(log)
ONE(log1p)
ONE(log10)
ONE(tanh)
ONE(sinh)
ONE(cosh)
ONE(cbrt)

static double f_pow(double x, double y)
{
    return pf_real_pow(x, y);
}
static int m_pow(mpfr_t r, const mpfr_t x, const mpfr_t y)
{
    return mpfr_pow(r, x, y, MPFR_RNDN);
}
static double f_sqrt(double x, double y)
{
    (void)y;
    return __builtin_sqrt(x);
}
static int m_sqrt(mpfr_t r, const mpfr_t x, const mpfr_t y)
{
    (void)y;
    return mpfr_sqrt(r, x, MPFR_RNDN);
}

static const function FUNCTION[] = {{"exp", f_exp, m_exp, 1.0},
    {"expm1", f_expm1, m_expm1, 2.0}, {"log", f_log, m_log, 1.0},
    {"log1p", f_log1p, m_log1p, 2.0}, {"log10", f_log10, m_log10, 2.0},
    {"tanh", f_tanh, m_tanh, 2.0}, {"sinh", f_sinh, m_sinh, 2.0}, {"cosh", f_cosh, m_cosh, 2.0},
    {"cbrt", f_cbrt, m_cbrt, 1.0}, {"pow", f_pow, m_pow, 2.0}, {"sqrt", f_sqrt, m_sqrt, 0.5}};

/* The error of `got` in units of the last place of the exact value; 1e9 for another infinity, a
 * wrong sign or a NaN where there is none. */
static double ulps(double got, const mpfr_t exact)
{
    double want = mpfr_get_d(exact, MPFR_RNDN);
    if (isnan(want) || isnan(got)) return isnan(want) && isnan(got) ? 0 : 1e9;
    if (got == want) return signbit(got) == signbit(want) || want != 0 ? 0.0 : 1e9;
    if (isinf(want) || isinf(got)) {
        /* The largest number beside infinity is one unit off. */
        double other = isinf(want) ? got : want;
        return isinf(want) != isinf(got) && fabs(other) == 0x1.fffffffffffffp1023 &&
                       signbit(got) == signbit(want)
                   ? 1.0
                   : 1e9;
    }
    int exponent;
    (void)frexp(want, &exponent);
    double unit = ldexp(1.0, exponent - 53 < -1074 ? -1074 : exponent - 53);
    mpfr_t d;
    mpfr_init2(d, BITS);
    mpfr_sub_d(d, exact, got, MPFR_RNDN);
    mpfr_div_d(d, d, unit, MPFR_RNDN);
    double e = fabs(mpfr_get_d(d, MPFR_RNDN));
    mpfr_clear(d);
    return e;
}

static double error_at(const function *f, double x, double y)
{
    mpfr_t a, b, r;
    mpfr_inits2(BITS, a, b, r, (mpfr_ptr)NULL);
    mpfr_set_d(a, x, MPFR_RNDN);
    mpfr_set_d(b, y, MPFR_RNDN);
    f->exact(r, a, b);
    double e = ulps(f->f(x, y), r);
    mpfr_clears(a, b, r, (mpfr_ptr)NULL);
    return e;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Arguments of many kinds, by number. */
static double draw(pf_random *r, int kind)
{
    double u = pf_random_uniform(r);
    switch (kind % 6) {
    case 0: /* any pattern of bits */
        return from_bits(
            (uint64_t)pf_random_below(r, UINT32_MAX) << 32 | pf_random_below(r, UINT32_MAX));
    case 1:
        return 1500.0 * (u - 0.5);
    case 2:
        return 4.0 * (u - 0.5);
    case 3: /* near 1, where logarithms cancel */
        return 1.0 + (u < 0.5 ? -1 : 1) * exp(-36.0 * pf_random_uniform(r));
    case 4: /* near 0 */
        return (u < 0.5 ? -1 : 1) * exp(-40.0 * pf_random_uniform(r));
    default:
        return exp(1400.0 * (u - 0.5));
    }
}

typedef struct {
    double most, x, y;
} worst;

static void try_one(const function *f, double x, double y, worst *w)
{
    double e = error_at(f, x, y);
    if (e <= w->most) return;
    *w = (worst){e, x, y};
}

static const double AWKWARD[] = {0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1e300,
    -1e300, 1e-300, -1e-300, 5e-324, -5e-324, 0x1p-1022, 0x1.fffffffffffffp1023,
    -0x1.fffffffffffffp1023, INFINITY, -INFINITY, NAN, 709.782712893384, 709.7827128933841,
    -745.1332191019411, -745.1332191019412, -708.3964185322641, 710.4758600739439,
    710.475860073944, 0.6, -0.6, 0.5999999999999999, 22.0, 20.0, 0x1p53, -0x1p53,
    9007199254740993.0, 0x1.fffffffffffffp-1, 0x1.0000000000001p0, 1e-8, -1e-8, 1e-17,
    0.33333333333333331, 1023.5, -1074.5, 4503599627370497.5};

static void every_function_is_within_its_bound(void **state)
{
    (void)state;
    int bad = 0;
    for (size_t i = 0; i < PF_COUNT(FUNCTION); i++) {
        const function *f = &FUNCTION[i];
        worst w = {-1, 0, 0};
        pf_random r;
        pf_random_init(&r, 9, PF_DRAW_TEST, i, 0, 0);
        for (size_t j = 0; j < PF_COUNT(AWKWARD); j++)
            for (size_t k = 0; k < (f->f == f_pow ? PF_COUNT(AWKWARD) : 1); k++)
                try_one(f, AWKWARD[j], AWKWARD[k], &w);
        for (int j = 0; j < DRAWS; j++) {
            double x = draw(&r, j), y = draw(&r, j / 6);
            if (f->f == f_pow && x < 0 && j % 3) x = -x;
            try_one(f, x, y, &w);
        }
        print_message("%-6s %.3f ulp at %a, %a\n", f->name, w.most, w.x, w.y);
        bad += !(w.most <= f->most);
    }
    assert_int_equal(bad, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_function_is_within_its_bound)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    mpfr_free_cache();
    return failed;
}
