/* A tissue into a run folder: the same bytes for any number of threads, clean ends. */
#include "ct.h"
#include "perforin/perforin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char TEXT[] =
    "tissue: small\ndomain: {size: [200, 200, 200] um}\nduration: 30 min\n"
    "output: {every: 7 min, snapshots: 12 min}\n"
    "substances: [{name: oxygen, unit: mmHg, diffusion: 1e5 um2/min, initial: 38 mmHg, border: "
    "38 mmHg}]\n"
    "cells:\n"
    "  - {name: tumour, cycle: {model: live, live: 2 hour}, exchange: [{substance: oxygen, "
    "uptake: 10 1/min}], antigens: [{name: A, median: 1e4}]}\n"
    "  - name: NK\n"
    "    motility: {speed: 10 um/min}\n"
    "    receptors: [{name: R, median: 1e4}]\n"
    "    killer: {attacks: tumour, recognition: [{receptor: R, antigen: A, half: 1}], bind: 1 "
    "1/min, hold: 5 min, attempts: 0.3 1/min, granules: 10, pull: 0.1 1/min}\n"
    "place:\n"
    "  - {cells: tumour, shape: ball, radius: 50 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 60 um, outer: 80 um, count: 40}\n";

typedef struct {
    char folder[40], file[64], out[2][64];
} place;

static void begin(place *p)
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    strcpy(p->folder, "/tmp/pf-tissue-run-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->file, sizeof p->file, "%s/small.yaml", p->folder);
    for (int i = 0; i < 2; i++) snprintf(p->out[i], sizeof p->out[i], "%s/run%d", p->folder, i);
    assert_ok(&ctx, pf_file_write(&ctx, p->file, TEXT, strlen(TEXT)));
}
static void end(place *p)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", p->folder);
    assert_int_equal(system(command), 0);
}

static char *content(const char *folder, const char *name)
{
    pf_ctx ctx;
    char path[128], *bytes;
    size_t size;
    pf_ctx_init(&ctx);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(&ctx, pf_file_read(&ctx, path, 0, &bytes, &size));
    return bytes;
}

static pf_status go(const pf_tissue_options *o, char *message, size_t size)
{
    pf_tissue_result r;
    pf_error error;
    pf_status status = pf_tissue_run(o, &r, &error);
    snprintf(message, size, "%s%s", error.message, r.text ? r.text : "");
    pf_tissue_result_clear(&r);
    return status;
}

static void threads_change_no_byte(void **state)
{
    (void)state;
    static const char *const NAME[] = {"counts.csv", "events.csv", "cells.csv", "tissue.yaml",
        "lives.csv", "snapshots/cells.pvd", "snapshots/fields_0000000240.vti"};
    place p;
    char message[4096];
    begin(&p);
    for (int i = 0; i < 2; i++) {
        pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
        o.tissue = p.file;
        o.out = p.out[i];
        o.threads = 1 + 2 * i;
        assert_int_equal(go(&o, message, sizeof message), PF_DONE);
    }
    for (size_t k = 0; k < PF_COUNT(NAME); k++) {
        char *a = content(p.out[0], NAME[k]), *b = content(p.out[1], NAME[k]);
        assert_string_equal(a, b);
        if (k == 0) { /* at 0, 7, 14, 21, 28 and 30 min */
            assert_contains(a, "\n28,");
            assert_contains(a, "\n30,");
            assert_contains(a, "tumour.alive");
        }
        if (k == 1) assert_contains(a, ",killed,");
        if (k == 4) { /* the first cells, births, and deaths by killers */
            assert_true(!strncmp(a, "time_min,event,id,type,other,", 29));
            assert_contains(a, "\n0,placed,1,tumour,,");
            assert_contains(a, ",born,");
            assert_contains(a, ",apoptosis,");
        }
        if (k == 5) { /* at 0, 12, 24 and 30 min */
            assert_contains(a, "timestep=\"24\" part=\"0\" file=\"cells_0000000240.vtp\"");
            assert_contains(a, "timestep=\"30\"");
        }
        pf_free(a);
        pf_free(b);
    }
    char *manifest = content(p.out[0], "manifest.json");
    assert_contains(manifest, "\"state\": \"complete\"");
    pf_free(manifest);
    end(&p);
}

static void a_folder_is_not_taken_twice(void **state)
{
    (void)state;
    place p;
    char message[4096];
    begin(&p);
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = p.file;
    o.out = p.out[0];
    o.threads = 1;
    o.max_time = "1 min";
    assert_int_equal(go(&o, message, sizeof message), PF_DONE);
    assert_int_equal(go(&o, message, sizeof message), PF_REFUSED);
    assert_contains(message, "holds a complete run; --force replaces it");
    o.force = 1;
    o.max_time = "0.03 hour";
    assert_int_equal(go(&o, message, sizeof message), PF_DONE);
    char *counts = content(p.out[0], "counts.csv");
    assert_contains(counts, "\n1.8,");
    pf_free(counts);
    char gone[128];
    snprintf(gone, sizeof gone, "%s/snapshots/cells_0000000010.vtp", p.out[0]);
    assert_false(pf_path_exists(gone)); /* of the run before */
    o.out = p.folder;                   /* the file itself lies there */
    assert_int_equal(go(&o, message, sizeof message), PF_REFUSED);
    assert_contains(message, "holds other files");
    end(&p);
}

static void what_cannot_run_leaves_no_folder(void **state)
{
    (void)state;
    place p;
    pf_ctx ctx;
    char message[4096];
    begin(&p);
    pf_ctx_init(&ctx);
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = p.file;
    o.out = p.out[0];
    o.max_time = "60";
    assert_int_equal(go(&o, message, sizeof message), PF_REFUSED);
    assert_contains(message, "'60' is no time with its unit");
    o.max_time = NULL;
    assert_ok(&ctx, pf_file_write(&ctx, p.file, "tissue: x\nplaces: 3\n", 20));
    assert_int_equal(go(&o, message, sizeof message), PF_REFUSED);
    assert_contains(message, "did you mean 'place'?");
    o.tissue = "nowhere.yaml";
    assert_int_equal(go(&o, message, sizeof message), PF_REFUSED);
    assert_contains(message, "there is no tissue file 'nowhere.yaml'");
    assert_false(pf_path_exists(p.out[0]));
    end(&p);
}

static void a_run_can_be_shown_and_is_no_trial(void **state)
{
    (void)state;
    place p;
    char message[4096], *text;
    pf_error error;
    begin(&p);
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = p.file;
    o.out = p.out[0];
    o.threads = 1;
    o.max_time = "1 min";
    assert_int_equal(go(&o, message, sizeof message), PF_DONE);
    assert_int_equal(pf_show(p.out[0], 0, &text, &error), PF_DONE);
    assert_contains(text, "small   complete   seed 1");
    assert_contains(text, "NK.alive");
    pf_text_free(text);
    assert_int_equal(pf_show(p.out[0], 1, &text, &error), PF_DONE);
    assert_contains(text, "\"NK.alive\": 40");
    pf_text_free(text);
    pf_report_options report = PF_REPORT_OPTIONS_INIT;
    report.folder = p.out[0];
    assert_int_equal(pf_report(&report, &text, &error), PF_DONE);
    assert_contains(text, "report.html");
    pf_text_free(text);
    report.detail = 3;
    assert_int_equal(pf_report(&report, &text, &error), PF_REFUSED);
    assert_contains(error.message, "the run of a tissue, which has no patients");
    end(&p);
}

static void check_knows_a_tissue(void **state)
{
    (void)state;
    place p;
    char *text;
    pf_error error;
    begin(&p);
    assert_int_equal(pf_check(p.file, 0, &text, &error), PF_DONE);
    assert_contains(text, "small: no errors; 2 types of cells");
    pf_text_free(text);
    assert_int_equal(pf_check(p.file, PF_CHECK_JSON, &text, &error), PF_DONE);
    assert_contains(text, "\"errors\": 0");
    pf_text_free(text);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_byte),
        cmocka_unit_test(a_folder_is_not_taken_twice),
        cmocka_unit_test(what_cannot_run_leaves_no_folder),
        cmocka_unit_test(a_run_can_be_shown_and_is_no_trial),
        cmocka_unit_test(check_knows_a_tissue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
