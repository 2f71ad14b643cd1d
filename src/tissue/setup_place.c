/* Where cells begin and when: balls, shells, boxes, lists, vessels, borders. */
#include "input/table.h"
#include "tissue/placing.h"
#include "tissue/setup_parts.h"

#include <stdlib.h>

typedef struct {
    int shape, packed;
    const char *cells, *file, *source, *note;
    const double *centre, *low, *high;
    size_t n_centre, n_low, n_high;
    double radius, inner, outer, spread, at, every, until, rate, motile;
    uint64_t count, vessels;
    const pf_yaml *positions;
    const char *const *faces;
    size_t n_faces;
} entry;

#define POINT_ROW(key, member, n_member, text)                                                 \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NUMBERS, .at = PF_AT(entry, member, const double *),     \
        .count_at = PF_AT(entry, n_member, size_t), .unit = "um", .low = -1e6, .high = 1e6,    \
        .doc = text                                                                            \
    }
#define LENGTH_ROW(key, member, from, text)                                                    \
    {                                                                                          \
        .name = key, .kind = PF_FIELD_NUMBER, .at = PF_AT(entry, member, double),              \
        .unit = "um", .low = from, .high = 1e6, .doc = text                                    \
    }
static const pf_field PLACE[] = {
    PF_ROW_TEXT(entry, "cells", cells, 1, "type of cell"),
    {.name = "shape",
        .kind = PF_FIELD_CHOICE,
        .required = 1,
        .at = PF_AT_SIZE(entry, shape, int),
        .unit = "ball|shell|box|list|vessels|border",
        .doc = "where they are: anywhere in it by chance, or packed, or one by one; each at "
               "one of "
               "several vessels, any of them; anywhere just inside the faces of the domain"},
    {.name = "count",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(entry, count, uint64_t),
        .low = 1,
        .high = 5e7,
        .doc = "how many cells, but for `packed`, a list, and a `rate`"},
    {.name = "packed",
        .kind = PF_FIELD_YES,
        .at = PF_AT_SIZE(entry, packed, int),
        .otherwise = "no",
        .doc =
            "of a ball: filled with touching cells (hexagonal, 0.95 diameters apart) instead "
            "of `count`"},
    LENGTH_ROW("radius", radius, DBL_MIN, "of a ball"),
    LENGTH_ROW("inner", inner, 0, "radius, of a shell"),
    LENGTH_ROW("outer", outer, DBL_MIN, "radius, of a shell"),
    POINT_ROW("centre", centre, n_centre, "of a ball or shell; [0, 0, 0] um without it"),
    POINT_ROW("low", low, n_low, "of a box: lowest corner; of `vessels: N` where they are"),
    POINT_ROW("high", high, n_high,
        "of a box: highest corner; of `vessels: N` likewise, the whole domain without them"),
    {.name = "vessels",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(entry, vessels, uint64_t),
        .low = 1,
        .high = 1e6,
        .doc = "of vessels: how many there are by chance, instead of `positions` or a `file`"},
    LENGTH_ROW("spread", spread, 0, "of vessels: how far from one; 10 um without it"),
    {.name = "faces",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(entry, faces, const char *const *),
        .count_at = PF_AT(entry, n_faces, size_t),
        .doc = "of a border: `x_low`, `x_high`, `y_low` and so on; all six without it"},
    PF_ROW_NODE(entry, "positions", positions, 0,
        "of a list or vessels: centres, each `[x, y, z] um`, one in each line with `- `", NULL),
    PF_ROW_TEXT(entry, "file", file, 0,
        "of a list or vessels: instead of `positions` a CSV with columns `x_um`, `y_um`, "
        "`z_um`; where it "
        "has a column `type` only rows of this type count, and where it has `state` only those "
        "`alive`. So `cells.csv` of a run can be the beginning of another"),
    PF_ROW_NUMBER(entry, "at", at, "min", 0, 1e9, "0 min", "when they come"),
    {.name = "every",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(entry, every, double),
        .unit = "min",
        .low = 1e-6,
        .high = 1e9,
        .doc = "as many come again and again, this long after each other"},
    {.name = "rate",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(entry, rate, double),
        .unit = "1/min",
        .low = DBL_MIN,
        .high = 1e6,
        .doc = "instead of `count`: they come one by one, by chance (Poisson), from `at` on"},
    {.name = "until",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(entry, until, double),
        .unit = "min",
        .low = 0,
        .high = 1e9,
        .doc = "of `every` and `rate`: the last ones come then; to the end without it"},
    {.name = "motile",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(entry, motile, double),
        .unit = "1",
        .low = 0,
        .high = 1,
        .doc = "share of them that crawls, instead of `motility: share` of their type (cells "
               "that were frozen)"},
    PF_ROW_SOURCE(entry),
};
const pf_fields PF_PLACE_FIELDS = {
    "place", "Cells that are there at the beginning, or come later.", PLACE, PF_COUNT(PLACE)};

/* Which keys a shape needs and knows, besides the common ones. */
enum { KEYS = 8 };
static const struct {
    const char *name, *needs[KEYS], *knows[KEYS];
} SHAPE[] = {
    [PF_PLACE_BALL] = {"ball", {"radius"}, {"centre", "count", "packed"}},
    [PF_PLACE_SHELL] = {"shell", {"inner", "outer"}, {"count", "centre"}},
    [PF_PLACE_BOX] = {"box", {"low", "high"}, {"count"}},
    [PF_PLACE_LIST] = {"list", {NULL}, {"positions", "file"}},
    [PF_PLACE_VESSELS] = {"place of vessels", {NULL},
        {"count", "positions", "file", "vessels", "spread", "low", "high"}},
    [PF_PLACE_BORDER] = {"border", {NULL}, {"count", "faces"}},
};

static int among(const char *const list[KEYS], const char *key)
{
    for (size_t i = 0; i < KEYS && list[i]; i++)
        if (!strcmp(list[i], key)) return 1;
    return 0;
}

static int keys_fit(pf_setup_loader *l, const pf_yaml *map, int shape)
{
    static const char *const COMMON[] = {
        "cells", "shape", "at", "every", "rate", "until", "motile", "source", "note"};
    size_t before = l->r.diag->told;
    for (size_t i = 0; i < KEYS && SHAPE[shape].needs[i]; i++)
        if (!pf_yaml_get(map, SHAPE[shape].needs[i]))
            pf_diag_error(l->r.diag, &map->place, "a %s has no '%s'", SHAPE[shape].name,
                SHAPE[shape].needs[i]);
    for (size_t i = 0; i < map->n; i++) {
        const char *key = map->key[i]->text;
        int known = among(SHAPE[shape].needs, key) || among(SHAPE[shape].knows, key);
        for (size_t k = 0; k < PF_COUNT(COMMON); k++) known |= !strcmp(COMMON[k], key);
        if (!known)
            pf_diag_error(l->r.diag, &map->key[i]->place, "'%s' does not belong to a %s", key,
                SHAPE[shape].name);
    }
    return l->r.diag->told == before;
}

static int point(pf_setup_loader *l, const pf_yaml *map, const char *key, const double *x,
    size_t n, double out[3])
{
    if (!x) return 1;
    if (n != 3) {
        pf_diag_error(l->r.diag, &pf_yaml_get(map, key)->place, "'%s' has %zu numbers", key, n);
        pf_diag_expected(l->r.diag, "x, y and z, as [0, 0, 0] um");
        return 0;
    }
    memcpy(out, x, 3 * sizeof *out);
    return 1;
}

/* ---- lists ---- */

static void read_positions(pf_setup_loader *l, const pf_yaml *list, pf_placement *p)
{
    static const pf_field F = {.name = "positions",
        .kind = PF_FIELD_NUMBERS,
        .at = offsetof(entry, centre),
        .count_at = offsetof(entry, n_centre),
        .unit = "um",
        .low = -1e6,
        .high = 1e6};
    if (!pf_field_is_list(&l->r, "positions", list, "a list of positions")) return;
    double(*at)[3] = pf_setup_alloc(l, list->n, sizeof *at);
    if (!at) return;
    for (size_t i = 0; i < list->n; i++) {
        entry e = {0};
        if (!pf_field_read(&l->r, &F, list->item[i], &e)) return;
        if (e.n_centre != 3) {
            pf_diag_error(
                l->r.diag, &list->item[i]->place, "a position of %zu numbers", e.n_centre);
            pf_diag_expected(l->r.diag, "x, y and z, as [0, 0, 0] um");
            return;
        }
        memcpy(at[i], e.centre, sizeof at[i]);
    }
    p->n_point = list->n;
    p->point = (const double(*)[3])at;
}

static size_t column(const pf_table *t, const char *name)
{
    size_t i = 0;
    while (i < pf_table_columns(t) && strcmp(pf_table_column(t, i), name) != 0) i++;
    return i;
}

/* Is there such a column, and does it say something else than `wanted`? */
static int is_other(const pf_table *t, size_t row, size_t k, const char *wanted)
{
    if (k == pf_table_columns(t)) return 0;
    const char *text = pf_table_text(t, row, k);
    return !text || strcmp(text, wanted) != 0;
}

static pf_err read_rows(
    pf_ctx *ctx, pf_setup_loader *l, const pf_table *t, const char *type, pf_placement *p)
{
    static const char *const AXIS[] = {"x_um", "y_um", "z_um"};
    size_t k[3], n = pf_table_rows(t), by_type = column(t, "type"),
                 by_state = column(t, "state");
    for (int d = 0; d < 3; d++) PF_TRY(pf_table_find(ctx, t, AXIS[d], &k[d]));
    double(*at)[3] = pf_setup_alloc(l, n, sizeof *at);
    if (!at) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (is_other(t, i, by_type, type) || is_other(t, i, by_state, "alive")) continue;
        for (int d = 0; d < 3; d++) {
            PF_TRY(pf_table_number(ctx, t, i, k[d], &at[p->n_point][d]));
            if (isnan(at[p->n_point][d]))
                return pf_table_fail(ctx, t, i, k[d], "a position without %s", AXIS[d]);
        }
        p->n_point++;
    }
    p->point = (const double(*)[3])at;
    return PF_OK;
}

static void read_file(
    pf_setup_loader *l, const pf_yaml *node, const char *type, pf_placement *p)
{
    pf_ctx quiet;
    pf_table *t = NULL;
    pf_ctx_init(&quiet);
    if (!l->folder) {
        pf_diag_error(l->r.diag, &node->place, "no file can be read here");
        return;
    }
    const char *path = pf_setup_input_path(l, node->text);
    pf_err err = path ? pf_table_read(&quiet, path, &t) : PF_ERR_NO_MEMORY;
    if (!err) err = read_rows(&quiet, l, t, type, p);
    pf_table_free(t);
    if (err == PF_ERR_NO_MEMORY)
        l->r.failed = err;
    else if (err)
        pf_diag_error(l->r.diag, &node->place, "%s", quiet.message);
    else if (!p->n_point)
        pf_diag_error(l->r.diag, &node->place, "'%s' has no cell of type '%s'", path, type);
}

static void read_list(pf_setup_loader *l, const pf_yaml *map, const entry *e, pf_placement *p)
{
    int vessels = e->shape == PF_PLACE_VESSELS, given = e->vessels > 0;
    if (given + (e->positions != NULL) + (e->file != NULL) != 1) {
        pf_diag_error(l->r.diag, &map->place, "%s'positions' or a 'file'",
            vessels ? "'shape: vessels' needs 'vessels', " : "a list needs ");
        pf_diag_expected(l->r.diag, "one of the %s", vessels ? "three" : "two");
        return;
    }
    if (given) return;
    if (e->positions)
        read_positions(l, e->positions, p);
    else
        read_file(l, pf_yaml_get(map, "file"), e->cells, p);
    if (vessels && e->positions && !p->n_point)
        pf_diag_error(l->r.diag, &e->positions->place, "no vessels");
}

/* ---- one entry ---- */

/* How many come, and when. */
static void read_times(pf_setup_loader *l, const pf_yaml *map, const entry *e, pf_placement *p)
{
    int ball = e->shape == PF_PLACE_BALL, list = e->shape == PF_PLACE_LIST, rate = e->rate > 0;
    const pf_yaml *until = pf_yaml_get(map, "until"), *every = pf_yaml_get(map, "every");
    p->has_motile = pf_yaml_get(map, "motile") != NULL;
    p->motile = e->motile;
    p->until = until ? e->until : INFINITY;
    if (list ? rate : e->packed + (e->count > 0) + rate != 1) {
        pf_diag_error(l->r.diag, &map->place, "a %s %s", SHAPE[e->shape].name,
            list   ? "has no 'rate'"
            : ball ? "of cells needs 'count', 'packed: yes' or 'rate'"
                   : "needs either 'count' or 'rate'");
        pf_diag_expected(l->r.diag, "%s", list ? "all of its cells at once" : "one of them");
    }
    if (rate && every) pf_diag_error(l->r.diag, &every->place, "both 'every' and 'rate'");
    if (until && (!(rate || every) || !(e->until > e->at))) {
        pf_diag_error(l->r.diag, &until->place,
            rate || every ? "'until' is not after 'at'" : "'until' without 'every' or 'rate'");
        pf_diag_mend(l->r.diag, "e.g. at: 1 day, every: 1 day, until: 5 day");
    }
}

static void read_vessels(
    pf_setup_loader *l, const pf_yaml *map, const entry *e, pf_placement *p)
{
    const pf_mesh *m = &l->setup->mesh;
    p->n_vessel = e->vessels;
    p->outer = pf_yaml_get(map, "spread") ? e->spread : 10;
    for (int d = 0; d < 3; d++) {
        if (!e->low) p->low[d] = m->origin[d];
        if (!e->high) p->high[d] = m->origin[d] + m->h * (double)m->n[d];
    }
    if ((e->low || e->high) && !e->vessels)
        pf_diag_error(l->r.diag, &map->place, "'low' and 'high' belong to 'vessels: N'");
}

static void read_faces(pf_setup_loader *l, const pf_yaml *map, const entry *e, pf_placement *p)
{
    static const char *const FACE[PF_FACES] = {
        "x_low", "x_high", "y_low", "y_high", "z_low", "z_high"};
    const pf_yaml *faces = pf_yaml_get(map, "faces");
    if (!faces) p->faces = (1 << PF_FACES) - 1;
    for (size_t i = 0; faces && i < e->n_faces; i++) {
        const pf_yaml *node = faces->kind == PF_YAML_LIST ? faces->item[i] : faces;
        size_t f = pf_setup_find(l, "face", node, FACE, PF_FACES);
        if (f < PF_FACES) p->faces |= 1 << f;
    }
    if (faces && !e->n_faces) pf_diag_error(l->r.diag, &faces->place, "no faces");
}

static void check_box(pf_setup_loader *l, const pf_yaml *map, const pf_placement *p)
{
    for (int d = 0; d < 3; d++) {
        if (p->low[d] < p->high[d]) continue;
        pf_diag_error(
            l->r.diag, &map->place, "'low' is not below 'high' along %c", (char)('x' + d));
        return;
    }
}

static void read_one(pf_setup_loader *l, const pf_yaml *map, pf_placement *p)
{
    entry e = {0};
    if (!pf_fields_read(&l->r, map, &PF_PLACE_FIELDS, &e) || !keys_fit(l, map, e.shape)) return;
    size_t type =
        pf_setup_find(l, "type of cell", pf_yaml_get(map, "cells"), l->cell_name, l->n_cell);
    if (type == l->n_cell) return;
    *p = (pf_placement){.kind = (pf_place_kind)e.shape,
        .type = type,
        .inner = e.inner,
        .outer = e.shape == PF_PLACE_BALL ? e.radius : e.outer,
        .packed = e.packed,
        .count = e.count,
        .at = e.at,
        .every = e.every,
        .rate = e.rate};
    point(l, map, "centre", e.centre, e.n_centre, p->centre);
    int box = point(l, map, "low", e.low, e.n_low, p->low) &&
              point(l, map, "high", e.high, e.n_high, p->high);
    read_times(l, map, &e, p);
    if (e.shape == PF_PLACE_VESSELS) read_vessels(l, map, &e, p);
    if (e.shape == PF_PLACE_BORDER) read_faces(l, map, &e, p);
    if (e.shape == PF_PLACE_SHELL && !(e.inner < e.outer))
        pf_diag_error(l->r.diag, &map->place, "'inner' is not below 'outer'");
    if (box && (e.shape == PF_PLACE_BOX || e.vessels)) check_box(l, map, p);
    if (e.shape == PF_PLACE_LIST || e.shape == PF_PLACE_VESSELS) read_list(l, map, &e, p);
}

void pf_setup_places(pf_setup_loader *l, const pf_yaml *list)
{
    pf_setup *s = l->setup;
    if (!pf_field_is_list(&l->r, "place", list, "a list of places")) return;
    s->placement = pf_setup_alloc(l, list->n, sizeof *s->placement);
    if (!s->placement) return;
    l->place = list;
    s->n_placement = list->n;
    for (size_t i = 0; i < list->n; i++) read_one(l, list->item[i], &s->placement[i]);
}

/* ---- all of them together ---- */

/* The box that holds the centres of a placement. */
static void extent(const pf_placement *p, double low[3], double high[3])
{
    int box = p->kind == PF_PLACE_BOX || p->n_vessel;
    for (int d = 0; d < 3; d++) {
        low[d] = box ? p->low[d] : p->centre[d] - p->outer;
        high[d] = box ? p->high[d] : p->centre[d] + p->outer;
        if (p->kind != PF_PLACE_LIST && (box || p->kind != PF_PLACE_VESSELS)) continue;
        low[d] = high[d] = p->n_point ? p->point[0][d] : 0;
        for (size_t k = 0; k < p->n_point; k++) {
            low[d] = fmin(low[d], p->point[k][d]);
            high[d] = fmax(high[d], p->point[k][d]);
        }
    }
}

static void check_inside(pf_setup_loader *l, size_t i)
{
    const pf_mesh *m = &l->setup->mesh;
    double low[3], high[3];
    if (l->setup->placement[i].kind == PF_PLACE_BORDER) return;
    extent(&l->setup->placement[i], low, high);
    for (int d = 0; d < 3; d++) {
        double from = m->origin[d], to = m->origin[d] + m->h * (double)m->n[d];
        if (low[d] >= from && high[d] <= to) continue;
        pf_diag_error(l->r.diag, &l->place->item[i]->place,
            "cells outside: they would stand at %c from %g to %g um", (char)('x' + d), low[d],
            high[d]);
        pf_diag_expected(l->r.diag, "within the domain, %g to %g um", from, to);
        pf_diag_mend(l->r.diag, "a larger 'domain', or a smaller place");
        return;
    }
}

/* Cells by chance must have room. */
static void check_room(pf_setup_loader *l, size_t i)
{
    const pf_placement *p = &l->setup->placement[i];
    double room = 4 * M_PI / 3 * (pow(p->outer, 3) - pow(p->inner, 3));
    if (p->kind >= PF_PLACE_LIST || p->packed) return;
    if (p->kind == PF_PLACE_BOX) {
        room = 1;
        for (int d = 0; d < 3; d++) room *= p->high[d] - p->low[d];
    }
    double volume = (double)p->count * l->setup->type[p->type].volume;
    if (volume <= room || p->count == 1) return;
    pf_diag_error(l->r.diag, &l->place->item[i]->place,
        "%zu cells of %g um3 do not fit into %g um3: they would overlap beyond reason",
        p->count, l->setup->type[p->type].volume, room);
    pf_diag_mend(l->r.diag, "fewer cells, or more room");
}

typedef struct {
    double when, along, at[3]; /* `along` a slanting line, on which rows do not coincide */
    size_t placement;
} spot;
typedef struct {
    spot *spot;
    size_t n, capacity;
    double when;
    size_t placement;
} spots;

static pf_err collect(pf_ctx *ctx, void *payload, const double at[3])
{
    spots *s = payload;
    PF_TRY(pf_reserve(ctx, &s->spot, &s->capacity, s->n, sizeof *s->spot));
    s->spot[s->n] = (spot){.when = s->when,
        .along = 0.5377 * at[0] + 0.6213 * at[1] + 0.5701 * at[2],
        .placement = s->placement};
    memcpy(s->spot[s->n++].at, at, sizeof s->spot->at);
    return PF_OK;
}

static int before(const void *a, const void *b)
{
    const spot *x = a, *y = b;
    if (x->when != y->when) return x->when < y->when ? -1 : 1;
    if (x->along != y->along) return x->along < y->along ? -1 : 1;
    return 0;
}

#define TOO_CLOSE 1e-6 /* um: forces between such a pair have no direction */

/* No two cells in one place, of those that come at one time. */
static void check_apart(pf_setup_loader *l, spots *s)
{
    if (s->n) qsort(s->spot, s->n, sizeof *s->spot, before);
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = i + 1; j < s->n; j++) {
            const spot *a = &s->spot[i], *b = &s->spot[j];
            if (a->when != b->when || b->along - a->along > TOO_CLOSE) break;
            double far = 0;
            for (int d = 0; d < 3; d++) far += (a->at[d] - b->at[d]) * (a->at[d] - b->at[d]);
            if (far > TOO_CLOSE * TOO_CLOSE) continue;
            size_t later = a->placement > b->placement ? a->placement : b->placement;
            pf_diag_error(l->r.diag, &l->place->item[later]->place,
                "two cells begin in one place, at [%g, %g, %g] um", a->at[0], a->at[1],
                a->at[2]);
            pf_diag_expected(l->r.diag, "centres at least %g um apart", TOO_CLOSE);
            return;
        }
}

enum { CELLS_MAX = 50000000, CELLS_MAX_IN_MEMORY = 1000000 };

/* Cells that come when all is over are a slip, but nothing that cannot be computed. */
static void check_time(pf_setup_loader *l, size_t i)
{
    const pf_placement *p = &l->setup->placement[i];
    if (p->at <= l->setup->max_time || !(l->setup->max_time > 0)) return;
    const pf_yaml *at = pf_yaml_get(l->place->item[i], "at");
    pf_diag_warning(l->r.diag, at ? &at->place : &l->place->item[i]->place,
        "these cells never come: they are to come at %g min, and all ends at %g min", p->at,
        l->setup->max_time);
}

void pf_setup_check_places(pf_setup_loader *l)
{
    pf_setup *s = l->setup;
    spots all = {NULL};
    size_t before_all = l->r.diag->told;
    double n = 0;
    for (size_t i = 0; i < s->n_placement; i++) {
        check_inside(l, i);
        check_room(l, i);
        check_time(l, i);
        n += pf_placement_total(s, &s->placement[i], s->max_time);
    }
    double most = l->folder ? CELLS_MAX : CELLS_MAX_IN_MEMORY;
    if (n > most)
        pf_diag_error(
            l->r.diag, &l->place->place, "%.0f cells; expected at most %.0f", n, most);
    pf_err err = PF_OK;
    for (size_t i = 0; i < s->n_placement && !err && l->r.diag->told == before_all; i++) {
        all.when = s->placement[i].at;
        all.placement = i;
        err = pf_placement_each(l->r.ctx, s, i, collect, &all);
    }
    if (err)
        l->r.failed = err;
    else if (l->r.diag->told == before_all)
        check_apart(l, &all);
    pf_free(all.spot);
}
