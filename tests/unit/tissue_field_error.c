/* What a large step of the fields costs is found before a run, told and kept. */
#include "ct.h"
#include "perforin/perforin.h"
#include "tissue/field_error.h"
#include "tissue/tissue.h"
#include "tissue_scene.h"

#include <stdlib.h>
#include <unistd.h>

/* Cells that stand still: a run does what the probe does. */
static void describe(pf_scene *w, double field_step)
{
    pf_scene_init(w, 90, 10);
    w->setup.n_placement = 2;
    w->setup.field_step = field_step;
    w->setup.phenotype_step = 100;
    w->setup.wall = 0;
    for (int k = 0; k < 2; k++) {
        w->type[k].repulsion = w->type[k].adhesion = w->type[k].speed = 0;
        w->type[k].killer.bind = 0;
    }
}

static pf_tissue *after_a_minute(pf_ctx *ctx, pf_scene *w, double field_step)
{
    pf_tissue *t;
    describe(w, field_step);
    assert_ok(ctx, pf_tissue_new(ctx, &w->setup, 1, &t));
    for (int i = 0; i < 10; i++) assert_ok(ctx, pf_tissue_step(ctx, t));
    return t;
}

static void the_probe_finds_what_two_runs_differ_by(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene a, b;
    pf_field_error e, again;
    pf_ctx_init(&ctx);
    pf_tissue *large = after_a_minute(&ctx, &a, 0.05), *small = after_a_minute(&ctx, &b, 0.01);
    assert_ok(&ctx, pf_tissue_field_error(&ctx, &a.setup, 1, &e));
    assert_ok(&ctx, pf_tissue_field_error(&ctx, &a.setup, 3, &again));
    assert_memory_equal(&e, &again, sizeof e);
    assert_close(e.minutes, 1, 1e-12, 0);
    assert_close(e.small, 0.01, 1e-12, 0);
    for (size_t s = 0; s < 2; s++) {
        double worst = 0, most = 0;
        const double *x = pf_field_values(large->field, s),
                     *y = pf_field_values(small->field, s);
        for (size_t i = 0; i < small->cells.n; i++)
            most = fmax(most, y[pf_tissue_voxel(small, i)]);
        for (size_t i = 0; i < small->cells.n; i++) {
            size_t v = pf_tissue_voxel(small, i);
            worst = fmax(worst, fabs(x[v] - y[v]) / fmax(y[v], most / 100));
        }
        assert_close(e.of[s], worst, 1e-9, 0);
    }
    assert_int_equal(e.worst, e.of[1] > e.of[0]);
    assert_true(e.of[0] > PF_FIELD_ERROR_WARN);
    pf_tissue_free(large);
    pf_tissue_free(small);
}

static void small_steps_are_not_tried_and_empty_lesions_are_compared_everywhere(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_scene w;
    pf_field_error e;
    pf_buf text;
    pf_ctx_init(&ctx);
    pf_buf_init(&text, &ctx);
    describe(&w, 0.01);
    assert_ok(&ctx, pf_tissue_field_error(&ctx, &w.setup, 1, &e));
    assert_true(e.minutes == 0);
    pf_field_error_sentence(&w.setup, &e, &text);
    assert_int_equal(text.size, 0);
    describe(&w, 0.1);
    w.setup.n_placement = 0;
    w.substance[0].initial = 0; /* comes in over the border */
    assert_ok(&ctx, pf_tissue_field_error(&ctx, &w.setup, 1, &e));
    assert_true(e.of[0] > 0 && e.of[0] < 1 && e.of[1] == -1);
    pf_field_error_sentence(&w.setup, &e, &text);
    assert_contains(text.bytes, "with steps of 0.1 min, oxygen near cells differs by up to ");
    assert_contains(text.bytes, " % from steps of 0.01 min, after 1 min");
    /* a step of a slow substance: no more than 1,000 small steps */
    describe(&w, 5);
    for (int k = 0; k < 2; k++) w.substance[k].diffusion = 1;
    assert_ok(&ctx, pf_tissue_field_error(&ctx, &w.setup, 1, &e));
    assert_close(e.small, 0.05, 1e-12, 0);
    pf_buf_clear(&text);
}

static const char TEXT[] =
    "tissue: quick\ndomain: {size: [200, 200, 200] um}\nduration: 1 min\n"
    "steps: {field: 0.05 min}\n"
    "substances: [{name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, initial: 38 mmHg, border: "
    "38 mmHg}]\n"
    "cells: [{name: tumour, exchange: [{substance: oxygen, uptake: 10 1/min}]}]\n"
    "place: [{cells: tumour, shape: ball, radius: 80 um, packed: yes}]\n";

static void check_and_run_warn_and_the_manifest_keeps_it(void **state)
{
    (void)state;
    char folder[] = "/tmp/pf-field-error-XXXXXX", file[64], out[64], path[80], command[64];
    char *text, *manifest;
    size_t size;
    pf_ctx ctx;
    pf_error error;
    pf_tissue_result r;
    pf_ctx_init(&ctx);
    assert_non_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/quick.yaml", folder);
    snprintf(out, sizeof out, "%s/run", folder);
    snprintf(path, sizeof path, "%s/manifest.json", out);
    assert_ok(&ctx, pf_file_write(&ctx, file, TEXT, strlen(TEXT)));
    assert_int_equal(pf_check(file, 0, &text, &error), PF_DONE);
    assert_contains(text, "warning: with steps of 0.05 min, oxygen near cells differs");
    assert_contains(text, "0 errors, 1 warning");
    pf_text_free(text);
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = file;
    o.out = out;
    o.threads = 1;
    assert_int_equal(pf_tissue_run(&o, &r, &error), PF_DONE);
    pf_tissue_result_clear(&r);
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &manifest, &size));
    assert_contains(manifest, "\"field_error\": {");
    assert_contains(manifest, "\"oxygen\": 0.");
    pf_free(manifest);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_probe_finds_what_two_runs_differ_by),
        cmocka_unit_test(small_steps_are_not_tried_and_empty_lesions_are_compared_everywhere),
        cmocka_unit_test(check_and_run_warn_and_the_manifest_keeps_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
