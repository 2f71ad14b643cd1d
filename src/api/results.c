/* From whole chunks to everything a reader opens: tables, summary, report. */
#include "api/call.h"
#include "base/json.h"
#include "trial/claims.h"
#include "trial/parameters.h"
#include "trial/simulate.h"
#include "trial/summary.h"

typedef struct {
    const pf_study *study;
    pf_summary *summary;
    double *unknown; /* scratch */
    uint64_t replicate;
} gatherer;

static pf_err add_replicate(pf_ctx *ctx, void *payload, const pf_rows *patients)
{
    gatherer *g = payload;
    if (g->study->unknowns.n_variable) {
        PF_TRY(pf_trial_unknowns(ctx, g->study, g->replicate, g->unknown));
        PF_TRY(pf_summary_unknowns(ctx, g->summary, g->unknown));
    }
    g->replicate++;
    return pf_summary_add(ctx, g->summary, patients);
}

/* From the files that were just written, so that `perforin report` makes the same bytes. */
static pf_err write_page(pf_ctx *ctx, pf_folder *f)
{
    const pf_page_run run = {
        .folder = f->path, .study = f->study, .input = f->input, .version = pf_version()};
    pf_page *page = NULL;
    pf_buf html;
    pf_buf_init(&html, ctx);
    pf_err err = pf_page_new(ctx, pf_version(), &page);
    if (!err) err = pf_page_add(ctx, page, &run);
    if (!err) err = pf_page_write(ctx, page, NULL, NULL, 0, &html);
    if (!err) err = pf_folder_write(ctx, f, "report.html", &html);
    pf_buf_clear(&html);
    pf_page_free(page);
    return err;
}

/* Piece 0 is the header. */
static void replicates_piece(void *payload, uint64_t piece, pf_buf *out)
{
    const gatherer *g = payload;
    if (piece)
        pf_summary_replicate_rows(g->summary, (size_t)piece - 1, out);
    else
        pf_summary_replicates_header(out);
}

static pf_err write_all(pf_ctx *ctx, pf_folder *f, pf_summary *summary)
{
    pf_buf json, text;
    pf_buf_init(&json, ctx);
    pf_buf_init(&text, ctx);
    pf_err err = pf_summary_json(ctx, summary, &json);
    if (!err) err = pf_folder_write(ctx, f, "summary.json", &json);
    if (!err) err = pf_summary_text(ctx, summary, &text);
    if (!err) err = pf_folder_write(ctx, f, "summary.txt", &text);
    if (!err) err = write_page(ctx, f);
    if (!err) err = pf_folder_complete(ctx, f);
    pf_buf_clear(&text);
    pf_buf_clear(&json);
    return err;
}

/* The answers to claims, and the parameters that were used: what the page says beyond the
 * figures. */
typedef struct {
    pf_evidence evidence;
    pf_claims claims;
    pf_used_parameters parameters;
} appendix;

static pf_err write_claims(pf_ctx *ctx, pf_folder *f, const pf_claims *claims)
{
    pf_buf b;
    if (!claims->n) return PF_OK;
    pf_buf_init(&b, ctx);
    pf_json_open(&b, NULL, '{');
    pf_json_text(&b, "format", "perforin-claims-1");
    pf_json_text(&b, "study", f->study->name);
    pf_claims_json(claims, &b);
    pf_json_close(&b, '}');
    pf_err err = pf_buf_ok(&b);
    if (!err) err = pf_folder_write(ctx, f, "claims.json", &b);
    pf_buf_clear(&b);
    return err;
}

static pf_err append(pf_ctx *ctx, pf_folder *f, pf_summary *summary, appendix *a)
{
    const pf_study *s = f->study;
    PF_TRY(pf_evidence_read(ctx, s->evidence_path, s->model_path, &a->evidence));
    PF_TRY(pf_claims_answer(
        ctx, s, summary, &a->evidence, f->options.threads, f->options.lanes, &a->claims));
    PF_TRY(pf_study_parameters(ctx, s, &a->evidence, &a->parameters));
    pf_summary_attach(summary, &a->claims, &a->parameters);
    return write_claims(ctx, f, &a->claims);
}

pf_err pf_results_write(pf_ctx *ctx, pf_folder *f)
{
    gatherer g = {.study = f->study};
    appendix a = {0};
    g.unknown = pf_calloc(ctx, f->study->unknowns.n_variable, sizeof *g.unknown);
    pf_err err =
        g.unknown ? pf_summary_new(ctx, f->study, f->layout, &g.summary) : PF_ERR_NO_MEMORY;
    if (!err) err = pf_folder_tables(ctx, f, add_replicate, &g);
    if (!err)
        err = pf_folder_write_pieces(
            ctx, f, "replicates.csv", g.replicate + 1, replicates_piece, &g);
    if (!err) err = append(ctx, f, g.summary, &a);
    if (!err) err = write_all(ctx, f, g.summary);
    pf_summary_free(g.summary);
    pf_used_parameters_clear(&a.parameters);
    pf_claims_clear(&a.claims);
    pf_evidence_clear(&a.evidence);
    pf_free(g.unknown);
    return err;
}
