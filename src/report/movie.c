#include "report/movie.h"

#include "base/text.h"
#include "draw/colour.h"
#include "report/movie_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- names ---- */

typedef struct {
    const char *what;
    const char *name[PF_SUBSTANCES_MAX + PF_FILM_ATTRIBUTES_MAX + 1];
    size_t n;
} names;

/* The one that is asked for, among those there are. */
static pf_err find(pf_ctx *ctx, const names *of, const char *name, size_t *out)
{
    char list[600] = "";
    size_t used = 0;
    for (size_t k = 0; k < of->n; k++)
        if (!strcmp(of->name[k], name)) {
            *out = k;
            return PF_OK;
        }
    ptrdiff_t near = pf_text_nearest(name, of->name, of->n);
    if (near >= 0)
        return pf_fail(ctx, PF_ERR_CONFIG, "the film has no %s '%s'; did you mean '%s'?",
            of->what, name, of->name[near]);
    for (size_t k = 0; k < of->n && used + strlen(of->name[k]) + 3 < sizeof list; k++)
        used += (size_t)snprintf(
            list + used, sizeof list - used, "%s%s", k ? ", " : "", of->name[k]);
    return pf_fail(ctx, PF_ERR_CONFIG, "the film has no %s '%s'; there %s %s", of->what, name,
        of->n == 1 ? "is" : "are", of->n ? list : "none");
}

static pf_err find_names(pf_ctx *ctx, pf_movie *m)
{
    const pf_film *f = m->f;
    names a = {.what = "attribute", .n = f->n_attribute};
    names s = {.what = "substance", .n = f->n_substance};
    m->attribute = m->substance = SIZE_MAX;
    for (size_t k = 0; k < a.n; k++) a.name[k] = f->attribute[k].name;
    for (size_t k = 0; k < s.n; k++) s.name[k] = f->substance[k];
    a.name[a.n] = "type";
    if (m->o.colour && strcmp(m->o.colour, "type") != 0) {
        a.n++;
        PF_TRY(find(ctx, &a, m->o.colour, &m->attribute));
    }
    return m->o.field ? find(ctx, &s, m->o.field, &m->substance) : PF_OK;
}

/* ---- ranges of colours ---- */

static pf_err count_bytes(pf_ctx *ctx, pf_movie *m, size_t count[256])
{
    const pf_film *f = m->f;
    for (size_t k = 0; k < f->n; k++) {
        size_t n = f->shot[k].shown;
        unsigned char *cells = pf_calloc(ctx, n, pf_film_cell_size(f));
        if (!cells) return PF_ERR_NO_MEMORY;
        pf_err err = pf_film_cells(ctx, f, k, cells);
        const unsigned char *value = cells + (PF_FILM_CELL + m->attribute) * n;
        for (size_t i = 0; !err && i < n; i++) {
            if (!value[i] || cells[8 * n + i] != PF_CELL_ALIVE) continue;
            m->has[cells[7 * n + i]] = 1;
            count[value[i]]++;
        }
        pf_free(cells);
        PF_TRY(err);
    }
    return PF_OK;
}

/* Of an attribute all but the outermost hundredths; from its lowest where it is a plain number.
 */
static pf_err find_span(pf_ctx *ctx, pf_movie *m)
{
    size_t count[256] = {0}, all = 0, below = 0;
    int low = 0, high = 0;
    if (m->attribute == SIZE_MAX) return PF_OK;
    PF_TRY(count_bytes(ctx, m, count));
    for (int b = 1; b < 256; b++) all += count[b];
    for (int b = 1; b < 256; b++) {
        below += count[b];
        if (!low && 100 * below > all) low = b;
        if (!high && 100 * below >= 99 * all) high = b;
    }
    if (!m->f->attribute[m->attribute].log) low = 0;
    if (high < low + 4) high = low + 4 < 256 ? low + 4 : 255;
    m->first = (unsigned char)(high == 255 && low > 251 ? 251 : low);
    m->last = (unsigned char)high;
    return PF_OK;
}

static void find_field(pf_movie *m)
{
    const pf_film *f = m->f;
    if (m->substance == SIZE_MAX) return;
    m->field_low = INFINITY;
    m->field_high = -INFINITY;
    for (size_t k = 0; k < f->n; k++) {
        m->field_low = fmin(m->field_low, f->shot[k].low[m->substance]);
        m->field_high = fmax(m->field_high, f->shot[k].high[m->substance]);
    }
    if (m->field_low > 0 && m->field_low < 0.5 * m->field_high) m->field_low = 0;
    if (!(m->field_high > m->field_low)) m->field_high = m->field_low + 1;
}

static void choose_colours(pf_movie *m)
{
    size_t n[2] = {0};
    for (size_t k = 0; k < m->f->n_type; k++) {
        int killer = m->f->killer[k];
        m->type[k] = pf_colour_kind(n[killer]++, killer);
    }
}

/* ---- the view ---- */

static double share_of(const pf_movie *m, size_t picture)
{
    size_t n = pf_movie_pictures(m);
    return n > 1 ? (double)picture / (double)n : 0;
}

static void look(const pf_movie *m, double share, pf_view *v)
{
    double azimuth = m->azimuth;
    if (m->o.turn && m->scene.cut < 0) azimuth += 360 * share;
    if (m->o.turn && m->scene.cut >= 0) azimuth += 38 * sin(2 * M_PI * share);
    pf_view_from(
        v, m->centre, m->distance, azimuth, m->elevation, m->across, (double)m->o.height);
    v->shift[0] = PF_MOVIE_COLUMN / 2 * m->unit;
    v->shift[1] = (PF_MOVIE_TOP - PF_MOVIE_BOTTOM) / 2 * m->unit;
}

/* All corners of the box stay in the picture, beside the words. */
static void fit(pf_movie *m)
{
    const pf_canvas c = {m->o.width, m->o.height, NULL};
    double least = INFINITY, w = (double)c.width, h = (double)c.height;
    for (int step = 0; step < (m->o.turn ? 24 : 1); step++) {
        pf_view v;
        look(m, step / 24.0, &v);
        for (int k = 0; k < 8; k++) {
            double p[2];
            const pf_scene *s = &m->scene;
            const double at[3] = {k & 1 ? s->high[0] : s->low[0],
                k & 2 ? s->high[1] : s->low[1], k & 4 ? s->high[2] : s->low[2]};
            (void)pf_view_point(&v, &c, at, p);
            double x = fabs(p[0] - w / 2 - v.shift[0]), y = fabs(p[1] - h / 2 - v.shift[1]);
            least = fmin(least, (w / 2 - PF_MOVIE_COLUMN / 2 * m->unit) / fmax(x, 1e-9));
            least = fmin(least,
                (h / 2 - (PF_MOVIE_TOP + PF_MOVIE_BOTTOM) / 2 * m->unit) / fmax(y, 1e-9));
        }
    }
    m->across /= least;
}

static void place_viewer(pf_movie *m)
{
    static const double AZIMUTH[] = {-24, -66, -58};
    const pf_film *f = m->f;
    double size = 0;
    pf_scene *s = &m->scene;
    for (int d = 0; d < 3; d++) {
        s->low[d] = f->low[d];
        s->high[d] = f->high[d];
        size += (f->high[d] - f->low[d]) * (f->high[d] - f->low[d]);
    }
    size = sqrt(size);
    s->cut = m->o.cut >= 0 ? m->o.cut : m->substance != SIZE_MAX ? 1 : -1;
    s->cut_side = s->cut == 1 ? -1 : 1;
    if (s->cut >= 0) { /* one half is left, and looked at */
        s->cut_at = (f->low[s->cut] + f->high[s->cut]) / 2;
        *(s->cut_side > 0 ? &s->high[s->cut] : &s->low[s->cut]) = s->cut_at;
    }
    for (int d = 0; d < 3; d++) m->centre[d] = (s->low[d] + s->high[d]) / 2;
    m->azimuth = s->cut >= 0 ? AZIMUTH[s->cut] : -58;
    m->elevation = s->cut == 2 ? 52 : 20;
    m->across = size;
    m->distance = 2.4 * size;
    s->near = m->distance - 0.15 * size;
    s->far = m->distance + 0.75 * size;
    s->background = (pf_colour){13, 17, 24};
    s->edges = (pf_colour){70, 80, 96};
    s->reach = 14; /* um: about a cell */
    fit(m);
}

/* ---- pictures ---- */

static pf_err check(pf_ctx *ctx, const pf_film *f, const pf_movie_options *o)
{
    const size_t side[] = {o->width, o->height};
    for (int k = 0; k < 2; k++)
        if (side[k] < PF_MOVIE_SIDE_LEAST || side[k] > PF_MOVIE_SIDE_MOST || side[k] % 2)
            return pf_fail(ctx, PF_ERR_CONFIG,
                "pictures of %zu x %zu: both have to be even numbers between %d and %d",
                o->width, o->height, PF_MOVIE_SIDE_LEAST, PF_MOVIE_SIDE_MOST);
    if (o->between > PF_MOVIE_BETWEEN_MOST)
        return pf_fail(ctx, PF_ERR_CONFIG, "%zu pictures between two frames; at most %d",
            o->between, PF_MOVIE_BETWEEN_MOST);
    if (f->n) return PF_OK;
    return pf_fail(ctx, PF_ERR_CONFIG,
        "the run kept no frames; say e.g. output: {film: 30 min} in its file and simulate it "
        "again");
}

pf_err pf_movie_new(pf_ctx *ctx, const pf_film *f, const pf_movie_options *o, pf_movie **out)
{
    *out = NULL;
    PF_TRY(check(ctx, f, o));
    pf_movie *m = pf_calloc(ctx, 1, sizeof *m);
    if (!m) return PF_ERR_NO_MEMORY;
    m->f = f;
    m->o = *o;
    m->unit = fmax(fmin((double)o->width / 960, (double)o->height / 720), 0.68);
    pf_err err = find_names(ctx, m);
    if (!err) err = find_span(ctx, m);
    if (err) {
        pf_movie_free(m);
        return err;
    }
    find_field(m);
    choose_colours(m);
    place_viewer(m);
    *out = m;
    return PF_OK;
}

void pf_movie_free(pf_movie *m)
{
    pf_free(m);
}

size_t pf_movie_pictures(const pf_movie *m)
{
    return (m->f->n - 1) * (m->o.between + 1) + 1;
}

static pf_movie_moment moment(const pf_movie *m, size_t k)
{
    size_t each = m->o.between + 1;
    pf_movie_moment t = {.frame = k / each, .part = (double)(k % each) / (double)each};
    const pf_film_shot *s = &m->f->shot[t.frame];
    t.minute = s->minute;
    if (t.part > 0) t.minute += t.part * (s[1].minute - s->minute);
    return t;
}

/* The field of the nearer frame. */
static pf_err open_field(
    pf_ctx *ctx, const pf_movie *m, size_t frame, unsigned char **bytes, pf_sheet_field *out)
{
    const pf_film_shot *s = &m->f->shot[frame];
    size_t voxels = s->voxels[0] * s->voxels[1] * s->voxels[2], k = m->substance;
    *bytes = pf_calloc(ctx, voxels, m->f->n_substance);
    if (!*bytes) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_film_fields(ctx, m->f, frame, *bytes));
    memcpy(out->n, s->voxels, sizeof out->n);
    memcpy(out->low, m->f->low, sizeof out->low);
    memcpy(out->high, m->f->high, sizeof out->high);
    out->value = *bytes + voxels * k;
    out->first = (s->low[k] - m->field_low) / (m->field_high - m->field_low);
    out->last = (s->high[k] - m->field_low) / (m->field_high - m->field_low);
    return PF_OK;
}

pf_err pf_movie_picture(pf_ctx *ctx, const pf_movie *m, size_t k, pf_canvas *out)
{
    pf_view v;
    pf_ball *ball = NULL;
    unsigned char *bytes = NULL;
    pf_scene s = m->scene;
    const pf_movie_moment t = moment(m, k);
    PF_TRY(pf_canvas_init(ctx, out, m->o.width, m->o.height));
    look(m, share_of(m, k), &v);
    pf_err err = pf_movie_balls(ctx, m, &t, &ball, &s.n);
    s.ball = ball;
    if (!err && m->substance != SIZE_MAX)
        err = open_field(ctx, m, t.frame + (t.part >= 0.5), &bytes, &s.field);
    if (!err) err = pf_draw_scene(ctx, &v, &s, out);
    if (!err) pf_movie_words(m, &t, &v, out);
    if (err) pf_canvas_clear(out);
    pf_free(ball);
    pf_free(bytes);
    return err;
}
