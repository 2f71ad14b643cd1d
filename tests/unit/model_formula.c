/* Single formulas over named variables. */
#include "ct.h"

#include "model/formula.h"

static const char *const NAMES[] = {"height", "weight", "arm.size", "time"};

static void formulas_are_evaluated(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double want;
    } of[] = {{"sqrt(height*weight/3600)", 1.8708286933869707}, {"arm.size + time", 7},
        {"weight > 60 && arm.size == 4", 1}, {"piecewise(1, weight < 10, 2)", 2},
        {"max(height, weight, 200)", 200}, {"-2^2", -4}, {"pi", 3.14159265358979323846},
        {"log(2, 8)", 3}, {"expm1(0)", 0}, {"ln(-1)", NAN}};
    const double x[] = {180, 70, 4, 3};
    for (size_t i = 0; i < PF_COUNT(of); i++) {
        pf_ctx ctx;
        pf_formula *f;
        pf_ctx_init(&ctx);
        assert_ok(&ctx, pf_formula_parse(&ctx, of[i].text, NAMES, 4, &f));
        assert_close(pf_formula_value(f, x), of[i].want, 1e-15, 0);
        pf_formula_free(f);
    }
}

static void a_formula_knows_what_it_reads(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_formula *f;
    pf_ctx_init(&ctx);
    assert_ok(&ctx, pf_formula_parse(&ctx, "weight/2", NAMES, 4, &f));
    pf_formula_free(f);
    pf_formula_free(NULL);
}

static void mistakes_name_the_column(void **state)
{
    (void)state;
    static const char *const of[][2] = {
        {"1 + wieght", "column 5: 'wieght' is not known here; did you "
                       "mean 'weight'?"},
        {"sqrtt(2)", "column 1: there is no function 'sqrtt'; did you mean 'sqrt'?"},
        {"1 +", "column 4: expected a number, a name or '(', but the text ends here"},
        {"(1", "')'"}, {"1 2", "column 3: expected an operator or the end"}, {"", "column 1"},
        {"exp(1, 2)", "exp takes 1 argument, not 2"}, {"a\nb", "column 1"}, {"1\n", "column 2"},
        {"sqrt()", "sqrt takes 1 argument, not 0"}, {"max()", "max has no argument"}};
    for (size_t i = 0; i < PF_COUNT(of); i++) {
        pf_ctx ctx;
        pf_formula *f;
        pf_ctx_init(&ctx);
        assert_int_equal(pf_formula_parse(&ctx, of[i][0], NAMES, 4, &f), PF_ERR_MODEL);
        assert_null(f);
        assert_contains(ctx.message, of[i][1]);
    }
}

static void deep_formulas_are_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_formula *f;
    pf_buf b;
    pf_buf_init(&b, NULL);
    for (int i = 0; i < 150; i++) pf_buf_text(&b, "1+(");
    pf_buf_text(&b, "1");
    for (int i = 0; i < 150; i++) pf_buf_text(&b, ")");
    pf_ctx_init(&ctx);
    assert_int_equal(pf_formula_parse(&ctx, b.bytes, NAMES, 4, &f), PF_ERR_MODEL);
    assert_contains(ctx.message, "nested over");
    pf_buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas_are_evaluated),
        cmocka_unit_test(a_formula_knows_what_it_reads),
        cmocka_unit_test(mistakes_name_the_column),
        cmocka_unit_test(deep_formulas_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
