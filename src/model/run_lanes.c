/* run_lanes.c: the bytecode interpreter, compiled once for each width (width.h). One branch for
 * each run of an operation; within a run, only loads, arithmetic and stores. */
#include "model/hyperbolic.h"
#include "model/lanes.h"
#include "model/width.h"

void PF_LANE_NAME(pf_run)(pf_linked code, double *slots);

#define VECTOR(offset) (*(pf_vec *)(void *)(slots + (offset)))
#define LANES(offset) ((double *)(void *)(slots + (offset)))

/* A run of vector operations: `expression` over A, B, C. */
#define A VECTOR(w[1])
#define B VECTOR(w[2])
#define C VECTOR(w[3])
#define RUN(words, expression)                                                                 \
    for (; w < end; w += (words)) VECTOR(w[0]) = (expression);                                 \
    break;

/* A run of functions, lane by lane over a, b, c; the compiler turns the inner loop into vector
 * code. */
#define EACH(words, expression)                                                                \
    for (; w < end; w += (words)) {                                                            \
        const double *pa = LANES(w[1]), *pb = LANES(w[(words) > 2 ? 2 : 1]);                   \
        double r[PF_W];                                                                        \
        for (int l = 0; l < PF_W; l++) {                                                       \
            double a = pa[l], b = pb[l];                                                       \
            (void)b;                                                                           \
            r[l] = (expression);                                                               \
        }                                                                                      \
        __builtin_memcpy(LANES(w[0]), r, sizeof r);                                            \
    }                                                                                          \
    break;

/* The functions stand apart, one vector of lanes each: the interpreter's own loop stays small,
 * and native code (native.h) calls the same ones. Those of the C library go one lane at a time,
 * so their bits do not depend on the width. */
#define KERNEL(name, call)                                                                     \
    static __attribute__((noinline)) void name(double *d, const double *pa, const double *pb)  \
    {                                                                                          \
        (void)pb;                                                                              \
        for (int l = 0; l < PF_W; l++) {                                                       \
            double a = pa[l];                                                                  \
            d[l] = (call);                                                                     \
        }                                                                                      \
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
KERNEL(each_pow, pf_real_pow(a, pb[l]))
KERNEL(each_sin, sin(a))
KERNEL(each_cos, cos(a))
KERNEL(each_tan, tan(a))
KERNEL(each_asin, asin(a))
KERNEL(each_acos, acos(a))
KERNEL(each_atan, atan(a))
KERNEL(each_floor, floor(a))
KERNEL(each_ceil, ceil(a))

extern const pf_lane_fn PF_LANE_NAME(pf_functions)[PF_OP_COUNT];
const pf_lane_fn PF_LANE_NAME(pf_functions)[PF_OP_COUNT] = {
    [PF_OP_EXP] = each_exp,
    [PF_OP_EXPM1] = each_expm1,
    [PF_OP_LOG] = each_log,
    [PF_OP_LOG1P] = each_log1p,
    [PF_OP_LOG10] = each_log10,
    [PF_OP_TANH] = each_tanh,
    [PF_OP_SINH] = each_sinh,
    [PF_OP_COSH] = each_cosh,
    [PF_OP_CBRT] = each_cbrt,
    [PF_OP_POW] = each_pow,
    [PF_OP_SIN] = each_sin,
    [PF_OP_COS] = each_cos,
    [PF_OP_TAN] = each_tan,
    [PF_OP_ASIN] = each_asin,
    [PF_OP_ACOS] = each_acos,
    [PF_OP_ATAN] = each_atan,
    [PF_OP_FLOOR] = each_floor,
    [PF_OP_CEIL] = each_ceil,
};

static __attribute__((noinline)) void run_functions(
    uint32_t op, const uint32_t *w, const uint32_t *end, char *slots)
{
    pf_lane_fn f = PF_LANE_NAME(pf_functions)[op];
    if (op == PF_OP_POW)
        for (; w < end; w += 3) f(LANES(w[0]), LANES(w[1]), LANES(w[2]));
    else
        for (; w < end; w += 2) f(LANES(w[0]), LANES(w[1]), LANES(w[1]));
}

/* The rare ones. */
static __attribute__((noinline)) void run_rare(
    uint32_t op, const uint32_t *w, const uint32_t *end, char *slots)
{
    switch (op) {
    case PF_OP_AND:
        EACH(3, a != 0.0 && b != 0.0 ? 1.0 : 0.0)
    case PF_OP_OR:
        EACH(3, a != 0.0 || b != 0.0 ? 1.0 : 0.0)
    case PF_OP_NOT:
        EACH(2, a == 0.0 ? 1.0 : 0.0)
    case PF_OP_EQ:
        EACH(3, a == b ? 1.0 : 0.0)
    case PF_OP_NE:
        EACH(3, a != b ? 1.0 : 0.0)
    default:
        run_functions(op, w, end, slots);
        break;
    }
}

static void select_run(const uint32_t *w, const uint32_t *end, char *slots)
{
    for (; w < end; w += 4) {
        const double *a = LANES(w[1]), *b = LANES(w[2]), *c = LANES(w[3]);
        double r[PF_W];
        for (int l = 0; l < PF_W; l++) r[l] = a[l] != 0.0 ? b[l] : c[l];
        __builtin_memcpy(LANES(w[0]), r, sizeof r);
    }
}

/* Operands behind dst, for each operation. */
#define PF_OP_WORDS(name, arity) (arity) + 1,
static const unsigned char WORDS[] = {PF_OP_LIST(PF_OP_WORDS)};

void PF_LANE_NAME(pf_run)(pf_linked code, double *file)
{
    char *slots = (char *)file;
    const uint32_t *w = code.word, *last = code.word + code.n;
    while (w < last) {
        uint32_t op = w[0];
        const uint32_t *end = w + 2 + (size_t)w[1] * WORDS[op];
        w += 2;
        switch (op) {
        case PF_OP_MOV:
            RUN(2, A)
        case PF_OP_NEG:
            RUN(2, -A)
        case PF_OP_ADD:
            RUN(3, A + B)
        case PF_OP_SUB:
            RUN(3, A - B)
        case PF_OP_MUL:
            RUN(3, A * B)
        case PF_OP_DIV:
            RUN(3, A / B)
        case PF_OP_FMA:
            RUN(4, pf_vfma(A, B, C))
        case PF_OP_FMS:
            RUN(4, pf_vfma(A, B, -C))
        case PF_OP_FNMA:
            RUN(4, pf_vfma(-A, B, C))
        case PF_OP_RCP:
            RUN(2, 1.0 / A)
        case PF_OP_SQRT:
            EACH(2, __builtin_sqrt(a))
        case PF_OP_ABS:
            EACH(2, __builtin_fabs(a))
        case PF_OP_MIN:
            EACH(3, a < b ? a : b)
        case PF_OP_MAX:
            EACH(3, a > b ? a : b)
        case PF_OP_LT:
            EACH(3, a < b ? 1.0 : 0.0)
        case PF_OP_LE:
            EACH(3, a <= b ? 1.0 : 0.0)
        case PF_OP_SELECT:
            select_run(w, end, slots);
            break;
        default:
            run_rare(op, w, end, slots);
            break;
        }
        w = end;
    }
}
