/* Virtual people: laws, truncation, correlations, conditions, identity. */
#include "ct.h"
#include "patient/population.h"

#include <string.h>

enum { PEOPLE = 20000 };

static pf_variable variable(
    const char *name, pf_distribution kind, double centre, double spread)
{
    return (pf_variable){.name = name,
        .kind = kind,
        .centre = centre,
        .spread = spread,
        .low = -INFINITY,
        .high = INFINITY,
        .unit = "1"};
}

static pf_population people(pf_variable *v, size_t n)
{
    return (pf_population){.name = "people", .n_variable = n, .variable = v};
}

static pf_identity person(uint64_t i)
{
    return (pf_identity){.seed = 7, .purpose = PF_DRAW_POPULATION, .patient = i};
}

/* Mean, sd and share below `cut` of one variable over many people. */
static void sample(pf_population *p, size_t which, double cut, double out[3])
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_population_prepare(&ctx, p, NULL, 0));
    double s = 0, s2 = 0, below = 0, x[16];
    for (uint64_t i = 0; i < PEOPLE; i++) {
        pf_identity who = person(i);
        assert_ok(&ctx, pf_population_draw(&ctx, p, &who, NULL, x));
        s += x[which];
        s2 += x[which] * x[which];
        below += x[which] < cut;
    }
    out[0] = s / PEOPLE;
    out[1] = sqrt(s2 / PEOPLE - out[0] * out[0]);
    out[2] = below / PEOPLE;
    pf_population_release(p);
}

static void open_laws_have_their_moments(void **state)
{
    (void)state;
    /* mean and sd in closed form; 2 % is about five standard errors */
    struct {
        pf_variable v;
        double mean, sd;
    } row[] = {
        {variable("n", PF_DIST_NORMAL, 60, 10), 60, 10},
        {variable("l", PF_DIST_LOGNORMAL, 2, 0.5), 2 * exp(0.125),
            2 * exp(0.125) * sqrt(exp(0.25) - 1)},
        {variable("u", PF_DIST_UNIFORM, 0, 0), 3, 4 / sqrt(12)},
        {variable("g", PF_DIST_LOGUNIFORM, 0, 0), 99 / log(100),
            sqrt(9999 / (2 * log(100)) - 99 / log(100) * 99 / log(100))},
        {variable("c", PF_DIST_CONSTANT, 5, 0), 5, 0},
    };
    row[2].v.low = 1, row[2].v.high = 5;
    row[3].v.low = 1, row[3].v.high = 100;
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_population p = people(&row[i].v, 1);
        double got[3];
        sample(&p, 0, 0, got);
        assert_close(got[0], row[i].mean, 0.03, 0);
        assert_close(got[1], row[i].sd, 0.03, 0);
    }
}

static void a_cut_normal_keeps_its_range_and_mean(void **state)
{
    (void)state;
    /* mean of N(0, 1) cut to [a, b] is (phi(a) - phi(b)) / (Phi(b) - Phi(a)) */
    const double cut[][2] = {{-1, 2}, {0.5, INFINITY}, {-INFINITY, -2}, {6, 7}};
    for (size_t i = 0; i < PF_COUNT(cut); i++) {
        double a = cut[i][0], b = cut[i][1], got[3];
        double phi_a = isinf(a) ? 0 : exp(-a * a / 2), phi_b = isinf(b) ? 0 : exp(-b * b / 2);
        double mass =
            a > 0 ? pf_normal_cdf(-a) - pf_normal_cdf(-b) : pf_normal_cdf(b) - pf_normal_cdf(a);
        pf_variable v = variable("x", PF_DIST_NORMAL, 10, 2);
        v.low = 10 + 2 * a, v.high = 10 + 2 * b;
        pf_population p = people(&v, 1);
        sample(&p, 0, v.low, got);
        assert_close(got[0], 10 + 2 * (phi_a - phi_b) / sqrt(2 * acos(-1)) / mass, 0.002, 0.03);
        assert_true(got[2] == 0.0);
    }
}

static void a_lognormal_is_cut_on_its_own_scale(void **state)
{
    (void)state;
    pf_variable v = variable("x", PF_DIST_LOGNORMAL, 1, 1);
    v.low = 0, v.high = 1; /* the lower half: its median is exp(Phi^-1(0.25)) */
    pf_population p = people(&v, 1);
    double got[3];
    sample(&p, 0, exp(pf_normal_quantile(0.25)), got);
    assert_close(got[2], 0.5, 0.02, 0);
}

static void a_logitnormal_stays_between_0_and_1_around_its_median(void **state)
{
    (void)state;
    pf_variable v = variable("x", PF_DIST_LOGITNORMAL, 0.3, 1.5);
    pf_population p = people(&v, 1);
    double got[3];
    sample(&p, 0, 0.3, got);
    assert_close(got[2], 0.5, 0.02, 0);
    sample(&p, 0, 1 / (1 + exp(-(log(0.3 / 0.7) + 1.5))), got);
    assert_close(got[2], pf_normal_cdf(1), 0.01, 0);
}

static void discrete_values_come_in_their_shares(void **state)
{
    (void)state;
    const double value[] = {0, 1, 2}, weight[] = {0.5, 0.2, 0.3};
    pf_variable v = variable("x", PF_DIST_DISCRETE, 0, 0);
    v.n_values = 3, v.value = value, v.weight = weight;
    pf_population p = people(&v, 1);
    double got[3];
    sample(&p, 0, 0.5, got);
    assert_close(got[2], 0.5, 0.02, 0);
    sample(&p, 0, 1.5, got);
    assert_close(got[2], 0.7, 0.02, 0);
}

static void the_copula_gives_the_correlation_of_the_normals(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_variable v[] = {variable("a", PF_DIST_LOGNORMAL, 3, 0.4),
        variable("b", PF_DIST_NORMAL, 0, 1), variable("c", PF_DIST_UNIFORM, 0, 0)};
    v[2].low = 0, v[2].high = 1;
    pf_correlation c[] = {{0, 1, 0.6, {0}}, {1, 2, -0.5, {0}}};
    pf_population p = people(v, 3);
    p.n_correlation = 2, p.correlation = c;
    assert_ok(&ctx, pf_population_prepare(&ctx, &p, NULL, 0));
    double ab = 0, bc = 0, ac = 0, x[3];
    for (uint64_t i = 0; i < PEOPLE; i++) {
        pf_identity who = person(i);
        assert_ok(&ctx, pf_population_draw(&ctx, &p, &who, NULL, x));
        double za = log(x[0] / 3) / 0.4, zc = pf_normal_quantile(x[2]);
        ab += za * x[1], bc += x[1] * zc, ac += za * zc;
    }
    assert_close(ab / PEOPLE, 0.6, 0, 0.03);
    assert_close(bc / PEOPLE, -0.5, 0, 0.03);
    assert_close(ac / PEOPLE, 0.0, 0, 0.03); /* not given: 0 */
    pf_population_release(&p);
}

static void correlations_that_contradict_each_other_are_refused_by_name(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_variable v[] = {variable("age", PF_DIST_NORMAL, 0, 1),
        variable("weight", PF_DIST_NORMAL, 0, 1), variable("burden", PF_DIST_NORMAL, 0, 1)};
    pf_correlation c[] = {
        {0, 1, 0.9, {0}}, {0, 2, 0.9, {0}}, {2, 1, -0.95, {"people.yaml", 12, 3, 9}}};
    pf_population p = people(v, 3);
    p.n_correlation = 3, p.correlation = c;
    assert_int_equal(pf_population_prepare(&ctx, &p, NULL, 0), PF_ERR_RANGE);
    assert_contains(ctx.message, "people.yaml:12:3");
    assert_contains(ctx.message, "'burden' and 'weight'");
    assert_null(p.factor);
}

static void mistakes_in_distributions_are_named(void **state)
{
    (void)state;
    struct {
        pf_variable v;
        const char *part;
    } row[] = {
        {variable("x", PF_DIST_LOGNORMAL, -1, 1), "above 0"},
        {variable("x", PF_DIST_LOGITNORMAL, 1.5, 1), "between 0 and 1"},
        {variable("x", PF_DIST_NORMAL, NAN, 1), "must be a number"},
        {variable("x", PF_DIST_UNIFORM, 0, 0), "two numbers"},
        {variable("x", PF_DIST_DISCRETE, 0, 0), "add to 0"},
        {variable("x", PF_DIST_NORMAL, 1000, 1), "next to nothing"},
    };
    row[5].v.high = 10;
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_ctx ctx;
        pf_ctx_init(&ctx);
        pf_population p = people(&row[i].v, 1);
        assert_int_equal(pf_population_prepare(&ctx, &p, NULL, 0), PF_ERR_RANGE);
        assert_contains(ctx.message, "'x'");
        assert_contains(ctx.message, row[i].part);
    }
}

static void a_variable_added_at_the_end_moves_no_other(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_variable v[] = {variable("a", PF_DIST_NORMAL, 0, 1), variable("b", PF_DIST_NORMAL, 0, 1),
        variable("c", PF_DIST_NORMAL, 0, 1)};
    pf_correlation c[] = {{0, 1, 0.5, {0}}, {1, 2, 0.5, {0}}};
    pf_population two = people(v, 2), three = people(v, 3);
    two.n_correlation = 1, two.correlation = c;
    three.n_correlation = 2, three.correlation = c;
    double x[3], y[3];
    for (uint64_t i = 0; i < 100; i++) {
        pf_identity who = person(i);
        assert_ok(&ctx, pf_population_prepare(&ctx, &two, NULL, 0));
        assert_ok(&ctx, pf_population_draw(&ctx, &two, &who, NULL, x));
        pf_population_release(&two);
        assert_ok(&ctx, pf_population_prepare(&ctx, &three, NULL, 0));
        assert_ok(&ctx, pf_population_draw(&ctx, &three, &who, NULL, y));
        pf_population_release(&three);
        assert_memory_equal(x, y, 2 * sizeof *x);
    }
}

static void a_redraw_moves_nobody_else(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_variable v[] = {
        variable("a", PF_DIST_NORMAL, 0, 1), variable("b", PF_DIST_NORMAL, 0, 1)};
    pf_condition condition = {.text = "a > 0"};
    pf_population open = people(v, 2), strict = people(v, 2);
    strict.n_condition = 1, strict.condition = &condition;
    assert_ok(&ctx, pf_population_prepare(&ctx, &open, NULL, 0));
    assert_ok(&ctx, pf_population_prepare(&ctx, &strict, NULL, 0));
    int redrawn = 0;
    for (uint64_t i = 0; i < 200; i++) {
        double x[2], y[2];
        pf_identity who = person(i);
        assert_ok(&ctx, pf_population_draw(&ctx, &open, &who, NULL, x));
        assert_ok(&ctx, pf_population_draw(&ctx, &strict, &who, NULL, y));
        assert_true(y[0] > 0);
        if (x[0] > 0)
            assert_memory_equal(x, y, sizeof x);
        else
            redrawn++;
    }
    assert_in_range(redrawn, 60, 140);
    pf_population_release(&open);
    pf_population_release(&strict);
}

static void a_condition_that_nobody_meets_ends_with_its_text(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_variable v = variable("a", PF_DIST_NORMAL, 0, 1);
    pf_condition condition = {.text = "a > 100"};
    pf_population p = people(&v, 1);
    p.n_condition = 1, p.condition = &condition;
    assert_ok(&ctx, pf_population_prepare(&ctx, &p, NULL, 0));
    pf_identity who = person(0);
    double x;
    assert_int_equal(pf_population_draw(&ctx, &p, &who, NULL, &x), PF_ERR_RANGE);
    assert_contains(ctx.message, "a > 100");
    pf_population_release(&p);
}

static void formulas_read_earlier_variables_and_extras(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_variable v[] = {
        variable("height", PF_DIST_CONSTANT, 180, 0), variable("bsa", PF_DIST_FORMULA, 0, 0)};
    v[1].text = "sqrt(height * weight / 3600)";
    pf_setting setting = {.parameter = "V", .text = "2 * bsa + age"};
    pf_population p = people(v, 2);
    p.n_setting = 1, p.setting = &setting;
    const char *const extra[] = {"weight", "height", "age"};
    const double given[] = {80, 1, 50};
    assert_ok(&ctx, pf_population_prepare(&ctx, &p, extra, 3));
    pf_identity who = person(0);
    double x[2];
    assert_ok(&ctx, pf_population_draw(&ctx, &p, &who, given, x));
    assert_close(x[1], 2.0, 1e-15, 0); /* height is the population's own, not the extra */
    assert_close(pf_population_setting(&p, 0, x, given), 54.0, 1e-15, 0);
    pf_population_release(&p);
}

static void a_formula_that_reads_a_later_variable_is_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_variable v[] = {
        variable("a", PF_DIST_FORMULA, 0, 0), variable("b", PF_DIST_NORMAL, 0, 1)};
    v[0].text = "b + 1";
    v[0].place = (pf_place){"p.yaml", 3, 5, 9};
    pf_population p = people(v, 2);
    assert_int_not_equal(pf_population_prepare(&ctx, &p, NULL, 0), PF_OK);
    assert_contains(ctx.message, "p.yaml:3:5: variable 'a'");
}

static void what_a_replicate_shares_is_the_same_for_all_its_people(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_variable v[] = {
        variable("share", PF_DIST_UNIFORM, 0, 0), variable("own", PF_DIST_NORMAL, 0, 1)};
    v[0].low = 0, v[0].high = 1, v[0].shared = 1;
    pf_population p = people(v, 2);
    pf_condition half = {.text = "own > 0"}; /* a redraw does not move it either */
    p.condition = &half;
    p.n_condition = 1;
    assert_ok(&ctx, pf_population_prepare(&ctx, &p, NULL, 0));
    double x[2], first = NAN, mean = 0;
    for (uint64_t r = 0; r < 2000; r++)
        for (uint64_t i = 0; i < 3; i++) {
            pf_identity who = person(i);
            who.replicate = r;
            assert_ok(&ctx, pf_population_draw(&ctx, &p, &who, NULL, x));
            if (i == 0) first = x[0], mean += x[0] / 2000;
            assert_close(x[0], first, 0, 0);
        }
    assert_close(mean, 0.5, 0, 0.04); /* six standard errors */
    pf_population_release(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_laws_have_their_moments),
        cmocka_unit_test(a_cut_normal_keeps_its_range_and_mean),
        cmocka_unit_test(a_lognormal_is_cut_on_its_own_scale),
        cmocka_unit_test(a_logitnormal_stays_between_0_and_1_around_its_median),
        cmocka_unit_test(discrete_values_come_in_their_shares),
        cmocka_unit_test(the_copula_gives_the_correlation_of_the_normals),
        cmocka_unit_test(correlations_that_contradict_each_other_are_refused_by_name),
        cmocka_unit_test(mistakes_in_distributions_are_named),
        cmocka_unit_test(a_variable_added_at_the_end_moves_no_other),
        cmocka_unit_test(what_a_replicate_shares_is_the_same_for_all_its_people),
        cmocka_unit_test(a_redraw_moves_nobody_else),
        cmocka_unit_test(a_condition_that_nobody_meets_ends_with_its_text),
        cmocka_unit_test(formulas_read_earlier_variables_and_extras),
        cmocka_unit_test(a_formula_that_reads_a_later_variable_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
