/* Cells that begin anywhere in their cycle: no divisions in step, growth as exp(rt) at once. */
#include "ct.h"
#include "tissue/tissue.h"

#include <string.h>

enum { FOUNDERS = 3000 };

typedef struct {
    pf_ctx ctx;
    pf_setup setup;
    pf_substance substance[1];
    pf_cell_type type[1];
    pf_placement placement[1];
    pf_tissue *t;
} world;

/* The published cycles, per minute. */
static const struct {
    const char *name;
    size_t n;
    pf_phase phase[3];
} CYCLE[] = {{"live", 1, {{.rate = 0.0432 / 60, .divides = 1}}},
    {"ki67", 2,
        {{.rate = 1 / (4.59 * 60)},
            {.rate = 1 / (15.5 * 60), .fixed = 1, .divides = 1, .doubles = 1}}},
    {"ki67-advanced", 3,
        {{.rate = 1 / (3.62 * 60)},
            {.rate = 1 / (13.0 * 60), .fixed = 1, .divides = 1, .doubles = 1},
            {.rate = 1 / (2.5 * 60), .fixed = 1}}},
    {"flow-cytometry", 3,
        {{.rate = 0.00324}, {.rate = 0.00208, .doubles = 1},
            {.rate = 0.00333, .divides = 1, .doubles = 1}}}};

static void describe(world *w, size_t cycle)
{
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    w->substance[0] = (pf_substance){.name = "oxygen", .initial = 38};
    w->type[0] = (pf_cell_type){.name = "tumour",
        .volume = 2494,
        .nucleus = 540,
        .fluid = 0.75,
        .fluid_rate = 0.05,
        .cytoplasm_rate = 0.0045,
        .nucleus_rate = 0.0055,
        .reach = 1,
        .n_phase = CYCLE[cycle].n};
    memcpy(w->type[0].phase, CYCLE[cycle].phase, sizeof CYCLE[cycle].phase);
    w->placement[0] = (pf_placement){.kind = PF_PLACE_BOX,
        .low = {-500, -500, -500},
        .high = {500, 500, 500},
        .count = FOUNDERS};
    w->setup = (pf_setup){.mesh = {{4, 4, 4}, 260, {-520, -520, -520}},
        .n_substance = 1,
        .substance = w->substance,
        .n_type = 1,
        .type = w->type,
        .n_placement = 1,
        .placement = w->placement,
        .field_step = 6,
        .mechanics_step = 6,
        .phenotype_step = 6,
        .seed = 13};
    assert_ok(&w->ctx, pf_tissue_new(&w->ctx, &w->setup, 1, &w->t));
}
static void run(world *w, double minutes)
{
    while (pf_tissue_minute(w->t) < minutes - 1e-9)
        assert_ok(&w->ctx, pf_tissue_step(&w->ctx, w->t));
}

/* Shares of phases, and the mean volume. */
static double census(const pf_tissue *t, double share[3])
{
    double volume = 0, n = (double)t->cells.n;
    share[0] = share[1] = share[2] = 0;
    for (size_t i = 0; i < t->cells.n; i++) {
        const pf_cell *row = &t->row[t->cells.slot[i]];
        share[row->phase] += 1 / n;
        volume += (row->fluid + row->nucleus + row->cytoplasm) / n;
    }
    return volume;
}

static void populations_grow_as_exp_rt_from_the_beginning(void **state)
{
    (void)state;
    for (size_t k = 0; k < PF_COUNT(CYCLE); k++) {
        world w;
        double before[3], after[3];
        describe(&w, k);
        double r = w.t->cycle[0].growth, x = 2;
        for (size_t i = 0; i < CYCLE[k].n; i++) {
            const pf_phase *p = &CYCLE[k].phase[i];
            x *= p->fixed ? exp(-r / p->rate) : p->rate / (p->rate + r);
        }
        assert_close(x, 1, 1e-12, 0);
        double volume = census(w.t, before), low = 1e9, high = 0;
        for (int hour = 2; hour <= 16; hour += 2) {
            double from = (double)w.t->cells.n;
            run(&w, hour * 60 + 6); /* divisions of the step that ends then */
            double now = (double)w.t->cells.n, mean = FOUNDERS * exp(r * hour * 60);
            /* A Yule process has the largest variance; phases end up to 6 min late. */
            assert_close(now, mean, 0, 4 * sqrt(mean * (mean / FOUNDERS - 1)) + 0.012 * mean);
            double born = (now - from) / from;
            low = fmin(low, born);
            high = fmax(high, born);
        }
        print_message(
            "%s: %.3f in 2 h, from %.3f to %.3f\n", CYCLE[k].name, exp(r * 120) - 1, low, high);
        assert_true(high < 1.35 * low); /* never in step */
        assert_close(census(w.t, after), volume, 0.02, 0);
        for (size_t i = 0; i < CYCLE[k].n; i++) {
            assert_close(before[i], w.t->cycle[0].share[i], 0, 4 * 0.5 / sqrt(FOUNDERS));
            assert_close(after[i], before[i], 0, 0.03);
        }
        pf_tissue_free(w.t);
    }
}

/* Steel's law of ages: in a phase of T minutes the density falls as exp(-rt). */
static void ages_fall_as_the_population_grows(void **state)
{
    (void)state;
    world w;
    describe(&w, 1);
    double r = w.t->cycle[0].growth, T = 15.5 * 60, early = 0, all = 0;
    for (size_t i = 0; i < w.t->cells.n; i++) {
        const pf_cell *row = &w.t->row[i];
        if (row->phase != 1) continue;
        assert_true(row->clock >= 0 && row->clock <= T);
        all++;
        early += row->clock < T / 2;
    }
    double share = (1 - exp(-r * T / 2)) / (1 - exp(-r * T));
    assert_close(early / all, share, 0, 4 * 0.5 / sqrt(all));
    pf_tissue_free(w.t);
}

/* What is said of one cell's volume holds at the end of the phase, too: a cell that is about
 * to divide is about twice as large as at rest, who has just divided about as large. */
static void volumes_belong_to_the_age(void **state)
{
    (void)state;
    world w;
    describe(&w, 2);
    for (size_t i = 0; i < w.t->cells.n; i++) {
        const pf_cell *row = &w.t->row[i];
        double v = (row->fluid + row->nucleus + row->cytoplasm) / 2494;
        assert_true(v > 0.9 && v < 2);
        if (row->phase == 1 && row->clock > 760) assert_close(v, 2, 0.06, 0);
        if (row->phase != 1) assert_close(v, 1, 0.06, 0);
        if (row->phase == 1 && row->clock < 10) assert_close(v, 1, 0.05, 0);
    }
    pf_tissue_free(w.t);
    describe(&w, 0); /* half at birth, then back */
    double least = 1;
    for (size_t i = 0; i < w.t->cells.n; i++) {
        const pf_cell *row = &w.t->row[i];
        double v = (row->fluid + row->nucleus + row->cytoplasm) / 2494;
        least = fmin(least, v);
        assert_true(v < 1 + 1e-9);
        if (row->clock > 40 * 60) assert_close(v, 1, 0.01, 0);
    }
    assert_true(least < 0.55);
    pf_tissue_free(w.t);
}

/* Exactly the equations that cells live by, in small steps. */
static void volumes_are_those_of_life(void **state)
{
    (void)state;
    pf_cell_type type = {.volume = 2494,
        .nucleus = 540,
        .fluid = 0.75,
        .fluid_rate = 0.05,
        .cytoplasm_rate = 0.0045,
        .nucleus_rate = 0.0055,
        .n_phase = 1,
        .phase = {{.rate = 1.0 / 600, .fixed = 1, .divides = 1, .doubles = 1}}};
    const pf_life_rates none = {0};
    const double never[3] = {1, 1, 1};
    pf_cycle_law law;
    pf_cell settled, lived, daughter;
    pf_cycle_law_of(&type, &law);
    assert_close(law.growth, log(2) / 600, 1e-12, 0);
    for (uint64_t id = 1; id < 6; id++) {
        pf_cell_born(&settled, &type, 3, id);
        lived = settled;
        pf_cell_settle(&settled, &type, &law, 3, id);
        for (int i = 0; i < 60000; i++) {
            pf_cell_live(&lived, &type, &none, 0.02, never);
            if (i % 30000 == 29999) pf_cell_divide(&lived, &daughter, id);
        }
        for (int i = 0; i < 5000; i++)
            pf_cell_live(&lived, &type, &none, (double)settled.clock / 5000, never);
        assert_close(settled.fluid, lived.fluid, 5e-4, 0);
        assert_close(settled.nucleus, lived.nucleus, 5e-4, 0);
        assert_close(settled.cytoplasm, lived.cytoplasm, 5e-4, 0);
    }
}

static void who_is_told_to_begin_together_does(void **state)
{
    (void)state;
    pf_cell_type type = {.volume = 2494, .nucleus = 540, .fluid = 0.75, .starts_first = 1};
    pf_cycle_law law;
    pf_cell cell, born;
    for (int k = 0; k < 4; k++) {
        type.n_phase = CYCLE[2].n;
        memcpy(type.phase, CYCLE[2].phase, sizeof CYCLE[2].phase);
        type.starts_first = !k;
        if (k == 1) type.phase[2].rate = 0;    /* never leaves */
        if (k == 2) type.phase[1].divides = 0; /* never divides */
        if (k == 3) type.phase[0].divides = 1; /* no simple ring */
        pf_cycle_law_of(&type, &law);
        pf_cell_born(&cell, &type, 3, 9);
        born = cell;
        pf_cell_settle(&cell, &type, &law, 3, 9);
        assert_memory_equal(&cell, &born, sizeof cell);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(populations_grow_as_exp_rt_from_the_beginning),
        cmocka_unit_test(ages_fall_as_the_population_grows),
        cmocka_unit_test(volumes_belong_to_the_age),
        cmocka_unit_test(volumes_are_those_of_life),
        cmocka_unit_test(who_is_told_to_begin_together_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
