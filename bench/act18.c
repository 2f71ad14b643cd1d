/* act18: processor time per patient, our engine beside CVODE, one core, one line for each
 * solver: native 95.2 us    8 lanes (AVX-512)   430 steps   12.3 times CVODE's speed   median
 * error 3.6e-06 Four tasks: act18 (16 records), act18 with one dose, a stiff variant, and 100
 * states; then memory for a patient and the speed of several threads. The smallest of five runs
 * counts, which noise cannot shorten. Usage: act18 [patients] [folder] */
#include "act18_data.h"
#include "task.h"

#include <malloc.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 5, CVODE_PATIENTS = 40 };

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The task of tests/data/act18: all patients, all records or the first infusion of cells alone.
 */
static void from_data(task *t, act18 *a, int one_dose)
{
    size_t np = a->program->n_param, ns = a->program->n_state;
    size_t columns = pf_table_columns(a->patients);
    memset(t, 0, sizeof *t);
    pf_ctx_init(&t->ctx);
    *t = (task){.name = one_dose ? "act18, one dose" : "act18",
        .model = a->model,
        .program = a->program,
        .n_patient = a->n_patient,
        .days = ACT_DAYS - 1,
        .rtol = 1e-6,
        .atol = 1e-9};
    t->param = calloc(a->n_patient * np, sizeof(double));
    t->initial = calloc(a->n_patient * ns, sizeof(double));
    if (!t->param || !t->initial) exit(1);
    for (size_t i = 0; i < a->n_patient; i++) {
        for (size_t p = 0; p < np; p++)
            t->param[i * np + p] = pf_model_symbol(a->model, PF_SYMBOL_PARAMETER, p)->value;
        for (size_t s = 0; s < ns; s++) t->initial[i * ns + s] = NAN;
        for (size_t k = 1; k < columns; k++) {
            const pf_symbol *s = pf_model_find(a->model, pf_table_column(a->patients, k));
            double *to = s->kind == PF_SYMBOL_STATE ? t->initial + i * ns : t->param + i * np;
            to[s->index] = a->value[i * columns + k];
        }
    }
    for (size_t k = 0; k < a->n_stop; k++)
        if (!one_dose || (a->stop[k].kind == PF_STOP_ADD && !t->n_stop))
            t->stop[t->n_stop++] = a->stop[k];
}

/* Fifty sites in a row: tumour and T cells that diffuse, meet and kill: 100 states. */
static char *hundred_states(void)
{
    size_t room = 1 << 16, n = 0;
    char *text = malloc(room);
    if (!text) exit(1);
    n += (size_t)snprintf(text + n, room - n,
        "g = 0.05; K = 2; k = 1.5; h = 0.4; D = 0.8; s = 0.01; a = 0.6; d = 0.2; M = 3\n");
    for (int i = 1; i <= 50; i++) {
        int l = i > 1 ? i - 1 : 1, r = i < 50 ? i + 1 : 50;
        n += (size_t)snprintf(text + n, room - n,
            "T%d = %g; E%d = 0.02\n"
            "T%d' = g*T%d*(1 - T%d/K) - k*E%d*T%d/(h + T%d) + 0.01*D*(T%d - 2*T%d + T%d)\n"
            "E%d' = s + a*E%d*T%d/(h + T%d)*(1 - E%d/M) - d*E%d + D*(E%d - 2*E%d + E%d)\n",
            i, i == 25 ? 1.0 : 0.001, i, i, i, i, i, i, i, l, i, r, i, i, i, i, i, i, l, i, r);
    }
    snprintf(text + n, room - n, "seen := T1 + T25 + E25\n");
    return text;
}

/* act18 with a cytokine receptor that binds and lets go 1e5 times a day, and drives killing. */
static char *stiff_variant(const char *folder)
{
    static const char extra[] = "\n  R = 0; kon = 1e5; koff = 1e5\n"
                                "  R' = kon*IL6*(1 - R) - koff*R*(1 + IL6)\n"
                                "  seen := CD + CE + CM + Bp + R\nend\n";
    char path[512], *text, *whole;
    size_t n;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    snprintf(path, sizeof path, "%s/act18.ant", folder);
    if (pf_file_read(&ctx, path, 0, &text, &n)) exit(1);
    char *end = strstr(text, "\nend");
    whole = malloc(n + sizeof extra + 8);
    if (!end || !whole) exit(1);
    sprintf(whole, "%.*s%s", (int)(end - text), text, extra);
    pf_free(text);
    return whole;
}

static double microseconds(task *t, int lanes, size_t patients)
{
    double best = INFINITY;
    for (int i = 0; i < RUNS; i++) {
        t->steps = 0;
        double from = now(CLOCK_PROCESS_CPUTIME_ID);
        task_run(t, lanes, 0, patients);
        best = fmin(best, now(CLOCK_PROCESS_CPUTIME_ID) - from);
    }
    return 1e6 * best / (double)patients;
}

static void line(task *t, const char *what, int lanes, size_t patients, double cvode)
{
    double us = microseconds(t, lanes, patients);
    printf("%s %.1f us   %d lanes (%s)   %.0f steps", what, us, lanes, pf_lanes_name(lanes),
        (double)t->steps / (double)patients);
    if (!isnan(cvode)) printf("   %.1f times CVODE's speed", cvode / us);
    printf("\n");
}

/* The largest difference of what two solvers saw, relative where it is large. */
static double difference(const double *a, const double *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs(a[i] - b[i]) / fmax(1e-3, fmax(fabs(a[i]), fabs(b[i]))));
    return most;
}

/* CVODE's time, and how far the two solvers are apart over the same patients. */
static double beside(task *t, size_t patients)
{
    uint64_t steps;
    size_t n = patients < CVODE_PATIENTS ? patients : CVODE_PATIENTS;
    size_t values = n * (t->days + 1) * t->program->n_out;
    double *theirs = t->seen = calloc(t->n_patient * (t->days + 1) * t->program->n_out, 8);
    double best = INFINITY;
    for (int i = 0; i < 3; i++) best = fmin(best, cvode_seconds(t, n, t->rtol, &steps));
    t->seen = calloc(t->n_patient * (t->days + 1) * t->program->n_out, 8);
    if (!theirs || !t->seen) exit(1);
    task_run(t, 0, 0, n);
    double apart = difference(theirs, t->seen, values);
    free(theirs);
    free(t->seen);
    t->seen = NULL;
    if (isinf(best)) return NAN;
    best = 1e6 * best / (double)n;
    printf(
        "cvode %.1f us   BDF, dense, our Jacobian, same native right-hand side   %.0f steps   "
        "answers within %.1e of ours\n",
        best, (double)steps / (double)n, apart);
    return best;
}

static void widths(task *t, size_t patients, double cvode, int all)
{
    for (int lanes = pf_lanes_widest(); lanes >= 1; lanes = lanes == 8   ? 4
                                                            : lanes == 4 ? 1
                                                                         : 0) {
        pf_native_options o = {.width = lanes};
        pf_native *native;
        task_ok(t, pf_native_open(&t->ctx, t->program, &o, &native));
        t->native = pf_native_how(native) ? native : NULL;
        if (t->native)
            line(t, "native", lanes, patients, cvode);
        else
            printf("%s\n", pf_native_note(native));
        t->native = NULL;
        line(t, "bytecode", lanes, patients, cvode);
        pf_native_free(native);
        if (!all) break;
    }
}

static void report(task *t, size_t patients, int all)
{
    const pf_program *p = t->program;
    printf("\n%s: %u states, %zu records, day 0 to %zu, rtol %g, atol %g; rhs %zu, jac %zu, "
           "factor "
           "%zu, solve %zu instructions\n",
        t->name, p->n_state, t->n_stop, t->days, t->rtol, t->atol, p->code[PF_CODE_RHS].n,
        p->code[PF_CODE_JAC].n, p->code[PF_CODE_FACTOR].n, p->code[PF_CODE_SOLVE].n);
    double cvode = beside(t, patients);
    if (isnan(cvode)) printf("cvode is not here: bench/cvode.sh builds it\n");
    widths(t, patients, cvode, all);
}

typedef struct {
    task t;
    size_t first, last;
} share;

static void *one_thread(void *payload)
{
    share *s = payload;
    task_run(&s->t, 0, s->first, s->last);
    return NULL;
}

static void threads(const task *t, size_t patients)
{
    long most = sysconf(_SC_NPROCESSORS_ONLN);
    double alone = NAN;
    for (long n = 1; n <= most && n <= 64; n *= 2) {
        double best = INFINITY;
        for (int i = 0; i < 3; i++) {
            share s[64];
            pthread_t thread[64];
            double from = now(CLOCK_MONOTONIC);
            for (long k = 0; k < n; k++) {
                s[k] = (share){*t, 0, patients};
                if (pthread_create(&thread[k], NULL, one_thread, &s[k])) exit(1);
            }
            for (long k = 0; k < n; k++) pthread_join(thread[k], NULL);
            best = fmin(best, now(CLOCK_MONOTONIC) - from);
        }
        double rate = (double)n * (double)patients / best;
        if (n == 1) alone = rate;
        printf("threads %ld   %.0f patients/s   %.2f times one\n", n, rate, rate / alone);
    }
}

static void memory(task *t)
{
    size_t before = mallinfo2().uordblks;
    double atol[128];
    for (size_t s = 0; s < PF_COUNT(atol); s++) atol[s] = 1e-9;
    pf_engine_options o = {.rtol = 1e-6, .atol = atol};
    pf_engine *e;
    task_ok(t, pf_engine_new(&t->ctx, t->program, &o, &e));
    double bytes = (double)(mallinfo2().uordblks - before) / pf_lanes_widest();
    printf("memory %.1f kB for each patient under way (%d lanes)\n", bytes / 1e3,
        pf_lanes_widest());
    pf_engine_free(e);
}

int main(int argc, char **argv)
{
    size_t patients = argc > 1 ? strtoul(argv[1], NULL, 10) : 800;
    const char *folder = argc > 2 ? argv[2] : "tests/data/act18";
    act18 a;
    task t, one, stiff, many;
    act_open(&a, folder);
    printf("median over 20 patients of the largest relative error: %.2g\n",
        act_median_error(&a, folder, 0, 1e-6));
    from_data(&t, &a, 0);
    report(&t, patients, 1);
    from_data(&one, &a, 1);
    report(&one, patients, 0);
    char *text = stiff_variant(folder);
    task_open(&stiff, "act18, stiff", text, 100, 0.1);
    free(text);
    memcpy(stiff.stop, t.stop, sizeof t.stop);
    stiff.n_stop = t.n_stop;
    report(&stiff, patients / 2, 0);
    text = hundred_states();
    task_open(&many, "100 states", text, 100, 0.1);
    free(text);
    report(&many, patients / 4, 0);
    printf("\n");
    memory(&t);
    threads(&t, patients);
    task_close(&stiff);
    task_close(&many);
    free(t.param);
    free(t.initial);
    free(one.param);
    free(one.initial);
    act_close(&a);
    return 0;
}
