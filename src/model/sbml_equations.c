/* Initial assignments, rules and events of SBML. What has no formula is passed over, as level 3
 * version 2 says. */
#include "model/sbml_parts.h"

#include <string.h>

/* What an equation may set: not the rate of a reaction. */
static pf_err target(pf_sbml *s, const char *id, pf_place at, const char *who, uint32_t *v)
{
    PF_TRY(pf_sbml_find(s, id, at, who, v));
    if (!(s->flat->var[*v].says & (PF_SAYS_REACTION | PF_SAYS_LOCAL))) return PF_OK;
    return pf_fail_at(s->ctx, s->file, at,
        "%s names '%s', which is a reaction; only its kinetic law sets its rate", who,
        s->flat->var[*v].name);
}

static pf_err initial(pf_sbml *s, const InitialAssignment_t *a)
{
    uint32_t v;
    pf_place at = pf_sbml_place(s, a);
    const ASTNode_t *math = InitialAssignment_getMath(a);
    if (!math) return PF_OK;
    PF_TRY(target(s, InitialAssignment_getSymbol(a), at, "an initial assignment", &v));
    pf_var *var = &s->flat->var[v];
    var->says &= ~(unsigned)PF_SAYS_STARTS_AMOUNT; /* it sets what the name stands for */
    return pf_sbml_math(s, math, NULL, at, &var->value);
}

static pf_err twice(pf_sbml *s, const pf_var *var, const pf_def *def, pf_place at)
{
    return pf_fail_at(s->ctx, s->file, at,
        "'%s' has a rule already, in line %d; remove one of them", var->name, def->at.line);
}

static pf_err algebraic(pf_sbml *s, const ASTNode_t *math, pf_place at)
{
    pf_flat *f = s->flat;
    PF_TRY(pf_reserve(
        s->ctx, &f->algebraic, &f->algebraic_capacity, f->n_algebraic, sizeof *f->algebraic));
    return pf_sbml_math(s, math, NULL, at, &f->algebraic[f->n_algebraic++]);
}

static pf_err rule(pf_sbml *s, const Rule_t *r)
{
    uint32_t v;
    pf_place at = pf_sbml_place(s, r);
    const ASTNode_t *math = Rule_getMath(r);
    if (!math) return PF_OK;
    if (Rule_isAlgebraic(r)) return algebraic(s, math, at);
    PF_TRY(target(s, Rule_getVariable(r), at, "a rule", &v));
    pf_var *var = &s->flat->var[v];
    if (var->rule.expr) return twice(s, var, &var->rule, at);
    if (var->rate.expr) return twice(s, var, &var->rate, at);
    if (Rule_isRate(r)) return pf_sbml_math(s, math, NULL, at, &var->rate);
    var->value.expr = NULL; /* it follows the rule from the start */
    return pf_sbml_math(s, math, NULL, at, &var->rule);
}

/* A stoichiometry that nothing changes is a number. */
static void fix_sides(pf_sbml *s)
{
    pf_flat *f = s->flat;
    for (size_t i = 0; i < f->n_side; i++) {
        pf_side *side = &f->side[i];
        if (side->by == PF_NO_NAME) continue;
        const pf_var *v = &f->var[side->by];
        if (!(v->says & PF_SAYS_CONST) || v->rule.expr || v->rate.expr) continue;
        if (!v->value.expr || !pf_expr_is_number(v->value.expr)) continue;
        side->factor = v->value.expr->item[0].number;
        if (v->value.expr->n == 2) side->factor = -side->factor;
        side->by = PF_NO_NAME;
    }
}

pf_err pf_sbml_equations(pf_sbml *s)
{
    Model_t *m = s->model;
    for (unsigned i = 0; i < Model_getNumInitialAssignments(m); i++)
        PF_TRY(initial(s, Model_getInitialAssignment(m, i)));
    for (unsigned i = 0; i < Model_getNumRules(m); i++) PF_TRY(rule(s, Model_getRule(m, i)));
    fix_sides(s);
    return PF_OK;
}

static pf_err may_change(pf_sbml *s, const pf_happening *e, uint32_t v, pf_place at)
{
    const pf_flat *f = s->flat;
    if (f->var[v].says & PF_SAYS_CONST)
        return pf_fail_at(s->ctx, s->file, at,
            "this event assigns '%s', which is constant; write constant=\"false\" for it",
            f->var[v].name);
    for (size_t k = e->set0; k < f->n_set; k++)
        if (f->set[k].var == v)
            return pf_fail_at(s->ctx, s->file, at,
                "this event assigns '%s' twice; keep one of them", f->var[v].name);
    return PF_OK;
}

static pf_err assignments(pf_sbml *s, Event_t *e, pf_happening *out)
{
    pf_flat *f = s->flat;
    out->set0 = f->n_set;
    for (unsigned i = 0; i < Event_getNumEventAssignments(e); i++) {
        const EventAssignment_t *a = Event_getEventAssignment(e, i);
        const ASTNode_t *math = EventAssignment_getMath(a);
        pf_place at = pf_sbml_place(s, a);
        uint32_t v;
        if (!math) continue;
        PF_TRY(
            target(s, EventAssignment_getVariable(a), at, "an assignment of this event", &v));
        PF_TRY(may_change(s, out, v, at));
        pf_def value;
        PF_TRY(pf_sbml_math(s, math, NULL, at, &value));
        PF_TRY(pf_reserve(s->ctx, &f->set, &f->set_capacity, f->n_set, sizeof *f->set));
        f->set[f->n_set++] = (pf_set){v, value};
    }
    out->n_set = f->n_set - out->set0;
    return PF_OK;
}

/* Before level 3 an event's trigger was true before the start and it persisted; values are
 * those of the time of triggering unless it says otherwise. */
static void flags(const pf_sbml *s, const Event_t *e, const Trigger_t *t, pf_happening *out)
{
    int early = s->level < 3;
    out->initial = early ? 1 : Trigger_getInitialValue(t);
    out->persistent = early ? 1 : Trigger_getPersistent(t);
    out->from_trigger = !Event_isSetUseValuesFromTriggerTime(e) && early
                            ? 1
                            : Event_getUseValuesFromTriggerTime(e);
}

/* In level 2 versions 1 and 2 a delay could have a unit of its own. */
static pf_err usual_time(pf_sbml *s, const Event_t *e)
{
    const char *unit = Event_isSetTimeUnits(e) ? Event_getTimeUnits(e) : NULL;
    if (!unit || !*unit || strcmp(unit, "time") == 0 || pf_text_equal(unit, s->flat->time_unit))
        return PF_OK;
    return pf_fail_at(s->ctx, s->file, pf_sbml_place(s, e),
        "this event has timeUnits '%s' of its own, which are not converted; remove them", unit);
}

static pf_err event(pf_sbml *s, Event_t *e)
{
    pf_flat *f = s->flat;
    pf_happening out = {.name = pf_sbml_text(s, Event_getId(e)),
        .title = pf_sbml_text(s, Event_getName(e)),
        .at = pf_sbml_place(s, e)};
    const Trigger_t *t = Event_getTrigger(e);
    const ASTNode_t *math = t ? Trigger_getMath(t) : NULL;
    if (!math) return PF_OK;
    PF_TRY(pf_sbml_math(s, math, NULL, pf_sbml_place(s, t), &out.trigger));
    PF_TRY(usual_time(s, e));
    flags(s, e, t, &out);
    const Delay_t *delay = Event_getDelay(e);
    math = delay ? Delay_getMath(delay) : NULL;
    if (math) PF_TRY(pf_sbml_math(s, math, NULL, pf_sbml_place(s, delay), &out.delay));
    const Priority_t *priority = Event_getPriority(e);
    math = priority ? Priority_getMath(priority) : NULL;
    if (math) PF_TRY(pf_sbml_math(s, math, NULL, pf_sbml_place(s, priority), &out.priority));
    PF_TRY(assignments(s, e, &out));
    if (!out.n_set) return PF_OK;
    PF_TRY(pf_reserve(s->ctx, &f->event, &f->event_capacity, f->n_event, sizeof *f->event));
    f->event[f->n_event++] = out;
    return PF_OK;
}

pf_err pf_sbml_events(pf_sbml *s)
{
    for (unsigned i = 0; i < Model_getNumEvents(s->model); i++)
        PF_TRY(event(s, Model_getEvent(s->model, i)));
    return PF_OK;
}
