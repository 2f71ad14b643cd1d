/* RECIST as a table: a series of sums goes in, responses and endpoints come out. */
#include "ct.h"
#include "patient/assess.h"

#include <string.h>

static pf_assess rules(void)
{
    return (pf_assess){.every = 42, .first = 42, .vanish_mm = 5, .sd_minimum = 42};
}

static const pf_identity who = {.seed = 3, .purpose = PF_DRAW_IMAGING, .patient = 1};

/* One patient with one lesion, seen every 42 days. */
typedef struct {
    const char *rule;
    double mm[7]; /* baseline, then visits; ends with -1 */
    int new_at;   /* visit that first shows a new lesion; 0 none */
    int confirm;
    double death;          /* day; 0 alive */
    const char *responses; /* of the visits, a letter each: C P S D */
    int best;
    double pfs;
    int pfs_event, progression;
    double ttr, dor;
} course;

#define NONE NAN, NAN
static const course table[] = {
    {"exactly -30 % is PR", {100, 70, -1}, 0, 0, 0, "P", PF_RESPONSE_PR, 42, 0, 0, 42, 0},
    {"-29 % is SD", {100, 71, -1}, 0, 0, 0, "S", PF_RESPONSE_SD, 42, 0, 0, NONE},
    {"exactly +20 % is PD", {100, 120, -1}, 0, 0, 0, "D", PF_RESPONSE_PD, 42, 1, PF_PD_TARGET,
        NONE},
    {"+19 % is SD", {100, 119, -1}, 0, 0, 0, "S", PF_RESPONSE_SD, 42, 0, 0, NONE},
    {"+20 % needs 5 mm", {20, 24, 25, -1}, 0, 0, 0, "SD", PF_RESPONSE_SD, 84, 1, PF_PD_TARGET,
        NONE},
    {"PD is against the nadir", {100, 50, 59, 60, -1}, 0, 0, 0, "PPD", PF_RESPONSE_PR, 126, 1,
        PF_PD_TARGET, 42, 84},
    {"all gone is CR", {30, 0, 0, -1}, 0, 0, 0, "CC", PF_RESPONSE_CR, 84, 0, 0, 42, 42},
    {"below the visible limit is gone", {30, 4.9, -1}, 0, 0, 0, "C", PF_RESPONSE_CR, 42, 0, 0,
        42, 0},
    {"back after CR is PD", {30, 0, 5, -1}, 0, 0, 0, "CD", PF_RESPONSE_CR, 84, 1, PF_PD_TARGET,
        42, 42},
    {"a new lesion is PD in spite of PR", {100, 60, 40, -1}, 2, 0, 0, "PD", PF_RESPONSE_PR, 84,
        1, PF_PD_NEW_LESION, 42, 42},
    {"new lesion and growth", {100, 130, -1}, 1, 0, 0, "D", PF_RESPONSE_PD, 42, 1, PF_PD_BOTH,
        NONE},
    {"PD stays", {100, 130, 60, 0, -1}, 0, 0, 0, "DDD", PF_RESPONSE_PD, 42, 1, PF_PD_TARGET,
        NONE},
    {"death counts for PFS", {100, 90, -1}, 0, 0, 60, "S", PF_RESPONSE_SD, 60, 1, PF_PD_DEATH,
        NONE},
    {"dead before the first visit", {100, -1}, 0, 0, 20, "", PF_RESPONSE_NE, 20, 1, PF_PD_DEATH,
        NONE},
    {"never seen again", {100, -1}, 0, 0, 0, "", PF_RESPONSE_NE, 0, 0, 0, NONE},
    {"unconfirmed PR is SD", {100, 60, 80, 80, -1}, 0, 1, 0, "PDD", PF_RESPONSE_SD, 84, 1,
        PF_PD_TARGET, NONE},
    {"confirmed PR counts from its first visit", {100, 60, 60, 90, -1}, 0, 1, 0, "PPD",
        PF_RESPONSE_PR, 126, 1, PF_PD_TARGET, 42, 84},
    {"PR then CR confirms PR only", {100, 60, 0, -1}, 0, 1, 0, "PC", PF_RESPONSE_PR, 84, 0, 0,
        42, 42},
    {"PR, CR, CR confirms CR", {100, 60, 0, 0, -1}, 0, 1, 0, "PCC", PF_RESPONSE_CR, 126, 0, 0,
        42, 84},
    {"SD between breaks the run", {100, 70, 72, 70, -1}, 0, 1, 0, "PSP", PF_RESPONSE_SD, 126, 0,
        0, NONE},
    {"a response after PD does not count", {100, 120, 20, 20, -1}, 0, 1, 0, "DDD",
        PF_RESPONSE_PD, 42, 1, PF_PD_TARGET, NONE},
};

static void play(const course *c, const pf_assess *how, pf_follow *f, char *letters)
{
    pf_visit v;
    pf_follow_start(f, how, &who, c->mm, 1);
    int k = 1, first = 0;
    for (; k < 7 && c->mm[k] >= 0; k++) {
        if (c->new_at == k) pf_follow_new_lesion(f, 42 * k - 10);
        int now = pf_follow_visit(f, k, 42 * k, &c->mm[k], &v);
        assert_false(now && first);
        if (now) first = 1;
        letters[k - 1] = " CPSDN"[v.response];
    }
    letters[k - 1] = '\0';
}

static void the_published_rules_hold_in_every_course(void **state)
{
    (void)state;
    for (size_t i = 0; i < PF_COUNT(table); i++) {
        const course *c = &table[i];
        pf_assess how = rules();
        how.confirm = c->confirm;
        pf_follow f;
        pf_endpoints e;
        char letters[8];
        play(c, &how, &f, letters);
        pf_follow_end(&f, c->death > 0 ? c->death : INFINITY, INFINITY, 1000, &e);
        if (strcmp(letters, c->responses) || e.best != c->best)
            print_error("%s: %s, best %s\n", c->rule, letters, pf_response_text(e.best));
        assert_string_equal(letters, c->responses);
        assert_int_equal(e.best, c->best);
        assert_close(e.pfs, c->pfs, 0, 1e-12);
        assert_int_equal(e.pfs_event, c->pfs_event);
        assert_int_equal(e.progression, c->progression);
        assert_close(e.ttr, c->ttr, 0, 1e-12);
        assert_close(e.dor, c->dor, 0, 1e-12);
    }
}

static void stable_disease_needs_its_time(void **state)
{
    (void)state;
    pf_assess how = rules();
    how.sd_minimum = 60;
    pf_follow f;
    pf_endpoints e;
    char letters[8];
    const course early = {.mm = {100, 95, -1}}, late = {.mm = {100, 95, 95, -1}},
                 worse = {.mm = {100, 95, 130, -1}};
    play(&early, &how, &f, letters);
    pf_follow_end(&f, INFINITY, INFINITY, 1000, &e);
    assert_int_equal(e.best, PF_RESPONSE_NE);
    play(&late, &how, &f, letters);
    pf_follow_end(&f, INFINITY, INFINITY, 1000, &e);
    assert_int_equal(e.best, PF_RESPONSE_SD);
    play(&worse, &how, &f, letters);
    pf_follow_end(&f, INFINITY, INFINITY, 1000, &e);
    assert_int_equal(e.best, PF_RESPONSE_PD);
    assert_close(e.best_change, -5, 1e-12, 0);
}

static void confirmation_waits_28_days(void **state)
{
    (void)state;
    pf_assess how = rules();
    how.confirm = 1, how.sd_minimum = 14;
    pf_follow f;
    pf_visit v;
    pf_endpoints e;
    const double start = 100, less = 50;
    pf_follow_start(&f, &how, &who, &start, 1);
    pf_follow_visit(&f, 1, 21, &less, &v);
    pf_follow_visit(&f, 2, 42, &less, &v); /* 21 days later: too early */
    pf_follow_end(&f, INFINITY, INFINITY, 1000, &e);
    assert_int_equal(e.best, PF_RESPONSE_SD);
    pf_follow_visit(&f, 3, 63, &less, &v);
    pf_follow_end(&f, INFINITY, INFINITY, 1000, &e);
    assert_int_equal(e.best, PF_RESPONSE_PR);
    assert_close(e.ttr, 21, 0, 0);
}

static void leaving_and_the_end_of_the_study_censor(void **state)
{
    (void)state;
    pf_assess how = rules();
    pf_follow f;
    pf_endpoints e;
    char letters[8];
    const course c = {.mm = {100, 90, 60, -1}};
    play(&c, &how, &f, letters);
    pf_follow_end(&f, 300, 200, 1000, &e); /* the death is after the dropout: not seen */
    assert_close(e.os, 200, 0, 0);
    assert_close(e.pfs, 84, 0, 0);
    assert_false(e.os_event || e.pfs_event || e.dor_event);
    pf_follow_end(&f, INFINITY, INFINITY, 150, &e);
    assert_close(e.os, 150, 0, 0);
    pf_follow_end(&f, 150, INFINITY, 150, &e);
    assert_true(e.os_event && e.pfs_event && e.dor_event);
    assert_close(e.dor, 66, 0, 1e-12);
    assert_close(e.ttr, 84, 0, 0);
}

/* Progression at 126, seen last without it at 84; or death at 100. */
static void options_of_scoring_move_progression_and_deaths(void **state)
{
    (void)state;
    static const struct {
        pf_deaths deaths;
        pf_dated dated;
        double mm[5], death, leave, pfs;
        int event, reason;
        double dor;
    } row[] = {
        {0, PF_DATED_MIDPOINT, {100, 60, 60, 90, -1}, 0, 0, 105, 1, PF_PD_TARGET, 63},
        {0, PF_DATED_MIDPOINT, {100, 130, -1}, 0, 0, 21, 1, PF_PD_TARGET, NAN},
        {0, PF_DATED_MIDPOINT, {100, 60, 60, -1}, 100, 0, 100, 1, PF_PD_DEATH, 58},
        {0, PF_DATED_MIDPOINT, {100, 60, 60, -1}, 0, 100, 84, 0, PF_PD_NONE, 42},
        {PF_DEATHS_CENSORED, 0, {100, 60, 60, -1}, 100, 0, 84, 0, PF_PD_NONE, 42},
        {PF_DEATHS_CENSORED, 0, {100, -1}, 20, 0, 0, 0, PF_PD_NONE, NAN},
        {PF_DEATHS_CENSORED, 0, {100, 60, 60, 90, -1}, 130, 0, 126, 1, PF_PD_TARGET, 84},
        {PF_DEATHS_CENSORED, PF_DATED_MIDPOINT, {100, 60, 60, 90, -1}, 130, 0, 105, 1,
            PF_PD_TARGET, 63},
    };
    for (size_t i = 0; i < PF_COUNT(row); i++) {
        pf_assess how = rules();
        how.deaths = row[i].deaths, how.progression_day = row[i].dated;
        course c = {0};
        pf_follow f;
        pf_endpoints e;
        char letters[8];
        memcpy(c.mm, row[i].mm, sizeof row[i].mm);
        play(&c, &how, &f, letters);
        pf_follow_end(&f, row[i].death > 0 ? row[i].death : INFINITY,
            row[i].leave > 0 ? row[i].leave : INFINITY, 1000, &e);
        assert_close(e.pfs, row[i].pfs, 0, 1e-12);
        assert_int_equal(e.pfs_event, row[i].event);
        assert_int_equal(e.progression, row[i].reason);
        assert_close(e.dor, row[i].dor, 0, 1e-12);
        assert_int_equal(e.os_event, row[i].death > 0);
        assert_close(e.os, row[i].death > 0 ? row[i].death : fmin(e.os, 1000), 0, 0);
    }
}

static void lugano_has_its_own_limits(void **state)
{
    (void)state;
    pf_assess how = rules();
    how.criteria = PF_CRITERIA_LUGANO;
    pf_follow f;
    pf_visit v;
    const double start = 100, sd = 71, pr = 70.5, still = 86, pd = 87;
    pf_follow_start(&f, &how, &who, &start, 1);
    pf_follow_visit(&f, 1, 42, &sd, &v);
    assert_int_equal(v.response, PF_RESPONSE_SD);
    pf_follow_visit(&f, 2, 84, &pr, &v);
    assert_int_equal(v.response, PF_RESPONSE_PR);
    pf_follow_visit(&f, 3, 126, &still, &v);
    assert_int_equal(v.response, PF_RESPONSE_SD);
    assert_true(pf_follow_visit(&f, 4, 168, &pd, &v));
}

static void reading_error_is_lognormal_and_by_identity(void **state)
{
    (void)state;
    pf_assess how = rules();
    how.error = 0.1;
    double s = 0, s2 = 0;
    const double mm[] = {30, 30};
    for (uint64_t i = 0; i < 5000; i++) {
        pf_identity one = {.seed = 1, .patient = i};
        pf_follow a, b;
        pf_follow_start(&a, &how, &one, mm, 1);
        pf_follow_start(&b, &how, &one, mm, 2);
        assert_true(b.baseline > a.baseline);
        double z = log(a.baseline / 30) / 0.1;
        s += z, s2 += z * z;
    }
    assert_close(s / 5000, 0, 0, 0.07);
    assert_close(s2 / 5000, 1, 0, 0.1);
}

static void visits_stay_in_their_windows_and_in_order(void **state)
{
    (void)state;
    pf_assess how = rules();
    how.first = 30, how.window = 7;
    for (uint64_t i = 0; i < 200; i++) {
        pf_identity one = {.seed = 1, .patient = i};
        double before = 0;
        for (int k = 1; k < 10; k++) {
            double day = pf_visit_day(&how, &one, k);
            assert_true(day > before && fabs(day - (30 + (k - 1) * 42)) <= 7);
            before = day;
        }
    }
    how.window = 100; /* wider than the interval: cut so that visits cannot change places */
    double before = 0;
    for (int k = 1; k < 50; k++) {
        double day = pf_visit_day(&how, &who, k);
        assert_true(day > before);
        before = day;
    }
}

static void without_measurable_disease_only_new_lesions_and_death_count(void **state)
{
    (void)state;
    pf_assess how = rules();
    pf_follow f;
    pf_visit v;
    pf_endpoints e;
    pf_follow_start(&f, &how, &who, NULL, 0);
    pf_follow_visit(&f, 1, 42, NULL, &v);
    assert_int_equal(v.response, PF_RESPONSE_NE);
    assert_true(isnan(v.change));
    pf_follow_new_lesion(&f, 50);
    assert_true(pf_follow_visit(&f, 2, 84, NULL, &v));
    pf_follow_end(&f, INFINITY, INFINITY, 100, &e);
    assert_int_equal(e.progression, PF_PD_NEW_LESION);
    assert_string_equal(pf_response_text(e.best), "PD");
    assert_string_equal(pf_response_text(77), "");
    assert_string_equal(pf_progression_text(PF_PD_DEATH), "death");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_rules_hold_in_every_course),
        cmocka_unit_test(stable_disease_needs_its_time),
        cmocka_unit_test(confirmation_waits_28_days),
        cmocka_unit_test(leaving_and_the_end_of_the_study_censor),
        cmocka_unit_test(options_of_scoring_move_progression_and_deaths),
        cmocka_unit_test(lugano_has_its_own_limits),
        cmocka_unit_test(reading_error_is_lognormal_and_by_identity),
        cmocka_unit_test(visits_stay_in_their_windows_and_in_order),
        cmocka_unit_test(without_measurable_disease_only_new_lesions_and_death_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
