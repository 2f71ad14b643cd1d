/* Studies: good ones arrive whole, bad ones are told with place and mend. */
#include "ct.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trial/study_read.h"

typedef struct fixture {
    pf_ctx ctx;
    pf_diag diag;
    pf_study *study;
} fixture;

static void read_study(fixture *f, const char *path)
{
    pf_ctx_init(&f->ctx);
    pf_diag_init(&f->diag, &f->ctx);
    assert_ok(&f->ctx, pf_study_read(&f->ctx, &f->diag, path, &f->study));
}

static void done(fixture *f)
{
    pf_study_free(f->study);
    pf_diag_clear(&f->diag);
}

static void the_study_of_the_design_is_read_as_written(void **state)
{
    (void)state;
    fixture f;
    read_study(&f, "tests/data/good/design.yaml");
    const pf_study *s = f.study;
    assert_int_equal(f.diag.warnings, 0);
    assert_string_equal(s->name, "nsclc-pembro-nk");
    assert_string_equal(s->model_path, "tests/data/good/models/core.ant");
    assert_int_equal(s->n_system, 2);
    assert_int_equal(s->n_arm, 2);
    assert_int_equal(pf_study_size(s), 109);
    const pf_regimen_item *nk = &s->arm[1].item[1];
    assert_null(nk->drug);
    assert_int_equal(nk->n_on, 6);
    assert_close(nk->on[5], 28, 0, 0);
    assert_close(nk->cycle, 28, 0, 0);
    assert_int_equal(nk->cycles_low, 1);
    assert_int_equal(nk->cycles_high, 3);
    assert_close(nk->dose[0], 1e9, 0, 0);
    assert_int_equal(s->arm[0].item[0].per, PF_PER_KG);
    assert_true(s->arm[0].item[0].until_progression);
    assert_close(s->horizon, 30 * 30.4375, 0, 0);
    assert_true(s->expect[0].value == 0.185 && s->expect[1].arm == 1);
    assert_int_equal(s->n_source, 4);
    done(&f);
}

static void defaults_fill_a_minimal_study(void **state)
{
    (void)state;
    fixture f;
    read_study(&f, "tests/data/good/minimal.yaml");
    const pf_study *s = f.study;
    assert_int_equal(pf_study_size(s), 1);
    assert_int_equal(s->arm[0].n_item, 0);
    assert_int_equal(s->replicates, 100);
    assert_int_equal(s->seed, 1);
    assert_int_equal(s->keep, 10);
    assert_close(s->rtol, 1e-3, 0, 0);
    assert_close(s->atol, 1, 0, 0);
    assert_close(s->assess.every, 56, 0, 0);
    assert_close(s->assess.first, 56, 0, 0);
    assert_close(s->assess.error, 0.08, 0, 0);
    assert_close(s->assess.vanish_mm, 5, 0, 0);
    assert_close(s->assess.sd_minimum, 42, 0, 0);
    assert_int_equal(s->assess.deaths, PF_DEATHS_EVENT);
    assert_int_equal(s->assess.progression_day, PF_DATED_VISIT);
    done(&f);
}

static void every_key_arrives_in_its_unit(void **state)
{
    (void)state;
    fixture f;
    read_study(&f, "tests/data/good/full.yaml");
    const pf_study *s = f.study;
    assert_string_equal(s->question, "Does everything arrive?\n");
    assert_int_equal(s->replicates, 1000);
    assert_true(s->seed == UINT64_C(12345678901234567));
    assert_close(s->dropout, 0.02 / 30.4375, 1e-15, 0);
    assert_int_equal(s->allocation.method, PF_ALLOCATE_BLOCK);
    assert_int_equal(s->allocation.block, 8);
    assert_int_equal(s->allocation.n_strata, 2);
    assert_int_equal(s->allocation.strata[1], 8);
    assert_int_equal(s->assess.criteria, PF_CRITERIA_LUGANO);
    assert_true(s->assess.confirm);
    assert_int_equal(s->assess.deaths, PF_DEATHS_CENSORED);
    assert_int_equal(s->assess.progression_day, PF_DATED_MIDPOINT);
    assert_close(s->assess.first, 30.4375, 0, 0);
    assert_int_equal(s->assess.n_kinetics, 3);
    assert_close(s->assess.kinetics[0], 1, 0, 0);
    assert_close(s->assess.kinetics[2], 28, 0, 0);
    assert_int_equal(s->n_product, 1);
    assert_int_equal(s->unknowns.n_variable, 2);
    assert_true(s->unknowns.variable[0].unknown);
    done(&f);
}

static void regimens_arrive_in_their_unit(void **state)
{
    (void)state;
    fixture f;
    read_study(&f, "tests/data/good/full.yaml");
    const pf_regimen_item *it = f.study->arm[0].item;
    assert_int_equal(it[0].n_dose, 3);
    assert_close(it[0].dose[1], 3e8, 0, 0);
    assert_close(it[0].delay_chance, 0.05, 0, 0);
    assert_close(it[0].delay_days, 7, 0, 0);
    assert_close(it[1].dose[0], 1e6, 0, 0);
    assert_close(it[1].dose_high, 1e7, 0, 0);
    assert_int_equal(it[1].per, PF_PER_KG);
    assert_close(it[1].max_dose, 1e9, 0, 0);
    assert_close(it[1].start, 10, 0, 0);
    assert_string_equal(it[2].drug, "IL-2");
    assert_close(it[2].dose[0], 6e6, 0, 0);
    assert_close(it[2].stop, 14, 0, 0);
    assert_close(it[2].infusion, 15.0 / 1440, 1e-15, 0);
    assert_int_equal(f.study->arm[2].item[0].per, PF_PER_M2);
    assert_close(f.study->arm[2].item[0].dose[0], 2000, 0, 0);
    done(&f);
}

static void published_figures_arrive_in_their_unit(void **state)
{
    (void)state;
    fixture f;
    read_study(&f, "tests/data/good/full.yaml");
    const pf_expect *e = f.study->expect;
    assert_int_equal(f.study->n_expect, 9);
    assert_close(e[0].value, 182.625, 0, 0);
    assert_close(e[1].at, 365.25, 0, 0);
    assert_int_equal(e[1].endpoint, PF_ENDPOINT_PFS_AT);
    assert_close(e[3].at, 7, 0, 0);
    assert_close(e[3].value, 27500, 1e-15, 0);
    assert_int_equal(e[6].against, 0);
    assert_int_equal(e[6].arm, 2);
    assert_int_equal(e[7].against, 2);
    assert_close(e[7].high, 1.4, 0, 0);
    assert_int_equal(e[8].role, PF_EXPECT_CLAIM);
    assert_close(e[8].value, 1, 0, 0);
    done(&f);
}

static void variables_keep_the_unit_of_their_centre(void **state)
{
    (void)state;
    fixture f;
    read_study(&f, "tests/data/good/minimal.yaml");
    const pf_variable *v = f.study->population.variable;
    assert_string_equal(v[0].unit, "year");
    assert_close(v[0].centre, 63, 0, 0);
    assert_string_equal(v[2].unit, "kg"); /* weight always */
    assert_close(v[2].centre, 68, 1e-15, 0);
    assert_close(v[5].centre, 0.5, 0, 0);
    assert_true(v[5].unknown);
    assert_string_equal(v[7].unit, "cm");
    assert_close(v[7].high, 5, 1e-15, 0);
    assert_int_equal(v[8].n_values, 3);
    assert_close(v[8].weight[0], 1.0 / 3, 0, 0);
    assert_string_equal(v[8].unit, "month");
    done(&f);
}

static void a_study_that_was_read_can_be_drawn(void **state)
{
    (void)state;
    fixture f;
    read_study(&f, "tests/data/good/design.yaml");
    const pf_population *p = &f.study->population, *lot = &f.study->product[0].attributes;
    double x[16], y[16];
    const pf_identity who = {.seed = 1, .purpose = PF_DRAW_POPULATION};
    assert_ok(&f.ctx, pf_population_draw(&f.ctx, p, &who, NULL, x));
    assert_true(x[2] > 20 && x[0] >= 30 && x[0] <= 88);
    const pf_identity it = {.seed = 1, .purpose = PF_DRAW_PRODUCT, .stream = 1};
    assert_ok(&f.ctx, pf_population_draw(&f.ctx, lot, &it, x, y));
    assert_close(y[1], 0.6 * x[5], 1e-12, 0);
    done(&f);
}

static void the_source_hash_is_that_of_the_bytes(void **state)
{
    (void)state;
    fixture f;
    read_study(&f, "tests/data/good/minimal.yaml");
    char *bytes;
    size_t size;
    assert_ok(&f.ctx, pf_file_read(&f.ctx, f.study->source_path[2], 0, &bytes, &size));
    assert_true(pf_hash(0, bytes, size) == f.study->source_hash[2]);
    pf_free(bytes);
    done(&f);
}

static void the_context_holds_the_first_mistake(void **state)
{
    (void)state;
    fixture f;
    pf_ctx_init(&f.ctx);
    pf_diag_init(&f.diag, &f.ctx);
    pf_err err = pf_study_read(&f.ctx, &f.diag, "tests/data/bad/unknown_key.yaml", &f.study);
    assert_int_equal(err, PF_ERR_CONFIG);
    assert_null(f.study);
    assert_string_equal(f.ctx.message,
        "2 mistakes, the first: tests/data/bad/unknown_key.yaml:9:1: "
        "unknown key 'repplicates'; did you mean 'replicates'?");
    done(&f);
}

/* What the problems of a study are, as text or JSON; how many would stop a run. */
static size_t problems_of(const char *path, int json, pf_buf *out)
{
    fixture f;
    pf_ctx_init(&f.ctx);
    pf_diag_init(&f.diag, &f.ctx);
    pf_err err = pf_study_read(&f.ctx, &f.diag, path, &f.study);
    assert_true(err == PF_OK || err == PF_ERR_CONFIG);
    if (json)
        pf_diag_json(&f.diag, NULL, out);
    else
        pf_diag_text(&f.diag, out);
    assert_int_equal(pf_buf_ok(out), PF_OK);
    size_t errors = f.diag.errors;
    done(&f);
    return errors;
}

static void a_missing_study_is_told(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_buf out;
    pf_buf_init(&out, &ctx);
    assert_int_equal(problems_of("tests/none.yaml", 0, &out), 1);
    assert_contains(out.bytes, "tests/none.yaml: error: cannot open 'tests/none.yaml'");
    pf_buf_empty(&out);
    assert_int_equal(problems_of("tests/data", 1, &out), 1);
    assert_contains(out.bytes, "is a folder; name a file");
    pf_buf_clear(&out);
}

#define CLAIMS PF_TEST_DATA "/claims/"
#define OUTSIDE(more)                                                                          \
    "study: out\n" more "model: " CLAIMS "models/decay.ant\npopulation: " CLAIMS               \
    "people.yaml\nhorizon: 30 day\nassess: {kinetics: [7] day}\narms:\n  - {name: a, size: "   \
    "2, "                                                                                      \
    "regimen: [{product: " CLAIMS "cells.yaml, dose: 1e7 cell}]}\n"
#define CASE                                                                                   \
    "expect:\n  - {endpoint: kinetics day 7, arm: a, value: 3, role: check, source: s, case: " \
    "V1}\n  - {endpoint: kinetics day 7, arm: a, value: 4, role: check, source: s, case: "     \
    "V2}\n"

static void outside_a_project_the_missing_table_is_named_once(void **state)
{
    (void)state;
    static const struct {
        const char *study, *says;
    } row[] = {{OUTSIDE("systems: [a, b]\n"),
                   "s.yaml:2:10: warning: evidence/systems.csv was not found, so the systems "},
        {OUTSIDE("") CASE,
            "warning: evidence/outcomes.csv was not found, so the cases were not looked up"},
        {OUTSIDE("systems: [a, b]\n") CASE,
            "warning: evidence/systems.csv and evidence/outcomes.csv were not found, so the "
            "systems and cases were not looked up"},
        {OUTSIDE(""), "no problems"}};
    char folder[] = "/tmp/pf_outside_XXXXXX";
    pf_ctx ctx;
    pf_buf out;
    pf_ctx_init(&ctx);
    pf_buf_init(&out, &ctx);
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_buf_empty(&out);
        assert_ok(&ctx, pf_file_write(&ctx, "s.yaml", row[i].study, strlen(row[i].study)));
        assert_int_equal(problems_of("s.yaml", 0, &out), 0);
        const char *found = out.bytes && *out.bytes ? strstr(out.bytes, "not found") : NULL;
        if (i + 1 < PF_COUNT(row)) {
            assert_contains(out.bytes, row[i].says);
            assert_null(strstr(found + 1, "not found"));
        } else {
            assert_null(found);
        }
    }
    assert_int_equal(unlink("s.yaml"), 0);
    assert_int_equal(chdir(PF_SOURCE_DIR), 0);
    assert_int_equal(rmdir(folder), 0);
    pf_buf_clear(&out);
}

/* ---- every mistake with its message ---- */

static void compare(const char *path, const char *expect)
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_buf out;
    pf_buf_init(&out, &ctx);
    size_t errors = problems_of(path, 0, &out), size;
    char *want = NULL;
    if (getenv("PF_REGENERATE"))
        assert_ok(&ctx, pf_file_write(&ctx, expect, out.bytes, out.size));
    assert_ok(&ctx, pf_file_read(&ctx, expect, 0, &want, &size));
    if (strcmp(out.bytes, want) != 0) fail_msg("%s says:\n%s", path, out.bytes);
    assert_true(errors > 0);
    pf_free(want);
    pf_buf_clear(&out);
}

static void every_mistake_has_its_message(void **state)
{
    (void)state;
    struct dirent **entry;
    int n = scandir("tests/data/bad", &entry, NULL, alphasort), cases = 0;
    for (int i = 0; i < n; i++) {
        const char *name = entry[i]->d_name, *dot = strrchr(name, '.');
        char path[512], expect[512];
        if (dot && strcmp(dot, ".yaml") == 0) {
            snprintf(path, sizeof path, "tests/data/bad/%s", name);
            snprintf(
                expect, sizeof expect, "tests/data/bad/%.*s.expect", (int)(dot - name), name);
            compare(path, expect);
            cases++;
        }
        free(entry[i]);
    }
    free(entry);
    assert_true(cases >= 50);
}

static void the_reference_page_is_made_from_the_tables(void **state)
{
    (void)state;
    static const char PATH[] = "docs/reference/study.md";
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_buf out;
    pf_buf_init(&out, &ctx);
    pf_study_reference(&out);
    assert_ok(&ctx, pf_buf_ok(&out));
    if (getenv("PF_REGENERATE"))
        assert_ok(&ctx, pf_file_write(&ctx, PATH, out.bytes, out.size));
    char *page;
    size_t size;
    assert_ok(&ctx, pf_file_read(&ctx, PATH, 0, &page, &size));
    if (strcmp(page, out.bytes) != 0)
        fail_msg("%s is not up to date: PF_REGENERATE=1 build/dev/tests/test_study_read", PATH);
    pf_free(page);
    pf_buf_clear(&out);
}

static int start(void **state)
{
    (void)state;
    return chdir(PF_SOURCE_DIR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_study_of_the_design_is_read_as_written),
        cmocka_unit_test(defaults_fill_a_minimal_study),
        cmocka_unit_test(every_key_arrives_in_its_unit),
        cmocka_unit_test(regimens_arrive_in_their_unit),
        cmocka_unit_test(published_figures_arrive_in_their_unit),
        cmocka_unit_test(variables_keep_the_unit_of_their_centre),
        cmocka_unit_test(a_study_that_was_read_can_be_drawn),
        cmocka_unit_test(the_source_hash_is_that_of_the_bytes),
        cmocka_unit_test(the_context_holds_the_first_mistake),
        cmocka_unit_test(a_missing_study_is_told),
        cmocka_unit_test(outside_a_project_the_missing_table_is_named_once),
        cmocka_unit_test(every_mistake_has_its_message),
        cmocka_unit_test(the_reference_page_is_made_from_the_tables),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
