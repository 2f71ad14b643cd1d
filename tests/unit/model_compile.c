/* Programs: right-hand sides, Jacobians, elimination, outputs, small populations. */
#include "unit/model_tool.h"

static void every_operation_has_its_derivative(void **state)
{
    (void)state;
    static const char *const of[] = {"x + y*x - y", "x*y", "x/(x + y)", "1/x", "-x*x", "x^3",
        "x^-2", "x^0.5", "x^1.5", "x^2.7", "x^y", "2^x", "exponentiale^x", "x^0.25",
        "abs(x)^(1/3)", "sqrt(x)", "cbrt(x)", "exp(-x)", "expm1(x)", "ln(x)", "log1p(x)",
        "log10(x)", "log(y, x)", "root(y, x)", "tanh(x)", "sinh(x)", "cosh(x)", "sin(x)",
        "cos(x)", "tan(x)", "asin(x/4)", "acos(x/4)", "atan(x)", "abs(x - 3)", "abs(x)",
        "floor(x)*x", "ceil(x)*x", "min(x, y)", "max(x, y)", "min(x^2, y, 3)",
        "piecewise(x^2, x < y, y^3)", "piecewise(x, x > y, y)", "(x < y)*x", "(x == y)*x",
        "(x != y)*x + (x <= y)*y", "(x && y)*x", "(x || y)*y", "(!x)*x + y",
        "sec(x/3) + csc(x) + cot(x)", "x*y/(1 + x*y)", "k*x/(k + x)*y", "x*exp(y/x)*k",
        "(x*x)/(y*y)", "piecewise(x, x > 1, x*y, y > 1, y)"};
    for (size_t i = 0; i < PF_COUNT(of); i++) {
        char text[256];
        tool t;
        snprintf(text, sizeof text, "model m()\n k = 3; x = 0; y = 0; y' = x - y; x' = %s\nend",
            of[i]);
        tool_open(&t, text, NULL);
        for (int k = 0; k < 3; k++) {
            *tool_state(&t, "x") = 0.7 + 0.6 * k;
            *tool_state(&t, "y") = 1.63 - 0.3 * k;
            check_jacobian(&t, 2e-7, 1e-8);
            check_solve(&t, 30);
        }
        tool_close(&t);
    }
}

static void derivatives_stay_finite_at_zero(void **state)
{
    (void)state;
    static const char *const of[] = {"x^n", "x^0.7", "sqrt(x)", "cbrt(x)", "n^x", "x^x",
        "abs(x)^(1/3)", "x^2", "x^1.5", "x^0.25"};
    for (size_t i = 0; i < PF_COUNT(of); i++) {
        for (double n = 0.5; n <= 2; n += 0.5) {
            char text[256];
            tool t;
            snprintf(text, sizeof text, "model m()\n n = %g; x = 0; x' = %s\nend", n, of[i]);
            tool_open(&t, text, NULL);
            tool_run(&t, t.p->code[PF_CODE_RHS]);
            tool_run(&t, t.p->code[PF_CODE_JAC]);
            for (size_t k = 0; k < t.p->n_jac; k++)
                assert_true(isfinite(t.slot[t.p->jac0 + k]));
            tool_close(&t);
        }
    }
    tool t;
    tool_open(&t, "model m()\n n = 1; x = 0; x' = x^n\nend", NULL);
    tool_run(&t, t.p->code[PF_CODE_RHS]);
    tool_run(&t, t.p->code[PF_CODE_JAC]);
    assert_close(t.slot[t.p->jac0], 1, 0, 0); /* x^1 at 0 */
    tool_close(&t);
}

static void time_is_derived_too(void **state)
{
    (void)state;
    tool t;
    tool_open(&t, "x = 1; x' = -x*sin(3*time) + w; w := time^2; y = 0; y' = x", NULL);
    assert_false(t.p->autonomous);
    t.slot[t.p->time] = 0.4;
    tool_run(&t, t.p->code[PF_CODE_RHS]);
    tool_run(&t, t.p->code[PF_CODE_JAC]);
    assert_close(t.slot[t.p->dfdt0], -3 * cos(1.2) + 0.8, 1e-14, 0);
    assert_close(t.slot[t.p->dfdt0 + 1], 0, 0, 0);
    tool_close(&t);
}

static void outputs_inputs_and_start_values_follow_the_options(void **state)
{
    (void)state;
    const char *text =
        "model m()\n a = 2; b = 3; d = a*b; e = d + 1; x = d; y = x + s; z = 5; s := 2*x\n"
        "x' = -x; y' = x*e; z' = y\nend";
    const char *out[] = {"s", "e", "x", "y", "s"}, *in[] = {"d", "y"};
    pf_compile_options o = {.outputs = out, .n_outputs = 5};
    tool t;
    tool_open(&t, text, &o);
    tool_run(&t, t.p->code[PF_CODE_OUT]);
    const double want[] = {12, 7, 6, 18, 12};
    for (int i = 0; i < 5; i++) assert_close(t.slot[t.p->out0 + (size_t)i], want[i], 0, 0);
    assert_close(*tool_state(&t, "z"), 5, 0, 0);
    assert_true(t.p->out_reads[0] && t.p->out_reads[1] && !t.p->out_reads[2]);
    tool_close(&t);

    o.inputs = in;
    o.n_inputs = 2;
    memset(&t, 0, sizeof t);
    pf_ctx_init(&t.ctx);
    assert_ok(&t.ctx, pf_model_parse(&t.ctx, text, "m.ant", &t.m));
    tool_compile(&t, &o);
    *tool_param(&t, "d") = 100;
    *tool_state(&t, "y") = 1;
    tool_start(&t);
    assert_close(*tool_param(&t, "e"), 101, 0, 0);
    assert_close(*tool_state(&t, "x"), 100, 0, 0);
    assert_close(*tool_state(&t, "y"), 1, 0, 0);
    pf_program *none;
    out[1] = "ee";
    assert_int_equal(pf_model_compile(&t.ctx, t.m, &o, &none), PF_ERR_MODEL);
    assert_null(none);
    assert_contains(t.ctx.message, "output 'ee' is no name of model 'm'; did you mean 'e'?");
    tool_close(&t);
}

/* The equations of act18, written by hand. */
static void act18_by_hand(const double *y, double *f)
{
    enum { FLc, FLp, CYc, L, IL15, CD, CE, CEt, CM, CX, Bp, Bn, BN, D, IFN, IL6, CRP, TCZ };
    double s = y[Bp] + 0.3 * y[BN], act = s / (0.5 + s), il = y[IL15] / (10 + y[IL15]);
    double kf = 8 * y[CEt] / (5 + y[Bp] + y[BN]), tb = 1 / (1 + y[TCZ] / 3);
    double fF = y[FLc] / (y[FLc] + 5), fC = y[CYc] / (y[CYc] + 50);
    double x = 0.12 * y[Bp] / (20 + y[Bp]), room = 1 - (y[Bp] + y[Bn]) / 800;
    f[FLc] = 0.5 - 12 * y[FLc] + 6 * y[FLp];
    f[FLp] = 10 * y[FLc] - 6 * y[FLp];
    f[CYc] = 0.25 - 2.6 * y[CYc];
    f[L] = 0.04 - 0.04 * y[L] - (1.2 * fF + fC) * y[L];
    f[IL15] = 40 - 8 * y[IL15] - 8 * y[IL15] * (y[L] + y[CE] + y[CM]);
    f[CD] = -5 * y[CD];
    f[CE] = 0.08 * 4 * y[CD] + 0.45 * act * (1 + 2 * il) * y[CE] + 0.2 * y[CM] * act -
            2 * y[CE] + y[CEt] - (0.18 + 0.012) * y[CE] - 1.2 * fF * y[CE];
    f[CEt] = 2 * y[CE] - y[CEt] + 0.45 * act * y[CEt] - (0.18 + x) * y[CEt];
    f[CM] = 0.012 * y[CE] + 0.01 * il * y[CM] * (1 - y[CM] / 0.5) - 0.1 * y[CM] * act -
            0.004 * y[CM];
    f[CX] = x * y[CEt] - 0.1 * y[CX];
    f[Bp] = 0.035 * y[Bp] * room - kf * y[Bp] - 1e-6 * y[Bp] - 0.3 * fC * y[Bp];
    f[Bn] = 0.035 * y[Bn] * room + 1e-6 * y[Bp] - 0.3 * fC * y[Bn];
    f[BN] = 0.02 - 0.01 * y[BN] - kf * y[BN];
    f[D] = kf * (y[Bp] + y[BN]) - 24 * y[D];
    f[IFN] = 60 * act * (y[CE] + y[CEt]) - 15 * y[IFN];
    f[IL6] = 90 + 600 * y[D] / (50 + y[D]) + 0.5 * y[IFN] - 30 * y[IL6] * (0.3 + 0.7 * tb);
    f[CRP] = 60 * y[IL6] * tb / (50 + y[IL6] * tb) - 0.9 * y[CRP];
    f[TCZ] = -0.07 * y[TCZ] + 0.125;
}

static void act18_is_what_a_person_would_write(void **state)
{
    (void)state;
    tool t;
    double f[18];
    tool_open_file(&t, PF_TEST_DATA "/act18/act18.ant", NULL);
    assert_int_equal(t.p->n_state, 18);
    assert_close(*tool_state(&t, "IL15"), 40.0 / 16, 1e-15, 0);
    assert_close(*tool_state(&t, "BN"), 2, 1e-15, 0);
    *tool_param(&t, "rF") = 0.5;
    *tool_param(&t, "rC") = 0.25;
    *tool_param(&t, "rT") = 0.125;
    for (unsigned i = 0; i < 18; i++) t.slot[t.p->state0 + i] = 0.3 + 0.7 * i;
    tool_run(&t, t.p->code[PF_CODE_RHS]);
    act18_by_hand(&t.slot[t.p->state0], f);
    for (unsigned i = 0; i < 18; i++) assert_close(t.slot[t.p->f0 + i], f[i], 1e-13, 1e-14);
    check_jacobian(&t, 1e-6, 1e-6);
    check_solve(&t, 50);
    check_solve(&t, 0.01);
    /* what makes it fast: a bound, so that it is seen when it grows */
    assert_in_range(t.p->code[PF_CODE_RHS].n, 80, 106);
    assert_in_range(t.p->code[PF_CODE_JAC].n, 61, 120);
    assert_in_range(t.p->code[PF_CODE_FACTOR].n, 60, 69);
    assert_in_range(t.p->code[PF_CODE_SOLVE].n, 50, 61);
    assert_int_equal(t.p->n_jac, 61);
    tool_close(&t);
}

static void jac_reads_what_rhs_left_and_nothing_else_touches_it(void **state)
{
    (void)state;
    const char *out[] = {"CRP", "act", "kf", "IL6"};
    pf_compile_options o = {.outputs = out, .n_outputs = 4};
    tool t;
    tool_open_file(&t, PF_TEST_DATA "/act18/act18.ant", &o);
    pf_program *p = t.p;
    double first[61];
    for (unsigned i = 0; i < 18; i++) t.slot[p->state0 + i] = 1 + 0.1 * i;
    tool_run(&t, p->code[PF_CODE_RHS]);
    tool_run(&t, p->code[PF_CODE_JAC]);
    for (unsigned i = 0; i < p->n_jac; i++) first[i] = t.slot[p->jac0 + i];
    tool_run(&t, p->code[PF_CODE_RHS]);
    tool_run(&t, p->code[PF_CODE_INIT]);
    tool_run(&t, p->code[PF_CODE_OUT]);
    tool_run(&t, p->code[PF_CODE_POPS]);
    for (unsigned i = 0; i < 18; i++) t.slot[p->state0 + i] = 1 + 0.1 * i;
    for (unsigned i = 0; i < 18; i++) t.slot[p->f0 + i] = NAN; /* the caller may overwrite f */
    for (int twice = 0; twice < 2; twice++) {
        tool_run(&t, p->code[PF_CODE_JAC]);
        for (unsigned i = 0; i < p->n_jac; i++) {
            assert_close(t.slot[p->jac0 + i], first[i], 0, 0);
            t.slot[p->jac0 + i] = NAN;
        }
    }
    tool_close(&t);
}

/* Every Jacobian entry, right-hand side and rate has a slot of its own that only its code
 * writes. */
static void slots_of_results_are_their_own(void **state)
{
    (void)state;
    tool t;
    tool_open(&t, "k = 2; x = 1; y = 1; z = 1; x' = k*x; y' = k*x; z' = k*y + 3*z + k*x", NULL);
    pf_program *p = t.p;
    pf_code all[] = {p->code[PF_CODE_PREP], p->code[PF_CODE_INIT], p->code[PF_CODE_RHS],
        p->code[PF_CODE_JAC], p->code[PF_CODE_FACTOR], p->code[PF_CODE_SOLVE],
        p->code[PF_CODE_OUT], p->code[PF_CODE_POPS]};
    for (size_t c = 0; c < PF_COUNT(all); c++) {
        for (size_t i = 0; i < all[c].n; i++) {
            uint32_t dst = all[c].instr[i].dst;
            if (dst >= p->jac0 && dst < p->jac0 + p->n_jac) assert_int_equal(c, 3);
            if (dst >= p->f0 && dst < p->f0 + p->n_state) assert_int_equal(c, 2);
            assert_false(dst >= p->constant0 && dst < p->constant0 + p->n_constant);
        }
    }
    assert_int_equal(p->n_jac, 5);
    tool_run(&t, p->code[PF_CODE_RHS]);
    tool_run(&t, p->code[PF_CODE_JAC]);
    for (uint32_t i = 0; i < p->n_jac; i++)
        assert_close(
            t.slot[p->jac0 + i], p->jac_row[i] == p->jac_col[i] && i > 2 ? 3 : 2, 0, 0);
    tool_close(&t);
}

static void reciprocals_and_subexpressions_are_shared(void **state)
{
    (void)state;
    tool t;
    unsigned divisions = 0;
    tool_open(&t,
        "k = 2; p = 3; x = 1; y = 1; z' = x*y/(x + y); z = 0\n"
        "x' = k*x/(x + y) - x/p; y' = 3*y/(x + y) + x*y/(y + x) - x/(k + p)",
        NULL);
    for (size_t i = 0; i < t.p->code[PF_CODE_RHS].n; i++) {
        pf_op op = (pf_op)t.p->code[PF_CODE_RHS].instr[i].op;
        divisions += op == PF_OP_DIV || op == PF_OP_RCP;
    }
    assert_int_equal(divisions, 1);
    check_jacobian(&t, 1e-7, 1e-8);
    tool_close(&t);
}

static void rates_of_small_populations_are_split(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "model m()\n//! small X below 100\n//! small Y below 10\n"
        "b = 3; d = 2; K = 1000; s := 2*T; T = 4; T' = 0; loss := 0.5\n"
        "X' = X*(b - d) - b*X^2/K + s*T + X/(1 + X) - (-X)*loss - loss*X*X; X = 5\n"
        "Y' = 7 - Y/T; Y = 1\nend",
        NULL);
    pf_program *p = t.p;
    assert_int_equal(p->n_population, 2);
    tool_run(&t, p->code[PF_CODE_POPS]);
    const pf_population_rates *r = p->population;
    assert_close(r[0].threshold, 100, 0, 0);
    assert_int_equal(r[0].state, pf_model_find(t.m, "X")->index);
    assert_close(t.slot[r[0].birth], 3 + 1.0 / 6 + 0.5, 1e-14, 0);
    assert_close(t.slot[r[0].death], 2 + 3 * 5.0 / 1000 + 0.5 * 5, 1e-14, 0);
    assert_close(t.slot[r[0].arrival], 32, 1e-14, 0);
    assert_close(t.slot[r[1].birth], 0, 0, 0);
    assert_close(t.slot[r[1].death], 0.25, 0, 0);
    assert_close(t.slot[r[1].arrival], 7, 0, 0);
    /* the three parts make the rate */
    for (size_t i = 0; i < 2; i++) {
        double x = t.slot[p->state0 + r[i].state];
        tool_run(&t, p->code[PF_CODE_RHS]);
        assert_close((t.slot[r[i].birth] - t.slot[r[i].death]) * x + t.slot[r[i].arrival],
            t.slot[p->f0 + r[i].state], 1e-13, 1e-13);
    }
    tool_close(&t);
    refused("//! small x below 9\nx = 1; a := 3; x' = -a", "a loss of small population 'x'");
    refused("//! small x below 9\nx = 1; a := 3*x; x' = a", "a gain of small population 'x'");
    refused("//! small x below 9\nx := 1; y = 1; y' = x", "'x' is not a state");
    refused("//! small x below 9\n//! small x below 8\nx = 1; x' = x", "declared small before");
}

static void parameters_alone_are_computed_once(void **state)
{
    (void)state;
    tool t;
    tool_open(&t, "a = 2; b = 3; x = 1; x' = -exp(a)*x/b + sqrt(a*b)", NULL);
    assert_in_range(t.p->code[PF_CODE_RHS].n, 1, 1);
    assert_close(tool_rate(&t, "x"), -exp(2) / 3 + sqrt(6), 1e-15, 0);
    *tool_param(&t, "b") = 4;
    tool_run(&t, t.p->code[PF_CODE_PREP]);
    assert_close(tool_rate(&t, "x"), -exp(2) / 4 + sqrt(8), 1e-15, 0);
    tool_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_has_its_derivative),
        cmocka_unit_test(derivatives_stay_finite_at_zero),
        cmocka_unit_test(time_is_derived_too),
        cmocka_unit_test(outputs_inputs_and_start_values_follow_the_options),
        cmocka_unit_test(act18_is_what_a_person_would_write),
        cmocka_unit_test(jac_reads_what_rhs_left_and_nothing_else_touches_it),
        cmocka_unit_test(slots_of_results_are_their_own),
        cmocka_unit_test(reciprocals_and_subexpressions_are_shared),
        cmocka_unit_test(rates_of_small_populations_are_split),
        cmocka_unit_test(parameters_alone_are_computed_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
