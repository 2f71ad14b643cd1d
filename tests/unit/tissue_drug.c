/* Drugs in pairs of receptors and antigens: opsonins, blockers, engagers. */
#include "tissue/contact.h"
#include "tissue_pairs.h"

/* What is bound to both, for targets and receptors far fewer than drug, by mass action in small
 * steps: T + D <-> TD, E + D <-> ED, TD + E <-> TDE <-> ED + T. */
static double ternary(double c, double kd, double kr)
{
    double T = 1, E = 1, TD = 0, ED = 0, TDE = 0, h = 1.0 / (4 * c + 80), few = 1e-5;
    for (int i = 0; i < 40000; i++) {
        double a = T * c - kd * TD, b = E * c - kr * ED, on_t = few * TD * E - kr * TDE,
               on_e = few * ED * T - kd * TDE;
        T += h * (-a - on_e);
        E += h * (-b - on_t);
        TD += h * (a - on_t);
        ED += h * (b - on_e);
        TDE += h * (on_t + on_e);
    }
    return TDE;
}

static void an_engager_works_as_the_ternary_complex_does(void **state)
{
    (void)state;
    const pf_drug_pair p = {.half = 1, .kd = 2, .kd_receptor = 30, .effect = PF_DRUG_BRIDGES};
    double best = sqrt(60), most = ternary(best, 2, 30);
    static const double C[] = {0.1, 1, 20, 400};
    assert_close(pf_drug_factor(&p, best), 1, 1e-12, 0);
    assert_close(pf_drug_factor(&p, 0), 0, 0, 0);
    for (size_t i = 0; i < PF_COUNT(C); i++) {
        double c = C[i];
        assert_close(pf_drug_factor(&p, c), ternary(c, 2, 30) / most, 1e-3, 0);
        assert_close(pf_drug_factor(&p, c), pf_drug_factor(&p, 60 / c), 1e-12, 0);
        assert_true(pf_drug_factor(&p, c) < 1);
    }
}

static void opsonins_and_blockers_share_the_antigens(void **state)
{
    (void)state;
    pf_drug_pair p = {.half = 1, .kd = 4, .effect = PF_DRUG_OPSONIN}, q = p;
    q.effect = PF_DRUG_BLOCKS;
    assert_close(pf_drug_factor(&p, 4), 0.5, 0, 0);
    assert_close(pf_drug_factor(&p, 12), 0.75, 1e-15, 0);
    for (double c = 0; c < 100; c += 7)
        assert_close(pf_drug_factor(&p, c) + pf_drug_factor(&q, c), 1, 1e-15, 0);
}

/* Killers that bind at once: targets live on by exp(-a t) of their recognition. */
static void alone(world *w, double drug)
{
    describe(w);
    w->setup.field_step = w->setup.mechanics_step = 0.25;
    w->substance[0].initial = drug;
    w->type[0].killer.bind = 1e6;
    w->type[0].killer.half[0][0] = 0;
}
static void expect(world *w, double rate)
{
    begin(w, 1);
    run(w, 20);
    expect_alive(w, exp(-rate * 20));
    pf_tissue_free(w->t);
}

static void an_antibody_makes_killers_see(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        world w;
        alone(&w, 5 * k); /* kd 5: occupancy 0, 1/2, 2/3 */
        w.type[0].killer.drug[0] = (pf_drug_pair){.half = 1e5, .kd = 5};
        double x = 100 * 1000 / 1e5 * k / (k + 1.0);
        expect(&w, 0.05 * x / (1 + x));
    }
}

static void what_holds_back_is_blocked(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        world w;
        alone(&w, 5 * k);
        w.type[0].killer.half[0][0] = 1e-3;
        w.type[0].killer.drug[0] = (pf_drug_pair){.half = 50.0 * 50000 / 8,
            .kd = 5,
            .pairs = PF_PAIRS_INHIBITION,
            .effect = PF_DRUG_BLOCKS,
            .receptor = 1,
            .antigen = 1};
        double stop = 8 / (k + 1.0);
        expect(&w, 0.05 / (1 + stop));
    }
}

/* The sum of a pair without drug, and of two drugs on other pairs. */
static void pairs_with_and_without_drug_add_up(void **state)
{
    (void)state;
    pf_killer k = {.power = 1, .half = {{1e4}}};
    pf_cell killer = {.receptor = {100, 50}}, target = {.antigen = {200, 50000}};
    const double level[] = {3, 10};
    k.drug[0] = (pf_drug_pair){.half = 1e6, .kd = 3, .receptor = 1, .antigen = 1};
    k.drug[1] = (pf_drug_pair){.half = 1e3, .kd = 30, .substance = 1, .effect = PF_DRUG_BLOCKS};
    const pf_meeting m = {&k, &killer, &target, level};
    double x = 2 + 2.5 * 0.5 + 20 * 0.75;
    assert_close(pf_recognition(&m), x / (1 + x), 1e-14, 0);
    assert_close(pf_slow_share(&m), x / (1 + x), 1e-14, 0);
    k.threshold = 18.3;
    assert_true(pf_recognition(&m) == 0);
}

static void death_ligands_work_by_pairs_of_their_own(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        world w;
        alone(&w, 0);
        w.type[0].killer.half[0][0] = 1e-3;
        w.type[0].killer.granules = 0;
        w.type[0].killer.cost = 1;
        w.type[0].killer.slow = 0.06;
        w.type[0].killer.slow_half[1][1] = 50.0 * 50000 / 2; /* a share of 2/3 */
        w.type[0].killer.stop[1][1] = 50.0 * 50000 / 9;      /* recognition 1/10 */
        w.type[0].killer.bind = 1e7;
        if (k) w.type[1].antigen[1] = 0; /* no Fas */
        expect(&w, k ? 0 : 0.06 * 2 / 3);
    }
}

static void the_bits_do_not_depend_on_threads_while_a_drug_spreads(void **state)
{
    (void)state;
    world w[3];
    for (int k = 0; k < 3; k++) {
        describe(&w[k]);
        w[k].substance[0] =
            (pf_substance){.name = "drug", .diffusion = 1e3, .held = {1}, .at = {50}};
        w[k].type[0].killer.half[0][0] = 0;
        w[k].type[0].killer.attempts = 1;
        w[k].type[0].killer.drug[0] = (pf_drug_pair){.half = 1e4, .kd = 5};
        begin(&w[k], k + 1);
        run(&w[k], 30);
        const pf_tissue *a = w[0].t, *b = w[k].t;
        assert_true(a->kills > 20 && a->kills < PAIRS && a->n_event == b->n_event);
        assert_memory_equal(a->event, b->event, a->n_event * sizeof *a->event);
    }
    for (int k = 0; k < 3; k++) pf_tissue_free(w[k].t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_engager_works_as_the_ternary_complex_does),
        cmocka_unit_test(opsonins_and_blockers_share_the_antigens),
        cmocka_unit_test(an_antibody_makes_killers_see),
        cmocka_unit_test(what_holds_back_is_blocked),
        cmocka_unit_test(pairs_with_and_without_drug_add_up),
        cmocka_unit_test(death_ligands_work_by_pairs_of_their_own),
        cmocka_unit_test(the_bits_do_not_depend_on_threads_while_a_drug_spreads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
