#include "api/call.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifndef PF_PROJECT_VERSION
#error "CMake says which version this is"
#endif

_Static_assert(PF_LEVEL_DEBUG == (int)PF_LOG_DEBUG, "the levels are the same list");
_Static_assert(sizeof(((pf_error *)0)->message) == sizeof(((pf_ctx *)0)->message), "one size");

const char *pf_version(void)
{
    return PF_PROJECT_VERSION;
}

const char *pf_error_name(int code)
{
    return pf_err_name((pf_err)code);
}

const char *pf_error_text(int code)
{
    return pf_err_text((pf_err)code);
}

void pf_text_free(char *text)
{
    pf_free(text);
}

double pf_call_clock(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void relay(void *payload, pf_log_level level, const char *event, const char *text)
{
    pf_relay *r = payload;
    pthread_mutex_lock(&r->mutex);
    if (r->folder) pf_folder_log(r->folder, level, event, text);
    if (r->log) r->log(r->payload, (pf_level)level, event, text);
    pthread_mutex_unlock(&r->mutex);
}

void pf_relay_init(pf_relay *r, pf_ctx *ctx, pf_on_log log, void *payload)
{
    *r = (pf_relay){.log = log, .payload = payload};
    pthread_mutex_init(&r->mutex, NULL);
    pf_ctx_init(ctx);
    ctx->log = relay;
    ctx->log_payload = r;
    ctx->log_level = PF_LOG_DEBUG; /* the folder keeps all of it */
}

void pf_relay_clear(pf_relay *r)
{
    pthread_mutex_destroy(&r->mutex);
}

pf_status pf_call_end(const pf_ctx *ctx, pf_err err, pf_error *error)
{
    if (error) {
        *error = (pf_error){.code = (int)err};
        const char *text = ctx->message[0] ? ctx->message : pf_err_text(err);
        if (err) snprintf(error->message, sizeof error->message, "%s", text);
    }
    switch (err) {
    case PF_OK:
        return PF_DONE;
    case PF_ERR_CANCELLED:
        return PF_STOPPED;
    case PF_ERR_CONFIG:
    case PF_ERR_UNIT:
    case PF_ERR_RANGE:
    case PF_ERR_MODEL:
        return PF_REFUSED;
    default:
        return PF_FAILED;
    }
}

pf_err pf_call_text(pf_ctx *ctx, pf_buf *b, char **text)
{
    pf_err err = pf_buf_ok(b);
    if (!err && !b->bytes) pf_buf_text(b, ""); /* an empty text is a text */
    if (!err) err = pf_buf_ok(b);
    if (!err && text) {
        *text = pf_calloc(ctx, b->size + 1, 1);
        if (*text && b->size) memcpy(*text, b->bytes, b->size);
        if (!*text) err = PF_ERR_NO_MEMORY;
    }
    pf_buf_clear(b);
    return err;
}

char *pf_call_copy(const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = pf_calloc(NULL, n, 1);
    if (copy) memcpy(copy, text, n);
    return copy;
}

int pf_call_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set)) return 1;
    return CPU_COUNT(&set);
}
