#include "trial/simulate.h"

#include "trial/allocate.h"
#include "trial/bind.h"

#include <math.h>
#include <string.h>

/* What a look is for; the rest of the tag is its number. */
enum { LOOK_BASELINE, LOOK_VISIT, LOOK_SAMPLE, LOOK_PROFILE, LOOK_KINDS };
/* Tags of stops: doses of item i carry i + 1, their companions the same plus this. */
static const uint32_t COMPANION = 1u << 20;
/* Days of the profile from which Cmax, Tmax and AUC are read: every half day for two weeks,
 * then daily to day 28. */
enum { PROFILE_FINE = 28, PROFILE_COARSE = 14 };
static const double PROFILE_END = 28.0;
/* Blood is drawn before a dose of the same day is given: a minute earlier, in days. */
static const double BEFORE_DOSE = 1.0 / 1440.0;

/* One patient who is being simulated. */
typedef struct person {
    int busy;
    uint64_t replicate, patient;
    uint32_t arm, stratum;
    pf_identity imaging;
    pf_follow follow;
    double leave;   /* day of dropout; INFINITY */
    double death;   /* day; INFINITY */
    double stop_at; /* last day simulated */
    double doses;
    double cmax, tmax, auc, last_day, last_level;
    int product; /* gets a product */
    int progressed;
    double *covariate; /* [n_variable] */
    double *sample;    /* [n_sample] */
} person;

struct pf_worker {
    const pf_trial *t;
    pf_engine *engine;
    pf_arena memory;
    pf_ctx *ctx;
    pf_err failed;
    person people[8];
    pf_chunk *out;
    pf_tally *tally;     /* borrowed; NULL: nobody counts */
    uint64_t next, last; /* patients still to begin */
    uint64_t replicate;  /* whose allocation and unknowns stand below; UINT64_MAX: none */
    uint32_t *arm, *stratum;
    uint64_t *order;
    double *strata_value;
    double *unknown;
    double **dose;     /* [n_arm][n_item] */
    double *attribute; /* scratch */
    pf_records records;
};

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
    pf_identity id = {
        t->study->seed, PF_DRAW_PRODUCT, who->replicate, who->patient, 1 + (uint32_t)product};
    PF_TRY(pf_population_draw(w->ctx, p, &id, who->covariate, w->attribute));
    return put_all(w, c, p, t->attribute[product], t->product_setting[product], w->attribute,
        who->covariate);
}

static pf_err put_values(pf_worker *w, pf_case *c, person *who)
{
    const pf_trial *t = w->t;
    const pf_study *s = t->study;
    for (uint32_t i = 0; i < t->program->n_param; i++) pf_case_set(c, i, t->defaults[i]);
    for (uint32_t i = 0; i < t->program->n_state; i++) pf_case_initial(c, i, t->initial[i]);
    PF_TRY(put_all(w, c, &s->population, t->variable, t->setting, who->covariate, NULL));
    const pf_arm *arm = &s->arm[who->arm];
    for (size_t i = 0; i < arm->n_item; i++) {
        if (arm->item[i].drug) continue;
        who->product = 1;
        PF_TRY(put_product(w, c, who, arm->item[i].product));
    }
    /* Last: what is unknown overrides what a file proposes as its default. */
    return put_all(w, c, &s->unknowns, t->unknown, NULL, w->unknown, NULL);
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
    for (size_t i = 0; i < t->n_scaled; i++) {
        double each = pf_case_get(c, t->scaled[i].parameter);
        pf_case_stop(c, (pf_stop){r->day, PF_STOP_ADD, t->scaled[i].state, r->amount * each,
                            tag + COMPANION});
    }
}

static pf_err plan_doses(pf_worker *w, pf_case *c, person *who)
{
    const pf_trial *t = w->t;
    const pf_arm *arm = &t->study->arm[who->arm];
    pf_person body = {.seed = t->study->seed,
        .replicate = who->replicate,
        .patient = who->patient,
        .order_in_arm = w->order[who->patient],
        .weight_kg = t->weight == SIZE_MAX ? NAN : who->covariate[t->weight],
        .bsa_m2 = t->bsa == SIZE_MAX ? NAN : who->covariate[t->bsa],
        .dose = w->dose[who->arm]};
    PF_TRY(pf_regimen_lower(
        w->ctx, arm->item, arm->n_item, &body, t->study->horizon, &w->records));
    for (size_t i = 0; i < w->records.n; i++) add_dose(w, c, who, &w->records.row[i]);
    return PF_OK;
}

static uint32_t tag_of(int kind, int number)
{
    return (uint32_t)(number * LOOK_KINDS + kind);
}

/* Everybody begins before the earliest dose of any arm, so that day 0 is like any other day. */
static double start_day(const pf_trial *t)
{
    return t->first_day - BEFORE_DOSE;
}

static void draw_blood(pf_worker *w, pf_case *c, const person *who, double day, uint32_t tag)
{
    if (day < w->t->first_day || day > who->stop_at) return;
    pf_case_look(c, day - BEFORE_DOSE, tag);
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
    if (!who->product || !t->has_kinetics) return;
    for (int i = 0; i <= PROFILE_FINE + PROFILE_COARSE; i++) {
        double day = i <= PROFILE_FINE ? 0.5 * i : 14.0 + (i - PROFILE_FINE);
        draw_blood(w, c, who, day, tag_of(LOOK_PROFILE, i));
    }
}

static double draw_exponential(const person *who, uint64_t seed, pf_draw_purpose purpose)
{
    pf_random r;
    pf_random_init(&r, seed, purpose, who->replicate, who->patient, 0);
    return pf_random_exponential(&r);
}

static void plan_fate(pf_worker *w, pf_case *c, person *who)
{
    const pf_trial *t = w->t;
    const pf_study *s = t->study;
    double wait = draw_exponential(who, s->seed, PF_DRAW_DROPOUT);
    who->leave = s->dropout > 0.0 ? wait / s->dropout : INFINITY;
    who->death = INFINITY;
    who->stop_at = fmin(who->leave, s->horizon);
    if (t->death != PF_NO_SLOT)
        pf_case_watch(c, t->death, draw_exponential(who, s->seed, PF_DRAW_DEATH));
    if (t->new_lesion != PF_NO_SLOT)
        pf_case_watch(c, t->new_lesion, draw_exponential(who, s->seed, PF_DRAW_LESION));
    pf_case_span(c, start_day(t), who->stop_at);
    pf_case_identity(c, s->seed, who->replicate, who->patient);
}

static void clear_person(pf_worker *w, person *who)
{
    who->busy = 1;
    who->doses = 0.0;
    who->cmax = who->tmax = who->auc = NAN;
    who->last_day = NAN;
    who->product = who->progressed = 0;
    for (size_t i = 0; i < w->t->layout.n_sample; i++) who->sample[i] = NAN;
    double none[PF_LESIONS_MAX] = {0};
    pf_follow_start(&who->follow, &w->t->study->assess, &who->imaging, none, w->t->n_lesion);
}

/* ---- callbacks of the engine ---- */

static pf_err begin_person(pf_worker *w, pf_case *c, person *who, uint64_t number)
{
    const pf_study *s = w->t->study;
    size_t size = pf_study_size(s);
    who->replicate = number / size;
    who->patient = number % size;
    who->imaging = (pf_identity){s->seed, PF_DRAW_IMAGING, who->replicate, who->patient, 0};
    clear_person(w, who);
    PF_TRY(enter_replicate(w, who->replicate));
    who->arm = w->arm[who->patient];
    who->stratum = s->allocation.n_strata ? w->stratum[who->patient] : 0;
    PF_TRY(draw_covariates(w, who->replicate, who->patient, who->covariate));
    PF_TRY(put_values(w, c, who));
    plan_fate(w, c, who);
    PF_TRY(plan_doses(w, c, who));
    plan_looks(w, c, who);
    return PF_OK;
}

static int begin(void *payload, pf_case *c)
{
    pf_worker *w = payload;
    if (w->failed || w->next == w->last || pf_ctx_cancelled(w->ctx)) return 0;
    person *who = w->people;
    while (who->busy) who++; /* as many people as lanes: one is free */
    uint64_t number = w->next++;
    w->failed = begin_person(w, c, who, number);
    if (w->failed) {
        pf_fail_in(w->ctx, "replicate %llu, patient %llu", (unsigned long long)who->replicate,
            (unsigned long long)who->patient);
        return 0;
    }
    pf_case_set_user(c, who);
    return 1;
}

static int kept(const pf_worker *w, const person *who)
{
    return who->replicate < w->t->study->keep;
}

static double *row_of(pf_worker *w, const person *who, pf_table_kind kind)
{
    double *row = pf_chunk_row(w->ctx, w->out, kind);
    if (!row) {
        w->failed = PF_ERR_NO_MEMORY;
        return NULL;
    }
    row[0] = (double)who->replicate;
    row[1] = (double)who->patient;
    row[2] = who->arm;
    return row;
}

static void note(pf_worker *w, const person *who, double day, pf_event_kind kind, double value)
{
    double *row = kept(w, who) ? row_of(w, who, PF_TABLE_EVENTS) : NULL;
    if (!row) return;
    row[PF_E_DAY] = day;
    row[PF_E_KIND] = kind;
    row[PF_E_VALUE] = value;
}

/* Progression: treatment that was given until then stops, and the model is told. */
static void progress(pf_worker *w, pf_case *c, person *who, double day)
{
    const pf_trial *t = w->t;
    const pf_arm *arm = &t->study->arm[who->arm];
    who->progressed = 1;
    for (size_t i = 0; i < arm->n_item; i++) {
        if (!arm->item[i].until_progression) continue;
        pf_case_cancel(c, (uint32_t)i + 1);
        pf_case_cancel(c, (uint32_t)i + 1 + COMPANION);
    }
    if (t->progressed != PF_NO_SLOT) pf_case_set(c, t->progressed, 1.0);
    note(w, who, day, PF_EVENT_PROGRESSION, who->follow.progression);
}

static void visit(pf_worker *w, pf_case *c, person *who, double day, int k, const double *mm)
{
    pf_visit v;
    if (who->progressed) return;
    int progression = pf_follow_visit(&who->follow, k, day, mm, &v);
    double *row = kept(w, who) ? row_of(w, who, PF_TABLE_ASSESSMENTS) : NULL;
    if (row) {
        row[PF_A_VISIT] = k;
        row[PF_A_DAY] = v.day;
        row[PF_A_SLD] = v.sld;
        row[PF_A_CHANGE] = v.change;
        row[PF_A_NADIR] = v.nadir;
        row[PF_A_RESPONSE] = v.response;
        row[PF_A_NEW_LESION] = v.new_lesion;
    }
    if (progression) progress(w, c, who, day);
}

static void sample(pf_worker *w, person *who, int i, const double *seen)
{
    if (w->t->has_kinetics) who->sample[i] = seen[0];
    double *row = kept(w, who) ? row_of(w, who, PF_TABLE_KINETICS) : NULL;
    if (!row) return;
    row[PF_K_DAY] = w->t->study->assess.kinetics[i];
    for (size_t j = 0; j < w->t->n_observed; j++) row[PF_K_FIXED + j] = seen[j];
}

static void profile(person *who, double day, double level)
{
    if (isnan(who->last_day)) {
        who->cmax = level;
        who->tmax = day;
        who->auc = 0.0;
    } else {
        who->auc += 0.5 * (day - who->last_day) * (level + who->last_level);
        if (level > who->cmax) {
            who->cmax = level;
            who->tmax = day;
        }
    }
    who->last_day = day;
    who->last_level = level;
}

static void look(void *payload, pf_case *c, double day, uint32_t tag, const double *out)
{
    pf_worker *w = payload;
    person *who = pf_case_user(c);
    int number = (int)(tag / LOOK_KINDS);
    const double *seen = out + w->t->n_lesion;
    switch (tag % LOOK_KINDS) {
    case LOOK_BASELINE:
        pf_follow_start(&who->follow, &w->t->study->assess, &who->imaging, out, w->t->n_lesion);
        break;
    case LOOK_VISIT:
        visit(w, c, who, day, number, out);
        break;
    case LOOK_SAMPLE:
        sample(w, who, number, seen);
        break;
    default:
        profile(who, day, seen[0]);
        break;
    }
}

static void cross(void *payload, pf_case *c, size_t watch, double day)
{
    pf_worker *w = payload;
    person *who = pf_case_user(c);
    if (watch == w->t->new_lesion) {
        pf_follow_new_lesion(&who->follow, day);
        note(w, who, day, PF_EVENT_NEW_LESION, NAN);
        return;
    }
    who->death = day;
    note(w, who, day, PF_EVENT_DEATH, NAN);
    pf_case_finish(c);
}

static void stopped(void *payload, pf_case *c, const pf_stop *stop)
{
    pf_worker *w = payload;
    person *who = pf_case_user(c);
    if (stop->tag == 0 || stop->tag >= COMPANION) return;
    const pf_regimen_item *item = &w->t->study->arm[who->arm].item[stop->tag - 1];
    /* An infusion's end is planned when it begins: one that is cancelled has none. */
    if (stop->kind == PF_STOP_RATE)
        pf_case_stop(c,
            (pf_stop){stop->t + item->infusion, PF_STOP_RATE, stop->target, -stop->value, 0});
    double amount = stop->kind == PF_STOP_RATE ? stop->value * item->infusion : stop->value;
    who->doses += 1.0;
    note(w, who, stop->t, PF_EVENT_DOSE, amount);
}

static void write_endpoints(const pf_worker *w, const person *who, double *row)
{
    pf_endpoints e;
    pf_follow_end(&who->follow, who->death, who->leave, w->t->study->horizon, &e);
    row[PF_P_BASELINE] = who->follow.baseline;
    row[PF_P_BEST] = e.best;
    row[PF_P_CHANGE] = e.best_change;
    row[PF_P_PFS] = e.pfs;
    row[PF_P_PFS_EVENT] = e.pfs_event;
    row[PF_P_PROGRESSION] = e.progression;
    row[PF_P_OS] = e.os;
    row[PF_P_OS_EVENT] = e.os_event;
    row[PF_P_TTR] = e.ttr;
    row[PF_P_DOR] = e.dor;
    if (!isnan(e.dor)) row[PF_P_DOR_EVENT] = e.dor_event;
    row[PF_P_CMAX] = who->cmax;
    row[PF_P_TMAX] = who->tmax;
    row[PF_P_AUC28] = who->last_day >= PROFILE_END - BEFORE_DOSE ? who->auc : NAN;
}

static void record_failure(pf_worker *w, const person *who, const pf_case_end *how)
{
    double *row = row_of(w, who, PF_TABLE_FAILURES);
    if (!row) return;
    row[PF_F_DAY] = how->t;
    row[PF_F_REASON] = how->status;
    row[PF_F_STATE] = how->state;
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    pf_worker *w = payload;
    person *who = pf_case_user(c);
    const pf_layout *l = &w->t->layout;
    who->busy = 0;
    if (w->tally) {
        atomic_fetch_add(&w->tally->done, 1);
        atomic_fetch_add(&w->tally->failed, how->status != PF_CASE_DONE);
    }
    double *row = row_of(w, who, PF_TABLE_PATIENTS);
    if (!row) return;
    row[PF_P_STRATUM] = who->stratum;
    row[PF_P_FAILED] = how->status != PF_CASE_DONE;
    row[PF_P_TREATED] = who->doses;
    for (size_t i = 0; i < l->n_covariate; i++) row[PF_P_FIXED + i] = who->covariate[i];
    if (how->status != PF_CASE_DONE) {
        record_failure(w, who, how);
        return;
    }
    write_endpoints(w, who, row);
    for (size_t i = 0; i < l->n_sample; i++)
        row[PF_P_FIXED + l->n_covariate + i] = who->sample[i];
    if (!isinf(who->death)) return;
    int left = who->leave < w->t->study->horizon;
    note(w, who, who->stop_at, left ? PF_EVENT_DROPOUT : PF_EVENT_END, NAN);
}

/* ---- workers ---- */

static size_t most_attributes(const pf_study *s)
{
    size_t most = s->population.n_variable;
    for (size_t p = 0; p < s->n_product; p++)
        if (s->product[p].attributes.n_variable > most)
            most = s->product[p].attributes.n_variable;
    return most;
}

static pf_err make_room(pf_ctx *ctx, pf_worker *w)
{
    const pf_study *s = w->t->study;
    pf_arena *a = &w->memory;
    size_t n = pf_study_size(s);
    w->arm = pf_arena_alloc(ctx, a, n, sizeof *w->arm);
    w->order = pf_arena_alloc(ctx, a, n, sizeof *w->order);
    if (s->allocation.n_strata) {
        w->stratum = pf_arena_alloc(ctx, a, n, sizeof *w->stratum);
        w->strata_value = pf_arena_alloc(ctx, a, n * s->allocation.n_strata, sizeof(double));
        if (!w->stratum || !w->strata_value) return PF_ERR_NO_MEMORY;
    }
    w->unknown = pf_arena_alloc(ctx, a, s->unknowns.n_variable + 1, sizeof(double));
    w->attribute = pf_arena_alloc(ctx, a, most_attributes(s) + 1, sizeof(double));
    w->dose = pf_arena_alloc(ctx, a, s->n_arm, sizeof *w->dose);
    if (!w->arm || !w->order || !w->unknown || !w->attribute || !w->dose)
        return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_arm; i++) {
        w->dose[i] = pf_arena_alloc(ctx, a, s->arm[i].n_item + 1, sizeof(double));
        if (!w->dose[i]) return PF_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < PF_COUNT(w->people); i++) {
        w->people[i].covariate =
            pf_arena_alloc(ctx, a, s->population.n_variable + 1, sizeof(double));
        w->people[i].sample = pf_arena_alloc(ctx, a, w->t->layout.n_sample + 1, sizeof(double));
        if (!w->people[i].covariate || !w->people[i].sample) return PF_ERR_NO_MEMORY;
    }
    return PF_OK;
}

pf_err pf_worker_new(pf_ctx *ctx, const pf_trial *t, int lanes, pf_worker **out)
{
    *out = NULL;
    pf_worker *w = pf_calloc(ctx, 1, sizeof *w);
    if (!w) return PF_ERR_NO_MEMORY;
    w->t = t;
    w->replicate = UINT64_MAX;
    pf_arena_init(&w->memory);
    pf_engine_options options = {.lanes = lanes,
        .rtol = t->study->rtol,
        .atol = t->atol,
        .n_input = t->n_input,
        .input = t->input,
        .n_watch = t->n_watch,
        .watch = t->watch};
    pf_err err = make_room(ctx, w);
    if (!err) err = pf_engine_new(ctx, t->program, &options, &w->engine);
    if (err) {
        pf_worker_free(w);
        return err;
    }
    *out = w;
    return PF_OK;
}

void pf_worker_free(pf_worker *w)
{
    if (!w) return;
    pf_engine_free(w->engine);
    pf_records_clear(&w->records);
    pf_arena_clear(&w->memory);
    pf_free(w);
}

pf_err pf_worker_simulate(
    pf_ctx *ctx, pf_worker *w, uint64_t first, uint64_t count, pf_tally *tally, pf_chunk *out)
{
    const pf_source source = {w, begin, look, cross, stopped, end};
    pf_chunk_empty(out);
    out->first = first;
    out->count = count;
    w->ctx = ctx;
    w->out = out;
    w->tally = tally;
    w->failed = PF_OK;
    w->next = first;
    w->last = first + count;
    for (size_t i = 0; i < PF_COUNT(w->people); i++) w->people[i].busy = 0;
    PF_TRY(pf_engine_run(ctx, w->engine, &source));
    if (w->failed) return w->failed;
    if (pf_ctx_cancelled(ctx)) return pf_fail(ctx, PF_ERR_CANCELLED, "stopped on request");
    return pf_chunk_sort(ctx, out);
}
