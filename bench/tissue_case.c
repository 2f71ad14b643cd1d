#include "tissue_case.h"

#include "base/buf.h"
#include "tissue/rules.h"
#include "tissue/setup_read.h"

#include <math.h>
#include <stdio.h>

/* The first four were measured for other programs; the last one fills a large machine. */
static const struct {
    double ball, half; /* um */
    size_t killers;
    double inner, outer; /* of their shell, um */
} CASES[PF_BENCH_CASES] = {{150, 250, 3957, 130, 170}, {250, 750, 7500, 230, 270},
    {443, 750, 7500, 423, 463}, {755, 1000, 7500, 735, 775}, {1622, 2000, 7500, 1602, 1642}};

#define RADIUS 8.412710547954228 /* of 2494 um3 */

/* Rows of touching spheres, each row and each layer shifted against the one before, as
 * cancer_immune_3D of PhysiCell places them: six cubed radii for each. Answers how many; fills
 * `at` unless it is NULL. */
static size_t pack(double ball, double (*at)[3])
{
    double across = RADIUS * sqrt(3), along = RADIUS * 2;
    size_t n = 0, row = 0, layer = 0;
    for (double z = -ball; z < ball; z += across, layer++)
        for (double x = -ball; x < ball; x += across, row++)
            for (double y = -ball; y < ball; y += along) {
                double p[3] = {
                    x + (double)(layer % 2) * RADIUS / 2, y + (double)(row % 2) * RADIUS, z};
                if (p[0] * p[0] + p[1] * p[1] + p[2] * p[2] >= ball * ball) continue;
                if (at)
                    for (int d = 0; d < 3; d++) at[n][d] = p[d];
                n++;
            }
    return n;
}

static pf_err read(pf_ctx *ctx, pf_setup **out)
{
    pf_diag d;
    pf_diag_init(&d, ctx);
    pf_err err = pf_setup_read(ctx, &d, PF_BENCH_FOLDER "/tissue/lesion.yaml", out);
    pf_diag_clear(&d);
    return err;
}

pf_err pf_bench_case(
    pf_ctx *ctx, int which, pf_bench_kind kind, double (**points)[3], pf_setup **out)
{
    double ball = CASES[which - 1].ball, half = CASES[which - 1].half;
    size_t n = pack(ball, NULL);
    PF_TRY(read(ctx, out));
    pf_setup *s = *out;
    *points = pf_calloc(ctx, n, sizeof **points);
    if (!*points) return PF_ERR_NO_MEMORY;
    pack(ball, *points);
    for (int d = 0; d < 3; d++) {
        s->mesh.n[d] = (size_t)(2 * half / s->mesh.h);
        s->mesh.origin[d] = -half;
    }
    s->placement[0].kind = PF_PLACE_LIST;
    s->placement[0].n_point = n;
    s->placement[0].point = (const double(*)[3]) * points;
    s->placement[1].count = CASES[which - 1].killers;
    s->placement[1].inner = CASES[which - 1].inner;
    s->placement[1].outer = CASES[which - 1].outer;
    if (kind == PF_BENCH_RULES) return PF_OK;
    pf_rules_free(s->rules);
    s->rules = NULL;
    s->type[0].necrosis = 0; /* the rules would say where */
    return PF_OK;
}
