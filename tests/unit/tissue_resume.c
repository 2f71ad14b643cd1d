/* A tissue run that stops and goes on: the same folder in the end; what it refuses. */
#include "ct.h"
#include "perforin/perforin.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Checkpoints every few minutes of the lesion. */
static const char TEXT[] =
    "tissue: small\ndomain: {size: [160, 160, 160] um}\nduration: 40 min\n"
    "output: {every: 7 min, snapshots: 12 min, film: 9 min, checkpoint: 0.01 s}\n"
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
    "  - {cells: tumour, shape: ball, radius: 40 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 50 um, outer: 70 um, count: 30}\n";

typedef struct {
    char folder[40], file[64], out[2][64];
} place;

static void write_text(const char *path, const char *text)
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_file_write(&ctx, path, text, strlen(text)));
}
static void begin(place *p)
{
    strcpy(p->folder, "/tmp/pf-tissue-resume-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->file, sizeof p->file, "%s/small.yaml", p->folder);
    for (int i = 0; i < 2; i++) snprintf(p->out[i], sizeof p->out[i], "%s/run%d", p->folder, i);
    write_text(p->file, TEXT);
}
static void end(place *p)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", p->folder);
    assert_int_equal(system(command), 0);
}

/* Asks to stop at the first checkpoint after a minute. */
typedef struct {
    int stop;
    double at;
} stopper;

static void on_log(void *payload, pf_level level, const char *event, const char *text)
{
    stopper *s = payload;
    (void)level;
    if (!strcmp(event, "checkpoint") && strtod(strchr(text, '=') + 1, NULL) >= s->at)
        s->stop = 1;
}

/* One call; `stop_at` min, or 0: to the end. */
static pf_status go(pf_tissue_options *o, double stop_at, char *message, size_t size)
{
    pf_tissue_result r;
    pf_error error;
    stopper s = {0, stop_at > 0 ? stop_at : 1e9};
    o->log = on_log;
    o->payload = &s;
    o->cancel = &s.stop;
    pf_status status = pf_tissue_run(o, &r, &error);
    snprintf(message, size, "%s%s%s%s", error.message, r.text ? r.text : "",
        r.resume ? "; " : "", r.resume ? r.resume : "");
    if (status == PF_STOPPED) assert_true(stop_at > 0 && r.minute >= stop_at);
    pf_tissue_result_clear(&r);
    return status;
}

/* All that the run wrote, but for its log and the manifest's part about the machine. */
static void expect_same_folders(const place *p)
{
    char command[600];
    snprintf(command, sizeof command,
        "cd %s; for d in run0 run1; do sed '/\"machine\"/,$d' $d/manifest.json > $d.json; "
        "done; "
        "cmp run0.json run1.json && diff -r -x log.jsonl -x manifest.json run0 run1",
        p->folder);
    assert_int_equal(system(command), 0);
}

static pf_tissue_options options(const place *p, int which, int threads)
{
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = p->file;
    o.out = p->out[which];
    o.threads = threads;
    return o;
}

static void whole(const place *p, const char *max_time)
{
    char message[4096];
    pf_tissue_options o = options(p, 0, 1);
    o.max_time = max_time;
    assert_int_equal(go(&o, 0, message, sizeof message), PF_DONE);
}

static void stopping_and_going_on_changes_no_byte(void **state)
{
    (void)state;
    static const double AT[] = {0.1, 3.3, 12, 20};
    place p;
    char message[4096];
    begin(&p);
    whole(&p, NULL);
    pf_tissue_options o = options(&p, 1, 1);
    for (size_t i = 0; i < PF_COUNT(AT); i++) {
        o.threads = 1 + (int)i % 2;
        assert_int_equal(go(&o, AT[i], message, sizeof message), PF_STOPPED);
        assert_contains(message, " --resume --out ");
        char cells[128];
        snprintf(cells, sizeof cells, "%s/counts.csv", p.out[1]);
        assert_false(pf_path_exists(cells)); /* nothing looks finished */
        o.resume = 1;
    }
    assert_int_equal(go(&o, 0, message, sizeof message), PF_DONE);
    expect_same_folders(&p);
    end(&p);
}

static void a_complete_run_goes_on_to_a_later_end(void **state)
{
    (void)state;
    place p;
    char message[4096];
    begin(&p);
    whole(&p, "40 min");
    pf_tissue_options o = options(&p, 1, 1);
    o.max_time = "15 min"; /* neither a row of counts nor a snapshot */
    assert_int_equal(go(&o, 0, message, sizeof message), PF_DONE);
    o.resume = 1;
    o.max_time = NULL;
    assert_int_equal(go(&o, 0, message, sizeof message), PF_DONE); /* nothing to do */
    o.max_time = "10 min";
    assert_int_equal(go(&o, 0, message, sizeof message), PF_REFUSED);
    assert_contains(message, "has come to 15 min already");
    o.max_time = "40 min";
    assert_int_equal(go(&o, 30, message, sizeof message), PF_STOPPED);
    o.max_time = NULL;
    assert_int_equal(go(&o, 0, message, sizeof message), PF_DONE);
    expect_same_folders(&p);
    end(&p);
}

static void a_killed_end_is_ended_again(void **state)
{
    (void)state;
    place p;
    char message[4096], command[300];
    begin(&p);
    whole(&p, NULL);
    pf_tissue_options o = options(&p, 1, 1);
    assert_int_equal(go(&o, 0, message, sizeof message), PF_DONE);
    /* as if it had been killed while results moved up */
    snprintf(command, sizeof command,
        "cd %s && sed -i 's/complete/running/' manifest.json && mkdir partial && mv cells.csv "
        "lives.csv partial && echo half > snapshots/fields.pvd.77.part",
        p.out[1]);
    assert_int_equal(system(command), 0);
    o.resume = 1;
    assert_int_equal(go(&o, 0, message, sizeof message), PF_DONE);
    expect_same_folders(&p);
    end(&p);
}

static void a_changed_file_is_refused_by_name(void **state)
{
    (void)state;
    static const char *const EDIT[][2] = {{"s/half: 1}/half: 2}/", "what differs is cell NK;"},
        {"s/count: 30/count: 31/", "what differs is place 2;"},
        {"s/initial: 38/initial: 37/;s/every: 7/every: 8/",
            "what differs is substance oxygen, output every;"},
        {"s/160/180/g", "what differs is domain;"}};
    place p;
    char message[4096], command[300];
    begin(&p);
    pf_tissue_options o = options(&p, 1, 1);
    assert_int_equal(go(&o, 2, message, sizeof message), PF_STOPPED);
    assert_int_equal(go(&o, 0, message, sizeof message), PF_REFUSED);
    assert_contains(message, "holds a stopped run; --resume continues it");
    o.resume = 1;
    for (size_t i = 0; i < PF_COUNT(EDIT); i++) {
        snprintf(command, sizeof command, "sed -i '%s' %s", EDIT[i][0], p.file);
        assert_int_equal(system(command), 0);
        assert_int_equal(go(&o, 0, message, sizeof message), PF_REFUSED);
        assert_contains(message, EDIT[i][1]);
        write_text(p.file, TEXT);
    }
    o.has_seed = 1;
    o.seed = 4;
    assert_int_equal(go(&o, 0, message, sizeof message), PF_REFUSED);
    assert_contains(message, "what differs is seed;");
    o.has_seed = 0;
    snprintf(command, sizeof command, "sed -i '1s/.*/tissue: small # the same/' %s", p.file);
    assert_int_equal(system(command), 0);
    assert_int_equal(go(&o, 4, message, sizeof message), PF_STOPPED);
    end(&p);
}

static void damage_is_told(void **state)
{
    (void)state;
    place p;
    char message[4096], command[300];
    begin(&p);
    pf_tissue_options o = options(&p, 1, 1);
    assert_int_equal(go(&o, 2, message, sizeof message), PF_STOPPED);
    o.resume = 1;
    snprintf(command, sizeof command,
        "cd %s && cp -r . ../copy && sed -i 's/,NK,/,KN,/' "
        "partial/lives.csv",
        p.out[1]);
    assert_int_equal(system(command), 0);
    assert_int_equal(go(&o, 0, message, sizeof message), PF_FAILED);
    assert_contains(message, "lives.csv' is not what it was at the last checkpoint");
    snprintf(command, sizeof command,
        "cd %s && cp ../copy/partial/lives.csv partial && printf x | dd of=checkpoint.bin "
        "bs=1 seek=400 conv=notrunc 2> dd.part",
        p.out[1]);
    assert_int_equal(system(command), 0);
    assert_int_equal(go(&o, 0, message, sizeof message), PF_FAILED);
    assert_contains(message, "checkpoint.bin' is damaged");
    snprintf(command, sizeof command, "cp %s/copy/checkpoint.bin %s", p.folder, p.out[1]);
    assert_int_equal(system(command), 0);
    assert_int_equal(go(&o, 4, message, sizeof message), PF_STOPPED);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stopping_and_going_on_changes_no_byte),
        cmocka_unit_test(a_complete_run_goes_on_to_a_later_end),
        cmocka_unit_test(a_killed_end_is_ended_again),
        cmocka_unit_test(a_changed_file_is_refused_by_name),
        cmocka_unit_test(damage_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
