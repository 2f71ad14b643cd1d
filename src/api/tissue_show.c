/* What the run of a tissue came to: its manifest, and the first and last row of counts.csv. */
#include "api/tissue_page.h"
#include "base/csv.h"
#include "tissue/checkpoint.h"

#include <math.h>
#include <string.h>

void pf_call_resume_tissue(const char *folder, pf_buf *b)
{
    pf_buf_text(b, "perforin tissue run --resume --out ");
    pf_buf_word(b, folder);
}

typedef struct {
    pf_csv *csv;
    size_t n;
    int any;              /* rows */
    double *first, *last; /* [n] by column */
} rows;

/* Of a run that goes on the last row may be there in part, and the first not yet: NULL. */
static pf_err open_whole_rows(pf_ctx *ctx, const char *path, pf_csv **out)
{
    char *bytes;
    size_t size;
    PF_TRY(pf_file_read(ctx, path, 0, &bytes, &size));
    while (size && bytes[size - 1] != '\n') size--;
    pf_err err = size ? pf_csv_of(ctx, path, bytes, size, out) : PF_OK;
    pf_free(bytes);
    return err;
}

static pf_err read_rows(pf_ctx *ctx, pf_arena *a, const char *path, rows *r)
{
    int more = 0;
    PF_TRY(open_whole_rows(ctx, path, &r->csv));
    if (!r->csv) return PF_OK;
    r->n = pf_csv_columns(r->csv);
    r->first = pf_arena_alloc(ctx, a, r->n, sizeof(double));
    r->last = pf_arena_alloc(ctx, a, r->n, sizeof(double));
    if (!r->first || !r->last) return PF_ERR_NO_MEMORY;
    for (;;) {
        PF_TRY(pf_csv_next(r->csv, &more));
        if (!more) break;
        for (size_t k = 0; k < r->n; k++) PF_TRY(pf_csv_value(r->csv, k, &r->last[k]));
        if (!r->any) memcpy(r->first, r->last, r->n * sizeof(double));
        r->any = 1;
    }
    return PF_OK;
}

/* A run that is not complete: who writes it, and how it goes on. */
typedef struct {
    int complete, busy;
    const char *state;
    double checkpoint; /* min; NaN: there is none */
    pf_buf resume;     /* the command, unless somebody writes */
} progress;

static pf_err look(
    pf_ctx *ctx, pf_arena *a, const char *folder, const pf_jvalue *m, progress *p)
{
    uint64_t step;
    pf_ctx quiet;
    p->state = pf_jvalue_text(pf_jvalue_get(m, "state"), "");
    p->complete = !strcmp(p->state, "complete");
    p->checkpoint = NAN;
    if (p->complete) return PF_OK;
    p->busy = pf_tissue_is_written(folder);
    p->state = p->busy ? "running" : "stopped";
    char *path = pf_path_join(ctx, a, folder, PF_TISSUE_CHECKPOINT);
    if (!path) return PF_ERR_NO_MEMORY;
    pf_ctx_init(&quiet);
    if (!pf_checkpoint_look(&quiet, path, &step))
        p->checkpoint = (double)step *
                        pf_jvalue_number(pf_jvalue_get(pf_jvalue_get(m, "settings"), "step"));
    if (!p->busy) pf_call_resume_tissue(folder, &p->resume);
    return pf_buf_ok(&p->resume);
}

static void tell_json(
    const pf_jvalue *m, const char *folder, const progress *p, const rows *r, pf_buf *b)
{
    static const char *const COPIED[] = {"tissue", "version"};
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "format", "perforin-tissue-show-1");
    pf_json_text(b, "folder", folder);
    pf_json_text(b, "state", p->state);
    for (size_t i = 0; i < PF_COUNT(COPIED); i++)
        pf_json_text(b, COPIED[i], pf_jvalue_text(pf_jvalue_get(m, COPIED[i]), ""));
    pf_json_text(
        b, "seed", pf_jvalue_text(pf_jvalue_get(pf_jvalue_get(m, "settings"), "seed"), ""));
    pf_json_number(
        b, "minutes", pf_jvalue_number(pf_jvalue_get(pf_jvalue_get(m, "settings"), "minutes")));
    if (!p->complete) {
        pf_json_number(b, "checkpoint_min", p->checkpoint);
        pf_json_text(b, "resume", p->busy ? NULL : p->resume.bytes);
    }
    for (int end = 0; end < 2 && r->any; end++) {
        pf_json_open(b, end ? "last" : "first", '{');
        for (size_t k = 0; k < r->n; k++)
            pf_json_number(b, pf_csv_name(r->csv, k), end ? r->last[k] : r->first[k]);
        pf_json_close(b, '}');
    }
    pf_json_close(b, '}');
}

static void tell_progress(const progress *p, pf_buf *b)
{
    if (p->complete) return;
    pf_buf_printf(b, "state     %s\n",
        p->busy ? "running: another program is writing here now" : "stopped before the end");
    if (isfinite(p->checkpoint)) pf_buf_printf(b, "kept      %.10g min\n", p->checkpoint);
    if (!p->busy) pf_buf_printf(b, "resume    %s\n", p->resume.bytes);
}

static void tell_text(const pf_jvalue *m, const progress *p, const rows *r, pf_buf *b)
{
    const pf_jvalue *settings = pf_jvalue_get(m, "settings");
    pf_buf_printf(b, "tissue    %s   %s   seed %s\n",
        pf_jvalue_text(pf_jvalue_get(m, "tissue"), ""), p->state,
        pf_jvalue_text(pf_jvalue_get(settings, "seed"), ""));
    tell_progress(p, b);
    if (!r->any) {
        pf_buf_text(b, "nothing was written yet\n");
        return;
    }
    pf_buf_printf(b, "minutes   %.10g of %.10g\n\n%-30s %14s %14s\n", r->last[0],
        pf_jvalue_number(pf_jvalue_get(settings, "minutes")), "", "at first", "at last");
    for (size_t k = 1; k < r->n; k++)
        if (r->first[k] != 0 || r->last[k] != 0)
            pf_buf_printf(
                b, "%-30s %14.6g %14.6g\n", pf_csv_name(r->csv, k), r->first[k], r->last[k]);
}

/* Where the rows are: a run that is not complete has them in partial/, or, killed while they
 * moved up, beside it. */
static pf_err find_rows(
    pf_ctx *ctx, pf_arena *a, const char *folder, const pf_jvalue *manifest, int whole, rows *r)
{
    char *up = pf_path_join(ctx, a, folder, "counts.csv"),
         *part = pf_path_join(ctx, a, folder, PF_TISSUE_PARTIAL "/counts.csv");
    if (!up || !part) return PF_ERR_NO_MEMORY;
    if (whole) PF_TRY(pf_call_tissue_file_is(ctx, a, folder, manifest, "counts.csv"));
    if (pf_path_exists(up)) return read_rows(ctx, a, up, r);
    return pf_path_exists(part) ? read_rows(ctx, a, part, r) : PF_OK;
}

pf_err pf_call_show_tissue(
    pf_ctx *ctx, const char *folder, const pf_jvalue *manifest, int json, pf_buf *b)
{
    rows r = {NULL};
    progress p = {0};
    pf_arena a;
    pf_arena_init(&a);
    pf_buf_init(&p.resume, ctx);
    pf_err err = look(ctx, &a, folder, manifest, &p);
    if (!err) err = find_rows(ctx, &a, folder, manifest, p.complete, &r);
    if (!err && json) tell_json(manifest, folder, &p, &r, b);
    if (!err && !json) tell_text(manifest, &p, &r, b);
    if (!err) err = pf_buf_ok(b);
    if (!err && !p.complete)
        err = pf_fail(ctx, PF_ERR_CANCELLED, "the run in '%s' is not complete", folder);
    pf_csv_close(r.csv);
    pf_buf_clear(&p.resume);
    pf_arena_clear(&a);
    return err;
}
