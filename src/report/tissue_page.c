#include "report/tissue_page.h"

#include "base/csv.h"
#include "report/page_parts.h"
#include "report/tissue_page_film.h"

#include <string.h>

struct pf_tissue_page {
    pf_buf json, text;
    pf_arena arena;
    const char *title, *study; /* of the first run; JSON, NULL: none */
    size_t runs, planned, most;
};

pf_err pf_tissue_page_new(
    pf_ctx *ctx, const char *version, size_t runs, size_t most, pf_tissue_page **out)
{
    *out = NULL;
    pf_tissue_page *p = pf_calloc(ctx, 1, sizeof *p);
    if (!p) return PF_ERR_NO_MEMORY;
    pf_arena_init(&p->arena);
    pf_buf_init(&p->json, ctx);
    pf_buf_init(&p->text, ctx);
    p->planned = runs ? runs : 1;
    p->most = most ? most : PF_TISSUE_PAGE_MOST;
    pf_json_open(&p->json, NULL, '{');
    pf_json_text(&p->json, "format", "perforin-tissue-page-1");
    pf_json_text(&p->json, "version", version);
    pf_json_open(&p->json, "runs", '[');
    *out = p;
    return PF_OK;
}

void pf_tissue_page_free(pf_tissue_page *p)
{
    if (!p) return;
    pf_buf_clear(&p->json);
    pf_buf_clear(&p->text);
    pf_arena_clear(&p->arena);
    pf_free(p);
}

/* ---- counts.csv ---- */

typedef struct {
    pf_csv *csv;
    size_t columns, n, capacity;
    double *value; /* [n][columns] */
} table;

static pf_err read_rows(pf_ctx *ctx, table *t)
{
    int more;
    t->columns = pf_csv_columns(t->csv);
    for (;;) {
        PF_TRY(pf_csv_next(t->csv, &more));
        if (!more) return PF_OK;
        PF_TRY(pf_reserve(ctx, &t->value, &t->capacity, t->n, t->columns * sizeof *t->value));
        for (size_t k = 0; k < t->columns; k++)
            PF_TRY(pf_csv_value(t->csv, k, &t->value[t->n * t->columns + k]));
        t->n++;
    }
}

static void put_table(const table *t, pf_buf *b)
{
    size_t n = t->n < PF_TISSUE_ROWS_MOST ? t->n : PF_TISSUE_ROWS_MOST;
    pf_json_open(b, "counts", '{');
    pf_json_open(b, "columns", '[');
    for (size_t k = 0; k < t->columns; k++) {
        const char *name = pf_csv_name(t->csv, k);
        pf_json_text(b, NULL, k || strcmp(name, "time_min") != 0 ? name : "minute");
    }
    pf_json_close(b, ']');
    pf_json_open(b, "values", '[');
    for (size_t k = 0; k < t->columns; k++) {
        pf_json_open(b, NULL, '[');
        for (size_t i = 0; i < n; i++) {
            size_t row = n < 2 ? 0 : (i * (t->n - 1) + (n - 1) / 2) / (n - 1);
            pf_json_number(b, NULL, t->value[row * t->columns + k]);
        }
        pf_json_close(b, ']');
    }
    pf_json_close(b, ']');
    pf_json_close(b, '}');
}

/* What is not 0 at first or at last, for readers without scripts. */
static void tell_table(const table *t, pf_buf *b)
{
    const double *first = t->value, *last = t->value + (t->n - 1) * t->columns;
    if (!t->n) return;
    pf_buf_printf(b, "%-34s %14s %14s\n", "", "at first", "at last");
    for (size_t k = 0; k < t->columns; k++)
        if (first[k] != 0 || last[k] != 0)
            pf_buf_printf(
                b, "%-34s %14.6g %14.6g\n", pf_csv_name(t->csv, k), first[k], last[k]);
}

static pf_err put_counts(pf_ctx *ctx, pf_tissue_page *p, pf_arena *a, const char *folder)
{
    table t = {NULL};
    const char *path = pf_path_join(ctx, a, folder, "counts.csv");
    if (!path) return PF_ERR_NO_MEMORY;
    PF_TRY(pf_csv_open(ctx, path, &t.csv));
    pf_err err = read_rows(ctx, &t);
    if (!err) put_table(&t, &p->json);
    if (!err) tell_table(&t, &p->text);
    pf_csv_close(t.csv);
    pf_free(t.value);
    return err;
}

/* ---- one run ---- */

/* A text file of the folder; `*out` NULL where there is none. */
static pf_err read_text(
    pf_ctx *ctx, pf_arena *a, const char *folder, const char *name, const char **out)
{
    char *bytes;
    size_t size;
    const char *path = pf_path_join(ctx, a, folder, name);
    *out = NULL;
    if (!path) return PF_ERR_NO_MEMORY;
    if (!pf_path_exists(path)) return PF_OK;
    PF_TRY(pf_file_read(ctx, path, 0, &bytes, &size));
    *out = pf_arena_strndup(ctx, a, bytes, size);
    pf_free(bytes);
    return *out ? PF_OK : PF_ERR_NO_MEMORY;
}

/* Members of the film's head as they are. */
static void put_value(pf_buf *b, const char *key, const pf_jvalue *v)
{
    if (!v || v->kind == PF_JVALUE_NULL) {
        pf_json_null(b, key);
    } else if (v->kind == PF_JVALUE_TEXT) {
        pf_json_text(b, key, v->text);
    } else if (v->kind == PF_JVALUE_NUMBER) {
        pf_json_number(b, key, v->number);
    } else if (v->kind == PF_JVALUE_BOOL) {
        pf_json_bool(b, key, v->number != 0);
    } else {
        int list = v->kind == PF_JVALUE_LIST;
        pf_json_open(b, key, list ? '[' : '{');
        for (const pf_jvalue *m = v->first; m; m = m->next)
            put_value(b, list ? NULL : m->key, m);
        pf_json_close(b, list ? ']' : '}');
    }
}

static const char *results_of(const pf_tissue_page_run *run)
{
    return run->results ? run->results : run->folder;
}

static void put_state(pf_buf *b, const pf_jvalue *manifest)
{
    const pf_jvalue *settings = pf_jvalue_get(manifest, "settings");
    const char *state = pf_jvalue_text(pf_jvalue_get(manifest, "state"), "");
    pf_json_number(b, "minutes", pf_jvalue_number(pf_jvalue_get(manifest, "minutes_done")));
    pf_json_number(b, "planned", pf_jvalue_number(pf_jvalue_get(settings, "minutes")));
    pf_json_bool(b, "complete", !strcmp(state, "complete"));
    pf_json_text(b, "seed", pf_jvalue_text(pf_jvalue_get(settings, "seed"), ""));
}

static pf_err write_run(pf_ctx *ctx, pf_tissue_page *p, pf_arena *a,
    const pf_tissue_page_run *run, const pf_film *film)
{
    static const char *const WORDS[] = {"name", "title", "question", "systems"};
    static const char *const LISTS[] = {"domain", "types", "substances", "attributes"};
    pf_buf *b = &p->json;
    const char *text, *rules, *label = run->label ? run->label : film->name;
    size_t template, used = b->size;
    PF_TRY(read_text(ctx, a, run->folder, "tissue.yaml", &text));
    PF_TRY(read_text(ctx, a, run->folder, "rules.csv", &rules));
    pf_buf_printf(&p->text, "%s%s: %s\n\n", p->runs ? "\n" : "", label, film->title);
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "label", label);
    for (size_t k = 0; k < PF_COUNT(WORDS); k++)
        put_value(b, WORDS[k], pf_jvalue_get(film->head, WORDS[k]));
    pf_json_text(b, "text", text ? text : "");
    pf_json_text(b, "rules", rules);
    for (size_t k = 0; k < PF_COUNT(LISTS); k++)
        put_value(b, LISTS[k], pf_jvalue_get(film->head, LISTS[k]));
    put_state(b, run->manifest);
    PF_TRY(put_counts(ctx, p, a, results_of(run)));
    pf_json_integer(b, "filmed", (long long)film->n);
    (void)pf_tissue_page_template(&template);
    size_t share = p->most > template ? (p->most - template) / p->planned : 0;
    used = b->size - used;
    PF_TRY(pf_tissue_page_film(ctx, film, share > used ? share - used : 0, b));
    pf_json_close(b, '}');
    p->runs++;
    PF_TRY(pf_buf_ok(&p->text));
    return pf_buf_ok(b);
}

pf_err pf_tissue_page_add(pf_ctx *ctx, pf_tissue_page *p, const pf_tissue_page_run *run)
{
    pf_arena a;
    pf_film *film = NULL;
    pf_arena_init(&a);
    const char *path = pf_path_join(ctx, &a, results_of(run), "film.bin");
    pf_err err = path ? pf_film_read(ctx, path, &film) : PF_ERR_NO_MEMORY;
    if (!err && film->left)
        err = pf_fail(ctx, PF_ERR_CORRUPT,
            "'%s' is cut off in frame %zu: %zu bytes stand behind the last whole one", path,
            film->n + 1, film->left);
    if (!err && !p->title) {
        p->title = pf_arena_strdup(ctx, &p->arena, film->title);
        if (!p->title) err = PF_ERR_NO_MEMORY;
    }
    if (!err) err = write_run(ctx, p, &a, run, film);
    pf_film_free(film);
    pf_arena_clear(&a);
    return err;
}

/* ---- the page ---- */

pf_err pf_tissue_page_study(pf_ctx *ctx, pf_tissue_page *p, const char *json, const char *text)
{
    p->study = pf_arena_strdup(ctx, &p->arena, json);
    if (!p->study) return PF_ERR_NO_MEMORY;
    if (text) pf_buf_printf(&p->text, "\n%s", text);
    return pf_buf_ok(&p->text);
}

pf_err pf_tissue_page_document(pf_ctx *ctx, pf_tissue_page *p, pf_buf *out)
{
    if (!p->runs) return pf_fail(ctx, PF_ERR_BUG, "a page without a run");
    pf_json_close(&p->json, ']');
    if (p->study) pf_json_raw(&p->json, "study", p->study);
    pf_json_close(&p->json, '}');
    PF_TRY(pf_buf_ok(&p->json));
    pf_page_compact(p->json.bytes, out);
    return pf_buf_ok(out);
}

pf_err pf_tissue_page_write(pf_ctx *ctx, pf_tissue_page *p, const char *title,
    const char *template, size_t size, pf_buf *out)
{
    pf_buf json;
    if (!template) template = pf_tissue_page_template(&size);
    pf_buf_init(&json, ctx);
    pf_err err = pf_tissue_page_document(ctx, p, &json);
    const pf_page_texts t = {
        title ? title : p->title, p->text.bytes ? p->text.bytes : "", &json};
    if (!err) err = pf_page_fill(ctx, &t, template, size, out);
    pf_buf_clear(&json);
    return err;
}
