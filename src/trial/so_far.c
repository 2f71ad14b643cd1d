#include "trial/so_far.h"

#include "trial/proportion.h"

#include <math.h>

static const int time_column[PF_SO_FAR_CURVES] = {PF_P_PFS, PF_P_OS};
static const int event_column[PF_SO_FAR_CURVES] = {PF_P_PFS_EVENT, PF_P_OS_EVENT};

pf_err pf_so_far_new(
    pf_ctx *ctx, const pf_study *study, const pf_layout *layout, pf_so_far **out)
{
    *out = NULL;
    pf_so_far *s = pf_calloc(ctx, 1, sizeof *s);
    if (!s) return PF_ERR_NO_MEMORY;
    s->study = study;
    s->layout = layout;
    s->has_response = !layout->no_lesions && study->assess.criteria != PF_CRITERIA_RECURRENCE;
    s->has_curve[PF_SO_FAR_PFS] = !layout->no_lesions;
    s->has_curve[PF_SO_FAR_OS] = !layout->no_death;
    s->arm = pf_calloc(ctx, study->n_arm, sizeof *s->arm);
    if (!s->arm) {
        pf_so_far_free(s);
        return PF_ERR_NO_MEMORY;
    }
    for (size_t a = 0; a < study->n_arm; a++)
        for (int c = 0; c < PF_SO_FAR_CURVES; c++)
            s->arm[a].curve[c].median = (pf_estimate){NAN, NAN, NAN, NAN};
    *out = s;
    return PF_OK;
}

void pf_so_far_free(pf_so_far *s)
{
    if (!s) return;
    for (size_t a = 0; s->arm && a < s->study->n_arm; a++)
        for (int c = 0; c < PF_SO_FAR_CURVES; c++) {
            pf_free(s->arm[a].curve[c].time);
            pf_free(s->arm[a].curve[c].event);
        }
    pf_free(s->arm);
    pf_free(s);
}

static int has_arm(const pf_so_far *s, const double *row)
{
    return row[PF_P_ARM] >= 0 && row[PF_P_ARM] < (double)s->study->n_arm;
}

static void count(const pf_so_far *s, pf_so_far_arm *a, const double *row)
{
    const pf_layout *l = s->layout;
    a->patients++;
    if (row[PF_P_FAILED] > 0) {
        a->failed++;
        return;
    }
    double best = row[PF_P_BEST];
    a->treated += row[PF_P_TREATED] > 0;
    a->response[best > 0 && best < (double)PF_COUNT(a->response) ? (size_t)best : 0]++;
    for (size_t i = 0; l->grade_at && i < s->study->assess.n_grade; i++) {
        double g = row[l->grade_at + i];
        a->grade[i][g >= 0 && g <= 5 ? (size_t)g : 6]++;
    }
    for (int c = 0; c < PF_SO_FAR_CURVES; c++) {
        struct pf_so_far_times *t = &a->curve[c];
        if (!s->has_curve[c] || !(row[time_column[c]] >= 0)) continue;
        t->time[t->n] = row[time_column[c]];
        t->event[t->n++] = row[event_column[c]] > 0;
        a->events[c] += row[event_column[c]] > 0;
        t->stale = 1;
    }
}

/* Room for as many patients as the arm may get, so that adding them cannot fail half-way. */
static pf_err make_room(pf_ctx *ctx, pf_so_far *s, const pf_rows *t)
{
    size_t n_arm = s->study->n_arm;
    size_t *more = pf_calloc(ctx, n_arm, sizeof *more);
    if (!more) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < t->n; i++) more[(size_t)t->x[i * t->n_column + PF_P_ARM]]++;
    pf_err err = PF_OK;
    for (size_t k = 0; k < n_arm * PF_SO_FAR_CURVES && !err; k++) {
        struct pf_so_far_times *c = &s->arm[k / PF_SO_FAR_CURVES].curve[k % PF_SO_FAR_CURVES];
        size_t n = more[k / PF_SO_FAR_CURVES];
        err = pf_reserve(ctx, &c->time, &c->capacity, c->n + n, sizeof *c->time);
        if (!err)
            err = pf_reserve(ctx, &c->event, &c->event_capacity, c->n + n, sizeof *c->event);
    }
    pf_free(more);
    return err;
}

pf_err pf_so_far_add(pf_ctx *ctx, pf_so_far *s, const pf_rows *patients)
{
    for (size_t i = 0; i < patients->n; i++)
        if (!has_arm(s, patients->x + i * patients->n_column))
            return pf_fail(ctx, PF_ERR_CORRUPT, "patient row %zu has no arm of the study", i);
    PF_TRY(make_room(ctx, s, patients));
    for (size_t i = 0; i < patients->n; i++) {
        const double *row = patients->x + i * patients->n_column;
        count(s, &s->arm[(size_t)row[PF_P_ARM]], row);
    }
    return PF_OK;
}

static pf_err median(pf_ctx *ctx, struct pf_so_far_times *t)
{
    pf_km km;
    if (!t->stale || !t->n) return PF_OK;
    pf_err err = pf_km_fit(ctx, t->n, t->time, t->event, NULL, &km);
    if (!err) {
        t->median = pf_km_quantile(&km, 0.5);
        if (isnan(t->median.value)) t->median.value = INFINITY;
        if (isnan(t->median.upper)) t->median.upper = INFINITY;
        t->stale = 0;
    }
    pf_km_clear(&km);
    return err;
}

pf_err pf_so_far_medians(pf_ctx *ctx, pf_so_far *s)
{
    for (size_t a = 0; a < s->study->n_arm; a++)
        for (int c = 0; c < PF_SO_FAR_CURVES; c++) PF_TRY(median(ctx, &s->arm[a].curve[c]));
    return PF_OK;
}

pf_err pf_so_far_response(pf_ctx *ctx, const pf_so_far *s, size_t arm, double out[3])
{
    const pf_so_far_arm *a = &s->arm[arm];
    uint64_t n = a->patients - a->failed;
    pf_proportion p;
    out[0] = out[1] = out[2] = NAN;
    if (!s->has_response || !n) return PF_OK;
    uint64_t yes = a->response[PF_RESPONSE_CR] + a->response[PF_RESPONSE_PR];
    PF_TRY(pf_proportion_interval(ctx, (int64_t)yes, (int64_t)n, 0.95, &p));
    out[0] = p.value;
    out[1] = p.lower;
    out[2] = p.upper;
    return PF_OK;
}
