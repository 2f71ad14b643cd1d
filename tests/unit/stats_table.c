/* The CSV reader, and statistics of a file: OAK once more. */
#include "stats_fixture.h"

#include "base/json.h"
#include "trial/stats_table.h"

static pf_err parse(pf_ctx *ctx, const char *text, pf_table **out)
{
    pf_ctx_init(ctx);
    return pf_table_parse(ctx, text, strlen(text), "t.csv", out);
}

static void a_table_is_read_as_written(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_table *t;
    assert_ok(&ctx, parse(&ctx,
                        "\xef\xbb\xbf\r\n"
                        "a,\"b, c\",d\r\n"
                        "1,\"say \"\"hi\"\"\",NA\r\n"
                        "  \r\n"
                        "-2.5e1,,\"two\nlines\"",
                        &t));
    assert_int_equal(pf_table_rows(t), 2);
    assert_int_equal(pf_table_columns(t), 3);
    assert_string_equal(pf_table_column(t, 1), "b, c");
    assert_string_equal(pf_table_text(t, 0, 1), "say \"hi\"");
    assert_null(pf_table_text(t, 0, 2));
    assert_null(pf_table_text(t, 1, 1));
    assert_string_equal(pf_table_text(t, 1, 2), "two\nlines");
    assert_int_equal(pf_table_line(t, 1, 0), 5);
    double x;
    assert_ok(&ctx, pf_table_number(&ctx, t, 1, 0, &x));
    assert_close(x, -25, 0, 0);
    assert_ok(&ctx, pf_table_number(&ctx, t, 0, 2, &x));
    assert_true(isnan(x));
    assert_true(pf_table_is_numeric(t, 0));
    assert_false(pf_table_is_numeric(t, 2));
    pf_table_free(t);
}

static void problems_are_told_with_line_and_column(void **state)
{
    (void)state;
    const struct {
        const char *text, *want;
    } bad[] = {
        {"", "the file is empty"},
        {" \n\n", "the file is empty"},
        {"a,b\n1\n", "t.csv:2:1: this row has 1 field, the header has 2"},
        {"a,b\n1,2\n\n1,2,3\n", "t.csv:4:1: this row has 3 fields"},
        {"a,b\n1,\"x\n", "t.csv:2:3: this quote is never closed"},
        {"a,b\n1,\"x\"y\n", "t.csv:2:6: text behind a closing quote"},
        {"a,b\n1,x\"y\n", "t.csv:2:4: a quote inside a field"},
        {"a,b\n1,2\r3,4\n", "t.csv:2:4: a carriage return"},
        {"a,\n1,2\n", "t.csv:1:3: a column without a name"},
        {"a,b,a\n1,2,3\n", "t.csv:1:5: this column name stands here for the second time"},
        {"a,b\n1,\xff\n", "t.csv:2:3: a byte that is not UTF-8"},
        {"a,b\n1,\xed\xa0\x80\n", "t.csv:2:3: a byte that is not UTF-8"},
    };
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        pf_ctx ctx;
        pf_table *t = NULL;
        assert_int_equal(parse(&ctx, bad[i].text, &t), PF_ERR_CONFIG);
        assert_contains(ctx.message, bad[i].want);
        assert_null(t);
    }
    pf_ctx ctx;
    pf_table *t;
    pf_ctx_init(&ctx);
    assert_int_equal(pf_table_parse(&ctx, "a\n1\0\n", 5, "t.csv", &t), PF_ERR_CONFIG);
    assert_contains(ctx.message, "t.csv:2:2: a NUL byte");
}

static void numbers_and_names_are_strict(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_table *t;
    assert_ok(&ctx, parse(&ctx, "time,event\n1,NaN\n 2,inf\n", &t));
    double x;
    size_t c;
    assert_int_equal(pf_table_number(&ctx, t, 0, 1, &x), PF_ERR_CONFIG);
    assert_contains(ctx.message, "t.csv:2:3: 'NaN' in column 'event' is not a number");
    assert_true(isnan(x));
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_table_number(&ctx, t, 1, 0, &x), PF_ERR_CONFIG);
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_table_find(&ctx, t, "tmie", &c), PF_ERR_CONFIG);
    assert_contains(ctx.message, "did you mean 'time'?");
    pf_ctx_reset(&ctx);
    assert_int_equal(pf_table_find(&ctx, t, "platelets", &c), PF_ERR_CONFIG);
    assert_contains(ctx.message, "it has: time, event");
    pf_table_free(t);
}

/* A statistic of OAK, as parsed JSON. */
typedef struct {
    pf_ctx ctx;
    pf_arena arena;
    pf_buf out;
    const pf_jvalue *json;
} answer;

static const char OAK[] = PF_TEST_DATA "/oak_patients.csv";

static answer ask(pf_stats_request q)
{
    answer a;
    pf_ctx_init(&a.ctx);
    pf_arena_init(&a.arena);
    pf_buf_init(&a.out, &a.ctx);
    q.json = 1;
    assert_ok(&a.ctx, pf_stats_run(&a.ctx, &q, &a.out));
    assert_ok(&a.ctx, pf_jvalue_parse(&a.ctx, &a.arena, a.out.bytes, a.out.size, &a.json));
    return a;
}

static void answer_clear(answer *a)
{
    pf_buf_clear(&a->out);
    pf_arena_clear(&a->arena);
}

static double get(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

static const pf_jvalue *element(const pf_jvalue *list, size_t i)
{
    const pf_jvalue *v = list ? list->first : NULL;
    while (v && i--) v = v->next;
    return v;
}

static const expectation *row_of(
    const expectation *e, size_t n, const char *what, const char *label, size_t skip)
{
    for (size_t i = 0; i < n; i++)
        if (is(&e[i], what) && !strcmp(e[i].label, label) && skip-- == 0) return &e[i];
    fail_msg("no row %s %s", what, label);
    return NULL;
}

static void medians_of_oak_are_the_published_ones(void **state)
{
    (void)state;
    size_t n;
    expectation *e = expected_load("oak", &n);
    const struct {
        const char *end, *time, *censor;
        double
            months[2]; /* atezolizumab, docetaxel: Rittmeyer et al. 2017, Gandara et al. 2018 */
    } end[] = {{"pfs_median", "pfs_month", "pfs_censored", {2.8, 4.0}},
        {"os_median", "os_month", "os_censored", {13.8, 9.6}}};
    for (size_t k = 0; k < 2; k++) {
        answer a = ask((pf_stats_request){.method = PF_STATS_KM,
            .path = OAK,
            .time = end[k].time,
            .censor = end[k].censor,
            .group = "arm"});
        for (size_t g = 0; g < 2; g++) {
            const pf_jvalue *group = element(pf_jvalue_get(a.json, "groups"), g);
            const pf_jvalue *t =
                pf_jvalue_get(element(pf_jvalue_get(group, "quantiles"), 0), "time");
            const char *arm = pf_jvalue_text(pf_jvalue_get(group, "group"), "");
            const expectation *want = row_of(e, n, end[k].end, arm, 0);
            assert_as_r(get(t, "value"), want->v[0]);
            assert_as_r(get(t, "lower"), want->v[1]);
            assert_as_r(get(t, "upper"), want->v[2]);
            assert_close(get(t, "value"), end[k].months[g], 0, 0.05);
            assert_close(get(group, "n"), 425, 0, 0);
        }
        answer_clear(&a);
    }
    free(e);
}

static void response_rates_of_oak_are_the_published_ones(void **state)
{
    (void)state;
    size_t n;
    expectation *e = expected_load("oak", &n);
    const char *yes[] = {"CR", "PR"};
    const double published[] = {13.6, 13.4};
    answer a = ask((pf_stats_request){.method = PF_STATS_BINOM,
        .path = OAK,
        .event = "best_response",
        .yes = yes,
        .n_yes = 2,
        .missing_is_no = 1,
        .group = "arm"});
    for (size_t g = 0; g < 2; g++) {
        const pf_jvalue *p = element(pf_jvalue_get(a.json, "proportions"), g);
        const expectation *want =
            row_of(e, n, "orr", pf_jvalue_text(pf_jvalue_get(p, "group"), ""), 0);
        assert_as_r(get(p, "x"), want->v[0]);
        assert_as_r(get(p, "n"), want->v[1]);
        assert_as_r(get(p, "lower"), want->v[3]);
        assert_as_r(get(p, "upper"), want->v[4]);
        assert_close(100 * get(p, "value"), published[g], 0, 0.05);
    }
    answer_clear(&a);
    free(e);
}

static void the_models_of_oak_are_those_of_r(void **state)
{
    (void)state;
    size_t n;
    expectation *e = expected_load("oak", &n);
    const char *covariates[] = {
        "arm=docetaxel", "age_year", "sex", "pdl1_class", "baseline_sld_mm", "ecog"};
    const char *strata[] = {"histology"};
    answer a = ask((pf_stats_request){.method = PF_STATS_COX,
        .path = OAK,
        .time = "os_month",
        .censor = "os_censored",
        .covariates = covariates,
        .n_covariates = 6,
        .strata = strata,
        .n_strata = 1});
    assert_close(get(a.json, "rows_used"), 849, 0, 0);
    const pf_jvalue *out = element(pf_jvalue_get(a.json, "rows_left_out"), 0);
    assert_close(get(out, "line"), 368, 0, 0);
    assert_as_r(get(a.json, "loglik"), row_of(e, n, "cox", "os_cox", 0)->v[3]);
    const pf_jvalue *list = pf_jvalue_get(a.json, "coefficients");
    assert_int_equal(list->n, 7);
    for (size_t j = 0; j < 7; j++) {
        const expectation *want = row_of(e, n, "cox_coef", "os_cox", j);
        assert_as_r(get(element(list, j), "coef"), want->v[1]);
        assert_as_r(get(element(list, j), "se"), want->v[2]);
        assert_as_r(get(element(list, j), "hazard_ratio"), want->v[5]);
    }
    answer_clear(&a);
    a = ask((pf_stats_request){.method = PF_STATS_LOGRANK,
        .path = OAK,
        .time = "os_month",
        .censor = "os_censored",
        .group = "arm",
        .strata = strata,
        .n_strata = 1});
    assert_as_r(get(a.json, "chi_square"), row_of(e, n, "os_logrank", "", 0)->v[0]);
    assert_as_r(get(a.json, "p"), row_of(e, n, "os_logrank", "", 0)->v[1]);
    answer_clear(&a);
    free(e);
}

static void every_statistic_is_written_as_a_table_too(void **state)
{
    (void)state;
    const char *covariates[] = {"arm"};
    const double at[] = {6, 12};
    const int64_t counts[] = {20, 55, 10, 54};
    const struct {
        pf_stats_request q;
        const char *want;
    } asked[] = {
        {{.method = PF_STATS_KM, .times = at, .n_times = 2, .curve = 1}, "13.77"},
        {{.method = PF_STATS_LOGRANK}, "chi-square 14.26, df 1"},
        {{.method = PF_STATS_COX, .covariates = covariates, .n_covariates = 1},
            "arm: docetaxel vs atezolizumab"},
        {{.method = PF_STATS_RMST, .tau = 18}, "docetaxel against atezolizumab"},
        {{.method = PF_STATS_FISHER, .counts = counts, .n_counts = 4}, "0.053"},
    };
    for (size_t i = 0; i < PF_COUNT(asked); i++) {
        pf_ctx ctx;
        pf_buf out;
        pf_stats_request q = asked[i].q;
        pf_ctx_init(&ctx);
        pf_buf_init(&out, &ctx);
        if (!q.n_counts)
            q.path = OAK, q.time = "os_month", q.censor = "os_censored", q.group = "arm";
        if (q.method == PF_STATS_COX) q.group = NULL;
        assert_ok(&ctx, pf_stats_run(&ctx, &q, &out));
        assert_contains(out.bytes, asked[i].want);
        pf_buf_clear(&out);
    }
}

static void a_request_with_a_mistake_says_what_is_missing(void **state)
{
    (void)state;
    const char *yes[] = {"CRR"};
    const char *one[] = {"arm=placebo"};
    const struct {
        pf_stats_request q;
        const char *want;
    } bad[] = {
        {{.method = PF_STATS_KM, .path = OAK}, "stats km needs --time"},
        {{.method = PF_STATS_KM, .path = OAK, .time = "os_month"}, "needs --event or --censor"},
        {{.method = PF_STATS_KM, .path = OAK, .time = "race", .censor = "os_censored"},
            ":2:16: 'WHITE'"},
        {{.method = PF_STATS_KM, .path = OAK, .time = "os_month", .event = "sex"},
            "is not 0 or 1"},
        {{.method = PF_STATS_KM, .path = OAK, .time = "os_mont", .censor = "os_censored"},
            "did you mean"},
        {{.method = PF_STATS_LOGRANK, .path = OAK, .time = "os_month", .event = "ecog"},
            "needs --group"},
        {{.method = PF_STATS_BINOM,
             .path = OAK,
             .event = "best_response",
             .yes = yes,
             .n_yes = 1},
            "no row has 'CRR'"},
        {{.method = PF_STATS_COX,
             .path = OAK,
             .time = "os_month",
             .censor = "os_censored",
             .covariates = one,
             .n_covariates = 1},
            "no row has 'placebo' in column 'arm'"},
        {{.method = PF_STATS_FISHER}, "needs --event, or --x and --n"},
        {{.method = PF_STATS_KM, .conf = 95}, "--conf 95 is not between 0 and 1"},
    };
    for (size_t i = 0; i < PF_COUNT(bad); i++) {
        pf_ctx ctx;
        pf_buf out;
        pf_ctx_init(&ctx);
        pf_buf_init(&out, &ctx);
        assert_int_equal(pf_stats_run(&ctx, &bad[i].q, &out), PF_ERR_CONFIG);
        assert_contains(ctx.message, bad[i].want);
        pf_buf_clear(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_is_read_as_written),
        cmocka_unit_test(problems_are_told_with_line_and_column),
        cmocka_unit_test(numbers_and_names_are_strict),
        cmocka_unit_test(medians_of_oak_are_the_published_ones),
        cmocka_unit_test(response_rates_of_oak_are_the_published_ones),
        cmocka_unit_test(the_models_of_oak_are_those_of_r),
        cmocka_unit_test(every_statistic_is_written_as_a_table_too),
        cmocka_unit_test(a_request_with_a_mistake_says_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
