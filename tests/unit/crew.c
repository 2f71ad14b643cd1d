/* A crew of threads: phases, shares, sizes beyond the machine's. */
#include "ct.h"
#include "base/crew.h"

enum { N = 1000, ROUNDS = 200 };

typedef struct {
    pf_crew *crew;
    long sum[PF_CREW_MAX], seen[ROUNDS];
} work;

/* Each round every member adds its share, and the first one reads what all have added. */
static void add(void *payload, int who, int of)
{
    work *w = payload;
    for (int round = 0; round < ROUNDS; round++) {
        size_t first, last;
        pf_share(N, who, of, &first, &last);
        for (size_t i = first; i < last; i++) w->sum[who] += (long)i;
        pf_crew_meet(w->crew);
        if (!who)
            for (int m = 0; m < of; m++) w->seen[round] += w->sum[m];
        pf_crew_meet(w->crew);
    }
}

static void all_members_have_done_a_phase_before_the_next_begins(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 9; threads += 2) {
        pf_ctx ctx;
        work w = {0};
        pf_ctx_init(&ctx);
        assert_ok(&ctx, pf_crew_new(&ctx, threads, &w.crew));
        assert_int_equal(pf_crew_size(w.crew), threads);
        pf_crew_run(w.crew, add, &w);
        for (int r = 0; r < ROUNDS; r++)
            assert_int_equal(w.seen[r], (r + 1L) * N * (N - 1) / 2);
        pf_crew_free(w.crew);
    }
}

static void shares_cover_everything_once(void **state)
{
    (void)state;
    for (size_t n = 0; n < 40; n++)
        for (int of = 1; of < 12; of++) {
            size_t next = 0, first, last;
            for (int who = 0; who < of; who++) {
                pf_share(n, who, of, &first, &last);
                assert_int_equal(first, next);
                assert_true(last - first <= n / (size_t)of + 1);
                next = last;
            }
            assert_int_equal(next, n);
        }
}

static void a_crew_of_nobody_or_too_many_is_refused(void **state)
{
    (void)state;
    pf_ctx ctx;
    pf_crew *crew;
    pf_ctx_init(&ctx);
    assert_int_equal(pf_crew_new(&ctx, 0, &crew), PF_ERR_RANGE);
    assert_int_equal(pf_crew_new(&ctx, PF_CREW_MAX + 1, &crew), PF_ERR_RANGE);
    assert_null(crew);
    pf_crew_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_members_have_done_a_phase_before_the_next_begins),
        cmocka_unit_test(shares_cover_everything_once),
        cmocka_unit_test(a_crew_of_nobody_or_too_many_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
