/* Numbers and units as the page shows them. */
#include "ct.h"

#include "report/report.h"

#include <math.h>
#include <string.h>

static void numbers_are_short_and_have_real_signs(void **state)
{
    (void)state;
    static const struct {
        double x;
        const char *text;
    } row[] = {{0, "0"}, {4.114e-15, "4.11 × 10⁻¹⁵"}, {0.00087, "8.70 × 10⁻⁴"},
        {0.0253, "0.0253"}, {-13.84, "−13.8"}, {648, "648"}, {1.5e10, "1.50 × 10¹⁰"},
        {-2e-7, "−2.00 × 10⁻⁷"}, {NAN, "–"}, {INFINITY, "–"}};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_buf b;
        pf_buf_init(&b, NULL);
        pf_html_number(&b, row[i].x, 3);
        assert_string_equal(b.bytes, row[i].text);
        pf_buf_clear(&b);
    }
}

static void units_are_written_as_people_do(void **state)
{
    (void)state;
    static const char *const row[][2] = {{"cell/uL", "cells/µL"},
        {"cell/uL day", "cells/µL · day"}, {"ug/mL", "µg/mL"}, {"1", "1"},
        {"cellulose", "cellulose"}, {"cells", "cells"}, {"mL/day/cell", "mL/day/cell"},
        {"<b>", "&lt;b&gt;"}};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_buf b;
        pf_buf_init(&b, NULL);
        pf_html_unit(&b, row[i][0]);
        assert_string_equal(b.bytes, row[i][1]);
        pf_buf_clear(&b);
    }
}

static void no_median_no_difference(void **state)
{
    (void)state;
    static const char SUMMARY[] =
        "{\"contrasts\": [{\"arm\": \"a\", \"against\": \"b\", \"same_people\": true, "
        "\"without\": [], \"differences\": [{\"endpoint\": \"OS\", \"unit\": \"day\", "
        "\"arm_value\": null, \"against_value\": null, \"median\": 0.1, \"mean\": 0.1, "
        "\"replicates_defined\": 3, \"replicates_reached\": 2, \"reached_by\": \"neither\", "
        "\"direction\": \"higher\", \"share_same_direction\": 0.6}]}]}";
    pf_ctx ctx;
    pf_arena a;
    pf_buf b;
    const pf_jvalue *v;
    pf_ctx_init(&ctx);
    pf_arena_init(&a);
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, SUMMARY, strlen(SUMMARY), &v));
    pf_html_contrasts(&b, v);
    assert_contains(b.bytes, "<td>the median is not reached in either arm</td>");
    assert_null(strstr(b.bytes, "higher"));
    assert_null(strstr(b.bytes, "0.00"));
    pf_buf_clear(&b);
    pf_arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_short_and_have_real_signs),
        cmocka_unit_test(units_are_written_as_people_do),
        cmocka_unit_test(no_median_no_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
