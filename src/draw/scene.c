#include "draw/scene.h"

#include "draw/colour.h"

#include <math.h>
#include <string.h>

enum { SHADES = 1 << 14 };
enum { SUB = 2, SAMPLES = 8 }; /* rays along an axis of a pixel; looks of each reach of shade */
#define NOTHING 0u
#define EDGE 0xfffffffeu
#define SHEET 0xffffffffu
#define CAP 0x80000000u

typedef struct {
    float at[3], radius; /* as the viewer sees it: right, up, away */
    float light[3];      /* its colour */
} seen;

typedef struct {
    const pf_view *v;
    const pf_scene *s;
    size_t width, height; /* of rays */
    double focal, middle[2];
    seen *ball;
    float *depth;
    uint32_t *who;  /* 1 + ball, with CAP where it is cut open; EDGE, SHEET, NOTHING */
    int8_t *normal; /* [3] */
    float plane[3], plane_at; /* of the cut, as the viewer sees it: what is beyond is gone */
    float sheet[256][3];      /* light of the field's bytes */
    float background[3], edges[3];
    float aside[SUB * SUB][SAMPLES][2]; /* where shade is looked for, in reaches */
    uint8_t screen[SHADES + 1];         /* bytes of light, in steps of 1 / SHADES */
} work;

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

void pf_view_from(pf_view *v, const double centre[3], double distance, double azimuth,
    double elevation, double across, double pixels)
{
    double a = azimuth * M_PI / 180, e = elevation * M_PI / 180;
    const double from[3] = {cos(a) * cos(e), sin(a) * cos(e), sin(e)};
    const double right[3] = {-sin(a), cos(a), 0};
    const double up[3] = {-cos(a) * sin(e), -sin(a) * sin(e), cos(e)};
    for (int d = 0; d < 3; d++) {
        v->eye[d] = centre[d] + distance * from[d];
        v->forward[d] = -from[d];
        v->right[d] = right[d];
        v->up[d] = up[d];
    }
    v->focal = pixels * distance / across;
    v->shift[0] = v->shift[1] = 0;
}

static void to_view(const pf_view *v, const double at[3], double out[3])
{
    const double d[3] = {at[0] - v->eye[0], at[1] - v->eye[1], at[2] - v->eye[2]};
    out[0] = dot(d, v->right);
    out[1] = dot(d, v->up);
    out[2] = dot(d, v->forward);
}

double pf_view_point(const pf_view *v, const pf_canvas *c, const double at[3], double out[2])
{
    double p[3];
    to_view(v, at, p);
    out[0] = (double)c->width / 2 + v->shift[0] + v->focal * p[0] / p[2];
    out[1] = (double)c->height / 2 + v->shift[1] - v->focal * p[1] / p[2];
    return p[2];
}

/* ---- what is hit ---- */

static void range(double from, double to, size_t n, size_t *first, size_t *last)
{
    *first = (size_t)fmin(fmax(floor(from), 0), (double)n);
    *last = (size_t)fmin(fmax(ceil(to), 0), (double)n);
}

static float ray_x(const work *w, size_t x)
{
    return (float)(((double)x + 0.5 - w->middle[0]) / w->focal);
}

static float ray_y(const work *w, size_t y)
{
    return (float)((w->middle[1] - (double)y - 0.5) / w->focal);
}

/* Is the point beyond the plane of the cut? */
static int is_gone(const work *w, float x, float y, float z)
{
    return w->s->cut >= 0 && w->plane[0] * x + w->plane[1] * y + w->plane[2] * z > w->plane_at;
}

static void put_hit(work *w, size_t at, float depth, uint32_t who, const float normal[3])
{
    w->depth[at] = depth;
    w->who[at] = who;
    for (int d = 0; d < 3; d++) w->normal[3 * at + (size_t)d] = (int8_t)(127 * normal[d]);
}

/* The ray (u, v, 1) t against ball `k`. */
static void hit(work *w, size_t k, size_t at, float u, float v)
{
    const seen *b = &w->ball[k];
    float a = u * u + v * v + 1, h = u * b->at[0] + v * b->at[1] + b->at[2];
    float c =
        b->at[0] * b->at[0] + b->at[1] * b->at[1] + b->at[2] * b->at[2] - b->radius * b->radius;
    float root = h * h - a * c;
    if (root < 0) return;
    root = sqrtf(root);
    float t = (h - root) / a;
    if (t >= w->depth[at] || t <= 0) return;
    if (!is_gone(w, t * u, t * v, t)) {
        const float normal[3] = {(t * u - b->at[0]) / b->radius, (t * v - b->at[1]) / b->radius,
            (t - b->at[2]) / b->radius};
        put_hit(w, at, t, (uint32_t)k + 1, normal);
        return;
    }
    float slope = w->plane[0] * u + w->plane[1] * v + w->plane[2];
    float end = (h + root) / a, cut = w->plane_at / slope;
    if (!(cut > t && cut < end) || cut >= w->depth[at]) return;
    put_hit(w, at, cut, ((uint32_t)k + 1) | CAP, w->plane);
}

static void draw_balls(work *w)
{
    for (size_t k = 0; k < w->s->n; k++) {
        const seen *b = &w->ball[k];
        size_t x0, x1, y0, y1;
        double z = (double)b->at[2] - (double)b->radius;
        if (z <= (double)b->radius) continue; /* too near, or behind */
        double cx = w->middle[0] + w->focal * (double)b->at[0] / (double)b->at[2];
        double cy = w->middle[1] - w->focal * (double)b->at[1] / (double)b->at[2];
        double r = 1.1 * w->focal * (double)b->radius / z + 1;
        range(cx - r, cx + r, w->width, &x0, &x1);
        range(cy - r, cy + r, w->height, &y0, &y1);
        for (size_t y = y0; y < y1; y++) {
            float v = ray_y(w, y);
            for (size_t x = x0; x < x1; x++) hit(w, k, y * w->width + x, ray_x(w, x), v);
        }
    }
}

/* The field lies in the plane of the cut, behind the balls that are cut open there. */
static void draw_sheet(work *w)
{
    const pf_scene *s = w->s;
    if (s->cut < 0 || !s->field.value) return;
    for (size_t y = 0; y < w->height; y++)
        for (size_t x = 0; x < w->width; x++) {
            float u = ray_x(w, x), v = ray_y(w, y);
            float t = w->plane_at / (w->plane[0] * u + w->plane[1] * v + w->plane[2]);
            size_t at = y * w->width + x;
            if (!(t > 0) || t * 1.0001F >= w->depth[at]) continue;
            int inside = 1;
            for (int d = 0; d < 3 && inside; d++) {
                double p =
                    w->v->eye[d] + (double)t * ((double)u * w->v->right[d] +
                                                   (double)v * w->v->up[d] + w->v->forward[d]);
                inside = d == s->cut || (p >= s->field.low[d] && p <= s->field.high[d]);
            }
            if (inside) put_hit(w, at, t, SHEET, w->plane);
        }
}

/* Edges of the box that belong to a side whose inside one sees. */
static int edge_is_far(const work *w, int axis, int a, int b)
{
    const pf_scene *s = w->s;
    for (int k = 0; k < 2; k++) {
        int d = (axis + 1 + k) % 3, high = k ? b : a;
        double side = high ? s->high[d] : s->low[d];
        if (high ? w->v->eye[d] < side : w->v->eye[d] > side) return 1;
    }
    return 0;
}

static void draw_edge(work *w, const double from[3], const double to[3])
{
    enum { STEPS = 6000 };
    double a[3], b[3];
    to_view(w->v, from, a);
    to_view(w->v, to, b);
    for (int k = 0; k <= STEPS; k++) {
        double t = (double)k / STEPS, p[3];
        for (int d = 0; d < 3; d++) p[d] = a[d] + t * (b[d] - a[d]);
        if (p[2] <= 0) continue;
        double x = w->middle[0] + w->focal * p[0] / p[2];
        double y = w->middle[1] - w->focal * p[1] / p[2];
        for (int e = 0; e < 4; e++) { /* two rays wide */
            double px = floor(x + (e & 1) - 0.5), py = floor(y + (e >> 1) - 0.5);
            if (px < 0 || py < 0 || px >= (double)w->width || py >= (double)w->height) continue;
            size_t at = (size_t)py * w->width + (size_t)px;
            if (w->who[at] == NOTHING || (double)w->depth[at] > p[2]) {
                w->who[at] = EDGE;
                w->depth[at] = (float)p[2];
            }
        }
    }
}

static void draw_box(work *w)
{
    const pf_scene *s = w->s;
    for (int axis = 0; axis < 3; axis++)
        for (int k = 0; k < 4; k++) {
            double from[3], to[3];
            int d = (axis + 1) % 3, e = (axis + 2) % 3;
            if (!edge_is_far(w, axis, k & 1, k >> 1)) continue;
            from[axis] = s->low[axis];
            to[axis] = s->high[axis];
            from[d] = to[d] = k & 1 ? s->high[d] : s->low[d];
            from[e] = to[e] = k >> 1 ? s->high[e] : s->low[e];
            draw_edge(w, from, to);
        }
}

/* ---- light ---- */

/* How much of the light from everywhere neighbours keep away, within `reach`; directions turn
 * with the ray's place in its pixel. */
static float shade(const work *w, size_t x, size_t y, double reach)
{
    float z = w->depth[y * w->width + x], sum = 0;
    float far = (float)(reach * w->focal) / z;
    const float(*aside)[2] = w->aside[x % SUB + SUB * (y % SUB)];
    for (int k = 0; k < SAMPLES; k++) {
        float px = (float)x + far * aside[k][0], py = (float)y + far * aside[k][1];
        if (px < 0 || py < 0 || px >= (float)w->width || py >= (float)w->height) continue;
        float before = (z - w->depth[(size_t)py * w->width + (size_t)px]) / (float)reach;
        if (before <= 0.08F) continue;
        sum += before < 1 ? (before - 0.08F) / 0.92F : 1 / (before * before);
    }
    return sum / SAMPLES;
}

/* What of a ball is seen at a ray: cut open, it is paler within, with a darker rim. */
static void surface(const work *w, uint32_t who, float u, float v, float z, float out[3])
{
    const seen *b = &w->ball[(who & ~CAP) - 1];
    float inside = 1;
    if (who & CAP) {
        float d[3] = {z * u - b->at[0], z * v - b->at[1], z - b->at[2]}, n = 0, off = 0;
        for (int k = 0; k < 3; k++) {
            n += d[k] * d[k];
            off += b->at[k] * w->plane[k];
        }
        off -= w->plane_at;
        float disc = fmaxf(b->radius * b->radius - off * off, 1e-6F);
        float rim = sqrtf(fmaxf(n - off * off, 0) / disc);
        float edge = fminf(fmaxf((rim - 0.72F) / 0.2F, 0), 1);
        inside = 1.1F - 0.6F * edge * edge * (3 - 2 * edge) * disc / (b->radius * b->radius);
    }
    for (int k = 0; k < 3; k++) out[k] = b->light[k] * inside;
}

static void lit(const work *w, size_t x, size_t y, float out[3])
{
    size_t at = y * w->width + x;
    uint32_t who = w->who[at];
    float z = w->depth[at], n[3];
    surface(w, who, ray_x(w, x), ray_y(w, y), z, out);
    for (int d = 0; d < 3; d++) n[d] = (float)w->normal[3 * at + (size_t)d] / 127;
    float key = n[0] * -0.46F + n[1] * 0.58F + n[2] * -0.67F;
    float fill = n[0] * 0.74F + n[1] * -0.12F + n[2] * -0.66F;
    key = fmaxf(0.3F + 0.7F * key, 0);
    float open = (1 - 0.85F * shade(w, x, y, w->s->reach)) *
                 (1 - 0.75F * shade(w, x, y, 5 * w->s->reach));
    float light = open * (0.26F + 0.1F * n[1] + 0.78F * key + 0.12F * fmaxf(fill, 0));
    if (who & CAP) light = open * 0.92F;
    float gloss = who & CAP ? 0 : fmaxf(n[0] * -0.25F + n[1] * 0.31F + n[2] * -0.92F, 0);
    gloss *= gloss;
    gloss *= gloss;
    gloss *= gloss;
    gloss *= gloss * gloss * 0.10F * open;
    for (int d = 0; d < 3; d++) out[d] = out[d] * light + gloss;
}

/* The field at a point of the sheet, between the middles of its voxels. */
static void sheet_light(const work *w, size_t x, size_t y, float out[3])
{
    const pf_scene *s = w->s;
    const pf_sheet_field *f = &s->field;
    double u = (double)ray_x(w, x), v = (double)ray_y(w, y), part[3], sum = 0;
    size_t low[3], next[3];
    double z = (double)w->depth[y * w->width + x];
    for (int d = 0; d < 3; d++) {
        double p = w->v->eye[d] + z * (u * w->v->right[d] + v * w->v->up[d] + w->v->forward[d]);
        double k = (p - f->low[d]) / (f->high[d] - f->low[d]) * (double)f->n[d] - 0.5;
        k = fmin(fmax(k, 0), (double)(f->n[d] - 1));
        low[d] = (size_t)k;
        next[d] = low[d] + 1 < f->n[d] ? low[d] + 1 : low[d];
        part[d] = k - (double)low[d];
    }
    for (int c = 0; c < 8; c++) {
        size_t i = c & 1 ? next[0] : low[0], j = c & 2 ? next[1] : low[1],
               k = c & 4 ? next[2] : low[2];
        double weight = (c & 1 ? part[0] : 1 - part[0]) * (c & 2 ? part[1] : 1 - part[1]) *
                        (c & 4 ? part[2] : 1 - part[2]);
        sum += weight * f->value[(k * f->n[1] + j) * f->n[0] + i];
    }
    double open = 1 - 0.35 * (double)shade(w, x, y, s->reach);
    const float *light = w->sheet[(size_t)fmin(255, sum + 0.5)];
    for (int d = 0; d < 3; d++) out[d] = light[d] * (float)open;
}

static void ray_light(const work *w, size_t x, size_t y, float out[3])
{
    size_t at = y * w->width + x;
    uint32_t who = w->who[at];
    memcpy(out, w->background, 3 * sizeof *out);
    if (who == NOTHING) return;
    if (who == EDGE)
        memcpy(out, w->edges, 3 * sizeof *out);
    else if (who == SHEET)
        sheet_light(w, x, y, out);
    else
        lit(w, x, y, out);
    if (who == SHEET || (who != EDGE && (who & CAP))) return;
    double fade = ((double)w->depth[at] - w->s->near) / (w->s->far - w->s->near);
    float f = (float)(0.55 * fmin(fmax(fade, 0), 1));
    for (int d = 0; d < 3; d++) out[d] += (w->background[d] - out[d]) * f;
}

static void mix(const work *w, pf_canvas *c)
{
    for (size_t y = 0; y < c->height; y++)
        for (size_t x = 0; x < c->width; x++) {
            float sum[3] = {0}, one[3];
            uint8_t *at = c->rgb + 3 * (y * c->width + x);
            for (size_t k = 0; k < SUB * SUB; k++) {
                ray_light(w, SUB * x + k % SUB, SUB * y + k / SUB, one);
                for (int d = 0; d < 3; d++) sum[d] += fminf(one[d], 1) / (SUB * SUB);
            }
            for (int d = 0; d < 3; d++)
                at[d] = w->screen[(size_t)(fminf(fmaxf(sum[d], 0), 1) * SHADES + 0.5F)];
        }
}

/* ---- all of it ---- */

static void prepare_tables(work *w)
{
    static const double SPREAD[SAMPLES] = {0.35, 0.9, 0.55, 1, 0.45, 0.8, 0.65, 0.95};
    for (int turn = 0; turn < SUB * SUB; turn++)
        for (int k = 0; k < SAMPLES; k++) {
            double angle = 2 * M_PI * (k + (double)turn / (SUB * SUB)) / SAMPLES;
            w->aside[turn][k][0] = (float)(SPREAD[k] * cos(angle));
            w->aside[turn][k][1] = (float)(SPREAD[k] * sin(angle));
        }
    for (int k = 0; k <= SHADES; k++) {
        const float grey[3] = {(float)k / SHADES};
        w->screen[k] = pf_colour_screen(grey).r;
    }
}

static void prepare(work *w)
{
    const pf_scene *s = w->s;
    for (size_t k = 0; k < s->n; k++) {
        double p[3];
        to_view(w->v, s->ball[k].at, p);
        for (int d = 0; d < 3; d++) w->ball[k].at[d] = (float)p[d];
        w->ball[k].radius = (float)s->ball[k].radius;
        pf_colour_light(s->ball[k].colour, w->ball[k].light);
    }
    pf_colour_light(s->background, w->background);
    pf_colour_light(s->edges, w->edges);
    for (int k = 0; k < 256 && s->field.value; k++)
        pf_colour_light(
            pf_colour_map_calm(s->field.first + (s->field.last - s->field.first) * k / 255),
            w->sheet[k]);
    for (size_t k = 0; k < w->width * w->height; k++) w->depth[k] = INFINITY;
    if (s->cut < 0) return;
    double normal[3] = {0}, n[3];
    normal[s->cut] = s->cut_side;
    n[0] = dot(normal, w->v->right);
    n[1] = dot(normal, w->v->up);
    n[2] = dot(normal, w->v->forward);
    for (int d = 0; d < 3; d++) w->plane[d] = (float)n[d];
    w->plane_at = (float)(s->cut_side * (s->cut_at - w->v->eye[s->cut]));
}

pf_err pf_draw_scene(pf_ctx *ctx, const pf_view *v, const pf_scene *s, pf_canvas *out)
{
    work w = {.v = v,
        .s = s,
        .width = SUB * out->width,
        .height = SUB * out->height,
        .focal = SUB * v->focal,
        .middle = {SUB * ((double)out->width / 2 + v->shift[0]),
            SUB * ((double)out->height / 2 + v->shift[1])}};
    size_t rays = w.width * w.height;
    w.ball = pf_calloc(ctx, s->n, sizeof *w.ball);
    w.depth = pf_calloc(ctx, rays, sizeof *w.depth);
    w.who = pf_calloc(ctx, rays, sizeof *w.who);
    w.normal = pf_calloc(ctx, rays, 3);
    pf_err err = w.ball && w.depth && w.who && w.normal ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err) {
        prepare_tables(&w);
        prepare(&w);
        draw_balls(&w);
        draw_sheet(&w);
        draw_box(&w);
        mix(&w, out);
    }
    pf_free(w.ball);
    pf_free(w.depth);
    pf_free(w.who);
    pf_free(w.normal);
    return err;
}
