#include "draw/colour.h"

#include <math.h>

static double decode(uint8_t x)
{
    double s = x / 255.0;
    return s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4);
}

static uint8_t encode(double x)
{
    double s = x <= 0.0031308 ? 12.92 * x : 1.055 * pow(x, 1 / 2.4) - 0.055;
    return (uint8_t)(255 * fmin(fmax(s, 0), 1) + 0.5);
}

void pf_colour_light(pf_colour c, float out[3])
{
    out[0] = (float)decode(c.r);
    out[1] = (float)decode(c.g);
    out[2] = (float)decode(c.b);
}

pf_colour pf_colour_screen(const float light[3])
{
    return (pf_colour){
        encode((double)light[0]), encode((double)light[1]), encode((double)light[2])};
}

/* OKLab to linear sRGB, Ottosson 2020. */
static void oklab(double L, double a, double b, double out[3])
{
    double l = L + 0.3963377774 * a + 0.2158037573 * b;
    double m = L - 0.1055613458 * a - 0.0638541728 * b;
    double s = L - 0.0894841775 * a - 1.2914855480 * b;
    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    out[0] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
    out[1] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
    out[2] = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
}

pf_colour pf_colour_of(double lightness, double chroma, double hue)
{
    double rgb[3], angle = hue * M_PI / 180;
    for (int k = 0; k < 60; k++, chroma *= 0.95) {
        oklab(lightness, chroma * cos(angle), chroma * sin(angle), rgb);
        int inside = 1;
        for (int d = 0; d < 3; d++) inside &= rgb[d] >= -1e-4 && rgb[d] <= 1 + 1e-4;
        if (inside) break;
    }
    return (pf_colour){encode(rgb[0]), encode(rgb[1]), encode(rgb[2])};
}

pf_colour pf_colour_map(double share)
{
    if (isnan(share)) return pf_colour_of(0.6, 0, 0);
    double t = fmin(fmax(share, 0), 1);
    return pf_colour_of(0.28 + 0.64 * t, 0.16, 302 - 200 * t);
}

pf_colour pf_colour_map_calm(double share)
{
    if (isnan(share)) return pf_colour_of(0.6, 0, 0);
    double t = fmin(fmax(share, 0), 1);
    return pf_colour_of(0.19 + 0.53 * t, 0.045 + 0.03 * t, 285 - 105 * t);
}

pf_colour pf_colour_kind(size_t k, int killer)
{
    /* In the order of hues that the page has, lighter, for a dark background. */
    static const double WARM[][3] = {{0.70, 0.135, 4}, {0.79, 0.12, 74}, {0.74, 0.035, 70},
        {0.66, 0.13, 40}, {0.87, 0.10, 105}, {0.60, 0.12, 330}};
    static const double COOL[][3] = {{0.74, 0.13, 240}, {0.80, 0.13, 165}, {0.70, 0.13, 300},
        {0.78, 0.13, 128}, {0.88, 0.08, 205}, {0.60, 0.13, 265}};
    const double *c = killer ? COOL[k % 6] : WARM[k % 6];
    double darker = 0.09 * (double)(k / 6 % 4);
    return pf_colour_of(c[0] - darker, c[1], c[2]);
}

pf_colour pf_colour_mix(pf_colour a, pf_colour b, double share)
{
    float x[3], y[3];
    pf_colour_light(a, x);
    pf_colour_light(b, y);
    for (int d = 0; d < 3; d++) x[d] += (y[d] - x[d]) * (float)share;
    return pf_colour_screen(x);
}
