#include "cli/watch_view.h"

#include "cli/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double MONTH_DAYS = 30.4375; /* as in every table of Perforin */
enum { CELL = 80, COLUMNS_MAX = 32, BAR_LEAST = 12 };

/* ---- width of text ---- */

/* The next character: its columns, and in `*n` its bytes. East Asian wide forms take two. */
static size_t next_columns(const char *text, size_t left, size_t *n)
{
    unsigned char c = (unsigned char)*text;
    if (c == '\033') { /* an escape sequence that this program wrote */
        *n = 1;
        while (*n < left && text[*n] != 'm') ++*n;
        *n += *n < left;
        return 0;
    }
    *n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (*n > left) *n = left;
    if (*n < 3) return 1;
    unsigned code = c & (*n == 3 ? 0x0f : 0x07);
    for (size_t i = 1; i < *n; i++) code = code << 6 | ((unsigned char)text[i] & 0x3f);
    return (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
                   (code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
                   (code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
                   (code >= 0x1f300 && code <= 0x1faff) || (code >= 0x20000 && code <= 0x3fffd)
               ? 2
               : 1;
}

/* Escape sequences take none. */
static size_t columns_of(const char *text, size_t n)
{
    size_t columns = 0, step;
    for (size_t i = 0; i < n; i += step) columns += next_columns(text + i, n - i, &step);
    return columns;
}

size_t cli_watch_height(const char *text, size_t width)
{
    size_t lines = 0;
    for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
        size_t columns = columns_of(text, (size_t)(end - text));
        lines += columns ? (columns + width - 1) / width : 1;
    }
    return lines;
}

/* Names come from files: no byte of them steers the terminal. */
static void put_name(FILE *to, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text, next = (unsigned char)text[1];
        if (c == 0xc2 && next >= 0x80 && next < 0xa0) text++; /* C1 controls */
        fputc(c < 32 || c == 127 || (c == 0xc2 && next < 0xa0) ? '?' : c, to);
    }
}

/* ---- numbers ---- */

static void percent(double share, char out[CELL])
{
    if (isnan(share))
        snprintf(out, CELL, "-");
    else
        snprintf(out, CELL, "%.1f %%", 100 * share);
}

static void of_all(uint64_t x, uint64_t n, char out[CELL])
{
    percent(n ? (double)x / (double)n : NAN, out);
}

static void response(const pf_watch_arm *a, char out[CELL])
{
    if (isnan(a->orr))
        snprintf(out, CELL, "-");
    else
        snprintf(out, CELL, "%.1f %% (%.1f to %.1f)", 100 * a->orr, 100 * a->orr_low,
            100 * a->orr_high);
}

static void months(const pf_watch_median *m, char out[CELL])
{
    if (isnan(m->value))
        snprintf(out, CELL, "-");
    else if (isinf(m->value))
        snprintf(out, CELL, "not reached");
    else
        snprintf(out, CELL, "%.1f", m->value / MONTH_DAYS);
}

static void span(double seconds, char out[CELL])
{
    if (seconds < 100)
        snprintf(out, CELL, "%.0f s", seconds);
    else if (seconds < 6000)
        snprintf(out, CELL, "%.0f min", seconds / 60);
    else
        snprintf(out, CELL, "%.1f h", seconds / 3600);
}

static uint64_t counted(const pf_watch_arm *a)
{
    return a->patients - a->failed;
}

/* ---- what is told of an arm ---- */

typedef struct {
    size_t n;
    char name[COLUMNS_MAX][CELL], value[COLUMNS_MAX][CELL];
    const char *unit[COLUMNS_MAX];
} items;

static char *item(items *list, const char *name)
{
    size_t i = list->n < COLUMNS_MAX - 1 ? list->n++ : COLUMNS_MAX - 1;
    snprintf(list->name[i], CELL, "%s", name);
    list->unit[i] = "";
    return list->value[i];
}

/* Has anybody, in any arm, had this at all? */
static int is_seen(const pf_watch_view *v, size_t g)
{
    uint64_t n = 0;
    for (size_t a = 0; a < v->n_arm; a++)
        for (int k = 1; k <= 5; k++) n += v->arm[a].grade[g][k];
    return n > 0;
}

static void median(const pf_watch_median *m, const char *name, items *list)
{
    months(m, item(list, name));
    if (isfinite(m->value)) list->unit[list->n - 1] = " months";
}

static void grades(const pf_watch_view *v, const pf_watch_arm *a, items *list)
{
    char name[CELL];
    for (size_t g = 0; g < v->n_grade; g++) {
        if (!is_seen(v, g)) continue;
        const uint64_t *worst = a->grade[g];
        uint64_t n = 0;
        for (int k = 0; k <= 5; k++) n += worst[k];
        snprintf(name, sizeof name, "%.60s", v->grade[g]);
        of_all(n - worst[0], n, item(list, name));
        snprintf(name, sizeof name, "%.60s 3+", v->grade[g]);
        of_all(worst[3] + worst[4] + worst[5], n, item(list, name));
    }
}

/* The same items of every arm, so that they can stand in columns. */
static void items_of(const pf_watch_view *v, const pf_watch_arm *a, items *list)
{
    uint64_t n = counted(a);
    list->n = 0;
    cli_thousands(n, item(list, "patients"), CELL);
    if (v->has_response) {
        const uint64_t best[] = {a->cr, a->pr, a->sd, a->pd, a->ne};
        static const char *const key[] = {"CR", "PR", "SD", "PD", "NE"};
        response(a, item(list, "ORR"));
        for (int k = 0; k < 5; k++) of_all(best[k], n, item(list, key[k]));
    }
    if (v->progression_free) median(&a->pfs, v->progression_free, list);
    if (v->overall) {
        median(&a->os, v->overall, list);
        cli_thousands(a->os.events, item(list, "deaths"), CELL);
    }
    grades(v, a, list);
}

/* ---- layouts ---- */

static void spaces(FILE *to, size_t n)
{
    while (n--) fputc(' ', to);
}

static void put_columns(FILE *to, const char *text, size_t width, int right)
{
    size_t n = columns_of(text, strlen(text)), gap = n < width ? width - n : 0;
    if (right) spaces(to, gap);
    put_name(to, text);
    if (!right) spaces(to, gap);
}

/* One row for each arm; 0 when that is too wide. */
static int table(
    const pf_watch_view *v, const items *list, size_t width, const cli_paint *p, FILE *to)
{
    size_t column[COLUMNS_MAX] = {0}, first = 0, total;
    for (size_t a = 0; a < v->n_arm; a++) {
        size_t n = columns_of(v->arm[a].name, strlen(v->arm[a].name));
        if (n > first) first = n;
        for (size_t i = 0; i < list[a].n; i++) {
            size_t name = strlen(list[a].name[i]);
            size_t value = strlen(list[a].value[i]) + strlen(list[a].unit[i]);
            size_t more = name > value ? name : value;
            if (more > column[i]) column[i] = more;
        }
    }
    total = first;
    for (size_t i = 0; i < list[0].n; i++) total += 2 + column[i];
    if (total > width) return 0;
    fputs(p->dim, to);
    spaces(to, first);
    for (size_t i = 0; i < list[0].n; i++) {
        spaces(to, 2);
        put_columns(to, list[0].name[i], column[i], 1);
    }
    fprintf(to, "%s\n", p->off);
    for (size_t a = 0; a < v->n_arm; a++) {
        put_columns(to, v->arm[a].name, first, 0);
        for (size_t i = 0; i < list[a].n; i++) {
            spaces(to, 2);
            char text[2 * CELL];
            snprintf(text, sizeof text, "%s%s", list[a].value[i], list[a].unit[i]);
            put_columns(to, text, column[i], 1);
        }
        fputc('\n', to);
    }
    return 1;
}

/* Parts side by side, three columns apart, on new lines where they do not fit. */
typedef struct {
    FILE *to;
    size_t width, indent, at;
} wrap;

static void next_part(wrap *w, size_t columns)
{
    if (w->at && w->at + 3 + columns > w->width) {
        fputc('\n', w->to);
        w->at = 0;
    }
    size_t gap = w->at ? 3 : w->indent;
    spaces(w->to, gap);
    w->at += gap + columns;
}

static void put_part(wrap *w, const char *before, const char *text, const char *behind)
{
    if (!*text) return;
    next_part(w, columns_of(text, strlen(text)));
    fputs(before, w->to);
    put_name(w->to, text);
    fputs(behind, w->to);
}

static void flow(const items *list, size_t width, const cli_paint *p, FILE *to)
{
    wrap w = {.to = to, .width = width, .indent = 2};
    for (size_t i = 0; i < list->n; i++) {
        const char *value = list->value[i], *unit = list->unit[i];
        next_part(&w, strlen(list->name[i]) + 1 + strlen(value) + strlen(unit));
        fputs(p->dim, to);
        put_name(to, list->name[i]);
        fprintf(to, "%s %s%s", p->off, value, unit);
    }
    fputc('\n', to);
}

static void arms(const pf_watch_view *v, size_t width, const cli_paint *p, FILE *to)
{
    items *list = calloc(v->n_arm, sizeof *list);
    if (!list) return;
    for (size_t a = 0; a < v->n_arm; a++) items_of(v, &v->arm[a], &list[a]);
    fputc('\n', to);
    if (!table(v, list, width, p, to))
        for (size_t a = 0; a < v->n_arm; a++) {
            fputs(p->bold, to);
            put_name(to, v->arm[a].name);
            fprintf(to, "%s\n", p->off);
            flow(&list[a], width, p, to);
        }
    free(list);
}

/* ---- the head ---- */

static void title(const pf_watch_view *v, size_t width, const cli_paint *p, FILE *to)
{
    wrap w = {.to = to, .width = width};
    char text[CELL], each[CELL];
    put_part(&w, p->bold, v->study, p->off);
    put_part(&w, p->yellow, "SIMULATED", p->off);
    cli_thousands(v->patients, each, sizeof each);
    snprintf(text, sizeof text, "%" PRIu64 " replicate%s x %.20s patients", v->replicates,
        v->replicates == 1 ? "" : "s", each);
    put_part(&w, "", text, "");
    snprintf(text, sizeof text, "seed %" PRIu64, v->seed);
    put_part(&w, "", text, "");
    fputc('\n', to);
}

static double share_done(const pf_watch_view *v)
{
    return v->total ? (double)v->done / (double)v->total : 1;
}

/* "8,192 of 21,800 patients", "2,150/s", "6 s left"; empty: not known. */
static void counts(const pf_watch_view *v, char out[3][CELL])
{
    char done[CELL], total[CELL], each[CELL];
    cli_thousands(v->done, done, sizeof done);
    cli_thousands(v->total, total, sizeof total);
    snprintf(out[0], CELL, "%.28s of %.28s patients", done, total);
    out[1][0] = out[2][0] = '\0';
    if (v->state != PF_WATCH_RUNNING || !(v->rate > 0)) return;
    if (v->rate < 10)
        snprintf(each, sizeof each, "%.2g", v->rate);
    else
        cli_thousands((uint64_t)v->rate, each, sizeof each);
    snprintf(out[1], CELL, "%.40s/s", each);
    span(v->left, each);
    snprintf(out[2], CELL, "%.40s left", each);
}

static void bar(const pf_watch_view *v, size_t width, const cli_paint *p, FILE *to)
{
    char right[3][CELL], percents[16];
    snprintf(percents, sizeof percents, "] %3d %%", (int)floor(100 * share_done(v)));
    counts(v, right);
    size_t beside = strlen(percents) + 1;
    for (int i = 0; i < 3; i++) beside += *right[i] ? strlen(right[i]) + 3 : 0;
    int below = beside + BAR_LEAST > width;
    size_t room = below ? strlen(percents) + 1 : beside;
    size_t cells = width > room + 2 ? width - room : 2;
    size_t full = (size_t)floor(share_done(v) * (double)cells);
    fprintf(to, "[%s", p->bold);
    for (size_t i = 0; i < cells; i++) {
        if (i == full) fputs(p->off, to);
        fputc(i < full ? '=' : i == full ? '>' : ' ', to);
    }
    fprintf(to, "%s%s%s", p->off, percents, below ? "\n" : "");
    wrap w = {.to = to, .width = width, .at = below ? 0 : 1};
    if (!below) w.width = SIZE_MAX;
    for (int i = 0; i < 3; i++) put_part(&w, "", right[i], "");
    fputc('\n', to);
}

static void state(const pf_watch_view *v, size_t width, const cli_paint *p, FILE *to)
{
    static const char *const word[] = {
        "no run yet", "running", "writing the results", "stopped before the end", "complete"};
    wrap w = {.to = to, .width = width};
    char text[2 * CELL], part[CELL];
    int bad = v->state == PF_WATCH_STOPPED;
    snprintf(text, sizeof text, "%s", word[v->state]);
    if (!isnan(v->seconds)) {
        span(v->seconds, part);
        snprintf(text, sizeof text, "%s for %s", word[v->state], part);
    }
    put_part(&w, bad ? p->yellow : "", text, bad ? p->off : "");
    snprintf(text, sizeof text, "%" PRIu64 " of %" PRIu64 " replicates", v->replicates_done,
        v->replicates);
    put_part(&w, "", text, "");
    if (v->n_arm && v->done) {
        of_all(v->failed, v->done, part);
        snprintf(text, sizeof text, "%" PRIu64 " failed (%s)", v->failed, part);
        put_part(&w, v->failed ? p->red : "", text, v->failed ? p->off : "");
    }
    if (v->chunks_damaged) {
        snprintf(text, sizeof text, "%" PRIu64 " damaged chunk%s", v->chunks_damaged,
            v->chunks_damaged == 1 ? "" : "s");
        put_part(&w, p->red, text, p->off);
    }
    fputc('\n', to);
}

/* What the figures are of. */
static void footnote(const pf_watch_view *v, size_t width, const cli_paint *p, FILE *to)
{
    const char *who = v->state == PF_WATCH_COMPLETE ? "All patients" : "All patients so far";
    const char *rest =
        width < 70 ? "; exact 95 %" : ". In brackets: exact 95 %, by chance among them.";
    fprintf(to, "%s%s%s%s\n", p->dim, who, rest, p->off);
}

/* ---- the frame ---- */

/* Copy at most `rows` lines of at most `width` columns. */
static void fit(const char *text, size_t width, size_t rows, const cli_paint *p, FILE *to)
{
    size_t lines = 0, row = 0;
    for (const char *c = text; *c; c++) lines += *c == '\n';
    for (const char *end; (end = strchr(text, '\n')); text = end + 1, row++) {
        if (rows && lines > rows && row + 1 == rows) {
            fprintf(to, "%s... %zu more lines%s\n", p->dim, lines - row, p->off);
            return;
        }
        size_t columns = 0, step;
        for (const char *c = text; c < end; c += step) {
            columns += next_columns(c, (size_t)(end - c), &step);
            if (columns > width) break;
            fwrite(c, 1, step, to);
        }
        fprintf(to, "%s\n", columns > width ? p->off : "");
    }
}

static char *fitted(char *text, size_t width, size_t rows, const cli_paint *p)
{
    char *out = NULL;
    size_t size;
    FILE *to = text ? open_memstream(&out, &size) : NULL;
    if (to) {
        fit(text, width, rows, p, to);
        fclose(to);
    }
    free(text);
    return out;
}

static void waiting(const pf_watch_view *v, FILE *to)
{
    fputs("waiting for a run in ", to);
    put_name(to, v->folder);
}

char *cli_watch_frame(const pf_watch_view *v, size_t width, size_t rows, const cli_paint *p)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to) return NULL;
    if (v->state == PF_WATCH_ABSENT) {
        waiting(v, to);
        fputc('\n', to);
    } else {
        title(v, width, p, to);
        bar(v, width, p, to);
        state(v, width, p, to);
        if (v->n_arm && v->done) {
            arms(v, width, p, to);
            footnote(v, width, p, to);
        } else if (v->why && v->state != PF_WATCH_STOPPED && v->done) {
            fputs("no figures: ", to);
            put_name(to, v->why);
            fputc('\n', to);
        }
    }
    fclose(to);
    return fitted(text, width, rows, p);
}

char *cli_watch_title(const pf_watch_view *v)
{
    static const cli_paint plain = {"", "", "", "", ""};
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to) return NULL;
    title(v, SIZE_MAX, &plain, to);
    fclose(to);
    return text;
}

static void arm_line(const pf_watch_view *v, const pf_watch_arm *a, FILE *to)
{
    items list = {0};
    const char *before = ": ";
    fputs("   ", to);
    put_name(to, a->name);
    if (v->has_response) response(a, item(&list, "ORR"));
    if (v->progression_free) median(&a->pfs, v->progression_free, &list);
    if (v->overall) median(&a->os, v->overall, &list);
    for (size_t i = 0; i < list.n; i++, before = ", ")
        fprintf(to, "%s%s %s%s", before, list.name[i], list.value[i], list.unit[i]);
}

char *cli_watch_line(const pf_watch_view *v)
{
    char *text = NULL, part[3][CELL];
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to) return NULL;
    if (v->state == PF_WATCH_ABSENT) {
        waiting(v, to);
    } else {
        counts(v, part);
        fprintf(to, "%3d %%", (int)floor(100 * share_done(v)));
        for (int i = 0; i < 3; i++)
            if (*part[i]) fprintf(to, "   %s", part[i]);
        if (v->failed) fprintf(to, "   %" PRIu64 " failed", v->failed);
    }
    for (size_t a = 0; a < v->n_arm && v->done; a++) arm_line(v, &v->arm[a], to);
    fclose(to);
    return text;
}
