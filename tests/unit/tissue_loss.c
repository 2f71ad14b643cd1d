/* Molecules that cells lose for good: escape from killers, missing self. */
#include "ct.h"
#include "tissue/ruled.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    pf_ctx ctx;
    pf_setup setup;
    pf_substance substance[1];
    pf_cell_type type[2];
    pf_placement placement[2];
    pf_tissue *t;
} world;

/* Targets anywhere in a box, killers among them; nobody moves. */
static void describe(world *w, size_t targets, size_t killers)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->substance[0] = (pf_substance){.name = "oxygen", .initial = 38};
    for (size_t k = 0; k < 2; k++) {
        w->type[k] = (pf_cell_type){.name = k ? "killer" : "tumour",
            .volume = 2494,
            .nucleus = 540,
            .fluid = 0.75,
            .reach = 1.25,
            .apoptosis_lasts = 1e9,
            .antigen = {1000, 500},
            .receptor = {100, 100}};
        w->placement[k] = (pf_placement){.kind = PF_PLACE_BOX,
            .type = k,
            .low = {-240, -240, -240},
            .high = {240, 240, 240},
            .count = k ? killers : targets};
    }
    w->setup = (pf_setup){.mesh = {{5, 5, 5}, 100, {-250, -250, -250}},
        .n_substance = 1,
        .substance = w->substance,
        .n_type = 2,
        .type = w->type,
        .n_placement = killers ? 2 : 1,
        .placement = w->placement,
        .field_step = 6,
        .mechanics_step = 6,
        .phenotype_step = 6,
        .seed = 21};
    w->setup.n_antigen = w->setup.n_receptor = 2;
}
static void run(world *w, double minutes)
{
    assert_ok(&w->ctx, pf_tissue_new(&w->ctx, &w->setup, 1, &w->t));
    while (pf_tissue_minute(w->t) < minutes - 1e-9)
        assert_ok(&w->ctx, pf_tissue_step(&w->ctx, w->t));
}

/* Living tumour cells without antigen 0. */
static size_t without(const pf_tissue *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->cells.n; i++) {
        const pf_cell *row = &t->row[t->cells.slot[i]];
        if (t->cells.type[i] || row->state != PF_CELL_ALIVE) continue;
        assert_true((row->lost & 1) == (row->antigen[0] == 0));
        assert_true(row->antigen[1] > 0);
        n += row->lost & 1;
    }
    return n;
}

static void a_share_of_the_first_cells_lacks_it(void **state)
{
    (void)state;
    world w;
    describe(&w, 2000, 0);
    w.type[0].antigen_loss[0].first = 0.3;
    w.type[0].receptor_loss[1].first = 1;
    run(&w, 0);
    assert_close((double)without(w.t), 600, 0, 4 * sqrt(2000 * 0.3 * 0.7));
    for (size_t i = 0; i < w.t->cells.n; i++)
        assert_true(w.t->row[i].receptor[0] > 0 && w.t->row[i].receptor[1] == 0);
    pf_tissue_free(w.t);
}

static void with_time_it_is_lost_by_an_exponential_law(void **state)
{
    (void)state;
    world w;
    describe(&w, 2000, 0);
    w.type[0].antigen_loss[0].rate = 0.005;
    run(&w, 156); /* 25 phenotype steps were done */
    double share = 1 - exp(-0.005 * 150);
    assert_close((double)without(w.t), 2000 * share, 0, 4 * sqrt(2000 * share * (1 - share)));
    pf_tissue_free(w.t);
}

/* Of all births a share m has lost it, mothers keep it: the share without it is
 * 1 - exp(-m r t), Lea and Coulson's mean (J Genetics 49:264, 1949). */
static void divisions_lose_it_as_a_mutation_of_daughters(void **state)
{
    (void)state;
    world w;
    describe(&w, 2000, 0);
    w.type[0].n_phase = 1;
    w.type[0].phase[0] = (pf_phase){.rate = 1.0 / 600, .divides = 1};
    w.type[0].antigen_loss[0].division = 0.1;
    run(&w, 606);
    double all = (double)w.t->cells.n, f = exp(1);
    assert_close(all, 2000 * f, 0, 4 * sqrt(2000 * f * (f - 1)) + 0.01 * all);
    /* variance of the sum of clones: m n (2 e^2 (1 - 1/e) - e) */
    double deviation = sqrt(0.1 * 2000 * (2 * f * f * (1 - 1 / f) - f));
    assert_close((double)without(w.t), all * (1 - exp(-0.1)), 0, 4 * deviation);
    pf_tissue_free(w.t);
}

typedef struct {
    uint64_t id;
    int lost;
} known;

static int by_id(const void *a, const void *b)
{
    const known *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static void daughters_of_who_has_lost_it_lack_it(void **state)
{
    (void)state;
    world w;
    describe(&w, 300, 0);
    w.type[0].n_phase = 1;
    w.type[0].phase[0] = (pf_phase){.rate = 0.005, .divides = 1};
    w.type[0].antigen_loss[0].first = 0.5;
    run(&w, 300);
    const pf_cells *c = &w.t->cells;
    known *all = pf_calloc(&w.ctx, c->n, sizeof *all);
    size_t daughters = 0;
    for (size_t i = 0; i < c->n; i++) all[i] = (known){c->id[i], w.t->row[c->slot[i]].lost};
    qsort(all, c->n, sizeof *all, by_id);
    for (size_t i = 0; i < c->n; i++) {
        const pf_cell *row = &w.t->row[c->slot[i]];
        if (!row->mother) continue;
        const known *mother = bsearch(&(known){row->mother, 0}, all, c->n, sizeof *all, by_id);
        assert_non_null(mother);
        assert_int_equal(row->lost, mother->lost);
        daughters++;
    }
    assert_true(daughters > 300);
    assert_close((double)without(w.t), (double)c->n / 2, 0.15, 0);
    pf_free(all);
    pf_tissue_free(w.t);
}

static const pf_killer KILLER = {.bind = 100,
    .hold = 1,
    .attempts = 100,
    .granules = 1e6,
    .attacks = {1},
    .power = 1,
    .half = {{1}}};

/* Each killer reaches everybody. */
static void among_all(world *w, size_t targets)
{
    describe(w, targets, 3);
    w->setup.mesh.h = 600;
    w->type[1].reach = 3;
    w->type[1].volume = 1e7;
    for (int d = 0; d < 3; d++) {
        w->placement[0].low[d] = -60, w->placement[0].high[d] = 60;
        w->placement[1].low[d] = -5, w->placement[1].high[d] = 5;
        w->setup.mesh.origin[d] = -1500;
    }
    w->type[1].killer = KILLER;
}

static void a_clone_without_the_antigen_survives_killers(void **state)
{
    (void)state;
    world w;
    among_all(&w, 200);
    w.type[0].antigen_loss[0].first = 0.2;
    run(&w, 6 * 400);
    size_t n = without(w.t);
    assert_true(n > 20 && n < 60);
    assert_int_equal(pf_tissue_alive(w.t, 0), n);
    pf_tissue_free(w.t);
}

/* The others hold the killer back by 10^5 to 1. */
static void missing_self_who_lost_what_inhibits_dies(void **state)
{
    (void)state;
    world w;
    among_all(&w, 200);
    w.type[1].killer.half[0][0] = 0;
    w.type[1].killer.half[0][1] = 1; /* recognised by antigen 1 */
    w.type[1].killer.bind = w.type[1].killer.attempts = 1;
    w.type[1].killer.stop[1][0] = 1e-6; /* 0 inhibits */
    w.type[0].antigen_loss[0].first = 0.2;
    run(&w, 0);
    size_t n = without(w.t);
    pf_tissue_free(w.t);
    run(&w, 6 * 200);
    assert_int_equal(without(w.t), 0);
    assert_int_equal(w.t->kills, n);
    pf_tissue_free(w.t);
}

static void a_rule_does_not_bring_it_back(void **state)
{
    (void)state;
    static const char HEAD[] =
        "cell type,signal,direction,behaviour,saturation value,half-max,Hill power,applies to "
        "dead\ntumour,oxygen,increases,antigen A,5000,1,1,no\n";
    world w;
    pf_diag diag;
    pf_units *units;
    describe(&w, 200, 0);
    w.setup.antigen[0] = "A";
    w.setup.antigen[1] = "B";
    w.setup.receptor[0] = "R";
    w.setup.receptor[1] = "S";
    w.type[0].antigen_loss[0].first = 0.3;
    w.type[0].antigen_loss[0].rate = 0.01;
    pf_diag_init(&diag, &w.ctx);
    assert_ok(&w.ctx, pf_units_new(&w.ctx, &units));
    assert_ok(
        &w.ctx, pf_rules_parse(&w.ctx, &diag, units, &w.setup,
                    &(pf_rules_text){"rules.csv", HEAD, sizeof HEAD - 1}, &w.setup.rules));
    run(&w, 36);
    size_t lost = 0;
    for (size_t i = 0; i < w.t->cells.n; i++) {
        uint32_t slot = w.t->cells.slot[i];
        double now = pf_ruled(w.t, 0, PF_DO_ANTIGEN, slot, -1);
        assert_true((now == 0) == (w.t->row[slot].lost & 1));
        if (now > 0) assert_true(now > 4000);
        lost += w.t->row[slot].lost & 1;
    }
    assert_true(lost > 60 && lost < 140);
    pf_tissue_free(w.t);
    pf_rules_free(w.setup.rules);
    pf_units_free(units);
    pf_diag_clear(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_of_the_first_cells_lacks_it),
        cmocka_unit_test(with_time_it_is_lost_by_an_exponential_law),
        cmocka_unit_test(divisions_lose_it_as_a_mutation_of_daughters),
        cmocka_unit_test(daughters_of_who_has_lost_it_lack_it),
        cmocka_unit_test(a_clone_without_the_antigen_survives_killers),
        cmocka_unit_test(missing_self_who_lost_what_inhibits_dies),
        cmocka_unit_test(a_rule_does_not_bring_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
