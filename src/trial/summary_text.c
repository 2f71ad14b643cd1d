#include "trial/claims.h"
#include "trial/contrast.h"
#include "trial/override.h"
#include "trial/summary_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LABEL = 10, WORD = 11, WIDTH = 100, CELL = 200 };

/* Columns on a terminal: bytes that do not continue a UTF-8 character. */
static size_t columns(const char *text)
{
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void cell(pf_buf *out, const char *text, size_t width)
{
    size_t n = columns(text);
    pf_buf_text(out, text);
    while (n++ < width) pf_buf_text(out, " ");
}

/* Cut at `width` columns, so that a long arm name does not push the table apart. */
static void name_cell(pf_buf *out, const char *name, size_t width)
{
    char text[CELL];
    size_t n = 0, shown = 0;
    for (; name[n] && n + 4 < sizeof text; n++) {
        if (((unsigned char)name[n] & 0xC0) != 0x80 && shown++ == width - 1) break;
        text[n] = name[n];
    }
    text[n] = '\0';
    if (name[n] && n > 0) memcpy(text + n - 1, "~", 2);
    cell(out, text, width);
}

static void trim_line(pf_buf *out)
{
    while (out->size && out->bytes[out->size - 1] == ' ') out->bytes[--out->size] = '\0';
    pf_buf_text(out, "\n");
}

/* ---- one cell ---- */

/* The number alone, in the scale that pf_measure_print uses; its unit stands before the
 * bracket. */
static void bare(char *text, size_t size, const pf_measure *m, double x)
{
    pf_measure_print(text, size, m, x);
    char *space = strchr(text, ' ');
    if (isinf(x))
        snprintf(text, size, "nr"); /* not reached */
    else if (space)
        *space = '\0';
}

static void simulated_cell(
    const pf_summary *s, const pf_measure *m, const pf_spread *v, char *text, size_t size)
{
    char centre[96], low[40], high[40];
    int median = PF_ENDPOINT_KIND[m->kind].interval && m->compare == PF_COMPARE_NONE;
    double x = v->reached < v->defined || median ? v->median : v->mean;
    if (!v->defined) {
        snprintf(text, size, "none");
        return;
    }
    pf_measure_print(centre, sizeof centre, m, x);
    double limit[2] = {v->q025, v->q975};
    if (v->defined < 2) pf_summary_own(s, pf_summary_find(s, m), limit);
    bare(low, sizeof low, m, limit[0]);
    bare(high, sizeof high, m, limit[1]);
    if (isnan(limit[0]) || isnan(limit[1]))
        snprintf(text, size, "%s", centre);
    else
        snprintf(text, size, "%s [%s, %s]", centre, low, high);
}

static void published_cell(const pf_expect *e, char *text, size_t size)
{
    char value[100];
    pf_measure m = pf_measure_of(e);
    if (e->direction)
        snprintf(value, sizeof value, "%s", e->direction > 0 ? "up" : "down");
    else
        pf_measure_print(value, sizeof value, &m, e->value);
    if (e->n)
        snprintf(text, size, "%s (n %zu, %s)", value, e->n, pf_role_text(e->role));
    else
        snprintf(text, size, "%s (%s)", value, pf_role_text(e->role));
}

static const char *ordinal(int n)
{
    if (n % 100 / 10 == 1) return "th";
    return n % 10 == 1 ? "st" : n % 10 == 2 ? "nd" : n % 10 == 3 ? "rd" : "th";
}

static void verdict_cell(const pf_verdict *v, char *text, size_t size)
{
    const char *word = pf_verdict_text(v->kind);
    if (isnan(v->percentile)) {
        snprintf(text, size, "%s%s", v->spread.defined ? "one replicate " : "", word);
        return;
    }
    if (isfinite(v->agree)) {
        snprintf(text, size, "so in %.0f %% of replicates: %s", 100 * v->agree, word);
        return;
    }
    int p = (int)lround(v->percentile);
    snprintf(text, size, "at the %d%s percentile: %s", p, ordinal(p), word);
}

/* ---- a block of arms ---- */

typedef struct {
    pf_ctx *ctx;
    const pf_summary *s;
    pf_buf *out;
    size_t first, end, width; /* arms of this block, columns of one */
    double *value;            /* [n_replicate] */
} table;

static void label_of(const pf_summary *s, const pf_measure *m, char *text, size_t size)
{
    char key[40];
    int curve = m->kind == PF_ENDPOINT_PFS_AT || m->kind == PF_ENDPOINT_OS_AT;
    int other = m->kind >= PF_ENDPOINT_DCR_AT && m->kind < PF_ENDPOINT_COUNT;
    pf_measure_key(s->study, m, key, sizeof key);
    if (other || m->among)
        pf_measure_label(s->study, m, text, size);
    else if (m->kind == PF_ENDPOINT_KINETICS)
        snprintf(text, size, "day %g", m->at);
    else if (curve)
        snprintf(text, size, "%.*s %g mo", (int)strcspn(key, "_"), key,
            round(m->at / PF_MONTH_DAYS));
    else
        snprintf(text, size, "%s", key);
}

/* The `rank`-th expectation about a measure; NULL when there are fewer. */
static const pf_expect *expectation(const pf_summary *s, const pf_measure *m, size_t rank)
{
    size_t at = pf_summary_find(s, m);
    for (size_t i = 0; i < s->study->n_expect; i++)
        if (s->expect_measure[i] == at && rank-- == 0) return &s->study->expect[i];
    return NULL;
}

static pf_err simulated_row(table *t, pf_measure m)
{
    char text[CELL];
    label_of(t->s, &m, text, sizeof text);
    if (columns(text) >= LABEL) { /* a line of its own */
        pf_buf_printf(t->out, "%s\n", text);
        text[0] = '\0';
    }
    cell(t->out, text, LABEL);
    cell(t->out, "simulated", WORD);
    for (m.arm = t->first; m.arm < t->end; m.arm++) {
        pf_spread spread;
        pf_summary_column(t->s, pf_summary_find(t->s, &m), t->value);
        PF_TRY(pf_spread_fit(t->ctx, t->value, t->s->n_replicate, &spread));
        simulated_cell(t->s, &m, &spread, text, sizeof text);
        if (pf_summary_find(t->s, &m) == t->s->n_measure) text[0] = '\0'; /* nobody asked */
        cell(t->out, text, t->width);
    }
    trim_line(t->out);
    return PF_OK;
}

/* What was published about each arm, and how it compares; `*any` tells whether there was
 * something. */
static pf_err published_rows(table *t, pf_measure m, size_t rank, int *any)
{
    char text[CELL];
    *any = 0;
    for (m.arm = t->first; m.arm < t->end; m.arm++)
        if (expectation(t->s, &m, rank)) *any = 1;
    if (!*any) return PF_OK;
    for (int compared = 0; compared < 2; compared++) {
        cell(t->out, "", LABEL);
        cell(t->out, compared ? "" : "published", WORD);
        for (m.arm = t->first; m.arm < t->end; m.arm++) {
            const pf_expect *e = expectation(t->s, &m, rank);
            pf_verdict v;
            text[0] = '\0';
            if (e && compared) {
                PF_TRY(pf_summary_judge(t->ctx, t->s, (size_t)(e - t->s->study->expect), &v));
                verdict_cell(&v, text, sizeof text);
            } else if (e) {
                published_cell(e, text, sizeof text);
            }
            cell(t->out, text, t->width);
        }
        trim_line(t->out);
    }
    return PF_OK;
}

/* Always shown; the others only where something was published. */
static int is_headline(const pf_measure *m)
{
    if (m->among) return 0;
    return m->kind == PF_ENDPOINT_ORR || m->kind == PF_ENDPOINT_CR ||
           m->kind == PF_ENDPOINT_PFS || m->kind == PF_ENDPOINT_OS ||
           m->kind == PF_ENDPOINT_GRADE || m->kind == PF_ENDPOINT_EVENT ||
           m->kind == PF_ENDPOINT_PERSISTENCE;
}

static int is_expected(const table *t, pf_measure m)
{
    for (m.arm = t->first; m.arm < t->end; m.arm++)
        if (expectation(t->s, &m, 0)) return 1;
    return 0;
}

/* Has an earlier arm of this block the same measure? Then its row is there already. */
static int is_repeated(const table *t, pf_measure m)
{
    for (size_t arm = m.arm; arm-- > t->first;) {
        m.arm = arm;
        if (pf_summary_find(t->s, &m) < t->s->n_measure) return 1;
    }
    return 0;
}

/* Patients of all arms with the grade (any) or event of this index. */
static uint64_t with_harm(const pf_summary *s, int kind, size_t index)
{
    uint64_t n = 0;
    for (size_t a = 0; a < s->study->n_arm; a++) {
        if (kind == PF_ENDPOINT_EVENT) n += s->arm[a].event[index];
        for (size_t g = 1; g <= 5 && kind == PF_ENDPOINT_GRADE; g++)
            n += s->arm[a].grade[index][g];
    }
    return n;
}

/* A harm that nobody had: one line names all of them, instead of rows of zeros. */
static int is_unseen(const pf_summary *s, const pf_measure *m)
{
    int harm = m->kind == PF_ENDPOINT_GRADE || m->kind == PF_ENDPOINT_EVENT;
    return harm && !with_harm(s, m->kind, m->index);
}

static pf_err block(table *t)
{
    cell(t->out, "", LABEL + WORD);
    for (size_t a = t->first; a < t->end; a++)
        name_cell(t->out, t->s->study->arm[a].name, t->width - 1), pf_buf_text(t->out, " ");
    trim_line(t->out);
    for (size_t i = 0; i < t->s->n_measure; i++) {
        pf_measure m = t->s->measure[i];
        if (pf_measure_is_comparison(&m) || m.arm < t->first || m.arm >= t->end) continue;
        int wanted = is_headline(&m) && !is_unseen(t->s, &m);
        if (is_repeated(t, m) || !(wanted || is_expected(t, m))) continue;
        PF_TRY(simulated_row(t, m));
        int any = 1;
        for (size_t rank = 0; any; rank++) PF_TRY(published_rows(t, m, rank, &any));
    }
    return PF_OK;
}

/* ---- comparisons ---- */

/* What a comparison is called; 0 when it is not shown, since nothing was published of it. */
static int comparison_name(
    const pf_summary *s, const pf_measure *m, int expected, char *text, size_t size)
{
    char key[40];
    int hazard = m->kind == PF_ENDPOINT_PFS_HR || m->kind == PF_ENDPOINT_OS_HR;
    int curve = m->kind == PF_ENDPOINT_PFS || m->kind == PF_ENDPOINT_OS;
    if (!hazard && !expected) return 0;
    pf_measure_key(s->study, m, key, sizeof key);
    key[strcspn(key, "_")] = '\0';
    if (hazard && !m->among && !m->against_among)
        snprintf(text, size, "%s hazard ratio", key);
    else if (curve && m->compare == PF_COMPARE_RATIO && !m->among && !m->against_among)
        snprintf(text, size, "%s ratio of medians", key);
    else
        pf_measure_label(s->study, m, text, size);
    return 1;
}

static pf_err comparison(table *t, const pf_measure *m)
{
    char text[CELL], name[CELL];
    const pf_expect *e = expectation(t->s, m, 0);
    if (!comparison_name(t->s, m, e != NULL, name, sizeof name)) return PF_OK;
    pf_spread spread;
    pf_summary_column(t->s, pf_summary_find(t->s, m), t->value);
    PF_TRY(pf_spread_fit(t->ctx, t->value, t->s->n_replicate, &spread));
    if (!spread.defined && !e) return PF_OK;
    simulated_cell(t->s, m, &spread, text, sizeof text);
    cell(t->out, name, LABEL + WORD);
    pf_buf_printf(t->out, "%s%s", columns(name) < LABEL + WORD ? "" : "  ", text);
    if (t->s->study->n_arm > 2)
        pf_buf_printf(t->out, "  (%s against %s)", t->s->study->arm[m->arm].name,
            t->s->study->arm[m->against].name);
    trim_line(t->out);
    for (size_t rank = 0; e; e = expectation(t->s, m, ++rank)) {
        pf_verdict v;
        PF_TRY(pf_summary_judge(t->ctx, t->s, (size_t)(e - t->s->study->expect), &v));
        cell(t->out, "", LABEL);
        cell(t->out, "published", WORD);
        published_cell(e, text, sizeof text);
        pf_buf_printf(t->out, "%s%s ", text, isnan(v.percentile) ? ":" : "");
        verdict_cell(&v, text, sizeof text);
        pf_buf_printf(t->out, "%s\n", text);
    }
    return PF_OK;
}

/* ---- the whole ---- */

/* Who got which lot, of each arm whose product has lots. */
static void lot_lines(const pf_summary *s, pf_buf *out)
{
    for (size_t a = 0; a < s->study->n_arm; a++) {
        const uint64_t *n = s->arm[a].lot;
        uint64_t all = 0;
        for (int k = 0; k < PF_SERVED_WAYS; k++) all += n[k];
        if (!all) continue;
        pf_buf_printf(out, "lots of %s:", s->study->arm[a].name);
        for (int k = 0; k < PF_SERVED_WAYS; k++)
            if (n[k])
                pf_buf_printf(out, " %.1f %% %s%s", 100 * (double)n[k] / (double)all,
                    pf_served_text((pf_served_how)k), k + 1 < PF_SERVED_WAYS ? "," : "");
        if (out->bytes && out->bytes[out->size - 1] == ',') out->bytes[--out->size] = '\0';
        pf_buf_text(out, "\n");
    }
}

/* The grades and counted events that no patient had. */
static void unseen_line(const pf_summary *s, uint64_t counted, pf_buf *out)
{
    const pf_assess *a = &s->study->assess;
    const char *before = "";
    size_t n_grade = s->layout->grade_at ? a->n_grade : 0;
    size_t n_event = s->layout->event_at ? a->n_event : 0;
    for (size_t i = 0; i < n_grade + n_event; i++) {
        int is_grade = i < n_grade;
        size_t k = is_grade ? i : i - n_grade;
        if (with_harm(s, is_grade ? PF_ENDPOINT_GRADE : PF_ENDPOINT_EVENT, k)) continue;
        if (!*before)
            pf_buf_printf(out, "in none of %llu patients: ", (unsigned long long)counted);
        pf_buf_printf(out, "%s%s", before, is_grade ? a->grade[k] : a->event[k]);
        before = ", ";
    }
    if (*before) pf_buf_text(out, "\n");
}

static void count_lines(const pf_summary *s, pf_buf *out)
{
    uint64_t patients, failed = pf_summary_failed(s, &patients);
    if (s->n_replicate == 1)
        pf_buf_text(out, "simulated: one replicate [95 % by its patients: exact binomial of "
                         "shares, Kaplan-Meier of medians]\n");
    else
        pf_buf_printf(out,
            "simulated: mean (kinetics: median) [central 95 %%] of %zu replicates\n",
            s->n_replicate);
    const pf_assess *how = &s->study->assess;
    if (how->deaths == PF_DEATHS_CENSORED)
        pf_buf_text(out, "PFS censors deaths at the last visit: it is the time to "
                         "progression\n");
    if (how->progression_day == PF_DATED_MIDPOINT)
        pf_buf_text(out, "progression is dated halfway between two visits\n");
    if (s->study->n_override) {
        pf_buf_text(out, "run with changed parameters: ");
        pf_overrides_text(s->study, out);
        pf_buf_text(out, "\n");
    }
    if (failed)
        pf_buf_printf(out, "%llu %s failed (failures.csv), %llu counted\n",
            (unsigned long long)failed, failed == 1 ? "patient" : "patients",
            (unsigned long long)(patients - failed));
    if (patients > failed) unseen_line(s, patients - failed, out);
    lot_lines(s, out);
    if (s->study->n_expect && s->n_replicate > 1 && s->n_replicate < PF_EXPECT_REPLICATES)
        pf_buf_printf(out, "verdicts are provisional: %zu replicates < %d\n", s->n_replicate,
            PF_EXPECT_REPLICATES);
}

pf_err pf_summary_text(pf_ctx *ctx, pf_summary *s, pf_buf *out)
{
    size_t n_arm = s->study->n_arm, each = n_arm < 2 ? n_arm : 2;
    table t = {.ctx = ctx, .s = s, .out = out};
    pf_err err = PF_OK;
    if (each) t.width = (WIDTH - LABEL - WORD) / each;
    t.value = pf_calloc(ctx, s->n_replicate, sizeof *t.value);
    if (!t.value) return PF_ERR_NO_MEMORY;
    for (size_t a = 0; a < n_arm && !err; a += each) {
        t.first = a;
        t.end = a + each < n_arm ? a + each : n_arm;
        err = block(&t);
    }
    for (size_t i = 0; i < s->n_measure && !err; i++)
        if (pf_measure_is_comparison(&s->measure[i])) err = comparison(&t, &s->measure[i]);
    if (!err) err = pf_contrast_text(ctx, s, out);
    if (!err && s->claims) pf_claims_text(s->claims, out);
    if (!err) count_lines(s, out);
    pf_free(t.value);
    return err ? err : pf_buf_ok(out);
}
