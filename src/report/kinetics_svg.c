/* Cell kinetics: median and the middle 90 % of patients, on a logarithmic axis. */
#include "report/svg.h"

#include <math.h>
#include <stdio.h>

/* Whole decades around the positive numbers; at most nine of them. 0 when there are none. */
static int find_range(const pf_figures *f, double *low, double *high)
{
    *low = INFINITY;
    *high = 0;
    for (size_t a = 0; a < f->n_arm; a++)
        for (int q = 0; q < 3; q++)
            for (size_t i = 0; i < f->kinetics[a][q].n; i++) {
                double x = f->kinetics[a][q].x[i];
                if (!(x > 0)) continue;
                if (x < *low) *low = x;
                if (x > *high) *high = x;
            }
    if (!(*high > 0)) return 0;
    *high = pow(10, ceil(log10(*high) + 1e-9));
    *low = pow(10, floor(log10(*low) - 1e-9));
    if (*low < *high * 1e-9) *low = *high * 1e-9;
    return 1;
}

static void axes(pf_buf *b, const pf_figures *f, const pf_frame *r)
{
    char text[40];
    double bottom = r->top + r->height;
    for (int e = (int)lround(log10(r->y0)); e <= (int)lround(log10(r->y1)); e++) {
        double y = pf_frame_y(r, pow(10, e));
        pf_svg_line(b, (double[]){r->left, y}, (double[]){r->left + r->width, y}, "g");
        snprintf(text, sizeof text, "%g", pow(10, e));
        pf_svg_text(b, r->left - 8, y + 4, "end", "t", text);
    }
    double last = -1e9;
    for (size_t s = 0; s < f->kinetics_day.n; s++) {
        double x = pf_frame_x(r, f->kinetics_day.x[s]);
        pf_svg_line(b, (double[]){x, bottom}, (double[]){x, bottom + 5}, "x");
        if (x - last < 24) continue;
        last = x;
        pf_svg_number(b, x, bottom + 19, "middle", f->kinetics_day.x[s]);
    }
    pf_svg_line(b, (double[]){r->left, bottom}, (double[]){r->left + r->width, bottom}, "x");
    pf_svg_text(b, r->left + r->width / 2, bottom + 37, "middle", "a", "days from start");
}

static void arm_band(pf_buf *b, const pf_figures *f, const pf_frame *r, size_t arm)
{
    const pf_series *q = f->kinetics[arm];
    const double *day = f->kinetics_day.x;
    size_t drawn = 0;
    int any = 0;
    for (size_t i = 0; i < q[2].n; i++) any |= q[2].x[i] > 0;
    if (!any) return;
    pf_buf_printf(b, "<path class=\"band\" fill=\"%s\" d=\"", pf_arm_colour(arm));
    for (size_t i = 0; i < q[2].n; i++)
        if (isfinite(q[2].x[i]))
            pf_buf_printf(b, "%s%.1f %.1f", drawn++ ? "L" : "M", pf_frame_x(r, day[i]),
                pf_frame_y(r, q[2].x[i]));
    for (size_t i = q[0].n; i-- > 0;)
        if (isfinite(q[0].x[i]))
            pf_buf_printf(b, "L%.1f %.1f", pf_frame_x(r, day[i]), pf_frame_y(r, q[0].x[i]));
    pf_buf_printf(b, "Z\"/>\n<path class=\"curve\" stroke=\"%s\" stroke-dasharray=\"%s\" d=\"",
        pf_arm_colour(arm), pf_arm_dash(arm));
    drawn = 0;
    for (size_t i = 0; i < q[1].n; i++)
        if (isfinite(q[1].x[i]))
            pf_buf_printf(b, "%s%.1f %.1f", drawn++ ? "L" : "M", pf_frame_x(r, day[i]),
                pf_frame_y(r, q[1].x[i]));
    pf_buf_text(b, "\"/>\n");
    for (size_t i = 0; i < q[1].n; i++)
        if (isfinite(q[1].x[i]))
            pf_buf_printf(b, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n",
                pf_frame_x(r, day[i]), pf_frame_y(r, q[1].x[i]), pf_arm_colour(arm));
}

void pf_kinetics_svg(pf_buf *b, const pf_figures *f)
{
    size_t n = f->kinetics_day.n;
    double low, high;
    if (!n || !find_range(f, &low, &high)) {
        pf_buf_text(b, "<p>No kinetics were sampled, or no cells were found.</p>\n");
        return;
    }
    pf_frame r = {.left = 108,
        .top = 14,
        .width = 680,
        .height = 280,
        .x0 = 0,
        .x1 = f->kinetics_day.x[n - 1],
        .y0 = low,
        .y1 = high,
        .log_y = 1};
    if (!(r.x1 > 0)) r.x1 = 1;
    pf_svg_open(b, 820, r.top + r.height + 48, "Cell kinetics");
    axes(b, f, &r);
    for (size_t a = 0; a < f->n_arm; a++) arm_band(b, f, &r, a);
    pf_svg_legend(b, f, &r);
    pf_svg_y_title(b, &r, "level", f->kinetics_unit);
    pf_svg_close(b);
}
