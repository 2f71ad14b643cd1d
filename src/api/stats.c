#include "api/call.h"
#include "trial/stats_table.h"

/* The index of `name` in a list of names; -1, and the context told, when it is not there. */
static int pick(
    pf_ctx *ctx, const char *what, const char *name, const char *const *list, size_t n)
{
    for (size_t i = 0; name && i < n; i++)
        if (pf_text_equal(name, list[i])) return (int)i;
    ptrdiff_t near = name ? pf_text_nearest(name, list, n) : -1;
    pf_fail(ctx, PF_ERR_CONFIG, "unknown %s '%s'%s%s%s", what, name ? name : "",
        near >= 0 ? "; did you mean '" : "", near >= 0 ? list[near] : "",
        near >= 0 ? "'?" : "");
    return -1;
}

static pf_err translate(pf_ctx *ctx, const pf_stats_options *o, pf_stats_request *r)
{
    static const char *const method[] = {"km", "logrank", "cox", "rmst", "binom", "fisher"};
    static const char *const limits[] = {"log-log", "log", "plain"};
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    int m = pick(ctx, "method", o->method, method, PF_COUNT(method));
    int l = m < 0 || !o->limits ? 0 : pick(ctx, "limits", o->limits, limits, PF_COUNT(limits));
    if (m < 0 || l < 0) return PF_ERR_CONFIG;
    *r = (pf_stats_request){.method = (pf_stats_method)m,
        .path = o->path,
        .time = o->time,
        .event = o->event,
        .censor = o->censor,
        .group = o->group,
        .strata = o->strata,
        .n_strata = o->n_strata,
        .covariates = o->covariates,
        .n_covariates = o->n_covariates,
        .yes = o->yes,
        .n_yes = o->n_yes,
        .missing_is_no = o->missing_is_no,
        .x = o->x,
        .n = o->n,
        .counts = o->counts,
        .n_counts = o->n_counts,
        .times = o->times,
        .n_times = o->n_times,
        .quantiles = o->quantiles,
        .n_quantiles = o->n_quantiles,
        .tau = o->tau,
        .conf = o->conf,
        .limits = (pf_limits)l,
        .breslow = o->breslow,
        .curve = o->curve,
        .json = o->json};
    return PF_OK;
}

pf_status pf_stats(const pf_stats_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf b;
    pf_stats_request request;
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&b, &ctx);
    pf_err err = translate(&ctx, options, &request);
    if (!err) err = pf_stats_run(&ctx, &request, &b);
    if (!err) err = pf_call_text(&ctx, &b, text);
    pf_status status = pf_call_end(&ctx, err, error);
    pf_buf_clear(&b);
    return status;
}
