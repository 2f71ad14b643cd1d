/* width.h: a vector of lanes in the width this file is compiled for (PF_W = 1, 4 or 8).
 *
 * The kernels (run_lanes.c, rodas_lanes.c) are compiled once for each width, with PF_W and
 * PF_LANE_SUFFIX from the build. Every operation acts lane by lane with IEEE rounding and
 * explicit fma, so a lane's bits do not depend on the width. */
#ifndef PF_MODEL_WIDTH_H
#define PF_MODEL_WIDTH_H

#ifndef PF_W
#define PF_W 1
#define PF_LANE_SUFFIX 1
#endif

#define PF_LANE_PASTE_(name, suffix) name##_##suffix
#define PF_LANE_PASTE(name, suffix) PF_LANE_PASTE_(name, suffix)
/* The name of a kernel in this width: PF_LANE_NAME(run) is run_8 where PF_LANE_SUFFIX is 8. */
#define PF_LANE_NAME(name) PF_LANE_PASTE(name, PF_LANE_SUFFIX)

#if PF_W == 1
typedef double pf_vec;
static inline pf_vec pf_vfma(pf_vec a, pf_vec b, pf_vec c)
{
    return __builtin_fma(a, b, c);
}
static inline pf_vec pf_splat(double x)
{
    return x;
}
static inline pf_vec pf_vabs(pf_vec a)
{
    return __builtin_fabs(a);
}
/* a > b ? a : b */
static inline pf_vec pf_vlarger(pf_vec a, pf_vec b)
{
    return a > b ? a : b;
}
/* choice is not 0 ? a : b */
static inline pf_vec pf_vpick(pf_vec choice, pf_vec a, pf_vec b)
{
    return choice != 0.0 ? a : b;
}
#else
#include <immintrin.h>
typedef double pf_vec __attribute__((vector_size(PF_W * 8)));
static inline pf_vec pf_vfma(pf_vec a, pf_vec b, pf_vec c)
{
#if PF_W == 8
    return (pf_vec)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#else
    return (pf_vec)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#endif
}
static inline pf_vec pf_splat(double x)
{
    return x - (pf_vec){0};
}
static inline pf_vec pf_vabs(pf_vec a)
{
    typedef long long bits __attribute__((vector_size(PF_W * 8)));
    return (pf_vec)((bits)a & 0x7fffffffffffffffLL);
}
static inline pf_vec pf_vlarger(pf_vec a, pf_vec b)
{
#if PF_W == 8
    return (pf_vec)_mm512_max_pd((__m512d)a, (__m512d)b);
#else
    return (pf_vec)_mm256_max_pd((__m256d)a, (__m256d)b);
#endif
}
static inline pf_vec pf_vpick(pf_vec choice, pf_vec a, pf_vec b)
{
#if PF_W == 8
    __mmask8 yes = _mm512_cmp_pd_mask((__m512d)choice, _mm512_setzero_pd(), _CMP_NEQ_UQ);
    return (pf_vec)_mm512_mask_blend_pd(yes, (__m512d)b, (__m512d)a);
#else
    __m256d yes = _mm256_cmp_pd((__m256d)choice, _mm256_setzero_pd(), _CMP_NEQ_UQ);
    return (pf_vec)_mm256_blendv_pd((__m256d)b, (__m256d)a, yes);
#endif
}
#endif

#endif
