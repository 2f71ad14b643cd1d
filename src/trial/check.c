#include "trial/check.h"

#include "trial/study_read.h"

static void describe(const pf_study *s, pf_buf *out)
{
    pf_buf_printf(out, "%s: ", s->name);
    for (size_t i = 0; i < s->n_arm; i++)
        pf_buf_printf(out, "%s%s (%zu)", i ? ", " : "", s->arm[i].name, s->arm[i].size);
    pf_buf_printf(out, "; %zu replicate%s over ", s->replicates, s->replicates == 1 ? "" : "s");
    pf_buf_number(out, s->horizon);
    pf_buf_printf(out, " days; %zu variable%s, %zu unknown%s, %zu published figure%s\n",
        s->population.n_variable, s->population.n_variable == 1 ? "" : "s",
        s->unknowns.n_variable, s->unknowns.n_variable == 1 ? "" : "s", s->n_expect,
        s->n_expect == 1 ? "" : "s");
}

pf_err pf_check_study(pf_ctx *ctx, const char *path, int json, pf_buf *out, size_t *errors)
{
    pf_ctx quiet;
    pf_ctx_init(&quiet);
    pf_diag diag;
    pf_diag_init(&diag, &quiet);
    pf_study *study;
    pf_err err = pf_study_read(&quiet, &diag, path, &study);
    *errors = diag.errors;
    if (err && err != PF_ERR_CONFIG) {
        pf_fail(ctx, err, "%s", quiet.message);
    } else {
        if (json)
            pf_diag_json(&diag, NULL, out);
        else
            pf_diag_text(&diag, out);
        if (!err && !json) describe(study, out);
        err = pf_buf_ok(out);
    }
    pf_study_free(study);
    pf_diag_clear(&diag);
    return err;
}
