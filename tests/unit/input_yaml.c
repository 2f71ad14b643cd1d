/* YAML trees, their places, and what is refused. */
#include "ct.h"

#include <string.h>

#include "input/yaml.h"

typedef struct fixture {
    pf_ctx ctx;
    pf_diag diag;
    pf_arena arena;
    const pf_yaml *root;
    pf_buf text;
} fixture;

static void read_bytes(fixture *f, const char *text, size_t size)
{
    pf_ctx_init(&f->ctx);
    pf_diag_init(&f->diag, &f->ctx);
    pf_arena_init(&f->arena);
    pf_buf_init(&f->text, &f->ctx);
    assert_ok(&f->ctx, pf_yaml_parse(&f->diag, &f->arena, "a.yaml", text, size, &f->root));
    pf_diag_text(&f->diag, &f->text);
}

static void read_text(fixture *f, const char *text)
{
    read_bytes(f, text, strlen(text));
}

static void done(fixture *f)
{
    pf_diag_clear(&f->diag);
    pf_arena_clear(&f->arena);
    pf_buf_clear(&f->text);
}

static void assert_refused(const char *text, const char *says)
{
    fixture f;
    read_text(&f, text);
    assert_true(f.diag.errors > 0);
    assert_contains(f.text.bytes, says);
    done(&f);
}

static void assert_place(pf_place p, int line, int column, int end_column)
{
    assert_string_equal(p.file, "a.yaml");
    assert_int_equal(p.line, line);
    assert_int_equal(p.column, column);
    assert_int_equal(p.end_column, end_column);
}

static void every_key_and_value_knows_its_place(void **state)
{
    (void)state;
    fixture f;
    read_text(&f, "# first\na: 10 mg\nb:\n  - {c: 'x y', d: [1, 2]}\n");
    assert_non_null(f.root);
    assert_place(f.root->key[0]->place, 2, 1, 2);
    assert_place(pf_yaml_get(f.root, "a")->place, 2, 4, 9);
    const pf_yaml *inner = pf_yaml_get(f.root, "b")->item[0];
    assert_place(inner->place, 4, 5, 26);
    assert_place(pf_yaml_get(inner, "c")->place, 4, 9, 14);
    assert_place(pf_yaml_get(inner, "d")->item[1]->place, 4, 23, 24);
    assert_place(pf_yaml_part(pf_yaml_get(f.root, "a"), 3, 2), 2, 7, 9);
    done(&f);
}

static void a_unit_may_stand_behind_a_list(void **state)
{
    (void)state;
    fixture f;
    read_text(&f, "a: [1, 2] day\nb: {on: [3] \xc2\xb5L , c: x}\nd: '[1] day' # [2] day\n");
    assert_non_null(f.root);
    const pf_yaml *a = pf_yaml_get(f.root, "a"), *b = pf_yaml_get(f.root, "b");
    assert_string_equal(a->unit, "day");
    assert_place(a->unit_place, 1, 11, 14);
    assert_string_equal(pf_yaml_get(b, "on")->unit, "\xc2\xb5L");
    assert_place(pf_yaml_get(b, "c")->place, 2, 21, 22);
    assert_string_equal(pf_yaml_get(f.root, "d")->text, "[1] day");
    done(&f);
}

static void columns_count_characters_not_bytes(void **state)
{
    (void)state;
    fixture f;
    read_text(&f, "\xef\xbb\xbf{\xc3\xa9\xc3\xa9: x, b: [1] day}\r\nc: 1\n");
    assert_contains(f.text.bytes, "a.yaml:2:1: error: this is not YAML");
    done(&f);
    read_text(&f, "\xef\xbb\xbf{\xc3\xa9\xc3\xa9: x, b: [1] day, c: 1}\n");
    assert_place(pf_yaml_get(f.root, "c")->place, 1, 24, 25);
    done(&f);
}

static void what_has_no_place_in_a_study_is_refused(void **state)
{
    (void)state;
    assert_refused("a: &x 1\n", "a.yaml:1:4: error: anchors");
    assert_refused("a: *x\n", "aliases");
    assert_refused("a: !!str 1\n", "tags");
    assert_refused("a: 1\n---\nb: 1\n", "a second document");
    assert_refused("a: 1\nb: 2\na: 3\n", "first given in line 1");
    assert_refused("? [a, b]\n: c\n", "a key must be a word");
    assert_refused("a:\n\tb: 1\n", "a tab cannot indent a line");
    assert_refused("a: [1, 2\n", "this is not YAML");
    assert_refused("a: 'x\n", "a quote is not closed");
    assert_refused("", "the file is empty");
    assert_refused("# nothing\n", "the file is empty");
    assert_refused("a: \xff\n", "byte ff is not UTF-8");
    assert_refused("a: \xed\xa0\x80\n", "is not UTF-8");
    assert_refused("a: \x07\n", "a control character (07)");
    assert_refused("a: \"\\0\"\n", "NUL");
}

static void depth_and_size_have_limits(void **state)
{
    (void)state;
    char deep[200];
    memset(deep, '[', 100);
    memset(deep + 100, ']', 99);
    deep[199] = '\0';
    assert_refused(deep, "nested more than 32 deep");
    fixture f;
    size_t size = PF_YAML_BYTES + 1;
    char *big = pf_calloc(NULL, size + 1, 1);
    assert_non_null(big);
    memset(big, '#', size);
    read_bytes(&f, big, size);
    assert_contains(f.text.bytes, "bytes are too many");
    pf_free(big);
    done(&f);
}

static void a_nul_byte_is_told(void **state)
{
    (void)state;
    fixture f;
    read_bytes(&f, "a: 1\n\0b", 7);
    assert_contains(f.text.bytes, "a.yaml:2:1: error: a control character (00)");
    done(&f);
}

static void problems_are_ordered_and_end_in_a_count(void **state)
{
    (void)state;
    fixture f;
    read_text(&f, "a: 1\nlonger: 200 mg\n");
    pf_place late = {"a.yaml", 2, 9, 15}, early = {"a.yaml", 1, 1, 2},
             whole = {"b.yaml", 0, 0, 0};
    pf_diag_warning(&f.diag, &whole, "odd");
    pf_diag_mend(&f.diag, "look");
    pf_diag_error(&f.diag, &late, "not %s", "so");
    pf_diag_expected(&f.diag, "cell");
    pf_diag_mend(&f.diag, "write cell");
    pf_diag_error(&f.diag, &early, "first");
    pf_diag_error(&f.diag, &early, "first");
    pf_buf_empty(&f.text);
    pf_diag_text(&f.diag, &f.text);
    assert_string_equal(f.text.bytes, "a.yaml:1:1: error: first\n"
                                      "    1 | a: 1\n"
                                      "      | ^\n"
                                      "a.yaml:2:9: error: not so; expected cell\n"
                                      "    2 | longer: 200 mg\n"
                                      "      |         ^^^^^^ write cell\n"
                                      "b.yaml: warning: odd\n"
                                      "      = look\n"
                                      "2 errors, 1 warning; nothing was run\n");
    done(&f);
}

static void problems_are_json_too(void **state)
{
    (void)state;
    fixture f;
    read_text(&f, "a: 1\n");
    pf_place at = {"a.yaml", 1, 4, 5};
    pf_diag_error(&f.diag, &at, "no");
    pf_buf_empty(&f.text);
    pf_diag_json(&f.diag, NULL, &f.text);
    assert_contains(f.text.bytes, "\"errors\": 1,");
    assert_contains(f.text.bytes, "\"column\": 4,");
    assert_contains(f.text.bytes, "\"mend\": null,");
    assert_contains(f.text.bytes, "\"source\": \"a: 1\"}");
    done(&f);
}

static void a_long_line_is_shown_around_the_place(void **state)
{
    (void)state;
    fixture f;
    char line[402];
    memset(line, 'x', 400);
    memcpy(line, "a: ", 3);
    memcpy(line + 300, " YY ", 4);
    memcpy(line + 400, "\n", 2);
    read_text(&f, line);
    pf_place at = {"a.yaml", 1, 302, 304};
    pf_diag_error(&f.diag, &at, "there");
    pf_buf_empty(&f.text);
    pf_diag_text(&f.diag, &f.text);
    assert_contains(f.text.bytes, "    1 | ...xxxx");
    assert_contains(f.text.bytes, "\n      |    "
                                  "                                                  ^^\n");
    done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_and_value_knows_its_place),
        cmocka_unit_test(a_unit_may_stand_behind_a_list),
        cmocka_unit_test(columns_count_characters_not_bytes),
        cmocka_unit_test(what_has_no_place_in_a_study_is_refused),
        cmocka_unit_test(depth_and_size_have_limits),
        cmocka_unit_test(a_nul_byte_is_told),
        cmocka_unit_test(problems_are_ordered_and_end_in_a_count),
        cmocka_unit_test(problems_are_json_too),
        cmocka_unit_test(a_long_line_is_shown_around_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
