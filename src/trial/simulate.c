#include "trial/simulate.h"

#include "trial/worker.h"

#include <math.h>
#include <string.h>

/* A patient takes some hundred steps; this many is a model that cannot be integrated. */
static const uint64_t MAX_STEPS = 100000;

/* ---- callbacks of the engine ---- */

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

static void note(pf_worker *w, const person *who, double day, int kind, double value)
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
        pf_case_cancel(c, (uint32_t)i + 1 + PF_COMPANION);
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

/* Grades are whole: what the model gives is rounded down. */
static double whole(double grade)
{
    return isnan(grade) ? grade : fmin(5, fmax(0, floor(grade)));
}

static void sample(pf_worker *w, person *who, int i, const double *seen)
{
    const pf_assess *how = &w->t->study->assess;
    const double *marker = seen + w->t->has_kinetics;
    if (w->t->has_kinetics) who->sample[i] = seen[0];
    for (size_t m = 0; m < how->n_marker; m++)
        who->marker[m * how->n_kinetics + (size_t)i] = marker[m];
    double *row = kept(w, who) ? row_of(w, who, PF_TABLE_KINETICS) : NULL;
    if (!row) return;
    row[PF_K_DAY] = how->kinetics[i];
    for (size_t j = 0; j < w->t->n_observed; j++) row[PF_K_FIXED + j] = seen[j];
    for (size_t j = 0; j < how->n_grade; j++)
        row[PF_K_FIXED + w->t->n_observed + j] = whole(seen[w->t->n_observed + j]);
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
    who->profiled |= who->infusions > 0;
}

/* `day` after the first dose of a product; 0: none of these looks. */
static void grade(const pf_worker *w, person *who, int day, const double *grade)
{
    for (size_t i = 0; i < w->t->study->assess.n_grade; i++) {
        if (isnan(grade[i])) continue;
        who->grade[i] = fmax(who->grade[i], whole(grade[i]));
        pf_daily_set(who->daily[i], day, (int)whole(grade[i]));
    }
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
        grade(w, who, 0, seen + w->t->n_observed);
        break;
    case LOOK_TISSUE:
        pf_person_exchange(w, c, who, day, number, out + w->t->tissue_out);
        break;
    case LOOK_GRADE:
        grade(w, who, number, seen + w->t->n_observed);
        break;
    default:
        profile(who, day - who->lot_shift, seen[0]);
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
    if (watch >= w->t->event && watch < w->t->event + w->t->study->assess.n_event) {
        who->event[watch - w->t->event] = day;
        note(w, who, day, PF_EVENT_COUNTED + (int)(watch - w->t->event), NAN);
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
    int companion = stop->tag >= PF_COMPANION;
    if (stop->tag == 0) return;
    const pf_regimen_item *item =
        &w->t->study->arm[who->arm].item[stop->tag - 1 - (companion ? PF_COMPANION : 0)];
    /* An infusion's end is planned when it begins: one that is cancelled has none. */
    if (stop->kind == PF_STOP_RATE)
        pf_case_stop(c,
            (pf_stop){stop->t + item->infusion, PF_STOP_RATE, stop->target, -stop->value, 0});
    if (companion) return;
    double amount = stop->kind == PF_STOP_RATE ? stop->value * item->infusion : stop->value;
    who->doses += 1.0;
    if (!item->drug) who->infusions += 1.0;
    note(w, who, stop->t, PF_EVENT_DOSE, amount);
}

/* An event of the model that adds to what a rescue drug enters is a dose of it. */
static void happened(void *payload, pf_case *c, size_t event, double day)
{
    pf_worker *w = payload;
    person *who = pf_case_user(c);
    const pf_trial *t = w->t;
    const pf_arm *arm = &t->study->arm[who->arm];
    const pf_program *p = t->program[w->program];
    for (size_t i = 0; i < arm->n_item; i++) {
        uint32_t state = t->dose_state[who->arm][i];
        for (uint32_t k = 0; arm->item[i].when && k < p->event[event].n_assign; k++) {
            const pf_assign *set = &p->assign[p->event[event].assign0 + k];
            if (!set->is_state || set->index != state) continue;
            double amount = pf_case_get(c, t->rescue[who->arm][i].amount);
            note(w, who, day, PF_EVENT_RESCUE, amount);
        }
    }
}

/* The last day on which cells are detected; 0 when they never are, NaN without samples. */
static double persistence(const pf_worker *w, const person *who)
{
    const pf_assess *how = &w->t->study->assess;
    double last = NAN;
    for (size_t i = 0; i < w->t->layout.n_sample; i++) {
        if (isnan(who->sample[i])) continue;
        if (isnan(last)) last = 0;
        if (who->sample[i] >= how->lloq) last = how->kinetics[i];
    }
    return last;
}

/* What stands behind the covariates. */
static void write_parts(const pf_worker *w, const person *who, double *row)
{
    const pf_layout *l = &w->t->layout;
    const pf_study *s = w->t->study;
    const pf_assess *how = &s->assess;
    for (size_t i = 0; i < l->n_sample; i++)
        row[PF_P_FIXED + l->n_covariate + i] = who->sample[i];
    for (size_t i = 0; l->marker_at && i < how->n_marker * how->n_kinetics; i++)
        row[l->marker_at + i] = who->marker[i];
    if (l->persistence_at) row[l->persistence_at] = persistence(w, who);
    for (size_t i = 0; i < how->n_grade; i++) row[l->grade_at + i] = who->grade[i];
    for (size_t i = 0; i < l->n_daily; i++)
        row[l->daily_at + i] = who->daily[i / PF_DAILY_COLUMNS][i % PF_DAILY_COLUMNS];
    for (size_t i = 0; i < how->n_event; i++) row[l->event_at + i] = who->event[i];
    for (size_t i = 0; i < s->n_attribute; i++) row[l->attribute_at + i] = who->attribute[i];
}

static void write_endpoints(const pf_worker *w, const person *who, double *row)
{
    pf_endpoints e;
    pf_follow_end(&who->follow, who->death, who->leave, w->t->study->horizon, &e);
    row[PF_P_OS] = e.os;
    row[PF_P_OS_EVENT] = e.os_event;
    /* A profile that ends before the first cells come has no peak, a flat one no time of it. */
    row[PF_P_CMAX] = who->profiled ? who->cmax : NAN;
    row[PF_P_TMAX] = who->profiled && who->cmax > 0 ? who->tmax : NAN;
    row[PF_P_AUC28] = who->last_day >= PF_PROFILE_END - PF_BEFORE_DOSE ? who->auc : NAN;
    if (w->t->layout.no_lesions) return;
    row[PF_P_BASELINE] = who->follow.baseline;
    row[PF_P_BEST] = e.best;
    row[PF_P_CHANGE] = e.best_change;
    row[PF_P_PFS] = e.pfs;
    row[PF_P_PFS_EVENT] = e.pfs_event;
    row[PF_P_PROGRESSION] = e.progression;
    row[PF_P_TTR] = e.ttr;
    row[PF_P_DOR] = e.dor;
    if (!isnan(e.dor)) row[PF_P_DOR_EVENT] = e.dor_event;
}

/* Why a patient has no endpoints. */
typedef struct failure {
    double day, reason; /* reason: pf_case_status or PF_FAILURE_VALUES */
    double state;       /* NaN: none in particular */
} failure;

static void record_failure(pf_worker *w, const person *who, const failure *f)
{
    double *row = row_of(w, who, PF_TABLE_FAILURES);
    if (!row) return;
    row[PF_F_DAY] = f->day;
    row[PF_F_REASON] = f->reason;
    row[PF_F_STATE] = f->state;
}

/* The row of a patient who is done; `f` is NULL when all went well. */
static void close_person(pf_worker *w, const person *who, const failure *f)
{
    const pf_layout *l = &w->t->layout;
    if (w->tally) {
        atomic_fetch_add(&w->tally->done, 1);
        atomic_fetch_add(&w->tally->failed, f != NULL);
    }
    double *row = row_of(w, who, PF_TABLE_PATIENTS);
    if (!row) return;
    row[PF_P_STRATUM] = who->stratum;
    row[PF_P_FAILED] = f != NULL;
    row[PF_P_TREATED] = who->doses;
    row[PF_P_INFUSED] = who->infusions;
    for (size_t i = 0; i < l->n_covariate; i++) row[PF_P_FIXED + i] = who->covariate[i];
    if (l->n_lot && who->lot_how >= 0) {
        memcpy(row + l->quality_at, who->quality, l->n_quality * sizeof *row);
        double *lot = row + l->n_column[PF_TABLE_PATIENTS] - PF_LOT_COLUMNS;
        lot[0] = who->lot_how;
        lot[1] = who->lot_shift;
    }
    if (f) {
        record_failure(w, who, f);
        return;
    }
    write_endpoints(w, who, row);
    write_parts(w, who, row);
    if (!isinf(who->death)) return;
    int left = who->leave < w->t->study->horizon;
    note(w, who, who->stop_at, left ? PF_EVENT_DROPOUT : PF_EVENT_END, NAN);
}

static void end(void *payload, pf_case *c, const pf_case_end *how)
{
    pf_worker *w = payload;
    person *who = pf_case_user(c);
    failure f = {how->t, how->status, how->state};
    who->busy = 0;
    pf_person_end_tissue(who);
    close_person(w, who, how->status == PF_CASE_DONE ? NULL : &f);
}

/* A person whose values cannot be used is recorded as failed, and the trial goes on. */
static void refuse(pf_worker *w, person *who)
{
    pf_log(w->ctx, PF_LOG_WARN, "patient failed", "%s", w->ctx->message);
    pf_ctx_reset(w->ctx);
    close_person(w, who, &(failure){w->t->first_day, PF_FAILURE_VALUES, NAN});
}

static int begin(void *payload, pf_case *c)
{
    pf_worker *w = payload;
    while (!w->failed && w->next < w->last && !pf_ctx_cancelled(w->ctx)) {
        uint32_t program;
        if (pf_person_program(w, w->next, &program)) return 0;
        if (program != w->program) {
            w->next++;
            continue;
        }
        person *who = w->people;
        while (who->busy) who++; /* as many people as lanes: one is free */
        pf_err err = pf_plan_person(w, c, who, w->next++);
        if (!err) {
            pf_case_set_user(c, who);
            return 1;
        }
        who->busy = 0;
        pf_person_end_tissue(who);
        pf_fail_in(w->ctx, "replicate %llu, patient %llu", (unsigned long long)who->replicate,
            (unsigned long long)who->patient);
        if (err == PF_ERR_NO_MEMORY || err == PF_ERR_BUG) w->failed = err;
        if (!w->failed) refuse(w, who);
    }
    return 0;
}

/* ---- workers ---- */

static size_t most_attributes(const pf_study *s)
{
    size_t most = s->population.n_variable;
    for (size_t p = 0; p < s->n_product; p++) {
        const pf_product *q = &s->product[p];
        if (q->attributes.n_variable > most) most = q->attributes.n_variable;
        if (q->lot && q->lot->variables.n_variable > most) most = q->lot->variables.n_variable;
    }
    return most;
}

static pf_err make_person(pf_ctx *ctx, pf_worker *w, person *who)
{
    const pf_study *s = w->t->study;
    pf_arena *a = &w->memory;
    size_t markers = s->assess.n_marker * s->assess.n_kinetics;
    who->covariate = pf_arena_alloc(ctx, a, s->population.n_variable + 1, sizeof(double));
    who->sample = pf_arena_alloc(ctx, a, w->t->layout.n_sample + 1, sizeof(double));
    who->marker = pf_arena_alloc(ctx, a, markers + 1, sizeof(double));
    who->attribute = pf_arena_alloc(ctx, a, s->n_attribute + 1, sizeof(double));
    who->quality = pf_arena_alloc(ctx, a, w->t->layout.n_quality + 1, sizeof(double));
    int ok = who->covariate && who->sample && who->marker && who->attribute && who->quality;
    return ok ? PF_OK : PF_ERR_NO_MEMORY;
}

static size_t most_lot_names(const pf_study *s)
{
    size_t most = 0;
    for (size_t p = 0; p < s->n_product; p++)
        if (s->product[p].n_lot_name > most) most = s->product[p].n_lot_name;
    return most;
}

static pf_err make_room(pf_ctx *ctx, pf_worker *w)
{
    const pf_study *s = w->t->study;
    pf_arena *a = &w->memory;
    size_t n = pf_study_size(s);
    w->engine = pf_arena_alloc(ctx, a, w->t->n_program, sizeof *w->engine);
    w->arm = pf_arena_alloc(ctx, a, n, sizeof *w->arm);
    w->order = pf_arena_alloc(ctx, a, n, sizeof *w->order);
    if (s->allocation.n_strata) {
        w->stratum = pf_arena_alloc(ctx, a, n, sizeof *w->stratum);
        w->strata_value = pf_arena_alloc(ctx, a, n * s->allocation.n_strata, sizeof(double));
        if (!w->stratum || !w->strata_value) return PF_ERR_NO_MEMORY;
    }
    w->unknown = pf_arena_alloc(ctx, a, s->unknowns.n_variable + 1, sizeof(double));
    w->attribute = pf_arena_alloc(ctx, a, most_attributes(s) + 1, sizeof(double));
    w->extra = pf_arena_alloc(ctx, a, PF_NAMES_MAX + most_lot_names(s), sizeof(double));
    w->dose = pf_arena_alloc(ctx, a, s->n_arm, sizeof *w->dose);
    if (!w->engine || !w->arm || !w->order || !w->unknown || !w->attribute || !w->dose ||
        !w->extra)
        return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_arm; i++) {
        w->dose[i] = pf_arena_alloc(ctx, a, s->arm[i].n_item + 1, sizeof(double));
        if (!w->dose[i]) return PF_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < PF_COUNT(w->people); i++) PF_TRY(make_person(ctx, w, &w->people[i]));
    PF_TRY(make_person(ctx, w, &w->guest));
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
        .max_steps = MAX_STEPS,
        .n_input = t->n_input,
        .input = t->input,
        .n_watch = t->n_watch,
        .watch = t->watch};
    pf_err err = make_room(ctx, w);
    for (size_t i = 0; i < t->n_program && !err; i++) {
        options.native = t->native[i];
        err = pf_engine_new(ctx, t->program[i], &options, &w->engine[i]);
    }
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
    for (size_t i = 0; w->engine && i < w->t->n_program; i++) pf_engine_free(w->engine[i]);
    for (size_t i = 0; i < PF_COUNT(w->people); i++) pf_person_end_tissue(&w->people[i]);
    pf_records_clear(&w->records);
    pf_arena_clear(&w->memory);
    pf_free(w);
}

pf_err pf_worker_simulate(
    pf_ctx *ctx, pf_worker *w, uint64_t first, uint64_t count, pf_tally *tally, pf_chunk *out)
{
    const pf_source source = {.payload = w,
        .begin = begin,
        .look = look,
        .cross = cross,
        .stopped = stopped,
        .event = happened,
        .end = end};
    pf_chunk_empty(out);
    out->first = first;
    out->count = count;
    w->ctx = ctx;
    w->out = out;
    w->tally = tally;
    w->failed = PF_OK;
    w->last = first + count;
    for (size_t i = 0; i < PF_COUNT(w->people); i++) w->people[i].busy = 0;
    for (w->program = 0; w->program < w->t->n_program; w->program++) {
        w->next = first;
        PF_TRY(pf_engine_run(ctx, w->engine[w->program], &source));
        if (w->failed) return w->failed;
    }
    if (pf_ctx_cancelled(ctx)) return pf_fail(ctx, PF_ERR_CANCELLED, "stopped on request");
    return pf_chunk_sort(ctx, out);
}
