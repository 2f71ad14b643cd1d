/* act18: the engine against a reference solved at a tolerance of 1e-11. */
#include "ct.h"
#include "act18_data.h"

#define FOLDER PF_TEST_DATA "/act18"

static void act18_agrees_with_its_reference(void **state)
{
    (void)state;
    act18 a;
    act_open(&a, FOLDER);
    double error = act_median_error(&a, FOLDER, 0, 1e-6);
    print_message("median of the largest relative error at rtol 1e-6: %.3g\n", error);
    assert_int_equal(a.failed, 0);
    assert_true(error <= 1e-5);
    act_close(&a);
}

static void a_tighter_tolerance_comes_closer(void **state)
{
    (void)state;
    act18 a;
    act_open(&a, FOLDER);
    double loose = act_median_error(&a, FOLDER, 0, 1e-5);
    double tight = act_median_error(&a, FOLDER, 0, 1e-8);
    assert_true(tight < 0.1 * loose);
    act_close(&a);
}

static void act18_has_the_same_bits_in_every_width(void **state)
{
    (void)state;
    size_t bytes = 100 * ACT_DAYS * ACT_OUT * sizeof(double);
    double *one = NULL;
    for (int lanes = 1; lanes <= 8; lanes += lanes == 1 ? 3 : 4) {
        if (!pf_lanes_available(lanes)) continue;
        act18 a;
        act_open(&a, FOLDER);
        a.seen = malloc(bytes);
        act_run(&a, lanes, 1e-6, 0, 100);
        if (one)
            assert_memory_equal(one, a.seen, bytes);
        else
            memcpy(one = malloc(bytes), a.seen, bytes);
        act_close(&a);
    }
    free(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(act18_agrees_with_its_reference),
        cmocka_unit_test(a_tighter_tolerance_comes_closer),
        cmocka_unit_test(act18_has_the_same_bits_in_every_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
