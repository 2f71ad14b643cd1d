/* Jacobians by elimination: against differences, at kinks and holes, and how many instructions.
 */
#include "unit/model_tool.h"

#define CORE PF_TEST_DATA "/../../models/core.ant"
enum { STATES = 128 };

/* One column by central differences, h chosen for its state. Entries are compared on the scale
 * of what rounding leaves of the two right-hand sides. */
static void check_column(tool *t, size_t j, const double *own)
{
    const pf_program *p = t->p;
    size_t n = p->n_state;
    double *y = &t->slot[p->state0 + j], at = *y, h = 1e-5 * fmax(1e-3, fabs(at)), up[STATES];
    *y = at + h;
    tool_run(t, p->code[PF_CODE_RHS]);
    memcpy(up, &t->slot[p->f0], n * sizeof *up);
    *y = at - h;
    tool_run(t, p->code[PF_CODE_RHS]);
    *y = at;
    for (size_t i = 0; i < n; i++) {
        double down = t->slot[p->f0 + i], noise = 1e-13 * (fabs(up[i]) + fabs(down)) / h;
        assert_close(own[i * n + j], (up[i] - down) / (2 * h), 1e-5, noise + 1e-9);
    }
}

static void the_core_models_jacobian_agrees_with_differences(void **state)
{
    (void)state;
    tool t;
    pf_random r;
    double own[STATES * STATES];
    tool_open_file(&t, CORE, NULL);
    size_t n = t.p->n_state;
    assert_true(n <= STATES);
    pf_random_init(&r, 11, PF_DRAW_TEST, 0, 0, 0);
    for (int point = 0; point < 6; point++) {
        for (size_t i = 0; i < n; i++) {
            double *y = &t.slot[t.p->state0 + i];
            double size = fmax(fabs(*y), point % 2 ? 1e3 : 1);
            *y = size * exp(0.5 * pf_random_normal(&r));
        }
        memset(own, 0, sizeof own);
        tool_run(&t, t.p->code[PF_CODE_RHS]);
        tool_run(&t, t.p->code[PF_CODE_JAC]);
        for (size_t k = 0; k < t.p->n_jac; k++)
            own[t.p->jac_row[k] * n + t.p->jac_col[k]] = t.slot[t.p->jac0 + k];
        for (size_t j = 0; j < n; j++) check_column(&t, j, own);
        check_solve(&t, 30);
    }
    tool_close(&t);
}

/* What makes it fast: bounds, so that it is seen when one grows. */
static void instructions_stay_few(void **state)
{
    (void)state;
    tool t;
    tool_open_file(&t, PF_TEST_DATA "/act18/act18.ant", NULL);
    assert_in_range(t.p->code[PF_CODE_RHS].n, 80, 112);
    assert_in_range(t.p->code[PF_CODE_JAC].n, 61, 122);
    assert_in_range(t.p->code[PF_CODE_FACTOR].n, 60, 76);
    assert_in_range(t.p->code[PF_CODE_SOLVE].n, 50, 67);
    tool_close(&t);
    tool_open_file(&t, CORE, NULL);
    print_message("core: rhs %zu, jac %zu, factor %zu, solve %zu instructions\n",
        t.p->code[PF_CODE_RHS].n, t.p->code[PF_CODE_JAC].n, t.p->code[PF_CODE_FACTOR].n,
        t.p->code[PF_CODE_SOLVE].n);
    assert_in_range(t.p->code[PF_CODE_RHS].n, 100, 1500);
    assert_in_range(t.p->code[PF_CODE_JAC].n, 100, 8800);
    assert_in_range(t.p->code[PF_CODE_FACTOR].n, 100, 8400);
    assert_in_range(t.p->code[PF_CODE_SOLVE].n, 100, 2400);
    tool_close(&t);
}

/* Every entry at a point, and that it is finite. */
static void check_finite(const char *text, double x, double y, const double want[2])
{
    tool t;
    double row[2] = {0, 0};
    tool_open(&t, text, NULL);
    *tool_state(&t, "x") = x;
    *tool_state(&t, "y") = y;
    tool_run(&t, t.p->code[PF_CODE_RHS]);
    tool_run(&t, t.p->code[PF_CODE_JAC]);
    size_t of_x = pf_model_find(t.m, "x")->index;
    for (size_t k = 0; k < t.p->n_jac; k++)
        if (t.p->jac_row[k] == of_x) row[t.p->jac_col[k] != of_x] = t.slot[t.p->jac0 + k];
    assert_close(row[0], want[0], 1e-12, 1e-15);
    assert_close(row[1], want[1], 1e-12, 1e-15);
    tool_close(&t);
}

static void a_branch_not_taken_never_spoils_the_one_that_is(void **state)
{
    (void)state;
    const double none[2] = {0, 0}, one[2] = {1, 0}, two[2] = {2, 0}, four[2] = {4, 0};
    check_finite("y = 1; x = 1; y' = 0; x' = piecewise(x/y, y > 0, 0)", 3, 0, none);
    check_finite("y = 1; x = 1; y' = 0; x' = min(1, x/y)", 3, 0, none);
    check_finite("y = 1; x = 1; y' = 0; x' = x + 2*max(0, min(1, x/y)*min(3, x/y))", 3, 0, one);
    check_finite("y = 1; x = 1; y' = 0; x' = piecewise(ln(y)*x, y > 0, x^2)", 2, 0, four);
    check_finite(
        "y = 1; x = 1; y' = 0; a := x/y; b := min(2, a); x' = b*x + min(5, a*b)", 3, 0, two);
    check_finite("y = 1; x = 1; y' = 0; x' = piecewise(exp(x*y), x*y < 700, x)", 1e3, 1, one);
    check_finite("y = 1; x = 1; y' = 0; a := x/y; p := piecewise(a, y > 0, 0);"
                 "q := piecewise(a*a, x < 0, 0); x' = (p + q)*x + max(p, q) + x",
        3, 0, one);
}

/* Wide and deep: many orders of elimination are possible, one result. */
static void shared_chains_give_the_same_jacobian(void **state)
{
    (void)state;
    tool t;
    tool_open(&t,
        "x = 1.5; y = 0.7; z = 0.3; k = 2; c := max(x, 0) + max(y, 0) + z; d := c/(k + c);\n"
        "e := d*d*x + exp(-c); g := min(1, e/(c + 1)); h := sqrt(e + c^2)*g;\n"
        "x' = e*h - x*d + g; y' = (h - c)^3/(1 + c^2) + y*g; z' = h*e*d - k*z*c",
        NULL);
    for (int i = 0; i < 4; i++) {
        *tool_state(&t, "x") = 1.5 - 0.6 * i;
        *tool_state(&t, "y") = 0.7 + 0.4 * i;
        check_jacobian(&t, 1e-6, 1e-7);
    }
    tool_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_core_models_jacobian_agrees_with_differences),
        cmocka_unit_test(instructions_stay_few),
        cmocka_unit_test(a_branch_not_taken_never_spoils_the_one_that_is),
        cmocka_unit_test(shared_chains_give_the_same_jacobian),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
