/* A site that can be a tissue: `//! role tissue.<site> NAME.tis`, the weight of the tissue;
 * beside it in the same instance the parameters tis_p, tis_m (death rate of each clone by
 * killers), tis_loss and tis_back (of killers), all 1/day, and what the tissue sees: cells
 * (killers), T (tumour cells), loss_own and free_out (1/day). */
#include "trial/bind_parts.h"

#include "trial/study_tissue.h"

#include <stdio.h>

static const pf_symbol *beside(binder *b, const pf_role *r, const char *name)
{
    char text[200];
    const char *dot = strrchr(r->name, '.');
    int n = dot ? (int)(dot + 1 - r->name) : 0;
    snprintf(text, sizeof text, "%.*s%s", n, r->name, name);
    return pf_model_find(b->t->model, text);
}

static pf_err lacks(binder *b, const pf_role *r, const char *name, const char *what)
{
    return pf_fail(b->ctx, PF_ERR_MODEL, "%s:%d: the role %s needs %s '%s' beside '%s'",
        b->t->study->model_path, r->line, r->role, what, name, r->name);
}

static pf_err parameter(binder *b, const pf_role *r, const char *name, uint32_t *out)
{
    const pf_symbol *s = name ? beside(b, r, name) : pf_model_find(b->t->model, r->name);
    if (!s || s->kind != PF_SYMBOL_PARAMETER || s->value != 0)
        return lacks(b, r, name ? name : r->name, "a parameter that is 0");
    *out = (uint32_t)s->index;
    b->input[b->n_input++] = s->name;
    return PF_OK;
}

static pf_err output(binder *b, const char *name)
{
    const pf_symbol *s = pf_model_find(b->t->model, name);
    if (!s)
        return pf_fail(b->ctx, PF_ERR_CONFIG, "the model '%s' has no '%s' for the tissue",
            b->t->study->model_path, name);
    b->output[b->n_output + b->t->n_tissue_out++] = s->name;
    return PF_OK;
}

pf_err pf_bind_tissue(binder *b)
{
    static const char *const SEEN[] = {"cells", "T", "loss_own", "free_out"};
    _Static_assert(PF_COUNT(SEEN) == PF_TISSUE_SEEN, "one name for each output");
    pf_trial *t = b->t;
    const pf_study_tissue *how = t->study->tissue;
    char name[200];
    if (!how) return PF_OK;
    snprintf(name, sizeof name, "tissue.%s", how->site);
    const pf_role *r = role(t, name, 0);
    if (!r)
        return pf_fail(b->ctx, PF_ERR_CONFIG, "the model '%s' has no '//! role %s'",
            t->study->model_path, name);
    PF_TRY(parameter(b, r, NULL, &t->tissue_weight));
    PF_TRY(parameter(b, r, "tis_p", &t->tissue_kill[0]));
    PF_TRY(parameter(b, r, "tis_m", &t->tissue_kill[1]));
    PF_TRY(parameter(b, r, "tis_loss", &t->tissue_loss));
    PF_TRY(parameter(b, r, "tis_back", &t->tissue_back));
    t->tissue_out = b->n_output;
    for (size_t i = 0; i < PF_COUNT(SEEN); i++) {
        const pf_symbol *s = beside(b, r, SEEN[i]);
        if (!s) return lacks(b, r, SEEN[i], "a value");
        PF_TRY(output(b, s->name));
    }
    for (size_t i = 0; i < how->n_level; i++) PF_TRY(output(b, how->level[i].name));
    return PF_OK;
}
