/* summary_case.h: feeding a pf_summary by hand, and reading what it says. */
#ifndef PF_TESTS_SUMMARY_CASE_H
#define PF_TESTS_SUMMARY_CASE_H
#include "trial_fixture.h"

static inline void add(
    pf_summary *s, const pf_layout *l, int replicate, const patient *p, size_t n)
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    pf_chunk c;
    pf_chunk_init(&c, l);
    for (size_t i = 0; i < n; i++) put(&c, replicate, &p[i]);
    assert_ok(&ctx, pf_summary_add(&ctx, s, &c.table[PF_TABLE_PATIENTS]));
    pf_chunk_clear(&c);
}

static inline const pf_jvalue *json_of(pf_summary *s, pf_arena *a)
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

static inline const pf_jvalue *nth(const pf_jvalue *v, size_t i)
{
    const pf_jvalue *e = v ? v->first : NULL;
    while (e && i--) e = e->next;
    return e;
}

static inline const pf_jvalue *endpoint(const pf_jvalue *all, size_t arm, const char *name)
{
    const pf_jvalue *list = pf_jvalue_get(nth(pf_jvalue_get(all, "arms"), arm), "endpoints");
    for (const pf_jvalue *e = list->first; e; e = e->next)
        if (!strcmp(pf_jvalue_text(pf_jvalue_get(e, "endpoint"), ""), name)) return e;
    return NULL;
}

static inline double number(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

#endif
