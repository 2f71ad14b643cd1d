#include "trial/endpoints.h"

#include "trial/cox.h"
#include "trial/cuminc.h"
#include "trial/proportion.h"
#include "trial/samples.h"
#include "trial/spread.h"

#include <math.h>

/* ---- one replicate ---- */

static const int time_column[PF_CURVE_COUNT] = {PF_P_PFS, PF_P_OS, PF_P_DOR};
static const int event_column[PF_CURVE_COUNT] = {PF_P_PFS_EVENT, PF_P_OS_EVENT, PF_P_DOR_EVENT};

static const double *row_at(const pf_rows *t, size_t i)
{
    return t->x + i * t->n_column;
}

static size_t code_of(double x, size_t n)
{
    return x > 0 && x < (double)n ? (size_t)x : 0;
}

/* How the lot came about stands at the end of the row, where there are lots. */
static void count_lot(const pf_layout *l, pf_arm_result *a, const double *row)
{
    if (!l->n_lot) return;
    double how = row[l->n_column[PF_TABLE_PATIENTS] - PF_LOT_COLUMNS];
    if (how >= 0 && how < PF_SERVED_WAYS) a->lot[(size_t)how]++;
}

static void count_patient(const pf_layout *l, pf_arm_result *a, const double *row)
{
    if (row[PF_P_FAILED] > 0) {
        a->failed++;
        return;
    }
    a->n++;
    a->treated += row[PF_P_TREATED] > 0;
    if (row[PF_P_TREATED] > 0) a->doses += row[PF_P_TREATED];
    a->response[code_of(row[PF_P_BEST], PF_COUNT(a->response))]++;
    a->progression[code_of(row[PF_P_PROGRESSION], PF_COUNT(a->progression))]++;
    count_lot(l, a, row);
    for (int c = 0; c < PF_CURVE_COUNT; c++) a->n_time[c] += row[time_column[c]] >= 0;
}

static pf_err make_room(pf_ctx *ctx, pf_arm_result *a)
{
    a->row = pf_calloc(ctx, a->n, sizeof *a->row);
    if (!a->row) return PF_ERR_NO_MEMORY;
    a->n = 0;
    for (int c = 0; c < PF_CURVE_COUNT; c++) {
        a->time[c] = pf_calloc(ctx, a->n_time[c], sizeof *a->time[c]);
        a->event[c] = pf_calloc(ctx, a->n_time[c], sizeof *a->event[c]);
        if (!a->time[c] || !a->event[c]) return PF_ERR_NO_MEMORY;
        a->n_time[c] = 0;
    }
    return PF_OK;
}

static void take_patient(pf_arm_result *a, const double *row)
{
    if (row[PF_P_FAILED] > 0) return;
    a->row[a->n++] = row;
    for (int c = 0; c < PF_CURVE_COUNT; c++) {
        if (!(row[time_column[c]] >= 0)) continue;
        size_t at = a->n_time[c]++;
        a->time[c][at] = row[time_column[c]];
        a->event[c][at] = row[event_column[c]] > 0;
    }
}

static pf_err fit_curves(pf_ctx *ctx, pf_arm_result *a)
{
    for (int c = 0; c < PF_CURVE_COUNT; c++)
        if (a->n_time[c])
            PF_TRY(pf_km_fit(ctx, a->n_time[c], a->time[c], a->event[c], NULL, &a->km[c]));
    return PF_OK;
}

static void clear_arm(pf_arm_result *a)
{
    for (int c = 0; c < PF_CURVE_COUNT; c++) {
        pf_free(a->time[c]);
        pf_free(a->event[c]);
        pf_km_clear(&a->km[c]);
    }
    pf_free(a->row);
    *a = (pf_arm_result){0};
}

pf_err pf_replicate_fit(pf_ctx *ctx, const pf_study *study, const pf_layout *layout,
    const pf_rows *patients, pf_replicate *out)
{
    *out = (pf_replicate){study, layout, patients, study->n_arm, NULL, NULL};
    out->arm = pf_calloc(ctx, study->n_arm, sizeof *out->arm);
    out->scratch = pf_calloc(ctx, patients->n, sizeof *out->scratch);
    if (!out->arm || !out->scratch) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < patients->n; i++) {
        const double *row = row_at(patients, i);
        if (!(row[PF_P_ARM] >= 0 && row[PF_P_ARM] < (double)study->n_arm))
            return pf_fail(ctx, PF_ERR_BUG, "patient row %zu has no arm of the study", i);
        count_patient(layout, &out->arm[(size_t)row[PF_P_ARM]], row);
    }
    for (size_t a = 0; a < study->n_arm; a++) PF_TRY(make_room(ctx, &out->arm[a]));
    for (size_t i = 0; i < patients->n; i++) {
        const double *row = row_at(patients, i);
        take_patient(&out->arm[(size_t)row[PF_P_ARM]], row);
    }
    for (size_t a = 0; a < study->n_arm; a++) PF_TRY(fit_curves(ctx, &out->arm[a]));
    return PF_OK;
}

void pf_replicate_clear(pf_replicate *r)
{
    for (size_t a = 0; r->arm && a < r->n_arm; a++) clear_arm(&r->arm[a]);
    pf_free(r->arm);
    pf_free(r->scratch);
    *r = (pf_replicate){0};
}

/* ---- subgroups ---- */

static int belongs(const pf_subgroup *g, const double *row)
{
    double x = pf_formula_value(g->formula, row);
    return x != 0 && !isnan(x);
}

/* The patients of an arm, or those of them in a subgroup: `*own` then holds them and is to be
 * cleared. */
static pf_err group_of(pf_ctx *ctx, const pf_replicate *r, size_t arm, const pf_subgroup *g,
    pf_arm_result *own, const pf_arm_result **out)
{
    const pf_arm_result *all = &r->arm[arm];
    *own = (pf_arm_result){0};
    *out = all;
    if (!g || !g->formula) return PF_OK;
    *out = own;
    for (size_t i = 0; i < all->n; i++)
        if (belongs(g, all->row[i])) count_patient(r->layout, own, all->row[i]);
    PF_TRY(make_room(ctx, own));
    for (size_t i = 0; i < all->n; i++)
        if (belongs(g, all->row[i])) take_patient(own, all->row[i]);
    return fit_curves(ctx, own);
}

/* ---- measures of one arm ---- */

static size_t responders(const pf_arm_result *a, int kind)
{
    size_t x = a->response[PF_RESPONSE_CR];
    if (kind != PF_ENDPOINT_CR) x += a->response[PF_RESPONSE_PR];
    if (kind == PF_ENDPOINT_DCR) x += a->response[PF_RESPONSE_SD];
    return x;
}

static double share(const pf_arm_result *a, int kind, double *variance)
{
    if (!a->n) return NAN;
    double n = (double)a->n, p = (double)responders(a, kind) / n;
    *variance = p * (1 - p) / n;
    return p;
}

static double median_time(const pf_arm_result *a, int curve)
{
    if (!a->n_time[curve]) return NAN;
    double t = pf_km_quantile(&a->km[curve], 0.5).value;
    return isnan(t) ? INFINITY : t;
}

static double share_at(const pf_arm_result *a, int curve, double day, double *variance)
{
    if (!a->n_time[curve]) return NAN;
    pf_estimate s = pf_km_at(&a->km[curve], day);
    *variance = s.se * s.se;
    return s.value;
}

/* The values of single patients, into the scratch of the replicate; how many there are. */
static size_t values_of(const pf_replicate *r, const pf_arm_result *a, const pf_measure *m)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        double x = pf_patient_value(r->study, r->layout, m, a->row[i]);
        if (!isnan(x)) r->scratch[n++] = x;
    }
    return n;
}

static double of_patients(
    const pf_replicate *r, const pf_arm_result *a, const pf_measure *m, double *variance)
{
    size_t n = values_of(r, a, m);
    if (PF_ENDPOINT_KIND[m->kind].form != PF_FORM_SHARE)
        return pf_quantile_sorted(r->scratch, pf_sort_numbers(r->scratch, n), 0.5);
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += r->scratch[i];
    if (!n) return NAN;
    double p = sum / (double)n;
    *variance = p * (1 - p) / (double)n;
    return p;
}

/* When new lesions were seen: they are looked for until progression. */
static size_t new_lesions(const pf_arm_result *a, double *time, unsigned char *event)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        double reason = a->row[i][PF_P_PROGRESSION];
        if (!(a->row[i][PF_P_PFS] >= 0)) continue;
        time[n] = a->row[i][PF_P_PFS];
        event[n++] = reason == PF_PD_NEW_LESION || reason == PF_PD_BOTH;
    }
    return n;
}

/* 1: the event, 2: death before it. */
static size_t first_events(
    const pf_replicate *r, const pf_arm_result *a, size_t column, unsigned char *cause)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        const double *row = a->row[i];
        int happened = !isnan(row[column]);
        double t = happened ? fmax(0, row[column]) : row[PF_P_OS];
        if (!(t >= 0)) continue;
        r->scratch[n] = t;
        cause[n++] = happened ? 1 : row[PF_P_OS_EVENT] > 0 ? 2 : 0;
    }
    return n;
}

static pf_err over_time(pf_ctx *ctx, const pf_replicate *r, const pf_arm_result *a,
    const pf_measure *m, double *value, double *variance)
{
    pf_err err = PF_OK;
    unsigned char *event = pf_calloc(ctx, a->n, 1);
    if (!event) return PF_ERR_NO_MEMORY;
    if (m->kind == PF_ENDPOINT_EVENT_AT && r->layout->event_at) {
        size_t n = first_events(r, a, r->layout->event_at + m->index, event);
        pf_cuminc c = {0};
        if (n) err = pf_cuminc_fit(ctx, n, r->scratch, event, 2, &c);
        if (n && !err) *value = pf_cuminc_at(&c, 1, m->at);
        pf_cuminc_clear(&c);
    } else if (m->kind == PF_ENDPOINT_PFS_PEAK) {
        size_t n = a->n_time[PF_CURVE_PFS];
        if (n)
            err = pf_hazard_peak(
                ctx, n, a->time[PF_CURVE_PFS], a->event[PF_CURVE_PFS], m->at, m->to, value);
    } else if (m->kind != PF_ENDPOINT_EVENT_AT) {
        size_t n = new_lesions(a, r->scratch, event);
        if (n && m->kind == PF_ENDPOINT_NEW_LESION_PEAK) {
            err = pf_hazard_peak(ctx, n, r->scratch, event, m->at, m->to, value);
        } else if (n) {
            pf_km km;
            err = pf_km_fit(ctx, n, r->scratch, event, NULL, &km);
            pf_estimate s = {.value = NAN};
            if (!err) s = pf_km_at(&km, m->at);
            *value = 1 - s.value;
            *variance = s.se * s.se;
            pf_km_clear(&km);
        }
    }
    pf_free(event);
    return err;
}

static pf_err of_group(pf_ctx *ctx, const pf_replicate *r, const pf_arm_result *a,
    const pf_measure *m, double *value, double *variance)
{
    *value = *variance = NAN;
    switch (m->kind) {
    case PF_ENDPOINT_ORR:
    case PF_ENDPOINT_DCR:
    case PF_ENDPOINT_CR:
        *value = share(a, m->kind, variance);
        break;
    case PF_ENDPOINT_PFS:
        *value = median_time(a, PF_CURVE_PFS);
        break;
    case PF_ENDPOINT_OS:
        *value = median_time(a, PF_CURVE_OS);
        break;
    case PF_ENDPOINT_DOR:
        *value = median_time(a, PF_CURVE_DOR);
        break;
    case PF_ENDPOINT_PFS_AT:
        *value = share_at(a, PF_CURVE_PFS, m->at, variance);
        break;
    case PF_ENDPOINT_OS_AT:
        *value = share_at(a, PF_CURVE_OS, m->at, variance);
        break;
    default:
        if (!pf_measure_is_of_patients(m)) return over_time(ctx, r, a, m, value, variance);
        *value = of_patients(r, a, m, variance);
    }
    return PF_OK;
}

/* ---- measures of two arms ---- */

/* Of medians. Not reached is larger than all that is: over it 0, below all ratios that can be
 * told. Left out, they would make the others look larger. */
static double ratio(double a, double b)
{
    if (!(b > 0) || (isinf(a) && isinf(b))) return NAN;
    return a / b;
}

/* Both arms of a curve in one table; `x` is 1 for `arm`, 0 for `against`. */
typedef struct {
    size_t n;
    double *time, *x;
    unsigned char *event;
    int *group;
} pooled;

static void pooled_clear(pooled *p)
{
    pf_free(p->time);
    pf_free(p->x);
    pf_free(p->event);
    pf_free(p->group);
}

static pf_err pool(
    pf_ctx *ctx, const pf_arm_result *arm, const pf_arm_result *against, int curve, pooled *p)
{
    *p = (pooled){.n = arm->n_time[curve] + against->n_time[curve]};
    p->time = pf_calloc(ctx, p->n, sizeof *p->time);
    p->x = pf_calloc(ctx, p->n, sizeof *p->x);
    p->event = pf_calloc(ctx, p->n, sizeof *p->event);
    p->group = pf_calloc(ctx, p->n, sizeof *p->group);
    if (!p->time || !p->x || !p->event || !p->group) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < p->n; i++) {
        int first = i < arm->n_time[curve];
        size_t k = first ? i : i - arm->n_time[curve];
        const pf_arm_result *of = first ? arm : against;
        p->time[i] = of->time[curve][k];
        p->event[i] = of->event[curve][k];
        p->x[i] = p->group[i] = first;
    }
    return PF_OK;
}

static pf_err hazard(pf_ctx *ctx, const pooled *p, double *out)
{
    pf_cox cox = {0};
    const pf_cox_data data = {p->n, 1, p->time, p->event, p->x, NULL};
    pf_err err = pf_cox_fit(ctx, &data, NULL, &cox);
    if (!err && cox.status == PF_COX_CONVERGED) *out = cox.hazard_ratio[0];
    pf_cox_clear(&cox);
    return err;
}

static pf_err logrank(pf_ctx *ctx, const pooled *p, double *out)
{
    pf_logrank test = {0};
    pf_err err = pf_logrank_test(ctx, p->n, p->time, p->event, p->group, NULL, &test);
    if (!err) *out = test.p;
    pf_logrank_clear(&test);
    return err;
}

/* Two values made one. */
static double contrast(pf_compare how, double a, double b)
{
    if (how == PF_COMPARE_RATIO) return ratio(a, b);
    return isinf(a) && isinf(b) ? NAN : a - b;
}

static pf_err compare(pf_ctx *ctx, const pf_replicate *r, const pf_measure *m,
    const pf_arm_result *arm, const pf_arm_result *against, double *out)
{
    double a, b, ignored;
    if (m->compare != PF_COMPARE_NONE) {
        PF_TRY(of_group(ctx, r, arm, m, &a, &ignored));
        PF_TRY(of_group(ctx, r, against, m, &b, &ignored));
        *out = contrast(m->compare, a, b);
        return PF_OK;
    }
    int overall = m->kind == PF_ENDPOINT_OS_HR || m->kind == PF_MEASURE_OS_LOGRANK;
    int curve = overall ? PF_CURVE_OS : PF_CURVE_PFS;
    if (!arm->n_time[curve] || !against->n_time[curve] || arm == against) return PF_OK;
    pooled p;
    pf_err err = pool(ctx, arm, against, curve, &p);
    int is_hazard = m->kind == PF_ENDPOINT_PFS_HR || m->kind == PF_ENDPOINT_OS_HR;
    if (!err) err = is_hazard ? hazard(ctx, &p, out) : logrank(ctx, &p, out);
    pooled_clear(&p);
    return err;
}

pf_err pf_replicate_measure(
    pf_ctx *ctx, const pf_replicate *r, const pf_measure *m, double *value, double *variance)
{
    pf_arm_result own, other = {0};
    const pf_arm_result *a, *b = NULL;
    *value = *variance = NAN;
    int compared = pf_measure_is_comparison(m);
    pf_err err = group_of(ctx, r, m->arm, m->among, &own, &a);
    if (!err && compared) err = group_of(ctx, r, m->against, m->against_among, &other, &b);
    if (!err && compared) err = compare(ctx, r, m, a, b, value);
    if (!err && !compared) err = of_group(ctx, r, a, m, value, variance);
    clear_arm(&own);
    clear_arm(&other);
    return err;
}

/* ---- limits of one replicate ---- */

static pf_err exact_limits(pf_ctx *ctx, double yes, size_t n, double out[2])
{
    pf_proportion p;
    if (!n) return PF_OK;
    PF_TRY(pf_proportion_interval(ctx, (int64_t)yes, (int64_t)n, 0.95, &p));
    out[0] = p.lower;
    out[1] = p.upper;
    return PF_OK;
}

static pf_err share_limits(pf_ctx *ctx, const pf_replicate *r, const pf_arm_result *a,
    const pf_measure *m, double out[2])
{
    int kind = m->kind;
    if (kind == PF_ENDPOINT_ORR || kind == PF_ENDPOINT_DCR || kind == PF_ENDPOINT_CR)
        return exact_limits(ctx, (double)responders(a, kind), a->n, out);
    if (!pf_measure_is_of_patients(m)) return PF_OK;
    size_t n = values_of(r, a, m);
    double yes = 0;
    for (size_t i = 0; i < n; i++) yes += r->scratch[i];
    return exact_limits(ctx, yes, n, out);
}

static void curve_limits(const pf_arm_result *a, const pf_measure *m, double out[2])
{
    int kind = m->kind, overall = kind == PF_ENDPOINT_OS || kind == PF_ENDPOINT_OS_AT;
    int at = kind == PF_ENDPOINT_PFS_AT || kind == PF_ENDPOINT_OS_AT;
    int median = kind == PF_ENDPOINT_PFS || kind == PF_ENDPOINT_OS || kind == PF_ENDPOINT_DOR;
    int curve = overall ? PF_CURVE_OS : kind == PF_ENDPOINT_DOR ? PF_CURVE_DOR : PF_CURVE_PFS;
    if (!(at || median) || !a->n_time[curve]) return;
    pf_estimate e = at ? pf_km_at(&a->km[curve], m->at) : pf_km_quantile(&a->km[curve], 0.5);
    out[0] = e.lower;
    out[1] = median && isnan(e.upper) ? INFINITY : e.upper;
    if (!(out[0] < out[1])) out[0] = out[1] = NAN; /* nobody, or all: Greenwood has no width */
}

pf_err pf_replicate_limits(
    pf_ctx *ctx, const pf_replicate *r, const pf_measure *m, double out[2])
{
    pf_arm_result own;
    const pf_arm_result *a;
    out[0] = out[1] = NAN;
    if (pf_measure_is_comparison(m)) return PF_OK;
    pf_err err = group_of(ctx, r, m->arm, m->among, &own, &a);
    if (!err && pf_measure_is_share(m)) err = share_limits(ctx, r, a, m, out);
    if (!err) curve_limits(a, m, out);
    clear_arm(&own);
    return err;
}
