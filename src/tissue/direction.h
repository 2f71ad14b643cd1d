/* direction.h: any direction in space, from two uniform numbers.
 *
 * Sine and cosine are those of this file, IEEE operations alone: where cells are born and where
 * they crawl does not depend on the C library. Depends on: nothing. Threads: pure. */
#ifndef PF_TISSUE_DIRECTION_H
#define PF_TISSUE_DIRECTION_H
#include <math.h>

/** Cosine and sine of u turns, 0 <= u <= 1, within 2 units of 2^-53. From the nearest quarter
 * of a turn, by the series: the first term left out is below 5e-17 there. */
static inline void pf_turn(double u, double *cosine, double *sine)
{
    static const double half_pi = 0x1.921fb54442d18p0;
    double quarter = floor(4 * u + 0.5), x = (4 * u - quarter) * half_pi, z = x * x;
    double s = -1.0 / 1307674368000, c = 1.0 / 20922789888000;
    s = s * z + 1.0 / 6227020800;
    s = s * z - 1.0 / 39916800;
    s = s * z + 1.0 / 362880;
    s = s * z - 1.0 / 5040;
    s = s * z + 1.0 / 120;
    s = s * z - 1.0 / 6;
    s = x + x * z * s;
    c = c * z - 1.0 / 87178291200;
    c = c * z + 1.0 / 479001600;
    c = c * z - 1.0 / 3628800;
    c = c * z + 1.0 / 40320;
    c = c * z - 1.0 / 720;
    c = c * z + 1.0 / 24;
    c = 1 - (z / 2 - z * z * c);
    int q = (int)quarter & 3;
    double a = q & 1 ? s : c, b = q & 1 ? c : s;
    *cosine = q == 1 || q == 2 ? -a : a;
    *sine = q >= 2 ? -b : b;
}

/** A point of the unit sphere, evenly, for u[0] and u[1] even in (0, 1). */
static inline void pf_direction(const double u[2], double out[3])
{
    double z = 2 * u[0] - 1, r = sqrt(1 - z * z), c, s;
    pf_turn(u[1], &c, &s);
    out[0] = r * c;
    out[1] = r * s;
    out[2] = z;
}

#endif
