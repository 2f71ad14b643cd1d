/* What Antimony text says, seen in the flat model; oracle: libAntimony 3.3 on the same texts.
 */
#include "ct.h"

#include "model/reading.h"

#include <string.h>

typedef struct flat_of {
    pf_ctx ctx;
    pf_reading r;
} flat_of;

static void open_text(flat_of *t, const char *text)
{
    pf_ctx_init(&t->ctx);
    assert_ok(&t->ctx, pf_reading_parse(&t->ctx, text, strlen(text), "m.ant", &t->r));
}

static void close_text(flat_of *t)
{
    pf_reading_close(&t->r);
}

static void refuses(const char *text, const char *why)
{
    flat_of t;
    pf_ctx_init(&t.ctx);
    pf_err err = pf_reading_parse(&t.ctx, text, strlen(text), "m.ant", &t.r);
    close_text(&t);
    assert_int_equal(err, PF_ERR_MODEL);
    assert_contains(t.ctx.message, why);
}

static void an_event_has_trigger_delay_priority_flags_and_assignments(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t, "x = 1; y = 1; z = 2; x' = 1\n"
                  "E1: at (x > 3): y = 4, z = 2*z;\n"
                  "at 3 after x > 3 && y < 2, priority = x + 1, t0 = false, persistent=false,\n"
                  "  fromTrigger = false:\n  y = 5,\n  z = y\n"
                  "E3: at time > 2: ; q = 1");
    const pf_flat *f = &t.r.flat;
    assert_int_equal(f->n_event, 3);
    const pf_happening *e = f->event;
    assert_string_equal(e[0].name, "E1");
    assert_true(e[0].initial && e[0].persistent && e[0].from_trigger);
    assert_null(e[0].delay.expr);
    assert_null(e[0].priority.expr);
    assert_int_equal(e[0].trigger.expr->n, 3);
    assert_int_equal(e[0].n_set, 2);
    assert_string_equal(f->var[f->set[e[0].set0 + 1].var].name, "z");
    assert_null(e[1].name);
    assert_false(e[1].initial || e[1].persistent || e[1].from_trigger);
    assert_int_equal(e[1].delay.expr->item[0].number, 3);
    assert_int_equal(e[1].trigger.expr->n, 7);
    assert_int_equal(e[1].priority.expr->n, 3);
    assert_int_equal(e[1].n_set, 2);
    assert_string_equal(f->var[f->set[e[1].set0].var].name, "y");
    assert_int_equal(e[2].n_set, 0);
    close_text(&t);
}

static void events_of_submodels_have_its_prefix(void **state)
{
    (void)state;
    flat_of t;
    open_text(&t, "model a(); x = 1; x' = 1; E: at x > 2: x = 0; at x > 3: x = 1 end\n"
                  "p: a(); q: a(); F: at p.x > 1: q.x = 3");
    const pf_flat *f = &t.r.flat;
    assert_int_equal(f->n_event, 5);
    assert_string_equal(f->event[0].name, "p.E");
    assert_string_equal(f->event[0].trigger.prefix, "p.");
    assert_string_equal(f->event[2].name, "q.E");
    assert_string_equal(f->event[4].name, "F");
    assert_string_equal(f->var[f->set[f->event[4].set0].var].name, "q.x");
    assert_string_equal(f->set[f->event[4].set0].value.prefix, "");
    close_text(&t);
}

static void mistakes_in_events_are_named(void **state)
{
    (void)state;
    refuses("x = 1; at x > 2, t0 = 1: x = 0", "expected true or false, but found '1'");
    refuses("x = 1; at x > 2, when = 1: x = 0", "priority, t0, persistent or fromTrigger");
    refuses("x = 1; at x > 2 x = 0", "expected ':' and what the event sets");
    refuses("x = 1; at x > 2: x = 0, x = 1", "this event sets 'x' twice");
    refuses("x = 1; at x > 2: x := 0", "expected '='");
    refuses("x = 1; E: at x > 2: x = 0; E: at x > 3: x = 1", "there is an event 'E' already");
    refuses("x = 1; at 2 after: x = 1", "expected a number, a name or '('");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_has_trigger_delay_priority_flags_and_assignments),
        cmocka_unit_test(events_of_submodels_have_its_prefix),
        cmocka_unit_test(mistakes_in_events_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
