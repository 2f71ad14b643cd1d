/* Reactions of few in a model of many, against closed forms and against exact jumps of all. */
#include "model_case.h"

#include <stdio.h>

enum { MOST = 8000 };

static struct {
    fixture f;
    size_t next, n;
    double end;
    double x[MOST], y[MOST];
    uint64_t steps;
    pf_case_end bad;
    size_t number[MOST];
} r;

static int begin(void *payload, pf_case *c)
{
    (void)payload;
    if (r.next == r.n) return 0;
    size_t *number = &r.number[r.next];
    *number = r.next++;
    pf_case_span(c, 0, r.end);
    pf_case_identity(c, 5, 0, *number);
    pf_case_set_user(c, number);
    set_defaults(&r.f, c);
    pf_case_look(c, r.end, 0);
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    (void)payload, (void)t, (void)tag;
    r.x[*(size_t *)pf_case_user(c)] = out[0];
    r.y[*(size_t *)pf_case_user(c)] = out[1];
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    (void)payload, (void)c;
    if (how->status != PF_CASE_DONE) r.bad = *how;
    r.steps += how->steps;
}

/* n cases of `text` to `duration`; x and y are the two names at the end. */
static void run(const char *text, const char *x, const char *y, size_t n, double duration,
    const pf_engine_options *options, int stochastic)
{
    const char *names[2] = {x, y};
    pf_engine_options o = options ? *options : (pf_engine_options){.rtol = 1e-6};
    pf_compile_options co = {.outputs = names, .n_outputs = 2, .stochastic = stochastic};
    memset(&r, 0, sizeof r);
    pf_ctx_init(&r.f.ctx);
    for (size_t i = 0; i < PF_COUNT(r.f.atol); i++) r.f.atol[i] = 1e-9;
    o.atol = r.f.atol;
    if (stochastic) o.jumps = PF_JUMPS_EXACT;
    r.n = n;
    r.end = duration;
    assert_ok(&r.f.ctx, pf_model_parse(&r.f.ctx, text, "test.ant", &r.f.model));
    assert_ok(&r.f.ctx, pf_model_compile(&r.f.ctx, r.f.model, &co, &r.f.program));
    assert_ok(&r.f.ctx, pf_engine_new(&r.f.ctx, r.f.program, &o, &r.f.engine));
    pf_source s = {.begin = begin, .look = look, .end = end};
    assert_ok(&r.f.ctx, pf_engine_run(&r.f.ctx, r.f.engine, &s));
    close_model(&r.f);
}

static void simulate(const char *text, const char *x, const char *y, size_t n, double duration)
{
    run(text, x, y, n, duration, NULL, 0);
    assert_int_equal(r.bad.status, PF_CASE_DONE);
}

static double mean(const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < r.n; i++) sum += x[i];
    return sum / (double)r.n;
}

static double variance(const double *x)
{
    double m = mean(x), sum = 0;
    for (size_t i = 0; i < r.n; i++) sum += (x[i] - m) * (x[i] - m);
    return sum / (double)(r.n - 1);
}

static double share(const double *x, double value)
{
    double n = 0;
    for (size_t i = 0; i < r.n; i++) n += x[i] == value;
    return n / (double)r.n;
}

static void births_and_deaths_have_kendalls_moments_and_extinction(void **unused)
{
    (void)unused;
    double b = 1, d = 1.2, t = 2, e = exp((b - d) * t), n = MOST;
    simulate("model m()\n X = 5; b = 1; d = 1.2\n X -> 2 X; b*X\n X -> ; d*X\n"
             "//! discrete X\nend",
        "X", "X", MOST, t);
    double v = 5 * (b + d) / (b - d) * e * (e - 1), p = pow(d * (e - 1) / (b * e - d), 5);
    assert_close(mean(r.x), 5 * e, 0, 4 * sqrt(v / n));
    assert_close(variance(r.x), v, 0.06, 0);
    assert_close(share(r.x, 0), p, 0, 4 * sqrt(p * (1 - p) / n));
}

/* Each of three cells dies at the rate of a drug that decays: the hazard varies within steps.
 */
static void a_hazard_that_varies_is_integrated(void **unused)
{
    (void)unused;
    simulate("model m()\n X = 3; D = 2\n D' = -1.5*D\n X -> ; D*X\n//! discrete X\nend", "X",
        "D", MOST, 1);
    double p = exp(-2 * (1 - exp(-1.5)) / 1.5), n = MOST;
    assert_close(mean(r.x), 3 * p, 0, 4 * sqrt(3 * p * (1 - p) / n));
    assert_close(share(r.x, 3), p * p * p, 0, 4 * sqrt(p * p * p / n));
    assert_close(r.y[0], 2 * exp(-1.5), 1e-6, 0);
}

static void immigration_and_death_become_poisson(void **unused)
{
    (void)unused;
    double n = 5000, lambda = 6, p = exp(-6.0), chi = 0;
    simulate(
        "model m()\n X = 0\n -> X; 3\n X -> ; 0.5*X\n//! discrete X\nend", "X", "X", 5000, 20);
    for (int k = 0; k <= 14; k++) {
        chi += pow(share(r.x, k) * n - n * p, 2) / (n * p);
        p *= lambda / (k + 1);
    }
    assert_true(chi < 37.7); /* 0.999 quantile at 15 degrees of freedom */
}

/* 2,000 cells at 1,000 events per unit of time: leaps. */
static void leaps_keep_mean_and_variance(void **unused)
{
    (void)unused;
    double n = 500;
    simulate("model m()\n X = 2000\n -> X; 1000\n X -> ; 0.5*X\n//! discrete X\nend", "X", "X",
        500, 6);
    assert_close(mean(r.x), 2000, 0, 4 * sqrt(2000 / n));
    /* the law of the survivors of the start and of the arrivals: 1 - exp(-6) of Poisson */
    assert_close(variance(r.x), 2000 * (1 - exp(-6)), 0, 4 * 2000 * sqrt(2 / n));
    assert_true((double)r.steps / n < 600); /* 12,000 events each */
    for (size_t i = 0; i < r.n; i++) assert_true(r.x[i] == floor(r.x[i]));
}

static const char *const EPIDEMIC =
    "model m()\n S = %s; I = %s; R = 0; N = %s; b = 1.8\n total := S + I + R\n"
    " S + I -> 2 I; b*S*I/N\n I -> R; I\n//! discrete S\n//! discrete I\n//! discrete R\nend";

static void jumps_between_discrete_states_conserve(void **unused)
{
    (void)unused;
    char text[400];
    snprintf(text, sizeof text, EPIDEMIC, "100000", "50", "100050");
    simulate(text, "total", "R", 100, 30);
    for (size_t i = 0; i < r.n; i++) {
        assert_true(r.x[i] == 100050);
        assert_true(r.y[i] == floor(r.y[i]) && r.y[i] >= 0);
    }
    /* the final size of a large epidemic: z = 1 - exp(-1.8 z) */
    double z = 0.7;
    for (int i = 0; i < 200; i++) z = 1 - exp(-1.8 * z);
    assert_close(mean(r.y), z * 100000, 0.01, 0);
}

static void small_epidemics_end_like_exact_ones(void **unused)
{
    (void)unused;
    static double at[40][40];
    char text[400];
    double chi = 0, n = 6000;
    snprintf(text, sizeof text, EPIDEMIC, "20", "1", "20");
    simulate(text, "R", "S", 6000, 100);
    memset(at, 0, sizeof at);
    at[20][1] = 1;
    for (int s = 20; s >= 0; s--)
        for (int i = 21 - s; i > 0; i--) {
            double infect = 1.8 * s / (1.8 * s + 20);
            if (s) at[s - 1][i + 1] += at[s][i] * infect;
            at[s][i - 1] += at[s][i] * (1 - infect);
        }
    for (int k = 0; k <= 20; k++)
        chi += pow(share(r.x, k + 1) * n - n * at[20 - k][0], 2) / (n * at[20 - k][0]);
    assert_true(chi < 45.3); /* 0.999 quantile at 20 degrees of freedom */
}

/* A tumour shrinks from 10,000 cells by its equation, and below 100 cell by cell. */
static const char *const SHRINKS = "model m()\n X = 10000; b = 1; d = 2\n"
                                   " X -> 2 X; b*X\n X -> ; d*X\n//! small X below 100\nend";

static void handing_over_does_not_bias(void **unused)
{
    (void)unused;
    double n = 3000, t = 7, s = t - log(100.0), e = exp(-s); /* s: after it had 100 */
    simulate(SHRINKS, "X", "X", 3000, t);
    double v = 100 * 3 / -1.0 * e * (e - 1), gone = pow(2 * (e - 1) / (e - 2), 100);
    assert_close(mean(r.x), 10000 * exp(-t), 0, 4 * sqrt(v / n));
    assert_close(share(r.x, 0), gone, 0, 4 * sqrt(gone * (1 - gone) / n) + 0.004);
    simulate(SHRINKS, "X", "X", 200, 3);
    assert_close(mean(r.x), 10000 * exp(-3), 1e-5, 0); /* still in the equations */
    assert_close(variance(r.x), 0, 0, 1e-9);
}

static void what_grows_returns_to_the_equations(void **unused)
{
    (void)unused;
    double n = 1500, e = exp(4.0);
    simulate("model m()\n X = 20; b = 2; d = 1\n X -> 2 X; b*X\n X -> ; d*X\n"
             "//! small X below 100\nend",
        "X", "X", 1500, 4);
    /* variance comes from the time when it was small: at most that of the whole process */
    double v = 20 * 3 * e * (e - 1);
    assert_close(mean(r.x), 20 * e, 0, 4 * sqrt(v / n));
    assert_true(variance(r.x) > 0.85 * v && variance(r.x) < 1.1 * v);
    assert_close(share(r.x, 0), pow((e - 1) / (2 * e - 1), 20), 0, 0.002);
}

static void what_is_extinct_stays_so_and_costs_nothing(void **unused)
{
    (void)unused;
    simulate("model m()\n X = 0; Y = 1\n X -> 2 X; 50*X\n X -> ; 1e6*X\n Y' = -0.1*Y\n"
             "//! discrete X\nend",
        "X", "Y", 1, 1000);
    assert_true(r.x[0] == 0);
    assert_true(r.steps < 200);
}

static void deterministic_runs_stay_in_the_equations(void **unused)
{
    (void)unused;
    pf_engine_options o = {.rtol = 1e-8, .deterministic = 1};
    run(SHRINKS, "X", "X", 1, 12, &o, 0);
    assert_close(r.x[0], 10000 * exp(-12), 1e-5, 0);
}

static const char *const COMPETITION =
    "model m()\n T = 60; E = 40; s = 2; k = 0.02; g = 0.4; c = 4; d = 1\n"
    " c' = 2 - 0.5*c\n"
    " T -> 2 T; g*T\n T + E -> E; k*T*E\n E -> 2 E; 0.2*c*E\n E -> ; d*E\n -> E; s\n%s\nend";

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Largest distance between the distribution functions of two samples. */
static double distance(double *a, double *b, size_t n)
{
    double most = 0;
    size_t j = 0;
    qsort(a, n, sizeof *a, ascending);
    qsort(b, n, sizeof *b, ascending);
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && a[i + 1] == a[i]) continue;
        while (j < n && b[j] <= a[i]) j++;
        most = fmax(most, fabs((double)(i + 1) - (double)j) / (double)n);
    }
    return most;
}

/* Tumour and effector cells, few of both: c stands still at 4, so that exact jumps know it. */
static void hybrid_and_exact_jumps_have_the_same_law(void **unused)
{
    (void)unused;
    enum { N = 3000 };
    static double tumour[N], effector[N];
    char text[500];
    snprintf(text, sizeof text, COMPETITION, "//! small T below 1000\n//! small E below 1000");
    simulate(text, "T", "E", N, 3);
    memcpy(tumour, r.x, sizeof tumour);
    memcpy(effector, r.y, sizeof effector);
    snprintf(text, sizeof text, COMPETITION, "");
    char *moves = strstr(text, " c' = 2 - 0.5*c\n");
    memset(moves, ' ', strlen(" c' = 2 - 0.5*c"));
    run(text, "T", "E", N, 3, NULL, 1);
    double limit = 1.95 * sqrt(2.0 / N); /* the 0.999 quantile */
    assert_true(distance(tumour, r.x, N) < limit);
    assert_true(distance(effector, r.y, N) < limit);
}

static void lanes_do_not_show(void **unused)
{
    (void)unused;
    static double tumour[400], effector[400];
    char text[500];
    snprintf(text, sizeof text, COMPETITION, "//! small T below 50\n//! discrete E");
    pf_engine_options o = {.rtol = 1e-6, .lanes = 1};
    run(text, "T", "E", 400, 5, &o, 0);
    memcpy(tumour, r.x, sizeof tumour);
    memcpy(effector, r.y, sizeof effector);
    for (o.lanes = 4; o.lanes <= 8; o.lanes += 4) {
        if (!pf_lanes_available(o.lanes)) continue;
        run(text, "T", "E", 400, 5, &o, 0);
        assert_memory_equal(tumour, r.x, sizeof tumour);
        assert_memory_equal(effector, r.y, sizeof effector);
    }
}

/* One population by its rate, one by reactions. */
static void both_kinds_of_small_numbers_live_together(void **unused)
{
    (void)unused;
    double n = 5000, b = 1, d = 1.2, e = exp((b - d) * 2);
    simulate("model m()\n X = 5; Y = 5; b = 1; d = 1.2\n X -> 2 X; b*X\n X -> ; d*X\n"
             " Y' = b*Y - d*Y\n//! discrete X\n//! small Y below 100\nend",
        "X", "Y", 5000, 2);
    double p = pow(d * (e - 1) / (b * e - d), 5);
    assert_close(share(r.x, 0), p, 0, 4 * sqrt(p * (1 - p) / n));
    assert_close(share(r.y, 0), p, 0, 4 * sqrt(p * (1 - p) / n));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(births_and_deaths_have_kendalls_moments_and_extinction),
        cmocka_unit_test(a_hazard_that_varies_is_integrated),
        cmocka_unit_test(immigration_and_death_become_poisson),
        cmocka_unit_test(leaps_keep_mean_and_variance),
        cmocka_unit_test(jumps_between_discrete_states_conserve),
        cmocka_unit_test(small_epidemics_end_like_exact_ones),
        cmocka_unit_test(handing_over_does_not_bias),
        cmocka_unit_test(what_grows_returns_to_the_equations),
        cmocka_unit_test(what_is_extinct_stays_so_and_costs_nothing),
        cmocka_unit_test(deterministic_runs_stay_in_the_equations),
        cmocka_unit_test(hybrid_and_exact_jumps_have_the_same_law),
        cmocka_unit_test(lanes_do_not_show),
        cmocka_unit_test(both_kinds_of_small_numbers_live_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
