/* trial_fixture.h: two tiny replicates of a trial, small enough to do by hand; shared by its
 * tests. */
#ifndef PF_TESTS_TRIAL_FIXTURE_H
#define PF_TESTS_TRIAL_FIXTURE_H
#include "ct.h"
#include "base/json.h"
#include "trial/summary_parts.h"

#include <string.h>

enum { COLUMNS = PF_P_FIXED + 1 + 2 }; /* one covariate, two kinetics samples */

static const char *column_name[COLUMNS];
static const double sampled[] = {1, 7};

static inline pf_layout layout(void)
{
    pf_layout l = {.n_covariate = 1, .n_sample = 2, .kinetics_unit = "cell/uL"};
    for (int i = 0; i < COLUMNS; i++) column_name[i] = "x";
    column_name[PF_P_FIXED] = "age";
    l.n_column[PF_TABLE_PATIENTS] = COLUMNS;
    l.column[PF_TABLE_PATIENTS] = column_name;
    return l;
}

static inline pf_study study(pf_arm *arm, size_t n_arm, size_t size)
{
    static const char *const name[] = {"control", "control + NK", "third"};
    for (size_t a = 0; a < n_arm; a++) arm[a] = (pf_arm){.name = name[a], .size = size};
    return (pf_study){.name = "tiny",
        .n_arm = n_arm,
        .arm = arm,
        .horizon = 400,
        .replicates = 2,
        .assess = {.every = 42, .n_kinetics = 2, .kinetics = sampled}};
}

typedef struct {
    int arm, best;
    double pfs;
    int event;
    double os;
    int died;
} patient;

static inline void put(pf_chunk *c, int replicate, const patient *p)
{
    double *row = pf_chunk_row(NULL, c, PF_TABLE_PATIENTS);
    row[PF_P_REPLICATE] = replicate;
    row[PF_P_PATIENT] = (double)c->table[PF_TABLE_PATIENTS].n - 1;
    row[PF_P_ARM] = p->arm;
    row[PF_P_FAILED] = p->best == 0;
    row[PF_P_FIXED] = 60 + p->arm;
    if (!p->best) return;
    row[PF_P_TREATED] = 2;
    row[PF_P_BEST] = p->best;
    row[PF_P_CHANGE] = 20.0 * p->best - 100;
    row[PF_P_PFS] = p->pfs, row[PF_P_PFS_EVENT] = p->event;
    row[PF_P_PROGRESSION] = p->event ? PF_PD_TARGET : 0;
    row[PF_P_OS] = p->os, row[PF_P_OS_EVENT] = p->died;
    row[PF_P_CMAX] = 10 * p->best, row[PF_P_TMAX] = 9, row[PF_P_AUC28] = 100;
    row[PF_P_FIXED + 1] = p->best, row[PF_P_FIXED + 2] = 2 * p->best;
    if (p->best <= PF_RESPONSE_PR)
        row[PF_P_TTR] = 5, row[PF_P_DOR] = p->pfs - 5, row[PF_P_DOR_EVENT] = p->event;
}

static const patient first[] = {{0, PF_RESPONSE_CR, 40, 1, 100, 0},
    {0, PF_RESPONSE_PR, 30, 0, 100, 0}, {0, PF_RESPONSE_SD, 20, 1, 100, 0},
    {0, PF_RESPONSE_PD, 10, 1, 100, 0}, {1, PF_RESPONSE_PR, 50, 1, 90, 1},
    {1, PF_RESPONSE_NE, 0, 0, 80, 1}, {1, PF_RESPONSE_SD, 60, 1, 100, 0}, {1, 0, 0, 0, 0, 0}};
static const patient second[] = {{0, PF_RESPONSE_CR, 40, 1, 100, 0},
    {0, PF_RESPONSE_PR, 30, 0, 100, 0}, {0, PF_RESPONSE_PR, 20, 1, 100, 0},
    {0, PF_RESPONSE_PR, 10, 1, 100, 0}, {1, PF_RESPONSE_PD, 50, 1, 90, 1},
    {1, PF_RESPONSE_NE, 0, 0, 80, 1}, {1, PF_RESPONSE_SD, 60, 1, 100, 0},
    {1, PF_RESPONSE_SD, 60, 1, 100, 0}};

#endif
