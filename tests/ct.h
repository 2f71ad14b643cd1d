/* ct.h: cmocka with what it lacks. cmocka.h needs the four headers before it, and its own float
 * comparison works in single precision, so numbers are compared with assert_close. */
#ifndef PF_TESTS_CT_H
#define PF_TESTS_CT_H
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#include "base/base.h"

/** |a - b| <= atol + rtol |b|; NaN equals only NaN; equal infinities are equal. */
#define assert_close(a, b, rtol, atol)                                                         \
    ct_close((a), (b), (rtol), (atol), #a, __FILE__, __LINE__)
static inline void ct_close(
    double a, double b, double rtol, double atol, const char *what, const char *file, int line)
{
    if (a == b || (isnan(a) && isnan(b))) return;
    if (fabs(a - b) <= atol + rtol * fabs(b)) return;
    print_error("%s: got %.17g, expected %.17g (difference %.3g)\n", what, a, b, a - b);
    _fail(file, line);
}

/** The call must succeed; otherwise print the context's sentence. */
#define assert_ok(ctx, call) ct_ok((ctx), (call), #call, __FILE__, __LINE__)
static inline void ct_ok(pf_ctx *ctx, pf_err err, const char *what, const char *file, int line)
{
    if (!err) return;
    print_error("%s: %s: %s\n", what, pf_err_name(err), ctx ? ctx->message : "");
    _fail(file, line);
}

/** `text` must contain `part`. */
#define assert_contains(text, part) ct_contains((text), (part), __FILE__, __LINE__)
static inline void ct_contains(const char *text, const char *part, const char *file, int line)
{
    for (const char *p = text; p && *p; p++) {
        size_t i = 0;
        while (part[i] && p[i] == part[i]) i++;
        if (!part[i]) return;
    }
    print_error("'%s' does not contain '%s'\n", text ? text : "(null)", part);
    _fail(file, line);
}
#endif
