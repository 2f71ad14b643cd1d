/* CVODE on the same patients (task.h). Built when bench/cvode.sh has built CVODE. */
#include "task.h"

#include <math.h>

#ifndef PF_HAVE_CVODE

double cvode_seconds(task *t, size_t n, double rtol, uint64_t *steps)
{
    (void)t;
    (void)n;
    (void)rtol;
    *steps = 0;
    return NAN;
}

#else

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <time.h>

typedef struct peer {
    task *t;
    const pf_native *native;
    double *slot;
    SUNContext sun;
    N_Vector y;
    SUNMatrix matrix;
    SUNLinearSolver solver;
    void *cvode;
    double *param; /* of the patient at hand */
} peer;

static void run(peer *p, unsigned code)
{
    const pf_native_code *c = &pf_native_codes(p->native)[code];
    for (size_t i = 0; i < c->n; i++) c->piece[i](p->slot, pf_native_table(p->native));
}

static void at(peer *p, double t, N_Vector y)
{
    const pf_program *q = p->t->program;
    p->slot[q->time] = t;
    memcpy(p->slot + q->state0, N_VGetArrayPointer(y), q->n_state * sizeof(double));
}

static int slope(double t, N_Vector y, N_Vector out, void *user)
{
    peer *p = user;
    const pf_program *q = p->t->program;
    at(p, t, y);
    run(p, PF_CODE_RHS);
    memcpy(N_VGetArrayPointer(out), p->slot + q->f0, q->n_state * sizeof(double));
    return 0;
}

static int jacobian(double t, N_Vector y, N_Vector f, SUNMatrix j, void *user, N_Vector a,
    N_Vector b, N_Vector c)
{
    peer *p = user;
    const pf_program *q = p->t->program;
    (void)f;
    (void)a;
    (void)b;
    (void)c;
    at(p, t, y);
    run(p, PF_CODE_RHS);
    run(p, PF_CODE_JAC);
    for (uint32_t i = 0; i < q->n_jac; i++)
        SM_ELEMENT_D(j, q->jac_row[i], q->jac_col[i]) = p->slot[q->jac0 + i];
    return 0;
}

static void must(int flag, const char *what)
{
    if (flag >= 0) return;
    fprintf(stderr, "CVODE: %s: %d\n", what, flag);
    exit(1);
}

static void start(peer *p, size_t patient)
{
    const pf_program *q = p->t->program;
    memcpy(p->param, p->t->param + patient * q->n_param, q->n_param * sizeof(double));
    memcpy(p->slot + q->param0, p->param, q->n_param * sizeof(double));
    p->slot[q->time] = 0.0;
    run(p, PF_CODE_PREP);
    const double *given = p->t->initial + patient * q->n_state;
    memcpy(p->slot + q->state0, given, q->n_state * sizeof(double));
    run(p, PF_CODE_INIT);
    double *y = N_VGetArrayPointer(p->y);
    for (uint32_t s = 0; s < q->n_state; s++)
        y[s] = isnan(given[s]) ? p->slot[q->state0 + s] : given[s];
    must(CVodeReInit(p->cvode, 0.0, p->y), "restart");
}

static void apply(peer *p, const pf_stop *stop)
{
    const pf_program *q = p->t->program;
    if (stop->kind == PF_STOP_ADD) {
        NV_Ith_S(p->y, stop->target) += stop->value;
        return;
    }
    p->param[stop->target] = stop->value;
    memcpy(p->slot + q->param0, p->param, q->n_param * sizeof(double));
    run(p, PF_CODE_PREP);
}

/* Day by day with dense output; exact stops and a restart at each record. */
static uint64_t solve(peer *p, size_t patient)
{
    task *t = p->t;
    const pf_program *q = t->program;
    uint64_t steps = 0;
    double now = 0.0;
    long n;
    size_t next = 0;
    start(p, patient);
    for (size_t day = 0; day <= t->days; day++) {
        while (next < t->n_stop && t->stop[next].t <= (double)day) {
            const pf_stop *stop = &t->stop[next++];
            if (stop->t > now) {
                must(CVodeSetStopTime(p->cvode, stop->t), "stop");
                must(CVode(p->cvode, stop->t, p->y, &now, CV_NORMAL), "step");
            }
            apply(p, stop);
            must(CVodeGetNumSteps(p->cvode, &n), "count");
            steps += (uint64_t)n;
            must(CVodeReInit(p->cvode, now, p->y), "restart");
        }
        double until = next < t->n_stop ? t->stop[next].t : (double)t->days;
        if ((double)day > now) {
            must(CVodeSetStopTime(p->cvode, until), "stop");
            must(CVode(p->cvode, (double)day, p->y, &now, CV_NORMAL), "step");
        }
        at(p, now, p->y);
        run(p, PF_CODE_OUT);
        if (t->seen)
            memcpy(t->seen + (patient * (t->days + 1) + day) * q->n_out, p->slot + q->out0,
                q->n_out * sizeof(double));
    }
    must(CVodeGetNumSteps(p->cvode, &n), "count");
    return steps + (uint64_t)n;
}

static void open_peer(peer *p, double rtol)
{
    const pf_program *q = p->t->program;
    p->slot = pf_calloc64(&p->t->ctx, q->n_slots + 8, sizeof(double));
    p->param = calloc(q->n_param + 1, sizeof(double));
    if (!p->slot || !p->param) exit(1);
    memcpy(p->slot + q->constant0, q->constant, q->n_constant * sizeof(double));
    must(SUNContext_Create(NULL, &p->sun), "context");
    p->y = N_VNew_Serial(q->n_state, p->sun);
    N_VConst(0.0, p->y);
    p->matrix = SUNDenseMatrix(q->n_state, q->n_state, p->sun);
    p->solver = SUNLinSol_Dense(p->y, p->matrix, p->sun);
    p->cvode = CVodeCreate(CV_BDF, p->sun);
    must(CVodeInit(p->cvode, slope, 0.0, p->y), "init");
    must(CVodeSStolerances(p->cvode, rtol, p->t->atol), "tolerances");
    must(CVodeSetUserData(p->cvode, p), "data");
    must(CVodeSetLinearSolver(p->cvode, p->solver, p->matrix), "solver");
    must(CVodeSetJacFn(p->cvode, jacobian), "Jacobian");
    must(CVodeSetMaxNumSteps(p->cvode, 1000000), "steps");
}

static void close_peer(peer *p)
{
    CVodeFree(&p->cvode);
    SUNLinSolFree(p->solver);
    SUNMatDestroy(p->matrix);
    N_VDestroy(p->y);
    SUNContext_Free(&p->sun);
    pf_free(p->slot);
    free(p->param);
}

static double now_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double cvode_seconds(task *t, size_t n, double rtol, uint64_t *steps)
{
    peer p = {.t = t};
    pf_native *native;
    pf_native_options o = {.width = 1};
    *steps = 0;
    task_ok(t, pf_native_open(&t->ctx, t->program, &o, &native));
    double seconds = NAN;
    if (pf_native_how(native)) {
        p.native = native;
        open_peer(&p, rtol);
        double from = now_cpu();
        for (size_t i = 0; i < n; i++) *steps += solve(&p, i % t->n_patient);
        seconds = now_cpu() - from;
        close_peer(&p);
    }
    pf_native_free(native);
    return seconds;
}

#endif
