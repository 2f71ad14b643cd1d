/* Runs of a tissue become parameters that a study takes over. */
#include "ct.h"
#include "perforin/perforin.h"

#include <stdlib.h>
#include <string.h>

/* attempts 0.05 /min and no other way to die by a killer: 72 kills per held day; all see all */
static const char TEXT[] =
    "tissue: pearl\ndomain: {size: [160, 160, 160] um}\nduration: 3 hour\n"
    "output: {every: 10 min}\nsteps: {field: 0.1 min}\n"
    "substances: [{name: none, diffusion: 0 um2/min}]\n"
    "cells:\n"
    "  - {name: tumour, antigens: [{name: A, median: 1e4}]}\n"
    "  - name: NK\n"
    "    radius: 5 um\n"
    "    adhesion: 0 um/min\n"
    "    motility: {speed: 10 um/min, persistence: 5 min, share: 60 %}\n"
    "    receptors: [{name: R, median: 1e4}]\n"
    "    killer: {attacks: tumour, recognition: [{receptor: R, antigen: A, half: 1}], bind: 1 "
    "1/min, hold: 20 min, attempts: 0.05 1/min, granules: 4, cost: 2, exhaustion: 0.1, "
    "pull: 0.1 1/min, idle: 25 %}\n"
    "place:\n"
    "  - {cells: tumour, shape: ball, radius: 45 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 65 um, outer: 75 um, count: 60}\n";

typedef struct {
    pf_ctx ctx;
    char folder[40], run[2][64], out[64];
} place;

static void begin(place *p)
{
    char file[64];
    pf_ctx_init(&p->ctx);
    strcpy(p->folder, "/tmp/pf-tissue-sum-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(file, sizeof file, "%s/pearl.yaml", p->folder);
    snprintf(p->out, sizeof p->out, "%s/rates.yaml", p->folder);
    assert_ok(&p->ctx, pf_file_write(&p->ctx, file, TEXT, strlen(TEXT)));
    for (int i = 0; i < 2; i++) {
        pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
        pf_tissue_result r;
        pf_error error;
        snprintf(p->run[i], sizeof p->run[i], "%s/run%d", p->folder, i);
        o.tissue = file;
        o.out = p->run[i];
        o.threads = 1;
        o.has_seed = 1;
        o.seed = 7 + (uint64_t)i;
        assert_int_equal(pf_tissue_run(&o, &r, &error), PF_DONE);
        pf_tissue_result_clear(&r);
    }
}
static void end(place *p)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", p->folder);
    assert_int_equal(system(command), 0);
}

static pf_status ask(
    const char *const *folder, size_t n, const char *out, int json, char **text, pf_error *e)
{
    pf_tissue_summarise_options o = PF_TISSUE_SUMMARISE_OPTIONS_INIT;
    o.folder = folder;
    o.n_folder = n;
    o.out = out;
    o.json = json;
    return pf_tissue_summarise(&o, text, e);
}

/* A figure of the JSON text. */
static double figure(const char *text, const char *quantity, const char *key)
{
    char word[120];
    snprintf(word, sizeof word, "\"quantity\": \"%s\"", quantity);
    const char *at = strstr(text, word);
    if (!at) return NAN;
    snprintf(word, sizeof word, "\"%s\":", key);
    at = strstr(at, word);
    return at ? strtod(at + strlen(word), NULL) : (double)NAN;
}

/* A study that takes the lines over as they are. */
static void expect_study_accepts(place *p)
{
    char path[80], *lines, *text;
    size_t size;
    pf_buf b;
    pf_error error;
    assert_ok(&p->ctx, pf_file_read(&p->ctx, p->out, 0, &lines, &size));
    pf_buf_init(&b, &p->ctx);
    pf_buf_printf(&b,
        "study: taken\nmodel: %s/models/core.ant\npopulation: "
        "%s/evidence/populations/nsclc.yaml\n"
        "arms: [{name: none, size: 5}]\nassess: {kinetics: [1] day}\nhorizon: 30 day\n%s",
        PF_SOURCE_DIR, PF_SOURCE_DIR, lines);
    assert_ok(&p->ctx, pf_buf_ok(&b));
    snprintf(path, sizeof path, "%s/taken.yaml", p->folder);
    assert_ok(&p->ctx, pf_file_write(&p->ctx, path, b.bytes, b.size));
    pf_buf_clear(&b);
    pf_status status = pf_check(path, 0, &text, &error);
    if (status) print_error("%s\n%s\n", text ? text : "", lines);
    assert_int_equal(status, PF_DONE);
    assert_contains(lines, "  - {name: kappa, distribution: lognormal, median: ");
    assert_contains(lines, "source: \"simulated: tissue pearl, seeds 7 8, version ");
    pf_text_free(text);
    pf_free(lines);
}

static void rates_of_the_file_are_found_and_a_study_takes_them(void **state)
{
    (void)state;
    place p;
    char *text;
    pf_error error;
    begin(&p);
    const char *const run[] = {p.run[0], p.run[1]};
    assert_int_equal(ask(run, 2, p.out, 1, &text, &error), PF_DONE);
    double low = figure(text, "the same, recognised in full", "low"),
           high = figure(text, "the same, recognised in full", "high");
    assert_true(low < 72 && 72 < high);
    assert_true(high / low < 2.5);
    assert_close(figure(text, "share that can kill", "value"), 0.75, 1e-12, 0);
    assert_close(figure(text, "kills per load of granules", "value"), 2, 1e-12, 0);
    /* without refill there is nothing after the first load */
    assert_close(
        figure(text, "kills of one that holds, after its first load", "value"), 0, 0, 0);
    /* 1 - 1 / 1.1 for one kill, less than twice that for two */
    assert_close(figure(text, "exhausted cells per kill", "value"), 0.0875, 0, 0.005);
    assert_contains(text, "\"seed\": \"8\"");
    pf_text_free(text);
    expect_study_accepts(&p);
    assert_int_equal(ask(run, 1, NULL, 0, &text, &error), PF_DONE);
    assert_contains(text, "one run cannot tell");
    pf_text_free(text);
    end(&p);
}

static void what_cannot_be_summarised_is_said(void **state)
{
    (void)state;
    char *text;
    pf_error error;
    const char *const run[] = {"/nonexistent", "/nonexistent"};
    assert_int_equal(ask(run, 1, NULL, 0, &text, &error), PF_REFUSED);
    assert_contains(error.message, "holds no run of a tissue");
    assert_int_equal(ask(run, 2, NULL, 0, &text, &error), PF_REFUSED);
    assert_contains(error.message, "was named twice");
    assert_int_equal(ask(run, 1, "rates.txt", 0, &text, &error), PF_REFUSED);
    assert_contains(error.message, "ends in none of .csv, .json and .yaml");
    assert_null(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_of_the_file_are_found_and_a_study_takes_them),
        cmocka_unit_test(what_cannot_be_summarised_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
