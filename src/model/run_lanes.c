/* run_lanes.c: the bytecode interpreter, compiled once for each width (width.h). */
#include "model/elementary.h"
#include "model/lanes.h"
#include "model/width.h"

void PF_LANE_NAME(pf_run)(pf_code code, double *slots);

/* Lane by lane; the compiler turns the loop into vector instructions. */
#define EACH(expression)                                                                     \
    {                                                                                        \
        double *d = slots + (size_t)i->dst * PF_W;                                           \
        const double *pa = slots + (size_t)i->a * PF_W;                                      \
        double r[PF_W];                                                                      \
        for (int l = 0; l < PF_W; l++) {                                                     \
            double a = pa[l];                                                                \
            r[l] = (expression);                                                             \
        }                                                                                    \
        for (int l = 0; l < PF_W; l++) d[l] = r[l];                                          \
        break;                                                                               \
    }
#define EACH2(expression)                                                                    \
    {                                                                                        \
        double *d = slots + (size_t)i->dst * PF_W;                                           \
        const double *pa = slots + (size_t)i->a * PF_W, *pb = slots + (size_t)i->b * PF_W;   \
        double r[PF_W];                                                                      \
        for (int l = 0; l < PF_W; l++) {                                                     \
            double a = pa[l], b = pb[l];                                                     \
            r[l] = (expression);                                                             \
        }                                                                                    \
        for (int l = 0; l < PF_W; l++) d[l] = r[l];                                          \
        break;                                                                               \
    }
/* The costly functions stand apart, so that the loop below stays small. */
#define KERNEL(name, call)                                                                   \
    static __attribute__((noinline)) void name(double *d, const double *pa)                  \
    {                                                                                        \
        for (int l = 0; l < PF_W; l++) {                                                     \
            double a = pa[l];                                                                \
            d[l] = (call);                                                                   \
        }                                                                                    \
    }

KERNEL(each_exp, pf_real_exp(a))
KERNEL(each_expm1, pf_real_expm1(a))
KERNEL(each_log, pf_real_log(a))
KERNEL(each_log1p, pf_real_log1p(a))
KERNEL(each_log10, pf_real_log10(a))
KERNEL(each_tanh, pf_real_tanh(a))
KERNEL(each_sinh, pf_real_sinh(a))
KERNEL(each_cosh, pf_real_cosh(a))
KERNEL(each_cbrt, pf_real_cbrt(a))

static __attribute__((noinline)) void each_pow(double *d, const double *pa, const double *pb)
{
    for (int l = 0; l < PF_W; l++) d[l] = pf_real_pow(pa[l], pb[l]);
}

#define V(slot) (((pf_vec *)(void *)slots)[slot])
#define AT(slot) (slots + (size_t)(slot) * PF_W)

/* The rare ones: one lane at a time through the C library, whose bits do not depend on the width. */
static void run_rare(const pf_instr *i, double *slots)
{
    switch (i->op) {
    case PF_OP_SIN: EACH(sin(a))
    case PF_OP_COS: EACH(cos(a))
    case PF_OP_TAN: EACH(tan(a))
    case PF_OP_ASIN: EACH(asin(a))
    case PF_OP_ACOS: EACH(acos(a))
    case PF_OP_ATAN: EACH(atan(a))
    case PF_OP_FLOOR: EACH(floor(a))
    case PF_OP_CEIL: EACH(ceil(a))
    case PF_OP_AND: EACH2(a != 0.0 && b != 0.0 ? 1.0 : 0.0)
    case PF_OP_OR: EACH2(a != 0.0 || b != 0.0 ? 1.0 : 0.0)
    case PF_OP_NOT: EACH(a == 0.0 ? 1.0 : 0.0)
    case PF_OP_EQ: EACH2(a == b ? 1.0 : 0.0)
    case PF_OP_NE: EACH2(a != b ? 1.0 : 0.0)
    default: break;
    }
}

static void select_lanes(const pf_instr *i, double *slots)
{
    double *d = AT(i->dst);
    const double *a = AT(i->a), *b = AT(i->b), *c = AT(i->c);
    double r[PF_W];
    for (int l = 0; l < PF_W; l++) r[l] = a[l] != 0.0 ? b[l] : c[l];
    for (int l = 0; l < PF_W; l++) d[l] = r[l];
}

static void run_function(const pf_instr *i, double *slots)
{
    double *d = AT(i->dst);
    const double *a = AT(i->a);
    switch (i->op) {
    case PF_OP_EXP: each_exp(d, a); break;
    case PF_OP_EXPM1: each_expm1(d, a); break;
    case PF_OP_LOG: each_log(d, a); break;
    case PF_OP_LOG1P: each_log1p(d, a); break;
    case PF_OP_LOG10: each_log10(d, a); break;
    case PF_OP_POW: each_pow(d, a, AT(i->b)); break;
    case PF_OP_TANH: each_tanh(d, a); break;
    case PF_OP_SINH: each_sinh(d, a); break;
    case PF_OP_COSH: each_cosh(d, a); break;
    case PF_OP_CBRT: each_cbrt(d, a); break;
    default: run_rare(i, slots); break;
    }
}

void PF_LANE_NAME(pf_run)(pf_code code, double *slots)
{
    const pf_instr *end = code.instr + code.n;
    for (const pf_instr *i = code.instr; i < end; i++) {
        switch (i->op) {
        case PF_OP_MOV: V(i->dst) = V(i->a); break;
        case PF_OP_NEG: V(i->dst) = -V(i->a); break;
        case PF_OP_ADD: V(i->dst) = V(i->a) + V(i->b); break;
        case PF_OP_SUB: V(i->dst) = V(i->a) - V(i->b); break;
        case PF_OP_MUL: V(i->dst) = V(i->a) * V(i->b); break;
        case PF_OP_DIV: V(i->dst) = V(i->a) / V(i->b); break;
        case PF_OP_FMA: V(i->dst) = pf_vfma(V(i->a), V(i->b), V(i->c)); break;
        case PF_OP_FMS: V(i->dst) = pf_vfma(V(i->a), V(i->b), -V(i->c)); break;
        case PF_OP_FNMA: V(i->dst) = pf_vfma(-V(i->a), V(i->b), V(i->c)); break;
        case PF_OP_RCP: V(i->dst) = 1.0 / V(i->a); break;
        case PF_OP_SQRT: EACH(__builtin_sqrt(a))
        case PF_OP_ABS: EACH(__builtin_fabs(a))
        case PF_OP_MIN: EACH2(a < b ? a : b)
        case PF_OP_MAX: EACH2(a > b ? a : b)
        case PF_OP_LT: EACH2(a < b ? 1.0 : 0.0)
        case PF_OP_LE: EACH2(a <= b ? 1.0 : 0.0)
        case PF_OP_SELECT: select_lanes(i, slots); break;
        default: run_function(i, slots); break;
        }
    }
}
