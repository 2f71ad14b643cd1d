/* A run that is watched: from nothing to its end, stopped, begun anew, damaged. */
#include "ct.h"
#include "base/file.h"
#include "base/json.h"
#include "perforin/perforin.h"
#include "unit/project.h"

#include <unistd.h>

static char folder[80];

static int set_up(void **state)
{
    (void)state;
    if (!make_project()) return -1;
    snprintf(folder, sizeof folder, "%s/run", root);
    return 0;
}

static pf_status go(pf_run_options o)
{
    pf_run_result r;
    pf_error error;
    o.size = sizeof o;
    o.study = PF_SOURCE_DIR "/studies/nsclc-pembro-nk.yaml";
    o.out = folder;
    o.threads = 1;
    o.native = -1;
    pf_status status = pf_run(&o, &r, &error);
    if (status && !o.start) print_error("%s\n", error.message);
    pf_run_result_clear(&r);
    return status;
}

/* A folder where a table goes. */
static void hinder(void *payload, const pf_run_info *info)
{
    (void)payload;
    (void)info;
    make_folder("run/patients.csv");
}

/* A run that has stopped with its first `chunks` chunks of 16 patients, however fast or busy
 * the machine: its results cannot be written, and then later chunks are taken away. */
static void go_part(pf_run_options o, int chunks)
{
    char path[200];
    o.start = hinder;
    assert_int_equal(go(o), PF_FAILED);
    snprintf(path, sizeof path, "%s/patients.csv", folder);
    assert_int_equal(rmdir(path), 0);
    for (int n = chunks;; n++) {
        snprintf(path, sizeof path, "%s/chunks/%06d.bin", folder, n);
        if (unlink(path)) break;
    }
}

static pf_watch_view look(pf_watch *w)
{
    pf_watch_view v;
    pf_error error;
    pf_status status = pf_watch_look(w, &v, &error);
    if (status) print_error("%s\n", error.message);
    assert_int_equal(status, PF_DONE);
    return v;
}

static pf_watch *open_watch(int may_come)
{
    pf_watch *w;
    pf_error error;
    assert_int_equal(pf_watch_open(folder, may_come, &w, &error), PF_DONE);
    return w;
}

static void same_median(const pf_watch_median *a, const pf_watch_median *b)
{
    assert_close(a->value, b->value, 0, 0);
    assert_close(a->low, b->low, 0, 0);
    assert_close(a->high, b->high, 0, 0);
    assert_int_equal(a->events, b->events);
}

static void same_figures(const pf_watch_view *a, const pf_watch_view *b)
{
    assert_int_equal(a->n_arm, b->n_arm);
    for (size_t i = 0; i < a->n_arm; i++) {
        const pf_watch_arm *p = &a->arm[i], *q = &b->arm[i];
        assert_string_equal(p->name, q->name);
        const uint64_t x[] = {
            p->patients, p->failed, p->treated, p->cr, p->pr, p->sd, p->pd, p->ne};
        const uint64_t y[] = {
            q->patients, q->failed, q->treated, q->cr, q->pr, q->sd, q->pd, q->ne};
        assert_memory_equal(x, y, sizeof x);
        assert_close(p->orr, q->orr, 0, 0);
        assert_close(p->orr_low, q->orr_low, 0, 0);
        same_median(&p->pfs, &q->pfs);
        same_median(&p->os, &q->os);
        assert_memory_equal(p->grade, q->grade, a->n_grade * sizeof *p->grade);
    }
}

static void a_folder_without_a_run_is_refused_or_awaited(void **state)
{
    (void)state;
    pf_watch *w;
    pf_error error;
    assert_int_equal(pf_watch_open(folder, 0, &w, &error), PF_REFUSED);
    assert_contains(error.message, "there is no folder");
    assert_null(w);
    w = open_watch(1);
    pf_watch_view v = look(w);
    assert_int_equal(v.state, PF_WATCH_ABSENT);
    assert_true(v.changed);
    assert_false(look(w).changed);
    make_folder("run");
    assert_int_equal(look(w).state, PF_WATCH_ABSENT);
    write_file("run/other.txt", "not ours");
    assert_int_equal(pf_watch_look(w, &v, &error), PF_REFUSED);
    assert_contains(error.message, "holds no run");
    pf_watch_close(w);
    pf_watch_close(NULL);
}

static void chunks_and_table_say_the_same_of_all_patients(void **state)
{
    (void)state;
    pf_watch *early = open_watch(1);
    go_part((pf_run_options){.replicates = 2}, 6);
    pf_watch_view v = look(early);
    assert_int_equal(v.state, PF_WATCH_STOPPED);
    assert_contains(v.resume, "perforin run ");
    assert_int_equal(v.total, 218);
    assert_int_equal(v.done, 96);
    assert_int_equal(v.arm[0].patients + v.arm[1].patients, v.done);
    assert_true(isnan(v.rate) && isnan(v.seconds));
    assert_true(look(early).changed == 0);
    assert_int_equal(go((pf_run_options){.replicates = 2, .resume = 1}), PF_DONE);
    v = look(early);
    assert_int_equal(v.state, PF_WATCH_COMPLETE);
    assert_true(v.changed);
    assert_int_equal(v.done, 218);
    assert_int_equal(v.replicates_done, 2);
    assert_contains(v.report, "/run/report.html");
    pf_watch *late = open_watch(0);
    pf_watch_view again = look(late);
    same_figures(&v, &again);
    assert_false(look(late).changed);
    pf_watch_close(early);
    pf_watch_close(late);
}

/* A run of one replicate tells exact limits itself; they were worked out by other code. */
static void figures_of_one_replicate_are_those_of_its_summary(void **state)
{
    (void)state;
    static const char *const key[] = {"ORR", "PFS", "OS"};
    char *text = NULL;
    pf_error error;
    pf_ctx ctx;
    pf_arena a;
    const pf_jvalue *root_value;
    assert_int_equal(go((pf_run_options){.replicates = 1}), PF_DONE);
    pf_watch *w = open_watch(0);
    pf_watch_view v = look(w);
    assert_int_equal(pf_show(folder, 1, &text, &error), PF_DONE);
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, text, strlen(text), &root_value));
    const pf_jvalue *arm = pf_jvalue_get(root_value, "arms")->first;
    size_t found = 0;
    for (size_t i = 0; i < v.n_arm; i++, arm = arm->next) {
        const double value[3][3] = {{v.arm[i].orr, v.arm[i].orr_low, v.arm[i].orr_high},
            {v.arm[i].pfs.value, v.arm[i].pfs.low, v.arm[i].pfs.high},
            {v.arm[i].os.value, v.arm[i].os.low, v.arm[i].os.high}};
        for (const pf_jvalue *e = pf_jvalue_get(arm, "endpoints")->first; e; e = e->next)
            for (int k = 0; k < 3; k++) {
                if (strcmp(pf_jvalue_text(pf_jvalue_get(e, "endpoint"), ""), key[k])) continue;
                assert_close(
                    value[k][0], pf_jvalue_number(pf_jvalue_get(e, "median")), 1e-12, 0);
                assert_close(value[k][1], pf_jvalue_number(pf_jvalue_get(e, "low")), 1e-12, 0);
                assert_close(value[k][2], pf_jvalue_number(pf_jvalue_get(e, "high")), 1e-12, 0);
                found++;
            }
        assert_int_equal(v.arm[i].cr,
            (int)pf_jvalue_number(pf_jvalue_get(pf_jvalue_get(arm, "responses"), "CR")));
    }
    assert_int_equal(found, 6);
    pf_arena_clear(&a);
    pf_text_free(text);
    pf_watch_close(w);
}

static void a_run_that_was_begun_anew_is_read_anew(void **state)
{
    (void)state;
    go_part((pf_run_options){.replicates = 2}, 6);
    pf_watch *w = open_watch(0);
    assert_int_equal(look(w).done, 96);
    /* fewer chunks of the same run: those seen before have gone */
    go_part((pf_run_options){.replicates = 2, .force = 1}, 2);
    pf_watch_view v = look(w);
    assert_int_equal(v.done, 32);
    assert_int_equal(v.arm[0].patients + v.arm[1].patients, v.done);
    pf_run_options other = {.replicates = 1, .force = 1, .has_seed = 1, .seed = 9};
    assert_int_equal(go(other), PF_DONE);
    v = look(w);
    assert_int_equal(v.seed, 9);
    assert_int_equal(v.done, 109);
    pf_watch *fresh = open_watch(0);
    pf_watch_view again = look(fresh);
    same_figures(&v, &again);
    pf_watch_close(fresh);
    pf_watch_close(w);
}

static void without_its_study_a_run_shows_progress_and_the_reason(void **state)
{
    (void)state;
    char path[200];
    go_part((pf_run_options){.replicates = 2}, 4);
    snprintf(path, sizeof path, "%s/inputs/models/core.ant", folder);
    assert_int_equal(unlink(path), 0);
    pf_watch *w = open_watch(0);
    pf_watch_view v = look(w);
    assert_int_equal(v.n_arm, 0);
    assert_int_equal(v.done, 64);
    assert_null(v.resume);
    assert_contains(v.why, "inputs are damaged");
    pf_watch_close(w);
}

static void a_view_is_one_line_of_json(void **state)
{
    (void)state;
    char *text = NULL;
    pf_error error;
    pf_ctx ctx;
    pf_arena a;
    const pf_jvalue *json;
    assert_int_equal(go((pf_run_options){.replicates = 1}), PF_DONE);
    pf_watch *w = open_watch(0);
    pf_watch_view v = look(w);
    assert_int_equal(pf_watch_json(&v, &text, &error), PF_DONE);
    assert_null(strchr(text, '\n'));
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, text, strlen(text), &json));
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(json, "state"), ""), "complete");
    const pf_jvalue *arm = pf_jvalue_get(json, "arms")->first;
    assert_close(pf_jvalue_number(pf_jvalue_get(pf_jvalue_get(arm, "ORR"), "share")),
        v.arm[0].orr, 0, 0);
    pf_arena_clear(&a);
    pf_text_free(text);
    pf_watch_close(w);
}

int main(void)
{
#define ON(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        ON(a_folder_without_a_run_is_refused_or_awaited),
        ON(chunks_and_table_say_the_same_of_all_patients),
        ON(figures_of_one_replicate_are_those_of_its_summary),
        ON(a_run_that_was_begun_anew_is_read_anew),
        ON(without_its_study_a_run_shows_progress_and_the_reason),
        ON(a_view_is_one_line_of_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
