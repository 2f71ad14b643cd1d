/* What the page's columns stand on: base64, our own tables read back, distributions. */
#include "ct.h"
#include "page_column.h"
#include "report/page_parts.h"

static void base64_is_that_of_the_standard(void **state)
{
    (void)state;
    static const char *const row[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="},
        {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"},
        {"\xff\xfe\xfb", "//77"}}; /* RFC 4648, section 10, and the last digits */
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_buf b;
        pf_buf_init(&b, NULL);
        pf_base64_put(&b, row[i][0], strlen(row[i][0]));
        assert_string_equal(b.bytes ? b.bytes : "", row[i][1]);
        assert_int_equal(pf_base64_size(strlen(row[i][0])), strlen(row[i][1]));
        pf_buf_clear(&b);
    }
}

static void base64_has_no_seams(void **state)
{
    page_case *c = *state;
    unsigned char bytes[2000];
    size_t size;
    pf_buf b;
    pf_buf_init(&b, &c->ctx);
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 37 >> 3);
    pf_base64_put(&b, bytes, sizeof bytes);
    const unsigned char *back = page_case_bytes(c, b.bytes, &size);
    assert_int_equal(size, sizeof bytes);
    assert_memory_equal(back, bytes, size);
    pf_buf_clear(&b);
}

/* Rows that lie across the blocks of the reader, with quotes and breaks of lines within. */
static void a_table_of_many_blocks_reads_back(void **state)
{
    page_case *c = *state;
    enum { ROWS = 40000 };
    pf_buf b;
    pf_csv *csv;
    char path[200], text[60];
    int more;
    pf_buf_init(&b, &c->ctx);
    pf_buf_text(&b, "NAME,X\n");
    for (int i = 0; i < ROWS; i++) {
        snprintf(text, sizeof text, "arm %d,%s\"%s\"", i, i % 3 ? "" : "\n", i % 7 ? "a" : "");
        pf_csv_text(&b, text);
        pf_csv_number(&b, i / 7.0);
        pf_csv_end(&b);
    }
    page_case_file(c, "long.csv", b.bytes);
    snprintf(path, sizeof path, "%s/long.csv", c->folder);
    assert_ok(&c->ctx, pf_csv_open(&c->ctx, path, &csv));
    for (int i = 0; i < ROWS; i++) {
        double x;
        assert_ok(&c->ctx, pf_csv_next(csv, &more));
        assert_true(more);
        snprintf(text, sizeof text, "arm %d,%s\"%s\"", i, i % 3 ? "" : "\n", i % 7 ? "a" : "");
        assert_string_equal(pf_csv_field(csv, 0), text);
        assert_ok(&c->ctx, pf_csv_value(csv, 1, &x));
        assert_true(x == i / 7.0);
    }
    assert_ok(&c->ctx, pf_csv_next(csv, &more));
    assert_false(more);
    pf_csv_close(csv);
    pf_buf_clear(&b);
}

static const char *shape(page_case *c, const double *x, size_t n, int exact)
{
    const pf_jvalue *v;
    pf_buf_clear(&c->json);
    pf_buf_init(&c->json, &c->ctx);
    pf_column_json(&c->json, NULL, x, n, exact);
    assert_ok(&c->ctx, pf_jvalue_parse(&c->ctx, &c->arena, c->json.bytes, c->json.size, &v));
    page_column back = page_case_any(c, v, n);
    for (size_t i = 0; i < n; i++) {
        double near = back.shape[0] == 'f' && back.shape[1] == '4' ? 1e-7 : 0;
        assert_close(back.x[i], x[i], near, 0);
    }
    return back.shape;
}

static void columns_are_as_small_as_they_can_be(void **state)
{
    page_case *c = *state;
    assert_string_equal(shape(c, (double[]){7.5, 7.5}, 2, 0), "const");
    assert_string_equal(shape(c, (double[]){NAN, NAN}, 2, 1), "const");
    assert_string_equal(shape(c, (double[]){1, NAN}, 2, 0), "u1");
    assert_string_equal(shape(c, (double[]){0, 254}, 2, 1), "u1");
    assert_string_equal(shape(c, (double[]){0, 255}, 2, 0), "u2");
    assert_string_equal(shape(c, (double[]){0, 65535, NAN}, 3, 0), "u4");
    assert_string_equal(shape(c, (double[]){0, 4294967294.0}, 2, 0), "u4");
    assert_string_equal(shape(c, (double[]){0, 4294967295.0}, 2, 0), "f4");
    assert_string_equal(shape(c, (double[]){0, -1}, 2, 0), "f4");
    assert_string_equal(shape(c, (double[]){0.1, NAN, INFINITY}, 3, 0), "f4");
    assert_string_equal(shape(c, (double[]){0.1, -INFINITY}, 2, 1), "f8");
    assert_string_equal(shape(c, (double[]){1, 1e39}, 2, 0), "f8");
    assert_string_equal(shape(c, (double[]){INFINITY, INFINITY}, 2, 0), "f4");
    assert_string_equal(shape(c, NULL, 0, 0), "const");
}

/* Numerical integration with mpmath, 30 digits. */
static void moments_are_those_of_the_cut_distribution(void **state)
{
    (void)state;
    static const struct {
        pf_distribution kind;
        double centre, spread, low, high, mean, sd;
    } row[] = {
        {PF_DIST_NORMAL, 61, 9, 30, 85, 60.906576764872109, 8.8443802554991769},
        {PF_DIST_NORMAL, 166, 9, 140, 200, 166.0525711707935, 8.9139519870254572},
        {PF_DIST_NORMAL, 0, 1, 2, INFINITY, 2.3732155328228409, 0.33805191970181334},
        {PF_DIST_NORMAL, 0, 1, -INFINITY, -1, -1.5251352761609812, 0.44620361447476957},
        {PF_DIST_NORMAL, 5, 2, -INFINITY, INFINITY, 5, 2},
        {PF_DIST_NORMAL, 5, 0, -INFINITY, INFINITY, 5, 0},
        {PF_DIST_LOGNORMAL, 61, 0.17, 36, 120, 61.912134164324266, 10.561696089662308},
        {PF_DIST_LOGNORMAL, 33, 0.45, 10, 110, 36.285765979673805, 16.312404694879868},
        {PF_DIST_LOGNORMAL, 1, 0.4, -INFINITY, INFINITY, 1.0832870676749586,
            0.45123928612671443},
        {PF_DIST_LOGNORMAL, 1, 0.8, -INFINITY, 20, 1.3750257971972267, 1.2840381150915016},
        {PF_DIST_LOGUNIFORM, 0, 0, 3e3, 1e6, 171626.00432841209, 237938.97496829421},
        {PF_DIST_LOGUNIFORM, 0, 0, 3, 3, 3, 0},
        {PF_DIST_UNIFORM, 0, 0, 1, 7, 4, 1.7320508075688772},
        {PF_DIST_CONSTANT, 0.8, 0, 0, 0, 0.8, 0},
        {PF_DIST_LOGITNORMAL, 0.5, 0.4, -INFINITY, INFINITY, NAN, NAN},
        {PF_DIST_FORMULA, 0, 0, 0, 0, NAN, NAN},
        {PF_DIST_NORMAL, 0, 1, 6, INFINITY, NAN, NAN}, /* too little is left */
    };
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        const pf_variable v = {.kind = row[i].kind,
            .centre = row[i].centre,
            .spread = row[i].spread,
            .low = row[i].low,
            .high = row[i].high};
        double mean, sd;
        pf_page_moments(&v, &mean, &sd);
        assert_close(mean, row[i].mean, 1e-9, 0);
        assert_close(sd, row[i].sd, 1e-8, 0);
    }
}

static void moments_of_values_with_weights(void **state)
{
    (void)state;
    const double value[] = {0, 1}, weight[] = {0.255, 0.745};
    const pf_variable v = {
        .kind = PF_DIST_DISCRETE, .n_values = 2, .value = value, .weight = weight};
    double mean, sd;
    pf_page_moments(&v, &mean, &sd);
    assert_close(mean, 0.745, 1e-12, 0);
    assert_close(sd, sqrt(0.745 * 0.255), 1e-12, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, page_case_setup, page_case_teardown)
    const struct CMUnitTest tests[] = {
        TEST(base64_is_that_of_the_standard),
        TEST(base64_has_no_seams),
        TEST(a_table_of_many_blocks_reads_back),
        TEST(columns_are_as_small_as_they_can_be),
        TEST(moments_are_those_of_the_cut_distribution),
        TEST(moments_of_values_with_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
