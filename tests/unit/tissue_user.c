/* What people do to tissues, their files and folders, and what they are told. */
#include "ct.h"
#include "perforin/perforin.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char TEXT[] =
    "tissue: small\ndomain: {size: [160, 160, 160] um, voxel: 10 um}\nduration: 24 min\n"
    "output: {every: 3 min, film: 3 min, checkpoint: 0.001 s}\n"
    "substances: [{name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, initial: 38 mmHg}]\n"
    "cells:\n"
    "  - {name: tumour, antigens: [{name: A, median: 1e4}]}\n"
    "  - name: NK\n"
    "    motility: {speed: 10 um/min}\n"
    "    receptors: [{name: R, median: 1e4}]\n"
    "    killer: {attacks: tumour, recognition: [{receptor: R, antigen: A, half: 1}], bind: 1 "
    "1/min, hold: 5 min, attempts: 0.3 1/min, granules: 10, exhaustion: 0.1}\n"
    "place:\n"
    "  - {cells: tumour, shape: ball, radius: 45 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 55 um, outer: 70 um, count: 30}\n"
    "outcomes: [{name: kills, kind: kills, cells: NK}]\nreplicates: 2\n";

typedef struct {
    char folder[40], file[64], out[64], page[80];
    char *text;
    const char *max_time; /* NULL: the file's end */
    pf_error error;
} world;

static void write_text(const char *path, const char *text)
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_write(&ctx, path, text, strlen(text)));
}
static void begin(world *w)
{
    memset(w, 0, sizeof *w);
    strcpy(w->folder, "/tmp/pf-tissue-user-XXXXXX");
    assert_non_null(mkdtemp(w->folder));
    snprintf(w->file, sizeof w->file, "%s/small.yaml", w->folder);
    snprintf(w->out, sizeof w->out, "%s/run", w->folder);
    snprintf(w->page, sizeof w->page, "%s/report.html", w->out);
    write_text(w->file, TEXT);
}
static void sh(const world *w, const char *what)
{
    char command[300];
    snprintf(command, sizeof command, "cd %s && %s", w->folder, what);
    assert_int_equal(system(command), 0);
}
static void end(world *w)
{
    pf_text_free(w->text);
    sh(w, "rm -r ../$(basename $PWD)");
}

static void on_log(void *payload, pf_level level, const char *event, const char *text)
{
    int *stop = payload;
    (void)level;
    if (!strcmp(event, "checkpoint") && strtod(strchr(text, '=') + 1, NULL) >= 3) *stop = 1;
}
/* Simulates; stops at the first checkpoint after 3 minutes if need be. */
static pf_status go(world *w, const char *file, int stops, int resume)
{
    int stop = 0;
    pf_tissue_result r;
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = file;
    o.out = w->out;
    o.threads = 1;
    o.resume = resume;
    o.max_time = w->max_time;
    o.cancel = &stop;
    o.payload = &stop;
    if (stops) o.log = on_log;
    pf_status status = pf_tissue_run(&o, &r, &w->error);
    pf_tissue_result_clear(&r);
    return status;
}

static pf_status show(world *w, const char *folder)
{
    pf_text_free(w->text);
    return pf_show(folder, 0, &w->text, &w->error);
}
static pf_status report(world *w, const char *folder)
{
    pf_report_options o = PF_REPORT_OPTIONS_INIT;
    o.folder = folder;
    pf_text_free(w->text);
    return pf_report(&o, &w->text, &w->error);
}
static pf_status movie(world *w, const char *folder)
{
    pf_tissue_movie_options o = PF_TISSUE_MOVIE_OPTIONS_INIT;
    char *path;
    o.folder = folder;
    o.width = o.height = 160;
    pf_status status = pf_tissue_movie(&o, &path, &w->error);
    pf_text_free(path);
    return status;
}
static pf_status rates(world *w)
{
    const char *folder = w->out;
    pf_tissue_summarise_options o = PF_TISSUE_SUMMARISE_OPTIONS_INIT;
    o.folder = &folder;
    o.n_folder = 1;
    pf_text_free(w->text);
    return pf_tissue_summarise(&o, &w->text, &w->error);
}

static void a_stopped_run_can_be_looked_at_and_goes_on(void **state)
{
    (void)state;
    world w;
    char film[100];
    begin(&w);
    assert_int_equal(go(&w, w.file, 1, 0), PF_STOPPED);
    assert_int_equal(show(&w, w.out), PF_STOPPED);
    assert_int_equal(report(&w, w.out), PF_DONE);
    assert_int_equal(movie(&w, w.out), PF_DONE);
    assert_int_equal(rates(&w), PF_DONE);
    assert_true(pf_path_exists(w.page));
    assert_int_equal(go(&w, w.file, 0, 1), PF_DONE);
    snprintf(film, sizeof film, "%s/movie.png", w.out);
    assert_false(pf_path_exists(film)); /* it was of the part */
    sh(&w, "cp -r run later; cp small.yaml run");
    assert_int_equal(report(&w, w.out), PF_DONE);
    sh(&w, "cmp run/report.html later/report.html");
    end(&w);
}

static void tables_that_were_changed_are_not_used(void **state)
{
    (void)state;
    world w;
    begin(&w);
    assert_int_equal(go(&w, w.file, 0, 0), PF_DONE);
    assert_int_equal(show(&w, w.out), PF_DONE);
    assert_int_equal(rates(&w), PF_DONE);
    sh(&w, "sed -i '3d' run/lives.csv");
    assert_int_equal(rates(&w), PF_FAILED);
    assert_contains(w.error.message, "lives.csv' is not what the run wrote");
    sh(&w, "sed -i '$d' run/counts.csv");
    assert_int_equal(show(&w, w.out), PF_FAILED);
    assert_contains(w.error.message, "counts.csv' is not what the run wrote");
    sh(&w, "rm run/counts.csv");
    assert_int_equal(show(&w, w.out), PF_FAILED);
    assert_contains(w.error.message, "counts.csv', which the run wrote, is not there");
    end(&w);
}

static void a_run_whose_results_were_changed_stays_complete(void **state)
{
    (void)state;
    world w;
    begin(&w);
    assert_int_equal(go(&w, w.file, 0, 0), PF_DONE);
    sh(&w, "sed -i '$d' run/events.csv");
    w.max_time = "30 min";
    assert_int_equal(go(&w, w.file, 0, 1), PF_FAILED);
    assert_contains(w.error.message, "events.csv' is not what the run wrote");
    assert_int_equal(show(&w, w.out), PF_DONE);
    assert_true(pf_path_exists(w.page));
    end(&w);
}

static void a_damaged_manifest_is_no_missing_run(void **state)
{
    (void)state;
    world w;
    begin(&w);
    assert_int_equal(go(&w, w.file, 1, 0), PF_STOPPED);
    sh(&w, "sed -i '3s/:/;/' run/manifest.json");
    assert_int_equal(go(&w, NULL, 0, 1), PF_FAILED);
    assert_contains(w.error.message, "manifest.json: JSON line 3");
    assert_contains(w.error.message, "put the file back");
    assert_int_equal(movie(&w, w.out), PF_FAILED);
    assert_contains(w.error.message, "manifest.json: JSON line 3");
    end(&w);
}

static void the_folder_of_a_study_names_its_runs(void **state)
{
    (void)state;
    world w;
    begin(&w);
    pf_tissue_study_result r;
    pf_tissue_study_options o = PF_TISSUE_STUDY_OPTIONS_INIT;
    o.tissue = w.file;
    o.out = w.out;
    o.threads = 1;
    assert_int_equal(pf_tissue_study(&o, &r, &w.error), PF_DONE);
    pf_tissue_study_result_clear(&r);
    for (int k = 0; k < 3; k++) {
        pf_status status = k == 0   ? show(&w, w.out)
                           : k == 1 ? report(&w, w.out)
                                    : movie(&w, w.out);
        assert_int_equal(status, PF_REFUSED);
        assert_contains(w.error.message, "the study of a tissue: name one of its runs, as '");
        assert_contains(w.error.message, "/base-1'");
    }
    assert_int_equal(go(&w, NULL, 0, 1), PF_REFUSED);
    assert_contains(w.error.message, "the study of a tissue");
    sh(&w, "sed -i '$s/[0-9]*$/99/' run/base-2/outcomes.csv");
    o.resume = 1;
    assert_int_equal(pf_tissue_study(&o, &r, &w.error), PF_FAILED);
    assert_contains(w.error.message, "outcomes.csv' is not what the run wrote");
    pf_tissue_study_result_clear(&r);
    end(&w);
}

static void studies_and_tissues_are_told_apart(void **state)
{
    (void)state;
    world w;
    pf_run_result r;
    begin(&w);
    assert_int_equal(go(&w, "studies/tissue-coupled.yaml", 0, 0), PF_REFUSED);
    assert_contains(w.error.message, "is a study of patients, no tissue: 'perforin run'");
    pf_run_options o = PF_RUN_OPTIONS_INIT;
    o.study = w.file;
    o.out = w.out;
    assert_int_equal(pf_run(&o, &r, &w.error), PF_REFUSED);
    assert_contains(w.error.message, "is a tissue, no study: 'perforin tissue run'");
    pf_run_result_clear(&r);
    write_text(w.file, "study: s\ntissue: {file: a.yaml}\n");
    assert_int_equal(pf_check(w.file, 0, &w.text, &w.error), PF_REFUSED);
    assert_contains(w.text, "this study has no 'model'");
    end(&w);
}

static void a_pipe_is_refused_and_not_waited_for(void **state)
{
    (void)state;
    world w;
    char pipe[64];
    begin(&w);
    snprintf(pipe, sizeof pipe, "%s/pipe.yaml", w.folder);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    alarm(20);
    assert_int_equal(pf_check(pipe, 0, &w.text, &w.error), PF_REFUSED);
    alarm(0);
    assert_contains(w.text, "is not a regular file; name a file");
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stopped_run_can_be_looked_at_and_goes_on),
        cmocka_unit_test(tables_that_were_changed_are_not_used),
        cmocka_unit_test(a_run_whose_results_were_changed_stays_complete),
        cmocka_unit_test(a_damaged_manifest_is_no_missing_run),
        cmocka_unit_test(the_folder_of_a_study_names_its_runs),
        cmocka_unit_test(studies_and_tissues_are_told_apart),
        cmocka_unit_test(a_pipe_is_refused_and_not_waited_for)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
