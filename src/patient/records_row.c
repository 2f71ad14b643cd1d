/* One row of records: what it says, and whether that makes sense. */
#include "patient/records_parts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Additional doses one row can ask for; how many come before the end is checked later. */
static const double MORE_MOST = 1e15;

/* The numbers of one row, missing ones as 0 but for the time. */
typedef struct {
    double time, evid, mdv, amount, rate, duration, more, interval, ss;
} numbers;

static pf_err number_or(
    pf_record_reader *r, size_t row, pf_record_column column, double otherwise, double *out)
{
    PF_TRY(pf_record_number(r, row, r->at[column], out));
    if (isnan(*out)) *out = otherwise;
    return PF_OK;
}

static pf_err read_numbers(pf_record_reader *r, size_t row, numbers *n)
{
    PF_TRY(number_or(r, row, PF_COLUMN_TIME, NAN, &n->time));
    PF_TRY(number_or(r, row, PF_COLUMN_MDV, 0, &n->mdv));
    PF_TRY(number_or(r, row, PF_COLUMN_AMT, 0, &n->amount));
    PF_TRY(number_or(r, row, PF_COLUMN_RATE, 0, &n->rate));
    PF_TRY(number_or(r, row, PF_COLUMN_DUR, 0, &n->duration));
    PF_TRY(number_or(r, row, PF_COLUMN_ADDL, 0, &n->more));
    PF_TRY(number_or(r, row, PF_COLUMN_II, 0, &n->interval));
    PF_TRY(number_or(r, row, PF_COLUMN_SS, 0, &n->ss));
    int given = n->amount != 0 || n->rate != 0 || n->duration != 0 || n->more != 0 ||
                n->interval != 0 || n->ss != 0;
    /* As NM-TRAN supplies it when there is no such column. */
    double evid = given ? PF_RECORD_DOSE : n->mdv != 0 ? PF_RECORD_OTHER : PF_RECORD_OBSERVE;
    return number_or(r, row, PF_COLUMN_EVID, evid, &n->evid);
}

/* An integer below `most`, or a problem. */
static pf_err whole(pf_record_reader *r, size_t row, pf_record_column column, double x,
    double most, const char *name)
{
    if (x >= 0 && x <= most && x == floor(x)) return PF_OK;
    return pf_record_fail(
        r, row, r->at[column], "%s is %g; expected a whole number from 0 to %g", name, x, most);
}

static pf_err check_kinds(pf_record_reader *r, size_t row, const numbers *n)
{
    if (isnan(n->time))
        return pf_record_fail(
            r, row, r->at[PF_COLUMN_TIME], "TIME is missing; every record has a time");
    if (n->time < r->start)
        return pf_record_fail(r, row, r->at[PF_COLUMN_TIME],
            "TIME %g lies before the start %g; start earlier (--start %g)", n->time, r->start,
            n->time);
    if (n->evid < 0 || n->evid > 4 || n->evid != floor(n->evid))
        return pf_record_fail(r, row, r->at[PF_COLUMN_EVID],
            "EVID is %g; expected 0 (observation), 1 (dose), 2 (other), 3 (reset) or 4 (reset "
            "and dose)",
            n->evid);
    PF_TRY(whole(r, row, PF_COLUMN_MDV, n->mdv, 1, "MDV"));
    PF_TRY(whole(r, row, PF_COLUMN_SS, n->ss, 2, "SS"));
    return whole(r, row, PF_COLUMN_ADDL, n->more, MORE_MOST, "ADDL");
}

/* NONMEM's way to turn a compartment off; ignoring it would give a wrong answer in silence. */
static pf_err check_off(pf_record_reader *r, size_t row)
{
    int64_t number = 0;
    const char *text = pf_record_text(r->t, row, r->at[PF_COLUMN_CMT]);
    if (!text || !pf_text_integer(text, &number) || number >= 0) return PF_OK;
    return pf_record_fail(r, row, r->at[PF_COLUMN_CMT],
        "CMT is %lld; compartments cannot be turned off here", (long long)number);
}

/* A record without a dose has none of a dose's items. */
static pf_err check_no_dose(pf_record_reader *r, size_t row, const numbers *n)
{
    static const char *const name[] = {"AMT", "RATE", "DUR", "ADDL", "II", "SS"};
    const pf_record_column column[] = {PF_COLUMN_AMT, PF_COLUMN_RATE, PF_COLUMN_DUR,
        PF_COLUMN_ADDL, PF_COLUMN_II, PF_COLUMN_SS};
    const double x[] = {n->amount, n->rate, n->duration, n->more, n->interval, n->ss};
    for (size_t i = 0; i < PF_COUNT(x); i++)
        if (x[i] != 0)
            return pf_record_fail(r, row, r->at[column[i]],
                "%s is %g in a record with EVID %g; doses have EVID 1 or 4, leave it empty, 0 "
                "or . elsewhere",
                name[i], x[i], n->evid);
    return PF_OK;
}

static pf_err check_rate(pf_record_reader *r, size_t row, const numbers *n)
{
    size_t rate = r->at[PF_COLUMN_RATE], duration = r->at[PF_COLUMN_DUR];
    if (n->amount < 0)
        return pf_record_fail(
            r, row, r->at[PF_COLUMN_AMT], "AMT is %g; a dose is not negative", n->amount);
    if (n->rate < 0 && n->rate != PF_RATE_BY_MODEL && n->rate != PF_DURATION_BY_MODEL)
        return pf_record_fail(r, row, rate,
            "RATE is %g; expected 0, a rate above 0, -1 (the model says the rate) or -2 (the "
            "model says the duration)",
            n->rate);
    if (n->duration < 0)
        return pf_record_fail(
            r, row, duration, "DUR is %g; expected a duration above 0, or 0", n->duration);
    if (n->duration > 0 && n->rate != 0)
        return pf_record_fail(r, row, duration,
            "RATE and DUR both say how the dose is infused; keep one of them");
    return PF_OK;
}

/* A steady state of an infusion without end (AMT 0, II 0), or of nothing at all. */
static pf_err check_constant(pf_record_reader *r, size_t row, const numbers *n)
{
    if (!(n->ss > 0))
        return pf_record_fail(r, row, r->at[PF_COLUMN_AMT],
            "AMT is 0: a dose of nothing; give AMT, or EVID 2 for a record without a dose");
    if (n->interval != 0)
        return pf_record_fail(r, row, r->at[PF_COLUMN_II],
            "SS with AMT 0 is an infusion that never ended, which has no II; give AMT or leave "
            "II 0");
    if (n->more != 0)
        return pf_record_fail(r, row, r->at[PF_COLUMN_ADDL],
            "SS with AMT 0 is an infusion that never ended; it has no additional doses");
    if (n->duration != 0 || n->rate == PF_DURATION_BY_MODEL)
        return pf_record_fail(r, row, r->at[n->duration != 0 ? PF_COLUMN_DUR : PF_COLUMN_RATE],
            "SS with AMT 0 is an infusion that never ended; it has a RATE and no duration");
    return PF_OK;
}

static pf_err check_dose(pf_record_reader *r, size_t row, const numbers *n)
{
    PF_TRY(check_rate(r, row, n));
    if (n->interval < 0)
        return pf_record_fail(r, row, r->at[PF_COLUMN_II],
            "II is %g; expected an interval above 0, or 0", n->interval);
    if (!(n->amount > 0)) return check_constant(r, row, n);
    if (n->more > 0 && !(n->interval > 0))
        return pf_record_fail(r, row, r->at[PF_COLUMN_ADDL],
            "ADDL %g needs II, the time between the doses", n->more);
    if (n->ss > 0 && !(n->interval > 0))
        return pf_record_fail(r, row, r->at[PF_COLUMN_SS],
            "SS %g needs II, the time between the doses that led to the steady state", n->ss);
    return PF_OK;
}

/* "; did you mean 'near'?", or nothing. */
static void suggest(const pf_model *m, const char *name, char *to, size_t room)
{
    const char *near = pf_model_nearest(m, name);
    const pf_symbol *s = near ? pf_model_find(m, near) : NULL;
    to[0] = '\0';
    if (s && s->kind == PF_SYMBOL_STATE)
        snprintf(to, room, "; did you mean '%.80s'?", near);
    else
        snprintf(to, room, "; the first state is '%.80s'",
            pf_model_symbol(m, PF_SYMBOL_STATE, 0)->name);
}

/* CMT: the name or the number of a state; absent, missing or 0: the first. */
static pf_err compartment(pf_record_reader *r, size_t row, uint32_t *out)
{
    const pf_model *m = r->t->model;
    const char *text = pf_record_text(r->t, row, r->at[PF_COLUMN_CMT]);
    size_t states = pf_model_count(m, PF_SYMBOL_STATE);
    int64_t number = 0;
    char near[120];
    *out = 0;
    if (!states)
        return pf_record_fail(r, row, r->at[PF_COLUMN_CMT],
            "model '%s' has no states that could be dosed", pf_model_name(m));
    if (!text) return PF_OK;
    const pf_symbol *s = pf_model_holder(m, text);
    if (s) {
        *out = (uint32_t)s->index;
        return PF_OK;
    }
    s = pf_model_find(m, text);
    if (s)
        return pf_record_fail(r, row, r->at[PF_COLUMN_CMT],
            "CMT '%.80s' is no state of model '%s': it %s", text, pf_model_name(m),
            s->kind == PF_SYMBOL_PARAMETER ? "is a parameter" : "follows a rule");
    suggest(m, text, near, sizeof near);
    if (!pf_text_integer(text, &number))
        return pf_record_fail(r, row, r->at[PF_COLUMN_CMT], "model '%s' has no state '%.80s'%s",
            pf_model_name(m), text, near);
    if ((uint64_t)number > states)
        return pf_record_fail(r, row, r->at[PF_COLUMN_CMT],
            "CMT is %lld; model '%s' has the states 1 to %zu", (long long)number,
            pf_model_name(m), states);
    if (number > 0) *out = (uint32_t)(number - 1);
    return PF_OK;
}

static pf_err ask_model(pf_record_reader *r, const pf_record_row *x)
{
    PF_TRY(pf_record_asks(r, x->row, x->target, PF_ASK_F, 0));
    PF_TRY(pf_record_asks(r, x->row, x->target, PF_ASK_LAG, 0));
    PF_TRY(pf_record_asks(r, x->row, x->target, PF_ASK_SIZE, 0));
    if (x->rate == PF_RATE_BY_MODEL)
        PF_TRY(pf_record_asks(r, x->row, x->target, PF_ASK_RATE, 1));
    if (x->rate == PF_DURATION_BY_MODEL)
        PF_TRY(pf_record_asks(r, x->row, x->target, PF_ASK_DURATION, 1));
    return PF_OK;
}

pf_err pf_record_read_row(pf_record_reader *r, size_t row, pf_record_row *out)
{
    numbers n;
    PF_TRY(read_numbers(r, row, &n));
    PF_TRY(check_kinds(r, row, &n));
    PF_TRY(check_off(r, row));
    *out = (pf_record_row){.kind = (pf_record_kind)(int)n.evid, .row = row, .t = n.time};
    if (out->kind != PF_RECORD_DOSE && out->kind != PF_RECORD_RESET_DOSE)
        return check_no_dose(r, row, &n);
    PF_TRY(check_dose(r, row, &n));
    PF_TRY(compartment(r, row, &out->target));
    out->amount = n.amount;
    out->rate = n.rate;
    out->duration = n.duration;
    out->interval = n.interval;
    out->more = (uint64_t)n.more;
    out->ss = (int)n.ss;
    if (out->ss) r->t->has_steady = 1;
    return ask_model(r, out);
}
