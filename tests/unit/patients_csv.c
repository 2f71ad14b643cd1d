/* patients.csv read back, and what rows say that come in any order. */
#include "ct.h"

#include "store/patients_csv.h"
#include "trial/so_far.h"

#include <string.h>

enum { COLUMNS = PF_P_FIXED + 2, ROWS = 9000 };

static const char *name[COLUMNS];
static pf_arm arm[] = {
    {.name = "old, \"dear\"\nfriend", .size = 1}, {.name = "cells", .size = 1}};
static pf_study study = {.name = "fake", .n_arm = 2, .arm = arm, .replicates = 1};
static pf_layout layout;
static double rows[ROWS][COLUMNS];

typedef struct {
    size_t n, calls;
    int wrong;
} seen;

static int set_up(void **state)
{
    static char text[COLUMNS][8];
    (void)state;
    for (size_t i = 0; i < COLUMNS; i++) {
        snprintf(text[i], sizeof text[i], "C%zu", i);
        name[i] = text[i];
    }
    layout.n_column[PF_TABLE_PATIENTS] = COLUMNS;
    layout.column[PF_TABLE_PATIENTS] = name;
    for (size_t i = 0; i < ROWS; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            rows[i][k] = (i + k) % 7 ? (double)(i * 31 + k * 17) / 3e5 : NAN;
    for (size_t i = 0; i < ROWS; i++) {
        rows[i][PF_P_ARM] = (double)(i % 2);
        rows[i][PF_P_BEST] = (double)(1 + i % 5);
        rows[i][PF_P_PROGRESSION] = (double)(i % 5);
        rows[i][PF_P_FAILED] = i % 100 == 99;
        rows[i][PF_P_PFS] = (double)((i * 7919) % 1000);
        rows[i][PF_P_PFS_EVENT] = (double)(i % 3 != 0);
        rows[i][PF_P_OS] = rows[i][PF_P_PFS] + 10;
        rows[i][PF_P_OS_EVENT] = (double)(i % 4 != 0);
    }
    return 0;
}

static void write_csv(pf_buf *b)
{
    pf_buf_init(b, NULL);
    pf_table_header(b, &layout, PF_TABLE_PATIENTS);
    for (size_t i = 0; i < ROWS; i++)
        pf_table_row(b, &study, &layout, PF_TABLE_PATIENTS, rows[i]);
}

static pf_err compare(pf_ctx *ctx, void *payload, const pf_rows *r)
{
    seen *s = payload;
    (void)ctx;
    s->calls++;
    for (size_t i = 0; i < r->n; i++, s->n++)
        for (size_t k = 0; k < COLUMNS && s->n < ROWS; k++) {
            double a = r->x[i * COLUMNS + k], b = rows[s->n][k];
            s->wrong += !(isnan(a) && isnan(b)) && a != b;
        }
    return PF_OK;
}

static void a_table_gives_the_rows_that_were_written(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_buf b;
    seen s = {0};
    const pf_patients_csv to = {&study, &layout, compare, &s};
    pf_ctx_init(&ctx);
    write_csv(&b);
    assert_ok(&ctx, pf_patients_csv_parse(&ctx, "p.csv", b.bytes, b.size, &to));
    assert_int_equal(s.n, ROWS);
    assert_int_equal(s.wrong, 0);
    assert_true(s.calls > 1); /* several blocks */
    pf_buf_clear(&b);
}

static void expect_damage(const char *csv, const char *sentence)
{
    pf_ctx ctx;
    seen s = {0};
    const pf_patients_csv to = {&study, &layout, compare, &s};
    pf_ctx_init(&ctx);
    assert_int_equal(
        pf_patients_csv_parse(&ctx, "p.csv", csv, strlen(csv), &to), PF_ERR_CORRUPT);
    assert_contains(ctx.message, sentence);
}

static void a_damaged_table_is_told_with_its_line(void **state)
{
    (void)state;
    pf_buf b;
    write_csv(&b);
    char *arm_text = strstr(b.bytes, ",cells,");
    char *second = strstr(arm_text + 1, ",cells,");
    memcpy(second, ",cellz,", 7);
    expect_damage(b.bytes, "p.csv:7: 'cellz' is no C2"); /* two lines for each old friend */
    b.bytes[9] = 'X';
    expect_damage(b.bytes, "the column 'CX' instead of 'C0'");
    pf_buf_clear(&b);
    expect_damage("STUDYID,C0\nfake,1\n", "has 2 columns instead of 24");
    expect_damage("", "the file is empty");
}

static pf_so_far *take(pf_ctx *ctx, size_t each, int backwards)
{
    pf_so_far *s;
    assert_ok(ctx, pf_so_far_new(ctx, &study, &layout, &s));
    for (size_t i = 0; i < ROWS; i += each) {
        size_t from = backwards ? ROWS - i - each : i;
        const pf_rows r = {COLUMNS, each, each, rows[from]};
        assert_ok(ctx, pf_so_far_add(ctx, s, &r));
    }
    assert_ok(ctx, pf_so_far_medians(ctx, s));
    return s;
}

static void the_order_of_patients_does_not_matter(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_so_far *a = take(&ctx, ROWS, 0), *b = take(&ctx, 60, 1);
    for (size_t k = 0; k < 2; k++) {
        assert_int_equal(a->arm[k].patients, ROWS / 2);
        assert_int_equal(a->arm[k].failed, k ? ROWS / 100 : 0);
        for (int c = 0; c < PF_SO_FAR_CURVES; c++) {
            assert_close(
                a->arm[k].curve[c].median.value, b->arm[k].curve[c].median.value, 0, 0);
            assert_int_equal(a->arm[k].events[c], b->arm[k].events[c]);
        }
        assert_memory_equal(a->arm[k].response, b->arm[k].response, sizeof a->arm[k].response);
    }
    double orr[3];
    assert_ok(&ctx, pf_so_far_response(&ctx, a, 0, orr));
    assert_close(orr[0], 0.4, 1e-12, 0); /* CR and PR of five */
    pf_so_far_free(a);
    pf_so_far_free(b);
    pf_so_far_free(NULL);
}

static void rows_of_no_arm_add_nothing(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_so_far *s;
    double x[2][COLUMNS];
    pf_ctx_init(&ctx);
    memcpy(x, rows, sizeof x);
    x[1][PF_P_ARM] = 2;
    const pf_rows r = {COLUMNS, 2, 2, x[0]};
    assert_ok(&ctx, pf_so_far_new(&ctx, &study, &layout, &s));
    assert_int_equal(pf_so_far_add(&ctx, s, &r), PF_ERR_CORRUPT);
    assert_int_equal(s->arm[0].patients, 0);
    pf_so_far_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_gives_the_rows_that_were_written),
        cmocka_unit_test(a_damaged_table_is_told_with_its_line),
        cmocka_unit_test(the_order_of_patients_does_not_matter),
        cmocka_unit_test(rows_of_no_arm_add_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
