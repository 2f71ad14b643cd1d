/* act18: microseconds per patient of the engine on its benchmark, one core. One line per width:
 *     bytecode 8 lanes   216.0 us   0.998 lane use   ...
 * Usage: act18 [patients] [folder]; the smallest of five runs counts, which noise cannot
 * shorten. */
#include "act18_data.h"

#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double per_patient(act18 *a, int lanes, size_t patients)
{
    double best = INFINITY;
    for (int i = 0; i < 5; i++) {
        a->steps = 0;
        double start = now();
        act_run(a, lanes, 1e-6, 0, patients);
        best = fmin(best, (now() - start) / (double)patients);
    }
    return 1e6 * best;
}

static void line(act18 *a, const char *what, int lanes, size_t patients, double error)
{
    double us = per_patient(a, lanes, patients);
    printf("%s %d lanes %-8s %8.1f us   %.0f steps   median error %.2g\n", what, lanes,
        pf_lanes_name(lanes), us, (double)a->steps / (double)patients, error);
}

static void both(act18 *a, int lanes, size_t patients, double error)
{
    pf_native_options o = {.width = lanes};
    pf_native *native;
    line(a, "bytecode", lanes, patients, error);
    ok(a, pf_native_open(&a->ctx, a->program, &o, &native));
    printf("%s\n", pf_native_note(native));
    a->native = native;
    if (pf_native_how(native)) line(a, "native  ", lanes, patients, error);
    a->native = NULL;
    pf_native_free(native);
}

int main(int argc, char **argv)
{
    size_t patients = argc > 1 ? strtoul(argv[1], NULL, 10) : 800;
    const char *folder = argc > 2 ? argv[2] : "tests/data/act18";
    act18 a;
    act_open(&a, folder);
    double error = act_median_error(&a, folder, 0, 1e-6);
    free(a.seen);
    a.seen = NULL;
    const pf_program *p = a.program;
    printf(
        "program: rhs %zu, jac %zu, factor %zu, solve %zu, out %zu instructions, %zu slots\n",
        p->code[PF_CODE_RHS].n, p->code[PF_CODE_JAC].n, p->code[PF_CODE_FACTOR].n,
        p->code[PF_CODE_SOLVE].n, p->code[PF_CODE_OUT].n, p->n_slots);
    for (int lanes = 8; lanes >= 1; lanes = lanes == 4 ? 1 : lanes - 4)
        if (pf_lanes_available(lanes)) both(&a, lanes, patients, error);
    act_close(&a);
    return 0;
}
