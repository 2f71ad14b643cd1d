/* Regimens lowered to records, against tables written by hand. */
#include "ct.h"
#include "patient/regimen.h"

static const double zero[] = {0};

static pf_regimen_item item(const double *dose)
{
    return (pf_regimen_item){.drug = "x",
        .n_dose = 1,
        .dose = dose,
        .dose_high = dose[0],
        .max_dose = INFINITY,
        .n_on = 1,
        .on = zero,
        .cycles_low = 1,
        .cycles_high = 1,
        .stop = INFINITY};
}

static pf_person person(uint64_t i)
{
    return (pf_person){.seed = 5, .patient = i, .weight_kg = 80, .bsa_m2 = NAN};
}

static void assert_days(const pf_records *r, uint32_t which, const double *day, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (r->row[i].item != which) continue;
        assert_true(k < n);
        assert_close(r->row[i].day, day[k++], 1e-12, 1e-12);
    }
    assert_int_equal(k, n);
}

static void the_schedule_of_lin_2020_comes_out_as_published(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double mg = 10, cells = 1e9, on[] = {12, 13, 14, 26, 27, 28};
    pf_regimen_item it[] = {item(&mg), item(&cells)};
    it[0].per = PF_PER_KG, it[0].every = 21, it[0].until_progression = 1;
    it[1].drug = NULL, it[1].n_on = 6, it[1].on = on, it[1].cycle = 28;
    it[1].cycles_low = 1, it[1].cycles_high = 3;
    const double drug[] = {0, 21, 42, 63, 84}, nk[] = {12, 13, 14, 26, 27, 28, 40, 41, 42, 54,
                                                   55, 56, 68, 69, 70, 82, 83, 84};
    int seen[4] = {0};
    pf_records r = {0};
    for (uint64_t i = 0; i < 300; i++) {
        pf_person who = person(i);
        assert_ok(&ctx, pf_regimen_lower(&ctx, it, 2, &who, 100, &r));
        assert_days(&r, 0, drug, 5);
        size_t n = r.n - 5;
        assert_int_equal(n % 6, 0);
        assert_days(&r, 1, nk, n);
        seen[n / 6]++;
        for (size_t k = 1; k < r.n; k++) assert_true(r.row[k].day >= r.row[k - 1].day);
        assert_close(r.row[0].amount, 800.0, 1e-15, 0);
    }
    for (int c = 1; c <= 3; c++) assert_in_range(seen[c], 70, 130);
    pf_records_clear(&r);
}

static void equal_days_keep_the_order_of_the_items(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double one = 1, on[] = {7, -5, 0};
    pf_regimen_item it[] = {item(&one), item(&one), item(&one)};
    it[0].start = 7, it[1].n_on = 3, it[1].on = on, it[2].every = 7, it[2].stop = 14;
    pf_person who = person(0);
    pf_records r = {0};
    assert_ok(&ctx, pf_regimen_lower(&ctx, it, 3, &who, 1000, &r));
    const double day[] = {-5, 0, 0, 7, 7, 7};
    const uint32_t of[] = {1, 1, 2, 0, 1, 2};
    assert_int_equal(r.n, 6);
    for (size_t i = 0; i < r.n; i++) {
        assert_close(r.row[i].day, day[i], 0, 0);
        assert_int_equal(r.row[i].item, of[i]);
    }
    pf_records_clear(&r);
}

static void a_cycle_repeats_inside_itself(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double one = 1, want[] = {3, 10, 17, 24, 31};
    pf_regimen_item it = item(&one);
    it.start = 3, it.every = 7, it.cycle = 21, it.cycles_low = it.cycles_high = 2;
    it.stop = 38;
    pf_person who = person(0);
    pf_records r = {0};
    assert_ok(&ctx, pf_regimen_lower(&ctx, &it, 1, &who, 1000, &r));
    assert_days(&r, 0, want, 5);
    pf_records_clear(&r);
}

static void caps_levels_and_infusions(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double level[] = {1, 3, 10};
    pf_regimen_item it = item(level);
    it.n_dose = 3, it.per = PF_PER_KG, it.max_dose = 500, it.infusion = 0.5;
    pf_records r = {0};
    const double amount[] = {80, 240, 500, 80};
    for (uint64_t order = 0; order < 4; order++) {
        pf_person who = person(9);
        who.order_in_arm = order;
        assert_ok(&ctx, pf_regimen_lower(&ctx, &it, 1, &who, 10, &r));
        assert_int_equal(r.n, 1);
        assert_close(r.row[0].amount, amount[order], 1e-15, 0);
        assert_close(r.row[0].rate, amount[order] * 2, 1e-15, 0);
    }
    pf_records_clear(&r);
}

static void a_dose_per_m2_without_the_area_is_a_mistake(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double one = 1;
    pf_regimen_item it = item(&one);
    it.per = PF_PER_M2;
    it.place = (pf_place){"s.yaml", 4, 2, 5};
    pf_person who = person(0);
    pf_records r = {0};
    assert_int_equal(pf_regimen_lower(&ctx, &it, 1, &who, 10, &r), PF_ERR_RANGE);
    assert_contains(ctx.message, "s.yaml:4:2");
    assert_contains(ctx.message, "bsa");
    pf_records_clear(&r);
}

static void a_late_dose_pushes_the_later_ones_of_its_item(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double one = 1, sure[] = {2, 25, 48, 71};
    pf_regimen_item it = item(&one);
    it.every = 21, it.delay_chance = 1, it.delay_days = 2;
    pf_person who = person(0);
    pf_records r = {0};
    assert_ok(&ctx, pf_regimen_lower(&ctx, &it, 1, &who, 90, &r));
    assert_days(&r, 0, sure, 4);
    it.delay_chance = 0.3;
    double late = 0;
    for (uint64_t i = 0; i < 2000; i++) {
        who = person(i);
        assert_ok(&ctx, pf_regimen_lower(&ctx, &it, 1, &who, 30, &r));
        late += r.row[0].day > 0;
    }
    assert_close(late / 2000, 0.3, 0, 0.05);
    pf_records_clear(&r);
}

static void an_unknown_dose_is_one_number_for_each_replicate(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double low = 1e8, fixed = 5;
    pf_regimen_item it[] = {item(&fixed), item(&low)};
    it[1].dose_high = 1e10;
    double middle = 0, dose[2];
    pf_records r = {0};
    for (uint64_t k = 0; k < 1000; k++) {
        pf_regimen_resolve(it, 2, 5, k, dose);
        assert_true(isnan(dose[0]) && dose[1] >= 1e8 && dose[1] <= 1e10);
        middle += dose[1] < 1e9;
    }
    assert_close(middle / 1000, 0.5, 0, 0.08);
    pf_person who = person(0);
    assert_int_equal(pf_regimen_lower(&ctx, it, 2, &who, 10, &r), PF_ERR_BUG);
    pf_ctx_reset(&ctx);
    who.dose = dose;
    assert_ok(&ctx, pf_regimen_lower(&ctx, it, 2, &who, 10, &r));
    assert_close(r.row[0].amount, 5, 0, 0);
    assert_close(r.row[1].amount, dose[1], 0, 0);
    pf_records_clear(&r);
}

static void an_interval_that_never_ends_is_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double one = 1;
    pf_regimen_item it = item(&one);
    it.every = 1e-9;
    pf_person who = person(0);
    pf_records r = {0};
    assert_int_equal(pf_regimen_lower(&ctx, &it, 1, &who, 10, &r), PF_ERR_RANGE);
    assert_int_equal(r.n, 0);
    pf_records_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schedule_of_lin_2020_comes_out_as_published),
        cmocka_unit_test(equal_days_keep_the_order_of_the_items),
        cmocka_unit_test(a_cycle_repeats_inside_itself),
        cmocka_unit_test(caps_levels_and_infusions),
        cmocka_unit_test(a_dose_per_m2_without_the_area_is_a_mistake),
        cmocka_unit_test(a_late_dose_pushes_the_later_ones_of_its_item),
        cmocka_unit_test(an_unknown_dose_is_one_number_for_each_replicate),
        cmocka_unit_test(an_interval_that_never_ends_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
