#include "tissue/cells.h"

#include <math.h>
#include <string.h>

/* Vectors read up to this many elements behind the last cell. */
enum { BEHIND = 16 };

void pf_cells_init(pf_cells *c)
{
    memset(c, 0, sizeof *c);
}

void pf_cells_clear(pf_cells *c)
{
    for (int d = 0; d < 3; d++) {
        pf_free(c->at[d]);
        pf_free(c->was[d]);
        pf_free(c->now[d]);
    }
    void *rest[] = {c->radius, c->id, c->slot, c->type, c->start, c->cube};
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) pf_free(rest[i]);
    pf_cells_init(c);
}

/* `*array` becomes [n]: large ones are moved by their pages, without a second copy, and what
 * nobody has written yet takes no memory. */
static pf_err widen(pf_ctx *ctx, void *array, size_t n, size_t size)
{
    void *more;
    memcpy(&more, array, sizeof more);
    more = pf_regrow(ctx, more, n + BEHIND, size);
    if (!more) return PF_ERR_NO_MEMORY;
    memcpy(array, &more, sizeof more);
    return PF_OK;
}

pf_err pf_cells_reserve(pf_ctx *ctx, pf_cells *c, size_t n)
{
    if (n <= c->capacity) return PF_OK;
    if (n >= UINT32_MAX)
        return pf_fail(ctx, PF_ERR_RANGE, "%zu cells; expected fewer than 2^32", n);
    for (int d = 0; d < 3; d++) {
        PF_TRY(widen(ctx, &c->at[d], n, sizeof(double)));
        PF_TRY(widen(ctx, &c->was[d], n, sizeof(double)));
        PF_TRY(widen(ctx, &c->now[d], n, sizeof(double)));
    }
    PF_TRY(widen(ctx, &c->radius, n, sizeof(double)));
    PF_TRY(widen(ctx, &c->id, n, sizeof(uint64_t)));
    PF_TRY(widen(ctx, &c->slot, n, sizeof(uint32_t)));
    PF_TRY(widen(ctx, &c->type, n, sizeof(uint8_t)));
    PF_TRY(widen(ctx, &c->cube, n, sizeof(uint32_t)));
    c->capacity = n;
    return PF_OK;
}

pf_err pf_cells_more(pf_ctx *ctx, pf_cells *c)
{
    return c->n < c->capacity ? PF_OK : pf_cells_reserve(ctx, c, c->n + c->n / 16 + 1024);
}

pf_err pf_cells_box(
    pf_ctx *ctx, pf_cells *c, const double low[3], const double high[3], double edge)
{
    double cubes = 1;
    for (int d = 0; d < 3; d++) {
        double span = high[d] - low[d];
        if (!(span > 0) || !isfinite(span) || !(edge > 0) || !isfinite(edge))
            return pf_fail(ctx, PF_ERR_RANGE, "a box of %g um with cubes of %g um", span, edge);
        double n = fmax(1, floor(span / edge));
        cubes *= n;
        c->low[d] = low[d];
        c->cubes[d] = (size_t)n;
    }
    if (cubes > 2e9)
        return pf_fail(ctx, PF_ERR_RANGE,
            "%.0f cubes of %g um are too many; expected at most 2e9: a smaller domain", cubes,
            edge);
    /* Cubes divide the widest side evenly; along the others the last cube may be larger. */
    c->edge = edge;
    size_t n = (size_t)cubes + 1;
    if (n > c->start_capacity) {
        PF_TRY(widen(ctx, &c->start, n, sizeof(uint32_t)));
        c->start_capacity = n;
    }
    return PF_OK;
}

pf_bytes pf_cells_size(const pf_cells *c)
{
    size_t each = 10 * sizeof(double) + sizeof *c->id + sizeof *c->slot + sizeof *c->type +
                  sizeof *c->cube;
    return (pf_bytes){c->capacity * each, c->start_capacity * sizeof *c->start};
}

static inline size_t along(const pf_cells *c, int d, double x)
{
    double k = (x - c->low[d]) / c->edge;
    double last = (double)(c->cubes[d] - 1);
    return (size_t)(k < 0 ? 0 : k > last ? last : k);
}

size_t pf_cells_cube(const pf_cells *c, const double at[3])
{
    return along(c, 0, at[0]) +
           c->cubes[0] * (along(c, 1, at[1]) + c->cubes[1] * along(c, 2, at[2]));
}

typedef struct {
    pf_cells *c;
    pf_crew *crew;
    uint32_t *order;                 /* [n] old places, in now[1] */
    uint32_t begin[PF_CREW_MAX + 1]; /* cells before the cubes of each member */
} sorting;

/* Cubes [first, last) belong to this member: it alone counts and places their cells. */
static void place(sorting *s, size_t first, size_t last, int who, int of)
{
    pf_cells *c = s->c;
    uint32_t *count = c->start;
    memset(count + first, 0, (last - first) * sizeof *count);
    uint32_t mine = 0;
    for (size_t i = 0; i < c->n; i++) {
        size_t k = c->cube[i];
        if (k < first || k >= last) continue;
        count[k]++;
        mine++;
    }
    s->begin[who + 1] = mine;
    pf_crew_meet(s->crew);
    uint32_t at = 0;
    for (int w = 0; w < who; w++) at += s->begin[w + 1];
    for (size_t k = first; k < last; k++) {
        uint32_t n = count[k];
        count[k] = at;
        at += n;
    }
    if (who == of - 1) c->start[last] = at;
    for (size_t i = 0; i < c->n; i++) {
        size_t k = c->cube[i];
        if (k < first || k >= last) continue;
        s->order[count[k]++] = (uint32_t)i;
    }
}

/* The cells of one cube by id: few, and most in order already. */
static void by_id(const sorting *s, uint32_t first, uint32_t last)
{
    const pf_cells *c = s->c;
    for (uint32_t i = first + 1; i < last; i++) {
        uint32_t who = s->order[i], j = i;
        uint64_t id = c->id[who];
        for (; j > first && c->id[s->order[j - 1]] > id; j--) s->order[j] = s->order[j - 1];
        s->order[j] = who;
    }
}

#define GATHER(name, element)                                                                  \
    static void name(                                                                          \
        element *to, const element *from, const uint32_t *order, size_t first, size_t last)    \
    {                                                                                          \
        for (size_t i = first; i < last; i++) to[i] = from[order[i]];                          \
    }
GATHER(gather8, uint64_t)
GATHER(gather4, uint32_t)
GATHER(gather1, uint8_t)
#undef GATHER

/* The member's share of one array goes into a spare one, now[0], in order; then they change
 * places. */
static void permute(sorting *s, void *array, size_t size, int who, int of)
{
    pf_cells *c = s->c;
    size_t first, last;
    void *from, *to = c->now[0];
    memcpy(&from, array, sizeof from);
    pf_share(c->n, who, of, &first, &last);
    if (size == 8) gather8(to, from, s->order, first, last);
    if (size == 4) gather4(to, from, s->order, first, last);
    if (size == 1) gather1(to, from, s->order, first, last);
    pf_crew_meet(s->crew);
    if (size == 8) {
        if (!who) {
            memcpy(array, &to, sizeof to);
            c->now[0] = from;
        }
    } else if (last > first) {
        memcpy((char *)from + first * size, (char *)to + first * size, (last - first) * size);
    }
    pf_crew_meet(s->crew);
}

static void work(void *payload, int who, int of)
{
    sorting *s = payload;
    pf_cells *c = s->c;
    size_t first, last, cubes = c->cubes[0] * c->cubes[1] * c->cubes[2];
    pf_share(c->n, who, of, &first, &last);
    for (size_t i = first; i < last; i++)
        c->cube[i] =
            (uint32_t)pf_cells_cube(c, (double[]){c->at[0][i], c->at[1][i], c->at[2][i]});
    pf_crew_meet(s->crew);
    pf_share(cubes, who, of, &first, &last);
    place(s, first, last, who, of);
    /* Placing moved each start to its cube's end, which is the next one's start. */
    uint32_t own = 0;
    for (int w = 0; w < who; w++) own += s->begin[w + 1];
    for (size_t k = last; k-- > first;) {
        uint32_t begin = k > first ? c->start[k - 1] : own;
        by_id(s, begin, c->start[k]);
        c->start[k] = begin;
    }
    pf_crew_meet(s->crew);
    for (int d = 0; d < 3; d++) {
        permute(s, &c->at[d], 8, who, of);
        permute(s, &c->was[d], 8, who, of);
    }
    permute(s, &c->radius, 8, who, of);
    permute(s, &c->id, 8, who, of);
    permute(s, &c->slot, 4, who, of);
    permute(s, &c->type, 1, who, of);
    permute(s, &c->cube, 4, who, of);
}

void pf_cells_sort(pf_cells *c, pf_crew *crew)
{
    sorting s = {.c = c, .crew = crew, .order = (uint32_t *)(void *)c->now[1]};
    pf_crew_run(crew, work, &s);
}

pf_runs pf_cells_around(const pf_cells *c, size_t cube)
{
    size_t nx = c->cubes[0], ny = c->cubes[1], nz = c->cubes[2];
    size_t cx = cube % nx, cy = cube / nx % ny, cz = cube / nx / ny;
    size_t x0 = cx ? cx - 1 : 0, x1 = cx + 1 < nx ? cx + 1 : cx;
    pf_runs r = {.n = 0};
    for (size_t z = cz ? cz - 1 : 0; z <= cz + 1 && z < nz; z++)
        for (size_t y = cy ? cy - 1 : 0; y <= cy + 1 && y < ny; y++, r.n++) {
            const uint32_t *row = c->start + nx * (y + ny * z);
            r.from[r.n] = row[x0];
            r.to[r.n] = row[x1 + 1];
            r.cells += r.to[r.n] - r.from[r.n];
        }
    return r;
}
