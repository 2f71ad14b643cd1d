#include "draw/canvas.h"

#include "draw/glyphs.h"

#include <math.h>
#include <string.h>

pf_err pf_canvas_init(pf_ctx *ctx, pf_canvas *c, size_t width, size_t height)
{
    *c = (pf_canvas){width, height, NULL};
    if (width && height > SIZE_MAX / 3 / width)
        return pf_fail(ctx, PF_ERR_RANGE, "a picture of %zu x %zu", width, height);
    c->rgb = pf_calloc(ctx, 3 * width * height, 1);
    return c->rgb ? PF_OK : PF_ERR_NO_MEMORY;
}

void pf_canvas_clear(pf_canvas *c)
{
    pf_free(c->rgb);
    *c = (pf_canvas){0};
}

static void blend(uint8_t *at, uint8_t to, double cover)
{
    *at = (uint8_t)(*at + ((double)to - *at) * cover + 0.5);
}

static void put(pf_canvas *c, size_t x, size_t y, pf_colour k, double cover)
{
    uint8_t *at = c->rgb + 3 * (y * c->width + x);
    blend(at, k.r, cover);
    blend(at + 1, k.g, cover);
    blend(at + 2, k.b, cover);
}

static double clamp(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

/* Pixels of an axis that [from, to] touches: [*first, *last). */
static void span(double from, double to, size_t n, size_t *first, size_t *last)
{
    *first = (size_t)clamp(floor(from), 0, (double)n);
    *last = (size_t)clamp(ceil(to), 0, (double)n);
}

/* Polylines: covered is what lies within half the pen of any of its parts. */
enum { POINTS_MAX = 400 };

typedef struct {
    double at[POINTS_MAX][2];
    size_t n;
} path;

static double distance(const double a[2], const double b[2], double x, double y)
{
    double dx = b[0] - a[0], dy = b[1] - a[1], n = dx * dx + dy * dy;
    double t = n > 0 ? clamp(((x - a[0]) * dx + (y - a[1]) * dy) / n, 0, 1) : 0;
    return hypot(a[0] + t * dx - x, a[1] + t * dy - y);
}

static void draw_path(pf_canvas *c, const pf_pen *pen, const path *p)
{
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    double reach = pen->width / 2 + 1;
    size_t x0, x1, y0, y1;
    for (size_t i = 0; i < p->n; i++)
        for (int d = 0; d < 2; d++) {
            low[d] = fmin(low[d], p->at[i][d] - reach);
            high[d] = fmax(high[d], p->at[i][d] + reach);
        }
    if (!p->n) return;
    span(low[0], high[0], c->width, &x0, &x1);
    span(low[1], high[1], c->height, &y0, &y1);
    for (size_t y = y0; y < y1; y++)
        for (size_t x = x0; x < x1; x++) {
            double near = INFINITY, px = (double)x + 0.5, py = (double)y + 0.5;
            for (size_t i = 0; i + 1 < p->n || i == 0; i++)
                near = fmin(near, distance(p->at[i], p->at[p->n > 1 ? i + 1 : i], px, py));
            double cover = clamp(pen->width / 2 + 0.5 - near, 0, 1) * pen->cover;
            if (cover > 0) put(c, x, y, pen->colour, cover);
        }
}

void pf_draw_line(pf_canvas *c, const pf_pen *pen, const double from[2], const double to[2])
{
    path p = {.at = {{from[0], from[1]}, {to[0], to[1]}}, .n = 2};
    draw_path(c, pen, &p);
}

void pf_draw_box(
    pf_canvas *c, const pf_pen *pen, const double low[2], const double high[2], double corner)
{
    size_t x0, x1, y0, y1;
    span(low[0], high[0], c->width, &x0, &x1);
    span(low[1], high[1], c->height, &y0, &y1);
    for (size_t y = y0; y < y1; y++)
        for (size_t x = x0; x < x1; x++) {
            double px = (double)x + 0.5, py = (double)y + 0.5;
            double dx = fmax(low[0] + corner - px, px - high[0] + corner);
            double dy = fmax(low[1] + corner - py, py - high[1] + corner);
            double out = hypot(fmax(dx, 0), fmax(dy, 0)) + fmin(fmax(dx, dy), 0) - corner;
            put(c, x, y, pen->colour, clamp(0.5 - out, 0, 1) * pen->cover);
        }
}

void pf_draw_ball(pf_canvas *c, pf_colour colour, double x, double y, double radius)
{
    size_t x0, x1, y0, y1;
    span(x - radius - 1, x + radius + 1, c->width, &x0, &x1);
    span(y - radius - 1, y + radius + 1, c->height, &y0, &y1);
    for (size_t j = y0; j < y1; j++)
        for (size_t i = x0; i < x1; i++) {
            double u = ((double)i + 0.5 - x) / radius, v = ((double)j + 0.5 - y) / radius;
            double out = (hypot(u, v) - 1) * radius;
            if (out > 0.5) continue;
            double w = sqrt(fmax(0, 1 - u * u - v * v));
            double light = clamp(0.45 + 0.62 * (-0.45 * u - 0.6 * v + 0.66 * w), 0.3, 1.08);
            const pf_colour lit = {(uint8_t)fmin(255, colour.r * light),
                (uint8_t)fmin(255, colour.g * light), (uint8_t)fmin(255, colour.b * light)};
            put(c, i, j, lit, clamp(0.5 - out, 0, 1));
        }
}

/* ---- text ---- */

#define CAPITAL 14.0 /* units of the grid, of a capital's height */
#define BASE 4.0
#define GAP 3.6   /* between letters */
#define BLANK 2.6 /* width of a space, gap apart */

static int digit(char x)
{
    return x <= '9' ? x - '0' : x - 'a' + 10;
}

static int is_digit36(char x)
{
    return (x >= '0' && x <= '9') || (x >= 'a' && x <= 'z');
}

static double width_of(const char *strokes)
{
    int most = 0;
    if (!*strokes) return BLANK;
    for (; *strokes; strokes++)
        if (is_digit36(*strokes)) {
            most = digit(*strokes) > most ? digit(*strokes) : most;
            strokes++; /* y */
        }
    return most;
}

/* Digits take the same room each, so that clocks do not jump. */
static double advance(const char *at, const char *strokes)
{
    return *at >= '0' && *at <= '9' ? 6 : width_of(strokes);
}

double pf_text_width(double size, const char *text)
{
    double x = 0;
    while (*text) {
        const char *at = text, *strokes = pf_glyph(&text);
        x += advance(at, strokes) + GAP;
    }
    return fmax(0, x - GAP) * size / CAPITAL;
}

static void add_point(path *p, double x, double y)
{
    if (p->n == POINTS_MAX) return;
    p->at[p->n][0] = x;
    p->at[p->n++][1] = y;
}

/* A curve through all points (Catmull and Rom 1974), in eight parts between two of them. */
static void smooth(const path *in, path *out)
{
    enum { PARTS = 8 };
    size_t n = in->n;
    int closed = n > 2 && in->at[0][0] == in->at[n - 1][0] && in->at[0][1] == in->at[n - 1][1];
    for (size_t i = 0; i + 1 < n; i++) {
        const double *b = in->at[i], *c = in->at[i + 1];
        const double *a = i ? in->at[i - 1] : closed ? in->at[n - 2] : b;
        const double *d = i + 2 < n ? in->at[i + 2] : closed ? in->at[1] : c;
        for (int k = i ? 1 : 0; k <= PARTS; k++) {
            double t = (double)k / PARTS, x[2];
            for (int e = 0; e < 2; e++)
                x[e] = 0.5 * (2 * b[e] + (c[e] - a[e]) * t +
                                 (2 * a[e] - 5 * b[e] + 4 * c[e] - d[e]) * t * t +
                                 (3 * b[e] - a[e] - 3 * c[e] + d[e]) * t * t * t);
            add_point(out, x[0], x[1]);
        }
    }
}

static void draw_glyph(
    pf_canvas *c, const pf_pen *pen, double x, double y, double scale, const char *strokes)
{
    while (*strokes) {
        path p = {.n = 0}, curve = {.n = 0};
        int curved = *strokes == '~';
        strokes += curved;
        for (; is_digit36(*strokes); strokes += 2)
            add_point(
                &p, x + scale * digit(strokes[0]), y - scale * (digit(strokes[1]) - BASE));
        if (curved) smooth(&p, &curve);
        draw_path(c, pen, curved ? &curve : &p);
        strokes += *strokes == ' ';
    }
}

double pf_draw_text(
    pf_canvas *c, const pf_pen *pen, double x, double y, double size, const char *text)
{
    double scale = size / CAPITAL;
    pf_pen own = *pen;
    own.width = fmax(1, size * (pen->width > 0 ? pen->width : 0.125));
    while (*text) {
        const char *at = text, *strokes = pf_glyph(&text);
        double width = advance(at, strokes);
        draw_glyph(c, &own, x, y, scale, strokes);
        x += scale * (width + GAP);
    }
    return x - scale * GAP;
}
