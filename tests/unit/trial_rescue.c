/* Regimens beyond a schedule into blood: sites, rescues by the model's own events, no cells. */
#include "trial_world.h"

#include "trial/bind.h"

#include <math.h>

/* Cells in blood and in a lesion; the drug is given by an event when many cells are in blood.
 */
#define RESCUED                                                                                \
    "model m\n"                                                                                \
    "  d' = 0.001*d; d = 50; B' = 0.2*B - kill*P*B; B = 0; L' = -0.1*L; L = 0;\n"              \
    "  P' = -0.5*P; P = 0; Z' = 0; Z = 0; z0 = 9; kill = 0.5;\n"                               \
    "  amount = 0; from = 0; grade := log10(max(B, 1)) - 3;\n"                                 \
    "  blood := B; lesion := L;\n"                                                             \
    "  rescue: at (amount > 0) && (grade > from): P = P + amount;\n"                           \
    "  //! role target-lesion d [mm]\n"                                                        \
    "  //! role dose.toci P [mg]\n"                                                            \
    "  //! role dose.product B [cell]\n"                                                       \
    "  //! role dose.product.site1 L [cell]\n"                                                 \
    "  //! role dose.product.scaled.z0 Z\n"                                                    \
    "  //! role grade.CRS grade\n"                                                             \
    "  //! role rescue.toci amount [mg]\n"                                                     \
    "  //! role rescue-at.toci from\n"                                                         \
    "  //! role marker.lesion lesion\n"                                                        \
    "  //! role kinetics blood [cell/mL]\nend\n"

#define TREATED(more, rest)                                                                    \
    "study: s\nmodel: m.ant\npopulation: people.yaml\n"                                        \
    "arms:\n  - name: a\n    size: 10\n    regimen:\n"                                         \
    "      - {product: cells.yaml, dose: 100 cell/kg}\n" more                                  \
    "assess:\n  imaging: {every: 14 day}\n  markers: [lesion]\n  kinetics: [1, 10, 20] day\n"  \
    "horizon: 40 day\nreplicates: 1\nseed: 3\n" rest

static size_t events(const world *w, pf_event_kind kind, double *first, double *value)
{
    size_t n = 0;
    for (size_t i = 0; i < w->chunk.table[PF_TABLE_EVENTS].n; i++) {
        if (cell(w, PF_TABLE_EVENTS, i, PF_E_KIND) != kind) continue;
        if (!n++) {
            *first = cell(w, PF_TABLE_EVENTS, i, PF_E_DAY);
            *value = cell(w, PF_TABLE_EVENTS, i, PF_E_VALUE);
        }
    }
    return n;
}

static void a_rescue_comes_when_its_grade_is_reached(void **state)
{
    (void)state;
    world w;
    double day = 0, amount = 0;
    open_world(&w, RESCUED,
        TREATED("      - {drug: toci, dose: 8 mg/kg, max_dose: 500 mg, when: CRS 2}\n", ""));
    assert_int_equal(pf_trial_program(w.trial, 0)->n_event, 1);
    simulate(&w, 4, 0, 10);
    assert_true(events(&w, PF_EVENT_RESCUE, &day, &amount) >= 10);
    double weight = cell(&w, PF_TABLE_PATIENTS, 0, PF_P_FIXED);
    /* 100 cells a kg grow by 0.2 a day to 1e5 */
    assert_close(day, log(1e3 / weight) / 0.2, 1e-3, 0);
    assert_close(amount, 8 * weight < 500 ? 8 * weight : 500, 1e-12, 0);
    assert_close(cell(&w, PF_TABLE_PATIENTS, 0, PF_P_TREATED), 1, 0, 0);
    close_world(&w);
}

static void a_study_without_the_rescue_pays_nothing_for_it(void **state)
{
    (void)state;
    world w;
    double day = 0, amount = 0;
    open_world(&w, RESCUED, TREATED("", ""));
    const pf_program *p = pf_trial_program(w.trial, 0);
    assert_int_equal(p->n_event, 0);
    assert_true(p->rest[pf_model_find(w.trial->model, "P")->index]);
    simulate(&w, 4, 0, 10);
    assert_int_equal(events(&w, PF_EVENT_RESCUE, &day, &amount), 0);
    close_world(&w);
}

/* The core model has events for rescues, which the study of NK cells does not use. */
static void the_study_of_nk_cells_has_no_events(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_diag diag;
    pf_study *study;
    pf_trial *trial;
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    assert_ok(&ctx,
        pf_study_read(&ctx, &diag, PF_SOURCE_DIR "/studies/nsclc-pembro-nk.yaml", &study));
    assert_ok(&ctx, pf_trial_new(&ctx, study, &trial));
    for (size_t i = 0; i < pf_trial_program_count(trial); i++)
        assert_int_equal(pf_trial_program(trial, i)->n_event, 0);
    pf_trial_free(trial);
    pf_study_free(study);
    pf_diag_clear(&diag);
}

static void a_site_gets_what_is_given_there(void **state)
{
    (void)state;
    world w;
    open_world(&w, RESCUED,
        "study: s\nmodel: m.ant\npopulation: people.yaml\n"
        "arms:\n  - name: a\n    size: 1\n    regimen:\n"
        "      - {product: cells.yaml, dose: 1000 cell, site: site1}\n"
        "assess:\n  imaging: {every: 14 day}\n  markers: [lesion]\n  kinetics: [1, 10] day\n"
        "horizon: 40 day\nreplicates: 1\nseed: 3\n");
    simulate(&w, 1, 0, 1);
    for (size_t i = 0; i < 2; i++) {
        double day = cell(&w, PF_TABLE_KINETICS, i, PF_K_DAY);
        assert_close(cell(&w, PF_TABLE_KINETICS, i, PF_K_FIXED), 0, 0, 0);
        assert_close(
            cell(&w, PF_TABLE_KINETICS, i, PF_K_FIXED + 1), 1000 * exp(-0.1 * day), 2e-3, 0);
    }
    close_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rescue_comes_when_its_grade_is_reached),
        cmocka_unit_test(a_study_without_the_rescue_pays_nothing_for_it),
        cmocka_unit_test(the_study_of_nk_cells_has_no_events),
        cmocka_unit_test(a_site_gets_what_is_given_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
