#include "tissue/film.h"

#include "base/zip.h"
#include "tissue/rules.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what of a cell is kept ---- */

typedef enum { PHASE, CLOCK, KILLS, GRANULES, SLOWED, HOLDS, HELD, ANTIGEN, RECEPTOR } what;

typedef struct {
    pf_film_attribute of;
    const char *before; /* of the name */
    what what;
    size_t index; /* of the molecule */
} column;

typedef struct {
    const pf_setup *s;
    column column[PF_FILM_ATTRIBUTES_MAX];
    size_t n;
} plan;

static void add(plan *p, column c)
{
    p->column[p->n++] = c;
}

/* Four deviations around the medians of all types, and what rules can make of them. */
static void add_molecule(plan *p, what kind, size_t k)
{
    const pf_setup *s = p->s;
    double low = INFINITY, high = 0;
    for (size_t i = 0; i < s->n_type; i++) {
        const pf_cell_type *t = &s->type[i];
        double x = kind == ANTIGEN ? t->antigen[k] : t->receptor[k];
        double sd = kind == ANTIGEN ? t->antigen_sd[k] : t->receptor_sd[k];
        int done = (kind == ANTIGEN ? PF_DO_ANTIGEN : PF_DO_RECEPTOR) + (int)k;
        double most = s->rules ? pf_rules_most(s->rules, i, done, x) : x;
        if (x > 0) low = fmin(low, x * exp(-4 * sd));
        high = fmax(high, fmax(x, most) * exp(4 * sd));
    }
    if (!(high > 0)) return;
    low = fmax(fmin(low, high / 10), high * 1e-8);
    const char *name = kind == ANTIGEN ? s->antigen[k] : s->receptor[k];
    add(p, (column){.of = {name ? name : "", "copies", low, high, 1},
               .before = kind == ANTIGEN ? "antigen " : "receptor ",
               .what = kind,
               .index = k});
}

/* Longest of what is told of a phase or a death, min. */
static double longest(const pf_cell_type *t)
{
    double x = fmax(t->apoptosis_lasts, t->necrosis_lasts);
    for (size_t k = 0; k < t->n_phase; k++)
        if (t->phase[k].rate > 0) x = fmax(x, 2 / t->phase[k].rate);
    return x;
}

static void make_plan(const pf_setup *s, plan *p)
{
    size_t phases = 0;
    double minutes = 1;
    int kills = 0, tires = 0;
    *p = (plan){.s = s};
    for (size_t i = 0; i < s->n_type; i++) {
        const pf_cell_type *t = &s->type[i];
        phases = t->n_phase > phases ? t->n_phase : phases;
        minutes = fmax(minutes, longest(t));
        kills |= t->killer.bind > 0;
        tires |= t->killer.bind > 0 && t->killer.exhaustion > 0;
    }
    if (phases > 1)
        add(p, (column){.of = {"cycle phase", "1", 0, (double)(phases - 1), 0}, .what = PHASE});
    add(p, (column){.of = {"time in phase", "min", 1, fmax(minutes, 10), 1}, .what = CLOCK});
    if (kills) {
        add(p, (column){.of = {"kills", "1", 0, 51, 0}, .what = KILLS});
        add(p, (column){.of = {"granules left", "1", 0, 1, 0}, .what = GRANULES});
        add(p, (column){.of = {"holds a target", "1", 0, 1, 0}, .what = HOLDS});
        add(p, (column){.of = {"killers that hold it", "1", 0, 15, 0}, .what = HELD});
    }
    if (tires) add(p, (column){.of = {"slowed by exhaustion", "1", 0, 1, 0}, .what = SLOWED});
    for (size_t k = 0; k < PF_MOLECULES_MAX; k++) add_molecule(p, ANTIGEN, k);
    for (size_t k = 0; k < PF_MOLECULES_MAX; k++) add_molecule(p, RECEPTOR, k);
}

static double value(const pf_tissue *t, size_t i, const column *c, const uint8_t *holders)
{
    uint32_t slot = t->cells.slot[i];
    const pf_cell *row = &t->row[slot];
    const pf_killer *k = &t->setup->type[t->cells.type[i]].killer;
    switch (c->what) {
    case PHASE:
        return row->phase;
    case CLOCK:
        return (double)row->clock;
    case KILLS:
        return row->kills;
    case GRANULES:
        return k->granules > 0 ? (double)row->granules / k->granules : 0;
    case SLOWED:
        return (double)row->exhaustion / (1 + (double)row->exhaustion);
    case HOLDS:
        return row->state == PF_CELL_ALIVE && row->target != UINT32_MAX;
    case HELD:
        return holders[slot];
    case ANTIGEN:
        return (double)row->antigen[c->index];
    case RECEPTOR:
        return (double)row->receptor[c->index];
    }
    return 0;
}

static uint8_t byte(const pf_film_attribute *a, double x)
{
    double part = a->log ? x > 0 ? log(x / a->low) / log(a->high / a->low) : 0
                         : (x - a->low) / (a->high - a->low);
    return (uint8_t)(255 * fmin(fmax(part, 0), 1) + 0.5);
}

/* ---- the head ---- */

static void put_little(pf_buf *b, uint64_t x, size_t bytes)
{
    unsigned char out[8];
    for (size_t k = 0; k < bytes; k++) out[k] = (unsigned char)(x >> 8 * k);
    pf_buf_put(b, out, bytes);
}

static void put_double(pf_buf *b, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_little(b, bits, 8);
}

static void write_domain(const pf_setup *s, pf_buf *b)
{
    static const char *const SIDE[] = {"low", "high"};
    pf_json_open(b, "domain", '{');
    for (int k = 0; k < 2; k++) {
        pf_json_open(b, SIDE[k], '[');
        for (int d = 0; d < 3; d++)
            pf_json_number(
                b, NULL, s->mesh.origin[d] + (k ? s->mesh.h * (double)s->mesh.n[d] : 0));
        pf_json_close(b, ']');
    }
    pf_json_number(b, "voxel", s->mesh.h);
    pf_json_open(b, "voxels", '[');
    for (int d = 0; d < 3; d++) pf_json_integer(b, NULL, (long long)s->mesh.n[d]);
    pf_json_close(b, ']');
    pf_json_close(b, '}');
}

static void write_lists(const pf_setup *s, pf_buf *b)
{
    pf_json_open(b, "types", '[');
    for (size_t i = 0; i < s->n_type; i++) {
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "name", s->type[i].name);
        pf_json_bool(b, "killer", s->type[i].killer.bind > 0);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
    pf_json_open(b, "substances", '[');
    for (size_t i = 0; i < s->n_substance; i++) {
        const char *unit = s->substance_unit ? s->substance_unit[i] : NULL;
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "name", s->substance[i].name);
        pf_json_text(b, "unit", unit ? unit : "1");
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

static void write_attributes(const plan *p, pf_buf *b)
{
    char name[200];
    pf_json_open(b, "attributes", '[');
    for (size_t i = 0; i < p->n; i++) {
        const column *c = &p->column[i];
        snprintf(name, sizeof name, "%s%s", c->before ? c->before : "", c->of.name);
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "name", name);
        pf_json_text(b, "unit", c->of.unit);
        pf_json_number(b, "low", c->of.low);
        pf_json_number(b, "high", c->of.high);
        pf_json_bool(b, "log", c->of.log);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

void pf_film_head(const pf_setup *s, pf_buf *out)
{
    plan p;
    pf_buf b;
    make_plan(s, &p);
    pf_buf_init(&b, out->ctx);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "format", PF_FILM_FORMAT);
    pf_json_text(&b, "simulated", "Every cell in this film is simulated.");
    pf_json_text(&b, "name", s->name);
    pf_json_text(&b, "title", s->title);
    pf_json_text(&b, "question", s->question);
    pf_json_open(&b, "systems", '[');
    for (size_t i = 0; i < s->n_system; i++) pf_json_text(&b, NULL, s->system[i]);
    pf_json_close(&b, ']');
    write_domain(s, &b);
    write_lists(s, &b);
    write_attributes(&p, &b);
    pf_json_close(&b, '}');
    if (pf_buf_ok(&b)) {
        out->failed = b.failed;
    } else {
        pf_buf_put(out, "PFFILM01", 8);
        put_little(out, b.size, 4);
        put_little(out, pf_crc32(0, b.bytes, b.size), 4);
        pf_buf_put(out, b.bytes, b.size);
    }
    pf_buf_clear(&b);
}

/* ---- a frame ---- */

typedef struct {
    const pf_tissue *t;
    plan plan;
    size_t n;         /* shown */
    uint32_t *shown;  /* [n] places in the store */
    uint32_t *key;    /* [cells] of the store */
    uint8_t *holders; /* [rows] by slot, to 255 */
    unsigned char *raw;
    double *coarse;
    size_t voxels[3];
    double low[PF_SUBSTANCES_MAX], high[PF_SUBSTANCES_MAX];
} frame;

/* Ids are near each other; their keys are as good as random (the finish of splitmix64, Steele
 * et al. 2014). */
static uint32_t key_of(uint64_t id)
{
    id += 0x9e3779b97f4a7c15u;
    id = (id ^ id >> 30) * 0xbf58476d1ce4e5b9u;
    id = (id ^ id >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((id ^ id >> 31) >> 32);
}

/* The first key that is not shown, so that at most `most` are: found by its bytes from above.
 */
static uint64_t bound(const uint32_t *key, size_t n, size_t most)
{
    uint64_t low = 0;
    if (n <= most) return (uint64_t)1 << 32;
    for (int shift = 24; shift >= 0; shift -= 8) {
        size_t count[256] = {0}, k = 0;
        for (size_t i = 0; i < n; i++)
            if (key[i] >= low && (uint64_t)key[i] < low + ((uint64_t)256 << shift))
                count[key[i] >> shift & 255]++;
        for (; k < 255 && count[k] <= most; k++) most -= count[k];
        low += (uint64_t)k << shift;
    }
    return low;
}

static pf_err choose(pf_ctx *ctx, frame *f, size_t most)
{
    const pf_cells *c = &f->t->cells;
    f->key = pf_calloc(ctx, c->n, sizeof *f->key);
    f->shown = pf_calloc(ctx, c->n, sizeof *f->shown);
    f->holders = pf_calloc(ctx, f->t->rows, 1);
    if (!f->key || !f->shown || !f->holders) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < c->n; i++) {
        const pf_cell *row = &f->t->row[c->slot[i]];
        f->key[i] = key_of(c->id[i]);
        if (row->state != PF_CELL_ALIVE || row->target >= f->t->rows) continue;
        if (f->holders[row->target] < 255) f->holders[row->target]++;
    }
    uint64_t end = bound(f->key, c->n, most);
    for (size_t i = 0; i < c->n; i++)
        if (f->key[i] < end) f->shown[f->n++] = (uint32_t)i;
    return PF_OK;
}

static void fill_cells(frame *f)
{
    const pf_tissue *t = f->t;
    const pf_mesh *m = &t->setup->mesh;
    unsigned char *out = f->raw;
    for (int d = 0; d < 3; d++)
        for (size_t k = 0; k < f->n; k++) {
            double x = (t->cells.at[d][f->shown[k]] - m->origin[d]) / (m->h * (double)m->n[d]);
            uint16_t v = (uint16_t)(65535 * fmin(fmax(x, 0), 1) + 0.5);
            *out++ = (unsigned char)v;
            *out++ = (unsigned char)(v >> 8);
        }
    for (size_t k = 0; k < f->n; k++)
        *out++ = (unsigned char)(fmin(8 * t->cells.radius[f->shown[k]], 255) + 0.5);
    for (size_t k = 0; k < f->n; k++) *out++ = t->cells.type[f->shown[k]];
    for (size_t k = 0; k < f->n; k++) *out++ = t->row[t->cells.slot[f->shown[k]]].state;
    for (size_t a = 0; a < f->plan.n; a++)
        for (size_t k = 0; k < f->n; k++) {
            const column *c = &f->plan.column[a];
            *out++ = byte(&c->of, value(t, f->shown[k], c, f->holders));
        }
}

/* The average of voxels along one axis: `n` of them become `m` of one size each. `step` lies
 * between neighbours of the axis, lines begin at `in` + other, `out` + other. */
static void coarsen(const double *in, size_t n, size_t step, double *out, size_t m)
{
    double width = (double)n / (double)m;
    for (size_t k = 0; k < m; k++) {
        double from = (double)k * width, to = (double)(k + 1) * width, sum = 0;
        for (size_t i = (size_t)from; i < n && (double)i < to; i++) {
            double part = fmin(to, (double)(i + 1)) - fmax(from, (double)i);
            if (part > 1e-9) sum += part * in[i * step];
        }
        out[k * step] = sum / width;
    }
}

/* One substance, in place in f->coarse: [nz][ny][nx] at first; returns where it ended, packed.
 */
static void coarse_field(frame *f, size_t substance, unsigned char *out)
{
    const pf_mesh *m = &f->t->setup->mesh;
    const size_t *v = f->voxels;
    size_t stride = pf_field_stride(f->t->field), nx = m->n[0], ny = m->n[1], nz = m->n[2];
    const double *x = pf_field_values(f->t->field, substance);
    double low = INFINITY, high = -INFINITY;
    for (size_t r = 0; r < ny * nz; r++)
        coarsen(x + r * stride, nx, 1, f->coarse + r * nx, v[0]);
    for (size_t z = 0; z < nz; z++)
        for (size_t i = 0; i < v[0]; i++) {
            double *line = f->coarse + z * ny * nx + i;
            coarsen(line, ny, nx, line, v[1]);
        }
    for (size_t y = 0; y < v[1]; y++)
        for (size_t i = 0; i < v[0]; i++) {
            double *line = f->coarse + y * nx + i;
            coarsen(line, nz, nx * ny, line, v[2]);
            for (size_t z = 0; z < v[2]; z++) {
                low = fmin(low, line[z * nx * ny]);
                high = fmax(high, line[z * nx * ny]);
            }
        }
    f->low[substance] = low;
    f->high[substance] = high;
    double scale = high > low ? 255 / (high - low) : 0;
    for (size_t z = 0; z < v[2]; z++)
        for (size_t y = 0; y < v[1]; y++)
            for (size_t i = 0; i < v[0]; i++)
                *out++ =
                    (unsigned char)((f->coarse[(z * ny + y) * nx + i] - low) * scale + 0.5);
}

static void coarse_size(frame *f)
{
    for (int d = 0; d < 3; d++) {
        size_t n = f->t->setup->mesh.n[d], each = (n + PF_FILM_VOXELS - 1) / PF_FILM_VOXELS;
        f->voxels[d] = (n + each - 1) / each;
    }
}

static void put_counts(const frame *f, pf_buf *b)
{
    uint64_t n[PF_CELL_TYPES_MAX][2] = {{0}};
    const pf_cells *c = &f->t->cells;
    for (size_t i = 0; i < c->n; i++)
        n[c->type[i]][f->t->row[c->slot[i]].state != PF_CELL_ALIVE]++;
    for (size_t k = 0; k < f->t->setup->n_type; k++) {
        put_little(b, n[k][0], 8);
        put_little(b, n[k][1], 8);
    }
}

static pf_err pack(pf_ctx *ctx, frame *f, pf_buf *cells, pf_buf *fields)
{
    const pf_mesh *m = &f->t->setup->mesh;
    enum { LEVEL = 6 };
    size_t size = f->n * (PF_FILM_CELL + f->plan.n), n_sub = f->t->setup->n_substance;
    f->raw = pf_calloc(ctx, size, 1);
    f->coarse = pf_calloc(ctx, m->n[0] * m->n[1] * m->n[2], sizeof *f->coarse);
    if (!f->raw || !f->coarse) return PF_ERR_NO_MEMORY;
    fill_cells(f);
    pf_zip_put(cells, f->raw, size, LEVEL);
    size_t voxels = f->voxels[0] * f->voxels[1] * f->voxels[2];
    pf_free(f->raw);
    f->raw = pf_calloc(ctx, voxels * n_sub, 1);
    if (!f->raw) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n_sub; i++) coarse_field(f, i, f->raw + i * voxels);
    pf_zip_put(fields, f->raw, voxels * n_sub, LEVEL);
    PF_TRY(pf_buf_ok(cells));
    return pf_buf_ok(fields);
}

static void body(const frame *f, const pf_buf *cells, const pf_buf *fields, pf_buf *b)
{
    put_double(b, pf_tissue_minute(f->t));
    put_little(b, f->t->step, 8);
    put_little(b, f->t->cells.n, 8);
    put_little(b, f->n, 8);
    put_little(b, cells->size, 4);
    put_little(b, fields->size, 4);
    for (int d = 0; d < 3; d++) put_little(b, f->voxels[d], 4);
    put_little(b, 0, 4);
    put_counts(f, b);
    for (size_t i = 0; i < f->t->setup->n_substance; i++) {
        put_double(b, f->low[i]);
        put_double(b, f->high[i]);
    }
    for (size_t k = 0; k < f->n; k++) put_little(b, f->key[f->shown[k]], 4);
    pf_buf_put(b, cells->bytes, cells->size);
    pf_buf_put(b, fields->bytes, fields->size);
}

pf_err pf_film_frame(pf_ctx *ctx, const pf_tissue *t, size_t most, pf_buf *out)
{
    frame f = {.t = t};
    pf_buf cells, fields, b;
    pf_buf_init(&cells, ctx);
    pf_buf_init(&fields, ctx);
    pf_buf_init(&b, ctx);
    make_plan(t->setup, &f.plan);
    coarse_size(&f);
    pf_err err = choose(ctx, &f, most);
    if (!err) err = pack(ctx, &f, &cells, &fields);
    if (!err) body(&f, &cells, &fields, &b);
    if (!err) err = pf_buf_ok(&b);
    if (!err) {
        pf_buf_put(out, "FRAM", 4);
        put_little(out, pf_crc32(0, b.bytes, b.size), 4);
        put_little(out, b.size, 8);
        pf_buf_put(out, b.bytes, b.size);
        err = pf_buf_ok(out);
    }
    pf_free(f.key);
    pf_free(f.shown);
    pf_free(f.holders);
    pf_free(f.raw);
    pf_free(f.coarse);
    pf_buf_clear(&cells);
    pf_buf_clear(&fields);
    pf_buf_clear(&b);
    return err;
}
