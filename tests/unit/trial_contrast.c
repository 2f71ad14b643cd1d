/* An arm less the arm it is compared with, done by hand. */
#include "trial_fixture.h"

#include "trial/contrast.h"

#include <math.h>

typedef struct world {
    pf_ctx ctx;
    pf_layout layout;
    pf_arm arm[3];
    pf_study study;
    pf_summary *summary;
} world;

static void open_deaths(world *w, pf_allocation_method method, int deaths)
{
    pf_ctx_init(&w->ctx);
    w->layout = layout();
    w->study = study(w->arm, 2, 4);
    w->study.allocation.method = method;
    assert_ok(&w->ctx, pf_summary_new(&w->ctx, &w->study, &w->layout, &w->summary));
    for (int r = 0; r < 2; r++) {
        pf_chunk c;
        pf_chunk_init(&c, &w->layout);
        for (size_t i = 0; i < PF_COUNT(first); i++) {
            patient p = r ? second[i] : first[i];
            if (!deaths) p.died = 0;
            put(&c, r, &p);
        }
        assert_ok(&w->ctx, pf_summary_add(&w->ctx, w->summary, &c.table[PF_TABLE_PATIENTS]));
        pf_chunk_clear(&c);
    }
}

static void open_world(world *w, pf_allocation_method method)
{
    open_deaths(w, method, 1);
}

static pf_difference difference(world *w, int kind)
{
    pf_contrast c;
    pf_difference d;
    assert_true(pf_contrast_nth(&w->study, 0, &c));
    pf_measure m = {.kind = kind, .arm = c.arm};
    size_t i = pf_summary_find(w->summary, &m);
    assert_true(pf_contrast_shows(w->summary, &c, i));
    assert_ok(&w->ctx, pf_contrast_fit(&w->ctx, w->summary, &c, i, &d));
    return d;
}

static void shares_and_medians_are_subtracted_in_each_replicate(void **state)
{
    (void)state;
    world w;
    double share;
    open_world(&w, PF_ALLOCATE_PAIRED);
    pf_difference d = difference(&w, PF_ENDPOINT_ORR); /* 1/3 less 2/4, 0 less 4/4 */
    assert_close(d.spread.mean, ((1.0 / 3 - 0.5) - 1) / 2, 1e-14, 0);
    assert_close(d.value, 1.0 / 6, 1e-14, 0);
    assert_close(d.other, 0.75, 1e-14, 0);
    assert_string_equal(pf_contrast_direction(&d, &share), "lower");
    assert_close(share, 1, 0, 0);
    /* nobody of the first arm dies, most of the second do in neither: never reached, no number
     */
    d = difference(&w, PF_ENDPOINT_OS);
    assert_close(d.all, d.higher + d.lower, 0, 0);
    assert_close(d.higher, 0, 0, 0);
    pf_summary_free(w.summary);
}

static void only_pairs_and_ablations_are_contrasted(void **state)
{
    (void)state;
    pf_arm arm[3];
    pf_contrast c;
    pf_study s = study(arm, 3, 4);
    assert_false(pf_contrast_nth(&s, 0, &c));
    static const char *const granules[] = {"granules"};
    arm[2].n_without = 1;
    arm[2].without = granules;
    arm[2].like = 2; /* the second arm */
    assert_true(pf_contrast_nth(&s, 0, &c));
    assert_int_equal(c.arm, 2);
    assert_int_equal(c.against, 1);
    assert_false(c.same_people);
    assert_false(pf_contrast_nth(&s, 1, &c));
    s.allocation.method = PF_ALLOCATE_PAIRED;
    assert_true(pf_contrast_nth(&s, 1, &c));
    assert_true(c.same_people);
    assert_false(pf_contrast_nth(&s, 2, &c));
}

static void differences_to_what_is_not_reached_stand_at_the_ends(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_spread v;
    pf_ctx_init(&ctx);
    const double x[] = {3, -INFINITY, NAN, 1, INFINITY, 2};
    assert_ok(&ctx, pf_spread_fit(&ctx, x, PF_COUNT(x), &v));
    assert_int_equal(v.defined, 5);
    assert_int_equal(v.reached, 3);
    assert_close(v.mean, 2, 0, 0);
    assert_close(v.sd, 1, 1e-15, 0);
    assert_close(v.median, 2, 0, 0);
    assert_true(isinf(v.q025) && v.q025 < 0 && isinf(v.q975) && v.q975 > 0);
}

static void medians_that_neither_arm_reaches_have_no_difference(void **state)
{
    (void)state;
    static const struct {
        double arm, against;
        const char *by;
    } row[] = {{400, 300, "both"}, {INFINITY, 300, "against"}, {400, INFINITY, "arm"},
        {INFINITY, INFINITY, "neither"}, {NAN, NAN, "both"}};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_difference d = {.value = row[i].arm, .other = row[i].against};
        assert_string_equal(pf_contrast_reached(&d), row[i].by);
    }
    world w;
    pf_buf b;
    open_deaths(&w, PF_ALLOCATE_PAIRED, 0);
    pf_buf_init(&b, &w.ctx);
    assert_ok(&w.ctx, pf_summary_text(&w.ctx, w.summary, &b));
    assert_contains(b.bytes, "  OS       the median is not reached in either arm\n");
    pf_buf_empty(&b);
    assert_ok(&w.ctx, pf_summary_json(&w.ctx, w.summary, &b));
    assert_contains(b.bytes, "\"reached_by\": \"neither\"");
    pf_buf_clear(&b);
    pf_summary_free(w.summary);
}

static void both_pages_show_them(void **state)
{
    (void)state;
    world w;
    pf_buf b;
    open_world(&w, PF_ALLOCATE_PAIRED);
    pf_buf_init(&b, &w.ctx);
    assert_ok(&w.ctx, pf_summary_text(&w.ctx, w.summary, &b));
    assert_non_null(
        strstr(b.bytes, "control + NK less control, the same people:\n"
                        "  ORR      -58.3 points [-97.9, -18.8], lower in 100 % of"));
    pf_buf_empty(&b);
    assert_ok(&w.ctx, pf_summary_json(&w.ctx, w.summary, &b));
    assert_non_null(strstr(b.bytes, "\"contrasts\": ["));
    assert_non_null(strstr(b.bytes, "\"unit\": \"cell/uL day\""));
    assert_non_null(strstr(b.bytes, "\"share_same_direction\": 1"));
    pf_buf_clear(&b);
    pf_summary_free(w.summary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_and_medians_are_subtracted_in_each_replicate),
        cmocka_unit_test(only_pairs_and_ablations_are_contrasted),
        cmocka_unit_test(differences_to_what_is_not_reached_stand_at_the_ends),
        cmocka_unit_test(medians_that_neither_arm_reaches_have_no_difference),
        cmocka_unit_test(both_pages_show_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
