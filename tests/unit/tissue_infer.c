/* Rates of killing and entry are found again in histories that were drawn from known ones, and
 * in lesions whose rates follow from their file. */
#include "base/random.h"
#include "ct.h"
#include "tissue/infer.h"
#include "tissue_scene.h"

#include <string.h>

static int within(const pf_estimate *e, double x)
{
    return e->low <= x && x <= e->high;
}

static void a_rate_is_kills_over_killer_days_of_holding(void **state)
{
    (void)state;
    /* closed forms: 30 kills in 10 held days; held 30 of 100 days among 900 targets in 1e-3 mL
     * with 50 killers, so that 900 * 70 / 30 = h V + 50 */
    pf_span s[2];
    pf_stay stay[2] = {{0, 50, 15}, {1, 50, 15}};
    pf_killing k;
    for (int i = 0; i < 2; i++)
        s[i] = (pf_span){.run = (size_t)i,
            .days = 1,
            .volume = 1e-3,
            .targets = 900,
            .present = 50,
            .held = 15,
            .able = {5, 2},
            .kills = {15, 4}};
    pf_infer_killing(s, 2, stay, 2, 2, &k);
    assert_close(k.rate[0].value, 3, 1e-12, 0);
    assert_close(k.rate[0].se, sqrt(1.0 / 30), 1e-12, 0);
    assert_close(k.rate[1].value, 2, 1e-12, 0);
    assert_close(k.contact, 0.3, 1e-12, 0);
    assert_close(k.density.value, (900 * 0.7 / 0.3 - 50) / 1e-3, 1e-9, 0);
    /* runs that differ by more than chance widen it: 5 and 25 kills, chi-square 200/15, 1 df */
    s[0].kills[0] = 5;
    s[1].kills[0] = 25;
    pf_infer_killing(s, 2, stay, 2, 2, &k);
    assert_close(k.dispersion, 200.0 / 15, 1e-12, 0);
    assert_close(k.rate[0].se, sqrt(200.0 / 15 / 30), 1e-12, 0);
    /* no kill: the rate at which that has a chance of 5 % */
    s[0].kills[0] = s[1].kills[0] = 0;
    pf_infer_killing(s, 2, stay, 2, 2, &k);
    assert_close(k.rate[0].high, 2.995732273553991 / 10, 1e-12, 0);
    /* held all the time: there is no search to speak of */
    stay[0].held = stay[1].held = 50;
    pf_infer_killing(s, 2, stay, 2, 2, &k);
    assert_true(isnan(k.density.value));
}

/* A run of `killers` that look, find, hold and kill by the law, for a day. */
static void draw_run(pf_span *s, pf_stay *stay, size_t run, double targets, size_t killers,
    const double law[2], uint64_t nth)
{
    pf_random r;
    *s = (pf_span){.run = run, .days = 1, .volume = 1e-3, .targets = targets};
    pf_random_init(&r, 5, PF_DRAW_TEST, 0, nth, (uint32_t)run);
    double handling = 1 / law[0];
    double search = handling * (law[1] * s->volume + (double)killers) / targets;
    for (size_t k = 0; k < killers; k++) {
        double t = 0;
        int holds = pf_random_uniform(&r) < 0.5;
        pf_stay *x = &stay[k];
        *x = (pf_stay){.run = run, .days = 1};
        while (t < 1) {
            double d = pf_random_exponential(&r) * (holds ? handling : search);
            double part = fmin(d, 1 - t);
            if (holds) x->held += part;
            if (holds && t + d < 1) s->kills[0]++;
            t += d;
            holds = !holds;
        }
        s->present += 1;
        s->held += x->held;
        s->able[0] += x->held;
    }
}

static void rate_and_search_density_lie_in_their_intervals(void **state)
{
    (void)state;
    enum { RUNS = 3, TIMES = 200, KILLERS = 40 };
    const double law[2] = {30, 2e6}, targets[RUNS] = {1000, 3000, 10000};
    int rate = 0, density = 0;
    for (uint64_t k = 0; k < TIMES; k++) {
        pf_span s[RUNS];
        pf_stay stay[RUNS * KILLERS];
        pf_killing found;
        for (size_t i = 0; i < RUNS; i++)
            draw_run(&s[i], stay + i * KILLERS, i, targets[i], KILLERS, law, k);
        pf_infer_killing(s, RUNS, stay, (size_t)RUNS * KILLERS, RUNS, &found);
        rate += within(&found.rate[0], law[0]);
        density += within(&found.density, law[1]);
    }
    /* 95 %: less than 181 of 200 has a chance below 1 % */
    assert_true(rate >= 181);
    assert_true(density >= 181);
}

static void share_and_rate_of_entry_lie_in_their_intervals(void **state)
{
    (void)state;
    enum { N = 300, TIMES = 100 };
    const double share = 0.6, rate = 6, days = 1;
    int right[2] = {0};
    for (uint64_t k = 0; k < TIMES; k++) {
        pf_arrival a[N];
        pf_entry e;
        pf_random r;
        pf_random_init(&r, 7, PF_DRAW_TEST, 0, k, 0);
        for (size_t i = 0; i < N; i++) {
            int can = pf_random_uniform(&r) < share;
            double t = can ? pf_random_exponential(&r) / rate : INFINITY;
            a[i] = (pf_arrival){.run = i % 3, .days = fmin(t, days), .entered = t < days};
        }
        pf_infer_entry(a, N, 3, &e);
        assert_int_equal(e.told, 1);
        right[0] += e.low <= share && share <= e.high;
        right[1] += within(&e.rate, rate);
    }
    assert_true(right[0] >= 88 && right[1] >= 88); /* 95 % of 100: fewer has 0.3 % */
}

static void short_runs_tell_no_share(void **state)
{
    (void)state;
    pf_arrival a[100];
    pf_entry e;
    for (size_t i = 0; i < 100; i++)
        a[i] = (pf_arrival){.days = i < 10 ? 0.005 * (double)i : 0.05, .entered = i < 10};
    pf_infer_entry(a, 100, 1, &e);
    assert_int_equal(e.told, 0);
    for (size_t i = 0; i < 100; i++) a[i] = (pf_arrival){.days = 0.5};
    pf_infer_entry(a, 100, 1, &e);
    assert_close(e.rate.high, 2.995732273553991 / 50, 1e-12, 0);
    assert_true(isnan(e.share));
}

static void the_plateau_inverts_the_law_of_granules(void **state)
{
    (void)state;
    const double fresh = 20, plateau = 5, slow = 0.1;
    double loaded = 1 / (1 + fresh * 0.5 / plateau);
    pf_killing k = {.contact = 0.5,
        .rate = {pf_estimate_of(fresh, 0.05),
            pf_estimate_of(fresh * (loaded + (1 - loaded) * slow), 0.1)}};
    pf_estimate e = pf_infer_plateau(&k, slow);
    assert_close(e.value, plateau, 1e-9, 0);
    assert_true(e.se > 0.1 && e.se < 0.3);
    k.rate[1] = pf_estimate_of(fresh, 0.1); /* granules do not limit */
    assert_true(isnan(pf_infer_plateau(&k, slow).value));
}

/* ---- a lesion ---- */

static pf_err tell(pf_past *p, pf_tissue *t, double minute)
{
    for (size_t i = 0; i < t->n_event; i++) PF_TRY(pf_past_contact(p, &t->event[i]));
    t->n_event = 0;
    return pf_past_count(p, minute, (double)pf_tissue_alive(t, 0));
}

/* Killers that crawl among targets which fill their surroundings, bind at once and kill at
 * `attempts`: one kill takes 1 / attempts, and the little until the next target is bound. */
static void killers_among_targets_kill_at_the_rate_of_their_file(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene w;
    pf_tissue *t;
    pf_past p;
    pf_killing k;
    const double attempts = 0.1;
    pf_ctx_init(&ctx);
    pf_scene_init(&w, 70, 25);
    w.setup.n_placement = 2;
    w.placement[1] = (pf_placement){.kind = PF_PLACE_BALL, .type = 1, .outer = 45, .count = 25};
    for (int i = 0; i < 2; i++) {
        w.type[i].apoptosis = w.type[i].necrosis = 0;
        w.type[i].n_phase = 0;
        memset(w.type[i].antigen_loss, 0, sizeof w.type[i].antigen_loss);
    }
    w.type[1].killer = (pf_killer){.bind = 5,
        .hold = 1e9,
        .attempts = attempts,
        .granules = 6,
        .cost = 1,
        .attacks = {1},
        .power = 1,
        .half = {{1e-9}}};
    assert_ok(&ctx, pf_tissue_new(&ctx, &w.setup, 1, &t));
    pf_past_init(&p, &ctx, &w.setup, 1, w.setup.seed);
    for (size_t i = 0; i < t->n_life; i++) assert_ok(&ctx, pf_past_life(&p, &t->life[i]));
    assert_ok(&ctx, pf_past_placed(&p, 60));
    assert_ok(&ctx, tell(&p, t, 0));
    while (pf_tissue_minute(t) < 59.99) {
        assert_ok(&ctx, pf_tissue_step(&ctx, t));
        if (t->step % 50 == 0) assert_ok(&ctx, tell(&p, t, pf_tissue_minute(t)));
    }
    assert_ok(&ctx, pf_past_end(&p, 0));
    pf_infer_killing(p.span, p.n_span, NULL, 0, 1, &k);
    assert_close(k.kills[0] + k.kills[1], (double)t->kills, 0, 0);
    assert_true(k.kills[0] > 75 && k.kills[1] == 0);
    assert_true(k.kills[0] <= 150); /* without refill six each, at most */
    assert_close(log(k.rate[0].value / (attempts * 1440)), 0, 0, 3.3 * k.rate[0].se);
    assert_close(pf_past_recognition(&p, 50), 1, 1e-6, 0);
    pf_past_clear(&p);
    pf_tissue_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rate_is_kills_over_killer_days_of_holding),
        cmocka_unit_test(rate_and_search_density_lie_in_their_intervals),
        cmocka_unit_test(share_and_rate_of_entry_lie_in_their_intervals),
        cmocka_unit_test(short_runs_tell_no_share),
        cmocka_unit_test(the_plateau_inverts_the_law_of_granules),
        cmocka_unit_test(killers_among_targets_kill_at_the_rate_of_their_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
