/* Populations and products that stand on other files. */
#include "ct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trial/study_read.h"

typedef struct fixture {
    pf_ctx ctx;
    pf_diag diag;
    pf_study *study;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    pf_ctx_init(&f.ctx);
    pf_diag_init(&f.diag, &f.ctx);
    assert_int_equal(chdir(PF_SOURCE_DIR), 0);
    assert_ok(&f.ctx, pf_study_read(&f.ctx, &f.diag, "tests/data/good/based.yaml", &f.study));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pf_study_free(f->study);
    pf_diag_clear(&f->diag);
    return 0;
}

static void entries_are_replaced_in_place_and_new_ones_come_behind(void **state)
{
    static const char *const name[] = {
        "age", "sex", "weight", "height", "bsa", "motile", "rate", "size", "h_0", "V_B", "d0"};
    const pf_population *p = &((fixture *)*state)->study->population;
    assert_int_equal(p->n_variable, PF_COUNT(name));
    for (size_t i = 0; i < PF_COUNT(name); i++)
        assert_string_equal(p->variable[i].name, name[i]);
    assert_close(p->variable[0].centre, 50, 0, 0);
    assert_int_equal(p->variable[7].kind, PF_DIST_CONSTANT);
    assert_close(p->variable[7].centre, 30, 0, 0);
    assert_string_equal(p->variable[9].text, "70*weight");
}

static void settings_pairs_and_conditions_follow_the_same_rule(void **state)
{
    const pf_population *p = &((fixture *)*state)->study->population;
    assert_int_equal(p->n_setting, 1); /* L2.T0 removed, d0 became a variable */
    assert_string_equal(p->setting[0].parameter, "L1.T0");
    assert_int_equal(p->n_correlation, 2);
    assert_close(p->correlation[0].value, 0.3, 0, 0);
    assert_close(p->correlation[1].value, 0.5, 0, 0);
    assert_int_equal(p->n_condition, 2);
    assert_string_equal(p->condition[0].text, "rate*365 < 10");
    assert_string_equal(p->condition[1].text, "age > 40");
}

static void the_name_is_that_of_the_file_on_top(void **state)
{
    const pf_study *s = ((fixture *)*state)->study;
    assert_string_equal(s->population.name, "based-twice");
    assert_string_equal(s->population.title, "On a file that stands on another");
    assert_string_equal(s->product[0].title, "Cells like the other ones");
    assert_int_equal(s->product[0].attributes.n_variable, 2);
    assert_string_equal(s->product[0].attributes.variable[0].name, "z0");
}

static void every_entry_keeps_the_place_where_it_is_said(void **state)
{
    const pf_population *p = &((fixture *)*state)->study->population;
    const struct {
        size_t variable;
        const char *file;
    } row[] = {{0, "/based.yaml"}, {1, "/nsclc.yaml"}, {7, "/based-twice.yaml"}};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        const char *file = p->variable[row[i].variable].place.file;
        assert_non_null(strstr(file, row[i].file));
    }
}

static void every_file_is_a_source_and_each_once(void **state)
{
    static const char *const file[] = {"good/based.yaml", "models/core.ant",
        "populations/based-twice.yaml", "populations/based.yaml", "populations/nsclc.yaml",
        "products/based-cells.yaml", "products/other-cells.yaml"};
    const pf_study *s = ((fixture *)*state)->study;
    assert_int_equal(s->n_source, PF_COUNT(file)); /* other-cells is a base and a product */
    for (size_t i = 0; i < PF_COUNT(file); i++)
        assert_non_null(strstr(s->source_path[i], file[i]));
}

static void a_population_is_checked_without_a_study(void **state)
{
    fixture *f = *state;
    pf_people people;
    const char *const good = "tests/data/good/evidence/populations/based-twice.yaml";
    assert_true(pf_is_people(good));
    assert_true(pf_is_people("tests/data/good/products/based-cells.yaml"));
    assert_false(pf_is_people("tests/data/good/based.yaml"));
    assert_false(pf_is_people("tests/data/none"));
    assert_ok(&f->ctx, pf_people_check(&f->ctx, &f->diag, good, &people));
    assert_int_equal(people.n_variable, 11);
    assert_int_equal(people.n_setting, 1);
    assert_int_equal(people.n_file, 3);
}

/* As a user has it whose study lies far from the files that it names. */
static void a_base_is_found_beside_the_file_that_names_it(void **state)
{
    fixture *f = *state;
    char folder[] = "/tmp/pf-base-XXXXXX", path[64];
    pf_study *far = NULL;
    pf_buf text;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/far.yaml", folder);
    pf_buf_init(&text, &f->ctx);
    pf_buf_text(&text,
        "study: far\nmodel: " PF_SOURCE_DIR "/models/core.ant\npopulation: " PF_SOURCE_DIR
        "/tests/data/good/evidence/populations/based-twice.yaml\n"
        "arms: [{name: A, size: 4, regimen: [{drug: radiotherapy, "
        "dose: 2 gray}, {drug: chemotherapy, dose: 1}]}]\nhorizon: 30 day\n"
        "assess: {imaging: {every: 2 week}}\n");
    assert_ok(&f->ctx, pf_file_write(&f->ctx, path, text.bytes, text.size));
    assert_int_equal(chdir("/"), 0);
    assert_ok(&f->ctx, pf_study_read(&f->ctx, &f->diag, path, &far));
    assert_int_equal(far->population.n_variable, 11);
    assert_string_equal(far->arm[0].item[0].unit, "gray");
    assert_string_equal(far->arm[0].item[1].unit, "1");
    assert_int_equal(chdir(PF_SOURCE_DIR), 0);
    pf_study_free(far);
    pf_buf_clear(&text);
    unlink(path);
    rmdir(folder);
}

/* Mistakes of a population alone, in one text that the caller clears. */
static void mistakes_of(pf_buf *text, const char *path)
{
    pf_ctx ctx;
    pf_diag diag;
    pf_people people;
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    pf_buf_init(text, NULL);
    assert_int_equal(pf_people_check(&ctx, &diag, path, &people), PF_ERR_CONFIG);
    pf_diag_text(&diag, text);
    pf_diag_clear(&diag);
}

static void people_who_cannot_be_drawn_are_found_without_a_study(void **state)
{
    (void)state;
    pf_buf text;
    mistakes_of(&text, "tests/data/bad/impossible.pop");
    assert_contains(text.bytes, "all failed a condition");
    pf_buf_clear(&text);
    mistakes_of(&text, "tests/data/bad/base.pop");
    assert_contains(text.bytes, "the base has no 'stagg' to remove");
    pf_buf_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_replaced_in_place_and_new_ones_come_behind),
        cmocka_unit_test(settings_pairs_and_conditions_follow_the_same_rule),
        cmocka_unit_test(the_name_is_that_of_the_file_on_top),
        cmocka_unit_test(every_entry_keeps_the_place_where_it_is_said),
        cmocka_unit_test(every_file_is_a_source_and_each_once),
        cmocka_unit_test(a_base_is_found_beside_the_file_that_names_it),
        cmocka_unit_test(a_population_is_checked_without_a_study),
        cmocka_unit_test(people_who_cannot_be_drawn_are_found_without_a_study),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
