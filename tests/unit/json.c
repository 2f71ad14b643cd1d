/* JSON that comes back from the disk. */
#include "ct.h"

#include "base/json.h"

#include <string.h>

static void what_was_written_reads_back(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_buf b;
    pf_arena a;
    const pf_jvalue *v;
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    pf_buf_init(&b, &ctx);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "name", "a \"quoted\"\nline\t\\");
    pf_json_number(&b, "x", 0.1);
    pf_json_number(&b, "none", NAN);
    pf_json_bool(&b, "yes", 1);
    pf_json_open(&b, "list", '[');
    pf_json_integer(&b, NULL, -3);
    pf_json_close(&b, ']');
    pf_json_open(&b, "empty", '{');
    pf_json_close(&b, '}');
    pf_json_close(&b, '}');
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, b.bytes, b.size, &v));
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(v, "name"), ""), "a \"quoted\"\nline\t\\");
    assert_true(pf_jvalue_number(pf_jvalue_get(v, "x")) == 0.1);
    assert_true(isnan(pf_jvalue_number(pf_jvalue_get(v, "none"))));
    assert_true(pf_jvalue_number(pf_jvalue_get(v, "yes")) == 1.0);
    assert_int_equal(pf_jvalue_get(v, "list")->n, 1);
    assert_true(pf_jvalue_number(pf_jvalue_get(v, "list")->first) == -3.0);
    assert_int_equal(pf_jvalue_get(v, "empty")->n, 0);
    assert_null(pf_jvalue_get(pf_jvalue_get(v, "nothing"), "below"));
    pf_buf_clear(&b);
    pf_arena_clear(&a);
}

static void damage_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "{", "{\"a\"}", "{\"a\":}", "[1,]", "[1 2]", "\"open",
        "nul", "1 2", "{\"a\":1,}", "\"\\q\"", "\"\\u12\"", "--1", "{\"a\\\":1}"};
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        pf_ctx ctx;
        pf_arena a;
        const pf_jvalue *v;
        pf_ctx_init(&ctx);
        pf_arena_init(&a);
        assert_int_equal(pf_jvalue_parse(&ctx, &a, bad[i], strlen(bad[i]), &v), PF_ERR_CORRUPT);
        assert_null(v);
        pf_arena_clear(&a);
    }
}

static void a_bottomless_list_is_refused(void **state)
{
    (void)state;
    char text[5000];
    pf_ctx ctx;
    pf_arena a;
    const pf_jvalue *v;
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    memset(text, '[', sizeof text);
    text[sizeof text - 1] = '\0';
    assert_int_equal(pf_jvalue_parse(&ctx, &a, text, sizeof text - 1, &v), PF_ERR_CORRUPT);
    pf_arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_reads_back),
        cmocka_unit_test(damage_is_refused),
        cmocka_unit_test(a_bottomless_list_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
