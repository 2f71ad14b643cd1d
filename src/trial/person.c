#include "trial/worker.h"

#include "trial/allocate.h"

#include <math.h>
#include <string.h>

/* Days of the profile from which Cmax, Tmax and AUC are read: every half day for two weeks,
 * then daily to day 28. */
enum { PROFILE_FINE = 28, PROFILE_COARSE = 14 };

/* ---- one replicate ---- */

static pf_err draw_covariates(pf_worker *w, uint64_t replicate, uint64_t patient, double *x)
{
    const pf_study *s = w->t->study;
    pf_identity who = {s->seed, PF_DRAW_POPULATION, replicate, patient, 0};
    return pf_population_draw(w->ctx, &s->population, &who, NULL, x);
}

static pf_err stratify(pf_worker *w, uint64_t replicate)
{
    const pf_study *s = w->t->study;
    size_t n = pf_study_size(s), k = s->allocation.n_strata;
    double *x = w->attribute;
    for (size_t i = 0; i < n; i++) {
        PF_TRY(draw_covariates(w, replicate, i, x));
        for (size_t j = 0; j < k; j++) w->strata_value[i * k + j] = x[s->allocation.strata[j]];
    }
    return pf_allocate_strata(w->ctx, w->strata_value, n, k, w->stratum);
}

/* Arms, unknown parameters and unknown doses of a replicate: the same whichever chunk asks. */
static pf_err enter_replicate(pf_worker *w, uint64_t replicate)
{
    const pf_study *s = w->t->study;
    if (w->replicate == replicate) return PF_OK;
    w->replicate = UINT64_MAX;
    if (s->allocation.n_strata) PF_TRY(stratify(w, replicate));
    PF_TRY(pf_allocate(w->ctx, s, replicate, w->stratum, w->arm, w->order));
    PF_TRY(pf_trial_unknowns(w->ctx, s, replicate, w->unknown));
    for (size_t a = 0; a < s->n_arm; a++)
        pf_regimen_resolve(s->arm[a].item, s->arm[a].n_item, s->seed, replicate, w->dose[a]);
    w->replicate = replicate;
    return PF_OK;
}

pf_err pf_trial_unknowns(pf_ctx *ctx, const pf_study *s, uint64_t replicate, double *x)
{
    pf_identity who = {s->seed, PF_DRAW_PRIOR, replicate, 0, 0};
    return s->unknowns.n_variable ? pf_population_draw(ctx, &s->unknowns, &who, NULL, x)
                                  : PF_OK;
}

/* ---- values of one person ---- */

static pf_err put(pf_worker *w, pf_case *c, pf_target to, double value, const char *name)
{
    if (!isfinite(value))
        return pf_fail(
            w->ctx, PF_ERR_NONFINITE, "'%s' is not a finite number for this patient", name);
    if (to.parameter != PF_NO_SLOT) pf_case_set(c, to.parameter, value);
    if (to.state != PF_NO_SLOT) pf_case_initial(c, to.state, value);
    return PF_OK;
}

static pf_err put_all(pf_worker *w, pf_case *c, const pf_population *p,
    const pf_target *variable, const pf_target *setting, const double *x, const double *extra)
{
    for (size_t i = 0; i < p->n_variable; i++)
        PF_TRY(put(w, c, variable[i], x[i], p->variable[i].name));
    for (size_t i = 0; setting && i < p->n_setting; i++)
        PF_TRY(put(
            w, c, setting[i], pf_population_setting(p, i, x, extra), p->setting[i].parameter));
    return PF_OK;
}

static pf_err put_product(pf_worker *w, pf_case *c, person *who, size_t product)
{
    const pf_trial *t = w->t;
    const pf_population *p = &t->study->product[product].attributes;
    for (size_t i = 0; i < t->study->n_attribute; i++) {
        size_t at = t->asked[product][i];
        if (at < p->n_variable)
            who->attribute[i] = w->attribute[at];
        else if (at != SIZE_MAX)
            who->attribute[i] =
                pf_population_setting(p, at - p->n_variable, w->attribute, w->extra);
    }
    return put_all(
        w, c, p, t->attribute[product], t->product_setting[product], w->attribute, w->extra);
}

static pf_person body_of(const pf_worker *w, const person *who)
{
    const pf_trial *t = w->t;
    return (pf_person){.seed = t->study->seed,
        .replicate = who->replicate,
        .patient = who->self,
        .order_in_arm = w->order[who->patient],
        .weight_kg = t->weight == SIZE_MAX ? NAN : who->covariate[t->weight],
        .bsa_m2 = t->bsa == SIZE_MAX ? NAN : who->covariate[t->bsa],
        .dose = w->dose[who->arm]};
}

/* An arm has one product, in one or more items; SIZE_MAX: none. */
static size_t product_of(const pf_arm *arm)
{
    for (size_t i = 0; i < arm->n_item; i++)
        if (!arm->item[i].drug) return arm->item[i].product;
    return SIZE_MAX;
}

/* The lot of this person, and the share of its doses that is given. In paired arms every
 * product has one stream: the nth attribute of two products takes the same quantile, so that a
 * product and its edited or frozen form differ by that alone. An arm has one product. */
static pf_err draw_product(pf_worker *w, person *who, size_t product, double *share)
{
    double living;
    const pf_trial *t = w->t;
    size_t at = t->dose_share[product];
    int paired = t->study->allocation.method == PF_ALLOCATE_PAIRED;
    uint32_t stream = 1 + (paired ? 0 : (uint32_t)product);
    pf_identity id = {t->study->seed, PF_DRAW_PRODUCT, who->replicate, who->self, stream};
    PF_TRY(pf_trial_serve(w, who, product, &living));
    PF_TRY(pf_population_draw(
        w->ctx, &t->study->product[product].attributes, &id, w->extra, w->attribute));
    *share = at == SIZE_MAX ? 1.0 : w->attribute[at];
    if (*share >= 0.0 && *share <= 1.0) {
        *share *= living;
        return PF_OK;
    }
    return pf_fail(
        w->ctx, PF_ERR_RANGE, "'" PF_DOSE_SHARE "' is %g; it must lie between 0 and 1", *share);
}

/* Everything that will be given: w->records. Doses of no cells are none, and who gets none of a
 * product is planned like somebody who was never meant to. */
static pf_err plan_given(pf_worker *w, person *who)
{
    const pf_trial *t = w->t;
    const pf_arm *arm = &t->study->arm[who->arm];
    const pf_person body = body_of(w, who);
    size_t product = product_of(arm), kept = 0;
    double share = 1.0;
    PF_TRY(pf_regimen_lower(
        w->ctx, arm->item, arm->n_item, &body, t->study->horizon, &w->records));
    if (product != SIZE_MAX) PF_TRY(draw_product(w, who, product, &share));
    for (size_t i = 0; i < w->records.n; i++) {
        pf_record r = w->records.row[i];
        if (!arm->item[r.item].drug) {
            r.amount *= share;
            r.rate *= share;
            if (r.amount <= 0.0) continue;
        }
        w->records.row[kept++] = r;
    }
    w->records.n = kept;
    pf_trial_shift(w, who); /* may leave nothing */
    who->product = 0;
    for (size_t i = 0; i < w->records.n; i++)
        who->product |= !arm->item[w->records.row[i].item].drug;
    return PF_OK;
}

/* What the model's events need to know of rescues. */
static pf_err put_rescues(pf_worker *w, pf_case *c, const person *who)
{
    const pf_trial *t = w->t;
    const pf_arm *arm = &t->study->arm[who->arm];
    const pf_person body = body_of(w, who);
    for (size_t i = 0; i < arm->n_item; i++) {
        double amount;
        if (!arm->item[i].when) continue;
        PF_TRY(pf_regimen_amount(w->ctx, arm->item, i, &body, &amount));
        pf_case_set(c, t->rescue[who->arm][i].amount, amount);
        pf_case_set(c, t->rescue[who->arm][i].grade, arm->item[i].grade);
    }
    return PF_OK;
}

/* What this run changes for everyone: after all else. */
static pf_err put_overrides(pf_worker *w, pf_case *c)
{
    const pf_study *s = w->t->study;
    for (size_t i = 0; i < s->n_override; i++) {
        const pf_target to = w->t->override[i];
        double x = s->override[i].value;
        if (s->override[i].is_factor) x *= pf_case_get(c, to.parameter);
        PF_TRY(put(w, c, to, x, s->override[i].name));
    }
    return PF_OK;
}

static pf_err put_values(pf_worker *w, pf_case *c, person *who)
{
    const pf_trial *t = w->t;
    const pf_study *s = t->study;
    for (uint32_t i = 0; i < t->program[0]->n_param; i++) pf_case_set(c, i, t->defaults[i]);
    for (uint32_t i = 0; i < t->program[0]->n_state; i++) pf_case_initial(c, i, t->initial[i]);
    PF_TRY(put_all(w, c, &s->population, t->variable, t->setting, who->covariate, NULL));
    const pf_arm *arm = &s->arm[who->arm];
    if (who->product) PF_TRY(put_product(w, c, who, product_of(arm)));
    /* What is unknown overrides what a file proposes as its default. */
    PF_TRY(put_all(w, c, &s->unknowns, t->unknown, NULL, w->unknown, NULL));
    for (size_t i = 0; i < arm->n_without; i++) pf_case_set(c, t->without[who->arm][i], 0.0);
    PF_TRY(put_rescues(w, c, who));
    return put_overrides(w, c);
}

/* ---- what will happen to one person ---- */

static void add_dose(pf_worker *w, pf_case *c, person *who, const pf_record *r)
{
    const pf_trial *t = w->t;
    uint32_t state = t->dose_state[who->arm][r->item], tag = r->item + 1;
    if (r->rate > 0.0) {
        uint32_t input = (uint32_t)pf_trial_input(t, state);
        pf_case_stop(c, (pf_stop){r->day, PF_STOP_RATE, input, r->rate, tag});
    } else {
        pf_case_stop(c, (pf_stop){r->day, PF_STOP_ADD, state, r->amount, tag});
    }
    if (t->study->arm[who->arm].item[r->item].drug) return;
    for (size_t i = 0; i < t->n_scaled; i++) { /* as fast as the cells */
        double each = pf_case_get(c, t->scaled[i].parameter);
        uint32_t to = t->scaled[i].state;
        pf_stop more = {r->day, PF_STOP_ADD, to, r->amount * each, tag + PF_COMPANION};
        if (r->rate > 0.0) {
            more.kind = PF_STOP_RATE;
            more.target = (uint32_t)pf_trial_input(t, to);
            more.value = r->rate * each;
        }
        pf_case_stop(c, more);
    }
}

static uint32_t tag_of(int kind, int number)
{
    return (uint32_t)(number * LOOK_KINDS + kind);
}

/* Everybody begins before the earliest dose of any arm, so that day 0 is like any other day. */
static double start_day(const pf_trial *t)
{
    return t->first_day - PF_BEFORE_DOSE;
}

static void draw_blood(pf_worker *w, pf_case *c, const person *who, double day, uint32_t tag)
{
    if (who->product) day += who->lot_shift; /* counted from the cells */
    if (day < w->t->first_day || day > who->stop_at) return;
    pf_case_look(c, day - PF_BEFORE_DOSE, tag);
}

/* Grades are looked at daily after each dose of a product, where courses overlap once. The
 * looks after the first dose carry their day. */
static void plan_grades(pf_worker *w, pf_case *c, const person *who)
{
    const pf_trial *t = w->t;
    const pf_arm *arm = &t->study->arm[who->arm];
    double covered = -INFINITY;
    int first = 1;
    for (size_t i = 0; i < w->records.n && t->study->assess.n_grade; i++) {
        const pf_record *r = &w->records.row[i];
        if (arm->item[r->item].drug) continue;
        for (int k = 1; k <= PF_DAILY_DAYS && r->day + k <= who->stop_at; k++) {
            if (r->day + k < covered + 0.5) continue;
            covered = r->day + k;
            pf_case_look(c, covered, tag_of(LOOK_GRADE, first ? k : 0));
        }
        first = 0;
    }
}

static void plan_looks(pf_worker *w, pf_case *c, person *who)
{
    const pf_trial *t = w->t;
    const pf_assess *how = &t->study->assess;
    pf_case_look(c, start_day(t), tag_of(LOOK_BASELINE, 0));
    for (int k = 1; t->n_lesion && how->every > 0.0; k++) {
        double day = pf_visit_day(how, &who->imaging, k);
        if (day > who->stop_at) break;
        pf_case_look(c, day, tag_of(LOOK_VISIT, k));
    }
    for (size_t i = 0; i < how->n_kinetics; i++)
        draw_blood(w, c, who, how->kinetics[i], tag_of(LOOK_SAMPLE, (int)i));
    plan_grades(w, c, who);
    if (!who->product || !t->has_kinetics) return;
    for (int i = 0; i <= PROFILE_FINE + PROFILE_COARSE; i++) {
        double day = i <= PROFILE_FINE ? 0.5 * i : 14.0 + (i - PROFILE_FINE);
        draw_blood(w, c, who, day, tag_of(LOOK_PROFILE, i));
    }
}

static double draw_exponential(
    const person *who, uint64_t seed, pf_draw_purpose purpose, uint32_t stream)
{
    pf_random r;
    pf_random_init(&r, seed, purpose, who->replicate, who->self, stream);
    return pf_random_exponential(&r);
}

static void plan_fate(pf_worker *w, pf_case *c, person *who)
{
    const pf_trial *t = w->t;
    const pf_study *s = t->study;
    double wait = draw_exponential(who, s->seed, PF_DRAW_DROPOUT, 0);
    who->leave = s->dropout > 0.0 ? wait / s->dropout : INFINITY;
    who->death = INFINITY;
    who->stop_at = fmin(who->leave, s->horizon);
    if (t->death != PF_NO_SLOT)
        pf_case_watch(c, t->death, draw_exponential(who, s->seed, PF_DRAW_DEATH, 0));
    if (t->new_lesion != PF_NO_SLOT)
        pf_case_watch(c, t->new_lesion, draw_exponential(who, s->seed, PF_DRAW_LESION, 0));
    for (uint32_t i = 0; i < s->assess.n_event; i++) {
        /* By name, so that another event in the model shifts nobody's fate. */
        const char *name = s->assess.event[i];
        uint32_t stream = (uint32_t)pf_hash(0, name, strlen(name));
        pf_case_watch(c, t->event + i, draw_exponential(who, s->seed, PF_DRAW_COUNTED, stream));
    }
    pf_case_span(c, start_day(t), who->stop_at);
    pf_case_identity(c, s->seed, who->replicate, who->self);
}

static void clear_person(pf_worker *w, person *who)
{
    who->busy = 1;
    who->doses = who->infusions = 0.0;
    who->cmax = who->tmax = who->auc = NAN;
    who->last_day = NAN;
    who->product = who->progressed = who->profiled = 0;
    const pf_study *s = w->t->study;
    who->lot_how = -1;
    who->lot_shift = 0.0;
    for (size_t i = 0; i < w->t->layout.n_sample; i++) who->sample[i] = NAN;
    for (size_t i = 0; i < s->assess.n_marker * s->assess.n_kinetics; i++) who->marker[i] = NAN;
    for (size_t i = 0; i < s->n_attribute; i++) who->attribute[i] = NAN;
    for (size_t i = 0; i < PF_GRADES_MAX; i++) {
        who->grade[i] = NAN;
        for (int k = 0; k < PF_DAILY_COLUMNS; k++) who->daily[i][k] = NAN;
    }
    for (size_t i = 0; i < PF_COUNTED_MAX; i++) who->event[i] = NAN;
    double none[PF_LESIONS_MAX] = {0};
    pf_follow_start(&who->follow, &w->t->study->assess, &who->imaging, none, w->t->n_lesion);
}

/* Who this is, and what is drawn of the person before anything is done. */
static pf_err meet(pf_worker *w, person *who, uint64_t number)
{
    const pf_study *s = w->t->study;
    size_t size = pf_study_size(s);
    who->replicate = number / size;
    who->patient = number % size;
    for (size_t i = 0; i < s->population.n_variable; i++) who->covariate[i] = NAN;
    w->failed = enter_replicate(w, who->replicate);
    if (w->failed) return w->failed;
    int paired = s->allocation.method == PF_ALLOCATE_PAIRED;
    who->self = paired ? w->order[who->patient] : who->patient;
    who->imaging = (pf_identity){s->seed, PF_DRAW_IMAGING, who->replicate, who->self, 0};
    clear_person(w, who);
    who->arm = w->arm[who->patient];
    who->stratum = s->allocation.n_strata ? w->stratum[who->patient] : 0;
    PF_TRY(draw_covariates(w, who->replicate, who->self, who->covariate));
    return plan_given(w, who);
}

pf_err pf_person_program(pf_worker *w, uint64_t number, uint32_t *out)
{
    const pf_trial *t = w->t;
    size_t size = pf_study_size(t->study);
    *out = 0;
    w->failed = enter_replicate(w, number / size);
    if (w->failed) return w->failed;
    uint32_t arm = w->arm[number % size], bare = t->program_bare[arm];
    int tissue = pf_person_has_tissue(w, number / size, number % size);
    *out = tissue ? t->program_tissue[arm] : t->program_of[arm];
    if (bare == PF_NO_SLOT || bare == *out) return PF_OK;
    pf_err err = meet(w, &w->guest, number);
    if (err && (w->failed || err == PF_ERR_NO_MEMORY)) return w->failed = err;
    if (err) /* a person whose values cannot be used: told when it is planned */
        pf_ctx_reset(w->ctx);
    else if (!w->guest.product)
        *out = bare;
    return PF_OK;
}

pf_err pf_plan_person(pf_worker *w, pf_case *c, person *who, uint64_t number)
{
    PF_TRY(meet(w, who, number));
    PF_TRY(put_values(w, c, who));
    plan_fate(w, c, who);
    for (size_t i = 0; i < w->records.n; i++) add_dose(w, c, who, &w->records.row[i]);
    plan_looks(w, c, who);
    return pf_plan_tissue(w, c, who);
}
