#include "report/svg.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void pf_html_text(pf_buf *b, const char *text)
{
    for (const char *p = text ? text : ""; *p; p++) {
        switch (*p) {
        case '<':
            pf_buf_text(b, "&lt;");
            break;
        case '>':
            pf_buf_text(b, "&gt;");
            break;
        case '&':
            pf_buf_text(b, "&amp;");
            break;
        case '"':
            pf_buf_text(b, "&quot;");
            break;
        case '\'':
            pf_buf_text(b, "&#39;");
            break;
        default:
            pf_buf_put(b, p, 1);
        }
    }
}

const char *pf_after_unknown(const char *source)
{
    static const char word[] = "unknown";
    size_t n = sizeof word - 1;
    if (strncmp(source, word, n) || (source[n] != ':' && source[n] != ';')) return source;
    return source + n + 1 + strspn(source + n + 1, " ");
}

void pf_html_unit(pf_buf *b, const char *unit)
{
    char before = '\0';
    for (const char *p = unit ? unit : ""; *p; before = *p++) {
        int starts = !(before >= 'a' && before <= 'z') && !(before >= 'A' && before <= 'Z');
        int cell =
            starts && before != '/' && !strncmp(p, "cell", 4) && !(p[4] >= 'a' && p[4] <= 'z');
        if (starts && *p == 'u' && p[1] && strchr("Lgmls", p[1])) {
            pf_buf_text(b, "µ");
        } else if (cell) {
            pf_buf_text(b, "cells");
            p += 3;
        } else if (*p == ' ') {
            pf_buf_text(b, " · ");
        } else {
            const char letter[2] = {*p, '\0'};
            pf_html_text(b, letter);
        }
    }
}

/* The part behind the mantissa of 8.7 × 10⁻⁴. */
static void times_ten(pf_buf *b, int power)
{
    static const char *const digit[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char text[16];
    snprintf(text, sizeof text, "%d", power);
    pf_buf_text(b, " × 10");
    for (const char *p = text; *p; p++) pf_buf_text(b, *p == '-' ? "⁻" : digit[*p - '0']);
}

/* A text of printf with a real minus sign. */
static void put_number(pf_buf *b, const char *text)
{
    if (text[0] == '-') pf_buf_text(b, "−");
    pf_buf_text(b, text + (text[0] == '-'));
}

void pf_html_number(pf_buf *b, double x, int digits)
{
    char text[64];
    double size = fabs(x);
    if (!isfinite(x)) {
        pf_buf_text(b, "–");
    } else if (size > 0 && (size < 1e-3 || size >= 1e6)) {
        snprintf(text, sizeof text, "%.*e", digits - 1, x);
        char *e = strchr(text, 'e');
        *e = '\0';
        put_number(b, text);
        times_ten(b, (int)strtol(e + 1, NULL, 10));
    } else {
        int after = size > 0 ? digits - 1 - (int)floor(log10(size)) : 0;
        snprintf(text, sizeof text, "%.*f", after < 0 ? 0 : after > 9 ? 9 : after, x);
        put_number(b, text);
    }
}

void pf_html_fixed(pf_buf *b, double x, int after)
{
    char text[64];
    snprintf(text, sizeof text, "%.*f", after, x);
    put_number(b, text);
}

void pf_html_plain(pf_buf *b, double x)
{
    char text[64];
    int power = isfinite(x) && x != 0 ? (int)floor(log10(fabs(x)) + 1e-12) : 0;
    if (!isfinite(x)) {
        pf_buf_text(b, "–");
    } else if (power < 6 && power > -5) {
        snprintf(text, sizeof text, "%.6g", x);
        put_number(b, text);
    } else {
        snprintf(text, sizeof text, "%.4g", x / pow(10, power));
        put_number(b, text);
        times_ten(b, power);
    }
}

const char *pf_arm_colour(size_t arm)
{
    static const char *const colour[] = {
        "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#7A5C00", "#56B4E9", "#000000"};
    return colour[arm % PF_COUNT(colour)];
}

const char *pf_arm_dash(size_t arm)
{
    static const char *const dash[] = {"none", "7 3", "2 3", "9 3 2 3", "12 4"};
    return dash[arm % PF_COUNT(dash)];
}

double pf_frame_x(const pf_frame *f, double x)
{
    return f->left + f->width * (x - f->x0) / (f->x1 - f->x0);
}

double pf_frame_y(const pf_frame *f, double y)
{
    double share = f->log_y ? (y > 0 ? log10(y / f->y0) / log10(f->y1 / f->y0) : 0)
                            : (y - f->y0) / (f->y1 - f->y0);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return f->top + f->height * (1 - share);
}

void pf_svg_open(pf_buf *b, double width, double height, const char *label)
{
    pf_buf_printf(
        b, "<svg viewBox=\"0 0 %.0f %.0f\" role=\"img\" aria-label=\"", width, height);
    pf_html_text(b, label);
    pf_buf_printf(b, "\" style=\"max-width:%.0fpx\">\n", width);
}

void pf_svg_close(pf_buf *b)
{
    pf_buf_text(b, "</svg>\n");
}

void pf_svg_line(pf_buf *b, const double from[2], const double to[2], const char *klass)
{
    pf_buf_printf(b, "<line x1=\"%.2f\" y1=\"%.2f\" x2=\"%.2f\" y2=\"%.2f\" class=\"%s\"/>\n",
        from[0], from[1], to[0], to[1], klass);
}

void pf_svg_text(
    pf_buf *b, double x, double y, const char *anchor, const char *klass, const char *text)
{
    pf_buf_printf(
        b, "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor, klass);
    pf_html_text(b, text);
    pf_buf_text(b, "</text>\n");
}

void pf_svg_number(pf_buf *b, double x, double y, const char *anchor, double value)
{
    char text[48];
    snprintf(text, sizeof text, "%s%g", value < 0 ? "−" : "", fabs(value));
    pf_svg_text(b, x, y, anchor, "t", text);
}

void pf_svg_y_title(pf_buf *b, const pf_frame *f, const char *text, const char *unit)
{
    double x = f->left - 48, y = f->top + f->height / 2;
    pf_buf_printf(b,
        "<text x=\"%.2f\" y=\"%.2f\" text-anchor=\"middle\" class=\"a\" "
        "transform=\"rotate(-90 %.2f %.2f)\">",
        x, y, x, y);
    pf_html_text(b, text);
    if (unit && *unit) pf_buf_text(b, ", ");
    pf_html_unit(b, unit);
    pf_buf_text(b, "</text>\n");
}

void pf_svg_legend(pf_buf *b, const pf_figures *f, const pf_frame *r)
{
    for (size_t a = 0; a < f->n_arm; a++) {
        double x = r->left + r->width - 240, y = r->top + 12 + 18 * (double)a;
        pf_buf_printf(b,
            "<path class=\"curve\" stroke=\"%s\" stroke-dasharray=\"%s\" d=\"M%.1f "
            "%.1fh28\"/>\n",
            pf_arm_colour(a), pf_arm_dash(a), x, y);
        pf_svg_text(b, x + 34, y + 4, "start", "t", f->arm[a]);
    }
}
