#include "solve/batch.h"

extern const pf_kernels pf_kernels_1;
#ifdef PF_X86
extern const pf_kernels pf_kernels_1f, pf_kernels_4, pf_kernels_8;
#endif

const pf_kernels *pf_kernels_of(int width)
{
#ifdef PF_X86
    if (width == 8) return &pf_kernels_8;
    if (width == 4) return &pf_kernels_4;
    if (pf_lanes_has_fma()) return &pf_kernels_1f;
#endif
    (void)width;
    return &pf_kernels_1;
}
