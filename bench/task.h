/* task.h: one job for all solvers: patients with their values, doses at known times, daily
 * looks. */
#ifndef PF_BENCH_TASK_H
#define PF_BENCH_TASK_H
#include "model/model.h"
#include "model/native.h"
#include "solve/engine.h"

typedef struct task {
    pf_ctx ctx;
    const char *name;
    pf_model *model;
    pf_program *program;
    size_t n_patient;
    double *param;    /* [n_patient][n_param] */
    double *initial;  /* [n_patient][n_state]; NaN: the model's own */
    pf_stop stop[64]; /* ADD and PARAM, by time */
    size_t n_stop;
    size_t days; /* looks at days 0, 1, ..., days */
    double rtol, atol;
    const pf_native *native; /* what the engine uses; NULL: bytecode */
    size_t next, last;       /* of a run under way */
    uint64_t steps;
    double *seen; /* [n_patient][days + 1][n_out] when it is kept; else NULL */
} task;

/** Ends the program with the sentence of the error. */
void task_ok(task *t, pf_err err);
/** Compile `text`; every patient gets the model's own values, times 1 + `spread` * (-1 .. 1) by
 * a fixed rule for parameters that are not 0. */
void task_open(task *t, const char *name, const char *text, size_t n_patient, double spread);
void task_close(task *t);
/** Patients first .. last - 1 on one engine; numbers beyond n_patient start over. */
void task_run(task *t, int lanes, size_t first, size_t last);

/** The same patients through CVODE (BDF, dense, our Jacobian and right-hand side as native code
 * of one lane); seconds of processor time for `n` patients, NaN when CVODE or native code is
 * not there. Answers go to t->seen when that is not NULL. */
double cvode_seconds(task *t, size_t n, double rtol, uint64_t *steps);

#endif
