/* Exact jumps against closed forms: moments, extinction, stationary laws, final sizes. */
#include "model_case.h"

enum { MOST = 40000 };

static struct {
    fixture f;
    size_t next, n, looks;
    double end;
    double x[MOST], early[MOST];
    pf_case_end bad;
    size_t number[MOST];
    uint64_t steps;
} r;
static pf_jumping jumps = PF_JUMPS_EXACT;

static int begin(void *payload, pf_case *c)
{
    (void)payload;
    if (r.next == r.n) return 0;
    size_t *number = &r.number[r.next];
    *number = r.next++;
    pf_case_span(c, 0, r.end);
    pf_case_identity(c, 7, 0, *number);
    pf_case_set_user(c, number);
    set_defaults(&r.f, c);
    for (size_t i = 1; i <= r.looks; i++)
        pf_case_look(c, r.end * (double)i / (double)r.looks, (uint32_t)(r.looks - i));
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    (void)payload;
    (void)t;
    if (!tag) r.x[*(size_t *)pf_case_user(c)] = out[0];
    if (tag == 1) r.early[*(size_t *)pf_case_user(c)] = out[0];
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    (void)payload;
    (void)c;
    r.steps += how->steps;
    if (how->status != PF_CASE_DONE) r.bad = *how;
}

static void simulate_with(
    const char *text, const char *name, size_t n, double duration, int lanes, size_t looks)
{
    memset(&r, 0, sizeof r);
    pf_engine_options o = {.rtol = 1e-6, .lanes = lanes, .jumps = jumps};
    pf_compile_options co = {.outputs = &name, .n_outputs = 1, .stochastic = 1};
    pf_ctx_init(&r.f.ctx);
    for (size_t i = 0; i < PF_COUNT(r.f.atol); i++) r.f.atol[i] = 1;
    o.atol = r.f.atol;
    r.n = n;
    r.end = duration;
    r.looks = looks;
    assert_ok(&r.f.ctx, pf_model_parse(&r.f.ctx, text, "test.ant", &r.f.model));
    assert_ok(&r.f.ctx, pf_model_compile(&r.f.ctx, r.f.model, &co, &r.f.program));
    assert_ok(&r.f.ctx, pf_engine_new(&r.f.ctx, r.f.program, &o, &r.f.engine));
    pf_source s = {.begin = begin, .look = look, .end = end};
    assert_ok(&r.f.ctx, pf_engine_run(&r.f.ctx, r.f.engine, &s));
    close_model(&r.f);
}

static void simulate(const char *text, const char *name, size_t n, double duration)
{
    simulate_with(text, name, n, duration, 0, 1);
}

static double mean(void)
{
    double sum = 0;
    for (size_t i = 0; i < r.n; i++) sum += r.x[i];
    return sum / (double)r.n;
}

static double variance(void)
{
    double m = mean(), sum = 0;
    for (size_t i = 0; i < r.n; i++) sum += (r.x[i] - m) * (r.x[i] - m);
    return sum / (double)(r.n - 1);
}

static double share(double value)
{
    double n = 0;
    for (size_t i = 0; i < r.n; i++) n += r.x[i] == value;
    return n / (double)r.n;
}

static const char *const BIRTH_DEATH = "model m()\n X = 5; b = 1; d = 1.2\n"
                                       " X -> 2 X; b*X\n X -> ; d*X\nend";

static void birth_and_death_have_kendalls_moments_and_extinction(void **unused)
{
    (void)unused;
    double b = 1, d = 1.2, t = 2, e = exp((b - d) * t), n = MOST;
    simulate(BIRTH_DEATH, "X", MOST, t);
    double m = 5 * e, v = 5 * (b + d) / (b - d) * e * (e - 1);
    double gone = pow(d * (e - 1) / (b * e - d), 5);
    assert_close(mean(), m, 0, 4 * sqrt(v / n));
    assert_close(variance(), v, 0.06, 0);
    assert_close(share(0), gone, 0, 4 * sqrt(gone * (1 - gone) / n));
}

static void immigration_and_death_become_poisson(void **unused)
{
    (void)unused;
    double n = 20000, lambda = 6;
    simulate("model m()\n X = 0\n -> X; 3\n X -> ; 0.5*X\nend", "X", 20000, 30);
    double p = exp(-lambda), chi = 0;
    for (int k = 0; k <= 14; k++) {
        chi += pow(share(k) * n - n * p, 2) / (n * p);
        p *= lambda / (k + 1);
    }
    assert_true(chi < 37.7); /* 0.999 quantile at 15 degrees of freedom */
}

/* P(final size) of a closed epidemic by recursion over the jump chain. */
static void final_sizes(int n, double ratio, double *p)
{
    static double at[40][40]; /* [susceptible][infected] */
    memset(at, 0, sizeof at);
    at[n][1] = 1;
    for (int s = n; s >= 0; s--)
        for (int i = n + 1 - s; i > 0; i--) {
            double infect = ratio * s / (ratio * s + n);
            if (s) at[s - 1][i + 1] += at[s][i] * infect;
            at[s][i - 1] += at[s][i] * (1 - infect);
        }
    for (int k = 0; k <= n; k++) p[k] = at[n - k][0];
}

static void final_sizes_of_an_epidemic_follow_the_recursion(void **unused)
{
    (void)unused;
    double p[21], chi = 0, n = 20000;
    simulate("model m()\n S = 20; I = 1; R = 0\n S + I -> 2 I; 1.8*S*I/20\n I -> R; I\nend",
        "R", 20000, 1000);
    final_sizes(20, 1.8, p);
    for (int k = 0; k <= 20; k++) chi += pow(share(k + 1) * n - n * p[k], 2) / (n * p[k]);
    assert_true(chi < 45.3); /* 0.999 quantile at 20 degrees of freedom */
}

static void lanes_and_looks_do_not_show(void **unused)
{
    (void)unused;
    static double first[500];
    simulate_with(BIRTH_DEATH, "X", 500, 3, 1, 1);
    memcpy(first, r.x, sizeof first);
    for (int lanes = 4; lanes <= 8; lanes += 4) {
        if (!pf_lanes_available(lanes)) continue;
        simulate_with(BIRTH_DEATH, "X", 500, 3, lanes, 17);
        assert_memory_equal(first, r.x, sizeof first);
    }
}

static void a_concentration_counts_in_whole_particles(void **unused)
{
    (void)unused;
    simulate("model m()\n compartment V = 10; species S in V = 0.7; k = 0.1\n"
             " S -> ; k*S*V\nend",
        "S", 4000, 3);
    for (size_t i = 0; i < r.n; i++) {
        double count = r.x[i] * 10;
        assert_close(count, nearbyint(count), 1e-14, 0);
        assert_true(count >= 0 && count <= 7);
    }
    double p = exp(-0.3);
    assert_close(mean(), 0.7 * p, 0, 4 * sqrt(0.07 * p * (1 - p) / 4000));
}

static void a_fraction_at_the_start_is_made_whole_without_bias(void **unused)
{
    (void)unused;
    simulate("model m()\n X = 2.3; k = 0\n X -> ; k*X\nend", "X", 20000, 1);
    assert_close(mean(), 2.3, 0, 4 * sqrt(0.21 / 20000));
    assert_close(share(2) + share(3), 1, 0, 0);
}

/* Immigration and death; at time 2 the count is set to 50; a clock runs along. */
static void an_event_at_a_time_and_a_clock_are_exact(void **unused)
{
    (void)unused;
    simulate("model m()\n X = 0; c = 0\n -> X; 3\n X -> ; 0.5*X\n c' = 2\n"
             " at (c >= 4): X = 50\nend",
        "X", 20000, 2.5);
    double p = exp(-0.25), m = 50 * p + 6 * (1 - p), v = 50 * p * (1 - p) + 6 * (1 - p);
    assert_close(mean(), m, 0, 4 * sqrt(v / 20000));
    assert_close(variance(), v, 0.06, 0);
    simulate(
        "model m()\n X = 0; c = 0\n -> X; 3\n c' = 2\n at (c >= 4): c = 1\nend", "c", 50, 2.25);
    for (size_t i = 0; i < r.n; i++) assert_close(r.x[i], 1.5, 1e-14, 0);
}

/* Births until there are 10, when the event takes all of them: the time of the tenth birth is a
 * gamma variable, and afterwards nothing is born. */
static void an_event_on_a_count_comes_with_the_jump(void **unused)
{
    (void)unused;
    simulate("model m()\n X = 0; k = 4\n -> X; k\n at (X >= 10): X = 0, k = 0\nend", "X", 20000,
        2.5);
    double below = 0, p = exp(-10.0);
    for (int i = 0; i < 10; i++, p *= 10.0 / i) below += p;
    double still = 1 - share(0);
    assert_close(still, below - exp(-10.0), 0, 4 * sqrt(below * (1 - below) / 20000));
    for (size_t i = 0; i < r.n; i++) assert_true(r.x[i] < 10);
}

static void leaps_keep_mean_and_variance(void **unused)
{
    (void)unused;
    double b = 1, d = 1.1, t = 2, e = exp((b - d) * t), n = 2000;
    double v = 20000 * (b + d) / (b - d) * e * (e - 1);
    jumps = PF_JUMPS_LEAP;
    simulate("model m()\n X = 20000; b = 1; d = 1.1\n X -> 2 X; b*X\n X -> ; d*X\nend", "X",
        2000, t);
    jumps = PF_JUMPS_EXACT;
    assert_close(mean(), 20000 * e, 0.001, 4 * sqrt(v / n));
    assert_close(variance(), v, 0.15, 0);
    for (size_t i = 0; i < r.n; i++) assert_true(r.x[i] == floor(r.x[i]));
}

/* 300 cells die out, and one by one at the end: leaps and exact firings in one run. */
static void leaps_end_in_exact_extinction(void **unused)
{
    (void)unused;
    double t = 6, e = exp(-t), p = pow(1.5 * (e - 1) / (0.5 * e - 1.5), 300), n = 10000;
    jumps = PF_JUMPS_LEAP;
    simulate("model m()\n X = 300\n X -> 2 X; 0.5*X\n X -> ; 1.5*X\nend", "X", 10000, t);
    jumps = PF_JUMPS_EXACT;
    assert_close(share(0), p, 0, 4 * sqrt(p * (1 - p) / n) + 0.01);
    for (size_t i = 0; i < r.n; i++) assert_true(r.x[i] >= 0);
}

static void leaps_have_the_same_bits_in_all_lanes(void **unused)
{
    (void)unused;
    static double first[300];
    const char *text = "model m()\n S = 3000; I = 5; R = 0\n S + I -> 2 I; 2*S*I/3000\n"
                       " I -> R; I\n at (time >= 4): I = I + 10.5\nend";
    jumps = PF_JUMPS_LEAP;
    simulate_with(text, "R", 300, 12, 1, 1);
    memcpy(first, r.x, sizeof first);
    for (int lanes = 4; lanes <= 8; lanes += 4) {
        if (!pf_lanes_available(lanes)) continue;
        simulate_with(text, "R", 300, 12, lanes, 1);
        assert_memory_equal(first, r.x, sizeof first);
    }
    jumps = PF_JUMPS_EXACT;
}

static void a_negative_rate_ends_the_run_and_is_named(void **unused)
{
    (void)unused;
    simulate("model m()\n X = 3\n -> X; 1\n X -> 2 X; 5 - X\nend", "X", 3, 100);
    assert_int_equal(r.bad.status, PF_CASE_BAD_RATE);
    assert_int_equal(r.bad.channel, 1);
    assert_close(r.bad.value, -1, 0, 0);
    assert_true(r.bad.t > 0 && r.bad.t < 100);
}

static void what_takes_more_than_there_is_ends_the_run(void **unused)
{
    (void)unused;
    simulate("model m()\n X = 3\n X -> ; 1\nend", "X", 3, 100);
    assert_int_equal(r.bad.status, PF_CASE_BELOW_ZERO);
    assert_int_equal(r.bad.channel, 0);
}

static void a_rate_that_reads_the_time_is_refused(void **unused)
{
    (void)unused;
    pf_engine_options o = {.rtol = 1e-6, .jumps = PF_JUMPS_EXACT};
    pf_compile_options co = {.stochastic = 1};
    fixture f = {0};
    pf_ctx_init(&f.ctx);
    f.atol[0] = 1;
    o.atol = f.atol;
    assert_ok(&f.ctx,
        pf_model_parse(&f.ctx, "model m()\n X = 3\n X -> ; X*time\nend", "m", &f.model));
    assert_ok(&f.ctx, pf_model_compile(&f.ctx, f.model, &co, &f.program));
    assert_int_equal(pf_engine_new(&f.ctx, f.program, &o, &f.engine), PF_ERR_MODEL);
    assert_contains(f.ctx.message, "reads the time");
    close_model(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(birth_and_death_have_kendalls_moments_and_extinction),
        cmocka_unit_test(immigration_and_death_become_poisson),
        cmocka_unit_test(final_sizes_of_an_epidemic_follow_the_recursion),
        cmocka_unit_test(lanes_and_looks_do_not_show),
        cmocka_unit_test(a_concentration_counts_in_whole_particles),
        cmocka_unit_test(a_fraction_at_the_start_is_made_whole_without_bias),
        cmocka_unit_test(an_event_at_a_time_and_a_clock_are_exact),
        cmocka_unit_test(an_event_on_a_count_comes_with_the_jump),
        cmocka_unit_test(leaps_keep_mean_and_variance),
        cmocka_unit_test(leaps_end_in_exact_extinction),
        cmocka_unit_test(leaps_have_the_same_bits_in_all_lanes),
        cmocka_unit_test(a_negative_rate_ends_the_run_and_is_named),
        cmocka_unit_test(what_takes_more_than_there_is_ends_the_run),
        cmocka_unit_test(a_rate_that_reads_the_time_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
