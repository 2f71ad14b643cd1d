/* pf_simulate from outside: files in, files out, and what it says when it cannot. */
#include "ct.h"
#include "perforin/perforin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/perforin-simulate-XXXXXX";

static const char *path(const char *name)
{
    static char at[64][80];
    static size_t next;
    next = (next + 1) % 64;
    snprintf(at[next], sizeof at[next], "%s/%s", folder, name);
    return at[next];
}

static const char *write_file(const char *name, const char *text)
{
    const char *at = path(name);
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_write(&ctx, at, text, strlen(text)));
    return at;
}

static char *read_file(const char *name)
{
    char *text;
    size_t size;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_read(&ctx, path(name), 0, &text, &size));
    return text;
}

static const char PK[] =
    "model pk\n  gut' = -ka*gut; cen' = ka*gut - k*cen; gut = 0; cen = 0;\n"
    "  ka = 1; k = 0.1; F_gut = 0.5;\nend\n";
static const char DOSES[] = "ID,TIME,EVID,AMT,CMT,ADDL,II,SS,k,DV\n"
                            "a,0,1,100,gut,2,8,1,0.1,.\na,5,0,.,.,.,.,.,.,1.5\n"
                            "a,9,0,.,.,.,.,.,0.2,.\na,20,0,.,.,.,.,.,.,.\n"
                            "b,1,1,50,cen,.,.,.,.,.\nb,20,0,.,.,.,.,.,.,.\n";

static pf_simulate_options options(const char *model)
{
    pf_simulate_options o = PF_SIMULATE_OPTIONS_INIT;
    o.model = model;
    return o;
}

static char *simulate(const pf_simulate_options *o, pf_status expected, const char *words)
{
    static char *text; /* what it points to is the caller's to free */
    pf_error error;
    pf_status status = pf_simulate(o, &text, &error);
    if (status != expected) print_error("%s\n", error.message);
    assert_int_equal(status, expected);
    if (words) assert_contains(error.message, words);
    return text;
}

static int teardown(void **state)
{
    char command[120];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static int setup(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : 1;
}

static void expanded_records_predict_the_same_again(void **state)
{
    static const char *const names[] = {"gut", "cen"};
    (void)state;
    pf_simulate_options o = options(write_file("pk.ant", PK));
    o.records = write_file("doses.csv", DOSES);
    o.records_out = path("one.csv");
    o.variables = names;
    o.n_variables = 2;
    o.steps = 0;
    o.expand = 1;
    char *text = simulate(&o, PF_DONE, NULL);
    assert_contains(text, "2 patients, 6 records: ");
    pf_text_free(text);
    char *one = read_file("one.csv");
    assert_contains(one, "ID,TIME,EVID,AMT,CMT,ADDL,II,SS,k,DV,gut,cen\n");
    assert_contains(one, "\na,8,1,100,gut,0,0,0,0.1,.,");
    assert_contains(one, "\na,16,1,100,gut,0,0,0,0.2,.,");
    o.records = path("one.csv");
    o.records_out = path("two.csv");
    pf_text_free(simulate(&o, PF_DONE, NULL));
    char *two = read_file("two.csv");
    /* The columns of the predictions are filled again, not doubled. */
    assert_int_equal(strlen(strstr(two, "DV,gut,cen\n")) > 0, 1);
    size_t rows = 0;
    for (char *a = one, *b = two; *a && *b; rows++) {
        double x = strtod(strrchr(strndupa(a, strcspn(a, "\n")), ',') + 1, NULL);
        double y = strtod(strrchr(strndupa(b, strcspn(b, "\n")), ',') + 1, NULL);
        assert_close(x, y, 1e-5, 1e-12);
        a += strcspn(a, "\n") + 1;
        b += strcspn(b, "\n") + 1;
    }
    assert_int_equal(rows, 9);
    pf_free(one);
    pf_free(two);
}

static void threads_and_lanes_give_the_same_bytes(void **state)
{
    static const int way[][2] = {{1, 1}, {2, 1}, {2, 4}, {3, 0}};
    char *first = NULL, *text;
    (void)state;
    char *people = malloc(40 * 600);
    assert_non_null(people);
    size_t at = (size_t)sprintf(people, "ID,k\n");
    for (int i = 0; i < 600; i++)
        at += (size_t)sprintf(people + at, "%d,%g\n", i, 0.05 + i * 1e-3);
    pf_simulate_options o = options(write_file("pk.ant", PK));
    o.records = write_file("all.csv", "TIME,AMT,CMT,ADDL,II\n0,100,gut,3,6\n7,30,cen,.,.\n");
    o.patients = write_file("people.csv", people);
    o.steps = 3;
    for (size_t i = 0; i < PF_COUNT(way); i++) {
        o.threads = way[i][0];
        o.lanes = way[i][1];
        o.records_out = path("all.out.csv");
        text = simulate(&o, PF_DONE, NULL);
        char *records = read_file("all.out.csv"),
             *both = malloc(strlen(text) + strlen(records) + 1);
        assert_non_null(both);
        strcat(strcpy(both, text), records);
        pf_text_free(text);
        pf_free(records);
        if (first) assert_string_equal(first, both);
        if (first) free(both);
        if (!first) first = both;
    }
    free(first);
    free(people);
}

static void a_failure_names_patient_time_state_and_model(void **state)
{
    (void)state;
    pf_simulate_options o = options(write_file(
        "blow.ant", "model core\n  S' = -S; T' = a*T^2; S = 1; T = 1; a = 0;\nend\n"));
    o.patients = write_file("blow.csv", "ID,a\n6,0\n7,0.5\n8,0\n");
    o.duration = 5;
    o.steps = 5;
    char *text = simulate(&o, PF_FAILED, "1 of 3 patients failed; the first: patient 7, time ");
    assert_contains(text, "\n8,5,0.0067");
    assert_contains(text, "\n7,5,,\n");
    pf_text_free(text);
    pf_text_free(simulate(&o, PF_FAILED, "state T of model core: "));
    o.patients = NULL;
    o.model = write_file("storm.ant", "model core\n  x' = 1; x = 0; a = 0; b = 0;\n"
                                      "  at x > 1: a = 1;\n  up: at a > b: b = a + 1;\n"
                                      "  down: at b > a: a = b + 1;\nend\n");
    pf_text_free(
        simulate(&o, PF_FAILED, "time 1, event down of model core: events trigger each other"));
}

static void what_does_not_fit_together_is_refused(void **state)
{
    (void)state;
    pf_simulate_options o = options(write_file("pk.ant", PK));
    o.records = write_file("doses.csv", DOSES);
    o.patients = write_file("others.csv", "ID,ka\na,1\nc,2\n");
    simulate(&o, PF_REFUSED, "doses.csv:6:1: ID b is not among the patients of");
    o.patients = NULL;
    o.steps = 0;
    simulate(&o, PF_REFUSED, "without steps nothing is written but records");
    o.records_out = path("x.csv");
    o.records = NULL;
    simulate(&o, PF_REFUSED, "where some are read");
    o.steps = 4;
    o.records = write_file("back.csv", "TIME,EVID\n3,0\n0,3\n1,0\n");
    simulate(&o, PF_REFUSED, "after a reset the time starts again");
    o = options(path("none.ant"));
    simulate(&o, PF_REFUSED, "there is no model");
    o = options(path("pk.ant"));
    o.rtol = NAN;
    simulate(&o, PF_REFUSED, "tolerances");
}

static void columns_that_replace_a_formula_must_be_whole(void **state)
{
    (void)state;
    pf_simulate_options o =
        options(write_file("f.ant", "model f\n  x' = -b*x; x = 1; a = 1; b = 2*a;\nend\n"));
    o.patients = write_file("f.csv", "ID,b\n1,3\n2,\n");
    simulate(&o, PF_REFUSED, "f.csv:3:3: 'b' follows a formula of the model");
}

static void what_a_study_gives_is_a_table_of_records(void **state)
{
    pf_records_options r = PF_RECORDS_OPTIONS_INIT;
    static char *text;
    pf_error error;
    (void)state;
    r.study = PF_TEST_DATA "/good/design.yaml";
    assert_int_equal(pf_study_records(&r, &text, &error), PF_DONE);
    assert_contains(text, "ID,ARM,TIME,EVID,AMT,CMT,RATE,DRUG");
    size_t rows = 0;
    for (const char *p = text; *p; p++) rows += *p == '\n';
    assert_true(rows > 100);
    char *again;
    assert_int_equal(pf_study_records(&r, &again, &error), PF_DONE);
    assert_string_equal(text, again);
    pf_text_free(again);
    r.replicate = 1;
    assert_int_equal(pf_study_records(&r, &again, &error), PF_DONE);
    assert_string_not_equal(text, again);
    pf_text_free(again);
    pf_text_free(text);
    r.replicate = 1000000000;
    assert_int_equal(pf_study_records(&r, &text, &error), PF_REFUSED);
    assert_contains(error.message, "replicate 1000000000 is not in the study");
    pf_text_free(text);
    r.study = "none.yaml";
    assert_int_equal(pf_study_records(&r, &text, &error), PF_REFUSED);
    pf_text_free(text);
}

static void tolerances_follow_the_size_of_small_models(void **state)
{
    (void)state;
    pf_simulate_options o =
        options(write_file("small.ant", "model s\n  x' = -k*x; x = 3e-15; k = 1;\nend\n"));
    o.steps = 1;
    char *text = simulate(&o, PF_DONE, NULL);
    assert_close(strtod(strrchr(text, ',') + 1, NULL), 3e-15 * exp(-1.0), 1e-5, 0);
    pf_text_free(text);
}

static void a_start_may_be_the_steady_state(void **state)
{
    (void)state;
    pf_simulate_options o =
        options(write_file("turn.ant", "model s\n  x' = 3 - k*x; x = 0; k = 0.01;\nend\n"));
    o.steps = 1;
    o.steady = 1;
    char *text = simulate(&o, PF_DONE, NULL);
    assert_close(strtod(strchr(text, '\n') + 3, NULL), 300, 1e-8, 0);
    pf_text_free(text);
}

static void nothing_is_written_over_what_is_read(void **state)
{
    (void)state;
    pf_simulate_options o = options(write_file("kept.ant", PK));
    const char *records = write_file("kept.csv", DOSES);
    char *text;
    o.out = o.model;
    simulate(&o, PF_REFUSED, "over the model");
    o.records = records;
    o.out = NULL;
    o.records_out = records;
    simulate(&o, PF_REFUSED, "over the records");
    o.out = o.records_out = path("both.csv");
    simulate(&o, PF_REFUSED, "over the output");
    pf_error error;
    assert_int_equal(pf_convert(o.model, NULL, o.model, &text, &error), PF_REFUSED);
    assert_contains(error.message, "is the model that is read");
    assert_int_equal(access(path("both.csv"), F_OK), -1);
    text = read_file("kept.ant");
    assert_string_equal(text, PK);
    pf_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expanded_records_predict_the_same_again),
        cmocka_unit_test(threads_and_lanes_give_the_same_bytes),
        cmocka_unit_test(a_failure_names_patient_time_state_and_model),
        cmocka_unit_test(what_does_not_fit_together_is_refused),
        cmocka_unit_test(columns_that_replace_a_formula_must_be_whole),
        cmocka_unit_test(what_a_study_gives_is_a_table_of_records),
        cmocka_unit_test(tolerances_follow_the_size_of_small_models),
        cmocka_unit_test(a_start_may_be_the_steady_state),
        cmocka_unit_test(nothing_is_written_over_what_is_read),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
