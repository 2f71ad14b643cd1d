/* Cells that grow, divide, die and crawl. */
#include "ct.h"
#include "tissue/tissue.h"

#include <string.h>

typedef struct {
    pf_ctx ctx;
    pf_setup setup;
    pf_substance substance[1];
    pf_cell_type type[2];
    pf_placement placement[2];
    pf_tissue *t;
} world;

static void describe(world *w)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->substance[0] =
        (pf_substance){.name = "oxygen", .diffusion = 1e5, .decay = 0.1, .initial = 38};
    for (int k = 0; k < 2; k++)
        w->type[k] = (pf_cell_type){.volume = 2494,
            .nucleus = 540,
            .fluid = 0.75,
            .fluid_rate = 0.05,
            .cytoplasm_rate = 0.0045,
            .nucleus_rate = 0.0055,
            .reach = 1.25,
            .adhesion = 0.4,
            .repulsion = 10,
            .affinity = {1, 1},
            .n_phase = 1,
            .phase = {{.name = "live", .rate = 0.0432 / 60, .divides = 1}},
            .apoptosis_lasts = 516,
            .shrink_rate = 0.0166,
            .motile = 1};
    w->placement[0] = (pf_placement){.kind = PF_PLACE_BALL, .packed = 1, .outer = 80};
    w->setup = (pf_setup){.mesh = {{8, 8, 8}, 50, {-200, -200, -200}},
        .n_substance = 1,
        .substance = w->substance,
        .n_type = 2,
        .type = w->type,
        .n_placement = 1,
        .placement = w->placement,
        .field_step = 0.1,
        .mechanics_step = 0.1,
        .phenotype_step = 6,
        .wall = 10,
        .seed = 3};
}
static void begin(world *w, int threads)
{
    assert_ok(&w->ctx, pf_tissue_new(&w->ctx, &w->setup, threads, &w->t));
}
static void run(world *w, double minutes)
{
    while (pf_tissue_minute(w->t) < minutes - 1e-9)
        assert_ok(&w->ctx, pf_tissue_step(&w->ctx, w->t));
}

/* A Yule process: mean n exp(rt), variance n exp(rt) (exp(rt) - 1). */
static void cells_multiply_as_their_rate_says(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.setup.field_step = w.setup.mechanics_step = 0.5;
    begin(&w, 1);
    double n = (double)pf_tissue_alive(w.t, 2), f = exp(0.0432 * 12);
    run(&w, 12 * 60 + 0.5);
    double now = (double)pf_tissue_alive(w.t, 0);
    assert_close(now, n * f, 0, 4 * sqrt(n * f * (f - 1)) + 0.01 * n * f);
    assert_close(now, n + (double)w.t->births, 0, 0);
    pf_tissue_free(w.t);
}

static void who_dies_shrinks_and_leaves(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.type[0].n_phase = 0;
    w.type[0].apoptosis = 1.0 / 600;
    w.setup.field_step = w.setup.mechanics_step = 0.5;
    begin(&w, 1);
    double n = (double)w.t->cells.n, share = exp(-600.0 / 600);
    run(&w, 600.5);
    double alive = (double)pf_tissue_alive(w.t, 0);
    assert_close(alive, n * share, 0, 4 * sqrt(n * share * (1 - share)));
    /* the bodies of the first 84 minutes are gone */
    double here = n * exp(-(600 - 516 - 3) / 600.0);
    assert_close((double)w.t->cells.n, here, 0, 4 * sqrt(n * 0.12) + 0.01 * n);
    assert_true(w.t->deaths[PF_CELL_APOPTOTIC] == (uint64_t)(n - alive));
    for (size_t i = 0; i < w.t->cells.n; i++) {
        const pf_cell *row = &w.t->row[w.t->cells.slot[i]];
        if (row->state == PF_CELL_APOPTOTIC && row->clock > 300)
            assert_true(w.t->cells.radius[i] < 0.3 * 8.41);
    }
    pf_tissue_free(w.t);
}

static void a_cell_at_rest_keeps_its_volume_and_a_daughter_regains_it(void **state)
{
    (void)state;
    world w;
    describe(&w);
    pf_cell mother, daughter;
    pf_cell_born(&mother, &w.type[0], 1, 1);
    pf_life_rates none = {0};
    const double never[3] = {1, 1, 1};
    for (int i = 0; i < 100; i++) pf_cell_live(&mother, &w.type[0], &none, 6, never);
    assert_close(pf_cell_radius(&mother), cbrt(2494 * 0.75 / M_PI), 1e-12, 0);
    pf_cell_divide(&mother, &daughter, 1);
    assert_close(pf_cell_radius(&daughter), cbrt(1247 * 0.75 / M_PI), 1e-12, 0);
    for (int i = 0; i < 1000; i++) pf_cell_live(&daughter, &w.type[0], &none, 6, never);
    assert_close(pf_cell_radius(&daughter), cbrt(2494 * 0.75 / M_PI), 1e-6, 0);
}

/* Persistent random walk: mean square displacement 2 v^2 p (t - p (1 - exp(-t / p))) for turns
 * by an exponential clock in any direction. */
static void crawlers_spread_as_a_persistent_walk(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.type[0].n_phase = 0;
    w.type[0].repulsion = w.type[0].adhesion = 0;
    w.type[0].speed = 2;
    w.type[0].persistence = 5;
    w.setup.wall = 0;
    w.setup.mesh.h = 250;
    for (int d = 0; d < 3; d++) w.setup.mesh.origin[d] = -1000;
    begin(&w, 1);
    size_t n = w.t->cells.n;
    double *from = pf_calloc(&w.ctx, 3 * n, sizeof *from), sum = 0, t = 60;
    assert_non_null(from);
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < 3; d++)
            from[3 * (w.t->cells.id[i] - 1) + (size_t)d] = w.t->cells.at[d][i];
    run(&w, t);
    for (size_t i = 0; i < n; i++)
        for (int d = 0; d < 3; d++) {
            double x = w.t->cells.at[d][i] - from[3 * (w.t->cells.id[i] - 1) + (size_t)d];
            sum += x * x;
        }
    double expected = 2 * 4 * 5 * (t - 5 * (1 - exp(-t / 5)));
    assert_close(sum / (double)n, expected, 4 * sqrt(2.0 / 3 / (double)n) + 0.02, 0);
    pf_free(from);
    pf_tissue_free(w.t);
}

/* All cells have shrunk when full-grown ones come: two of these that overlap must part at once.
 */
static void newcomers_larger_than_all_find_their_neighbours(void **state)
{
    (void)state;
    world w;
    const double at[2][3] = {{100, 100, 100}, {112, 100, 100}};
    describe(&w);
    w.type[0].n_phase = w.type[1].n_phase = 0;
    w.type[0].apoptosis = 100;
    w.setup.n_placement = 2;
    w.placement[1] =
        (pf_placement){.kind = PF_PLACE_LIST, .type = 1, .n_point = 2, .point = at, .at = 200};
    begin(&w, 1);
    run(&w, 199.9);
    assert_true(w.t->cells.edge < 15);
    run(&w, 200.2);
    assert_true(w.t->cells.edge > 21);
    const pf_cells *c = &w.t->cells;
    double x[2] = {0};
    for (size_t i = 0; i < c->n; i++)
        if (c->type[i] == 1) x[c->at[0][i] > 106] = c->at[0][i];
    assert_true(x[0] < 99.99 && x[1] > 112.01);
    pf_tissue_free(w.t);
}

static void the_bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    world w[3];
    for (int k = 0; k < 3; k++) {
        describe(&w[k]);
        w[k].type[0].phase[0].rate = 0.01;
        w[k].type[0].apoptosis = 0.002;
        w[k].type[0].speed = 1;
        w[k].type[0].persistence = 3;
        w[k].type[0].exchange[0] = (pf_uptake){.uptake = 10};
        w[k].type[0].bias = 0.5;
        w[k].type[0].taxis[0] = 1;
        begin(&w[k], k + 1);
        run(&w[k], 30);
        const pf_cells *a = &w[0].t->cells, *b = &w[k].t->cells;
        assert_true(a->n == b->n && w[k].t->births > 100);
        assert_memory_equal(a->id, b->id, a->n * sizeof *a->id);
        for (int d = 0; d < 3; d++)
            assert_memory_equal(a->at[d], b->at[d], a->n * sizeof(double));
        assert_memory_equal(pf_field_values(w[0].t->field, 0),
            pf_field_values(w[k].t->field, 0),
            8 * 8 * pf_field_stride(w[0].t->field) * sizeof(double));
    }
    for (int k = 0; k < 3; k++) pf_tissue_free(w[k].t);
}

static void daughters_have_ids_of_their_own(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.type[0].phase[0].rate = 0.02;
    w.setup.field_step = w.setup.mechanics_step = 0.5;
    begin(&w, 1);
    run(&w, 80);
    const pf_cells *c = &w.t->cells;
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < i; j++)
            if (c->id[i] == c->id[j])
                fail_msg("two cells have the id %lu", (unsigned long)c->id[i]);
    pf_tissue_free(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_multiply_as_their_rate_says),
        cmocka_unit_test(who_dies_shrinks_and_leaves),
        cmocka_unit_test(a_cell_at_rest_keeps_its_volume_and_a_daughter_regains_it),
        cmocka_unit_test(crawlers_spread_as_a_persistent_walk),
        cmocka_unit_test(newcomers_larger_than_all_find_their_neighbours),
        cmocka_unit_test(the_bits_do_not_depend_on_threads),
        cmocka_unit_test(daughters_have_ids_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
