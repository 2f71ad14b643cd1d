/* What is given, switched off and changed: states that doses enter, parameters of rescues,
 * switches and changes of the run. */
#include "trial/bind_parts.h"

#include <math.h>
#include <stdio.h>

/* A dose is an amount and is added as it is, so it needs a state that holds amounts. */
static pf_err check_amount(binder *b, uint32_t state, const char *role_name)
{
    const pf_symbol *s = pf_model_symbol(b->t->model, PF_SYMBOL_STATE, state);
    const pf_symbol *size = pf_model_size(b->t->model, s);
    if (!size || size->value == 1.0) return PF_OK;
    return pf_fail(b->ctx, PF_ERR_MODEL,
        "%s: the role %s: '%s' is a concentration, and a dose is an amount; write it with a "
        "rate "
        "(x' = ...) and without a compartment, or give '%s' the size 1",
        b->t->study->model_path, role_name, s->name, size->name);
}

static void add_input(pf_trial *t, uint32_t state)
{
    if (pf_trial_input(t, state) == SIZE_MAX) t->input[t->n_input++] = state;
}

static pf_err bind_dose(binder *b, size_t a, size_t i)
{
    pf_trial *t = b->t;
    const pf_regimen_item *item = &t->study->arm[a].item[i];
    char name[200];
    const char *drug = item->drug;
    snprintf(name, sizeof name, "dose.%s%s%s", drug ? drug : "product", item->site ? "." : "",
        item->site ? item->site : "");
    PF_TRY(state_of_role(b, name, drug ? drug : "an infused product", &t->dose_state[a][i]));
    PF_TRY(check_amount(b, t->dose_state[a][i], name));
    if (item->infusion > 0.0) add_input(t, t->dose_state[a][i]);
    return PF_OK;
}

static pf_err rescue_parameter(binder *b, const char *what, const char *drug, uint32_t *out)
{
    char name[200];
    snprintf(name, sizeof name, "%s.%s", what, drug);
    const pf_role *r = role(b->t, name, 0);
    const pf_symbol *s = r ? pf_model_find(b->t->model, r->name) : NULL;
    if (!s || s->kind != PF_SYMBOL_PARAMETER || isnan(s->value))
        return pf_fail(b->ctx, PF_ERR_MODEL,
            "%s: a rescue with '%s' needs a parameter with '//! role %s' that is a number",
            b->t->study->model_path, drug, name);
    *out = (uint32_t)s->index;
    b->input[b->n_input++] = s->name;
    return PF_OK;
}

static pf_err bind_rescue(binder *b, size_t a, size_t i)
{
    pf_trial *t = b->t;
    const char *drug = t->study->arm[a].item[i].drug;
    char name[200];
    snprintf(name, sizeof name, "dose.%s", drug);
    const pf_role *r = role(t, name, 0);
    const pf_symbol *s = r ? pf_model_find(t->model, r->name) : NULL;
    int is_state = s && s->kind == PF_SYMBOL_STATE;
    t->dose_state[a][i] = is_state ? (uint32_t)s->index : (uint32_t)PF_NO_SLOT;
    PF_TRY(rescue_parameter(b, "rescue", drug, &t->rescue[a][i].amount));
    return rescue_parameter(b, "rescue-at", drug, &t->rescue[a][i].grade);
}

pf_err pf_bind_doses(binder *b)
{
    pf_trial *t = b->t;
    const pf_study *s = t->study;
    t->dose_state = pf_arena_alloc(b->ctx, &t->memory, s->n_arm, sizeof *t->dose_state);
    t->rescue = pf_arena_alloc(b->ctx, &t->memory, s->n_arm, sizeof *t->rescue);
    size_t n_state = pf_model_count(t->model, PF_SYMBOL_STATE);
    t->input = pf_arena_alloc(b->ctx, &t->memory, n_state + 1, sizeof *t->input);
    if (!t->dose_state || !t->rescue || !t->input) return PF_ERR_NO_MEMORY;
    for (size_t a = 0; a < s->n_arm; a++) {
        const pf_arm *arm = &s->arm[a];
        t->dose_state[a] =
            pf_arena_alloc(b->ctx, &t->memory, arm->n_item + 1, sizeof(uint32_t));
        if (!t->dose_state[a]) return PF_ERR_NO_MEMORY;
        t->rescue[a] = pf_arena_alloc(b->ctx, &t->memory, arm->n_item + 1, sizeof(pf_rescue));
        if (!t->rescue[a]) return PF_ERR_NO_MEMORY;
        for (size_t i = 0; i < arm->n_item; i++)
            PF_TRY(arm->item[i].when ? bind_rescue(b, a, i) : bind_dose(b, a, i));
    }
    return PF_OK;
}

static int infuses_product(const pf_study *s)
{
    for (size_t a = 0; a < s->n_arm; a++)
        for (size_t i = 0; i < s->arm[a].n_item; i++)
            if (!s->arm[a].item[i].drug && s->arm[a].item[i].infusion > 0.0) return 1;
    return 0;
}

pf_err pf_bind_scaled(binder *b)
{
    static const char prefix[] = "dose.product.scaled.";
    pf_trial *t = b->t;
    for (size_t i = 0; i < pf_model_role_count(t->model); i++) {
        const pf_role *r = pf_model_role(t->model, i);
        if (strncmp(r->role, prefix, sizeof prefix - 1) != 0) continue;
        const pf_symbol *state = pf_model_find(t->model, r->name);
        const pf_symbol *by = pf_model_find(t->model, r->role + sizeof prefix - 1);
        if (!state || state->kind != PF_SYMBOL_STATE || !by || by->kind != PF_SYMBOL_PARAMETER)
            return pf_fail(b->ctx, PF_ERR_MODEL,
                "%s:%d: the role %s needs a parameter's name behind its last dot and a state",
                t->study->model_path, r->line, r->role);
        if (t->n_scaled == PF_SCALED_MAX)
            return pf_fail(b->ctx, PF_ERR_MODEL, "%s: more than %d roles %s...",
                t->study->model_path, PF_SCALED_MAX, prefix);
        t->scaled[t->n_scaled++] = (pf_scaled){(uint32_t)state->index, (uint32_t)by->index};
        if (infuses_product(t->study)) add_input(t, (uint32_t)state->index);
    }
    return PF_OK;
}

/* The switches that an arm turns off: parameters with a number in the model. */
pf_err pf_bind_without(binder *b)
{
    pf_trial *t = b->t;
    const pf_study *s = t->study;
    t->without = pf_arena_alloc(b->ctx, &t->memory, s->n_arm + 1, sizeof *t->without);
    if (!t->without) return PF_ERR_NO_MEMORY;
    for (size_t a = 0; a < s->n_arm; a++) {
        size_t n = s->arm[a].n_without;
        t->without[a] = pf_arena_alloc(b->ctx, &t->memory, n + 1, sizeof(uint32_t));
        if (!t->without[a]) return PF_ERR_NO_MEMORY;
        for (size_t i = 0; i < n; i++) {
            char name[160];
            snprintf(name, sizeof name, "switch.%s", s->arm[a].without[i]);
            const pf_role *r = role(t, name, 0);
            const pf_symbol *y = r ? pf_model_find(t->model, r->name) : NULL;
            if (!y || y->kind != PF_SYMBOL_PARAMETER || isnan(y->value))
                return pf_fail(b->ctx, PF_ERR_MODEL,
                    "%s: the role %s needs a parameter that is a number, 1 while the mechanism "
                    "is at work",
                    s->model_path, name);
            t->without[a][i] = (uint32_t)y->index;
            b->input[b->n_input++] = y->name;
        }
    }
    return PF_OK;
}

static pf_err no_override(binder *b, const pf_override *o, const pf_symbol *s)
{
    const char *near = s ? NULL : pf_model_nearest(b->t->model, o->name);
    if (!s)
        return pf_fail(b->ctx, PF_ERR_CONFIG,
            "cannot change '%s': the model '%s' has no such name%s%s%s", o->name,
            b->t->study->model_path, near ? "; did you mean '" : "", near ? near : "",
            near ? "'?" : "");
    if (s->kind == PF_SYMBOL_ASSIGNED)
        return pf_fail(b->ctx, PF_ERR_CONFIG,
            "cannot change '%s': the model computes it at every time; change what it is made "
            "of",
            o->name);
    return pf_fail(b->ctx, PF_ERR_CONFIG,
        "cannot multiply '%s': %s; give it a value with %s=VALUE", o->name,
        s->kind == PF_SYMBOL_STATE
            ? "it is a state"
            : "the model computes it, so that it has no number of its own",
        o->name);
}

/* After all others, so that it is known whether a derived parameter gets a number from a file.
 */
pf_err pf_bind_overrides(binder *b)
{
    pf_trial *t = b->t;
    const pf_study *s = t->study;
    t->override = pf_arena_alloc(b->ctx, &t->memory, s->n_override + 1, sizeof *t->override);
    if (!t->override) return PF_ERR_NO_MEMORY;
    for (size_t i = 0; i < s->n_override; i++) {
        const pf_override *o = &s->override[i];
        const pf_symbol *y = pf_model_find(t->model, o->name);
        int set = 0;
        for (size_t k = 0; y && k < b->n_input; k++) set |= strcmp(b->input[k], y->name) == 0;
        int bare = y && y->kind == PF_SYMBOL_PARAMETER && isnan(y->value) && !set;
        if (!y || y->kind == PF_SYMBOL_ASSIGNED ||
            (o->is_factor && (bare || y->kind != PF_SYMBOL_PARAMETER)))
            return no_override(b, o, y);
        t->override[i] = target(b, o->name);
    }
    return PF_OK;
}
