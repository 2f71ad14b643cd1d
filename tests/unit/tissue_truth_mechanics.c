/* Forces and movement against closed forms and balances: tolerances and what was seen stand in
 * docs/dev/tissue-truth.md. */
#include "ct.h"
#include "tissue/mechanics.h"

#include <string.h>

enum { MANY = 700 };

typedef struct {
    pf_ctx ctx;
    pf_crew *crew;
    pf_cells c;
    pf_mechanics m;
} world;

static void begin(world *w, double half)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->m = (pf_mechanics){.n_type = 2, .reach = {1.25, 1.5}, .largest = 8};
    for (int i = 0; i < 4; i++) w->m.adhesion[i] = 0.4, w->m.repulsion[i] = 10;
    for (int d = 0; d < 3; d++) w->m.low[d] = -half, w->m.high[d] = half;
    pf_cells_init(&w->c);
    assert_ok(&w->ctx, pf_crew_new(&w->ctx, 1, &w->crew));
    assert_ok(&w->ctx, pf_cells_reserve(&w->ctx, &w->c, MANY));
    assert_ok(
        &w->ctx, pf_cells_box(&w->ctx, &w->c, w->m.low, w->m.high, pf_mechanics_edge(&w->m)));
}
static void end(world *w)
{
    pf_cells_clear(&w->c);
    pf_crew_free(w->crew);
}
static void add(pf_cells *c, const double at[3], double radius, int type)
{
    size_t i = c->n++;
    c->id[i] = i + 1, c->slot[i] = (uint32_t)i, c->radius[i] = radius;
    c->type[i] = (uint8_t)type;
    for (int d = 0; d < 3; d++) c->at[d][i] = at[d], c->was[d][i] = 0;
}
static void step(world *w, const pf_spring *spring, size_t n, double h)
{
    pf_cells_sort(&w->c, w->crew);
    pf_mechanics_step(&w->m, &w->c, w->crew, NULL, spring, n, h);
}
/* N cells anywhere in a ball. */
static void ball(world *w, size_t n, double radius)
{
    for (size_t i = 0; i < n; i++) {
        double at[3], r2;
        pf_random r;
        pf_random_init(&r, 9, PF_DRAW_TEST, 0, i, 0);
        do {
            r2 = 0;
            for (int d = 0; d < 3; d++) {
                at[d] = radius * (2 * pf_random_uniform(&r) - 1);
                r2 += at[d] * at[d];
            }
        } while (r2 > radius * radius);
        add(&w->c, at, 8, 0);
    }
}

/* ---- two cells ---- */

static double distance(const pf_cells *c)
{
    double sum = 0;
    for (int d = 0; d < 3; d++) sum += pow(c->at[d][1] - c->at[d][0], 2);
    return sqrt(sum);
}

/* Cells of radius 8 and 6, reaches 10 and 9, `from` apart along a slanted line, after
 * `minutes`. The velocity before the first step is known or, `rest`, 0. */
static double two_cells(double from, double minutes, double h, int rest)
{
    world w;
    begin(&w, 100);
    add(&w.c, (double[]){1, 2, 3}, 8, 0);
    add(&w.c, (double[]){1 + from * 0.48, 2 + from * 0.6, 3 + from * 0.64}, 6, 1);
    if (!rest) step(&w, NULL, 0, 0);
    for (int i = 0; i < (int)(minutes / h + 0.5); i++) step(&w, NULL, 0, h);
    double d = distance(&w.c);
    end(&w);
    return d;
}

/* d' = -2 (0.4 (1 - d / 19)^2 - 10 (1 - d / 14)^2), by SciPy 1.17.1, solve_ivp DOP853 with both
 * tolerances 1e-13. */
static void two_cells_come_to_rest_as_the_equation_says(void **state)
{
    (void)state;
    static const double AT[] = {1, 5, 20, 50},
                        NEAR[] = {9.770449341931808, 12.218220287881387, 13.073568800167367,
                            13.1351457037583},
                        FAR[] = {14.96422582448295, 14.814492753623194, 14.13804713804714,
                            13.16784098283314};
    double worst = 0;
    for (int k = 0; k < 4; k++) {
        double near = two_cells(7, AT[k], 0.1, 0), far = two_cells(15, AT[k], 0.1, 0);
        worst = fmax(worst, fmax(fabs(near - NEAR[k]), fabs(far - FAR[k])));
    }
    double coarse = fabs(two_cells(7, 1, 0.1, 0) - NEAR[0]),
           fine = fabs(two_cells(7, 1, 0.05, 0) - NEAR[0]),
           rest = fabs(two_cells(7, 1, 0.1, 1) - NEAR[0]),
           rest_fine = fabs(two_cells(7, 1, 0.05, 1) - NEAR[0]);
    /* where adhesion and repulsion are even */
    double a = sqrt(0.4), r = sqrt(10), even = (r - a) / (r / 14 - a / 19);
    double last = two_cells(7, 400, 0.1, 1);
    print_message("off by %.3g um; at 1 min %.3g, half the step %.3g; from rest %.3g, %.3g; "
                  "at last %.3g\n",
        worst, coarse, fine, rest, rest_fine, last - even);
    assert_true(worst < 2e-3 && fine < coarse / 3);
    /* a cell's first step knows no velocity before: half a step of it is made twice */
    assert_true(rest < 0.1 && rest_fine < 0.6 * rest);
    assert_close(last, even, 1e-6, 0);
}

static void a_spring_shortens_as_an_exponential(void **state)
{
    (void)state;
    double error[2];
    for (int k = 0; k < 2; k++) {
        world w;
        double h = 0.1 / (1 << k);
        begin(&w, 100);
        add(&w.c, (double[]){-30, 10, 0}, 8, 0);
        add(&w.c, (double[]){30, -10, 20}, 8, 0);
        const pf_spring spring = {0, 1, 0.2};
        double from = distance(&w.c);
        step(&w, &spring, 1, 0);
        for (int i = 0; i < (int)(2 / h + 0.5); i++) step(&w, &spring, 1, h);
        double d = distance(&w.c), exact = from * exp(-2 * 0.2 * 2);
        assert_close(d, exact, 1e-3, 0);
        error[k] = fabs(d - exact);
        end(&w);
    }
    assert_close(error[0] / error[1], 4, 0.1, 0);
}

/* ---- many ---- */

static double energy(const pf_mechanics *m, const pf_cells *c, const pf_spring *s, size_t n)
{
    double u = 0;
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < i; j++) {
            double x = c->at[0][i] - c->at[0][j], y = c->at[1][i] - c->at[1][j],
                   z = c->at[2][i] - c->at[2][j], d = sqrt(x * x + y * y + z * z);
            double R = c->radius[i] + c->radius[j], A = c->radius[i] * m->reach[c->type[i]] +
                                                        c->radius[j] * m->reach[c->type[j]];
            if (d < R) u += m->repulsion[0] * R / 3 * pow(1 - d / R, 3);
            if (d < A) u -= m->adhesion[0] * A / 3 * pow(1 - d / A, 3);
        }
    for (size_t k = 0; k < n; k++)
        for (int d = 0; d < 3; d++)
            u += s[k].pull / 2 * pow(c->at[d][s[k].a] - c->at[d][s[k].b], 2);
    return u;
}

/* Sum of squares of velocities, and their sum, of the step just made. */
static double loss(const pf_cells *c, double sum[3], double *size)
{
    double all = 0;
    *size = 0;
    for (int d = 0; d < 3; d++) {
        sum[d] = 0;
        for (size_t i = 0; i < c->n; i++) {
            double v = c->was[d][i];
            all += v * v;
            sum[d] += v;
            *size += fabs(v);
        }
    }
    return all;
}

/* Overdamped: dU/dt = -sum v^2, and pairs push each other alike. */
static void energy_only_falls_by_what_friction_takes_and_momentum_is_none(void **state)
{
    (void)state;
    world w;
    double h = 0.02, lost = 0, drift = 0, sum[3], size, before, was = 0;
    begin(&w, 200);
    ball(&w, 200, 50);
    for (int i = 0; i < 200; i += 2) w.c.type[i] = 1;
    step(&w, NULL, 0, 0);
    const double start = energy(&w.m, &w.c, NULL, 0);
    before = start;
    for (int i = 0; i < 1000; i++) {
        step(&w, NULL, 0, h);
        double rate = loss(&w.c, sum, &size), now = energy(&w.m, &w.c, NULL, 0);
        for (int d = 0; d < 3; d++) drift = fmax(drift, fabs(sum[d]) / size);
        /* `rate` is of the beginning of the step: trapezoids */
        lost += h * (i ? (rate + was) / 2 : 0);
        was = rate;
        assert_true(now < before);
        if (i < 999) before = now;
    }
    /* the trapezoids end where the last step began */
    print_message(
        "energy %.3f to %.3f, friction %.3f, momentum %.3g\n", start, before, lost, drift);
    assert_close(start - before, lost, 0.01, 0);
    assert_true(drift < 1e-13);
    end(&w);
}

static double density(const pf_cells *c, double within)
{
    double centre[3] = {0}, volume = 0;
    for (int d = 0; d < 3; d++)
        for (size_t i = 0; i < c->n; i++) centre[d] += c->at[d][i] / (double)c->n;
    for (size_t i = 0; i < c->n; i++) {
        double r2 = 0;
        for (int d = 0; d < 3; d++) r2 += pow(c->at[d][i] - centre[d], 2);
        if (r2 < within * within) volume += pow(c->radius[i], 3);
    }
    return volume / pow(within, 3);
}

/* Alike cells rest where adhesion and repulsion are even, e = 0.9523 diameters apart. Spheres
 * that touch fill 0.64 of the space when packed by chance and pi / sqrt 18 = 0.7405 at most;
 * with centres nearer by e each counts e^-3 times as much. */
static void a_crowded_ball_relaxes_to_a_packing_between_chance_and_closest(void **state)
{
    (void)state;
    world w;
    double a = sqrt(0.4), r = sqrt(10), even = (r - a) / (r - a / 1.25);
    begin(&w, 200);
    ball(&w, MANY, 55); /* 2.2 times as dense as it may rest */
    double at_first = density(&w.c, 40);
    for (int i = 0; i < 2000; i++) step(&w, NULL, 0, 0.1);
    double now = density(&w.c, 48);
    print_message("e = %.4f; density %.3f, then %.3f in %.3f to %.3f\n", even, at_first, now,
        0.64 / pow(even, 3), 0.7405 / pow(even, 3));
    assert_true(at_first > 1.5);
    assert_true(now > 0.64 / pow(even, 3) && now < 0.7405 / pow(even, 3));
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_cells_come_to_rest_as_the_equation_says),
        cmocka_unit_test(a_spring_shortens_as_an_exponential),
        cmocka_unit_test(energy_only_falls_by_what_friction_takes_and_momentum_is_none),
        cmocka_unit_test(a_crowded_ball_relaxes_to_a_packing_between_chance_and_closest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
