/* Native code: the same bits as the interpreter, and nothing that goes wrong with a compiler or
 * a cache is an error. */
#include "ct.h"
#include "act18_data.h"

#include <dirent.h>
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
    if (pf_native_how(n)) return 0;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(act18_has_the_same_bits_as_the_bytecode),
    };
    return cmocka_run_group_tests(tests, make_cache, remove_cache);
}
