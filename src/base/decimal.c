#include "base/decimal.h"

#include <float.h> /* LDBL_MANT_DIG decides which way is compiled */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t pf_decimal_slow(double x, char *text)
{
    if (x == 0.0) {
        memcpy(text, "0", 2);
        return 1;
    }
    for (int digits = 6;; digits += digits < 15 ? 9 : 1) {
        int n = snprintf(text, PF_DECIMAL_ROOM, "%.*g", digits, x);
        if (digits >= 17 || strtod(text, NULL) == x) return (size_t)n;
    }
}

#ifndef LDBL_MANT_DIG
#error "without <float.h> numbers would be printed the slow way, unnoticed"
#endif

#if LDBL_MANT_DIG >= 64

/* Tables of 500,000 patients are some 20 million numbers: the C library's way, which prints
 * each up to four times and reads it back, takes as long as simulating them. Here 64-bit
 * floating point holds x * 10^p with 17 digits before the point to 0.01, which decides all but
 * about one in fifty cases; those go the slow way. */

/* Powers that a 64-bit mantissa holds exactly. */
static const long double TEN[] = {1e0L, 1e1L, 1e2L, 1e3L, 1e4L, 1e5L, 1e6L, 1e7L, 1e8L, 1e9L,
    1e10L, 1e11L, 1e12L, 1e13L, 1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L,
    1e23L, 1e24L, 1e25L, 1e26L, 1e27L};
enum { EXACT = 27 };

static long double scaled(long double x, int p)
{
    return p >= 0 ? x * TEN[p] : x / TEN[-p];
}

/* `*close`: rounding errors may decide between two whole numbers. */
static uint64_t nearest(long double y, int *close)
{
    uint64_t whole = (uint64_t)y;
    long double rest = y - (long double)whole;
    *close = fabsl(rest - 0.5L) < 0.01L;
    return rest > 0.5L ? whole + 1 : whole;
}

/* Does whole / 10^p read back as x: 1 yes, 0 no, -1 too close to tell. `half`: half the
 * distance between x and its neighbours. */
static int reads_back(uint64_t whole, int p, double x, long double half)
{
    long double away = fabsl(scaled((long double)whole, -p) - (long double)x);
    if (away < half * 0.99L) return 1;
    return away > half * 1.01L ? 0 : -1;
}

/* The decimal exponent of x > 0, within what TEN allows; else 0 comes back. */
static int exponent_of(double x, int *e)
{
    if (!(x >= 1e-10) || !(x < 1e25)) return 0;
    *e = (int)floor(log10(x));
    if ((long double)x >= scaled(1.0L, *e + 1)) ++*e;
    if ((long double)x < scaled(1.0L, *e)) --*e;
    return 1;
}

static size_t with_point(char *to, const char *digit, int n, int e)
{
    char *t = to;
    if (e < 0) {
        *t++ = '0';
        *t++ = '.';
        for (int i = -1; i > e; i--) *t++ = '0';
        memcpy(t, digit, (size_t)n);
        return (size_t)(t - to) + (size_t)n;
    }
    for (int i = 0; i <= e; i++) *t++ = i < n ? digit[i] : '0';
    if (n <= e + 1) return (size_t)(t - to);
    *t++ = '.';
    memcpy(t, digit + e + 1, (size_t)(n - e - 1));
    return (size_t)(t - to) + (size_t)(n - e - 1);
}

/* As "%.{digits}g" would: no zeros at the end, an exponent when it is below -4 or not below
 * digits. */
static size_t print(char *text, int negative, uint64_t whole, int digits, int e)
{
    char digit[24];
    size_t n = 0;
    int kept = digits;
    for (int i = digits - 1; i >= 0; i--, whole /= 10) digit[i] = (char)('0' + whole % 10);
    while (kept > 1 && digit[kept - 1] == '0') kept--;
    if (negative) text[n++] = '-';
    if (e >= -4 && e < digits) {
        n += with_point(text + n, digit, kept, e);
        text[n] = '\0';
        return n;
    }
    n += with_point(text + n, digit, kept, 0);
    return n + (size_t)snprintf(
                   text + n, PF_DECIMAL_ROOM - n, "e%c%02d", e < 0 ? '-' : '+', abs(e));
}

size_t pf_decimal(double x, char *text)
{
    static const int tries[] = {6, 15, 16};
    double a = fabs(x), step;
    int e;
    if (!exponent_of(a, &e)) return pf_decimal_slow(x, text);
    step = nextafter(a, INFINITY) - a;
    if (a - nextafter(a, 0.0) != step) return pf_decimal_slow(x, text); /* a power of two */
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++) {
        int digits = tries[i], p = digits - 1 - e;
        if (p > EXACT || p < -EXACT) return pf_decimal_slow(x, text);
        int close;
        uint64_t whole = nearest(scaled((long double)a, p), &close);
        if (close && digits > 6) return pf_decimal_slow(x, text);
        int good = reads_back(whole, p, a, 0.5L * (long double)step);
        if (good < 0) return pf_decimal_slow(x, text);
        if (good && whole < (uint64_t)TEN[digits])
            return print(text, x < 0.0, whole, digits, e);
        if (good) return pf_decimal_slow(x, text); /* rounded up to one more digit */
    }
    if (16 - e > EXACT || 16 - e < -EXACT) return pf_decimal_slow(x, text);
    int close;
    uint64_t whole = nearest(scaled((long double)a, 16 - e), &close);
    if (close || whole >= (uint64_t)TEN[17]) return pf_decimal_slow(x, text);
    return print(text, x < 0.0, whole, 17, e);
}

#else

size_t pf_decimal(double x, char *text)
{
    return pf_decimal_slow(x, text);
}

#endif
