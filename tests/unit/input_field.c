/* Typed fields: one table reads, checks, explains. */
#include "ct.h"

#include <float.h>
#include <string.h>

#include "input/field.h"

typedef struct thing {
    const char *name;
    double dose, time;
    const double *day;
    size_t n_day;
    const char *const *word;
    size_t n_word;
    int low, high, yes, colour;
    uint64_t count;
    double inner;
    const pf_yaml *node;
} thing;

static const pf_field INSIDE[] = {
    {.name = "inner",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(thing, inner, double),
        .unit = "mm",
        .otherwise = "1 cm",
        .doc = "inside"},
};
static const pf_fields INSIDE_FIELDS = {"inside", "Inside.", INSIDE, PF_COUNT(INSIDE)};
static const pf_field FIELDS[] = {
    {.name = "name",
        .kind = PF_FIELD_TEXT,
        .required = 1,
        .at = PF_AT(thing, name, const char *),
        .doc = "its name"},
    {.name = "dose",
        .kind = PF_FIELD_NUMBER,
        .at = PF_AT(thing, dose, double),
        .unit = "mg|cell",
        .low = DBL_MIN,
        .high = 1e12,
        .otherwise = "2 mg",
        .doc = "amount"},
    {.name = "days",
        .kind = PF_FIELD_NUMBERS,
        .at = PF_AT(thing, day, const double *),
        .count_at = PF_AT(thing, n_day, size_t),
        .unit = "day",
        .doc = "days"},
    {.name = "words",
        .kind = PF_FIELD_TEXTS,
        .at = PF_AT(thing, word, const char *const *),
        .count_at = PF_AT(thing, n_word, size_t),
        .doc = "words"},
    {.name = "span",
        .kind = PF_FIELD_SPAN,
        .at = PF_AT(thing, low, int),
        .count_at = PF_AT(thing, high, int),
        .low = 1,
        .high = 9,
        .otherwise = "1",
        .doc = "span"},
    {.name = "yes", .kind = PF_FIELD_YES, .at = PF_AT(thing, yes, int), .doc = "yes"},
    {.name = "colour",
        .kind = PF_FIELD_CHOICE,
        .at = PF_AT(thing, colour, int),
        .unit = "red|green|dark blue",
        .otherwise = "green",
        .doc = "colour"},
    {.name = "count",
        .kind = PF_FIELD_COUNT,
        .at = PF_AT(thing, count, uint64_t),
        .doc = "count"},
    {.name = "inside", .kind = PF_FIELD_MAP, .inside = &INSIDE_FIELDS, .doc = "more"},
    {.name = "node",
        .kind = PF_FIELD_NODE,
        .at = PF_AT(thing, node, const pf_yaml *),
        .doc = "raw"},
};
static const pf_fields TABLE = {"thing", "A thing.", FIELDS, PF_COUNT(FIELDS)};
_Static_assert(PF_COUNT(FIELDS) == 10, "one row for each key");

typedef struct fixture {
    pf_ctx ctx;
    pf_diag diag;
    pf_arena arena;
    pf_units *units;
    pf_buf text;
    thing got;
    int good;
} fixture;

static void read_thing(fixture *f, const char *text)
{
    *f = (fixture){0};
    pf_ctx_init(&f->ctx);
    pf_diag_init(&f->diag, &f->ctx);
    pf_arena_init(&f->arena);
    pf_buf_init(&f->text, &f->ctx);
    const pf_yaml *root;
    assert_ok(&f->ctx, pf_units_new(&f->ctx, &f->units));
    assert_ok(&f->ctx, pf_yaml_parse(&f->diag, &f->arena, "t", text, strlen(text), &root));
    pf_reader r = {.ctx = &f->ctx, .diag = &f->diag, .arena = &f->arena, .units = f->units};
    f->good = pf_fields_read(&r, root, &TABLE, &f->got);
    assert_int_equal(r.failed, PF_OK);
    pf_diag_text(&f->diag, &f->text);
}

static void done(fixture *f)
{
    pf_buf_clear(&f->text);
    pf_units_free(f->units);
    pf_arena_clear(&f->arena);
    pf_diag_clear(&f->diag);
}

static void values_arrive_in_the_unit_of_their_row(void **state)
{
    (void)state;
    fixture f;
    read_thing(&f,
        "name: a b\ndose: 1 g\ndays: [1, 2] week\nwords: [x, y]\nspan: 2..4\nyes: true\n"
        "colour: dark blue\ncount: 1e3\ninside: {inner: 2 cm}\nnode: [1]\n");
    assert_true(f.good);
    assert_string_equal(f.got.name, "a b");
    assert_close(f.got.dose, 1000, 0, 0);
    assert_int_equal(f.got.n_day, 2);
    assert_close(f.got.day[1], 14, 0, 0);
    assert_string_equal(f.got.word[1], "y");
    assert_int_equal(f.got.low * 10 + f.got.high, 24);
    assert_true(f.got.yes && f.got.colour == 2 && f.got.count == 1000);
    assert_close(f.got.inner, 20, 0, 0);
    assert_int_equal(f.got.node->n, 1);
    done(&f);
}

static void defaults_stand_in_for_what_is_not_there(void **state)
{
    (void)state;
    fixture f;
    read_thing(&f, "name: x\nwords: one\ndays: 3 day\n");
    assert_true(f.good);
    assert_close(f.got.dose, 2, 0, 0);
    assert_close(f.got.inner, 10, 0, 0);
    assert_int_equal(f.got.colour, 1);
    assert_int_equal(f.got.n_word, 1);
    assert_close(f.got.day[0], 3, 0, 0);
    done(&f);
}

static void all_mistakes_of_a_map_are_told_at_once(void **state)
{
    (void)state;
    fixture f;
    read_thing(&f, "dsoe: 1\ndose: 5 m\ndays: {}\nspan: 10\ncolour: gren\ncount: 1.5\ninside: "
                   "3\nyes: [1]\n");
    assert_false(f.good);
    assert_int_equal(f.diag.errors, 9);
    assert_contains(f.text.bytes, "unknown key 'dsoe'; did you mean 'dose'?");
    assert_contains(f.text.bytes, "'dose' cannot be in m; expected mg or cell");
    assert_contains(f.text.bytes, "'span' is 10; expected 1 to 9");
    assert_contains(f.text.bytes, "'colour' cannot be 'gren'; did you mean 'green'?");
    assert_contains(f.text.bytes, "'count' is not a whole number");
    assert_contains(f.text.bytes, "this inside is text; expected a map of keys");
    assert_contains(f.text.bytes, "this thing has no 'name'");
    done(&f);
}

static void a_mistake_that_was_told_before_is_still_a_mistake(void **state)
{
    (void)state;
    fixture f;
    read_thing(&f, "name: x\ncount: -1\n");
    assert_false(f.good);
    pf_reader r = {.ctx = &f.ctx, .diag = &f.diag, .arena = &f.arena, .units = f.units};
    const pf_yaml *root;
    const char text[] = "name: x\ncount: -1\n";
    assert_ok(&f.ctx, pf_yaml_parse(&f.diag, &f.arena, "t", text, sizeof text - 1, &root));
    assert_false(pf_fields_read(&r, root, &TABLE, &f.got));
    assert_int_equal(f.diag.errors, 1);
    done(&f);
}

static void the_reference_names_every_key(void **state)
{
    (void)state;
    pf_buf out;
    pf_buf_init(&out, NULL);
    const pf_fields *const tables[] = {&TABLE};
    pf_field_reference(tables, 1, &out);
    assert_int_equal(pf_buf_ok(&out), PF_OK);
    assert_contains(out.bytes, "| `name` | text |  | required | its name |");
    assert_contains(out.bytes,
        "| `dose` | quantity in `mg`, `cell` | above 0 to 1e+12 | `2 mg` | amount |");
    assert_contains(out.bytes, "## inside");
    for (size_t i = 0; i < TABLE.n; i++) assert_contains(out.bytes, TABLE.field[i].name);
    pf_buf_clear(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_arrive_in_the_unit_of_their_row),
        cmocka_unit_test(defaults_stand_in_for_what_is_not_there),
        cmocka_unit_test(all_mistakes_of_a_map_are_told_at_once),
        cmocka_unit_test(a_mistake_that_was_told_before_is_still_a_mistake),
        cmocka_unit_test(the_reference_names_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
