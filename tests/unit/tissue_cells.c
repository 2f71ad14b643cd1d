/* Cells in order of place, and the forces between them. */
#include "ct.h"
#include "model/lanes.h"
#include "tissue/mechanics.h"

#include <string.h>

enum { N = 700 };

typedef struct {
    pf_ctx ctx;
    pf_crew *crew;
    pf_cells c;
} world;

static pf_mechanics law(void)
{
    pf_mechanics m = {.n_type = 2, .reach = {1.25, 1.5}, .wall = 10, .largest = 8};
    m.adhesion[0] = 0.4, m.adhesion[1] = m.adhesion[2] = 0.2, m.adhesion[3] = 0;
    for (int i = 0; i < 4; i++) m.repulsion[i] = 10;
    for (int d = 0; d < 3; d++) m.low[d] = -100, m.high[d] = 100;
    return m;
}

static void begin(world *w, const pf_mechanics *m, int threads)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    pf_cells_init(&w->c);
    assert_ok(&w->ctx, pf_crew_new(&w->ctx, threads, &w->crew));
    assert_ok(&w->ctx, pf_cells_reserve(&w->ctx, &w->c, N));
    assert_ok(&w->ctx, pf_cells_box(&w->ctx, &w->c, m->low, m->high, pf_mechanics_edge(m)));
}
static void end(world *w)
{
    pf_cells_clear(&w->c);
    pf_crew_free(w->crew);
}
static void add(pf_cells *c, uint64_t id, double x, double y, double z, double radius, int type)
{
    size_t i = c->n++;
    c->id[i] = id, c->slot[i] = (uint32_t)id, c->radius[i] = radius, c->type[i] = (uint8_t)type;
    c->at[0][i] = x, c->at[1][i] = y, c->at[2][i] = z;
    for (int d = 0; d < 3; d++) c->was[d][i] = 0;
}
/* A crowd, in any order. */
static void crowd(pf_cells *c, size_t n, double size, int backwards)
{
    for (size_t k = 0; k < n; k++) {
        pf_random r;
        size_t i = backwards ? n - 1 - k : k;
        pf_random_init(&r, 5, PF_DRAW_TEST, 0, i, 0);
        double x = size * (pf_random_uniform(&r) - 0.5),
               y = size * (pf_random_uniform(&r) - 0.5),
               z = size * (pf_random_uniform(&r) - 0.5);
        add(c, i * 7 + 1, x, y, z, 4 + 4 * pf_random_uniform(&r), (int)(i % 2));
    }
}

static void cells_stand_by_cube_and_id_whatever_order_they_came_in(void **state)
{
    (void)state;
    pf_mechanics m = law();
    world a, b;
    begin(&a, &m, 1);
    begin(&b, &m, 3);
    crowd(&a.c, N, 190, 0);
    crowd(&b.c, N, 190, 1);
    pf_cells_sort(&a.c, a.crew);
    pf_cells_sort(&b.c, b.crew);
    assert_memory_equal(a.c.id, b.c.id, N * sizeof *a.c.id);
    assert_memory_equal(a.c.at[2], b.c.at[2], N * sizeof(double));
    size_t cubes = a.c.cubes[0] * a.c.cubes[1] * a.c.cubes[2];
    assert_int_equal(a.c.start[cubes], N);
    for (size_t k = 0; k < cubes; k++)
        for (size_t i = a.c.start[k]; i < a.c.start[k + 1]; i++) {
            double at[3] = {a.c.at[0][i], a.c.at[1][i], a.c.at[2][i]};
            assert_int_equal(pf_cells_cube(&a.c, at), k);
            assert_int_equal(a.c.slot[i], a.c.id[i]);
            if (i > a.c.start[k]) assert_true(a.c.id[i] > a.c.id[i - 1]);
        }
    end(&a);
    end(&b);
}

/* The law as it is written, over all pairs. */
static void by_hand(const pf_mechanics *m, const pf_cells *c, size_t i, double v[3])
{
    v[0] = v[1] = v[2] = 0;
    for (size_t j = 0; j < c->n; j++) {
        double x[3], d = 0, r = c->radius[i] + c->radius[j];
        double far = m->reach[c->type[i]] * c->radius[i] + m->reach[c->type[j]] * c->radius[j];
        size_t pair = c->type[i] * m->n_type + c->type[j];
        for (int k = 0; k < 3; k++) x[k] = c->at[k][j] - c->at[k][i], d += x[k] * x[k];
        d = sqrt(d);
        if (i == j || d >= far) continue;
        double f = m->adhesion[pair] * pow(1 - d / far, 2);
        if (d < r) f -= m->repulsion[pair] * pow(1 - d / r, 2);
        for (int k = 0; k < 3; k++) v[k] += f * x[k] / d;
    }
}

/* A step without walls that is too short to move anybody shows the forces. */
static void forces(world *w, const pf_mechanics *law)
{
    pf_mechanics m = *law;
    m.wall = 0;
    pf_cells_sort(&w->c, w->crew);
    pf_mechanics_step(&m, &w->c, w->crew, NULL, NULL, 0, 0);
}

static void forces_are_those_of_the_law_and_cancel(void **state)
{
    (void)state;
    /* the second crowd has more neighbours than one block of candidates holds */
    for (double size = 190; size > 30; size -= 150) {
        pf_mechanics m = law();
        world w;
        begin(&w, &m, 2);
        crowd(&w.c, N, size, 0);
        forces(&w, &m);
        double sum[3] = {0};
        for (size_t i = 0; i < N; i++) {
            double v[3];
            by_hand(&m, &w.c, i, v);
            for (int k = 0; k < 3; k++) {
                assert_close(w.c.was[k][i], v[k], 1e-11, 1e-10);
                sum[k] += w.c.was[k][i];
            }
        }
        for (int k = 0; k < 3; k++) assert_close(sum[k], 0, 0, 1e-8);
        end(&w);
    }
}

/* Repulsion alone: u = 1 - d / R falls as u0 / (1 + 2 c u0 t / R). */
static double apart(double h)
{
    pf_mechanics m = law();
    world w;
    m.adhesion[0] = 0;
    begin(&w, &m, 1);
    add(&w.c, 1, -4, 0, 0, 8, 0);
    add(&w.c, 2, 4, 0, 0, 8, 0);
    /* the velocity before the first step, so that the second order shows */
    forces(&w, &m);
    for (int i = 0; i < (int)(2 / h + 0.5); i++) {
        pf_cells_sort(&w.c, w.crew);
        pf_mechanics_step(&m, &w.c, w.crew, NULL, NULL, 0, h);
    }
    double d = fabs(w.c.at[0][1] - w.c.at[0][0]);
    end(&w);
    return d;
}

static void two_cells_part_as_the_closed_form_says(void **state)
{
    (void)state;
    double u = 0.5 / (1 + 2 * 10 * 0.5 * 2 / 16), exact = 16 * (1 - u);
    double coarse = fabs(apart(0.1) - exact), fine = fabs(apart(0.05) - exact);
    assert_true(fine < 1e-3);
    assert_close(coarse / fine, 4, 0.25, 0);
}

static void walls_and_drives_move_a_cell(void **state)
{
    (void)state;
    pf_mechanics m = law();
    world w;
    begin(&w, &m, 1);
    add(&w.c, 0, 98, 0, 0, 8, 0);
    add(&w.c, 1, 0, 0, -99.999, 8, 0);
    float drive[3][2] = {{0, 0}, {0, 0}, {0, -1e6f}};
    float *each[3] = {drive[0], drive[1], drive[2]};
    for (int i = 0; i < 200; i++) {
        pf_cells_sort(&w.c, w.crew);
        pf_mechanics_step(&m, &w.c, w.crew, each, NULL, 0, 0.1);
    }
    for (size_t i = 0; i < 2; i++) {
        if (w.c.id[i] == 0) assert_true(w.c.at[0][i] < 92.5 && w.c.at[0][i] > 90);
        if (w.c.id[i] == 1) assert_true(w.c.at[2][i] == -100);
    }
    end(&w);
}

static void the_bits_do_not_depend_on_threads_or_width(void **state)
{
    (void)state;
    const int lanes[] = {1, 4, 8, 0};
    static double first[3][N];
    int seen = 0;
    for (size_t l = 0; l < 4; l++)
        for (int threads = 1; threads <= 3; threads++) {
            pf_mechanics m = law();
            world w;
            if (lanes[l] && !pf_lanes_available(lanes[l])) continue;
            m.lanes = lanes[l];
            begin(&w, &m, threads);
            crowd(&w.c, N, 150, 0);
            for (int i = 0; i < 20; i++) {
                pf_cells_sort(&w.c, w.crew);
                pf_mechanics_step(&m, &w.c, w.crew, NULL, NULL, 0, 0.1);
            }
            for (int d = 0; d < 3; d++) {
                if (!seen) memcpy(first[d], w.c.at[d], sizeof first[d]);
                assert_memory_equal(first[d], w.c.at[d], sizeof first[d]);
            }
            seen = 1;
            end(&w);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_stand_by_cube_and_id_whatever_order_they_came_in),
        cmocka_unit_test(forces_are_those_of_the_law_and_cancel),
        cmocka_unit_test(two_cells_part_as_the_closed_form_says),
        cmocka_unit_test(walls_and_drives_move_a_cell),
        cmocka_unit_test(the_bits_do_not_depend_on_threads_or_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
