#include "product/judge.h"

#include "input/table.h"
#include "patient/population_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { COLUMN_LOT = -1, COLUMN_TEXT = -2, COLUMN_BAD = -3 };

/* What one column holds. */
typedef struct {
    int what;    /* an attribute, or one of the above */
    int is_unit; /* a unit stands behind the name */
    char name[64];
    char unit[PF_UNIT_LENGTH];
    double scale; /* into the attribute's unit */
} column;

typedef struct {
    pf_reader r;
    const pf_specification *s;
    const pf_table *t;
    const char *file, *header; /* name; first line */
    size_t header_size;
    column *column;
    size_t n_column, lot, first; /* which column names lots; first row with a lot */
    size_t *named, n_named; /* [n_named, a power of two] by hash: 1 + place in j->lot, or 0 */
} desk;

static const char *const TEXTS[] = {"product", "donor", "date", "coi_id", "din", "note"};

const char *pf_lot_verdict_text(pf_lot_verdict v)
{
    static const char *const TEXT[] = {"accept", "accept with exception", "pending", "reject"};
    return TEXT[v];
}

/* ---- where something stands ---- */

static pf_place header_place(const desk *d, const char *name)
{
    pf_place at = {d->file, 1, 1, 2};
    size_t n = strlen(name);
    for (size_t i = 0; n && i + n <= d->header_size; i++)
        if (!memcmp(d->header + i, name, n)) {
            at.column = (int)i + 1;
            at.end_column = at.column + (int)n;
            break;
        }
    return at;
}

/* A problem with one field: its place comes from the table. */
static void field_error(desk *d, size_t row, size_t column_number, const char *sentence,
    const char *expected, const char *mend)
{
    pf_ctx quiet;
    pf_place whole = {.file = d->file};
    pf_ctx_init(&quiet);
    (void)pf_table_fail(&quiet, d->t, row, column_number, "%s", sentence);
    pf_reader_told(&d->r, &whole, quiet.message);
    if (expected) pf_diag_expected(d->r.diag, "%s", expected);
    if (mend) pf_diag_mend(d->r.diag, "%s", mend);
}

/* ---- the header ---- */

static int is_text_column(const char *name)
{
    for (size_t i = 0; i < PF_COUNT(TEXTS); i++)
        if (!strcmp(TEXTS[i], name)) return 1;
    return 0;
}

static void unknown_column(desk *d, const char *whole, const char *name)
{
    const char *names[PF_ATTRIBUTES + PF_COUNT(TEXTS) + 1];
    size_t n = 0;
    for (; n < PF_ATTRIBUTES; n++) names[n] = pf_attribute_of((pf_attribute)n)->name;
    for (size_t i = 0; i < PF_COUNT(TEXTS); i++) names[n++] = TEXTS[i];
    names[n++] = "lot";
    pf_place at = header_place(d, whole);
    pf_diag_error(d->r.diag, &at, "unknown column '%.60s'%s", name,
        pf_diag_near(d->r.diag, name, names, n));
    pf_diag_expected(d->r.diag,
        "lot, an attribute of lots with its unit, product, donor, date, "
        "coi_id, din or note");
    pf_diag_mend(d->r.diag, "rename it, or take it out");
}

/* "viability [%]" into name and unit. */
static void split_header(const char *text, column *c)
{
    const char *open = strrchr(text, '['), *close = strrchr(text, ']');
    size_t n = strlen(text);
    *c = (column){.what = COLUMN_BAD, .unit = "1", .scale = 1};
    if (open && close == text + n - 1 && close > open + 1) {
        n = (size_t)(open - text);
        c->is_unit = 1;
        snprintf(c->unit, sizeof c->unit, "%.*s", (int)(close - open - 1), open + 1);
    }
    while (n && text[n - 1] == ' ') n--;
    snprintf(c->name, sizeof c->name, "%.*s", (int)n, text);
}

static void settle_unit(desk *d, column *c, const pf_place *at)
{
    const pf_attribute_info *a = pf_attribute_of((pf_attribute)c->what);
    if (c->what == PF_ATTRIBUTE_STERILE) return;
    if (pf_unit_convert(d->r.units, 1, c->unit, a->unit, &c->scale)) return;
    pf_diag_error(
        d->r.diag, at, "the column '%s' is in %s", c->name, c->is_unit ? c->unit : "no unit");
    pf_diag_expected(d->r.diag, "%s", strcmp(a->unit, "1") ? a->unit : "a plain number or %");
    pf_diag_mend(d->r.diag, "write '%s [%s]'", c->name, a->unit);
    c->what = COLUMN_BAD;
}

static void read_header(desk *d, size_t k)
{
    const char *whole = pf_table_column(d->t, k);
    column *c = &d->column[k];
    split_header(whole, c);
    if (!strcmp(c->name, "lot")) {
        c->what = COLUMN_LOT;
        d->lot = k;
    } else if (is_text_column(c->name)) {
        c->what = COLUMN_TEXT;
    } else {
        pf_attribute a = pf_attribute_find(c->name);
        if (a == PF_ATTRIBUTES)
            unknown_column(d, whole, c->name);
        else
            c->what = (int)a;
    }
    for (size_t j = 0; j < k; j++)
        if (c->what >= COLUMN_LOT && d->column[j].what == c->what) {
            pf_place at = header_place(d, whole);
            pf_diag_error(d->r.diag, &at, "two columns hold '%s'", c->name);
        }
}

/* Units: behind the names, or in a row of their own. */
static void read_units(desk *d)
{
    const char *first = pf_table_rows(d->t) ? pf_table_text(d->t, 0, d->lot) : NULL;
    int row = first && (!strcasecmp(first, "unit") || !strcasecmp(first, "units"));
    d->first = (size_t)row;
    for (size_t k = 0; k < d->n_column; k++) {
        column *c = &d->column[k];
        pf_place at = header_place(d, pf_table_column(d->t, k));
        if (c->what < 0) continue;
        const char *text = row ? pf_table_text(d->t, 0, k) : NULL;
        if (text && c->is_unit)
            field_error(d, 0, k, "this column has its unit behind its name already", NULL,
                "leave one of them out");
        if (text && !c->is_unit) {
            snprintf(c->unit, sizeof c->unit, "%s", text);
            c->is_unit = 1;
            at.line = (int)pf_table_line(d->t, 0, k);
            at.column = at.end_column = 0;
        }
        settle_unit(d, c, &at);
    }
}

static void check_columns(desk *d)
{
    const pf_place top = {d->file, 1, 1, 2};
    if (d->lot == SIZE_MAX) {
        pf_diag_error(d->r.diag, &top, "there is no column 'lot'");
        pf_diag_expected(d->r.diag, "a name for each lot");
    }
    for (size_t i = 0; i < d->s->n; i++) {
        const pf_lot_test *t = &d->s->test[i];
        const char *name = pf_attribute_of(t->measures)->name;
        int found = 0;
        for (size_t k = 0; k < d->n_column; k++) found |= !strcmp(d->column[k].name, name);
        if (found) continue;
        pf_diag_error(
            d->r.diag, &top, "there is no column '%s', which %s tests", name, d->s->name);
        pf_diag_mend(d->r.diag,
            "add a column '%s [%s]'; a result that is not there yet is 'pending'", name,
            t->unit);
    }
}

/* ---- fields ---- */

static int is_one_of(const char *text, const char *a, const char *b, const char *c)
{
    return !strcasecmp(text, a) || !strcasecmp(text, b) || !strcasecmp(text, c);
}

/* 1 and the value, or 0 after telling. NaN: pending. */
static int read_value(desk *d, size_t row, size_t k, double *out)
{
    const column *c = &d->column[k];
    const char *text = pf_table_text(d->t, row, k);
    char sentence[400], expected[200];
    int sterile = c->what == PF_ATTRIBUTE_STERILE;
    *out = NAN;
    if (sterile)
        snprintf(expected, sizeof expected, "'no growth', 'growth' or 'pending'");
    else
        snprintf(expected, sizeof expected, "a number in %s, at least 0", c->unit);
    if (!text) {
        snprintf(sentence, sizeof sentence, "no '%.60s' for this lot", c->name);
        field_error(d, row, k, sentence, expected,
            "write 'pending' if the result is still to come, else measure it");
        return 0;
    }
    if (!strcasecmp(text, "pending")) return 1;
    if (sterile) {
        int none = is_one_of(text, "no growth", "negative", "sterile");
        if (none || is_one_of(text, "growth", "positive", "contaminated")) {
            *out = none;
            return 1;
        }
    } else if (pf_text_number(text, out)) {
        *out *= c->scale;
        int share = !strcmp(pf_attribute_of((pf_attribute)c->what)->unit, "1") &&
                    (c->what == PF_ATTRIBUTE_VIABILITY || c->what == PF_ATTRIBUTE_PURITY ||
                        c->what == PF_ATTRIBUTE_LYSIS || c->what == PF_ATTRIBUTE_CAR ||
                        c->what == PF_ATTRIBUTE_MOTILE);
        if (*out >= 0 && (!share || *out <= 1)) return 1;
        snprintf(sentence, sizeof sentence, "'%.60s' is %.60s %.40s", c->name, text,
            strcmp(c->unit, "1") ? c->unit : "");
        field_error(d, row, k, sentence, share ? "a share from 0 to 100 %" : expected,
            share && *out > 1 ? "is the unit of the column right, % or a plain number?" : NULL);
        return 0;
    }
    snprintf(sentence, sizeof sentence, "'%.60s' is '%.60s'", c->name, text);
    field_error(d, row, k, sentence, expected, NULL);
    return 0;
}

/* Has an earlier lot this name? By hash, since tables of a million lots are read, too. */
static int is_repeated(desk *d, const pf_judgement *j, const char *name)
{
    size_t k = (size_t)pf_hash(0, name, strlen(name)) & (d->n_named - 1);
    for (; d->named[k]; k = (k + 1) & (d->n_named - 1)) {
        const char *other = j->lot[d->named[k] - 1].lot;
        if (other && !strcmp(other, name)) return 1;
    }
    d->named[k] = j->n + 1;
    return 0;
}

static void read_name(desk *d, size_t row, pf_judgement *j, pf_judged *lot)
{
    const char *text = d->lot == SIZE_MAX ? NULL : pf_table_text(d->t, row, d->lot);
    char sentence[300];
    if (d->lot == SIZE_MAX) return;
    if (!text) {
        field_error(d, row, d->lot, "this lot has no name", "a name of its own", NULL);
        return;
    }
    if (is_repeated(d, j, text)) {
        snprintf(sentence, sizeof sentence, "two lots are called '%.100s'", text);
        field_error(d, row, d->lot, sentence, "one row for each lot", NULL);
    }
    lot->lot = pf_arena_strdup(d->r.ctx, &j->arena, text);
    if (!lot->lot) d->r.failed = PF_ERR_NO_MEMORY;
}

/* ---- the verdict ---- */

static void decide(const pf_specification *s, pf_judged *lot)
{
    int hard = 0, soft = 0, late = 0;
    for (size_t i = 0; i < s->n; i++) {
        const pf_lot_test *t = &s->test[i];
        if (isnan(lot->value[i])) {
            lot->pending |= 1u << i;
            late |= t->wait;
        } else if (!(lot->value[i] >= t->least && lot->value[i] <= t->most)) {
            lot->missed |= 1u << i;
            *(t->exception ? &soft : &hard) = 1;
        }
    }
    lot->verdict = hard   ? PF_LOT_VERDICT_REJECT
                   : late ? PF_LOT_VERDICT_PENDING
                   : soft ? PF_LOT_VERDICT_EXCEPTION
                          : PF_LOT_VERDICT_ACCEPT;
}

static void read_lot(desk *d, size_t row, pf_judgement *j)
{
    pf_judged *lot = &j->lot[j->n];
    for (size_t i = 0; i < PF_TESTS_MAX; i++) lot->value[i] = NAN;
    read_name(d, row, j, lot);
    for (size_t k = 0; k < d->n_column; k++) {
        double x;
        if (d->column[k].what < 0) continue;
        int good = read_value(d, row, k, &x);
        for (size_t i = 0; i < d->s->n; i++) {
            const pf_lot_test *t = &d->s->test[i];
            if ((int)t->measures != d->column[k].what) continue;
            lot->value[i] = x;
            if (!good || !isnan(x) || t->result_day > 0) continue;
            field_error(d, row, k, "this result cannot be pending: it is there at harvest",
                "a number", NULL);
        }
    }
    decide(d->s, lot);
    j->n++;
}

/* A table whose rows do not fit its header: look at each line alone, so that all are told. */
static void tell_lines(desk *d, const char *text, size_t size, const char *message)
{
    const pf_place whole = {.file = d->file};
    size_t before = d->r.diag->told, line = 1, head = 0;
    while (head < size && text[head] != '\n') head++;
    for (size_t at = head + 1, end; at < size && d->r.diag->errors < 200; at = end + 1) {
        line++;
        for (end = at; end < size && text[end] != '\n';) end++;
        char *two = pf_calloc(d->r.ctx, head + 1 + (end - at) + 2, 1);
        if (!two) {
            d->r.failed = PF_ERR_NO_MEMORY;
            return;
        }
        memcpy(two, text, head);
        two[head] = '\n';
        memcpy(two + head + 1, text + at, end - at);
        pf_ctx quiet;
        pf_table *t = NULL;
        pf_ctx_init(&quiet);
        if (pf_table_parse(&quiet, two, head + 1 + (end - at), "", &t)) {
            const char *sentence = strstr(quiet.message, ": ");
            pf_place there = {d->file, (int)line, 1, (int)(end - at) + 1};
            pf_diag_error(d->r.diag, &there, "%s", sentence ? sentence + 2 : quiet.message);
            pf_diag_mend(d->r.diag, "one field for each column of the header, in its order");
        }
        pf_table_free(t);
        pf_free(two);
    }
    if (d->r.diag->told == before) pf_reader_told(&d->r, &whole, message);
}

/* A header without a comma in which another separator stands: one sentence instead of one for
 * each column. */
static int is_separated_otherwise(desk *d)
{
    const char *semicolon = memchr(d->header, ';', d->header_size);
    const char *tab = memchr(d->header, '\t', d->header_size);
    const pf_place top = {d->file, 1, 1, 2};
    if (memchr(d->header, ',', d->header_size) || !(semicolon || tab)) return 0;
    pf_diag_error(
        d->r.diag, &top, "columns are separated by %s", semicolon ? "semicolons" : "tabs");
    pf_diag_expected(d->r.diag, "commas, and points in numbers");
    pf_diag_mend(d->r.diag, "save the table again as CSV with commas");
    return 1;
}

static void judge_table(desk *d, pf_judgement *j)
{
    d->n_column = pf_table_columns(d->t);
    size_t rows = pf_table_rows(d->t);
    for (d->n_named = 16; d->n_named < 2 * rows;) d->n_named *= 2;
    d->named = pf_arena_alloc(d->r.ctx, &j->arena, d->n_named, sizeof *d->named);
    d->column = pf_arena_alloc(d->r.ctx, &j->arena, d->n_column + 1, sizeof *d->column);
    j->lot = pf_arena_alloc(d->r.ctx, &j->arena, rows + 1, sizeof *j->lot);
    if (!d->column || !j->lot || !d->named) {
        d->r.failed = PF_ERR_NO_MEMORY;
        return;
    }
    d->lot = SIZE_MAX;
    for (size_t k = 0; k < d->n_column; k++) read_header(d, k);
    check_columns(d);
    if (d->lot == SIZE_MAX) return;
    read_units(d);
    const pf_place top = {d->file, 1, 1, 2};
    if (rows <= d->first) pf_diag_error(d->r.diag, &top, "there is no lot in this table");
    for (size_t row = d->first; row < rows && !d->r.failed; row++) read_lot(d, row, j);
}

pf_err pf_judge(pf_ctx *ctx, pf_diag *diag, pf_units *units, const pf_specification *s,
    const pf_real_lots *real, pf_judgement *out)
{
    const char *text = real->text;
    size_t size = real->size;
    *out = (pf_judgement){.specification = s};
    pf_arena_init(&out->arena);
    desk d = {.r = {.ctx = ctx, .diag = diag, .arena = &out->arena, .units = units},
        .s = s,
        .header = text};
    pf_table *t = NULL;
    pf_ctx quiet;
    size_t before = diag->told;
    pf_ctx_init(&quiet);
    while (d.header_size < size && text[d.header_size] != '\n') d.header_size++;
    d.file =
        pf_arena_strdup(ctx, &diag->arena, real->name); /* problems outlive the judgement */
    if (!d.file) return PF_ERR_NO_MEMORY;
    pf_diag_file(diag, d.file, text, size);
    pf_err err = PF_OK;
    if (is_separated_otherwise(&d)) {
        /* told */
    } else if (pf_table_parse(&quiet, text, size, d.file, &t)) {
        if (quiet.code == PF_ERR_NO_MEMORY) err = pf_fail(ctx, quiet.code, "%s", quiet.message);
        if (!err) tell_lines(&d, text, size, quiet.message);
    } else {
        d.t = t;
        judge_table(&d, out);
    }
    pf_table_free(t);
    if (!err) err = d.r.failed ? d.r.failed : pf_diag_ok(diag);
    size_t wrong = diag->told - before;
    if (!err && wrong)
        err = pf_fail(ctx, PF_ERR_CONFIG, "%s: %zu mistake%s; no lot was judged", real->name,
            wrong, wrong == 1 ? "" : "s");
    if (err) pf_judgement_clear(out);
    return err;
}

void pf_judgement_clear(pf_judgement *j)
{
    pf_arena_clear(&j->arena);
    *j = (pf_judgement){0};
}
