#include "store/work.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { TICK_MS = 100 };

struct pf_work {
    pf_folder *folder;
    pf_work_state state;
    uint64_t n_todo;
    uint64_t *todo;      /* chunks that are missing, ascending */
    unsigned char *have; /* [chunks] */
    const pf_chunk_source *source;
    atomic_uint_fast64_t next; /* index into todo */
    pf_tally tally;            /* patients of this run */
    atomic_int stop;
    pthread_mutex_t mutex; /* guards the members below, and the writing of chunks */
    pthread_cond_t ended;
    int running;
    pf_err err;
    char message[2048];
};

typedef struct {
    pf_work *work;
    int index;
    pthread_t thread;
    const pf_ctx *parent;
} lane;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static uint64_t count_failed(const pf_chunk *c)
{
    const pf_rows *t = &c->table[PF_TABLE_PATIENTS];
    uint64_t n = 0;
    for (size_t i = 0; i < t->n; i++) n += t->x[i * t->n_column + PF_P_FAILED] == 1.0;
    return n;
}

pf_err pf_work_new(pf_ctx *ctx, pf_folder *f, pf_work **out)
{
    *out = NULL;
    pf_work *w = pf_calloc(ctx, 1, sizeof *w);
    if (!w) return PF_ERR_NO_MEMORY;
    w->folder = f;
    w->state.total = f->patients;
    w->todo = pf_calloc(ctx, f->chunks, sizeof *w->todo);
    w->have = pf_calloc(ctx, f->chunks, 1);
    pthread_mutex_init(&w->mutex, NULL);
    pthread_cond_init(&w->ended, NULL);
    if (!w->todo || !w->have) {
        pf_work_free(w);
        return PF_ERR_NO_MEMORY;
    }
    pf_chunk c;
    pf_chunk_init(&c, f->layout);
    for (uint64_t id = 0; id < f->chunks; id++) {
        if (pf_folder_get(ctx, f, id, &c)) {
            w->have[id] = 1;
            w->state.kept += c.count;
            w->state.failed += count_failed(&c);
        } else {
            w->todo[w->n_todo++] = id;
        }
    }
    pf_chunk_clear(&c);
    w->state.done = w->state.kept;
    *out = w;
    return PF_OK;
}

void pf_work_free(pf_work *w)
{
    if (!w) return;
    pthread_mutex_destroy(&w->mutex);
    pthread_cond_destroy(&w->ended);
    pf_free(w->todo);
    pf_free(w->have);
    pf_free(w);
}

const pf_work_state *pf_work_look(const pf_work *w)
{
    return &w->state;
}

static pf_err make_chunk(pf_ctx *ctx, lane *l, uint64_t id, pf_chunk *chunk)
{
    pf_work *w = l->work;
    uint64_t first, count;
    pf_folder_range(w->folder, id, &first, &count);
    PF_TRY(
        w->source->simulate(ctx, w->source->worker[l->index], first, count, &w->tally, chunk));
    if (chunk->table[PF_TABLE_PATIENTS].n != count)
        return pf_fail(ctx, PF_ERR_BUG, "a chunk of %llu patients has %zu rows",
            (unsigned long long)count, chunk->table[PF_TABLE_PATIENTS].n);
    pthread_mutex_lock(&w->mutex);
    pf_err err = pf_folder_put(ctx, w->folder, id, chunk);
    if (!err) w->have[id] = 1;
    pthread_mutex_unlock(&w->mutex);
    return err;
}

static void *thread_main(void *argument)
{
    lane *l = argument;
    pf_work *w = l->work;
    pf_chunk chunk;
    pf_ctx ctx = *l->parent;
    pf_ctx_reset(&ctx);
    ctx.cancel = &w->stop;
    pf_chunk_init(&chunk, w->folder->layout);
    pf_err err = PF_OK;
    while (!err && !atomic_load(&w->stop)) {
        uint64_t i = atomic_fetch_add(&w->next, 1);
        if (i >= w->n_todo) break;
        err = make_chunk(&ctx, l, w->todo[i], &chunk);
    }
    pf_chunk_clear(&chunk);
    pthread_mutex_lock(&w->mutex);
    if (err && err != PF_ERR_CANCELLED && !w->err) {
        w->err = err;
        memcpy(w->message, ctx.message, sizeof w->message);
        atomic_store(&w->stop, 1);
    }
    w->running--;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->mutex);
    return NULL;
}

static void tick(pf_work *w)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += TICK_MS * 1000000L;
    if (t.tv_nsec >= 1000000000L) {
        t.tv_nsec -= 1000000000L;
        t.tv_sec++;
    }
    pthread_cond_timedwait(&w->ended, &w->mutex, &t);
}

/* Wait for the threads; returns 1 when the caller or the clock asked to stop. */
static int watch(pf_work *w, const pf_work_options *o, uint64_t failed_before)
{
    double began = now();
    int asked = 0;
    pthread_mutex_lock(&w->mutex);
    while (w->running) {
        tick(w);
        w->state.seconds = now() - began;
        int late = o->max_seconds > 0 && w->state.seconds >= o->max_seconds;
        if (late || (o->cancel && __atomic_load_n(o->cancel, __ATOMIC_RELAXED))) {
            asked = 1;
            atomic_store(&w->stop, 1);
        }
        w->state.done = w->state.kept + atomic_load(&w->tally.done);
        w->state.failed = failed_before + atomic_load(&w->tally.failed);
        pf_work_state copy = w->state;
        pthread_mutex_unlock(&w->mutex);
        if (o->progress) o->progress(o->payload, &copy);
        pthread_mutex_lock(&w->mutex);
    }
    pthread_mutex_unlock(&w->mutex);
    return asked;
}

/* Whole replicates, and patients that are safe on disk. */
static void count_whole(pf_work *w)
{
    uint64_t size = pf_study_size(w->folder->study), first, count;
    w->state.done = 0;
    for (uint64_t id = 0; id < w->folder->chunks; id++) {
        pf_folder_range(w->folder, id, &first, &count);
        if (w->have[id]) w->state.done += count;
    }
    for (uint64_t r = 0; size && r < w->folder->study->replicates; r++) {
        uint64_t id = r * size / w->folder->each;
        uint64_t end = ((r + 1) * size - 1) / w->folder->each;
        while (id <= end && w->have[id]) id++;
        w->state.replicates_done += id > end;
    }
}

pf_err pf_work_run(
    pf_ctx *ctx, pf_work *w, const pf_chunk_source *source, const pf_work_options *options)
{
    w->source = source;
    uint64_t failed_before = w->state.failed;
    lane *l = pf_calloc(ctx, (size_t)source->threads, sizeof *l);
    if (!l) return PF_ERR_NO_MEMORY;
    int started = 0;
    pf_err err = PF_OK;
    pthread_mutex_lock(&w->mutex);
    for (; started < source->threads && (uint64_t)started < w->n_todo; started++) {
        l[started] = (lane){.work = w, .index = started, .parent = ctx};
        if (pthread_create(&l[started].thread, NULL, thread_main, &l[started])) break;
        w->running++;
    }
    pthread_mutex_unlock(&w->mutex);
    if (!started && w->n_todo) err = pf_fail(ctx, PF_ERR_NO_MEMORY, "cannot start a thread");
    int asked = watch(w, options, failed_before);
    for (int i = 0; i < started; i++) pthread_join(l[i].thread, NULL);
    pf_free(l);
    uint64_t simulated = w->state.done;
    count_whole(w);
    if (w->err) return pf_fail(ctx, w->err, "%s", w->message);
    if (err) return err;
    /* A request that came when all was done is no stop. */
    if (w->state.done < w->state.total && (asked || simulated < w->state.total))
        return pf_fail(ctx, PF_ERR_CANCELLED, "stopped after %llu of %llu patients",
            (unsigned long long)w->state.done, (unsigned long long)w->state.total);
    return PF_OK;
}
