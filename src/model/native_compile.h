/* native_compile.h: C files into shared objects by the system's compiler, several at once.
 * Internal to model.
 *
 * The compiler is started without a shell. Its complaints are kept in a file next to the
 * source. Depends on: base. Threads: any; only the processes started here are waited for. */
#ifndef PF_MODEL_NATIVE_COMPILE_H
#define PF_MODEL_NATIVE_COMPILE_H
#include "base/base.h"

typedef struct pf_compiler {
    char *path;        /* of the program */
    char *identity;    /* path, size and time of change: another compiler, another identity */
    const char *flags; /* pf_compiler_flags */
} pf_compiler;

typedef struct pf_compile_job {
    const char *source, *object, *complaints; /* paths */
    long pid;                                 /* while it runs */
    int plain;  /* second attempt: only the flags that matter to the result */
    int failed; /* after pf_compile_all */
} pf_compile_job;

/** Find `name` (a path, or a program on PATH). `out->path` is NULL when there is none. Memory
 * of the arena. Errors: NO_MEMORY */
PF_NODISCARD pf_err pf_compiler_find(
    pf_ctx *ctx, pf_arena *arena, const char *name, pf_compiler *out);
/** The flags for a width, one text. */
const char *pf_compiler_flags(int width, int small);
/** Run all jobs, as many at once as there are processors. A job that fails is marked, which is
 * no error. Errors: CANCELLED (all are stopped then) */
PF_NODISCARD pf_err pf_compile_all(
    pf_ctx *ctx, const pf_compiler *c, pf_compile_job *job, size_t n);

#endif
