/* Cox models against R, and models that have no answer. */
#include "stats_fixture.h"

#include "trial/cox.h"

static double letter(const dataset *d, size_t i, int arm)
{
    return d->arm[i] == arm;
}

/* The covariates of stats.R: arms against A, then age and marker when `all`. Returns how many.
 */
static size_t design(const dataset *d, int all, double **out)
{
    int present[128] = {0};
    size_t arms = 0, p = 0;
    for (size_t i = 0; i < d->n; i++) present[d->arm[i]] = 1;
    for (int a = 0; a < 128; a++) arms += (size_t)present[a];
    size_t columns = arms - 1 + (all ? 2 : 0);
    double *x = calloc(d->n, columns * sizeof *x);
    for (int a = 'A' + 1; a < 128; a++) {
        if (!present[a]) continue;
        for (size_t i = 0; i < d->n; i++) x[i * columns + p] = letter(d, i, a);
        p++;
    }
    for (size_t i = 0; all && i < d->n; i++) {
        x[i * columns + p] = d->age[i];
        x[i * columns + p + 1] = d->marker[i];
    }
    *out = x;
    return columns;
}

static void check_coefficient(const expectation *e, const pf_cox *c)
{
    size_t j = (size_t)e->v[0];
    if (c->state[j] == PF_COEF_INFINITE) { /* R gives a large number and a warning */
        assert_true(fabs(e->v[1]) > 10);
        assert_true(isinf(c->coef[j]) && isnan(c->se[j]) && isnan(c->p[j]));
        return;
    }
    assert_as_r(c->coef[j], e->v[1]);
    assert_as_r(c->se[j], e->v[2]);
    assert_as_r(c->z[j], e->v[3]);
    assert_as_r(c->p[j], e->v[4]);
    assert_as_r(c->hazard_ratio[j], e->v[5]);
    assert_as_r(c->lower[j], e->v[6]);
    assert_as_r(c->upper[j], e->v[7]);
}

static void check_model(const expectation *e, const pf_cox *c)
{
    int finite = c->status != PF_COX_INFINITE;
    assert_as_r((double)c->n, e->v[0]);
    assert_as_r((double)c->events, e->v[1]);
    assert_as_r(c->loglik_null, e->v[2]);
    assert_as_r(c->loglik, e->v[3]);
    assert_as_r(c->score_test.chi_square, e->v[4]);
    if (finite) assert_as_r(c->wald_test.chi_square, e->v[5]);
    if (finite) assert_as_r(c->concordance, e->v[6]);
    assert_as_r(c->score_test.p, e->v[7]);
    assert_as_r(c->ratio_test.p, e->v[8]);
}

static void fit_as(dataset *d, const char *label, pf_cox *c)
{
    double *x;
    size_t p = design(d, label[0] != 'a' || label[1] != 'r', &x);
    pf_cox_data data = {
        d->n, p, d->time, d->event, x, strstr(label, "strata") ? d->stratum : NULL};
    pf_cox_options o = {.breslow = strstr(label, "breslow") != NULL};
    assert_ok(&d->ctx, pf_cox_fit(&d->ctx, &data, &o, c));
    free(x);
}

static void every_model_is_the_one_of_r(void **state)
{
    (void)state;
    size_t models = 0;
    for (size_t s = 0; s < PF_COUNT(SETS); s++) {
        if (strcmp(SETS[s], "collinear") == 0) continue;
        dataset d = dataset_load(SETS[s]);
        size_t n;
        expectation *e = expected_load(SETS[s], &n);
        for (size_t i = 0; i < n; i++) {
            if (!is(&e[i], "cox")) continue;
            pf_cox c;
            fit_as(&d, e[i].label, &c);
            int silent = strcmp(SETS[s], "silent_arm") == 0;
            assert_int_equal(c.status, silent ? PF_COX_INFINITE : PF_COX_CONVERGED);
            check_model(&e[i], &c);
            for (size_t k = i + 1; k < n && is(&e[k], "cox_coef"); k++)
                check_coefficient(&e[k], &c);
            pf_cox_clear(&c);
            models++;
        }
        free(e);
        dataset_free(&d);
    }
    print_message("%zu models, largest relative deviation from R: %.2g\n", models, worst);
    assert_true(models > 40);
}

static void a_covariate_that_says_the_same_has_no_coefficient(void **state)
{
    (void)state;
    dataset d = dataset_load("collinear");
    size_t n;
    expectation *e = expected_load("collinear", &n);
    double *x = calloc(d.n, 2 * sizeof *x);
    for (size_t i = 0; i < d.n; i++) x[2 * i] = d.age[i], x[2 * i + 1] = d.marker[i];
    pf_cox_data data = {d.n, 2, d.time, d.event, x, NULL};
    pf_cox c;
    assert_ok(&d.ctx, pf_cox_fit(&d.ctx, &data, NULL, &c));
    assert_int_equal(c.status, PF_COX_CONVERGED);
    assert_int_equal(c.state[1], PF_COEF_ALIASED);
    assert_true(isnan(c.coef[1]) && isnan(c.se[1]));
    assert_int_equal(c.ratio_test.df, 1);
    for (size_t i = 0; i < n; i++)
        if (is(&e[i], "cox_coef") && e[i].v[0] == 0) check_coefficient(&e[i], &c);
    pf_cox_clear(&c);
    free(x);
    free(e);
    dataset_free(&d);
}

static void a_perfect_order_has_an_infinite_coefficient(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double time[] = {1, 2, 3, 4, 5, 6}, x[] = {6, 5, 4, 3, 2, 1};
    const unsigned char event[] = {1, 1, 1, 1, 1, 1};
    pf_cox_data data = {6, 1, time, event, x, NULL};
    pf_cox c;
    assert_ok(&ctx, pf_cox_fit(&ctx, &data, NULL, &c));
    assert_int_equal(c.status, PF_COX_INFINITE);
    assert_int_equal(c.state[0], PF_COEF_INFINITE);
    assert_true(c.coef[0] == INFINITY && isnan(c.se[0]) && isnan(c.wald_test.p));
    assert_close(c.loglik, 0, 0, 1e-8);
    pf_cox_clear(&c);
}

/* One event; those who left before it end up with a risk e^700 times that of everybody still
 * there. */
static void patients_who_left_do_not_drown_the_others(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double time[] = {9, 36, 18, 6, 27, 12, 9, 3};
    const unsigned char event[] = {1, 0, 0, 0, 0, 0, 0, 0};
    const double x[] = {0, 0.0058, 1, -0.0884, 1, -0.1527, 0, 0.2733, 0, -0.0407, 1, -0.2189, 0,
        0.003, 0, -0.177};
    pf_cox_data data = {8, 2, time, event, x, NULL};
    pf_cox c;
    assert_ok(&ctx, pf_cox_fit(&ctx, &data, NULL, &c));
    assert_int_equal(c.status, PF_COX_INFINITE);
    assert_close(c.loglik, 0, 0, 1e-8);
    assert_true(isnan(c.se[1]) && isinf(c.coef[1]));
    pf_cox_clear(&c);
}

/* The likelihood grows for ever along one direction that is no axis: both coefficients are
 * infinite, their combination is not. (R 4.2.2 gives one finite number and NA here.) */
static void a_slanting_way_to_infinity_is_found(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double time[] = {50, 50, 50, 50, 50};
    const unsigned char event[] = {1, 1, 0, 0, 0};
    const double x[] = {1, -1.09, 0, -1.03, 1, -0.28, 0, -0.07, 0, 0.81};
    pf_cox_data data = {5, 2, time, event, x, NULL};
    pf_cox_options o = {.breslow = 1};
    pf_cox c;
    assert_ok(&ctx, pf_cox_fit(&ctx, &data, &o, &c));
    assert_int_equal(c.status, PF_COX_INFINITE);
    assert_close(c.loglik, -2 * log(2), 1e-8, 0);
    assert_true(c.coef[0] == -INFINITY && c.coef[1] == -INFINITY);
    pf_cox_clear(&c);
}

static void units_and_distant_values_do_not_matter(void **state)
{
    (void)state;
    dataset d = dataset_load("ordinary");
    double *x = calloc(d.n, sizeof *x);
    pf_cox a, b;
    pf_cox_data data = {d.n, 1, d.time, d.event, d.age, NULL};
    assert_ok(&d.ctx, pf_cox_fit(&d.ctx, &data, NULL, &a));
    for (size_t i = 0; i < d.n; i++) x[i] = 1e6 + 1e-3 * d.age[i];
    data.x = x;
    assert_ok(&d.ctx, pf_cox_fit(&d.ctx, &data, NULL, &b));
    assert_close(1e-3 * b.coef[0], a.coef[0], 1e-6, 0);
    assert_close(b.z[0], a.z[0], 1e-6, 0);
    pf_cox_clear(&a);
    pf_cox_clear(&b);
    free(x);
    dataset_free(&d);
}

static void nothing_to_learn_is_told(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    const double time[] = {1, 2, 3, 4}, x[] = {0, 1, 0, 1}, same[] = {2, 2, 2, 2},
                 bad[] = {1, 2, NAN, 1};
    const unsigned char none[] = {0, 0, 0, 0}, event[] = {1, 1, 0, 1};
    pf_cox c;
    pf_cox_data data = {4, 1, time, none, x, NULL};
    assert_ok(&ctx, pf_cox_fit(&ctx, &data, NULL, &c));
    assert_int_equal(c.status, PF_COX_NO_EVENTS);
    assert_true(isnan(c.coef[0]) && isnan(c.ratio_test.p));
    pf_cox_clear(&c);
    data.event = event;
    data.x = same;
    assert_ok(&ctx, pf_cox_fit(&ctx, &data, NULL, &c));
    assert_int_equal(c.state[0], PF_COEF_ALIASED);
    pf_cox_clear(&c);
    data.x = bad;
    assert_int_equal(pf_cox_fit(&ctx, &data, NULL, &c), PF_ERR_NONFINITE);
    assert_contains(ctx.message, "row 3: covariate 1");
    pf_cox_clear(&c);
}

static void a_fit_cut_short_says_so(void **state)
{
    (void)state;
    dataset d = dataset_load("ordinary");
    pf_cox_data data = {d.n, 1, d.time, d.event, d.age, NULL};
    pf_cox_options o = {.most_iterations = 1};
    pf_cox c;
    assert_ok(&d.ctx, pf_cox_fit(&d.ctx, &data, &o, &c));
    assert_int_equal(c.status, PF_COX_NOT_CONVERGED);
    assert_contains(pf_cox_status_text(c.status), "ran out");
    pf_cox_clear(&c);
    dataset_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_model_is_the_one_of_r),
        cmocka_unit_test(a_covariate_that_says_the_same_has_no_coefficient),
        cmocka_unit_test(a_perfect_order_has_an_infinite_coefficient),
        cmocka_unit_test(patients_who_left_do_not_drown_the_others),
        cmocka_unit_test(a_slanting_way_to_infinity_is_found),
        cmocka_unit_test(units_and_distant_values_do_not_matter),
        cmocka_unit_test(nothing_to_learn_is_told),
        cmocka_unit_test(a_fit_cut_short_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
