/* Real lots in a table: verdicts, units, and tables that are refused line by line. */
#include "product_case.h"

#include <stdio.h>
#include <stdlib.h>

static const char SPEC[] =
    "specification: s\nversion: 2\nsource: test\ntests:\n"
    "  - {measures: viability, at_least: 80 %, exception: yes, method: m, source: t}\n"
    "  - {measures: endotoxin, at_most: 5 IU/mL, method: m, source: t}\n"
    "  - {measures: sterile, at_least: 1, result_after: 14 day, wait: yes, method: m, source: "
    "t}\n";

typedef struct court {
    book b;
    pf_judgement j;
    pf_err err;
    char told[6000];
} court;

static void judge(court *c, const char *text)
{
    char room[4000];
    memset(c, 0, sizeof *c);
    book_good(&c->b,
        lot_text(room, sizeof room, "specification: s.yaml\n",
            "  - {name: endotoxin, value: 1 IU/mL, source: t}\n"
            "  - {name: contamination, value: 0, source: t}\n"),
        SPEC);
    const pf_real_lots real = {"real.csv", text, strlen(text)};
    c->err =
        pf_judge(&c->b.ctx, &c->b.diag, c->b.units, &c->b.plan.specification, &real, &c->j);
    book_told(&c->b, c->told, sizeof c->told);
}

static void done(court *c)
{
    pf_judgement_clear(&c->j);
    book_done(&c->b);
}

static void lots_are_accepted_and_rejected_with_the_reason(void **state)
{
    (void)state;
    court c;
    pf_buf out;
    judge(&c, "lot,viability [%],endotoxin [IU/mL],sterile,note\n"
              "A,91,0.2,no growth,fine\nB,79.9,0.2,no growth,\nC,91,6,no growth,\n"
              "D,91,0.2,pending,\nE,91,0.2,growth,\"a, b\"\nF,70,6,pending,\n");
    assert_ok(&c.b.ctx, c.err);
    assert_int_equal(c.j.n, 6);
    static const pf_lot_verdict want[] = {PF_LOT_VERDICT_ACCEPT, PF_LOT_VERDICT_EXCEPTION,
        PF_LOT_VERDICT_REJECT, PF_LOT_VERDICT_PENDING, PF_LOT_VERDICT_REJECT,
        PF_LOT_VERDICT_REJECT};
    for (size_t i = 0; i < 6; i++) assert_int_equal(c.j.lot[i].verdict, want[i]);
    pf_buf_init(&out, &c.b.ctx);
    pf_judgement_text(&c.j, &out);
    assert_contains(out.bytes, "viability below 80 %: 79.9 %");
    assert_contains(out.bytes, "endotoxin above 5 IU/mL: 6 IU/mL");
    assert_contains(out.bytes, "sterile: growth");
    assert_contains(out.bytes, "1 accept, 1 accept with exception, 1 pending, 3 reject");
    pf_buf_clear(&out);
    done(&c);
}

static void units_may_stand_in_a_row_of_their_own(void **state)
{
    (void)state;
    court c;
    judge(&c, "lot,viability,endotoxin,sterile\nunit,%,EU/L,\nA,91,200,no growth\n");
    assert_ok(&c.b.ctx, c.err);
    assert_close(c.j.lot[0].value[0], 0.91, 1e-12, 0);
    assert_close(c.j.lot[0].value[1], 0.2, 1e-12, 0);
    done(&c);
    judge(&c, "lot,viability,endotoxin [IU/mL],sterile\nA,0.91,0.2,no growth\n");
    assert_ok(&c.b.ctx, c.err); /* a plain number needs no unit */
    assert_close(c.j.lot[0].value[0], 0.91, 1e-12, 0);
    done(&c);
}

static void every_mistake_is_told_and_nothing_is_judged(void **state)
{
    (void)state;
    court c;
    judge(&c, "lot,viability [%],endotoxin [IU/mL],sterile\n"
              "A,91,0.2,no growth\nA,910,0.2,no growth\nC,,-1,maybe\n,pending,high,pending\n");
    assert_int_equal(c.err, PF_ERR_CONFIG);
    assert_int_equal(c.j.n, 0);
    static const char *const told[] = {"real.csv:3:1: error: two lots are called 'A'",
        "real.csv:3:3: error: 'viability' is 910 %",
        "real.csv:4:", "no 'viability' for this lot", "write 'pending'", "'endotoxin' is -1",
        "'sterile' is 'maybe'", "this lot has no name", "this result cannot be pending",
        "'endotoxin' is 'high'", "8 errors"};
    for (size_t i = 0; i < PF_COUNT(told); i++) assert_contains(c.told, told[i]);
    assert_contains(c.b.ctx.message, "no lot was judged");
    done(&c);
}

/* Names are found by hash: a comparison of each with each is no way for a million lots. */
static void ten_thousand_lots_have_names_of_their_own(void **state)
{
    (void)state;
    enum { N = 10000 };
    court c;
    char *text = malloc(40 * (N + 2)), *p = text;
    assert_non_null(text);
    p += sprintf(p, "lot,viability [%%],endotoxin [IU/mL],sterile\n");
    for (int i = 0; i < N; i++) p += sprintf(p, "L%d,91,0.2,no growth\n", i);
    judge(&c, text);
    assert_ok(&c.b.ctx, c.err);
    assert_int_equal(c.j.n, N);
    done(&c);
    sprintf(p, "L4711,91,0.2,no growth\n");
    judge(&c, text);
    assert_contains(c.told, "real.csv:10002:1: error: two lots are called 'L4711'");
    done(&c);
    free(text);
}

static void another_separator_is_told_once(void **state)
{
    (void)state;
    static const char *const text[] = {
        "lot;viability [%];endotoxin [IU/mL];sterile\nA;91;0,2;no growth\n",
        "lot\tviability [%]\tendotoxin [IU/mL]\tsterile\nA\t91\t0.2\tno growth\n"};
    for (size_t i = 0; i < PF_COUNT(text); i++) {
        court c;
        judge(&c, text[i]);
        assert_contains(c.told, i ? "separated by tabs" : "separated by semicolons");
        assert_contains(c.told, "1 error,");
        done(&c);
    }
}

static void columns_must_be_known_and_there(void **state)
{
    (void)state;
    court c;
    judge(&c, "lot,viabilty [%],endotoxin [day],colour\nA,91,0.2,red\n");
    assert_int_equal(c.err, PF_ERR_CONFIG);
    static const char *const told[] = {"unknown column 'viabilty'; did you mean 'viability'?",
        "the column 'endotoxin' is in day", "unknown column 'colour'", "no column 'viability'",
        "no column 'sterile'"};
    for (size_t i = 0; i < PF_COUNT(told); i++) assert_contains(c.told, told[i]);
    done(&c);
    judge(&c, "name,viability\nA,1\n");
    assert_contains(c.told, "there is no column 'lot'");
    done(&c);
    judge(&c, "lot,viability [%],endotoxin [IU/mL],sterile\n");
    assert_contains(c.told, "there is no lot in this table");
    done(&c);
}

static void rows_of_another_length_are_told_line_by_line(void **state)
{
    (void)state;
    court c;
    judge(&c, "lot,viability [%],endotoxin [IU/mL],sterile\n"
              "A,91\nB,91,0.2,no growth\nC,91,0.2,no growth,7\n");
    assert_int_equal(c.err, PF_ERR_CONFIG);
    assert_contains(c.told, "real.csv:2:");
    assert_contains(c.told, "real.csv:4:");
    assert_contains(c.told, "2 errors");
    done(&c);
}

static void a_specification_alone_judges_but_makes_nothing(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_diag diag;
    pf_lot_book b;
    pf_ctx_init(&ctx);
    pf_diag_init(&diag, &ctx);
    assert_ok(&ctx,
        pf_lot_book_read(&ctx, &diag, "products/specifications/nk-phase-1.yaml", NULL, &b));
    assert_null(b.plan.name);
    assert_int_equal(b.plan.specification.n, 6);
    pf_lot_book_clear(&b);
    pf_diag_clear(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lots_are_accepted_and_rejected_with_the_reason),
        cmocka_unit_test(units_may_stand_in_a_row_of_their_own),
        cmocka_unit_test(every_mistake_is_told_and_nothing_is_judged),
        cmocka_unit_test(ten_thousand_lots_have_names_of_their_own),
        cmocka_unit_test(another_separator_is_told_once),
        cmocka_unit_test(columns_must_be_known_and_there),
        cmocka_unit_test(rows_of_another_length_are_told_line_by_line),
        cmocka_unit_test(a_specification_alone_judges_but_makes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
