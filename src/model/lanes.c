#include "model/lanes.h"

void pf_run_1(pf_linked code, double *slots);
#ifdef PF_X86
void pf_run_1f(pf_linked code, double *slots);
void pf_run_4(pf_linked code, double *slots);
void pf_run_8(pf_linked code, double *slots);
#endif

extern const pf_lane_fn pf_functions_1[PF_OP_COUNT];
#ifdef PF_X86
extern const pf_lane_fn pf_functions_1f[PF_OP_COUNT], pf_functions_4[PF_OP_COUNT],
    pf_functions_8[PF_OP_COUNT];
#endif

static int has(int width)
{
#ifdef PF_X86
    __builtin_cpu_init();
    int fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (width == 8)
        return fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    if (width == 4) return fma;
#endif
    return width == 1;
}

int pf_lanes_has_fma(void)
{
#ifdef PF_X86
    return has(4);
#else
    return 1;
#endif
}

int pf_lanes_available(int width)
{
    return has(width);
}

int pf_lanes_widest(void)
{
    return has(8) ? 8 : has(4) ? 4 : 1;
}

pf_run_fn pf_lanes_run(int width)
{
    if (!has(width)) return NULL;
#ifdef PF_X86
    if (width == 8) return pf_run_8;
    if (width == 4) return pf_run_4;
    if (pf_lanes_has_fma()) return pf_run_1f;
#endif
    return pf_run_1;
}

const pf_lane_fn *pf_lanes_functions(int width)
{
    if (!has(width)) return NULL;
#ifdef PF_X86
    if (width == 8) return pf_functions_8;
    if (width == 4) return pf_functions_4;
    if (pf_lanes_has_fma()) return pf_functions_1f;
#endif
    return pf_functions_1;
}

const char *pf_lanes_name(int width)
{
    if (width == 8) return "AVX-512";
    if (width == 4) return "AVX2";
    return pf_lanes_has_fma() ? "FMA" : "portable";
}
