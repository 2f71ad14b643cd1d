/* What wears killers out and what holds them back, and how many of them kill at all. */
#include "tissue/rules.h"
#include "tissue_pairs.h"

enum { KILLERS = 27, AROUND = 12 };

/* Killers far from each other, each among twelve targets that it touches. */
static void clusters(world *w)
{
    describe(w);
    w->setup.field_step = w->setup.mechanics_step = 0.04;
    w->type[0].killer.bind = 1e7;
    w->type[0].killer.half[0][0] = 1e-9;
    for (size_t i = 0; i < KILLERS; i++) {
        double at[3] = {(double)(i % 3) * 120 - 120, (double)(i / 3 % 3) * 120 - 120,
            (double)(i / 9) * 120 - 120};
        memcpy(w->at[0][i], at, sizeof at);
        for (size_t k = 0; k < AROUND; k++) {
            double *to = w->at[1][AROUND * i + k], turn = 2 * M_PI * (double)k / AROUND;
            to[0] = at[0] + 12 * cos(turn);
            to[1] = at[1] + 12 * sin(turn);
            to[2] = at[2] + (k % 2 ? 3 : -3);
        }
    }
    w->placement[0].n_point = KILLERS;
    w->placement[1].n_point = (size_t)KILLERS * AROUND;
}

/* Kills follow each other with rates a / (1 + e n): the mean and variance of n by the chances
 * of each number, in small steps. */
static void expect_kills(world *w, double a, double e, double minutes)
{
    double p[AROUND + 1] = {1}, mean = 0, square = 0, h = 1e-3;
    for (int i = 0; i < (int)(minutes / h); i++)
        for (int n = AROUND; n >= 0; n--) {
            double in = n ? p[n - 1] * a / (1 + e * (n - 1)) : 0,
                   out = n < AROUND ? p[n] * a / (1 + e * n) : 0;
            p[n] += h * (in - out);
        }
    for (int n = 0; n <= AROUND; n++) {
        mean += n * p[n];
        square += n * n * p[n];
    }
    double deviation = sqrt((square - mean * mean) / KILLERS);
    begin(w, 1);
    run(w, minutes);
    print_message("%.2f kills, expected %.2f\n", (double)w->t->kills / KILLERS, mean);
    assert_close((double)w->t->kills / KILLERS, mean, 0.02, 4 * deviation);
    pf_tissue_free(w->t);
}

static void kills_exhaust_and_slow_the_next_ones(void **state)
{
    (void)state;
    world w;
    clusters(&w);
    w.type[0].killer.attempts = 0.4;
    expect_kills(&w, 0.4, 0, 14);
    w.type[0].killer.exhaustion = 1;
    expect_kills(&w, 0.4, 1, 14);
}

static void who_rests_recovers(void **state)
{
    (void)state;
    world w;
    describe(&w);
    w.type[0].killer.bind = 1e-9;
    w.type[0].killer.recovery = 0.1;
    w.type[0].killer.granules = 8;
    w.type[0].killer.refill = 0.05;
    begin(&w, 1);
    w.t->row[0].exhaustion = 2;
    w.t->row[0].granules = 3;
    run(&w, 10);
    assert_close((double)w.t->row[0].exhaustion, 2 * exp(-1), 0.006, 0);
    assert_close((double)w.t->row[0].granules, 8 - 5 * exp(-0.5), 0.002, 0);
    pf_tissue_free(w.t);
}

/* A suppressor that lowers attempts to a third where it is twice its half-max. */
static void a_suppressing_substance_slows_attempts(void **state)
{
    (void)state;
    static const char TEXT[] =
        "cell type,signal,direction,behaviour,saturation value,half-max,Hill power,applies to "
        "dead\nkiller,TGFb,decreases,attempts,0,3,1,no\n";
    static const char *unit[] = {"ng/mL"};
    world w;
    pf_diag diag;
    pf_units *units;
    describe(&w);
    w.setup.field_step = w.setup.mechanics_step = 0.25;
    w.type[0].name = "killer";
    w.type[1].name = "target";
    w.substance[0] = (pf_substance){.name = "TGFb", .initial = 6};
    w.setup.substance_unit = unit;
    w.type[0].killer.bind = 1e7;
    pf_diag_init(&diag, &w.ctx);
    assert_ok(&w.ctx, pf_units_new(&w.ctx, &units));
    assert_ok(
        &w.ctx, pf_rules_parse(&w.ctx, &diag, units, &w.setup,
                    &(pf_rules_text){"rules.csv", TEXT, sizeof TEXT - 1}, &w.setup.rules));
    begin(&w, 1);
    run(&w, 24);
    expect_alive(&w, exp(-0.05 / 3 * 24));
    pf_tissue_free(w.t);
    pf_rules_free(w.setup.rules);
    pf_units_free(units);
    pf_diag_clear(&diag);
}

static void classes_have_their_shares(void **state)
{
    (void)state;
    world w;
    size_t n[3] = {0}, kills[3] = {0};
    clusters(&w);
    w.type[0].killer.idle = 0.3;
    w.type[0].killer.single = 0.25;
    w.type[0].killer.attempts = 2;
    begin(&w, 1);
    run(&w, 12);
    for (size_t i = 0; i < w.t->cells.n; i++) {
        const pf_cell *row = &w.t->row[w.t->cells.slot[i]];
        if (w.t->cells.type[i]) continue;
        n[row->class]++;
        kills[row->class] += row->kills;
    }
    assert_int_equal(kills[PF_KILLER_IDLE], 0);
    assert_int_equal(kills[PF_KILLER_SINGLE], n[PF_KILLER_SINGLE]);
    assert_true(kills[PF_KILLER_SERIAL] > 10 * n[PF_KILLER_SERIAL]);
    pf_tissue_free(w.t);
    /* of many */
    pf_cell cell;
    memset(n, 0, sizeof n);
    for (uint64_t id = 1; id <= 4000; id++) {
        pf_cell_born(&cell, &w.type[0], 5, id);
        n[cell.class]++;
    }
    assert_close((double)n[PF_KILLER_IDLE], 1200, 0, 4 * sqrt(4000 * 0.3 * 0.7));
    assert_close((double)n[PF_KILLER_SINGLE], 1000, 0, 4 * sqrt(4000 * 0.25 * 0.75));
}

/* Along a gradient that borders hold, with all of the direction from it. */
static void crawlers_climb_a_gradient(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2) {
        world w;
        describe(&w);
        w.substance[0] =
            (pf_substance){.name = "lure", .diffusion = 1e5, .held = {1, 1}, .at = {0, 30}};
        w.setup.n_placement = 1;
        w.type[0].killer.bind = 0;
        w.type[0].speed = 2;
        w.type[0].persistence = 1;
        w.type[0].bias = w.type[0].motile = 1;
        w.type[0].taxis[0] = sign;
        begin(&w, 1);
        double *x = pf_field_values(w.t->field, 0), before = 0, after = 0;
        for (size_t i = 0; i < 16; i++) /* as it will stand */
            for (size_t k = 0; k < 4; k++)
                x[i * pf_field_stride(w.t->field) + k] = 10.0 * (double)k;
        for (size_t i = 0; i < w.t->cells.n; i++) before += w.t->cells.at[0][i];
        run(&w, 10);
        for (size_t i = 0; i < w.t->cells.n; i++) after += w.t->cells.at[0][i];
        /* the walls stop none of them within 20 um; the new velocity counts half in the first
         * step */
        assert_close((after - before) / (double)w.t->cells.n, sign * 20, 0.01, 0);
        pf_tissue_free(w.t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kills_exhaust_and_slow_the_next_ones),
        cmocka_unit_test(who_rests_recovers),
        cmocka_unit_test(a_suppressing_substance_slows_attempts),
        cmocka_unit_test(classes_have_their_shares),
        cmocka_unit_test(crawlers_climb_a_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
