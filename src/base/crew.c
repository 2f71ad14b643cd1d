#include "base/crew.h"

#include <pthread.h>
#include <stdatomic.h>

/* Spins before a member sleeps: about the length of a short phase. */
enum { SPINS = 4000 };

typedef struct {
    pf_crew *crew;
    int who;
    pthread_t thread;
} member;

/* A meeting point: the last one to come opens the next round. */
typedef struct {
    atomic_uint round;
    atomic_int arrived;
} meeting;

struct pf_crew {
    atomic_int size; /* changes only when not all could be started */
    int started;     /* threads besides the caller */
    member *members; /* [size - 1] */
    pf_crew_fn fn;   /* NULL: go home */
    void *payload;
    meeting inside, edge; /* edge: begin and end of a run */
    pthread_mutex_t mutex;
    pthread_cond_t opened;
};

static void meet(pf_crew *c, meeting *m)
{
    unsigned round = atomic_load_explicit(&m->round, memory_order_acquire);
    if (atomic_fetch_add_explicit(&m->arrived, 1, memory_order_acq_rel) + 1 == c->size) {
        atomic_store_explicit(&m->arrived, 0, memory_order_relaxed);
        pthread_mutex_lock(&c->mutex);
        atomic_fetch_add_explicit(&m->round, 1, memory_order_release);
        pthread_cond_broadcast(&c->opened);
        pthread_mutex_unlock(&c->mutex);
        return;
    }
    for (int i = 0; i < SPINS; i++) {
        if (atomic_load_explicit(&m->round, memory_order_acquire) != round) return;
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
    pthread_mutex_lock(&c->mutex);
    while (atomic_load_explicit(&m->round, memory_order_acquire) == round)
        pthread_cond_wait(&c->opened, &c->mutex);
    pthread_mutex_unlock(&c->mutex);
}

static void *work(void *argument)
{
    member *m = argument;
    pf_crew *c = m->crew;
    for (;;) {
        meet(c, &c->edge);
        if (!c->fn) return NULL;
        c->fn(c->payload, m->who, c->size);
        meet(c, &c->edge);
    }
}

pf_err pf_crew_new(pf_ctx *ctx, int threads, pf_crew **out)
{
    *out = NULL;
    if (threads < 1 || threads > PF_CREW_MAX)
        return pf_fail(ctx, PF_ERR_RANGE, "%d threads: expected 1 to %d", threads, PF_CREW_MAX);
    pf_crew *c = pf_calloc(ctx, 1, sizeof *c);
    if (!c) return PF_ERR_NO_MEMORY;
    c->size = threads;
    pthread_mutex_init(&c->mutex, NULL);
    pthread_cond_init(&c->opened, NULL);
    c->members = pf_calloc(ctx, (size_t)threads - 1, sizeof *c->members);
    pf_err err = c->members ? PF_OK : PF_ERR_NO_MEMORY;
    for (int i = 1; !err && i < threads; i++) {
        member *m = &c->members[i - 1];
        *m = (member){.crew = c, .who = i};
        if (pthread_create(&m->thread, NULL, work, m))
            err = pf_fail(ctx, PF_ERR_NO_MEMORY,
                "only %d of %d threads could be started; ask for fewer", i, threads);
        else
            c->started++;
    }
    if (err) pf_crew_free(c);
    if (!err) *out = c;
    return err;
}

void pf_crew_free(pf_crew *c)
{
    if (!c) return;
    /* Where not all could be started, those who were wait for a crew of their number. */
    c->size = c->started + 1;
    c->fn = NULL;
    meet(c, &c->edge);
    for (int i = 0; i < c->started; i++) pthread_join(c->members[i].thread, NULL);
    pthread_cond_destroy(&c->opened);
    pthread_mutex_destroy(&c->mutex);
    pf_free(c->members);
    pf_free(c);
}

int pf_crew_size(const pf_crew *c)
{
    return c->size;
}

void pf_crew_run(pf_crew *c, pf_crew_fn fn, void *payload)
{
    if (c->size == 1) {
        fn(payload, 0, 1);
        return;
    }
    c->fn = fn;
    c->payload = payload;
    meet(c, &c->edge);
    fn(payload, 0, c->size);
    meet(c, &c->edge);
}

void pf_crew_meet(pf_crew *c)
{
    if (c->size > 1) meet(c, &c->inside);
}
