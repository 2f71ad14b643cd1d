/* A study of a tissue: its runs are ordinary ones, its answers are those of the runs. */
#include "base/json.h"
#include "ct.h"
#include "perforin/perforin.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char TEXT[] =
    "tissue: small\nquestion: Who is left?\n"
    "domain: {size: [160, 160, 160] um}\nduration: 12 min\noutput: {every: 6 min}\n"
    "substances: [{name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, initial: 38 mmHg}]\n"
    "steps: {field: 0.1 min}\n"
    "cells:\n"
    "  - {name: tumour, death: {apoptosis: 1 1/hour}, antigens: [{name: A, median: 1e4}]}\n"
    "place:\n"
    "  - {cells: tumour, shape: ball, radius: 50 um, packed: yes}\n";
static const char ASKS[] =
    "outcomes:\n"
    "  - {name: alive, title: Living cells, kind: alive, cells: tumour}\n"
    "  - {name: negative, kind: negative, cells: tumour, antigen: A, below: 10}\n"
    "variants:\n"
    "  - {name: few, title: a smaller ball, set: {place.tumour.radius: 30 um}}\n"
    "  - {name: none, set: {cells.tumour.death.apoptosis: 0 1/hour}}\n"
    "figure: {outcome: alive, sentence: Cells that are left.}\nreplicates: 2\n";

typedef struct {
    char folder[40], file[64], out[64];
    pf_tissue_study_options o;
    pf_tissue_study_result r;
    pf_error error;
} world;

static void write_file(world *w, const char *more)
{
    pf_ctx ctx;
    char text[4096];
    pf_ctx_init(&ctx);
    snprintf(text, sizeof text, "%s%s", TEXT, more);
    assert_ok(&ctx, pf_file_write(&ctx, w->file, text, strlen(text)));
}
static void begin(world *w)
{
    memset(w, 0, sizeof *w);
    strcpy(w->folder, "/tmp/pf-tissue-study-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->file, sizeof w->file, "%s/small.yaml", w->folder);
    snprintf(w->out, sizeof w->out, "%s/study", w->folder);
    write_file(w, ASKS);
    w->o = (pf_tissue_study_options)PF_TISSUE_STUDY_OPTIONS_INIT;
    w->o.tissue = w->file;
    w->o.out = w->out;
    w->o.threads = 1;
}
static void end(world *w)
{
    char command[64];
    pf_tissue_study_result_clear(&w->r);
    snprintf(command, sizeof command, "rm -r %s", w->folder);
    assert_int_equal(system(command), 0);
}
static pf_status go(world *w)
{
    pf_tissue_study_result_clear(&w->r);
    memset(&w->error, 0, sizeof w->error);
    return pf_tissue_study(&w->o, &w->r, &w->error);
}

static char *content(const world *w, const char *name)
{
    pf_ctx ctx;
    char path[160], *bytes;
    size_t size;
    pf_ctx_init(&ctx);
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &bytes, &size));
    return bytes;
}

/* The n-th number of the last line of a table. */
static double last(const world *w, const char *name, int column)
{
    char *text = content(w, name), *line = text;
    for (char *p = text; *p; p++)
        if (*p == '\n' && p[1]) line = p + 1;
    for (; column > 0; column--) line = strchr(line, ',') + 1;
    double x = strtod(line, NULL);
    pf_free(text);
    return x;
}

static const pf_jvalue *nth(const pf_jvalue *list, size_t n)
{
    const pf_jvalue *v = list ? list->first : NULL;
    while (v && n--) v = v->next;
    return v;
}

static void means_and_differences_are_those_of_the_runs(void **state)
{
    (void)state;
    world w;
    pf_arena a;
    pf_ctx ctx;
    const pf_jvalue *root;
    begin(&w);
    assert_int_equal(go(&w), PF_DONE);
    assert_int_equal(w.r.runs, 6);
    assert_int_equal(w.r.done, 6);
    assert_contains(w.r.text, "Living cells");
    assert_contains(w.r.text, "Cells that are left.");
    char *json = content(&w, "study/answers.json");
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, json, strlen(json), &root));
    double base[] = {
        last(&w, "study/base-1/outcomes.csv", 1), last(&w, "study/base-2/outcomes.csv", 1)};
    double few[] = {
        last(&w, "study/few-1/outcomes.csv", 1), last(&w, "study/few-2/outcomes.csv", 1)};
    const pf_jvalue *list = pf_jvalue_get(root, "answers"), *answer = nth(list, 1);
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(answer, "variant"), ""), "few");
    double mean = (few[0] + few[1]) / 2;
    assert_close(pf_jvalue_number(pf_jvalue_get(answer, "mean")), mean, 1e-14, 0);
    /* t with one degree of freedom: its 97.5 % quantile is tan(0.475 pi) */
    double half = tan(0.475 * M_PI) * fabs(few[0] - few[1]) / 2;
    assert_close(pf_jvalue_number(pf_jvalue_get(answer, "high")), mean + half, 1e-9, 1e-9);
    const pf_jvalue *diff = pf_jvalue_get(answer, "difference");
    assert_close(pf_jvalue_number(pf_jvalue_get(diff, "mean")), mean - (base[0] + base[1]) / 2,
        1e-13, 0);
    const pf_jvalue *series = nth(pf_jvalue_get(root, "series"), 3);
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(series, "seed"), ""), "2");
    assert_int_equal(pf_jvalue_get(series, "minute")->n, 3);
    assert_close(nth(pf_jvalue_get(series, "value"), 2)->number, few[1], 0, 0);
    const pf_jvalue *change =
        nth(pf_jvalue_get(nth(pf_jvalue_get(root, "variants"), 1), "changes"), 0);
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(change, "was"), ""), "50 um");
    char *page = content(&w, "study/report.html"),
         *study = strstr(page, "perforin-tissue-study-1");
    assert_non_null(study);
    assert_contains(page, "Cells that are left.");
    assert_contains(w.r.report, "study/report.html");
    pf_free(page);
    pf_free(json);
    pf_arena_clear(&a);
    end(&w);
}

static void a_run_of_a_study_is_the_run_of_its_variant(void **state)
{
    (void)state;
    world w;
    begin(&w);
    w.o.replicates = 1;
    assert_int_equal(go(&w), PF_DONE);
    assert_int_equal(w.r.runs, 3);
    char out[80];
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    pf_tissue_result r;
    snprintf(out, sizeof out, "%s/alone", w.folder);
    o.tissue = w.file;
    o.variant = "few";
    o.out = out;
    o.threads = 2;
    assert_int_equal(pf_tissue_run(&o, &r, &w.error), PF_DONE);
    pf_tissue_result_clear(&r);
    static const char *const NAME[] = {"cells.csv", "counts.csv", "outcomes.csv", "lives.csv"};
    for (size_t i = 0; i < PF_COUNT(NAME); i++) {
        char a[64], b[64];
        snprintf(a, sizeof a, "alone/%s", NAME[i]);
        snprintf(b, sizeof b, "study/few-1/%s", NAME[i]);
        char *x = content(&w, a), *y = content(&w, b);
        assert_string_equal(x, y);
        pf_free(x);
        pf_free(y);
    }
    end(&w);
}

/* Asks to stop in the second run. */
static int stop;
static void on_progress(void *payload, const pf_tissue_study_progress *p)
{
    (void)payload;
    assert_int_equal(p->runs, 6);
    stop = p->run >= 2;
}

static void a_stopped_study_goes_on(void **state)
{
    (void)state;
    world w, whole;
    begin(&w);
    begin(&whole);
    assert_int_equal(go(&whole), PF_DONE);
    char *wanted = content(&whole, "study/answers.csv");
    stop = 0;
    w.o.cancel = &stop;
    w.o.progress = on_progress;
    pf_status status = go(&w);
    if (status == PF_STOPPED) { /* how far it came until then depends on the machine */
        assert_contains(w.error.message, "--resume");
        assert_true(w.r.done >= 1 && w.r.done < 6);
    }
    w.o.cancel = NULL;
    w.o.progress = NULL;
    assert_int_equal(go(&w), PF_REFUSED);
    assert_contains(w.error.message, "--resume goes on, --force replaces");
    w.o.resume = 1;
    assert_int_equal(go(&w), PF_DONE);
    assert_true(w.r.kept >= 1);
    char *got = content(&w, "study/answers.csv");
    assert_string_equal(got, wanted);
    pf_free(got);
    assert_int_equal(go(&w), PF_DONE);
    assert_int_equal(w.r.kept, 6);
    w.o.resume = 0;
    w.o.force = 1;
    assert_int_equal(go(&w), PF_DONE);
    assert_int_equal(w.r.kept, 0);
    pf_free(wanted);
    end(&w);
    end(&whole);
}

static void what_is_no_study_is_refused(void **state)
{
    (void)state;
    world w;
    begin(&w);
    w.o.resume = w.o.force = 1;
    assert_int_equal(go(&w), PF_REFUSED);
    w.o.resume = w.o.force = 0;
    write_file(&w, "");
    assert_int_equal(go(&w), PF_REFUSED);
    assert_contains(w.error.message, "asks for nothing");
    write_file(&w, "outcomes: [{name: a, kind: alife, cells: tumour}]\n");
    assert_int_equal(go(&w), PF_REFUSED);
    assert_contains(w.r.text, "did you mean 'alive'?");
    w.o.tissue = "/nonexistent.yaml";
    assert_int_equal(go(&w), PF_REFUSED);
    w.o.tissue = w.file;
    w.o.out = w.folder; /* holds the file, and no runs */
    write_file(&w, ASKS);
    assert_int_equal(go(&w), PF_REFUSED);
    assert_contains(w.error.message, "holds other files");
    assert_null(w.r.folder);
    end(&w);
}

static void a_file_without_variants_is_a_study_of_one(void **state)
{
    (void)state;
    world w;
    begin(&w);
    write_file(&w, "outcomes: [{name: a, kind: alive, cells: tumour}]\n");
    w.o.replicates = 1;
    assert_int_equal(go(&w), PF_DONE);
    assert_int_equal(w.r.runs, 1);
    char *csv = content(&w, "study/answers.csv");
    assert_contains(csv, "variant,seed,time_min,a\nbase,1,12,");
    pf_free(csv);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(means_and_differences_are_those_of_the_runs),
        cmocka_unit_test(a_run_of_a_study_is_the_run_of_its_variant),
        cmocka_unit_test(a_stopped_study_goes_on),
        cmocka_unit_test(what_is_no_study_is_refused),
        cmocka_unit_test(a_file_without_variants_is_a_study_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
