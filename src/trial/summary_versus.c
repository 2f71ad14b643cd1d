/* Power and forest of summary.json: pairs of arms at other sizes and in subgroups. */
#include "trial/forest.h"
#include "trial/power.h"
#include "trial/proportion.h"
#include "trial/summary_parts.h"

#include <math.h>

enum { PFS, OS, ORR, TESTS };

/* One arm against another. */
typedef struct pf_pair {
    size_t arm, against;
    int is_reference; /* the arm that this one is compared with first: it has a forest */
    pf_power power[TESTS];
    pf_forest forest;
} pf_pair;

struct pf_versus_all {
    int measured[TESTS];
    int paired; /* arms of the same people: no trial has those, so it has no power */
    size_t n;
    pf_pair *pair;
};

static void add_pair(pf_versus_all *v, size_t arm, size_t against, int is_reference)
{
    static const int kind[TESTS] = {
        PF_MEASURE_PFS_LOGRANK, PF_MEASURE_OS_LOGRANK, PF_ENDPOINT_ORR};
    pf_pair *p = &v->pair[v->n++];
    *p = (pf_pair){.arm = arm, .against = against, .is_reference = is_reference};
    for (int k = 0; k < TESTS; k++)
        p->power[k] = (pf_power){.arm = arm, .against = against, .kind = kind[k]};
}

pf_err pf_summary_versus_new(pf_ctx *ctx, pf_summary *s)
{
    const pf_study *study = s->study;
    pf_versus_all *v = s->versus = pf_calloc(ctx, 1, sizeof *v);
    if (!v) return PF_ERR_NO_MEMORY;
    v->pair = pf_calloc(ctx, 2 * study->n_arm, sizeof *v->pair);
    if (!v->pair) return PF_ERR_NO_MEMORY;
    v->paired = study->allocation.method == PF_ALLOCATE_PAIRED;
    v->measured[PFS] = !s->layout->no_lesions;
    v->measured[OS] = !s->layout->no_death;
    v->measured[ORR] =
        !s->layout->no_lesions && study->assess.criteria != PF_CRITERIA_RECURRENCE;
    for (size_t a = 1; a < study->n_arm; a++) {
        size_t reference = pf_arm_reference(study, a);
        add_pair(v, a, 0, !reference);
        if (reference) add_pair(v, a, reference, 1);
    }
    return PF_OK;
}

void pf_summary_versus_free(pf_summary *s)
{
    pf_versus_all *v = s->versus;
    for (size_t i = 0; v && v->pair && i < v->n; i++) pf_forest_clear(&v->pair[i].forest);
    if (v) pf_free(v->pair);
    pf_free(v);
}

static pf_err add_one(
    pf_ctx *ctx, const pf_summary *s, const pf_replicate *r, pf_pair *p, pf_two_arms curve[2])
{
    const pf_versus_all *v = s->versus;
    const pf_arm_result *arm = &r->arm[p->arm], *against = &r->arm[p->against];
    pf_forest_pair of = {.study = s->study,
        .layout = s->layout,
        .arm = arm,
        .against = against,
        .responses = v->measured[ORR]};
    for (int k = 0; k < 2; k++) {
        if (!v->measured[k]) continue;
        PF_TRY(pf_two_arms_sort(
            ctx, arm, against, k == PFS ? PF_CURVE_PFS : PF_CURVE_OS, &curve[k]));
        of.curve[k] = &curve[k];
    }
    for (int k = 0; k < TESTS && !v->paired; k++)
        if (v->measured[k])
            PF_TRY(pf_power_add(
                ctx, s->study, arm, against, k < 2 ? of.curve[k] : NULL, &p->power[k]));
    return p->is_reference ? pf_forest_add(ctx, &of, &p->forest) : PF_OK;
}

pf_err pf_summary_versus_add(pf_ctx *ctx, pf_summary *s, const pf_replicate *r)
{
    pf_err err = PF_OK;
    for (size_t i = 0; i < s->versus->n && !err; i++) {
        pf_two_arms curve[2] = {{0}, {0}};
        err = add_one(ctx, s, r, &s->versus->pair[i], curve);
        for (int k = 0; k < 2; k++) pf_two_arms_clear(&curve[k]);
    }
    return err;
}

/* ---- summary.json ---- */

static void names_json(const pf_summary *s, const pf_pair *p, pf_buf *out)
{
    pf_json_text(out, "arm", s->study->arm[p->arm].name);
    pf_json_text(out, "against", s->study->arm[p->against].name);
}

static pf_err size_json(pf_ctx *ctx, const pf_power *p, size_t patients, int k, pf_buf *out)
{
    pf_proportion share;
    PF_TRY(pf_proportion_interval(
        ctx, (int64_t)p->significant[k], (int64_t)p->replicates, 0.95, &share));
    pf_json_open(out, NULL, '{');
    pf_json_integer(out, "patients", (long long)patients);
    pf_json_integer(out, "replicates", (long long)p->replicates);
    pf_json_integer(out, "significant", (long long)p->significant[k]);
    pf_json_integer(out, "better", (long long)p->better[k]);
    pf_json_number(out, "share", share.value);
    pf_json_number(out, "low", share.lower);
    pf_json_number(out, "high", share.upper);
    pf_json_close(out, '}');
    return PF_OK;
}

static void larger_json(const pf_power *p, size_t patients, pf_buf *out)
{
    if (isnan(pf_power_assurance(p, 1, 0))) {
        pf_json_null(out, "larger");
        return;
    }
    pf_json_open(out, "larger", '[');
    for (size_t i = 0; i < PF_POWER_LARGER_COUNT; i++) {
        double m = PF_POWER_LARGER[i];
        pf_json_open(out, NULL, '{');
        pf_json_integer(out, "patients", (long long)floor(m * (double)patients + 0.5));
        pf_json_number(out, "share", pf_power_assurance(p, m, 0));
        pf_json_number(out, "better", pf_power_assurance(p, m, 1));
        pf_json_close(out, '}');
    }
    pf_json_close(out, ']');
}

static pf_err power_json(pf_ctx *ctx, const pf_summary *s, const pf_pair *p, int k, pf_buf *out)
{
    char key[80] = "ORR_fisher_p";
    const pf_power *q = &p->power[k];
    const size_t size[2] = {s->study->arm[p->arm].size, s->study->arm[p->against].size};
    if (!q->replicates) return PF_OK;
    pf_measure m = {.kind = q->kind, .arm = p->arm, .against = p->against};
    if (k != ORR) pf_measure_key(s->study, &m, key, sizeof key);
    pf_json_open(out, NULL, '{');
    names_json(s, p, out);
    pf_json_text(out, "measure", key);
    pf_json_open(out, "sizes", '[');
    size_t before = 0;
    for (int i = 0; i < PF_POWER_SIZES; i++) {
        size_t n = pf_power_patients(size[0], i) + pf_power_patients(size[1], i);
        if (n > before) PF_TRY(size_json(ctx, q, n, i, out));
        before = n;
    }
    pf_json_close(out, ']');
    larger_json(q, size[0] + size[1], out);
    pf_json_close(out, '}');
    return PF_OK;
}

static void forest_key(const pf_summary *s, const pf_pair *p, int k, char *text, size_t size)
{
    static const int kind[] = {PF_ENDPOINT_PFS_HR, PF_ENDPOINT_OS_HR, PF_ENDPOINT_ORR};
    pf_measure m = {.kind = kind[k],
        .compare = k == ORR ? PF_COMPARE_DIFFERENCE : PF_COMPARE_NONE,
        .arm = p->arm,
        .against = p->against};
    pf_measure_key(s->study, &m, text, size);
}

static pf_err forest_row(pf_ctx *ctx, const pf_summary *s, const pf_pair *p, size_t group,
    int k, double *value, pf_buf *out)
{
    char text[160];
    size_t level;
    pf_spread spread;
    const pf_forest *f = &p->forest;
    const pf_split *split = pf_forest_group(f, group, &level);
    const double *counts = f->counts + (group * PF_FOREST_MEASURES + (size_t)k) * 2;
    for (size_t i = 0; i < f->n_replicate; i++)
        value[i] = f->value[(i * f->n_group + group) * PF_FOREST_MEASURES + (size_t)k];
    PF_TRY(pf_spread_fit(ctx, value, f->n_replicate, &spread));
    double n = (double)f->n_replicate;
    pf_json_open(out, NULL, '{');
    names_json(s, p, out);
    pf_json_text(out, "covariate", split ? split->name : "");
    pf_forest_label(f, group, text, sizeof text);
    pf_json_text(out, "level", text);
    forest_key(s, p, k, text, sizeof text);
    pf_json_text(out, "measure", text);
    pf_json_number(out, "patients", counts[0] / n);
    pf_json_number(out, "events", k == ORR ? NAN : counts[1] / n);
    pf_json_number(out, "median", spread.median);
    pf_json_number(out, "q025", spread.q025);
    pf_json_number(out, "q975", spread.q975);
    pf_json_integer(out, "replicates_defined", (long long)spread.defined);
    pf_json_close(out, '}');
    return PF_OK;
}

static pf_err forest_json(
    pf_ctx *ctx, const pf_summary *s, const pf_pair *p, double *value, pf_buf *out)
{
    for (int k = 0; k < TESTS; k++)
        for (size_t g = 0; s->versus->measured[k] && g < p->forest.n_group; g++)
            PF_TRY(forest_row(ctx, s, p, g, k, value, out));
    return PF_OK;
}

pf_err pf_summary_versus_json(pf_ctx *ctx, const pf_summary *s, double *value, pf_buf *out)
{
    const pf_versus_all *v = s->versus;
    pf_json_open(out, "forest", '[');
    for (size_t i = 0; i < v->n; i++)
        if (v->pair[i].is_reference) PF_TRY(forest_json(ctx, s, &v->pair[i], value, out));
    pf_json_close(out, ']');
    pf_json_open(out, "power", '[');
    for (size_t i = 0; i < v->n; i++)
        for (int k = 0; k < TESTS; k++) PF_TRY(power_json(ctx, s, &v->pair[i], k, out));
    pf_json_close(out, ']');
    return PF_OK;
}
