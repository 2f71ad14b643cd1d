/* Tables of published outcomes, made from the runs of a small project. */
#include "ct.h"
#include "base/json.h"
#include "perforin/perforin.h"
#include "unit/project.h"

static char runs[80];

#define FIGURE(id, what, unit, value, mean, verdict)                                           \
    "{\"written\": \"" what "\", \"case\": \"" id "\", \"arm\": \"cells\", \"unit\": \"" unit  \
    "\", \"published\": " value                                                                \
    ", \"published_low\": 0.24, \"published_high\": 0.5, \"simulated_mean\": " mean            \
    ", \"simulated_q025\": 0.11, \"simulated_q975\": 0.45, \"replicates_defined\": 20,"        \
    "\"verdict\": \"" verdict "\", \"sentence\": \"s\"}"

static int set_up(void **state)
{
    (void)state;
    if (!make_project()) return -1;
    snprintf(runs, sizeof runs, "%s/runs", root);
    make_folder("runs/one");
    write_file("evidence/systems.csv",
        "id,article,category,what,cells,engineering,dose_schedule,indication,outcome_as_given,"
        "mechanisms,trace_status,trace_note,kind,study,command,reason\n");
    write_file("evidence/outcomes.csv",
        "case_id,title,role,observed\nV01.1,Fitted,FIT,a\nV02.1,Checked,CHECK,b\n"
        "V03.1,Both,FIT (control arm) then PREDICT (combo arm),c\nV04.1,Code,VERIFY,d\n"
        "V05.1,Nobody,CHECK,e\nV06.1,Not run,FIT,f\n");
    write_file("studies/one.yaml",
        "study: one\nexpect:\n  - {case: V01.1}\n  - {case: V02.1}\n  - {case: V03.1}\n"
        "  - {case: V04.1}\n  - {endpoint: ORR}\n");
    write_file("studies/two.yaml", "study: two\nexpect:\n  - {case: V06.1}\n");
    write_file("runs/one/manifest.json", "{\"state\": \"complete\"}");
    write_file("runs/one/summary.json",
        "{\"replicates\": 20, \"expectations\": {\"fit\": {\"figures\": [" FIGURE(
            "V01.1", "ORR", "share", "0.365", "0.243", "pass") "," FIGURE("V01.1", "OS", "day",
            "471.8", "400", "pass") "," FIGURE("V03.1", "CR", "share", "0.365", "0.243",
            "miss") "]},"
                    "\"check\": {\"figures\": [" FIGURE("V02.1", "kinetics day 7", "cell/uL",
                        "27.5", "24.6", "pass") "," FIGURE("V02.1", "OS ratio", "1", "1.17",
                        "2", "miss") "," FIGURE("V01.1", "DCR", "share", "0.5", "0.5",
                        "pass") "," FIGURE("V04.1", "kinetics day 9", "1", "1", "1",
                        "pass") "]},"
                                "\"predict\": {\"figures\": [" FIGURE(
                                    "V03.1", "PFS", "day", "20", "null", "cannot say") "]}}}");
    return 0;
}

static char *validate(pf_validate_options o, pf_status wanted)
{
    char *text = NULL;
    pf_error error;
    o.size = sizeof o;
    o.root = root;
    o.runs = runs;
    pf_status status = pf_validate(&o, &text, &error);
    if (status != wanted) print_error("%s\n", error.message);
    assert_int_equal(status, wanted);
    return text;
}

static void roles_stand_apart_with_their_counts(void **state)
{
    (void)state;
    char *text = validate((pf_validate_options){0}, PF_DONE);
    assert_contains(text, "FIT: may shape parameters");
    assert_contains(text, "V01.1  ORR, cells                          36.5 % (24 to 50)");
    assert_contains(text, "24.3 % [11, 45]          pass\n");
    assert_contains(text, "15.5 mo (0.00789 to 0.016~ 13.1 mo [0.00361, 0.014~ pass\n");
    assert_contains(text, "1 of 2 cases pass, 2 of 3 figures\n");
    assert_contains(text, "27.5 cell/uL (0.24 to 0.5) 24.6 cell/uL [0.11, 0.4~ pass\n");
    assert_contains(text, "PREDICT: never used: the test\n");
    assert_contains(text, "0 of 1 case pass, 0 of 1 figure\n");
    assert_contains(text, "VERIFY: the code against another solution\n");
    assert_contains(text, "provisional: 20 replicates");
    pf_text_free(text);
}

static void misses_stay_visible(void **state)
{
    (void)state;
    char *text = validate((pf_validate_options){0}, PF_DONE);
    assert_contains(text, "24.3 % [11, 45]          MISS\n");
    assert_contains(text, "not reached");
    pf_text_free(text);
}

static void another_role_than_in_the_table_is_told(void **state)
{
    (void)state;
    char *text = validate((pf_validate_options){0}, PF_DONE);
    assert_contains(text, "pass *\n");
    assert_contains(text, "* the study gives the case another role");
    pf_text_free(text);
}

static void what_is_open_is_listed(void **state)
{
    (void)state;
    char *text = validate((pf_validate_options){0}, PF_DONE);
    assert_contains(text, "not run  studies/two.yaml\n");
    assert_contains(text, "open     V05.1 Nobody (CHECK): no study compares with it\n");
    pf_text_free(text);
}

static void one_case_can_be_asked_for(void **state)
{
    (void)state;
    char *text = validate((pf_validate_options){.only = "V02.1"}, PF_DONE);
    assert_contains(text, "0 of 1 case pass, 1 of 2 figures\n");
    assert_null(strstr(text, "open "));
    assert_null(strstr(text, "V01.1"));
    pf_text_free(text);
    validate((pf_validate_options){.only = "V02.2"}, PF_REFUSED);
}

static void studies_are_those_that_name_a_case(void **state)
{
    (void)state;
    pf_validate_options o = PF_VALIDATE_OPTIONS_INIT;
    char *paths = NULL, wanted[200];
    pf_error error;
    o.root = root;
    assert_int_equal(pf_validate_studies(&o, &paths, &error), PF_DONE);
    snprintf(wanted, sizeof wanted, "%s/studies/one.yaml\n%s/studies/two.yaml\n", root, root);
    assert_string_equal(paths, wanted);
    pf_text_free(paths);
    o.only = "V06.1";
    assert_int_equal(pf_validate_studies(&o, &paths, &error), PF_DONE);
    assert_null(strstr(paths, "one.yaml"));
    pf_text_free(paths);
}

static void markdown_and_json_hold_the_same_figures(void **state)
{
    (void)state;
    char path[100], *text, *json;
    size_t size;
    pf_ctx ctx;
    pf_arena a;
    const pf_jvalue *v;
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    snprintf(path, sizeof path, "%s/tables.md", root);
    json = validate((pf_validate_options){.markdown = path, .json = 1}, PF_DONE);
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &text, &size));
    assert_contains(
        text, "| V03.1 | CR, cells | 36.5 % (24 to 50) | 24.3 % [11, 45] | **miss** |");
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, json, strlen(json), &v));
    assert_close(
        pf_jvalue_number(pf_jvalue_get(pf_jvalue_get(v, "FIT"), "cases_pass")), 1, 0, 0);
    pf_text_free(json);
    pf_free(text);
    pf_arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_stand_apart_with_their_counts),
        cmocka_unit_test(misses_stay_visible),
        cmocka_unit_test(another_role_than_in_the_table_is_told),
        cmocka_unit_test(what_is_open_is_listed),
        cmocka_unit_test(one_case_can_be_asked_for),
        cmocka_unit_test(studies_are_those_that_name_a_case),
        cmocka_unit_test(markdown_and_json_hold_the_same_figures),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
