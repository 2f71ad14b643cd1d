/* pf_study_records: what a study gives its patients, as a table. */
#include "api/call.h"
#include "trial/given.h"
#include "trial/study_read.h"

static pf_err make(pf_ctx *ctx, const pf_records_options *o, pf_buf *problems, pf_buf *table)
{
    pf_study *study = NULL;
    pf_trial *trial = NULL;
    if (o->size != sizeof *o)
        return pf_fail(ctx, PF_ERR_CONFIG, "the options were made for another version");
    if (pf_path_same(o->study, o->out))
        return pf_fail(ctx, PF_ERR_CONFIG,
            "'%s' is the study that is read; write to another file", o->out);
    pf_err err = pf_call_load(ctx, o->study, 0, &study, problems);
    if (!err && o->has_seed) study->seed = o->seed;
    if (!err) err = pf_trial_new(ctx, study, &trial);
    if (!err) err = pf_trial_given(ctx, trial, o->replicate, table);
    pf_trial_free(trial);
    pf_study_free(study);
    return err;
}

pf_status pf_study_records(const pf_records_options *options, char **text, pf_error *error)
{
    pf_ctx ctx;
    pf_buf problems, table;
    *text = NULL;
    pf_ctx_init(&ctx);
    pf_buf_init(&problems, &ctx);
    pf_buf_init(&table, &ctx);
    pf_err err = make(&ctx, options, &problems, &table);
    if (!err && options->out) {
        err = pf_file_write(&ctx, options->out, table.bytes, table.size);
        pf_buf_empty(&table);
        pf_buf_printf(&table, "%s\n", options->out);
    }
    pf_err told = pf_call_text(&ctx, err ? &problems : &table, text);
    if (!err) err = told;
    pf_buf_clear(&problems);
    pf_buf_clear(&table);
    return pf_call_end(&ctx, err, error);
}
