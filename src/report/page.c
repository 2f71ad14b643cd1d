#include "report/page.h"

#include "base/json.h"
#include "report/page_parts.h"

#include <inttypes.h>
#include <string.h>

enum { FAILURES_MOST = 1000 };

struct pf_page {
    pf_buf json, text; /* the document so far; summary.txt of all runs */
    pf_arena arena;
    const char *title;      /* of the first run */
    const char *comparison; /* JSON; NULL: none */
    size_t runs;
};

pf_err pf_page_new(pf_ctx *ctx, const char *version, pf_page **out)
{
    *out = NULL;
    pf_page *p = pf_calloc(ctx, 1, sizeof *p);
    if (!p) return PF_ERR_NO_MEMORY;
    pf_arena_init(&p->arena);
    pf_buf_init(&p->json, ctx);
    pf_buf_init(&p->text, ctx);
    pf_json_open(&p->json, NULL, '{');
    pf_json_text(&p->json, "format", "perforin-page-1");
    pf_json_text(&p->json, "version", version);
    pf_json_open(&p->json, "runs", '[');
    *out = p;
    return PF_OK;
}

void pf_page_free(pf_page *p)
{
    if (!p) return;
    pf_buf_clear(&p->json);
    pf_buf_clear(&p->text);
    pf_arena_clear(&p->arena);
    pf_free(p);
}

/* ---- one run ---- */

void pf_page_compact(const char *s, pf_buf *out)
{
    while (*s) {
        size_t n = strcspn(s, " \t\r\n\"");
        pf_buf_put(out, s, n);
        s += n;
        if (*s != '"') {
            s += strspn(s, " \t\r\n");
            continue;
        }
        pf_buf_put(out, s++, 1);
        while (*s && *s != '"') {
            n = strcspn(s, "\"\\<");
            pf_buf_put(out, s, n);
            s += n;
            if (*s == '<') {
                pf_buf_text(out, "\\u003c");
                s++;
            } else if (*s == '\\' && s[1]) {
                pf_buf_put(out, s, 2);
                s += 2;
            }
        }
        if (*s) pf_buf_put(out, s++, 1);
    }
}

static pf_err command(pf_buf *json, const pf_page_run *run, const pf_jvalue *summary)
{
    pf_buf b;
    const pf_study *s = run->study;
    pf_buf_init(&b, json->ctx);
    pf_buf_text(&b, "perforin run ");
    pf_arena a;
    pf_arena_init(&a);
    char *file = pf_arena_printf(json->ctx, &a, "inputs/%s", pf_page_input(run, s->path));
    if (file) pf_buf_word(&b, file);
    pf_buf_printf(&b, " --seed %" PRIu64 " --replicates %zu", s->seed, s->replicates);
    const pf_jvalue *changed = pf_jvalue_get(summary, "changed_parameters");
    for (const pf_jvalue *v = changed ? changed->first : NULL; v; v = v->next) {
        pf_buf_text(&b, " --set ");
        pf_buf_word(&b, pf_jvalue_text(v, ""));
    }
    pf_buf_text(&b, " --out again");
    pf_err err = file ? pf_buf_ok(&b) : PF_ERR_NO_MEMORY;
    if (!err) pf_json_text(json, "command", b.bytes);
    pf_arena_clear(&a);
    pf_buf_clear(&b);
    return err;
}

static void inputs(pf_buf *b, const pf_page_run *run)
{
    const pf_study *s = run->study;
    pf_json_open(b, "inputs", '[');
    for (size_t i = 0; i < s->n_source; i++) {
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "file", run->input[i]);
        pf_json_hash(b, "hash", s->source_hash[i]);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

/* What is left of the page for patients one by one. */
static size_t left_over(const pf_buf *b)
{
    size_t used;
    (void)pf_page_template(&used);
    used += b->size;
    if (used >= PF_PAGE_MOST) return 0;
    return PF_PAGE_MOST - used < PF_PAGE_DETAIL_MOST ? PF_PAGE_MOST - used
                                                     : PF_PAGE_DETAIL_MOST;
}

static pf_err detail(pf_ctx *ctx, pf_buf *b, const pf_page_run *run)
{
    static const char *const key[PF_DETAILS] = {"patients", "visits", "samples", "events"};
    pf_detail d = {0};
    if (run->detail == PF_PAGE_NO_DETAIL) {
        pf_json_null(b, "detail");
        return PF_OK;
    }
    pf_err err = pf_detail_read(ctx, run, left_over(b), &d);
    if (!err && !d.replicates) {
        pf_json_null(b, "detail");
    } else if (!err) {
        pf_json_open(b, "detail", '{');
        pf_json_integer(b, "replicates", (long long)d.replicates);
        pf_json_integer(b, "size", (long long)d.size);
        pf_json_integer(b, "size_planned", (long long)d.size_planned);
        for (int k = 0; k < PF_DETAILS; k++) pf_sheet_json(b, key[k], &d.sheet[k], d.n[k]);
        pf_json_close(b, '}');
    }
    pf_detail_clear(&d);
    return err;
}

/* All columns but the mark, which every row carries. */
static pf_err read_failures(pf_ctx *ctx, pf_csv *csv, pf_sheet *f)
{
    const char *name[64];
    size_t n = pf_csv_columns(csv);
    if (n < 2 || n > PF_COUNT(name) || strcmp(pf_csv_name(csv, 0), "STUDYID") != 0)
        return pf_csv_fail(csv, "this is no table of failures");
    for (size_t i = 1; i < n; i++) name[i - 1] = pf_csv_name(csv, i);
    PF_TRY(pf_sheet_init(ctx, f, name, n - 1));
    while (f->n < FAILURES_MOST) {
        int more;
        PF_TRY(pf_csv_next(csv, &more));
        if (!more) break;
        PF_TRY(pf_sheet_grow(ctx, f));
        for (size_t i = 1; i < n; i++) PF_TRY(pf_sheet_take(ctx, f, i - 1, csv, i));
        f->n++;
    }
    return PF_OK;
}

static pf_err failures(pf_ctx *ctx, pf_buf *b, const char *path)
{
    pf_csv *csv;
    pf_sheet f = {0};
    PF_TRY(pf_csv_open(ctx, path, &csv));
    pf_err err = read_failures(ctx, csv, &f);
    if (!err) pf_sheet_json(b, "failures", &f, f.n);
    pf_sheet_clear(&f);
    pf_csv_close(csv);
    return err;
}

static pf_err read_file(
    pf_ctx *ctx, pf_arena *a, const char *folder, const char *name, char **out, size_t *size)
{
    char *path = pf_path_join(ctx, a, folder, name);
    return path ? pf_file_read(ctx, path, 0, out, size) : PF_ERR_NO_MEMORY;
}

static pf_err write_run(pf_ctx *ctx, pf_page *p, pf_arena *a, const pf_page_run *run,
    const char *const file[2], const pf_jvalue *summary)
{
    pf_buf *b = &p->json;
    const char *label = run->label ? run->label : run->study->name;
    char *path = pf_path_join(ctx, a, run->folder, "failures.csv");
    if (!path) return PF_ERR_NO_MEMORY;
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "label", label);
    pf_json_text(b, "version", run->version);
    PF_TRY(command(b, run, summary));
    inputs(b, run);
    pf_json_text(b, "text", file[1]);
    pf_json_raw(b, "summary", "");
    pf_page_compact(file[0], b);
    pf_page_study(b, run);
    PF_TRY(pf_page_values(ctx, b, run));
    PF_TRY(failures(ctx, b, path));
    PF_TRY(detail(ctx, b, run)); /* last: it gets the room that is left */
    pf_json_close(b, '}');
    if (p->runs++) pf_buf_text(&p->text, "\n");
    if (p->runs > 1 || run->label) pf_buf_printf(&p->text, "%s\n", label);
    pf_buf_text(&p->text, file[1]);
    return pf_buf_ok(b);
}

pf_err pf_page_add(pf_ctx *ctx, pf_page *p, const pf_page_run *run)
{
    pf_arena a;
    char *file[2] = {NULL, NULL};
    size_t size[2];
    const pf_jvalue *summary = NULL;
    pf_arena_init(&a);
    pf_err err = read_file(ctx, &a, run->folder, "summary.json", &file[0], &size[0]);
    if (!err) err = read_file(ctx, &a, run->folder, "summary.txt", &file[1], &size[1]);
    if (!err) {
        err = pf_jvalue_parse(ctx, &a, file[0], size[0], &summary);
        if (err) pf_fail_in(ctx, "summary.json in '%s'", run->folder);
    }
    if (!err && !p->title) {
        const pf_study *s = run->study;
        p->title = pf_arena_strdup(ctx, &p->arena, s->title ? s->title : s->name);
        if (!p->title) err = PF_ERR_NO_MEMORY;
    }
    const char *const text[2] = {file[0], file[1]};
    if (!err) err = write_run(ctx, p, &a, run, text, summary);
    pf_free(file[0]);
    pf_free(file[1]);
    pf_arena_clear(&a);
    return err;
}

pf_err pf_page_compare(pf_ctx *ctx, pf_page *p, const char *json, const char *text)
{
    p->comparison = pf_arena_strdup(ctx, &p->arena, json);
    if (!p->comparison) return PF_ERR_NO_MEMORY;
    pf_buf_empty(&p->text);
    pf_buf_text(&p->text, text);
    return pf_buf_ok(&p->text);
}

/* ---- the page ---- */

pf_err pf_page_document(pf_ctx *ctx, pf_page *p, pf_buf *out)
{
    if (!p->runs) return pf_fail(ctx, PF_ERR_BUG, "a page without a run");
    pf_json_close(&p->json, ']');
    if (p->comparison) pf_json_raw(&p->json, "comparison", p->comparison);
    pf_json_close(&p->json, '}');
    PF_TRY(pf_buf_ok(&p->json));
    pf_page_compact(p->json.bytes, out);
    return pf_buf_ok(out);
}

static void html(pf_buf *b, const char *text)
{
    static const char *const escape[] = {
        ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;"};
    while (*text) {
        size_t n = strcspn(text, "&<>\"");
        pf_buf_put(b, text, n);
        text += n;
        if (*text) pf_buf_text(b, escape[(unsigned char)*text++]);
    }
}

static const char *const MARKER[] = {"@PERFORIN_TITLE@", "@PERFORIN_TEXT@", "@PERFORIN_DATA@"};

/* Where each marker stands, which is once. */
static pf_err find_markers(pf_ctx *ctx, const char *template, size_t size, const char *at[3])
{
    const char *end = template + size;
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(MARKER[i]);
        at[i] = memmem(template, size, MARKER[i], n);
        const char *rest = at[i] ? at[i] + n : end;
        int twice = memmem(rest, (size_t)(end - rest), MARKER[i], n) != NULL;
        if (at[i] && !twice) continue;
        return pf_fail(ctx, PF_ERR_CONFIG,
            "the template has %s marker %s; each of %s, %s and %s "
            "has to be there once",
            twice ? "more than one" : "no", MARKER[i], MARKER[0], MARKER[1], MARKER[2]);
    }
    return PF_OK;
}

static void fill(pf_buf *out, const pf_page_texts *t, size_t marker)
{
    if (marker == 0) {
        pf_buf_text(out, "SIMULATED: ");
        html(out, t->title);
    } else if (marker == 1) {
        html(out, t->text);
    } else {
        pf_buf_put(out, t->json->bytes, t->json->size);
    }
}

pf_err pf_page_fill(
    pf_ctx *ctx, const pf_page_texts *t, const char *template, size_t size, pf_buf *out)
{
    const char *at[3];
    PF_TRY(find_markers(ctx, template, size, at));
    const char *from = template;
    for (size_t done = 0; done < 3; done++) {
        size_t next = 3; /* the first marker behind `from` */
        for (size_t i = 0; i < 3; i++)
            if (at[i] >= from && (next == 3 || at[i] < at[next])) next = i;
        pf_buf_put(out, from, (size_t)(at[next] - from));
        fill(out, t, next);
        from = at[next] + strlen(MARKER[next]);
    }
    pf_buf_put(out, from, (size_t)(template + size - from));
    return pf_buf_ok(out);
}

pf_err pf_page_write(
    pf_ctx *ctx, pf_page *p, const char *title, const char *template, size_t size, pf_buf *out)
{
    const char *at[3];
    pf_buf json;
    if (!template) template = pf_page_template(&size);
    PF_TRY(find_markers(ctx, template, size, at)); /* before the page is ended */
    pf_buf_init(&json, ctx);
    pf_err err = pf_page_document(ctx, p, &json);
    const pf_page_texts t = {
        title ? title : p->title, p->text.bytes ? p->text.bytes : "", &json};
    if (!err) err = pf_page_fill(ctx, &t, template, size, out);
    pf_buf_clear(&json);
    return err;
}
