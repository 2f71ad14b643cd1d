/* svg.h: small pieces of SVG and HTML. Colours are Okabe and Ito's, which colour-blind readers
 * tell apart; arms differ by dashes too. Depends on: figures. */
#ifndef PF_REPORT_SVG_H
#define PF_REPORT_SVG_H
#include "report/figures.h"

/** Text with the five characters of HTML escaped. */
void pf_html_text(pf_buf *b, const char *text);
/** A number for readers: `digits` significant, as 4.1 × 10⁻⁵ outside 1e-3 to 1e6; "–" when not
 * finite. */
void pf_html_number(pf_buf *b, double x, int digits);

/** With `after` digits behind the point, and a real minus sign. */
void pf_html_fixed(pf_buf *b, double x, int after);
/** A source without the word "unknown" at its begin, for places that say so already. */
const char *pf_after_unknown(const char *source);
/** A unit as people write it: "cells/µL" for "cell/uL". */
void pf_html_unit(pf_buf *b, const char *unit);
/** As people write it: 21, 0.5, 1 × 10⁹. */
void pf_html_plain(pf_buf *b, double x);

const char *pf_arm_colour(size_t arm);
const char *pf_arm_dash(size_t arm); /* value of stroke-dasharray */

/* A rectangle of a figure with linear or logarithmic axes. */
typedef struct pf_frame {
    double left, top, width, height; /* px */
    double x0, x1, y0, y1;           /* data at the corners; y0 below */
    int log_y;
} pf_frame;
double pf_frame_x(const pf_frame *f, double x);
double pf_frame_y(const pf_frame *f, double y); /* kept inside the frame */

void pf_svg_open(pf_buf *b, double width, double height, const char *label);
void pf_svg_close(pf_buf *b);
void pf_svg_line(pf_buf *b, const double from[2], const double to[2], const char *klass);
/** anchor: "start", "middle", "end". */
void pf_svg_text(
    pf_buf *b, double x, double y, const char *anchor, const char *klass, const char *text);
void pf_svg_number(pf_buf *b, double x, double y, const char *anchor, double value);
/** Turned text beside the vertical axis, with its unit ("" without). */
void pf_svg_y_title(pf_buf *b, const pf_frame *f, const char *text, const char *unit);

/** One line for each arm, in the frame's upper right corner. */
void pf_svg_legend(pf_buf *b, const pf_figures *f, const pf_frame *r);

void pf_survival_svg(pf_buf *b, const pf_figures *f, int which);
void pf_waterfall_svg(pf_buf *b, const pf_figures *f, size_t arm);
void pf_kinetics_svg(pf_buf *b, const pf_figures *f);

#endif
