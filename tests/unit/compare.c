/* pf_compare_runs over small run folders written here: what differs, gaps whose values are R's,
 * and what is refused. */
#include "ct.h"
#include "base/json.h"
#include "perforin/perforin.h"
#include "unit/project.h"

#include <inttypes.h>

enum { N = 8 };
static const double A[N] = {0.20, 0.24, 0.18, 0.30, 0.22, 0.26, 0.19, 0.25},
                    B[N] = {0.26, 0.25, 0.27, 0.33, 0.21, 0.31, 0.28, 0.30};

/* A run of one arm and eight replicates. */
typedef struct {
    const char *name, *seed, *dose, *state, *study;
    const double *orr;
    int no_values; /* no replicates.csv */
} fake;

static uint64_t hash_of(const char *text)
{
    return pf_hash(0, text, strlen(text));
}

static void write_in(const fake *f, const char *name, const char *text)
{
    char path[150];
    snprintf(path, sizeof path, "runs/%s/%s", f->name, name);
    write_file(path, text);
}

static void summary_of(const fake *f, char *out, size_t size)
{
    double mean = 0, square = 0;
    for (int i = 0; i < N; i++) mean += f->orr[i] / N;
    for (int i = 0; i < N; i++) square += (f->orr[i] - mean) * (f->orr[i] - mean);
    snprintf(out, size,
        "{\"study\": \"s\", \"replicates\": 8, \"arms\": [{\"name\": \"NK\", \"endpoints\": ["
        "{\"endpoint\": \"ORR\", \"unit\": \"share\", \"mean\": %.17g, \"sd\": %.17g, "
        "\"q025\": 0.1, \"median\": 0.2, \"q975\": 0.4, \"replicates_defined\": 8, "
        "\"replicates_reached\": 8}, "
        "{\"endpoint\": \"OS\", \"unit\": \"day\", \"mean\": 300, \"sd\": 10, \"q025\": 250, "
        "\"median\": 320, \"q975\": null, \"replicates_defined\": 8, \"replicates_reached\": "
        "7}]}], \"comparisons\": [], \"parameters\": [{\"name\": \"k\", \"value\": %s, "
        "\"unit\": "
        "\"1/day\"}], \"expectations\": {\"fit\": {\"figures\": [{\"written\": \"ORR\", "
        "\"arm\": \"NK\", \"unit\": \"share\", \"published\": 0.3, \"simulated_mean\": %.17g, "
        "\"verdict\": \"pass\"}]}}}",
        mean, sqrt(square / (N - 1)), f->dose, mean);
}

static void replicates_of(const fake *f, char *out, size_t size)
{
    size_t at = (size_t)snprintf(
        out, size, "STUDYID,REPLICATE,ARM,AGAINST,ENDPOINT,AT_DAY,LABEL,UNIT,VALUE\n");
    for (int i = 0; i < N; i++)
        at += (size_t)snprintf(out + at, size - at,
            "SIMULATED-s,%d,NK,,ORR,,,share,%g\nSIMULATED-s,%d,NK,,OS,,,day,%s\n", i, f->orr[i],
            i, i == 3 ? "inf" : "310");
}

static void write_run(fake f)
{
    char summary[2000], table[2000], text[3000], results[200], folder[40];
    if (!f.seed) f.seed = "1";
    if (!f.dose) f.dose = "4";
    if (!f.state) f.state = "complete";
    if (!f.study) f.study = "s";
    if (!f.orr) f.orr = A;
    snprintf(folder, sizeof folder, "runs/%.30s", f.name);
    make_folder(folder);
    summary_of(&f, summary, sizeof summary);
    replicates_of(&f, table, sizeof table);
    write_in(&f, "summary.json", summary);
    if (!f.no_values) write_in(&f, "replicates.csv", table);
    snprintf(text, sizeof text,
        "study: \"%s\"\nseed: %s\narms:\n  - name: \"NK\"\n    size: 20\n    regimen:\n"
        "      - {product: \"p\", dose: [%s cell], on: [0, 7] day}\npopulation:\n"
        "  - {name: \"age\", distribution: normal, mean: 60 year, sd: 9}\n%s",
        f.study, f.seed, f.dose,
        !strcmp(f.dose, "8") ? "  - {sets: \"x\", formula: \"age\", source: \"y\"}\n" : "");
    write_in(&f, "resolved.yaml", text);
    snprintf(
        results, sizeof results, ", \"replicates.csv\": \"%016" PRIx64 "\"", hash_of(table));
    snprintf(text, sizeof text,
        "{\"format\": \"perforin-run-1\", \"state\": \"%s\", \"version\": \"0.1.0\", "
        "\"study\": "
        "\"%s\", \"settings\": {\"seed\": \"%s\", \"replicates\": \"8\", \"patients\": \"20\", "
        "\"chunk\": \"16\", \"layout\": \"00\", \"changed\": \"none\"}, \"study_file\": "
        "\"s.yaml\", "
        "\"inputs\": [{\"file\": \"s.yaml\", \"hash\": \"%s\"}, {\"file\": \"%s\", \"hash\": "
        "\"22\"}], \"results\": {\"summary.json\": \"%016" PRIx64 "\"%s}}",
        f.state, f.study, f.seed, f.dose, !strcmp(f.dose, "8") ? "moved/m.ant" : "m.ant",
        hash_of(summary), f.no_values ? "" : results);
    write_in(&f, "manifest.json", text);
}

static char *compare(
    const char *a, const char *b, pf_compare_options o, pf_status wanted, pf_error *error)
{
    char path[2][100], *text = NULL;
    const char *folder[2] = {path[0], path[1]};
    snprintf(path[0], sizeof path[0], "%s/runs/%s", root, a);
    snprintf(path[1], sizeof path[1], "%s/runs/%s", root, b ? b : "");
    o.size = sizeof o;
    o.folder = folder;
    o.n = b ? 2 : 1;
    pf_status status = pf_compare_runs(&o, &text, error);
    if (status != wanted) print_error("%s\n", error->message);
    assert_int_equal(status, wanted);
    return text;
}

static const pf_jvalue *figure_of(pf_arena *a, const char *text, const char *endpoint)
{
    pf_ctx ctx;
    const pf_jvalue *root_value;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_jvalue_parse(&ctx, a, text, strlen(text), &root_value));
    const pf_jvalue *list = pf_jvalue_get(root_value, "figures");
    for (const pf_jvalue *v = list ? list->first : NULL; v; v = v->next)
        if (!strcmp(pf_jvalue_text(pf_jvalue_get(v, "endpoint"), ""), endpoint))
            return pf_jvalue_get(v, "gaps")->first;
    fail_msg("no figure %s", endpoint);
    return NULL;
}

static int set_up(void **state)
{
    (void)state;
    if (!make_project()) return -1;
    write_run((fake){.name = "a"});
    write_run((fake){.name = "b", .orr = B, .dose = "8"});
    write_run((fake){.name = "again"});
    write_run((fake){.name = "other-seed", .orr = B, .seed = "2"});
    write_run((fake){.name = "old", .orr = B, .no_values = 1});
    write_run((fake){.name = "unfinished", .state = "running"});
    write_run((fake){.name = "broken"});
    write_file("runs/broken/summary.json", "{}");
    write_run((fake){.name = "torn"});
    write_file("runs/torn/replicates.csv", "STUDYID\n");
    make_folder("runs/empty");
    return 0;
}

static void runs_of_one_seed_are_compared_in_pairs(void **state)
{
    (void)state;
    pf_error error;
    pf_arena arena;
    pf_arena_init(&arena);
    char *text = compare("a", "b", (pf_compare_options){.json = 1}, PF_DONE, &error);
    const pf_jvalue *g = figure_of(&arena, text, "ORR");
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(g, "how"), ""), "means, paired");
    assert_close(pf_jvalue_number(pf_jvalue_get(g, "value")), 0.04625, 1e-12, 0);
    assert_close(pf_jvalue_number(pf_jvalue_get(g, "p")), 0.00773517599423392, 1e-9, 0);
    /* Two figures share 5 %: R's p.adjust. */
    assert_close(
        pf_jvalue_number(pf_jvalue_get(g, "p_holm")), 2 * 0.00773517599423392, 1e-9, 0);
    g = figure_of(&arena, text, "OS");
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(g, "how"), ""), "medians, paired");
    pf_arena_clear(&arena);
    pf_text_free(text);
}

static void runs_of_other_seeds_are_independent(void **state)
{
    (void)state;
    pf_error error;
    pf_arena arena;
    pf_arena_init(&arena);
    for (int old = 0; old < 2; old++) {
        char *text = compare(
            "a", old ? "old" : "other-seed", (pf_compare_options){.json = 1}, PF_DONE, &error);
        const pf_jvalue *g = figure_of(&arena, text, "ORR");
        assert_string_equal(pf_jvalue_text(pf_jvalue_get(g, "how"), ""), "means");
        assert_close(pf_jvalue_number(pf_jvalue_get(g, "se")), 0.01954276446302168, 1e-9, 0);
        assert_close(pf_jvalue_number(pf_jvalue_get(g, "p")), 0.03297491582643032, 1e-9, 0);
        pf_text_free(text);
    }
    char *text = compare("a", "old", (pf_compare_options){0}, PF_DONE, &error);
    assert_contains(text, "not paired: a run has no replicates.csv");
    pf_text_free(text);
    pf_arena_clear(&arena);
}

static void what_differs_is_told_value_by_value(void **state)
{
    (void)state;
    pf_error error;
    char *text = compare("a", "b", (pf_compare_options){0}, PF_DONE, &error);
    assert_contains(text, "input s.yaml");
    assert_contains(text, "another content");
    assert_null(strstr(text, "m.ant")); /* it has only moved */
    assert_contains(text, "arms.NK.regimen.p.dose");
    assert_contains(text, "[4 cell] -> [8 cell]");
    assert_contains(text, "population.x ");
    assert_contains(text, "(not there) -> formula: age\n");
    assert_contains(text, "parameter k");
    assert_contains(text, "4 1/day -> 8 1/day");
    assert_contains(text, "paired: the same seed; differences");
    assert_contains(text, "23.0 %, pass"); /* the published figure, by run: mean of A */
    pf_text_free(text);
    text = compare("a", "other-seed", (pf_compare_options){0}, PF_DONE, &error);
    assert_contains(text, "1 -> 2\n");
    pf_text_free(text);
}

static void a_repeated_run_says_so(void **state)
{
    (void)state;
    pf_error error;
    char *text = compare("a", "again", (pf_compare_options){0}, PF_DONE, &error);
    assert_contains(
        text, "B repeats A: the same inputs, settings and version, and the same results\n");
    assert_contains(text, "the same virtual patients");
    assert_contains(text, "2 figures): 0\n");
    pf_text_free(text);
}

static void what_is_no_pair_of_complete_runs_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *b, *sentence;
        pf_status status;
    } list[] = {{NULL, "needs two runs or more", PF_REFUSED},
        {"a", "are the same run", PF_REFUSED}, {"../runs/a", "are the same run", PF_REFUSED},
        {"none", "there is no folder", PF_REFUSED}, {"empty", "holds no run", PF_REFUSED},
        {"unfinished", "is not complete", PF_REFUSED},
        {"broken", "is not what its run wrote", PF_FAILED},
        {"torn", "is not what its run wrote", PF_FAILED}};
    for (size_t i = 0; i < PF_COUNT(list); i++) {
        pf_error error;
        assert_null(compare("a", list[i].b, (pf_compare_options){0}, list[i].status, &error));
        assert_contains(error.message, list[i].sentence);
    }
}

static void labels_are_one_for_each_run(void **state)
{
    (void)state;
    pf_error error;
    pf_compare_options o = {.label = (const char *[]){"low", "high"}, .n_label = 2};
    char *text = compare("a", "b", o, PF_DONE, &error);
    assert_contains(text, "B  high ");
    pf_text_free(text);
    o.n_label = 1;
    assert_null(compare("a", "b", o, PF_REFUSED, &error));
    assert_contains(error.message, "1 label for 2 runs");
    o = (pf_compare_options){.label = (const char *[]){"low", "low"}, .n_label = 2};
    assert_null(compare("a", "b", o, PF_REFUSED, &error));
    assert_contains(error.message, "two runs are labelled 'low'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_of_one_seed_are_compared_in_pairs),
        cmocka_unit_test(runs_of_other_seeds_are_independent),
        cmocka_unit_test(what_differs_is_told_value_by_value),
        cmocka_unit_test(a_repeated_run_says_so),
        cmocka_unit_test(what_is_no_pair_of_complete_runs_is_refused),
        cmocka_unit_test(labels_are_one_for_each_run),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
