/* Rules at work in a lesion: what cells sense, and what it makes them do. */
#include "tissue_rules_case.h"

#include <stdlib.h>
#include <unistd.h>

#include "tissue/checkpoint.h"
#include "tissue/ruled.h"

/* One cell of each type at these places; nobody is placed for n = 0. */
static void put(rules_case *w, size_t type, const double (*at)[3], size_t n)
{
    w->placement[w->setup.n_placement++] =
        (pf_placement){.kind = PF_PLACE_LIST, .type = type, .n_point = n, .point = at};
}

/* What rules made of a behaviour of the cell with this id. */
static double now(const rules_case *w, uint64_t id, int behaviour)
{
    const pf_cells *c = &w->t->cells;
    for (size_t i = 0; i < c->n; i++)
        if (c->id[i] == id) return pf_ruled(w->t, c->type[i], behaviour, c->slot[i], NAN);
    return NAN;
}

/* With half-max 1, Hill power 1 and a saturation of 1 from 0, an answer y tells x. */
static double sensed(double y)
{
    return y / (1 - y);
}

static void cells_sense_neighbours_as_geometry_says(void **state)
{
    (void)state;
    /* radius 8.41, touching at 16.83, reach 21.03; the last one is far off */
    static const double NK[][3] = {{0, 0, 0}, {100, 0, 0}};
    static const double TUMOUR[][3] = {{15, 0, 0}, {0, 20, 0}, {0, 0, 30}};
    rules_case w;
    rules_case_make(&w);
    for (int k = 0; k < 2; k++) w.type[k].repulsion = w.type[k].adhesion = w.type[k].speed = 0;
    w.type[0].killer.bind = 0;
    put(&w, 0, NK, 2);
    put(&w, 1, TUMOUR, 3);
    assert_ok(
        &w.ctx, rules_case_read(&w, "NK,pressure,increases,apoptosis,1e-9,1,1,no\n"
                                    "NK,contact with tumour,increases,CCL19 secretion,1,1,"
                                    "1,no\n"
                                    "NK,contact with live cells,increases,CCL19 uptake,1,"
                                    "1,1,no\n"
                                    "NK,contact with NK,increases,bind,1,1,1,no\n"
                                    "NK,volume,increases,slow killing,1,1,1,no\n"
                                    "NK,time,increases,granule refill,1,1,1,no\n"
                                    "NK,receptor CAR,increases,oxygen secretion,1,1,1,"
                                    "no\n"));
    rules_case_begin(&w, 2);
    rules_case_run(&w, 6.1);
    double touch = 2 * cbrt(2494 * 0.75 / M_PI), overlap = 1 - 15 / touch;
    assert_close(sensed(now(&w, 1, PF_DO_APOPTOSIS) * 1e9),
        overlap * overlap / (12 * pow(1 - sqrt(M_PI / (2 * sqrt(3))), 2)), 1e-4, 0);
    assert_close(sensed(now(&w, 1, PF_DO_SECRETION + 1)), 2, 1e-5, 0);
    assert_close(sensed(now(&w, 1, PF_DO_UPTAKE + 1)), 2, 1e-5, 0);
    assert_close(sensed(now(&w, 2, PF_DO_UPTAKE + 1)), 0, 0, 0);
    assert_close(1 - now(&w, 1, PF_DO_SLOW), 1 / 2495.0, 1e-3, 0);
    assert_close(sensed(now(&w, 2, PF_DO_REFILL)), 6, 1e-5, 0);
    assert_close(sensed(now(&w, 2, PF_DO_SECRETION)), 100, 1e-4, 0);
    rules_case_clear(&w);
}

static void the_bound_and_the_held_know_it_and_lost_antigen_hides(void **state)
{
    (void)state;
    static const double NK[][3] = {{-10, 0, 0}, {10, 0, 0}};
    static const double TUMOUR[][3] = {{0, 0, 0}};
    rules_case w;
    rules_case_make(&w);
    for (int k = 0; k < 2; k++) w.type[k].repulsion = w.type[k].adhesion = w.type[k].speed = 0;
    w.type[0].killer.bind = 1e3;
    w.type[0].killer.attempts = 0;
    w.type[0].killer.half[0][0] = 1e5; /* 100 x 1000: half */
    w.type[1].phase[0].rate = 0;
    put(&w, 0, NK, 2);
    put(&w, 1, TUMOUR, 1);
    assert_ok(&w.ctx, rules_case_read(&w, "NK,bound,increases,slow killing,1e-9,1,1,no\n"
                                          "tumour,held,increases,CCL19 secretion,1,1,1,no\n"
                                          "tumour,held,decreases,antigen CD19,0,1,1,no\n"));
    rules_case_begin(&w, 1);
    rules_case_run(&w, 6.1);
    assert_close(sensed(now(&w, 1, PF_DO_SLOW) * 1e9), 1, 1e-5, 0);
    assert_close(sensed(now(&w, 3, PF_DO_SECRETION + 1)), 2, 1e-5, 0);
    assert_close(now(&w, 3, PF_DO_ANTIGEN), 1000.0 / 3, 1e-6, 0);
    size_t at[2] = {0, 0};
    for (size_t i = 0; i < 3; i++) at[w.t->cells.type[i]] = i;
    double seen = pf_ruled_recognition(w.t, &w.type[0].killer, at[0], at[1]);
    assert_close(seen, 0.25, 1e-6, 0); /* 1/3 / (1/3 + 1) */
    rules_case_clear(&w);
}

static void rates_of_life_follow_their_rules(void **state)
{
    (void)state;
    double at[343][3];
    rules_case w;
    rules_case_make(&w);
    w.type[1].repulsion = w.type[1].adhesion = 0;
    w.type[1].exchange[0].uptake = 0;
    w.type[1].phase[0].rate = 0;
    for (size_t i = 0; i < 343; i++) {
        at[i][0] = (double)(i % 7) * 40 - 120;
        at[i][1] = (double)(i / 7 % 7) * 40 - 120;
        at[i][2] = (double)(i / 49) * 40 - 120;
    }
    put(&w, 1, (const double(*)[3])at, 343);
    w.substance[0].decay = 0; /* 38 everywhere: a third of the way up */
    assert_ok(&w.ctx, rules_case_read(&w, "tumour,oxygen,increases,apoptosis,0.03,76,1,no\n"));
    rules_case_begin(&w, 1);
    rules_case_run(&w, 60.1);
    double p = exp(-0.01 * 60), alive = (double)pf_tissue_alive(w.t, 1);
    assert_close(alive, 343 * p, 0, 4 * sqrt(343 * p * (1 - p)));
    rules_case_clear(&w);
}

/* A ball of cells that take up oxygen: who lacks it dies, who has it divides. */
static void hypoxic(rules_case *w, const char *rows, int threads, double minutes)
{
    w->type[1].exchange[0].uptake = 30;
    w->setup.field_step = 0.01;
    w->setup.mechanics_step = 0.2;
    w->type[1].phase[0].rate = 0;
    w->type[1].motile = 0;
    w->substance[0].diffusion = 2e4;
    w->setup.n_placement = 1;
    w->placement[0] =
        (pf_placement){.kind = PF_PLACE_BALL, .type = 1, .outer = 100, .packed = 1};
    w->type[1].necrosis = 0.05;
    assert_ok(&w->ctx, rules_case_read(w, rows));
    rules_case_begin(w, threads);
    rules_case_run(w, minutes);
}

static const char HYPOXIC[] =
    "tumour,oxygen,decreases,necrosis,0,8 mmHg,8,no\n"
    "tumour,oxygen,increases,cycle entry,0.002,25 mmHg,4,no\n"
    "tumour,pressure,decreases,cycle entry,0,4,4,no\n"
    "tumour,contact with dead cells,decreases,oxygen uptake,30,1,2,no\n";

/* Shares of cells that are dead, and births, inside of a radius and outside. */
static void count(const rules_case *w, double radius, double dead[2], size_t n[2])
{
    const pf_cells *c = &w->t->cells;
    dead[0] = dead[1] = 0;
    n[0] = n[1] = 0;
    for (size_t i = 0; i < c->n; i++) {
        double far = 0;
        for (int d = 0; d < 3; d++) far += c->at[d][i] * c->at[d][i];
        int out = far > radius * radius;
        n[out]++;
        dead[out] += w->t->row[c->slot[i]].state != PF_CELL_ALIVE;
    }
    for (int k = 0; k < 2; k++) dead[k] /= (double)n[k];
}

static void a_ball_without_oxygen_inside_gets_a_necrotic_core_and_a_growing_rim(void **state)
{
    (void)state;
    rules_case w;
    double dead[2];
    size_t n[2];
    rules_case_make(&w);
    hypoxic(&w, HYPOXIC, 2, 60.1);
    count(&w, 45, dead, n);
    assert_true(dead[0] > 0.6);
    count(&w, 90, dead, n);
    assert_true(dead[1] < 0.05);
    assert_true(w.t->births > 10);
    rules_case_clear(&w);
}

static void the_same_bits_on_any_number_of_threads_and_in_any_order_of_rows(void **state)
{
    (void)state;
    static const char OTHER[] =
        "tumour,contact with dead cells,decreases,oxygen uptake,30,1,2,no\n"
        "tumour,pressure,decreases,cycle entry,0,4,4,no\n"
        "tumour,oxygen,increases,cycle entry,0.002,25 mmHg,4,no\n"
        "tumour,oxygen,decreases,necrosis,0,8 mmHg,8,no\n";
    rules_case w, v;
    rules_case_make(&w);
    hypoxic(&w, HYPOXIC, 1, 12.1);
    for (int threads = 1; threads <= 3; threads++) {
        rules_case_make(&v);
        hypoxic(&v, OTHER, threads, 12.1);
        assert_int_equal(v.t->cells.n, w.t->cells.n);
        size_t bytes = w.t->cells.n * sizeof(double);
        for (int d = 0; d < 3; d++)
            assert_memory_equal(v.t->cells.at[d], w.t->cells.at[d], bytes);
        assert_memory_equal(v.t->cells.id, w.t->cells.id, bytes);
        assert_memory_equal(pf_field_values(v.t->field, 0), pf_field_values(w.t->field, 0),
            16 * 16 * 16 * sizeof(double));
        rules_case_clear(&v);
    }
    rules_case_clear(&w);
}

static void expect_same(const pf_tissue *a, const pf_tissue *b)
{
    assert_int_equal(a->cells.n, b->cells.n);
    for (int d = 0; d < 3; d++)
        assert_memory_equal(a->cells.at[d], b->cells.at[d], a->cells.n * sizeof(double));
    assert_int_equal(a->kills, b->kills);
    for (size_t k = 0; k < a->setup->rules->n_column; k++)
        for (size_t i = 0; i < a->cells.n; i++)
            assert_true(a->ruled[k][a->cells.slot[i]] == b->ruled[k][b->cells.slot[i]]);
}

/* Stopped right before a phenotype step, in which killers and the held ask for each other. */
static void what_rules_made_of_cells_goes_on_after_a_checkpoint(void **state)
{
    (void)state;
    rules_case w;
    char path[] = "/tmp/pf-tissue-ruled-XXXXXX";
    close(mkstemp(path));
    rules_case_make(&w);
    w.type[0].killer.pull = 0.1;
    w.setup.n_placement = 2;
    w.placement[0] = (pf_placement){.kind = PF_PLACE_BALL, .type = 1, .outer = 40, .packed = 1};
    w.placement[1] = (pf_placement){
        .kind = PF_PLACE_SHELL, .type = 0, .inner = 45, .outer = 60, .count = 40};
    assert_ok(
        &w.ctx, rules_case_read(&w, "NK,bound,decreases,migration speed,0.1,0.5,4,no\n"
                                    "NK,contact with tumour,increases,attempts,0.5,2,1,no\n"
                                    "NK,kills,decreases,hold,5,1,2,no\n"
                                    "tumour,held,increases,oxygen uptake,30,1,1,no\n"
                                    "tumour,held,decreases,antigen CD19,0,4,1,no\n"));
    rules_case_begin(&w, 2);
    rules_case_run(&w, 12);
    assert_ok(&w.ctx, pf_checkpoint_write(&w.ctx, path, w.t));
    pf_tissue *first = w.t;
    w.t = NULL;
    assert_ok(&w.ctx, pf_checkpoint_read(&w.ctx, path, &w.setup, 1, &w.t));
    expect_same(w.t, first);
    rules_case_run(&w, 25);
    pf_tissue *again = w.t;
    w.t = first;
    rules_case_run(&w, 25);
    expect_same(w.t, again);
    assert_true(first->kills > 0);
    pf_tissue_free(again);
    unlink(path);
    rules_case_clear(&w);
}

static void without_rules_nothing_is_kept(void **state)
{
    (void)state;
    rules_case w;
    rules_case_make(&w);
    rules_case_begin(&w, 1);
    assert_null(w.t->ruled);
    assert_ok(&w.ctx, rules_case_read(&w, ""));
    rules_case_begin(&w, 1);
    assert_null(w.t->ruled);
    rules_case_run(&w, 7);
    rules_case_clear(&w);
}

/* At once, before the first phenotype step. */
static void crawlers_speed_up_where_a_rule_says(void **state)
{
    (void)state;
    static const double NK[][3] = {{0, 0, 0}};
    rules_case w;
    rules_case_make(&w);
    w.type[0].speed = w.type[0].persistence = 0;
    w.substance[0].decay = 0;
    put(&w, 0, NK, 1);
    assert_ok(&w.ctx, rules_case_read(&w, "NK,oxygen,increases,migration speed,8,38,1,no\n"));
    rules_case_begin(&w, 1);
    rules_case_run(&w, 0.1);
    assert_true(w.t->cells.at[0][0] != 0);
    double v = 0;
    for (int d = 0; d < 3; d++) v += (double)(w.t->push[d][0] * w.t->push[d][0]);
    assert_close(sqrt(v), 4, 1e-6, 0);
    rules_case_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_sense_neighbours_as_geometry_says),
        cmocka_unit_test(the_bound_and_the_held_know_it_and_lost_antigen_hides),
        cmocka_unit_test(rates_of_life_follow_their_rules),
        cmocka_unit_test(a_ball_without_oxygen_inside_gets_a_necrotic_core_and_a_growing_rim),
        cmocka_unit_test(the_same_bits_on_any_number_of_threads_and_in_any_order_of_rows),
        cmocka_unit_test(what_rules_made_of_cells_goes_on_after_a_checkpoint),
        cmocka_unit_test(without_rules_nothing_is_kept),
        cmocka_unit_test(crawlers_speed_up_where_a_rule_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
