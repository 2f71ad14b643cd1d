#include "trial/bind_parts.h"
#include "trial/study_tissue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Absolute tolerance of states that are not populations: hazards, shares, concentrations, mg.
 */
static const double ATOL_OTHER = 1e-6;

/* ---- names of the model that the study sets or reads ---- */

static pf_target *targets(binder *b, const pf_population *p, int settings)
{
    size_t n = settings ? p->n_setting : p->n_variable;
    pf_target *to = pf_arena_alloc(b->ctx, &b->t->memory, n + 1, sizeof *to);
    for (size_t i = 0; to && i < n; i++)
        to[i] = target(b, settings ? p->setting[i].parameter : p->variable[i].name);
    return to;
}

/* Where a product keeps what expectations ask for: a variable, or behind them a setting. */
static pf_err find_attributes(binder *b, size_t product)
{
    pf_trial *t = b->t;
    const pf_study *s = t->study;
    const pf_population *p = &s->product[product].attributes;
    size_t *at = pf_arena_alloc(b->ctx, &t->memory, s->n_attribute + 1, sizeof *at);
    if (!at) return PF_ERR_NO_MEMORY;
    t->asked[product] = at;
    for (size_t i = 0; i < s->n_attribute; i++) {
        at[i] = SIZE_MAX;
        for (size_t k = 0; k < p->n_setting; k++)
            if (strcmp(p->setting[k].parameter, s->attribute[i]) == 0)
                at[i] = p->n_variable + k;
        for (size_t k = 0; k < p->n_variable; k++)
            if (strcmp(p->variable[k].name, s->attribute[i]) == 0) at[i] = k;
    }
    return PF_OK;
}

static int arm_gets(const pf_arm *arm, size_t product)
{
    for (size_t i = 0; i < arm->n_item; i++)
        if (!arm->item[i].drug && arm->item[i].product == product) return 1;
    return 0;
}

/* What a product sets has the model's own value in the arms that do not get it: a number, since
 * the model's formula for it is dropped (pf_compile_options). */
static pf_err check_without(binder *b, size_t product, const char *name)
{
    const pf_study *s = b->t->study;
    const pf_symbol *symbol = pf_model_find(b->t->model, name);
    if (!symbol || symbol->kind == PF_SYMBOL_ASSIGNED || !isnan(symbol->value)) return PF_OK;
    for (size_t a = 0; a < s->n_arm; a++)
        if (!arm_gets(&s->arm[a], product))
            return pf_fail(b->ctx, PF_ERR_CONFIG,
                "the product '%s' sets '%s', which the model '%s' computes, so that arm '%s' "
                "would be without a value; give it a number in the model",
                s->product[product].name, name, s->model_path, s->arm[a].name);
    return PF_OK;
}

static pf_err check_product(binder *b, size_t product)
{
    const pf_population *p = &b->t->study->product[product].attributes;
    for (size_t i = 0; i < p->n_variable; i++)
        PF_TRY(check_without(b, product, p->variable[i].name));
    for (size_t i = 0; i < p->n_setting; i++)
        PF_TRY(check_without(b, product, p->setting[i].parameter));
    return PF_OK;
}

static size_t variable_named(const pf_population *p, const char *name)
{
    for (size_t i = 0; i < p->n_variable; i++)
        if (strcmp(p->variable[i].name, name) == 0) return i;
    return SIZE_MAX;
}

static pf_err bind_values(binder *b)
{
    pf_trial *t = b->t;
    const pf_study *s = t->study;
    t->variable = targets(b, &s->population, 0);
    t->setting = targets(b, &s->population, 1);
    t->unknown = targets(b, &s->unknowns, 0);
    t->attribute = pf_arena_alloc(b->ctx, &t->memory, s->n_product + 1, sizeof *t->attribute);
    t->product_setting =
        pf_arena_alloc(b->ctx, &t->memory, s->n_product + 1, sizeof *t->product_setting);
    t->dose_share = pf_arena_alloc(b->ctx, &t->memory, s->n_product + 1, sizeof *t->dose_share);
    t->asked = pf_arena_alloc(b->ctx, &t->memory, s->n_product + 1, sizeof *t->asked);
    if (!t->variable || !t->setting || !t->unknown || !t->attribute || !t->product_setting ||
        !t->asked || !t->dose_share)
        return PF_ERR_NO_MEMORY;
    for (size_t p = 0; p < s->n_product; p++) {
        t->attribute[p] = targets(b, &s->product[p].attributes, 0);
        t->product_setting[p] = targets(b, &s->product[p].attributes, 1);
        if (!t->attribute[p] || !t->product_setting[p]) return PF_ERR_NO_MEMORY;
        PF_TRY(find_attributes(b, p));
        PF_TRY(check_product(b, p));
        t->dose_share[p] = variable_named(&s->product[p].attributes, PF_DOSE_SHARE);
    }
    return PF_OK;
}

size_t pf_trial_input(const pf_trial *t, uint32_t s)
{
    for (size_t i = 0; i < t->n_input; i++)
        if (t->input[i] == s) return i;
    return SIZE_MAX;
}

static uint32_t add_watch(pf_trial *t, const char *name)
{
    const pf_role *r = role(t, name, 0);
    const pf_symbol *s = r ? pf_model_find(t->model, r->name) : NULL;
    if (!s || s->kind != PF_SYMBOL_STATE) return PF_NO_SLOT;
    t->watch[t->n_watch] = (uint32_t)s->index;
    return (uint32_t)t->n_watch++;
}

static pf_err bind_lesions(binder *b, const char *name)
{
    pf_trial *t = b->t;
    const pf_role *r;
    for (size_t i = 0; (r = role(t, name, i)); i++) {
        if (b->n_output == PF_LESIONS_MAX)
            return pf_fail(b->ctx, PF_ERR_MODEL, "%s: more than %d lesions are measured",
                t->study->model_path, PF_LESIONS_MAX);
        b->output[b->n_output++] = r->name;
    }
    t->n_lesion = b->n_output;
    return PF_OK;
}

static pf_err bind_markers(binder *b)
{
    pf_trial *t = b->t;
    const pf_assess *how = &t->study->assess;
    const char **unit = pf_arena_alloc(b->ctx, &t->memory, how->n_marker + 1, sizeof *unit);
    if (!unit) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < how->n_marker; i++) {
        char name[160];
        snprintf(name, sizeof name, "marker.%s", how->marker[i]);
        const pf_role *r = role(t, name, 0);
        if (!r)
            return pf_fail(b->ctx, PF_ERR_CONFIG,
                "the marker '%s' is not one of the model '%s'", how->marker[i],
                t->study->model_path);
        b->output[b->n_output++] = r->name;
        unit[i] = r->unit ? r->unit : "1";
    }
    t->layout.marker_unit = unit;
    return PF_OK;
}

/* Grades are seen, counted events are watched. */
static pf_err bind_harms(binder *b)
{
    pf_trial *t = b->t;
    const pf_assess *how = &t->study->assess;
    char name[160];
    for (size_t i = 0; i < how->n_grade; i++) {
        snprintf(name, sizeof name, "grade.%s", how->grade[i]);
        const pf_role *r = role(t, name, 0);
        if (!r)
            return pf_fail(b->ctx, PF_ERR_CONFIG, "the model '%s' has no '//! role %s'",
                t->study->model_path, name);
        b->output[b->n_output++] = r->name;
    }
    t->event = (uint32_t)t->n_watch;
    for (size_t i = 0; i < how->n_event; i++) {
        uint32_t ignored;
        snprintf(name, sizeof name, "event-hazard.%s", how->event[i]);
        PF_TRY(state_of_role(b, name, how->event[i], &ignored));
        add_watch(t, name);
    }
    return PF_OK;
}

/* What a patient is looked at for: lesions, then kinetics, markers and grades. */
static pf_err bind_outputs(binder *b)
{
    pf_trial *t = b->t;
    const pf_assess *how = &t->study->assess;
    int lugano = how->criteria == PF_CRITERIA_LUGANO && role(t, "target-lesion.viable", 0);
    PF_TRY(bind_lesions(b, lugano ? "target-lesion.viable" : "target-lesion"));
    if (how->criteria == PF_CRITERIA_RECURRENCE) PF_TRY(bind_lesions(b, "other-site"));
    const pf_role *r = role(t, "kinetics", 0);
    t->has_kinetics = r != NULL;
    if (r) {
        b->output[b->n_output++] = r->name;
        t->layout.kinetics_unit = r->unit ? r->unit : "1";
    }
    PF_TRY(bind_markers(b));
    t->n_observed = b->n_output - t->n_lesion;
    t->death = add_watch(t, "death-hazard");
    t->new_lesion = add_watch(t, "new-lesion-hazard");
    PF_TRY(bind_harms(b));
    r = role(t, "on-progression", 0);
    const pf_symbol *s = r ? pf_model_find(t->model, r->name) : NULL;
    t->progressed = s && s->kind == PF_SYMBOL_PARAMETER ? (uint32_t)s->index : PF_NO_SLOT;
    return PF_OK;
}

static void find_first_day(pf_trial *t)
{
    const pf_assess *how = &t->study->assess;
    if (how->n_kinetics) t->first_day = fmin(0, how->kinetics[0]);
    for (size_t a = 0; a < t->study->n_arm; a++)
        for (size_t i = 0; i < t->study->arm[a].n_item; i++) {
            const pf_regimen_item *item = &t->study->arm[a].item[i];
            for (size_t k = 0; k < item->n_on; k++)
                t->first_day = fmin(t->first_day, item->start + item->on[k]);
            if (!item->n_on) t->first_day = fmin(t->first_day, item->start);
        }
}

static pf_err take_defaults(binder *b)
{
    pf_trial *t = b->t;
    size_t n_param = pf_model_count(t->model, PF_SYMBOL_PARAMETER);
    size_t n_state = pf_model_count(t->model, PF_SYMBOL_STATE);
    t->defaults = pf_arena_alloc(b->ctx, &t->memory, n_param + 1, sizeof(double));
    t->atol = pf_arena_alloc(b->ctx, &t->memory, n_state + 1, sizeof(double));
    t->initial = pf_arena_alloc(b->ctx, &t->memory, n_state + 1, sizeof(double));
    if (!t->defaults || !t->atol || !t->initial) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < n_param; i++)
        t->defaults[i] = pf_model_symbol(t->model, PF_SYMBOL_PARAMETER, i)->value;
    for (size_t i = 0; i < n_state; i++) {
        const char *unit = pf_model_symbol(t->model, PF_SYMBOL_STATE, i)->unit;
        t->atol[i] = unit && strcmp(unit, "cell") == 0 ? t->study->atol : ATOL_OTHER;
        t->initial[i] = NAN;
    }
    for (size_t i = 0; i < b->n_input; i++) {
        const pf_symbol *s = pf_model_find(t->model, b->input[i]);
        if (s->kind == PF_SYMBOL_STATE) t->initial[s->index] = s->value;
    }
    for (size_t i = 0; i < t->n_program; i++)
        for (size_t k = 0; k < t->program[i]->n_population; k++)
            t->atol[t->program[i]->population[k].state] = t->study->atol;
    return PF_OK;
}

static size_t values_in_study(const pf_study *s)
{
    size_t n = s->population.n_variable + s->population.n_setting + s->unknowns.n_variable;
    for (size_t p = 0; p < s->n_product; p++)
        n += s->product[p].attributes.n_variable + s->product[p].attributes.n_setting;
    for (size_t a = 0; a < s->n_arm; a++) n += s->arm[a].n_without + 2 * s->arm[a].n_item;
    return n + s->n_override + (s->tissue ? 5 : 0);
}

static pf_err bind(pf_ctx *ctx, pf_trial *t)
{
    const pf_study *s = t->study;
    PF_TRY(pf_model_read(ctx, s->model_path, &t->model));
    binder b = {.ctx = ctx, .t = t};
    b.output = pf_arena_alloc(ctx, &t->memory,
        PF_LESIONS_MAX + s->assess.n_marker + PF_GRADES_MAX + 2 + PF_TISSUE_SEEN +
            PF_TISSUE_LEVELS_MAX,
        sizeof *b.output);
    b.input = pf_arena_alloc(ctx, &t->memory, values_in_study(s) + 1, sizeof *b.input);
    if (!b.output || !b.input) return PF_ERR_NO_MEMORY;
    PF_TRY(bind_values(&b));
    PF_TRY(pf_bind_without(&b));
    PF_TRY(pf_bind_doses(&b));
    PF_TRY(pf_bind_overrides(&b));
    PF_TRY(pf_bind_scaled(&b));
    PF_TRY(bind_outputs(&b));
    PF_TRY(pf_bind_tissue(&b));
    PF_TRY(pf_bind_programs(&b));
    PF_TRY(take_defaults(&b));
    t->weight = variable_named(&s->population, "weight");
    t->bsa = variable_named(&s->population, "bsa");
    find_first_day(t);
    return PF_OK;
}

/* ---- the whole ---- */

pf_err pf_trial_new(pf_ctx *ctx, const pf_study *study, pf_trial **out)
{
    *out = NULL;
    pf_trial *t = pf_calloc(ctx, 1, sizeof *t);
    if (!t) return PF_ERR_NO_MEMORY;
    t->study = study;
    pf_arena_init(&t->memory);
    pf_arena_init(&t->layout.arena);
    pf_err err = bind(ctx, t);
    if (!err) err = pf_trial_lay_out(ctx, t);
    if (err) {
        pf_trial_free(t);
        return err;
    }
    *out = t;
    return PF_OK;
}

void pf_trial_free(pf_trial *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->n_program; i++) pf_program_free(t->program[i]);
    pf_model_free(t->model);
    pf_arena_clear(&t->layout.arena);
    pf_arena_clear(&t->memory);
    pf_free(t);
}

size_t pf_trial_program_count(const pf_trial *t)
{
    return t->n_program;
}

const pf_program *pf_trial_program(const pf_trial *t, size_t i)
{
    return t->program[i];
}

void pf_trial_set_native(pf_trial *t, size_t i, const pf_native *native)
{
    t->native[i] = native;
}

const pf_layout *pf_trial_layout(const pf_trial *t)
{
    return &t->layout;
}
