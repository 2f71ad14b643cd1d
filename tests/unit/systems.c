/* What pf_systems says of a project, and how pf_run_each keeps what was run. */
#include "ct.h"
#include "base/json.h"
#include "perforin/perforin.h"
#include "unit/project.h"

static int set_up(void **state)
{
    (void)state;
    if (!make_project()) return -1;
    make_folder("products");
    write_file("evidence/systems.csv",
        "id,article,category,what,cells,engineering,dose_schedule,indication,"
        "outcome_as_given,mechanisms,trace_status,trace_note,kind,study,command,reason\n"
        "one,A1,quantified,NK cells,NK,,,lung,ORR 40%,kill,VERIFIED,,study,studies/one.yaml,"
        "perforin run studies/one.yaml,\n"
        "two,A1,mechanism,Granules,NK,,,all,,kill,supported,,ablation,studies/none.yaml,"
        "perforin run studies/none.yaml,\n"
        "three,A2,standard,A product,NK,,,all,,,supported,,product,products/p.yaml,"
        "perforin lot products/p.yaml,\n"
        "four,A2,marketing,A headline,,,,,,,none,,out-of-scope,,,marketing: no data\n"
        "five,A2,claim,No study yet,,,,,,,none,,claim,,,\n");
    write_file("studies/one.yaml", "study: one trial\nsystems: [one, five]\n");
    write_file("products/p.yaml", "product: p\n");
    make_folder("tissue");
    write_file("tissue/t.yaml", "tissue: t\nsystems: [three]\n");
    return 0;
}

static char *systems(pf_systems_options o, pf_status wanted)
{
    char *text = NULL;
    pf_error error;
    char runs[100];
    snprintf(runs, sizeof runs, "%s/runs", root);
    o.size = sizeof o;
    o.root = root;
    o.runs = runs;
    pf_status status = pf_systems(&o, &text, &error);
    if (status != wanted) print_error("%s\n", error.message);
    assert_int_equal(status, wanted);
    return text;
}

static void all_rows_are_listed_with_what_answers_them(void **state)
{
    (void)state;
    char *text = systems((pf_systems_options){0}, PF_DONE);
    assert_contains(text, "perforin run studies/one.yaml\n");
    assert_contains(text, "5 systems, 1 missing, 1 out of scope\n");
    assert_contains(text, "marketing: no data\n");
    pf_text_free(text);
}

static void a_study_that_names_a_row_answers_it(void **state)
{
    (void)state;
    char *text = systems((pf_systems_options){.id = "five"}, PF_DONE);
    assert_contains(text, "answered by   studies/one.yaml: not run\n");
    pf_text_free(text);
}

static void filters_hold_together_and_know_what_exists(void **state)
{
    (void)state;
    char *text = systems((pf_systems_options){.article = "A1", .missing = 1}, PF_DONE);
    assert_contains(text, "\ntwo ");
    assert_contains(text, "1 system, 1 missing\n");
    pf_text_free(text);
    text = systems((pf_systems_options){.text = "LUNG"}, PF_DONE);
    assert_contains(text, "1 system\n");
    pf_text_free(text);
    systems((pf_systems_options){.kind = "studies"}, PF_REFUSED);
    systems((pf_systems_options){.id = "tow"}, PF_REFUSED);
    systems((pf_systems_options){.article = "A9"}, PF_REFUSED);
}

static void no_line_of_the_narrow_table_is_wider_than_the_terminal(void **state)
{
    (void)state;
    pf_systems_options o = PF_SYSTEMS_OPTIONS_INIT;
    char *text = NULL;
    pf_error error;
    o.root = PF_SOURCE_DIR;
    o.width = 80;
    assert_int_equal(pf_systems(&o, &text, &error), PF_DONE);
    size_t wide = 0, n = 0;
    for (const char *p = text; *p; p += n + (p[n] == '\n')) {
        n = strcspn(p, "\n");
        wide += n > 80 && strncmp(p, "  perforin ", 11) != 0; /* a command stays whole */
    }
    assert_int_equal(wide, 0);
    pf_text_free(text);
}

static void the_last_run_is_told(void **state)
{
    (void)state;
    make_folder("runs/one-trial");
    write_file("runs/one-trial/manifest.json", "{\"state\": \"complete\"}");
    write_file("runs/one-trial/summary.json",
        "{\"replicates\": 20, \"expectations\": {"
        "\"fit\": {\"figures\": [{\"endpoint\": \"ORR\", \"arm\": \"a\", \"unit\": \"share\","
        "\"published\": 0.4, \"simulated_mean\": 0.31, \"simulated_q025\": 0.2,"
        "\"simulated_q975\": 0.5, \"verdict\": \"pass\", \"sentence\": \"it passes\"}],"
        "\"pass\": 1, \"miss\": 0, \"cannot_say\": 0},"
        "\"claim\": {\"figures\": [{\"in_central_95\": false}, {\"in_central_95\": null}],"
        "\"pass\": 0, \"miss\": 1, \"cannot_say\": 1}},"
        "\"claims\": [{\"sentence\": \"kappa would have to be 12 x its upper end\"}]}");
    char *text = systems((pf_systems_options){0}, PF_DONE);
    assert_contains(text, "20 reps, 1/1 pass, 0/2 claims");
    pf_text_free(text);
    text = systems((pf_systems_options){.id = "one"}, PF_DONE);
    assert_contains(text, "ORR, a: 40.0 % published, 31.0 % [20.0 %, 50.0 %] simulated; pass");
    assert_contains(text, "it passes");
    assert_contains(text, "answer        kappa would have to be 12 x its upper end");
    pf_text_free(text);
    write_file("runs/one-trial/summary.json", "{\"replicates\": 20");
    text = systems((pf_systems_options){0}, PF_DONE);
    assert_contains(text, "damaged run");
    pf_text_free(text);
}

static void json_holds_every_column(void **state)
{
    (void)state;
    pf_arena a;
    pf_ctx ctx;
    const pf_jvalue *v;
    pf_arena_init(&a);
    pf_ctx_init(&ctx);
    char *text = systems((pf_systems_options){.json = 1}, PF_DONE);
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, text, strlen(text), &v));
    v = pf_jvalue_get(v, "systems");
    assert_int_equal(v->n, 5);
    assert_string_equal(
        pf_jvalue_text(pf_jvalue_get(v->first, "outcome_as_given"), ""), "ORR 40%");
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(v->first, "kind"), ""), "study");
    pf_text_free(text);
    pf_arena_clear(&a);
}

static void studies_come_once_and_sorted(void **state)
{
    (void)state;
    pf_systems_options o = PF_SYSTEMS_OPTIONS_INIT;
    char *paths = NULL, wanted[100];
    pf_error error;
    o.root = root;
    assert_int_equal(pf_systems_studies(&o, &paths, &error), PF_DONE);
    snprintf(wanted, sizeof wanted, "%s/studies/one.yaml\n", root);
    assert_string_equal(paths, wanted);
    pf_text_free(paths);
}

/* ---- several studies ---- */

static pf_each_step seen[8];

static void on_step(void *payload, const pf_each_step *s)
{
    (void)payload;
    seen[s->index] = *s;
}

static pf_status each(const char *const *study, size_t n, uint64_t replicates, int exact)
{
    pf_each_options o = PF_EACH_OPTIONS_INIT;
    pf_error error;
    char runs[100];
    snprintf(runs, sizeof runs, "%s/each", root);
    o.runs = runs;
    o.replicates = replicates;
    o.exact = exact;
    o.step = on_step;
    o.threads = 1;
    return pf_run_each(study, n, &o, &error);
}

static void what_was_run_is_kept_and_what_changed_is_replaced(void **state)
{
    (void)state;
    static const char *const study[] = {PF_TEST_DATA "/good/minimal.yaml"};
    assert_int_equal(each(study, 1, 2, 0), PF_DONE);
    assert_false(seen[0].kept);
    assert_int_equal(each(study, 1, 2, 0), PF_DONE);
    assert_true(seen[0].kept);
    assert_int_equal(each(study, 1, 1, 0), PF_DONE); /* more is there */
    assert_true(seen[0].kept);
    assert_int_equal(each(study, 1, 1, 1), PF_DONE); /* as many as were asked for */
    assert_false(seen[0].kept);
    assert_int_equal(each(study, 1, 3, 0), PF_DONE);
    assert_false(seen[0].kept);
}

static void a_study_with_mistakes_does_not_stop_the_others(void **state)
{
    (void)state;
    static const char *const study[] = {
        PF_TEST_DATA "/bad/arms.yaml", PF_TEST_DATA "/good/minimal.yaml"};
    assert_int_equal(each(study, 2, 1, 1), PF_REFUSED);
    assert_int_equal(seen[0].status, PF_REFUSED);
    assert_int_equal(seen[1].status, PF_DONE);
}

static void a_tissue_file_that_names_a_row_answers_it(void **state)
{
    (void)state;
    char *text = systems((pf_systems_options){.id = "three"}, PF_DONE);
    assert_contains(text, "tissue/t.yaml: not run\n");
    pf_text_free(text);
    pf_ctx ctx;
    char path[120];
    pf_ctx_init(&ctx);
    snprintf(path, sizeof path, "%s/runs/t-study", root);
    assert_ok(&ctx, pf_dir_make(&ctx, path));
    text = systems((pf_systems_options){.id = "three"}, PF_DONE);
    assert_contains(text, "tissue/t.yaml: stopped\n");
    pf_text_free(text);
    write_file("runs/t-study/answers.json",
        "{\"seeds\": [\"1\", \"2\"], \"figure\": {\"outcome\": \"k\", \"sentence\": "
        "\"Kills\"}, "
        "\"answers\": [{\"outcome\": \"k\", \"variant\": \"base\", \"mean\": 3, \"low\": 2, "
        "\"high\": 4}, {\"outcome\": \"k\", \"variant\": \"thawed\", \"mean\": 1, \"low\": "
        "null, "
        "\"high\": null}]}");
    text = systems((pf_systems_options){.id = "three"}, PF_DONE);
    assert_contains(text, "tissue/t.yaml: 2 reps");
    assert_contains(text, "Kills: base 3 [2, 4]; thawed 1\n");
    pf_text_free(text);
    text = systems((pf_systems_options){.json = 1}, PF_DONE);
    assert_contains(text, "\"tissue\": \"t\"");
    pf_text_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows_are_listed_with_what_answers_them),
        cmocka_unit_test(a_study_that_names_a_row_answers_it),
        cmocka_unit_test(filters_hold_together_and_know_what_exists),
        cmocka_unit_test(no_line_of_the_narrow_table_is_wider_than_the_terminal),
        cmocka_unit_test(json_holds_every_column),
        cmocka_unit_test(studies_come_once_and_sorted),
        cmocka_unit_test(the_last_run_is_told),
        cmocka_unit_test(what_was_run_is_kept_and_what_changed_is_replaced),
        cmocka_unit_test(a_study_with_mistakes_does_not_stop_the_others),
        cmocka_unit_test(a_tissue_file_that_names_a_row_answers_it),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
