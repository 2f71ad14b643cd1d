/* What is seen of patients besides lesions and cells: markers, grades, counted events. */
#include "trial/proportion.h"
#include "trial/summary_parts.h"

#include <math.h>

pf_err pf_summary_add_harms(
    pf_ctx *ctx, const pf_summary *s, pf_arm_tally *t, const double *row)
{
    const pf_layout *l = s->layout;
    const pf_assess *a = &s->study->assess;
    for (size_t i = 0; l->marker_at && i < a->n_marker * a->n_kinetics; i++) {
        double x = row[l->marker_at + i];
        pf_samples *k = &t->marker[i];
        if (isnan(x) || k->n >= PF_KEEP_SAMPLES) continue;
        PF_TRY(pf_reserve(ctx, &k->x, &k->capacity, k->n, sizeof *k->x));
        k->x[k->n++] = x;
    }
    for (size_t i = 0; l->grade_at && i < a->n_grade; i++) {
        double g = row[l->grade_at + i];
        t->grade[i][g >= 0 && g <= 5 ? (size_t)g : 6]++;
    }
    for (size_t i = 0; l->daily_at && i < a->n_grade; i++)
        for (int day = 1; day <= PF_DAILY_DAYS; day++) {
            double g = pf_daily_get(row + l->daily_at + i * PF_DAILY_COLUMNS, day);
            if (g >= 0 && g <= 5) t->daily[i][day - 1][(size_t)g]++;
        }
    for (size_t i = 0; l->event_at && i < a->n_event; i++)
        t->event[i] += isnan(row[l->event_at + i]) ? 0 : 1;
    return PF_OK;
}

/* ---- markers ---- */

static void band(const pf_samples *x, size_t n, const char *key, double p, pf_buf *out)
{
    pf_json_open(out, key, '[');
    for (size_t i = 0; i < n; i++)
        pf_json_number(out, NULL, pf_quantile_sorted(x[i].x, x[i].n, p));
    pf_json_close(out, ']');
}

static void marker_json(const pf_summary *s, size_t m, pf_buf *out)
{
    const pf_assess *a = &s->study->assess;
    size_t n = a->n_kinetics;
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "marker", a->marker[m]);
    pf_json_text(out, "unit", s->layout->marker_unit ? s->layout->marker_unit[m] : "1");
    pf_json_open(out, "day", '[');
    for (size_t i = 0; i < n; i++) pf_json_number(out, NULL, a->kinetics[i]);
    pf_json_close(out, ']');
    pf_json_open(out, "arms", '[');
    for (size_t k = 0; k < s->study->n_arm; k++) {
        const pf_samples *x = s->arm[k].marker + m * n;
        for (size_t i = 0; i < n; i++) pf_sort_numbers(x[i].x, x[i].n);
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "arm", s->study->arm[k].name);
        pf_json_open(out, "n", '[');
        for (size_t i = 0; i < n; i++) pf_json_integer(out, NULL, (long long)x[i].n);
        pf_json_close(out, ']');
        band(x, n, "q05", 0.05, out);
        band(x, n, "q50", 0.5, out);
        band(x, n, "q95", 0.95, out);
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    pf_json_close(out, '}');
}

/* ---- counts ---- */

/* x of n over all replicates, with its exact interval; and what a single trial of this arm's
 * size could not exclude when it saw nothing: 1 - 0.05^(1/n), close to 3/n. */
static pf_err count_json(
    pf_ctx *ctx, const pf_summary *s, size_t arm, uint64_t x, uint64_t n, pf_buf *out)
{
    pf_proportion p = {.value = NAN, .lower = NAN, .upper = NAN};
    if (n) PF_TRY(pf_proportion_interval(ctx, (int64_t)x, (int64_t)n, 0.95, &p));
    double size = (double)s->study->arm[arm].size;
    pf_json_integer(out, "patients", (long long)n);
    pf_json_integer(out, "with", (long long)x);
    pf_json_number(out, "share", p.value);
    pf_json_number(out, "low", p.lower);
    pf_json_number(out, "high", p.upper);
    pf_json_number(out, "upper_if_none", size > 0 ? 1 - pow(0.05, 1 / size) : NAN);
    return PF_OK;
}

/* Days after the first dose of a product; nothing of an arm in which nobody gets one. */
static void by_day_json(const pf_arm_tally *t, size_t g, pf_buf *out)
{
    uint64_t looks = 0;
    for (int day = 0; day < PF_DAILY_DAYS; day++)
        for (int k = 0; k <= 5; k++) looks += t->daily[g][day][k];
    if (!looks) return;
    pf_json_open(out, "by_day", '{');
    pf_json_open(out, "day", '[');
    for (int day = 1; day <= PF_DAILY_DAYS; day++) pf_json_integer(out, NULL, day);
    pf_json_close(out, ']');
    pf_json_open(out, "patients", '[');
    for (int day = 0; day < PF_DAILY_DAYS; day++) {
        pf_json_open(out, NULL, '[');
        for (int k = 0; k <= 5; k++) pf_json_integer(out, NULL, (long long)t->daily[g][day][k]);
        pf_json_close(out, ']');
    }
    pf_json_close(out, ']');
    pf_json_close(out, '}');
}

static pf_err grade_json(pf_ctx *ctx, const pf_summary *s, size_t g, pf_buf *out)
{
    static const char *const key[] = {"any", "severe"};
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "grade", s->study->assess.grade[g]);
    pf_json_open(out, "arms", '[');
    for (size_t a = 0; a < s->study->n_arm; a++) {
        const uint64_t *worst = s->arm[a].grade[g];
        uint64_t n = 0, severe = worst[3] + worst[4] + worst[5];
        for (int k = 0; k <= 5; k++) n += worst[k];
        const uint64_t with[] = {n - worst[0], severe};
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "arm", s->study->arm[a].name);
        pf_json_open(out, "worst", '[');
        for (int k = 0; k <= 5; k++) pf_json_integer(out, NULL, (long long)worst[k]);
        pf_json_close(out, ']');
        for (int k = 0; k < 2; k++) {
            pf_json_open(out, key[k], '{');
            PF_TRY(count_json(ctx, s, a, with[k], n, out));
            pf_json_close(out, '}');
        }
        by_day_json(&s->arm[a], g, out);
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    pf_json_close(out, '}');
    return PF_OK;
}

static pf_err event_json(pf_ctx *ctx, const pf_summary *s, size_t e, pf_buf *out)
{
    pf_json_open(out, NULL, '{');
    pf_json_text(out, "event", s->study->assess.event[e]);
    pf_json_open(out, "arms", '[');
    for (size_t a = 0; a < s->study->n_arm; a++) {
        const pf_arm_tally *t = &s->arm[a];
        pf_json_open(out, NULL, '{');
        pf_json_text(out, "arm", s->study->arm[a].name);
        PF_TRY(count_json(ctx, s, a, t->event[e], t->patients - t->failed, out));
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
    pf_json_close(out, '}');
    return PF_OK;
}

pf_err pf_summary_harms_json(pf_ctx *ctx, const pf_summary *s, pf_buf *out)
{
    const pf_assess *a = &s->study->assess;
    pf_json_open(out, "markers", '[');
    for (size_t i = 0; s->layout->marker_at && i < a->n_marker; i++) marker_json(s, i, out);
    pf_json_close(out, ']');
    pf_json_open(out, "grades", '[');
    for (size_t i = 0; s->layout->grade_at && i < a->n_grade; i++)
        PF_TRY(grade_json(ctx, s, i, out));
    pf_json_close(out, ']');
    pf_json_open(out, "events", '[');
    for (size_t i = 0; s->layout->event_at && i < a->n_event; i++)
        PF_TRY(event_json(ctx, s, i, out));
    pf_json_close(out, ']');
    return PF_OK;
}
