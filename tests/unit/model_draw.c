/* Random draws in models: where they may stand, and that each is one of its own. */
#include "model_case.h"

static double seen[4096][3];
static size_t next, count;

static int begin(void *payload, pf_case *c)
{
    if (next == count) return 0;
    pf_case_span(c, 0, 2);
    pf_case_identity(c, 11, 0, next);
    set_defaults(payload, c);
    pf_case_set_user(c, seen[next++]);
    pf_case_look(c, 2, 0);
    return 1;
}

static void look(void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    (void)payload, (void)t, (void)tag;
    memcpy(pf_case_user(c), out, 3 * sizeof *out);
}

static void run(const char *text, size_t n, int lanes)
{
    static const char *const names[] = {"x", "y", "z"};
    fixture f;
    pf_engine_options o = {.rtol = 1e-6, .lanes = lanes};
    next = 0;
    count = n;
    open_model(&f, text, names, 3, &o);
    pf_source s = {.payload = &f, .begin = begin, .look = look};
    assert_ok(&f.ctx, pf_engine_run(&f.ctx, f.engine, &s));
    close_model(&f);
}

static double moment(size_t i, size_t j)
{
    double a = 0, b = 0, ab = 0;
    for (size_t k = 0; k < count; k++) {
        a += seen[k][i];
        b += seen[k][j];
        ab += seen[k][i] * seen[k][j];
    }
    double n = (double)count;
    return ab / n - a / n * b / n;
}

static const char *const AT_START = "model m()\n s = 2; x = normal(1, s); y = normal(1, s)\n"
                                    " z = normal(x, 0.5)\n z' = 0\nend";

static void draws_at_the_start_are_independent_and_may_read_each_other(void **unused)
{
    (void)unused;
    run(AT_START, 4000, 0);
    assert_close(moment(0, 0), 4, 0.1, 0);
    assert_close(moment(1, 1), 4, 0.1, 0);
    assert_close(moment(0, 1), 0, 0, 0.25);
    assert_close(moment(2, 2), 4.25, 0.1, 0);
    assert_close(moment(0, 2), 4, 0.1, 0); /* z varies about x */
}

static void every_execution_of_an_event_draws_anew(void **unused)
{
    (void)unused;
    run("model m()\n var x = 0; y = 0; z = 0; c = 0\n c' = 1\n"
        " at (time >= 0.5): x = uniform(0, 1), y = uniform(0, 1)\n"
        " at (time >= 1): z = x, x = uniform(0, 1)\nend",
        4000, 0);
    for (size_t i = 0; i < 3; i++) assert_close(moment(i, i), 1.0 / 12, 0.1, 0);
    assert_close(moment(0, 1), 0, 0, 0.006);
    assert_close(moment(0, 2), 0, 0, 0.006);
    assert_close(moment(1, 2), 0, 0, 0.006);
}

static void a_draw_does_not_depend_on_its_neighbours(void **unused)
{
    (void)unused;
    static double one[300][3];
    run(AT_START, 300, 1);
    memcpy(one, seen, sizeof one);
    for (int lanes = 4; lanes <= 8; lanes += 4) {
        if (!pf_lanes_available(lanes)) continue;
        run(AT_START, 300, lanes);
        assert_memory_equal(one, seen, sizeof one);
    }
}

static void refused(const char *text, const char *sentence)
{
    pf_ctx ctx;
    pf_model *m;
    pf_ctx_init(&ctx);
    assert_int_equal(pf_model_parse(&ctx, text, "m.ant", &m), PF_ERR_MODEL);
    assert_contains(ctx.message, sentence);
}

static void a_rate_or_a_rule_may_not_draw(void **unused)
{
    (void)unused;
    refused("model m()\n x = 1\n x' = normal(0, 1)\nend", "draws a random number here");
    refused(
        "model m()\n x = 1; x' = 0\n y := uniform(0, 1)\nend", "draws a random number here");
    refused("model m()\n x = 1; x' = 0\n at (x > normal(0, 1)): x = 2\nend", "draws a random");
    refused("model m()\n x = normal(0)\n x' = 0\nend", "normal takes 2 arguments");
}

static void a_function_of_the_model_goes_before_a_law(void **unused)
{
    (void)unused;
    run("function normal(a, b)\n a + b\nend\nmodel m()\n x = normal(1, 2); y = 0; z = 0\n x' = "
        "0\n"
        "end",
        1, 0);
    assert_close(seen[0][0], 3, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_at_the_start_are_independent_and_may_read_each_other),
        cmocka_unit_test(every_execution_of_an_event_draws_anew),
        cmocka_unit_test(a_draw_does_not_depend_on_its_neighbours),
        cmocka_unit_test(a_rate_or_a_rule_may_not_draw),
        cmocka_unit_test(a_function_of_the_model_goes_before_a_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
