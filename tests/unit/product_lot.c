/* Lots of cells: stages against closed forms and an independent integration, release against
 * the normal law, identity of draws, and what is told of bad files. */
#include "product_case.h"

#include <dirent.h>

enum { ROOM = 8000 };

static pf_lot first_lot(book *b)
{
    double x[64];
    pf_lot lot;
    const pf_lot_identity who = {.seed = 7};
    assert_true(b->plan.variables.n_variable < 64);
    assert_ok(&b->ctx, pf_lot_make(&b->ctx, &b->plan, &who, NULL, x, &lot));
    return lot;
}

static pf_lot lot_of(const char *parts, const char *variables)
{
    char room[ROOM];
    book b;
    book_good(&b, lot_text(room, sizeof room, parts, variables), NULL);
    pf_lot lot = first_lot(&b);
    book_done(&b);
    return lot;
}

/* dN/dt = r N (1 - N/K) by Runge-Kutta in small steps. */
static double grow(double n, double rate, double capacity, double days)
{
    int steps = 20000;
    double h = days / steps;
    for (int i = 0; i < steps; i++) {
        double a = rate * n * (1 - n / capacity), m = n + h / 2 * a;
        double b = rate * m * (1 - m / capacity), k = n + h / 2 * b;
        double c = rate * k * (1 - k / capacity), e = n + h * c;
        n += h / 6 * (a + 2 * b + 2 * c + rate * e * (1 - e / capacity));
    }
    return n;
}

static void growth_is_logistic(void **state)
{
    (void)state;
    pf_lot lot = lot_of("", "  - {name: culture_days, value: 2 week, source: test}\n"
                            "  - {name: doubling_time, value: 36 hour, source: test}\n"
                            "  - {name: plateau, value: 2e10 cell, source: test}\n");
    assert_close(lot.stage[PF_STAGE_EXPANDED], grow(1e8, log(2) / 1.5, 2e10, 14), 1e-9, 0);
    assert_close(lot.delay, 14, 1e-12, 0);
    lot = lot_of("", "  - {name: culture_days, value: 14 day, source: test}\n"
                     "  - {name: fold, value: 5, source: test}\n");
    assert_close(lot.stage[PF_STAGE_EXPANDED], 5e8, 1e-12, 0);
    assert_close(lot.x[PF_ATTRIBUTE_DOUBLINGS], log(5) / log(2), 1e-12, 0);
    lot = lot_of("", "  - {name: culture_days, value: 14 day, source: test}\n"
                     "  - {name: fold, value: 500, source: test}\n"
                     "  - {name: doublings_max, value: 3, source: test}\n"
                     "  - {name: potency_halving, value: 6, source: test}\n");
    assert_close(lot.stage[PF_STAGE_EXPANDED], 8e8, 1e-12, 0);
    assert_close(lot.x[PF_ATTRIBUTE_POTENCY], sqrt(0.5), 1e-12, 0);
}

static void every_stage_takes_its_share(void **state)
{
    (void)state;
    pf_lot lot = lot_of("editing:\n  - {name: car, what: CAR, method: virus}\n"
                        "  - {name: mrna, what: CD16, method: mRNA}\n"
                        "freezing: {frozen: yes}\n",
        "  - {name: recovery, value: 50 %, source: test}\n"
        "  - {name: seed_purity, value: 0.8, source: test}\n"
        "  - {name: others_kept, value: 0.1, source: test}\n"
        "  - {name: car_efficiency, value: 0.5, source: test}\n"
        "  - {name: car_survival, value: 0.4, source: test}\n"
        "  - {name: mrna_efficiency, value: 0.9, source: test}\n"
        "  - {name: mrna_survival, value: 0.7, source: test}\n"
        "  - {name: fold, value: 10, source: test}\n"
        "  - {name: others_fold, value: 2, source: test}\n"
        "  - {name: harvest_recovery, value: 0.9, source: test}\n"
        "  - {name: viability_harvest, value: 0.95, source: test}\n"
        "  - {name: thaw_recovery, value: 0.8, source: test}\n"
        "  - {name: storage_years, value: 3 year, source: test}\n"
        "  - {name: storage_loss, value: 0.1 1/year, source: test}\n"
        "  - {name: thaw_death, value: 0.058 1/hour, source: test}\n"
        "  - {name: hours, value: 90 minute, source: test}\n");
    double kept = exp(-0.3), held = exp(-0.058 * 1.5);
    assert_close(lot.stage[PF_STAGE_EDITED], 1e8 * 0.5 * 0.4, 1e-12, 0);
    assert_close(lot.stage[PF_STAGE_FINISHED], 1e8 * 0.5 * 0.4 * 10 * 0.7, 1e-12, 0);
    double given = 1e8 * 0.5 * 0.4 * 10 * 0.7 * 0.9 * 0.8 * kept * held;
    assert_close(lot.stage[PF_STAGE_GIVEN], given, 1e-12, 0);
    assert_close(lot.x[PF_ATTRIBUTE_VIABILITY], 0.95 * kept, 1e-12, 0);
    assert_close(lot.x[PF_ATTRIBUTE_VIABILITY_GIVEN], 0.95 * kept * held, 1e-12, 0);
    assert_close(lot.x[PF_ATTRIBUTE_LASTING], exp(-0.058 * 22.5), 1e-12, 0);
    assert_close(lot.x[PF_ATTRIBUTE_CAR_COPIES], log(2) / 0.5, 1e-12, 0);
    assert_close(lot.x[PF_ATTRIBUTE_COPIES], log(2), 1e-12, 0);
    assert_close(lot.x[PF_ATTRIBUTE_DOSES], floor(given / 1e6), 0, 0);
    double others = 2.5e7 * 0.1 * 2 * given / (1e8 * 0.5 * 0.4 * 10 * 0.7);
    assert_close(lot.x[PF_ATTRIBUTE_PURITY], given / (given + others), 1e-12, 0);
}

static void one_thaw_takes_five_sixths_of_the_walkers_and_nothing_else(void **state)
{
    (void)state; /* V17.1: 3-D killing / 5.6, motile / 6, viability and kills per motile cell as
                    before */
    pf_ctx ctx;
    pf_diag diag;
    pf_lot_book fresh, thawed;
    pf_lots a, b;
    double x[2000];
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    assert_ok(&ctx,
        pf_lot_book_read(&ctx, &diag, "products/lots/pbnk-feeder-fresh.yaml", NULL, &fresh));
    assert_ok(&ctx,
        pf_lot_book_read(&ctx, &diag, "products/lots/pbnk-feeder-thawed.yaml", NULL, &thawed));
    assert_ok(&ctx, pf_lots_make(&ctx, &fresh.plan, 1, 2000, &a));
    assert_ok(&ctx, pf_lots_make(&ctx, &thawed.plan, 1, 2000, &b));
    const struct {
        pf_attribute a;
        double divided;
    } rows[] = {{PF_ATTRIBUTE_KILLING, 5.6}, {PF_ATTRIBUTE_MOTILE, 6},
        {PF_ATTRIBUTE_VIABILITY, 1}, {PF_ATTRIBUTE_POTENCY, 1}};
    for (size_t i = 0; i < PF_COUNT(rows); i++) {
        double one = pf_lots_quantile(x, pf_lots_column(&a, rows[i].a, x), 0.5);
        double two = pf_lots_quantile(x, pf_lots_column(&b, rows[i].a, x), 0.5);
        assert_close(one / two, rows[i].divided, 0.25, 0);
    }
    pf_lots_clear(&a);
    pf_lots_clear(&b);
    pf_lot_book_clear(&fresh);
    pf_lot_book_clear(&thawed);
    pf_diag_clear(&diag);
}

static void a_lot_is_the_same_whatever_else_is_made(void **state)
{
    (void)state;
    char room[ROOM];
    book b;
    pf_lots few, many;
    book_good(&b,
        lot_text(room, sizeof room, "",
            "  - {name: viability_harvest, distribution: uniform, low: 0.5, high: 1, source: "
            "test}\n"
            "  - {name: failure, value: 0.3, source: test}\n"),
        NULL);
    assert_ok(&b.ctx, pf_lots_make(&b.ctx, &b.plan, 3, 10, &few));
    assert_ok(&b.ctx, pf_lots_make(&b.ctx, &b.plan, 3, 2000, &many));
    size_t failed = 0;
    for (size_t i = 0; i < 10; i++) {
        assert_memory_equal(few.lot[i].stage, many.lot[i].stage, sizeof few.lot[i].stage);
        assert_int_equal(few.lot[i].disposition, many.lot[i].disposition);
    }
    for (size_t i = 0; i < 2000; i++) failed += many.lot[i].disposition == PF_LOT_FAILED;
    assert_close((double)failed, 600, 0, 4 * sqrt(2000 * 0.3 * 0.7));
    assert_true(many.lot[0].stage[0] == few.lot[0].stage[0]);
    pf_lots_clear(&few);
    pf_lots_clear(&many);
    book_done(&b);
}

static void the_best_of_four_mixes_is_the_largest_of_four_normals(void **state)
{
    (void)state;
    char room[ROOM];
    book b;
    pf_lots lots;
    enum { N = 20000 };
    book_good(&b,
        lot_text(room, sizeof room, "expansion: {individualised: yes}\n",
            "  - {name: response_sd, value: 0.5, source: test}\n"
            "  - {name: cocktails, value: 4, source: test}\n"),
        NULL);
    assert_ok(&b.ctx, pf_lots_make(&b.ctx, &b.plan, 3, N, &lots));
    double sum = 0;
    for (size_t i = 0; i < N; i++) sum += log(lots.lot[i].x[PF_ATTRIBUTE_RESPONSE]);
    /* Expectation of the largest of four standard normals: 1.02937537 (Harter 1961); its
     * standard deviation 0.7012. */
    assert_close(sum / N, 0.5 * 1.02937537, 0, 4 * 0.5 * 0.7012 / sqrt(N));
    pf_lots_clear(&lots);
    book_done(&b);
}

static const char SPEC[] =
    "specification: s\nversion: 1\nsource: test\ntests:\n"
    "  - {measures: viability, at_least: 80 %, sd: 4 %, method: m, source: t}\n";

static void rejections_follow_the_error_of_the_assay(void **state)
{
    (void)state;
    char room[ROOM];
    book b;
    pf_lots lots;
    enum { N = 20000 };
    book_good(&b,
        lot_text(room, sizeof room, "specification: s.yaml\n",
            "  - {name: viability_harvest, value: 83 %, source: test}\n"),
        SPEC);
    assert_ok(&b.ctx, pf_lots_make(&b.ctx, &b.plan, 11, N, &lots));
    double rejected = 0, p = 0.5 * erfc(0.75 / sqrt(2)); /* (83 - 80) / 4 */
    for (size_t i = 0; i < N; i++) rejected += lots.lot[i].disposition == PF_LOT_REJECTED;
    assert_close(rejected / N, p, 0, 4 * sqrt(p * (1 - p) / N));
    assert_close(lots.lot[0].x[PF_ATTRIBUTE_VIABILITY], 0.83, 1e-12, 0);
    pf_lots_clear(&lots);
    book_done(&b);
}

static pf_lot released(const char *test, const char *variables)
{
    char room[ROOM], spec[1000];
    book b;
    snprintf(spec, sizeof spec,
        "specification: s\nversion: 1\nsource: test\ntests:\n  - {%s, method: m, "
        "source: t}\n",
        test);
    book_good(&b, lot_text(room, sizeof room, "specification: s.yaml\n", variables), spec);
    pf_lot lot = first_lot(&b);
    book_done(&b);
    return lot;
}

static void a_result_that_comes_late_is_waited_for_or_not(void **state)
{
    (void)state;
    static const char GERM[] = "  - {name: contamination, value: 1, source: test}\n";
    static const char KEPT[] = "  - {name: contamination, value: 1, source: test}\n"
                               "  - {name: use_after, value: 20 day, source: test}\n";
    pf_lot lot =
        released("measures: sterile, at_least: 1, result_after: 14 day, wait: yes", GERM);
    assert_int_equal(lot.disposition, PF_LOT_QUARANTINED);
    assert_int_equal(lot.last, PF_LOT_REJECTED);
    assert_close(lot.wait, 14, 0, 0);
    lot = released("measures: sterile, at_least: 1, result_after: 14 day", GERM);
    assert_int_equal(lot.disposition, PF_LOT_RELEASED); /* at risk: nobody waits */
    assert_int_equal(lot.last, PF_LOT_RELEASED);
    assert_int_equal(lot.pending, 1);
    lot = released("measures: sterile, at_least: 1, result_after: 14 day", KEPT);
    assert_int_equal(lot.disposition, PF_LOT_REJECTED);
}

static void an_exception_is_released_and_a_lot_without_a_dose_fails(void **state)
{
    (void)state;
    pf_lot lot = released("measures: viability, at_least: 80 %, exception: yes",
        "  - {name: viability_harvest, value: 70 %, source: test}\n");
    assert_int_equal(lot.disposition, PF_LOT_EXCEPTION);
    lot = released("measures: viability, at_least: 80 %",
        "  - {name: recovery, value: 0.009, source: test}\n");
    assert_int_equal(lot.disposition, PF_LOT_FAILED);
    assert_int_equal(lot.too_few, 1);
}

static void a_bad_file_is_told_with_the_mend(void **state)
{
    (void)state;
    static const struct {
        const char *parts, *variables, *told;
    } bad[] = {
        {"", "  - {name: culture_days, value: 3 cell, source: t}\n",
            "'culture_days' is in cell"},
        {"", "  - {name: recovery, value: 1.2, source: t}\n",
            "'recovery' is above 1; expected 0 to 1\n"},
        {"", "  - {name: viability_harvest, value: 300 %, source: t}\n",
            "'viability_harvest' is above 1"},
        {"", "  - {name: others_fold, value: -2, source: t}\n", "'others_fold' is below 0"},
        {"",
            "  - {name: culture_days, value: 0 day, source: t}\n"
            "  - {name: fold, value: 100, source: t}\n",
            "a culture of 0 days, in which cells multiply"},
        {"expansion: {}\n", "", "'expansion' is empty"},
        {"freezing: {}\n", "", "'freezing' is empty"},
        {"editing: []\n", "", "'editing' is empty"},
        {"cost: []\n", "", "'cost' is empty"},
        {"", "  - {name: recovery, distribution: normal, mean: 0.9, sd: 0.1, source: t}\n",
            "cut the distribution with 'high: 1'"},
        {"", "  - {name: recvery, value: 1, source: t}\n", "did you mean 'recovery'"},
        {"", "  - {name: delay, formula: 3, source: t}\n", "unit: day"},
        {"editing:\n  - {name: car, what: CAR, method: virus}\n", "", "'car_efficiency'"},
        {"editing:\n  - {name: car, what: CAR, method: viurs}\n", "", "viurs"},
        {"specification: s.yaml\n", "", "needs 'contamination'"},
        {"from_patient: [age]\n", "", "there is no variable 'age'"},
        {"cost:\n  - {item: a, variable: cots}\n", "", "there is no variable 'cots'"},
        {"donr: 3\n", "", "unknown key 'donr'"},
    };
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        char room[ROOM], told[4000];
        book b;
        book_read(&b, lot_text(room, sizeof room, bad[i].parts, bad[i].variables),
            "specification: s\nversion: 1\nsource: t\ntests:\n"
            "  - {measures: sterile, at_least: 1, method: m, source: t}\n");
        book_told(&b, told, sizeof told);
        assert_contains(told, bad[i].told);
        assert_contains(told, "lot.yaml:");
        book_done(&b);
    }
}

static void a_bad_specification_is_told(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"measures: viabilty, at_least: 1", "did you mean 'viability'"},
        {"measures: viability", "this test has no limit"},
        {"measures: viability, at_least: 3 day", "cannot be in day"},
        {"measures: viability, at_least: 300 %", "viability is never above 1"},
        {"measures: viability, at_most: -5 %", "viability is never negative"},
        {"measures: endotoxin, at_most: -5 IU/mL", "endotoxin is never negative"},
        {"measures: viability, at_least: 90 %, at_most: 80 %", "'at_least' is above 'at_most'"},
        {"measures: viability, at_least: 90 %, sd: 1 %, cv: 0.1", "say the same twice"},
    };
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        char room[ROOM], spec[1000], told[4000];
        book b;
        snprintf(spec, sizeof spec,
            "specification: s\nversion: 1\nsource: t\ntests:\n  - {%s, method: m, "
            "source: t}\n",
            bad[i][0]);
        book_read(&b, lot_text(room, sizeof room, "specification: s.yaml\n", ""), spec);
        book_told(&b, told, sizeof told);
        assert_contains(told, bad[i][1]);
        book_done(&b);
    }
}

static void a_number_that_leaves_its_range_names_its_place(void **state)
{
    (void)state;
    char room[ROOM];
    book b;
    double x[8];
    pf_lot lot;
    const pf_lot_identity who = {.seed = 1};
    book_good(&b,
        lot_text(room, sizeof room, "", "  - {name: recovery, formula: 3*2, source: test}\n"),
        NULL);
    assert_int_equal(pf_lot_make(&b.ctx, &b.plan, &who, NULL, x, &lot), PF_ERR_RANGE);
    assert_contains(b.ctx.message, "lot.yaml:6:5: 'recovery' is 6");
    book_done(&b);
}

static void every_lot_file_is_whole_and_releases_lots(void **state)
{
    (void)state;
    DIR *folder = opendir("products/lots");
    size_t files = 0;
    assert_non_null(folder);
    for (struct dirent *e; (e = readdir(folder));) {
        pf_ctx ctx;
        pf_diag diag;
        pf_lot_book b;
        pf_lots lots;
        char path[300];
        size_t released = 0;
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "products/lots/%s", e->d_name);
        pf_ctx_init(&ctx);
        pf_diag_init(&diag, &ctx);
        assert_ok(&ctx, pf_lot_book_read(&ctx, &diag, path, NULL, &b));
        assert_int_equal(diag.n, 0); /* no warnings either */
        assert_true(b.plan.specification.n > 0);
        assert_ok(&ctx, pf_lots_make(&ctx, &b.plan, 5, 300, &lots));
        for (size_t i = 0; i < 300; i++) released += lots.lot[i].last <= PF_LOT_EXCEPTION;
        if (released < 100) fail_msg("%s: %zu of 300 lots are released", path, released);
        pf_lots_clear(&lots);
        pf_lot_book_clear(&b);
        pf_diag_clear(&diag);
        files++;
    }
    closedir(folder);
    assert_true(files >= 20);
}

static void the_reference_is_current(void **state)
{
    (void)state;
    static const char PATH[] = "docs/reference/lots.md";
    pf_ctx ctx;
    pf_buf out;
    char *there = NULL;
    size_t size = 0;
    pf_ctx_init(&ctx);
    pf_buf_init(&out, &ctx);
    pf_lot_reference(&out);
    assert_ok(&ctx, pf_buf_ok(&out));
    if (getenv("PF_REGENERATE"))
        assert_ok(&ctx, pf_file_write(&ctx, PATH, out.bytes, out.size));
    assert_ok(&ctx, pf_file_read(&ctx, PATH, 0, &there, &size));
    if (strcmp(there, out.bytes) != 0)
        fail_msg(
            "%s is not up to date: PF_REGENERATE=1 build/dev/tests/test_product_lot", PATH);
    pf_free(there);
    pf_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_is_logistic),
        cmocka_unit_test(every_stage_takes_its_share),
        cmocka_unit_test(one_thaw_takes_five_sixths_of_the_walkers_and_nothing_else),
        cmocka_unit_test(a_lot_is_the_same_whatever_else_is_made),
        cmocka_unit_test(the_best_of_four_mixes_is_the_largest_of_four_normals),
        cmocka_unit_test(rejections_follow_the_error_of_the_assay),
        cmocka_unit_test(a_result_that_comes_late_is_waited_for_or_not),
        cmocka_unit_test(an_exception_is_released_and_a_lot_without_a_dose_fails),
        cmocka_unit_test(a_bad_file_is_told_with_the_mend),
        cmocka_unit_test(a_bad_specification_is_told),
        cmocka_unit_test(a_number_that_leaves_its_range_names_its_place),
        cmocka_unit_test(every_lot_file_is_whole_and_releases_lots),
        cmocka_unit_test(the_reference_is_current),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
