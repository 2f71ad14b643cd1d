/* Delays against the method of steps, series, and themselves in other widths. */
#include "event_run.h"

/* y' = a y(t - d), y = 1 before 0: on the n-th step one more term of a polynomial. */
static double by_steps(double a, double d, double t)
{
    double sum = 0, c, y, correction = 0;
    for (int k = 0; t > (k - 1) * d && k < 400; k++) {
        c = 1;
        for (int i = 1; i <= k; i++) c *= a * (t - (k - 1) * d) / i;
        y = c - correction;
        double next = sum + y;
        correction = (next - sum) - y;
        sum = next;
    }
    return sum;
}

static void a_delay_equation_follows_the_method_of_steps(void **state)
{
    (void)state;
    run r = {.end = 10, .grid = 40};
    play(&r, "y = 1; y' = -delay(y, 1)\n", "y");
    for (int i = 0; i <= 40; i++)
        assert_close(out_of(&r, i, 0), by_steps(-1, 1, i / 4.0), 0, 1e-9);
    assert_in_range(r.steps, 10, 300);
    close_run(&r);
}

static void a_step_may_be_longer_than_the_delay(void **state)
{
    (void)state;
    run r = {.end = 3, .grid = 30, .options.rtol = 1e-6};
    play(&r, "y = 1; y' = -2*delay(y, 0.01)\n", "y");
    for (int i = 0; i <= 30; i++)
        assert_close(out_of(&r, i, 0), by_steps(-2, 0.01, i / 10.0), 0, 2e-6);
    assert_in_range(r.steps, 10, 200); /* not 300 */
    close_run(&r);
}

static void a_delay_that_grows_with_time_follows_its_series(void **state)
{
    (void)state;
    /* y' = a y(t/2): y = sum a^k t^k / (k! 2^(k (k - 1)/2)) */
    run r = {.end = 4, .grid = 8};
    play(&r, "y = 1; y' = -1.5*delay(y, time/2)\n", "y");
    for (int i = 0; i <= 8; i++) {
        double t = i / 2.0, sum = 0, c = 1;
        for (int k = 0; k < 40; k++) {
            sum += c;
            c *= -1.5 * t / (k + 1) * pow(2, -k);
        }
        assert_close(out_of(&r, i, 0), sum, 0, 1e-8);
    }
    close_run(&r);
}

static void a_delay_that_the_state_decides_follows_its_closed_form(void **state)
{
    (void)state;
    /* y = e^(t/4), so the delay is t - 2 ln y = t/2; x' = x(t/2)^2/2 has x = e^(t/2). */
    run r = {.end = 4, .grid = 8, .options.rtol = 1e-6};
    play(&r, "x = 1; y = 1; y' = y/4; x' = delay(x, time - 2*ln(y))^2/2\n", "x");
    for (int i = 0; i <= 8; i++) assert_close(out_of(&r, i, 0), exp(i / 4.0), 2e-6, 0);
    close_run(&r);
}

static void delays_of_delays_add(void **state)
{
    (void)state;
    run r = {.end = 8, .grid = 32};
    play(&r,
        "y = 1; z = 1; y' = -delay(delay(y, 0.4), 0.6); z' = -delay(z, 1); u := delay(y, 3)\n",
        "y z u");
    for (int i = 0; i <= 32; i++) {
        assert_close(out_of(&r, i, 0), by_steps(-1, 1, i / 4.0), 0, 1e-8);
        assert_close(out_of(&r, i, 1), by_steps(-1, 1, i / 4.0), 0, 1e-8);
        assert_close(out_of(&r, i, 2), i < 12 ? 1 : by_steps(-1, 1, i / 4.0 - 3), 0, 1e-8);
    }
    close_run(&r);
}

static void a_jump_comes_back_after_the_delay(void **state)
{
    (void)state;
    run r = {.end = 8, .grid = 8, .stops = 1};
    r.stop[0] = (pf_stop){2.5, PF_STOP_ADD, 0, 10, 0};
    play(&r,
        "x = 1; y = 0; n = 0; k = 0; x' = -k*x; y' = delay(x, 1.7)\n"
        "at delay(x, 1.7) > 5: n = n + time\n"
        "at time >= 5: x = 100\n",
        "y n");
    assert_int_equal(r.n_event, 2);
    assert_true(r.event_t[0] == 2.5 + 1.7);
    assert_close(out_of(&r, 6, 0), 4.2 + 11 * 1.8, 1e-10, 0);
    assert_close(out_of(&r, 8, 0), 4.2 + 11 * 2.5 + 100 * 1.3, 1e-10, 0);
    assert_in_range(r.steps, 10, 200);
    close_run(&r);
}

static void before_the_start_time_goes_on_and_states_stand(void **state)
{
    (void)state;
    run r = {.end = 4, .grid = 4};
    play(&r,
        "x = 2; y = 0; n = 0; p := time*x; x' = 1; y' = delay(p, 1)\n"
        "z = sin(time); z' = 0; q := delay(z, 1)\n"
        "at delay(p, 1) < -0.5, t0 = false: n = 1\n",
        "y n q");
    assert_close(out_of(&r, 0, 1), 1, 0, 0);
    assert_close(out_of(&r, 0, 2), sin(-1), 1e-12, 0); /* as if the start were then */
    assert_close(out_of(&r, 2, 2), 0, 0, 1e-12);
    assert_close(out_of(&r, 1, 0), -1, 1e-10, 0); /* integral of 2 (t - 1) */
    assert_close(out_of(&r, 2, 0), -1 + 1 + 1. / 3, 1e-10, 0);
    close_run(&r);
}

static void a_delay_below_zero_ends_the_case(void **state)
{
    (void)state;
    run r = {.end = 4, .grid = 4};
    play(&r, "x = 1; y = 0; d = 1; x' = -1; y' = delay(x, x)\n", "y");
    assert_int_equal(r.last.status, PF_CASE_NOT_FINITE);
    assert_close(r.last.t, 1, 1e-6, 0);
    close_run(&r);
}

static void long_runs_forget_what_no_delay_reaches(void **state)
{
    (void)state;
    /* z = y(t - 3) of y = cos(t), over many times the steps that are kept. */
    run r = {.end = 3000, .grid = 100, .options.rtol = 1e-9};
    play(&r, "x = 0; y = 1; x' = y; y' = -x; z := delay(y, 3)\n", "y z");
    assert_true(r.steps > 4000);
    for (int i = 1; i <= 100; i++) assert_close(out_of(&r, i, 1), cos(30 * i - 3), 0, 1e-4);
    close_run(&r);
}

static void turn_back(run *r, pf_case *c, const pf_stop *stop)
{
    (void)r;
    if (stop->tag != 7) return;
    pf_case_rewind(c, 1);
    pf_case_set_state(c, 0, pf_case_state(c, 0) + 0.5);
    pf_case_look(c, 1, 20);
    pf_case_look(c, 1.5, 21);
    pf_case_look(c, 2.5, 22);
    pf_case_stop(c, (pf_stop){1, PF_STOP_ADD, 0, 10, 0});
}

static void a_clock_that_is_turned_back_forgets_the_past(void **state)
{
    (void)state;
    run r = {.end = 9, .grid = 9, .stops = 1, .on_stop = turn_back};
    r.stop[0] = (pf_stop){5, PF_STOP_ADD, 0, 0, 7};
    play(&r,
        "x = 0; n = 0; m = 0; x' = 1; z := delay(x, 1)\n"
        "at 3 after x >= 4: n = n + 1\nat x >= 12: m = m + 1\n",
        "x z n m");
    assert_close(out_of(&r, 20, 0), 15.5, 1e-9, 0);
    assert_close(out_of(&r, 20, 1), 5.5, 1e-9, 0); /* before t = 1 as at t = 1, then the dose */
    assert_close(out_of(&r, 21, 1), 5.5, 1e-9, 0);
    assert_close(out_of(&r, 22, 1), 16, 1e-9, 0);
    assert_close(out_of(&r, 20, 3), 1, 0, 0); /* the dose triggers */
    assert_close(out_of(&r, 9, 2), 0, 0, 0);  /* what waited is forgotten */
    assert_close(out_of(&r, 9, 0), 23.5, 1e-9, 0);
    close_run(&r);
}

static void vary(run *r, pf_case *c, int number)
{
    vary_parameters(r, c, number);
    pf_case_span(c, 0, r->end + 0.2 * number);
    if (number % 2) pf_case_stop(c, (pf_stop){2.5, PF_STOP_ADD, 0, 1 + number, 0});
}

static void every_width_gives_the_same_bits(void **state)
{
    (void)state;
    run r = {.end = 9, .grid = 18, .cases = 19, .prepare = vary, .options.rtol = 1e-6};
    assert_same_in_every_width(&r,
        "x = 1; y = 2; k = 0.4; d = 0.9; e = 0.002; n = 0; p := x + time\n"
        "x' = -k*delay(y, d)*x; y' = -k*delay(y, e) + 0.1*delay(p, d*(2 + sin(time)))\n"
        "at delay(x, d) < 0.3: n = n + y, y = y + 1\n",
        "x y n", 1, EVENTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_delay_equation_follows_the_method_of_steps),
        cmocka_unit_test(a_step_may_be_longer_than_the_delay),
        cmocka_unit_test(a_delay_that_grows_with_time_follows_its_series),
        cmocka_unit_test(a_delay_that_the_state_decides_follows_its_closed_form),
        cmocka_unit_test(delays_of_delays_add),
        cmocka_unit_test(a_jump_comes_back_after_the_delay),
        cmocka_unit_test(before_the_start_time_goes_on_and_states_stand),
        cmocka_unit_test(a_delay_below_zero_ends_the_case),
        cmocka_unit_test(long_runs_forget_what_no_delay_reaches),
        cmocka_unit_test(a_clock_that_is_turned_back_forgets_the_past),
        cmocka_unit_test(every_width_gives_the_same_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
