/* Kaplan-Meier curves with the numbers at risk, censored and with event under the axis. */
#include "report/svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const double MONTH = 30.4375; /* days */
enum { ROW = 17 };                   /* px */

static void axes(pf_buf *b, const pf_figures *f, const pf_frame *r)
{
    for (int i = 0; i <= 4; i++) {
        double y = pf_frame_y(r, 0.25 * i);
        pf_svg_line(b, (double[]){r->left, y}, (double[]){r->left + r->width, y}, "g");
        pf_svg_number(b, r->left - 8, y + 4, "end", 25 * i);
    }
    double bottom = r->top + r->height;
    for (size_t i = 0; i < f->n_tick; i++) {
        double x = pf_frame_x(r, f->tick[i]);
        pf_svg_line(b, (double[]){x, bottom}, (double[]){x, bottom + 5}, "x");
        pf_svg_number(b, x, bottom + 19, "middle", round(f->tick[i] / MONTH));
    }
    pf_svg_line(b, (double[]){r->left, bottom}, (double[]){r->left + r->width, bottom}, "x");
    pf_svg_text(b, r->left + r->width / 2, bottom + 37, "middle", "a", "months from start");
}

/* The band between the limits, as one closed path of steps. */
static void band(pf_buf *b, const pf_figures *f, const pf_frame *r, const pf_plot *c, size_t arm)
{
    int n = 0;
    while (n < PF_PLOT_GRID && isfinite(c->low[n])) n++;
    if (n < 2) return;
    pf_buf_printf(b, "<path class=\"band\" fill=\"%s\" d=\"", pf_arm_colour(arm));
    for (int i = 0; i < n; i++)
        pf_buf_printf(b, "%s%.1f %.1f", i ? "L" : "M", pf_frame_x(r, f->day[i]),
            pf_frame_y(r, c->high[i]));
    for (int i = n - 1; i >= 0; i--)
        pf_buf_printf(b, "L%.1f %.1f", pf_frame_x(r, f->day[i]), pf_frame_y(r, c->low[i]));
    pf_buf_text(b, "Z\"/>\n");
}

static void curve(pf_buf *b, const pf_figures *f, const pf_frame *r, const pf_plot *c, size_t arm)
{
    pf_buf_printf(b, "<path class=\"curve\" stroke=\"%s\" stroke-dasharray=\"%s\" d=\"",
        pf_arm_colour(arm), pf_arm_dash(arm));
    for (int i = 0; i < PF_PLOT_GRID && isfinite(c->survival[i]); i++) {
        double x = pf_frame_x(r, f->day[i]), y = pf_frame_y(r, c->survival[i]);
        if (!i)
            pf_buf_printf(b, "M%.1f %.1f", x, y);
        else if (f->replicates > 1) /* a mean of many trials is smooth */
            pf_buf_printf(b, "L%.1f %.1f", x, y);
        else
            pf_buf_printf(b, "H%.1fV%.1f", x, y);
    }
    pf_buf_text(b, "\"/>\n");
}

static void legend(pf_buf *b, const pf_figures *f, const pf_frame *r)
{
    for (size_t a = 0; a < f->study->n_arm; a++) {
        double x = r->left + r->width - 240, y = r->top + 12 + 18 * (double)a;
        pf_buf_printf(b,
            "<path class=\"curve\" stroke=\"%s\" stroke-dasharray=\"%s\" d=\"M%.1f %.1fh28\"/>\n",
            pf_arm_colour(a), pf_arm_dash(a), x, y);
        pf_svg_text(b, x + 34, y + 4, "start", "t", f->study->arm[a].name);
    }
}

static double table_row(pf_buf *b, const pf_figures *f, const pf_frame *r, double y,
    const char *name, const double *value)
{
    pf_svg_text(b, r->left - 34, y, "end", "n", name);
    for (size_t i = 0; i < f->n_tick; i++) {
        char text[32];
        snprintf(text, sizeof text, "%.0f", value[i]);
        pf_svg_text(b, pf_frame_x(r, f->tick[i]), y, "middle", "n", text);
    }
    return y + ROW - 2;
}

void pf_survival_svg(pf_buf *b, const pf_figures *f, int which)
{
    const char *name = which == PF_PLOT_OS ? "Overall survival, %" : "Progression-free survival, %";
    double below = 66 + (double)f->study->n_arm * (4 * ROW);
    pf_frame r = {.left = 108, .top = 14, .width = 680, .height = 300, .x0 = 0,
        .x1 = f->study->horizon, .y0 = 0, .y1 = 1};
    pf_svg_open(b, 820, r.top + r.height + below, name);
    axes(b, f, &r);
    for (size_t a = 0; a < f->study->n_arm; a++)
        band(b, f, &r, &f->arm[a].curve[which], a);
    for (size_t a = 0; a < f->study->n_arm; a++)
        curve(b, f, &r, &f->arm[a].curve[which], a);
    legend(b, f, &r);
    pf_svg_y_title(b, &r, name);
    double y = r.top + r.height + 58;
    for (size_t a = 0; a < f->study->n_arm; a++) {
        const pf_plot *c = &f->arm[a].curve[which];
        pf_buf_printf(b, "<text x=\"4\" y=\"%.1f\" class=\"b\" fill=\"%s\">", y, pf_arm_colour(a));
        pf_html_text(b, f->study->arm[a].name);
        pf_buf_text(b, "</text>\n");
        y = table_row(b, f, &r, y + ROW - 2, "at risk", c->at_risk);
        y = table_row(b, f, &r, y, "censored", c->censored);
        y = table_row(b, f, &r, y, "events", c->events) + 6;
    }
    pf_svg_close(b);
}
