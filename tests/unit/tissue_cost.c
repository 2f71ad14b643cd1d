/* What a lesion costs: parts of a step are told in their order, memory is counted. */
#include "ct.h"
#include "tissue_scene.h"

typedef struct {
    int n, part[64];
} laps;

static void note(void *payload, pf_tissue_part part)
{
    laps *l = payload;
    if (l->n < 64) l->part[l->n++] = (int)part;
}

static void each_part_of_a_step_is_told_once_and_in_order(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene w;
    pf_tissue *t;
    laps l = {.n = 0};
    pf_ctx_init(&ctx);
    pf_scene_little(&w);
    assert_ok(&ctx, pf_tissue_new(&ctx, &w.setup, 1, &t));
    t->lap = note;
    t->lap_payload = &l;
    assert_ok(&ctx, pf_tissue_step(&ctx, t));
    assert_int_equal(l.n, PF_PART_COUNT - 1); /* no phenotype step yet: no rules */
    for (int i = 0; i < l.n; i++) assert_int_equal(l.part[i], i + 1);
    while (t->step < 6) {
        l.n = 0;
        assert_ok(&ctx, pf_tissue_step(&ctx, t));
    }
    assert_int_equal(l.n, PF_PART_COUNT);
    for (int i = 0; i < l.n; i++) assert_int_equal(l.part[i], i);
    pf_tissue_free(t);
}

static pf_bytes held(double ball, double edge, size_t *cells, size_t *voxels)
{
    pf_ctx ctx;
    pf_scene w;
    pf_tissue *t;
    pf_ctx_init(&ctx);
    pf_scene_init(&w, ball, 20);
    if (edge > 0) w.setup.mesh.h = edge;
    assert_ok(&ctx, pf_tissue_new(&ctx, &w.setup, 1, &t));
    for (int k = 0; k < 7; k++) {
        assert_ok(&ctx, pf_tissue_step(&ctx, t));
        t->n_life = t->n_event = 0;
    }
    pf_bytes b = pf_tissue_size(t);
    *cells = t->cells.n;
    *voxels = w.setup.mesh.n[0] * w.setup.mesh.n[1] * w.setup.mesh.n[2];
    pf_tissue_free(t);
    return b;
}

static void memory_is_counted_by_what_it_grows_with(void **state)
{
    (void)state;
    size_t cells[2], voxels[2];
    pf_bytes small = held(50, 0, &cells[0], &voxels[0]),
             large = held(90, 0, &cells[1], &voxels[1]);
    assert_true(cells[1] > 4 * cells[0] && voxels[1] > 2 * voxels[0]);
    assert_true(large.cells > small.cells);
    assert_true(small.cells > cells[0] * 13 * sizeof(double));
    assert_true(large.domain > small.domain);
    assert_true(small.domain > voxels[0] * 2 * sizeof(double));
}

static void room_is_made_for_as_many_as_come_and_no_more(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene w;
    pf_tissue *t;
    pf_ctx_init(&ctx);
    pf_scene_little(&w);
    w.setup.n_placement = 2;
    w.placement[1].count = 20000;
    assert_ok(&ctx, pf_tissue_new(&ctx, &w.setup, 1, &t));
    assert_true(t->cells.n >= 20000 && t->cells.capacity < 20000 + 20000 / 8);
    size_t n = t->cells.n, held = t->life_capacity;
    assert_ok(&ctx, pf_tissue_room(&ctx, t, 500));
    assert_true(t->cells.capacity >= n + 500 && t->row_capacity >= n + 500);
    assert_true(t->cells.capacity < n + n / 8 + 1024 && t->cells.n == n);
    t->n_life = t->n_event = 0; /* who was placed is known: nobody needs that memory again */
    assert_ok(&ctx, pf_tissue_step(&ctx, t));
    assert_true(t->life_capacity < held / 4);
    assert_int_equal(pf_tissue_room(&ctx, t, SIZE_MAX), PF_ERR_RANGE);
    assert_contains(ctx.message, "expected fewer than 2^32");
    assert_ok(&ctx, pf_tissue_step(&ctx, t));
    pf_tissue_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_of_a_step_is_told_once_and_in_order),
        cmocka_unit_test(memory_is_counted_by_what_it_grows_with),
        cmocka_unit_test(room_is_made_for_as_many_as_come_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
