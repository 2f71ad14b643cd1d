/* Killers and those they touch: hazards, granules, recognition. */
#include "ct.h"
#include "tissue/contact.h"
#include "tissue_pairs.h"

/* Binding with hazard b, then killing with hazard a. */
static void targets_die_as_two_hazards_in_a_row_say(void **state)
{
    (void)state;
    world w;
    describe(&w);
    begin(&w, 1);
    double b = 0.2, a = 0.05;
    for (double t = 10; t <= 60; t += 25) {
        run(&w, t);
        expect_alive(&w, (b * exp(-a * t) - a * exp(-b * t)) / (b - a));
    }
    assert_int_equal(w.t->kills, PAIRS - pf_tissue_alive(w.t, 1));
    pf_tissue_free(w.t);
}

static void who_lets_go_comes_back_and_who_sees_half_is_half_as_fast(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.type[0].killer.half[0][0] = 100 * 1000; /* recognition 1/2 */
    w.type[0].killer.hold = 20;
    begin(&w, 1);
    /* three states by small steps */
    double alone = 1, bound = 0, b = 0.1, a = 0.025, l = 1.0 / 20, h = 1e-3;
    for (int i = 0; i < 60000; i++) {
        double to = h * b * alone, back = h * l * bound, dead = h * a * bound;
        alone += back - to;
        bound += to - back - dead;
    }
    run(&w, 60);
    expect_alive(&w, alone + bound);
    pf_tissue_free(w.t);
}

static void without_granules_only_ligands_kill(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.type[0].killer.granules = 0;
    w.type[0].killer.cost = 1;
    begin(&w, 1);
    run(&w, 60);
    assert_int_equal(pf_tissue_alive(w.t, 1), PAIRS);
    pf_tissue_free(w.t);
    w.type[0].killer.slow = 0.05;
    w.type[0].killer.bind = 1e6;
    begin(&w, 1);
    run(&w, 20);
    expect_alive(&w, exp(-0.05 * 20));
    pf_tissue_free(w.t);
}

/* One killer in the middle of targets. */
static void a_killer_stops_when_its_granules_are_spent(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.placement[0].n_point = 1;
    w.at[0][0][0] = w.at[0][0][1] = w.at[0][0][2] = 0;
    w.placement[1] = (pf_placement){
        .kind = PF_PLACE_SHELL, .type = 1, .inner = 10, .outer = 20, .count = 40};
    w.type[0].killer.bind = w.type[0].killer.attempts = 5;
    w.type[0].killer.granules = 7.5;
    w.type[0].killer.cost = 1;
    begin(&w, 1);
    run(&w, 100);
    assert_int_equal(w.t->kills, 7);
    pf_tissue_free(w.t);
    /* refilled with a time constant of 10 min, 50 more minutes give back what is spent */
    w.type[0].killer.refill = 0.1;
    begin(&w, 1);
    run(&w, 100);
    assert_true(w.t->kills > 20);
    pf_tissue_free(w.t);
}

static void classes_kill_as_often_as_their_name_says(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.type[0].killer.idle = 0.3;
    w.type[0].killer.bind = w.type[0].killer.attempts = 1e3;
    begin(&w, 1);
    run(&w, 10);
    expect_alive(&w, 0.3);
    pf_tissue_free(w.t);
    w.type[0].killer.idle = 0;
    w.type[0].killer.single = 1;
    w.placement[1] = (pf_placement){
        .kind = PF_PLACE_SHELL, .type = 1, .inner = 10, .outer = 20, .count = 40};
    w.placement[0].n_point = 1;
    w.at[0][0][0] = w.at[0][0][1] = w.at[0][0][2] = 0;
    begin(&w, 1);
    run(&w, 10);
    assert_int_equal(w.t->kills, 1);
    pf_tissue_free(w.t);
}

static void nobody_dies_without_touch_or_below_the_threshold(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.type[0].killer.bind = w.type[0].killer.attempts = 1e3;
    for (size_t i = 0; i < PAIRS; i++) w.at[1][i][0] += 6; /* 22 um apart, reach 21 */
    begin(&w, 1);
    run(&w, 30);
    assert_int_equal(pf_tissue_alive(w.t, 1), PAIRS);
    pf_tissue_free(w.t);
    describe(&w);
    w.type[0].killer.bind = w.type[0].killer.attempts = 1e3;
    w.type[0].killer.half[0][0] = 1e7;
    w.type[0].killer.threshold = 0.011; /* 100 receptors x 1000 antigens over 1e7: 0.01 */
    begin(&w, 1);
    run(&w, 30);
    assert_int_equal(pf_tissue_alive(w.t, 1), PAIRS);
    pf_tissue_free(w.t);
}

static void an_inhibitor_that_is_lost_no_longer_holds_back(void **state)
{
    (void)state;
    pf_killer k = {.power = 2, .half = {{1e4}}, .stop = {{0}, {0, 1e5}}};
    pf_cell killer = {.receptor = {100, 50}}, target = {.antigen = {200, 50000}};
    double x = 100.0 * 200 / 1e4, stop = 50.0 * 50000 / 1e5;
    double sees = x * x / (1 + x * x), held = stop * stop / (1 + stop * stop);
    const pf_meeting m = {&k, &killer, &target, NULL};
    assert_close(pf_recognition(&m), sees * (1 - held), 1e-12, 0);
    target.antigen[1] = 0;
    assert_close(pf_recognition(&m), sees, 1e-12, 0);
    target.antigen[0] = 0;
    assert_true(pf_recognition(&m) == 0);
}

static void the_bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    world w[3];
    for (int k = 0; k < 3; k++) {
        describe(&w[k]);
        w[k].type[0].speed = 4;
        w[k].type[0].persistence = 5;
        w[k].type[0].motile = 1;
        w[k].type[0].repulsion = w[k].type[1].repulsion = 10;
        w[k].type[0].killer.pull = 0.1;
        w[k].type[0].killer.hold = 15;
        begin(&w[k], k + 1);
        run(&w[k], 40);
        const pf_tissue *a = w[0].t, *b = w[k].t;
        assert_true(a->kills > 50 && a->kills == b->kills && a->n_event == b->n_event);
        assert_memory_equal(a->event, b->event, a->n_event * sizeof *a->event);
        for (int d = 0; d < 3; d++)
            assert_memory_equal(a->cells.at[d], b->cells.at[d], a->cells.n * sizeof(double));
    }
    for (int k = 0; k < 3; k++) pf_tissue_free(w[k].t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_die_as_two_hazards_in_a_row_say),
        cmocka_unit_test(who_lets_go_comes_back_and_who_sees_half_is_half_as_fast),
        cmocka_unit_test(without_granules_only_ligands_kill),
        cmocka_unit_test(a_killer_stops_when_its_granules_are_spent),
        cmocka_unit_test(classes_kill_as_often_as_their_name_says),
        cmocka_unit_test(nobody_dies_without_touch_or_below_the_threshold),
        cmocka_unit_test(an_inhibitor_that_is_lost_no_longer_holds_back),
        cmocka_unit_test(the_bits_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
