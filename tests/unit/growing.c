/* A growing file: marks, going on at one, damage. */
#include "ct.h"
#include "store/growing.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/pf_growing_XXXXXX";
static char path[64];

static void expect_content(const char *text)
{
    pf_ctx ctx;
    char *bytes;
    size_t size;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &bytes, &size));
    assert_int_equal(size, strlen(text));
    assert_string_equal(bytes, text);
    pf_free(bytes);
}

static pf_mark write_text(const char *text, pf_mark from)
{
    pf_ctx ctx;
    pf_growing *g;
    pf_mark mark;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_growing_open(&ctx, path, from, &g));
    pf_growing_put(g, text, strlen(text));
    assert_ok(&ctx, pf_growing_sync(&ctx, g, &mark));
    pf_growing_close(g);
    return mark;
}

static void it_goes_on_at_a_mark_and_forgets_what_follows(void **state)
{
    (void)state;
    const pf_mark none = {0, 0};
    pf_mark mark = write_text("one\ntwo\n", none);
    assert_int_equal(mark.length, 8);
    assert_true(mark.hash == pf_hash(0, "one\ntwo\n", 8));
    write_text("lost", mark);
    expect_content("one\ntwo\nlost");
    pf_mark end = write_text("three\n", mark);
    expect_content("one\ntwo\nthree\n");
    assert_true(end.hash == pf_hash(0, "one\ntwo\nthree\n", 14));
    write_text("", none);
    expect_content("");
}

static pf_err reopen(pf_mark mark, const char *says)
{
    pf_ctx ctx;
    pf_growing *g;
    pf_ctx_init(&ctx);
    pf_err err = pf_growing_open(&ctx, path, mark, &g);
    pf_growing_close(g);
    if (err) assert_contains(ctx.message, says);
    return err;
}

static void another_or_a_shorter_file_is_refused_and_stays(void **state)
{
    (void)state;
    const pf_mark none = {0, 0};
    pf_mark mark = write_text("alpha\nbeta\n", none);
    write_text("alpha\nbet", none);
    assert_int_equal(reopen(mark, "has 9 bytes, but had 11"), PF_ERR_CORRUPT);
    expect_content("alpha\nbet");
    write_text("alpha\nzeta\n", none);
    assert_int_equal(reopen(mark, "is not what it was"), PF_ERR_CORRUPT);
    expect_content("alpha\nzeta\n");
    unlink(path);
    assert_int_equal(reopen(mark, "has 0 bytes"), PF_ERR_CORRUPT);
}

static void more_than_a_block_is_one_stream(void **state)
{
    (void)state;
    enum { N = 300000 };
    const pf_mark none = {0, 0};
    char *text = malloc(N + 1);
    assert_non_null(text);
    for (size_t i = 0; i < N; i++) text[i] = (char)('a' + i % 23);
    text[N] = 0;
    pf_mark mark = write_text(text, none);
    assert_int_equal(mark.length, N);
    assert_true(mark.hash == pf_hash(0, text, N));
    expect_content(text);
    free(text);
}

int main(void)
{
    if (!mkdtemp(folder)) return 1;
    snprintf(path, sizeof path, "%s/table", folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_at_a_mark_and_forgets_what_follows),
        cmocka_unit_test(another_or_a_shorter_file_is_refused_and_stays),
        cmocka_unit_test(more_than_a_block_is_one_stream),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    rmdir(folder);
    return failed;
}
