/* CAR-T cells killing glioma cells in a well, measured as cell index
 * (evidence/data/carrgo_pbt1.csv): the core's killing law with one set of values for three
 * ratios, against CARRGO with a set for each (Brummer 2022, fit_parameters.csv). Row V20.1 of
 * evidence/outcomes.csv. */
#include "input/table.h"
#include "published_case.h"

enum { ROWS = 600 };

typedef struct {
    const char *column;
    size_t rows;                   /* fitted by the paper, from the first on */
    double cells, carrgo[5], rmse; /* E at the start; rho, 1/K, k1, k2, theta; as published */
} well;

/* The rmse are those of the published fits over their own windows (SciPy). */
static const well wells[] = {
    {"et_1_4", 340, 0.25, {0.302972074, 0.32303399, 0.556784512, 0.02420882, 8.6e-14},
        0.031570},
    {"et_1_8", 552, 0.125, {0.230303627, 0.558779003, 0.399998831, 0.046346801, 0.023015543},
        0.031927},
    {"et_1_20", 552, 0.05, {0.158646737, 0.735855735, 0.063431384, 0.085333041, 0.091327037},
        0.047558}};

typedef struct {
    double hour[ROWS], day[ROWS], index[ROWS];
} course;

static void read_course(const well *w, course *c)
{
    pf_ctx ctx;
    pf_table *t;
    size_t time, column;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_table_read(&ctx, PF_SOURCE_DIR "/evidence/data/carrgo_pbt1.csv", &t));
    assert_ok(&ctx, pf_table_find(&ctx, t, "time_h", &time));
    assert_ok(&ctx, pf_table_find(&ctx, t, w->column, &column));
    assert_int_equal(pf_table_rows(t), 552);
    for (size_t i = 0; i < w->rows; i++) {
        assert_ok(&ctx, pf_table_number(&ctx, t, i, time, &c->hour[i]));
        assert_ok(&ctx, pf_table_number(&ctx, t, i, column, &c->index[i]));
    }
    for (size_t i = w->rows; i-- > 0;) {
        c->hour[i] -= c->hour[0];
        c->day[i] = c->hour[i] / 24;
    }
    pf_table_free(t);
}

/* Root mean square of what the model says less what was measured. */
static double rmse(run_plan *p, const course *c)
{
    run_result r;
    double sum = 0;
    run(&r, p, 1e-8, 1e-10);
    for (size_t i = 0; i <= p->steps; i++) {
        double d = run_at(&r, i, 0) - c->index[i];
        sum += d * d;
    }
    run_close(&r);
    return sqrt(sum / (double)(p->steps + 1));
}

static double carrgo_rmse(const well *w)
{
    static const char *const names[] = {"rho", "K_inv", "kappa_1", "kappa_2", "theta"};
    course c;
    read_course(w, &c);
    run_plan p = {.model = "sahoo-2020", .times = c.hour, .want = 1, .out = {"X"}};
    p.steps = w->rows - 1;
    p.end = c.hour[p.steps];
    for (size_t i = 0; i < PF_COUNT(names); i++)
        p.set[p.n_set++] = (change){0, names[i], w->carrgo[i]};
    p.set[p.n_set++] = (change){0, "X0", c.index[0]};
    p.dose[p.n_dose++] = (change){0, "Y", w->cells - 0.125}; /* the model starts with 0.125 */
    return rmse(&p, &c);
}

static double core_rmse(const well *w)
{
    course c;
    read_course(w, &c);
    run_plan p = {.model = "killing-assay",
        .folder = "small",
        .times = c.day,
        .want = 1,
        .out = {"index"},
        .n_set = 2,
        .set = {{0, "T0", 1e4 * c.index[0]}, {0, "E0", 1e4 * w->cells}}};
    p.steps = w->rows - 1;
    p.end = c.day[p.steps];
    return rmse(&p, &c);
}

static void the_published_model_comes_back_on_its_own_data(void **state)
{
    (void)state;
    for (size_t i = 0; i < PF_COUNT(wells); i++)
        assert_close(carrgo_rmse(&wells[i]), wells[i].rmse, 0.01, 0);
}

static void one_set_of_values_follows_all_three_ratios(void **state)
{
    (void)state;
    for (size_t i = 0; i < PF_COUNT(wells); i++) {
        double x = core_rmse(&wells[i]);
        print_message("V20.1 %s: rmse %.4f, published model %.4f, ratio %.2f (at most 1.5)\n",
            wells[i].column, x, wells[i].rmse, x / wells[i].rmse);
        assert_true(x <= 1.5 * wells[i].rmse);
    }
}

/* Without effectors the layer is logistic: closed form. */
static void tumour_cells_alone_grow_logistically(void **state)
{
    run_plan p = {.model = "killing-assay",
        .folder = "small",
        .end = 3,
        .steps = 30,
        .want = 1,
        .out = {"T"},
        .n_set = 1,
        .set = {{0, "E0", 0}}};
    run_result r;
    (void)state;
    run(&r, &p, 1e-9, 1e-10);
    for (size_t i = 0; i <= p.steps; i++) {
        double T = 12088 / (1 + (12088 / 5000.0 - 1) * exp(-6.716 * run_time(&r, i)));
        assert_close(run_at(&r, i, 0), T, 1e-7, 0);
    }
    run_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_model_comes_back_on_its_own_data),
        cmocka_unit_test(one_set_of_values_follows_all_three_ratios),
        cmocka_unit_test(tumour_cells_alone_grow_logistically),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
