#include "draw/colour.h"
#include "report/movie_parts.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static const pf_colour BRIGHT = {234, 239, 246}, DIM = {150, 161, 178};

typedef struct {
    pf_canvas *c;
    double unit; /* pixels of a 720th of the height */
    double left, y;
} page;

static void word(
    const page *p, pf_colour colour, double x, double y, double size, const char *text)
{
    const pf_pen pen = {.colour = colour, .cover = 1};
    (void)pf_draw_text(p->c, &pen, x, y, size * p->unit, text);
}

/* "11,336" */
static void thousands(uint64_t n, char *out, size_t size)
{
    char plain[24];
    int digits = snprintf(plain, sizeof plain, "%" PRIu64, n);
    size_t at = 0;
    for (int k = 0; k < digits && at + 2 < size; k++) {
        if (k && (digits - k) % 3 == 0) out[at++] = ',';
        out[at++] = plain[k];
    }
    out[at] = 0;
}

static void clock_text(double minute, char *out, size_t size)
{
    long long m = llround(minute);
    if (minute < 10 && fabs(minute - (double)m) > 1e-6)
        snprintf(out, size, "%.1f min", minute);
    else if (m < 60)
        snprintf(out, size, "%lld min", m);
    else if (m < 60 * 48)
        snprintf(out, size, "%lld h %02lld min", m / 60, m % 60);
    else
        snprintf(out, size, "%lld d %02lld h", m / 1440, m / 60 % 24);
}

/* The title, as much of it as fits. */
static void title(page *p, const char *text)
{
    char cut[200];
    double room = (double)p->c->width - 2 * p->left;
    snprintf(cut, sizeof cut - 4, "%s", text);
    size_t n = strlen(cut);
    while (n && pf_text_width(15 * p->unit, cut) > room) {
        do n--;
        while (n && (cut[n] & 0xc0) == 0x80);
        strcpy(cut + n, "...");
    }
    word(p, BRIGHT, p->left, p->y, 15, cut);
}

static uint64_t between(uint64_t a, uint64_t b, double part)
{
    return (uint64_t)llround((double)a + part * ((double)b - (double)a));
}

/* Types with how many are alive, and the dead; counts between two frames as the clock says. */
static void legend(page *p, const pf_movie *m, const pf_movie_moment *t)
{
    const pf_film_shot *a = &m->f->shot[t->frame], *b = t->part > 0 ? a + 1 : a;
    uint64_t dead = 0;
    char text[240], number[32];
    for (size_t k = 0; k <= m->f->n_type; k++) {
        static const pf_colour BODY = {66, 50, 70};
        int last = k == m->f->n_type;
        uint64_t n = last ? dead : between(a->alive[k], b->alive[k], t->part);
        if (!last) dead += between(a->dead[k], b->dead[k], t->part);
        if (last && !dead) break;
        thousands(n, number, sizeof number);
        snprintf(text, sizeof text, "%s", last ? "dead" : m->f->type[k]);
        double x = p->left;
        int grey = !last && m->attribute != SIZE_MAX && !m->has[k];
        if (m->attribute == SIZE_MAX || last || grey) {
            pf_draw_ball(p->c,
                last   ? BODY
                : grey ? PF_MOVIE_GREY
                       : m->type[k],
                x + 6 * p->unit, p->y - 5 * p->unit, 6.5 * p->unit);
        }
        x += 20 * p->unit;
        word(p, BRIGHT, x, p->y, 10.5, text);
        x += pf_text_width(10.5 * p->unit, text) + 9 * p->unit;
        word(p, DIM, x, p->y, 10.5, number);
        p->y += 21 * p->unit;
    }
    if (a->shown == a->cells) return;
    char all[32];
    thousands(a->shown, number, sizeof number);
    thousands(a->cells, all, sizeof all);
    snprintf(text, sizeof text, "%s of %s cells are drawn", number, all);
    word(p, DIM, p->left, p->y, 9, text);
    p->y += 21 * p->unit;
}

/* Three figures; thousands with their commas. */
static void figures(double x, char *out, size_t size)
{
    double step = x >= 1e3 && x < 1e7 ? pow(10, floor(log10(x)) - 2) : 0;
    if (step > 0)
        thousands((uint64_t)(round(x / step) * step + 0.5), out, size);
    else
        snprintf(out, size, "%.3g", x);
}

/* A bar of colours with its name and ends. */
typedef struct {
    const char *name, *unit;
    double low, high;
    pf_colour (*map)(double share);
} scale;

static void bar(page *p, const scale *s)
{
    double w = 170 * p->unit, h = 9 * p->unit, y = p->y;
    char text[240];
    int plain = !s->unit || !*s->unit || !strcmp(s->unit, "1");
    snprintf(text, sizeof text, "%s%s%s", s->name, plain ? "" : ", ", plain ? "" : s->unit);
    word(p, BRIGHT, p->left, y, 10.5, text);
    y += 9 * p->unit;
    enum { PARTS = 85 };
    for (int k = 0; k < PARTS; k++) {
        const double low[2] = {p->left + w * k / PARTS, y};
        const double high[2] = {p->left + w * (k + 1) / PARTS + 0.5, y + h};
        const pf_pen pen = {s->map((k + 0.5) / PARTS), 1, 0};
        pf_draw_box(p->c, &pen, low, high, 0);
    }
    y += h + 15 * p->unit;
    figures(s->low, text, sizeof text);
    word(p, DIM, p->left, y, 9, text);
    figures(s->high, text, sizeof text);
    word(p, DIM, p->left + w - pf_text_width(9 * p->unit, text), y, 9, text);
    p->y = y + 26 * p->unit;
}

/* A length of 1, 2 or 5 times a power of ten, about a sixth of the width. */
static void ruler(page *p, const pf_movie *m, const pf_view *v)
{
    double pixels = v->focal / m->distance, want = (double)p->c->width / 6 / pixels;
    double power = pow(10, floor(log10(want))), x = want / power;
    double length = (x < 2 ? 1 : x < 5 ? 2 : 5) * power;
    double y = (double)p->c->height - 26 * p->unit;
    char text[60];
    const pf_pen pen = {BRIGHT, 1, 2.4 * p->unit};
    const double from[2] = {p->left, y}, to[2] = {p->left + length * pixels, y};
    pf_draw_line(p->c, &pen, from, to);
    snprintf(text, sizeof text, "%g \xc2\xb5m", length);
    word(p, BRIGHT, to[0] + 10 * p->unit, y + 5 * p->unit, 10.5, text);
}

static void mark(const page *p)
{
    static const char text[] = "SIMULATED";
    double w = pf_text_width(10 * p->unit, text);
    word(p, DIM, (double)p->c->width - p->left - w, (double)p->c->height - 21 * p->unit, 10,
        text);
}

void pf_movie_words(const pf_movie *m, const pf_movie_moment *t, const pf_view *v, pf_canvas *c)
{
    char text[60];
    page p = {c, m->unit, 22 * m->unit, 36 * m->unit};
    title(&p, m->f->title);
    p.y += 30 * p.unit;
    clock_text(t->minute, text, sizeof text);
    word(&p, BRIGHT, p.left, p.y, 13, text);
    p.y += 34 * p.unit;
    legend(&p, m, t);
    p.y += 10 * p.unit;
    if (m->attribute != SIZE_MAX) {
        const pf_film_attribute *a = &m->f->attribute[m->attribute];
        bar(&p, &(scale){a->name, a->unit, pf_film_value(a, m->first),
                    pf_film_value(a, m->last), pf_colour_map});
    }
    if (m->substance != SIZE_MAX)
        bar(&p, &(scale){m->f->substance[m->substance], m->f->unit[m->substance], m->field_low,
                    m->field_high, pf_colour_map_calm});
    ruler(&p, m, v);
    mark(&p);
}
