/* Run folders, with patients from a callback instead of a simulation. */
#include "ct.h"

#include "store/chunk_file.h"
#include "store/status.h"
#include "store/work.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COLUMNS = PF_P_FIXED + 1 };

/* A study of two arms, without files. */
typedef struct {
    pf_ctx ctx;
    char folder[64];
    pf_arm arm[2];
    pf_study study;
    const char *name[PF_TABLE_COUNT][COLUMNS];
    pf_layout layout;
    int fail_at; /* patient whose simulation breaks; -1: none */
    volatile int cancel;
    int cancel_at; /* patient at which the user stops; -1: none */
} world;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st, (void)kind, (void)where;
    return remove(path);
}

static int setup(void **state)
{
    static const size_t columns[PF_TABLE_COUNT] = {
        COLUMNS, PF_A_COLUMNS, PF_K_FIXED + 1, PF_E_COLUMNS, PF_F_COLUMNS};
    static const char *const letters[] = {"A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8",
        "A9", "B0", "B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B9", "C0", "C1", "C2",
        "C3"};
    world *w = calloc(1, sizeof *w);
    pf_ctx_init(&w->ctx);
    strcpy(w->folder, "/tmp/perforin-store-XXXXXX");
    if (!mkdtemp(w->folder)) return -1;
    strcat(w->folder, "/run");
    w->arm[0] = (pf_arm){.name = "control, \"old\"", .size = 40};
    w->arm[1] = (pf_arm){.name = "cells", .size = 60};
    w->study = (pf_study){.name = "fake",
        .path = "fake.yaml",
        .n_arm = 2,
        .arm = w->arm,
        .replicates = 13,
        .seed = 7,
        .keep = 2,
        .rtol = 1e-4,
        .atol = 1,
        .horizon = 100};
    for (int k = 0; k < PF_TABLE_COUNT; k++) {
        w->layout.n_column[k] = columns[k];
        for (size_t i = 0; i < columns[k]; i++) w->name[k][i] = letters[i];
        w->layout.column[k] = w->name[k];
    }
    w->fail_at = w->cancel_at = -1;
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    world *w = *state;
    *strrchr(w->folder, '/') = '\0';
    nftw(w->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(w);
    return 0;
}

/* The same numbers for a patient whichever range asks. */
static pf_err simulate(
    pf_ctx *ctx, void *payload, uint64_t first, uint64_t count, pf_tally *tally, pf_chunk *out)
{
    world *w = payload;
    pf_chunk_empty(out);
    out->first = first;
    out->count = count;
    for (uint64_t p = first; p < first + count; p++) {
        if (pf_ctx_cancelled(ctx)) return PF_ERR_CANCELLED;
        if (w->fail_at == (int)p)
            return pf_fail(ctx, PF_ERR_NO_MEMORY, "patient %d is too heavy", (int)p);
        if (w->cancel_at == (int)p) {
            __atomic_store_n(&w->cancel, 1, __ATOMIC_RELAXED);
            while (!pf_ctx_cancelled(ctx)) usleep(1000); /* the request arrives within a tick */
            return PF_ERR_CANCELLED;
        }
        if (tally) atomic_fetch_add(&tally->done, 1);
        double *row = pf_chunk_row(ctx, out, PF_TABLE_PATIENTS);
        double *event = pf_chunk_row(ctx, out, PF_TABLE_EVENTS);
        if (!row || !event) return PF_ERR_NO_MEMORY;
        event[PF_E_REPLICATE] = row[PF_P_REPLICATE] = (double)(p / 100);
        event[PF_E_PATIENT] = row[PF_P_PATIENT] = (double)(p % 100);
        event[PF_E_ARM] = row[PF_P_ARM] = p % 100 < 40 ? 0 : 1;
        event[PF_E_KIND] = PF_EVENT_DEATH;
        row[PF_P_FAILED] = p % 50 == 3;
        row[PF_P_BEST] = PF_RESPONSE_PR;
        row[PF_P_FIXED] = 1.0 / (double)(p + 3);
    }
    return PF_OK;
}

static pf_err count_patients(pf_ctx *ctx, void *payload, const pf_rows *patients)
{
    (void)ctx;
    size_t *n = payload;
    assert_int_equal(patients->n, 100);
    assert_true(patients->x[0] == (double)*n);
    (*n)++;
    return PF_OK;
}

static pf_folder_options options_of(const world *w)
{
    return (pf_folder_options){.path = w->folder, .version = "1.0", .threads = 1, .lanes = 1};
}

/* Open, simulate, finish. */
static pf_err run(world *w, pf_folder_options o, int threads)
{
    pf_folder *f = NULL;
    pf_work *work = NULL;
    void *worker[4] = {w, w, w, w};
    size_t replicates = 0;
    pf_chunk_source source = {.threads = threads, .worker = worker, .simulate = simulate};
    pf_work_options wo = {.cancel = &w->cancel};
    pf_ctx_reset(&w->ctx);
    pf_err err = pf_folder_open(&w->ctx, &o, &w->study, &w->layout, &f);
    if (!err && pf_folder_is_complete(f)) {
        pf_folder_close(f);
        return PF_OK;
    }
    if (!err) err = pf_work_new(&w->ctx, f, &work);
    if (!err) err = pf_work_run(&w->ctx, work, &source, &wo);
    if (!err) err = pf_folder_tables(&w->ctx, f, count_patients, &replicates);
    if (!err) assert_int_equal(replicates, w->study.replicates);
    if (!err) err = pf_folder_complete(&w->ctx, f);
    pf_work_free(work);
    pf_folder_close(f);
    return err;
}

static char *file(world *w, const char *name)
{
    char path[200], *bytes;
    size_t size;
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    assert_ok(&w->ctx, pf_file_read(&w->ctx, path, 0, &bytes, &size));
    return bytes;
}

static int there(const world *w, const char *name)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", w->folder, name);
    return pf_path_exists(path);
}

static void tables_carry_the_mark_and_names(void **state)
{
    world *w = *state;
    assert_ok(&w->ctx, run(w, options_of(w), 2));
    char *csv = file(w, "patients.csv");
    assert_contains(csv, "STUDYID,A0,A1,");
    assert_contains(csv, "\nSIMULATED-fake,0,0,\"control, \"\"old\"\"\",,0,,,PR,");
    assert_contains(csv, "\nSIMULATED-fake,12,99,cells,");
    pf_free(csv);
    csv = file(w, "events.csv"); /* only the first replicates in detail */
    assert_contains(csv, "\nSIMULATED-fake,1,99,cells,,death,");
    assert_null(strstr(csv, "\nSIMULATED-fake,2,"));
    pf_free(csv);
    assert_false(there(w, "chunks"));
}

static void one_letter(void *payload, uint64_t piece, pf_buf *out)
{
    (void)payload;
    char c = (char)('a' + piece % 26);
    for (int i = 0; i < 100000; i++) pf_buf_put(out, &c, 1); /* larger than what is gathered */
}

static void a_table_in_pieces_is_the_whole_table(void **state)
{
    world *w = *state;
    pf_folder_options o = options_of(w);
    pf_folder *f = NULL;
    pf_buf whole;
    assert_ok(&w->ctx, pf_folder_open(&w->ctx, &o, &w->study, &w->layout, &f));
    assert_ok(&w->ctx, pf_folder_write_pieces(&w->ctx, f, "pieces.csv", 7, one_letter, NULL));
    pf_buf_init(&whole, &w->ctx);
    for (uint64_t i = 0; i < 7; i++) one_letter(NULL, i, &whole);
    char *got = file(w, "pieces.csv");
    assert_int_equal(strlen(got), whole.size);
    assert_memory_equal(got, whole.bytes, whole.size);
    assert_true(f->result[f->n_result - 1].hash == pf_hash(0, whole.bytes, whole.size));
    pf_free(got);
    pf_buf_clear(&whole);
    pf_folder_close(f);
}

static void threads_do_not_change_a_byte(void **state)
{
    world *w = *state;
    pf_folder_options o = options_of(w);
    assert_ok(&w->ctx, run(w, o, 1));
    char *one = file(w, "patients.csv");
    o.force = 1;
    assert_ok(&w->ctx, run(w, o, 3));
    char *three = file(w, "patients.csv");
    assert_string_equal(one, three);
    pf_free(one);
    pf_free(three);
}

static void a_stopped_run_resumes_to_the_same_bytes(void **state)
{
    world *w = *state;
    pf_folder_options o = options_of(w);
    w->cancel_at = 700;
    assert_int_equal(run(w, o, 1), PF_ERR_CANCELLED);
    assert_contains(w->ctx.message, "stopped after 640 of 1300 patients");
    assert_true(there(w, "chunks/000000.bin"));
    w->cancel_at = -1;
    w->cancel = 0;
    assert_int_equal(run(w, o, 1), PF_ERR_CONFIG); /* not without being told */
    assert_contains(w->ctx.message, "--resume");
    o.resume = 1;
    w->fail_at = 100; /* in the first chunk, which is not simulated again */
    assert_ok(&w->ctx, run(w, o, 2));
    char *resumed = file(w, "patients.csv");
    o = options_of(w);
    o.force = 1;
    w->fail_at = -1;
    assert_ok(&w->ctx, run(w, o, 2));
    char *whole = file(w, "patients.csv");
    assert_string_equal(whole, resumed);
    pf_free(whole);
    pf_free(resumed);
}

static void a_damaged_chunk_is_simulated_again(void **state)
{
    world *w = *state;
    pf_folder_options o = options_of(w);
    char path[200];
    w->cancel_at = 700;
    assert_int_equal(run(w, o, 1), PF_ERR_CANCELLED);
    w->cancel_at = -1;
    w->cancel = 0;
    snprintf(path, sizeof path, "%s/chunks/000000.bin", w->folder);
    FILE *f = fopen(path, "r+b");
    fseek(f, 5000, SEEK_SET);
    fputc(0x55, f);
    fclose(f);
    o.resume = 1;
    assert_ok(&w->ctx, run(w, o, 1));
}

static void the_first_error_stops_all_and_survives(void **state)
{
    world *w = *state;
    w->fail_at = 600;
    assert_int_equal(run(w, options_of(w), 3), PF_ERR_NO_MEMORY);
    assert_contains(w->ctx.message, "patient 600 is too heavy");
}

static void resume_names_what_changed(void **state)
{
    world *w = *state;
    pf_folder_options o = options_of(w);
    w->cancel_at = 700;
    assert_int_equal(run(w, o, 1), PF_ERR_CANCELLED);
    o.resume = 1;
    w->study.seed = 8;
    assert_int_equal(run(w, o, 1), PF_ERR_CONFIG);
    assert_contains(w->ctx.message, "seed was 7 and is now 8");
    w->study.seed = 7;
    o.version = "1.1";
    assert_int_equal(run(w, o, 1), PF_ERR_CONFIG);
    assert_contains(w->ctx.message, "begun by version 1.0, this is 1.1");
}

static void one_patient_is_a_run(void **state)
{
    world *w = *state;
    w->study.replicates = 1;
    w->study.n_arm = 1;
    w->arm[0].size = 100;
    assert_ok(&w->ctx, run(w, options_of(w), 4));
    pf_folder_options o = options_of(w);
    assert_int_equal(run(w, o, 1), PF_ERR_CONFIG);
    assert_contains(w->ctx.message, "holds a complete run");
    o.resume = 1; /* nothing left to do */
    assert_ok(&w->ctx, run(w, o, 1));
}

static void a_folder_of_others_is_left_alone(void **state)
{
    world *w = *state;
    char path[200];
    pf_folder_options o = options_of(w);
    o.force = 1;
    assert_ok(&w->ctx, pf_dir_make(&w->ctx, w->folder));
    snprintf(path, sizeof path, "%s/letter.txt", w->folder);
    assert_ok(&w->ctx, pf_file_write(&w->ctx, path, "dear", 4));
    assert_int_equal(run(w, o, 1), PF_ERR_CONFIG);
    assert_false(there(w, ".lock"));
    assert_true(there(w, "letter.txt"));
}

/* Every cut and every changed byte of a chunk file is noticed. */
static void no_damage_of_a_chunk_passes(void **state)
{
    world *w = *state;
    char path[200], *bytes;
    size_t size;
    pf_chunk c, back;
    pf_chunk_init(&c, &w->layout);
    pf_chunk_init(&back, &w->layout);
    assert_ok(&w->ctx, simulate(&w->ctx, w, 0, 3, NULL, &c));
    assert_ok(&w->ctx, pf_dir_make(&w->ctx, w->folder));
    snprintf(path, sizeof path, "%s/c.bin", w->folder);
    assert_ok(&w->ctx, pf_chunk_write(&w->ctx, path, &c, 1, 2));
    assert_ok(&w->ctx, pf_chunk_read(&w->ctx, path, 1, 2, &back));
    assert_int_equal(back.table[0].n, 3);
    assert_memory_equal(back.table[0].x, c.table[0].x, 3 * COLUMNS * sizeof(double));
    assert_int_equal(pf_chunk_read(NULL, path, 9, 2, &back), PF_ERR_VERSION);
    assert_ok(&w->ctx, pf_file_read(&w->ctx, path, 0, &bytes, &size));
    for (size_t i = 0; i < size; i += 3) {
        FILE *f = fopen(path, "wb");
        bytes[i] = (char)(bytes[i] ^ 0x10);
        fwrite(bytes, 1, size, f);
        fclose(f);
        bytes[i] = (char)(bytes[i] ^ 0x10);
        assert_int_not_equal(pf_chunk_read(NULL, path, 1, 2, &back), PF_OK);
        assert_int_equal(truncate(path, (off_t)i), 0);
        assert_int_equal(pf_chunk_read(NULL, path, 1, 2, &back), PF_ERR_CORRUPT);
    }
    pf_free(bytes);
    pf_chunk_clear(&c);
    pf_chunk_clear(&back);
}

static void the_size_of_a_chunk_follows_from_the_patients_alone(void **state)
{
    (void)state;
    static const struct {
        uint64_t patients, each, chunks;
    } row[] = {{1, 16, 1}, {16, 16, 1}, {109, 16, 7}, {1300, 64, 21}, {5000, 256, 20},
        {21800, 1024, 22}, {100000, 4096, 25}};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        uint64_t each = pf_chunk_patients(row[i].patients);
        assert_int_equal(each, row[i].each);
        assert_int_equal((row[i].patients + each - 1) / each, row[i].chunks);
    }
}

/* Any number of patients is cut without a gap, runs on several threads, and the manifest says
 * how it was cut. */
static void every_size_of_study_is_cut_without_a_gap(void **state)
{
    world *w = *state;
    static const struct {
        size_t replicates;
        const char *chunk;
    } row[] = {{1, "\"chunk\": \"16\""}, {6, "\"chunk\": \"32\""}, {50, "\"chunk\": \"256\""}};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_folder_options o = options_of(w);
        o.force = 1;
        w->study.replicates = row[i].replicates;
        assert_ok(&w->ctx, run(w, o, 4));
        char *manifest = file(w, "manifest.json");
        assert_contains(manifest, row[i].chunk);
        pf_free(manifest);
    }
}

/* What `perforin show` counts, by the manifest and the chunks alone. */
static void the_state_of_a_stopped_run_is_read_from_its_folder(void **state)
{
    world *w = *state;
    pf_arena a;
    pf_run_status s;
    char path[100], chunk[200];
    pf_arena_init(&a);
    snprintf(path, sizeof path, "%.*s/fake.yaml",
        (int)(sizeof "/tmp/perforin-store-XXXXXX" - 1), w->folder);
    const char *source[] = {path};
    uint64_t hash[] = {pf_hash(0, "study: x", 8)};
    assert_ok(&w->ctx, pf_file_write(&w->ctx, path, "study: x", 8));
    w->study.path = path;
    w->study.n_source = 1;
    w->study.source_path = source;
    w->study.source_hash = hash;
    w->cancel_at = 700;
    assert_int_equal(run(w, options_of(w), 1), PF_ERR_CANCELLED);
    snprintf(chunk, sizeof chunk, "%s/chunks/000002.bin", w->folder); /* patients 128 to 191 */
    assert_int_equal(truncate(chunk, 100), 0);
    pf_ctx_reset(&w->ctx);
    assert_ok(&w->ctx, pf_run_status_read(&w->ctx, &a, w->folder, &s));
    assert_string_equal(s.manifest.study, "fake");
    assert_int_equal(s.patients, 640 - 64);
    assert_int_equal(s.total, 1300);
    assert_int_equal(s.replicates, 5); /* 1 is cut by the damage, 6 not yet whole */
    assert_int_equal(s.whole + s.damaged, 10);
    assert_true(s.damaged == 1 && s.inputs_whole && !s.busy && !s.manifest.complete);
    pf_arena_clear(&a);
}

static void a_manifest_is_read_whole_or_refused(void **state)
{
    (void)state;
#define HEAD "{\"format\": \"perforin-run-1\", \"state\": \"running\", \"version\": \"1\", "
#define SETTINGS(chunk)                                                                        \
    "\"settings\": {\"seed\": \"18446744073709551615\", \"replicates\": \"2\", "               \
    "\"patients\": \"9\", \"chunk\": \"" chunk "\", \"layout\": \"0f\"}, "
#define INPUTS "\"study_file\": \"s\", \"inputs\": [{\"file\": \"s\", \"hash\": \"1\"}]}"
    static const struct {
        const char *text, *message;
    } row[] = {{HEAD SETTINGS("16") INPUTS, NULL}, {HEAD SETTINGS("0") INPUTS, "no patients"},
        {HEAD SETTINGS("-1") INPUTS, "chunk is '-1'"}, {HEAD INPUTS, "seed is ''"},
        {HEAD SETTINGS("16") "\"inputs\": 3}", "names no study"}, {"[]", "no manifest"},
        {"{", "JSON line 1"}};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_ctx ctx;
        pf_arena a;
        pf_manifest m;
        pf_ctx_init(&ctx);
        pf_arena_init(&a);
        pf_err err = pf_manifest_parse(&ctx, &a, row[i].text, strlen(row[i].text), &m);
        assert_int_equal(err, row[i].message ? PF_ERR_CORRUPT : PF_OK);
        if (err)
            assert_contains(ctx.message, row[i].message);
        else
            assert_true(m.seed == UINT64_MAX && m.layout_hash == 15);
        pf_arena_clear(&a);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_size_of_a_chunk_follows_from_the_patients_alone),
        TEST(tables_carry_the_mark_and_names),
        TEST(a_table_in_pieces_is_the_whole_table),
        TEST(threads_do_not_change_a_byte),
        TEST(a_stopped_run_resumes_to_the_same_bytes),
        TEST(a_damaged_chunk_is_simulated_again),
        TEST(the_first_error_stops_all_and_survives),
        TEST(resume_names_what_changed),
        TEST(one_patient_is_a_run),
        TEST(a_folder_of_others_is_left_alone),
        TEST(no_damage_of_a_chunk_passes),
        TEST(every_size_of_study_is_cut_without_a_gap),
        TEST(the_state_of_a_stopped_run_is_read_from_its_folder),
        TEST(a_manifest_is_read_whole_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
