/* stats_fixture.h: a data set of tests/data/stats with what R says about it
 * (tests/oracles/r/stats.R). */
#ifndef PF_TESTS_STATS_FIXTURE_H
#define PF_TESTS_STATS_FIXTURE_H
#include "ct.h"

#include "input/table.h"

#include <stdlib.h>
#include <string.h>

static const char *const SETS[] = {"ordinary", "ties", "strata", "silent_arm", "no_events",
    "one_patient", "one_time", "mostly_censored", "large", "flat_at_half", "nearly_tied",
    "time_zero", "collinear"};

typedef struct {
    pf_ctx ctx;
    size_t n;
    double *time, *age, *marker;
    unsigned char *event;
    int *arm, *stratum; /* arm: its letter; stratum: the digit of its name */
} dataset;

typedef struct { /* one row of an expected_*.csv */
    char what[32], label[32];
    double v[9];
} expectation;

static double worst; /* the largest relative deviation from R so far */

/* |a - b| <= 1e-8 |b|, with a little room for what should be 0. */
#define assert_as_r(a, b) as_r((a), (b), #a, __FILE__, __LINE__)
static inline void as_r(double a, double b, const char *what, const char *file, int line)
{
    if (b == 1e308) b = INFINITY;
    if (b == -1e308) b = -INFINITY;
    ct_close(a, b, 1e-8, 1e-11, what, file, line);
    if (isfinite(a) && fabs(b) > 1e-10) worst = fmax(worst, fabs(a / b - 1));
}

static inline pf_table *fixture_table(pf_ctx *ctx, const char *name)
{
    char path[512];
    pf_table *t;
    snprintf(path, sizeof path, "%s/stats/%s.csv", PF_TEST_DATA, name);
    assert_ok(ctx, pf_table_read(ctx, path, &t));
    return t;
}

static inline double fixture_number(pf_ctx *ctx, pf_table *t, size_t row, const char *column)
{
    size_t c;
    double x;
    assert_ok(ctx, pf_table_find(ctx, t, column, &c));
    assert_ok(ctx, pf_table_number(ctx, t, row, c, &x));
    return x;
}

static inline dataset dataset_load(const char *name)
{
    dataset d = {.n = 0};
    pf_ctx_init(&d.ctx);
    pf_table *t = fixture_table(&d.ctx, name);
    d.n = pf_table_rows(t);
    d.time = calloc(d.n, 3 * sizeof(double));
    d.age = d.time + d.n;
    d.marker = d.age + d.n;
    d.event = calloc(d.n, 1);
    d.arm = calloc(d.n, 2 * sizeof(int));
    d.stratum = d.arm + d.n;
    size_t arm, stratum;
    assert_ok(&d.ctx, pf_table_find(&d.ctx, t, "arm", &arm));
    assert_ok(&d.ctx, pf_table_find(&d.ctx, t, "stratum", &stratum));
    for (size_t i = 0; i < d.n; i++) {
        d.time[i] = fixture_number(&d.ctx, t, i, "time");
        d.event[i] = fixture_number(&d.ctx, t, i, "event") > 0;
        d.age[i] = fixture_number(&d.ctx, t, i, "age");
        d.marker[i] = fixture_number(&d.ctx, t, i, "marker");
        d.arm[i] = pf_table_text(t, i, arm)[0];
        d.stratum[i] = pf_table_text(t, i, stratum)[1];
    }
    pf_table_free(t);
    return d;
}

static inline void dataset_free(dataset *d)
{
    free(d->time);
    free(d->event);
    free(d->arm);
}

static inline expectation *expected_load(const char *name, size_t *n)
{
    char file[64];
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    snprintf(file, sizeof file, "expected_%s", name);
    pf_table *t = fixture_table(&ctx, file);
    *n = pf_table_rows(t);
    expectation *e = calloc(*n + 1, sizeof *e);
    for (size_t i = 0; i < *n; i++) {
        const char *label = pf_table_text(t, i, 1);
        snprintf(e[i].what, sizeof e[i].what, "%s", pf_table_text(t, i, 0));
        snprintf(e[i].label, sizeof e[i].label, "%s", label ? label : "");
        for (size_t k = 0; k < 9; k++)
            assert_ok(&ctx, pf_table_number(&ctx, t, i, k + 2, &e[i].v[k]));
    }
    pf_table_free(t);
    return e;
}

static inline int is(const expectation *e, const char *what)
{
    return strcmp(e->what, what) == 0;
}

#endif
