/* What the run of a tissue came to: its manifest, and the first and last row of counts.csv. */
#include "api/call.h"
#include "base/csv.h"

#include <math.h>
#include <string.h>

void pf_call_resume_tissue(const char *tissue, const char *folder, pf_buf *b)
{
    pf_buf_text(b, "perforin tissue run ");
    pf_buf_word(b, tissue);
    pf_buf_text(b, " --resume --out ");
    pf_buf_word(b, folder);
}

typedef struct {
    pf_csv *csv;
    size_t n;
    double *first, *last; /* [n] by column */
} rows;

static pf_err read_rows(pf_ctx *ctx, pf_arena *a, const char *path, rows *r)
{
    int more = 0, any = 0;
    PF_TRY(pf_csv_open(ctx, path, &r->csv));
    r->n = pf_csv_columns(r->csv);
    r->first = pf_arena_alloc(ctx, a, r->n, sizeof(double));
    r->last = pf_arena_alloc(ctx, a, r->n, sizeof(double));
    if (!r->first || !r->last) return PF_ERR_NO_MEMORY;
    for (;;) {
        PF_TRY(pf_csv_next(r->csv, &more));
        if (!more) break;
        for (size_t k = 0; k < r->n; k++) PF_TRY(pf_csv_value(r->csv, k, &r->last[k]));
        if (!any) memcpy(r->first, r->last, r->n * sizeof(double));
        any = 1;
    }
    return any ? PF_OK : pf_fail(ctx, PF_ERR_CORRUPT, "'%s' has no rows", path);
}

static void tell_json(const pf_jvalue *m, const char *folder, const rows *r, pf_buf *b)
{
    static const char *const COPIED[] = {"state", "tissue", "version"};
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "format", "perforin-tissue-show-1");
    pf_json_text(b, "folder", folder);
    for (size_t i = 0; i < PF_COUNT(COPIED); i++)
        pf_json_text(b, COPIED[i], pf_jvalue_text(pf_jvalue_get(m, COPIED[i]), ""));
    pf_json_text(
        b, "seed", pf_jvalue_text(pf_jvalue_get(pf_jvalue_get(m, "settings"), "seed"), ""));
    pf_json_number(
        b, "minutes", pf_jvalue_number(pf_jvalue_get(pf_jvalue_get(m, "settings"), "minutes")));
    for (int end = 0; end < 2 && r->csv; end++) {
        pf_json_open(b, end ? "last" : "first", '{');
        for (size_t k = 0; k < r->n; k++)
            pf_json_number(b, pf_csv_name(r->csv, k), end ? r->last[k] : r->first[k]);
        pf_json_close(b, '}');
    }
    pf_json_close(b, '}');
}

static void tell_text(const pf_jvalue *m, const rows *r, pf_buf *b)
{
    const pf_jvalue *settings = pf_jvalue_get(m, "settings");
    pf_buf_printf(b, "tissue    %s   %s   seed %s\n",
        pf_jvalue_text(pf_jvalue_get(m, "tissue"), ""),
        pf_jvalue_text(pf_jvalue_get(m, "state"), ""),
        pf_jvalue_text(pf_jvalue_get(settings, "seed"), ""));
    if (!r->csv) {
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

pf_err pf_call_show_tissue(
    pf_ctx *ctx, const char *folder, const pf_jvalue *manifest, int json, pf_buf *b)
{
    rows r = {NULL};
    pf_arena a;
    pf_arena_init(&a);
    char *path = pf_path_join(ctx, &a, folder, "counts.csv");
    pf_err err = path ? PF_OK : PF_ERR_NO_MEMORY;
    if (!err && pf_path_exists(path)) err = read_rows(ctx, &a, path, &r);
    if (!err && json) tell_json(manifest, folder, &r, b);
    if (!err && !json) tell_text(manifest, &r, b);
    if (!err) err = pf_buf_ok(b);
    int complete = !strcmp(pf_jvalue_text(pf_jvalue_get(manifest, "state"), ""), "complete");
    if (!err && !complete)
        err = pf_fail(ctx, PF_ERR_CANCELLED, "the run in '%s' is not complete", folder);
    pf_csv_close(r.csv);
    pf_arena_clear(&a);
    return err;
}
