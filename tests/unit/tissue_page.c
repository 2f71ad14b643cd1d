/* The page of a tissue: its document against the folder's tables and film; what is left out
 * where it would not fit; the same bytes again. */
#include "ct.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/zip.h"
#include "perforin/perforin.h"
#include "report/tissue_page.h"
#include "store/tissue_folder.h"
#include "tissue/film.h"
#include "tissue_pair.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char TEXT[] =
    "tissue: small\ntitle: A </script> nodule\ndomain: {size: [160, 160, 160] um}\n"
    "duration: 30 min\noutput: {every: 7 min, film: 1 min}\n" PF_TISSUE_PAIR
    "  - {cells: tumour, shape: ball, radius: 45 um, packed: yes}\n"
    "  - {cells: NK, shape: shell, inner: 55 um, outer: 75 um, count: 40}\n";

typedef struct {
    char folder[48], run[64];
    pf_ctx ctx;
    pf_arena arena;
} place;

static int begin(void **state)
{
    place *p = calloc(1, sizeof *p);
    char file[80];
    pf_error error;
    pf_tissue_result r;
    pf_ctx_init(&p->ctx);
    pf_arena_init(&p->arena);
    strcpy(p->folder, "/tmp/pf-tissue-page-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(file, sizeof file, "%s/small.yaml", p->folder);
    snprintf(p->run, sizeof p->run, "%s/run", p->folder);
    assert_ok(&p->ctx, pf_file_write(&p->ctx, file, TEXT, strlen(TEXT)));
    pf_tissue_options o = PF_TISSUE_OPTIONS_INIT;
    o.tissue = file;
    o.out = p->run;
    o.threads = 1;
    assert_int_equal(pf_tissue_run(&o, &r, &error), PF_DONE);
    assert_non_null(r.report);
    pf_tissue_result_clear(&r);
    *state = p;
    return 0;
}

static int end(void **state)
{
    place *p = *state;
    char command[80];
    snprintf(command, sizeof command, "rm -r %s", p->folder);
    assert_int_equal(system(command), 0);
    pf_arena_clear(&p->arena);
    free(p);
    return 0;
}

/* The document of the run within so many bytes (0: as many as a page may have). */
static const pf_jvalue *document(place *p, size_t most, size_t *size)
{
    pf_buf b;
    const pf_jvalue *root;
    pf_tissue_page *page;
    pf_buf_init(&b, &p->ctx);
    const pf_jvalue *manifest = pf_tissue_manifest(&p->ctx, &p->arena, p->run);
    const pf_tissue_page_run run = {p->run, manifest, NULL, NULL};
    assert_ok(&p->ctx, pf_tissue_page_new(&p->ctx, "0.1", 1, most, &page));
    assert_ok(&p->ctx, pf_tissue_page_add(&p->ctx, page, &run));
    assert_ok(&p->ctx, pf_tissue_page_document(&p->ctx, page, &b));
    assert_null(strstr(b.bytes, "</script>"));
    assert_ok(&p->ctx, pf_jvalue_parse(&p->ctx, &p->arena, b.bytes, b.size, &root));
    *size = b.size;
    pf_tissue_page_free(page);
    pf_buf_clear(&b);
    return pf_jvalue_get(root, "runs")->first;
}

static double number(const pf_jvalue *v, const char *key)
{
    return pf_jvalue_number(pf_jvalue_get(v, key));
}

static void counts_are_those_of_the_table(void **state)
{
    place *p = *state;
    size_t size, row = 0;
    int more;
    pf_csv *csv;
    char path[80];
    const pf_jvalue *run = document(p, 0, &size), *counts = pf_jvalue_get(run, "counts");
    snprintf(path, sizeof path, "%s/counts.csv", p->run);
    assert_ok(&p->ctx, pf_csv_open(&p->ctx, path, &csv));
    assert_string_equal(pf_jvalue_get(counts, "columns")->first->text, "minute");
    for (;; row++) {
        assert_ok(&p->ctx, pf_csv_next(csv, &more));
        if (!more) break;
        const pf_jvalue *column = pf_jvalue_get(counts, "values")->first;
        for (size_t k = 0; k < pf_csv_columns(csv); k++, column = column->next) {
            double x;
            const pf_jvalue *v = column->first;
            for (size_t i = 0; i < row; i++) v = v->next;
            assert_ok(&p->ctx, pf_csv_value(csv, k, &x));
            assert_close(v->number, x, 0, 0);
        }
        assert_null(column);
    }
    assert_int_equal(row, pf_jvalue_get(counts, "values")->first->n);
    pf_csv_close(csv);
    assert_string_equal(pf_jvalue_get(run, "title")->text, "A </script> nodule");
    assert_close(number(run, "minutes"), 30, 0, 0);
    assert_true(number(run, "complete") == 1);
    assert_string_equal(pf_jvalue_get(run, "text")->text, TEXT);
}

/* RFC 4648; returns how many bytes. */
static size_t unbase64(const char *text, unsigned char *out)
{
    static const char DIGIT[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = 0;
    unsigned bits = 0, have = 0;
    for (; *text && *text != '='; text++) {
        bits = bits << 6 | (unsigned)(strchr(DIGIT, *text) - DIGIT);
        have += 6;
        if (have < 8) continue;
        have -= 8;
        out[n++] = (unsigned char)(bits >> have);
    }
    return n;
}

static void unpack(place *p, const char *text, unsigned char *out, size_t size)
{
    unsigned char *packed = malloc(strlen(text) + 1);
    assert_non_null(packed);
    assert_ok(&p->ctx, pf_unzip(&p->ctx, packed, unbase64(text, packed), out, size));
    free(packed);
}

static pf_film *film_of(place *p)
{
    pf_film *f;
    char path[80];
    snprintf(path, sizeof path, "%s/film.bin", p->run);
    assert_ok(&p->ctx, pf_film_read(&p->ctx, path, &f));
    assert_int_equal(f->left, 0);
    return f;
}

enum { ROOM = 1 << 20 };

static void frames_are_those_of_the_film(void **state)
{
    place *p = *state;
    size_t size, k = 0;
    unsigned char *a = malloc(ROOM), *b = malloc(ROOM);
    pf_film *f = film_of(p);
    const pf_jvalue *run = document(p, 0, &size), *film = pf_jvalue_get(run, "film");
    assert_int_equal(f->n, 31);
    assert_int_equal(film->n, f->n);
    for (const pf_jvalue *v = film->first; v; v = v->next, k++) {
        size_t n = f->shot[k].shown * pf_film_cell_size(f);
        assert_close(number(v, "minute"), f->shot[k].minute, 0, 1e-9);
        assert_int_equal(number(v, "shown"), f->shot[k].shown);
        unpack(p, pf_jvalue_get(v, "data")->text, a, n);
        assert_ok(&p->ctx, pf_film_cells(&p->ctx, f, k, b));
        assert_memory_equal(a, b, n);
        const pf_jvalue *fields = pf_jvalue_get(v, "fields");
        unpack(p, pf_jvalue_get(fields, "data")->text, a, 512);
        assert_ok(&p->ctx, pf_film_fields(&p->ctx, f, k, b));
        assert_memory_equal(a, b, 512);
    }
    pf_film_free(f);
    free(a);
    free(b);
}

/* A third of what the frames take: 13 of them stay, and some of their cells. */
static void what_does_not_fit_is_left_out_evenly(void **state)
{
    place *p = *state;
    size_t size, least, template, number_shown = 0;
    (void)pf_tissue_page_template(&template);
    unsigned char *a = malloc(ROOM), *b = malloc(ROOM);
    pf_film *f = film_of(p);
    (void)document(p, 0, &size);
    (void)document(p, 1, &least); /* as small as can be */
    size_t most = least + (size - least) / 6;
    const pf_jvalue *run = document(p, template + most, &size);
    const pf_jvalue *film = pf_jvalue_get(run, "film");
    assert_true(size <= most + 2000 && size >= most / 2);
    assert_int_equal(film->n, PF_TISSUE_FRAMES_LEAST);
    assert_int_equal(number(run, "filmed"), 31);
    assert_close(number(film->first, "minute"), 0, 0, 0);
    for (const pf_jvalue *v = film->first; v; v = v->next) {
        size_t k = (size_t)number(v, "minute"), shown = (size_t)number(v, "shown"), n = 0;
        const pf_film_shot *s = &f->shot[k];
        if (!v->next) assert_int_equal(k, 30);
        assert_int_equal(number(v, "cells"), s->cells);
        unpack(p, pf_jvalue_get(v, "data")->text, a, shown * pf_film_cell_size(f));
        assert_ok(&p->ctx, pf_film_cells(&p->ctx, f, k, b));
        for (size_t i = 0; i < s->shown && n < shown; i++) /* x and receptors of the next one */
            n += !memcmp(a + 2 * n, b + 2 * i, 2) &&
                 a[(pf_film_cell_size(f) - 1) * shown + n] ==
                     b[(pf_film_cell_size(f) - 1) * s->shown + i];
        assert_int_equal(n, shown);
        assert_true(shown < s->shown);
        number_shown += shown;
    }
    assert_true(number_shown > 100);
    pf_film_free(f);
    free(a);
    free(b);
}

/* What a study makes: its runs under their labels, and what it says of them. */
static void several_runs_share_a_page(void **state)
{
    place *p = *state;
    pf_tissue_page *page;
    pf_buf b;
    const pf_jvalue *root, *manifest = pf_tissue_manifest(&p->ctx, &p->arena, p->run);
    pf_buf_init(&b, &p->ctx);
    assert_ok(&p->ctx, pf_tissue_page_new(&p->ctx, "0.1", 2, 0, &page));
    for (int k = 0; k < 2; k++) {
        const pf_tissue_page_run run = {p->run, manifest, k ? "without killers" : "base", NULL};
        assert_ok(&p->ctx, pf_tissue_page_add(&p->ctx, page, &run));
    }
    assert_ok(&p->ctx,
        pf_tissue_page_study(&p->ctx, page, "{\"name\": \"a <b> study\"}", "its answers\n"));
    assert_ok(&p->ctx, pf_tissue_page_write(&p->ctx, page, "Two & more", NULL, 0, &b));
    assert_contains(b.bytes, "SIMULATED: Two &amp; more");
    assert_contains(b.bytes, "without killers: A &lt;/script&gt; nodule");
    assert_contains(b.bytes, "its answers");
    const char *json = strstr(b.bytes, "{\"format\":\"perforin-tissue-page-1\"");
    assert_non_null(json);
    char *end_of = strstr(json, "</script>");
    *end_of = 0;
    assert_ok(
        &p->ctx, pf_jvalue_parse(&p->ctx, &p->arena, json, (size_t)(end_of - json), &root));
    const pf_jvalue *runs = pf_jvalue_get(root, "runs");
    assert_int_equal(runs->n, 2);
    assert_string_equal(
        pf_jvalue_text(pf_jvalue_get(runs->first->next, "label"), ""), "without killers");
    assert_string_equal(
        pf_jvalue_text(pf_jvalue_get(pf_jvalue_get(root, "study"), "name"), ""), "a <b> study");
    pf_tissue_page_free(page);
    pf_buf_clear(&b);
}

static void the_page_is_the_same_again_and_of_what_the_run_wrote(void **state)
{
    place *p = *state;
    char path[80], *a, *b, *text;
    size_t n, m;
    pf_error error;
    pf_report_options o = PF_REPORT_OPTIONS_INIT;
    snprintf(path, sizeof path, "%s/report.html", p->run);
    assert_ok(&p->ctx, pf_file_read(&p->ctx, path, 0, &a, &n));
    o.folder = p->run;
    assert_int_equal(pf_report(&o, &text, &error), PF_DONE);
    pf_text_free(text);
    assert_ok(&p->ctx, pf_file_read(&p->ctx, path, 0, &b, &m));
    assert_int_equal(n, m);
    assert_memory_equal(a, b, n);
    assert_contains(a, "SIMULATED: A &lt;/script&gt; nodule");
    pf_free(a);
    pf_free(b);
    snprintf(path, sizeof path, "%s/film.bin", p->run);
    assert_ok(&p->ctx, pf_file_read(&p->ctx, path, 0, &a, &n));
    assert_ok(&p->ctx, pf_file_write(&p->ctx, path, a, n - 5));
    assert_int_equal(pf_report(&o, &text, &error), PF_FAILED);
    assert_contains(error.message, "film.bin' is not what the run wrote");
    const pf_jvalue *manifest = pf_tissue_manifest(&p->ctx, &p->arena, p->run);
    const pf_tissue_page_run run = {p->run, manifest, NULL, NULL};
    pf_tissue_page *page;
    assert_ok(&p->ctx, pf_tissue_page_new(&p->ctx, "0.1", 1, 0, &page));
    assert_int_equal(pf_tissue_page_add(&p->ctx, page, &run), PF_ERR_CORRUPT);
    assert_contains(p->ctx.message, "is cut off in frame 31");
    pf_ctx_reset(&p->ctx);
    pf_tissue_page_free(page);
    pf_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(counts_are_those_of_the_table),
        cmocka_unit_test(frames_are_those_of_the_film),
        cmocka_unit_test(what_does_not_fit_is_left_out_evenly),
        cmocka_unit_test(several_runs_share_a_page),
        cmocka_unit_test(the_page_is_the_same_again_and_of_what_the_run_wrote)};
    return cmocka_run_group_tests(tests, begin, end);
}
