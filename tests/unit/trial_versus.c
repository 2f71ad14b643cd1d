/* Two arms at other sizes and in subgroups: against R, against exact power, against trials that
 * are really larger. */
#include "stats_fixture.h"
#include "summary_case.h"
#include "trial/proportion.h"
#include "trial/forest.h"
#include "trial/power.h"

/* ---- two arms ---- */

enum { TIMES = PF_P_FIXED + 1 };

/* Arm 1 is the letter A, arm 0 is B; the covariate is age. */
static void to_rows(const dataset *d, pf_rows *t)
{
    *t = (pf_rows){.n_column = TIMES};
    t->x = calloc(d->n, TIMES * sizeof *t->x);
    for (size_t i = 0; i < d->n; i++) {
        if (d->arm[i] != 'A' && d->arm[i] != 'B') continue;
        double *row = t->x + t->n++ * TIMES;
        row[PF_P_ARM] = d->arm[i] == 'A';
        row[PF_P_PFS] = d->time[i];
        row[PF_P_PFS_EVENT] = d->event[i];
        row[PF_P_FIXED] = d->age[i];
    }
}

static void choose(const pf_replicate *r, const char *group, unsigned char *in[2])
{
    for (int k = 0; k < 2; k++)
        for (size_t i = 0; i < r->arm[k].n; i++) {
            double age = r->arm[k].row[i][PF_P_FIXED];
            in[k][i] = !strcmp(group, "young")   ? age < 60
                       : !strcmp(group, "old")   ? age >= 60
                       : !strcmp(group, "first") ? i < 20
                                                 : 1;
        }
}

static void compare_as_r(const expectation *e)
{
    pf_arm arm[2] = {{.name = "B"}, {.name = "A"}};
    pf_study s = {.n_arm = 2, .arm = arm};
    pf_layout l = {.n_covariate = 1};
    dataset d = dataset_load(e->what);
    pf_rows rows;
    pf_replicate r;
    pf_two_arms t;
    pf_versus v;
    to_rows(&d, &rows);
    assert_ok(&d.ctx, pf_replicate_fit(&d.ctx, &s, &l, &rows, &r));
    assert_ok(&d.ctx, pf_two_arms_sort(&d.ctx, &r.arm[1], &r.arm[0], PF_CURVE_PFS, &t));
    unsigned char *in[2] = {calloc(d.n, 1), calloc(d.n, 1)};
    choose(&r, e->label, in);
    const unsigned char *const chosen[2] = {in[0], in[1]};
    pf_two_arms_compare(&t, chosen, 1, &v);
    assert_int_equal(v.n, (int)e->v[0]);
    assert_int_equal(v.events, (int)e->v[1]);
    assert_as_r(v.difference, e->v[2]);
    assert_as_r(v.variance, e->v[3]);
    assert_as_r(v.hazard_ratio, e->v[4]);
    assert_as_r(v.log_variance, e->v[5]);
    if (!strcmp(e->label, "all")) {
        pf_versus everyone;
        pf_two_arms_compare(&t, NULL, 0, &everyone);
        assert_true(everyone.difference == v.difference && isnan(everyone.hazard_ratio));
    }
    free(in[0]), free(in[1]), free(rows.x);
    pf_two_arms_clear(&t);
    pf_replicate_clear(&r);
    dataset_free(&d);
}

static void subgroups_agree_with_r(void **state)
{
    (void)state;
    size_t n;
    expectation *e = expected_load("versus", &n);
    assert_int_equal(n, 24);
    for (size_t i = 0; i < n; i++) compare_as_r(&e[i]);
    free(e);
}

static void a_hazard_ratio_without_a_finite_maximum_is_missing(void **state)
{
    (void)state;
    pf_event_time table[2] = {{1, 1, 2, 2}, {1, 1, 1, 2}}; /* only the arm has events */
    pf_two_arms t = {.table = table};
    pf_versus v;
    double time[] = {1, 2, 3, 3};
    unsigned char event[] = {1, 1, 0, 0}, arm[] = {1, 1, 0, 0};
    size_t place[] = {0, 1, 0, 1};
    t.n = 4, t.time = time, t.event = event, t.arm = arm, t.place = place;
    pf_event_time room[4];
    t.table = room;
    pf_two_arms_compare(&t, NULL, 1, &v);
    assert_true(isnan(v.hazard_ratio));
    assert_close(v.difference, 2 - 2.0 / 4 - 1.0 / 3, 0, 1e-12);
    assert_int_equal(v.events, 2);
}

/* ---- power ---- */

typedef struct {
    size_t size;     /* of each arm */
    double rate[2];  /* of the exponential times of both arms */
    double log_sd;   /* of the log hazard ratio between replicates */
    double share[2]; /* of responders */
    int replicates;
} plan;

static void simulate(const plan *p, uint64_t replicate, pf_rows *t)
{
    pf_random r;
    pf_random_init(&r, 5, PF_DRAW_TEST, replicate, p->size, 0);
    double shift = exp(p->log_sd * pf_random_normal(&r));
    t->n = 2 * p->size;
    for (size_t i = 0; i < t->n; i++) {
        int arm = (int)(i % 2);
        double *row = t->x + i * TIMES;
        double day = pf_random_exponential(&r) / (p->rate[arm] * (arm ? shift : 1));
        row[PF_P_ARM] = arm;
        row[PF_P_PFS] = fmin(day, 3);
        row[PF_P_PFS_EVENT] = day < 3;
        row[PF_P_BEST] =
            pf_random_uniform(&r) < p->share[arm] ? PF_RESPONSE_PR : PF_RESPONSE_SD;
    }
}

/* test[0] log-rank of PFS, test[1] Fisher's. */
static void run_trials(const plan *p, pf_power test[2])
{
    pf_arm arm[2] = {{.name = "0", .size = p->size}, {.name = "1", .size = p->size}};
    pf_study s = {.n_arm = 2, .arm = arm};
    pf_layout l = {0};
    pf_rows t = {.n_column = TIMES, .x = calloc(2 * p->size, TIMES * sizeof(double))};
    for (int k = 0; k < 2; k++)
        test[k] = (pf_power){.arm = 1, .kind = k ? PF_ENDPOINT_ORR : PF_MEASURE_PFS_LOGRANK};
    for (int i = 0; i < p->replicates; i++) {
        pf_replicate r;
        pf_two_arms two;
        simulate(p, (uint64_t)i, &t);
        assert_ok(NULL, pf_replicate_fit(NULL, &s, &l, &t, &r));
        assert_ok(NULL, pf_two_arms_sort(NULL, &r.arm[1], &r.arm[0], PF_CURVE_PFS, &two));
        assert_ok(NULL, pf_power_add(NULL, &s, &r.arm[1], &r.arm[0], &two, &test[0]));
        assert_ok(NULL, pf_power_add(NULL, &s, &r.arm[1], &r.arm[0], NULL, &test[1]));
        pf_two_arms_clear(&two);
        pf_replicate_clear(&r);
    }
    free(t.x);
}

static double counted(const pf_power *p, int k)
{
    return (double)p->significant[k] / (double)p->replicates;
}

/* Trials of 60 a side; then the same with 240 a side, which the first ones have to foretell:
 * with one true hazard ratio, and with one that differs between replicates. */
static void the_assurance_foretells_larger_trials(void **state)
{
    (void)state;
    for (int unknown = 0; unknown < 2; unknown++) {
        const plan small = {60, {1, 0.68}, unknown ? 0.4 : 0, {0.25, 0.4}, 3000};
        plan large = small;
        large.size = 240, large.replicates = 1500;
        pf_power a[2], b[2];
        run_trials(&small, a);
        run_trials(&large, b);
        for (int k = 0; k < 2; k++) {
            assert_close(pf_power_assurance(&a[k], 1, 0), counted(&a[k], 3), 0, 0.025);
            assert_close(pf_power_assurance(&a[k], 4, 0), counted(&b[k], 3), 0, 0.035);
            assert_close(pf_power_assurance(&a[k], 4, 1),
                (double)b[k].better[3] / (double)b[k].replicates, 0, 0.035);
            /* A quarter of the larger trial is the smaller one. */
            assert_close(counted(&b[k], 0), counted(&a[k], 3), 0, 0.04);
        }
        /* What is unknown stays unknown: four times the patients would find 0.68. */
        if (unknown)
            assert_true(pf_power_assurance(&a[0], 4, 0) < 0.85);
        else
            assert_true(pf_power_assurance(&a[0], 4, 0) > 0.94);
    }
}

/* With a proportion of responders the power of Fisher's test is a finite sum. */
static double exact_power(int n, double p0, double p1)
{
    double sum = 0;
    for (int64_t x0 = 0; x0 <= n; x0++)
        for (int64_t x1 = 0; x1 <= n; x1++) {
            const int64_t table[4] = {x1, n - x1, x0, n - x0};
            double p;
            assert_ok(NULL, pf_fisher_p(NULL, table, &p));
            if (!(p < 0.05)) continue;
            sum += exp(lgamma(n + 1) - lgamma((double)x0 + 1) - lgamma((double)(n - x0) + 1) +
                       (double)x0 * log(p0) + (double)(n - x0) * log1p(-p0) + lgamma(n + 1) -
                       lgamma((double)x1 + 1) - lgamma((double)(n - x1) + 1) +
                       (double)x1 * log(p1) + (double)(n - x1) * log1p(-p1));
        }
    return sum;
}

static void counted_power_is_the_exact_one(void **state)
{
    (void)state;
    const plan p = {40, {1, 1}, 0, {0.2, 0.5}, 4000};
    pf_power test[2];
    run_trials(&p, test);
    for (int k = 0; k < PF_POWER_SIZES; k++) {
        int n = (int)pf_power_patients(40, k);
        assert_int_equal(n, 10 * (k + 1));
        assert_close(counted(&test[1], k), exact_power(n, 0.2, 0.5), 0, 0.022);
        assert_close(counted(&test[0], k), 0.05, 0, 0.022); /* no difference: the level */
    }
    assert_close(pf_power_assurance(&test[1], 1.5, 0), exact_power(60, 0.2, 0.5), 0, 0.03);
}

/* mu 0.5, within-variance 0.04, between 0.01: scipy.stats.norm, 1.17.1. */
static void the_formula_is_that_of_the_page(void **state)
{
    (void)state;
    pf_power p = {.n = 20, .kind = PF_ENDPOINT_ORR, .effect = 20 * 0.5, .variance = 20 * 0.04};
    p.null_variance = p.variance;
    p.effect2 = 19 * 0.05 + 20 * 0.25;
    assert_close(pf_power_assurance(&p, 1, 0), 0.685493420894168, 1e-12, 0);
    assert_close(pf_power_assurance(&p, 2, 0), 0.900860137640418, 1e-12, 0);
    assert_close(pf_power_assurance(&p, 1, 1), 0.6854602604900987, 1e-12, 0);
    p.kind = PF_MEASURE_OS_LOGRANK; /* a higher hazard is worse */
    assert_close(pf_power_assurance(&p, 1, 1), 3.3160404069266125e-05, 1e-9, 0);
    p.correction = 0.1;
    assert_close(pf_power_assurance(&p, 1, 0), 0.5142873669370789, 1e-12, 0);
    p.n = 19;
    assert_true(isnan(pf_power_assurance(&p, 1, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subgroups_agree_with_r),
        cmocka_unit_test(a_hazard_ratio_without_a_finite_maximum_is_missing),
        cmocka_unit_test(the_assurance_foretells_larger_trials),
        cmocka_unit_test(counted_power_is_the_exact_one),
        cmocka_unit_test(the_formula_is_that_of_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
