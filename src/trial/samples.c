#include "trial/samples.h"

#include <math.h>

static const double SAME_DAY = 1e-6, LN2 = 0.693147180559945309;

int pf_measure_is_of_patients(const pf_measure *m)
{
    switch (m->kind) {
    case PF_ENDPOINT_KINETICS:
    case PF_ENDPOINT_CMAX:
    case PF_ENDPOINT_TMAX:
    case PF_ENDPOINT_DCR_AT:
    case PF_MEASURE_TTR:
    case PF_MEASURE_AUC28:
        return 1;
    default:
        return m->kind >= PF_ENDPOINT_KINETICS_HALF_LIFE && m->kind <= PF_ENDPOINT_EVENT;
    }
}

/* Samples of the kinetics or of a marker; NULL when there are none. */
static const double *samples_of(
    const pf_study *s, const pf_layout *l, const pf_measure *m, const double *row, size_t *n)
{
    int blood = m->kind == PF_ENDPOINT_KINETICS || m->kind == PF_ENDPOINT_KINETICS_HALF_LIFE ||
                m->kind == PF_ENDPOINT_KINETICS_DOUBLING;
    *n = blood && l->n_sample < s->assess.n_kinetics ? l->n_sample : s->assess.n_kinetics;
    if (blood) return *n ? row + PF_P_FIXED + l->n_covariate : NULL;
    if (!l->marker_at || m->index >= s->assess.n_marker) return NULL;
    return row + l->marker_at + m->index * s->assess.n_kinetics;
}

static double on_day(const pf_assess *a, const double *x, size_t n, double day)
{
    for (size_t i = 0; i < n; i++)
        if (fabs(a->kinetics[i] - day) < SAME_DAY) return x[i];
    return NAN; /* not sampled on that day */
}

static double extreme(const double *x, size_t n, int largest)
{
    double best = NAN; /* fmax and fmin pass over NaN */
    for (size_t i = 0; i < n; i++) best = largest ? fmax(best, x[i]) : fmin(best, x[i]);
    return best;
}

/* Days in which the line through the logarithms falls (sign -1) or rises by a factor of two. */
static double time_to_double(
    const pf_assess *a, const double *x, size_t n, const pf_measure *m, int sign)
{
    double k = 0, t = 0, y = 0, tt = 0, ty = 0;
    for (size_t i = 0; i < n; i++) {
        double day = a->kinetics[i] - m->at;
        if (day < -SAME_DAY || a->kinetics[i] > m->to + SAME_DAY || !(x[i] > 0)) continue;
        k++;
        t += day;
        y += log(x[i]);
        tt += day * day;
        ty += day * log(x[i]);
    }
    double spread = tt - t * t / k;
    if (k < 2 || !(spread > 0)) return NAN;
    double slope = sign * (ty - t * y / k) / spread;
    return slope > 0 ? LN2 / slope : INFINITY;
}

static double share(double x, int yes)
{
    return isnan(x) ? x : (double)yes;
}

static double of_samples(
    const pf_study *s, const pf_layout *l, const pf_measure *m, const double *row)
{
    size_t n;
    const double *x = samples_of(s, l, m, row, &n);
    if (!x || !n) return NAN;
    double day = on_day(&s->assess, x, n, m->at), base = x[0] > 0 ? x[0] : NAN;
    switch (m->kind) {
    case PF_ENDPOINT_KINETICS:
    case PF_ENDPOINT_MARKER:
        return day;
    case PF_ENDPOINT_MARKER_MAX:
        return extreme(x, n, 1);
    case PF_ENDPOINT_MARKER_MIN:
        return extreme(x, n, 0);
    case PF_ENDPOINT_MARKER_FOLD:
        return day / base;
    case PF_ENDPOINT_MARKER_FOLD_MAX:
        return extreme(x + 1, n - 1, 1) / base;
    case PF_ENDPOINT_MARKER_FOLD_MIN:
        return extreme(x + 1, n - 1, 0) / base;
    case PF_ENDPOINT_MARKER_ABOVE:
        return share(day, day > m->level);
    case PF_ENDPOINT_MARKER_BELOW:
        return share(day, day < m->level);
    case PF_ENDPOINT_MARKER_DOUBLING:
    case PF_ENDPOINT_KINETICS_DOUBLING:
        return time_to_double(&s->assess, x, n, m, 1);
    default:
        return time_to_double(&s->assess, x, n, m, -1);
    }
}

/* The visit of that time, its window included, was seen without progression, and nobody died.
 * A progression that is dated halfway to the visit before lies before that time when the visit
 * of the time shows it, and behind it when a later one does: windows are shorter than half the
 * way. */
static double controlled(const pf_assess *a, const pf_measure *m, const double *row)
{
    double day = row[PF_P_PFS], until = m->at + a->window;
    int event = row[PF_P_PFS_EVENT] > 0, died = row[PF_P_OS_EVENT] > 0 && row[PF_P_OS] <= until;
    if (isnan(day)) return NAN;
    if (a->progression_day == PF_DATED_MIDPOINT && row[PF_P_PROGRESSION] != PF_PD_DEATH)
        until = m->at;
    return !died && (event ? day > until : day >= m->at - a->window);
}

double pf_patient_value(
    const pf_study *s, const pf_layout *l, const pf_measure *m, const double *row)
{
    switch (m->kind) {
    case PF_ENDPOINT_CMAX:
        return row[PF_P_CMAX];
    case PF_ENDPOINT_TMAX:
        return row[PF_P_TMAX];
    case PF_MEASURE_TTR:
        return row[PF_P_TTR];
    case PF_MEASURE_AUC28:
        return row[PF_P_AUC28];
    case PF_ENDPOINT_DCR_AT:
        return controlled(&s->assess, m, row);
    case PF_ENDPOINT_PERSISTENCE:
        return l->persistence_at ? row[l->persistence_at] : NAN;
    case PF_ENDPOINT_PERSISTENCE_ABOVE:
        if (!l->persistence_at) return NAN;
        return share(row[l->persistence_at], row[l->persistence_at] > m->at);
    case PF_ENDPOINT_ATTRIBUTE:
        return l->attribute_at && m->index < s->n_attribute ? row[l->attribute_at + m->index]
                                                            : NAN;
    case PF_ENDPOINT_COVARIATE:
        return m->index < l->n_covariate ? row[PF_P_FIXED + m->index] : NAN;
    case PF_ENDPOINT_GRADE:
        if (!l->grade_at || m->index >= s->assess.n_grade) return NAN;
        return share(row[l->grade_at + m->index], row[l->grade_at + m->index] >= m->level);
    case PF_ENDPOINT_EVENT:
        if (!l->event_at || m->index >= s->assess.n_event) return NAN;
        return !isnan(row[l->event_at + m->index]);
    default:
        return pf_measure_is_of_patients(m) ? of_samples(s, l, m, row) : NAN;
    }
}
