/* The page's document from a run folder that is written by hand. */
#include "ct.h"
#include "page_column.h"

static void a_run_of_one_patient_is_a_whole_page(void **state)
{
    page_case *c = *state;
    const pf_jvalue *run = page_case_run(c, 0);
    const pf_jvalue *detail = pf_jvalue_get(run, "detail");
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(run, "label"), ""), "tiny");
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(run, "text"), ""), "SIMULATED table\n");
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(run, "command"), ""),
        "perforin run 'inputs/tiny study.yaml' --seed 18446744073709551615 --replicates 2 "
        "--set "
        "'h_b*=3' --out again");
    assert_close(pf_jvalue_number(pf_jvalue_get(detail, "size")), 1, 0, 0);
    assert_close(pf_jvalue_number(pf_jvalue_get(detail, "replicates")), 2, 0, 0);
    page_column p = page_case_column(c, pf_jvalue_get(detail, "patients"), "PFS");
    assert_int_equal(p.n, 2);
    assert_true(p.x[0] == 43.9599856453754 && isnan(p.x[1])); /* to the last bit */
    assert_string_equal(p.shape, "f8");
    p = page_case_column(c, pf_jvalue_get(detail, "patients"), "ARM");
    assert_string_equal(p.shape, "const");
    assert_string_equal(p.text[0], "1");
    p = page_case_column(c, pf_jvalue_get(detail, "patients"), "BOR");
    assert_string_equal(p.text[0], "PR");
    assert_null(p.text[1]);
    assert_null(pf_jvalue_get(page_case_columns(detail, "patients"), "PATIENT"));
    const pf_jvalue *study = pf_jvalue_get(run, "study");
    assert_string_equal(
        pf_jvalue_text(pf_jvalue_get(study, "seed"), ""), "18446744073709551615");
}

static void events_point_to_their_patient(void **state)
{
    page_case *c = *state;
    const pf_jvalue *detail = pf_jvalue_get(page_case_run(c, 0), "detail");
    page_column row = page_case_column(c, pf_jvalue_get(detail, "events"), "ROW");
    page_column what = page_case_column(c, pf_jvalue_get(detail, "events"), "EVENT");
    page_column much = page_case_column(c, pf_jvalue_get(detail, "events"), "VALUE");
    assert_int_equal(row.n, 3);
    assert_true(row.x[0] == 0 && row.x[1] == 0 && row.x[2] == 1);
    assert_string_equal(what.text[0], "dose");
    assert_string_equal(what.text[1], "death, of \"something\"");
    assert_string_equal(much.shape, "f8"); /* no single precision holds 1e300 */
    assert_true(much.x[0] == 1e300 && isnan(much.x[1]));
    assert_null(pf_jvalue_get(page_case_columns(detail, "events"), "ARM"));
}

static void tables_without_rows_keep_their_columns(void **state)
{
    page_case *c = *state;
    const pf_jvalue *run = page_case_run(c, 0), *detail = pf_jvalue_get(run, "detail");
    page_column day = page_case_column(c, pf_jvalue_get(detail, "visits"), "DAY");
    assert_int_equal(day.n, 0); /* nobody has a lesion to follow */
    assert_string_equal(day.shape, "const");
    page_column reason = page_case_column(c, pf_jvalue_get(run, "failures"), "REASON");
    assert_int_equal(reason.n, 0);
    assert_null(pf_jvalue_get(page_case_columns(run, "failures"), "STUDYID"));
}

static void failures_are_listed(void **state)
{
    page_case *c = *state;
    page_case_file(c, "failures.csv",
        "STUDYID,REPLICATE,PATIENT,ARM,DAY,REASON,STATE\nSIMULATED-tiny,1,0,1,12.5,step too "
        "small,L1.T\n");
    const pf_jvalue *run = page_case_run(c, 0);
    page_column day = page_case_column(c, pf_jvalue_get(run, "failures"), "DAY");
    page_column where = page_case_column(c, pf_jvalue_get(run, "failures"), "STATE");
    assert_true(day.n == 1 && day.x[0] == 12.5);
    assert_string_equal(where.text[0], "L1.T");
}

static void columns_that_nobody_knows_come_along(void **state)
{
    page_case *c = *state;
    page_case_file(c, "kinetics.csv",
        "STUDYID,REPLICATE,PATIENT,ARM,DAY,KINETICS,mood,KIND\n"
        "SIMULATED-tiny,0,0,1,1,,0.25,up\nSIMULATED-tiny,1,0,1,7,70000,-0.5,\n");
    const pf_jvalue *samples =
        pf_jvalue_get(pf_jvalue_get(page_case_run(c, 0), "detail"), "samples");
    page_column level = page_case_column(c, samples, "KINETICS");
    page_column mood = page_case_column(c, samples, "mood");
    page_column kind = page_case_column(c, samples, "KIND");
    assert_string_equal(level.shape, "u4");
    assert_true(isnan(level.x[0]) && level.x[1] == 70000);
    assert_string_equal(mood.shape, "f4");
    assert_true(mood.x[0] == 0.25 && mood.x[1] == -0.5);
    assert_string_equal(kind.text[0], "up");
    assert_null(kind.text[1]);
}

static void days_of_patients_keep_every_bit(void **state)
{
    page_case *c = *state;
    page_case_file(c, "kinetics.csv",
        "STUDYID,REPLICATE,PATIENT,ARM,RFS,OS,EVENT_GVHD\n"
        "SIMULATED-tiny,0,0,1,1813.4682731795697,1813.4682731795699,0.1\n"
        "SIMULATED-tiny,1,0,1,,,\n");
    const pf_jvalue *samples =
        pf_jvalue_get(pf_jvalue_get(page_case_run(c, 0), "detail"), "samples");
    assert_true(page_case_column(c, samples, "RFS").x[0] == 1813.4682731795697);
    assert_true(page_case_column(c, samples, "OS").x[0] == 1813.4682731795699);
    assert_true(page_case_column(c, samples, "EVENT_GVHD").x[0] == 0.1);
}

static void values_are_columns_of_replicates(void **state)
{
    page_case *c = *state;
    page_case_file(c, "replicates.csv",
        "STUDYID,REPLICATE,ARM,AGAINST,ENDPOINT,AT_DAY,LABEL,UNIT,VALUE\n"
        "SIMULATED-tiny,0,1,,OS,,,day,inf\nSIMULATED-tiny,0,1,2,PFS_at,180,,share,0.5\n"
        "SIMULATED-tiny,1,1,,OS,,,day,100.1\nSIMULATED-tiny,1,1,2,PFS_at,180,,share,\n");
    const pf_jvalue *values = pf_jvalue_get(page_case_run(c, 0), "values");
    assert_int_equal(values->n, 2);
    page_column os = page_case_values(c, values->first, 2);
    assert_true(isinf(os.x[0]) && os.x[1] == 100.1);
    assert_int_equal(pf_jvalue_get(values->first, "against")->kind, PF_JVALUE_NULL);
    const pf_jvalue *at = values->first->next;
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(at, "against"), ""), "2");
    assert_true(pf_jvalue_number(pf_jvalue_get(at, "at_day")) == 180);
    page_column share = page_case_values(c, at, 2);
    assert_true(share.x[0] == 0.5 && isnan(share.x[1]));
}

static void detail_is_what_was_asked_for(void **state)
{
    page_case *c = *state;
    const pf_jvalue *detail = pf_jvalue_get(page_case_run(c, 1), "detail");
    assert_close(pf_jvalue_number(pf_jvalue_get(detail, "replicates")), 1, 0, 0);
    assert_int_equal(page_case_column(c, pf_jvalue_get(detail, "events"), "ROW").n, 2);
    page_case_fails(c, 3, PF_ERR_CONFIG, "the run has 2");
    c->study.keep = 1;
    page_case_fails(c, 2, PF_ERR_CONFIG, "`keep:`");
    c->study.keep = 0;
    detail = pf_jvalue_get(page_case_run(c, 0), "detail");
    assert_int_equal(detail->kind, PF_JVALUE_NULL);
}

static void damage_names_the_file_and_the_line(void **state)
{
    static const struct {
        const char *file, *text, *said;
    } bad[] = {
        {"patients.csv", "STUDYID,REPLICATE,PATIENT,ARM\nS,0,0,a\nS,1,0\n", "line 3"},
        {"patients.csv", "STUDYID,REPLICATE,PATIENT,ARM\nS,0,0,a\n", "patients are missing"},
        {"patients.csv", "STUDYID,REPLICATE,PATIENT,ARM\nS,0,0,a\nS,0,0,a\n", "out of order"},
        {"patients.csv", "STUDYID,REPLICATE,PATIENT,ARM\nS,0,one,a\n", "'one'"},
        {"patients.csv", "STUDYID,ARM\n", "REPLICATE and PATIENT"},
        {"events.csv", "STUDYID,REPLICATE,PATIENT,DAY\nS,0,0,1\nS,0,0,x\n", "column DAY"},
        {"events.csv", "STUDYID,REPLICATE,PATIENT,DAY\nS,0,0,1", "cut off"},
        {"failures.csv", "", "no header"},
        {"replicates.csv", "STUDYID,REPLICATE,VALUE\n", "no column ARM"},
        {"summary.json", "{\"arms\": ", "summary.json"},
    };
    page_case *c = *state;
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        page_case_folder(c);
        page_case_file(c, bad[i].file, bad[i].text);
        page_case_fails(c, 0, PF_ERR_CORRUPT, bad[i].said);
        assert_contains(c->ctx.message, bad[i].file);
    }
}

static void nothing_of_a_study_ends_the_script(void **state)
{
    page_case *c = *state;
    c->study.title = "</script><script>alert('@PERFORIN_DATA@ & \"more\"')</script>";
    const pf_jvalue *run = page_case_run(c, 0);
    const pf_jvalue *study = pf_jvalue_get(run, "study");
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(study, "title"), ""), c->study.title);
    const char *page = page_case_page(c, "<title>@PERFORIN_TITLE@</title>@PERFORIN_TEXT@"
                                         "<script>@PERFORIN_DATA@</script>");
    assert_contains(page,
        "<title>SIMULATED: &lt;/script&gt;&lt;script&gt;alert('@PERFORIN_DATA@ "
        "&amp; &quot;more&quot;')&lt;/script&gt;</title>SIMULATED table\n<script>{");
    const char *end = strstr(page, "</script>");
    assert_string_equal(end, "</script>"); /* the only one is the template's */
}

static void a_template_needs_each_marker_once(void **state)
{
    page_case *c = *state;
    static const char *const bad[] = {"@PERFORIN_TITLE@@PERFORIN_DATA@",
        "@PERFORIN_TITLE@@PERFORIN_DATA@@PERFORIN_TEXT@@PERFORIN_DATA@", ""};
    static const char *const said[] = {
        "no marker @PERFORIN_TEXT@", "more than one marker @PERFORIN_DATA@", "no marker"};
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        assert_null(page_case_page(c, bad[i]));
        assert_contains(c->ctx.message, said[i]);
    }
    assert_non_null(page_case_page(c, NULL)); /* the built-in one has them */
}

static void two_runs_stand_beside_each_other(void **state)
{
    page_case *c = *state;
    pf_page *page;
    pf_buf json;
    pf_page_run run = page_case_options(c, 0);
    pf_buf_init(&json, &c->ctx);
    assert_ok(&c->ctx, pf_page_new(&c->ctx, "1.2.3", &page));
    run.label = "runs/a";
    assert_ok(&c->ctx, pf_page_add(&c->ctx, page, &run));
    run.label = "runs/b";
    assert_ok(&c->ctx, pf_page_add(&c->ctx, page, &run));
    assert_ok(&c->ctx, pf_page_document(&c->ctx, page, &json));
    assert_contains(json.bytes, "\"label\":\"runs/a\"");
    assert_contains(json.bytes, "\"label\":\"runs/b\"");
    pf_buf_clear(&json);
    pf_page_free(page);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, page_case_setup, page_case_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_run_of_one_patient_is_a_whole_page),
        TEST(events_point_to_their_patient),
        TEST(tables_without_rows_keep_their_columns),
        TEST(failures_are_listed),
        TEST(columns_that_nobody_knows_come_along),
        TEST(days_of_patients_keep_every_bit),
        TEST(values_are_columns_of_replicates),
        TEST(detail_is_what_was_asked_for),
        TEST(damage_names_the_file_and_the_line),
        TEST(nothing_of_a_study_ends_the_script),
        TEST(a_template_needs_each_marker_once),
        TEST(two_runs_stand_beside_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
