/* Killers among targets against the rate law of a well mixed suspension: tolerances and what
 * was seen stand in docs/dev/tissue-truth.md. */
#include "ct.h"
#include "tissue/contact.h"

#include <string.h>

enum { TARGETS = 400, SPOTS = 8, CROWD = 30 };
#define SIDE 262.0 /* um, of the box */

typedef struct {
    pf_ctx ctx;
    pf_setup setup;
    pf_substance substance[1];
    pf_cell_type type[3];
    pf_placement placement[3];
    double spot[SPOTS][3], crowd[SPOTS * CROWD][3];
    pf_tissue *t;
} world;

/* Cells that pass through each other: killers (type 0) crawl fast and turn often, targets
 * stand. */
static void describe(world *w, size_t killers)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->substance[0] = (pf_substance){.name = "oxygen", .initial = 38};
    for (size_t k = 0; k < 3; k++) {
        w->type[k] = (pf_cell_type){.volume = k ? 2494 : 589,
            .nucleus = 100,
            .fluid = 0.75,
            .reach = 1.25,
            .apoptosis_lasts = 1e9,
            .speed = k ? 0 : 60,
            .persistence = 0.1,
            .motile = 1,
            .antigen = {1000},
            .receptor = {100}};
        w->placement[k] = (pf_placement){.kind = PF_PLACE_BOX,
            .type = k,
            .low = {-SIDE / 2, -SIDE / 2, -SIDE / 2},
            .high = {SIDE / 2, SIDE / 2, SIDE / 2},
            .count = k ? TARGETS : killers};
    }
    w->type[0].killer = (pf_killer){
        .hold = 1e9, .granules = 1e6, .attacks = {0, 1, 1}, .power = 1, .half = {{1e-6}}};
    w->setup = (pf_setup){.mesh = {{1, 1, 1}, SIDE, {-SIDE / 2, -SIDE / 2, -SIDE / 2}},
        .n_substance = 1,
        .substance = w->substance,
        .n_type = 3,
        .type = w->type,
        .n_placement = 2,
        .placement = w->placement,
        .field_step = 0.1,
        .mechanics_step = 0.1,
        .phenotype_step = 1e6,
        .seed = 21};
}
static void begin(world *w)
{
    assert_ok(&w->ctx, pf_tissue_new(&w->ctx, &w->setup, 1, &w->t));
}
static void run(world *w, double minutes)
{
    while (pf_tissue_minute(w->t) < minutes - 1e-9) {
        assert_ok(&w->ctx, pf_tissue_step(&w->ctx, w->t));
        w->t->n_event = w->t->n_life = 0;
    }
}

/* The share of pairs, anywhere in the box, that touch: the law of the distance of two points in
 * a cube, 4/3 pi x^3 - 3/2 pi x^4 + 8/5 x^5 - x^6 / 6 for x = distance / side below 1. */
static double touching(void)
{
    double x = 1.25 * cbrt(0.75 / M_PI) * (cbrt(2494) + cbrt(589)) / SIDE;
    return 4 * M_PI / 3 * pow(x, 3) - 1.5 * M_PI * pow(x, 4) + 1.6 * pow(x, 5) - pow(x, 6) / 6;
}

/* Targets alive in the well mixed suspension: free killers bind at k = bind x touching for each
 * living target, the bound try with hazard a; a target that dies frees all who hold it, on
 * average bound / alive others. */
static double suspension(double killers, double bind, double a, double minutes)
{
    double alive = TARGETS, held = 0, h = 1e-3;
    for (double t = 0; t < minutes; t += h) {
        double on = bind * touching() * (killers - held) * alive, dead = a * held;
        alive -= h * dead;
        held += h * (on - dead - dead * held / alive);
    }
    return alive;
}

/* Effectors to targets 1:1, 5:1 and 10:1, once limited by meeting, once by killing. */
static void targets_die_as_the_rate_law_of_a_mixed_suspension_says(void **state)
{
    (void)state;
    static const double RATIO[] = {1, 5, 10}, ATTEMPTS[] = {50, 0.1};
    for (int k = 0; k < 6; k++) {
        world w;
        double ratio = RATIO[k / 2], a = ATTEMPTS[k % 2], killers = ratio * TARGETS;
        /* slow against the time of a meeting, 0.2 min: the suspension stays mixed */
        double bind = 0.06 / ratio, minutes = 40;
        describe(&w, (size_t)killers);
        w.type[0].killer.bind = bind;
        w.type[0].killer.attempts = a;
        begin(&w);
        run(&w, minutes);
        double seen = (double)pf_tissue_alive(w.t, 1),
               mean = suspension(killers, bind, a, minutes);
        double sd = sqrt(mean * (1 - mean / TARGETS));
        print_message("%g:1, attempts %g: %.0f of %d alive, expected %.0f (sd %.0f)\n", ratio,
            a, seen, TARGETS, mean, sd);
        assert_close(seen, mean, 0, 3 * sd + 0.02 * TARGETS);
        pf_tissue_free(w.t);
    }
}

/* Half of the targets have too few antigens: only the others die. */
static void only_targets_above_the_threshold_die(void **state)
{
    (void)state;
    world w;
    describe(&w, 1500);
    w.setup.n_placement = 3;
    w.type[0].killer.bind = w.type[0].killer.attempts = 10;
    w.type[0].killer.half[0][0] = 1e5;
    w.type[0].killer.threshold = 0.9;
    w.type[2].antigen[0] = 899;
    begin(&w);
    run(&w, 15);
    print_message(
        "alive: %zu above, %zu below\n", pf_tissue_alive(w.t, 1), pf_tissue_alive(w.t, 2));
    assert_int_equal(pf_tissue_alive(w.t, 2), TARGETS);
    assert_true(pf_tissue_alive(w.t, 1) < TARGETS / 10);
    pf_tissue_free(w.t);
}

/* Killers each in the midst of a crowd of targets of its own, all within touch. */
static void crowds(world *w)
{
    describe(w, 1);
    for (size_t i = 0; i < SPOTS; i++)
        for (int d = 0; d < 3; d++) {
            w->spot[i][d] = i >> d & 1 ? 80 : -80;
            for (size_t k = 0; k < CROWD; k++)
                w->crowd[i * CROWD + k][d] =
                    w->spot[i][d] + 9 * sin((double)(k * (size_t)(d + 2) + i));
        }
    w->placement[0] = (pf_placement){
        .kind = PF_PLACE_LIST, .n_point = SPOTS, .point = (const double(*)[3])w->spot};
    w->placement[1] = (pf_placement){.kind = PF_PLACE_LIST,
        .type = 1,
        .n_point = SPOTS * CROWD,
        .point = (const double(*)[3])w->crowd};
    w->type[0].speed = 0;
    w->type[0].killer.bind = w->type[0].killer.attempts = 1e3;
    w->type[0].killer.granules = 3.5;
    w->type[0].killer.cost = 1;
}

/* Without refill floor(granules / cost) kills each. With it: what is there at first, then one
 * kill each time that granules have come back from what is left, g, to the cost,
 *   minutes = log((G - g) / (G - cost)) / refill,
 * g = 0.5 once and 0 from then on, and two steps to bind and to kill. */
static void granules_limit_kills_and_refill_sets_their_pace(void **state)
{
    (void)state;
    world w;
    crowds(&w);
    begin(&w);
    run(&w, 60);
    assert_int_equal(w.t->kills, 3 * SPOTS);
    pf_tissue_free(w.t);
    double G = 3.5, refill = 0.05, each = log(G / (G - 1)) / refill + 0.1;
    w.type[0].killer.refill = refill;
    begin(&w);
    run(&w, 100);
    double expected = 3 + 1 + floor((100 - log((G - 0.5) / (G - 1)) / refill) / each);
    print_message("%.2f kills each, expected %.0f\n", (double)w.t->kills / SPOTS, expected);
    assert_close((double)w.t->kills / SPOTS, expected, 0, 1);
    pf_tissue_free(w.t);
}

static void nobody_dies_while_nobody_touches(void **state)
{
    (void)state;
    world w;
    crowds(&w);
    for (size_t i = 0; i < SPOTS; i++) w.spot[i][2] += 30; /* 9 + 21 um is out of touch */
    begin(&w);
    run(&w, 20);
    assert_int_equal(pf_tissue_alive(w.t, 1), SPOTS * CROWD);
    pf_tissue_free(w.t);
}

/* Who kills never, once or again: shares of a population, and what each has done. */
static void killers_are_of_their_class(void **state)
{
    (void)state;
    world w;
    describe(&w, 3000);
    w.type[0].killer.idle = 0.5;
    w.type[0].killer.single = 0.3;
    w.type[0].killer.bind = w.type[0].killer.attempts = 10;
    begin(&w);
    run(&w, 4);
    size_t n[3] = {0}, most[3] = {0};
    uint64_t kills = 0;
    for (size_t i = 0; i < w.t->cells.n; i++) {
        const pf_cell *c = &w.t->row[w.t->cells.slot[i]];
        if (w.t->cells.type[i]) continue;
        n[c->class]++;
        kills += c->kills;
        if (c->kills > most[c->class]) most[c->class] = c->kills;
    }
    print_message("serial %zu, single %zu, idle %zu of 3000; most kills %zu, %zu, %zu\n", n[0],
        n[1], n[2], most[0], most[1], most[2]);
    assert_true(kills == w.t->kills && kills > 200);
    assert_close((double)n[PF_KILLER_IDLE], 1500, 0, 4 * sqrt(3000 * 0.25));
    assert_close((double)n[PF_KILLER_SINGLE], 900, 0, 4 * sqrt(3000 * 0.21));
    assert_int_equal(most[PF_KILLER_IDLE], 0);
    assert_int_equal(most[PF_KILLER_SINGLE], 1);
    assert_true(most[PF_KILLER_SERIAL] > 1);
    pf_tissue_free(w.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_die_as_the_rate_law_of_a_mixed_suspension_says),
        cmocka_unit_test(only_targets_above_the_threshold_die),
        cmocka_unit_test(granules_limit_kills_and_refill_sets_their_pace),
        cmocka_unit_test(nobody_dies_while_nobody_touches),
        cmocka_unit_test(killers_are_of_their_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
