/* colour.h: colours that differ as much as the numbers they stand for.
 *
 * Mixed in OKLab (B. Ottosson, "A perceptual color space for image processing", 2020), where
 * equal steps look equal. Depends on: canvas. Threads: any. */
#ifndef PF_DRAW_COLOUR_H
#define PF_DRAW_COLOUR_H
#include "draw/canvas.h"

/** Lightness 0 to 1, chroma (0: grey), hue in degrees; chroma is lowered until a screen can
 * show it. */
pf_colour pf_colour_of(double lightness, double chroma, double hue);
/** From dark violet (0) through green to bright yellow (1): lightness rises evenly. NaN: grey.
 */
pf_colour pf_colour_map(double share);
/** The same of what is behind others: calmer, from dark blue to pale green. */
pf_colour pf_colour_map_calm(double share);
/** The colour of kind `k`: cool ones of killers, warm ones of others; far apart for the first
 * six of each. */
pf_colour pf_colour_kind(size_t k, int killer);
/** `share` of `b` in `a`. */
pf_colour pf_colour_mix(pf_colour a, pf_colour b, double share);
/** Red, green and blue as shares of light, 0 to 1, and back. */
void pf_colour_light(pf_colour c, float out[3]);
pf_colour pf_colour_screen(const float light[3]);

#endif
