#include "trial/summary_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is measured ---- */

/* Ratios of medians, differences, hazard ratios, p values. */
static int rank_of(const pf_measure *m)
{
    if (m->compare != PF_COMPARE_NONE) return (int)m->compare;
    if (PF_ENDPOINT_KIND[m->kind].form == PF_FORM_P) return 4;
    return PF_ENDPOINT_KIND[m->kind].versus ? 3 : 0;
}

static int by_number(double a, double b)
{
    return (a > b) - (a < b);
}

static const char *group_text(const pf_subgroup *g)
{
    return g ? g->text : "";
}

static int by_place(const void *a, const void *b)
{
    const pf_measure *p = a, *q = b;
    int pc = pf_measure_is_comparison(p), qc = pf_measure_is_comparison(q), k;
    if (pc != qc) return pc - qc;
    if (p->arm != q->arm) return p->arm < q->arm ? -1 : 1;
    if (p->against != q->against) return p->against < q->against ? -1 : 1;
    if ((k = rank_of(p) - rank_of(q))) return k;
    if (p->kind != q->kind) return p->kind < q->kind ? -1 : 1;
    if (p->index != q->index) return p->index < q->index ? -1 : 1;
    if ((k = by_number(p->at, q->at)) || (k = by_number(p->to, q->to))) return k;
    if ((k = by_number(p->level, q->level))) return k;
    if ((k = strcmp(group_text(p->among), group_text(q->among)))) return k;
    return strcmp(group_text(p->against_among), group_text(q->against_among));
}

size_t pf_summary_find(const pf_summary *s, const pf_measure *m)
{
    size_t i = 0;
    while (i < s->n_measure && !pf_measure_same(&s->measure[i], m)) i++;
    return i;
}

static pf_err want(pf_ctx *ctx, pf_summary *s, pf_measure m)
{
    if (pf_summary_find(s, &m) < s->n_measure) return PF_OK;
    PF_TRY(pf_reserve(ctx, &s->measure, &s->measure_capacity, s->n_measure, sizeof m));
    s->measure[s->n_measure++] = m;
    return PF_OK;
}

/* Does the study measure that kind at all? */
static int is_measured(const pf_summary *s, int kind)
{
    unsigned need = PF_ENDPOINT_KIND[kind].need;
    const pf_assess *a = &s->study->assess;
    if ((need & PF_NEED_LESIONS) && s->layout->no_lesions) return 0;
    if ((need & PF_NEED_RESPONSE) && a->criteria == PF_CRITERIA_RECURRENCE) return 0;
    if ((need & PF_NEED_DEATH) && s->layout->no_death) return 0;
    if ((need & PF_NEED_LLOQ) && !s->layout->persistence_at) return 0;
    return !(need & PF_NEED_KINETICS) || s->layout->n_sample;
}

static pf_err want_if(pf_ctx *ctx, pf_summary *s, pf_measure m)
{
    if (PF_ENDPOINT_KIND[m.kind].form == PF_FORM_LEVEL && !m.unit)
        m.unit = s->layout->kinetics_unit;
    return is_measured(s, m.kind) ? want(ctx, s, m) : PF_OK;
}

static pf_err want_harms(pf_ctx *ctx, pf_summary *s, size_t arm)
{
    const pf_assess *a = &s->study->assess;
    for (size_t i = 0; i < a->n_grade && s->layout->grade_at; i++)
        for (int k = 1; k <= 3; k += 2)
            PF_TRY(want(ctx, s,
                (pf_measure){.kind = PF_ENDPOINT_GRADE, .arm = arm, .index = i, .level = k}));
    for (size_t i = 0; i < a->n_event && s->layout->event_at; i++)
        PF_TRY(want(ctx, s, (pf_measure){.kind = PF_ENDPOINT_EVENT, .arm = arm, .index = i}));
    return PF_OK;
}

/* The last day at which everybody who is still followed has had a visit: what is seen at visits
 * is known until then. */
static double last_seen(const pf_study *study)
{
    const pf_assess *how = &study->assess;
    if (!(how->every > 0.0) || how->first > study->horizon) return 0.0;
    double visits = floor((study->horizon - how->first) / how->every);
    return how->first + visits * how->every - how->window;
}

static pf_err want_arm(pf_ctx *ctx, pf_summary *s, size_t arm)
{
    static const int plain[] = {PF_ENDPOINT_ORR, PF_ENDPOINT_DCR, PF_ENDPOINT_CR,
        PF_ENDPOINT_PFS, PF_ENDPOINT_OS, PF_ENDPOINT_DOR, PF_MEASURE_TTR, PF_ENDPOINT_CMAX,
        PF_ENDPOINT_TMAX, PF_MEASURE_AUC28, PF_ENDPOINT_PERSISTENCE};
    static const int months[] = {6, 12, 24};
    const pf_study *study = s->study;
    for (size_t i = 0; i < PF_COUNT(plain); i++)
        PF_TRY(want_if(ctx, s, (pf_measure){.kind = plain[i], .arm = arm}));
    for (size_t i = 0; i < PF_COUNT(months); i++) {
        double day = months[i] * PF_MONTH_DAYS;
        if (day > study->horizon) break;
        if (day <= last_seen(study))
            PF_TRY(want_if(
                ctx, s, (pf_measure){.kind = PF_ENDPOINT_PFS_AT, .at = day, .arm = arm}));
        PF_TRY(want_if(ctx, s, (pf_measure){.kind = PF_ENDPOINT_OS_AT, .at = day, .arm = arm}));
    }
    for (size_t i = 0; i < s->layout->n_sample && i < study->assess.n_kinetics; i++)
        PF_TRY(want_if(ctx, s,
            (pf_measure){
                .kind = PF_ENDPOINT_KINETICS, .at = study->assess.kinetics[i], .arm = arm}));
    return want_harms(ctx, s, arm);
}

static pf_err want_versus(pf_ctx *ctx, pf_summary *s, size_t arm)
{
    static const struct {
        int kind;
        pf_compare compare;
    } versus[] = {{PF_ENDPOINT_ORR, PF_COMPARE_DIFFERENCE}, {PF_ENDPOINT_PFS_HR, 0},
        {PF_ENDPOINT_OS_HR, 0}, {PF_MEASURE_PFS_LOGRANK, 0}, {PF_MEASURE_OS_LOGRANK, 0},
        {PF_ENDPOINT_PFS, PF_COMPARE_RATIO}, {PF_ENDPOINT_OS, PF_COMPARE_RATIO}};
    size_t against = pf_arm_reference(s->study, arm);
    for (size_t k = 0; k < 2; k++) { /* the first arm, and the one that this one is like */
        if (k && !against) break;
        for (size_t i = 0; i < PF_COUNT(versus); i++)
            PF_TRY(want_if(ctx, s,
                (pf_measure){.kind = versus[i].kind,
                    .compare = versus[i].compare,
                    .arm = arm,
                    .against = k ? against : 0}));
    }
    return PF_OK;
}

static pf_err choose_measures(pf_ctx *ctx, pf_summary *s)
{
    const pf_study *study = s->study;
    for (size_t a = 0; a < study->n_arm; a++) PF_TRY(want_arm(ctx, s, a));
    for (size_t a = 1; a < study->n_arm; a++) PF_TRY(want_versus(ctx, s, a));
    for (size_t i = 0; i < study->n_expect; i++) {
        const pf_expect *e = &study->expect[i];
        if (e->arm >= study->n_arm || e->against >= study->n_arm ||
            e->endpoint >= PF_ENDPOINT_COUNT)
            return pf_fail(ctx, PF_ERR_BUG, "expectation %zu has no arm of the study", i);
        pf_measure m = pf_measure_of(e);
        PF_TRY(want(ctx, s, m));
    }
    if (s->n_measure) qsort(s->measure, s->n_measure, sizeof *s->measure, by_place);
    for (size_t i = 0; i < study->n_expect; i++) {
        pf_measure m = pf_measure_of(&study->expect[i]);
        s->expect_measure[i] = pf_summary_find(s, &m);
    }
    return PF_OK;
}

/* ---- make and free ---- */

static pf_err make_arms(pf_ctx *ctx, pf_summary *s)
{
    s->arm = pf_calloc(ctx, s->study->n_arm, sizeof *s->arm);
    if (!s->arm) return PF_ERR_NO_MEMORY;
    for (size_t a = 0; a < s->study->n_arm; a++) {
        pf_arm_tally *t = &s->arm[a];
        t->covariate = pf_calloc(ctx, s->layout->n_covariate, sizeof *t->covariate);
        t->kinetics = pf_calloc(ctx, s->layout->n_sample, sizeof *t->kinetics);
        size_t markers = s->study->assess.n_marker * s->study->assess.n_kinetics;
        t->marker = pf_calloc(ctx, markers, sizeof *t->marker);
        if (!t->covariate || !t->kinetics || !t->marker) return PF_ERR_NO_MEMORY;
        for (int c = 0; c < PF_CURVE_COUNT; c++)
            pf_pooled_init(&t->curve[c], s->study->horizon);
    }
    return PF_OK;
}

pf_err pf_summary_new(
    pf_ctx *ctx, const pf_study *study, const pf_layout *layout, pf_summary **out)
{
    *out = NULL;
    pf_summary *s = pf_calloc(ctx, 1, sizeof *s);
    if (!s) return PF_ERR_NO_MEMORY;
    s->study = study;
    s->layout = layout;
    s->expect_measure = pf_calloc(ctx, study->n_expect, sizeof *s->expect_measure);
    pf_err err = s->expect_measure ? make_arms(ctx, s) : PF_ERR_NO_MEMORY;
    if (!err) err = choose_measures(ctx, s);
    if (!err) err = pf_summary_find_ranges(ctx, s);
    if (!err) err = pf_summary_versus_new(ctx, s);
    if (!err) {
        s->inner = pf_calloc(ctx, s->n_measure, sizeof *s->inner);
        s->own = pf_calloc(ctx, s->n_measure, sizeof *s->own);
        if (!s->inner || !s->own) err = PF_ERR_NO_MEMORY;
    }
    if (err)
        pf_summary_free(s);
    else
        *out = s;
    return err;
}

void pf_summary_free(pf_summary *s)
{
    if (!s) return;
    for (size_t a = 0; s->arm && a < s->study->n_arm; a++) {
        pf_arm_tally *t = &s->arm[a];
        for (size_t i = 0; t->kinetics && i < s->layout->n_sample; i++)
            pf_free(t->kinetics[i].x);
        for (int c = 0; c < PF_CURVE_COUNT; c++) pf_pooled_clear(&t->curve[c]);
        size_t markers = s->study->assess.n_marker * s->study->assess.n_kinetics;
        for (size_t i = 0; t->marker && i < markers; i++) pf_free(t->marker[i].x);
        pf_free(t->marker);
        pf_free(t->kinetics);
        pf_free(t->covariate);
    }
    pf_summary_versus_free(s);
    pf_free(s->arm);
    pf_free(s->measure);
    pf_free(s->expect_measure);
    pf_free(s->value);
    pf_free(s->inner);
    pf_free(s->own);
    pf_free(s->unknown);
    pf_free(s->range);
    pf_free(s->bar);
    pf_free(s);
}

void pf_summary_attach(
    pf_summary *s, const struct pf_claims *claims, const struct pf_used_parameters *parameters)
{
    s->claims = claims;
    s->parameters = parameters;
}

/* ---- adding a replicate ---- */

static pf_err add_patient(pf_ctx *ctx, pf_summary *s, const double *row)
{
    size_t arm = (size_t)row[PF_P_ARM], n_covariate = s->layout->n_covariate;
    pf_arm_tally *t = &s->arm[arm];
    for (size_t i = 0; i < n_covariate; i++) {
        double x = row[PF_P_FIXED + i];
        if (!isfinite(x)) continue;
        t->covariate[i].n++;
        t->covariate[i].sum += x;
        t->covariate[i].square += x * x;
    }
    if (row[PF_P_FAILED] > 0) return PF_OK;
    for (size_t i = 0; i < s->layout->n_sample; i++) {
        double x = row[PF_P_FIXED + n_covariate + i];
        pf_samples *k = &t->kinetics[i];
        if (isnan(x) || k->n >= PF_KEEP_SAMPLES) continue;
        PF_TRY(pf_reserve(ctx, &k->x, &k->capacity, k->n, sizeof *k->x));
        k->x[k->n++] = x;
    }
    PF_TRY(pf_summary_add_harms(ctx, s, t, row));
    int recurrence = s->study->assess.criteria == PF_CRITERIA_RECURRENCE;
    if (s->n_replicate || recurrence || isnan(row[PF_P_CHANGE])) return PF_OK;
    PF_TRY(pf_reserve(ctx, &s->bar, &s->bar_capacity, s->n_bar, sizeof *s->bar));
    double reason = row[PF_P_PROGRESSION];
    s->bar[s->n_bar++] = (pf_bar){row[PF_P_CHANGE], arm,
        row[PF_P_BEST] > 0 ? (int)row[PF_P_BEST] : PF_RESPONSE_NE,
        reason == PF_PD_NEW_LESION || reason == PF_PD_BOTH};
    return PF_OK;
}

static pf_err add_arm(pf_ctx *ctx, pf_arm_tally *t, const pf_arm_result *a)
{
    t->patients += a->n + a->failed;
    t->failed += a->failed;
    t->treated += a->treated;
    t->doses += a->doses;
    for (size_t i = 0; i < PF_COUNT(t->response); i++) t->response[i] += a->response[i];
    for (size_t i = 0; i < PF_COUNT(t->progression); i++)
        t->progression[i] += a->progression[i];
    for (size_t i = 0; i < PF_SERVED_WAYS; i++) t->lot[i] += a->lot[i];
    for (int c = 0; c < PF_CURVE_COUNT; c++)
        PF_TRY(
            pf_pooled_add(ctx, &t->curve[c], a->time[c], a->event[c], a->n_time[c], &a->km[c]));
    return PF_OK;
}

static pf_err add_measures(pf_ctx *ctx, pf_summary *s, const pf_replicate *r)
{
    size_t row = s->n_measure * sizeof *s->value;
    PF_TRY(pf_reserve(ctx, &s->value, &s->value_capacity, s->n_replicate, row));
    double *value = s->value + s->n_replicate * s->n_measure, inner;
    for (size_t i = 0; i < s->n_measure; i++) {
        PF_TRY(pf_replicate_measure(ctx, r, &s->measure[i], &value[i], &inner));
        if (!s->n_replicate) PF_TRY(pf_replicate_limits(ctx, r, &s->measure[i], s->own[i]));
        if (isnan(inner)) continue;
        s->inner[i].n++;
        s->inner[i].sum += inner;
    }
    return PF_OK;
}

pf_err pf_summary_add(pf_ctx *ctx, pf_summary *s, const pf_rows *patients)
{
    pf_replicate r;
    uint64_t replicate = patients->n ? (uint64_t)patients->x[PF_P_REPLICATE] : s->n_replicate;
    pf_err err = pf_replicate_fit(ctx, s->study, s->layout, patients, &r);
    if (!err) err = pf_summary_add_doses(ctx, s, replicate);
    if (!err) err = add_measures(ctx, s, &r);
    if (!err) err = pf_summary_versus_add(ctx, s, &r);
    for (size_t i = 0; i < patients->n && !err; i++)
        err = add_patient(ctx, s, patients->x + i * patients->n_column);
    for (size_t a = 0; a < s->study->n_arm && !err; a++)
        err = add_arm(ctx, &s->arm[a], &r.arm[a]);
    if (!err) s->n_replicate++;
    pf_replicate_clear(&r);
    return err;
}

/* ---- asking ---- */

void pf_summary_own(const pf_summary *s, size_t m, double out[2])
{
    int lone = s->n_replicate == 1 && m < s->n_measure;
    out[0] = lone ? s->own[m][0] : NAN;
    out[1] = lone ? s->own[m][1] : NAN;
}

void pf_summary_column(const pf_summary *s, size_t m, double *out)
{
    for (size_t i = 0; i < s->n_replicate; i++)
        out[i] = m < s->n_measure ? s->value[i * s->n_measure + m] : NAN;
}

pf_err pf_summary_judge(pf_ctx *ctx, const pf_summary *s, size_t i, pf_verdict *out)
{
    const pf_expect *e = &s->study->expect[i];
    double *value = pf_calloc(ctx, s->n_replicate, sizeof *value);
    if (!value) return PF_ERR_NO_MEMORY;
    pf_summary_column(s, s->expect_measure[i], value);
    pf_err err =
        pf_expect_judge(ctx, e, s->study->arm[e->arm].size, value, s->n_replicate, out);
    pf_free(value);
    return err;
}

uint64_t pf_summary_failed(const pf_summary *s, uint64_t *patients)
{
    uint64_t failed = 0;
    *patients = 0;
    for (size_t a = 0; a < s->study->n_arm; a++) {
        failed += s->arm[a].failed;
        *patients += s->arm[a].patients;
    }
    return failed;
}
