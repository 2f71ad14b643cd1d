/* From rows to endpoints, to the spread over replicates, to verdicts; small enough to do by
 * hand. */
#include "ct.h"
#include "base/json.h"
#include "trial/summary_parts.h"

#include <string.h>

enum { COLUMNS = PF_P_FIXED + 1 + 2 }; /* one covariate, two kinetics samples */

static const char *column_name[COLUMNS];
static const double sampled[] = {1, 7};

static pf_layout layout(void)
{
    pf_layout l = {.n_covariate = 1, .n_sample = 2, .kinetics_unit = "cell/uL"};
    for (int i = 0; i < COLUMNS; i++) column_name[i] = "x";
    column_name[PF_P_FIXED] = "age";
    l.n_column[PF_TABLE_PATIENTS] = COLUMNS;
    l.column[PF_TABLE_PATIENTS] = column_name;
    return l;
}

static pf_study study(pf_arm *arm, size_t n_arm, size_t size)
{
    static const char *const name[] = {"control", "control + NK", "third"};
    for (size_t a = 0; a < n_arm; a++) arm[a] = (pf_arm){.name = name[a], .size = size};
    return (pf_study){.name = "tiny",
        .n_arm = n_arm,
        .arm = arm,
        .horizon = 400,
        .replicates = 2,
        .assess = {.n_kinetics = 2, .kinetics = sampled}};
}

typedef struct {
    int arm, best;
    double pfs;
    int event;
    double os;
    int died;
} patient;

static void put(pf_chunk *c, int replicate, const patient *p)
{
    double *row = pf_chunk_row(NULL, c, PF_TABLE_PATIENTS);
    row[PF_P_REPLICATE] = replicate;
    row[PF_P_PATIENT] = (double)c->table[PF_TABLE_PATIENTS].n - 1;
    row[PF_P_ARM] = p->arm;
    row[PF_P_FAILED] = p->best == 0;
    row[PF_P_FIXED] = 60 + p->arm;
    if (!p->best) return;
    row[PF_P_TREATED] = 2;
    row[PF_P_BEST] = p->best;
    row[PF_P_CHANGE] = 20.0 * p->best - 100;
    row[PF_P_PFS] = p->pfs, row[PF_P_PFS_EVENT] = p->event;
    row[PF_P_PROGRESSION] = p->event ? PF_PD_TARGET : 0;
    row[PF_P_OS] = p->os, row[PF_P_OS_EVENT] = p->died;
    row[PF_P_CMAX] = 10 * p->best, row[PF_P_TMAX] = 9, row[PF_P_AUC28] = 100;
    row[PF_P_FIXED + 1] = p->best, row[PF_P_FIXED + 2] = 2 * p->best;
    if (p->best <= PF_RESPONSE_PR)
        row[PF_P_TTR] = 5, row[PF_P_DOR] = p->pfs - 5, row[PF_P_DOR_EVENT] = p->event;
}

static const patient first[] = {{0, PF_RESPONSE_CR, 40, 1, 100, 0},
    {0, PF_RESPONSE_PR, 30, 0, 100, 0}, {0, PF_RESPONSE_SD, 20, 1, 100, 0},
    {0, PF_RESPONSE_PD, 10, 1, 100, 0}, {1, PF_RESPONSE_PR, 50, 1, 90, 1},
    {1, PF_RESPONSE_NE, 0, 0, 80, 1}, {1, PF_RESPONSE_SD, 60, 1, 100, 0}, {1, 0, 0, 0, 0, 0}};
static const patient second[] = {{0, PF_RESPONSE_CR, 40, 1, 100, 0},
    {0, PF_RESPONSE_PR, 30, 0, 100, 0}, {0, PF_RESPONSE_PR, 20, 1, 100, 0},
    {0, PF_RESPONSE_PR, 10, 1, 100, 0}, {1, PF_RESPONSE_PD, 50, 1, 90, 1},
    {1, PF_RESPONSE_NE, 0, 0, 80, 1}, {1, PF_RESPONSE_SD, 60, 1, 100, 0},
    {1, PF_RESPONSE_SD, 60, 1, 100, 0}};

static double measured(const pf_replicate *r, int kind, size_t arm, double at)
{
    double value, variance;
    const pf_measure m = {kind, at, arm, 0};
    assert_ok(NULL, pf_replicate_measure(NULL, r, &m, &value, &variance));
    return value;
}

static void the_endpoints_of_a_tiny_trial_are_those_done_by_hand(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    pf_chunk c;
    pf_chunk_init(&c, &l);
    for (size_t i = 0; i < PF_COUNT(first); i++) put(&c, 0, &first[i]);
    pf_replicate r;
    assert_ok(&ctx, pf_replicate_fit(&ctx, &s, &l, &c.table[PF_TABLE_PATIENTS], &r));
    const struct {
        int kind;
        double at, control, nk;
    } row[] = {
        {PF_ENDPOINT_ORR, 0, 0.5, 1.0 / 3}, /* the failed patient is not counted */
        {PF_ENDPOINT_DCR, 0, 0.75, 2.0 / 3},
        {PF_ENDPOINT_CR, 0, 0.25, 0},
        {PF_ENDPOINT_PFS, 0, 30, 55}, /* S is 0.5 from 20 to 40, and from 50 to 60 */
        {PF_ENDPOINT_OS, 0, INFINITY, 90},
        {PF_ENDPOINT_DOR, 0, 35, 45},
        {PF_ENDPOINT_PFS_AT, 20, 0.5, 1},
        {PF_ENDPOINT_OS_AT, 85, 1, 2.0 / 3},
        {PF_ENDPOINT_KINETICS, 7, 5, 6},
        {PF_ENDPOINT_KINETICS, 8, NAN, NAN}, /* not sampled */
        {PF_ENDPOINT_CMAX, 0, 25, 30},
        {PF_ENDPOINT_TMAX, 0, 9, 9},
        {PF_MEASURE_TTR, 0, 5, 5},
    };
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        assert_close(measured(&r, row[i].kind, 0, row[i].at), row[i].control, 1e-12, 0);
        assert_close(measured(&r, row[i].kind, 1, row[i].at), row[i].nk, 1e-12, 0);
    }
    assert_close(measured(&r, PF_MEASURE_ORR_DIFFERENCE, 1, 0), -1.0 / 6, 1e-12, 0);
    assert_close(measured(&r, PF_ENDPOINT_PFS_RATIO, 1, 0), 55.0 / 30, 1e-12, 0);
    assert_true(measured(&r, PF_MEASURE_PFS_LOGRANK, 1, 0) < 1);
    assert_true(isnan(measured(&r, PF_MEASURE_OS_HAZARD, 1, 0))); /* no death in the control */
    pf_replicate_clear(&r);
    pf_chunk_clear(&c);
}

static void equal_arms_have_a_hazard_ratio_of_1(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    pf_chunk c;
    pf_chunk_init(&c, &l);
    for (int a = 0; a < 2; a++)
        for (size_t i = 0; i < 4; i++) {
            patient p = first[i];
            p.arm = a;
            put(&c, 0, &p);
        }
    pf_replicate r;
    assert_ok(&ctx, pf_replicate_fit(&ctx, &s, &l, &c.table[PF_TABLE_PATIENTS], &r));
    assert_close(measured(&r, PF_MEASURE_PFS_HAZARD, 1, 0), 1, 1e-9, 0);
    assert_close(measured(&r, PF_MEASURE_PFS_LOGRANK, 1, 0), 1, 1e-9, 0);
    pf_replicate_clear(&r);
    pf_chunk_clear(&c);
}

/* ---- the whole summary ---- */

static void add(pf_summary *s, const pf_layout *l, int replicate, const patient *p, size_t n)
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_chunk c;
    pf_chunk_init(&c, l);
    for (size_t i = 0; i < n; i++) put(&c, replicate, &p[i]);
    assert_ok(&ctx, pf_summary_add(&ctx, s, &c.table[PF_TABLE_PATIENTS]));
    pf_chunk_clear(&c);
}

static const pf_jvalue *json_of(pf_summary *s, pf_arena *a)
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_buf b;
    const pf_jvalue *v = NULL;
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_summary_json(&ctx, s, &b));
    assert_ok(&ctx, pf_jvalue_parse(&ctx, a, b.bytes, b.size, &v));
    pf_buf_clear(&b);
    return v;
}

static const pf_jvalue *nth(const pf_jvalue *v, size_t i)
{
    const pf_jvalue *e = v ? v->first : NULL;
    while (e && i--) e = e->next;
    return e;
}

static const pf_jvalue *endpoint(const pf_jvalue *all, size_t arm, const char *name)
{
    const pf_jvalue *list = pf_jvalue_get(nth(pf_jvalue_get(all, "arms"), arm), "endpoints");
    for (const pf_jvalue *e = list->first; e; e = e->next)
        if (!strcmp(pf_jvalue_text(pf_jvalue_get(e, "endpoint"), ""), name)) return e;
    return NULL;
}

static double number(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

static void two_replicates_give_means_and_both_variances(void **state)
{
    (void)state;
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    add(sum, &l, 1, second, PF_COUNT(second));
    const pf_jvalue *all = json_of(sum, &a), *orr = endpoint(all, 0, "ORR");
    assert_close(number(all, "patients"), 16, 0, 0);
    assert_close(number(all, "failed"), 1, 0, 0);
    assert_contains(pf_jvalue_text(pf_jvalue_get(all, "failed_note"), ""), "1 of 16");
    assert_close(number(orr, "mean"), 0.75, 1e-12, 0);
    assert_close(number(orr, "q025"), 0.5125, 1e-12, 0);
    assert_close(number(orr, "variance_total"), 0.125, 1e-12, 0);
    assert_close(number(orr, "variance_inner"), (0.25 / 4 + 0) / 2, 1e-12, 0);
    assert_close(number(orr, "variance_outer"), 0.125 - 0.03125, 1e-12, 0);
    const pf_jvalue *os = endpoint(all, 0, "OS");
    assert_close(number(os, "replicates_reached"), 0, 0, 0);
    assert_true(isnan(number(os, "mean")));
    const pf_jvalue *nk = nth(pf_jvalue_get(all, "arms"), 1);
    assert_close(number(nk, "failed"), 1, 0, 0);
    assert_close(number(pf_jvalue_get(nk, "responses"), "NE"), 2, 0, 0);
    assert_close(number(nth(pf_jvalue_get(nk, "covariates"), 0), "mean"), 61, 1e-12, 0);
    const pf_jvalue *bars = nth(pf_jvalue_get(all, "waterfall"), 0);
    assert_close(pf_jvalue_number(nth(pf_jvalue_get(bars, "change"), 0)), -20, 0, 0);
    assert_close(pf_jvalue_number(nth(pf_jvalue_get(bars, "change"), 3)), -80, 0, 0);
    pf_summary_free(sum);
    pf_arena_clear(&a);
}

static void a_pooled_curve_is_the_kaplan_meier_of_all_patients(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    double time[300];
    unsigned char event[300];
    for (int i = 0; i < 300; i++) {
        time[i] = 2 * ((i * 37) % 150); /* on the edges of bins 2 days wide */
        event[i] = i % 3 > 0;
    }
    pf_km km;
    pf_pooled p;
    pf_arena a;
    pf_buf b;
    const pf_jvalue *v = NULL;
    pf_pooled_init(&p, 1200);
    pf_arena_init(&a);
    pf_buf_init(&b, &ctx);
    assert_ok(&ctx, pf_pooled_add(&ctx, &p, time, event, 100, NULL));
    assert_ok(&ctx, pf_pooled_add(&ctx, &p, time + 100, event + 100, 200, NULL));
    assert_ok(&ctx, pf_km_fit(&ctx, 300, time, event, NULL, &km));
    pf_json_open(&b, NULL, '{');
    assert_ok(&ctx, pf_pooled_json(&ctx, &p, &b));
    pf_json_close(&b, '}');
    assert_ok(&ctx, pf_jvalue_parse(&ctx, &a, b.bytes, b.size, &v));
    for (size_t k = 0; k < 150; k++)
        assert_close(pf_jvalue_number(nth(pf_jvalue_get(v, "survival"), k)),
            pf_km_at(&km, 2.0 * (double)k).value, 0, 1e-5);
    const pf_jvalue *tick = nth(pf_jvalue_get(v, "ticks"), 1);
    assert_close(
        number(tick, "at_risk"), (double)pf_km_at_risk(&km, number(tick, "day")) / 2, 0, 1e-9);
    pf_km_clear(&km);
    pf_pooled_clear(&p);
    pf_buf_clear(&b);
    pf_arena_clear(&a);
}

static void ticks_are_whole_months_and_few(void **state)
{
    (void)state;
    double day[PF_TICKS_MAX];
    const double months[] = {0.5, 2, 7, 12, 30, 60, 240};
    for (size_t i = 0; i < PF_COUNT(months); i++) {
        size_t n = pf_pooled_ticks(months[i] * PF_MONTH_DAYS, day);
        assert_in_range(n, 1, PF_TICKS_MAX);
        assert_true(day[n - 1] <= months[i] * PF_MONTH_DAYS + 1e-6);
    }
    assert_int_equal(pf_pooled_ticks(30 * PF_MONTH_DAYS, day), 6);
    assert_close(day[1], 6 * PF_MONTH_DAYS, 1e-12, 0);
}

/* ---- spread ---- */

static void quantiles_and_ranks_agree_with_r(void **state)
{
    (void)state;
    pf_spread v;
    const double x[] = {8, NAN, 1, 4, 2}, far[] = {1, INFINITY, INFINITY, 3};
    assert_ok(NULL, pf_spread_fit(NULL, x, 5, &v));
    assert_int_equal(v.defined, 4);
    assert_close(v.q025, 1.075, 1e-12, 0);
    assert_close(v.median, 3, 1e-12, 0);
    assert_close(v.q975, 7.7, 1e-12, 0);
    assert_close(v.sd, 3.095695936834452, 1e-12, 0);
    assert_close(pf_percentile_of(x, 5, 4), 62.5, 1e-12, 0);
    assert_ok(NULL, pf_spread_fit(NULL, far, 4, &v));
    assert_int_equal(v.reached, 2);
    assert_close(v.mean, 2, 1e-12, 0);
    assert_true(isinf(v.q975) && isinf(v.median) && v.q025 > 1);
    const double a[] = {1, 2, 3, 4, 5}, b[] = {2, 2, 7, 6, 9}, flat[] = {1, 1, 1, 1, 1};
    double rho;
    assert_ok(NULL, pf_rank_correlation(NULL, a, b, 5, &rho));
    assert_close(rho, 0.8720815992723809, 1e-12, 0);
    assert_ok(NULL, pf_rank_correlation(NULL, a, flat, 5, &rho));
    assert_true(isnan(rho));
}

/* ---- verdicts ---- */

typedef struct {
    const char *what;
    pf_endpoint endpoint;
    double value, low, high;
    size_t n, replicates;
    double from, to; /* simulated values, evenly spread */
    pf_verdict_kind kind;
    const char *part;
} verdict_case;

static void verdicts_follow_the_two_criteria(void **state)
{
    (void)state;
    static const verdict_case row[] = {
        {"in both", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 400, 0.2, 0.4, PF_VERDICT_PASS,
            "inside the central 95 % of 400 replicates, and"},
        {"in the spread, mean off", PF_ENDPOINT_ORR, 0.3, 0.28, 0.32, 50, 400, 0.0, 0.35,
            PF_VERDICT_MISS, "but the simulated mean of 17.5 % lies outside"},
        {"mean right, spread narrow", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 400, 0.31, 0.33,
            PF_VERDICT_MISS, "outside the central 95 %"},
        {"exact interval", PF_ENDPOINT_CR, 0.2, NAN, NAN, 50, 400, 0.1, 0.3, PF_VERDICT_PASS,
            "exact binomial interval 10.0 % to 33.7 %"},
        {"median without interval", PF_ENDPOINT_PFS, 100, NAN, NAN, 0, 400, 50, 300,
            PF_VERDICT_PASS, "only criterion"},
        {"kinetics in", PF_ENDPOINT_CMAX, 50, 10, 100, 0, 400, 20, 90, PF_VERDICT_PASS,
            "simulated median of 55"},
        {"kinetics out", PF_ENDPOINT_TMAX, 9, 8, 12, 0, 400, 1, 3, PF_VERDICT_MISS,
            "lies outside"},
        {"kinetics without interval", PF_ENDPOINT_CMAX, 50, NAN, NAN, 0, 400, 20, 90,
            PF_VERDICT_CANNOT_SAY, "no published interval"},
        {"few replicates", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 40, 0.2, 0.4, PF_VERDICT_PASS,
            "provisional: 40 replicates < 200"},
        {"one replicate", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 1, 0.3, 0.3,
            PF_VERDICT_CANNOT_SAY, "no spread"},
        {"no replicate", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 50, 0, 0, 0, PF_VERDICT_CANNOT_SAY,
            "no replicate"},
        {"other size", PF_ENDPOINT_ORR, 0.3, 0.2, 0.4, 52, 400, 0.2, 0.4, PF_VERDICT_PASS,
            "published for 52 patients, simulated with 50"},
    };
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        const verdict_case *c = &row[i];
        pf_ctx ctx;
        pf_ctx_init(&ctx);
        double value[400];
        for (size_t k = 0; k < c->replicates; k++)
            value[k] = c->from + (c->to - c->from) * (double)k / 399;
        if (c->replicates == 40) /* the same spread with fewer values */
            for (size_t k = 0; k < 40; k++)
                value[k] = c->from + (c->to - c->from) * (double)k / 39;
        const pf_expect e = {.endpoint = c->endpoint,
            .value = c->value,
            .low = c->low,
            .high = c->high,
            .n = c->n};
        pf_verdict v;
        assert_ok(&ctx, pf_expect_judge(&ctx, &e, 50, value, c->replicates, &v));
        if (v.kind != c->kind) print_error("%s: %s\n", c->what, v.sentence);
        assert_int_equal(v.kind, c->kind);
        assert_contains(v.sentence, c->part);
    }
}

static void a_median_that_half_the_replicates_do_not_reach_is_no_pass(void **state)
{
    (void)state;
    double value[200];
    for (int i = 0; i < 200; i++) value[i] = i < 90 ? 100.0 + i : (double)INFINITY;
    const pf_expect e = {.endpoint = PF_ENDPOINT_OS, .value = 150, .low = 100, .high = 200};
    pf_verdict v;
    assert_ok(NULL, pf_expect_judge(NULL, &e, 0, value, 200, &v));
    assert_int_equal(v.kind, PF_VERDICT_MISS);
    assert_true(v.in_centre && !v.in_interval);
    assert_contains(v.sentence, "110 replicates did not reach it");
}

static void roles_are_listed_apart(void **state)
{
    (void)state;
    pf_expect e[] = {{.endpoint = PF_ENDPOINT_ORR,
                         .value = 0.5,
                         .low = NAN,
                         .high = NAN,
                         .n = 4,
                         .role = PF_EXPECT_FIT,
                         .source = "a"},
        {.endpoint = PF_ENDPOINT_ORR,
            .arm = 1,
            .value = 0.3,
            .low = NAN,
            .high = NAN,
            .n = 4,
            .role = PF_EXPECT_PREDICT},
        {.endpoint = PF_ENDPOINT_ORR,
            .arm = 1,
            .value = 0.9,
            .low = NAN,
            .high = NAN,
            .role = PF_EXPECT_CLAIM},
        {.endpoint = PF_ENDPOINT_OS_RATIO,
            .arm = 0,
            .against = 1,
            .value = 1.5,
            .low = NAN,
            .high = NAN,
            .role = PF_EXPECT_CHECK},
        {.endpoint = PF_ENDPOINT_PFS_AT,
            .at = 33,
            .arm = 1,
            .value = 0.6,
            .low = 0,
            .high = 1,
            .role = PF_EXPECT_CHECK}};
    pf_arm arm[2];
    pf_study s = study(arm, 2, 4);
    pf_layout l = layout();
    s.n_expect = PF_COUNT(e), s.expect = e;
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    add(sum, &l, 1, second, PF_COUNT(second));
    const pf_jvalue *by_role = pf_jvalue_get(json_of(sum, &a), "expectations");
    const char *const role[] = {"fit", "check", "predict", "claim"};
    const size_t n[] = {1, 2, 1, 1};
    for (size_t i = 0; i < 4; i++) {
        const pf_jvalue *r = pf_jvalue_get(by_role, role[i]);
        assert_int_equal(pf_jvalue_get(r, "figures")->n, n[i]);
        assert_close(number(r, "pass") + number(r, "miss") + number(r, "cannot_say"),
            (double)n[i], 0, 0);
    }
    pf_summary_free(sum);
    pf_arena_clear(&a);
}

static size_t longest_line(const char *text)
{
    size_t most = 0, n = 0;
    for (; *text; text++) {
        n = *text == '\n' ? 0 : n + (((unsigned char)*text & 0xC0) != 0x80);
        if (n > most) most = n;
    }
    return most;
}

static void the_table_fits_a_terminal_and_shows_the_verdicts(void **state)
{
    (void)state;
    pf_expect e[] = {{.endpoint = PF_ENDPOINT_ORR,
                         .value = 0.5,
                         .low = NAN,
                         .high = NAN,
                         .n = 54,
                         .role = PF_EXPECT_FIT},
        {.endpoint = PF_ENDPOINT_ORR,
            .arm = 1,
            .value = 0.365,
            .low = NAN,
            .high = NAN,
            .n = 55,
            .role = PF_EXPECT_PREDICT},
        {.endpoint = PF_ENDPOINT_PFS_RATIO,
            .arm = 1,
            .value = 1.5,
            .low = NAN,
            .high = NAN,
            .role = PF_EXPECT_CHECK}};
    pf_arm arm[3];
    pf_study s = study(arm, 3, 4);
    arm[1].name = "pembrolizumab with a very long name of many words and \xC3\xA4 letters";
    pf_layout l = layout();
    s.n_expect = PF_COUNT(e), s.expect = e;
    pf_summary *sum = NULL;
    pf_buf b;
    pf_buf_init(&b, NULL);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    add(sum, &l, 1, second, PF_COUNT(second));
    assert_ok(NULL, pf_summary_text(NULL, sum, &b));
    assert_contains(b.bytes, "36.5 % (n 55, predict)");
    assert_contains(b.bytes, "percentile: ");
    assert_contains(b.bytes, "1 patient failed (failures.csv), 15 counted");
    assert_contains(b.bytes, "provisional: 2 replicates < 200");
    pf_buf_clear(&b);
    pf_summary_free(sum);
    s.n_arm = 2; /* without the third arm's notes every line fits */
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    add(sum, &l, 0, first, PF_COUNT(first));
    assert_ok(NULL, pf_summary_text(NULL, sum, &b));
    assert_true(longest_line(b.bytes) <= 100);
    pf_summary_free(sum);
    pf_buf_clear(&b);
}

/* ---- the edges ---- */

static void nobody_one_patient_and_all_failed_are_no_trouble(void **state)
{
    (void)state;
    const patient one = {0, PF_RESPONSE_SD, 10, 0, 10, 0}, lost = {0, 0, 0, 0, 0, 0};
    const struct {
        const patient *p;
        size_t n, replicates;
    } row[] = {{NULL, 0, 0}, {NULL, 0, 1}, {&one, 1, 1}, {&lost, 1, 3}};
    pf_expect e = {.endpoint = PF_ENDPOINT_OS, .value = 5, .low = 1, .high = 9};
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_arm arm[2];
        pf_study s = study(arm, 2, 1);
        pf_layout l = layout();
        pf_summary *sum = NULL;
        pf_arena a;
        pf_buf b;
        s.n_expect = 1, s.expect = &e;
        pf_arena_init(&a);
        pf_buf_init(&b, NULL);
        assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
        for (size_t k = 0; k < row[i].replicates; k++) add(sum, &l, (int)k, row[i].p, row[i].n);
        const pf_jvalue *all = json_of(sum, &a);
        assert_close(number(all, "replicates"), (double)row[i].replicates, 0, 0);
        assert_int_equal(
            pf_jvalue_get(pf_jvalue_get(pf_jvalue_get(all, "expectations"), "fit"), "figures")
                ->n,
            1);
        assert_ok(NULL, pf_summary_text(NULL, sum, &b));
        pf_buf_clear(&b);
        pf_arena_clear(&a);
        pf_summary_free(sum);
    }
}

static void the_unknown_that_drives_the_result_comes_first(void **state)
{
    (void)state;
    pf_variable v[] = {{.name = "idle", .kind = PF_DIST_UNIFORM, .high = 1},
        {.name = "driver", .kind = PF_DIST_LOGUNIFORM, .low = 1, .high = 9, .unknown = 1}};
    pf_arm arm[1];
    pf_study s = study(arm, 1, 10);
    const double low = 1e8;
    const pf_regimen_item nk = {.drug = "x", .n_dose = 1, .dose = &low, .dose_high = 1e10};
    s.unknowns = (pf_population){.n_variable = 2, .variable = v};
    arm[0].n_item = 1, arm[0].item = &nk;
    pf_layout l = layout();
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(NULL, pf_summary_new(NULL, &s, &l, &sum));
    for (int k = 0; k < 10; k++) {
        patient p[10];
        for (int i = 0; i < 10; i++)
            p[i] = (patient){0, i < k ? PF_RESPONSE_PR : PF_RESPONSE_SD, 10, 1, 20, 1};
        const double x[] = {k * 7 % 10, k};
        if (k != 4) assert_ok(NULL, pf_summary_unknowns(NULL, sum, x)); /* one is not told */
        add(sum, &l, k, p, 10);
    }
    const pf_jvalue *list = pf_jvalue_get(json_of(sum, &a), "unknowns"), *u = nth(list, 0);
    assert_int_equal(list->n, 3); /* the dose, given as a range, is one of them */
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(u, "name"), ""), "driver");
    assert_close(number(u, "rank_correlation_ORR_last_arm"), 1, 1e-12, 0);
    pf_summary_free(sum);
    pf_arena_clear(&a);
}

static void a_hundred_thousand_patients_fit(void **state)
{
    (void)state;
    enum { MANY = 100000 };
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_arm arm[2];
    pf_study s = study(arm, 2, MANY / 2);
    pf_layout l = layout();
    pf_chunk c;
    pf_chunk_init(&c, &l);
    pf_random r;
    pf_random_init(&r, 1, PF_DRAW_TEST, 0, 0, 0);
    for (int i = 0; i < MANY; i++) {
        double t = 100 * (1 + i % 2) * pf_random_exponential(&r);
        const patient p = {
            i % 2, i % 5 + 1, fmin(t, 400), t < 400, fmin(2 * t, 400), 2 * t < 400};
        put(&c, 0, &p);
    }
    pf_summary *sum = NULL;
    pf_arena a;
    pf_arena_init(&a);
    assert_ok(&ctx, pf_summary_new(&ctx, &s, &l, &sum));
    assert_ok(&ctx, pf_summary_add(&ctx, sum, &c.table[PF_TABLE_PATIENTS]));
    const pf_jvalue *all = json_of(sum, &a);
    assert_close(number(endpoint(all, 0, "PFS"), "mean"), 100 * log(2), 0.03, 0);
    const pf_jvalue *hr =
        nth(pf_jvalue_get(nth(pf_jvalue_get(all, "comparisons"), 0), "measures"), 3);
    assert_string_equal(pf_jvalue_text(pf_jvalue_get(hr, "endpoint"), ""), "PFS_hazard_ratio");
    assert_close(number(hr, "mean"), 0.5, 0.03, 0);
    pf_summary_free(sum);
    pf_chunk_clear(&c);
    pf_arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_endpoints_of_a_tiny_trial_are_those_done_by_hand),
        cmocka_unit_test(equal_arms_have_a_hazard_ratio_of_1),
        cmocka_unit_test(two_replicates_give_means_and_both_variances),
        cmocka_unit_test(a_pooled_curve_is_the_kaplan_meier_of_all_patients),
        cmocka_unit_test(ticks_are_whole_months_and_few),
        cmocka_unit_test(quantiles_and_ranks_agree_with_r),
        cmocka_unit_test(verdicts_follow_the_two_criteria),
        cmocka_unit_test(a_median_that_half_the_replicates_do_not_reach_is_no_pass),
        cmocka_unit_test(roles_are_listed_apart),
        cmocka_unit_test(the_table_fits_a_terminal_and_shows_the_verdicts),
        cmocka_unit_test(nobody_one_patient_and_all_failed_are_no_trouble),
        cmocka_unit_test(the_unknown_that_drives_the_result_comes_first),
        cmocka_unit_test(a_hundred_thousand_patients_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
