#include "trial/stats_table.h"

#include "trial/stats_frame.h"

#include <math.h>

typedef pf_err (*verb)(pf_ctx *, const pf_stats_request *, const pf_frame *, pf_buf *);

static const struct {
    const char *name;
    verb run;
    int survival; /* needs time and event */
} METHOD[] = {
    [PF_STATS_KM] = {"km", pf_stats_km, 1},
    [PF_STATS_LOGRANK] = {"logrank", pf_stats_logrank, 1},
    [PF_STATS_COX] = {"cox", pf_stats_cox, 1},
    [PF_STATS_RMST] = {"rmst", pf_stats_rmst, 1},
    [PF_STATS_BINOM] = {"binom", pf_stats_binom, 0},
    [PF_STATS_FISHER] = {"fisher", pf_stats_fisher, 0},
};

static pf_err missing(pf_ctx *ctx, const pf_stats_request *q, const char *what)
{
    return pf_fail(ctx, PF_ERR_CONFIG, "stats %s needs %s", METHOD[q->method].name, what);
}

static pf_err check_counts(pf_ctx *ctx, const pf_stats_request *q)
{
    if (q->n_counts) {
        if (q->method == PF_STATS_BINOM && q->n_counts == 2) return PF_OK;
        if (q->method == PF_STATS_FISHER && q->n_counts == 4) return PF_OK;
        return missing(ctx, q,
            q->method == PF_STATS_BINOM
                ? "two counts, x and n"
                : "four counts: x and n of one group, x and n of the other");
    }
    if (!q->x != !q->n) return missing(ctx, q, "both --x and --n");
    if (q->x) return PF_OK;
    if (!q->event && !q->censor) return missing(ctx, q, "--event, or --x and --n");
    if (q->method == PF_STATS_FISHER && !q->group) return missing(ctx, q, "--group");
    return PF_OK;
}

static pf_err check(pf_ctx *ctx, const pf_stats_request *q)
{
    if ((unsigned)q->method >= PF_COUNT(METHOD))
        return pf_fail(ctx, PF_ERR_CONFIG, "no such statistic");
    if (q->conf != 0 && !(q->conf > 0 && q->conf < 1))
        return pf_fail(ctx, PF_ERR_CONFIG, "--conf %g is not between 0 and 1", q->conf);
    if (q->event && q->censor)
        return pf_fail(
            ctx, PF_ERR_CONFIG, "--event and --censor say the same: give one of them");
    if (q->n_yes && q->censor)
        return pf_fail(ctx, PF_ERR_CONFIG, "--yes belongs to --event, not to --censor");
    if (!METHOD[q->method].survival) PF_TRY(check_counts(ctx, q));
    if (!q->path && !q->n_counts) return missing(ctx, q, "a data file");
    if (!METHOD[q->method].survival) return PF_OK;
    if (!q->time) return missing(ctx, q, "--time");
    if (!q->event && !q->censor) return missing(ctx, q, "--event or --censor");
    if (q->method == PF_STATS_LOGRANK && !q->group) return missing(ctx, q, "--group");
    if (q->method == PF_STATS_COX && !q->n_covariates) return missing(ctx, q, "--covariates");
    if (!(q->tau >= 0) || isinf(q->tau))
        return pf_fail(ctx, PF_ERR_CONFIG, "--tau %g is below 0", q->tau);
    for (size_t i = 0; i < q->n_quantiles; i++)
        if (!(q->quantiles[i] > 0 && q->quantiles[i] < 1))
            return pf_fail(
                ctx, PF_ERR_CONFIG, "quantile %g is not between 0 and 1", q->quantiles[i]);
    for (size_t i = 0; i < q->n_times; i++)
        if (!(q->times[i] >= 0))
            return pf_fail(ctx, PF_ERR_CONFIG, "time %g is below 0", q->times[i]);
    return PF_OK;
}

pf_err pf_stats_run(pf_ctx *ctx, const pf_stats_request *q, pf_buf *out)
{
    pf_frame f = {0};
    PF_TRY(check(ctx, q));
    int counted = q->n_counts > 0;
    pf_err err = counted ? PF_OK : pf_frame_load(ctx, q, &f);
    if (!err) {
        if (q->json) pf_json_open(out, NULL, '{');
        if (q->json) pf_json_text(out, "statistic", METHOD[q->method].name);
        if (!counted) pf_frame_write(&f, q->json, out);
        err = METHOD[q->method].run(ctx, q, counted ? NULL : &f, out);
        if (!err && q->json) pf_json_close(out, '}');
    }
    if (!err) err = pf_buf_ok(out);
    pf_frame_clear(&f);
    return err;
}
