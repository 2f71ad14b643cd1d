/* Best change of the sum of diameters, one bar for each patient of one replicate. */
#include "report/svg.h"

#include <math.h>
#include <stdio.h>

static const struct {
    const char *best, *colour;
} KINDS[] = {{"CR", "#084594"}, {"PR", "#4292C6"}, {"SD", "#BDBDBD"}, {"PD", "#D55E00"},
    {"NE", "#F0E442"}};

static const char *colour_of(const char *best)
{
    for (size_t i = 0; i < PF_COUNT(KINDS); i++)
        if (pf_text_equal(KINDS[i].best, best)) return KINDS[i].colour;
    return "#000000";
}

static void reference(pf_buf *b, const pf_frame *r, double level, const char *text)
{
    double y = pf_frame_y(r, level);
    pf_svg_line(b, (double[]){r->left, y}, (double[]){r->left + r->width, y}, "ref");
    pf_svg_text(b, r->left + r->width + 4, y + 4, "start", "n", text);
}

static void legend(pf_buf *b, const pf_frame *r)
{
    for (size_t i = 0; i < PF_COUNT(KINDS); i++) {
        double x = r->left + r->width - 260 + 52 * (double)i;
        pf_buf_printf(b,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"11\" height=\"11\" fill=\"%s\"/>\n", x,
            r->top + 2, KINDS[i].colour);
        pf_svg_text(b, x + 15, r->top + 12, "start", "n", KINDS[i].best);
    }
}

void pf_waterfall_svg(pf_buf *b, const pf_figures *f, size_t arm)
{
    const pf_waterfall *w = &f->waterfall[arm];
    size_t n = w->change.n;
    pf_frame r = {.left = 70,
        .top = 10,
        .width = 690,
        .height = 230,
        .x0 = 0,
        .x1 = n ? (double)n : 1,
        .y0 = -100,
        .y1 = 100};
    double step = r.width / r.x1, gap = step > 4 ? 1 : 0, zero = pf_frame_y(&r, 0);
    pf_svg_open(b, 820, 258, "Waterfall of the best change of the sum of diameters");
    for (int y = -100; y <= 100; y += 50) {
        double at = pf_frame_y(&r, y);
        pf_svg_line(b, (double[]){r.left, at}, (double[]){r.left + r.width, at}, y ? "g" : "x");
        pf_svg_number(b, r.left - 8, at + 4, "end", y);
    }
    for (size_t i = 0; i < n; i++) {
        double y = pf_frame_y(&r, w->change.x[i]), x = pf_frame_x(&r, (double)i);
        double height = fabs(y - zero) < 1 ? 1 : fabs(y - zero);
        pf_buf_printf(b,
            "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" fill=\"%s\"/>\n", x,
            y < zero ? y : zero, step - gap, height, colour_of(w->best[i]));
        int starred = i < w->new_lesion.n && w->new_lesion.x[i] == 1.0;
        if (starred && step > 4)
            pf_svg_text(b, x + step / 2, zero + (y < zero ? 12 : -3), "middle", "n", "*");
    }
    reference(b, &r, 20, "+20 %");
    reference(b, &r, -30, "−30 %");
    legend(b, &r);
    pf_svg_y_title(b, &r, "best change", "%");
    pf_svg_close(b);
}
