/* How much of a run the page holds. */
#include "page_column.h"

static void mark(pf_buf *b, size_t replicate, size_t person)
{
    pf_csv_text(b, "SIMULATED-tiny");
    pf_csv_number(b, (double)replicate);
    pf_csv_number(b, (double)person);
    pf_csv_text(b, "1");
}

/* Patients of two replicates, and events of each: `rows` of a patient. */
static void write_tables(page_case *c, size_t size, size_t rows)
{
    pf_buf p, e;
    pf_buf_init(&p, &c->ctx);
    pf_buf_init(&e, &c->ctx);
    pf_buf_text(&p, "STUDYID,REPLICATE,PATIENT,ARM,age\n");
    pf_buf_text(&e, "STUDYID,REPLICATE,PATIENT,ARM,DAY\n");
    for (size_t i = 0; i < 2 * size; i++) {
        mark(&p, i / size, i % size);
        pf_csv_number(&p, (double)i / 8);
        pf_csv_end(&p);
        for (size_t k = 0; k < rows; k++) {
            mark(&e, i / size, i % size);
            pf_csv_number(&e, (double)(i * rows + k) / 16);
            pf_csv_end(&e);
        }
    }
    page_case_file(c, "patients.csv", p.bytes);
    page_case_file(c, "events.csv", e.bytes);
    pf_buf_clear(&p);
    pf_buf_clear(&e);
    c->arm[0].size = size;
}

static double number(const pf_jvalue *detail, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(detail, key));
}

static void as_many_replicates_as_fit(void **state)
{
    page_case *c = *state;
    const pf_jvalue *detail;
    write_tables(c, 10, 4000); /* 40,000 events: a code of 1 byte and a day of 8, as base64 */
    detail = pf_jvalue_get(page_case_run(c, 0), "detail");
    assert_true(number(detail, "replicates") == 2);
    assert_true(c->json.size < 1000000 && c->json.size > 960000);
    write_tables(c, 10, 5000);
    detail = pf_jvalue_get(page_case_run(c, 0), "detail");
    assert_true(number(detail, "replicates") == 1);
    page_column row = page_case_column(c, pf_jvalue_get(detail, "events"), "ROW");
    assert_int_equal(row.n, 50000);
    assert_true(row.x[49999] == 9);
    detail = pf_jvalue_get(page_case_run(c, 2), "detail"); /* asked for */
    assert_true(number(detail, "replicates") == 2);
    assert_int_equal(page_case_column(c, pf_jvalue_get(detail, "patients"), "age").n, 20);
}

static void a_replicate_that_does_not_fit_is_there_all_the_same(void **state)
{
    page_case *c = *state;
    write_tables(c, 10, 20000);
    const pf_jvalue *detail = pf_jvalue_get(page_case_run(c, 0), "detail");
    assert_true(number(detail, "replicates") == 1);
    assert_true(number(pf_jvalue_get(detail, "events"), "n") == 200000);
}

static void of_a_crowd_the_first_patients(void **state)
{
    page_case *c = *state;
    write_tables(c, PF_PAGE_PATIENTS_MOST + 3, 1);
    const pf_jvalue *detail = pf_jvalue_get(page_case_run(c, 0), "detail");
    assert_true(number(detail, "size") == PF_PAGE_PATIENTS_MOST);
    assert_true(number(detail, "size_planned") == PF_PAGE_PATIENTS_MOST + 3);
    detail = pf_jvalue_get(page_case_run(c, 2), "detail");
    page_column row = page_case_column(c, pf_jvalue_get(detail, "events"), "ROW");
    page_column day = page_case_column(c, pf_jvalue_get(detail, "events"), "DAY");
    assert_int_equal(row.n, 2 * PF_PAGE_PATIENTS_MOST);
    assert_true(row.x[PF_PAGE_PATIENTS_MOST] == PF_PAGE_PATIENTS_MOST);
    assert_true(day.x[PF_PAGE_PATIENTS_MOST] == (PF_PAGE_PATIENTS_MOST + 3) / 16.0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, page_case_setup, page_case_teardown)
    const struct CMUnitTest tests[] = {
        TEST(as_many_replicates_as_fit),
        TEST(a_replicate_that_does_not_fit_is_there_all_the_same),
        TEST(of_a_crowd_the_first_patients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
