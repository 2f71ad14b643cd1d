/* Bodies exchange less; newcomers and daughters hear rules at once. */
#include "tissue/checkpoint.h"
#include "tissue/ruled.h"
#include "tissue_rules_case.h"

#include <stdlib.h>
#include <unistd.h>

/* Cells at these places, apart, in a box of 8 voxels of 40 um; fields do not spread. */
static const double AT[2][3] = {{-20, 20, 20}, {20, 20, 20}};

static void describe(rules_case *w)
{
    rules_case_make(w);
    w->setup.mesh = (pf_mesh){{2, 2, 2}, 40, {-40, -40, -40}};
    w->substance[0] = (pf_substance){.name = "oxygen", .initial = 38};
    w->substance[1] = (pf_substance){.name = "CCL19"};
    w->type[0].speed = 0;
    w->type[1].exchange[0] = (pf_uptake){.uptake = 10};
    w->type[1].exchange[1] = (pf_uptake){.secretion = 3, .target = 2};
    w->type[1].phase[0].rate = 1e-9;
    w->type[1].dead_uptake = 0.1;
    w->setup.n_placement = 1;
    w->placement[0] =
        (pf_placement){.kind = PF_PLACE_LIST, .type = 1, .n_point = 2, .point = AT};
}

static double level(const rules_case *w, size_t substance, size_t cell)
{
    return pf_field_values(w->t->field, substance)[pf_tissue_voxel(w->t, cell)];
}

/* One cell dies in the first phenotype step; its volume stays. */
static void bodies_secrete_nothing_and_take_up_a_tenth(void **state)
{
    (void)state;
    rules_case w;
    describe(&w);
    rules_case_begin(&w, 1);
    rules_case_run(&w, 0.2);
    pf_cell *row = &w.t->row[w.t->cells.slot[0]];
    pf_cell_die(row, PF_CELL_APOPTOTIC);
    pf_tissue_body(w.t, 1, w.t->cells.slot[0]);
    w.t->n_dead++;
    double oxygen = level(&w, 0, 0), lure = level(&w, 1, 0), other = level(&w, 0, 1);
    assert_close(oxygen, other, 1e-12, 0);
    rules_case_run(&w, 0.5);
    double share = 0.1 * 2494 / 64000.0; /* of a step and of the voxel */
    assert_close(level(&w, 0, 0), oxygen * exp(-3 * 1 * share), 1e-12, 0);
    assert_close(level(&w, 0, 1), other * exp(-3 * 10 * share), 1e-12, 0);
    assert_close(level(&w, 1, 0), lure, 0, 0);
    assert_true(level(&w, 1, 1) > lure);
    rules_case_clear(&w);
}

static void rules_for_the_dead_begin_from_what_the_dead_do(void **state)
{
    (void)state;
    rules_case w;
    describe(&w);
    assert_ok(
        &w.ctx, rules_case_read(&w, "tumour,oxygen,increases,CCL19 secretion,6,38,1,yes\n"
                                    "tumour,oxygen,increases,oxygen uptake,16,38,1,no\n"));
    w.substance[0].initial = 38;
    rules_case_begin(&w, 1);
    rules_case_run(&w, 0.1);
    uint32_t slot = w.t->cells.slot[0];
    assert_close(pf_ruled(w.t, 1, PF_DO_UPTAKE, slot, 0), 13, 1e-6, 0); /* at once */
    assert_close(pf_ruled(w.t, 1, PF_DO_SECRETION + 1, slot, 0), 4.5, 1e-6, 0);
    pf_cell_die(&w.t->row[slot], PF_CELL_APOPTOTIC);
    pf_tissue_body(w.t, 1, slot);
    w.t->n_dead++;
    assert_close(pf_ruled(w.t, 1, PF_DO_UPTAKE, slot, 0), 1.3, 1e-6, 0);
    assert_close(pf_ruled(w.t, 1, PF_DO_SECRETION + 1, slot, 0), 0, 0, 0);
    rules_case_run(&w, 6.1);
    double x = level(&w, 0, 0) / 38;
    assert_close(pf_ruled(w.t, 1, PF_DO_UPTAKE, slot, 0), 1, 1e-6, 0);
    assert_close(pf_ruled(w.t, 1, PF_DO_SECRETION + 1, slot, 0), 6 * x / (1 + x), 5e-3, 0);
    rules_case_clear(&w);
}

/* In one voxel: 2 tumour cells at first, one more at minute 3.3. */
static void who_comes_hears_the_rules_where_it_comes(void **state)
{
    (void)state;
    static const double LATE[1][3] = {{-20, 20, 14}};
    rules_case w;
    describe(&w);
    w.setup.n_placement = 2;
    w.placement[1] = (pf_placement){
        .kind = PF_PLACE_LIST, .type = 1, .n_point = 1, .point = LATE, .at = 3.3};
    w.type[1].repulsion = w.type[1].adhesion = 0;
    assert_ok(&w.ctx,
        rules_case_read(&w, "tumour,contact with tumour,increases,apoptosis,1e-9,1,1,no\n"));
    rules_case_begin(&w, 2);
    rules_case_run(&w, 3.4);
    for (size_t i = 0; i < w.t->cells.n; i++) {
        double want = w.t->cells.id[i] == 3 ? 0.5e-9 : 0;
        assert_close(pf_ruled(w.t, 1, PF_DO_APOPTOSIS, w.t->cells.slot[i], 9), want, 1e-6, 0);
    }
    rules_case_run(&w, 6.1); /* the others hear of it in the phenotype step */
    assert_close(pf_ruled(w.t, 1, PF_DO_APOPTOSIS, 0, 9), 0.5e-9, 1e-6, 0);
    rules_case_clear(&w);
}

static void daughters_and_mothers_hear_them_in_the_step_of_their_division(void **state)
{
    (void)state;
    rules_case w;
    describe(&w);
    w.type[1].phase[0].rate = 1e3;
    w.type[1].phase[0].fixed = 1;
    w.setup.max_time = 6.1;
    assert_ok(
        &w.ctx, rules_case_read(&w, "tumour,volume,increases,apoptosis,1e-9,1247,1,no\n"));
    rules_case_begin(&w, 1);
    rules_case_run(&w, 6.1);
    assert_int_equal(w.t->cells.n, 4);
    for (size_t i = 0; i < 4; i++) /* half as large as before: half instead of two thirds */
        assert_close(pf_ruled(w.t, 1, PF_DO_APOPTOSIS, w.t->cells.slot[i], 9), 0.5e-9, 1e-6, 0);
    rules_case_clear(&w);
}

/* Cells that somebody adds between two steps, then a checkpoint. */
static void a_newcomer_that_nobody_has_asked_yet_goes_through_a_checkpoint(void **state)
{
    (void)state;
    char path[] = "/tmp/pf-tissue-newcomer-XXXXXX";
    rules_case w;
    close(mkstemp(path));
    describe(&w);
    assert_ok(
        &w.ctx, rules_case_read(&w, "tumour,oxygen,increases,oxygen uptake,16,38,1,no\n"));
    rules_case_begin(&w, 1);
    rules_case_run(&w, 1);
    assert_ok(&w.ctx, pf_tissue_add(&w.ctx, w.t, 1, (double[]){-20, -20, -20}));
    pf_cell_die(&w.t->row[0], PF_CELL_APOPTOTIC);
    pf_tissue_body(w.t, 1, 0);
    w.t->n_dead++;
    assert_ok(&w.ctx, pf_checkpoint_write(&w.ctx, path, w.t));
    pf_tissue *first = w.t;
    w.t = NULL;
    assert_ok(&w.ctx, pf_checkpoint_read(&w.ctx, path, &w.setup, 3, &w.t));
    assert_int_equal(w.t->n_fresh, 1);
    assert_int_equal(w.t->n_dead, 1);
    rules_case_run(&w, 1.3);
    pf_tissue *second = w.t;
    w.t = first;
    rules_case_run(&w, 1.3);
    assert_close(pf_ruled(second, 1, PF_DO_UPTAKE, 2, 0), 13, 1e-6, 0);
    size_t bytes = 4 * pf_field_stride(first->field) * sizeof(double);
    for (size_t s = 0; s < 2; s++)
        assert_memory_equal(
            pf_field_values(first->field, s), pf_field_values(second->field, s), bytes);
    pf_tissue_free(second);
    unlink(path);
    rules_case_clear(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_secrete_nothing_and_take_up_a_tenth),
        cmocka_unit_test(rules_for_the_dead_begin_from_what_the_dead_do),
        cmocka_unit_test(who_comes_hears_the_rules_where_it_comes),
        cmocka_unit_test(daughters_and_mothers_hear_them_in_the_step_of_their_division),
        cmocka_unit_test(a_newcomer_that_nobody_has_asked_yet_goes_through_a_checkpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
