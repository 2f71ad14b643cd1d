/* Fields against exact solutions of the equation, not of the scheme: tolerances and what was
 * seen stand in docs/dev/tissue-truth.md. */
#include "ct.h"
#include "tissue/field.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    pf_ctx ctx;
    pf_crew *crew;
    pf_field *f;
    pf_mesh mesh;
} world;

static void begin(world *w, const pf_mesh *mesh, const pf_substance *s)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->mesh = *mesh;
    assert_ok(&w->ctx, pf_crew_new(&w->ctx, 1, &w->crew));
    assert_ok(&w->ctx, pf_field_new(&w->ctx, mesh, s, 1, 0, &w->f));
}
static void end(world *w)
{
    pf_field_free(w->f);
    pf_crew_free(w->crew);
}
static double *voxel(world *w, size_t x, size_t y, size_t z)
{
    return pf_field_values(w->f, 0) + x + pf_field_stride(w->f) * (y + w->mesh.n[1] * z);
}
static void steps(world *w, double h, size_t n)
{
    assert_ok(&w->ctx, pf_field_step_set(&w->ctx, w->f, h));
    assert_ok(&w->ctx, pf_field_advance(&w->ctx, w->f, w->crew, n));
}
#define EACH(w)                                                                                \
    for (size_t z = 0; z < (w)->mesh.n[2]; z++)                                                \
        for (size_t y = 0; y < (w)->mesh.n[1]; y++)                                            \
            for (size_t x = 0; x < (w)->mesh.n[0]; x++)

/* ---- eigenmodes of a box of 100 x 150 x 200 um, D 1000 um2/min, decay 0.3 /min ---- */

static const double EDGE[3] = {100, 150, 200}, D = 1000, DECAY = 0.3;

/* The value of the mode at a voxel: between closed faces cos cos cos, of voxels' centres;
 * between faces that are held at 0, sin sin sin, where the box reaches from centre to centre of
 * the outermost voxels, which hold the 0. */
static double mode_at(const size_t at[3], double edge, int held)
{
    double mode = 1;
    for (int d = 0; d < 3; d++) {
        double x = M_PI * edge * ((double)at[d] + (held ? 0 : 0.5)) / EDGE[d];
        mode *= held ? sin(x) : cos(x);
    }
    return mode;
}

/* The error of the mode's size after `minutes`, by which it is to be exp(-rate minutes) of 1.
 * Its shape must stay: it is one of the mesh, too. */
static double box_error(double h, double edge, double minutes, int held)
{
    world w;
    pf_mesh m = {.h = edge};
    pf_substance s = {.name = "a", .diffusion = D, .decay = DECAY};
    double rate = DECAY, top = 0, under = 0;
    for (int f = 0; f < PF_FACES; f++) s.held[f] = held;
    for (int d = 0; d < 3; d++) {
        m.n[d] = (size_t)(EDGE[d] / edge + 0.5) + (held ? 1 : 0);
        rate += D * pow(M_PI / EDGE[d], 2);
    }
    begin(&w, &m, &s);
    EACH(&w) * voxel(&w, x, y, z) = mode_at((size_t[]){x, y, z}, edge, held);
    steps(&w, h, (size_t)(minutes / h + 0.5));
    EACH(&w)
    {
        double mode = mode_at((size_t[]){x, y, z}, edge, held);
        top += mode * *voxel(&w, x, y, z);
        under += mode * mode;
    }
    EACH(&w)
    assert_close(
        *voxel(&w, x, y, z), top / under * mode_at((size_t[]){x, y, z}, edge, held), 0, 1e-12);
    end(&w);
    return fabs(top / under - exp(-rate * minutes));
}

/* A quarter of the step and half of the voxel: the error, first order in time and second in
 * space, must fall to a quarter. */
static void modes_of_a_box_decay_at_their_rate(void **state)
{
    (void)state;
    for (int held = 0; held < 2; held++) {
        double e[3];
        for (int k = 0; k < 3; k++)
            e[k] = box_error(0.02 / (1 << (2 * k)), 25.0 / (1 << k), 0.5, held);
        print_message("%s: %.3g %.3g %.3g\n", held ? "held" : "closed", e[0], e[1], e[2]);
        assert_true(e[2] < 1e-3);
        assert_close(e[1] / e[2], 4, 0.05, 0);
    }
}

static void errors_are_of_second_order_in_the_voxel_and_of_first_in_the_step(void **state)
{
    (void)state;
    /* a step so short that time adds a fiftieth of the error, a voxel so small that space does
     */
    double a = box_error(1e-4, 25, 0.1, 0), b = box_error(1e-4, 12.5, 0.1, 0);
    double c = box_error(0.05, 3.125, 0.5, 0), d = box_error(0.025, 3.125, 0.5, 0);
    print_message("space %.3g %.3g, time %.3g %.3g\n", a, b, c, d);
    assert_close(a / b, 4, 0.08, 0);
    assert_close(c / d, 2, 0.05, 0);
}

/* ---- a sphere that takes up, in a medium that supplies towards c0 ----
 * inside  D laplace(c) = U c,           c = A sinh(k r) / r,             k = sqrt(U / D)
 * outside D laplace(c) = S (c - c0),    c = c0 - B exp(-m (r - R)) / r,  m = sqrt(S / D)
 * with value and slope continuous at R. One octant, closed faces. */
typedef struct {
    double R, D, U, S, c0;
} sphere;

static double exact(const sphere *s, double r)
{
    double k = sqrt(s->U / s->D), m = sqrt(s->S / s->D), R = s->R;
    /* (c r)' is continuous with c r: k A cosh = c0 + m B, A sinh = c0 R - B */
    double A = s->c0 * (1 + m * R) / (k * cosh(k * R) + m * sinh(k * R));
    double B = s->c0 * R - A * sinh(k * R);
    return r < R ? A * sinh(k * r) / r : s->c0 - B * exp(-m * (r - R)) / r;
}

/* The share of a voxel that lies inside, by 4 x 4 x 4 points. */
static double share(const sphere *s, double edge, size_t x, size_t y, size_t z)
{
    int in = 0;
    for (int i = 0; i < 64; i++) {
        double a = edge * ((double)x + 0.125 + 0.25 * (i & 3)),
               b = edge * ((double)y + 0.125 + 0.25 * (i >> 2 & 3)),
               c = edge * ((double)z + 0.125 + 0.25 * (i >> 4));
        in += a * a + b * b + c * c < s->R * s->R;
    }
    return in / 64.0;
}

/* The largest error and the root of the mean square, of c0. */
typedef struct {
    double most, mean;
} errors;
static errors sphere_error(const sphere *s, double edge, double box, double h, double minutes)
{
    world w;
    size_t n = (size_t)(box / edge + 0.5), k = 0;
    pf_mesh m = {{n, n, n}, edge, {0, 0, 0}};
    pf_exchange *list = calloc(n * n * n, sizeof *list);
    uint32_t *where = calloc(n * n * n, sizeof *where);
    errors e = {0, 0};
    begin(&w, &m, &(pf_substance){.name = "a", .diffusion = s->D, .initial = s->c0});
    EACH(&w)
    {
        double in = share(s, edge, x, y, z);
        where[k] = (uint32_t)(voxel(&w, x, y, z) - voxel(&w, 0, 0, 0));
        double rate = in * s->U + (1 - in) * s->S;
        list[k].gain = expm1(h / 2 * rate) * (1 - in) * s->S * s->c0 / rate;
        list[k++].factor = exp(-h / 2 * rate);
    }
    assert_ok(&w.ctx, pf_field_step_set(&w.ctx, w.f, h));
    pf_field_exchange(w.f, where, k, list, k);
    steps(&w, h, (size_t)(minutes / h + 0.5));
    EACH(&w)
    {
        double a = (double)x + 0.5, b = (double)y + 0.5, c = (double)z + 0.5;
        double error = *voxel(&w, x, y, z) - exact(s, edge * sqrt(a * a + b * b + c * c));
        e.most = fmax(e.most, fabs(error) / s->c0);
        e.mean += error * error / (s->c0 * s->c0);
    }
    e.mean = sqrt(e.mean / (double)(n * n * n));
    end(&w);
    free(list);
    free(where);
    return e;
}

static void a_sphere_that_takes_up_has_the_steady_profile(void **state)
{
    (void)state;
    const sphere s = {.R = 100, .D = 1e5, .U = 60, .S = 250, .c0 = 38};
    errors coarse = sphere_error(&s, 20, 240, 2e-4, 0.3),
           fine = sphere_error(&s, 10, 240, 5e-5, 0.3);
    print_message("centre %.3g of the rim; largest 20 um %.3g, 10 um %.3g; mean %.3g, %.3g\n",
        exact(&s, 1e-6) / exact(&s, 100), coarse.most, fine.most, coarse.mean, fine.mean);
    assert_true(fine.most < 0.005);
    assert_close(coarse.mean / fine.mean, 4, 0.25, 0);
}

/* ---- point sources ---- */

/* 1 in the middle voxel of a box of 490 um; the largest error after `t` minutes, of the peak.
 */
static double point_error(double edge, double h, double t)
{
    world w;
    size_t half = (size_t)(240 / edge + 0.5), n = 2 * half + 1;
    pf_mesh m = {{n, n, n}, edge, {0, 0, 0}};
    double lambda = 0.05, mass = 0, square = 0, worst = 0;
    begin(&w, &m, &(pf_substance){.name = "a", .diffusion = D, .decay = lambda});
    *voxel(&w, half, half, half) = 1;
    steps(&w, h, (size_t)(t / h + 0.5));
    double peak = pow(edge, 3) * exp(-lambda * t) / pow(4 * M_PI * D * t, 1.5);
    EACH(&w)
    {
        double a = (double)x - (double)half, b = (double)y - (double)half,
               c = (double)z - (double)half, r2 = edge * edge * (a * a + b * b + c * c);
        double now = *voxel(&w, x, y, z);
        mass += now;
        square += now * r2;
        worst = fmax(worst, fabs(now / peak - exp(-r2 / (4 * D * t))));
    }
    end(&w);
    /* Each step adds a variance of 2 h D along each axis, as the equation does, but for the
     * decay, which is implicit. */
    double each = 1 + h * lambda / 3;
    assert_close(mass, pow(each, -3 * t / h), 1e-12, 0);
    assert_close(square / mass, 6 * D * t / each, 1e-5, 0);
    return worst;
}

static void a_point_spreads_as_a_gaussian(void **state)
{
    (void)state;
    double coarse = point_error(20, 0.04, 0.8), fine = point_error(10, 0.01, 0.8);
    print_message("of the peak: 20 um %.3g, 10 um %.3g\n", coarse, fine);
    assert_true(fine < 0.045);
    assert_true(coarse / fine > 3.8); /* of second order; at 20 um still more */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_of_a_box_decay_at_their_rate),
        cmocka_unit_test(errors_are_of_second_order_in_the_voxel_and_of_first_in_the_step),
        cmocka_unit_test(a_sphere_that_takes_up_has_the_steady_profile),
        cmocka_unit_test(a_point_spreads_as_a_gaussian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
