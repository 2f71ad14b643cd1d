/* tissue: the parts of a minute in a lesion, on the cases that were measured for other
 * programs.
 *
 *   tissue [case 1..4] [threads] [minutes]
 *
 * A close-packed ball of tumour cells (radius 8.41 um) in a cube, oxygen held at 38 on the
 * border and taken up, a factor secreted by the cells, and killers that crawl in a shell around
 * the ball. Fields step 0.01 min, mechanics 0.1 min. */
#include "base/random.h"
#include "tissue/exchange.h"
#include "tissue/mechanics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    double ball, half; /* um */
    size_t killers;
} scene;

static const scene SCENES[] = {
    {150, 250, 3957}, {250, 750, 7500}, {443, 750, 7500}, {755, 1000, 7500}};

typedef struct {
    pf_ctx ctx;
    pf_crew *crew;
    pf_field *field;
    pf_exchanger *exchanger;
    pf_cells cells;
    pf_mechanics law;
    pf_mesh mesh;
    float *drive[3];
    double seconds[4]; /* fields, exchange, sort, forces and moves */
} lesion;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void add(pf_cells *c, const double at[3], double radius, int type)
{
    size_t i = c->n++;
    for (int d = 0; d < 3; d++) c->at[d][i] = at[d];
    c->id[i] = c->slot[i] = (uint32_t)i;
    c->radius[i] = radius;
    c->type[i] = (uint8_t)type;
}

/* Rows of touching spheres, 0.95 diameters apart, hexagonal in the plane and staggered above.
 */
static void pack(pf_cells *c, double ball)
{
    double s = 0.95 * 2 * 8.41, row = s * sqrt(3) / 2, layer = s * sqrt(6) / 3;
    int n = (int)(ball / layer) + 2;
    for (int z = -n; z <= n; z++)
        for (int y = -n; y <= n; y++)
            for (int x = -2 * n; x <= 2 * n; x++) {
                double at[3] = {x * s + ((y + z) & 1 ? s / 2 : 0),
                    y * row + (z & 1 ? row / 3 : 0), z * layer};
                if (at[0] * at[0] + at[1] * at[1] + at[2] * at[2] < ball * ball)
                    add(c, at, 8.41, 0);
            }
}

/* Killers anywhere in the shell that is left of the cube, each with its own direction. */
static void surround(lesion *l, const scene *s)
{
    for (size_t k = 0, i = 0; k < s->killers; i++) {
        pf_random r;
        double at[3], squared = 0, v[3];
        pf_random_init(&r, 1, PF_DRAW_TEST, 0, i, 0);
        for (int d = 0; d < 3; d++) {
            at[d] = s->half * 0.95 * (2 * pf_random_uniform(&r) - 1);
            squared += at[d] * at[d];
        }
        if (squared < s->ball * s->ball || squared > s->half * s->half) continue;
        for (int d = 0; d < 3; d++) v[d] = pf_random_normal(&r);
        double length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        for (int d = 0; d < 3; d++) l->drive[d][l->cells.n] = (float)(4 * v[d] / length);
        add(&l->cells, at, 4.84, 1);
        k++;
    }
}

static pf_err build(lesion *l, const scene *s, int threads)
{
    pf_ctx *ctx = &l->ctx;
    size_t n = (size_t)(2 * s->half / 20);
    pf_substance what[2] = {
        {"oxygen", 1e5, 0.1, 38, {1, 1, 1, 1, 1, 1}, {38, 38, 38, 38, 38, 38}},
        {"factor", 1e3, 0.016, 0, {0}, {0}}};
    l->mesh = (pf_mesh){{n, n, n}, 20, {-s->half, -s->half, -s->half}};
    l->law = (pf_mechanics){.n_type = 2, .reach = {1.25, 1.25}, .wall = 10, .largest = 8.41};
    for (int i = 0; i < 4; i++) l->law.adhesion[i] = i ? 0 : 0.4, l->law.repulsion[i] = 10;
    for (int d = 0; d < 3; d++) l->law.low[d] = -s->half, l->law.high[d] = s->half;
    size_t most = (size_t)(pow(s->ball / 8.41, 3)) * 2 + s->killers + 100;
    for (int d = 0; d < 3; d++) {
        l->drive[d] = pf_calloc(ctx, most, sizeof(float));
        if (!l->drive[d]) return PF_ERR_NO_MEMORY;
    }
    pf_cells_init(&l->cells);
    PF_TRY(pf_crew_new(ctx, threads, &l->crew));
    PF_TRY(pf_field_new(ctx, &l->mesh, what, 2, 0, &l->field));
    PF_TRY(pf_field_step_set(ctx, l->field, 0.01));
    PF_TRY(pf_exchanger_new(ctx, &l->mesh, 2, &l->exchanger));
    PF_TRY(pf_cells_reserve(ctx, &l->cells, most));
    PF_TRY(pf_cells_box(ctx, &l->cells, l->law.low, l->law.high, pf_mechanics_edge(&l->law)));
    pack(&l->cells, s->ball);
    surround(l, s);
    return PF_OK;
}

static pf_err minute(lesion *l)
{
    const pf_uptake rate[2][2] = {{{0, 0, 10}, {10, 1, 0}}, {{0, 0, 1}, {0, 0, 0}}};
    for (int step = 0; step < 10; step++) {
        double t[5];
        t[0] = now();
        pf_cells_sort(&l->cells, l->crew);
        t[1] = now();
        PF_TRY(pf_exchanger_apply(
            &l->ctx, l->exchanger, &l->cells, &(pf_uptakes){rate[0], NULL}, l->crew, l->field));
        t[2] = now();
        PF_TRY(pf_field_advance(&l->ctx, l->field, l->crew, 10));
        t[3] = now();
        pf_mechanics_step(&l->law, &l->cells, l->crew, l->drive, NULL, 0, 0.1);
        t[4] = now();
        l->seconds[2] += t[1] - t[0];
        l->seconds[1] += t[2] - t[1];
        l->seconds[0] += t[3] - t[2];
        l->seconds[3] += t[4] - t[3];
    }
    return PF_OK;
}

int main(int argc, char **argv)
{
    int which = argc > 1 ? atoi(argv[1]) : 2, threads = argc > 2 ? atoi(argv[2]) : 2;
    int minutes = argc > 3 ? atoi(argv[3]) : 3;
    lesion l = {.seconds = {0}};
    if (which < 1 || which > 4 || minutes < 1) return 2;
    pf_ctx_init(&l.ctx);
    if (build(&l, &SCENES[which - 1], threads) || minute(&l)) {
        fprintf(stderr, "%s\n", l.ctx.message);
        return 1;
    }
    memset(l.seconds, 0, sizeof l.seconds); /* the first minute warms up */
    double began = now();
    for (int k = 0; k < minutes; k++)
        if (minute(&l)) return 1;
    double each = (now() - began) / minutes, sum = 0;
    double voxels = pow((double)l.mesh.n[0], 3);
    for (size_t i = 0; i < l.cells.n; i++) sum += l.cells.at[0][i] + 2 * l.cells.at[1][i];
    for (int i = 0; i < 4; i++) l.seconds[i] /= minutes;
    printf("%zu cells, %.0f voxels, %d threads: %.3f s per minute\n", l.cells.n, voxels,
        threads, each);
    printf("  fields %.3f s (%.0f M voxel-substance updates/s), exchange %.3f s\n",
        l.seconds[0], 200 * voxels / l.seconds[0] / 1e6, l.seconds[1]);
    printf("  sort %.3f s, forces %.3f s (%.2f M cell updates/s together); check %.17g\n",
        l.seconds[2], l.seconds[3],
        10 * (double)l.cells.n / (l.seconds[2] + l.seconds[3]) / 1e6, sum);
    return 0;
}
