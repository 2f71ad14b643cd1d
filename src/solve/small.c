#include "solve/small.h"

#include <math.h>

/* Arrivals per time of growth that nobody will live to see. */
static const double NEVER = 1e-12;

static double not_negative(double x)
{
    return x > 0.0 ? x : 0.0;
}

double pf_small_sample(pf_random *r, double n, pf_rates rates, double dt)
{
    double b = not_negative(rates.birth), d = not_negative(rates.death);
    double v = not_negative(rates.arrival);
    double grow = (b - d) * dt;
    double alpha, beta;
    if (fabs(grow) < 1e-9) {
        beta = b * dt / (1.0 + b * dt);
        alpha = d * dt / (1.0 + d * dt);
    } else if (grow < 0.0) {
        double e = expm1(grow), w = b * e + (b - d); /* b E - d = b (E-1) + b - d */
        alpha = d * e / w;
        beta = b * e / w;
    } else {
        double e = -expm1(-grow), w = b - d * (1.0 - e); /* both divided by E: no overflow */
        alpha = d * e / w;
        beta = b * e / w;
    }
    double alive = pf_random_binomial(r, n, 1.0 - alpha);
    double total = alive + pf_random_negative_binomial(r, alive, 1.0 - beta);
    if (v <= 0.0) return total;
    if (b * dt < 1e-9) {
        double mean = d * dt < 1e-9 ? v * dt : v * -expm1(-d * dt) / d;
        return total + pf_random_poisson(r, mean);
    }
    return total + pf_random_negative_binomial(r, v / b, 1.0 - beta);
}

double pf_small_step(double n, pf_rates rates, double threshold)
{
    double b = not_negative(rates.birth), d = not_negative(rates.death);
    double v = not_negative(rates.arrival);
    double longest = v > 0.0 ? threshold / v : INFINITY, growth = b - d;
    if (growth > 0.0 && v > NEVER * growth) {
        double doublings = log(threshold), until = (doublings > 1.0 ? doublings : 1.0) / growth;
        if (until < longest) longest = until;
    }
    if (n > 0.0 && b + d > 0.0 && 1.0 / (b + d) < longest) longest = 1.0 / (b + d);
    return longest;
}
