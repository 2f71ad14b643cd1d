/* event_run.h: cases that are looked at on a grid, with their events written down; shared by
 * the tests of events and delays. */
#ifndef PF_TESTS_EVENT_RUN_H
#define PF_TESTS_EVENT_RUN_H
#include "model_case.h"

enum { OUTS = 8, GRID = 512, EVENTS = 12000 };

typedef struct run {
    fixture f;
    pf_engine_options options; /* rtol 0: 1e-10 */
    double end;
    int grid;             /* looks at i * end / grid */
    int cases, begun;     /* 0 cases: one */
    int stops, looks_off; /* stops of every case */
    pf_stop stop[16];
    void (*prepare)(struct run *r, pf_case *c, int number);
    void (*on_event)(struct run *r, pf_case *c, size_t event, double t);
    void (*on_stop)(struct run *r, pf_case *c, const pf_stop *stop);
    double out[GRID + 1][OUTS]; /* of the last case */
    double event_t[EVENTS];
    size_t event[EVENTS];
    int n_event, failed, n_look;
    uint64_t steps;
    uint64_t sum; /* of the bits of all that was seen, in any order of cases */
    pf_case_end last;
} run;

static inline uint64_t run_mix(uint64_t h, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (h ^ bits) * 0x9E3779B97F4A7C15u + (h >> 29);
}

static inline int run_begin(void *payload, pf_case *c)
{
    run *r = payload;
    if (r->begun == (r->cases ? r->cases : 1)) return 0;
    set_defaults(&r->f, c);
    pf_case_span(c, 0, r->end);
    pf_case_identity(c, 1, 0, (uint64_t)r->begun);
    for (int i = 0; i <= r->grid; i++) pf_case_look(c, i * r->end / r->grid, (uint32_t)i);
    for (int i = 0; i < r->stops; i++) pf_case_stop(c, r->stop[i]);
    if (r->prepare) r->prepare(r, c, r->begun);
    r->begun++;
    return 1;
}

static inline void run_look(
    void *payload, pf_case *c, double t, uint32_t tag, const double *out)
{
    run *r = payload;
    uint64_t h = (uint64_t)(uintptr_t)pf_case_user(c) + tag;
    h = run_mix(h, t);
    r->n_look++;
    for (size_t i = 0; i < r->f.program->n_out && i < OUTS; i++) {
        if (tag <= GRID) r->out[tag][i] = out[i];
        h = run_mix(h, out[i]);
    }
    r->sum += h;
}

static inline void run_event(void *payload, pf_case *c, size_t event, double t)
{
    run *r = payload;
    if (r->n_event < EVENTS) {
        r->event[r->n_event] = event;
        r->event_t[r->n_event] = t;
    }
    r->n_event++;
    r->sum += run_mix(1000 * (uint64_t)(uintptr_t)pf_case_user(c) + event, t);
    if (r->on_event) r->on_event(r, c, event, t);
}

static inline void run_stopped(void *payload, pf_case *c, const pf_stop *stop)
{
    run *r = payload;
    if (r->on_stop) r->on_stop(r, c, stop);
}

static inline void run_end(void *payload, pf_case *c, const pf_case_end *how)
{
    run *r = payload;
    (void)c;
    r->last = *how;
    r->steps += how->steps;
    r->failed += how->status != PF_CASE_DONE;
}

static inline void run_again(run *r)
{
    pf_source s = {.payload = r,
        .begin = run_begin,
        .look = run_look,
        .event = run_event,
        .stopped = run_stopped,
        .end = run_end};
    r->begun = r->n_event = r->failed = r->n_look = 0;
    r->steps = r->sum = 0;
    assert_ok(&r->f.ctx, pf_engine_run(&r->f.ctx, r->f.engine, &s));
}

/* Open `text` and run it; `outputs` are names with spaces between. */
static inline void play(run *r, const char *text, const char *outputs)
{
    char copy[256];
    const char *name[OUTS];
    size_t n = 0;
    if (r->options.rtol == 0.0) r->options.rtol = 1e-10;
    snprintf(copy, sizeof copy, "%s", outputs);
    for (char *p = strtok(copy, " "); p && n < OUTS; p = strtok(NULL, " ")) name[n++] = p;
    open_model(&r->f, text, name, n, &r->options);
    run_again(r);
}

static inline double out_of(const run *r, int look, int output)
{
    return r->out[look][output];
}

static inline void close_run(run *r)
{
    close_model(&r->f);
}

/* Cases that differ in every parameter. */
static inline void vary_parameters(run *r, pf_case *c, int number)
{
    pf_case_set_user(c, (void *)(uintptr_t)(number + 1));
    for (uint32_t i = 0; i < r->f.program->n_param; i++)
        pf_case_set(c, i, pf_case_get(c, i) * (1 + 0.07 * number));
}

/* Nothing that is seen of `like` depends on how many cases are solved at a time; so many events
 * at the least and at the most. */
static inline void assert_same_in_every_width(
    const run *like, const char *text, const char *outputs, int least, int most)
{
    uint64_t sum = 0;
    for (int width = 1; width <= 8; width = width == 1 ? 4 : 2 * width) {
        if (!pf_lanes_available(width)) continue;
        run r = *like;
        r.options.lanes = width;
        play(&r, text, outputs);
        assert_int_equal(r.failed, 0);
        assert_in_range(r.n_event, least, most);
        if (sum) assert_true(r.sum == sum);
        sum = r.sum;
        close_run(&r);
    }
}
#endif
