/* What people see of units that clash: perforin check, simulate and run from the library. */
#include "ct.h"
#include "perforin/perforin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAD "tests/data/bad/units/"

static void compare(const char *name)
{
    char path[200], *text = NULL, *want = NULL;
    size_t size;
    pf_error error;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    snprintf(path, sizeof path, BAD "%s.ant", name);
    assert_int_equal(pf_check(path, 0, &text, &error), PF_DONE);
    snprintf(path, sizeof path, BAD "%s.expect", name);
    if (getenv("PF_REGENERATE")) assert_ok(&ctx, pf_file_write(&ctx, path, text, strlen(text)));
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &want, &size));
    if (strcmp(text, want) != 0) fail_msg("%s says:\n%s", name, text);
    pf_text_free(text);
    pf_free(want);
}

static void every_clash_has_its_place_and_mend(void **state)
{
    (void)state;
    compare("therapy");
    compare("kinetics");
}

static void strict_refuses(void **state)
{
    (void)state;
    char *text = NULL;
    pf_error error;
    assert_int_equal(pf_check(BAD "therapy.ant", PF_CHECK_STRICT, &text, &error), PF_REFUSED);
    assert_contains(text, "error: the rate of 'T'");
    assert_contains(text, "nothing was run");
    assert_contains(error.message, "clashes of units in all");
    pf_text_free(text);
    assert_int_equal(pf_check("models/core.ant", PF_CHECK_STRICT, &text, &error), PF_DONE);
    assert_contains(text, "no units clash");
    pf_text_free(text);
}

static void clashes_are_told_as_json(void **state)
{
    (void)state;
    char *text = NULL;
    pf_error error;
    assert_int_equal(pf_check(BAD "therapy.ant", PF_CHECK_JSON, &text, &error), PF_DONE);
    assert_contains(text, "\"severity\": \"warning\"");
    assert_contains(text, "\"line\": 10");
    pf_text_free(text);
    assert_int_equal(pf_check("models/core.ant", PF_CHECK_JSON, &text, &error), PF_DONE);
    assert_contains(text, "\"warnings\": 0");
    pf_text_free(text);
}

static void a_model_that_does_not_build_or_is_not_there_is_refused(void **state)
{
    (void)state;
    char *text = NULL;
    pf_error error;
    assert_int_equal(pf_check("no-such.ant", 0, &text, &error), PF_REFUSED);
    assert_contains(text, "there is no model 'no-such.ant'");
    pf_text_free(text);
}

static void count_lines(void *payload, pf_level level, const char *event, const char *text)
{
    size_t *n = payload;
    *n += level == PF_LEVEL_WARN && strcmp(event, "units") == 0 && strstr(text, BAD) != NULL;
}

static void simulate_warns_and_strict_refuses(void **state)
{
    (void)state;
    size_t lines = 0;
    char *text = NULL;
    pf_error error;
    pf_simulate_options o = PF_SIMULATE_OPTIONS_INIT;
    o.model = BAD "therapy.ant";
    o.steps = 2;
    o.log = count_lines;
    o.payload = &lines;
    assert_int_equal(pf_simulate(&o, &text, &error), PF_DONE);
    assert_int_equal(lines, 5);
    assert_contains(text, "time,T,A");
    pf_text_free(text);
    text = NULL;
    o.strict = 1;
    assert_int_equal(pf_simulate(&o, &text, &error), PF_REFUSED);
    assert_contains(error.message, BAD "therapy.ant:");
    assert_null(text);
}

static int start(void **state)
{
    (void)state;
    return chdir(PF_SOURCE_DIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_clash_has_its_place_and_mend),
        cmocka_unit_test(strict_refuses), cmocka_unit_test(clashes_are_told_as_json),
        cmocka_unit_test(a_model_that_does_not_build_or_is_not_there_is_refused),
        cmocka_unit_test(simulate_warns_and_strict_refuses)};
    return cmocka_run_group_tests(tests, start, NULL);
}
