/* ctx.h: the context every fallible call takes first: error text, log sink, progress, cancel
 * flag.
 *
 * One context belongs to one thread. There are no globals: what a caller wants to hear is
 * passed in here. pf_fail sets code and sentence in one call and never allocates. Depends on:
 * err. */
#ifndef PF_BASE_CTX_H
#define PF_BASE_CTX_H
#include "base/err.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { PF_LOG_ERROR, PF_LOG_WARN, PF_LOG_INFO, PF_LOG_DEBUG } pf_log_level;

/** Receives one log line: an event name and a text of `key = value` pairs. Both are borrowed.
 */
typedef void (*pf_log_fn)(
    void *payload, pf_log_level level, const char *event, const char *text);
/** Told how much of `total` is done. May be called from any thread, one call at a time. */
typedef void (*pf_progress_fn)(void *payload, uint64_t done, uint64_t total, uint64_t failed);

typedef struct pf_ctx {
    pf_err code;        /**< first failure, PF_OK while all is well */
    char message[2048]; /**< its sentence; empty while all is well */
    pf_log_fn log;      /**< NULL: silent */
    void *log_payload;
    pf_log_level log_level;    /**< lines above this level are dropped */
    atomic_int *cancel;        /**< borrowed; non-zero asks to stop; NULL: never */
    const volatile int *asked; /**< the same, where a signal's handler sets it */
} pf_ctx;

/** A silent context in the caller's storage; nothing to free. */
void pf_ctx_init(pf_ctx *ctx);
/** Forget the last failure so that the context can be used again. */
void pf_ctx_reset(pf_ctx *ctx);
/** Has the caller asked to stop? */
int pf_ctx_cancelled(const pf_ctx *ctx);

/** Record a failure and return `code`. The first sentence wins: later calls keep it, so that
 * the cause is what the user reads. `ctx` may be NULL. */
pf_err pf_fail(pf_ctx *ctx, pf_err code, const char *fmt, ...) PF_PRINTF(3, 4);
/** Put "prefix: " before the recorded sentence, e.g. "patient 117, day 12.5"; returns its code.
 */
pf_err pf_fail_in(pf_ctx *ctx, const char *fmt, ...) PF_PRINTF(2, 3);
/** Send a line to the sink, if there is one. */
void pf_log(pf_ctx *ctx, pf_log_level level, const char *event, const char *fmt, ...)
    PF_PRINTF(4, 5);

#endif
