/* scene.h: balls in space, drawn: with light, shade in the gaps between them, a plane that cuts
 * them open, and a sheet of colours in that plane.
 *
 * Every ball is hit exactly, ray by ray, four rays for each pixel; the nearest hit counts.
 * Light comes from above the viewer's left shoulder; what neighbours stand before is darker
 * (ambient occlusion in screen space, two reaches), what is far away fades into the background.
 * Lengths are those of the scene. Depends on: canvas, colour. Threads: a call belongs to one
 * thread; the same scene gives the same bytes. */
#ifndef PF_DRAW_SCENE_H
#define PF_DRAW_SCENE_H
#include "draw/canvas.h"

typedef struct pf_ball {
    double at[3], radius;
    pf_colour colour;
} pf_ball;

/* Where from and where to one looks: right, up and forward are unit vectors at right angles. */
typedef struct pf_view {
    double eye[3], right[3], up[3], forward[3];
    double focal;    /* pixels on the canvas of a length of 1 at distance 1 */
    double shift[2]; /* pixels to the right and down, of what is looked at, from the middle */
} pf_view;

/* Numbers on a mesh, shown in the plane of the cut. */
typedef struct pf_sheet_field {
    const unsigned char *value; /* [n[2]][n[1]][n[0]]; NULL: none */
    size_t n[3];
    double low[3], high[3]; /* of the mesh */
    double first, last;     /* share of the calm map of bytes 0 and 255 */
} pf_sheet_field;

typedef struct pf_scene {
    const pf_ball *ball;
    size_t n;
    double low[3], high[3]; /* of the box whose far edges are drawn */
    double reach;           /* of shade between balls: about their diameter */
    int cut;                /* -1: none; axis at right angles to which it is cut */
    double cut_at;          /* there: what lies on the viewer's side ... */
    double cut_side;        /* ... (1: higher, -1: lower) is taken away */
    pf_sheet_field field;
    pf_colour background, edges;
    double near, far; /* distances at which fading begins, and ends */
} pf_scene;

/** A view of `centre` from `distance`, from `azimuth` (degrees, from x towards y) and
 * `elevation` above the plane of x and y; up is z. A length of `across` at the centre fills
 * `pixels`. */
void pf_view_from(pf_view *v, const double centre[3], double distance, double azimuth,
    double elevation, double across, double pixels);
/** Draw. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_draw_scene(
    pf_ctx *ctx, const pf_view *v, const pf_scene *s, pf_canvas *out);
/** Where a point of space is on the canvas, in pixels; returns its distance along the view (0
 * or less: behind it). */
double pf_view_point(const pf_view *v, const pf_canvas *c, const double at[3], double out[2]);

#endif
