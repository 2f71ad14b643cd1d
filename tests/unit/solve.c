/* The lane engine against closed forms, published numbers, and itself in other widths. */
#include "model_case.h"

enum { SEEN = 2048 };

/* One case that is looked at on a grid, with room for special requests. */
typedef struct {
    fixture f;
    double end;
    int grid; /* looks at i * end / grid */
    int cases, begun;
    void (*prepare)(pf_case *c, int number);
    void (*on_look)(pf_case *c, double t, const double *out);
    double t[SEEN], x[SEEN], crossed;
    int n, failed;
    pf_case_end last;
} run;

static int begin(void *payload, pf_case *c)
{
    run *r = payload;
    if (r->begun == r->cases) return 0;
    set_defaults(&r->f, c);
    pf_case_span(c, 0, r->end);
    pf_case_identity(c, 1, 0, (uint64_t)r->begun);
    for (int i = 0; i <= r->grid; i++) pf_case_look(c, i * r->end / r->grid, 0);
    if (r->prepare) r->prepare(c, r->begun);
    r->begun++;
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    run *r = payload;
    (void)tag;
    if (r->n < SEEN) {
        r->t[r->n] = t;
        r->x[r->n++] = out[0];
    }
    if (r->on_look) r->on_look(c, t, out);
}

static void cross(void *payload, pf_case *c, size_t watch, double t)
{
    (void)watch;
    ((run *)payload)->crossed = t;
    pf_case_finish(c);
}

static void ended(void *payload, pf_case *c, const pf_case_end *how)
{
    run *r = payload;
    (void)c;
    r->last = *how;
    r->failed += how->status != PF_CASE_DONE;
}

static void go(run *r)
{
    pf_source s = {.payload = r, .begin = begin, .look = look, .cross = cross, .end = ended};
    if (!r->cases) r->cases = 1;
    assert_ok(&r->f.ctx, pf_engine_run(&r->f.ctx, r->f.engine, &s));
}

static const char *const X[] = {"x"};

static void decay_follows_the_exponential_on_the_dense_output(void **state)
{
    (void)state;
    run r = {.end = 5, .grid = 1000};
    open_model(&r.f, "model m\n x' = -k*x; x = 2; k = 0.7; end", X, 1, NULL);
    go(&r);
    assert_int_equal(r.n, 1001);
    for (int i = 0; i < r.n; i++) assert_close(r.x[i], 2 * exp(-0.7 * r.t[i]), 1e-6, 0);
    close_model(&r.f);
}

static double error_at(double rtol)
{
    run r = {.end = 3, .grid = 1};
    double atol[1] = {rtol * 1e-3};
    pf_engine_options o = {.rtol = rtol, .atol = atol};
    open_model(&r.f, "model m\n x' = x*cos(time); x = 1; end", X, 1, &o);
    go(&r);
    close_model(&r.f);
    return fabs(r.x[1] / exp(sin(3.0)) - 1);
}

static void time_dependent_equations_converge(void **state)
{
    (void)state;
    assert_true(error_at(1e-4) < 1e-3);
    assert_true(error_at(1e-7) < 1e-6);
    assert_true(error_at(1e-10) < 1e-9);
}

static void robertson_meets_its_published_values(void **state)
{
    (void)state;
    /* Hairer and Wanner's test set, t = 40: y1 = 0.7158270688, y2 = 9.185534765e-6 */
    run r = {.end = 40, .grid = 1};
    static const char *const names[] = {"a"};
    open_model(&r.f,
        "model m\n a' = -0.04*a + 1e4*b*c; b' = 0.04*a - 1e4*b*c - 3e7*b^2; c' = 3e7*b^2;\n"
        " a = 1; b = 0; c = 0; end",
        names, 1, NULL);
    go(&r);
    assert_close(r.x[1], 0.7158270688, 1e-6, 0);
    close_model(&r.f);
}

static const char TWO[] =
    "model m\n c' = -(0.3 + 0.5)*c + 0.2*p; p' = 0.5*c - 0.2*p; c = 0; p = 0;\n"
    " y := c; end";

/* Two compartments: k10 0.3, k12 0.5, k21 0.2; amount in the first after a unit bolus. */
static double bolus(double t)
{
    double sum = 1.0, product = 0.06, root = sqrt(sum * sum - 4 * product);
    double a = (sum + root) / 2, b = (sum - root) / 2;
    if (t < 0) return 0;
    return ((a - 0.2) * exp(-a * t) - (b - 0.2) * exp(-b * t)) / (a - b);
}

/* The same for an infusion of rate 1 that lasts `d`: the integral of the bolus. */
static double infusion(double t, double d)
{
    double sum = 1.0, product = 0.06, root = sqrt(sum * sum - 4 * product);
    double a = (sum + root) / 2, b = (sum - root) / 2, from = t > d ? t - d : 0;
    if (t < 0) return 0;
    double ia = (exp(-a * from) - exp(-a * t)) / a, ib = (exp(-b * from) - exp(-b * t)) / b;
    return ((a - 0.2) * ia - (b - 0.2) * ib) / (a - b);
}

static void dose_both(pf_case *c, int number)
{
    (void)number;
    pf_case_stop(c, (pf_stop){1, PF_STOP_ADD, 0, 3, 1});
    pf_case_stop(c, (pf_stop){2, PF_STOP_RATE, 0, 4, 2});
    pf_case_stop(c, (pf_stop){3.5, PF_STOP_RATE, 0, -4, 2});
}

static void bolus_and_infusion_follow_the_closed_form(void **state)
{
    (void)state;
    static const char *const out[] = {"y"};
    static const uint32_t input[] = {0};
    double atol[2] = {1e-10, 1e-10};
    pf_engine_options o = {.rtol = 1e-8, .atol = atol, .n_input = 1, .input = input};
    run r = {.end = 10, .grid = 100, .prepare = dose_both};
    open_model(&r.f, TWO, out, 1, &o);
    assert_int_equal(state_of(&r.f, "c"), 0);
    go(&r);
    for (int i = 0; i < r.n; i++)
        assert_close(r.x[i], 3 * bolus(r.t[i] - 1) + 4 * infusion(r.t[i] - 2, 1.5), 1e-6, 1e-9);
    close_model(&r.f);
}

static void overlap(pf_case *c, int number)
{
    (void)number;
    pf_case_stop(c, (pf_stop){1, PF_STOP_RATE, 0, 0.1, 1});
    pf_case_stop(c, (pf_stop){2, PF_STOP_RATE, 0, 0.2, 1});
    pf_case_stop(c, (pf_stop){3, PF_STOP_RATE, 0, -0.1, 1});
    pf_case_stop(c, (pf_stop){4, PF_STOP_RATE, 0, -0.2, 1});
}

static void nothing_flows_when_overlapping_infusions_have_ended(void **state)
{
    (void)state;
    static const uint32_t input[] = {0};
    double atol[1] = {1e-30};
    pf_engine_options o = {.rtol = 1e-6, .atol = atol, .n_input = 1, .input = input};
    run r = {.end = 300, .grid = 1, .prepare = overlap};
    open_model(&r.f, "model m\n x' = -x; x = 0; end", X, 1, &o);
    go(&r);
    assert_true(fabs(r.x[1]) < 1e-25);
    close_model(&r.f);
}

static void stops_at_zero(pf_case *c, int number)
{
    (void)number;
    pf_case_stop(c, (pf_stop){2, PF_STOP_SET, 0, 7, 1});
    pf_case_stop(c, (pf_stop){0, PF_STOP_ADD, 0, 1, 1});
    pf_case_stop(c, (pf_stop){2, PF_STOP_ADD, 0, 2, 1});
}

static void a_look_sees_what_stops_of_its_time_did_in_their_order(void **state)
{
    (void)state;
    run r = {.end = 2, .grid = 2, .prepare = stops_at_zero};
    open_model(&r.f, "model m\n x' = 0*x; x = 5; end", X, 1, NULL);
    go(&r);
    assert_close(r.x[0], 6, 0, 0);
    assert_close(r.x[1], 6, 0, 0);
    assert_close(r.x[2], 9, 0, 0);
    close_model(&r.f);
}

static void watch_at(pf_case *c, int number)
{
    (void)number;
    pf_case_watch(c, 0, 0.3);
}

static void a_crossing_is_found_where_it_happens(void **state)
{
    (void)state;
    static const uint32_t watch[] = {0};
    double atol[1] = {1e-10};
    pf_engine_options o = {.rtol = 1e-8, .atol = atol, .n_watch = 1, .watch = watch};
    run r = {.end = 9, .grid = 9, .prepare = watch_at};
    open_model(&r.f, "model m\n x' = 2*time; x = 0; end", X, 1, &o);
    go(&r);
    assert_close(r.crossed, sqrt(0.3), 1e-7, 0);
    assert_int_equal(r.n, 1);
    assert_close(r.last.t, sqrt(0.3), 1e-7, 0);
    close_model(&r.f);
}

static void turn_round(pf_case *c, double t, const double *out)
{
    (void)out;
    if (t == 1.0) pf_case_set(c, 0, 0.5);
}

static void a_look_that_changes_a_parameter_cuts_the_step(void **state)
{
    (void)state;
    run r = {.end = 3, .grid = 30, .on_look = turn_round};
    open_model(&r.f, "model m\n x' = k*x; x = 1; k = -1; end", X, 1, NULL);
    go(&r);
    for (int i = 0; i < r.n; i++) {
        double t = r.t[i], want = t <= 1 ? exp(-t) : exp(-1 + 0.5 * (t - 1));
        assert_close(r.x[i], want, 1e-6, 0);
    }
    close_model(&r.f);
}

static void set_rate(pf_case *c, int number)
{
    pf_case_set(c, 0, number == 2 ? 5 : 0.1 * (number + 1));
}

static void a_case_that_explodes_is_told_and_the_others_go_on(void **state)
{
    (void)state;
    run r = {.end = 1, .grid = 1, .cases = 5, .prepare = set_rate};
    open_model(&r.f, "model m\n x' = k*x^2; x = 1; k = 1; end", X, 1, NULL);
    go(&r);
    assert_int_equal(r.failed, 1);
    assert_int_equal(r.begun, 5);
    assert_int_equal(r.n, 9); /* five at 0, four at 1 */
    close_model(&r.f);
}

static void a_singular_pivot_is_solved_by_pivoting(void **state)
{
    (void)state;
    /* With a step of h, 1/(gamma h) equals the growth rate a: the first pivot is zero. */
    double h = 0.125, atol[2] = {1e-10, 1e-10};
    char text[200];
    snprintf(text, sizeof text,
        "model m\n x' = a*x - 40*y; y' = 40*x - 60*y; x = 1; y = 0; a = %.17g; end",
        1 / (0.21193756319429014 * h));
    pf_engine_options wide = {.rtol = 1e-3, .atol = atol, .max_step = h};
    double end[2];
    for (int i = 0; i < 2; i++) {
        run r = {.end = 1, .grid = 1};
        if (i) wide.rtol = 1e-9;
        open_model(&r.f, text, X, 1, &wide);
        go(&r);
        end[i] = r.x[1];
        close_model(&r.f);
    }
    assert_close(end[0], end[1], 1e-2, 1e-6);
}

/* ---- small populations ---- */

static const char BIRTH_DEATH[] =
    "model m\n N' = b*N - d*N + v; N = n0; b = 0.3; d = 0.5; v = 0; n0 = 5;\n"
    " //! small N below 100\n end";
static const char *const N[] = {"N"};

static double moment(run *r, int power)
{
    double sum = 0;
    int n = 0;
    for (int i = 0; i < r->n; i++)
        if (r->t[i] == r->end) {
            sum += pow(r->x[i], power);
            n++;
        }
    return sum / n;
}

static void small_populations_have_the_law_of_birth_and_death(void **state)
{
    (void)state;
    run r = {.end = 2, .grid = 1, .cases = 1000};
    open_model(&r.f, BIRTH_DEATH, N, 1, NULL);
    go(&r);
    double e = exp(-0.2 * 2), mean = 5 * e, alpha = 0.5 * (e - 1) / (0.3 * e - 0.5);
    double variance = 5 * (0.8 / -0.2) * e * (e - 1);
    assert_close(moment(&r, 1), mean, 0, 5 * sqrt(variance / 1000));
    assert_close(moment(&r, 2), variance + mean * mean, 0.25, 0);
    double extinct = 0;
    for (int i = 0; i < r.n; i++) extinct += r.t[i] == 2 && r.x[i] == 0;
    double p = pow(alpha, 5);
    assert_close(extinct / 1000, p, 0, 5 * sqrt(p * (1 - p) / 1000));
    for (int i = 0; i < r.n; i++) assert_close(r.x[i], floor(r.x[i]), 0, 0);
    close_model(&r.f);
}

static void arrivals_keep_a_small_population_alive(void **state)
{
    (void)state;
    /* b = 0: in the long run Poisson with mean v / d = 6 */
    run r = {.end = 30, .grid = 1, .cases = 1000};
    open_model(&r.f,
        "model m\n N' = v - d*N; N = 0; d = 0.5; v = 3;\n //! small N below 100\n end", N, 1,
        NULL);
    go(&r);
    double mean = moment(&r, 1), variance = moment(&r, 2) - mean * mean;
    assert_close(mean, 6, 0, 5 * sqrt(6.0 / 1000));
    assert_close(variance, 6, 0.25, 0);
    close_model(&r.f);
}

static void start_high(pf_case *c, int number)
{
    (void)number;
    pf_case_initial(c, 0, 1e6);
}

static void a_falling_population_dies_out_instead_of_growing_back(void **state)
{
    (void)state;
    run r = {.end = 200, .grid = 1, .prepare = start_high};
    open_model(&r.f, BIRTH_DEATH, N, 1, NULL);
    go(&r);
    assert_true(r.x[0] == 1e6 && r.x[1] == 0);
    close_model(&r.f);
}

static void nudge(pf_case *c, double t, const double *out)
{
    (void)out;
    if (t > 0) pf_case_set(c, 0, 0.3); /* the same value: only the step is cut */
}

static void cut_steps_keep_counts_whole(void **state)
{
    (void)state;
    run r = {.end = 6.3, .grid = 37, .cases = 50, .on_look = nudge};
    open_model(&r.f,
        "model m\n N' = b*N - d*N; N = 57; b = 0.3; d = 0.31;\n //! small N below 100\n end", N,
        1, NULL);
    go(&r);
    for (int i = 0; i < r.n; i++) assert_close(r.x[i], floor(r.x[i]), 0, 0);
    close_model(&r.f);
}

static void dose_a_fraction(pf_case *c, int number)
{
    (void)number;
    pf_case_stop(c, (pf_stop){0.5, PF_STOP_ADD, 0, 3.5, 1});
}

static void a_dose_of_a_fraction_keeps_its_mean_and_counts_whole(void **state)
{
    (void)state;
    run r = {.end = 1, .grid = 2, .cases = 600, .prepare = dose_a_fraction};
    open_model(&r.f, "model m\n N' = -d*N; N = 0; d = 1e-9;\n //! small N below 100\n end", N,
        1, NULL);
    go(&r);
    for (int i = 0; i < r.n; i++) assert_close(r.x[i], floor(r.x[i]), 0, 0);
    assert_close(moment(&r, 1), 3.5, 0, 5 * 0.5 / sqrt(600));
    close_model(&r.f);
}

static void infuse_few(pf_case *c, int number)
{
    (void)number;
    pf_case_stop(c, (pf_stop){1, PF_STOP_RATE, 0, 20, 1});
    pf_case_stop(c, (pf_stop){3, PF_STOP_RATE, 0, -20, 1});
}

static void an_infusion_reaches_a_small_population(void **state)
{
    (void)state;
    static const uint32_t input[] = {0};
    double atol[1] = {1e-6};
    pf_engine_options o = {.rtol = 1e-6, .atol = atol, .n_input = 1, .input = input};
    run r = {.end = 4, .grid = 1, .cases = 500, .prepare = infuse_few};
    open_model(
        &r.f, "model m\n N' = -d*N; N = 0; d = 1e-9;\n //! small N below 100\n end", N, 1, &o);
    go(&r);
    assert_close(moment(&r, 1), 40, 0, 5 * sqrt(40.0 / 500)); /* Poisson */
    close_model(&r.f);
}

static void rare_arrivals_do_not_explode_in_a_long_step(void **state)
{
    (void)state;
    /* Logistic growth to 1e6 after a first arrival; nothing else limits the step before it. */
    run r = {.end = 4000, .grid = 4, .cases = 40};
    double atol[1] = {1};
    pf_engine_options o = {.rtol = 1e-4, .atol = atol};
    open_model(&r.f,
        "model m\n N' = b*N - b*N*N/1e6 + v; N = 0; b = 1; v = 1e-3;\n"
        " //! small N below 100\n end",
        N, 1, &o);
    go(&r);
    assert_int_equal(r.failed, 0);
    for (int i = 0; i < r.n; i++) assert_true(r.x[i] < 1.01e6);
    close_model(&r.f);
}

/* ---- lanes ---- */

static void vary(pf_case *c, int number)
{
    pf_case_set(c, 1, 0.2 + 0.05 * (number % 13));
    pf_case_initial(c, 0, number % 3 ? 500.0 : 40.0 + number);
    pf_case_stop(c, (pf_stop){1 + 0.1 * (number % 7), PF_STOP_ADD, 0, 50, 1});
}

static void collect(run *r, int lanes, int from, int cases)
{
    double atol[1] = {1e-6};
    pf_engine_options o = {.lanes = lanes, .rtol = 1e-5, .atol = atol};
    memset(r, 0, sizeof *r);
    r->end = 8;
    r->grid = 20;
    r->cases = cases;
    r->begun = from;
    r->prepare = vary;
    open_model(&r->f, BIRTH_DEATH, N, 1, &o);
    go(r);
    close_model(&r->f);
}

/* Values of all cases in an order that does not depend on lanes: sums by time are not enough,
 * so sort. */
static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void every_width_gives_the_same_bits(void **state)
{
    (void)state;
    static run one, wide;
    collect(&one, 1, 0, 40);
    qsort(one.x, (size_t)one.n, sizeof(double), by_value);
    for (int lanes = 4; lanes <= 8; lanes += 4) {
        if (!pf_lanes_available(lanes)) continue;
        collect(&wide, lanes, 0, 40);
        qsort(wide.x, (size_t)wide.n, sizeof(double), by_value);
        assert_int_equal(one.n, wide.n);
        assert_memory_equal(one.x, wide.x, (size_t)one.n * sizeof(double));
    }
}

static void a_case_does_not_depend_on_its_neighbours(void **state)
{
    (void)state;
    static run all, alone;
    collect(&all, 1, 0, 10);
    for (int k = 0; k < 10; k++) {
        collect(&alone, 0, k, k + 1);
        assert_memory_equal(alone.x, all.x + 21 * k, 21 * sizeof(double));
    }
}

static void nonsense_options_are_refused(void **state)
{
    (void)state;
    fixture f;
    open_model(&f, "model m\n x' = -x; x = 1; end", X, 1, NULL);
    pf_engine *e;
    double bad[1] = {0};
    pf_engine_options o = {.rtol = 1e-6, .atol = bad};
    assert_int_equal(pf_engine_new(&f.ctx, f.program, &o, &e), PF_ERR_RANGE);
    assert_contains(f.ctx.message, "absolute tolerance");
    pf_ctx_reset(&f.ctx);
    o = (pf_engine_options){.rtol = 1e-6, .atol = f.atol, .lanes = 3};
    assert_int_equal(pf_engine_new(&f.ctx, f.program, &o, &e), PF_ERR_RANGE);
    close_model(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decay_follows_the_exponential_on_the_dense_output),
        cmocka_unit_test(time_dependent_equations_converge),
        cmocka_unit_test(robertson_meets_its_published_values),
        cmocka_unit_test(bolus_and_infusion_follow_the_closed_form),
        cmocka_unit_test(nothing_flows_when_overlapping_infusions_have_ended),
        cmocka_unit_test(a_look_sees_what_stops_of_its_time_did_in_their_order),
        cmocka_unit_test(a_crossing_is_found_where_it_happens),
        cmocka_unit_test(a_look_that_changes_a_parameter_cuts_the_step),
        cmocka_unit_test(a_case_that_explodes_is_told_and_the_others_go_on),
        cmocka_unit_test(a_singular_pivot_is_solved_by_pivoting),
        cmocka_unit_test(small_populations_have_the_law_of_birth_and_death),
        cmocka_unit_test(arrivals_keep_a_small_population_alive),
        cmocka_unit_test(a_falling_population_dies_out_instead_of_growing_back),
        cmocka_unit_test(cut_steps_keep_counts_whole),
        cmocka_unit_test(a_dose_of_a_fraction_keeps_its_mean_and_counts_whole),
        cmocka_unit_test(an_infusion_reaches_a_small_population),
        cmocka_unit_test(rare_arrivals_do_not_explode_in_a_long_step),
        cmocka_unit_test(every_width_gives_the_same_bits),
        cmocka_unit_test(a_case_does_not_depend_on_its_neighbours),
        cmocka_unit_test(nonsense_options_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
