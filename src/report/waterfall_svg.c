/* Best change of the sum of diameters, one bar for each patient of the first replicate. */
#include "report/svg.h"

#include <math.h>
#include <stdio.h>

static const char *colour_of(int best)
{
    switch (best) {
    case PF_RESPONSE_CR: return "#084594";
    case PF_RESPONSE_PR: return "#4292C6";
    case PF_RESPONSE_SD: return "#BDBDBD";
    case PF_RESPONSE_PD: return "#D55E00";
    default: return "#F0E442";
    }
}

static void reference(pf_buf *b, const pf_frame *r, double level, const char *text)
{
    double y = pf_frame_y(r, level);
    pf_svg_line(b, (double[]){r->left, y}, (double[]){r->left + r->width, y}, "ref");
    pf_svg_text(b, r->left + r->width + 4, y + 4, "start", "n", text);
}

static void legend(pf_buf *b, const pf_frame *r)
{
    static const int list[] = {
        PF_RESPONSE_CR, PF_RESPONSE_PR, PF_RESPONSE_SD, PF_RESPONSE_PD, PF_RESPONSE_NE};
    for (size_t i = 0; i < PF_COUNT(list); i++) {
        double x = r->left + r->width - 260 + 52 * (double)i;
        pf_buf_printf(b, "<rect x=\"%.1f\" y=\"%.1f\" width=\"11\" height=\"11\" fill=\"%s\"/>\n", x,
            r->top + 2, colour_of(list[i]));
        pf_svg_text(b, x + 15, r->top + 12, "start", "n", pf_response_text(list[i]));
    }
}

void pf_waterfall_svg(pf_buf *b, const pf_figures *f, size_t arm)
{
    const pf_arm_figures *a = &f->arm[arm];
    pf_frame r = {.left = 70, .top = 10, .width = 690, .height = 230, .x0 = 0,
        .x1 = a->n_bar ? (double)a->n_bar : 1, .y0 = -100, .y1 = 100};
    double step = r.width / r.x1, gap = step > 4 ? 1 : 0;
    pf_svg_open(b, 820, 258, "Waterfall of the best change of the sum of diameters");
    for (int y = -100; y <= 100; y += 50) {
        double at = pf_frame_y(&r, y);
        pf_svg_line(b, (double[]){r.left, at}, (double[]){r.left + r.width, at}, y ? "g" : "x");
        pf_svg_number(b, r.left - 8, at + 4, "end", y);
    }
    for (size_t i = 0; i < a->n_bar; i++) {
        double y = pf_frame_y(&r, a->bar[i].change), zero = pf_frame_y(&r, 0);
        double height = fabs(y - zero) < 1 ? 1 : fabs(y - zero);
        pf_buf_printf(b,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>\n",
            pf_frame_x(&r, (double)i), y < zero ? y : zero, step - gap, height,
            colour_of(a->bar[i].best));
    }
    reference(b, &r, 20, "+20 %");
    reference(b, &r, -30, "−30 %");
    legend(b, &r);
    pf_svg_y_title(b, &r, "best change, %");
    pf_svg_close(b);
}
