#include "product/lot.h"

#include <math.h>

/* Draws of the pipeline itself, each with a block of its own. */
enum { DRAW_FAILURE, DRAW_GERM, DRAW_RESPONSE = 64, DRAW_PRETEST = 128 };

const char *pf_stage_text(pf_lot_stage s)
{
    static const char *const TEXT[] = {"collected", "isolated", "edited", "expanded",
        "finished", "harvested", "thawed", "given"};
    return TEXT[s];
}

const char *pf_disposition_text(pf_disposition d)
{
    static const char *const TEXT[] = {
        "released", "released with exception", "rejected", "failed", "quarantined"};
    return TEXT[d];
}

void pf_lot_plan_release(pf_lot_plan *plan)
{
    pf_population_release(&plan->variables);
}

static pf_random sequence(const pf_lot_identity *who, uint32_t block)
{
    pf_random r;
    pf_random_init(&r, who->seed, PF_DRAW_LOT_MAKING, who->replicate, who->number, who->stream);
    r.counter[0] = block;
    return r;
}

static double draw_uniform(const pf_lot_identity *who, uint32_t block)
{
    pf_random r = sequence(who, block);
    return pf_random_uniform(&r);
}

static double draw_normal(const pf_lot_identity *who, uint32_t block)
{
    pf_random r = sequence(who, block);
    return pf_random_normal(&r);
}

/* ---- numbers of one lot ---- */

static pf_err out_of_range(
    pf_ctx *ctx, const pf_lot_plan *p, size_t variable, const pf_quantity_info *q, double x)
{
    const pf_place *at = &p->variables.variable[variable].place;
    pf_fail(ctx, PF_ERR_RANGE,
        "'%s' is %g %s for this lot; expected %g to %g; give its distribution "
        "a 'low' and a 'high'",
        q->name, x, q->unit, q->low, q->high);
    return pf_fail_in(ctx, "%s:%d:%d", at->file ? at->file : p->name, at->line, at->column);
}

static pf_err take_quantities(pf_ctx *ctx, const pf_lot_plan *p, const double *x, pf_lot *lot)
{
    for (size_t i = 0; i < PF_QUANTITIES; i++) {
        const pf_quantity_info *q = pf_quantity_of((pf_lot_quantity)i);
        size_t v = p->variable[i];
        lot->quantity[i] = q->otherwise;
        if (v == PF_NO_VARIABLE) continue;
        double value = x[v] * p->scale[i];
        if (!(value >= q->low && value <= q->high)) return out_of_range(ctx, p, v, q, value);
        lot->quantity[i] = value;
    }
    return PF_OK;
}

static pf_err check_share(pf_ctx *ctx, const pf_lot_plan *p, size_t variable, double value)
{
    if (value >= 0 && value <= 1) return PF_OK;
    const pf_variable *v = &p->variables.variable[variable];
    pf_fail(ctx, PF_ERR_RANGE, "'%s' is %g for this lot; a share lies between 0 and 1", v->name,
        value);
    return pf_fail_in(ctx, "%s:%d:%d", v->place.file ? v->place.file : p->name, v->place.line,
        v->place.column);
}

/* ---- stages ---- */

/* The donor's response to the mix of cytokines that is used. */
static double respond(const pf_lot_plan *p, const pf_lot_identity *who, const double *q)
{
    double sd = q[PF_QUANTITY_RESPONSE_SD], best = -INFINITY, chosen = 0;
    uint32_t n = p->individualised ? (uint32_t)q[PF_QUANTITY_COCKTAILS] : 1;
    if (!(sd > 0)) return 1;
    for (uint32_t i = 0; i < n && i < PF_COCKTAILS_MAX; i++) {
        double true_one = sd * draw_normal(who, DRAW_RESPONSE + i);
        double seen =
            true_one + q[PF_QUANTITY_RESPONSE_ERROR] * draw_normal(who, DRAW_PRETEST + i);
        if (!(seen > best)) continue;
        best = seen;
        chosen = true_one;
    }
    return exp(chosen);
}

/* Logistic growth from n0 for the days of the culture. */
static double expand(const double *q, double n0, double response)
{
    double days = q[PF_QUANTITY_CULTURE_DAYS], capacity = q[PF_QUANTITY_PLATEAU];
    double growth = !isnan(q[PF_QUANTITY_FOLD]) ? log(q[PF_QUANTITY_FOLD])
                    : !isnan(q[PF_QUANTITY_DOUBLING_TIME])
                        ? M_LN2 * days / q[PF_QUANTITY_DOUBLING_TIME]
                        : 0;
    growth *= pow(response, q[PF_QUANTITY_RESPONSE_GROWTH]);
    if (!(n0 > 0)) return 0;
    double n = isinf(capacity) || n0 >= capacity
                   ? n0 * exp(isinf(capacity) ? growth : 0)
                   : capacity / (1 + (capacity / n0 - 1) * exp(-growth));
    return fmin(n, n0 * exp2(q[PF_QUANTITY_DOUBLINGS_MAX]));
}

static pf_err edit_all(
    pf_ctx *ctx, const pf_lot_plan *p, const double *x, pf_lot *lot, int late)
{
    double *n = &lot->stage[late ? PF_STAGE_FINISHED : PF_STAGE_EDITED];
    for (size_t i = 0; i < p->n_edit; i++) {
        const pf_edit *e = &p->edit[i];
        if (e->late != late) continue;
        lot->share[i] = x[e->efficiency];
        PF_TRY(check_share(ctx, p, e->efficiency, lot->share[i]));
        if (e->survival == PF_NO_VARIABLE) continue;
        PF_TRY(check_share(ctx, p, e->survival, x[e->survival]));
        *n *= x[e->survival];
    }
    return PF_OK;
}

static pf_err go_through_stages(pf_ctx *ctx, const pf_lot_plan *p, const double *x, pf_lot *lot)
{
    const double *q = lot->quantity;
    double *n = lot->stage, *a = lot->x;
    n[PF_STAGE_COLLECTED] = q[PF_QUANTITY_COLLECTED];
    n[PF_STAGE_ISOLATED] = n[PF_STAGE_COLLECTED] * q[PF_QUANTITY_RECOVERY];
    n[PF_STAGE_EDITED] = n[PF_STAGE_ISOLATED];
    PF_TRY(edit_all(ctx, p, x, lot, 0));
    n[PF_STAGE_EXPANDED] = expand(q, n[PF_STAGE_EDITED], a[PF_ATTRIBUTE_RESPONSE]);
    a[PF_ATTRIBUTE_FOLD] =
        n[PF_STAGE_EDITED] > 0 ? n[PF_STAGE_EXPANDED] / n[PF_STAGE_EDITED] : 0;
    a[PF_ATTRIBUTE_DOUBLINGS] = a[PF_ATTRIBUTE_FOLD] > 1 ? log2(a[PF_ATTRIBUTE_FOLD]) : 0;
    n[PF_STAGE_FINISHED] = n[PF_STAGE_EXPANDED];
    PF_TRY(edit_all(ctx, p, x, lot, 1));
    n[PF_STAGE_HARVESTED] = n[PF_STAGE_FINISHED] * q[PF_QUANTITY_HARVEST_RECOVERY];
    double lives = q[PF_QUANTITY_VIABILITY_HARVEST], hourly = 0;
    n[PF_STAGE_THAWED] = n[PF_STAGE_HARVESTED];
    if (p->frozen) {
        double kept = q[PF_QUANTITY_THAW_VIABILITY] *
                      exp(-q[PF_QUANTITY_STORAGE_LOSS] * q[PF_QUANTITY_STORAGE_YEARS]);
        n[PF_STAGE_THAWED] *= q[PF_QUANTITY_THAW_RECOVERY] * kept;
        lives *= kept;
        hourly = q[PF_QUANTITY_THAW_DEATH];
    }
    double held = exp(-hourly * q[PF_QUANTITY_HOURS]);
    n[PF_STAGE_GIVEN] = n[PF_STAGE_THAWED] * held;
    a[PF_ATTRIBUTE_VIABILITY] = lives;
    a[PF_ATTRIBUTE_VIABILITY_GIVEN] = lives * held;
    a[PF_ATTRIBUTE_LASTING] = exp(-hourly * fmax(24 - q[PF_QUANTITY_HOURS], 0));
    return PF_OK;
}

/* ---- what the cells can do ---- */

static void function_of_cells(const pf_lot_plan *p, pf_lot *lot)
{
    const double *q = lot->quantity;
    double *a = lot->x, doublings = a[PF_ATTRIBUTE_DOUBLINGS];
    a[PF_ATTRIBUTE_MOTILE] =
        q[PF_QUANTITY_MOTILE_START] * (p->frozen ? q[PF_QUANTITY_THAW_MOTILE] : 1);
    a[PF_ATTRIBUTE_POTENCY] = q[PF_QUANTITY_POTENCY_START] * a[PF_ATTRIBUTE_RESPONSE] *
                              exp2(-doublings / q[PF_QUANTITY_POTENCY_HALVING]) *
                              (p->frozen ? q[PF_QUANTITY_THAW_POTENCY] : 1);
    a[PF_ATTRIBUTE_KILLING] = a[PF_ATTRIBUTE_MOTILE] * a[PF_ATTRIBUTE_POTENCY];
    a[PF_ATTRIBUTE_LYSIS] = -expm1(-q[PF_QUANTITY_ASSAY_HITS] * a[PF_ATTRIBUTE_POTENCY]);
    a[PF_ATTRIBUTE_MEMORY] =
        q[PF_QUANTITY_MEMORY_START] * exp2(-doublings / q[PF_QUANTITY_MEMORY_HALVING]);
    a[PF_ATTRIBUTE_AGE] = q[PF_QUANTITY_DONOR_AGE];
    a[PF_ATTRIBUTE_ENDOTOXIN] = q[PF_QUANTITY_ENDOTOXIN];
}

/* Copies in a cell that carries an edit: given, or of cells that took up a Poisson number of
 * copies with mean m, of which a share 1 - exp(-m) carries any. */
static double copies_each(const pf_edit *e, const double *x, double share)
{
    if (e->copies != PF_NO_VARIABLE) return x[e->copies];
    if (e->method != PF_EDIT_VIRUS && e->method != PF_EDIT_TRANSPOSON) return 1;
    return share > 0 && share < 1 ? -log1p(-share) / share : 1;
}

static void count_edits(const pf_lot_plan *p, const double *x, pf_lot *lot)
{
    double *a = lot->x;
    a[PF_ATTRIBUTE_COPIES] = 0;
    for (size_t i = 0; i < p->n_edit; i++) {
        const pf_edit *e = &p->edit[i];
        double each = copies_each(e, x, lot->share[i]);
        if (e->method == PF_EDIT_VIRUS || e->method == PF_EDIT_TRANSPOSON)
            a[PF_ATTRIBUTE_COPIES] += lot->share[i] * each;
        if (e->what != PF_EDIT_CAR || !isnan(a[PF_ATTRIBUTE_CAR])) continue;
        a[PF_ATTRIBUTE_CAR] = lot->share[i];
        a[PF_ATTRIBUTE_CAR_COPIES] = each;
    }
}

static void fill_doses(const pf_lot_plan *p, pf_lot *lot)
{
    const double *q = lot->quantity;
    double *a = lot->x, n = lot->stage[PF_STAGE_GIVEN], weight = q[PF_QUANTITY_WEIGHT];
    double others = q[PF_QUANTITY_COLLECTED] * (1 - q[PF_QUANTITY_SEED_PURITY]) /
                    q[PF_QUANTITY_SEED_PURITY] * q[PF_QUANTITY_OTHERS_KEPT] *
                    q[PF_QUANTITY_OTHERS_FOLD];
    /* Washing, freezing and waiting treat all cells alike. */
    double finished = lot->stage[PF_STAGE_FINISHED];
    others *= finished > 0 ? n / finished : 0;
    a[PF_ATTRIBUTE_PURITY] = n > 0 ? n / (n + others) : 0;
    double counted = n;
    if (p->counts == PF_DOSE_TOTAL)
        counted = a[PF_ATTRIBUTE_VIABILITY_GIVEN] > 0 ? n / a[PF_ATTRIBUTE_VIABILITY_GIVEN] : 0;
    if (p->counts == PF_DOSE_CAR) counted = n * a[PF_ATTRIBUTE_CAR];
    double dose = fmin(p->per_kg ? p->dose * weight : p->dose, p->most);
    a[PF_ATTRIBUTE_CELLS] = counted / weight;
    a[PF_ATTRIBUTE_DOSES] = floor(counted / dose);
    double share = counted > 0 ? dose / counted : 0; /* of the lot that one dose is */
    a[PF_ATTRIBUTE_T_CELLS] = others * q[PF_QUANTITY_T_SHARE] * share / weight;
}

/* ---- what it costs ---- */

static void add_cost(const pf_lot_plan *p, const double *x, pf_lot *lot)
{
    double known = 0, unknown = 0, doses = lot->x[PF_ATTRIBUTE_DOSES];
    lot->cost_lot = lot->cost_dose = lot->cost_unknown = NAN;
    if (!p->n_cost) return;
    lot->cost_lot = 0;
    for (size_t i = 0; i < p->n_cost; i++) {
        const pf_cost *c = &p->cost[i];
        double each = x[c->variable];
        if (c->per == PF_PER_DAY) each *= lot->quantity[PF_QUANTITY_CULTURE_DAYS];
        if (c->per == PF_PER_TEST) each *= (double)p->specification.n;
        double dose = c->per == PF_PER_DOSE ? each : each / doses;
        if (c->per != PF_PER_DOSE) lot->cost_lot += each;
        *(p->variables.variable[c->variable].unknown ? &unknown : &known) += dose;
    }
    if (!(doses >= 1)) return;
    lot->cost_dose = known + unknown;
    if (lot->cost_dose > 0) lot->cost_unknown = unknown / lot->cost_dose;
}

pf_err pf_lot_make(pf_ctx *ctx, const pf_lot_plan *plan, const pf_lot_identity *who,
    const double *extra, double *x, pf_lot *out)
{
    const pf_identity id = {who->seed, PF_DRAW_LOT, who->replicate, who->number, who->stream};
    PF_TRY(pf_population_draw(ctx, &plan->variables, &id, extra, x));
    *out = (pf_lot){0};
    for (size_t i = 0; i < PF_ATTRIBUTES; i++) out->x[i] = NAN;
    PF_TRY(take_quantities(ctx, plan, x, out));
    out->x[PF_ATTRIBUTE_RESPONSE] = respond(plan, who, out->quantity);
    PF_TRY(go_through_stages(ctx, plan, x, out));
    function_of_cells(plan, out);
    count_edits(plan, x, out);
    fill_doses(plan, out);
    double germ = out->quantity[PF_QUANTITY_CONTAMINATION];
    if (!isnan(germ)) out->x[PF_ATTRIBUTE_STERILE] = draw_uniform(who, DRAW_GERM) >= germ;
    out->too_few = !(out->x[PF_ATTRIBUTE_DOSES] >= 1);
    int broke = draw_uniform(who, DRAW_FAILURE) < out->quantity[PF_QUANTITY_FAILURE];
    double delay = out->quantity[PF_QUANTITY_DELAY];
    out->delay = isnan(delay) ? out->quantity[PF_QUANTITY_CULTURE_DAYS] : delay;
    pf_lot_release(plan, who, out);
    if (broke) out->too_few = 0;
    if (broke || out->too_few) {
        out->disposition = out->last = PF_LOT_FAILED;
        out->wait = 0;
    }
    add_cost(plan, x, out);
    return PF_OK;
}
