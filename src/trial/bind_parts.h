/* bind_parts.h: what the parts of the binding share; for bind*.c only. Depends on: bind. */
#ifndef PF_TRIAL_BIND_PARTS_H
#define PF_TRIAL_BIND_PARTS_H
#include "trial/bind.h"

#include <string.h>

/* A binding under way. */
typedef struct binder {
    pf_ctx *ctx;
    pf_trial *t;
    const char **output, **input;
    size_t n_output, n_input;
} binder;

/* The nth role of this name; NULL. */
static inline const pf_role *role(const pf_trial *t, const char *name, size_t nth)
{
    for (size_t i = 0; i < pf_model_role_count(t->model); i++) {
        const pf_role *r = pf_model_role(t->model, i);
        if (strcmp(r->role, name) == 0 && nth-- == 0) return r;
    }
    return NULL;
}

/* Where a name of the model is set from outside; noted among the inputs. */
static inline pf_target target(binder *b, const char *name)
{
    pf_target none = {PF_NO_SLOT, PF_NO_SLOT};
    const pf_symbol *s = pf_model_find(b->t->model, name);
    if (!s || s->kind == PF_SYMBOL_ASSIGNED) return none;
    b->input[b->n_input++] = s->name;
    if (s->kind == PF_SYMBOL_STATE) none.state = (uint32_t)s->index;
    if (s->kind == PF_SYMBOL_PARAMETER) none.parameter = (uint32_t)s->index;
    return none;
}

/* The state that a role names; `what` needs it, for the sentence. */
static inline pf_err state_of_role(binder *b, const char *name, const char *what, uint32_t *out)
{
    const pf_role *r = role(b->t, name, 0);
    if (!r)
        return pf_fail(b->ctx, PF_ERR_CONFIG, "%s: the model '%s' has no '//! role %s'", what,
            b->t->study->model_path, name);
    const pf_symbol *s = pf_model_find(b->t->model, r->name);
    if (!s || s->kind != PF_SYMBOL_STATE)
        return pf_fail(b->ctx, PF_ERR_MODEL, "%s:%d: the role %s needs a state; '%s' is none",
            b->t->study->model_path, r->line, name, r->name);
    *out = (uint32_t)s->index;
    return PF_OK;
}

/* In this order: doses, scaled companions and rescues of all arms; switches that are off;
 * changes of the run, after all else that sets a value (bind_doses.c). */
PF_NODISCARD pf_err pf_bind_doses(binder *b);
PF_NODISCARD pf_err pf_bind_scaled(binder *b);
PF_NODISCARD pf_err pf_bind_without(binder *b);
PF_NODISCARD pf_err pf_bind_overrides(binder *b);
/* Parameters and outputs of the site that is a tissue (bind_tissue.c): inputs before programs,
 * outputs behind all others, not counted in n_output. */
PF_NODISCARD pf_err pf_bind_tissue(binder *b);
/* Compile what each arm uses of the model (bind_programs.c). */
PF_NODISCARD pf_err pf_bind_programs(binder *b);

#endif
