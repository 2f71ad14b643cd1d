/* Right-hand sides that jump, explode or are no numbers: solved, or refused with a reason. */
#include "event_run.h"

static void an_infusion_that_the_model_ends_is_as_exact_as_a_stop(void **state)
{
    (void)state;
    run r = {.end = 20, .grid = 20};
    play(&r, "x = 0; k = 0.3; T = 7.3\nx' = piecewise(2, time < T, 0) - k*x\n", "x");
    for (int i = 0; i <= 20; i++) {
        double rise = 2 / 0.3 * (1 - exp(-0.3 * fmin(i, 7.3)));
        assert_close(out_of(&r, i, 0), rise * exp(-0.3 * fmax(0, i - 7.3)), 1e-8, 0);
    }
    assert_in_range(r.steps, 1, 120);
    close_run(&r);
}

static void a_short_pulse_is_not_stepped_over(void **state)
{
    (void)state;
    run r = {.end = 100, .grid = 4};
    play(&r, "x = 0; a = 1\na' = -a; x' = piecewise(1000, time >= 50 && time < 50.001, 0)\n",
        "x");
    assert_close(out_of(&r, 4, 0), 1, 1e-9, 0);
    close_run(&r);
}

static void doses_once_a_day_by_floor_are_all_given(void **state)
{
    (void)state;
    run r = {.end = 240, .grid = 10};
    play(&r, "x = 0; k = 0.1\nx' = piecewise(1, time - 24*floor(time/24) < 1, 0) - k*x\n", "x");
    double x = 0;
    for (int day = 1; day <= 10; day++) {
        x = x * exp(-2.4) + 10 * (1 - exp(-0.1)) * exp(-2.3);
        assert_close(out_of(&r, day, 0), x, 1e-8, 0);
    }
    close_run(&r);
}

static void a_bend_in_time_is_landed_on(void **state)
{
    (void)state;
    run r = {.end = 10, .grid = 10};
    play(&r, "x = 0; y = 0\nx' = max(0, time - 3); y' = abs(time - 6)\n", "x y");
    assert_close(out_of(&r, 10, 0), 24.5, 1e-12, 0);
    assert_close(out_of(&r, 10, 1), 18 + 8, 1e-12, 0);
    assert_in_range(r.steps, 1, 60);
    close_run(&r);
}

static void a_jump_that_the_state_decides_is_integrated(void **state)
{
    (void)state;
    /* A thermostat: falls at rate 1 above 1, rises at rate 2 below 0.5 of a slow switch. */
    run r = {.end = 3, .grid = 3};
    play(&r, "x = 2; y = 0\nx' = piecewise(-1, x > 1, -0.5); y' = 1\n", "x");
    assert_close(out_of(&r, 1, 0), 1, 1e-8, 0);
    assert_close(out_of(&r, 3, 0), 0, 0, 1e-7);
    close_run(&r);
}

static void an_explosion_ends_where_it_happens(void **state)
{
    (void)state;
    run r = {.end = 3, .grid = 1};
    play(&r, "a = 1; y = 1; b = 2\na' = -a; y' = y^2; b' = a\n", "y");
    assert_int_equal(r.last.status, PF_CASE_STEP_TOO_SMALL);
    assert_close(r.last.t, 1, 1e-6, 0);
    assert_int_equal(r.last.state, state_of(&r.f, "y"));
    assert_in_range(r.steps, 1, 5000);
    close_run(&r);
}

static void poison(run *r, pf_case *c, int number)
{
    if (number != 2) return;
    for (uint32_t i = 0; i < r->f.program->n_param; i++) pf_case_set(c, i, NAN);
}

static void a_parameter_that_is_no_number_fails_its_case_alone_and_at_once(void **state)
{
    (void)state;
    run r = {.end = 3, .grid = 3, .cases = 5, .prepare = poison};
    play(&r, "a = 1; y = 1; k = 1\na' = -a; y' = -k*y\n", "y");
    assert_int_equal(r.failed, 1);
    assert_int_equal(r.n_look, 4 * 4 + 1);
    run q = {.end = 3, .grid = 3};
    play(&q, "a = 1; y = 1; k = 1\na' = -a; y' = -y*log(2 - time*k)\n", "y");
    assert_int_not_equal(q.last.status, PF_CASE_DONE);
    assert_close(q.last.t, 2, 1e-6, 0);
    run z = {.end = 3, .grid = 3};
    play(&z, "a = 1; y = 0; k = 1\na' = -a + y; y' = k*y/y\n", "y");
    assert_int_equal(z.last.status, PF_CASE_NOT_FINITE);
    assert_true(z.last.t == 0.0);
    assert_int_equal(z.last.state, state_of(&z.f, "y"));
    assert_int_equal(z.steps, 1);
    close_run(&r);
    close_run(&q);
    close_run(&z);
}

static void too_many_steps_name_the_state_that_needs_them(void **state)
{
    (void)state;
    run r = {.end = 100, .grid = 1, .options.max_steps = 2000};
    play(&r,
        "slow = 1; u = 1; v = 0; late = 1\n"
        "slow' = -slow; u' = 1000*v; v' = -1000*u; late' = -1e-3*late\n",
        "u");
    assert_int_equal(r.last.status, PF_CASE_TOO_MANY_STEPS);
    assert_int_equal(r.steps, 2000);
    assert_true(r.last.state == state_of(&r.f, "u") || r.last.state == state_of(&r.f, "v"));
    close_run(&r);
}

static void begin_late(run *r, pf_case *c, int number)
{
    (void)number;
    pf_case_span(c, 1e15, 1e15 + r->end);
}

static void steps_below_the_rounding_of_time_end(void **state)
{
    (void)state;
    run r = {.end = 8, .grid = 1, .prepare = begin_late};
    play(&r, "u = 1; v = 0\nu' = 1e5*v; v' = -1e5*u\n", "u");
    assert_int_equal(r.last.status, PF_CASE_STEP_TOO_SMALL);
    assert_in_range(r.steps, 1, 100);
    close_run(&r);
}

static void jumps_of_time_give_the_same_bits_in_every_width(void **state)
{
    (void)state;
    run r = {
        .end = 30, .grid = 60, .cases = 11, .prepare = vary_parameters, .options.rtol = 1e-6};
    assert_same_in_every_width(&r,
        "x = 0; k = 0.3; T = 7.3; n = 0\n"
        "x' = piecewise(2, sin(time*T) < 0.5, 0) - k*x*max(1, time - T)\n"
        "at time - 5*floor(time/5) > 4: n = n + x\n",
        "x n", 1, EVENTS);
}

static void some_live(run *r, pf_case *c, int number)
{
    vary_parameters(r, c, number);
    if (number % 2) pf_case_stop(c, (pf_stop){0, PF_STOP_ADD, 0, 30 + number, 0});
}

/* Nothing arrives at the start of the first step, but something at its end. */
static void an_extinct_population_does_not_see_who_lives_in_other_lanes(void **state)
{
    (void)state;
    run r = {.end = 5, .grid = 10, .cases = 24, .prepare = some_live, .options.rtol = 1e-3};
    assert_same_in_every_width(&r,
        "x = 0; y = 0; k = 0.4; d = 0.05\nx' = y - d*x; y' = k - d*y\n//! small x below 100\n",
        "x y", 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_extinct_population_does_not_see_who_lives_in_other_lanes),
        cmocka_unit_test(an_infusion_that_the_model_ends_is_as_exact_as_a_stop),
        cmocka_unit_test(a_short_pulse_is_not_stepped_over),
        cmocka_unit_test(doses_once_a_day_by_floor_are_all_given),
        cmocka_unit_test(a_bend_in_time_is_landed_on),
        cmocka_unit_test(a_jump_that_the_state_decides_is_integrated),
        cmocka_unit_test(an_explosion_ends_where_it_happens),
        cmocka_unit_test(a_parameter_that_is_no_number_fails_its_case_alone_and_at_once),
        cmocka_unit_test(too_many_steps_name_the_state_that_needs_them),
        cmocka_unit_test(steps_below_the_rounding_of_time_end),
        cmocka_unit_test(jumps_of_time_give_the_same_bits_in_every_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
