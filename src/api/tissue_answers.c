#include "api/tissue_answers.h"

#include "api/tissue_page.h"
#include "base/csv.h"
#include "base/file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { SERIES_MAX = 200 }; /* points of one series in answers.json */

const char *pf_answers_variant(const pf_answers *a, size_t variant)
{
    return variant ? a->setup->variant[variant - 1].name : "base";
}

static const char *title_of(const pf_answers *a, size_t variant)
{
    return variant ? a->setup->variant[variant - 1].title : a->setup->title;
}

/* ---- reading ---- */

static pf_err check_columns(pf_csv *csv, const pf_setup *s)
{
    int good = pf_csv_columns(csv) == s->n_outcome + 1;
    for (size_t i = 0; good && i < s->n_outcome; i++)
        good = !strcmp(pf_csv_name(csv, i + 1), s->outcome[i].name);
    return good ? PF_OK : pf_csv_fail(csv, "its columns are not those that the file asks for");
}

static pf_err read_rows(pf_ctx *ctx, pf_answers *a, pf_csv *csv, pf_answer_run *r)
{
    size_t columns = a->setup->n_outcome + 1, capacity = 0;
    int more = 0;
    double *rows = NULL;
    pf_err err = check_columns(csv, a->setup);
    while (!err && !(err = pf_csv_next(csv, &more)) && more) {
        for (size_t k = 0; !err && k < columns; k++) {
            err = pf_reserve(ctx, &rows, &capacity, r->n * columns + k, sizeof *rows);
            if (!err) err = pf_csv_value(csv, k, &rows[r->n * columns + k]);
        }
        if (!err) r->n++;
    }
    if (!err && !r->n) err = pf_csv_fail(csv, "there are no rows");
    r->minute = err ? NULL : pf_arena_alloc(ctx, &a->arena, r->n, sizeof *r->minute);
    r->value = err ? NULL : pf_arena_alloc(ctx, &a->arena, r->n * columns, sizeof *r->value);
    if (!err && (!r->minute || !r->value)) err = PF_ERR_NO_MEMORY;
    for (size_t i = 0; !err && i < r->n; i++) {
        r->minute[i] = rows[i * columns];
        memcpy(
            r->value + i * (columns - 1), rows + i * columns + 1, (columns - 1) * sizeof *rows);
    }
    pf_free(rows);
    return err;
}

pf_err pf_answers_read(pf_ctx *ctx, pf_answers *a)
{
    for (size_t i = 0; i < a->n_variant * a->n_seed; i++) {
        pf_csv *csv = NULL;
        const char *path = pf_path_join(ctx, &a->arena, a->run[i].folder, "outcomes.csv");
        if (!path) return PF_ERR_NO_MEMORY;
        const char *folder = a->run[i].folder;
        const pf_jvalue *manifest = pf_tissue_manifest(ctx, &a->arena, folder);
        PF_TRY(pf_call_tissue_file_is(ctx, &a->arena, folder, manifest, "outcomes.csv"));
        pf_err err = pf_csv_open(ctx, path, &csv);
        if (!err) err = read_rows(ctx, a, csv, &a->run[i]);
        pf_csv_close(csv);
        if (err) return err;
    }
    return PF_OK;
}

/* ---- statistics ---- */

static double final(const pf_answers *a, size_t outcome, size_t variant, size_t seed)
{
    const pf_answer_run *r = &a->run[variant * a->n_seed + seed];
    return r->value[(r->n - 1) * a->setup->n_outcome + outcome];
}

pf_err pf_answers_of(pf_ctx *ctx, const pf_answers *a, size_t outcome, size_t variant,
    pf_gap *mean, pf_gap *diff)
{
    size_t n = a->n_seed;
    double *x = pf_calloc(ctx, 3 * n, sizeof *x), *base = x + n, *zero = x + 2 * n;
    if (!x) return PF_ERR_NO_MEMORY;
    for (size_t k = 0; k < n; k++) {
        x[k] = final(a, outcome, variant, k);
        base[k] = final(a, outcome, 0, k);
    }
    pf_err err = pf_differ(ctx, PF_DIFFER_MEANS_PAIRED, zero, n, x, n, mean);
    if (!err) err = pf_differ(ctx, PF_DIFFER_MEANS_PAIRED, base, n, x, n, diff);
    pf_free(x);
    return err;
}

/* ---- tables ---- */

void pf_answers_csv(const pf_answers *a, pf_buf *out)
{
    char seed[24];
    pf_buf_text(out, "variant,seed,time_min");
    for (size_t o = 0; o < a->setup->n_outcome; o++)
        pf_buf_printf(out, ",%s", a->setup->outcome[o].name);
    pf_buf_text(out, "\n");
    for (size_t v = 0; v < a->n_variant; v++)
        for (size_t k = 0; k < a->n_seed; k++) {
            const pf_answer_run *r = &a->run[v * a->n_seed + k];
            snprintf(seed, sizeof seed, "%" PRIu64, a->first_seed + k);
            pf_csv_text(out, pf_answers_variant(a, v));
            pf_csv_text(out, seed);
            pf_csv_number(out, r->minute[r->n - 1]);
            for (size_t o = 0; o < a->setup->n_outcome; o++)
                pf_csv_number(out, final(a, o, v, k));
            pf_csv_end(out);
        }
}

static void tell_words(const pf_answers *a, pf_buf *b)
{
    const pf_setup *s = a->setup;
    pf_json_text(b, "format", PF_TISSUE_STUDY_FORMAT);
    pf_json_text(b, "simulated", "Every cell of these runs is simulated.");
    pf_json_text(b, "version", a->version);
    pf_json_text(b, "name", s->name);
    pf_json_text(b, "title", s->title);
    pf_json_text(b, "question", s->question);
    pf_json_open(b, "systems", '[');
    for (size_t i = 0; i < s->n_system; i++) pf_json_text(b, NULL, s->system[i]);
    pf_json_close(b, ']');
    const pf_outcome *x = &s->outcome[s->figure < s->n_outcome ? s->figure : 0];
    pf_json_open(b, "figure", '{');
    pf_json_text(b, "outcome", x->name);
    pf_json_text(b, "sentence", s->figure < s->n_outcome ? s->figure_text : x->title);
    pf_json_close(b, '}');
}

static void tell_variants(const pf_answers *a, pf_buf *b)
{
    pf_json_open(b, "variants", '[');
    for (size_t v = 0; v < a->n_variant; v++) {
        const pf_variant *x = v ? &a->setup->variant[v - 1] : NULL;
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "name", pf_answers_variant(a, v));
        pf_json_text(b, "title", title_of(a, v));
        pf_json_open(b, "changes", '[');
        for (size_t i = 0; x && i < x->n_change; i++) {
            pf_json_open(b, NULL, '{');
            pf_json_text(b, "key", x->change[i].key);
            pf_json_text(b, "was", x->change[i].was);
            pf_json_text(b, "is", x->change[i].is);
            pf_json_close(b, '}');
        }
        pf_json_close(b, ']');
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
}

static void tell_asked(const pf_answers *a, pf_buf *b)
{
    char seed[24];
    pf_json_open(b, "outcomes", '[');
    for (size_t o = 0; o < a->setup->n_outcome; o++) {
        const pf_outcome *x = &a->setup->outcome[o];
        pf_json_open(b, NULL, '{');
        pf_json_text(b, "name", x->name);
        pf_json_text(b, "unit", x->unit);
        pf_json_text(b, "title", x->title);
        pf_json_close(b, '}');
    }
    pf_json_close(b, ']');
    pf_json_open(b, "seeds", '[');
    for (size_t k = 0; k < a->n_seed; k++) {
        snprintf(seed, sizeof seed, "%" PRIu64, a->first_seed + k);
        pf_json_text(b, NULL, seed);
    }
    pf_json_close(b, ']');
}

/* The i-th of `shown` rows out of `n`: evenly, the first and the last among them. */
static size_t thinned(size_t i, size_t shown, size_t n)
{
    return shown < 2 ? n - 1 : i * (n - 1) / (shown - 1);
}

static void tell_series(const pf_answers *a, size_t o, size_t v, size_t k, pf_buf *b)
{
    const pf_answer_run *r = &a->run[v * a->n_seed + k];
    size_t shown = r->n < SERIES_MAX ? r->n : SERIES_MAX;
    char seed[24];
    snprintf(seed, sizeof seed, "%" PRIu64, a->first_seed + k);
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "outcome", a->setup->outcome[o].name);
    pf_json_text(b, "variant", pf_answers_variant(a, v));
    pf_json_text(b, "seed", seed);
    pf_json_open(b, "minute", '[');
    for (size_t i = 0; i < shown; i++)
        pf_json_number(b, NULL, r->minute[thinned(i, shown, r->n)]);
    pf_json_close(b, ']');
    pf_json_open(b, "value", '[');
    for (size_t i = 0; i < shown; i++)
        pf_json_number(b, NULL, r->value[thinned(i, shown, r->n) * a->setup->n_outcome + o]);
    pf_json_close(b, ']');
    pf_json_close(b, '}');
}

static pf_err tell_answer(pf_ctx *ctx, const pf_answers *a, size_t o, size_t v, pf_buf *b)
{
    pf_gap mean, diff;
    PF_TRY(pf_answers_of(ctx, a, o, v, &mean, &diff));
    pf_json_open(b, NULL, '{');
    pf_json_text(b, "outcome", a->setup->outcome[o].name);
    pf_json_text(b, "variant", pf_answers_variant(a, v));
    pf_json_integer(b, "n", (long long)mean.n);
    pf_json_number(b, "mean", mean.value);
    pf_json_number(b, "low", mean.low);
    pf_json_number(b, "high", mean.high);
    if (v) {
        pf_json_open(b, "difference", '{');
        pf_json_number(b, "mean", diff.value);
        pf_json_number(b, "low", diff.low);
        pf_json_number(b, "high", diff.high);
        pf_json_number(b, "p", diff.p);
        pf_json_close(b, '}');
    } else
        pf_json_null(b, "difference");
    pf_json_close(b, '}');
    return PF_OK;
}

pf_err pf_answers_json(pf_ctx *ctx, const pf_answers *a, pf_buf *b)
{
    size_t n = a->setup->n_outcome;
    pf_json_open(b, NULL, '{');
    tell_words(a, b);
    tell_variants(a, b);
    tell_asked(a, b);
    pf_json_open(b, "series", '[');
    for (size_t o = 0; o < n; o++)
        for (size_t i = 0; i < a->n_variant * a->n_seed; i++)
            tell_series(a, o, i / a->n_seed, i % a->n_seed, b);
    pf_json_close(b, ']');
    pf_json_open(b, "answers", '[');
    for (size_t o = 0; o < n; o++)
        for (size_t v = 0; v < a->n_variant; v++) PF_TRY(tell_answer(ctx, a, o, v, b));
    pf_json_close(b, ']');
    pf_json_close(b, '}');
    return pf_buf_ok(b);
}

/* ---- on a terminal ---- */

enum { PLOT = 48 };

static void range(const char *format, double low, double high, pf_buf *out)
{
    char text[64] = "";
    if (isfinite(low) && isfinite(high)) snprintf(text, sizeof text, "%.4g to %.4g", low, high);
    pf_buf_printf(out, format, text);
}

static pf_err table(pf_ctx *ctx, const pf_answers *a, size_t o, int width, pf_buf *out)
{
    const pf_outcome *x = &a->setup->outcome[o];
    pf_buf_printf(out, "\n%s%s%s%s\n", x->title, strcmp(x->unit, "1") ? " [" : "",
        strcmp(x->unit, "1") ? x->unit : "", strcmp(x->unit, "1") ? "]" : "");
    pf_buf_printf(out, "  %-*s %10s  %-22s %11s  %-22s %s\n", width, "", "mean",
        "95 % interval", "difference", "95 % interval", "p");
    for (size_t v = 0; v < a->n_variant; v++) {
        pf_gap mean, diff;
        PF_TRY(pf_answers_of(ctx, a, o, v, &mean, &diff));
        pf_buf_printf(out, "  %-*s ", width, pf_answers_variant(a, v));
        if (!isfinite(mean.value)) {
            pf_buf_printf(out, "%10s\n", "-");
            continue;
        }
        pf_buf_printf(out, "%10.4g", mean.value);
        if (!isfinite(mean.low) && (!v || !isfinite(diff.value))) {
            pf_buf_text(out, "\n");
            continue;
        }
        range(v ? "  %-22s" : "  %s", mean.low, mean.high, out);
        if (v && isfinite(diff.value)) pf_buf_printf(out, " %+11.4g", diff.value);
        if (v && isfinite(diff.low)) range("  %-22s", diff.low, diff.high, out);
        if (v && isfinite(diff.p)) pf_buf_printf(out, " %.2g", diff.p);
        pf_buf_text(out, "\n");
    }
    return PF_OK;
}

static size_t column(double x, double low, double high)
{
    return high > low ? (size_t)((x - low) / (high - low) * (PLOT - 1) + 0.5) : PLOT / 2;
}

/* Every run as a mark, the mean of each variant as a line. */
static pf_err plot(pf_ctx *ctx, const pf_answers *a, size_t o, int width, pf_buf *out)
{
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < a->n_variant * a->n_seed; i++) {
        double x = final(a, o, i / a->n_seed, i % a->n_seed);
        if (!isfinite(x)) continue;
        low = fmin(low, x);
        high = fmax(high, x);
    }
    if (!(low <= high)) return PF_OK;
    if (low > 0 && low < high / 2) low = 0;
    pf_buf_printf(out, "\n%s\n", a->setup->figure_text ? a->setup->figure_text : "");
    for (size_t v = 0; v < a->n_variant; v++) {
        char line[PLOT + 1];
        pf_gap mean, diff;
        PF_TRY(pf_answers_of(ctx, a, o, v, &mean, &diff));
        memset(line, '.', PLOT);
        line[PLOT] = '\0';
        for (size_t k = 0; k < a->n_seed; k++) {
            double x = final(a, o, v, k);
            if (isfinite(x)) line[column(x, low, high)] = 'o';
        }
        if (isfinite(mean.value)) line[column(mean.value, low, high)] = '|';
        pf_buf_printf(out, "  %-*s %s\n", width, pf_answers_variant(a, v), line);
    }
    pf_buf_printf(out, "  %-*s %-*.4g%*.4g   o a run, | the mean\n", width, "", PLOT / 2, low,
        PLOT / 2, high);
    return PF_OK;
}

pf_err pf_answers_text(pf_ctx *ctx, const pf_answers *a, pf_buf *out)
{
    const pf_setup *s = a->setup;
    int width = 8;
    for (size_t v = 0; v < a->n_variant; v++) {
        int n = (int)strlen(pf_answers_variant(a, v));
        if (n > width) width = n;
    }
    pf_buf_printf(out, "%s   %zu seed%s, %.4g hour   simulated\n", s->name, a->n_seed,
        a->n_seed == 1 ? "" : "s", a->run[0].minute[a->run[0].n - 1] / 60);
    if (s->question) pf_buf_printf(out, "%s\n", s->question);
    for (size_t v = 1; v < a->n_variant; v++)
        pf_buf_printf(out, "  %-*s %s\n", width, pf_answers_variant(a, v), title_of(a, v));
    if (s->figure < s->n_outcome) {
        PF_TRY(plot(ctx, a, s->figure, width, out));
        PF_TRY(table(ctx, a, s->figure, width, out));
    }
    for (size_t o = 0; o < s->n_outcome; o++)
        if (o != s->figure) PF_TRY(table(ctx, a, o, width, out));
    return pf_buf_ok(out);
}
