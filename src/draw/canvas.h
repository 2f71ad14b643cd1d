/* canvas.h: a picture of 8-bit colours, and flat things drawn on it: lines, boxes, text.
 *
 * Pixels are [height][width][3], red, green, blue, sRGB; x runs right, y down, in pixels, the
 * middle of the first pixel is (0.5, 0.5). Edges are smoothed. What lies outside is cut off.
 * Letters are strokes of our own (glyphs.c). Depends on: mem. Threads: a canvas belongs to one
 * thread. */
#ifndef PF_DRAW_CANVAS_H
#define PF_DRAW_CANVAS_H
#include "base/mem.h"

typedef struct pf_colour {
    uint8_t r, g, b;
} pf_colour;

typedef struct pf_canvas {
    size_t width, height;
    uint8_t *rgb;
} pf_canvas;

/** All black. Errors: NO_MEMORY. Free with pf_canvas_clear. */
PF_NODISCARD pf_err pf_canvas_init(pf_ctx *ctx, pf_canvas *c, size_t width, size_t height);
void pf_canvas_clear(pf_canvas *c);

/* A pen: its colour, how much of it covers (0 to 1), and how wide it is. */
typedef struct pf_pen {
    pf_colour colour;
    double cover, width;
} pf_pen;

void pf_draw_line(pf_canvas *c, const pf_pen *pen, const double from[2], const double to[2]);
/** A filled box with round corners. */
void pf_draw_box(
    pf_canvas *c, const pf_pen *pen, const double low[2], const double high[2], double corner);
/** A filled disc, shaded like a ball. */
void pf_draw_ball(pf_canvas *c, pf_colour colour, double x, double y, double radius);
/** Text in UTF-8 with capitals `size` pixels high, its baseline beginning at (x, y); the pen's
 * width counts in capitals' heights (0: 1/8). Returns where it ends. */
double pf_draw_text(
    pf_canvas *c, const pf_pen *pen, double x, double y, double size, const char *text);
double pf_text_width(double size, const char *text);

#endif
