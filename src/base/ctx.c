#include "base/ctx.h"

#include <stdio.h>
#include <string.h>

const char *pf_err_text(pf_err code)
{
    static const char *const text[] = {
#define PF_ERR_TEXT(name, sentence) sentence,
        PF_ERR_LIST(PF_ERR_TEXT)
#undef PF_ERR_TEXT
    };
    return (unsigned)code < PF_ERR_COUNT ? text[code] : "unknown error code";
}

const char *pf_err_name(pf_err code)
{
    static const char *const name[] = {
#define PF_ERR_NAME(id, sentence) #id,
        PF_ERR_LIST(PF_ERR_NAME)
#undef PF_ERR_NAME
    };
    return (unsigned)code < PF_ERR_COUNT ? name[code] : "UNKNOWN";
}

void pf_ctx_init(pf_ctx *ctx)
{
    memset(ctx, 0, sizeof *ctx);
    ctx->log_level = PF_LOG_INFO;
}

void pf_ctx_reset(pf_ctx *ctx)
{
    ctx->code = PF_OK;
    ctx->message[0] = '\0';
}

int pf_ctx_cancelled(const pf_ctx *ctx)
{
    if (ctx && ctx->asked && __atomic_load_n(ctx->asked, __ATOMIC_RELAXED)) return 1;
    return ctx && ctx->cancel && atomic_load_explicit(ctx->cancel, memory_order_relaxed);
}

pf_err pf_fail(pf_ctx *ctx, pf_err code, const char *fmt, ...)
{
    if (!ctx || ctx->code) return code;
    va_list args;
    va_start(args, fmt);
    ctx->code = code;
    vsnprintf(ctx->message, sizeof ctx->message, fmt, args);
    va_end(args);
    return code;
}

pf_err pf_fail_in(pf_ctx *ctx, const char *fmt, ...)
{
    if (!ctx || !ctx->code) return ctx ? ctx->code : PF_ERR_BUG;
    char head[256];
    char tail[sizeof ctx->message];
    va_list args;
    va_start(args, fmt);
    vsnprintf(head, sizeof head, fmt, args);
    va_end(args);
    memcpy(tail, ctx->message, sizeof tail);
    /* The sentence may be cut at the end of the buffer: the start is what names the place. */
    int n = snprintf(ctx->message, sizeof ctx->message, "%s: ", head);
    size_t room = sizeof ctx->message - (size_t)n;
    size_t len = strnlen(tail, room - 1);
    memcpy(ctx->message + n, tail, len);
    ctx->message[(size_t)n + len] = '\0';
    return ctx->code;
}

void pf_log(pf_ctx *ctx, pf_log_level level, const char *event, const char *fmt, ...)
{
    if (!ctx || !ctx->log || level > ctx->log_level) return;
    char text[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    ctx->log(ctx->log_payload, level, event, text);
}
