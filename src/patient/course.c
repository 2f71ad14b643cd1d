#include "patient/course_parts.h"

#include <math.h>
#include <stdio.h>

/* What the sums of overlapping infusions leave behind would flow for ever; as in the engine. */
static const double RATE_LEFT = 1e-12;

static const pf_record_table *table_of(const pf_course *k)
{
    return k->plan->records;
}

/* ---- small parts ---- */

void pf_course_fail(pf_course *k, pf_case *c, const char *fmt, ...)
{
    va_list args;
    if (!k->problem[0]) {
        va_start(args, fmt);
        vsnprintf(k->problem, sizeof k->problem, fmt, args);
        va_end(args);
    }
    pf_case_finish(c);
}

void pf_course_mark(pf_case *c, double t)
{
    pf_case_stop(c, (pf_stop){t, PF_STOP_ADD, 0, 0.0, PF_TAG_MARK});
}

void pf_course_flow(pf_course *k, pf_case *c, double t, uint32_t input, double by)
{
    if (by == 0.0) return;
    k->rate[input] += by;
    if (fabs(k->rate[input]) < RATE_LEFT * fabs(by)) k->rate[input] = 0.0;
    pf_case_stop(c, (pf_stop){t, PF_STOP_RATE, input, by, PF_TAG_DO});
}

static int sooner(const pf_later *a, const pf_later *b)
{
    if (a->t != b->t) return a->t < b->t;
    if (a->kind != b->kind) return a->kind < b->kind;
    return a->number < b->number;
}

void pf_course_later(pf_course *k, pf_case *c, pf_later later)
{
    if (later.t > k->plan->t1) return;
    if (pf_reserve(k->ctx, &k->later, &k->later_capacity, k->n_later, sizeof *k->later)) {
        pf_course_fail(k, c, "not enough memory for its doses");
        return;
    }
    later.number = k->number++;
    size_t i = k->n_later++;
    for (; i && sooner(&later, &k->later[(i - 1) / 2]); i = (i - 1) / 2)
        k->later[i] = k->later[(i - 1) / 2];
    k->later[i] = later;
}

static pf_later take_later(pf_course *k)
{
    pf_later top = k->later[0], last = k->later[--k->n_later];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < k->n_later; i = child) {
        if (child + 1 < k->n_later && sooner(&k->later[child + 1], &k->later[child])) child++;
        if (!sooner(&k->later[child], &last)) break;
        k->later[i] = k->later[child];
    }
    if (k->n_later) k->later[i] = last;
    return top;
}

static void set_covariates(pf_course *k, pf_case *c, size_t row)
{
    const pf_record_table *t = table_of(k);
    for (size_t j = 0; j < t->n_covariate; j++) {
        double x = t->covariate_value[row * t->n_covariate + j];
        if (!isnan(x) && x != pf_case_get(c, t->covariate[j]))
            pf_case_set(c, t->covariate[j], x);
    }
}

static size_t end_of(const pf_course *k)
{
    return k->person ? k->person->first + k->person->n : 0;
}

/* ---- doses ---- */

void pf_course_give(pf_course *k, pf_case *c, const pf_given *g)
{
    double t = pf_case_time(c);
    if (!(g->amount > 0.0)) return;
    if (g->rate == 0.0) {
        pf_case_stop(c, (pf_stop){t, PF_STOP_ADD, g->state, g->amount, PF_TAG_DO});
        return;
    }
    uint32_t input = table_of(k)->input_of[g->state];
    pf_course_flow(k, c, t, input, g->rate);
    pf_course_later(k, c,
        (pf_later){
            .t = t + g->duration, .kind = PF_LATER_END, .rate = g->rate, .input = input});
}

/* What the model says of doses into a state; `otherwise` when it says nothing. */
static double asked(const pf_course *k, uint32_t state, pf_record_ask what, double otherwise)
{
    uint32_t at = table_of(k)->ask_of[state * PF_ASKS + (size_t)what];
    return at == UINT32_MAX ? otherwise : k->ask[at];
}

static int usable(pf_course *k, pf_case *c, uint32_t state, pf_record_ask what, double x)
{
    int zero_is_fine = what == PF_ASK_F || what == PF_ASK_LAG;
    if (isfinite(x) && (x > 0.0 || (zero_is_fine && x == 0.0))) return 1;
    pf_course_fail(k, c, "time %g: '%s' is %g; expected a number %s 0", pf_case_time(c),
        table_of(k)->ask[table_of(k)->ask_of[state * PF_ASKS + (size_t)what]], x,
        zero_is_fine ? "of at least" : "above");
    return 0;
}

/* The dose of a record with the model's parameters of this moment; 0 when they make no sense.
 */
static int prepare(pf_course *k, pf_case *c, const pf_record_row *r, pf_given *g)
{
    double f = asked(k, r->target, PF_ASK_F, 1.0), lag = asked(k, r->target, PF_ASK_LAG, 0.0);
    if (!usable(k, c, r->target, PF_ASK_F, f) || !usable(k, c, r->target, PF_ASK_LAG, lag))
        return 0;
    *g = (pf_given){.state = r->target, .amount = f * r->amount, .lag = lag};
    if (r->rate > 0.0) g->rate = r->rate;
    if (r->rate == PF_RATE_BY_MODEL) {
        g->rate = asked(k, r->target, PF_ASK_RATE, NAN);
        if (!usable(k, c, r->target, PF_ASK_RATE, g->rate)) return 0;
    }
    g->duration = g->rate > 0.0 ? g->amount / g->rate : r->duration;
    if (r->rate == PF_DURATION_BY_MODEL) {
        g->duration = asked(k, r->target, PF_ASK_DURATION, NAN);
        if (!usable(k, c, r->target, PF_ASK_DURATION, g->duration)) return 0;
    }
    if (g->rate == 0.0 && g->duration > 0.0) g->rate = g->amount / g->duration;
    double size = asked(k, r->target, PF_ASK_SIZE, 1.0);
    if (!usable(k, c, r->target, PF_ASK_SIZE, size)) return 0;
    g->amount /= size;
    g->rate /= size;
    if (isfinite(g->amount) && isfinite(g->rate) && isfinite(g->duration)) return 1;
    pf_course_fail(k, c, "time %g: a dose of %g at the rate %g is not finite", pf_case_time(c),
        g->amount, g->rate);
    return 0;
}

/* The dose of a record, now or after its lag, and the next of its additional ones. */
static void give_record(pf_course *k, pf_case *c, const pf_given *g)
{
    const pf_record_row *r = pf_course_row_of(k, k->at);
    pf_later next = {.kind = PF_LATER_DOSE, .row = k->at, .lag = g->lag};
    if (g->lag > 0.0) {
        next.t = r->t + g->lag;
        pf_course_later(k, c, next);
    } else {
        pf_course_give(k, c, g);
    }
    if (!r->more) return;
    next.nth = 1;
    next.t = r->t + r->interval + g->lag;
    pf_course_later(k, c, next);
}

static void give_implied(pf_course *k, pf_case *c, const pf_given *g)
{
    const pf_record_row *r = pf_course_row_of(k, k->at);
    pf_course_give(k, c, g);
    if (!k->nth || k->nth >= r->more) return;
    pf_course_later(k, c,
        (pf_later){.t = r->t + (double)(k->nth + 1) * r->interval + k->lag,
            .kind = PF_LATER_DOSE,
            .row = k->at,
            .nth = k->nth + 1,
            .lag = k->lag});
}

/* Does a dose into this state need anything from the model? */
static int has_ask(const pf_course *k, uint32_t state)
{
    for (int what = 0; what < PF_ASKS; what++)
        if (table_of(k)->ask_of[state * PF_ASKS + (size_t)what] != UINT32_MAX) return 1;
    return 0;
}

/* ---- records ---- */

static void reset(pf_course *k, pf_case *c, double t)
{
    const pf_program *p = k->plan->program;
    for (uint32_t s = 0; s < p->n_state; s++) pf_case_set_state(c, s, k->start[s]);
    for (size_t i = 0; i < p->n_started; i++) pf_case_set(c, p->started[i], k->start_param[i]);
    if (t < pf_case_time(c)) pf_case_rewind(c, t);
    for (uint32_t i = 0; i < table_of(k)->n_input; i++) pf_course_flow(k, c, t, i, -k->rate[i]);
    k->n_later = 0;
}

static void look_now(pf_course *k, pf_case *c, pf_phase then)
{
    k->phase = then;
    pf_case_look_first(c, PF_TAG_NOW);
}

/* Looks of plain rows from `from` on, up to the next reset that turns the clock back, merged
 * with those of the caller. */
static void plan_looks(pf_course *k, pf_case *c, size_t from, int with_own)
{
    const pf_course_plan *p = k->plan;
    size_t i = 0, n = with_own ? p->n_look : 0, row = from, end = end_of(k);
    while (i < n || row < end) {
        const pf_record_row *r = row < end ? pf_course_row_of(k, row) : NULL;
        if (r && row > from && r->t < pf_course_row_of(k, row - 1)->t) {
            end = row;
            continue;
        }
        if (r && (!k->plain[row] || r->t > p->t1)) {
            row++;
        } else if (r && (i == n || r->t < p->look[i])) {
            pf_case_look(c, r->t, PF_TAG_RECORD + (uint32_t)row++);
        } else {
            pf_case_look(c, p->look[i], (uint32_t)i);
            i++;
        }
    }
}

/* Begin the row at the cursor. */
static void begin_record(pf_course *k, pf_case *c)
{
    const pf_record_row *r = pf_course_row_of(k, k->cursor);
    double now = pf_case_time(c);
    k->at = k->cursor;
    k->nth = 0;
    k->implied = 0;
    if (!k->plan->nocb) set_covariates(k, c, k->cursor);
    k->phase = PF_PHASE_PREDICT;
    if (r->kind == PF_RECORD_RESET || r->kind == PF_RECORD_RESET_DOSE) {
        reset(k, c, r->t);
        if (r->t < now) plan_looks(k, c, k->cursor, 0);
    }
    if (r->kind == PF_RECORD_ADD)
        pf_case_stop(c, (pf_stop){now, PF_STOP_ADD, r->target, r->amount, PF_TAG_DO});
    if (r->kind == PF_RECORD_SET)
        pf_case_stop(c, (pf_stop){now, PF_STOP_SET, r->target, r->amount, PF_TAG_DO});
    if (r->kind == PF_RECORD_PARAM)
        pf_case_stop(c, (pf_stop){now, PF_STOP_PARAM, r->target, r->amount, PF_TAG_DO});
    if (r->kind != PF_RECORD_DOSE && r->kind != PF_RECORD_RESET_DOSE) return;
    k->phase = PF_PHASE_GIVE;
    if (has_ask(k, r->target)) look_now(k, c, PF_PHASE_GIVE);
}

static void begin_implied(pf_course *k, pf_case *c, const pf_later *later)
{
    k->at = later->row;
    k->nth = later->nth;
    k->implied = 1;
    k->lag = later->lag;
    k->phase = PF_PHASE_GIVE;
    if (has_ask(k, pf_course_row_of(k, k->at)->target)) look_now(k, c, PF_PHASE_GIVE);
}

/* The dose at hand, its parameters being known. */
static void give(pf_course *k, pf_case *c)
{
    const pf_record_row *r = pf_course_row_of(k, k->at);
    pf_given g;
    if (!prepare(k, c, r, &g)) return;
    k->phase = PF_PHASE_PREDICT;
    if (k->implied) {
        give_implied(k, c, &g);
    } else if (r->ss) {
        pf_steady_begin(k, c, &g, r);
    } else {
        give_record(k, c, &g);
    }
}

/* Somebody wants to see what the row at hand led to. */
static void predict(pf_course *k, pf_case *c)
{
    int wanted = k->plan->row && (!k->implied || (k->plan->expand && k->nth));
    k->phase = PF_PHASE_DONE;
    if (wanted) look_now(k, c, PF_PHASE_DONE);
}

static void done(pf_course *k, pf_case *c)
{
    k->phase = PF_PHASE_NEXT;
    if (k->implied) return;
    k->cursor++;
    if (k->plan->nocb && k->cursor < end_of(k)) set_covariates(k, c, k->cursor);
}

/* When the next row that is more than a look is due; INFINITY when there is none. A reset that
 * turns the clock back is due when the row before it was. */
static double next_row(pf_course *k)
{
    while (k->cursor < end_of(k) && k->plain[k->cursor]) k->cursor++;
    if (k->cursor == end_of(k)) return INFINITY;
    double t = pf_course_row_of(k, k->cursor)->t;
    if (k->cursor == k->person->first) return t;
    return fmax(t, pf_course_row_of(k, k->cursor - 1)->t);
}

/* The next thing that is due now; 0 when nothing is, and then control comes back in time. */
static int take_next(pf_course *k, pf_case *c)
{
    double now = pf_case_time(c), row = next_row(k);
    double later = k->n_later ? k->later[0].t : INFINITY;
    if (later <= now) {
        pf_later x = take_later(k);
        if (x.kind == PF_LATER_END)
            pf_course_flow(k, c, now, x.input, -x.rate);
        else
            begin_implied(k, c, &x);
        return 1;
    }
    if (row <= now) {
        begin_record(k, c);
        return 1;
    }
    double next = fmin(row, later);
    if (next <= k->plan->t1) pf_course_mark(c, next);
    return 0;
}

static void remember_start(pf_course *k, const pf_case *c)
{
    const pf_program *p = k->plan->program;
    for (uint32_t s = 0; s < p->n_state; s++) k->start[s] = pf_case_state(c, s);
    for (size_t i = 0; i < p->n_started; i++) k->start_param[i] = pf_case_get(c, p->started[i]);
}

/* One thing after the other, until time must pass or a look is needed. */
static void run(pf_course *k, pf_case *c)
{
    int looking = 0;
    while (!k->problem[0] && !looking) {
        pf_phase was = k->phase;
        if (was == PF_PHASE_NEXT) {
            if (!take_next(k, c)) return;
            looking =
                k->phase == PF_PHASE_GIVE && has_ask(k, pf_course_row_of(k, k->at)->target);
        } else if (was == PF_PHASE_GIVE) {
            give(k, c);
            if (k->phase == PF_PHASE_STEADY) return;
        } else if (was == PF_PHASE_STEADY) {
            if (!pf_steady_next(k, c)) return;
            k->phase = k->initial ? PF_PHASE_NEXT : PF_PHASE_PREDICT;
            if (k->initial) remember_start(k, c); /* resets lead back to it */
            if (!k->initial && !k->steady.constant) give_record(k, c, &k->steady.dose);
            k->initial = 0;
        } else if (was == PF_PHASE_PREDICT) {
            predict(k, c);
            looking = k->plan->row && (!k->implied || (k->plan->expand && k->nth));
        } else {
            done(k, c);
        }
    }
}

void pf_course_stopped(pf_course *k, pf_case *c, const pf_stop *stop)
{
    if (stop->tag != PF_TAG_MARK || k->problem[0]) return;
    if (!k->started) {
        k->started = 1;
        remember_start(k, c);
        if (k->plan->steady) {
            k->initial = 1;
            pf_steady_begin(k, c, &(pf_given){0}, NULL);
            return;
        }
    }
    run(k, c);
}

/* ---- looks ---- */

/* The first row that is not over yet. Plain rows are over when their time is. */
static size_t shown(pf_course *k, double t)
{
    while (k->shown < end_of(k) &&
           (k->plain[k->shown] ? pf_course_row_of(k, k->shown)->t < t : k->shown < k->cursor))
        k->shown++;
    return k->shown;
}

static void tell(pf_course *k, pf_case *c, size_t row, double t, const double *out)
{
    pf_course_row x = {.record = pf_course_row_of(k, row),
        .nth = k->implied ? k->nth : 0,
        .after = k->implied ? shown(k, t) : 0,
        .t = t,
        .out = out};
    if (k->plan->row) k->plan->row(k->plan->payload, c, &x);
}

int pf_course_look(pf_course *k, pf_case *c, double t, uint32_t tag, const double *out)
{
    if (tag < PF_TAG_RECORD) return 0;
    if (tag != PF_TAG_NOW) {
        size_t row = tag - PF_TAG_RECORD;
        pf_course_row x = {.record = pf_course_row_of(k, row), .t = t, .out = out};
        if (k->plan->row) k->plan->row(k->plan->payload, c, &x);
        return 1;
    }
    if (k->phase == PF_PHASE_GIVE)
        for (size_t i = 0; i < table_of(k)->n_ask; i++) k->ask[i] = out[k->plan->ask0 + i];
    else
        tell(k, c, k->at, t, out);
    pf_course_mark(c, t);
    return 1;
}

/* ---- a course ---- */

static int changes(const pf_course_plan *p, size_t i, size_t first, size_t end)
{
    const pf_record_table *t = p->records;
    pf_record_kind kind = t->row[i].kind;
    if (kind != PF_RECORD_OBSERVE && kind != PF_RECORD_OTHER) return 1;
    size_t n = t->n_covariate, a = i, b = p->nocb ? i + 1 : i - 1;
    if (!n || (p->nocb ? b >= end : i == first)) return 0;
    for (size_t j = 0; j < n; j++) {
        double x = t->covariate_value[a * n + j], y = t->covariate_value[b * n + j];
        if (x != y && !(isnan(x) && isnan(y))) return 1;
    }
    return 0;
}

/* Rows that only look, with nothing after them at their time that changes anything, are looks
 * inside steps; all others cut the integration. */
static void find_plain(pf_course *k)
{
    const pf_record_table *t = table_of(k);
    for (size_t q = 0; q < t->n_person; q++) {
        const pf_record_person *p = &t->person[q];
        int after = 0;
        for (size_t i = p->first + p->n; i-- > p->first;) {
            int last = i + 1 == p->first + p->n;
            if (last || t->row[i + 1].t > t->row[i].t) after = 0;
            after |= changes(k->plan, i, p->first, p->first + p->n);
            k->plain[i] = !after;
        }
    }
}

pf_err pf_course_new(pf_ctx *ctx, const pf_course_plan *plan, pf_course **out)
{
    const pf_program *p = plan->program;
    const pf_record_table *t = plan->records;
    size_t n = p->n_state, rows = t ? t->n_row : 0, inputs = t ? t->n_input : 0;
    *out = NULL;
    pf_course *k = pf_calloc(ctx, 1, sizeof *k);
    if (!k) return PF_ERR_NO_MEMORY;
    k->ctx = ctx;
    k->plan = plan;
    double *block = pf_calloc(
        ctx, 4 * n + 2 * inputs + p->n_started + (t ? t->n_ask : 0) + 1, sizeof *block);
    k->plain = pf_calloc(ctx, rows + 1, 1);
    k->start = block;
    if (!block || !k->plain) {
        pf_course_free(k);
        return PF_ERR_NO_MEMORY;
    }
    k->steady.y = block + n;
    k->steady.last = block + 2 * n;
    k->steady.saved = block + 3 * n;
    k->rate = block + 4 * n;
    k->steady.saved_rate = k->rate + inputs;
    k->start_param = k->steady.saved_rate + inputs;
    k->ask = k->start_param + p->n_started;
    if (t) find_plain(k);
    *out = k;
    return PF_OK;
}

void pf_course_free(pf_course *k)
{
    if (!k) return;
    pf_fixpoint_free(k->steady.fixpoint);
    pf_free(k->start); /* the block of all numbers */
    pf_free(k->plain);
    pf_free(k->later);
    pf_free(k);
}

void pf_course_begin(pf_course *k, pf_case *c, const pf_record_person *person)
{
    const pf_course_plan *p = k->plan;
    k->person = person;
    k->phase = PF_PHASE_NEXT;
    k->started = k->initial = k->implied = 0;
    k->cursor = k->shown = person ? person->first : 0;
    k->n_later = 0;
    k->number = 0;
    k->problem[0] = '\0';
    for (size_t i = 0; p->records && i < p->records->n_input; i++) k->rate[i] = 0.0;
    pf_case_span(c, p->t0, p->t1);
    if (person && person->n) set_covariates(k, c, person->first);
    plan_looks(k, c, k->cursor, 1);
    if (p->steady || (person && person->n)) pf_course_mark(c, p->t0);
}

const char *pf_course_problem(const pf_course *k)
{
    return k->problem[0] ? k->problem : NULL;
}

const char *pf_course_stage(const pf_course *k)
{
    return k->phase == PF_PHASE_STEADY ? "on the way to the steady state, " : "";
}
