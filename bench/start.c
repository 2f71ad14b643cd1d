/* How long it takes from a model's text to an engine that can step: bytecode, native code that
 * must be compiled first, native code from the cache. Wall time, the smallest of five. */
#include "model/model.h"
#include "solve/engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void ok(pf_ctx *ctx, pf_err err)
{
    if (!err) return;
    fprintf(stderr, "%s\n", ctx->message);
    exit(1);
}

/* From text to engine, with native code in `cache` unless that is NULL; milliseconds. */
static double start(const char *path, const char *cache)
{
    pf_ctx ctx;
    pf_ctx_init(&ctx);
    double began = now();
    pf_model *model;
    pf_program *program;
    pf_native *native = NULL;
    pf_engine *engine;
    ok(&ctx, pf_model_read(&ctx, path, &model));
    ok(&ctx, pf_model_compile(&ctx, model, NULL, &program));
    pf_native_options o = {.cache = cache};
    if (cache) ok(&ctx, pf_native_open(&ctx, program, &o, &native));
    double *atol = calloc(program->n_state + 1, sizeof *atol);
    for (uint32_t s = 0; atol && s < program->n_state; s++) atol[s] = 1e-9;
    pf_engine_options e = {.rtol = 1e-6, .atol = atol, .native = native};
    ok(&ctx, pf_engine_new(&ctx, program, &e, &engine));
    double took = now() - began;
    pf_engine_free(engine);
    pf_native_free(native);
    pf_program_free(program);
    pf_model_free(model);
    free(atol);
    return 1e3 * took;
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "models/core.ant";
    double plain = INFINITY, cold = INFINITY, cached = INFINITY;
    for (int i = 0; i < 5; i++) {
        char cache[] = "/tmp/perforin-bench-XXXXXX", command[64];
        if (!mkdtemp(cache)) return 1;
        plain = fmin(plain, start(path, NULL));
        cold = fmin(cold, start(path, cache));
        cached = fmin(cached, start(path, cache));
        snprintf(command, sizeof command, "rm -r %s", cache);
        if (system(command)) return 1;
    }
    printf("%s: bytecode %.1f ms, native cold %.0f ms, native cached %.1f ms\n", path, plain,
        cold, cached);
    return 0;
}
