/* Steady states on a case: rounds of the clock over the same stretch of time. */
#include "patient/course_parts.h"

#include <math.h>

enum {
    INTERVALS_MOST = 1000, /* of a dosing regimen */
    ROUNDS_MOST = 40,      /* of a constant input, each four times as long as the last */
    STEPS_MOST = 200000,   /* of one search; an oscillation would go on for ever */
    OVERLAP_MOST = 100000, /* infusions at the same time */
};
static const double QUIET = 0.01; /* of the tolerance */

static const char *state_name(const pf_course *k, uint32_t state)
{
    if (state >= pf_model_count(k->plan->model, PF_SYMBOL_STATE)) return "(none)";
    return pf_model_symbol(k->plan->model, PF_SYMBOL_STATE, state)->name;
}

/* What flows from the start of a round on. */
static double first_flow(const pf_steady_search *s)
{
    if (s->constant) return s->dose.rate;
    return s->base + (s->lag + s->part > s->interval ? s->dose.rate : 0.0);
}

/* The dose of one interval, `from` its start. What flows at its end flows at its start. */
static void plan_dose(pf_course *k, pf_case *c, double from)
{
    const pf_steady_search *s = &k->steady;
    double on = fmin(from + s->lag, s->t), off = on + s->part;
    if (!(s->dose.rate > 0.0)) {
        pf_case_stop(c, (pf_stop){on, PF_STOP_ADD, s->dose.state, s->dose.amount, PF_TAG_DO});
        return;
    }
    if (!(s->part > 0.0)) return;
    uint32_t input = k->plan->records->input_of[s->dose.state];
    if (s->lag + s->part > s->interval) {
        pf_course_flow(k, c, fmin(off - s->interval, on), input, -s->dose.rate);
        pf_course_flow(k, c, on, input, s->dose.rate);
    } else {
        pf_course_flow(k, c, on, input, s->dose.rate);
        pf_course_flow(k, c, fmin(off, s->t), input, -s->dose.rate);
    }
}

static void begin_round(pf_course *k, pf_case *c, const double *y)
{
    pf_steady_search *s = &k->steady;
    double from = s->t - s->interval;
    pf_case_rewind(c, from);
    for (uint32_t i = 0; i < k->plan->program->n_state; i++) {
        pf_case_set_state(c, i, y[i]);
        s->last[i] = y[i];
    }
    if (!s->rounds) {
        size_t n = k->plan->records ? k->plan->records->n_input : 0;
        for (uint32_t i = 0; i < n; i++) pf_course_flow(k, c, from, i, -k->rate[i]);
        if (s->dose.rate > 0.0)
            pf_course_flow(
                k, c, from, k->plan->records->input_of[s->dose.state], first_flow(s));
    }
    if (!s->constant) plan_dose(k, c, from);
    s->rounds++;
    pf_course_mark(c, s->t);
}

/* How the dose lies in an interval. */
static int fold(pf_course *k, pf_case *c)
{
    pf_steady_search *s = &k->steady;
    double whole = floor(s->dose.duration / s->interval);
    if (whole > OVERLAP_MOST || s->dose.lag / s->interval > OVERLAP_MOST) {
        pf_course_fail(k, c, "time %g: a steady state with more than %d doses under way", s->t,
            OVERLAP_MOST);
        return 0;
    }
    s->lag = fmod(s->dose.lag, s->interval);
    s->base = s->dose.rate > 0.0 ? whole * s->dose.rate : 0.0;
    s->part = s->dose.rate > 0.0 ? s->dose.duration - whole * s->interval : 0.0;
    return 1;
}

void pf_steady_begin(pf_course *k, pf_case *c, const pf_given *g, const pf_record_row *r)
{
    pf_steady_search *s = &k->steady;
    const pf_course_plan *p = k->plan;
    size_t n = p->program->n_state;
    k->phase = PF_PHASE_STEADY;
    s->constant = !r || !(r->amount > 0.0);
    s->sum = r && r->ss == 2;
    s->t = pf_case_time(c);
    s->dose = *g;
    s->rounds = s->quiet = 0;
    s->steps = pf_case_steps(c);
    for (uint32_t i = 0; i < n; i++) s->saved[i] = pf_case_state(c, i);
    for (size_t i = 0; p->records && i < p->records->n_input; i++)
        s->saved_rate[i] = s->sum ? k->rate[i] : 0.0;
    if (!s->sum) k->n_later = 0;
    s->interval = !s->constant ? r->interval : p->t1 > p->t0 ? 0.01 * (p->t1 - p->t0) : 1.0;
    if (!s->constant) {
        if (!fold(k, c)) return;
        if (!s->fixpoint && pf_fixpoint_new(k->ctx, n, p->rtol, p->atol, &s->fixpoint)) {
            pf_course_fail(k, c, "not enough memory for its steady state");
            return;
        }
        pf_fixpoint_start(s->fixpoint, k->start, INTERVALS_MOST);
    }
    begin_round(k, c, k->start);
}

/* Infusions and lagged doses of the implied doses before, which are still to come or to end. */
static void resume(pf_course *k, pf_case *c)
{
    const pf_steady_search *s = &k->steady;
    for (double back = 1.0; !s->constant; back++) {
        double from = s->t + s->dose.lag - back * s->interval;
        if (from >= s->t) {
            pf_course_later(k, c,
                (pf_later){.t = from, .kind = PF_LATER_DOSE, .row = k->at, .lag = s->dose.lag});
        } else if (s->dose.rate > 0.0 && from + s->dose.duration > s->t) {
            uint32_t input = k->plan->records->input_of[s->dose.state];
            pf_course_flow(k, c, s->t, input, s->dose.rate);
            pf_course_later(k, c,
                (pf_later){.t = from + s->dose.duration,
                    .kind = PF_LATER_END,
                    .rate = s->dose.rate,
                    .input = input});
        } else {
            return;
        }
    }
}

static int found(pf_course *k, pf_case *c, const double *y)
{
    const pf_steady_search *s = &k->steady;
    for (uint32_t i = 0; i < k->plan->program->n_state; i++)
        pf_case_set_state(c, i, s->sum ? s->saved[i] + y[i] : y[i]);
    size_t n = k->plan->records ? k->plan->records->n_input : 0;
    for (uint32_t i = 0; i < n; i++)
        pf_course_flow(k, c, s->t, i, s->saved_rate[i] - k->rate[i]);
    resume(k, c);
    return 1;
}

/* The largest change in tolerances, and whose. */
static double change(const pf_course *k, uint32_t *state)
{
    const pf_steady_search *s = &k->steady;
    double most = 0.0;
    *state = 0;
    for (uint32_t i = 0; i < k->plan->program->n_state; i++) {
        double size = fmax(fabs(s->y[i]), fabs(s->last[i]));
        double q = fabs(s->y[i] - s->last[i]) / (k->plan->atol[i] + k->plan->rtol * size);
        if (q <= most) continue;
        most = q;
        *state = i;
        if (!isfinite(q)) break;
    }
    return most;
}

static int next_constant(pf_course *k, pf_case *c)
{
    pf_steady_search *s = &k->steady;
    uint32_t state;
    double moved = change(k, &state);
    s->quiet = moved <= QUIET ? s->quiet + 1 : 0;
    if (s->quiet == 3) return found(k, c, s->y);
    if (s->rounds == ROUNDS_MOST || pf_case_steps(c) - s->steps > STEPS_MOST ||
        !isfinite(moved)) {
        pf_course_fail(k, c,
            "time %g: there is no steady state: state %s of model %s still goes from %g to %g "
            "within %g",
            s->t, state_name(k, state), pf_model_name(k->plan->model), s->last[state],
            s->y[state], s->interval);
        return 0;
    }
    s->interval *= 4.0;
    begin_round(k, c, s->y);
    return 0;
}

int pf_steady_next(pf_course *k, pf_case *c)
{
    pf_steady_search *s = &k->steady;
    for (uint32_t i = 0; i < k->plan->program->n_state; i++) s->y[i] = pf_case_state(c, i);
    if (s->constant) return next_constant(k, c);
    pf_fixpoint_status status = pf_fixpoint_next(s->fixpoint, s->y, s->y);
    if (status == PF_FIXPOINT_DONE) return found(k, c, s->y);
    if (status == PF_FIXPOINT_GO_ON) {
        begin_round(k, c, s->y);
        return 0;
    }
    pf_course_fail(k, c, "time %g: %u doses each %g lead to no steady state of model %s%s%s",
        s->t, pf_fixpoint_images(s->fixpoint), s->interval, pf_model_name(k->plan->model),
        status == PF_FIXPOINT_UNSTABLE ? "; it goes away from the one there is"
                                       : "; what moves most is ",
        status == PF_FIXPOINT_UNSTABLE ? "" : state_name(k, pf_fixpoint_worst(s->fixpoint)));
    return 0;
}

static pf_err refuse(pf_ctx *ctx, const pf_course_plan *p, const char *why, const char *mend)
{
    return pf_fail(ctx, PF_ERR_CONFIG,
        "model '%s' %s, so its steady state is not looked for; %s", pf_model_name(p->model),
        why, mend);
}

pf_err pf_course_check(pf_ctx *ctx, const pf_course_plan *p, int deterministic)
{
    const pf_program *g = p->program;
    const char *doses = "give the doses that led to it one by one (ADDL)";
    if (!isfinite(p->t0) || !isfinite(p->t1) || p->t1 < p->t0)
        return pf_fail(ctx, PF_ERR_RANGE, "from %g to %g is no span of time", p->t0, p->t1);
    if (!p->steady && !(p->records && p->records->has_steady)) return PF_OK;
    if (g->n_past) return refuse(ctx, p, "has delays", doses);
    if (g->n_event) return refuse(ctx, p, "has events", doses);
    if ((g->n_population || g->n_discrete) && !deterministic)
        return refuse(ctx, p, "has populations that become small and random",
            "--deterministic keeps them in the equations");
    int constant = p->steady;
    for (size_t i = 0; p->records && i < p->records->n_row; i++)
        constant |= p->records->row[i].ss && !(p->records->row[i].amount > 0.0);
    if (constant && !g->autonomous)
        return refuse(ctx, p, "depends on time", "start it from given values (--set)");
    return PF_OK;
}
