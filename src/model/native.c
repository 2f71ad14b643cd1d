#include "model/native.h"

#include "model/native_open.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

struct pf_native {
    const pf_program *program;
    const pf_lane_fn *table;
    pf_native_image image; /* of the thread while `how` is COMPILING */
    atomic_int how;        /* pf_native_state; written last */
    pf_opener *opener;
    pthread_t thread;
    int threaded;
    atomic_int stop; /* asks the thread to end */
    pf_ctx own;      /* of the thread */
};

static void publish(pf_native *n)
{
    atomic_store_explicit(&n->how, n->image.how, memory_order_release);
}

/* What fails in the background is a missing image, no more. */
static void *compile(void *payload)
{
    pf_native *n = payload;
    n->image.how = PF_NATIVE_NONE;
    if (pf_opener_compile(&n->own, n->opener)) {
        n->image.how = PF_NATIVE_NONE;
        snprintf(n->image.note, sizeof n->image.note, "no native code: %.400s",
            n->own.message[0] ? n->own.message : pf_err_text(n->own.code));
    }
    publish(n);
    return NULL;
}

static pf_err compile_here(pf_ctx *ctx, pf_native *n)
{
    n->image.how = PF_NATIVE_NONE;
    pf_err err = pf_opener_compile(ctx, n->opener);
    publish(n);
    return err;
}

/* How to go on after the look into the cache. */
static pf_err go_on(pf_ctx *ctx, pf_native *n, pf_native_when when)
{
    if (n->image.how == PF_NATIVE_COMPILING && when == PF_NATIVE_WAIT)
        return compile_here(ctx, n);
    if (n->image.how == PF_NATIVE_COMPILING && when == PF_NATIVE_LATER) {
        pf_ctx_init(&n->own);
        n->own.cancel = &n->stop;
        publish(n);
        n->threaded = pthread_create(&n->thread, NULL, compile, n) == 0;
        if (n->threaded) return PF_OK;
        snprintf(
            n->image.note, sizeof n->image.note, "no native code: no thread to compile it");
    }
    if (n->image.how == PF_NATIVE_COMPILING) n->image.how = PF_NATIVE_NONE;
    publish(n);
    return PF_OK;
}

pf_err pf_native_open(
    pf_ctx *ctx, const pf_program *program, const pf_native_options *options, pf_native **out)
{
    static const pf_native_options none;
    *out = NULL;
    if (!options) options = &none;
    int width = options->width ? options->width : pf_lanes_widest();
    if (!pf_lanes_available(width))
        return pf_fail(ctx, PF_ERR_RANGE,
            "%d lanes are not available here; use 1, 4 or 8 up to %d", width,
            pf_lanes_widest());
    pf_native *n = pf_calloc(ctx, 1, sizeof *n);
    if (!n) return PF_ERR_NO_MEMORY;
    pf_arena_init(&n->image.memory);
    n->program = program;
    n->image.width = width;
    n->table = pf_lanes_functions(width);
    atomic_init(&n->how, PF_NATIVE_NONE);
    atomic_init(&n->stop, 0);
    pf_err err = pf_opener_new(ctx, program, options, &n->image, &n->opener);
    if (!err) err = go_on(ctx, n, options->when);
    if (err) {
        pf_native_free(n);
        return err;
    }
    *out = n;
    return PF_OK;
}

void pf_native_free(pf_native *n)
{
    if (!n) return;
    if (n->threaded) {
        atomic_store(&n->stop, 1);
        pthread_join(n->thread, NULL);
    }
    pf_opener_free(n->opener);
    for (size_t i = 0; i < PF_NATIVE_UNITS; i++)
        if (n->image.library[i]) dlclose(n->image.library[i]);
    pf_arena_clear(&n->image.memory);
    pf_free(n);
}

pf_native_state pf_native_how(const pf_native *n)
{
    if (!n) return PF_NATIVE_NONE;
    return (pf_native_state)atomic_load_explicit(&n->how, memory_order_acquire);
}

const char *pf_native_note(const pf_native *n)
{
    if (pf_native_how(n) == PF_NATIVE_COMPILING)
        return "bytecode; native code was not ready in time";
    return n ? n->image.note : "bytecode";
}

int pf_native_fits(const pf_native *n, const pf_program *program, int width)
{
    if (!n || n->program != program || n->image.width != width) return 0;
    pf_native_state how = pf_native_how(n);
    return how == PF_NATIVE_CACHED || how == PF_NATIVE_COMPILED;
}

const pf_native_code *pf_native_codes(const pf_native *n)
{
    return n->image.code;
}

const pf_lane_fn *pf_native_table(const pf_native *n)
{
    return n->table;
}
