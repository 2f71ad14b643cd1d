/* Events against closed forms and against what SBML L3V2 section 4.11 says. */
#include "event_run.h"

static void a_bouncing_ball_follows_its_closed_form(void **state)
{
    (void)state;
    /* Flights of 2 v/g, each 0.8 as fast as the one before. */
    run r = {.end = 12, .grid = 4};
    play(&r,
        "x = 10; v = 0; g = 9.81; n = 0\nx' = v; v' = -g\n"
        "at x <= 0 && v < 0: v = -0.8*v, n = n + 1\n",
        "x n");
    double t = sqrt(2 * 10 / 9.81), v = 9.81 * t, expected = t;
    assert_int_equal(r.n_event, 12);
    for (int i = 0; i < r.n_event; i++) {
        assert_close(r.event_t[i], expected, 1e-9, 0);
        v *= 0.8;
        if (expected < 3)
            assert_close(out_of(&r, 1, 0), v * (3 - t) - 9.81 / 2 * (3 - t) * (3 - t), 1e-7, 0);
        expected += 2 * v / 9.81;
    }
    assert_close(out_of(&r, 4, 1), 12, 0, 0);
    close_run(&r);
}

static void bounces_that_gather_at_one_time_end_the_case(void **state)
{
    (void)state;
    run r = {.end = 20, .grid = 1};
    play(&r, "x = 10; v = 0; g = 9.81\nx' = v; v' = -g\nat x <= 0 && v < 0: v = -0.8*v\n", "x");
    assert_int_equal(r.last.status, PF_CASE_TOO_MANY_EVENTS);
    assert_close(r.last.t, 9 * sqrt(2 * 10 / 9.81), 1e-6, 0);
    assert_true(r.steps < 100000);
    close_run(&r);
}

static void a_ball_bounces_hundreds_of_times(void **state)
{
    (void)state;
    /* Without loss: every 2 sqrt(2 h/g), with the same height. */
    run r = {.end = 400, .grid = 1};
    play(&r, "x = 1; v = 0; g = 2\nx' = v; v' = -g\nat x < 0: v = abs(v)\n", "x");
    assert_int_equal(r.n_event, 200);
    for (int i = 0; i < r.n_event; i++) assert_close(r.event_t[i], 1 + 2 * i, 1e-9, 0);
    close_run(&r);
}

static void a_time_is_hit_to_the_last_bit(void **state)
{
    (void)state;
    run r = {.end = 10, .grid = 1};
    play(&r,
        "x = 1; k = 0.1; y = 0\nx' = -k*x\n"
        "at time >= 3.7: y = time\nat time > 3.5: y = time\nat 2*time >= 0.1: y = time\n"
        "at sin(time) >= 1 - 1e-9 && time > 7: y = time",
        "y");
    assert_int_equal(r.n_event, 4);
    assert_true(r.event_t[0] == 0.05);
    assert_true(r.event_t[1] == nextafter(3.5, 4));
    assert_true(r.event_t[2] == 3.7);
    assert_close(r.event_t[3], 2.5 * 3.14159265358979 - sqrt(2e-9), 1e-12, 0);
    close_run(&r);
}

static void a_trigger_that_is_true_for_a_moment_is_found(void **state)
{
    (void)state;
    /* t e^-t rises over 0.3678 for 0.02 around t = 1, where steps are much longer. */
    run r = {.end = 10, .grid = 1};
    play(&r,
        "a = 1; x = 0; n = 0\na' = -a; x' = a - x\nat x > 0.3678: n = n + 1\n"
        "at time > 5 && time < 5.001: n = n + 10",
        "n");
    assert_close(out_of(&r, 1, 0), 11, 0, 0);
    close_run(&r);
}

static void an_event_doses_like_a_stop(void **state)
{
    (void)state;
    run a = {.end = 20, .grid = 20}, b = {.end = 20, .grid = 20};
    const char *model = "x = 1; k = 0.3\nx' = -k*x\n";
    b.stops = 1;
    b.stop[0] = (pf_stop){5.5, PF_STOP_ADD, 0, 2.0, 0};
    play(&a, "x = 1; k = 0.3\nx' = -k*x\nat time >= 5.5: x = x + 2\n", "x");
    play(&b, model, "x");
    for (int i = 0; i <= 20; i++) assert_close(out_of(&a, i, 0), out_of(&b, i, 0), 1e-7, 0);
    assert_close(out_of(&a, 20, 0), exp(-6) + 2 * exp(-0.3 * 14.5), 1e-7, 0);
    close_run(&a);
    close_run(&b);
}

static void an_event_that_a_dose_triggers_comes_between_it_and_the_look(void **state)
{
    (void)state;
    run r = {.end = 4, .grid = 4, .stops = 1};
    r.stop[0] = (pf_stop){2, PF_STOP_ADD, 0, 5, 0};
    play(&r, "x = 1; y = 0; k = 0\nx' = -k*x\nat x > 4: y = x", "x y");
    assert_int_equal(r.n_event, 1);
    assert_true(r.event_t[0] == 2.0);
    assert_close(out_of(&r, 2, 1), 6, 1e-12, 0);
    close_run(&r);
}

static void a_trigger_that_turns_true_at_a_stop_is_seen_once(void **state)
{
    (void)state;
    run r = {.end = 4, .grid = 4, .stops = 1};
    r.stop[0] = (pf_stop){2, PF_STOP_ADD, 0, 5, 0};
    play(&r, "x = 1; n = 0; y = 0\nx' = 0\nat time >= 2: n = n + 1, y = x", "n y");
    assert_close(out_of(&r, 4, 0), 1, 0, 0);
    assert_close(out_of(&r, 2, 1), 6, 0, 0); /* stops come first */
    close_run(&r);
}

static void the_highest_priority_is_executed_first_as_it_is_then(void **state)
{
    (void)state;
    /* The suite's idea: after A, the priorities of B and C change their order. */
    run r = {.end = 2, .grid = 2};
    play(&r,
        "a = 0; s = 0; u = 1; x = 0\nx' = 1\n"
        "B: at time >= 1, priority = 2*u, fromTrigger = false: a = 10*a + 2, u = 2\n"
        "C: at time >= 1, priority = 2*s, fromTrigger = false: a = 10*a + 3\n"
        "A: at time >= 1, priority = 10, fromTrigger = false: a = 10*a + 1, s = 1, u = 0\n"
        "D: at time >= 1, fromTrigger = false: a = 10*a + 4\n",
        "a");
    assert_close(out_of(&r, 1, 0), 1324, 0, 0);
    close_run(&r);
}

static void values_come_from_the_trigger_or_from_the_execution(void **state)
{
    (void)state;
    run r = {.end = 4, .grid = 4};
    play(&r,
        "x = 0; a = 0; b = 0; n = 0\nx' = 1\n"
        "at 1.5 after x >= 1: a = x\n"
        "at 1.5 after x >= 1, fromTrigger = false: b = x\n",
        "a b");
    assert_close(out_of(&r, 2, 0), 0, 0, 0);
    assert_close(out_of(&r, 3, 0), 1, 1e-9, 0);
    assert_close(out_of(&r, 3, 1), 2.5, 1e-9, 0);
    assert_close(r.event_t[0], 2.5, 1e-12, 0);
    close_run(&r);
}

static void an_event_that_is_not_persistent_is_forgotten(void **state)
{
    (void)state;
    run r = {.end = 8, .grid = 8};
    play(&r,
        "x = 0; a = 0; b = 0; c = 0\nx' = cos(time)\n"
        "at 2 after x > 0.5: a = a + 1\n"                     /* up at 0.5236, down at 2.618 */
        "at 3 after x > 0.5, persistent = false: b = b + 1\n" /* down before 3.52 */
        "at 2 after x > 0.5, persistent = false: c = c + 1\n",
        "a b c");
    assert_close(out_of(&r, 8, 0), 1, 0, 0);
    assert_close(out_of(&r, 8, 1), 0, 0, 0);
    assert_close(out_of(&r, 8, 2), 1, 0, 0);
    assert_close(r.event_t[0], asin(0.5) + 2, 1e-8, 0);
    close_run(&r);
}

static void one_execution_cancels_another_that_is_not_persistent(void **state)
{
    (void)state;
    run r = {.end = 2, .grid = 2};
    play(&r,
        "s = 0; x = 3; y = 6; z = 6\ns' = 1\n"
        "at x > 2, t0 = false, priority = 10: x = 0\n"
        "at x > 2, t0 = false, persistent = false, priority = 5: y = 7\n"
        "at x > 2, t0 = false, priority = 4: z = 7\n",
        "x y z");
    assert_close(out_of(&r, 0, 0), 0, 0, 0); /* at the start, before its look */
    assert_close(out_of(&r, 0, 1), 6, 0, 0);
    assert_close(out_of(&r, 0, 2), 7, 0, 0);
    close_run(&r);
}

static void at_the_start_only_those_fire_that_were_false_before(void **state)
{
    (void)state;
    run r = {.end = 2, .grid = 2};
    play(&r,
        "x = 3; y = 0; z = 0\nx' = 0\n"
        "at x > 2, t0 = false: y = y + 1\nat x > 2, t0 = true: z = z + 1\n",
        "y z");
    assert_close(out_of(&r, 0, 0), 1, 0, 0);
    assert_close(out_of(&r, 2, 0), 1, 0, 0);
    assert_close(out_of(&r, 2, 1), 0, 0, 0);
    close_run(&r);
}

static void events_trigger_each_other_at_one_time(void **state)
{
    (void)state;
    run r = {.end = 2, .grid = 2};
    play(&r,
        "x = 0; a = 0; b = 0; c = 0\nx' = 1\n"
        "at b > 0: c = b + 1\nat a > 0: b = a + 1\nat x >= 1: a = 1\n",
        "c");
    assert_close(out_of(&r, 1, 0) + out_of(&r, 2, 0), 6, 0, 0);
    assert_int_equal(r.n_event, 3);
    assert_true(r.event_t[0] == r.event_t[2]);
    close_run(&r);
}

static void a_storm_ends_the_case_and_names_the_event(void **state)
{
    (void)state;
    run r = {.end = 2, .grid = 2};
    play(&r,
        "x = 0; a = 0; b = 0\nx' = 1\n"
        "at x >= 1: a = 1\nat a > b: b = a + 1\nat b > a: a = b + 1\n",
        "a");
    assert_int_equal(r.last.status, PF_CASE_TOO_MANY_EVENTS);
    assert_close(r.last.t, 1, 1e-9, 0);
    assert_in_range(r.last.event, 1, 2);
    assert_int_equal(r.n_event, 10000);
    close_run(&r);
}

static void a_delay_or_value_that_is_no_number_ends_the_case(void **state)
{
    (void)state;
    run r = {.end = 2, .grid = 2}, q = {.end = 2, .grid = 2};
    play(&r, "x = 0; d = 1; a = 0\nx' = 1\nat (d - 2) after x >= 1: a = 1", "a");
    assert_int_equal(r.last.status, PF_CASE_NOT_FINITE);
    assert_close(r.last.t, 1, 1e-9, 0);
    play(&q, "x = 0; d = 0; a = 0\nx' = 1\nat x >= 1: x = 1/d", "a");
    assert_int_equal(q.last.status, PF_CASE_NOT_FINITE);
    assert_int_equal(q.last.event, 0);
    close_run(&r);
    close_run(&q);
}

static void spread(run *r, pf_case *c, int number)
{
    (void)r;
    pf_case_set(c, 0, 0.01 + 0.0049 * number);
}

static void every_one_of_many_thresholds_is_crossed_once(void **state)
{
    (void)state;
    /* The state at the end of a cut step must have the bits that were found in the step. */
    run r = {.end = 10, .grid = 1, .cases = 200, .prepare = spread, .options.rtol = 1e-6};
    play(&r,
        "c = 0.5; x = 1; y = 0; x' = -x*(1 + y); y' = x*sin(time)\n"
        "n = 0; at x < c: n = n + 1\nat y > 0.3*c: n = n + 1\n",
        "n");
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.n_event, 400);
    assert_true(r.steps < 200 * 120);
    close_run(&r);
}

static void a_root_that_is_zero_within_rounding_does_not_chatter(void **state)
{
    (void)state;
    /* SBML Test Suite 884: the event turns the state around just where its trigger is. */
    run r = {.end = 2.5, .grid = 50};
    play(&r,
        "a = 1; b = 2; c = 1\n"
        "a' = 0.25*c - 0.75*a*b; b' = 0.25*c - 0.75*a*b; c' = 0.75*a*b - 0.25*c\n"
        "at a < 0.75: b = 4*time\nat c > 1.4: a = 0.25*time\n",
        "a b c");
    assert_int_equal(r.n_event, 2);
    assert_close(out_of(&r, 25, 0), 0.311839937747765, 1e-5, 0);
    close_run(&r);
    /* At rest on the threshold nothing happens. */
    run q = {.end = 100, .grid = 1};
    play(&q,
        "x = 0.1; y = 1; n = 0\nx' = 0; y' = -y\nat x > 0.1: n = n + 1\n"
        "at x + y > 0.1 + y: n = n + 1\n",
        "n");
    assert_int_equal(q.n_event, 0);
    close_run(&q);
}

/* What does not change must not change between the ends of a step either: the root of a
 * trigger would come and go. */
static void what_stands_still_stands_still_inside_a_step(void **state)
{
    (void)state;
    run r = {.end = 10, .options = {.max_steps = 5000}};
    play(&r,
        "species S, P; S = 2; P = 3; k = 0; at S < 1.885: k = 2\n"
        "2 S -> ; 0.01; -> P; 0.01*k",
        "S k");
    assert_int_equal(r.failed, 0);
    assert_int_equal(r.n_event, 1);
    assert_close(r.event_t[0], 5.75, 1e-9, 0);
    close_run(&r);
}

static void a_delayed_event_can_wait_twice(void **state)
{
    (void)state;
    run r = {.end = 20, .grid = 20};
    play(&r,
        "x = 0; n = 0; m = 0\nx' = cos(time)\n"
        "at 7 after x > 0.5: n = n + time\n",
        "n");
    double t = asin(0.5);
    assert_int_equal(r.n_event, 2);
    assert_close(r.event_t[0], t + 7, 1e-8, 0);
    assert_close(r.event_t[1], t + 7 + 2 * 3.14159265358979, 1e-8, 0);
    close_run(&r);
}

/* Cases that differ, end at different times and share lanes with others. */
static void vary(run *r, pf_case *c, int number)
{
    pf_case_set_user(c, (void *)(uintptr_t)(number + 1));
    pf_case_span(c, 0, r->end + 0.2 * number);
    for (uint32_t i = 0; i < r->f.program->n_param; i++) {
        const pf_symbol *s = pf_model_symbol(r->f.model, PF_SYMBOL_PARAMETER, i);
        if (s->name[0] == 'g') pf_case_set(c, i, s->value * (1 + 0.1 * number));
    }
    if (number % 3 == 0) pf_case_stop(c, (pf_stop){2.5, PF_STOP_ADD, 0, 1 + number, 0});
}

static void every_width_gives_the_same_bits(void **state)
{
    (void)state;
    static const char *const text =
        "x = 10; v = 0; g = 9.81; n = 0; d = 0; u = 1; w = 3*x + g; q = 0\n"
        "x' = v; v' = -g; u' = -0.1*g*u*(1 + 0.1*sin(time))\n"
        "at x <= 0 && v < 0, priority = u: v = -0.9*v, n = n + 1\n"
        "at g/9 after n > 1 && n < 8, persistent = false: d = d + u\n"
        "at x <= 0 && v < 0: q = 2*q + 1\nat x <= 0 && v < 0: q = 2*q\n"
        "at u < 0.2, fromTrigger = false: u = u + w/40, w = w + 1\n";
    run r = {.end = 9, .grid = 17, .cases = 23, .prepare = vary, .options.rtol = 1e-7};
    assert_same_in_every_width(&r, text, "x v u n d q w", 500, 5000);
}

static void events_of_one_priority_take_turns_by_lot(void **state)
{
    (void)state;
    static const char *const text =
        "t = 0; a = 0; b = 0\nt' = 1\n"
        "at t >= 0.01, persistent = false, priority = 1: t = 0, a = a + 1\n"
        "at t >= 0.01, persistent = false, priority = 1: t = 0, b = b + 1\n";
    run r = {.end = 10.005, .grid = 1},
        q = {.end = 10.005, .grid = 1, .options.deterministic = 1};
    play(&r, text, "a b");
    assert_close(out_of(&r, 1, 0) + out_of(&r, 1, 1), 1000, 0, 0);
    /* 1000 throws of a coin, five standard deviations. */
    assert_close(out_of(&r, 1, 0), 500, 0, 80);
    assert_true(out_of(&r, 1, 0) != 500);
    play(&q, text, "a b");
    assert_close(out_of(&q, 1, 0), 1000, 0, 0);
    close_run(&r);
    close_run(&q);
}

static void late(run *r, pf_case *c, int number)
{
    pf_case_set_user(c, (void *)(uintptr_t)number);
    pf_case_span(c, 0, number ? 1 : 10);
    (void)r;
}

static void values_at_the_start_stay_in_their_own_lane(void **state)
{
    (void)state;
    /* While the first case runs, its neighbours end and start again: w is 2 at a start, 7
     * later. */
    run r = {.end = 10, .grid = 10, .cases = 30, .prepare = late};
    play(&r, "x = 1; w = 2*x; y = 0\nx' = 0; y' = w\nat time >= 0.5: w = 7\n", "w y");
    assert_int_equal(r.n_event, 30);
    assert_close(out_of(&r, 10, 0), 7, 0, 0);
    assert_close(out_of(&r, 10, 1), 1 + 9.5 * 7, 1e-9, 0);
    close_run(&r);
}

static void what_stands_still_is_seen_to_the_last_bit(void **state)
{
    (void)state;
    run r = {.end = 10, .grid = 300};
    play(&r, "x = 0.1; y = 1\nx' = 0*y; y' = -y\n", "x");
    for (int i = 0; i <= 300; i++) assert_true(out_of(&r, i, 0) == 0.1);
    close_run(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bouncing_ball_follows_its_closed_form),
        cmocka_unit_test(what_stands_still_is_seen_to_the_last_bit),
        cmocka_unit_test(bounces_that_gather_at_one_time_end_the_case),
        cmocka_unit_test(a_ball_bounces_hundreds_of_times),
        cmocka_unit_test(every_width_gives_the_same_bits),
        cmocka_unit_test(events_of_one_priority_take_turns_by_lot),
        cmocka_unit_test(values_at_the_start_stay_in_their_own_lane),
        cmocka_unit_test(a_time_is_hit_to_the_last_bit),
        cmocka_unit_test(a_trigger_that_is_true_for_a_moment_is_found),
        cmocka_unit_test(an_event_doses_like_a_stop),
        cmocka_unit_test(an_event_that_a_dose_triggers_comes_between_it_and_the_look),
        cmocka_unit_test(a_trigger_that_turns_true_at_a_stop_is_seen_once),
        cmocka_unit_test(the_highest_priority_is_executed_first_as_it_is_then),
        cmocka_unit_test(values_come_from_the_trigger_or_from_the_execution),
        cmocka_unit_test(an_event_that_is_not_persistent_is_forgotten),
        cmocka_unit_test(one_execution_cancels_another_that_is_not_persistent),
        cmocka_unit_test(at_the_start_only_those_fire_that_were_false_before),
        cmocka_unit_test(events_trigger_each_other_at_one_time),
        cmocka_unit_test(a_storm_ends_the_case_and_names_the_event),
        cmocka_unit_test(a_delay_or_value_that_is_no_number_ends_the_case),
        cmocka_unit_test(what_stands_still_stands_still_inside_a_step),
        cmocka_unit_test(a_delayed_event_can_wait_twice),
        cmocka_unit_test(every_one_of_many_thresholds_is_crossed_once),
        cmocka_unit_test(a_root_that_is_zero_within_rounding_does_not_chatter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
