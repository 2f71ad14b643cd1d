/* Cytokine release of the core model in studies: who is susceptible has no fever without cells,
 * and a rescue is counted with the grade that called for it. */
#include "trial_world.h"

/* A few trials, whose unknown grades differ. */
enum { SEEN_PEOPLE = 200 };

static void open_study(world *w, const char *name)
{
    char path[300];
    memset(w, 0, sizeof *w);
    pf_ctx_init(&w->ctx);
    pf_diag_init(&w->diag, &w->ctx);
    snprintf(path, sizeof path, PF_SOURCE_DIR "/studies/%s.yaml", name);
    assert_ok(&w->ctx, pf_study_read(&w->ctx, &w->diag, path, &w->study));
    assert_ok(&w->ctx, pf_trial_new(&w->ctx, w->study, &w->trial));
    pf_chunk_init(&w->chunk, pf_trial_layout(w->trial));
    simulate(w, 4, 0, SEEN_PEOPLE);
}

static void close_study(world *w)
{
    pf_chunk_clear(&w->chunk);
    pf_trial_free(w->trial);
    pf_study_free(w->study);
    pf_diag_clear(&w->diag);
}

static size_t crs_column(const world *w)
{
    const pf_assess *a = &w->study->assess;
    for (size_t i = 0; i < a->n_grade; i++)
        if (!strcmp(a->grade[i], "CRS")) return pf_trial_layout(w->trial)->grade_at + i;
    fail_msg("no grade of CRS");
    return 0;
}

static void the_susceptible_have_no_fever_without_cells(void **state)
{
    (void)state;
    world w;
    size_t alone = 0;
    open_study(&w, "gpc3-il15");
    for (size_t i = 0; i < w.chunk.table[PF_TABLE_PATIENTS].n; i++) {
        if (strcmp(w.study->arm[(size_t)cell(&w, PF_TABLE_PATIENTS, i, PF_P_ARM)].name,
                "conditioning alone"))
            continue;
        assert_close(cell(&w, PF_TABLE_PATIENTS, i, crs_column(&w)), 0, 0, 0);
        alone++;
    }
    assert_true(alone >= 12);
    close_study(&w);
}

static int is_of(const world *w, size_t event, size_t patient)
{
    return cell(w, PF_TABLE_PATIENTS, patient, PF_P_REPLICATE) ==
               cell(w, PF_TABLE_EVENTS, event, PF_E_REPLICATE) &&
           cell(w, PF_TABLE_PATIENTS, patient, PF_P_PATIENT) ==
               cell(w, PF_TABLE_EVENTS, event, PF_E_PATIENT);
}

static void a_rescue_is_counted_with_the_grade_that_called_for_it(void **state)
{
    (void)state;
    world w;
    size_t rescued = 0;
    open_study(&w, "axicel-zuma1");
    const pf_rows *events = &w.chunk.table[PF_TABLE_EVENTS];
    for (size_t i = 0; i < events->n; i++) {
        if (cell(&w, PF_TABLE_EVENTS, i, PF_E_KIND) != PF_EVENT_RESCUE) continue;
        for (size_t j = 0; j < w.chunk.table[PF_TABLE_PATIENTS].n; j++)
            if (is_of(&w, i, j))
                assert_true(cell(&w, PF_TABLE_PATIENTS, j, crs_column(&w)) >= 3);
        rescued++;
    }
    assert_true(rescued > 0);
    close_study(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_susceptible_have_no_fever_without_cells),
        cmocka_unit_test(a_rescue_is_counted_with_the_grade_that_called_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
