/* Native code: the same bits as the interpreter, and nothing that goes wrong with a compiler or
 * a cache is an error. */
#include "ct.h"
#include "act18_data.h"
#include "model/native_cache.h"
#include "model/native_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDER PF_TEST_DATA "/act18"

static char cache[] = "/tmp/perforin-test-XXXXXX";

static int make_cache(void **state)
{
    (void)state;
    return mkdtemp(cache) ? 0 : -1;
}

static void each_file(void (*act)(const char *path))
{
    char folder[64], path[400];
    snprintf(folder, sizeof folder, "%s/native", cache);
    DIR *d = opendir(folder);
    if (!d) return;
    for (struct dirent *f = readdir(d); f; f = readdir(d)) {
        if (f->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", folder, f->d_name);
        act(path);
    }
    closedir(d);
}

static void drop(const char *path)
{
    (void)unlink(path);
}

static int remove_cache(void **state)
{
    (void)state;
    char folder[64];
    each_file(drop);
    snprintf(folder, sizeof folder, "%s/native", cache);
    return rmdir(folder) || rmdir(cache);
}

/* Open for `width` with the test's own cache. */
static pf_native *open_native(act18 *a, int width)
{
    pf_native_options o = {.width = width, .cache = cache};
    pf_native *n;
    assert_ok(&a->ctx, pf_native_open(&a->ctx, a->program, &o, &n));
    return n;
}

static int without_compiler(const pf_native *n)
{
    if (pf_native_how(n) != PF_NATIVE_NONE) return 0;
    print_message("skipped: %s\n", pf_native_note(n));
    return 1;
}

static void act18_has_the_same_bits_as_the_bytecode(void **state)
{
    (void)state;
    enum { PATIENTS = 24 };
    size_t bytes = PATIENTS * ACT_DAYS * ACT_OUT * sizeof(double);
    act18 a;
    act_open(&a, FOLDER);
    double *want = malloc(bytes);
    a.seen = malloc(a.n_patient * ACT_DAYS * ACT_OUT * sizeof(double));
    act_run(&a, 1, 1e-6, 0, PATIENTS);
    memcpy(want, a.seen, bytes);
    for (int lanes = 1; lanes <= 8; lanes += lanes == 1 ? 3 : 4) {
        if (!pf_lanes_available(lanes)) continue;
        pf_native *n = open_native(&a, lanes);
        if (!without_compiler(n)) {
            memset(a.seen, 0, bytes);
            a.native = n;
            act_run(&a, lanes, 1e-6, 0, PATIENTS);
            assert_memory_equal(want, a.seen, bytes);
        }
        pf_native_free(n);
    }
    free(want);
    act_close(&a);
}

/* ---- programs of random instructions ---- */

enum { SLOTS = 48, PUBLIC = 24, PER_CODE = 270, MOST_W = 8 };

/* Every operation, in pieces that need each other's values; jac reads what rhs left. */
static pf_program random_program(pf_instr code[PF_CODES][PER_CODE], uint64_t seed)
{
    pf_program p = {.n_slots = SLOTS, .private0 = PUBLIC};
    pf_random r;
    pf_random_init(&r, seed, PF_DRAW_TEST, 0, 0, 0);
    for (int k = 0; k < PF_CODES; k++) {
        for (int i = 0; i < PER_CODE; i++) {
            uint32_t op = i < PF_OP_COUNT ? (uint32_t)i : pf_random_below(&r, PF_OP_COUNT);
            code[k][i] = (pf_instr){op, pf_random_below(&r, SLOTS), pf_random_below(&r, SLOTS),
                pf_random_below(&r, SLOTS), pf_random_below(&r, SLOTS)};
            /* Much of it folds back to small numbers, lest all become infinite. */
            if (i % 3 == 0 && i >= PF_OP_COUNT)
                code[k][i].op = i % 2 ? PF_OP_TANH : PF_OP_SELECT;
        }
        p.code[k] = (pf_code){code[k], PER_CODE};
    }
    return p;
}

static void fill_slots(double *slots, int width, uint64_t seed)
{
    pf_random r;
    pf_random_init(&r, seed, PF_DRAW_TEST, 1, 0, 0);
    for (int s = 0; s < SLOTS; s++)
        for (int l = 0; l < MOST_W; l++) {
            double x = pf_random_normal(&r);
            if (l < width) slots[s * width + l] = s % 7 ? x : exp(20 * x);
        }
}

static void compare_codes(const pf_program *p, const pf_native *n, int width)
{
    _Alignas(64) double want[SLOTS * MOST_W], got[SLOTS * MOST_W];
    pf_arena arena;
    pf_arena_init(&arena);
    size_t numbers = 0;
    for (unsigned k = 0; k < PF_CODES; k++) {
        const pf_native_code *native = &pf_native_codes(n)[k];
        pf_linked linked;
        assert_ok(NULL, pf_lanes_link(NULL, &arena, width, p->code[k], SLOTS, &linked));
        if (k != PF_CODE_JAC) {
            fill_slots(want, width, k);
            fill_slots(got, width, k);
        }
        pf_lanes_run(width)(linked, want);
        for (size_t i = 0; i < native->n; i++) native->piece[i](got, pf_native_table(n));
        for (int i = 0; i < PUBLIC * width; i++) {
            numbers += isnan(want[i]) ? 0 : 1;
            if (!(isnan(want[i]) && isnan(got[i]))) assert_memory_equal(want + i, got + i, 8);
        }
    }
    assert_true(numbers > (size_t)(PF_CODES * PUBLIC * width / 4)); /* not all is NaN */
    pf_arena_clear(&arena);
}

static void every_operation_has_the_interpreters_bits(void **state)
{
    (void)state;
    static pf_instr code[PF_CODES][PER_CODE];
    pf_program p = random_program(code, 1);
    for (int width = 1; width <= 8; width += width == 1 ? 3 : 4) {
        if (!pf_lanes_available(width)) continue;
        pf_native_options o = {.width = width, .cache = cache};
        pf_native *n;
        assert_ok(NULL, pf_native_open(NULL, &p, &o, &n));
        if (!without_compiler(n)) compare_codes(&p, n, width);
        pf_native_free(n);
    }
}

/* ---- the core model ---- */

typedef struct {
    const pf_model *model;
    const pf_program *program;
    double *seen; /* [case][look][n_out] */
    size_t next;
} core_run;

enum { CORE_CASES = 9, CORE_LOOKS = 12 };

static int core_begin(void *payload, pf_case *c)
{
    core_run *r = payload;
    if (r->next == CORE_CASES) return 0;
    for (uint32_t i = 0; i < r->program->n_param; i++)
        pf_case_set(c, i, pf_model_symbol(r->model, PF_SYMBOL_PARAMETER, i)->value);
    pf_case_identity(c, 5, 0, r->next);
    pf_case_span(c, 0, 60 + (double)r->next);
    for (uint32_t i = 0; i < CORE_LOOKS; i++) pf_case_look(c, 5.0 * i, i);
    pf_case_set_user(c, r->seen + r->next++ * CORE_LOOKS * r->program->n_out);
    return 1;
}

static void core_look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    core_run *r = payload;
    double *to = pf_case_user(c);
    (void)t;
    memcpy(to + tag * r->program->n_out, out, r->program->n_out * sizeof(double));
}

static void run_core(core_run *r, int lanes, const pf_native *native)
{
    double atol[128];
    pf_engine *e;
    for (size_t i = 0; i < 128; i++) atol[i] = 1e-6;
    pf_engine_options o = {.lanes = lanes, .rtol = 1e-6, .atol = atol, .native = native};
    const pf_source s = {.payload = r, .begin = core_begin, .look = core_look};
    assert_ok(NULL, pf_engine_new(NULL, r->program, &o, &e));
    r->next = 0;
    assert_ok(NULL, pf_engine_run(NULL, e, &s));
    pf_engine_free(e);
}

/* Run with `lanes` and compare with `want`, while code may still be on its way. */
static void compare_core(core_run *r, const double *want, int lanes, pf_native_when when)
{
    size_t bytes = CORE_CASES * CORE_LOOKS * r->program->n_out * sizeof(double);
    pf_native_options o = {.width = lanes, .cache = cache, .when = when};
    pf_native *n;
    assert_ok(NULL, pf_native_open(NULL, r->program, &o, &n));
    do {
        memset(r->seen, 0, bytes);
        run_core(r, lanes, n);
        assert_memory_equal(want, r->seen, bytes);
    } while (pf_native_how(n) == PF_NATIVE_COMPILING);
    if (!without_compiler(n)) {
        run_core(r, lanes, n);
        assert_memory_equal(want, r->seen, bytes);
    }
    pf_native_free(n);
}

static void the_core_model_has_the_same_bits_before_and_after_it_is_compiled(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_model *m;
    pf_program *p;
    const char *name[64];
    size_t n_name = 0;
    assert_ok(&ctx, pf_model_read(&ctx, PF_SOURCE_DIR "/models/core.ant", &m));
    for (; n_name < 64 && n_name < pf_model_count(m, PF_SYMBOL_STATE); n_name++)
        name[n_name] = pf_model_symbol(m, PF_SYMBOL_STATE, n_name)->name;
    pf_compile_options o = {.outputs = name, .n_outputs = n_name};
    assert_ok(&ctx, pf_model_compile(&ctx, m, &o, &p));
    size_t bytes = CORE_CASES * CORE_LOOKS * p->n_out * sizeof(double);
    double *want = malloc(bytes);
    core_run r = {m, p, calloc(1, bytes), 0};
    run_core(&r, 1, NULL);
    memcpy(want, r.seen, bytes);
    for (int lanes = 1; lanes <= 8; lanes += lanes == 1 ? 3 : 4)
        if (pf_lanes_available(lanes)) compare_core(&r, want, lanes, PF_NATIVE_LATER);
    free(want);
    free(r.seen);
    pf_program_free(p);
    pf_model_free(m);
}

/* ---- what goes wrong ---- */

static pf_program small_program(pf_instr *code)
{
    pf_program p = {.n_slots = 3, .private0 = 3};
    *code = (pf_instr){PF_OP_ADD, 2, 0, 1, 0};
    p.code[PF_CODE_RHS] = (pf_code){code, 1};
    return p;
}

static pf_native_state open_small(const pf_native_options *o, const char *says)
{
    pf_instr code;
    pf_program p = small_program(&code);
    pf_native *n;
    assert_ok(NULL, pf_native_open(NULL, &p, o, &n));
    if (says) assert_contains(pf_native_note(n), says);
    pf_native_state how = pf_native_how(n);
    if (how == PF_NATIVE_CACHED || how == PF_NATIVE_COMPILED) {
        _Alignas(64) double slots[24] = {[0] = 1.5, [8] = 2.25};
        const pf_native_code *c = &pf_native_codes(n)[PF_CODE_RHS];
        assert_true(pf_native_fits(n, &p, o->width));
        assert_int_equal(c->n, 1);
        slots[o->width] = 2.25;
        c->piece[0](slots, pf_native_table(n));
        assert_true(slots[2 * o->width] == 3.75);
    }
    pf_native_free(n);
    return how;
}

static void a_missing_or_failing_compiler_is_no_error(void **state)
{
    (void)state;
    pf_native_options o = {.width = 1, .cache = cache, .compiler = "/nonexistent/cc"};
    assert_int_equal(open_small(&o, "no compiler '/nonexistent/cc'"), PF_NATIVE_NONE);
    o.compiler = "/bin/false";
    assert_int_equal(open_small(&o, "the compiler /bin/false failed"), PF_NATIVE_NONE);
    o.compiler = "/bin/true"; /* says all is well and makes nothing */
    assert_int_equal(open_small(&o, "failed"), PF_NATIVE_NONE);
    setenv("PF_CC", "no-such-compiler", 1);
    o.compiler = NULL;
    assert_int_equal(open_small(&o, "PF_CC"), PF_NATIVE_NONE);
    unsetenv("PF_CC");
    o.when = PF_NATIVE_LATER;
    o.compiler = "/bin/false";
    pf_native_state how = open_small(&o, NULL);
    assert_true(how == PF_NATIVE_NONE || how == PF_NATIVE_COMPILING);
}

static void a_cache_that_cannot_be_used_is_no_error(void **state)
{
    (void)state;
    pf_native_options o = {.width = 1, .cache = "/proc/no/such"};
    pf_native_state how = open_small(&o, NULL);
    if (how == PF_NATIVE_NONE) return; /* no compiler */
    assert_int_equal(how, PF_NATIVE_COMPILED);
    assert_int_equal(open_small(&o, "not kept"), PF_NATIVE_COMPILED);
    o.when = PF_NATIVE_NEVER;
    assert_int_equal(open_small(&o, "not in the cache"), PF_NATIVE_NONE);
}

static void halve(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size / 2), 0);
}

static void flip(const char *path)
{
    FILE *f = fopen(path, "r+b");
    assert_non_null(f);
    fseek(f, 5000, SEEK_SET);
    int c = fgetc(f);
    fseek(f, 5000, SEEK_SET);
    fputc(c ^ 1, f);
    fclose(f);
}

static void open_to_others(const char *path)
{
    assert_int_equal(chmod(path, 0666), 0);
}

static void empty(const char *path)
{
    assert_int_equal(truncate(path, 0), 0);
}

static void a_damaged_or_unsafe_file_is_made_again(void **state)
{
    (void)state;
    void (*const harm[])(const char *) = {halve, flip, open_to_others, empty};
    pf_native_options o = {.width = 1, .cache = cache};
    each_file(drop);
    if (open_small(&o, NULL) == PF_NATIVE_NONE) return; /* no compiler */
    assert_int_equal(open_small(&o, "from the cache"), PF_NATIVE_CACHED);
    for (size_t i = 0; i < PF_COUNT(harm); i++) {
        each_file(harm[i]);
        assert_int_equal(open_small(&o, "compiled by"), PF_NATIVE_COMPILED);
        assert_int_equal(open_small(&o, "from the cache"), PF_NATIVE_CACHED);
    }
}

static void a_folder_that_others_can_write_is_not_used(void **state)
{
    (void)state;
    char folder[64];
    pf_native_options o = {.width = 1, .cache = cache};
    snprintf(folder, sizeof folder, "%s/native", cache);
    if (open_small(&o, NULL) == PF_NATIVE_NONE) return; /* no compiler */
    assert_int_equal(chmod(folder, 0777), 0);
    assert_int_equal(open_small(&o, "others can write"), PF_NATIVE_COMPILED);
    assert_int_equal(chmod(folder, 0700), 0);
    assert_int_equal(open_small(&o, NULL), PF_NATIVE_CACHED);
}

static void processes_share_a_cache(void **state)
{
    (void)state;
    enum { CHILDREN = 4 };
    pid_t child[CHILDREN];
    pf_native_options o = {.width = 1, .cache = cache};
    if (open_small(&o, NULL) == PF_NATIVE_NONE) return; /* no compiler */
    each_file(drop);
    for (int i = 0; i < CHILDREN; i++) {
        child[i] = fork();
        if (child[i] == 0) _exit(open_small(&o, NULL) == PF_NATIVE_NONE);
    }
    for (int i = 0; i < CHILDREN; i++) {
        int status = -1;
        assert_int_equal(waitpid(child[i], &status, 0), child[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(open_small(&o, NULL), PF_NATIVE_CACHED);
}

static size_t n_files;

static void count(const char *path)
{
    (void)path;
    n_files++;
}

static void the_cache_drops_what_was_not_used_for_longest(void **state)
{
    (void)state;
    char folder[64], path[128];
    each_file(drop);
    snprintf(folder, sizeof folder, "%s/native", cache);
    (void)mkdir(folder, 0700);
    for (int i = 0; i < 6; i++) {
        struct timespec when[2] = {{1000 + i, 0}, {1000 + i, 0}};
        snprintf(path, sizeof path, "%s/%d.so", folder, i);
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        fprintf(f, "%1000d", i);
        fclose(f);
        assert_int_equal(utimensat(AT_FDCWD, path, when, 0), 0);
    }
    pf_cache_trim(folder, 2500);
    n_files = 0;
    each_file(count);
    assert_int_equal(n_files, 2);
    assert_int_equal(access(path, R_OK), 0); /* the last one */
    each_file(drop);
}

/* ---- threads ---- */

static void *run_thread(void *payload)
{
    act18 *a = payload;
    act_run(a, 0, 1e-6, 0, 16);
    return NULL;
}

static void threads_share_native_code(void **state)
{
    (void)state;
    enum { THREADS = 3, DOUBLES = 16 * ACT_DAYS * ACT_OUT };
    act18 a, copy[THREADS];
    pthread_t thread[THREADS];
    act_open(&a, FOLDER);
    pf_native *n = open_native(&a, pf_lanes_widest());
    a.native = n;
    for (int i = 0; i < THREADS; i++) {
        copy[i] = a;
        copy[i].seen = calloc(DOUBLES, sizeof(double));
        assert_int_equal(pthread_create(&thread[i], NULL, run_thread, &copy[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
    for (int i = 1; i < THREADS; i++)
        assert_memory_equal(copy[0].seen, copy[i].seen, DOUBLES * sizeof(double));
    for (int i = 0; i < THREADS; i++) free(copy[i].seen);
    pf_native_free(n);
    act_close(&a);
}

/* ---- keys ---- */

/* A key is made of the program, not of the text. So whoever changes the text changes VERSION in
 * native_open.c too, and then this digest. */
static void the_text_of_a_program_changes_only_with_the_version(void **state)
{
    (void)state;
    static pf_instr code[PF_CODES][PER_CODE];
    pf_program p = random_program(code, 1);
    pf_arena arena;
    pf_native_plan plan;
    pf_sha256 s;
    unsigned char digest[PF_SHA256_BYTES];
    pf_arena_init(&arena);
    assert_ok(NULL, pf_native_plan_of(NULL, &arena, &p, &plan));
    pf_sha256_init(&s);
    for (int width = 1; width <= 8; width += width == 1 ? 3 : 4)
        for (uint32_t k = 0; k < plan.n_unit; k++) {
            pf_buf text;
            pf_buf_init(&text, NULL);
            assert_ok(NULL, pf_native_source(NULL, &p, &plan, k, width, &text));
            pf_sha256_put(&s, text.bytes, text.size);
            pf_buf_clear(&text);
        }
    pf_sha256_end(&s, digest);
    pf_arena_clear(&arena);
    char head[17];
    for (size_t i = 0; i < 8; i++) snprintf(head + 2 * i, 3, "%02x", digest[i]);
    assert_string_equal(head, "ffdc01e81f8a0ca4"); /* version 3 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(act18_has_the_same_bits_as_the_bytecode),
        cmocka_unit_test(every_operation_has_the_interpreters_bits),
        cmocka_unit_test(the_core_model_has_the_same_bits_before_and_after_it_is_compiled),
        cmocka_unit_test(a_missing_or_failing_compiler_is_no_error),
        cmocka_unit_test(a_cache_that_cannot_be_used_is_no_error),
        cmocka_unit_test(a_damaged_or_unsafe_file_is_made_again),
        cmocka_unit_test(a_folder_that_others_can_write_is_not_used),
        cmocka_unit_test(processes_share_a_cache),
        cmocka_unit_test(the_cache_drops_what_was_not_used_for_longest),
        cmocka_unit_test(threads_share_native_code),
        cmocka_unit_test(the_text_of_a_program_changes_only_with_the_version),
    };
    return cmocka_run_group_tests(tests, make_cache, remove_cache);
}
