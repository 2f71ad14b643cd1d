/* The time of the largest smoothed hazard (cuminc.h says how). */
#include "trial/cuminc.h"
#include "trial/survival.h"

#include <math.h>

enum { POINTS = 400, BANDS = 8, LEAST_AT_RISK = 20 };

/* The integral of Epanechnikov's kernel up to u. */
static double mass_below(double u)
{
    if (u <= -1) return 0;
    if (u >= 1) return 1;
    return 0.5 + 0.75 * (u - u * u * u / 3);
}

static double hazard_at(const pf_km *km, double t, double band)
{
    double sum = 0, last = km->time[km->rows - 1];
    for (size_t i = 0; i < km->rows; i++) {
        double u = (t - km->time[i]) / band;
        if (!km->died[i] || fabs(u) >= 1) continue;
        sum += 0.75 * (1 - u * u) / band * (double)km->died[i] / (double)km->at_risk[i];
    }
    double inside = mass_below(t / band) - mass_below((t - last) / band);
    return inside > 0 ? sum / inside : 0;
}

pf_err pf_hazard_peak(pf_ctx *ctx, size_t n, const double *time, const unsigned char *event,
    double from, double to, double *day)
{
    pf_km km;
    *day = NAN;
    if (!(from < to))
        return pf_fail(
            ctx, PF_ERR_RANGE, "a hazard between %g and %g: from must lie below to", from, to);
    pf_err err = pf_km_fit(ctx, n, time, event, NULL, &km);
    double best = 0, band = (to - from) / BANDS;
    for (int i = 0; i <= POINTS && !err; i++) {
        double t = from + (to - from) * i / POINTS;
        if (pf_km_at_risk(&km, t) * LEAST_AT_RISK < n) break;
        double h = hazard_at(&km, t, band);
        if (!(h > best * (1 + 1e-12))) continue;
        best = h;
        *day = t;
    }
    pf_km_clear(&km);
    return err;
}
