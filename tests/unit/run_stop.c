/* What stops a run after its last patient: the caller, the clock, a file that cannot be
 * written. */
#include "ct.h"
#include "base/file.h"
#include "perforin/perforin.h"
#include "unit/project.h"

#include <unistd.h>

static char folder[80];
static int asked, seen;

static int set_up(void **state)
{
    (void)state;
    if (!make_project()) return -1;
    snprintf(folder, sizeof folder, "%s/run", root);
    asked = seen = 0;
    return 0;
}

static void stop_at_claims(void *payload, const pf_progress *now)
{
    (void)payload;
    if (!now->doing) return;
    assert_string_equal(now->doing, "answering claims");
    assert_true(now->done == now->total);
    seen = asked = 1;
}

static void dawdle(void *payload, const pf_progress *now)
{
    (void)payload;
    if (now->doing) usleep(2000);
}

static int is_there(const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return pf_path_exists(path);
}

static pf_status go(pf_run_options o, pf_run_result *result, pf_error *error)
{
    o.size = sizeof o;
    o.study = PF_TEST_DATA "/claims/decay.yaml";
    o.out = folder;
    o.threads = o.lanes = 1;
    o.native = -1;
    o.cancel = &asked;
    pf_status status = pf_run(&o, result, error);
    asked = 0;
    return status;
}

static void expect_stop(pf_run_options o)
{
    pf_run_result r;
    pf_error error;
    assert_int_equal(go(o, &r, &error), PF_STOPPED);
    assert_int_equal(r.done, r.total);
    assert_int_equal(r.replicates_done, 3);
    pf_run_result_clear(&r);
    assert_true(is_there("chunks/000000.bin"));
    assert_false(is_there("claims.json"));
    assert_false(is_there("report.html"));
}

static void expect_end(pf_run_options o)
{
    pf_run_result r;
    pf_error error;
    pf_status status = go(o, &r, &error);
    if (status) print_error("%s\n", error.message);
    assert_int_equal(status, PF_DONE);
    pf_run_result_clear(&r);
    assert_true(is_there("claims.json"));
    assert_false(is_there("chunks"));
}

static void claims_stop_when_asked_and_are_answered_by_resume(void **state)
{
    (void)state;
    expect_stop((pf_run_options){.progress = stop_at_claims});
    assert_true(seen);
    expect_stop((pf_run_options){.resume = 1, .progress = stop_at_claims});
    expect_end((pf_run_options){.resume = 1});
}

static void a_page_that_is_stopped_is_not_begun(void **state)
{
    (void)state;
    char *path = NULL, out[100];
    const volatile int now = 1;
    pf_error error;
    expect_end((pf_run_options){0});
    snprintf(out, sizeof out, "%s/page.html", root);
    pf_report_options o = PF_REPORT_OPTIONS_INIT;
    o.folder = folder;
    o.out = out;
    o.cancel = &now;
    assert_int_equal(pf_report(&o, &path, &error), PF_STOPPED);
    assert_contains(error.message, "no page was written");
    assert_null(path);
    assert_false(pf_path_exists(out));
}

static void the_time_limit_holds_for_claims(void **state)
{
    (void)state;
    expect_stop((pf_run_options){.progress = stop_at_claims});
    expect_stop((pf_run_options){.resume = 1, .max_seconds = 1e-3, .progress = dawdle});
    expect_end((pf_run_options){.resume = 1, .max_seconds = 600});
}

static void a_result_that_cannot_be_written_is_named_and_resume_goes_on(void **state)
{
    static const char *const name[] = {
        "patients.csv", "claims.json", "summary.json", "report.html"};
    (void)state;
    char path[200], command[300];
    pf_run_result r;
    pf_error error;
    assert_int_equal(mkdir(folder, 0755), 0);
    snprintf(command, sizeof command, "find %s -name '*.part' | grep -q .", folder);
    for (size_t i = 0; i < PF_COUNT(name); i++) {
        snprintf(path, sizeof path, "%s/%s", folder, name[i]);
        if (i == 0) expect_stop((pf_run_options){.progress = stop_at_claims});
        unlink(path);
        assert_int_equal(mkdir(path, 0755), 0);
        assert_int_equal(go((pf_run_options){.resume = 1}, &r, &error), PF_FAILED);
        assert_contains(error.message, name[i]);
        assert_contains(error.message, "it is a folder");
        assert_int_equal(r.done, r.total);
        pf_run_result_clear(&r);
        assert_true(is_there("chunks/000000.bin"));
        assert_int_not_equal(system(command), 0);
        assert_int_equal(rmdir(path), 0);
    }
    expect_end((pf_run_options){.resume = 1});
}

static void each_begins_no_study_after_a_stop(void **state)
{
    (void)state;
    const char *study[] = {PF_TEST_DATA "/claims/decay.yaml", "none.yaml"};
    pf_each_options o = PF_EACH_OPTIONS_INIT;
    pf_error error;
    char runs[80];
    snprintf(runs, sizeof runs, "%s/runs", root);
    asked = 1;
    o.runs = runs;
    o.cancel = &asked;
    assert_int_equal(pf_run_each(study, 2, &o, &error), PF_STOPPED);
    assert_contains(error.message, "stopped on request");
    assert_int_equal(rmdir(runs), 0); /* nothing was begun */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            claims_stop_when_asked_and_are_answered_by_resume, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_page_that_is_stopped_is_not_begun, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_time_limit_holds_for_claims, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            a_result_that_cannot_be_written_is_named_and_resume_goes_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_begins_no_study_after_a_stop, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
