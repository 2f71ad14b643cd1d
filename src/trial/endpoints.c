#include "trial/endpoints.h"

#include "trial/cox.h"
#include "trial/proportion.h"
#include "trial/spread.h"

#include <math.h>

static const char *const measure_text[PF_MEASURE_COUNT] = {
    [PF_ENDPOINT_ORR] = "ORR",
    [PF_ENDPOINT_DCR] = "DCR",
    [PF_ENDPOINT_CR] = "CR",
    [PF_ENDPOINT_PFS] = "PFS",
    [PF_ENDPOINT_OS] = "OS",
    [PF_ENDPOINT_DOR] = "DoR",
    [PF_ENDPOINT_PFS_AT] = "PFS_at",
    [PF_ENDPOINT_OS_AT] = "OS_at",
    [PF_ENDPOINT_KINETICS] = "kinetics",
    [PF_ENDPOINT_CMAX] = "Cmax",
    [PF_ENDPOINT_TMAX] = "Tmax",
    [PF_ENDPOINT_PFS_RATIO] = "PFS_ratio",
    [PF_ENDPOINT_OS_RATIO] = "OS_ratio",
    [PF_MEASURE_TTR] = "TTR",
    [PF_MEASURE_AUC28] = "AUC28",
    [PF_MEASURE_ORR_DIFFERENCE] = "ORR_difference",
    [PF_MEASURE_PFS_HAZARD] = "PFS_hazard_ratio",
    [PF_MEASURE_OS_HAZARD] = "OS_hazard_ratio",
    [PF_MEASURE_PFS_LOGRANK] = "PFS_logrank_p",
    [PF_MEASURE_OS_LOGRANK] = "OS_logrank_p",
};

const char *pf_measure_text(int kind)
{
    return kind >= 0 && kind < PF_MEASURE_COUNT ? measure_text[kind] : "";
}

int pf_measure_is_share(int kind)
{
    return kind == PF_ENDPOINT_ORR || kind == PF_ENDPOINT_DCR || kind == PF_ENDPOINT_CR ||
           kind == PF_ENDPOINT_PFS_AT || kind == PF_ENDPOINT_OS_AT;
}

int pf_measure_is_time(int kind)
{
    return kind == PF_ENDPOINT_PFS || kind == PF_ENDPOINT_OS || kind == PF_ENDPOINT_DOR ||
           kind == PF_ENDPOINT_TMAX || kind == PF_MEASURE_TTR;
}

int pf_measure_is_kinetics(int kind)
{
    return kind == PF_ENDPOINT_KINETICS || kind == PF_ENDPOINT_CMAX ||
           kind == PF_ENDPOINT_TMAX || kind == PF_MEASURE_AUC28;
}

int pf_measure_is_comparison(int kind)
{
    return kind == PF_ENDPOINT_PFS_RATIO || kind == PF_ENDPOINT_OS_RATIO ||
           kind >= PF_MEASURE_ORR_DIFFERENCE;
}

int pf_measure_same(const pf_measure *a, const pf_measure *b)
{
    return a->kind == b->kind && a->arm == b->arm && fabs(a->at - b->at) < 1e-6 &&
           (!pf_measure_is_comparison(a->kind) || a->against == b->against);
}

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
    for (int c = 0; c < PF_CURVE_COUNT; c++) {
        a->time[c] = pf_calloc(ctx, a->n_time[c], sizeof *a->time[c]);
        a->event[c] = pf_calloc(ctx, a->n_time[c], sizeof *a->event[c]);
        if (!a->time[c] || !a->event[c]) return PF_ERR_NO_MEMORY;
        a->n_time[c] = 0;
    }
    return PF_OK;
}

static void take_times(pf_arm_result *a, const double *row)
{
    if (row[PF_P_FAILED] > 0) return;
    for (int c = 0; c < PF_CURVE_COUNT; c++) {
        if (!(row[time_column[c]] >= 0)) continue;
        size_t at = a->n_time[c]++;
        a->time[c][at] = row[time_column[c]];
        a->event[c][at] = row[event_column[c]] > 0;
    }
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
        take_times(&out->arm[(size_t)row[PF_P_ARM]], row);
    }
    for (size_t a = 0; a < study->n_arm; a++)
        for (int c = 0; c < PF_CURVE_COUNT; c++) {
            pf_arm_result *r = &out->arm[a];
            if (!r->n_time[c]) continue;
            PF_TRY(pf_km_fit(ctx, r->n_time[c], r->time[c], r->event[c], NULL, &r->km[c]));
        }
    return PF_OK;
}

void pf_replicate_clear(pf_replicate *r)
{
    for (size_t a = 0; r->arm && a < r->n_arm; a++)
        for (int c = 0; c < PF_CURVE_COUNT; c++) {
            pf_free(r->arm[a].time[c]);
            pf_free(r->arm[a].event[c]);
            pf_km_clear(&r->arm[a].km[c]);
        }
    pf_free(r->arm);
    pf_free(r->scratch);
    *r = (pf_replicate){0};
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

static double median_of_column(const pf_replicate *r, size_t arm, size_t column)
{
    size_t n = 0;
    for (size_t i = 0; i < r->rows->n; i++) {
        const double *row = row_at(r->rows, i);
        if ((size_t)row[PF_P_ARM] != arm || row[PF_P_FAILED] > 0 || isnan(row[column]))
            continue;
        r->scratch[n++] = row[column];
    }
    n = pf_sort_numbers(r->scratch, n);
    return pf_quantile_sorted(r->scratch, n, 0.5);
}

static double kinetics_median(const pf_replicate *r, size_t arm, double day)
{
    const pf_assess *assess = &r->study->assess;
    for (size_t i = 0; i < r->layout->n_sample && i < assess->n_kinetics; i++)
        if (fabs(assess->kinetics[i] - day) < 1e-6)
            return median_of_column(r, arm, PF_P_FIXED + r->layout->n_covariate + i);
    return NAN; /* not sampled on that day */
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

static pf_err compare(pf_ctx *ctx, const pf_replicate *r, const pf_measure *m, double *out)
{
    const pf_arm_result *arm = &r->arm[m->arm], *against = &r->arm[m->against];
    double ignored;
    int overall = m->kind == PF_ENDPOINT_OS_RATIO || m->kind == PF_MEASURE_OS_HAZARD ||
                  m->kind == PF_MEASURE_OS_LOGRANK;
    int curve = overall ? PF_CURVE_OS : PF_CURVE_PFS;
    if (m->kind == PF_MEASURE_ORR_DIFFERENCE) {
        *out =
            share(arm, PF_ENDPOINT_ORR, &ignored) - share(against, PF_ENDPOINT_ORR, &ignored);
        return PF_OK;
    }
    if (m->kind == PF_ENDPOINT_PFS_RATIO || m->kind == PF_ENDPOINT_OS_RATIO) {
        *out = ratio(median_time(arm, curve), median_time(against, curve));
        return PF_OK;
    }
    if (!arm->n_time[curve] || !against->n_time[curve] || arm == against) return PF_OK;
    pooled p;
    pf_err err = pool(ctx, arm, against, curve, &p);
    int is_hazard = m->kind == PF_MEASURE_PFS_HAZARD || m->kind == PF_MEASURE_OS_HAZARD;
    if (!err) err = is_hazard ? hazard(ctx, &p, out) : logrank(ctx, &p, out);
    pooled_clear(&p);
    return err;
}

pf_err pf_replicate_measure(
    pf_ctx *ctx, const pf_replicate *r, const pf_measure *m, double *value, double *variance)
{
    const pf_arm_result *a = &r->arm[m->arm];
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
    case PF_ENDPOINT_KINETICS:
        *value = kinetics_median(r, m->arm, m->at);
        break;
    case PF_ENDPOINT_CMAX:
        *value = median_of_column(r, m->arm, PF_P_CMAX);
        break;
    case PF_ENDPOINT_TMAX:
        *value = median_of_column(r, m->arm, PF_P_TMAX);
        break;
    case PF_MEASURE_TTR:
        *value = median_of_column(r, m->arm, PF_P_TTR);
        break;
    case PF_MEASURE_AUC28:
        *value = median_of_column(r, m->arm, PF_P_AUC28);
        break;
    default:
        return compare(ctx, r, m, value);
    }
    return PF_OK;
}

/* ---- limits of one replicate ---- */

static pf_err exact_limits(pf_ctx *ctx, const pf_arm_result *a, int kind, double out[2])
{
    pf_proportion p;
    if (!a->n) return PF_OK;
    PF_TRY(pf_proportion_interval(ctx, (int64_t)responders(a, kind), (int64_t)a->n, 0.95, &p));
    out[0] = p.lower;
    out[1] = p.upper;
    return PF_OK;
}

pf_err pf_replicate_limits(
    pf_ctx *ctx, const pf_replicate *r, const pf_measure *m, double out[2])
{
    const pf_arm_result *a = &r->arm[m->arm];
    out[0] = out[1] = NAN;
    int kind = m->kind;
    if (kind == PF_ENDPOINT_ORR || kind == PF_ENDPOINT_DCR || kind == PF_ENDPOINT_CR)
        return exact_limits(ctx, a, kind, out);
    int overall = kind == PF_ENDPOINT_OS || kind == PF_ENDPOINT_OS_AT;
    int at = kind == PF_ENDPOINT_PFS_AT || kind == PF_ENDPOINT_OS_AT;
    int median = kind == PF_ENDPOINT_PFS || kind == PF_ENDPOINT_OS || kind == PF_ENDPOINT_DOR;
    int curve = overall ? PF_CURVE_OS : kind == PF_ENDPOINT_DOR ? PF_CURVE_DOR : PF_CURVE_PFS;
    if (!(at || median) || !a->n_time[curve]) return PF_OK;
    pf_estimate e = at ? pf_km_at(&a->km[curve], m->at) : pf_km_quantile(&a->km[curve], 0.5);
    out[0] = e.lower;
    out[1] = median && isnan(e.upper) ? INFINITY : e.upper;
    if (!(out[0] < out[1])) out[0] = out[1] = NAN; /* nobody, or all: Greenwood has no width */
    return PF_OK;
}
