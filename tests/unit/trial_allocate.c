/* Arms by lot, and the rows a simulation leaves behind. */
#include "ct.h"
#include "trial/allocate.h"
#include "trial/result.h"

#include <string.h>

static pf_study two_arms(pf_arm *arm, size_t a, size_t b)
{
    arm[0] = (pf_arm){.name = "a", .size = a};
    arm[1] = (pf_arm){.name = "b", .size = b};
    return (pf_study){.n_arm = 2, .arm = arm, .seed = 11};
}

static void fixed_sizes_are_exact_and_the_order_is_random(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arms[2];
    pf_study s = two_arms(arms, 54, 55);
    uint32_t arm[109], again[109];
    uint64_t order[109];
    int first_in_a = 0;
    for (uint64_t k = 0; k < 400; k++) {
        assert_ok(&ctx, pf_allocate(&ctx, &s, k, NULL, arm, order));
        uint64_t n[2] = {0, 0};
        for (size_t i = 0; i < 109; i++) assert_int_equal(order[i], n[arm[i]]++);
        assert_int_equal(n[0], 54);
        first_in_a += arm[0] == 0;
    }
    assert_in_range(first_in_a, 150, 250);
    assert_ok(&ctx, pf_allocate(&ctx, &s, 399, NULL, again, NULL));
    assert_memory_equal(arm, again, sizeof arm);
}

static void every_block_of_every_stratum_is_balanced(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arms[2];
    pf_study s = two_arms(arms, 60, 30);
    s.allocation = (pf_allocation){.method = PF_ALLOCATE_BLOCK, .block = 6};
    uint32_t stratum[90], arm[90];
    for (uint32_t i = 0; i < 90; i++) stratum[i] = i * i % 3;
    assert_ok(&ctx, pf_allocate(&ctx, &s, 2, stratum, arm, NULL));
    for (uint32_t k = 0; k < 3; k++) {
        int seen = 0, b = 0;
        for (size_t i = 0; i < 90; i++) {
            if (stratum[i] != k) continue;
            b += arm[i] == 1;
            if (++seen % 6) continue;
            assert_int_equal(b, 2);
            b = 0;
        }
    }
}

static void a_block_that_cannot_hold_the_ratio_is_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arms[2];
    uint32_t arm[3];
    pf_study s = two_arms(arms, 2, 1);
    s.allocation = (pf_allocation){.method = PF_ALLOCATE_BLOCK, .block = 4};
    assert_int_equal(pf_allocate(&ctx, &s, 0, NULL, arm, NULL), PF_ERR_RANGE);
    assert_contains(ctx.message, "multiple of 3");
}

static void strata_are_the_distinct_rows_in_ascending_order(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double value[] = {1, 0, 0, 5, 1, 0, 0, 2};
    uint32_t stratum[4];
    assert_ok(&ctx, pf_allocate_strata(&ctx, value, 4, 2, stratum));
    const uint32_t want[] = {2, 1, 2, 0};
    assert_memory_equal(stratum, want, sizeof want);
}

static void rows_sort_by_patient_and_keep_their_order_within(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_layout layout = {.n_column = {3, 3, 3, 3, 3}};
    pf_chunk c;
    pf_chunk_init(&c, &layout);
    for (int i = 0; i < 300; i++) {
        double *row = pf_chunk_row(&ctx, &c, PF_TABLE_EVENTS);
        assert_true(row && isnan(row[2]));
        row[0] = i % 3, row[1] = 10 - i % 7, row[2] = i;
    }
    assert_ok(&ctx, pf_chunk_sort(&ctx, &c));
    const double *x = c.table[PF_TABLE_EVENTS].x;
    for (int i = 1; i < 300; i++) {
        const double *a = x + 3 * (i - 1), *b = x + 3 * i;
        assert_true(
            a[0] < b[0] || (a[0] == b[0] && (a[1] < b[1] || (a[1] == b[1] && a[2] < b[2]))));
    }
    pf_chunk_empty(&c);
    assert_ok(&ctx, pf_chunk_sort(&ctx, &c));
    assert_string_equal(pf_event_text(PF_EVENT_DEATH), "death");
    pf_chunk_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_sizes_are_exact_and_the_order_is_random),
        cmocka_unit_test(every_block_of_every_stratum_is_balanced),
        cmocka_unit_test(a_block_that_cannot_hold_the_ratio_is_refused),
        cmocka_unit_test(strata_are_the_distinct_rows_in_ascending_order),
        cmocka_unit_test(rows_sort_by_patient_and_keep_their_order_within),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
