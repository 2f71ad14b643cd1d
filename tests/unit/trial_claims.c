/* What a claim needs: searches whose answers are known, and a study of one rate of loss. */
#include "ct.h"

#include "trial/claims.h"
#include "trial/parameters.h"
#include "trial/study_read.h"
#include "trial/usage.h"
#include "unit/trial_try.h"

#include <stdlib.h>
#include <string.h>

/* ---- the search ---- */

typedef struct {
    double at_one, power; /* figure = at_one factor^power */
    double ceiling;
    int calls;
} power_law;

static pf_err figure_of(pf_ctx *ctx, void *payload, double factor, double *figure)
{
    power_law *p = payload;
    (void)ctx;
    p->calls++;
    *figure = fmin(p->ceiling, p->at_one * pow(factor, p->power));
    return PF_OK;
}

static pf_lever_found look(power_law *p, double claim, double lowest, double highest)
{
    pf_ctx ctx;
    pf_lever_found f;
    pf_ctx_init(&ctx);
    const pf_lever_ask ask = {figure_of, p, p->at_one, claim, lowest, highest};
    assert_ok(&ctx, pf_lever_search(&ctx, &ask, &f));
    assert_int_equal(f.evaluations, p->calls);
    assert_true(p->calls <= PF_LEVER_EVALUATIONS);
    return f;
}

static void the_factor_needed_is_bracketed(void **state)
{
    (void)state;
    static const double claims[] = {0.21, 0.5, 1.9, 7, 100, 0.19, 0.05, 0.007};
    static const double powers[] = {1, -1, 0.5, 2};
    for (size_t i = 0; i < PF_COUNT(claims); i++)
        for (size_t k = 0; k < PF_COUNT(powers); k++) {
            power_law p = {0.2, powers[k], INFINITY, 0};
            double exact = pow(claims[i] / 0.2, 1 / powers[k]);
            pf_lever_found f = look(&p, claims[i], 1e-3, 1e3);
            if (exact < 1e-3 || exact > 1e3) {
                assert_false(f.reached);
                continue;
            }
            assert_true(f.reached);
            assert_true(fmin(f.factor, f.short_of) <= exact * (1 + 1e-12));
            assert_true(fmax(f.factor, f.short_of) >= exact * (1 - 1e-12));
            assert_true(fabs(log10(f.factor / f.short_of)) < 0.07);
        }
}

static void a_figure_that_levels_off_is_not_reached(void **state)
{
    (void)state;
    power_law p = {0.2, 1, 0.6, 0};
    pf_lever_found f = look(&p, 0.9, 1e-3, 1e3);
    assert_false(f.reached);
    assert_true(isnan(f.factor));
    assert_close(f.most, 0.6, 0, 0);
    assert_close(f.most_at, 1000, 0, 0);
    assert_close(f.least, 0.02, 1e-12, 0); /* the wrong way: one step is enough */
    assert_int_equal(f.evaluations, 3);
}

static void a_factor_goes_no_further_than_it_may(void **state)
{
    (void)state;
    power_law p = {0.2, 1, INFINITY, 0};
    pf_lever_found f = look(&p, 0.5, 1e-3, 2);
    assert_false(f.reached);
    assert_close(f.most_at, 2, 0, 0);
    power_law q = {0.2, 1, INFINITY, 0};
    assert_true(look(&q, 0.39, 1e-3, 2).reached);
}

static void what_holds_already_needs_nothing(void **state)
{
    (void)state;
    power_law p = {0.2, 1, INFINITY, 0};
    pf_lever_found f = look(&p, 0.2, 1e-3, 1e3);
    assert_true(f.reached);
    assert_close(f.factor, 1, 0, 0);
    assert_int_equal(f.evaluations, 0);
    power_law none = {NAN, 1, INFINITY, 0};
    assert_false(look(&none, 0.2, 1e-3, 1e3).reached);
}

/* ---- a study ---- */

typedef struct {
    pf_ctx ctx;
    pf_study *study;
    tried tried;
    pf_evidence evidence;
} world;

static int set_up(void **state)
{
    static world w;
    pf_diag d;
    memset(&w, 0, sizeof w);
    pf_ctx_init(&w.ctx);
    pf_diag_init(&d, &w.ctx);
    assert_ok(&w.ctx, pf_study_read(&w.ctx, &d, PF_TEST_DATA "/claims/decay.yaml", &w.study));
    pf_diag_clear(&d);
    try_out(&w.ctx, w.study, NULL, 0, 0, &w.tried);
    assert_ok(&w.ctx,
        pf_evidence_read(&w.ctx, w.study->evidence_path, w.study->model_path, &w.evidence));
    *state = &w;
    return 0;
}

static int tear_down(void **state)
{
    world *w = *state;
    pf_evidence_clear(&w->evidence);
    tried_clear(&w->tried);
    pf_study_free(w->study);
    return 0;
}

static pf_claims answer(world *w, int threads, int lanes)
{
    pf_claims c;
    assert_ok(&w->ctx, pf_claims_answer(&w->ctx, w->study, w->tried.summary, &w->evidence,
                           threads, lanes, &c));
    assert_int_equal(c.n, 4);
    return c;
}

/* The level at day 14 is 2000 exp(-14 k share). */
static double loss_for(double level)
{
    return log(2000 / level) / 14 / 0.5;
}

static void the_table_beside_the_model_is_found(void **state)
{
    world *w = *state;
    assert_contains(w->study->evidence_path, "claims/evidence/decay_parameters.csv");
    const pf_evidence_row *row = pf_evidence_of(&w->evidence, "share");
    assert_true(row && row->unknown);
    assert_null(pf_evidence_of(&w->evidence, "other"));
}

static void a_claim_inside_the_evidence_says_so(void **state)
{
    world *w = *state;
    pf_claims c = answer(w, 1, 0);
    const pf_lever_answer *k = &c.answer[0].lever[0];
    assert_int_equal(c.answer[0].n_lever, 1);
    assert_close(k->typical, 0.1, 0, 0);
    assert_int_equal(k->verdict, PF_LEVER_INSIDE);
    assert_true(fabs(log10(k->value / loss_for(800))) < 0.07);
    assert_ptr_equal(c.answer[0].nearest, k);
    pf_claims_clear(&c);
}

static void a_claim_beyond_it_says_by_how_much(void **state)
{
    world *w = *state;
    pf_claims c = answer(w, 1, 0);
    const pf_claim_answer *a = &c.answer[1];
    assert_int_equal(a->n_lever, 2); /* nothing reads `idle` */
    assert_int_equal(a->lever[0].verdict, PF_LEVER_ABOVE);
    assert_true(fabs(log10(a->lever[0].value / loss_for(100))) < 0.07);
    assert_close(a->lever[0].beyond, a->lever[0].value / 0.2, 1e-12, 0);
    assert_int_equal(a->lever[1].verdict, PF_LEVER_CANNOT); /* a share ends at 1 */
    assert_close(a->lever[1].found.most_at, 2, 1e-12, 0);
    assert_close(a->lever[1].found.most, 2000 * exp(-1.4), 1e-3, 0);
    pf_claims_clear(&c);
}

static void a_claim_that_nothing_reaches_says_so(void **state)
{
    world *w = *state;
    pf_buf b;
    pf_claims c = answer(w, 1, 0);
    assert_null(c.answer[2].nearest);
    pf_buf_init(&b, &w->ctx);
    pf_json_open(&b, NULL, '{');
    pf_claims_json(&c, &b);
    pf_json_close(&b, '}');
    assert_contains(b.bytes, "No single parameter makes it hold");
    assert_contains(b.bytes, "It holds with a value that the evidence allows: k 0.1 -> 0.1");
    pf_buf_clear(&b);
    pf_claims_clear(&c);
}

/* The arms of a claim are simulated without the others, so what they are like is not there. */
static void an_arm_like_another_may_be_claimed_about(void **state)
{
    world *w = *state;
    size_t like = w->study->arm[0].like;
    w->study->arm[0].like = 1000;
    pf_claims c = answer(w, 1, 0);
    w->study->arm[0].like = like;
    assert_true(isfinite(c.answer[0].lever[0].typical));
    pf_claims_clear(&c);
}

/* Arms that are like others stand alone in the small trial. */
static void twins_cannot_be_told_apart(void **state)
{
    world *w = *state;
    pf_claims c = answer(w, 1, 0);
    assert_close(c.answer[3].now, 1, 1e-9, 0);
    assert_null(c.answer[3].nearest);
    pf_claims_clear(&c);
}

/* Replicates on both sides of no change are no answer to "down", though 1 is among them. */
static void a_claimed_direction_is_judged_as_one(void **state)
{
    world *w = *state;
    pf_expect kept = w->study->expect[0];
    w->study->expect[0].direction = -1;
    w->study->expect[0].value = NAN;
    pf_buf b;
    pf_claims c = answer(w, 1, 0);
    pf_buf_init(&b, &w->ctx);
    pf_claims_text(&c, &b);
    assert_int_equal(c.answer[0].state, PF_CLAIM_DIRECTION);
    assert_int_equal(c.answer[0].n_lever, 0);
    assert_non_null(strstr(b.bytes, ", down claimed\n          so in 0 % of "));
    assert_non_null(strstr(b.bytes, "(95 % are needed): it does not hold\n"));
    w->study->expect[0] = kept;
    pf_buf_clear(&b);
    pf_claims_clear(&c);
}

static void threads_and_lanes_change_no_bit(void **state)
{
    world *w = *state;
    pf_claims one = answer(w, 1, 1), many = answer(w, 3, 4);
    for (size_t i = 0; i < one.n; i++) {
        assert_memory_equal(&one.answer[i].now, &many.answer[i].now, sizeof(double));
        for (size_t k = 0; k < one.answer[i].n_lever; k++)
            assert_memory_equal(&one.answer[i].lever[k].found, &many.answer[i].lever[k].found,
                sizeof(pf_lever_found));
    }
    pf_claims_clear(&one);
    pf_claims_clear(&many);
}

static void text_stays_below_a_hundred_columns(void **state)
{
    world *w = *state;
    pf_buf b;
    pf_claims c = answer(w, 1, 0);
    pf_buf_init(&b, &w->ctx);
    pf_claims_text(&c, &b);
    for (const char *p = b.bytes; *p; p += strcspn(p, "\n") + 1)
        assert_true(strcspn(p, "\n") < 100);
    pf_buf_clear(&b);
    pf_claims_clear(&c);
}

static void only_what_programs_read_is_listed(void **state)
{
    world *w = *state;
    pf_used_parameters p;
    assert_ok(&w->ctx, pf_study_parameters(&w->ctx, w->study, &w->evidence, &p));
    assert_int_equal(p.n, 2);
    assert_string_equal(p.parameter[0].name, "k");
    assert_string_equal(p.parameter[0].kind, "product");
    assert_false(p.parameter[0].set);
    assert_true(p.parameter[1].unknown);
    pf_used_parameters_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_factor_needed_is_bracketed),
        cmocka_unit_test(a_figure_that_levels_off_is_not_reached),
        cmocka_unit_test(a_factor_goes_no_further_than_it_may),
        cmocka_unit_test(what_holds_already_needs_nothing),
        cmocka_unit_test(the_table_beside_the_model_is_found),
        cmocka_unit_test(a_claim_inside_the_evidence_says_so),
        cmocka_unit_test(a_claim_beyond_it_says_by_how_much),
        cmocka_unit_test(a_claim_that_nothing_reaches_says_so),
        cmocka_unit_test(an_arm_like_another_may_be_claimed_about),
        cmocka_unit_test(twins_cannot_be_told_apart),
        cmocka_unit_test(a_claimed_direction_is_judged_as_one),
        cmocka_unit_test(threads_and_lanes_change_no_bit),
        cmocka_unit_test(text_stays_below_a_hundred_columns),
        cmocka_unit_test(only_what_programs_read_is_listed),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
