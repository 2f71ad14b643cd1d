/* Kaplan-Meier curves with the numbers at risk, censored and with event under the axis. */
#include "report/svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double MONTH = 30.4375; /* days */
enum { ROW = 17 };                   /* px */

static void axes(pf_buf *b, const pf_plot *any, const pf_frame *r)
{
    for (int i = 0; i <= 4; i++) {
        double y = pf_frame_y(r, 0.25 * i);
        pf_svg_line(b, (double[]){r->left, y}, (double[]){r->left + r->width, y}, "g");
        pf_svg_number(b, r->left - 8, y + 4, "end", 25 * i);
    }
    double bottom = r->top + r->height;
    for (size_t i = 0; i < any->tick.n; i++) {
        double x = pf_frame_x(r, any->tick.x[i]);
        pf_svg_line(b, (double[]){x, bottom}, (double[]){x, bottom + 5}, "x");
        pf_svg_number(b, x, bottom + 19, "middle", round(any->tick.x[i] / MONTH));
    }
    pf_svg_line(b, (double[]){r->left, bottom}, (double[]){r->left + r->width, bottom}, "x");
    pf_svg_text(b, r->left + r->width / 2, bottom + 37, "middle", "a", "months from start");
}

/* The band between the limits, as one closed path. */
static void band(pf_buf *b, const pf_frame *r, const pf_plot *p, size_t arm)
{
    size_t n = 0;
    while (n < p->band_day.n && n < p->low.n && n < p->high.n && isfinite(p->low.x[n])) n++;
    if (n < 2) return;
    pf_buf_printf(b, "<path class=\"band\" fill=\"%s\" d=\"", pf_arm_colour(arm));
    for (size_t i = 0; i < n; i++)
        pf_buf_printf(b, "%s%.1f %.1f", i ? "L" : "M", pf_frame_x(r, p->band_day.x[i]),
            pf_frame_y(r, p->high.x[i]));
    for (size_t i = n; i-- > 0;)
        pf_buf_printf(
            b, "L%.1f %.1f", pf_frame_x(r, p->band_day.x[i]), pf_frame_y(r, p->low.x[i]));
    pf_buf_text(b, "Z\"/>\n");
}

/* A step wherever the curve falls. */
static void curve(pf_buf *b, const pf_frame *r, const pf_plot *p, size_t arm)
{
    double last = NAN, end = r->x0;
    pf_buf_printf(b, "<path class=\"curve\" stroke=\"%s\" stroke-dasharray=\"%s\" d=\"",
        pf_arm_colour(arm), pf_arm_dash(arm));
    for (size_t i = 0; i < p->survival.n && i < p->day.n && isfinite(p->survival.x[i]); i++) {
        double s = p->survival.x[i];
        end = pf_frame_x(r, p->day.x[i]);
        if (!i)
            pf_buf_printf(b, "M%.1f %.1f", end, pf_frame_y(r, s));
        else if (s != last)
            pf_buf_printf(b, "H%.1fV%.1f", end, pf_frame_y(r, s));
        last = s;
    }
    if (isfinite(last)) pf_buf_printf(b, "H%.1f", end);
    pf_buf_text(b, "\"/>\n");
}

static double table_row(pf_buf *b, const pf_plot *p, const pf_frame *r, double y,
    const char *name, const pf_series *value)
{
    pf_svg_text(b, r->left - 34, y, "end", "n", name);
    for (size_t i = 0; i < p->tick.n && i < value->n; i++) {
        char text[32];
        snprintf(text, sizeof text, "%.0f", value->x[i]);
        pf_svg_text(b, pf_frame_x(r, p->tick.x[i]), y, "middle", "n", text);
    }
    return y + ROW - 2;
}

void pf_survival_svg(pf_buf *b, const pf_figures *f, int which)
{
    const char *name = which == PF_PLOT_OS ? "Overall survival"
                       : f->recurrence     ? "Recurrence-free survival"
                                           : "Progression-free survival";
    double below = 50 + (double)f->n_arm * (4 * ROW);
    pf_frame r = {.left = 108,
        .top = 14,
        .width = 680,
        .height = 300,
        .x0 = 0,
        .x1 = f->horizon,
        .y0 = 0,
        .y1 = 1};
    pf_svg_open(b, 820, r.top + r.height + below, name);
    axes(b, &f->survival[0][which], &r);
    for (size_t a = 0; a < f->n_arm && f->replicates > 1; a++)
        band(b, &r, &f->survival[a][which], a);
    for (size_t a = 0; a < f->n_arm; a++) curve(b, &r, &f->survival[a][which], a);
    pf_svg_legend(b, f, &r);
    pf_svg_y_title(b, &r, name, "%");
    double y = r.top + r.height + 58;
    for (size_t a = 0; a < f->n_arm; a++) {
        const pf_plot *p = &f->survival[a][which];
        pf_buf_printf(
            b, "<text x=\"4\" y=\"%.1f\" class=\"b\" fill=\"%s\">", y, pf_arm_colour(a));
        pf_html_text(b, f->arm[a]);
        pf_buf_text(b, "</text>\n");
        y = table_row(b, p, &r, y + ROW - 2, "at risk", &p->at_risk);
        y = table_row(b, p, &r, y, "censored", &p->censored);
        y = table_row(b, p, &r, y, "events", &p->events) + 6;
    }
    pf_svg_close(b);
}
