/* replicates.csv: the measures of each replicate. */
#include "summary_case.h"

static void csv_of(const pf_summary *s, pf_buf *out)
{
    pf_buf_init(out, NULL);
    pf_summary_replicates_header(out);
    for (size_t i = 0; i < s->n_replicate; i++) pf_summary_replicate_rows(s, i, out);
    pf_buf_put(out, "", 1);
    assert_ok(NULL, pf_buf_ok(out));
}

static void every_measure_of_every_replicate_has_a_row(void **state)
{
    (void)state;
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    pf_summary *sum = NULL;
    pf_buf csv;
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    add(sum, &l, 1, second, PF_COUNT(second));
    csv_of(sum, &csv);
    const char *head = "STUDYID,REPLICATE,ARM,AGAINST,ENDPOINT,AT_DAY,LABEL,UNIT,VALUE\n";
    assert_ptr_equal(strstr(csv.bytes, head), csv.bytes);
    size_t lines = 0;
    for (const char *c = csv.bytes; *c; c++) lines += *c == '\n';
    assert_int_equal(lines, 1 + 2 * sum->n_measure);
    assert_contains(csv.bytes, "\nSIMULATED-tiny,0,control,,ORR,,,share,0.5\n");
    assert_contains(csv.bytes, "\nSIMULATED-tiny,1,control,,ORR,,,share,1\n");
    /* Nobody dies: the median is not reached. Nobody responds: there is no duration. */
    assert_contains(csv.bytes, "\nSIMULATED-tiny,0,control,,OS,,,day,inf\n");
    assert_contains(csv.bytes, "\nSIMULATED-tiny,1,control + NK,,DoR,,,day,\n");
    assert_contains(csv.bytes, "\nSIMULATED-tiny,0,control,,kinetics,7,,cell/uL,");
    assert_contains(csv.bytes, "\nSIMULATED-tiny,0,control,,AUC28,,,cell/uL day,100\n");
    assert_contains(
        csv.bytes, "\nSIMULATED-tiny,1,control + NK,control,ORR_difference,,,share,-1\n");
    pf_buf_clear(&csv);
    pf_summary_free(sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_measure_of_every_replicate_has_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
