/* Cells that come: again and again, one by one, at vessels, through borders. */
#include "ct.h"
#include "tissue/direction.h"
#include "tissue/placing.h"
#include "tissue/tissue.h"

#include <string.h>

typedef struct {
    pf_ctx ctx;
    pf_setup setup;
    pf_substance substance[1];
    pf_cell_type type[1];
    pf_placement placement[1];
    pf_tissue *t;
} world;

static void describe(world *w)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->substance[0] = (pf_substance){.name = "oxygen", .initial = 38};
    w->type[0] = (pf_cell_type){.name = "T",
        .volume = 4 * M_PI / 3 * 1000,
        .nucleus = 540,
        .fluid = 0.75,
        .reach = 1.25,
        .motile = 0.9,
        .apoptosis_lasts = 1e9};
    w->setup = (pf_setup){.mesh = {{4, 2, 1}, 100, {-200, -100, -50}},
        .n_substance = 1,
        .substance = w->substance,
        .n_type = 1,
        .type = w->type,
        .n_placement = 1,
        .placement = w->placement,
        .field_step = 0.1,
        .mechanics_step = 0.1,
        .phenotype_step = 6,
        .seed = 4};
}
static void begin(world *w)
{
    assert_ok(&w->ctx, pf_tissue_new(&w->ctx, &w->setup, 1, &w->t));
}
static void run(world *w, double minutes)
{
    while (pf_tissue_minute(w->t) < minutes - 1e-9)
        assert_ok(&w->ctx, pf_tissue_step(&w->ctx, w->t));
}

static void they_come_again_until_the_last_time(void **state)
{
    (void)state;
    static const double TIME[] = {1, 1.3, 1.31, 2.05, 4.05, 5};
    static const size_t COME[] = {0, 0, 5, 10, 20, 20};
    world w;
    describe(&w);
    w.placement[0] = (pf_placement){.kind = PF_PLACE_BOX,
        .low = {-10, -10, -10},
        .high = {10, 10, 10},
        .count = 5,
        .at = 1.3,
        .every = 0.7,
        .until = 3.5};
    begin(&w);
    for (size_t k = 0; k < PF_COUNT(TIME); k++) {
        run(&w, TIME[k]);
        assert_int_equal(w.t->cells.n, COME[k]);
    }
    assert_close(pf_placement_total(&w.setup, w.placement, 1.2), 0, 0, 0);
    assert_close(pf_placement_total(&w.setup, w.placement, 1.3), 5, 0, 0);
    assert_close(pf_placement_total(&w.setup, w.placement, 60), 20, 0, 0);
    for (size_t i = 0; i < 20; i++) /* each time elsewhere */
        for (size_t j = 0; j < i; j++) assert_true(w.t->cells.at[0][i] != w.t->cells.at[0][j]);
    pf_tissue_free(w.t);
    w.placement[0].every = w.placement[0].until = 0;
    begin(&w);
    run(&w, 4);
    assert_int_equal(w.t->cells.n, 5);
    pf_tissue_free(w.t);
}

/* A Poisson process: mean and variance of counts in equal times. */
static void one_by_one_they_come_as_a_poisson_process(void **state)
{
    (void)state;
    static const double RATE[] = {1.7, 400};
    for (size_t k = 0; k < 2; k++) {
        world w;
        size_t before = 0, n = k ? 100 : 300;
        double sum = 0, squares = 0, mean = RATE[k] * (k ? 0.1 : 1);
        describe(&w);
        w.placement[0] = (pf_placement){
            .kind = PF_PLACE_BORDER, .faces = 1, .rate = RATE[k], .at = 2, .until = 1e9};
        w.setup.phenotype_step = 1e6;
        w.type[0].reach = 0.1;
        begin(&w);
        run(&w, 2.1);
        assert_int_equal(w.t->cells.n, 0);
        for (size_t i = 0; i < n; i++) {
            run(&w, 2.1 + (k ? 0.1 : 1) * (double)(i + 1));
            double x = (double)(w.t->cells.n - before);
            before = w.t->cells.n;
            sum += x;
            squares += (x - mean) * (x - mean);
        }
        assert_close(sum, mean * (double)n, 0, 4 * sqrt(mean * (double)n));
        assert_close(squares / (double)n, mean, 4 * sqrt((2 + 1 / mean) / (double)n), 0);
        assert_close(pf_placement_total(&w.setup, w.placement, 12), RATE[k] * 10, 1e-12, 0);
        pf_tissue_free(w.t);
    }
}

static void rates_end(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.placement[0] =
        (pf_placement){.kind = PF_PLACE_BORDER, .faces = 1, .rate = 50, .at = 1, .until = 3};
    begin(&w);
    run(&w, 3.1);
    size_t n = w.t->cells.n;
    assert_close((double)n, 100, 0, 40);
    run(&w, 5);
    assert_int_equal(w.t->cells.n, n);
    pf_tissue_free(w.t);
}

static void at_vessels_each_comes_near_one_of_them(void **state)
{
    (void)state;
    static const double AT[3][3] = {{-100, 0, 0}, {150, 50, 10}, {150, -95, -10}};
    world w;
    size_t near[3] = {0};
    describe(&w);
    w.placement[0] = (pf_placement){
        .kind = PF_PLACE_VESSELS, .point = AT, .n_point = 3, .outer = 12, .count = 600};
    begin(&w);
    for (size_t i = 0; i < w.t->cells.n; i++) {
        int which = -1;
        for (int v = 0; v < 3; v++) {
            double far = 0;
            for (int d = 0; d < 3; d++) far += pow(w.t->cells.at[d][i] - AT[v][d], 2);
            if (far <= 144.000001) which = v;
        }
        assert_true(which >= 0 && w.t->cells.at[1][i] >= -100); /* not outside */
        near[which]++;
    }
    for (int v = 0; v < 3; v++) assert_close((double)near[v], 200, 0, 46);
    pf_tissue_free(w.t);
    w.placement[0] = (pf_placement){.kind = PF_PLACE_VESSELS,
        .n_vessel = 7,
        .count = 300,
        .low = {-200, -100, -50},
        .high = {200, 100, 50}};
    begin(&w); /* without spread as many places as vessels */
    size_t places = 0;
    for (size_t i = 0; i < w.t->cells.n; i++) {
        size_t j = 0;
        while (j < i && w.t->cells.at[0][j] != w.t->cells.at[0][i]) j++;
        places += j == i;
    }
    assert_int_equal(places, 7);
    pf_tissue_free(w.t);
}

static void through_borders_they_come_by_the_area_of_the_faces(void **state)
{
    (void)state;
    world w;
    size_t n[PF_FACES] = {0};
    describe(&w);
    w.placement[0] = (pf_placement){.kind = PF_PLACE_BORDER,
        .faces = 1 | 4 | 32,
        .count = 2000,
        .has_motile = 1,
        .motile = 0.25};
    begin(&w);
    size_t moves = 0;
    for (size_t i = 0; i < w.t->cells.n; i++) {
        double at[3], low[3] = {-190, -90, -40};
        int face = -1;
        for (int d = 0; d < 3; d++) {
            at[d] = w.t->cells.at[d][i];
            assert_true(fabs(at[d]) <= -low[d] + 1e-9);
            if (fabs(at[d] - low[d]) < 1e-9) face = 2 * d;
            if (fabs(at[d] + low[d]) < 1e-9) face = 2 * d + 1;
        }
        assert_true(face >= 0);
        n[face]++;
        moves += w.t->row[w.t->cells.slot[i]].moves;
    }
    double all = 200 * 100 + 400 * 100 + 400 * 200.0;
    assert_close((double)n[0], 2000 * 20000 / all, 0, 64);
    assert_close((double)n[2], 2000 * 40000 / all, 0, 84);
    assert_close((double)n[5], 2000 * 80000 / all, 0, 90);
    assert_int_equal(n[1] + n[3] + n[4], 0);
    assert_close((double)moves, 500, 0, 4 * sqrt(2000 * 0.25 * 0.75));
    pf_tissue_free(w.t);
}

static void a_turn_has_the_cosine_and_sine_of_the_c_library(void **state)
{
    (void)state;
    double mean[3] = {0};
    for (int k = 0; k <= 4000; k++) {
        double u = k / 4000.0, c, s;
        pf_turn(u, &c, &s);
        assert_close(c, cos(2 * M_PI * u), 0, 1e-15);
        assert_close(s, sin(2 * M_PI * u), 0, 1e-15);
    }
    for (int i = 0; i < 100; i++)
        for (int k = 0; k < 100; k++) {
            double to[3], u[2] = {(i + 0.5) / 100, (k + 0.5) / 100};
            pf_direction(u, to);
            assert_close(to[0] * to[0] + to[1] * to[1] + to[2] * to[2], 1, 1e-14, 0);
            for (int d = 0; d < 3; d++) mean[d] += to[d] / 10000;
        }
    for (int d = 0; d < 3; d++) assert_close(mean[d], 0, 0, 1e-13);
}

/* Cells come to two points, one after the other, one of them a corner: all part. */
static void who_comes_to_a_place_that_is_taken_steps_aside(void **state)
{
    (void)state;
    static const double POINT[2][3] = {{0, 0, 0}, {200, 100, 50}};
    static const pf_place_kind KIND[] = {PF_PLACE_LIST, PF_PLACE_VESSELS};
    for (int k = 0; k < 2; k++) {
        world w;
        describe(&w);
        w.type[0].repulsion = 10;
        w.placement[0] = (pf_placement){.kind = KIND[k],
            .n_point = 2,
            .point = POINT,
            .count = 4,
            .at = 1,
            .every = 1,
            .until = 3};
        begin(&w);
        run(&w, 30);
        const pf_cells *c = &w.t->cells;
        assert_int_equal(c->n, k ? 12 : 6);
        for (size_t i = 0; i < c->n; i++)
            for (size_t j = 0; j < i; j++) {
                double far = 0;
                for (int d = 0; d < 3; d++) far += pow(c->at[d][i] - c->at[d][j], 2);
                assert_true(far > 60);
            }
        pf_tissue_free(w.t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_come_again_until_the_last_time),
        cmocka_unit_test(one_by_one_they_come_as_a_poisson_process),
        cmocka_unit_test(rates_end),
        cmocka_unit_test(at_vessels_each_comes_near_one_of_them),
        cmocka_unit_test(through_borders_they_come_by_the_area_of_the_faces),
        cmocka_unit_test(a_turn_has_the_cosine_and_sine_of_the_c_library),
        cmocka_unit_test(who_comes_to_a_place_that_is_taken_steps_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
